"""Choosing who links two circles: whoever is named is asked first, in private, and then all of their circle (DEC-5).

It holds by consent and until a day. A no of whoever was named is told to nobody but whoever named them; a no of the circle
names nobody.
"""

from collections.abc import Mapping
from datetime import date

from handlers.domains import choices, links
from handlers.domains.cards import (
    HOLDERS,
    called,
    card_of,
    known,
    link_words,
    named,
    no_such,
    room_of,
    side_here,
    title,
    zone_of,
)
from handlers.domains.cards import links as links_of
from handlers.domains.choices import Choice, Way
from handlers.language import (
    GLADLY,
    NO,
    NOT_THIS_TIME,
    YES,
    Argument,
    Call,
    Change,
    Effect,
    Effects,
    Refused,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.names import name, people
from handlers.whom import whom
from handlers.words import folded
from practices import cards, clock
from practices.circles import RoomKind
from storage.database import row_of
from storage.domains import Domain, Side, Stage
from storage.questions import Question
from storage.rooms import Room

PLACES = HOLDERS | {RoomKind.CONGREGATION, RoomKind.PRIVATE}

STEPPING_DOWN = frozenset(
    {"step down", "stepping down", "not me", "off", "end", "no more", "i step down", "stop"}
)


@command(
    name="representative",
    aliases=("representatives", "represent"),
    help="see or choose, by consent, who speaks for you in the other circle of a domain; “step down” ends it",
    example="representative kitchen ana until 1 june",
    kinds=PLACES,
    arguments=(
        Argument(
            name="what",
            help="the domain (left out where there is only one), a name, and perhaps “until” and a day; or “step down”",
            rest=True,
        ),
    ),
)
async def representative(call: Call, what: str | None) -> Effects:
    """Show, name somebody, or step down."""
    among = [each for each in await known(call) if each.stage is Stage.ACTIVE]
    if what is None:
        return [Say(text=await _listed(call, among))]
    domain, rest = named(among, what)
    if folded(rest) in STEPPING_DOWN:
        return await links.step_down(call, domain)
    if call.is_private:
        raise Refused(
            "Who speaks for a circle is chosen in its own room. Nothing was changed; `representative step down` here ends "
            "what you carry."
        )
    domain = domain or await _only(call, among, what)
    if not rest:
        return [Say(text=f"{title(domain)}\n\n{await link_words(domain)}")]
    return await _name(call, domain, rest)


async def _listed(call: Call, among: list[Domain]) -> str:
    if not among:
        return (
            f"There is no domain here yet, and so no link. `{call.house.prefix}domain` begins one."
        )
    return "\n\n".join([f"{title(each)}\n\n{await link_words(each)}" for each in among])


async def _only(call: Call, among: list[Domain], what: str) -> Domain:
    """The one domain that this room's circle is one of the two of. Raises Refused."""
    own = [each for each in among if await side_here(call, each) is not None]
    if len(own) == 1:
        return own[0]
    raise no_such(call, among, what)


async def _side(call: Call, domain: Domain) -> tuple[Side, Room]:
    """As which circle the room of the call chooses, and where it is asked. Raises Refused."""
    side = await side_here(call, domain)
    room = await room_of(domain, side) if side else None
    if side is None or room is None:
        raise Refused(
            f"This room is neither of the two circles of {title(domain)}, so nothing was changed. Each of them chooses in "
            "its own room who speaks for it."
        )
    return side, room


async def _name(call: Call, domain: Domain, rest: str) -> list[Effect]:
    """Somebody is named: they are asked first."""
    side, room = await _side(call, domain)
    today = clock.wall(call.at, zone_of(call, room)).date()
    evaluation = card_of(domain).until or cards.default_day(today)
    who, until = choices.until_in(call, room, rest, cards.term_end(today, evaluation))
    person = await whom(call, room, who)
    await _check(call, domain, side, room, person)
    choices.check_day(call, room, person, until)
    across = await room_of(domain, side.other)
    text = (
        f"**{await name(room.id, call.person)}** of {called(room)} would like you to speak for it in {called(across)}, for "
        f"the domain {title(domain)}, until {clock.long_day(until)}. You may bring things up there, help to word "
        "proposals, and object; you can step down whenever you like."
    )
    done = "I ask them in private first, and all of you once they would like to."
    return await choices.offered(call, WAY, _choice(domain, side, room, person, until), text, done)


async def _check(call: Call, domain: Domain, side: Side, room: Room, person: str) -> None:
    members = await people(room, call.house.me)
    if call.person not in members:
        raise Refused(
            "Who speaks for a circle its members choose. Nothing was changed; one of them can say the same words."
        )
    if person not in members:
        raise Refused(
            "Somebody speaks for a circle who is one of it, and they are your guest. Nothing was changed; one of you can be named."
        )
    across = (await links_of(domain)).get(side.other)
    if across is not None and across.person == person:
        raise Refused(
            f"{await name(room.id, person)} speaks for the other circle already, and a double link is two people, so that "
            "nobody has to speak for both. Nothing was changed; somebody else of you can be named."
        )


def _choice(domain: Domain, side: Side, room: Room, person: str, until: date) -> Choice:
    return Choice(
        circle=room,
        table=room,
        person=person,
        until=until,
        what={"domain": domain.id, "side": side.value},
        title=title(domain),
        about=f"domain:{domain.id}",
        # Only all of a crew together send somebody out of it.
        silence=side is Side.GIVER,
        least=1,
    )


async def _of(data: Mapping[str, object]) -> tuple[Domain, Side] | None:
    """The domain that a question is about, and for which of its circles somebody would speak; None: it is over."""
    domain = await row_of(Domain, data["domain"], stage=Stage.ACTIVE)
    return (domain, Side(str(data["side"]))) if domain is not None else None


async def _found(call: Call, data: Mapping[str, object], person: str, until: date) -> Choice | None:
    """What a question is about, as long as the domain is active and they are of the circle."""
    of = await _of(data)
    room = await room_of(*of) if of is not None else None
    if of is None or room is None or person not in await people(room, call.house.me):
        return None
    return _choice(*of, room, person, until)


async def _proposal(choice: Choice, day: str) -> str:
    of = await _of(choice.what)
    assert of is not None
    domain, side = of
    across = await room_of(domain, side.other)
    who, until = await name(choice.circle.id, choice.person), clock.long_day(choice.until)
    silent = " or nobody has said no and one more of you has said yes by then"
    return (
        f"Shall **{who}** speak for you in {called(across, 'the other circle')}, for the domain {title(domain)}, until "
        f"{until}? They would like to. They may bring things up there, help to word proposals, and object; what is decided "
        f"stays with the circles.\n\nIt is settled when each of you has said yes, until {day}{silent if choice.silence else ''}; "
        "one no, and nobody is chosen."
    )


async def _chosen(call: Call, choice: Choice) -> list[Effect]:
    of = await _of(choice.what)
    assert of is not None
    return await links.chosen(call, *of, choice.circle, choice.person, choice.until)


WAY = Way(
    own="link-self",
    common="link",
    day="link-day",
    hours="link-offer",
    found=_found,
    proposal=_proposal,
    chosen=_chosen,
)


@inquiry(name="link-self", options=(GLADLY, NOT_THIS_TIME))
async def willing(call: Call, question: Question, said: str) -> Effects:
    """Whoever was named says whether they would like to; a no is told to nobody but whoever named them."""
    of = await _of(question.data)
    room = await room_of(*of) if of is not None else None
    done = f"Thank you. I ask {called(room)} now."
    return await choices.willing(call, WAY, question, said, done)


@inquiry(name="link", options=(YES, NO), matter="who speaks for you in another circle")
async def choosing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices of one circle."""
    return await choices.heard(call, WAY, question, said)


@ritual(
    name="link-day",
    help="ends the days in which a circle is asked who speaks for it; a congregation has agreed if somebody wished it and "
    "nobody said no",
)
async def day(call: Call) -> Effects:
    """The day of a choice has come."""
    return await choices.day_came(call, WAY)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves is chosen no more; those who stay may have agreed on somebody."""
    return await choices.fewer(call, WAY)
