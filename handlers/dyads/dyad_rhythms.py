"""The rhythm of a dyad: its next one-to-one begins when it is due, or when one of the two asks for it (DYAD-1).

The next is planned when the last is over; after two that came to nothing the dyad rests, and nothing is asked any more.
"""

from collections.abc import Iterable

from handlers import askings
from handlers.dyads import appointments, one_to_one_arrangements
from handlers.dyads.dyad_agreements import (
    about,
    agreement_of,
    morning_of,
    ring_of,
    tell_both,
    today_of,
    write_down,
)
from handlers.language import Call, CallOff, Effect, Effects, Refused, Say, ritual
from handlers.names import typed
from practices import dyads as pure
from practices.dyads import Ended, Occasion, State
from storage.database import row_of
from storage.dyads import Dyad, OneToOne

#: After so many one-to-ones that came to nothing the dyad rests.
MOST_UNMET = 2


async def arrange(call: Call, there: Dyad, *, unasked: Iterable[str] = ()) -> list[Effect]:
    """Begin a one-to-one of the two today; its rhythm counts from here. Those `unasked` find nothing of it put to them."""
    there.began = await today_of(call, there)
    await there.save(update_fields=["began"])
    return await one_to_one_arrangements.begin(
        call,
        there.people,
        circle=about(there),
        occasion=Occasion.DYAD,
        subject=str(there.id),
        minutes=there.minutes,
        signals=there.signals,
        unasked=unasked,
    )


async def plan_next(call: Call, there: Dyad) -> list[Effect]:
    """When the next one-to-one is begun: by the rhythm from the last one, but never before tomorrow."""
    today = await today_of(call, there)
    last, times = there.began or today, 1
    day = pure.following(there.pace, last, times)
    while day is not None and day <= today:
        times += 1
        day = pure.following(there.pace, last, times)
    if day is None:
        return []
    return [
        CallOff(about=about(there), ritual="dyad-next"),
        ring_of(there, "dyad-next", await morning_of(call, there, day)),
    ]


@ritual(name="dyad-next", help="begins the next one-to-one of a dyad in its rhythm")
async def next_one(call: Call) -> Effects:
    """It is due; unless they rest, or meet already."""
    there = await row_of(Dyad, call.content.get("dyad"))
    if there is None or there.state is not State.ACTIVE:
        return []
    if await OneToOne.exists(room=about(there)):
        return []  # its end plans the next one
    return await arrange(call, there)


async def _followed(call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
    """One is over: the next is planned; after two that came to nothing the dyad rests."""
    there = await row_of(Dyad, one.subject)
    if there is None or there.state is not State.ACTIVE:
        return []
    there.signals = [each for each in one.signals if each in there.people]
    there.unmet = there.unmet + 1 if ended is Ended.RESTED else 0
    if there.unmet < MOST_UNMET:
        await there.save()
        return await plan_next(call, there)
    write_down(there, pure.rested(agreement_of(there), there.proposer))
    there.unmet = 0
    await there.save()
    return await tell_both(
        call,
        there,
        lambda name: (
            f"Your dyad with **{name}** rests for now, and I ask nothing. `dyad {typed(name)} wake` takes it up again."
        ),
    )


appointments.FOLLOWS[Occasion.DYAD] = _followed


async def meet(call: Call, there: Dyad) -> list[Effect]:
    """One of the two would like to meet now, whatever the rhythm says. Raises Refused while it rests, when one is ahead, or lately asked."""
    if there.state is not State.ACTIVE:
        raise Refused(
            "It does not run just now, so no time was looked for. `dyad` and the name with “wake” takes it up again."
        )
    if await OneToOne.exists(room=about(there)):
        raise Refused("Your next one-to-one is on its way already; `one-to-one` shows it.")
    other = there.other(call.person)
    put = await askings.may_ask(call, other, askings.MEET)
    return await arrange(call, there, unasked=() if put else (other,))


async def signal(call: Call, there: Dyad) -> list[Effect]:
    """The signal at half time, for this one-to-one and those after it."""
    wants = call.person not in there.signals
    there.signals = sorted({*there.signals} ^ {call.person})
    await there.save(update_fields=["signals"])
    for one in await OneToOne.filter(room=about(there)):
        signals = {*one.signals} - {call.person}
        one.signals = sorted(signals | {call.person} if wants else signals)
        await one.save(update_fields=["signals"])
    if wants:
        return [Say(text=f"Good: after {there.minutes // 2} minutes I signal half time to you.")]
    return [Say(text="Good: no signal at half time.")]
