"""The money note: each question or none, for its person alone, and one field to one crew for one meeting."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import DestroyKey
from storage.belongings import forget as forget_room
from storage.meetings import Meeting
from storage.notes import MoneyNote, Opening
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, person
from tests.handlers.test_safety import everywhere

SECRET = "1,234,567"

#: The first meeting, and its end.
BEGINS = datetime(2026, 11, 26, 18, tzinfo=UTC)


async def kitchen(house: PlayedHouse) -> tuple[PlayedRoom, PlayedRoom]:
    """A crew that meets on Thursday evening, and Ana's private chat, with her money note."""
    crew = await house.crew("Kitchen", ["ana", "ben", "cleo"])
    private = await house.private("ana")
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    await private.says("ana", f"money income {SECRET} to 1,500,000 a year")
    await private.says("ana", "money life a garden, and time")
    return crew, private


async def opened(private: PlayedRoom, field: str = "income") -> list[str]:
    await private.says("ana", f"money open {field}")
    return await private.says("ana", "yes")


def in_room(house: PlayedHouse, room: PlayedRoom) -> str:
    return "\n".join(
        str((owed.content or {}).get("text", "")) for owed in house.owed if owed.lane == room.id
    )


@pytest.mark.requirement("R28")
async def test_the_note_asks_seven_questions_one_at_a_time_and_each_can_be_passed(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")

    [first] = await private.says("ana", "money note")
    kept, second = await private.says("ana", "1200-1600 a month")
    asked = [second]
    for _ in range(5):
        asked += await private.taps("ana", "⏭️")
    [end] = await private.taps("ana", "⏭️")
    [note] = await private.says("ana", "money note")

    assert "Seven questions about work and money, for you alone" in first
    assert "1 of 7 – **What comes in**" in first
    assert kept == "Kept for **income**:\n\n> 1200\\-1600 a month"
    assert [each.partition(" – ")[0] for each in asked] == [
        f"{number} of 7" for number in range(2, 8)
    ]
    assert all("⏭️ pass · ✋ stop" in each for each in [first, *asked])
    assert end.startswith("`money note` shows what you keep there.\n\n🛟 `safety`")
    assert "**income**\n\n> 1200\\-1600 a month" in note
    assert note.count("** –") == 6


@pytest.mark.requirement("R10")
async def test_stop_ends_the_questions_and_what_was_written_stays(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "money begin")
    await private.says("ana", "about 1500")

    await private.says("ana", "stop")

    assert await Question.all().count() == 0
    assert "about 1500" in (await private.says("ana", "money"))[0]


@pytest.mark.requirement("R28")
async def test_one_field_is_changed_and_another_erased(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)

    before, asked = await private.says("ana", "money income")
    await private.says("ana", "enough")
    await private.says("ana", "money erase life")
    [note] = await private.says("ana", "money")

    assert SECRET.replace(",", "\\,") in before
    assert "What comes in" in asked
    assert "> enough" in note
    assert "garden" not in note


async def test_erasing_all_leaves_no_row(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)

    assert await private.says("ana", "money erase all") == ["Your money note is erased, all of it."]
    assert await MoneyNote.all().count() == 0
    assert "1 of 7" in (await private.says("ana", "money"))[0]


@pytest.mark.requirement("R28")
@pytest.mark.requirement("R9")
async def test_it_is_sealed_in_the_database_and_shown_to_nobody_else(house: PlayedHouse) -> None:
    crew, _private = await kitchen(house)
    other = await house.private("ben")
    before = len(house.owed)

    for text in (
        "money",
        "money note",
        "money income",
        "stop",
        "export",
        "status",
        "money open income",
        "stop",
        "help all",
    ):
        await other.says("ben", text)
    for text in ("!money", "!status", "!about", "!record"):
        await crew.says("ben", text)

    assert await everywhere(SECRET) == []
    assert await everywhere("garden") == []
    for owed in house.owed[before:]:
        content = dict(owed.content or {})
        data = base64.b64decode(str(content.get("data", ""))).decode()
        assert SECRET not in data + str(content).replace("\\", "")
    assert "between you and me" in (await crew.says("ana", "!money"))[-1]


@pytest.mark.requirement("R12")
async def test_its_person_takes_it_along_and_has_it_forgotten(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)
    await opened(private)
    await private.says("ana", "export")
    content = next(owed for owed in reversed(house.owed) if owed.deed == "file").content
    found = json.loads(base64.b64decode(str((content or {})["data"])))

    await private.says(
        "ana",
        "forget me",
    )
    await private.says("ana", "yes")

    assert found["money_note"] == {
        "income": "1,234,567 to 1,500,000 a year", "life": "a garden, and time"
    }  # fmt: skip
    assert found["money_note_open_to"][0]["field"] == "income"
    assert await MoneyNote.all().count() == await Opening.all().count() == 0


async def test_a_note_whose_key_is_gone_is_told_in_words(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)
    house.house.keys.destroy(house.house.keys.condemn(DestroyKey(owner=person("ana")).owner))

    [told] = await private.says("ana", "money")
    await private.says("ana", "money erase all")

    assert told.startswith("What you wrote in your money note could not be read any more")
    assert "`money erase all` removes it" in told
    assert "1 of 7" in (await private.says("ana", "money"))[0]


# --------------------------------------------------------------------------------------------- opening


@pytest.mark.requirement("R29")
async def test_a_field_is_shown_word_for_word_before_it_is_opened(house: PlayedHouse) -> None:
    crew, private = await kitchen(house)

    words, asked = await private.says("ana", "money open income")
    [told] = await private.taps("ana", "✅")
    await house.passes(until=BEGINS + timedelta(minutes=1))

    assert words in [
        str((owed.content or {}).get("text")) for owed in house.owed if owed.lane == crew.id
    ]
    assert (
        "what **Kitchen** would read in its room, on Thursday 26 November, 19:00, when you meet"
        in asked
    )
    assert told.startswith(
        "It is shown on **Thursday 26 November, 19:00**, and closes when that meeting ends."
    )


@pytest.mark.requirement("R29")
async def test_it_is_shown_when_the_meeting_begins_and_taken_back_when_it_ends(
    house: PlayedHouse,
) -> None:
    crew, private = await kitchen(house)
    await opened(private)

    await house.passes(until=BEGINS - timedelta(minutes=1))
    before = in_room(house, crew)
    during = await house.passes(until=BEGINS + timedelta(minutes=1))
    after = await house.passes(until=BEGINS + timedelta(hours=3))

    plain = SECRET.replace(",", "\\,")
    assert plain not in before
    assert [each for each in during if plain in each]
    assert "garden" not in in_room(house, crew)
    assert "⌫ opening:1" in after
    assert await Opening.all().count() == 0


@pytest.mark.requirement("R29")
async def test_it_closes_also_when_the_daemon_was_away_as_the_meeting_ended(
    house: PlayedHouse,
) -> None:
    _crew, private = await kitchen(house)
    await opened(private)
    await house.passes(until=BEGINS + timedelta(minutes=1))

    assert "⌫ opening:1" in await house.wakes_at(BEGINS + timedelta(days=2))


@pytest.mark.requirement("R29")
async def test_nothing_is_shown_when_the_daemon_comes_back_after_the_meeting(
    house: PlayedHouse,
) -> None:
    crew, private = await kitchen(house)
    await opened(private)

    await house.wakes_at(BEGINS + timedelta(days=2))

    assert SECRET.replace(",", "\\,") not in in_room(house, crew)
    assert await Opening.all().count() == 0


@pytest.mark.requirement("R29")
@pytest.mark.parametrize(
    ("said", "why"),
    [("!skip", "left out"), ("!move friday 19:00", "moved"), ("!move wednesday 19:00", "moved")],
)
async def test_a_meeting_that_is_moved_or_left_out_is_not_the_one_it_was_opened_for(
    house: PlayedHouse, said: str, why: str
) -> None:
    crew, private = await kitchen(house)
    await opened(private)
    await crew.says("ben", said)
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")
    [meeting] = await Meeting.filter(id=1)
    assert (meeting.standing == "skipped") == (said == "!skip")

    told = await house.passes(until=BEGINS + timedelta(days=2))

    assert SECRET.replace(",", "\\,") not in in_room(house, crew)
    assert any(
        f"The meeting was {why}, so nothing of your money note was shown" in each for each in told
    )
    assert await Opening.all().count() == 0


@pytest.mark.requirement("R29")
async def test_during_a_meeting_it_is_shown_at_once_and_closed_by_a_word(
    house: PlayedHouse,
) -> None:
    crew, private = await kitchen(house)
    await house.passes(until=BEGINS + timedelta(minutes=10))

    told = await opened(private)
    closed = await private.says("ana", "money close income")

    assert told[-1] == "It is open until the meeting ends."
    assert SECRET.replace(",", "\\,") in in_room(house, crew)
    assert closed == ["⌫ opening:1", "Closed: nobody is shown it any more."]


@pytest.mark.requirement("R29")
async def test_changing_a_field_takes_back_what_was_opened_of_it(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)
    await opened(private)
    await house.passes(until=BEGINS + timedelta(minutes=1))

    told = await private.says("ana", "money income 10-20")

    assert "⌫ opening:1" in told
    assert await Opening.all().count() == 0


async def test_whoever_leaves_the_crew_takes_back_what_they_opened(house: PlayedHouse) -> None:
    crew, private = await kitchen(house)
    await opened(private)
    await house.passes(until=BEGINS + timedelta(minutes=1))

    assert "⌫ opening:1" in await crew.leaves("ana")


@pytest.mark.requirement("R29")
async def test_it_is_taken_back_though_the_circle_is_not_looked_after_any_more(
    house: PlayedHouse,
) -> None:
    crew, private = await kitchen(house)
    await opened(private)
    await house.passes(until=BEGINS + timedelta(minutes=1))
    await forget_room(crew.id)

    assert "⌫ opening:1" in await house.passes(until=BEGINS + timedelta(hours=3))


async def test_who_is_in_several_crews_says_to_which(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)
    garden = await house.crew("Garden", ["ana", "dora", "eli"])
    await garden.says("ana", "!rhythm every friday 19:00")
    await garden.taps("ana", "✅")

    [which] = await private.says("ana", "money open income")
    words, asked = await private.says("ana", "money open income to Garden")

    assert "`money open income to Garden`, `money open income to Kitchen`" in which
    assert "**Garden** would read" in asked
    assert SECRET.replace(",", "\\,") in words


async def test_an_empty_field_is_not_opened_and_a_no_leaves_it_closed(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)

    [empty] = await private.says("ana", "money open surplus")
    await private.says("ana", "money open income")
    [no] = await private.says("ana", "no")

    assert empty.startswith("Nothing stands under **surplus**")
    assert no == "It stays closed."
    assert await Opening.all().count() == 0


async def test_the_note_says_what_is_open_and_it_is_not_opened_twice(house: PlayedHouse) -> None:
    _crew, private = await kitchen(house)
    await opened(private)

    [note] = await private.says("ana", "money")
    [again] = await private.says("ana", "money open income")

    assert "- **income** to **Kitchen**, until Thursday 26 November" in note
    assert "is open for that meeting already" in again
