"""A parts check-in: five steps of getting to know a loud part of oneself, one prompt at a time (SELF-2, R26).

It is no therapy, and says so. Nothing that is written is read or kept, and nobody answers it; every step can be the last.
"""

from datetime import timedelta

from handlers.language import Ask, Call, Effect, Effects, Option, command, inquiry
from handlers.oneself import writing as writings
from handlers.oneself.writing import PASS, STOP
from practices.circles import RoomKind
from practices.journal import LAST, STEPS
from storage.journals import Way, Writing
from storage.questions import Question

NEXT = Option(sign="▶️", word="next", also=("on", "ready", "go on"))
STOP_HERE = Option(sign="✋", word="stop here", also=(STOP.word, *STOP.also))

#: Whoever goes no further has stopped, after so long.
LONGEST = timedelta(hours=1)


@command(
    name="parts",
    unseen=True,
    help="a quiet check-in with the loud parts of yourself, in five steps",
    example="parts",
    kinds=frozenset({RoomKind.PRIVATE}),
)
async def parts(call: Call) -> Effects:
    """Begin; what it is and is not comes first."""
    words = (
        "**A check-in with your parts:** five steps, about ten minutes, alone. This is **not therapy**, and I only show the "
        "steps. If you are in a crisis or somebody harms you, please turn to people: `safety` shows whom."
    )
    return await writings.begin(call, Way.PARTS, words)


async def first(call: Call, writing: Writing) -> list[Effect]:
    """The first step."""
    return [*await writings.silent(writing, call, LONGEST), _step(call, writing)]


writings.BEGINS[Way.PARTS] = first


def _step(call: Call, writing: Writing) -> Ask:
    place = f"**{writing.step + 1} of {len(STEPS)}**"
    return Ask(
        inquiry="parts-step",
        text=f"{place}\n\n*{STEPS[writing.step]}*\n\n▶️ next · ⏭️ pass · ✋ stop here",
        until=writing.ends or call.at + LONGEST,
        data={"writing": writing.id},
        person=writing.person,
    )


@inquiry(
    name="parts-step",
    options=(NEXT, Option(sign=PASS.sign, word=PASS.word, also=("skip",)), STOP_HERE),
    alone=True,
)
async def step(call: Call, question: Question, said: str) -> Effects:
    """On to the next step, or the end; whatever else is said was not for us."""
    writing = await writings.of(question)
    if writing is None:
        await question.delete()
        return []
    if said == STOP_HERE.word:
        return await writings.ended(call, writing, "Stopped here. It was yours.")
    if said not in (NEXT.word, PASS.word):
        return []
    await question.delete()
    writing.step += 1
    if writing.step >= len(STEPS):
        return await writings.ended(call, writing, f"Thank you. *{LAST}*")
    await writing.save(update_fields=["step"])
    return [_step(call, writing)]
