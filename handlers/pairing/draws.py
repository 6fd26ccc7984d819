"""The draw of a pairing round: at its hour those who take part are brought together, and all of them hear it in the same moment (DYAD-1).

It is worked out beside the unit of work, from values. Fewer than eight are not brought together; all of them hear so once,
in the same words, and again only after a round that was drawn: what is so month after month needs no word each month.
Whoever leaves hardly anybody open by their own words hears that, in each round in which it is so. Whoever waits otherwise
hears the same words whatever the reason, at the same hour as all others.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from practices.cycles import count_words
from practices.dyads import Occasion
from practices.pairing import CHOICE, FEWEST, Duo, Partaker, Round, drawn, duo, duos
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


def hours(space: Room, row: Pairing, told: Collection[int] = ()) -> list[Effect]:
    """The next round, and the word about it some days before; `told` are rows of those who know that they are too few."""
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
            content={**content, "told": sorted(told)} if told else content,
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


async def _next(call: Call, row: Pairing, told: Collection[int] = ()) -> list[Effect]:
    """Write the hours of the round after this one."""
    after = max(now_of(call), row.next_at)
    row.next_at = next(rhythms.occurrences(rhythms.from_state(row.rhythm), after)).at
    await row.save()
    return hours(call.room, row, told)


def _told_before(call: Call) -> set[int]:
    """The rows of those who have heard, since a round was drawn last, that too few take part."""
    told = call.content.get("told")
    return {int(str(each)) for each in told} if isinstance(told, list) else set()


def _on(call: Call, row: Pairing) -> str:
    return clock.short_words(row.next_at, call.circle_zone)


async def _too_late(call: Call) -> Effects:
    """The hour lies days back: the next one is drawn."""
    row = await Pairing.get_or_none(room=call.room.id)
    if row is None or row.next_at.isoformat() != call.content["at"]:
        return []
    effects = await _next(call, row, _told_before(call))
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


async def _ahead(call: Call) -> tuple[_Roster, Round | None] | None:
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
    effects: list[Effect] = []
    for person in roster.lost:
        await Partaking.filter(id=rows.pop(person).id).update(takes_part=False)
        effects += await whispered(call, person, LOST, about=about(space))
    if found is None:
        _log.info("a pairing round was not drawn, as too few take part")
        return [*effects, *await _too_few(call, row, rows)]
    effects += await _next(call, row)
    row.drawn, row.seed = row.drawn + 1, found.seed
    await row.save()
    # No number of people: of few it would tell of single ones.
    _log.info("round %s of a pairing was drawn with seed %s", row.drawn, row.seed)
    return [*effects, *await _told(call, row, rows, found)]


def _anew(call: Call, row: Pairing, anew: int) -> Ring:
    """Somebody came, went or said something while it was drawn: the same hour once more, at once."""
    return Ring(
        ritual="pairing-draw",
        about=about(call.room),
        at=now_of(call),
        when=f"{row.next_at.isoformat()} {anew}",
        useful_until=row.next_at + _STILL_DRAWN,
        room=call.room.id,
        content={**call.content, "anew": anew},
    )


def _seed(call: Call) -> str:
    """What nobody outside can foresee, and what gives the same round again."""
    return blake2b(
        call.key.encode(), key=call.house.keys.key("pairing lots"), digest_size=16
    ).hexdigest()


def _drawn(roster: _Roster, seed: str, now: datetime) -> Round | None:
    return drawn(roster.partakers, roster.met, seed=seed, now=now, lately=roster.lately)


async def _too_few(call: Call, row: Pairing, rows: Mapping[str, Partaking]) -> list[Effect]:
    """A round is left out: whoever takes part and does not know why yet hears it, all of them in the same words."""
    told = _told_before(call)
    effects = await _next(call, row, told | {each.id for each in rows.values()})
    text = (
        f"The pairing round of **{room_name(call.room, 'your congregation')}** begins with {count_words(FEWEST)} who take part. "
        "Just now you are fewer, so it brought nobody together. Whoever you would like to have in it can say `pairing in` to me. "
        f"For fewer a crew is the better place: in its room `{call.house.prefix}rota` lets everybody meet everybody. Here `dyad` and a "
        f"name asks somebody yourself. The next round is due on **{_on(call, row)}**; as long as you are fewer I don't say this again."
    )
    for person, each in rows.items():
        if each.id not in told:
            effects += await whispered(call, person, text, about=about(call.room))
    return effects


async def _told(call: Call, row: Pairing, rows: dict[str, Partaking], found: Round) -> list[Effect]:
    """Everybody hears: those who meet by the beginning of their one-to-one, the others by a word that is the same for all."""
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
    name = room_name(call.room, "your congregation")
    text = (
        f"In this pairing round of **{name}** it did not come out for everybody, and I could not bring you together with somebody. "
        f"Next time, on **{_on(call, row)}**, you come first. Until then `dyad` and a name asks somebody yourself."
    )
    for person in found.waiting:
        rows[person].waited += 1
        await rows[person].save(update_fields=["waited"])
        effects += await whispered(call, person, text, about=about(call.room))
    own = (
        f"In this pairing round of **{name}** I brought you together with nobody: what you have said yourself leaves too few people. "
        f"I need at least {count_words(CHOICE)} of those who take part to choose from, as otherwise a round could show what one "
        "of them has said; that holds for all. `pairing` shows your words, `pairing with` and a name or `pairing languages any` takes one "
        f"back. The next round is on **{_on(call, row)}**; until then `dyad` and a name asks somebody yourself."
    )
    # It is no waiting, and nobody comes first for it: they can end it themselves at any time.
    for person in found.by_own_words:
        effects += await whispered(call, person, own, about=about(call.room))
    return effects
