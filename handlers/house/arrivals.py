"""Coming into rooms: whom the daemon follows, how it introduces itself, and how it moves house with a room."""

from typing import Any

from handlers.assembly import assemblies
from handlers.crews import joining
from handlers.house import adoption, keeping
from handlers.house.adoption import LIST
from handlers.language import (
    YES,
    Ask,
    Call,
    Change,
    Effect,
    Effects,
    Join,
    Leave,
    Say,
    Whisper,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import name, people, room_name
from handlers.power import moderates
from practices.circles import RoomKind
from practices.defaults import PATIENCE
from storage import belongings
from storage.assemblies import assembly_of
from storage.inbox import Heard, Kind, Settled
from storage.members import Member
from storage.people import Muted
from storage.reminders import Reminder
from storage.rooms import Room

#: Rooms that nobody moves by closing them and naming another.
_STAY = (RoomKind.NONE, RoomKind.PROTOCOL)


@watch(kind=Change.JOINED)
async def came(call: Call) -> Effects:
    """Before any other feature hears of somebody, it is clear whether they are of the crew or its guest (R49)."""
    return await joining.came_in(call)


@watch(kind=Change.INVITED)
async def invited(call: Call) -> Effects:
    """Follow those whom the operator lets invite, people of our circles to a private chat, and rooms that replace ours."""
    if "assembly" in call.content:
        return []  # whether a congregation enters an assembly, its hosts say
    if await Room.exists(successor=call.room.id, kind=RoomKind.PROTOCOL):
        return []  # it waits until hosts ask the congregations; no single hand moves an assembly
    if call.house.welcomes(call.person) or await _replaced(call.room):
        return [Join(room=call.room.id)]
    if call.room.invited_direct and await _is_of_a_circle(call.person):
        return [Join(room=call.room.id)]
    return [Leave(room=call.room.id)]


async def _is_of_a_circle(person: str) -> bool:
    """Whether somebody is in a circle of ours, wherever their homeserver is: we open a private chat with them, too."""
    rooms = await Member.filter(person=person).values_list("room", flat=True)
    circles = [*adoption.CIRCLES, RoomKind.CONGREGATION]
    return await Room.exists(id__in=list(rooms), joined=True, kind__in=circles)


async def _replaced(room: Room) -> Room | None:
    """The circle's room that this one replaces, if that room itself says so."""
    return await Room.filter(successor=room.id).exclude(kind=RoomKind.NONE).first()


@watch(kind=Change.UPGRADED)
async def upgraded(call: Call) -> Effects:
    """Knock at the room that a tombstone names; whether it is the right one is seen inside."""
    if call.room.successor is None or call.room.kind is RoomKind.NONE:
        return []
    if await assembly_of(call.room.id) is not None:
        return []  # where a protocol room goes on, the congregations agree on
    via = call.person.partition(":")[2]
    return [Join(room=call.room.successor, via=(via,))]


@watch(kind=Change.ARRIVED)
async def arrived(call: Call) -> Effects:
    """Say hello, in the way that fits the room."""
    room = call.room
    if room.kind is RoomKind.PROTOCOL:
        return []  # handlers.assembly.moves
    old = await Room.get_or_none(id=room.predecessor) if room.predecessor else None
    if old is not None and old.kind not in _STAY and old.successor == room.id:
        return await _move_house(call, old)
    if await Room.filter(successor=room.id).exclude(kind=RoomKind.NONE).exists():
        # A tombstone named this room, and it does not name that room back: not ours to follow.
        return [Leave(room=room.id)]
    if room.kind is RoomKind.ASSEMBLY or "assembly" in call.content:
        return []
    return await _hello(call)


async def _hello(call: Call) -> list[Effect]:
    room = call.room
    if room.kind is RoomKind.PRIVATE:
        return [await _greeting(call)]
    if room.is_space:
        return _about_space(call)
    if room.kind is not RoomKind.NONE:
        return []
    if room.invited_direct and room.invited_by and not call.house.welcomes(room.invited_by):
        return [Leave(room=room.id)]  # it was to be a private chat, and is a room of several
    return [
        Say(
            text="Hello. I am Kinkeeper: I can look after the rhythm of this room, its meetings and reminders.\n\n"
            f"✅ asks all of you whether I should, and so does `{call.house.prefix}adopt`; `{call.house.prefix}about` "
            "tells who I am. Until then I keep nothing and stay quiet.",
            name=adoption.HELLO,
            taps=(YES.sign,),
        )
    ]


async def _greeting(call: Call) -> Effect:
    called = await name(call.room.id, call.room.private_with or "")
    return Say(
        text=f"Hello {called}. This is our private chat: plain words do here, no sign in front.\n\n"
        "Next: `help` lists what you can say, `timezone` tells me where you are, `quiet` keeps me silent."
    )


def _about_space(call: Call) -> list[Effect]:
    """Ask whoever invited us, privately, and only if the space gives them a say."""
    room, inviter = call.room, call.room.invited_by
    if inviter is None:
        return []
    name = room_name(room, "a space")
    if not moderates(room, inviter):
        return [
            Whisper(
                person=inviter,
                text=f"Hello. You asked me into **{name}**. To look after a congregation I need the word of somebody "
                "whom the space lets moderate it. I have stored nothing and leave; they can invite me.",
            ),
            Leave(room=room.id),
        ]
    return [
        Ask(
            inquiry="congregation",
            private=True,
            person=inviter,
            until=call.at + PATIENCE,
            data={"space": room.id},
            text=f"Hello. You asked me into **{name}**. I can look after its rhythm: crews, meetings, reminders.\n\n"
            f"{keeping.IN_SHORT} {LIST.sign} shows you the whole list.\n\n"
            "I need only to be in it; where I may also moderate it (level 50), what we agree stands in the space itself and "
            "outlives my memory. Whoever moderates it ends it with `leave` here.\n\n"
            f"Shall I begin? ✅ yes · ✋ not now · {LIST.sign} {LIST.word} *(or just write back)*",
        )
    ]


# --------------------------------------------------------------------------------------- moving house


async def _move_house(call: Call, old: Room) -> list[Effect]:
    """A circle's room was upgraded: everything that belongs to it goes along."""
    room, former = call.room, await people(old, call.house.me)
    for column in (
        "kind",
        "congregation",
        "zone",
        "rhythm",
        "host",
        "settings",
        "life",
        "caller",
        "adopted_at",
    ):
        setattr(room, column, getattr(old, column))
    room.noticed_size, room.private_with = old.noticed_size, old.private_with
    await room.save()
    await belongings.move(old.id, room.id)
    await Room.filter(congregation=old.id).update(congregation=room.id)
    old.kind, old.rhythm, old.private_with, old.congregation = RoomKind.NONE, None, None, None
    await old.save()
    effects: list[Effect] = [
        meetings.circle_state(room),
        Leave(room=old.id),
    ]
    if not room.is_space and room.kind is not RoomKind.ASSEMBLY:  # where many keepers come along
        effects.append(
            Say(text="I have moved here with you; rhythm, meetings and settings are as before.")
        )
    effects += await joining.moved(call, old, former)
    return effects + await meetings.plan_again(call, call.at)


@watch(kind=Change.REMOVED)
async def removed(call: Call) -> Effects:
    """Somebody showed the daemon the door: it forgets what it kept for the room."""
    room = call.room
    await Reminder.filter(room=room.id).delete()
    await Muted.filter(room=room.id).delete()
    await Heard.filter(room=room.id, kind=Kind.HOUR, state=Settled.WAITING).delete()
    room.private_with = None
    left = await assemblies.left_all(call, room) if room.is_space else []
    return [*left, *await adoption.let_go(call, room)]


@watch(kind=Change.REBUILT)
async def rebuilt(call: Call) -> Effects:
    """The database was lost, and the room itself told what it is: plan its meetings anew."""
    room = call.room
    room.noticed_size = len(await people(room, call.house.me))
    await room.save()
    return await meetings.plan(call, call.at)


@ritual(
    name="unreadable",
    help="says a kind word, once, when a message's key has not come within five minutes",
)
async def unreadable(call: Call) -> Effects:
    """A message could not be read: its sender can mend that, and nobody else."""
    session: Any = call.content.get("session")
    if not await Heard.filter(session=session, state=Settled.SEALED, room=call.room.id).exists():
        return []
    return [
        Say(
            text="I was given a message here that I cannot read: its key has not reached me. If it was meant for me, "
            "please write it again. If that keeps happening, signing out and in again on that device helps.",
            answers=False,
        )
    ]
