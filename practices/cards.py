"""The card of a domain: what a crew decides by itself, what it does not, and until when (DEC-5).

It promises that a card is read back from its own words, and that every card has a day on which it is looked at again (R16).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from practices import clock
from practices.dates import read_when
from practices.understanding import NotUnderstood, shown

__all__ = [
    "REQUIRED",
    "SOONEST",
    "Card",
    "Line",
    "Part",
    "Reading",
    "as_state",
    "as_text",
    "changed",
    "default_day",
    "differences",
    "from_state",
    "lines",
    "missing",
    "read",
    "read_day",
    "read_part",
    "same_name",
    "term_end",
]


class Part(StrEnum):
    """What a card says, in the order in which it says it."""

    NAME = "name"
    PURPOSE = "purpose"
    SCOPE = "responsibilities"
    SERVES = "whom it serves"
    LIMITS = "limits"
    RESOURCES = "resources"
    OWED = "what is owed to it"
    MEASURES = "measures"
    UNTIL = "evaluation"


#: Without these there is no domain.
REQUIRED = (Part.NAME, Part.PURPOSE, Part.SCOPE)

_FIELDS = {
    Part.NAME: "name",
    Part.PURPOSE: "purpose",
    Part.SCOPE: "scope",
    Part.SERVES: "serves",
    Part.LIMITS: "limits",
    Part.RESOURCES: "resources",
    Part.OWED: "owed",
    Part.MEASURES: "measures",
    Part.UNTIL: "until",
}
_LISTS = frozenset({Part.SCOPE, Part.LIMITS})

LONGEST_NAME = 60
LONGEST = 300
#: More lines than these nobody keeps in mind.
MOST_LINES = 12

#: A domain is looked at again after half a year, unless its circles say otherwise; after a year at the latest (DEC-5).
EVALUATION = relativedelta(months=6)
LATEST = relativedelta(months=12)

#: It takes a while to find out whether something works, and both circles are asked before the day.
SOONEST = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a domain is; plain text of one line each. Empty: not said."""

    name: str = ""
    purpose: str = ""
    #: What the crew decides by itself.
    scope: tuple[str, ...] = ()
    serves: str = ""
    #: What it does not decide by itself.
    limits: tuple[str, ...] = ()
    resources: str = ""
    #: What the circle that gives it owes.
    owed: str = ""
    measures: str = ""
    #: The day on which it ends unless it was renewed.
    until: date | None = None


def missing(card: Card) -> Part | None:
    """The first thing without which it is no card yet."""
    return next((part for part in REQUIRED if not getattr(card, _FIELDS[part])), None)


