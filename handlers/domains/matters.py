"""Handing on what lies outside a crew's domains to the circle that contains it; inside, no wider vote is needed (R132).

Under what a crew is asked stands what its cards say of it, where they say anything. The daemon decides nothing: it quotes,
and offers to hand on. What is handed on are somebody's words, so they say yes to it themselves first; nothing else leaves
the room. In the wider circle anybody can take it up, and it is asked there in their name.
"""

import re
from datetime import timedelta

from handlers.asking import now_of
from handlers.consent import Voice, hear_voice, nowhere_to_ask, ten_o_clock
from handlers.domains.cards import (
    HOLDERS,
    active,
    called,
    congregation_of,
    holder_name,
    table_beside,
    zone_of,
)
from handlers.domains.judging import inside_words, judged, outside_words
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Edit,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    tap,
)
from handlers.names import name, people
from handlers.polls.voices import find, terms_of
from handlers.words import first_word, folded, sign, verbatim
from practices.defaults import PATIENCE
from practices.domains import Inside, Outside
from storage.database import row_of
from storage.domains import Domain, Matter
from storage.polls import Poll
from storage.questions import Question
from storage.rooms import Room

HAND_ON, TAKE_UP = "⬆️", "🙋"

NOT_OURS = frozenset({
    "not ours", "this is not ours", "that is not ours", "it is not ours", "this isn't ours", "hand on", "hand it on",
})  # fmt: skip

#: What nobody handed on is forgotten after so long, and what nobody took up rests.
KEPT = timedelta(days=60)
WAITS = timedelta(days=14)

#: As long as what is handed on may be.
LONGEST = 2000

_NUMBER = re.compile(r"#?(\d{1,9})\.?")


def about(matter: Matter) -> str:
    """What the hours of something that was handed on belong to."""
    return f"matter:{matter.id}"


# ------------------------------------------------------------------------------------ what the cards say


async def remark(
    call: Call, room: Room, words: str, *, author: str, origin: str = ""
) -> list[Effect]:
    """What the cards say of something that is asked in a room, said under it; nothing where they say nothing.

    `origin` names what is asked, such as "poll:4". To be called by whatever asks a circle something.
    """
    space = await congregation_of(room)
    if space is None:
        return []
    among = await active(space)
    judgement, rows = judged(words, among)
    if not isinstance(judgement, Inside | Outside):
        return []
    domain = rows[judgement.hit.held.id]
    table = await table_beside(space, domain.room)
    if table is None or room.id in (table.id, space.id):
        return await _to_the_wider(room, domain, judgement)
    if not any(each.room == room.id for each in among):
        return []
    stale = Matter.filter(room=room.id, handed_at=None, noticed_at__lt=now_of(call) - KEPT)
    await stale.delete()
    matter = await Matter.create(
        room=room.id, words=words, author=author, origin=origin, noticed_at=now_of(call)
    )
    return [
        Say(
            text=await _remark_words(space, room, domain, judgement),
            room=room.id,
            name=f"matter:{matter.id}",
            taps=(HAND_ON,),
            answers=False,
        )
    ]


async def _to_the_wider(room: Room, domain: Domain, judgement: Inside | Outside) -> list[Effect]:
    """In the room of all: whose call it is by a card, so that nobody votes on it who need not."""
    if not isinstance(judgement, Inside):
        return []
    said = await inside_words(domain, judgement.hit)
    text = f"{said} {await holder_name(domain)} decides that, and no wider vote is needed."
    return [Say(text=text, room=room.id, answers=False)]


async def _remark_words(
    space: Room, room: Room, domain: Domain, judgement: Inside | Outside
) -> str:
    wider = called(space)
    if isinstance(judgement, Outside):
        said = await outside_words(domain, judgement.hit)
        return (
            f"{said}\n\nWhether that is so is yours to say: go on here, or hand it on to {wider}, the circle that contains "
            f"yours.\n\n*{HAND_ON} hands it on.*"
        )
    said = await inside_words(domain, judgement.hit)
    if domain.room == room.id:
        ours = "It lies within your domain, so no wider vote is needed."
    else:
        ours = f"That is a domain of {await holder_name(domain)}; they can be asked."
    return f"{said}\n\n{ours}\n\n*{HAND_ON} hands it on to {wider}, if you see it otherwise.*"


