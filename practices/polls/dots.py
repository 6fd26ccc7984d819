"""A dot vote: everybody has the same few dots and puts them where they matter to them.

It promises that nobody's dots count for more than theirs: a voice that spends too many is refused, and what somebody
keeps is nobody else's.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from practices.polls import turnout as turned_out
from practices.polls.chart import Bar, Bars
from practices.polls.poll import Ballot, Form, Marks, Result, Terms, Turnout, Way
from practices.polls.settlement import common, with_options, within
from practices.polls.wording import pairs, plural, tenths
from practices.understanding import NotUnderstood

__all__ = ["FORM", "MOST_DOTS"]

MOST_DOTS = 100

_EXAMPLE = "“1:3, 2:5” gives 3 dots to the first and 5 to the second"


def _settle(terms: Terms) -> Terms:
    within("number of dots", terms.dots, 1, MOST_DOTS)
    return with_options(common(terms))


def _read(terms: Terms, text: str) -> Marks:
    given = pairs(terms.options, text, example=_EXAMPLE)
    for at, dots in given.items():
        if dots < 0:
            raise NotUnderstood(
                f"“{terms.options[at]}” got {dots}. Dots are put, not taken: 0 or more."
            )
    spent = sum(given.values())
    if spent > terms.dots:
        raise NotUnderstood(
            f"Those are {spent} dots, and everybody has {terms.dots}: {spent - terms.dots} fewer would do."
        )
    if not spent:
        raise NotUnderstood(
            f"No dot was put anywhere. You have {plural(terms.dots, 'dot')}; {_EXAMPLE}."
        )
    return {at: given[at] for at in sorted(given) if given[at]}


def _words(terms: Terms, marks: Marks) -> str:
    put = [f"{marks[at]} on {terms.options[at]}" for at in sorted(marks) if marks[at]]
    return ", ".join(put) or "no dots"


def _tally(terms: Terms, ballots: tuple[Ballot, ...], turnout: Turnout) -> Result:
    sums = [sum(ballot.marks.get(at, 0) for ballot in ballots) for at in range(len(terms.options))]
    spent = sum(sums)
    means = [tenths(Fraction(each, len(ballots))) if ballots else "0" for each in sums]
    return Result(
        lines=(
            *(_lines(terms, sums, means, turnout) if ballots else ()),
            *turned_out.lines(turnout, terms.quorum),
        ),
        chart=Bars(
            title=terms.topic,
            bars=tuple(
                Bar(
                    label=option, value=each, words=f"{each} of {plural(spent, 'dot')}, mean {mean}"
                )
                for option, each, mean in zip(terms.options, sums, means, strict=True)
            ),
            of=max(spent, 1),
            foot=turned_out.foot(turnout, terms.quorum),
        ),
        sums={
            "way": str(Way.DOTS),
            **turned_out.as_sums(turnout, terms.quorum),
            "dots": terms.dots,
            "put": spent,
            "options": {
                option: {"dots": each, "mean": mean}
                for option, each, mean in zip(terms.options, sums, means, strict=True)
            },
        },
    )


def _lines(
    terms: Terms, sums: Sequence[int], means: Sequence[str], turnout: Turnout
) -> tuple[str, ...]:
    spent = sum(sums)
    each = (
        f"{option}: {dots} of {plural(spent, 'dot')} that were put, a mean of {mean} from {turnout.cast} who voted"
        for option, dots, mean in zip(terms.options, sums, means, strict=True)
    )
    had = plural(terms.dots * turnout.cast, "dot")
    return *each, f"{spent} of {had} were put, {terms.dots} for each who voted."


FORM = Form(
    way=Way.DOTS,
    purpose="everybody has the same few dots and puts them where they matter",
    days=3,
    positions=(),
    single=False,
    settle=_settle,
    read=_read,
    words=_words,
    tally=_tally,
)
