"""A facilitation script: what a circle does in one sitting, phase by phase, as data.

It promises that whatever it holds can be run: times are positive and finite, every phase can be reached and ends,
and what is asked in writing says who sees it and when. Nothing here knows how a script is read or performed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from practices.circles import Scale, fits

__all__ = [
    "LONGEST",
    "Field",
    "Form",
    "Opens",
    "Outcome",
    "Phase",
    "Role",
    "Script",
    "Shows",
    "Sitting",
    "Turns",
]


LONGEST = 7 * 24 * 60
"""More minutes than this no phase takes: a week, for those that are not held at one table."""


def _minutes(minutes: Iterable[float | None]) -> None:
    """Raises ValueError unless each is above nothing and at most `LONGEST`."""
    for each in minutes:
        if each is not None and not (math.isfinite(each) and 0 < each <= LONGEST):
            raise ValueError(f"minutes go from above 0 to {LONGEST}, not {each}")


class Turns(StrEnum):
    """Who speaks in a phase."""

    #: Everybody, in no order.
    TOGETHER = "together"
    #: Everybody present, one after the other, each once a round; whoever passes is offered one more turn (R67).
    EACH = "each"
    #: Everybody but the focus person, one after the other.
    OTHERS = "others"
    #: The focus person alone.
    FOCUS = "focus"
    #: Whoever has spoken hands on: the one who listened speaks next, to somebody of their own choice.
    #: No clock ends such a turn: only whoever speaks, by saying that they were heard (R34).
    HANDED = "handed"
    #: Nobody: a silence.
    SILENT = "silent"

    def taken(self, size: int) -> int:
        """How many turns one round has among that many people."""
        match self:
            case Turns.EACH | Turns.HANDED:
                return size
            case Turns.OTHERS:
                return max(size - 1, 0)
            case _:
                return 1


class Opens(StrEnum):
    """When sealed answers are shown."""

    #: When everybody has answered or passed.
    ALL = "all"
    #: When the phase ends, with whatever is there.
    PHASE = "phase"
    #: At one moment, `hours` after it was asked.
    HOURS = "hours"


class Shows(StrEnum):
    """What is shown of sealed answers."""

    #: What was written, with the name of who wrote it.
    TEXTS = "texts"
    #: What was written, without names, in no order.
    UNNAMED = "unnamed"
    #: One average for each question.
    AVERAGE = "average"
    #: For each question the answers of all, and only where everybody opened it.
    OVERLAPS = "overlaps"
    #: How many gave each answer.
    COUNTS = "counts"
    #: Nothing: the answer is its writer's alone.
    NOTHING = "nothing"


class Outcome(StrEnum):
    """What is asked of everybody present at the very end."""

    #: Was everyone listened to? (CREW-3, R82)
    LISTENED = "listened"
    #: Offers, asks and whether the exchange was respectful (CREW-4, R83).
    RESPECT = "respect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form."""

    name: str
    text: str
    #: Shown only to whom it concerns if everybody opens it of their own accord.
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What everybody answers privately, sealed until it is opened for all at once."""

    fields: tuple[Field, ...]
    #: The answers there are; empty for free words.
    choices: tuple[str, ...] = ()
    #: Lowest and highest of a number; None for words.
    scale: tuple[int, int] | None = None
    opens: Opens = Opens.ALL
    #: With `Opens.HOURS`: how long after it was asked.
    hours: float | None = None
    shows: Shows = Shows.TEXTS
    #: Opened to those who answered, and to nobody else (R75).
    only_to_writers: bool = False
    #: With fewer answers than this nothing is shown (R79).
    least: int = 1

    def __post_init__(self) -> None:
        """Raises ValueError for a form that nobody could answer, or that would never open."""
        if not self.fields:
            raise ValueError("a form asks something")
        if self.choices and self.scale is not None:
            raise ValueError("a form has choices or a scale, not both")
        if self.scale is not None and self.scale[0] >= self.scale[1]:
            raise ValueError("a scale goes from low to high")
        if (self.opens is Opens.HOURS) != (self.hours is not None):
            raise ValueError("hours are given when a form opens after hours, and only then")
        if self.hours is not None:
            _minutes([self.hours * 60])
        if self.least < 1:
            raise ValueError("what is shown needs one answer at least")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Something that one of them holds during a sitting."""

    name: str
    holds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One part of a sitting. Either `minutes` for the whole or `minutes_each` for every turn is given."""

    name: str
    turns: Turns
    #: For all rounds of it; with turns, everybody's share of it is equal.
    minutes: float | None = None
    minutes_each: float | None = None
    rounds: int = 1
    #: What everybody is invited to, in one or two lines.
    prompt: str = ""
    #: What is named as no part of this phase, such as advice (R69).
    without: str = ""
    #: Those present decide whether it takes place.
    optional: bool = False
    form: Form | None = None
    #: Each may mark what they shared as not to be mentioned again (R74).
    may_mark: bool = False
    #: At its end the focus person is asked, privately, for one next step (CREW-9).
    next_step: bool = False
    #: Held once for each person as focus person, together with its neighbours that are held so (CREW-18b).
    for_each: bool = False
    #: How many minutes (each) it may take when people need more; None: those given (R35, R76).
    up_to: float | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a phase that would not end."""
        if (self.minutes is None) == (self.minutes_each is None):
            raise ValueError(f"{self.name}: either minutes or minutes each")
        _minutes([self.minutes, self.minutes_each, self.up_to])
        if self.up_to is not None and self.up_to < (self.minutes or self.minutes_each or 0):
            raise ValueError(f"{self.name}: it may take longer, not shorter")
        if self.rounds < 1:
            raise ValueError(f"{self.name}: one round at least")

    def minutes_for(self, size: int, *, longest: bool = False) -> float:
        """How long it takes among that many people; `longest`: when they need all they may have."""
        given = self.minutes if self.minutes is not None else self.minutes_each
        one = self.up_to if longest and self.up_to is not None else given
        assert one is not None
        whole = one if self.minutes is not None else one * self.turns.taken(size) * self.rounds
        return whole * (size if self.for_each else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One meeting of a script that takes several."""

    name: str
    phases: tuple[Phase, ...]
    #: Something to think about, or to write for oneself, before it.
    before: str = ""
    #: Days until the same sitting comes again, such as 7 for a weekly one; None: it is held once (R75).
    every_days: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a sitting in which nothing happens."""
        if not self.phases:
            raise ValueError(f"{self.name}: one phase at least")

    def minutes_for(self, size: int, *, longest: bool = False) -> float:
        """How long it takes among that many people, with all that is optional in it."""
        return sum(phase.minutes_for(size, longest=longest) for phase in self.phases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A practice that can be run."""

    name: str
    #: What it is for, in one line.
    purpose: str
    #: The rule or the source it follows.
    source: str
    scales: tuple[Scale, ...]
    least: int
    most: int
    #: One for most scripts; several for a pod that goes through a sequence.
    sittings: tuple[Sitting, ...]
    #: Minutes to book, when people need more than the phases take.
    booked: int | None = None
    #: Days from one sitting to the next.
    every_days: int | None = None
    roles: tuple[Role, ...] = ()
    #: Whether one person is the focus of the sitting (R70).
    focus: bool = False
    #: Other forms of it by name: minutes for each phase in order, such as a short one (R68).
    forms: tuple[tuple[str, tuple[float, ...]], ...] = ()
    outcome: Outcome | None = None
    #: What may be written down afterwards; everything else is not.
    keeps: tuple[str, ...] = ()
    #: Where its own guides are, when their licence keeps them from being here (R77).
    link: str | None = None
    #: Who wrote it and under which licence it travels.
    credit: str = ""
    licence: str = "CC0-1.0"

    def __post_init__(self) -> None:
        """Raises ValueError for a script that could not be run as it stands."""
        if not self.name or not self.scales or not self.sittings:
            raise ValueError("a script has a name, a scale and a sitting")
        if not 1 <= self.least <= self.most:
            raise ValueError(f"{self.name}: {self.least} to {self.most} people")
        for name, minutes in self.forms:
            if len(self.sittings) != 1 or len(minutes) != len(self.sittings[0].phases):
                raise ValueError(f"{self.name}: the form {name} has a time for every phase")
            _minutes(minutes)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases of its only sitting, or of its first."""
        return self.sittings[0].phases

    def fits(self, scale: Scale, size: int) -> bool:
        """Whether that many people at that scale can run it."""
        return scale in self.scales and fits(scale, size) and self.least <= size <= self.most

    def in_form(self, name: str) -> Script:
        """The same script with the times of another form of it, such as a short one. Raises KeyError."""
        times = dict(self.forms)[name]
        phases = tuple(
            replace(phase, minutes=time, up_to=None)
            if phase.minutes is not None
            else replace(phase, minutes_each=time, up_to=None)
            for phase, time in zip(self.phases, times, strict=True)
        )
        return replace(
            self, sittings=(replace(self.sittings[0], phases=phases),), booked=None, forms=()
        )

    def minutes_for(self, size: int, *, sitting: int = 0, longest: bool = False) -> float:
        """How long one sitting takes among that many people; sittings count from 0."""
        return self.sittings[sitting].minutes_for(size, longest=longest)
