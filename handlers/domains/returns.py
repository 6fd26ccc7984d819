"""How a domain ends: what it covers is with the circle again that gave it, and both circles are told, without blame (DEC-5).

A domain that was returned keeps its card, so that both can take it up again; where one of the two circles is looked after no
more, its card goes with it.
"""

from handlers.asking import now_of
from handlers.domains.cards import called, card_of, giver_name, holder_name, room_of, title
from handlers.domains.copies import copied
from handlers.domains.pending import about, about_offer, asked_no_more, questions_closed
from handlers.language import Call, CallOff, Effect, Say
from practices.circles import RoomKind
from storage.domains import Deed, Domain, Link, Notice, Side, Stage
from storage.rooms import Room


async def ended(call: Call, domain: Domain, why: str) -> list[Effect]:
    """What a domain covers is with the circle again that gave it; both are told. A change that is asked about goes on."""
    lead = f"{why} " if why else ""
    text = (
        f"{lead}What {title(domain)} covers is with {await giver_name(domain)} again; thank you, {await holder_name(domain)}, "
        f"for having carried it. `{call.house.prefix}domain {card_of(domain).name} renew` proposes to take it up again."
    )
    domain.stage, domain.ended_at = Stage.RETURNED, now_of(call)
    await domain.save()
    effects: list[Effect] = [CallOff(about=about(domain)), *await _unlinked(domain)]
    if domain.deed is not Deed.CHANGE:
        effects += await questions_closed(domain, f"{title(domain)} has ended.")
        effects.append(CallOff(about=about_offer(domain)))
        await asked_no_more(domain)
    for side in Side:
        room = await room_of(domain, side)
        if room is not None:
            effects.append(Say(text=text, room=room.id, answers=False))
    return [*effects, *await copied(call, domain.room)]


async def _unlinked(domain: Domain) -> list[Effect]:
    effects: list[Effect] = []
    for link in await Link.filter(domain=domain.id):
        effects.append(CallOff(about=f"domain-link:{link.id}"))
        await link.delete()
    return effects


async def crew_ended(call: Call, room: Room) -> list[Effect]:
    """A crew is no more, or is looked after no more: what it was given is with the circle again that gave it."""
    effects: list[Effect] = []
    for domain in await Domain.filter(room=room.id):
        over: list[Effect] = [
            CallOff(about=about(domain)),
            CallOff(about=about_offer(domain)),
        ]
        table, text = await room_of(domain, Side.GIVER), await _crew_words(domain)
        if table is not None and (domain.stage is Stage.ACTIVE or domain.giver_agreed):
            over.append(Say(text=text, room=table.id, answers=False))
        over += await questions_closed(domain, text)
        effects += [*over, *await _dissolved(domain)]
    return [*effects, *await copied(call, room.id)] if effects else []


async def _crew_words(domain: Domain) -> str:
    return (
        f"{await holder_name(domain)} goes on no more as a crew that I look after, so what {title(domain)} covers is with "
        f"{await giver_name(domain)} again."
    )


async def _dissolved(domain: Domain) -> list[Effect]:
    """A domain that cannot be taken up again: its card is gone."""
    effects = await _unlinked(domain)
    await Notice.filter(domain=domain.id).delete()
    await domain.delete()
    return effects


async def congregation_ended(call: Call, space: Room) -> list[Effect]:
    """A congregation is looked after no more: nobody is left who could have given what its crews held."""
    effects: list[Effect] = []
    given = await Domain.filter(giver=space.id).order_by("id")
    for domain in given:
        text = (
            f"I look after {called(space, 'your congregation')} no more, so there is nobody left for me to ask about the domain "
            f"{title(domain)}: its card ends here. What you two agree on is yours all the same."
        )
        holder = await room_of(domain, Side.HOLDER)
        effects += [CallOff(about=about(domain)), CallOff(about=about_offer(domain))]
        effects += await questions_closed(domain, text)
        if holder is not None and domain.stage is Stage.ACTIVE:
            effects.append(Say(text=text, room=holder.id, answers=False))
        effects += await _dissolved(domain)
    for room in dict.fromkeys(domain.room for domain in given):
        effects += await copied(call, room)
    return effects


async def let_go(call: Call, room: Room) -> list[Effect]:
    """What follows for domains when a room is looked after no more. To be called while its rows are still there."""
    if room.kind is RoomKind.CONGREGATION:
        return await congregation_ended(call, room)
    return await crew_ended(call, room)
