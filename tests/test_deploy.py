"""What an operator installs fits the program: names of settings, commands, files and times.

Looked at as far as that goes without a container engine or a service manager.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from daemon import app, web
from daemon.cli import MISUSED, _parser
from daemon.settings import Settings, known_names

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "systemd" / "kinkeeper.service").read_text(encoding="utf-8")
WRAPPER = DEPLOY / "systemd" / "kinkeeper"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

#: Files of an operator in which settings are named.
NAMING = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for file in (
        DEPLOY / "systemd" / "kinkeeper.service",
        WRAPPER,
        DEPLOY / "Dockerfile",
        DEPLOY / "compose.yaml",
        DEPLOY / "secrets.sh",
        ROOT / "settings.example.env",
        ROOT / "docs" / "operating.md",
        ROOT / "README.md",
    )
}

#: Blocks of commands, and commands within a sentence.
CODE = re.compile(r"^```sh\n(.*?)^```|`(kinkeeper [^`\n]+)`", re.DOTALL | re.MULTILINE)

#: What may stand in front of a command.
COMMAND = re.compile(r"^(?:\S+=\S+ |sudo |docker exec kinkeeper )*kinkeeper ([a-z]+)", re.MULTILINE)


def unit(name: str) -> list[str]:
    """Every value of a key of the unit, in order."""
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def commands() -> set[str]:
    """The commands of `kinkeeper`."""
    (choices,) = [action.choices for action in _parser()._actions if action.choices]
    return set(choices)


@pytest.mark.parametrize("text", NAMING.values(), ids=NAMING)
def test_every_setting_that_an_operator_reads_of_exists(text: str) -> None:
    named = set(re.findall(r"\bKINKEEPER_[A-Z_]+", text))

    assert named <= set(known_names())


def test_secret_files_are_named_like_the_settings_they_hold() -> None:
    known = {name.lower() for name in known_names()}
    held = {secret for name in ("account", "kinkeeper") for secret in SERVICES[name]["secrets"]}
    made = set(re.findall(r"^keep (kinkeeper_\w+)", NAMING["deploy/secrets.sh"], re.MULTILINE))

    assert held == made
    assert held | set(unit("LoadCredential")) <= known


class TestTheUnit:
    def test_starts_a_command_that_exists(self) -> None:
        (start,) = unit("ExecStart")
        program, command = start.split()

        assert program == "/opt/kinkeeper/bin/kinkeeper"
        assert command in commands()

    def test_is_patient_longer_than_the_daemon_may_be_silent(self) -> None:
        (patience,) = unit("WatchdogSec")

        assert int(patience) > app.WATCHDOG * 2
        assert int(patience) >= web.DEAF.total_seconds()

    def test_does_not_start_again_what_settings_forbid(self) -> None:
        assert unit("RestartPreventExitStatus") == [str(MISUSED)]

    def test_keeps_data_in_the_folder_that_systemd_makes(self) -> None:
        (folder,) = unit("StateDirectory")

        assert f"KINKEEPER_DATA_DIR=%S/{folder}" in unit("Environment")

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
    def test_is_sound_in_the_eyes_of_systemd(self, tmp_path: Path) -> None:
        program = tmp_path / "kinkeeper"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        copy = tmp_path / "kinkeeper.service"
        copy.write_text(UNIT.replace("/opt/kinkeeper/bin/kinkeeper", str(program)))

        found = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(copy)],
            capture_output=True,
            text=True,
            check=False,
        )

        ours = [line for line in found.stderr.splitlines() if "kinkeeper.service" in line]
        assert ours == []

    def test_and_the_commands_beside_it_share_user_settings_and_secrets(self) -> None:
        text = WRAPPER.read_text(encoding="utf-8")
        shared = [f"LoadCredential={secret}" for secret in unit("LoadCredential")]
        shared += [f"EnvironmentFile={file}" for file in unit("EnvironmentFile")]
        shared += [f"--uid={user}" for user in unit("User")]

        assert [each for each in shared if each not in text] == []
        assert subprocess.run(["sh", "-n", str(WRAPPER)], check=False).returncode == 0


class TestTheImage:
    def test_copies_only_what_is_there_and_what_the_builder_gets(self) -> None:
        copied = [
            source
            for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
            for source in line.split()[:-1]
        ]
        ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

        assert copied
        assert [source for source in copied if not (ROOT / source).exists()] == []
        assert {line[1:] for line in ignore if line.startswith("!")} == set(copied)

    def test_holds_every_package_of_the_program(self) -> None:
        packages = [file.parent.name for file in ROOT.glob("*/__init__.py")]

        assert [name for name in packages if f"COPY {name} {name}\n" not in DOCKERFILE] == []

    def test_takes_nothing_without_its_hash(self) -> None:
        installs = re.findall(r"pip install (.*)", DOCKERFILE)

        assert installs
        for install in installs:
            assert "--require-hashes" in install or "--no-deps" in install

    def test_runs_as_nobody_in_particular_and_starts_a_command_that_exists(self) -> None:
        last = DOCKERFILE.rpartition("\nFROM ")[2]
        (command,) = re.findall(r"^CMD (\[.*\])$", last, re.MULTILINE)

        assert "\nUSER kinkeeper\n" in last
        assert set(json.loads(command)) <= commands()

    def test_sees_its_health_on_a_page_that_exists(self) -> None:
        (check,) = re.findall(r"^    CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
        _python, _c, program = json.loads(check)

        compile(program, "HEALTHCHECK", "exec")
        assert "/healthz" in program
        assert '"/healthz"' in Path(web.__file__).read_text(encoding="utf-8")

    def test_holds_no_secret(self) -> None:
        secret = [
            name.upper()
            for name, field in Settings.model_fields.items()
            if "Secret" in str(field.annotation)
        ]

        assert [name for name in secret if f"KINKEEPER_{name}" in DOCKERFILE] == []


class TestTheComposition:
    def test_pins_every_image_to_a_version(self) -> None:
        images = [service["image"] for service in SERVICES.values()]
        images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

        assert [
            each for each in images if not re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*", each)
        ] == []

    def test_starts_kinkeeper_when_what_it_needs_is_well(self) -> None:
        awaited = {
            name: wait["condition"] for name, wait in SERVICES["kinkeeper"]["depends_on"].items()
        }

        assert awaited == {
            "postgres": "service_healthy",
            "synapse": "service_healthy",
            "account": "service_completed_successfully",
        }
        assert all("test" in SERVICES[name]["healthcheck"] for name in ("postgres", "synapse"))

    def test_declares_every_volume_secret_and_configuration_that_it_uses(self) -> None:
        for service in SERVICES.values():
            used = {
                "secrets": set(service.get("secrets", [])),
                "configs": {config["source"] for config in service.get("configs", [])},
                "volumes": {volume.partition(":")[0] for volume in service.get("volumes", [])},
            }
            for kind, names in used.items():
                assert names <= set(COMPOSE[kind])

    def test_finds_its_files_or_has_them_made(self) -> None:
        named = [*COMPOSE["configs"].values(), *COMPOSE["secrets"].values()]
        files = {each["file"] for each in named if "file" in each}
        made = {
            f"secrets/{name}"
            for name in re.findall(r"^keep (\S+)", NAMING["deploy/secrets.sh"], re.MULTILINE)
        }

        assert [file for file in files - made if not (DEPLOY / file).exists()] == []

    def test_is_reached_from_this_machine_only(self) -> None:
        ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

        assert ports
        assert [port for port in ports if not port.startswith("127.0.0.1:")] == []

    def test_runs_the_commands_that_exist(self) -> None:
        assert set(SERVICES["account"]["command"]) <= commands()
        assert "command" not in SERVICES["kinkeeper"]

    def test_calls_the_homeserver_by_one_name(self) -> None:
        synapse = yaml.safe_load((DEPLOY / "homeserver.example.yaml").read_text(encoding="utf-8"))
        element = json.loads((DEPLOY / "element.json").read_text(encoding="utf-8"))
        account = SERVICES["kinkeeper"]["environment"]["KINKEEPER_USER_ID"]

        assert (
            element["default_server_config"]["m.homeserver"]["server_name"]
            == synapse["server_name"]
        )
        assert account.endswith(f":{synapse['server_name']}")

    def test_makes_its_secrets_once_and_for_their_owner(self, tmp_path: Path) -> None:
        script = shutil.copy(DEPLOY / "secrets.sh", tmp_path)
        run = ["sh", str(script)]

        assert subprocess.run(run, capture_output=True, check=False).returncode == 0
        folder = tmp_path / "secrets"
        before = {file.name: file.read_text() for file in folder.iterdir()}
        assert subprocess.run(run, capture_output=True, check=False).returncode == 1

        assert folder.stat().st_mode & 0o077 == 0
        assert {file.name: file.read_text() for file in folder.iterdir()} == before
        assert {file.name for file in folder.iterdir()} >= set(COMPOSE["secrets"])
        synapse = yaml.safe_load(before["synapse.yaml"])
        assert (
            synapse["registration_shared_secret"] == before["kinkeeper_registration_secret"].strip()
        )
        assert before["postgres_kinkeeper"].strip() in before["kinkeeper_database_url"]


class TestTheOperatorsPage:
    def test_explains_every_setting_in_the_programs_own_words(self) -> None:
        for name, field in Settings.model_fields.items():
            (row,) = re.findall(rf"^\| `KINKEEPER_{name.upper()}` \|.*$", OPERATING, re.MULTILINE)
            assert str(field.description) in row

    def test_explains_every_metric(self) -> None:
        source = Path(web.__file__).read_text(encoding="utf-8")
        gauges = re.findall(r'gauge\(\s*"(\w+)"', source)

        assert gauges
        assert [name for name in gauges if f"`kinkeeper_{name}`" not in OPERATING] == []

    def test_and_the_example_file_name_the_same_settings(self) -> None:
        example = (ROOT / "settings.example.env").read_text(encoding="utf-8")
        named = re.findall(r"^#?(KINKEEPER_\w+)=", example, re.MULTILINE)

        assert set(named) == set(known_names())


@pytest.mark.parametrize(("page", "text"), [("README", README), ("operating", OPERATING)])
def test_every_command_and_file_that_is_named_exists(page: str, text: str) -> None:
    code = "\n".join(block or line for block, line in CODE.findall(text))
    named = COMMAND.findall(code)
    folder = ROOT if page == "README" else ROOT / "docs"
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)

    assert named
    assert set(named) <= commands()
    assert [link for link in links if not (folder / link).exists()] == []