def same_name(one: str, other: str) -> bool:
    """Whether two domains would be called the same."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


# ------------------------------------------------------------------------------------------------- days


def default_day(today: date) -> date:
    """When a domain is looked at again if nobody says otherwise."""
    return today + EVALUATION


def term_end(today: date, evaluation: date) -> date:
    """Until when somebody represents a circle if nobody says otherwise: the evaluation, at most a year (DEC-5)."""
    return min(evaluation, today + LATEST)


_SPAN = re.compile(
    r"(?:in\s+|after\s+|for\s+)?(?P<count>\d{1,3}|an?|one|half an?)\s+(?P<unit>week|month|year)s?",
    re.IGNORECASE,
)
_COUNTS = {"a": 1.0, "an": 1.0, "one": 1.0, "half a": 0.5, "half an": 0.5}


def read_day(text: str, *, now: datetime, zone: ZoneInfo) -> date:
    """A day ahead and at most a year away, as in `in 6 months` or `1 june`. Raises NotUnderstood."""
    today = clock.wall(now, zone).date()
    said = " ".join(text.split()).strip(" .!")
    span = _SPAN.fullmatch(said)
    if span is not None:
        count = _COUNTS.get(span["count"].casefold()) or float(span["count"])
        unit = span["unit"].casefold()
        if unit == "week":
            day = today + timedelta(weeks=max(1, round(count)))
        else:
            day = today + relativedelta(months=max(1, round(count * (12 if unit == "year" else 1))))
    else:
        day = read_when(said, now=now, zone=zone, at=time(23, 59)).local.date()
    if day > today + LATEST:
        raise NotUnderstood(
            f"{clock.long_day(day)} is more than a year away. A domain is looked at again within a year; "
            "half a year is what most begin with."
        )
    return day


def _evaluation(text: str, now: datetime, zone: ZoneInfo) -> date:
    day = read_day(text, now=now, zone=zone)
    if day < clock.wall(now, zone).date() + SOONEST:
        raise NotUnderstood(
            f"{clock.long_day(day)} comes too soon to tell whether it works: four weeks are the least, half a year is what "
            "most begin with."
        )
    return day


# ---------------------------------------------------------------------------------------------- reading

_SAID = {
    Part.NAME: ("name", "domain", "called"),
    Part.PURPOSE: ("purpose", "aim", "why", "what for"),
    Part.SCOPE: ("responsibilities", "responsibility", "scope", "responsible for", "decides"),
    Part.SERVES: ("whom it serves", "who it serves", "serves", "serving", "for whom"),
    Part.LIMITS: ("limits", "limit", "not", "without", "constraints"),
    Part.RESOURCES: ("resources", "resource", "means", "budget", "has"),
    Part.OWED: ("what is owed to it", "owed", "owes", "gets", "what we owe"),
    Part.MEASURES: ("measures", "measure", "measured by", "how we know"),
    Part.UNTIL: ("evaluation", "evaluated", "evaluated on", "until", "review", "looked at again"),
}
_PARTS = {word: part for part, said in _SAID.items() for word in said}
_CREW = frozenset({"crew", "circle", "held by", "holder", "for crew"})

_LABEL = re.compile(r"\s*(?P<label>[A-Za-z][A-Za-z ]{1,24}?)\s*:\s*(?P<rest>.*)\Z", re.DOTALL)
_UNTIL = re.compile(
    r"\s*(?:until|evaluated on|review on)\s+(?P<rest>.+)\Z", re.IGNORECASE | re.DOTALL
)
_BULLET = re.compile(r"\s*[-*•–]\s+(?P<item>.+)\Z", re.DOTALL)
_NONE = frozenset({"none", "no", "nothing", "-", "no limits"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A card as far as it was said, and the crew that was named as its holder, "" if none was."""

    card: Card
    crew: str
    #: What was said.
    parts: frozenset[Part]


def read(text: str, *, now: datetime, zone: ZoneInfo) -> Reading:
    """A card as people write it: its name, then `purpose: …; scope: …, …; limits: …; until …`, by line or with `;`.

    What `as_text` wrote is read back the same. Raises NotUnderstood for what is too long, or for a day that is none.
    """
    return changed(Card(), text, now=now, zone=zone)


def changed(card: Card, text: str, *, now: datetime, zone: ZoneInfo) -> Reading:
    """A card with some of its parts said anew; what is not said stays. Raises NotUnderstood."""
    said, crew = _segments(text)
    for part, values in said.items():
        card = read_part(card, part, values, now=now, zone=zone)
    return Reading(card, crew, frozenset(said))


def _segments(text: str) -> tuple[dict[Part, list[str]], str]:
    """What is said of each part, as it was written, and the crew that is named."""
    pieces = text.splitlines() if "\n" in text.strip() else text.split(";")
    said: dict[Part, list[str]] = {}
    crew, part = "", Part.NAME
    for piece in filter(str.strip, pieces):
        labelled, until, bullet = (
            _LABEL.match(piece),
            _UNTIL.match(piece),
            _BULLET.match(piece),
        )
        label = " ".join(labelled["label"].casefold().split()) if labelled else ""
        if bullet is not None and part in _LISTS:
            said.setdefault(part, []).append(bullet["item"])
        elif labelled is not None and label in _CREW:
            crew = labelled["rest"].strip()
        elif labelled is not None and label in _PARTS:
            part = _PARTS[label]
            said[part] = _values(part, labelled["rest"])
        elif until is not None:
            said[Part.UNTIL] = [until["rest"]]
        else:
            said.setdefault(part, []).append(piece)
    return said, crew


