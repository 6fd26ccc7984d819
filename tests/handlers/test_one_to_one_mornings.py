"""The morning after a one-to-one, played: what stays is that they met, and on which day."""

from datetime import date, timedelta

import pytest
import pytest_asyncio

from practices.dyads import Stage
from storage.dyads import Met, OneToOne
from storage.questions import Question
from tests.handlers.paired import DAY, Two, begun, trio, words
from tests.handlers.played import PlayedHouse, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


@pytest.mark.requirement("R33")
async def test_of_a_one_to_one_met_and_its_date_stay_and_nothing_else(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    assert (await two.ana.says("ana", "yes"))[0] == "Good to hear."
    await two.house.passes(timedelta(days=3))

    assert not await OneToOne.exists()
    assert [row async for row in Met.all().values("room", "one", "other", "day")] == [
        {"room": "dyad:1", "one": person("ana"), "other": person("ben"), "day": date(2026, 11, 25)}
    ]
    assert "You met once, last on Wednesday 25 November 2026" in words(
        await two.ben.says("ben", "dyad ana")
    )
    [told] = await two.ben.taps("ben", "✅", on=two.ben.asked("Did you meet"))
    assert "closed" in told


@pytest.mark.requirement("R33")
async def test_when_both_say_yes_it_is_counted_at_once(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "yep we met")
    assert not await Met.exists()
    assert (await two.ben.says("ben", "we did"))[0] == "Good to hear."

    assert (await Met.get()).day == date(2026, 11, 25)
    assert not await OneToOne.exists()


@pytest.mark.requirement("R33")
@pytest.mark.parametrize("no_first", [False, True])
@pytest.mark.parametrize("no", ["no he didnt show up", "nope", "not really", "no", "⏳"])
async def test_where_one_says_no_it_is_no_meeting_and_the_other_is_told_nothing_of_it(
    two: Two, no: str, no_first: bool
) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    answers = [("ana", "yes"), ("ben", no)]
    told = {}
    for who, word in reversed(answers) if no_first else answers:
        since = len(two.house.owed)
        told[who] = await getattr(two, who).says(who, word)
        other = two.ben if who == "ana" else two.ana
        assert not [owed for owed in two.house.owed[since:] if owed.lane == other.id]
    assert told["ana"] == ["Good to hear."]
    assert "Shall I look for another time?" in words(told["ben"])
    since = len(two.house.owed)
    await two.house.passes(timedelta(days=9))

    assert not await Met.exists()
    assert not await OneToOne.filter(at__isnull=False).exists()
    assert "did" not in words([str(owed.content) for owed in two.house.owed[since:]]).split()
    for who, of in (("ana", "ben"), ("ben", "ana")):
        assert "You have not met yet." in words(await getattr(two, who).says(who, f"dyad {of}"))


async def test_a_no_reaches_its_question_although_times_were_asked_since(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "yes")
    cleo = await two.house.private("cleo")
    await cleo.says("cleo", "dyad ben")
    await cleo.says("cleo", "yes")
    assert "Which would suit you" in words(await two.ben.says("ben", "yes"))
    told = await two.ben.says("ben", "no he didnt show up")

    assert "Shall I look for another time?" in words(told)


async def test_of_three_those_have_met_who_do_not_say_no(two: Two) -> None:
    one = await trio(two, "ana", "ben", "cleo")
    one.at, one.stage = two.house.now - DAY, Stage.ASKED
    await one.save()
    for who in ("ana", "ben", "cleo"):
        await Question.create(
            room=f"!private-{who}:here",
            person=person(who),
            inquiry="one-to-one-met",
            data={"one_to_one": one.id},
            until=two.house.now + DAY,
        )
    cleo = await two.house.private("cleo")
    await cleo.says("cleo", "no")
    assert words(await cleo.says("cleo", "let it rest")).startswith("Good, it rests.")
    await two.ana.says("ana", "yes")
    await two.house.passes(timedelta(days=4))

    assert [(row.one, row.other) async for row in Met.all()] == [(person("ana"), person("ben"))]
    assert not await OneToOne.exists()


@pytest.mark.requirement("R33")
async def test_not_yet_is_no_record_and_another_time_can_be_looked_for(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "not yet")
    told = await two.ana.says("ana", "another time")

    assert "The time that stood is given up." in words(told)
    assert not await Met.exists()
    assert (await OneToOne.get()).at is None


async def test_not_yet_can_rest(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "not yet")
    assert (await two.ana.says("ana", "let it rest"))[0].startswith("Good, it rests.")

    assert not await OneToOne.exists()
    assert not await Met.exists()


@pytest.mark.requirement("R33")
async def test_a_silence_about_having_met_is_asked_about_once_more_and_is_no_meeting(
    two: Two,
) -> None:
    await two.dyad()
    at = await two.agreed()
    told = await two.house.passes(until=at + timedelta(days=12))

    assert sum("Did you meet" in each for each in told) <= 4
    assert not await OneToOne.exists()
    assert not await Met.exists()


async def test_a_daemon_that_was_off_for_a_week_reminds_nobody_late_and_asks_whether_they_met(
    two: Two,
) -> None:
    await two.dyad()
    at = await two.agreed()
    told = await two.house.wakes_at(at + timedelta(days=7))

    assert [each.split(",")[0] for each in told] == ["Did you meet", "Did you meet"]
    await two.ana.says("ana", "yes")
    await two.ben.says("ben", "yes")
    assert (await Met.get()).day == date(2026, 11, 25)


async def test_after_a_month_away_nobody_is_asked_about_what_is_long_over(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    told = await two.house.wakes_at(at + timedelta(days=40))

    assert not [each for each in told if "Did you meet" in each]
    assert not await OneToOne.filter(at__isnull=False).exists()
