"""Letters of a version, or of a kind, that is not known here yet: kept aside, told of once, and read after an update.

Nothing follows from such a letter while it is not understood. Whoever sends many of them fills nothing: of each sender a
bounded number is kept, and what is beyond it is read from the rooms' past when an update knows it.
"""

from collections.abc import Mapping
from typing import Any

from handlers.asking import now_of
from handlers.hosts import told
from handlers.language import Call, Effect, ReadBack
from handlers.words import escaped
from practices.assembly import letters
from practices.assembly.keeping import correspondents
from practices.assembly.letters import Fault, Part, Unreadable
from storage.assemblies import (
    MOST_ASIDE,
    MOST_ASIDE_OF_STRANGERS,
    Assembly,
    NewerLetter,
    State,
    keep_aside,
    ledger,
    store_letter,
)

#: Hosts are told of so many keepers that speak a newer version; whoever hands a seat on and on tells nothing new.
MOST_TOLD = 100

#: Stands in what was told, once there were more letters than are kept.
MORE = "newer: more"


async def came(
    call: Call, assembly: Assembly, part: Part, sender: str, carried: Mapping[str, Any]
) -> bool:
    """Keep a letter aside; whether it is one of a keeper that has standing here, or nobody knows yet who has."""
    has_standing = assembly.found is None or assembly.state is State.ENTERING
    if not has_standing:
        has_standing = sender in correspondents(await ledger(assembly))
    kept = await keep_aside(
        assembly,
        part,
        sender,
        carried["letter"],
        event=str(carried["event"]),
        most=MOST_ASIDE if has_standing else MOST_ASIDE_OF_STRANGERS,
        at=now_of(call),
    )
    if not kept and MORE not in assembly.told:
        assembly.told = [*assembly.told, MORE]
        await assembly.save(update_fields=["told"])
    return has_standing


async def spoken(call: Call, assembly: Assembly) -> list[Effect]:
    """Tell our hosts, once each, which congregations' keepers speak what is not known here."""
    if assembly.state is not State.SEATED or assembly.found is None:
        return []
    roll = (await ledger(assembly)).roll
    rows = NewerLetter.filter(assembly=assembly.id).order_by("id")
    senders = dict((await rows.values_list("sender", "id"))[::-1])
    effects: list[Effect] = []
    for sender, first in senders.items():
        seat, once = roll.seat_of(str(sender)), f"newer:{sender}"
        many = sum(each.startswith("newer:") for each in assembly.told) >= MOST_TOLD
        if seat is None or once in assembly.told or many:
            continue
        row = await NewerLetter.get(id=first)
        text = (
            f"**{escaped(seat.name)}**'s keeper speaks {_what(row)} in **{escaped(assembly.name)}**. I keep what it says aside and "
            "read it as soon as an update of mine knows it; until then it does not count here, and everything else goes on.\n\n"
            "Next: whoever runs me can update me; nothing is lost until then. I tell you of this keeper once."
        )
        effects += await told(call, assembly, text, once=once)
    return effects


def _what(row: NewerLetter) -> str:
    if row.version > max(letters.READERS):
        return (
            f"a newer version of the protocol ({row.version}) than I know ({max(letters.READERS)})"
        )
    return f"of something that I do not know yet (“{escaped(str(row.content.get('type')))}”)"


async def read(call: Call, assembly: Assembly) -> list[Effect]:
    """Read what was kept aside, as far as it is known now; what still is not stays."""
    for row in await NewerLetter.filter(assembly=assembly.id).order_by("id"):
        try:
            letter = letters.read(row.sender, row.content)
        except Unreadable as why:
            if why.fault is not Fault.NEWER:
                await row.delete()
            continue
        await row.delete()
        await store_letter(
            assembly, letter, row.part, row.content, event=row.event, at=now_of(call)
        )
    more = MORE in assembly.told
    assembly.told = [each for each in assembly.told if not each.startswith("newer:")]
    await assembly.save(update_fields=["told"])
    if not more:
        return []
    return [
        ReadBack(room=room, about=f"assembly:{assembly.id}:{assembly.part_of(room)}")
        for room in [*assembly.rooms.values(), *assembly.former]
    ]
