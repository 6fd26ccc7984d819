"""Finds out, question by question, what somebody wants to ask everybody: for whom, in which way, what, and with which answers.

Whoever has said it all in one line is asked nothing. Nothing of a draft is kept when its questions are over.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from handlers import opening
from handlers.adoption import CIRCLES
from handlers.language import Ask, Call, Effect, Effects, Option, Refused, Say, inquiry
from handlers.names import people, room_name
from handlers.words import folded
from practices import clauses, drafts, rhythm
from practices.circles import Life
from practices.drafts import Draft
from practices.polls import forms
from practices.polls.poll import Way
from practices.understanding import NotUnderstood
from storage.members import Member
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room

#: How long somebody may think about the rest.
PATIENCE = timedelta(hours=1)

#: So many meetings ahead are offered for a time poll by the circle's own rhythm.
SLOTS = 5

KEYCAPS = tuple(Option(sign=f"{number}\ufe0f\u20e3", word=str(number)) for number in range(1, 10))

#: In the order in which they are offered: what is asked most comes first.
ORDER = (
    Way.CHOICE,
    Way.PROPOSAL,
    Way.SENSE,
    Way.COUNT,
    Way.TIMES,
    Way.QUESTION,
    Way.DOTS,
    Way.SCORE,
    Way.RANKED,
    Way.ADVICE,
    Way.CONSENT,
    Way.CONSENSUS,
    Way.GRADIENTS,
    Way.SEATS,
)

_WHAT = {
    Way.PROPOSAL: "What do you propose? One clear text that people can agree to.",
    Way.CONSENT: "What do you ask consent to?",
    Way.CONSENSUS: "What do you propose?",
    Way.GRADIENTS: "What do you propose?",
    Way.ADVICE: "What do you think of doing? People tell you what they see.",
    Way.COUNT: "What can people join?",
}

_ANSWERS = "What can people choose from? One a line, or with commas: Monday, Tuesday, Wednesday."
_TIMES = "Which times? For example: friday 18:00, saturday 10:00."


async def zone_for(call: Call) -> ZoneInfo:
    """The zone in which somebody means their words: their own in private, the circle's in a circle."""
    person = await Person.get_or_none(id=call.person)
    own = person.zone if person else None
    named = own if call.is_private else call.room.zone or own
    return ZoneInfo(named or call.house.zone)


async def begin(call: Call, text: str | None, way: Way | None) -> Effects:
    """Read what was said, and ask for the rest. Raises NotUnderstood and Refused."""
    draft = Draft(way=way)
    if text:
        zone = await zone_for(call)
        draft = drafts.read(text, now=call.at, zone=zone, way=way)
        if draft.way is None:
            draft = drafts.read(text, now=call.at, zone=zone, way=Way.CHOICE)
    return await go_on(call, None if call.is_private else call.room, draft)


async def go_on(call: Call, room: Room | None, draft: Draft) -> Effects:
    """Ask for the first thing that is missing; with everything said, ask the circle."""
    if room is None:
        circles = await circles_of(call)
        if len(circles) != 1:
            return _where(call, circles, draft)
        room = circles[0]
    if draft.way is None:
        return [_next(call, "poll-way", ways_words(), room, draft)]
    way = draft.way
    if not draft.topic and way is not Way.TIMES:
        return [_next(call, "poll-topic", _WHAT.get(way, "What do you want to ask?"), room, draft)]
    if drafts.has_options(way) and not draft.options:
        return [_next(call, "poll-options", _options_words(way, room), room, draft)]
    return await opening.ask(call, room, _whole(draft))


def _whole(draft: Draft) -> Draft:
    if draft.way is Way.TIMES and not draft.topic:
        return replace(draft, topic="When shall we meet?")
    return draft


def _options_words(way: Way, room: Room) -> str:
    if way is not Way.TIMES:
        return _ANSWERS
    again = " Or “rhythm”, for your next meetings." if room.rhythm is not None else ""
    return f"{_TIMES}{again}"


def ways_words() -> str:
    """The ways of asking, with what each is for."""
    lines = [
        f"{KEYCAPS[place].sign if place < len(KEYCAPS) else f'{place + 1}.'} **{way}** – {forms.form(way).purpose}"
        for place, way in enumerate(ORDER)
    ]
    return "\n".join(["How would you like to ask?", "", *lines])


def _next(call: Call, inquiry_: str, text: str, room: Room | None, draft: Draft) -> Ask:
    return Ask(
        inquiry=inquiry_,
        text=f"{text}\n\n*Your next message answers this; `stop` ends it.*",
        until=call.at + PATIENCE,
        data={"draft": drafts.as_state(draft), "room": room.id if room else None},
        person=call.person,
    )


