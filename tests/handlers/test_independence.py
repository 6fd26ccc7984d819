"""Nothing that others write, decide or claim in an assembly changes what a congregation keeps of its own, or its rooms hear.

One congregation with a life of its own lives through the same weeks twice: once undisturbed, once while letters come to it,
honest ones and lies in any order. What it keeps and what its rooms hear is then the same, table by table.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.models import Model

from handlers.language import Change
from practices.assembly.cards import MOST_CONTACTS, crews_band, people_band
from practices.assembly.letters import Kind, Part, identify
from practices.assembly.matters import Word
from practices.assembly.table import TABLE
from practices.charter import Key
from storage.assemblies import Assembly, AssemblyCard, AssemblyLetter, ledger
from storage.charters import CharterLine
from storage.database import MODELS, transaction
from storage.inbox import Heard
from storage.outbox import Owed
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.assembled import Neighbour, neighbours
from tests.handlers.played import START, PlayedRoom
from tests.handlers.seated import Seated, an_assembly
from tests.handlers.test_shared_practices import adopted_by, shared_by

OURS: Final = "Harbour"
LAKESIDE: Final = "@kinkeeper:lakeside"
MILLBROOK: Final = "@kinkeeper:millbrook"
#: Who writes: two that have seats, and two whom nobody asked in. Homeservers vouch for the sender of an event, so nobody
#: else writes as our own keeper.
SENDERS: Final = (LAKESIDE, MILLBROOK, "@kinkeeper:stranger", "@ana:far")
ME: Final = "@kinkeeper:harbour"

#: The rooms of our own, among them those that a liar may name.
CREW: Final = "!kitchen:here"
LOUNGE: Final = "!lounge:here"
SPACE: Final = "!harbour:here"
OWN_ROOMS: Final = (CREW, LOUNGE, SPACE)
#: The rooms that all congregations share, and the one that a matter may let a part of them move to, begin so.
JOINT: Final = ("!river", "!elsewhere")

UNTIL: Final = START + timedelta(days=10)
#: The two stretches of time in which we live, and letters come before, between and after them.
STRETCHES: Final = (timedelta(days=16), timedelta(days=20))

EDITION: Final = """\
name: Porridge talk
purpose: Begin a day otherwise.
scales: [dyad, crew, congregation]
least: 2
most: 8
phases:
  - name: Round
    turns: each
    minutes each: 9
