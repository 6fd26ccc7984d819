"""The register of what a circle has decided: which entries there are, who may know of them, and how an entry is written.

Whatever a circle decides, in a poll, in a consent round or in a sentence after a meeting, is written here once. Numbers
are counted through all circles, and nobody learns anything of a circle that they are not in.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from handlers.asking import now_of
from handlers.domains import notices
from handlers.language import Ask, Call, CallOff, Edit, Effect, Refused, Ring, Say
from handlers.names import people, room_name
from handlers.polls import tallyboard, unmet
from handlers.words import verbatim
from practices import clock
from practices.agreements import Standing, State, state
from practices.circles import Life
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.members import Member
from storage.polls import Poll
from storage.questions import Question
from storage.rooms import Room
from storage.rounds import Round

#: So long before its day of review a circle hears of it, and at this time of its day.
AHEAD = timedelta(days=7)
MORNING = time(10)

#: Tapped under what was decided: who takes on what.
TASK = "📝"

#: For so long whoever wrote something down by mistake may take it back, and anybody of the circle may say that it is not so.
UNDO = timedelta(hours=24)

#: Tapped under what one person wrote down as decided: that it was not.
NOT_SO = "✋"

#: What is kept with an entry of which somebody has said that.
GAINSAID = "gainsaid"

#: The question to everybody that goes with an entry.
ASKED = "agreement"

#: The question to whoever states what came of a change that was asked for.
REPLACED = "agreement-replaced"


def about(row: Decision) -> str:
    """What the hours of an entry belong to."""
    return f"decision:{row.id}"


async def circles(call: Call) -> list[Room]:
    """The circles whose register the sender may read from here: this one, or in private each that they are a member of."""
    if not call.is_private:
        return [call.room]
    ids = await Member.filter(person=call.person).values_list("room", flat=True)
    rooms = await Room.filter(id__in=list(ids), joined=True).exclude(id=call.room.id)
    own = [each for each in rooms if call.person in await people(each, call.house.me)]
    living = [each for each in own if each.life is not Life.CLOSED]
    return sorted(living, key=lambda room: ((room.name or "").casefold(), room.id))


async def entries(call: Call) -> list[Decision]:
    """Everything in the register that may be read from here, newest first."""
    rooms = [room.id for room in await circles(call)]
    return await Decision.filter(room__in=rooms).order_by("-made_at", "-id")


async def find(call: Call, number: int) -> Decision:
    """The entry of that number that the sender may know of from here. Raises Refused."""
    row = await Decision.get_or_none(id=number)
    if row is None or row.room not in {room.id for room in await circles(call)}:
        prefix = "" if call.is_private else call.house.prefix
        raise Refused(
            f"I know of no decision here with the number {number}. `{prefix}decisions` lists them, and "
            f"`{prefix}decisions dishes` finds those with that word. Nothing was changed."
        )
    return row


async def room_of(call: Call, row: Decision) -> Room:
    """The circle that decided it."""
    return call.room if call.room.id == row.room else await Room.get(id=row.room)


async def at_home(call: Call, row: Decision) -> Call:
    """The call as it is heard in the circle that decided it, wherever it was said."""
    if call.room.id == row.room:
        return call
    return replace(call, room=await Room.get(id=row.room), thread=None)


def today(call: Call, room: Room) -> date:
    """Which day it is for a circle."""
    return clock.wall(now_of(call), call.house.zone_of(room)).date()


def state_of(call: Call, room: Room, row: Decision) -> State:
    """Where an entry stands today."""
    return state(row.standing, row.review_on, today(call, room))


def called(room: Room) -> str:
    """A circle's own name, for words in private."""
    return room_name(room, "your circle")


def title(row: Decision) -> str:
    """What was decided, on one line and short, safe in Markdown."""
    return tallyboard.shortened(row.what)


# ---------------------------------------------------------------------------------------------- writing


async def entered(
    call: Call, row: Decision, review: date | None, *, tell: bool = True
) -> list[Effect]:
    """Let an entry hold until its day of review, and write the hours of that. To be called by whatever writes one down.

    `tell`: whether whoever wrote it is asked if the circle around theirs is told of it, where it lies within a domain.
    """
    row.review_on = review
    await row.save(update_fields=["review_on"])
    room = await room_of(call, row)
    effects: list[Effect] = [CallOff(about=about(row)), *hours(call, room, row)]
    if tell and call.sender is not None:
        effects += await notices.decided(call, room, row)
    return effects


def hours(call: Call, room: Room, row: Decision) -> list[Effect]:
    """A week before the day of review, and on it; of what is over already, none."""
    if row.review_on is None or row.standing is not Standing.HOLDS:
        return []
    zone, now = call.house.zone_of(room), now_of(call)
    day = clock.resolve(datetime.combine(row.review_on, MORNING), zone)
    soon = clock.resolve(datetime.combine(row.review_on - AHEAD, MORNING), zone)
    effects: list[Effect] = []
    if soon > now:
        effects.append(hour(row, "review-soon", soon, useful_until=day))
    effects.append(hour(row, "review-due", max(day, now)))
    return effects


