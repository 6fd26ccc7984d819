"""Lays out bars, one for each option, and the band of a gradient.

It promises that an option's words, its number or shape and its bar stand together, and that a band is divided as the
voices are, with a part for everything that got any.
"""

from collections.abc import Sequence

from daemon.picture.lettering import Weight, cut, plain, readable, wrapped
from daemon.picture.palette import INK, PAPER, PLAIN, QUIET, TRACK, leaning, words_on
from daemon.picture.sheet import LABEL, MARGIN, RIGHT, SMALL, WORDS, Box, Look, Page, Sheet
from practices.polls.chart import Bar, Bars, Gradient, Shape, is_numbered

#: Bars that are drawn, and from how many on they stand closer.
MOST, MANY = 24, 10

_SIGN = 44
_GUTTER = MARGIN + _SIGN + 20
_GAP = 28
_BAND = 132
_THINNEST = 10


def bars(chart: Bars) -> Sheet:
    """One bar below the other, in their order."""
    page = Page.titled(chart.title)
    shown = chart.bars[:MOST]
    labels = readable([bar.label for bar in shown])
    many = len(shown) > MANY
    for number, (bar, label) in enumerate(zip(shown, labels, strict=True), start=1):
        _sign(page, bar, number)
        _words(page, bar, label, most=2 if many else 3)
        box = Box(_GUTTER, page.y + 4, RIGHT, page.y + (26 if many else 36))
        page.block(box, TRACK, radius=box.height // 2)
        share = bar.value / chart.of if chart.of > 0 else 0.0
        filled = round(box.width * min(1.0, max(0.0, share)))
        if share > 0:
            end = box.left + max(box.height, filled)
            page.block(
                Box(box.left, box.top, end, box.bottom),
                leaning(bar.lean),
                beyond=TRACK if end < box.right else PAPER,
                radius=box.height // 2,
            )
        page.y = box.bottom + (22 if many else 32)
    return page.sheet(chart.foot, _left_out(len(chart.bars) - len(shown)))


def _sign(page: Page, bar: Bar, number: int) -> None:
    """What tells an option apart: the shape of its position, or the number that people vote by."""
    top = page.y + (Look(LABEL).tall - _SIGN) // 2
    if not is_numbered(bar):
        page.figure(bar.shape, MARGIN, top, _SIGN, leaning(bar.lean))
        return
    box = Box(MARGIN, top - 4, MARGIN + _SIGN + 8, top + _SIGN + 4)
    page.block(box, TRACK, radius=14)
    page.write_within(str(number), box, Look(SMALL, Weight.BOLD, QUIET, TRACK))


def _words(page: Page, bar: Bar, label: str, *, most: int) -> None:
    """Label and words side by side where they fit so, else below each other."""
    name = Look(LABEL, Weight.BOLD if bar.marked else Weight.REGULAR)
    said = Look(WORDS, Weight.BOLD, INK if bar.value else QUIET)
    star = 46 if bar.marked else 0
    words = cut(plain(bar.words), said.size, said.weight, within=RIGHT - _GUTTER - star)
    room = RIGHT - _GUTTER - said.wide(words) - star - _GAP
    beside = room >= min((RIGHT - _GUTTER) // 2, name.wide(label))
    lines = wrapped(
        label, name.size, name.weight, within=room if beside else RIGHT - _GUTTER, most=most
    )
    top = page.y
    for line in lines:
        page.write(line, _GUTTER, page.y, name)
        page.y += name.tall
    left = RIGHT - said.wide(words) if beside else _GUTTER + star
    if not beside:
        top = page.y
        page.y += said.tall
    page.write(words, left, top + 3, said)
    if star:
        page.figure(Shape.STAR, left - star, top + 6, 38, PLAIN)


# --------------------------------------------------------------------------------------------- gradient


def gradient(chart: Gradient) -> Sheet:
    """One band, and below it what each part is."""
    page = Page.titled(chart.title)
    shown = chart.bars[:MOST]
    _band(page, shown)
    for bar, label in zip(shown, readable([bar.label for bar in shown]), strict=True):
        _sign_of_part(page, bar)
        _words(page, bar, label, most=2)
        page.y += 14
    return page.sheet(chart.foot, _left_out(len(chart.bars) - len(shown)))


def _band(page: Page, parts: Sequence[Bar]) -> None:
    box = Box(MARGIN, page.y, RIGHT, page.y + _BAND)
    widths = shares([part.value for part in parts], box.width)
    if not any(widths):
        page.block(box, TRACK, radius=24)
        page.write_within("no voices yet", box, Look(LABEL, colour=QUIET, on=TRACK))
    left = box.left
    for part, wide in zip(parts, widths, strict=True):
        end = left + wide
        # A little of the card between two parts, so that they are told apart without colour.
        piece = Box(left, box.top, max(left + 1, end - (6 if end < box.right else 0)), box.bottom)
        if wide:
            _piece(page, part, piece)
        left = end
    page.y = box.bottom + 12
    quiet = Look(SMALL, colour=QUIET)
    page.write("most for", MARGIN, page.y, quiet)
    page.write_right("most against", RIGHT, page.y, quiet)
    page.y += quiet.tall + 24


def _piece(page: Page, part: Bar, box: Box) -> None:
    """One part of the band, with its shape and its number where they fit."""
    colour = leaning(part.lean)
    page.block(box, colour, radius=12)
    ink = words_on(colour)
    number = Look(LABEL, Weight.BOLD, ink, colour)
    words = f"{part.value:g}"
    if box.width < max(_SIGN, number.wide(words)) + 16:
        return
    page.figure(
        part.shape, box.left + (box.width - _SIGN) // 2, box.top + 18, _SIGN, ink, on=colour
    )
    page.write_within(words, Box(box.left, box.top + 66, box.right, box.bottom - 8), number)


def _sign_of_part(page: Page, part: Bar) -> None:
    top = page.y + (Look(LABEL).tall - _SIGN) // 2
    page.figure(part.shape, MARGIN, top, _SIGN, leaning(part.lean), on=PAPER)


def shares(values: Sequence[float], within: int) -> list[int]:
    """How wide each part is, in pixels: together all there is, in proportion, and none that has any is too thin to see."""
    held = [max(0.0, value) for value in values]
    some = sum(1 for value in held if value)
    if not some:
        return [0] * len(held)
    free = within - some * _THINNEST
    ends = [0]
    whole, so_far = sum(held), 0.0
    for value in held:
        so_far += value
        ends.append(round(free * so_far / whole))
    return [
        end - start + (_THINNEST if value else 0)
        for value, start, end in zip(held, ends, ends[1:], strict=False)
    ]


def _left_out(more: int) -> str:
    return f"{more} more are not drawn here; the text has them." if more > 0 else ""
