"""The three months of an onboarding pair: a thought in weeks 1, 4, 8 and 12, and times to talk (R43).

Each of the two is spoken to on their own clock, and passing is as good; what is late by days is left out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers import askings
from handlers.asking import now_of, zone_of
from handlers.dyads import one_to_one_arrangements
from handlers.language import Call, Effect, Effects, Option, Ring, Say, inquiry, ritual
from handlers.names import name
from handlers.welcome import onboardings, promises
from handlers.welcome.onboardings import MORNING, PASS, STILL_PROMPTED, WRITING
from handlers.welcome.promises import WRITE
from practices import clock
from practices import onboarding as pure
from practices.dyads import Occasion
from practices.onboarding import Standing
from storage.database import row_of
from storage.dyads import OneToOne
from storage.onboardings import Onboarding
from storage.questions import Question
from storage.rooms import Room

TIME = Option(sign="✅", word="look for a time", also=("yes", "a time", "meet", "👍", "✔"))


async def hours(call: Call, row: Onboarding) -> list[Effect]:
    """The prompts of each of the two, on their own clocks, and the closing question (R43)."""
    assert row.began is not None
    space, rings = await onboardings.space_of(row), []
    for person in onboardings.the_two(row):
        zone = await zone_of(call, person, space)
        for week, day in pure.weeks(row.began):
            at = clock.resolve(datetime.combine(day, MORNING), zone)
            side = promises.side_of(row, person)
            rings.append(
                Ring(
                    ritual="welcome-week",
                    about=onboardings.about(row),
                    at=at,
                    when=f"{side} {week}",
                    useful_until=at + STILL_PROMPTED,
                    room=row.room,
                    content={"onboarding": row.id, "week": week, "side": side},
                )
            )
    return [*rings, closing_hour(call, space, row)]


def closing_hour(call: Call, space: Room, row: Onboarding) -> Ring:
    """The hour of its closing question, three months after it began (R16, R43)."""
    at = clock.resolve(datetime.combine(row.review, MORNING), call.house.zone_of(space))
    return Ring(
        ritual="welcome-closing",
        about=onboardings.about(row),
        at=at,
        when=f"closing {at.isoformat()}",
        room=row.room,
        content={"onboarding": row.id},
    )


@ritual(
    name="welcome-week",
    help="offers each of an onboarding pair something to think of, in weeks 1, 4, 8 and 12",
)
async def week_prompt(call: Call) -> Effects:
    """A thought, and a tap that looks for a time; passing is as good."""
    row = await row_of(Onboarding, call.content.get("onboarding"))
    if row is None or row.state not in WRITING:
        return []
    week = int(str(call.content["week"]))
    person = row.newcomer if call.content["side"] == "n" else row.other(row.newcomer)
    who = await name(row.room, row.other(person))
    said = promises.read(call, row)
    written = bool(said.commits.get(promises.side_of(row, person)))
    parts = [f"**Week {week} with {who}.** {pure.prompt(week)}"]
    if said.standing() is Standing.ACTIVE:
        parts.append(await promises.both_sides(row, said, person))
    elif not written:
        parts.append(
            "Your pair is proposed until both of you have written what you commit to; ✏️ writes yours."
        )
    parts.append(f"✅ look for a time{'' if written else ' · ✏️ write'} · ⏭️ pass")
    return await onboardings.ask(
        call,
        row,
        person,
        "\n\n".join(parts),
        "welcome-week",
        until=now_of(call) + timedelta(days=7),
        without=(WRITE.word,) if written else (),
    )


@inquiry(
    name="welcome-week",
    options=(TIME, WRITE, PASS),
    late="`welcome meet` looks for a time at any time.",
)
async def week_said(call: Call, question: Question, said: str) -> Effects:
    """A time is looked for, or it is let be."""
    if said not in (TIME.word, WRITE.word, PASS.word):
        return [Say(text="A word is enough: ✅ look for a time · ⏭️ pass.")]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or said == PASS.word:
        return [Say(text="Good. `welcome` shows where you stand.")]
    return await (promises.writes(call, row) if said == WRITE.word else meets(call, row))


async def meet(call: Call, row: Onboarding, *, unasked: Iterable[str] = ()) -> list[Effect]:
    """A time is looked for by both; after it whoever has not written is offered to."""
    return await one_to_one_arrangements.begin(
        call,
        onboardings.the_two(row),
        circle=row.room,
        occasion=Occasion.ONBOARDING,
        subject=onboardings.about(row),
        unasked=unasked,
    )


async def meets(call: Call, row: Onboarding) -> list[Effect]:
    """One of the two would like to talk; if a time is looked for already, that is said. Raises Refused when asked lately."""
    if await OneToOne.exists(occasion=Occasion.ONBOARDING, subject=onboardings.about(row)):
        return [Say(text="A one-to-one of yours is on its way already: `one-to-one` shows it.")]
    other = row.other(call.person)
    put = await askings.may_ask(call, other, askings.MEET)
    return await meet(call, row, unasked=() if put else (other,))
