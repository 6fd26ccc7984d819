"""What a consent round is: its values, how they are written down, and of whom something is asked (DEC-3).

It promises that a round knows no answer before it is opened: what people have answered stays outside, and only who is
still waited for stands in it (R131).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from practices import session as course
from practices.session import Announcement, Session

__all__ = [
    "BEFORE_ASKING",
    "HOURS",
    "OVER",
    "TAKING_TURNS",
    "TREATING",
    "Answer",
    "Fate",
    "Kind",
    "NotNow",
    "Objection",
    "Offer",
    "Round",
    "Said",
    "Stage",
    "Stand",
    "Step",
    "Voice",
    "as_state",
    "asked_now",
    "forgotten",
    "from_state",
    "named_in",
]

HOURS = 48
"""How long a step takes over days, unless the circle says otherwise."""


class Stage(StrEnum):
    """Where a round stands."""

    READY = "ready"
    QUESTIONS = "questions"
    REACTIONS = "reactions"
    AMENDING = "amending"
    #: Each is asked; what they say is sealed.
    OBJECTIONS = "objections"
    #: A lone objector is asked whether they have support, before anything else.
    SUPPORT = "support"
    #: One objection is treated.
    INTEGRATING = "integrating"
    #: Nobody objects; it lacks a day of review.
    REVIEW = "review"
    CONSENTED = "consented"
    WITHDRAWN = "withdrawn"


OVER = frozenset({Stage.CONSENTED, Stage.WITHDRAWN})
"""From these nothing follows."""

BEFORE_ASKING = frozenset({Stage.READY, Stage.QUESTIONS, Stage.REACTIONS, Stage.AMENDING})
TREATING = frozenset({Stage.SUPPORT, Stage.INTEGRATING})
TAKING_TURNS = frozenset({Stage.QUESTIONS, Stage.REACTIONS})


class Stand(StrEnum):
    """What somebody answers; in the order of the consent poll's own positions."""

    CONSENT = "consent"
    #: Consent, and something to be noted.
    CONCERN = "concern"
    OBJECTION = "objection"


