"""What follows from a poll: asked of whoever asked, said in words with a day on which it is looked at again (R129).

Nothing is decided because most want it. Until somebody states an outcome there is none; whoever asked is asked for it,
once more after a week, and from then on anybody of the circle may say it.
"""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from handlers import register, tallyboard
from handlers.adoption import CIRCLES
from handlers.asking import asked, now_of
from handlers.language import (
    Argument,
    Ask,
    Call,
    CallOff,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.names import name, people
from handlers.voices import find, room_of
from handlers.voting import numbered
from handlers.words import verbatim
from practices import clock
from practices.circles import RoomKind
from practices.dates import read_when
from practices.understanding import NotUnderstood
from storage.decisions import Decision
from storage.polls import Poll, Stage
from storage.questions import Question
from storage.rooms import Room

#: How long whoever asked is waited for before they are asked once more and others may say it.
PATIENCE = timedelta(days=7)

#: So long whoever asked may say it by just writing it.
ANSWERED_IN = timedelta(days=2)

#: What is not said otherwise is looked at again after so long.
REVIEW = relativedelta(months=6)

#: As long as an outcome may be.
LONGEST = 2000

HALF_A_YEAR = Option(sign="✅", word="yes", also=("half a year", "six months", "ok", "👍"))

#: "We start the code review next Monday" speaks of a review: the clause stands apart from what follows.
_REVIEW = re.compile(
    r"(?:[;.\n]|\A)[\s,–-]*(?:review|look at it again|to be reviewed)\b\s*:?\s*(?:on|by)?\s*(.+)\Z",
    re.IGNORECASE | re.DOTALL,
)


async def ask_first(call: Call, poll: Poll, room: Room) -> list[Effect]:
    """Ask whoever asked what follows; when they are gone, everybody may say it at once."""
    poll.asked_outcome_at = now_of(call)
    await poll.save(update_fields=["asked_outcome_at"])
    if not (poll.result or {}).get("cast"):
        return []  # nothing was said, and nothing follows
    if poll.author not in await people(room, call.house.me):
        return []
    ring = Ring(
        ritual="poll-outcome",
        about=f"poll:{poll.id}",
        at=now_of(call) + PATIENCE,
        room=poll.room,
        content={"poll": poll.id},
    )
    return [*await _asked(call, poll), ring]


async def _asked(call: Call, poll: Poll) -> list[Effect]:
    circle = await tallyboard.room_title(call, poll)
    return await asked(
        call,
        poll.author,
        f"**{circle}** has answered what you asked: {tallyboard.title(poll)}\n\n"
        "What follows from it? Say it in a sentence or two, for all to read; it may well be that nothing does, or that "
        "you talk again. The numbers alone decide nothing.\n\n"
        f"*Your next message here says it, or `outcome {poll.id} …` any time.*",
        about=f"poll:{poll.id}",
        inquiry="outcome",
        until=now_of(call) + ANSWERED_IN,
        data={"poll": poll.id, "room": poll.room},
    )


@ritual(
    name="poll-outcome",
    help="asks once more what follows from a poll, and then lets anybody of the circle say it",
)
async def once_more(call: Call) -> Effects:
    """A week is over and nobody has said what follows."""
    poll = await Poll.get_or_none(id=int(str(call.content["poll"])))
    if poll is None or poll.stage is not Stage.CLOSED or poll.outcome is not None:
        return []
    effects: list[Effect] = [
        Say(
            text=f"What follows from this is not said yet, and any of you may say it now: {tallyboard.title(poll)}\n\n"
            f"`{call.house.prefix}outcome {poll.id} …`",
            answers=False,
        )
    ]
    if poll.author in await people(call.room, call.house.me):
        return [*await _asked(call, poll), *effects]
    return effects


# ------------------------------------------------------------------------------------------------- stating


async def may_state(call: Call, poll: Poll) -> None:
    """Whether the sender may say what follows. Raises Refused."""
    if poll.stage is not Stage.CLOSED:
        raise Refused(
            f"That is open until **{tallyboard.closes_words(call, poll)}**; what follows is said when it is over. "
            "Nothing was changed."
            if poll.stage is Stage.OPEN
            else "Nothing came of that, so there is no outcome to state."
        )
    room = await room_of(call, poll)
    members = await people(room, call.house.me)
    if call.person not in members:
        raise Refused("What follows is for the members of the circle to say. Nothing was changed.")
    if call.person == poll.author or poll.author not in members:
        return
    since = poll.asked_outcome_at
    if poll.outcome is None and since is not None and now_of(call) >= since + PATIENCE:
        return
    who = await name(poll.room, poll.author)
    if poll.outcome is not None:
        raise Refused(
            f"What follows is stated already; {who}, who asked, can say it anew. Nothing was changed."
        )
    assert since is not None
    until = clock.short_words(since + PATIENCE, tallyboard.zone_of(call, poll))
    raise Refused(
        f"{who} asked it, and is asked what follows. From {until} on any of you may say it. Nothing was changed."
    )


async def state(call: Call, poll: Poll, text: str, review: date) -> list[Effect]:
    """Keep what follows as a decision of the circle, and show it (R129). The sender must be allowed to: `may_state`."""
    words = text.strip()
    row = await Decision.get_or_none(id=poll.decision) if poll.decision is not None else None
    if row is None:
        row = await Decision.create(room=poll.room, what=words, person=call.person, made_at=call.at)
    else:
        row.what, row.person, row.made_at = words, call.person, call.at
        await row.save(update_fields=["what", "person", "made_at"])
    poll.outcome, poll.outcome_by, poll.outcome_at = words, call.person, call.at
    poll.review_on, poll.decision = review, row.id
    await poll.save(update_fields=["outcome", "outcome_by", "outcome_at", "review_on", "decision"])
    for question in await Question.filter(inquiry__in=["outcome", "outcome-review"]):
        if question.data.get("poll") == poll.id:
            await question.delete()
    said = f"{await tallyboard.outcome(call, poll)}\n\n*{tallyboard.title(poll)}*"
    effects: list[Effect] = [
        CallOff(about=f"poll:{poll.id}"),
        *await tallyboard.anew(call, poll),
        Say(
            text=f"{said}\n\n{register.TASK} who takes on what *(kept as number {row.id})*",
            room=poll.room,
            name=register.about(row),
            taps=(register.TASK,),
            answers=call.room.id == poll.room,
        ),
    ]
    if call.room.id != poll.room:
        day = clock.long_day(review)
        effects.append(
            Say(
                text=f"It is kept, and your circle reads it: {verbatim(words)}\n\nYou look at it again on {day}."
            )
        )
    effects += await register.entered(call, row, review)
    return [*effects, *await register.in_its_place(call, poll.id, row)]


def read_outcome(call: Call, poll: Poll, text: str) -> tuple[str, date | None]:
    """The outcome, and the day of its review if one is named: `…; review in 6 months`. Raises NotUnderstood."""
    found = _REVIEW.search(text)
    review = None
    if found is not None:
        try:
            review = read_day(call, tallyboard.zone_of(call, poll), found[1])
            text = text[: found.start()]
        except NotUnderstood:
            review = None
    if not text.strip():
        raise NotUnderstood("What follows? Say it in a sentence or two.")
    if len(text) > LONGEST:
        raise NotUnderstood(
            f"That is longer than {LONGEST} characters. A shorter outcome is read by more people."
        )
    return text.strip(), review


def read_day(call: Call, zone: ZoneInfo, text: str) -> date:
    """A day ahead, as in `in 6 months` or `1 june`. Raises NotUnderstood."""
    today = clock.wall(call.at, zone).date()
    months = re.fullmatch(
        r"\s*(?:in )?(\d{1,2}|a|one|half a) (month|year)s?\.?\s*", text, re.IGNORECASE
    )
    if months is not None:
        many = {"a": 1.0, "one": 1.0, "half a": 0.5}.get(months[1].casefold()) or float(months[1])
        unit = 12 if months[2].casefold() == "year" else 1
        return today + relativedelta(months=max(1, round(many * unit)))
    at = read_when(text, now=call.at, zone=zone, at=tallyboard.DAY_ENDS).at
    return clock.wall(at, zone).date()


@command(
    name="outcome",
    help="say what follows from something that was asked, and when you look at it again",
    example="outcome 4 we meet on Tuesdays; review in 6 months",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="what",
            help="the number of what was asked, what follows, and perhaps “review in 6 months”",
            rest=True,
            question="Of which, and what follows? For example: 4 we meet on Tuesdays; review in 6 months.",
        ),
    ),
)
async def outcome(call: Call, what: str) -> Effects:
    """State an outcome in words."""
    number, text = numbered(what)
    poll = await find(call, number) if number is not None else None
    if poll is None:
        raise Refused(
            f"I need the number of what was asked, as in `outcome 4 we meet on Tuesdays`. `{call.house.prefix}polls` lists "
            "them. Nothing was changed."
        )
    await may_state(call, poll)
    words, review = read_outcome(call, poll, text)
    if review is not None:
        return await state(call, poll, words, review)
    return [_ask_review(call, poll, words)]


