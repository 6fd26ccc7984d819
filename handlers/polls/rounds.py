"""Consent, asked as a round (DEC-3): questions, reactions, a changed text, and objections that open at the same moment.

`!consent` and a text is enough; everything else is tapped or said in a plain word. Live, whoever hosts the meeting
facilitates and the clock keeps the turns; over days each step has its time, and one private reminder.
"""

import re

from handlers.asking import whispered
from handlers.conversation import PATIENCE, answered_by
from handlers.house.adoption import CIRCLES
from handlers.language import (
    Argument,
    Ask,
    Call,
    Change,
    Door,
    Effect,
    Effects,
    Redact,
    Refused,
    Say,
    Whisper,
    command,
    inquiry,
    tap,
    watch,
)
from handlers.names import people, room_name
from handlers.polls import facilitating, objections, progress, proposing, stances
from handlers.polls import roundtable as table
from handlers.polls.tallyboard import shortened
from handlers.polls.voting import numbered
from handlers.whom import whom
from handlers.words import folded, sign
from practices import rounds
from practices.circles import RoomKind
from practices.rounds import Fate, NotNow, Round, Stage, Step
from practices.understanding import NotUnderstood
from storage import rounds as kept
from storage.database import row_of
from storage.members import Member
from storage.questions import Question
from storage.rounds import Round as Row

#: What somebody may do with a round, by the word that says it and the sign that is tapped.
VERBS = {
    "begin": table.BEGIN,
    "go on": table.BEGIN,
    "resume": table.BEGIN,
    "live": table.LIVE,
    "done": table.DONE,
    "nothing": table.DONE,
    "as it is": table.DONE,
    "taken in": table.DONE,
    "yes": table.DONE,
    "ok": table.DONE,
    "pass": table.PASS,
    "next": table.NEXT,
    "rest": table.REST,
    "pause": table.REST,
    "ask me": table.PENCIL,
    "not yet": table.NOT_YET,
    "no": table.NOT_YET,
    "withdraw objection": table.LIFT,
    "lift": table.LIFT,
    "carry": table.CARRY,
    "take up": table.HERE,
    "i am in": table.HERE,
    "days": "days",
    "over days": "days",
    "withdraw": "withdraw",
    "card": "card",
}

#: Said in a thread these are talk among people.
_TALK = frozenset({"yes", "no", "ok", "nothing", "withdraw", "live", "days", "card"})

_AMEND = re.compile(r"(?:amend|change)\b\s*:?\s*(.*)\Z", re.IGNORECASE | re.DOTALL)
_AMEND_REPLY = re.compile(r"(?:amend|change)\s*:\s*(.*)\Z", re.IGNORECASE | re.DOTALL)
_REVIEW = re.compile(r"review\b\s*(?:on|in the)?\s*:?\s*(.+)\Z", re.IGNORECASE | re.DOTALL)


@command(
    name="consent",
    help="ask for consent in a round: questions, reactions, changes, and objections that open at the same moment",
    example="consent We share the cost of the room",
    kinds=CIRCLES | {RoomKind.PRIVATE, RoomKind.CONGREGATION},
    arguments=(
        Argument(
            name="what",
            help="what you propose, perhaps with “; live”, “; 3 days a step” or “; facilitator Ben” behind it; or a number, and then "
            "“amend …”, “facilitator Ben”, “rest”, “resume”, “review in 3 months”, “withdraw”",
            rest=True,
        ),
    ),
)
async def consent(call: Call, what: str | None) -> Effects:
    """Propose something for consent, or look after a round."""
    if call.room.kind is RoomKind.CONGREGATION:
        raise Refused(
            "A consent round is for a circle in which each voice is heard, up to twenty. Nothing was asked; it works in the "
            f"room of a crew or of your delegates, and `{call.house.prefix}poll consent …` asks many at once."
        )
    number, rest = numbered(what or "")
    row = await _found(call, number) if number is not None else await _meant(call, what)
    if row is not None:
        return await _look_after(call, row, rest if number is not None else str(what))
    if number is not None and not rest:
        raise Refused(f"I know of no consent round {number} of yours. Nothing was changed.")
    if call.is_private:
        return await _in_private(call, what)
    if what is None:
        return await _without_words(call)
    return await proposing.propose(call, what)


