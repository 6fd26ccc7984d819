"""Measures Kinkeeper on a real Synapse, beside two other bots, and says what it promised and what it keeps.

``--quick`` takes about five minutes, ``--full`` as long as it takes. The exit code is 1 when an answer was lost or
given twice, and 0 otherwise: how fast this machine is today is a matter for the reader.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from deploy.homeserver import Homeserver
from tests.bench import assembly, clocks, commands, pairing, pictures, reminders, rooms, traffic
from tests.bench.bots import Bot, Comparison, Kinkeeper
from tests.bench.figures import Figure, table, write_json
from tests.bench.typist import Typist
from tests.bench.votes import votes
from tests.element import strict

PARTS: Final = (
    "trips",
    "burst",
    "encrypted",
    "rooms",
    "reminders",
    "clocks",
    "votes",
    "pictures",
    "pairing",
    "assembly",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much of everything."""

    #: Rounds of round trips, and commands a round for each bot.
    rounds: int
    commands: int
    #: Rounds of throughput, and commands in each room a round.
    loads: int
    load: int
    burst: int
    #: Whether the bots beside us have their burst, too.
    all_burst: bool
    #: Few and many rooms; the same number twice leaves the growth out.
    rooms: tuple[int, int]
    starts: int
    reminders: int
    #: Seconds over which the sending rate is taken.
    sending: float
    crews: int
    #: Seconds for which their clocks are watched.
    sitting: float
    #: Whether they are watched with nobody speaking, too.
    silence: bool
    #: People who vote at once.
    voters: int
    #: How often a picture of each kind is drawn.
    pictures: int
    #: Seeds with which pairing rounds are drawn.
    seeds: int
    #: Congregations of the assemblies, from few to many.
    assemblies: tuple[int, ...]
    #: Letters that one homeserver takes from another.
    letters: int


BURST_ROOMS: Final = 20

