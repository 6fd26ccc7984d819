"""A score: everybody gives each option a number on one scale.

It promises that an option is judged only by those who gave it a number: whoever left it out lowers nothing, and the
mean says of how many it is.
"""

from __future__ import annotations

from fractions import Fraction

from practices.polls import turnout as turned_out
from practices.polls.chart import Bar, Bars
from practices.polls.poll import Ballot, Form, Marks, Result, Terms, Turnout, Way
from practices.polls.settlement import common, with_options, within
from practices.polls.wording import folded, pairs, plural, tenths
from practices.understanding import NotUnderstood

__all__ = ["FORM", "HIGHEST", "LOWEST"]

LOWEST, HIGHEST = -100, 100
"""The widest scale there can be."""


def _settle(terms: Terms) -> Terms:
    within("lowest score", terms.lowest, LOWEST, HIGHEST - 1)
    within("highest score", terms.highest, terms.lowest + 1, HIGHEST)
    return with_options(common(terms), fewest=1)


def _read(terms: Terms, text: str) -> Marks:
    example = f"“1={terms.highest} 2={terms.lowest}” scores the first highest and the second lowest"
    alone = folded(text).removeprefix("+")
    if len(terms.options) == 1:
        example = f"“{terms.highest}”"
        if alone.removeprefix("-").isascii() and alone.removeprefix("-").isdigit():
            text = f"1={alone}"
    given = pairs(terms.options, text, example=example)
    for at, score in given.items():
        if not terms.lowest <= score <= terms.highest:
            raise NotUnderstood(
                f"“{terms.options[at]}” got {score}. The scale goes from {terms.lowest} to {terms.highest}."
            )
    return {at: given[at] for at in sorted(given)}


def _words(terms: Terms, marks: Marks) -> str:
    return ", ".join(f"{terms.options[at]} = {marks[at]}" for at in sorted(marks)) or "no score"


def _tally(terms: Terms, ballots: tuple[Ballot, ...], turnout: Turnout) -> Result:
    given = [
        [ballot.marks[at] for ballot in ballots if at in ballot.marks]
        for at in range(len(terms.options))
    ]
    means = [Fraction(sum(each), len(each)) if each else None for each in given]
    of = [
        f"mean {tenths(mean)} on {terms.lowest} to {terms.highest}, {plural(sum(each), 'point')}, "
        f"from {len(each)} of {turnout.cast} who voted"
        if mean is not None
        else f"no score from {turnout.cast} who voted"
        for mean, each in zip(means, given, strict=True)
    ]
    return Result(
        lines=(
            *(
                f"{option}: {words}"
                for option, words in zip(terms.options, of, strict=True)
                if turnout.cast
            ),
            *turned_out.lines(turnout, terms.quorum),
        ),
        chart=Bars(
            title=terms.topic,
            bars=tuple(
                Bar(
                    label=option,
                    value=float(mean - terms.lowest) if mean is not None else 0.0,
                    words=f"mean {tenths(mean)}, from {len(each)} of {turnout.cast}"
                    if mean is not None
                    else "no score",
                )
                for option, mean, each in zip(terms.options, means, given, strict=True)
            ),
            of=terms.highest - terms.lowest,
            foot=turned_out.foot(turnout, terms.quorum),
        ),
        sums={
            "way": str(Way.SCORE),
            **turned_out.as_sums(turnout, terms.quorum),
            "scale": [terms.lowest, terms.highest],
            "options": {
                option: {
                    "points": sum(each),
                    "scored by": len(each),
                    "mean": None if mean is None else tenths(mean),
                }
                for option, mean, each in zip(terms.options, means, given, strict=True)
            },
        },
    )


FORM = Form(
    way=Way.SCORE,
    purpose="how much you like each, as a number on one scale",
    days=3,
    positions=(),
    single=False,
    settle=_settle,
    read=_read,
    words=_words,
    tally=_tally,
)
