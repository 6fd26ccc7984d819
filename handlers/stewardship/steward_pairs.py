"""A steward and whoever has them: what their hours belong to, what both hear when it does not come about, and its end (DYAD-4).

Whoever ends it, and why, both hear the same words (R11).
"""

from dataclasses import replace
from datetime import date, datetime, time
from hashlib import blake2b

from handlers.asking import now_of, whispered
from handlers.language import Call, CallOff, Effect, Ring
from handlers.names import name
from practices import clock
from storage import questions
from storage.members import is_in
from storage.pairings import Stewardship, Tended
from storage.rooms import Room

#: Both have said yes, and neither has ended it.
RUNNING = (Tended.ACTIVE, Tended.RESTING, Tended.REVIEW)

#: The time of day at which it speaks, by the clock of its congregation.
HOUR = time(10)


def about(row: Stewardship) -> str:
    """What the hours and the waiting words of a stewardship belong to."""
    return f"stewardship:{row.id}"


def about_asking(row: Stewardship, person: str) -> str:
    """What the day belongs to on which one of the two is asked, as the other may be asked on another."""
    return f"{about(row)} {blake2b(person.encode(), digest_size=8).hexdigest()}"


def about_round(space: Room) -> str:
    """What belongs to a congregation rather than to two people: its round, and words to its hosts; at most 64 characters."""
    return f"steward:{space.id}"[:64]


async def today_of(call: Call, space: Room) -> date:
    """The date by the clock of a congregation, when it really is."""
    return clock.wall(now_of(call), call.house.zone_of(space)).date()


def ring_of(
    row: Stewardship, ritual_: str, at: datetime, when: str, until: datetime | None = None
) -> Ring:
    """An hour of a stewardship; `when` tells it from other hours of the same ritual, and after `until` it is of no use."""
    return Ring(
        ritual=ritual_,
        about=about(row),
        at=at,
        when=f"{when} {at.isoformat()}",
        useful_until=until,
        room=row.room,
        content={"stewardship": row.id},
    )


async def tell_in_vain(call: Call, space: Room, row: Stewardship, person: str) -> list[Effect]:
    """That it does not come about: the same words for a no, for silence and for somebody who left (R13)."""
    other = await name(space.id, row.other(person))
    text = f"The stewardship with {other} does not come about. `steward ask` and a name asks somebody else."
    return await whispered(replace(call, room=space), person, text, about=f"{about(row)} over")


async def gone(row: Stewardship) -> list[Effect]:
    """Nothing is asked or waits for it any more."""
    inquiries = ("steward-yes", "steward-talk", "steward-again")
    await questions.forget_about("stewardship", row.id, inquiry__in=inquiries)
    await row.delete()
    both = (row.steward, row.stewardee)
    return [CallOff(about=each) for each in (about(row), *(about_asking(row, who) for who in both))]


async def end(call: Call, space: Room, row: Stewardship, *, but: str | None = None) -> list[Effect]:
    """A stewardship is over: both hear so in the same words, whoever ended it and why (R11)."""
    effects = await gone(row)
    for person in (row.steward, row.stewardee):
        if person == but or not await is_in(row.room, person):
            continue
        other = await name(row.room, row.other(person))
        text = f"The stewardship with {other} is over, with thanks."
        if person == row.stewardee:
            text += " `steward ask` and a name asks somebody else."
        effects += await whispered(
            replace(call, room=space), person, text, about=f"{about(row)} over"
        )
    return effects
