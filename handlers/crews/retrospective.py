"""The retrospective: a crew looks back, each says privately which way they would like, and together they take one.

It promises that nobody ever learns what one person chose: choices are sealed until they are counted, and deleted in
the moment in which the counts are shown (R57). The counts decide nothing. They are shown, people talk, and a way is
taken when every member takes it; until then the crew goes on as it is. And nobody is asked twice: not by the script, which leads to this one
question, and not twice on one day.

In a small crew counts can let people guess: whoever knows their own choice subtracts it. Only ways that somebody chose
are shown, with their numbers, because that is what the practice asks for; everybody is told so before they answer, and
a pass is neither counted nor kept.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.asking import asked
from handlers.crews import changes, ending, onward, pausing, splitting
from handlers.language import (
    PASS,
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
    tap,
    watch,
)
from handlers.meetings import meetings
from handlers.names import people, room_name
from handlers.polls import ballots
from handlers.sessions import practice
from handlers.words import sign
from practices import clock
from practices.circles import RoomKind
from practices.defaults import PATIENCE
from practices.retrospective import (
    CHOICE_SIGNS,
    Choice,
    counted,
    counts_words,
    may_show,
    split_parts,
    split_refusal,
    unanimous,
    ways,
)
from storage import sessions
from storage.cycles import running
from storage.database import row_of
from storage.inbox import Heard, Kind, Settled
from storage.members import Member
from storage.questions import Question
from storage.retrospectives import Retrospective
from storage.rooms import Room

PRIVATELY = "retrospective"
TOGETHER = "way"

START = "▶️"


WAYS = tuple(
    Option(sign=CHOICE_SIGNS[choice], word=choice.value, also=also)
    for choice, also in (
        (Choice.CONTINUE, ("go on",)),
        (Choice.CHANGE, ("edit",)),
        (Choice.SPLIT, ("two tables",)),
        (Choice.PAUSE, ("rest",)),
        (Choice.END, ("close", "stop meeting")),
    )
)


# ------------------------------------------------------------------------------------------- beginning


@ritual(
    name="retrospective", help="opens a crew's retrospective, at the meeting it was planned for"
)
async def looking_back(call: Call) -> Effects:
    """The hour that a cycle has set has come."""
    if call.room.kind is not RoomKind.CREW or call.room.life in meetings.RESTING:
        return []
    if await _open(call.room) is not None:
        return []
    earlier = await _today(call.room, call.kept_at or call.at)
    if earlier is not None:
        # Asked once a day: at the end of a cycle what all took today is what happens now.
        over = call.content.get("last") and earlier.way in (Choice.CONTINUE, Choice.CHANGE)
        return await onward.go_on(call) if over else []
    cycle = call.content.get("cycle")
    return await _begin(call, None if cycle is None else int(str(cycle)))


@command(
    name="retrospective",
    aliases=("retro",),
    help="look back together and choose which way the crew goes on; in private, say which way you would like",
    example="retrospective",
    kinds=frozenset({RoomKind.CREW, RoomKind.PRIVATE}),
    arguments=(
        Argument(name="crew", help="in private: its name, if you are in several", rest=True),
    ),
)
async def retrospective(call: Call, crew: str | None) -> Effects:
    """Begin one now; in private, be asked again."""
    if call.is_private:
        return await _ask_again(call, crew)
    if call.person not in await people(call.room, call.house.me):
        raise Refused("A retrospective is its members' own. Nothing was begun.")
    if call.room.life in meetings.RESTING:
        raise Refused(
            f"The crew rests, so it does not look back now. `{call.house.prefix}wake` asks all of you "
            "whether to go on; nothing was begun."
        )
    opened = await _open(call.room)
    if opened is not None:
        raise Refused(
            "You are looking back already, so no second retrospective was begun. The counts are shown when all "
            f"have answered, and on **{_until(call.room, opened)}** at the latest."
        )
    if await Question.exists(room=call.room.id, inquiry=TOGETHER, until__gt=call.at):
        raise Refused(
            "You have just looked back, and the question which way you go stands open above. Nothing was begun."
        )
    if await _today(call.room, call.at) is not None:
        raise Refused(
            "You have looked back together today, and nobody is asked twice on one day, so nothing was begun. "
            f"From tomorrow on `{call.house.prefix}retrospective` begins another one."
        )
    cycle = await running(call.room.id)
    return await _begin(call, cycle.id if cycle else None)


async def _open(room: Room) -> Retrospective | None:
    """The retrospective of a room whose counts are not shown yet."""
    return await Retrospective.filter(room=room.id, shown_at=None).order_by("-id").first()


async def _today(room: Room, now: datetime) -> Retrospective | None:
    """The last retrospective that a room has begun on this day of its own."""
    zone = ZoneInfo(room.zone or "UTC")
    midnight = clock.resolve(datetime.combine(clock.wall(now, zone).date(), time()), zone)
    begun = Retrospective.filter(room=room.id, opened_at__gte=midnight)
    return await begun.order_by("-id").first()


def _until(room: Room, opened: Retrospective) -> str:
    return clock.short_words(opened.closes_at, ZoneInfo(room.zone or "UTC"))


async def _begin(call: Call, cycle: int | None) -> list[Effect]:
    now, room = call.kept_at or call.at, call.room
    opened = await Retrospective.create(
        room=room.id,
        cycle=cycle,
        opened_at=now,
        closes_at=now + timedelta(hours=int(meetings.setting(room, "retrospective-hours"))),
        purpose=f"circle:{room.id}",
    )
    held = await sessions.running(room.id) is not None
    leads = not held and call.house.catalogue.commands.get("start") is not None
    return [
        Say(
            text=_opening(call, opened, leads=leads),
            name=f"retrospective:{opened.id}",
            taps=(START,) if leads else (),
            answers=False,
        ),
        _counting(opened, opened.closes_at, "time"),
        *await _ask_all(call, opened),
    ]


async def _ask_all(call: Call, opened: Retrospective) -> list[Effect]:
    """Everybody's private question, in the morning of whoever sleeps now (R15)."""
    effects: list[Effect] = []
    for person in await people(call.room, call.house.me):
        effects += await asked(
            call,
            person,
            _words(call.room, await _possible(call.room, call.house.me)),
            about=_about(opened),
            inquiry=PRIVATELY,
            until=opened.closes_at,
            data=_data(opened),
            without=_left_out(await _possible(call.room, call.house.me)),
        )
    return effects


