"""The morning after a one-to-one: each is asked whether they met, and what stays is yes and the day (R33)."""

from handlers.asking import asked, now_of
from handlers.dyads.appointments import (
    ONCE_MORE,
    RESTS,
    about,
    count_told,
    in_place,
    may_tell,
    of_hour,
    others,
    over,
    ring_of,
    what_is_next,
    zone_for,
)
from handlers.dyads.one_to_one_arrangements import moved
from handlers.dyads.one_to_one_hours import STILL_ASKED
from handlers.language import Ask, Call, Effect, Effects, Option, Say, inquiry, ritual
from practices import clock
from practices.dyads import Ended, Stage
from storage.database import row_of
from storage.dyads import OneToOne, have_met
from storage.questions import Question

MET = Option(sign="✅", word="yes", also=("y", "we met", "we did", "met", "👍", "✔"))
NOT_YET = Option(sign="⏳", word="not yet", also=("no", "n", "not", "✋", "❌", "👎"))
AGAIN = Option(sign="🔁", word="another time", also=("yes", "others", "again", "✅"))
REST = Option(sign="🌙", word="let it rest", also=("rest", "no", "stop", "✋", "pass"))


async def _met_too_late(call: Call) -> Effects:
    """The morning lies three weeks back: nobody is asked any more."""
    one = await of_hour(call)
    return [] if one is None else await over(call, one, Ended.RESTED)


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
    person = str(call.content["person"])
    one.stage = Stage.ASKED
    effects: list[Effect] = []
    if person in one.people and may_tell(one, person):
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
    if not call.content.get("again"):
        content = {"person": person, "again": True}
        effects.append(
            ring_of(one, "one-to-one-met", at, f"{person} met again", at + STILL_ASKED, **content)
        )
    else:
        effects.append(ring_of(one, "one-to-one-rest", now_of(call) + RESTS, "rest after"))
    return effects


@inquiry(
    name="one-to-one-met",
    options=(MET, NOT_YET),
    late="That question has rested for a while. Nothing was changed.",
)
async def met_said(call: Call, question: Question, said: str) -> Effects:
    """One yes is enough; a “not yet” may look for another time."""
    one = await row_of(OneToOne, question.data.get("one_to_one"))
    if said not in (MET.word, NOT_YET.word):
        return [Say(text="A word is enough: ✅ yes · ⏳ not yet.")]
    await question.delete()
    if one is None or one.at is None or one.stage is not Stage.ASKED:
        return [Say(text="Thank you; nothing more is needed.")]
    if said == MET.word:
        zone = await zone_for(call, one, call.person)
        await have_met(one.room, one.people, clock.wall(one.at, zone).date())
        return [Say(text="Good to hear."), *await over(call, one, Ended.MET)]
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
        return await moved(call, one)
    return [
        Say(text=f"Good, it rests. {what_is_next(one)}".strip()),
        *await over(call, one, Ended.RESTED),
    ]
