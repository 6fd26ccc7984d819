"""The rhythm of a dyad, played: the next one-to-one in its time, rest, and waking."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from practices.dyads import State
from storage.dyads import Dyad, OneToOne
from tests.handlers.paired import DAY, Two, begun, words
from tests.handlers.played import PlayedHouse, a_house, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


async def test_after_two_that_came_to_nothing_the_dyad_itself_rests(two: Two) -> None:
    await two.dyad("dyad ben weekly")
    told = await two.house.passes(timedelta(days=30))

    assert (await Dyad.get()).state is State.RESTING
    assert "rests for now, and I ask nothing" in words(told)
    assert await two.house.passes(timedelta(days=100)) == []


async def test_who_wants_the_signal_has_it_at_the_next_as_well(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.ben.says("ben", "dyad ana signal")
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "yes")
    await two.house.passes(timedelta(days=32))

    assert (await OneToOne.get()).signals == [person("ben")]


async def test_the_next_one_comes_in_its_rhythm(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "yes")

    told = await two.house.passes(until=datetime(2026, 12, 22, 12, 0, tzinfo=UTC))
    assert len([each for each in told if each.startswith("**A one-to-one with")]) == 2


async def test_without_a_rhythm_one_begins_when_one_of_them_asks(two: Two) -> None:
    told = await two.dyad("dyad ben no rhythm")
    assert not await OneToOne.exists()
    assert "whenever one of you asks" in words(told)
    assert await two.house.passes(timedelta(days=60)) == []

    await two.ben.says("ben", "dyad ana meet")
    assert await OneToOne.exists()
    [refused] = await two.ana.says("ana", "dyad ben meet")
    assert "on its way already" in refused


async def test_it_rests_at_the_word_of_one_and_wakes_at_the_word_of_both(two: Two) -> None:
    await two.dyad()
    await two.ana.says("ana", "dyad ben rest")
    assert (await Dyad.get()).state is State.RESTING
    assert not await OneToOne.exists()
    assert await two.house.passes(timedelta(days=60)) == []

    await two.ana.says("ana", "dyad ben wake")
    assert (await Dyad.get()).state is State.RESTING
    told = await two.ben.says("ben", "no")
    assert "It rests on." in words(told)
    await two.ben.says("ben", "dyad ana wake")
    told = await two.ana.says("ana", "dyad ben wake")
    assert (await Dyad.get()).state is State.ACTIVE
    assert "goes on" in words(told)


@pytest.mark.requirement("R13")
async def test_to_ask_for_a_time_and_call_it_off_again_and_again_asks_the_other_once(
    two: Two,
) -> None:
    await two.dyad()
    await two.ana.says("ana", "one-to-one off")
    since = len(two.heard(two.ben))
    for _ in range(5):
        told = await two.ana.says("ana", "dyad ben meet")
        await two.ana.says("ana", "one-to-one off")

    assert len(two.heard(two.ben)[since:]) == 2, "the times, and that it is off"
    assert "You have asked **Ben** within the last 7 days, so nobody was asked now." in words(told)
    await two.house.passes(8 * DAY)
    assert "Which would suit you" in words(await two.ana.says("ana", "dyad ben meet"))


@pytest.mark.requirement("R13")
async def test_who_would_not_meet_the_other_is_asked_for_no_time_at_their_word(two: Two) -> None:
    lives = []
    for said in ("pairing not with @ana:here", "pairing not with @somebody:else"):
        async with a_house() as house:
            each = await begun(house)
            await each.dyad("dyad ben no rhythm")
            told = await each.ben.says("ben", said)
            assert "What you have agreed on with anybody goes on until you end it" in words(told)
            since, mine = len(each.heard(each.ben)), len(each.heard(each.ana))
            await each.ana.says("ana", "dyad ben meet")
            await house.passes(20 * DAY)
            lives.append((each.heard(each.ben)[since:], each.heard(each.ana)[mine:]))
    (silent, excluded), (asked, free) = lives
    assert silent == []
    assert asked
    assert excluded == free
