"""Onboarding: who could stand beside a newcomer, what the two commit to, and which weeks are spoken of (DYAD-6).

It promises that nobody is assigned, only somebody found who could be asked: whoever invited the newcomer first (R38), then
whoever is free, shares a language, and lives on nearby clocks. A pair stays "proposed" until both have committed to
something (R42), and a welcome pod is eight people at most (R44). Nothing here compares people by what they did.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import blake2b

from dateutil.relativedelta import relativedelta

from practices.understanding import NotUnderstood

__all__ = [
    "AT_ONCE",
    "COMMITMENTS",
    "FIRST_TALK",
    "MONTHS",
    "MOST_NEWCOMERS",
    "POD",
    "TOUR_PEOPLE",
    "WEEKS",
    "Standing",
    "Tour",
    "Volunteer",
    "closing_day",
    "found",
    "pod_refusal",
    "prompt",
    "read_commitments",
    "standing",
    "weeks",
]

WEEKS = (1, 4, 8, 12)
"""In these weeks the two are spoken to (R43)."""

MONTHS = 3
"""After so many both are asked whether it goes on (R16, R43)."""

FIRST_TALK = timedelta(days=7)
"""Within so long the two talk for the first time."""

COMMITMENTS = range(1, 4)
"""So many lines does each of the two write to the other (R42)."""

TOUR_PEOPLE = 3
"""So many other people does a newcomer meet one-to-one, and visits one open session."""

AT_ONCE = range(1, 6)
"""So many newcomers can somebody be beside at once, by their own word."""

POD = range(3, 9)
"""People in a welcome pod, its experienced member included (R44)."""

MOST_NEWCOMERS = POD.stop - 2
"""Newcomers in a welcome pod (R44)."""

_LONGEST = 200
"""Characters of one commitment: it fits in a line."""


class Standing(StrEnum):
    """Where the accompanying of one newcomer stands; once it is over there is none."""

    #: The newcomer is asked whether they would like somebody beside them.
    OFFERED = "offered"
    #: Not this time; kept for a while so that they are not asked again.
    DECLINED = "declined"
    #: They would; nobody is asked just now.
    LOOKING = "looking"
    #: Somebody is asked whether they would stand beside the newcomer.
    ASKED = "asked"
    #: That somebody would; the newcomer is asked about them.
    INTRODUCED = "introduced"
    #: Both would (R31); not both have committed to something yet (R42).
    PROPOSED = "proposed"
    ACTIVE = "active"
    #: Three months are over, and both are asked how it goes on (R43).
    CLOSING = "closing"


def standing(of_newcomer: Sequence[str], of_member: Sequence[str]) -> Standing:
    """Where a pair stands by what the two have committed to: from one side only it stays proposed (R42)."""
    return Standing.ACTIVE if of_newcomer and of_member else Standing.PROPOSED


_BULLET = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.)])\s+")


def read_commitments(text: str) -> tuple[str, ...]:
    """One to three commitments, one on each line, or between semicolons. Raises NotUnderstood."""
    parts = [_BULLET.sub("", part) for part in re.split(r"[\n;]", text)]
    lines = tuple(" ".join(part.split()) for part in parts if part.strip())
    if len(lines) not in COMMITMENTS:
        raise NotUnderstood(
            f"One to {COMMITMENTS[-1]} commitments are enough, one on each line; I read {len(lines)}."
        )
    if any(len(line) > _LONGEST for line in lines):
        raise NotUnderstood(f"A commitment fits in a line, up to {_LONGEST} characters.")
    return lines


# ------------------------------------------------------------------------------- who could be beside them


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """Somebody who could be asked; a newcomer is described by the same, without the numbers."""

    id: str
    #: As codes; none: any will do.
    languages: tuple[str, ...] = ()
    #: Minutes by which their clock is ahead of UTC today.
    ahead: int = 0
    #: Whom they are not to be brought together with.
    not_with: frozenset[str] = frozenset()
    #: How many newcomers they are beside already, and beside how many they would be at most.
    beside: int = 0
    most: int = 1
    #: The first day on which they are asked again.
    rests_until: date | None = None


def found(
    newcomer: Volunteer,
    volunteers: Iterable[Volunteer],
    *,
    inviter: str | None,
    tried: Collection[str],
    today: date,
    seed: str,
) -> str | None:
    """Who is asked next whether they would be beside a newcomer; None when nobody could be.

    `inviter` comes first where they are among the volunteers (R38). Those who come after are equals: who is beside fewer
    newcomers, then whose clock is nearer, then by lot, which `seed` draws the same way every time.
    """
    free = [
        each
        for each in volunteers
        if each.id != newcomer.id
        and each.id not in tried
        and each.beside < each.most
        and (each.rests_until is None or each.rests_until <= today)
        and each.id not in newcomer.not_with
        and newcomer.id not in each.not_with
        and _understand(newcomer.languages, each.languages)
    ]

    def order(each: Volunteer) -> tuple[bool, int, int, bytes]:
        lot = blake2b(f"{seed} {each.id}".encode(), digest_size=16).digest()
        return each.id != inviter, each.beside, _apart(newcomer.ahead, each.ahead), lot

    return min(free, key=order).id if free else None


def _understand(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two can talk: `pt-BR` is a kind of `pt`, and who named nothing speaks whatever is spoken."""

    def bare(codes: Sequence[str]) -> set[str]:
        return {code.casefold().partition("-")[0] for code in codes}

    return not one or not other or bool(bare(one) & bare(other))


