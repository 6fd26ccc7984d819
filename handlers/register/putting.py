"""Puts something about the register to everybody of a circle, from wherever it was said, and hears what they say.

In a crew or a dyad it holds when all have said yes. Where more people are about, silence is consent: on a day that is
said beforehand it holds if one more than whoever wished it has said yes, and nobody no.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.asking import now_of
from handlers.consent import Voice, hear_voice, proposed, seconded, standing_words, ten_o_clock
from handlers.language import NO, YES, Call, CallOff, Edit, Effect, Ring, Say
from handlers.meetings import meetings
from practices import clock
from practices.circles import RoomKind
from storage.database import row_of
from storage.questions import Question
from storage.rooms import Room

#: Where everybody knows everybody all of them say yes.
CLOSE = frozenset({RoomKind.CREW, RoomKind.DYAD})

#: So long a question stays after its day, so that a late hour still finds it.
STAYS = timedelta(days=14)


def _about(question: Question) -> str:
    return f"register:{question.id}"


def silence(call: Call, room: Room) -> datetime | None:
    """When silence is consent in a circle; None where all of them say yes."""
    if room.kind in CLOSE:
        return None
    days = timedelta(days=int(meetings.setting(room, "invitation-days")))
    return ten_o_clock(now_of(call) + days, call.house.zone_of(room))


def rule(call: Call, room: Room) -> str:
    """When what is asked holds, in words."""
    day = silence(call, room)
    if day is None:
        return "It holds when each of you has said yes."
    until = clock.short_words(day, call.house.zone_of(room))
    return (
        f"It holds when each of you has said yes, or on **{until}** if one more of you has said yes by then and nobody "
        "has said no."
    )


async def put(
    call: Call, room: Room, inquiry: str, ritual: str, text: str, data: Mapping[str, Any]
) -> list[Effect]:
    """Ask everybody of a circle; whoever wishes it has said yes. `ritual` is the hour on which silence is consent."""
    answers, standing = await proposed(call, room)
    wishes = bool(answers)
    day = silence(call, room)
    question = await Question.create(
        room=room.id,
        inquiry=inquiry,
        data={**data, "text": text, "by": call.person if wishes else ""},
        answers=answers,
        until=(day or now_of(call)) + STAYS,
    )
    effects: list[Effect] = [
        Say(
            text=standing_words(call, room, text, standing, proposing=wishes),
            room=room.id,
            name=f"question:{question.id}",
            taps=(YES.sign, NO.sign),
            answers=False,
        )
    ]
    if day is not None:
        effects.append(
            Ring(
                ritual=ritual,
                about=_about(question),
                at=day,
                room=room.id,
                content={"question": question.id},
            )
        )
    return effects


async def heard(call: Call, question: Question, said: str) -> tuple[Voice, list[Effect]]:
    """Take one answer in; the message says how many have agreed, as long as some are waited for."""
    standing = await hear_voice(call, question, said)
    if standing.voice is Voice.WAITING:
        text = standing_words(call, call.room, str(question.data.get("text", "")), standing)
        return standing.voice, [Edit(name=f"question:{question.id}", text=text)]
    if standing.voice is Voice.NOTHING:
        return standing.voice, []
    return standing.voice, [CallOff(about=_about(question))]


async def by_silence(call: Call) -> Question | None:
    """What the circle has agreed to by silence, on its day; None when nobody took it up, or it is asked no more.

    The question is gone with it. To be called by the ritual that `put` names.
    """
    question = await row_of(Question, call.content["question"])
    if question is None or not await seconded(call, question):
        return None
    await question.delete()
    return question


async def struck(call: Call) -> list[Effect]:
    """Nobody else took up what was asked until its day: it is asked no more, and says so."""
    question = await row_of(Question, call.content["question"])
    if question is None:
        return []
    await question.delete()
    text = "Nobody else took this up in its time, so nothing was changed."
    return [Edit(name=f"question:{question.id}", text=text, room=question.room)]
