"""What becomes of an agreement: it is kept for longer, ended, changed or replaced, by the consent of its circle.

Nothing ends by itself, and one no leaves everything as it is. In other words it is a new decision: that is proposed like any
other, and takes the place of the old one at once only where it was proposed for that, somebody took part and nothing
stood in its way. All else takes its place by the consent of everybody.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from dateutil.relativedelta import relativedelta

from handlers.asking import now_of
from handlers.consent import Voice, is_whole
from handlers.language import (
    NO,
    YES,
    Call,
    Change,
    Edit,
    Effect,
    Effects,
    Refused,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings.meetings import RESTING
from handlers.names import people
from handlers.polls import opening
from handlers.polls.drafting import zone_for
from handlers.register import putting, register
from handlers.words import verbatim
from practices import clock, drafts
from practices.agreements import Standing
from practices.polls.poll import Way
from storage.database import row_of
from storage.decisions import Decision
from storage.polls import Poll, Stage
from storage.questions import Question
from storage.rooms import Room

#: For so long an agreement is kept unless people say otherwise.
LONGER = relativedelta(months=6)

KEEP, END, REPLACE = "keep", "end", "replace"


async def may_ask(call: Call, row: Decision) -> Room:
    """The circle of an entry that holds, if the sender may put something to it. Raises Refused."""
    room = await register.room_of(call, row)
    if call.person not in await people(room, call.house.me):
        raise Refused(
            "What was decided is for the members of the circle to look at again, so nothing was changed."
        )
    if room.life in RESTING:
        raise Refused(
            f"The crew rests, so nothing was asked. `{call.house.prefix}wake` asks all of you to take it up again."
        )
    if row.standing is not Standing.HOLDS:
        raise Refused(
            f"Number {row.id} holds no longer, so there is nothing to look at again. "
            f"`{'' if call.is_private else call.house.prefix}decisions` lists what does."
        )
    return room


def later(call: Call, room: Room) -> date:
    """Until when an agreement is kept when nobody names a day."""
    return register.today(call, room) + LONGER


async def ask(
    call: Call, room: Room, row: Decision, deed: str, *, until: date | None = None, new: int = 0
) -> list[Effect]:
    """Ask everybody of a circle about one of its decisions, one thing at a time: nobody's yes to it is lost.

    Who wishes what is asked already joins it. Without a day, what is kept is kept for half a year. Raises Refused while
    something else is asked about it.
    """
    asked = await register.questions([row])
    standing = next((each for each in asked if each.until > now_of(call)), None)
    if standing is not None:
        return await _joined(call, room, row, standing, deed, until, new)
    if deed == KEEP:
        until = until or later(call, room)
    effects: list[Effect] = []
    for question in asked:
        await question.delete()
        effects.append(
            Edit(name=f"question:{question.id}", text="Asked again below.", room=question.room)
        )
    text = f"{await _words(call, room, row, deed, until, new)}\n\n✅ yes · ✋ no\n\n{putting.rule(call, room)}"
    data = {
        "decision": row.id,
        "deed": deed,
        "until": until.isoformat() if until else None,
        "new": new,
    }
    effects += await putting.put(call, room, register.ASKED, "agreement-day", text, data)
    if call.room.id != room.id:
        effects.append(Say(text="I have asked your circle."))
    return effects


async def _joined(
    call: Call,
    room: Room,
    row: Decision,
    question: Question,
    deed: str,
    until: date | None,
    new: int,
) -> list[Effect]:
    """A wish about an entry of which something is asked already: a yes to that where it is the same. Raises Refused."""
    data = question.data
    day = str(data["until"]) if data.get("until") else None
    same_day = until is None or until.isoformat() == day
    if data.get("deed") != deed or not same_day or (deed == REPLACE and data.get("new") != new):
        raise Refused(
            f"You are asked about number {row.id} already, {_asked_words(data)}, and one thing is asked at a time, so that "
            "nobody's yes is lost. ✅ or ✋ under it answers, and one no ends it; then this can be asked. Nothing was changed."
        )
    if call.sender is None or call.person in question.answers:
        return [Say(text="That is asked already, and your yes counts.")]
    there = replace(call, room=room, thread=None)
    voice, heard = await putting.heard(there, question, YES.word)
    if voice is Voice.AGREED:
        heard = [*heard, *await _settled(there, question)]
    effects = [replace(each, room=room.id) if isinstance(each, Edit) else each for each in heard]
    return [*effects, Say(text="That is asked already, and what you say is a yes to it.")]


def _asked_words(data: Mapping[str, object]) -> str:
    match data.get("deed"):
        case "end":
            return "whether it ends"
        case "replace":
            return f"whether number {data.get('new')} takes its place"
        case _:
            return f"whether you keep it until {clock.long_day(date.fromisoformat(str(data['until'])))}"


async def _words(
    call: Call, room: Room, row: Decision, deed: str, until: date | None, new: int
) -> str:
    prefix, what = call.house.prefix, f"number {row.id}: {verbatim(row.what)}"
    match deed:
        case "end":
            return f"Shall this end, {what}"
        case "replace":
            by = await Decision.get(id=new)
            return f"Shall this take the place of number {row.id}: {verbatim(by.what)}\n\nSo far: {verbatim(row.what)}"
        case _:
            day = clock.long_day(until or later(call, room))
            return (
                f"You look again at {what}\n\nDo you keep it until **{day}**? Without a yes of you all it goes on holding, and "
                f"stays to be looked at. `{prefix}review {row.id} change …` proposes other words; for an end, ✋ and then "
                f"`{prefix}review {row.id} end`."
            )


@inquiry(name=register.ASKED, options=(YES, NO), matter="what becomes of something you decided")
async def answered(call: Call, question: Question, said: str) -> Effects:
    """One more voice about an agreement."""
    voice, effects = await putting.heard(call, question, said)
    if voice is Voice.AGREED:
        return [*effects, *await _settled(call, question)]
    if voice is Voice.ENDED:
        number = question.data.get("decision")
        text = (
            f"Not everybody wishes that now, and it needs no reason. Number {number} goes on holding as it is. "
            f"`{call.house.prefix}review {number} change …` proposes other words."
        )
        return [*effects, Edit(name=f"question:{question.id}", text=text)]
    return effects


@ritual(
    name="agreement-day",
    help="decides what becomes of an agreement, where nobody said no until its day",
)
async def by_silence(call: Call) -> Effects:
    """The day has come on which silence is consent."""
    question = await putting.by_silence(call)
    return await putting.struck(call) if question is None else await _settled(call, question)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever was waited for has left: it is for those who stay, and they may all have agreed."""
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry=register.ASKED):
        if await is_whole(call, question):
            await question.delete()
            effects += await _settled(call, question)
    return effects


