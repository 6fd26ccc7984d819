"""Listens: asks the homeserver what is new, has it read and stored, and asks again from there.

It promises that nothing is heard twice or skipped: it goes on only from what was stored, and after a failure asks
for the same once more.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any

from daemon.clock import Clock
from daemon.encryption import Encryption
from daemon.events import text
from daemon.inbox import Inbox
from daemon.matrix import Homeserver, Json, Limited, Refusal, Revoked, Unreachable, path
from daemon.news import News, Reader
from storage.inbox import Heard

log = logging.getLogger(__name__)

#: How long the homeserver may hold a sync that has nothing to say.
LONG_POLL_MS = 30_000

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

_QUIET: Json = {"types": []}
_TIMELINE_NOT = ["m.room.avatar", "m.room.topic", "m.call.*", "m.space.parent"]


def sync_filter(limit: int, *, without: str | None = None, not_by: str | None = None) -> str:
    """The filter of a sync, as text: lazy members, no presence, no typing, no account data.

    `without` leaves out one room, `not_by` what one person says.
    """
    return json.dumps(
        {
            "room": {
                "not_rooms": [without] if without else [],
                "state": {"lazy_load_members": True, "not_types": _TIMELINE_NOT},
                "timeline": {
                    "limit": limit,
                    "not_senders": [not_by] if not_by else [],
                    "lazy_load_members": True,
                    "not_types": _TIMELINE_NOT,
                },
                "ephemeral": _QUIET,
                "account_data": _QUIET,
            },
            "presence": _QUIET,
            "account_data": _QUIET,
        },
        separators=(",", ":"),
    )


class Listener:
    """Hears everything, once."""

    def __init__(
        self,
        homeserver: Homeserver,
        clock: Clock,
        reader: Reader,
        inbox: Inbox,
        *,
        me: str,
        encryption: Encryption,
        on_heard: Callable[[list[Heard]], None],
        on_echo: Callable[[Iterable[str]], None],
        on_rules: Callable[[Iterable[str]], None],
        on_hurried: Callable[[], None],
    ) -> None:
        """After each sync is stored, those concerned are called.

        `on_heard` gets the new rows, `on_echo` the transactions that arrived, `on_rules` the rooms whose
        power levels changed and the people with whom there is a private chat now. `on_hurried` is called last,
        when somebody could not wait for it.
        """
        self._homeserver = homeserver
        self._clock = clock
        self._reader = reader
        self._inbox = inbox
        self._me = me
        self._encryption = encryption
        self._on_heard = on_heard
        self._on_echo = on_echo
        self._on_rules = on_rules
        self._on_hurried = on_hurried
        #: Set while somebody waits for all that was said until now.
        self._hurried = asyncio.Event()
        #: Sessions whose keys have come since the last sync was stored.
        self._came: set[str] = set()
        #: When the last sync was stored; the metrics and the watchdog look at it.
        self.heard_at: datetime | None = None
        #: When the last sync that is stored was asked for: everything that was said before was heard.
        self.asked_at: datetime | None = None
        #: Set once the first sync after the start is stored: then it is safe to speak.
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled. Raises Revoked."""
        since = await self._inbox.cursor()
        fresh = since is not None and not await self._inbox.cursor_is_of_this_device()
        # A key may have come just before we died.
        self._came = await self._inbox.sealed_sessions()
        wait = FIRST_PAUSE
        while True:
            try:
                if fresh:
                    await self._fetch_keys()
                    fresh = False
                since = await self.once(since)
                wait = FIRST_PAUSE
            except Revoked:
                raise
            except Limited as limited:
                await asyncio.sleep(limited.pause)
            except (Refusal, Unreachable) as error:
                log.warning("listening failed, trying again in %.0f s: %s", wait, error)
                await asyncio.sleep(wait * random.uniform(0.7, 1.3))
                wait = min(wait * 2, LONGEST_PAUSE)

    async def _fetch_keys(self) -> None:
        """Take in every key that was sent to this device while another one listened."""
        nothing = json.dumps({"room": {"rooms": []}, "presence": _QUIET, "account_data": _QUIET})
        await self._absorb(
            await self._homeserver.request("GET", path("sync"), query={"filter": nothing})
        )

    async def _absorb(self, answer: Json) -> None:
        self._came |= self._encryption.absorb(answer)
        await self._encryption.upkeep()

    def hurry(self) -> None:
        """Ask at once, and again after each failure, instead of waiting for something to be said."""
        self._hurried.set()

    async def once(self, since: str | None) -> str:
        """One sync: ask, read, store; returns the new cursor, or the old one when somebody would not wait."""
        # Synapse keeps a first sync for minutes and would hand it out again; what has happened since would then look
        # new. Leaving out a room that does not exist makes this one its own.
        fresh = None if since else f"!{time.time_ns():x}:nowhere"
        # The echo of what we say is of use once, after a start: it tells what was sent before we died.
        not_by = self._me if self.caught_up.is_set() else None
        query = {"filter": sync_filter(50 if since else 1, without=fresh, not_by=not_by)}
        # The first sync after a start returns at once, so that the outbox is not held up.
        hurried = self._hurried.is_set()
        patient = self.caught_up.is_set() and not hurried
        if since:
            query |= {"since": since, "timeout": str(LONG_POLL_MS if patient else 0)}
        asked_at = self._clock.now()
        asking = self._homeserver.request(
            "GET", path("sync"), query=query, timeout=LONG_POLL_MS / 1000 + 60 if since else 600
        )
        answer = await (self._unless_hurried(asking) if patient else asking)
        if answer is None:
            return since or ""
        await self._absorb(answer)
        news = await self._reader.read(answer, since, self._came)
        cursor = text(answer.get("next_batch")) or since or ""
        new = await self._inbox.store(news, cursor, first=not self.caught_up.is_set())
        self.asked_at = asked_at
        self._stored(news, new)
        if hurried:
            # Whoever hurried us meanwhile, for a later hour, sees that this was too early for it and hurries us again.
            self._hurried.clear()
            self._on_hurried()
        return cursor

    async def _unless_hurried(self, asking: Coroutine[Any, Any, Json]) -> Json | None:
        """The answer to a sync that waits for something to be said; None when somebody would not wait.

        Only what waits is broken off, and never what is asked at once after it, so that haste never ends listening.
        """
        request = asyncio.create_task(asking)
        haste = asyncio.create_task(self._hurried.wait())
        try:
            await asyncio.wait({request, haste}, return_when=asyncio.FIRST_COMPLETED)
            return request.result() if request.done() else None
        finally:
            haste.cancel()
            request.cancel()
            await asyncio.gather(haste, request, return_exceptions=True)

    def _stored(self, news: News, new: list[Heard]) -> None:
        self._came.clear()
        self.heard_at = self._clock.now()
        self.caught_up.set()
        if news.echoes:
            self._on_echo(news.echoes)
        if new:
            self._on_heard(new)
        if news.rules:
            self._on_rules(news.rules)
