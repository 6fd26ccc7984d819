"""Starts the three bots as processes of their own, and reads what each of them costs.

A process's CPU time is the system's own count of user and system time over all its threads; its memory is what is
resident.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

import aiohttp
import psutil

from deploy import ports, tether
from deploy.homeserver import Homeserver, register
from deploy.wire import Wire

ROOT: Final = Path(__file__).parents[2]
PASSWORD: Final = "a password for loopback"

_COMPILED: Final = Path(tempfile.gettempdir()) / f"kinkeeper-bench-{os.getuid()}-compiled"
_POLL_SECONDS: Final = 0.01
_START_SECONDS: Final = 600.0
_STOP_SECONDS: Final = 20.0


class BotFailed(RuntimeError):
    """A bot ended or did not answer."""


@dataclass(kw_only=True)
class Bot:
    """One bot: its account and, while it runs, its process."""

    name: str
    homeserver: Homeserver
    user_id: str
    #: A token of the account, for what a bot does not do by itself, such as joining.
    token: str
    folder: Path
    process: psutil.Popen | None = field(default=None, init=False)
    #: The most memory seen since the start, in MB.
    peak: float = field(default=0.0, init=False)

    @classmethod
    async def make(
        cls, name: str, homeserver: Homeserver, folder: Path, *, login: str | None = None
    ) -> Self:
        """Register its account, as `login` or else under its name; nothing runs yet."""
        account = await register(homeserver, login or name, PASSWORD)
        return cls(
            name=name,
            homeserver=homeserver,
            user_id=account["user_id"],
            token=account["access_token"],
            folder=folder,
        )

    async def start(self) -> None:
        """Start the process, and wait until it listens."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Ask it to end and wait for it."""
        if self.process is not None:
            self.process.terminate()
            try:
                await asyncio.to_thread(self.process.wait, _STOP_SECONDS)
            except psutil.TimeoutExpired:
                self.process.kill()
                await asyncio.to_thread(self.process.wait)
            self.process = None

    @property
    def running(self) -> psutil.Popen:
        """The process. Raises BotFailed when there is none."""
        if self.process is None or self.process.poll() is not None:
            raise BotFailed(f"{self.name} does not run; {self.log} says why.")
        return self.process

    @property
    def log(self) -> Path:
        """What it has written."""
        return self.folder / "log"

    @property
    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        times = self.running.cpu_times()
        return float(times.user + times.system)

    @property
    def memory(self) -> float:
        """Megabytes resident now."""
        megabytes = float(self.running.memory_info().rss) / 1e6
        self.peak = max(self.peak, megabytes)
        return megabytes

    async def joins(self, room: str) -> None:
        """Join a room it was invited to, or a public one."""
        async with Wire(self.homeserver.client_url, self.token) as wire:
            await wire.post(f"/_matrix/client/v3/join/{room}")

    def _launch(self, *program: str, environment: dict[str, str] | None = None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.peak = 0.0
        # As an installed program has it: compiled once. Where this environment forbids that, a start
        # would measure Python's compiler; and the project's own folders stay as they are.
        usual = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        usual |= {"PYTHONPYCACHEPREFIX": str(_COMPILED), "PYTHONPATH": str(ROOT)}
        with self.log.open("ab") as log:
            self.process = psutil.Popen(
                [sys.executable, "-P", tether.__file__, *program],
                cwd=ROOT,
                env={**usual, **(environment or {})},
                # Held open: when the benchmark ends, however it ends, the bot ends too.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )


class Comparison(Bot):
    """One of the bots that stand beside Kinkeeper."""

    async def start(self) -> None:
        """Start it; it listens a moment later, and the first pings are for warming up."""
        module = f"tests.bench.{self.name}"
        self._launch(module, self.homeserver.client_url, self.token, self.user_id)
        await asyncio.sleep(0)


class Kinkeeper(Bot):
    """The daemon itself, on SQLite, as its operator would run it."""

    #: More settings, by their names in the environment.
    settings: dict[str, str] = {}  # noqa: RUF012 - replaced as a whole, never changed

    async def start(self) -> None:
        """Start it and wait until /readyz says that it listens."""
        await self.start_and(self.is_ready)

    async def start_and(self, done: Callable[[], Awaitable[bool]]) -> float:
        """Start it; gives the seconds until `done`, and watches its memory meanwhile."""
        port = ports.lease()
        self._url = f"http://127.0.0.1:{port.number}/readyz"
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            self._launch("daemon", "run", environment=self._environment(port.number))
            while not await done():
                if loop.time() - began > _START_SECONDS:
                    raise BotFailed(f"{self.name} took too long; {self.log} says why.")
                assert self.memory >= 0
                await asyncio.sleep(_POLL_SECONDS)
            return loop.time() - began
        finally:
            port.release()

    async def is_ready(self) -> bool:
        """Whether it listens."""
        try:
            async with aiohttp.ClientSession() as http, http.get(self._url) as response:
                return response.status == HTTPStatus.OK
        except aiohttp.ClientError:
            return False

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "data" / "kinkeeper.db"

    def moves_clock(self, seconds: float) -> None:
        """Move its clock; it must run with KINKEEPER_DEMO_CLOCK set to `clock`."""
        self.clock.write_text(str(seconds), encoding="ascii")
        self.running.send_signal(signal.SIGUSR1)

    @property
    def clock(self) -> Path:
        """The file by which its clock is moved."""
        return self.folder / "clock"

    def _environment(self, port: int) -> dict[str, str]:
        return {
            "KINKEEPER_HOMESERVER_URL": self.homeserver.client_url,
            "KINKEEPER_USER_ID": self.user_id,
            "KINKEEPER_PASSWORD": PASSWORD,
            "KINKEEPER_DATA_DIR": str(self.folder / "data"),
            "KINKEEPER_HTTP_PORT": str(port),
            "KINKEEPER_LOG_LEVEL": "warning",
            **self.settings,
        }
