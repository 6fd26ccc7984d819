"""A crew's cycle: how long it meets before it looks back, and on which of its meetings it does.

A cycle is agreed on with its end in mind (V11, R16): it holds 5, 6 or 10 meetings or lasts 2 months (R53), and
its last meeting is the retrospective (R54, CREW-13). It promises that a meeting which was left out, or did not
take place, is none of the cycle's, and that one which was moved counts on the day on which it is held.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
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

    @classmethod
    def of(
        cls,
        length: Length,
        begins: datetime,
        zone: ZoneInfo,
        *,
        standing: Iterable[datetime],
        coming: Iterable[datetime],
    ) -> Course:
        """The course of a cycle that was agreed on at the instant `begins`.

        `standing` are meetings that took place or are planned, at the instant at which they are held, in any
        order; `coming` are those that the rhythm goes on with, in order and perhaps without an end. Neither
        holds a meeting that was left out. A meeting counts when it begins after the cycle does, for the crew
        that agrees on a cycle while it sits together begins with its next meeting.
        """
        begins = clock.aware(begins)
        after = (
            at
            for at in heapq.merge(sorted(map(clock.aware, standing)), map(clock.aware, coming))
            if at > begins
        )
        end = _end(length, begins, zone)
        found = (
            islice(after, length.meetings) if end is None else takewhile(lambda at: at < end, after)
        )
        return cls(length=length, begins=begins, zone=zone, meetings=tuple(found))

    @property
    def ends(self) -> datetime | None:
        """The instant (UTC) by which a cycle of two months is over; None where meetings are counted."""
        return _end(self.length, self.begins, self.zone)

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
        follows. A cycle of months in which no meeting falls is looked back on when it is over.
        """
        last = self.last
        if last is None:
            return () if self.meetings or self.ends is None else (self.ends,)
        if looking is Looking.CYCLE_END or (
            looking is Looking.BY_LENGTH and not self._is_long(last)
        ):
            return (last,)
        found, since = [], self._day(self.begins)
        for at in self.meetings[:-1]:
            if self._day(at) - since >= _A_MONTH:
                found.append(at)
                since = self._day(at)
        return (*found, last)

    def _is_long(self, last: datetime) -> bool:
        return clock.wall(last, self.zone) > clock.wall(self.begins, self.zone) + _LONG

    def _day(self, at: datetime) -> datetime:
        """The day on the wall, so that the change of the clocks shortens no month."""
        local = clock.wall(at, self.zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _end(length: Length, begins: datetime, zone: ZoneInfo) -> datetime | None:
    if length is not Length.TWO_MONTHS:
        return None
    return clock.resolve(clock.wall(begins, zone) + relativedelta(months=_MONTHS), zone)
