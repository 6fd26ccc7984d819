"""Compare docs/requirements.md with the tests that claim to prove it.

The page and the tests can then not drift apart: a sentence is called kept or begun exactly when
some test is marked with its number. Tests are read as syntax trees and never imported, so the
comparison does not depend on which of them can run on this machine.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "requirements.md"
TESTS = ROOT / "tests"
NUMBERS = [f"R{number}" for number in range(1, 146)]

ROW = re.compile(r"\|\s*R\d+\s*\|")
MARK = re.compile(r"\bmark\.requirement$")


class State(StrEnum):
    """How far the tests prove a requirement."""

    KEPT = "kept"
    BEGUN = "begun"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement as the page states it; `line` counts from 1."""

    number: str
    strength: str
    holds: str
    practice: str
    state: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One `requirement` mark; `proves` is false where pytest would never run what it is on."""

    number: str
    place: str
    proves: bool


def rows_of(page: str) -> list[Row]:
    """Read every table row that opens with a requirement's number.

    Raises `ValueError` for a row that does not have exactly five cells.
    """
    rows = []
    for line, text in enumerate(page.splitlines(), start=1):
        if not ROW.match(text):
            continue
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        if len(cells) != 5:
            raise ValueError(f"line {line} has {len(cells)} cells instead of five: {text}")
        number, strength, holds, practice, state = cells
        rows.append(
            Row(
                number=number,
                strength=strength,
                holds=holds,
                practice=practice,
                state=state,
                line=line,
            )
        )
    return rows


def claims_of(source: str, file: str) -> list[Claim]:
    """Read every `pytest.mark.requirement("R…")`, wherever it stands in a test file.

    Raises `ValueError` for a mark whose arguments are not plain strings, or that has none.
    """
    tree = ast.parse(source, filename=file)
    idle = {id(node) for node in _marks_that_prove_nothing(tree)}
    claims = []
    for mark in _marks(tree):
        place = f"{file}:{mark.lineno}"
        arguments = [
            argument.value if isinstance(argument, ast.Constant) else None for argument in mark.args
        ]
        if not arguments or mark.keywords:
            raise ValueError(f'{place}: name the requirement, as in requirement("R62")')
        for number in arguments:
            if not isinstance(number, str):
                raise ValueError(f"{place}: write the requirement's number as a plain string")
            claims.append(Claim(number=number, place=place, proves=id(mark) not in idle))
    return claims


def _marks(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and MARK.search(ast.unparse(node.func)):
            yield node


def _marks_that_prove_nothing(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                collected = name.startswith("test_")
            case ast.ClassDef(name=name):
                collected = name.startswith("Test")
            case _:
                continue
        if not collected:
            for decorator in node.decorator_list:
                yield from _marks(decorator)


def disagreements(rows: list[Row], claims: list[Claim]) -> list[str]:
    """Say, a sentence each, where the page and the marks contradict each other."""
    found = []
    counted = Counter(row.number for row in rows)
    found += [f"{number} is missing from the page" for number in NUMBERS if not counted[number]]
    found += [f"{number} stands {n} times on the page" for number, n in counted.items() if n > 1]
    found += [f"{number} is no requirement we have" for number in counted if number not in NUMBERS]

    proven: dict[str, list[str]] = {}
    for claim in claims:
        if claim.number not in counted:
            found.append(f"{claim.place} claims {claim.number}, which the page does not have")
        elif not claim.proves:
            found.append(f"{claim.place} claims {claim.number} on something pytest never runs")
        else:
            proven.setdefault(claim.number, []).append(claim.place)

    for row in rows:
        places = proven.get(row.number, [])
        if row.state not in list(State):
            found.append(f"line {row.line}: {row.number} is {row.state!r}, not a state")
        elif row.state == State.LATER and places:
            found.append(f"{row.number} is called later, yet {', '.join(places)} claims it")
        elif row.state != State.LATER and not places:
            found.append(f"{row.number} is called {row.state}, yet no test claims it")
    return found


def claims_in_all_tests() -> list[Claim]:
    """Read the marks of every file below tests/, this one included."""
    return [
        claim
        for file in sorted(TESTS.rglob("*.py"))
        for claim in claims_of(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT)))
    ]


def test_the_page_and_the_tests_tell_the_same_story() -> None:
    found = disagreements(rows_of(PAGE.read_text(encoding="utf-8")), claims_in_all_tests())

    assert not found, "\n" + "\n".join(found)


def test_requirements_stand_on_the_page_in_the_order_of_their_numbers() -> None:
    assert [row.number for row in rows_of(PAGE.read_text(encoding="utf-8"))] == NUMBERS


def test_every_requirement_is_one_sentence_with_a_strength_and_a_known_practice() -> None:
    page = PAGE.read_text(encoding="utf-8")
    _, _, named = page.partition("## Practices and values")
    for row in rows_of(page):
        assert re.match(r"[spvd]\b", row.strength), f"line {row.line}: no strength"
        assert row.holds.endswith("."), f"line {row.line}: not a sentence"
        assert ". " not in row.holds, f"line {row.line}: more than one sentence"
        for practice in row.practice.split(", "):
            assert re.search(rf"\b{practice}\b", named), f"line {row.line}: what is {practice}?"


def page_with(**states: str) -> list[Row]:
    """Make a whole page on which every requirement is `later` but for those given."""
    lines = (f"| {n} | s | It holds. | V9 | {states.get(n, 'later')} |" for n in NUMBERS)
    return rows_of("\n".join(lines))


def marked(number: str, name: str = "test_it") -> list[Claim]:
    """Make the claims of a file with one marked function."""
    return claims_of(f'@pytest.mark.requirement("{number}")\ndef {name}(): ...\n', "tests/a.py")


@pytest.mark.parametrize("state", ["kept", "begun"])
def test_a_requirement_called_kept_or_begun_needs_a_test(state: str) -> None:
    assert disagreements(page_with(R7=state), []) == [
        f"R7 is called {state}, yet no test claims it"
    ]
    assert disagreements(page_with(R7=state), marked("R7")) == []


def test_a_requirement_with_a_test_cannot_be_called_later() -> None:
    assert disagreements(page_with(), marked("R7")) == [
        "R7 is called later, yet tests/a.py:1 claims it"
    ]


def test_a_mark_names_a_requirement_that_exists() -> None:
    assert disagreements(page_with(), marked("R146")) == [
        "tests/a.py:1 claims R146, which the page does not have"
    ]


def test_a_mark_on_a_fixture_proves_nothing() -> None:
    assert disagreements(page_with(), marked("R7", name="a_crew_of_three")) == [
        "tests/a.py:1 claims R7 on something pytest never runs"
    ]


def test_a_word_that_is_no_state_is_noticed() -> None:
    assert disagreements(page_with(R7="soon"), []) == ["line 7: R7 is 'soon', not a state"]


def test_a_requirement_that_is_missing_or_told_twice_is_noticed() -> None:
    rows = page_with()

    assert disagreements(rows[1:], []) == ["R1 is missing from the page"]
    assert disagreements([*rows, rows[0]], []) == ["R1 stands 2 times on the page"]


def test_marks_are_found_on_classes_modules_and_parameters() -> None:
    source = """
pytestmark = [pytest.mark.requirement("R1")]

@mark.requirement("R2", "R3")
class TestCrew:
    @pytest.mark.parametrize("size", [pytest.param(9, marks=pytest.mark.requirement("R46"))])
    async def test_size(self, size): ...
"""
    claims = claims_of(source, "tests/a.py")

    assert sorted(claim.number for claim in claims) == ["R1", "R2", "R3", "R46"]
    assert all(claim.proves for claim in claims)


@pytest.mark.parametrize("arguments", ["", "62", "NUMBER", 'number="R62"'])
def test_a_mark_that_cannot_be_read_is_refused_with_its_place(arguments: str) -> None:
    source = f"@pytest.mark.requirement({arguments})\ndef test_it(): ...\n"

    with pytest.raises(ValueError, match=r"^tests/a\.py:1: "):
        claims_of(source, "tests/a.py")
