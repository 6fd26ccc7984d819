"""Finds out, question by question, what somebody wants to ask everybody: for whom, in which way, what, and with which answers.

Whoever has said it all in one line is asked nothing. Nothing of a draft is kept when its questions are over, and whoever
takes back the message with which they began is asked no more. Who looks for a time in a circle with a rhythm is shown
times that it suggests, and asks those or others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from handlers.conversation import answered_by
from handlers.house.adoption import CIRCLES
from handlers.language import (
    CHANGE,
    YES,
    Ask,
    Call,
    Change,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    inquiry,
    watch,
)
from handlers.meetings.meetings import quiet_for
from handlers.names import people, room_name
from handlers.polls import opening
from handlers.words import folded
from practices import clauses, clock, drafts, rhythm, slots
from practices.circles import Life
from practices.drafts import Draft
from practices.meetings import Quiet
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
    room = None if call.is_private else call.room
    return await go_on(call, _Begun(room=room, draft=draft, request=call.event_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """What somebody has begun to ask, as far as they have said it."""

    #: Whom they ask; None while that is not said.
    room: Room | None
    draft: Draft
    #: The message with which they began: it is the one that asked.
    request: str | None


async def go_on(call: Call, begun: _Begun) -> Effects:
    """Ask for the first thing that is missing; with everything said, ask the circle."""
    room, draft = begun.room, begun.draft
    if room is None:
        circles = await circles_of(call)
        if len(circles) != 1:
            return _where(call, circles, begun)
        room = circles[0]
        begun = replace(begun, room=room)
    if draft.way is None:
        return [_next(call, "poll-way", ways_words(), begun)]
    way = draft.way
    if not draft.topic and way is not Way.TIMES:
        return [_next(call, "poll-topic", _WHAT.get(way, "What do you want to ask?"), begun)]
    if drafts.has_options(way) and not draft.options:
        suggested = await _suggested(call, room, draft) if way is Way.TIMES else ()
        if suggested:
            return [await _suggestion(call, begun, room, suggested)]
        return [_next(call, "poll-options", _options_words(way, room), begun)]
    return await opening.ask(call, room, _whole(draft), request=begun.request)


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


def _next(
    call: Call, inquiry_: str, text: str, begun: _Begun, slots: tuple[datetime, ...] = ()
) -> Ask:
    room = begun.room
    return Ask(
        inquiry=inquiry_,
        text=f"{text}\n\n{answered_by(in_room=not call.is_private)}",
        until=call.at + PATIENCE,
        data={
            "draft": drafts.as_state(begun.draft),
            "room": room.id if room else None,
            "request": begun.request,
            "slots": [at.isoformat() for at in slots],
        },
        person=call.person,
    )


def _where(call: Call, circles: list[Room], begun: _Begun) -> Effects:
    if not circles:
        raise Refused(
            "You are in no circle that I look after, so there is nobody whom I could ask. Nothing was done."
        )
    lines = [
        f"{number}. **{room_name(each, f'your {each.kind}')}**"
        for number, each in enumerate(circles, start=1)
    ]
    text = "\n".join(["Whom do you want to ask?", "", *lines])
    return [_next(call, "poll-where", text, begun)]


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


async def _known(question: Question) -> _Begun:
    """What was said so far. Raises Refused when the circle is gone."""
    state: Any = question.data.get("draft")
    draft = drafts.from_state(state if isinstance(state, Mapping) else {})
    named = question.data.get("room")
    room = await Room.get_or_none(id=str(named)) if named else None
    if named and (room is None or room.kind not in CIRCLES):
        raise Refused("I don't look after that circle any more, so nothing was asked.")
    request = question.data.get("request")
    return _Begun(room=room, draft=draft, request=str(request) if request else None)


@inquiry(name="poll-where", options=KEYCAPS, takes_words=True, begun=True)
async def where(call: Call, question: Question, said: str) -> Effects:
    """Somebody says whom they want to ask."""
    begun = await _known(question)
    room, circles, word = begun.room, await circles_of(call), folded(said)
    if word.isdecimal() and 1 <= int(word[:4]) <= len(circles):
        room = circles[int(word[:4]) - 1]
    else:
        room = next((each for each in circles if folded(each.name or "") == word), None)
    if room is None:
        return [Say(text="I did not find whom you mean; the number in front of it is enough.")]
    await question.delete()
    return await go_on(call, replace(begun, room=room))


@inquiry(name="poll-way", options=KEYCAPS, reads=_a_way, takes_words=True, begun=True)
async def how(call: Call, question: Question, said: str) -> Effects:
    """Somebody says in which way."""
    way = _a_way(said, call)
    begun = await _known(question)
    await question.delete()
    return await go_on(call, replace(begun, draft=replace(begun.draft, way=way)))


@inquiry(name="poll-topic", reads=_anything, takes_words=True, begun=True)
async def what(call: Call, question: Question, said: str) -> Effects:
    """Somebody says what they want to ask; the answers and terms may stand with it."""
    begun = await _known(question)
    read = drafts.read(said, now=call.at, zone=await zone_for(call), way=begun.draft.way)
    await question.delete()
    return await go_on(call, replace(begun, draft=drafts.joined(begun.draft, read)))


@inquiry(name="poll-options", reads=_anything, takes_words=True, begun=True)
async def which(call: Call, question: Question, said: str) -> Effects:
    """Somebody names the answers; terms may stand behind them."""
    begun = await _known(question)
    draft = await _with_answers(call, begun, said)
    await question.delete()
    return await go_on(call, replace(begun, draft=draft))


async def _with_answers(call: Call, begun: _Begun, said: str) -> Draft:
    """The draft with the answers that somebody names. Raises NotUnderstood."""
    draft, room, zone = begun.draft, begun.room, await zone_for(call)
    if draft.way is Way.TIMES and folded(said) == "rhythm" and room is not None and room.rhythm:
        return replace(draft, options=_by_rhythm(call, room))
    return drafts.joined(draft, drafts.read_answers(said, now=call.at, zone=zone, way=draft.way))


def _by_rhythm(call: Call, room: Room) -> tuple[str, ...]:
    kept = rhythm.from_state(room.rhythm)
    zone = ZoneInfo(kept.zone)
    found: list[str] = []
    for occurrence in rhythm.occurrences(kept, call.at):
        found.append(occurrence.at.astimezone(zone).isoformat(timespec="minutes"))
        if len(found) == SLOTS:
            break
    return tuple(found)


# ------------------------------------------------------------------------------- times by the rhythm

#: The suggestion as it stands, or others.
SUGGESTED = (YES, CHANGE)


async def _suggested(call: Call, room: Room, draft: Draft) -> tuple[datetime, ...]:
    """Times that the rhythm of a circle suggests for a time poll, at night for nobody; none without one that goes on."""
    if room.rhythm is None:
        return ()
    kept = rhythm.from_state(room.rhythm)
    opens = draft.opens or call.at
    closes = draft.closes or opens
    if draft.length is not None:
        zone = call.house.zone_of(room)
        closes = clock.resolve(clock.wall(opens, zone) + draft.length, zone)
    # The poll is over before the first of them, and there is time to answer it.
    after = max(closes, opens + slots.AHEAD)
    return slots.suggested(kept, after=after, now=call.at, nights=await _nights(call, room))


async def _nights(call: Call, room: Room) -> frozenset[tuple[ZoneInfo, Quiet]]:
    """The zone and quiet hours of each of a circle, whether they let themselves be called or not."""
    here = await people(room, call.house.me)
    known = {person.id: person async for person in Person.filter(id__in=here)}
    circles = call.house.zone_of(room)
    found = set()
    for each in here:
        told = known.get(each)
        own = ZoneInfo(told.zone) if told is not None and told.zone else circles
        found.add((own, quiet_for(told, room)))
    return frozenset(found)


async def _suggestion(
    call: Call, begun: _Begun, room: Room, suggested: tuple[datetime, ...]
) -> Ask:
    """The times as its asker's clocks show them, and what they may do with them."""
    circles, own = call.house.zone_of(room), await zone_for(call)
    lines = [
        f"{number}. {_shown(at, own, circles)}" for number, at in enumerate(suggested, start=1)
    ]
    usual = rhythm.words(rhythm.from_state(room.rhythm))
    text = "\n".join(
        [
            f"You usually meet **{usual}**, so I would ask for these:",
            "",
            *lines,
            "",
            "✅ ask for these · ✏️ others",
            "",
            "“1 3 4” asks for some of them, “friday 18:00, saturday 10:00” for your own, “rhythm” for your next meetings.",
        ]
    )
    return _next(call, "poll-slots", text, begun, suggested)


