"""Measures pairing rounds in one process: how often people meet the same person again, and how long a round takes.

Three ways are compared over the same rounds: neighbours in a shuffled row, whoever has met the fewest of those who are
left (what most pairing bots do), and the maximum-weight matching that Kinkeeper uses. A repeat is a pair that has met
before. Where everybody can meet everybody in as many rounds as there are others, no way of going round by round can
promise no repeat at all: the rota of a crew, which knows its whole cycle, can.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from practices.pairing import Duo, Partaker, drawn, duo, duos, next_turn
from tests.bench.figures import Figure, repeated

#: People and rounds, as in the tables of others.
ROUNDS: Final = ((18, 12), (60, 24), (30, 29), (200, 3))

_NOW: Final = datetime(2026, 12, 3, 9, tzinfo=UTC)
_ZONE: Final = ZoneInfo("Europe/Rome")

Met = dict[Duo, int]
Way = Callable[[Sequence[str], Met, str], list[Duo]]


@dataclass(frozen=True, slots=True)
class Came:
    """What some rounds came to."""

    repeats: int
    #: Processor time of the slowest round.
    seconds: float


def shuffled(people: Sequence[str], _met: Met, seed: str) -> list[Duo]:
    """Neighbours in a row that is shuffled."""
    row = list(people)
    Random(seed).shuffle(row)
    return [duo(one, other) for one, other in zip(row[::2], row[1::2], strict=False)]


def greedy(people: Sequence[str], met: Met, seed: str) -> list[Duo]:
    """One after the other takes whoever they have met least of those who are left."""
    left = list(people)
    Random(seed).shuffle(left)
    pairs = []
    while len(left) > 1:
        one = left.pop()
        other = min(left, key=lambda each: met.get(duo(one, each), 0))
        left.remove(other)
        pairs.append(duo(one, other))
    return pairs


def ours(people: Sequence[str], met: Met, seed: str) -> list[Duo]:
    """The round as a congregation gets it."""
    found = drawn([Partaker(id=each, zone=_ZONE) for each in people], met, seed=seed, now=_NOW)
    assert found is not None, "they are enough for a round"
    return [two for together in found.together for two in duos(together)]


def in_turns(people: Sequence[str], met: Met, _seed: str) -> list[Duo]:
    """The rota, which goes through the pairs of a whole cycle."""
    return list(next_turn(people, set(met)))


WAYS: Final[dict[str, Way]] = {
    "shuffle": shuffled,
    "greedy": greedy,
    "matching": ours,
}


def went(way: Way, people: int, rounds: int, seed: int) -> Came:
    """So many rounds of so many people."""
    everybody = [f"p{number:03}" for number in range(people)]
    met: Met = {}
    repeats, slowest = 0, 0.0
    for number in range(rounds):
        begun = time.process_time()
        pairs = way(everybody, met, f"{seed} {number}")
        slowest = max(slowest, time.process_time() - begun)
        repeats += sum(two in met for two in pairs)
        for two in pairs:
            met[two] = met.get(two, 0) + 1
    return Came(repeats, slowest)


def pairing(seeds: int, tell: Callable[[str], None]) -> list[Figure]:
    """The figures of all ways, each with `seeds` seeds: repeats, and our slowest round."""
    figures = []
    for people, rounds in ROUNDS:
        name = f"{people} people, {rounds} rounds"
        came = {
            way: [went(run, people, rounds, seed) for seed in range(seeds)]
            for way, run in WAYS.items()
        }
        repeats = {way: [float(each.repeats) for each in all_] for way, all_ in came.items()}
        figures += [
            repeated(f"{name}: repeats of {way}", repeats[way], "") for way in ("shuffle", "greedy")
        ]
        # Going round by round through every pair there is, the last rounds can have nobody new for somebody.
        exact = rounds < people - 1
        figures.append(
            Figure(
                name=f"{name}: repeats of ours",
                value=max(repeats["matching"]),
                low=min(repeats["matching"]),
                high=max(repeats["matching"]),
                at_most=0 if exact else min(repeats["greedy"]),
            )
        )
        slowest = [each.seconds for each in came["matching"]]
        figures.append(repeated(f"{name}: slowest round", slowest, "s", at_most=1.0))
        tell(
            f"  {name}: of {rounds * people // 2} pairs {_mean(repeats['shuffle'])} repeat in a shuffle, "
            f"{_mean(repeats['greedy'])} with the fewest met first, {_mean(repeats['matching'])} with ours"
        )
    whole = went(in_turns, 30, 29, 0)
    figures.append(
        Figure(
            name="30 people, 29 turns of the rota: repeats",
            value=whole.repeats,
            at_most=0,
            must=True,
        )
    )
    return figures


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.1f}"