async def _found(call: Call, number: int) -> Row | None:
    """The round of that number, if the sender may know of it."""
    row = await Row.get_or_none(id=number)
    if row is None or (not call.is_private and row.room != call.room.id):
        return None
    here = await progress.at_table(call, row)
    return row if call.person in await people(here.room, call.house.me) else None


async def _meant(call: Call, what: str | None) -> Row | None:
    """The one round that is open here, when nothing but a word about it was said."""
    if what is None or call.is_private:
        return None
    if folded(what) not in VERBS and not _AMEND_REPLY.match(what):
        return None
    open_ = await kept.open_in([call.room.id])
    return open_[0] if len(open_) == 1 else None


async def _without_words(call: Call) -> list[Effect]:
    """What is open here, and the question what is proposed."""
    open_ = await kept.open_in([call.room.id])
    if open_:
        lines = "\n".join([_line(each) for each in open_])
        asks = f"`{call.house.prefix}consent …` with your own words asks for something new."
        return [Say(text=f"Consent is asked here for:\n\n{lines}\n\n{asks}")]
    return [
        Ask(
            inquiry="round-text",
            text="What do you propose? One clear text, good enough for now and safe enough to try.\n\n"
            + answered_by(in_room=True),
            until=call.at + PATIENCE,
            data={"request": call.event_id},
            person=call.person,
        )
    ]


def _anything(text: str, _call: Call) -> str:
    return text


@inquiry(name="round-text", reads=_anything, takes_words=True, begun=True)
async def its_text(call: Call, question: Question, said: str) -> Effects:
    """Somebody says what they propose; the message with which they began is the one that asked."""
    await question.delete()
    request = question.data.get("request")
    return await proposing.propose(call, said, request=str(request) if request else None)


def _line(row: Row) -> str:
    round_ = rounds.from_state(row.state)
    return f"- {row.id}: {shortened(round_.text)} ({row.stage})"


async def _in_private(call: Call, what: str | None) -> list[Effect]:
    """What waits for the sender's word; an answer that begins with “consent” is one."""
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    open_ = [
        row
        for row in await kept.open_in([str(room) for room in mine])
        if await _found(call, row.id) is not None
    ]
    asking = [row for row in open_ if row.stage is Stage.OBJECTIONS]
    answer = stances.read(f"consent {what}") if what else None
    if answer is not None and len(asking) == 1:
        here = await progress.at_table(call, asking[0])
        return await objections.take(here, asking[0], await progress.read(here, asking[0]), answer)
    if what is not None:
        raise Refused(
            "Consent is asked in the room of the circle whose matter it is. Nothing was asked; "
            f"`{call.house.prefix}consent …` there does it."
        )
    if not open_:
        return [Say(text="No consent round of yours is open just now.")]
    effects: list[Effect] = [Say(text="Open now:\n\n" + "\n".join(_line(row) for row in open_))]
    for row in asking:
        effects += await objections.asked_again(call, row)
    return effects


# ------------------------------------------------------------------------------------------- looking after


async def _look_after(call: Call, row: Row, rest: str) -> list[Effect]:
    here = await progress.at_table(call, row)
    round_ = await progress.read(here, row)
    if not rest or folded(rest) in ("show", "text"):
        if call.is_private and stances.is_asked(round_):
            return await objections.asked_again(call, row)
        return [Say(text=await table.board(here, row, round_))]
    if row.stage in rounds.OVER:
        raise Refused("That round is over. Nothing was changed; it can be asked anew.")
    amended, review = _AMEND.match(rest), _REVIEW.match(rest)
    named = proposing.FACILITATOR.fullmatch(rest)
    if amended is not None:
        return await _amended(here, row, round_, amended[1])
    if review is not None:
        return await objections.reviewed(here, row, round_, review[1])
    if named is not None:
        return await _hand_over(here, row, round_, named[1])
    verb = VERBS.get(folded(rest))
    if verb is None:
        raise Refused(
            f"I don't know what to do with round {row.id} by that word. There is “amend …”, “facilitator Ben”, “next”, “rest”, "
            "“resume”, “review in 3 months”, “withdraw”. Nothing was changed."
        )
    return await _said_back(call, await _done(here, row, round_, verb))


