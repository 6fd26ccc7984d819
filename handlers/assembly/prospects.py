"""Rooms in which a part of an assembly might go on: entered to be looked at, and left again when nothing comes of it.

Nothing is written in such a room, and no letter in it is read, before the congregations agreed on it. Nobody is asked about
a room that we could not enter, or that would not hold what is written (practices.assembly.rooms). No room is entered that
is something else to us already, or into which nobody invited us as into a part.

What is known of each stands in `Assembly.looked_at`, by room: "since", when we went there (None: not yet); "said", what it
says of itself (None: we have not seen it); "parts", each part that it was named for, with why it cannot go on there ("": it
can; None: not judged yet). One that our own hosts want to put to the others has their reasons in "text", for the part "for".
"""

from collections.abc import Mapping
from datetime import datetime
from heapq import nlargest
from typing import Any

from handlers.asking import now_of
from handlers.assembly.outgoing import A_DAY
from handlers.hosts import told
from handlers.language import Call, Effect, Join, Leave, Ring
from handlers.words import escaped
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.matters import About, Matter
from practices.assembly.rooms import Setting, place_of, unfit
from practices.circles import RoomKind
from storage.assemblies import Assembly, State, assembly_of, ledger
from storage.delegates import is_something
from storage.rooms import Room

#: So many invitations of one account may wait for a matter that is on its way.
MOST_WAITING = 12

#: So many rooms of one sender's open matters are looked at, the newest.
MOST_LOOKED_AT = 5

#: So long a homeserver may take to let us in.
PATIENCE = A_DAY


async def is_nothing_else(room: Room) -> bool:
    """Whether a room is nothing to us yet: no letter changes what a room of ours is.

    Neither a circle, a private chat or a space, nor any room of an assembly that we are in or are asked into, nor one of
    delegates.
    """
    if room.kind is not RoomKind.NONE or room.private_with is not None or room.is_space:
        return False
    return not await is_something(room.id)


async def is_ours_to_take(assembly: Assembly, room: Room) -> bool:
    """Whether a room is nothing to us, or no more than one at which we look for this assembly."""
    looks = room.kind is RoomKind.PROTOCOL and room.congregation == assembly.room
    if looks and room.id in assembly.looked_at:
        return await assembly_of(room.id) is None
    return await is_nothing_else(room)


async def _noted(assembly: Assembly, room: str, **seen: Any) -> None:
    before = assembly.looked_at.get(room, {"since": None, "said": None, "parts": {}})
    assembly.looked_at = {**assembly.looked_at, room: {**before, **seen}}
    await assembly.save(update_fields=["looked_at"])


async def dropped(assembly: Assembly, room: str) -> None:
    """A room is not looked at any more."""
    assembly.looked_at = {each: of for each, of in assembly.looked_at.items() if each != room}
    await assembly.save(update_fields=["looked_at"])


# ------------------------------------------------------------------------------------------ what waits


async def invited(call: Call, space: str, part: str) -> list[Effect]:
    """Somebody invites us into a part that is elsewhere: it waits for its matter, or is declined."""
    assembly = await _waits(call, space, part)
    if assembly is None:
        return [Leave(room=call.room.id)]
    if call.room.id not in assembly.looked_at and await is_nothing_else(call.room):
        await _noted(assembly, call.room.id)
    return await entered(call, assembly)


async def _waits(call: Call, space: str, part: str) -> Assembly | None:
    """The assembly in which an invitation may wait: by a keeper with a seat, as its matter may be on its way."""
    assembly = await Assembly.filter(space=space, state=State.SEATED).first()
    if assembly is None or assembly.found is None or part not in set(Part):
        return None
    if (await ledger(assembly)).roll.seat_of(call.person) is None:
        return None
    held = Room.filter(invited_by=call.person, joined=False, kind=RoomKind.NONE)
    return assembly if await held.count() <= MOST_WAITING else None


async def found_again(assembly: Assembly, room: Room, said: Mapping[str, Any]) -> None:
    """We are in a room of which we know no more than its state, as our database was lost: perhaps we were to look at it."""
    if await is_nothing_else(room):
        await _noted(assembly, room.id, said=_setting(said))


# ----------------------------------------------------------------------------------------- being looked at


async def entered(call: Call, assembly: Assembly) -> list[Effect]:
    """Enter, to look at it, each room that an open matter names and that we are invited into; leave those of no more use."""
    known = await ledger(assembly)
    named: dict[str, set[str]] = {}
    for matter in _open_moves(known):
        named.setdefault(str(matter.to), set()).add(str(matter.part))
    effects: list[Effect] = []
    for room_id in list(assembly.looked_at):
        effects += await _let_go(call, assembly, known, room_id, is_named=room_id in named)
    for room_id, parts in named.items():
        if room_id in assembly.looked_at:
            effects += await _considered(call, assembly, known, room_id, parts)
    return effects


async def _considered(
    call: Call, assembly: Assembly, known: Ledger, room_id: str, parts: set[str]
) -> list[Effect]:
    """See whether a room fits each of these parts; one that we are invited into is entered first."""
    room, seen = await Room.get_or_none(id=room_id), assembly.looked_at[room_id]
    fresh: dict[str, str | None] = dict.fromkeys(sorted(parts - seen["parts"].keys()))
    if room is None:
        return []
    if fresh:
        await _noted(assembly, room_id, parts={**seen["parts"], **fresh})
    if seen["said"] is not None:
        if await is_nothing_else(room):  # found again
            room.kind, room.congregation = RoomKind.PROTOCOL, assembly.room
            await room.save()
        await _judged(call, assembly, known, room)
        return []
    if seen["since"] is not None or room.joined or room.invited_by is None:
        return []
    is_open = await is_nothing_else(room)
    return await look(call, assembly, room, via=room.invited_by) if is_open else []


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


