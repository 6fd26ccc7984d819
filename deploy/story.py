"""Play six weeks of two congregations, Lakeside by its lake in Italy and Harbour in Lisbon.

Each scene says what people do, and names what they must hear; a scene that is told is therefore
true. Hours are taken from the same rules that the keepers live by, so that the clock can be set to
just after each. Nothing waits for a time: only for the words of a keeper.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from deploy import assembly
from deploy.event import Event
from deploy.stage import HARBOUR, LAKESIDE, START, Congregation, Place, Stage
from handlers.meetings.meetings import COUNT_HOURS, HOST_HOURS
from handlers.meetings.record import CLOSING
from practices import clock, defaults, rhythm
from practices.circles import RoomKind
from practices.dates import read_rhythm
from practices.meetings import Errand, errands

RHYTHM: Final = "third thursday 19:00"

#: So long before a meeting is announced somebody is asked to host it, and before it all may prepare.
HOST_AHEAD: Final = timedelta(hours=HOST_HOURS)
PREPARED_AHEAD: Final = timedelta(hours=int(str(defaults.find("prompt-hours").default)))

#: From the beginning of a meeting until it is said who was noted as there.
OVER: Final = timedelta(minutes=int(str(defaults.find("meeting-minutes").default))) + CLOSING


async def play(stage: Stage) -> tuple[Place, Place]:
    """Play every scene, in order, and give Lakeside's space and its crew.

    Raises StoryBroken at the first thing that is not as told.
    """
    space = await _lakeside_begins(stage)
    kitchen = await _crew_decides(stage, space)
    await _rhythm_is_set(stage, kitchen)
    boat = await _harbour_begins(stage)
    march, april = _meetings(kitchen.zone)
    await _announced(stage, kitchen, boat, march)
    await _asked(stage, kitchen, boat, march)
    await _reminded(stage, kitchen, boat, march)
    await _noted(stage, kitchen, boat, march)
    host = await _host_is_asked(stage, kitchen, boat, april)
    await _killed(stage, kitchen, boat, april)
    await _prepared(stage, kitchen, boat, april)
    await _too_few(stage, kitchen, boat, april, host)
    await assembly.play(stage)
    await stage.nothing_else_was_said()
    return space, kitchen


# ------------------------------------------------------------------------------------- the beginning


async def _lakeside_begins(stage: Stage) -> Place:
    stage.scene("Lakeside asks a keeper in")
    return await congregation_begins(stage, stage.lakeside, LAKESIDE)


async def congregation_begins(
    stage: Stage, congregation: Congregation, people: Sequence[str]
) -> Place:
    """The first of `people` makes the space, and the keeper looks after it from now on."""
    host, name = people[0], congregation.name
    stage.transcript.note(f"{host} opens a private chat with Kinkeeper, as one does in any client.")
    chat = await stage.private(congregation, host)
    await stage.hears(chat, "This is our private chat")
    stage.transcript.note(f"{host} makes the space {name} and invites its people, and Kinkeeper.")
    space = await stage.room(congregation, name, people, space=True)
    question = await stage.hears(chat, f"You asked me into {name}", "Shall I begin?")
    await stage.tap(chat, host, question, "✅")
    await stage.hears(chat, f"I look after {name} from now on", "!adopt")
    await stage.stands(space, RoomKind.CONGREGATION)
    return space


async def _crew_decides(stage: Stage, space: Place) -> Place:
    stage.scene("A crew decides together")
    kitchen = await stage.room(stage.lakeside, "Kitchen Crew", LAKESIDE, parent=space.id)
    await stage.hears(kitchen, "Hello. I am Kinkeeper", "Until then I keep nothing")
    await adopted(stage, kitchen, LAKESIDE)
    return kitchen


async def adopted(stage: Stage, crew: Place, people: Sequence[str]) -> None:
    """The people of a room want the keeper in it, every one of them."""
    await stage.says(crew, people[0], "!adopt")
    question = await stage.hears(
        crew,
        f"May I look after this room as a crew of {len(people)}",
        "one no, and I stay out of it",
    )
    await stage.all_tap(crew, people, question, "✅")
    await stage.shows(crew, question, f"All {len(people)} of you have said yes to a crew")
    await stage.hears(crew, "I look after this crew", crew.zone.key)
    await stage.stands(crew, RoomKind.CREW)


async def _rhythm_is_set(stage: Stage, crew: Place) -> None:
    stage.scene("One rhythm, in the crew’s own words")
    await _agrees_on_a_rhythm(stage, crew, "Jo")


async def _agrees_on_a_rhythm(stage: Stage, crew: Place, host: str) -> None:
    zone = crew.zone
    dates = [clock.short_words(each, zone) for each in _meetings(crew.zone)]
    await stage.says(crew, host, f"!rhythm {RHYTHM}")
    question = await stage.hears(crew, "I understood: every third Thursday", zone.key, *dates)
    await stage.tap(crew, host, question, "✅")
    await stage.hears(crew, "Kept. I announce each meeting", *dates)


async def _harbour_begins(stage: Stage) -> Place:
    stage.scene("Harbour does the same, by Lisbon’s clocks")
    harbour = stage.harbour
    space = await congregation_begins(stage, harbour, HARBOUR)
    boat = await stage.room(harbour, "Boat Crew", HARBOUR, parent=space.id)
    await stage.hears(boat, "Hello. I am Kinkeeper")
    await adopted(stage, boat, HARBOUR)
    await _agrees_on_a_rhythm(stage, boat, "Rui")
    return boat


# ----------------------------------------------------------------------------------- the first meeting


async def _announced(stage: Stage, kitchen: Place, boat: Place, meeting: datetime) -> None:
    stage.scene("A week before: the announcement")
    stage.transcript.note("The clock moves on by ten days.")
    await _announcement(stage, kitchen, meeting)
    stage.transcript.note("An hour later it is 19:00 in Lisbon, too.")
    await _announcement(stage, boat, _same_wall_time(boat, meeting))


async def _announcement(stage: Stage, crew: Place, meeting: datetime) -> None:
    stage.travel(hour(crew, meeting, Errand.ANNOUNCE))
    await stage.hears(crew, f"{shown(crew, meeting)} – the {crew.name} meets", " hosts.")


async def _asked(stage: Stage, kitchen: Place, boat: Place, meeting: datetime) -> None:
    stage.scene("The day before: who comes?")
    stage.travel(hour(kitchen, meeting, Errand.ASK))
    question = await _question(stage, kitchen, meeting)
    await stage.tap(kitchen, "Jo", question, "✅")
    await stage.tap(kitchen, "Ana", question, "🤫")
    await stage.tap(kitchen, "Ben", question, "❌")
    await stage.says(kitchen, "Lee", "coming", reply_to=question)
    await stage.tap(kitchen, "Mara", question, "✅")
    stage.transcript.note("One message stays true. It names who comes, and never who does not.")
    await stage.shows(kitchen, question, "✅ Jo, Lee, Mara · 🤫 Ana", lacks=["Ben"])
    await _all_of_harbour_come(stage, boat, meeting)


async def _question(stage: Stage, crew: Place, meeting: datetime) -> Event:
    return await stage.hears(
        crew, f"Tomorrow, {shown(crew, meeting)}", f"the {crew.name} meets", "✅ coming"
    )


async def _all_of_harbour_come(stage: Stage, boat: Place, meeting: datetime) -> None:
    theirs = _same_wall_time(boat, meeting)
    stage.travel(hour(boat, theirs, Errand.ASK))
    question = await _question(stage, boat, theirs)
    await stage.all_tap(boat, HARBOUR, question, "✅")
    await stage.shows(boat, question, "✅ " + ", ".join(sorted(HARBOUR)))


async def _reminded(stage: Stage, kitchen: Place, boat: Place, meeting: datetime) -> None:
    stage.scene("An hour before: a reminder for those who come")
    await _reminder(stage, kitchen, meeting, ["Ana", "Jo", "Lee", "Mara"])
    await _reminder(stage, boat, _same_wall_time(boat, meeting), sorted(HARBOUR))


async def _noted(stage: Stage, kitchen: Place, boat: Place, meeting: datetime) -> None:
    stage.scene("After the meeting: who was there, as they had said, and as each corrects it")
    day = shown(kitchen, meeting).rpartition(",")[0]
    stage.travel(meeting + OVER)
    note = await stage.hears(kitchen, f"Noted for {day}: Ana, Jo, Lee and Mara were there")
    stage.transcript.note("Ben came after all. Each corrects what is noted about themselves.")
    await stage.tap(kitchen, "Ben", note, "🙋")
    await stage.shows(kitchen, note, "Ana, Ben, Jo, Lee and Mara were there")
    stage.travel(_same_wall_time(boat, meeting) + OVER)
    await stage.hears(boat, f"Noted for {day}: Inês, Rui and Tamsin were there")


async def _reminder(stage: Stage, crew: Place, meeting: datetime, coming: list[str]) -> None:
    stage.travel(hour(crew, meeting, Errand.REMIND))
    reminder = await stage.hears(crew, f"Today, {shown(crew, meeting)}", "see you there")
    stage.expect_mentions(crew, reminder, coming)


# ---------------------------------------------------------------------------------- the second meeting


async def _host_is_asked(stage: Stage, kitchen: Place, boat: Place, meeting: datetime) -> str:
    """Whoever hosted longest ago is asked in each crew; who will host the Kitchen Crew's meeting."""
    stage.scene("Somebody else’s turn to host: one person is asked, in private")
    theirs = _same_wall_time(boat, meeting)
    stage.travel(hour(kitchen, meeting, Errand.ANNOUNCE) - HOST_AHEAD)
    host = await _would_host(stage, stage.lakeside, LAKESIDE, kitchen, meeting)
    stage.travel(hour(boat, theirs, Errand.ANNOUNCE) - HOST_AHEAD)
    await _would_host(stage, stage.harbour, HARBOUR, boat, theirs)
    return host


