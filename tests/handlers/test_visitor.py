"""A visiting helper: by the consent of all, bound by their agreements, and gone by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.language import Change
from practices.circles import Life, RoomKind
from storage.charters import CharterLine
from storage.coming import Coming
from storage.meetings import Meeting
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room
from storage.visitors import Visitor
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, person

THREE = ("ana", "ben", "cleo")


async def a_crew(house: PlayedHouse, **columns: Any) -> PlayedRoom:
    crew = await house.crew(life=Life.ACTIVE, **columns)
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    return crew


async def agreed(
    house: PlayedHouse, words: str = "@lee:here for 2 meetings", **columns: Any
) -> tuple[PlayedRoom, PlayedRoom, list[str]]:
    """The crew and the guest's private chat, after all members have said yes."""
    crew = await a_crew(house, **columns)
    lee = await house.private("lee")
    await crew.says("ana", f"!helper {words}")
    question = crew.asked("sit with you as a helper")
    told: list[str] = []
    for who in THREE:
        told = await crew.taps(who, "✅", on=question)
    return crew, lee, told


async def visited(
    house: PlayedHouse, words: str = "@lee:here for 2 meetings", **columns: Any
) -> tuple[PlayedRoom, PlayedRoom]:
    crew, lee, _told = await agreed(house, words, **columns)
    await lee.says("lee", "yes")
    await crew.joins("lee")
    return crew, lee


# ------------------------------------------------------------------------------------------ asking in


@pytest.mark.requirement("R144")
async def test_a_guest_is_asked_only_when_every_member_has_said_yes(house: PlayedHouse) -> None:
    crew = await a_crew(house)
    await house.private("lee")

    [asked] = await crew.says("ana", "!helper @lee:here for 2 meetings")
    question = crew.asked("sit with you as a helper")
    early = [await crew.taps(who, "✅", on=question) for who in ("ana", "ben", "zoe", "ben")]
    last = await crew.taps("cleo", "✅", on=question)

    assert "sit with you as a helper for **two meetings**?" in asked
    assert "The visit ends by itself" in asked
    assert not [text for texts in early for text in texts if "would like your help" in text]
    assert "✎ All of you have agreed: I ask" in last[0]
    assert "would like your help" in last[1]


@pytest.mark.requirement("R144")
async def test_one_no_and_nobody_is_asked(house: PlayedHouse) -> None:
    crew = await a_crew(house)
    await crew.says("ana", "!helper @lee:here for 2 meetings")

    [told] = await crew.taps("ben", "✋", on=crew.asked("sit with you as a helper"))

    assert told == "✎ Nobody is asked in this time, and that needs no reason."
    assert await Visitor.all().count() == 0


@pytest.mark.requirement("R144")
async def test_the_guest_reads_what_binds_them_and_says_yes_before_being_invited(
    house: PlayedHouse,
) -> None:
    crew = await a_crew(house)
    lee = await house.private("lee")
    await CharterLine.create(room=crew.id, key="own", place=2, text="Shoes off.", holds=True)
    await CharterLine.create(room=crew.id, key="own", place=3, text="Not agreed yet.", holds=False)
    await crew.says("ana", "!helper @lee:here for 3 meetings")
    for who in THREE:
        told = await crew.taps(who, "✅", on=crew.asked("sit with you as a helper"))

    answer = await lee.says("lee", "yes")

    assert "Shoes off" in told[1]
    assert "Not agreed" not in told[1]
    assert "without a vote or points" in told[1]
    assert "by 7 March at the latest" in told[1]
    assert answer[0] == "⇄ invite lee"


async def test_without_a_charter_confidence_holds(house: PlayedHouse) -> None:
    _crew, _lee, told = await agreed(house)

    assert "- What is said in the crew stays in the crew." in told[1]