"""


# ------------------------------------------------------------------------------------------------ letters

#: What people write, and what would do something if it were said to a keeper by its own people.
WORDS: Final = st.sampled_from(
    (
        "All crews meet on Mondays, and the charter says so", "!rhythm every monday 07:00", "!end",
        "forget me", "✅", "yes", "!adopt crew", "assembly leave", "@ana:here", "@p3:here",
        "<b>*Kitchen*</b>", "!settings ask-hours 1", "Harbour",
    )
) | st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)  # fmt: skip

ACCOUNTS: Final = st.sampled_from((*SENDERS, ME, "@ana:here", "@p3:here", "@p0:here"))
ROOMS: Final = st.sampled_from((CREW, LOUNGE, SPACE, "!elsewhere:far"))
DAYS: Final = st.sampled_from(("2026-11-23", "2026-12-20", "2027-03-01"))
SMALL: Final = st.integers(0, 9)
COUNTED: Final = st.fixed_dictionaries(
    {
        "word": st.sampled_from(("accepted", "refused")), "consents": SMALL, "objections": SMALL,
        "asides": SMALL,
    }
)  # fmt: skip

BODIES: Final[Mapping[Kind, st.SearchStrategy[dict[str, Any]]]] = {
    Kind.FOUND: st.builds(
        lambda name, room: {
            "name": name, "congregation": OURS, "purpose": "x", "rooms": dict.fromkeys(map(str, Part), room),
        }, WORDS, ROOMS,
    ),
    Kind.SEAT: st.builds(lambda words: {"words": words}, WORDS),
    Kind.LEAVE: st.just({}),
    Kind.HAND_OVER: st.builds(lambda to: {"to": to}, ACCOUNTS),
    Kind.POSITION: st.sampled_from(
        ({"stand": "consent"}, {"stand": "aside"}, {"stand": "objection", "reason": "!end"},
         {"stand": "consent", "people": {"yes": 9, "no": 0}})
    ),
    Kind.SEAL: COUNTED,
    Kind.CONCERN: st.builds(lambda words: {"words": words}, WORDS),
    Kind.CLAIM: st.builds(
        lambda words, who: {"congregation": OURS, "words": words, "contacts": [who]}, WORDS, ACCOUNTS
    ),
    Kind.SPRINT: st.builds(
        lambda title: {"title": title, "topics": [title], "from": "2027-01-10", "to": "2027-01-28"}, WORDS
    ),
    Kind.OPT_IN: st.just({}),
    Kind.PRACTICE: st.builds(
        lambda text, edition: {
            "name": "Porridge talk", "edition": edition, "text": text, "licence": "CC0-1.0", "credit": "Us",
        }, st.just(EDITION) | WORDS, st.integers(1, 3),
    ),
    Kind.NEED: st.builds(lambda title, until: {"title": title, "until": until}, WORDS, DAYS),
    Kind.OFFER: st.builds(lambda title, until: {"title": title, "until": until}, WORDS, DAYS),
    Kind.TAKEN: st.builds(lambda words: {"words": words}, WORDS),
    Kind.THANKS: st.just({"to": "s" * 43}),
    Kind.DONE: st.just({}),
    Kind.LESSON: st.builds(lambda title, text: {"title": title, "text": text}, WORDS, WORDS),
    Kind.SIBLING: st.just({}),
    Kind.MEDIATOR_WANTED: st.builds(lambda until: {"languages": ["en"], "until": until}, DAYS),
    Kind.MEDIATOR_FOUND: st.builds(lambda who: {"mediator": who}, ACCOUNTS),
    Kind.AGAIN: st.builds(
        lambda of, numbers: {"of": of, "numbers": sorted(numbers)}, ACCOUNTS, st.sets(st.integers(1, 9), min_size=1)
    ),
}  # fmt: skip

MATTERS: Final = ("decide", "admit", "part", "keeper", "move")


@dataclass(frozen=True)
class Says:
    """One letter of somebody."""

    sender: str
    kind: Kind
    body: dict[str, Any]
    #: Which of the letters that it may answer it does.
    answers: int
    #: Whether it comes under the number of the sender's last one.
    twice: bool
    #: How it is spoilt on the way.
    lie: str


@dataclass(frozen=True)
class Decides:
    """A matter that two of three put and say yes to, as honest keepers would; they seal it last of all."""

    about: str
    words: str
    room: str
    to: str


@dataclass(frozen=True)
class Shows:
    """A card, or something in its place."""

    sender: str
    card: Any


CARDS: Final = st.builds(
    lambda words, people, who: {
        "version": 1, "seat": "s" * 43, "number": 9, "name": words, "place": words, "languages": ["en"],
        "purpose": words, "people": people, "crews": "no crews yet", "entry": "open", "contacts": who,
        "practices": [], "renewal": "2030-01-01", "members": ["@p1:far", "@p2:far", "@p3:far"],
    }, WORDS, st.sampled_from(("20–40 people", "37 people", "")), st.lists(ACCOUNTS, max_size=3),
)  # fmt: skip

MOVES: Final = st.lists(
    st.one_of(
        st.sampled_from(sorted(BODIES)).flatmap(
            lambda kind: st.builds(
                Says,
                st.sampled_from(SENDERS),
                st.just(kind),
                BODIES[kind],
                st.integers(0, 50),
                st.booleans(),
                st.sampled_from(
                    ("", "", "", "", "forged", "foreign", "misplaced", "newer", "fault", "nonsense")
                ),
            )
        ),
        st.builds(Decides, st.sampled_from(MATTERS), WORDS, ROOMS, ACCOUNTS),
        st.builds(Shows, st.sampled_from(SENDERS), CARDS | st.none() | st.just({})),
    ),
    max_size=10,
)


class Others:
    """Everybody else in the assembly, as our house hears them."""

    def __init__(self, house: Neighbour) -> None:
        self.house = house
        self.numbers: Counter[str] = Counter()
        self.seals: list[tuple[str, str]] = []

    async def begins(self) -> None:
        self.assembly = await Assembly.get(state="seated")
        for row in await AssemblyLetter.all():
            self.numbers[row.sender] = max(self.numbers[row.sender], row.number)

    async def does(self, move: Says | Decides | Shows) -> None:
        match move:
            case Says():
                await self._says(move)
            case Decides():
                await self._decides(move)
            case Shows():
                room = PlayedRoom(self.house, self.assembly.rooms[Part.DIRECTORY])
                await room.reports(Change.CARD, move.sender, card=move.card)

    async def _says(self, said: Says) -> None:
        places: dict[str, Any] = {}
        if TABLE[said.kind].answers:
            places["answers"] = await self._answered(said)
        if said.kind in (Kind.SEAT, Kind.LEAVE, Kind.HAND_OVER):
            places["after"] = await self._heads()
        raw = self._written(said.sender, said.kind, said.body, twice=said.twice, **places)
        part, fault = min(TABLE[said.kind].parts, key=list(Part).index), None
        match said.lie:
            case "forged":
                raw["body"] = {**said.body, "words": "otherwise"}
            case "foreign":
                raw = {**raw, "from": ME}
                raw["id"] = identify(raw)
            case "misplaced":
                part = Part.CARE if part is not Part.CARE else Part.CHARTER
            case "newer":
                raw["version"] = 2
            case "fault":
                fault = "is larger than a letter may be"
            case "nonsense":
                raw = {"org.kinkeeper": [raw]}
        await self._comes(said.sender, part, None if fault else raw, fault)

    async def _decides(self, decided: Decides) -> None:
        body: dict[str, Any] = {
            "about": decided.about, "title": decided.words, "text": decided.words, "passing": {},
            "until": f"{UNTIL:%Y-%m-%dT%H:%M:%SZ}",
        }  # fmt: skip
        seat = self.assembly.seat
        match decided.about:
            case "admit":
                body["candidates"] = [{"keeper": decided.to, "name": "Kitchen"}]
            case "part":
                concern = self._written(LAKESIDE, Kind.CONCERN, {"words": "x"}, answers=seat)
                await self._comes(LAKESIDE, Part.CHARTER, concern)
                body |= {"seat": seat, "rests_on": concern["id"]}
            case "keeper":
                claim = self._written(decided.to, Kind.CLAIM, {"congregation": OURS}, answers=seat)
                await self._comes(decided.to, Part.CHARTER, claim)
                body |= {"seat": seat, "rests_on": claim["id"], "to": decided.to}
            case "move":
                body |= {"part": "charter", "to": decided.room}
        matter = self._written(LAKESIDE, Kind.MATTER, body, after=await self._heads())
        part = Part.DECISIONS if decided.about == "decide" else Part.CHARTER
        await self._comes(LAKESIDE, part, matter)
        for sender in (LAKESIDE, MILLBROOK):
            stand = self._written(sender, Kind.POSITION, {"stand": "consent"}, answers=matter["id"])
            await self._comes(sender, part, stand)
        self.seals.append((matter["id"], part))

    async def seals_all(self) -> None:
        """Both seal what they have decided, and it is final with our keeper's own seal or without."""
        body = {"word": "accepted", "consents": 2, "objections": 0, "asides": 0}
        for matter, part in self.seals:
            for sender in (LAKESIDE, MILLBROOK):
                seal = self._written(sender, Kind.SEAL, body, answers=matter)
                await self._comes(sender, Part(part), seal)

    async def _answered(self, said: Says) -> str:
        fitting = [
            row.letter
            for row in await AssemblyLetter.all().order_by("id")
            if row.content["type"] in TABLE[said.kind].answers
        ]
        return fitting[said.answers % len(fitting)] if fitting else "n" * 43

    async def _heads(self) -> list[str]:
        async def heads() -> list[str]:
            return sorted((await ledger(await Assembly.get(id=self.assembly.id))).heads())

        return await transaction(heads)

    def _written(
        self, sender: str, kind: Kind, body: Any, *, twice: bool = False, **places: Any
    ) -> dict[str, Any]:
        """A letter, whether or not anybody could read it."""
        if not twice or not self.numbers[sender]:
            self.numbers[sender] += 1
        raw = {
            "version": 1, "type": kind.value, "from": sender, "number": self.numbers[sender], "body": body, **places,
        }  # fmt: skip
        if kind is not Kind.FOUND:
            raw["assembly"] = self.assembly.found
        return {**raw, "id": identify(raw)}

    async def _comes(self, sender: str, part: Part, raw: Any, fault: str | None = None) -> None:
        room = PlayedRoom(self.house, self.assembly.rooms[part])
        event = self.house.key()
        await room.reports(Change.LETTER, sender, letter=raw, fault=fault, event=event)


