"""Not this time, and leaving, played: the others hear no more than that."""

import pytest
import pytest_asyncio

from handlers.language import Change
from practices.dyads import State
from storage.dyads import Dyad, OneToOne
from tests.handlers.paired import Two, begun, trio, words
from tests.handlers.played import PlayedHouse, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


@pytest.mark.requirement("R13")
async def test_not_this_time_needs_no_reason_and_the_dyad_goes_on(two: Two) -> None:
    await two.dyad()
    told = await two.ben.says("ben", "not this time")

    assert told[-1] == "The one-to-one with Ben: not this time. `dyad` shows what is next."
    assert (await Dyad.get()).state is State.ACTIVE
    assert "dyad-next" in dict(await two.house.hours())


async def test_what_is_called_off_is_off_for_both(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    told = await two.ana.taps("ana", "❌")

    assert "so Wednesday 25 November, 12:30 is free again" in words(told)
    assert not await OneToOne.exists()
    [late] = await two.ben.taps("ben", "⏳", on="one-to-one:1")
    assert "over" in late


async def test_of_a_trio_two_go_on_when_one_would_rather_not(two: Two) -> None:
    await two.house.private("cleo")
    await trio(two, "ana", "ben", "cleo")
    told = await two.ana.says("ana", "one-to-one off 1")

    assert sorted(each for each in told if "two this time" in each) == [
        "You are two this time: you and Ben.", "You are two this time: you and Cleo.",
    ]  # fmt: skip
    assert (await OneToOne.get()).people == [person("ben"), person("cleo")]


@pytest.mark.requirement("R11")
async def test_what_was_arranged_for_a_circle_is_over_when_one_leaves_it(two: Two) -> None:
    await trio(two, "ana", "ben")
    told = await two.crew.leaves("ben")

    assert "The one-to-one with ben: not this time." in told
    assert not await OneToOne.exists()


@pytest.mark.requirement("R11")
async def test_whoever_asks_to_be_forgotten_is_missed_in_the_words_of_a_not_this_time(
    two: Two,
) -> None:
    await trio(two, "ana", "ben")
    told = await two.ben.says("ben", "forget me")
    told += await two.ben.says("ben", "yes")
    for_ana = [each for each in told if "one-to-one" in each]
    assert for_ana == ["The one-to-one with Ben: not this time."]

    await two.crew.joins("dan")
    await trio(two, "ana", "dan")
    dan = await two.house.private("dan")
    told = await dan.says("dan", "one-to-one off 1")
    assert "The one-to-one with Dan: not this time." in told


async def test_what_was_arranged_for_a_circle_goes_with_it(two: Two) -> None:
    await trio(two, "ana", "ben")
    await two.crew.reports(Change.REMOVED)

    assert not await OneToOne.exists()
