"""A sheet: everything that a picture shows and where, before anything is painted.

It promises that each part knows the one ground it lies on, so that contrast can be computed and edges are smooth, and
that words which are set do not cover each other: a layout asks for the room first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from daemon.picture.lettering import GAP, Weight, cut, plain, tall, width, wrapped
from daemon.picture.palette import INK, PAPER, QUIET, TRACK, Colour
from practices.polls.chart import Shape

#: A phone shows it a third as wide: 36 pixels are 12 there.
WIDTH = 1080
MARGIN = 48
CONTENT = WIDTH - 2 * MARGIN
RIGHT = WIDTH - MARGIN

TITLE, LABEL, WORDS, SMALL = 54, 42, 38, 36

#: What is beside the letters of a line, so that none is cut off.
BEARING = 3

_TITLE_LINES, _FOOT_LINES = 4, 5
_RULE = 3
_SIGN = 30


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is, in pixels from the upper left corner; right and bottom are the first that it does not touch."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.bottom - self.top

    def shrunk(self, by: int) -> "Box":
        """So much less at each side."""
        return Box(self.left + by, self.top + by, self.right - by, self.bottom - by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A filled rectangle, whose corners may be round."""

    box: Box
    colour: Colour
    on: Colour = PAPER
    #: What lies to its right, where that is something else.
    beyond: Colour | None = None
    radius: int = 0
    #: It is a disc that fills its square: what lies in the corners of that stays as it is.
    disc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A shape that stands for a position or says what became of something; its box is a square."""

    box: Box
    shape: Shape
    colour: Colour
    on: Colour = PAPER


@dataclass(frozen=True, slots=True)
class Look:
    """How words look, and the one ground they lie on."""

    size: int
    weight: Weight = Weight.REGULAR
    colour: Colour = INK
    on: Colour = PAPER

    def wide(self, words: str) -> int:
        """How wide a line of them is, in pixels."""
        return width(words, self.size, self.weight)

    @property
    def tall(self) -> int:
        """How high a line is, in pixels."""
        return tall(self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words in one line."""

    box: Box
    words: str
    look: Look


_QUIETLY = Look(SMALL, colour=QUIET)

Part = Block | Figure | Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A picture as it will be painted: its parts in their order, later ones on top."""

    width: int
    height: int
    parts: tuple[Part, ...]


@dataclass(slots=True)
class Page:
    """A sheet that is being laid out, from top to bottom; `y` is where there is room still."""

    y: int = MARGIN
    parts: list[Part] = field(default_factory=list)

    @classmethod
    def titled(cls, title: str) -> "Page":
        """A page that begins with its title."""
        page = cls()
        page.paragraph(plain(title), Look(TITLE, Weight.BOLD), most=_TITLE_LINES)
        page.y += 30
        return page

    def write(self, words: str, left: int, top: int, look: Look) -> None:
        """Set a line with its upper left corner there."""
        if words:
            box = Box(left - BEARING, top, left + look.wide(words) + BEARING, top + look.tall)
            self.parts.append(Line(box=box, words=words, look=look))

    def write_right(self, words: str, right: int, top: int, look: Look) -> None:
        """Set a line that ends there."""
        self.write(words, right - look.wide(words), top, look)

    def write_within(self, words: str, box: Box, look: Look) -> None:
        """Set a line in the middle of a box; what does not fit is cut."""
        words = cut(words, look.size, look.weight, within=box.width)
        left = box.left + (box.width - look.wide(words)) // 2
        self.write(words, left, box.top + (box.height - look.tall) // 2, look)

    def write_within_left(self, words: str, left: int, right: int, look: Look) -> None:
        """Set a line at `y` that begins there, and go on below it; what does not fit is cut."""
        self.write(cut(words, look.size, look.weight, within=right - left), left, self.y, look)
        self.y += look.tall

    def paragraph(self, words: str, look: Look, *, most: int) -> None:
        """Set words over the whole width from `y` on, in so many lines at most."""
        if words:
            for line in wrapped(words, look.size, look.weight, within=CONTENT, most=most):
                self.write(line, MARGIN, self.y, look)
                self.y += look.tall

    def block(
        self,
        box: Box,
        colour: Colour,
        *,
        on: Colour = PAPER,
        beyond: Colour | None = None,
        radius: int = 0,
    ) -> None:
        """Fill a rectangle."""
        if box.width > 0 and box.height > 0:
            radius = min(radius, box.width // 2, box.height // 2)
            self.parts.append(Block(box=box, colour=colour, on=on, beyond=beyond, radius=radius))

    def disc(self, centre: tuple[int, int], radius: int, colour: Colour, *, on: Colour) -> None:
        """Fill a circle."""
        x, y = centre
        box = Box(x - radius, y - radius, x + radius, y + radius)
        self.parts.append(Block(box=box, colour=colour, on=on, radius=radius, disc=True))

    def figure(
        self, shape: Shape, left: int, top: int, size: int, colour: Colour, *, on: Colour = PAPER
    ) -> None:
        """Set a shape with its upper left corner there."""
        box = Box(left, top, left + size, top + size)
        self.parts.append(Figure(box=box, shape=shape, colour=colour, on=on))

    def key(self, meanings: Sequence[tuple[Shape, Colour, str]]) -> None:
        """What shapes mean, one after the other, in as many lines as it takes."""
        left = MARGIN
        for shape, colour, words in meanings:
            wide = _SIGN + 10 + _QUIETLY.wide(words)
            if left > MARGIN and left + wide > RIGHT:
                left = MARGIN
                self.y += _QUIETLY.tall + 6
            self.figure(shape, left, self.y + (_QUIETLY.tall - _SIGN) // 2, _SIGN, colour)
            self.write(words, left + _SIGN + 10, self.y, _QUIETLY)
            left += wide + 36
        if meanings:
            self.y += _QUIETLY.tall

    def sheet(self, foot: str, *notes: str) -> Sheet:
        """The whole, with what stands below: notes, what is left out, and the foot."""
        if any(isinstance(part, Line) and GAP in part.words for part in self.parts):
            notes = (*notes, f"{GAP} is writing that is not drawn here; the text has it.")
        below = [each for each in (*notes, plain(foot) if foot else "") if each]
        if below:
            self.y += 18
            self.block(Box(MARGIN, self.y, RIGHT, self.y + _RULE), TRACK)
            self.y += _RULE + 18
        for words in below:
            self.paragraph(words, _QUIETLY, most=_FOOT_LINES)
        return Sheet(width=WIDTH, height=self.y + MARGIN - 6, parts=tuple(self.parts))
