"""A bot written the usual way with matrix-nio: a callback, `sync_forever`, `room_send`.

It is what most Matrix bots in Python look like, and stands beside Kinkeeper for comparison. Nothing in it is slow
on purpose, and nothing is tuned.

Run as ``python -m tests.bench.usual URL TOKEN USER_ID``.
"""

import asyncio
import sys
from typing import Final

from nio import AsyncClient, MatrixRoom, RoomMessageText

_POLL_MS: Final = 30_000


async def main(url: str, token: str, me: str) -> None:
    """Answer `!ping words` with `pong words` until killed."""
    client = AsyncClient(url, me)
    client.access_token, client.user_id = token, me

    async def on_message(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender != me and event.body.startswith("!ping "):
            content = {"msgtype": "m.text", "body": "pong " + event.body[6:]}
            await client.room_send(room.room_id, "m.room.message", content)

    try:
        # What was said before the start is not answered.
        await client.sync(timeout=0, full_state=True)
        client.add_event_callback(on_message, RoomMessageText)
        await client.sync_forever(timeout=_POLL_MS)
    finally:
        await client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