async def _settled(call: Call, question: Question) -> list[Effect]:
    """The circle has agreed to what was asked."""
    name, data = f"question:{question.id}", question.data
    row = await row_of(Decision, data.get("decision"))
    if row is None or row.standing is not Standing.HOLDS:
        return [Edit(name=name, text="That is not asked any more.")]
    what = f"number {row.id}: {verbatim(row.what)}"
    match data.get("deed"):
        case "end":
            effects = await register.over(call, row, Standing.ENDED)
            text = f"Ended, as you have agreed, {what}"
        case "replace":
            new = await row_of(Decision, data.get("new"))
            if new is None:
                return [Edit(name=name, text="That is not asked any more.")]
            effects = await register.over(call, row, Standing.REPLACED, new)
            text = f"As you have agreed, number {new.id} takes the place of {what}"
        case _:
            day = date.fromisoformat(str(data["until"]))
            if day <= register.today(call, call.room):
                day = later(call, call.room)  # so long it was talked about
            effects = await register.entered(call, row, day, tell=False)
            text = f"You keep it, and look at it again on **{clock.long_day(day)}**: {what}"
    return [*effects, Edit(name=name, text=text)]


# ------------------------------------------------------------------------------------------- other words


async def change(call: Call, room: Room, row: Decision, words: str) -> list[Effect]:
    """Propose other words for what was decided; when that is over, people say whether they take its place."""
    asked = await Poll.get_or_none(id=row.changing or 0)
    if asked is not None and asked.stage in (Stage.OPEN, Stage.AHEAD):
        raise Refused(
            f"A change of that is asked already, as number {asked.id}. Nothing was asked once more."
        )
    draft = drafts.read(words, now=call.at, zone=await zone_for(call), way=Way.PROPOSAL)
    topic = f"{draft.topic}\n\nIt would take the place of number {row.id}: {row.what}"
    poll, effects = await opening.asked(call, room, replace(draft, topic=topic))
    row.changing = poll.id
    await row.save(update_fields=["changing"])
    return effects


async def _is_wanted(new: Decision, former: Decision) -> bool:
    """Whether an entry is what came of the poll that was to change another one, and people have not said no to that."""
    if former.changing is None:
        return False
    poll = await Poll.get_or_none(id=former.changing, decision=new.id)
    came = (poll.result or {}) if poll is not None else {}
    return bool(came.get("cast")) and came.get("passes") is not False


@inquiry(name=register.REPLACED, options=(YES, NO))
async def replaced(call: Call, question: Question, said: str) -> Effects:
    """Whoever stated what came of a change says whether it takes the place of the older decision."""
    if said not in (YES.word, NO.word):
        return []
    former = await row_of(Decision, question.data.get("former"))
    new = await row_of(Decision, question.data.get("new"))
    await question.delete()
    name = f"question:{question.id}"
    if former is None or new is None or former.standing is not Standing.HOLDS:
        return [Edit(name=name, text="That is not asked any more; nothing was changed.")]
    if said == NO.word:
        former.changing = None
        await former.save(update_fields=["changing"])
        return [Edit(name=name, text=f"Good: number {former.id} goes on holding.")]
    if new.standing is not Standing.HOLDS or not await _is_wanted(new, former):
        asked = await put_in_place(call, new, former)
        text = (
            "What came out of that poll does not carry it alone, so all of you are asked; until then number "
            f"{former.id} goes on holding."
        )
        return [Edit(name=name, text=text), *asked]
    effects = await register.over(call, former, Standing.REPLACED, new)
    text = f"Good: number {new.id} takes the place of number {former.id}."
    return [*effects, Edit(name=name, text=text)]


async def put_in_place(call: Call, new: Decision, former: Decision) -> list[Effect]:
    """One decision is to take the place of another: at once where a poll wanted just that, else by consent. Raises Refused."""
    room = await may_ask(call, former)
    if new.id == former.id or new.room != former.room:
        raise Refused(
            "A decision takes the place of another one of the same circle, so nothing was changed."
        )
    if new.standing is not Standing.HOLDS:
        raise Refused(
            f"Number {new.id} holds no longer, so it takes no other's place. Nothing was changed."
        )
    if call.person != new.person or not await _is_wanted(new, former):
        return await ask(call, room, former, REPLACE, new=new.id)
    effects = await register.over(call, former, Standing.REPLACED, new)
    text = (
        f"Number {new.id} takes the place of number {former.id}: {register.title(new)}\n\n"
        f"So far: {register.title(former)}"
    )
    return [*effects, Say(text=text, room=room.id, answers=call.room.id == room.id)]
