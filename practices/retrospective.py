"""Looking back together, and which way a crew goes on: who sees what and when, and how one crew becomes two.

It promises that nothing here decides. Choices are counted only when all who were asked have answered, or when the
time to think is over (R57); the counts are shown, then people talk, and a way is taken only when every member takes
it. So a count is never a vote, and no order of ways here depends on how many wanted them. Nobody is placed at a table:
whoever sits down anew has said so (CREW-20).

What the counts can give away: only ways that somebody chose are shown, each with its number and nobody's name. Where
all chose the same, or in a crew of three, people can still guess. That cannot be helped by arithmetic, so everybody
is told so before they answer, and may pass, which leaves no trace.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from practices import circles
from practices.circles import Scale

__all__ = [
    "CHOICE_SIGNS",
    "LONGEST_PAUSE",
    "MOST_CHANGES",
    "SIDE_SIGNS",
    "Choice",
    "Seating",
    "Side",
    "Wanted",
    "counted",
    "counts_words",
    "may_show",
    "read_change",
    "seating",
    "split_parts",
    "split_refusal",
    "too_many_changes",
    "unanimous",
    "ways",
]


class Choice(StrEnum):
    """The five ways on from a retrospective (R57), in the order in which they are always shown."""

    CONTINUE = "continue"
    CHANGE = "change"
    SPLIT = "split"
    PAUSE = "pause"
    END = "end"


CHOICE_SIGNS: Mapping[Choice, str] = MappingProxyType(
    {
        Choice.CONTINUE: "🔁",
        Choice.CHANGE: "✏️",
        Choice.SPLIT: "➗",
        Choice.PAUSE: "⏸️",
        Choice.END: "👋",
    }
)

MOST_CHANGES = 2
"""More than two changes at once do not come true (R58)."""

LONGEST_PAUSE = timedelta(days=366)
"""A pause has an end (R16), and after a year it would be a new crew."""


def may_show(*, waiting: int, closes_at: datetime, now: datetime) -> bool:
    """Whether the counts may be shown: nobody who was asked is waited for, or the time is over (R57)."""
    return waiting == 0 or now >= closes_at


def counted(choices: Iterable[Choice]) -> dict[Choice, int]:
    """How many chose each way: those chosen by somebody, in the order of `Choice`."""
    chosen = list(choices)
    return {choice: chosen.count(choice) for choice in Choice if choice in chosen}


def counts_words(counts: Mapping[Choice, int]) -> str:
    """The counts as the crew sees them, as in `🔁 continue: 3 · ⏸️ pause: 1`; "" when nobody chose."""
    return " · ".join(
        f"{CHOICE_SIGNS[choice]} {choice}: {counts[choice]}"
        for choice in Choice
        if choice in counts
    )


def unanimous(counts: Mapping[Choice, int], members: int) -> bool:
    """Whether every member has chosen to continue, so that nothing is left to ask."""
    return members > 0 and dict(counts) == {Choice.CONTINUE: members}


def ways(counts: Mapping[Choice, int]) -> tuple[Choice, ...]:
    """Every way, those that somebody wants first; among them the order never follows the numbers.

    So continuing comes first whenever anybody wants it, and ending last.
    """
    return tuple(sorted(Choice, key=lambda choice: (choice not in counts, _PLACE[choice])))


_PLACE = {choice: place for place, choice in enumerate(Choice)}


# Changes.


@dataclass(frozen=True, slots=True)
class Wanted:
    """One change as it was written: what, by whose hand, and the words of its day, where they were given."""

    what: str
    owner: str | None
    by: str | None


_BY = re.compile(r"(?:by|until|till|before)\s+(?P<day>\S.*)", re.IGNORECASE)


def read_change(text: str, names: Collection[str]) -> Wanted:
    """Read `bring food in turns, Ben, by 1 february`; `names` are the members', in lower case.

    Owner and day stand at the end, behind commas, in either order; what is missing is None. The change itself may
    have commas of its own.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    owner: str | None = None
    day: str | None = None
    while len(parts) > 1:
        last = _BY.fullmatch(parts[-1])
        if last is not None and day is None:
            day = last["day"].strip()
        elif owner is None and parts[-1].casefold() in names:
            owner = parts[-1]
        else:
            break
        parts.pop()
    return Wanted(what=", ".join(parts), owner=owner, by=day)


def too_many_changes(kept: int) -> bool:
    """Whether a crew that keeps so many changes from one retrospective has no room for another (R58)."""
    return kept >= MOST_CHANGES


# One crew becomes two.


class Side(StrEnum):
    """Where somebody would like to sit when one table becomes two."""

    STAY = "stay"
    GO = "go"
    EITHER = "either"


SIDE_SIGNS: Mapping[Side, str] = MappingProxyType(
    {Side.STAY: "🏠", Side.GO: "🌱", Side.EITHER: "↔️"}
)

_FEWEST = Scale.CREW.sizes.start


def split_parts(size: int) -> tuple[int, int] | None:
    """Two crews that so many people can become, as even as can be; None below six, for a crew has three (R46)."""
    if size < 2 * _FEWEST:
        return None
    match circles.division(size):
        case (small, large):
            return small, large
        case _:
            return size // 2, size - size // 2


def split_refusal(size: int) -> str:
    """Why a crew of fewer than six does not become two, and what works."""
    return (
        f"Two crews need three people each, and you are {size}, so nothing was changed. "
        "You can meet in halves now and then, or one of you calls a second crew with others; "
        "people may sit at both tables."
    )


@dataclass(frozen=True, slots=True)
class Seating:
    """Who begins the new table by their own wish, and whether both tables can be held."""

    going: tuple[str, ...]
    staying: int

    @property
    def new_lacks(self) -> bool:
        """Whether the new table has fewer than three."""
        return len(self.going) < _FEWEST

    @property
    def old_lacks(self) -> bool:
        """Whether fewer than three would be left at the old one."""
        return self.staying < _FEWEST

    @property
    def ready(self) -> bool:
        """Whether both tables have three."""
        return not (self.new_lacks or self.old_lacks)


def seating(wishes: Mapping[str, Side], members: Collection[str]) -> Seating:
    """The tables as the wishes have them. Only who wishes to go goes; everybody else stays where they are.

    Whoever would sit at either table, passed or has not answered is not moved: their wish becomes one only by
    themselves.
    """
    going = tuple(sorted(person for person in members if wishes.get(person) is Side.GO))
    return Seating(going, len(set(members)) - len(going))
