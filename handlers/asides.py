"""Asides: what everybody in a room is asked, answered in the private chat, where nobody sees who says what.

It counts as if it had been tapped in the room. Only questions that name nobody can be answered so, by those who are asked.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from handlers.conversation import answered, chosen
from handlers.language import (
    Argument,
    Ask,
    Call,
    Effects,
    Inquiry,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.names import people, room_name
from handlers.words import escaped
from practices.circles import RoomKind
from practices.understanding import NotUnderstood, shown
from storage.database import row_of
from storage.members import Member, is_in
from storage.questions import Question
from storage.rooms import Room

#: How long the question which one is meant may be answered.
A_MOMENT = timedelta(minutes=30)

#: More questions than these do not stand open at once.
MOST = 9


@command(
    name="say",
    unseen=True,
    help="answer here, unseen, what everybody in a room of yours is asked",
    example="say no",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        Argument(
            name="word",
            help="a word or sign that the question offers, such as yes or no",
            rest=True,
            question="What do you answer? One of the words under the question, such as “yes” or “no”.",
        ),
    ),
)
async def say(call: Call, word: str) -> Effects:
    """Answer the one question that the word fits, or ask which is meant."""
    asked = await _asked_of(call)
    fitting = [question for question in asked if chosen(_of(call, question), word)]
    if not fitting:
        raise Refused(await _none_fits(call, word, asked))
    if len(fitting) == 1:
        return await _passed_on(call, fitting[0], word)
    lines = [f"{at}. {await _words(call, each)}" for at, each in enumerate(fitting[:MOST], 1)]
    return [
        Ask(
            inquiry="answer-which",
            person=call.person,
            until=call.at + A_MOMENT,
            data={"word": word, "questions": [each.id for each in fitting[:MOST]]},
            text="\n".join(["Which one? Its number is enough.", "", *lines]),
        )
    ]


async def _asked_of(call: Call) -> list[Question]:
    """What everybody in a room of the sender's is asked now without being named, newest first."""
    rooms = await Member.filter(person=call.person).values_list("room", flat=True)
    names = [each.name for each in call.house.catalogue.inquiries.values() if each.matter]
    asked = Question.filter(
        room__in=list(rooms), inquiry__in=names, person__isnull=True, until__gt=call.at
    )
    return [
        question
        for question in await asked.order_by("-id")
        if (room := await Room.get_or_none(id=question.room)) is not None
        and call.person in await people(room, call.house.me)
    ]


def _of(call: Call, question: Question) -> Inquiry:
    return call.house.catalogue.inquiries[question.inquiry]


async def _words(call: Call, question: Question) -> str:
    """What a question is about, and where it stands."""
    room = await Room.get_or_none(id=question.room)
    where = room_name(room, "a room of yours") if room else "a room of yours"
    return f"**{where}**: {_of(call, question).matter}"


async def _none_fits(call: Call, word: str, asked: Iterable[Question]) -> str:
    lines = []
    for question in asked:
        offered = ", ".join(option.word for option in _of(call, question).options)
        lines.append(f"- {await _words(call, question)} ({offered})")
    if not lines:
        return "Nothing is asked of everybody in a room of yours just now, so nothing was answered."
    said = escaped(shown(word))
    return "\n".join([f"{said} answers nothing that is asked now. What is:", "", *lines])


async def _passed_on(call: Call, question: Question, word: str) -> Effects:
    """It is heard in the question's own room, at once, as if it had been said there."""
    option = chosen(_of(call, question), word)
    assert option is not None
    return [
        Ring(
            ritual="aside",
            about=f"question:{question.id}",
            at=call.at,
            when=call.key[-60:],
            room=question.room,
            content={"question": question.id, "person": call.person, "word": option.word},
        ),
        Say(
            text=f"Good: **{option.word}**. {await _words(call, question)}. The others do not see that it comes from you."
        ),
    ]


def _number(text: str, _call: Call) -> int:
    digits = text.strip()[:1]
    if not digits.isdecimal() or digits == "0":
        raise NotUnderstood(f"I could not read {shown(text)} as a number, such as 1.")
    return int(digits)


@inquiry(name="answer-which", reads=_number)
async def which(call: Call, question: Question, said: str) -> Effects:
    """One of the questions that a word fits."""
    at, ids = _number(said, call), question.data.get("questions")
    asked = {each.id: each for each in await _asked_of(call)}
    meant = asked.get(ids[at - 1]) if isinstance(ids, list) and at <= len(ids) else None
    if meant is None:
        return [Say(text="There is no such question any more; another number, or `stop`.")]
    await question.delete()
    return await _passed_on(call, meant, str(question.data["word"]))


@ritual(name="aside", help="counts in its room what somebody has answered in private")
async def aside(call: Call) -> Effects:
    """The question may be decided, or the person gone, since."""
    question = await row_of(Question, call.content["question"])
    person = str(call.content["person"])
    if question is None or question.until <= call.at or not await is_in(call.room.id, person):
        return []
    return await answered(replace(call, sender=person), question, str(call.content["word"]))