# ----------------------------------------------------------------------------------------------- our own


@dataclass(frozen=True)
class Kept:
    """A congregation in its own life, as it stands in its database."""

    file: bytes
    owed: list[Owed]
    number: Any
    now: datetime


_kept: list[Kept] = []


async def _our_life(river: Seated) -> None:
    """A practice adopted from Lakeside, a crew with its rhythm, a search that nobody is to hear of, a charter line, a card."""
    await shared_by(river)
    await adopted_by(river, OURS)
    house = await river.them.at(OURS)
    crew = await river.crew(OURS, "Kitchen", "ana", "ben", "cleo")
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ben", "!remind every friday 9:00 hide the present")
    await CharterLine.create(
        room=crew.id,
        key=Key.TENSION,
        place=1,
        text="We eat together.",
        holds=True,
        until="2027-11-22",
    )
    await river.says(OURS, "p3", "assembly mediator", "English", "✅")
    for words in ("assembly card", "Lisbon", "en", "We meet", "open", "welcome", "⏭️", "✅"):
        await river.host(OURS, words)
    await house.passes(timedelta(hours=1))


@asynccontextmanager
async def harbour() -> AsyncIterator[Neighbour]:
    """Our house in the middle of its life; it is lived once, and every example goes on from there."""
    if not _kept:
        async with an_assembly("Lakeside", OURS, "Millbrook") as river:
            await _our_life(river)
            house = river.them.houses[OURS]
            await river.them.sleeps()
            file = (river.them._folder / f"{OURS}.db").read_bytes()
            _kept.append(Kept(file, list(house.owed), copy(house._number), house.now))
    [kept] = _kept
    async with neighbours(OURS) as them:
        (them._folder / f"{OURS}.db").write_bytes(kept.file)
        house = them.houses[OURS]
        house.owed, house._number = list(kept.owed), copy(kept.number)
        house.now = kept.now
        yield await them.at(OURS)


