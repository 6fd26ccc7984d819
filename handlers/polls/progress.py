"""What follows when a consent round has moved: what is told to whom, what is asked of whom, and its next hour.

All that a round needs stands in its row when this returns, and its next hour is written ahead: whenever the daemon dies,
it goes on from there. An hour names the step for which it was written, so that a late or a doubled one does nothing.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.asking import asked, now_of, whispered
from handlers.language import (
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    ritual,
    watch,
)
from handlers.meetings.commitments import latest
from handlers.meetings.meetings import RESTING, quiet_of
from handlers.names import people, room_name
from handlers.polls import facilitating, stances
from handlers.polls import roundtable as table
from handlers.register import register
from handlers.words import verbatim
from practices import rounds
from practices.meetings import next_waking
from practices.rounds import BEFORE_ASKING, Kind, NotNow, Round, Said, Stage, Stand, Step
from storage import rounds as kept
from storage.database import row_of
from storage.decisions import Decision
from storage.questions import Question
from storage.rooms import Room
from storage.rounds import Round as Row

#: A lone objector is asked this; whoever they would like beside them, that; who has the turn may write a word.
CARE, BESIDE, TURN, REVIEW = "round-care", "round-beside", "round-turn", "round-review"

#: How long words about a turn are understood.
LISTENED = timedelta(hours=12)

#: After these what is asked now is said anew.
_ANEW = frozenset(
    {
        Kind.STAGE,
        Kind.DECLINED,
        Kind.RESTS,
        Kind.RESUMES,
        Kind.DAYS,
        Kind.ORPHANED,
        Kind.TAKEN_UP,
    }
)


#: What is still open for whoever is reminded.
_OPEN = {
    Stage.QUESTIONS: "you may still ask what you need to know about a proposal",
    Stage.REACTIONS: "you may still say how a proposal is for you",
    Stage.AMENDING: "you may still change your proposal, or leave it as it is",
    Stage.INTEGRATING: "an objection waits for a word of yours, and a talk between two often helps",
}


async def at_table(call: Call, row: Row) -> Call:
    """The call as it is heard in the circle, wherever it was said, at the time that it really is."""
    room = call.room if call.room.id == row.room else await Room.get(id=row.room)
    thread = call.thread if call.room.id == row.room else None
    return replace(call, room=room, thread=thread, at=now_of(call))


async def read(call: Call, row: Row) -> Round:
    """Where a round stands; over days everybody who is in the circle takes part until all are asked."""
    round_ = rounds.from_state(row.state)
    if round_.live or round_.stage not in BEFORE_ASKING:
        return round_
    for person in await people(call.room, call.house.me):
        if person not in round_.people and len(round_.people) < rounds.MOST:
            round_ = rounds.joined(round_, person, round_.at).round
    return round_


def refused(why: NotNow) -> Refused:
    """Why something was not done, for whoever wanted it."""
    return Refused(f"{verbatim(str(why))} Nothing was changed.")


# ------------------------------------------------------------------------------------------------ going on


async def went(call: Call, row: Row, before: Round, step: Step) -> list[Effect]:
    """Keep where a round stands now, tell it, and write its next hour ahead. `call.room` is the circle."""
    step, counts = await _opened(call, row, step)
    round_ = step.round
    row.step += 1
    effects: list[Effect] = [CallOff(about=table.about(row), ritual="round")]
    if before.turns is not None and round_.turns is None:
        effects += table.turn_over(row)
    effects += await _over(call, row, before, round_)
    if counts is not None:
        text = await table.opened(row, round_, counts)
        effects.append(Say(text=text, room=row.room, answers=False))
    for said in step.said:
        effects += await _told(call, row, before, round_, said)
    if round_.is_over:
        return [*effects, *await _ended(call, row, before, round_, step.said)]
    effects += await _asked(call, row, before, round_, step.said)
    for said in step.said:
        if said.turn is not None:
            effects += await table.turn_line(call, row, said.turn)
    effects += await _board(call, row, before, round_)
    return [*effects, *await keep(call, row, round_)]


async def _opened(call: Call, row: Row, step: Step) -> tuple[Step, Counter[Stand] | None]:
    """Open what was sealed once nobody is waited for; until then there is nothing to be told (R131)."""
    if not rounds.is_open_now(step.round):
        return step, None
    here = step.round.people
    answers = {who: each for who, each in stances.sealed(call, row).items() if who in here}
    row.sealed = None
    opened = rounds.opened(step.round, await stances.in_order(row, answers), call.at)
    counts = Counter(each.stand for each in answers.values())
    return Step(opened.round, (*step.said, *opened.said)), counts


async def _over(call: Call, row: Row, before: Round, round_: Round) -> list[Effect]:
    """The private questions of a step that is over say so."""
    if before.stage is round_.stage and before.treated == round_.treated:
        return []
    where = room_name(call.room, "your circle")
    effects: list[Effect] = []
    if before.stage is Stage.OBJECTIONS:
        row.sealed = None
        shown = f"All answers are shown in **{where}** now."
        if round_.is_over:
            shown = "The proposal was taken back, and what was answered is deleted."
        effects += await stances.close(row, stances.STANCE, shown)
    if before.stage is Stage.SUPPORT:
        effects += await stances.close(row, CARE, f"**{where}** goes on with it.")
        effects += await stances.close(row, BESIDE, f"**{where}** goes on with it.")
    if before.stage is Stage.REVIEW:
        effects += await stances.close(row, REVIEW, f"See **{where}**.")
    return effects


async def _told(call: Call, row: Row, before: Round, round_: Round, said: Said) -> list[Effect]:
    """What one thing that happened is to be told, beside what is asked now."""
    match said.kind:
        case Kind.FATE if said.number is not None:
            text = await table.fate(row, round_, said.number)
            return [Say(text=text, room=row.room, answers=False)]
        case Kind.DAYS:
            text = "It goes on over days from here: nobody needs to be here at the same time."
            return [Say(text=text, room=row.room, answers=False)]
        case Kind.REMIND:
            return await _reminded(call, row, round_, said.people)
        case Kind.LATE if round_.stage is Stage.REVIEW:
            return []  # from now on anybody may name the day
        case Kind.LATE | Kind.HANDED:
            return await facilitating.card(call, row, round_)
        case _:
            return []


async def _reminded(call: Call, row: Row, round_: Round, wanted: tuple[str, ...]) -> list[Effect]:
    """Those asked are reminded this once, in private; whoever wants no calls is not."""
    effects: list[Effect] = []
    if round_.stage is Stage.OBJECTIONS:
        for person in wanted:
            effects += await stances.ask(call, row, round_, person)
        return effects
    if round_.stage is Stage.REVIEW:
        return await facilitating.card(call, row, round_)
    until = table.until_words(call, row, round_)
    by = f", until **{until}**" if until else ""
    open_ = _OPEN.get(round_.stage)
    if open_ is None:
        return []  # they were asked a moment ago, and may take it
    text = (
        f"**{room_name(call.room, 'Your circle')}**: {open_}{by}. It is about: "
        f"{verbatim(round_.text[: table.SHOWN])}\n\nIf you would rather not, that is fine."
    )
    for person in wanted:
        effects += await whispered(call, person, text, about=table.about(row), dispensable=True)
    return effects


async def _asked(
    call: Call, row: Row, before: Round, round_: Round, said: tuple[Said, ...]
) -> list[Effect]:
    """What is asked now: in the room, of each in private, and on the card of whoever facilitates."""
    kinds = {each.kind for each in said}
    offered = round_.offer is not None and (
        before.offer is None or before.offer.text != round_.offer.text
    )
    if not kinds & _ANEW and not offered:
        return await _reworded(call, row, before, round_)
    effects: list[Effect] = [CallOff(about=table.about(row), ritual="later")]
    effects += table.struck(row, before)
    row.prompt = row.step
    effects.append(await table.prompt(call, row, round_))
    if Kind.STAGE not in kinds:
        return effects
    if round_.stage is Stage.OBJECTIONS:
        effects += await stances.ask_all(call, row, round_)
    if round_.stage is Stage.SUPPORT:
        effects += await _ask_care(call, row, round_)
    return [*effects, *await facilitating.card(call, row, round_)]


async def _reworded(call: Call, row: Row, before: Round, round_: Round) -> list[Effect]:
    """The message of what is asked now stays true."""
    if not row.prompt or before.stage is not round_.stage:
        return []
    text = await table.prompt_words(call, row, round_)
    if text == await table.prompt_words(call, row, before):
        return []
    return [Edit(name=table.prompt_name(row), text=text, room=row.room)]


async def _board(call: Call, row: Row, before: Round, round_: Round) -> list[Effect]:
    text = await table.board(call, row, round_)
    if text == await table.board(call, row, before):
        return []
    return [Edit(name=table.about(row), text=text, room=row.room)]


async def _ask_care(call: Call, row: Row, round_: Round) -> list[Effect]:
    """Before a lone objection is looked at, its owner is asked whether they have support (DEC-3)."""
    assert round_.objection is not None
    person = round_.objection.owner
    until = table.until_words(call, row, round_)
    by = f" Until {until} nobody begins." if until else ""
    text = (
        f"Only you read this. In **{room_name(call.room, 'your circle')}** you are the one who objects, and you see "
        f"something that serves all of you. Have you somebody with you in this, or would you like somebody beside you?{by}\n\n"
        "✅ I am ready, begin · 🤝 I would like somebody beside me"
    )
    data = {"round": row.id, "room": row.room}
    wait = call.at + stances.OPEN
    if round_.live:
        return [Ask(inquiry=CARE, text=text, until=wait, data=data, person=person, private=True)]
    return await asked(
        call, person, text, about=table.about(row), inquiry=CARE, until=wait, data=data
    )


# ---------------------------------------------------------------------------------------------- its row


async def keep(call: Call, row: Row, round_: Round) -> list[Effect]:
    """Store where a round stands, and write the hour at which it is looked at again."""
    row.state, row.stage, row.live = rounds.as_state(round_), round_.stage, round_.live
    await row.save()
    await _listen(call, row, round_)
    at = rounds.due(round_)
    if at is None:
        return []
    if not round_.live:
        at = next_waking(at, table.zone_of(row), quiet_of(call.room))
    return [
        Ring(
            ritual="round",
            about=table.about(row),
            at=at,
            when=str(row.step),
            room=row.room,
            content={"round": row.id, "step": row.step},
        )
    ]


async def _listen(call: Call, row: Row, round_: Round) -> None:
    """Whoever has the turn may end it by a plain word."""
    for question in await stances.questions(row, TURN):
        await question.delete()
    if round_.turns is None or round_.paused is not None or round_.turns.holder is None:
        return
    await Question.create(
        room=row.room,
        person=round_.turns.holder,
        inquiry=TURN,
        data={"round": row.id},
        until=call.at + LISTENED,
    )


async def _ended(
    call: Call, row: Row, before: Round, round_: Round, said: tuple[Said, ...]
) -> list[Effect]:
    """The last words, and what is kept: of what was consented to, a decision with its day of review."""
    effects: list[Effect] = [CallOff(about=table.about(row)), *table.turn_over(row)]
    effects += table.struck(row, before)
    row.ended_at, row.sealed, row.prompt, row.request = call.at, None, 0, None
    if round_.stage is Stage.CONSENTED:
        decision = await _decided(row, round_, call.at)
        row.review_on, row.decision = round_.review, decision.id
        text = await table.consented(row, round_)
        text += f"\n\n{register.TASK} who takes on what *(kept as number {decision.id})*"
        effects.append(
            Say(
                text=text,
                room=row.room,
                name=register.about(decision),
                taps=(register.TASK,),
                answers=False,
            )
        )
        effects += await register.entered(call, decision, round_.review)
    elif before.stage is not Stage.READY:
        laid = any(each.kind is Kind.LAID for each in said)
        how = "is laid aside" if laid else "is taken back by whoever proposed it"
        text = (
            f"The proposal {how}, and nothing is decided. It can be asked anew whenever you like."
        )
        effects.append(Say(text=text, room=row.room, answers=False))
    effects.append(
        Edit(name=table.about(row), text=await table.board(call, row, round_), room=row.room)
    )
    return [*effects, *await keep(call, row, round_)]


async def _decided(row: Row, round_: Round, now: datetime) -> Decision:
    """The one place where a round writes into what the circle has decided; live, it belongs to the meeting."""
    meeting = await latest(row.room, now) if round_.live else None
    return await Decision.create(
        room=row.room,
        meeting=meeting.id if meeting else None,
        what=round_.text,
        person=round_.proposer,
        made_at=now,
        review_on=round_.review,
    )


# ------------------------------------------------------------------------------------- hours, and people


@ritual(
    name="round",
    help="keeps a consent round going: turns, a kind reminder, the end of a step",
)
async def strike(call: Call) -> Effects:
    """Look at the clock of a round; an hour of an earlier step is none of ours."""
    row = await row_of(Row, call.content["round"])
    if row is None or row.step != call.content["step"] or row.stage in rounds.OVER:
        return []
    here = await at_table(call, row)
    round_ = await read(here, row)
    if here.room.life in RESTING:
        return await _while_resting(here, row, round_)
    return await went(here, row, round_, rounds.tick(round_, here.at))


async def _while_resting(call: Call, row: Row, round_: Round) -> list[Effect]:
    """In a crew that rests a round rests, too, and nobody is told."""
    if round_.paused is None and round_.stage is not Stage.READY:
        row.step += 1
        resting = rounds.rested(round_, round_.people[0], call.at).round
        return await keep(call, row, resting)
    effects = await went(call, row, round_, rounds.tick(round_, call.at))
    return [each for each in effects if not isinstance(each, Say)]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Somebody left the circle: its rounds wait for them no more."""
    effects: list[Effect] = []
    for row in await kept.open_in([call.room.id]):
        effects += await without(call, row, call.person)
    return effects


