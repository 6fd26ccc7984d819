"""What the features about meetings share: planning the next ones, and the hours that belong to each."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from handlers.crews import lookbacks
from handlers.language import Call, CallOff, Edit, Effect, Ring, SetState
from handlers.names import room_name
from handlers.words import escaped
from practices import clock, defaults, rhythm
from practices.circles import Life, RoomKind
from practices.cycles import Looking
from practices.meetings import (
    ANNOUNCE_DAYS,
    Errand,
    Planned,
    Quiet,
    errands,
    is_quiet,
    last_waking,
    next_waking,
)
from practices.rhythm import Occurrence, Rhythm
from storage.coming import Coming
from storage.energy import Energy
from storage.hosting import Hosting
from storage.meetings import Meeting, Standing
from storage.people import Muted, Person
from storage.presence import Presence
from storage.rooms import Room

#: The state event in which a room says what it is to this keeper (docs/protocol.md).
CIRCLE = "org.kinkeeper.circle"

#: How long before a meeting the host learns that few are coming.
COUNT_HOURS = 3

#: How long before a meeting is announced somebody is asked to host it.
HOST_HOURS = 24

#: A circle that keeps who came, and prepares in private (CREW-6).
PAIRS = frozenset({RoomKind.CREW, RoomKind.DYAD})

#: R25 speaks of monthly meetings; the moon comes round as often.
MONTHLY = frozenset({rhythm.Cadence.MONTHLY, rhythm.Cadence.MOON})

#: The answers to the question who comes.
CHOICES = "✅ coming · 🤫 coming quietly · ❌ not this time"

#: A crew that has paused or ended keeps its rhythm for its return, and nothing is planned by it.
RESTING = frozenset({Life.PAUSED, Life.CLOSED})

#: How many meetings `when` and the calendar file show.
SHOWN = 3


def setting(room: Room, name: str) -> Any:
    """The value of a default in a room: what its people agreed on, or the default itself."""
    declared = defaults.find(name)
    changed = room.settings.get(name)
    if isinstance(changed, Mapping):
        return defaults.read(declared, str(changed.get("value")))
    return declared.default


def quiet_of(room: Room) -> Quiet:
    """The quiet hours of a circle."""
    return Quiet(setting(room, "quiet-from"), setting(room, "quiet-until"))


def quiet_for(person: Person | None, room: Room) -> Quiet:
    """The quiet hours of a person: their own, or the circle's."""
    if person is None or person.quiet_from is None or person.quiet_until is None:
        return quiet_of(room)
    return Quiet(time.fromisoformat(person.quiet_from), time.fromisoformat(person.quiet_until))


async def reachable(room: Room, people: list[str]) -> dict[str, tuple[ZoneInfo, Quiet]]:
    """Of `people`, those who may be called by name here, with their zone and quiet hours."""
    muted = {each.person for each in await Muted.filter(room=room.id, person__in=people)}
    known = {person.id: person async for person in Person.filter(id__in=people)}
    found = {}
    for person in people:
        told = known.get(person)
        if person in muted or (told is not None and told.muted):
            continue
        zone = ZoneInfo((told and told.zone) or room.zone or "UTC")
        found[person] = (zone, quiet_for(told, room))
    return found


async def may_ring(call: Call, person: str) -> bool:
    """Whether a person's client may ring now for something that they did not ask for."""
    now = call.kept_at or call.at
    near = await reachable(call.room, [person])
    return person in near and not is_quiet(now, *near[person])


async def next_meeting(room: str, now: datetime) -> Meeting | None:
    """The next meeting that is held."""
    ahead = Meeting.filter(room=room, at__gt=now).exclude(standing=Standing.SKIPPED)
    return await ahead.order_by("at").first()


async def next_planned(room: str, now: datetime) -> Meeting | None:
    """The next meeting, held or skipped."""
    return await Meeting.filter(room=room, at__gt=now).order_by("at").first()


async def next_held(call: Call, now: datetime) -> tuple[Meeting | None, list[Effect]]:
    """The next meeting that is held, with its hours where it was not planned yet; none without a rhythm that goes on."""
    room, held = call.room, await next_meeting(call.room.id, now)
    if held is not None or room.rhythm is None or room.life in RESTING:
        return held, []
    kept = rhythm.from_state(room.rhythm)
    for occurrence in rhythm.occurrences(kept, now):
        meeting = await _meeting(room, kept, occurrence)
        if meeting is not None:
            return meeting, hours(call, meeting, now)
    return None, []


async def next_words(call: Call) -> str:
    """A sentence about the next meeting."""
    upcoming = await next_planned(call.room.id, call.at)
    if upcoming is None:
        rests = ": the crew rests" if call.room.life is Life.PAUSED else ""
        return f"No meeting is planned{rests}."
    when = clock.short_words(upcoming.at, ZoneInfo(upcoming.zone))
    if upcoming.standing is Standing.SKIPPED:
        following = await next_meeting(call.room.id, call.at)
        after = f" The one after it is {shown(following)}." if following else ""
        return f"The meeting of {when} is skipped; `{call.house.prefix}hold` brings it back.{after}"
    return f"The next meeting is **{when}**."


