"""The mouth: where a homeserver needs to be asked more than once, and in which order what is owed leaves."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from daemon import speak
from daemon.events import mapping
from daemon.lanes import AT_ONCE, MOST_SIGNS, SPOKEN, TIDYING, Urgency
from daemon.matrix import Json, Refusal
from daemon.rooms import Rooms
from storage.outbox import Deed, Delivery, Owed
from storage.rooms import Room


class ForgetfulHomeserver:
    """Refuses so many joins before it lets one pass, as a real one does that is just learning of a room elsewhere."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.asked = 0

    async def request(self, _method: str, _where: str, _body: Json | None = None) -> Json:
        """Join."""
        self.asked += 1
        if self.asked <= self.refusals:
            raise Refusal(404, "M_UNKNOWN", "No known servers")
        return {}


def speaker(homeserver: Any) -> speak.Speaker:
    """A speaker with nothing but a homeserver."""
    made = speak.Speaker.__new__(speak.Speaker)
    made._homeserver = homeserver
    return made


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here waits."""
    monkeypatch.setattr(speak, "JOIN_PAUSES", (0,) * len(speak.JOIN_PAUSES))


async def test_a_join_that_the_homeserver_refuses_at_first_is_tried_again() -> None:
    homeserver = ForgetfulHomeserver(refusals=3)

    await speaker(homeserver)._join("/join/!room")

    assert homeserver.asked == 4


async def test_a_join_that_stays_refused_is_given_up() -> None:
    homeserver = ForgetfulHomeserver(refusals=100)

    with pytest.raises(Refusal):
        await speaker(homeserver)._join("/join/!room")

    assert homeserver.asked == len(speak.JOIN_PAUSES) + 1


# ------------------------------------------------------------------------------------- in which order

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that the homeserver was asked for."""

    #: "send", "redact", "leave" and the like.
    what: str
    room: str
    #: The transaction; of what has none the deed again.
    mark: str
    #: The event that it is about.
    about: str | None


class SlowHomeserver:
    """Takes what is sent, notes it, and answers what it holds only when it is let."""

    def __init__(self, *, holds: Callable[[Taken], bool] = lambda _taken: False) -> None:
        self.taken: list[Taken] = []
        #: What was answered, too.
        self.done: list[Taken] = []
        self.most: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()
        self._holds = holds
        self._free = asyncio.Event()
        self._changed = asyncio.Condition()

    async def request(self, _method: str, where: str, body: Json | None = None) -> Json:
        """Note it; answer at once, or when `lets_go` was called."""
        taken = _read(where, body or {})
        self.taken.append(taken)
        self._under_way[taken.what] += 1
        self.most[taken.what] = max(self.most[taken.what], self._under_way[taken.what])
        async with self._changed:
            self._changed.notify_all()
        if self._holds(taken):
            await self._free.wait()
        await self.pauses()
        self._under_way[taken.what] -= 1
        self.done.append(taken)
        return {"event_id": f"${taken.mark}"}

    async def pauses(self) -> None:
        """Let the others go first for a while."""

    def lets_go(self) -> None:
        """Answer all that was held, and hold nothing more."""
        self._free.set()

    async def has(self, wanted: Callable[[], bool]) -> None:
        """Wait until what was taken is as wanted."""
        async with asyncio.timeout(LONGEST), self._changed:
            await self._changed.wait_for(wanted)

    def marks(self, what: str = "") -> list[str]:
        """The transactions, in order; of one kind, or all."""
        return [each.mark for each in self.taken if what in ("", each.what)]

    def about(self, mark: str) -> str | None:
        """The event that a transaction is about."""
        return next(each.about for each in self.taken if each.mark == mark)


