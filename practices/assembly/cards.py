"""Cards: what a congregation says of itself in the directory, and whether that still holds.

A card holds bands and never a number of people, and at most two contacts; no list of people leaves a congregation, and
none is taken from another: of a card only what the protocol knows is read (R136).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from practices.assembly import letters
from practices.assembly.letters import Fault, Unreadable

__all__ = [
    "FIELDS",
    "MOST_CONTACTS",
    "RENEWAL",
    "crews_band",
    "is_stale",
    "people_band",
    "read_card",
]

RENEWAL = timedelta(days=365)
"""A card holds for a year."""

MOST_CONTACTS = 2

FIELDS = (
    "version", "seat", "number", "name", "place", "languages", "purpose", "people", "crews", "entry", "guests", "contacts",
    "practices", "renewal",
)  # fmt: skip
"""What a card says; the schema says how. Whatever else stands in one is not kept."""

_PEOPLE = (
    (10, "fewer than 10 people"),
    (20, "10–20 people"),
    (40, "20–40 people"),
    (80, "40–80 people"),
    (150, "80–150 people"),
)

_CREWS = ((1, "no crews yet"), (4, "1–3 crews"), (10, "4–9 crews"), (25, "10–24 crews"))


def people_band(size: int) -> str:
    """The band that so many people are shown as."""
    return next((band for below, band in _PEOPLE if size < below), "150–200 people")


def crews_band(crews: int) -> str:
    """The band that so many crews are shown as."""
    return next((band for below, band in _CREWS if crews < below), "25 crews or more")


def read_card(raw: Any) -> Mapping[str, Any]:
    """What a card says, if it can be read. Raises Unreadable for anything else, whatever its shape or size."""
    letters.fit("card", raw)
    try:
        date.fromisoformat(raw["renewal"])
    except ValueError as error:
        raise Unreadable(Fault.SHAPE, "renewal") from error
    return {field: raw[field] for field in FIELDS if field in raw}


def is_stale(card: Mapping[str, Any], highest: int, today: date) -> bool:
    """Whether a card that could be read holds no more: its year is over, or a later one was seen already."""
    return bool(date.fromisoformat(card["renewal"]) < today or card["number"] < highest)
