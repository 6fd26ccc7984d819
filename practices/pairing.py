"""Who meets whom: a round of pairs among all who take part, and the rota by which everybody in a crew meets everybody.

It promises that people who exclude each other are never brought together, that nobody meets the same person again while
everybody could meet somebody new, that the odd one joins a pair rather than waiting, and that whoever had to wait comes
first next time. No round is drawn of fewer than eight, and nobody is brought together who leaves hardly anybody open, so
that it takes several people who join forces to find out from a round what one other has said in private. The same people,
the same past and the same seed give the same round, so that it can be replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from practices.clock import aware

__all__ = [
    "CHOICE",
    "FEWEST",
    "Duo",
    "Partaker",
    "Round",
    "drawn",
    "duo",
    "duos",
    "next_turn",
    "pairs_of",
    "preview",
    "seated",
    "still_to_meet",
]

Duo = tuple[str, str]
"""Two people's ids in the order of the alphabet."""

FEWEST = 8
"""No round is drawn of fewer: they are a crew, in which nobody is left to chance, and each could work out too much about the others."""

CHOICE = 4
"""Whoever by their own words leaves fewer others open waits, so that nobody can leave a single person to find out about them."""

_MOST_AT_ONCE = 300
"""Of more people, groups of this size are drawn each by itself: time grows with the third power."""

_TRIES = 12

_FEW = 12
"""Of so many people all arrangements are gone through when the matching leaves somebody out."""
_WISHES = 2
_HOURS_APART = 3
_TRIO = 3


def duo(one: str, other: str) -> Duo:
    """Two people as one pair, whoever is named first."""
    return (one, other) if one < other else (other, one)


