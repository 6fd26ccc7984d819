"""The homeserver goes away over the end of a poll: who spoke in time is counted, though it was heard afterwards.

These tests kill a homeserver, so each has its own.
"""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.person import Person

#: The third failure to listen is logged with this: by then the end is several seconds past.
AWAY = "trying again in 4 s"


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[Homeserver]:
    """A homeserver that a test may kill."""
    async with Homeserver(tmp_path / "homeserver", "mortal") as started:
        yield started


@pytest.fixture
async def keeper(mortal: Homeserver, tmp_path: Path) -> AsyncIterator[Keeper]:
    """A daemon on it that looks at its hours when it is told to."""
    async with Keeper(mortal, tmp_path / "keeper", movable_clock=True) as started:
        yield started


def ends_at(keeper: Keeper, end: datetime) -> None:
    """Let what is asked be open only until then."""
    with sqlite3.connect(keeper.data / "kinkeeper.db", timeout=10) as database:
        database.execute("UPDATE poll SET closes_at = ?", (str(end),))
        database.execute("UPDATE inbox SET at = ? WHERE key LIKE 'poll-closes:%'", (str(end),))


@pytest.mark.requirement("R129")
async def test_a_voice_given_in_time_counts_though_the_homeserver_was_away_over_the_end(
    keeper: Keeper, mortal: Homeserver, names: Callable[[str], str]
) -> None:
    async with (
        await Person.enter(mortal, names("ana"), display_name="Ana") as ana,
        await Person.enter(mortal, names("ben"), display_name="Ben") as ben,
    ):
        room = await ana.create_room("Crew", invite=(ben.user_id,))
        await ben.join(room)
        await ana.invite(room, keeper.user_id)
        await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
        await ana.say(room, "!adopt working")
        await ana.hears(room, "I look after this", from_=keeper.user_id)
        await ana.say(room, "!poll consensus We meet on Tuesdays")
        board = await ana.hears(room, "consensus 1", from_=keeper.user_id)

        end = datetime.now(UTC) + timedelta(seconds=2)
        ends_at(keeper, end)
        keeper.signal(signal.SIGSTOP)
        # The first is on its way to the daemon as the homeserver dies; the second is not.
        await ana.react(room, board.id, "👍")
        await ben.react(room, board.id, "👍")
        in_time = datetime.now(UTC) < end
        mortal.kill()
        while datetime.now(UTC) < end:
            await asyncio.sleep(0.05)
        begin = len(keeper.log)
        keeper.travel(timedelta())
        keeper.signal(signal.SIGCONT)
        await keeper.logs(AWAY, since=begin)
        await mortal.start()
        result = await ana.hears(room, "Closed (consensus 1)", from_=keeper.user_id)

    assert in_time
    assert "2 of 2 entitled have taken part." in result.text
