"""What letters and cards can say at all of people: no list of them, no figure of one, and no order of who is better."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices.assembly import letters
from practices.assembly.cards import FIELDS, crews_band, people_band, read_card
from practices.assembly.circles import circles
from practices.assembly.picture import picture
from practices.assembly.roll import Seat

SCHEMAS = Path(letters.__file__).parent / "schemas"

#: Where an account can stand. All but two are keepers: a contact and a mediator have said yes themselves.
ACCOUNTS = {
    "again/of", "card/contacts", "hand-over/to", "letter/from", "matter/keeper", "matter/to",
    "mediator-found/mediator",
}  # fmt: skip

#: Every number that can be said: what counts letters, editions and matters, the sums of a matter and what it asks for, and
#: how far from the middle a circle is. Sums of people hide sides of fewer than five.
NUMBERS = {
    "again/numbers", "card/number", "circle/level", "letter/number", "matter/called", "matter/congregations",
    "matter/people", "need/called", "offer/called", "position/no", "position/yes", "practice/edition",
    "seal/asides", "seal/consents", "seal/objections",
}  # fmt: skip

BANDS = st.builds(
    lambda people, crews: {"people": people_band(people), "crews": crews_band(crews)},
    st.integers(0, 200),
    st.integers(0, 40),
)


def fields(schema: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema within a schema, with the nearest field that it describes."""
    if isinstance(schema, dict):
        yield name, schema
        for key, each in schema.items():
            if key == "properties":
                for field, of in each.items():
                    yield from fields(of, field)
            else:
                yield from fields(each, name)
    elif isinstance(schema, list):
        for each in schema:
            yield from fields(each, name)


def all_fields() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{file.stem}/{name}", schema)
        for file in sorted(SCHEMAS.glob("*.json"))
        for name, schema in fields(json.loads(file.read_text("utf-8")))
    ]


@pytest.mark.requirement("R136")
def test_no_field_is_a_list_of_people_but_the_two_contacts_of_a_card() -> None:
    named = {name for name, each in all_fields() if str(each.get("pattern")).startswith("^@")}
    lists = {
        name: each["maxItems"]
        for name, each in all_fields()
        if each.get("type") == "array" and "^@" in str(each["items"])
    }

    assert named == ACCOUNTS
    # Candidates are congregations, each with the account that keeps it.
    assert lists == {"card/contacts": 2, "matter/candidates": 20}


@pytest.mark.requirement("R136", "R140")
def test_no_field_is_a_figure_of_one_person_or_of_one_crew() -> None:
    numbers = {name for name, each in all_fields() if each.get("type") in ("integer", "number")}

    assert numbers <= NUMBERS
    assert {"position/yes", "card/number"} <= numbers


@pytest.mark.requirement("R136")
def test_of_a_card_only_what_the_schema_knows_is_read() -> None:
    schema = json.loads((SCHEMAS / "card.json").read_text("utf-8"))
    card = {
        "version": 1, "seat": "s" * 43, "number": 1, "name": "Far", "place": "Far", "languages": ["en"], "purpose": "x",
        "people": people_band(30), "crews": crews_band(3), "entry": "open", "contacts": [], "practices": [],
        "renewal": "2030-01-01",
    }  # fmt: skip

    assert set(FIELDS) == set(schema["properties"])
    assert (
        read_card({**card, "members": ["@ana:far", "@ben:far"], "points": {"@ana:far": 9}}) == card
    )


@pytest.mark.requirement("R140")
@given(st.lists(BANDS, min_size=1, max_size=40))
def test_a_picture_is_in_the_order_of_names_and_says_bands_so_nobody_is_ranked(
    cards: list[dict[str, str]],
) -> None:
    seats = [Seat(id=f"{at:043d}", keeper=f"@k:{at}.example", name=f"T{at:02d}") for at in range(len(cards))]  # fmt: skip
    by_seat = {seat.id: card for seat, card in zip(seats, cards, strict=True)}
    drawn = picture("Rivers", seats, circles([seat.id for seat in seats]), by_seat)

    for cluster in drawn.clusters:
        assert [spot.label for spot in cluster.spots] == sorted(spot.label for spot in cluster.spots)  # fmt: skip
    shown = {spot.label: spot for cluster in drawn.clusters for spot in cluster.spots}
    for seat, card in zip(seats, cards, strict=True):
        same = [each for each in shown.values() if each.people == card["people"]]
        assert (shown[seat.name].people, shown[seat.name].crews) == (card["people"], card["crews"])
        # Within a band all look alike, however many they are.
        assert {each.size for each in same} == {shown[seat.name].size}
