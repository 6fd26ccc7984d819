"""What is kept about a person: shown to them alone, and gone when they say so."""

import base64
import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from tortoise.models import Model

from storage.coming import Coming
from storage.database import MODELS
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.members import Member
from storage.outbox import Owed
from storage.people import Person
from storage.reminders import Reminder
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, person

#: What a homeserver tells every member of a room anew: who is in it, and by which rules.
SHARED = {
    (Member, "person"),
    (Member, "name"),
    (Room, "private_with"),
    (Room, "power"),
    (Room, "id"),
    (Room, "name"),
}


async def lived(house: PlayedHouse) -> tuple[PlayedRoom, PlayedRoom]:
    crew = await house.crew(
        "Kitchen", people=["anastasia", "benedict", "cleo"], moderators=["anastasia"]
    )
    private = await house.private("anastasia")
    await house.private("benedict")
    await crew.says("anastasia", "!rhythm third thursday 19:00")
    await crew.taps("anastasia", "✅")
    await private.says("anastasia", "timezone Auckland")
    await private.says("anastasia", "quiet 22:00-07:00")
    await private.says("anastasia", "remind every day 9:00 water the orchids")
    await crew.says("benedict", "!remind friday 9:00 hide the present")
    await crew.says("anastasia", "!quiet here")
    await crew.says("benedict", "!settings ask-hours 48")
    await crew.taps("anastasia", "✅")
    await house.passes(until=datetime(2026, 12, 16, 18, 5, tzinfo=UTC))
    await crew.taps("anastasia", "🤫", on="meeting:1")
    await crew.taps("benedict", "❌", on="meeting:1")
    await crew.says("anastasia", "!skip")
    await private.says("anastasia", "remind")
    return crew, private


async def exported(house: PlayedHouse, private: PlayedRoom, who: str) -> tuple[dict[str, Any], str]:
    told = await private.says(who, "export")
    assert told == [
        "📄 kinkeeper-about-you.json",
        "This is all I keep about you. `forget me` removes it.",
    ]
    content = next(owed for owed in reversed(house.owed) if owed.deed == "file").content
    assert content is not None
    text = base64.b64decode(str(content["data"])).decode()
    return json.loads(text), text


@pytest.mark.requirement("R12")
async def test_a_person_gets_what_is_kept_about_them_and_nothing_about_anybody_else(
    house: PlayedHouse,
) -> None:
    _crew, private = await lived(house)

    found, text = await exported(house, private, "anastasia")

    assert found["settings"] == {
        "timezone": "Pacific/Auckland", "quiet_from": "22:00", "quiet_until": "07:00", "muted": False
    }  # fmt: skip
    assert "water the orchids" in text
    assert found["attendance"] == [
        {"meeting": "2026-12-17T19:00", "room": "Kitchen", "answer": "quietly"}
    ]
    assert found["host_of"] == found["muted_in"] == ["!kitchen:here"]
    assert found["your_answers_to_open_questions"] == [
        {"about": "setting", "room": "Kitchen", "answer": "yes"}
    ]
    assert {each["about"] for each in found["open_questions"]} == {"skip", "missing"}
    for other in ("benedict", "Benedict", "cleo", "Cleo", "present"):
        assert other not in text


@pytest.mark.requirement("R12")
async def test_a_question_whose_time_is_over_is_not_called_open(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind")
    open_, _text = await exported(house, private, "ana")

    await house.passes(timedelta(weeks=5))
    over, _text = await exported(house, private, "ana")

    assert [each["about"] for each in open_["open_questions"]] == ["missing"]
    assert over["open_questions"] == []
    assert [each["about"] for each in over["questions_that_are_over_and_not_deleted_yet"]] == [
        "missing"
    ]


async def mentions_of(who: str) -> list[str]:
    """Every table and column in which a person, or what they wrote, still stands."""
    found = []
    for module in MODELS:
        for model in vars(import_module(module)).values():
            if not (isinstance(model, type) and issubclass(model, Model) and model is not Model):
                continue
            found += [
                f"{model.__name__}.{column}: {value}"
                for row in await model.all().values()
                for column, value in row.items()
                if any(word in str(value) for word in (f"@{who}", who.capitalize(), "orchids"))
                and (model, column) not in SHARED
            ]
    return found


@pytest.mark.requirement("R12")
async def test_forget_me_leaves_nothing_of_the_person_in_any_table(house: PlayedHouse) -> None:
    crew, private = await lived(house)
    await Heard.create(
        key="$sealed", kind=Kind.MESSAGE, room=crew.id, sender=person("anastasia"), at=house.now,
        session="s1", state=Settled.SEALED, content={"sender": person("anastasia")},
    )  # fmt: skip
    await Owed.create(
        transaction="old",
        lane=person("anastasia"),
        deed="send",
        state="sent",
        room=private.id,
        made_at=house.now,
    )
    await Room.filter(id=crew.id).update(invited_by=person("anastasia"))
    await private.says("anastasia", "stop")
    assert await mentions_of("anastasia")

    [asked] = await private.says("anastasia", "forget me")
    told = await private.says("anastasia", "yes")
    await house.passes(timedelta(hours=2))

    assert "`export` first gives you a copy" in asked
    assert told[-1].startswith("Done: I keep nothing about you but that we share rooms")
    assert await mentions_of("anastasia") == []
    assert (await crew.row()).host is None


@pytest.mark.requirement("R12")
async def test_what_others_have_stays_theirs(house: PlayedHouse) -> None:
    crew, private = await lived(house)
    await private.says("anastasia", "stop")
    await private.says("anastasia", "forget me")
    await private.says("anastasia", "yes")

    assert await Coming.filter(person=person("benedict")).count() == 1
    assert await Reminder.all().count() == await Reminder.filter(person=person("benedict")).count()
    assert await Meeting.all().count() == 1
    assert (await crew.row()).rhythm is not None


async def test_the_rooms_own_state_names_a_forgotten_host_no_more(house: PlayedHouse) -> None:
    _crew, private = await lived(house)
    await private.says("anastasia", "stop")
    await private.says("anastasia", "forget me")

    assert "⚙ org.kinkeeper.circle" in await private.says("anastasia", "yes")
    state = next(owed for owed in reversed(house.owed) if owed.deed == "state")
    assert "anastasia" not in str(state.content)


async def test_a_no_forgets_nothing(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "timezone Lisbon")
    await private.says("ana", "forget me")

    assert await private.says("ana", "no") == ["Nothing was deleted."]
    assert await Person.all().count() == 1


async def test_nobody_is_forgotten_on_anothers_word(house: PlayedHouse) -> None:
    private = await house.private("ana")

    assert await private.says("ana", "forget ben") == [
        "I forget only whoever asks me to: `forget me`. Nothing was changed."
    ]


async def test_an_export_of_somebody_unknown_is_empty_and_kind(house: PlayedHouse) -> None:
    private = await house.private("zoe")

    found, _text = await exported(house, private, "zoe")

    assert found["settings"] == {}
    assert found["reminders"] == found["attendance"] == found["muted_in"] == []


@pytest.mark.parametrize("command", ["export", "forget me"])
@pytest.mark.requirement("R9")
async def test_what_is_private_is_never_answered_in_a_room_of_many(
    house: PlayedHouse, command: str
) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", f"!{command}")

    assert "between you and me" in told
