"""A simple poll: which of these, one or as many as the asker allows.

It promises that whoever names two options is counted once as a person and once for each option, so that every number is
said of those who voted and the numbers may add up to more.
"""

from __future__ import annotations

from practices.polls import turnout as turned_out
from practices.polls.chart import Bar, Bars
from practices.polls.poll import Ballot, Form, Marks, Result, Terms, Turnout, Way
from practices.polls.settlement import common, with_options, within
from practices.polls.wording import listed, named
from practices.understanding import NotUnderstood

__all__ = ["FORM"]


def _settle(terms: Terms) -> Terms:
    settled = with_options(common(terms))
    count = len(settled.options)
    within("most options that one may name", settled.most, 1, count)
    within("fewest options that one may name", settled.least, 1, settled.most)
    return settled


def _read(terms: Terms, text: str) -> Marks:
    places = named(terms.options, text)
    if not terms.least <= len(places) <= terms.most:
        raise NotUnderstood(f"You named {len(places)}. {_how_many(terms)}")
    return dict.fromkeys(sorted(places), 1)


def _how_many(terms: Terms) -> str:
    if terms.least == terms.most:
        return f"Name {terms.most}." if terms.most > 1 else "Name the one you like best."
    return f"Name from {terms.least} to {terms.most}, such as: 1, 3."


def _words(terms: Terms, marks: Marks) -> str:
    return listed(terms.options[at] for at in sorted(marks) if marks[at]) or "nothing"


def _tally(terms: Terms, ballots: tuple[Ballot, ...], turnout: Turnout) -> Result:
    counts = [
        sum(1 for ballot in ballots if ballot.marks.get(at, 0)) for at in range(len(terms.options))
    ]
    return Result(
        lines=(
            *(
                f"{option}: {count} of {turnout.cast} who voted"
                for option, count in zip(terms.options, counts, strict=True)
                if turnout.cast
            ),
            *((f"Each could name up to {terms.most}.",) if terms.most > 1 and turnout.cast else ()),
            *turned_out.lines(turnout, terms.quorum),
        ),
        chart=Bars(
            title=terms.topic,
            bars=tuple(
                Bar(label=option, value=count, words=f"{count} of {turnout.cast}")
                for option, count in zip(terms.options, counts, strict=True)
            ),
            of=max(turnout.cast, 1),
            foot=turned_out.foot(turnout, terms.quorum),
        ),
        sums={
            "way": str(Way.CHOICE),
            **turned_out.as_sums(turnout, terms.quorum),
            "options": dict(zip(terms.options, counts, strict=True)),
        },
    )


FORM = Form(
    way=Way.CHOICE,
    purpose="which of these: one, or as many as you allow",
    days=3,
    positions=(),
    single=True,
    settle=_settle,
    read=_read,
    words=_words,
    tally=_tally,
)
