"""Protocol rooms: letters are heard from everybody, no flood stops anything, and the past is read to its beginning."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daemon import app, history, speak
from daemon.floods import A_MINUTE, AT_ONCE, Pace
from daemon.history import History, Page
from daemon.inbox import Inbox
from daemon.matrix import Json, Refusal, Unreachable
from daemon.news import Reader
from daemon.rooms import Rooms
from handlers.language import FLOOD, Change
from handlers.meetings.meetings import CIRCLE
from practices.assembly.events import ASSEMBLY, CARD, LETTER
from practices.assembly.letters import Fault
from practices.circles import RoomKind
from storage.inbox import Heard
from storage.outbox import Deed, Delivery, Owed
from storage.rooms import Room
from tests.daemon.test_gather import Archive
from tests.daemon.test_inbox import ME, OpenBook, Standing

THEM = "@kinkeeper:harbour"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def said(key: str, letter: Any, sender: str = THEM, **unsigned: Any) -> Json:
    """A message that carries a letter."""
    content = {"msgtype": "m.notice", "body": "…", LETTER: letter}
    return {
        "type": "m.room.message", "event_id": key, "sender": sender, "content": content, "unsigned": unsigned
    }  # fmt: skip


def card(key: str, sender: str = THEM, state_key: str = THEM) -> Json:
    """A state that is a card."""
    return {
        "type": CARD, "event_id": key, "sender": sender, "state_key": state_key, "content": {"place": "Lisbon"}
    }  # fmt: skip


async def heard(*events: Json, kind: RoomKind = RoomKind.PROTOCOL) -> list[Heard]:
    """What one sync of a room brings."""
    room = Room(id="!room", joined=True, kind=kind)
    await room.save(force_create=True)
    rooms = Rooms()
    rooms.keep(room)
    keys: Any = OpenBook()
    reader = Reader(Any, Standing(), rooms, me=ME, prefix="!", encryption=keys)  # type: ignore[arg-type]
    inbox = Inbox(Standing(), rooms, me=ME, device="DEVICE", threads=lambda _name: False)
    section = {"timeline": {"events": list(events)}}
    news = await reader.read({"rooms": {"join": {"!room": section}}}, "since", ())
    return await inbox.store(news, "cursor", first=True)


def told(rows: list[Heard]) -> list[tuple[Any, Any, Any]]:
    """Who wrote which letter, and why it was not read."""
    return [
        (row.sender, (row.content or {}).get("letter"), (row.content or {}).get("fault"))
        for row in rows
    ]


async def test_letters_are_heard_from_everybody_and_from_us(database: str) -> None:
    rows = await heard(said("$1", {"a": 1}), said("$2", {"b": 2}, sender=ME))

    assert told(rows) == [(THEM, {"a": 1}, None), (ME, {"b": 2}, None)]
    assert (rows[0].content or {})["event"] == "$1"


async def test_outside_protocol_rooms_a_letter_is_nothing(database: str) -> None:
    assert await heard(said("$1", {"a": 1}), card("$2"), kind=RoomKind.CREW) == []


async def test_a_letter_that_is_too_large_is_told_and_not_kept(database: str) -> None:
    rows = await heard(said("$1", {"a": "x" * 16_400}), said("$2", {"a": 1}))

    assert told(rows) == [(THEM, None, Fault.LARGE), (THEM, {"a": 1}, None)]


async def test_a_flood_is_told_once_and_nobody_else_waits(database: str) -> None:
    flood = [said(f"${number}", {"n": number}) for number in range(AT_ONCE + 50)]

    rows = await heard(*flood, said("$other", {"b": 2}, sender="@kinkeeper:hill"))

    letters = told(rows)
    assert len(letters) == AT_ONCE + 2
    assert letters[-2:] == [(THEM, None, FLOOD), ("@kinkeeper:hill", {"b": 2}, None)]


async def test_a_card_counts_only_under_its_writers_own_key(database: str) -> None:
    rows = await heard(card("$1"), card("$2", sender="@liar:far"))

    [row] = rows
    assert row.content == {"change": Change.CARD, "card": {"place": "Lisbon"}}
    assert row.sender == THEM


async def test_an_invitation_into_an_assembly_says_so_before_anything_is_entered(
    database: str,
) -> None:
    keys: Any = OpenBook()
    reader = Reader(Any, Standing(), Rooms(), me=ME, prefix="!", encryption=keys)  # type: ignore[arg-type]
    about = {"version": 1, "part": "space"}
    invite = {"membership": "invite", "reason": "Lakeside asks you in. " + "x" * 5_000}
    state = [
        {"type": "m.room.create", "sender": THEM, "state_key": "", "content": {ASSEMBLY: about}},
        {"type": "m.room.topic", "state_key": "", "content": {"topic": "To meet."}},
        {"type": "m.room.member", "sender": THEM, "state_key": ME, "content": invite},
    ]  # fmt: skip
    section = {"invite_state": {"events": state}}

    news = await reader.read({"rooms": {"invite": {"!new": section}}}, "since", ())

    [candidate] = news.candidates
    assert candidate.row.content == {
        "change": Change.INVITED, "assembly": about, "topic": "To meet.",
        "reason": invite["reason"][:2_100],
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ floods


def test_a_minute_lets_some_more_of_a_flood_in_and_no_more() -> None:
    pace = Pace(at_once=10, a_minute=3)
    at_once = [pace.allows("!a", THEM, NOW) for _each in range(12)]
    later = [pace.allows("!a", THEM, NOW + timedelta(minutes=1)) for _each in range(5)]
    elsewhere = pace.allows("!b", THEM, NOW)
    long_after = [pace.allows("!a", THEM, NOW + timedelta(days=9)) for _each in range(12)]

    assert at_once.count(True) == long_after.count(True) == 10
    assert later == [True] * 3 + [False] * 2
    assert elsewhere
    assert A_MINUTE < AT_ONCE


# ---------------------------------------------------------------------------------------------- the past


async def pages(events: list[Json]) -> list[Page]:
    """Every page of a room's past."""
    homeserver: Any = Archive(events)
    past = History(homeserver)
    found = [await past.page("!room", None, 0)]
    while found[-1].before is not None:
        found.append(await past.page("!room", found[-1].before, len(found)))
    return found


