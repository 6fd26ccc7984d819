"""A question that everybody answers: it holds when all agree, one no ends it, and nobody is named."""

import pytest

from storage.questions import Question
from tests.handlers.played import PlayedHouse


@pytest.mark.requirement("R17")
async def test_a_change_holds_when_all_have_agreed_and_not_before(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!settings ask-hours 48")

    [first] = await crew.taps("ana", "✅")
    [second] = await crew.taps("ben", "✅")
    third = await crew.taps("cleo", "✅")

    assert "1 of 3 have said yes." in first
    assert "2 of 3 have said yes." in second
    assert any("All 3 of you have agreed" in text for text in third)


@pytest.mark.requirement("R13")
async def test_one_no_ends_it_and_nobody_learns_whose(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!settings ask-hours 48")
    await crew.taps("ana", "✅")

    told = await crew.taps("ben", "✋")

    assert told == ["✎ **ask-hours** stays as it is."]
    assert await Question.all().count() == 0
    assert (await crew.row()).settings == {}


async def test_a_second_yes_of_one_person_counts_once(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!settings ask-hours 48")
    await crew.taps("ana", "✅")

    [told] = await crew.taps("ana", "✅")

    assert "1 of 3 have said yes." in told


async def test_somebody_who_is_not_in_the_room_has_no_voice(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!settings ask-hours 48")

    assert await crew.taps("zoe", "✅") == []
    assert await crew.taps("zoe", "✋") == []
    assert await Question.all().count() == 1


async def test_a_strange_sign_is_no_voice(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!settings ask-hours 48")

    assert await crew.taps("ben", "🎉") == []
    assert await Question.all().count() == 1


async def test_whoever_left_is_not_waited_for(house: PlayedHouse) -> None:
    crew = await house.crew(people=["ana", "ben", "cleo", "dan"])
    await crew.says("ana", "!settings ask-hours 48")
    for who in ("ana", "ben"):
        await crew.taps(who, "✅")
    await crew.leaves("dan")

    told = await crew.taps("cleo", "✅")

    assert any("All 3 of you have agreed" in text for text in told)
