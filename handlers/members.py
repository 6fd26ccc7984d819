"""People coming and going: the sizes at which a circle works, said kindly and once."""

from handlers.language import Call, Change, Effect, Effects, Leave, Say, Whisper, watch
from handlers.names import name, people
from handlers.power import moderates
from practices import circles
from practices.circles import Audience, Notice, RoomKind
from storage.coming import Coming
from storage.meetings import Meeting
from storage.members import Member
from storage.people import Muted
from storage.questions import Question
from storage.rooms import Room


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Somebody came."""
    match call.room.kind:
        case RoomKind.CREW:
            return await _crew_grew(call)
        case RoomKind.CONGREGATION:
            return await _congregation_grew(call)
        case RoomKind.DYAD:
            return await _dyad_grew(call)
        case RoomKind.PRIVATE:
            return await _no_longer_private(call)
        case _:
            return []


async def _crew_grew(call: Call) -> list[Effect]:
    room = call.room
    size = len(await people(room, call.house.me))
    before, room.noticed_size = room.noticed_size, max(room.noticed_size, size)
    await room.save(update_fields=["noticed_size"])
    if circles.crew_fits(size) is circles.Fit.TOO_LARGE:
        newcomer = await name(room.id, call.person)
        return [Say(text=circles.crew_refusal(size, newcomer), answers=False)]
    if circles.crew_hint_due(before, size):
        return [Say(text=circles.crew_hint(size), answers=False)]
    return []


async def _congregation_grew(call: Call) -> list[Effect]:
    space = call.room
    size = len(await people(space, call.house.me))
    before, space.noticed_size = space.noticed_size, max(space.noticed_size, size)
    await space.save(update_fields=["noticed_size"])
    notice = circles.congregation_notice(before, size)
    return await _noticed(call, notice) if notice is not None else []


async def _noticed(call: Call, notice: Notice) -> list[Effect]:
    """A quiet notice, to those whom it concerns and nobody else."""
    space = call.room
    if notice.to is Audience.EVERYONE:
        working = await Room.filter(congregation=space.id, kind=RoomKind.WORKING, joined=True)
        crews = await Room.filter(congregation=space.id, kind=RoomKind.CREW, joined=True)
        return [Say(text=notice.text, room=room.id) for room in working or crews]
    members = await people(space, call.house.me)
    weavers = [person for person in members if moderates(space, person)]
    return [Whisper(person=person, text=notice.text) for person in weavers]


async def _dyad_grew(call: Call) -> list[Effect]:
    prefix = call.house.prefix
    return [
        Say(
            text="A dyad is two people, and you are more now. I go on with your dates as they are; if you have become "
            f"a crew, `{prefix}release` and then `{prefix}adopt` begin as one.",
            answers=False,
        )
    ]


async def _no_longer_private(call: Call) -> list[Effect]:
    """A third person came into a private chat: from now on nothing private is said here."""
    room = call.room
    if call.person == room.private_with:
        return []
    room.kind, room.private_with = RoomKind.NONE, None
    await room.save()
    await Question.filter(room=room.id).delete()
    return [
        Say(
            text="There are more of us here now, so this is no private chat any more: nothing private is said here, and "
            f"commands begin with `{call.house.prefix}`. A new chat with me alone is private again."
        )
    ]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Somebody went: their answers for meetings to come go with them, and nobody is told why."""
    room = call.room
    ahead = await Meeting.filter(room=room.id, at__gt=call.at).values_list("id", flat=True)
    await Coming.filter(meeting__in=list(ahead), person=call.person).delete()
    await Muted.filter(room=room.id, person=call.person).delete()
    await Question.filter(room=room.id, person=call.person).delete()
    if room.kind is RoomKind.PRIVATE and call.person == room.private_with:
        await Member.filter(room=room.id).delete()
        return [Leave(room=room.id)]
    return []
