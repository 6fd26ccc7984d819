"""Somebody does not come to a one-to-one: not this time, or they have left, or they are forgotten.

The others hear no more than that it does not take place (R11, R13); two of three go on. Where a rota or a round has brought
two together, and no time stands yet, they hear it when it rests, as of somebody who was silent.
"""

from dataclasses import replace

from handlers.asking import now_of
from handlers.dyads.appointments import (
    MOST,
    farewell,
    is_told_nothing,
    others,
    over,
    rests,
    tell,
    what_is_next,
    zone_for,
)
from handlers.dyads.one_to_one_hours import agree
from handlers.language import Call, Change, Effect, Effects, Say, watch
from handlers.names import called
from practices import clock
from practices.dyads import Ended, Occasion, Stage, common
from storage import questions
from storage.dyads import OneToOne, ahead_of, forget_met


async def declined(call: Call, one: OneToOne) -> list[Effect]:
    """Not this time: the others hear no more than that, and two of three go on (R13)."""
    person, rest_ = call.person, [each for each in one.people if each != call.person]
    thanks = Say(text=f"Good: not this time, and that needs no reason. {what_is_next(one)}".strip())
    if len(rest_) > 1:
        await _take_out(one, person)
        await one.save()
        effects: list[Effect] = [thanks, *await _two_this_time(call, one)]
        await one.save(update_fields=["told"])
        at = common(one.suits, one.people, now_of(call)) if one.stage is Stage.ARRANGING else None
        return [*effects, *(await agree(call, one, at) if at is not None else [])]
    if _nobody_asked(one) and not all(is_told_nothing(one, each) for each in rest_):
        await _quietly_out(one, person)
        return [thanks]
    told: list[Effect] = []
    for each in rest_:
        told += await _not_this_time(call, one, person, each)
    return [thanks, *await over(call, one, Ended.DECLINED), *told]


def _nobody_asked(one: OneToOne) -> bool:
    """Whether neither of the two has asked the other and no time stands: then a no is told to nobody (R13)."""
    return one.stage is Stage.ARRANGING and one.occasion in (Occasion.ROTA, Occasion.PAIRING)


async def _quietly_out(one: OneToOne, person: str) -> None:
    """One of two would rather not: for the other it is as with somebody silent, until it rests at its hour."""
    await _forget_questions(one, person)
    # No time suits them, and that is a word, too: a round does not count them as silent.
    one.suits = {**one.suits, person: []}
    one.signals = [each for each in one.signals if each != person]
    one.told = {**one.told, person: MOST}
    await one.save()


async def _not_this_time(call: Call, one: OneToOne, person: str, to: str) -> list[Effect]:
    """That it does not take place, for the other of two: the same words whether somebody would rather not, left or asked to be forgotten."""
    if is_told_nothing(one, to):
        return []
    if _nobody_asked(one):
        return await rests(call, one, to)
    name = await called(person, to, one.room)
    stood = ""
    if one.at is not None:
        zone = await zone_for(call, one, to)
        stood = f", so {clock.short_words(one.at, zone)} is free again"
    text = f"The one-to-one with {name}: not this time{stood}. {what_is_next(one)}"
    return await farewell(call, one, to, text)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Somebody left a circle: what was arranged for it with them is over, or goes on without them."""
    effects: list[Effect] = []
    for one in await OneToOne.filter(room=call.room.id):
        if call.person in one.people:
            effects += await _without(call, one, call.person)
    return effects


async def _without(call: Call, one: OneToOne, person: str) -> list[Effect]:
    """The same words as “not this time”: those who stay do not hear that somebody has gone, or why (R11)."""
    rest_ = [each for each in one.people if each != person]
    effects: list[Effect] = []
    quiet = replace(call, sender=None)
    if one.stage is Stage.ASKED:
        return await over(quiet, one, Ended.GONE)  # it was, or was not: no more is asked
    if len(rest_) == 1:
        effects += await _not_this_time(quiet, one, person, rest_[0])
        return [*await over(quiet, one, Ended.GONE), *effects]
    await _take_out(one, person)
    one.told = {who: count for who, count in one.told.items() if who != person}
    effects += await _two_this_time(quiet, one)
    await one.save()
    return effects


async def _take_out(one: OneToOne, person: str) -> None:
    """One of three is in it no more, and is asked nothing about it; saving it is the caller's."""
    one.people = [each for each in one.people if each != person]
    one.suits = {who: times for who, times in one.suits.items() if who != person}
    one.signals = [each for each in one.signals if each != person]
    await _forget_questions(one, person)


async def _forget_questions(one: OneToOne, person: str) -> None:
    await questions.forget_about(
        "one_to_one", one.id, person=person, inquiry__startswith="one-to-one"
    )


async def _two_this_time(call: Call, one: OneToOne) -> list[Effect]:
    """Those who stay hear that they are two, and not why."""
    effects: list[Effect] = []
    for each in one.people:
        text = f"You are two this time: you and {await others(one, each)}."
        effects += await tell(call, one, each, text)
    return effects


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: nothing is arranged with them, and no day on which they met is kept."""
    effects: list[Effect] = []
    for one in await ahead_of(call.person):
        effects += await _without(call, one, call.person)
    await forget_met(call.person)
    return effects
