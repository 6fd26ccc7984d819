"""A count of hands: who joins, measured against how many are wanted.

It promises that a hand is somebody's, so it cannot be asked in secret, and that whoever cannot this time is counted
without a word about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from practices.polls import positions
from practices.polls import turnout as turned_out
from practices.polls.chart import Bar, Bars, Chart, Shape
from practices.polls.poll import Terms, Turnout, Way
from practices.polls.positions import Judged, Position
from practices.polls.settlement import common, within

__all__ = ["FORM", "HIGHEST_TARGET", "POSITIONS"]

HIGHEST_TARGET = 1000

POSITIONS = (
    Position(
        sign="✅",
        word="in",
        also=("👍", "🙋", "yes", "me", "i join", "count me in", "accept", "i am in", "i'm in"),
        shape=Shape.CIRCLE,
        lean=1.0,
    ),
    Position(
        sign="❌",
        word="not this time",
        also=("👎", "no", "out", "decline", "i can't", "i cannot"),
        shape=Shape.CROSS,
        lean=-1.0,
    ),
)


def _settle(terms: Terms) -> Terms:
    settled = common(
        terms,
        open_because="who is in has to be known to whoever counts on them. A sense check can be.",
    )
    within("number wanted", terms.target, 1, HIGHEST_TARGET)
    return settled


def _judge(terms: Terms, counts: tuple[int, ...], turnout: Turnout) -> Judged:
    hands, _ = counts
    share = 100 * hands // terms.target
    if hands >= terms.target:
        line = f"{hands} of the {terms.target} wanted are in: that is enough."
    else:
        verb = "is" if hands == 1 else "are"
        line = f"{hands} of the {terms.target} wanted {verb} in, {share} %; there is room for {terms.target - hands} more."
    return Judged(lines=(line,), sums={"target": terms.target, "enough": hands >= terms.target})


def _draw(terms: Terms, own: Sequence[Position], counts: Sequence[int], turnout: Turnout) -> Chart:
    (joining, staying), (hands, declined) = own, counts
    return Bars(
        title=terms.topic,
        bars=(
            Bar(
                label=joining.word,
                value=hands,
                words=f"{hands} of {terms.target} wanted",
                shape=joining.shape,
                lean=joining.lean,
                marked=hands >= terms.target,
            ),
            Bar(
                label=staying.word,
                value=declined,
                words=f"{declined} of {turnout.cast} who answered",
                shape=staying.shape,
                lean=staying.lean,
            ),
        ),
        of=max(terms.target, hands, declined),
        foot=turned_out.foot(turnout, terms.quorum),
    )


FORM = positions.form(
    Way.COUNT,
    POSITIONS,
    purpose="who joins? Hands are counted until there are enough",
    days=3,
    judge=_judge,
    settle=_settle,
    draw=_draw,
    proxied=False,
)
