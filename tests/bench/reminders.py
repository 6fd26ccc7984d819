"""Measures very many reminders due in the same minute: how fast they turn into messages owed, and whom that holds up.

The homeserver is busy with the first of them while the others are turned. So the person who types meanwhile asks
Kinkeeper and the floor at the same moment: what Kinkeeper takes longer is its own doing.
"""

import asyncio
import sqlite3
import statistics
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from deploy.homeserver import Homeserver
from handlers.house.reminders import _hour
from handlers.language import Ring
from storage.database import close_database, open_database, sqlite_url, transaction
from storage.inbox import Heard, Kind
from storage.reminders import Reminder
from tests.bench.bots import Bot, Kinkeeper
from tests.bench.figures import Figure, quantile
from tests.bench.floor import Floor
from tests.bench.typist import Typist

_ROOMS: Final = 40
_BATCH: Final = 500
_AHEAD: Final = timedelta(hours=1)
_POLL_SECONDS: Final = 0.02
_PAUSE_SECONDS: Final = 0.02
_QUIET_PINGS: Final = 60
_ASK_SECONDS: Final = 0.25
_PATIENCE_SECONDS: Final = 60.0

_WAITING: Final = "SELECT 1 FROM inbox WHERE state = 'waiting' AND kind = 'hour' LIMIT 1"
#: How many rows of the outbox have left.
SENT: Final = "SELECT count(*) FROM outbox WHERE state = 'sent'"
_NEWEST: Final = "SELECT coalesce(max(id), 0) FROM outbox"
_OWED: Final = "SELECT count(*) FROM outbox WHERE id > ? AND lane <> ?"

#: Round trips of Kinkeeper and of the floor, in seconds.
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asks one bot in a room of their own."""

    typist: Typist
    bot: Bot
    room: str

    async def ping(self) -> float:
        """Round trip in seconds; _PATIENCE_SECONDS if it takes longer than that."""
        try:
            return await self.typist.ping(self.room, self.bot, patience=_PATIENCE_SECONDS)
        except TimeoutError:
            return _PATIENCE_SECONDS


async def reminders(
    homeserver: Homeserver, bot: Kinkeeper, floor: Bot, pourer: Bot, *, count: int, seconds: float
) -> list[Figure]:
    """`count` reminders due at once; then the sending rate over `seconds`, against the floor's own."""
    async with AsyncExitStack() as stack:
        # Whoever types is in no room where reminders are said, so that only the bots have much to do.
        owner = await stack.enter_async_context(
            await Typist.enter(homeserver, "owner", listens=False)
        )
        typists = [
            await stack.enter_async_context(await Typist.enter(homeserver, name))
            for name in ("ana", "ben")
        ]
        bot.settings = {"KINKEEPER_DEMO_CLOCK": str(bot.clock)}
        await bot.start()
        stack.push_async_callback(bot.stop)
        rooms = [await owner.room_with([bot, pourer]) for _ in range(_ROOMS)]
        mine, theirs = [
            Asking(typist, each, await typist.room_with([each]))
            for typist, each in zip(typists, (bot, floor), strict=True)
        ]
        await bot.stop()
        due = datetime.now(UTC) + _AHEAD
        await _fill(bot, rooms, owner.person.user_id, due, count)
        await bot.start()
        figures, rate = await _measured(mine, theirs, due, count=count, seconds=seconds)
        await bot.stop()
    pouring = Floor(homeserver.client_url, pourer.token, pourer.user_id)
    try:
        most = await pouring.pour(rooms, seconds)
    finally:
        await pouring.close()
    sent = Figure(
        name=f"{count} reminders at once: then sent",
        value=rate,
        unit="/s",
        ratio=rate / most,
        at_least=0.95,
        of_floor=True,
    )
    return [*figures, sent]