@inquiry(name="outcome")
async def told(call: Call, question: Question, said: str) -> Effects:
    """Whoever asked says what follows."""
    poll = await Poll.get_or_none(id=int(str(question.data.get("poll", 0))))
    if poll is None:
        raise Refused("What that was about is forgotten by now, so nothing was kept.")
    await may_state(call, poll)
    words, review = read_outcome(call, poll, said)
    await question.delete()
    if review is not None:
        return await state(call, poll, words, review)
    return [_ask_review(call, poll, words)]


def _ask_review(call: Call, poll: Poll, words: str) -> Effect:
    day = clock.long_day(_in_half_a_year(call, poll))
    return Ask(
        inquiry="outcome-review",
        text=f"I understood: {verbatim(words)}\n\nWhen do you look at it again? ✅ in half a year, on {day}; or say another day, "
        "such as “in 3 months”.",
        until=call.at + timedelta(hours=12),
        data={"poll": poll.id, "room": poll.room, "words": words},
        person=call.person,
    )


def _in_half_a_year(call: Call, poll: Poll) -> date:
    return clock.wall(call.at, tallyboard.zone_of(call, poll)).date() + REVIEW


def _reads_day(text: str, call: Call) -> date:
    return read_day(call, call.circle_zone, text)


@inquiry(name="outcome-review", options=(HALF_A_YEAR,), reads=_reads_day)
async def reviewed(call: Call, question: Question, said: str) -> Effects:
    """The day on which it is looked at again: no outcome is kept without one."""
    poll = await Poll.get_or_none(id=int(str(question.data.get("poll", 0))))
    if poll is None:
        raise Refused("What that was about is forgotten by now, so nothing was kept.")
    await may_state(call, poll)
    review = (
        _in_half_a_year(call, poll)
        if said == HALF_A_YEAR.word
        else read_day(call, tallyboard.zone_of(call, poll), said)
    )
    await question.delete()
    return await state(call, poll, str(question.data.get("words", "")), review)
