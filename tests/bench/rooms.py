"""Measures the start in very many rooms: the first one, the next one, memory, and how all that grows.

Making the rooms takes far longer than measuring in them, so they are kept in a folder and used again. Every first
start has an account of its own, for a homeserver remembers what it told a device before.
"""

import asyncio
import json
import secrets
import statistics
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from daemon.hear import sync_filter
from deploy.homeserver import Homeserver
from deploy.person import Person
from deploy.wire import Wire
from tests.bench import floor
from tests.bench.bots import PASSWORD, Bot, Kinkeeper
from tests.bench.figures import Figure, repeated
from tests.bench.typist import Typist

MEMBERS: Final = 10

_AT_ONCE: Final = 8
_CLIENT: Final = "/_matrix/client/v3"
_SETTLE_SECONDS: Final = 3.0

T = TypeVar("T")


class Town:
    """A homeserver with many rooms, kept in a folder."""

    def __init__(self, folder: Path, *, members: int = MEMBERS) -> None:
        """Nothing runs yet. `members` people are in each of its rooms."""
        self.members = members
        self.homeserver = Homeserver(folder / "homeserver", "town")
        self._file = folder / "rooms"

    @property
    def rooms(self) -> list[str]:
        """The rooms made so far, by this run or an earlier one."""
        return self._file.read_text(encoding="utf-8").split() if self._file.exists() else []

    async def build(self, count: int, tell: Callable[[str], None]) -> None:
        """See that there are `count` rooms of people; goes on where an earlier run ended."""
        missing = count - len(self.rooms)
        if missing <= 0:
            return
        people = [await Person.enter(self.homeserver, townsman(n)) for n in range(self.members)]
        made = 0

        async def make(number: int) -> None:
            nonlocal made
            first = number % self.members
            creator, *others = people[first:] + people[:first]
            # As in rooms of a keeper's own making it may take back what people typed.
            room = await creator.create_room(
                f"Circle {number}", public=True, power_levels={"redact": 0}
            )
            for person in others:
                await person.join(room)
            # Noted only when it is whole: an interrupted run leaves no half room behind.
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{room}\n")
            made += 1
            if made % 50 == 0:
                tell(f"  {made} of {missing} rooms made")

        try:
            await side_by_side(make, range(count - missing, count))
        finally:
            for person in people:
                await person.close()

    async def move_in(self, bot: Bot, count: int) -> None:
        """Bring an account into the first `count` rooms."""
        async with Wire(self.homeserver.client_url, bot.token) as wire:

            async def join(room: str) -> None:
                await wire.post(f"{_CLIENT}/join/{room}")

            await side_by_side(join, self.rooms[:count])

    async def move_out(self, bot: Bot, count: int) -> None:
        """Take an account out of them again: the next one finds the rooms as this one did."""
        async with Wire(self.homeserver.client_url, bot.token) as wire:

            async def leave(room: str) -> None:
                await wire.post(f"{_CLIENT}/rooms/{room}/leave")

            await side_by_side(leave, self.rooms[:count])


def townsman(number: int) -> str:
    """The name under which one of a town's people logs in, from 0."""
    return f"townsman{number}"


async def side_by_side(work: Callable[[T], Awaitable[None]], items: Iterable[T]) -> None:
    """Do `work` for all items, a few at once."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(item: T) -> None:
        async with turn:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for item in items:
            group.create_task(one(item))


async def starts(
    town: Town, folder: Path, counts: tuple[int, int], *, rounds: int, tell: Callable[[str], None]
) -> list[Figure]:
    """First start, warm restart and memory in few and in many rooms, and the growth between."""
    few, many = counts
    bare = [await _start(town, folder, 0) for _ in range(rounds)]
    small = [await _start(town, folder, few) for _ in range(rounds)]
    tell(f"  started in {few} rooms")
    large = [await _start(town, folder, many) for _ in range(rounds)] if many > few else []
    figures = _start_figures(few, small)
    if large:
        figures += _start_figures(many, large)
        figures += _growth_figures(counts, bare, small, large)
    return figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What one new account's start took, in seconds and megabytes."""

    raw_by_floor: float
    raw: float
    first: float
    memory: float
    peak: float
    warm: float
    warm_memory: float


