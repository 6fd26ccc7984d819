"""How a crew ends: by the consent of all, with thanks, and with time to take along what it kept (R60, R61).

From the end on nothing is planned; for some days everybody who was in it can have what the crew kept, and then all of it
is deleted, the room is its people's own, and the daemon leaves. Each of them hears privately which calls are open.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from handlers import taps
from handlers.asking import whispered
from handlers.consent import Voice, answered_instead, hear_voice, put_to_all, standing_words
from handlers.crews import callings, visitor
from handlers.domains import returns
from handlers.house.adoption import CIRCLES, let_go
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Leave,
    Option,
    Refused,
    Ring,
    Say,
    SetState,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import people, room_name
from handlers.power import creators_rule, level, may
from handlers.sessions import forms
from practices import clock
from practices.circles import Life, RoomKind
from practices.defaults import PATIENCE
from storage import belongings
from storage.cycles import Cycle
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.questions import Question, forget_about
from storage.retrospectives import Retrospective, Split
from storage.rooms import Room
from storage.sessions import Session

CREWS = frozenset({RoomKind.CREW})

#: Within this time the next meeting can be the one at which it says thank you.
SOON = timedelta(days=35)

#: When no meeting is planned: how long there is to meet once more.
ONCE_MORE = timedelta(days=14)

MORNING = time(10)

POWER = "m.room.power_levels"
ALL = 100

NOW = Option(sign="👋", word="now", also=("close", "end", "yes"))
STAY = Option(sign="✋", word="stay", also=("no", "not yet", "keep"))


def about_closing(room: Room) -> str:
    """What the hour at which a crew closes belongs to."""
    return f"closing:{room.id}"[:64]


def about_end(room: Room) -> str:
    """What the hour at which the things of a crew that has ended are deleted belongs to."""
    return f"closed:{room.id}"[:64]


async def meetings_off(call: Call, why: str) -> list[Effect]:
    """Call off every meeting ahead, with its answers; the rhythm itself stays."""
    room, now = call.room, call.kept_at or call.at
    effects: list[Effect] = [CallOff(about=f"rhythm:{room.id}"[:64])]
    for meeting in await Meeting.filter(room=room.id, at__gt=now):
        effects += [meetings.call_off(meeting), *meetings.struck(meeting, why)]
        await meetings.forget(meeting)
    return effects


# ---------------------------------------------------------------------------------------- saying thanks


async def farewell(call: Call) -> list[Effect]:
    """All have chosen to end: propose one last meeting, after which the crew closes; anybody can still keep it."""
    room, now = call.room, call.kept_at or call.at
    zone = call.house.zone_of(room)
    upcoming = await meetings.next_meeting(room.id, now)
    seen = taps.seen_words(room, call.house.me, "`say now` or `say stay`")
    if upcoming is not None and upcoming.at <= now + SOON:
        minutes = int(meetings.setting(room, "meeting-minutes"))
        last = clock.wall(upcoming.at + timedelta(minutes=minutes), zone).date()
        invitation = (
            f"Your meeting of **{meetings.shown(upcoming)}** can be the one to thank each other: "
        )
    else:
        last = clock.wall(now + ONCE_MORE, zone).date()
        invitation = "One last meeting to thank each other does good, whenever suits you: "
    at = clock.resolve(datetime.combine(last + timedelta(days=1), MORNING), zone)
    await Question.filter(room=room.id, inquiry="closing").delete()
    text = (
        f"{invitation}one round, each says what they take along from whom.\n\n"
        f"On **{clock.short_words(at, zone)}** the crew closes, with nothing more to do. "
        f"👋 now, if all of you say it · ✋ not yet: one of you is enough, and the crew stays\n\n{seen}"
    )
    return [
        CallOff(about=about_closing(room)),
        Ring(ritual="closing", about=about_closing(room), at=at, when=call.key[-60:], room=room.id),
        Ask(inquiry="closing", text=text, until=at, data={"text": text}),
    ]


@inquiry(name="closing", options=(NOW, STAY), matter="whether the crew stays after all")
async def parting(call: Call, question: Question, said: str) -> Effects:
    """Close at once when all wish it; stay when one does."""
    here = await people(call.room, call.house.me)
    if call.person not in here or said not in (NOW.word, STAY.word):
        return []
    if said == STAY.word:
        await question.delete()
        text = "The crew stays as it is, and nothing closes. That needs no reason."
        return [
            CallOff(about=about_closing(call.room)),
            Edit(name=f"question:{question.id}", text=text),
        ]
    question.answers = {**question.answers, call.person: said}
    await question.save(update_fields=["answers"])
    waiting = sum(person not in question.answers for person in here)
    if waiting:
        count = f"{len(here) - waiting} of {len(here)} would close now."
        text = f"{question.data.get('text') or ''}\n\n{count}"
        return [Edit(name=f"question:{question.id}", text=text)]
    await question.delete()
    return [Edit(name=f"question:{question.id}", text="You part now."), *await close(call)]


@ritual(
    name="closing",
    help="closes a crew whose members have all chosen to end it, after its last meeting",
)
async def closes(call: Call) -> Effects:
    """The day after the last meeting."""
    room = call.room
    if room.kind is not RoomKind.CREW or room.life is Life.CLOSED:
        return []
    await Question.filter(room=room.id, inquiry="closing").delete()
    return await close(call)


@command(
    name="close",
    help="end the crew, when all of you agree; what it kept can be taken along for some days",
    example="close",
    kinds=CREWS,
)
async def close_(call: Call) -> Effects:
    """Ask all for the end."""
    instead = await answered_instead(call, "close")
    if instead is not None:
        return instead
    if await people(call.room, call.house.me) == [call.person]:
        return await close(call)
    await Question.filter(room=call.room.id, inquiry="close").delete()
    return [
        await put_to_all(call, "close", _proposal(call), until=call.at + PATIENCE),
    ]


def _proposal(call: Call) -> str:
    days = int(meetings.setting(call.room, "export-days"))
    return (
        f"Shall {meetings.meets(call.room)} end? Meetings ahead are called off; for {days} days each of you can take "
        "along what it kept, then I delete it and leave you the room. A last meeting to thank each other does good "
        "before.\n\nIt ends when each of you has said yes; one no, and it stays.\n\n✅ yes · ✋ no"
    )


@inquiry(name="close", options=(YES, NO), matter="whether the crew ends")
async def closing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; end when all have agreed."""
    message = f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            return [Edit(name=message, text="All of you have agreed."), *await close(call)]
        case Voice.ENDED:
            text = (
                "The crew stays: not everybody wishes its end now, and that needs no reason. "
                f"Whoever would rather go can say `{call.house.prefix}leave` at any time."
            )
            return [Edit(name=message, text=text)]
        case Voice.WAITING:
            text = standing_words(call, call.room, _proposal(call), standing)
            return [Edit(name=message, text=text)]
        case Voice.NOTHING:
            return []


