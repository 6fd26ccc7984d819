"""Before a meeting: questions to prepare with, and how much energy one brings; both are one's own (R25, R27).

Questions go to each member in private, with a meeting that comes round monthly, from the second meeting on: the
first one has conversations of its own (CREW-2). Whoever keeps the daemon from calling them gets none.
Energy is a number for oneself, sealed, and gone when the meeting ends. The others learn what one chooses to say: "coming
quietly" says it without a number, and one may show the number itself, which is taken back with the meeting's end (SELF-3).
"""

from datetime import datetime, timedelta

from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Redact,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.meetings.boards import day
from handlers.names import name, people, room_name
from handlers.words import folded
from practices.circles import Life, RoomKind
from practices.meetings import Attendance, is_quiet, next_waking
from practices.understanding import NotUnderstood
from practices.understanding import shown as quoted
from storage.coming import Coming
from storage.database import row_of
from storage.energy import Energy
from storage.journals import OwnPrompt
from storage.meetings import Meeting, Standing
from storage.members import Member
from storage.outbox import Owed
from storage.questions import Question
from storage.rooms import Room

#: How long whoever is asked whether to show their energy can say so.
PATIENCE = timedelta(hours=1)

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
    meeting = await row_of(Meeting, call.content["meeting"])
    if meeting is None or meeting.standing is Standing.SKIPPED:
        return []
    if call.room.life not in (None, Life.ACTIVE) or not await _met_before(meeting):
        return []
    now = call.kept_at or call.at
    if now > meeting.at - LAST:
        return []
    effects: list[Effect] = []
    chosen = {each.person for each in await OwnPrompt.filter(before_meetings=True)}
    asleep: dict[datetime, list[str]] = {}
    for person, (zone, quiet) in (
        await meetings.reachable(call.room, await _wanted(call, meeting))
    ).items():
        if is_quiet(now, zone, quiet):
            asleep.setdefault(next_waking(now, zone, quiet), []).append(person)
        else:
            effects.append(_questions(call, meeting, person, now, writes=person in chosen))
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


def _questions(
    call: Call, meeting: Meeting, person: str, now: datetime, *, writes: bool
) -> Whisper:
    quietly = "`reflect before` gives you a few quiet minutes to write on it.\n\n" if writes else ""
    return Whisper(
        person=person,
        text=f"**{day(meeting, now)}** – {meetings.meets(call.room)} meets. If you like, carry these with you until "
        f"then:\n\n{QUESTIONS}\n\n{quietly}"
        "*You bring as much of it as you like, or nothing. "
        f"`{call.house.prefix}quiet here` in that room ends these.*",
        name=f"prompt:{meeting.id}",
    )


# -------------------------------------------------------------------------------------------- energy

LOWEST, HIGHEST = 1, 5
FORGOTTEN = frozenset({"off", "none", "forget"})

#: Said in the place of a number: the one that is noted is shown to the others.
SHOWN = -1
_SHOW = frozenset({"show", "share", "tell"})


def _level(text: str, _call: Call) -> int:
    """A number from 1 to 5; 0 takes it back, `SHOWN` shows it. Raises NotUnderstood."""
    word = folded(text)
    if word in FORGOTTEN:
        return 0
    if word in _SHOW:
        return SHOWN
    if len(word) != 1 or not word.isdecimal() or not LOWEST <= int(word) <= HIGHEST:
        raise NotUnderstood(
            f"Energy goes from 1, hardly any, to 5, plenty; I could not read {quoted(text)}."
        )
    return int(word)


@command(
    name="energy",
    unseen=True,
    help="note for yourself how much energy you bring to the next meeting, from 1 to 5",
    example="energy 3",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        Argument(name="level", help="1 to 5, “show” to tell the others, or “off”", read=_level),
    ),
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
    if level == SHOWN:
        return await _ask_to_show(call, meeting, kept)
    back = await _taken_back(meeting, kept)
    if level == 0:
        await Energy.filter(meeting=meeting.id, person=call.person).delete()
        return [*back, Say(text=f"Forgotten: for **{when}** nothing is noted.")]
    columns = {"sealed": call.house.keys.seal("energy", level)}
    await Energy.update_or_create(columns, meeting=meeting.id, person=call.person)
    return [
        *back,
        Say(
            text=f"Noted for **{when}**: {level} of 5. It is yours: nobody else sees it, and I delete it when the "
            "meeting ends.\n\n`coming quietly` tells the others as much as they need to know; `energy show` tells them "
            "the number."
        ),
    ]


