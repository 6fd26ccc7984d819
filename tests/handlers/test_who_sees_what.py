"""Who sees what (practices 12.1): what is private reaches nobody but those whom it is for, whatever is done to get at it.

A generated history is played twice: once with all that its people do in private, once without any of it. Whoever it is not
for must see exactly the same both times, in texts, edits, files, reactions and state; so neither words nor the fact that
there is something can leak. On the way each word is marked, and no mark may reach anybody but those named with it, nor
stand readable in any column of the database, in a page, in a finding of the doctor, or in the log.
"""

import asyncio
import base64
import io
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise import connections

from daemon import check, web
from daemon.clock import SystemClock
from daemon.log import formatter
from daemon.rooms import Rooms
from daemon.settle import Settler
from handlers.catalogue import CATALOGUE
from handlers.language import Call, Catalogue, Command, Effects, command
from practices.circles import RoomKind
from storage.inbox import Heard, Kind
from storage.members import Member
from storage.outbox import Owed
from storage.rooms import Room
from storage.sealed import seal_with
from storage.tables import tables
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, a_house, person

KITCHEN, GARDEN = ("ana", "ben", "cleo", "dan"), ("dan", "eve", "finn")

#: Of the congregation: its host, and those whom it names for safety.
HOST, CONTACTS = "hana", ("rui", "tamsin")
#: Who runs the daemon, and somebody who belongs to nothing.
OPERATOR, STRANGER = "op", "zoe"

#: A Monday morning.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)

#: A marked word, whatever was done to its letters.
MARK = re.compile(r"zq[emca][a-z]+zq", re.IGNORECASE)


@dataclass
class World:
    """A congregation with two crews, and what was said in it that is not for everybody."""

    house: PlayedHouse
    #: Side 1 is the same without any of what is private.
    acts_happen: bool
    chats: dict[str, PlayedRoom] = field(default_factory=dict)
    #: Each mark, and who may read it.
    allowed: dict[str, set[str]] = field(default_factory=dict)

    async def begins(self) -> None:
        self.house.now = MONDAY
        self.house.house = replace(self.house.house, stewards=(person(OPERATOR),))
        everybody = (*KITCHEN, "eve", "finn", HOST, *CONTACTS)
        self.space = await self.house.space("Lakeside", everybody, [HOST])
        self.hall = await self.house.room(
            "Commons", everybody, kind=RoomKind.WORKING, congregation=self.space.id
        )
        self.kitchen = await self.house.crew("Kitchen Crew", KITCHEN, congregation=self.space.id)
        self.garden = await self.house.crew("Garden Crew", GARDEN, congregation=self.space.id)
        for who in (*everybody, OPERATOR, STRANGER):
            self.chats[who] = await self.house.private(who)
        await self.kitchen.says("ana", "!rhythm every thursday 19:00")
        await self.kitchen.taps("ana", "✅")
        for who in CONTACTS:
            await self.says(HOST, f"safety name {who}")
            await self.says(who, "yes")
        await self.says(HOST, "pairing begin")
        await self.says(HOST, "yes")

    async def says(self, who: str, *lines: str) -> list[str]:
        """Somebody writes to the daemon alone."""
        told: list[str] = []
        for line in lines:
            told = await self.chats[who].says(who, line)
        return told

    def marked(self, kind: str, author: str, *readers: str) -> str:
        """A word that is nowhere else, of class E, M, C or A, for its author and these readers."""
        place = "".join(chr(ord("a") + int(digit)) for digit in str(len(self.allowed)))
        mark = f"zq{kind.lower()}{author}{place}zq"
        self.allowed[mark] = {author, *readers}
        return mark


Act = Callable[[World, str, str], Awaitable[Iterable[str]]]


async def journal(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "reflect needs", "keep nothing", "3", world.marked("E", author))
    return ()


async def kept_journal(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "reflect needs", "keep", "3", world.marked("E", author), "stop")
    return ()


async def parts(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "parts", "keep nothing", world.marked("E", author), "next")
    await world.says(author, world.marked("E", author), "stop here")
    return ()


async def self_view(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "pathway look", world.marked("E", author), "stop")
    return ()


async def one_thing(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, f"pathway choose {world.marked('E', author)}")
    return ()


async def asked_a_friend(world: World, author: str, other: str) -> Iterable[str]:
    await world.says(author, f"pathway ask {other}", "ask")
    await world.says(other, "write", world.marked("E", other, author))
    return (other,)


async def money(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, f"money life {world.marked('M', author)}")
    return ()


async def opened_money(world: World, author: str, _other: str) -> Iterable[str]:
    if author not in KITCHEN:
        return ()
    await world.says(author, f"money life {world.marked('M', author, *KITCHEN)}")
    await world.says(author, "money open life to Kitchen Crew", "yes")
    return KITCHEN