async def test_the_past_is_read_to_the_beginning_newest_first() -> None:
    talk = {**said("$talk", None), "content": {"msgtype": "m.text", "body": "hello"}}
    events = [said(f"${number}", {"n": number}) for number in range(7)]

    found = await pages([events[0], talk, *events[1:], card("$card")])

    assert [each["letter"]["n"] for page in found for each in page.letters] == [*range(6, -1, -1)]
    assert [each for page in found for each in page.cards] == [
        {"sender": THEM, "card": {"place": "Lisbon"}}
    ]
    assert [page.complete for page in found] == [True] * len(found)


async def test_what_is_too_large_or_bent_is_passed_over_in_the_past() -> None:
    events = [said("$1", {"a": "x" * 16_400}), {"bent": 1}, card("$2", sender="@liar:far")]

    [page] = await pages(events)

    assert [(each["letter"], each["fault"]) for each in page.letters] == [(None, Fault.LARGE)]
    assert page.cards == []


async def test_a_past_without_an_end_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_PAGES", 2)

    found = await pages([said(f"${number}", {"n": number}) for number in range(20)])

    assert [page.complete for page in found] == [True, False]
    assert found[-1].before is None


class Falters(Archive):
    """A homeserver that goes away after its first page."""

    async def request(
        self, method: str, where: str, *, query: Mapping[str, str] | None = None
    ) -> Json:
        """One page, and then none for a while."""
        if self.asked == 1:
            self.asked += 1
            raise Unreachable("gone")
        return await super().request(method, where, query=query)


