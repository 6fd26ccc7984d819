"""Measures very many crews that sit at once: how late their signals come, and what that does to everybody's commands.

Every crew has a room of its own with people in it, and is in the middle of a round of a listening circle. They began
one after the other, so signals are due all the time, as many a second as such crews have. They are watched while
nobody says a word, or while somebody of each crew passes the turn on when it is over, as people do. A turn is eight
events then: its line, two signals, the word that passes it on, and these four taken back. A signal has come when a
member's client has it. How busy the homeserver was stands beside it, and how much is still to be tidied: what leaves
last is what waits for a homeserver that takes less than there is.
"""

import asyncio
import itertools
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil

from deploy.homeserver import Homeserver
from deploy.person import Person
from deploy.wire import Wire
from handlers.sessions import practice, sitting
from practices import library
from practices import session as course
from practices.circles import Life, RoomKind
from practices.session import Kind, Step
from storage.database import close_database, open_database, sqlite_url, transaction
from storage.inbox import Heard
from storage.outbox import Deed, Delivery, Owed
from storage.rooms import Room
from storage.sessions import Session
from tests.bench.bots import Comparison, Kinkeeper
from tests.bench.figures import Figure, quantile
from tests.bench.reminders import SENT, Asking, Pair, both, count_of, hour_row, reading
from tests.bench.rooms import Town, side_by_side, townsman
from tests.bench.typist import Typist

#: People in each crew, beside the daemon.
MEMBERS: Final = 4

_CLIENT: Final = "/_matrix/client/v3"
_PRACTICE: Final = "listening circle"
_TURN: Final = timedelta(minutes=3)
_AHEAD: Final = timedelta(hours=1)
_BOARD: Final = 1

_LEAD_SECONDS: Final = 2.0
_QUIET_PINGS: Final = 60
_ASK_SECONDS: Final = 0.5
#: Answers leave in order: whoever asks again and again in one room would measure their own queue.
_ASKED_ROOMS: Final = 20
#: So long whoever speaks goes on after the time is round.
_FINISH_SECONDS: Final = 5.0
_SYNC_SECONDS: Final = 600.0
_PATIENCE_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.2
#: What is promised.
_LATE_SECONDS: Final = 2.0

_OWED: Final = "SELECT count(*) FROM outbox WHERE state = 'owed'"

_SIGNS: Final = {"⏳": Kind.SOON, "🔔": Kind.OVER}
_YOURS: Final = "the turn is yours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal that is due in the first turn of a crew."""

    room: str
    kind: Kind
    at: datetime


