"""One-to-ones by words, played; and whatever two say, neither hears too much of it, or at night."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practices.dyads import Stage
from storage.dyads import Met, OneToOne
from storage.outbox import Deed
from tests.handlers.paired import HOUR, Two, begun, words
from tests.handlers.played import PlayedHouse, a_house, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


async def test_on_the_morning_after_another_time_is_looked_for_and_can_be_agreed(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + timedelta(hours=26))
    assert (await OneToOne.get()).stage is Stage.ASKED

    assert "Which would suit you" in words(await two.ana.says("ana", "one-to-one move"))
    assert (await two.ana.says("ana", "1"))[0].startswith("Noted")
    assert "Which would suit you" in words(two.heard(two.ben))
    await two.ben.says("ben", "1")
    later = (await OneToOne.get()).at
    assert later is not None
    assert later > at
    assert not await Met.exists()


@pytest.mark.requirement("R33")
async def test_who_asks_for_another_time_after_a_yes_has_met_all_the_same(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + timedelta(hours=26))
    await two.ben.says("ben", "yes")
    assert "Which would suit you" in words(await two.ana.says("ana", "one-to-one 1 others"))
    assert await Met.all().count() == 1
    assert (await OneToOne.get()).stage is Stage.ARRANGING


@pytest.mark.requirement("R14")
@pytest.mark.parametrize("slow", [False, True])
async def test_nobody_is_written_to_more_than_four_times_for_one_meeting(
    two: Two, slow: bool
) -> None:
    await two.dyad("dyad ben no rhythm")
    before = len(two.house.owed)
    await two.ana.says("ana", "dyad ben meet")
    if slow:
        await two.house.passes(timedelta(days=3, hours=1))
    await two.ana.says("ana", "1")
    await two.ben.says("ben", "2")
    await two.house.passes(2 * HOUR)
    await two.ana.says("ana", "friday 18:00")
    await two.ben.says("ben", "friday 18:00")
    assert (await OneToOne.get()).at is not None
    await two.house.passes(timedelta(days=30))

    for room, who in ((two.ana, "ana"), (two.ben, "ben")):
        unasked = [
            owed
            for owed in two.house.owed[before:]
            if owed.deed is Deed.SEND and owed.lane == room.id and owed.asker != person(who)
        ]
        assert 2 <= len(unasked) <= 4


async def test_one_to_ones_are_listed_moved_and_timed_by_words(two: Two) -> None:
    [refused] = await two.ana.says("ana", "one-to-one")
    assert "No one-to-one of yours is ahead" in refused
    await two.dyad()
    assert "1. Ben: a time is being looked for" in words(await two.ana.says("ana", "one-to-one"))
    assert words(await two.ana.says("ana", "one-to-one 1 friday 18:00")).startswith("Noted")
    await two.ben.says("ben", "friday 18:00")
    assert "1. Ben: Friday 27 November, 18:00" in words(await two.ana.says("ana", "one-to-one"))
    [refused] = await two.ana.says("ana", "one-to-one 1 saturday 18:00")
    assert "was not written down" in refused
    assert "half time" in words(await two.ana.says("ana", "one-to-one signal 1"))
    [refused] = await two.ana.says("ana", "one-to-one off 7")
    assert "nothing was changed" in refused
    assert "given up" in words(await two.ana.says("ana", "one-to-one move 1"))
    assert "not this time" in words(await two.ana.says("ana", "one-to-one off 1"))


ACTS = st.sampled_from(
    ["1", "2", "1 and 3", "others", "friday 18:00", "saturday 9:30", "yes", "thanks"]
)


@pytest.mark.requirement("R14")
@pytest.mark.requirement("R15")
@settings(derandomize=True, deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(["ana", "ben"]), ACTS, st.sampled_from([1, 11, 30, 100])),
        max_size=8,
    )
)
async def test_whatever_two_say_and_when_none_hears_more_than_four_words_unasked_and_none_at_night(
    acts: list[tuple[str, str, int]],
) -> None:
    async with a_house() as house:
        two = await begun(house)
        await two.dyad("dyad ben no rhythm")
        before = len(house.owed)
        await two.ana.says("ana", "dyad ben meet")
        one = await OneToOne.get()
        for who, said, hours in acts:
            await (two.ana if who == "ana" else two.ben).says(who, said)
            await house.passes(hours * HOUR)
        await house.passes(timedelta(days=40))

        for room, who in ((two.ana, "ana"), (two.ben, "ben")):
            unasked = [
                owed
                for owed in house.owed[before:]
                if owed.deed is Deed.SEND and owed.lane == room.id and owed.asker != person(who)
            ]
            assert len(unasked) <= 4
            for owed in unasked:
                if owed.asker is None:
                    assert 8 <= owed.made_at.astimezone(ZoneInfo("Europe/Rome")).hour < 21
        assert not await OneToOne.filter(id=one.id).exists()
        assert await Met.all().count() <= 1
