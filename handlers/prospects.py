"""Rooms in which a part of an assembly might go on: entered to be looked at, and left again when nothing comes of it.

Nothing is written in such a room, and no letter in it is read, before the congregations agreed on it. Nobody is asked about
a room that we could not enter, or that would not hold what is written (practices.assembly.rooms).
"""

from collections.abc import Mapping
from heapq import nlargest
from typing import Any

from handlers.language import Call, Effect, Join, Leave
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.matters import About, Matter
from practices.assembly.rooms import Setting, Unfit, unfit
from practices.circles import RoomKind
from storage.assemblies import Assembly, State, assembly_of, ledger
from storage.rooms import Room

#: So many invitations of one account may wait for a matter that is on its way.
MOST_WAITING = 12

#: So many rooms of one sender's open matters are looked at, the newest.
MOST_LOOKED_AT = 5


async def waits(call: Call, space: str, part: str) -> bool:
    """Whether an invitation into a part that is elsewhere may wait: by a keeper with a seat, as its matter may be on its way."""
    assembly = await Assembly.filter(space=space, state=State.SEATED).first()
    if assembly is None or assembly.found is None or part not in set(Part):
        return False
    if (await ledger(assembly)).roll.seat_of(call.person) is None:
        return False
    held = Room.filter(invited_by=call.person, joined=False, kind=RoomKind.NONE)
    return await held.count() <= MOST_WAITING


async def entered(assembly: Assembly) -> list[Effect]:
    """Enter, to look at it, each room that an open matter names and that we are invited into; leave those of no more use."""
    known = await ledger(assembly)
    named = {str(each.to): str(each.part) for each in _open_moves(known)}
    effects: list[Effect] = []
    for room_id in [each for each in assembly.looked_at if each not in named]:
        effects += await _let_go(assembly, known, room_id)
    for room_id, part in named.items():
        room = await Room.get_or_none(id=room_id)
        if room_id in assembly.looked_at or room is None or room.joined or room.invited_by is None:
            continue
        if await is_free(room):
            effects += await look(assembly, room, part, via=room.invited_by)
    return effects


def _open_moves(known: Ledger) -> list[Matter]:
    """The matters about moves that are not over; of each sender the newest few, so that nobody sends us round."""
    newest: dict[str, list[Letter]] = {}
    for letter in known.of_kind(Kind.MATTER).values():
        if letter.body["about"] == About.MOVE:
            newest.setdefault(letter.sender, []).append(letter)
    found = []
    for letters in newest.values():
        for letter in nlargest(MOST_LOOKED_AT, letters, key=lambda each: (each.number, each.id)):
            standing = known.standing(letter.id)
            if standing is not None and standing.word is None and not standing.torn:
                found.append(standing.matter)
    return found


async def is_free(room: Room) -> bool:
    """Whether a room is nothing to us yet: no letter changes what a room of ours is."""
    if room.kind is not RoomKind.NONE or room.private_with is not None or room.is_space:
        return False
    return await assembly_of(room.id) is None


async def look(assembly: Assembly, room: Room, part: str, *, via: str, **more: Any) -> list[Effect]:
    """Enter a room to look at it."""
    room.kind, room.congregation = RoomKind.PROTOCOL, assembly.room
    await room.save()
    seen = {"part": part, "fit": None, "why": "", **more}
    assembly.looked_at = {**assembly.looked_at, room.id: seen}
    await assembly.save(update_fields=["looked_at"])
    return [Join(room=room.id, via=(via.partition(":")[2],))]


async def judged(call: Call, assembly: Assembly, room: Room) -> Unfit | None:
    """Note what a room is, that we have entered; what keeps the part from going on in it, if anything does."""
    seen = assembly.looked_at[room.id]
    said = call.content.get("assembly")
    setting = Setting(
        about=said if isinstance(said, Mapping) else {},
        is_space=room.is_space,
        encrypted=room.encrypted,
        history=str(call.content.get("history")),
        join=str(call.content.get("join")),
        power=room.power,
    )
    part, known = Part(seen["part"]), await ledger(assembly)
    why = unfit(setting, part, str(assembly.space), str(assembly.found), rooms_so_far(known, part))
    seen = {**seen, "fit": why is None, "why": "" if why is None else why.value}
    assembly.looked_at = {**assembly.looked_at, room.id: seen}
    await assembly.save(update_fields=["looked_at"])
    return why


def rooms_so_far(known: Ledger, part: Part) -> tuple[str, ...]:
    """The rooms that a part was in, and the one it is in, oldest first."""
    return (*known.roll.former.get(part, ()), known.roll.rooms[part])


async def _let_go(assembly: Assembly, known: Ledger, room: str) -> list[Effect]:
    """Nothing came of a room: it is left. One in which a part goes on stays; one that we still prepare, too."""
    seen = assembly.looked_at[room]
    if room in known.roll.rooms.values() or room in assembly.former or "text" in seen:
        return []
    assembly.looked_at = {each: of for each, of in assembly.looked_at.items() if each != room}
    await assembly.save(update_fields=["looked_at"])
    if assembly.part_of(room) is not None:
        return []
    await Room.filter(id=room, kind=RoomKind.PROTOCOL).update(kind=RoomKind.NONE, congregation=None)
    return [Leave(room=room)]
