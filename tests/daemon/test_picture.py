"""Pictures of results: what stands where, whether it can be read, and that it is painted as it was laid out."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from itertools import combinations
from math import hypot
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from daemon.app import drawn
from daemon.picture import draw, laid_out, palette
from daemon.picture.bars import shares
from daemon.picture.lettering import (
    GAP,
    Weight,
    base,
    cut,
    font,
    plain,
    readable,
    tall,
    width,
    wrapped,
)
from daemon.picture.nest import packed
from daemon.picture.paint import painted
from daemon.picture.palette import contrast
from daemon.picture.sheet import (
    BEARING,
    MARGIN,
    SMALL,
    WIDTH,
    Block,
    Box,
    Figure,
    Line,
    Part,
    Sheet,
)
from practices.assembly.cards import crews_band, people_band
from practices.assembly.circles import circles
from practices.assembly.picture import SCALES, picture
from practices.assembly.roll import Seat
from practices.polls.chart import (
    Bar,
    Bars,
    Cell,
    Chart,
    Cluster,
    Gradient,
    Heat,
    Nest,
    Shape,
    Slot,
    Spot,
    Table,
    as_json,
    from_json,
)
from practices.polls.forms import FORMS
from practices.polls.poll import Ballot, Marks, Terms, Turnout, Way
from practices.polls.twin import twin

#: No picture is longer, however much there is to show.
TALLEST = 4500

NAMES = "Ada Ben Chiara Dmitri Eleni Fatima Giorgos Hanna Ines Jamal Katerina Lu".split()
LONG = "a very long name of an option that goes on and on, over more than one line and then over more than three"


def tallied(way: Way, votes: Sequence[Marks], entitled: int = 0, **terms: object) -> Chart:
    form = FORMS[way]
    settled = form.settle(Terms(way=way, topic="What shall we do in spring?", **terms))  # type: ignore[arg-type] # the names are the terms' own
    turnout = Turnout(entitled=max(entitled, len(votes)), cast=len(votes))
    chart = form.tally(settled, tuple(Ballot(marks=marks) for marks in votes), turnout).chart
    assert chart is not None
    return chart


def rankings(size: int, voters: int) -> list[Marks]:
    random = Random(size * 1000 + voters)
    return [
        {place: rank for rank, place in enumerate(random.sample(range(size), size - 2), start=1)}
        for _ in range(voters)
    ]


def times(days: int, hours: Sequence[int], voters: int) -> Chart:
    random = Random(days)
    options = tuple(
        f"2026-12-{day:02d}T{hour:02d}:30+01:00" for day in range(1, days + 1) for hour in hours
    )
    votes = [{at: random.choice((0, 1, 2)) for at in range(len(options))} for _ in range(voters)]
    return tallied(Way.TIMES, votes, options=options)


def assembly(size: int, *, cards: float = 0.9, own: bool = True) -> Nest:
    """An assembly of so many congregations, as its real circles group them."""
    random = Random(size)
    seats = [
        Seat(
            id=f"{random.getrandbits(256):064x}",
            keeper=f"@keeper:{at}.example",
            name=f"{NAMES[at % 12]} {LONG if at % 7 == 3 else ''} {at // 12}"[:80],
        )
        for at in range(size)
    ]
    held = {
        seat.id: {"people": random.choice(_PEOPLE), "crews": random.choice(_CREWS)}
        for seat in seats
        if random.random() < cards
    }
    grouped = circles([seat.id for seat in seats])
    return picture("Rivers", seats, grouped, held, own=seats[size // 2].id if own else None)


_PEOPLE = [people_band(people) for people in (1, 10, 20, 40, 80, 150)]
_CREWS = [crews_band(crews) for crews in (0, 1, 4, 10, 25)]


@cache
def charts() -> dict[str, Chart]:
    """Every kind as the real ways of asking count it: empty, usual, full."""
    found: dict[str, Chart] = {}
    for way, form in FORMS.items():
        if form.positions:
            count = len(form.positions)
            found[f"{way}, nobody"] = tallied(way, [], 9)
            found[f"{way}, a few"] = tallied(way, [{at % count: 1} for at in range(7)], 12)
            found[f"{way}, many"] = tallied(way, [{at * at % count: 1} for at in range(200)])
    names = tuple(NAMES)
    twenty = tuple(f"{name} {LONG}" if at % 3 else name for at, name in enumerate(2 * names))[:20]
    twenty = tuple(f"{name} {at}" for at, name in enumerate(twenty))
    found |= {
        "a poll of two": tallied(Way.CHOICE, [{0: 1}, {1: 1}], options=names[:2]),
        "a poll of twenty": tallied(
            Way.CHOICE, [{at % 20: 1} for at in range(200)], options=twenty
        ),
        "dots": tallied(Way.DOTS, [{0: 5, 2: 3}, {1: 8}], options=names[:4]),
        "no dots": tallied(Way.DOTS, [], 5, options=names[:4]),
        "scores": tallied(Way.SCORE, [{0: 5, 1: 2}, {0: 4}], options=(*names[:3], LONG)),
        "a ranking": tallied(Way.RANKED, rankings(4, 9), options=names[:4]),
        "no ranking": tallied(Way.RANKED, [], 9, options=names[:4]),
        "a ranking of twelve": tallied(Way.RANKED, rankings(12, 150), options=names),
        "a ranking of twenty": tallied(Way.RANKED, rankings(20, 30), options=twenty),
        "seats": tallied(Way.SEATS, rankings(5, 21), options=names[:5], seats=2),
        "no votes for seats": tallied(Way.SEATS, [], 9, options=names[:5], seats=2),
        "seats for twelve": tallied(Way.SEATS, rankings(12, 97), options=names, seats=3),
        "seats for twenty": tallied(Way.SEATS, rankings(20, 150), options=twenty, seats=4),
        "a grid of times": times(4, (18, 20), 9),
        "a grid of forty times": times(10, (9, 13, 18, 20), 200),
        "times without an answer": times(3, (18, 20), 0),
        "one time": Heat(
            title="When?",
            slots=(Slot(label="Thursday 26 November 19:00", yes=3, if_need_be=1, no=1, best=True),),
            of=5,
        ),
        "forty scattered times": Heat(
            title="When?",
            slots=tuple(
                Slot(
                    label=f"Friday {1 + at % 28} May {at % 24:02d}:{at:02d}",
                    yes=at,
                    if_need_be=2,
                    no=40 - at,
                )
                for at in range(40)
            ),
            of=42,
        ),
        **{
            f"an assembly of {size}": assembly(size)
            for size in (1, 2, 3, 4, 5, 7, 12, 20, 21, 30, 40, 41, 60, 120, 200)
        },
        "an assembly without cards": assembly(9, cards=0, own=False),
        "an assembly of nobody": Nest(title="Rivers", clusters=()),
    }
    return found


def named() -> list[str]:
    return sorted(charts())


words = st.text(
    st.sampled_from("aAgjWЖжλΏőç 1234567890.,:–“”🍕👍🏽会議שלוםمرحبا\u200d\ufe0f\n\t→≥ﬁ"),
    max_size=60,
)
bar = st.builds(
    Bar,
    label=words,
    value=st.floats(-5, 300),
    words=words,
    shape=st.sampled_from(Shape),
    lean=st.none() | st.floats(-1, 1),
    marked=st.booleans(),
)
cell = st.builds(
    Cell,
    words=st.sampled_from(["", "0", "12.34", "out", "–", "a longer word than usual"]),
    mark=st.sampled_from(["", "elected", "excluded", "out"]),
)


@st.composite
def tables(draws: st.DrawFn) -> Table:
    across = draws(st.integers(0, 14))
    heads = st.sampled_from(["before 1", "points", "2: without Ben", "", LONG]) | words
    return Table(
        title=draws(words),
        columns=tuple(draws(heads) for _ in range(across)),
        rows=tuple(
            (draws(words), tuple(draws(cell) for _ in range(across)))
            for _ in range(draws(st.integers(0, 12)))
        ),
        foot=draws(words),
    )


spot = st.builds(
    Spot,
    label=words,
    people=words,
    crews=words,
    size=st.integers(0, 6),
    dots=st.sampled_from([0, 1, 2, 6, 12, 18]),
    marked=st.booleans(),
)


def clusters(most: int, each: int) -> st.SearchStrategy[tuple[Cluster, ...]]:
    spots = st.lists(spot, max_size=each).map(tuple)
    return st.lists(st.builds(Cluster, label=words, spots=spots), max_size=most).map(tuple)


nests = st.builds(
    Nest,
    title=words,
    clusters=clusters(2, 22) | clusters(44, 2),
    scales=st.lists(st.tuples(words, words), max_size=6).map(tuple),
    foot=words,
)

any_chart = st.one_of(
    nests,
    st.builds(
        Bars,
        title=words,
        bars=st.lists(bar, max_size=25).map(tuple),
        of=st.floats(0, 300),
        foot=words,
    ),
    st.builds(Gradient, title=words, bars=st.lists(bar, max_size=25).map(tuple), foot=words),
    tables(),
    st.builds(
        Heat,
        title=words,
        slots=st.lists(
            st.builds(
                Slot,
                label=words
                | st.builds(
                    "{} {} May {}:00".format,
                    st.sampled_from(["Monday", "Friday"]),
                    st.integers(1, 9),
                    st.integers(10, 14),
                ),
                yes=st.integers(0, 300),
                if_need_be=st.integers(0, 300),
                no=st.integers(0, 300),
                best=st.booleans(),
            ),
            max_size=45,
        ).map(tuple),
        of=st.integers(0, 300),
        foot=words,
    ),
)


def lines(sheet: Sheet) -> list[Line]:
    return [part for part in sheet.parts if isinstance(part, Line)]


def figures(sheet: Sheet) -> list[Figure]:
    return [part for part in sheet.parts if isinstance(part, Figure)]


def ink(box: Box, *, line: bool) -> Box:
    """Where letters or shapes are, without the room kept beside them."""
    return Box(box.left + BEARING, box.top, box.right - BEARING, box.bottom) if line else box


def cover(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def holds(outer: Box, inner: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def reach(part: Part, place: Box) -> tuple[bool, bool]:
    """Whether a part touches a place, and whether it holds all of it; a disc leaves the corners of its square alone."""
    box = part.box
    if not (isinstance(part, Block) and part.disc):
        return cover(box, place), holds(box, place)
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    near = hypot(max(place.left - x, 0, x - place.right), max(place.top - y, 0, y - place.bottom))
    far = hypot(
        max(abs(place.left - x), abs(place.right - x)),
        max(abs(place.top - y), abs(place.bottom - y)),
    )
    return near < part.radius, far <= part.radius


def check(sheet: Sheet) -> None:
    """Nothing is outside, nothing covers words or shapes, and each lies on the one ground it names."""
    whole = Box(0, 0, sheet.width, sheet.height)
    assert all(holds(whole, part.box) for part in sheet.parts)
    said = [
        ink(part.box, line=isinstance(part, Line))
        for part in sheet.parts
        if not isinstance(part, Block)
    ]
    for one, other in combinations(said, 2):
        assert not cover(one, other), (one, other)
    for at, part in enumerate(sheet.parts):
        if isinstance(part, Block):
            continue
        place = ink(part.box, line=isinstance(part, Line))
        below = [
            each for each in sheet.parts[:at] if isinstance(each, Block) and reach(each, place)[0]
        ]
        above = [
            each for each in sheet.parts[at:] if isinstance(each, Block) and reach(each, place)[0]
        ]
        assert not above, part
        ground = part.look.on if isinstance(part, Line) else part.on
        assert ground == (below[-1].colour if below else palette.PAPER), part
        assert not below or reach(below[-1], place)[1], part


# ------------------------------------------------------------------------------------------ layout


@pytest.mark.parametrize("name", named())
def test_nothing_is_outside_the_card_and_no_words_cover_each_other(name: str) -> None:
    sheet = laid_out(charts()[name])

    check(sheet)
    assert sheet.width == WIDTH
    assert sheet.height <= TALLEST
    assert all(line.box.left >= MARGIN - BEARING for line in lines(sheet))
    assert all(line.box.right <= WIDTH - MARGIN + BEARING for line in lines(sheet))


@settings(max_examples=80, deadline=None)
@given(any_chart)
def test_whatever_people_write_stays_in_its_place(chart: Chart) -> None:
    sheet = laid_out(chart)

    check(sheet)
    assert sheet.height <= TALLEST
    assert draw(chart).png == painted(sheet)


@pytest.mark.parametrize("name", named())
def test_everything_can_be_read_on_a_phone(name: str) -> None:
    sheet = laid_out(charts()[name])

    assert all(line.look.size >= SMALL for line in lines(sheet))
    for line in lines(sheet):
        assert contrast(line.look.colour, line.look.on) >= 4.5, line
    for figure in figures(sheet):
        assert contrast(figure.colour, figure.on) >= 3, figure
        assert figure.box.width == figure.box.height


@pytest.mark.parametrize("name", named())
def test_the_words_beside_a_picture_have_every_number_in_it(name: str) -> None:
    chart = charts()[name]
    number = re.compile(r"\d+(?:[.:]\d+)?")
    told = set(number.findall(twin(chart)))

    shown = {found for line in lines(laid_out(chart)) for found in number.findall(line.words)}

    # What a table leaves out for want of room it says by the numbers of the columns.
    assert {each.lstrip("0") or "0" for each in shown} <= {each.lstrip("0") or "0" for each in told}


def test_a_position_is_told_by_its_shape_and_its_word_and_not_by_its_colour_alone() -> None:
    for way, form in FORMS.items():
        if not form.positions:
            continue
        sheet = laid_out(charts()[f"{way}, a few"])
        text = " ".join(line.words for line in lines(sheet))
        assert all(position.word in text for position in form.positions)
        below = [figure.shape for figure in figures(sheet) if figure.box.left == MARGIN]
        assert len(below) == len(set(below)) == len(form.positions)


def test_options_show_the_number_that_people_vote_by() -> None:
    shown = [line.words for line in lines(laid_out(charts()["a poll of twenty"]))]

    assert [number for number in map(str, range(1, 21)) if number not in shown] == []


def test_what_is_elected_has_a_star_and_what_is_out_a_cross_with_their_words_below() -> None:
    sheet = laid_out(charts()["seats"])
    table = charts()["seats"]
    assert isinstance(table, Table)
    elected = sum(cell.mark == "elected" for _, cells in table.rows for cell in cells)
    out = sum(cell.mark == "excluded" for _, cells in table.rows for cell in cells)

    # One in the cell, one beside the name, and one in the key.
    assert [figure.shape for figure in figures(sheet)].count(Shape.STAR) == 2 * elected + 1
    assert [figure.shape for figure in figures(sheet)].count(Shape.CROSS) == 2 * out + 1
    assert {"elected", "out"} <= {line.words for line in lines(sheet)}


def test_a_table_that_is_too_wide_goes_on_below_itself_with_its_names() -> None:
    shown = [line.words for line in lines(laid_out(charts()["a ranking of twelve"]))]

    assert shown.count("7 Giorgos") == 2
    assert [str(number) in shown for number in range(1, 13)] == [True] * 12


def test_whoever_was_out_before_a_block_of_rounds_is_not_in_it() -> None:
    count = [line.words for line in lines(laid_out(charts()["seats for twelve"]))].count

    assert count("no further") > count("Lu") or count("no further") > count("Katerina")


def test_columns_that_have_no_room_are_named() -> None:
    shown = " ".join(line.words for line in lines(laid_out(charts()["seats for twenty"])))

    assert re.search(r"Columns \d+ to \d+ are not drawn here; the text has them\.", shown)


def test_an_empty_picture_says_that_it_is() -> None:
    gradient = {line.words for line in lines(laid_out(charts()["gradients, nobody"]))}
    seats = {line.words for line in lines(laid_out(charts()["no votes for seats"]))}

    assert "no voices yet" in gradient
    assert "No votes yet." in seats
    assert "Nobody has taken part yet, of 9 entitled." in seats


def test_days_go_across_and_hours_down_where_times_make_a_grid() -> None:
    sheet = laid_out(charts()["a grid of times"])
    place = {line.words: line.box for line in lines(sheet)}

    assert place["Tue"].top == place["Wed"].top == place["Fri"].top
    assert place["Tue"].left < place["Wed"].left < place["Fri"].left
    assert place["18:30"].left == place["20:30"].left
    assert place["18:30"].top < place["20:30"].top


def test_times_that_make_no_grid_stand_below_each_other() -> None:
    sheet = laid_out(charts()["forty scattered times"])
    tops = [line.box.top for line in lines(sheet) if line.words.startswith("Fri")]

    assert len(tops) == 40
    assert tops == sorted(set(tops))


def test_the_same_time_twice_is_shown_twice() -> None:
    slot = Slot(label="Sunday 25 October 02:30", yes=1, if_need_be=0, no=0)
    other = Slot(label="Monday 26 October 02:30", yes=1, if_need_be=0, no=0)
    sheet = laid_out(Heat(title="When?", slots=(slot, slot, other), of=1))

    assert [line.words for line in lines(sheet)].count("Sunday 25 October 02:30") == 2


def test_a_time_that_leaves_fewer_out_is_never_lighter() -> None:
    grounds = [palette.heat(share / 100) for share in range(101)]
    light = [contrast(ground, palette.INK) for ground in grounds]

    assert light == sorted(light, reverse=True)
    assert grounds[0] == palette.HEAT[0]
    assert grounds[1] != grounds[0]
    assert grounds[100] == palette.HEAT[-1]


@given(st.lists(st.floats(0, 1000), max_size=24))
def test_the_band_of_a_gradient_is_divided_without_rest_and_shows_everything_that_got_any(
    values: list[float],
) -> None:
    wide = shares(values, 984)

    assert sum(wide) == (984 if any(values) else 0)
    assert [share > 0 for share in wide] == [value > 0 for value in values]
    for (one, its), (other, others) in combinations(zip(values, wide, strict=True), 2):
        assert one > other or its <= others + 1


# ------------------------------------------------------------------------------------------ colours


def test_the_palette_keeps_the_contrast_that_people_need() -> None:
    grounds = [palette.PAPER, palette.ROW, palette.TRACK]
    fills = [palette.leaning(quarter / 4) for quarter in range(-4, 5)]

    for ground in grounds:
        assert contrast(palette.INK, ground) >= 7
        assert contrast(palette.QUIET, ground) >= 4.5
        assert contrast(palette.AGAINST, ground) >= 4.5
    for ground in (*fills, *palette.HEAT, palette.PLAIN):
        assert contrast(palette.words_on(ground), ground) >= 4.5
    for fill in fills:
        assert contrast(fill, palette.PAPER) >= 3
        assert contrast(fill, palette.TRACK) >= 3


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert contrast((18, 52, 86), (18, 52, 86)) == 1


def test_for_is_bluer_and_against_redder() -> None:
    leans = [palette.leaning(quarter / 4) for quarter in range(-4, 5)]

    assert all(red > blue for red, _, blue in leans[:4])
    assert all(blue > red for red, _, blue in leans[5:])


# ------------------------------------------------------------------------------------------ circles


def discs(sheet: Sheet, colour: palette.Colour) -> list[Block]:
    return [
        part
        for part in sheet.parts
        if isinstance(part, Block) and part.disc and part.colour == colour
    ]


@pytest.mark.parametrize("count", range(1, 41))
def test_discs_in_a_disc_stay_in_it_and_lie_beside_each_other(count: int) -> None:
    places, radius = packed(count)

    assert len(places) == count
    assert all(hypot(*place) + radius <= 1 + 1e-6 for place in places)
    for one, other in combinations(places, 2):
        assert hypot(one[0] - other[0], one[1] - other[1]) >= 2 * radius - 1e-6
    # They fill half of what there is, but for the very few.
    assert count * radius * radius >= 0.5


@pytest.mark.parametrize("size", [3, 12, 20, 30, 60, 200])
def test_every_congregation_is_drawn_once_and_within_the_assembly(size: int) -> None:
    sheet = laid_out(assembly(size, cards=1, own=False))
    whole = next(part for part in sheet.parts if isinstance(part, Block) and part.disc)
    drawn = [disc for disc in discs(sheet, palette.PLAIN) if disc.box.bottom <= whole.box.bottom]

    assert len(drawn) == size
    assert all(reach(whole, disc.box)[0] and holds(whole.box, disc.box) for disc in drawn)
    for one, other in combinations(drawn, 2):
        apart = hypot(one.box.left + one.radius - other.box.left - other.radius,
                      one.box.top + one.radius - other.box.top - other.radius)  # fmt: skip
        assert apart >= one.radius + other.radius


@pytest.mark.parametrize("size", [20, 30, 200])
def test_a_congregation_is_as_large_as_its_band_wherever_it_stands(size: int) -> None:
    chart = assembly(size, cards=1, own=False)
    every = [spot for cluster in chart.clusters for spot in cluster.spots]
    radii: dict[int, set[int]] = {}
    for each, disc in zip(every, discs(laid_out(chart), palette.PLAIN), strict=False):
        radii.setdefault(each.size, set()).add(disc.radius)

    assert all(len(found) == 1 for found in radii.values())
    by_size = [radii[size].pop() for size in sorted(radii)]
    assert by_size == sorted(set(by_size))


def test_up_to_twenty_congregations_stand_by_their_number_with_their_bands() -> None:
    chart = assembly(12, cards=1)
    shown = [line.words for line in lines(laid_out(chart))]

    for number, spot in enumerate(chart.clusters[0].spots, start=1):
        # In its disc and in the list; the own one has a star instead.
        assert shown.count(str(number)) == (0 if spot.marked else 2)
        assert f"{spot.people}, {spot.crews}" in shown
    stars = [figure for figure in figures(laid_out(chart)) if figure.shape is Shape.STAR]
    assert len(stars) == 2


def test_a_congregation_without_a_card_is_a_ring_and_its_words_say_so() -> None:
    sheet = laid_out(assembly(9, cards=0, own=False))

    assert len(discs(sheet, palette.QUIET)) == 9
    assert [line.words for line in lines(sheet)].count("no card yet") == 9


@pytest.mark.parametrize("size", [30, 60, 200])
def test_many_congregations_are_grouped_in_their_circles_of_delegates(size: int) -> None:
    chart = assembly(size)
    sheet = laid_out(chart)
    shown = [line.words for line in lines(sheet)]

    assert len(chart.clusters) > 1
    assert len(discs(sheet, palette.PAPER)) >= len(chart.clusters)
    assert all(cluster.label in shown for cluster in chart.clusters)
    assert "yours" in shown
    # In its circle, beside “yours”, and beside the name of its circle.
    assert [figure.shape for figure in figures(sheet)].count(Shape.STAR) == 3


def test_a_picture_of_an_assembly_shows_the_five_scales() -> None:
    for size in (1, 30, 200):
        shown = [line.words for line in lines(laid_out(assembly(size)))]
        for label, said in SCALES:
            assert label in shown
            assert said in shown


@pytest.mark.requirement("R136")
def test_a_picture_of_an_assembly_names_no_person_and_no_account() -> None:
    for size in (4, 200):
        chart = assembly(size)
        shown = " ".join(line.words for line in lines(laid_out(chart)))
        assert "@" not in shown + twin(chart)


def test_a_disc_leaves_what_is_beside_it_as_it_is() -> None:
    """Two discs whose squares overlap, painted one after the other."""
    one = Block(box=Box(40, 40, 140, 140), colour=palette.PLAIN, radius=50, disc=True)
    other = Block(box=Box(112, 112, 212, 212), colour=palette.INK, radius=50, disc=True)
    shown = seen(painted(Sheet(width=260, height=260, parts=(one, other))))

    assert shown.getpixel((120, 120)) == palette.PLAIN
    assert shown.getpixel((136, 136)) == palette.INK
    assert shown.getpixel((114, 138)) == palette.PAPER


# ------------------------------------------------------------------------------------------ letters


@pytest.mark.parametrize(
    "written",
    ["Żółć, ěščř, þæø", "Ελληνικά, ΐ", "Кириллица, Їжак", "Tiếng Việt", "½ → ≥ € № “so” – 7 %"],
)
def test_latin_greek_and_cyrillic_are_drawn_as_they_are_written(written: str) -> None:
    assert plain(written) == written


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("🌲 The forest", "The forest"),
        ("The seaside 🏖️ again", "The seaside again"),
        ("👍🏽", "thumbs up sign"),
        ("🇮🇹", "IT"),
        ("会議室", GAP),
        ("Bar 会議 室 3", f"Bar {GAP} 3"),
        ("שלום לכולם", GAP),
        ("e\u0301t\u0065\u0301", "été"),
        ("two\nlines\tand  gaps", "two lines and gaps"),
        ("４ ﬁsh", "4 fish"),
        ("\u202egnol\u202c \u200b", "gnol"),
        ("", ""),
    ],
)
def test_what_has_no_letter_is_left_out_said_or_shown_as_missing(written: str, drawn: str) -> None:
    assert plain(written) == drawn


def test_options_that_only_their_signs_tell_apart_say_them() -> None:
    drawn = readable(("🍕 lunch", "🍔 lunch", "🎉 party", "🍕"))

    assert drawn == ("slice of pizza lunch", "hamburger lunch", "party", "slice of pizza")


def test_a_picture_says_that_writing_is_missing_from_it_and_only_then() -> None:
    def said(label: str) -> str:
        chart = Bars(title="Where?", bars=(Bar(label=label, value=1, words="1 of 1"),), of=1)
        return " ".join(line.words for line in lines(laid_out(chart)))

    assert "writing that is not drawn here; the text has it" in said("会議室")
    assert "writing" not in said("Office")


@given(words)
def test_no_empty_box_is_ever_drawn(written: str) -> None:
    box = bytes(font(24, Weight.REGULAR).getmask("\U0010ffff"))

    assert not any(
        bytes(font(24, Weight.REGULAR).getmask(letter)) == box for letter in plain(written)
    )


@given(words.map(plain), st.integers(60, 900), st.integers(1, 4))
def test_lines_are_no_wider_than_they_may_be_and_no_more(
    written: str, within: int, most: int
) -> None:
    found = wrapped(written, 42, within=within, most=most)

    assert len(found) <= most
    assert all(width(line, 42) <= within for line in found)
    if not found[-1].endswith("…"):
        assert "".join(found).replace(" ", "") == written.replace(" ", "")


def test_a_line_that_is_cut_says_so() -> None:
    assert cut("agree", 42, within=400) == "agree"
    short = cut("serious disagreement", 42, within=200)
    assert short.endswith("…")
    assert width(short, 42) <= 200


# ------------------------------------------------------------------------------------------ painting


def seen(png: bytes) -> Image.Image:
    """A picture as a screen shows it."""
    return Image.open(BytesIO(png)).convert("RGBA").convert("RGB")


@pytest.mark.parametrize("name", named())
def test_a_picture_is_a_png_of_the_size_that_it_says(name: str) -> None:
    drawing = draw(charts()[name])

    picture = Image.open(BytesIO(drawing.png))
    assert picture.format == "PNG"
    assert picture.size == (drawing.width, drawing.height)
    assert drawing.width == WIDTH
    assert len(drawing.png) < 400_000


@pytest.mark.parametrize("name", named())
def test_the_same_chart_gives_the_same_bytes(name: str) -> None:
    chart = charts()[name]

    assert draw(chart) == draw(from_json(as_json(chart)))


def test_pictures_that_are_drawn_side_by_side_are_those_drawn_alone() -> None:
    kinds = [charts()[name] for name in ("a poll of twenty", "seats", "a grid of times")] * 4

    with ThreadPoolExecutor(max_workers=6) as threads:
        assert list(threads.map(draw, kinds)) == [draw(chart) for chart in kinds]


def test_the_daemon_draws_with_it() -> None:
    assert drawn(charts()["seats"]) == draw(charts()["seats"])


def test_the_card_is_opaque_but_for_its_round_corners() -> None:
    drawing = draw(charts()["proposal, a few"])
    picture = Image.open(BytesIO(drawing.png)).convert("RGBA")
    right, bottom = drawing.width - 1, drawing.height - 1

    def at(x: int, y: int) -> tuple[int, ...]:
        found = picture.getpixel((x, y))
        assert isinstance(found, tuple)
        return found

    assert [at(*corner)[3] for corner in ((0, 0), (right, 0), (0, bottom), (right, bottom))] == [
        *(0, 0),
        *(0, 0),
    ]
    assert at(WIDTH // 2, 0) == (*palette.PAPER, 255)
    assert at(0, drawing.height // 2) == (*palette.PAPER, 255)
    alpha = picture.getchannel("A").crop((40, 0, WIDTH - 40, drawing.height))
    assert alpha.getextrema() == (255, 255)


def test_letters_are_painted_in_their_colour_within_their_box() -> None:
    sheet = laid_out(charts()["proposal, a few"])
    picture = seen(painted(sheet))

    for line in lines(sheet):
        box = line.box
        found = picture.crop((box.left, box.top, box.right, box.bottom)).getcolors(100_000)
        assert found is not None
        assert {line.look.on, line.look.colour} <= {colour for _, colour in found}


@pytest.mark.parametrize("weight", list(Weight))
@pytest.mark.parametrize("size", [36, 38, 42, 54])
@pytest.mark.parametrize("letters", ["jÅgyÇ", "ÊĞЙЖfWŐ", "ΆΏξ(]@", "Ếq"])
def test_no_letter_is_cut_off_by_the_box_of_its_line(
    weight: Weight, size: int, letters: str
) -> None:
    left, top, right, bottom = font(size, weight).getbbox(letters, anchor="ls")

    assert left >= -BEARING
    assert right <= width(letters, size, weight) + BEARING
    assert -base(size) <= top
    assert bottom <= tall(size) - base(size)


def test_every_shape_is_painted_and_none_looks_like_another() -> None:
    painted_shapes = set()
    for shape in Shape:
        part = Figure(box=Box(8, 8, 52, 52), shape=shape, colour=palette.INK)
        png = painted(Sheet(width=80, height=80, parts=(part,)))
        picture = seen(png).convert("L")
        assert min(picture.crop((8, 8, 52, 52)).tobytes()) < 60
        # Nothing beside its box; the corners of the card are elsewhere.
        assert (
            picture.crop((34, 54, 46, 80)).getextrema() == picture.crop((34, 0, 46, 6)).getextrema()
        )
        painted_shapes.add(picture.tobytes())

    assert len(painted_shapes) == len(Shape)


def test_more_colours_than_a_palette_holds_are_painted_as_near_ones() -> None:
    parts = tuple(
        Block(
            box=Box(
                40 + 8 * (at % 20), 40 + 8 * (at // 20), 48 + 8 * (at % 20), 48 + 8 * (at // 20)
            ),
            colour=(at % 256, (at * 7) % 256, (at * 13) % 256),
        )
        for at in range(400)
    )

    picture = seen(painted(Sheet(width=240, height=240, parts=parts)))

    for part in parts:
        there = picture.getpixel((part.box.left + 4, part.box.top + 4))
        assert isinstance(there, tuple)
        assert sum(abs(a - b) for a, b in zip(there, part.colour, strict=True)) <= 120