async def report(world: World, author: str, _other: str) -> Iterable[str]:
    # The list is in the order of names.
    await world.says(author, "safety", "1", world.marked("C", author, CONTACTS[0]), "send")
    return (CONTACTS[0],)


async def half_a_report(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "safety", "1", world.marked("C", author))
    return ()


async def energy(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "energy 2")
    return ()


async def not_with(world: World, author: str, other: str) -> Iterable[str]:
    await world.says(author, "pairing in", f"pairing not with {other}")
    return ()


async def reminder(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, f"remind tomorrow 9:00 {world.marked('A', author)}")
    return ()


async def own_hours(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "quiet 21:00-9:00", "reflect at 19:30 on Monday", "timezone Lisbon")
    return ()


async def dyad(world: World, author: str, other: str) -> Iterable[str]:
    await world.says(author, f"dyad {other}", "yes")
    await world.says(other, "yes", "1")
    await world.says(author, "1")
    return (other,)


async def asked_to_a_dyad(world: World, author: str, other: str) -> Iterable[str]:
    await world.says(author, f"dyad {other}", "yes")
    await world.says(other, "no")
    return (other,)


async def words_of_the_crew(world: World, author: str, _other: str) -> Iterable[str]:
    if author not in KITCHEN:
        return ()
    for line in ("!decided {}", "!commit {} by friday", "!offer {}", "!need {}", "!remind friday {}"):
        await world.kitchen.says(author, line.format(world.marked("A", author, *KITCHEN)))
        await world.kitchen.says(author, "stop")
    return KITCHEN


async def hidden_voice(world: World, author: str, other: str) -> Iterable[str]:
    if not {author, other} <= set(KITCHEN):
        return ()
    said = world.marked("A", author, *KITCHEN)
    await world.kitchen.says(author, f"!propose We call it {said}; hidden; until friday 18:00")
    await world.kitchen.says(author, "stop")
    because = world.marked("A", other, *KITCHEN)
    await world.says(other, f"vote 1 disagree because {because}", "yes")
    return KITCHEN


async def sealed_circle(world: World, author: str, other: str) -> Iterable[str]:
    if author not in KITCHEN:
        return ()
    await world.kitchen.says(author, "!retrospective")
    for who in {author, other} & set(KITCHEN):
        await world.says(who, "pause", world.marked("E", who, *KITCHEN), "pass", "stop")
    return KITCHEN


ACTS: tuple[Act, ...] = (
    journal, kept_journal, parts, self_view, one_thing, asked_a_friend, money, opened_money, report, half_a_report,
    energy, not_with, reminder, own_hours, dyad, asked_to_a_dyad, words_of_the_crew, hidden_voice, sealed_circle,
)  # fmt: skip

#: Who may be the author of something, and the other one in it.
PEOPLE = (*KITCHEN, "eve", "finn")

#: What is said after a command's name in trying to get at something.
TRIES = ("", "1", "Ana", "@ana:here", "Kitchen Crew", "all", "income", "yes", "with Ben")

#: With these whoever says them does something of their own that others may well see: leave, forget, hand on, begin.
OWN_DEEDS = frozenset({"forget", "hand", "leave"})


# ------------------------------------------------------------------------------------ what is seen


async def audience(lane: str) -> set[str]:
    """Who reads what is sent to a room or a person, by short names."""
    if lane.startswith("@"):
        return {lane[1:].partition(":")[0]}
    found = await Member.filter(room=lane).values_list("person", flat=True)
    return {str(each)[1:].partition(":")[0] for each in found} - {ME[1:].partition(":")[0]}


def whole(owed: Owed) -> str:
    """All of a message that anybody could read, a file's content opened."""
    content = dict(owed.content or {})
    if "data" in content:
        content["data"] = base64.b64decode(str(content["data"])).decode(errors="replace")
    return f"{owed.deed} {owed.type} {owed.name} {owed.target} {content}"


def plain(text: str) -> str:
    """A text without what differs for no reason that anybody could see: the numbers of rows."""
    return re.sub(r"\d+", "#", text)


async def leaks(world: World, messages: Iterable[Owed]) -> list[str]:
    """Every mark that reached somebody it is not for."""
    found = []
    for owed in messages:
        text = whole(owed).casefold()
        for mark in sorted(set(MARK.findall(text))):
            if mark not in world.allowed:
                continue
            others = await audience(owed.lane) - world.allowed[mark]
            if others:
                found.append(f"{mark} reached {sorted(others)}: {text[:300]}")
    return found