# ----------------------------------------------------------------------------------------- letting go


@command(
    name="release",
    help="have me stop looking after this room, and forget its meetings",
    example="release",
    kinds=CIRCLES,
)
async def release(call: Call) -> Effects:
    """Ask once, then let go: nobody needs the others' leave to end it."""
    if call.room.kind is RoomKind.CREW:
        days = int(meetings.setting(call.room, "export-days"))
        what = (
            f"call off its meetings. For {days} days each of you can take along what the crew kept, and all of you "
            "together can take it up again; then I delete it."
        )
    else:
        what = "forget its rhythm, its meetings and who came."
    return [
        Ask(
            inquiry="release",
            text=f"I would stop looking after {meetings.meets(call.room)}, and {what} People's own reminders stay "
            "theirs.\n\n✅ yes · ✋ no",
            until=call.at + timedelta(hours=1),
            person=call.person,
        )
    ]


@inquiry(name="release", options=(YES, NO))
async def releasing(call: Call, question: Question, said: str) -> Effects:
    """Let go on a yes."""
    await question.delete()
    if said != YES.word:
        return [Say(text="Nothing was changed; I go on.")]
    if call.room.kind is RoomKind.CREW:
        return await close(call)
    return [
        *await let_go(call, call.room),
        Say(
            text="Done: I look after this room no more, and its meetings are forgotten. "
            f"`{call.house.prefix}adopt` begins anew; or remove me from the room, as you like."
        ),
    ]


# ------------------------------------------------------------------------------------------- the end


