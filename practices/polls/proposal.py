"""A proposal with four positions, which holds by the terms of its type (DEC-1, DEC-2).

It promises to say which positions were taken and whether the terms of the type are met, and never that something was
decided: whoever asked states the outcome (R129).
"""

from __future__ import annotations

from dataclasses import replace

from practices.polls import positions
from practices.polls.chart import Shape
from practices.polls.passing import Positions, holds, why
from practices.polls.poll import Passing, Terms, Turnout, Way
from practices.polls.positions import Judged, Position
from practices.polls.settlement import common

__all__ = ["FORM", "POSITIONS"]

#: The four positions of DEC-1, in its meaning: whoever disagrees would prefer otherwise and can live with it; whoever
#: blocks has a serious objection, says why and works on a solution.
AGREE = Position(
    sign="👍",
    word="agree",
    also=("✅", "+1", "yes", "agreed", "i agree", "for"),
    shape=Shape.CIRCLE,
    lean=1.0,
)
ABSTAIN = Position(
    sign="🤷",
    word="abstain",
    also=("pass", "neutral", "i abstain"),
    shape=Shape.RING,
    lean=0.0,
)
DISAGREE = Position(
    sign="👎",
    word="disagree",
    also=("-1", "i disagree"),
    shape=Shape.TRIANGLE,
    lean=-0.5,
    wants=True,
)
BLOCK = Position(
    sign="✋",
    word="block",
    also=("⛔", "🛑", "i block"),
    shape=Shape.CROSS,
    lean=-1.0,
    stops=True,
    wants=True,
)
POSITIONS = (AGREE, ABSTAIN, DISAGREE, BLOCK)


def _settle(terms: Terms) -> Terms:
    settled = common(terms, passing=True)
    return replace(settled, passing=settled.passing or Passing.STANDARD)


def _judge(terms: Terms, counts: tuple[int, ...], turnout: Turnout) -> Judged:
    passing = terms.passing or Passing.STANDARD
    agree, abstain, disagree, block = counts
    taken = Positions(agree=agree, abstain=abstain, disagree=disagree, block=block)
    return Judged(
        lines=why(passing, taken, turnout),
        passes=holds(passing, taken, entitled=turnout.entitled),
        sums={"passing": str(passing)},
    )


FORM = positions.form(
    Way.PROPOSAL,
    POSITIONS,
    purpose="one clear proposal, on which everybody takes a position",
    days=7,
    judge=_judge,
    settle=_settle,
)
