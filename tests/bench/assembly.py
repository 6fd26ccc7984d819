"""Measures an assembly of many congregations in one process: founding, a year of letters and cards, and what they come to.

Every keeper has a ledger and a directory of its own and does what an honest one does; the rooms between them are in
memory, and deliver late, twice and out of order. A letter or card is read once and not once by each reader: all of them
run the same pure code on the same event, and would find the same. What it says of homeservers is computed from that and
from the rates that tests.bench.traffic measures.
"""

import gc
import math
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from practices.assembly.cards import RENEWAL, crews_band, is_stale, people_band, read_card
from practices.assembly.conduct import hesitation
from practices.assembly.keeping import Draft, owed
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part, read, written
from practices.assembly.table import TABLE
from tests.bench.figures import Figure
from tests.bench.traffic import Rates

#: Congregations that one matter asks in.
BATCH: Final = 20
DECISIONS: Final = 12
#: Of what people do in a year, for each congregation.
NEEDS: Final = 2

#: What homeservers do where nothing was measured: letters a second as in docs/assembly-protocol.md, and what a homeserver
#: allows one account unless somebody raises it.
USUAL: Final = Rates(taken=19.0, allowed=0.2)

_HOUR: Final = timedelta(hours=1)
_STEP: Final = timedelta(minutes=30)
_BEGIN: Final = datetime(2026, 1, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Card:
    """What a keeper says of its congregation, as state of the directory."""

    keeper: str
    says: Mapping[str, Any]

    @property
    def number(self) -> int:
        """How many cards this keeper has published up to this one."""
        return int(self.says["number"])


@dataclass(slots=True)
class Keeper:
    """One congregation's keeper."""

    id: str
    name: str
    ledger: Ledger
    seen: dict[str, datetime] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    #: Its directory: the newest card of each keeper.
    cards: dict[str, Card] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, slots=True)
class Year:
    """What a year came to."""

    congregations: int
    letters: int
    #: Cards that were published.
    cards: int
    #: Cards that are old in somebody's directory at the end, or are not there.
    stale: int
    #: Events that were delivered to keepers, repeats among them.
    deliveries: int
    views: int
    #: Matters with a final word, of those that were put.
    final: int
    put: int
    seats: int
    #: Letters and cards in the busiest hour.
    busiest: int
    #: Letters and cards of the keeper that wrote most in one hour.
    busiest_keeper: int
    seconds: float


