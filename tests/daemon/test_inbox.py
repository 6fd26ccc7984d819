"""What is kept of all that is heard: only what is for us, once, and by the right hand."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daemon.encryption import Distrusted, Opened, Sealed
from daemon.events import mapping
from daemon.inbox import Inbox
from daemon.matrix import Json
from daemon.news import News, Reader
from daemon.rooms import Rooms, set_members
from handlers.language import Change
from practices.circles import RoomKind
from practices.round import Stage
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.outbox import Deed, Delivery, Owed
from storage.polls import Cast
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room
from storage.rounds import Round

ME, ANA, BEN = "@kinkeeper:here", "@ana:here", "@ben:here"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DRAFT, STABLE = "org.matrix.msc3381.poll.response", "m.poll.response"
DRAFT_END, STABLE_END = "org.matrix.msc3381.poll.end", "m.poll.end"


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        """Always the same."""
        return NOW

    def happened(self, _milliseconds: object) -> datetime:
        """Always the same."""
        return NOW


class OpenBook:
    """Reads as decrypted what stands under "clear" in an encrypted event, and believes nobody else."""

    async def read(self, _room: str, raw: Json) -> Opened | Sealed:
        """The event in it, with the relation that stands outside."""
        clear = raw["content"].get("clear")
        if clear == "sealed":
            return Sealed("session")
        if clear is None:
            raise Distrusted("nobody vouches for it")
        relation = raw["content"].get("m.relates_to")
        content = clear["content"] | ({"m.relates_to": relation} if relation else {})
        return Opened({**raw, "type": clear["type"], "content": content})


class Ear:
    """Hears events as one sync brings them, and keeps what is for us."""

    def __init__(self, *, encrypted: bool = False) -> None:
        rooms = Rooms()
        rooms.keep(
            Room(
                id="!room",
                joined=True,
                kind=RoomKind.CREW,
                members_known=True,
                encrypted=encrypted,
            )
        )
        nowhere: Any = None
        book: Any = OpenBook()
        self.rooms = rooms
        self.reader = Reader(nowhere, Standing(), rooms, me=ME, prefix="!", encryption=book)
        self.inbox = Inbox(
            Standing(),
            rooms,
            me=ME,
            device="DEVICE",
            threads=lambda name: name.startswith("poll:"),
        )

    async def hears(self, *events: Json, first: bool = False) -> list[tuple[str, str, Any]]:
        """What is new and waits to be settled: kind, key and content."""
        answer = {"rooms": {"join": {"!room": {"timeline": {"events": list(events)}}}}}
        news = await self.reader.read(answer, "since", ())
        stored = await self.inbox.store(news, "cursor", first=first)
        return [(row.kind.value, row.key, row.content) for row in stored]


@pytest.fixture
async def ear(database: str) -> Ear:
    """An ear in a room where things of ours stand."""
    await things_of_ours()
    return Ear()


@pytest.fixture
async def keen_ear(database: str) -> Ear:
    """The same in an encrypted room."""
    await things_of_ours()
    return Ear(encrypted=True)


async def things_of_ours() -> None:
    await Room.create(id="!room", joined=True, power={"users": {ME: 50, BEN: 50}}, version="10")
    for name, deed, options in (
        ("poll:4", Deed.SEND, None),
        ("form:4", Deed.POLL, "3"),
        ("meeting:1", Deed.SEND, None),
    ):
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


def event(event_type: str, content: Mapping[str, Any], key: str = "$e", sender: str = ANA) -> Json:
    return {"type": event_type, "event_id": key, "sender": sender, "content": dict(content)}


def sealed(clear: Json) -> Json:
    """The same event as it comes encrypted: its relation stands outside."""
    content = dict(clear["content"])
    relation = content.pop("m.relates_to", None)
    outside = {"clear": {"type": clear["type"], "content": content}}
    if relation is not None:
        outside["m.relates_to"] = relation
    return {**clear, "type": "m.room.encrypted", "content": outside}


def answer(
    *answers: str, to: str = "$form:4", event_type: str = DRAFT, key: str = "$e", sender: str = ANA
) -> Json:
    relation = {"rel_type": "m.reference", "event_id": to}
    chosen = {"answers": list(answers)} if event_type == DRAFT else list(answers)
    field = DRAFT if event_type == DRAFT else "m.selections"
    return event(event_type, {"m.relates_to": relation, field: chosen}, key, sender)


def end(*, by: str, to: str = "$form:4", event_type: str = DRAFT_END) -> Json:
    relation = {"rel_type": "m.reference", "event_id": to}
    return event(event_type, {"m.relates_to": relation, event_type: {}}, "$end", by)


def said(body: str, key: str = "$said", sender: str = ANA, **relation: Any) -> Json:
    content: Json = {"msgtype": "m.text", "body": body}
    if relation:
        content["m.relates_to"] = relation
    return event("m.room.message", content, key, sender)


TO_THE_POLL: dict[str, Any] = {"m.in_reply_to": {"event_id": "$poll:4"}}


def in_thread(body: str, root: str, **relation: Any) -> Json:
    fallback = {"is_falling_back": True, "m.in_reply_to": {"event_id": "$before"}}
    return said(body, rel_type="m.thread", event_id=root, **(relation or fallback))


def edited(target: str, body: str, sender: str = ANA, key: str = "$edit") -> Json:
    content = {
        "msgtype": "m.text",
        "body": f"* {body}",
        "m.new_content": {"msgtype": "m.text", "body": body},
        "m.relates_to": {"rel_type": "m.replace", "event_id": target},
    }
    return event("m.room.message", content, key, sender)


def redaction(target: str, sender: str = ANA) -> Json:
    return {**event("m.room.redaction", {}, "$redaction", sender), "redacts": target}


async def cast(event_id: str, person: str = ANA) -> None:
    """A voice that was settled."""
    await Cast.create(poll=4, person=person, door="word", event=event_id, at=NOW, version=1)


# ------------------------------------------------------------------------------------------ votes


@pytest.mark.parametrize("event_type", [DRAFT, STABLE])
async def test_an_answer_in_a_poll_of_ours_is_kept(ear: Ear, event_type: str) -> None:
    assert await ear.hears(answer("2", event_type=event_type)) == [
        ("reaction", "$e", {"door": "poll", "target": "$form:4", "answers": ["2"]})
    ]


async def test_an_answer_in_somebody_elses_poll_is_nothing(ear: Ear) -> None:
    assert await ear.hears(answer("2", to="$another")) == []


async def test_an_answer_to_a_poll_of_another_room_is_nothing(ear: Ear) -> None:
    await Owed.filter(name="form:4").update(room="!elsewhere")

    assert await ear.hears(answer("2")) == []


async def test_an_encrypted_answer_counts_and_a_clear_one_beside_it_does_not(
    keen_ear: Ear,
) -> None:
    clear = [answer("1", key="$1"), answer("1", event_type=STABLE, key="$2")]
    *doubtful, kept = await keen_ear.hears(*clear, sealed(answer("2", key="$3")))

    assert kept == ("reaction", "$3", {"door": "poll", "target": "$form:4", "answers": ["2"]})
    told = ("change", "in clear:$form:4:@ana:here", {"change": "in clear", "target": "$form:4"})
    assert doubtful == [told]


async def test_words_in_clear_that_would_have_answered_us_are_noted_and_no_others(
    keen_ear: Ear,
) -> None:
    reply = said("agree", "$1", **TO_THE_POLL)
    talk = said("agree", "$2")
    elsewhere = in_thread("agree", "$somebodys")

    [(_, _, content)] = await keen_ear.hears(reply, talk, elsewhere, in_thread("agree", "$poll:4"))

    assert content == {"change": "in clear", "target": "$poll:4"}


async def test_an_answer_that_nobody_vouches_for_is_nothing(keen_ear: Ear) -> None:
    forged = sealed(answer("2"))
    del forged["content"]["clear"]

    assert await keen_ear.hears(forged) == []


async def test_a_reaction_counts_in_an_encrypted_room_for_it_never_is(keen_ear: Ear) -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$poll:4", "key": "👍"}
    kept = await keen_ear.hears(event("m.reaction", {"m.relates_to": relation}))

    assert kept == [("reaction", "$e", {"text": "👍", "target": "poll:4"})]


async def test_an_answer_to_a_poll_that_was_forgotten_waits_for_its_name(ear: Ear) -> None:
    await Owed.filter(name="form:4").delete()
    echo = event("m.room.encrypted", {"org.kinkeeper.transaction": "form:4"}, "$form:4", ME)

    assert await ear.hears(echo, answer("2")) == [
        ("reaction", "$e", {"door": "poll", "target": "$form:4", "answers": ["2"]})
    ]


async def test_an_end_counts_by_whoever_may_redact_and_by_nobody_else(ear: Ear) -> None:
    assert await ear.hears(end(by=ANA)) == []
    [(kind, _, content)] = await ear.hears(end(by=BEN, event_type=STABLE_END))

    assert (kind, content) == ("change", {"change": "poll ended", "target": "$form:4"})


async def test_our_own_end_is_no_news(ear: Ear) -> None:
    assert await ear.hears(end(by=ME)) == []


async def test_an_end_in_clear_is_not_obeyed_in_an_encrypted_room(keen_ear: Ear) -> None:
    assert await keen_ear.hears(end(by=BEN)) == []
    assert len(await keen_ear.hears(sealed(end(by=BEN)))) == 1


# --------------------------------------------------------------------------------- words in threads


async def test_a_word_in_the_thread_of_a_poll_replies_to_it(ear: Ear) -> None:
    [(_, _, content)] = await ear.hears(in_thread("agree", "$poll:4"))

    assert (content["text"], content["target"], content["in_thread"]) == ("agree", "poll:4", True)


async def test_a_word_in_any_other_thread_is_not_kept(ear: Ear) -> None:
    assert await ear.hears(in_thread("agree", "$meeting:1")) == []
    assert await ear.hears(in_thread("agree", "$somebodys")) == []


async def test_a_reply_in_the_thread_of_a_poll_is_for_whom_it_replies_to(ear: Ear) -> None:
    bens = {"m.in_reply_to": {"event_id": "$bens"}, "is_falling_back": False}

    assert await ear.hears(in_thread("agree", "$poll:4", **bens)) == []


# --------------------------------------------------------------------------- edits and redactions


async def test_new_words_for_a_voice_are_kept(ear: Ear) -> None:
    await cast("$voice")

    assert await ear.hears(edited("$voice", "block: too dear")) == [
        (
            "change",
            "reworded:$edit",
            {
                "change": Change.REWORDED,
                "target": "$voice",
                "text": "block: too dear",
                "event": "$edit",
            },
        )
    ]


async def test_new_words_for_what_is_no_voice_are_not_kept(ear: Ear) -> None:
    assert await ear.hears(edited("$voice", "block")) == []


async def test_nobody_rewords_the_voice_of_another(ear: Ear) -> None:
    await cast("$voice", person=BEN)

    assert await ear.hears(edited("$voice", "block", sender=ANA)) == []


async def test_new_words_in_clear_for_an_encrypted_voice_are_not_kept(keen_ear: Ear) -> None:
    await cast("$voice")

    assert await keen_ear.hears(edited("$voice", "block")) == []
    assert len(await keen_ear.hears(sealed(edited("$voice", "block")))) == 1


async def test_a_voice_and_its_edit_in_one_answer_are_both_kept_in_order(ear: Ear) -> None:
    reply = said("agree", "$voice", **TO_THE_POLL)

    kept = await ear.hears(reply, edited("$voice", "block"))

    assert [kind for kind, _, _ in kept] == ["message", "change"]


async def test_an_edit_by_another_in_the_same_answer_is_not_kept(ear: Ear) -> None:
    reply = said("agree", "$voice", **TO_THE_POLL)

    kept = await ear.hears(reply, edited("$voice", "block", sender=BEN))

    assert [kind for kind, _, _ in kept] == ["message"]


async def test_an_edit_of_what_still_waits_for_its_key_waits_behind_it(keen_ear: Ear) -> None:
    early = event("m.room.encrypted", {"clear": "sealed"}, "$voice")
    await keen_ear.hears(early)
    assert (await Heard.get(key="$voice")).state is Settled.SEALED

    [(kind, key, _)] = await keen_ear.hears(sealed(edited("$voice", "block")))

    assert (kind, key) == ("change", "reworded:$edit")


async def test_what_was_a_voice_is_heard_to_be_taken_back(ear: Ear) -> None:
    await cast("$voice")

    [(_, _, content)] = await ear.hears(redaction("$voice"))

    assert content == {"change": Change.TAKEN_BACK, "target": "$voice"}
    assert await ear.hears(redaction("$other")) == []


async def test_a_request_for_a_reminder_is_heard_to_be_taken_back_as_before(ear: Ear) -> None:
    await Reminder.create(
        room="!room", person=ANA, number=1, what="x", zone="UTC", request="$asked"
    )

    assert len(await ear.hears(redaction("$asked"))) == 1


async def test_a_message_that_asked_for_a_round_is_heard_to_be_taken_back(ear: Ear) -> None:
    await Round.create(
        room="!room",
        zone="UTC",
        asked_at=datetime(2026, 11, 22, tzinfo=UTC),
        state={},
        stage=Stage.READY,
        purpose="x",
        request="$asked",
    )

    assert len(await ear.hears(redaction("$asked"))) == 1


async def test_a_question_that_is_deleted_in_the_same_answer_is_heard_to_be_taken_back_behind_it(
    keen_ear: Ear,
) -> None:
    asked = sealed(said("!propose We meet", "$asked"))

    kept = await keen_ear.hears(asked, redaction("$asked"))

    assert [(kind, content.get("target")) for kind, _, content in kept] == [
        ("message", None),
        ("change", "$asked"),
    ]


async def test_a_message_that_began_what_is_still_asked_is_heard_to_be_taken_back_by_its_person(
    ear: Ear,
) -> None:
    data, soon = {"request": "$began"}, NOW + timedelta(hours=1)
    await Question.create(room="!room", person=ANA, inquiry="poll-topic", data=data, until=soon)

    assert await ear.hears(redaction("$began", sender=BEN)) == []
    assert len(await ear.hears(redaction("$began"))) == 1

    await Question.all().update(until=NOW)

    assert await ear.hears({**redaction("$began"), "event_id": "$late"}) == []


async def test_a_redaction_inside_an_encrypted_event_takes_nothing_back(keen_ear: Ear) -> None:
    await cast("$voice", person=BEN)
    joke = sealed(event("m.room.redaction", {"redacts": "$voice"}))

    assert await keen_ear.hears(joke) == []
    assert mapping(joke["content"])["clear"]["content"]["redacts"] == "$voice"


async def test_an_edit_is_talk_like_what_it_edits(ear: Ear) -> None:
    answer = {
        "rooms": {
            "join": {
                "!room": {
                    "timeline": {
                        "events": [
                            edited("$share", "new"),
                        ]
                    }
                }
            }
        }
    }

    news: News = await ear.reader.read(answer, "since", ())

    assert [(row.kind, row.content) for row in news.talk] == [
        (Kind.CHANGE, {"change": Change.SHARED, "event": "$edit"})
    ]


@pytest.mark.requirement("R49")
async def test_whoever_came_or_went_unseen_is_told_once_the_list_is_read_again(ear: Ear) -> None:
    await Room.filter(id="!room").update(kind=RoomKind.CREW, members_known=True)
    await set_members("!room", {ME: None, ANA: "Ana", BEN: "Ben"})
    news = News(member_lists={"!room": {ME: None, ANA: "Ana", "@cy:here": "Cy"}})

    stored = await ear.inbox.store(news, "cursor", first=False)

    assert [(row.sender, (row.content or {})["change"]) for row in stored] == [
        ("@cy:here", Change.JOINED),
        (BEN, Change.LEFT),
    ]


async def test_of_a_room_that_we_only_come_to_nobody_has_joined(ear: Ear) -> None:
    await Room.filter(id="!room").update(kind=RoomKind.CREW, members_known=True)
    news = News(member_lists={"!room": {ME: None, ANA: "Ana"}})

    assert await ear.inbox.store(news, "cursor", first=False) == []


async def test_when_we_are_made_to_leave_nobody_else_has_left(ear: Ear) -> None:
    await Room.filter(id="!room").update(kind=RoomKind.CREW, joined=False)
    await set_members("!room", {ME: None, ANA: "Ana"})
    news = News(member_lists={"!room": {}})

    assert await ear.inbox.store(news, "cursor", first=False) == []


# -------------------------------------------------------------------------------------- who comes


@pytest.fixture
async def tomorrow(ear: Ear) -> Meeting:
    """The meeting that is asked about under `meeting:1`."""
    return await Meeting.create(
        id=1,
        room="!room",
        occurrence="2026-11-23T19:00",
        local="2026-11-23T19:00",
        zone="Europe/Rome",
        at=NOW + timedelta(days=1, hours=9),
    )


@pytest.mark.requirement("R8")
async def test_while_it_is_asked_who_comes_the_very_words_answer_it_and_all_other_talk_is_not_kept(
    ear: Ear, tomorrow: Meeting
) -> None:
    heard = await ear.hears(
        said("Coming, and I bring bread", "$1"),
        said("are you coming?", "$2", BEN),
        said("yes", "$3", BEN),
        said("we are coming to think of it", "$4", BEN),
        said("not coming", "$5", BEN),
    )

    assert [(key, content["target"]) for _kind, key, content in heard] == [
        ("$1", "meeting:1"),
        ("$5", "meeting:1"),
    ]
    assert all(content["overheard"] for _kind, _key, content in heard)
    assert tomorrow.id == 1


async def test_what_somebody_who_is_asked_says_to_another_is_marked_as_said_to_them(
    ear: Ear,
) -> None:
    await Question.create(
        room="!room", person=ANA, inquiry="poll-topic", until=NOW + timedelta(hours=1)
    )
    relation: dict[str, Any] = {"m.in_reply_to": {"event_id": "$somebodys"}}
    mentioning = said("how are you?", "$2")
    mentioning["content"]["m.mentions"] = {"user_ids": [BEN]}

    heard = await ear.hears(
        said("how was it?", "$1", **relation), mentioning, said("we meet on Tuesdays", "$3")
    )

    assert [bool(content.get("aside")) for _kind, _key, content in heard] == [True, True, False]


async def test_whoever_says_coming_to_somebody_else_has_not_answered_us(
    ear: Ear, tomorrow: Meeting
) -> None:
    relation: dict[str, Any] = {"m.in_reply_to": {"event_id": "$somebodys"}}
    reply = said("coming", "$1", **relation)
    mentioning = said("coming", "$3")
    mentioning["content"]["m.mentions"] = {"user_ids": [BEN]}

    assert await ear.hears(reply, in_thread("coming", "$somebodys"), mentioning) == []
    assert tomorrow.id == 1


@pytest.mark.parametrize(
    "change",
    [{"at": NOW - timedelta(hours=1)}, {"standing": "skipped"}, {"room": "!other"}],
    ids=["begun", "left out", "another room"],
)
async def test_coming_is_talk_where_nothing_asks_who_comes(
    ear: Ear, tomorrow: Meeting, change: dict[str, Any]
) -> None:
    await Meeting.filter(id=tomorrow.id).update(**change)

    assert await ear.hears(said("coming")) == []


async def test_coming_is_talk_until_the_question_was_said(ear: Ear, tomorrow: Meeting) -> None:
    await Owed.filter(name=f"meeting:{tomorrow.id}").update(state=Delivery.OWED)

    assert await ear.hears(said("coming")) == []


async def test_coming_in_an_encrypted_room_answers_when_it_came_encrypted(
    keen_ear: Ear,
) -> None:
    at = NOW + timedelta(days=1)
    local = "2026-11-23T10:00"
    await Meeting.create(
        id=1, room="!room", occurrence=local, local=local, zone="Europe/Rome", at=at
    )

    [(_, key, content)] = await keen_ear.hears(sealed(said("coming", "$1")), said("coming", "$2"))

    assert (key, content["target"]) == ("$1", "meeting:1")


async def test_a_congregations_space_that_lists_a_room_anew_is_heard_once(database: str) -> None:
    await Room.create(
        id="!room", joined=True, is_space=True, kind=RoomKind.CONGREGATION, version="10"
    )
    ear = Ear()
    for room in await Room.all():
        ear.rooms.keep(room)
    child = {
        "type": "m.space.child",
        "state_key": "!crew",
        "sender": ANA,
        "content": {"via": ["here"]},
    }

    listed = await ear.hears({**child, "event_id": "$first"})
    again = await ear.hears({**child, "event_id": "$again"})
    taken_out = await ear.hears({**child, "content": {}, "event_id": "$out"})

    assert [(kind, content) for kind, _key, content in listed] == [
        ("change", {"change": Change.LISTED, "child": "!crew"})
    ]
    assert (again, taken_out) == ([], [])
    assert (await Room.get(id="!room")).children == []


async def test_what_another_room_lists_is_no_news(database: str) -> None:
    await Room.create(id="!room", joined=True, kind=RoomKind.CREW, version="10")
    child = {
        "type": "m.space.child",
        "state_key": "!crew",
        "sender": ANA,
        "content": {"via": ["here"]},
    }

    assert await Ear().hears({**child, "event_id": "$first"}) == []
