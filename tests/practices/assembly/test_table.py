"""The table: each kind of letter stands in it once, and a sender reads it as a reader does."""

import json
from importlib.resources import files
from typing import Any

import pytest

from practices.assembly.keeping import part_of
from practices.assembly.ledger import Ledger, Taken
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.table import TABLE, Speaker

ID = "A" * 43
SCHEMAS = files("practices.assembly").joinpath("schemas")


def a_letter(kind: Kind, answers: str | None = None, about: str = "decide") -> Letter:
    until = {"until": "2026-05-01T18:00:00Z"}
    body: dict[Kind, dict[str, Any]] = {
        Kind.MATTER: {"about": about, "title": "x", "passing": {}, "candidates": [], **until},
        Kind.SEAL: {"word": "accepted"},
        Kind.FOUND: {"rooms": {}, "congregation": "Lakeside"},
    }
    return Letter(
        id=ID if kind is Kind.FOUND else f"{kind}-{answers}-{about}",
        kind=kind,
        sender="@k:a.example",
        number=1,
        assembly=ID,
        answers=answers,
        after=(),
        body=body.get(kind, {}),
    )


def test_each_kind_stands_in_the_table_once_and_has_a_schema() -> None:
    assert set(TABLE) == set(Kind)
    named = {each.name.removesuffix(".json") for each in SCHEMAS.iterdir()}
    assert named == {"letter", "card", *(kind.value.replace(" ", "-") for kind in Kind)}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_belongs_somewhere_and_answers_only_what_can_be_there(kind: Kind) -> None:
    rule = TABLE[kind]

    assert rule.parts
    assert rule.most is None or rule.most >= 1
    assert rule.opens is not bool(rule.answers)
    assert Speaker(rule.speaker)
    # Whoever answers stands in a room where the other letter may be, or speaks of a seat.
    for answered in rule.answers:
        assert rule.parts & TABLE[answered].parts or answered in (Kind.SEAT, Kind.FOUND)


@pytest.mark.parametrize("kind", Kind)
def test_the_schema_of_a_kind_asks_for_an_answer_exactly_where_the_table_does(kind: Kind) -> None:
    name = f"{kind.value.replace(' ', '-')}.json"
    schema = json.loads(SCHEMAS.joinpath(name).read_text("utf-8"))

    assert schema["properties"]["type"] == {"const": kind.value}
    assert ("answers" in schema["required"]) is bool(TABLE[kind].answers)
    assert (schema["properties"].get("answers") is False) is TABLE[kind].opens


@pytest.mark.parametrize("kind", Kind)
def test_a_reader_takes_a_letter_exactly_where_the_table_has_it(kind: Kind) -> None:
    for part in Part:
        taken = Ledger(ID).take(a_letter(kind), part)
        assert taken is (Taken.NEW if part in TABLE[kind].parts else Taken.MISPLACED)


@pytest.mark.parametrize("kind", Kind)
def test_a_sender_puts_a_letter_where_its_readers_look_for_it(kind: Kind) -> None:
    for answered in TABLE[kind].answers or {None}:
        for about in ("decide", "admit"):
            ledger = Ledger(ID)
            other = a_letter(answered, about=about) if answered else None
            if other is not None and answered is not None:
                ledger.take(other, min(TABLE[answered].parts))
            letter = a_letter(kind, answers=other.id if other else None, about=about)
            part = part_of(ledger, letter)

            assert part in TABLE[kind].parts
            if answered is Kind.MATTER and kind is not Kind.SEAT:
                assert part is (Part.DECISIONS if about == "decide" else Part.CHARTER)
            elif answered is not None and len(TABLE[answered].parts) == 1:
                assert part in TABLE[answered].parts or len(TABLE[kind].parts) == 1
