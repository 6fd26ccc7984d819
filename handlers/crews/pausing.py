"""A crew that rests until a day it has named (R16), and wakes with a question.

While it rests nothing is announced, asked or reminded of. Its rhythm and its agreements stay; whether it goes on is
asked of all when the day has come, and nothing is done until all have chosen the same.
"""

from datetime import datetime, time

from handlers.consent import Voice, answered_instead, hear_voice, put_to_all, standing_words
from handlers.conversation import MISSING
from handlers.conversation import PATIENCE as A_MOMENT
from handlers.crews import ending, onward
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import people
from practices import circles, clock
from practices.circles import Life, RoomKind
from practices.dates import read_when
from practices.defaults import PATIENCE
from practices.retrospective import CHOICE_SIGNS, LONGEST_PAUSE, Choice
from storage.questions import Question
from storage.rooms import Room

CREWS = frozenset({RoomKind.CREW})

#: When on its day a crew is woken.
MORNING = time(10)

GO_ON = Option(sign=CHOICE_SIGNS[Choice.CONTINUE], word="continue", also=("go on", "yes", "wake"))
LONGER = Option(sign=CHOICE_SIGNS[Choice.PAUSE], word="longer", also=("pause", "not yet"))
END = Option(sign=CHOICE_SIGNS[Choice.END], word="end", also=("close",))


def _about(room: Room) -> str:
    return f"pause:{room.id}"[:64]


def until_when(call: Call) -> list[Effect]:
    """The crew has chosen to pause: it needs a day (R16)."""
    return [
        Say(
            text=f"Until when do you pause? One of you says it, for example `{call.house.prefix}pause until 1 march`; "
            "it holds when all of you agree. On that day I ask whether you go on.",
            answers=False,
        )
    ]


@command(
    name="pause",
    help="let the crew rest until a day, when all of you agree; I ask then whether you go on",
    example="pause until 1 march",
    kinds=CREWS,
    arguments=(Argument(name="until", help="the day on which I ask whether you go on", rest=True),),
)
async def pause(call: Call, until: str | None) -> Effects:
    """Ask all for a pause until a day."""
    if until is None:
        instead = await answered_instead(call, "pause")
        if instead is not None:
            return instead
        return [
            Ask(
                inquiry=MISSING,
                text="Until when shall the crew pause? For example: 1 march.\n\n"
                "*Your next message answers this; `stop` ends it.*",
                until=call.at + A_MOMENT,
                data={"command": "pause", "argument": "until", "given": {}},
                person=call.person,
            )
        ]
    at = _day(call, until)
    members = await people(call.room, call.house.me)
    if members == [call.person]:
        return await _paused(call, at)
    await Question.filter(room=call.room.id, inquiry="pause").delete()
    return [
        await put_to_all(
            call,
            "pause",
            _proposal(call, at),
            until=min(call.at + PATIENCE, at),
            data={"at": at.isoformat()},
        )
    ]


def _day(call: Call, until: str) -> datetime:
    """The morning on which the crew wakes. Raises NotUnderstood, or Refused for one more than a year away."""
    said = until.strip()
    for word in ("until ", "till ", "to "):
        if said.casefold().startswith(word):
            said = said[len(word) :]
            break
    at = read_when(said, now=call.at, zone=call.circle_zone, at=MORNING).at
    if at - call.at > LONGEST_PAUSE:
        raise Refused(
            "A pause is a year at most, so that nobody waits for nothing. Nothing was changed; a nearer day works, "
            f"and `{call.house.prefix}close` ends the crew kindly."
        )
    return at


def _shown(call: Call, at: datetime) -> str:
    return clock.words(at, call.circle_zone)


def _proposal(call: Call, at: datetime) -> str:
    return (
        f"Shall {meetings.meets(call.room)} pause until **{_shown(call, at)}**? Meetings until then are called off; "
        "your rhythm and agreements stay, and on that day I ask whether you go on.\n\n"
        "It holds when each of you has said yes; one no, and you go on as you are.\n\n✅ yes · ✋ no"
    )


