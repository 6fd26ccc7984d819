"""Draws results as pictures: bars, a gradient, the rounds of an election, a grid of times; and circles within circles.

It promises a PNG as wide as a phone shows three times enlarged, on a card of its own that reads on light and on dark;
that the same chart gives the same bytes; and that nothing is told by colour alone. A layout says first
what stands where (`laid_out`), and that is painted as it is. What a picture leaves out for want of room, it says so; the
words beside it (practices/polls/twin.py) leave out nothing.
"""

from dataclasses import dataclass

from daemon.picture.bars import bars, gradient
from daemon.picture.heat import heat_of
from daemon.picture.nest import nest
from daemon.picture.paint import painted
from daemon.picture.sheet import Sheet
from daemon.picture.table import table
from practices.polls.chart import Bars, Chart, Gradient, Heat, Nest, Table

__all__ = ["Drawing", "draw", "laid_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture: its PNG, and how large it is in pixels."""

    png: bytes
    width: int
    height: int


def draw(chart: Chart) -> Drawing:
    """The picture of a chart."""
    sheet = laid_out(chart)
    return Drawing(png=painted(sheet), width=sheet.width, height=sheet.height)


def laid_out(chart: Chart) -> Sheet:
    """What the picture of a chart shows, and where."""
    match chart:
        case Bars():
            return bars(chart)
        case Gradient():
            return gradient(chart)
        case Table():
            return table(chart)
        case Heat():
            return heat_of(chart)
        case Nest():
            return nest(chart)