@pytest.mark.requirement("R13")
async def test_a_guest_who_does_not_come_gives_no_reason(house: PlayedHouse) -> None:
    _crew, lee, _told = await agreed(house)

    told = await lee.says("lee", "no")

    assert told == [
        "That is fine, and needs no reason. They hear “not this time”.",
        "lee does not come this time.",
    ]
    assert await Visitor.all().count() == 0
    assert "guest" not in {name for name, _at in await house.hours()}


@pytest.mark.requirement("R13")
async def test_silence_is_the_same_as_not_this_time(house: PlayedHouse) -> None:
    await agreed(house)

    told = await house.passes(timedelta(days=14, minutes=1))

    assert "lee does not come this time." in told
    assert await Visitor.all().count() == 0


@pytest.mark.requirement("R144")
@pytest.mark.parametrize(("words", "why"), [
    ("@lee:here for 4 meetings", "one to three meetings"),
    ("@lee:here for ever", "number of meetings"),
    ("Nobody for 2 meetings", "nobody here by the name"),
    ("@ben:here for 2 meetings", "one of you already"),
    ("@kinkeeper:here for 2 meetings", "with you already"),
])  # fmt: skip
async def test_what_is_no_visit_is_refused_with_what_works(
    house: PlayedHouse, words: str, why: str
) -> None:
    crew = await a_crew(house)

    [told] = await crew.says("ana", f"!helper {words}")

    assert why in told
    assert await Visitor.all().count() == await Question.all().count() == 0


async def test_without_a_number_it_is_asked_for(house: PlayedHouse) -> None:
    crew = await a_crew(house)

    [asked] = await crew.says("ana", "!helper @lee:here")
    [proposed] = await crew.taps("ana", "1️⃣")

    assert asked.startswith("For how many meetings shall")
    assert "for **one meeting**?" in proposed


@pytest.mark.parametrize(
    "words",
    [
        "Lee for 2 meetings",
        "@lee for 2 meetings",
        "[Lee](https://matrix.to/#/@lee:here) for 2 meetings",
    ],
)
async def test_somebody_of_the_congregation_can_be_called_by_name(
    house: PlayedHouse, words: str
) -> None:
    space = await house.space("Lakeside", [*THREE, "lee"], ["ana"])
    crew = await a_crew(house, congregation=space.id)

    [asked] = await crew.says("ana", f"!helper {words}")

    assert "**Lee** sit with you" in asked


@pytest.mark.requirement("R144")
async def test_a_guest_is_called_by_no_name_from_a_room_that_the_crew_does_not_share(
    house: PlayedHouse,
) -> None:
    crew = await a_crew(house)
    await house.room("Recovery Group", ["lee", "ana"])
    await Member.filter(person=person("lee")).update(name="Lee in recovery")

    [asked] = await crew.says("ana", "!helper @lee:here for 2 meetings")

    assert "**lee** sit with you" in asked


async def test_whom_one_shares_no_room_with_is_not_found_by_a_name(house: PlayedHouse) -> None:
    crew = await a_crew(house)
    await house.room("Elsewhere", ["lee", "zoe"])

    [told] = await crew.says("ana", "!helper @lee for 2 meetings")

    assert "nobody here by the name" in told


@pytest.mark.requirement("R144")
async def test_one_is_asked_at_a_time_and_the_same_again_two_weeks_later(
    house: PlayedHouse,
) -> None:
    crew = await a_crew(house)
    await crew.says("ana", "!helper @lee:here for 2 meetings")

    [meanwhile] = await crew.says("ben", "!helper @zoe:here for 2 meetings")
    await crew.taps("ben", "✋", on=crew.asked("sit with you as a helper"))
    [again] = await crew.says("ana", "!helper @lee:here for 1 meeting")
    await house.passes(timedelta(days=13))
    [still] = await crew.says("cleo", "!helper @lee:here")
    [other] = await crew.says("ana", "!helper @zoe:here for 2 meetings")
    await crew.taps("ben", "✋", on=crew.asked("sit with you as a helper"))
    await house.passes(timedelta(days=1, minutes=1))
    [later] = await crew.says("ana", "!helper @lee:here for 2 meetings")

    assert "You are asking somebody already" in meanwhile
    assert "within the last two weeks" in again
    assert "within the last two weeks" in still
    assert "sit with you as a helper" in other
    assert "sit with you as a helper" in later


