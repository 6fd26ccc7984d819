"""Keeps one sender's flood of letters from everybody else: how many of each are read, and no more.

What is not read stays in its room's history. Whoever's letters are missing can be asked for them again.
"""

from datetime import datetime

__all__ = ["AT_ONCE", "A_MINUTE", "Pace"]

#: So many letters of one sender in one room are read at once, as after a homeserver's month of silence.
AT_ONCE = 600

#: And so many more with each minute that passes.
A_MINUTE = 60

#: Of no more senders than this is remembered how much they sent.
_REMEMBERED = 10_000


class Pace:
    """How much of each sender has been read lately."""

    def __init__(self, at_once: int = AT_ONCE, a_minute: int = A_MINUTE) -> None:
        """Nobody has sent anything."""
        self._at_once = at_once
        self._a_minute = a_minute
        #: By room and sender: how many more may be read, as of when.
        self._left: dict[tuple[str, str], tuple[float, datetime]] = {}

    def allows(self, room: str, sender: str, now: datetime) -> bool:
        """Whether one more letter of a sender is read in a room; if so, it counts."""
        key = (room, sender)
        left, since = self._left.pop(key, (float(self._at_once), now))
        minutes = max((now - since).total_seconds(), 0) / 60
        left = min(left + minutes * self._a_minute, self._at_once)
        allowed = left >= 1
        # Behind all others, so that those forgotten first have been silent longest.
        self._left[key] = (left - 1 if allowed else left, now)
        if len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]
        return allowed
