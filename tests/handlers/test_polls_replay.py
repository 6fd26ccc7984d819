"""Whatever people say through whichever door, and take back, and whenever the daemon dies: one ballot each, the newest."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.language import Change
from storage.database import close_database, open_database, sqlite_url
from storage.polls import Ballot, Cast
from tests.handlers.played import PlayedHouse, PlayedRoom, person

PEOPLE = ("ana", "ben", "cleo")
SIGNS = ("👍", "🤷", "👎", "✋")
WORDS = ("agree", "abstain", "disagree", "block")

#: Who, through which door, which position, whether with a reason; or which of the voices so far is taken back.
VOICE = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(("tap", "reply", "command", "private", "form")),
    st.integers(0, 3),
    st.booleans(),
)
DEED = st.one_of(
    VOICE,
    st.tuples(st.just("take back"), st.integers(0, 30)),
    st.tuples(st.just("edit"), st.integers(0, 30), st.integers(0, 3)),
    st.just(("restart",)),
    st.tuples(st.just("nothing"), st.sampled_from(PEOPLE)),
)


@dataclass
class Told:
    """One voice as the test remembers it."""

    who: str
    event: str
    #: The events whose redaction takes it back.
    under: frozenset[str]
    position: int | None
    counts: bool
    typed: bool
    gone: bool = False


@dataclass
class History:
    """What the test expects, from what was done alone."""

    voices: list[Told] = field(default_factory=list)

    def say(self, who: str, event: str, position: int | None, *, counts: bool, typed: bool) -> None:
        self.voices.append(Told(who, event, frozenset({event}), position, counts, typed))

    def take_back(self, event: str) -> None:
        for voice in self.voices:
            voice.gone |= event in voice.under

    def ballots(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for voice in self.voices:
            if voice.gone or not voice.counts:
                continue
            found.pop(voice.who, None)
            if voice.position is not None:
                found[voice.who] = voice.position
        return found


@asynccontextmanager
async def a_mortal_house() -> AsyncIterator[tuple[PlayedHouse, str]]:
    """A house whose database can be closed and opened again."""
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "kinkeeper.db")
        await open_database(url)
        try:
            yield PlayedHouse(), url
        finally:
            await close_database()


class Asked:
    """A proposal with Element's form, and everybody's private chats."""

    def __init__(
        self, house: PlayedHouse, crew: PlayedRoom, private: dict[str, PlayedRoom]
    ) -> None:
        self.house, self.crew, self.private = house, crew, private
        self.history = History()

    async def voice(self, who: str, door: str, position: int, *, reason: bool) -> None:
        because = " because it is so" if reason else ""
        before = await Cast.all().count()
        match door:
            case "tap":
                await self.crew.taps(who, SIGNS[position], on="poll:1")
                reason = False
            case "form":
                await self.crew.votes(who, str(position + 1), on="form:1")
                reason = False
            case "reply":
                await self.crew.says(who, f"{WORDS[position]}{because}", on="poll:1")
            case "command":
                await self.crew.says(who, f"!vote 1 {WORDS[position]}{because}")
            case _:
                await self.private[who].says(who, f"{WORDS[position]} 1{because}")
        assert await Cast.all().count() == before + 1
        # A block says nothing until its reason comes (R129).
        counts = position != 3 or reason
        self.history.say(
            who, await newest(), position, counts=counts, typed=door in ("reply", "command")
        )

    async def take_back(self, number: int) -> None:
        if self.history.voices:
            voice = self.history.voices[number % len(self.history.voices)]
            room = self.crew
            await room.reports(Change.TAKEN_BACK, voice.who, target=voice.event)
            self.history.take_back(voice.event)

    async def edit(self, number: int, position: int) -> None:
        typed = [voice for voice in self.history.voices if voice.typed and not voice.gone]
        if not typed:
            return
        voice = typed[number % len(typed)]
        event = self.house.key()
        text = f"{WORDS[position]} because of that"
        await self.crew.reports(
            Change.REWORDED, voice.who, target=voice.event, text=text, event=event
        )
        under = frozenset({event, voice.event})
        self.history.voices.append(
            Told(voice.who, event, under, position, counts=True, typed=False)
        )

    async def nothing(self, who: str) -> None:
        await self.private[who].says(who, "vote 1 nothing")
        self.history.say(who, await newest(), None, counts=True, typed=False)


async def newest() -> str:
    """The event of the newest line of the audit."""
    cast = await Cast.all().order_by("-id").first()
    assert cast is not None
    assert cast.event is not None
    return cast.event


async def asked(house: PlayedHouse) -> Asked:
    crew = await house.crew(people=PEOPLE)
    private = {who: await house.private(who) for who in PEOPLE}
    await crew.says("ana", "!propose We meet on Tuesdays; form")
    return Asked(house, crew, private)


async def stored() -> dict[str, int]:
    return {
        row.person: next(int(place) for place in row.marks) for row in await Ballot.filter(poll=1)
    }


@settings(max_examples=30, deadline=None)
@given(deeds=st.lists(DEED, max_size=14))
async def test_the_stored_ballots_are_those_of_an_independent_replay(
    deeds: list[tuple[object, ...]],
) -> None:
    async with a_mortal_house() as (house, url):
        poll = await asked(house)
        for deed in deeds:
            match deed:
                case ("take back", int(number)):
                    await poll.take_back(number)
                case ("edit", int(number), int(position)):
                    await poll.edit(number, position)
                case ("nothing", str(who)):
                    await poll.nothing(who)
                case ("restart",):
                    await close_database()
                    await open_database(url)
                case (str(who), str(door), int(position), bool(reason)):
                    await poll.voice(who, door, position, reason=reason)
            expected = {person(who): at for who, at in poll.history.ballots().items()}
            assert await stored() == expected
        told = "\n".join(await poll.crew.says("ana", "!poll 1"))
        for place, word in enumerate(WORDS):
            count = sum(at == place for at in poll.history.ballots().values())
            if poll.history.ballots():
                assert f"{word}: {count} of {len(poll.history.ballots())} who voted" in told


@pytest.mark.parametrize("doors", [("tap", "form", "reply"), ("form", "private", "command")])
async def test_three_doors_lead_to_one_ballot_and_leave_a_line_each(
    house: PlayedHouse, doors: tuple[str, ...]
) -> None:
    poll = await asked(house)
    for position, door in enumerate(doors):
        await poll.voice("ben", door, position, reason=False)

    assert await stored() == {person("ben"): 2}
    assert await Ballot.all().count() == 1
    assert await Cast.filter(poll=1, person=person("ben")).count() == 3
