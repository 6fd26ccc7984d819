"""Matters: what the congregations of an assembly decide together, and when it is decided.

Each congregation finds its position in its own way, and its keeper sends it. When all have said all that is asked, or the
time is over, each keeper counts for itself and seals what it found. A word is final when more than two thirds have sealed it, of all
and of those that were confirmed: two words cannot both be, unless a third of them lie. No later letter can undo it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from practices.assembly.letters import Part

__all__ = [
    "GRACE",
    "LEAST_OPEN",
    "SMALLEST_CELL",
    "About",
    "Cells",
    "Matter",
    "Outcome",
    "Passing",
    "Position",
    "Stand",
    "Word",
    "awaited",
    "cells",
    "count",
    "may_seal",
    "quorum",
]

LEAST_OPEN = timedelta(days=3)
"""A congregation needs time to find its position; an honest keeper gives none where less was left."""

GRACE = timedelta(days=1)
"""So long after the end positions may still arrive before a keeper seals."""

SMALLEST_CELL = 5
"""Fewer people than these are never shown as a number (DEC-1 anonymous option; section 11)."""


class About(StrEnum):
    """What a matter is about."""

    #: Congregations are asked in.
    ADMIT = "admit"
    #: The others part from a congregation, after a talk.
    PART = "part"
    #: A keeper's account is lost, and another is to speak.
    KEEPER = "keeper"
    #: A protocol room goes on in another.
    MOVE = "move"
    #: Anything else that is shared. It changes nothing inside a congregation (R137).
    DECIDE = "decide"


class Stand(StrEnum):
    """A congregation's position."""

    CONSENT = "consent"
    OBJECTION = "objection"
    ASIDE = "aside"


class Word(StrEnum):
    """What came out."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """When a matter is accepted. Without shares: by consent."""

    #: More than so many of a hundred congregations that are entitled; None by consent.
    congregations: int | None = None
    #: And more than so many of a hundred people whose voices may be shown.
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """How the people of one congregation voted, as far as it may be shown."""

    yes: int
    no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What one congregation says to a matter."""

    stand: Stand
    reason: str = ""
    people: Cells | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One question put to the congregations."""

    id: str
    #: The keeper that put it.
    sender: str
    about: About
    title: str
    text: str
    until: datetime
    passing: Passing
    #: The congregation that it is about; it has no voice in it.
    seat: str | None = None
    #: Keeper to name, of those to be asked in.
    candidates: Mapping[str, str]
    #: The letter of an earlier talk, claim or sprint that it rests on.
    rests_on: str | None = None
    #: The opt-ins that it counts, of a sprint.
    opted: frozenset[str] = frozenset()
    #: The new account of a keeper, or the new room of a part.
    to: str | None = None
    part: str | None = None
    #: The earlier matter whose text it amends.
    amends: str | None = None

    @property
    def written_in(self) -> Part:
        """Where it and its answers are written: what is about the roll in the charter, unless that room itself may be gone."""
        moves_charter = self.about is About.MOVE and self.part == Part.CHARTER
        return Part.CHARTER if self.on_roll and not moves_charter else Part.DECISIONS

    @property
    def on_roll(self) -> bool:
        """Whether it changes the roll or the rooms, if accepted."""
        return self.about is not About.DECIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the positions say, with every denominator."""

    word: Word
    #: Congregations.
    consents: int
    objections: int
    asides: int
    #: Those that may speak, spoken or not.
    entitled: int
    #: People, as far as they may be shown.
    yes: int = 0
    no: int = 0
    #: Congregations that showed how their people voted.
    showing: int = 0

    @property
    def silent(self) -> int:
        """Congregations that have said nothing."""
        return self.entitled - self.consents - self.objections - self.asides


def quorum(size: int) -> int:
    """So many seals make a word final: more than two thirds of `size` congregations, at least one."""
    return 2 * size // 3 + 1


def count(passing: Passing, positions: Mapping[str, Position], entitled: int) -> Outcome:
    """What the positions (by seat) of `entitled` congregations come to.

    By consent: nobody objects, and more than half have consented. By shares: more than the share of all that are
    entitled, and more than the share of the people whose yes or no is shown.
    """
    stands = [each.stand for each in positions.values()]
    consents, objections = stands.count(Stand.CONSENT), stands.count(Stand.OBJECTION)
    shown = [each.people for each in positions.values() if each.people is not None]
    yes, no = sum(each.yes for each in shown), sum(each.no for each in shown)
    if passing.congregations is None:
        accepted = objections == 0 and 2 * consents > entitled
    else:
        accepted = 100 * consents > passing.congregations * entitled
        accepted &= passing.people is None or 100 * yes > passing.people * (yes + no)
    return Outcome(
        word=Word.ACCEPTED if accepted else Word.REFUSED,
        consents=consents,
        objections=objections,
        asides=stands.count(Stand.ASIDE),
        entitled=entitled,
        yes=yes,
        no=no,
        showing=len(shown),
    )


def cells(yes: int, no: int) -> Cells | None:
    """How a congregation's people voted, as far as it may be shown to others; None when it may not.

    Shown are sums of at least `SMALLEST_CELL`; a smaller side is shown as nobody when the other is large enough, so
    that no small group's votes show.
    """
    large = {"yes": yes, "no": no}
    kept = {side: number if number >= SMALLEST_CELL else 0 for side, number in large.items()}
    return Cells(**kept) if any(kept.values()) else None


def awaited(passing: Passing, outcome: Outcome) -> int:
    """Congregations of which something may still come before the end: a position or, where people are counted, their sums.

    Who has few people may never show any; then all is counted when the time is over, and nobody's voice is cut off.
    """
    return outcome.silent if passing.people is None else outcome.entitled - outcome.showing


def may_seal(until: datetime, now: datetime, spoken: int, entitled: int) -> bool:
    """Whether an honest keeper counts now: when all have said all that is asked, or the time and its grace are over."""
    return spoken >= entitled or now - GRACE >= until


def read_matter(letter_id: str, sender: str, body: Mapping[str, Any]) -> Matter:
    """A matter from the body of a letter that fits its schema."""
    passing = body["passing"]
    return Matter(
        id=letter_id,
        sender=sender,
        about=About(body["about"]),
        title=body["title"],
        text=body.get("text", ""),
        until=datetime.fromisoformat(body["until"]),
        passing=Passing(congregations=passing.get("congregations"), people=passing.get("people")),
        seat=body.get("seat"),
        candidates={each["keeper"]: each["name"] for each in body.get("candidates", ())},
        rests_on=body.get("rests_on"),
        opted=frozenset(body.get("opted", ())),
        to=body.get("to"),
        part=body.get("part"),
        amends=body.get("amends"),
    )


def read_position(body: Mapping[str, Any]) -> Position:
    """A position from the body of a letter that fits its schema; people's sums below the smallest cell are not heard."""
    people = body.get("people")
    return Position(
        stand=Stand(body["stand"]),
        reason=body.get("reason", ""),
        people=cells(people["yes"], people["no"]) if people else None,
    )
