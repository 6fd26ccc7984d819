"""Lays out the rounds of an election, and who is put before whom.

It promises that a table which is too wide is split below itself, so that its numbers stay as large as other words, and
that whoever is elected or out is told by a shape and a word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, groupby, pairwise

from daemon.picture.lettering import Weight, plain, readable, wrapped
from daemon.picture.palette import AGAINST, INK, PAPER, PLAIN, QUIET, ROW, WHITE, Colour
from daemon.picture.sheet import CONTENT, MARGIN, RIGHT, SMALL, WORDS, Box, Look, Page, Sheet
from practices.polls.chart import Cell, Shape, Table

#: Rows that are drawn, and how high the blocks may be together: what is beyond is left to the text, but for the last.
MOST_ROWS, HIGHEST = 24, 3200

_STAGE = re.compile(r"(\d+): (.+)", re.DOTALL)
_SERIES = re.compile(r"(\D+) (\d+)")
#: Beyond so many rows they stand closer.
MANY = 8
_SIGN = 30
#: In a cell: how large it is, and how much room it takes.
_SMALL_SIGN, _BESIDE = 24, 34
_PAD = 12
_WIDEST_LABEL, _WIDE_LABEL = 340, 280
_NARROWEST, _WIDEST = 70, 300
_NOTES = 12

_OUT = ("excluded", "out")

_HEAD = Look(SMALL, Weight.BOLD, QUIET)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    #: What stands on top, short.
    key: str
    #: What it stands for, said below the table; "" when it says all.
    note: str = ""
    #: What stands over it and its neighbours.
    group: str = ""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """What is the same in every block: the rows with their labels, and how much room these take."""

    rows: tuple[tuple[tuple[str, ...], str], ...]
    size: int
    gutter: int
    wide: int
    pad: int

    @property
    def start(self) -> int:
        """Where the columns begin."""
        return MARGIN + _PAD + self.gutter + self.wide + _PAD

    def height(self, row: int) -> int:
        """How high a row is."""
        return len(self.rows[row][0]) * Look(self.size).tall + 2 * self.pad


def table(chart: Table) -> Sheet:
    """One row an option and one column a round, in as many blocks as it takes."""
    page = Page.titled(chart.title)
    rows = chart.rows[:MOST_ROWS]
    columns = [
        replace(_column(name), cells=tuple(_cell(cells, at) for _, cells in rows))
        for at, name in enumerate(chart.columns)
    ]
    side = _side(rows, columns)
    blocks, missing = _kept(_split(columns, RIGHT - side.start, side.size), side)
    for block in blocks or [()]:
        _block(page, side, block)
    if not columns:
        page.paragraph("No votes yet.", Look(WORDS, colour=QUIET), most=1)
    if any(column.note for column in columns):
        page.key(_meanings(columns))
    more = len(chart.rows) - len(rows)
    return page.sheet(
        chart.foot,
        f"{more} more rows are not drawn here; the text has them." if more else "",
        f"Columns {missing[0].key} to {missing[-1].key} are not drawn here; the text has them."
        if missing
        else "",
    )


def _side(rows: Sequence[tuple[str, Sequence[Cell]]], columns: Sequence[_Column]) -> _Side:
    labels = readable([label for label, _ in rows])
    marks = [_mark(cells) for _, cells in rows]
    many = len(rows) > MANY
    size = SMALL if many else WORDS
    gutter = _SIGN + 12 if any(marks) else 0
    bold = Look(size, Weight.BOLD)
    most = (_WIDE_LABEL if many else _WIDEST_LABEL) if columns else CONTENT - gutter - 2 * _PAD
    wide = min(most, max(map(bold.wide, labels), default=0))
    lines = [wrapped(label, size, Weight.BOLD, within=wide, most=2) for label in labels]
    return _Side(
        rows=tuple(zip(lines, marks, strict=True)),
        size=size,
        gutter=gutter,
        wide=wide,
        pad=6 if many else 8,
    )


def _column(name: str) -> _Column:
    """`3: without Ben` is explained below; `before 3` goes below a common `before`."""
    name = plain(name)
    if stage := _STAGE.fullmatch(name):
        return _Column(key=stage[1], note=stage[2])
    if series := _SERIES.fullmatch(name):
        return _Column(key=series[2], group=series[1])
    return _Column(key=name)


def _cell(cells: Sequence[Cell], at: int) -> Cell:
    cell = cells[at] if at < len(cells) else Cell(words="")
    return replace(cell, words=plain(cell.words) if cell.words else "")


def _mark(cells: Sequence[Cell]) -> str:
    """What became of a row in the end."""
    marks = {cell.mark for cell in cells}
    return next((mark for mark in ("elected", *_OUT) if mark in marks), "")


def _meanings(columns: Sequence[_Column]) -> list[tuple[Shape, Colour, str]]:
    marks = {cell.mark for column in columns for cell in column.cells}
    known = (
        ("elected", Shape.STAR, PLAIN, "elected"),
        ("excluded", Shape.CROSS, AGAINST, "out"),
    )
    return [(shape, colour, words) for mark, shape, colour, words in known if mark in marks]


# -------------------------------------------------------------------------------------- side by side


def _wide(column: _Column, size: int) -> int:
    """How wide a column must be."""
    bold = Look(size, Weight.BOLD)
    cells = (
        bold.wide(cell.words) + (_BESIDE if _shape(cell) else 0) + 2 * _PAD for cell in column.cells
    )
    return min(_WIDEST, max(_NARROWEST, _HEAD.wide(column.key) + 2 * _PAD, *cells))


def _split(columns: Sequence[_Column], within: int, size: int) -> list[tuple[_Column, ...]]:
    """The columns in as few blocks as are no wider than that, with about as many in each where they fit so."""
    wides = [_wide(column, size) for column in columns]

    def fits(each: int) -> bool:
        return all(sum(wides[at : at + each]) <= within for at in range(0, len(wides), each))

    most = next((each for each in range(len(wides), 1, -1) if fits(each)), 1)
    blocks = -(-len(wides) // most)
    even = -(-len(wides) // max(1, blocks))
    each = even if even and fits(even) else most
    return [tuple(columns[at : at + each]) for at in range(0, len(columns), each)]


def _kept(
    blocks: list[tuple[_Column, ...]], side: _Side
) -> tuple[list[tuple[_Column, ...]], tuple[_Column, ...]]:
    """The blocks that are drawn, the last one among them, and the columns that are not."""
    heights = [_height(block, side) for block in blocks]
    kept = len(blocks)
    while kept > 2 and sum(heights[: kept - 1]) + heights[-1] > HIGHEST:  # noqa: PLR2004 - the first and the last
        kept -= 1
    left_out = tuple(chain.from_iterable(blocks[max(0, kept - 1) : -1]))
    return [*blocks[: max(0, kept - 1)], *blocks[-1:]], left_out


def _height(columns: Sequence[_Column], side: _Side) -> int:
    """About how high a block is."""
    return sum(map(side.height, _within(columns, side))) + (3 + len(_notes(columns))) * _HEAD.tall


def _within(columns: Sequence[_Column], side: _Side) -> list[int]:
    """The rows of a block: not those that were out before it began."""
    rows = range(len(side.rows))
    return [
        row for row in rows if not columns or any(each.cells[row].mark != "out" for each in columns)
    ]


def _notes(columns: Sequence[_Column]) -> tuple[str, ...]:
    """What the heads of a block stand for, in lines."""
    notes = " · ".join(
        f"{column.key}\N{NO-BREAK SPACE}{column.note}" for column in columns if column.note
    )
    return wrapped(notes, SMALL, within=CONTENT, most=_NOTES) if notes else ()


def _block(page: Page, side: _Side, columns: Sequence[_Column]) -> None:
    """One block of the table, with its own heads, and below it what they stand for."""
    boxes = _across(side, columns)
    _heads(page, columns, boxes)
    for place, row in enumerate(_within(columns, side)):
        ground = ROW if place % 2 == 0 else PAPER
        bottom = page.y + side.height(row)
        if ground == ROW:
            page.block(Box(MARGIN, page.y, RIGHT, bottom), ground, radius=12)
        _label(page, side, row, ground)
        for column, (left, right) in zip(columns, boxes, strict=True):
            _number(page, column.cells[row], Box(left, page.y, right, bottom), ground, side.size)
        page.y = bottom
    page.y += 14
    for line in _notes(columns):
        page.write(line, MARGIN, page.y, Look(SMALL, colour=QUIET))
        page.y += Look(SMALL).tall
    page.y += 26


def _across(side: _Side, columns: Sequence[_Column]) -> list[tuple[int, int]]:
    """From where to where each column goes; what is left over is given to all."""
    wides = [_wide(column, side.size) for column in columns]
    over = max(0, RIGHT - side.start - sum(wides)) // max(1, len(wides))
    ends = list(accumulate((wide + over for wide in wides), initial=side.start))
    return [(left, min(right, RIGHT)) for left, right in pairwise(ends)]


def _heads(page: Page, columns: Sequence[_Column], boxes: Sequence[tuple[int, int]]) -> None:
    together = list(zip(columns, boxes, strict=True))
    if any(column.group for column in columns):
        for group, members in groupby(together, key=lambda each: each[0].group):
            spans = [span for _, span in members]
            box = Box(spans[0][0], page.y, spans[-1][1], page.y + _HEAD.tall)
            page.write_within(group, box, _HEAD)
        page.y += _HEAD.tall
    for column, (left, right) in together:
        page.write_within(column.key, Box(left, page.y, right, page.y + _HEAD.tall), _HEAD)
    if columns:
        page.y += _HEAD.tall + 6


def _label(page: Page, side: _Side, row: int, ground: Colour) -> None:
    lines, mark = side.rows[row]
    elected = mark == "elected"
    colour = QUIET if mark in _OUT else INK
    look = Look(side.size, Weight.BOLD if elected else Weight.REGULAR, colour, ground)
    top = page.y + side.pad
    if mark:
        size = _SIGN if elected else _SIGN - 6
        page.figure(
            Shape.STAR if elected else Shape.CROSS,
            MARGIN + _PAD + (_SIGN - size) // 2,
            top + (look.tall - size) // 2,
            size,
            PLAIN if elected else AGAINST,
            on=ground,
        )
    for line in lines:
        page.write(line, MARGIN + _PAD + side.gutter, top, look)
        top += look.tall


def _shape(cell: Cell) -> Shape | None:
    return {"elected": Shape.STAR, "excluded": Shape.CROSS}.get(cell.mark)


def _number(page: Page, cell: Cell, box: Box, ground: Colour, size: int) -> None:
    """What stands in one cell, with the shape of what happened in it."""
    shape = _shape(cell)
    if shape is None:
        page.write_within(cell.words, box, Look(size, colour=INK, on=ground))
        return
    colour = AGAINST
    if shape is Shape.STAR:
        page.block(box.shrunk(4), PLAIN, on=ground, radius=10)
        ground, colour = PLAIN, WHITE
    look = Look(size, Weight.BOLD, colour, ground)
    wide = min(box.width - 2 * (_PAD - 2), _BESIDE + look.wide(cell.words))
    left = box.left + (box.width - wide) // 2
    page.figure(
        shape, left, box.top + (box.height - _SMALL_SIGN) // 2, _SMALL_SIGN, colour, on=ground
    )
    page.write_within(cell.words, Box(left + _BESIDE, box.top, left + wide, box.bottom), look)
