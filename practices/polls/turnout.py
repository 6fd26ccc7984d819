"""How many may speak, how many did, and whether they are enough.

It promises that a quorum is compared with the voices that were cast and never with those that were asked for, that it
is counted in whole people by whole numbers, and that no number is said without what it is a part of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from practices.polls.poll import Turnout
from practices.polls.wording import plural

__all__ = ["as_sums", "foot", "lines", "needed", "of", "over", "reached"]


def needed(percent: int, entitled: int) -> int:
    """How many voices a quorum of so many percent asks for, rounded up: 60 % of 10 are 6, of 11 are 7."""
    return -(-percent * entitled // 100)


def reached(percent: int | None, turnout: Turnout) -> bool:
    """Whether those who took part are enough. Without a quorum they always are."""
    return percent is None or turnout.cast >= needed(percent, turnout.entitled)


def of(count: int, turnout: Turnout) -> str:
    """As in `9 of 12 who voted, of 30 entitled`."""
    return f"{count} of {turnout.cast} who voted, of {turnout.entitled} entitled"


def foot(turnout: Turnout, quorum: int | None = None) -> str:
    """In one line, as in `12 of 30 entitled have taken part.`, with the quorum where there is one."""
    return " ".join(lines(turnout, quorum))


def lines(turnout: Turnout, quorum: int | None = None, *, closed: bool = False) -> tuple[str, ...]:
    """Turnout and quorum in words, one line each. Nobody is counted among those who did not: they are not mentioned."""
    if not turnout.cast and closed:
        first = f"Nobody took part, of {turnout.entitled} entitled."
    elif not turnout.cast:
        first = f"Nobody has taken part yet, of {turnout.entitled} entitled."
    else:
        have = "has" if turnout.cast == 1 else "have"
        first = f"{turnout.cast} of {turnout.entitled} entitled {have} taken part."
    if quorum is None:
        return (first,)
    wanted = needed(quorum, turnout.entitled)
    asks = f"The quorum of {quorum} % asks for {wanted} of {turnout.entitled} entitled"
    if reached(quorum, turnout):
        return first, f"{asks}: it is reached."
    missing = plural(wanted - turnout.cast, "voice")
    # True while it is open and when it is over.
    return first, f"{asks}: {missing} more than there are."


def over(said: Sequence[str], turnout: Turnout, quorum: int | None = None) -> tuple[str, ...]:
    """The lines of a result as they are said when no voice can come any more."""
    then = lines(turnout, quorum), lines(turnout, quorum, closed=True)
    closing = dict(zip(*then, strict=True))
    return tuple(closing.get(line, line) for line in said)


def as_sums(turnout: Turnout, quorum: int | None = None) -> dict[str, Any]:
    """The same for export; "quorum" is None where there is none."""
    asked = None
    if quorum is not None:
        asked = {
            "percent": quorum,
            "needed": needed(quorum, turnout.entitled),
            "reached": reached(quorum, turnout),
        }
    return {"entitled": turnout.entitled, "cast": turnout.cast, "quorum": asked}
