"""The roll of an assembly: which congregations have a seat, and which keeper speaks for each.

A roll follows from changes alone, taken in one order that every reader finds: each change names the newest ones that
its sender knew, so later changes stand on earlier ones, and what stands side by side is ordered by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from practices.assembly.letters import Part
from practices.circles import Scale, fits

__all__ = [
    "Admitted",
    "Change",
    "Founded",
    "HandedOver",
    "Left",
    "Moved",
    "Parted",
    "Roll",
    "Seat",
    "Seated",
    "after",
]


K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A congregation's place in the assembly."""

    #: The id of the letter by which it was taken.
    id: str
    #: The Matrix id that speaks for the congregation.
    keeper: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The seats after some changes."""

    #: By id.
    seats: Mapping[str, Seat] = field(default_factory=lambda: MappingProxyType({}))
    #: Who was asked in: (matter, keeper) to the name that they were introduced by.
    asked_in: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    #: The protocol rooms.
    rooms: Mapping[Part, str] = field(default_factory=lambda: MappingProxyType({}))

    def seat_of(self, keeper: str) -> Seat | None:
        """The seat that a keeper speaks for."""
        return next((seat for seat in self.seats.values() if seat.keeper == keeper), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of the roll, whose letter counts."""

    #: The id of the letter.
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded(Change):
    """The first congregation founds the assembly."""

    keeper: str
    name: str
    rooms: Mapping[Part, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted(Change):
    """Congregations are asked in, by consent; nobody is placed without a yes of their own."""

    #: Keeper to name.
    candidates: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated(Change):
    """A congregation that was asked in says yes."""

    keeper: str
    #: The matter in which it was asked in.
    matter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Change):
    """A congregation leaves."""

    keeper: str
    seat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(Change):
    """A keeper lets another account speak from now on: of its own will, or by consent when its account is lost."""

    #: None when the others agreed on it.
    keeper: str | None
    seat: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted(Change):
    """The others part from a congregation, by consent and after a talk."""

    seat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Change):
    """A protocol room goes on in another."""

    part: Part
    room: str


def after(roll: Roll, changes: Iterable[Change]) -> Roll:
    """The roll after changes, which come in their order. What does not fit is passed over, by everybody alike."""
    for change in changes:
        roll = _after(roll, change)
    return roll


def _after(roll: Roll, change: Change) -> Roll:
    match change:
        case Founded() if not roll.seats:
            seat = Seat(id=change.id, keeper=change.keeper, name=change.name)
            rooms = MappingProxyType(dict(change.rooms))
            return replace(roll, seats=_with(roll.seats, seat), rooms=rooms)
        case Admitted():
            asked = {(change.id, keeper): name for keeper, name in change.candidates.items()}
            return replace(roll, asked_in=MappingProxyType({**roll.asked_in, **asked}))
        case Seated():
            return _seated(roll, change)
        case HandedOver():
            return _handed_over(roll, change)
        case Left() if _speaks(roll, change.seat, change.keeper):
            return replace(roll, seats=_without(roll.seats, change.seat))
        case Parted():
            return replace(roll, seats=_without(roll.seats, change.seat))
        case Moved():
            rooms = MappingProxyType({**roll.rooms, change.part: change.room})
            return replace(roll, rooms=rooms)
    return roll


def _seated(roll: Roll, change: Seated) -> Roll:
    name = roll.asked_in.get((change.matter, change.keeper))
    if name is None or roll.seat_of(change.keeper) or not fits(Scale.ASSEMBLY, len(roll.seats) + 1):
        return roll
    seat = Seat(id=change.id, keeper=change.keeper, name=name)
    asked = _without(roll.asked_in, (change.matter, change.keeper))
    return replace(roll, seats=_with(roll.seats, seat), asked_in=asked)


def _handed_over(roll: Roll, change: HandedOver) -> Roll:
    seat = roll.seats.get(change.seat)
    own = change.keeper is None or _speaks(roll, change.seat, change.keeper)
    if seat is None or not own or roll.seat_of(change.to):
        return roll
    return replace(roll, seats=_with(roll.seats, replace(seat, keeper=change.to)))


def _speaks(roll: Roll, seat: str, keeper: str) -> bool:
    held = roll.seats.get(seat)
    return held is not None and held.keeper == keeper


def _with(seats: Mapping[str, Seat], seat: Seat) -> Mapping[str, Seat]:
    return MappingProxyType({**seats, seat.id: seat})


def _without(held: Mapping[K, V], key: K) -> Mapping[K, V]:
    return MappingProxyType({each: value for each, value in held.items() if each != key})
