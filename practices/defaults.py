"""Every default that a circle may change by consent, with its bounds and where it comes from.

It promises that a value is read strictly, stays within its bounds, and is said back in words that
can be read again (R17). What is tagged [s] or [v] in the catalogue is not here: it is not a
setting.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from practices.circles import RoomKind
from practices.dates import duration_words, read_duration, read_time
from practices.understanding import NotUnderstood, shown

__all__ = [
    "FEWEST_TOLD",
    "PATIENCE",
    "SETTINGS",
    "Kind",
    "Setting",
    "Value",
    "begins_with",
    "find",
    "read",
    "settings_for",
    "words",
]

PATIENCE = timedelta(days=14)
"""How long what people are asked together stays open, and a place is kept (CREW-1, R49): for every wish the same."""

FEWEST_TOLD = 5
"""Of fewer people no number is told to anybody, a host included: it would tell of single people."""

Value = int | bool | str | time | timedelta
"""What a setting can hold. `words` of it is also how it is stored: `read` reads it again."""


class Kind(StrEnum):
    """How a setting's value is written."""

    NUMBER = "number"
    TIME = "time of day"
    YES_NO = "yes or no"
    CHOICE = "choice"
    DURATION = "length of time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One default and who may change it.

    `low` and `high` are inclusive, for numbers, times and lengths. A `default` of None follows
    the circle's rhythm. `source` is the rule and its tag in the catalogue; `kinds` are the rooms
    whose members may change it, by their consent.
    """

    name: str
    kind: Kind
    default: Value | None
    help: str
    source: str
    kinds: frozenset[RoomKind]
    low: Value | None = None
    high: Value | None = None
    choices: tuple[str, ...] = ()
    later: bool = False
    """Belongs to a practice that is not there yet: nothing would follow from a change."""


_CREWS = frozenset({RoomKind.CREW})
_PAIRS = frozenset({RoomKind.CREW, RoomKind.DYAD})
_ROOMS = frozenset({RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING, RoomKind.CONGREGATION})
_TABLES = frozenset({RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING})
"""Where people meet: a congregation's space has no meetings of its own."""
_WHOLES = frozenset({RoomKind.CONGREGATION})
_CREWS_AND_WHOLES = _CREWS | _WHOLES

SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="announce-days",
        kind=Kind.NUMBER,
        default=None,
        low=0,
        high=28,
        help="how many days before a meeting it is announced; 0 for not at all",
        source="R62 [p], CREW-6 [d]",
        kinds=_TABLES,
    ),
    Setting(
        name="ask-hours",
        kind=Kind.NUMBER,
        default=24,
        low=2,
        high=168,
        help="how many hours before a meeting people are asked whether they come",
        source="R62 [d], CREW-6 [d]",
        kinds=_TABLES,
    ),
    Setting(
        name="crews-per-person",
        kind=Kind.NUMBER,
        default=3,
        low=3,
        high=12,
        help="how many crews one person can be in at the same time",
        source="R3 [d], CREW-1 [d]",
        kinds=_WHOLES,
    ),
    Setting(
        name="export-days",
        kind=Kind.NUMBER,
        default=14,
        low=1,
        high=90,
        help="how many days after its end a crew's things can still be taken along",
        source="R60 [d], CREW-20 [d]",
        kinds=_CREWS,
    ),
    Setting(
        name="invitation-days",
        kind=Kind.NUMBER,
        default=PATIENCE.days,
        low=1,
        high=60,
        help="how many days an invitation, a wish to join or a proposed change stays open",
        source="R49 [d], CREW-1 [d]",
        kinds=_CREWS_AND_WHOLES,
    ),
    Setting(
        name="meeting-minutes",
        kind=Kind.NUMBER,
        default=90,
        low=15,
        high=480,
        help="how many minutes a meeting takes",
        source="CREW-6 [p], CREW-2 [d]",
        kinds=_TABLES,
    ),
    Setting(
        name="minimum-presence",
        kind=Kind.NUMBER,
        default=3,
        low=2,
        high=8,
        help="how many need to come; with fewer, the host is asked to hold, move or skip",
        source="R63 [p], CREW-2 [d]",
        kinds=_CREWS,
    ),
    Setting(
        name="prompt-hours",
        kind=Kind.NUMBER,
        default=48,
        low=2,
        high=168,
        help="how many hours before a meeting those who like it get a question to prepare with",
        source="CREW-6 [d], SELF-1 [d]",
        kinds=_PAIRS,
    ),
    Setting(
        name="quiet-from",
        kind=Kind.TIME,
        default=time(21),
        low=time(18),
        high=time(23, 59),
        help="when the evening becomes quiet",
        source="R15 [d]",
        kinds=_ROOMS,
    ),
    Setting(
        name="quiet-until",
        kind=Kind.TIME,
        default=time(8),
        low=time(5),
        high=time(12),
        help="until when the morning stays quiet",
        source="R15 [d]",
        kinds=_ROOMS,
    ),
    Setting(
        name="remind-hours",
        kind=Kind.NUMBER,
        default=1,
        low=1,
        high=12,
        help="how many hours before a meeting those who are coming are reminded",
        source="R62 [d], CREW-6 [d]",
        kinds=_TABLES,
    ),
    Setting(
        name="retrospective",
        kind=Kind.CHOICE,
        default="by length",
        choices=("by length", "cycle end", "monthly"),
        help="when the crew looks back: at the end of a cycle, monthly, or monthly when a cycle "
        "is longer than three months",
        source="R54 [d], CREW-13 [p]",
        kinds=_CREWS,
    ),
    Setting(
        name="retrospective-hours",
        kind=Kind.NUMBER,
        default=48,
        low=1,
        high=168,
        help="how many hours everybody has to say which way they would like, before the counts are shown",
        source="R57 [d], CREW-13 [p]",
        kinds=_CREWS,
    ),
    Setting(
        name="review-months",
        kind=Kind.NUMBER,
        default=12,
        low=1,
        high=24,
        help="after how many months a changed default is looked at again",
        source="R17 [p], R16 [d]",
        kinds=_ROOMS,
    ),
    Setting(
        name="turn-minutes",
        kind=Kind.NUMBER,
        default=3,
        low=1,
        high=10,
        help="how many minutes a turn in a circle takes, as a soft limit",
        source="R65 [d], CREW-3 [d]",
        kinds=_PAIRS,
        later=True,
    ),
)
"""Keep alphabetical, please: a test does."""

