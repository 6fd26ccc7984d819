"""The floor of the benchmark: the least that a bot can do, which is to listen and to answer a ping.

It fills no gap, keeps nothing, tries nothing again and checks nobody. Whatever takes longer than this does
so for a reason; what the homeserver and HTTP cost is in here already.

Run as ``python -m tests.bench.floor URL TOKEN USER_ID``.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import aiohttp

_CLIENT: Final = "/_matrix/client/v3"
_POLL_MS: Final = 30_000


def sync_filter(me: str) -> str:
    """What it wants of a sync: other people's messages, and nothing else."""
    nothing: dict[str, list[str]] = {"types": []}
    return json.dumps(
        {
            "room": {
                "timeline": {"types": ["m.room.message"], "not_senders": [me], "limit": 20},
                "state": nothing,
                "ephemeral": nothing,
                "account_data": nothing,
            },
            "presence": nothing,
            "account_data": nothing,
        }
    )


class Floor:
    """A bot that answers `!ping words` with `pong words`."""

    def __init__(self, url: str, token: str, me: str) -> None:
        """`url` is the homeserver's, without a path."""
        self._url = url
        self._me = me
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
        self._numbers = itertools.count(time.time_ns())
        self._answering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen and answer until cancelled; what was said before the start is not answered."""
        query = {"filter": sync_filter(self._me), "timeout": "0"}
        first = True
        while True:
            async with self._http.get(f"{self._url}{_CLIENT}/sync", params=query) as response:
                answer = await response.json()
            query |= {"since": answer["next_batch"], "timeout": str(_POLL_MS)}
            for room, section in answer.get("rooms", {}).get("join", {}).items():
                for event in [] if first else section["timeline"]["events"]:
                    body = event["content"].get("body", "")
                    if body.startswith("!ping "):
                        task = asyncio.create_task(self.say(room, "pong " + body[6:]))
                        self._answering.add(task)
                        task.add_done_callback(self._answering.discard)
            first = False

    async def say(self, room: str, text: str) -> None:
        """Send a message."""
        where = f"{_CLIENT}/rooms/{quote(room)}/send/m.room.message/{next(self._numbers)}"
        content = {"msgtype": "m.text", "body": text}
        async with self._http.put(self._url + where, json=content) as response:
            await response.read()

    async def pour(self, rooms: Sequence[str], seconds: float) -> float:
        """Send into all rooms at once, in each one after the other; gives the messages a second."""
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def into(room: str) -> int:
            sent = 0
            while loop.time() < began + seconds:
                await self.say(room, f"⏰ number {sent}")
                sent += 1
            return sent

        sent = sum(await asyncio.gather(*(into(room) for room in rooms)))
        return sent / (loop.time() - began)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


async def main(url: str, token: str, me: str) -> None:
    """Run until killed."""
    floor = Floor(url, token, me)
    try:
        await floor.run()
    finally:
        await floor.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
