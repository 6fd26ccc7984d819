"""What a picture of a result shows: plain values that a drawing, a text twin and a test read alike.

A chart names nobody. Each part has words and a shape of its own, so that none is told by its colour alone.
"""

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


Chart = Bars | Gradient | Table | Heat


_KINDS: Mapping[str, type[Bars | Gradient | Table | Heat]] = {
    "bars": Bars,
    "gradient": Gradient,
    "table": Table,
    "heat": Heat,
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
    return kind(**held)
