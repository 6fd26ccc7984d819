"""Before each meeting: the announcement, the question who comes, a look at how many, and the reminder.

One question message stays true: it lists those who come and never those who do not. Nobody is called by name at
night, nor more than four times for one meeting.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.asking import nights
from handlers.house.adoption import CIRCLES
from handlers.language import (
    Argument,
    Ask,
    Call,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    inquiry,
    ritual,
    tap,
)
from handlers.meetings import meetings
from handlers.meetings.boards import announcement, day, listed_anew, question
from handlers.meetings.hosting import passed_on
from handlers.meetings.rhythm import skipped
from handlers.names import people
from handlers.words import folded
from practices.answers import labels
from practices.charter import Key
from practices.circles import RoomKind
from practices.meetings import (
    ATTENDANCE_SIGNS,
    Attendance,
    Quiet,
    enough,
    is_quiet,
    next_waking,
    read_attendance,
)
from practices.understanding import NotUnderstood
from practices.understanding import shown as quoted
from storage.charters import CharterLine
from storage.coming import Coming
from storage.database import row_of
from storage.meetings import Meeting, Standing
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room
from storage.visitors import Visitor, visits

SIGNS = tuple(ATTENDANCE_SIGNS[each] for each in Attendance)

#: R15: from then on those who come are reminded even at night.
AT_NIGHT = timedelta(hours=1)


async def _meeting(call: Call) -> Meeting | None:
    """The meeting an hour is for, unless it was called off meanwhile."""
    meeting = await row_of(Meeting, call.content["meeting"])
    return None if meeting is None or meeting.standing is Standing.SKIPPED else meeting


def _now(call: Call) -> datetime:
    return call.kept_at or call.at


# ----------------------------------------------------------------------------------------- the hours


@ritual(name="announce", help="announces a meeting, quietly")
async def announce(call: Call) -> Effects:
    """Say that a meeting comes."""
    meeting = await _meeting(call)
    if meeting is None:
        return []
    text = await announcement(call.room, meeting, _now(call))
    return [Say(text=text, name=f"announced:{meeting.id}")]


@ritual(name="ask", help="asks who comes, a day before a meeting")
async def ask(call: Call) -> Effects:
    """Ask everybody who is awake; the others in their morning."""
    meeting = await _meeting(call)
    if meeting is None:
        return []
    now = _now(call)
    awake, mornings = await _unanswered(call, meeting, await people(call.room, call.house.me))
    return [
        Say(
            text=await question(call.room, meeting, now, call.house.me),
            name=f"meeting:{meeting.id}",
            mention=awake,
            taps=SIGNS,
        ),
        *mornings,
    ]


async def _unanswered(
    call: Call, meeting: Meeting, asked: list[str]
) -> tuple[tuple[str, ...], list[Effect]]:
    """Of `asked`, those who have not answered and are awake; and the mornings of the others."""
    now = _now(call)
    answered = {each.person for each in await Coming.filter(meeting=meeting.id)}
    near = await meetings.reachable(call.room, [one for one in asked if one not in answered])
    awake, asleep = _by_night(near, now)
    mornings: list[Effect] = [
        Ring(
            ritual="ask-later",
            about=f"meeting:{meeting.id}",
            at=at,
            when=f"{meeting.local} {at.isoformat()}",
            useful_until=meeting.at,
            content={"meeting": meeting.id, "people": people_},
        )
        for at, people_ in asleep.items()
        if at < meeting.at
    ]
    return awake, mornings


def _by_night(
    near: Mapping[str, tuple[ZoneInfo, Quiet]], now: datetime
) -> tuple[tuple[str, ...], dict[datetime, list[str]]]:
    """Those who are awake, and the others by when their night is over (R15)."""
    awake: list[str] = []
    asleep: dict[datetime, list[str]] = {}
    for person, (zone, quiet) in near.items():
        if is_quiet(now, zone, quiet):
            asleep.setdefault(next_waking(now, zone, quiet), []).append(person)
        else:
            awake.append(person)
    return tuple(awake), asleep


@ritual(
    name="ask-later", help="asks those in their morning who were asleep when the others were asked"
)
async def ask_later(call: Call) -> Effects:
    """Call those by name who have not answered since."""
    meeting = await _meeting(call)
    asked = call.content.get("people")
    if meeting is None or not isinstance(asked, list):
        return []
    present = set(await people(call.room, call.house.me))
    awake, mornings = await _unanswered(call, meeting, [one for one in asked if one in present])
    if not awake:
        return mornings
    return [
        *mornings,
        Say(
            text=f"**{day(meeting, _now(call))}** – the question above is for you, too.\n\n{meetings.CHOICES}",
            name=f"morning:{meeting.id}",
            mention=awake,
            taps=SIGNS,
        ),
    ]


@ritual(name="remind", help="reminds those who are coming, an hour before a meeting")
async def remind(call: Call) -> Effects:
    """Call those by name who said that they come; whoever sleeps is called within the hour before it."""
    meeting = await _meeting(call)
    if meeting is None:
        return []
    now, asked = _now(call), call.content.get("people")
    answers = await Coming.filter(meeting=meeting.id)
    coming = {each.person for each in answers if each.answer.present}
    present = await people(call.room, call.house.me)
    wanted = [one for one in present if one in coming and (asked is None or one in asked)]
    near = await meetings.reachable(call.room, wanted)
    last = meeting.at - AT_NIGHT
    awake, asleep = (tuple(near), {}) if now >= last else _by_night(near, now)
    effects: list[Effect] = [
        Ring(
            ritual="remind",
            about=f"meeting:{meeting.id}",
            at=min(at, last),
            when=f"{meeting.local} {at.isoformat()}",
            useful_until=meeting.at,
            content={"meeting": meeting.id, "people": people_},
        )
        for at, people_ in asleep.items()
    ]
    if awake:
        text = f"**{day(meeting, now)}** – see you there."
        effects.append(Say(text=text, mention=awake, name=f"reminded:{meeting.id}"))
    return effects


# --------------------------------------------------------------------------------------- the question


#: What stands beside the signs of the question.
LABELS = labels(meetings.CHOICES, SIGNS)


@tap(prefix="meeting", labels=LABELS, unseen=SIGNS)
async def answered(call: Call, subject: str, said: str) -> Effects:
    """A tap under the question, or a reply to it in words."""
    meeting = await row_of(Meeting, subject)
    answer = read_attendance(said)
    if meeting is None or answer is None:
        return []
    late = await _too_late(call, meeting)
    return await _answer(call, meeting, answer) if late is None else late


async def _too_late(call: Call, meeting: Meeting) -> list[Effect] | None:
    """A word to whoever of its people answers when a meeting has begun or is left out; None while it is ahead."""
    if meeting.at > call.at and meeting.standing is not Standing.SKIPPED:
        return None
    present = await Member.exists(room=meeting.room, person=call.person)
    if not present or await visits(meeting.room, call.person):
        return []
    when = meetings.shown(meeting)
    if meeting.standing is Standing.SKIPPED:
        text = f"The meeting of **{when}** is left out, so nothing was noted; `when` tells the next ones."
    else:
        text = (
            f"The meeting of **{when}** has begun, so I note no more who comes to it. Whoever can still come is "
            "welcome all the same."
        )
    return [Whisper(person=call.person, text=text)]


@tap(prefix="morning", labels=LABELS, unseen=SIGNS)
async def answered_later(call: Call, subject: str, said: str) -> Effects:
    """A tap under the morning's question is one under the question itself."""
    effects: Effects = await answered.answer(call, subject, said)
    return effects


