"""Who the daemon is and what it keeps here: about, ping, status."""

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.conversation import in_private
from handlers.house import keeping
from handlers.house.adoption import CIRCLES
from handlers.language import Argument, Call, Effects, Say, command
from handlers.meetings import meetings
from handlers.names import people, room_name
from handlers.words import escaped, folded, verbatim
from practices import clock, rhythm
from practices.circles import RoomKind
from storage.members import Member
from storage.people import Person
from storage.reminders import Reminder
from storage.rooms import Room

#: What asks for the whole list.
_ALL = frozenset({"all", "everything", "more", "full", "list", "the list", "what you keep"})

#: What people wonder whether we are.
MACHINES = "bot|robot|human|person|program|machine|ai"


@command(
    name="about",
    aliases=("hello", "hi"),
    help="who I am, what I keep, and what I never do",
    example="about",
    arguments=(
        Argument(
            name="what", help="“all” for the whole list of what I keep, in private", rest=True
        ),
    ),
    sentences={
        "who|what are you": "",
        "what|whats [is] this [room|chat]": "",
        "what|whats [is] [a] kinkeeper": "",
        f"are you [a|an] {MACHINES}": "",
        "what do you do [here]": "",
        "what are you doing [here]": "",
        "why are you here": "",
        "tell me|us about yourself|you": "",
        "introduce yourself": "",
        "what do you keep|store|record|know|remember|save|collect [here|of|about] [us|this|here]": "all",
        "what are you keeping|storing|recording [here|of|about] [us|this|here]": "all",
        "what you keep": "all",
    },
)
async def about(call: Call, what: str | None) -> Effects:
    """Introduce the daemon, or give the whole list of what it keeps to whoever asks for it."""
    if what is not None and folded(what) in _ALL:
        return in_private(call, keeping.whole(private=True))
    prefix = "" if call.is_private else call.house.prefix
    return [
        Say(
            text=(
                "I am Kinkeeper. I look after the rhythm of circles: their meetings, "
                "reminders and who comes.\n\n"
                f"Of a circle {keeping.IN_SHORT} Whatever else you type I forget as soon as I have answered it. `{prefix}about all` "
                f"is the whole list. {keeping.NEVER}\n\n"
                f"I let a room go when any one of you says `{call.house.prefix}release`{' there' if call.is_private else ''}; "
                f"`export` and `forget me`{'' if call.is_private else ' in our private chat'} give you what is yours, or "
                "remove it.\n\n"
                f"`{prefix}help` shows what you can say here.\n\n"
                f"*Version {escaped(call.house.version)}.*"
            )
        )
    ]


@command(
    name="ping",
    help="see whether I listen; I say your words back",
    example="ping are you there?",
    arguments=(Argument(name="text", help="anything", rest=True),),
)
async def ping(call: Call, text: str | None) -> Effects:
    """Answer at once, with the same text."""
    return [Say(text=f"pong {verbatim(text)}" if text else "pong")]


@command(
    name="status",
    help="what I keep here and what comes next",
    example="status",
)
async def status(call: Call) -> Effects:
    """Say what is kept here and what comes next."""
    if call.is_private:
        return [Say(text=await _own_status(call))]
    if call.room.kind is RoomKind.NONE:
        return [
            Say(
                text="I am here, and I do not look after this room: nothing of it is kept.\n\n"
                f"`{call.house.prefix}adopt` asks the people here whether I should."
            )
        ]
    return [Say(text=await _circle_status(call))]


async def _circle_status(call: Call) -> str:
    room = call.room
    size = len(await people(room, call.house.me))
    kind = "working room" if room.kind is RoomKind.WORKING else room.kind
    lines = [f"This is a **{kind}** of {size}."]
    if room.kind not in CIRCLES:
        pass
    elif room.rhythm is None:
        lines.append(
            f"It has no rhythm yet; `{call.house.prefix}rhythm third thursday 19:00` would give it one."
        )
    else:
        kept = rhythm.from_state(room.rhythm)
        lines.append(f"It meets **{rhythm.words(kept)}**, {escaped(kept.zone)}.")
        lines.append(await meetings.next_words(call))
    changed = ", ".join(f"{name}: {_value(kept)}" for name, kept in sorted(room.settings.items()))
    if changed:
        lines.append(f"Changed by you together: {escaped(changed)}.")
    lines.append(
        f"Of it I keep now: {await keeping.here(room.id)}. Nothing else but what one of you may have told me alone, "
        "which I tell nobody."
    )
    return "\n\n".join(lines)


def _value(kept: object) -> str:
    return str(kept.get("value")) if isinstance(kept, dict) else str(kept)


async def _own_status(call: Call) -> str:
    person = await Person.get_or_none(id=call.person)
    zone = ZoneInfo(person.zone if person and person.zone else call.house.zone)
    lines = [f"Your time zone is **{escaped(zone.key)}**, where it is {_now(call.at, zone)}."]
    here = Reminder.filter(person=call.person, room=call.room.id, at__gt=call.at)
    count = await here.count()
    lines.append(f"You have {count} reminder{'s' if count != 1 else ''} in this chat: `reminders`.")
    memberships = Member.filter(person=call.person)
    rooms = await Room.filter(
        id__in=await memberships.values_list("room", flat=True),
        rhythm__not_isnull=True,
        joined=True,
    )
    for room in sorted(rooms, key=lambda room: room.name or ""):
        upcoming = await meetings.next_meeting(room.id, call.at)
        if upcoming is not None:
            when = clock.short_words(upcoming.at, zone)
            lines.append(f"**{room_name(room, 'A circle of yours')}** meets {when}.")
    return "\n\n".join(lines)


def _now(at: datetime, zone: ZoneInfo) -> str:
    return clock.short_words(at, zone)
