"""The demonstration plays to its end on any machine that has its homeservers, and leaves nothing behind.

It is a whole process, started and stopped as people do. What the keepers say in it is checked by the
demonstration itself; here it is held to its own promises.
"""

import importlib.util
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import psutil
import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("synapse") is None,
    reason="Synapse is not installed; run: pip install -e '.[homeserver]'",
)

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 180
SCENES = [
    "Lakeside asks a keeper in",
    "A crew decides together",
    "One rhythm, in the crew’s own words",
    "Harbour does the same, by Lisbon’s clocks",
    "A week before: the announcement",
    "The day before: who comes?",
    "An hour before: a reminder for those who come",
    "A month later the keeper is killed, and nothing is lost",
    "Too few can come: the host is asked in private",
    "Two congregations greet each other",
]


class Begin(Protocol):
    """Start the demonstration; it is gone when the test ends."""

    def __call__(self, *arguments: str) -> subprocess.Popen[str]:
        """Give its process, whose output is one pipe."""


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start the demonstration with a folder of its own for all that is temporary."""
    begun: list[subprocess.Popen[str]] = []
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.demo", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def left_behind(folder: Path) -> list[str]:
    """Folders of demonstrations, and processes that still work in one."""
    processes = [
        " ".join(process.info["cmdline"] or ["a process"])
        for process in psutil.process_iter(["cmdline", "cwd"])
        if str(folder) in (process.info["cwd"] or "")
    ]
    return [*processes, *map(str, folder.glob("kinkeeper-demo-*"))]


def read_until(process: subprocess.Popen[str], what: str) -> str:
    """What a process prints, up to the line that has `what` in it."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if what in line:
            return said
    pytest.fail(f"It ended without “{what}”:\n{said}")


def test_the_demo_plays_every_scene_in_order_and_leaves_nothing_behind(
    begin: Begin, tmp_path: Path
) -> None:
    process = begin()

    said, _ = process.communicate(timeout=LONGEST)

    assert process.returncode == 0, said
    assert re.findall(r"^\d+ · (.*?) ─", said, re.MULTILINE) == SCENES
    assert "\x1b" not in said, "a pipe gets no colours"
    assert "All as it should be" in said
    assert left_behind(tmp_path) == []


def test_a_demo_that_is_kept_says_where_to_look_and_ends_well_on_ctrl_c(
    begin: Begin, tmp_path: Path
) -> None:
    process = begin("--keep")

    guide = read_until(process, "until Ctrl-C")
    assert "All as it should be" in guide
    rest = read_until(process, "@tamsin:localhost:")
    assert re.search(r"homeserver http://127\.0\.0\.1:\d+, password “.+”", rest)
    process.send_signal(signal.SIGINT)

    assert process.wait(LONGEST) == 0
    assert left_behind(tmp_path) == []


def test_a_demo_that_is_interrupted_takes_everything_with_it(begin: Begin, tmp_path: Path) -> None:
    process = begin()

    read_until(process, "makes the space Lakeside")
    process.send_signal(signal.SIGTERM)

    said, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 130, said
    assert left_behind(tmp_path) == []