class Fate(StrEnum):
    """What became of an objection."""

    INTEGRATED = "integrated"
    WITHDRAWN = "withdrawn"
    CARRIED = "carried to review"
    #: The proposal was taken back or laid aside, and the objection with it.
    GONE = "gone with the proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one person says when all are asked. Raises ValueError for an objection without a reason."""

    stand: Stand
    words: str = ""
    #: A concern may be noted without a name.
    nameless: bool = False

    def __post_init__(self) -> None:
        """An objection says why (R129)."""
        if self.stand is Stand.OBJECTION and not self.words.strip():
            raise ValueError("an objection has a reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A consent that stands, with a concern or without."""

    person: str
    stand: Stand
    words: str = ""
    nameless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One objection, from the moment in which all were shown."""

    number: int
    #: Whose it is; empty once they are forgotten.
    owner: str
    words: str
    #: The version of the text that it was raised against.
    version: int
    fate: Fate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A changed text on its way into the proposal."""

    text: str
    by: str
    #: Who of proposer and objector has said yes.
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A consent round. Instants are aware, in UTC."""

    #: Whose proposal it is; empty while nobody has taken it up.
    proposer: str
    facilitator: str
    #: Who takes part, in the order of turns.
    people: tuple[str, ...]
    #: Every wording it had; the last is the proposal.
    versions: tuple[str, ...]
    stage: Stage = Stage.READY
    live: bool = False
    hours: int = HOURS
    #: When somebody last moved it.
    at: datetime
    #: Until when those asked are waited for.
    until: datetime | None = None
    #: Whether those asked were reminded, and whether the time is over.
    reminded: bool = False
    late: bool = False
    paused: datetime | None = None
    #: Turns that are being taken, while it is live.
    turns: Session | None = None
    #: Who has nothing more to ask or to say in this step.
    done: tuple[str, ...] = ()
    #: Who is asked whether they object, and who of them is waited for.
    asked: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    #: The version that was asked about last; 0 before that.
    asked_version: int = 0
    voices: tuple[Voice, ...] = ()
    objections: tuple[Objection, ...] = ()
    #: The number of the objection that is looked at.
    treated: int | None = None
    offer: Offer | None = None
    #: Who was asked whether they have support.
    cared: tuple[str, ...] = ()
    review: date | None = None

    @property
    def text(self) -> str:
        """The proposal as it stands."""
        return self.versions[-1]

    @property
    def version(self) -> int:
        """Which wording that is, from 1."""
        return len(self.versions)

    @property
    def is_over(self) -> bool:
        """Whether nothing more follows."""
        return self.stage in OVER

    @property
    def open_objections(self) -> tuple[Objection, ...]:
        """Those without a fate."""
        return tuple(each for each in self.objections if each.fate is None)

    @property
    def objection(self) -> Objection | None:
        """The one that is looked at."""
        return next((each for each in self.objections if each.number == self.treated), None)


class Kind(StrEnum):
    """What is to be told."""

    #: A step has begun.
    STAGE = "stage"
    #: `people` are asked still, and reminded this once.
    REMIND = "remind"
    #: The time of a step is over, and it goes on only when people say so.
    LATE = "late"
    #: All answers are shown at this moment.
    OPENED = "opened"
    #: The objection `number` has its fate.
    FATE = "fate"
    OFFERED = "offered"
    #: What was offered is not taken in.
    DECLINED = "declined"
    #: Nobody but the proposer has consented.
    NOBODY = "nobody"
    RESTS = "rests"
    RESUMES = "resumes"
    #: What was live goes on over days.
    DAYS = "days"
    ORPHANED = "orphaned"
    TAKEN_UP = "taken up"
    HANDED = "handed"
    #: Nobody moved it, or too few are left.
    LAID = "laid aside"
    #: What the clock of the turns says.
    TURN = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing to tell."""

    kind: Kind
    people: tuple[str, ...] = ()
    number: int | None = None
    turn: Announcement | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A round after something happened, and what is to be told of it."""

    round: Round
    said: tuple[Said, ...] = ()


class NotNow(Exception):
    """What somebody wanted is not possible, or not theirs; the message says why and what is. It is plain text."""


# ---------------------------------------------------------------------------------------------- its state


def as_state(round_: Round) -> dict[str, Any]:
    """A round as JSON; `from_state` reads it again."""
    state = {field.name: _plain(getattr(round_, field.name)) for field in fields(Round)}
    state["turns"] = None if round_.turns is None else course.as_state(round_.turns)
    return state


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Voice() | Objection() | Offer():
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case tuple():
            return [_plain(each) for each in value]
        case StrEnum():
            return value.value
        case _:
            return value


def from_state(state: Mapping[str, Any]) -> Round:
    """A round that `as_state` wrote. Raises KeyError or ValueError for anything else."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in state.items()
    }
    for instant in ("at", "until", "paused"):
        values[instant] = _instant(values[instant])
    values["stage"] = Stage(values["stage"])
    values["review"] = None if values["review"] is None else date.fromisoformat(values["review"])
    values["turns"] = None if values["turns"] is None else course.from_state(values["turns"])
    values["voices"] = tuple(
        Voice(**{**each, "stand": Stand(each["stand"])}) for each in values["voices"]
    )
    values["objections"] = tuple(
        Objection(**{**each, "fate": None if each["fate"] is None else Fate(each["fate"])})
        for each in values["objections"]
    )
    offer = values["offer"]
    values["offer"] = offer and Offer(**{**offer, "agreed": tuple(offer["agreed"])})
    return Round(**values)


def _instant(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def named_in(round_: Round) -> frozenset[str]:
    """Everybody whom a round names."""
    turns = round_.turns.people if round_.turns is not None else ()
    found = {round_.proposer, round_.facilitator, *round_.people, *round_.cared, *turns}
    found |= {each.person for each in round_.voices} | {each.owner for each in round_.objections}
    return frozenset(found - {""})


def asked_now(round_: Round) -> tuple[str, ...]:
    """Of whom something is asked in the present step."""
    objection = round_.objection
    owner = objection.owner if objection is not None else ""
    match round_.stage:
        case Stage.QUESTIONS | Stage.REACTIONS:
            found = tuple(each for each in round_.people if each not in round_.done)
        case Stage.AMENDING:
            found = (round_.proposer,)
        case Stage.OBJECTIONS:
            found = round_.waiting
        case Stage.SUPPORT:
            found = (owner,)
        case Stage.INTEGRATING:
            both = dict.fromkeys((owner, round_.proposer))
            agreed_ = round_.offer.agreed if round_.offer is not None else ()
            found = tuple(each for each in both if each not in agreed_)
        case Stage.READY | Stage.REVIEW:
            found = (round_.facilitator,)
        case _:
            found = ()
    return tuple(each for each in found if each)


def forgotten(round_: Round, person: str) -> Round:
    """A round that names a person no more and holds none of their words; what was decided stays."""
    objections = tuple(
        replace(each, owner="", words="") if each.owner == person else each
        for each in round_.objections
    )
    return replace(
        round_,
        proposer="" if round_.proposer == person else round_.proposer,
        facilitator="" if round_.facilitator == person else round_.facilitator,
        people=tuple(each for each in round_.people if each != person),
        cared=tuple(each for each in round_.cared if each != person),
        voices=tuple(each for each in round_.voices if each.person != person),
        objections=objections,
    )
