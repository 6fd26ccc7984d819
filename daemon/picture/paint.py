"""Paints a sheet as a PNG with a palette.

It promises the same bytes for the same sheet. Because every part knows the ground it lies on, an edge is a step between
two known colours: smooth, small enough for a phone, and painted in a few milliseconds.
"""

from functools import lru_cache
from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw

from daemon.picture.lettering import Weight, base, font, tall, width
from daemon.picture.palette import PAPER, Colour, mixed
from daemon.picture.sheet import BEARING, Block, Box, Figure, Line, Sheet
from practices.polls.chart import Shape

#: Steps from a ground to what lies on it.
_STEPS = 8
_COLOURS = 256
_CORNER = 32
#: Shapes are drawn so many times larger and made small, which smooths them.
_FINE = 8
#: A disc as large as this is smooth with less.
_LARGE, _LARGE_FINE = 64, 2
#: Of zlib: more takes longer than it saves a phone.
_EFFORT = 2
_OPAQUE = 255
#: Whatever is covered at all, wholly.
_TOUCHED = bytes([0, *[_OPAQUE] * _OPAQUE])
#: How the upper left corner becomes the upper and the lower one of each side.
_LEFT = (None, Image.Transpose.FLIP_TOP_BOTTOM)
_RIGHT = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180)


