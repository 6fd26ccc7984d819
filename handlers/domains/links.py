"""The double link: who speaks for a crew in the circle that contains it, and for that circle in the crew (DEC-5).

From the day on which somebody was chosen to their last: they are reminded of it, may step down at any time, and whoever
leaves the circle that chose them speaks for it no more.
"""

from datetime import date, datetime, timedelta

from handlers.asking import now_of, whispered
from handlers.domains.cards import called, card_of, links, morning, room_of, title
from handlers.language import (
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Invite,
    Refused,
    Ring,
    Say,
    ritual,
    watch,
)
from handlers.names import name
from handlers.power import may_invite
from practices import clock
from practices.circles import RoomKind
from storage.database import row_of
from storage.domains import Domain, Link, Side, Stage
from storage.members import is_in
from storage.rooms import Room

#: Whose room is their own: who comes into it they all say, and not we.
OWN = frozenset({RoomKind.CREW, RoomKind.DYAD})

#: Before its last day, when a link is reminded.
REMIND = timedelta(days=28)


def about(link: Link) -> str:
    """What the hours of a link belong to."""
    return f"domain-link:{link.id}"


async def chosen(
    call: Call, domain: Domain, side: Side, room: Room, person: str, until: date
) -> list[Effect]:
    """Somebody speaks for a circle from now on; both circles hear it."""
    former = (await links(domain)).get(side)
    effects: list[Effect] = []
    if former is not None:
        effects.append(CallOff(about=about(former)))
        await former.delete()
    link = await Link.create(
        room=room.id,
        domain=domain.id,
        side=side,
        person=person,
        chosen_at=now_of(call),
        until=until,
    )
    who, across = await name(room.id, person), await room_of(domain, side.other)
    text = (
        f"**{who}** speaks for {called(room)} in {called(across, 'the other circle')}, for the domain {title(domain)}, until "
        f"{clock.long_day(until)}."
    )
    effects += [*_hours(call, domain, link, room), Say(text=text, room=room.id, answers=False)]
    if across is not None:
        effects.append(Say(text=text + _welcome(call, side, across), room=across.id, answers=False))
        effects += await _invited(call, side, across, person)
    return effects


def _welcome(call: Call, side: Side, across: Room) -> str:
    """How the other circle has them with it: a crew's room is its own, and its guests are asked in by all of it."""
    if side is Side.HOLDER or across.kind not in OWN:
        return " They may bring things up here, help to word proposals, and object."
    return f" `{call.house.prefix}helper` and their address asks them to a meeting of yours."


async def _invited(call: Call, side: Side, across: Room, person: str) -> list[Effect]:
    """Whoever speaks for a circle is asked into the room of the other, if they are not in it and it is not a crew's own."""
    if (side is Side.GIVER and across.kind in OWN) or await is_in(across.id, person):
        return []
    return [Invite(person=person, room=across.id)] if may_invite(across, call.house.me) else []


# ------------------------------------------------------------------------------------------------ the term


def _hours(call: Call, domain: Domain, link: Link, room: Room) -> list[Effect]:
    """A link is reminded before its last day; where that is the day of the evaluation, its reminder says so already."""
    end = morning(call, room, link.until)
    rings: list[tuple[str, datetime]] = [("link-ends", end)]
    if link.until != card_of(domain).until:
        rings.append(("link-soon", morning(call, room, link.until - REMIND)))
    return [
        Ring(
            ritual=kept,
            about=about(link),
            at=at,
            when=link.until.isoformat(),
            room=room.id,
            content={"link": link.id},
        )
        for kept, at in rings
        if at > now_of(call)
    ]


async def _linked(call: Call) -> tuple[Link, Domain] | None:
    link = await row_of(Link, call.content["link"])
    domain = await Domain.get_or_none(id=link.domain) if link else None
    return (link, domain) if link is not None and domain is not None else None


@ritual(
    name="link-soon",
    help="reminds whoever speaks for a circle, in private, four weeks before their last day",
)
async def soon(call: Call) -> Effects:
    """Four weeks before."""
    found = await _linked(call)
    if found is None:
        return []
    link, domain = found
    text = (
        f"Until **{clock.long_day(link.until)}** you speak for {called(call.room)}, for the domain {title(domain)}. "
        f"If you would like to go on, `{call.house.prefix}representative {card_of(domain).name} me` in its room asks "
        "all of it; if not, nothing needs to be done."
    )
    return await whispered(call, link.person, text, about=about(link))


@ritual(name="link-ends", help="ends, on its last day, that somebody speaks for a circle")
async def ends(call: Call) -> Effects:
    """The last day has come."""
    found = await _linked(call)
    if found is None:
        return []
    link, domain = found
    who = await name(link.room, link.person)
    text = (
        f"{who} has spoken for you for {title(domain)} as long as you had agreed; thank you. "
        f"`{call.house.prefix}representative {card_of(domain).name}` and a name chooses somebody, also the same again."
    )
    await link.delete()
    return [Say(text=text, answers=False)]


async def step_down(call: Call, domain: Domain | None) -> list[Effect]:
    """The sender speaks for a circle no more; no reason is asked."""
    own = Link.filter(person=call.person)
    if domain is not None:
        own = own.filter(domain=domain.id)
    elif not call.is_private:
        own = own.filter(room=call.room.id)
    found = await own.order_by("id")
    if not found:
        raise Refused("You speak for no circle there, so nothing was changed.")
    if len(found) > 1:
        names_ = [
            card_of(each).name for each in await Domain.filter(id__in=[one.domain for one in found])
        ]
        raise Refused(
            f"You carry more than one: {', '.join(sorted(names_))}. Nothing was changed; "
            "`representative` with its name and “step down” ends one of them."
        )
    who = await name(found[0].room, call.person)
    effects = await _vacant(call, found[0], f"{who} steps down, and that needs no reason.")
    if call.room.id != found[0].room:
        effects.append(Say(text="Done, and your circle knows. Thank you for having carried it."))
    return effects


async def _vacant(call: Call, link: Link, why: str) -> list[Effect]:
    """A link has ended; its circle can choose somebody else."""
    domain = await Domain.get_or_none(id=link.domain)
    over = CallOff(about=about(link))
    await link.delete()
    if domain is None or domain.stage is not Stage.ACTIVE:
        return [over]
    text = (
        f"{why} Nobody speaks for you for {title(domain)} now; "
        f"`{call.house.prefix}representative {card_of(domain).name}` and a name chooses somebody."
    )
    return [over, Say(text=text, room=link.room, answers=False)]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a circle speaks for it no more."""
    effects: list[Effect] = []
    for link in await Link.filter(room=call.room.id, person=call.person):
        effects += await _vacant(call, link, "Whoever spoke for you is no longer in.")
    return effects
