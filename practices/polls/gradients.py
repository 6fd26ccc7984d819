"""Gradients of agreement: eight steps from a whole yes to a veto, for how much support there is and not only whether.

The steps and their order are those of Sam Kaner's scale as Loomio words it. It promises one band in that order, and that
no sum of the steps is made into a verdict: a group reads its own band.
"""

from __future__ import annotations

from practices.polls import positions
from practices.polls.chart import Shape
from practices.polls.poll import Terms, Turnout, Way
from practices.polls.positions import Judged, Position

__all__ = ["FORM", "POSITIONS"]

#: Steps, what is said for them beside, whether one asks for more.
_STEPS: tuple[tuple[str, tuple[str, ...], Shape, bool], ...] = (
    ("endorse", ("i love it", "wholehearted yes"), Shape.STAR, False),
    ("minor contention", ("endorse with a minor contention",), Shape.CIRCLE, False),
    ("reservations", ("agree with reservations",), Shape.DIAMOND, False),
    ("abstain", ("pass", "neutral"), Shape.RING, False),
    ("more discussion", ("more talk", "discuss"), Shape.SQUARE, True),
    ("dislike but support", ("don't like but support",), Shape.BAR, True),
    ("serious disagreement", ("disagree", "serious"), Shape.TRIANGLE, True),
    ("veto", ("block", "⛔"), Shape.CROSS, True),
)
_FOR = 3
_MIDDLE = 4

POSITIONS = tuple(
    Position(
        sign=f"{step}\ufe0f\u20e3",
        word=word,
        also=also,
        shape=shape,
        lean=(_MIDDLE - step) / (_FOR if step < _MIDDLE else _MIDDLE),
        stops=word == "veto",
        wants=wants,
    )
    for step, (word, also, shape, wants) in enumerate(_STEPS, start=1)
)


def _judge(terms: Terms, counts: tuple[int, ...], turnout: Turnout) -> Judged:
    """Where the middle of the voices stands, and any veto: what a reader of the band looks for first."""
    if not sum(counts):
        return Judged(sums={"median": None})
    low, high = _middle(counts)
    between = (
        POSITIONS[low].word if low == high else f"{POSITIONS[low].word} and {POSITIONS[high].word}"
    )
    where = "at" if low == high else "between"
    lines = [
        f"Half of {turnout.cast} who voted stand on each side: the middle is {where} {between}."
    ]
    vetoes = counts[-1]
    if vetoes:
        lines.append(
            f"Vetoes: {vetoes} of {turnout.cast} who voted. What stands behind it is heard first."
        )
    return Judged(lines=tuple(lines), sums={"median": [POSITIONS[low].word, POSITIONS[high].word]})


def _middle(counts: tuple[int, ...]) -> tuple[int, int]:
    """The places of the two middle voices, which are one for an odd number."""
    voices = [at for at, count in enumerate(counts) for _ in range(count)]
    return voices[(len(voices) - 1) // 2], voices[len(voices) // 2]


FORM = positions.form(
    Way.GRADIENTS,
    POSITIONS,
    purpose="how much support there is, in eight steps from endorse to veto",
    days=5,
    judge=_judge,
    draw=positions.gradient,
)
