"""Introducing another congregation to an assembly: read by a host before it leaves, taken back, and heard of when it does not come.

Whoever was asked in and does not come is named to nobody but the hosts whose congregation asked (R13).
"""

from datetime import timedelta
from typing import Any

from handlers.assembly.assembly_matters import find, number_of, own_seat, zone_of
from handlers.assembly.doors import doors
from handlers.assembly.outgoing import read_first
from handlers.assembly.seals import still_open
from handlers.hosts import told
from handlers.language import (
    Ask,
    Call,
    Change,
    Effect,
    Effects,
    Invite,
    Refused,
    Remove,
    Say,
    watch,
)
from handlers.names import room_name
from handlers.words import escaped, folded, verbatim
from practices import clock
from practices.assembly.ledger import Ledger, Standing
from practices.assembly.letters import Kind, Part
from practices.assembly.matters import About, Stand
from practices.circles import RoomKind, Scale, fits
from storage.assemblies import Assembly, AssemblyCard, State, assembly_of, ledger
from storage.members import Member
from storage.rooms import Room

#: So long the others have to find their positions.
OPEN = timedelta(days=14)

#: The rooms of our own people; keepers of other congregations are in none of them.
OF_PEOPLE = frozenset(RoomKind) - {RoomKind.ASSEMBLY, RoomKind.PROTOCOL, RoomKind.NONE}


async def introduce(
    call: Call, assembly: Assembly, keeper: str, name: str, because: str
) -> list[Effect]:
    """Show a host how another congregation would be introduced; one on whom all agreed is invited once more.

    Raises Refused when that makes no sense.
    """
    known = await ledger(assembly)
    await _check(call, assembly, known, keeper)
    agreed = next((matter for matter, of in known.roll.asked_in if of == keeper), None)
    if agreed is not None:
        return await _invited_again(call, assembly, known, agreed, keeper)
    return [await _read_first(call, assembly, known, keeper, name, because)]


async def _check(call: Call, assembly: Assembly, known: Ledger, keeper: str) -> None:
    roll = known.roll
    seat = roll.seat_of(keeper)
    if seat is not None:
        raise Refused(
            f"{escaped(keeper)} speaks for **{escaped(seat.name)}** here already. Nothing was sent."
        )
    if await _is_a_person(assembly, keeper):
        raise Refused(
            f"{escaped(keeper)} is a person whom I know, and no congregation's keeper: they would be invited into rooms in which "
            "keepers write to each other. Nothing was sent; its hosts can tell you the address of the account that writes to them as "
            "I write to you."
        )
    if not fits(Scale.ASSEMBLY, len(roll.seats) + 1):
        raise Refused(
            "An assembly has at most 200 congregations, and this one has them. Nothing was sent; a second assembly beside "
            "it has room for many."
        )
    for matter in known.matters():
        standing = known.standing(matter.id)
        still = standing is not None and standing.word is None and matter.until > call.at
        if keeper in matter.candidates and still:
            raise Refused(
                "That congregation is introduced already, and the others are finding their positions. Nothing was sent; "
                f"`assembly matter {number_of(known, matter.id)}` shows it."
            )


async def _is_a_person(assembly: Assembly, account: str) -> bool:
    """Whether an account is in a room of our people, or a card names it as a contact."""
    rooms = await Member.filter(person=account).values_list("room", flat=True)
    if await Room.exists(id__in=list(rooms), kind__in=list(OF_PEOPLE)):
        return True
    rows = await AssemblyCard.filter(assembly=assembly.id)
    return any(account in row.card.get("contacts", ()) for row in rows)


async def _read_first(
    call: Call, assembly: Assembly, known: Ledger, keeper: str, name: str, because: str
) -> Ask:
    until = call.at + OPEN
    body: dict[str, Any] = {
        "about": About.ADMIT.value,
        "title": f"Shall {name} be asked in?"[:120],
        "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "passing": {},
        "candidates": [{"keeper": keeper, "name": name}],
    }
    if because:
        body["text"] = because
    space = await Room.get(id=assembly.room)
    day = clock.words(until, await zone_of(call, assembly))
    alone = len(known.roll.seats) == 1
    decides = (
        "No other congregation has a seat yet, so yours alone says whether it is asked in."
        if alone
        else f"The others have until **{day}** to find their positions."
    )
    reason = f"\n\n{verbatim(because)}" if because else ""
    return read_first(
        call,
        assembly,
        Kind.MATTER,
        body,
        part=Part.CHARTER,
        shown=(
            f"I would introduce **{escaped(name)}** to the congregations of **{escaped(assembly.name)}**.{reason}\n\nIts keeper would be "
            f"{escaped(keeper)}: whoever that address belongs to is invited once all agree, so it has to be their Kinkeeper's, and "
            f"no person's. {decides}"
        ),
        said=(
            f"**{room_name(space, 'A congregation')}** introduces **{escaped(name)}**: shall it be asked in? {verbatim(because)}"
        ).strip(),
        done=(
            f"I have introduced **{escaped(name)}** to the congregations of **{escaped(assembly.name)}**. {decides} When it is agreed, "
            "its keeper is invited, and you hear of it here. `assembly withdraw` and its name takes it back."
        ),
    )


