"""While somebody writes for themselves in their private chat, not a word of it reaches the database, and all of it is noted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daemon.encryption import Opened, Sealed
from daemon.inbox import Inbox
from daemon.matrix import Json
from daemon.news import Reader
from daemon.rooms import Rooms
from handlers.language import Change
from practices.circles import RoomKind
from storage.inbox import Heard, Kind, Settled
from storage.journals import Phase, Way, Writing
from storage.outbox import Deed, Owed
from storage.questions import Question
from storage.rooms import Room

ME, ANA = "@kinkeeper:here", "@ana:here"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NOTE = {"change": Change.WROTE.value}


class Standing:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def happened(self, milliseconds: object) -> datetime:
        return self.at + timedelta(seconds=milliseconds if isinstance(milliseconds, int) else 0)


class Book:
    """Opens what stands under "clear"."""

    async def read(self, _room: str, raw: Json) -> Opened | Sealed:
        clear = raw["content"].get("clear")
        return (
            Sealed("session")
            if clear is None
            else Opened({**raw, "content": clear, "type": "m.room.message"})
        )


class Ear:
    """Hears one private chat."""

    def __init__(self) -> None:
        rooms = Rooms()
        rooms.keep(
            Room(id="!chat", joined=True, kind=RoomKind.PRIVATE, private_with=ANA, encrypted=True)
        )
        self.clock = Standing()
        nowhere: Any = None
        book: Any = Book()
        self.reader = Reader(nowhere, self.clock, rooms, me=ME, prefix="!", encryption=book)
        self.inbox = Inbox(self.clock, rooms, me=ME, device="D", threads=lambda _name: False)

    async def hears(self, *events: Json) -> list[tuple[str, str, Any]]:
        answer = {"rooms": {"join": {"!chat": {"timeline": {"events": list(events)}}}}}
        news = await self.reader.read(answer, "since", ())
        stored = await self.inbox.store(news, "cursor", first=False)
        return [(row.kind.value, row.key, row.content) for row in stored]


def said(event: str, content: Json, *, by: str = ANA) -> Json:
    sealed = {"clear": content, "m.relates_to": content.get("m.relates_to", {})}
    return {"type": "m.room.encrypted", "event_id": event, "sender": by, "content": sealed}


def words(event: str, text: str, **more: Any) -> Json:
    return said(event, {"msgtype": "m.text", "body": text, **more})


@pytest.fixture
async def ear(database: str) -> Ear:
    await Room.create(id="!chat", joined=True, kind=RoomKind.PRIVATE, private_with=ANA)
    return Ear()


async def silence(phase: Phase = Phase.SILENT) -> Writing:
    return await Writing.create(
        room="!chat", person=ANA, way=Way.JOURNAL, phase=phase, began=NOW, ends=NOW + timedelta(minutes=5)
    )  # fmt: skip


@pytest.mark.requirement("R23")
async def test_what_is_written_in_the_silence_is_noted_and_not_read(ear: Ear) -> None:
    await silence()

    heard = await ear.hears(words("$one", "I am so tired of the tulips"))

    assert heard == [("change", "$one", NOTE)]


@pytest.mark.requirement("R23")
@pytest.mark.parametrize(
    "content",
    [
        {"msgtype": "m.image", "body": "tulips.jpg", "url": "mxc://here/x"},
        {"msgtype": "m.audio", "body": "tulips.ogg", "url": "mxc://here/x"},
        {"msgtype": "m.file", "body": "tulips.yaml", "filename": "tulips.yaml"},
        {
            "msgtype": "m.text",
            "body": "* no tulips",
            "m.new_content": {"msgtype": "m.text", "body": "no tulips"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$one"},
        },
    ],
)
async def test_pictures_voices_files_and_edits_are_noted_too(ear: Ear, content: Json) -> None:
    await silence()

    heard = await ear.hears(said("$two", content))

    assert heard == [("change", "$two", NOTE)]


@pytest.mark.requirement("R23")
async def test_no_word_of_it_stands_in_any_row(ear: Ear) -> None:
    await silence()

    await ear.hears(words("$one", "tulips"), words("$two", "and when will they bloom again"))

    assert "tulips" not in str(await Heard.all().values())
    assert "bloom" not in str(await Heard.all().values())


@pytest.mark.parametrize("text", ["stop", "pass", "safety", "!when"])
async def test_the_words_that_go_on_or_end_are_read(ear: Ear, text: str) -> None:
    await silence()

    [(kind, _key, content)] = await ear.hears(words("$one", text))

    assert kind == "message"
    assert content["text"] == text


@pytest.mark.requirement("R23")
async def test_what_was_sent_before_the_end_and_arrives_after_it_is_still_theirs(ear: Ear) -> None:
    await silence(Phase.OVER)
    ear.clock.at = NOW + timedelta(minutes=5)

    heard = await ear.hears(words("$one", "and that is why"), words("$two", "so tired"))

    assert heard == [("change", "$one", NOTE), ("change", "$two", NOTE)]


@pytest.mark.requirement("R23")
@pytest.mark.parametrize("after", [timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)])
async def test_from_the_end_on_all_that_is_written_is_a_message_again(
    ear: Ear, after: timedelta
) -> None:
    await silence(Phase.OVER)
    ear.clock.at = NOW + timedelta(minutes=5) + after

    [(kind, key, content)] = await ear.hears(words("$one", "yes, from my father, 300 a month"))

    assert (kind, key) == ("message", "$one")
    assert content["text"] == "yes, from my father, 300 a month"


async def test_a_bell_that_is_late_is_waited_for_and_nobody_reads_meanwhile(ear: Ear) -> None:
    await silence()
    ear.clock.at = NOW + timedelta(minutes=6)

    assert await ear.hears(words("$one", "and that is why")) == [("change", "$one", NOTE)]


@pytest.mark.requirement("R23")
@pytest.mark.parametrize("at_once", [True, False])
async def test_what_follows_a_stop_that_is_not_settled_yet_is_a_message(
    ear: Ear, *, at_once: bool
) -> None:
    await silence()
    events = [
        words("$one", "I am so tired of it"),
        words("$two", "stop"),
        words("$three", "yes, from my father"),
    ]
    heard = []
    for at, event in enumerate(events):
        event["origin_server_ts"] = at
    for batch in [events] if at_once else [[each] for each in events]:
        heard += await ear.hears(*batch)

    assert [(kind, key) for kind, key, _content in heard] == [
        ("change", "$one"),
        ("message", "$two"),
        ("message", "$three"),
    ]


async def test_a_tap_that_ends_it_and_is_not_settled_yet_counts_like_the_word(ear: Ear) -> None:
    await silence()
    asked = await Question.create(
        room="!chat",
        person=ANA,
        inquiry="writing-silence",
        data={},
        until=NOW + timedelta(minutes=5),
    )
    await Owed.create(
        transaction="t",
        lane="!chat",
        deed=Deed.SEND,
        name=f"question:{asked.id}",
        room="!chat",
        event_id="$prompt",
        made_at=NOW,
    )
    relation = {"rel_type": "m.annotation", "event_id": "$prompt", "key": "✋"}
    tap = {
        "type": "m.reaction",
        "event_id": "$tap",
        "sender": ANA,
        "content": {"m.relates_to": relation},
        "origin_server_ts": 1,
    }

    heard = await ear.hears(
        {**words("$one", "I am so tired"), "origin_server_ts": 0},
        tap,
        {**words("$two", "yes, from my father"), "origin_server_ts": 2},
    )

    assert [(kind, key) for kind, key, _content in heard] == [
        ("change", "$one"),
        ("reaction", "$tap"),
        ("message", "$two"),
    ]


@pytest.mark.requirement("R23")
async def test_new_words_for_what_was_written_in_it_are_theirs_also_after_the_end(ear: Ear) -> None:
    writing = await silence()
    await ear.hears(words("$one", "I am so tired of the tulips"))
    writing.phase = Phase.OVER
    await writing.save()
    ear.clock.at = NOW + timedelta(minutes=6)

    def edit(event: str, of: str) -> Json:
        content = {
            "msgtype": "m.text",
            "body": "* no roses",
            "m.new_content": {"msgtype": "m.text", "body": "no roses"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": of},
        }
        return said(event, content)

    heard = await ear.hears(edit("$two", "$one"), edit("$three", "$before"))

    assert heard == [("change", "edited:$two", NOTE)]


@pytest.mark.requirement("R23")
async def test_whoever_turns_to_people_in_the_middle_of_it_is_read(ear: Ear) -> None:
    await silence()
    await Question.create(
        room=ANA, person=ANA, inquiry="safety-words", data={}, until=NOW + timedelta(hours=1)
    )

    ear.clock.at = NOW + timedelta(minutes=1)

    [(kind, _key, content)] = await ear.hears(words("$one", "somebody follows me home"))

    assert (kind, content["text"]) == ("message", "somebody follows me home")


async def test_while_it_is_being_chosen_what_stays_words_are_read(ear: Ear) -> None:
    await silence(Phase.CHOOSING)

    [(kind, _key, _content)] = await ear.hears(words("$one", "please keep all of it"))

    assert kind == "message"


async def test_what_cannot_be_opened_yet_waits_sealed(ear: Ear) -> None:
    await silence()

    await ear.hears({"type": "m.room.encrypted", "event_id": "$one", "sender": ANA, "content": {}})

    assert (await Heard.get(key="$one")).state is Settled.SEALED


async def test_somebody_else_in_the_chat_is_not_noted(ear: Ear) -> None:
    await silence()

    assert await ear.hears(said("$one", {"msgtype": "m.image", "body": "x"}, by="@ben:here")) == []


async def test_without_a_time_of_writing_pictures_are_nothing(ear: Ear) -> None:
    assert await ear.hears(said("$one", {"msgtype": "m.image", "body": "x"})) == []
    assert not await Heard.exists(kind=Kind.CHANGE)
