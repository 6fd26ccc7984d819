"""Reading a room's history again: the same voices as were heard, and honest about what cannot be read."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon import gather
from daemon.encryption import Distrusted, Opened, Sealed
from daemon.gather import Gathered, Gatherer
from daemon.matrix import Json, Refusal
from daemon.news import Reader
from daemon.rooms import Rooms
from handlers.language import Call, Catalogue, Effects, House, Tap
from storage.outbox import Deed, Delivery, Owed
from storage.rooms import Room

ME, ANA, BEN = "@kinkeeper:here", "@ana:here", "@ben:here"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RESPONSE = "org.matrix.msc3381.poll.response"


async def _nothing(_call: Call, _subject: str, _said: str) -> Effects:
    return []


def house() -> House:
    catalogue = Catalogue()
    catalogue.taps["poll"] = Tap(prefix="poll", answer=_nothing, threads=True)
    catalogue.taps["form"] = Tap(prefix="form", answer=_nothing)
    keys: Any = None
    return House(me=ME, catalogue=catalogue, keys=keys)


class Archive:
    """A homeserver that knows one room's history and gives it page by page, newest first."""

    def __init__(self, events: list[Json], *, page: int = 3) -> None:
        self.events = events[::-1]
        self.page = page
        self.asked = 0

    async def request(
        self, _method: str, where: str, *, query: Mapping[str, str] | None = None
    ) -> Json:
        """One page; only of the types that are asked for."""
        assert "/messages" in where
        assert query is not None
        self.asked += 1
        wanted = json.loads(query["filter"])["types"]
        told = [event for event in self.events if event.get("type") in wanted]
        start = int(query.get("from", "0"))
        chunk = told[start : start + self.page]
        following = start + self.page
        return {"chunk": chunk} | ({"end": str(following)} if following < len(told) else {})


class Closed(Archive):
    """A homeserver that shows nothing."""

    async def request(
        self, _method: str, where: str, *, query: Mapping[str, str] | None = None
    ) -> Json:
        """No."""
        raise Refusal(403, "M_FORBIDDEN", f"not shown: {where} {query}")


