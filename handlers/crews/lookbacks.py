"""Where a crew's cycle stands in the calendar, and the hours at which it looks back (R54).

What follows from the calendar is computed anew whenever meetings change and is stored nowhere but in the hours
themselves, so that a retrospective moves along with the meeting it belongs to.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.language import Call, CallOff, Effect, Ring
from practices import clock, rhythm
from practices.circles import Life
from practices.cycles import Course, Looking
from practices.meetings import Quiet, next_waking
from storage.cycles import Cycle, running
from storage.meetings import Meeting, Standing
from storage.rooms import Room

#: The script of a retrospective, whose question is asked in private and not in it.
RETROSPECTIVE = "retrospective"

#: How late a retrospective is still begun.
USEFUL = timedelta(days=1)


async def course(room: Room, cycle: Cycle, now: datetime) -> Course:
    """The way of a cycle through the calendar of its room."""
    rows = await Meeting.filter(room=room.id)
    standing = [
        row.at for row in rows if row.standing is not Standing.SKIPPED and row.held is not False
    ]
    return Course.of(
        cycle.length,
        cycle.begins,
        ZoneInfo(room.zone or "UTC"),
        standing=standing,
        until=date.fromisoformat(cycle.until) if cycle.until else None,
        coming=_coming(room, {row.occurrence for row in rows}, now),
    )


def _coming(room: Room, known: set[str], now: datetime) -> Iterator[datetime]:
    """The meetings that the rhythm goes on with and that have no row of their own yet."""
    if room.rhythm is None or room.life in (Life.PAUSED, Life.CLOSED):
        return
    for occurrence in rhythm.occurrences(rhythm.from_state(room.rhythm), now):
        if occurrence.key not in known:
            yield occurrence.at


async def days(room: Room, now: datetime, looking: Looking) -> frozenset[datetime]:
    """When the running cycle looks back, in no order."""
    cycle = await running(room.id)
    if cycle is None:
        return frozenset()
    return frozenset((await course(room, cycle, now)).looks_back(looking))


def asked_apart(call: Call, script: str) -> list[Effect]:
    """What a crew that holds this script is asked apart from it: which way each would like, if that is not asked already."""
    if script != RETROSPECTIVE:
        return []
    return [
        Ring(
            ritual="retrospective",
            about=f"held:{call.room.id}"[:64],
            at=call.kept_at or call.at,
            when=call.key[:150],
            room=call.room.id,
        )
    ]


async def place(room: Room, now: datetime, looking: Looking, quiet: Quiet) -> list[Effect]:
    """The hours at which the running cycle looks back, in place of those written before.

    One that has struck is not written again: its key is the same. A cycle in which no meeting falls ends at whatever
    hour, and the crew looks back when the night of its `quiet` hours is over.
    """
    cycle = await running(room.id)
    if cycle is None:
        return []
    about = f"cycle:{cycle.id}"
    way = await course(room, cycle, now)
    effects: list[Effect] = [CallOff(about=about, ritual="retrospective")]
    effects += [
        Ring(
            ritual="retrospective",
            about=about,
            at=at if at in way.meetings else next_waking(at, way.zone, quiet),
            when=clock.wall(at, way.zone).isoformat(timespec="minutes"),
            useful_until=at + USEFUL,
            room=room.id,
            content={"cycle": cycle.id, "last": at in (way.last, way.ends)},
        )
        for at in way.looks_back(looking)
        if at + USEFUL > now
    ]
    return effects
