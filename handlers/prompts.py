"""Before a meeting: questions to prepare with, and how much energy one brings; both are one's own (R25, R27).

Questions go to each member in private, with a meeting that comes round monthly, from the second meeting on: the
first one has conversations of its own (CREW-2). Whoever keeps the daemon from calling them gets none.
Energy is a number for oneself, sealed, and gone when the meeting ends. The others learn what one chooses to say,
and "coming quietly" says it without a number (SELF-3).
"""

from datetime import datetime, timedelta

from handlers import meetings
from handlers.boards import day
from handlers.language import (
    Argument,
    Call,
    Change,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    ritual,
    watch,
)
from handlers.names import people
from handlers.words import folded
from practices.circles import Life, RoomKind
from practices.meetings import Attendance, is_quiet, next_waking
from practices.understanding import NotUnderstood
from practices.understanding import shown as quoted
from storage.coming import Coming
from storage.energy import Energy
from storage.meetings import Meeting, Standing
from storage.members import Member
from storage.rooms import Room

#: Later than this there is nothing to prepare any more.
LAST = timedelta(hours=2)

QUESTIONS = (
    "- Since last time: what have you learned, what surprised you, what do you carry with you?\n"
    "- A year from now: what would you like to see when you look around?\n"
    "- Until next time: which step comes next, and whose support would help?"
)


@ritual(name="prepare", help="gives each member, in private, questions to prepare a meeting with")
async def prepare(call: Call) -> Effects:
    """Three questions to carry until the meeting; nothing is to be written, and nothing comes back."""
    meeting = await Meeting.get_or_none(id=int(str(call.content["meeting"])))
    if meeting is None or meeting.standing is Standing.SKIPPED:
        return []
    if call.room.life not in (None, Life.ACTIVE) or not await _met_before(meeting):
        return []
    now = call.kept_at or call.at
    if now > meeting.at - LAST:
        return []
    effects: list[Effect] = []
    asleep: dict[datetime, list[str]] = {}
    for person, (zone, quiet) in (
        await meetings.reachable(call.room, await _wanted(call, meeting))
    ).items():
        if is_quiet(now, zone, quiet):
            asleep.setdefault(next_waking(now, zone, quiet), []).append(person)
        else:
            effects.append(_questions(call, meeting, person, now))
    effects += [
        Ring(
            ritual="prepare",
            # Not the meeting's own hours: those are written anew when it moves, this one is kept.
            about=f"prompt:{meeting.id}",
            at=at,
            when=f"{meeting.occurrence} {at.isoformat()}",
            useful_until=meeting.at - LAST,
            content={"meeting": meeting.id, "people": people_},
        )
        for at, people_ in asleep.items()
        if at < meeting.at - LAST
    ]
    return effects


async def _met_before(meeting: Meeting) -> bool:
    before = Meeting.filter(room=meeting.room, at__lt=meeting.at)
    return any(each.held is not False for each in await before.exclude(standing=Standing.SKIPPED))


async def _wanted(call: Call, meeting: Meeting) -> list[str]:
    """The members, or those of them whose morning it is, without those who do not come."""
    asked = call.content.get("people")
    away = Coming.filter(meeting=meeting.id, answer=Attendance.NOT_COMING)
    absent = {answer.person for answer in await away}
    return [
        person
        for person in await people(call.room, call.house.me)
        if person not in absent and (not isinstance(asked, list) or person in asked)
    ]


def _questions(call: Call, meeting: Meeting, person: str, now: datetime) -> Whisper:
    return Whisper(
        person=person,
        text=f"**{day(meeting, now)}** – {meetings.meets(call.room)} meets. If you like, carry these with you until "
        f"then:\n\n{QUESTIONS}\n\n"
        "*You bring as much of it as you like, or nothing. "
        f"`{call.house.prefix}quiet here` in that room ends these.*",
        name=f"prompt:{meeting.id}",
    )


# -------------------------------------------------------------------------------------------- energy

LOWEST, HIGHEST = 1, 5
FORGOTTEN = frozenset({"off", "none", "forget"})


def _level(text: str, _call: Call) -> int:
    """A number from 1 to 5; 0 takes it back. Raises NotUnderstood."""
    word = folded(text)
    if word in FORGOTTEN:
        return 0
    if len(word) != 1 or not word.isdecimal() or not LOWEST <= int(word) <= HIGHEST:
        raise NotUnderstood(
            f"Energy goes from 1, hardly any, to 5, plenty; I could not read {quoted(text)}."
        )
    return int(word)


@command(
    name="energy",
    help="note for yourself how much energy you bring to the next meeting, from 1 to 5",
    example="energy 3",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(Argument(name="level", help="1 to 5, or “off”", read=_level),),
)
async def energy(call: Call, level: int | None) -> Effects:
    """Keep it sealed until the meeting ends; nobody but its owner is ever shown it."""
    meeting = await _next(call)
    when = meetings.shown(meeting)
    kept = await Energy.get_or_none(meeting=meeting.id, person=call.person)
    if level is None:
        if kept is None:
            return [Say(text=f"You noted nothing for **{when}**. `energy 3` would, from 1 to 5.")]
        number = call.house.keys.open("energy", kept.sealed)
        return [Say(text=f"For **{when}** you noted {number} of 5. `energy off` takes it back.")]
    if level == 0:
        await Energy.filter(meeting=meeting.id, person=call.person).delete()
        return [Say(text=f"Forgotten: for **{when}** nothing is noted.")]
    columns = {"sealed": call.house.keys.seal("energy", level)}
    await Energy.update_or_create(columns, meeting=meeting.id, person=call.person)
    return [
        Say(
            text=f"Noted for **{when}**: {level} of 5. It is yours: nobody else sees it, and I delete it when the "
            "meeting ends.\n\n`coming quietly` tells the others as much as they need to know."
        )
    ]


async def _next(call: Call) -> Meeting:
    """The next meeting of the person's circles. Raises Refused."""
    mine = list(await Member.filter(person=call.person).values_list("room", flat=True))
    kinds = (RoomKind.CREW, RoomKind.DYAD)
    rooms = list(await Room.filter(id__in=mine, kind__in=kinds).values_list("id", flat=True))
    ahead = Meeting.filter(room__in=rooms, at__gt=call.at)
    meeting = await ahead.exclude(standing=Standing.SKIPPED).order_by("at").first()
    if meeting is None:
        raise Refused("No meeting of yours is planned, so there is nothing to note it for.")
    return meeting


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever goes takes it along."""
    ids = list(await Meeting.filter(room=call.room.id).values_list("id", flat=True))
    await Energy.filter(meeting__in=ids, person=call.person).delete()
    return []
