"""Choosing somebody: whoever is named is asked first, in private, and then all of those who send them (R16, DEC-5).

It holds by consent and until a day, which is never over before all were asked. A no of whoever was named is told to nobody
but whoever named them; a no of the others names nobody.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.asking import asked, now_of, whispered
from handlers.consent import (
    Standing,
    Voice,
    hear_voice,
    is_whole,
    nowhere_to_ask,
    seconded,
    standing_words,
    ten_o_clock,
)
from handlers.domains.cards import morning, zone_of
from handlers.language import (
    GLADLY,
    NO,
    NOT_THIS_TIME,
    YES,
    Call,
    CallOff,
    Edit,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
)
from handlers.meetings import meetings
from handlers.names import people
from practices import cards, clock
from storage.database import row_of
from storage.questions import Question
from storage.rooms import Room

_UNTIL = re.compile(r"\s+(?:until|for|till)\s+(?P<until>.+)\Z", re.IGNORECASE | re.DOTALL)

_NOT_ANY_MORE = "That is not asked any more; nothing was changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Somebody who would be chosen, as things are now."""

    #: Who chooses; its clocks and settings count.
    circle: Room
    #: Where all of them are asked; None: there is no room for it.
    table: Room | None
    person: str
    #: Their last day.
    until: date
    #: What they would be chosen for, as a question keeps it.
    what: Mapping[str, object]
    #: The same in words, as in “for **Kitchen**”.
    title: str
    #: What private words about it belong to.
    about: str
    #: Whether it holds on the day of the question if one more has said yes and nobody no.
    silence: bool
    #: So many have to be there to agree.
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is particular to one kind of choice."""

    #: The inquiries of whoever is named and of all, and the ritual of the day.
    own: str
    common: str
    day: str
    #: What the hours of a choice belong to begins so.
    hours: str
    #: What a question's data is about, for this person and until this day; None: it cannot be so any more.
    found: Callable[[Call, Mapping[str, object], str, date], Awaitable[Choice | None]]
    #: What all are asked; the day is in words.
    proposal: Callable[[Choice, str], Awaitable[str]]
    chosen: Callable[[Call, Choice], Awaitable[list[Effect]]]


def _days(circle: Room) -> timedelta:
    return timedelta(days=int(meetings.setting(circle, "invitation-days")))


# ------------------------------------------------------------------------------------------------- naming


def until_in(call: Call, circle: Room, rest: str, usual: date) -> tuple[str, date]:
    """A name, and the last day that is said behind it or the usual one. Raises NotUnderstood."""
    said = _UNTIL.search(f" {rest}")
    if said is None:
        return rest.strip(), usual
    until = cards.read_day(said["until"], now=call.at, zone=zone_of(call, circle))
    return f" {rest}"[: said.start()].strip(), until


def check_day(call: Call, circle: Room, person: str, until: date) -> None:
    """Refuse a last day that may be over before all were asked. Raises Refused."""
    asking = _days(circle) * (1 if person == call.person else 2)
    soonest = clock.wall(call.at + asking, zone_of(call, circle)).date() + timedelta(days=1)
    if until < soonest:
        raise Refused(
            f"Until {clock.long_day(until)} is too short: asking can take until {clock.long_day(soonest - timedelta(days=1))}, and the "
            f"term would be over before it began. Nothing was changed; with `until` and {clock.long_day(soonest)} behind the name, or "
            "any later day, it can be asked."
        )


async def offered(call: Call, way: Way, choice: Choice, text: str, done: str) -> list[Effect]:
    """Ask whoever is named; whoever names themselves has said yes to it."""
    if choice.person == call.person:
        return await _put_to_all(call, way, choice)
    until, circle = choice.until.isoformat(), choice.circle
    question = await asked(
        call,
        choice.person,
        f"{text}\n\n{GLADLY.sign} {GLADLY.word} · {NOT_THIS_TIME.sign} {NOT_THIS_TIME.word}",
        about=choice.about,
        inquiry=way.own,
        until=call.at + _days(circle),
        data={**choice.what, "by": call.person, "until": until, "room": circle.id},
    )
    return [*question, Say(text=done)]


async def willing(call: Call, way: Way, question: Question, said: str, done: str) -> Effects:
    """Whoever was named says whether they would like to; a no is told to nobody but whoever named them."""
    if said not in (GLADLY.word, NOT_THIS_TIME.word):
        return [Say(text="Say gladly, or not this time; both are fine.")]
    await question.delete()
    choice = await _found(call, way, question, call.person)
    if choice is None:
        return [Say(text="That is not asked any more, so nothing was changed.")]
    if said == GLADLY.word:
        return [*await _put_to_all(call, way, choice), Say(text=done)]
    by = str(question.data.get("by") or "")
    text = f"Not this time, for {choice.title}. Naming somebody else is as easy."
    told = await whispered(call, by, text, about=choice.about, dispensable=True) if by else []
    return [*told, Say(text="Good, and it needs no reason.")]


async def _found(call: Call, way: Way, question: Question, person: str) -> Choice | None:
    """What a question is about, if that can still be so: nobody is chosen for a time that is over."""
    until = date.fromisoformat(str(question.data["until"]))
    choice = await way.found(call, question.data, person, until)
    if choice is None or morning(call, choice.circle, until) <= now_of(call):
        return None
    return choice


# ------------------------------------------------------------------------------------------------- all of them


async def _put_to_all(call: Call, way: Way, choice: Choice) -> list[Effect]:
    """Ask all of those who would send them."""
    effects: list[Effect] = []
    for former in await Question.filter(inquiry=way.common):
        if choice.what.items() <= former.data.items():
            await former.delete()
            effects += [
                Edit(name=f"question:{former.id}", text="Asked again below.", room=former.room),
                CallOff(about=_hours(way, former)),
            ]
    if choice.table is None:
        return [*effects, Say(text=nowhere_to_ask(call, choice.circle))]
    here = await people(choice.table, call.house.me)
    if here == [choice.person] and choice.least <= 1:
        return [*effects, *await way.chosen(call, choice)]
    return [*effects, *await _asked(call, way, choice, choice.table, len(here))]


async def _asked(call: Call, way: Way, choice: Choice, table: Room, size: int) -> list[Effect]:
    zone, days = zone_of(call, choice.circle), _days(choice.circle)
    end = ten_o_clock(now_of(call) + days, zone)
    day = clock.wall(end, zone).date()
    question = await Question.create(
        room=table.id,
        inquiry=way.common,
        data={
            **choice.what,
            "by": choice.person,
            "until": choice.until.isoformat(),
            "day": day.isoformat(),
        },
        answers={choice.person: YES.word},
        # It outlives its day, so that a late hour still finds it.
        until=end + days,
    )
    standing = Standing(Voice.WAITING, 1, max(size, choice.least))
    return [
        Say(
            text=standing_words(call, table, await _words(way, choice, question), standing),
            room=table.id,
            name=f"question:{question.id}",
            taps=(YES.sign, NO.sign),
            answers=False,
        ),
        Ring(
            ritual=way.day,
            about=_hours(way, question),
            at=end,
            room=table.id,
            content={"question": question.id},
        ),
    ]


async def _words(way: Way, choice: Choice, question: Question) -> str:
    day = clock.long_day(date.fromisoformat(str(question.data["day"])))
    asks = await way.proposal(choice, day)
    return f"{asks}\n\n{YES.sign} {YES.word} · {NO.sign} {NO.word}"


def _hours(way: Way, question: Question) -> str:
    return f"{way.hours}:{question.id}"


async def heard(call: Call, way: Way, question: Question, said: str) -> Effects:
    """Count the voices of those who are asked."""
    message = f"question:{question.id}"
    choice = await _found(call, way, question, str(question.data.get("by")))
    over = CallOff(about=_hours(way, question))
    if choice is None:
        await question.delete()
        return [over, Edit(name=message, text=_NOT_ANY_MORE)]
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            text = f"{_begins(choice)}: all {standing.of} of you have said yes."
            return [over, Edit(name=message, text=text), *await way.chosen(call, choice)]
        case Voice.ENDED:
            return [over, Edit(name=message, text=_nobody(choice))]
        case Voice.WAITING:
            text = await _words(way, choice, question)
            return [Edit(name=message, text=standing_words(call, call.room, text, standing))]
        case Voice.NOTHING:
            return []


def _begins(choice: Choice) -> str:
    """What somebody is chosen for, at the beginning of a sentence."""
    return choice.title[:1].upper() + choice.title[1:]


def _nobody(choice: Choice) -> str:
    return f"{_begins(choice)}: nobody new is chosen now, and that needs no reason. Naming somebody else is as easy."


async def day_came(call: Call, way: Way) -> Effects:
    """The day of a choice has come."""
    question = await row_of(Question, call.content["question"])
    if question is None:
        return []
    message = f"question:{question.id}"
    choice = await _found(call, way, question, str(question.data.get("by")))
    await question.delete()
    if choice is None:
        return [Edit(name=message, text=_NOT_ANY_MORE)]
    if not choice.silence or not await seconded(call, question):
        return [Edit(name=message, text=_nobody(choice))]
    text = f"{_begins(choice)}: you have agreed, since nobody has said no."
    return [Edit(name=message, text=text), *await way.chosen(call, choice)]


async def fewer(call: Call, way: Way) -> list[Effect]:
    """Somebody has left where all are asked: those who stay may have agreed."""
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry=way.common):
        message, person = f"question:{question.id}", str(question.data.get("by"))
        choice = await _found(call, way, question, person)
        if choice is None or person == call.person:
            await question.delete()
            effects += [
                CallOff(about=_hours(way, question)),
                Edit(name=message, text=_NOT_ANY_MORE),
            ]
        elif await is_whole(call, question) >= max(choice.least, 1):
            await question.delete()
            effects += [
                CallOff(about=_hours(way, question)),
                Edit(name=message, text=f"{_begins(choice)}: you have agreed."),
                *await way.chosen(call, choice),
            ]
    return effects
