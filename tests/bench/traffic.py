"""Measures what keepers' letters mean to real homeservers, with the limits of an operator who never thought of them.

How many letters a second one homeserver takes from another, how many it lets one account send, and how many a keeper
writes when four congregations on four homeservers decide something.
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.authority import Authority
from deploy.homeserver import Homeserver, Limits
from deploy.keeper import Keeper
from deploy.person import Person
from practices.assembly.events import LETTER
from practices.assembly.letters import Kind, written
from tests.bench.figures import Figure
from tests.homeserver.congregations import Congregation, begun, consented, founded, joins

#: Accounts that write at once, as many as keep one homeserver busy.
_WRITERS: Final = 10
#: Letters that one account sends under the limit; the first of them it may send at once.
_AT_ONCE: Final = 10
_LIMITED: Final = 4
_PATIENCE_SECONDS: Final = 120.0
#: When nothing has come for so long, no more will.
_QUIET_SECONDS: Final = 10.0

_NAMES: Final = ("Lakeside", "Harbour", "Valley", "Forest")

_LETTERS: Final = "SELECT sender, count(*) FROM assembly_letter GROUP BY sender"
_SAID: Final = "SELECT count(*) FROM outbox WHERE state = 'sent'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What homeservers did, in letters a second."""

    #: Taken from another homeserver.
    taken: float
    #: Sent by one account, once those are out that it may send at once.
    allowed: float


async def traffic(
    folder: Path, *, letters: int, tell: Callable[[str], None]
) -> tuple[list[Figure], Rates]:
    """The figures, and what of them the assemblies in one process are compared with."""
    authority = Authority(folder / "authority")
    async with AsyncExitStack() as stack:
        sender = Homeserver(folder / "sender", "sender", authority=authority)
        receiver = Homeserver(
            folder / "receiver", "receiver", authority=authority, limits=Limits.DEFAULT
        )
        for each in (sender, receiver):
            await stack.enter_async_context(each)
        allowed = await _allowed(receiver)
        taken, missed = await _taken(sender, receiver, letters)
    tell("  four congregations on four homeservers decide")
    figures = [
        Figure(name="letters a homeserver takes from others", value=taken, unit="/s"),
        Figure(
            name="such letters passed over when they come that fast",
            value=100 * missed / letters,
            unit="%",
        ),
        Figure(name="letters a homeserver lets one account send", value=allowed, unit="/s"),
        *await _decision(folder, authority),
    ]
    return figures, Rates(taken=taken, allowed=allowed)


def _letter(sender: str, number: int) -> dict[str, object]:
    """A seal, as a keeper carries it: the letter of which there are most."""
    seal = written(
        Kind.SEAL,
        sender=sender,
        number=number,
        assembly="a" * 43,
        body={"word": "accepted", "consents": 190, "objections": 0, "asides": 10},
        answers="b" * 43,
    )
    body = "**Lakeside** counts: A shared glossary is accepted, 190 of 200 congregations consent."
    return {"msgtype": "m.notice", "body": body, LETTER: seal}


async def _allowed(homeserver: Homeserver) -> float:
    """Letters a second that one account may send, after those that it may send at once."""
    loop = asyncio.get_running_loop()
    async with await Person.enter(homeserver, "limited") as person:
        room = await person.create_room("decisions")
        for number in range(1, _AT_ONCE + 1):
            await person.send(room, "m.room.message", _letter(person.user_id, number))
        began = loop.time()
        for number in range(_AT_ONCE + 1, _AT_ONCE + _LIMITED + 1):
            await person.send(room, "m.room.message", _letter(person.user_id, number))
        return _LIMITED / (loop.time() - began)


