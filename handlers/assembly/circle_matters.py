"""Matters in circles of delegates: told where those circles talk, by one of the keepers there, once each (ASM-5).

A circle decides nothing: time to talk is all that it is given, before each congregation finds its own voice.
"""

from handlers.asking import now_of
from handlers.assembly.assembly_matters import put_by, still_ours, zone_of
from handlers.language import Call, Effect, Say
from handlers.words import escaped, verbatim
from practices import clock
from practices.assembly.conduct import hesitation
from practices.assembly.delegates import Gathering, Place, Table, teller
from practices.assembly.ledger import Ledger, Standing
from storage.assemblies import Assembly, ledger, seen
from storage.delegates import DelegateCircle

#: Matters of one congregation that are told in a circle while they are open; of the others delegates hear at home.
MOST_TOLD = 5


def mark(matter: str, level: int) -> str:
    """Stands in what was told, once the circle of a level has heard of a matter."""
    return f"talk:{matter}:{level}"


async def came(call: Call, assembly: Assembly, found: Gathering) -> list[Effect]:
    """Tell the circles in whose rooms it is ours to tell of what the congregations are asked, once each."""
    known = await ledger(assembly)
    own = known.roll.seat_of(call.house.me)
    if own is None or found.undivided:
        return []
    effects: list[Effect] = []
    for place in found.places(own.id):
        table = found.rooms.get(place.circle.id)
        if table is not None and await DelegateCircle.exists(
            assembly=assembly.id, level=place.circle.level, place=table.room
        ):
            effects += await _told_in(call, assembly, known, place, table, own.id)
    return effects


async def _told_in(
    call: Call, assembly: Assembly, known: Ledger, place: Place, table: Table, own: str
) -> list[Effect]:
    """What is ours to tell in the room of one circle."""
    effects: list[Effect] = []
    told_of: dict[str, int] = {}
    now, when = now_of(call), await seen(assembly)
    for number, standing in still_ours(assembly, known, call.house.me):
        matter = standing.matter
        is_open = standing.word is None and now < matter.until
        if not is_open or hesitation(known, matter, now, when) is not None:
            continue
        told_of[matter.sender] = told_of.get(matter.sender, 0) + 1
        once = mark(matter.id, place.circle.level)
        if once in assembly.told or told_of[matter.sender] > MOST_TOLD:
            continue
        if teller(table, matter.id) == own:
            assembly.told = [*assembly.told, once]
            await assembly.save(update_fields=["told"])
            text = await words(call, assembly, number, standing)
            effects.append(Say(text=text, room=table.room, answers=False))
    return effects


async def words(call: Call, assembly: Assembly, number: str, standing: Standing) -> str:
    """A matter as it is told to a circle."""
    matter, zone = standing.matter, await zone_of(call, assembly)
    by = put_by(await ledger(assembly), standing)
    return (
        f"**{by}** asks the congregations of **{escaped(assembly.name)}** (matter {number}):\n\n"
        f"{verbatim(matter.title)}\n\nTime to talk about it here, before each of them finds its own voice, until "
        f"**{clock.words(matter.until, zone)}**. This circle decides nothing: what a congregation says, it says itself. Your own "
        f"keeper shows all of it: `assembly matter {number}`."
    )