async def _said_back(call: Call, effects: list[Effect]) -> list[Effect]:
    """Whoever said it in private hears that it was done, and everybody that there was nothing to do."""
    if call.is_private:
        # Of what was said to us alone nothing stands in the circle's room that could be taken back.
        effects = [each for each in effects if not _takes_back(each, call.key)]
    if not effects:
        return [Say(text="That is so already, so nothing was changed.")]
    if call.is_private:
        return [*effects, Say(text="Done.")]
    return effects


def _takes_back(effect: Effect, event: str) -> bool:
    return isinstance(effect, Redact) and effect.target == event


async def _amended(call: Call, row: Row, round_: Round, text: str) -> list[Effect]:
    if len(text) > rounds.LONGEST:
        raise Refused(
            f"That is longer than {rounds.LONGEST} characters. Nothing was changed; in fewer words it works."
        )
    try:
        step = rounds.amended(round_, call.person, text, call.at)
    except NotNow as why:
        raise progress.refused(why) from why
    return await progress.went(call, row, round_, step)


async def _hand_over(call: Call, row: Row, round_: Round, named: str) -> list[Effect]:
    """Whoever facilitates or proposes hands it over: to themselves at once, to somebody else who says gladly."""
    to = await whom(call, call.room, named)
    if call.person not in (round_.facilitator, round_.proposer) and to != call.person:
        raise Refused(
            "Whoever facilitates or proposes it asks somebody else to facilitate. Nothing was changed."
        )
    if to not in await people(call.room, call.house.me):
        raise Refused("Who facilitates is a member of the circle. Nothing was changed.")
    if to != call.person:
        asked = await facilitating.ask_to_facilitate(call, row, round_, to)
        return [*asked, Say(text="I ask them, and until they say gladly it stays as it is.")]
    if call.person != round_.proposer and round_.facilitator:
        raise Refused(
            "Whoever facilitates hands it over by your name. Nothing was changed; say to them that you would."
        )
    try:
        step = rounds.handed(rounds.joined(round_, to, call.at).round, to, call.at)
    except NotNow as why:
        raise progress.refused(why) from why
    return await progress.went(call, row, round_, step)


# ---------------------------------------------------------------------------------------- words and taps


async def _done(call: Call, row: Row, round_: Round, verb: str) -> list[Effect]:
    """Do what a word or a sign means in the step that a round is in. Raises Refused."""
    try:
        if verb == table.BEGIN and round_.stage is Stage.READY:
            return await proposing.begin(call, row, round_, live=False)
        if verb == table.LIVE:
            return await proposing.begin(call, row, round_, live=True)
        if verb == table.PENCIL:
            return await objections.asked_again(call, row)
        if verb == "card":
            if call.person != round_.facilitator:
                raise NotNow("The card is for whoever facilitates.")
            return await facilitating.card(call, row, round_)
        if round_.turns is not None and round_.paused is None and verb in (table.DONE, table.PASS):
            return await objections.turned(call, row, round_, passes=verb == table.PASS)
        if verb == table.DONE and round_.stage is Stage.REVIEW:
            return await objections.reviewed(call, row, round_, "")
        step = _step(call, round_, verb)
    except NotNow as why:
        raise progress.refused(why) from why
    if step.round == round_:
        return []
    return await progress.went(call, row, round_, step)


