"""When a proposal holds: the five types of DEC-2, with their exact thresholds and how long each stays open.

It promises that every threshold is compared in whole numbers, so that nothing is rounded, and that the numbers a type
looks at are said with what they are a part of (R130). That the terms are met is a sum; what follows is for people to
say (R129).

"Those with a position" are all who have taken one of the four positions, abstaining among them: the same people who are
not reminded any more (R129). "Eligible" are all who are entitled. For advice those entitled are the named decision
makers, and only their ballots count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from practices.clock import resolve, wall
from practices.polls.poll import Passing, Turnout
from practices.polls.turnout import needed, of

__all__ = [
    "PURPOSES",
    "Opening",
    "Positions",
    "closes_at",
    "holds",
    "opening",
    "why",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """How many took each position of DEC-1."""

    agree: int = 0
    abstain: int = 0
    disagree: int = 0
    block: int = 0

    @property
    def taken(self) -> int:
        """How many have a position."""
        return self.agree + self.abstain + self.disagree + self.block


#: Three quarters: of those eligible for a quorum, of those with a position in an emergency.
_SHARE = 75

#: What each type is for, in a line for people who choose.
PURPOSES = {
    Passing.STANDARD: "nobody blocks; the usual way",
    Passing.SIGNIFICANT: "nobody blocks, and more than half of those with a position agree; for agreements",
    Passing.QUORUM: "nobody blocks, and three quarters of those entitled agree or abstain",
    Passing.EMERGENCY: "three quarters of those with a position agree, blocks or not; for asking somebody to leave",
    Passing.ADVICE: "named people take the decision after hearing those it touches and those who know",
}


def holds(passing: Passing, positions: Positions, *, entitled: int) -> bool:
    """Whether the terms of a type are met by these positions, `entitled` being all who may take one (R130).

    STANDARD: no block. SIGNIFICANT: no block, and more than 50 % of those with a position agree; exactly half is not
    enough. QUORUM and ADVICE: no block, and at least 75 % of those entitled agree or abstain. EMERGENCY: at least 75 %
    of those with a position agree, whatever the blocks; somebody has to have one.
    """
    match passing:
        case Passing.STANDARD:
            return not positions.block
        case Passing.SIGNIFICANT:
            return not positions.block and 2 * positions.agree > positions.taken
        case Passing.QUORUM | Passing.ADVICE:
            willing = positions.agree + positions.abstain
            enough = entitled > 0 and 100 * willing >= _SHARE * entitled
            return enough and not positions.block
        case Passing.EMERGENCY:
            return positions.taken > 0 and 100 * positions.agree >= _SHARE * positions.taken


def why(passing: Passing, positions: Positions, turnout: Turnout) -> tuple[str, ...]:
    """What the type asks for and what is there, each number with its whole; the last line says whether it is met."""
    asked: list[str] = []
    if passing is not Passing.EMERGENCY:
        asked.append(_blocks(positions.block, turnout))
    match passing:
        case Passing.SIGNIFICANT:
            asked.append(
                f"{of(positions.agree, turnout)}, agree; more than half of those who voted would meet the terms, "
                f"that is {positions.taken // 2 + 1} of {positions.taken}."
            )
        case Passing.QUORUM | Passing.ADVICE:
            willing = positions.agree + positions.abstain
            whom = "decision makers" if passing is Passing.ADVICE else "entitled"
            asked.append(
                f"{willing} of {turnout.entitled} {whom} agree or abstain; {_SHARE} % would meet the terms, "
                f"that is {needed(_SHARE, turnout.entitled)} of {turnout.entitled}."
            )
        case Passing.EMERGENCY:
            asked.append(
                f"{of(positions.agree, turnout)}, agree; {_SHARE} % of those who voted would meet the terms, "
                f"that is {max(1, needed(_SHARE, positions.taken))} of {positions.taken}, whether somebody blocks or not."
            )
        case Passing.STANDARD:
            pass
    met = holds(passing, positions, entitled=turnout.entitled)
    kind = "an" if passing in {Passing.EMERGENCY, Passing.ADVICE} else "a"
    name = "advice decision" if passing is Passing.ADVICE else f"{passing} proposal"
    return (*asked, f"The terms of {kind} {name} are {'met' if met else 'not met'}.")


def _blocks(count: int, turnout: Turnout) -> str:
    if not count:
        return f"Nobody of {turnout.cast} who voted blocks." if turnout.cast else "Nobody blocks."
    return f"{of(count, turnout)}, {'blocks' if count == 1 else 'block'}: that is worked on first."


# ------------------------------------------------------------------------------------ how long it is open


@dataclass(frozen=True, slots=True)
class Opening:
    """How long a type stays open, in working days."""

    least: int
    advised: int


_OPENINGS = {
    Passing.STANDARD: Opening(3, 5),
    Passing.SIGNIFICANT: Opening(5, 10),
    Passing.QUORUM: Opening(5, 10),
    Passing.EMERGENCY: Opening(10, 10),
    Passing.ADVICE: Opening(5, 10),
}

_SATURDAY = 5


def opening(passing: Passing) -> Opening:
    """The least and the advised number of working days (DEC-2; for an emergency the least is what is advised)."""
    return _OPENINGS[passing]


def closes_at(opens_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which so many working days have passed since an aware instant, on the clocks of a zone.

    Monday to Friday are working days; no country's holidays are known here. Opened on a working day it closes at the
    same time of day, so many working days later; opened at a weekend it is as if it were opened when Monday begins.
    """
    local = wall(opens_at, zone)
    if local.weekday() >= _SATURDAY:
        local = local.replace(hour=0, minute=0, second=0, microsecond=0)
        local += timedelta(days=7 - local.weekday())
    for _ in range(days):
        local += timedelta(days=1)
        while local.weekday() >= _SATURDAY:
            local += timedelta(days=1)
    return resolve(local, zone)