async def without(call: Call, row: Row, person: str, *, forgotten: bool = False) -> list[Effect]:
    """A round without somebody: what they had answered and nobody has seen is gone, what stands goes to the review.

    Whoever is `forgotten` is not named in it, and their words are deleted.
    """
    here = await at_table(call, row)
    round_ = await read(here, row)
    stances.without(here, row, person)
    for inquiry in (stances.STANCE, CARE, BESIDE, REVIEW, "round-facilitate"):
        for question in await stances.questions(row, inquiry):
            if question.person == person:
                await question.delete()
    if person == round_.proposer:
        row.request = None  # whoever takes it up asks by their own word
    if person not in round_.people:
        await row.save()
        return []
    step = rounds.left(round_, person, here.at)
    if forgotten:
        step = replace(step, round=rounds.forgotten(step.round, person))
    return await went(here, row, round_, step)


async def forget(call: Call) -> list[Effect]:
    """Let no round name the sender any more, nor hold their words; what was decided stays."""
    effects: list[Effect] = []
    for row in await Row.all().order_by("id"):
        if row.stage not in rounds.OVER:
            effects += await without(call, row, call.person, forgotten=True)
        round_ = rounds.from_state(row.state)
        if call.person in rounds.named_in(round_):
            row.state = rounds.as_state(rounds.forgotten(round_, call.person))
            await row.save()
    return effects
