"""The single transferable vote by the Scottish rules, stage by stage.

Source: the Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52: Droop quota, the
weighted inclusive Gregory method, transfer values cut off after five decimal places. It promises the same stages for
the same ballots in whatever order they come, in whole numbers throughout.

Where candidates are level, the most recent earlier stage that tells them apart does (rules 49 and 51). Where no stage
does, the rules draw lots; chance is not pure, so here whoever stands earlier in the list of options stays, or passes on
their surplus first, and the count says that it was so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from practices.polls.rankings import Profile

__all__ = ["ONE", "Act", "Count", "Stage", "Tie", "count", "decimals"]

ONE = 100_000
"""Votes are counted in hundred thousandths, so that five decimal places are whole numbers."""

_PLACES = 5


def decimals(votes: int) -> str:
    """As in `1062.43216`, with the five places that the rules count with."""
    return f"{votes // ONE}.{votes % ONE:0{_PLACES}d}"


class Act(StrEnum):
    """What a stage does before its votes are looked at."""

    FIRST = "first preferences"
    SURPLUS = "surplus"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Candidates who were level, and how they were parted."""

    #: Their places.
    level: tuple[int, ...]
    #: Who goes: is excluded, or passes on a surplus first.
    chosen: int
    #: The earlier stage, from 1, that parted them last; None when none did and the order of the list had to.
    by_stage: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is there at the end of one stage; votes in hundred thousandths, by the option's place."""

    act: Act
    #: Whose surplus is passed on, or who is excluded; None in the first stage.
    whose: int | None
    votes: tuple[int, ...]
    #: Votes on ballots that name nobody still in.
    exhausted: int
    #: What the cutting off after five places has lost.
    lost: int
    #: Who is elected by this stage: by quota first, most votes first.
    elected: tuple[int, ...]
    #: Everybody who is out by now, or elected by now.
    excluded: frozenset[int]
    seated: frozenset[int]
    tie: Tie | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The whole count."""

    #: Votes a seat needs, in whole votes.
    quota: int
    stages: tuple[Stage, ...]
    #: The places in the order in which they were elected; fewer than the seats only where there are fewer options.
    elected: tuple[int, ...]


class _Table:
    """The counting table: each candidate's parcels of papers, every paper with the value at which it was received."""

    def __init__(self, profile: Profile, size: int, seats: int) -> None:
        self.seats = seats
        self.ballots = sum(papers for _, papers in profile)
        self.quota = self.ballots // (seats + 1) + 1
        self.continuing = set(range(size))
        self.elected: list[int] = []
        self.excluded: set[int] = set()
        self.votes = [0] * size
        #: For each candidate (rest of the ranking, value) -> papers.
        self.parcels: list[dict[tuple[tuple[int, ...], int], int]] = [{} for _ in range(size)]
        self.exhausted = 0
        self.stages: list[Stage] = []
        for ranking, papers in profile:
            self._hand_on(ranking, ONE, papers)

    def _hand_on(self, ranking: tuple[int, ...], value: int, papers: int) -> None:
        """Papers go to the next who is still in, or are exhausted."""
        for at, candidate in enumerate(ranking):
            if candidate in self.continuing:
                key = ranking[at + 1 :], value
                parcels = self.parcels[candidate]
                parcels[key] = parcels.get(key, 0) + papers
                self.votes[candidate] += value * papers
                return
        self.exhausted += value * papers

    def surpluses(self) -> list[int]:
        """Whose surplus waits, the order being that of the options."""
        return [at for at in sorted(self.elected) if self.votes[at] > self.quota * ONE]

    def pass_on(self, candidate: int) -> None:
        """Rule 48: every paper goes on at surplus times its value by votes, cut off after five places."""
        votes, surplus = self.votes[candidate], self.votes[candidate] - self.quota * ONE
        parcels, self.parcels[candidate] = self.parcels[candidate], {}
        self.votes[candidate] = self.quota * ONE
        for (rest, value), papers in parcels.items():
            self._hand_on(rest, surplus * value // votes, papers)

    def exclude(self, candidate: int) -> None:
        """Rule 50: every paper goes on at the value at which it came."""
        self.continuing.discard(candidate)
        self.excluded.add(candidate)
        parcels, self.parcels[candidate] = self.parcels[candidate], {}
        self.votes[candidate] = 0
        for (rest, value), papers in parcels.items():
            self._hand_on(rest, value, papers)

    def end_stage(self, act: Act, whose: int | None, tie: Tie | None) -> None:
        """Rules 47 and 52: who has the quota is elected, and so is everybody left when they are no more than the seats."""
        reached = [at for at in self.continuing if self.votes[at] >= self.quota * ONE]
        new = self._most_first(reached)
        self._seat(new)
        if len(self.continuing) <= self.seats - len(self.elected):
            left = self._most_first(self.continuing)
            self._seat(left)
            new += left
        self.stages.append(
            Stage(
                act=act,
                whose=whose,
                votes=tuple(self.votes),
                exhausted=self.exhausted,
                lost=self.ballots * ONE - self.exhausted - sum(self.votes),
                elected=tuple(new),
                excluded=frozenset(self.excluded),
                seated=frozenset(self.elected),
                tie=tie,
            )
        )

    def _most_first(self, candidates: Sequence[int] | set[int]) -> list[int]:
        return sorted(candidates, key=lambda at: (-self.votes[at], at))

    def _seat(self, candidates: Sequence[int]) -> None:
        self.elected += candidates
        self.continuing -= set(candidates)

    def part(self, level: Sequence[int], *, highest: bool) -> tuple[int, Tie | None]:
        """Who of those with the same votes goes: by earlier stages, newest first, then by the order of the options."""
        left, by_stage = list(level), None
        for number in range(len(self.stages), 0, -1):
            if len(left) == 1:
                break
            then = self.stages[number - 1].votes
            best = (max if highest else min)(then[at] for at in left)
            narrower = [at for at in left if then[at] == best]
            if len(narrower) < len(left):
                left, by_stage = narrower, number
        if len(level) == 1:
            return level[0], None
        chosen = min(left) if highest else max(left)
        by_stage = by_stage if len(left) == 1 else None
        return chosen, Tie(level=tuple(sorted(level)), chosen=chosen, by_stage=by_stage)

    def next_surplus(self, waiting: Sequence[int]) -> tuple[int, Tie | None]:
        """Rule 49: the highest surplus first."""
        highest = max(self.votes[at] for at in waiting)
        return self.part([at for at in waiting if self.votes[at] == highest], highest=True)

    def next_excluded(self) -> tuple[int, Tie | None]:
        """Rules 50 and 51: the fewest votes."""
        fewest = min(self.votes[at] for at in self.continuing)
        level = sorted(at for at in self.continuing if self.votes[at] == fewest)
        return self.part(level, highest=False)


def count(profile: Profile, *, size: int, seats: int) -> Count:
    """Count rankings of `size` options for so many seats. Without a ballot nobody is elected and there is no stage."""
    ranked = tuple((ranking, papers) for ranking, papers in profile if ranking)
    table = _Table(ranked, size, seats)
    if not ranked:
        return Count(quota=table.quota, stages=(), elected=())
    table.end_stage(Act.FIRST, None, None)
    while len(table.elected) < seats and table.continuing:
        waiting = table.surpluses()
        if waiting:
            whose, tie = table.next_surplus(waiting)
            table.pass_on(whose)
            table.end_stage(Act.SURPLUS, whose, tie)
        else:
            whose, tie = table.next_excluded()
            table.exclude(whose)
            table.end_stage(Act.EXCLUSION, whose, tie)
    return Count(quota=table.quota, stages=tuple(table.stages), elected=tuple(table.elected))
