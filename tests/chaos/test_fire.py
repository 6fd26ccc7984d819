"""Under fire: the daemon and its homeserver are killed again and again, and each thing is said once.

The moments are drawn from a seeded generator. What the scheduler makes of them differs from run to run, and is meant
to: the claims hold at any moment whatever.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

import pytest

from daemon.keyring import Keyring
from deploy.event import Event
from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.person import Person
from storage.database import close_database, open_database, sqlite_url
from storage.inbox import Heard, Settled
from storage.reminders import Reminder
from storage.sealed import seal_with
from tests.element.strict import StrictPerson

ROOMS = 10
COMMANDS = 30  # in each room
KILLS = 20
HOMESERVER_KILLS = 3

#: A killed homeserver is away for some seconds.
PATIENCE = 60


async def mayhem(keeper: Keeper, homeserver: Homeserver, seed: int, said: asyncio.Lock) -> None:
    """Kill the daemon KILLS times and its homeserver HOMESERVER_KILLS times, at random moments."""
    random = Random(seed)
    fall = set(random.sample(range(KILLS), HOMESERVER_KILLS))
    for number in range(KILLS):
        await asyncio.sleep(random.uniform(0.05, 1.6))
        keeper.kill()
        if number in fall:
            async with said:
                homeserver.kill()
                await keeper.start(listening=False)
                await homeserver.start()
        else:
            await keeper.start(listening=False)


async def everything_said(
    rooms: list[str],
    say: Callable[[str, str], Awaitable[object]],
    answered: Callable[[str, str], Awaitable[object]],
    said: asyncio.Lock,
) -> None:
    """Type each command in every room at once; the next when one room has its answer, as people would."""
    for number in range(COMMANDS):
        async with said:
            await asyncio.gather(*(say(room, f"!ping {number}") for room in rooms))
        await answered(rooms[number % len(rooms)], f"pong {number}")


def pongs(texts: list[str]) -> list[int]:
    return [int(text.removeprefix("pong ")) for text in texts if text.startswith("pong ")]


async def test_three_hundred_commands_are_answered_once_and_in_order(
    keeper: Keeper, homeserver: Homeserver
) -> None:
    said = asyncio.Lock()
    async with await Person.enter(homeserver, "ana", retry_for=PATIENCE) as ana:
        rooms = [await ana.create_room(f"Room {n}", invite=[keeper.user_id]) for n in range(ROOMS)]
        for room in rooms:
            await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)

        async def answered(room: str, text: str) -> None:
            await ana.hears(room, text, from_=keeper.user_id, timeout=PATIENCE)

        await asyncio.gather(
            everything_said(rooms, ana.say, answered, said), mayhem(keeper, homeserver, 1, said)
        )
        for room in rooms:
            await ana.hears(
                room, f"pong {COMMANDS - 1}", since=0, from_=keeper.user_id, timeout=PATIENCE
            )

        for room in rooms:
            texts = [
                event.text for event in await ana.messages(room) if event.sender == keeper.user_id
            ]
            assert pongs(texts) == list(range(COMMANDS))


async def test_in_encrypted_rooms_too(keeper: Keeper, homeserver: Homeserver) -> None:
    said = asyncio.Lock()
    ana = await StrictPerson.start(homeserver, "ana")
    async with ana, await Person.enter(homeserver, "watcher", retry_for=PATIENCE) as watcher:
        rooms = []
        for number in range(ROOMS):
            room = await ana.create_room(f"Room {number}", invite=[keeper.user_id, watcher.user_id])
            await watcher.join(room)
            await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
            rooms.append(room)

        async def answered(room: str, text: str) -> None:
            await ana.hears(room, text, from_=keeper.user_id, timeout=PATIENCE)

        await asyncio.gather(
            everything_said(rooms, ana.say, answered, said), mayhem(keeper, homeserver, 2, said)
        )

        def last(event: Event) -> bool:
            return event.sender == keeper.user_id and event.type == "m.room.encrypted"

        for room in rooms:
            # One greeting and one answer to each command: none is missing, none was said twice.
            for _ in range(1 + COMMANDS):
                await watcher.until(last, room, timeout=PATIENCE)
            sealed = [event for event in await watcher.messages(room) if last(event)]
            assert len(sealed) == 1 + COMMANDS
            # Her client shows a message when its key has come, and may miss some while its server is down: what
            # it could read of them came in order.
            read = {each.event.id: each for each in ana.heard if each.event.room == room}
            said_back = [read[event.id] for event in sealed if event.id in read]
            assert all(each.trusted for each in said_back)
            numbers = pongs([each.event.text for each in said_back])
            assert numbers == sorted(set(numbers))
            assert len(numbers) > COMMANDS // 2


REMINDERS = 1000


async def multiply(keeper: Keeper, each: int) -> None:
    """Give every room `each` reminders, like the recurring and the single one that it asked for.

    They are written where the daemon, which is not running, wrote those two: typing a thousand would test typing.
    """
    await open_database(sqlite_url(keeper.data / "kinkeeper.db"))
    seal_with(Keyring.at(keeper.data, None))
    try:
        for asked in await Reminder.all():
            hour = await Heard.get(about=f"reminder:{asked.id}", state=Settled.WAITING)
            for number in range(2, each):
                if (number % 10 == 0) == (asked.rhythm is not None):
                    await add_like(asked, hour, number)
    finally:
        seal_with(None)
        await close_database()


async def add_like(asked: Reminder, hour: Heard, number: int) -> None:
    assert asked.at
    assert hour.about
    assert hour.content
    later = timedelta(minutes=0 if asked.rhythm else number)
    about = await Reminder.create(
        room=asked.room,
        person=asked.person,
        number=number + 1,
        what=f"thing {number}",
        zone=asked.zone,
        rhythm=asked.rhythm,
        at=asked.at + later,
    )
    await Heard.create(
        key=hour.key.replace(hour.about, f"reminder:{about.id}"),
        kind=hour.kind,
        room=hour.room,
        at=hour.at + later,
        useful_until=hour.useful_until,
        about=f"reminder:{about.id}",
        content={**hour.content, "reminder": about.id, "what": about.what},
    )


@pytest.mark.requirement("R62")
async def test_a_thousand_reminders_of_three_days_away_are_each_said_once(
    keeper: Keeper, homeserver: Homeserver
) -> None:
    async with await Person.enter(homeserver, "ana", retry_for=PATIENCE) as ana:
        rooms = [await ana.create_room(f"Room {n}", invite=[keeper.user_id]) for n in range(ROOMS)]
        for room in rooms:
            await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
        each = REMINDERS // ROOMS
        # Every tenth recurs: it is said for the last day only, and noted as late for those before.
        for room in rooms:
            await ana.say(room, "!remind every day 9:00 thing 0")
            await ana.say(room, "!remind in 2 minutes thing 1")
        for room in rooms:
            await ana.hears(room, "thing 1", from_=keeper.user_id, timeout=PATIENCE)
        keeper.kill()
        await multiply(keeper, each)

        keeper.travel(timedelta(days=3))
        for _ in range(3):
            await keeper.start(listening=False)
            await asyncio.sleep(1.2)
            keeper.kill()
        await keeper.start()
        for room in rooms:
            await ana.hears(room, f"⏰ thing {each - 1}", from_=keeper.user_id, timeout=120)

        for room in rooms:
            heard = [
                event.text.splitlines()[0].removeprefix("⏰ thing ")
                for event in await ana.messages(room)
                if event.text.startswith("⏰")
            ]
            once = [int(text) for text in heard if int(text) % 10]
            assert once == [number for number in range(each) if number % 10]
            recurring = [int(text) for text in heard if not int(text) % 10]
            assert len(recurring) == len(set(recurring))
    await keeper.stop()
    with sqlite3.connect(keeper.data / "kinkeeper.db") as database:
        states = dict(
            database.execute(
                "SELECT state, count(*) FROM inbox WHERE kind = 'hour' AND settled_at IS NOT NULL GROUP BY state"
            )
        )
    assert states["late"] >= 2 * REMINDERS // 10
    assert set(states) == {"settled", "late"}
