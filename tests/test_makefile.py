"""`make help` is the first thing that a newcomer reads, so it lists all that one can do."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def targets() -> list[str]:
    """The targets that are there to be called, as the Makefile declares them."""
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    return str(phony).split()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_help_lists_every_target_and_nothing_else() -> None:
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert re.findall(r"^  make (\w+)", told, re.MULTILINE) == targets()


def test_contributing_names_only_targets_that_exist() -> None:
    named = re.findall(r"`make (\w+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))

    assert named
    assert set(named) <= set(targets())


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "requirements-uv.lock"]
)
def test_every_lock_pins_by_hash_and_leaves_the_index_to_whoever_installs(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(
        r"^[a-z][\w.-]*(?:\[[\w,-]+\])?==(?:.|\n)*?(?=^[a-z]|\Z)", text, re.MULTILINE
    )

    assert pinned
    assert [entry for entry in pinned if "--hash=sha256:" not in entry] == []
    assert re.findall(r"^[a-z][\w.-]*.*$", text, re.MULTILINE) == [
        entry.splitlines()[0] for entry in pinned
    ]
    assert "index-url" not in text
    assert "find-links" not in text


def test_the_locks_agree_on_every_version() -> None:
    versions: dict[str, set[str]] = {}
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        for name, version in re.findall(r"^([a-z][\w.-]*)\S*?==([^\s;]+)", text, re.MULTILINE):
            versions.setdefault(name, set()).add(version)

    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
