"""The private side of a consent round: each one's answer, the care for a lone objector, and whoever is asked to facilitate.

The room never learns that any of these talks took place.
"""

from dataclasses import replace

from handlers import taps
from handlers.asking import asked, whispered
from handlers.language import (
    NO,
    PASS,
    YES,
    Call,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    inquiry,
    tap,
)
from handlers.names import name, people, room_name
from handlers.polls import facilitating, progress, stances
from handlers.polls import roundtable as table
from handlers.polls.outcomes import read_day
from handlers.whom import whom
from handlers.words import sign
from practices import clock, rounds
from practices import session as course
from practices.rounds import Answer, NotNow, Round, Stage, Stand
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.questions import Question
from storage.rounds import Round as Row

READY = Option(sign="✅", word="ready", also=("begin", "i am ready", "yes", "ok"))
SOMEBODY = Option(sign="🤝", word="somebody", also=("somebody beside me", "support"))
IN_TIME = Option(sign="✅", word="yes", also=("three months", "ok", "👍"))

DONE = Option(sign="✅", word="done", also=("i am done", "that's all"))


async def _of(call: Call, question: Question) -> tuple[Call, Row, Round]:
    """The round that a question is about, and the call as it is heard in its circle. Raises Refused."""
    row = await row_of(Row, question.data.get("round"))
    if row is None or row.stage in rounds.OVER:
        raise Refused("That round is over, so nothing was changed.")
    here = await progress.at_table(call, row)
    if call.person not in await people(here.room, call.house.me):
        raise Refused("You are not in that circle any more, so nothing was changed.")
    return here, row, await progress.read(here, row)


# ------------------------------------------------------------------------------------------------ answering


@inquiry(name=stances.STANCE, options=stances.OPTIONS)
async def stance(call: Call, question: Question, said: str) -> Effects:
    """One person's answer, sealed until all is shown; a pass leaves nothing."""
    here, row, round_ = await _of(call, question)
    answer = stances.understood(call, row, question, said)
    if isinstance(answer, str):
        await question.save(update_fields=["data"])
        return [Say(text=answer)]
    return await take(here, row, round_, answer)


async def take(call: Call, row: Row, round_: Round, answer: Answer | None) -> list[Effect]:
    """Seal an answer of the sender, or nothing for a pass; when nobody is waited for any more all is shown."""
    try:
        step = rounds.answered(round_, call.person, call.at)
    except NotNow as why:
        raise progress.refused(why) from why
    answers = stances.sealed(call, row)
    answers.pop(call.person, None)
    if answer is not None:
        answers[call.person] = answer
    stances.keep(call, row, answers)
    await stances.done(row, call.person)
    told = Say(
        text=_said_back(row, answer, shown=rounds.is_open_now(step.round))
        + _gone(round_, call.person, answer)
    )
    if _named_concern(answer) and not rounds.is_open_now(step.round):
        told = replace(told, name=f"{stances.STANCE}:{row.id}", taps=(stances.NAMELESS,))
    return [told, *await progress.went(call, row, round_, step)]


def _named_concern(answer: Answer | None) -> bool:
    return answer is not None and answer.stand is Stand.CONCERN and not answer.nameless


def _said_back(row: Row, answer: Answer | None, *, shown: bool) -> str:
    again = "" if shown else f"\n\n`consent {row.id}` here asks you once more, until all is shown."
    if answer is None:
        return f"That is fine, and nothing of it is kept.{again}"
    off = f" · {stances.NAMELESS} leave my name off" if _named_concern(answer) and not shown else ""
    return f"{stances.confirmed(answer, shown=shown)}{again}{off}"


def _gone(round_: Round, person: str, answer: Answer | None) -> str:
    """That a concern to former words is noted no more, to whoever had left it there and does not say it again."""
    if stances.concern_of(round_, person) is None:
        return ""
    if answer is not None and answer.stand is Stand.CONCERN:
        return ""
    return "\n\nThe concern that you had noted was about the former words, and goes when all is shown. “concern: …” keeps it."


@tap(prefix=stances.STANCE, labels={"leave my name off": stances.NAMELESS})
async def name_off(call: Call, subject: str, said: str) -> Effects:
    """A concern is noted without its owner's name."""
    row = await row_of(Row, subject)
    if row is None or not call.is_private or said != sign(stances.NAMELESS):
        return []
    answers = stances.sealed(call, row)
    own = answers.get(call.person)
    if own is None or own.stand is not Stand.CONCERN:
        raise Refused("Nothing of yours is sealed there any more, so nothing was changed.")
    answers[call.person] = Answer(stand=own.stand, words=own.words, nameless=True)
    stances.keep(call, row, answers)
    await row.save(update_fields=["sealed"])
    return [Say(text="Your name is left off.")]


async def asked_again(call: Call, row: Row) -> list[Effect]:
    """The private question once more, for whoever stopped it, missed it, or wants to answer anew."""
    here = await progress.at_table(call, row)
    round_ = await progress.read(here, row)
    if not stances.is_asked(round_):
        return []
    return await stances.ask(here, row, round_, call.person)


# ------------------------------------------------------------------------------------- care for one alone


