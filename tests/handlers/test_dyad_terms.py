"""The terms of a dyad, played: changed when both agree, and looked at again on their day."""

from datetime import date, timedelta

import pytest
import pytest_asyncio

from practices.dyads import Pace, State
from storage.dyads import Dyad
from tests.handlers.paired import Two, begun, words
from tests.handlers.played import PlayedHouse


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


async def test_other_terms_are_asked_of_the_other_and_hold_when_both_agree(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    told = await two.ana.says("ana", "dyad ben every two weeks 30 minutes for 3 months")
    assert "**Ana** proposes for your dyad: every two weeks, about 30 minutes" in words(told)
    assert (await Dyad.get()).minutes == 60

    told = await two.ben.says("ben", "yes")
    dyad = await Dyad.get()
    assert (dyad.pace, dyad.minutes, dyad.review) == (Pace.FORTNIGHTLY, 30, date(2027, 2, 22))
    assert len([each for each in told if "Agreed with" in each]) == 2
    assert [at.date() for name, at in await two.house.hours() if name == "dyad-review"] == [
        date(2027, 2, 22)
    ]


@pytest.mark.requirement("R13")
async def test_other_terms_declined_leave_all_as_it_is(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    await two.ana.says("ana", "dyad ben weekly")
    told = await two.ben.says("ben", "not this time")

    assert "not this time. It goes on as it is." in words(told)
    assert (await Dyad.get()).pace is Pace.MONTHLY


@pytest.mark.requirement("R16")
async def test_on_its_day_both_are_asked_and_it_goes_on_when_both_say_so(two: Two) -> None:
    await two.dyad("dyad ben no rhythm for 1 month")
    told = await two.house.passes(timedelta(days=31))
    assert len([each for each in told if "has come to its day" in each]) == 2

    assert "as soon as you have both" in words(await two.ana.says("ana", "go on"))
    told = await two.ben.says("ben", "go on")
    assert all("goes on until Saturday 23 January 2027" in each for each in told)
    assert (await Dyad.get()).state is State.ACTIVE


@pytest.mark.requirement("R16")
async def test_a_review_that_not_both_answer_ends_it_and_nobody_learns_who_was_silent(
    two: Two,
) -> None:
    await two.dyad("dyad ben no rhythm for 1 month")
    await two.house.passes(timedelta(days=31))
    await two.ana.says("ana", "go on")
    once_more = await two.house.passes(timedelta(days=8))
    assert len(once_more) == 1

    told = await two.house.passes(timedelta(days=8))
    assert [each.replace("Ana", "Ben").replace("ana", "ben") for each in told] == [told[0]] * 2
    assert told[0].startswith("Your dyad with **Ben** has reached its day and is over.")
    assert not await Dyad.exists()
    assert await two.house.hours() == []


@pytest.mark.requirement("R11")
async def test_a_review_is_closed_by_one_word(two: Two) -> None:
    await two.dyad("dyad ben no rhythm for 1 month")
    await two.house.passes(timedelta(days=31))
    told = await two.ben.taps("ben", "👋")

    assert "Your dyad with **Ben** is over." in told
    assert not await Dyad.exists()
