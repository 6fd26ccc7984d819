"""Settling what answers a message of ours: by tap, by word, in a thread, in Element's poll."""

from datetime import UTC, datetime
from typing import Any

import pytest

from daemon import app
from daemon.gather import Gathered
from daemon.keyring import Keyring
from daemon.matrix import Limited, Refusal
from daemon.settle import settle, transaction_id
from handlers.language import (
    Call,
    Catalogue,
    Change,
    Command,
    Door,
    Effects,
    House,
    Poll,
    Say,
    Tap,
    Watch,
)
from practices.understanding import NotUnderstood
from storage.inbox import Heard, Kind, Settled
from storage.outbox import Deed, Delivery, Owed
from storage.rooms import Room

ME, ANA = "@kinkeeper:here", "@ana:here"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


async def _ask(call: Call) -> Effects:
    return [Poll(name="form:4", question="Lunch?", options=("Soup", "Bread", "Cake"))]


async def _answer(call: Call, subject: str, said: str) -> Effects:
    if said == "hm":
        raise NotUnderstood("That is no position.")
    door, event = call.content["door"], call.content["event"]
    return [Say(text=f"{subject} {door} {event} [{said}]")]


async def _changed(call: Call) -> Effects:
    return [Say(text=f"{call.content['change']} {call.content['name']}")]


@pytest.fixture
def house() -> House:
    """A house with a poll."""
    made = Catalogue()
    made.commands["ask"] = made.words["ask"] = Command(
        name="ask", help="ask", example="ask", answer=_ask
    )
    made.taps["poll"] = Tap(prefix="poll", answer=_answer, threads=True)
    made.taps["form"] = Tap(prefix="form", answer=_answer)
    for change in (Change.POLL_ENDED, Change.IN_CLEAR):
        made.watches[change] = [Watch(kind=change, answer=_changed)]
    return House(me=ME, catalogue=made, keys=Keyring(bytes(32)))


@pytest.fixture(autouse=True)
async def things_said(database: str) -> None:
    """A poll that was announced, and its form with three options."""
    await Room.create(id="!room", joined=True)
    for name, deed, options in (("poll:4", Deed.SEND, None), ("form:4", Deed.POLL, "3")):
        await Owed.create(
            transaction=name,
            lane="!room",
            room="!room",
            deed=deed,
            name=name,
            target=options,
            event_id=f"${name}",
            state=Delivery.SENT,
            made_at=NOW,
        )


async def settled(house: House, kind: Kind, key: str = "$voice", **content: Any) -> list[str]:
    """What is said when somebody's row is settled."""
    row = await Heard.create(key=key, kind=kind, room="!room", sender=ANA, at=NOW, content=content)
    outcome = await settle(row, house, NOW)
    return [str((owed.content or {}).get("text")) for owed in outcome.owed]


@pytest.mark.parametrize(
    ("answers", "said"), [(["2"], "2"), (["3", "1"], "3"), ([], ""), (["4"], ""), (["1", "x"], "")]
)
async def test_an_answer_in_elements_poll_is_the_number_of_its_option(
    house: House, answers: list[str], said: str
) -> None:
    told = await settled(house, Kind.REACTION, door="poll", target="$form:4", answers=answers)

    assert told == [f"4 poll $voice [{said}]"]


async def test_an_answer_to_what_is_no_poll_is_nothing(house: House) -> None:
    told = await settled(house, Kind.REACTION, door="poll", target="$poll:4", answers=["2"])

    assert told == []


async def test_every_door_says_which_it_is_and_which_event_spoke(house: House) -> None:
    tapped = await settled(house, Kind.REACTION, "$tap", text="👍️", target="poll:4")
    typed = await settled(house, Kind.MESSAGE, "$word", text="agree", target="poll:4")

    assert tapped == [f"4 {Door.REACTION} $tap [👍]"]
    assert typed == [f"4 {Door.REPLY} $word [agree]"]


async def test_what_a_reply_means_is_asked_and_talk_in_a_thread_is_left_alone(
    house: House,
) -> None:
    reply = await settled(house, Kind.MESSAGE, "$1", text="hm", target="poll:4")
    talk = await settled(
        house, Kind.MESSAGE, "$2", text="hm", target="poll:4", in_thread=True, overheard=True
    )
    word = await settled(
        house, Kind.MESSAGE, "$3", text="agree", target="poll:4", in_thread=True, overheard=True
    )

    assert "no position" in reply[0]
    assert talk == []
    assert word == ["4 reply $3 [agree]"]


