"""Rankings: how an order of options is read and said, and which orders were given how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from practices.polls.poll import Ballot, Marks, Terms
from practices.polls.wording import named, pairs, place
from practices.understanding import NotUnderstood

__all__ = ["Profile", "in_order", "profile", "read", "words"]

#: How many gave each ranking, a ranking being the options' places from first to last.
Profile = tuple[tuple[tuple[int, ...], int], ...]


def read(terms: Terms, text: str) -> Marks:
    """An order as people write it: `2 > 1 > 3`, `2 1 3`, `soup, tea`, one a line, or ranks as in `soup=1 tea=2`.

    Whatever is left out comes after all that is named. Raises NotUnderstood.
    """
    ranked = _by_ranks(terms, text)
    if ranked is None:
        ranked = {at: rank for rank, at in enumerate(named(terms.options, text), start=1)}
    if len(ranked) < min(terms.least, len(terms.options)):
        raise NotUnderstood(
            f"You named {len(ranked)}, and at least {terms.least} are asked for: first the one you like best, such as 2 > 1."
        )
    return {at: ranked[at] for at in sorted(ranked)}


def _by_ranks(terms: Terms, text: str) -> dict[int, int] | None:
    """`soup=1 tea=2`; None when no ranks are written."""
    try:
        place(terms.options, text)
    except NotUnderstood:
        pass
    else:
        return None
    if not any(sign in text for sign in "=:"):
        return None
    given = pairs(terms.options, text, example="“1=2 2=1” puts the second first")
    order = sorted(given, key=lambda at: (given[at], at))
    for before, after in pairwise(order):
        if given[before] == given[after]:
            raise NotUnderstood(
                f"“{terms.options[before]}” and “{terms.options[after]}” both have rank {given[before]}. "
                "Each rank is given once, the best is 1."
            )
    if [given[at] for at in order] != list(range(1, len(order) + 1)):
        raise NotUnderstood(
            "Ranks begin with 1, the best, and leave none out. For example: “1=2 2=1” puts the second first."
        )
    return given


def words(terms: Terms, marks: Marks) -> str:
    """As in `soup > tea`."""
    return " > ".join(terms.options[at] for at in in_order(marks)) or "no ranking"


def in_order(marks: Marks) -> tuple[int, ...]:
    """The places from first to last."""
    return tuple(sorted((at for at in marks if marks[at] > 0), key=lambda at: (marks[at], at)))


def profile(ballots: Iterable[Ballot]) -> Profile:
    """Equal rankings together, in an order that does not depend on who came first."""
    return tuple(sorted(Counter(in_order(ballot.marks) for ballot in ballots).items()))
