"""The morning after a one-to-one: each is asked whether they met, and what stays is yes and the day (R33).

It counts as met when somebody says yes and nobody no; what the other has said is told to nobody.
"""

from handlers.asking import asked, now_of
from handlers.dyads.appointments import (
    ONCE_MORE,
    RESTS,
    about,
    count_told,
    counted,
    in_place,
    is_of_two,
    may_tell,
    noted_met,
    of_hour,
    others,
    ring_of,
    what_is_next,
)
from handlers.dyads.one_to_one_arrangements import moved
from handlers.dyads.one_to_one_hours import STILL_ASKED
from handlers.language import Ask, Call, Effect, Effects, Option, Say, inquiry, ritual
from practices.dyads import Stage, read_met
from storage.database import row_of
from storage.dyads import OneToOne
from storage.questions import Question

MET = Option(sign="✅", word="yes", also=("y", "we met", "we did", "met", "👍", "✔"))
NOT_YET = Option(
    sign="⏳", word="not yet", also=("no", "n", "not", "nope", "not really", "✋", "❌", "👎")
)
AGAIN = Option(sign="🔁", word="another time", also=("yes", "others", "again", "✅"))
REST = Option(sign="🌙", word="let it rest", also=("rest", "no", "stop", "✋", "pass"))


async def _met_too_late(call: Call) -> Effects:
    """The morning lies three weeks back: nobody is asked any more."""
    one = await of_hour(call)
    return [] if one is None else await counted(call, one)


@ritual(
    name="one-to-one-met",
    help="asks on the morning after a one-to-one whether the two have met; once more, kindly, if nobody says",
    late=_met_too_late,
)
async def met_asked(call: Call) -> Effects:
    """The next morning, or once more three days later."""
    one = await of_hour(call)
    if one is None or one.at is None or one.stage is Stage.ARRANGING:
        return []
    person, once_more = str(call.content["person"]), bool(call.content.get("again"))
    one.stage = Stage.ASKED
    effects: list[Effect] = []
    # A yes is enough to ask nobody twice.
    silent = person in one.people and person not in one.suits
    if silent and may_tell(one, person) and not (once_more and any(one.suits.values())):
        count_told(call, one, person)
        effects += await asked(
            await in_place(call, one),
            person,
            f"Did you meet, {await others(one, person)} and you? I keep yes and the day, and nothing else.\n\n"
            "✅ yes · ⏳ not yet",
            about=about(one),
            inquiry="one-to-one-met",
            until=now_of(call) + ONCE_MORE + RESTS,
            data={"one_to_one": one.id},
        )
    await one.save()
    at = now_of(call) + ONCE_MORE
    if not once_more:
        content = {"person": person, "again": True}
        effects.append(
            ring_of(one, "one-to-one-met", at, f"{person} met again", at + STILL_ASKED, **content)
        )
    else:
        effects.append(ring_of(one, "one-to-one-rest", now_of(call) + RESTS, "rest after"))
    return effects


async def _claims(call: Call, question: Question, said: str) -> bool:
    """Whether words that begin like a command say that two met, or did not."""
    return read_met(said) is not None


@inquiry(
    name="one-to-one-met",
    options=(MET, NOT_YET),
    claims=_claims,
    late="That question has rested for a while. Nothing was changed.",
)
async def met_said(call: Call, question: Question, said: str) -> Effects:
    """A yes counts unless another says no; a “not yet” may look for another time."""
    one = await row_of(OneToOne, question.data.get("one_to_one"))
    met = {MET.word: True, NOT_YET.word: False}.get(said, read_met(said))
    if met is None:
        return [Say(text="A word is enough: ✅ yes · ⏳ not yet.")]
    await question.delete()
    if one is None or one.at is None or one.stage is not Stage.ASKED:
        return [Say(text="Thank you; nothing more is needed.")]
    one.suits = {**one.suits, call.person: [one.at.isoformat()] if met else []}
    await one.save()
    if met:
        return [Say(text="Good to hear."), *await _said(call, one)]
    return [
        Ask(
            inquiry="one-to-one-then",
            text="There is no hurry. Shall I look for another time?\n\n🔁 another time · 🌙 let it rest",
            until=call.at + ONCE_MORE,
            data={"one_to_one": one.id},
            person=call.person,
            private=True,
        )
    ]


async def _said(call: Call, one: OneToOne) -> list[Effect]:
    """When all have said yes it is over; else those who have not may still say, for some days."""
    if all(one.suits.get(each) for each in one.people):
        return await counted(call, one)
    return [ring_of(one, "one-to-one-rest", now_of(call) + ONCE_MORE, f"{call.person} said")]


@inquiry(name="one-to-one-then", options=(AGAIN, REST))
async def then_said(call: Call, question: Question, said: str) -> Effects:
    """Another time, or none this once."""
    one = await row_of(OneToOne, question.data.get("one_to_one"))
    if said not in (AGAIN.word, REST.word):
        return [Say(text="A word is enough: 🔁 another time · 🌙 let it rest.")]
    await question.delete()
    if one is None or one.stage is not Stage.ASKED:
        return [Say(text="Nothing more is needed.")]
    if said == AGAIN.word:
        await noted_met(call, one)  # of three, two may have
        return await moved(call, one)
    rests = Say(text=f"Good, it rests. {what_is_next(one)}".strip())
    if not is_of_two(one) and set(one.suits) < set(one.people):
        return [rests]  # the other two may still say yes
    return [rests, *await counted(call, one)]
