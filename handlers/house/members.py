"""People coming and going: the sizes at which a circle works, said kindly and once."""

from handlers.asking import whispered
from handlers.crews import ending, visitor
from handlers.house.reminders import words_of
from handlers.language import (
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Leave,
    Option,
    Say,
    Whisper,
    inquiry,
    watch,
)
from handlers.meetings import meetings
from handlers.meetings.boards import listed_anew
from handlers.names import name, people
from handlers.power import moderates
from handlers.words import verbatim
from practices import circles
from practices.circles import Audience, Life, Notice, RoomKind, Scale
from practices.defaults import PATIENCE
from storage.coming import Coming
from storage.meetings import Meeting
from storage.members import Member
from storage.people import Muted
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room
from storage.visitors import visits


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
    if await visits(room.id, call.person):
        return []
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
    if notice is None or (notice.refused and before > circles.MOST_MEMBERS):
        return []
    return await _noticed(call, notice)


async def _noticed(call: Call, notice: Notice) -> list[Effect]:
    """A quiet notice, to those whom it concerns and nobody else."""
    space = call.room
    if notice.to is Audience.EVERYONE:
        working = await Room.filter(congregation=space.id, kind=RoomKind.WORKING, joined=True)
        crews = await Room.filter(congregation=space.id, kind=RoomKind.CREW, joined=True)
        if working or crews:
            return [Say(text=notice.text, room=room.id) for room in working or crews]
    members = await people(space, call.house.me)
    weavers = [person for person in members if moderates(space, person)]
    effects: list[Effect] = []
    for person in weavers:
        effects += await whispered(
            call, person, notice.text, about=f"notice:{space.id}"[:64], dispensable=True
        )
    return effects


async def _dyad_grew(call: Call) -> list[Effect]:
    """The two of a dyad come into their room one after the other; only a third makes them more."""
    prefix = call.house.prefix
    if len(await people(call.room, call.house.me)) <= Scale.DYAD.sizes[-1]:
        return []
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
    whose = room.private_with
    room.kind, room.private_with = RoomKind.NONE, None
    await room.save()
    await Question.filter(room=room.id).delete()
    kept = await Reminder.filter(room=room.id).order_by("number")
    effects = await _end_reminders(kept)
    if whose is not None and kept:
        lines = [f"- {verbatim(words_of(call, reminder.what))}" for reminder in kept]
        text = (
            "Our former chat is private no more, so I called off the reminders you had set there. "
            "Set them here again as you like:\n\n"
        )
        effects.append(Whisper(person=whose, text=text + "\n".join(lines)))
    return [
        *effects,
        Say(
            text="There are more of us here now, so this is no private chat any more: nothing private is said here, and "
            f"commands begin with `{call.house.prefix}`. A new chat with me alone is private again."
        ),
    ]


async def _end_reminders(ended: list[Reminder]) -> list[Effect]:
    """Reminders that nobody shall hear any more."""
    await Reminder.filter(id__in=[reminder.id for reminder in ended]).delete()
    return [CallOff(about=f"reminder:{reminder.id}") for reminder in ended]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Somebody went: what is theirs for the time to come goes with them, and nobody is told why."""
    room, person = call.room, call.person
    effects = await _answers_gone(call)
    await Muted.filter(room=room.id, person=person).delete()
    await Question.filter(room=room.id, person=person).delete()
    effects += await _end_reminders(await Reminder.filter(room=room.id, person=person))
    if room.host == person:
        room.host = None
        await room.save(update_fields=["host"])
        effects.append(meetings.circle_state(room))
    if room.kind is RoomKind.PRIVATE and person == room.private_with:
        await Member.filter(room=room.id).delete()
        return [*effects, Leave(room=room.id)]
    if room.kind is RoomKind.CREW:
        effects += await _crew_shrank(call)
    return effects


async def _answers_gone(call: Call) -> list[Effect]:
    """The answers of whoever left, taken out of the lists of those who come."""
    effects: list[Effect] = []
    for meeting in await Meeting.filter(room=call.room.id, at__gt=call.at):
        if await Coming.filter(meeting=meeting.id, person=call.person).delete():
            effects += await listed_anew(call, meeting)
    return effects


# -------------------------------------------------------------------------------- fewer than three (R59)

AS_DYAD = Option(sign="👥", word="dyad", also=("two", "pair"))
SEARCH = Option(sign="🔎", word="search", also=("look", "wait"))
CLOSE = Option(sign="👋", word="close", also=("end",))


async def _crew_shrank(call: Call) -> list[Effect]:
    """Offer those who stayed the three ways there are; no way is taken unless they all take it."""
    room = call.room
    size = len(await people(room, call.house.me))
    if size == 0 or circles.crew_activates(size) or room.life is Life.CLOSED:
        return []
    if await visits(room.id, call.person):
        return []
    if room.life is Life.FORMING and not circles.crew_activates(room.noticed_size):
        return []  # they never were three: places in their room are still kept for others
    await Question.filter(room=room.id, inquiry="fewer").delete()
    return [Ask(inquiry="fewer", text=_ways(size), until=call.at + PATIENCE)]


def _ways(size: int) -> str:
    dyad = "👥 go on as a dyad · " if size == 2 else ""  # noqa: PLR2004 - two are a dyad
    many = "You are two now" if dyad else "You are alone here now"
    return (
        f"{many}, and a crew is three or more. There is no hurry: until you choose, I go on as before. "
        "When everybody here has chosen the same, that is what happens.\n\n"
        f"{dyad}🔎 look for others · 👋 close"
    )


@inquiry(name="fewer", options=(AS_DYAD, SEARCH, CLOSE))
async def fewer(call: Call, question: Question, said: str) -> Effects:
    """Take the way that all who stayed have chosen."""
    here = await people(call.room, call.house.me)
    ways = {SEARCH.word, CLOSE.word} | ({AS_DYAD.word} if len(here) == 2 else set())  # noqa: PLR2004
    if call.person not in here or said not in ways:
        return []
    question.answers = {**question.answers, call.person: said}
    await question.save(update_fields=["answers"])
    if any(question.answers.get(person) != said for person in here):
        return []
    await question.delete()
    return await _taken(call, f"question:{question.id}", said)


async def _taken(call: Call, message: str, way: str) -> list[Effect]:
    room = call.room
    if way == CLOSE.word:
        return [Edit(name=message, text="You close it together."), *await ending.close(call)]
    if way == SEARCH.word:
        text = (
            "The crew stays open, and I go on as before. Whoever you ask can say yes or no freely."
        )
        return [Edit(name=message, text=text)]
    goodbyes = await visitor.all_go(call)
    room.kind, room.life = RoomKind.DYAD, None
    await room.save(update_fields=["kind", "life"])
    return [
        *goodbyes,
        Edit(
            name=message,
            text="You go on as a **dyad**; your rhythm and your dates stay as they are.",
        ),
        meetings.circle_state(room),
        *await meetings.plan_again(call, call.at),
    ]
