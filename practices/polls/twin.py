"""The words of a picture, for whoever does not see it: everything that it shows, in plain lines.

It promises that no number and no mark is left out. When the words grow long, names are cut and times are grouped, never
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from practices.polls.chart import (
    Bar,
    Bars,
    Cell,
    Chart,
    Cluster,
    Gradient,
    Heat,
    Nest,
    Slot,
    Spot,
    Table,
    bands,
    congregations,
    is_named,
    is_numbered,
    is_numbered_nest,
)

__all__ = ["LONG", "twin"]

LONG = 1500
"""Characters: what is longer is made shorter as far as it can be without losing a number."""

#: How long a name may be, one attempt after the other.
_NAMES = (2000, 120, 60, 30, 18)
_STAGE = re.compile(r"(\d+): (.+)", re.DOTALL)
_TIME = re.compile(r"(.+) (\d{2}:\d{2})", re.DOTALL)

#: Makes one line of a text, and cuts what is too long.
_Shorten = Callable[[str], str]


def twin(chart: Chart) -> str:
    """What the picture of a chart shows, one line each; below `LONG` characters where that loses no number."""
    tries = (_said(chart, most) for most in _NAMES)
    return next((words for words in tries if len(words) <= LONG), _said(chart, _NAMES[-1]))


def _said(chart: Chart, most: int) -> str:
    def short(text: str) -> str:
        line = " ".join(text.split())
        return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"

    match chart:
        case Bars():
            lines = _bars(chart, short)
        case Gradient():
            lines = _gradient(chart, short)
        case Table():
            lines = _table(chart, short)
        case Heat():
            lines = _heat(chart, short, close=most < _NAMES[0])
        case Nest():
            lines = _nest(chart, short)
    # The title is said beside the picture, too; the foot has numbers.
    return "\n".join(line for line in (short(chart.title), *lines, _line(chart.foot)) if line)


def _line(text: str) -> str:
    return " ".join(text.split())


# ------------------------------------------------------------------------------------------------ bars


def _bars(chart: Bars, short: _Shorten) -> Iterable[str]:
    for number, bar in enumerate(chart.bars, start=1):
        yield f"{number}. {_bar(bar, short)}" if is_numbered(bar) else _bar(bar, short)


def _gradient(chart: Gradient, short: _Shorten) -> Iterable[str]:
    yield "From most for to most against:"
    if not any(bar.value > 0 for bar in chart.bars):
        yield "No voices yet."
    yield from (_bar(bar, short) for bar in chart.bars)


def _bar(bar: Bar, short: _Shorten) -> str:
    star = " (with a star)" if bar.marked else ""
    return f"{short(bar.label)}: {_line(bar.words)}{star}"


# ----------------------------------------------------------------------------------------------- table


def _table(chart: Table, short: _Shorten) -> Iterable[str]:
    stages = any(_STAGE.fullmatch(column) for column in chart.columns)
    if not chart.columns:
        yield "No votes yet."
    elif stages:
        yield f"Rounds: {'; '.join(_stage(column, short) for column in chart.columns)}."
    else:
        yield f"Columns: {', '.join(map(short, chart.columns))}."
    for label, cells in chart.rows:
        said = ", ".join(_cells(cells, stages=stages))
        yield f"{short(label)}: {said}" if said else short(label)


def _stage(column: str, short: _Shorten) -> str:
    found = _STAGE.fullmatch(column)
    return f"{found[1]} {short(found[2])}" if found else short(column)


def _cells(cells: Sequence[Cell], *, stages: bool) -> Iterable[str]:
    """The numbers of a row, in the order of the columns; whoever is out is so from there on."""
    for cell in cells:
        if cell.mark == "out" and not cell.words:
            continue
        words = _line(cell.words) or "–"
        yield f"{words} elected" if cell.mark == "elected" and stages else words


# ------------------------------------------------------------------------------------------------ heat


def _heat(chart: Heat, short: _Shorten, *, close: bool) -> Iterable[str]:
    if close:
        yield f"How many of {chart.of}: yes/if need be/no; * suits most."
        yield from _days(chart.slots, short)
        return
    if chart.slots:
        yield f"Of {chart.of} who answered:"
    for slot in chart.slots:
        best = "; suits most" if slot.best else ""
        counts = f"{slot.yes} yes, {slot.if_need_be} if need be, {slot.no} no"
        yield f"{short(slot.label)}: {counts}{best}"


def _days(slots: Sequence[Slot], short: _Shorten) -> Iterable[str]:
    """One line a day, with its hours; in the order in which the times are."""
    last, said = "", list[str]()
    for slot in slots:
        found = _TIME.fullmatch(slot.label)
        day, hour = (found[1], f"{found[2]} ") if found else (slot.label, "")
        if said and day != last:
            yield f"{short(last)}: {', '.join(said)}"
            said = []
        last = day
        said.append(f"{hour}{slot.yes}/{slot.if_need_be}/{slot.no}{'*' if slot.best else ''}")
    if said:
        yield f"{short(last)}: {', '.join(said)}"


# ------------------------------------------------------------------------------------------------ nest


def _nest(chart: Nest, short: _Shorten) -> Iterable[str]:
    """Every congregation where there are few, else what each circle holds; then the sizes, and the scales."""
    if is_numbered_nest(chart):
        for number, spot in enumerate(chart.clusters[0].spots, start=1):
            yield f"{number}. {_spot(spot, short)}"
    else:
        for cluster in chart.clusters:
            yield _cluster(cluster, short, named=is_named(chart))
        sizes = (f"{words}: {count}" for _, words, count in bands(chart))
        yield f"How many congregations are how large: {'; '.join(sizes)}."
    yield from (f"{short(label)}: {short(words)}" for label, words in chart.scales)


def _spot(spot: Spot, short: _Shorten) -> str:
    sizes = ", ".join(filter(None, map(_line, (spot.people, spot.crews)))) or "no card yet"
    return f"{short(spot.label)}: {sizes}{' (with a star)' if spot.marked else ''}"


def _cluster(cluster: Cluster, short: _Shorten, *, named: bool) -> str:
    said = congregations(len(cluster.spots))
    label = f"{short(cluster.label)}, {said}" if cluster.label else said
    if named:
        star = " (with a star)"
        names = (f"{short(each.label)}{star if each.marked else ''}" for each in cluster.spots)
        return f"{label}: {', '.join(names)}"
    return f"{label}, with a star in it" if any(each.marked for each in cluster.spots) else label