class Settles:
    """What is told to be settled."""

    def __init__(self) -> None:
        self.rows: list[Heard] = []

    def put(self, rows: list[Heard]) -> None:
        """Note it."""
        self.rows += rows


def daemon(homeserver: Any) -> Any:
    """A daemon that has only what reading back needs."""
    made: Any = app.Daemon.__new__(app.Daemon)
    made.clock, made.settler, made.history = Standing(), Settles(), History(homeserver)
    return made


async def test_a_kill_in_the_middle_of_the_past_reads_each_page_once(database: str) -> None:
    archive = Falters([said(f"${number}", {"n": number}) for number in range(7)])
    row = await Owed.create(
        transaction="t", lane="!room", deed=Deed.READ_BACK, target="assembly:1", content={}, made_at=NOW
    )  # fmt: skip
    first, second = daemon(archive), daemon(archive)

    with pytest.raises(Unreachable):
        await first._gather(row, "!room")
    again = await Owed.get(id=row.id)
    await second._gather(again, "!room")

    rows = [*first.settler.rows, *second.settler.rows]
    letters = [each["letter"]["n"] for row in rows for each in (row.content or {})["letters"]]
    assert letters == [*range(6, -1, -1)]
    assert [(row.content or {})["last"] for row in rows] == [False, False, True]
    assert (await Owed.get(id=row.id)).state is Delivery.SENT


class Shut(Archive):
    """A homeserver that shows nothing."""

    async def request(
        self, _method: str, where: str, *, query: Mapping[str, str] | None = None
    ) -> Json:
        """No."""
        raise Refusal(403, "M_FORBIDDEN", f"not shown: {where} {query}")


async def test_a_past_that_is_not_shown_is_told_as_incomplete(database: str) -> None:
    row = await Owed.create(
        transaction="t", lane="!room", deed=Deed.READ_BACK, target="assembly:1", content={}, made_at=NOW
    )  # fmt: skip
    made = daemon(Shut([]))

    await made._gather(row, "!room")

    [told_of] = made.settler.rows
    assert told_of.content["last"] is True
    assert told_of.content["complete"] is False


# ------------------------------------------------------------------------------------------- making rooms


def wanted(**more: Any) -> Json:
    """A room that a feature asks for."""
    return {"name": "River", "topic": "", "invite": [], "space": None, **more}


def test_a_protocol_room_is_in_clear_shows_its_past_and_lets_nobody_take_anything_back() -> None:
    made = speak._new_room(wanted(part="charter", space="!space:here"), "alias", "here")

    state = {each["type"]: each["content"] for each in made["initial_state"]}
    power = made["power_level_content_override"]
    assert "m.room.encryption" not in state
    assert state["m.room.history_visibility"] == {"history_visibility": "shared"}
    assert made["creation_content"][ASSEMBLY] == {
        "version": 1, "part": "charter", "space": "!space:here"
    }  # fmt: skip
    assert power["events"] == {CARD: 0, CIRCLE: 0, "m.room.redaction": 100}
    assert (power["invite"], power["state_default"], power["redact"]) == (0, 100, 100)


def test_an_assemblys_space_is_a_space_and_its_rooms_for_people_are_encrypted() -> None:
    space = speak._new_room(wanted(part="space"), "alias", "here")
    people = speak._new_room(wanted(part="people", space="!space:here"), "alias", "here")
    circle = speak._new_room(wanted(part="delegates", space="!space:here"), "alias", "here")
    crew = speak._new_room(wanted(), "alias", "here")

    assert "m.room.encryption" in json.dumps(circle["initial_state"])
    assert circle["power_level_content_override"]["invite"] == 0
    assert circle["power_level_content_override"]["events"][CIRCLE] == 0
    assert circle["creation_content"][ASSEMBLY]["part"] == "delegates"
    assert space["creation_content"]["type"] == "m.space"
    assert "m.room.encryption" in json.dumps(people["initial_state"])
    assert people["power_level_content_override"]["invite"] == 0
    assert crew["power_level_content_override"]["invite"] == 100
    assert "creation_content" not in crew
