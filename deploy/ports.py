"""Lease a loopback port that no other test run or demo of this user will take.

A port stays leased, by a file lock, until it is released or the process ends. So servers that are
started side by side never race for one, and a server that was killed finds its port again. Ports
lie below the range from which the system takes ports for outgoing connections.
"""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import Final

_LOWEST: Final = 20_000
_USUAL_END: Final = 32_768
_TRIES: Final = 200


class PortTaken(OSError):
    """The port is in use or leased by somebody else."""


class Port:
    """A port that is ours until `release`, and again after `hold`."""

    def __init__(self, number: int) -> None:
        """Lease this very port. Raises `PortTaken`."""
        self.number = number
        self._lock: int | None = None
        self.hold()

    def hold(self) -> None:
        """Lease it, if it is not leased by us already. Raises `PortTaken`."""
        if self._lock is not None:
            return
        lock = os.open(_lock_folder() / str(self.number), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _bind(self.number)
        except OSError as error:
            os.close(lock)
            raise PortTaken(f"Port {self.number} is taken.") from error
        self._lock = lock

    def release(self) -> None:
        """Give the port back, if we hold it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def lease(number: int | None = None) -> Port:
    """Lease `number`, or any free port. Raises `PortTaken`."""
    if number is not None:
        return Port(number)
    for candidate in random.SystemRandom().sample(range(_LOWEST, _end()), _TRIES):
        try:
            return Port(candidate)
        except PortTaken:
            continue
    raise PortTaken(f"None of {_TRIES} ports from {_LOWEST} to {_end()} is free.")


def _lock_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"kinkeeper-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _bind(number: int) -> None:
    """See that the port can be listened on; raises `OSError` if not."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection still in TIME_WAIT does not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", number))


def _end() -> int:
    """Give the first port of the range for outgoing connections, if that leaves us enough room."""
    try:
        text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii")
    except OSError:
        return _USUAL_END
    first = int(text.split()[0])
    return first if first >= _LOWEST + _TRIES else _USUAL_END