@inquiry(name="pause", options=(YES, NO), matter="whether the crew pauses")
async def pausing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; rest when all have agreed."""
    at = datetime.fromisoformat(str(question.data.get("at") or call.at.isoformat()))
    message = f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED if at <= call.at:
            raise Refused("That day has come meanwhile, so nothing was changed. Say a later one.")
        case Voice.AGREED:
            return [Edit(name=message, text="All of you have agreed."), *await _paused(call, at)]
        case Voice.ENDED:
            text = (
                "You go on as you are: not everybody wishes a pause now, and that needs no reason."
            )
            return [Edit(name=message, text=text)]
        case Voice.WAITING:
            text = standing_words(call, call.room, _proposal(call, at), standing)
            return [Edit(name=message, text=text)]
        case Voice.NOTHING:
            return []


async def _paused(call: Call, at: datetime) -> list[Effect]:
    room = call.room
    if room.life is Life.CLOSED:
        raise Refused("This crew has ended meanwhile, so it cannot pause. Nothing was changed.")
    off = await ending.meetings_off(call, "is called off: you pause.")
    room.life = Life.PAUSED
    await room.save(update_fields=["life"])
    return [
        *off,
        CallOff(about=_about(room)),
        CallOff(about=ending.about_closing(room)),
        _wake_at(room, at),
        meetings.circle_state(room),
        Say(
            text=f"You pause until **{_shown(call, at)}**. Then I ask whether you go on; "
            f"`{call.house.prefix}wake` asks sooner.",
            answers=False,
        ),
    ]


def _wake_at(room: Room, at: datetime) -> Ring:
    return Ring(ritual="wake", about=_about(room), at=at, when=at.isoformat(), room=room.id)


# ------------------------------------------------------------------------------------------- waking


@ritual(name="wake", help="asks a crew that has paused, on the day it named, whether it goes on")
async def wakes(call: Call) -> Effects:
    """The day has come."""
    if call.room.life is not Life.PAUSED:
        return []
    return await _ask(call)


@command(
    name="wake",
    aliases=("resume",),
    help="ask all of you whether the crew goes on, after a pause or, while its things are kept, after its end",
    example="wake",
    kinds=CREWS,
)
async def wake(call: Call) -> Effects:
    """Ask before the day has come."""
    if call.room.life not in meetings.RESTING:
        raise Refused("The crew is awake, so nothing needs to be done.")
    size = len(await people(call.room, call.house.me))
    if call.room.life is Life.CLOSED and not circles.crew_activates(size):
        raise Refused(circles.crew_too_small(size))
    return await _ask(call)


async def _ask(call: Call) -> list[Effect]:
    await Question.filter(room=call.room.id, inquiry="awake").delete()
    return [
        Ask(inquiry="awake", text=_ways(call), until=(call.kept_at or call.at) + PATIENCE),
    ]


def _ways(call: Call) -> str:
    if call.room.life is Life.CLOSED:
        return (
            f"Shall {meetings.meets(call.room)} be taken up again? When all of you have chosen 🔁, nothing is deleted "
            "and you go on as before.\n\n🔁 continue"
        )
    return (
        "You have rested. How do you go on? "
        "When all of you have chosen the same, that is what happens; there is no hurry.\n\n"
        "🔁 continue · ⏸️ rest longer · 👋 end"
    )


@inquiry(name="awake", options=(GO_ON, LONGER, END))
async def awake(call: Call, question: Question, said: str) -> Effects:
    """Take the way that all have chosen."""
    room = call.room
    ways = {GO_ON.word} if room.life is Life.CLOSED else {GO_ON.word, LONGER.word, END.word}
    here = await people(room, call.house.me)
    if call.person not in here or said not in ways:
        return []
    question.answers = {**question.answers, call.person: said}
    await question.save(update_fields=["answers"])
    if any(question.answers.get(person) != said for person in here):
        return []
    await question.delete()
    message = f"question:{question.id}"
    if said == LONGER.word:
        return [Edit(name=message, text="You rest longer."), *until_when(call)]
    if said == END.word:
        return [Edit(name=message, text="You end it together."), *await ending.farewell(call)]
    return [Edit(name=message, text="You go on."), *await _woken(call)]


async def _woken(call: Call) -> list[Effect]:
    room = call.room
    room.life = Life.ACTIVE
    await room.save(update_fields=["life"])
    return [
        CallOff(about=_about(room)),
        CallOff(about=ending.about_end(room)),
        meetings.circle_state(room),
        *await meetings.plan_again(call, call.at),
        Say(text=f"Welcome back. {await meetings.next_words(call)}", answers=False),
        *await onward.go_on(call),
    ]


@watch(kind=Change.REBUILT)
async def rebuilt(call: Call) -> Effects:
    """The database was lost, and with it the day on which the crew wakes: it is asked in two weeks."""
    if call.room.life is not Life.PAUSED:
        return []
    return [_wake_at(call.room, call.at + PATIENCE)]
