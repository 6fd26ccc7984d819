"""The commons of an assembly: what congregations need and offer now, their thanks, searches for a mediator, and siblings.

It promises that only congregations are spoken of and never people, that nothing is counted, summed up or compared
(V12), that a flood of one congregation hides nothing of another, and that a search for a mediator names nobody (R138).
Open is what the present keeper of a congregation has put: after a change of keepers the new one puts again what is
still wanted, so that an account which is lost can set nothing going.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from practices.assembly.hearing import Heard, heard, heard_of, is_over, read_day
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind
from practices.assembly.roll import Seat

__all__ = [
    "LONGEST_OPEN",
    "MOST_SEARCHES",
    "MOST_SHOWN",
    "Board",
    "Candidate",
    "Item",
    "Search",
    "Siblings",
    "State",
    "Thanks",
    "board",
    "candidates",
    "mediators",
    "siblings",
    "state",
    "thanks",
]

MOST_SHOWN = 5
"""Needs that are shown of one congregation at a time, and as many offers; of the others only how many there are."""

MOST_SEARCHES = 3
"""Searches for a mediator that one congregation can have open."""

LONGEST_OPEN = timedelta(days=366)
"""Whatever day a letter names, so long after it was seen it is over; who still wants it puts it again."""


class State(StrEnum):
    """Where a need, an offer or a search stands."""

    OPEN = "open"
    #: Whoever put it has said that it is.
    DONE = "done"
    #: Its day has passed.
    OVER = "over"
    #: Its congregation has left, or another account keeps it now.
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A need or an offer that is open."""

    #: The id of the letter that put it.
    letter: str
    kind: Kind
    #: The congregation whose it is.
    seat: Seat
    title: str
    words: str
    #: The last day on which it is open.
    until: date
    languages: tuple[str, ...]
    #: The congregations that answered the need or would take the offer, in alphabetical order.
    answered_by: tuple[Seat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is open now, what ends soonest first."""

    needs: tuple[Item, ...]
    offers: tuple[Item, ...]
    #: How much more is open of a congregation than is shown, by seat; only those of which more is.
    more: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """One congregation's thanks to another."""

    letter: str
    #: The need or the offer for which it thanks.
    about: str
    by: Seat
    to: Seat
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """An open search for a mediator. It names nobody, neither a person nor a congregation."""

    letter: str
    languages: tuple[str, ...]
    until: date
    #: The congregations in which somebody would mediate, in alphabetical order.
    found_by: tuple[Seat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who accepted confidentiality and would mediate; for those who search, and nobody else."""

    seat: Seat
    #: Their Matrix id.
    mediator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """Which congregations are siblings."""

    #: Both have said so: pairs of seats, the older id first.
    pairs: tuple[tuple[Seat, Seat], ...]
    #: One has said so (by, of), and the other has not yet.
    asked: tuple[tuple[Seat, Seat], ...]


# ------------------------------------------------------------------------------------ needs and offers


def state(
    ledger: Ledger, letter: str, now: datetime, seen: Mapping[str, datetime] | None = None
) -> State | None:
    """Where a need, an offer or a search stands; None when that letter is none, or nobody who may has sent it.

    `seen` says when each letter was first seen; without it none is too old.
    """
    found = ledger.letters.get(letter)
    if found is None or found.kind not in (Kind.NEED, Kind.OFFER, Kind.MEDIATOR_WANTED):
        return None
    each = next((each for each in heard(ledger, found.kind) if each.letter.id == letter), None)
    return None if each is None else _state(ledger, each, now, seen or {})


def _state(ledger: Ledger, each: Heard, now: datetime, seen: Mapping[str, datetime]) -> State:
    if not each.speaks:
        return State.GONE
    # Only whoever put it: a taker who says so could close what is not theirs.
    done = heard_of(ledger, Kind.DONE, each.letter.id)
    if any(said.letter.sender == each.letter.sender for said in done):
        return State.DONE
    until = read_day(each.letter.body["until"])
    first = seen.get(each.letter.id, now)
    if until is None or is_over(until, now) or now - first > LONGEST_OPEN:
        return State.OVER
    return State.OPEN


def board(ledger: Ledger, now: datetime, seen: Mapping[str, datetime] | None = None) -> Board:
    """The needs and offers that are open at an aware instant; what a congregation put twice in the same words, once."""
    more: dict[str, int] = defaultdict(int)
    shown: dict[Kind, list[Item]] = {}
    for kind in (Kind.NEED, Kind.OFFER):
        by_seat: dict[str, dict[str, Heard]] = defaultdict(dict)
        for each in heard(ledger, kind):
            if _state(ledger, each, now, seen or {}) is State.OPEN:
                # The newest of those with the same words.
                by_seat[each.seat.id][_said(each)] = each
        shown[kind] = []
        for seat, found in by_seat.items():
            inorder = sorted(found.values(), key=_soonest)
            shown[kind] += [_item(ledger, each) for each in inorder[:MOST_SHOWN]]
            more[seat] += max(0, len(inorder) - MOST_SHOWN)
    needs, offers = (
        tuple(sorted(shown[kind], key=lambda each: (each.until, each.letter)))
        for kind in (Kind.NEED, Kind.OFFER)
    )
    left = {seat: count for seat, count in sorted(more.items()) if count}
    return Board(needs=needs, offers=offers, more=MappingProxyType(left))


def _said(each: Heard) -> str:
    body = each.letter.body
    return " ".join(f"{body['title']}\n{body.get('words', '')}".casefold().split())


def _soonest(each: Heard) -> tuple[str, str]:
    return each.letter.body["until"], each.letter.id


def _item(ledger: Ledger, each: Heard) -> Item:
    body, until = each.letter.body, read_day(each.letter.body["until"])
    assert until is not None
    return Item(
        letter=each.letter.id,
        kind=each.letter.kind,
        seat=each.seat,
        title=" ".join(body["title"].split()),
        words=body.get("words", "").strip(),
        until=until,
        languages=tuple(body.get("languages", ())),
        answered_by=_others(heard_of(ledger, Kind.TAKEN, each.letter.id), each),
    )


def _others(answers: Iterable[Heard], to: Heard) -> tuple[Seat, ...]:
    """The congregations that answer another one's letter and have a seat, each once."""
    found = {
        each.seat.id: each.seat for each in answers if each.speaks and each.seat.id != to.seat.id
    }
    return tuple(sorted(found.values(), key=_alphabetical))


def _alphabetical(seat: Seat) -> tuple[str, str]:
    return seat.name.casefold(), seat.id


# ---------------------------------------------------------------------------------------------- thanks


def thanks(ledger: Ledger) -> tuple[Thanks, ...]:
    """The thanks between those who gave and those who were given to, each once for each need or offer, in no order.

    They are said and heard, and neither counted nor ranked: the order is that of their ids, which tells nothing.
    """
    roll = ledger.roll
    put = {each.letter.id: each for kind in (Kind.NEED, Kind.OFFER) for each in heard(ledger, kind)}
    taken = heard(ledger, Kind.TAKEN)
    about = {each.letter.id: each.letter.answers or "" for each in taken} | {
        id_: id_ for id_ in put
    }
    parties: dict[str, dict[str, Seat]] = defaultdict(dict)
    for each in (*put.values(), *taken):
        parties[about[each.letter.id]][each.seat.id] = each.seat
    found: dict[tuple[str, str, str], Thanks] = {}
    for each in heard(ledger, Kind.THANKS):
        thing = about.get(each.letter.answers or "")
        to = roll.taken.get(each.letter.body["to"], "")
        if thing not in put or to == each.seat.id:
            continue
        if not {to, each.seat.id} <= parties[thing].keys():
            continue
        said = Thanks(
            letter=each.letter.id,
            about=thing,
            by=each.seat,
            to=parties[thing][to],
            words=each.letter.body.get("words", "").strip(),
        )
        found.setdefault((thing, each.seat.id, to), said)
    return tuple(sorted(found.values(), key=lambda each: each.letter))


# ------------------------------------------------------------------------------------------- mediators


def mediators(
    ledger: Ledger, now: datetime, seen: Mapping[str, datetime] | None = None
) -> tuple[Search, ...]:
    """The searches for a mediator that are open, what ends soonest first; whose they are is not said."""
    shown: dict[str, list[Heard]] = defaultdict(list)
    for each in heard(ledger, Kind.MEDIATOR_WANTED):
        if _state(ledger, each, now, seen or {}) is State.OPEN:
            shown[each.seat.id].append(each)
    found = [
        Search(
            letter=each.letter.id,
            languages=tuple(each.letter.body["languages"]),
            until=date.fromisoformat(each.letter.body["until"]),
            found_by=_others(heard_of(ledger, Kind.MEDIATOR_FOUND, each.letter.id), each),
        )
        for some in shown.values()
        for each in sorted(some, key=_soonest)[:MOST_SEARCHES]
    ]
    return tuple(sorted(found, key=lambda each: (each.until, each.letter)))


def candidates(ledger: Ledger, search: str) -> tuple[Candidate, ...]:
    """Who would mediate, one of each congregation: whom it named last. Only for the congregation that searches.

    Empty when there is no such search.
    """
    wanted = next(
        (each for each in heard(ledger, Kind.MEDIATOR_WANTED) if each.letter.id == search), None
    )
    if wanted is None:
        return ()
    found = {
        each.seat.id: Candidate(seat=each.seat, mediator=each.letter.body["mediator"])
        for each in heard_of(ledger, Kind.MEDIATOR_FOUND, search)
        if each.speaks and each.seat.id != wanted.seat.id
    }
    return tuple(sorted(found.values(), key=lambda each: _alphabetical(each.seat)))


# -------------------------------------------------------------------------------------------- siblings


def siblings(ledger: Ledger) -> Siblings:
    """Which congregations that have a seat are siblings, and which have said so alone; in alphabetical order."""
    roll = ledger.roll
    said = {
        (each.seat.id, of.id)
        for each in heard(ledger, Kind.SIBLING)
        if each.here and (of := roll.seat(each.letter.answers or "")) and of.id != each.seat.id
    }
    seats = roll.seats
    pairs = [(seats[by], seats[of]) for by, of in said if by < of and (of, by) in said]
    asked = [(seats[by], seats[of]) for by, of in said if (of, by) not in said]
    return Siblings(pairs=_ordered(pairs), asked=_ordered(asked))


def _ordered(pairs: Iterable[tuple[Seat, Seat]]) -> tuple[tuple[Seat, Seat], ...]:
    return tuple(sorted(pairs, key=lambda pair: (_alphabetical(pair[0]), _alphabetical(pair[1]))))
