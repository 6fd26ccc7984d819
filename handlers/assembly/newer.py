"""Letters of a version, or of a kind, that is not known here yet: kept aside, told of once, and read after an update.

Nothing follows from such a letter while it is not understood. Whoever sends many of them fills nothing: of each sender a
bounded number is kept, and what is beyond it is read from the rooms' past when an update knows it.
"""

from collections.abc import Mapping
from typing import Any

from handlers.asking import now_of
from handlers.assembly import seating
from handlers.hosts import told
from handlers.language import Call, Effect
from handlers.words import escaped
from practices.assembly import letters
from practices.assembly.keeping import correspondents
from practices.assembly.ledger import Taken
from practices.assembly.letters import Fault, Letter, Part, Unreadable
from storage.assemblies import (
    MOST_ASIDE,
    MOST_ASIDE_OF_STRANGERS,
    Assembly,
    NewerLetter,
    State,
    aside,
    keep_aside,
    ledger,
    not_kept_aside,
    store_letter,
    take_from_aside,
)

#: Hosts are told of so many keepers that speak a newer version; whoever hands a seat on and on tells nothing new.
MOST_TOLD = 100


async def came(
    call: Call, assembly: Assembly, part: Part, sender: str, carried: Mapping[str, Any]
) -> Fault | None:
    """Keep a letter aside; why stewards hear of its sender, or None: it has standing here, or nobody knows yet who has."""
    if assembly.found not in (None, carried["letter"]["assembly"]):
        return Fault.PLACE
    knows = assembly.found is not None and assembly.state is State.SEATED
    has_standing = knows and sender in correspondents(await ledger(assembly))
    await keep_aside(
        assembly,
        part,
        sender,
        carried["letter"],
        event=str(carried["event"]),
        most=MOST_ASIDE if has_standing else MOST_ASIDE_OF_STRANGERS,
        at=now_of(call),
    )
    return None if has_standing or not knows else Fault.NEWER


async def spoken(call: Call, assembly: Assembly) -> list[Effect]:
    """Tell our hosts, once each, which congregations' keepers speak what is not known here."""
    if assembly.state is not State.SEATED or assembly.found is None:
        return []
    seats = (await ledger(assembly)).roll.seats.values()
    untold = {each.keeper: each for each in seats if f"newer:{each.keeper}" not in assembly.told}
    effects: list[Effect] = []
    for sender in sorted(untold.keys() & (await aside(assembly)).keys()):
        if sum(each.startswith("newer:@") for each in assembly.told) >= MOST_TOLD:
            break
        row = await NewerLetter.filter(assembly=assembly.id, sender=sender).order_by("id").first()
        if row is None:
            continue
        text = (
            f"**{escaped(untold[sender].name)}**'s keeper speaks {_what(row)} in **{escaped(assembly.name)}**. I keep what it says "
            "aside and read it as soon as an update of mine knows it; until then it does not count here, and everything else goes "
            "on.\n\nNext: whoever runs me can update me; nothing is lost until then. I tell you of this keeper once."
        )
        effects += await told(call, assembly, text, once=f"newer:{sender}")
    return effects


def _what(row: NewerLetter) -> str:
    if row.version > max(letters.READERS):
        return (
            f"a newer version of the protocol ({row.version}) than I know ({max(letters.READERS)})"
        )
    return f"of something that I do not know yet (“{escaped(str(row.content.get('type')))}”)"


async def read(assembly: Assembly) -> tuple[list[Letter], list[Effect]]:
    """Read what was kept aside, as if it had been understood when it came; what still is not stays.

    Returns the letters that are new, and what reads the rest from the rooms' past, where not all was kept.
    """
    more = not_kept_aside(assembly) is not None
    found = []
    for row in await take_from_aside(assembly):
        try:
            letter = letters.read(row.sender, row.content)
        except Unreadable:
            continue
        taken = await store_letter(
            assembly, letter, row.part, row.content, event=row.event, at=row.seen_at
        )
        if taken in (Taken.NEW, Taken.TWICE):
            found.append(letter)
    return found, await seating.read_again(assembly) if more else []
