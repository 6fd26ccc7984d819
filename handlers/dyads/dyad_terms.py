"""The terms of a dyad: changed when both agree, and looked at again on its day of review (R16).

A no leaves all as it is (R13). On its day it goes on when both say so and is over otherwise; nobody learns who was silent.
"""

from datetime import datetime, timedelta

from handlers import askings
from handlers.asking import asked, now_of, zone_of
from handlers.dyads.dyad_agreements import (
    OPEN,
    PLAIN,
    about,
    agreement_of,
    close,
    forget_questions,
    gone,
    in_place,
    morning_of,
    ring_of,
    tell,
    tell_both,
    terms_of,
    today_of,
    write_down,
)
from handlers.dyads.dyad_rhythms import plan_next
from handlers.language import (
    DECLINE,
    NO,
    YES,
    Call,
    CallOff,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
)
from handlers.names import called, typed
from practices import clock
from practices import dyads as pure
from practices.dyads import Pace, State, Terms
from storage import questions
from storage.database import row_of
from storage.dyads import Dyad, OneToOne
from storage.inbox import rung_ahead
from storage.questions import Question

#: Whoever has not answered a review is asked once more after so long.
ONCE_MORE = timedelta(days=7)

CLOSE = Option(
    sign="👋", word="close", also=("no", "n", "end", "stop", "close it", "✋", "❌", "👎")
)


async def propose_terms(call: Call, there: Dyad, terms: Terms) -> list[Effect]:
    """What one of the two would like otherwise is asked of the other. Raises Refused unless the dyad runs."""
    if there.state is not State.ACTIVE:
        raise Refused(
            "It does not run just now, so nothing was proposed. `dyad` and the name with “wake” takes it up again."
        )
    other = there.other(call.person)
    if terms == terms_of(there):
        return [Say(text=f"That is how it is: {pure.words(terms)}. Nothing was changed.")]
    until = (
        f" for {terms.months} months from the day you agree" if terms.months != there.months else ""
    )
    mine = await called(call.person, other)
    put = await askings.may_ask(call, other, askings.TERMS)
    await questions.forget_about("dyad", there.id, person=other, inquiry="dyad-terms")
    effects = (
        []
        if not put
        else await asked(
            await in_place(call, there),
            other,
            f"**{mine}** proposes for your dyad: {pure.words(terms)}{until}. Until now: {pure.words(terms_of(there))}.\n\n"
            "✅ yes · ✋ not this time",
            about=about(there),
            inquiry="dyad-terms",
            until=call.at + OPEN,
            data={
                "dyad": there.id,
                "pace": terms.pace.value,
                "minutes": terms.minutes,
                "months": terms.months,
            },
        )
    )
    name = await called(other, call.person)
    return [
        *effects,
        Say(text=f"I ask {name}: {pure.words(terms)}{until}. Until then all stays as it is."),
    ]


@inquiry(
    name="dyad-terms",
    options=(
        YES,
        DECLINE,
    ),
    late="That was proposed a while ago. Nothing was changed; `dyad` shows how it is.",
)
async def terms_answered(call: Call, question: Question, said: str) -> Effects:
    """Both have agreed on other terms, or all stays."""
    there = await row_of(Dyad, question.data.get("dyad"))
    if said not in (YES.word, NO.word):
        return [Say(text=PLAIN)]
    await question.delete()
    if there is None or there.state is not State.ACTIVE or call.person not in there.people:
        return [Say(text="That dyad does not run any more. Nothing was changed.")]
    if said == NO.word:
        other = there.other(call.person)
        mine = await called(call.person, other)
        told = await tell(
            call,
            there,
            other,
            f"Other terms for your dyad with **{mine}**: not this time. It goes on as it is.",
        )
        return [Say(text="Good: it goes on as it is."), *told]
    return await _agreed(call, there, question)


async def _agreed(call: Call, there: Dyad, question: Question) -> list[Effect]:
    """Both would have the terms of the question: they hold from now on, and for what is still being arranged."""
    other = there.other(call.person)
    name, mine = await called(other, call.person), await called(call.person, other)
    months = int(str(question.data["months"]))
    effects: list[Effect] = []
    await askings.lift(call, other, call.person, askings.TERMS)
    if months != there.months:
        there.months, there.review = months, pure.review_day(await today_of(call, there), months)
        effects.append(CallOff(about=about(there), ritual="dyad-review"))
        effects.append(await review_hour(call, there))
    there.pace, there.minutes = Pace(str(question.data["pace"])), int(str(question.data["minutes"]))
    await there.save()
    for one in await OneToOne.filter(room=about(there), at__isnull=True):
        one.minutes = there.minutes
        await one.save(update_fields=["minutes"])
    words = f"{pure.words(terms_of(there))}, until {clock.long_day(there.review)}"
    effects += [
        CallOff(about=about(there), ritual="dyad-next"),
        Say(text=f"Agreed with {name}: {words}."),
        *await tell(call, there, other, f"Agreed with **{mine}**: {words}."),
    ]
    if not await OneToOne.exists(room=about(there)):
        effects += await plan_next(call, there)
    return effects


