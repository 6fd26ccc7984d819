"""The newcomer's tour, played: ticked in private, and seen by the two alone."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.handlers.played import PlayedHouse
from tests.handlers.welcomed import MEMBERS, Lake


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


async def test_the_tour_is_ticked_in_private_and_seen_by_the_two_alone(lake: Lake) -> None:
    await lake.active()
    nia = await lake.chat("nia")
    await nia.says("nia", "welcome")
    before = len(lake.house.owed)
    told = await nia.taps("nia", "🤝")
    assert any("☑ ☐ ☐ people" in each for each in told)
    assert any(each.startswith("✎") for each in told)
    await lake.says("nia", "welcome met", "welcome visited")
    assert not [owed for owed in lake.house.owed[before:] if owed.lane != nia.id]
    assert "☑ ☑ ☐ people met one-to-one · ☑" in await lake.says("ben", "welcome")


async def test_a_tick_can_be_taken_back_and_is_the_newcomers_own(lake: Lake) -> None:
    await lake.active()
    await lake.says("nia", "welcome met", "welcome untick met")
    assert "☐ ☐ ☐ people" in await lake.says("nia", "welcome")
    assert "newcomer's own" in await lake.says("ben", "welcome met")