async def _possible(room: Room, me: str) -> tuple[Choice, ...]:
    """The ways that there are for so many: two tables need six."""
    size = len(await people(room, me))
    return tuple(way for way in Choice if way is not Choice.SPLIT or split_parts(size) is not None)


def _left_out(possible: tuple[Choice, ...]) -> tuple[str, ...]:
    return tuple(way.value for way in Choice if way not in possible)


async def _of(question: Question) -> Retrospective | None:
    """The retrospective that a question belongs to, unless it is forgotten by now."""
    return await row_of(Retrospective, question.data.get("retrospective"))


def _about(opened: Retrospective) -> str:
    return f"retrospective:{opened.id}"


def _counting(opened: Retrospective, at: datetime, when: str) -> Ring:
    return Ring(
        ritual="retrospective-counts",
        about=_about(opened),
        at=at,
        when=when,
        room=opened.room,
        content={"retrospective": opened.id},
    )


def _opening(call: Call, opened: Retrospective, *, leads: bool) -> str:
    lead = f"\n\n{START} leads you through it, turn by turn." if leads else ""
    return (
        f"**Looking back.** For {meetings.meets(call.room)}, about 45 to 60 minutes: arrive · in silence, note what "
        "worked and what did not · one round · one or two changes · which way from here · thanks.\n\n"
        f"`{call.house.prefix}change bring food in turns, me, by 1 february` keeps a change; a name in place of “me” asks "
        "that person.\n\n"
        "I have asked each of you privately which way you would like. Only the counts are shown here, when all have "
        f"answered or on **{_until(call.room, opened)}**. Then you talk, and choose together.{lead}"
    )


def _data(opened: Retrospective) -> dict[str, Any]:
    return {"retrospective": opened.id, "room": opened.room}


def _words(room: Room, possible: tuple[Choice, ...]) -> str:
    return (
        f"Which way would you like for **{room_name(room, 'your crew')}**?\n\n"
        f"{_listed(possible)} · {PASS.sign} pass\n\n"
        "This stays between us. The room sees only how many chose each way; in a small crew that can let people "
        "guess, so pass whenever you like. You may change your answer until the counts are shown."
    )


def _listed(choices: tuple[Choice, ...]) -> str:
    return " · ".join(f"{CHOICE_SIGNS[choice]} {choice}" for choice in choices)


@tap(prefix="retrospective", labels={"lead|leads us|you through it": START})
async def guided(call: Call, subject: str, said: str) -> Effects:
    """A tap under the opening words: run the script of that name, if there is an engine for it."""
    if said != sign(START) or call.house.catalogue.commands.get("start") is None:
        return []
    if call.person not in await people(call.room, call.house.me):
        return []
    return await practice.hold(call, "retrospective")


# ------------------------------------------------------------------------------------------- in private


