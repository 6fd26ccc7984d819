"""Lays out the times of a time poll: days across and hours down where they fit so, else one below the other.

It promises that every time shows how many it suits, how many if need be and how many not, in numbers with shapes of
their own; the colour says it a second time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daemon.picture.lettering import Weight, cut, plain
from daemon.picture.palette import INK, QUIET, Colour, heat, words_on
from daemon.picture.sheet import CONTENT, LABEL, MARGIN, RIGHT, SMALL, WORDS, Box, Look, Page, Sheet
from practices.polls.chart import Heat, Shape, Slot

#: Times that are drawn, and from how many on each has one line only.
MOST, MANY = 40, 8

_LABEL = re.compile(r"(\w+) (\d{1,2}) (\w+) (\d{2}:\d{2})")
_GAP = 8
_CELL = 128
_SIGN = 30
_EDGE = 6
_MOST_HOURS = 14
_SCARCEST = 0.4
_LARGEST = 250


@dataclass(frozen=True, slots=True)
class _When:
    day: tuple[str, str]
    hour: str

    @property
    def short(self) -> str:
        return f"{self.day[0]} {self.day[1]} {self.hour}"


def heat_of(chart: Heat) -> Sheet:
    """A grid where the times make one, else a list."""
    page = Page.titled(chart.title)
    slots = chart.slots[:MOST]
    whens = [_when(slot) for slot in slots]
    grid = {when: slot for when, slot in zip(whens, slots, strict=True) if when is not None}
    page.key(
        [
            (Shape.CIRCLE, QUIET, "yes"),
            (Shape.TRIANGLE, QUIET, "if need be"),
            (Shape.CROSS, QUIET, "no"),
            *([(Shape.STAR, QUIET, "suits most")] if any(slot.best for slot in slots) else []),
        ]
    )
    page.y += 24
    if len(grid) == len(slots) and _is_grid(grid):
        _grid(page, grid, chart.of)
    else:
        _list(page, slots, whens, chart.of)
    more = len(chart.slots) - len(slots)
    return page.sheet(
        chart.foot, f"{more} more times are not drawn here; the text has them." if more else ""
    )


def _when(slot: Slot) -> _When | None:
    """Day and hour of `Thursday 26 November 19:00`; None for other words."""
    found = _LABEL.fullmatch(slot.label)
    if found is None:
        return None
    weekday, day, month, hour = found.groups()
    return _When((weekday[:3], f"{day} {month[:3]}"), hour)


def _suits(slot: Slot, of: int) -> float:
    """The share of those whom it does not leave out, by which times are compared (practices/polls/times.py)."""
    return (slot.yes + slot.if_need_be) / of if of > 0 else 0.0


def _counts(slot: Slot) -> tuple[tuple[Shape, int, str], ...]:
    return (
        (Shape.CIRCLE, slot.yes, "yes"),
        (Shape.TRIANGLE, slot.if_need_be, "if need be"),
        (Shape.CROSS, slot.no, "no"),
    )


# ------------------------------------------------------------------------------------------------ grid


def _is_grid(grid: Mapping[_When, Slot]) -> bool:
    days = {when.day for when in grid}
    hours = {when.hour for when in grid}
    full = len(grid) / (len(days) * len(hours)) if grid else 0.0
    return len(days) > 1 and len(hours) <= _MOST_HOURS and full >= _SCARCEST


def _grid(page: Page, grid: Mapping[_When, Slot], of: int) -> None:
    """Days across in their order, as many as fit, then the next below."""
    days = list(dict.fromkeys(when.day for when in grid))
    hours = sorted({when.hour for when in grid})
    side = Look(SMALL, Weight.BOLD).wide("00:00") + 16
    least = max(_least(slot) for slot in grid.values()) + _GAP
    fit = max(1, (CONTENT - side + _GAP) // least)
    weeks = -(-len(days) // fit)
    each = -(-len(days) // weeks)
    step = min(_LARGEST, (CONTENT - side + _GAP) // each)
    for first in range(0, len(days), each):
        week = days[first : first + each]
        lefts = [MARGIN + side + at * step for at in range(len(week))]
        _heads(page, week, lefts, step - _GAP)
        for hour in hours:
            row = [grid.get(_When(day, hour)) for day in week]
            if any(row):
                _hour(page, hour, row, lefts, step - _GAP, of)
        page.y += 18


def _heads(page: Page, days: Sequence[tuple[str, str]], lefts: Sequence[int], wide: int) -> None:
    bold, quiet = Look(WORDS, Weight.BOLD), Look(SMALL, colour=QUIET)
    for (weekday, date), left in zip(days, lefts, strict=True):
        top = page.y
        page.write_within(weekday, Box(left, top, left + wide, top + bold.tall), bold)
        top += bold.tall
        page.write_within(date, Box(left, top, left + wide, top + quiet.tall), quiet)
    page.y += bold.tall + quiet.tall + 8


def _hour(
    page: Page, hour: str, row: Sequence[Slot | None], lefts: Sequence[int], wide: int, of: int
) -> None:
    look = Look(SMALL, Weight.BOLD)
    page.write(hour, MARGIN, page.y + (_CELL - look.tall) // 2, look)
    for slot, left in zip(row, lefts, strict=True):
        box = Box(left, page.y, left + wide, page.y + _CELL)
        if slot is not None:
            _cell(page, slot, box, heat(_suits(slot, of)))
    page.y += _CELL + _GAP


def _cell(page: Page, slot: Slot, box: Box, colour: Colour) -> None:
    """Yes above; if need be and no below."""
    _ground(page, box, colour, best=slot.best)
    yes, *others = _counts(slot)
    star = ((Shape.STAR, -1, ""),) if slot.best else ()
    half = box.height // 2
    above = Box(box.left, box.top + 6, box.right, box.top + half + 4)
    below = Box(box.left, box.top + half, box.right, box.bottom - 8)
    _row(page, (yes, *star), above, Look(LABEL, Weight.BOLD, words_on(colour), colour))
    _row(page, others, below, Look(SMALL, Weight.REGULAR, words_on(colour), colour))


def _ground(page: Page, box: Box, colour: Colour, *, best: bool) -> None:
    """What a time lies on; the best ones have an edge, too."""
    if best:
        page.block(box, INK, radius=16)
        page.block(box.shrunk(_EDGE), colour, on=INK, radius=16 - _EDGE)
    else:
        page.block(box, colour, radius=16)


def _row(page: Page, counts: Sequence[tuple[Shape, int, str]], box: Box, look: Look) -> None:
    """Shapes with their numbers, in the middle; a number below zero is left out."""
    left = box.left + (box.width - _long(counts, look)) // 2
    for shape, count, _ in counts:
        page.figure(
            shape, left, box.top + (box.height - _SIGN) // 2, _SIGN, look.colour, on=look.on
        )
        left += _SIGN + 6
        if count >= 0:
            page.write(str(count), left, box.top + (box.height - look.tall) // 2, look)
            left += look.wide(str(count))
        left += 14


def _long(counts: Sequence[tuple[Shape, int, str]], look: Look) -> int:
    numbers = sum(look.wide(str(count)) for _, count, _ in counts if count >= 0)
    return numbers + len(counts) * (_SIGN + 6) + (len(counts) - 1) * 14


def _least(slot: Slot) -> int:
    """How wide the cell of a time must be."""
    yes, *others = _counts(slot)
    star = ((Shape.STAR, -1, ""),) if slot.best else ()
    return 2 * (_EDGE + 8) + max(
        _long((yes, *star), Look(LABEL, Weight.BOLD)), _long(others, Look(SMALL))
    )


# ------------------------------------------------------------------------------------------------ list


def _list(page: Page, slots: Sequence[Slot], whens: Sequence[_When | None], of: int) -> None:
    """One time below the other; many of them in short."""
    many = len(slots) > MANY
    wide = max(
        (Look(WORDS, Weight.BOLD).wide(str(max(s.yes, s.if_need_be, s.no))) for s in slots),
        default=0,
    )
    for slot, when in zip(slots, whens, strict=True):
        colour = heat(_suits(slot, of))
        box = Box(MARGIN, page.y, RIGHT, page.y + (80 if many else 140))
        _ground(page, box, colour, best=slot.best)
        label = plain(slot.label)
        if many:
            _short(page, slot, when.short if when else label, box, colour, wide)
        else:
            _long_row(page, slot, label, box, colour)
        page.y = box.bottom + (_GAP if many else 14)


def _short(page: Page, slot: Slot, label: str, box: Box, colour: Colour, wide: int) -> None:
    """Label and numbers in one line, the numbers below each other."""
    ink = words_on(colour)
    look = Look(WORDS, Weight.BOLD if slot.best else Weight.REGULAR, ink, colour)
    number = Look(WORDS, Weight.BOLD, ink, colour)
    step = _SIGN + 8 + wide + 28
    left = box.right - 3 * step
    top = box.top + (box.height - look.tall) // 2
    sign = box.top + (box.height - _SIGN) // 2
    start = box.left + 24
    if slot.best:
        page.figure(Shape.STAR, start, sign, _SIGN, ink, on=colour)
        start += _SIGN + 12
    page.write(cut(label, look.size, look.weight, within=left - start - 12), start, top, look)
    for shape, count, _ in _counts(slot):
        page.figure(shape, left, sign, _SIGN, ink, on=colour)
        page.write(str(count), left + _SIGN + 8, top, number)
        left += step


def _long_row(page: Page, slot: Slot, label: str, box: Box, colour: Colour) -> None:
    """The label above, the numbers with their words below."""
    ink = words_on(colour)
    look = Look(LABEL, Weight.BOLD, ink, colour)
    said = Look(WORDS, colour=ink, on=colour)
    star = _SIGN + 14 if slot.best else 0
    top = box.top + 14
    page.write(
        cut(label, look.size, look.weight, within=box.width - 56 - star), box.left + 28, top, look
    )
    if star:
        page.figure(
            Shape.STAR, box.right - 28 - 38, top + (look.tall - 38) // 2, 38, ink, on=colour
        )
    top += look.tall + 8
    left = box.left + 28
    for shape, count, words in _counts(slot):
        page.figure(shape, left, top + (said.tall - _SIGN) // 2, _SIGN, ink, on=colour)
        left += _SIGN + 10
        page.write(f"{count} {words}", left, top, said)
        left += said.wide(f"{count} {words}") + 34