async def _invited_again(
    call: Call, assembly: Assembly, known: Ledger, matter: str, keeper: str
) -> list[Effect]:
    """All have agreed on somebody who has taken no seat: no new consent is needed."""
    mark = _not_this_time(matter, keeper)
    assembly.told = [each for each in assembly.told if each != mark]
    await assembly.save(update_fields=["told"])
    name = known.roll.asked_in[matter, keeper]
    text = (
        f"The congregations have agreed on **{escaped(name)}** before, so I have invited its keeper once more; whether it comes, its "
        "own hosts say. Who has said no is asked again only after a month, or once its hosts have said `assembly reconsider "
        f"{escaped(assembly.name)}` to their keeper."
    )
    rooms = await doors(call, assembly, call.house.me)
    return [*(Invite(person=keeper, room=room) for room in rooms), Say(text=text)]


# ---------------------------------------------------------------------------------------------- taken back


async def withdraw(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Take a matter of ours back by an objection of our own, or the invitations that followed from it. Raises Refused."""
    known = await ledger(assembly)
    number, standing = _meant(call, known, rest)
    matter = standing.matter
    if matter.sender != call.house.me:
        raise Refused(
            f"Matter {number} was put by another congregation. Nothing was changed; `assembly say {number} objection because …` is "
            "heard by all."
        )
    waiting = [
        each for each in sorted(matter.candidates) if (matter.id, each) in known.roll.asked_in
    ]
    if waiting:
        rooms = await doors(call, assembly, call.house.me)
        names = ", ".join(f"**{escaped(matter.candidates[each])}**" for each in waiting)
        text = (
            f"The invitations of {names} are taken back. That all agreed stays in the letters, and `assembly introduce` with the "
            "same address invites again."
        )
        return [
            *(Remove(person=each, room=room) for each in waiting for room in rooms),
            Say(text=text),
        ]
    await still_open(call, assembly, matter.id)
    if matter.passing.congregations is not None or own_seat(standing, call.house.me) is None:
        raise Refused(
            f"Matter {number} passes by majority, so that no single word takes it back. Nothing was sent; what your congregation says to "
            f"it now `assembly say {number} objection because …` says."
        )
    space = await Room.get(id=assembly.room)
    name = room_name(space, "your congregation")
    return [
        read_first(
            call,
            assembly,
            Kind.POSITION,
            {"stand": Stand.OBJECTION.value, "reason": "We take this back."},
            part=matter.written_in,
            answers=matter.id,
            shown=f"Matter {number}, {escaped(matter.title)}, would be taken back: all read that **{name}**, which put it, objects to "
            "it now, and so it is not accepted.",
            said=f"**{name}** takes this back: {escaped(matter.title)}.",
            done="Taken back.",
        )
    ]


def _meant(call: Call, known: Ledger, rest: str) -> tuple[str, Standing]:
    """The matter that a number, a title, or the name of somebody whom we introduced means; of several the newest."""
    said = folded(rest)
    ours = [known.standing(each.id) for each in known.matters() if each.sender == call.house.me]
    named = [
        each
        for each in ours
        if each is not None
        and said
        in map(
            folded, (*each.matter.candidates.values(), *each.matter.candidates, each.matter.title)
        )
    ]
    if not said or not named:
        number, standing, _ = find(known, rest)
        return number, standing
    newest = max(named, key=lambda each: known.letters[each.matter.id].number)
    return number_of(known, newest.matter.id), newest


# --------------------------------------------------------------------------------------------- not this time


@watch(kind=Change.DECLINED)
async def not_this_time(call: Call) -> Effects:
    """Whom our congregation introduced lets the invitation go: its own hosts have said so, and ours hear no more than that."""
    found = await assembly_of(call.room.id)
    if found is None or found[1] is not Part.CHARTER or found[0].state is not State.SEATED:
        return []
    assembly = found[0]
    if assembly.found is None or call.sender is None:
        return []
    known = await ledger(assembly)
    for (matter, keeper), name in known.roll.asked_in.items():
        if keeper == call.person and known.letters[matter].sender == call.house.me:
            text = (
                f"**{escaped(name)}**, which your congregation introduced, does not come into **{escaped(assembly.name)}** this time. "
                "Nothing else changes.\n\nIf its people think otherwise one day: `assembly introduce "
                f"{escaped(keeper)} {escaped(name)}` invites it again, and needs no new consent. For a month after a no its keeper asks "
                f"only if its hosts have said `assembly reconsider {escaped(assembly.name)}` to it."
            )
            return await told(call, assembly, text, once=_not_this_time(matter, keeper))
    return []


def _not_this_time(matter: str, keeper: str) -> str:
    return f"declined:{matter}:{keeper}"
