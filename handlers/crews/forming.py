"""A crew that forms: its room, its people's arrival, and their first meeting (CREW-1, CREW-2, R51).

Nobody is brought in without their own yes; a place is kept for two weeks. Everybody hears once what happens next.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.asking import whispered
from handlers.conversation import not_understood
from handlers.crews import callings, charter, founding
from handlers.crews.trial import by_day
from handlers.house.adoption import let_go
from handlers.language import (
    CHANGE,
    YES,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Leave,
    Refused,
    Remove,
    Ring,
    Say,
    Whisper,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.meetings import meetings
from handlers.names import names, people, room_name
from handlers.power import may
from handlers.sessions import practice
from handlers.sessions.sitting import FIRST
from handlers.words import escaped, sign
from practices import calling as calls
from practices import clock, library, rhythm
from practices import session as course
from practices.circles import Life, RoomKind, crew_activates
from practices.dates import When, read_when
from practices.defaults import PATIENCE
from practices.rhythm import Rhythm
from practices.understanding import NotUnderstood
from storage import sessions
from storage.callings import Calling, Place
from storage.charters import CharterLine
from storage.database import row_of
from storage.meetings import Meeting, Standing
from storage.members import is_in
from storage.outbox import Owed
from storage.questions import Question
from storage.rooms import Room

#: After each of these pauses a room that was refused is asked for again.
PAUSES = (
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=2),
)

BEGIN = "▶️"

CHILD = "m.space.child"

#: After how many days of notice a rhythm begins.
NOTICE = timedelta(days=1)


def _about(room: str) -> str:
    return f"forming:{room}"[:64]


# ------------------------------------------------------------------------------------- the room is made


async def _asked_for(call: Call) -> Calling | None:
    """The call whose room this is, if it is a call's."""
    kind, _, number = str(call.content.get("about", "")).partition(":")
    return await callings.found(number) if kind == "calling" else None


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The room is there: everybody who was found hears of it."""
    calling = await _asked_for(call)
    if calling is None:
        return []
    room, wanted = call.room, callings.said(calling)
    group = _group(call.content)
    room.name = room.name or str(call.content.get("name") or "") or None
    room.life, room.caller, room.host = Life.FORMING, calling.caller, calling.caller
    room.zone, room.congregation, room.adopted_at = wanted.zone, calling.congregation, call.at
    room.settings = _settings(room, wanted, call.at)
    if isinstance(wanted.rhythm, Rhythm):
        room.rhythm = rhythm.as_state(wanted.rhythm)
    await room.save()
    here = await people(room, call.house.me)
    for person in group:
        if person not in here:
            await Place.get_or_create(room=room.id, person=person)
    others = await callings.curious(calling)
    effects: list[Effect] = [
        meetings.circle_state(room),
        *await _listed(call, calling, unseen=bool(others)),
        *await charter.drawn_up(room, wanted),
        Ring(
            ritual="places-close",
            about=_about(room.id),
            at=call.at + PATIENCE,
            when="places",
            room=room.id,
        ),
    ]
    for person in group:
        effects += await _tell_made(call, calling, person, group)
    if not others:
        await callings.forget(calling)
        effects.append(CallOff(about=callings.about(calling)))
    # Whoever was in the room before we heard of it has come in already.
    return [*effects, *(await _opened(call, here) if len(here) >= calls.SIZES.start else [])]


def _group(content: Mapping[str, Any]) -> list[str]:
    given = content.get("people")
    return [str(each) for each in given] if isinstance(given, list) else []


def _settings(room: Room, wanted: calls.Calling, now: datetime) -> dict[str, object]:
    """The length of meetings that the call named, to be looked at again when its time is over (R16, R17)."""
    if wanted.minutes == meetings.setting(room, "meeting-minutes"):
        return room.settings
    kept = {
        "value": str(wanted.minutes),
        "since": clock.wall(now, ZoneInfo(wanted.zone)).date().isoformat(),
        "review": wanted.until.isoformat(),
    }
    return {**room.settings, "meeting-minutes": kept}


async def _listed(call: Call, calling: Calling, *, unseen: bool) -> list[Effect]:
    """The room among those of the space; while others are asked still, only after their time is over (R50)."""
    space = await Room.get_or_none(id=calling.congregation) if calling.congregation else None
    if space is None or not space.joined:
        return []
    if may(space, call.house.me, CHILD, state=True):
        if not unseen or calling.closes_at <= call.at:
            return await founding.listed(call)
        zone = call.circle_zone
        morning = clock.wall(calling.closes_at, zone).date() + timedelta(days=1)
        return [
            Ring(
                ritual="crew-listed",
                about=_about(call.room.id),
                at=clock.resolve(datetime.combine(morning, time(9)), zone),
                when="listed",
                room=call.room.id,
            )
        ]
    name = room_name(space, "your congregation")
    return await whispered(
        call,
        calling.caller,
        f"Your crew's room is not listed among those of **{name}**: the space does not let me write that. Everything "
        "works without; somebody who moderates the space can add it there.",
        about=_about(call.room.id),
    )


@ritual(name="crew-listed", help="lists a new crew in its space once everybody's time is over")
async def crew_listed(call: Call) -> Effects:
    """Nobody is asked about it any more."""
    return await founding.listed(call) if call.room.kind is RoomKind.CREW else []


_COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight")


async def _tell_made(call: Call, calling: Calling, person: str, group: list[str]) -> list[Effect]:
    place = calling.congregation or calling.stands_in
    names_ = await callings.listed(group, place, to=person)
    until = clock.short_words(call.at + PATIENCE, call.circle_zone).rpartition(",")[0]
    return await whispered(
        call,
        person,
        f"You are {_COUNTS[len(group)]}: {names_}. Each of you has said yes to each of the others.\n\nI have made your "
        f"room, {room_name(call.room, 'a room of your own')}; the invitation is in your app, and your place there "
        f"is kept until **{until}**.\n\nNext: come in when you like. As soon as three of you are there, I propose your "
        "first meeting.",
        about=_about(call.room.id),
        name=f"made:{calling.id}",
    )


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused: the caller hears what was not done and when it is tried again."""
    calling = await _asked_for(call)
    if calling is None:
        return []
    tried, calling.refusals = calling.refusals, calling.refusals + 1
    await calling.save()
    group = _group(call.content)
    if tried >= len(PAUSES):
        place = calling.congregation or calling.stands_in
        names_ = await callings.listed(group, place, to=calling.caller)
        told = await callings.farewell(
            call,
            calling,
            [calling.caller],
            f"I could not make the room for your crew ({names_}), and have tried for four days. I try no more.\n\nWhat "
            f"works: make a room in your app, invite them and me, and say `{call.house.prefix}adopt crew` there.",
        )
        return [*await callings.end(call, calling), *told]
    again = call.at + PAUSES[tried]
    when = clock.short_words(again, clock.zone(callings.said(calling).zone))
    told = await whispered(
        call,
        calling.caller,
        "I could not make the room for your crew just now: the server did not let me. Nothing is lost; I try again on "
        f"**{when}**, and tell you here.",
        about=callings.about(calling),
    )
    return [
        *told,
        Ring(
            ritual="make-again",
            about=callings.about(calling),
            at=again,
            when=again.isoformat(),
            room=callings.home(calling),
            content={
                "calling": calling.id,
                "people": group,
                "name": str(call.content.get("name", "")),
            },
        ),
    ]