# ---------------------------------------------------------------------------------------------- handing on


@command(
    name="hand",
    help="hand on what lies outside your domains to the circle that contains you: what was asked here, or your own words",
    example="hand on 4",
    kinds=HOLDERS,
    arguments=(
        Argument(
            name="what",
            help="“on”, and the number of what was asked here, or a few words of your own",
            rest=True,
            question="What shall be handed on? The number of what was asked here, or a few words.",
        ),
    ),
)
async def hand(call: Call, what: str) -> Effects:
    """Ask whoever said it whether it goes to the wider circle."""
    word, rest = first_word(what)
    if folded(word) == "on":
        what = rest
    if not what.strip():
        raise Refused(
            "What shall be handed on? The number of what was asked here, as in `hand on 4`, or a few words of your own. "
            "Nothing was handed on."
        )
    number = _NUMBER.fullmatch(what.strip())
    if number is not None:
        poll = await find(call, int(number[1]))
        if poll is None:
            raise Refused(
                f"I know of nothing here with the number {number[1]}, so nothing was handed on. `{call.house.prefix}polls` lists "
                "what is asked."
            )
        return await hand_on_poll(call, poll) or [
            Say(text="That is asked already; the question stands above, so nothing was asked anew.")
        ]
    await _check(call)
    if len(what) > LONGEST:
        raise Refused(
            f"That is longer than {LONGEST} characters, so nothing was handed on. Fewer words are read by more people."
        )
    matter = await Matter.create(
        room=call.room.id, words=what.strip(), author=call.person, noticed_at=call.at
    )
    return await _ask(call, matter)


async def hand_on_poll(call: Call, poll: Poll) -> list[Effect]:
    """Hand on what a poll asks; to be called by a tap on its announcement, too. Raises Refused."""
    await _check(call)
    origin = f"poll:{poll.id}"
    matter = await Matter.filter(room=call.room.id, origin=origin).order_by("-id").first()
    words = terms_of(poll).topic
    if matter is None or matter.words != words:
        matter = await Matter.create(
            room=call.room.id, words=words, author=poll.author, origin=origin, noticed_at=call.at
        )
    return await _ask(call, matter)


@tap(prefix="matter", labels={"hand|hands it on [to …]": HAND_ON})
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """Somebody of the crew sees it outside its domains."""
    if sign(said) != sign(HAND_ON) and folded(said) not in NOT_OURS:
        return []
    matter = await row_of(Matter, subject, room=call.room.id, handed_at=None)
    if matter is None:
        return []
    await _check(call)
    return await _ask(call, matter)


async def _check(call: Call) -> Room:
    """Where a matter would go. Raises Refused."""
    if call.person not in await people(call.room, call.house.me):
        raise Refused("That is for the members of the circle to say, so nothing was handed on.")
    space = await congregation_of(call.room)
    if space is None:
        raise Refused(
            "This circle belongs to no congregation that I look after, so there is none to hand it to: it is yours to decide. "
            "Nothing was handed on."
        )
    table = await table_beside(space, "")
    if table is None:
        raise Refused(nowhere_to_ask(call, space))
    if table.id == call.room.id:
        raise Refused(
            f"This is the room in which all of {called(space)} are asked, so there is nothing to hand on. "
            f"`{call.house.prefix}propose …` asks all of you."
        )
    return table