async def look(
    call: Call, assembly: Assembly, room: Room, *, via: str, **more: Any
) -> list[Effect]:
    """Enter a room to look at it; should nobody let us in, that is seen a day later."""
    room.kind, room.congregation = RoomKind.PROTOCOL, assembly.room
    await room.save()
    now = now_of(call)
    await _noted(assembly, room.id, since=now.isoformat(), **more)
    at = now + PATIENCE
    return [
        Join(room=room.id, via=(via.partition(":")[2],)),
        Ring(
            ritual="assembly-counts",
            about=f"assembly:{assembly.id}",
            when=f"looks {at:%Y%m%d%H%M%S}",
            at=at,
            room=assembly.room,
            content={"assembly": assembly.id},
        ),
    ]


async def saw(call: Call, assembly: Assembly) -> Mapping[str, str | None]:
    """We have entered a room at which we look; by part why it cannot go on there ("": it can)."""
    await _noted(assembly, call.room.id, said=_setting(call.content))
    await _judged(call, assembly, await ledger(assembly), call.room)
    parts: Mapping[str, str | None] = assembly.looked_at[call.room.id]["parts"]
    return parts


async def made(assembly: Assembly, room: str, part: Part, about: Mapping[str, Any]) -> None:
    """We have made a room ourselves, as it has to be."""
    said = {"assembly": about, "history": "shared", "join": "invite"}
    await _noted(assembly, room, said=_setting(said), parts={part.value: ""})


async def prepared(assembly: Assembly, room: str) -> None:
    """The room that our own hosts wanted is put to the others now."""
    seen = {
        each: of for each, of in assembly.looked_at[room].items() if each not in ("for", "text")
    }
    assembly.looked_at = {**assembly.looked_at, room: seen}
    await assembly.save(update_fields=["looked_at"])


def _setting(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a room says of itself, as it is kept."""
    said = content.get("assembly")
    return {
        "about": place_of(said) if isinstance(said, Mapping) else {},
        "history": str(content.get("history"))[:50],
        "join": str(content.get("join"))[:50],
    }


async def _judged(call: Call, assembly: Assembly, known: Ledger, room: Room) -> None:
    """Note of each part that a room was named for what keeps it from going on there; what was judged stays so."""
    seen = assembly.looked_at[room.id]
    if None not in seen["parts"].values():
        return
    setting = Setting(
        about=seen["said"]["about"],
        is_space=room.is_space,
        encrypted=room.encrypted,
        history=seen["said"]["history"],
        join=seen["said"]["join"],
        power=room.power,
        me=call.house.me,
    )
    parts = dict(seen["parts"])
    for part in [each for each, why in parts.items() if why is None]:
        so_far = rooms_so_far(known, Part(part))
        why = unfit(setting, Part(part), str(assembly.space), str(assembly.found), so_far)
        parts[part] = "" if why is None else why.value
    await _noted(assembly, room.id, parts=parts)


def rooms_so_far(known: Ledger, part: Part) -> tuple[str, ...]:
    """The rooms that a part was in, and the one it is in, oldest first."""
    return (*known.roll.former.get(part, ()), known.roll.rooms[part])


# ---------------------------------------------------------------------------------------- of no more use


async def _let_go(
    call: Call, assembly: Assembly, known: Ledger, room_id: str, *, is_named: bool
) -> list[Effect]:
    """Nothing came of a room: it is left. One in which a part goes on or went on stays; one that we still prepare, too."""
    seen, room = assembly.looked_at[room_id], await Room.get_or_none(id=room_id)
    former = {each for rooms in known.roll.former.values() for each in rooms}
    is_theirs = room_id in former or room_id in known.roll.rooms.values()
    if _nobody_let_us_in(call, seen):
        return await _given_up(call, assembly, room_id, stays=is_theirs)
    if (
        seen["since"] is None and seen["said"] is None
    ):  # it waits for its matter, while we are invited
        if room is None or room.invited_by is None:
            await dropped(assembly, room_id)
        return []
    if is_theirs or is_named or "text" in seen:
        return []
    is_free = room is not None and await is_ours_to_take(assembly, room)
    await dropped(assembly, room_id)
    if room is None or not is_free:
        return []
    await room.let_go()
    return [Leave(room=room_id)]


def _nobody_let_us_in(call: Call, seen: Mapping[str, Any]) -> bool:
    if seen["said"] is not None or seen["since"] is None:
        return False
    return now_of(call) >= datetime.fromisoformat(seen["since"]) + PATIENCE


async def _given_up(call: Call, assembly: Assembly, room_id: str, *, stays: bool) -> list[Effect]:
    """A room did not let us in for a day; another invitation leads there again, and hosts who wanted it hear of it."""
    seen, room = assembly.looked_at[room_id], await Room.get(id=room_id)
    await dropped(assembly, room_id)
    if assembly.part_of(room_id) is not None:
        return []
    await room.let_go()
    effects: list[Effect] = [] if stays else [Leave(room=room_id)]
    if "text" in seen:
        text = (
            f"The room that was named in the place of “{seen['for']}” of **{escaped(assembly.name)}** has not let me in for a day. "
            f"Nobody was asked, and all stays as it is.\n\n`assembly move {seen['for']} new` has me make one with the same rules, and "
            "asks the congregations."
        )
        effects += await told(call, assembly, text)
    return effects
