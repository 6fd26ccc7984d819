"""Listening: one sync after the other, patiently, unless somebody waits for all that was said until now."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daemon import app
from daemon.calendar import BELL, Calendar
from daemon.hear import LONG_POLL_MS, Listener
from daemon.inbox import Inbox
from daemon.keyring import Keyring
from daemon.matrix import Json, Unreachable
from daemon.news import Reader
from daemon.rooms import Rooms
from daemon.settle import Settler
from handlers.language import Call, Catalogue, Effects, House, Ritual
from storage.facts import recall
from storage.inbox import Heard, Kind

ME = "@kinkeeper:here"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Passing:
    """A clock that each look moves by a second."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        """A second later than before."""
        self.at += timedelta(seconds=1)
        return self.at

    def happened(self, _milliseconds: object) -> datetime:
        """Just now."""
        return self.at


COUNTS = {"ritual": "counts"}


class Calm:
    """A speaker that may be calm."""

    def __init__(self) -> None:
        self.calm = asyncio.Event()


class Silent:
    """A homeserver where nobody says anything: it answers at once only whoever does not want to wait."""

    def __init__(self) -> None:
        self.waits: list[int] = []
        self.away = 0
        self.asked = asyncio.Event()
        self.broken_off = 0
        self.speaks = asyncio.Event()
        self.slow = False

    async def request(
        self, _method: str, _path: str, *, query: Mapping[str, str], timeout: float
    ) -> Json:
        """An answer without news."""
        wait = int(query.get("timeout", 0))
        self.waits.append(wait)
        self.asked.set()
        if self.away:
            self.away -= 1
            raise Unreachable("it is away")
        if wait or self.slow:
            try:
                await self.speaks.wait()
            except asyncio.CancelledError:
                self.broken_off += 1
                raise
        return {"next_batch": f"s{len(self.waits)}"}


class NoKeys:
    """Encryption where nothing is encrypted."""

    def absorb(self, _answer: Json) -> set[str]:
        """No keys have come."""
        return set()

    async def upkeep(self) -> None:
        """Nothing is due."""


class Ear:
    """A listener on a homeserver where nobody says anything."""

    def __init__(self) -> None:
        self.homeserver, self.clock, self.hurried = Silent(), Passing(), 0
        rooms, keys = Rooms(), NoKeys()
        where: Any = self.homeserver
        encryption: Any = keys
        reader = Reader(where, self.clock, rooms, me=ME, prefix="!", encryption=encryption)
        inbox = Inbox(self.clock, rooms, me=ME, device="DEVICE", threads=lambda _name: False)
        self.listener = Listener(
            where,
            self.clock,
            reader,
            inbox,
            me=ME,
            encryption=encryption,
            on_heard=lambda _rows: None,
            on_echo=lambda _sent: None,
            on_rules=lambda _lanes: None,
            on_hurried=self._was_hurried,
        )

    def _was_hurried(self) -> None:
        self.hurried += 1

    async def once(self, since: str) -> str:
        """One sync, which is expected to be asked for."""
        self.homeserver.asked.clear()
        return await self.listener.once(since)


@pytest.fixture
async def ear(database: str) -> Ear:
    """One that has caught up."""
    made = Ear()
    await made.once("s0")
    return made


async def patiently(ear: Ear, since: str) -> "asyncio.Task[str]":
    """A sync that waits for something to be said."""
    ear.homeserver.asked.clear()
    task = asyncio.create_task(ear.listener.once(since))
    await ear.homeserver.asked.wait()
    return task


async def test_everything_is_heard_that_was_said_before_it_was_asked_for(ear: Ear) -> None:
    before = ear.clock.at
    task = await patiently(ear, "s1")
    asked = ear.clock.at
    ear.clock.at += timedelta(seconds=20)
    ear.homeserver.speaks.set()
    await task

    assert before < asked
    assert ear.listener.asked_at == asked
    assert ear.listener.heard_at is not None
    assert ear.listener.heard_at - asked > timedelta(seconds=20)


async def test_whoever_cannot_wait_breaks_off_what_waits_and_has_it_asked_at_once(ear: Ear) -> None:
    task = await patiently(ear, "s1")
    due = ear.clock.now()
    too_early = ear.listener.asked_at
    ear.listener.hurry()

    same = await task
    cursor = await ear.once(same)

    assert (same, ear.homeserver.broken_off) == ("s1", 1)
    assert ear.homeserver.waits == [0, LONG_POLL_MS, 0]
    assert too_early is not None
    assert ear.listener.asked_at is not None
    assert too_early < due < ear.listener.asked_at
    assert ear.hurried == 1
    assert await recall("cursor") == cursor == "s3"


async def test_after_that_it_listens_patiently_again(ear: Ear) -> None:
    ear.listener.hurry()
    await ear.once("s1")
    task = await patiently(ear, "s2")
    ear.homeserver.speaks.set()
    await task

    assert ear.homeserver.waits == [0, 0, LONG_POLL_MS]
    assert ear.hurried == 1


async def test_what_is_asked_at_once_is_not_broken_off_by_more_haste(ear: Ear) -> None:
    ear.homeserver.slow = True
    ear.listener.hurry()
    task = await patiently(ear, "s1")
    ear.listener.hurry()
    for _ in range(10):
        await asyncio.sleep(0)
    ear.homeserver.speaks.set()
    await task

    assert ear.homeserver.broken_off == 0
    assert ear.homeserver.waits == [0, 0]


async def test_after_a_failure_it_is_asked_at_once_until_it_answers(ear: Ear) -> None:
    heard = ear.listener.asked_at
    ear.homeserver.away = 2
    ear.listener.hurry()
    for _ in range(2):
        with pytest.raises(Unreachable):
            await ear.once("s1")
    deaf = ear.listener.asked_at, ear.hurried
    await ear.once("s1")

    assert deaf == (heard, 0)
    assert ear.homeserver.waits == [0, 0, 0, 0]
    assert ear.hurried == 1


async def test_a_failure_while_it_waits_is_a_failure(ear: Ear) -> None:
    ear.homeserver.away = 1

    with pytest.raises(Unreachable):
        await ear.once("s1")


async def test_an_end_of_listening_leaves_nothing_behind(ear: Ear) -> None:
    task = await patiently(ear, "s1")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert ear.homeserver.broken_off == 1


class Listens:
    """Has heard what was said until an instant, and is hurried."""

    def __init__(self, asked_at: datetime) -> None:
        self.asked_at = asked_at
        self.hurried = 0

    def hurry(self) -> None:
        """Somebody cannot wait."""
        self.hurried += 1


async def test_the_homeserver_is_asked_at_once_when_an_hour_waits_for_what_was_said(
    database: str,
) -> None:
    async def counts(_call: Call) -> Effects:
        return []

    catalogue = Catalogue()
    catalogue.rituals["counts"] = Ritual(name="counts", help="", answer=counts, hears_first=True)
    clock, listens = Passing(), Listens(NOW - timedelta(hours=1))
    await Heard.create(key="counts:x", kind=Kind.HOUR, room="!r", at=NOW, content=COUNTS)
    async with asyncio.TaskGroup() as group:
        daemon: Any = app.Daemon.__new__(app.Daemon)
        daemon.clock, daemon.listener, daemon.speaker = clock, listens, Calm()
        daemon.settler = Settler(
            House(me=ME, catalogue=catalogue, keys=Keyring(bytes(32))),
            clock,
            Rooms(),
            group=group,
            on_outcome=lambda _outcome: None,
            unsent=lambda _room, _person: 0,
        )
        deaf = await daemon._strike(), listens.hurried
        listens.asked_at = NOW
        heard = await daemon._strike(), await daemon._strike(), listens.hurried

    assert deaf == (False, 1)
    assert heard == (True, False, 1)


async def test_the_calendar_does_not_ring_for_what_waits_for_something_else(database: str) -> None:
    await Heard.create(key="waits", kind=Kind.HOUR, room="!room", at=NOW - timedelta(hours=1))
    clock, looks = Passing(), asyncio.Queue[None]()

    async def leaves_it() -> bool:
        looks.put_nowait(None)
        return False

    calendar = Calendar(clock, leaves_it)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(calendar.run())
        await looks.get()
        while calendar._scheduler.get_job(BELL) is None:
            await asyncio.sleep(0)
        rings = calendar._scheduler.get_job(BELL).next_run_time
        again = looks.empty()
        calendar.ring()
        await looks.get()
        running.cancel()

    assert again
    assert rings - datetime.now(UTC) > timedelta(seconds=30)
