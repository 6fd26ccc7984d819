"""The register's own rules: what holds, what a search finds, what a count and a room's history say of each other, and files."""

import csv
import io
import json
import re
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices import agreements, carried, recounts
from practices.agreements import Standing, State
from practices.polls.poll import Result, Turnout
from practices.recounts import Counted, Heard, Way
from practices.understanding import NotUnderstood

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_what_is_past_its_day_of_review_goes_on_holding_and_is_due() -> None:
    day = date(2027, 5, 24)

    assert agreements.state(Standing.HOLDS, None, day) is State.HOLDS
    assert agreements.state(Standing.HOLDS, day, date(2027, 5, 23)) is State.HOLDS
    assert agreements.state(Standing.HOLDS, day, day) is State.DUE
    assert agreements.state(Standing.REPLACED, day, date(2030, 1, 1)) is State.REPLACED
    assert agreements.state(Standing.ENDED, None, day) is State.ENDED


@pytest.mark.parametrize(
    ("query", "text", "is_found"),
    [
        ("dish", "Who does the Dishes", True),
        ("DISHES who", "Who does the Dishes", True),
        ("ishes", "Who does the Dishes", False),
        ("cafe", "Wir treffen uns im Café", True),
        ("Café", "We meet in the cafe", True),
        ("strasse", "Hauptstraße 3", False),
        ("hauptstrasse", "Hauptstraße 3", True),
        ("smor", "Smørrebrød", True),
        ("lodz", "We visit Łódź", True),
        ("", "anything", False),
        ("!?", "anything", False),
    ],
)
def test_words_are_found_by_their_beginnings_without_case_and_accents(
    query: str, text: str, is_found: bool
) -> None:
    assert agreements.found(query, text) is is_found


@given(st.text(max_size=40))
def test_every_text_with_a_word_is_found_by_itself(text: str) -> None:
    if agreements.found(text, text):
        assert agreements.found(text.upper(), text) or text.upper().casefold() != text.casefold()
        assert agreements.found(f" {text} ", "before", text)


@given(st.lists(st.integers(), max_size=60), st.integers(1, 12))
def test_the_pages_together_are_the_list(every: list[int], size: int) -> None:
    many = agreements.pages(len(every), size)
    assert [one for n in range(1, many + 1) for one in agreements.page(every, n, size)] == every


# --------------------------------------------------------------------------------------------- counting again

KEPT = {"lines": ["a: 1 of 2"], "sums": {"a": 1}, "passes": True, "entitled": 3, "cast": 2}


def result(**other: Any) -> Result:
    return Result(
        **{"lines": ("a: 1 of 2",), "chart": None, "sums": {"a": 1}, "passes": True, **other}
    )


def test_the_same_count_differs_in_nothing() -> None:
    assert recounts.differences(KEPT, result(), Turnout(entitled=3, cast=2)) == ()


@pytest.mark.parametrize(
    ("again", "turnout", "word"),
    [
        (result(), Turnout(entitled=3, cast=1), "2 voices, and counted again they are 1"),
        (result(), Turnout(entitled=4, cast=2), "3 entitled"),
        (result(lines=("a: 2 of 2",)), Turnout(entitled=3, cast=2), "a: 2 of 2"),
        (result(passes=False), Turnout(entitled=3, cast=2), "terms"),
        (result(sums={"a": 2}), Turnout(entitled=3, cast=2), "sums"),
    ],
)
def test_every_difference_of_a_count_is_named(again: Result, turnout: Turnout, word: str) -> None:
    assert any(word in line for line in recounts.differences(KEPT, again, turnout))


def one(person: str, place: int | None, event: str | None, **more: Any) -> Counted:
    return Counted(person=person, marks=None if place is None else {place: 1}, event=event, **more)


def stands(person: str, event: str, place: int | None) -> Heard:
    return Heard(person=person, event=event, marks=None if place is None else {place: 1})


@pytest.mark.parametrize(
    ("heard", "counted", "more", "way"),
    [
        ([stands("b", "e1", 0)], [one("b", 0, "e1")], {}, Way(same=("b",))),
        ([stands("b", "e1", 1)], [one("b", 0, "e1")], {}, Way(different=("b",))),
        ([stands("b", "e9", 1)], [], {}, Way(unheard=("b",))),
        ([], [one("b", 0, "e1")], {}, Way(missing=("b",))),
        ([], [one("b", 0, "e1")], {"deleted": {"e1"}}, Way(deleted=("b",))),
        ([], [one("b", 0, "e1")], {"complete": False}, Way(unread=("b",))),
        ([], [one("b", 0, "e1", typed=True)], {}, Way(command=("b",))),
        ([], [one("b", 0, "p1", private=True)], {}, Way(private=("b",))),
        ([], [one("gone:1", 0, None)], {"nameless": {"gone:1"}}, Way(nameless=("gone:1",))),
        # An older tap, and a newer word in private.
        ([stands("b", "e1", 1)], [one("b", 0, "p1", private=True)], {}, Way(private=("b",))),
        # The block stands in the room, its reason came in private.
        ([stands("b", "e1", 3)], [one("b", 3, "p1", private=True, of="e1")], {}, Way(same=("b",))),
        # Both take no position.
        ([stands("b", "e1", None)], [one("b", None, "e1")], {}, Way()),
        ([stands("b", "e1", 0)], [one("b", None, "e1")], {}, Way(different=("b",))),
        # What was heard later is the newest, in whatever order the room tells it.
        ([stands("b", "e2", 1), stands("b", "e1", 0)], [one("b", 1, "e2")], {}, Way(same=("b",))),
        ([stands("b", "e1", 0)], [], {}, Way(different=("b",))),
    ],
)
def test_each_voice_of_the_room_and_of_the_records_is_told_for_what_it_is(
    heard: list[Heard], counted: list[Counted], more: dict[str, Any], way: Way
) -> None:
    assert recounts.compared(heard, counted, known={"e1": 1, "e2": 2}, **more) == way


