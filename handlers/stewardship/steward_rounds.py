"""A stewardship round: a whole congregation is asked once, and a steward is found for each who takes part (R36).

What was wished for, and by whom, nobody sees; what comes of it is proposed to both, and nothing begins by it.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from handlers import taps
from handlers.asking import now_of, whispered
from handlers.consent import nowhere_to_ask, table_of
from handlers.hosts import congregation_of, hosting, hosts_of
from handlers.language import (
    Call,
    CallOff,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    Whisper,
    ritual,
    tap,
)
from handlers.names import people, room_name
from handlers.pairing import preferences
from handlers.stewardship.steward_pairs import HOUR, RUNNING, about_round, gone, tell_in_vain
from handlers.stewardship.stewardship_proposals import propose
from handlers.words import escaped, folded, sign
from practices import clock
from practices import stewardship as stewards
from practices.defaults import FEWEST_TOLD, PATIENCE
from practices.stewardship import Arrangement, Impossible
from practices.understanding import NotUnderstood, shown
from storage.members import is_in
from storage.pairings import StewardRound, Stewardship, Tended, Tending
from storage.rooms import Room

#: Under which a round stands in the room of a congregation.
ROUND = "steward:round"

#: Tapped under a round: to have a steward and be one, or to have one only.
BOTH, HAVE = "✅", "🤲"

#: So often a round is worked out anew because something had changed meanwhile; then it is worked out as things stand.
_MOST_ANEW = 3


async def open_or_close(call: Call, rest: str) -> list[Effect]:
    """A host asks the whole congregation, or closes the round that is open: `rest` is empty or “now”, and may end in “in Lakeside”.

    Raises Refused for whoever hosts none, where there is no room to ask in, and for what does not fit the round that is open.
    """
    now, _, named = rest.partition(" in ")
    if folded(now) not in ("", "now", "close"):
        raise Refused(
            f"I don't know what {escaped(shown(rest))} means for a round. Nothing was changed. `steward round` asks everybody, "
            "`steward round now` finds the stewards from what was said so far."
        )
    space = await congregation_of(call, named)
    await hosting(call, space)
    table = await table_of(space)
    if table is None:
        raise Refused(nowhere_to_ask(call, space))
    row = await StewardRound.get_or_none(room=space.id)
    if folded(now):
        if row is None:
            raise Refused("No round is open, so nothing was closed. `steward round` begins one.")
        return [Say(text="The round closes now."), _closing(space, row, call.at, "now")]
    if row is not None:
        raise Refused(
            f"A round is open until **{clock.short_words(row.closes_at, call.house.zone_of(space))}**, so none was begun. "
            "`steward round now` closes it sooner."
        )
    return await _opened(call, space, table)


async def _opened(call: Call, space: Room, table: Room) -> list[Effect]:
    zone = call.house.zone_of(space)
    day = clock.wall(call.at + PATIENCE, zone).date()
    closes = clock.resolve(datetime.combine(day, HOUR), zone)
    row = await StewardRound.create(
        room=space.id, closes_at=closes, number=call.at.isoformat()[:32]
    )
    text = (
        "**A stewardship round.** A steward is one named person to turn to: they ask each month how it goes, stand beside you "
        "in a conflict, and manage nothing. Whoever takes part has one, and two are never each other's.\n\n"
        f"Until **{clock.short_words(closes, zone)}**: then I propose who could be whose, and nothing begins before both "
        "have said yes.\n\n✅ have one, and be one · 🤲 have one only"
    )
    seen = taps.seen_words(table, call.house.me, "`steward ask` and a name")
    return [
        Say(text=f"{text}\n\n{seen}", room=table.id, name=ROUND, taps=(BOTH, HAVE), answers=False),
        _closing(space, row, closes),
        Say(
            text=f"Asked in **{room_name(table, 'your room')}**, until **{clock.short_words(closes, zone)}**. `steward round "
            "now` closes it sooner."
        ),
    ]


@tap(
    prefix="steward",
    labels={"have one and be one": BOTH, "have one only": HAVE},
    unseen=(BOTH, HAVE),
)
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """Somebody takes part; the newest word counts, and the room does not learn it."""
    if sign(said) not in (sign(BOTH), sign(HAVE)):
        raise NotUnderstood(f"Under that message {BOTH} and {HAVE} mean something.")
    wanted = call.room.congregation
    row = await StewardRound.get_or_none(room=wanted) if wanted else None
    if row is None:
        return [
            Whisper(person=call.person, text="That stewardship round is over. Nothing was changed.")
        ]
    if not await is_in(row.room, call.person):
        text = "The stewardship round is for the people of the congregation. Nothing was changed."
        return [Whisper(person=call.person, text=text)]
    mine, _new = await Tending.get_or_create(room=row.room, person=call.person)
    mine.willing = sign(said) == sign(BOTH)
    await mine.save(update_fields=["willing"])
    text = (
        f"You take part: you will have a steward{', and may be one' if mine.willing else ''}. `pairing wish` and a name says "
        "whom you would like, `pairing not with` and a name whom not; I tell nobody. `steward end round` takes it back."
    )
    return [Whisper(person=call.person, text=text)]


def _closing(space: Room, row: StewardRound, at: datetime, why: str = "", anew: int = 0) -> Ring:
    return Ring(
        ritual="steward-close",
        about=about_round(space),
        at=at,
        when=" ".join(filter(None, (row.number, why))),
        room=space.id,
        content={"number": row.number, "anew": anew},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """Who takes part in a round, and what each has said, as values."""

    people: tuple[stewards.Tended, ...]
    #: Of whom it cannot be read any more what they have said.
    lost: tuple[str, ...]


def _arranged(call: Call, row: StewardRound, taking: _Taking) -> Arrangement | Impossible:
    seed = blake2b(
        row.number.encode(), key=call.house.keys.key("steward lots"), digest_size=16
    ).hexdigest()
    return stewards.arranged(taking.people, seed=seed)


async def _ahead(call: Call) -> tuple[_Taking, Arrangement | Impossible] | None:
    """Find the stewards from values while everybody else is heard; nothing is stored here."""
    row = await StewardRound.get_or_none(room=call.room.id)
    if row is None or row.number != call.content["number"]:
        return None
    taking = await _taking(call)
    return taking, await asyncio.to_thread(_arranged, call, row, taking)


@ritual(
    name="steward-close",
    help="finds a steward for everybody who takes part in a stewardship round",
    ahead=_ahead,
)
async def closes(call: Call) -> Effects:
    """Its time is over; after an absence it is closed late rather than never."""
    row = await StewardRound.get_or_none(room=call.room.id)
    if row is None or row.number != call.content["number"]:
        return []
    taking, ahead = await _taking(call), call.ahead
    if isinstance(ahead, tuple) and ahead[0] == taking:
        return await _closed(call, row, taking, ahead[1])
    anew = int(str(call.content.get("anew", 0))) + 1
    if anew <= _MOST_ANEW:
        return [_closing(call.room, row, now_of(call), f"anew {anew}", anew)]
    return await _closed(call, row, taking, await asyncio.to_thread(_arranged, call, row, taking))


async def _taking(call: Call) -> _Taking:
    space = call.room
    here = set(await people(space, call.house.me))
    said = {
        each.person: each.willing
        for each in await Tending.filter(room=space.id).order_by("id")
        if each.person in here
    }
    wished, lost = await preferences.of_all(call, said)
    taking = tuple(
        stewards.Tended(
            id=person,
            willing=willing,
            wishes=wished[person].wishes,
            not_with=wished[person].not_with,
        )
        for person, willing in said.items()
        if person not in lost
    )
    return _Taking(people=taking, lost=tuple(lost))


async def _closed(
    call: Call, row: StewardRound, taking: _Taking, found: Arrangement | Impossible
) -> list[Effect]:
    """Propose an arrangement to all whom it concerns, or tell the hosts that there is none."""
    space = call.room
    await Tending.filter(room=space.id).delete()
    await row.delete()
    effects: list[Effect] = [CallOff(about=about_round(space))]
    if isinstance(found, Impossible):
        text = _NOT_FITTED
    else:
        # A number so small would tell who took part.
        count = f"of {len(taking.people)} " if len(taking.people) >= FEWEST_TOLD else ""
        text = f"The stewardship round found a steward for each {count}who took part. Each is asked, with theirs."
        effects += await _proposed_to_all(call, space, found)
    for host in await hosts_of(space, call.house.me):
        effects += await whispered(call, host, text, about=about_round(space))
    for person in taking.lost:
        effects += await whispered(call, person, _LOST, about=about_round(space))
    return effects


_LOST = (
    "What you had told me in private about whom you would like, and whom not, cannot be read any more, so I proposed no steward "
    "to you rather than a wrong one. `pairing not with` and a name says it again; `steward ask` and a name asks somebody yourself."
)

#: One text for whatever is in the way: of a few people, whether too few took part or two do not fit would tell who does not
#: want whom.
_NOT_FITTED = (
    "The stewardship round found no arrangement in which everybody has a steward, no two have each other, and all who are willing "
    "carry alike. Nothing was proposed. It needs at least three who would be stewards, and more of them make it easier: `steward "
    "round` asks anew, and `steward ask` and a name is open to everybody meanwhile."
)


async def _proposed_to_all(call: Call, space: Room, found: Arrangement) -> list[Effect]:
    effects: list[Effect] = []
    for former in await Stewardship.filter(room=space.id, state=Tended.PROPOSED, by_round=True):
        effects += await gone(former)
        if found.steward_of.get(former.stewardee) != former.steward:
            for person in former.agreed:
                effects += await tell_in_vain(call, space, former, person)
    for stewardee, by in sorted(found.steward_of.items()):
        same = await Stewardship.get_or_none(
            room=space.id, steward=by, stewardee=stewardee, state__in=RUNNING
        )
        if same is None:
            effects += await propose(call, space, steward=by, stewardee=stewardee, agreed=())
    return effects
