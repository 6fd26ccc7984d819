"""What was measured, set against what was promised, as a table and as JSON.

Every figure says how far it was spread, because a benchmark on a busy machine is an estimate.
"""

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_HEAD: Final = ("figure", "measured", "spread", "times floor", "target", "reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure."""

    name: str
    value: float
    unit: str = ""
    #: Smallest and largest of the repetitions, or the middle half of single values.
    low: float | None = None
    high: float | None = None
    #: The same of the floor, divided into this one.
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    #: Whether the target is for `ratio`, not for `value`.
    of_floor: bool = False
    #: What is wrong when it is not reached: a lost or doubled answer fails the benchmark.
    must: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the target is kept; None when there is none."""
        compared = self.ratio if self.of_floor else self.value
        if compared is None or (self.at_most is None and self.at_least is None):
            return None
        if self.at_most is not None and compared > self.at_most:
            return False
        return self.at_least is None or compared >= self.at_least

    def row(self) -> tuple[str, ...]:
        """The cells of its line in the table."""
        unit = f" {self.unit}" if self.unit else ""
        spread = "" if self.low is None else f"{_short(self.low)}–{_short(self.high or 0)}"
        verdict = {None: "", True: "yes", False: "NO"}[self.reached]
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return (self.name, f"{_short(self.value)}{unit}", spread, ratio, self._target(), verdict)

    def _target(self) -> str:
        times = "times floor" if self.of_floor else self.unit
        if self.at_most is not None:
            return f"≤ {_short(self.at_most)} {times}".rstrip()
        if self.at_least is not None:
            return f"≥ {_short(self.at_least)} {times}".rstrip()
        return ""


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all values lie, between neighbours in proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def repeated(name: str, values: Sequence[float], unit: str, **more: float | bool | None) -> Figure:
    """The median of repetitions, with the smallest and the largest."""
    return Figure(
        name=name,
        value=statistics.median(values),
        unit=unit,
        low=min(values),
        high=max(values),
        **more,  # type: ignore[arg-type] # the names are Figure's own
    )


def table(figures: Iterable[Figure]) -> str:
    """The figures as aligned text."""
    rows = [_HEAD, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    rule = "  ".join("─" * width for width in widths)
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in [lines[0], rule, *lines[1:]])


def write_json(figures: Iterable[Figure], file: Path) -> None:
    """The same for machines."""
    found = [{**asdict(figure), "reached": figure.reached} for figure in figures]
    file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _short(value: float) -> str:
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