class Keys:
    """Opens what it has the key of, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def read(self, _room: str, raw: Json) -> Opened | Sealed:
        """The event in it."""
        self.asked += 1
        match raw["content"].get("clear"):
            case "sealed":
                return Sealed("session")
            case "forged":
                raise Distrusted("nobody vouches for it")
            case clear:
                return Opened({**raw, **clear})


def gatherer(archive: Archive, *, encrypted: bool = False, keys: Keys | None = None) -> Gatherer:
    rooms = Rooms()
    rooms.keep(Room(id="!room", joined=True, encrypted=encrypted))
    homeserver: Any = archive
    encryption: Any = keys or Keys()
    clock: Any = None
    reader = Reader(homeserver, clock, rooms, me=ME, prefix="!", encryption=encryption)
    return Gatherer(homeserver, rooms, house(), reader, encryption)


@pytest.fixture(autouse=True)
async def things_said(database: str) -> None:
    """A poll that was announced, and its form with three options."""
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


def event(event_type: str, content: Json, key: str, sender: str = ANA, at: int = 1000) -> Json:
    return {
        "type": event_type,
        "event_id": key,
        "sender": sender,
        "content": content,
        "origin_server_ts": at,
    }


POLL = event("m.room.message", {"body": "asks", "msgtype": "m.text"}, "$poll:4", ME)
FORM = event("org.matrix.msc3381.poll.start", {}, "$form:4", ME)


def reply(body: str, key: str, sender: str = ANA) -> Json:
    relation = {"m.in_reply_to": {"event_id": "$poll:4"}}
    content = {"body": body, "msgtype": "m.text", "m.relates_to": relation}
    return event("m.room.message", content, key, sender)


def in_thread(body: str, key: str, root: str = "$poll:4") -> Json:
    relation = {"rel_type": "m.thread", "event_id": root}
    content = {"body": body, "msgtype": "m.text", "m.relates_to": relation}
    return event("m.room.message", content, key)


def edited(target: str, body: str, key: str, sender: str = ANA) -> Json:
    content = {
        "body": f"* {body}",
        "msgtype": "m.text",
        "m.new_content": {"body": body, "msgtype": "m.text"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": target},
    }
    return event("m.room.message", content, key, sender)


def tap(key_of_it: str, key: str, sender: str = ANA) -> Json:
    relation = {"rel_type": "m.annotation", "event_id": "$poll:4", "key": key_of_it}
    return event("m.reaction", {"m.relates_to": relation}, key, sender)


def vote(*answers: str, key: str, to: str = "$form:4") -> Json:
    relation = {"rel_type": "m.reference", "event_id": to}
    return event(RESPONSE, {"m.relates_to": relation, RESPONSE: {"answers": list(answers)}}, key)


def redacted(key: str, event_type: str = "m.room.encrypted") -> Json:
    return {**event(event_type, {}, key), "unsigned": {"redacted_because": {"type": "x"}}}


def sealed(clear: Json | str, key: str = "", session: str = "s") -> Json:
    if isinstance(clear, str):
        inside: Any = clear
        outside = event("m.room.encrypted", {}, key)
    else:
        inside = {"type": clear["type"], "content": clear["content"]}
        outside = clear
    content = {"clear": inside, "session_id": session}
    return {**outside, "type": "m.room.encrypted", "content": content}


async def gathered(*events: Json, **how: Any) -> Gathered:
    return await gatherer(Archive(list(events)), **how).gather("!room", ["poll:4", "form:4"])


def told(found: Gathered) -> list[tuple[str, str, str, str]]:
    return [(each["person"], each["door"], each["target"], each["text"]) for each in found.voices]


async def test_the_voices_of_all_doors_are_found_oldest_first() -> None:
    found = await gathered(
        reply("before it was asked", "$early"),
        POLL,
        FORM,
        reply("agree", "$1"),
        tap("👍️", "$2", BEN),
        vote("2", key="$3"),
        in_thread("block", "$4"),
    )

    assert told(found) == [
        (ANA, "reply", "poll:4", "agree"),
        (BEN, "reaction", "poll:4", "👍"),
        (ANA, "poll", "form:4", "2"),
        (ANA, "reply", "poll:4", "block"),
    ]
    assert [each["event"] for each in found.voices] == ["$1", "$2", "$3", "$4"]
    assert found.voices[0]["at"] == 1000
    assert (found.taken_back, found.complete) == ([], True)


async def test_what_says_nothing_to_those_messages_is_left_out() -> None:
    found = await gathered(
        POLL,
        FORM,
        event("m.room.message", {"body": "lovely weather", "msgtype": "m.text"}, "$1"),
        in_thread("not for us", "$2", root="$form:4"),
        in_thread("nor this", "$3", root="$somebodys"),
        reply("!vote 4 agree", "$4"),
        vote("1", key="$5", to="$poll:4"),
        vote("1", key="$6", to="$another"),
        reply("of our own", "$7", ME),
        event("m.room.topic", {"topic": "$poll:4"}, "$8"),
    )

    assert found == Gathered()


async def test_a_void_answer_is_a_voice_that_says_nothing() -> None:
    found = await gathered(
        POLL, FORM, vote("4", key="$1"), vote(key="$2"), vote("1", "2", key="$3")
    )

    assert [each["text"] for each in found.voices] == ["", "", "1"]


async def test_an_edit_is_a_new_voice_of_the_same_person_and_of_nobody_else() -> None:
    found = await gathered(
        POLL,
        FORM,
        reply("agree", "$1"),
        edited("$1", "block", "$2"),
        edited("$1", "abstain", "$3", BEN),
        edited("$unknown", "block", "$4"),
    )

    assert [(each["text"], each.get("rewords")) for each in found.voices] == [
        ("agree", None),
        ("block", "$1"),
    ]


async def test_what_was_redacted_since_is_named_and_nothing_more() -> None:
    found = await gathered(
        POLL, FORM, redacted("$1"), redacted("$2", "m.reaction"), reply("agree", "$3")
    )

    assert found.taken_back == ["$1", "$2"]
    assert [each["event"] for each in found.voices] == ["$3"]
    assert found.complete


async def test_in_an_encrypted_room_only_what_came_encrypted_counts_but_for_reactions() -> None:
    found = await gathered(
        sealed(POLL),
        sealed(FORM),
        sealed(reply("agree", "$1")),
        reply("block", "$2"),
        vote("1", key="$3"),
        sealed(vote("3", key="$4")),
        tap("👍", "$5"),
        encrypted=True,
    )

    assert [(each["event"], each["text"]) for each in found.voices] == [
        ("$1", "agree"),
        ("$4", "3"),
        ("$5", "👍"),
    ]
    assert found.complete


@pytest.mark.parametrize("why", ["sealed", "forged"])
async def test_what_cannot_be_read_any_more_is_owned_up_to(why: str) -> None:
    found = await gathered(
        sealed(POLL), sealed(FORM), sealed(why, "$1"), sealed(reply("agree", "$2")), encrypted=True
    )

    assert [each["event"] for each in found.voices] == ["$2"]
    assert not found.complete


async def test_a_key_that_nobody_vouches_for_is_not_tried_for_ever() -> None:
    keys = Keys()
    forged = [sealed("forged", f"${number}", session="theirs") for number in range(50)]

    found = await gathered(
        sealed(POLL),
        sealed(FORM),
        *forged,
        sealed(reply("agree", "$voice"), session="anas"),
        encrypted=True,
        keys=keys,
    )

    assert [each["event"] for each in found.voices] == ["$voice"]
    assert keys.asked == gather.DOUBTS + 1


async def test_a_redaction_inside_an_encrypted_event_is_nobodys_voice() -> None:
    joke = sealed(event("m.room.redaction", {"redacts": "$1"}, "$2"))

    found = await gathered(sealed(POLL), sealed(FORM), joke, encrypted=True)

    assert found == Gathered()


async def test_a_history_that_does_not_go_back_so_far_is_not_complete() -> None:
    found = await gathered(FORM, reply("agree", "$1"))

    assert [each["event"] for each in found.voices] == ["$1"]
    assert not found.complete


async def test_messages_that_were_never_said_have_no_history() -> None:
    archive = Archive([POLL, reply("agree", "$1")])

    found = await gatherer(archive).gather("!room", ["poll:99"])

    assert found == Gathered(complete=False)
    assert archive.asked == 0


async def test_no_more_is_read_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "LARGEST", 6)
    archive = Archive([POLL, FORM, *(tap("👍", f"${number}") for number in range(20))])

    found = await gatherer(archive).gather("!room", ["poll:4"])

    assert archive.asked == 2
    assert len(found.voices) == 6
    assert not found.complete


async def test_no_more_is_kept_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "LONGEST", 10)

    found = await gathered(POLL, FORM, reply("a" * 8, "$1"), reply("b" * 8, "$2"))

    assert [each["event"] for each in found.voices] == ["$1"]
    assert not found.complete


async def test_a_history_without_an_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive([tap("👍", "$1")])

    async def the_same(*_: Any, **__: Any) -> Json:
        archive.asked += 1
        return {"chunk": archive.events, "end": "here"}

    monkeypatch.setattr(archive, "request", the_same)

    assert not (await gatherer(archive).gather("!room", ["poll:4"])).complete
    assert archive.asked == 2


async def test_a_room_that_is_closed_to_us_is_a_refusal() -> None:
    with pytest.raises(Refusal):
        await gatherer(Closed([])).gather("!room", ["poll:4"])


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
related = st.fixed_dictionaries(
    {},
    optional={
        "rel_type": st.sampled_from(["m.thread", "m.replace", "m.annotation", "m.reference"])
        | junk,
        "event_id": st.sampled_from(["$poll:4", "$form:4", "$0"]) | junk,
        "key": junk,
        "m.in_reply_to": junk,
    },
)
odd = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["m.room.message", "m.reaction", RESPONSE, "m.room.encrypted"]),
        "sender": st.just(ANA) | junk,
        "event_id": st.sampled_from(["$0", "$1"]) | junk,
        "content": junk
        | st.fixed_dictionaries(
            {}, optional={"m.relates_to": related, "body": junk, RESPONSE: junk}
        ),
    },
    optional={"unsigned": junk, "origin_server_ts": junk},
)


@settings(
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(odd, max_size=6))
async def test_no_history_whatever_its_shape_does_harm(events: list[Json]) -> None:
    found = await gathered(POLL, FORM, *events)

    assert json.loads(json.dumps(found.as_json())) == found.as_json()
    assert all(isinstance(each["person"], str) for each in found.voices)