async def _lives_on(house: Neighbour, stretch: int) -> None:
    """What our crew does of itself in a stretch of time."""
    crew = PlayedRoom(house, CREW)
    if stretch == 0:
        await crew.says("ben", "!settings ask-hours 48")
        await crew.taps("ana", "✅")
    else:
        await crew.says("cleo", "!remind 10 january 9:00 look at the boiler")
    await house.passes(STRETCHES[stretch])


# -------------------------------------------------------------------------------------------- what is kept

#: Of an assembly itself: how we stand to it, and what others wrote into it.
THEIRS: Final = {"Assembly", "AssemblyLetter"}


def _tables() -> list[type[Model]]:
    found = {
        model
        for module in MODELS
        for model in vars(import_module(module)).values()
        if isinstance(model, type) and issubclass(model, Model) and model is not Model
    }
    return sorted(found, key=lambda model: model.__name__)


def _plain(row: Mapping[str, Any], *without: str) -> str:
    """A row as text; events have other ids each time, and mean the same."""
    text = str({key: value for key, value in row.items() if key not in without})
    return re.sub(r"\$(heard)?\d+", "$", text)


async def kept_of_our_own(house: Neighbour) -> dict[str, list[str]]:
    """Every table but the assembly's own, and what our own rooms were told, each row as text."""
    found: dict[str, list[str]] = {}
    for model in _tables():
        name, rows = model.__name__, await model.all().order_by(model._meta.pk_attr).values()
        if name in THEIRS:
            continue
        if model is Room:
            rows = [row for row in rows if not row["id"].startswith(JOINT)]
        elif "room" in model._meta.fields_map and model is not Owed:
            rows = [row for row in rows if not str(row["room"]).startswith(JOINT)]
        if model is AssemblyCard:
            rows = [row for row in rows if row["keeper"] == ME]
        elif model is Heard:
            rows = [
                row for row in rows if not str(row["about"]).startswith(("assembly:", "search:"))
            ]
        elif model is Question:
            rows = [row for row in rows if row["room"] in OWN_ROOMS]
        elif model is Owed:
            rows = [row for row in rows if row["lane"] in OWN_ROOMS]
        # What comes from outside takes numbers, too: only their order says something.
        without = ("id", "key", "transaction") if model in (Heard, Owed, Question) else ()
        found[name] = [_plain(row, *without) for row in rows]
    found["told"] = [
        _plain({"deed": owed.deed, "type": owed.type, "content": owed.content})
        for owed in house.owed
        if owed.lane in OWN_ROOMS
    ]
    return found


_undisturbed: list[dict[str, list[str]]] = []


