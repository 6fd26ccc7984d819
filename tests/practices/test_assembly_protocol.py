"""docs/assembly-protocol.md says what the code does: its examples are letters, its table is the table."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from practices.assembly import conduct, events, keeping, ledger, letters, matters, rooms
from practices.assembly.letters import Kind, Letter, Part, read
from practices.assembly.table import MANY, TABLE
from storage.assemblies import MOST_ASIDE, MOST_ASIDE_OF_ALL, MOST_ASIDE_OF_STRANGERS

DOCUMENT = Path(__file__).parents[2] / "docs" / "assembly-protocol.md"


def examples() -> list[dict[str, Any]]:
    return [
        json.loads(each)
        for each in re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    ]


def told() -> list[Letter]:
    return sorted((read(each["from"], each) for each in examples()), key=lambda each: each.number)


def rows() -> dict[str, list[str]]:
    """The table of types: type to its cells."""
    section = DOCUMENT.read_text().split("## 4. Types")[1].split("## 5.")[0]
    found = {}
    for line in re.findall(r"^\| (`.*) \|$", section, re.MULTILINE):
        cells = [cell.strip() for cell in line.split("|")]
        for kind in re.findall(r"`([^`]+)`", cells[0]):
            found[kind] = cells[1:]
    return found


@pytest.mark.requirement("R136")
def test_the_examples_are_letters_of_one_assembly_that_could_be_read_in_any_order() -> None:
    found = next(each for each in told() if each.kind is Kind.FOUND)

    assert len(told()) == len({each.id for each in told()}) >= 5
    assert {each.assembly for each in told()} == {None, found.id}


def test_each_kind_of_letter_stands_in_the_table_with_its_parts() -> None:
    assert set(rows()) == {kind.value for kind in Kind}
    for kind in Kind:
        parts = rows()[kind.value][0]
        if kind in (Kind.POSITION, Kind.SEAL):
            assert parts == "where the matter is"
        elif TABLE[kind].parts == frozenset(Part):
            assert parts == "any"
        else:
            assert {Part(each) for each in parts.split(", ")} == TABLE[kind].parts


def test_each_kind_of_letter_answers_what_the_table_says() -> None:
    for kind in Kind:
        assert bool(rows()[kind.value][2]) == bool(TABLE[kind].answers)


def test_its_limits_are_those_of_the_code() -> None:
    text = DOCUMENT.read_text()

    assert f"{letters.LARGEST:,} bytes" in text
    assert f"deeper than {letters.DEEPEST}" in text
    assert f"numbered above {ledger.MOST_NUMBER:,}" in text
    assert f"more than {ledger.MOST_FORKS} different" in text
    assert f"fewer than {matters.SMALLEST_CELL} is written as 0" in text
    assert f"more than {conduct.STALE.days} days" in text
    assert f"at least {conduct.TALK.days} days ago" in text
    assert f"the newest {ledger.MOST_OPEN} matters" in text
    assert f"letters numbered above {keeping.MOST_OF_STRANGERS}, more" in text
    assert "before the year 2000 or after 8999" in text
    assert f"oldest first; of more than {rooms.MOST_FORMER} the newest." in text
    assert (
        f"more than {MOST_ASIDE} of one keeper, {MOST_ASIDE_OF_STRANGERS} of an account without standing, and "
        f"{MOST_ASIDE_OF_ALL:,} in all" in text
    )
    assert (
        f"less than {matters.LEAST_OPEN.days} or more than {conduct.LONGEST_OPEN.days} days" in text
    )


def test_how_many_letters_of_a_kind_are_heard_is_what_it_says() -> None:
    text = DOCUMENT.read_text()
    most = {kind: rule.most for kind, rule in TABLE.items() if rule.most is not None}
    usual = {kind for kind, number in most.items() if number == MANY}

    assert set(most) - usual == {Kind.SPRINT, Kind.SIBLING, Kind.CONCERN}
    assert f"by number: {MANY} of a type, {most[Kind.SPRINT]} sprints" in text
    assert f"{most[Kind.SIBLING]} siblings, {most[Kind.CONCERN]} concerns about one seat" in text
    assert {kind for kind in Kind if kind not in most} == {
        Kind.FOUND, Kind.SEAT, Kind.LEAVE, Kind.HAND_OVER, Kind.CLAIM, Kind.MATTER, Kind.POSITION, Kind.SEAL, Kind.AGAIN,
    }  # fmt: skip


def test_a_room_in_which_a_part_goes_on_says_in_its_creation_what_it_asks_for() -> None:
    section = DOCUMENT.read_text().split("## 2. Rooms")[1].split("## 3.")[0]
    said = rooms.about(Part.CARE, "!space:a", "a" * 43, ("!old:a",))

    assert set(re.findall(r"`(version|part|space|assembly|former)`", section)) == set(said)
    assert f"`{events.ASSEMBLY}`" in section


def test_the_move_of_the_charter_is_written_where_it_says() -> None:
    section = DOCUMENT.read_text().split("**Moves.**")[1].split("## 7.")[0]
    body = {
        "title": "x",
        "until": "2026-12-31T18:00:00Z",
        "passing": {},
        "about": "move",
        "to": "!r:a",
    }
    charter, care = (
        matters.read_matter("m", "@k:a", {**body, "part": part}).written_in
        for part in (Part.CHARTER, Part.CARE)
    )

    assert "written in the charter; that about the charter itself in `decisions`" in section
    assert (care, charter) == (Part.CHARTER, Part.DECISIONS)


def test_it_says_that_people_are_waited_for_as_the_code_does() -> None:
    both = matters.Passing(congregations=50, people=50)
    spoken = {"1": matters.Position(stand=matters.Stand.CONSENT)}

    assert (
        "where people are counted (`people` below), each of them has shown its own"
        in DOCUMENT.read_text()
    )
    assert matters.awaited(both, matters.count(both, spoken, 1)) == 1
    assert matters.awaited(matters.Passing(), matters.count(matters.Passing(), spoken, 1)) == 0
