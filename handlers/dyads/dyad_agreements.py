"""What two people have agreed on as a dyad: its terms, where it stands, whose clocks are its own, and its end (DYAD-1).

What is told of it is told to each of the two in private, in the morning when it is night. Either ends it in one act, and
nothing is kept of it then (R11).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.asking import now_of, whispered
from handlers.dyads import appointments
from handlers.language import Call, CallOff, Effect, Ring, Say
from handlers.names import called
from practices import clock
from practices.dyads import Agreement, Terms
from storage import questions
from storage.dyads import Dyad

#: So long whoever is asked may think about it.
OPEN = timedelta(days=14)

#: What somebody hears whose answer is neither.
PLAIN = "A yes or a no is enough: ✅ yes · ✋ not this time."

#: In the morning of its day a dyad begins what is due.
_TEN = time(10)


def about(dyad: Dyad) -> str:
    """What its hours belong to; the room in name in which they wait."""
    return f"dyad:{dyad.id}"


def terms_of(dyad: Dyad) -> Terms:
    """The rhythm, length in minutes and number of months that the two have agreed on."""
    return Terms(dyad.pace, dyad.minutes, dyad.months)


def agreement_of(dyad: Dyad) -> Agreement:
    """Where it stands, as a value of the rules of practices.dyads."""
    return Agreement(dyad.people, dyad.review, dyad.state, frozenset(dyad.agreed))


def write_down(dyad: Dyad, stands: Agreement) -> None:
    """Put into its row where it stands now; saving it is the caller's."""
    dyad.state, dyad.review, dyad.agreed = stands.state, stands.review, sorted(stands.agreed)


async def in_place(call: Call, dyad: Dyad) -> Call:
    """The same call in the place of a dyad: its clocks count, and what waits for a morning is kept apart from any circle."""
    return replace(call, room=await appointments.place(about(dyad), dyad), thread=None)


async def today_of(call: Call, dyad: Dyad) -> date:
    """The date by the clocks of a dyad, when it really is."""
    return clock.wall(now_of(call), (await in_place(call, dyad)).circle_zone).date()


async def morning_of(call: Call, there: Dyad, day: date) -> datetime:
    """Ten in the morning of a day by the clocks of a dyad; an aware time."""
    zone: ZoneInfo = (await in_place(call, there)).circle_zone
    return clock.resolve(datetime.combine(day, _TEN), zone)


def ring_of(dyad: Dyad, named_: str, at: datetime, **content: object) -> Ring:
    """An hour of a dyad, for the ritual of that name; `content` is what the ritual is told beside the dyad."""
    return Ring(
        ritual=named_,
        about=about(dyad),
        at=at,
        when=at.isoformat(),
        room=about(dyad),
        content={"dyad": dyad.id, **content},
    )


async def tell(
    call: Call, dyad: Dyad, person: str, text: str, *, last: bool = False
) -> list[Effect]:
    """A private word about a dyad; a last one outlives it."""
    whose = "dyads" if last else about(dyad)
    return await whispered(await in_place(call, dyad), person, text, about=whose)


async def tell_both(
    call: Call, dyad: Dyad, words: Callable[[str], str], *, last: bool = False
) -> list[Effect]:
    """The same private word to each of the two; `words` is given what the other is called by whoever hears it."""
    effects: list[Effect] = []
    for person in dyad.people:
        text = words(await called(dyad.other(person), person))
        effects += await tell(call, dyad, person, text, last=last)
    return effects


async def forget_questions(dyad: Dyad) -> None:
    """Whatever either of the two is asked about it is asked no more."""
    await questions.forget_about(
        "dyad", dyad.id, person__in=dyad.people, inquiry__startswith="dyad-"
    )


async def close(call: Call, there: Dyad) -> list[Effect]:
    """Either ends it in one act; the other hears only that it is over (R11)."""
    other = there.other(call.person)
    mine = await called(call.person, other)
    told = await tell(call, there, other, f"Your dyad with **{mine}** is over.", last=True)
    home = " Your room stays yours; in your app you can leave it." if there.home else ""
    return [
        *await gone(call, there),
        Say(text=f"Done: your dyad with {await called(other, call.person)} is over.{home}"),
        *told,
    ]


async def gone(call: Call, there: Dyad) -> list[Effect]:
    """Nothing is kept of the agreement; its hours are called off, and what was being arranged."""
    await forget_questions(there)
    await there.delete()
    return [CallOff(about=about(there)), *await appointments.end_of(call, about(there))]
