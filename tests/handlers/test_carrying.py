"""Decisions as files: taken along by members of the circle, and brought by its consent, once."""

import base64
import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from practices.agreements import Standing
from storage.decisions import Decision
from storage.outbox import Deed
from storage.polls import Ballot, Poll
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo")


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of three on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


def posted(house: PlayedHouse, suffix: str) -> str:
    """The newest file of a kind."""
    for owed in reversed(house.owed):
        content = owed.content or {}
        if owed.deed is Deed.FILE and str(content["filename"]).endswith(suffix):
            return base64.b64decode(str(content["data"])).decode()
    raise AssertionError(f"no file ends in {suffix}")


async def decided(crew: PlayedRoom, *, terms: str = "") -> None:
    """A proposal with voices and an outcome, and something that was only written down."""
    await crew.says("ana", f"!propose We meet on Tuesdays{terms}")
    for who in ("ana", "ben"):
        await crew.taps(who, "👍", on="poll:1")
    await crew.says("cleo", "!block 1 because =1+1 I teach then")
    await crew.played.passes(timedelta(days=30))
    await crew.says("ana", "!outcome 1 we meet on Tuesdays; review on 24 may 2027")
    await crew.says("ana", "!yes")
    await crew.says("ben", "!decided -the gate stays open")


async def taken(house: PlayedHouse, crew: PlayedRoom) -> dict[str, Any]:
    """What a member takes along."""
    ana = await house.private("ana")
    await ana.says("ana", "export decisions")
    found: dict[str, Any] = json.loads(posted(house, ".json"))
    return found


async def test_a_member_takes_along_what_everybody_there_may_see(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await decided(crew)

    found = await taken(house, crew)

    first, second = found["decisions"]
    assert (found["format"], found["version"], found["circle"]) == (
        "kinkeeper-decisions",
        1,
        "Kitchen Crew",
    )
    assert (first["text"], first["review"], first["way"]) == (
        "we meet on Tuesdays",
        "2027-05-24",
        "proposal",
    )
    assert first["voices"] == [
        {"who": "Ana", "said": "agree", "reason": ""},
        {"who": "Ben", "said": "agree", "reason": ""},
        {"who": "Cleo", "said": "block", "reason": "=1+1 I teach then"},
    ]
    assert (first["cast"], first["entitled"], first["passes"]) == (3, 3, False)
    assert (first["against"], second["against"]) == (
        "against its own terms: 1 block of 3 who voted",
        "",
    )
    assert second["voices"] == []
    assert "@" not in json.dumps(found)
    assert "!kitchen" not in json.dumps(found)


async def test_the_table_has_a_row_for_each_and_no_cell_is_a_formula(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await decided(crew)
    await taken(house, crew)

    table = posted(house, ".csv").removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))

    assert [row["number"] for row in rows] == ["1", "2"]
    assert rows[1]["text"] == "'-the gate stays open"
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values() if cell
    )


