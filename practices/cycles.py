"""A crew's cycle: how long it meets before it looks back, and on which of its meetings it does.

A cycle is agreed on with its end in mind (V11, R16): it holds 5, 6 or 10 meetings or lasts 2 months (R53), or until
the day that the crew's charter names (R52), and its last meeting is the retrospective (R54, CREW-13). It promises that
a meeting which was left out, or did not take place, is none of the cycle's, and that one which was moved counts on the
day on which it is held.

How R54 is read. It places a retrospective when a cycle starts, "and additionally monthly when the cycle is longer than
3 months". For a crew that meets weekly or every other week that is taken at its word: every fourth or every second
meeting. A crew that meets monthly, five times, is in a cycle of almost five months; at its word it would look back at
each of its meetings and would never just meet. The rule is there so that nobody waits half a year to name a tension
(CREW-13: "monthly in long cycles", "name tension early"), not so that looking back takes the place of what is looked back
on. So a crew whose meetings are a month apart has at least one meeting between two looks that is nothing but a meeting: it
does not look back at the cycle's first meeting, where there is nothing to look back on, nor at the one right before the
last, which looks back itself. A monthly crew of five meetings looks back at its second and its fifth; for whoever meets more
often nothing is left out. Who wants the rule at its word with monthly meetings agrees on `retrospective monthly`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from practices import clock
from practices.understanding import NotUnderstood, shown

__all__ = [
    "Course",
    "Length",
    "Looking",
    "count_words",
    "last_day",
    "length_words",
    "ordinal_words",
    "read_length",
]


class Length(StrEnum):
    """How long a cycle is: the choices of R53, and no other."""

    FIVE = "5"
    SIX = "6"
    TEN = "10"
    TWO_MONTHS = "2 months"

    @property
    def meetings(self) -> int | None:
        """How many meetings it holds; None when it lasts for a time instead."""
        return None if self is Length.TWO_MONTHS else int(self)


class Looking(StrEnum):
    """When a crew looks back: the values of its setting `retrospective` (CREW-13)."""

    BY_LENGTH = "by length"
    CYCLE_END = "cycle end"
    MONTHLY = "monthly"


_MONTHS = 2
#: A cycle beyond this has looks back on its way, too (R54).
_LONG = relativedelta(months=3)
#: "About monthly": a monthly meeting may come round after four weeks already.
_A_MONTH = timedelta(weeks=4)
#: So many meetings on, the next look back of a crew that meets monthly: one of each two is a meeting and nothing else.
_APART = 2

_SAID = {
    "5": Length.FIVE,
    "five": Length.FIVE,
    "6": Length.SIX,
    "six": Length.SIX,
    "10": Length.TEN,
    "ten": Length.TEN,
    "2 months": Length.TWO_MONTHS,
    "two months": Length.TWO_MONTHS,
    "2 month": Length.TWO_MONTHS,
    "two month": Length.TWO_MONTHS,
    "months": Length.TWO_MONTHS,
}

_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)

_WORDS = {
    Length.FIVE: "five meetings",
    Length.SIX: "six meetings",
    Length.TEN: "ten meetings",
    Length.TWO_MONTHS: "two months",
}


def read_length(text: str) -> Length:
    """The length that is meant by `6`, `six meetings` or `2 months`. Raises NotUnderstood."""
    said = " ".join(text.casefold().strip(" .!").split())
    for more in (" meetings", " meeting", " times"):
        said = said.removesuffix(more)
    if said not in _SAID:
        raise NotUnderstood(
            f"A cycle is 5, 6 or 10 meetings, or 2 months; I could not read {shown(text)} as one of them."
        )
    return _SAID[said]


def length_words(length: Length) -> str:
    """As in `six meetings`."""
    return _WORDS[length]


def last_day(length: Length, begins: datetime, zone: ZoneInfo) -> date | None:
    """The day on which a cycle of time that begins at an instant ends, in a zone; None where meetings are counted."""
    end = _end(length, begins, zone, None)
    return None if end is None else clock.wall(end, zone).date()


_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count_words(number: int) -> str:
    """As in `six`; beyond ten in digits."""
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def ordinal_words(number: int) -> str:
    """As in `third`; beyond the tenth as in `11th`. `number` counts from 1."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    last = 0 if number // 10 % 10 == 1 else number % 10
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(last, 'th')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The way of one cycle through the calendar: all its meetings, those to come as far as they are known.

    `meetings` are aware instants in order; where the rhythm goes on, they are complete.
    """

    length: Length
    begins: datetime
    zone: ZoneInfo
    meetings: tuple[datetime, ...]
    until: date | None = None
    """The last day of a cycle of time whose end was agreed on as a day."""

    @classmethod
    def of(
        cls,
        length: Length,
        begins: datetime,
        zone: ZoneInfo,
        *,
        standing: Iterable[datetime],
        coming: Iterable[datetime],
        until: date | None = None,
    ) -> Course:
        """The course of a cycle that was agreed on at the instant `begins`.

        `standing` are meetings that took place or are planned, at the instant at which they are held, in any
        order; `coming` are those that the rhythm goes on with, in order and perhaps without an end. Neither
        holds a meeting that was left out. A meeting counts when it begins after the cycle does, for the crew
        that agrees on a cycle while it sits together begins with its next meeting. `until` is the last day, in
        `zone`, of a cycle of time that ends on a day; one of meetings has none.
        """
        begins = clock.aware(begins)
        after = (
            at
            for at in heapq.merge(sorted(map(clock.aware, standing)), map(clock.aware, coming))
            if at > begins
        )
        end = _end(length, begins, zone, until)
        found = (
            islice(after, length.meetings) if end is None else takewhile(lambda at: at < end, after)
        )
        return cls(length=length, begins=begins, zone=zone, meetings=tuple(found), until=until)

    @property
    def ends(self) -> datetime | None:
        """The instant (UTC) by which a cycle of time is over; None where meetings are counted."""
        return _end(self.length, self.begins, self.zone, self.until)

    @property
    def last(self) -> datetime | None:
        """When its last meeting is; None while the calendar does not reach so far."""
        if not self.meetings:
            return None
        if self.length.meetings is not None and len(self.meetings) < self.length.meetings:
            return None
        return self.meetings[-1]

    def number(self, at: datetime) -> int | None:
        """Which meeting of the cycle that is, from 1; None when it is none of them."""
        at = clock.aware(at)
        return self.meetings.index(at) + 1 if at in self.meetings else None

    def begun(self, now: datetime) -> int:
        """How many of its meetings have begun."""
        return sum(at <= clock.aware(now) for at in self.meetings)

    def is_over(self, now: datetime) -> bool:
        """Whether no meeting of it is to come any more."""
        now = clock.aware(now)
        if self.last is not None:
            return self.last <= now
        return self.ends is not None and self.ends <= now

    def looks_back(self, looking: Looking) -> tuple[datetime, ...]:
        """When the crew looks back, in order: at the last meeting, and about monthly on the way (R54).

        On the way means: from four weeks after the beginning, and after each look back, the first meeting that
        follows; unless the crew has agreed on `MONTHLY`, no two of these are meetings in a row that are a month
        apart. A cycle of time in which no meeting falls is looked back on when it is over.
        """
        last = self.last
        if last is None:
            return () if self.meetings or self.ends is None else (self.ends,)
        if looking is Looking.CYCLE_END or (
            looking is Looking.BY_LENGTH and not self._is_long(last)
        ):
            return (last,)
        between = looking is Looking.BY_LENGTH
        return (*self._on_the_way(between=between), last)

    def _on_the_way(self, *, between: bool) -> list[datetime]:
        """The looks back before the last one; `between` leaves a meeting between two that are a month apart."""
        found, since, before = [], self._day(self.begins), -1
        *on_the_way, last = self.meetings
        for place, at in enumerate(on_the_way):
            follows = place - before < _APART
            leads = len(on_the_way) - place < _APART and self._day(last) - self._day(at) >= _A_MONTH
            if self._day(at) - since >= _A_MONTH and not (between and (follows or leads)):
                found.append(at)
                since, before = self._day(at), place
        return found

    def _is_long(self, last: datetime) -> bool:
        return clock.wall(last, self.zone) > clock.wall(self.begins, self.zone) + _LONG

    def _day(self, at: datetime) -> datetime:
        """The day on the wall, so that the change of the clocks shortens no month."""
        local = clock.wall(at, self.zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _end(length: Length, begins: datetime, zone: ZoneInfo, until: date | None) -> datetime | None:
    if length is not Length.TWO_MONTHS:
        return None
    if until is not None:
        return clock.resolve(datetime.combine(until + timedelta(days=1), time()), zone)
    return clock.resolve(clock.wall(begins, zone) + relativedelta(months=_MONTHS), zone)
