"""The facilitator's card: at each step of a consent round what to say, what to watch, and how it goes on (DEC-3).

It is said in private to whoever facilitates, so that the room hears their voice and not ours. Somebody is asked before
they become that.
"""

from datetime import timedelta

from handlers.asking import asked, now_of, whispered
from handlers.language import (
    YES,
    Ask,
    Call,
    Effect,
    Option,
    Whisper,
)
from handlers.names import room_name
from handlers.polls import roundtable as table
from handlers.words import verbatim
from practices.rounds import Round, Stage
from storage.rounds import Round as Row

CARD = "card"

#: How long somebody may think about whether they facilitate.
PATIENCE = timedelta(days=2)

GLADLY = Option(sign=YES.sign, word=YES.word, also=(*YES.also, "gladly", "i will"))

_FOUR = (
    "Four questions, to be asked kindly and answered together: Is it reasoned, can you follow how it would come about? Is "
    "it about what the group is for, rather than about taste? Is it grounded in something seen or known? Would trying it "
    "until the review not be safe?\n\n"
    "Then: what would make it safe enough? Add, limit, shorten, test, measure, delegate. Thank whoever objects: they see "
    "something for all of you. You don't weigh an objection and can't set it aside; it ends by its owner's word."
)

#: What to say, and what to watch.
_CARDS = {
    Stage.READY: (
        "Is this ours to decide, and is it needed now? Then read it aloud, slowly, once.",
        "Whether it is one proposal. Two are better asked one after the other.",
    ),
    Stage.QUESTIONS: (
        "One round: what do you need to know to understand it? Whoever proposes it answers, briefly.",
        "Opinions dressed as questions (“don't you think …?”): they have their place in the next step.",
    ),
    Stage.REACTIONS: (
        "One round: in a sentence or two, how is it for you? Nobody replies.",
        "Replies and debate. Reactions are heard, and nothing of them is written down.",
    ),
    Stage.AMENDING: (
        "To whoever proposes it: you have heard us. Change what you like, or leave it, and read it aloud once more.",
        "Nobody else edits now. “As it is” is a good answer.",
    ),
    Stage.OBJECTIONS: (
        "Is it good enough for now and safe enough to try until we look at it again? Each answers in private.",
        "Hurry. Silence is neither a yes nor an objection, and nobody is to be pressed or named for it.",
    ),
    Stage.SUPPORT: (
        "Nothing yet. One of you objects alone: first they have support, then it is talked about.",
        "That nobody begins to argue. I say in the room when it goes on.",
    ),
    Stage.INTEGRATING: (
        _FOUR,
        "One objection at a time. Others wait, and are not forgotten: they have their number.",
    ),
    Stage.REVIEW: (
        "Nobody objects: celebrate that. And when do we look at it again?",
        "Without a day it is not consented to.",
    ),
}


def card_words(call: Call, row: Row, round_: Round) -> str:
    """The card of the present step."""
    say, watch = _CARDS[round_.stage]
    where = room_name(call.room, "your circle")
    head = f"**{where}**, consent round {row.id}, your card: {verbatim(_short(round_.text))}"
    return f"{head}\n\n**Say:** {say}\n\n**Watch:** {watch}\n\n{_onward(call, row, round_)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:89].rstrip()}…"  # noqa: PLR2004 - one line on a phone


def _onward(call: Call, row: Row, round_: Round) -> str:
    """How it goes on from here."""
    until = table.until_words(call, row, round_)
    by_itself = f" It does by itself on {until}, or when all have tapped." if until else ""
    text = ""
    match round_.stage:
        case Stage.READY:
            text = f"{table.BEGIN} in the room begins it."
        case Stage.QUESTIONS | Stage.REACTIONS if round_.turns is not None:
            text = f"I keep the turns. It goes on after the last one; {table.REST} rests."
        case Stage.QUESTIONS | Stage.REACTIONS:
            text = f"{table.NEXT} goes on to the next step.{by_itself} · {table.REST} rests"
        case Stage.AMENDING:
            text = f"{table.NEXT} asks for objections; so does {table.DONE} by whoever proposes it."
        case Stage.OBJECTIONS if round_.late:
            text = (
                "The time is over, and not everybody has answered. They were reminded once, and I name nobody. Wait a "
                f"little longer · {table.NEXT} go on with those who have answered · {table.REST} rest"
            )
        case Stage.OBJECTIONS:
            ends = f" After {until} you may go on with those who have." if until else ""
            text = f"It opens when everybody asked has answered.{ends}"
        case Stage.INTEGRATING if round_.late:
            text = (
                "The time for it is over, and it waits for a word of whoever objects. A talk between two often helps. "
                f"`consent {row.id} rest` lets it rest; the proposer may take the proposal back."
            )
        case Stage.INTEGRATING:
            text = f"Whoever wants to offers a change: `consent {row.id} amend …` in the room."
        case Stage.REVIEW:
            text = "✅ in three months · or just write another day here, such as “in 6 weeks”."
    return text


def _taps(round_: Round) -> tuple[str, ...]:
    match round_.stage:
        case Stage.QUESTIONS | Stage.REACTIONS if round_.turns is not None:
            return (table.REST,)
        case Stage.QUESTIONS | Stage.REACTIONS | Stage.AMENDING:
            return (table.NEXT, table.REST)
        case Stage.OBJECTIONS if round_.late:
            return (table.NEXT, table.REST)
        case _:
            return ()


async def card(call: Call, row: Row, round_: Round) -> list[Effect]:
    """The card of the present step, to whoever facilitates. `call.room` is the circle."""
    person, text = round_.facilitator, card_words(call, row, round_)
    if not person or round_.is_over or round_.paused is not None:
        return []
    if round_.stage is Stage.REVIEW:
        data = {"round": row.id, "room": row.room}
        until = now_of(call) + PATIENCE
        if round_.live:
            return [
                Ask(
                    inquiry="round-review",
                    text=text,
                    until=until,
                    data=data,
                    person=person,
                    private=True,
                )
            ]
        return await asked(
            call,
            person,
            text,
            about=table.about(row),
            inquiry="round-review",
            until=until,
            data=data,
        )
    name, taps = f"{CARD}:{row.id}:{row.step}", _taps(round_)
    if round_.live:
        return [Whisper(person=person, text=text, name=name, taps=taps)]
    return await whispered(call, person, text, about=table.about(row), name=name, taps=taps)


async def ask_to_facilitate(call: Call, row: Row, round_: Round, person: str) -> list[Effect]:
    """Ask somebody in private whether they would facilitate; until they say so it stays as it is."""
    text = (
        f"**{room_name(call.room, 'Your circle')}** asks for consent, and you are asked to facilitate that: "
        f"{verbatim(_short(round_.text))}\n\nAt each step I give you a card with what to say and what to watch. "
        "✅ gladly · ✋ not this time"
    )
    return await asked(
        call,
        person,
        text,
        about=f"facilitates:{row.id}",
        inquiry="round-facilitate",
        until=now_of(call) + PATIENCE,
        data={"round": row.id, "room": row.room, "by": call.person},
    )