async def _ask_again(call: Call, crew: str | None) -> Effects:
    """The private question once more, for whoever stopped it, missed it, or wants to be called nowhere."""
    mine = set(await Member.filter(person=call.person).values_list("room", flat=True))
    found = []
    for opened in await Retrospective.filter(room__in=list(mine), shown_at=None):
        room = await Room.get_or_none(id=opened.room)
        if room is None or call.person not in await people(room, call.house.me):
            continue
        if crew is None or (room.name or "").casefold() == crew.strip().casefold():
            found.append((room, opened))
    if not found:
        raise Refused(
            "No crew of yours is looking back just now. Said in a crew's room, "
            f"`{call.house.prefix}retrospective` begins."
        )
    for _room, opened in found:
        for former in await _questions(opened):
            if former.person == call.person:
                await former.delete()
    return [
        Ask(
            inquiry=PRIVATELY,
            text=_words(room, possible := await _possible(room, call.house.me)),
            until=opened.closes_at,
            data=_data(opened),
            person=call.person,
            private=True,
            without=_left_out(possible),
        )
        for room, opened in found
    ]


async def forget(call: Call) -> None:
    """What the sender chose, wherever it is still sealed, was never said."""
    for opened in await Retrospective.filter(sealed__not_isnull=True):
        await ballots.withdraw(call, opened, Choice)


async def _questions(opened: Retrospective) -> list[Question]:
    """The private questions of a retrospective that stand open."""
    here = await Member.filter(room=opened.room).values_list("person", flat=True)
    asked = await Question.filter(inquiry=PRIVATELY, person__in=list(here))
    return [each for each in asked if each.data.get("retrospective") == opened.id]


@inquiry(name=PRIVATELY, options=(*WAYS, PASS))
async def chosen(call: Call, question: Question, said: str) -> Effects:
    """One person's choice, sealed; a pass leaves nothing."""
    opened = await _of(question)
    room = await Room.get_or_none(id=opened.room) if opened else None
    if opened is None or room is None or opened.shown_at is not None:
        raise Refused(
            "That retrospective is counted already, so your answer was not taken. The room talks on."
        )
    if call.person not in await people(room, call.house.me):
        raise Refused("You are not in that crew any more, so your answer was not taken.")
    possible = await _possible(room, call.house.me)
    if said in _left_out(possible):
        size = len(await people(room, call.house.me))
        return [
            Say(
                text=f"{split_refusal(size)} These there are: {_listed(possible)} · {PASS.sign} pass."
            )
        ]
    choices = ballots.read(call, opened, Choice)
    if said == PASS.word:
        choices.pop(call.person, None)
        await ballots.keep(call, opened, choices, Choice)
        await question.delete()
        answer = "That is fine, and nothing of it is kept."
    elif said in list(Choice):
        choices[call.person] = Choice(said)
        await ballots.keep(call, opened, choices, Choice)
        answer = f"Noted: **{said}**. Another of these words changes it until the counts are shown."
    else:
        return [Say(text=f"Say one of these: {_listed(possible)} · {PASS.sign} pass.")]
    return [Say(text=answer), *await _when_all_have(call, opened)]


async def _when_all_have(call: Call, opened: Retrospective) -> list[Effect]:
    """Have the counts shown as soon as nobody who was asked is waited for.

    The hour is written in the room's own name, so that nothing in it tells who answered last.
    """
    answered = ballots.read(call, opened, Choice)
    silent = [each for each in await _questions(opened) if each.person not in answered]
    asleep = Heard.filter(
        about=_about(opened), kind=Kind.HOUR, state=Settled.WAITING, key__startswith="later:"
    )
    now = call.kept_at or call.at
    waiting = len(silent) + await asleep.count()
    if not may_show(waiting=waiting, closes_at=opened.closes_at, now=now):
        return []
    off = CallOff(about=_about(opened), ritual="retrospective-counts")
    return [off, _counting(opened, now, "all")]


# ------------------------------------------------------------------------------------------- the counts


@ritual(
    name="retrospective-counts",
    help="shows how many chose each way, when all have answered or the time is over",
)
async def count(call: Call) -> Effects:
    """Show the counts, forget the choices, and let the crew talk."""
    opened = await row_of(Retrospective, call.content["retrospective"])
    if opened is None or opened.shown_at is not None:
        return []
    room = call.room
    members = await people(room, call.house.me)
    choices = ballots.read(call, opened, Choice)
    counts = counted(choices[person] for person in members if person in choices)
    opened.sealed, opened.shown_at = None, call.kept_at or call.at
    await opened.save(update_fields=["sealed", "shown_at"])
    effects: list[Effect] = [CallOff(about=_about(opened)), *await _close_questions(opened, room)]
    if room.life in meetings.RESTING:
        return effects
    if unanimous(counts, len(members)):
        text = "Each of you would like to continue."
        return [*effects, Say(text=text, answers=False), *await _continued(call, opened)]
    return [
        *effects,
        Say(text=_shown(counts), answers=False),
        await _ask_together(call, opened.id, ways(counts)),
    ]


