"""What a poll is: what is asked, in which way, under which terms, and what one voice in it says.

Every way of asking counts from these values alone, so that whoever has the same ballots finds the same result,
in whatever order they came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from practices.polls.chart import Chart


class Way(StrEnum):
    """How it is asked and counted (DEC-1 to DEC-4)."""

    PROPOSAL = "proposal"
    ADVICE = "advice"
    CONSENT = "consent"
    CONSENSUS = "consensus"
    GRADIENTS = "gradients"
    SENSE = "sense check"
    COUNT = "count"
    QUESTION = "question round"
    CHOICE = "poll"
    DOTS = "dot vote"
    SCORE = "score"
    RANKED = "ranking"
    SEATS = "seats"
    TIMES = "time poll"


class Showing(StrEnum):
    """When results may be seen; once asked, a poll never shows more than it said it would."""

    OPEN = "open"
    #: By whoever has taken part themselves; in the room only how many took part, until it is over.
    AFTER_MINE = "after mine"
    AT_CLOSE = "at close"


class Passing(StrEnum):
    """The five types of DEC-2: when a proposal holds."""

    STANDARD = "standard"
    SIGNIFICANT = "significant"
    QUORUM = "quorum"
    EMERGENCY = "emergency"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is asked, and how. Options are frozen at the first ballot; an amendment is a new version."""

    way: Way
    #: What is asked, in the asker's own words.
    topic: str
    #: The answers: the positions of a way that has its own, else what the asker named; ISO instants of a time poll.
    options: tuple[str, ...] = ()
    passing: Passing | None = None
    showing: Showing = Showing.OPEN
    #: Nobody, not even the daemon's keeper, can tell who said what.
    secret: bool = False
    #: Percent of those entitled who must take part; None: none needed.
    quorum: int | None = None
    #: How many options one may name (poll).
    least: int = 1
    most: int = 1
    #: How many points one may spend (dot vote).
    dots: int = 8
    #: The scale of a score.
    lowest: int = 0
    highest: int = 5
    #: How many are elected (seats).
    seats: int = 1
    #: How many are wanted (count).
    target: int = 5
    #: How long a slot of a time poll is.
    minutes: int = 60


#: What one voice says of each option, by the option's place in `Terms.options`, from 0: a position or a choice is
#: {place: 1}; dots and scores are the numbers given; a ranking is {place: rank from 1}; a time poll 2 yes, 1 if need
#: be, 0 no; a question round {}.
Marks = Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One voice. Whose it is plays no part in any count."""

    marks: Marks
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """How many may speak, and how many did."""

    entitled: int
    cast: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the ballots say. It is a sum, never a decision: an outcome is stated by people (R129)."""

    #: In words, plain text of one line each; every number with its denominator, "9 of 12 who voted, of 30 entitled".
    lines: tuple[str, ...]
    chart: Chart | None
    #: The sums, for export and recount; JSON, with text keys only.
    sums: Mapping[str, Any] = field(default_factory=dict)
    #: Whether the terms of passing are met; None where the way has none.
    passes: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One answer that can be tapped or said in a word."""

    #: What is tapped.
    sign: str
    word: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How one way works; each is a module of this folder."""

    way: Way
    #: What it is for, in one line, for people who choose a way.
    purpose: str
    #: For how many days it is open unless the asker says otherwise.
    days: int
    #: The positions it brings itself; none: the asker names the options.
    positions: tuple[Sign, ...]
    #: Whether one voice names just one option, so that a tap or Element's own poll can say it.
    single: bool
    #: Checks the terms of the asker; raises NotUnderstood with what is wrong and what would do.
    settle: Callable[[Terms], Terms]
    #: Reads what somebody typed or tapped, `(terms, text)`, as marks; raises NotUnderstood.
    read: Callable[[Terms, str], Marks]
    #: The marks in words, for "your vote: …".
    words: Callable[[Terms, Marks], str]
    #: Counts. A pure function of the ballots, whatever their order.
    tally: Callable[[Terms, tuple[Ballot, ...], Turnout], Result]
    #: Whether such a voice must give its reason: objection, block and veto (R129).
    needs_reason: Callable[[Terms, Marks], bool] = lambda _terms, _marks: False
    #: Whether one may speak for another: where a voice is a body, an ear or one's own words nobody can.
    proxied: bool = True
