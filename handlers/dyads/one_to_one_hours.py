"""The hours of a one-to-one whose time is agreed on: a reminder a day before, and a signal at half time for whoever asked.

Each is told by their own clock.
"""

from datetime import datetime, time, timedelta
from itertools import permutations

from handlers import askings
from handlers.asking import now_of
from handlers.dyads.appointments import (
    A_DAY,
    is_of_two,
    may_tell,
    nights_of,
    of_hour,
    others,
    quietly_gone,
    ring_of,
    span,
    tell,
    zone_for,
)
from handlers.language import Call, Effect, Effects, Say, Whisper, ritual
from handlers.words import escaped
from practices import clock
from practices.dyads import Stage, collides
from practices.meetings import last_waking
from storage.dyads import OneToOne

#: The morning question is of use so long.
STILL_ASKED = timedelta(days=21)

_MORNING = time(9)

#: Tapped under a time that stands.
HALF, ANEW, OFF = "⏳", "🔁", "❌"


async def agree(call: Call, one: OneToOne, at: datetime) -> list[Effect]:
    """A time suits all: each hears it, and its hours are written ahead."""
    gone = await quietly_gone(one)
    for asker, person in permutations(one.people, 2):
        # With a time that suits both, the next one-to-one can be asked for when this one is over.
        await askings.lift(call, asker, person, askings.MEET)
    one.at, one.stage, one.turn = at, Stage.AGREED, one.turn + 1
    one.suits, one.options = {}, []
    effects: list[Effect] = []
    for person in one.people:
        effects += await tell(
            call, one, person, await _agreed_words(call, one, person), taps=(HALF, ANEW, OFF)
        )
    await one.save()
    await _suits_no_more(one)
    return [*gone, *effects, *await _hours(call, one)]


async def _suits_no_more(one: OneToOne) -> None:
    """Whoever has agreed to a time is free for no other one-to-one then; of that the others see only what suits still."""
    assert one.at is not None
    taken = [span(one, one.at)]
    for other in await OneToOne.filter(stage=Stage.ARRANGING).exclude(id=one.id):
        suits = {
            who: [
                each
                for each in times
                if who not in one.people
                or not collides(span(other, datetime.fromisoformat(each)), taken)
            ]
            for who, times in other.suits.items()
        }
        suits = {who: times for who, times in suits.items() if times or not other.suits[who]}
        if suits != other.suits:
            other.suits = suits
            await other.save(update_fields=["suits"])


async def _agreed_words(call: Call, one: OneToOne, person: str, *, reminding: bool = False) -> str:
    assert one.at is not None
    zone = await zone_for(call, one, person)
    days = (clock.wall(one.at, zone).date() - clock.wall(now_of(call), zone).date()).days
    when = {0: "Today, ", 1: "Tomorrow, "}.get(days, "") if reminding else ""
    of_three = "" if is_of_two(one) else " of three,"
    half = "stop the signal at half time" if person in one.signals else "signal me at half time"
    return (
        f"**{when}{clock.short_words(one.at, zone)}** – your one-to-one{of_three} with {await others(one, person)} "
        f"({escaped(zone.key)}).\n\n{HALF} {half} · {ANEW} another time · {OFF} not this time"
    )


async def _hours(call: Call, one: OneToOne) -> list[Effect]:
    """The reminder a day before, the signal at half time, and the question on the next morning, each by their own clock."""
    assert one.at is not None
    now, until = now_of(call), one.at + timedelta(minutes=one.minutes)
    effects: list[Effect] = []
    for person, (zone, quiet) in (await nights_of(call, one)).items():
        before = last_waking(one.at - A_DAY, zone, quiet)
        if before > now:
            effects.append(
                ring_of(one, "one-to-one-remind", before, f"{person} remind", one.at, person=person)
            )
        effects.append(
            ring_of(
                one,
                "one-to-one-half",
                one.at + timedelta(minutes=one.minutes) / 2,
                f"{person} half",
                until,
                person=person,
            )
        )
        morning = datetime.combine(clock.wall(until, zone).date() + A_DAY, _MORNING)
        effects.append(
            ring_of(
                one,
                "one-to-one-met",
                clock.resolve(morning, zone),
                f"{person} met",
                clock.resolve(morning, zone) + STILL_ASKED,
                person=person,
            )
        )
    return effects


@ritual(name="one-to-one-remind", help="reminds each of two people a day before their one-to-one")
async def remind(call: Call) -> Effects:
    """A day before, or on the evening before that night."""
    one, person = await of_hour(call), str(call.content["person"])
    if one is None or one.at is None or person not in one.people or not may_tell(one, person):
        return []
    text = await _agreed_words(call, one, person, reminding=True)
    effects = await tell(call, one, person, text, taps=(HALF, ANEW, OFF))
    await one.save()
    return effects


@ritual(name="one-to-one-half", help="signals half time in a one-to-one to whoever asked for that")
async def half(call: Call) -> Effects:
    """They asked for it (R14), for a time that they accepted (R15); so it comes at its minute or not at all."""
    one, person = await of_hour(call), str(call.content["person"])
    if one is None or person not in one.people or person not in one.signals:
        return []
    return [Whisper(person=person, text="Half time. You can change places now.")]


async def signalled(call: Call, one: OneToOne) -> list[Effect]:
    """The signal at half time is one's own, on or off."""
    wants = call.person not in one.signals
    one.signals = sorted({*one.signals} ^ {call.person})
    await one.save(update_fields=["signals"])
    if wants:
        text = f"Good: after {one.minutes // 2} minutes I signal half time to you."
    else:
        text = "Good: no signal at half time."
    return [Say(text=text)]
