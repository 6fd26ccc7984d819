"""Lays out circles within circles: an assembly, its congregations, and what is in each of them.

It promises that a congregation is drawn as large as its band and no more exactly, that none is larger for standing
elsewhere, and that everything drawn is said in words below: by its number where there are few, else by its size.
"""

from __future__ import annotations

from functools import lru_cache
from math import asin, ceil, cos, pi, sin

from daemon.picture.lettering import Weight, cut, plain, readable
from daemon.picture.palette import HEAT, INK, PAPER, PLAIN, QUIET, TRACK, Colour, words_on
from daemon.picture.sheet import CONTENT, LABEL, MARGIN, RIGHT, SMALL, WIDTH, Box, Look, Page, Sheet
from practices.polls.chart import (
    Cluster,
    Nest,
    Shape,
    Spot,
    bands,
    congregations,
    is_named,
    is_numbered_nest,
)

#: The discs of congregations, by size from 1 to 6, and of one of which nothing is known: shares of the largest.
_SHARES = (0.62, 0.52, 0.62, 0.7, 0.79, 0.89, 1.0)
#: Of the room that a disc has, so much is filled.
_FILLED = 0.9
#: A circle of delegates keeps so much of its room free.
_INNER = 0.94
#: Discs at least so large have the crews drawn in them, and their number.
_ROOMY = 52
#: With more circles than these, they stand in two columns and without the names of their congregations.
_MOST_TOLD = 8
#: Circles that are listed.
_MOST_LISTED = 40
_RULE = 3
#: Room that is lost in reckoning.
_SLIGHT = 1e-9
#: And so large that their number can be large, too.
_WIDE = 64
#: The side of the largest square in a disc, of its radius.
_SQUARE = 1.4
_CREW: Colour = HEAT[2]
_MARK = 96
_GUTTER = MARGIN + _MARK + 32

_Place = tuple[float, float]


def nest(chart: Nest) -> Sheet:
    """The whole, what is in it, and the scales."""
    page = Page.titled(chart.title)
    numbered = is_numbered_nest(chart)
    _assembly(page, chart, numbered=numbered)
    page.y += 36
    notes: list[str] = []
    if numbered:
        _named(page, chart.clusters[0])
    else:
        _sizes(page, chart)
        notes = _clusters(page, chart)
    _scales(page, chart)
    return page.sheet(chart.foot, *notes)


# ------------------------------------------------------------------------------------------- the discs


def _assembly(page: Page, chart: Nest, *, numbered: bool) -> None:
    whole = CONTENT // 2
    centre = WIDTH // 2, page.y + whole
    page.disc(centre, whole, TRACK, on=PAPER)
    page.y += 2 * whole
    grouped = len(chart.clusters) > 1
    places, reach = packed(len(chart.clusters))
    inner = int(whole * reach * (_INNER if grouped else 1))
    # Of all circles the one with the least room for each: a size means the same in all of them. Alone a congregation
    # would fill everything, and look like the assembly itself.
    most = max((len(cluster.spots) for cluster in chart.clusters), default=0)
    room = min(packed(most)[1], 0.5) * inner * _FILLED
    for cluster, (x, y) in zip(chart.clusters, places, strict=True):
        middle = round(centre[0] + x * whole), round(centre[1] + y * whole)
        ground = PAPER if grouped else TRACK
        if grouped:
            page.disc(middle, inner, PAPER, on=TRACK)
        _spots(page, cluster, middle, inner, ground, room=room, numbered=numbered)


