"""Which domains there are, between which circles, and how a card is shown: what all features about domains share (DEC-5).

A domain is held by a crew or a working group and given by the congregation that contains it. Everybody in that congregation
may read the cards; nobody else is shown any.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from handlers.language import Call, Refused
from handlers.names import name, room_name
from handlers.words import escaped, folded, similar
from practices import cards, clock
from practices.cards import Card, Part
from practices.circles import Life, RoomKind
from practices.domains import Held
from practices.understanding import shown as quoted
from storage.domains import Domain, Link, Side, Stage
from storage.members import Member
from storage.rooms import Room
from storage.visitors import visits

#: Who can hold a domain: a crew, or a working group of at least two (CONG-9).
HOLDERS = frozenset({RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING})

#: What concerns a domain is said at this time of day.
MORNING = time(10)


# ------------------------------------------------------------------------------------------ the circles


async def congregation_of(room: Room) -> Room | None:
    """The congregation that a room is the space of, or belongs to."""
    if room.kind is RoomKind.CONGREGATION:
        return room if room.joined else None
    return await _space(room.congregation) if room.congregation else None


async def _space(space: str) -> Room | None:
    """A congregation that is looked after, wherever its space has moved to."""
    found = await Room.get_or_none(id=space)
    if found is not None and found.kind is RoomKind.NONE and found.successor is not None:
        found = await Room.get_or_none(id=found.successor)
    if found is None or found.kind is not RoomKind.CONGREGATION or not found.joined:
        return None
    return found


async def giver_of(domain: Domain) -> Room | None:
    """The congregation that gives a domain; None when it is looked after no more."""
    return await _space(domain.giver)


async def table_beside(space: Room, holder: str) -> Room | None:
    """The room in which all of a congregation are asked about one of its circles: where most are, and never that one's."""
    rooms = Room.filter(congregation=space.id, kind=RoomKind.WORKING, joined=True)
    sizes = {
        room: await Member.filter(room=room.id).count() for room in await rooms.exclude(id=holder)
    }
    return max(sizes, key=lambda room: (sizes[room], room.id), default=None)


async def room_of(domain: Domain, side: Side) -> Room | None:
    """The room in which one circle of a domain talks; None where there is none any more."""
    if side is Side.HOLDER:
        return await Room.get_or_none(id=domain.room, joined=True, kind__in=list(HOLDERS))
    giver = await giver_of(domain)
    return None if giver is None else await table_beside(giver, domain.room)


async def spaces_here(call: Call) -> list[Room]:
    """The congregations whose cards may be read here: the room's own; in private those of the sender, by name."""
    if not call.is_private:
        space = await congregation_of(call.room)
        return [] if space is None else [space]
    ids = await Member.filter(person=call.person).values_list("room", flat=True)
    found: dict[str, Room] = {}
    for room in await Room.filter(id__in=list(ids), joined=True):
        space = await congregation_of(room)
        if space is not None and not await visits(room.id, call.person):
            found[space.id] = space
    return sorted(found.values(), key=lambda space: ((space.name or "").casefold(), space.id))


async def side_here(call: Call, domain: Domain) -> Side | None:
    """As which circle of a domain the room of the call speaks."""
    if call.room.id == domain.room:
        return Side.HOLDER
    table = await room_of(domain, Side.GIVER)
    giver = await giver_of(domain)
    if call.room.id in {each.id for each in (table, giver) if each is not None}:
        return Side.GIVER
    return None


def called(room: Room | None, otherwise: str = "the crew") -> str:
    """A circle's name in bold."""
    return f"**{room_name(room, otherwise) if room else otherwise}**"


async def holder_name(domain: Domain) -> str:
    """The name of the circle that holds a domain, in bold."""
    return called(await Room.get_or_none(id=domain.room))


async def giver_name(domain: Domain) -> str:
    """The name of the circle that gives a domain, in bold."""
    return called(await giver_of(domain), "the congregation")


def zone_of(call: Call, room: Room | None) -> ZoneInfo:
    """The clocks of a circle."""
    return ZoneInfo((room and room.zone) or call.house.zone)


def morning(call: Call, room: Room | None, day: date) -> datetime:
    """Ten o'clock on a day, by a circle's clocks."""
    return clock.resolve(datetime.combine(day, MORNING), zone_of(call, room))


# ------------------------------------------------------------------------------------------- the domains


def card_of(domain: Domain) -> Card:
    """The card that holds."""
    return cards.from_state(domain.card)


def wanted_of(domain: Domain) -> Card:
    """The card that is asked about."""
    raw: Any = domain.wanted or domain.card
    return cards.from_state(raw)


