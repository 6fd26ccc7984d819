"""Play how a crew begins: from one person's call to its fourth meeting, as a newcomer lives through it.

She has never seen a keeper, learns no command, and gets from an invitation to her first meeting by answering what she is
asked and by tapping what stands under it. All of it is encrypted.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from deploy import story
from deploy.event import Event
from deploy.stage import Place, Stage
from deploy.turns import NEXT, go_round
from handlers.crews.forming import BEGIN
from handlers.meetings.boards import LOOK_BACK
from handlers.meetings.commitments import WITHOUT_A_DATE
from practices import clock, rhythm
from practices.circles import RoomKind
from practices.dates import read_rhythm
from practices.meetings import Errand

CALLER: Final = "Kim"
NEWCOMER: Final = "Nia"
DECLINING: Final = "Tom"
CREW: Final = ("Kim", "Nia", "Sam")
PEOPLE: Final = (*CREW, DECLINING)

NAME: Final = "Dinner and honesty crew"
RHYTHM: Final = "third thursday 19:30"
CALL: Final = f"call dinner and honesty, {RHYTHM}, 90 minutes, 4 people, for four months"

#: What the newcomer takes on at the second meeting.
TASK: Final = "ask about the boathouse for May"

#: Of a meeting, and of a first talk.
LENGTH: Final = timedelta(minutes=90)

#: From the beginning of the story to the first talk.
TALK: Final = timedelta(days=1, hours=1)

#: How long everybody has for saying with whom they would like to be.
FORTNIGHT: Final = timedelta(days=14, minutes=1)

LINES: Final = 7


async def play(stage: Stage, space: Place, moderator: str, begins: datetime) -> None:
    """Play it in the congregation of `space`, from `begins` on, a Monday at 18:00. Raises StoryBroken.

    `moderator` may invite into the space; the people of this story are in the congregation, and in no space yet.
    """
    stage.travel(begins)
    commons = await _called(stage, space, moderator)
    await _curious(stage, commons)
    await _newcomer(stage, space, moderator)
    await _first_talk(stage, begins)
    crew = await _chosen(stage)
    first, second, third, fourth = _meetings(crew, begins)
    stage.scene("A week before the first meeting: the announcement")
    await _announced(stage, crew, first, CALLER)
    await _not_this_time(stage, begins)
    stage.scene("The day before: who comes? And an hour before: a reminder")
    await _who_comes(stage, crew, first)
    await _first_meeting(stage, crew, first)
    await _charter(stage, crew, first, second)
    await _first_cycle(stage, crew)
    host = await _passed_on(stage, crew, second)
    await _harvested(stage, crew, second)
    stage.scene("And again: what was taken on stands under the question who comes")
    passed = next(name for name in CREW if name not in (CALLER, host))
    taken_on = (LOOK_BACK, "You took on:", f"- {NEWCOMER}: {TASK}")
    await _monthly(stage, crew, third, passed, *taken_on, looks_back=True)
    stage.scene("Everybody has hosted once; now it is the turn of whoever hosted longest ago")
    await _monthly(stage, crew, fourth, CALLER)
    await stage.nothing_else_was_said()


# ------------------------------------------------------------------------------------------- the call


async def _called(stage: Stage, space: Place, moderator: str) -> Place:
    stage.scene("A call to crew stands on the congregation’s board")
    lakeside = stage.lakeside
    people = (CALLER, "Sam", DECLINING)
    for name in people:
        await lakeside[moderator].invite(space.id, lakeside[name].user_id)
    await asyncio.gather(*(lakeside[name].join(space.id) for name in people))
    commons = await stage.room(
        lakeside, "Commons", (moderator, *people), parent=space.id, encrypted=True
    )
    await stage.hears(commons, "Hello. I am Kinkeeper")
    await stage.says(commons, moderator, "!adopt working")
    await stage.hears(commons, "I look after this", "of Lakeside from now on")
    await stage.stands(commons, RoomKind.WORKING)
    chat = await stage.private(lakeside, CALLER)
    await stage.hears(chat, "This is our private chat")
    await stage.says(chat, CALLER, CALL)
    understood = await stage.hears(
        chat,
        "What: dinner and honesty",
        "When: every third Thursday of the month, 19:30",
        "How long: 90 minutes",
        "How many: four people",
        "By the clocks of: Europe/Rome",
        "Until: ",
        "Shall it stand on the board of Lakeside?",
    )
    await stage.tap(chat, CALLER, understood, "✅")
    await stage.hears(chat, "Your call stands on the board of Lakeside as number 1")
    return commons


async def _curious(stage: Stage, commons: Place) -> None:
    board = await stage.hears(commons, "Calls in Lakeside", f"1️⃣ {CALLER} calls: dinner and honesty")
    chat = stage.chats[CALLER]
    for name, told in (("Sam", "one more, and you are three"), (DECLINING, "could be a crew")):
        await stage.tap(commons, name, board, "1️⃣")
        await stage.each_hears(stage.lakeside, [name], f"I have told {CALLER} that you are curious")
        await stage.hears(chat, f"{name} is curious", told)


async def _newcomer(stage: Stage, space: Place, moderator: str) -> None:
    stage.scene(f"{NEWCOMER} is new, and has never seen a keeper")
    lakeside = stage.lakeside
    stage.transcript.note(f"{moderator} invites {NEWCOMER} into {space.name}, and she comes.")
    await lakeside[moderator].invite(space.id, lakeside[NEWCOMER].user_id)
    await lakeside[NEWCOMER].join(space.id)
    chat = await stage.aside(lakeside, NEWCOMER)
    welcome = await stage.hears(
        chat, "Welcome to Lakeside", "you choose, and they choose you", "1️⃣ Kim calls", "Next: tap"
    )
    await stage.tap(chat, NEWCOMER, welcome, "1️⃣")
    await stage.hears(chat, f"I have told {CALLER} that you are curious, and nobody else", "Next: ")
    await stage.hears(stage.chats[CALLER], f"{NEWCOMER} is curious, too", "By now")


# -------------------------------------------------------------------------------------- the first talk


async def _first_talk(stage: Stage, begins: datetime) -> None:
    stage.scene("A first talk, which binds nobody")
    chat, others = stage.chats[CALLER], [name for name in PEOPLE if name != CALLER]
    bundled = [event for event in chat.listener.heard if "propose a time" in event.text]
    await stage.tap(chat, CALLER, bundled[-1], "🗓️")
    await stage.hears(chat, "When is your first talk?")
    await stage.says(chat, CALLER, "tomorrow 19:00")
    understood = await stage.hears(chat, "I understood: your first talk is Tuesday", "19:00")
    await stage.tap(chat, CALLER, understood, "✅")
    await stage.hears(chat, "Where do you meet?")
    await stage.says(chat, CALLER, "at the old boathouse")
    await stage.hears(chat, "everybody who is curious is asked")
    asked = await stage.each_hears(
        stage.lakeside, others, f"{CALLER} proposes a first talk", "at the old boathouse"
    )
    await stage.each_taps(asked, "✅")
    await stage.each_hears(stage.lakeside, others, "Good: I remind you an hour before")
    counted = await stage.hears(chat, "One of those who are curious")
    await stage.shows(chat, counted, f"{len(others)} of those who are curious")
    stage.travel(begins + TALK - timedelta(hours=1))
    await stage.each_hears(stage.lakeside, PEOPLE, "Today, Tuesday", "your first talk")
    stage.travel(begins + TALK + LENGTH)


async def _chosen(stage: Stage) -> Place:
    stage.scene("Each is asked about each of the others, and only a yes of all counts")
    stage.transcript.note(
        f"{DECLINING} says “not this time” to each. The others say yes to each, {DECLINING} too."
    )
    await _asked_about_the_others(stage, [name for name in PEOPLE if name != NEWCOMER])
    await _asked_about_the_others(stage, [NEWCOMER])
    chat = stage.chats[CALLER]
    ready = await stage.hears(chat, "A crew could begin", "Who they are you learn when it does")
    await stage.tap(chat, CALLER, ready, "✅")
    await stage.hears(chat, "Good: ", "your crew begins")
    stage.scene("The keeper makes the room, encrypted, and nobody is brought in")
    await stage.each_hears(
        stage.lakeside, CREW, "You are three: Kim, Nia and Sam", NAME, "Next: come in"
    )
    crew = await stage.gathered(stage.lakeside, NAME, CREW)
    welcome = await stage.hears(
        crew,
        "Welcome, Kim, Nia, Sam. You are a crew that forms",
        "three conversations",
        "Next: Thursday ",
    )
    for name in CREW:
        await stage.reaches(crew, name, welcome)
    await stage.stands(crew, RoomKind.CREW)
    return crew


async def _asked_about_the_others(stage: Stage, names: Sequence[str]) -> None:
    for _ in range(len(PEOPLE) - 1):
        asked = await stage.each_hears(
            stage.lakeside, names, "Would you like to be in one crew with"
        )
        for sign, who in (("✅", CREW), ("✋", (DECLINING,))):
            answering = {name: asked[name] for name in names if name in who}
            if answering:
                await stage.each_taps(answering, sign)
    await stage.each_hears(stage.lakeside, names, "That was all I ask. Nobody sees what you said")


async def _not_this_time(stage: Stage, begins: datetime) -> None:
    stage.scene("Fourteen days after the talk, whoever is not in it hears no reason")
    stage.travel(begins + TALK + LENGTH + FORTNIGHT)
    chat = stage.chats[DECLINING]
    await stage.hears(chat, f"{CALLER}’s call: not this time", "It says nothing about you")


# ---------------------------------------------------------------------------------- the first meeting


async def _announced(stage: Stage, crew: Place, meeting: datetime, host: str) -> None:
    stage.travel(story.hour(crew, meeting, Errand.ANNOUNCE))
    when = story.shown(crew, meeting)
    await stage.hears(crew, f"{when} – the {NAME} meets", f"{host} hosts")


async def _who_comes(stage: Stage, crew: Place, meeting: datetime, *parts: str) -> None:
    """All come; an hour before they are reminded."""
    when = story.shown(crew, meeting)
    stage.travel(story.hour(crew, meeting, Errand.ASK))
    question = await stage.hears(crew, f"Tomorrow, {when} – the {NAME} meets", "✅ coming", *parts)
    await stage.all_tap(crew, CREW, question, "✅")
    await stage.shows(crew, question, "✅ Kim, Nia, Sam")
    stage.travel(story.hour(crew, meeting, Errand.REMIND))
    reminder = await stage.hears(crew, f"Today, {when}", "see you there")
    stage.expect_mentions(crew, reminder, CREW)


async def _first_meeting(stage: Stage, crew: Place, meeting: datetime) -> None:
    stage.scene("The first meeting: three conversations, and the keeper keeps the time")
    stage.travel(meeting)
    ready = await stage.hears(crew, "It is time for your first meeting", f"{BEGIN} begins it")
    await stage.tap(crew, NEWCOMER, ready, BEGIN)
    await _conversations(stage, crew)


async def _conversations(stage: Stage, crew: Place) -> None:
    await stage.hears(crew, "first meeting – about 1 hour 30 minutes", "Become a crew")
    await stage.hears(crew, "first meeting · Check-in", "Who are you", "In turn: ")
    await go_round(stage, crew, CREW)
    first = await stage.hears(crew, "How shall we be with each other?", "All of you, until ")
    await stage.tap(crew, "Sam", first, NEXT)
    second = await stage.hears(crew, "Which time works?", "All of you, until ")
    await stage.tap(crew, "Kim", second, NEXT)
    await stage.hears(crew, "What am I ready to commit to?", "All of you, until ")
    stage.transcript.note("Half an hour goes by, and the clock goes on.")
    stage.travel(stage.now + timedelta(minutes=29, seconds=30))
    await stage.hears(crew, "Half a minute")
    stage.travel(stage.now + timedelta(seconds=30))
    await stage.hears(crew, "Closing round", "In turn: ")
    await go_round(stage, crew, CREW)
    await stage.hears(crew, "That was your first meeting. Thank you for being here.")


# ----------------------------------------------------------------------------------------- the charter


async def _charter(stage: Stage, crew: Place, first: datetime, following: datetime) -> None:
    stage.scene("The charter, line by line, each for themselves and none at night")
    stage.travel(first + LENGTH + timedelta(minutes=1))
    progress = await stage.hears(crew, f"Your charter: 0 of {LINES} lines are accepted by all")
    stage.transcript.note("It is past nine: the questions wait for the morning.")
    await _noted(stage, crew, first)
    for number in range(1, LINES + 1):
        line = await stage.each_hears(stage.lakeside, CREW, f"{NAME}, line {number}", "✅ accept")
        await stage.each_taps(line, "✅")
    await stage.each_hears(stage.lakeside, CREW, "You have accepted every line")
    await stage.shows(crew, progress, f"{LINES} of {LINES} lines are accepted by all of you")
    when = story.shown(crew, following)
    await stage.hears(crew, "from now on you are an active crew", f"The next meeting is {when}")


async def _first_cycle(stage: Stage, crew: Place) -> None:
    stage.scene(
        "How long until they look back: as the charter says, unless all wish for another length"
    )
    begins = await stage.hears(
        crew, "Your first cycle begins: until ", "You look back together on", "✏️ another length"
    )
    await stage.tap(crew, NEWCOMER, begins, "✏️")
    question = await stage.hears(
        crew, "How long do you like to meet", "5️⃣ five meetings · 6️⃣ six · 🔟 ten · 📅 two months"
    )
    await stage.all_tap(crew, CREW, question, "5️⃣")
    await stage.shows(crew, question, "You have chosen: five meetings")
    await stage.hears(crew, "Your first cycle begins: five meetings", "You look back together on")
    await stage.hears(crew, "Your charter says from now on: We do this for five meetings")


# -------------------------------------------------------------------------------------- month by month


async def _passed_on(stage: Stage, crew: Place, meeting: datetime) -> str:
    """The second meeting up to its evening; who hosts it."""
    stage.scene("Hosting passes on: somebody says “somebody else”, and nobody learns of it")
    stage.travel(story.hour(crew, meeting, Errand.ANNOUNCE) - story.HOST_AHEAD)
    others = [name for name in CREW if name != CALLER]
    asked, question = await _asked_to_host(stage, crew, meeting, others)
    await stage.tap(stage.chats[asked], asked, question, "🔁")
    await stage.hears(stage.chats[asked], "Good: I ask somebody else. Nobody learns of it")
    others.remove(asked)
    host = await _gladly(stage, crew, meeting, others)
    stage.scene("A month later they meet again")
    await _announced(stage, crew, meeting, host)
    await _prepared(stage, crew, meeting)
    await _who_comes(stage, crew, meeting, f"{host} hosts")
    return host


async def _asked_to_host(
    stage: Stage, crew: Place, meeting: datetime, people: Sequence[str]
) -> tuple[str, Event]:
    when = story.shown(crew, meeting)
    return await stage.one_hears(stage.lakeside, people, f"You would host {when}", "🔁")


async def _gladly(stage: Stage, crew: Place, meeting: datetime, people: Sequence[str]) -> str:
    """Whoever of `people` is asked says yes."""
    name, question = await _asked_to_host(stage, crew, meeting, people)
    await stage.tap(stage.chats[name], name, question, "✅")
    await stage.hears(stage.chats[name], f"Good: you host {story.shown(crew, meeting)}")
    return name


async def _prepared(stage: Stage, crew: Place, meeting: datetime) -> None:
    stage.travel(meeting - story.PREPARED_AHEAD)
    when = story.shown(crew, meeting)
    await stage.each_hears(stage.lakeside, CREW, f"{when} – the {NAME} meets", "Since last time")


async def _harvested(stage: Stage, crew: Place, meeting: datetime) -> None:
    stage.scene("What somebody takes on is kept, and recalled to nobody else")
    stage.travel(meeting + LENGTH - timedelta(minutes=5))
    await stage.says(crew, "Sam", f"!harvest {NEWCOMER}: {TASK}")
    understood = await stage.hears(crew, "I understood:", f"- {NEWCOMER}: {TASK}")
    await stage.tap(crew, "Sam", understood, "✅")
    asked = await stage.hears(crew, "Kept as soon as each says so", f"- {NEWCOMER}: {TASK}")
    await stage.tap(crew, NEWCOMER, asked, "✅")
    await stage.shows(crew, asked, "Kept:", f"- {NEWCOMER}: {TASK}")
    await _noted(stage, crew, meeting)
    local = clock.wall(meeting, crew.zone).replace(hour=10, minute=0)
    stage.travel(clock.resolve(local + WITHOUT_A_DATE, crew.zone))
    await stage.hears(
        stage.chats[NEWCOMER], "You took something on in the", TASK, "I ask only once"
    )


async def _noted(stage: Stage, crew: Place, meeting: datetime) -> None:
    stage.travel(_morning(crew, meeting))
    day = story.shown(crew, meeting).rpartition(",")[0]
    await stage.hears(crew, f"Noted for {day}: Kim, Nia and Sam were there")


async def _monthly(
    stage: Stage,
    crew: Place,
    meeting: datetime,
    host: str,
    *parts: str,
    looks_back: bool = False,
) -> None:
    """One more meeting, from the question who hosts to the morning after; `parts` are in the question who comes."""
    stage.travel(story.hour(crew, meeting, Errand.ANNOUNCE) - story.HOST_AHEAD)
    await _gladly(stage, crew, meeting, [host])
    await _announced(stage, crew, meeting, host)
    await _prepared(stage, crew, meeting)
    await _who_comes(stage, crew, meeting, f"{host} hosts", *parts)
    if looks_back:
        await _looked_back(stage, crew, meeting)
    await _noted(stage, crew, meeting)


async def _looked_back(stage: Stage, crew: Place, meeting: datetime) -> None:
    """Each says alone which way they would like; the room hears no more than that all would go on."""
    stage.travel(meeting)
    await stage.hears(crew, f"Looking back. For the {NAME}", "Only the counts are shown here")
    asked = await stage.each_hears(stage.lakeside, CREW, f"Which way would you like for {NAME}?")
    await stage.each_taps(asked, "🔁")
    await stage.each_hears(stage.lakeside, CREW, "Noted: continue")
    await stage.hears(crew, "Each of you would like to continue.")
    await stage.hears(crew, "You go on, and your cycle runs as you agreed.")


# --------------------------------------------------------------------------------------------- hours


def _meetings(crew: Place, begins: datetime) -> Sequence[datetime]:
    """The first four meetings of the crew."""
    kept = read_rhythm(RHYTHM, now=begins, zone=crew.zone)
    return [each.at for each in islice(rhythm.occurrences(kept, begins), 4)]


def _morning(crew: Place, evening: datetime) -> datetime:
    """Eight o'clock on the day after."""
    local = clock.wall(evening, crew.zone).replace(hour=8, minute=0, second=0, microsecond=0)
    return clock.resolve(local + timedelta(days=1), crew.zone)