class Assembly:
    """The rooms and all keepers of one assembly."""

    def __init__(self, congregations: int, seed: int = 1) -> None:
        self.random = Random(seed)
        self.now = _BEGIN
        self.step = 0
        self.letters: list[tuple[Letter, Part]] = []
        self.cards: list[Card] = []
        self.due: dict[int, list[list[tuple[Letter | Card, Part]]]] = {}
        self.deliveries = 0
        self.hours: Counter[int] = Counter()
        self.keeper_hours: Counter[tuple[str, int]] = Counter()
        self.put: list[str] = []
        first = f"@kinkeeper:{0}.example"
        rooms = {part.value: f"!{part}:0.example" for part in Part}
        body = {"name": "Rivers", "congregation": "C0", "purpose": "To learn.", "rooms": rooms}
        content = written(Kind.FOUND, sender=first, number=1, assembly=None, body=body)
        self.id = str(content["id"])
        self.waiting = [self._keeper(number) for number in reversed(range(1, congregations))]
        self.keepers = [self._keeper(0)]
        self.keepers[0].number = 1
        self._post(self.keepers[0], read(first, content), Part.CHARTER)
        self._shows(self.keepers[0])

    def _keeper(self, number: int) -> Keeper:
        return Keeper(f"@kinkeeper:{number}.example", f"C{number}", Ledger(self.id))

    # ------------------------------------------------------------------------------------------ rooms

    def _post(self, sender: Keeper, letter: Letter | Card, part: Part) -> None:
        if isinstance(letter, Card):
            self.cards.append(letter)
        else:
            self.letters.append((letter, part))
        hour = int((self.now - _BEGIN) / _HOUR)
        self.hours[hour] += 1
        self.keeper_hours[sender.id, hour] += 1
        self._take(sender, letter, part)
        for place, keeper in enumerate(self.keepers):
            if keeper is not sender:
                for _ in range(2 if self.random.random() < 0.05 else 1):
                    self._queue(
                        self.step + self.random.choice((1, 1, 1, 2, 3)), place, letter, part
                    )

    def _queue(self, step: int, place: int, letter: Letter | Card, part: Part) -> None:
        if step not in self.due:
            self.due[step] = [[] for _ in self.keepers]
        boxes = self.due[step]
        while len(boxes) <= place:
            boxes.append([])
        boxes[place].append((letter, part))

    def _take(self, keeper: Keeper, letter: Letter | Card, part: Part) -> None:
        self.deliveries += 1
        if isinstance(letter, Card):
            known = keeper.cards.get(letter.keeper)
            if known is None or letter.number >= known.number:
                keeper.cards[letter.keeper] = letter
            return
        keeper.ledger.take(letter, part)
        keeper.seen.setdefault(letter.id, self.now)

    def passes(self, time_: timedelta = _STEP) -> None:
        """Time passes: what is due comes, and every keeper does what it owes."""
        self.step += 1
        self.now += time_
        for keeper, box in zip(self.keepers, self.due.pop(self.step, []), strict=False):
            self.random.shuffle(box)
            for letter, part in box:
                self._take(keeper, letter, part)
        for keeper in self.keepers:
            drafts = owed(keeper.ledger, keeper.id, self.now, seen=keeper.seen, asked=keeper.asked)
            for draft in drafts:
                self._sends(keeper, draft)

    def _sends(self, keeper: Keeper, draft: Draft) -> None:
        assert draft.number is None, "nothing is lost here"
        if draft.kind is Kind.AGAIN and "of" in draft.body:
            keeper.asked[draft.body["of"]] = self.now
        more = {"answers": draft.answers, "after": draft.after}
        self.says(keeper, draft.kind, draft.body, part=draft.part, **more)

    # ---------------------------------------------------------------------------------------- letters

    def says(
        self, keeper: Keeper, kind: Kind, body: Any, *, part: Part | None = None, **more: Any
    ) -> str:
        """A letter of a keeper; its id."""
        keeper.number += 1
        content = written(
            kind, sender=keeper.id, number=keeper.number, assembly=self.id, body=body, **more
        )
        found = part or min(TABLE[kind].parts, key=list(Part).index)
        self._post(keeper, read(keeper.id, content), found)
        return str(content["id"])

    def decides(self, keeper: Keeper, about: str, **body: Any) -> str:
        """A matter, from the day it is put until everybody has sealed it."""
        until = (self.now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        whole = {"about": about, "title": about, "until": until, "passing": {}, **body}
        part = Part.DECISIONS if about == "decide" else Part.CHARTER
        matter = self.says(keeper, Kind.MATTER, whole, part=part, after=keeper.ledger.heads())
        self.put.append(matter)
        for _ in range(3):
            self.passes()
        silent = self.random.sample(self.keepers, len(self.keepers))
        third = -(-len(silent) // 3)
        for start in range(0, len(silent), third):
            for each in silent[start : start + third]:
                self._position(each, matter)
            self.passes(timedelta(days=1))
        # The seals are spread over as long as there are congregations for.
        for _ in range(2 + len(self.keepers) // 40):
            self.passes()
        for _ in range(3):
            self.passes()
        return matter

    def _position(self, keeper: Keeper, matter: str) -> None:
        found = next(each for each in keeper.ledger.unsealed(keeper.id) if each.id == matter)
        assert hesitation(keeper.ledger, found, self.now, keeper.seen) is None
        part = Part.CHARTER if found.on_roll else Part.DECISIONS
        stand = "consent" if self.random.random() < 0.9 or found.on_roll else "aside"
        self.says(keeper, Kind.POSITION, {"stand": stand}, answers=matter, part=part)

    # ------------------------------------------------------------------------------------------- a year

    def founding(self) -> None:
        """Congregations are asked in, at most `BATCH` at a time; each reads all that was said, and says yes."""
        while self.waiting:
            fresh = [self.waiting.pop() for _ in range(min(BATCH, len(self.waiting)))]
            candidates = [{"keeper": each.id, "name": each.name} for each in fresh]
            keeper = self.random.choice(self.keepers)
            matter = self.decides(keeper, "admit", candidates=candidates)
            for each in fresh:
                for letter, part in self.random.sample(self.letters, len(self.letters)):
                    self._take(each, letter, part)
                for card in self.cards:
                    self._take(each, card, Part.DIRECTORY)
                self.keepers.append(each)
                self.says(each, Kind.SEAT, {}, answers=matter, after=each.ledger.heads())
                self._shows(each)
            for _ in range(4):
                self.passes()

    def year(self) -> None:
        """Each renews its card once, and gives and takes; every month all decide something."""
        for month in range(DECISIONS):
            for keeper in self.keepers[month::DECISIONS]:
                self._shows(keeper)
                self._gives(keeper, month)
            self.passes()
            self.decides(self.random.choice(self.keepers), "decide", text=f"Shall we meet {month}?")
            self.passes(timedelta(days=20))
        for _ in range(6):
            self.passes()

    def _shows(self, keeper: Keeper) -> None:
        """A keeper publishes its card; the directory's state has one of each."""
        seat, known = keeper.ledger.roll.seat_of(keeper.id), keeper.cards.get(keeper.id)
        assert seat is not None
        says = {
            "version": 1, "seat": seat.id, "number": known.number + 1 if known else 1, "name": keeper.name,
            "place": "By the river", "languages": ["en", "pt"], "purpose": "A place to belong.",
            "people": people_band(self.random.randint(5, 200)), "crews": crews_band(self.random.randint(0, 40)),
            "entry": "by invitation", "guests": "ask first", "contacts": [f"@{who}:{keeper.name}.example" for who in "ab"],
            "practices": ["A round"], "renewal": (self.now + RENEWAL).date().isoformat(),
        }  # fmt: skip
        self._post(keeper, Card(keeper.id, read_card(says)), Part.DIRECTORY)

    def stale(self) -> int:
        """Cards that are old in somebody's directory, or not there."""
        today = self.now.date()
        return sum(
            each.id not in reader.cards
            or is_stale(reader.cards[each.id].says, reader.cards[each.id].number, today)
            for reader in self.keepers
            for each in self.keepers
        )

    def _gives(self, keeper: Keeper, month: int) -> None:
        practice = {"name": keeper.name, "edition": 1, "text": "A round.", "licence": "CC0-1.0"}
        self.says(keeper, Kind.PRACTICE, {**practice, "credit": keeper.name})
        for _ in range(NEEDS):
            need = {"title": "Chairs", "until": f"2027-{month + 1:02}-20"}
            asked = self.says(keeper, Kind.NEED, need)
            other = self.random.choice(self.keepers)
            taken = self.says(other, Kind.TAKEN, {}, answers=asked)
            seat = other.ledger.roll.seat_of(other.id)
            assert seat is not None
            self.says(keeper, Kind.THANKS, {"to": seat.id}, answers=taken)
            self.says(keeper, Kind.DONE, {}, answers=asked, part=Part.COMMONS)


def simulate(congregations: int, seed: int = 1) -> Year:
    """An assembly of so many congregations: its founding and a year."""
    begun = time.process_time()
    held = Assembly(congregations, seed)
    held.founding()
    held.year()
    views = {(each.ledger.view(), _directory(each)) for each in held.keepers}
    ledger = held.keepers[0].ledger
    standings = [ledger.standing(each) for each in held.put]
    return Year(
        congregations=congregations,
        letters=len(held.letters),
        cards=len(held.cards),
        stale=held.stale(),
        deliveries=held.deliveries,
        views=len(views),
        final=sum(each is not None and each.word is not None for each in standings),
        put=len(held.put),
        seats=len(ledger.roll.seats),
        busiest=max(held.hours.values()),
        busiest_keeper=max(held.keeper_hours.values()),
        seconds=time.process_time() - begun,
    )


def _directory(keeper: Keeper) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((each.keeper, each.number) for each in keeper.cards.values()))


def growth(pairs: Sequence[tuple[float, float]]) -> float:
    """The exponent with which the second grows in the first: the slope of a line through their logarithms."""
    points = [(math.log(x), math.log(y)) for x, y in pairs]
    middle = sum(x for x, _ in points) / len(points)
    height = sum(y for _, y in points) / len(points)
    rise = sum((x - middle) * (y - height) for x, y in points)
    return rise / sum((x - middle) ** 2 for x, _ in points)


def assembly(
    sizes: Sequence[int], tell: Callable[[str], None], rates: Rates = USUAL
) -> list[Figure]:
    """The figures of assemblies of so many congregations; the last is the largest. `rates` are those of real homeservers."""
    years = []
    for size in sizes:
        years.append(simulate(size))
        gc.collect()
        year = years[-1]
        tell(
            f"  {size} congregations: {year.letters} letters, {year.letters / size:.0f} each, "
            f"{year.cards} cards, {year.cards / size:.1f} each, "
            f"{year.seconds:.1f} s, {year.deliveries} deliveries"
        )
    largest = years[-1]
    size = largest.congregations
    figures = [
        Figure(
            name=f"{size} congregations, a year: letters of each",
            value=largest.letters / size,
            low=years[0].letters / years[0].congregations,
            high=largest.letters / size,
        ),
        Figure(
            name=f"{size} congregations, a year: cards of each",
            value=largest.cards / size,
            low=min(each.cards / each.congregations for each in years),
            high=max(each.cards / each.congregations for each in years),
            at_most=2,
        ),
        Figure(name="views that differ at the end", value=_astray(years), at_most=0, must=True),
        Figure(name=f"{size} congregations: time", value=largest.seconds, unit="s", at_most=60),
        Figure(name=f"{size} congregations: memory", value=_memory(), unit="MB"),
    ]
    if len(years) > 1:
        letters = [(each.congregations, each.letters / each.congregations) for each in years]
        seconds = [(each.congregations, each.seconds / each.congregations) for each in years]
        figures += [
            Figure(name="letters of each grow with exponent", value=growth(letters), at_most=1),
            Figure(name="time of each grows with exponent", value=growth(seconds)),
        ]
    return [*figures, *_traffic(largest, rates, tell)]


def _astray(years: Sequence[Year]) -> int:
    """How much did not come out as it must: views, seats, cards, and matters that stayed open."""
    return sum(
        each.stale + each.views - 1 + abs(each.seats - each.congregations) + each.put - each.final
        for each in years
    )


def _memory() -> float:
    """The most memory this process has had at once, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _traffic(year: Year, rates: Rates, tell: Callable[[str], None]) -> list[Figure]:
    """What the letters mean for homeservers, one for each congregation, federated with all others."""
    size, peak = year.congregations, year.busiest / _HOUR.total_seconds()
    spread = year.busiest_keeper / _HOUR.total_seconds()
    events = year.letters + year.cards
    tell(
        f"  every homeserver hears {events} events a year and tells its own {events / size:.0f} to {size - 1} others; in the "
        f"busiest hour it hears {year.busiest} ({peak:.3f}/s of {rates.taken:.0f}/s that one takes). The plan: whoever is late "
        f"or first, seals are spread over {36 * size / 3600:.1f} hours by each keeper's turn, so that a keeper writes at most "
        f"{year.busiest_keeper} an hour ({spread:.4f}/s of {rates.allowed:.2f}/s that are allowed), and what somebody has "
        f"missed is repeated at most 200 times a day."
    )
    return [
        Figure(
            name="busiest hour: share of what a homeserver takes",
            value=100 * peak / rates.taken,
            unit="%",
            at_most=10,
        ),
        Figure(
            name="busiest hour: share of what one account may send",
            value=100 * spread / rates.allowed,
            unit="%",
            at_most=50,
        ),
        Figure(
            name="events that a homeserver sends to others, a day",
            value=events / size * (size - 1) / 365,
        ),
    ]
