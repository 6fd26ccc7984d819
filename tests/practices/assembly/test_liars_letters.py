"""What a liar can write costs a reader little to refuse, and no day that a letter names can stop anybody's clock."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from practices.assembly import letters
from practices.assembly.letters import Fault, Unreadable, fit, read

ME = "@kinkeeper:lakeside.example"
ID = "A" * 43
SCHEMAS = Path(letters.__file__).parent / "schemas"
DATED = ("until", "from", "to", "renewal")


def schemas() -> list[str]:
    return sorted(each.stem for each in SCHEMAS.glob("*.json"))


def within(schema: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in a schema, with the name of the field that it describes."""
    if isinstance(schema, dict):
        yield name, schema
        for key, each in schema.items():
            yield from within(each, key)
    elif isinstance(schema, list):
        for each in schema:
            yield from within(each, name)


def of(stem: str) -> Any:
    return json.loads((SCHEMAS / f"{stem}.json").read_text())


def days() -> list[tuple[str, str, str]]:
    """Schema, field and pattern of each day and moment."""
    return [
        (stem, name, each["pattern"])
        for stem in schemas()
        for name, each in within(of(stem))
        if name in DATED and "[0-9]{2}-[0-9]{2}" in each.get("pattern", "")
    ]


def a_letter(kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    raw = {
        "version": 1,
        "type": kind,
        "from": ME,
        "number": 1,
        "body": body,
        "assembly": ID,
        **more,
    }
    return {**raw, "id": letters.identify(raw)}


def fault(reading: Callable[[], object]) -> Fault | None:
    try:
        reading()
    except Unreadable as why:
        return why.fault
    return None


def work(reading: Callable[[], object]) -> int:
    """How many calls Python makes for it: what it costs, on whatever machine."""
    made = 0

    def count(*_: object) -> None:
        nonlocal made
        made += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        reading()
    except Unreadable:
        pass
    finally:
        sys.setprofile(before)
    return made


#: By kind or schema: a list in it, and as many items of it as fit a letter, each right and each another.
LISTS: dict[str, tuple[str, Callable[[int], object], int]] = {
    "again": ("numbers", lambda n: n + 1, 2500),
    "matter": ("opted", lambda n: f"{n:0>43}", 300),
    "need": ("languages", lambda n: "".join(chr(97 + n // 26**at % 26) for at in range(3)), 2000),
    "card": ("practices", lambda n: f"P{n}", 1500),
}


def lists(name: str) -> Iterator[list[object]]:
    """Long lists: without order, and with one item or every other one that does not belong."""
    _, item, size = LISTS[name]
    right = [item(n) for n in range(size)]
    wrong: list[object] = [str(n) if name == "again" else n for n in range(size)]
    yield right
    yield [*right[:-1], wrong[-1]]
    yield [each for pair in zip(right[::2], wrong[::2], strict=True) for each in pair]


@pytest.mark.requirement("R136")
def test_every_day_that_a_letter_or_card_names_is_of_years_with_room_on_both_sides() -> None:
    assert len(days()) >= 7
    for stem, name, pattern in days():
        assert pattern.startswith("^[2-8][0-9]{3}-"), (stem, name)


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("need", {"title": "Chairs"}, "until"),
        ("offer", {"title": "Chairs"}, "until"),
        ("mediator wanted", {"languages": ["en"]}, "until"),
        ("sprint", {"title": "Money", "topics": ["x"], "to": "2026-05-01"}, "from"),
        ("sprint", {"title": "Money", "topics": ["x"], "from": "2026-05-01"}, "to"),
    ],
)
def test_a_day_at_the_end_of_all_calendars_is_refused(
    kind: str, body: dict[str, Any], field: str
) -> None:
    def refused(day: str) -> Fault | None:
        return fault(lambda: read(ME, a_letter(kind, {**body, field: day})))

    for day in ("9999-12-31", "9000-01-01", "1999-12-31", "0001-01-01"):
        assert refused(day) is Fault.SHAPE
    for day in ("2000-01-01", "8999-12-31"):
        assert refused(day) is None
        date.fromisoformat(day) - timedelta(days=366)
        datetime.fromisoformat(f"{day}T23:59:59+00:00") + timedelta(days=366)


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.requirement("R136")
def test_a_long_list_costs_little_to_refuse_whatever_is_in_it(name: str) -> None:
    for items, calls in zip(lists(name), (150, 150, 40), strict=True):
        body = {"of": ME, LISTS[name][0]: items}
        reading = (
            partial(fit, "card", body)
            if name == "card"
            else partial(read, ME, a_letter(name, body))
        )

        assert fault(reading) is Fault.SHAPE
        assert work(reading) < calls * len(items)


def test_whatever_is_to_stand_once_in_a_list_has_a_longest_list() -> None:
    once = [
        (stem, name, each)
        for stem in schemas()
        for name, each in within(of(stem))
        if each.get("uniqueItems")
    ]

    assert len(once) >= 7
    assert all(0 < each["maxItems"] <= 200 for _, _, each in once)


@pytest.mark.parametrize("numbers", [[1, 1], [7, 8, 7]])
def test_a_list_with_an_item_twice_is_refused(numbers: list[int]) -> None:
    assert fault(lambda: read(ME, a_letter("again", {"of": ME, "numbers": numbers}))) is Fault.SHAPE
    assert (
        fault(lambda: read(ME, a_letter("again", {"of": ME, "numbers": sorted(set(numbers))})))
        is None
    )
