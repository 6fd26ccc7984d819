"""A dyad is proposed, answered and taken back: nobody is in one unasked."""

from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from handlers.pairing import overdue
from practices.dyads import Pace, State
from storage.askings import Asking
from storage.dyads import Dyad, OneToOne
from storage.questions import Question
from tests.handlers.paired import Two, begun, words
from tests.handlers.played import PlayedHouse


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


@pytest.mark.requirement("R31")
async def test_there_is_no_dyad_before_both_have_said_yes(two: Two) -> None:
    [read_back] = await two.ana.says("ana", "dyad ben")
    assert "I would ask **Ben**" in read_back
    assert "once a month" in read_back
    assert "Saturday 22 May 2027" in read_back
    assert not await Dyad.exists()

    told = await two.ana.says("ana", "yes")
    assert [each for each in told if each.startswith("→") or "**Ana** asks" in each]
    assert (await Dyad.get()).state is State.PROPOSED
    assert not await OneToOne.exists()

    await two.ben.says("ben", "yes")
    assert (await Dyad.get()).state is State.ACTIVE
    assert await OneToOne.exists()


async def test_what_is_read_back_can_be_changed_before_it_is_asked(two: Two) -> None:
    await two.ana.says("ana", "dyad ben weekly")
    [again] = await two.ana.says("ana", "45 minutes, for 3 months")
    assert "every week, about 45 minutes" in again
    assert "Monday 22 February 2027" in again

    await two.ana.says("ana", "yes")
    dyad = await Dyad.get()
    assert (dyad.pace, dyad.minutes, dyad.review) == (Pace.WEEKLY, 45, date(2027, 2, 22))


async def test_a_change_that_is_not_understood_asks_nobody_and_leaves_the_question_open(
    two: Two,
) -> None:
    await two.ana.says("ana", "dyad ben")
    [refused] = await two.ana.says("ana", "with a lot of cake")
    assert "For example" in refused
    assert not await Dyad.exists()

    await two.ana.says("ana", "yes")
    assert await Dyad.exists()


@pytest.mark.requirement("R16")
async def test_a_dyad_has_a_day_of_review_from_its_beginning_and_none_without_is_made(
    two: Two,
) -> None:
    [refused] = await two.ana.says("ana", "dyad ben for 40 months")
    assert "within two years" in refused
    assert not await Question.exists()

    await two.dyad()
    assert (await Dyad.get()).review == date(2027, 5, 22)
    assert "dyad-review" in dict(await two.house.hours())


@pytest.mark.requirement("R13")
async def test_a_no_and_a_silence_reach_whoever_asked_in_the_same_words(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    told = await two.ben.says("ben", "no")
    after_no = next(each for each in told if "a dyad: not this time" in each)
    assert not await OneToOne.exists()

    await two.house.passes(timedelta(days=181))
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    told = await two.house.passes(timedelta(days=15))
    assert [each for each in told if "not this time" in each] == [after_no]
    assert after_no == "**Ben** and a dyad: not this time."


async def test_who_was_declined_does_not_ask_again_but_can_be_asked(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    await two.ben.says("ben", "not this time")

    [refused] = await two.ana.says("ana", "dyad ben")
    assert "They were not asked again" in refused

    await two.ben.says("ben", "dyad ana")
    await two.ben.says("ben", "yes")
    await two.ana.says("ana", "yes")
    assert (await Dyad.get()).state is State.ACTIVE


@pytest.mark.parametrize("silent", [False, True])
async def test_who_turned_down_whom_is_kept_nowhere_and_the_same_is_asked_no_sooner_than_after_half_a_year(
    two: Two, silent: bool
) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    if silent:
        await two.house.passes(timedelta(days=15))
    else:
        await two.ben.says("ben", "no")

    assert not await Dyad.exists()
    assert await Asking.exists(), "the mark that nobody can read is all there is"
    assert "You have no dyad yet" in words(await two.ana.says("ana", "dyad"))
    for _ in range(2):
        [refused] = await two.ana.says("ana", "dyad ben")
        assert "Ben was asked already" in refused
        assert "They were not asked again" in refused
    await two.house.passes(timedelta(days=181))
    assert "I would ask **Ben**" in words(await two.ana.says("ana", "dyad ben"))


async def test_what_an_older_version_kept_of_a_no_is_forgotten_at_the_next_start(two: Two) -> None:
    await Dyad.create(
        proposer="@ana:here",
        asked="@ben:here",
        state=State.DECLINED,
        review=date(2027, 5, 22),
        months=6,
        pace=Pace.MONTHLY,
        minutes=60,
    )
    await overdue.tidied()

    assert not await Dyad.exists()


async def test_two_who_ask_each_other_have_both_said_yes(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ben.says("ben", "dyad ana")
    await two.ana.says("ana", "yes")
    told = await two.ben.taps("ben", "✅", on=two.ben.asked("I would ask **Ana**"))

    assert "are a dyad" in words(told)
    assert (await Dyad.get()).state is State.ACTIVE


async def test_a_proposal_can_be_taken_back(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    assert await two.ana.says("ana", "dyad ben take back") == [
        "Taken back: nothing is asked any more."
    ]

    [told] = await two.ben.taps("ben", "✅")
    assert "closed" in told
    assert not await Dyad.exists()
    assert await two.house.hours() == []


async def test_nobody_runs_a_campaign(two: Two) -> None:
    many = [f"friend{number}" for number in range(6)]
    await two.house.crew("Many", ["ana", *many])
    for who in many[:3]:
        await two.ana.says("ana", f"dyad {who}")
        await two.ana.says("ana", "yes")

    [refused] = await two.ana.says("ana", f"dyad {many[5]}")
    assert "more than 3 people whom you ask within a day, so nobody was asked" in refused


async def test_whoever_never_spoke_with_kinkeeper_hears_who_asks(two: Two) -> None:
    await two.ana.says("ana", "dyad cleo")
    told = await two.ana.says("ana", "yes")

    assert told[0].startswith("→ cleo: Hello. I am Kinkeeper")


@pytest.mark.requirement("R15")
async def test_a_proposal_of_the_night_waits_for_the_others_morning(two: Two) -> None:
    await two.house.passes(until=datetime(2026, 11, 22, 22, 0, tzinfo=UTC))
    await two.ana.says("ana", "dyad ben")
    told = await two.ana.says("ana", "yes")
    assert len(told) == 1

    told = await two.house.passes(until=datetime(2026, 11, 23, 7, 1, tzinfo=UTC))
    assert "**Ana** asks" in words(told)
