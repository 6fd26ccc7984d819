"""When the moon is new or full.

It promises the same instants whatever moment the search starts from: each lunation is found from
a starting point of its own, so two searches can never disagree about a date near midnight.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import ephem  # type: ignore[import-untyped]  # it ships no annotations

from practices.clock import aware

__all__ = ["Moon", "phases"]


class Moon(StrEnum):
    """The two phases that a circle may meet by (CONG-7)."""

    NEW = "new"
    FULL = "full"


_LUNATION = timedelta(days=29.530588861)
# A mean new moon and the mean full moon after it (Meeus, Astronomical Algorithms, chapter 49).
_MEAN = {
    Moon.NEW: datetime(2000, 1, 6, 14, 20, tzinfo=UTC),
    Moon.FULL: datetime(2000, 1, 6, 14, 20, tzinfo=UTC) + _LUNATION / 2,
}
# A true phase is never a day away from its mean, so a search begun this early finds that phase.
_EARLY = timedelta(days=3)
# Beyond this the calendar itself ends.
_LAST_YEAR = 9998


def phases(kind: Moon, after: datetime) -> Iterator[datetime]:
    """Every instant (UTC, to the second) of that phase strictly after `after`, in order."""
    start = aware(after)
    lunation = (start - _MEAN[kind]) // _LUNATION - 1
    while start.year <= _LAST_YEAR:
        phase = _phase(kind, lunation)
        if phase > start:
            yield phase
        if phase.year >= _LAST_YEAR:
            return
        lunation += 1


@functools.lru_cache(maxsize=4096)
def _phase(kind: Moon, lunation: int) -> datetime:
    begin = _MEAN[kind] + lunation * _LUNATION - _EARLY
    search = ephem.next_new_moon if kind is Moon.NEW else ephem.next_full_moon
    found: datetime = search(ephem.Date(begin.replace(tzinfo=None))).datetime()
    return (found.replace(tzinfo=UTC) + timedelta(milliseconds=500)).replace(microsecond=0)
