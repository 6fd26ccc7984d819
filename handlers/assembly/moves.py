"""Moves: a protocol room of an assembly is closed or lost, and the congregations agree on the room in which its part goes on.

No keeper follows a room's successor by itself: whoever closed the room could take all of them along. Hosts hear what
happened; one of them puts it to the congregations, with a room that exists already and can be looked at.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.asking import now_of
from handlers.assembly import prospects, seals
from handlers.assembly.assembly_matters import number_of, zone_of
from handlers.assembly.letterbox import post
from handlers.assembly.outgoing import A_DAY
from handlers.hosts import hosting, told
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    Change,
    Effect,
    Effects,
    Invite,
    Leave,
    MakeRoom,
    Refused,
    Say,
    inquiry,
    watch,
)
from handlers.names import room_name
from handlers.words import escaped, first_word, folded, verbatim
from practices import clock
from practices.assembly import rooms
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Part
from practices.assembly.matters import About
from practices.circles import RoomKind
from storage.assemblies import LISTED, Assembly, State, assembly_of, ledger
from storage.questions import Question
from storage.rooms import Room

LONGEST_REASON = 2000

#: So long the others have to find their positions.
OPEN = timedelta(days=14)

#: Begins what a new room is asked for as.
ABOUT = "moving"

#: For whom a part goes on elsewhere.
_NEW = "new"

#: Begins what stands in what was told, while a room for a part is being made; the part and the seconds since 1970 follow.
_MAKING = "making:"


# ---------------------------------------------------------------------------------------------- what happened


@watch(kind=Change.UPGRADED)
async def closed(call: Call) -> Effects:
    """A protocol room was closed: our hosts hear that it is not followed, and what they can do."""
    found = await assembly_of(call.room.id)
    if found is None or found[0].state is not State.SEATED:
        return []
    assembly, part = found
    if assembly.rooms.get(part) != call.room.id or assembly.found is None:
        return []
    seat = (await ledger(assembly)).roll.seat_of(call.person)
    who = f"**{escaped(seat.name)}**" if seat is not None else escaped(call.person)
    names = " and names another in its place" if call.room.successor else ""
    text = (
        f"{who} has closed the room “{part}” of **{escaped(assembly.name)}**{names}. Nothing of it is lost: what was written there "
        "stays, and counts. I do not follow by myself, as no single hand moves an assembly; until the congregations agree on a "
        f"room, nothing new can be written there.\n\nNext: `assembly move {part}` asks them, with that room or with a new one. "
        "If another congregation asks first, you hear of it."
    )
    return await told(call, assembly, text, once=f"closed:{part}:{call.room.successor}"[:300])


@watch(kind=Change.ARRIVED)
async def arrived(call: Call) -> Effects:
    """We have entered a room: one that we were to look at, or one in which people of an assembly go on."""
    await _people_moved(call.room)
    seated = await Assembly.filter(state=State.SEATED).order_by("id")
    for assembly in seated:
        seen = assembly.looked_at.get(call.room.id)
        if seen is None or seen["said"] is not None:
            continue
        parts = await prospects.saw(call, assembly)
        effects = await _prepared(call, assembly, seen, parts) if "text" in seen else []
        return [*effects, *await seals.afterwards(call, assembly)]
    said = call.content.get("assembly")
    part = said.get("part") if isinstance(said, Mapping) else None
    if part not in set(Part) or not await prospects.is_nothing_else(call.room):
        return []
    return await _came_late(call, seated)


async def _came_late(call: Call, seated: list[Assembly]) -> list[Effect]:
    """A room of the protocol let us in long after we knocked: by now a part goes on in it, or it is none of ours."""
    for assembly in seated:
        roll = (await ledger(assembly)).roll if assembly.found is not None else None
        if roll is not None and call.room.id in {
            *roll.rooms.values(),
            *(each for rooms in roll.former.values() for each in rooms),
        }:
            return await seals.afterwards(call, assembly)
    return [Leave(room=call.room.id)]


async def _people_moved(room: Room) -> None:
    """The space, or the room for people, was replaced by one that names it back: we are there, and people are asked there.

    By which space the assembly's rooms name it nobody can change.
    """
    old = await Room.get_or_none(id=room.predecessor) if room.predecessor else None
    if old is None or old.successor != room.id:
        return
    await Assembly.filter(human=old.id).update(human=room.id)
    for assembly in await Assembly.exclude(state=State.LEFT):
        if assembly.listed == old.id:
            before = [each for each in assembly.told if not each.startswith(LISTED)]
            assembly.told = [*before, f"{LISTED}{room.id}"]
            await assembly.save(update_fields=["told"])


# ------------------------------------------------------------------------------------------------ putting it


async def move(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Ask the congregations whether a part goes on in another room, once the host has read what that means."""
    word, rest = first_word(rest)
    part = next((each for each in Part if each.value == folded(word)), None)
    if part is None:
        raise Refused(
            f"Which room is meant the name of its part says: {', '.join(Part)}. Nothing was sent; `assembly move commons because the "
            "old room is closed` asks the congregations."
        )
    first, more = first_word(rest)
    anew = folded(first) == _NEW
    text = (more if anew else rest).strip().removeprefix("because").strip()
    if len(text) > LONGEST_REASON:
        raise Refused(
            f"At most {LONGEST_REASON} letters of reasons can be sent. Nothing was sent; a shorter text can."
        )
    await _check_open(call, assembly, part)
    to = None if anew else await _successor(assembly, part)
    zone = await zone_of(call, assembly)
    room = (
        "the room that was named in its place, once I have looked whether all can enter, read and write there"
        if to is not None
        else "a new one that I make with the same rules, and invite all keepers into"
    )
    because = f"\n\nTo be read by all:\n\n{verbatim(text)}" if text else ""
    return [
        Ask(
            inquiry="assembly-move",
            text=f"I would ask all congregations of **{escaped(assembly.name)}** whether “{part}” goes on in another room: {room}. By "
            f"consent, until **{clock.words(call.at + OPEN, zone)}**. Until they agree, everything stays where it is; what was "
            f"written in the old room counts as ever.{because}\n\nAsk them? ✅ yes · ✋ no",
            until=call.at + A_DAY,
            data={"assembly": assembly.id, "part": part.value, "text": text, "to": to},
            person=call.person,
            private=True,
        )
    ]