async def undisturbed() -> dict[str, list[str]]:
    """What is kept after the same weeks in which nobody wrote."""
    if not _undisturbed:
        async with harbour() as house:
            for stretch in range(len(STRETCHES)):
                await _lives_on(house, stretch)
            _undisturbed.append(await kept_of_our_own(house))
    return deepcopy(_undisturbed[0])


async def disturbed(house: Neighbour, moves: tuple[list[Says | Decides | Shows], ...]) -> Others:
    """The same weeks, with letters before, between and after what we do."""
    others = Others(house)
    await others.begins()
    for stretch, batch in enumerate(moves):
        for move in batch:
            await others.does(move)
        if stretch < len(STRETCHES):
            await _lives_on(house, stretch)
    await others.seals_all()
    return others


@pytest.mark.requirement("R137")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(MOVES, MOVES, MOVES))
async def test_no_letter_and_no_decision_of_others_changes_what_a_congregation_keeps_or_its_rooms_hear(
    moves: tuple[list[Says | Decides | Shows], ...],
) -> None:
    expected = await undisturbed()
    async with harbour() as house:
        await disturbed(house, moves)
        said = house.owed[len(_kept[0].owed) :]
        rooms = {each.id: each for each in await Room.all()}

        assert await kept_of_our_own(house) == expected
        for room in (rooms[owed.lane] for owed in said if owed.lane in rooms):
            joint = room.id.startswith(JOINT)
            assert joint or room.id in OWN_ROOMS or room.private_with, "nobody else is told"


@pytest.mark.requirement("R137")
@pytest.mark.parametrize("about", MATTERS)
async def test_what_all_others_have_decided_and_sealed_changes_nothing_here_either(
    about: str,
) -> None:
    expected = await undisturbed()
    to = {"admit": "@kinkeeper:stranger", "keeper": "@kinkeeper:stranger"}.get(about, ME)
    move = Decides(about, "!rhythm every monday 07:00", "!elsewhere:far", to)
    async with harbour() as house:
        others = await disturbed(house, ([move], [], []))

        async def word() -> Word | None:
            known = await ledger(await Assembly.get(id=others.assembly.id))
            standing = known.standing(others.seals[0][0])
            return standing.word if standing is not None else None

        # Where a part moves our keeper seals nothing before it has looked at the room, and this room lets nobody in.
        assert await transaction(word) is Word.ACCEPTED or about == "move"
        assert await kept_of_our_own(house) == expected


# ----------------------------------------------------------------------------------------------- no people


@pytest.mark.requirement("R136")
@settings(max_examples=20, deadline=None)
@given(CARDS, st.dictionaries(st.text(max_size=8), st.lists(ACCOUNTS, max_size=5), max_size=3))
async def test_of_another_congregation_a_card_keeps_bands_two_contacts_and_no_list_of_people(
    card: dict[str, Any], more: dict[str, list[str]]
) -> None:
    async with harbour() as house:
        others = Others(house)
        await others.begins()
        await others.does(Shows(LAKESIDE, {**more, **card}))
        rows = await AssemblyCard.filter(keeper=LAKESIDE)

    for row in rows:
        assert row.card["people"] in {people_band(size) for size in range(300)}
        assert row.card["crews"] in {crews_band(crews) for crews in range(60)}
        assert len(row.card["contacts"]) <= MOST_CONTACTS
        named = set(
            re.findall(r"@\w+:\w+", str({**row.card, "name": "", "place": "", "purpose": ""}))
        )
        assert named <= set(row.card["contacts"])


@pytest.mark.requirement("R138")
@settings(max_examples=20, deadline=None)
@given(WORDS)
async def test_whatever_somebody_types_who_looks_for_a_mediator_none_of_it_leaves_their_chat(
    words: str,
) -> None:
    async with harbour() as house:
        before, chat = len(house.owed), await house.private("p4")
        await chat.says("p4", f"assembly mediator about {words} and Benedict")
        await chat.says("p4", "English")
        await chat.taps("p4", "✅")
        elsewhere = [owed for owed in house.owed[before:] if owed.lane != chat.id]
        care = (await Assembly.get(state="seated")).rooms[Part.CARE]

    [owed] = elsewhere
    content = dict(owed.content or {})
    letter = content["letter"]
    assert owed.lane == care
    assert isinstance(letter, dict)
    assert letter["body"] == {"languages": ["en"], "until": "2026-12-06"}
    assert "p4" not in str(content)
    assert "Benedict" not in str(content)
