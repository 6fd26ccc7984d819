"""Whatever one of two does in a partnership reflection, the other sees the same until both have opened it (R39, R40).

Pairs of histories differ only in what one of the two did: in which order they wrote, sealed, chose, thought better of it,
stopped, left, were forgotten and came back, and at which hours, with restarts between. Whatever the other can see is then
compared: texts, reactions, what is taken back, exports, refusals, their order and their times.
"""

import asyncio
import base64
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from daemon.keyring import Keyring
from practices.circles import RoomKind
from storage.database import close_database, open_database, sqlite_url
from storage.outbox import Deed, Owed
from storage.reflections import Reflection, ReflectionSide
from tests.fresh import fresh_file
from tests.handlers.played import PlayedHouse, PlayedRoom, person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ANSWERS = ("begin", "40", "because of the garden", "pass", "pass", "seal")

#: What one of the two can do, in words of their own private chat; a time passes between the two parts of a pair.
LIVES: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "looks": ("partnership", "partnership with {other}", "export"),
    "begins": ("partnership with {other}", "begin", "31"),
    "answers": ("partnership with {other}", *ANSWERS),
    "passes": ("partnership with {other}", "begin", "pass", "pass", "pass", "pass", "seal"),
    "changes": ("partnership with {other}", "change", "why", "because of the door", "seal"),
    "opens": ("partnership with {other}", "open"),
    "keeps shut": ("partnership with {other}", "keep closed"),
    "answers and opens": ("partnership with {other}", *ANSWERS, "open"),
    "opens for a moment": ("partnership with {other}", *ANSWERS, "open", "keep closed"),
    "takes back": ("partnership {other} take back",),
    "stops": ("partnership {other} stop",),
    "would look again": ("partnership {other} again in 12 weeks", "yes"),
    "asks a second time": ("partnership with {other}", "yes", "partnership with {other}", "yes"),
    "stops and asks anew": ("partnership {other} stop", "partnership with {other}", "yes"),
    "takes back and asks anew": (
        "partnership {other} take back",
        "partnership with {other}",
        "yes",
    ),
    "is forgotten": ("forget me", "yes"),
    "is forgotten and comes back": (
        "forget me",
        "yes",
        "partnership with {other}",
        "yes",
        *ANSWERS[1:],
    ),
    "moves": ("timezone Tokyo", "quiet 10:00-20:00"),
    "mistakes": (
        "partnership with nobody",
        "open sesame",
        "partnership with {other}",
        "begin",
        "144",
    ),
    "leaves": ("leaves",),
    "is back": ("joins",),
}
BEFORE_A_YES = ("nothing", "looks", "is forgotten", "leaves", "moves", "declines")
LIVES["declines"] = ("no",)
#: When it is over: whether somebody is still in a circle is theirs to see there, and no part of it.
LIVES["looks again"] = ("partnership", "export")

#: Each is two whole histories of weeks.
EXAMPLES = 5

Seen = list[tuple[Any, ...]]