def is_moved(meeting: Meeting) -> bool:
    """Whether somebody has moved a meeting, even if it was left out since."""
    return meeting.local != meeting.occurrence


def shown(meeting: Meeting) -> str:
    """When a meeting is, in its own zone."""
    return clock.short_words(meeting.at, ZoneInfo(meeting.zone))


def upcoming(kept: Rhythm, now: datetime, count: int = SHOWN) -> list[Occurrence]:
    """The next occurrences of a rhythm."""
    found = []
    for occurrence in rhythm.occurrences(kept, now):
        found.append(occurrence)
        if len(found) == count:
            break
    return found


async def plan(call: Call, now: datetime) -> list[Effect]:
    """Make rows for the meetings whose announcement is near, and write their hours ahead."""
    room = call.room
    if room.rhythm is None or room.life in RESTING:
        return await placed(call, now)
    kept = rhythm.from_state(room.rhythm)
    days = setting(room, "announce-days")
    ahead = timedelta(days=(ANNOUNCE_DAYS.get(kept.cadence, 0) if days is None else days) + 1)
    soon = list(
        takewhile(lambda found: found.at <= now + ahead, rhythm.occurrences(kept, now))
    ) or upcoming(kept, now, 1)
    effects: list[Effect] = []
    for occurrence in soon:
        meeting = await _meeting(room, kept, occurrence)
        if meeting is not None:
            effects += hours(call, meeting, now)
    if soon:
        effects.append(
            Ring(ritual="plan", about=f"rhythm:{room.id}"[:64], at=soon[-1].at, when=soon[-1].key)
        )
    return effects + await placed(call, now)


async def placed(call: Call, now: datetime) -> list[Effect]:
    """The looking back of the cycle that runs, where it is after meetings have changed (R54)."""
    return await lookbacks.place(call.room, now, looking(call.room), quiet_of(call.room))


async def look_backs(room: Room, now: datetime) -> frozenset[datetime]:
    """When the cycle that runs looks back."""
    return await lookbacks.days(room, now, looking(room))


def looking(room: Room) -> Looking:
    """When a room looks back, by its own setting."""
    return Looking(setting(room, "retrospective"))


async def _meeting(room: Room, kept: Rhythm, occurrence: Occurrence) -> Meeting | None:
    """A new meeting for an occurrence; None when it has one already."""
    if await Meeting.exists(room=room.id, occurrence=occurrence.key):
        return None
    return await Meeting.create(
        room=room.id,
        occurrence=occurrence.key,
        local=occurrence.key,
        zone=kept.zone,
        at=occurrence.at,
    )


def hours(call: Call, meeting: Meeting, now: datetime, *, anew: str = "") -> list[Effect]:
    """The hours of one meeting: its host, announcement, question, a look at how many come, reminder, its end.

    An hour that was kept already is not written again, unless its meeting begins `anew`.
    """
    room = call.room
    zone, quiet = ZoneInfo(meeting.zone), quiet_of(room)
    cadence = rhythm.from_state(room.rhythm).cadence if room.rhythm else rhythm.Cadence.MONTHLY
    planned = errands(
        meeting.at,
        zone=zone,
        now=now,
        announce_days=setting(room, "announce-days"),
        ask_hours=setting(room, "ask-hours"),
        remind_hours=setting(room, "remind-hours"),
        quiet=quiet,
        cadence=cadence,
    )
    about, when = f"meeting:{meeting.id}", meeting.local + anew
    effects: list[Effect] = [
        *_before(room, meeting, planned, now, anew=anew),
        *_end(room, meeting, when),
    ]
    effects += [
        Ring(
            ritual=each.errand.value,
            about=about,
            at=each.at,
            when=when,
            useful_until=each.useful_until,
            room=room.id,
            content={"meeting": meeting.id},
        )
        for each in planned
    ]
    asked = [each.at for each in planned if each.errand is Errand.ASK]
    count = last_waking(meeting.at - timedelta(hours=COUNT_HOURS), zone, quiet)
    if asked and count > asked[0] and room.kind is RoomKind.CREW:
        effects.append(
            Ring(
                ritual="count",
                about=about,
                at=count,
                when=when,
                useful_until=meeting.at,
                room=room.id,
                content={"meeting": meeting.id},
            )
        )
    return effects