@pytest.mark.requirement("R144")
async def test_while_a_guest_thinks_about_it_no_other_is_asked(house: PlayedHouse) -> None:
    crew, _lee, _told = await agreed(house)

    [told] = await crew.says("ana", "!helper @zoe:here for 2 meetings")

    assert "You are asking somebody already" in told


@pytest.mark.requirement("R144")
@pytest.mark.parametrize("people", [("ana",), ("ana", "ben")])
async def test_fewer_than_three_ask_nobody_in(house: PlayedHouse, people: tuple[str, ...]) -> None:
    crew = await a_crew(house, people=people)

    [told] = await crew.says("ana", "!helper @lee:here for 2 meetings")

    assert "a crew is three or more" in told
    assert not await Visitor.exists()
    assert not await Question.filter(inquiry="helper").exists()


@pytest.mark.requirement("R144")
async def test_where_we_could_not_end_the_visit_nobody_is_asked(house: PlayedHouse) -> None:
    crew = await a_crew(house)
    await Room.filter(id=crew.id).update(power={"users": {ME: 0}})

    [told] = await crew.says("ana", "!helper @lee:here for 2 meetings")

    assert "A guest's access ends by itself, and this room does not let me" in told


async def test_whether_the_past_can_be_read_is_said_before_anybody_agrees(
    house: PlayedHouse,
) -> None:
    theirs = await a_crew(house)
    ours = await house.crew("Garden Crew", creators=[ME])

    [of_theirs] = await theirs.says("ana", "!helper @lee:here for 2 meetings")
    [of_ours] = await ours.says("ana", "!helper @lee:here for 2 meetings")

    assert "may be able to read what was written before" in of_theirs
    assert "sees nothing from before" in of_ours


# ------------------------------------------------------------------------------------- being a guest


@pytest.mark.requirement("R144")
async def test_a_guest_is_no_member_in_anything_that_is_counted_or_decided(
    house: PlayedHouse,
) -> None:
    crew, lee = await visited(house)

    await crew.says("ana", "!settings ask-hours 48")
    vote = await crew.taps("lee", "✋", on=crew.asked("Shall **ask-hours**"))
    first = await crew.taps("ana", "✅", on=crew.asked("Shall **ask-hours**"))
    await crew.says("ana", "!retrospective")
    asked = [owed for owed in house.owed if "Which way would you like" in str(owed.content)]

    assert vote == []
    assert "1 of 3 has said yes" in first[0]
    assert len(asked) == 3
    assert "crew** of 3" in (await crew.says("ana", "!status"))[0]
    assert await lee.says("lee", "retrospective") == [
        "No crew of yours is looking back just now. Said in a crew's room, `!retrospective` begins."
    ]


@pytest.mark.requirement("R144")
async def test_a_guest_who_says_that_they_come_is_not_counted(house: PlayedHouse) -> None:
    crew, lee = await visited(house)
    await house.passes(until=datetime(2026, 11, 25, 18, 30, tzinfo=UTC))
    meeting = await Meeting.get(room=crew.id, occurrence="2026-11-26T19:00")

    assert await crew.taps("lee", "✅", on=f"meeting:{meeting.id}") == []
    assert "not counted" in (await crew.says("lee", "!coming"))[0]
    assert "No meeting of yours" in (await lee.says("lee", "coming"))[0]
    assert await Coming.filter(person=person("lee")).count() == 0


