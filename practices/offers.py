"""Offers and asks among friends: how they are read, who may move them on, and when they are recalled.

It promises that an offer is moved by the two people whose it is and by nobody else, that neither needs a reason
to let it rest, that a slip can be taken back, and that nothing here counts, sums up or compares what people give
(CREW-5, V12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from practices.understanding import NotUnderstood, shown

__all__ = [
    "KEPT",
    "LONGEST_TITLE",
    "MOST_AT_ONCE",
    "MOST_OPEN",
    "RECALL_DAYS",
    "Kind",
    "Move",
    "NotNow",
    "NotTheirs",
    "Recall",
    "Standing",
    "Who",
    "fades_at",
    "free_number",
    "giver",
    "moved",
    "recalls",
    "same",
    "titles",
    "who",
]

#: Whoever gives is reminded in private once after so many days, and once more (R98, CREW-4 [d]).
RECALL_DAYS = (7, 30)

#: A recall that comes later than this is left to the next one, or out.
_RECALL_USEFUL = timedelta(days=RECALL_DAYS[1] - RECALL_DAYS[0])

#: What is done or rests is forgotten after this; until then a slip can be taken back.
KEPT = timedelta(days=30)

#: Titles are short: what is told with them is told by people (CREW-4).
LONGEST_TITLE = 120

#: More lines than anybody offers in one breath, and more than a list can hold that is still read.
MOST_AT_ONCE = 8
MOST_OPEN = 60


class Kind(StrEnum):
    """Which way it goes."""

    OFFER = "offer"
    ASK = "ask"


class Standing(StrEnum):
    """The states of an offer or an ask (12.2)."""

    SAID = "said"
    ACCEPTED = "accepted"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What moves it on."""

    TAKE = "take"
    FINISH = "finish"
    REST = "rest"
    #: Take back that it is done, or that it rests.
    AGAIN = "again"


class Who(StrEnum):
    """What a person is to an offer or an ask."""

    #: Whoever said it.
    OWNER = "owner"
    #: Whoever accepted it.
    TAKER = "taker"
    OTHER = "other"


class NotNow(Exception):
    """The move does not follow from where it stands."""


class NotTheirs(Exception):
    """The move follows, and is not this person's to make."""


_TWO = frozenset({Who.OWNER, Who.TAKER})

_MOVES: Mapping[tuple[Standing, Move], tuple[frozenset[Who], Standing]] = MappingProxyType(
    {
        (Standing.SAID, Move.TAKE): (frozenset({Who.OTHER}), Standing.ACCEPTED),
        (Standing.SAID, Move.REST): (frozenset({Who.OWNER}), Standing.WITHDRAWN),
        (Standing.ACCEPTED, Move.FINISH): (_TWO, Standing.DONE),
        (Standing.ACCEPTED, Move.REST): (_TWO, Standing.WITHDRAWN),
        (Standing.DONE, Move.AGAIN): (_TWO, Standing.ACCEPTED),
        (Standing.WITHDRAWN, Move.AGAIN): (frozenset({Who.OWNER}), Standing.SAID),
    }
)
"""Where each move leads, and whose it is; what does not stand here does not follow."""


def moved(standing: Standing, move: Move, by: Who) -> Standing:
    """Where it stands after a move. Raises NotNow or NotTheirs, and then nothing happens."""
    found = _MOVES.get((standing, move))
    if found is None:
        raise NotNow
    whose, following = found
    if by not in whose:
        raise NotTheirs
    return following


def who(person: str, *, owner: str, taken_by: str | None) -> Who:
    """What a person is to it."""
    if person == owner:
        return Who.OWNER
    return Who.TAKER if person == taken_by else Who.OTHER


def giver(kind: Kind, *, owner: str, taken_by: str | None) -> str | None:
    """Who gives: the one who offered, or who took up what was asked; None while nobody does."""
    return owner if kind is Kind.OFFER else taken_by


# --------------------------------------------------------------------------------------------- reading


def titles(text: str) -> list[str]:
    """What is offered or asked for, one a line, on one line each and without bullets.

    Raises NotUnderstood when nothing is left, or when there is more than a list of friends can hold.
    """
    lines = [" ".join(_bare(line).split()) for line in text.splitlines()]
    # Said twice in one breath it is one thing.
    found = list({same(line): line for line in reversed(lines) if line}.values())[::-1]
    if not found:
        raise NotUnderstood(
            "I found no words in that. One line is enough, such as: an hour of help."
        )
    if len(found) > MOST_AT_ONCE:
        raise NotUnderstood(
            f"Those are more than {MOST_AT_ONCE} at once. The first few are enough; the others can follow."
        )
    for line in found:
        if len(line) > LONGEST_TITLE:
            raise NotUnderstood(
                f"{shown(line)} is longer than {LONGEST_TITLE} letters, and I keep a short title only. The rest is better "
                "told by yourself."
            )
    return found


def _bare(line: str) -> str:
    """A line without the bullet that some people begin it with."""
    line = line.strip()
    for bullet in ("- ", "* ", "• ", "– "):
        line = line.removeprefix(bullet)
    return "" if line in ("-", "*", "•", "–") else line


def same(title: str) -> str:
    """A title as it is compared."""
    return title.casefold().rstrip(".!? ")


def free_number(taken: Iterable[int]) -> int:
    """The smallest number from 1 that nothing kept in this room has: how people call it, and no more."""
    used, number = set(taken), 1
    while number in used:
        number += 1
    return number


# ---------------------------------------------------------------------------------------------- hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One private reminder to whoever gives."""

    #: How many days after it was accepted.
    days: int
    at: datetime
    #: Later than this it is left out.
    useful_until: datetime


def recalls(taken_at: datetime) -> tuple[Recall, ...]:
    """The reminders that follow from an acceptance at an aware instant (R98)."""
    found = []
    for days in RECALL_DAYS:
        at = taken_at + timedelta(days=days)
        found.append(Recall(days=days, at=at, useful_until=at + _RECALL_USEFUL))
    return tuple(found)


def fades_at(ended_at: datetime) -> datetime:
    """When what is done or rests is forgotten."""
    return ended_at + KEPT
