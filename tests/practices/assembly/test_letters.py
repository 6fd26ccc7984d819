"""Letters: each is read or refused on sight, and nothing that anybody can write does anything else."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from practices.assembly.letters import (
    DEEPEST,
    LARGEST,
    Fault,
    Kind,
    Letter,
    Part,
    Unreadable,
    _validator,
    identify,
    read,
    written,
)

ME = "@kinkeeper:lakeside.example"
ID = "A" * 43
DAY = "2026-05-01"
ROOMS = {part.value: f"!{part}:lakeside.example" for part in Part}
PLACES: dict[Kind, dict[str, Any]] = {
    Kind.FOUND: {"assembly": None},
    Kind.SEAT: {"answers": ID, "after": (ID,)},
    Kind.LEAVE: {"answers": ID, "after": (ID,)},
    Kind.HAND_OVER: {"answers": ID, "after": (ID,)},
    Kind.MATTER: {"after": (ID,)},
}
ANSWERING = (
    Kind.POSITION, Kind.SEAL, Kind.CONCERN, Kind.CLAIM, Kind.OPT_IN, Kind.TAKEN, Kind.THANKS,
    Kind.DONE, Kind.SIBLING, Kind.MEDIATOR_FOUND,
)  # fmt: skip
MATTER = {
    "about": "decide",
    "title": "A feast",
    "text": "Shall we?",
    "until": "2026-05-01T18:00:00Z",
    "passing": {},
}
CANDIDATES = [{"keeper": "@kinkeeper:harbour.example", "name": "Harbour"}]
#: A good body of each kind, and the fields that it may not lack.
BODIES: dict[Kind, tuple[dict[str, Any], str]] = {
    Kind.FOUND: (
        {"name": "Rivers", "congregation": "Lakeside", "purpose": "To learn.", "rooms": ROOMS},
        "name congregation purpose rooms",
    ),
    Kind.SEAT: ({"words": "Gladly."}, ""),
    Kind.LEAVE: ({"words": "Thank you."}, ""),
    Kind.HAND_OVER: ({"to": "@new:lakeside.example"}, "to"),
    Kind.MATTER: (MATTER, "about title text until passing"),
    Kind.POSITION: (
        {"stand": "objection", "reason": "Too soon.", "people": {"yes": 3, "no": 9}},
        "stand reason",
    ),
    Kind.SEAL: (
        {"word": "accepted", "consents": 3, "objections": 0, "asides": 1},
        "word consents objections asides",
    ),
    Kind.CONCERN: ({"words": "Let us talk."}, ""),
    Kind.CLAIM: (
        {"congregation": "Lakeside", "words": "The server has burnt down."},
        "congregation",
    ),
    Kind.SPRINT: (
        {"title": "Spring", "topics": ["Money"], "from": DAY, "to": "2026-05-20"},
        "title topics from to",
    ),
    Kind.OPT_IN: ({}, ""),
    Kind.PRACTICE: (
        {"name": "round", "edition": 1, "text": "x", "licence": "CC0-1.0", "credit": "Lakeside"},
        "name edition text licence credit",
    ),
    Kind.NEED: ({"title": "Chairs", "until": DAY}, "title until"),
    Kind.OFFER: ({"title": "Chairs", "until": DAY}, "title until"),
    Kind.TAKEN: ({"words": "We have some."}, ""),
    Kind.THANKS: ({"to": ID}, "to"),
    Kind.DONE: ({}, ""),
    Kind.LESSON: ({"title": "Slow", "text": "Go slow."}, "title text"),
    Kind.SIBLING: ({}, ""),
    Kind.CIRCLE: ({"level": 0, "room": "!alder:harbour.example"}, "level room"),
    Kind.MEDIATOR_WANTED: ({"languages": ["en", "pt-BR"], "until": DAY}, "languages until"),
    Kind.MEDIATOR_FOUND: ({"mediator": "@rui:harbour.example"}, "mediator"),
    Kind.AGAIN: ({"of": "@kinkeeper:harbour.example", "numbers": [3, 4]}, "of numbers"),
}


def a_letter(kind: Kind, body: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    places: dict[str, Any] = {"assembly": ID, "sender": ME, "number": 7, **PLACES.get(kind, {})}
    if kind in ANSWERING:
        places["answers"] = ID
    return written(kind, body=BODIES[kind][0] if body is None else body, **places | more)


def signed(raw: dict[str, Any]) -> dict[str, Any]:
    """The same with the id that belongs to it."""
    return {**raw, "id": identify(raw)}


def fault(raw: Any, sender: str = ME) -> Fault:
    with pytest.raises(Unreadable) as refused:
        read(sender, raw)
    return refused.value.fault


@pytest.mark.parametrize("kind", Kind)
def test_what_is_written_is_read_and_means_the_same(kind: Kind) -> None:
    raw = a_letter(kind)
    letter = read(ME, json.loads(json.dumps(raw)))

    assert (letter.kind, letter.sender, letter.number, letter.id) == (kind, ME, 7, raw["id"])
    assert (letter.answers, letter.after) == (raw.get("answers"), tuple(raw.get("after", ())))
    assert letter.body == BODIES[kind][0]
    assert letter.assembly == raw.get("assembly")


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind in Kind for field in BODIES[kind][1].split()]
)
def test_no_field_that_is_required_may_be_missing(kind: Kind, field: str) -> None:
    body = {key: value for key, value in BODIES[kind][0].items() if key != field}

    assert fault(signed({**a_letter(kind), "body": body})) is Fault.SHAPE


@pytest.mark.parametrize("kind", Kind)
def test_a_letter_has_the_places_that_its_kind_asks_for_and_no_others(kind: Kind) -> None:
    raw = a_letter(kind)
    for place in ("version", "id", "type", "from", "number", "body"):
        assert fault({key: value for key, value in raw.items() if key != place}) is Fault.SHAPE
    for place, value in (("assembly", ID), ("answers", ID), ("after", [ID])):
        if place in raw:
            less = {key: kept for key, kept in raw.items() if key != place}
            assert fault(signed(less)) is Fault.SHAPE
        else:
            assert fault(signed({**raw, place: value})) is Fault.SHAPE


@pytest.mark.parametrize(
    ("about", "more", "needed"),
    [
        ("admit", {"candidates": CANDIDATES}, "candidates"),
        ("part", {"seat": ID, "rests_on": ID}, "seat rests_on"),
        ("keeper", {"seat": ID, "rests_on": ID, "to": "@n:l.example"}, "seat rests_on to"),
        ("move", {"part": "care", "to": "!new:lakeside.example"}, "part to"),
        ("decide", {"text": "Shall we?"}, "text"),
    ],
)
def test_a_matter_says_what_its_kind_of_question_needs(
    about: str, more: dict[str, Any], needed: str
) -> None:
    body = {"about": about, "title": "x", "until": "2026-05-01T18:00:00Z", "passing": {}, **more}
    raw = a_letter(Kind.MATTER, body)
    read(ME, raw)

    for field in needed.split():
        less = {key: value for key, value in body.items() if key != field}
        assert fault(signed({**raw, "body": less})) is Fault.SHAPE
    if about != "decide":
        other = {**body, "passing": {"congregations": 10}}
        assert fault(signed({**raw, "body": other})) is Fault.SHAPE


@pytest.mark.parametrize(
    "change",
    [
        {"until": "2026-02-31T18:00:00Z"},
        {"until": "2026-13-01T18:00:00Z"},
        {"until": "2026-05-01T25:00:00Z"},
        {"until": "0000-05-01T18:00:00Z"},
        {"until": "0001-01-01T00:00:00Z"},
        {"until": "1999-12-31T23:59:59Z"},
        {"until": "9000-01-01T00:00:00Z"},
        {"until": "9999-12-31T23:59:59Z"},
        {"until": "2026-05-01T18:00:00Z\n"},
        {"passing": {"people": 50}},
        {"passing": {"congregations": 0}},
        {"passing": {"congregations": 100}},
        {"opted": [ID]},
        {"candidates": []},
        {"title": "   "},
    ],
)
def test_a_matter_that_nobody_could_decide_is_refused(change: dict[str, Any]) -> None:
    raw = a_letter(Kind.MATTER)

    assert fault(signed({**raw, "body": {**MATTER, **change}})) is Fault.SHAPE


@pytest.mark.parametrize("until", ["2000-01-01T00:00:00Z", "8999-12-31T23:59:59Z"])
def test_a_matter_may_end_at_the_edges_of_the_years_that_are_read(until: str) -> None:
    read(ME, a_letter(Kind.MATTER, {**MATTER, "until": until}))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("id", ID + "\n"),
        ("assembly", ID[:-1]),
        ("answers", ID + "\n"),
        ("after", []),
        ("after", [ID, ID]),
        ("after", [f"{n:043}" for n in range(33)]),
        ("number", 0),
        ("number", -1),
        ("number", True),
        ("number", "7"),
        ("number", None),
        ("body", []),
        ("from", "kinkeeper"),
        ("from", ME + "\n"),
        ("type", ""),
        ("type", 3),
    ],
)
def test_a_place_that_holds_something_else_is_refused(place: str, value: Any) -> None:
    kind = {"answers": Kind.SEAL, "after": Kind.MATTER}.get(place, Kind.LESSON)

    assert fault({**a_letter(kind), place: value}, ME) is Fault.SHAPE


def test_nobody_writes_under_another_name_or_changes_what_was_said() -> None:
    raw = a_letter(Kind.LESSON)

    assert fault(raw, "@kinkeeper:harbour.example") is Fault.FOREIGN
    assert fault({**raw, "body": {"title": "Slow", "text": "Go fast."}}) is Fault.FORGED
    assert fault({**raw, "id": ID}) is Fault.FORGED
    assert fault({**raw, "extra": 1}) is Fault.FORGED


def test_fields_that_are_not_known_are_kept_in_the_id_and_ignored_otherwise() -> None:
    raw = signed({**a_letter(Kind.LESSON), "mood": "good"})

    assert read(ME, raw).id == raw["id"] != a_letter(Kind.LESSON)["id"]


def test_newer_versions_and_kinds_are_told_from_what_is_broken() -> None:
    raw = a_letter(Kind.LESSON)

    assert fault({**raw, "version": 2}) is Fault.NEWER
    assert fault({**raw, "version": 2, "body": 7, "number": 2**40}) is Fault.NEWER
    assert fault(signed({**raw, "type": "decree"})) is Fault.NEWER
    for version in (0, -1, True, "1", None, [1]):
        assert fault({**raw, "version": version}) is Fault.SHAPE


@pytest.mark.requirement("R136")
def test_a_letter_of_any_version_says_by_whom_it_is_where_and_under_which_number() -> None:
    for newer in (
        {**a_letter(Kind.LESSON), "version": 2},
        signed({**a_letter(Kind.LESSON), "type": "decree"}),
    ):
        bent: dict[str, tuple[object, ...]] = {
            "number": ("x", True, 0, None),
            "assembly": ("short", 7, None),
            "from": ("@else:x.example",),
        }  # fmt: skip
        for field, values in bent.items():
            wanted = Fault.FOREIGN if field == "from" else Fault.SHAPE
            for value in values:
                raw = {**newer, field: value}
                assert fault(signed(raw) if newer["version"] == 1 else raw) is wanted
    assert fault({"version": 2}) is Fault.FOREIGN


def test_numbers_that_not_every_reader_reads_alike_are_refused() -> None:
    raw = a_letter(Kind.LESSON)

    for number in (1.0, 1e300, float("nan"), float("inf"), 2**53, -(2**53), 10**400):
        assert fault({**raw, "extra": number}) is Fault.SHAPE
        assert fault({**raw, "extra": [{"deeper": number}]}) is Fault.SHAPE
    read(ME, signed({**raw, "extra": 2**53 - 1}))


def test_text_that_is_no_text_is_refused() -> None:
    raw = a_letter(Kind.LESSON)

    for text in ("\ud800", "a\udfffb"):
        assert fault({**raw, "extra": text}) is Fault.SHAPE
        assert fault({**raw, text: 1}) is Fault.SHAPE
    assert fault({**raw, 3: "x"}) is Fault.SHAPE
    assert fault({**raw, "extra": b"bytes"}) is Fault.SHAPE
    assert fault({**raw, "extra": {1, 2}}) is Fault.SHAPE


def nested(levels: int, *, lists: bool = False) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value] if lists else {"in": value}
    return value


def test_a_letter_is_as_deep_as_it_may_be_and_no_deeper() -> None:
    raw = a_letter(Kind.LESSON)

    for lists in (True, False):
        read(ME, signed({**raw, "extra": nested(DEEPEST - 1, lists=lists)}))
        for levels in (DEEPEST, 100, 50_000):
            assert fault({**raw, "extra": nested(levels, lists=lists)}) is Fault.DEEP
    assert fault(nested(50_000)) is Fault.DEEP


def test_a_letter_is_as_large_as_it_may_be_and_no_larger() -> None:
    raw = a_letter(Kind.LESSON)
    room = LARGEST - len(json.dumps({**raw, "extra": ""}, separators=(",", ":")))

    read(ME, signed({**raw, "extra": "x" * room}))
    assert fault(signed({**raw, "extra": "x" * (room + 1)})) is Fault.LARGE
    # Bytes are counted, not characters.
    assert fault(signed({**raw, "extra": "ü" * room})) is Fault.LARGE


def test_a_megabyte_of_nonsense_is_refused() -> None:
    raw = a_letter(Kind.LESSON)
    million = 1_000_000

    assert fault("x" * million) is Fault.SHAPE
    assert fault([0] * (million // 2)) is Fault.SHAPE
    assert fault({**raw, "extra": "x" * million}) is Fault.LARGE
    assert fault({**raw, "extra": [[]] * (million // 10)}) is Fault.LARGE
    assert fault({str(n): n for n in range(million // 10)}) is Fault.SHAPE


@pytest.mark.parametrize("raw", [None, True, 0, "", "letter", [], [{}], {}, {"version": 1}])
def test_what_is_no_letter_at_all_is_refused(raw: Any) -> None:
    assert fault(raw) is Fault.SHAPE


def test_nothing_of_what_was_written_stands_in_the_reason() -> None:
    raw = {**a_letter(Kind.LESSON), "body": {"title": "", "text": "a secret of Ana's"}}

    with pytest.raises(Unreadable) as refused:
        read(ME, raw)
    assert "Ana" not in str(refused.value)


def test_the_order_of_what_stands_beside_each_other_changes_no_id() -> None:
    raw = a_letter(Kind.POSITION)

    assert identify(dict(reversed(raw.items()))) == identify(raw) == raw["id"]
    assert read(ME, dict(reversed(raw.items()))) == read(ME, raw)


def test_who_writes_what_nobody_would_read_is_told() -> None:
    for body in ({}, {"title": "", "text": "x"}, {"title": "x", "text": "x" * 20_000}):
        with pytest.raises(Unreadable):
            a_letter(Kind.LESSON, body)
    with pytest.raises(Unreadable):
        a_letter(Kind.LESSON, number=0)
    with pytest.raises(Unreadable):
        a_letter(Kind.LESSON, sender="somebody")


@pytest.mark.parametrize(
    "schema", ["letter", "card", *(kind.value.replace(" ", "-") for kind in Kind)]
)
def test_each_schema_is_one(schema: str) -> None:
    Draft202012Validator.check_schema(_validator(schema).schema)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def read_or_refused(raw: Any) -> Letter | None:
    try:
        return read(ME, raw)
    except Unreadable:
        return None


@settings(max_examples=80, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(raw: Any) -> None:
    assert read_or_refused(raw) is None


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(Kind), st.data())
def test_any_change_of_a_letter_is_read_or_refused(kind: Kind, data: st.DataObject) -> None:
    raw = a_letter(kind)
    body = dict(raw["body"])
    if data.draw(st.booleans()) and body:
        body[data.draw(st.sampled_from(sorted(body)))] = data.draw(JSON)
        raw["body"] = body
    else:
        raw[data.draw(st.sampled_from(sorted(raw)))] = data.draw(JSON)
    with suppress(ValueError, TypeError):
        raw = signed(raw)
    letter = read_or_refused(raw)

    if letter is not None:
        places: dict[str, Any] = {"answers": letter.answers, "after": letter.after}
        again = written(
            letter.kind,
            sender=ME,
            number=letter.number,
            assembly=letter.assembly,
            body=letter.body,
            **places,
        )
        assert read(ME, again) == letter


LINES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80).filter(str.strip)


@settings(max_examples=80, deadline=None)
@given(LINES, LINES, st.integers(1, 2**53 - 1))
def test_whatever_people_write_is_read_as_they_wrote_it(title: str, text: str, number: int) -> None:
    body = {"title": title, "text": text}
    raw = a_letter(Kind.LESSON, body, number=number)

    assert read(ME, raw) == read(ME, json.loads(json.dumps(raw)))
    assert read(ME, raw).body == body