async def _answer(call: Call, meeting: Meeting, answer: Attendance) -> list[Effect]:
    if not await Member.exists(room=meeting.room, person=call.person):
        return []
    if await visits(meeting.room, call.person):
        return []  # a guest is there anyway, and not counted
    if meeting.at <= call.at or meeting.standing is Standing.SKIPPED:
        return []
    said = await Coming.get_or_none(meeting=meeting.id, person=call.person)
    if said is None or said.answer is not answer:
        columns = {"answer": answer, "said_at": call.at}
        await Coming.update_or_create(columns, meeting=meeting.id, person=call.person)
    passed = [] if answer.present else await passed_on(call, meeting)
    if _listed(answer) == _listed(said.answer if said else None):
        # Saying the same once more would tell that somebody has answered, and the question lists only who comes.
        return passed
    return [*await listed_anew(call, meeting), *passed]


def _listed(answer: Attendance | None) -> Attendance | None:
    """How an answer shows in the question; None: not at all."""
    return answer if answer is not None and answer.present else None


def _read(text: str, _call: Call) -> Attendance:
    answer = Attendance.NOT_COMING if folded(text) == "not" else read_attendance(text)
    if answer is None and folded(text).startswith(("and ", "but ")):
        answer = read_attendance(f"coming, {text}")
    if answer is None:
        raise NotUnderstood(f"I did not understand {quoted(text)}. Say coming, quietly, or not.")
    return answer


