"""Strikes the hours: APScheduler rings the bell, the inbox says what is due, the settler keeps it.

The next due hour is one timer. It is never the truth: at every start, every ring and every minute the table is
asked again, so that a clock that jumps or a machine that slept costs nothing but lateness.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from daemon.clock import Clock
from storage.inbox import Heard, Kind, Settled

log = logging.getLogger(__name__)

BELL = "bell"

#: The table is asked at least this often.
AT_LEAST = timedelta(minutes=1)


class Calendar:
    """Keeps the hours."""

    def __init__(self, clock: Clock, strike: Callable[[], Awaitable[bool]]) -> None:
        """`strike` keeps some of what is due and says whether there was any; what it leaves waits for another ring."""
        self._clock = clock
        self._strike = strike
        self._bell = asyncio.Event()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def daily(self, name: str, work: Callable[[], Awaitable[None]], *, hour: int) -> None:
        """Do housekeeping once a day."""
        self._scheduler.add_job(work, CronTrigger(hour=hour, timezone=UTC), id=name)

    def ring(self) -> None:
        """Something about the hours has changed: look again."""
        self._bell.set()

    async def run(self) -> None:
        """Keep every hour as it comes, until cancelled."""
        self._scheduler.start()
        try:
            while True:
                self._bell.clear()
                looked = self._clock.now()
                while await self._strike():
                    # Between two batches, everybody else has a turn.
                    await asyncio.sleep(0)
                    looked = self._clock.now()
                await self._wind(looked)
                await self._bell.wait()
        finally:
            self._scheduler.shutdown(wait=False)

    async def _wind(self, looked: datetime) -> None:
        """Set the one timer to the next hour that was not due when we looked: one that was waits for something else."""
        waiting = Heard.filter(state=Settled.WAITING, kind=Kind.HOUR, at__gt=looked)
        due = await waiting.order_by("at").first().values_list("at", flat=True)
        ahead = AT_LEAST
        if isinstance(due, datetime):
            ahead = min(AT_LEAST, max(timedelta(), due - self._clock.now()))
        self._scheduler.add_job(
            self.ring,
            DateTrigger(datetime.now(UTC) + ahead),
            id=BELL,
            replace_existing=True,
        )