async def close(call: Call) -> list[Effect]:
    """The crew of `call.room` ends now. What it kept stays for its members for `export-days`, and then goes (R60)."""
    room, now = call.room, call.kept_at or call.at
    if room.life is Life.CLOSED:
        raise Refused("This crew has ended already. Nothing was changed.")
    members = await people(room, call.house.me)
    zone = call.house.zone_of(room)
    days = int(meetings.setting(room, "export-days"))
    at = now + timedelta(days=days)
    effects = await meetings_off(call, "is called off: the crew has ended.")
    # First of all: what was written in practices is taken back by hours that go now.
    effects += await forms.shredded(call, room)
    await Session.filter(room=room.id).delete()
    # Whatever else its calendar holds has lost its meaning; people's own reminders stay until the room goes.
    ahead = Heard.filter(room=room.id, kind=Kind.HOUR, state=Settled.WAITING)
    await ahead.exclude(about__startswith="reminder:").delete()
    await _questions_off(room, now)
    await Cycle.filter(room=room.id, ended_at=None).update(ended_at=now)
    room.life = Life.CLOSED
    await room.save(update_fields=["life"])
    effects += await visitor.all_go(call)
    effects += await returns.crew_ended(call, room)
    effects += [
        meetings.circle_state(room),
        Ring(
            ritual="forget-crew",
            about=about_end(room),
            at=at,
            when=at.isoformat(),
            room=room.id,
            content={"people": members},
        ),
        Say(
            text=f"{_the(room)} has ended; thank you for all you gave each other.\n\n"
            f"Until **{clock.short_words(at, zone)}** each of you can take along what it kept: `export crew` in our "
            f"private chat. Then I delete it and leave; the room stays yours. `{call.house.prefix}wake` takes the "
            "crew up again, if all of you wish it.",
            answers=False,
        ),
    ]
    everybodys = replace(
        call, sender=None
    )  # at night whoever said the last yes waits like the others
    for person in members:
        words = await _afterwards(call, person)
        effects += await whispered(everybodys, person, words, about=f"ended:{room.id}"[:64])
    return effects


async def _questions_off(room: Room, now: datetime) -> None:
    """Nothing waits for an answer any more, and what was answered in secret is forgotten."""
    await Question.filter(room=room.id).delete()
    await forget_about("room", room.id, person__not_isnull=True)
    await Retrospective.filter(room=room.id, shown_at=None).update(sealed=None, shown_at=now)
    await Split.filter(room=room.id, ended_at=None).update(sealed=None, ended_at=now)


def _the(room: Room) -> str:
    return f"The **{room_name(room, 'crew')}**" if room.name else "This crew"


async def _afterwards(call: Call, person: str) -> str:
    """The calls that somebody can answer, and the offer to call a crew of their own (R61)."""
    lines = [
        f"- {await callings.line(each)}"
        for each in await callings.visible(person)
        if each.caller != person
    ]
    found = "Open calls just now:\n\n" + "\n".join(lines) if lines else "No call is open just now."
    return (
        f"{_the(call.room)} has ended. Thank you for having been part of it.\n\n{found}\n\n"
        "You can call a crew of your own whenever you like: `call` asks you for the few things it needs. "
        "`export crew` gives you what this one kept."
    )


@ritual(
    name="forget-crew",
    help="deletes, some days after a crew's end, all that it kept, and leaves its room",
)
async def forgotten(call: Call) -> Effects:
    """The days to take things along are over."""
    room = call.room
    if room.life is not Life.CLOSED:
        return []
    here = await people(room, call.house.me)
    effects: list[Effect] = []
    if room.joined:
        text = "The days to take things along are over: what this crew kept is deleted, and I leave. Fare well."
        effects.append(Say(text=text, answers=False))
    effects += await let_go(call, room)
    await belongings.forget(room.id)
    await Heard.filter(room=room.id, kind=Kind.HOUR, state=Settled.WAITING).delete()
    if not room.joined:
        return effects
    return [*effects, *_own_room(call, room, here), Leave(room=room.id)]


def _own_room(call: Call, room: Room, here: list[str]) -> list[Effect]:
    """Its people own the room alone, where nobody but the daemon does: it is not for us to change anybody else's."""
    me = call.house.me
    if not may(room, me, POWER, state=True) or level(room, me) < ALL:
        return []
    if any(level(room, person) >= ALL for person in here):
        return []
    named = room.power.get("users")
    users: dict[str, object] = dict(named) if isinstance(named, dict) else {}
    users.pop(me, None)
    above = set(room.creators) if creators_rule(room.version) else set()
    users |= {person: ALL for person in here if person not in above}
    return [SetState(type=POWER, content={**room.power, "users": users}, key="")]


@watch(kind=Change.REBUILT)
async def rebuilt(call: Call) -> Effects:
    """The database was lost after the end of a crew: there is nothing left to take along, and its room is left in time."""
    room = call.room
    if room.life is not Life.CLOSED:
        return []
    at = call.at + timedelta(days=int(meetings.setting(room, "export-days")))
    content = {"people": await people(room, call.house.me)}
    return [
        Ring(
            ritual="forget-crew", about=about_end(room), at=at, when=at.isoformat(), content=content
        )
    ]
