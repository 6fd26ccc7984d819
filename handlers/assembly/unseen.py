"""Letters that others refer to and that are not here: the rooms' past is read again, and hosts hear what still waits.

What an account wrote before it had standing, and what somebody wrote too much of, is not all kept. As soon as it may count
it is read, so that it does not matter who saw it when. What nobody shows us is asked for by its sign (practices.assembly.
keeping); a day later our hosts know why a matter of another congregation does not reach them.
"""

from handlers.asking import now_of
from handlers.assembly import seating
from handlers.hosts import told
from handlers.language import Call, Effect
from handlers.words import escaped
from practices.assembly.keeping import unheard
from storage.assemblies import Assembly, State, is_past_wanted, ledger, seen


async def looked_for(call: Call, assembly: Assembly) -> list[Effect]:
    """Read again what may count by now; tell our hosts, once of each congregation, of matters that wait for it."""
    if assembly.state is not State.SEATED or assembly.found is None:
        return []
    effects: list[Effect] = []
    if await is_past_wanted(assembly, now_of(call)):
        effects += await seating.read_again(assembly)
    known, when = await ledger(assembly), await seen(assembly)
    for sender, matters in unheard(known, call.house.me, now_of(call), when).items():
        seat = known.roll.seat_of(sender)
        if seat is not None:
            text = (
                f"**{escaped(seat.name)}** has put “{escaped(matters[0].title)}” to the congregations of **{escaped(assembly.name)}**. "
                "It stands on a letter that has not come here, though I have asked for it for a day, so I cannot see who may speak "
                "to it, and your congregation cannot yet. Everything else goes on, and I go on asking.\n\nNext: the room for people "
                "is open to ask whose keeper wrote something lately that did not come here. I tell you of this congregation once."
            )
            effects += await told(call, assembly, text, once=f"unseen:{seat.id}")
    return effects
