"""The draw of a pairing round: at its hour those who take part are brought together, and all of them hear it in the same moment (DYAD-1).

It is worked out beside the unit of work, from values. Whoever is met by nobody hears the same words whether too few took
part, a lot said so or nobody was left, at the same hour as all others.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import combinations

from handlers.asking import its_zone, now_of, whispered
from handlers.dyads import one_to_one_arrangements
from handlers.hosts import hosts_of
from handlers.language import (
    Call,
    Effect,
    Effects,
    Ring,
    ritual,
)
from handlers.names import people, room_name
from handlers.pairing import preferences
from handlers.pairing.partaking import LOST, about
from practices import clock
from practices import rhythm as rhythms
from practices.circles import RoomKind
from practices.dyads import Occasion
from practices.pairing import Duo, Partaker, Round, duo, duos, with_lots
from storage import pairings
from storage.dyads import Met, OneToOne
from storage.members import Member
from storage.pairings import Pairing, Partaking
from storage.people import Person
from storage.rooms import Room

_log = logging.getLogger(__name__)

#: A round that could not be drawn at its hour is drawn as long after.
_STILL_DRAWN = timedelta(days=2)

#: So often a round is drawn anew because something had changed meanwhile; then it is drawn as things stand.
_MOST_ANEW = 3

#: So long before a round its people are reminded that they may come in.
SOON = timedelta(days=3)

# ----------------------------------------------------------------------------------------- its hours


def hours(space: Room, row: Pairing) -> list[Effect]:
    """The next round, and the word about it some days before."""
    when = row.next_at.isoformat()
    content = {"at": when}
    return [
        Ring(
            ritual="pairing-draw",
            about=about(space),
            at=row.next_at,
            when=when,
            useful_until=row.next_at + _STILL_DRAWN,
            room=space.id,
            content=content,
        ),
        Ring(
            ritual="pairing-soon",
            about=about(space),
            at=row.next_at - SOON,
            when=when,
            useful_until=row.next_at - timedelta(days=1),
            room=space.id,
            content=content,
        ),
    ]


async def _next(call: Call, row: Pairing) -> list[Effect]:
    """Write the hours of the round after this one."""
    after = max(now_of(call), row.next_at)
    row.next_at = next(rhythms.occurrences(rhythms.from_state(row.rhythm), after)).at
    await row.save()
    return hours(call.room, row)


def _on(call: Call, row: Pairing) -> str:
    return clock.short_words(row.next_at, call.circle_zone)


async def _too_late(call: Call) -> Effects:
    """The hour lies days back: the next one is drawn."""
    row = await Pairing.get_or_none(room=call.room.id)
    if row is None or row.next_at.isoformat() != call.content["at"]:
        return []
    effects = await _next(call, row)
    for host in await hosts_of(call.room, call.house.me):
        text = f"I was away when the pairing round was due, so it is left out; the next is on **{_on(call, row)}**."
        effects += await whispered(call, host, text, about=about(call.room))
    return effects


# -------------------------------------------------------------------------------------- who is there


async def present(call: Call, space: Room, day: date) -> list[Partaking]:
    """Those who take part on a day, and are there."""
    here = set(await people(space, call.house.me))
    rows = await Partaking.filter(room=space.id, takes_part=True).order_by("id")
    return [row for row in rows if row.person in here and row.is_in(day)]


async def _takers(call: Call) -> dict[str, Partaking]:
    today = clock.wall(now_of(call), call.circle_zone).date()
    return {each.person: each for each in await present(call, call.room, today)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Roster:
    """All that a round is drawn from, as values."""

    partakers: tuple[Partaker, ...]
    met: Mapping[Duo, int]
    lately: Mapping[Duo, int]
    #: Of whom it cannot be read any more what they have said.
    lost: tuple[str, ...]


async def _roster(call: Call, rows: Mapping[str, Partaking]) -> _Roster:
    """All that the round of these people is drawn from."""
    said, lost = await preferences.of_all(call, rows)
    told = await Person.in_bulk(list(rows), "id")
    circles = await _circles(rows)
    partakers = tuple(
        Partaker(
            id=person,
            zone=its_zone(call, told.get(person), call.room),
            languages=frozenset(said[person].languages),
            circles=circles[person],
            not_with=said[person].not_with,
            wishes=said[person].wishes,
            waited=row.waited,
        )
        for person, row in rows.items()
        if person not in lost
    )
    present = sorted(each.id for each in partakers)
    return _Roster(
        partakers=partakers,
        met=await pairings.met(call.room.id),
        lately=await _lately(present, now_of(call)),
        lost=tuple(lost),
    )


async def _circles(persons: Iterable[str]) -> dict[str, frozenset[str]]:
    """The crews and dyads of each of these people."""
    found: dict[str, set[str]] = {person: set() for person in persons}
    kept = await Room.filter(kind__in=[RoomKind.CREW, RoomKind.DYAD]).values_list("id", flat=True)
    rows = Member.filter(person__in=list(found), room__in=list(kept))
    for person, room in await rows.values_list("person", "room"):
        found[str(person)].add(str(room))
    return {person: frozenset(rooms) for person, rooms in found.items()}


async def _lately(persons: Sequence[str], now: datetime) -> dict[Duo, int]:
    """How many months ago two of these people last talked one-to-one; none for those who are about to."""
    found: dict[Duo, int] = {}
    for each in await Met.filter(one__in=persons, other__in=persons):
        months = max((now.date() - each.day).days // 30, 0)
        two = duo(each.one, each.other)
        found[two] = min(months, found.get(two, months))
    wanted = set(persons)
    for ahead in await OneToOne.all():
        found |= dict.fromkeys(duos(wanted.intersection(ahead.people)), 0)
    return found


# ------------------------------------------------------------------------------------------ the draw


async def _ahead(call: Call) -> tuple[_Roster, Round] | None:
    """Draw from values while everybody else is heard; nothing is stored here."""
    row = await Pairing.get_or_none(room=call.room.id)
    if row is None or row.next_at.isoformat() != call.content["at"]:
        return None
    roster = await _roster(call, await _takers(call))
    return roster, await asyncio.to_thread(_drawn, roster, _seed(call), now_of(call))


@ritual(
    name="pairing-draw",
    help="brings together those who take part in a pairing round",
    late=_too_late,
    ahead=_ahead,
)
async def draw(call: Call) -> Effects:
    """What was drawn ahead holds if all that it was drawn from is still so; everybody hears in the same moment."""
    space = call.room
    row = await Pairing.get_or_none(room=space.id)
    if row is None or row.next_at.isoformat() != call.content["at"]:
        return []
    rows = await _takers(call)
    roster = await _roster(call, rows)
    ahead = call.ahead
    if isinstance(ahead, tuple) and ahead[0] == roster:
        found = ahead[1]
    elif (anew := int(str(call.content.get("anew", 0)))) < _MOST_ANEW:
        return [_anew(call, row, anew + 1)]
    else:
        found = await asyncio.to_thread(_drawn, roster, _seed(call), now_of(call))
    effects = await _next(call, row)
    for person in roster.lost:
        await Partaking.filter(id=rows.pop(person).id).update(takes_part=False)
        effects += await whispered(call, person, LOST, about=about(space))
    row.drawn, row.seed = row.drawn + 1, found.seed
    await row.save()
    # No number of people: of few it would tell of single ones.
    _log.info("round %s of a pairing was drawn with seed %s", row.drawn, row.seed)
    return [*effects, *await _told(call, row, rows, found)]


def _anew(call: Call, row: Pairing, anew: int) -> Ring:
    """Somebody came, went or said something while it was drawn: the same hour once more, at once."""
    at = row.next_at.isoformat()
    return Ring(
        ritual="pairing-draw",
        about=about(call.room),
        at=now_of(call),
        when=f"{at} {anew}",
        useful_until=row.next_at + _STILL_DRAWN,
        room=call.room.id,
        content={"at": at, "anew": anew},
    )


def _seed(call: Call) -> str:
    """What nobody outside can foresee, and what gives the same round again."""
    return blake2b(
        call.key.encode(), key=call.house.keys.key("pairing lots"), digest_size=16
    ).hexdigest()


def _drawn(roster: _Roster, seed: str, now: datetime) -> Round:
    return with_lots(roster.partakers, roster.met, seed=seed, now=now, lately=roster.lately)


async def _told(call: Call, row: Pairing, rows: dict[str, Partaking], found: Round) -> list[Effect]:
    """Everybody hears: those who meet by the beginning of their one-to-one, the others by one and the same word."""
    effects: list[Effect] = []
    for together in found.together:
        for one, other in combinations(together, 2):
            await pairings.brought_together(call.room.id, one, other)
        await Partaking.filter(id__in=[rows[each].id for each in together]).update(waited=0)
        effects += await one_to_one_arrangements.begin(
            call,
            together,
            circle=call.room.id,
            occasion=Occasion.PAIRING,
            subject=f"pairing:{row.drawn}",
        )
    text = (
        f"In this pairing round of **{room_name(call.room, 'your congregation')}** I could not bring you together with "
        "somebody. That happens by lot, when few take part, or when not everybody finds a place; which of these it was I tell "
        f"nobody. In the next one, on **{_on(call, row)}**, no lot lets you wait again, and you come first. Until then `dyad` "
        "and a name asks somebody yourself."
    )
    for person in found.waiting:
        rows[person].waited += 1
        await rows[person].save(update_fields=["waited"])
        effects += await whispered(call, person, text, about=about(call.room))
    return effects
