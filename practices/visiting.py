"""A visiting helper: somebody from outside who sits with a crew for one to three meetings (CREW-21, R144).

It promises that a visit has an end from the beginning: after the agreed number of meetings, and on a day however few
meetings were held until then (R16).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from practices.understanding import NotUnderstood, shown

__all__ = ["MOST_MEETINGS", "Visit", "ends_by", "meetings_left", "meetings_words", "read_visit"]

MOST_MEETINGS = 3
"""For how many meetings a helper can be asked at most (R144)."""

_A_MEETING = timedelta(days=35)
"""The longest that a monthly circle waits for its next meeting."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is asked, as it was written, and for how many meetings; None when that was not said."""

    whom: str
    meetings: int | None


_FOR = re.compile(
    r"(?P<whom>\S.*?)\s+for\s+(?P<count>\w+)(?:\s+meetings?)?[.!]?", re.IGNORECASE | re.DOTALL
)
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3}


def read_visit(text: str) -> Visit:
    """Read `@lee for 2 meetings`. Raises NotUnderstood for other numbers of meetings than one to three."""
    said = " ".join(text.split())
    match = _FOR.fullmatch(said)
    if match is None:
        return Visit(said, None)
    return Visit(match["whom"], read_meetings(match["count"]))


def read_meetings(text: str) -> int:
    """A number of meetings, as in `2` or `two`. Raises NotUnderstood unless it is one to three."""
    said = text.casefold().strip(" .!").removesuffix("meetings").removesuffix("meeting").strip()
    count = _COUNTS.get(said) or (int(said) if said.isascii() and said.isdigit() else None)
    if count is None:
        raise NotUnderstood(
            f"I could not read {shown(text)} as a number of meetings: one, two or three."
        )
    if not 1 <= count <= MOST_MEETINGS:
        raise NotUnderstood(
            f"A helper comes for one to three meetings, not {count}. Whoever is to stay longer can join "
            "the crew, when all of you wish it."
        )
    return count


def meetings_words(count: int) -> str:
    """As in `one meeting` or `two meetings`."""
    return ("one meeting", "two meetings", "three meetings")[count - 1]


def ends_by(asked_at: datetime, meetings: int) -> datetime:
    """When a visit ends at the latest, however few meetings were held."""
    return asked_at + _A_MEETING * meetings


def meetings_left(
    agreed: int, ends: Iterable[datetime], *, came_at: datetime, now: datetime
) -> int:
    """How many of the agreed meetings are still to come; `ends` is when each meeting held was or will be over.

    A meeting during which the helper came counts.
    """
    held = sum(came_at < end <= now for end in ends)
    return max(agreed - held, 0)
