"""Measures very many reminders due in the same minute: how fast they turn into messages owed, and whom that holds up.

The homeserver is busy with the first of them while the others are turned. So the person who types meanwhile asks
Kinkeeper and the floor at the same moment: what Kinkeeper takes longer is its own doing.
"""

import asyncio
import sqlite3
import statistics
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Final

from deploy.homeserver import Homeserver
from handlers.reminders import _hour
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
_POLL_SECONDS: Final = 0.05
_PAUSE_SECONDS: Final = 0.02
_QUIET_PINGS: Final = 60

_WAITING: Final = "SELECT 1 FROM inbox WHERE state = 'waiting' AND kind = 'hour' LIMIT 1"
_SENT: Final = "SELECT count(*) FROM outbox WHERE state = 'sent'"
_OWED: Final = "SELECT count(*) FROM outbox WHERE state = 'owed'"


async def reminders(
    homeserver: Homeserver,
    typist: Typist,
    bot: Kinkeeper,
    floor: Bot,
    *,
    count: int,
    seconds: float,
) -> list[Figure]:
    """`count` reminders due at once; then the sending rate over `seconds`, against the floor's own."""
    bot.settings = {"KINKEEPER_DEMO_CLOCK": str(bot.clock)}
    await bot.start()
    rooms = [await typist.room_with([bot, floor]) for _ in range(_ROOMS)]
    asked = {each.name: await typist.room_with([each]) for each in (bot, floor)}
    await bot.stop()
    due = datetime.now(UTC) + _AHEAD
    await _fill(bot, rooms, typist.person.user_id, due, count)
    await bot.start()
    try:
        for each in (bot, floor):
            await typist.wake(asked[each.name], each)
        quiet = [await _both(typist, asked, bot, floor) for _ in range(_QUIET_PINGS)]
        cpu = bot.cpu
        bot.moves_clock((due - datetime.now(UTC)).total_seconds() + 1)
        turning, busy = await _turned(typist, asked, bot, floor)
        cpu, memory = bot.cpu - cpu, bot.memory
        with closing(_reading(bot)) as database:
            owed = _count(database, _OWED) + _count(database, _SENT)
            rate = await _rate(database, seconds)
    finally:
        await bot.stop()
    pouring = Floor(homeserver.client_url, floor.token, floor.user_id)
    try:
        most = await pouring.pour(rooms, seconds)
    finally:
        await pouring.close()
    name = f"{count} reminders due at once"
    held = [mine - theirs for mine, theirs in busy]
    usual = statistics.median(mine - theirs for mine, theirs in quiet)
    return [
        Figure(name=f"{name}: turned into messages owed", value=turning, unit="s", at_most=10.0),
        Figure(name=f"{name}: CPU of one reminder", value=cpu / count * 1000, unit="ms"),
        Figure(
            name=f"{name}: lost or doubled",
            value=abs(owed - _answers(quiet, busy) - count),
            at_most=0,
        ),
        Figure(
            name=f"{name}: answers meanwhile, median",
            value=statistics.median(mine for mine, _ in busy) * 1000,
            unit="ms",
            ratio=statistics.median(mine for mine, _ in busy)
            / statistics.median(theirs for _, theirs in busy),
        ),
        Figure(
            name=f"{name}: answers meanwhile, longest",
            value=max(mine for mine, _ in busy) * 1000,
            unit="ms",
            ratio=max(mine for mine, _ in busy) / max(theirs for _, theirs in busy),
        ),
        Figure(
            name=f"{name}: an answer held up by it, longest",
            value=(max(held) - usual) * 1000,
            unit="ms",
            low=quantile(held, 0.25) * 1000,
            high=quantile(held, 0.75) * 1000,
            at_most=100.0,
        ),
        Figure(name=f"{name}: resident afterwards", value=memory, unit="MB"),
        Figure(
            name=f"{name}: then sent",
            value=rate,
            unit="/s",
            ratio=rate / most,
            at_least=0.95,
            of_floor=True,
        ),
    ]


def _answers(*measured: list[tuple[float, float]]) -> int:
    return sum(len(each) for each in measured)


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
            await Heard.bulk_create([_row(each) for each in asked], batch_size=_BATCH)

        await transaction(write)
    finally:
        await close_database()


def _row(reminder: Reminder) -> Heard:
    ring = _hour(reminder)
    return Heard(
        key=f"{ring.ritual}:{ring.about}:{ring.when}",
        kind=Kind.HOUR,
        room=reminder.room,
        at=ring.at,
        about=ring.about,
        content={**ring.content, "ritual": ring.ritual},
    )


async def _both(typist: Typist, asked: dict[str, str], bot: Bot, floor: Bot) -> tuple[float, float]:
    """Round trips of the two, asked at the same moment."""
    mine, theirs = await asyncio.gather(
        typist.ping(asked[bot.name], bot), typist.ping(asked[floor.name], floor)
    )
    await asyncio.sleep(_PAUSE_SECONDS)
    return mine, theirs


async def _turned(
    typist: Typist, asked: dict[str, str], bot: Kinkeeper, floor: Bot
) -> tuple[float, list[tuple[float, float]]]:
    """Seconds until no due row waits, and the round trips meanwhile."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    turned = asyncio.create_task(_none_waits(bot))
    busy = []
    while not turned.done():
        busy.append(await _both(typist, asked, bot, floor))
    return await turned - began, busy


async def _none_waits(bot: Kinkeeper) -> float:
    """The moment at which no hour waits any more."""
    with closing(_reading(bot)) as database:
        while database.execute(_WAITING).fetchone() is not None:
            await asyncio.sleep(_POLL_SECONDS)
    return asyncio.get_running_loop().time()


async def _rate(database: sqlite3.Connection, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    began, before = loop.time(), _count(database, _SENT)
    await asyncio.sleep(seconds)
    after = _count(database, _SENT)
    return (after - before) / (loop.time() - began)


def _reading(bot: Kinkeeper) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{bot.database}?mode=ro", uri=True, isolation_level=None)


def _count(database: sqlite3.Connection, query: str) -> int:
    return int(database.execute(query).fetchone()[0])
