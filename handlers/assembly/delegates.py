"""The two whom a congregation sends into its circle of an assembly, and what is said about circles in private (ASM-5).

Whoever is named is asked first, in private, and then all of the congregation: it holds by consent and until a day (R16).
A no of whoever was named is told to nobody but whoever named them; a no of the congregation names nobody. A delegate
declines, leaves the circle's room or says `step down`: each ends it, and needs no reason.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from handlers.asking import now_of, whispered
from handlers.assembly import circle_matters
from handlers.assembly import delegate_circles as rooms
from handlers.assembly.assembly_matters import find
from handlers.consent import (
    SECONDERS,
    nowhere_to_ask,
    rule,
    table_of,
)
from handlers.domains import choices
from handlers.domains.cards import morning
from handlers.domains.choices import Choice, Way
from handlers.domains.links import REMIND
from handlers.hosts import congregation_of, hosting, told
from handlers.house.adoption import kept_by
from handlers.language import (
    GLADLY,
    NO,
    NOT_THIS_TIME,
    YES,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Refused,
    Remove,
    Ring,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.names import name, people, room_name
from handlers.power import may_remove
from handlers.whom import whom
from handlers.words import escaped, first_word, folded
from practices import cards, clock
from practices.assembly.circles import UNDIVIDED
from practices.assembly.delegates import Gathering, Place, Role
from practices.circles import RoomKind
from practices.understanding import shown
from storage.assemblies import Assembly, State, ledger, seated
from storage.database import row_of
from storage.delegates import Delegate, DelegateCircle
from storage.members import is_in
from storage.questions import Question
from storage.rooms import Room

#: What each does, said of somebody who would do it.
DOES = {
    Role.REPRESENTATIVE: "speak for it in its circle of delegates: bring things up, help to word proposals, object",
    Role.LINK: "carry back to it what was said in its circle of delegates",
}


def about(delegate: Delegate) -> str:
    """What the hours of a delegate belong to."""
    return f"delegate:{delegate.id}"


# -------------------------------------------------------------------------------------------- what is said


async def circle(call: Call, rest: str) -> Effects:
    """What a host or a delegate says behind `assembly circle`. Raises Refused."""
    assembly, words = await _which(call, rest)
    word, more = first_word(words)
    if not word:
        return [Say(text=await _status(call, assembly))]
    if folded(words) in ("step down", "stepping down", "leave"):
        return await step_down(call, assembly)
    meant = _WORDS.get(folded(word))
    if meant is None:
        raise Refused(
            f"I don't know what {escaped(shown(word))} would be with a circle. Nothing was changed. Behind `assembly circle` "
            "stands: `delegates`, `representative NAME`, `link NAME`, `talk 4`, `step down`, or nothing."
        )
    return await meant(call, assembly, more.strip())


async def _which(call: Call, rest: str) -> tuple[Assembly, str]:
    """The assembly that is meant, of a congregation that the sender hosts or is a delegate of. Raises Refused."""
    mine = await seated([space.id for space in await kept_by(call)])
    sent = await Delegate.filter(person=call.person).values_list("assembly", flat=True)
    also = Assembly.filter(id__in=list(sent), state=State.SEATED).order_by("id")
    among = {each.id: each for each in [*mine, *await also]}
    if not among:
        if not await kept_by(call):
            await congregation_of(call)
        raise Refused(
            "Your congregation has no seat in an assembly, so there is no circle. Nothing was changed. `assembly found NAME` "
            "founds one; into one that is there, a congregation with a seat introduces yours."
        )
    said = f" {rest}".casefold()
    named = [e for e in among.values() if said.endswith(f" in {e.name}".casefold())]
    found = named or list(among.values())
    if len(found) > 1:
        names = ", ".join(f"**{escaped(each.name)}**" for each in found)
        raise Refused(
            f"You belong to more than one assembly: {names}. Nothing was changed; with `in` and its name at the end I know which "
            "one is meant."
        )
    [only] = found
    words = f" {rest}"[: -len(f" in {only.name}")] if named else rest
    return only, words.strip()


def _together(assembly: Assembly, size: int) -> str:
    have = "congregation" if size == 1 else "congregations"
    return (
        f"**{escaped(assembly.name)}** has {size} {have}, so you are one circle: you all meet in the room for people, and nobody "
        f"needs to be sent. From {UNDIVIDED + 1} congregations on, delegates talk in circles of five to twelve."
    )


async def _status(call: Call, assembly: Assembly) -> str:
    """How our circle stands, and the next step in it."""
    found, known = await rooms.gathering(call, assembly), await ledger(assembly)
    if found.undivided:
        return _together(assembly, len(found.order))
    own = known.roll.seat_of(call.house.me)
    if own is None:
        return "Another account speaks for your congregation there now, and tells how its circle stands."
    head = (
        f"**{escaped(assembly.name)}**: {len(found.order)} congregations in {len(found.circles.base)} circles of delegates. A "
        "circle talks, and decides nothing for anybody.\n"
    )
    lines = [head]
    first, *above = found.places(own.id)
    lines.append(
        f"- Yours is the **{escaped(first.circle.name)}**, with {rooms.others(known, first.circle, own.id)}. "
        f"{await _where(assembly, first)}"
    )
    for place in above:
        [role] = place.roles
        lines.append(
            f"- This year your {role} carries it into the **{escaped(place.circle.name)}**. {await _where(assembly, place)}"
        )
    if not above:
        lines.append(f"- {_carriers(found, known.roll.seats, first)}")
    return "\n".join([*lines, "", await _who(call, assembly)])


async def _where(assembly: Assembly, place: Place) -> str:
    row = await DelegateCircle.get_or_none(assembly=assembly.id, level=place.circle.level)
    room = await Room.get_or_none(id=row.place, joined=True) if row and row.place else None
    if room is not None:
        return f"It talks in **{room_name(room, 'its room')}**."
    return (
        "Its room is not there yet; I enter it, or make it in our turn, and ask your delegates in."
    )


def _carriers(found: Gathering, seats: Mapping[str, object], first: Place) -> str:
    above = next(e.above for e in found.circles.links if e.below.id == first.circle.id)
    carry = [seat for seat in found.sent[first.circle.id] if seat in found.sent[above.id]]
    names = " and ".join(
        sorted(f"**{escaped(str(getattr(seats[seat], 'name', '')))}**" for seat in carry)
    )
    return f"This year {names} carry it into the **{escaped(above.name)}**; a lot said so, and next year it says others."


async def _who(call: Call, assembly: Assembly) -> str:
    """Whom our congregation sends, and how somebody is named."""
    rows = {row.role: row for row in await Delegate.filter(assembly=assembly.id)}
    lines = []
    for role in Role:
        row = rows.get(role)
        if row is None:
            lines.append(
                f"- {role.capitalize()}: nobody yet. `assembly circle {role} NAME` names somebody."
            )
        else:
            who, until = await name(row.room, row.person), clock.long_day(row.until)
            lines.append(f"- {role.capitalize()}: **{who}**, until {until}")
    return "\n".join(
        [
            "Whom you send: a representative, who speaks for you there, and a link, who brings back what was said.",
            "",
            *lines,
        ]
    )


async def _listed(call: Call, assembly: Assembly, _rest: str) -> Effects:
    found = await rooms.gathering(call, assembly)
    if found.undivided:
        return [Say(text=_together(assembly, len(found.order)))]
    return [Say(text=await _who(call, assembly))]


async def _talk(call: Call, assembly: Assembly, rest: str) -> Effects:
    """Tell our circle of a matter."""
    found, known = await rooms.gathering(call, assembly), await ledger(assembly)
    if found.undivided:
        raise Refused(f"{_together(assembly, len(found.order))} Nothing was said.")
    number, standing, _more = find(known, rest)
    if standing.word is not None or now_of(call) >= standing.matter.until:
        raise Refused(
            f"Matter {number} is over. Nothing was said; what is to be different can be put anew."
        )
    row = await DelegateCircle.get_or_none(assembly=assembly.id, level=0)
    room = await Room.get_or_none(id=row.place, joined=True) if row and row.place else None
    if room is None:
        raise Refused(
            "Your circle has no room yet in which I could tell it. Nothing was said; I make it or enter it in the next days, and "
            "the room for people is open to all."
        )
    once = circle_matters.mark(standing.matter.id, 0)
    if once in assembly.told:
        raise Refused(
            f"I have told your circle of matter {number} already, in **{room_name(room, 'its room')}**. Nothing was said again; "
            "your delegates can go on there."
        )
    assembly.told = [*assembly.told, once]
    await assembly.save(update_fields=["told"])
    text = await circle_matters.words(call, assembly, number, standing)
    return [
        Say(text=text, room=room.id, answers=False),
        Say(text=f"Told in **{room_name(room, 'its room')}**. What comes of it stays words."),
    ]


# ------------------------------------------------------------------------------------------------- naming


def _naming(role: Role) -> Callable[[Call, Assembly, str], Awaitable[Effects]]:
    async def word(call: Call, assembly: Assembly, rest: str) -> Effects:
        return await _name(call, assembly, role, rest)

    return word


_WORDS: Mapping[str, Callable[[Call, Assembly, str], Awaitable[Effects]]] = {
    "delegates": _listed,
    "delegate": _listed,
    "representative": _naming(Role.REPRESENTATIVE),
    "link": _naming(Role.LINK),
    "talk": _talk,
}


async def _name(call: Call, assembly: Assembly, role: Role, rest: str) -> Effects:
    """Somebody is named: they are asked first. Raises Refused."""
    found = await rooms.gathering(call, assembly)
    if found.undivided:
        raise Refused(f"{_together(assembly, len(found.order))} Nothing was changed.")
    space = await Room.get(id=assembly.room)
    await hosting(call, space)
    if not rest:
        raise Refused(
            f"Who it is to be their name says: `assembly circle {role} Ana until 1 June`. Nothing was changed."
        )
    today = clock.wall(call.at, call.house.zone_of(space)).date()
    usual = cards.term_end(today, cards.default_day(today))
    who, until = choices.until_in(call, space, rest, usual)
    person = await whom(call, space, who)
    await _check(call, assembly, space, role, person)
    choices.check_day(call, space, person, until)
    text = (
        f"**{await name(space.id, call.person)}** would like you to be the {role} of **{room_name(space, 'your congregation')}** in "
        f"**{escaped(assembly.name)}** until {clock.long_day(until)}: to {DOES[role]}. Delegates of the other congregations "
        "there would see your name and address. A circle decides nothing, and you can step down whenever you like."
    )
    done = "I ask them in private first, and all of the congregation once they would like to."
    choice = await _choice(assembly, space, role, person, until)
    return await choices.offered(call, WAY, choice, text, done)


async def _check(call: Call, assembly: Assembly, space: Room, role: Role, person: str) -> None:
    if await table_of(space) is None:
        raise Refused(nowhere_to_ask(call, space))
    if person not in await people(space, call.house.me):
        raise Refused(
            "Somebody is sent who is of the congregation, and they are its guest. Nothing was changed; once they are in its space "
            "they can be named, and anybody who is can be named now."
        )
    other = await Delegate.filter(assembly=assembly.id, person=person).exclude(role=role).first()
    if other is not None:
        raise Refused(
            f"{await name(space.id, person)} is your {other.role} already, and a double link is two people. Nothing was changed; "
            f"somebody else can be named as the {role}, or this one, once they have stepped down as the {other.role}."
        )


async def _choice(assembly: Assembly, space: Room, role: Role, person: str, until: date) -> Choice:
    return Choice(
        circle=space,
        table=await table_of(space),
        person=person,
        until=until,
        what={"assembly": assembly.id, "role": role.value},
        title=f"your {role} in **{escaped(assembly.name)}**",
        about=f"assembly:{assembly.id}",
        silence=True,
        least=1 + SECONDERS,
    )


async def _of(data: Mapping[str, object]) -> tuple[Assembly, Role] | None:
    """The assembly that a question is about, and as what somebody would be sent; None: we have no seat there any more."""
    assembly = await Assembly.get_or_none(id=data["assembly"], state=State.SEATED)
    return (assembly, Role(str(data["role"]))) if assembly is not None else None


async def _found(call: Call, data: Mapping[str, object], person: str, until: date) -> Choice | None:
    """What a question is about, as long as we have a seat there and they are of the congregation."""
    of = await _of(data)
    space = await Room.get_or_none(id=of[0].room, joined=True) if of is not None else None
    if of is None or space is None or person not in await people(space, call.house.me):
        return None
    return await _choice(of[0], space, of[1], person, until)


async def _proposal(choice: Choice, day: str) -> str:
    of = await _of(choice.what)
    assert of is not None
    who, until = await name(choice.circle.id, choice.person), clock.long_day(choice.until)
    return (
        f"Shall **{who}** be {choice.title} until {until}: {DOES[of[1]]}? They would like to. What your congregation says to a "
        f"matter it goes on saying itself.\n\n{rule(choice.circle, day)}"
    )


async def _chosen(call: Call, choice: Choice) -> list[Effect]:
    """Somebody is a delegate from now on; the congregation hears it, and they are asked into the circle's room."""
    of = await _of(choice.what)
    assert of is not None
    (assembly, role), space = of, choice.circle
    person, until, table = choice.person, choice.until, choice.table
    effects: list[Effect] = []
    for former in await Delegate.filter(assembly=assembly.id, role=role):
        effects.append(CallOff(about=about(former)))
        effects += await _out(call, former) if former.person != person else []
        await former.delete()
    delegate = await Delegate.create(
        room=space.id,
        assembly=assembly.id,
        role=role,
        person=person,
        chosen_at=now_of(call),
        until=until,
    )
    who = await name(space.id, person)
    text = (
        f"**{who}** is your {role} in **{escaped(assembly.name)}** until {clock.long_day(until)}."
    )
    for kept, on in (("delegate-soon", until - REMIND), ("delegate-ends", until)):
        at = morning(call, space, on)
        if at > now_of(call):
            hour = Ring(
                ritual=kept,
                about=about(delegate),
                at=at,
                when=until.isoformat(),
                room=space.id,
                content={"delegate": delegate.id},
            )
            effects.append(hour)
    if table is not None:
        effects.append(Say(text=text, room=table.id, answers=False))
    return [*effects, *await rooms.people_of(call, assembly)]


