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
LONGEST = 300
SCENES = [
    "Lakeside asks a keeper in",
    "A crew decides together",
    "One rhythm, in the crew’s own words",
    "Harbour does the same, by Lisbon’s clocks",
    "A week before: the announcement",
    "The day before: who comes?",
    "An hour before: a reminder for those who come",
    "After the meeting: who was there, as they had said, and as each corrects it",
    "Somebody else’s turn to host: one person is asked, in private",
    "A month later the keeper is killed, and nothing is lost",
    "Two days before: something to carry until then, for each alone",
    "Too few can come: the host is asked in private",
    "Lakeside founds an assembly: congregations that act together, each for itself",
    "It introduces Harbour: all with a seat are asked, and so far that is one",
    "Harbour reads what it is asked into, and has a seat only after its own yes",
    "A card says about how many they are, and names only who has said yes themselves",
    "Harbour asks both, Lakeside objects, and each keeper counts for itself",
    "Other words take the reason in, and both consent; what they make of it is their own",
    "A proposal, and three ways to answer: a tap, a word, and Element’s own poll",
    "Somebody thinks again, and their newest voice counts",
    "A day before the end: one private word for whoever has said nothing, and no other",
    "It closes: what came out of how many, in words and as a picture",
    "What follows is for people to say: whoever asked is asked",
    "Consent: questions, then reactions, then a text that is ready to be tried",
    "Each is asked in private, and all answers are shown at one moment",
    "Whoever objects alone is cared for first; then all of them look for a better text",
    "Nobody objects any more, and it lacks only the day on which they look at it again",
    "Anybody may count again, and read what they have decided",
    "Two people become a dyad: the second yes makes it, and nobody else hears of it",
    "A pairing round for whoever likes; its host sees numbers, and never who",
    "The morning after: did you meet? Yes and the day is all that stays of it",
    "A few minutes of writing for oneself, of which nothing is kept",
    "Two people look at their partnership, each alone, and all of it is sealed",
    "It opens when both have chosen that: for both, in the same moment",
    "The round is drawn: each hears whom they meet, and nobody else does",
    "A call to crew stands on the congregation’s board",
    "Nia is new, and has never seen a keeper",
    "A first talk, which binds nobody",
    "Each is asked about each of the others, and only a yes of all counts",
    "The keeper makes the room, encrypted, and nobody is brought in",
    "A week before the first meeting: the announcement",
    "Fourteen days after the talk, whoever is not in it hears no reason",
    "The day before: who comes? And an hour before: a reminder",
    "The first meeting: three conversations, and the keeper keeps the time",
    "The charter, line by line, each for themselves and none at night",
    "How long until they look back: as the charter says, unless all wish for another length",
    "Hosting passes on: somebody says “somebody else”, and nobody learns of it",
    "A month later they meet again",
    "What somebody takes on is kept, and recalled to nobody else",
    "And again: what was taken on stands under the question who comes",
    "Everybody has hosted once; now it is the turn of whoever hosted longest ago",
    "Five people, a room of their own, and something that one of them carries",
    "Two minutes of stillness, and the keeper dies in the first",
    "One of them has to go, in the middle of it",
    "They think together, and say “next” to a keeper that is not there",
    "One step, which nobody else sees",
    "Six people at one table",
    "They look back: which way, each alone; and only counts are shown",
    "They talk, and take one way when all take it",
    "At which table: each alone once more, and the room of the new one is made",
    "Two crews of three",
    "The new crew finds its time, and somebody who opens the door",
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
            # A run of tests that was begun in the background has taught its children to ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - one thread
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


@pytest.mark.requirement(
    "R45", "R48", "R50", "R51", "R52", "R53", "R55", "R56", "R57", "R62", "R64", "R68", "R69", "R80",
    "R129", "R131",
)  # fmt: skip
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
    process = begin("--keep", "--short")

    guide = read_until(process, "until Ctrl-C")
    assert "All as it should be" in guide
    rest = read_until(process, "@tamsin:localhost:")
    assert re.search(r"homeserver http://127\.0\.0\.1:\d+, password “.+”", rest)
    process.send_signal(signal.SIGINT)

    # Read on to the end: whoever writes into a full pipe does not end.
    said, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, said
    assert left_behind(tmp_path) == []


def test_a_demo_that_is_interrupted_takes_everything_with_it(begin: Begin, tmp_path: Path) -> None:
    process = begin()

    read_until(process, "makes the space Lakeside")
    process.send_signal(signal.SIGTERM)

    said, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 130, said
    assert left_behind(tmp_path) == []
