"""Which letters of a kind are heard, and for which congregation each of them speaks.

It promises that a letter of somebody who never kept a seat is not heard, that nobody is heard more often than the table
allows, and that what comes out is the same for all who have seen the same letters, in whatever order they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter
from practices.assembly.roll import Seat
from practices.assembly.table import TABLE
from practices.clock import aware

__all__ = ["Heard", "heard", "heard_of", "is_over", "read_day"]

_WESTMOST = timedelta(hours=12)
"""A day without a zone ends where the clocks are furthest behind: it is over when it is over for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A letter that is heard."""

    letter: Letter
    #: The congregation that it speaks for: as it is now where its sender keeps a seat, else as it was last.
    seat: Seat
    #: Whether its sender speaks for that congregation now. Nobody can tell whether the letter of a former keeper was
    #: written before or after it ceased to be one: such a letter is read, and nothing is set going by it.
    speaks: bool
    #: Whether the congregation has a seat now, whoever keeps it.
    here: bool


def heard(ledger: Ledger, kind: Kind) -> list[Heard]:
    """The letters of one kind that are heard, by sender and number."""
    return _sorted(ledger, kind, list(ledger.of_kind(kind).values()))


def heard_of(ledger: Ledger, kind: Kind, answering: str) -> list[Heard]:
    """The same of those that answer one letter."""
    return _sorted(
        ledger, kind, [each for each in ledger.answers_to(answering) if each.kind is kind]
    )


def _sorted(ledger: Ledger, kind: Kind, letters: list[Letter]) -> list[Heard]:
    roll, counts, most = ledger.roll, dict[str, int](), TABLE[kind].most
    found = []
    for letter in sorted(letters, key=lambda each: (each.sender, each.number, each.id)):
        seat = roll.ever.get(letter.sender)
        count = counts[letter.sender] = counts.get(letter.sender, 0) + 1
        if seat is None or (most is not None and count > most):
            continue
        now = roll.seats.get(seat.id)
        found.append(
            Heard(
                letter=letter,
                seat=now or seat,
                speaks=now is not None and now.keeper == letter.sender,
                here=now is not None,
            )
        )
    return found


def read_day(text: str) -> date | None:
    """A day of a letter; None for one that is in no calendar, such as 31 February."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_over(day: date, now: datetime) -> bool:
    """Whether a day is over everywhere on earth."""
    return (aware(now) - _WESTMOST).astimezone(UTC).date() > day
