"""What is installed is this project, whole: a package on PyPI has the name `daemon`, too."""

import importlib
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path

import pytest

from storage.migrate import steps

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = sorted(file.parent.name for file in ROOT.glob("*/__init__.py"))
COPIED = ("pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as it is built from the sources, without touching them."""
    pytest.importorskip("setuptools", "77", reason="setuptools builds the wheel")
    pytest.importorskip("pip", reason="pip builds the wheel")
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in (*COPIED, *PACKAGES):
        (source / name).symlink_to(ROOT / name)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation"),
            *("--quiet", "--wheel-dir", str(built)),
        ],
        cwd=source,
        check=True,
    )
    (file,) = built.glob("*.whl")
    return zipfile.ZipFile(file)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_ours_and_not_another_project_of_that_name(package: str) -> None:
    found = importlib.import_module(package).__file__

    assert found is not None
    assert Path(found).resolve() == ROOT / package / "__init__.py"


def test_the_installed_distribution_is_this_version() -> None:
    assert distribution("kinkeeper").version == PROJECT["version"]


def test_the_console_script_is_our_command_line() -> None:
    script = Path(sys.executable).with_name("kinkeeper")
    told = subprocess.run([str(script), "--help"], capture_output=True, text=True, check=True)

    assert "check" in told.stdout
    assert "restore" in told.stdout


def test_migrations_lie_where_the_program_looks_for_them() -> None:
    found = {file.name for file in files("storage").joinpath("migrations").iterdir()}

    assert {f"{step.number:04d}_{step.title}.sqlite.sql" for step in steps("sqlite")} <= found
    assert {f"{step.number:04d}_{step.title}.postgres.sql" for step in steps("postgres")} <= found


def test_the_wheel_holds_every_module_and_every_migration(wheel: zipfile.ZipFile) -> None:
    wanted = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
    }
    wanted |= {file.relative_to(ROOT).as_posix() for file in ROOT.glob("storage/migrations/*.sql")}
    wanted |= {file.relative_to(ROOT).as_posix() for file in ROOT.glob("practices/scripts/*.yaml")}

    assert wanted - set(wheel.namelist()) == set()


def test_the_wheel_holds_the_typeface_of_pictures_and_its_licence(wheel: zipfile.ZipFile) -> None:
    fonts = {name for name in wheel.namelist() if name.startswith("daemon/picture/fonts/")}

    assert {Path(name).name for name in fonts} == {
        *("Inter-Regular.otf", "Inter-SemiBold.otf"),
        "OFL.txt",
    }
    assert b"SIL OPEN FONT LICENSE" in wheel.read("daemon/picture/fonts/OFL.txt")


def test_the_wheel_holds_nothing_but_our_packages(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert [name for name in wheel.namelist() if "secrets/" in name or name.endswith(".env")] == []