async def test_a_thread_that_was_not_known_yet_speaks_only_where_its_name_listens(
    house: House,
) -> None:
    heard = {"text": "agree", "in_thread": True, "overheard": True}

    assert await settled(house, Kind.MESSAGE, "$1", target="$poll:4", **heard)
    assert await settled(house, Kind.MESSAGE, "$2", target="$form:4", **heard) == []
    assert await settled(house, Kind.MESSAGE, "$3", target="$unknown", **heard) == []


async def test_the_end_of_a_poll_by_somebody_else_names_it(house: House) -> None:
    told = await settled(house, Kind.CHANGE, change=Change.POLL_ENDED, target="$form:4")
    other = await settled(house, Kind.CHANGE, "$2", change=Change.POLL_ENDED, target="$poll:4")

    assert (told, other) == (["poll ended form:4"], [])


async def test_what_came_in_clear_names_the_message_that_it_would_have_answered(
    house: House,
) -> None:
    told = await settled(house, Kind.CHANGE, change=Change.IN_CLEAR, target="$form:4")
    other = await settled(house, Kind.CHANGE, "$2", change=Change.IN_CLEAR, target="$unknown")

    assert (told, other) == (["in clear form:4"], ["in clear "])


async def test_a_poll_that_was_forgotten_is_a_poll_again_when_its_cause_is_settled(
    house: House,
) -> None:
    await Owed.all().delete()
    await Owed.create(
        transaction=transaction_id("$asked", "0"),
        lane="!room",
        room="!room",
        deed=Deed.SEND,
        event_id="$form:4",
        state=Delivery.SENT,
        made_at=NOW,
    )

    again = await settled(house, Kind.MESSAGE, "$asked", text="!ask")
    told = await settled(house, Kind.REACTION, door="poll", target="$form:4", answers=["3"])

    assert again == []  # it stands in the room already
    assert told == ["4 poll $voice [3]"]


# ------------------------------------------------------------------------------------- gathering


class Finds:
    """Finds what it was given, or fails as it was told."""

    def __init__(self, found: Gathered | Refusal) -> None:
        self._found = found
        self.names: list[str] = []

    async def gather(self, _room: str, names: list[str]) -> Gathered:
        """It, or the failure."""
        self.names = names
        if isinstance(self._found, Refusal):
            raise self._found
        return self._found


class Settles:
    """Takes rows to be settled."""

    def __init__(self) -> None:
        self.rows: list[Heard] = []

    def put(self, rows: list[Heard]) -> None:
        """Take them."""
        self.rows += rows


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        """Always the same."""
        return NOW


def daemon(finds: Finds) -> Any:
    """A daemon with nothing but what a gathering needs."""
    made: Any = app.Daemon.__new__(app.Daemon)
    made.gatherer, made.settler, made.clock = finds, Settles(), Standing()
    return made


async def to_gather() -> Owed:
    return await Owed.create(
        transaction="gather",
        lane="!room",
        deed=Deed.GATHER,
        content={"names": ["poll:4"]},
        target="poll:4",
        made_at=NOW,
    )


async def test_what_was_gathered_is_heard_in_its_room_and_not_owed_any_more() -> None:
    voice = {"person": ANA, "text": "agree"}
    finds = Finds(Gathered(voices=[voice], taken_back=["$gone"]))
    kept = daemon(finds)

    await kept._gather(await to_gather(), "!room")

    [row] = await Heard.all()
    assert (row.kind, row.room, row.state) == (Kind.CHANGE, "!room", Settled.WAITING)
    assert row.content == {
        "change": Change.GATHERED,
        "about": "poll:4",
        "voices": [voice],
        "taken_back": ["$gone"],
        "complete": True,
    }
    assert [each.key for each in kept.settler.rows] == [row.key]
    assert finds.names == ["poll:4"]
    assert (await Owed.get(deed=Deed.GATHER)).state is Delivery.SENT


async def test_a_room_that_is_closed_to_us_is_told_as_not_complete() -> None:
    kept = daemon(Finds(Refusal(403, "M_FORBIDDEN", "you are not in this room")))

    await kept._gather(await to_gather(), "!room")

    [row] = await Heard.all()
    assert row.content is not None
    assert (row.content["voices"], row.content["complete"]) == ([], False)
    assert (await Owed.get(deed=Deed.GATHER)).state is Delivery.SENT


async def test_a_homeserver_that_asks_for_patience_is_asked_again_later() -> None:
    kept = daemon(Finds(Limited(429, "M_LIMIT_EXCEEDED", "slowly")))

    with pytest.raises(Limited):
        await kept._gather(await to_gather(), "!room")

    assert not await Heard.exists()
    assert (await Owed.get(deed=Deed.GATHER)).state is Delivery.OWED