def _before(
    room: Room, meeting: Meeting, planned: tuple[Planned, ...], now: datetime, *, anew: str
) -> list[Effect]:
    """The private words ahead of a meeting: somebody is asked to host it, and everybody may prepare (R25, R55).

    Their keys name the meeting as the rhythm has it, so that moving it asks nobody the same again.
    """
    zone, quiet = ZoneInfo(meeting.zone), quiet_of(room)
    soon, hours_ = next_waking(now, zone, quiet), int(setting(room, "prompt-hours"))
    wanted: dict[str, datetime] = {}
    if planned and room.kind is RoomKind.CREW:
        first = planned[0].at
        wanted["host"] = min(
            first, max(soon, last_waking(first - timedelta(hours=HOST_HOURS), zone, quiet))
        )
    monthly = room.rhythm is not None and rhythm.from_state(room.rhythm).cadence in MONTHLY
    if monthly and room.kind in PAIRS:
        wanted["prepare"] = max(
            soon, last_waking(meeting.at - timedelta(hours=hours_), zone, quiet)
        )
    return [
        Ring(
            ritual=ritual,
            about=f"meeting:{meeting.id}",
            at=at,
            when=meeting.occurrence + (anew if ritual == "host" else ""),
            useful_until=meeting.at,
            room=room.id,
            content={"meeting": meeting.id},
        )
        for ritual, at in wanted.items()
        if at < meeting.at
    ]


def _end(room: Room, meeting: Meeting, when: str) -> list[Effect]:
    """The hour at which a meeting is over, and what was only for it is forgotten (R27)."""
    if room.kind not in PAIRS:
        return []
    return [
        Ring(
            ritual="ended",
            about=f"meeting:{meeting.id}",
            at=ends(room, meeting),
            when=when,
            room=room.id,
            content={"meeting": meeting.id},
        )
    ]


def ends(room: Room, meeting: Meeting) -> datetime:
    """When a meeting is over, as far as the clock knows."""
    return meeting.at + timedelta(minutes=int(setting(room, "meeting-minutes")))


def call_off(meeting: Meeting) -> CallOff:
    """Take back every hour of a meeting."""
    return CallOff(about=f"meeting:{meeting.id}")


async def plan_again(call: Call, now: datetime) -> list[Effect]:
    """After the rhythm, the zone or a default has changed: new hours for everything ahead.

    A meeting that the change does not touch keeps its answers, and nobody is asked twice.
    """
    effects: list[Effect] = [CallOff(about=f"rhythm:{call.room.id}"[:64])]
    async for meeting in Meeting.filter(room=call.room.id, at__gt=now):
        effects.append(call_off(meeting))
        effects += await _fitted(call, meeting, now)
    return effects + await plan(call, now)


async def _fitted(call: Call, meeting: Meeting, now: datetime) -> list[Effect]:
    """A meeting ahead as the rhythm now has it: kept with new hours, or gone with its answers.

    Without a rhythm it was set by hand, as a crew's first is: nothing that changes takes it away.
    """
    if call.room.rhythm is None:
        return [] if meeting.standing is Standing.SKIPPED else hours(call, meeting, now)
    found = _occurrence(call.room, meeting)
    if meeting.standing is Standing.SKIPPED and found is not None:
        if not is_moved(meeting):
            meeting.at, meeting.zone = found
            await meeting.save()
        return []
    if meeting.standing is Standing.MOVED or found == (meeting.at, meeting.zone):
        return hours(call, meeting, now)
    await forget(meeting)
    return struck(meeting, "is called off: you meet at another time now.")


async def forget(meeting: Meeting) -> None:
    """Delete a meeting that will not be, with everything that was said about it."""
    for answers in (Coming, Energy, Hosting, Presence):
        await answers.filter(meeting=meeting.id).delete()
    await meeting.delete()


def _occurrence(room: Room, meeting: Meeting) -> tuple[datetime, str] | None:
    """The instant and zone at which the rhythm has a meeting's own wall time; None when it has it no more."""
    if room.rhythm is None:
        return None
    kept = rhythm.from_state(room.rhythm)
    local = datetime.fromisoformat(meeting.occurrence)
    before = clock.resolve(local, ZoneInfo(kept.zone)) - timedelta(minutes=1)
    found = next(rhythm.occurrences(kept, before), None)
    return (found.at, kept.zone) if found and found.key == meeting.occurrence else None


def struck(meeting: Meeting, why: str) -> list[Effect]:
    """Old prompts are struck through when their time has passed."""
    text = f"~~{shown(meeting)}~~ {why}"
    return [
        Edit(name=f"announced:{meeting.id}", text=text, room=meeting.room),
        Edit(name=f"meeting:{meeting.id}", text=text, room=meeting.room),
    ]


def circle_state(room: Room) -> SetState:
    """What the room's own state says about the circle, so that it outlives the database."""
    content: dict[str, Any] = {"version": 1, "kind": room.kind.value}
    for key in ("zone", "rhythm", "settings", "congregation", "host", "life", "caller"):
        value = getattr(room, key)
        if value:
            content[key] = value
    return SetState(type=CIRCLE, content=content, room=room.id)


def no_circle(room: Room) -> SetState:
    """The state of a room that is looked after no more."""
    return SetState(type=CIRCLE, content={}, room=room.id)


def meets(room: Room) -> str:
    """Who meets, for a sentence."""
    return f"the {room_name(room, 'circle')}" if room.name else f"this {escaped(room.kind)}"
