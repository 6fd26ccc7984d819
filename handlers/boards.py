"""The two messages about a meeting that stay true: its announcement, and the question who comes.

They list who comes and never who does not, and name as host whoever was proposed when the meeting was announced,
or has said yes since; nobody is named for keeping silent.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import meetings
from handlers.commitments import lines, new_since_last
from handlers.language import Call, Edit, Effect
from handlers.names import name, names
from practices import clock
from practices.meetings import ATTENDANCE_SIGNS, Attendance
from storage.coming import Coming
from storage.hosting import Hosting, Said
from storage.meetings import Meeting
from storage.rooms import Room

LOOK_BACK = "You look back together at this one."


def day(meeting: Meeting, now: datetime) -> str:
    """When a meeting is, as people say it: "Tomorrow, Thursday 17 December, 19:00"."""
    zone = ZoneInfo(meeting.zone)
    days = (clock.wall(meeting.at, zone).date() - clock.wall(now, zone).date()).days
    near = {0: "Today, ", 1: "Tomorrow, "}.get(days, "")
    return f"{near}{meetings.shown(meeting)}"


async def announcement(room: Room, meeting: Meeting, now: datetime, *, first: bool = True) -> str:
    """That a meeting comes. When it is said `first` it names whoever is proposed as host."""
    text = f"**{day(meeting, now)}** – {meetings.meets(room)} meets. I ask before it who comes."
    notes = []
    if meeting.host is not None:
        said = await Hosting.get_or_none(meeting=meeting.id, person=meeting.host)
        if said is None or said.said is Said.GLADLY:
            notes.append(f"{await name(room.id, meeting.host)} hosts.")
        elif first:
            notes.append(f"{await name(room.id, meeting.host)} would host.")
    if meeting.at in await meetings.look_backs(room, now):
        notes.append(LOOK_BACK)
    return "\n\n".join([text, *([" ".join(notes)] if notes else [])])


async def question(room: Room, meeting: Meeting, now: datetime) -> str:
    """Who comes, and what was taken on since the meeting before (R58)."""
    answers = await Coming.filter(meeting=meeting.id)
    coming = {each.person for each in answers if each.answer.present}
    hosts = f"; {await name(room.id, meeting.host)} hosts" if meeting.host in coming else ""
    parts = [f"**{day(meeting, now)}** – {meetings.meets(room)} meets{hosts}."]
    if meeting.at in await meetings.look_backs(room, now):
        parts.append(LOOK_BACK)
    open_ = await new_since_last(room, meeting)
    if open_:
        parts.append("\n".join(["You took on:", "", *await lines(room, open_)]))
    parts.append(meetings.CHOICES)
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
    text = await question(room, meeting, call.kept_at or call.at)
    return [Edit(name=f"meeting:{meeting.id}", text=text, room=meeting.room)]


async def host_anew(call: Call, meeting: Meeting) -> list[Effect]:
    """Announcement and question after the host of a meeting is another, or has said yes."""
    room = await room_of(call, meeting)
    text = await announcement(room, meeting, call.kept_at or call.at, first=False)
    announced = Edit(name=f"announced:{meeting.id}", text=text, room=meeting.room)
    return [announced, *await listed_anew(call, meeting)]