async def review_hour(call: Call, there: Dyad) -> Ring:
    """The hour of its day of review (R16)."""
    return ring_of(there, "dyad-review", await morning_of(call, there, there.review))


_ENDED_BY = {
    State.PROPOSED: "dyad-over",
    State.ACTIVE: "dyad-review",
    State.RESTING: "dyad-review",
    State.REVIEW: "dyad-lapse",
}


async def without_hour(now: datetime) -> list[tuple[Dyad, str, datetime]]:
    """Every dyad that would stand for ever, as its hour was lost: with the ritual that it lacks and when that is due.

    The review is due at once: it asks on its day alone, and before that writes its hour anew.
    """
    rows = [row for row in await Dyad.all().order_by("id") if row.state in _ENDED_BY]
    found = []
    for row in rows:
        ritual_ = _ENDED_BY[row.state]
        if not await rung_ahead([about(row)], ritual_):
            later = row.until if ritual_ != "dyad-review" else None
            found.append((row, ritual_, max(now, later or now)))
    return found


@ritual(
    name="dyad-review",
    help="asks both of a dyad on its day of review whether it goes on, and once more a week later",
)
async def review(call: Call) -> Effects:
    """The day that was agreed on at its beginning (R16)."""
    there = await row_of(Dyad, call.content.get("dyad"))
    if there is None:
        return []
    again, now = bool(call.content.get("again")), now_of(call)
    if not again:
        if there.state not in (State.ACTIVE, State.RESTING):
            return []
        stands = pure.due(agreement_of(there), await today_of(call, there))
        if stands.state is not State.REVIEW:
            return [await review_hour(call, there)]  # their clocks were changed meanwhile
        await forget_questions(there)
        write_down(there, stands)
        there.until = now + OPEN
        await there.save()
    if there.state is not State.REVIEW or there.until is None:
        return []
    effects: list[Effect] = []
    for person in there.people:
        if person not in there.agreed:
            effects += await _ask_review(call, there, person)
    if again:
        return effects
    return [
        *effects,
        ring_of(there, "dyad-review", now + ONCE_MORE, again=True),
        ring_of(there, "dyad-lapse", there.until),
    ]


async def _ask_review(call: Call, there: Dyad, person: str) -> list[Effect]:
    assert there.until is not None
    await questions.forget_about("dyad", there.id, person=person, inquiry="dyad-review")
    name = await called(there.other(person), person)
    last = clock.wall(
        there.until, await zone_of(call, person, (await in_place(call, there)).room)
    ).date()
    months = "month" if there.months == 1 else f"{there.months} months"
    return await asked(
        await in_place(call, there),
        person,
        f"Your dyad with **{name}** has come to its day. Another {months}, {pure.words(terms_of(there))}? It goes on when you both say "
        f"so by {clock.long_day(last)}, and is over otherwise; that needs no reason.\n\n✅ go on · 👋 close",
        about=about(there),
        inquiry="dyad-review",
        until=there.until,
        data={"dyad": there.id},
    )


@inquiry(
    name="dyad-review",
    options=(Option(sign=YES.sign, word=YES.word, also=(*YES.also, "go on", "renew")), CLOSE),
    late="That dyad is over. `dyad` and a name asks anew.",
)
async def review_answered(call: Call, question: Question, said: str) -> Effects:
    """It goes on when both say so; one word ends it."""
    there = await row_of(Dyad, question.data.get("dyad"))
    if said not in (YES.word, CLOSE.word):
        return [Say(text="A word is enough: ✅ go on · 👋 close.")]
    await question.delete()
    if there is None or there.state is not State.REVIEW or call.person not in there.people:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    if said == CLOSE.word:
        return await close(call, there)
    today = await today_of(call, there)
    stands = pure.accepted(agreement_of(there), call.person, today=today, months=there.months)
    write_down(there, stands)
    await there.save()
    if stands.state is not State.ACTIVE:
        return [Say(text="Noted. It goes on as soon as you have both said so.")]
    return await _goes_on(call, there)


async def _goes_on(call: Call, there: Dyad) -> list[Effect]:
    """Both have said so on its day: both hear until when, and its next one-to-one is planned."""
    there.until = None
    await there.save()
    effects: list[Effect] = [
        CallOff(about=about(there), ritual="dyad-review"),
        CallOff(about=about(there), ritual="dyad-lapse"),
        await review_hour(call, there),
    ]
    effects += await tell_both(
        call,
        there,
        lambda name: f"Your dyad with **{name}** goes on until {clock.long_day(there.review)}.",
    )
    if not await OneToOne.exists(room=about(there)):
        effects += await plan_next(call, there)
    return effects


@ritual(name="dyad-lapse", help="ends a dyad that was not renewed by both in its time")
async def lapse(call: Call) -> Effects:
    """Nobody learns who was silent: both hear the same."""
    there = await row_of(Dyad, call.content.get("dyad"))
    if there is None or there.state is not State.REVIEW:
        return []
    effects = await tell_both(
        call,
        there,
        lambda name: (
            f"Your dyad with **{name}** has reached its day and is over. `dyad {typed(name)}` would ask anew."
        ),
        last=True,
    )
    return [*await gone(call, there), *effects]
