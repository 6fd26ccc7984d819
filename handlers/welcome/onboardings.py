"""What the features about onboarding pairs share: where one stands, its hours, what is asked about it, and how it ends.

Every word about a pair is private. What is over is deleted, with its hours, its questions and the key of what was sealed.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from handlers.asking import asked, now_of, whispered
from handlers.dyads import appointments
from handlers.language import Call, CallOff, DestroyKey, Effect, Option, Ring, Scrub
from practices import clock
from practices.dyads import Ended, Occasion
from practices.onboarding import Standing
from storage.dyads import OneToOne
from storage.onboardings import Onboarding
from storage.questions import forget_about
from storage.rooms import Room

#: So long after three months both can say how it goes on.
CLOSES = timedelta(days=14)

#: A prompt that is later than this is left out.
STILL_PROMPTED = timedelta(days=6)

#: What is begun just now, such as writing, can be gone on with for so long.
A_MOMENT = timedelta(hours=1)

#: When in the day of a congregation, or of a person, something is said that belongs to a day.
MORNING = time(10)

PASS = Option(sign="⏭️", word="pass", also=("skip", "no", "not now", "✋", "stop"))

#: Both have said yes, and the three months are not over: they can commit to something (R42).
WRITING = (Standing.PROPOSED, Standing.ACTIVE)

#: Said when an answer is neither yes nor no.
PLAIN = "A word is enough: ✅ yes · ✋ not this time."


def about(row: Onboarding) -> str:
    """What its hours and its key belong to."""
    return f"onboarding:{row.id}"


def about_space(space: Room) -> str:
    """What the words for a congregation's hosts, and last words, belong to."""
    return f"onboardings:{space.id}"[:64]


async def space_of(row: Onboarding) -> Room:
    """The congregation it is in. Raises DoesNotExist when that is not known any more."""
    return await Room.get(id=row.room)


async def here(call: Call, row: Onboarding) -> Call:
    """The same call in the congregation: its clocks count."""
    return replace(call, room=await space_of(row), thread=None)


def today(call: Call, space: Room) -> date:
    """The day in a congregation."""
    return clock.wall(now_of(call), call.house.zone_of(space)).date()


def the_two(row: Onboarding) -> tuple[str, str]:
    """The newcomer, and who is beside them. Raises LookupError while there is nobody."""
    return row.newcomer, row.other(row.newcomer)


async def hello(person: str) -> str:
    """Who speaks, for somebody to whom we have not spoken before."""
    if await Room.exists(private_with=person):
        return ""
    return "Hello. I am Kinkeeper, a program that helps the people of your congregation to find one another.\n\n"


# ----------------------------------------------------------------------------------- what is said and asked


async def tell(
    call: Call, row: Onboarding, person: str, text: str, *, last: bool = False
) -> list[Effect]:
    """A private word about a pair; a last one outlives it, and stands under its congregation."""
    there = await here(call, row)
    whose = about_space(there.room) if last else about(row)
    return await whispered(there, person, text, about=whose)


async def ask(
    call: Call,
    row: Onboarding,
    person: str,
    text: str,
    named: str,
    *,
    until: datetime,
    without: tuple[str, ...] = (),
) -> list[Effect]:
    """A private question about a pair, an inquiry by the name of `named`; the same one to the same person stands once."""
    await forget_about("onboarding", row.id, person=person, inquiry=named)
    return await asked(
        await here(call, row),
        person,
        text,
        about=about(row),
        inquiry=named,
        until=until,
        data={"onboarding": row.id},
        without=without,
    )


# ------------------------------------------------------------------------------------------ where it stands


def turn_hour(call: Call, row: Onboarding) -> list[Effect]:
    """Where it stands now lasts until `row.until`, or for good; the hour of what stood before is called off."""
    off = CallOff(about=about(row), ritual="welcome-turn")
    if row.until is None:
        return [off]
    return [
        off,
        Ring(
            ritual="welcome-turn",
            about=about(row),
            at=row.until,
            when=f"{row.state.value} {row.until.isoformat()}",
            room=row.room,
            content={"onboarding": row.id},
        ),
    ]


async def stand(
    call: Call, row: Onboarding, state: Standing, until: datetime | None
) -> list[Effect]:
    """Write down where it stands; nothing that was asked before is asked any more."""
    await forget_about("onboarding", row.id, inquiry__startswith="welcome-")
    row.state, row.until = state, until
    await row.save()
    return turn_hour(call, row)


async def gone(call: Call, row: Onboarding) -> list[Effect]:
    """Nothing is kept of it, and what was sealed can be read by nobody any more."""
    await forget_about("onboarding", row.id, inquiry__startswith="welcome-")
    effects: list[Effect] = [CallOff(about=about(row))]
    for one in await OneToOne.filter(occasion=Occasion.ONBOARDING, subject=about(row)):
        effects += await appointments.over(call, one, Ended.GONE)
    await row.delete()
    return [*effects, DestroyKey(owner=about(row)), Scrub()] if row.sealed else effects