async def _would_host(
    stage: Stage, congregation: Congregation, people: Sequence[str], crew: Place, meeting: datetime
) -> str:
    name, question = await stage.one_hears(
        congregation, people, f"You would host {shown(crew, meeting)}", "Nobody learns"
    )
    chat = stage.chats[name]
    await stage.tap(chat, name, question, "✅")
    await stage.hears(chat, f"Good: you host {shown(crew, meeting)}")
    return name


async def _killed(stage: Stage, kitchen: Place, boat: Place, meeting: datetime) -> None:
    stage.scene("A month later the keeper is killed, and nothing is lost")
    due = hour(kitchen, meeting, Errand.ANNOUNCE)
    stage.travel(due - timedelta(minutes=1))
    await stage.says(kitchen, "Lee", "!when")
    keeper = stage.lakeside.keeper
    stage.transcript.note(f"SIGKILL: Lakeside’s daemon, process {keeper.pid}, is gone.")
    keeper.kill()
    await stage.says(kitchen, "Ben", "!remind us tomorrow 9:00 bring chairs")
    await stage.says(kitchen, "Ana", "!ping are you there")
    stage.transcript.note("Nobody answers. Meanwhile the hour of the announcement passes.")
    await _announcement(stage, boat, _same_wall_time(boat, meeting))
    stage.transcript.note("The daemon is started again.")
    await keeper.start()
    when = shown(kitchen, meeting)
    await stage.hears_in_any_order(
        kitchen,
        f"{when} – the Kitchen Crew meets",
        f"- {when}",
        "bring chairs\n\nNot right?",
        "pong are you there",
    )
    await stage.says(kitchen, "Ana", "!ping thanks")
    await stage.hears(kitchen, "pong thanks")
    stage.transcript.note("Each command was answered, and the announcement made: once.")
    await _chairs(stage, kitchen)


