"""Ways that bring their own answers: everybody takes one of a few positions, and each is counted.

It promises that the positions keep their order, from most for to most against, that each has a sign, a word and a shape
of its own, and that a voice names exactly one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from practices.polls import turnout as turned_out
from practices.polls.chart import Bar, Bars, Chart, Gradient, Shape
from practices.polls.poll import Ballot, Form, Marks, Result, Sign, Terms, Turnout, Way
from practices.polls.settlement import common
from practices.polls.wording import place

__all__ = [
    "Draw",
    "Judge",
    "Judged",
    "Position",
    "bars",
    "chosen",
    "counted",
    "form",
    "gradient",
    "just_counted",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One answer of a way that brings its own."""

    sign: str
    word: str
    also: tuple[str, ...] = ()
    shape: Shape
    #: From -1 (against) to 1 (for).
    lean: float
    #: An objection, a block or a veto, which needs its reason (R129).
    stops: bool = False
    #: Asks for more: after an amendment whoever said it is asked again.
    wants: bool = False

    @property
    def tapped(self) -> Sign:
        """As people tap or say it."""
        return Sign(sign=self.sign, word=self.word, also=self.also)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a way makes of its counts, beside the counts themselves."""

    lines: tuple[str, ...] = ()
    passes: bool | None = None
    sums: Mapping[str, Any] | None = None


#: What a way makes of how many took each position, in the order of the positions.
Judge = Callable[[Terms, tuple[int, ...], Turnout], Judged]
Draw = Callable[[Terms, Sequence[Position], Sequence[int], Turnout], Chart]


def just_counted(terms: Terms, counts: tuple[int, ...], turnout: Turnout) -> Judged:
    """For ways whose counts say all there is."""
    return Judged()


def chosen(marks: Marks) -> int:
    """The place of the one position that a voice takes; -1 when it takes none."""
    return next((at for at, mark in sorted(marks.items()) if mark), -1)


def counted(positions: Sequence[Position], ballots: Sequence[Ballot]) -> tuple[int, ...]:
    """How many took each position, in the order of the positions."""
    found = [0] * len(positions)
    for ballot in ballots:
        at = chosen(ballot.marks)
        if 0 <= at < len(found):
            found[at] += 1
    return tuple(found)


def form(
    way: Way,
    positions: Sequence[Position],
    *,
    purpose: str,
    days: int,
    judge: Judge = just_counted,
    settle: Callable[[Terms], Terms] = common,
    draw: Draw | None = None,
    proxied: bool = True,
) -> Form:
    """The form of a way with positions of its own; drawn as bars unless it has another picture.

    Where the judge says whether terms are met, they are met only when somebody voted and the quorum is reached, too.
    """
    own = tuple(positions)
    options = tuple(each.word for each in own)
    also = {at: (each.sign, *each.also) for at, each in enumerate(own)}

    def settled(terms: Terms) -> Terms:
        return replace(settle(terms), options=options)

    def read(_: Terms, text: str) -> Marks:
        return {place(options, text, also=also): 1}

    def words(_: Terms, marks: Marks) -> str:
        at = chosen(marks)
        return options[at] if 0 <= at < len(options) else "no position"

    def needs_reason(terms: Terms, marks: Marks) -> bool:
        # Words would tell whose secret voice it is.
        at = chosen(marks)
        return not terms.secret and 0 <= at < len(own) and own[at].stops

    def tally(terms: Terms, ballots: tuple[Ballot, ...], turnout: Turnout) -> Result:
        counts = counted(own, ballots)
        judged = judge(terms, counts, turnout)
        passes = judged.passes
        if passes is not None:
            # What nobody has taken a position on nobody has agreed to.
            passes = passes and turnout.cast > 0 and turned_out.reached(terms.quorum, turnout)
        return Result(
            lines=(
                *(_lines(own, counts, turnout, judged) if turnout.cast else ()),
                *turned_out.lines(turnout, terms.quorum),
            ),
            chart=(draw or bars)(terms, own, counts, turnout),
            sums={
                "way": str(way),
                **turned_out.as_sums(turnout, terms.quorum),
                "positions": dict(zip(options, counts, strict=True)),
                **(judged.sums or {}),
                "passes": passes,
            },
            passes=passes,
        )

    return Form(
        way=way,
        purpose=purpose,
        days=days,
        positions=tuple(each.tapped for each in own),
        single=True,
        settle=settled,
        read=read,
        words=words,
        needs_reason=needs_reason,
        tally=tally,
        proxied=proxied,
    )


def _lines(
    positions: Sequence[Position], counts: Sequence[int], turnout: Turnout, judged: Judged
) -> tuple[str, ...]:
    each = (
        f"{position.sign} {position.word}: {count} of {turnout.cast} who voted"
        for position, count in zip(positions, counts, strict=True)
    )
    return *each, *judged.lines


def _drawn(
    positions: Sequence[Position], counts: Sequence[int], turnout: Turnout
) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            label=each.word,
            value=count,
            words=f"{count} of {turnout.cast}",
            shape=each.shape,
            lean=each.lean,
        )
        for each, count in zip(positions, counts, strict=True)
    )


def bars(
    terms: Terms, positions: Sequence[Position], counts: Sequence[int], turnout: Turnout
) -> Chart:
    """One bar a position, as long as all who voted at most."""
    return Bars(
        title=terms.topic,
        bars=_drawn(positions, counts, turnout),
        of=max(turnout.cast, 1),
        foot=turned_out.foot(turnout, terms.quorum),
    )


def gradient(
    terms: Terms, positions: Sequence[Position], counts: Sequence[int], turnout: Turnout
) -> Chart:
    """One band from most for to most against."""
    return Gradient(
        title=terms.topic,
        bars=_drawn(positions, counts, turnout),
        foot=turned_out.foot(turnout, terms.quorum),
    )