_BY_NAME = {setting.name: setting for setting in SETTINGS}
_YES = frozenset({"yes", "on", "true", "y"})
_NO = frozenset({"no", "off", "false", "n"})
_MOST_DIGITS = 9


def settings_for(kind: RoomKind) -> tuple[Setting, ...]:
    """The settings that a room of this kind may change, and that something follows from."""
    return tuple(setting for setting in SETTINGS if kind in setting.kinds and not setting.later)


def find(name: str) -> Setting:
    """The setting of that name, `ask hours` and `Ask_Hours` included. Raises NotUnderstood."""
    said = "-".join(name.replace("_", " ").replace("-", " ").casefold().split())
    if said in _BY_NAME:
        return _BY_NAME[said]
    near = [each for each in _BY_NAME if said and each.startswith(f"{said}-")][:3]
    near = near or difflib.get_close_matches(said[:_LONGEST_NAME], _BY_NAME, 3, 0.5)
    if near:
        meant = " or ".join(f"“{each}”" for each in near)
        raise NotUnderstood(f"I don't know a setting {shown(name)}. Did you mean {meant}?")
    raise NotUnderstood(
        f"I don't know a setting {shown(name)}. There are: {', '.join(_BY_NAME)}. "
        "For example “ask-hours 24”."
    )


def begins_with(text: str) -> tuple[Setting, str]:
    """The setting whose name a text begins with, as in `crews per person 4`, and what follows it; "" for nothing.

    A sign or a word that joins them, as in `ask hours: 48` or `ask-hours to 48`, belongs to neither. Raises
    NotUnderstood when it begins with no name.
    """
    words = text.split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        said = "-".join(words[:count]).replace("_", "-").casefold().rstrip(":=")
        if said in _BY_NAME:
            joined = words[count : count + 1] and words[count].casefold() in _JOINS
            return _BY_NAME[said], " ".join(words[count + bool(joined) :])
    return find(words[0] if words else text), " ".join(words[1:])


_LONGEST_NAME = 64
_MOST_WORDS = max(name.count("-") for name in _BY_NAME) + 1
_JOINS = frozenset({":", "=", "to", "is"})


def read(setting: Setting, text: str) -> Value:
    """The value of a setting that a text says, within its bounds. Raises NotUnderstood."""
    value = _read(setting, text)
    low, high = setting.low, setting.high
    if (
        low is not None
        and high is not None
        and not _comparable(low) <= _comparable(value) <= _comparable(high)
    ):
        raise NotUnderstood(
            f"{setting.name} goes from {words(low)} to {words(high)}. {_example(setting)}"
        )
    return value


def _read(setting: Setting, text: str) -> Value:
    said = " ".join(text.split()).casefold()
    match setting.kind:
        case Kind.TIME:
            return read_time(text)
        case Kind.DURATION:
            return read_duration(text)
        case Kind.NUMBER if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS:
            return int(said)
        case Kind.YES_NO if said in _YES | _NO:
            return said in _YES
        case Kind.CHOICE if said in setting.choices:
            return said
    raise NotUnderstood(
        f"I could not read {shown(text)} as {_wanted(setting)}. {_example(setting)}"
    )


def _comparable(value: Value) -> float:
    """Bounds compare values of one kind only; this puts every kind on one line."""
    if isinstance(value, time):
        return value.hour * 60 + value.minute
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, int) else 0.0


def _wanted(setting: Setting) -> str:
    if setting.kind is Kind.CHOICE:
        return f"one of {', '.join(setting.choices)}"
    return setting.kind if setting.kind is Kind.YES_NO else f"a {setting.kind}"


def _example(setting: Setting) -> str:
    value = setting.default if setting.default is not None else setting.high
    return f"For example “{setting.name} {words(value)}”."


def words(value: Value | None) -> str:
    """A value as it is said back and read again by `read`. None is no value of its own."""
    match value:
        case None:
            return "by the rhythm"
        case bool():
            return "yes" if value else "no"
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return duration_words(value)
    return str(value)
