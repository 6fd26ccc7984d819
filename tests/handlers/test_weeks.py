"""The three months of a pair, played: a thought in weeks 1, 4, 8 and 12, each in their own morning."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from storage.dyads import OneToOne
from storage.people import Person
from tests.handlers.played import PlayedHouse, person
from tests.handlers.welcomed import MEMBERS, Lake


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


@pytest.mark.requirement("R16")
async def test_a_pair_has_its_closing_day_from_the_beginning(lake: Lake) -> None:
    row = await lake.paired()
    assert row.review == date(2027, 2, 22)
    assert "welcome-closing" in dict(await lake.house.hours())


@pytest.mark.requirement("R43")
async def test_both_are_prompted_in_weeks_one_four_eight_and_twelve(lake: Lake) -> None:
    await lake.active()
    await lake.house.passes(until=datetime(2027, 2, 21, 12, tzinfo=UTC))
    for who, other in (("nia", "Ben"), ("ben", "Nia")):
        weeks = [each for each in lake.heard(who) if each.startswith("**Week ")]
        heads = [each.partition(".")[0] for each in weeks]
        assert heads == [f"**Week {week} with {other}" for week in (1, 4, 8, 12)]
        assert all("I ask when I am lost" in each for each in weeks)


async def test_each_is_prompted_in_their_own_morning(lake: Lake) -> None:
    await Person.create(id=person("nia"), zone="Asia/Kolkata")
    await lake.paired()
    hours = {f"{at:%H:%M}" for each, at in await lake.house.hours() if each == "welcome-week"}
    assert hours == {"04:30", "09:00"}  # ten in the morning in Kolkata and in Rome


async def test_a_prompt_can_be_passed_and_can_look_for_a_time(lake: Lake) -> None:
    await lake.active()
    await OneToOne.all().delete()
    await lake.house.passes(until=datetime(2026, 11, 29, 12, tzinfo=UTC))
    assert "Good" in await lake.says("nia", "pass")
    assert not await OneToOne.exists()
    await lake.says("ben", "look for a time")
    assert (await OneToOne.get()).people == [person("ben"), person("nia")]
    assert "on its way already" in await lake.says("nia", "welcome meet")


async def test_a_week_that_went_by_while_the_daemon_was_away_is_left_out(lake: Lake) -> None:
    await lake.active()
    before = len(lake.house.owed)
    await lake.house.wakes_at(datetime(2027, 1, 10, 12, tzinfo=UTC))
    assert not [each for each in lake.heard("nia", before) if each.startswith("**Week")]
    await lake.house.passes(until=datetime(2027, 1, 17, 20, tzinfo=UTC))
    assert [
        each.partition(" with")[0] for each in lake.heard("nia", before) if "**Week" in each
    ] == ["**Week 8"]


async def test_after_they_met_both_are_offered_to_write(lake: Lake) -> None:
    await lake.looking("ben")
    await lake.says("ben", "yes")
    await lake.says("nia", "yes")
    await lake.says("nia", "1")
    await lake.says("ben", "1")
    one = await OneToOne.get()
    assert one.at is not None
    await lake.house.passes(until=one.at + timedelta(days=2))
    for who, other in (("nia", "Ben"), ("ben", "Nia")):
        chat = await lake.chat(who)
        await chat.taps(who, "✅", on=chat.asked(f"Did you meet, {other} and you"))
    assert lake.told("nia", "What would you like to commit to for **Ben**")
    assert lake.told("ben", "What would you like to commit to for **Nia**")
    assert "What do you commit to" in await lake.says("nia", "write")
    # Whoever is asked already is not asked again when the other has written.
    assert "stays proposed" in await lake.says("nia", "I ask when I am lost")
    offers = [each for each in lake.heard("ben") if "What would you like to commit to" in each]
    assert len(offers) == 1
    assert "What do you commit to" in await lake.says("ben", "write")


async def test_to_look_for_a_time_again_and_again_asks_the_other_once(lake: Lake) -> None:
    await lake.active()
    await OneToOne.all().delete()
    for _ in range(3):
        told = await lake.says("nia", "welcome meet")
        await lake.says("nia", "one-to-one off")

    assert "within the last 7 days, so nobody was asked now" in told
    assert not await OneToOne.exists()