@ritual(name="make-again", help="asks once more for a crew's room that the server had refused")
async def make_again(call: Call) -> Effects:
    """The pause is over."""
    calling = await callings.found(call.content.get("calling"))
    if calling is None:
        return []
    return [by_day(call, calling, _group(call.content), str(call.content.get("name")))]


# ------------------------------------------------------------------------------------------ coming in


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Somebody came in; when they are three, their first meeting is proposed."""
    room = call.room
    if room.kind is not RoomKind.CREW:
        return []
    awaited = await Place.filter(room=room.id, person=call.person).delete()
    if room.life is not Life.FORMING:
        return []
    here = await people(room, call.house.me)
    if len(here) < calls.SIZES.start:
        return []
    if await Owed.exists(name=_first(room), lane=room.id):
        # Those who were there when it was said have heard it with the others.
        if await sessions.running(room.id) is not None:
            return []  # what they need now is said with the way in (handlers.sessions.practice)
        return await _welcomed(call) if awaited else []
    return await _opened(call, here)


def _first(room: Room) -> str:
    """Under which it is said how the first meeting begins."""
    return f"first:{room.id}"[:96]


async def _welcomed(call: Call) -> list[Effect]:
    """Whoever comes later hears alone what the others have heard together."""
    now = await practice.meeting_now(call)
    first = now or await meetings.next_meeting(call.room.id, call.at)
    asks = "; I ask a day before who comes"
    if first is None:
        when = "you fix your first meeting there"
    elif first.at <= call.at:
        since = f"{clock.wall(first.at, call.circle_zone):%H:%M}"
        when, asks = f"your first meeting is on just now, since **{since}**", ""
    else:
        when = f"your first meeting is **{meetings.shown(first)}**"
    # What is true only now is said now, to somebody who has just come.
    quiet = call if now else replace(call, sender=None)
    return await whispered(
        quiet,
        call.person,
        f"Good that you are in {room_name(call.room, 'your crew')}. Next: {when}{asks}. In it "
        "you talk about three things: how you want to be with each other, which time works, and what each of you is "
        "ready for.",
        about=_about(call.room.id),
    )


async def _opened(call: Call, here: list[str]) -> list[Effect]:
    """Three are there: what happens next, and when they meet for the first time."""
    room = call.room
    await Place.filter(room=room.id, person__in=here).delete()
    head = (
        f"Welcome, {', '.join(await names(room.id, here))}. You are a crew that forms.\n\n"
        "Your first meeting has three conversations: how you want to be with each other, which time works, and what "
        "each of you is ready for. I keep the time. After it I ask each of you about the lines of your charter, one by "
        "one; when all of you have accepted them all, your crew is active."
    )
    foot = f"When you are together, {BEGIN} under this message begins it.\n\n*In words: `{call.house.prefix}start first meeting`*"
    if room.rhythm is None:
        text = f"{head}\n\nNext: fix the time. I ask for it below.\n\n{foot}"
        return [_opening(call, text), await _ask_when(call, here)]
    kept = rhythm.from_state(room.rhythm)
    begins = clock.wall(call.at + NOTICE, ZoneInfo(kept.zone)).date()
    room.rhythm = rhythm.as_state(replace(kept, start=max(kept.start, begins)))
    await room.save(update_fields=["rhythm"])
    planned = await meetings.plan(call, call.at)
    first = await meetings.next_meeting(room.id, call.at)
    if first is None:
        text = f"{head}\n\nNext: fix the time. I ask for it below.\n\n{foot}"
        return [*planned, _opening(call, text), await _ask_when(call, here)]
    text = (
        f"{head}\n\nNext: **{meetings.shown(first)}**, as the call said. `{call.house.prefix}move friday 20:00` would "
        f"move it. I ask a day before who comes.\n\n{foot}"
    )
    return [*planned, meetings.circle_state(room), _opening(call, text), *_first_hours(call, first)]


def _opening(call: Call, text: str) -> Say:
    return Say(text=text, name=_first(call.room), taps=(BEGIN,), answers=False)


async def _ask_when(call: Call, here: list[str]) -> Ask:
    caller = call.room.caller
    # Only one of them is listened to, so that nobody's talk is taken for an answer: it has to be said who.
    speaker = caller if caller in here else here[0]
    pace = await _pace(call.room)
    hint = f"You said: {escaped(pace.rstrip('.'))}. " if pace else ""
    name = (await names(call.room.id, [speaker]))[0]
    text = (
        f"{name}, when all of you have found a time, say it here, for example as “thursday 19:00”. {hint}"
        f"`{call.house.prefix}rhythm every other thursday 19:00` is for all of your meetings, and anybody can say it."
    )
    return Ask(
        inquiry="first-meeting",
        text=text,
        until=call.at + PATIENCE,
        person=speaker,
        data={"room": call.room.id},
    )


async def _pace(room: Room) -> str | None:
    """How the call said it, where that was no rule: the charter's line begins with it."""
    found = await CharterLine.filter(room=room.id, key="rhythm").first()
    return found.text if found is not None and found.rule is None else None


