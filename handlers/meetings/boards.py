"""The two messages about a meeting that stay true: its announcement, and the question who comes.

They list who comes and never who does not, and name as host only whoever has said gladly. Until then they say that a
host is being asked, in the same words however many have been: so everybody knows that it is looked after, and whoever
declines in private does not disappear from what all can read.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import taps
from handlers.language import Call, Edit, Effect
from handlers.meetings import meetings
from handlers.meetings.commitments import lines, new_since_last
from handlers.names import name, names
from practices import clock
from practices.circles import RoomKind
from practices.meetings import ATTENDANCE_SIGNS, Attendance
from storage.coming import Coming
from storage.hosting import Hosting, Said
from storage.meetings import Meeting
from storage.rooms import Room

LOOK_BACK = "You look back together at this one."

#: While nobody has agreed to host a meeting, in public; and once everybody was asked, so that the room was.
ASKING = "I am asking who hosts it."
OPEN = "Whoever likes to hosts it; without a host you meet all the same, and I keep the time."


def day(meeting: Meeting, now: datetime) -> str:
    """When a meeting is, as people say it: "Tomorrow, Thursday 17 December, 19:00"."""
    zone = ZoneInfo(meeting.zone)
    days = (clock.wall(meeting.at, zone).date() - clock.wall(now, zone).date()).days
    near = {0: "Today, ", 1: "Tomorrow, "}.get(days, "")
    return f"{near}{meetings.shown(meeting)}"


async def host_of(meeting: Meeting) -> str | None:
    """Whoever hosts a meeting ahead and has said so, or opens the crew's first; None while somebody is only asked."""
    if meeting.host is None:
        return None
    said = await Hosting.get_or_none(meeting=meeting.id, person=meeting.host)
    return meeting.host if said is None or said.said is Said.GLADLY else None


async def _hosting(room: Room, meeting: Meeting) -> str:
    """Who hosts, as far as everybody may know; "" where meetings have no host."""
    host = await host_of(meeting)
    if host is not None:
        return f"{await name(room.id, host)} hosts."
    if room.kind is not RoomKind.CREW:
        return ""
    return OPEN if meeting.host is None and meeting.host_sought_at is not None else ASKING


async def announcement(room: Room, meeting: Meeting, now: datetime) -> str:
    """That a meeting comes, and who has agreed to host it, or that somebody is asked."""
    text = f"**{day(meeting, now)}** – {meetings.meets(room)} meets. I ask before it who comes."
    notes = [each for each in [await _hosting(room, meeting)] if each]
    if meeting.at in await meetings.look_backs(room, now):
        notes.append(LOOK_BACK)
    return "\n\n".join([text, *([" ".join(notes)] if notes else [])])


async def question(room: Room, meeting: Meeting, now: datetime, me: str) -> str:
    """Who comes, and what was taken on since the meeting before (R58)."""
    answers = await Coming.filter(meeting=meeting.id)
    coming = {each.person for each in answers if each.answer.present}
    host = await host_of(meeting)
    hosts = f"; {await name(room.id, host)} hosts" if host is not None and host in coming else ""
    parts = [f"**{day(meeting, now)}** – {meetings.meets(room)} meets{hosts}."]
    if host is None and (nobody := await _hosting(room, meeting)):
        parts.append(nobody)
    if meeting.at in await meetings.look_backs(room, now):
        parts.append(LOOK_BACK)
    open_ = await new_since_last(room, meeting)
    if open_:
        parts.append("\n".join(["You took on:", "", *await lines(room, open_)]))
    parts.append(meetings.CHOICES)
    parts.append(taps.seen_words(room, me, "`coming not`"))
    listed = await _coming_words(room, answers)
    if listed:
        parts.append(listed)
    return "\n\n".join(parts)


async def _coming_words(room: Room, answers: list[Coming]) -> str:
    """Who comes, by name and in no order; never who does not."""
    parts = []
    for kind in (Attendance.COMING, Attendance.QUIETLY):
        said = [each.person for each in answers if each.answer is kind]
        if said:
            parts.append(f"{ATTENDANCE_SIGNS[kind]} " + ", ".join(await names(room.id, said)))
    return " · ".join(parts)


async def room_of(call: Call, meeting: Meeting) -> Room:
    """The circle that a meeting is of, wherever it is spoken about."""
    return call.room if call.room.id == meeting.room else await Room.get(id=meeting.room)


async def listed_anew(call: Call, meeting: Meeting) -> list[Effect]:
    """The question as it stands after somebody answered, or left."""
    room = await room_of(call, meeting)
    text = await question(room, meeting, call.kept_at or call.at, call.house.me)
    return [Edit(name=f"meeting:{meeting.id}", text=text, room=meeting.room)]


async def host_anew(call: Call, meeting: Meeting) -> list[Effect]:
    """Announcement and question after somebody has agreed to host a meeting, or who had agreed does not."""
    room = await room_of(call, meeting)
    text = await announcement(room, meeting, call.kept_at or call.at)
    announced = Edit(name=f"announced:{meeting.id}", text=text, room=meeting.room)
    return [announced, *await listed_anew(call, meeting)]