@asynccontextmanager
async def a_lasting_house() -> AsyncIterator["Two"]:
    """A house whose database and keys lie in a folder, so that it can be opened again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "kinkeeper.db").write_bytes(fresh_file())
        two = Two(folder)
        await two.wake()
        try:
            await two.begin()
            yield two
        finally:
            await close_database()


class Two:
    """Ana and Ben, and the daemon, which may die at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.house: PlayedHouse
        self.opened_at: int | None = None

    async def wake(self) -> None:
        """Open the same database, with the same keys, in a new life."""
        former = getattr(self, "house", None)
        await open_database(sqlite_url(self.folder / "kinkeeper.db"))
        self.house = PlayedHouse()
        self.house.house = replace(self.house.house, keys=Keyring(bytes(32), self.folder))
        if former is not None:
            self.house.now, self.house._number, self.house.owed = (
                former.now,
                former._number,
                former.owed,
            )

    async def restart(self) -> None:
        """The process ends between two units of work."""
        await close_database()
        await self.wake()

    async def begin(self) -> None:
        people = ("ana", "ben", "cleo", "dan", "eve", "finn")
        await self.house.room("Lounge", people, kind=RoomKind.WORKING)
        await self.house.crew(people=people)
        for who in ("ana", "ben"):
            await self.house.private(who)

    async def asks(self, asker: str, other: str, *, accepted: bool) -> None:
        await self.says(asker, f"partnership with {other}")
        await self.says(asker, "yes")
        if accepted:
            await self.says(other, "yes")

    def room(self, name: str) -> PlayedRoom:
        return PlayedRoom(self.house, f"!{name}:here")

    async def says(self, who: str, text: str) -> list[str]:
        match text:
            case "leaves":
                for name in ("lounge", "kitchen-crew"):
                    await self.room(name).leaves(who)
                return []
            case "joins":
                await self.room("lounge").leaves(who)
                await self.room("lounge").joins(who)
                return []
            case _:
                return await self.room(f"private-{who}").says(who, text)

    async def lives(self, who: str, other: str, life: str) -> None:
        for text in LIVES[life]:
            await self.says(who, text.format(other=other))

    def seen_by(self, who: str, since: int) -> Seen:
        """Everything that came into one's private chat since so many messages."""
        lanes = (f"!private-{who}:here", person(who))
        return [_visible(owed) for owed in self.house.owed[since:] if owed.lane in lanes]

    def has_opened(self, since: int) -> bool:
        return any("**Opened" in _words(owed) for owed in self.house.owed[since:])


def _words(owed: Owed) -> str:
    return str((owed.content or {}).get("text", ""))


def _visible(owed: Owed) -> tuple[Any, ...]:
    """What a client shows of it, and when; the numbers by which we know a message are shown to nobody."""
    content = dict(owed.content or {})
    if owed.deed is Deed.FILE:
        content["data"] = base64.b64decode(str(content["data"])).decode()
    if owed.deed is Deed.SEND:
        content["taps"] = owed.name is not None
    return owed.made_at, owed.deed.value, sorted(content.items(), key=str)


Step = tuple[str, Any]


async def lived(
    observer: str, hidden: str, steps: Sequence[Step], side: int, accepted: bool
) -> list[Seen]:
    """What the observer sees, step by step, when the hidden one lives one of two lives; it ends where both have opened."""
    async with a_lasting_house() as two:
        asker, asked = ("ana", "ben")
        await two.asks(asker, asked, accepted=accepted)
        seen: list[Seen] = []
        ending: list[Step] = [("pass", 15 * DAY), ("observer", "looks again"), ("pass", 40 * DAY)]
        for kind, what in (*steps, *ending):
            since = len(two.house.owed)
            match kind:
                case "observer":
                    await two.lives(observer, hidden, what)
                case "hidden":
                    await two.lives(hidden, observer, what[side])
                case "pass":
                    await two.house.passes(what)
                case _:
                    await two.restart()
            if two.has_opened(since):
                return seen
            seen.append(two.seen_by(observer, since))
        assert not await Reflection.exists(stage="open")
        assert not await ReflectionSide.exists()
        assert not list((two.folder / "private-keys").glob("*.key"))
        return seen


async def compared(observer: str, steps: Sequence[Step], *, accepted: bool = True) -> int:
    """Play both histories; the number of steps in which they were compared."""
    hidden = "ben" if observer == "ana" else "ana"
    one, other = [await lived(observer, hidden, steps, side, accepted) for side in (0, 1)]
    for number, (here, there) in enumerate(zip(one, other, strict=False)):
        assert here == there, (number, steps)
    return min(len(one), len(other))


# ------------------------------------------------------------------------------------ life against life


