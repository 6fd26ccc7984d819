"""Who is whose steward: everybody has exactly one, no two have each other, and those who are willing carry alike.

It promises R36 or a reason: whatever comes back as an arrangement keeps all of it and every "not with", with as many
wishes kept as can be; where that cannot be, the answer says what stands in the way. Whom a newcomer has first, the
person who invited them (R38), is decided here, too, with when a stewardship looks back and when it is nudged (R37).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from itertools import count

from dateutil.relativedelta import relativedelta

__all__ = [
    "MONTHS",
    "THEMES",
    "Arrangement",
    "Impossible",
    "Reason",
    "Tended",
    "arranged",
    "first_steward",
    "review_day",
    "theme",
]

FEWEST = 3
"""Two could only be each other's steward."""

MONTHS = 12
"""A stewardship looks back after so long unless something else is agreed (R37)."""

_MOST_TRIES = 400
# What cannot be costs more than all that can together, and less than what nothing can reach.
_FORBIDDEN = 10**15
_ENDLESS = 10**24
_WISH = 100
_LOTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tended:
    """An active member in a stewardship round."""

    id: str
    #: Whether they would be somebody's steward.
    willing: bool = True
    #: Whom they would like as their steward: any of these.
    wishes: frozenset[str] = frozenset()
    #: Never with these, in either direction; whose word it was is the same to everything here.
    not_with: frozenset[str] = frozenset()


class Reason(StrEnum):
    """Why there is no arrangement."""

    #: Fewer than three people.
    TOO_FEW = "too few"
    #: Fewer than three are willing: one has nobody, and two would have each other.
    TOO_FEW_WILLING = "too few willing"
    #: Somebody can have none of the willing.
    NOBODY_LEFT = "nobody left"
    #: Everybody could have somebody, but not with equal loads and no two each other's.
    NOT_TOGETHER = "not together"
    #: None was found in the time that is given to it, though there may be one.
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Impossible:
    """There is no arrangement, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Everybody's steward, and how many of those who wished have one they wished for."""

    steward_of: dict[str, str]
    wishes_kept: int


def arranged(people: Iterable[Tended], *, seed: str) -> Arrangement | Impossible:
    """An arrangement with as many wishes kept as can be, or why there is none; the same seed gives the same.

    The cheapest assignment with equal loads is found first. Where two have each other in it, it is looked for anew with
    either of the two forbidden, the cheapest first, so that the first in which nobody has is the best there is.
    """
    everybody = sorted(
        {each.id: each for each in people}.values(), key=lambda each: (_lot(seed, each.id), each.id)
    )
    willing = [at for at, each in enumerate(everybody) if each.willing]
    if len(everybody) < FEWEST:
        return Impossible(Reason.TOO_FEW)
    if len(willing) < FEWEST:
        return Impossible(Reason.TOO_FEW_WILLING)
    costs = _costs(everybody, willing)
    if any(all(cost >= _FORBIDDEN for cost in row) for row in costs):
        return Impossible(Reason.NOBODY_LEFT)
    found = _without_mutual(costs, willing)
    if isinstance(found, Impossible):
        return found
    steward_of = {everybody[at].id: everybody[by].id for at, by in enumerate(found)}
    kept = sum(steward_of[each.id] in each.wishes for each in everybody)
    return Arrangement(steward_of, kept)


def _lot(seed: str, of: str) -> bytes:
    return blake2b(f"{seed}\n{of}".encode(), digest_size=8).digest()


def _costs(everybody: Sequence[Tended], willing: Sequence[int]) -> list[list[int]]:
    """What it costs to give each person each of the willing; `_FORBIDDEN` where it is not permitted.

    Among equals the next around the table is preferred: then few have each other, and few searches are needed.
    """
    size = len(everybody)
    wish = _WISH * size
    rows = []
    for at, one in enumerate(everybody):
        row = []
        for by in willing:
            other = everybody[by]
            barred = at == by or other.id in one.not_with or one.id in other.not_with
            around = min((by - at) % size, _LOTS)
            row.append(_FORBIDDEN if barred else around + (0 if other.id in one.wishes else wish))
        rows.append(row)
    return rows


Barred = frozenset[tuple[int, int]]


def _without_mutual(costs: Sequence[list[int]], willing: Sequence[int]) -> list[int] | Impossible:
    order = count()
    ahead: list[tuple[int, int, Barred, list[int]]] = []

    def look(barred: Barred) -> None:
        found = _cheapest(costs, len(willing), barred)
        if found is not None:
            total, columns = found
            stewards = [willing[column] for column in columns]
            heapq.heappush(ahead, (total, next(order), barred, stewards))

    look(frozenset())
    place = {by: column for column, by in enumerate(willing)}
    for _ in range(_MOST_TRIES):
        if not ahead:
            return Impossible(Reason.NOT_TOGETHER)
        _, _, barred, stewards = heapq.heappop(ahead)
        mutual = _mutual(stewards)
        if mutual is None:
            return stewards
        one, other = mutual
        look(barred | {(one, place[other])})
        look(barred | {(other, place[one])})
    return Impossible(Reason.NOT_FOUND)


