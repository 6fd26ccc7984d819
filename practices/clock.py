"""Between the clock on a person's wall and the one instant that it means.

It promises that a wall time becomes exactly one instant everywhere on Earth: a time that the
clocks jump over is moved forward by the jump, a time that comes twice is taken the first time.
Instants are aware and in UTC; wall times are naive; no function here accepts the one for the
other.
"""

from __future__ import annotations

import difflib
import functools
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from practices.understanding import NotUnderstood, shown

__all__ = [
    "AGAIN",
    "MONTHS",
    "WEEKDAYS",
    "aware",
    "comes_again",
    "is_zone",
    "long_day",
    "resolve",
    "short_words",
    "wall",
    "words",
    "zone",
]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

AGAIN = "after the clocks go back"
"""Said of the second of two equal wall times, so that even this hour can be read back."""

# Names that the database of zones holds but that no person means by them.
_NOT_PLACES = frozenset({"Factory", "localtime", "posixrules"})
# Letters that several places read differently, or that forget summer time, with places to type.
_ABBREVIATIONS = {
    "bst": ("Europe/London", "Asia/Dhaka"),
    "cest": ("Europe/Berlin", "Europe/Rome"),
    "cet": ("Europe/Berlin", "Africa/Tunis"),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "cst6cdt": ("America/Chicago", "America/Mexico_City"),
    "edt": ("America/New_York", "America/Toronto"),
    "eest": ("Europe/Athens", "Europe/Helsinki"),
    "eet": ("Europe/Athens", "Africa/Cairo"),
    "est": ("America/New_York", "America/Panama"),
    "est5edt": ("America/New_York", "America/Toronto"),
    "hst": ("Pacific/Honolulu", "America/Adak"),
    "ist": ("Asia/Kolkata", "Europe/Dublin"),
    "mdt": ("America/Denver", "America/Edmonton"),
    "met": ("Europe/Berlin", "Africa/Tunis"),
    "mst": ("America/Denver", "America/Phoenix"),
    "mst7mdt": ("America/Denver", "America/Phoenix"),
    "pdt": ("America/Los_Angeles", "America/Vancouver"),
    "pst": ("America/Los_Angeles", "Asia/Manila"),
    "pst8pdt": ("America/Los_Angeles", "America/Vancouver"),
    "sst": ("Asia/Singapore", "Pacific/Pago_Pago"),
    "wet": ("Europe/Lisbon", "Africa/Casablanca"),
}
# Countries that the database once named zones by, without saying which city.
_COUNTRIES = {
    "cuba": "America/Havana",
    "egypt": "Africa/Cairo",
    "eire": "Europe/Dublin",
    "gb": "Europe/London",
    "gb-eire": "Europe/London",
    "hongkong": "Asia/Hong_Kong",
    "iceland": "Atlantic/Reykjavik",
    "iran": "Asia/Tehran",
    "israel": "Asia/Jerusalem",
    "japan": "Asia/Tokyo",
    "libya": "Africa/Tripoli",
    "navajo": "America/Denver",
    "nz": "Pacific/Auckland",
    "nz-chat": "Pacific/Chatham",
    "poland": "Europe/Warsaw",
    "portugal": "Europe/Lisbon",
    "prc": "Asia/Shanghai",
    "roc": "Asia/Taipei",
    "rok": "Asia/Seoul",
    "turkey": "Europe/Istanbul",
    "w-su": "Europe/Moscow",
}
_WORLD_TIME = frozenset(
    {"utc", "gmt", "z", "zulu", "uct", "universal", "greenwich", "gmt0", "gmt+0", "gmt-0"}
)
_LONGEST_NAME = 64
# Fewer letters begin too many names for any of them to be a useful suggestion.
_FEWEST_LETTERS = 3