class MoodyHomeserver(SlowHomeserver):
    """Answers sooner or later, in no order."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._chance = random.Random(seed)

    async def pauses(self) -> None:
        """Let the others go first, now and then for long."""
        for _ in range(self._chance.choice((0, 1, 5, 40))):
            await asyncio.sleep(0)


def _read(where: str, body: Json) -> Taken:
    _, _, _, _, _, room, what, *rest = unquote(where).split("/")
    about = rest[0] if what == "redact" else mapping(body.get("m.relates_to")).get("event_id")
    return Taken(what, room, rest[-1] if rest else what, about)


#: Seconds after which a test that waits has failed.
LONGEST = 20


@asynccontextmanager
async def speaking(homeserver: Any, rooms: Iterable[str]) -> AsyncIterator[speak.Speaker]:
    """A whole speaker in open rooms; at the end all that is owed has left."""
    known = Rooms()
    for room in rooms:
        known.keep(Room(id=room, joined=True))
    async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as group:
        may_speak = asyncio.Event()
        may_speak.set()
        yield speak.Speaker(
            homeserver,
            Standing(),
            known,
            me="@kinkeeper:here",
            encryption=None,
            group=group,
            may_speak=may_speak,
            on_sent=lambda _lane: None,
            on_wedged=_unwanted,
            on_made=_unwanted,
            on_removed=_unwanted,
            on_gather=_unwanted,
            draw=_undrawn,
            on_private=lambda _person: None,
        )


async def _unwanted(*happened: Any) -> None:
    """Nothing here is refused, made or removed."""
    raise AssertionError(happened)


def _undrawn(chart: Any) -> Any:
    """Nothing here is drawn."""
    raise AssertionError(chart)


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        """Always the same."""
        return NOW

    def happened(self, _milliseconds: object) -> datetime:
        """Always the same."""
        return NOW


async def owe(deed: Deed, mark: str, room: str = "!a", **columns: Any) -> Owed:
    """A row that is owed."""
    content: dict[str, object] = {"text": mark, "mention": [], "thread": None, "sign": "✅"}
    return await Owed.create(
        transaction=mark, lane=room, deed=deed, content=content, made_at=NOW, **columns
    )


async def test_a_message_overtakes_what_is_tidied_before_it(database: str) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.what == "redact")
    rows = [
        await owe(Deed.SEND, "old", name="line:1"),
        await owe(Deed.REDACT, "gone", target="line:1"),
        await owe(Deed.SEND, "new", name="line:2"),
    ]
    async with speaking(homeserver, ["!a"]) as speaker:
        speaker.put(rows)
        await homeserver.has(lambda: {"gone", "new"} <= set(homeserver.marks()))
        homeserver.lets_go()

    assert sorted(homeserver.marks()) == ["gone", "new", "old"]
    assert homeserver.about("gone") == "$old"


async def test_what_tidies_waits_until_its_message_was_said(database: str) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.mark == "said")
    rows = [
        await owe(Deed.SEND, "said", name="m"),
        await owe(Deed.REACT, "tap", target="m"),
        await owe(Deed.EDIT, "edit", target="m"),
        await owe(Deed.SEND, "elsewhere", room="!b"),
    ]
    async with speaking(homeserver, ["!a", "!b"]) as speaker:
        speaker.put(rows)
        await homeserver.has(lambda: "elsewhere" in homeserver.marks())
        assert homeserver.marks() == ["said", "elsewhere"]
        homeserver.lets_go()

    assert [homeserver.about(mark) for mark in ("tap", "edit")] == ["$said", "$said"]
    assert homeserver.marks()[-2:] == ["tap", "edit"]


async def test_a_room_is_left_after_all_that_was_owed_to_it(database: str) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.what == "redact")
    rows = [
        await owe(Deed.SEND, "said", name="m"),
        await owe(Deed.REDACT, "gone", target="m"),
        await owe(Deed.LEAVE, "left"),
        await owe(Deed.SEND, "elsewhere", room="!b"),
    ]
    async with speaking(homeserver, ["!a", "!b"]) as speaker:
        speaker.put(rows)
        await homeserver.has(lambda: {"gone", "elsewhere"} <= set(homeserver.marks()))
        assert "leave" not in homeserver.marks()
        homeserver.lets_go()

    assert homeserver.marks()[-1] == "leave"


async def test_of_what_tidies_only_a_few_are_on_their_way_and_messages_go_past_them(
    database: str,
) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.what == "redact")
    rooms = [f"!{number}" for number in range(20)]
    rows = [await owe(Deed.REDACT, f"gone{room}", room=room, target="$event") for room in rooms]
    rows += [await owe(Deed.SEND, f"said{room}", room=room, asker="@ana:here") for room in rooms]
    async with speaking(homeserver, rooms) as speaker:
        speaker.put(rows)
        await homeserver.has(lambda: len(homeserver.marks("send")) == len(rooms))
        homeserver.lets_go()

    assert homeserver.most["redact"] == AT_ONCE[Urgency.TIDYING] < len(rooms)
    assert len(homeserver.marks("redact")) == len(rooms)


@pytest.mark.requirement("R65")
async def test_signals_of_a_sitting_go_past_all_reminders(database: str) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.mark.startswith("reminder"))
    rooms = [f"!{number}" for number in range(40)]
    rows = [await owe(Deed.SEND, f"reminder{room}", room=room) for room in rooms]
    rows.append(await owe(Deed.SEND, "signal", room="!sitting", name="sitting:1:4"))
    async with speaking(homeserver, [*rooms, "!sitting"]) as speaker:
        speaker.put(rows)
        await homeserver.has(lambda: "signal" in homeserver.marks())
        homeserver.lets_go()

    assert len(homeserver.marks()) == len(rows)
    assert homeserver.most["send"] <= AT_ONCE[Urgency.REMINDER] + 1


async def test_while_many_hours_strike_answers_and_signals_leave_and_reminders_stay(
    database: str,
) -> None:
    homeserver = SlowHomeserver()
    rows = [
        await owe(Deed.SEND, "reminder"),
        await owe(Deed.SEND, "signal", room="!b", name="sitting:1:4"),
        await owe(Deed.SEND, "answer", room="!c", asker="@ana:here"),
    ]
    async with speaking(homeserver, ["!a", "!b", "!c"]) as speaker:
        speaker.calm.clear()
        speaker.put(rows)
        await homeserver.has(lambda: len(homeserver.marks()) == 2)
        assert sorted(homeserver.marks()) == ["answer", "signal"]
        speaker.calm.set()

    assert homeserver.marks()[-1] == "reminder"


async def test_a_tap_or_an_edit_of_what_is_to_be_taken_back_is_not_made(database: str) -> None:
    homeserver = SlowHomeserver()
    rows = [
        await owe(Deed.SEND, "said", name="m"),
        await owe(Deed.REACT, "tap", target="m"),
        await owe(Deed.EDIT, "edit", target="m"),
        await owe(Deed.REACT, "other", target="$other"),
        await owe(Deed.REDACT, "gone", target="m"),
    ]
    async with speaking(homeserver, ["!a"]) as speaker:
        speaker.put(rows)

    assert homeserver.marks() == ["said", "other", "gone"]
    assert not await Owed.filter(state=Delivery.OWED).exists()


async def test_of_edits_of_one_message_the_newest_is_made_last_and_needless_ones_not_at_all(
    database: str,
) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.mark == "edit1")
    async with speaking(homeserver, ["!a"]) as speaker:
        speaker.put([await owe(Deed.EDIT, "edit1", target="$m")])
        await homeserver.has(lambda: "edit1" in homeserver.marks())
        speaker.put([await owe(Deed.EDIT, f"edit{number}", target="$m") for number in (2, 3, 4)])
        homeserver.lets_go()

    assert homeserver.marks() == ["edit1", "edit4"]


async def test_many_signs_hold_up_a_change_that_all_read_only_for_a_while(database: str) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.mark == "tap0")
    async with speaking(homeserver, ["!a"]) as speaker:
        speaker.put([await owe(Deed.REACT, "tap0", target="$0")])
        await homeserver.has(lambda: "tap0" in homeserver.marks())
        # Each voice gets its sign and changes the board.
        for number in range(1, 60):
            speaker.put(
                [
                    await owe(Deed.EDIT, f"board{number}", target="$board"),
                    await owe(Deed.REACT, f"tap{number}", target=f"${number}"),
                ]
            )
        homeserver.lets_go()

    taps = [f"tap{number}" for number in range(60)]
    assert homeserver.marks() == [*taps[:MOST_SIGNS], "board59", *taps[MOST_SIGNS:]]
    assert not await Owed.filter(state=Delivery.OWED).exists()


async def test_a_change_goes_before_signs_but_never_before_a_redaction_or_what_leaves_the_room(
    database: str,
) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.mark == "tap0")
    async with speaking(homeserver, ["!a", "!b"]) as speaker:
        for room, sign in (("!a", "tap"), ("!b", "sign")):
            speaker.put(
                [
                    await owe(Deed.REACT, f"{sign}{number}", room, target=f"${number}")
                    for number in range(12)
                ]
            )
        speaker.put(
            [
                await owe(Deed.REDACT, "gone", "!a", target="$x"),
                await owe(Deed.EDIT, "edit", "!a", target="$m"),
                await owe(Deed.STATE, "state", "!b", type="org.kinkeeper.test", target="state"),
                await owe(Deed.EDIT, "later", "!b", target="$m"),
            ]
        )
        homeserver.lets_go()

    marks = homeserver.marks()
    assert [mark for mark in marks if mark in ("tap11", "gone", "edit")] == [
        "tap11",
        "gone",
        "edit",
    ]
    assert [mark for mark in marks if mark in ("sign11", "state", "later")] == [
        "sign11",
        "state",
        "later",
    ]


async def test_a_name_that_is_used_again_stands_for_what_was_said_before_the_deed(
    database: str,
) -> None:
    homeserver = SlowHomeserver(holds=lambda taken: taken.mark == "tap1")
    rows = [
        await owe(Deed.SEND, "first", name="offer"),
        await owe(Deed.REACT, "tap1", target="$x"),
        await owe(Deed.REACT, "tap2", target="offer"),
        await owe(Deed.SEND, "second", name="offer"),
        await owe(Deed.REDACT, "gone", target="offer"),
    ]
    async with speaking(homeserver, ["!a"]) as speaker:
        speaker.put(rows)
        await homeserver.has(lambda: {"tap1", "second"} <= set(homeserver.marks()))
        homeserver.lets_go()

    assert homeserver.about("tap2") == "$first"
    assert homeserver.about("gone") == "$second"


async def test_a_former_life_s_rows_leave_in_the_same_order_however_many(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speak, "TIDYING_AT_HAND", speak.AT_HAND)
    homeserver = SlowHomeserver()
    for number in range(speak.AT_HAND + 5):
        await owe(Deed.SEND, f"said{number}", name=f"m{number}")
        await owe(Deed.REACT, f"tap{number}", target=f"m{number}")
    await owe(Deed.LEAVE, "left")
    async with speaking(homeserver, ["!a"]) as speaker:
        await speaker.resume()
        speaker.put([await owe(Deed.REDACT, "last", target="m0")])

    _check_order(homeserver, await Owed.all().order_by("id"))


async def test_after_a_restart_neither_lane_of_a_room_waits_for_ever(database: str) -> None:
    homeserver = SlowHomeserver()
    await owe(Deed.STATE, "state", type="org.kinkeeper.test", target="state")
    await owe(Deed.REACT, "tap", target="$event")
    async with speaking(homeserver, ["!a"]) as speaker:
        await speaker.resume()

    assert homeserver.marks() == ["state", "tap"]


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_comes_when_each_row_leaves_once_and_in_order_where_that_matters(
    database: str, seed: int
) -> None:
    chance = random.Random(seed)
    homeserver = MoodyHomeserver(seed)
    rooms = ("!a", "!b", "!c")
    said: dict[str, list[str]] = {room: [] for room in rooms}
    rows: list[Owed] = []
    async with speaking(homeserver, rooms) as speaker:
        for number in range(60):
            room, mark = chance.choice(rooms), f"row{number}"
            deed = chance.choice((Deed.SEND, *Deed.__members__.values()))
            if deed not in (Deed.SEND, Deed.EDIT, Deed.REACT, Deed.REDACT, Deed.STATE):
                deed = Deed.SEND
            columns: dict[str, Any] = {"asker": chance.choice((None, "@ana:here"))}
            if deed is Deed.SEND:
                said[room].append(f"name{number}")
                columns["name"] = said[room][-1]
            elif deed is Deed.STATE:
                columns |= {"type": "org.kinkeeper.test", "target": mark}
            elif said[room]:
                columns["target"] = chance.choice(said[room])
            else:
                columns["target"] = "$older"
            rows.append(await owe(deed, mark, room, **columns))
            speaker.put(rows[-1:])

    _check_order(homeserver, rows)
    assert not await Owed.filter(state=Delivery.OWED).exists()


def _check_order(homeserver: SlowHomeserver, rows: list[Owed]) -> None:
    """Nothing twice; nothing left out but what was needless; nothing before what it has to follow."""
    marks = homeserver.marks()
    place = {mark: number for number, mark in enumerate(marks)}
    assert len(place) == len(marks)
    for number, row in enumerate(rows):
        mark = "leave" if row.deed is Deed.LEAVE else row.transaction
        later = [each for each in rows[number + 1 :] if each.lane == row.lane]
        if mark not in place:
            undone = {each.deed for each in later if each.target == row.target}
            assert row.deed in (Deed.EDIT, Deed.REACT)
            assert undone & ({Deed.REDACT, Deed.EDIT} if row.deed is Deed.EDIT else {Deed.REDACT})
            continue
        if row.deed in TIDYING and row.target and not row.target.startswith("$"):
            owner = next(each for each in rows if each.name == row.target)
            assert homeserver.about(mark) == f"${owner.transaction}"
        for each in later:
            after = "leave" if each.deed is Deed.LEAVE else each.transaction
            overtakes = row.deed in TIDYING and each.deed in SPOKEN
            if after in place and not overtakes:
                assert place[mark] < place[after], (row.deed, each.deed)
