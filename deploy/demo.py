"""Show two communities living with Kinkeeper, on real homeservers of their own; `make demo`.

Everything runs on loopback, from a folder of its own that is removed at the end. What it shows has
happened: the first word that a keeper says otherwise than told ends it with an exit code of 1.
"""

import argparse
import asyncio
import logging
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from deploy import clinic, crews, decisions, dyads, story, tables
from deploy.homeserver import HomeserverFailed
from deploy.keeper import KeeperFailed
from deploy.stage import KEEPER, LAKESIDE, NEWER, PASSWORD, Stage, StoryBroken, stage
from deploy.transcript import Transcript

OK: Final = 0
BROKEN: Final = 1
INTERRUPTED: Final = 130

_LOG_LINES: Final = 20

#: When the first crew decides, 10:00 in Rome.
DECISIONS: Final = datetime(2027, 4, 19, 8, tzinfo=UTC)

#: When two people begin with each other, a Tuesday, 10:00 in Rome.
DYADS: Final = datetime(2027, 4, 27, 8, tzinfo=UTC)

#: When the later stories begin, 18:00 in Rome; whatever the crews of the first one do meanwhile is not told.
A_CREW: Final = datetime(2027, 5, 3, 16, tzinfo=UTC)
A_CLINIC: Final = datetime(2027, 8, 23, 16, tzinfo=UTC)
TWO_TABLES: Final = datetime(2027, 8, 31, 16, tzinfo=UTC)


def main(keep: bool = False, short: bool = False) -> int:
    """Play the demonstration; `keep` leaves it running until Ctrl-C, `short` tells the month only.

    Gives the exit code.
    """
    # It warns of each new key that it has nobody to share with yet.
    logging.getLogger("nio").setLevel(logging.ERROR)
    transcript = Transcript(Console(highlight=False), keepers=frozenset({KEEPER}))
    try:
        return asyncio.run(_play(transcript, keep=keep, short=short))
    except (KeyboardInterrupt, asyncio.CancelledError):
        transcript.note("\nStopped, and everything that was made is removed.")
        return INTERRUPTED


async def _play(transcript: Transcript, *, keep: bool, short: bool) -> int:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    begun = time.monotonic()
    transcript.title(
        "Kinkeeper, a demonstration",
        "Two communities on two homeservers of their own; everything you see is happening.",
    )
    with tempfile.TemporaryDirectory(prefix="kinkeeper-demo-") as folder:
        try:
            async with stage(Path(folder), transcript) as built:
                code = await _tell(built, begun, short=short)
                if keep and code == OK:
                    await _until_interrupted(built)
        except (HomeserverFailed, KeeperFailed) as failure:
            transcript.failed(str(failure))
            return BROKEN
    return code


async def _tell(built: Stage, begun: float, *, short: bool) -> int:
    try:
        await (story.play(built) if short else _play_all(built))
    except StoryBroken as broken:
        built.transcript.failed(f"Not as it should be. {broken}")
        for each in built.congregations:
            lines = "\n".join(each.keeper.log.splitlines()[-_LOG_LINES:])
            built.transcript.plain(f"\nThe last that the keeper of {each.name} logged:\n{lines}")
        return BROKEN
    built.transcript.note("")
    built.transcript.done(
        f"All as it should be: {built.transcript.messages} messages on two homeservers "
        f"in {time.monotonic() - begun:.0f} s."
    )
    return OK


async def _play_all(built: Stage) -> None:
    """Six weeks of two congregations, and then what some of their people decide and live through. Raises StoryBroken."""
    space, kitchen = await story.play(built)
    built.turns_to(LAKESIDE, kitchen)
    await decisions.play(built, kitchen, DECISIONS)
    await dyads.play(built, space, DYADS)
    built.turns_to(NEWER)
    await crews.play(built, space, LAKESIDE[0], A_CREW)
    built.turns_to(NEWER)
    await clinic.play(built, A_CLINIC)
    built.turns_to(NEWER)
    await tables.play(built, TWO_TABLES)


async def _until_interrupted(built: Stage) -> None:
    """Say how to look around, and wait for Ctrl-C."""
    built.transcript.plain(_guide(built))
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        # This is how it is meant to end, so the exit code is that of a success.
        task = asyncio.current_task()
        assert task is not None
        task.uncancel()


def _guide(built: Stage) -> str:
    lines = [
        "",
        "It goes on running until Ctrl-C. Look at it with any Matrix client, such as Element:",
    ]
    for each in built.congregations:
        people = ", ".join(person.user_id for person in each.people.values())
        lines += [
            "",
            f"  {each.name}: homeserver {each.homeserver.client_url}, password “{PASSWORD}”",
            f"    people  {people}",
            f"    keeper  {each.keeper.user_id}, log {each.keeper.log_file}",
            f"    clock   {each.keeper.clock} holds the seconds it is ahead; kill -USR1 {each.keeper.pid} has it read again",
        ]
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave it running to look at")
    parser.add_argument("--short", action="store_true", help="play the month only, not the crews")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(main(keep=given.keep, short=given.short))
