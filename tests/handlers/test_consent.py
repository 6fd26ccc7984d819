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

    assert "1 of 3 has said yes." in first
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

    assert "1 of 3 has said yes." in (await crew.taps("ana", "✅"))[0]
    assert await crew.taps("ana", "✅") == []
    assert (await Question.get()).answers == {"@ana:here": "yes"}


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


PROPOSALS = (
    "settings ask-hours 48", "pause until 1 march", "close", "game", "reports sunday 18:00", "cycle 6",
)  # fmt: skip


@pytest.mark.requirement("R17")
@pytest.mark.parametrize("words", PROPOSALS)
async def test_whoever_proposes_something_has_said_yes_to_it_and_reads_so(
    house: PlayedHouse, words: str
) -> None:
    crew = await house.crew(life="active")
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")

    asked = await crew.says("ana", f"!{words}")
    first = await crew.taps("ben", "✅")
    second = await crew.taps("cleo", "✅")

    assert "\n\n1 of 3 has said yes: proposing it is a yes.\n\n" in asked[-1]
    assert "2 of 3 have said yes." in first[0]
    assert second[0].startswith("✎ All ")
    assert await Question.filter(room=crew.id, person=None).count() == 0


@pytest.mark.requirement("R13")
async def test_the_word_of_whoever_proposes_adopting_counts_and_two_more_make_it(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    [asked] = await hall.says("ana", "!adopt")

    await hall.taps("ben", "✅")
    told = await hall.taps("cleo", "✅")

    assert "1 of 3 has said yes: proposing it is a yes." in asked
    assert told[0] == "✎ All 3 of you have said yes to a **crew**."


async def test_whoever_proposes_can_say_no_after_all(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!settings ask-hours 48")

    assert await crew.taps("ana", "✋") == ["✎ **ask-hours** stays as it is."]
