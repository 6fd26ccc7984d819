"""What a picture of an assembly shows: circles within circles, from one person to all congregations.

It promises bands where there are sizes, and names of congregations where there are few, but never a person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from practices.assembly.cards import crews_band, people_band
from practices.assembly.circles import Circles
from practices.assembly.roll import Seat
from practices.polls.chart import MOST_NAMED, Cluster, Nest, Spot, congregations

__all__ = ["SCALES", "picture"]

SCALES = (
    ("Self", "one person"),
    ("Dyad", "two people"),
    ("Crew", "3 to 8 people, around one table"),
    ("Congregation", "up to 200 people, in crews"),
    ("Assembly", "up to 200 congregations, each its own"),
)
"""The five scales (R1), as a picture says them."""

_PEOPLE = tuple(people_band(size) for size in (0, 10, 20, 40, 80, 150))
_CREWS = tuple(crews_band(crews) for crews in (0, 1, 4, 10, 25))
_DOTS = (0, 2, 6, 12, 18)
"""How many circles stand for each band of crews."""


def picture(
    name: str,
    seats: Iterable[Seat],
    circles: Circles,
    cards: Mapping[str, Mapping[str, Any]],
    *,
    own: str | None = None,
) -> Nest:
    """The picture of an assembly of that name; `cards` by seat, and `own` the seat of those who ask."""
    by_id = {seat.id: seat for seat in seats}

    def spot(seat: str) -> Spot:
        card = cards.get(seat, {})
        people, crews = card.get("people", ""), card.get("crews", "")
        return Spot(
            label=str(card.get("name") or by_id[seat].name),
            people=people,
            crews=crews,
            size=_PEOPLE.index(people) + 1 if people in _PEOPLE else 0,
            dots=_DOTS[_CREWS.index(crews)] if crews in _CREWS else 0,
            marked=seat == own,
        )

    alone = len(circles.base) == 1
    clusters = [
        Cluster(
            label="" if alone else circle.name,
            spots=tuple(
                sorted(
                    map(spot, circle.seats), key=lambda each: (each.label.casefold(), each.label)
                )
            ),
        )
        for circle in circles.base
    ]
    clusters.sort(key=lambda each: each.label)
    groups = "" if alone else f", in {len(clusters)} circles of delegates"
    named = "" if len(by_id) <= MOST_NAMED else " Their names and cards are in the directory."
    return Nest(
        title=f"{name}: circles within circles",
        clusters=tuple(clusters),
        scales=SCALES,
        foot=f"{congregations(len(by_id)).capitalize()}{groups}. Sizes are bands that congregations give themselves.{named}",
    )
