"""Polls on a real homeserver: whichever door a voice comes through, a feature hears it, and finds it again.

The features here are a few lines that say aloud what they hear; everything between them and the people is the daemon.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from daemon import app
from daemon.clock import SystemClock
from daemon.settings import Settings
from deploy.event import Event
from deploy.homeserver import Homeserver, register
from deploy.person import Person
from handlers.language import (
    Call,
    Catalogue,
    Change,
    Command,
    Effect,
    Effects,
    EndPoll,
    Gather,
    Join,
    Picture,
    Poll,
    Say,
    Tap,
    Watch,
)
from practices.polls.chart import Bar, Bars
from storage.database import close_database, open_database
from tests.homeserver.conftest import EnterStrictly

PASSWORD = "a password for loopback"
CHART = Bars(title="Lunch", bars=(Bar(label="Soup", value=2, words="2 of 3"),), of=3)
RESPONSE = "org.matrix.msc3381.poll.response"

#: One pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)


@dataclass(frozen=True)
class Drawing:
    """A picture."""

    png: bytes = PNG
    width: int = 1
    height: int = 1


async def _invited(call: Call) -> Effects:
    return [Join(room=call.room.id)]


def told(call: Call, what: str, **more: object) -> list[Effect]:
    """Repeat in the room what was heard, so that people can wait for it."""
    return [Say(text=f"`{what} {json.dumps(more)}`", answers=False)]


async def _ask(call: Call) -> Effects:
    return [
        Say(text="Lunch? Soup or bread.", name="poll:1", answers=False),
        Poll(name="form:1", question="Lunch?", options=("Soup", "Bread")),
    ]


async def _heard(call: Call, subject: str, said: str) -> Effects:
    door, event = call.content["door"], call.content["event"]
    return told(call, "heard", by=call.person, door=door, said=said, event=event)


async def _close(call: Call) -> Effects:
    return [
        EndPoll(name="form:1", text="Soup, 2 of 3."),
        Picture(chart=CHART, alt="Soup: 2 of 3", name="result:1"),
        Gather(names=("poll:1", "form:1"), about="poll:1"),
    ]


async def _changed(call: Call) -> Effects:
    more = {key: value for key, value in call.content.items() if key != "change"}
    return told(call, str(call.content["change"]), **more)


def catalogue() -> Catalogue:
    """All that this small daemon can do."""
    made = Catalogue()
    for name, answer in (("ask", _ask), ("close", _close)):
        made.commands[name] = made.words[name] = Command(
            name=name, help=name, example=name, answer=answer
        )
    made.taps["poll"] = Tap(prefix="poll", answer=_heard, threads=True)
    made.taps["form"] = Tap(prefix="form", answer=_heard)
    made.watches[Change.INVITED] = [Watch(kind=Change.INVITED, answer=_invited)]
    for change in (Change.POLL_ENDED, Change.GATHERED):
        made.watches[change] = [Watch(kind=change, answer=_changed)]
    return made


@asynccontextmanager
async def kept(homeserver: Homeserver, name: str, folder: Path) -> AsyncIterator[str]:
    """Have a daemon with those features listen; its Matrix id."""
    account = await register(homeserver, name, PASSWORD)
    folder.mkdir()
    drawing: Any = Drawing()
    configured: Any = {
        "homeserver_url": homeserver.client_url,
        "user_id": account["user_id"],
        "password": PASSWORD,
        "data_dir": folder,
    }
    settings = Settings(**configured)
    keyring = app.keyring_of(settings)
    await open_database(settings.database)
    try:
        async with app.at_home(settings, keyring) as (way, _device, encryption):
            listening: asyncio.Future[app.Daemon] = asyncio.get_running_loop().create_future()

            async def live() -> None:
                async with asyncio.TaskGroup() as group:
                    daemon = app.Daemon(
                        settings,
                        SystemClock(),
                        way,
                        encryption,
                        keyring,
                        group,
                        catalogue=catalogue(),
                        draw=lambda _chart: drawing,
                    )
                    listening.set_result(daemon)
                    await daemon.run()

            life = asyncio.create_task(live())
            try:
                await (await listening).listener.caught_up.wait()
                yield settings.user_id
            finally:
                life.cancel()
                await asyncio.gather(life, return_exceptions=True)
    finally:
        await close_database()


class Place:
    """A room with the daemon and some people in it, the first of whom made it."""

    def __init__(self, room: str, keeper: str, people: list[Person]) -> None:
        self.room = room
        self.keeper = keeper
        self.people = people
        self.host = people[0]

    async def says(self, text: str, who: Person | None = None, **how: Any) -> str:
        """Somebody says something."""
        return await (who or self.host).say(self.room, text, **how)

    async def hears(self, what: str, type: str = "m.room.message") -> Event:
        """What the daemon says next with these words."""
        return await self.host.until(
            lambda event: event.sender == self.keeper and event.type == type and what in event.text,
            self.room,
        )

    async def told(self, what: str) -> Any:
        """What a feature heard next, of one sort."""
        event = await self.hears(f"{what} {{")
        return json.loads(event.text.removeprefix(f"{what} "))

    async def asks(self) -> tuple[Event, Event]:
        """A poll is asked: its message, and what Element draws."""
        await self.says("!ask")
        asked = await self.hears("Lunch? Soup or bread.")
        form = await self.hears("Lunch?", "org.matrix.msc3381.poll.start")
        return asked, form


@pytest.fixture
async def place(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path, request: Any
) -> AsyncIterator[Place]:
    """A room, encrypted or in clear as the test asks, with three people."""
    encrypted = request.param
    async with AsyncExitStack() as stack:
        keeper = await stack.enter_async_context(
            kept(homeserver, names("keeper"), tmp_path / "daemon")
        )
        people = []
        for name in ("ana", "ben", "cleo"):
            keys = tmp_path / "devices" if encrypted else None
            person = await Person.enter(homeserver, names(name), encrypted_in=keys)
            people.append(await stack.enter_async_context(person))
        ana = people[0]
        invited = [keeper, *(each.user_id for each in people[1:])]
        room = await ana.create_room("Kitchen", encrypted=encrypted, invite=invited)
        for each in people[1:]:
            await each.join(room)
        await ana.until(
            lambda event: event.state_key == keeper and event.content["membership"] == "join", room
        )
        yield Place(room, keeper, people)


IN_BOTH = pytest.mark.parametrize("place", [False, True], indirect=True, ids=["clear", "encrypted"])
ENCRYPTED = pytest.mark.parametrize("place", [True], indirect=True, ids=["encrypted"])


@IN_BOTH
async def test_voices_of_all_doors_are_heard_once_and_found_again(place: Place) -> None:
    asked, form = await place.asks()
    ana, ben, cleo = place.people

    await ana.vote(place.room, form.id, "2")
    voted = await place.told("heard")
    await ben.react(place.room, asked.id, "👍")
    tapped = await place.told("heard")
    await place.says("soup, please", cleo, thread=asked.id)
    typed = await place.told("heard")
    await ana.vote(place.room, form.id, "2", "pizza")
    void = await place.told("heard")
    await ben.redact(place.room, tapped["event"])
    await place.says("!close")
    end = await place.hears("Soup, 2 of 3.", "org.matrix.msc3381.poll.end")
    picture = await place.hears("Soup: 2 of 3")
    found = await place.told("gathered")

    assert [(each["by"], each["door"], each["said"]) for each in (voted, tapped, typed, void)] == [
        (ana.user_id, "poll", "2"),
        (ben.user_id, "reaction", "👍"),
        (cleo.user_id, "reply", "soup, please"),
        (ana.user_id, "poll", ""),
    ]
    assert end.content["m.relates_to"] == {"rel_type": "m.reference", "event_id": form.id}
    assert picture.content["msgtype"] == "m.image"
    assert await place.host.file(picture) == PNG
    assert ("url" in picture.content) is not picture.encrypted
    assert [
        (each["person"], each["door"], each["target"], each["text"], each["event"])
        for each in found["voices"]
    ] == [
        (ana.user_id, "poll", "form:1", "2", voted["event"]),
        (cleo.user_id, "reply", "poll:1", "soup, please", typed["event"]),
        (ana.user_id, "poll", "form:1", "", void["event"]),
    ]
    assert (found["about"], found["taken_back"], found["complete"]) == (
        "poll:1",
        [tapped["event"]],
        True,
    )


@ENCRYPTED
async def test_in_an_encrypted_room_an_answer_in_clear_is_not_obeyed(place: Place) -> None:
    _, form = await place.asks()
    ana, ben, _ = place.people
    device, ben.device = ben.device, None
    await ben.vote(place.room, form.id, "1")
    ben.device = device

    await ana.vote(place.room, form.id, "2")

    heard = await place.told("heard")
    assert (heard["by"], heard["said"]) == (ana.user_id, "2")
    await place.says("!close")
    found = await place.told("gathered")
    assert [each["person"] for each in found["voices"]] == [ana.user_id]
    assert found["complete"]


@ENCRYPTED
async def test_an_end_by_somebody_who_may_is_heard_and_by_others_not(place: Place) -> None:
    _, form = await place.asks()
    ana, ben, _ = place.people

    await ben.end_poll(place.room, form.id, "I say so")
    await ana.end_poll(place.room, form.id, "enough")

    ended = await place.told("poll ended")
    assert ended["name"] == "form:1"
    await ana.vote(place.room, form.id, "1")
    assert (await place.told("heard"))["said"] == "1"
    said = [event.text for event in await ana.messages(place.room)]
    assert sum(text.startswith("poll ended") for text in said) == 1


async def test_elements_own_code_draws_the_poll_and_counts_its_answers(
    homeserver: Homeserver,
    names: Callable[[str], str],
    tmp_path: Path,
    enter_strictly: EnterStrictly,
) -> None:
    ana = await enter_strictly("ana")
    async with kept(homeserver, names("keeper"), tmp_path / "daemon") as keeper:
        room = await ana.create_room("Kitchen", invite=[keeper])
        await ana.until(lambda heard: heard.event.state_key == keeper, room)
        await ana.say(room, "!ask")
        form = await ana.until(
            lambda heard: heard.event.type == "org.matrix.msc3381.poll.start", room
        )

        drawn = await ana.poll(room, form.event.id)
        await ana.vote(room, form.event.id, "1")
        await ana.hears(room, '"said": "1"', from_=keeper)
        await ana.vote(room, form.event.id, "2")
        await ana.hears(room, '"said": "2"', from_=keeper)
        counted = await ana.poll(room, form.event.id)
        await ana.say(room, "!close")
        await ana.hears(room, "gathered", from_=keeper)
        closed = await ana.poll(room, form.event.id)

    assert form.trusted
    assert drawn == {
        "question": "Lunch?",
        "options": [["1", "Soup"], ["2", "Bread"]],
        "disclosed": True,
        "most": 1,
        "ended": False,
        "votes": {},
    }
    assert counted["votes"] == {ana.user_id: ["2"]}
    assert (closed["ended"], closed["votes"]) == (True, counted["votes"])