def _as_moment(text: str, call: Call) -> When:
    return read_when(text, now=call.at, zone=call.circle_zone, at=time(19))


@inquiry(name="first-meeting", reads=_as_moment)
async def first_meeting(call: Call, question: Question, said: str) -> Effects:
    """Say back the time of the first meeting."""
    when = _as_moment_or_refused(said, call)
    await question.delete()
    return [_say_back(call, when)]


def _as_moment_or_refused(said: str, call: Call) -> When:
    try:
        return _as_moment(said, call)
    except NotUnderstood as misunderstanding:
        raise Refused(not_understood(misunderstanding)) from misunderstanding


def _say_back(call: Call, when: When) -> Ask:
    return Ask(
        inquiry="first-right",
        person=call.person,
        until=call.at + timedelta(days=1),
        data={"room": call.room.id, "at": when.at.isoformat()},
        text=f"I understood: your first meeting is **{clock.words(when.at, ZoneInfo(when.zone))}**.\n\n✅ right · ✏️ change",
    )


@inquiry(name="first-right", options=(YES, CHANGE), reads=_as_moment)
async def first_right(call: Call, question: Question, said: str) -> Effects:
    """Plan the first meeting on a yes."""
    room = call.room
    if said == CHANGE.word:
        return [Say(text="When instead? For example “friday 20:00”.")]
    if said != YES.word:
        when = _as_moment_or_refused(said, call)
        await question.delete()
        return [_say_back(call, when)]
    await question.delete()
    at = datetime.fromisoformat(str(question.data.get("at") or call.at.isoformat()))
    if at <= call.at or room.kind is not RoomKind.CREW:
        raise Refused("That time has passed meanwhile, so nothing was planned. Say another one.")
    local = clock.wall(at, call.circle_zone).isoformat(timespec="minutes")
    meeting, _new = await Meeting.get_or_create(
        {"local": local, "zone": call.circle_zone.key, "at": at}, room=room.id, occurrence=local
    )
    return [
        Edit(
            name=f"question:{question.id}",
            text=f"Your first meeting is **{meetings.shown(meeting)}**.",
        ),
        *meetings.hours(call, meeting, call.at),
        *_first_hours(call, meeting),
        Say(
            text=f"Kept: **{meetings.shown(meeting)}**. I ask a day before who comes, and remind those who do."
        ),
    ]


