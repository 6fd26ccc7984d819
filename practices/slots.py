"""The times that a circle's own rhythm suggests when it looks for one: its usual day and its neighbours, at its usual hour.

It promises that each lies ahead, shows the usual hour on the wall of the rhythm's zone also after the clocks have changed,
and falls into nobody's night. Where the clocks leave out that hour, or the whole day, there is no such time.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Set
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from practices import clock, rhythm
from practices.meetings import Quiet, is_quiet
from practices.rhythm import Rhythm

__all__ = ["AHEAD", "FEWEST", "MOST", "WEEKS", "chosen", "suggested"]

AHEAD = timedelta(days=2)
"""A time sooner than this leaves people no day to answer in."""

WEEKS = 3
"""As many weeks as have such a time: people can look so far, and answer so much."""

# The day before the usual one, that day, and the day after.
_DAYS = (-1, 0, 1)

FEWEST = 2
"""One time alone is no choice."""

MOST = WEEKS * len(_DAYS)
"""With all of them."""

# From the week before the meeting on; further than this nobody looks for a time.
_FROM, _UNTIL = -1, 9
_WEEK = timedelta(days=7)


def suggested(
    kept: Rhythm,
    *,
    after: datetime,
    now: datetime,
    nights: Set[tuple[ZoneInfo, Quiet]] = frozenset(),
) -> tuple[datetime, ...]:
    """Up to three a week in the weeks around the next meeting: instants in UTC in their order; none where fewer than two fit.

    `now` and `after` are aware; all lie after both. `nights` are the zone and quiet hours of everybody who may come.
    """
    first = max(clock.aware(after), clock.aware(now))
    meeting = next(rhythm.occurrences(kept, max(clock.aware(now), first - _WEEK)), None)
    if meeting is None:
        return ()
    found: list[datetime] = []
    weeks = (_of_week(kept, meeting.local + week * _WEEK) for week in range(_FROM, _UNTIL))
    fitting = (
        [at for at in each if at > first and not any(is_quiet(at, *night) for night in nights)]
        for each in weeks
    )
    for each in itertools.islice(filter(None, fitting), WEEKS):
        found += each
    return tuple(sorted(found)) if len(found) >= FEWEST else ()


def _of_week(kept: Rhythm, usual: datetime) -> Iterator[datetime]:
    """The usual hour on the usual day of one week and on its neighbours."""
    zone = ZoneInfo(kept.zone)
    for days in _DAYS:
        local = usual + timedelta(days=days)
        at = clock.resolve(local, zone)
        if clock.wall(at, zone) == local:
            yield at


_NUMBERS = re.compile(
    r"(?:(?:yes|only|just)[\s,:]+)?#?\d{1,2}(?:(?:\s*[,;&+]\s*|\s+and\s+|\s+)#?\d{1,2})*\.?",
    re.IGNORECASE,
)


def chosen(text: str, of: int) -> tuple[int, ...] | None:
    """Which of so many somebody names by their numbers, as in `1, 3 and 4`: places from 0; None for any other text."""
    said = text.strip()
    if not _NUMBERS.fullmatch(said):
        return None
    places = {int(number) - 1 for number in re.findall(r"\d+", said)}
    return tuple(sorted(places)) if all(0 <= place < of for place in places) else None
