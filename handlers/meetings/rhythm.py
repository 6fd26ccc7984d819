"""When a circle meets: its rhythm, the next dates, skipping, moving, bringing back, and a calendar file."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from handlers.conversation import PATIENCE, run
from handlers.house.adoption import CIRCLES
from handlers.language import (
    CHANGE,
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Edit,
    Effect,
    Effects,
    Post,
    Refused,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.meetings import meetings
from handlers.names import room_name
from handlers.words import escaped, folded
from practices import clock, rhythm
from practices.circles import Life, RoomKind
from practices.dates import When, read_rhythm, read_when
from practices.meetings import is_quiet
from practices.rhythm import Rhythm
from storage.coming import Coming
from storage.database import row_of
from storage.meetings import Meeting, Standing
from storage.members import Member
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room

OFF = frozenset({"off", "none", "end", "stop"})

#: Said of the meeting at which a cycle is looked back on.
LOOK_BACK = "you look back together"


# ------------------------------------------------------------------------------------------- rhythm


@command(
    name="rhythm",
    help="see or set when you meet: weekly, fortnightly, monthly or by the moon",
    example="rhythm third thursday 19:00",
    kinds=CIRCLES,
    arguments=(
        Argument(
            name="text",
            help="such as “every thursday 19:00”, “third thursday 7pm”, “every other monday 18:30”, “full moon 20:00”, or “off”",
            rest=True,
        ),
    ),
)
async def rhythm_(call: Call, text: str | None) -> Effects:
    """Show the rhythm, or say back the one that was understood before it is kept."""
    if text is None:
        return [Say(text=_shown(call))]
    if folded(text) in OFF:
        return [_ask_to_end(call)]
    kept = _as_rhythm(text, call)
    return [
        Ask(
            inquiry="rhythm",
            text=f"I understood: **{_with_zone(kept)}**.\n\n{_next_three(kept, call.at)}\n\n✅ right · ✏️ change",
            until=call.at + PATIENCE,
            data={"rhythm": rhythm.as_state(kept)},
            person=call.person,
        )
    ]


def _shown(call: Call) -> str:
    example = f"`{call.house.prefix}rhythm third thursday 19:00`"
    if call.room.rhythm is None:
        return f"You have no rhythm yet. {example} would set one; weekly, fortnightly and the moon work too."
    kept = rhythm.from_state(call.room.rhythm)
    if call.room.life in meetings.RESTING:
        return (
            f"The crew rests. Its rhythm stays, **{_with_zone(kept)}**, and counts again when you go on; "
            f"`{call.house.prefix}wake` asks all of you."
        )
    return (
        f"You meet **{_with_zone(kept)}**.\n\n{_next_three(kept, call.at)}\n\n"
        f"Another one, such as {example}, changes it; `{call.house.prefix}rhythm off` ends it."
    )


def _with_zone(kept: Rhythm) -> str:
    return f"{rhythm.words(kept)}, {escaped(kept.zone)}"


def _next_three(kept: Rhythm, now: datetime) -> str:
    days = [
        clock.short_words(found.at, ZoneInfo(kept.zone)) for found in meetings.upcoming(kept, now)
    ]
    if not days:
        return "No date follows from it."
    return "The next are " + "; ".join(days) + "."


def _ask_to_end(call: Call) -> Ask:
    return Ask(
        inquiry="rhythm-end",
        text="I would end the rhythm and call off the meetings ahead. Nothing else changes.\n\n✅ yes · ✋ no",
        until=call.at + PATIENCE,
        person=call.person,
    )


def _as_rhythm(text: str, call: Call) -> Rhythm:
    return read_rhythm(text, now=call.at, zone=call.circle_zone)


@inquiry(name="rhythm", options=(YES, CHANGE), reads=_as_rhythm)
async def rhythm_understood(call: Call, question: Question, said: str) -> Effects:
    """Keep the rhythm on a yes; anything else changes it."""
    await question.delete()
    if said != YES.word:
        return await _in_other_words(call, "rhythm", said)
    kept = rhythm.from_state(question.data["rhythm"])
    room = call.room
    room.rhythm, room.zone = rhythm.as_state(kept), kept.zone
    room.host = room.host or call.person
    await room.save()
    return [
        Edit(name=f"question:{question.id}", text=f"You meet **{_with_zone(kept)}**."),
        *await meetings.plan_again(call, call.at),
        meetings.circle_state(room),
        Say(
            text=f"Kept. I announce each meeting, ask who comes, and remind those who do.\n\n{_next_three(kept, call.at)}"
        ),
    ]


async def _in_other_words(call: Call, name: str, said: str) -> Effects:
    """What was understood is not what was meant: read the other words, or ask for them."""
    declared = call.house.catalogue.commands[name]
    if said == CHANGE.word:
        return [
            Ask(
                inquiry="missing",
                text="How would you say it? For example: third thursday 19:00.\n\n*Your next message answers this; `stop` ends it.*"
                if name == "rhythm"
                else "To when? For example: friday 20:00.\n\n*Your next message answers this; `stop` ends it.*",
                until=call.at + PATIENCE,
                data={"command": name, "argument": declared.arguments[0].name, "given": {}},
                person=call.person,
            )
        ]
    return await run(call, declared, {declared.arguments[0].name: said})


@inquiry(name="rhythm-end", options=(YES, NO))
async def rhythm_ended(call: Call, question: Question, said: str) -> Effects:
    """End the rhythm on a yes."""
    await question.delete()
    if said != YES.word:
        return [Say(text="Nothing was changed.")]
    effects: list[Effect] = []
    async for meeting in Meeting.filter(room=call.room.id, at__gt=call.at):
        effects += [meetings.call_off(meeting), *meetings.struck(meeting, "is called off.")]
        await meetings.forget(meeting)
    call.room.rhythm = None
    await call.room.save()
    return [
        *effects,
        *await meetings.plan_again(call, call.at),
        meetings.circle_state(call.room),
        Say(text="The rhythm has ended, and no meeting is planned."),
    ]


@ritual(name="plan", help="plans the next meetings of a rhythm")
async def plan_next(call: Call) -> Effects:
    """A meeting begins: the next one is planned."""
    return await meetings.plan(call, call.kept_at or call.at)


# ------------------------------------------------------------------------------------- the next dates


@command(
    name="when",
    aliases=("next", "dates"),
    help="see the next meetings; in our private chat those of all your circles",
    example="when",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    sentences={
        "when do|will we|i meet [next|again]": "",
        "when are we meeting [next|again]": "",
        "when is|whens the|our|my next [meeting|one|date]": "",
        "what|whats [is] the|our|my next meeting|date": "",
        "next|upcoming meeting|meetings|date|dates": "",
        "[show] [me] my|our meetings|dates": "",
    },
)
async def when(call: Call) -> Effects:
    """The next meetings, in the circle's zone and in one's own."""
    if call.is_private:
        return [Say(text=await _of_all_circles(call))]
    if not await _upcoming(call):
        return [Say(text=f"No meeting is planned. {_shown(call)}")]
    return [Say(text="\n".join(await _dates(call)))]


async def _of_all_circles(call: Call) -> str:
    """The next meetings of every circle that somebody is in; the one that meets first comes first."""
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    rooms = await Room.filter(id__in=list(mine), joined=True, kind__in=list(CIRCLES))
    told = []
    for room in rooms:
        if room.life is Life.CLOSED:
            continue
        there = replace(call, room=room)
        ahead = await _upcoming(there)
        first = ahead[0][0] if ahead else datetime.max.replace(tzinfo=UTC)
        told.append((first, room_name(room, f"your {room.kind}"), await _of_one(there)))
    if not told:
        return (
            "You are in no circle that I look after, so I know of no meeting of yours. `calls` shows what is open, and "
            "`call` begins a crew."
        )
    return "\n\n".join("\n".join([f"**{name}**", *lines]) for _first, name, lines in sorted(told))


async def _of_one(call: Call) -> list[str]:
    """The next dates of one circle, as they stand under its name."""
    lines = await _dates(call)
    if lines:
        return ["", *lines]
    return ["rests just now." if call.room.life in meetings.RESTING else "has no meeting planned."]


async def _dates(call: Call) -> list[str]:
    person = await Person.get_or_none(id=call.person)
    own = ZoneInfo(person.zone) if person and person.zone else None
    lines = []
    for at, zone, note in await _upcoming(call):
        theirs = f" ({clock.short_words(at, own)} for you)" if own and own.key != zone.key else ""
        lines.append(f"- **{clock.short_words(at, zone)}**{theirs}{note}")
    return lines


async def _upcoming(call: Call) -> list[tuple[datetime, ZoneInfo, str]]:
    """(instant, zone, note) of the next meetings: those with rows of their own, then by the rhythm."""
    rows = await Meeting.filter(room=call.room.id, at__gt=call.at).order_by("at")
    found = [(row.at, ZoneInfo(row.zone), _note(row)) for row in rows]
    if call.room.rhythm is not None and call.room.life not in meetings.RESTING:
        kept = rhythm.from_state(call.room.rhythm)
        known = {row.occurrence for row in await Meeting.filter(room=call.room.id)}
        following = meetings.upcoming(kept, call.at, meetings.SHOWN + len(known))
        zone = ZoneInfo(kept.zone)
        found += [(each.at, zone, "") for each in following if each.key not in known]
    shown = sorted(found, key=lambda entry: entry[0])[: meetings.SHOWN]
    looks = await meetings.look_backs(call.room, call.at)
    return [
        (at, zone, f"{note} – {LOOK_BACK}" if at in looks else note) for at, zone, note in shown
    ]


def _note(row: Meeting) -> str:
    if row.standing is Standing.SKIPPED:
        return " – skipped"
    return " – moved" if row.standing is Standing.MOVED else ""


@command(
    name="calendar",
    aliases=("ics",),
    help="get the next meetings as a calendar file",
    example="calendar",
    kinds=CIRCLES,
)
async def calendar(call: Call) -> Effects:
    """An .ics file of the next meetings, right across the change of the clocks."""
    ahead = await _upcoming(call)
    if not ahead:
        raise Refused(
            f"No meeting is planned, so there is nothing to put in a file. {_shown(call)}"
        )
    return [
        Post(filename="meetings.ics", mime="text/calendar", data=_ics(call, ahead)),
        Say(
            text="Opening the file adds the next meetings to your own calendar; it does not change by itself later."
        ),
    ]


def _ics(call: Call, ahead: list[tuple[datetime, ZoneInfo, str]]) -> bytes:
    file = Calendar()
    file.add("prodid", "-//Kinkeeper//EN")
    file.add("version", "2.0")
    minutes = int(meetings.setting(call.room, "meeting-minutes"))
    for at, zone, note in ahead:
        event = Event()
        event.add("uid", f"{at:%Y%m%dT%H%M}-{call.room.id.lstrip('!')}")
        event.add("summary", call.room.name or "Our circle")
        event.add("dtstamp", call.at)
        event.add("dtstart", at.astimezone(zone))
        event.add("dtend", (at + timedelta(minutes=minutes)).astimezone(zone))
        event.add("status", "CANCELLED" if "skipped" in note else "CONFIRMED")
        if LOOK_BACK in note:
            event.add("description", "You look back together at this one.")
        file.add_component(event)
    file.add_missing_timezones()
    return bytes(file.to_ical())


# ---------------------------------------------------------------------------- skip, move, bring back


@command(
    name="skip",
    help="leave out the next meeting",
    example="skip",
    kinds=CIRCLES,
)
async def skip(call: Call) -> Effects:
    """Ask once, then leave out the next meeting that is held."""
    upcoming = await meetings.next_planned(call.room.id, call.at)
    if upcoming is not None and upcoming.standing is Standing.SKIPPED:
        return await _skip_another(call, upcoming)
    meeting = await _next(call)
    text = f"I understood: the meeting of **{meetings.shown(meeting)}** is left out."
    return [_ask_to_skip(call, meeting, text)]


async def _skip_another(call: Call, skipped_: Meeting) -> list[Effect]:
    """The next meeting is left out already: whoever says it again may mean that one, or the one after it."""
    text = _left_out_already(call, skipped_)
    meeting, planned = await meetings.next_held(call, call.at)
    if meeting is None:
        return [Say(text=f"{text} Nothing more was changed.")]
    asked = f"{text}\n\nShall the one after it be left out, too: **{meetings.shown(meeting)}**?"
    return [*planned, _ask_to_skip(call, meeting, asked)]


def _left_out_already(call: Call, meeting: Meeting) -> str:
    when = meetings.shown(meeting)
    return (
        f"The meeting of **{when}** is left out already; `{call.house.prefix}hold` brings it back."
    )


def _ask_to_skip(call: Call, meeting: Meeting, text: str) -> Ask:
    return Ask(
        inquiry="skip",
        text=f"{text}\n\n✅ yes · ✋ no",
        until=call.at + PATIENCE,
        data={"meeting": meeting.id},
        person=call.person,
    )


async def _next(call: Call) -> Meeting:
    """The next meeting that is held. Raises Refused when there is none."""
    meeting = await meetings.next_meeting(call.room.id, call.at)
    if meeting is None:
        raise Refused(f"No meeting is planned, so nothing was changed. {_shown(call)}")
    return meeting


@inquiry(name="skip", options=(YES, NO))
async def skipping(call: Call, question: Question, said: str) -> Effects:
    """Leave the meeting out on a yes."""
    meeting = await _still_ahead(call, question)
    if said != YES.word:
        return [Say(text="Nothing was changed: the meeting stands.")]
    if meeting.standing is Standing.SKIPPED:
        # Somebody else has said the same meanwhile.
        return [Say(text=f"{_left_out_already(call, meeting)} Nothing more was changed.")]
    return await skipped(call, meeting)


async def skipped(call: Call, meeting: Meeting) -> list[Effect]:
    """Leave a meeting out, and tell those who meant to come."""
    meeting.standing = Standing.SKIPPED
    await meeting.save()
    told = await _told(call, meeting)
    following = await meetings.next_meeting(call.room.id, call.at)
    after = f" The next one is **{meetings.shown(following)}**." if following else ""
    return [
        meetings.call_off(meeting),
        *meetings.struck(meeting, "is left out."),
        *await meetings.placed(call, call.at),
        Say(
            text=f"The meeting of **{meetings.shown(meeting)}** is left out.{after} "
            f"`{call.house.prefix}hold` brings it back.",
            room=call.room.id,
            mention=told,
            answers=False,
        ),
    ]


async def _still_ahead(call: Call, question: Question) -> Meeting:
    await question.delete()
    meeting = await row_of(Meeting, question.data["meeting"])
    if meeting is None or meeting.at <= call.at:
        raise Refused("That meeting has begun or is called off already. Nothing was changed.")
    return meeting


async def _told(call: Call, meeting: Meeting) -> tuple[str, ...]:
    """Those who meant to come and may be called by name now."""
    answers = await Coming.filter(meeting=meeting.id)
    coming = [answer.person for answer in answers if answer.answer.present]
    near = await meetings.reachable(call.room, coming)
    return tuple(
        person for person, (zone, quiet) in near.items() if not is_quiet(call.at, zone, quiet)
    )


@command(
    name="move",
    aliases=("reschedule",),
    help="hold the next meeting at another time",
    example="move friday 20:00",
    kinds=CIRCLES,
    arguments=(
        Argument(
            name="to",
            help="the new day and time, or only one of them",
            rest=True,
            question="To when shall I move the next meeting? For example: friday 20:00.",
        ),
    ),
)
async def move(call: Call, to: str) -> Effects:
    """Say back the new time, then move on a yes."""
    meeting = await _next(call)
    zone = ZoneInfo(meeting.zone)
    usual = clock.wall(meeting.at, zone).time()
    new = read_when(to, now=call.at, zone=zone, at=time(usual.hour, usual.minute))
    _check_not_passed(call, to, new)
    return [
        Ask(
            inquiry="move",
            text=f"I understood: the meeting of {meetings.shown(meeting)} is held on "
            f"**{clock.words(new.at, zone)}** instead.\n\n✅ right · ✏️ change",
            until=call.at + PATIENCE,
            data={"meeting": meeting.id, "local": _local(new, zone)},
            person=call.person,
        )
    ]


#: A day said without its year is the next of its name; so far ahead it is rather one that has just passed.
_JUST_PASSED = timedelta(days=300)
_YEAR = re.compile(r"[0-9]{4}")


def _check_not_passed(call: Call, said: str, new: When) -> None:
    """Refuse a day that has passed this year, unless its year was said. Raises Refused."""
    if new.at - call.at > _JUST_PASSED and not _YEAR.search(said):
        day = clock.words(new.at, ZoneInfo(new.zone))
        raise Refused(
            f"That day has passed this year, so nothing was changed. If you mean {day}, say it with its year."
        )


def _local(new: When, zone: ZoneInfo) -> str:
    return clock.wall(new.at, zone).isoformat(timespec="minutes")


def _as_moment(text: str, call: Call) -> When:
    return read_when(text, now=call.at, zone=call.circle_zone, at=time(12))


@inquiry(name="move", options=(YES, CHANGE), reads=_as_moment)
async def moving(call: Call, question: Question, said: str) -> Effects:
    """Move the meeting on a yes; who had answered is asked again, because the time is another."""
    if said != YES.word:
        await question.delete()
        return await _in_other_words(call, "move", said)
    meeting = await _still_ahead(call, question)
    told = await _told(call, meeting)
    before = meetings.shown(meeting)
    zone = ZoneInfo(meeting.zone)
    meeting.local = str(question.data["local"])
    struck = meetings.struck(meeting, "is moved.")
    meeting.at = clock.resolve(datetime.fromisoformat(meeting.local), zone)
    meeting.standing = Standing.MOVED
    await meeting.save()
    await Coming.filter(meeting=meeting.id).delete()
    return [
        meetings.call_off(meeting),
        *struck,
        *meetings.hours(call, meeting, call.at),
        *await meetings.placed(call, call.at),
        Say(
            text=f"Moved: **{meetings.shown(meeting)}** instead of {before}. I ask again who comes; "
            f"`{call.house.prefix}hold` brings the old time back.",
            mention=told,
            answers=False,
        ),
    ]


@command(
    name="hold",
    help="bring back the next meeting as it was, after it was skipped or moved",
    example="hold",
    kinds=CIRCLES,
)
async def hold(call: Call) -> Effects:
    """Undo a skip, or else a move, as long as the time that it brings back is ahead."""
    changed = Meeting.filter(room=call.room.id).exclude(standing=Standing.PLANNED)
    for meeting in await changed.order_by("at"):
        if (
            meeting.standing is Standing.SKIPPED
            and meetings.is_moved(meeting)
            and meeting.at > call.at
        ):
            return await _held_as_moved(call, meeting)
        if _as_planned(meeting) > call.at:
            return await _held_as_planned(call, meeting)
    raise Refused("No meeting ahead was skipped or moved, so there is nothing to bring back.")


def _as_planned(meeting: Meeting) -> datetime:
    """When a meeting was to be before anybody moved it."""
    return clock.resolve(datetime.fromisoformat(meeting.occurrence), ZoneInfo(meeting.zone))


async def _held_as_moved(call: Call, meeting: Meeting) -> list[Effect]:
    """A meeting that was moved and then left out: it is held as it was moved, with the answers of those who come."""
    meeting.standing = Standing.MOVED
    await meeting.save()
    planned, zone = _as_planned(meeting), ZoneInfo(meeting.zone)
    text = (
        f"The meeting of **{meetings.shown(meeting)}** stands again, at the time it was moved to."
    )
    if planned > call.at:
        text += (
            f" `{call.house.prefix}hold` once more brings back {clock.short_words(planned, zone)}."
        )
    return [
        meetings.call_off(meeting),
        *meetings.hours(call, meeting, call.at),
        *await meetings.placed(call, call.at),
        *_restored(meeting),
        Say(text=text),
    ]


async def _held_as_planned(call: Call, meeting: Meeting) -> list[Effect]:
    """A meeting at its old time; whoever had answered for another time is asked again."""
    moved = meetings.is_moved(meeting)
    meeting.at, meeting.local = _as_planned(meeting), meeting.occurrence
    meeting.standing = Standing.PLANNED
    await meeting.save()
    if moved:
        await Coming.filter(meeting=meeting.id).delete()
    return [
        meetings.call_off(meeting),
        *meetings.hours(call, meeting, call.at, anew=f" {call.key}" if moved else ""),
        *await meetings.placed(call, call.at),
        *_restored(meeting),
        Say(text=f"The meeting of **{meetings.shown(meeting)}** stands again."),
    ]


def _restored(meeting: Meeting) -> list[Effect]:
    """What was struck through is true again; who comes is listed at the next answer."""
    text = f"**{meetings.shown(meeting)}** stands again."
    return [
        Edit(name=f"announced:{meeting.id}", text=text, room=meeting.room),
        Edit(name=f"meeting:{meeting.id}", text=f"{text}\n\n{meetings.CHOICES}", room=meeting.room),
    ]
