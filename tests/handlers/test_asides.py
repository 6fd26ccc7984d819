"""What everybody is asked can be answered in the private chat, where nobody sees who says what."""

from datetime import timedelta

import pytest

from practices.circles import RoomKind
from storage.questions import Question
from tests.handlers.played import PlayedHouse


@pytest.mark.requirement("R13")
async def test_a_no_in_private_ends_it_in_the_room_and_names_nobody(house: PlayedHouse) -> None:
    hall, ben = await house.room("Hall", ["ana", "ben", "cleo"]), await house.private("ben")
    await hall.says("ana", "!adopt")

    [told] = await ben.says("ben", "say no")
    shown = await house.passes(timedelta())

    assert told == (
        "Good: **no**. **Hall**: whether I look after that room. The others do not see that it comes from you."
    )
    assert shown[0].startswith("✎ I stay out of it: not everybody wishes it now")
    assert "Ben" not in " ".join(shown)
    assert await Question.all().count() == 0


async def test_yeses_in_private_count_like_taps(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    chats = {who: await house.private(who) for who in ("ben", "cleo")}
    await hall.says("ana", "!adopt")

    for who in ("ben", "cleo"):
        await chats[who].says(who, "say yes")
        await house.passes(timedelta())

    assert (await hall.row()).kind is RoomKind.CREW


async def test_of_several_questions_the_number_says_which_is_meant(house: PlayedHouse) -> None:
    crew, ben = await house.crew(), await house.private("ben")
    other = await house.crew("Garden", ["ben", "dan", "eve"])
    await crew.says("ana", "!close")
    await other.says("dan", "!pause until 1 march")

    [which] = await ben.says("ben", "say no")
    [wrong] = await ben.says("ben", "7")
    [good] = await ben.says("ben", "2")
    shown = await house.passes(timedelta())

    assert "1. **Garden**: whether the crew pauses" in which
    assert "2. **Kitchen Crew**: whether the crew ends" in which
    assert wrong.startswith("There is no such question any more")
    assert good.startswith("Good: **no**. **Kitchen Crew**")
    assert [text for text in shown if text.startswith("✎ The crew stays")]
    assert [each.inquiry for each in await Question.all()] == ["pause"]


async def test_a_word_that_fits_nothing_is_told_what_is_asked(house: PlayedHouse) -> None:
    crew, ben = await house.crew(), await house.private("ben")

    [nothing] = await ben.says("ben", "say no")
    await crew.says("ana", "!close")
    [other] = await ben.says("ben", "say perhaps")

    assert nothing.startswith("Nothing is asked of everybody in a room of yours just now")
    assert "- **Kitchen Crew**: whether the crew ends (yes, no)" in other
    assert (await Question.get(inquiry="close")).answers == {"@ana:here": "yes"}


async def test_nobody_answers_for_a_room_that_they_are_not_in_or_only_visit(
    house: PlayedHouse,
) -> None:
    crew, dan = await house.crew(life="active"), await house.private("dan")
    await crew.joins("dan")
    await crew.says("ana", "!close")

    [told] = await dan.says("dan", "say no")

    assert told.startswith("Nothing is asked of everybody in a room of yours just now")
    assert await Question.filter(inquiry="close").count() == 1


async def test_what_is_decided_meanwhile_is_left_in_peace(house: PlayedHouse) -> None:
    crew, ben = await house.crew(), await house.private("ben")
    await crew.says("ana", "!close")
    await ben.says("ben", "say no")
    await crew.taps("cleo", "✋", on=crew.asked("Shall the Kitchen Crew end"))

    assert await house.passes(timedelta()) == []
