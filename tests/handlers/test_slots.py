"""Looking for a time in a circle with a rhythm: what it suggests is shown, and taken, changed or left."""

from datetime import UTC, datetime, timedelta

import pytest

from practices.polls.poll import Way
from storage.people import Person
from storage.polls import Poll
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, person

#: A Monday, eleven in Rome.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
USUAL = "You usually meet **every Thursday, 19:00**, so I would ask for these:"


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of three that meets on Thursdays, on a Monday morning."""
    house.now = MONDAY
    crew = await house.crew()
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    return crew


async def options() -> list[str]:
    return [str(each) for each in (await Poll.get()).terms["options"]]  # type: ignore[attr-defined]  # JSON


async def test_without_times_those_of_the_rhythm_are_shown_and_a_tap_asks_for_them(
    crew: PlayedRoom,
) -> None:
    [shown] = await crew.says("ana", "!times")
    board = (await crew.taps("ana", "✅"))[0]

    assert shown.startswith(USUAL)
    assert "1. Wednesday 25 November, 19:00\n2. Thursday 26 November, 19:00\n3. Friday" in shown
    assert "9. Friday 11 December, 19:00\n\n✅ ask for these · ✏️ others" in shown
    assert len(await options()) == 9
    assert "9️⃣ Friday 11 December 19:00" in board
    assert "When shall we meet?" in board.replace("\\", "")
    # A day before the first of them it is over.
    assert "Open until **Tuesday 24 November, 19:00**" in board


@pytest.mark.parametrize("word", ["yes", "ask for these", "ok"])
async def test_a_word_asks_for_them_too(crew: PlayedRoom, word: str) -> None:
    await crew.says("ana", "!poll times When shall we sing?")
    await crew.says("ana", word, overheard=True)

    poll = await Poll.get()
    assert (poll.terms["way"], poll.terms["topic"]) == (Way.TIMES, "When shall we sing?")
    assert len(await options()) == 9


async def test_numbers_ask_for_some_of_them(crew: PlayedRoom) -> None:
    await crew.says("ana", "!times")
    await crew.says("ana", "2 and 5", overheard=True)

    assert await options() == ["2026-11-26T19:00+01:00", "2026-12-03T19:00+01:00"]


async def test_other_times_may_be_written_at_once_with_terms_behind_them(crew: PlayedRoom) -> None:
    await crew.says("ana", "!times")
    board = (
        await crew.says("ana", "friday 20:00, saturday 10:00; for 30 minutes", overheard=True)
    )[0]

    assert "Friday 27 November 20:00" in board
    assert await options() == ["2026-11-27T20:00+01:00", "2026-11-28T10:00+01:00"]


async def test_a_tap_asks_for_others_with_an_example(crew: PlayedRoom) -> None:
    await crew.says("ana", "!times")
    [asked] = await crew.taps("ana", "✏️")
    await crew.says("ana", "friday 20:00, saturday 10:00", overheard=True)

    assert asked.startswith("Which times? For example: friday 18:00, saturday 10:00.")
    assert len(await options()) == 2


async def test_what_people_say_to_each_other_meanwhile_asks_for_nothing(crew: PlayedRoom) -> None:
    await crew.says("ana", "!times")

    assert await crew.says("ana", "great, see you there", overheard=True) == []
    assert await crew.says("ana", "17", overheard=True) == []
    assert not await Poll.exists()
    await crew.says("ana", "yes", overheard=True)
    assert len(await options()) == 9


async def test_a_reply_that_is_no_time_changes_nothing_and_the_suggestion_stays(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!times")
    asked = f"question:{(await Question.get(inquiry='poll-slots')).id}"
    [refused] = await crew.says("ana", "whenever the moon is kind", on=asked, overheard=True)
    [none] = await crew.says("ana", "17", on=asked, overheard=True)
    await crew.taps("ana", "✅", on=asked)

    assert "Nothing was changed." in refused
    assert "If “17” is a time of day" in none
    assert len(await options()) == 9


async def test_nobody_else_answers_it_and_stop_ends_it(crew: PlayedRoom) -> None:
    await crew.says("ana", "!times")

    assert await crew.taps("ben", "✅") == []
    assert "Stopped" in (await crew.says("ana", "stop", overheard=True))[0]
    assert not await Poll.exists()


async def test_times_that_are_named_need_no_suggestion(crew: PlayedRoom) -> None:
    [board] = await crew.says("ana", "!times friday 18:00, saturday 10:00")

    assert board.startswith("**Ana asks**")


async def test_without_a_rhythm_the_times_are_asked_for_with_an_example(house: PlayedHouse) -> None:
    crew = await house.crew()

    [asked] = await crew.says("ana", "!times")

    assert asked.startswith(
        "Which times? For example: friday 18:00, saturday 10:00.\n\n*The very next thing you write"
    )


async def test_the_times_lie_after_the_end_that_was_said(crew: PlayedRoom) -> None:
    [shown] = await crew.says("ana", "!times When?; until 2 december 20:00")
    board = (await crew.says("ana", "yes", overheard=True))[0]

    assert "1. Thursday 3 December, 19:00" in shown
    assert "Open until **Wednesday 2 December, 20:00**" in board


async def test_the_times_lie_after_the_length_that_was_said(crew: PlayedRoom) -> None:
    [shown] = await crew.says("ana", "!times When?; open for 10 days")
    board = (await crew.says("ana", "yes", overheard=True))[0]

    assert "1. Thursday 3 December, 19:00" in shown
    assert "Open until **Thursday 3 December, 11:00**" in board


# ------------------------------------------------------------------------------------------- two zones


async def test_nobodys_night_is_suggested_and_nobody_learns_whose_it_is(crew: PlayedRoom) -> None:
    await Person.create(id=person("ben"), zone="Asia/Tokyo")

    [asked] = await crew.says("ana", "!times")

    assert asked.startswith("Which times?")
    assert "Or “rhythm”, for your next meetings." in asked
    assert "Tokyo" not in asked


async def test_a_night_of_ones_own_is_kept_also_by_whoever_wants_no_calls(crew: PlayedRoom) -> None:
    await Person.create(id=person("ben"), muted=True, quiet_from="18:30", quiet_until="07:00")

    assert (await crew.says("ana", "!times"))[0].startswith("Which times?")


async def test_in_private_they_are_shown_by_ones_own_clocks_and_the_circles_while_they_change(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    """New York puts its clocks on on 14 March 2027, Rome on 28 March."""
    house.now = datetime(2027, 3, 8, 15, 0, tzinfo=UTC)
    await Person.create(id=person("ana"), zone="America/New_York")
    private = await house.private("ana")

    [shown] = await private.says("ana", "times")
    board, told = await private.says("ana", "yes")

    assert "2. Thursday 11 March, 13:00 (Thursday 11 March, 19:00 there)" in shown
    assert "5. Thursday 18 March, 14:00 (Thursday 18 March, 19:00 there)" in shown
    assert "5️⃣ Thursday 18 March 19:00" in board
    assert "It is asked in **Kitchen Crew**" in told
    assert (await options())[1] == "2027-03-11T19:00+01:00"


async def test_across_the_change_of_clocks_the_usual_hour_is_asked_for(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    house.now = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)

    await crew.says("ana", "!times")
    await crew.taps("ana", "✅")

    assert [each for each in await options() if "T19:00" not in each] == []
    assert (await options())[2:4] == ["2027-03-26T19:00+01:00", "2027-03-31T19:00+02:00"]


async def test_what_was_shown_is_what_is_asked_though_the_rhythm_has_changed_since(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says("ana", "!times")
    await crew.says("ben", "!rhythm every monday 18:00")
    await house.passes(timedelta(minutes=30))
    question = await Question.get(inquiry="poll-slots")

    await crew.taps("ana", "✅", on=f"question:{question.id}")

    assert (await options())[0] == "2026-11-25T19:00+01:00"


async def test_the_room_reads_whose_clocks_and_in_private_everybody_their_own(
    house: PlayedHouse,
) -> None:
    house.now = MONDAY
    crew = await house.crew()
    ben, cleo = await house.private("ben"), await house.private("cleo")
    await Person.create(id=person("ben"), zone="America/New_York")

    [board] = await crew.says(
        "ana", "!times 15 december 18:00, 16 december 2:00; until friday 18:00"
    )
    [far] = await ben.says("ben", "vote 1")
    [near] = await cleo.says("cleo", "vote 1")

    shown = board.replace("\\", "")
    assert "Times as the clocks of Europe/Rome show them." in shown
    assert "for you" not in shown
    assert "1️⃣ Tuesday 15 December 18:00 (Tuesday 15 December 12:00 for you)" in far.replace(
        "\\", ""
    )
    assert "2️⃣ Wednesday 16 December 02:00 (Tuesday 15 December 20:00 for you)" in far.replace(
        "\\", ""
    )
    assert "for you" not in near


async def test_a_time_that_is_added_is_said_in_words_and_counted_of_those_who_were_asked(
    house: PlayedHouse,
) -> None:
    house.now = MONDAY
    crew = await house.crew(people=("ana", "ben", "cleo", "dan"))
    await crew.says("ana", "!times When? 15 december 18:00, 16 december 10:00")
    for who in ("ben", "cleo"):
        await crew.says(who, "!vote 1 none")

    told = await crew.says(
        "ana", "!poll 1 amend When? 15 december 18:00, 16 december 10:00, 17 december 10:00"
    )
    await crew.says("dan", "!vote 1 3")
    closed = await house.passes(timedelta(days=22))

    [changed] = [text.replace("\\", "") for text in told if text.startswith("**Changed**")]
    assert "- new: Thursday 17 December 10:00" in changed
    assert "A new time is nobody's yet: whoever can come then says all times anew" in changed
    [picture] = [text for text in closed if text.startswith("▨")]
    assert "17 December 10:00: 1 yes, 0 if need be, 0 no" in picture