@pytest.mark.requirement("R40")
@pytest.mark.parametrize(
    ("observer", "lives"),
    [
        ("ana", ("answers and opens", "stops")),
        ("ben", ("is forgotten and comes back", "opens for a moment")),
        ("ana", ("is forgotten", "leaves")),
        ("ben", ("mistakes", "moves")),
        ("ana", ("would look again", "nothing")),
        ("ben", ("asks a second time", "would look again")),
        ("ana", ("stops and asks anew", "stops")),
        ("ben", ("takes back and asks anew", "nothing")),
    ],
)
async def test_whoever_chose_nothing_sees_the_same_whatever_the_other_did(
    observer: str, lives: tuple[str, str]
) -> None:
    steps: list[Step] = [
        ("observer", "answers"), ("hidden", lives), ("pass", 30 * HOUR), ("observer", "looks"),
        ("hidden", ("answers and opens", lives[0])), ("pass", 8 * DAY), ("observer", "stops"),
    ]  # fmt: skip

    assert await compared(observer, steps) == len(steps) + 3


@pytest.mark.requirement("R40")
@pytest.mark.parametrize("lives", [("opens for a moment", "stops"), ("is forgotten", "leaves")])
async def test_whoever_chose_to_open_sees_the_same_unless_both_have(
    lives: tuple[str, str],
) -> None:
    steps: list[Step] = [
        ("hidden", lives), ("observer", "answers and opens"), ("restart", None), ("pass", 5 * DAY),
        ("observer", "keeps shut"), ("hidden", ("answers and opens", "nothing")), ("pass", 2 * DAY),
    ]  # fmt: skip

    assert await compared("ana", steps) == len(steps) + 3


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("lives", [("declines", "nothing"), ("is forgotten", "leaves")])
async def test_a_no_and_a_silence_look_the_same_to_whoever_asked(lives: tuple[str, str]) -> None:
    steps: list[Step] = [("hidden", lives), ("pass", 30 * HOUR), ("observer", "looks")]

    assert await compared("ana", steps, accepted=False) == len(steps) + 3


# --------------------------------------------------------------------------------------- any histories


class Adversary(RuleBasedStateMachine):
    """Two people, two lives of one of them, any order, any hours, and a daemon that may be opened again at any time."""

    compared = 0

    @initialize(
        observer=some.sampled_from(("ana", "ben")),
        accepted=some.sampled_from((True, True, True, False)),
    )
    def begin(self, observer: str, accepted: bool) -> None:
        self.observer, self.accepted = ("ana" if not accepted else observer), accepted
        self.steps: list[Step] = []

    @rule(
        life=some.sampled_from(
            (
                *("looks", "answers", "answers and opens", "keeps shut", "changes", "stops"),
                *("mistakes", "would look again", "asks a second time"),
            )
        )
    )
    def observer_does(self, life: str) -> None:
        self.steps.append(("observer", life if self.accepted else "looks"))

    @rule(data=some.data())
    def hidden_does(self, data: some.DataObject) -> None:
        lives = (
            [each for each in LIVES if each not in ("declines", "looks again")]
            if self.accepted
            else BEFORE_A_YES
        )
        self.steps.append(
            ("hidden", data.draw(some.tuples(some.sampled_from(lives), some.sampled_from(lives))))
        )

    @rule(hours=some.sampled_from((1, 7, 12, 26, 80)))
    def time_passes(self, hours: int) -> None:
        self.steps.append(("pass", hours * HOUR))

    @rule()
    def opened_again(self) -> None:
        self.steps.append(("restart", None))

    def teardown(self) -> None:
        if any(kind == "hidden" for kind, _what in getattr(self, "steps", ())):
            Adversary.compared += asyncio.run(
                compared(self.observer, self.steps, accepted=self.accepted)
            )


@pytest.mark.requirement("R39", "R40")
def test_nobody_can_tell_what_the_other_does_until_both_have_opened() -> None:
    Adversary.compared = 0
    run_state_machine_as_test(
        Adversary,
        settings=settings(
            max_examples=8,
            stateful_step_count=9,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert Adversary.compared > 5 * EXAMPLES
