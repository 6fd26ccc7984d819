"""Measures how long a picture of a result takes, beside the mere writing of a PNG as large.

The results are large ones: two hundred voices, twenty options, twelve names for three seats, forty times, two hundred congregations; each is
drawn once, because what was drawn before is quicker. Pictures and their floor are made in turns, so that a busy machine
slows both.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random
from typing import Final

from PIL import Image

from daemon.picture import draw
from practices.assembly.cards import crews_band, people_band
from practices.assembly.circles import circles
from practices.assembly.picture import picture
from practices.assembly.roll import Seat
from practices.polls.chart import Chart
from practices.polls.forms import form
from practices.polls.poll import Ballot, Marks, Terms, Turnout, Way
from tests.bench.figures import Figure, quantile, repeated

_VOICES: Final = 200
_NAMES: Final = 12
_OPTIONS: Final = 20
_TIMES: Final = 40
_CONGREGATIONS: Final = 200
#: What is promised.
_MILLISECONDS: Final = 50.0


def pictures(*, rounds: int) -> list[Figure]:
    """How long a picture of each kind takes, of `rounds` different results."""
    drawn: defaultdict[str, list[float]] = defaultdict(list)
    written: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        for kind, chart in _charts(number).items():
            # The first of all loads the typeface.
            began = time.perf_counter()
            png = draw(chart).png
            took = _milliseconds(began)
            bare = Image.open(BytesIO(png))
            bare.load()
            began = time.perf_counter()
            bare.save(BytesIO(), "PNG")
            if number:
                drawn[kind].append(took)
                written[kind].append(_milliseconds(began))
    return [
        repeated(
            f"a picture: {kind}",
            drawn[kind],
            "ms",
            ratio=quantile(drawn[kind], 0.5) / quantile(written[kind], 0.5),
            at_most=_MILLISECONDS,
        )
        for kind in drawn
    ]


def _milliseconds(since: float) -> float:
    return (time.perf_counter() - since) * 1000


def _charts(number: int) -> Mapping[str, Chart]:
    random = Random(number)
    options = tuple(f"an option with some words of its own {number}.{at}" for at in range(_OPTIONS))
    names = tuple(f"Somebody {chr(ord('A') + at)}{number}" for at in range(_NAMES))
    times = tuple(f"2026-12-{1 + at // 4:02d}T{16 + at % 4:02d}:30+01:00" for at in range(_TIMES))

    def ranking() -> Marks:
        return {at: rank for rank, at in enumerate(random.sample(range(_NAMES), 6), start=1)}

    return {
        "bars": _chart(Way.CHOICE, lambda: {random.randrange(_OPTIONS): 1}, options),
        "gradient": _chart(Way.GRADIENTS, lambda: {random.randrange(8): 1}),
        "ranking": _chart(Way.RANKED, ranking, names),
        "seats": _chart(Way.SEATS, ranking, names, seats=3),
        "times": _chart(
            Way.TIMES, lambda: {at: random.choice((0, 1, 2)) for at in range(_TIMES)}, times
        ),
        "circles": _assembly(random),
    }


def _assembly(random: Random) -> Chart:
    """As many congregations as an assembly has."""
    seats = [
        Seat(
            id=f"{random.getrandbits(256):064x}", keeper=f"@keeper:{at}.example", name=f"Town {at}"
        )
        for at in range(_CONGREGATIONS)
    ]
    cards = {
        seat.id: {"people": people_band(random.randrange(200)), "crews": crews_band(4)}
        for seat in seats
    }
    return picture("Rivers", seats, circles(cards), cards, own=seats[0].id)


def _chart(
    way: Way, voice: Callable[[], Marks], options: tuple[str, ...] = (), seats: int = 1
) -> Chart:
    asked = form(way)
    terms = asked.settle(
        Terms(way=way, topic="What shall we do together in spring?", options=options, seats=seats)
    )
    ballots = tuple(Ballot(marks=voice()) for _ in range(_VOICES))
    chart = asked.tally(terms, ballots, Turnout(entitled=_VOICES, cast=_VOICES)).chart
    assert chart is not None
    return chart
