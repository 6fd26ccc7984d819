"""Finds the circle whose call something is, by the words of the cards, and says why (DEC-5, R132).

It quotes the line that names it. Where the cards do not tell it shows what comes nearest, and how to ask; where nothing
fits, it is for the circle that contains all of them. It decides nothing.
"""

import re

from handlers.conversation import MISSING, PATIENCE
from handlers.domains.cards import (
    active,
    called,
    giver_name,
    holder_name,
    links,
    spaces_here,
    table_beside,
    title,
)
from handlers.domains.judging import inside_words, judged, near_words, outside_words, whose
from handlers.house.adoption import CIRCLES
from handlers.language import Argument, Ask, Call, Effects, Say, command
from handlers.names import name
from handlers.words import escaped
from practices.circles import Life, RoomKind
from practices.domains import Inside, Outside, Unclear
from practices.understanding import shown as quoted
from storage.domains import Domain, Side
from storage.members import is_in
from storage.rooms import Room

QUESTION = "Whose call is what? A few words say it, for example: new fridge."

#: What people say around the matter itself: “call is this: a new fridge?”
_AROUND = re.compile(
    r"\s*(?:(?:call|decision|turn|business|job|domain)\b\s*)?(?:(?:is|would be|was)\b\s*)?"
    r"(?:(?:it|this|that)\b(?=\s*[:,–—?-]|\s+(?:if|when|to)\b|\s*\Z)\s*)?[:,–—-]?\s*(?:(?:if we|when we|to)\b\s*)?",
    re.IGNORECASE,
)


def matter(text: str) -> str:
    """What is asked about, without the words around it; "" when nothing is left."""
    said = " ".join(text.split())
    return _AROUND.sub("", said, count=1).strip(" ?!.")


@command(
    name="whose",
    help="find out whose call something is",
    example="whose new fridge",
    kinds=CIRCLES | {RoomKind.CONGREGATION, RoomKind.PRIVATE},
    sentences={
        "who decides|decide [about|on|over] < … >": "…",
        "who can|may decide [about|on|over] < … >": "…",
        "is this|that ours to decide < … >": "…",
    },
    arguments=(
        Argument(
            name="what",
            help="the matter, in a few words",
            rest=True,
            question=QUESTION,
        ),
    ),
)
async def whose_(call: Call, what: str) -> Effects:
    """Look it up on the cards."""
    what = matter(what)
    if not what:
        return [_ask_what(call)]
    spaces = await spaces_here(call)
    if not spaces:
        return [
            Say(
                text="There is no congregation here that I look after, and so no domains: what concerns only you is yours to "
                "decide."
            )
        ]
    return [Say(text="\n\n".join([await _answer(call, space, what) for space in spaces]))]


def _ask_what(call: Call) -> Ask:
    """“Whose call is this?” with nothing behind it."""
    return Ask(
        inquiry=MISSING,
        text=QUESTION,
        until=call.at + PATIENCE,
        data={"command": "whose", "argument": "what", "given": {}},
        person=call.person,
    )


async def _answer(call: Call, space: Room, what: str) -> str:
    judgement, rows = judged(what, await active(space))
    head = f"**{escaped(quoted(what))}**"
    match judgement:
        case Inside(hit):
            domain = rows[hit.held.id]
            said = await inside_words(domain, hit)
            ask = await _ask(call, domain)
            return f"{head}: {await whose(domain, judgement)}\n\n{said}\n\n{ask}"
        case Outside(hit):
            domain = rows[hit.held.id]
            said = await outside_words(domain, hit)
            wider = await _wider(call, space)
            return f"{head}: {said}\n\n{await whose(domain, judgement)} {wider}"
        case Unclear(nearest=()):
            wider = await _wider(call, space)
            return f"{head}: no card speaks of it, so it is for all of {called(space)}. {wider}"
        case Unclear(nearest):
            near = [f"- {await near_words(rows[hit.held.id], hit)}" for hit in nearest]
            asking = " ".join(
                [await _ask(call, rows[nearest[0].held.id]), await _wider(call, space)]
            )
            return "\n".join(
                [f"{head}: the cards do not tell. The nearest:", "", *near, "", asking]
            )


async def _ask(call: Call, domain: Domain) -> str:
    """How to ask the crew that holds a domain."""
    if await is_in(domain.room, call.person):
        return f"That is your own circle: `{call.house.prefix}propose …` in its room."
    if await Room.filter(id=domain.room, life=Life.PAUSED).exists():
        return f"{await holder_name(domain)} rests just now; what cannot wait is for {await giver_name(domain)}."
    link = (await links(domain)).get(Side.HOLDER)
    if link is None:
        return f"Anybody of {await holder_name(domain)} can tell you."
    return f"**{await name(link.room, link.person)}** speaks for {await holder_name(domain)} about {title(domain)}."


async def _wider(call: Call, space: Room) -> str:
    """How to ask the circle that contains all the others."""
    table = await table_beside(space, "")
    if table is None:
        return "It has no room yet in which I could ask all of them."
    if table.id == call.room.id:
        return f"`{call.house.prefix}propose …` asks all of you."
    room = await room_word(table)
    return f"`{call.house.prefix}propose …` in {room} asks all of them."


async def room_word(room: Room) -> str:
    """A room's name in bold."""
    return called(room, "the room where most of them talk")
