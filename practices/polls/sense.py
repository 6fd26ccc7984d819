"""A sense check: how an idea feels before anybody proposes it.

It promises that it ends in counts only: it has no terms to meet, and nobody owes a reason.
"""

from __future__ import annotations

from practices.polls import positions
from practices.polls.chart import Shape
from practices.polls.poll import Way
from practices.polls.positions import Position

__all__ = ["FORM", "POSITIONS"]

POSITIONS = (
    Position(
        sign="👍",
        word="looks good",
        also=("✅", "good", "yes"),
        shape=Shape.CIRCLE,
        lean=1.0,
    ),
    Position(
        sign="🤔",
        word="not sure",
        also=("unsure", "hm", "maybe"),
        shape=Shape.DIAMOND,
        lean=0.0,
        wants=True,
    ),
    Position(
        sign="✋",
        word="concerned",
        also=("concern", "i am concerned", "worried"),
        shape=Shape.TRIANGLE,
        lean=-1.0,
        wants=True,
    ),
)

FORM = positions.form(
    Way.SENSE,
    POSITIONS,
    purpose="a quick look at how an idea feels, before it is a proposal",
    days=3,
    proxied=False,
)
