"""A crew that forms: its room, its people's arrival, its first meeting; and joining one that is there."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.house import adoption
from handlers.language import Call, Change
from practices.circles import Life, RoomKind
from storage.callings import Calling, OpenDoor, Place, Wish
from storage.charters import CharterLine
from storage.meetings import Meeting
from storage.members import Member
from storage.outbox import Deed
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person
from tests.handlers.test_calling import LINE, Lakeside, lakeside

NAME = "Dinner and honesty crew"
FOURTEEN = timedelta(days=14)


async def found(
    house: PlayedHouse, line: str = LINE, others: tuple[str, ...] = ("ben", "cleo")
) -> Lakeside:
    """A group in which everybody has accepted everybody; its room is asked for."""
    there = await lakeside(house)
    await there.hall.says("ana", f"!call {line}")
    await there.taps("ana", "✅")
    for who in others:
        await there.hall.taps(who, "1️⃣")
    await there.says("ana", "trial none")
    for who in ("ana", *others):
        for _other in others:
            await there.taps(who, "✅")
    return there


async def formed(house: PlayedHouse, line: str = LINE) -> tuple[Lakeside, PlayedRoom, list[str]]:
    """The room is made and all three are in it."""
    there = await found(house, line)
    name = NAME if line == LINE else "Crew of Ana"
    crew, _told = await house.makes(name)
    told: list[str] = []
    for who in ("ana", "ben", "cleo"):
        told = await crew.joins(who)
    return there, crew, told


# --------------------------------------------------------------------------------------- the room is made


@pytest.mark.requirement("R45")
async def test_the_room_is_a_forming_crew_of_its_congregation(house: PlayedHouse) -> None:
    there = await found(house, LINE.replace("5 people", "75 minutes"))

    crew, told = await house.makes(NAME)

    row = await crew.row()
    assert (row.kind, row.life) == (RoomKind.CREW, Life.FORMING)
    assert (row.caller, row.host, row.congregation) == (
        person("ana"),
        person("ana"),
        there.space.id,
    )
    assert row.zone == "Europe/Rome"
    assert row.settings["meeting-minutes"] == {
        "value": "75",
        "since": "2026-11-22",
        "review": "2027-03-31",
    }
    assert row.rhythm is not None
    assert "⚙ org.kinkeeper.circle" in told
    assert "⚙ m.space.child" in told
    assert await Calling.all().count() == 0


async def test_a_crew_that_was_let_go_and_is_adopted_anew_is_of_its_congregation_again(
    house: PlayedHouse,
) -> None:
    there, crew, _told = await formed(house)
    await crew.says("ana", "!release")
    await crew.taps("ana", "✅")
    await house.passes(timedelta(days=15))
    gone = await crew.row()
    assert (gone.kind, gone.congregation) == (RoomKind.NONE, None)

    await crew.says("ana", "!adopt crew")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")

    assert (await there.space.row()).children == [crew.id]
    row = await crew.row()
    assert (row.kind, row.congregation) == (RoomKind.CREW, there.space.id)


async def test_each_of_them_hears_who_they_are_and_what_comes_next(house: PlayedHouse) -> None:
    there = await found(house)
    await house.makes(NAME)

    for who in ("ana", "ben", "cleo"):
        told = there.heard(who)[-1]
        assert told.startswith("You are three: Ana, Ben and Cleo.")
        assert "kept until **Sunday 6 December**" in told
        assert "As soon as three of you are there, I propose your first meeting." in told


async def test_where_the_space_lets_nobody_list_rooms_the_caller_hears_it(
    house: PlayedHouse,
) -> None:
    there = await found(house)
    await Room.filter(id=there.space.id).update(power={"users": {}, "state_default": 50})

    _crew, told = await house.makes(NAME)

    assert "⚙ m.space.child" not in told
    assert any("is not listed among those of **Lakeside**" in each for each in there.heard("ana"))


async def test_a_server_that_refuses_is_asked_again_and_the_caller_knows_when(
    house: PlayedHouse,
) -> None:
    there = await found(house)

    told = await house.refuses(NAME, "M_LIMIT_EXCEEDED")

    assert len(told) == 1
    assert told[0].startswith("I could not make the room for your crew just now")
    assert "I try again on **Sunday 22 November, 11:00**, and tell you here." in told[0]
    assert await house.passes(timedelta(hours=1)) == [f"⌂ {NAME}"]
    _crew, made = await house.makes(NAME)
    assert any(each.startswith("You are three") for each in made)
    assert there.heard("ben")[-1].startswith("You are three")


async def test_after_four_days_of_refusals_the_way_by_hand_is_told(house: PlayedHouse) -> None:
    there = await found(house)
    for _time in range(6):
        await house.refuses(NAME, "M_FORBIDDEN")
        await house.passes(timedelta(days=2))

    assert "say `!adopt crew` there" in there.heard("ana")[-1]
    assert await Calling.all().count() == 0
    assert await house.hours() == []


async def test_a_room_made_for_something_else_is_not_ours(house: PlayedHouse) -> None:
    crew = await house.crew()

    for about in ("circle:1", "calling:99", "calling:x", ""):
        await crew.reports(Change.MADE, about=about)
        await crew.reports(Change.NOT_MADE, about=about, reason="no")

    assert (await crew.row()).life is None


# ------------------------------------------------------------------------------------------ coming in


@pytest.mark.requirement("R51")
async def test_when_three_are_there_they_hear_what_their_first_meeting_is(
    house: PlayedHouse,
) -> None:
    _there, crew, told = await formed(house)

    opening = next(each for each in told if each.startswith("Welcome, Ana, Ben, Cleo."))
    assert (
        "how you want to be with each other, which time works, and what each of you is ready for"
        in (opening)
    )
    assert "Next: **Tuesday 24 November, 19:00**, as the call said." in opening
    assert (await Meeting.get(room=crew.id)).local == "2026-11-24T19:00"
    assert await CharterLine.filter(room=crew.id).count() == 7


async def test_before_three_are_there_nothing_is_said(house: PlayedHouse) -> None:
    await found(house)
    crew, _told = await house.makes(NAME)

    assert await crew.joins("ben") == []
    assert await crew.joins("ana") == []
    assert [each.person for each in await Place.all()] == [person("cleo")]


async def test_whoever_comes_later_hears_it_alone(house: PlayedHouse) -> None:
    there = await found(house, others=("ben", "cleo", "dan"))
    crew, _told = await house.makes(NAME)
    for who in ("ana", "ben", "cleo"):
        await crew.joins(who)
    said = len([owed for owed in house.owed if owed.lane == crew.id])

    await crew.joins("dan")

    assert len([owed for owed in house.owed if owed.lane == crew.id]) == said
    assert "your first meeting is **Tuesday 24 November, 19:00**" in there.heard("dan")[-1]


async def test_the_opening_is_said_once_even_when_somebody_comes_and_goes(
    house: PlayedHouse,
) -> None:
    _there, crew, _told = await formed(house)
    await crew.leaves("cleo")

    told = await crew.joins("cleo")

    assert not any(each.startswith("Welcome, ") for each in told)


async def test_a_first_meeting_is_at_least_a_day_away(house: PlayedHouse) -> None:
    there = await found(house, "dinner and honesty, every sunday 19:00")
    crew, _told = await house.makes(NAME)
    for who in ("ana", "ben", "cleo"):
        told = await crew.joins(who)

    assert any("Next: **Sunday 29 November, 19:00**" in each for each in told)
    assert there.heard("ana")


@pytest.mark.requirement("R51")
async def test_without_a_rhythm_the_caller_says_when_in_plain_words(house: PlayedHouse) -> None:
    _there, crew, told = await formed(house, "open, fortnightly in the evening")

    assert told[-1].startswith("Ana, when all of you have found a time, say it here")
    assert "fortnightly in the evening" in told[-1]
    assert await crew.says("ana", "shall we eat first?", overheard=True) == []
    [back] = await crew.says("ana", "thursday 19:00", overheard=True)
    assert back.startswith("I understood: your first meeting is **Thursday 26 November 2026, 19:00")
    [back] = await crew.says("ana", "friday 20:00", overheard=True)
    assert "Friday 27 November 2026, 20:00" in back
    told = await crew.taps("ana", "✅")

    assert "Kept: **Friday 27 November, 20:00**." in told[-1]
    assert (await Meeting.get(room=crew.id)).local == "2026-11-27T20:00"
    assert any(
        "see you there" not in each and "meets." in each
        for each in await house.passes(timedelta(days=4))
    )


# ---------------------------------------------------------------------------------------- the first meeting


@pytest.mark.requirement("R51")
async def test_the_first_meeting_is_run_by_one_tap(house: PlayedHouse) -> None:
    _there, crew, _told = await formed(house)
    told = await house.passes(until=datetime(2026, 11, 24, 18, 5, tzinfo=UTC))
    assert any(each.startswith("It is time for your first meeting.") for each in told)

    begun = await crew.taps("ben", "▶️", on=f"first:{crew.id}")

    assert begun[0].startswith("**first meeting** – about 1 hour 30 minutes. ")
    assert "▶️ begin" not in begun[1]
    assert "Who are you" in begun[2]
    assert await crew.taps("ana", "▶️", on=f"first:{crew.id}") == []
    assert await crew.taps("zoe", "▶️", on=f"first:{crew.id}") == []
    later = await house.passes(timedelta(minutes=95))
    assert any(each.startswith("**Your charter**: 0 of 7") for each in later)


async def test_a_first_meeting_that_is_moved_begins_at_its_new_time(house: PlayedHouse) -> None:
    _there, crew, _told = await formed(house)
    await crew.says("ben", "!move thursday 20:00")
    await crew.taps("ben", "✅")

    early = await house.passes(until=datetime(2026, 11, 25, 12, tzinfo=UTC))
    late = await house.passes(until=datetime(2026, 11, 27, 12, tzinfo=UTC))

    assert not any("It is time for your first meeting" in each for each in early)
    assert not any("**Your charter**" in each for each in early)
    assert len([each for each in late if "It is time for your first meeting" in each]) == 1
    assert len([each for each in late if each.startswith("**Your charter**")]) == 1


# -------------------------------------------------------------------------------------- it does not come


async def test_when_too_few_come_in_two_weeks_the_room_is_let_go_kindly(house: PlayedHouse) -> None:
    there = await found(house)
    crew, _told = await house.makes(NAME)
    await crew.joins("ana")
    await crew.joins("ben")

    told = await house.passes(FOURTEEN + timedelta(hours=1))

    assert "⇄ remove cleo" in told
    assert f"⇄ leave {crew.id}" in told
    for who in ("ana", "ben"):
        assert there.heard(who)[-1].startswith(f"No three of you have come into {NAME}")
    assert "Cleo" not in there.heard("ana")[-1]
    assert await CharterLine.all().count() == 0
    assert await Place.all().count() == 0
    assert (await crew.row()).kind is RoomKind.NONE


async def test_an_invitation_that_is_let_go_ends_it_when_three_are_not_possible_any_more(
    house: PlayedHouse,
) -> None:
    there = await found(house)
    crew, _told = await house.makes(NAME)

    told = await crew.leaves("cleo")

    assert f"⇄ leave {crew.id}" in told
    assert there.heard("ana")[-1].startswith("No three of you")


async def test_with_three_the_places_of_others_lapse_in_silence(house: PlayedHouse) -> None:
    there = await found(house, others=("ben", "cleo", "dan"))
    crew, _told = await house.makes(NAME)
    for who in ("ana", "ben", "cleo"):
        await crew.joins(who)
    before = there.heard("dan")

    told = await house.passes(FOURTEEN + timedelta(hours=1))

    assert "⇄ remove dan" in told
    assert there.heard("dan") == before
    assert (await crew.row()).life is Life.FORMING


# ---------------------------------------------------------------------------- joining a crew that is there


async def living(
    house: PlayedHouse, people: tuple[str, ...] = ("ana", "ben", "cleo")
) -> tuple[Lakeside, PlayedRoom]:
    names = tuple(dict.fromkeys([*people, "dan", "eve"]))
    there = await lakeside(house, people=names)
    crew = await house.crew(people=people, congregation=there.space.id, life=Life.ACTIVE)
    return there, crew


@pytest.mark.requirement("R49")
async def test_somebody_joins_only_when_every_member_has_said_yes(house: PlayedHouse) -> None:
    there, crew = await living(house)

    told = await crew.says("ana", "!invite Dan")
    assert told[-1].startswith("Each of you is asked in private whether **Dan** shall join.")
    assert not any(each.startswith("⇄") for each in await there.taps("ben", "✅"))
    told = await there.taps("cleo", "✅")

    assert "⇄ invite dan" in told
    assert "All of you have accepted **Dan**; the invitation is on its way." in told
    assert there.heard("dan")[-1].startswith("**Kitchen Crew** would be glad to have you")
    assert [each.person for each in await Place.all()] == [person("dan")]
    await crew.joins("dan")
    assert await Place.all().count() == 0


@pytest.mark.requirement("R49")
@pytest.mark.requirement("R50")
@pytest.mark.parametrize("sign", ["✋", None])
async def test_one_missing_yes_ends_in_the_same_words_after_fourteen_days(
    house: PlayedHouse, sign: str | None
) -> None:
    there, crew = await living(house)
    await crew.says("ana", "!invite Dan")
    await there.taps("ben", "✅")
    if sign:
        [kept] = await there.taps("cleo", sign)
        assert kept.startswith("Kept. Nobody sees what you said")
    before = {who: there.heard(who) for who in ("ben", "dan")}

    told = await house.passes(FOURTEEN + timedelta(hours=1))

    assert told == [
        "**Dan** and Kitchen Crew: not this time. In two weeks you can ask again, if it seems right."
    ]
    assert {who: there.heard(who) for who in before} == before
    assert not any(owed.deed is Deed.INVITE for owed in house.owed)
    assert [each.accepted for each in await Wish.all()] == [None]


async def test_a_crew_is_asked_about_the_same_person_again_only_after_a_rest(
    house: PlayedHouse,
) -> None:
    _there, crew = await living(house)
    await crew.says("ana", "!invite Dan")
    await house.passes(FOURTEEN + timedelta(hours=1))

    [early] = await crew.says("ana", "!invite Dan")
    assert early.startswith("You were asked about Dan not long ago")
    await house.passes(FOURTEEN)
    told = await crew.says("ana", "!invite Dan")

    assert told[-1].startswith("Each of you is asked in private")


async def test_whoever_has_a_place_is_not_asked_about_again(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await crew.says("ana", "!invite Dan")
    for who in ("ben", "cleo"):
        await there.taps(who, "✅")

    [told] = await crew.says("ana", "!invite Dan")

    assert told.startswith("A place with you is kept for Dan already")


@pytest.mark.requirement("R49", "R59")
async def test_two_who_are_left_ask_a_third_and_are_three_again(house: PlayedHouse) -> None:
    there, crew = await living(house, ("ana", "ben"))

    told = await crew.says("ana", "!invite Dan")
    assert told[-1].startswith("Each of you is asked in private")
    told = await there.taps("ben", "✅")

    assert "⇄ invite dan" in told


@pytest.mark.requirement("R49", "R59")
async def test_a_newcomer_asks_two_with_an_open_door_and_makes_them_three(
    house: PlayedHouse,
) -> None:
    there, crew = await living(house, ("ana", "ben"))
    await OpenDoor.create(room=crew.id, since=house.now)
    await there.says("dan", "join Kitchen Crew")

    for who in ("ana", "ben"):
        told = await there.taps(who, "✅")

    assert "⇄ invite dan" in told


async def test_one_alone_asks_nobody_into_the_crew_and_hears_what_works(house: PlayedHouse) -> None:
    _there, crew = await living(house, ("ana",))

    [told] = await crew.says("ana", "!invite Dan")

    assert told.startswith("A crew is three or more who chose each other, so one alone asks nobody")
    assert "`call`" in told
    assert await Wish.all().count() == 0


@pytest.mark.parametrize(
    "address", ["@:", "@dan:", "@da n:here", "@dañ:here", f"@{'d' * 260}:here"]
)
async def test_an_address_that_nobody_can_have_is_refused(house: PlayedHouse, address: str) -> None:
    _there, crew = await living(house)

    [told] = await crew.says("ana", f"!invite {address}")

    assert "is no address that anybody can have" in told
    assert await Wish.all().count() == 0


async def test_a_stranger_of_a_known_name_is_shown_with_their_address(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await house.room("Outside", ["@dan:evil.org"])

    told = await crew.says("ana", "!invite @dan:evil.org")

    assert r"(@dan:evil\.org)" in told[-1]
    assert r"(@dan:evil\.org)" in there.heard("ben")[-1]


@pytest.mark.requirement("R15")
async def test_an_invitation_waits_for_the_morning_of_whoever_is_invited(
    house: PlayedHouse,
) -> None:
    there, crew = await living(house)
    await crew.says("ana", "!invite Dan")
    await there.taps("ben", "✅")
    await house.passes(until=datetime(2026, 11, 22, 22, 30, tzinfo=UTC))

    assert "⇄ invite dan" not in await there.taps("cleo", "✅")
    told = await house.passes(until=datetime(2026, 11, 23, 7, 1, tzinfo=UTC))

    assert "⇄ invite dan" in told


async def test_a_yes_and_a_no_are_acknowledged_in_the_same_words(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await crew.says("ana", "!invite Dan")

    assert await there.taps("ben", "✅") == await there.taps("cleo", "✋")


@pytest.mark.requirement("R46")
async def test_a_ninth_is_refused_before_anybody_is_asked(house: PlayedHouse) -> None:
    people = ("ana", "ben", "cleo", "fay", "gil", "hal", "ida", "jo")
    there, crew = await living(house, people)

    [refused] = await crew.says("ana", "!invite Dan")

    assert "so Dan is not added" in refused
    assert "four and five" in refused
    assert await Wish.all().count() == 0
    assert there.heard("ben") == []


@pytest.mark.requirement("R46")
async def test_a_place_that_is_kept_for_somebody_counts(house: PlayedHouse) -> None:
    people = ("ana", "ben", "cleo", "fay", "gil", "hal", "ida")
    there, crew = await living(house, people)
    await crew.says("ana", "!invite Dan")
    for who in people[1:]:
        await there.taps(who, "✅")

    [refused] = await crew.says("ana", "!invite Eve")

    assert "so Eve is not added" in refused
    await house.passes(FOURTEEN + timedelta(hours=1))
    told = await crew.says("ana", "!invite Eve")
    assert told[-1].startswith("Each of you is asked in private")


@pytest.mark.requirement("R49")
async def test_who_joins_meanwhile_is_asked_and_who_leaves_keeps_nobody_waiting(
    house: PlayedHouse,
) -> None:
    there, crew = await living(house)
    await crew.says("ana", "!invite Dan")
    await Place.create(room=crew.id, person=person("eve"))
    await crew.joins("eve")
    assert "would like **Dan** to join" in there.heard("eve")[-1]
    await there.taps("ben", "✅")
    assert not any("invite" in each for each in await there.taps("cleo", "✅"))

    assert "⇄ invite dan" not in await crew.leaves("eve")
    told = await house.passes(until=datetime(2026, 11, 23, 8, 1, tzinfo=UTC))

    assert "⇄ invite dan" in told


async def test_nobody_outside_has_a_voice(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await crew.says("ana", "!invite Dan")
    question = await Question.get(inquiry="wish", person=person("ben"))

    assert await there["eve"].taps("eve", "✅", on=f"question:{question.id}") == []
    await Member.filter(room=crew.id, person=person("ben")).delete()
    [told] = await there.taps("ben", "✅")
    assert told == "That is not asked any more."
    assert (await crew.says("zoe", "!invite Eve"))[0].startswith("Only members of this crew")


async def test_whom_is_meant_is_understood_or_asked_about(house: PlayedHouse) -> None:
    _there, crew = await living(house)

    [nobody] = await crew.says("ana", "!invite Kim")
    [member] = await crew.says("ana", "!invite Ben")
    [asked] = await crew.says("ana", "!invite")
    told = await crew.says("ana", "@kim:elsewhere")
    [again] = await crew.says("ben", "!invite @kim:elsewhere")

    assert nobody.startswith("I know nobody by the name “Kim”")
    assert member == "Ben is one of you already."
    assert asked.startswith("Whom would you like to have with you?")
    assert told[-1].startswith("Each of you is asked in private whether **kim**")
    assert again.startswith("All of you are asked about that already")


async def test_where_the_room_lets_nobody_in_by_us_one_of_them_is_asked(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await Room.filter(id=crew.id).update(power={"users": {}, "invite": 50})
    await crew.says("ana", "!invite Dan")
    await there.taps("ben", "✅")

    told = await there.taps("cleo", "✅")

    assert any("This room does not let me invite anybody" in each for each in told)
    assert "⇄ invite dan" not in told


@pytest.mark.requirement("R3")
async def test_whoever_is_in_three_crews_hears_it_alone_and_can_make_room(
    house: PlayedHouse,
) -> None:
    there, crew = await living(house)
    others = [
        await house.crew(f"Crew {number}", ["dan", "x", "y"], congregation=there.space.id)
        for number in range(3)
    ]
    await OpenDoor.create(room=crew.id, since=house.now)
    await crew.says("ana", "!invite Dan")
    await there.taps("ben", "✅")
    told = await there.taps("cleo", "✅")

    assert "⇄ invite dan" not in told
    assert "You are in 3 crews of **Lakeside** already" in there.heard("dan")[-1]
    assert "3 crews" not in " ".join(there.heard("ana"))
    await others[0].leaves("dan")
    told = await there.says("dan", "join Kitchen Crew")
    assert "⇄ invite dan" in told


# ------------------------------------------------------------------------------------------ an open door


async def test_a_crew_opens_its_door_by_the_consent_of_all(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await crew.says("ana", "!newcomers welcome")
    for who in ("ana", "ben"):
        [counted] = await crew.taps(who, "✅")
        assert "said yes" in counted
    assert "Kitchen Crew" not in (await there.says("dan", "calls"))[0]

    [opened] = await crew.taps("cleo", "✅")

    assert opened.startswith("✎ All of you have agreed")
    assert (
        "**Kitchen Crew** welcomes newcomers: `join Kitchen Crew`"
        in (await there.says("dan", "calls"))[0]
    )
    await crew.says("ben", "!newcomers closed")
    assert "Kitchen Crew" not in (await there.says("dan", "calls"))[0]


@pytest.mark.requirement("R49")
async def test_a_newcomer_asks_and_every_member_answers_in_private(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await OpenDoor.create(room=crew.id, since=house.now)

    told = await there.says("dan", "join kitchen crew")

    assert told[-1].startswith("Each member of **Kitchen Crew** is asked in private.")
    assert "**Dan** would like to join **Kitchen Crew**." in there.heard("ana")[-1]
    assert not [owed for owed in house.owed if owed.lane == crew.id]
    for who in ("ana", "ben", "cleo"):
        told = await there.taps(who, "✅")
    assert "⇄ invite dan" in told


@pytest.mark.requirement("R50")
async def test_a_newcomer_hears_not_this_time_and_never_a_no(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await OpenDoor.create(room=crew.id, since=house.now)
    await there.says("dan", "join Kitchen Crew")
    for who in ("ana", "ben", "cleo"):
        await there.taps(who, "✋")
    [again] = await there.says("dan", "join Kitchen Crew")
    assert again.startswith("They are asked already")
    before = there.heard("dan")

    await house.passes(FOURTEEN - timedelta(hours=1))
    assert there.heard("dan") == before
    await house.passes(timedelta(hours=2))

    assert there.heard("dan")[-1].startswith("**Kitchen Crew**: not this time. It says nothing")


async def test_a_crew_that_has_not_opened_its_door_cannot_be_asked(house: PlayedHouse) -> None:
    there, crew = await living(house)
    stranger = await house.private("zoe")

    [closed] = await there.says("dan", "join Kitchen Crew")
    await OpenDoor.create(room=crew.id, since=house.now)
    [outside] = await stranger.says("zoe", "join Kitchen Crew")

    assert closed.startswith("I know of no crew called “Kitchen Crew” that welcomes newcomers")
    assert outside.startswith("I know of no crew called")
    assert await Wish.all().count() == 0


async def test_a_crew_of_no_congregation_has_nobody_to_let_know(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!newcomers welcome")

    assert "`!invite` asks all of you about somebody" in told
    [shown] = await crew.says("ana", "!newcomers")
    assert shown.startswith("Newcomers come in when one of you asks for them.")


@pytest.mark.requirement("R50")
async def test_a_candidate_does_not_learn_that_a_member_has_wished_for_them() -> None:
    seen = []
    for wished in (True, False):
        async with a_house() as house:
            there, crew = await living(house)
            await OpenDoor.create(room=crew.id, since=house.now)
            if wished:
                await crew.says("ana", "!invite Dan")
                await house.passes(timedelta(days=3))
            else:
                await house.passes(timedelta(days=3))
            await there.says("dan", "join Kitchen Crew")
            await there.says("dan", "join Kitchen Crew")
            await house.passes(FOURTEEN - timedelta(hours=1))
            early = len(there.heard("dan"))
            await house.passes(timedelta(hours=2))
            seen.append((early, there.heard("dan")))

    assert seen[0] == seen[1]
    assert seen[0][1][-1].startswith("**Kitchen Crew**: not this time.")


@pytest.mark.requirement("R50")
@pytest.mark.parametrize("why", ["full", "ended", "silence"])
async def test_a_candidate_hears_the_ordinary_words_on_the_ordinary_day(
    house: PlayedHouse, why: str
) -> None:
    there, crew = await living(house)
    await OpenDoor.create(room=crew.id, since=house.now)
    await there.says("dan", "join Kitchen Crew")
    if why == "full":
        names = ("fay", "gil", "hal", "ida", "jo")
        for who in names:
            await Member.create(room=crew.id, person=person(who), name=who)
        row = await Wish.get()
        everybody = [person(each) for each in ("ana", "ben", *names)]
        row.accepted = house.house.keys.seal("wish", everybody)
        await row.save()
        assert len(await there.taps("cleo", "✅")) == 1
    if why == "ended":
        await adoption.let_go(
            Call(key="x", at=house.now, room=await crew.row(), house=house.house), await crew.row()
        )
    before = there.heard("dan")
    await house.passes(FOURTEEN - timedelta(hours=1))
    assert there.heard("dan") == before
    await house.passes(timedelta(hours=2))

    assert there.heard("dan")[-1].startswith("**Kitchen Crew**: not this time. It says nothing")


async def test_the_door_of_a_crew_that_has_ended_is_not_open(house: PlayedHouse) -> None:
    there, crew = await living(house)
    await OpenDoor.create(room=crew.id, since=house.now)
    await Room.filter(id=crew.id).update(life=Life.CLOSED)

    [listed] = await there.says("dan", "calls")
    [told] = await there.says("dan", "join Kitchen Crew")

    assert "Kitchen Crew" not in listed
    assert told.startswith("I know of no crew called “Kitchen Crew”")


async def test_whoever_was_there_before_the_room_was_known_has_come_in(house: PlayedHouse) -> None:
    there = await found(house)
    made = next(owed for owed in reversed(house.owed) if owed.deed is Deed.MAKE)
    content = (made.content or {})["content"]
    assert isinstance(content, dict)
    crew = await house.room(NAME, ("ana", "ben", "cleo"), kind=RoomKind.CREW)

    told = await crew.reports(Change.MADE, about=made.target, **content)

    assert len([each for each in told if each.startswith("Welcome, Ana, Ben, Cleo.")]) == 1
    assert await Place.all().count() == 0
    heard = there.heard("ben")
    for who in ("ana", "ben", "cleo"):
        assert await crew.reports(Change.JOINED, who) == []
    assert there.heard("ben") == heard


async def test_nobody_who_is_there_loses_their_place_when_the_two_weeks_are_over(
    house: PlayedHouse,
) -> None:
    await found(house)
    crew, _told = await house.makes(NAME)
    for who in ("ana", "ben", "cleo"):
        await Member.create(room=crew.id, person=person(who), name=who.capitalize())

    await house.passes(FOURTEEN + timedelta(hours=1))

    assert not any(owed.deed is Deed.REMOVE for owed in house.owed)
    assert (await crew.row()).life is Life.FORMING


async def test_how_the_call_said_it_is_repeated_with_one_full_stop(house: PlayedHouse) -> None:
    _there, _crew, told = await formed(house, "open, fortnightly in the evening")

    [asked] = [text for text in told if "You said: " in text]
    assert "for 90 minutes. `!rhythm every other" in asked
    assert ".." not in asked