async def _taken(sender: Homeserver, receiver: Homeserver, letters: int) -> tuple[float, int]:
    """Letters a second that reach a member on another homeserver, when they come as fast as one can send them.

    Also how many it passed over: a homeserver that falls behind takes the newest and leaves the rest to be asked for.
    """
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        writers = [
            await stack.enter_async_context(await Person.enter(sender, f"keeper{number}"))
            for number in range(_WRITERS)
        ]
        reader = await stack.enter_async_context(await Person.enter(receiver, "reader"))
        first, *others = writers
        room = await first.create_room(
            "decisions", invite=[reader.user_id, *(each.user_id for each in others)]
        )
        await asyncio.gather(*(each.join(room) for each in others))
        await reader.join(await reader.invited())
        await first.say(room, "begin")
        await reader.hears(room, "begin")
        began = loop.time()

        async def writes(person: Person) -> None:
            for number in range(1, letters // _WRITERS + 1):
                await person.send(room, "m.room.message", _letter(person.user_id, number))

        async def reads() -> tuple[int, float]:
            """How many have come when no more come, and when the last of them did."""
            come, last = 0, began
            while come < letters and loop.time() - last < _QUIET_SECONDS:
                await reader.sync(wait_ms=1000)
                found = sum(LETTER in each.content for each in reader.heard)
                come, last = (found, loop.time()) if found > come else (come, last)
            return come, last - began

        async with asyncio.TaskGroup() as group:
            reading = group.create_task(reads())
            for each in writers:
                group.create_task(writes(each))
        come, took = reading.result()
        return come / took, letters - come


# ---------------------------------------------------------------------------------------- one decision


async def _decision(folder: Path, authority: Authority) -> list[Figure]:
    """What keepers write and their accounts say while four congregations decide one matter."""
    async with AsyncExitStack() as stack:

        async def begins(name: str) -> Congregation:
            homeserver = Homeserver(folder / name, name, authority=authority)
            await stack.enter_async_context(homeserver)
            host = await stack.enter_async_context(await Person.enter(homeserver, "host"))
            keeper = Keeper(homeserver, folder / f"{name} keeper", name="keeper", movable_clock=True)  # fmt: skip
            await stack.enter_async_context(keeper)
            return await begun(name, keeper, host)

        everybody = [await begins(name) for name in _NAMES]
        first, *others = everybody
        await founded(first)
        for number, newcomer in enumerate(others, 1):
            await joins(newcomer, everybody[:number])
        letters, said = _letters(first), [_said(each) for each in everybody]
        await first.answered("assembly put One glossary: We use the same words.", "I understood")
        await first.answered("yes", "The matter is with the congregations now")
        await consented("One glossary", everybody)
        await asyncio.gather(*(each.hears("is accepted: One glossary") for each in everybody))
        await _sealed(first, letters)
        each = sorted((_letters(first) - letters).values())
        spoken = [_said(one) - before for one, before in zip(everybody, said, strict=True)]
    return [
        Figure(
            name="four decide: letters of a keeper in that hour",
            value=max(each),
            low=min(each),
            high=max(each),
            at_most=3,
        ),
        Figure(
            name="four decide: all that its account says in that hour",
            value=max(spoken),
            low=min(spoken),
            high=max(spoken),
        ),
    ]


async def _sealed(congregation: Congregation, before: Counter[str]) -> None:
    """Wait until the last seal has come, which no outcome waits for."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        # Each says its position and seals it; one has put the matter.
        while (_letters(congregation) - before).total() < 2 * len(_NAMES) + 1:
            await asyncio.sleep(0.1)


def _letters(congregation: Congregation) -> Counter[str]:
    """How many letters of each keeper a keeper has read by now."""
    with closing(_reading(congregation)) as database:
        return Counter(dict(database.execute(_LETTERS).fetchall()))


def _said(congregation: Congregation) -> int:
    """How many events a keeper has sent by now."""
    with closing(_reading(congregation)) as database:
        return int(database.execute(_SAID).fetchone()[0])


def _reading(congregation: Congregation) -> sqlite3.Connection:
    """A keeper's database, which it goes on writing."""
    file = congregation.keeper.data / "kinkeeper.db"
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
