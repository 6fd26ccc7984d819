"""Lessons leave only when every crew that they come from has released them, and are read by the others."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from storage.lessons import Lesson, NewsReader, Release
from storage.questions import Question
from tests.handlers.played import PlayedRoom
from tests.handlers.seated import Seated, an_assembly

LESSON = "assembly lesson Smaller tables: Since we meet in fours, everybody speaks."


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Two congregations."""
    async with an_assembly("Lakeside", "Harbour") as found:
        yield found


async def two_crews(river: Seated) -> tuple[PlayedRoom, PlayedRoom]:
    kitchen = await river.crew("Lakeside", "Kitchen", "ana", "p1", "p2")
    return kitchen, await river.crew("Lakeside", "Garden", "p3", "p4", "p5")


async def asked(river: Seated) -> tuple[PlayedRoom, PlayedRoom]:
    """Both crews are asked about a lesson."""
    crews = await two_crews(river)
    await river.host("Lakeside", LESSON, "Kitchen, Garden", "✅")
    return crews


async def test_each_crew_is_asked_in_its_own_room_and_sees_what_would_leave(river: Seated) -> None:
    await two_crews(river)
    [which] = await river.host("Lakeside", LESSON)
    [right] = await river.host("Lakeside", "Kitchen, garden")
    told = await river.host("Lakeside", "✅")

    assert "Which crews does it come from?" in which
    assert "First I ask **Kitchen** and **Garden**, with these words" in right
    questions = [each for each in told if "would give this lesson" in each]
    assert len(questions) == 2
    assert all("Since we meet in fours\\, everybody speaks\\." in each for each in questions)
    assert "1 of 3 has said yes: proposing it is a yes." in questions[0]
    assert "of 3" not in questions[1]
    assert river.them.said_as("lesson") == []


async def test_it_leaves_when_all_of_all_crews_have_said_yes_and_not_before(river: Seated) -> None:
    kitchen, garden = await asked(river)
    await kitchen.taps("p1", "✅")
    await kitchen.taps("p2", "✅")
    await garden.taps("p3", "✅")
    await garden.taps("p4", "✅")
    assert river.them.said_as("lesson") == []
    await river.them.goes_round()
    assert river.them.said_as("lesson") == []

    await garden.taps("p5", "✅")
    await river.them.goes_round()

    [letter] = [each["letter"] for each in river.them.said_as("lesson")]
    assert letter["body"] == {
        "title": "Smaller tables",
        "text": "Since we meet in fours, everybody speaks.",
    }
    assert await river.reached("Lakeside", "was released by all whom it concerns") == ["ana"]
    await river.them.at("Lakeside")
    assert await Lesson.all().count() == await Release.all().count() == 0
    [news] = await river.host("Harbour", "assembly news")
    assert "**Smaller tables** (Lakeside)" in news


async def test_one_no_keeps_it_and_nobody_hears_whose_it_was(river: Seated) -> None:
    kitchen, garden = await asked(river)
    await garden.taps("p3", "✅")

    told = await garden.taps("p4", "✋")
    late = await kitchen.taps("p1", "✅")
    await river.them.goes_round()

    assert any("stays in **Lakeside**" in each for each in told)
    assert any("needs no reason" in each for each in told)
    assert not any("p4" in each.casefold() or "garden" in each.casefold() for each in told[-1:])
    assert any("✎" in each and "is not asked any more; nothing leaves" in each for each in told)
    assert river.them.said_as("lesson") == []
    assert not any("released" in each for each in late)
    assert await Lesson.all().count() == 0
    assert await Question.filter(inquiry="lesson-release").count() == 0


async def test_what_not_all_have_released_by_its_day_stays(river: Seated) -> None:
    kitchen, _garden = await asked(river)
    await kitchen.taps("p1", "✅")

    told = await river.passes("Lakeside", timedelta(days=15))

    assert any("was not released by all by its day, so it stays" in each for each in told)
    assert await Lesson.all().count() == 0
    assert river.them.said_as("lesson") == []


async def test_whoever_leaves_a_crew_is_not_waited_for(river: Seated) -> None:
    kitchen, garden = await asked(river)
    for who in ("p1", "p2"):
        await kitchen.taps(who, "✅")
    for who in ("p3", "p4"):
        await garden.taps(who, "✅")

    told = await garden.leaves("p5")
    await river.them.goes_round()

    assert any("all 2 of you have released it" in each for each in told)
    assert len(river.them.said_as("lesson")) == 1


async def test_a_crew_that_does_not_exist_is_asked_for_again(river: Seated) -> None:
    await two_crews(river)
    await river.host("Lakeside", LESSON)

    [told] = await river.host("Lakeside", "Kitchen, Cellar")
    [right] = await river.host("Lakeside", "Kitchen")

    assert "I did not find all of these. There are: **Garden**, **Kitchen**" in told
    assert "First I ask **Kitchen**, with these words" in right


async def test_what_comes_from_no_crew_needs_the_hosts_yes_alone(river: Seated) -> None:
    await two_crews(river)
    await river.host("Lakeside", LESSON)
    [right] = await river.host("Lakeside", "⏭️")
    assert river.them.said_as("lesson") == []
    await river.host("Lakeside", "✅")
    await river.them.goes_round()

    assert "It comes from no crew." in right
    assert len(river.them.said_as("lesson")) == 1


@pytest.mark.parametrize("words", ["assembly lesson :", "assembly lesson : no title", f"assembly lesson {'x' * 121}: y"])  # fmt: skip
async def test_a_lesson_without_a_title_and_a_text_goes_nowhere(river: Seated, words: str) -> None:
    [told] = await river.host("Lakeside", words)

    assert told.startswith("A lesson has a title")
    assert "Nothing was sent" in told


async def test_a_month_without_lessons_says_how_one_is_given(river: Seated) -> None:
    [told] = await river.host("Lakeside", "assembly news")
    [odd] = await river.host("Lakeside", "assembly news weekly")

    assert told.startswith("No lessons were given in **River** in the last month.")
    assert "Congregations that came" in told
    assert odd.endswith("Nothing was changed.")


async def test_the_newsletter_comes_monthly_to_hosts_who_want_it_and_only_when_there_is_one(
    river: Seated,
) -> None:
    [on] = await river.host("Harbour", "assembly news monthly")
    await river.host("Lakeside", LESSON, "✅")
    await river.them.goes_round()

    told = await river.passes("Harbour", timedelta(days=20))
    empty = await river.passes("Harbour", timedelta(days=40))
    await river.host("Harbour", "assembly news off")

    assert "next on **Tuesday 1 December 2026, 10:00" in on
    assert any("**Smaller tables** (Lakeside)" in each for each in told)
    assert not any("Smaller tables" in each for each in empty)
    await river.them.at("Harbour")
    assert await NewsReader.all().count() == 0


async def test_whoever_hosts_no_more_gets_no_newsletter(river: Seated) -> None:
    await river.host("Harbour", "assembly news monthly")
    await river.host("Lakeside", LESSON, "✅")
    await river.them.goes_round()
    space = await river.space("Harbour")
    row = await space.row()
    row.power = {"users": {}}
    await row.save()

    told = await river.passes("Harbour", timedelta(days=20))

    assert not any("Smaller tables" in each for each in told)


@pytest.mark.requirement("R12")
async def test_a_forgotten_hosts_lesson_goes_its_way_without_their_name(river: Seated) -> None:
    await asked(river)
    await river.host("Lakeside", "forget me", "yes")

    await river.them.at("Lakeside")
    assert [each.host for each in await Lesson.all()] == [""]