@pytest.mark.requirement("R144")
@pytest.mark.parametrize(
    "words",
    ["release", "skip", "rhythm off", "close", "pause until 1 march", "retrospective", "timezone Lisbon",
     "settings ask-hours 48", "change sing, me, by friday", "wake", "host me"],
)  # fmt: skip
async def test_a_guest_cannot_change_what_is_the_crews(house: PlayedHouse, words: str) -> None:
    crew, _lee = await visited(house)

    [told] = await crew.says("lee", f"!{words}")

    assert "is for the members of this crew. You are their guest" in told
    assert await Question.filter(person=person("lee")).count() == 0


@pytest.mark.parametrize("words", ["when", "help", "about", "calendar"])
async def test_a_guest_can_ask_what_anybody_may(house: PlayedHouse, words: str) -> None:
    crew, _lee = await visited(house)

    assert "members of this crew" not in (await crew.says("lee", f"!{words}"))[-1]


async def test_a_guest_asks_nobody_else_in(house: PlayedHouse) -> None:
    crew, _lee = await visited(house)

    assert (
        "asked in by the crew's members"
        in (await crew.says("lee", "!helper @zoe:here for 1 meeting"))[0]
    )


@pytest.mark.requirement("R46")
async def test_a_ninth_at_the_table_may_be_a_guest(house: PlayedHouse) -> None:
    crew = await house.crew(people=[*"abcdefgh"], life=Life.ACTIVE)
    await Visitor.create(
        room=crew.id,
        person=person("lee"),
        meetings=1,
        asked_at=house.now,
        ends_at=house.now + timedelta(days=35),
    )

    told = await crew.joins("lee")

    assert told == [
        "Welcome, Lee: here for one meeting, as a guest. `!helper end` ends the visit sooner, at anybody's wish."
    ]


@pytest.mark.requirement("R59")
async def test_a_guest_does_not_make_three_of_two_and_their_going_asks_nothing(
    house: PlayedHouse,
) -> None:
    crew, _lee = await visited(house)

    [two] = [text for text in await crew.leaves("cleo") if "You are two now" in text]
    gone = await crew.leaves("lee")

    assert "👥 go on as a dyad" in two
    assert not [text for text in gone if "You are two now" in text]


# ------------------------------------------------------------------------------------------- the end


@pytest.mark.requirement("R144")
async def test_the_access_ends_by_itself_after_the_last_agreed_meeting(house: PlayedHouse) -> None:
    crew, _lee = await visited(house)

    first = await house.passes(until=datetime(2026, 12, 3, 19, 29, tzinfo=UTC))
    second = await house.passes(until=datetime(2026, 12, 4, 8, 0, tzinfo=UTC))

    assert "⇄ remove lee" not in first
    assert "⇄ remove lee" in second
    assert "The visit of Lee is over. Thank you, Lee." in second
    assert [
        text for text in second if text.startswith("Thank you for sitting with **Kitchen Crew**")
    ]
    await crew.leaves("lee")
    assert await Visitor.all().count() == 0
    assert await house.passes(timedelta(days=60)) is not None
    assert len([owed for owed in house.owed if owed.deed == "remove"]) == 1


@pytest.mark.requirement("R144")
async def test_a_meeting_that_was_left_out_does_not_count_and_one_that_moved_does(
    house: PlayedHouse,
) -> None:
    crew, _lee = await visited(house, "@lee:here for 1 meeting")
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅")
    skipped = await house.passes(until=datetime(2026, 11, 27, 12, 0, tzinfo=UTC))
    await crew.says("ana", "!move monday 19:00")
    await crew.taps("ana", "✅")

    moved = await house.passes(until=datetime(2026, 12, 1, 12, 0, tzinfo=UTC))

    assert "⇄ remove lee" not in skipped
    assert "⇄ remove lee" in moved


@pytest.mark.requirement("R144")
async def test_a_meeting_before_they_came_does_not_count(house: PlayedHouse) -> None:
    crew, lee, _told = await agreed(house, "@lee:here for 1 meeting")
    await lee.says("lee", "yes")
    await house.passes(until=datetime(2026, 11, 27, 12, 0, tzinfo=UTC))
    await crew.joins("lee")

    assert "⇄ remove lee" not in await house.passes(until=datetime(2026, 12, 3, 18, 0, tzinfo=UTC))
    assert "⇄ remove lee" in await house.passes(until=datetime(2026, 12, 4, 12, 0, tzinfo=UTC))