async def seen(house: PlayedHouse, who: str) -> list[str]:
    """All that somebody has before their eyes, in the order of each place."""
    places: dict[str, list[str]] = {}
    for owed in house.owed:
        if who in await audience(owed.lane):
            places.setdefault(owed.lane, []).append(plain(whole(owed)))
    return [text for _lane, texts in sorted(places.items()) for text in texts]


async def readable(marks: Iterable[str]) -> list[str]:
    """Every column in which a mark stands as whoever has the database, and no secret, would read it."""
    found = []
    wanted = set(marks)
    for table in tables():
        rows = await connections.get("default").execute_query_dict(f'SELECT * FROM "{table.name}"')  # noqa: S608 - our own names
        for row in rows:
            for column, value in row.items():
                found += [
                    f"{table.name}.{column}: {mark}"
                    for mark in MARK.findall(str(value).casefold())
                    if mark in wanted
                ]
    return found


@contextmanager
def logged() -> Any:
    """All that our loggers write meanwhile, as the operator reads it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(formatter("text"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


async def pages(world: World) -> str:
    """The metrics, and what the doctor says of the database."""
    vitals = web.Vitals(heard_at=world.house.now, caught_up=True, counts={})
    lines = [(await web.metrics(vitals, world.house.now)).decode()]
    async for finding in check._rooms(ME):
        lines.append(f"{finding.text} {finding.next}")
    async for finding in check._undelivered(SystemClock()):
        lines.append(f"{finding.text} {finding.next}")
    return "\n".join(lines)


@asynccontextmanager
async def a_world(*, acts_happen: bool = True) -> AsyncIterator[World]:
    async with a_house() as house:
        seal_with(house.house.keys)
        try:
            world = World(house, acts_happen)
            await world.begins()
            yield world
        finally:
            seal_with(None)


async def acted(world: World, act: Act, author: str, other: str) -> set[str]:
    """Somebody does something in private; who may see something of it. Nothing waits for an answer afterwards."""
    if author == other:
        return set()
    if world.acts_happen:
        await world.says(author, "stop")
        readers = {author, *await act(world, author, other)}
        for who in sorted(readers & set(world.chats)):
            await world.says(who, "stop")
        return readers
    return set()


async def tries(world: World, who: str, name: str, said: str) -> None:
    """Somebody tries a command in private, and where they are with others; nothing stays open."""
    line = f"{name} {said}".strip()
    await world.says(who, line, "stop")
    rooms = [world.hall, world.kitchen, world.garden]
    for room in rooms:
        if who in await audience(room.id):
            await room.says(who, f"!{line}")
            await room.says(who, "stop")
            break


PROBE = st.tuples(
    st.sampled_from((*PEOPLE, HOST, *CONTACTS, OPERATOR, STRANGER)),
    st.sampled_from(sorted(set(CATALOGUE.commands) - OWN_DEEDS)),
    st.sampled_from(TRIES),
)
DEED = st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))


@dataclass
class Seen:
    """What came of one side of a history."""

    by: dict[str, list[str]]
    readers: set[str]


async def lived(world: World, deeds: list[Any], probes: list[Any]) -> Seen:
    readers: set[str] = set()
    half = len(probes) // 2
    with logged() as log:
        for act, author, other in deeds:
            readers |= await acted(world, act, author, other)
        assert [each for each in await readable(world.allowed) if not _clear(each)] == []
        for who, name, said in probes[:half]:
            await tries(world, who, name, said)
        await world.house.passes(until=MONDAY + 3 * DAY + timedelta(hours=9))
        for who, name, said in probes[half:]:
            await tries(world, who, name, said)
        await world.house.passes(4 * DAY)
    assert await leaks(world, world.house.owed) == []
    assert MARK.findall(await pages(world)) == []
    assert MARK.findall(log.getvalue().casefold()) == []
    everybody = {*PEOPLE, HOST, *CONTACTS, OPERATOR, STRANGER}
    return Seen({who: await seen(world.house, who) for who in sorted(everybody)}, readers)


def _clear(place: str) -> bool:
    """Whether a column may hold what it holds, by its class and that of the mark."""
    column, _, mark = place.partition(": ")
    return mark[2].upper() == "A" and column in IN_CLEAR


IN_CLEAR: frozenset[str] = frozenset()


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    deeds=st.lists(DEED, min_size=1, max_size=6),
    probes=st.lists(PROBE, min_size=4, max_size=16),
)
async def test_two_histories_with_and_without(deeds: list[Any], probes: list[Any]) -> None:
    sides = []
    for acts_happen in (True, False):
        async with a_world(acts_happen=acts_happen) as world:
            sides.append(await lived(world, deeds, probes))
    full, empty = sides
    for who in sorted(set(full.by) - full.readers):
        assert full.by[who] == empty.by[who], who