def _values(part: Part, rest: str) -> list[str]:
    """What stands behind a label; a list in one line has commas between its items."""
    if part in _LISTS:
        return [each for each in rest.split(",") if each.strip()]
    return [rest] if rest.strip() else []


def read_part(
    card: Card, part: Part, said: Iterable[str], *, now: datetime, zone: ZoneInfo
) -> Card:
    """A card with one part as it was said; an item each for lists. Raises NotUnderstood."""
    items = [" ".join(each.split()) for each in said]
    items = [each for each in items if each]
    value: Any
    if part in _LISTS:
        value = _list(part, items)
    elif part is Part.UNTIL:
        value = _evaluation(" ".join(items), now, zone) if items else None
    else:
        value = " ".join(items)
        most = LONGEST_NAME if part is Part.NAME else LONGEST
        if len(value) > most:
            raise NotUnderstood(
                f"“{part.value.capitalize()}” is longer than {most} characters. Fewer words are kept in mind by more people."
            )
    return replace(card, **{_FIELDS[part]: value})


def _list(part: Part, items: list[str]) -> tuple[str, ...]:
    if len(items) == 1 and items[0].casefold().strip(" .!") in _NONE:
        return ()
    if len(items) > MOST_LINES:
        raise NotUnderstood(
            f"“{part.value.capitalize()}” has {len(items)} lines, and more than {MOST_LINES} nobody keeps in mind."
        )
    long = next((item for item in items if len(item) > LONGEST), None)
    if long is not None:
        raise NotUnderstood(f"{shown(long)} is longer than {LONGEST} characters.")
    return tuple(items)


# ----------------------------------------------------------------------------------------------- saying


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a card as it is shown: a label, and one text, or an item each of a list."""

    part: Part
    texts: tuple[str, ...]
    listed: bool

    @property
    def label(self) -> str:
        """As it stands in front."""
        return self.part.value.capitalize()


def lines(card: Card) -> tuple[Line, ...]:
    """What a card says, part by part; what was not said is left out. The name comes first."""
    found_ = []
    for part, field in _FIELDS.items():
        value = getattr(card, field)
        if not value:
            continue
        if part in _LISTS:
            found_.append(Line(part, value, listed=True))
        else:
            text = clock.long_day(value) if isinstance(value, date) else value
            found_.append(Line(part, (text,), listed=False))
    return tuple(found_)


def as_text(card: Card) -> str:
    """A card in plain text, which `read` reads back."""
    said = []
    for line in lines(card):
        if line.listed:
            said += [f"{line.label}:", *(f"- {each}" for each in line.texts)]
        else:
            said.append(f"{line.label}: {line.texts[0]}")
    return "\n".join([*said, ""])


def differences(old: Card, new: Card) -> tuple[Line, ...]:
    """The parts of a new card that say something else than before; an empty text where one says nothing any more."""
    before = {line.part: line for line in lines(old)}
    after = {line.part: line for line in lines(new)}
    return tuple(
        after.get(part) or Line(part, ("",), listed=False)
        for part in _FIELDS
        if before.get(part) != after.get(part)
    )


def as_state(card: Card) -> dict[str, object]:
    """A card as JSON. `from_state` reads it."""
    state: dict[str, object] = {}
    for field in _FIELDS.values():
        value = getattr(card, field)
        if not value:
            continue
        if isinstance(value, date):
            state[field] = value.isoformat()
        else:
            state[field] = list(value) if isinstance(value, tuple) else value
    return state


def from_state(raw: Mapping[str, Any]) -> Card:
    """The card that `as_state` wrote."""
    known: dict[str, Any] = {}
    for part, field in _FIELDS.items():
        value = raw.get(field)
        if not value:
            continue
        if part in _LISTS:
            known[field] = tuple(str(each) for each in value)
        else:
            known[field] = date.fromisoformat(str(value)) if part is Part.UNTIL else str(value)
    return Card(**known)