async def _ask_together(call: Call, opened: int, order: tuple[Choice, ...]) -> Ask:
    """Which way all take, of those that there are for so many."""
    possible = await _possible(call.room, call.house.me)
    return Ask(
        inquiry=TOGETHER,
        text=_together(tuple(way for way in order if way in possible)),
        until=(call.kept_at or call.at) + PATIENCE,
        data={"retrospective": opened},
        without=_left_out(possible),
    )


async def _close_questions(opened: Retrospective, room: Room) -> list[Effect]:
    """The private questions are over: they can be answered no more, and say so."""
    effects: list[Effect] = []
    for question in await _questions(opened):
        await question.delete()
        if question.person is not None:
            text = f"The counts are in **{room_name(room, 'your crew')}** now, and single answers are deleted."
            effects.append(Edit(name=f"question:{question.id}", text=text, room=question.person))
    return effects


def _shown(counts: Mapping[Choice, int]) -> str:
    if not counts:
        return "Nobody has named a way, and that needs no reason. Talk about it as you like."
    return f"Of those who answered:\n\n{counts_words(counts)}\n\nThis decides nothing. Talk first."


def _together(order: tuple[Choice, ...]) -> str:
    return (
        f"Which way do you take together?\n\n{_listed(order)}\n\n"
        "It is taken when every one of you has chosen the same; you may change your choice. Until then the crew goes "
        "on as it is."
    )


@inquiry(name=TOGETHER, options=WAYS)
async def taking(call: Call, question: Question, said: str) -> Effects:
    """One member's choice before the others; a way is taken when all have chosen it."""
    here = await people(call.room, call.house.me)
    if said not in list(Choice) or call.person not in here:
        return []
    possible = await _possible(call.room, call.house.me)
    if said in _left_out(possible):
        return [Say(text=f"{split_refusal(len(here))} These there are: {_listed(possible)}.")]
    question.answers = {**question.answers, call.person: said}
    await question.save(update_fields=["answers"])
    return await _taken_if_all(call, question)


async def _taken_if_all(call: Call, question: Question) -> list[Effect]:
    members = await people(call.room, call.house.me)
    chosen_ = {question.answers.get(person) for person in members}
    if len(chosen_) != 1 or None in chosen_:
        return []
    way = Choice(str(chosen_.pop()))
    await question.delete()
    if way not in await _possible(call.room, call.house.me):
        # Somebody has left since they chose it: those who stay choose among what there is.
        return [
            Edit(name=f"question:{question.id}", text="Asked again below."),
            Say(text=split_refusal(len(members)), answers=False),
            await _ask_together(call, int(str(question.data["retrospective"])), tuple(Choice)),
        ]
    opened = await _of(question)
    if opened is not None:
        opened.way = way
        await opened.save(update_fields=["way"])
    message = Edit(
        name=f"question:{question.id}", text=f"You take this way: {CHOICE_SIGNS[way]} **{way}**."
    )
    return [message, *await _follow(call, way, opened)]


async def _follow(call: Call, way: Choice, opened: Retrospective | None) -> list[Effect]:
    match way:
        case Choice.CONTINUE:
            return await onward.go_on(call)
        case Choice.CHANGE:
            return await changes.collect(call, opened)
        case Choice.SPLIT:
            return await splitting.begin(call)
        case Choice.PAUSE:
            return pausing.until_when(call)
        case Choice.END:
            return await ending.farewell(call)


async def _continued(call: Call, opened: Retrospective) -> list[Effect]:
    opened.way = Choice.CONTINUE
    await opened.save(update_fields=["way"])
    return await onward.go_on(call)


# ------------------------------------------------------------------------------------- somebody who went


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever left is not counted and not waited for."""
    if call.room.kind is not RoomKind.CREW:
        return []
    effects: list[Effect] = []
    opened = await _open(call.room)
    if opened is not None:
        for question in await _questions(opened):
            if question.person == call.person:
                await question.delete()
        await _not_asked_later(opened, call.person)
        await ballots.withdraw(call, opened, Choice)
        if await people(call.room, call.house.me):
            effects += await _when_all_have(call, opened)
    together = await Question.filter(room=call.room.id, inquiry=TOGETHER).order_by("-id").first()
    if together is not None and together.until > call.at and together.answers:
        effects += await _taken_if_all(call, together)
    return effects


async def _not_asked_later(opened: Retrospective, person: str) -> None:
    for hour in await Heard.filter(about=_about(opened), kind=Kind.HOUR, state=Settled.WAITING):
        if (hour.content or {}).get("person") == person:
            await hour.delete()
