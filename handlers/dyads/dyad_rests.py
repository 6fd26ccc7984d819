"""A dyad rests at the word of one, and wakes at the word of both (R11, R31)."""

from handlers import askings
from handlers.asking import asked
from handlers.dyads import appointments
from handlers.dyads.dyad_agreements import (
    OPEN,
    PLAIN,
    about,
    agreement_of,
    forget_questions,
    in_place,
    tell,
    tell_both,
    terms_of,
    write_down,
)
from handlers.dyads.dyad_rhythms import arrange
from handlers.language import (
    DECLINE,
    NO,
    YES,
    Call,
    CallOff,
    Effect,
    Effects,
    Refused,
    Say,
    inquiry,
)
from handlers.names import called, typed
from practices import dyads as pure
from practices.dyads import Pace, State
from storage.database import row_of
from storage.dyads import Dyad, OneToOne
from storage.questions import Question


async def let_rest(call: Call, there: Dyad) -> list[Effect]:
    """Either lets it rest alone; what was being arranged is given up (R11). Raises Refused unless it runs."""
    if there.state is not State.ACTIVE:
        raise Refused(
            "It does not run just now, so nothing was changed. `dyad` shows how it stands."
        )
    write_down(there, pure.rested(agreement_of(there), call.person))
    await there.save()
    await forget_questions(there)
    other = there.other(call.person)
    mine = await called(call.person, other)
    return [
        CallOff(about=about(there), ritual="dyad-next"),
        *await appointments.end_of(call, about(there)),
        Say(
            text="It rests, and I ask nothing until one of you wakes it: `dyad` and the name with “wake”."
        ),
        *await tell(
            call,
            there,
            other,
            f"Your dyad with **{mine}** rests for now, with what was being arranged. `dyad {typed(mine)} wake` would take it up again.",
        ),
    ]


async def wake(call: Call, there: Dyad) -> list[Effect]:
    """It goes on when both would: one yes is asked of the other (R31). Raises Refused unless it rests."""
    if there.state is not State.RESTING:
        raise Refused("It does not rest, so nothing was changed. `dyad` shows how it stands.")
    stands = pure.woken(agreement_of(there), call.person)
    other = there.other(call.person)
    name = await called(other, call.person)
    if call.person in there.agreed and await askings.lately(call, other, askings.WAKE):
        return [Say(text=f"{name} is asked already; as soon as they would, too, it goes on.")]
    put = stands.state is not State.ACTIVE and await askings.may_ask(call, other, askings.WAKE)
    write_down(there, stands)
    await there.save()
    if stands.state is State.ACTIVE:
        return await _awake(call, there)
    mine = await called(call.person, other)
    asks: list[Effect] = (
        []
        if not put
        else await asked(
            await in_place(call, there),
            other,
            f"**{mine}** would take up your dyad again: {pure.words(terms_of(there))}.\n\n✅ yes · ✋ not this time",
            about=about(there),
            inquiry="dyad-wake",
            until=call.at + OPEN,
            data={"dyad": there.id},
        )
    )
    return [
        *asks,
        Say(text=f"I ask {name}; as soon as they would, too, it goes on."),
    ]


@inquiry(
    name="dyad-wake",
    options=(
        YES,
        DECLINE,
    ),
    late="That was asked a while ago. Nothing was changed; `dyad` and the name with “wake” asks anew.",
)
async def wake_answered(call: Call, question: Question, said: str) -> Effects:
    """Both would, or it rests on."""
    there = await row_of(Dyad, question.data.get("dyad"))
    if said not in (YES.word, NO.word):
        return [Say(text=PLAIN)]
    await question.delete()
    if there is None or there.state is not State.RESTING or call.person not in there.people:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    other = there.other(call.person)
    if said == NO.word:
        there.agreed = []
        await there.save(update_fields=["agreed"])
        mine = await called(call.person, other)
        told = await tell(
            call, there, other, f"Your dyad with **{mine}**: not this time. It rests on."
        )
        return [Say(text="Good: it rests on."), *told]
    stands = pure.woken(agreement_of(there), call.person)
    write_down(there, stands)
    await there.save()
    if stands.state is not State.ACTIVE:
        return [Say(text="Noted. It goes on as soon as you have both said so.")]
    return await _awake(call, there)


async def _awake(call: Call, there: Dyad) -> list[Effect]:
    """Both would: it goes on, and a one-to-one is looked for."""
    for one, other in (there.people, there.people[::-1]):
        await askings.lift(call, one, other, askings.WAKE)
    await forget_questions(there)
    effects = await tell_both(
        call,
        there,
        lambda name: f"Your dyad with **{name}** goes on: {pure.words(terms_of(there))}.",
    )
    if there.pace is not Pace.NONE and not await OneToOne.exists(room=about(there)):
        effects += await arrange(call, there)
    return effects