def _mutual(stewards: Sequence[int]) -> tuple[int, int] | None:
    """Two people who have each other."""
    for at, by in enumerate(stewards):
        if at < by and stewards[by] == at:
            return at, by
    return None


def _cheapest(
    costs: Sequence[list[int]], willing: int, barred: Barred
) -> tuple[int, list[int]] | None:
    """The cheapest assignment in which loads differ by one at most, as its cost and a column for each row; None: none.

    Each of the willing has as many seats as all must have, and one more that costs extra: so all of the former are taken,
    and of the latter no more than are left over. This is the Hungarian method, with seats of one person side by side.
    """
    rows = len(costs)
    each, over = divmod(rows, willing)
    extra = max(cost for row in costs for cost in row if cost < _FORBIDDEN) * rows + 1
    seats = [column for column in range(willing) for _ in range(each)]
    first_extra = len(seats)
    if over:
        seats += range(willing)
    table = []
    for at, row in enumerate(costs):
        line = [_FORBIDDEN if (at, column) in barred else cost for column, cost in enumerate(row)]
        table.append(
            [
                line[column] + (extra if seat >= first_extra else 0)
                for seat, column in enumerate(seats)
            ]
        )
    taken = _assigned(table)
    total = sum(table[at][seat] for at, seat in enumerate(taken))
    extras = sum(seat >= first_extra for seat in taken)
    if extras > over or any(table[at][seat] >= _FORBIDDEN for at, seat in enumerate(taken)):
        return None
    return total - extras * extra, [seats[seat] for seat in taken]


def _assigned(table: Sequence[Sequence[int]]) -> list[int]:
    """The seat of each row in the cheapest assignment of all rows; there are at least as many seats as rows."""
    rows, seats = len(table), len(table[0])
    of_row, of_seat = [0] * (rows + 1), [0] * (seats + 1)
    taken_by, way = [0] * (seats + 1), [0] * (seats + 1)
    for row in range(1, rows + 1):
        taken_by[0] = row
        at = 0
        slack = [_ENDLESS] * (seats + 1)
        open_ = list(range(1, seats + 1))
        closed = [0]
        while taken_by[at]:
            line, base = table[taken_by[at] - 1], of_row[taken_by[at]]
            least, nearest = _ENDLESS, 0
            for seat in open_:
                reduced = line[seat - 1] - base - of_seat[seat]
                if reduced < slack[seat]:
                    slack[seat] = reduced
                    way[seat] = at
                if slack[seat] < least:
                    least, nearest = slack[seat], seat
            for seat in closed:
                of_row[taken_by[seat]] += least
                of_seat[seat] -= least
            for seat in open_:
                slack[seat] -= least
            at = nearest
            open_.remove(at)
            closed.append(at)
        while at:
            taken_by[at] = taken_by[way[at]]
            at = way[at]
    seat_of = {row: seat for seat, row in enumerate(taken_by[1:]) if row}
    return [seat_of[row] for row in range(1, rows + 1)]


# One stewardship.


def first_steward(
    newcomer: str, inviter: str | None, *, members: Iterable[str], stewards: dict[str, str]
) -> str | None:
    """Whom a newcomer is offered as their first steward: who invited them (R38), while that one is here.

    `stewards` is who has whom: whoever has the newcomer as their steward cannot be the newcomer's.
    """
    if inviter is None or inviter == newcomer or inviter not in set(members):
        return None
    return None if stewards.get(inviter) == newcomer else inviter


def review_day(begun: date, months: int = MONTHS) -> date:
    """The day on which a stewardship is renewed or over (R16, R37)."""
    return begun + relativedelta(months=months)


THEMES = (
    "How was the month, for them and for you?",
    "What would they like to change next month?",
    "Which of their longer aims moved, and which rests?",
    "What would help them now, and who could give it?",
    "Is somebody waiting for them, or are they waiting for somebody?",
    "Is there a conflict to look at while it is small?",
    "What did they begin that deserves to be seen?",
    "How full are their days, and what may rest?",
    "Whom in the community would they like to know better?",
    "What do they need from you as their steward, and what not?",
    "What have they learned lately that others could use?",
    "What would a good next year look like?",
)
"""Themes for a steward's monthly talk, one for each month of a year; nobody has to take one."""


def theme(month: int) -> str:
    """The theme of the so-manieth month since a stewardship began, counted from nought."""
    return THEMES[month % len(THEMES)]
