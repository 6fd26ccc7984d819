"""Who is proposed to host a meeting: whoever hosted least recently, by turns that rank nobody (R55, R56, CREW-19).

It promises that, while nobody declines, everybody hosts once before anybody hosts twice; that declining or
swapping moves nobody else in the order; and that whoever joins or leaves leaves the others as they stood. Among
those who have not hosted the order is one of chance without chance: drawn anew for every crew from its own name,
the same whenever it is asked for, and of no meaning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b

__all__ = ["order", "proposed"]

_NEVER = datetime.min.replace(tzinfo=UTC)

#: The meeting after the first one, for which the caller steps back (R56).
_SECOND = 2


def order(members: Iterable[str], hosted: Mapping[str, datetime], *, crew: str) -> list[str]:
    """The members as they come round: never hosted first, then least recently.

    `hosted` says when somebody hosted last (aware instants); who is in it and no member any more is passed
    over. `crew` is any text that names the crew and stays the same.
    """
    return sorted(set(members), key=lambda member: (hosted.get(member, _NEVER), _lot(crew, member)))


def _lot(crew: str, member: str) -> bytes:
    return blake2b(f"{crew}\n{member}".encode(), digest_size=8).digest()


def proposed(
    members: Iterable[str],
    hosted: Mapping[str, datetime],
    *,
    crew: str,
    meeting: int,
    declined: Collection[str] = (),
    caller: str | None = None,
) -> str | None:
    """Who is asked next to host a crew's `meeting`-th meeting (from 1); None when all have declined.

    The caller hosts the first meeting unless they declined, and for the second one everybody else is asked
    before them (R56, CREW-2).
    """
    willing = [each for each in order(members, hosted, crew=crew) if each not in declined]
    if caller in willing:
        others = [each for each in willing if each != caller]
        if meeting == 1:
            return caller
        if meeting == _SECOND:
            return others[0] if others else caller
    return willing[0] if willing else None