def _apart(one: int, other: int) -> int:
    """Whole hours between two clocks, by the shorter way round."""
    minutes = abs(one - other) % (24 * 60)
    return round(min(minutes, 24 * 60 - minutes) / 60)


# ------------------------------------------------------------------------------------- the three months


def weeks(began: date) -> tuple[tuple[int, date], ...]:
    """The weeks that are spoken of, each with its day (R43)."""
    return tuple((week, began + timedelta(weeks=week)) for week in WEEKS)


def closing_day(began: date) -> date:
    """The day of the closing question, which is there from the beginning (R16, R43)."""
    return began + relativedelta(months=MONTHS)


_PROMPTS = {
    1: "Have you talked for the first time? Stories, hopes and fears are a good beginning; tools can wait.",
    4: "A month is a good time for your next talk: what has surprised you, and how is it with what you commit to?",
    8: "Two months: who else is there to meet, and is there an open session to go to? Your monthly talk may be due.",
    12: "In a few days it is three months. A last talk could look back: what was good, and what comes after it?",
}

_POD_PROMPTS = {
    1: "Have you found a time for your first meeting? Stories, hopes and fears are a good beginning; tools can wait.",
    4: "Your monthly meeting may be due: what has surprised each of you so far?",
    8: "Two months: whom has each of you met outside of this pod, and which open session could you visit together?",
    12: "In a few days it is three months. A last meeting could look back: what was good, and what comes after it?",
}


def prompt(week: int, *, pod: bool = False) -> str:
    """What is offered to think of in that week: to a pair, or to a pod. Raises KeyError for another week."""
    return (_POD_PROMPTS if pod else _PROMPTS)[week]


@dataclass(frozen=True, slots=True)
class Tour:
    """What a newcomer has ticked for themselves; the two see it, and it is no score."""

    met: int = 0
    visited: bool = False

    @property
    def done(self) -> bool:
        """Whether there is nothing left to tick."""
        return self.met >= TOUR_PEOPLE and self.visited

    def words(self) -> str:
        """As in `☑ ☑ ☐ people met one-to-one · ☐ an open session`."""
        met = " ".join("☑" if place < self.met else "☐" for place in range(TOUR_PEOPLE))
        return f"{met} people met one-to-one · {'☑' if self.visited else '☐'} an open session"


# ------------------------------------------------------------------------------------------- welcome pods


def pod_refusal(newcomers: int) -> str | None:
    """Why so many newcomers make no pod, and what works instead; None when they do (R44)."""
    if newcomers <= MOST_NEWCOMERS:
        return None
    return (
        f"A welcome pod is one table's conversation: you and up to {MOST_NEWCOMERS} newcomers, {POD[-1]} in all. With "
        f"{newcomers} it would be more, so nobody was asked. Somebody else can open a second pod for the others with "
        "`welcome pod` and their names."
    )
