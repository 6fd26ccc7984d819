"""Choosing who links two circles: whoever is named is asked first, in private, and then all of their circle (DEC-5).

It holds by consent and until a day. A no of whoever was named is told to nobody but whoever named them; a no of the circle
names nobody.
"""

import re
from datetime import date, timedelta

from handlers import links, meetings
from handlers.asking import asked, now_of, whispered
from handlers.cards import (
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
from handlers.cards import links as links_of
from handlers.consent import (
    Standing,
    Voice,
    hear_voice,
    is_whole,
    standing_words,
    ten_o_clock,
)
from handlers.language import (
    NO,
    YES,
    Argument,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
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
from storage.domains import Domain, Side, Stage
from storage.questions import Question
from storage.rooms import Room

GLADLY = Option(sign="✅", word="gladly", also=("yes", "y", "ok", "okay", "👍", "ja", "si", "oui"))
NOT_NOW = Option(sign="✋", word="not this time", also=("no", "n", "not now", "❌", "👎"))

PLACES = HOLDERS | {RoomKind.CONGREGATION, RoomKind.PRIVATE}

STEPPING_DOWN = frozenset(
    {"step down", "stepping down", "not me", "off", "end", "no more", "i step down", "stop"}
)

_UNTIL = re.compile(r"\s+(?:until|for|till)\s+(?P<until>.+)\Z", re.IGNORECASE | re.DOTALL)


def about_offer(question: Question) -> str:
    """What the day of a choice belongs to."""
    return f"link-offer:{question.id}"


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
    said = _UNTIL.search(rest)
    zone = zone_of(call, room)
    today = clock.wall(call.at, zone).date()
    evaluation = card_of(domain).until or cards.default_day(today)
    until = cards.term_end(today, evaluation)
    if said is not None:
        until, rest = cards.read_day(said["until"], now=call.at, zone=zone), rest[: said.start()]
    person = await whom(call, room, rest)
    await _check(call, domain, side, room, person)
    if person == call.person:
        return await _ask_circle(call, domain, side, room, person, until)
    across = await room_of(domain, side.other)
    text = (
        f"**{await name(room.id, call.person)}** of {called(room)} would like you to speak for it in {called(across)}, for "
        f"the domain {title(domain)}, until {clock.long_day(until)}. You may bring things up there, help to word "
        "proposals, and object; you can step down whenever you like.\n\n✅ gladly · ✋ not this time"
    )
    data: dict[str, object] = {
        "domain": domain.id, "side": side.value, "by": call.person, "until": until.isoformat(), "room": room.id,
    }  # fmt: skip
    days = timedelta(days=int(meetings.setting(room, "invitation-days")))
    question = await asked(
        call,
        person,
        text,
        about=f"domain:{domain.id}",
        inquiry="link-self",
        until=call.at + days,
        data=data,
    )
    return [
        *question,
        Say(text="I ask them in private first, and all of you once they would like to."),
    ]


async def _check(call: Call, domain: Domain, side: Side, room: Room, person: str) -> None:
    members = await people(room, call.house.me)
    if call.person not in members:
        raise Refused("Who speaks for a circle its members choose. Nothing was changed.")
    if person not in members:
        raise Refused(
            "Somebody speaks for a circle who is one of it, and they are your guest. Nothing was changed."
        )
    across = (await links_of(domain)).get(side.other)
    if across is not None and across.person == person:
        raise Refused(
            f"{await name(room.id, person)} speaks for the other circle already, and a double link is two people, so that "
            "nobody has to speak for both. Nothing was changed."
        )


@inquiry(name="link-self", options=(GLADLY, NOT_NOW))
async def willing(call: Call, question: Question, said: str) -> Effects:
    """Whoever was named says whether they would like to; a no is told to nobody but whoever named them."""
    if said not in (GLADLY.word, NOT_NOW.word):
        return [Say(text="Say gladly, or not this time; both are fine.")]
    await question.delete()
    domain = await Domain.get_or_none(id=int(str(question.data["domain"])), stage=Stage.ACTIVE)
    side = Side(str(question.data["side"]))
    room = await room_of(domain, side) if domain else None
    by = str(question.data["by"])
    if domain is None or room is None or call.person not in await people(room, call.house.me):
        return [Say(text="That is not asked any more, so nothing was changed.")]
    if said == NOT_NOW.word:
        text = f"Not this time, for {title(domain)}. Naming somebody else is as easy."
        told = await whispered(call, by, text, about=f"domain:{domain.id}", dispensable=True)
        return [*told, Say(text="Good, and it needs no reason.")]
    until = date.fromisoformat(str(question.data["until"]))
    return [
        *await _ask_circle(call, domain, side, room, call.person, until),
        Say(text=f"Thank you. I ask {called(room)} now."),
    ]


async def _ask_circle(
    call: Call, domain: Domain, side: Side, room: Room, person: str, until: date
) -> list[Effect]:
    """Ask all of a circle whether somebody who would like to shall speak for it."""
    effects: list[Effect] = []
    for former in await _choices(domain, side):
        await former.delete()
        text = "Asked again below."
        effects += [
            Edit(name=f"question:{former.id}", text=text, room=former.room),
            CallOff(about=about_offer(former)),
        ]
    here = await people(room, call.house.me)
    standing = Standing(Voice.WAITING, 1, len(here))
    if here == [person]:
        return [*effects, *await links.chosen(call, domain, side, room, person, until)]
    days = timedelta(days=int(meetings.setting(room, "invitation-days")))
    end = ten_o_clock(now_of(call) + days, zone_of(call, room))
    question = await Question.create(
        room=room.id,
        inquiry="link",
        data={
            "domain": domain.id,
            "side": side.value,
            "person": person,
            "until": until.isoformat(),
            "day": clock.wall(end, zone_of(call, room)).date().isoformat(),
        },
        answers={person: YES.word},
        # It outlives its day, so that a late hour still finds it.
        until=end + days,
    )
    return [
        *effects,
        Say(
            text=standing_words(
                call, room, await _proposal(domain, side, room, question), standing
            ),
            room=room.id,
            name=f"question:{question.id}",
            taps=(YES.sign, NO.sign),
            answers=False,
        ),
        Ring(
            ritual="link-day",
            about=about_offer(question),
            at=end,
            room=room.id,
            content={"question": question.id},
        ),
    ]


async def _choices(domain: Domain, side: Side) -> list[Question]:
    """Whom a circle is asked about just now."""
    return [
        each
        for each in await Question.filter(inquiry="link")
        if (each.data["domain"], each.data["side"]) == (domain.id, side.value)
    ]


async def _proposal(domain: Domain, side: Side, room: Room, question: Question) -> str:
    across = await room_of(domain, side.other)
    who = await name(room.id, str(question.data["person"]))
    until = clock.long_day(date.fromisoformat(str(question.data["until"])))
    day = clock.long_day(date.fromisoformat(str(question.data["day"])))
    silent = (
        " or nobody has said no and one more of you has said yes by then"
        if side is Side.GIVER
        else ""
    )
    return (
        f"Shall **{who}** speak for you in {called(across, 'the other circle')}, for the domain {title(domain)}, until "
        f"{until}? They would like to. They may bring things up there, help to word proposals, and object; what is decided "
        f"stays with the circles.\n\nIt is settled when each of you has said yes, until {day}{silent}; one no, and nobody is "
        "chosen.\n\n✅ yes · ✋ no"
    )


@inquiry(name="link", options=(YES, NO), matter="who speaks for you in another circle")
async def choosing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices of one circle."""
    found = await _standing(question)
    message = f"question:{question.id}"
    if found is None:
        await question.delete()
        return [Edit(name=message, text="That is not asked any more; nothing was changed.")]
    domain, side, person, until = found
    standing = await hear_voice(call, question, said)
    over = CallOff(about=about_offer(question))
    match standing.voice:
        case Voice.AGREED:
            text = f"{title(domain)}: all {standing.of} of you have said yes."
            chosen = await links.chosen(call, domain, side, call.room, person, until)
            return [over, Edit(name=message, text=text), *chosen]
        case Voice.ENDED:
            return [over, Edit(name=message, text=_nobody(domain))]
        case Voice.WAITING:
            asked_ = await _proposal(domain, side, call.room, question)
            return [Edit(name=message, text=standing_words(call, call.room, asked_, standing))]
        case Voice.NOTHING:
            return []


def _nobody(domain: Domain) -> str:
    return f"{title(domain)}: nobody new is chosen now, and that needs no reason. Naming somebody else is as easy."


async def _standing(question: Question) -> tuple[Domain, Side, str, date] | None:
    """What a choice is about, if that can still be chosen."""
    domain = await Domain.get_or_none(id=int(str(question.data["domain"])), stage=Stage.ACTIVE)
    if domain is None:
        return None
    until = date.fromisoformat(str(question.data["until"]))
    return domain, Side(str(question.data["side"])), str(question.data["person"]), until


@ritual(
    name="link-day",
    help="ends the days in which a circle is asked who speaks for it; a congregation has agreed if somebody wished it and "
    "nobody said no",
)
async def day(call: Call) -> Effects:
    """The day of a choice has come."""
    question = await Question.get_or_none(id=int(str(call.content["question"])))
    if question is None:
        return []
    found, message = await _standing(question), f"question:{question.id}"
    await question.delete()
    if found is None:
        return [Edit(name=message, text="That is not asked any more; nothing was changed.")]
    domain, side, person, until = found
    here = await people(call.room, call.house.me)
    others = [one for one in here if one in question.answers and one != person]
    if side is Side.GIVER and others and person in here:
        text = f"{title(domain)}: you have agreed, since nobody has said no."
        chosen = await links.chosen(call, domain, side, call.room, person, until)
        return [Edit(name=message, text=text), *chosen]
    return [Edit(name=message, text=_nobody(domain))]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves is chosen no more; those who stay may have agreed on somebody."""
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry="link"):
        found, message = await _standing(question), f"question:{question.id}"
        if found is None or question.data["person"] == call.person:
            await question.delete()
            text = "That is not asked any more; nothing was changed."
            effects += [CallOff(about=about_offer(question)), Edit(name=message, text=text)]
        elif await is_whole(call, question):
            domain, side, person, until = found
            await question.delete()
            effects += [
                CallOff(about=about_offer(question)),
                Edit(name=message, text=f"{title(domain)}: you have agreed."),
                *await links.chosen(call, domain, side, call.room, person, until),
            ]
    return effects