async def test_of_a_secret_poll_no_file_says_who_said_what(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose secret We meet on Tuesdays")
    for who, said in (("ana", "agree"), ("ben", "disagree"), ("cleo", "agree")):
        chat = await house.private(who)
        await chat.says(who, f"vote 1 {said}")
        await chat.says(who, "yes")
    await house.passes(timedelta(days=30))
    await crew.says("ana", "!outcome 1 we meet on Tuesdays; review in 6 months")

    chat = PlayedRoom(house, "!private-ana:here")
    await chat.says("ana", "export decisions")

    [entry] = json.loads(posted(house, ".json"))["decisions"]
    assert entry["voices"] == []
    assert any("2 of 3 who voted" in line for line in entry["lines"])


async def test_a_secret_result_of_too_few_is_in_no_file(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose secret We meet on Tuesdays")
    chat = await house.private("ana")
    await chat.says("ana", "vote 1 disagree")
    await chat.says("ana", "yes")
    await house.passes(timedelta(days=30))
    await crew.says("ana", "!outcome 1 we leave it; review in 6 months")

    await chat.says("ana", "export decisions")

    [entry] = json.loads(posted(house, ".json"))["decisions"]
    assert "disagree" not in json.dumps(entry)


async def test_who_is_in_no_such_circle_gets_no_file(house: PlayedHouse, crew: PlayedRoom) -> None:
    await decided(crew)
    dan = await house.private("dan")

    [told] = await dan.says("dan", "export decisions Kitchen Crew")

    assert "You are in no circle that I look after" in told
    assert "Nothing was sent" in told


async def test_a_circle_of_another_name_is_not_taken_for_a_riddle(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await decided(crew)
    ana = await house.private("ana")

    [told] = await ana.says("ana", "export decisions Garden Coop")

    assert "You are in no circle called “Garden Coop” that I look after. Nothing was sent" in told
    assert "what works is `export decisions Kitchen Crew`" in told


async def test_an_empty_register_is_no_file(house: PlayedHouse, crew: PlayedRoom) -> None:
    ana = await house.private("ana")
    [told] = await ana.says("ana", "export decisions")
    assert "no decision down yet" in told


# -------------------------------------------------------------------------------------------------- bringing


@pytest.fixture
async def elsewhere() -> str:
    """What another house gives; to be asked for before there is a house of one's own."""
    async with a_house() as other:
        other.now = MONDAY
        crew = await other.crew("Lakeside", people=PEOPLE)
        await decided(crew)
        return json.dumps(await taken(other, crew))


async def brought(house: PlayedHouse, crew: PlayedRoom, text: str) -> list[str]:
    """Ben brings a file, and the others say yes."""
    ben = await house.private("ben")
    told = await ben.sends("ben", "kinkeeper-decisions.json", text)
    for who in ("ana", "cleo"):
        told += await crew.taps(who, "✅", on=crew.asked("from elsewhere"))
    return told


async def test_what_is_brought_stands_there_when_all_say_yes_and_says_where_it_comes_from(
    elsewhere: str, house: PlayedHouse, crew: PlayedRoom
) -> None:
    house.now = MONDAY + timedelta(days=60)
    told = await brought(house, crew, elsewhere)
    [shown] = await crew.says("cleo", "!agreement 1")

    rows = await Decision.all().order_by("id")
    assert [(row.what, row.review_on, row.person) for row in rows] == [
        ("we meet on Tuesdays", date(2027, 5, 24), ""),
        ("-the gate stays open", None, ""),
    ]
    assert "2 decisions from elsewhere" in told[0]
    assert told[-1].startswith("✎ Taken in from elsewhere: 2.")
    assert "Brought from Lakeside" in shown
    assert "I have counted nothing of it" in shown
    assert await Poll.all().count() + await Ballot.all().count() == 0
    assert [name for name, _at in await house.hours()] == ["review-soon", "review-due"]


async def test_before_all_have_said_yes_and_after_one_no_nothing_is_there(
    elsewhere: str, house: PlayedHouse, crew: PlayedRoom
) -> None:
    house.now = MONDAY + timedelta(days=60)
    ben = await house.private("ben")
    await ben.sends("ben", "decisions.json", elsewhere)
    await crew.taps("ana", "✅", on=crew.asked("from elsewhere"))
    before = await Decision.all().count()
    told = await crew.taps("cleo", "✋", on=crew.asked("from elsewhere"))

    assert before == await Decision.all().count() == 0
    assert "Nothing was taken in." in told[-1]
    assert not any("Cleo" in text for text in told)


async def test_the_same_file_twice_changes_nothing(
    elsewhere: str, house: PlayedHouse, crew: PlayedRoom
) -> None:
    house.now = MONDAY + timedelta(days=60)
    await brought(house, crew, elsewhere)
    before = await Decision.all().values()
    ben = PlayedRoom(house, "!private-ben:here")

    [told] = await ben.sends("ben", "decisions.json", elsewhere)

    assert "has all of that already, so nothing was changed" in told
    assert await Decision.all().values() == before
    assert await Question.filter(inquiry="decisions-brought").count() == 0


async def test_ones_own_file_brings_nothing_new(house: PlayedHouse, crew: PlayedRoom) -> None:
    await decided(crew)
    found = await taken(house, crew)
    ana = PlayedRoom(house, "!private-ana:here")

    [told] = await ana.sends("ana", "decisions.json", json.dumps(found))

    assert "has all of that already" in told


async def test_what_took_the_place_of_another_does_so_where_it_is_brought(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    house.now = MONDAY
    rows = [
        {
            "mark": "a",
            "text": "at seven",
            "made": "2026-01-01T10:00:00Z",
            "standing": "replaced",
            "replaced_by": "b",
            "review": "2026-02-01",
        },
        {"mark": "b", "text": "at eight", "made": "2026-02-01T10:00:00Z", "review": "2026-03-01"},
    ]
    text = json.dumps({"format": "kinkeeper-decisions", "version": 1, "decisions": rows})

    await brought(house, crew, text)
    [listed] = await crew.says("ana", "!decisions")

    first, second = await Decision.all().order_by("id")
    assert (first.standing, first.replaced_by) == (Standing.REPLACED, second.id)
    assert "at eight – holds, and is to be looked at again" in listed
    assert await house.hours() == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"format": "kinkeeper-decisions",\n oops', "Line 2, place 2"),
        ('{"format": "other"}', "“format”"),
        (
            json.dumps(
                {
                    "format": "kinkeeper-decisions",
                    "version": 1,
                    "decisions": [
                        {"mark": "a", "text": "x", "made": "2026-01-01T10:00:00Z"},
                        {"mark": "b", "text": "y", "made": "then"},
                    ],
                }
            ),
            "Decision 2, field “made”",
        ),
        (None, "larger than I read"),
    ],
)
async def test_a_bad_file_is_refused_with_its_place_and_changes_nothing(
    house: PlayedHouse, crew: PlayedRoom, text: str | None, named: str
) -> None:
    ben = await house.private("ben")

    [told] = await ben.sends("ben", "decisions.json", text)

    assert named in told.replace("\\", "")
    assert "othing was changed" in told
    assert await Decision.all().count() + await Question.all().count() == 0


async def test_whoever_is_in_several_circles_is_asked_where_to(
    elsewhere: str, house: PlayedHouse, crew: PlayedRoom
) -> None:
    house.now = MONDAY + timedelta(days=60)
    other = await house.crew("Garden Crew", people=("ben", "eve", "finn"))
    ben = await house.private("ben")

    [asked] = await ben.sends("ben", "decisions.json", elsewhere)
    [unclear] = await ben.says("ben", "7")
    told = await ben.says("ben", "1")

    assert "Which circle do you bring it to?" in asked
    assert "1. **Garden Crew**" in asked
    assert "did not find" in unclear
    assert "I have asked **Garden Crew**" in told[-1]
    assert other.asked("from elsewhere")


async def test_a_long_register_comes_in_files_that_can_all_be_brought(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    for number in range(120):
        await Decision.create(
            room=crew.id,
            what=f"{number} {'x' * 900}",
            person="",
            made_at=MONDAY - timedelta(days=1),
        )
    ana = await house.private("ana")
    await ana.says("ana", "export decisions")
    files = [
        base64.b64decode(str((owed.content or {})["data"]))
        for owed in house.owed
        if owed.deed is Deed.FILE and str((owed.content or {})["filename"]).endswith(".json")
    ]

    assert len(files) > 1
    assert all(len(each) < 65_536 for each in files)
    assert sum(len(json.loads(each)["decisions"]) for each in files) == 120
