"""A gate between a daemon and its homeserver, which can hold back what is said in one room, for as long as a test likes.

So a test may end a daemon at the one moment that matters: when the first of two messages has arrived and the second has not.
"""

import asyncio
from typing import Final, Self

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from yarl import URL

from deploy.homeserver import Homeserver

#: They speak of one connection, and the next one has its own.
_HOP_BY_HOP: Final = frozenset({"connection", "content-encoding", "content-length", "host", "keep-alive", "transfer-encoding"})  # fmt: skip


class Gate:
    """All that a client asks goes through it to the homeserver, unless it is held."""

    def __init__(self, homeserver: Homeserver) -> None:
        """Settle where it leads; it stands once entered."""
        self._behind = URL(homeserver.client_url)
        self._held: str | None = None
        self._shut = asyncio.Event()
        self._opened = asyncio.Event()
        self._runner = web.AppRunner(self._application(), shutdown_timeout=0.1)
        self.url = ""

    def hold(self, room: str) -> None:
        """From now on nothing said in this room goes through."""
        self._held = room
        self._shut.clear()
        self._opened.clear()

    async def holds(self) -> None:
        """Wait until something stands before the gate."""
        await self._shut.wait()

    def open(self) -> None:
        """Everything goes through again; what stood there goes first, if whoever sent it still waits."""
        self._held = None
        self._opened.set()

    async def __aenter__(self) -> Self:
        """Stand."""
        self._session = ClientSession(
            connector=TCPConnector(limit=0),
            timeout=ClientTimeout(total=None),
            auto_decompress=False,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Fall."""
        self.open()
        await self._runner.cleanup()
        await self._session.close()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=2**26)
        application.router.add_route("*", "/{anything:.*}", self._passes)
        return application

    async def _passes(self, request: web.Request) -> web.StreamResponse:
        if self._held is not None and f"/rooms/{self._held}/send/" in request.path:
            self._shut.set()
            await self._opened.wait()
        behind = self._behind.join(URL(request.raw_path, encoded=True))
        said = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in _HOP_BY_HOP
        }
        async with self._session.request(
            request.method, behind, headers=said, data=await request.read(), allow_redirects=False
        ) as answer:
            heard = {
                name: value
                for name, value in answer.headers.items()
                if name.lower() not in _HOP_BY_HOP - {"content-encoding"}
            }
            return web.Response(status=answer.status, headers=heard, body=await answer.read())
