"""docs/assembly-protocol.md says what the code does: its examples are letters, its table is the table."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from practices.assembly import conduct, ledger, letters, matters
from practices.assembly.letters import Kind, Letter, Part, read
from practices.assembly.table import TABLE

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
    assert (
        f"less than {matters.LEAST_OPEN.days} or more than {conduct.LONGEST_OPEN.days} days" in text
    )
