"""A crew agrees on a cycle, knows where it stands, and finds its look back in the calendar."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from storage.cycles import Cycle
from storage.energy import Energy
from storage.inbox import Heard, Settled
from storage.meetings import Meeting
from storage.outbox import Deed
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom

EVERYBODY = ("ana", "ben", "cleo")


async def crew_that_meets(house: PlayedHouse, rhythm: str = "every thursday 19:00") -> PlayedRoom:
    crew = await house.crew()
    await crew.says("ana", f"!rhythm {rhythm}")
    await crew.taps("ana", "✅")
    return crew


async def in_cycle(
    house: PlayedHouse, wish: str = "5", rhythm: str = "every thursday 19:00"
) -> PlayedRoom:
    crew = await crew_that_meets(house, rhythm)
    await crew.says("ana", f"!cycle {wish}")
    question = crew.asked("Shall your next cycle be")
    for who in EVERYBODY:
        await crew.taps(who, "✅", on=question)
    return crew


async def looks() -> list[datetime]:
    """When the calendar holds a retrospective."""
    ahead = Heard.filter(state=Settled.WAITING, key__startswith="retrospective:")
    return [row.at async for row in ahead.order_by("at")]


def at(day: int, month: int, hour: int = 18, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


# ----------------------------------------------------------------------------------------- the choice


@pytest.mark.requirement("R53")
async def test_five_six_ten_or_two_months_are_offered_and_a_common_wish_begins_the_cycle(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house)

    [offered] = await crew.says("ana", "!cycle new")
    for who in EVERYBODY[:2]:
        [waiting] = await crew.taps(who, "6️⃣")
    told = await crew.says("cleo", "!six")

    assert "5️⃣ five meetings · 6️⃣ six · 🔟 ten · 📅 two months" in offered
    assert "2 of 3 have answered." in waiting
    assert "✎ You have chosen: **six meetings**." in told
    assert told[-1] == (
        "Your first cycle begins: **six meetings**. You look back together on **Thursday 31 December**."
    )
    assert await looks() == [at(31, 12)]


async def test_whoever_goes_with_the_others_needs_no_wish_of_their_own(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    await crew.says("ana", "!cycle new")

    await crew.taps("ana", "🤷")
    await crew.taps("ben", "🤷")
    told = await crew.taps("cleo", "🔟")

    assert "Your first cycle begins: **ten meetings**." in told[-1]


async def test_when_nobody_has_a_wish_nothing_is_chosen_for_them(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    await crew.says("ana", "!cycle new")

    for who in EVERYBODY:
        await crew.taps(who, "🤷")

    assert await Cycle.all().count() == 0


@pytest.mark.requirement("R53")
async def test_when_wishes_differ_the_counts_are_shown_and_everybody_is_asked_once_more(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house, "third thursday 19:00")
    await crew.says("ana", "!cycle new")
    for who, wish in zip(EVERYBODY, ("5️⃣", "🔟", "🔟"), strict=True):
        [told] = await crew.taps(who, wish)

    nothing = await house.passes(timedelta(hours=47))
    again = await house.passes(timedelta(hours=2))
    for who in EVERYBODY[:2]:
        await crew.taps(who, "🔟")
    left = await house.passes(timedelta(hours=49))

    assert "Your wishes differ" in told
    assert nothing == []
    assert again[0] == "✎ Asked again below."
    assert again[1].startswith("Your wishes so far: 5️⃣ 1 · 🔟 2.")
    assert not [name for name in ("Ana", "Ben", "Cleo") if name in "".join(again)]
    assert len(left) == 1
    assert left[0].startswith(
        "✎ Your wishes differ, and that is fine: talk about it when you meet."
    )
    assert await Question.filter(inquiry="cycle").count() == 0
    assert await Cycle.all().count() == 0


async def test_a_wish_may_be_changed_until_all_have_the_same(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    await crew.says("ana", "!cycle new")
    await crew.taps("ana", "5️⃣")
    await crew.taps("ben", "6️⃣")
    await crew.taps("cleo", "6️⃣")

    told = await crew.taps("ana", "6️⃣")

    assert "Your first cycle begins: **six meetings**." in told[-1]


async def test_the_wish_of_whoever_left_does_not_hold_the_others_up(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    for who, wish in (("dora", None), ("ana", "5️⃣"), ("ben", "5️⃣"), ("cleo", "5️⃣")):
        if wish is None:
            await crew.joins(who)
            await crew.says("ana", "!cycle new")
        else:
            await crew.taps(who, wish)
    await crew.leaves("dora")

    told = await house.passes(timedelta(hours=49))

    assert [text for text in told if text.startswith("Your first cycle begins")]


async def test_a_stranger_has_no_wish_here(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    await crew.says("ana", "!cycle new")

    assert await crew.taps("zoe", "5️⃣") == []


@pytest.mark.requirement("R53")
async def test_one_length_can_be_proposed_and_one_no_leaves_everything_as_it_is(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house)

    [asked] = await crew.says("ana", "!cycle 2 months")
    [told] = await crew.taps("ben", "✋")

    assert asked.startswith("Shall your next cycle be **two months**")
    assert told == "✎ Everything stays as it is, and that needs no reason."
    assert await Cycle.all().count() == 0


async def test_another_length_is_refused_with_those_that_work(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)

    [told] = await crew.says("ana", "!cycle seven")

    assert "5, 6 or 10 meetings, or 2 months" in told.replace("\\", "")
    assert told.endswith("Nothing was changed.")


# ------------------------------------------------------------------------------------------- where it stands


async def test_a_crew_without_a_cycle_hears_how_to_get_one(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!cycle")

    assert "You have agreed on no cycle. `!cycle new` asks all of you" in told


async def test_a_crew_sees_which_meeting_comes_next_and_when_it_looks_back(
    house: PlayedHouse,
) -> None:
    crew = await in_cycle(house, "6")
    await house.passes(until=at(8, 12))

    [told] = await crew.says("ben", "!cycle")

    assert told == (
        "This is your first cycle, of **six meetings**. Your next meeting, Thursday 10 December, 19:00, is the "
        "third of six. You look back together on **Thursday 31 December**."
    )


async def test_without_a_rhythm_the_look_back_waits_for_one(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!cycle 5")
    for who in EVERYBODY:
        told = await crew.taps(who, "✅")
    before = await looks()
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")

    assert "As soon as you have a rhythm" in told[-1]
    assert before == []
    assert await looks() == [at(24, 12)]


@pytest.mark.requirement("R54")
async def test_the_retrospective_is_in_the_calendar_from_the_first_day(house: PlayedHouse) -> None:
    crew = await in_cycle(house)
    [when] = await crew.says("ana", "!when")
    await house.passes(until=at(18, 12, 9))
    told = await crew.says("ana", "!when")
    await crew.says("ana", "!calendar")

    assert await looks() == [at(24, 12)]
    assert "look back" not in when
    assert "**Thursday 24 December, 19:00** – you look back together" in told[0]
    files = [owed for owed in house.owed if owed.deed is Deed.FILE]
    content = files[-1].content
    assert content is not None
    events = Calendar.from_ical(base64.b64decode(str(content["data"]))).events
    assert [str(each.get("description", "")) for each in events] == [
        "You look back together at this one.", "", "",
    ]  # fmt: skip


@pytest.mark.requirement("R54")
async def test_the_hour_of_a_retrospective_says_for_which_cycle_it_is(house: PlayedHouse) -> None:
    await in_cycle(house)
    cycle = await Cycle.get()
    [hour] = await Heard.filter(key__startswith="retrospective:")

    assert hour.about == f"cycle:{cycle.id}"
    assert hour.content == {"ritual": "retrospective", "cycle": cycle.id, "last": True}


@pytest.mark.requirement("R54")
async def test_a_long_cycle_is_looked_back_on_monthly_unless_the_crew_agrees_otherwise(
    house: PlayedHouse,
) -> None:
    crew = await in_cycle(house, "10", "every other thursday 19:00")
    long = await looks()
    await crew.says("ana", "!settings retrospective cycle end")
    for who in EVERYBODY:
        await crew.taps(who, "✅")
    once = await looks()
    await crew.says("ana", "!settings retrospective monthly")
    for who in EVERYBODY:
        await crew.taps(who, "✅")

    assert len(long) == 5
    assert once == [long[-1]] == [at(1, 4, 17, 2027)]
    assert await looks() == long


@pytest.mark.requirement("R54")
async def test_a_meeting_left_out_does_not_count_and_brought_back_it_does(
    house: PlayedHouse,
) -> None:
    crew = await in_cycle(house)
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅")
    later = await looks()
    await crew.says("ana", "!hold")

    assert later == [at(31, 12)]
    assert await looks() == [at(24, 12)]


@pytest.mark.requirement("R54")
async def test_the_retrospective_moves_along_with_its_meeting(house: PlayedHouse) -> None:
    crew = await in_cycle(house)
    await house.passes(until=at(23, 12, 19))
    await crew.says("ana", "!move 28 december 20:00")
    told = await crew.taps("ana", "✅", on=crew.asked("is held on"))
    moved = await looks()
    await crew.says("ana", "!hold")

    assert told[-1].startswith("Moved: **Monday 28 December, 20:00**")
    assert moved == [at(28, 12, 19)]
    assert await looks() == [at(24, 12)]


@pytest.mark.requirement("R54")
async def test_another_rhythm_takes_the_retrospective_along(house: PlayedHouse) -> None:
    crew = await in_cycle(house)

    await crew.says("ana", "!rhythm every monday 18:00")
    await crew.taps("ana", "✅")
    monday = await looks()
    await crew.says("ana", "!rhythm off")
    await crew.taps("ana", "✅", on=crew.asked("I would end the rhythm"))

    assert monday == [at(21, 12, 17)]
    assert await looks() == []


async def test_a_new_cycle_takes_the_place_of_the_one_before(house: PlayedHouse) -> None:
    crew = await in_cycle(house)
    await house.passes(timedelta(days=5))
    [asked] = await crew.says("ana", "!cycle 10")
    for who in EVERYBODY:
        told = await crew.taps(who, "✅", on=crew.asked("Shall your next"))

    assert "It would take the place of the one you are in." in asked
    assert told[-1].startswith("Your second cycle begins: **ten meetings**.")
    assert await looks() == [at(4, 2, 18, 2027)]
    assert [each.ended_at is None for each in await Cycle.all().order_by("number")] == [False, True]


@pytest.mark.requirement("R15", "R54")
async def test_a_cycle_in_which_no_meeting_falls_is_looked_back_on_in_the_morning_after_it(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house)
    await Cycle.create(
        room=crew.id, number=1, length="2 months", begins=house.now, until="2026-11-24"
    )

    await crew.says("ana", "!rhythm every monday 18:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅", on=crew.asked("is left out"))

    assert await looks() == [at(25, 11, 7)]


@pytest.mark.requirement("R54")
async def test_a_crew_that_meets_monthly_does_not_look_back_at_every_meeting(
    house: PlayedHouse,
) -> None:
    await in_cycle(house, "5", "third thursday 19:00")

    assert await looks() == [at(21, 1, year=2027), at(15, 4, 17, 2027)]


async def test_a_resting_crew_looks_back_on_no_day(house: PlayedHouse) -> None:
    crew = await in_cycle(house)
    await Room.filter(id=crew.id).update(life="paused")
    await Meeting.filter(room=crew.id).delete()

    await crew.says("ana", "!rhythm every monday 18:00")
    await crew.taps("ana", "✅")

    assert await looks() == []


# -------------------------------------------------------------------------------- before a meeting (R25, R27)


async def met_once(house: PlayedHouse, **columns: str) -> PlayedRoom:
    """A crew that meets monthly, after its first meeting."""
    crew = await house.crew(**columns)
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=at(18, 12, 20))
    return crew


def prompts(told: list[str]) -> list[str]:
    return [text for text in told if "carry these with you" in text]


@pytest.mark.requirement("R25")
async def test_each_member_gets_questions_in_private_two_days_before_a_monthly_meeting(
    house: PlayedHouse,
) -> None:
    await met_once(house)

    before = await house.passes(until=at(19, 1, 17, 2027))
    told = await house.passes(until=at(19, 1, 18, 2027))

    assert prompts(before) == []
    assert sorted(text.partition(":")[0] for text in prompts(told)) == ["→ ana", "→ ben", "→ cleo"]
    assert all("Since last time" in text and "A year from now" in text for text in told)
    assert await house.passes(until=at(20, 1, 17, 2027)) == []


@pytest.mark.requirement("R25")
async def test_the_hours_before_are_the_crews_to_choose(house: PlayedHouse) -> None:
    crew = await met_once(house)
    await crew.says("ana", "!settings prompt-hours 72")
    for who in EVERYBODY:
        await crew.taps(who, "✅")

    told = await house.passes(until=at(18, 1, 18, 2027))

    assert len(prompts(told)) == 3


@pytest.mark.requirement("R13", "R25")
async def test_whoever_mutes_the_room_or_does_not_come_gets_no_questions(
    house: PlayedHouse,
) -> None:
    crew, private = await met_once(house), await house.private("cleo")
    await house.passes(until=at(18, 1, 9, 2027))
    await crew.says("ben", "!quiet here")
    await private.says("cleo", "coming not this time")

    told = await house.passes(until=at(19, 1, 20, 2027))

    assert [text.partition(":")[0] for text in prompts(told)] == ["→ ana"]


@pytest.mark.requirement("R15", "R25")
async def test_questions_wait_for_the_morning_of_whoever_sleeps(house: PlayedHouse) -> None:
    crew, private = await met_once(house), await house.private("ben")
    await private.says("ben", "timezone Auckland")
    await house.passes(until=at(19, 1, 17, 2027))

    told = await house.passes(until=at(19, 1, 18, 2027))
    later = await house.passes(until=at(19, 1, 19, 2027) + timedelta(minutes=5))

    assert sorted(text.partition(":")[0] for text in prompts(told)) == ["→ ana", "→ cleo"]
    assert len(prompts(later)) == 1
    assert crew.id


@pytest.mark.requirement("R14", "R25")
async def test_a_moved_meeting_gives_no_second_questions(house: PlayedHouse) -> None:
    crew = await met_once(house)
    first = await house.passes(until=at(19, 1, 19, 2027))
    await crew.says("ana", "!move 25 january 19:00")
    await crew.taps("ana", "✅", on=crew.asked("is held on"))

    told = await house.passes(until=at(25, 1, 17, 2027))

    assert len(prompts(first)) == 3
    assert prompts(told) == []


@pytest.mark.requirement("R25")
async def test_when_the_meeting_is_about_to_begin_there_is_nothing_to_prepare_any_more(
    house: PlayedHouse,
) -> None:
    await met_once(house)

    told = await house.wakes_at(at(21, 1, 17, 2027))

    assert [text for text in told if "the Kitchen Crew meets" in text]
    assert prompts(told) == []


@pytest.mark.requirement("R25")
@pytest.mark.parametrize("rhythm", ["every thursday 19:00", "every other thursday 19:00"])
async def test_crews_that_meet_more_often_are_not_asked_to_prepare(
    house: PlayedHouse, rhythm: str
) -> None:
    await crew_that_meets(house, rhythm)

    assert prompts(await house.passes(timedelta(days=30))) == []


@pytest.mark.requirement("R27")
async def test_energy_is_a_number_for_oneself_and_gone_when_the_meeting_ends(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house)
    private, other = await house.private("ben"), await house.private("ana")
    [noted] = await private.says("ben", "energy 2")
    [shown] = await private.says("ben", "energy")
    [hers] = await other.says("ana", "energy")
    kept = await Energy.get()
    await house.passes(until=at(26, 11, 19))
    during = await Energy.all().count()
    told = await house.passes(until=at(26, 11, 19) + timedelta(minutes=31))

    assert noted.startswith("Noted for **Thursday 26 November, 19:00**: 2 of 5. It is yours")
    assert shown.startswith("For **Thursday 26 November, 19:00** you noted 2 of 5.")
    assert hers.startswith("You noted nothing")
    assert house.house.keys.open("energy", kept.sealed) == 2
    assert kept.sealed != "2"
    assert during == 1
    assert await Energy.all().count() == 0
    assert not [text for text in told if "energy" in text.lower()]
    assert crew.id


@pytest.mark.requirement("R27")
async def test_energy_can_be_changed_and_taken_back_until_the_meeting_begins(
    house: PlayedHouse,
) -> None:
    await crew_that_meets(house)
    private = await house.private("ben")
    await private.says("ben", "energy 2")
    await private.says("ben", "energy 5")
    [shown] = await private.says("ben", "energy")
    [gone] = await private.says("ben", "energy off")

    assert "5 of 5" in shown
    assert gone.startswith("Forgotten")
    assert await Energy.all().count() == 0


@pytest.mark.parametrize("said", ["0", "6", "plenty", "3.5"])
async def test_what_is_no_level_of_energy_is_refused(house: PlayedHouse, said: str) -> None:
    await crew_that_meets(house)
    private = await house.private("ben")

    [told] = await private.says("ben", f"energy {said}")

    assert "Energy goes from 1" in told.replace("\\", "")
    assert await Energy.all().count() == 0


async def test_energy_is_no_matter_for_the_room_and_needs_a_meeting(house: PlayedHouse) -> None:
    crew, private = await house.crew(), await house.private("ben")

    _taken_back, in_room = await crew.says("ben", "!energy 3")
    [without] = await private.says("ben", "energy 3")

    assert "something between you and me" in in_room
    assert without.startswith("No meeting of yours is planned")


@pytest.mark.requirement("R27")
async def test_energy_of_whoever_leaves_goes_with_them(house: PlayedHouse) -> None:
    crew, private = await crew_that_meets(house), await house.private("ben")
    await private.says("ben", "energy 3")

    await crew.leaves("ben")

    assert await Energy.all().count() == 0


@pytest.mark.requirement("R27")
@pytest.mark.parametrize("said", ["!rhythm off", "!rhythm every monday 18:00"])
async def test_energy_for_a_meeting_that_will_not_be_is_forgotten_with_it(
    house: PlayedHouse, said: str
) -> None:
    crew, private = await crew_that_meets(house), await house.private("ben")
    await private.says("ben", "energy 3")

    await crew.says("ana", said)
    await crew.taps("ana", "✅")

    assert await Energy.all().count() == 0