async def _check_open(call: Call, assembly: Assembly, part: Part) -> None:
    """Refuse what is asked already, or is about to be. Raises Refused."""
    number = await _asked_already(assembly, part)
    if number is not None:
        raise Refused(
            f"Matter {number} asks already whether “{part}” goes on in another room. Nothing was sent; "
            f"`assembly matter {number}` shows it, and once it is over it can be asked anew."
        )
    if _is_made(call, assembly, part):
        raise Refused(
            f"I am making a room for “{part}” already. Nothing more was done; you hear of it as soon as it stands, and the others are "
            "asked then."
        )
    if any(seen.get("for") == part and "text" in seen for seen in assembly.looked_at.values()):
        raise Refused(
            f"I am looking at a room for “{part}” already. Nothing more was done; you hear of it as soon as I am in it."
        )


async def _asked_already(assembly: Assembly, part: Part) -> str | None:
    """The number of an open matter that asks whether a part goes on elsewhere; None: there is none."""
    known = await ledger(assembly)
    for matter in known.matters():
        standing = known.standing(matter.id) if matter.about is About.MOVE else None
        if standing is None or matter.part != part or standing.word is not None or standing.torn:
            continue
        return number_of(known, matter.id)
    return None


def _is_made(call: Call, assembly: Assembly, part: Part) -> bool:
    """Whether a room for a part is being made; a homeserver that is silent for a day can be asked again."""
    begun = next((each for each in assembly.told if each.startswith(f"{_MAKING}{part}:")), None)
    if begun is None:
        return False
    at = datetime.fromtimestamp(int(begun.rpartition(":")[2]), UTC)
    return now_of(call) < at + A_DAY


async def _making(assembly: Assembly, part: Part, since: datetime | None) -> None:
    """Note since when a room for a part is being made; None: none is."""
    before = [each for each in assembly.told if not each.startswith(f"{_MAKING}{part}:")]
    begun = [] if since is None else [f"{_MAKING}{part}:{int(since.timestamp())}"]
    assembly.told = [*before, *begun]
    await assembly.save(update_fields=["told"])


async def _successor(assembly: Assembly, part: Part) -> str | None:
    """The room that the closed one names in its place; None: none. Raises Refused when we were not let into it."""
    old = await Room.get_or_none(id=assembly.rooms[part])
    if old is None or old.successor is None:
        return None
    room = await Room.get_or_none(id=old.successor)
    is_open = room is not None and not room.joined and room.invited_by is not None
    if room is not None and is_open and await prospects.is_nothing_else(room):
        return room.id
    raise Refused(
        f"The old room names another in its place, and I was not let into that one. Nothing was sent. Whoever made it can invite "
        f"me; or `assembly move {part} new` has me make one with the same rules."
    )