# -------------------------------------------------------------------------------------- the first meeting


def _first_hours(call: Call, meeting: Meeting) -> list[Effect]:
    """When the first meeting begins, and when it is over."""
    length = timedelta(minutes=int(meetings.setting(call.room, "meeting-minutes")))
    return [
        Ring(
            ritual=name,
            about=_about(call.room.id),
            at=at,
            when=at.isoformat(),
            room=call.room.id,
            content={"meeting": meeting.id},
        )
        for name, at in (("first-begins", meeting.at), ("first-over", meeting.at + length))
    ]


async def _moved(call: Call) -> list[Effect] | None:
    """New hours when the first meeting is later than an hour thought; None when its time has come.

    A meeting may be moved or left out, which belongs to the rhythm and is not told here.
    """
    now = callings.now(call)
    meeting = await row_of(Meeting, call.content.get("meeting"))
    if meeting is None or meeting.standing is Standing.SKIPPED:
        meeting = await meetings.next_meeting(call.room.id, now)
        if meeting is None:
            return []
    return _first_hours(call, meeting) if meeting.at > now else None


@ritual(name="first-begins", help="offers to begin a crew's first meeting when its time has come")
async def first_begins(call: Call) -> Effects:
    """It is time."""
    if call.room.life is not Life.FORMING:
        return []
    moved = await _moved(call)
    if moved is not None:
        return moved
    return [
        Say(
            text=f"It is time for your first meeting. When you are together, {BEGIN} begins it: three conversations, and "
            "I keep the time.",
            name=_first(call.room),
            taps=(BEGIN,),
        )
    ]


@tap(prefix="first", labels={"begin|start|begins [it|now]": BEGIN})
async def begin(call: Call, subject: str, said: str) -> Effects:
    """Run the first meeting as a practice; its charter is asked about when its time is over."""
    here = await people(call.room, call.house.me)
    if sign(said) != sign(BEGIN) or call.person not in here or call.room.kind is not RoomKind.CREW:
        return []
    if call.room.life is not Life.FORMING:
        text = "Your first meeting is behind you, so nothing was begun. `!practice` in the room shows what fits you now."
        return [Whisper(person=call.person, text=text.replace("!", call.house.prefix))]
    begun = await practice.hold(call, FIRST)
    if not begun:
        return []
    length = timedelta(minutes=int(meetings.setting(call.room, "meeting-minutes")))
    over = call.at + length
    return [
        *begun,
        CallOff(about=_about(call.room.id), ritual="first-begins"),
        CallOff(about=_about(call.room.id), ritual="first-over"),
        Ring(
            ritual="first-over",
            about=_about(call.room.id),
            at=over,
            when=over.isoformat(),
            room=call.room.id,
        ),
    ]


