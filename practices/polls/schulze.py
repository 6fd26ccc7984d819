"""The Schulze method: who is preferred to whom by the strongest chain of preferences.

Source: Markus Schulze, "A New Monotonic, Clone-Independent, Reversal Symmetric, and Condorcet-Consistent Single-Winner
Election Method", Social Choice and Welfare 36 (2011), with winning votes as the strength of a link. It promises that an
option which is preferred to each other option comes first, and that options which the method cannot part stay equal.
"""

from __future__ import annotations

from itertools import product

from practices.polls.rankings import Profile

__all__ = ["Matrix", "pairwise", "strongest", "tiers"]

#: For each pair of places a number; the diagonal is 0.
Matrix = tuple[tuple[int, ...], ...]


def pairwise(profile: Profile, size: int) -> Matrix:
    """How many rank the one before the other. What a ranking leaves out comes after all that it names, and equal."""
    found = [[0] * size for _ in range(size)]
    for ranking, count in profile:
        left = set(range(size))
        for at in ranking:
            left.discard(at)
            for other in left:
                found[at][other] += count
    return tuple(tuple(row) for row in found)


def strongest(preferred: Matrix) -> Matrix:
    """The strength of the strongest path between each two: the weakest of its links, where a link is a won pair."""
    size = len(preferred)
    paths = [
        [preferred[a][b] if preferred[a][b] > preferred[b][a] else 0 for b in range(size)]
        for a in range(size)
    ]
    for via, a in product(range(size), repeat=2):
        if a == via:
            continue
        reach = paths[a][via]
        for b in range(size):
            if b not in {a, via}:
                paths[a][b] = max(paths[a][b], min(reach, paths[via][b]))
    return tuple(tuple(row) for row in paths)


def tiers(paths: Matrix) -> tuple[tuple[int, ...], ...]:
    """The places from first to last; those in one tuple are equal: nobody left has a stronger path to them."""
    left, found = list(range(len(paths))), []
    while left:
        first = tuple(b for b in left if all(paths[a][b] <= paths[b][a] for a in left))
        found.append(first)
        left = [each for each in left if each not in first]
    return tuple(found)