def _step(call: Call, round_: Round, verb: str) -> Step:
    """What a word makes of a round. Raises NotNow."""
    who, at = call.person, call.at
    if verb in (table.DONE, table.PASS, table.NOT_YET):
        return _answered(round_, who, verb, call)
    match verb:
        case table.BEGIN:
            step = rounds.resumed(round_, who, at)
        case table.NEXT:
            step = rounds.forward(round_, who, at)
        case table.REST:
            step = rounds.rested(round_, who, at)
        case table.LIFT:
            step = rounds.settled(round_, who, Fate.WITHDRAWN, at)
        case table.CARRY:
            step = rounds.settled(round_, who, Fate.CARRIED, at)
        case table.HERE if round_.proposer:
            step = rounds.joined(round_, who, at)
        case table.HERE:
            step = rounds.taken_up(round_, who, at)
        case "days":
            step = rounds.over_days(round_, who, at)
        case _:
            step = rounds.withdrawn(round_, who, at)
    return step


def _answered(round_: Round, who: str, verb: str, call: Call) -> Step:
    """✅, ⏭️ and ✋ mean what the step asks."""
    if round_.stage in rounds.TAKING_TURNS and verb != table.NOT_YET:
        return rounds.said_all(round_, who, call.at)
    if round_.stage is Stage.AMENDING and verb == table.DONE:
        if who != round_.proposer:
            raise NotNow("Whoever proposes it says whether the text stays as it is.")
        return rounds.forward(round_, who, call.at)
    if round_.stage is Stage.INTEGRATING and verb != table.PASS:
        return rounds.agreed(round_, who, call.at, yes=verb == table.DONE)
    raise NotNow("Nothing that this would answer is asked just now.")


@tap(prefix=table.NAMED, threads=True)
async def said_to(call: Call, subject: str, said: str) -> Effects:
    """A tap under what is asked now, or a plain word to it; what else people say there is theirs."""
    number, _, step = subject.partition(":")
    row = await row_of(Row, number, room=call.room.id)
    if row is None or row.stage in rounds.OVER:
        return []
    if call.person not in await people(call.room, call.house.me):
        return []
    round_ = await progress.read(call, row)
    if call.content.get("door") == Door.REPLY.value:
        return await _replied(call, row, round_, said, asked=_is_asked_there(row, round_, step))
    verb = next((each for each in VERBS.values() if sign(each) == said), None)
    if verb is None:
        return []
    if step.partition(":")[0] != str(row.prompt):
        return await _tapped_before(call, row, round_, verb)
    return await _tapped(call, row, round_, verb)


def _is_asked_there(row: Row, round_: Round, step: str) -> bool:
    """Whether a message is the one that says what is asked now; the board is that, but for a change that is offered."""
    if not step:
        return round_.offer is None
    return step == str(row.prompt) or f"{table.about(row)}:{step}" in row.lines


async def _tapped_before(call: Call, row: Row, round_: Round, verb: str) -> list[Effect]:
    """What stood there is asked no more, and a yes or a no to it is none to what stands now: whoever said it hears so."""
    if round_.stage is not Stage.INTEGRATING or verb not in (table.DONE, table.NOT_YET):
        return []
    text = (
        f"That message of **{room_name(call.room, 'your circle')}** is asked no more, so your tap changed nothing. This is "
        f"asked there now:\n\n{await table.prompt_words(call, row, round_)}"
    )
    return await whispered(call, call.person, text, about=table.about(row))


async def _tapped(call: Call, row: Row, round_: Round, verb: str) -> list[Effect]:
    """Whoever facilitates, or taps what is somebody else's to say, hears why it changed nothing; others hear nothing."""
    theirs = (table.BEGIN, table.LIVE, table.LIFT, table.CARRY)
    try:
        return await _done(call, row, round_, verb)
    except (NotUnderstood, Refused) as why:
        if call.person == round_.facilitator or verb in theirs:
            return [Whisper(person=call.person, text=str(why))]
        return []


