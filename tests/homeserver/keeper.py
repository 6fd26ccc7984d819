"""Start `kinkeeper run` as an operator does, and end it gently or at once.

A keeper is a folder: its data, its log and its clock are in it, and starting it again continues the
same daemon, also after a SIGKILL. The process ends when the process that started it ends. Every
setting not given is its default; what the tests' own environment says about Kinkeeper is left out.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from deploy import tether
from deploy.homeserver import Homeserver, NameTaken, register

ROOT: Final = Path(__file__).resolve().parents[2]
PASSWORD: Final = "a password for loopback"

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.02
_LOG_LINES: Final = 40


class KeeperFailed(AssertionError):
    """The daemon did not start or did not end; the text closes with the last lines of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How one command of `kinkeeper` ended."""

    code: int
    said: str
    complained: str

    @property
    def text(self) -> str:
        """All that was printed, to either side."""
        return self.said + self.complained


class Keeper:
    """One daemon on one homeserver, with a folder of its own."""

    def __init__(
        self,
        homeserver: Homeserver,
        folder: Path,
        *,
        name: str = "kinkeeper",
        environment: Mapping[str, str] | None = None,
        movable_clock: bool = False,
    ) -> None:
        """Settle who it is; nothing runs yet.

        `name` is the localpart of its account. `environment` holds settings by their full name,
        such as KINKEEPER_TIMEZONE; they win over those made here, and an empty text leaves one out.
        `movable_clock` lets `travel` work.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.homeserver = homeserver
        self.folder = folder
        self.name = name
        self.data = folder / "data"
        self.log_file = folder / "daemon.log"
        self.user_id = f"@{name}:{homeserver.server_name}"
        self._clock = folder / "clock"
        self.environment = {
            "KINKEEPER_HOMESERVER_URL": homeserver.client_url,
            "KINKEEPER_USER_ID": self.user_id,
            "KINKEEPER_PASSWORD": PASSWORD,
            "KINKEEPER_DATA_DIR": str(self.data),
            **({"KINKEEPER_DEMO_CLOCK": str(self._clock)} if movable_clock else {}),
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        """Leave the settings out."""
        return f"<Keeper {self.user_id} in {self.folder}>"

    @property
    def running(self) -> bool:
        """Whether the process is there; it may not listen yet."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The id of its process, while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def log(self) -> str:
        """All that its lives have logged, oldest first."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    async def register(self) -> None:
        """Make its account, unless it is there already."""
        with suppress(NameTaken):
            await register(self.homeserver, self.name, PASSWORD, display_name="Kinkeeper")

    async def start(self, *, listening: bool = True, seconds: float = _START_SECONDS) -> None:
        """Start it and wait until it listens, or not with `listening=False`; raises KeeperFailed."""
        if self.running:
            return
        begin = self.log_file.stat().st_size if self.log_file.exists() else 0
        self._process = self._spawn()
        if listening:
            try:
                await self.logs("listening", since=begin, seconds=seconds)
            except BaseException:
                self.kill()
                raise

    async def logs(self, what: str, *, since: int = 0, seconds: float = _START_SECONDS) -> None:
        """Wait until a line logged after the first `since` bytes has `what` in it.

        Raises KeeperFailed when it ends before, or says nothing of the sort in time.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            running = self.running  # asked first: what a dying process said counts
            if what.encode() in self.log_file.read_bytes()[since:]:
                return
            if not running:
                raise KeeperFailed(f"{self!r} ended without {what!r}.\n{self._last_lines()}")
            if asyncio.get_running_loop().time() > deadline:
                raise KeeperFailed(f"{self!r} did not log {what!r}.\n{self._last_lines()}")
            await asyncio.sleep(_POLL_SECONDS)

    async def ended(self, *, seconds: float = _STOP_SECONDS) -> int:
        """Wait until it ends by itself; returns its exit code. Raises KeeperFailed."""
        process = self._process
        if process is None:
            raise KeeperFailed(f"{self!r} was never started.")
        try:
            code = await asyncio.to_thread(process.wait, seconds)
        except subprocess.TimeoutExpired:
            raise KeeperFailed(f"{self!r} did not end.\n{self._last_lines()}") from None
        _close(process)
        return code

    async def stop(self) -> int:
        """Ask it to end with SIGTERM; returns its exit code. Raises KeeperFailed, and then kills."""
        if self._process is None:
            return 0
        self.signal(signal.SIGTERM)
        try:
            return await self.ended()
        except KeeperFailed:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once with SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            _close(self._process)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self._process is not None and self.running:
            self._process.send_signal(number)

    def travel(self, ahead: timedelta) -> None:
        """Set its clock `ahead` of the machine's, counted from the machine's; needs a movable clock."""
        draft = self._clock.with_suffix(".new")
        draft.write_text(str(ahead.total_seconds()))
        draft.replace(self._clock)
        self.signal(signal.SIGUSR1)

    async def command(self, *arguments: str, seconds: float = _START_SECONDS) -> Finished:
        """Run another command of `kinkeeper` with the same settings, beside the daemon or without it."""
        process = await asyncio.create_subprocess_exec(
            *_program(*arguments),
            cwd=self.folder,
            env=self._environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            # Not communicate(): it would close the tether at once.
            async with asyncio.timeout(seconds):
                said, complained = await asyncio.gather(
                    process.stdout.read(), process.stderr.read()
                )
                code = await process.wait()
        except TimeoutError:
            raise KeeperFailed(f"kinkeeper {' '.join(arguments)} did not end.") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            if process.stdin is not None:
                process.stdin.close()
        return Finished(code=code, said=said.decode(), complained=complained.decode())

    async def __aenter__(self) -> Self:
        """Make its account, and start."""
        await self.register()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop, if it runs."""
        await self.stop()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                _program("run"),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith("KINKEEPER_")
            and not name.lower().endswith("_proxy")
            and name not in ("CREDENTIALS_DIRECTORY",)
        }
        given = {name: value for name, value in self.environment.items() if value}
        return {**inherited, "PYTHONPATH": str(ROOT), **given}

    def _last_lines(self) -> str:
        return "\n".join(self.log.splitlines()[-_LOG_LINES:])


def _program(*arguments: str) -> list[str]:
    return [sys.executable, "-P", tether.__file__, "daemon", *arguments]


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