@ritual(
    name="first-over", help="begins to ask about the charter once a crew's first meeting is over"
)
async def first_over(call: Call) -> Effects:
    """The first meeting is over."""
    if call.room.life is not Life.FORMING:
        return []
    moved = await _moved(call) if "meeting" in call.content else None
    if moved is not None:
        return moved
    broken = await sessions.stopped(call.room.id)
    if broken is not None and library.key(broken.script) == library.key(FIRST):
        return [
            Ask(
                inquiry="charter-anyway",
                text="Your first meeting was stopped before its end, so I have not asked about your charter yet. ▶️ above "
                "takes the meeting up; or, when you are ready:\n\n✅ ask each of us now",
                until=call.at + PATIENCE,
            ),
            # By then it was held to its end, or put away.
            Ring(
                ritual="first-over",
                about=_about(call.room.id),
                at=call.at + course.PAUSE,
                when=(call.at + course.PAUSE).isoformat(),
                room=call.room.id,
            ),
        ]
    await Question.filter(room=call.room.id, inquiry="charter-anyway").delete()
    return await charter.begin(call, call.room)


@inquiry(name="charter-anyway", options=(YES,))
async def charter_anyway(call: Call, question: Question, said: str) -> Effects:
    """One of them says that the charter may be asked about, though their first meeting was stopped."""
    here = await people(call.room, call.house.me)
    if said != YES.word or call.person not in here or call.room.life is not Life.FORMING:
        return []
    await question.delete()
    asked = Edit(name=f"question:{question.id}", text="I ask each of you about your charter now.")
    once_more = CallOff(about=_about(call.room.id), ritual="first-over")
    return [asked, once_more, *await charter.begin(call, call.room)]


# ------------------------------------------------------------------------------------------ it does not


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Somebody let the invitation go: without three of them there is no crew."""
    if not await Place.filter(room=call.room.id, person=call.person).delete():
        return []
    if call.room.life is not Life.FORMING:
        return []
    return await _closed_if_few(call)


@watch(kind=Change.DECLINED)
async def declined(call: Call) -> Effects:
    """Somebody who was invited does not come: it is as if they had left."""
    effects: Effects = await left.answer(call)
    return effects


@ritual(name="places-close", help="ends the two weeks in which places in a new crew are kept")
async def places_close(call: Call) -> Effects:
    """Invitations that nobody took up are taken back, silently."""
    room = call.room
    if room.life not in (Life.FORMING, Life.ACTIVE):
        return []
    kept = await _places(room)
    effects: list[Effect] = [Remove(person=each.person, room=room.id) for each in kept]
    await Place.filter(room=room.id).delete()
    if room.life is Life.FORMING:
        effects += await _closed_if_few(call)
    return effects


async def _places(room: Room) -> list[Place]:
    """The places kept for those who have not come in; whoever is there has taken theirs, however we heard of it."""
    kept = await Place.filter(room=room.id)
    return [each for each in kept if not await is_in(room.id, each.person)]


async def _closed_if_few(call: Call) -> list[Effect]:
    """Fewer than three can come together any more: tell them kindly, and let the room go."""
    room = call.room
    here = await people(room, call.house.me)
    places = await _places(room)
    if crew_activates(len(here) + len(places)):
        return []
    told = {*here, *(each.person for each in places), *([room.caller] if room.caller else [])}
    text = (
        f"No three of you have come into {room_name(room, 'the new room')}, so no crew begins there this time, and I "
        "let the room go. That happens often, and is nobody's doing.\n\nNext, if you like: `calls` shows what is open, "
        "and `call` begins another."
    )
    quiet = replace(call, sender=None)
    effects: list[Effect] = []
    for person in sorted(told):
        effects += await whispered(quiet, person, text, about=f"closed:{room.id}"[:64])
    effects += [Remove(person=each.person, room=room.id) for each in places]
    await Place.filter(room=room.id).delete()
    await CharterLine.filter(room=room.id).delete()
    return [
        *effects,
        CallOff(about=_about(room.id)),
        *await let_go(call, room),
        Leave(room=room.id),
    ]


@watch(kind=Change.ARRIVED)
async def moved_house(call: Call) -> Effects:
    """A congregation's space was upgraded: its calls go along."""
    old = await Room.get_or_none(id=call.room.predecessor) if call.room.predecessor else None
    if old is None or old.successor != call.room.id:
        return []
    await Calling.filter(congregation=old.id).update(congregation=call.room.id)
    await Calling.filter(stands_in=old.id).update(stands_in=call.room.id)
    return []
