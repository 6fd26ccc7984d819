"""Measures commands: how long an answer takes, what it costs, how many fit in a second, and whether any is lost.

The bots take turns on one homeserver, and the order changes from round to round, so that whatever else the machine
does falls on all of them alike.
"""

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from deploy.homeserver import Homeserver
from tests.bench.bots import Bot, Kinkeeper
from tests.bench.figures import Figure, quantile, repeated
from tests.bench.typist import Typist
from tests.element.strict import StrictPerson

#: Nobody types the next command within a moment of the last answer.
_PAUSE_SECONDS: Final = 0.03

#: After its turn a bot hears its own last words; that belongs to the turn's cost.
_ECHO_SECONDS: Final = 0.3

#: A burst is over when nothing new has been heard for so long.
_QUIET_SECONDS: Final = 10.0


@dataclass(slots=True)
class Turns:
    """What one bot did in its turns."""

    #: Round trips in seconds, a list for each turn.
    trips: list[list[float]] = field(default_factory=list)
    #: CPU seconds, one for each turn.
    cpu: list[float] = field(default_factory=list)
    #: Answers a second, one for each turn.
    rates: list[float] = field(default_factory=list)

    @property
    def every(self) -> list[float]:
        """All round trips."""
        return [trip for turn in self.trips for trip in turn]

    @property
    def medians(self) -> list[float]:
        """The median round trip of each turn."""
        return [statistics.median(turn) for turn in self.trips]


