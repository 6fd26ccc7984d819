"""Tells the time: the machine's, or a demonstration's own, which can be moved forward without waiting."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """What the daemon asks for the time."""

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        ...

    def happened(self, milliseconds: object) -> datetime:
        """When an event with this origin_server_ts happened; never later than now."""
        ...


def _instant(milliseconds: object) -> datetime | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    if milliseconds < 0:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return datetime.now(UTC)

    def happened(self, milliseconds: object) -> datetime:
        """When an event happened; a homeserver whose clock is ahead does not make the future."""
        at = _instant(milliseconds)
        return self.now() if at is None else min(at, self.now())


class DemoClock:
    """The machine's clock moved by what a file says, in seconds; read again at every `reread`."""

    def __init__(self, path: Path) -> None:
        """`path` holds the seconds to add; a missing file adds none."""
        self.path = path
        self.offset = timedelta()
        self.reread()

    def reread(self) -> None:
        """Take over what the file says now."""
        if self.path.exists():
            self.offset = timedelta(seconds=float(self.path.read_text()))

    def now(self) -> datetime:
        """The demonstration's instant."""
        return datetime.now(UTC) + self.offset

    def happened(self, milliseconds: object) -> datetime:
        """When an event happened, on the demonstration's clock."""
        at = _instant(milliseconds)
        return self.now() if at is None else min(at + self.offset, self.now())
