"""A ranking: everybody puts the options in their order, and the orders are compared two options at a time.

The order of all is found by the Schulze method. Points (as many for a first place as there are options, one fewer for
each further place, none for what is left out) are shown beside it and order nothing.
"""

from __future__ import annotations

from dataclasses import replace

from practices.polls import rankings
from practices.polls import turnout as turned_out
from practices.polls.chart import Cell, Table
from practices.polls.poll import Ballot, Form, Result, Terms, Turnout, Way
from practices.polls.schulze import Matrix, pairwise, strongest, tiers
from practices.polls.settlement import common, with_options, within
from practices.polls.wording import listed, plural

__all__ = ["FORM"]


def _settle(terms: Terms) -> Terms:
    settled = with_options(common(terms))
    within("fewest options to rank", settled.least, 1, len(settled.options))
    return replace(settled, most=len(settled.options))


def _points(profile: rankings.Profile, size: int) -> tuple[int, ...]:
    found = [0] * size
    for ranking, count in profile:
        for rank, at in enumerate(ranking):
            found[at] += count * (size - rank)
    return tuple(found)


def _tally(terms: Terms, ballots: tuple[Ballot, ...], turnout: Turnout) -> Result:
    options = terms.options
    profile = rankings.profile(ballots)
    preferred = pairwise(profile, len(options))
    paths = strongest(preferred)
    order = tiers(paths)
    points = _points(profile, len(options))
    most = len(options) * turnout.cast
    found: list[str] = []
    if ballots:
        found += [*_said(options, order, preferred), *_by_points(options, order, points)]
    return Result(
        lines=(
            *found,
            *(
                f"{option}: {each} of {plural(most, 'point')}"
                for option, each in zip(options, points, strict=True)
                if turnout.cast
            ),
            *turned_out.lines(turnout, terms.quorum),
        ),
        chart=_table(terms, preferred, order, points, turnout),
        sums={
            "way": str(Way.RANKED),
            **turned_out.as_sums(turnout, terms.quorum),
            "order": [[options[at] for at in tier] for tier in order] if ballots else [],
            "preferred": _named(options, preferred),
            "paths": _named(options, paths),
            "points": dict(zip(options, points, strict=True)),
        },
    )


def _named(options: tuple[str, ...], matrix: Matrix) -> dict[str, dict[str, int]]:
    return {
        one: {other: matrix[a][b] for b, other in enumerate(options) if a != b}
        for a, one in enumerate(options)
    }


def _said(
    options: tuple[str, ...], order: tuple[tuple[int, ...], ...], preferred: Matrix
) -> list[str]:
    """The order in words, and how its beginning came about."""
    said, before = [], 0
    for tier in order:
        equal = " (equal)" if len(tier) > 1 else ""
        said.append(f"{before + 1}. {listed(options[at] for at in tier)}{equal}")
        before += len(tier)
    first = order[0]
    if len(first) > 1:
        why = f"{listed(options[at] for at in first)} cannot be parted by these rankings."
    elif all(
        preferred[first[0]][b] > preferred[b][first[0]]
        for b in range(len(options))
        if b != first[0]
    ):
        why = f"{options[first[0]]} is put before each other option by more people than the other way round."
    else:
        why = (
            f"No option is put before each other one; the strongest chain of preferences begins with {options[first[0]]} "
            "(Schulze’s method)."
        )
    return [f"Compared two at a time: {'; '.join(said)}.", why]


def _by_points(
    options: tuple[str, ...], order: tuple[tuple[int, ...], ...], points: tuple[int, ...]
) -> list[str]:
    """A line where points alone would begin otherwise."""
    best = tuple(at for at, each in enumerate(points) if each == max(points))
    if best == order[0]:
        return []
    return [f"By points alone {listed(options[at] for at in best)} would come first."]


def _table(
    terms: Terms,
    preferred: Matrix,
    order: tuple[tuple[int, ...], ...],
    points: tuple[int, ...],
    turnout: Turnout,
) -> Table:
    place: dict[int, int] = {}
    for tier in order:
        before = len(place)
        place |= dict.fromkeys(tier, before + 1)
    rows = []
    for a, option in enumerate(terms.options):
        against = [
            Cell(words="–") if a == b else Cell(words=str(preferred[a][b]))
            for b in range(len(terms.options))
        ]
        first = turnout.cast > 0 and place[a] == 1
        cells = (
            *against,
            Cell(words=str(points[a])),
            Cell(words=str(place[a]) if turnout.cast else "–", mark="elected" if first else ""),
        )
        rows.append((f"{a + 1} {option}", cells))
    before_what = tuple(f"before {b + 1}" for b in range(len(terms.options)))
    return Table(
        title=terms.topic,
        columns=(*before_what, "points", "place"),
        rows=tuple(rows),
        foot=turned_out.foot(turnout, terms.quorum),
    )


FORM = Form(
    way=Way.RANKED,
    purpose="put the options in your order; they are compared two at a time",
    days=3,
    positions=(),
    single=False,
    settle=_settle,
    read=rankings.read,
    words=rankings.words,
    tally=_tally,
)