def title(domain: Domain) -> str:
    """The name of a domain, in bold."""
    return f"**{escaped(card_of(domain).name)}**"


async def active(space: Room) -> list[Domain]:
    """The domains that hold in a congregation, by name."""
    found = []
    for domain in await Domain.filter(giver=space.id, stage=Stage.ACTIVE):
        holder = await room_of(domain, Side.HOLDER)
        if holder is not None and holder.life is not Life.CLOSED:
            found.append(domain)
    return by_name(found)


def by_name(found: Iterable[Domain]) -> list[Domain]:
    """Domains in the order of their names."""
    return sorted(found, key=lambda domain: (folded(card_of(domain).name), domain.id))


def held(found: Iterable[Domain]) -> list[Held]:
    """Domains as their cards are searched."""
    return [Held(id=domain.id, card=card_of(domain)) for domain in found]


async def known(call: Call) -> list[Domain]:
    """Every domain that can be spoken about here, those first that hold: also what is proposed or was returned."""
    ids = [space.id for space in await spaces_here(call)]
    found = by_name(await Domain.filter(giver__in=ids))
    order = list(Stage)
    ranks = {Stage.ACTIVE: -1}
    return sorted(found, key=lambda each: ranks.get(each.stage, order.index(each.stage)))


def named(among: Iterable[Domain], text: str) -> tuple[Domain | None, str]:
    """The domain whose name a text begins with, and the rest of it; the longest name that fits."""
    said = " ".join(text.split())
    best: Domain | None = None
    length = -1
    for domain in among:
        own = " ".join(card_of(domain).name.split())
        begins = said.casefold().startswith(own.casefold())
        ends = said[len(own) : len(own) + 1]
        if begins and len(own) > length and not ends.isalnum():
            best, length = domain, len(own)
    return best, said[length:].strip(" ,:") if best else said


def no_such(call: Call, among: Iterable[Domain], text: str) -> Refused:
    """That there is no domain of that name, with the nearest."""
    near = similar(text, [folded(card_of(domain).name) for domain in among])
    hint = f" Did you mean **{escaped(near)}**?" if near else ""
    prefix = "" if call.is_private else call.house.prefix
    return Refused(
        f"I know of no domain here that is called {escaped(quoted(text))}.{hint} Nothing was changed. "
        f"`{prefix}domains` lists them."
    )


# -------------------------------------------------------------------------------------------- the words


def card_lines(card: Card, *, but: frozenset[Part] = frozenset({Part.NAME})) -> str:
    """A card in Markdown, a part a paragraph, in the words in which it can be read back."""
    parts = []
    for line in cards.lines(card):
        if line.part in but:
            continue
        if line.listed:
            items = [f"- {escaped(text)}" for text in line.texts]
            parts.append("\n".join([f"{line.label}:", "", *items]))
        else:
            parts.append(f"{line.label}: {escaped(line.texts[0])}")
    return "\n\n".join(parts)


async def links(domain: Domain) -> dict[Side, Link]:
    """Who speaks for which circle of a domain."""
    return {link.side: link for link in await Link.filter(domain=domain.id)}


async def link_words(domain: Domain) -> str:
    """Who links the two circles, and until when."""
    said = []
    found = await links(domain)
    for side, whose, where in (
        (Side.HOLDER, await holder_name(domain), await giver_name(domain)),
        (Side.GIVER, await giver_name(domain), await holder_name(domain)),
    ):
        link = found.get(side)
        who = "nobody is chosen yet"
        if link is not None:
            day = clock.long_day(link.until)
            who = f"{await name(link.room, link.person)}, until {day}"
        said.append(f"For {whose} in {where}: {who}")
    return "\n\n".join(said)


async def shown(call: Call, domain: Domain) -> str:
    """A whole card, as everybody in the congregation may read it."""
    holder, giver = await holder_name(domain), await giver_name(domain)
    card = card_of(domain)
    match domain.stage:
        case Stage.PROPOSED:
            head = f"{title(domain)} is proposed as a domain of {holder}, given by {giver}. It does not hold yet."
            return f"{head}\n\n{card_lines(card)}"
        case Stage.RETURNED:
            return (
                f"{title(domain)} was a domain of {holder}, and what it covers is with {giver} again. "
                f"`{call.house.prefix}domain {card.name} renew` in the room of either proposes to take it up again.\n\n"
                f"{card_lines(card)}"
            )
        case Stage.ACTIVE:
            rests = await Room.filter(id=domain.room, life=Life.PAUSED).exists()
            now = " The crew rests just now." if rests else ""
            head = f"{title(domain)} is a domain of {holder}, given by {giver}.{now}"
            return f"{head}\n\n{card_lines(card)}\n\n{await link_words(domain)}"
