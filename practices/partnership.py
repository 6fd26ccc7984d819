"""Partnership reflection: two people look, each alone, where their relation is between domination and partnership (DYAD-5).

It promises that what either has said opens only while both want it open, and then for both at once (R39); that where one of
the two stands follows from what that one has done, and from nothing that the other has (R40); and that a point is any point
of a line, shown as it was marked: no figure is ever made of two of them (R41).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from practices import clock
from practices.meetings import Quiet, is_quiet
from practices.understanding import NotUnderstood, shown

__all__ = [
    "DOMINATION",
    "LONGEST",
    "OPEN",
    "PARTNERSHIP",
    "PLACES",
    "WRITTEN",
    "Fate",
    "Half",
    "Place",
    "Step",
    "all_awake",
    "begun",
    "changing",
    "drawn",
    "ends_at",
    "fate",
    "first_awake",
    "from_state",
    "kept_shut",
    "left",
    "marked",
    "nearest",
    "passed",
    "read_point",
    "says_something",
    "sealed",
    "state",
    "willing",
    "written",
]

OPEN = timedelta(days=14)
"""So long both can choose to open what they said (R40)."""

LONGEST = 1000
"""Letters of one answer: both sides fit into messages that every homeserver takes."""


# ------------------------------------------------------------------------------------------- the line

DOMINATION, PARTNERSHIP = "one decides, one obeys", "two different people in exchange"


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the line, in words; between two of them lies every other point."""

    sign: str
    words: str
    point: float


PLACES = tuple(
    Place(chr(ord("🇦") + number), words, number * 12.5)
    for number, words in enumerate(
        (
            DOMINATION,
            "nearly always the same one of us decides",
            "one decides, the other may speak first",
            "one of us decides more often",
            "it changes from matter to matter",
            "more often than not we decide together",
            "we decide together, and slip now and then",
            "nearly always in exchange",
            PARTNERSHIP,
        )
    )
)
"""Nine places from 0, domination, to 100, partnership."""

_POINT = re.compile(r"(\d{1,3}(?:[.,]\d)?) ?(?:%|/ ?100|(?:out )?of 100)?")
_CELLS = 24


def read_point(text: str) -> float:
    """Any point of the line, as in `37`, `62.5` or `40 of 100`: from 0 to 100. Raises NotUnderstood."""
    found = _POINT.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold().rstrip(".!"))
    point = float(found[1].replace(",", ".")) if found else -1.0
    if not 0 <= point <= 100:  # noqa: PLR2004 - the ends of the line
        raise NotUnderstood(
            f"I did not read {shown(text)} as a point. A letter from the list marks one, or any number from 0 to 100."
        )
    return point


def drawn(point: float) -> str:
    """The line with its two ends and a point on it."""
    at = round(point / 100 * _CELLS)
    return f"{DOMINATION} ├{'─' * at}●{'─' * (_CELLS - at)}┤ {PARTNERSHIP}"


def nearest(point: float) -> str:
    """The words of the place that is nearest to a point."""
    return min(PLACES, key=lambda place: abs(place.point - point)).words


# ---------------------------------------------------------------------------------------- one of the two


class Step(StrEnum):
    """Where one of the two is, alone."""

    BEGIN = "begin"
    POINT = "point"
    WHY = "why"
    #: One moment of being the dictator, and one of being the partner.
    DICTATOR = "dictator"
    PARTNER = "partner"
    #: All is shown once more, and can be changed.
    REVIEW = "review"
    SEALED = "sealed"
    #: They stopped: nothing of theirs is kept.
    LEFT = "left"


WRITTEN = (Step.WHY, Step.DICTATOR, Step.PARTNER)
_FOLLOWS = {
    Step.POINT: Step.WHY,
    Step.WHY: Step.DICTATOR,
    Step.DICTATOR: Step.PARTNER,
    Step.PARTNER: Step.REVIEW,
}


@dataclass(frozen=True, slots=True)
class Half:
    """What one of the two has said and chosen so far."""

    step: Step = Step.BEGIN
    #: From 0, domination, to 100, partnership; None: not marked.
    point: float | None = None
    words: Mapping[Step, str] = field(default_factory=dict)
    #: Whether one answer is being changed, after which all is shown again.
    changes: bool = False
    #: Whether they would open it. Only what is sealed can be opened.
    opens: bool = False

    def __post_init__(self) -> None:
        """Refuse what nobody can have done."""
        if self.opens and self.step is not Step.SEALED:
            raise ValueError("only what is sealed can be opened")


def begun(half: Half) -> Half:
    """They begin, or go on where they were."""
    return Half(Step.POINT) if half.step in (Step.BEGIN, Step.LEFT) else half


def marked(half: Half, point: float) -> Half:
    """A point is marked."""
    return _next(replace(half, point=point)) if half.step is Step.POINT else half


