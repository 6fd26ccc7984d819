"""How often a circle comes together, and when exactly.

A rhythm is a rule about the clock on the wall of one zone. It promises that its occurrences are
the same whenever they are asked for, that each has a key made of its own wall time (so the hour
that autumn repeats gives one occurrence, not two), and that a month without the day named is
passed over and never given another day instead. It serves R62, CREW-6 and CONG-7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from practices import clock
from practices.moon import Moon, phases
from practices.understanding import NotUnderstood

__all__ = [
    "MEETING_CADENCES",
    "ORDINALS",
    "Cadence",
    "Occurrence",
    "Rhythm",
    "as_state",
    "from_state",
    "occurrences",
    "ordinal",
    "rrule",
    "words",
]


class Cadence(StrEnum):
    """How often. The last three are for reminders only."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    MOON = "moon"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    YEARLY = "yearly"


MEETING_CADENCES = frozenset({Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY, Cadence.MOON})
"""The rhythms that R62 gives to a crew."""

ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}

_DAYS_OF_WEEK = 7
_LONGEST_MONTH = 31
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ALWAYS_THERE = 28
_FIFTH = 5
_FEBRUARY = 2
# Which of the optional fields each cadence needs: one of these sets, and nothing beside it.
_NEEDS: dict[Cadence, tuple[frozenset[str], ...]] = {
    Cadence.DAILY: (frozenset(),),
    Cadence.WEEKDAYS: (frozenset(),),
    Cadence.WEEKLY: (frozenset({"weekday"}),),
    Cadence.FORTNIGHTLY: (frozenset({"weekday"}),),
    Cadence.MONTHLY: (frozenset({"weekday", "nth"}), frozenset({"monthday"})),
    Cadence.YEARLY: (frozenset({"month", "monthday"}),),
    Cadence.MOON: (frozenset({"moon"}),),
}
_OPTIONAL = ("weekday", "nth", "monthday", "month", "moon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """A rule about the wall clock of one zone, to the minute.

    `weekday` counts from Monday = 0; `nth` is 1 to 5, or -1 for the last; `monthday` is 1 to 31;
    `month` is 1 to 12. `start` is the first day allowed, and for a fortnightly rhythm the first
    such weekday from there on is the one that the fortnights are counted from.
    Raises ValueError when the fields do not make a rule.
    """

    cadence: Cadence
    time: time
    zone: str
    start: date
    weekday: int | None = None
    nth: int | None = None
    monthday: int | None = None
    month: int | None = None
    moon: Moon | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that contradicts itself, so that no other function has to look again."""
        given = frozenset(name for name in _OPTIONAL if getattr(self, name) is not None)
        if given not in _NEEDS[self.cadence]:
            raise ValueError(f"a {self.cadence} rhythm is not made of {sorted(given)}")
        if self.weekday is not None and self.weekday not in range(_DAYS_OF_WEEK):
            raise ValueError("a weekday is 0 to 6")
        if self.nth is not None and self.nth not in ORDINALS:
            raise ValueError("a weekday of the month is 1 to 5, or -1 for the last")
        if self.month is not None and self.month not in range(1, len(_LONGEST) + 1):
            raise ValueError("a month is 1 to 12")
        longest = _LONGEST_MONTH if self.month is None else _LONGEST[self.month - 1]
        if self.monthday is not None and self.monthday not in range(1, longest + 1):
            raise ValueError("that month never has such a day")
        if self.time.tzinfo is not None or self.time.second or self.time.microsecond:
            raise ValueError("a rhythm's time is a wall time in whole minutes")
        if not clock.is_zone(self.zone):
            raise ValueError("a rhythm needs the exact name of a zone")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a rhythm comes round: the wall time its rule names, and the instant in UTC."""

    local: datetime
    at: datetime

    @property
    def key(self) -> str:
        """The wall time as in `2026-11-19T19:00`: the occurrence's name within its rhythm."""
        return self.local.isoformat(timespec="minutes")


# A jump of the clocks, even over the date line, is shorter than this; so beginning a search this
# much earlier by the wall can miss nothing.
_SLACK = timedelta(days=2)
_DAY = timedelta(days=1)
_FORTNIGHT = timedelta(days=14)
_LAST_YEAR = 9998


def occurrences(rhythm: Rhythm, after: datetime) -> Iterator[Occurrence]:
    """Every occurrence strictly after an aware instant, in order, until the calendar ends."""
    after = clock.aware(after)
    zone = ZoneInfo(rhythm.zone)
    for local in _locals(rhythm, clock.wall(after, zone) - _SLACK, zone):
        if local.year > _LAST_YEAR:
            return
        at = clock.resolve(local, zone)
        # A whole day can be missing where a place changes sides of the date line.
        if at > after and clock.wall(at, zone) - local < _DAY:
            yield Occurrence(local, at)


def _locals(rhythm: Rhythm, since: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The wall times of a rhythm on and after its start, none of them missing after `since`."""
    if rhythm.moon is not None:
        yield from _by_moon(rhythm, rhythm.moon, since, zone)
    rule = rrule(rhythm)
    if rule is None:
        return
    anchor = datetime.combine(_anchor(rhythm), rhythm.time)
    if since > anchor:
        # Whole fortnights keep the count of a fortnightly rhythm, and do no harm to another.
        anchor += (since - anchor) // _FORTNIGHT * _FORTNIGHT
    yield from rrulestr(rule, dtstart=anchor)


def _anchor(rhythm: Rhythm) -> date:
    """The start itself, or for rhythms of the week the first day of theirs from there on.

    RFC 5545 counts intervals in weeks that begin on Monday. Beginning on the weekday itself makes
    the first fortnight begin with the first meeting.
    """
    if rhythm.weekday is None or rhythm.nth is not None:
        return rhythm.start
    return rhythm.start + timedelta(days=(rhythm.weekday - rhythm.start.weekday()) % _DAYS_OF_WEEK)


def _by_moon(rhythm: Rhythm, moon: Moon, since: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The rhythm's time on each local date on which the moon is new or full."""
    begin = max(since, datetime.combine(rhythm.start, time())) - _SLACK
    for phase in phases(moon, clock.resolve(begin, zone)):
        day = clock.wall(phase, zone).date()
        if day >= rhythm.start:
            yield datetime.combine(day, rhythm.time)


_RFC_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


_RULES = {
    Cadence.DAILY: "FREQ=DAILY",
    Cadence.WEEKDAYS: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    Cadence.WEEKLY: "FREQ=WEEKLY;BYDAY={day}",
    Cadence.FORTNIGHTLY: "FREQ=WEEKLY;INTERVAL=2;BYDAY={day}",
    Cadence.MONTHLY: "FREQ=MONTHLY;BYMONTHDAY={monthday}",
    Cadence.YEARLY: "FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={monthday}",
}
_RULE_BY_WEEKDAY = "FREQ=MONTHLY;BYDAY={nth}{day}"


def rrule(rhythm: Rhythm) -> str | None:
    """The rule as RFC 5545 writes it, without `RRULE:`. None for the moon, which it cannot say.

    With the first occurrence as DTSTART in the rhythm's zone it means the same occurrences.
    """
    if rhythm.moon is not None:
        return None
    rule = _RULES[rhythm.cadence] if rhythm.nth is None else _RULE_BY_WEEKDAY
    return rule.format(
        day="" if rhythm.weekday is None else _RFC_DAYS[rhythm.weekday],
        nth=rhythm.nth,
        monthday=rhythm.monthday,
        month=rhythm.month,
    )


_WORDS = {
    Cadence.DAILY: "every day",
    Cadence.WEEKDAYS: "Monday to Friday",
    Cadence.WEEKLY: "every {day}",
    Cadence.FORTNIGHTLY: "every second {day} (fortnightly)",
    Cadence.MOON: "every {moon} moon",
    Cadence.MONTHLY: "the {monthday} of every month",
    Cadence.YEARLY: "every year on {monthday} {month}",
}
_WORDS_BY_WEEKDAY = "every {nth} {day} of the month"


def words(rhythm: Rhythm) -> str:
    """The rule as it is said back, as in `every third Thursday of the month, 19:00`.

    “Every second Thursday” alone can mean two things, so both rules say which of them they are.
    """
    days = _WORDS[rhythm.cadence] if rhythm.nth is None else _WORDS_BY_WEEKDAY
    said = days.format(
        day="" if rhythm.weekday is None else clock.WEEKDAYS[rhythm.weekday],
        nth="" if rhythm.nth is None else ORDINALS[rhythm.nth],
        month="" if rhythm.month is None else clock.MONTHS[rhythm.month - 1],
        monthday=_monthday_words(rhythm),
        moon=rhythm.moon,
    )
    return f"{said}{_exception(rhythm)}, {rhythm.time:%H:%M}"


def _monthday_words(rhythm: Rhythm) -> str:
    if rhythm.monthday is None:
        return ""
    return str(rhythm.monthday) if rhythm.month is not None else ordinal(rhythm.monthday)


def _exception(rhythm: Rhythm) -> str:
    """What the rule passes over, where a person might expect otherwise."""
    if rhythm.nth == _FIFTH:
        return " (when there is one)"
    if rhythm.monthday is None or rhythm.monthday <= _ALWAYS_THERE:
        return ""
    if rhythm.month is None:
        return " that has one"
    return " (leap years only)" if rhythm.month == _FEBRUARY else ""


_SUFFIXES = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def ordinal(monthday: int) -> str:
    """A day of the month as in `3rd`."""
    return f"{monthday}{_SUFFIXES.get(monthday, 'th')}"


def as_state(rhythm: Rhythm) -> dict[str, object]:
    """The rule as plain JSON without floats, fit for a room's state. `from_state` reads it."""
    state: dict[str, object] = {
        "cadence": rhythm.cadence.value,
        "time": f"{rhythm.time:%H:%M}",
        "zone": rhythm.zone,
        "start": rhythm.start.isoformat(),
    }
    for name in _OPTIONAL:
        value = getattr(rhythm, name)
        if value is not None:
            state[name] = value.value if isinstance(value, Moon) else value
    return state


def from_state(raw: object) -> Rhythm:
    """The rhythm that any JSON value describes. Raises NotUnderstood when it describes none.

    A field that is not known is refused too: whoever wrote it meant something by it.
    """
    try:
        return _from_state(raw)
    except (KeyError, TypeError, ValueError) as problem:
        raise NotUnderstood(
            "The rhythm kept in this room could not be read. "
            "Set it anew, for example “every third Thursday of the month, 19:00”."
        ) from problem


def _from_state(raw: object) -> Rhythm:
    if not isinstance(raw, dict) or not raw.keys() <= {each.name for each in fields(Rhythm)}:
        raise ValueError("not a rhythm's fields")
    if any(type(raw.get(name, 0)) is not int for name in ("weekday", "nth", "monthday", "month")):
        raise TypeError("a number was expected")
    texts = {name: raw[name] for name in ("cadence", "time", "zone", "start")}
    if any(type(text) is not str for text in texts.values()):
        raise TypeError("a text was expected")
    said = cast(dict[str, str], texts)
    return Rhythm(
        cadence=Cadence(said["cadence"]),
        time=datetime.strptime(said["time"], "%H:%M").time(),  # noqa: DTZ007 - a wall time
        zone=said["zone"],
        start=date.fromisoformat(said["start"]),
        weekday=raw.get("weekday"),
        nth=raw.get("nth"),
        monthday=raw.get("monthday"),
        month=raw.get("month"),
        moon=Moon(raw["moon"]) if "moon" in raw else None,
    )
