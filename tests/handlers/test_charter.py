"""The charter: each line accepted by each member in private, and the crew active when all have."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Change
from practices.charter import REQUIRED, Key
from practices.circles import Life
from storage.callings import Calling, Place
from storage.charters import Assent, CharterLine
from storage.cycles import Cycle
from storage.outbox import Owed
from storage.questions import Question
from storage.visitors import Visitor
from tests.handlers.played import PlayedHouse, PlayedRoom, person
from tests.handlers.test_calling import Lakeside
from tests.handlers.test_forming import formed

PEOPLE = ("ana", "ben", "cleo")


async def begun(house: PlayedHouse) -> tuple[Lakeside, PlayedRoom]:
    """A crew that forms, asked about the lines of its charter."""
    there, crew, _told = await formed(house)
    await crew.says("ana", "!charter")
    return there, crew


async def agreed(house: PlayedHouse) -> tuple[Lakeside, PlayedRoom, list[str]]:
    """All have accepted all; the crew is active."""
    there, crew = await begun(house)
    for who in PEOPLE:
        for _line in REQUIRED:
            await there.taps(who, "✅")
    return there, crew, await house.passes(timedelta(minutes=1))


async def newest(room: PlayedRoom) -> str:
    """The charter as it is shown, without the lines that are asked then."""
    return (await room.says("ana", "!charter"))[0]


@pytest.mark.requirement("R51")
async def test_each_member_is_asked_in_private_one_line_at_a_time(house: PlayedHouse) -> None:
    there, crew = await begun(house)

    for who in PEOPLE:
        assert there.heard(who)[-1].startswith(f"**{(await crew.row()).name}, line 1**")
    [following] = await there.taps("ben", "✅")

    assert "line 2**" in following
    assert await Question.filter(inquiry="charter-line", person=person("ben")).count() == 1


@pytest.mark.requirement("R52")
async def test_the_charter_states_the_seven_things(house: PlayedHouse) -> None:
    _there, crew = await begun(house)

    shown = await newest(crew)

    assert [row.key for row in await CharterLine.filter(room=crew.id).order_by("place")] == list(
        REQUIRED
    )
    for number in range(1, 8):
        assert f"\n{number}. " in shown
    assert "until Wednesday 31 March 2027" in shown


async def test_counts_are_shown_and_never_names(house: PlayedHouse) -> None:
    there, crew = await begun(house)
    await there.taps("ben", "✅")
    await there.taps("ana", "✅")

    shown = await newest(crew)

    assert "accepted by 2 of 3" in shown
    assert "accepted by 0 of 3" in shown
    assert not any(name in shown for name in ("Ana", "Ben", "Cleo"))


@pytest.mark.requirement("R52")
async def test_the_crew_is_active_when_the_last_line_is_accepted(house: PlayedHouse) -> None:
    there, crew = await begun(house)
    for who in PEOPLE:
        for _line in REQUIRED[:-1]:
            await there.taps(who, "✅")
    for who in ("ana", "ben"):
        await there.taps(who, "✅")
    await house.passes(timedelta(minutes=1))
    assert (await crew.row()).life is Life.FORMING

    await there.taps("cleo", "✅")
    told = await house.passes(timedelta(minutes=1))

    assert (await crew.row()).life is Life.ACTIVE
    assert any("from now on you are an **active crew**" in each for each in told)
    assert "⚙ org.kinkeeper.circle" in told
    assert await Cycle.filter(room=crew.id).count() == 1


# ------------------------------------------------------------------------- its end and the cycle are one


async def the_end(crew: PlayedRoom) -> tuple[str, str | None]:
    """What the charter says about its end, as its words and its last day."""
    line = await CharterLine.get(room=crew.id, key=Key.CYCLE, instead_of=None)
    return line.text, line.until


@pytest.mark.requirement("R52", "R53")
async def test_the_first_cycle_ends_when_the_charter_says_and_nobody_is_asked_a_second_time(
    house: PlayedHouse,
) -> None:
    _there, crew, told = await agreed(house)

    cycle = await Cycle.get()
    [begins] = [text for text in told if "cycle begins" in text]
    assert (cycle.until, await Question.filter(inquiry="cycle").count()) == ("2027-03-31", 0)
    assert begins.startswith("Your first cycle begins: **until Wednesday 31 March 2027**.")
    assert "You look back together on **" in begins
    [stands] = await crew.says("ben", "!cycle")
    assert stands.startswith("This is your first cycle, **until Wednesday 31 March 2027**.")


@pytest.mark.requirement("R53")
async def test_the_lengths_of_a_first_cycle_are_offered_with_it_and_the_charter_says_what_all_choose(
    house: PlayedHouse,
) -> None:
    _there, crew, told = await agreed(house)
    [begins] = [text for text in told if "cycle begins" in text]
    stranger = await crew.taps("eve", "✏️", on="cycle:1")
    [offered] = await crew.taps("ben", "✏️", on="cycle:1")
    again = await crew.taps("cleo", "✏️", on="cycle:1")
    question = crew.asked("How long do you like to meet")
    for who in PEOPLE:
        chosen = await crew.taps(who, "6️⃣", on=question)

    assert begins.endswith("✏️ another length: five, six or ten meetings, or two months")
    assert stranger == again == []
    assert "5️⃣ five meetings · 6️⃣ six · 🔟 ten · 📅 two months" in offered
    says = "We do this for six meetings; then we look back and decide whether and how to go on."
    assert f"Your charter says from now on: {says}" in chosen
    assert await the_end(crew) == (says, None)
    line = await CharterLine.get(room=crew.id, key=Key.CYCLE)
    assert await Assent.filter(line=line.id).count() == 3
    assert [each.length for each in await Cycle.filter(ended_at=None)] == ["6"]


@pytest.mark.requirement("R52", "R53")
async def test_a_length_may_be_written_as_the_answer_to_the_line_about_the_end(
    house: PlayedHouse,
) -> None:
    there, crew = await begun(house)
    for _number in range(4):
        await there.taps("ben", "✅")
    asked = there.heard("ben")[-1]

    told = await there.says("ben", "five meetings")
    for who in ("ana", "cleo"):
        for _line in REQUIRED:
            await there.taps(who, "✅")
    for _number in range(2):
        await there.taps("ben", "✅")
    await house.passes(timedelta(minutes=1))

    assert "Five, six or ten meetings are another way to say it, and so are two months" in asked
    assert any(text.startswith("Good: everybody is asked about these words") for text in told)
    assert (await the_end(crew))[0].startswith("We do this for five meetings;")
    cycle = await Cycle.get()
    assert (cycle.length, cycle.until) == ("5", None)
    assert (await crew.row()).life is Life.ACTIVE


@pytest.mark.requirement("R53")
@pytest.mark.parametrize("said", ["We do this for seven meetings", "12 times"])
async def test_a_number_of_meetings_that_no_cycle_has_is_refused(
    house: PlayedHouse, said: str
) -> None:
    _there, crew = await begun(house)

    [refused] = await crew.says("ana", f"!reword 5 {said}")

    assert "5, 6 or 10 meetings, or 2 months" in refused.replace("\\", "")
    assert (await the_end(crew))[1] == "2027-03-31"


@pytest.mark.requirement("R52", "R54")
async def test_other_words_about_the_end_change_the_cycle_once_all_have_accepted_them(
    house: PlayedHouse,
) -> None:
    there, crew, _told = await agreed(house)
    await crew.says("ben", "!reword 5 We do this until 30 june, then we party")
    before = await Cycle.get()
    for who in ("ana", "cleo"):
        await there.taps(who, "✅")

    told = await house.passes(timedelta(minutes=1))

    cycle = await Cycle.get()
    assert (before.until, cycle.until, cycle.number) == ("2027-03-31", "2027-06-30", 1)
    assert await the_end(crew) == ("We do this until 30 june, then we party", "2027-06-30")
    assert [
        text for text in told if "So does your cycle: **until Wednesday 30 June 2027**." in text
    ]


async def test_whoever_agrees_on_the_same_end_keeps_the_words_of_the_charter(
    house: PlayedHouse,
) -> None:
    there, crew, _told = await agreed(house)
    await crew.says("ben", "!reword 5 Six meetings, and then we see")
    for who in ("ana", "cleo"):
        await there.taps(who, "✅")
    await house.passes(timedelta(minutes=1))
    await crew.says("ana", "!cycle 6")
    for who in PEOPLE:
        told = await crew.taps(who, "✅", on=crew.asked("Shall your next cycle be"))

    assert (await the_end(crew))[0] == "Six meetings, and then we see"
    assert not [text for text in told if "Your charter says from now on" in text]


@pytest.mark.requirement("R53")
async def test_words_that_were_proposed_for_the_end_lapse_when_all_agree_on_a_cycle(
    house: PlayedHouse,
) -> None:
    there, crew, _told = await agreed(house)
    await crew.says("ben", "!reword 5 until 30 june")
    await crew.says("ana", "!cycle 2 months")
    for who in PEOPLE:
        await crew.taps(who, "✅", on=crew.asked("Shall your next cycle be"))
    await house.passes(timedelta(minutes=1))

    assert await CharterLine.filter(room=crew.id).count() == len(REQUIRED)
    assert (await the_end(crew))[1] == "2027-01-22"
    assert (await Cycle.get(ended_at=None)).until == "2027-01-22"
    assert await there.taps("ana", "✅") == [
        "That question is closed: it was answered, or its time is over. Nothing was changed."
    ]
    assert (await the_end(crew))[1] == "2027-01-22"


@pytest.mark.requirement("R52", "R53")
async def test_when_the_day_of_the_charter_leaves_no_meeting_the_lengths_are_offered(
    house: PlayedHouse,
) -> None:
    there, crew = await begun(house)
    await CharterLine.filter(room=crew.id, key=Key.CYCLE).update(until="2026-11-22")
    for who in PEOPLE:
        for _line in REQUIRED:
            await there.taps(who, "✅")

    told = await house.passes(timedelta(minutes=1))

    [offered] = [text for text in told if "How long do you like to meet" in text]
    assert offered.startswith(
        "Your charter says until Sunday 22 November 2026, and you have no meeting before that."
    )
    assert await Cycle.all().count() == 0


async def test_the_charter_of_a_crew_that_is_in_a_cycle_names_the_end_of_that(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(life=Life.ACTIVE)
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!cycle 6")
    for who in PEOPLE:
        await crew.taps(who, "✅")

    await crew.says("ana", "!charter")
    await crew.taps("ana", "✅")

    assert (await the_end(crew))[0].startswith("We do this for six meetings;")


@pytest.mark.requirement("R15")
async def test_a_line_asked_about_overnight_has_its_whole_time_from_the_morning_on(
    house: PlayedHouse,
) -> None:
    there, crew, _told = await formed(house)
    house.now = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    await crew.says("ana", "!charter")
    at_night = there.heard("ana")[-1]

    told = await house.passes(until=datetime(2026, 11, 23, 7, 1, tzinfo=UTC))

    lines = [text for text in told if "line 1**" in text]
    assert "line 1**, until Sunday 6 December if" in at_night
    assert len(lines) == 2
    assert all("line 1**, until Monday 7 December if" in text for text in lines)
    question = await Question.get(inquiry="charter-line", person=person("ben"))
    assert question.until == datetime(2026, 12, 7, 7, tzinfo=UTC)


@pytest.mark.requirement("R52")
async def test_what_holds_from_the_charter_is_dated_by_the_clocks_of_the_rhythm_it_brings(
    house: PlayedHouse,
) -> None:
    there, crew = await begun(house)
    line = await CharterLine.get(room=crew.id, key=Key.RHYTHM)
    assert line.rule is not None
    await CharterLine.filter(id=line.id).update(rule={**line.rule, "zone": "Pacific/Auckland"})
    await crew.says("ana", "!reword 3 We meet when two of us can come")
    house.now = datetime(2026, 11, 22, 13, tzinfo=UTC)
    for who in PEOPLE:
        for _line in REQUIRED:
            await there.taps(who, "✅")
    await house.passes(timedelta(minutes=1))

    row = await crew.row()
    kept = row.settings["minimum-presence"]
    assert isinstance(kept, dict)
    assert (row.zone, kept["since"]) == ("Pacific/Auckland", "2026-11-23")


@pytest.mark.requirement("R51")
async def test_other_words_are_asked_of_everybody_and_only_that_line(house: PlayedHouse) -> None:
    there, crew = await begun(house)
    for who in PEOPLE:
        for _line in range(3):
            await there.taps(who, "✅")

    told = await crew.says("ben", "!reword 3 We meet when two of us can come")

    assert told[0].startswith("Everybody is asked about it: We meet when two of us can come")
    rows = await CharterLine.filter(room=crew.id).order_by("place")
    counts = [await Assent.filter(line=row.id).count() for row in rows]
    assert counts == [3, 3, 1, 0, 0, 0, 0]
    await there.taps("ana", "✅")
    assert "line 3**" in there.heard("ana")[-1]
    assert "two of us" in there.heard("ana")[-1]


async def test_other_words_come_in_plain_words_after_a_tap(house: PlayedHouse) -> None:
    there, _crew = await begun(house)
    for who in PEOPLE:
        for _line in range(2):
            await there.taps(who, "✅")

    [asked] = await there.taps("ben", "✏️")
    [refused] = await there.says("ben", "when many can come")
    told = await there.says("ben", "when four of us can come")

    assert asked.startswith("How would you say it?")
    assert "says how many of you it takes" in refused
    assert any(each.startswith("Good: everybody is asked about these words") for each in told)
    assert "line 4**" in told[-1]
    assert (await CharterLine.get(key=Key.PRESENCE)).least == 4


async def test_old_words_cannot_be_accepted_once_there_are_new_ones(house: PlayedHouse) -> None:
    there, crew = await begun(house)
    question = await Question.get(inquiry="charter-line", person=person("ana"))
    await crew.says("ben", "!reword 1 What is said here stays here.")

    await there["ana"].taps("ana", "✅", on=f"question:{question.id}")

    assert [each.person for each in await Assent.all()] == [person("ben")]
    assert "What is said here stays here\\." in there.heard("ana")[-2]


async def test_what_a_line_says_is_what_meetings_go_by(house: PlayedHouse) -> None:
    there, crew = await begun(house)
    await crew.says("ana", "!reword 3 We meet when two of us can come")
    await crew.says("ana", "!reword 4 third thursday 20:00")
    for who in PEOPLE:
        for _line in REQUIRED:
            await there.taps(who, "✅")
    await house.passes(timedelta(minutes=1))

    row = await crew.row()
    assert row.life is Life.ACTIVE
    assert row.settings["minimum-presence"] == {
        "value": "2",
        "since": "2026-11-22",
        "review": "2027-03-31",
    }
    assert row.rhythm is not None
    assert row.rhythm["nth"] == 3


@pytest.mark.requirement("R16")
async def test_an_end_without_a_day_is_refused(house: PlayedHouse) -> None:
    _there, crew = await begun(house)

    [refused] = await crew.says("ana", "!reword 5 We go on for ever")

    assert "every crew has an end at which it looks back" in refused
    assert (await CharterLine.get(key=Key.CYCLE)).until == "2027-03-31"


async def test_later_is_a_fine_answer_and_the_way_back_is_told(house: PlayedHouse) -> None:
    there, _crew = await begun(house)

    [later] = await there.taps("ben", "⏭️")
    assert later == "Good. `charter` in this chat goes on whenever you like."
    [_edit] = [each for each in await there.says("ben", "charter") if "line 1**" in each]


@pytest.mark.requirement("R14")
async def test_whoever_says_nothing_is_asked_once_more_and_then_no_more(house: PlayedHouse) -> None:
    there, _crew = await begun(house)
    await there.taps("ben", "⏭️")
    before = len([each for each in there.heard("ben") if "line 1**" in each])

    await house.passes(timedelta(days=4))
    once = len([each for each in there.heard("ben") if "line 1**" in each])
    await house.passes(timedelta(days=30))

    assert once == before + 1
    assert len([each for each in there.heard("ben") if "line 1**" in each]) == once


async def test_a_line_of_their_own_stands_when_all_have_accepted_it(house: PlayedHouse) -> None:
    there, crew, _told = await agreed(house)

    told = await crew.says("ana", "!charter add We put our *phones* away")
    assert "Proposed as line 8: We put our \\*phones\\* away" in told[0]
    for who in ("ben", "cleo"):
        await there.taps(who, "✅")
    await house.passes(timedelta(minutes=1))

    assert (await CharterLine.get(place=8)).holds
    assert "8. We put our \\*phones\\* away *(accepted by all)*" in await newest(crew)


async def test_any_one_can_leave_a_proposed_line_out_and_is_not_named(house: PlayedHouse) -> None:
    there, crew, _told = await agreed(house)
    await crew.says("ana", "!charter add Dinner is vegan")

    told = await there.taps("ben", "✋")

    assert any("Not everybody wants these words, and that needs no reason" in each for each in told)
    assert not any("Ben" in each for each in told)
    assert await CharterLine.filter(room=crew.id).count() == 7


async def test_a_line_nobody_hurries_to_accept_lapses_after_two_weeks(house: PlayedHouse) -> None:
    _there, crew, _told = await agreed(house)
    await crew.says("ana", "!charter add Dinner is vegan")

    told = await house.passes(timedelta(days=14, hours=1))

    assert any("~~Dinner is vegan~~" in each for each in told)
    assert await CharterLine.filter(room=crew.id).count() == 7


async def test_in_an_active_crew_the_old_words_hold_until_all_accept_the_new(
    house: PlayedHouse,
) -> None:
    there, crew, _told = await agreed(house)

    await crew.says("ben", "!reword 3 We meet when at least two of us can come")
    assert (await crew.row()).life is Life.ACTIVE
    assert "*in other words:* We meet when at least two of us can come *(accepted by 1 of 3)*" in (
        await newest(crew)
    )
    await there.taps("ana", "✅")
    assert (await CharterLine.get(place=3, instead_of=None)).least == 3
    await there.taps("cleo", "✅")
    told = await house.passes(timedelta(minutes=1))

    assert any("Your charter says from now on: We meet when at least two of us" in t for t in told)
    assert (await CharterLine.get(place=3)).least == 2
    kept = (await crew.row()).settings["minimum-presence"]
    assert isinstance(kept, dict)
    assert kept["value"] == "2"


async def test_new_words_that_one_does_not_want_leave_the_old_as_they_were(
    house: PlayedHouse,
) -> None:
    there, crew, _told = await agreed(house)
    await crew.says("ben", "!reword 1 We tell everybody everything")

    told = await there.taps("cleo", "✋")

    assert any("the line stays as it was" in each for each in told)
    row = await CharterLine.get(place=1)
    assert row.text.startswith("What is said here stays here")
    assert await Assent.filter(line=row.id).count() == 3


async def test_one_of_the_seven_is_reworded_but_never_left_out(house: PlayedHouse) -> None:
    _there, crew, _told = await agreed(house)

    [refused] = await crew.says("ana", "!charter drop 2")

    assert refused.startswith("Every charter says something about that, so the line stays")


async def test_a_line_of_their_own_is_left_out_by_the_consent_of_all(house: PlayedHouse) -> None:
    there, crew, _told = await agreed(house)
    await crew.says("ana", "!charter add advice")
    for who in ("ben", "cleo"):
        await there.taps(who, "✅")
    await house.passes(timedelta(minutes=1))
    await crew.says("ana", "!charter drop 8")
    for who in ("ana", "ben"):
        await crew.taps(who, "✅")

    told = await crew.taps("cleo", "✅")

    assert "All of you have agreed to leave it out." in told[0]
    assert await CharterLine.filter(room=crew.id).count() == 7


async def test_whoever_joins_later_is_asked_too_and_the_crew_stays_active(
    house: PlayedHouse,
) -> None:
    there, crew, _told = await agreed(house)
    await Place.create(room=crew.id, person=person("dan"))

    await crew.joins("dan")

    assert "line 1**" in there.heard("dan")[-1]
    assert (await crew.row()).life is Life.ACTIVE
    assert "accepted by 3 of 4" in await newest(crew)


@pytest.mark.requirement("R144")
async def test_a_guest_is_asked_about_no_line(house: PlayedHouse) -> None:
    there, crew, _told = await agreed(house)
    ends = house.now + timedelta(days=7)
    await Visitor.create(
        room=crew.id, person=person("dan"), meetings=1, asked_at=house.now, ends_at=ends
    )
    await crew.joins("dan")
    private = there["dan"]

    [told] = await private.says("dan", "charter")

    assert told.startswith("No line waits for you.")
    assert not await Question.filter(person=person("dan")).exists()


async def test_whoever_leaves_keeps_nobody_waiting(house: PlayedHouse) -> None:
    there, crew = await begun(house)
    await crew.joins("dan")
    for who in PEOPLE:
        for _line in REQUIRED:
            await there.taps(who, "✅")
    await house.passes(timedelta(minutes=1))
    assert (await crew.row()).life is Life.FORMING

    await crew.leaves("dan")
    await house.passes(timedelta(minutes=1))

    assert (await crew.row()).life is Life.ACTIVE
    assert await Assent.filter(person=person("dan")).count() == 0


@pytest.mark.requirement("R45")
async def test_two_cannot_become_active_whatever_they_accept(house: PlayedHouse) -> None:
    there, crew = await begun(house)
    await crew.leaves("cleo")
    for who in ("ana", "ben"):
        for _line in REQUIRED:
            await there.says(who, "accept")
    await house.passes(timedelta(minutes=1))

    assert (await crew.row()).life is Life.FORMING


async def test_a_crew_that_was_there_before_draws_up_a_charter_when_it_likes(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(life=Life.ACTIVE)
    chats = {who: await house.private(who) for who in PEOPLE}
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")

    [offer] = await crew.says("ana", "!charter")
    assert offer.startswith("You have no charter yet")
    await crew.taps("ana", "✅")
    for who in PEOPLE:
        for _line in REQUIRED:
            await chats[who].taps(who, "✅")
    told = await house.passes(timedelta(minutes=1))

    assert (await crew.row()).life is Life.ACTIVE
    assert not any("from now on you are an **active crew**" in each for each in told)
    assert "every third Thursday of the month, 19:00" in (await newest(crew))


async def test_nobody_outside_accepts_or_rewords_anything(house: PlayedHouse) -> None:
    there, crew = await begun(house)
    question = await Question.get(inquiry="charter-line", person=person("ben"))
    line = await CharterLine.filter(room=crew.id).first()
    assert line is not None

    assert await there["eve"].taps("eve", "✅", on=f"question:{question.id}") == []
    [refused] = await there.says("eve", f"reword #{line.id} We tell everybody")
    assert refused.startswith("There is no such line in your charter")
    assert await Assent.all().count() == 0
    assert (await there.says("eve", "charter"))[0].startswith("No line waits for you.")


async def test_what_cannot_be_understood_says_what_works(house: PlayedHouse) -> None:
    _there, crew = await begun(house)

    for said in ("reword 99 x", "reword x y", "reword #99999999999999999999 x"):
        [refused] = await crew.says("ana", f"!{said}")
        assert "`!charter` shows them" in refused
    [refused] = await crew.says("ana", "!charter burn 3")
    assert "and nothing was changed" in refused
    [same] = await crew.says(
        "ana", "!reword 2 Anybody may pass, on anything, at any time, and gives no reason."
    )
    assert same.startswith("These are the words it has already")


@pytest.mark.requirement("R142")
async def test_a_crew_goes_on_when_its_congregation_is_gone(house: PlayedHouse) -> None:
    there, crew, _told = await agreed(house)

    await there.space.reports(Change.REMOVED)

    row = await crew.row()
    assert (row.life, row.congregation) == (Life.ACTIVE, None)
    assert await CharterLine.filter(room=crew.id).count() == 7
    assert any("meets" in each for each in await house.passes(timedelta(days=10)))


@pytest.mark.requirement("R141")
async def test_three_friends_become_an_active_crew_with_no_congregation_at_all(
    house: PlayedHouse,
) -> None:
    chats = {who: await house.private(who) for who in PEOPLE}
    await house.room("Friends", PEOPLE)
    await chats["ana"].says("ana", "call supper, every tuesday 19:00")
    await chats["ana"].taps("ana", "✅")
    await chats["ana"].says("ana", "Ben and Cleo")
    for who in ("ben", "cleo"):
        await chats[who].taps(who, "🙋")
    await chats["ana"].taps("ana", "⏭️")
    for _other in range(2):
        for who in PEOPLE:
            await chats[who].says(who, "yes")
    crew, _told = await house.makes("Supper crew")
    for who in PEOPLE:
        await crew.joins(who)
    await crew.says("ana", "!charter")
    for who in PEOPLE:
        for _line in REQUIRED:
            await chats[who].taps(who, "✅")
    await house.passes(timedelta(minutes=1))

    row = await crew.row()
    assert (row.life, row.congregation) == (Life.ACTIVE, None)
    assert await Calling.all().count() == 0
    assert await Owed.filter(lane=crew.id).exists()


# ----------------------------------------------------------------------------- how far it has come, for all


@pytest.mark.requirement("R51")
async def test_the_room_is_told_of_the_charter_only_when_a_line_is_complete(
    house: PlayedHouse,
) -> None:
    there, _crew = await begun(house)
    told = []
    for who in ("ana", "ben"):
        for _line in REQUIRED:
            told += await there.taps(who, "✅")

    quiet = [text for text in told if "Your charter" in text]
    [shown] = [text for text in await there.taps("cleo", "✅") if "Your charter" in text]

    assert quiet == []
    assert shown.startswith("✎ **Your charter**: 1 of 7 lines are accepted by all of you.")


async def test_what_is_proposed_is_counted_beside_the_lines_of_the_charter(
    house: PlayedHouse,
) -> None:
    _there, crew, _told = await agreed(house)

    more = await crew.says("ana", "!charter add Dinner is vegan")
    other = await crew.says("ana", "!reword 3 We meet when at least four of us can come")

    assert [
        text
        for text in more
        if "7 of 7 lines are accepted by all of you. Besides, one line more is proposed." in text
    ]
    assert [
        text
        for text in other
        if "Besides, one line more and other words for one line are proposed." in text
    ]


async def test_words_that_wait_too_long_are_left_out_because_not_all_had_accepted_them(
    house: PlayedHouse,
) -> None:
    _there, crew, _told = await agreed(house)
    await crew.says("ana", "!reword 3 We meet when at least four of us can come")

    told = await house.passes(timedelta(days=15))

    [gone] = [text for text in told if "We meet when at least four" in text and "~~" in text]
    assert gone.endswith(
        "Not everybody had accepted these words within two weeks: the line stays as it was."
    )