def _where(call: Call, circles: list[Room], draft: Draft) -> Effects:
    if not circles:
        raise Refused(
            "You are in no circle that I look after, so there is nobody whom I could ask. Nothing was done."
        )
    lines = [
        f"{number}. **{room_name(each, f'your {each.kind}')}**"
        for number, each in enumerate(circles, start=1)
    ]
    text = "\n".join(["Whom do you want to ask?", "", *lines])
    return [_next(call, "poll-where", text, None, draft)]


async def circles_of(call: Call) -> list[Room]:
    """The circles in which the sender may ask, by name."""
    rooms = await Member.filter(person=call.person).values_list("room", flat=True)
    living = Q(life__isnull=True) | ~Q(life__in=[Life.CLOSED, Life.PAUSED])
    found = await Room.filter(living, id__in=list(rooms), kind__in=list(CIRCLES), joined=True)
    own = [room for room in found if call.person in await people(room, call.house.me)]
    return sorted(own, key=lambda room: ((room.name or "").casefold(), room.id))


# ------------------------------------------------------------------------------------------------ answers


def _anything(text: str, _call: Call) -> str:
    return text


def _a_way(text: str, _call: Call) -> Way:
    """A way by its name or its number in the list. Raises NotUnderstood."""
    word = folded(text)
    if word.isdecimal() and 1 <= int(word[:3]) <= len(ORDER):
        return ORDER[int(word[:3]) - 1]
    way = clauses.read_way(text)
    if way is None:
        raise NotUnderstood(
            "I don't know that way of asking. Its number is enough, or its name, such as “dot vote”."
        )
    return way


async def _known(question: Question) -> tuple[Room | None, Draft]:
    """What was said so far. Raises Refused when the circle is gone."""
    state: Any = question.data.get("draft")
    draft = drafts.from_state(state if isinstance(state, Mapping) else {})
    named = question.data.get("room")
    room = await Room.get_or_none(id=str(named)) if named else None
    if named and (room is None or room.kind not in CIRCLES):
        raise Refused("I don't look after that circle any more, so nothing was asked.")
    return room, draft


@inquiry(name="poll-where", options=KEYCAPS, takes_words=True)
async def where(call: Call, question: Question, said: str) -> Effects:
    """Somebody says whom they want to ask."""
    room, draft = await _known(question)
    circles, word = await circles_of(call), folded(said)
    if word.isdecimal() and 1 <= int(word[:4]) <= len(circles):
        room = circles[int(word[:4]) - 1]
    else:
        room = next((each for each in circles if folded(each.name or "") == word), None)
    if room is None:
        return [Say(text="I did not find whom you mean; the number in front of it is enough.")]
    await question.delete()
    return await go_on(call, room, draft)


@inquiry(name="poll-way", options=KEYCAPS, reads=_a_way, takes_words=True)
async def how(call: Call, question: Question, said: str) -> Effects:
    """Somebody says in which way."""
    way = _a_way(said, call)
    room, draft = await _known(question)
    await question.delete()
    return await go_on(call, room, replace(draft, way=way))


@inquiry(name="poll-topic", reads=_anything, takes_words=True)
async def what(call: Call, question: Question, said: str) -> Effects:
    """Somebody says what they want to ask; the answers and terms may stand with it."""
    room, draft = await _known(question)
    read = drafts.read(said, now=call.at, zone=await zone_for(call), way=draft.way)
    await question.delete()
    return await go_on(call, room, drafts.joined(draft, read))


@inquiry(name="poll-options", reads=_anything, takes_words=True)
async def which(call: Call, question: Question, said: str) -> Effects:
    """Somebody names the answers; terms may stand behind them."""
    room, draft = await _known(question)
    zone = await zone_for(call)
    if draft.way is Way.TIMES and folded(said) == "rhythm" and room is not None and room.rhythm:
        draft = replace(draft, options=_by_rhythm(call, room))
    else:
        draft = drafts.joined(
            draft, drafts.read_answers(said, now=call.at, zone=zone, way=draft.way)
        )
    await question.delete()
    return await go_on(call, room, draft)


def _by_rhythm(call: Call, room: Room) -> tuple[str, ...]:
    kept = rhythm.from_state(room.rhythm)
    zone = ZoneInfo(kept.zone)
    found: list[str] = []
    for occurrence in rhythm.occurrences(kept, call.at):
        found.append(occurrence.at.astimezone(zone).isoformat(timespec="minutes"))
        if len(found) == SLOTS:
            break
    return tuple(found)


def offered(call: Call) -> list[Effect]:
    """The ways of asking, and how to."""
    prefix = "" if call.is_private else call.house.prefix
    foot = (
        f"`{prefix}poll` asks you for the rest, `{prefix}poll dots Where to? Rome, Paris; until friday 18:00` says it in one. "
        "Terms, each behind a `;`: until …, opens …, hidden, after mine, secret, quorum 60 %, every month."
    )
    return [Say(text=f"{ways_words()}\n\n*{foot}*")]
