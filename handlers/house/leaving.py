"""Leaving: one command, one confirmation, no reason asked; the others hear that somebody is no longer in (R11).

The confirmation is put privately, so that whoever hesitates has shown it to nobody. What was theirs for the time to come
goes with them: answers, reminders, what they had taken on and not done, and the turn to host.
"""

from datetime import timedelta

from handlers.assembly import assemblies
from handlers.conversation import MISSING
from handlers.conversation import PATIENCE as A_MOMENT
from handlers.house import adoption
from handlers.house.adoption import CIRCLES
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Change,
    Effect,
    Effects,
    Refused,
    Remove,
    Say,
    command,
    inquiry,
    watch,
)
from handlers.names import name, room_name
from handlers.power import may_remove
from handlers.words import escaped, folded
from practices.answers import spoken
from practices.circles import RoomKind
from practices.understanding import shown
from storage.members import Member, is_in
from storage.questions import Question, forget_about
from storage.rooms import Room

#: How long a confirmation waits.
PATIENCE = timedelta(hours=1)

HERE = frozenset({"this", "this crew", "this room", "the crew", "crew", "here"})


@command(
    name="leave",
    help="leave a circle, with one yes and no reason; in private also: have me leave a space that you moderate",
    example="leave Kitchen Crew",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    arguments=(
        Argument(name="which", help="in private: the name of the crew or congregation", rest=True),
    ),
    sentences={
        "i|id|we [would] [like|want] [to] leave [a|the|my|this|our] [crew|group|circle|room]": "",
        "how do|can i leave [a|the|my|this|our] [crew|group|circle|room]": "",
    },
)
async def leave(call: Call, which: str | None) -> Effects:
    """Ask once, privately."""
    if call.is_private:
        return await _by_name(call, which)
    room = call.room
    if which is not None and folded(which) not in HERE | {folded(room.name or "")}:
        raise Refused(
            f"Here, `{call.house.prefix}leave` by itself takes you out of this room. For "
            f"{escaped(shown(which))} say it in our private chat, or in its own room. Nothing was changed."
        )
    if await _can_be_asked_privately(call):
        return [_asked(call, room, private=True), Say(text="I have asked you in our private chat.")]
    return [_asked(call, room, private=False)]


async def _can_be_asked_privately(call: Call) -> bool:
    """Whether there is a private chat with the sender, or one can be made: not where they have left it."""
    chats = await Room.filter(private_with=call.person)
    return not chats or any(chat.joined for chat in chats)


def _asked(call: Call, room: Room, *, private: bool) -> Ask:
    return Ask(
        inquiry="leave",
        text=f"You would leave **{room_name(room, 'this room')}**. No reason is needed, and the others hear only that "
        "you are no longer in it. What you took on there and your answers go with you; `export` in our private chat "
        "first gives you a copy of what is yours.\n\n✅ yes · ✋ no",
        until=call.at + PATIENCE,
        data={"room": room.id},
        person=call.person,
        private=private,
    )


async def _by_name(call: Call, which: str | None) -> Effects:
    rooms = list(await Member.filter(person=call.person).values_list("room", flat=True))
    mine = [room for room in await Room.filter(id__in=rooms, joined=True) if room.kind in CIRCLES]
    kept = await adoption.kept_by(call)
    if which is None:
        return [_which(call, mine, kept)]
    crews, spaces = _called(mine, which), _called(kept, which)
    if not crews and not spaces:
        crews = _called(mine, which, partly=True)
    match crews, spaces:
        case [room], []:
            return [_asked(call, room, private=True)]
        case [], [space]:
            return [
                *await assemblies.left_all(call, space),
                *await adoption.leave_congregation(call, space),
            ]
        case [], []:
            raise Refused(
                "I know of no congregation of that name that you have a say in, and of no crew of yours called so. "
                f"Nothing was changed; `leave` shows them, and in a crew's own room `{call.house.prefix}leave` is enough."
            )
        case _:
            raise Refused(
                f"More than one of your circles is called {escaped(shown(which))}, so nothing was changed. "
                f"Say the whole name, or `{call.house.prefix}leave` in the room that you mean."
            )


def _called(rooms: list[Room], name: str, *, partly: bool = False) -> list[Room]:
    """Those of that name; `partly` those whose name has all of these words in it, where a yes is asked for anyway."""
    wanted = set(spoken(name).split())
    return [
        room
        for room in rooms
        if folded(room.name or "") == folded(name)
        or (partly and wanted and wanted <= set(spoken(room.name or "").split()))
    ]


def _which(call: Call, mine: list[Room], kept: list[Room]) -> Ask:
    crews = ", ".join(sorted(room_name(room, "a circle without a name") for room in mine))
    spaces = ", ".join(sorted(room_name(space, "a congregation") for space in kept))
    lines = ["Which of them?"]
    if crews:
        lines.append(f"You can leave: {crews}.")
    if spaces:
        lines.append(f"I leave, and stop looking after, when you name it: {spaces}.")
    return Ask(
        inquiry=MISSING,
        text="\n\n".join([*lines, "*Your next message answers this; `stop` ends it.*"]),
        until=call.at + A_MOMENT,
        data={"command": "leave", "argument": "which", "given": {}},
        person=call.person,
    )


@inquiry(name="leave", options=(YES, NO))
async def leaving(call: Call, question: Question, said: str) -> Effects:
    """Take somebody out at their own word."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    if said == NO.word:
        return [Say(text="Nothing was changed.")]
    room = await Room.get_or_none(id=str(question.data.get("room")))
    if room is None or not await is_in(room.id, call.person):
        return [Say(text="You are not in it any more; nothing needed to be done.")]
    return await taken_out(call, room)


async def taken_out(call: Call, room: Room) -> list[Effect]:
    """Take the sender out of a room, or say how they leave where the room does not let us."""
    called = room_name(room, "the room")
    if not may_remove(room, call.house.me, call.person):
        return [
            Say(
                text=f"The rules of **{called}** do not let me take you out, so you are still in it. In your app: open "
                "the room, then its name at the top, then *Leave*. What was yours there goes in the same moment."
            )
        ]
    effects: list[Effect] = [Remove(person=call.person, room=room.id)]
    if room.kind is RoomKind.CREW:
        who = await name(room.id, call.person)
        effects.append(Say(text=f"{who} is no longer in this crew.", room=room.id, answers=False))
    if call.room.id != room.id:
        effects.append(
            Say(text=f"Done: you are no longer in **{called}**.{await _rest_of(call, room)}")
        )
    return effects


async def _rest_of(call: Call, room: Room) -> str:
    """What can be done with what else is kept; not offered to whoever needs it in another circle of theirs."""
    rooms = (
        await Member.filter(person=call.person).exclude(room=room.id).values_list("room", flat=True)
    )
    others = Room.filter(id__in=list(rooms), joined=True, kind__in=list(CIRCLES))
    return "" if await others.exists() else " `forget me` removes what else I keep about you."


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """The questions about this room that still waited for whoever left go with them."""
    room, person = call.room, call.person
    await forget_about("room", room.id, person=person)
    return []