def written(half: Half, text: str) -> Half:
    """The answer that was asked for is written. Raises NotUnderstood when it is longer than is kept."""
    if half.step not in WRITTEN:
        return half
    text = text.strip()
    if len(text) > LONGEST:
        raise NotUnderstood(
            f"That is {len(text):,} letters, and at most {LONGEST:,} are kept here, so it was not taken. A shorter one works."
        )
    return _next(replace(half, words={**half.words, half.step: text}))


def passed(half: Half) -> Half:
    """What is asked stays empty; that it was passed is nowhere (R10)."""
    if half.step is Step.POINT:
        return _next(replace(half, point=None))
    if half.step in WRITTEN:
        kept = {step: text for step, text in half.words.items() if step is not half.step}
        return _next(replace(half, words=kept))
    return half


def _next(half: Half) -> Half:
    return replace(half, step=Step.REVIEW if half.changes else _FOLLOWS[half.step], changes=False)


def changing(half: Half, step: Step | None = None) -> Half:
    """Back to all of it, or to one answer; whatever had been chosen, nothing opens meanwhile."""
    if half.step not in (Step.REVIEW, Step.SEALED):
        return half
    if step is None:
        return replace(half, step=Step.REVIEW, opens=False)
    return replace(half, step=step, changes=True, opens=False)


def says_something(half: Half) -> bool:
    """Whether there is anything to open: whoever passed it all would read the other and give nothing."""
    return half.point is not None or any(half.words.values())


def sealed(half: Half) -> Half:
    """Nothing of it changes by itself any more. Raises NotUnderstood while there is nothing to seal."""
    if half.step is not Step.REVIEW:
        return half
    if not says_something(half):
        raise NotUnderstood(
            "All of it is empty, and there is nothing to seal yet. A point on the line alone would do."
        )
    return replace(half, step=Step.SEALED)


def willing(half: Half) -> Half:
    """They would open it."""
    return replace(half, opens=True) if half.step is Step.SEALED else half


def kept_shut(half: Half) -> Half:
    """They would rather not, or not yet."""
    return replace(half, opens=False)


def left() -> Half:
    """They stop: nothing of what they said stays."""
    return Half(Step.LEFT)


def state(half: Half) -> dict[str, object]:
    """One half as JSON; see `from_state`."""
    return {
        "step": half.step.value,
        "point": half.point,
        "words": {step.value: text for step, text in half.words.items()},
        "changes": half.changes,
        "opens": half.opens,
    }


def from_state(kept: Mapping[str, object]) -> Half:
    """One half as it was kept by `state`."""
    words, point = kept["words"], kept["point"]
    assert isinstance(words, Mapping)
    return Half(
        step=Step(str(kept["step"])),
        point=None if point is None else float(str(point)),
        words={Step(str(step)): str(text) for step, text in words.items()},
        changes=bool(kept["changes"]),
        opens=bool(kept["opens"]),
    )


# ------------------------------------------------------------------------------------------- the two


class Fate(StrEnum):
    """What becomes of both halves now."""

    WAITS = "waits"
    OPENS = "opens"
    DELETED = "deleted"


def fate(one: Half | None, other: Half | None, *, awake: bool, over: bool) -> Fate:
    """Both open while both choose it and both are awake, or when the time is over; else both are deleted then (R39, R40).

    None stands for somebody of whom nothing is kept: they have chosen nothing.
    """
    both = one is not None and other is not None and one.opens and other.opens
    if both and (awake or over):
        return Fate.OPENS
    return Fate.DELETED if over else Fate.WAITS


Nights = Iterable[tuple[ZoneInfo, Quiet]]

_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)


def all_awake(at: datetime, nights: Nights) -> bool:
    """Whether it is nobody's night; `nights` are the zone and quiet hours of each."""
    return not any(is_quiet(at, zone, quiet) for zone, quiet in nights)


def first_awake(at: datetime, ends: datetime, nights: Nights) -> datetime:
    """The first moment from `at` on that is nobody's night; at the latest the end."""
    people, at = tuple(nights), clock.aware(at)
    moment = at
    while moment < ends and not all_awake(moment, people):
        moment = _quarter(moment) + _QUARTER
    return min(moment, ends)


def ends_at(accepted: datetime, nights: Nights) -> datetime:
    """When the time is over: the last moment of the fourteen days that is nobody's night, in a quarter of an hour.

    It is fixed when both have accepted, so that nothing which one of them does later can move it. Where the days of the two
    have nothing in common it is fourteen days later to the minute.
    """
    people, last = tuple(nights), clock.aware(accepted) + OPEN
    moment = _quarter(last)
    while moment > last - _DAY:
        if all_awake(moment, people):
            return moment
        moment -= _QUARTER
    return last


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