def _name(row: Energy) -> str:
    """Under which somebody's number stands in their circle's room, if they have shown it."""
    return f"energy:{row.id}"


async def _taken_back(meeting: Meeting, row: Energy | None) -> list[Effect]:
    """What was shown of a number is shown no more; nothing where it was not."""
    if row is None or not await Owed.exists(name=_name(row), lane=meeting.room):
        return []
    return [Redact(target=_name(row), room=meeting.room), CallOff(about=_name(row))]


async def _ask_to_show(call: Call, meeting: Meeting, row: Energy | None) -> list[Effect]:
    """Say what the others would read before they do. Raises Refused."""
    when = meetings.shown(meeting)
    if row is None:
        raise Refused(
            f"You noted nothing for **{when}**, so nothing was shown. `energy 3` notes it."
        )
    if await Owed.exists(name=_name(row), lane=meeting.room):
        raise Refused("The others see it already; `energy off` takes it back. Nothing was changed.")
    room = await Room.get(id=meeting.room)
    number = call.house.keys.open("energy", row.sealed)
    return [
        Ask(
            inquiry="energy-show",
            text=f"In **{room_name(room, 'your circle')}** I would say:\n\n> {await _words(call, meeting, number)}\n\n"
            "I take it back when the meeting ends. Shall I say it? ✅ yes · ✋ no",
            until=min(call.at + PATIENCE, meeting.at),
            data={"meeting": meeting.id, "number": number},
            person=call.person,
        )
    ]


async def _words(call: Call, meeting: Meeting, number: object) -> str:
    return f"**{await name(meeting.room, call.person)}** brings energy {number} of 5 on {meetings.shown(meeting)}."


@inquiry(
    name="energy-show",
    options=(YES, NO),
    begun=True,
    late="The hour for that is over, so nothing was shown; `energy show` asks once more.",
)
async def shown_to_others(call: Call, question: Question, said: str) -> Effects:
    """On a yes the others read the number, until the meeting ends."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no. Nothing is shown yet.")]
    await question.delete()
    if said == NO.word:
        return [Say(text="It stays yours.")]
    meeting = await Meeting.get_or_none(id=question.data["meeting"])
    row = await Energy.get_or_none(meeting=question.data["meeting"], person=call.person)
    number = None if row is None else call.house.keys.open("energy", row.sealed)
    if meeting is None or row is None or number != question.data["number"]:
        raise Refused("That meeting or your number has changed meanwhile, so nothing was shown.")
    if meeting.at <= call.at or meeting.standing is Standing.SKIPPED:
        raise Refused("That meeting has begun or was left out, so nothing was shown.")
    if not await Member.exists(room=meeting.room, person=call.person):
        raise Refused("You are not in that circle any more, so nothing was shown.")
    room = await Room.get(id=meeting.room)
    return [
        Say(
            text=await _words(call, meeting, number),
            room=room.id,
            name=_name(row),
            answers=False,
        ),
        _unshown(row, meeting, meetings.ends(room, meeting)),
        Say(text="They can see it until the meeting ends; `energy off` takes it back."),
    ]


def _unshown(row: Energy, meeting: Meeting, at: datetime) -> Ring:
    """The hour at which a number that was shown is taken back, wherever the meeting has been moved to by then."""
    return Ring(
        ritual="energy-over",
        about=_name(row),
        at=at,
        when=at.isoformat(),
        room=meeting.room,
        content={"name": _name(row), "meeting": meeting.id},
    )


@ritual(
    name="energy-over",
    help="takes back, when a meeting ends, the energy that somebody has shown the others",
)
async def energy_over(call: Call) -> Effects:
    """The meeting is over, or was moved to another hour: then later, with its own end."""
    shown = str(call.content["name"])
    meeting = await row_of(Meeting, call.content["meeting"])
    end = meetings.ends(call.room, meeting) if meeting is not None else None
    now = call.kept_at or call.at
    row = await row_of(Energy, shown.partition(":")[2])
    if meeting is not None and row is not None and end is not None and end > now:
        return [_unshown(row, meeting, end)]
    return [Redact(target=shown)]


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
    effects: list[Effect] = []
    for row in await Energy.filter(meeting__in=ids, person=call.person):
        effects += await _taken_back(await Meeting.get(id=row.meeting), row)
        await row.delete()
    return effects


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: what they have shown is shown no more."""
    effects: list[Effect] = []
    for row in await Energy.filter(person=call.person):
        meeting = await Meeting.get_or_none(id=row.meeting)
        effects += await _taken_back(meeting, row) if meeting is not None else []
    return effects
