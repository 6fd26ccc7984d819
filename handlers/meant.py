"""Asks which was meant, where words answer what somebody does for themselves and name a time that somebody else asked about."""

from handlers.conversation import answered
from handlers.language import STOP, Call, Effects, Option, Say, inquiry
from handlers.unanswered import HERE, OTHER, WHICH
from storage.database import row_of
from storage.questions import Question

MINE = Option(sign="✏️", word="my answer here", also=("here", "my answer", "answer"))
TIMES = Option(sign="🗓️", word="the times", also=("times", "the time", "time"))


@inquiry(
    name=WHICH,
    options=(MINE, TIMES, STOP),
    alone=True,
    gist="which of two things you answered",
    late="That was asked a while ago. Nothing was changed.",
)
async def which(call: Call, question: Question, said: str) -> Effects:
    """What was said goes where it was meant to go, if that is still asked."""
    if said not in (MINE.word, TIMES.word, STOP.word):
        return [Say(text="Nothing was changed yet: ✏️ my answer here · 🗓️ the times · ✋ stop")]
    await question.delete()
    if said == STOP.word:
        return [Say(text="Left. Nothing was changed.")]
    meant = await row_of(Question, question.data[HERE if said == MINE.word else OTHER])
    if meant is None or meant.until <= call.at:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    return await answered(call, meant, str(question.data["said" if said == MINE.word else "times"]))
