"""How a crew ends, and how somebody leaves it: with one yes, no reason, and time to take things along."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tortoise import Tortoise

from handlers.language import Change
from practices.calling import as_state, plain_call
from practices.circles import Life, RoomKind
from storage import belongings
from storage.callings import Calling, Stage
from storage.charters import Assent, CharterLine
from storage.coming import Coming
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.energy import Energy
from storage.hosting import Hosting
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.members import Member
from storage.presence import Presence
from storage.questions import Question
from storage.reminders import Reminder
from storage.retrospectives import Retrospective
from storage.rooms import Room
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, person

THREE = ("ana", "ben", "cleo")

#: Tables that belong to people, to everybody, or to the daemon, and to no circle.
OF_NO_ROOM = {
    "acceptance", "asking", "calling", "carried", "condemned_key", "dyad", "fact", "interest", "money_note", "money_opening", "own_prompt",
    "own_review",
    "pathway", "person", "preference", "reflection", "reflection_side",
}  # fmt: skip


async def with_a_past(house: PlayedHouse, **columns: Any) -> PlayedRoom:
    """A crew with a rhythm, a charter, something taken on, and a meeting behind it."""
    crew = await house.crew(life=Life.ACTIVE, **columns)
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    line = await CharterLine.create(room=crew.id, key="own", place=1, text="Shoes off.", holds=True)
    await Assent.create(room=crew.id, line=line.id, person=person("ana"))
    await Commitment.create(room=crew.id, owner=person("ben"), what="bring tea", made_at=house.now)
    await Decision.create(
        room=crew.id, what="We meet at Lee's.", person=person("cleo"), made_at=house.now
    )
    past = await Meeting.create(
        room=crew.id, occurrence="2026-11-19T19:00", local="2026-11-19T19:00", zone="Europe/Rome",
        at=datetime(2026, 11, 19, 18, tzinfo=UTC), held=True,
    )  # fmt: skip
    await Coming.create(meeting=past.id, person=person("ana"), answer="coming")
    for who in ("ana", "ben"):
        await Presence.create(meeting=past.id, person=person(who), came=True)
    await Retrospective.create(
        room=crew.id,
        opened_at=house.now,
        closes_at=house.now,
        purpose="circle:x",
        shown_at=house.now,
    )
    return crew


async def closed(house: PlayedHouse, **columns: Any) -> tuple[PlayedRoom, list[str]]:
    crew = await with_a_past(house, **columns)
    await crew.says("ana", "!close")
    told: list[str] = []
    for who in THREE:
        told = await crew.taps(who, "✅")
    return crew, told


def last_file(house: PlayedHouse) -> dict[str, Any]:
    content = dict(next(owed for owed in reversed(house.owed) if owed.deed == "file").content or {})
    read = json.loads(base64.b64decode(str(content["data"])))
    assert isinstance(read, dict)
    return read


# -------------------------------------------------------------------------------------------- closing


@pytest.mark.requirement("R60")
async def test_a_crew_ends_when_all_agree_and_nothing_is_planned_from_then_on(
    house: PlayedHouse,
) -> None:
    crew, told = await closed(house)

    row = await crew.row()
    later = await house.passes(timedelta(days=13))

    assert (row.kind, row.life) == (RoomKind.CREW, Life.CLOSED)
    assert "✎ All of you have agreed." in told
    assert [
        text
        for text in told
        if "Until **Sunday 6 December, 10:00** each of you can take along" in text
    ]
    assert await Meeting.filter(room=crew.id, at__gt=house.now).count() == 0
    assert later == []


@pytest.mark.requirement("R27")
async def test_with_the_meetings_ahead_goes_what_was_said_for_them(house: PlayedHouse) -> None:
    crew = await with_a_past(house)
    ahead = await Meeting.filter(room=crew.id, at__gt=house.now).first()
    assert ahead is not None
    await Energy.create(meeting=ahead.id, person=person("ana"), sealed="x")
    await Hosting.create(meeting=ahead.id, person=person("ana"))
    await Presence.create(meeting=ahead.id, person=person("ana"), came=True)

    await crew.says("ana", "!close")
    for who in THREE:
        await crew.taps(who, "✅")

    for model in (Energy, Hosting, Presence):
        assert await model.filter(meeting=ahead.id).count() == 0, model


@pytest.mark.requirement("R13")
async def test_one_no_is_enough_for_the_crew_to_stay_and_is_not_named(house: PlayedHouse) -> None:
    crew = await with_a_past(house)
    await crew.says("ana", "!close")
    await crew.taps("ana", "✅")

    [told] = await crew.taps("ben", "✋")

    assert told.startswith("✎ The crew stays: not everybody wishes its end now")
    assert "Ben" not in told
    assert (await crew.row()).life is Life.ACTIVE
    assert await crew.taps("cleo", "✅") == []
    assert await Meeting.filter(room=crew.id, at__gt=house.now).exists()


async def test_two_of_three_do_not_end_it(house: PlayedHouse) -> None:
    crew = await with_a_past(house)
    await crew.says("ana", "!close")
    for who in ("ana", "ben", "ana", "ben", "zoe"):
        await crew.taps(who, "✅")

    assert (await crew.row()).life is Life.ACTIVE


@pytest.mark.requirement("R57")
async def test_what_was_chosen_in_a_retrospective_that_the_end_overtook_is_forgotten(
    house: PlayedHouse,
) -> None:
    crew = await with_a_past(house)
    private = await house.private("ana")
    await crew.says("ana", "!retrospective")
    await private.says("ana", "split")
    await crew.says("ana", "!close")
    for who in THREE:
        await crew.taps(who, "✅", on=crew.asked("end? Meetings ahead"))

    assert (await crew.row()).life is Life.CLOSED
    assert await Retrospective.filter(sealed__not_isnull=True).count() == 0
    assert await Question.filter(inquiry="retrospective").count() == 0


@pytest.mark.requirement("R60")
async def test_each_member_gets_what_the_crew_kept_and_nobody_elses_answers(
    house: PlayedHouse,
) -> None:
    await closed(house)
    private = {who: await house.private(who) for who in ("ana", "cleo", "zoe")}
    house.now += timedelta(days=13)

    await private["ana"].says("ana", "export crew")
    anas = last_file(house)
    await private["cleo"].says("cleo", "export crew kitchen crew")
    cleos = last_file(house)
    [refused] = await private["zoe"].says("zoe", "export crew Kitchen Crew")

    assert anas["charter"] == [{"about": "own", "text": "Shoes off."}]
    assert [each["what"] for each in anas["commitments"]] == ["bring tea"]
    assert [each["decided"] for each in anas["decisions"]] == ["We meet at Lee's."]
    [meeting] = anas["meetings"]
    assert (meeting["your_answer"], meeting["there"]) == ("coming", ["Ana", "Ben"])
    [hers] = cleos["meetings"]
    assert (hers["your_answer"], hers["there"]) == (None, None)
    assert "There are: none" in refused


@pytest.mark.requirement("R60")
async def test_whoever_leaves_after_the_end_can_still_take_things_along(house: PlayedHouse) -> None:
    crew, _told = await closed(house)
    private = await house.private("ben")
    await crew.leaves("ben")

    told = await private.says("ben", "export crew")

    assert told[0] == "📄 kinkeeper-about-your-crew.json"


@pytest.mark.requirement("R60")
async def test_after_fourteen_days_all_of_it_is_deleted_and_the_room_is_left(
    house: PlayedHouse,
) -> None:
    crew, _told = await closed(house)
    private = await house.private("ana")
    await crew.says("ana", "!remind in 30 days sing")

    told = await house.passes(timedelta(days=14))

    assert told[0].startswith("The days to take things along are over")
    assert told[-1] == f"⇄ leave {crew.id}"
    for model in belongings.belongings():
        if belongings.table(model) != "question":
            assert await model.filter(room=crew.id).count() == 0, belongings.table(model)
    assert (
        await Coming.all().count()
        == await Presence.all().count()
        == await Assent.all().count()
        == 0
    )
    assert await Reminder.all().count() == 0
    assert await Heard.filter(room=crew.id, kind=Kind.HOUR, state=Settled.WAITING).count() == 0
    assert (await crew.row()).kind is RoomKind.NONE
    assert "There are: none" in (await private.says("ana", "export crew"))[0]


@pytest.mark.requirement("R60")
async def test_every_table_there_is_belongs_to_a_room_to_a_part_of_one_or_to_none(
    house: PlayedHouse,
) -> None:
    known = {belongings.table(model) for model in Tortoise.apps["kinkeeper"].values()}
    of_rooms = {belongings.table(model) for model in belongings.belongings()}
    of_parts = {
        belongings.table(part)
        for model in belongings.belongings()
        for part, _column in belongings.parts(model)
    }

    assert known - of_rooms - of_parts - belongings.NOT_THE_CIRCLES == OF_NO_ROOM
    assert {"coming", "presence", "energy", "hosting"} <= of_parts
    assert {
        "retrospective",
        "split",
        "visitor",
        "meeting",
        "charter_line",
        "commitment",
    } <= of_rooms


@pytest.mark.requirement("R60")
async def test_in_a_room_of_our_making_its_people_own_it_alone_in_the_end(
    house: PlayedHouse,
) -> None:
    crew, _told = await closed(house, creators=[ME])
    await Room.filter(id=crew.id).update(power={"users": {ME: 100}, "kick": 100, "invite": 100})

    told = await house.passes(timedelta(days=14))

    assert told[-2:] == ["⚙ m.room.power_levels", f"⇄ leave {crew.id}"]
    [power] = [owed for owed in house.owed if owed.type == "m.room.power_levels"]
    assert (power.content or {})["users"] == {person(who): 100 for who in THREE}
    assert (power.content or {})["kick"] == 100


@pytest.mark.parametrize(
    "power",
    [{"users": {ME: 50}}, {"users": {ME: 100, "@ana:here": 100}}],
)
async def test_where_a_room_is_somebodys_own_already_its_power_is_not_touched(
    house: PlayedHouse, power: dict[str, object]
) -> None:
    crew, _told = await closed(house)
    await Room.filter(id=crew.id).update(power=power)

    assert "⚙ m.room.power_levels" not in await house.passes(timedelta(days=14))


async def test_in_a_new_room_version_a_creator_is_not_named_beside_the_others(
    house: PlayedHouse,
) -> None:
    crew, _told = await closed(house, creators=[ME])
    await Room.filter(id=crew.id).update(version="12", creators=[ME], power={"users": {}})

    await house.passes(timedelta(days=14))

    [power] = [owed for owed in house.owed if owed.type == "m.room.power_levels"]
    assert (power.content or {})["users"] == {person(who): 100 for who in THREE}


@pytest.mark.requirement("R61")
async def test_each_former_member_hears_privately_of_open_calls_and_can_call_a_crew(
    house: PlayedHouse,
) -> None:
    space = await house.space("Lakeside", [*THREE, "lee"], ["lee"])
    said = as_state(plain_call(house.now, ZoneInfo("Europe/Rome")))
    await Calling.create(
        caller=person("lee"), congregation=space.id, number=1, said=said, stage=Stage.OPEN,
        closes_at=house.now + timedelta(days=14),
    )  # fmt: skip
    for who in THREE:
        await house.private(who)

    _crew, told = await closed(house, congregation=space.id)

    private = [text for text in told if "Thank you for having been part of it." in text]
    assert len(private) == 3
    assert all("Open calls just now:\n\n- **Lee** calls:" in text for text in private)
    assert all("You can call a crew of your own" in text for text in private)


@pytest.mark.requirement("R15")
async def test_nobody_hears_of_it_at_night(house: PlayedHouse) -> None:
    crew = await with_a_past(house)
    await crew.says("ana", "!close")
    await crew.taps("ana", "✅")
    await crew.taps("ben", "✅")
    house.now = datetime(2026, 11, 22, 22, tzinfo=UTC)

    told = await crew.taps("cleo", "✅")
    morning = await house.passes(until=datetime(2026, 11, 23, 7, 1, tzinfo=UTC))

    assert not [text for text in told if "Thank you for having been part" in text]
    assert len([text for text in morning if "Thank you for having been part" in text]) == 3


async def test_a_crew_that_has_ended_can_be_taken_up_again_by_all(house: PlayedHouse) -> None:
    crew, _told = await closed(house)

    [refused] = await crew.says("ana", "!rhythm every friday 19:00")
    await crew.says("ana", "!wake")
    for who in THREE:
        told = await crew.taps(who, "🔁")

    assert "This crew has ended" in refused
    assert [text for text in told if text.startswith("Welcome back. The next meeting is")]
    assert (await crew.row()).life is Life.ACTIVE
    assert not [text for text in await house.passes(timedelta(days=20)) if "I leave" in text]


async def test_two_cannot_take_up_an_ended_crew(house: PlayedHouse) -> None:
    crew, _told = await closed(house)
    await crew.leaves("cleo")

    assert "A crew begins with three people" in (await crew.says("ana", "!wake"))[0]


async def test_nobody_alone_can_have_the_things_of_an_ended_crew_deleted(
    house: PlayedHouse,
) -> None:
    crew, _told = await closed(house)

    assert "This crew has ended" in (await crew.says("ben", "!release"))[0]
    assert await CharterLine.filter(room=crew.id).exists()


async def test_close_with_the_sign_in_front_answers_those_who_are_two(house: PlayedHouse) -> None:
    crew = await house.crew(life=Life.ACTIVE)
    await crew.leaves("cleo")

    assert await crew.says("ana", "!close") == []
    told = await crew.says("ben", "!close")

    assert "✎ You close it together." in told
    assert (await crew.row()).life is Life.CLOSED


@pytest.mark.requirement("R142")
async def test_when_a_crew_closes_its_dyads_keep_what_they_have(house: PlayedHouse) -> None:
    pair = await house.room("Ana and Ben", ["ana", "ben"], kind=RoomKind.DYAD)
    await pair.says("ana", "!rhythm every monday 18:00")
    await pair.taps("ana", "✅")
    await closed(house)

    told = await house.passes(timedelta(days=20))

    assert [text for text in told if "Ana and Ben meets" in text or "the Ana and Ben" in text]
    assert (await pair.row()).rhythm is not None


async def test_an_ended_crew_whose_database_was_lost_is_left_in_time(house: PlayedHouse) -> None:
    crew = await house.crew(life=Life.CLOSED)
    await crew.reports(Change.REBUILT)

    assert f"⇄ leave {crew.id}" in await house.passes(timedelta(days=14))


# ------------------------------------------------------------------------------------- saying thanks


async def chosen_to_end(house: PlayedHouse) -> tuple[PlayedRoom, list[str]]:
    crew = await with_a_past(house)
    await Question.create(
        room=crew.id, inquiry="way", data={"retrospective": 1}, until=house.now + timedelta(days=1)
    )
    await Retrospective.filter(id=1).update(way=None)
    told: list[str] = []
    for who in THREE:
        told = await crew.says(who, "!end")
    return crew, told


async def test_a_last_meeting_to_say_thanks_is_proposed_and_then_the_crew_closes(
    house: PlayedHouse,
) -> None:
    crew, told = await chosen_to_end(house)

    assert [
        text
        for text in told
        if "Your meeting of **Thursday 26 November, 19:00** can be the one" in text
    ]
    before = await house.passes(until=datetime(2026, 11, 27, 8, 59, tzinfo=UTC))
    after = await house.passes(until=datetime(2026, 11, 27, 9, 1, tzinfo=UTC))
    assert [text for text in before if "the Kitchen Crew meets" in text]
    assert [text for text in after if text.startswith("The **Kitchen Crew** has ended")]
    assert (await crew.row()).life is Life.CLOSED


async def test_one_who_says_not_yet_keeps_the_crew(house: PlayedHouse) -> None:
    crew, _told = await chosen_to_end(house)

    assert await crew.taps("zoe", "✋", on=crew.asked("the crew closes")) == []
    [told] = await crew.taps("ben", "✋", on=crew.asked("the crew closes"))
    later = await house.passes(timedelta(days=40))

    assert told.startswith("✎ The crew stays as it is")
    assert (await crew.row()).life is Life.ACTIVE
    assert not [text for text in later if "has ended" in text]


async def test_all_can_part_at_once(house: PlayedHouse) -> None:
    crew, _told = await chosen_to_end(house)
    question = crew.asked("the crew closes")

    [first] = await crew.taps("ana", "👋", on=question)
    [second] = await crew.taps("ben", "👋", on=question)
    await crew.taps("cleo", "👋", on=question)

    assert first.endswith("1 of 3 would close now.")
    assert second.endswith("2 of 3 would close now.")

    assert (await crew.row()).life is Life.CLOSED
    later = await house.passes(timedelta(days=10))
    assert not [text for text in later if "has ended" in text]


# -------------------------------------------------------------------------------------------- leaving


@pytest.mark.requirement("R11")
@pytest.mark.requirement("R12")
async def test_leaving_takes_one_command_and_one_yes_and_says_no_more_than_that(
    house: PlayedHouse,
) -> None:
    crew = await with_a_past(house)
    private = await house.private("ben")

    asked = await crew.says("ben", "!leave")
    told = await private.taps("ben", "✅")
    gone = await crew.leaves("ben")

    assert asked[1] == "I have asked you in our private chat."
    assert "No reason is needed" in asked[0]
    assert "`export` in our private chat first" in asked[0]
    assert told[:2] == ["⇄ remove ben", "Ben is no longer in this crew."]
    assert not [text for text in gone if "Ben" in text]
    assert await Commitment.filter(owner=person("ben")).count() == 0


@pytest.mark.requirement("R11")
async def test_what_somebody_did_stays_done_when_they_leave(house: PlayedHouse) -> None:
    crew = await house.crew()
    for what, done_at in (("bring tea", house.now), ("call Lee", None)):
        await Commitment.create(
            room=crew.id, owner=person("ben"), what=what, done_at=done_at, made_at=house.now
        )

    await crew.leaves("ben")

    assert [each.what for each in await Commitment.all()] == ["bring tea"]


@pytest.mark.requirement("R11")
async def test_whoever_hesitates_has_shown_it_to_nobody(house: PlayedHouse) -> None:
    crew = await house.crew()
    private = await house.private("ben")
    await crew.says("ben", "!leave")

    assert await private.taps("ben", "✋") == ["Nothing was changed."]
    assert await Member.filter(room=crew.id, person=person("ben")).exists()
    assert [owed.lane for owed in house.owed if owed.deed == "remove"] == []


@pytest.mark.requirement("R11")
async def test_a_crew_can_be_left_by_its_name_in_private(house: PlayedHouse) -> None:
    await house.crew()
    await house.crew("Garden Crew", ["ben", "dan", "eve"])
    private = await house.private("ben")

    [which] = await private.says("ben", "leave")
    [asked] = await private.says("ben", "garden crew")
    told = await private.says("ben", "yes")

    assert "You can leave: Garden Crew, Kitchen Crew." in which
    assert asked.startswith("You would leave **Garden Crew**.")
    assert told[0] == "⇄ remove ben"
    assert [owed.lane for owed in house.owed if owed.deed == "remove"] == ["!garden-crew:here"]


async def test_leaving_twice_does_nothing_more(house: PlayedHouse) -> None:
    crew = await house.crew()
    private = await house.private("ben")
    await crew.says("ben", "!leave")
    await crew.says("ben", "!leave")
    await private.says("ben", "yes")
    await crew.leaves("ben")

    told = await private.says("ben", "yes")
    by_name = await private.says("ben", "leave Kitchen Crew")

    assert "No question of mine" in told[0]
    assert "of no crew of yours" in by_name[0]
    assert len([owed for owed in house.owed if owed.deed == "remove"]) == 1


async def test_nobody_can_confirm_for_somebody_else(house: PlayedHouse) -> None:
    crew = await house.crew()
    await house.private("ben")
    cleo = await house.private("cleo")
    await crew.says("ben", "!leave")

    assert await cleo.taps("cleo", "✅", on="question:1") == []
    assert await crew.taps("cleo", "✅", on="question:1") == []


async def test_whoever_left_our_private_chat_is_asked_in_the_room(house: PlayedHouse) -> None:
    crew = await house.crew()
    private = await house.private("ben")
    await Room.filter(id=private.id).update(joined=False)

    [asked] = await crew.says("ben", "!leave")
    told = await crew.taps("ben", "✅")

    assert asked.startswith("You would leave **Kitchen Crew**")
    assert told == ["⇄ remove ben", "Ben is no longer in this crew."]


async def test_where_the_room_does_not_let_us_the_way_out_is_told(house: PlayedHouse) -> None:
    crew = await house.crew(moderators=["ben"])
    private = await house.private("ben")
    await crew.says("ben", "!leave")

    [told] = await private.says("ben", "yes")

    assert "In your app: open the room" in told
    assert await Member.filter(room=crew.id, person=person("ben")).exists()


async def test_a_name_of_another_circle_is_not_taken_for_this_one(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ben", "!leave Lakeside")

    assert "by itself takes you out of this room" in told
    assert await Question.all().count() == 0


async def test_two_circles_of_one_name_are_told_apart_in_their_rooms(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await house.space("Lakeside", ["ana"], ["ana"])
    crew = await house.crew("Garden", ["ana", "ben", "cleo"])
    await Room.filter(id=crew.id).update(name="Lakeside")

    [told] = await private.says("ana", "leave Lakeside")

    assert "More than one of your circles is called" in told


@pytest.mark.requirement("R2")
async def test_leaving_one_crew_changes_nothing_in_another(house: PlayedHouse) -> None:
    crew = await house.crew()
    other = await with_a_past(house, name="Garden Crew", people=["ana", "ben", "cleo"])
    await house.private("ben")

    await crew.says("ben", "!leave")
    await crew.leaves("ben")

    assert await Member.filter(room=other.id, person=person("ben")).exists()
    assert await Commitment.filter(owner=person("ben")).count() == 1
