"""Tells the stewards, once for each account, of letters that are not read and of two letters under one number.

Whoever sends them slows nobody: everything else goes on, and nothing follows from what is not read.
"""

from handlers.asking import whispered
from handlers.language import FLOOD, Call, Effect
from handlers.words import escaped
from practices.assembly.letters import Fault
from storage.assemblies import Assembly, ledger

#: Accounts that stewards are told of in one assembly; whoever sends such things from ever new ones tells nothing new.
MOST_TOLD = 100


async def refused(call: Call, assembly: Assembly, fault: str) -> list[Effect]:
    """The sender wrote what is not read."""
    if fault == FLOOD:
        why = "there are more of them than anybody reads"
    elif fault == Fault.NEWER:
        why = "they are of another version of the protocol, which an update of mine may know"
    else:
        why = f"one of them {fault}"
    text = (
        f"In the assembly **{escaped(assembly.name)}**, {escaped(call.person)} sends letters that I do not read: {why}. Nothing "
        "followed from them, and everything else goes on. I tell you of this account once."
    )
    return await _told_once(call, assembly, f"refused:{call.person}", text)


async def contradicted(call: Call, assembly: Assembly) -> list[Effect]:
    """Somebody has written two different letters under one number."""
    if assembly.found is None:
        return []
    known = await ledger(assembly)
    effects: list[Effect] = []
    for sender in sorted(known.twice()):
        seat = known.roll.ever.get(sender)
        who = f"**{escaped(seat.name)}** ({escaped(sender)})" if seat else escaped(sender)
        if sender == call.house.me:
            text = (
                f"In the assembly **{escaped(assembly.name)}** there are two different letters of my own under one number. I may "
                "have been started from an old copy of my database, or a second one of me runs elsewhere; one of us is to stop."
            )
        else:
            text = (
                f"In the assembly **{escaped(assembly.name)}**, {who} has sent two different letters under one number: a lie, or "
                "an old copy of its database. Both are read, a position among them counts as not given, and everything else goes "
                "on. Its people can be asked in the room for people."
            )
        effects += await _told_once(call, assembly, f"liar:{sender}", text)
    return effects


async def _told_once(call: Call, assembly: Assembly, once: str, text: str) -> list[Effect]:
    kind = once.partition(":")[0]
    if once in assembly.told or sum(e.startswith(f"{kind}:") for e in assembly.told) >= MOST_TOLD:
        return []
    assembly.told = [*assembly.told, once]
    await assembly.save(update_fields=["told"])
    effects: list[Effect] = []
    for steward in call.house.stewards:
        effects += await whispered(call, steward, text, about=f"assembly:{assembly.id}")
    return effects
