"""The year of a stewardship: a word to the steward each month, and a question to both when it is over (R37).

The months are spoken of to the steward alone. Without the yes of both it does not go on.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from handlers.asking import asked, now_of, whispered
from handlers.dyads import one_to_one_arrangements
from handlers.language import (
    NO,
    YES,
    Call,
    CallOff,
    Effect,
    Effects,
    Option,
    Ring,
    Say,
    inquiry,
    ritual,
)
from handlers.names import name
from handlers.stewardship.steward_pairs import HOUR, about, end, ring_of
from practices import clock
from practices import stewardship as stewards
from practices.defaults import PATIENCE
from practices.dyads import Occasion
from storage.database import row_of
from storage.members import is_in
from storage.pairings import Stewardship, Tended
from storage.questions import Question
from storage.rooms import Room

#: A nudge that is later than this is left out; the next month has its own.
_STILL_NUDGED = timedelta(days=7)


def nudge_hour(call: Call, space: Room, row: Stewardship, month: int) -> Ring:
    """The hour of so many months after it began: to the steward only (R37)."""
    assert row.began is not None
    zone = call.house.zone_of(space)
    at = clock.resolve(datetime.combine(row.began + relativedelta(months=month), HOUR), zone)
    ring = ring_of(row, "steward-nudge", at, f"month {month}", at + _STILL_NUDGED)
    return replace(ring, content={**ring.content, "month": month})


async def _next_nudge(call: Call) -> list[Effect]:
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is Tended.PROPOSED:
        return []
    return [nudge_hour(call, call.room, row, int(str(call.content["month"])) + 1)]


@ritual(
    name="steward-nudge",
    help="offers a steward, once a month and nobody else, a theme and a time",
    late=_next_nudge,
)
async def nudge(call: Call) -> Effects:
    """A theme that may help, and a tap that looks for a time."""
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is Tended.PROPOSED:
        return []
    month = int(str(call.content["month"]))
    effects: list[Effect] = [nudge_hour(call, call.room, row, month + 1)]
    if row.state is not Tended.ACTIVE or not await is_in(row.room, row.steward):
        return effects
    other = await name(row.room, row.stewardee)
    text = (
        f"A month has gone by with **{other}**, whose steward you are. If you like, a theme: *{stewards.theme(month - 1)}*\n\n"
        "✅ look for a time together · ✋ not this month"
    )
    return [
        *effects,
        *await asked(
            call,
            row.steward,
            text,
            about=about(row),
            inquiry="steward-talk",
            until=now_of(call) + PATIENCE,
            data={"stewardship": row.id},
        ),
    ]


@inquiry(
    name="steward-talk",
    options=(YES, Option(sign="✋", word="no", also=(*NO.also, "not this month"))),
)
async def talk_said(call: Call, question: Question, said: str) -> Effects:
    """A time is looked for by both, or it is let be."""
    if said not in (YES.word, NO.word):
        return [Say(text="A word is enough: ✅ look for a time · ✋ not this month.")]
    await question.delete()
    row = await row_of(Stewardship, question.data.get("stewardship"))
    if row is None or row.state is Tended.PROPOSED or said == NO.word:
        return [Say(text="Good: not this month.")]
    return await one_to_one_arrangements.begin(
        call,
        (row.steward, row.stewardee),
        circle=row.room,
        occasion=Occasion.STEWARDSHIP,
        subject=about(row),
        minutes=45,
    )


def review_hour(call: Call, space: Room, row: Stewardship) -> Ring:
    """The hour of its day of review (R16, R37)."""
    at = clock.resolve(datetime.combine(row.review, HOUR), call.house.zone_of(space))
    return ring_of(row, "steward-review", at, "review")


@ritual(name="steward-review", help="asks steward and stewardee after a year whether it goes on")
async def review(call: Call) -> Effects:
    """Both are asked; without the yes of both it is over (R37)."""
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is Tended.PROPOSED:
        return []
    row.state, row.agreed = Tended.REVIEW, []
    await row.save(update_fields=["state", "agreed"])
    until = now_of(call) + PATIENCE
    effects: list[Effect] = [ring_of(row, "steward-over", until + timedelta(days=1), "over")]
    for person in (row.steward, row.stewardee):
        other = await name(row.room, row.other(person))
        what = (
            f"**{other}**'s steward"
            if person == row.steward
            else f"with **{other}** as your steward"
        )
        effects += await asked(
            call,
            person,
            f"A year has gone by {'as ' if person == row.steward else ''}{what}. Shall it go on for another? It does when both of "
            "you say so; otherwise it ends here, with thanks.\n\n✅ yes · ✋ no",
            about=about(row),
            inquiry="steward-again",
            until=until,
            data={"stewardship": row.id},
        )
    return effects


@inquiry(name="steward-again", options=(YES, NO))
async def again_said(call: Call, question: Question, said: str) -> Effects:
    """Another year, or the end of it."""
    if said not in (YES.word, NO.word):
        return [Say(text="A word is enough: ✅ yes · ✋ no.")]
    await question.delete()
    row = await row_of(Stewardship, question.data.get("stewardship"))
    if row is None or row.state is not Tended.REVIEW:
        return [Say(text="That is decided already. Nothing was changed.")]
    space = await Room.get(id=row.room)
    if said == NO.word:
        ended = await end(call, space, row, but=call.person)
        return [Say(text="Good: it ends here, with thanks, and that needs no reason."), *ended]
    row.agreed = sorted({*row.agreed, call.person})
    if row.other(call.person) not in row.agreed:
        await row.save(update_fields=["agreed"])
        return [
            Say(text="Thank you. It goes on if it is agreed on both sides; you hear of it here.")
        ]
    row.state, row.agreed = Tended.ACTIVE, []
    row.review = stewards.review_day(row.review)
    await row.save()
    effects: list[Effect] = [
        CallOff(about=about(row), ritual="steward-over"),
        review_hour(call, space, row),
    ]
    for person in (row.steward, row.stewardee):
        other = await name(row.room, row.other(person))
        text = f"Your stewardship with {other} goes on, until **{clock.long_day(row.review)}**."
        effects += await whispered(
            replace(call, room=space), person, text, about=f"{about(row)} renewed"
        )
    return effects


@ritual(name="steward-over", help="ends a stewardship that was not renewed by both")
async def over(call: Call) -> Effects:
    """Two weeks after its day of review."""
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is not Tended.REVIEW:
        return []
    return await end(call, call.room, row)