async def _replied(call: Call, row: Row, round_: Round, said: str, *, asked: bool) -> list[Effect]:
    """A reply to a message of a round; `asked`: to that which says what is asked now. A yes to another is no yes to it."""
    amended = _AMEND_REPLY.match(said)
    if amended is not None:
        return await _amended(call, row, round_, amended[1])
    if round_.stage is Stage.OBJECTIONS and stances.read(said) is not None:
        return await _in_private_please(call, row, round_)
    word = folded(said)
    in_thread = bool(call.content.get("in_thread"))
    verb = VERBS.get(word) or next(
        (each for each in VERBS.values() if sign(each) == sign(said)), None
    )
    if verb is not None and not (in_thread and word in _TALK):
        if not asked:
            now = await table.prompt_words(call, row, round_)
            raise Refused(
                f"That message does not say what is asked now, so nothing was changed. This is:\n\n{now}"
            )
        return await _done(call, row, round_, verb)
    names_it = call.person in (round_.facilitator, round_.proposer) or round_.late
    if asked and round_.stage is Stage.REVIEW and names_it and not in_thread:
        return await objections.reviewed(call, row, round_, said)
    return []


async def _in_private_please(call: Call, row: Row, round_: Round) -> list[Effect]:
    """What is answered before the others would sway them, so it is taken in private only (R131)."""
    where = room_name(call.room, "your circle")
    text = (
        f"In **{where}** all answers are shown at the same moment, so that nobody's comes before another's. What you wrote "
        "there was not noted; here it is sealed."
    )
    asked = await stances.ask(call, row, round_, call.person)
    return [Whisper(person=call.person, text=text), *asked]


@tap(prefix=facilitating.CARD)
async def on_card(call: Call, subject: str, said: str) -> Effects:
    """A tap under a card, in private."""
    number, _, step = subject.partition(":")
    row = await _found(call, int(number))
    if row is None or row.stage in rounds.OVER or not step.isdigit() or int(step) < row.prompt:
        return []
    signs = {sign(each): each for each in (table.NEXT, table.REST)}
    verb = signs.get(said) or VERBS.get(folded(said))
    if verb is None:
        return []
    here = await progress.at_table(call, row)
    round_ = await progress.read(here, row)
    return await _said_back(call, await _done(here, row, round_, verb))


# --------------------------------------------------------------------------------- the message taken back


@watch(kind=Change.TAKEN_BACK)
async def taken_back(call: Call) -> Effects:
    """Whoever proposes took back the message that asked: that withdraws the proposal while nobody has answered it.

    Afterwards only they are told that it goes on. Whoever is not in the circle any more changes nothing there.
    """
    target = str(call.content.get("target") or "")
    row = await Row.filter(request=target).first() if target else None
    if row is None or row.stage in rounds.OVER:
        return []
    here = await progress.at_table(call, row)
    round_ = await progress.read(here, row)
    if call.sender != round_.proposer or call.person not in await people(here.room, call.house.me):
        return []
    if _is_spoken_to(round_):
        where = room_name(here.room, "your circle")
        text = (
            f"You took back the message with which you proposed in **{where}**: “{shortened(round_.text)}”\n\nThe round about "
            f"it has begun and others have taken part, so it goes on. `consent {row.id} withdraw` takes the proposal back, with "
            "all that was answered."
        )
        return await whispered(here, call.person, text, about=table.about(row))
    effects = await _done(here, row, round_, "withdraw")
    if round_.stage is Stage.READY:
        text = (
            f"**Consent round {row.id}** is taken back: whoever proposed it deleted their message before it began, and nothing "
            "is decided."
        )
        effects.append(Say(text=text, room=row.room, answers=False))
    return effects


def _is_spoken_to(round_: Round) -> bool:
    """Whether others have taken part: they have answered, or had their time to say in the room what nobody writes down."""
    if round_.stage in (Stage.READY, Stage.QUESTIONS) and not round_.live:
        return bool(set(round_.done) - {round_.proposer})
    return True
