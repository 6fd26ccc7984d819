"""The roll of an assembly: which congregations have a seat, and which keeper speaks for each.

A roll follows from changes alone, whatever order they came in: each change names the newest ones that its sender knew.
What stands side by side is ordered by its id, except where that would let one congregation undo what the others agreed
on: a parting ends every seat that does not know of it, what one keeper says of its own seat gives way to what the
others agreed on beside it, and nobody loses a seat because somebody gave them another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from practices.assembly.letters import Part

__all__ = [
    "Admitted",
    "Change",
    "Decided",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A congregation's place in the assembly."""

    #: The id of the letter by which it was taken.
    id: str
    #: The Matrix id that speaks for the congregation.
    keeper: str
    name: str
    #: Whether its keeper has it from the keeper before it, and nobody else had a word in that.
    given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The seats after some changes."""

    #: By id.
    seats: Mapping[str, Seat] = field(default_factory=lambda: MappingProxyType({}))
    #: Who was asked in: (matter, keeper) to the name that they were introduced by.
    asked_in: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    #: The protocol rooms.
    rooms: Mapping[Part, str] = field(default_factory=lambda: MappingProxyType({}))
    #: The rooms that a part went on from, oldest first: what was written there counts as ever.
    former: Mapping[Part, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    #: Each letter by which a seat was taken, to the id of that seat: a keeper that says yes twice has one seat.
    taken: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: Whoever keeps a seat or ever kept one, with its newest.
    ever: Mapping[str, Seat] = field(default_factory=lambda: MappingProxyType({}))
    #: Keeper to the id of its seat.
    keepers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: Each seat that is here or was, to the last change that did something to it.
    newest: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def seat_of(self, keeper: str) -> Seat | None:
        """The seat that a keeper speaks for."""
        found = self.keepers.get(keeper)
        return self.seats[found] if found is not None else None

    def seat(self, letter: str) -> Seat | None:
        """The seat that was taken by a letter."""
        return self.seats.get(self.taken.get(letter, ""))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Change):
    """The congregations agreed on something else: nothing changes, and the roll that they stood on is confirmed."""


Knows = Callable[[str, str], bool]
"""Whether the second change stands on the first."""


def after(changes: Iterable[Change], knows: Knows | None = None) -> Roll:
    """The roll after changes, which come in their order: none before one that it stands on.

    Without `knows` each stands on all that come before it. What does not fit is passed over, by everybody alike.
    """
    line = list(changes)
    return _Reading(line, knows or _in_line(line)).roll()


def _in_line(changes: list[Change]) -> Knows:
    places = {each.id: place for place, each in enumerate(changes)}
    return lambda first, second: places[first] < places[second]


class _Reading:
    """A roll while it is made."""

    def __init__(self, changes: list[Change], knows: Knows) -> None:
        """`changes` in their order."""
        self.changes = changes
        self.knows = knows
        self.asked: dict[tuple[str, str], str] = {}
        self.rooms: dict[Part, str] = {}
        self.former: dict[Part, tuple[str, ...]] = {}
        self.taken: dict[str, str] = {}
        #: Seat to the keeper that took it, and to the change that let it.
        self.origin: dict[str, tuple[str, str]] = {}
        #: Keeper to the partings from the congregation that it brought.
        self.partings: dict[str, list[str]] = defaultdict(list)
        #: Seat to the changes by which the others let another account speak for it.
        self.agreed: dict[str, list[str]] = defaultdict(list)
        self.seats: dict[str, Seat] = {}
        self.ever: dict[str, Seat] = {}
        self.keepers: dict[str, str] = {}
        #: Who took the seats that are here, whoever keeps them now.
        self.there: set[str] = set()
        self.newest: dict[str, str] = {}
        #: Seat to those who kept it before, of those who gave it away by themselves.
        self.givers: dict[str, list[Seat]] = defaultdict(list)

    def roll(self) -> Roll:
        """All that the changes come to."""
        self._gather()
        for change in self.changes:
            match change:
                case Founded() if change.id in self.origin:
                    self._place(change, Seat(id=change.id, keeper=change.keeper, name=change.name))
                case Seated():
                    self._seat(change)
                case HandedOver():
                    self._hand_over(change)
                case Left() if self._speaks(change, change.seat, change.keeper):
                    self._end(change, self.taken[change.seat])
                case Parted() if change.seat in self.taken:
                    self._part(change)
        used = {(each.matter, each.keeper) for each in self.changes if isinstance(each, Seated)}
        asked = {key: name for key, name in self.asked.items() if key not in used}
        return Roll(
            seats=MappingProxyType(self.seats),
            asked_in=MappingProxyType(
                {key: name for key, name in asked.items() if not self._is_parted(key[1], key[0])}
            ),
            rooms=MappingProxyType(self.rooms),
            former=MappingProxyType(self.former),
            taken=MappingProxyType(self.taken),
            ever=MappingProxyType(self.ever),
            keepers=MappingProxyType(self.keepers),
            newest=MappingProxyType(self.newest),
        )

    def _gather(self) -> None:
        """What holds whatever else there is."""
        first: dict[tuple[str, str], str] = {}
        for change in self.changes:
            match change:
                case Founded() if not self.origin:
                    self.rooms |= change.rooms
                    self.taken[change.id] = change.id
                    self.origin[change.id] = change.keeper, change.id
                case Admitted():
                    self.asked |= {(change.id, each): n for each, n in change.candidates.items()}
                case Moved():
                    self._move(change)
                case Seated() if (change.matter, change.keeper) in self.asked:
                    seat = first.setdefault((change.matter, change.keeper), change.id)
                    self.taken[change.id] = seat
                    self.origin[seat] = change.keeper, change.matter
        for change in self.changes:
            if isinstance(change, HandedOver) and change.keeper is None:
                self.agreed[self.taken.get(change.seat, "")].append(change.id)

    def _move(self, change: Moved) -> None:
        before = self.rooms.get(change.part)
        if before not in (None, change.room):
            rest = (*self.former.get(change.part, ()), before)
            self.former[change.part] = tuple(
                each for each in dict.fromkeys(rest) if each not in (None, change.room)
            )
        self.rooms[change.part] = change.room

    def _part(self, change: Parted) -> None:
        keeper, _ = self.origin[self.taken[change.seat]]
        self.partings[keeper].append(change.id)
        for seat in list(self.seats):
            if self.origin[seat][0] == keeper and self._is_parted(*self.origin[seat]):
                self._end(change, seat)

    def _end(self, change: Change, seat: str) -> None:
        del self.keepers[self.seats.pop(seat).keeper]
        self.there.discard(self.origin[seat][0])
        self.newest[seat] = change.id

    def _is_parted(self, keeper: str, matter: str) -> bool:
        """Whether the others parted from a keeper's congregation, and asked it in without knowing of that."""
        return any(not self.knows(each, matter) for each in self.partings.get(keeper, ()))

    def _seat(self, change: Seated) -> None:
        if self.taken.get(change.id) != change.id or self._is_parted(change.keeper, change.matter):
            return
        if change.keeper not in self.there and self._frees(change, change.keeper):
            name = self.asked[change.matter, change.keeper]
            self._place(change, Seat(id=change.id, keeper=change.keeper, name=name))

    def _hand_over(self, change: HandedOver) -> None:
        if change.keeper is not None:
            if change.to not in self.keepers and self._speaks(change, change.seat, change.keeper):
                seat = self.seats[self.taken[change.seat]]
                self.givers[seat.id].append(seat)
                self._place(change, replace(seat, keeper=change.to, given=True))
            return
        seat_now = self.seats.get(self.taken.get(change.seat, ""))
        if seat_now is not None and seat_now.keeper == change.to:
            self.givers.pop(seat_now.id, None)
            self._place(change, replace(seat_now, given=False))
        elif seat_now is not None and self._frees(change, change.to):
            self.givers.pop(seat_now.id, None)
            self._place(change, replace(seat_now, keeper=change.to, given=False))

    def _frees(self, change: Change, keeper: str) -> bool:
        """Let go of a seat that somebody gave to this keeper by themselves; whether it has none then."""
        held = self.seats.get(self.keepers.get(keeper, ""))
        if held is None:
            return True
        if not held.given:
            return False
        back = self.givers[held.id].pop()
        while back.keeper in self.keepers and self.givers[held.id]:
            back = self.givers[held.id].pop()
        del self.keepers[keeper]
        if back.keeper in self.keepers:
            self.newest[held.id] = change.id
            self.there.discard(self.origin[held.id][0])
            del self.seats[held.id]  # whoever gave it away has another seat by now
        else:
            self._place(change, back)
        return True

    def _speaks(self, change: Change, letter: str, keeper: str) -> bool:
        """Whether a keeper speaks for a seat, and nothing beside this was agreed on about it."""
        held = self.seats.get(self.taken.get(letter, ""))
        if held is None or held.keeper != keeper:
            return False
        return all(
            self.knows(each, change.id) or self.knows(change.id, each)
            for each in self.agreed.get(held.id, ())
        )

    def _place(self, change: Change, seat: Seat) -> None:
        before = self.seats.get(seat.id)
        if before is not None:
            self.keepers.pop(before.keeper, None)
        self.seats[seat.id] = self.ever[seat.keeper] = seat
        self.keepers[seat.keeper] = seat.id
        self.there.add(self.origin[seat.id][0])
        self.newest[seat.id] = change.id