def aware(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a datetime that knows no zone."""
    if at.utcoffset() is None:
        raise ValueError("an instant needs a zone; a wall time goes through resolve()")
    return at.astimezone(UTC)


def resolve(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the clocks of a zone show this naive wall time.

    In the hour that spring leaves out it is moved forward by the jump; of the hour that autumn
    repeats it is the first. Raises ValueError for an aware datetime.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall time is naive")
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of a zone show at an instant: naive, and forgetting which of two it is."""
    return aware(at).astimezone(zone).replace(tzinfo=None, fold=0)


def comes_again(at: datetime, zone: ZoneInfo) -> bool:
    """Whether this instant is the second one of its day with the same wall time."""
    return resolve(wall(at, zone), zone) < aware(at)


def words(at: datetime, zone: ZoneInfo) -> str:
    """As in `Thursday 26 November 2026, 19:00, Europe/Rome`."""
    local = wall(at, zone)
    return f"{long_day(local)}, {_time(at, zone)}, {zone.key}"


def short_words(at: datetime, zone: ZoneInfo) -> str:
    """As in `Thursday 26 November, 19:00`."""
    return f"{_day(wall(at, zone))}, {_time(at, zone)}"


def long_day(day: date) -> str:
    """A day that may be a year away, as in `Monday 24 May 2027`."""
    return f"{_day(day)} {day.year}"


def _day(local: date) -> str:
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def _time(at: datetime, zone: ZoneInfo) -> str:
    again = f" ({AGAIN})" if comes_again(at, zone) else ""
    return f"{wall(at, zone):%H:%M}{again}"


def is_zone(name: str) -> bool:
    """Whether this is exactly the name of a zone, as `Europe/Rome` is."""
    return name in _names().values()


def zone(name: str) -> ZoneInfo:
    """The zone a person means by `Europe/Rome`, `europe/rome`, `Rome` or `new york`.

    Raises NotUnderstood, with near names, when no zone or more than one could be meant.
    """
    said = _folded(name[:_LONGEST_NAME])
    if said in _WORLD_TIME:
        return ZoneInfo("UTC")
    if said in _ABBREVIATIONS:
        first, second = _ABBREVIATIONS[said]
        raise NotUnderstood(
            f"{shown(name)} means different clocks in different places. "
            f"A city knows its own summer time: for example “{first}” or “{second}”."
        )
    meant = _COUNTRIES.get(said) or _cities().get(said) or _names().get(said)
    if meant is None:
        raise NotUnderstood(_unknown(name, said))
    return ZoneInfo(meant)


def _unknown(name: str, said: str) -> str:
    # Only places: who writes “UTC+1” is not helped by “UTC”.
    places = {each: name for each, name in _names().items() if "/" in name and name[:4] != "Etc/"}
    known = places | _cities()
    near = difflib.get_close_matches(said, known, 6, 0.75)
    begun = [key for key in known if len(said) >= _FEWEST_LETTERS and key.startswith(said)]
    suggestions = [f"“{each}”" for each in dict.fromkeys(known[key] for key in (*near, *begun))]
    if not suggestions:
        return (
            f"I don't know a time zone {shown(name)}. "
            "Name the nearest large city, for example “Europe/Rome”."
        )
    return f"I don't know a time zone {shown(name)}. Did you mean {' or '.join(suggestions[:3])}?"


def _folded(name: str) -> str:
    return re.sub(r"[\s_]+", "_", name.strip(" \t\r\n\u00a0.,;“”\"'").casefold())


@functools.cache
def _names() -> dict[str, str]:
    return {_folded(each): each for each in sorted(available_timezones() - _NOT_PLACES)}


@functools.cache
def _cities() -> dict[str, str]:
    """The zones by the last part of their name, which is a city nobody else's zone is called by.

    Several names of one place (`America/Buenos_Aires`, `America/Argentina/Buenos_Aires`) agree
    about every clock; the longest of them is the one in use today.
    """
    found: dict[str, list[str]] = {}
    for each in _names().values():
        if "/" in each and not each.startswith(("Etc/", "SystemV/", "US/")):
            found.setdefault(_folded(each.rsplit("/", 1)[1]), []).append(each)
    return {
        city: max(names, key=lambda each: (each.count("/"), each))
        for city, names in found.items()
        if len({_clock(each) for each in names}) == 1
    }


def _clock(name: str) -> tuple[timedelta | None, ...]:
    """How a zone's clock stands in each month of the years that matter: equal for twins."""
    place = ZoneInfo(name)
    return tuple(
        place.utcoffset(datetime(year, month, 1))  # noqa: DTZ001 - a wall time, naive by meaning
        for year in range(2020, 2038)
        for month in range(1, 13)
    )
