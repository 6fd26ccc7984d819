"""To which congregation a circle belongs that was there before its space: the circle says so, once the space lists its room.

A space can list any room, so being listed alone makes nobody belong to it: a crew is asked, and one no leaves it as it is
(R141). Whoever adopts a room that is listed already has answered by that.
"""

from handlers.consent import Voice, hear_voice, is_whole, proposed, standing_words
from handlers.language import (
    NO,
    YES,
    Call,
    Change,
    Edit,
    Effect,
    Effects,
    Refused,
    Say,
    Whisper,
    inquiry,
    watch,
)
from handlers.meetings import meetings
from handlers.names import neighbours, room_name
from handlers.power import moderates
from practices.circles import Life, RoomKind
from practices.defaults import PATIENCE
from storage.questions import Question
from storage.rooms import Room

ASKED = "belonging"

#: What can belong to a congregation.
KINDS = frozenset({RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING})


def _called(room: Room) -> str:
    return "room" if room.kind is RoomKind.WORKING else room.kind.value


def _words(call: Call, space: Room, room: Room) -> str:
    who = (
        "Somebody who moderates this room says so."
        if room.kind is RoomKind.WORKING
        else "It does when each of you has said yes; one no, and all stays as it is."
    )
    name = room_name(space, "A congregation")
    return (
        f"**{name}** lists this room. Does this {_called(room)} belong to it? Then its calls and its domains are yours, too, "
        f"and people there can see that you are one of its circles; what you do and say here stays here. {who}\n\n✅ yes · ✋ no"
    )


async def listed(call: Call, space: Room) -> list[Effect]:
    """Ask the circles that a congregation lists, and that belong to none yet. To be called when it is looked after."""
    effects: list[Effect] = []
    for child in space.children:
        effects += await _asked(call, space, child)
    return effects


async def _asked(call: Call, space: Room, child: str) -> list[Effect]:
    """Ask a circle once; nothing where it belongs somewhere, rests or is asked already."""
    room = await Room.get_or_none(
        id=child, joined=True, kind__in=list(KINDS), congregation__isnull=True
    )
    if room is None or room.life in meetings.RESTING or room.life is Life.CLOSED:
        return []
    if await Question.exists(room=room.id, inquiry=ASKED, until__gt=call.at):
        return []
    # Whoever lists a room from elsewhere has not spoken for its people.
    answers, standing = await proposed(call, room) if call.room.id == room.id else ({}, None)
    text = _words(call, space, room)
    question = await Question.create(
        room=room.id,
        inquiry=ASKED,
        data={"space": space.id, "text": text},
        answers=answers,
        until=call.at + PATIENCE,
    )
    shown = text if standing is None else standing_words(call, room, text, standing)
    return [
        Say(
            text=shown,
            room=room.id,
            name=f"question:{question.id}",
            taps=(YES.sign, NO.sign),
            answers=False,
        )
    ]


async def again(call: Call) -> Effects:
    """Ask once more, by a word in the circle's own room. Raises Refused."""
    if call.room.congregation is not None:
        space = await Room.get_or_none(id=call.room.congregation)
        name = room_name(space, "its congregation") if space else "its congregation"
        raise Refused(
            f"I look after this {_called(call.room)} already, and it belongs to **{name}**. Nothing was changed."
        )
    spaces = [each for each in await neighbours(call.room) if each.kind is RoomKind.CONGREGATION]
    if not spaces:
        raise Refused(
            f"I look after this {_called(call.room)} already, and no space that I look after lists it. Nothing was changed; "
            "once one does, I ask you whether you belong to it."
        )
    asked = await _asked(call, spaces[0], call.room.id)
    return asked or [Say(text="That is asked already; the question stands above.")]


@watch(kind=Change.LISTED)
async def newly(call: Call) -> Effects:
    """A space lists a room that it did not list before."""
    if call.room.kind is not RoomKind.CONGREGATION:
        return []
    return await _asked(call, call.room, str(call.content.get("child", "")))


@inquiry(name=ASKED, options=(YES, NO), matter="whether that room belongs to a congregation")
async def answered(call: Call, question: Question, said: str) -> Effects:
    """One more voice; in a working room that of somebody who moderates it."""
    if said not in (YES.word, NO.word):
        return []
    message = f"question:{question.id}"
    if call.room.kind is RoomKind.WORKING:
        if not moderates(call.room, call.person):
            text = "That is for somebody to say who moderates the room. Nothing was changed."
            return [Whisper(person=call.person, text=text)]
        await question.delete()
        agreed = said == YES.word
    else:
        standing = await hear_voice(call, question, said)
        if standing.voice is Voice.WAITING:
            words = standing_words(call, call.room, str(question.data.get("text", "")), standing)
            return [Edit(name=message, text=words)]
        if standing.voice is Voice.NOTHING:
            return []
        agreed = standing.voice is Voice.AGREED
    if not agreed:
        text = f"It stays as it is, and that needs no reason. `{call.house.prefix}adopt` asks again whenever you like."
        return [Edit(name=message, text=text)]
    return await _belongs(call, question)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever was waited for has left: those who stay may all have agreed."""
    if call.room.kind is RoomKind.WORKING:
        return []
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry=ASKED, until__gt=call.at):
        if await is_whole(call, question):
            await question.delete()
            effects += await _belongs(call, question)
    return effects


async def _belongs(call: Call, question: Question) -> list[Effect]:
    """The circle belongs to the congregation from now on, if that still lists it."""
    message, room = f"question:{question.id}", call.room
    space = await Room.get_or_none(id=str(question.data.get("space")), joined=True)
    if space is None or space.kind is not RoomKind.CONGREGATION or room.id not in space.children:
        return [Edit(name=message, text="That space lists this room no more; nothing was changed.")]
    room.congregation = space.id
    await room.save(update_fields=["congregation"])
    text = (
        f"This {_called(room)} belongs to **{room_name(space, 'your congregation')}** from now on."
    )
    return [meetings.circle_state(room), Edit(name=message, text=text)]
