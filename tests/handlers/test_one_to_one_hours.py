"""The hours of a one-to-one, played: a reminder by day on each clock, and half time for whoever asked."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from storage.dyads import OneToOne
from storage.people import Person
from tests.handlers.paired import DAY, HOUR, Two, begun, words
from tests.handlers.played import PlayedHouse, a_house, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


async def test_a_day_before_each_is_reminded_and_on_the_next_morning_asked(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()

    told = await two.house.passes(until=at - DAY + timedelta(minutes=1))
    assert len(told) == 2
    assert all("**Tomorrow, Wednesday 25 November, 12:30**" in each for each in told)
    assert await two.house.passes(until=at + timedelta(hours=2)) == []
    told = await two.house.passes(until=at + DAY)
    assert [each.split("?")[0] for each in told] == [
        "Did you meet, Ben and you",
        "Did you meet, Ana and you",
    ]


async def test_half_time_is_signalled_to_whoever_asked_and_to_nobody_else(two: Two) -> None:
    await two.dyad("dyad ben 40 minutes")
    at = await two.agreed()
    [told] = await two.ben.taps("ben", "⏳")
    assert told == "Good: after 20 minutes I signal half time to you."
    await two.house.passes(until=at + timedelta(minutes=19))

    assert await two.house.passes(until=at + timedelta(minutes=21)) == [
        "Half time. You can change places now."
    ]
    assert two.house.owed[-1].lane == two.ben.id


@pytest.mark.requirement("R15")
async def test_over_the_change_of_the_clocks_the_reminder_comes_by_day_on_each_clock() -> None:
    async with a_house() as house:
        house.now = datetime(2027, 3, 26, 9, 0, tzinfo=UTC)
        two = await begun(house)
        await Person.create(id=person("ben"), zone="America/New_York")
        await two.ana.says("ana", "dyad ben")
        await two.ana.says("ana", "yes")
        await house.passes(until=datetime(2027, 3, 26, 14, 0, tzinfo=UTC))
        await two.ben.says("ben", "yes")
        await two.ana.says("ana", "monday 15:30")  # 9:30 in New York, as Rome has moved by then
        await two.ben.says("ben", "monday 9:30")
        one = await OneToOne.get()
        assert one.at == datetime(2027, 3, 29, 13, 30, tzinfo=UTC)

        hours = [at for name, at in await house.hours() if name == "one-to-one-remind"]
        assert sorted(hours) == [one.at - DAY, one.at - DAY]
        told = await house.passes(until=one.at - HOUR)
        assert "**Tomorrow, Monday 29 March, 15:30**" in words(told)
        assert "**Tomorrow, Monday 29 March, 09:30**" in words(told)