def _spots(
    page: Page,
    cluster: Cluster,
    centre: tuple[int, int],
    whole: int,
    ground: Colour,
    *,
    room: float,
    numbered: bool,
) -> None:
    """The congregations of one circle; the largest has a radius of `room`."""
    places, _ = packed(len(cluster.spots))
    crews = numbered and room * min(_SHARES) >= _ROOMY
    for number, (spot, (x, y)) in enumerate(zip(cluster.spots, places, strict=True), start=1):
        middle = round(centre[0] + x * whole), round(centre[1] + y * whole)
        if spot.marked and not numbered:
            _figure(page, Shape.STAR, *middle, int(room * _SQUARE), PLAIN, ground)
            continue
        radius = max(6, int(room * _SHARES[spot.size]))
        inside = _spot(page, spot.size, middle, radius, ground)
        if crews:
            _crews(page, spot, middle, radius, inside)
        if spot.marked:
            star = min(52, int(radius * 0.8))
            _figure(page, Shape.STAR, *middle, star, words_on(inside), inside)
        elif numbered:
            look = Look(LABEL if radius >= _WIDE else SMALL, Weight.BOLD, words_on(inside), inside)
            left = middle[0] - look.wide(str(number)) // 2
            page.write(str(number), left, middle[1] - look.tall // 2, look)


def _spot(page: Page, size: int, centre: tuple[int, int], radius: int, ground: Colour) -> Colour:
    """The disc of one congregation, or a ring when nothing is known of it; the colour that is in it."""
    if size:
        page.disc(centre, radius, PLAIN, on=ground)
        return PLAIN
    page.disc(centre, radius, QUIET, on=ground)
    page.disc(centre, radius - max(3, radius // 6), ground, on=QUIET)
    return ground


def _crews(page: Page, spot: Spot, centre: tuple[int, int], radius: int, inside: Colour) -> None:
    if not spot.dots or inside != PLAIN:
        return
    orbit = radius * 0.78
    # So far apart that the squares around them never touch, whichever way they stand to each other.
    apart = _SQUARE * orbit * sin(pi / max(spot.dots, 2))
    size = int(min(radius * 0.2, apart - 3))
    for at in range(spot.dots):
        angle = 2 * pi * at / spot.dots - pi / 2
        x, y = centre[0] + orbit * cos(angle), centre[1] + orbit * sin(angle)
        _figure(page, Shape.CIRCLE, round(x), round(y), size, _CREW, inside)


def _figure(
    page: Page, shape: Shape, x: int, y: int, size: int, colour: Colour, on: Colour
) -> None:
    page.figure(shape, x - size // 2, y - size // 2, size, colour, on=on)


@lru_cache(maxsize=256)
def packed(count: int) -> tuple[tuple[_Place, ...], float]:
    """Where so many equal discs lie in a disc of radius 1, and how large each can be: in rings, the outermost first."""
    if not count:
        return (), 1.0
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(_rings(middle)) >= count else (low, middle)
    places: list[_Place] = []
    rings, left = _rings(low), count
    for number, room in enumerate(rings):
        # Each ring in proportion, so that no gap is left in one of them alone.
        here = min(room, ceil(left * room / sum(rings[number:])))
        left -= here
        orbit = 0.0 if here == 1 and number else max(0.0, 1 - low - 2 * low * number)
        turns = [2 * pi * at / max(here, 1) - pi / 2 for at in range(here)]
        places += [(orbit * cos(turn), orbit * sin(turn)) for turn in turns]
    return tuple(places), low


def _rings(radius: float) -> list[int]:
    """How many discs of a radius have room in each ring, from the outermost to the one in the middle."""
    rooms, orbit = [], 1 - radius
    while orbit > -_SLIGHT:
        rooms.append(1 if orbit < radius else int(pi / asin(radius / orbit) + _SLIGHT))
        orbit -= 2 * radius
    return rooms


# -------------------------------------------------------------------------------------------- the words


def _named(page: Page, cluster: Cluster) -> None:
    """Every congregation by its number, with its bands."""
    labels = readable([spot.label for spot in cluster.spots])
    for number, (spot, label) in enumerate(zip(cluster.spots, labels, strict=True), start=1):
        bold = Look(LABEL, Weight.BOLD)
        if spot.marked:
            page.figure(Shape.STAR, MARGIN, page.y + 4, 48, PLAIN)
        else:
            number_look = Look(SMALL, Weight.BOLD, QUIET)
            page.write_right(str(number), MARGIN + 48, page.y + 4, number_look)
        left = MARGIN + 48 + 24
        page.write_within_left(label, left, RIGHT, bold)
        bands_ = ", ".join(filter(None, (spot.people, spot.crews))) or "no card yet"
        page.write_within_left(plain(bands_), left, RIGHT, Look(SMALL, colour=QUIET))
        page.y += 14


def _sizes(page: Page, chart: Nest) -> None:
    """What the discs mean, and how many there are of each."""
    look = Look(SMALL)
    for size, words, count in bands(chart)[:_MOST_TOLD]:
        middle = MARGIN + 30, page.y + 30
        _spot(page, size, middle, int(30 * _SHARES[size]), PAPER)
        said = congregations(count)
        page.write_right(said, RIGHT, page.y + 7, look)
        room = CONTENT - 84 - look.wide(said) - 28
        page.write(cut(plain(words), SMALL, within=room), MARGIN + 84, page.y + 7, look)
        page.y += 66
    if any(spot.marked for cluster in chart.clusters for spot in cluster.spots):
        _figure(page, Shape.STAR, MARGIN + 30, page.y + 30, 48, PLAIN, PAPER)
        page.write("yours", MARGIN + 84, page.y + 7, look)
        page.y += 66
    page.y += 24


def _clusters(page: Page, chart: Nest) -> list[str]:
    """The circles of delegates, with the names of their congregations where they are few; what is left out."""
    if len(chart.clusters) > _MOST_TOLD:
        return _columns(page, chart)
    quiet = Look(SMALL, colour=QUIET)
    for cluster in chart.clusters:
        said = congregations(len(cluster.spots))
        page.write_right(said, RIGHT, page.y, quiet)
        _label(page, cluster, MARGIN, RIGHT - quiet.wide(said) - 28)
        if is_named(chart):
            names = ", ".join(readable([spot.label for spot in cluster.spots]))
            page.paragraph(names, quiet, most=3)
        page.y += 16
    return []


def _columns(page: Page, chart: Nest) -> list[str]:
    quiet = Look(SMALL, colour=QUIET)
    page.paragraph("The circles of delegates, and how many congregations each has:", quiet, most=2)
    page.y += 8
    shown = chart.clusters[:_MOST_LISTED]
    rows = -(-len(shown) // 2)
    top, wide = page.y, CONTENT // 2 - 24
    for at, cluster in enumerate(shown):
        column, row = divmod(at, rows)
        left, page.y = MARGIN + column * (CONTENT - wide), top + row * 54
        said = str(len(cluster.spots))
        page.write_right(said, left + wide, page.y, quiet)
        _label(page, cluster, left, left + wide - 80)
    page.y = top + rows * 54
    notes = ["Congregations are not named here; the text does."] if is_named(chart) else []
    more = len(chart.clusters) - len(shown)
    return (
        [*notes, f"{more} more circles are not drawn here; the text has them."] if more else notes
    )


def _label(page: Page, cluster: Cluster, left: int, right: int) -> None:
    """The name of a circle, with a star where the congregation is whose picture it is."""
    look = Look(SMALL, Weight.BOLD)
    star = 46 if any(spot.marked for spot in cluster.spots) else 0
    words = cut(plain(cluster.label), look.size, look.weight, within=right - left - star)
    if star:
        page.figure(Shape.STAR, left + look.wide(words) + 12, page.y + 6, 34, PLAIN)
    page.write(words, left, page.y, look)
    page.y += look.tall


def _scales(page: Page, chart: Nest) -> None:
    """One row for each scale, with what is drawn for it."""
    if chart.scales:
        page.y += 14
        page.block(Box(MARGIN, page.y, RIGHT, page.y + _RULE), TRACK)
        page.y += _RULE + 26
    for (label, words), drawn in zip(chart.scales, (1, 2, 3, 4, 5), strict=False):
        _scale(page, drawn, (MARGIN + _MARK // 2, page.y + _MARK // 2))
        bottom = page.y + _MARK
        page.write_within_left(plain(label), _GUTTER, RIGHT, Look(SMALL, Weight.BOLD))
        page.write_within_left(plain(words), _GUTTER, RIGHT, Look(SMALL, colour=QUIET))
        page.y = max(page.y, bottom) + 18


def _scale(page: Page, drawn: int, centre: tuple[int, int]) -> None:
    """Circles within circles, from one person to an assembly; each is a part of the next."""
    x, y = centre
    half = _MARK // 2
    match drawn:
        case 1:
            _figure(page, Shape.CIRCLE, x, y, 30, INK, PAPER)
        case 2:
            for side in (-18, 18):
                _figure(page, Shape.CIRCLE, x + side, y, 30, INK, PAPER)
        case 3:
            page.disc(centre, half, _CREW, on=PAPER)
            _crowd(page, centre, number=5, size=22, colour=INK, on=_CREW)
        case 4:
            page.disc(centre, half, PLAIN, on=PAPER)
            _crowd(page, centre, number=7, size=20, colour=_CREW, on=PLAIN)
        case _:
            page.disc(centre, half, TRACK, on=PAPER)
            for place in packed(7)[0]:
                middle = round(x + place[0] * half), round(y + place[1] * half)
                page.disc(middle, 13, PLAIN, on=TRACK)


def _crowd(
    page: Page, centre: tuple[int, int], *, number: int, size: int, colour: Colour, on: Colour
) -> None:
    """So many circles side by side in a circle as large as a mark."""
    (x, y), half = centre, _MARK // 2
    for place in packed(number)[0]:
        middle = round(x + place[0] * half), round(y + place[1] * half)
        _figure(page, Shape.CIRCLE, *middle, size, colour, on)