@inquiry(name="assembly-move", options=(YES, NO))
async def moving(call: Call, question: Question, said: str) -> Effects:
    """On a yes the room is made or looked at; only then the others are asked."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    assembly = await Assembly.get_or_none(id=question.data["assembly"])
    if said == NO.word or assembly is None or assembly.state is not State.SEATED:
        return [Say(text="Nobody was asked, and no room was made.")]
    await hosting(call, await Room.get(id=assembly.room))
    part, text, to = (question.data[each] for each in ("part", "text", "to"))
    part = Part(str(part))
    await _check_open(call, assembly, part)
    if to is not None:
        if to != await _successor(assembly, part):
            raise Refused(
                "The old room names another one by now than when I asked you. Nothing was sent; "
                f"`assembly move {part}` asks anew."
            )
        room = await Room.get(id=to)
        own = {"parts": {part.value: None}, "for": part.value, "text": text}
        looks = await prospects.look(
            call, assembly, room, via=room.invited_by or call.house.me, **own
        )
        return [*looks, Say(text="I look at that room first. If it fits, I ask the others then.")]
    await _making(assembly, part, now_of(call))
    before = prospects.rooms_so_far(await ledger(assembly), part)
    about = rooms.about(part, str(assembly.space), str(assembly.found), before)
    return [
        MakeRoom(
            name=f"{assembly.name}: {part.value} {len(before) + 1}",
            about=f"{ABOUT}:{assembly.id}:{part.value}:{call.at:%Y%m%d%H%M%S}",
            kind=RoomKind.PROTOCOL,
            part=part.value,
            topic=f"{assembly.name}: {part.value}. Keepers write to each other here.",
            space=assembly.space,
            creation=about,
            content={
                "moving": assembly.id,
                "part": part.value,
                "text": text,
                "creation": about,
            },
        ),
        Say(text="I make the new room now, and ask the others as soon as it stands."),
    ]


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The new room stands: the others are let in, and asked."""
    if not str(call.content.get("about") or "").startswith(f"{ABOUT}:"):
        return []
    assembly = await Assembly.get_or_none(id=call.content["moving"], state=State.SEATED)
    if assembly is None:
        await call.room.let_go()
        return [Leave(room=call.room.id)]
    part = Part(str(call.content["part"]))
    await _making(assembly, part, None)
    number = await _asked_already(assembly, part)
    if number is not None:
        await call.room.let_go()
        text = (
            f"Meanwhile matter {number} of **{escaped(assembly.name)}** asks whether “{part}” goes on in another room, so I left the "
            f"one that I had made, and nobody else was asked. `assembly matter {number}` shows it."
        )
        return [Leave(room=call.room.id), *await told(call, assembly, text)]
    call.room.congregation = assembly.room
    await call.room.save()
    await prospects.made(assembly, call.room.id, part, call.content["creation"])
    return await _put(call, assembly, part, call.room.id, str(call.content["text"]))


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused the new room: nothing was asked."""
    if not str(call.content.get("about") or "").startswith(f"{ABOUT}:"):
        return []
    assembly = await Assembly.get_or_none(id=call.content["moving"], state=State.SEATED)
    if assembly is None:
        return []
    await _making(assembly, Part(str(call.content["part"])), None)
    text = (
        f"The homeserver would not make a new room for “{call.content['part']}” of **{escaped(assembly.name)}**: "
        f"{escaped(str(call.content.get('reason') or ''))}. Nobody was asked, and all stays as it is. "
        f"`assembly move {call.content['part']} new` tries again."
    )
    return await told(call, assembly, text)


async def _prepared(
    call: Call, assembly: Assembly, seen: Mapping[str, Any], parts: Mapping[str, str | None]
) -> list[Effect]:
    """What we looked at for our own hosts: it is put to the others, or they hear why not."""
    room, part, why = call.room, Part(seen["for"]), parts[seen["for"]]
    if not why:
        await prospects.prepared(assembly, room.id)
        return await _put(call, assembly, part, room.id, str(seen["text"]))
    await prospects.dropped(assembly, room.id)
    await room.let_go()
    text = (
        f"The room that was named in the place of “{part}” of **{escaped(assembly.name)}** does not fit: {why}. I left it, and "
        f"nobody was asked.\n\n`assembly move {part} new` has me make one with the same rules, and asks the congregations."
    )
    return [Leave(room=room.id), *await told(call, assembly, text)]


async def _put(call: Call, assembly: Assembly, part: Part, room: str, text: str) -> list[Effect]:
    """Ask the congregations, and let their keepers into the room so that they can look at it."""
    known, space = await ledger(assembly), await Room.get(id=assembly.room)
    until = call.at + OPEN
    body: dict[str, Any] = {
        "about": About.MOVE.value,
        "title": f"Shall “{part}” go on in another room?",
        "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "passing": {},
        "part": part.value,
        "to": room,
        **({"text": text} if text else {}),
    }
    _letter, carried = await post(
        call,
        assembly,
        Kind.MATTER,
        body,
        f"**{room_name(space, 'A congregation')}** asks whether “{part}” goes on in another room. {verbatim(text)}".strip(),
        part=Part.DECISIONS if part is Part.CHARTER else Part.CHARTER,
    )
    done = (
        f"The congregations of **{escaped(assembly.name)}** are asked now whether “{part}” goes on in the other room, until "
        f"**{clock.words(until, await zone_of(call, assembly))}**. Yours says its own, too."
    )
    return [
        carried,
        *lets_in(call, known, room),
        *await told(call, assembly, done),
        *await seals.afterwards(call, assembly),
    ]


def lets_in(call: Call, known: Ledger, room: str) -> list[Effect]:
    """Every other keeper with a seat is invited into a room; whoever is there or invited already stays so."""
    keepers = sorted(seat.keeper for seat in known.roll.seats.values())
    return [Invite(person=each, room=room) for each in keepers if each != call.house.me]
