"""Energy is one's own, and the others see it only where somebody shows it, until the meeting ends (SELF-3)."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.energy import Energy
from tests.handlers.played import PlayedHouse, PlayedRoom

BEGINS = datetime(2026, 11, 26, 18, tzinfo=UTC)


async def kitchen(house: PlayedHouse) -> tuple[PlayedRoom, PlayedRoom]:
    crew = await house.crew("Kitchen", ["ana", "ben", "cleo"])
    private = await house.private("ben")
    await crew.says("ben", "!rhythm every thursday 19:00")
    await crew.taps("ben", "✅")
    await private.says("ben", "energy 2")
    return crew, private


WORDS = "**Ben** brings energy 2 of 5 on Thursday 26 November, 19:00."


@pytest.mark.requirement("R27")
async def test_the_others_see_it_only_after_its_person_has_read_what_they_would_see(
    house: PlayedHouse,
) -> None:
    crew, private = await kitchen(house)

    [asked] = await private.says("ben", "energy show")
    said, told = await private.taps("ben", "✅")

    assert f"In **Kitchen** I would say:\n\n> {WORDS}" in asked
    assert said == WORDS
    assert house.owed[-2].lane == crew.id
    assert told.startswith("They can see it until the meeting ends")


@pytest.mark.requirement("R27")
async def test_what_was_shown_is_taken_back_when_the_meeting_ends(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)
    await private.says("ben", "energy show")
    await private.says("ben", "yes")

    before = await house.passes(until=BEGINS + timedelta(minutes=30))
    after = await house.passes(until=BEGINS + timedelta(hours=3))

    assert "⌫ energy:1" not in before
    assert after.count("⌫ energy:1") == 1
    assert await Energy.all().count() == 0


async def test_a_no_leaves_it_ones_own(house: PlayedHouse) -> None:
    crew, private = await kitchen(house)
    await private.says("ben", "energy show")

    assert await private.says("ben", "no") == ["It stays yours."]
    assert not [o for o in house.owed if o.lane == crew.id and "brings energy" in str(o.content)]


@pytest.mark.parametrize("said", ["energy off", "energy 4"])
async def test_changing_or_taking_it_back_takes_back_what_was_shown(
    house: PlayedHouse, said: str
) -> None:
    _crew, private = await kitchen(house)
    await private.says("ben", "energy show")
    await private.says("ben", "yes")

    [gone, _told] = await private.says("ben", said)
    after = await house.passes(until=BEGINS + timedelta(hours=3))

    assert gone == "⌫ energy:1"
    assert "⌫ energy:1" not in after


async def test_a_meeting_that_is_moved_keeps_it_shown_until_its_new_end(house: PlayedHouse) -> None:
    crew, private = await kitchen(house)
    await private.says("ben", "energy show")
    await private.says("ben", "yes")
    await crew.says("ana", "!move friday 19:00")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")

    before = await house.passes(until=BEGINS + timedelta(hours=20))
    after = await house.passes(until=BEGINS + timedelta(hours=28))

    assert "⌫ energy:1" not in before
    assert "⌫ energy:1" in after


async def test_without_a_number_nothing_is_shown_and_it_is_not_shown_twice(
    house: PlayedHouse,
) -> None:
    _crew, private = await kitchen(house)
    other = await house.private("ana")

    [nothing] = await other.says("ana", "energy show")
    await private.says("ben", "energy show")
    await private.says("ben", "yes")
    [twice] = await private.says("ben", "energy show")

    assert nothing.startswith("You noted nothing for")
    assert twice.startswith("The others see it already")


@pytest.mark.requirement("R12")
async def test_whoever_leaves_or_is_forgotten_shows_it_no_more(house: PlayedHouse) -> None:
    crew, private = await kitchen(house)
    await private.says("ben", "energy show")
    await private.says("ben", "yes")

    assert "⌫ energy:1" in await crew.leaves("ben")
