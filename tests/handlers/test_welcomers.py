"""Those who would be beside newcomers, played: so many at once, in some languages, and rested when they like."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from handlers.welcome.companions import THINKING
from practices.onboarding import Standing
from storage.onboardings import Onboarding, Welcomer
from tests.handlers.played import PlayedHouse
from tests.handlers.welcomed import HOUR, MEMBERS, Lake


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


async def test_so_many_at_once_and_no_more(lake: Lake) -> None:
    await lake.paired("ben")
    await lake.says("omar", "help")
    await lake.comes("omar")
    await lake.says("omar", "yes", "pass")
    await lake.house.passes(THINKING + HOUR)
    assert not lake.told("ben", "Omar")
    await lake.says("ben", "welcome willing 2")
    assert lake.told("ben", "**Omar** is new")


@pytest.mark.parametrize("said", ["7", "0", "many", "2 3"])
async def test_a_number_that_is_none_changes_nothing(lake: Lake, said: str) -> None:
    assert "nothing was changed" in await lake.says("ben", f"welcome willing {said}")
    assert not await Welcomer.exists()


async def test_who_rests_is_asked_from_their_day_on(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    assert "Until when?" in await lake.says("ben", "welcome rest")
    assert "10 December" in await lake.says("ben", "welcome rest until 10 december")
    assert "you rest until" in await lake.says("ben", "welcome")
    await lake.says("nia", "help")
    await lake.comes("nia")
    await lake.says("nia", "yes", "pass")
    assert not lake.told("ben", "Would that be you?")
    await lake.house.passes(until=datetime(2026, 12, 10, 12, tzinfo=UTC))
    assert lake.told("ben", "Would that be you?")


async def test_no_longer_takes_it_back_and_leaves_whom_they_are_beside(lake: Lake) -> None:
    await lake.paired()
    assert "nobody new" in await lake.says("ben", "welcome no longer")
    assert not await Welcomer.exists()
    assert (await Onboarding.get()).state is Standing.PROPOSED
    assert "nothing to change" in await lake.says("ben", "welcome no longer")


async def test_languages_are_those_of_the_pairing_round_and_count(lake: Lake) -> None:
    await lake.says("ben", "welcome languages Italian")
    await lake.says("nia", "help", "welcome languages Finnish")
    await lake.looking("ben")
    assert not lake.told("ben", "Would that be you?")
    assert "Italian" in await lake.says("ben", "welcome")


async def test_a_newcomer_is_not_made_a_host_of_newcomers(lake: Lake) -> None:
    await lake.paired()
    assert "new there yourself" in await lake.says("nia", "welcome willing")
