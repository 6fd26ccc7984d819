"""Consensus: talked on until nobody is against it any more.

It has the four positions of a proposal and asks for more: not only that nobody blocks, also that nobody disagrees.
Whoever can live with it although they would prefer otherwise says so by abstaining, and stands aside.
"""

from __future__ import annotations

from dataclasses import replace

from practices.polls import positions, proposal
from practices.polls.poll import Terms, Turnout, Way
from practices.polls.positions import Judged

__all__ = ["FORM", "POSITIONS"]

_AGREE, _ABSTAIN, _DISAGREE, _BLOCK = proposal.POSITIONS
POSITIONS = (
    _AGREE,
    replace(_ABSTAIN, also=(*_ABSTAIN.also, "stand aside", "i stand aside")),
    _DISAGREE,
    _BLOCK,
)


def _judge(terms: Terms, counts: tuple[int, ...], turnout: Turnout) -> Judged:
    agree, _, disagree, block = counts
    against = disagree + block
    met = agree > 0 and not against
    if met:
        line = f"Nobody of {turnout.cast} who voted is against it."
    elif against:
        verb = "is" if against == 1 else "are"
        line = (
            f"{against} of {turnout.cast} who voted {verb} against it: there is more to talk about."
        )
    else:
        line = "Nobody has agreed yet."
    return Judged(lines=(line,), passes=met)


FORM = positions.form(
    Way.CONSENSUS,
    POSITIONS,
    purpose="something that all carry together, talked on until nobody is against it",
    days=7,
    judge=_judge,
)
