"""The hosts of a congregation, who speak for it to others: those whom its space lets moderate."""

from handlers.asking import whispered
from handlers.house.adoption import kept_by
from handlers.language import Call, Effect, Refused
from handlers.names import people, room_name
from handlers.power import moderates
from handlers.words import escaped, folded
from practices.understanding import shown
from storage.assemblies import Assembly
from storage.members import is_in
from storage.rooms import Room


async def hosts_of(space: Room, me: str) -> list[str]:
    """The people who moderate a congregation's space."""
    return [person for person in await people(space, me) if moderates(space, person)]


async def speaks_for(space: Room, person: str) -> bool:
    """Whether somebody speaks for a congregation: not who has left its space, though a room keeps their power."""
    return moderates(space, person) and await is_in(space.id, person)


async def hosting(call: Call, space: Room) -> None:
    """Refuse who does not speak for a congregation any more: they were asked while they did. Raises Refused."""
    if not await speaks_for(space, call.person):
        raise Refused(
            "For a congregation speak those who moderate its space, and you do not any more. Nothing was changed."
        )


async def told(
    call: Call,
    assembly: Assembly,
    text: str,
    *,
    once: str | None = None,
    name: str | None = None,
    taps: tuple[str, ...] = (),
) -> list[Effect]:
    """A private word to each host of our congregation in an assembly, now or in their morning.

    With `once` it is said once in all the time of the assembly. Under `name` it can be answered, also by `taps`.
    """
    if once is not None:
        if once in assembly.told:
            return []
        assembly.told = [*assembly.told, once]
        await assembly.save(update_fields=["told"])
    space = await Room.get_or_none(id=assembly.room) if assembly.room else None
    if space is None:
        return []
    effects: list[Effect] = []
    for host in await hosts_of(space, call.house.me):
        effects += await whispered(
            call, host, text, about=f"assembly:{assembly.id}", name=name, taps=taps
        )
    return effects


async def congregation_of(call: Call, named: str = "") -> Room:
    """The congregation that the sender speaks for; of several the one named. Raises Refused when there is none."""
    mine = await kept_by(call)
    if not mine:
        raise Refused(
            "For a congregation speak those who moderate its space, and I know of none where you do. Nothing was "
            "changed; whoever hosts yours can say the same words, and if I am not in its space yet, they invite me there first."
        )
    if len(mine) == 1 and not named:
        return mine[0]
    found = [space for space in mine if folded(space.name or "") == folded(named)]
    if len(found) == 1:
        return found[0]
    yours = ", ".join(sorted(room_name(space, "a congregation") for space in mine))
    if named:
        raise Refused(
            f"You host no congregation called {escaped(shown(named))}. Nothing was changed. There is: {yours}."
        )
    raise Refused(
        f"You host more than one congregation: {yours}. Nothing was changed; with `for` and its name at the end I know "
        "which one is meant."
    )
