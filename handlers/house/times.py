"""Where people are on the clock, and when they want silence."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from handlers.conversation import in_private
from handlers.house.adoption import CIRCLES
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Effects,
    Refused,
    Say,
    command,
    inquiry,
)
from handlers.meetings import meetings
from handlers.words import escaped, folded
from practices import clock, rhythm
from practices.circles import RoomKind
from practices.dates import read_time
from practices.meetings import Quiet
from practices.understanding import NotUnderstood
from storage.people import Muted, Person
from storage.questions import Question


def _zone(text: str, _call: Call) -> ZoneInfo:
    return clock.zone(text)


@command(
    name="timezone",
    aliases=("tz", "zone"),
    help="see or set the time zone: yours in our private chat, the circle's in its room",
    example="timezone Europe/Rome",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="zone", help="a city or zone, such as Rome or Europe/Rome", read=_zone, rest=True
        ),
    ),
)
async def timezone(call: Call, zone: ZoneInfo | None) -> Effects:
    """One's own zone in private, the circle's in its room."""
    if call.is_private:
        return await _own_zone(call, zone)
    if zone is None:
        return [Say(text=_shown(call, call.circle_zone))]
    return [
        Ask(
            inquiry="timezone",
            text=f"I understood: the clocks of this circle are those of **{escaped(zone.key)}**, where it is "
            f"{clock.short_words(call.at, zone)} now. Its meetings stay at the same hour on that clock.\n\n✅ yes · ✋ no",
            until=call.at + timedelta(hours=1),
            data={"zone": zone.key},
            person=call.person,
        )
    ]


def _shown(call: Call, zone: ZoneInfo) -> str:
    return (
        f"The clocks here are those of **{escaped(zone.key)}**, where it is {clock.short_words(call.at, zone)}. "
        f"`{call.house.prefix}timezone Lisbon` would change that; your own zone is set in our private chat."
    )


async def _own_zone(call: Call, zone: ZoneInfo | None) -> Effects:
    person = await Person.get_or_none(id=call.person)
    if zone is None:
        mine = ZoneInfo(person.zone if person and person.zone else call.house.zone)
        return [
            Say(
                text=f"Your time zone is **{escaped(mine.key)}**, where it is {clock.short_words(call.at, mine)}. "
                "`timezone Lisbon` would change it."
            )
        ]
    await Person.update_or_create({"zone": zone.key}, id=call.person)
    return [
        Say(
            text=f"I understood: **{escaped(zone.key)}**, where it is {clock.short_words(call.at, zone)}. "
            "Your reminders and quiet hours go by it."
        )
    ]


@inquiry(name="timezone", options=(YES, NO))
async def moving_zone(call: Call, question: Question, said: str) -> Effects:
    """Set the circle's clocks on a yes."""
    await question.delete()
    if said != YES.word:
        return [Say(text="Nothing was changed.")]
    room = call.room
    room.zone = str(question.data["zone"])
    if room.rhythm is not None:
        kept = rhythm.from_state({**room.rhythm, "zone": room.zone})
        room.rhythm = rhythm.as_state(kept)
    await room.save()
    return [
        *await meetings.plan_again(call, call.at),
        meetings.circle_state(room),
        Say(
            text=f"The clocks here are those of **{escaped(room.zone)}** now. {await meetings.next_words(call)}"
        ),
    ]


@command(
    name="quiet",
    aliases=("mute", "silence"),
    help="set your quiet hours, or keep me from calling you by name",
    example="quiet 22:00-07:00",
    arguments=(
        Argument(
            name="what",
            help="hours like 22:00-07:00; “here” for this room, “everywhere”, or “off” to be called again",
            rest=True,
        ),
    ),
    sentences={
        "leave me alone": "everywhere",
        "stop|dont|do [not] messaging|writing|bothering|pinging|calling|message|write|bother|ping|call me": "everywhere",
    },
)
async def quiet(call: Call, what: str | None) -> Effects:
    """Quiet hours and muting are between the person and the daemon."""
    word = folded(what or "")
    if not word:
        return in_private(call, await _quiet_words(call))
    if word in ("here", "on") and not call.is_private:
        await Muted.get_or_create(person=call.person, room=call.room.id)
        return in_private(
            call, "I call you by name in that room no more. `!quiet off` there undoes it."
        )
    if word in ("everywhere", "on", "all"):
        await Person.update_or_create({"muted": True}, id=call.person)
        return in_private(call, "I call you by name nowhere now. `quiet off` undoes it.")
    if word == "off":
        await _unmute(call)
        return in_private(call, f"Good: I may call you again. {await _quiet_words(call)}")
    start, end = _hours(folded(what or ""))
    columns = {"quiet_from": f"{start:%H:%M}", "quiet_until": f"{end:%H:%M}"}
    await Person.update_or_create(columns, id=call.person)
    return in_private(
        call, f"I understood: quiet from **{start:%H:%M}** until **{end:%H:%M}**, every night."
    )


async def _unmute(call: Call) -> None:
    muted = Muted.filter(person=call.person)
    if not call.is_private:
        muted = muted.filter(room=call.room.id)
    await muted.delete()
    await Person.filter(id=call.person).update(muted=False)


async def _quiet_words(call: Call) -> str:
    person = await Person.get_or_none(id=call.person)
    hours = (
        f"{person.quiet_from} until {person.quiet_until}"
        if person and person.quiet_from
        else "21:00 until 08:00, as for everybody"
    )
    state = " I call you by name nowhere." if person and person.muted else ""
    return (
        f"Your quiet hours are {hours}.{state} Then I call you by name only for a meeting within the hour that you "
        "said you come to. `quiet 22:00-07:00` changes them; `quiet everywhere` keeps me from calling you at all."
    )


def _hour(text: str) -> time:
    """One end of a night; a bare number of at most two digits is an hour, as a night is said: 22-7."""
    said = text.strip()
    bare = said.isascii() and said.isdecimal() and len(said) <= len("22")
    return read_time(f"{said}:00" if bare else said)


def _hours(text: str) -> tuple[time, time]:
    """From and until. Raises Refused."""
    for between in ("-", "–", "—", " to ", " until "):
        start, found, end = text.partition(between)
        if found:
            try:
                hours = _hour(start.removeprefix("from ")), _hour(end)
            except NotUnderstood:
                break
            if hours[0] == hours[1]:
                raise Refused("Those hours are the same. Nothing was changed; try 22:00-07:00.")
            try:
                Quiet(*hours)
            except ValueError as problem:
                raise Refused(
                    "Those hours leave less than one hour of the day, and nothing was changed. "
                    "`quiet everywhere` keeps me from calling you at all."
                ) from problem
            return hours
    raise Refused(
        "I did not understand those hours, and nothing was changed. Write them like 22:00-07:00."
    )
