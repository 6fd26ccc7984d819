"""A person who types commands and notes to the millisecond when the answers arrive.

One task listens all the time; an answer's moment is when the sync that carries it has been read. So a round trip is
everything a person would wait for: sending, the homeserver, the bot, and the homeserver again.
"""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Self
from urllib.parse import quote

from deploy.homeserver import Homeserver
from deploy.person import Person
from deploy.wire import Wire
from tests.bench.bots import Bot, Kinkeeper

_CLIENT: Final = "/_matrix/client/v3"
_POLL_MS: Final = 30_000
_PATIENCE_SECONDS: Final = 60.0
_RETRY_SECONDS: Final = 1.0
_FILTER: Final = json.dumps(
    {
        "room": {
            "timeline": {"types": ["m.room.message"], "limit": 100},
            "state": {"types": []},
            "ephemeral": {"types": []},
            "account_data": {"types": []},
        },
        "presence": {"types": []},
        "account_data": {"types": []},
    }
)


class Typist:
    """Somebody at a keyboard."""

    def __init__(self, person: Person, *, listens: bool = True) -> None:
        """`enter` is the usual way."""
        self.person = person
        #: How often each (room, sender, text) was heard.
        self.heard: Counter[tuple[str, str, str]] = Counter()
        #: Set once what was said before is known.
        self.caught_up = asyncio.Event()
        #: Gets room, sender, text and the loop's time of whatever is heard from then on.
        self.on_heard: Callable[[str, str, str, float], None] | None = None
        self._wire = Wire(person.homeserver.client_url, person.access_token)
        self._waiting: dict[tuple[str, str, str], asyncio.Future[float]] = {}
        self._words = (f"word{number}" for number in itertools.count())
        self._listening = asyncio.create_task(self._listen()) if listens else None

    @classmethod
    async def enter(cls, homeserver: Homeserver, name: str, *, listens: bool = True) -> Self:
        """Register or log in, and listen from now on."""
        return cls(await Person.enter(homeserver, name), listens=listens)

    async def __aenter__(self) -> Self:
        """Do nothing; see `__aexit__`."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and leave."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._wire.close()
        await self.person.close()

    def word(self) -> str:
        """A word that was never said before."""
        return next(self._words)

    async def room_with(self, bots: Sequence[Bot], *, name: str = "Bench") -> str:
        """A new room with these bots in it; Kinkeeper comes by itself when it runs."""
        ids = [bot.user_id for bot in bots]
        room = await self.person.create_room(name, invite=ids)
        for bot in bots:
            if not (isinstance(bot, Kinkeeper) and bot.process is not None):
                await bot.joins(room)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not set(ids) <= await self.person.members(room):
                await asyncio.sleep(0.1)
        return room

    async def say(self, room: str, text: str) -> None:
        """Send a message."""
        where = f"{_CLIENT}/rooms/{quote(room)}/send/m.room.message/{self.word()}"
        await self._wire.put(where, {"msgtype": "m.text", "body": text})

    async def ping(self, room: str, bot: Bot, *, patience: float = _PATIENCE_SECONDS) -> float:
        """Type a command and wait for its answer; gives the seconds. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        word = self.word()
        began = loop.time()
        answer = self.expects(room, bot, word)
        await self.say(room, f"!ping {word}")
        async with asyncio.timeout(patience):
            return await answer - began

    async def wake(self, room: str, bot: Bot) -> None:
        """Ping until there is an answer."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                try:
                    await self.ping(room, bot, patience=_RETRY_SECONDS)
                except TimeoutError:
                    continue
                return

    def expects(self, room: str, bot: Bot, word: str) -> asyncio.Future[float]:
        """The loop's time at which the answer to `!ping word` will have come."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting[room, bot.user_id, f"pong {word}"] = answer
        return answer

    def answered(self, room: str, bot: Bot, word: str) -> bool:
        """Whether the answer to `!ping word` has come."""
        return self.heard[room, bot.user_id, f"pong {word}"] > 0

    async def tally(self, rooms: Iterable[str], bot: Bot) -> Counter[str]:
        """How often the bot has said each text, by the homeserver's own history."""
        said: Counter[str] = Counter()
        for room in rooms:
            for event in await self.person.messages(room):
                if event.sender == bot.user_id:
                    said[event.text] += 1
        return said

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        query: dict[str, str | int] = {"filter": _FILTER, "timeout": 0}
        while True:
            answer = await self._wire.get(f"{_CLIENT}/sync", query)
            self._take_in(answer.get("rooms", {}).get("join", {}), loop.time())
            self.caught_up.set()
            query |= {"since": answer["next_batch"], "timeout": _POLL_MS}

    def _take_in(self, rooms: dict[str, Any], now: float) -> None:
        for room, section in rooms.items():
            for event in section["timeline"]["events"]:
                key = (room, event["sender"], str(event["content"].get("body", "")))
                self.heard[key] += 1
                if self.on_heard is not None:
                    self.on_heard(*key, now)
                waiting = self._waiting.pop(key, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(now)
