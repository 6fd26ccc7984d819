"""A question that everybody in a room answers: it holds when all agree, and one "no" ends it.

Nobody is named for what they said or did not say.
"""

from dataclasses import dataclass
from enum import StrEnum

from handlers import conversation
from handlers.language import NO, YES, Call, Effects
from handlers.names import people
from storage.questions import Question


class Voice(StrEnum):
    """Where a common question stands after one more answer."""

    WAITING = "waiting"
    AGREED = "agreed"
    ENDED = "ended"
    #: What was said is no answer, or comes from somebody who is not asked.
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Standing:
    """How many have agreed, of how many."""

    voice: Voice
    agreed: int
    of: int


async def hear_voice(call: Call, question: Question, said: str) -> Standing:
    """Take one answer into a common question; once it is decided, the question is gone."""
    asked = await people(call.room, call.house.me)
    if call.person not in asked or said not in (YES.word, NO.word):
        return Standing(Voice.NOTHING, 0, len(asked))
    if said == NO.word:
        await question.delete()
        return Standing(Voice.ENDED, 0, len(asked))
    question.answers = {**question.answers, call.person: said}
    agreed = sum(person in question.answers for person in asked)
    if agreed == len(asked):
        await question.delete()
        return Standing(Voice.AGREED, agreed, len(asked))
    await question.save(update_fields=["answers"])
    return Standing(Voice.WAITING, agreed, len(asked))


async def answered_instead(call: Call, word: str) -> Effects | None:
    """What follows when a word that is a command, such as `!close`, was said to an open question that offers it.

    One's own question comes before those to everybody, and the newest first. None when no question offers it.
    """
    asked = Question.filter(room=call.room.id, until__gt=call.at).order_by("-id")
    for question in sorted(await asked, key=lambda each: each.person != call.person):
        inquiry = call.house.catalogue.inquiries.get(question.inquiry)
        if question.person not in (None, call.person) or inquiry is None:
            continue
        if conversation.chosen(inquiry, word) is not None:
            return await conversation.answered(call, question, word)
    return None