@inquiry(name=progress.CARE, options=(READY, SOMEBODY))
async def care(call: Call, question: Question, said: str) -> Effects:
    """A lone objector is ready, or names somebody they would like beside them."""
    here, row, round_ = await _of(call, question)
    if said == READY.word:
        await question.delete()
        try:
            step = rounds.calm(round_, call.person, here.at)
        except NotNow as why:
            raise progress.refused(why) from why
        return [
            Say(text="Good. It begins in the room, in your words."),
            *await progress.went(here, row, round_, step),
        ]
    if said == SOMEBODY.word:
        return [Say(text="Whom would you like beside you? Write their name here, and I ask them.")]
    return await _beside(call, here, row, said)


async def _beside(call: Call, here: Call, row: Row, said: str) -> list[Effect]:
    try:
        person = await whom(here, here.room, said)
    except Refused as refused:
        # The question stays: it is theirs until they are ready.
        raise NotUnderstood(
            "I know nobody there by that name. Write it as the room shows it."
        ) from refused
    if person == call.person or person not in await people(here.room, call.house.me):
        raise NotUnderstood(
            "Somebody else of your circle it would be. Write their name as the room shows it."
        )
    who = await name(row.room, call.person)
    text = (
        f"{who} sees something in **{room_name(here.room, 'your circle')}** that speaks against a proposal, and would like "
        "you beside them when it is talked about. You need not be of their mind. ✅ gladly · ✋ not this time"
    )
    effects = await asked(
        here,
        person,
        text,
        about=table.about(row),
        inquiry=progress.BESIDE,
        until=here.at + stances.OPEN,
        data={"round": row.id, "room": row.room, "for": call.person},
    )
    told = f"I ask {await name(row.room, person)}, and tell you here. {READY.sign} when you are ready to begin."
    return [*effects, Say(text=told)]


@inquiry(name=progress.BESIDE, options=(YES, NO))
async def beside(call: Call, question: Question, said: str) -> Effects:
    """Whoever was asked to be beside somebody says so, or not this time; only that person hears it."""
    here, row, _round = await _of(call, question)
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ gladly · ✋ not this time.")]
    await question.delete()
    who, person = await name(row.room, call.person), str(question.data["for"])
    if said == YES.word:
        text = f"{who} is beside you. A word between the two of you, and then ✅ under my question above."
        thanks = f"Thank you. {await name(row.room, person)} hears it from me."
    else:
        text = f"{who}: not this time. You may write another name here, or ✅ when you are ready."
        thanks = "That is fine, and only they hear it."
    return [
        Say(text=thanks),
        *await whispered(here, person, text, about=table.about(row)),
    ]


# ------------------------------------------------------------------------------------------- facilitating


@inquiry(name="round-facilitate", options=(facilitating.GLADLY, NO))
async def facilitates(call: Call, question: Question, said: str) -> Effects:
    """Somebody who was asked facilitates from now on, or not this time."""
    here, row, round_ = await _of(call, question)
    if said not in (facilitating.GLADLY.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ gladly · ✋ not this time.")]
    await question.delete()
    by = str(question.data["by"])
    if said == NO.word:
        text = f"{await name(row.room, call.person)}: not this time."
        told = await whispered(here, by, text, about=f"facilitates:{row.id}")
        return [Say(text="That is fine, and only whoever asked hears it."), *told]
    try:
        round_ = rounds.joined(round_, call.person, here.at).round
        step = rounds.handed(round_, call.person, here.at)
    except NotNow as why:
        raise progress.refused(why) from why
    return [Say(text="Thank you."), *await progress.went(here, row, round_, step)]


@inquiry(name=progress.REVIEW, options=(IN_TIME,))
async def review(call: Call, question: Question, said: str) -> Effects:
    """The day on which it is looked at again: nothing is consented to without one (R131)."""
    here, row, round_ = await _of(call, question)
    effects = await reviewed(here, row, round_, "" if said == IN_TIME.word else said)
    return [Say(text=f"It is said in **{room_name(here.room, 'your circle')}**."), *effects]


async def reviewed(call: Call, row: Row, round_: Round, said: str) -> list[Effect]:
    """Set the day of review; "" is in three months. Raises NotUnderstood for what is no day, Refused for one that won't do."""
    zone = table.zone_of(row)
    today = clock.wall(call.at, zone).date()
    if round_.stage is not Stage.REVIEW:
        raise Refused("No day is asked for just now. Nothing was changed.")
    day = read_day(call, zone, said) if said else today + rounds.REVIEW
    try:
        step = rounds.reviewed(round_, call.person, day, today, call.at)
    except NotNow as why:
        raise NotUnderstood(str(why)) from why
    return await progress.went(call, row, round_, step)


# -------------------------------------------------------------------------------------------------- turns


@inquiry(name=progress.TURN, options=(DONE, PASS))
async def turn(call: Call, question: Question, said: str) -> Effects:
    """Whoever has the turn ends it by a plain word."""
    here, row, round_ = await _of(call, question)
    if said not in (DONE.word, PASS.word):
        return []
    return await turned(here, row, round_, passes=said == PASS.word)


async def turned(call: Call, row: Row, round_: Round, *, passes: bool) -> list[Effect]:
    """A turn ends, or goes by; whatever was tapped or written for that is taken back, all alike (R10)."""
    way = course.passed if passes else course.done
    step = rounds.turned(round_, way, call.person, call.at)
    effects = taps.taken_back(call)
    if step.round == round_:
        return effects
    return [*effects, *await progress.went(call, row, round_, step)]