async def _start(town: Town, folder: Path, count: int) -> Start:
    """One new account: the raw first syncs, its first start, memory, a warm restart."""
    name = f"kinkeeper{secrets.token_hex(4)}"
    bot = await Kinkeeper.make(name, town.homeserver, folder / name)
    async with await Typist.enter(town.homeserver, "typist") as typist:
        room = await typist.room_with([bot])
        await town.move_in(bot, count)
        by_floor, by_daemon = floor.sync_filter(bot.user_id), sync_filter(1)
        for filter_ in (by_floor, by_daemon):
            # Once for the homeserver's caches, or Kinkeeper would start faster than the raw sync.
            await _raw(bot, filter_)
        raw_by_floor, raw = await _raw(bot, by_floor), await _raw(bot, by_daemon)
        try:
            first = await bot.start_and(bot.is_ready)
            await asyncio.sleep(_SETTLE_SECONDS)
            memory, peak = bot.memory, bot.peak
            await typist.ping(room, bot)
            await bot.stop()
            warm = await _restart(typist, room, bot)
            await asyncio.sleep(_SETTLE_SECONDS)
            return Start(
                raw_by_floor=raw_by_floor,
                raw=raw,
                first=first,
                memory=memory,
                peak=peak,
                warm=warm,
                warm_memory=bot.memory,
            )
        finally:
            await bot.stop()


async def _raw(bot: Bot, filter_: str) -> float:
    """Seconds that a first sync takes on a new device, with the answer read."""
    loop = asyncio.get_running_loop()
    async with Wire(bot.homeserver.client_url) as wire:
        who = {"type": "m.id.user", "user": bot.user_id}
        login = {"type": "m.login.password", "identifier": who, "password": PASSWORD}
        wire.token = (await wire.post(f"{_CLIENT}/login", login))["access_token"]
        began = loop.time()
        json.loads(await wire.call("GET", f"{_CLIENT}/sync", query={"filter": filter_}))
        took = loop.time() - began
        await wire.post(f"{_CLIENT}/logout")
    return took


async def _restart(typist: Typist, room: str, bot: Kinkeeper) -> float:
    """Seconds from the start of the process to its answer to what was typed while it was away."""
    word = typist.word()
    answer = typist.expects(room, bot, word)
    await typist.say(room, f"!ping {word}")

    async def answered() -> bool:
        return answer.done()

    return await bot.start_and(answered)


def _start_figures(count: int, starts: list[Start]) -> list[Figure]:
    at = f"{count} rooms"
    by_raw = [start.first / start.raw for start in starts]
    beyond = [start.first - start.raw for start in starts]
    return [
        repeated(
            f"{at}: raw first sync, the floor's filter", [each.raw_by_floor for each in starts], "s"
        ),
        repeated(f"{at}: raw first sync, Kinkeeper's filter", [each.raw for each in starts], "s"),
        repeated(f"{at}: first start", [each.first for each in starts], "s"),
        repeated(f"{at}: first start by the raw first sync", by_raw, "times", at_most=1.3),
        repeated(f"{at}: first start beyond the raw first sync", beyond, "s"),
        repeated(
            f"{at}: warm restart to first answer", [each.warm for each in starts], "s", at_most=2.0
        ),
        repeated(
            f"{at}: resident after the first start",
            [each.memory for each in starts],
            "MB",
            at_most=110,
        ),
        repeated(f"{at}: most resident while starting", [each.peak for each in starts], "MB"),
        repeated(
            f"{at}: resident after a warm restart",
            [each.warm_memory for each in starts],
            "MB",
            at_most=110,
        ),
    ]


def _growth_figures(
    counts: tuple[int, int], bare: list[Start], small: list[Start], large: list[Start]
) -> list[Figure]:
    """How much more a room costs when there are more of them; 1 is exactly linear."""
    few, many = counts
    figures = []
    for name in ("first", "memory", "warm"):
        none, some, much = (
            statistics.median(getattr(start, name) for start in starts)
            for starts in (bare, small, large)
        )
        grown = (much - none) / max(some - none, 0.001)
        figures.append(
            Figure(
                name=f"{few} to {many} rooms: growth of {_GROWING[name]}, 1 is linear",
                value=grown / (many / few),
                at_most=1.1,
            )
        )
    return figures


_GROWING: Final = {"first": "the first start", "memory": "memory", "warm": "a warm restart"}