WAY = Way(
    own="delegate-self",
    common="delegate",
    day="delegate-day",
    hours="delegate-offer",
    found=_found,
    proposal=_proposal,
    chosen=_chosen,
)


@inquiry(name="delegate-self", options=(GLADLY, NOT_THIS_TIME))
async def willing(call: Call, question: Question, said: str) -> Effects:
    """Whoever was named says whether they would like to; a no is told to nobody but whoever named them."""
    of = await _of(question.data)
    space = await Room.get_or_none(id=of[0].room) if of is not None else None
    called = room_name(space, "your congregation") if space is not None else "your congregation"
    return await choices.willing(call, WAY, question, said, f"Thank you. I ask **{called}** now.")


@inquiry(name="delegate", options=(YES, NO), matter="whom you send into a circle of delegates")
async def choosing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices of the congregation."""
    return await choices.heard(call, WAY, question, said)


@ritual(
    name="delegate-day",
    help="ends the days in which a congregation is asked whom it sends into a circle of delegates; it has agreed if one more "
    "wished it and nobody said no",
)
async def day(call: Call) -> Effects:
    """The day of a choice has come."""
    return await choices.day_came(call, WAY)


# ----------------------------------------------------------------------------------------------- the term


async def _of_hour(call: Call) -> tuple[Delegate, Assembly] | None:
    row = await row_of(Delegate, call.content["delegate"])
    found = await Assembly.get_or_none(id=row.assembly) if row is not None else None
    return (row, found) if row is not None and found is not None else None


@ritual(
    name="delegate-soon",
    help="reminds whoever was sent into a circle of delegates, in private, four weeks before their last day",
)
async def soon(call: Call) -> Effects:
    """Four weeks before."""
    found = await _of_hour(call)
    if found is None:
        return []
    row, assembly = found
    text = (
        f"Until **{clock.long_day(row.until)}** you are the {row.role} of **{room_name(call.room, 'your congregation')}** in "
        f"**{escaped(assembly.name)}**. If you would like to go on, a host of yours can name you again; if not, nothing needs to be "
        "done."
    )
    return await whispered(call, row.person, text, about=about(row))


@ritual(
    name="delegate-ends",
    help="ends, on their last day, that somebody is sent into a circle of delegates",
)
async def ends(call: Call) -> Effects:
    """The last day has come."""
    found = await _of_hour(call)
    if found is None:
        return []
    row, assembly = found
    text = (
        f"Your time as the {row.role} of **{room_name(call.room, 'your congregation')}** in **{escaped(assembly.name)}** is over, as "
        "all of you had agreed. Thank you. When you have handed on what was yours, you can leave the circle's room."
    )
    private = await whispered(call, row.person, text, about=f"assembly:{assembly.id}")
    return [*private, *await _vacant(call, row, assembly, "has come to its last day")]


async def _vacant(call: Call, row: Delegate, assembly: Assembly, why: str) -> list[Effect]:
    """A place is free; hosts hear of it, and nothing of any reason."""
    over = CallOff(about=about(row))
    out = await _out(call, row)
    await row.delete()
    text = (
        f"Your {row.role} in **{escaped(assembly.name)}** {why}. Nobody is sent as that now; `assembly circle {row.role} NAME` "
        "names somebody, also the same again."
    )
    return [over, *out, *await told(call, assembly, text)]


async def _out(call: Call, row: Delegate) -> list[Effect]:
    """Whoever is sent no more is taken out of the rooms that we hold; out of others they go by themselves."""
    return [
        Remove(person=row.person, room=room.id)
        for room in await Room.filter(id__in=row.asked, joined=True)
        if await is_in(room.id, row.person) and may_remove(room, call.house.me, row.person)
    ]


async def step_down(call: Call, assembly: Assembly) -> list[Effect]:
    """The sender is a delegate no more; no reason is asked. Raises Refused."""
    row = await Delegate.get_or_none(assembly=assembly.id, person=call.person)
    if row is None:
        raise Refused(
            f"You are no delegate in **{escaped(assembly.name)}**, so nothing was changed. `assembly circle` tells who is, and what "
            "else can be done there."
        )
    return [
        *await _vacant(call, row, assembly, "has stepped down, and that needs no reason"),
        Say(
            text="Done, and your hosts know. Thank you for having carried it. If you are still in the circle's room, you can "
            "leave it."
        ),
    ]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves the congregation or its circle is sent no more; those who stay may have agreed on somebody."""
    effects: list[Effect] = []
    if call.room.kind is RoomKind.CONGREGATION:
        for row in await Delegate.filter(room=call.room.id, person=call.person):
            assembly = await Assembly.get(id=row.assembly)
            effects += await _vacant(call, row, assembly, "is no longer in the congregation")
    return [*effects, *await _gone(call), *await choices.fewer(call, WAY)]


@watch(kind=Change.DECLINED)
async def declined(call: Call) -> Effects:
    """Whoever was asked into their circle does not come: it is as if they had left."""
    return await _gone(call)


async def _gone(call: Call) -> list[Effect]:
    """Somebody is not in the room of our own circle any more; from one above it they go without giving up anything.

    Nor does it mean anything to leave a room that another has replaced.
    """
    if call.room.successor is not None:
        return []
    row = await DelegateCircle.get_or_none(place=call.room.id, level=0)
    if row is None:
        return []
    found = await Delegate.filter(assembly=row.assembly, person=call.person)
    effects: list[Effect] = []
    for each in found:
        if call.room.id in each.asked:
            assembly = await Assembly.get(id=row.assembly)
            why = "has stepped down, and that needs no reason"
            effects += await _vacant(call, each, assembly, why)
    return effects
