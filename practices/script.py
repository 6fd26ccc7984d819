"""A facilitation script: what a circle does in one sitting, phase by phase, as data.

It promises that whatever it holds can be run: times are positive and finite, every phase can be reached and ends,
and what is asked in writing says who sees it and when. Nothing here knows how a script is read or performed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from practices.circles import Scale

__all__ = [
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
    HANDED = "handed"
    #: Nobody: a silence.
    SILENT = "silent"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One meeting of a script that takes several."""

    name: str
    phases: tuple[Phase, ...]
    #: Something to think about, or to write for oneself, before it.
    before: str = ""


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
