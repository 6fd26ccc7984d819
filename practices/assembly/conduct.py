"""What an honest keeper checks before it lets its congregation speak to a matter.

A reader cannot know when a letter was written: here each goes by its own clock and by when it saw what. So honest
keepers may hesitate at different moments; what is final, they all find alike (practices.assembly.ledger).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter
from practices.assembly.matters import LEAST_OPEN, About, Matter, Word
from practices.circles import Scale, fits

__all__ = ["LONGEST_OPEN", "OF_TIME", "STALE", "TALK", "Fit", "Hesitation", "doubt", "hesitation"]

STALE = timedelta(days=30)
"""A matter may leave out a change of the roll that is not older than this."""

TALK = timedelta(days=14)
"""So long a congregation is talked with before the others may part from it."""

LONGEST_OPEN = timedelta(days=100)

Fit = Mapping[tuple[str, str], bool]
"""By a room and a part: whether that part can go on in that room."""

_TOO_MANY = 3
"""Fewer than these may have come while the matter was on its way."""


class Hesitation(StrEnum):
    """Why a keeper does not put a matter to its people; the words follow “because”."""

    UNKNOWN = "it rests on letters that have not come yet, or was put by nobody with a seat"
    STALE = "it leaves out congregations that have been here for more than a month"
    NARROW = "it leaves out a third or more of the congregations that were here before it"
    SHORT = "it leaves less than three days to find a position"
    LONG = "it stays open for more than a hundred days"
    OVER = "its time is over"
    NO_TALK = "nobody has talked with that congregation for two weeks before"
    NO_CLAIM = "the new account has not said that it keeps that congregation"
    FULL = "an assembly has at most 200 congregations"
    PRESENT = "somebody it would ask in is here already"
    OPTED = "it leaves out congregations that take part in the sprint"
    NO_ENTRY = "I was not let into the room that it names"
    UNFIT = "the room that it names does not fit the protocol"
    ROOM_TAKEN = "the room that it names is another room of the assembly already"


OF_TIME = frozenset({Hesitation.SHORT, Hesitation.NO_TALK})
"""What somebody who was away cannot judge, and those who were here can."""


def hesitation(
    ledger: Ledger,
    matter: Matter,
    now: datetime,
    seen: Mapping[str, datetime],
    fit: Fit = MappingProxyType({}),
) -> Hesitation | None:
    """What keeps an honest keeper from a matter; None: nothing.

    `seen` says when each letter was first seen. `fit` says of each room that this keeper has entered, to look at it, and
    of each part that it was named for, whether that part can go on there (practices.assembly.rooms): of a room and a part
    that are not there it knows nothing.
    """
    if ledger.electorate(matter.id) is None:
        return Hesitation.UNKNOWN
    return Hesitation.OVER if now >= matter.until else doubt(ledger, matter, now, seen, fit)


def doubt(
    ledger: Ledger,
    matter: Matter,
    now: datetime,
    seen: Mapping[str, datetime],
    fit: Fit = MappingProxyType({}),
) -> Hesitation | None:
    """The same of a matter whose time may be over: such a one an honest keeper seals as refused, whatever it counts."""
    electorate = ledger.electorate(matter.id)
    if electorate is None:
        return Hesitation.UNKNOWN
    first = seen.get(matter.id, now)
    if _left_out(ledger, matter, first - STALE, seen):
        return Hesitation.STALE
    fresh = _left_out(ledger, matter, first, seen) & ledger.roll.seats.keys() - electorate.keys()
    if len(fresh) >= _TOO_MANY and 3 * len(fresh) >= len(ledger.roll.seats):
        return Hesitation.NARROW
    if matter.until - first < LEAST_OPEN and not _vouched(ledger, matter):
        return Hesitation.SHORT
    if matter.until - first > LONGEST_OPEN:
        return Hesitation.LONG
    if matter.about is About.MOVE:
        return _about_room(ledger, matter, fit)
    return _about(ledger, matter, now, seen)


def _about_room(ledger: Ledger, matter: Matter, fit: Fit) -> Hesitation | None:
    """What speaks against a room: nobody says yes to one that it cannot enter, or that would not hold the letters.

    That somebody honest could enter it vouches for nobody else: a room may let in some and not others.
    """
    if _is_done(ledger, matter):
        return None
    roll, room = ledger.roll, matter.to or ""
    here = {
        *roll.rooms.items(),
        *((part, each) for part in roll.former for each in roll.former[part]),
    }
    if any(each == room and part != matter.part for part, each in here):
        return Hesitation.ROOM_TAKEN
    fits_it = fit.get((room, str(matter.part)))
    if fits_it is None:
        return Hesitation.NO_ENTRY
    return None if fits_it else Hesitation.UNFIT


def _left_out(
    ledger: Ledger, matter: Matter, before: datetime, seen: Mapping[str, datetime]
) -> set[str]:
    """The seats that the roll has otherwise than the matter has it, by what was seen before a moment."""
    after = ledger.letters[matter.id].after
    old = {
        each
        for each in ledger.changes_since(after)
        if (at := _counted(ledger, each, seen)) is not None and at < before
    }
    then = ledger.roll_after(after)
    if not old or then is None:
        return set()
    roll = ledger.roll
    had = {roll.taken.get(seat.id, seat.id): seat.keeper for seat in then.seats.values()}
    has = {seat.id: seat.keeper for seat in roll.seats.values()}
    touched = {roll.taken.get(_touched(ledger, each)) for each in old}
    return {
        each
        for each in had.keys() | has.keys()
        if had.get(each) != has.get(each) and each in touched
    }


def _touched(ledger: Ledger, change: str) -> str:
    """The letter that took the seat which a change is about."""
    letter = ledger.letters[change]
    if letter.kind is Kind.MATTER:
        return str(letter.body.get("seat", ""))
    return letter.id if letter.kind in (Kind.SEAT, Kind.FOUND) else letter.answers or ""


def _counted(ledger: Ledger, change: str, seen: Mapping[str, datetime]) -> datetime | None:
    """When it was seen that a change counts; a matter counts once it is sealed."""
    if ledger.letters[change].kind is not Kind.MATTER:
        return seen.get(change)
    seals = (each.id for each in ledger.answers_to(change) if each.kind is Kind.SEAL)
    return max((seen[each] for each in seals if each in seen), default=None)


def _about(
    ledger: Ledger, matter: Matter, now: datetime, seen: Mapping[str, datetime]
) -> Hesitation | None:
    rests_on = ledger.letters.get(matter.rests_on or "")
    match matter.about:
        case About.ADMIT if not _is_done(ledger, matter):
            roll = ledger.roll
            if any(roll.seat_of(each) for each in matter.candidates):
                return Hesitation.PRESENT
            late = now - LONGEST_OPEN
            asked = {keeper for put, keeper in roll.asked_in if seen.get(put, now) > late}
            coming = {each for each in asked | matter.candidates.keys() if not roll.seat_of(each)}
            if not fits(Scale.ASSEMBLY, len(roll.seats) + len(coming)):
                return Hesitation.FULL
        case About.PART if not _is(rests_on, Kind.CONCERN, matter.seat) or (
            now - seen.get(matter.rests_on or "", now) < TALK and not _vouched(ledger, matter)
        ):
            return Hesitation.NO_TALK
        case About.KEEPER if (
            not _is(rests_on, Kind.CLAIM, matter.seat)
            or rests_on is None
            or rests_on.sender != matter.to
        ):
            return Hesitation.NO_CLAIM
        case About.DECIDE if matter.opted and _opted_else(ledger, matter, seen):
            return Hesitation.OPTED
    return None


def _vouched(ledger: Ledger, matter: Matter) -> bool:
    """Whether more than half have sealed it as accepted: they were here in time, whoever comes back late was not.

    Fewer than a third lie, so somebody honest among them has seen that there was time enough.
    """
    standing = ledger.standing(matter.id)
    if standing is None:
        return False
    accepted = sum(Word.ACCEPTED in words for words in standing.seals.values())
    return 2 * accepted > len(standing.electorate)


def _is_done(ledger: Ledger, matter: Matter) -> bool:
    standing = ledger.standing(matter.id)
    return standing is not None and standing.word is Word.ACCEPTED


def _opted_else(ledger: Ledger, matter: Matter, seen: Mapping[str, datetime]) -> bool:
    """Whether somebody who opted in before the matter is not among those it asks."""
    electorate = ledger.electorate(matter.id) or {}
    keepers = {seat.keeper for seat in electorate.values()}
    first = seen.get(matter.id)
    return first is not None and any(
        each.kind is Kind.OPT_IN
        and each.sender in keepers
        and each.id not in matter.opted
        and seen.get(each.id, first) < first
        for each in ledger.answers_to(matter.rests_on or "")
    )


def _is(letter: Letter | None, kind: Kind, answers: str | None) -> bool:
    return letter is not None and letter.kind is kind and letter.answers == answers
