"""The doors of an assembly: whom our congregation introduced is let into its rooms, and our hosts hear when they have come (ASM-1)."""

from handlers.hosts import told
from handlers.language import (
    Call,
    Effect,
    Invite,
)
from handlers.power import may_invite
from handlers.words import escaped
from practices.assembly.letters import Letter
from practices.assembly.matters import About, Word
from storage.assemblies import (
    Assembly,
    ledger,
)
from storage.rooms import Room


async def invitations(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Whom our congregation introduced and all agreed on is invited by our hand, once; `letter` sealed it."""
    known = await ledger(assembly)
    standing = known.standing(letter.answers or "")
    if standing is None or standing.word is not Word.ACCEPTED:
        return []
    matter, once = standing.matter, f"invited:{standing.matter.id}"
    if matter.about is not About.ADMIT or once in assembly.told:
        return []
    assembly.told = [*assembly.told, once]
    await assembly.save(update_fields=["told"])
    rooms = await doors(call, assembly, matter.sender)
    reason = ""
    if matter.sender == call.house.me:
        space = await Room.get(id=assembly.room)
        reason = f"{space.name or 'A congregation'} asks you in. {matter.text}".strip()
    return [
        Invite(person=keeper, room=room, reason=reason)
        for keeper in sorted(matter.candidates)
        if known.roll.seat_of(keeper) is None
        for room in rooms
    ]


async def doors(call: Call, assembly: Assembly, introduced_by: str) -> list[str]:
    """The rooms into which we let somebody who enters: all, where our congregation introduced them."""
    now = [*filter(None, (assembly.human, assembly.listed)), *assembly.rooms.values()]
    ours = now if introduced_by == call.house.me else ()
    return [*ours, *await _opened(call, assembly, introduced_by)]


async def _opened(call: Call, assembly: Assembly, introduced_by: str) -> list[str]:
    """The former rooms into which we let somebody who enters: whoever introduced them does, or else who has the power to.

    A room that was replaced in the usual way of Matrix lets only those invite who moderate it.
    """
    former = await Room.filter(id__in=list(assembly.former), joined=True).order_by("id")
    return [
        room.id
        for room in former
        if may_invite(room, call.house.me)
        and (introduced_by == call.house.me or not may_invite(room, introduced_by))
    ]


async def seat_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Tell our hosts, once, that a congregation that ours introduced has taken the seat of this letter."""
    known = await ledger(assembly)
    seat, matter = known.roll.seat(letter.id), known.letters.get(letter.answers or "")
    if seat is None or matter is None or matter.sender != call.house.me:
        return []
    text = (
        f"**{escaped(seat.name)}**, which your congregation introduced, has taken its seat in **{escaped(assembly.name)}**.\n\n"
        "Say hello in the room for people. `assembly directory` shows its card once there is one."
    )
    return await told(call, assembly, text, once=f"seated:{seat.id}")