@pytest.mark.requirement("R144")
@pytest.mark.requirement("R16")
async def test_a_visit_without_meetings_ends_on_its_last_day(house: PlayedHouse) -> None:
    crew, lee, _told = await agreed(house, "@lee:here for 1 meeting")
    await crew.says("ana", "!rhythm off")
    await crew.taps("ana", "✅")
    await lee.says("lee", "yes")
    await crew.joins("lee")

    early = await house.passes(timedelta(days=34))
    told = await house.passes(timedelta(days=2))

    assert "⇄ remove lee" not in early
    assert "⇄ remove lee" in told


async def test_an_invitation_that_was_never_accepted_is_taken_back(house: PlayedHouse) -> None:
    _crew, lee, _told = await agreed(house, "@lee:here for 1 meeting")
    await lee.says("lee", "yes")

    told = await house.passes(timedelta(days=36))

    assert "⇄ remove lee" in told
    assert not [text for text in told if text.startswith("Thank you for sitting")]
    assert await Visitor.all().count() == 0


@pytest.mark.requirement("R144")
@pytest.mark.parametrize("who", ["ben", "lee"])
async def test_anybody_can_end_a_visit_sooner_and_nobody_learns_who(
    house: PlayedHouse, who: str
) -> None:
    crew, _lee = await visited(house)

    await crew.says(who, "!helper end Lee")
    nothing = await crew.taps("ana", "✅")
    told = await crew.taps(who, "✅")

    assert nothing == []
    assert "⇄ remove lee" in told
    assert not [text for text in told if "Ben" in text]


async def test_to_end_a_visit_that_there_is_not_is_said_so(house: PlayedHouse) -> None:
    crew = await a_crew(house)

    assert "Your guests are: nobody." in (await crew.says("ana", "!helper end"))[0]


async def test_a_guest_leaves_like_everybody(house: PlayedHouse) -> None:
    crew, lee = await visited(house)
    await crew.says("lee", "!leave")
    told = await lee.says("lee", "yes")
    await crew.leaves("lee")

    assert "⇄ remove lee" in told
    assert await Visitor.all().count() == 0
    assert "guest" not in {name for name, _at in await house.hours()}


async def test_the_crews_end_is_the_end_of_the_visit(house: PlayedHouse) -> None:
    crew, lee = await visited(house)
    await crew.says("ana", "!close")
    for who in THREE:
        told = await crew.taps(who, "✅")

    assert "⇄ remove lee" in told
    assert "There are: none" in (await lee.says("lee", "export crew"))[0]
    assert len([text for text in told if "Thank you for having been part of it." in text]) == 3


async def test_when_two_go_on_as_a_dyad_the_guest_goes(house: PlayedHouse) -> None:
    crew, _lee = await visited(house)
    await crew.leaves("cleo")
    question = crew.asked("You are two now")
    await crew.taps("ana", "👥", on=question)
    told = await crew.taps("ben", "👥", on=question)

    assert "⇄ remove lee" in told
    assert (await crew.row()).kind is RoomKind.DYAD


async def test_a_visit_moves_house_with_its_crew(house: PlayedHouse) -> None:
    crew, _lee = await visited(house)
    await Room.filter(id=crew.id).update(successor="!new:here")
    new = await house.room("new", [*THREE, "lee"], predecessor=crew.id)
    await new.reports(Change.ARRIVED)

    assert "is for the members" in (await new.says("lee", "!skip"))[0]
    await Member.filter(room=crew.id).delete()
    told = await house.passes(until=datetime(2026, 12, 4, 12, 0, tzinfo=UTC))
    assert "⇄ remove lee" in told
    assert [owed.lane for owed in house.owed if owed.deed == "remove"] == [new.id]