def _shown(at: datetime, own: ZoneInfo, circles: ZoneInfo) -> str:
    """A time by the reader's clocks, and by the circle's where those show another."""
    there = clock.short_words(at, circles)
    words = clock.short_words(at, own)
    return words if words == there else f"{words} ({there} there)"


def _times_said(text: str, call: Call) -> str:
    """Times, or which of those suggested: among people everything else is talk. Raises NotUnderstood."""
    if folded(text) != "rhythm" and slots.chosen(text, slots.MOST) is None:
        drafts.read_answers(text, now=call.at, zone=call.circle_zone, way=Way.TIMES)
    return text


@inquiry(name="poll-slots", options=SUGGESTED, reads=_times_said, takes_words=True, begun=True)
async def when(call: Call, question: Question, said: str) -> Effects:
    """Somebody takes the times that were suggested, some of them, or names others."""
    begun = await _known(question)
    if said == CHANGE.word:
        await question.delete()
        return [_next(call, "poll-options", _TIMES, begun)]
    listed = question.data.get("slots")
    shown = [str(each) for each in listed] if isinstance(listed, list) else []
    places = range(len(shown)) if said == YES.word else slots.chosen(said, len(shown))
    if places is not None:
        draft = replace(begun.draft, options=tuple(shown[place] for place in places))
    else:
        draft = await _with_answers(call, begun, said)
    await question.delete()
    return await go_on(call, replace(begun, draft=draft))


@watch(kind=Change.TAKEN_BACK)
async def taken_back(call: Call) -> Effects:
    """Somebody took back the message with which they began to ask: what is still asked of them step by step is not."""
    target = call.content.get("target")
    own = await Question.filter(person=call.sender, until__gt=call.at)
    open_ = [each for each in own if target and each.data.get("request") == target]
    for question in open_:
        await question.delete()
    return [Say(text="You took that message back, so nothing is asked.", answers=False)][
        : len(open_)
    ]


def offered(call: Call) -> list[Effect]:
    """The ways of asking, and how to."""
    prefix = "" if call.is_private else call.house.prefix
    foot = (
        f"`{prefix}poll` asks you for the rest, `{prefix}poll dots Where to? Rome, Paris; until friday 18:00` says it in one. "
        f"Terms, each behind a `;`: {', '.join(clauses.TERMS)}."
    )
    return [Say(text=f"{ways_words()}\n\n*{foot}*")]
