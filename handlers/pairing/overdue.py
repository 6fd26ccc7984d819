"""Gives what stands without a day of review one, after an update or a loss: pairing rounds, welcomers, and what people said of pairing (R16).

An older version asked nothing of them, or the hour was lost with a room. Nobody hears of it before that day.
"""

from datetime import timedelta
from hashlib import blake2b

from handlers.asking import now_of, zone_of
from handlers.language import Call, Change, Effect, Effects, watch
from handlers.pairing import pairing, partaking, yearly
from handlers.welcome import welcomers
from practices import clock
from storage.dyads import forget_declined
from storage.inbox import rung_ahead
from storage.members import Member
from storage.onboardings import Welcomer
from storage.pairings import OwnReview, Pairing
from storage.rooms import Room

_A_YEAR = 365


async def round_without(space: Room) -> bool:
    """Whether a congregation has a pairing round of which no host will be asked whether it goes on."""
    subject = partaking.about(space)
    return await Pairing.exists(room=space.id) and not await rung_ahead(
        [subject], "pairing-review", "pairing-over"
    )


async def welcomers_without(space: Room) -> list[Welcomer]:
    """Those who would be beside newcomers, and will not be asked whether it still holds."""
    rows = await Welcomer.filter(room=space.id).order_by("id")
    ahead = await rung_ahead(map(welcomers.about, rows), "still-willing")
    return [row for row in rows if welcomers.about(row) not in ahead]


async def people_without(space: Room) -> list[str]:
    """Those who take part in a round, or have said something of whom they would meet, and have no day of their own."""
    here = await Member.filter(room=space.id).values_list("person", flat=True)
    people = await yearly.stands(map(str, here))
    rows = await OwnReview.filter(person__in=list(people))
    ahead = await rung_ahead(map(yearly.about, rows), "own-review")
    return sorted(people - {row.person for row in rows if yearly.about(row) in ahead})


async def lacks(space: Room) -> bool:
    """Whether anything stands in a congregation without a day of review."""
    return bool(
        await round_without(space) or await welcomers_without(space) or await people_without(space)
    )


async def tidied() -> None:
    """Forget the days of people who have nothing standing any more, as their congregation was let go, and what an older version kept."""
    await forget_declined()
    people = [str(each) for each in await OwnReview.all().values_list("person", flat=True)]
    await OwnReview.filter(person__in=list(set(people) - await yearly.stands(people))).delete()


@watch(kind=Change.UPDATED)
async def updated(call: Call) -> Effects:
    """Whatever lacks a day gets one within the year to come: each person another, as a keyed lot says."""
    if "assembly" in call.content:
        return []
    effects: list[Effect] = [
        welcomers.reviewed(call, call.room, row) for row in await welcomers_without(call.room)
    ]
    if await round_without(call.room):
        effects.append(pairing.reviewed(call, call.room))
    for person in await people_without(call.room):
        effects += await _own_day(call, person)
    return effects


async def _own_day(call: Call, person: str) -> list[Effect]:
    """The day that somebody has already, while it is ahead; else one that nobody outside can foresee."""
    today = clock.wall(now_of(call), await zone_of(call, person, call.room)).date()
    row = await OwnReview.get_or_none(person=person)
    if row is not None and row.day > today:
        return await yearly.begins(call, person, row.day)
    lot = blake2b(person.encode(), key=call.house.keys.key("own review"), digest_size=8).digest()
    return await yearly.begins(
        call, person, today + timedelta(days=1 + int.from_bytes(lot) % _A_YEAR)
    )