def rotated(bots: Sequence[Bot], rounds: int) -> Iterator[list[Bot]]:
    """The bots in another order each round."""
    for number in range(rounds):
        first = number % len(bots)
        order = [*bots[first:], *bots[:first]]
        yield order[::-1] if (number // len(bots)) % 2 else order


# ---------------------------------------------------------------------------------------- round trips


async def round_trips(
    typist: Typist, bots: Sequence[Bot], *, rounds: int, commands: int
) -> list[Figure]:
    """One person, one room with each bot; in each round every bot answers `commands` commands."""
    rooms = {bot.name: await typist.room_with([bot]) for bot in bots}
    turns = {bot.name: Turns() for bot in bots}
    for bot in bots:
        await typist.wake(rooms[bot.name], bot)
        await _turn(typist, rooms[bot.name], bot, commands)
    before = {bot.name: bot.memory for bot in bots}
    for order in rotated(bots, rounds):
        for bot in order:
            trips, cpu = await _turn(typist, rooms[bot.name], bot, commands)
            turns[bot.name].trips.append(trips)
            turns[bot.name].cpu.append(cpu / commands)
    figures = _trip_figures(turns)
    total = rounds * commands
    for bot in bots:
        grown = bot.memory - before[bot.name]
        figures.append(
            Figure(name=f"{bot.name}: memory grown over {total} commands", value=grown, unit="MB")
        )
    return figures


async def _turn(typist: Typist, room: str, bot: Bot, commands: int) -> tuple[list[float], float]:
    cpu = bot.cpu
    trips = []
    for _ in range(commands):
        trips.append(await typist.ping(room, bot))
        await asyncio.sleep(_PAUSE_SECONDS)
    await asyncio.sleep(_ECHO_SECONDS)
    return trips, bot.cpu - cpu


def _trip_figures(turns: dict[str, Turns]) -> list[Figure]:
    floor = turns["floor"]
    figures = []
    for share, name, promise in ((0.5, "median", 1.10), (0.95, "95th percentile", 1.2)):
        for bot, turn in turns.items():
            each = [quantile(trips, share) * 1000 for trips in turn.trips]
            value = quantile(turn.every, share)
            figures.append(
                Figure(
                    name=f"{bot}: round trip, {name}",
                    value=value * 1000,
                    unit="ms",
                    low=min(each),
                    high=max(each),
                    ratio=value / quantile(floor.every, share),
                    at_most=promise if bot == "kinkeeper" else None,
                    of_floor=True,
                )
            )
    paired = [
        mine / theirs
        for mine, theirs in zip(turns["kinkeeper"].medians, floor.medians, strict=True)
    ]
    figures.append(repeated("kinkeeper: ratio of medians, round by round", paired, "times"))
    for bot, turn in turns.items():
        figures.append(
            Figure(
                name=f"{bot}: own CPU a command",
                value=statistics.mean(turn.cpu) * 1000,
                unit="ms",
                low=min(turn.cpu) * 1000,
                high=max(turn.cpu) * 1000,
                ratio=sum(turn.cpu) / max(sum(floor.cpu), 0.001),
                at_most=4.0 if bot == "kinkeeper" else None,
            )
        )
    return figures


# --------------------------------------------------------------------------------------- many at once


async def throughput(
    typist: Typist, rooms: dict[str, list[str]], bots: Sequence[Bot], *, rounds: int, commands: int
) -> list[Figure]:
    """Every room asks again as soon as it has its answer; `commands` in each room, a turn."""
    turns = {bot.name: Turns() for bot in bots}
    for order in rotated(bots, rounds):
        for bot in order:
            turns[bot.name].rates.append(await _rate(typist, rooms[bot.name], bot, commands))
    floor = statistics.median(turns["floor"].rates)
    return [
        repeated(
            f"{bot}: replies a second, {len(rooms[bot])} rooms",
            turn.rates,
            "/s",
            ratio=statistics.median(turn.rates) / floor,
            at_least=0.95 if bot == "kinkeeper" else None,
            of_floor=True,
        )
        for bot, turn in turns.items()
    ]


async def _rate(typist: Typist, rooms: list[str], bot: Bot, commands: int) -> float:
    loop = asyncio.get_running_loop()

    async def converse(room: str) -> None:
        for _ in range(commands):
            await typist.ping(room, bot)

    began = loop.time()
    await asyncio.gather(*(converse(room) for room in rooms))
    took = loop.time() - began
    await asyncio.sleep(_ECHO_SECONDS)
    return len(rooms) * commands / took


async def burst(typist: Typist, rooms: list[str], bot: Bot, *, commands: int) -> list[Figure]:
    """All commands typed as fast as the homeserver takes them; each answer is counted afterwards."""
    loop = asyncio.get_running_loop()
    words = {room: [typist.word() for _ in range(commands // len(rooms))] for room in rooms}
    cpu, began = bot.cpu, loop.time()

    async def type_all(room: str) -> None:
        for word in words[room]:
            await typist.say(room, f"!ping {word}")

    await asyncio.gather(*(type_all(room) for room in rooms))
    typed = loop.time() - began
    took = await _until_quiet(typist, words, bot) - began
    said = await typist.tally(rooms, bot)
    counts = [said[f"pong {word}"] for each in words.values() for word in each]
    ours = bot.name == "kinkeeper"
    name = f"{bot.name}: burst of {len(counts)} over {len(rooms)} rooms"
    none = 0 if ours else None
    return [
        Figure(name=f"{name}, lost", value=counts.count(0), at_most=none, must=ours),
        Figure(
            name=f"{name}, answered twice",
            value=sum(count > 1 for count in counts),
            at_most=none,
            must=ours,
        ),
        Figure(name=f"{name}, typed in", value=typed, unit="s"),
        Figure(name=f"{name}, last answer after", value=took, unit="s"),
        Figure(
            name=f"{name}, own CPU a command", value=(bot.cpu - cpu) / len(counts) * 1000, unit="ms"
        ),
    ]


async def _until_quiet(typist: Typist, words: dict[str, list[str]], bot: Bot) -> float:
    """Wait until all is answered or nothing comes any more; gives the moment of the last news."""
    loop = asyncio.get_running_loop()
    wanted = {(room, word) for room, each in words.items() for word in each}
    news = loop.time()
    while wanted and loop.time() < news + _QUIET_SECONDS:
        left = {(room, word) for room, word in wanted if not typist.answered(room, bot, word)}
        if left != wanted:
            wanted, news = left, loop.time()
        await asyncio.sleep(0.05)
    return news


# ------------------------------------------------------------------------------------------ encrypted


async def encrypted(
    homeserver: Homeserver, bot: Kinkeeper, *, rounds: int, commands: int
) -> list[Figure]:
    """One person whose client is Element's SDK, one encrypted room."""
    loop = asyncio.get_running_loop()
    async with await StrictPerson.start(homeserver, "strict") as person:
        room = await person.create_room("Bench", invite=[bot.user_id])
        await person.hears(
            room, from_=bot.user_id
        )  # its greeting: it is here, and keys have gone round

        async def ping(number: int) -> float:
            began = loop.time()
            await person.say(room, f"!ping sealed{number}")
            await person.hears(room, f"pong sealed{number}", from_=bot.user_id, timeout=60)
            return loop.time() - began

        await ping(0)
        costs, trips = [], []
        for turn in range(rounds):
            cpu = bot.cpu
            for number in range(commands):
                trips.append(await ping(1 + turn * commands + number))
                await asyncio.sleep(_PAUSE_SECONDS)
            await asyncio.sleep(_ECHO_SECONDS)
            costs.append((bot.cpu - cpu) / commands * 1000)
    middle = [quantile(trips, share) * 1000 for share in (0.25, 0.5, 0.75)]
    return [
        Figure(
            name="kinkeeper: encrypted round trip with Element's SDK, median",
            value=middle[1],
            unit="ms",
            low=middle[0],
            high=middle[2],
        ),
        repeated("kinkeeper: own CPU a command, encrypted", costs, "ms", at_most=10.0),
    ]
