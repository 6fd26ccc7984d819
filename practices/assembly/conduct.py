"""What an honest keeper checks before it lets its congregation speak to a matter.

A reader cannot know when a letter was written: here each goes by its own clock and by when it saw what. So honest
keepers may hesitate at different moments; what is final, they all find alike (practices.assembly.ledger).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter
from practices.assembly.matters import LEAST_OPEN, About, Matter
from practices.circles import Scale, fits

__all__ = ["LONGEST_OPEN", "STALE", "TALK", "Hesitation", "hesitation"]

STALE = timedelta(days=30)
"""A matter may leave out a change of the roll that is not older than this."""

TALK = timedelta(days=14)
"""So long a congregation is talked with before the others may part from it."""

LONGEST_OPEN = timedelta(days=100)


class Hesitation(StrEnum):
    """Why a keeper does not put a matter to its people; the words follow “because”."""

    UNKNOWN = "it rests on letters that have not come yet, or was put by nobody with a seat"
    STALE = "it leaves out congregations that have been here for more than a month"
    SHORT = "it leaves less than three days to find a position"
    LONG = "it stays open for more than a hundred days"
    OVER = "its time is over"
    NO_TALK = "nobody has talked with that congregation for two weeks before"
    NO_CLAIM = "the new account has not said that it keeps that congregation"
    FULL = "an assembly has at most 200 congregations"
    PRESENT = "somebody it would ask in is here already"


def hesitation(
    ledger: Ledger, matter: Matter, now: datetime, seen: Mapping[str, datetime]
) -> Hesitation | None:
    """What keeps an honest keeper from a matter; `seen` says when each letter was first seen. None: nothing."""
    electorate = ledger.electorate(matter.id)
    if electorate is None:
        return Hesitation.UNKNOWN
    first = seen.get(matter.id, now)
    late = ledger.changes_since(ledger.letters[matter.id].after)
    if any(seen.get(each, first) < first - STALE for each in late):
        return Hesitation.STALE
    if now >= matter.until:
        return Hesitation.OVER
    if matter.until - first < LEAST_OPEN:
        return Hesitation.SHORT
    if matter.until - first > LONGEST_OPEN:
        return Hesitation.LONG
    return _about(ledger, matter, now, seen)


def _about(
    ledger: Ledger, matter: Matter, now: datetime, seen: Mapping[str, datetime]
) -> Hesitation | None:
    rests_on = ledger.letters.get(matter.rests_on or "")
    match matter.about:
        case About.ADMIT:
            roll = ledger.roll
            if any(roll.seat_of(each) for each in matter.candidates):
                return Hesitation.PRESENT
            if not fits(Scale.ASSEMBLY, len(roll.seats) + len(matter.candidates)):
                return Hesitation.FULL
        case About.PART if not _is(rests_on, Kind.CONCERN, matter.seat) or (
            now - seen.get(matter.rests_on or "", now) < TALK
        ):
            return Hesitation.NO_TALK
        case About.KEEPER if (
            not _is(rests_on, Kind.CLAIM, matter.seat)
            or rests_on is None
            or rests_on.sender != matter.to
        ):
            return Hesitation.NO_CLAIM
    return None


def _is(letter: Letter | None, kind: Kind, answers: str | None) -> bool:
    return letter is not None and letter.kind is kind and letter.answers == answers
