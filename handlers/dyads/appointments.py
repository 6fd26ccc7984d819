"""One appointment of two or three people for a one-to-one: who they are, by whose clocks, what each is told, and its end.

Nobody is written to more than four times for one of them without having spoken (R14). A feature whose own it is hears of
its end through `FOLLOWS`.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from handlers.asking import whispered, zone_of
from handlers.language import Call, CallOff, Effect, Ring
from handlers.meetings.meetings import quiet_for
from handlers.names import called
from practices import clock
from practices.dyads import Ended, Occasion, Span, Stage, met_among
from practices.meetings import Quiet
from storage import questions
from storage.database import row_of
from storage.dyads import Dyad, OneToOne, have_met
from storage.people import Person
from storage.rooms import Room

#: R14: nobody hears more often of one meeting without having spoken.
MOST = 4

#: After so long whoever has not answered is asked once more; after so much longer it rests.
ONCE_MORE, RESTS = timedelta(days=3), timedelta(days=4)

A_DAY = timedelta(days=1)

#: What follows from an end, of the row that is about to be deleted.
Follow = Callable[[Call, OneToOne, Ended], Awaitable[list[Effect]]]

#: What a feature does when a one-to-one of its occasion is over. The row still says who, for what and when; it is
#: deleted afterwards. The people were told all that there is to tell.
FOLLOWS: dict[Occasion, Follow] = {}


def about(one: OneToOne) -> str:
    """What the hours and the waiting words of a one-to-one belong to."""
    return f"one-to-one:{one.id}"


def ring_of(
    one: OneToOne,
    ritual_: str,
    at: datetime,
    when: str,
    until: datetime | None = None,
    **content: object,
) -> Ring:
    """An hour of a one-to-one, known by its turn: of a time that was given up none is kept.

    `when` tells it from other hours of the same ritual; after `until` it is of no use.
    """
    digest = blake2b(f"{one.turn} {when}".encode(), digest_size=16).hexdigest()
    return Ring(
        ritual=ritual_,
        about=about(one),
        at=at,
        when=digest,
        useful_until=until,
        room=one.room,
        content={"one_to_one": one.id, "turn": one.turn, **content},
    )


async def place_of(one: OneToOne) -> Room:
    """The circle of a one-to-one; for that of a dyad something that has its clocks."""
    room = await Room.get_or_none(id=one.room)
    if room is not None:
        return room
    kind, _, number = one.room.partition(":")
    dyad = await row_of(Dyad, number) if kind == "dyad" else None
    return await place(one.room, dyad)


async def place(called: str, dyad: Dyad | None) -> Room:
    """A room in name only, with the clocks of the circle in which the two of a dyad know each other."""
    known = dyad and (dyad.home or dyad.circle)
    seen: set[str] = set()
    room = None
    while known and known not in seen:
        seen.add(known)
        room = await Room.get_or_none(id=known) or room
        known = room.successor if room is not None else None
    return Room(id=called, zone=room.zone if room is not None else None)


async def in_place(call: Call, one: OneToOne) -> Call:
    """The same call in the place of a one-to-one: its clocks count, and what waits for a morning belongs there."""
    return replace(call, room=await place_of(one), thread=None)


async def zone_for(call: Call, one: OneToOne, person: str) -> ZoneInfo:
    """The clock that somebody reads for a one-to-one: their own, or that of its circle."""
    return await zone_of(call, person, await place_of(one))


async def nights_of(call: Call, one: OneToOne) -> dict[str, tuple[ZoneInfo, Quiet]]:
    """The zone and quiet hours of everybody, also of those who would rather not be called by name."""
    room = await place_of(one)
    known = {each.id: each async for each in Person.filter(id__in=one.people)}
    return {
        person: (await zone_of(call, person, room), quiet_for(known.get(person), room))
        for person in one.people
    }


async def busy_of(people: Iterable[str], but: OneToOne) -> list[Span]:
    """When one of these people has agreed to another one-to-one than this; whose it is, nobody is told."""
    wanted = set(people)
    agreed = await OneToOne.filter(stage=Stage.AGREED, at__isnull=False).exclude(id=but.id)
    return [span(each, each.at) for each in agreed if each.at and wanted.intersection(each.people)]


def span(one: OneToOne, at: datetime) -> Span:
    """From when until when a one-to-one is, if it is at that time."""
    return at, at + timedelta(minutes=one.minutes)


async def others(one: OneToOne, person: str) -> str:
    """The names of the others, as in `Ben` or `Ben and Cleo`."""
    return await names_of(one, [each for each in one.people if each != person], person)


async def names_of(one: OneToOne, people: Iterable[str], to: str) -> str:
    """The names of `people` as `to` knows them, as in `Ben` or `Ben and Cleo`."""
    names = [await called(each, to, one.room) for each in people]
    return " and ".join(sorted(names, key=str.casefold))


def is_of_two(one: OneToOne) -> bool:
    """Whether it is of two people, and not of three."""
    return len(one.people) == 2  # noqa: PLR2004 - two, or a trio


def all_of(one: OneToOne) -> str:
    """Both of two, or all of three, as they are spoken to."""
    return "you both" if is_of_two(one) else "all of you"


async def of_hour(call: Call) -> OneToOne | None:
    """The one-to-one of an hour, unless another time was looked for since."""
    one = await row_of(OneToOne, call.content.get("one_to_one"))
    return one if one is not None and one.turn == call.content.get("turn") else None


def may_tell(one: OneToOne, person: str, most: int = MOST) -> bool:
    """Whether somebody may be written to once more without having spoken (R14)."""
    return one.told.get(person, 0) < most


def is_told_nothing(one: OneToOne, person: str) -> bool:
    """Whether somebody is asked and told nothing of what is being arranged, as they would not meet the other."""
    return one.stage is Stage.ARRANGING and not may_tell(one, person)


def count_told(call: Call, one: OneToOne, person: str) -> None:
    """Note that somebody is written to; whoever just speaks asked for it (R14)."""
    if person != call.sender:
        one.told = {**one.told, person: one.told.get(person, 0) + 1}


async def tell(
    call: Call,
    one: OneToOne,
    person: str,
    text: str,
    *,
    taps: tuple[str, ...] = (),
    dispensable: bool = False,
) -> list[Effect]:
    """A private word about a one-to-one, counted; under it the taps of a time that stands."""
    count_told(call, one, person)
    return await whispered(
        await in_place(call, one),
        person,
        text,
        about=about(one),
        name=about(one) if taps else None,
        taps=taps,
        dispensable=dispensable,
    )


async def farewell(
    call: Call, one: OneToOne, person: str, text: str, *, dispensable: bool = False
) -> list[Effect]:
    """A last word, which belongs to no one-to-one that could be called off."""
    here = await in_place(call, one)
    return await whispered(here, person, text.strip(), about="one-to-ones", dispensable=dispensable)


async def rests(call: Call, one: OneToOne, person: str) -> list[Effect]:
    """The last word about one that no time was found for: nobody hears whether somebody was silent or would rather not (R13)."""
    text = (
        f"No time was found for a one-to-one with {await others(one, person)} this once, so it rests. When you agree on one between "
        f"you, you need nothing from me. {what_is_next(one)}"
    )
    return await farewell(call, one, person, text, dispensable=True)


def what_is_next(one: OneToOne) -> str:
    """Where somebody of a dyad sees what is next; nothing for others."""
    return "`dyad` shows what is next." if one.occasion is Occasion.DYAD else ""


async def quietly_gone(one: OneToOne) -> list[Effect]:
    """Nothing is asked or waits any more for this one-to-one."""
    await questions.forget_about(
        "one_to_one", one.id, person__in=one.people, inquiry__startswith="one-to-one"
    )
    return [CallOff(about=about(one))]


async def over(call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
    """A one-to-one is over: its feature hears of it, and nothing of it stays here."""
    gone = await quietly_gone(one)
    follow = FOLLOWS.get(one.occasion)
    follows = await follow(call, one, ended) if follow is not None else []
    await one.delete()
    return [*gone, *follows]


async def counted(call: Call, one: OneToOne) -> list[Effect]:
    """What was said on the morning after counts, and it is over: “met” and its date stay, or nothing (R33)."""
    met = await noted_met(call, one)
    return await over(call, one, Ended.MET if met else Ended.RESTED)


async def noted_met(call: Call, one: OneToOne) -> bool:
    """Keep the day for those who have met, unless one of them said no; whether any have."""
    met = met_among(one.people, {who: bool(times) for who, times in one.suits.items()})
    if met and one.at is not None:
        zone = (await in_place(call, one)).circle_zone
        await have_met(one.room, met, clock.wall(one.at, zone).date())
    return bool(met)


async def end_of(call: Call, room: str) -> list[Effect]:
    """Everything arranged for a place is over, without a word: whoever ends it says so."""
    effects: list[Effect] = []
    for one in await OneToOne.filter(room=room):
        effects += await over(call, one, Ended.GONE)
    return effects