QUICK: Final = Sizes(
    rounds=5,
    commands=20,
    loads=2,
    load=8,
    burst=400,
    all_burst=False,
    rooms=(40, 40),
    starts=1,
    reminders=4_000,
    sending=5.0,
    crews=100,
    sitting=45.0,
    silence=False,
    voters=200,
    pictures=30,
    seeds=5,
    assemblies=(25, 50, 100),
    letters=300,
)
FULL: Final = Sizes(
    rounds=9,
    commands=50,
    loads=4,
    load=20,
    burst=1_000,
    all_burst=True,
    rooms=(500, 2_000),
    starts=3,
    reminders=40_000,
    sending=15.0,
    crews=1_000,
    sitting=180.0,
    silence=True,
    voters=200,
    pictures=200,
    seeds=20,
    assemblies=(25, 50, 100, 200),
    letters=1_500,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options = _parser().parse_args(arguments)
    sizes = FULL if options.full else QUICK
    if options.rooms:
        few, _, many = options.rooms.partition(",")
        sizes = _with_rooms(sizes, int(few), int(many or few))
    if options.crews:
        sizes = replace(sizes, crews=options.crews)
    figures = asyncio.run(measure(sizes, options.parts, options.cache))
    print(f"\n{table(figures)}\n\n{_machine()}")
    if options.json is not None:
        write_json(figures, options.json)
    return int(any(figure.must and not figure.reached for figure in figures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small sizes (the default)")
    size.add_argument("--full", action="store_true", help="the sizes that are promised")
    parser.add_argument("--rooms", metavar="FEW[,MANY]", help="other numbers of rooms")
    parser.add_argument("--crews", type=int, metavar="NUMBER", help="another number of crews")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument(
        "--cache", type=Path, metavar="FOLDER", help="keep the homeservers of many rooms there"
    )
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"of: {' '.join(PARTS)}"
    )
    return parser


async def measure(sizes: Sizes, wanted: Sequence[str], cache: Path | None) -> list[Figure]:
    """Measure the parts that are wanted, all by default."""
    wanted = wanted or PARTS
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="kinkeeper-bench-") as name:
        folder = Path(name)
        if {"trips", "burst", "encrypted"} & set(wanted):
            async with _town_square(folder / "square") as (homeserver, typist, bots):
                figures += await _commands(sizes, wanted, homeserver, typist, bots)
        if "reminders" in wanted:
            tell(f"{sizes.reminders} reminders due at once")
            figures += await _reminders(sizes, folder / "reminders")
        if "rooms" in wanted:
            tell(f"starting in {sizes.rooms[0]} rooms and in {sizes.rooms[1]}")
            figures += await _rooms(sizes, folder / "rooms", cache)
        if "pictures" in wanted:
            tell(f"pictures of results, {sizes.pictures} of each kind")
            figures += show(pictures.pictures(rounds=sizes.pictures))
        if "pairing" in wanted:
            tell(f"pairing rounds, three ways, {sizes.seeds} seeds")
            figures += show(pairing.pairing(sizes.seeds, tell))
        if "assembly" in wanted:
            figures += await _assembly(sizes, folder / "assembly")
        if "clocks" in wanted:
            tell(f"{sizes.crews} crews with running clocks")
            figures += await _clocks(sizes, folder / "clocks", cache)
        if "votes" in wanted:
            tell(f"{sizes.voters} people vote at once")
            figures += await _votes(sizes, folder / "votes")
    return figures


async def _commands(
    sizes: Sizes, wanted: Sequence[str], homeserver: Homeserver, typist: Typist, bots: list[Bot]
) -> list[Figure]:
    figures: list[Figure] = []
    if "trips" in wanted:
        tell(
            f"round trips: {sizes.rounds} rounds of {sizes.commands} commands for each of {len(bots)} bots"
        )
        figures += show(
            await commands.round_trips(typist, bots, rounds=sizes.rounds, commands=sizes.commands)
        )
    if "encrypted" in wanted:
        figures += await _encrypted(sizes, homeserver, bots)
    if "burst" in wanted:
        tell(f"{BURST_ROOMS} rooms")
        each = {
            bot.name: [await typist.room_with([bot]) for _ in range(BURST_ROOMS)] for bot in bots
        }
        for bot in bots:
            for room in each[bot.name]:
                await typist.wake(room, bot)
        figures += show(
            await commands.throughput(typist, each, bots, rounds=sizes.loads, commands=sizes.load)
        )
        for bot in bots:
            if sizes.all_burst or isinstance(bot, Kinkeeper):
                figures += show(
                    await commands.burst(typist, each[bot.name], bot, commands=sizes.burst)
                )
    return figures


async def _encrypted(sizes: Sizes, homeserver: Homeserver, bots: list[Bot]) -> list[Figure]:
    if not strict.installed():
        tell(f"the encrypted part is left out: its client is not installed. Run: {strict.INSTALL}")
        return []
    tell("encrypted round trips")
    kinkeeper = next(bot for bot in bots if isinstance(bot, Kinkeeper))
    return show(
        await commands.encrypted(
            homeserver, kinkeeper, rounds=sizes.rounds, commands=sizes.commands
        )
    )


@asynccontextmanager
async def _town_square(folder: Path) -> AsyncIterator[tuple[Homeserver, Typist, list[Bot]]]:
    """A homeserver with a typist and the three bots, running."""
    async with AsyncExitStack() as stack:
        homeserver = await stack.enter_async_context(Homeserver(folder / "homeserver", "bench"))
        typist = await stack.enter_async_context(await Typist.enter(homeserver, "typist"))
        bots: list[Bot] = [
            await Comparison.make("floor", homeserver, folder / "floor"),
            await Comparison.make("usual", homeserver, folder / "usual"),
            await Kinkeeper.make("kinkeeper", homeserver, folder / "kinkeeper"),
        ]
        for bot in bots:
            stack.push_async_callback(bot.stop)
            await bot.start()
        yield homeserver, typist, bots


async def _reminders(sizes: Sizes, folder: Path) -> list[Figure]:
    async with AsyncExitStack() as stack:
        homeserver = await stack.enter_async_context(Homeserver(folder / "homeserver", "bench"))
        floor = await Comparison.make("floor", homeserver, folder / "floor")
        pourer = await Comparison.make("pourer", homeserver, folder / "pourer")
        bot = await Kinkeeper.make("kinkeeper", homeserver, folder / "kinkeeper")
        stack.push_async_callback(floor.stop)
        await floor.start()
        return show(
            await reminders.reminders(
                homeserver, bot, floor, pourer, count=sizes.reminders, seconds=sizes.sending
            )
        )


async def _rooms(sizes: Sizes, folder: Path, cache: Path | None) -> list[Figure]:
    town = rooms.Town(cache or folder)
    async with town.homeserver:
        await town.build(max(sizes.rooms), tell)
        return show(await rooms.starts(town, folder, sizes.rooms, rounds=sizes.starts, tell=tell))


async def _assembly(sizes: Sizes, folder: Path) -> list[Figure]:
    tell(f"{sizes.letters} letters from one homeserver to another")
    measured, rates = await traffic.traffic(folder, letters=sizes.letters, tell=tell)
    figures = show(measured)
    tell(f"assemblies of {', '.join(map(str, sizes.assemblies))} congregations, a year each")
    return [*figures, *show(assembly.assembly(sizes.assemblies, tell, rates))]


async def _clocks(sizes: Sizes, folder: Path, cache: Path | None) -> list[Figure]:
    # Not the town of the rooms: a crew is as few people as sit in one circle.
    town = rooms.Town(cache / "crews" if cache else folder, members=clocks.MEMBERS)
    async with town.homeserver:
        await town.build(sizes.crews, tell)
        figures: list[Figure] = []
        for passing in (False, True) if sizes.silence else (True,):
            figures += show(
                await clocks.clocks(
                    town,
                    folder,
                    crews=sizes.crews,
                    seconds=sizes.sitting,
                    passing=passing,
                    tell=tell,
                )
            )
        return figures


async def _votes(sizes: Sizes, folder: Path) -> list[Figure]:
    async with Homeserver(folder / "homeserver", "bench") as homeserver:
        return show(await votes(homeserver, folder, voters=sizes.voters))


def _with_rooms(sizes: Sizes, few: int, many: int) -> Sizes:
    return replace(sizes, rooms=(few, many))


def tell(what: str) -> None:
    """Say what goes on; the table itself stays alone on standard output."""
    print(what, file=sys.stderr, flush=True)


def show(figures: list[Figure]) -> list[Figure]:
    """Let the reader see the first figures while the others are measured."""
    tell("\n".join("  " + "  ".join(filter(None, figure.row())) for figure in figures))
    return figures


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"Python {platform.python_version()} on {os.cpu_count()} cores, load {load:.1f} at the end. "
        "Spread: smallest to largest of the rounds."
    )


if __name__ == "__main__":
    sys.exit(main())