async def _chairs(stage: Stage, kitchen: Place) -> None:
    zone = kitchen.zone
    morning = clock.wall(stage.now, zone).replace(hour=9, minute=0, second=0, microsecond=0)
    stage.travel(clock.resolve(morning + timedelta(days=1), zone))
    reminder = await stage.hears(kitchen, "bring chairs")
    stage.expect_mentions(kitchen, reminder, sorted(LAKESIDE))


async def _prepared(stage: Stage, kitchen: Place, boat: Place, meeting: datetime) -> None:
    stage.scene("Two days before: something to carry until then, for each alone")
    for congregation, people, crew in (
        (stage.lakeside, LAKESIDE, kitchen),
        (stage.harbour, HARBOUR, boat),
    ):
        at = _same_wall_time(crew, meeting)
        stage.travel(at - PREPARED_AHEAD)
        await stage.each_hears(
            congregation, people, f"{shown(crew, at)} – the {crew.name} meets", "Since last time"
        )


async def _too_few(stage: Stage, kitchen: Place, boat: Place, meeting: datetime, host: str) -> None:
    stage.scene("Too few can come: the host is asked in private")
    stage.travel(hour(kitchen, meeting, Errand.ASK))
    question = await _question(stage, kitchen, meeting)
    other = next(name for name in LAKESIDE if name != host)
    await stage.tap(kitchen, other, question, "✅")
    coming = sorted((host, other))
    await stage.shows(kitchen, question, f"{host} hosts", "✅ " + ", ".join(coming))
    await _all_of_harbour_come(stage, boat, meeting)
    stage.travel(meeting - timedelta(hours=COUNT_HOURS))
    chat = stage.chats[host]
    few = await stage.hears(
        chat, "2 of 5 have said that they come", "with fewer than 3 I ask whoever hosts"
    )
    await stage.tap(chat, host, few, "⏭️")
    await stage.hears(chat, "Done: it is left out")
    when = shown(kitchen, meeting)
    told = await stage.hears(kitchen, f"The meeting of {when} is left out", "!hold")
    stage.expect_mentions(kitchen, told, coming)
    await stage.shows(kitchen, question, when, "left out")


# -------------------------------------------------------------------------------------------- hours


def _meetings(zone: ZoneInfo) -> list[datetime]:
    """The meetings of the story: the first two of the rhythm."""
    kept = read_rhythm(RHYTHM, now=START, zone=zone)
    found = rhythm.occurrences(kept, START)
    return [next(found).at, next(found).at]


def _same_wall_time(crew: Place, meeting: datetime) -> datetime:
    """Harbour's meeting of the same day: the same time on another wall."""
    return next(each for each in _meetings(crew.zone) if each.date() == meeting.date())


def hour(crew: Place, meeting: datetime, errand: Errand) -> datetime:
    """When a crew with the usual settings hears of a meeting."""
    planned = errands(meeting, zone=crew.zone, now=START)
    return next(each.at for each in planned if each.errand is errand)


def shown(crew: Place, meeting: datetime) -> str:
    """When a meeting is, as its crew reads it."""
    return clock.short_words(meeting, crew.zone)