class _Inks:
    """The colours of one picture, by their numbers; number 0 is nothing at all, outside the card."""

    def __init__(self) -> None:
        self.seen: dict[tuple[Colour, int], int] = {(PAPER, 0): 0}
        self._ramps: dict[tuple[Colour, Colour], bytes] = {}

    def number(self, colour: Colour, alpha: int = _OPAQUE) -> int:
        """The number of a colour; when there are no more, that of the nearest."""
        key = (colour, alpha)
        if key not in self.seen and len(self.seen) >= _COLOURS:
            key = min(self.seen, key=lambda known: _distance(known, (colour, alpha)))
        return self.seen.setdefault(key, len(self.seen))

    def ramp(self, ground: Colour, colour: Colour) -> bytes:
        """The number to paint for each of 256 degrees to which something covers its ground."""
        key = (ground, colour)
        if key not in self._ramps:
            shares = [step / (_STEPS - 1) for step in range(_STEPS)]
            self._ramps[key] = _spread([self.number(mixed(ground, colour, at)) for at in shares])
        return self._ramps[key]

    def fading(self, colour: Colour) -> bytes:
        """The same for an edge beyond which there is nothing."""
        alphas = [_OPAQUE * step // (_STEPS - 1) for step in range(_STEPS)]
        return _spread([self.number(colour, alpha) for alpha in alphas])


def _spread(steps: list[int]) -> bytes:
    """A few steps over all 256 degrees."""
    return bytes(steps[(degree * (_STEPS - 1) + _OPAQUE // 2) // _OPAQUE] for degree in range(256))


def _inked(mask: Image.Image, ramp: bytes) -> Image.Image:
    """The numbers to paint for a mask: what `Image.point` does, ten times as fast."""
    return Image.frombytes("L", mask.size, mask.tobytes().translate(ramp))


def _distance(one: tuple[Colour, int], other: tuple[Colour, int]) -> int:
    parts = zip((*one[0], one[1]), (*other[0], other[1]), strict=True)
    return sum((a - b) ** 2 for a, b in parts)


def painted(sheet: Sheet) -> bytes:
    """The sheet as a PNG."""
    inks = _Inks()
    canvas = Image.new("L", (sheet.width, sheet.height), inks.number(PAPER))
    whole = Box(0, 0, sheet.width, sheet.height)
    edge = inks.fading(PAPER)
    _round(canvas, whole, _CORNER, edge, edge)
    for part in sheet.parts:
        match part:
            case Block():
                _fill(canvas, part, inks)
            case Figure(box=box):
                mask = _figure(part.shape, box.width)
                canvas.paste(_inked(mask, inks.ramp(part.on, part.colour)), (box.left, box.top))
            case Line():
                _write(canvas, part, inks)
    return _png(canvas, inks)


def _fill(canvas: Image.Image, block: Block, inks: _Inks) -> None:
    box = block.box
    if block.disc:
        mask, touched = _disc(block.radius)
        ramp = inks.ramp(block.on, block.colour)
        canvas.paste(_inked(mask, ramp), (box.left, box.top), touched)
        return
    canvas.paste(inks.number(block.colour), (box.left, box.top, box.right, box.bottom))
    if block.radius:
        left = inks.ramp(block.on, block.colour)
        right = left if block.beyond is None else inks.ramp(block.beyond, block.colour)
        _round(canvas, box, block.radius, left, right)


def _round(canvas: Image.Image, box: Box, radius: int, left: bytes, right: bytes) -> None:
    """Take the corners of a filled box off again, towards what is to its left and to its right."""
    for side, ramp, turns in ((box.left, left, _LEFT), (box.right - radius, right, _RIGHT)):
        for top, corner in zip(
            (box.top, box.bottom - radius), _corners(radius, turns), strict=True
        ):
            canvas.paste(_inked(corner, ramp), (side, top))


def _write(canvas: Image.Image, line: Line, inks: _Inks) -> None:
    look = line.look
    mask = _letters(line.words, look.size, look.weight)
    canvas.paste(_inked(mask, inks.ramp(look.on, look.colour)), (line.box.left, line.box.top))


def _png(canvas: Image.Image, inks: _Inks) -> bytes:
    canvas.putpalette([part for colour, _ in inks.seen for part in colour])
    alphas = bytes(alpha for _, alpha in inks.seen)
    written = BytesIO()
    canvas.save(written, "PNG", transparency=alphas, compress_level=_EFFORT)
    return written.getvalue()


# ------------------------------------------------------------------------------------------ shapes


@lru_cache(maxsize=64)
def _disc(radius: int) -> tuple[Image.Image, Image.Image]:
    """A disc, and all that it touches: only that is painted, for the square around it is others' ground."""
    times = _FINE if radius < _LARGE else _LARGE_FINE
    fine = 2 * radius * times
    mask = Image.new("L", (fine, fine))
    ImageDraw.Draw(mask).ellipse((0, 0, fine - 1, fine - 1), fill=_OPAQUE)
    mask = mask.reduce(times)
    return mask, Image.frombytes("L", mask.size, mask.tobytes().translate(_TOUCHED))


@lru_cache
def _corners(radius: int, turns: tuple[Image.Transpose | None, ...]) -> tuple[Image.Image, ...]:
    """Quarters of a disc: the upper left one, turned as is said."""
    fine = radius * _FINE
    mask = Image.new("L", (fine, fine))
    ImageDraw.Draw(mask).ellipse((0, 0, 2 * fine - 1, 2 * fine - 1), fill=_OPAQUE)
    corner = mask.reduce(_FINE)
    return tuple(corner if turn is None else corner.transpose(turn) for turn in turns)


@lru_cache(maxsize=256)
def _letters(words: str, size: int, weight: Weight) -> Image.Image:
    """A line of words, with the room beside it; a table says the same numbers again and again."""
    mask = Image.new("L", (width(words, size, weight) + 2 * BEARING, tall(size)))
    ImageDraw.Draw(mask).text(
        (BEARING, base(size)), words, fill=_OPAQUE, font=font(size, weight), anchor="ls"
    )
    return mask


@lru_cache
def _figure(shape: Shape, size: int) -> Image.Image:
    mask = Image.new("L", (size * _FINE, size * _FINE))
    _shapes(ImageDraw.Draw(mask), shape, float(size * _FINE - 1))
    return mask.reduce(_FINE)


def _shapes(draw: ImageDraw.ImageDraw, shape: Shape, full: float) -> None:
    """One shape in a square from 0 to `full`."""

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * full, y * full) for x, y in points]

    match shape:
        case Shape.CIRCLE:
            draw.ellipse(at((0.06, 0.06), (0.94, 0.94)), fill=_OPAQUE)
        case Shape.RING:
            draw.ellipse(at((0.06, 0.06), (0.94, 0.94)), fill=_OPAQUE)
            draw.ellipse(at((0.27, 0.27), (0.73, 0.73)), fill=0)
        case Shape.SQUARE:
            draw.rectangle(at((0.1, 0.1), (0.9, 0.9)), fill=_OPAQUE)
        case Shape.DIAMOND:
            draw.polygon(at((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)), fill=_OPAQUE)
        case Shape.TRIANGLE:
            draw.polygon(at((0.5, 0.06), (1, 0.92), (0, 0.92)), fill=_OPAQUE)
        case Shape.CROSS:
            half = 0.14
            draw.polygon(
                at((half, 0), (1, 1 - half), (1 - half, 1), (0, half)),
                fill=_OPAQUE,
            )
            draw.polygon(
                at((1 - half, 0), (1, half), (half, 1), (0, 1 - half)),
                fill=_OPAQUE,
            )
        case Shape.BAR:
            draw.rounded_rectangle(at((0.02, 0.34), (0.98, 0.66)), 0.14 * full, fill=_OPAQUE)
        case Shape.STAR:
            draw.polygon(at(*(_ray(ray) for ray in range(10))), fill=_OPAQUE)


def _ray(ray: int) -> tuple[float, float]:
    """A point of a star with five points, every second one inward."""
    reach = 0.52 if ray % 2 == 0 else 0.22
    angle = ray * pi / 5
    return 0.5 + reach * sin(angle), 0.54 - reach * cos(angle)
