"""Advice before somebody decides in their own field (DEC-4).

It promises that nothing here stops anybody: those who are asked say what they think, and whoever asked decides, tells
and records. At least two should have been heard.
"""

from __future__ import annotations

from practices.polls import positions
from practices.polls.chart import Shape
from practices.polls.poll import Terms, Turnout, Way
from practices.polls.positions import Judged, Position
from practices.polls.settlement import common
from practices.polls.wording import plural

__all__ = ["FEWEST", "FORM", "POSITIONS"]

FEWEST = 2
"""Whoever decides has heard at least so many (DEC-4 [d])."""

POSITIONS = (
    Position(
        sign="👍",
        word="agree",
        also=("✅", "yes", "+1", "go ahead", "i agree"),
        shape=Shape.CIRCLE,
        lean=1.0,
    ),
    Position(
        sign="🤷",
        word="abstain",
        also=("pass", "neutral", "i abstain"),
        shape=Shape.RING,
        lean=0.0,
    ),
    Position(
        sign="👎",
        word="advise otherwise",
        also=("disagree", "otherwise", "-1"),
        shape=Shape.TRIANGLE,
        lean=-1.0,
        wants=True,
    ),
)


def _settle(terms: Terms) -> Terms:
    return common(
        terms, open_because="advice is somebody's, so that one can ask back. A sense check can be."
    )


def _judge(terms: Terms, counts: tuple[int, ...], turnout: Turnout) -> Judged:
    heard = sum(counts)
    if heard >= FEWEST:
        line = f"{heard} of {turnout.entitled} who were asked gave advice. Whoever asked decides, and tells what and why."
    else:
        missing = plural(FEWEST - heard, "voice")
        line = f"{heard} of {turnout.entitled} who were asked gave advice; {missing} more would make two."
    return Judged(lines=(line,), sums={"advised": heard, "enough": heard >= FEWEST})


FORM = positions.form(
    Way.ADVICE,
    POSITIONS,
    purpose="hear those it touches and those who know, before you decide in your own field",
    days=7,
    judge=_judge,
    settle=_settle,
    proxied=False,
)
