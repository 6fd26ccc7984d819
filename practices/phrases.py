"""The strict English grammar of days, times, rhythms and spans: what a run of words says.

It promises to read a whole run of words or none of it, and never to guess: a `Phrase` holds the
pieces exactly as they were said, each at most once, and `practices.dates` settles them against
the present moment. Nothing here knows what the time is.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Protocol, TypeVar

from practices import clock
from practices.moon import Moon
from practices.rhythm import ORDINALS, Cadence
from practices.understanding import NotUnderstood

__all__ = [
    "Day",
    "Every",
    "InDays",
    "OnDate",
    "OnDayOfMonth",
    "OnWeekday",
    "Phrase",
    "Slashed",
    "Token",
    "around_the_hour",
    "known_words",
    "parse",
    "span",
    "tokens",
]

_Piece = TypeVar("_Piece")

# Tokens.

_TOKEN = re.compile(
    r"""
    (?P<iso>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9]))
    | (?P<dotted>[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}(?![0-9]))
    | (?P<slashed>[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{4})?(?![0-9/]))
    | (?P<clock>[0-9]{1,2}:[0-9]{2}(?![0-9]|:[0-9]) | [0-9]{1,2}\.[0-9]{2}(?=\s?[ap]\.?m\b))
    | (?P<ordinal>[0-9]{1,2}(?:st|nd|rd|th)\b)
    | (?P<number>[0-9]+)
    | (?P<zone>[a-z][a-z_]{0,15}(?:/[a-z0-9_+-]{1,24}){1,2} | utc\b)
    | (?P<word>o['’ʼ]clock\b | [ap]\.m\b\.? | [^\W\d_]+ | @)
    | (?P<noise>\s+ | [,;.!()“”"…] | [\u200b-\u200f\u2060\ufeff])
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign: its kind, its folded text, and where it stood in the text."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of a text in order, without its spaces, commas and quotation marks."""
    return [
        Token(found.lastgroup or "other", found.group().casefold(), found.start(), found.end())
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "noise"
    ]


class _Words:
    """A place in a run of tokens, which moves on by what is taken."""

    __slots__ = ("_place", "_tokens")

    def __init__(self, run: Sequence[Token]) -> None:
        self._tokens = run
        self._place = 0

    @property
    def left(self) -> bool:
        return self._place < len(self._tokens)

    def word(self, *options: str) -> str | None:
        """The next token, if it is one of these words."""
        if self.left and self._tokens[self._place].text in options:
            self._place += 1
            return self._tokens[self._place - 1].text
        return None

    def kind(self, *kinds: str) -> str | None:
        """The text of the next token, if it is of one of these kinds."""
        if self.left and self._tokens[self._place].kind in kinds:
            self._place += 1
            return self._tokens[self._place - 1].text
        return None

    def phrase(self, text: str) -> bool:
        """Take these words, all or none: `[word]` may be missing, `one|other` is a choice."""
        place = self._place
        for part in text.split():
            if self.word(*part.strip("[]").split("|")) is None and not part.startswith("["):
                self._place = place
                return False
        return True

    def follows(self, kind: str) -> bool:
        """Whether the token just taken is of this kind."""
        return self._place > 0 and self._tokens[self._place - 1].kind == kind

    def read(self, *readers: Callable[[_Words], _Piece | None]) -> _Piece | None:
        """What the first reader that can read here reads; otherwise nothing is taken."""
        place = self._place
        for reader in readers:
            piece = reader(self)
            if piece is not None:
                return piece
            self._place = place
        return None


# Days.


class Day(Protocol):
    """A day as it was named."""

    def dates(self, today: date) -> Iterator[date]:
        """The dates it can mean, best first. Raises NotUnderstood for one that cannot be."""


@dataclass(frozen=True, slots=True)
class InDays:
    """So many days from today. `exactly` when it was said as a span, which needs no time."""

    days: int
    exactly: bool = False

    def dates(self, today: date) -> Iterator[date]:
        """Only this one."""
        yield today + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """The coming day of that name: today while its time lies ahead, otherwise within the week."""

    weekday: int

    def dates(self, today: date) -> Iterator[date]:
        """The next two."""
        ahead = today + timedelta(days=(self.weekday - today.weekday()) % 7)
        yield ahead
        yield ahead + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OnDate:
    """A day of a month, with or without its year. A weekday said beside it has to agree."""

    day: int
    month: int
    year: int | None = None
    weekday: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        """The date itself, or without a year the first one from today on."""
        found = self._date(today)
        if self.weekday not in {None, found.weekday()}:
            works = f"{_date_words(found)}, 19:00" if found > today else "tomorrow 19:00"
            raise NotUnderstood(
                f"{_date_words(found)} is a {clock.WEEKDAYS[found.weekday()]}. "
                f"Which did you mean? For example “{works}”."
            )
        yield found

    def _date(self, today: date) -> date:
        # Between two leap days lie at most eight years.
        years = range(today.year, today.year + 9) if self.year is None else (self.year,)
        for year in years:
            if not 1 <= self.month <= _MONTHS_A_YEAR or not 1 <= year <= date.max.year:
                break
            if 1 <= self.day <= calendar.monthrange(year, self.month)[1]:
                found = date(year, self.month, self.day)
                if self.year is not None or found >= today:
                    return found
        raise NotUnderstood("There is no such day. Name another, for example “tomorrow 19:00”.")


_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class OnDayOfMonth:
    """The coming day with that number."""

    day: int

    def dates(self, today: date) -> Iterator[date]:
        """The next two months that have one."""
        found = 0
        for months in range(4):
            year, month = divmod(today.month - 1 + months, _MONTHS_A_YEAR)
            if self.day <= calendar.monthrange(today.year + year, month + 1)[1]:
                coming = date(today.year + year, month + 1, self.day)
                if coming >= today and found < len("ab"):
                    found += 1
                    yield coming


@dataclass(frozen=True, slots=True)
class NthOf:
    """A weekday of a named month, as in `the last Thursday of November`."""

    nth: int
    weekday: int
    month: int
    year: int | None = None

    def dates(self, today: date) -> Iterator[date]:
        """That date, or without a year the first one from today on."""
        # A fifth one in February is the rarest: it can be missing for forty years.
        years = range(today.year, today.year + 41) if self.year is None else (self.year,)
        for year in years:
            found = self._in(year)
            if found is not None and (self.year is not None or found >= today):
                yield found
                return
        raise NotUnderstood(
            f"That month has no {ORDINALS[self.nth]} {clock.WEEKDAYS[self.weekday]}. "
            f"For example “the last {clock.WEEKDAYS[self.weekday]} of "
            f"{clock.MONTHS[self.month - 1]} {today.year + 1}, 19:00”."
        )

    def _in(self, year: int) -> date | None:
        if not 1 <= year <= date.max.year:
            return None
        first, length = calendar.monthrange(year, self.month)
        days = range(1 + (self.weekday - first) % 7, length + 1, 7)
        place = self.nth - 1 if self.nth > 0 else self.nth
        return date(year, self.month, days[place]) if place < len(days) else None


@dataclass(frozen=True, slots=True)
class Slashed:
    """Two numbers with a stroke between, which half the world reads the other way round."""

    said: str

    def dates(self, today: date) -> Iterator[date]:
        """The date, when only one reading of it exists. Raises NotUnderstood to ask which."""
        first, second, *rest = (int(part) for part in self.said.split("/"))
        year = rest[0] if rest else None
        if max(first, second) <= _MONTHS_A_YEAR and min(first, second) > 0 and first != second:
            raise NotUnderstood(
                f"Does “{self.said}” mean {first} {clock.MONTHS[second - 1]} or "
                f"{second} {clock.MONTHS[first - 1]}? Write the month as a word, "
                f"for example “{_coming(first, second, year, today)}, 19:00”."
            )
        day, month = (first, second) if second <= _MONTHS_A_YEAR else (second, first)
        yield from OnDate(day, month, year).dates(today)


def _coming(day: int, month: int, year: int | None, today: date) -> str:
    """That day of that year, or when it is over or no year was said, one that is to come."""
    meant = date(year or today.year, month, day)
    return _date_words(meant if meant > today else date(today.year + 1, month, day))


def _date_words(day: date) -> str:
    return f"{day.day} {clock.MONTHS[day.month - 1]} {day.year:04}"


# Tables of words.

_WEEKDAYS = {name.casefold(): number for number, name in enumerate(clock.WEEKDAYS)}
_WEEKDAYS |= {name[:3]: number for name, number in _WEEKDAYS.items()}
_WEEKDAYS |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_PLURALS = {f"{name}s": number for name, number in _WEEKDAYS.items() if name.endswith("day")}
_MONTHS = {name.casefold(): number for number, name in enumerate(clock.MONTHS, 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_ORDINALS = {name: number for number, name in ORDINALS.items()}
_ORDINALS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NUMBERS |= {"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SHORT_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), _HOUR),
}
_LONG_UNITS = {
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("w", "week", "weeks"), 7 * _DAY),
}
_LONGEST_COUNT = 6  # digits
_YEAR = 4  # digits
_LONGEST_MONTH = 31


def _table(words: _Words, table: dict[str, int]) -> int | None:
    said = words.word(*table)
    return None if said is None else table[said]


def _count(words: _Words) -> int | None:
    """A number in digits or, up to twelve, as a word."""
    said = words.kind("number")
    if said is not None:
        return int(said) if len(said) <= _LONGEST_COUNT else None
    return _table(words, _NUMBERS)


def _year(words: _Words) -> int | None:
    said = words.kind("number")
    return int(said) if said is not None and len(said) == _YEAR else None


def _monthday(words: _Words) -> int | None:
    """`26` or `26th`, and nothing that no month has."""
    said = words.kind("number", "ordinal")
    if said is None or len(said) > len("26th"):
        return None
    number = int(said.rstrip("stndrh"))
    return number if 1 <= number <= _LONGEST_MONTH else None


def _ordinal_day(words: _Words) -> int | None:
    said = words.kind("ordinal")
    number = 0 if said is None else int(said.rstrip("stndrh"))
    return number if 1 <= number <= _LONGEST_MONTH else None


# Readers of days.


def _near(words: _Words) -> Day | None:
    if words.phrase("[the] day after tomorrow"):
        return InDays(2)
    if words.word("tomorrow"):
        return InDays(1)
    return InDays(0) if words.word("today", "tonight") else None


def _days_ahead(words: _Words) -> Day | None:
    count = words.read(_count) if words.word("in") else None
    said = words.word(*_LONG_UNITS)
    if count is None or said is None:
        return None
    return InDays(_LONG_UNITS[said].days * count, exactly=True)


def _nth_of(words: _Words) -> Day | None:
    words.phrase("[on] [the]")
    nth = _table(words, _ORDINALS)
    weekday = _table(words, _WEEKDAYS)
    if nth is None or weekday is None or not words.word("of", "in"):
        return None
    month = _table(words, _MONTHS)
    return None if month is None else NthOf(nth, weekday, month, words.read(_year))


def _named_day(words: _Words) -> Day | None:
    words.phrase("[on] [the] [this|next|coming]")
    weekday = _table(words, _WEEKDAYS)
    if weekday is None:
        return None
    words.phrase("[the]")
    day = words.read(_calendar_day)
    if day is None:
        return OnWeekday(weekday)
    return OnDate(day.day, day.month, day.year, weekday)


def _dated_day(words: _Words) -> Day | None:
    words.phrase("[on] [the]")
    slashed = words.kind("slashed")
    return Slashed(slashed) if slashed else words.read(_calendar_day)


def _numbered_day(words: _Words) -> Day | None:
    words.phrase("[on] [the]")
    number = words.read(_ordinal_day)
    return None if number is None else OnDayOfMonth(number)


def _calendar_day(words: _Words) -> OnDate | None:
    return words.read(_written_date, _day_month, _month_day)


def _written_date(words: _Words) -> OnDate | None:
    """`2026-12-03` and `3.12.2026`, the two orders that only one part of the world uses."""
    iso = words.kind("iso")
    if iso:
        year, month, day = (int(part) for part in iso.split("-"))
        return OnDate(day, month, year)
    dotted = words.kind("dotted")
    if dotted:
        day, month, year = (int(part) for part in dotted.split("."))
        return OnDate(day, month, year)
    return None


def _day_month(words: _Words) -> OnDate | None:
    day = words.read(_monthday)
    words.phrase("[of]")
    month = _table(words, _MONTHS)
    if day is None or month is None:
        return None
    return OnDate(day, month, words.read(_year))


def _month_day(words: _Words) -> OnDate | None:
    month = _table(words, _MONTHS)
    words.phrase("[the]")
    day = words.read(_monthday)
    if day is None or month is None:
        return None
    return OnDate(day, month, words.read(_year))


def _day(words: _Words) -> Day | None:
    return words.read(_near, _days_ahead, _named_day, _dated_day, _numbered_day)


# Readers of times and spans.

_MERIDIEMS = {"am": 0, "a.m": 0, "a.m.": 0, "pm": 12, "p.m": 12, "p.m.": 12}
_HALF_DAY = 12
_HOURS_A_DAY = 24
_MINUTES_AN_HOUR = 60


def _time(words: _Words) -> time | None:
    # The T of ISO 8601 means the same as "at".
    after = "t" if words.follows("iso") else "at"
    at = words.word("at", "@", after) is not None
    named = words.word("noon", "midday", "midnight")
    if named:
        return time(0) if named == "midnight" else time(_HALF_DAY)
    clocked = words.kind("clock")
    if clocked:
        hour, minute = (int(part) for part in re.split("[:.]", clocked))
        return _clock_time(hour, minute, _half(words, hour))
    around = words.read(_around_the_hour)
    if around is not None:
        # Without its half of the day it would be a guess; practices.dates asks.
        half = _half(words, around[0])
        return None if half is None else _clock_time(around[0], around[1], half)
    number = words.read(_word_and_half)
    if number is not None:
        return number
    said = words.kind("number")
    if said is None or len(said) > len("12"):
        return None
    marked = words.word("o'clock", "o’clock", "oʼclock") is not None
    half = _half(words, int(said))
    return _clock_time(int(said), 0, half) if at or marked or half is not None else None


#: The hours of half a day that people count to each part of it, and what to add to them.
_PARTS_OF_DAY = {
    "morning": (range(1, 12), 0),
    "afternoon": ((12, *range(1, 7)), _HALF_DAY),
    "evening": (range(4, 12), _HALF_DAY),
}


def _half(words: _Words, hour: int) -> int | None:
    """The hours to add for the half of the day that is meant: `am`, `pm`, `in the morning`, `in the evening`."""
    half = _table(words, _MERIDIEMS)
    if half is not None:
        return half
    for part, (hours, more) in _PARTS_OF_DAY.items():
        if hour in hours and words.phrase(f"in the {part}"):
            return more
    return None


_QUARTERS = {"half": 30, "quarter": 15}


def _around_the_hour(words: _Words) -> tuple[int, int] | None:
    """`half past seven`, `quarter past 7`, `a quarter to eight`, as hour and minute of half a day."""
    words.phrase("[a]")
    minutes = _table(words, _QUARTERS)
    side = words.word("past", "to")
    hour = words.read(_count)
    if minutes is None or side is None or hour is None or not 1 <= hour <= _HALF_DAY:
        return None
    if side == "past":
        return hour, minutes
    return ((hour - 1) or _HALF_DAY), _MINUTES_AN_HOUR - minutes


def _word_and_half(words: _Words) -> time | None:
    """`seven pm`, `seven in the evening`: a number in letters with its half of the day."""
    hour = None if words.word("a", "an") else _table(words, _NUMBERS)
    half = None if hour is None else _half(words, hour)
    return None if hour is None or half is None else _clock_time(hour, 0, half)


def around_the_hour(run: Sequence[Token]) -> tuple[int, int] | None:
    """The hour and minute of a time such as `half past seven` somewhere in a run, whatever half of the day it is in."""
    for place in range(len(run)):
        words = _Words(run[place:])
        found = words.read(_around_the_hour)
        if found is not None and _half(words, found[0]) is None:
            return found
    return None


def known_words() -> tuple[frozenset[str], frozenset[str]]:
    """Every word of the grammar, and of those the whole words that somebody could mean who mistyped one."""
    tables = (
        *(_WEEKDAYS, _PLURALS, _MONTHS, _ORDINALS, _NUMBERS, _SHORT_UNITS, _LONG_UNITS),
        *(_MERIDIEMS, _PARTS_OF_DAY, _QUARTERS, dict.fromkeys(Moon)),
    )
    said = """
        every each other second weekly fortnightly biweekly monthly daily yearly annually fortnight fortnights weekday
        weekdays tomorrow today tonight after next this from starting beginning until noon midday midnight moon moons
        past half quarter evening morning afternoon weeks months years clock
    """
    every = {word for table in tables for word in table} | set(said.split())
    whole = {*map(str.casefold, (*clock.WEEKDAYS, *clock.MONTHS)), *_PLURALS, *said.split()}
    return frozenset(every), frozenset(whole)


def _clock_time(hour: int, minute: int, half: int | None) -> time | None:
    if half is not None:
        if not 1 <= hour <= _HALF_DAY:
            return None
        hour = hour % _HALF_DAY + half
    return time(hour, minute) if hour < _HOURS_A_DAY and minute < _MINUTES_AN_HOUR else None


def _elapsed(words: _Words) -> timedelta | None:
    return words.read(_span) if words.word("in") else None


def _span(words: _Words) -> timedelta | None:
    """Hours and minutes: `2 hours`, `1 h 30 min`, `an hour and 5 minutes`, `half an hour`."""
    if words.phrase("half an hour"):
        return _HOUR / 2
    first = words.read(_part)
    if first is None:
        return None
    if first[1] == _HOUR and words.phrase("and a half"):
        return first[0] + _HOUR / 2
    second = words.read(_second_part) if first[1] == _HOUR else None
    return first[0] + (second or timedelta())


def _part(words: _Words) -> tuple[timedelta, timedelta] | None:
    count = words.read(_count)
    said = words.word(*_SHORT_UNITS)
    if count is None or said is None:
        return None
    return count * _SHORT_UNITS[said], _SHORT_UNITS[said]


def _second_part(words: _Words) -> timedelta | None:
    words.phrase("[and]")
    part = words.read(_part)
    return part[0] if part is not None and part[1] == _MINUTE else None


def span(run: Sequence[Token]) -> timedelta | None:
    """A length of time, where it is all that is said: `90 minutes`, `2 h`, `3 days`, `a week`."""
    words = _Words(run)
    found = words.read(_span, _long_span)
    return None if words.left else found


def _long_span(words: _Words) -> timedelta | None:
    count = words.read(_count)
    said = words.word(*_LONG_UNITS)
    return None if count is None or said is None else count * _LONG_UNITS[said]


# Readers of rhythms.


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A rhythm as it was said, without its time, zone and start.

    `doubtful` when it can mean every two weeks as well as the second one of each month.
    """

    cadence: Cadence
    weekday: int | None = None
    nth: int | None = None
    monthday: int | None = None
    month: int | None = None
    moon: Moon | None = None
    doubtful: bool = False


def _by_moon(words: _Words) -> Every | None:
    words.phrase("[on|at] [every|each] [the]")
    moon = words.word(*Moon)
    if moon is None or not words.word("moon", "moons"):
        return None
    return Every(cadence=Cadence.MOON, moon=Moon(moon))


def _daily(words: _Words) -> Every | None:
    if words.word("daily") or words.phrase("every|each day"):
        return Every(cadence=Cadence.DAILY)
    if words.phrase("[on] weekdays") or words.phrase("[on] every|each weekday"):
        return Every(cadence=Cadence.WEEKDAYS)
    if words.phrase("[from] monday|mon to|until|till friday|fri"):
        return Every(cadence=Cadence.WEEKDAYS)
    return None


def _yearly(words: _Words) -> Every | None:
    if not (words.word("yearly", "annually") or words.phrase("every|each [year]")):
        return None
    words.phrase("[on] [the]")
    day = words.read(_day_month, _month_day)
    if day is None or day.year is not None or not _exists(day):
        return None
    words.phrase("[leap] [years] [only]")
    return Every(cadence=Cadence.YEARLY, month=day.month, monthday=day.day)


def _exists(day: OnDate) -> bool:
    # In a leap year every date exists that exists at all.
    return day.day <= calendar.monthrange(2000, day.month)[1]


_BY_FORTNIGHT = (
    "every two|2|second|other weeks|week",
    "every fortnight",
    "fortnightly",
)


def _fortnightly(words: _Words) -> Every | None:
    if words.phrase("every other"):
        weekday = _any_weekday(words)
    elif words.phrase("every second|2nd"):
        weekday = _any_weekday(words)
        weekday = weekday if words.word("fortnightly") else None
    else:
        weekday = None
    return None if weekday is None else _every_fortnight(weekday)


def _fortnightly_on(words: _Words) -> Every | None:
    if not any(words.phrase(each) for each in _BY_FORTNIGHT):
        return None
    words.phrase("[on] [a]")
    weekday = _any_weekday(words)
    return None if weekday is None else _every_fortnight(weekday)


def _every_fortnight(weekday: int) -> Every:
    return Every(cadence=Cadence.FORTNIGHTLY, weekday=weekday)


def _any_weekday(words: _Words) -> int | None:
    return _table(words, _WEEKDAYS | _PLURALS)


def _every_month(words: _Words) -> bool:
    return bool(words.word("monthly")) or words.phrase("every|each month")


def _of_the_month(words: _Words) -> bool:
    return words.phrase("of|in the|every|each|a month")


def _monthly_weekday(words: _Words) -> Every | None:
    monthly = _every_month(words)
    every = words.word("every", "each") is not None
    words.phrase("[on] [the]")
    nth = _table(words, _ORDINALS)
    weekday = _table(words, _WEEKDAYS)
    if nth is None or weekday is None:
        return None
    monthly = _of_the_month(words) or monthly
    words.phrase("when there is one")
    return Every(
        cadence=Cadence.MONTHLY,
        nth=nth,
        weekday=weekday,
        doubtful=every and not monthly and nth == _ORDINALS["second"],
    )


def _monthly_day(words: _Words) -> Every | None:
    monthly = _every_month(words) or words.word("every", "each") is not None
    words.phrase("[on] [the]")
    monthday = words.read(_ordinal_day)
    monthly = _of_the_month(words) or monthly
    if monthday is None or not monthly:
        return None
    words.phrase("that has one")
    return Every(cadence=Cadence.MONTHLY, monthday=monthday)


def _weekly(words: _Words) -> Every | None:
    if words.word("weekly") or words.phrase("every|each week"):
        words.phrase("[on] [a]")
        weekday = _any_weekday(words)
    elif words.phrase("[on] every|each"):
        weekday = _any_weekday(words)
    else:
        words.phrase("[on]")
        weekday = _table(words, _PLURALS)
    return None if weekday is None else Every(cadence=Cadence.WEEKLY, weekday=weekday)


def _rhythm(words: _Words) -> Every | None:
    return words.read(
        _by_moon,
        _daily,
        _yearly,
        _fortnightly,
        _fortnightly_on,
        _monthly_weekday,
        _monthly_day,
        _weekly,
    )


# Phrases.


def _start(words: _Words) -> Day | None:
    return words.read(_day) if words.phrase("from|starting|beginning [on|from]") else None


def _zone(words: _Words) -> str | None:
    said = words.kind("zone")
    try:
        return None if said is None else clock.zone(said).key
    except NotUnderstood:
        return None


def _again(words: _Words) -> bool | None:
    return words.phrase(clock.AGAIN) or None


@dataclass(slots=True)
class Phrase:
    """The pieces that a run of words says, each at most once."""

    day: Day | None = None
    time: time | None = None
    elapsed: timedelta | None = None
    rhythm: Every | None = None
    start: Day | None = None
    zone: str | None = None
    again: bool | None = None

    @property
    def sensible(self) -> bool:
        """Whether the pieces belong together."""
        whole = [piece for piece in (self.day, self.elapsed, self.rhythm) if piece is not None]
        if len(whole) > 1 or (self.start is not None and self.rhythm is None):
            return False
        if self.elapsed is not None or self.rhythm is not None:
            return self.again is None and (self.elapsed is None or self.time is None)
        return self.day is not None or self.time is not None

    @property
    def complete(self) -> bool:
        """Whether it says a moment or a rhythm without anything more."""
        if self.elapsed is not None or (isinstance(self.day, InDays) and self.day.exactly):
            return True
        return self.time is not None and (self.day is not None or self.rhythm is not None)

    @property
    def only_time(self) -> bool:
        """Whether it names a time of day and neither a day nor a rhythm."""
        return self.time is not None and self.day is None and self.rhythm is None


_READERS: tuple[tuple[str, Callable[[_Words], object | None]], ...] = (
    ("elapsed", _elapsed),
    ("day", _nth_of),
    ("start", _start),
    ("rhythm", _rhythm),
    ("day", _day),
    ("time", _time),
    ("zone", _zone),
    ("again", _again),
)


def parse(run: Sequence[Token]) -> Phrase | None:
    """What all of these words say together; None when any of them is left over."""
    words, phrase = _Words(run), Phrase()
    while words.left:
        for name, reader in _READERS:
            piece = words.read(reader) if getattr(phrase, name) is None else None
            if piece is not None:
                setattr(phrase, name, piece)
                break
        else:
            return None
    return phrase if phrase.sensible else None
