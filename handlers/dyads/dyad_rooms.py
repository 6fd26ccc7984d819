"""A room of their own for the two of a dyad: made when both would like one, and never needed."""

from hashlib import blake2b

from handlers.dyads.dyad_agreements import about, in_place, tell_both
from handlers.language import Call, Change, Effect, Effects, MakeRoom, Refused, Say, tap, watch
from handlers.meetings import meetings
from handlers.names import called, people, typed
from handlers.words import sign
from practices.circles import RoomKind
from practices.dyads import State
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.dyads import Dyad
from storage.rooms import Room

#: Tapped under a dyad: a room of their own.
HOME = "🏠"


@tap(prefix="dyad", labels={"[make|have] [us] a room of our|your own": HOME, "[a] room": HOME})
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """🏠 under a dyad."""
    if sign(said) != sign(HOME):
        raise NotUnderstood(f"Under that message {HOME} means a room of your own.")
    there = await row_of(Dyad, subject)
    if there is None or call.person not in there.people:
        return [Say(text="That dyad is over. Nothing was changed.")]
    return await want_room(call, there)


async def want_room(call: Call, there: Dyad) -> list[Effect]:
    """One of the two would like a room; it is made when both would. Raises Refused unless the dyad runs, or when they have one."""
    if there.state is not State.ACTIVE:
        raise Refused("It does not run just now, so no room was made. `dyad` shows how it stands.")
    if there.home is not None:
        room = await Room.get_or_none(id=there.home)
        if room is not None and room.joined:
            raise Refused(
                "You have a room of your own already; it is among the rooms in your app. No other was made."
            )
    other = there.other(call.person)
    name = await called(other, call.person)
    there.rooming = sorted({*there.rooming, call.person})
    await there.save()
    if set(there.rooming) < set(there.people):
        return [
            Say(
                text=f"Noted: a room of your own. I make it as soon as {name} would like one, too; you can say so to each other. "
                "Without one your one-to-ones go on just the same."
            )
        ]
    names = sorted([await called(each, call.person) for each in there.people], key=str.casefold)
    return [
        MakeRoom(
            name=" and ".join(each.replace("\\", "") for each in names),
            about=_room_about(there),
            kind=RoomKind.DYAD,
            invite=there.people,
            content={"dyad": there.id},
        ),
        Say(
            text="You both would like a room of your own. I make it now; the invitation comes in your app."
        ),
    ]


def _room_about(there: Dyad) -> str:
    """What a room is made for: another one than the first, when that one is gone."""
    gone = there.home and blake2b(there.home.encode(), digest_size=8).hexdigest()
    return f"{about(there)}:{gone}" if gone else about(there)


async def _of_room(call: Call) -> Dyad | None:
    """The dyad whose room was made, or refused."""
    kind, _, number = str(call.content.get("about", "")).partition(":")
    return await row_of(Dyad, number.partition(":")[0]) if kind == "dyad" else None


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The room of a dyad is there; its welcome waits for both, as nobody can read what was said before they came."""
    there = await _of_room(call)
    if there is None:
        return []
    room = call.room
    room.zone = (await in_place(call, there)).room.zone or call.house.zone
    room.adopted_at, room.noticed_size = call.at, 0
    await room.save()
    there.home, there.rooming = room.id, []
    await there.save()
    return [meetings.circle_state(room), *await _welcomed(call, there)]


@watch(kind=Change.JOINED)
async def came(call: Call) -> Effects:
    """One of the two came into the room that was made for them."""
    if call.room.kind is not RoomKind.DYAD:
        return []
    there = await Dyad.get_or_none(home=call.room.id)
    return [] if there is None else await _welcomed(call, there)


async def _welcomed(call: Call, there: Dyad) -> list[Effect]:
    """The welcome to a room that was made for two: once, as soon as both are there."""
    room = call.room
    if room.noticed_size or not set(there.people) <= set(await people(room, call.house.me)):
        return []
    room.noticed_size = len(there.people)
    await room.save(update_fields=["noticed_size"])
    return [
        Say(
            text=f"This room is yours: equal powers, and what you say here I do not keep. `{call.house.prefix}practice` shows what can "
            "be done by two, such as listen and loop; you can do it in a call or in writing. Each of you can leave at any time, and "
            f"`{call.house.prefix}release` sends me away.",
            answers=False,
        ),
    ]


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused: both hear what works instead."""
    there = await _of_room(call)
    if there is None:
        return []
    there.rooming = []
    await there.save(update_fields=["rooming"])
    return await tell_both(
        call,
        there,
        lambda name: (
            f"I could not make the room for you and {name}: the server did not let me. Nothing else was changed. `dyad {typed(name)} "
            f"room` tries again when you both say so; or make a room in your app, invite me, and say `{call.house.prefix}adopt` there."
        ),
    )
