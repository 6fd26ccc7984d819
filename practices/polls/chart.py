"""What a picture shows: plain values that a drawing, a text twin and a test read alike.

A chart names no person. Each part has words and a shape of its own, so that none is told by its colour alone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Shape(StrEnum):
    """What is drawn beside a label, so that colour is never needed."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    RING = "ring"
    CROSS = "cross"
    BAR = "bar"
    STAR = "star"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One option: how much it got."""

    label: str
    #: How long it is: voices, points, a mean.
    value: float
    #: What stands at its end: "5 of 12", "31 points, mean 3.9".
    words: str
    shape: Shape = Shape.BAR
    #: From -1 (against) over 0 (neither) to 1 (for), where positions have a direction; None where they have none.
    lean: float | None = None
    #: Whether it stands out: elected, reached its target.
    marked: bool = False


def is_numbered(bar: Bar) -> bool:
    """Whether a bar shows the number that people vote by, because it has no direction and no shape of its own."""
    return bar.lean is None and bar.shape is Shape.BAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Bars side by side, longest possible value `of`; positions keep their order."""

    title: str
    bars: tuple[Bar, ...]
    of: float
    #: What stands below: turnout and quorum with their denominators.
    foot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient:
    """One band from most for to most against, each part as wide as its share, with its words below."""

    title: str
    bars: tuple[Bar, ...]
    foot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number of a table; `mark` tells what became of it."""

    words: str
    #: "", "elected", "excluded" or "out".
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rounds of an election, or who beats whom: one row an option, one column a round."""

    title: str
    columns: tuple[str, ...]
    #: (label, cells), in the order of the options.
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    foot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One time of a time poll."""

    label: str
    yes: int
    if_need_be: int
    no: int
    best: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """A grid of times: days across, hours down where they fit so, each with its counts; darker suits more."""

    title: str
    slots: tuple[Slot, ...]
    #: Of how many who answered.
    of: int
    foot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One congregation among others: its sizes as bands, never a number of people."""

    label: str
    #: Its people and its crews as bands, such as "20–40 people"; empty when it has said nothing.
    people: str = ""
    crews: str = ""
    #: How large it is drawn, from 1 to 6; 0 when nothing is known.
    size: int = 0
    #: How many circles are drawn in it, which its band of crews stands for.
    dots: int = 0
    #: Whether it is the one whose picture it is.
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Congregations that talk with each other."""

    #: Empty where there is only one.
    label: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nest:
    """Circles within circles: an assembly with its congregations, and what is in each of them."""

    title: str
    clusters: tuple[Cluster, ...]
    #: The scales from small to large: (label, words).
    scales: tuple[tuple[str, str], ...] = ()
    foot: str = ""


#: With more congregations than these none is named in a picture or in its words: the directory has them.
MOST_NAMED = 40

#: So many are few enough to have a number, and a line of their own with their bands.
MOST_NUMBERED = 20


def is_named(nest: Nest) -> bool:
    """Whether its congregations are few enough to be named."""
    return sum(len(cluster.spots) for cluster in nest.clusters) <= MOST_NAMED


def is_numbered_nest(nest: Nest) -> bool:
    """Whether each of its congregations stands by its number in a picture and in its words."""
    return len(nest.clusters) == 1 and len(nest.clusters[0].spots) <= MOST_NUMBERED


def bands(nest: Nest) -> tuple[tuple[int, str, int], ...]:
    """The sizes of its congregations, small first and unknown last: (size, words, how many are so large)."""
    counts = Counter(
        (spot.size, spot.people or "no card yet") for each in nest.clusters for spot in each.spots
    )
    order = sorted(counts, key=lambda band: (not band[0], band))
    return tuple((*band, counts[band]) for band in order)


def congregations(count: int) -> str:
    """As in "1 congregation" or "30 congregations"."""
    return f"{count} congregation{'' if count == 1 else 's'}"


Chart = Bars | Gradient | Table | Heat | Nest


_KINDS: Mapping[str, type[Bars | Gradient | Table | Heat | Nest]] = {
    "bars": Bars,
    "gradient": Gradient,
    "table": Table,
    "heat": Heat,
    "nest": Nest,
}


def as_json(chart: Chart) -> dict[str, Any]:
    """The chart as JSON that `from_json` reads."""
    kind = next(name for name, of_it in _KINDS.items() if isinstance(chart, of_it))
    return {"kind": kind, **asdict(chart)}


def from_json(written: Mapping[str, Any]) -> Chart:
    """The chart that `as_json` wrote. Raises KeyError, TypeError or ValueError when it is none."""
    held = dict(written)
    kind = _KINDS[str(held.pop("kind"))]
    if "bars" in held:
        held["bars"] = tuple(
            Bar(**{**bar, "shape": Shape(str(bar["shape"]))}) for bar in held["bars"]
        )
    if "slots" in held:
        held["slots"] = tuple(Slot(**slot) for slot in held["slots"])
    if "rows" in held:
        held["columns"] = tuple(held["columns"])
        held["rows"] = tuple(
            (str(label), tuple(Cell(**cell) for cell in cells)) for label, cells in held["rows"]
        )
    if "clusters" in held:
        held["scales"] = tuple((str(label), str(words)) for label, words in held["scales"])
        held["clusters"] = tuple(
            Cluster(label=each["label"], spots=tuple(Spot(**spot) for spot in each["spots"]))
            for each in held["clusters"]
        )
    return kind(**held)