@command(
    name="coming",
    aliases=("attend", "rsvp"),
    help="say whether you come to the next meeting",
    example="coming quietly",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="answer", help="coming (if left out), quietly, or not", read=_read, rest=True
        ),
    ),
    sentences={
        "i|im|ill [am|will] coming|come|be [there]": "",
        "not coming": "not",
        "i|im|ill [am|will] not coming|come": "not",
        "i cant|cannot come|make [it]": "not",
    },
)
async def coming(call: Call, answer: Attendance | None) -> Effects:
    """Answer in words, in the room or in private."""
    meeting = await _next_for(call)
    if meeting is None:
        raise Refused("No meeting of yours is planned. Nothing was changed.")
    if await visits(meeting.room, call.person):
        raise Refused(
            "You are a guest there: you are expected, and not counted. Nothing was changed."
        )
    said = answer or Attendance.COMING
    edits = await _answer(call, meeting, said)
    when = meetings.shown(meeting)
    words = {
        Attendance.COMING: f"Good: you come on **{when}**.",
        Attendance.QUIETLY: f"Good: you come quietly on **{when}**.",
        Attendance.NOT_COMING: f"Noted for **{when}**, and it needs no reason.",
    }
    return [*edits, Say(text=words[said])]


async def _next_for(call: Call) -> Meeting | None:
    """The next meeting here; in private, the next one of any circle the person is in."""
    if not call.is_private:
        return await meetings.next_meeting(call.room.id, call.at)
    rooms = set(await Member.filter(person=call.person).values_list("room", flat=True))
    rooms -= set(await Visitor.filter(person=call.person).values_list("room", flat=True))
    ahead = Meeting.filter(room__in=list(rooms), at__gt=call.at)
    return await ahead.exclude(standing=Standing.SKIPPED).order_by("at").first()


# ----------------------------------------------------------------------------------------- too few

HOLD = Option(sign="✅", word="hold", also=("yes", "keep"))
MOVE = Option(sign="➡️", word="move")
SKIP = Option(sign="⏭️", word="skip", also=("no",))


@ritual(name="count", help="asks the host, once and privately, when fewer come than you agreed on")
async def count(call: Call) -> Effects:
    """Look how many come; enough is no news."""
    meeting = await _meeting(call)
    if meeting is None:
        return []
    answers = await Coming.filter(meeting=meeting.id)
    coming_count = sum(each.answer.present for each in answers)
    minimum = int(meetings.setting(call.room, "minimum-presence"))
    present = await people(call.room, call.house.me)
    # In private whoever is proposed may be asked, too: until they agree nobody else learns that it is them.
    host = next((each for each in (meeting.host, call.room.host) if each in present), None)
    now = _now(call)
    if enough(coming_count, minimum) or host is None:
        return []
    least = (
        f"you agreed on at least {minimum}"
        if await _agreed_on_a_minimum(call.room)
        else f"with fewer than {minimum} I ask whoever hosts, as long as you have agreed on no number"
    )
    awake, asleep = _by_night(await nights(call, call.room, [host]), now)
    if not awake:
        return [
            Ring(
                ritual="count",
                about=f"meeting:{meeting.id}",
                at=at,
                when=f"{meeting.local} {at.isoformat()}",
                useful_until=meeting.at,
                content={"meeting": meeting.id},
            )
            for at in asleep
            if at < meeting.at
        ]
    return [
        Ask(
            inquiry="few",
            private=True,
            person=host,
            until=meeting.at,
            data={"meeting": meeting.id, "room": call.room.id},
            text=f"**{day(meeting, _now(call))}**: {coming_count} of {len(present)} {'has' if coming_count == 1 else 'have'} said that they come to "
            f"{meetings.meets(call.room)}; {least}.\n\n"
            "✅ hold it anyway · ➡️ move it · ⏭️ leave it out",
        )
    ]


async def _agreed_on_a_minimum(room: Room) -> bool:
    """Whether the people of a room have said how many need to come, in their charter or as a setting."""
    if "minimum-presence" in room.settings:
        return True
    return await CharterLine.exists(room=room.id, key=Key.PRESENCE, holds=True)


@inquiry(
    name="few",
    options=(HOLD, MOVE, SKIP),
    late="The meeting has begun by now, and stands as planned. Nothing was changed.",
)
async def few(call: Call, question: Question, said: str) -> Effects:
    """Do what the host says."""
    if said not in (HOLD.word, MOVE.word, SKIP.word):
        return [Say(text="Say hold, move or skip. Until then the meeting stands.")]
    meeting = await row_of(Meeting, question.data["meeting"])
    await question.delete()
    if meeting is None or meeting.at <= call.at or meeting.standing is Standing.SKIPPED:
        raise Refused("That meeting has begun or was called off. Nothing was changed.")
    if said == HOLD.word:
        return [Say(text="Good: it is held.")]
    room = await Room.get(id=meeting.room)
    if said == SKIP.word:
        there = Call(key=call.key, at=call.at, room=room, house=call.house, sender=call.sender)
        return [
            *await skipped(there, meeting),
            Say(text="Done: it is left out, and the room knows."),
        ]
    return [
        Say(
            text=f"Say `{call.house.prefix}move` with the new time in the room itself, so that everybody sees it. "
            "Until then the meeting stands."
        )
    ]
