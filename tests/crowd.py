"""People who vote all at once, through every door, and a recount by somebody who knows only the room's history.

The recount shares nothing with what it checks: it reads the homeserver's timeline, and knows the rules as they were
told to the people. The newest voice of each counts; what was taken back does not; new words stand for the old ones.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from deploy.event import Event
from deploy.homeserver import Homeserver
from deploy.person import Person

#: The positions of a proposal: sign and word, in the order of Element's form.
POSITIONS: Mapping[str, str] = {"👍": "agree", "🤷": "abstain", "👎": "disagree", "✋": "block"}

_SIGNS = tuple(POSITIONS)
_WORDS = tuple(POSITIONS.values())
_RESPONSE = "org.matrix.msc3381.poll.response"

#: What somebody types that is a voice: `agree`, `!vote 1 agree`, `!agree 1`, each perhaps with a reason.
_TYPED = re.compile(rf"(?:!vote \d+ |!)?({'|'.join(_WORDS)})\b")

#: Nobody waits longer than this for the second thought, in seconds.
_SECOND_THOUGHT = 2.0

#: So many people are made at once.
_AT_ONCE = 8


class Door(StrEnum):
    """The way in which somebody votes in a room."""

    TAP = "tap"
    FORM = "form"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where a proposal stands."""

    room: str
    number: int
    #: The message with the taps.
    board: str
    #: The form that Element draws.
    form: str


@dataclass(slots=True, kw_only=True)
class Voter:
    """What one person is going to do."""

    person: Person
    #: After so many seconds the first voice, and so many later whatever follows.
    pauses: tuple[float, float]
    #: Each through another door than the one before; positions by their place.
    voices: Sequence[tuple[Door, int]]
    takes_back: bool
    #: New words for a typed voice.
    rewords: int | None
    #: The events of what was said so far.
    said: list[str] = field(default_factory=list)
    #: That of the voice that was taken back.
    taken_back: str | None = None

    async def votes(self, asked: Asked, random: Random) -> None:
        """Say everything."""
        await asyncio.sleep(self.pauses[0])
        for number, (door, position) in enumerate(self.voices):
            if number:
                await asyncio.sleep(self.pauses[1])
            self.said.append(await cast(self.person, asked, door, position, random))
        if self.rewords is not None:
            await asyncio.sleep(self.pauses[1])
            text = f"{_WORDS[self.rewords]} because I have slept on it"
            self.said.append(await self.person.edit(asked.room, self.said[-1], text))
        if self.takes_back:
            await asyncio.sleep(self.pauses[1])
            self.taken_back = self.said[-1]
            await self.person.redact(asked.room, self.taken_back)


async def cast(person: Person, asked: Asked, door: Door, position: int, random: Random) -> str:
    """Give one voice through one door; its event."""
    word = _WORDS[position]
    match door:
        case Door.TAP:
            return await person.react(asked.room, asked.board, _SIGNS[position])
        case Door.FORM:
            return await person.vote(asked.room, asked.form, str(position + 1))
        case Door.WORD:
            # Whoever blocks says why, or it is no voice yet.
            because = " because of the choir" if word == "block" or random.random() < 0.3 else ""
            match random.randrange(4):
                case 0:
                    text = f"{word}{because}"
                    return await person.say(asked.room, text, reply_to=asked.board)
                case 1:
                    return await person.say(asked.room, f"{word}{because}", thread=asked.board)
                case 2:
                    return await person.say(asked.room, f"!vote {asked.number} {word}{because}")
                case _:
                    return await person.say(asked.room, f"!{word} {asked.number}{because}")


def plan(
    people: Sequence[Person],
    random: Random,
    *,
    seconds: float,
    changing: int = 0,
    taking_back: int = 0,
    rewording: int = 0,
) -> list[Voter]:
    """What each is going to do within so many seconds: some change their mind, take a voice back, or edit it."""
    changers = set(random.sample(range(len(people)), changing))
    # Of those who take a voice back half have said something before, which then counts again.
    takers = set(random.sample(sorted(changers), taking_back // 2))
    steady = sorted(set(range(len(people))) - changers)
    others = random.sample(steady, taking_back - len(takers) + rewording)
    takers |= set(others[rewording:])
    editors = set(others[:rewording])
    voters = []
    for number, person in enumerate(people):
        first = Door.WORD if number in editors else random.choice(list(Door))
        second = random.choice([door for door in Door if door is not first])
        doors = [first, second] if number in changers else [first]
        voters.append(
            Voter(
                person=person,
                pauses=(
                    random.uniform(0, max(seconds - _SECOND_THOUGHT, 0)),
                    random.uniform(0.1, _SECOND_THOUGHT),
                ),
                voices=[(door, _position(door, random)) for door in doors],
                takes_back=number in takers,
                rewords=random.randrange(3) if number in editors else None,
            )
        )
    return voters


def _position(door: Door, random: Random) -> int:
    """Only words can give the reason without which nobody blocks."""
    return random.choices(range(4), weights=(6, 2, 3, 1 if door is Door.WORD else 0))[0]


@asynccontextmanager
async def crowd(
    homeserver: Homeserver, count: int, *, name: str = "voter", encrypted_in: Path | None = None
) -> AsyncIterator[list[Person]]:
    """So many people, logged in."""
    turn = asyncio.Semaphore(_AT_ONCE)
    async with AsyncExitStack() as stack:

        async def enters(number: int) -> Person:
            async with turn:
                return await stack.enter_async_context(
                    await Person.enter(homeserver, f"{name}{number}", encrypted_in=encrypted_in)
                )

        yield list(await asyncio.gather(*(enters(number) for number in range(count))))


async def joins(people: Iterable[Person], room: str) -> None:
    """All of them come into a public room."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def come(person: Person) -> None:
        async with turn:
            await person.join(room)

    await asyncio.gather(*(come(person) for person in people))


def recount(history: Iterable[Event], asked: Asked, *, keeper: str) -> dict[str, str]:
    """Who says what by the room's history alone, oldest event first: person to position."""
    standing: dict[str, dict[str, str]] = {}
    for event in history:
        # A redaction leaves an event without content.
        if event.sender == keeper or not event.content:
            continue
        said = standing.setdefault(event.sender, {})
        if event.edits is not None and event.edits not in said:
            continue
        position = _position_of(event, asked)
        if position is not None:
            said[event.id] = position
    return {person: list(said.values())[-1] for person, said in standing.items() if said}


def _position_of(event: Event, asked: Asked) -> str | None:
    """The position that an event takes; None where it takes none."""
    if event.type == "m.reaction":
        return POSITIONS.get(event.key) if event.reacts_to == asked.board else None
    if event.type == _RESPONSE:
        if event.content["m.relates_to"]["event_id"] != asked.form:
            return None
        [answer] = event.content[_RESPONSE]["answers"]
        return _WORDS[int(answer) - 1]
    if event.type != "m.room.message":
        return None
    meant = event.text.startswith("!") or event.edits is not None
    meant = meant or asked.board in (event.replies_to, event.thread)
    typed = _TYPED.match(event.text) if meant else None
    return typed[1] if typed else None


def announced(text: str) -> tuple[Counter[str], int, int]:
    """What a result says: position to voices, how many voted, and how many were entitled to."""
    counts: Counter[str] = Counter()
    voted = 0
    for word, count, of in re.findall(r"(\w+): (\d+) of (\d+) who voted", text):
        counts[word], voted = int(count), int(of)
    entitled = re.search(r"of (\d+) entitled", text)
    assert entitled is not None
    return +counts, voted, int(entitled[1])
