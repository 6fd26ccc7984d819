"""Measures a large circle that votes all at once: when the board shows the last voice, and what others wait meanwhile.

Everybody votes once within ten seconds, through all three doors: taps, Element's form, typed words. Whoever tries a
command elsewhere at the same time is compared with somebody who asks the floor at the same moments. The count on the
board is compared with one that is made from the room's history alone.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from deploy.homeserver import Homeserver
from deploy.person import Person
from tests.bench.bots import Comparison, Kinkeeper
from tests.bench.clocks import answers
from tests.bench.figures import Figure
from tests.bench.reminders import Asking, Pair, both
from tests.bench.typist import Typist
from tests.crowd import Asked, announced, crowd, joins, plan, recount

_SECONDS: Final = 10.0
_QUIET_PINGS: Final = 30
_ASK_SECONDS: Final = 0.5
#: Answers leave in order: whoever asks again and again in one room would measure their own queue.
_ASKED_ROOMS: Final = 10
_PATIENCE_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.05


@dataclass(slots=True)
class Board:
    """What a member's client shows of the count, and since when."""

    room: str
    keeper: str
    #: Position to voices, how many voted, how many may.
    shows: tuple[Counter[str], int, int] = field(default_factory=lambda: (Counter(), 0, 0))
    since: float = 0.0
    #: How often it changed.
    changes: int = 0

    def hears(self, room: str, sender: str, text: str, now: float) -> None:
        """Take in what was said."""
        if room == self.room and sender == self.keeper and "entitled" in text:
            shows = announced(text)
            if shows != self.shows:
                self.shows, self.since = shows, now
                self.changes += 1

    async def until_all(self, voices: int) -> None:
        """Wait until it counts so many, or long enough."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE_SECONDS
        while sum(self.shows[0].values()) != voices and loop.time() < until:
            await asyncio.sleep(_POLL_SECONDS)


async def votes(homeserver: Homeserver, folder: Path, *, voters: int) -> list[Figure]:
    """`voters` people in one room of a homeserver that runs."""
    async with AsyncExitStack() as stack:
        bot = await Kinkeeper.make("kinkeeper", homeserver, folder / "kinkeeper")
        floor = await Comparison.make("floor", homeserver, folder / "floor")
        for each in (bot, floor):
            await each.start()
            stack.push_async_callback(each.stop)
        ana, ben = [
            await stack.enter_async_context(await Typist.enter(homeserver, name))
            for name in ("ana", "ben")
        ]
        couples = [
            (
                Asking(ana, bot, await ana.room_with([bot])),
                Asking(ben, floor, await ben.room_with([floor])),
            )
            for _ in range(_ASKED_ROOMS)
        ]
        for couple in couples:
            for asking in couple:
                await asking.typist.wake(asking.room, asking.bot)
        people = await stack.enter_async_context(crowd(homeserver, voters))
        asked = await _asks(people, bot)
        board = Board(asked.room, bot.user_id)
        watcher = Typist(await Person.enter(homeserver, "voter0"))
        await stack.enter_async_context(watcher)
        await watcher.caught_up.wait()
        watcher.on_heard = board.hears
        return await _measured(bot, couples, people, asked, board)


async def _asks(people: list[Person], bot: Kinkeeper) -> Asked:
    """The first of them asks all the others."""
    host = people[0]
    room = await host.create_room("Square", public=True)
    await joins(people[1:], room)
    await host.invite(room, bot.user_id)
    await host.hears(room, "I am Kinkeeper", from_=bot.user_id)
    await host.say(room, "!adopt working")
    await host.hears(room, "I look after this", from_=bot.user_id)
    await host.say(room, "!propose We meet on Tuesdays; form")
    said = await host.hears(room, "proposal 1", from_=bot.user_id)
    form = await host.until(lambda event: event.type == "org.matrix.msc3381.poll.start", room)
    return Asked(room=room, number=1, board=said.id, form=form.id)


async def _measured(
    bot: Kinkeeper,
    couples: list[tuple[Asking, Asking]],
    people: list[Person],
    asked: Asked,
    board: Board,
) -> list[Figure]:
    loop = asyncio.get_running_loop()
    cpu = bot.cpu
    quiet = [await both(*couples[n % len(couples)]) for n in range(_QUIET_PINGS)]
    cpu_of_ping = (bot.cpu - cpu) / _QUIET_PINGS
    voters = plan(people, Random(len(people)), seconds=_SECONDS)
    cpu, began = bot.cpu, loop.time()
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(_asked_meanwhile(couples, over))
        await asyncio.gather(
            *(voter.votes(asked, Random(number)) for number, voter in enumerate(voters))
        )
        voted = loop.time()
        await board.until_all(len(voters))
        over.set()
    pairs = asking.result()
    spent = bot.cpu - cpu - cpu_of_ping * len(pairs)
    counted = recount(await people[0].messages(asked.room), asked, keeper=bot.user_id)
    wrong = Counter(counted.values())
    wrong.subtract(board.shows[0])
    name = f"{len(people)} vote at once"
    return [
        Figure(name=f"{name}: given within", value=voted - began, unit="s"),
        Figure(
            name=f"{name}: the board shows the last after",
            value=max(board.since - voted, 0.0),
            unit="s",
        ),
        Figure(
            name=f"{name}: lost or counted twice",
            value=sum(map(abs, wrong.values())),
            at_most=0,
            must=True,
        ),
        Figure(name=f"{name}: changes of the board that a member saw", value=board.changes),
        *answers(name, "before", quiet),
        *answers(name, "meanwhile", pairs),
        Figure(name=f"{name}: own CPU a voice", value=spent / len(people) * 1000, unit="ms"),
        Figure(name=f"{name}: resident", value=bot.memory, unit="MB"),
    ]


async def _asked_meanwhile(couples: list[tuple[Asking, Asking]], over: asyncio.Event) -> list[Pair]:
    """Commands elsewhere, whether or not the last was answered: a slow answer must not hide the next."""
    asked: list[asyncio.Task[Pair]] = []
    async with asyncio.TaskGroup() as group:
        while not over.is_set():
            asked.append(group.create_task(both(*couples[len(asked) % len(couples)])))
            await asyncio.sleep(_ASK_SECONDS)
    return [task.result() for task in asked]
