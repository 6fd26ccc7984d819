"""Delegates: who sits in which circle, where each circle talks, and who makes its room (ASM-5).

It promises that whoever has seen the same letters and cards finds the same, that nobody places itself, and that no letter
names a person. A congregation sends two people into its circle: its **representative**, who speaks for it there, and its
**link**, who brings back what was said. Two of the congregations of a circle, by a lot that falls anew each year, carry it
into the circle above: the first sends its representative there, the second its link. So each circle is linked doubly, by
people whom a congregation has named, and nobody has to say who carries.

The room of a circle is the one in which most of those who sit in it have said that they are: so one who says otherwise
moves nobody, whoever comes later finds the others, and nobody is needed to keep it going. No circle decides anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from practices.assembly.circles import Circle, Circles, circles
from practices.assembly.hearing import Heard, heard
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind

__all__ = [
    "SETTLING",
    "Gathering",
    "Place",
    "Role",
    "Table",
    "circles_of",
    "gathered",
    "lots",
    "teller",
    "waiting",
]

SETTLING = timedelta(days=14)
"""So long a circle has to be another one before anybody moves: whoever changes a card to and fro moves nobody."""

_FIRST, _NEXT = timedelta(days=1), timedelta(days=3)


class Role(StrEnum):
    """What somebody does who is sent into a circle (the double link)."""

    #: Chosen by those below: speaks for them above.
    REPRESENTATIVE = "representative"
    #: Carries what was said above back to those below.
    LINK = "link"


BOTH = frozenset(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A circle in which a congregation has people, and which of its two they are."""

    circle: Circle
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A room in which some who sit in a circle have said that they are."""

    room: str
    #: Their seats, whoever has been here longest first; the first looks after the room.
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """The circles of an assembly with those who sit in them."""

    circles: Circles
    #: The seats, whoever has been here longest first.
    order: tuple[str, ...]
    #: By circle: the congregations that have somebody in it, and whom.
    sent: Mapping[str, Mapping[str, frozenset[Role]]]
    #: By circle: every room that was named for it, the one with most voices first.
    tables: Mapping[str, tuple[Table, ...]]
    #: By circle: where it talks. No room is that of two circles; a circle that has none yet is not in it.
    rooms: Mapping[str, Table]

    @property
    def undivided(self) -> bool:
        """Whether all congregations are one circle, and meet in the room for people."""
        return len(self.circles.every) == 1

    def above(self, seat: str) -> tuple[Circle, ...]:
        """The circles that hold a congregation, its own first and the general one last; none while all are one."""
        if self.undivided:
            return ()
        return tuple(each for each in self.circles.every if seat in each.seats)

    def places(self, seat: str) -> tuple[Place, ...]:
        """Where a congregation has people, its own circle first; nothing while all are one, and without a seat."""
        return tuple(
            Place(circle=each, roles=self.sent[each.id][seat])
            for each in self.above(seat)
            if seat in self.sent[each.id]
        )

    def turn(self, circle: Circle, seat: str) -> int:
        """How many of those who sit in a circle have been here longer, and make its room before this one.

        Raises ValueError for one that does not sit in it.
        """
        return [each for each in self.order if each in self.sent[circle.id]].index(seat)


def waiting(turn: int) -> timedelta:
    """So long a circle has to be without a room before whoever has this turn makes one: the others may be away."""
    return _FIRST + turn * _NEXT


def teller(table: Table, matter: str) -> str:
    """The one of those in a room whose keeper tells the others there of a matter: each has its turn, as ids are hashes."""
    return min(table.seats, key=lambda seat: _hash(f"{matter} {seat}"))


def lots(ledger: Ledger) -> Mapping[str, str]:
    """What each congregation's place among its neighbours is drawn from, by seat.

    It is fixed by the letter that asked it in, which somebody else wrote: nothing that a congregation says of itself, and
    no way of writing its own letter, changes it.
    """
    found = {}
    for seat in ledger.roll.seats:
        letter = ledger.letters[seat]
        found[seat] = f"{letter.answers or letter.id} {letter.sender}"
    return found


def circles_of(ledger: Ledger, cards: Mapping[str, Mapping[str, Any]]) -> Circles:
    """The circles of the congregations that have a seat now; `cards` by seat."""
    return circles(ledger.roll.seats, cards, lots(ledger))


def gathered(ledger: Ledger, cards: Mapping[str, Mapping[str, Any]], year: int) -> Gathering:
    """The circles as they are now and who sits in them this year; `cards` by seat. Raises ValueError without a seat."""
    drawn = circles_of(ledger, cards)
    order = tuple(ledger.roll.seats)
    sent = _sent(drawn, lots(ledger), year)
    tables = _tables(drawn, order, sent, _newest(heard(ledger, Kind.CIRCLE)))
    return Gathering(
        circles=drawn, order=order, sent=sent, tables=tables, rooms=_rooms(tables, order)
    )


def _sent(
    drawn: Circles, lots: Mapping[str, str], year: int
) -> Mapping[str, Mapping[str, frozenset[Role]]]:
    sent: dict[str, Mapping[str, frozenset[Role]]] = {}
    for circle in drawn.every:
        if not circle.parts:
            sent[circle.id] = dict.fromkeys(circle.seats, BOTH)
            continue
        there: dict[str, frozenset[Role]] = {}
        for part in circle.parts:
            there |= _carried(sent[part], lots, circle.level, year)
        sent[circle.id] = there
    return MappingProxyType(sent)


def _carried(
    sent: Mapping[str, frozenset[Role]], lots: Mapping[str, str], level: int, year: int
) -> dict[str, frozenset[Role]]:
    """Who carries a circle into the one above it. Who was drawn below goes on as who they are."""
    drawn = sorted(sent, key=lambda seat: _hash(f"{year} {level} {lots[seat]}"))[:2]
    return {
        seat: frozenset({role}) if sent[seat] == BOTH else sent[seat]
        for seat, role in zip(drawn, Role, strict=True)
    }


def _tables(
    drawn: Circles,
    order: Sequence[str],
    sent: Mapping[str, Mapping[str, frozenset[Role]]],
    said: Mapping[tuple[str, int], str],
) -> Mapping[str, tuple[Table, ...]]:
    """Every room that those who sit in a circle have named for it."""
    found: dict[str, tuple[Table, ...]] = {}
    for circle in drawn.every:
        voices: dict[str, list[str]] = {}
        for seat in order:
            room = said.get((seat, circle.level))
            if seat in sent[circle.id] and room is not None:
                voices.setdefault(room, []).append(seat)
        tables = [Table(room=room, seats=tuple(seats)) for room, seats in voices.items()]
        found[circle.id] = tuple(sorted(tables, key=lambda each: _rank(each, order)))
    return MappingProxyType({} if len(drawn.every) == 1 else found)


def _rank(table: Table, order: Sequence[str]) -> tuple[int, int]:
    """More voices come first, and of as many those with whoever has been here longest."""
    return -len(table.seats), order.index(table.seats[0])


def _rooms(tables: Mapping[str, tuple[Table, ...]], order: Sequence[str]) -> Mapping[str, Table]:
    """Each circle's room, those with most voices given first: when a circle has become two, one of them keeps it."""
    every = [(circle, table) for circle, there in tables.items() for table in there]
    found: dict[str, Table] = {}
    given: set[str] = set()
    for circle, table in sorted(every, key=lambda each: (*_rank(each[1], order), each[0])):
        if circle not in found and table.room not in given:
            given.add(table.room)
            found[circle] = table
    return MappingProxyType(found)


def _newest(letters: Iterable[Heard]) -> dict[tuple[str, int], str]:
    """What each congregation's keeper said last of each level; what it says twice under one number counts for nothing."""
    speaking = [each for each in letters if each.speaks]
    times = Counter((each.letter.sender, each.letter.number) for each in speaking)
    said: dict[tuple[str, int], str] = {}
    for each in speaking:  # they come by sender and number
        if times[each.letter.sender, each.letter.number] == 1:
            said[each.seat.id, each.letter.body["level"]] = each.letter.body["room"]
    return said


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()