async def _ask(call: Call, matter: Matter) -> list[Effect]:
    """Whoever's words they are is asked whether they go on; when they are gone, everybody is.

    While that is asked it is asked once: a tap more changes nothing.
    """
    table = await _check(call)
    effects: list[Effect] = []
    present = matter.author in await people(call.room, call.house.me)
    for former in await Question.filter(room=call.room.id, inquiry="hand-on"):
        if former.data.get("matter") != matter.id:
            continue
        if former.until > call.at and former.person == (matter.author if present else None):
            return []
        await former.delete()
        effects.append(Edit(name=f"question:{former.id}", text="Asked again below."))
    who = await name(call.room.id, matter.author) if present else ""
    whose = (
        f"{who}, these are your words, so it is yours to say"
        if present
        else "Whoever said this is no longer in, so it is for all of you to say"
    )
    return [
        *effects,
        Ask(
            inquiry="hand-on",
            person=matter.author if present else None,
            until=call.at + PATIENCE,
            data={"matter": matter.id},
            text=f"{whose}: shall this go to {called(table)}?\n\n{block(matter.words)}\n\nEverybody there reads it, with "
            f"{'your name and ' if present else ''}the name of this circle. Nothing else leaves this room, and what is asked here "
            "goes on as it is.\n\n✅ yes · ✋ no",
        ),
    ]


def block(words: str) -> str:
    """Somebody's words as a quotation, line by line."""
    return "\n".join(f"> {line}" for line in verbatim(words).splitlines())


@inquiry(name="hand-on", options=(YES, NO), matter="whether something is handed on")
async def going(call: Call, question: Question, said: str) -> Effects:
    """Hand it on with a yes of whoever said it."""
    matter = await Matter.get_or_none(
        id=int(str(question.data["matter"])), room=call.room.id, handed_at=None
    )
    message = f"question:{question.id}"
    if matter is None:
        await question.delete()
        return [Edit(name=message, text="That is settled already; nothing was changed.")]
    if question.person is None:
        standing = await hear_voice(call, question, said)
        match standing.voice:
            case Voice.ENDED:
                return [Edit(name=message, text="It stays here.")]
            case Voice.AGREED:
                return await _handed(call, matter, message, named=False)
            case _:
                return []
    if said not in (YES.word, NO.word):
        return []
    await question.delete()
    if said == NO.word:
        return [Edit(name=message, text="It stays here.")]
    return await _handed(call, matter, message, named=True)


async def _handed(call: Call, matter: Matter, message: str, *, named: bool) -> list[Effect]:
    """It stands in the room of the wider circle from now on. Raises Refused where there is none any more."""
    table, crew = await _check(call), call.room
    who = f", from {await name(crew.id, matter.author)}" if named else ""
    matter.room, matter.came_from, matter.handed_at = table.id, crew.id, call.at
    if not named:
        matter.author = ""
    await matter.save()
    limit = await _limit_words(crew, matter.words)
    number = matter.origin.partition(":")[2]
    goes_on = (
        f" Number {number} here goes on as it is; `{call.house.prefix}poll {number} withdraw` ends it."
        if matter.origin.startswith("poll:")
        else ""
    )
    at = ten_o_clock(call.at + WAITS, zone_of(call, table))
    return [
        Edit(
            name=message,
            text=f"Handed on: it stands in {called(table)} now, where anybody can take it up.{goes_on}",
        ),
        Say(
            text=f"**Handed on by {called(crew).strip('*')}**{who}:\n\n{block(matter.words)}\n\n{limit}{TAKE_UP} takes it up: it "
            "is then asked here, as a proposal, in the name of whoever taps.",
            room=table.id,
            name=f"handed:{matter.id}",
            taps=(TAKE_UP,),
            answers=False,
        ),
        Ring(
            ritual="matter-rests",
            about=about(matter),
            at=at,
            room=table.id,
            content={"matter": matter.id},
        ),
    ]


async def _limit_words(crew: Room, words: str) -> str:
    """The limit on the crew's own card that speaks of it, if one does."""
    space = await congregation_of(crew)
    own = [each for each in await active(space) if each.room == crew.id] if space else []
    judgement, rows = judged(words, own)
    if not isinstance(judgement, Outside):
        return ""
    return f"{await outside_words(rows[judgement.hit.held.id], judgement.hit)}\n\n"
