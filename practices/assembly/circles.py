"""Circles of delegates: how an assembly of many congregations talks in groups that are small enough to talk (ASM-5).

It promises that every reader finds the same circles from the same roll and the same cards, that every congregation is in
exactly one of them, and that few move when one comes or goes. Whoever has not seen a card yet may draw that congregation
elsewhere for a while. Circles are ways of talking: none stands above a congregation, and none has a number.

Congregations stand in one line in which those with one language, and then with one place, stand together; beyond that
the line is in the order of hashes, as good as by lot. The line is cut where another language begins, then
where another place does, then by the hash of whoever stands behind the cut, as long as both sides keep five. A new
congregation changes the cuts beside it and leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar

__all__ = ["GENERAL", "LARGEST", "SMALLEST", "UNDIVIDED", "Circle", "Circles", "Link", "circles"]

T = TypeVar("T")

UNDIVIDED = 20
"""Up to so many congregations are one circle."""

SMALLEST, LARGEST = 5, 12
"""Congregations in a circle, or circles in a circle of circles."""

GENERAL = "General circle"
"""The one in which all are linked."""

#: No order among them means anything, and nobody would rather be one than another.
_NAMES = (
    "Alder", "Ash", "Aspen", "Barley", "Basil", "Beech", "Birch", "Blackbird", "Bramble", "Briar", "Cedar", "Cherry",
    "Chestnut", "Clover", "Cornflower", "Cricket", "Crane", "Curlew", "Cypress", "Dove", "Elder", "Elm", "Fennel",
    "Fern", "Fig", "Finch", "Firefly", "Flax", "Gorse", "Hawthorn", "Hazel", "Heather", "Heron", "Holly", "Hornbeam",
    "Iris", "Ivy", "Jasmine", "Juniper", "Kestrel", "Larch", "Lark", "Laurel", "Lavender", "Lilac", "Linden", "Linnet",
    "Mallow", "Maple", "Marjoram", "Martin", "Meadowsweet", "Mint", "Moss", "Mulberry", "Myrtle", "Nettle", "Oak",
    "Oat", "Olive", "Osprey", "Otter", "Pear", "Pine", "Plover", "Plum", "Poplar", "Poppy", "Primrose", "Quince",
    "Reed", "Robin", "Rosemary", "Rowan", "Rye", "Saffron", "Sage", "Sedge", "Sorrel", "Sparrow", "Spruce",
    "Starling", "Swallow", "Swift", "Sycamore", "Tansy", "Teal", "Thistle", "Thrush", "Thyme", "Vetch", "Violet",
    "Walnut", "Wagtail", "Wheat", "Willow", "Wren", "Yarrow", "Yew",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A circle of delegates, or of those who represent circles."""

    #: Stays the same while the congregation that it is known by is in it.
    id: str
    name: str
    #: 0: of congregations; 1, 2, …: of circles.
    level: int
    #: The seats of all congregations in it or below it.
    seats: tuple[str, ...]
    #: The ids of the circles that it is made of; none at level 0.
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A double link: a representative goes from `below` to `above`, and a link comes from `above` to `below`."""

    below: Circle
    above: Circle


@dataclass(frozen=True, kw_only=True)
class Circles:
    """The circles of an assembly."""

    #: Every circle, those of congregations first and the general one last.
    every: tuple[Circle, ...]

    @cached_property
    def base(self) -> tuple[Circle, ...]:
        """The circles of congregations; in a small assembly only the general one."""
        return tuple(each for each in self.every if not each.level)

    @property
    def general(self) -> Circle:
        """The circle in which all are linked."""
        return self.every[-1]

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every double link; none in a small assembly."""
        by_id = {each.id: each for each in self.every}
        return tuple(
            Link(below=by_id[part], above=each) for each in self.every for part in each.parts
        )

    def of(self, seat: str) -> Circle:
        """The circle of a congregation. Raises KeyError when it has no seat."""
        return self._of[seat]

    @cached_property
    def _of(self) -> Mapping[str, Circle]:
        return {seat: each for each in self.base for seat in each.seats}