def hour(row: Decision, ritual: str, at: datetime, *, useful_until: datetime | None = None) -> Ring:
    """One hour of an entry, which is of the day of review that it has now."""
    day = row.review_on.isoformat() if row.review_on else ""
    return Ring(
        ritual=ritual,
        about=about(row),
        at=at,
        when=f"{day} {at.isoformat()}",
        useful_until=useful_until,
        room=row.room,
        content={"decision": row.id, "day": day},
    )


async def over(
    call: Call, row: Decision, standing: Standing, by: Decision | None = None
) -> list[Effect]:
    """An entry holds no longer: it was ended, or another took its place."""
    row.standing, row.ended_at, row.changing = standing, now_of(call), None
    row.replaced_by = by.id if by else None
    await row.save(update_fields=["standing", "ended_at", "changing", "replaced_by"])
    return [CallOff(about=about(row))]


async def against(row: Decision) -> str:
    """What stands against an entry, in a few words: the terms that it did not meet, or that somebody says it is not so."""
    if is_gainsaid(row):
        return "not so, as one of you said within a day"
    poll = await Poll.filter(decision=row.id).first()
    return unmet.words(poll) if poll is not None else ""


async def is_one_persons(row: Decision) -> bool:
    """Whether one person wrote it down alone: nobody was asked, and it was not brought by the consent of all."""
    asked = (
        await Poll.filter(decision=row.id).exists() or await Round.filter(decision=row.id).exists()
    )
    return not asked and (row.story is None or is_gainsaid(row))


def is_gainsaid(row: Decision) -> bool:
    """Whether somebody has said in time that it was not decided."""
    return bool((row.story or {}).get(GAINSAID))


async def gainsaid(call: Call, row: Decision) -> list[Effect]:
    """What one person wrote down ends by one no of anybody of the circle, within a day; the entry says so. Raises Refused.

    A "no" needs no reason, and nobody is named for it (R129: nothing is decided because one person says so).
    """
    instead = f"`review {row.id} end` asks all of you whether it ends."
    if not await is_one_persons(row):
        raise Refused(
            f"That is what came of something that all of you were asked, so nobody ends it alone. Nothing was changed; {instead}"
        )
    if row.standing is not Standing.HOLDS:
        raise Refused(f"Number {row.id} holds no longer, so nothing was changed.")
    if now_of(call) > row.made_at + UNDO:
        raise Refused(
            f"That was written down more than a day ago, and people rely on it. Nothing was changed; {instead}"
        )
    effects: list[Effect] = []
    for question in await questions([row]):
        await question.delete()
        effects.append(
            Edit(
                name=f"question:{question.id}",
                text="That is not asked any more.",
                room=question.room,
            )
        )
    row.story = {GAINSAID: True}
    await row.save(update_fields=["story"])
    effects += await over(call, row, Standing.ENDED)
    text = (
        f"Not so, says one of you, and that needs no reason: number {row.id} does not hold.\n\n~~{verbatim(row.what)}~~\n\n"
        f"`{call.house.prefix}propose …` asks all of you."
    )
    return [
        *effects,
        Edit(name=about(row), text=text, room=row.room),
        Say(text=text, room=row.room, answers=False),
    ]


async def removed(call: Call, row: Decision) -> list[Effect]:
    """An entry was a mistake: nothing is left of it, and what it had replaced holds again."""
    effects: list[Effect] = [CallOff(about=about(row))]
    room = await room_of(call, row)
    for former in await Decision.filter(replaced_by=row.id):
        former.standing, former.ended_at, former.replaced_by = Standing.HOLDS, None, None
        await former.save(update_fields=["standing", "ended_at", "replaced_by"])
        effects += hours(call, room, former)
    for question in await questions([row]):
        effects.append(
            Edit(name=f"question:{question.id}", text="That was taken back.", room=question.room)
        )
        await question.delete()
    await Commitment.filter(decision=row.id).update(decision=None)
    await row.delete()
    return effects


async def in_its_place(call: Call, poll: int, row: Decision) -> list[Effect]:
    """Whether what came of a poll takes the place of the entry that it was asked about: asked of whoever states it."""
    former = await Decision.filter(changing=poll, standing=Standing.HOLDS).exclude(id=row.id)
    return [
        Ask(
            inquiry=REPLACED,
            text=f"This was asked to change what you had decided before, number {each.id}: {title(each)}\n\n"
            "Does it take its place? ✅ yes · ✋ no, the older one goes on holding",
            until=now_of(call) + timedelta(days=7),
            data={"former": each.id, "new": row.id},
            person=call.person,
        )
        for each in former
    ]


async def questions(rows: Iterable[Decision]) -> list[Question]:
    """What everybody is asked about these entries just now, oldest first."""
    ids = {row.id for row in rows}
    asked = await Question.filter(inquiry=ASKED).order_by("id")
    return [each for each in asked if each.data.get("decision") in ids]