@dataclass(slots=True)
class Listener:
    """Somebody who is in all the crews: notes when signals come, and may pass each turn on when it is over."""

    typist: Typist
    bot: Kinkeeper
    group: asyncio.TaskGroup
    passes: bool
    #: When signals came, by room and kind, on the loop's clock.
    came: defaultdict[tuple[str, Kind], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )
    #: How often each was said.
    said: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: How long it took from a word to the next turn.
    passing: list[float] = field(default_factory=list)
    passed: int = 0
    #: Whether the measuring is, and no turn is passed on any more.
    over: bool = False
    _asked: dict[str, float] = field(default_factory=dict)

    def hears(self, room: str, sender: str, text: str, now: float) -> None:
        """Take in what was said."""
        if sender != self.bot.user_id:
            return
        kind = _SIGNS.get(text[:1])
        if kind is not None:
            self.came[room, kind].append(now)
            self.said[room, text] += 1
        elif _YOURS in text and room in self._asked:
            self.passing.append(now - self._asked.pop(room))
        if kind is Kind.OVER and self.passes and not self.over:
            self.group.create_task(self._pass_on(room))

    async def _pass_on(self, room: str) -> None:
        await asyncio.sleep(_FINISH_SECONDS)
        if not self.over:
            self.passed += 1
            self._asked[room] = asyncio.get_running_loop().time()
            await self.typist.say(room, "!next")

    @property
    def signals(self) -> int:
        """How many have come."""
        return sum(self.said.values())

    @property
    def unanswered(self) -> int:
        """Turns that were passed on and did not go on yet."""
        return len(self._asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen while the clocks ran."""

    listener: Listener
    #: Seconds from each signal's instant until it came; None for one that did not.
    late: list[float | None]
    pairs: list[Pair]
    quiet: list[Pair]
    #: CPU seconds of the daemon for one signal, those that its pings cost taken out.
    cpu: float
    #: Of one core, what the daemon and the homeserver used.
    busy: float
    homeserver: float
    seconds: float
    #: Messages, edits, taps and redactions that left, and how many had not when the time was over.
    sent: int
    owed: int
    memory: float


async def clocks(
    town: Town,
    folder: Path,
    *,
    crews: int,
    seconds: float,
    passing: bool,
    tell: Callable[[str], None],
) -> list[Figure]:
    """`crews` crews with running clocks, watched for `seconds`; the town runs and has as many rooms.

    `passing`: whether turns are passed on when they are over.
    """
    mark = secrets.token_hex(4)
    homeserver, rooms = town.homeserver, town.rooms[:crews]
    async with AsyncExitStack() as stack:
        bot = await Kinkeeper.make(
            "kinkeeper", homeserver, folder / f"kinkeeper{mark}", login=f"kinkeeper{mark}"
        )
        floor = await Comparison.make(
            "floor", homeserver, folder / f"floor{mark}", login=f"floor{mark}"
        )
        bot.settings = {"KINKEEPER_DEMO_CLOCK": str(bot.clock)}
        await town.move_in(bot, crews)
        stack.push_async_callback(town.move_out, bot, crews)
        tell(f"  moved into {crews} rooms")
        await bot.start()
        stack.push_async_callback(bot.stop)
        boards = await _boards(bot, rooms)
        tell("  put a message of the daemon's into each")
        await floor.start()
        stack.push_async_callback(floor.stop)
        ana, ben = [
            await stack.enter_async_context(await Typist.enter(homeserver, name + mark))
            for name in ("ana", "ben")
        ]
        couples = [
            (
                Asking(ana, bot, await ana.room_with([bot])),
                Asking(ben, floor, await ben.room_with([floor])),
            )
            for _ in range(_ASKED_ROOMS)
        ]
        await bot.stop()
        base = datetime.now(UTC) + _AHEAD
        due = await _fill(bot, boards, _people(town), base, seconds)
        await bot.start()
        host = Typist(await Person.enter(homeserver, townsman(0)))
        await stack.enter_async_context(host)
        async with asyncio.timeout(_SYNC_SECONDS):
            await host.caught_up.wait()
        tell(f"  the clocks run for {seconds:g} s")
        seen = await _seen(host, bot, couples, base, due, seconds, passing=passing)
        return _figures(f"{crews} crews{'' if passing else ' in silence'}", seen)


def _people(town: Town) -> list[str]:
    return [f"@{townsman(n)}:{town.homeserver.server_name}" for n in range(MEMBERS)]


async def _boards(bot: Kinkeeper, rooms: Sequence[str]) -> dict[str, str]:
    """A message of the daemon's in each room, to stand for the one that shows whose turn it is; gives their ids."""
    boards: dict[str, str] = {}
    async with Wire(bot.homeserver.client_url, bot.token) as wire:

        async def say(room: str) -> None:
            where = f"{_CLIENT}/rooms/{quote(room)}/send/m.room.message/board"
            answer = await wire.put(where, {"msgtype": "m.text", "body": _PRACTICE})
            boards[room] = str(answer["event_id"])

        await side_by_side(say, rooms)
    return boards


# ------------------------------------------------------------------------------------------ the sittings


async def _fill(
    bot: Kinkeeper, boards: Mapping[str, str], people: Sequence[str], base: datetime, seconds: float
) -> list[Signal]:
    """Write the sittings as people's words would have; gives the signals due in the first `seconds`."""
    await open_database(sqlite_url(bot.database))
    try:
        return await transaction(lambda: _write(boards, people, base, seconds))
    finally:
        await close_database()


async def _write(
    boards: Mapping[str, str], people: Sequence[str], base: datetime, seconds: float
) -> list[Signal]:
    await Room.filter(id__in=list(boards)).update(
        kind=RoomKind.CREW, life=Life.ACTIVE, adopted_at=base, zone="UTC"
    )
    due: list[Signal] = []
    for number, (room, board) in enumerate(boards.items()):
        first = number % len(people)
        circle = [*people[first:], *people[:first]]
        # Evenly over the length of a turn, so that all of them together are due at a steady rate.
        began = base - _TURN * (1 - (number + 0.5) / len(boards))
        step = _in_its_round(circle, began, base)
        state = step.session
        row = await Session.create(
            room=room,
            script=_PRACTICE,
            began_by=circle[0],
            began_at=began,
            people=circle,
            state=course.as_state(state),
            step=_BOARD,
            board=_BOARD,
        )
        await Owed.create(
            transaction=f"board{number}",
            lane=room,
            deed=Deed.SEND,
            state=Delivery.SENT,
            room=room,
            event_id=board,
            name=sitting.message(row, _BOARD),
            made_at=began,
        )
        assert step.due is not None
        await practice._listen(row, state, step.due)
        await Heard.bulk_create([hour_row(practice._hour(row, step.due))])
        instants = {Kind.SOON: state.until - course.SIGNAL, Kind.OVER: state.until}
        due += [
            Signal(room=room, kind=kind, at=at)
            for kind, at in instants.items()
            if base < at <= base + timedelta(seconds=seconds)
        ]
    return due


def _in_its_round(circle: Sequence[str], began: datetime, now: datetime) -> Step:
    """A sitting whose first turn began at `began`, as it stands at `now`."""
    script = library.library()[library.key(_PRACTICE)]
    opening = course.begin(
        script,
        people=tuple(circle),
        by=circle[0],
        now=began - timedelta(minutes=1),
        turn_minutes=_TURN.total_seconds() / 60,
    )
    step = course.next_phase(opening.session, script, circle[0], began)
    assert step.due is not None
    return course.tick(step.session, script, now) if step.due <= now else step


# ------------------------------------------------------------------------------------------ the measuring


async def _seen(
    host: Typist,
    bot: Kinkeeper,
    couples: Sequence[tuple[Asking, Asking]],
    base: datetime,
    due: list[Signal],
    seconds: float,
    *,
    passing: bool,
) -> Seen:
    loop = asyncio.get_running_loop()
    for couple in couples:
        for each in couple:
            await each.typist.wake(each.room, each.bot)
    turn = itertools.cycle(couples)
    cpu = bot.cpu
    quiet = [await both(*next(turn)) for _ in range(_QUIET_PINGS)]
    cpu_of_ping = (bot.cpu - cpu) / _QUIET_PINGS
    with closing(reading(bot)) as database:
        async with asyncio.TaskGroup() as group:
            listener = Listener(host, bot, group, passes=passing)
            host.on_heard = listener.hears
            sent, cpu, theirs_cpu = count_of(database, SENT), bot.cpu, _cpu(bot.homeserver)
            moved = timedelta(seconds=(base - datetime.now(UTC)).total_seconds() - _LEAD_SECONDS)
            bot.moves_clock(moved.total_seconds())
            asked = []
            began = loop.time()
            while loop.time() < began + _LEAD_SECONDS + seconds:
                # Asked whether or not the last answer has come: a slow answer must not hide the next.
                asked.append(group.create_task(both(*next(turn))))
                await asyncio.sleep(_ASK_SECONDS)
            spent, took = bot.cpu - cpu, loop.time() - began
            homeserver = (_cpu(bot.homeserver) - theirs_cpu) / took
            sent, owed = count_of(database, SENT) - sent, count_of(database, _OWED)
            listener.over = True
            signals = listener.signals
            await _heard_out(listener, due)
    # The instants are the daemon's; the loop's clock and the machine's differ by a constant.
    differ = time.time() - loop.time()
    late: list[float | None] = []
    for signal in due:
        times = listener.came[signal.room, signal.kind]
        instant = (signal.at - moved).timestamp() - differ
        late.append(times[0] - instant if times else None)
    return Seen(
        listener=listener,
        late=late,
        pairs=[task.result() for task in asked],
        quiet=quiet,
        cpu=(spent - cpu_of_ping * len(asked)) / max(signals, 1),
        busy=spent / took,
        homeserver=homeserver,
        seconds=took,
        sent=sent,
        owed=owed,
        memory=bot.memory,
    )


def _cpu(homeserver: Homeserver) -> float:
    """Seconds of CPU that the homeserver has used."""
    times = psutil.Process(homeserver.pid).cpu_times()
    return float(times.user + times.system)


async def _heard_out(listener: Listener, due: list[Signal]) -> None:
    """Wait for what is on its way; what has not come when nothing comes any more is lost."""
    loop = asyncio.get_running_loop()
    known, until = -1, 0.0
    while True:
        missing = any(not listener.came[signal.room, signal.kind] for signal in due)
        if not missing and not listener.unanswered:
            return
        if known != (known := listener.signals + len(listener.passing)):
            until = loop.time() + _PATIENCE_SECONDS
        elif loop.time() > until:
            return
        await asyncio.sleep(_POLL_SECONDS)


# -------------------------------------------------------------------------------------------- the figures


def _figures(name: str, seen: Seen) -> list[Figure]:
    listener = seen.listener
    late = [each for each in seen.late if each is not None]
    doubled = sum(times - 1 for times in listener.said.values())
    lost = len(seen.late) - len(late) + listener.unanswered
    return [
        *_lateness(name, late),
        Figure(name=f"{name}: lost or doubled", value=lost + doubled, at_most=0, must=True),
        *_passing(name, listener.passing),
        *answers(name, "before", seen.quiet),
        *answers(name, "meanwhile", seen.pairs),
        Figure(name=f"{name}: CPU of one signal, all told", value=seen.cpu * 1000, unit="ms"),
        Figure(name=f"{name}: of one core, the daemon used", value=seen.busy * 100, unit="%"),
        Figure(
            name=f"{name}: of one core, the homeserver used",
            value=seen.homeserver * 100,
            unit="%",
        ),
        Figure(name=f"{name}: signals that came", value=listener.signals / seen.seconds, unit="/s"),
        Figure(name=f"{name}: sent, with what tidies", value=seen.sent / seen.seconds, unit="/s"),
        Figure(name=f"{name}: still to be tidied at the end", value=seen.owed),
        Figure(name=f"{name}: resident", value=seen.memory, unit="MB"),
    ]


def _lateness(name: str, late: list[float]) -> list[Figure]:
    figures = []
    for share, which in ((0.5, "median"), (0.95, "95th percentile"), (1.0, "longest")):
        figures.append(
            Figure(
                name=f"{name}: a signal is late, {which}",
                value=quantile(late, share),
                unit="s",
                at_most=_LATE_SECONDS,
            )
        )
    return figures


def _passing(name: str, taken: list[float]) -> list[Figure]:
    """From a word to the next turn."""
    if not taken:
        return []
    return [
        Figure(
            name=f"{name}: a turn passed on",
            value=quantile(taken, 0.5) * 1000,
            unit="ms",
            low=quantile(taken, 0.25) * 1000,
            high=quantile(taken, 0.75) * 1000,
        )
    ]


def answers(name: str, when: str, pairs: list[Pair]) -> list[Figure]:
    """Round trips of commands, beside those that the floor answered at the same moments."""
    figures = []
    for share, which, promise in ((0.5, "median", 1.10), (0.95, "95th percentile", 1.2)):
        mine, theirs = (quantile(each, share) for each in zip(*pairs, strict=True))
        figures.append(
            Figure(
                name=f"{name}: a command {when}, {which}",
                value=mine * 1000,
                unit="ms",
                ratio=mine / theirs,
                at_most=promise,
                of_floor=True,
            )
        )
    return figures