def test_a_difference_is_said_with_a_name_and_nothing_is_called_the_same_unread() -> None:
    said = recounts.words(Way(different=("b",), unheard=("c",)), {"b": "Ben"}, complete=True)
    unread = recounts.words(Way(same=("a",), unread=("b", "c")), {}, complete=False)

    assert said[0].startswith("Differs, Ben:")
    assert not any("Nothing differs" in line for line in said)
    assert unread[-1] == "Nothing differs of what could still be read."
    assert "2 voices could not be read" in unread[1]


# ------------------------------------------------------------------------------------------------------ files

ROW: dict[str, Any] = {
    "mark": "m1",
    "text": "we meet at eight",
    "made": "2026-11-01T10:00:00+00:00",
}


def written(*rows: object, **head: object) -> str:
    whole = {"format": carried.FORMAT, "version": carried.VERSION, "decisions": list(rows), **head}
    return json.dumps(whole)


def test_what_is_written_is_read_back() -> None:
    row = {
        **ROW,
        "standing": "replaced",
        "review": "2027-05-24",
        "replaced_by": "m2",
        "asked": "When?",
        "lines": ["a: 1 of 2"],
        "voices": [{"who": "Ben", "said": "agree"}],
    }
    [entry] = carried.read(carried.as_json("Kitchen", NOW, [row]).decode(), NOW)

    assert entry == carried.Entry(
        mark="m1",
        text="we meet at eight",
        made=datetime(2026, 11, 1, 10, 0, tzinfo=UTC),
        standing=Standing.REPLACED,
        review=date(2027, 5, 24),
        replaced_by="m2",
        circle="Kitchen",
        asked="When?",
        lines=("a: 1 of 2",),
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{\n  "format": oops}', "Line 2, place 13"),
        ("[" * 100_000, "not written"),
        ('{"format": NaN}', "not written"),
        ("[]", "“format”"),
        (written(ROW, version=2), "“version”"),
        (written(ROW, decisions={}), "“decisions”"),
        (written(ROW, {**ROW}), "Decision 2, field “mark”"),
        (written(ROW, {"mark": "m2", "made": ROW["made"]}), "Decision 2, field “text”"),
        (written({**ROW, "text": " "}), "Decision 1, field “text”"),
        (written({**ROW, "text": 7}), "Decision 1, field “text”"),
        (written({**ROW, "text": "x" * 10_001}), "Decision 1, field “text”"),
        (written({**ROW, "made": "yesterday"}), "Decision 1, field “made”"),
        (written({**ROW, "made": "2026-11-01T10:00:00"}), "Decision 1, field “made”"),
        (written({**ROW, "made": "2027-11-01T10:00:00+00:00"}), "Decision 1, field “made”"),
        (written({**ROW, "made": "0001-01-01T00:00:00+14:00"}), "Decision 1, field “made”"),
        (written({**ROW, "review": "soon"}), "Decision 1, field “review”"),
        (written({**ROW, "review": "9999-12-31"}), "Decision 1, field “review”"),
        (written({**ROW, "standing": "maybe"}), "Decision 1, field “standing”"),
        (written({**ROW, "lines": [1]}), "Decision 1, field “lines”"),
        (written({**ROW, "lines": "a"}), "Decision 1, field “lines”"),
        (written("x"), "Decision 1"),
        (written(*({**ROW, "mark": str(n)} for n in range(501))), "501"),
    ],
)
def test_a_mistake_in_a_file_is_named_by_its_line_or_its_field(text: str, named: str) -> None:
    with pytest.raises(NotUnderstood, match=re.escape(named)):
        carried.read(text, NOW)


@given(st.text(max_size=200))
def test_any_text_is_a_file_of_decisions_or_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        carried.read(text, NOW)


JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.sampled_from([*ROW, "review", "standing", "lines", "circle", "asked", "replaced_by"]), JSONS
)
def test_whatever_stands_in_a_field_it_is_read_or_refused(field: str, value: object) -> None:
    try:
        entries = carried.read(written({**ROW, field: value}), NOW)
    except NotUnderstood as wrong:
        assert f"field “{field}”" in str(wrong)
    else:
        assert all("\x00" not in str(each) for each in asdict(entries[0]).values())


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=4), max_size=5))
def test_no_cell_of_the_table_is_a_formula(rows: list[list[str]]) -> None:
    data = carried.as_csv(["=a", "b"], rows).decode()
    read = list(csv.reader(io.StringIO(data.removeprefix("\ufeff"), newline="")))

    for cell in (cell for row in read for cell in row):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＠"))
    assert read[0] == ["'=a", "b"]