def circles(
    seats: Iterable[str],
    cards: Mapping[str, Mapping[str, Any]] | None = None,
    lots: Mapping[str, str] | None = None,
) -> Circles:
    """The circles of a roll; `cards`, by seat, say who is near to whom. Raises ValueError without a seat.

    The first language of a card counts, and its place as it is written there; a congregation without a card stands with
    those of which nothing is known either. `lots`, by seat, are the words whose hashes make the order of the line
    (practices.assembly.delegates.lots); without them it is the seat itself.
    """
    near = {seat: _near((cards or {}).get(seat, {})) for seat in set(seats)}

    def lot(seat: str) -> str:
        return (lots or {}).get(seat, seat)

    if not near:
        raise ValueError("an assembly has a congregation")
    order = sorted(near, key=lambda seat: (near[seat], _hash(lot(seat))))
    if len(order) <= UNDIVIDED:
        only = Circle(id=_id(0, order, lot), name=GENERAL, level=0, seats=tuple(order))
        return Circles(every=(only,))

    def rank(before: str, behind: str) -> tuple[int, str]:
        """Which of two cuts comes first: the lower."""
        one, other = near[before], near[behind]
        return (0 if one[0] != other[0] else 1 if one != other else 2), _hash(f"cut {lot(behind)}")

    level = [_Drawn(0, tuple(part)) for part in _parted(order, rank)]
    every = list(level)
    while len(level) > LARGEST:
        groups = _parted(level, lambda before, behind: rank(before.seats[-1], behind.seats[0]))
        level = [_Drawn(group[0].level + 1, _seats(group), tuple(group)) for group in groups]
        every += level
    every.append(_Drawn(level[0].level + 1, _seats(level), tuple(level)))
    return Circles(every=_named(every, lot))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A circle before it has a name."""

    level: int
    seats: tuple[str, ...]
    parts: tuple[_Drawn, ...] = ()


def _seats(group: Sequence[_Drawn]) -> tuple[str, ...]:
    return tuple(seat for each in group for seat in each.seats)


def _near(card: Mapping[str, Any]) -> tuple[tuple[bool, str], tuple[bool, str]]:
    """Language and place as they are compared; unknown ones come last."""
    language = next(iter(card.get("languages", ())), "").partition("-")[0].casefold()
    place = " ".join(card.get("place", "").casefold().split())
    return (not language, language), (not place, place)


def _parted(order: Sequence[T], rank: Callable[[T, T], tuple[int, str]]) -> list[Sequence[T]]:
    """A line of more than twelve, cut into parts of five to twelve; a shorter one as it is."""
    if len(order) <= LARGEST:
        return [order]
    places = range(SMALLEST, len(order) - SMALLEST + 1)
    at = min(places, key=lambda at: rank(order[at - 1], order[at]))
    return [*_parted(order[:at], rank), *_parted(order[at:], rank)]


def _named(every: Sequence[_Drawn], lot: Callable[[str], str]) -> tuple[Circle, ...]:
    """Circles with their names: each takes the one that its lot likes best and nobody has taken."""
    ids = [_id(each.level, each.seats, lot) for each in every]
    names, free = {ids[-1]: GENERAL}, set(_NAMES)
    for each in sorted(ids[:-1], key=_hash):
        name = min(free, key=lambda name: _hash(f"{each} {name}"))
        free.remove(name)
        names[each] = f"{name} circle"
    return tuple(
        Circle(
            id=id_,
            name=names[id_],
            level=each.level,
            seats=each.seats,
            parts=tuple(_id(part.level, part.seats, lot) for part in each.parts),
        )
        for id_, each in zip(ids, every, strict=True)
    )


def _id(level: int, seats: Sequence[str], lot: Callable[[str], str]) -> str:
    """Of the congregation with the lowest hash: it stays while that one does."""
    return f"{level}/{min(seats, key=lambda seat: _hash(lot(seat)))}"


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()