async def _measured(
    mine: Asking, theirs: Asking, due: datetime, *, count: int, seconds: float
) -> tuple[list[Figure], float]:
    """What the hour itself shows, and the messages a second sent after it."""
    bot = mine.bot
    assert isinstance(bot, Kinkeeper)
    for each in (mine, theirs):
        await each.typist.wake(each.room, each.bot)
    quiet = [await both(mine, theirs) for _ in range(_QUIET_PINGS)]
    with closing(reading(bot)) as database:
        before, cpu = count_of(database, _NEWEST), bot.cpu
        bot.moves_clock((due - datetime.now(UTC)).total_seconds() + 1)
        turning, busy = await _turned(database, mine, theirs)
        cpu, memory = bot.cpu - cpu, bot.memory
        owed = count_of(database, _OWED, before, mine.room)
        rate = await _rate(database, seconds)
    name = f"{count} reminders at once"
    figures = [
        Figure(name=f"{name}: turned into messages owed", value=turning, unit="s", at_most=10.0),
        Figure(name=f"{name}: CPU of one, with sending", value=cpu / count * 1000, unit="ms"),
        Figure(name=f"{name}: lost or doubled", value=abs(owed - count), at_most=0, must=True),
        *_answers(name, quiet, busy),
        Figure(name=f"{name}: resident afterwards", value=memory, unit="MB"),
    ]
    return figures, rate


def _answers(name: str, quiet: list[Pair], busy: list[Pair]) -> list[Figure]:
    """How commands fared meanwhile; the homeserver's own delay is what the floor had, too."""
    usual = statistics.median(mine - theirs for mine, theirs in quiet)
    held = [mine - theirs - usual for mine, theirs in busy]
    figures = []
    for share, which in ((0.5, "median"), (1.0, "longest")):
        mine, theirs = (quantile(each, share) * 1000 for each in zip(*busy, strict=True))
        figures.append(
            Figure(
                name=f"{name}: answers meanwhile, {which}",
                value=mine,
                unit="ms",
                ratio=mine / theirs,
            )
        )
    longest = max(mine for mine, _ in busy) - max(theirs for _, theirs in busy) - usual
    figures.append(
        Figure(
            name=f"{name}: a command held up, longest",
            value=max(longest, 0) * 1000,
            unit="ms",
            low=quantile(held, 0.25) * 1000,
            high=quantile(held, 0.75) * 1000,
            at_most=100.0,
        )
    )
    return figures


async def _fill(bot: Kinkeeper, rooms: list[str], person: str, due: datetime, count: int) -> None:
    """Write the reminders as people's commands would have."""
    await open_database(sqlite_url(bot.database))
    try:
        asked = [
            Reminder(
                id=number,
                room=rooms[number % len(rooms)],
                person=person,
                number=number,
                what=f"water plant {number}",
                zone="UTC",
                at=due,
            )
            for number in range(1, count + 1)
        ]

        async def write() -> None:
            await Reminder.bulk_create(asked, batch_size=_BATCH)
            await Heard.bulk_create([hour_row(_hour(each)) for each in asked], batch_size=_BATCH)

        await transaction(write)
    finally:
        await close_database()


def hour_row(ring: Ring) -> Heard:
    """An hour as the daemon writes it ahead."""
    assert ring.room is not None
    return Heard(
        key=f"{ring.ritual}:{ring.about}:{ring.when}",
        kind=Kind.HOUR,
        room=ring.room,
        at=ring.at,
        about=ring.about,
        content={**ring.content, "ritual": ring.ritual},
    )


async def both(mine: Asking, theirs: Asking) -> Pair:
    """Round trips of the two, asked at the same moment."""
    mine_took, theirs_took = await asyncio.gather(mine.ping(), theirs.ping())
    await asyncio.sleep(_PAUSE_SECONDS)
    return mine_took, theirs_took


async def _turned(
    database: sqlite3.Connection, mine: Asking, theirs: Asking
) -> tuple[float, list[Pair]]:
    """Seconds until no due row waits, and the round trips of what was asked meanwhile."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(both(mine, theirs))]
        while database.execute(_WAITING).fetchone() is not None:
            # Asked again before the last answer has come: a slow answer must not hide the next.
            if loop.time() - began > len(asked) * _ASK_SECONDS:
                asked.append(group.create_task(both(mine, theirs)))
            await asyncio.sleep(_POLL_SECONDS)
        took = loop.time() - began
    return took, [each.result() for each in asked]


async def _rate(database: sqlite3.Connection, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    began, before = loop.time(), count_of(database, SENT)
    await asyncio.sleep(seconds)
    after = count_of(database, SENT)
    return (after - before) / (loop.time() - began)


def reading(bot: Kinkeeper) -> sqlite3.Connection:
    """Its database, which it goes on writing."""
    return sqlite3.connect(f"file:{bot.database}?mode=ro", uri=True, isolation_level=None)


def count_of(database: sqlite3.Connection, query: str, *values: object) -> int:
    """The one number that a query gives."""
    return int(database.execute(query, values).fetchone()[0])
