"""Takes in what the keepers of an assembly write: keeps each letter and card once, and lets follow what follows.

Whatever cannot be read changes nothing. What was written before we came is kept first and looked at as a whole, so that
nobody is told of a year of letters one by one.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from handlers.asking import now_of
from handlers.assembly import (
    commons,
    concerns,
    delegate_circles,
    digest,
    directory,
    doors,
    handovers,
    liars,
    mediators,
    newer,
    origins,
    seals,
    seating,
    siblings,
    sprints,
    unseen,
)
from handlers.language import FLOOD, Call, Change, Effect, Effects, watch
from practices.assembly import letters
from practices.assembly.ledger import Taken
from practices.assembly.letters import Fault, Kind, Letter, Part, Unreadable
from storage.assemblies import Assembly, State, assembly_of, left_out_of_many, store_letter

#: What follows from one letter that is new to us: `follows(call, assembly, letter)`.
Follow = Callable[[Call, Assembly, Letter], Awaitable[Iterable[Effect]]]

FOLLOWS: Mapping[Kind, tuple[Follow, ...]] = {
    Kind.SEAL: (doors.invitations,),
    Kind.SEAT: (doors.seat_came, digest.seat_came),
    Kind.LEAVE: (digest.leave_came,),
    Kind.CONCERN: (concerns.concern_came,),
    Kind.CLAIM: (handovers.claim_came,),
    Kind.SPRINT: (sprints.sprint_came,),
    Kind.PRACTICE: (origins.practice_came, digest.practice_came),
    Kind.NEED: (commons.put_came,),
    Kind.OFFER: (commons.put_came,),
    Kind.TAKEN: (commons.answer_came,),
    Kind.THANKS: (commons.thanks_came,),
    Kind.SIBLING: (siblings.sibling_came,),
    Kind.CIRCLE: (delegate_circles.circle_came,),
    Kind.MATTER: (delegate_circles.matter_came,),
    Kind.MEDIATOR_WANTED: (mediators.wanted_came,),
    Kind.MEDIATOR_FOUND: (mediators.found_came,),
}

#: What follows whenever letters have come, one or a room's whole past: `follows(call, assembly)`. The charter may be unread
#: still (`assembly.found is None`), and our seat not taken.
AFTERWARDS: tuple[Callable[[Call, Assembly], Awaitable[Iterable[Effect]]], ...] = (
    liars.contradicted,
    newer.spoken,
    unseen.looked_for,
    seals.afterwards,
    delegate_circles.began,
)

#: What follows when something came that is not read: `follows(call, assembly, fault)`; the sender is the call's.
REFUSALS: tuple[Callable[[Call, Assembly, str], Awaitable[Iterable[Effect]]], ...] = (
    liars.refused,
)


@watch(kind=Change.LETTER)
async def letter_came(call: Call) -> Effects:
    """One letter, in a room of an assembly that we take part in."""
    found = await assembly_of(call.room.id)
    if found is None or found[0].state not in (State.ENTERING, State.SEATED):
        return []
    assembly, part = found
    fault = call.content.get("fault")
    if fault is not None:
        if fault == FLOOD:
            await left_out_of_many(assembly)
        return await _refused(call, assembly, str(fault))
    event = call.content.get("event")
    try:
        letter, taken = await _keep(call, assembly, part, call.person, call.content, event)
    except Unreadable as why:
        refused: Fault | None = why.fault
        if refused is Fault.NEWER:
            refused = await newer.came(call, assembly, part, call.person, call.content)
        if refused is not None:
            return await _refused(call, assembly, refused)
        return [*await newer.spoken(call, assembly), *await liars.contradicted(call, assembly)]
    if taken is Taken.MISPLACED:
        return await _refused(call, assembly, Fault.PLACE)
    if taken not in (Taken.NEW, Taken.TWICE) or assembly.found is None:
        return []
    effects = await _followed(call, assembly, [letter])
    return effects + await _afterwards(call, assembly)


@watch(kind=Change.READ_BACK)
async def past_came(call: Call) -> Effects:
    """A page of what was written before we came; with the last one of all rooms, what follows from all of it."""
    found = await assembly_of(call.room.id)
    if found is None or found[0].state not in (State.ENTERING, State.SEATED):
        return []
    assembly, part = found
    for carried in call.content["letters"]:
        sender = str(carried["sender"])
        if carried["fault"] is None:
            try:
                await _keep(call, assembly, part, sender, carried, carried["event"])
            except Unreadable as why:
                # Of a past that we did not live through nobody is told.
                if why.fault is Fault.NEWER:
                    await newer.came(call, assembly, part, sender, carried)
    for shown in call.content["cards"]:
        await directory.keep(call, assembly, str(shown["sender"]), shown["card"], past=True)
    if not call.content["last"]:
        return []
    if not call.content["complete"] and not seating.is_spared(assembly, call.room.id):
        return await seating.not_shown(call, assembly)
    assembly.read = sorted({*assembly.read, seating.whole(assembly, call.room.id)})
    await assembly.save(update_fields=["read"])
    return await _afterwards(call, assembly)


@watch(kind=Change.UPDATED)
async def updated(call: Call) -> Effects:
    """We know more of the protocol than before: what was kept aside is read."""
    number = call.content.get("assembly")
    assembly = await Assembly.get_or_none(id=number) if number is not None else None
    if assembly is None or assembly.state not in (State.ENTERING, State.SEATED):
        return []
    found, effects = await newer.read(assembly)
    if assembly.state is State.SEATED:
        effects += await _followed(call, assembly, found)
    return effects + await _afterwards(call, assembly)


@watch(kind=Change.CARD)
async def card_came(call: Call) -> Effects:
    """A congregation says something of itself."""
    found = await assembly_of(call.room.id)
    if found is None or found[1] is not Part.DIRECTORY:
        return []
    is_new = await directory.keep(call, found[0], call.person, call.content.get("card"))
    return await digest.something_came(call, found[0], call.person) if is_new else []


async def _keep(
    call: Call,
    assembly: Assembly,
    part: Part,
    sender: str,
    carried: Mapping[str, Any],
    event: object,
) -> tuple[Letter, Taken]:
    letter = letters.read(sender, carried["letter"])
    taken = await store_letter(
        assembly,
        letter,
        part,
        carried["letter"],
        event=None if event is None else str(event),
        at=now_of(call),
    )
    return letter, taken


async def _followed(call: Call, assembly: Assembly, found: Iterable[Letter]) -> list[Effect]:
    """What follows from each letter that is new to us."""
    effects: list[Effect] = []
    for letter in found:
        for follow in FOLLOWS.get(letter.kind, ()):
            effects += await follow(call, assembly, letter)
    return effects


async def _refused(call: Call, assembly: Assembly, fault: str) -> list[Effect]:
    effects: list[Effect] = []
    for follow in REFUSALS:
        effects += await follow(call, assembly, fault)
    return effects


async def _afterwards(call: Call, assembly: Assembly) -> list[Effect]:
    effects: list[Effect] = list(await seating.read_through(call, assembly))
    for follow in AFTERWARDS:
        effects += await follow(call, assembly)
    return effects
