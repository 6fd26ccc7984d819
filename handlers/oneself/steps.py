"""One next step that somebody names after a practice: visible to its owner only, who is reminded of it once (CREW-9)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.asking import asked, zone_of
from handlers.house.reminders import sealed
from handlers.language import NO, Call, Effect, Effects, Ring, Say, inquiry
from handlers.meetings import meetings
from practices import clock
from practices.meetings import next_waking
from storage.people import Person
from storage.questions import Question
from storage.reminders import Reminder

#: How long the question may be answered.
OPEN = timedelta(hours=24)

#: When, a week later, one is reminded of the step one named.
STEP_DAYS = 7
STEP_HOUR = time(10)


async def ask_step(call: Call, person: str, *, about: str) -> list[Effect]:
    """Ask one person, now or in their morning, for one next step. `about` names the sitting."""
    return await asked(
        call,
        person,
        "What is one next step for you, small enough for this week? Write it here and I remind you of it once, in "
        "a week; nobody else sees it.\n\n✋ none *(or just let it be)*",
        about=about,
        inquiry="next-step",
        until=call.at + OPEN,
        data={},
    )


@inquiry(name="next-step", options=(NO,), takes_words=True)
async def next_step(call: Call, question: Question, said: str) -> Effects:
    """A week later its owner, and nobody else, is reminded of it once."""
    await question.delete()
    if said == NO.word:
        return [Say(text="Good.")]
    zone = await zone_of(call, call.person, call.room)
    day = clock.wall(call.at, zone).date() + timedelta(days=STEP_DAYS)
    morning = clock.resolve(datetime.combine(day, STEP_HOUR), zone)
    quiet = meetings.quiet_for(await Person.get_or_none(id=call.person), call.room)
    return await _remind_once(call, said, next_waking(morning, zone, quiet), zone)


async def _remind_once(call: Call, what: str, at: datetime, zone: ZoneInfo) -> list[Effect]:
    """A reminder like any other of theirs, but sealed until it is said; its words are taken as they are."""
    ahead = Reminder.filter(room=call.room.id).exclude(at=None)
    taken = {each.number for each in await ahead}
    kept = sealed(call, what)
    reminder = await Reminder.create(
        room=call.room.id,
        person=call.person,
        number=next(number for number in range(1, len(taken) + 2) if number not in taken),
        what=kept,
        zone=zone.key,
        at=at,
        request=call.event_id,
    )
    content = {"reminder": reminder.id, "what": kept, "person": call.person, "zone": zone.key}
    text = (
        f"Good. I remind you of it on **{clock.short_words(at, zone)}**, once, and here. "
        f"`remind cancel {reminder.number}` or deleting your message calls that off."
    )
    return [
        Ring(
            ritual="reminder",
            about=f"reminder:{reminder.id}",
            at=at,
            when=clock.wall(at, zone).isoformat(timespec="minutes"),
            room=call.room.id,
            content=content,
        ),
        Say(text=text),
    ]
