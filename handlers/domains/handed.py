"""What a crew has handed on waits in the room of the wider circle, where anybody can take it up (R132).

Whoever takes it up asks it there, in their own name; the crew is told. What nobody takes up rests after two weeks.
"""

from handlers.domains.cards import HOLDERS, called
from handlers.domains.matters import TAKE_UP, about, block
from handlers.language import Call, CallOff, Edit, Effect, Effects, Say, ritual, tap
from handlers.names import name, people
from handlers.polls import opening
from handlers.words import folded, sign
from practices.drafts import Draft
from practices.polls.poll import Way
from storage.database import row_of
from storage.domains import Matter
from storage.rooms import Room

TAKING = frozenset({"me", "i", "i take it", "i take it up", "take it up", "take up", "yes"})


@tap(prefix="handed", labels={"takes it up": TAKE_UP, "take it up": TAKE_UP})
async def taken(call: Call, subject: str, said: str) -> Effects:
    """Somebody of the wider circle takes it up: it is asked there, in their name."""
    if sign(said) != TAKE_UP and folded(said) not in TAKING:
        return []
    matter = await row_of(Matter, subject, room=call.room.id)
    if matter is None or call.person not in await people(call.room, call.house.me):
        return []
    draft = Draft(way=Way.PROPOSAL, topic=matter.words)
    poll, asked = await opening.asked(call, call.room, draft)
    who = await name(call.room.id, call.person)
    effects: list[Effect] = [
        CallOff(about=about(matter)),
        Edit(
            name=f"handed:{matter.id}",
            text=f"{block(matter.words)}\n\n{who} has taken it up, as number {poll.id}.",
        ),
        *asked,
    ]
    text = (
        f"{called(call.room)} has taken up what you handed on; it is asked there now:\n\n"
        f"{block(matter.words)}"
    )
    return effects + await _over(matter, text)


async def _over(matter: Matter, text: str) -> list[Effect]:
    """What was handed on is kept no more; the circle that it comes from hears `text`, if it is still looked after."""
    await matter.delete()
    if matter.came_from is None:
        return []
    crew = await Room.get_or_none(id=matter.came_from, joined=True, kind__in=list(HOLDERS))
    return [] if crew is None else [Say(text=text, room=crew.id, answers=False)]


@ritual(
    name="matter-rests", help="lets rest what was handed on and nobody has taken up in two weeks"
)
async def rests(call: Call) -> Effects:
    """Nobody has taken it up; those it comes from are told, and can bring it themselves."""
    matter = await row_of(Matter, call.content["matter"])
    if matter is None:
        return []
    effects: list[Effect] = [
        Edit(
            name=f"handed:{matter.id}",
            text=f"{block(matter.words)}\n\nIt rests. `{call.house.prefix}propose …` takes it up at any time.",
        )
    ]
    text = (
        f"What you handed on rests in {called(call.room)} for now:\n\n{block(matter.words)}\n\nWhoever speaks for you "
        f"there can bring it; `{call.house.prefix}hand on …` hands it on again."
    )
    return effects + await _over(matter, text)