def duos(together: Iterable[str]) -> tuple[Duo, ...]:
    """The pairs within a pair or a trio: one, or three."""
    return tuple(duo(one, other) for one, other in combinations(together, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partaker:
    """Somebody who takes part in a round, with what counts for whom they meet."""

    id: str
    zone: ZoneInfo
    #: None named: any will do.
    languages: frozenset[str] = frozenset()
    #: The circles that they are in, other than the one whose round it is.
    circles: frozenset[str] = frozenset()
    #: Never with these; whose word it was is the same to everything here.
    not_with: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    #: How many rounds in a row nobody was found for them.
    waited: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came out: everybody who takes part is in one pair, in one trio, waits, or has left too few open."""

    #: Pairs and trios.
    together: tuple[tuple[str, ...], ...]
    waiting: tuple[str, ...]
    seed: str
    #: Whose own words leave fewer than `CHOICE` others.
    by_own_words: tuple[str, ...] = ()


def preview(people: int) -> tuple[int, int]:
    """How many pairs and trios so many people make of whom nobody waits: of their number alone, so that it tells nothing else."""
    if people < FEWEST:
        return 0, 0
    trios = people % 2
    return (people - _TRIO * trios) // 2, trios


def drawn(
    partakers: Iterable[Partaker],
    met: Mapping[Duo, int],
    *,
    seed: str,
    now: datetime,
    lately: Mapping[Duo, int] | None = None,
) -> Round | None:
    """The round as it is held, or None when fewer than `FEWEST` take part: see `seated` for what is given.

    Whoever by their own words leaves fewer than `CHOICE` of those who take part is with nobody, whatever others have said.
    """
    aware(now)
    everybody = {each.id: each for each in partakers}.values()
    if len(everybody) < FEWEST:
        return None
    few = {
        each.id
        for each in everybody
        if sum(_by_own_words(each, other) for other in everybody) < CHOICE
    }
    rest = [each for each in everybody if each.id not in few]
    found = seated(rest, met, seed=seed, now=now, lately=lately)
    return replace(found, by_own_words=tuple(sorted(few)))


def seated(
    partakers: Iterable[Partaker],
    met: Mapping[Duo, int],
    *,
    seed: str,
    now: datetime,
    lately: Mapping[Duo, int] | None = None,
) -> Round:
    """These people in pairs and trios, however few they are.

    `met` counts how often two were brought together, `lately` says how many months ago they last talked.
    First as many as possible are in pairs, those who waited before all others; then the sum of met² is the smallest; then
    come those who did not talk lately, share few circles, live by similar clocks, and wished for each other.
    """
    aware(now)
    everybody = _shuffled(partakers, seed)
    groups = -(-len(everybody) // _MOST_AT_ONCE) or 1
    together: list[tuple[str, ...]] = []
    waiting: list[str] = []
    for group in (everybody[at::groups] for at in range(groups)):
        table = _Table(group, met, lately or {}, seed, now)
        found = table.arranged()
        together += found
        placed = {each for some in found for each in some}
        waiting += [each.id for each in group if each.id not in placed]
    if groups > 1 and 0 < len(waiting) < len(everybody):
        # Two who were left in two groups may be a pair.
        left = [each for each in everybody if each.id in set(waiting)]
        rest = seated(left, met, seed=seed, now=now, lately=lately)
        together, waiting = [*together, *rest.together], list(rest.waiting)
    return Round(together=tuple(together), waiting=tuple(waiting), seed=seed)


def _lot(seed: str, of: str) -> bytes:
    return blake2b(f"{seed}\n{of}".encode(), digest_size=8).digest()


def _shuffled(partakers: Iterable[Partaker], seed: str) -> list[Partaker]:
    found = {each.id: each for each in partakers}
    return sorted(found.values(), key=lambda each: (_lot(seed, each.id), each.id))


def _by_own_words(one: Partaker, other: Partaker) -> bool:
    """Whether somebody could meet another as far as they themselves, and the languages that both have named, say."""
    apart = one.languages and other.languages and one.languages.isdisjoint(other.languages)
    return other.id != one.id and other.id not in one.not_with and not apart


def _permitted(one: Partaker, other: Partaker) -> bool:
    if other.id in one.not_with or one.id in other.not_with:
        return False
    return not (one.languages and other.languages and one.languages.isdisjoint(other.languages))


def _hours_apart(one: Partaker, other: Partaker, now: datetime) -> int:
    east = [now.astimezone(each.zone).utcoffset() for each in (one, other)]
    assert east[0] is not None
    assert east[1] is not None
    apart = abs(int((east[0] - east[1]).total_seconds() // 3600)) % 24
    return min(apart, 24 - apart)


class _Table:
    """What it costs to bring any two of a group together, and the cheapest way to seat all of them.

    Everything is a whole number, so that the matching is exact. Each level outweighs all that stands below it: being in a
    pair at all, having waited, met², and the rest.
    """

    def __init__(
        self,
        group: Sequence[Partaker],
        met: Mapping[Duo, int],
        lately: Mapping[Duo, int],
        seed: str,
        now: datetime,
    ) -> None:
        self.group = group
        self.lots = [_lot(seed, each.id)[0] for each in group]
        self.costs: dict[tuple[int, int], int] = {}
        times: dict[tuple[int, int], int] = {}
        apart: dict[tuple[str, str], int] = {}
        for one, other in combinations(range(len(group)), 2):
            a, b = group[one], group[other]
            if not _permitted(a, b):
                continue
            zones = (a.zone.key, b.zone.key)
            if zones not in apart:
                apart[zones] = _hours_apart(a, b, now)
            both = duo(a.id, b.id)
            times[one, other] = met.get(both, 0)
            self.costs[one, other] = self._mildly(one, other, lately.get(both), apart[zones])
        repeat = (max(self.costs.values(), default=0) + 1) * (len(group) + 1)
        for two, often in times.items():
            self.costs[two] += often * often * repeat
        self.waited = (max(self.costs.values(), default=0) + 1) * (len(group) + 1)

    def _mildly(self, one: int, other: int, months: int | None, apart: int) -> int:
        """What counts only between those who have met equally often."""
        a, b = self.group[one], self.group[other]
        lately = 0 if months is None else max(0, 3 - months // 4)
        shared = min(len(a.circles & b.circles), 3)
        wishes = (b.id in a.wishes) + (a.id in b.wishes)
        cost = 4 * lately + 2 * shared + apart // _HOURS_APART + 3 * (_WISHES - wishes)
        # Lots decide between equals. A product modulo a prime leaves no pattern, which would cost the search four times as long.
        return 4 * cost + self.lots[one] * self.lots[other] % 251 % 4

    def cost(self, one: int, other: int) -> int | None:
        """Of bringing two together; None where it is not permitted."""
        return self.costs.get((one, other) if one < other else (other, one))

    def arranged(self) -> list[tuple[str, ...]]:
        """Pairs and trios; as few as possible of those who waited before are left out, and then of the others.

        Who is the odd one is tried anew while somebody is left out; the last try is of pairs alone, which seat as many of those who
        waited as pairs can.
        """
        thirds = self._thirds() if len(self.group) % 2 else {}
        alone = len(self.group) - len({each for two in self.costs for each in two})
        best: list[tuple[int, ...]] = []
        least: tuple[int, int, int] | None = None
        for left in range(_TRIES, -1, -1):
            thirds = thirds if left else {}
            pairs, third = self._paired(thirds)
            seats = self._joined(pairs)
            found = self._judged(seats)
            if least is None or found < least:
                best, least = seats, found
            if third is None or (
                found[1] <= alone and found[2] <= self._hoped(pairs, thirds[third])
            ):
                break
            thirds = {each: cost for each, cost in thirds.items() if each != third}
        if least is not None and least[1] > alone and len(self.group) <= _FEW:
            seats = self._searched()
            best = min(best, seats, key=lambda each: self._judged(each)[:2])
        return [tuple(self.group[each].id for each in seat) for seat in best]

    def _thirds(self) -> dict[int, int]:
        """What it costs at least to join somebody to a pair."""
        around: dict[int, list[int]] = {each: [] for each in range(len(self.group))}
        for (one, other), cost in self.costs.items():
            around[one].append(cost)
            around[other].append(cost)
        return {each: sum(sorted(costs)[:2]) for each, costs in around.items() if len(costs) > 1}

    def _paired(self, thirds: Mapping[int, int]) -> tuple[list[tuple[int, int]], int | None]:
        """The best pairs, and who is the odd one for whom a place in a trio is to be found."""
        highest = max([*self.costs.values(), *thirds.values()], default=0)
        most = max((each.waited for each in self.group), default=0)
        seated = (highest + 2 * most * self.waited + 1) * (len(self.group) + 1)
        odd = len(self.group)
        edges = [(each, odd, highest + 1 - cost) for each, cost in thirds.items()]
        for (one, other), cost in self.costs.items():
            before = self.group[one].waited + self.group[other].waited
            edges.append((one, other, seated + before * self.waited + highest - cost))
        pairs = _matched(edges)
        third = next((one for one, other in pairs if other == odd), None)
        return [two for two in pairs if two[1] != odd], third

    def _joined(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        """The pairs, to which those left over are joined: one to a pair at most, whoever waited before the others."""
        seated = {each for two in pairs for each in two}
        left = [each for each in range(len(self.group)) if each not in seated]
        joins: dict[tuple[int, int], int] = {}
        for at, (one, other) in enumerate(pairs, start=len(self.group)):
            for each in left:
                first, second = self.cost(each, one), self.cost(each, other)
                if first is not None and second is not None:
                    joins[each, at] = first + second
        highest = max(joins.values(), default=0)
        bonus = (highest + 1) * (len(self.group) + 1)
        edges = [
            (each, at, bonus * (1 + self.group[each].waited) + highest - cost)
            for (each, at), cost in joins.items()
        ]
        third = {at: each for each, at in _matched(edges)}
        return [
            (*two, third[at]) if at in third else two
            for at, two in enumerate(pairs, start=len(self.group))
        ]

    def _searched(self) -> list[tuple[int, ...]]:
        """The best of all ways to seat a few people in pairs and trios, with no more trios than it needs."""
        found: dict[int, tuple[tuple[int, int, int, int], tuple[tuple[int, ...], ...]]] = {
            0: ((0, 0, 0, 0), ())
        }

        for people in range(1, 1 << len(self.group)):
            first = people.bit_length() - 1
            (waited, left, trios, cost), seats = found[people ^ (1 << first)]
            waited += self.group[first].waited > 0
            best = (waited, left + 1, trios, cost), seats
            for seat in self._seats(first, people):
                rest = people
                for each in seat:
                    rest ^= 1 << each
                (waited, left, trios, cost), seats = found[rest]
                paid = sum(self.cost(*two) or 0 for two in combinations(seat, 2))
                here = waited, left, trios + (len(seat) == _TRIO), cost + paid
                if here < best[0]:
                    best = here, (*seats, seat)
            found[people] = best
        return list(found[(1 << len(self.group)) - 1][1])

    def _seats(self, first: int, people: int) -> Iterator[tuple[int, ...]]:
        """The pairs and trios that somebody could be in with those before them whom `people` holds, one bit for each."""
        others = [
            each
            for each in range(first)
            if people >> each & 1 and self.cost(first, each) is not None
        ]
        yield from ((each, first) for each in others)
        for one, other in combinations(others, 2):
            if self.cost(one, other) is not None:
                yield one, other, first

    def _judged(self, seats: Sequence[tuple[int, ...]]) -> tuple[int, int, int]:
        """How many who waited are left out, how many in all, and what all seats cost: the smaller, the better."""
        seated = {each for seat in seats for each in seat}
        left = [each for at, each in enumerate(self.group) if at not in seated]
        costs = (self.cost(*two) for seat in seats for two in combinations(seat, 2))
        return sum(each.waited > 0 for each in left), len(left), sum(cost or 0 for cost in costs)

    def _hoped(self, pairs: Iterable[tuple[int, int]], third: int) -> int:
        """What the pairs and the cheapest thinkable third cost: nothing can be better."""
        return third + sum(self.cost(*two) or 0 for two in pairs)


def _matched(edges: Sequence[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """The matching of the greatest weight among those with the most edges, each with its smaller end first."""
    if not edges:
        return []
    # It takes half a second to load, which nobody needs before the first round.
    from networkx import Graph, max_weight_matching  # noqa: PLC0415

    graph: Graph[Any] = Graph()
    graph.add_weighted_edges_from(edges)
    found = max_weight_matching(graph, maxcardinality=True)
    return sorted((min(two), max(two)) for two in found)


# The rota of a crew.


def pairs_of(people: int) -> int:
    """How many pairs there are among so many people (R32): 10 for 5, 28 for 8."""
    return people * (people - 1) // 2


def still_to_meet(members: Iterable[str], proposed: Set[Duo]) -> list[Duo]:
    """The pairs of the present members that this cycle has not had yet, in the members' order."""
    return [two for two in duos(dict.fromkeys(members)) if two not in proposed]


def next_turn(members: Sequence[str], proposed: Set[Duo]) -> tuple[Duo, ...]:
    """The pairs that meet next in a crew's cycle; none when everybody has met everybody.

    While nobody comes or goes these are the turns of the circle method: one fewer than they are for an even number, as many for
    an odd one. After somebody came or went, each turn has as many pairs as can be, those first who have most before them.
    A pair is proposed once in a cycle whoever comes and goes (R32), because only pairs not yet proposed are.
    """
    missing = still_to_meet(members, proposed)
    for turn in _circle(list(dict.fromkeys(members))):
        if turn and proposed.isdisjoint(turn):
            return turn
    ahead: dict[str, int] = {}
    for one, other in missing:
        ahead[one] = ahead.get(one, 0) + 1
        ahead[other] = ahead.get(other, 0) + 1
    place = {each: at for at, each in enumerate(ahead)}
    edges = [
        (place[one], place[other], ahead[one] ** 2 + ahead[other] ** 2) for one, other in missing
    ]
    names = list(ahead)
    return tuple(duo(names[one], names[other]) for one, other in _matched(edges))


def _circle(members: list[str]) -> list[tuple[Duo, ...]]:
    """The first stays, the others move around the table by one seat; opposite the empty seat of an odd number one rests."""
    seats: list[str | None] = [*members, *([None] if len(members) % 2 else [])]
    turns = []
    for _ in range(len(seats) - 1):
        half = len(seats) // 2
        facing = zip(seats[:half], reversed(seats[half:]), strict=True)
        turns.append(tuple(duo(one, other) for one, other in facing if one and other))
        seats = [seats[0], seats[-1], *seats[1:-1]]
    return turns
