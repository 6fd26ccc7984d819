"""One voice in a poll, through whichever door it comes: a tap, Element's own poll, a typed word, or the private chat.

All doors lead to one ballot a person, and the newest voice counts. A voice that cannot be counted is answered kindly,
privately where it is private, and changes nothing.
"""

import re

from handlers import booth, matters, tallyboard
from handlers.asking import whispered
from handlers.language import (
    Call,
    Effect,
    Effects,
    React,
    Redact,
    Refused,
    Say,
    Scrub,
    inquiry,
    tap,
)
from handlers.language import Door as Came
from handlers.names import names
from handlers.power import may_redact
from handlers.voices import asks_advice, form_of, has_spoken, keep, may_speak, room_of, terms_of
from handlers.words import after_prefix, first_word, folded, sign
from practices import clock
from practices import terms as wordings
from practices.polls import forms
from practices.polls.poll import Marks, Passing, Showing, Way
from practices.understanding import NotUnderstood
from storage.members import is_in
from storage.polls import Door, Elector, Poll, Stage, TookPart, Voice, put_in_secret
from storage.questions import Question
from storage.visitors import visits

#: Set under a typed voice that was counted.
COUNTED = "✔️"

#: Takes a voice back by a word.
NOTHING = frozenset(
    {"nothing", "no vote", "no voice", "take back", "take it back", "withdraw", "undo"}
)

#: A reply of at most so many words to the board may have been meant as a voice, and is answered when it is none.
SHORT = 3

#: Words of the longest position.
LONGEST_POSITION = 4

#: A number as one types it, which is not a sign of a position.
_BARE_NUMBER = re.compile(r"[#(]?\d+[).]?")

#: Positions that are commands, too.
POSITIONS = ("agree", "abstain", "disagree", "block")


# ---------------------------------------------------------------------------------------------- reading


def read(poll: Poll, text: str, *, loosely: bool) -> tuple[Marks, str]:
    """A voice and its reason, as typed. Raises NotUnderstood.

    Among people's talk only what is plainly an answer is one; `loosely` takes what follows a position for its reason. A
    number with words after it is then no position: "4 of us can't come" blocks nothing.
    """
    terms, form = terms_of(poll), form_of(poll)
    try:
        said = forms.voice(terms, text)
    except NotUnderstood:
        if not loosely or not form.positions:
            raise
        words = text.split()
        for count in range(min(len(words) - 1, LONGEST_POSITION), 0, -1):
            answer = " ".join(words[:count]).rstrip(",.;:")
            if _BARE_NUMBER.fullmatch(answer):
                continue
            try:
                marks = form.read(terms, answer)
            except NotUnderstood:
                continue
            return marks, " ".join(words[count:])
        raise
    return said.marks, said.reason


def without_command(call: Call, poll: Poll, text: str) -> str:
    """The answer in a message, which may be `!vote 4 agree` or `!agree 4 because …`; "vote 2" is an answer to poll 4.

    Raises NotUnderstood for an answer to something else, as `!vote 2 agree` is to poll 4.
    """
    commanded = text if call.is_private else after_prefix(text, call.house.prefix)
    if commanded is None:
        return text
    word, rest = first_word(commanded)
    number, after = numbered(rest)
    answer = after if number == poll.id else rest
    voted = folded(word) == "vote"
    positioned = folded(word) in POSITIONS
    if number is not None and number != poll.id and (positioned or (voted and is_worded(after))):
        raise NotUnderstood(
            f"That names number {number}, and this is number {poll.id}: `vote {poll.id} …` answers it."
        )
    if voted:
        return answer
    if positioned:
        return f"{word}\n{answer}".strip()
    return text


def says_again(call: Call, poll: Poll, text: str) -> bool:
    """Whether somebody who is asked for a reason takes a position instead: `agree`, `vote 4 agree`."""
    word, rest = first_word(after_prefix(text, call.house.prefix) or text)
    named = numbered(rest)[0] == poll.id
    return (folded(word) == "vote" and named) or (folded(word) in POSITIONS and (named or not rest))


def is_nothing(text: str) -> bool:
    """Whether somebody says that they take no position any more."""
    return folded(text) in NOTHING


def is_worded(rest: str) -> bool:
    """Whether words follow a number, so that it numbers what is asked; in `2 > 1 because …` and `2, 3` it is an option."""
    return re.match(r"[^\d>]*[^\W\d_]", rest) is not None


def numbered(text: str) -> tuple[int | None, str]:
    """The number in front, and the rest; in `1:3` and `18:00` it is none."""
    found = re.match(r"\s*#?(\d{1,9})(?!\d|\.|:\s*\d)\s*[:,]?\s*(.*)\Z", text, re.DOTALL)
    return (int(found[1]), found[2].strip()) if found else (None, text.strip())


# ---------------------------------------------------------------------------------------- who may not


async def why_not(call: Call, poll: Poll) -> str | None:
    """Why a voice of the sender is not counted; None when it is."""
    refused = stage_words(call, poll)
    if refused is not None:
        return refused
    person = call.person
    if terms_of(poll).secret and await TookPart.exists(poll=poll.id, person=person):
        return (
            "You have taken part in this already. A secret voice can't be found again, so it can't be changed; "
            "the first counts."
        )
    if await may_speak(call, poll, person):
        return None
    if asks_advice(poll, person):
        return (
            "You asked for advice, and what is counted is what the others say, so yours was not. What you would like yourself "
            "you can write in the thread."
        )
    room = await room_of(call, poll)
    if await visits(room.id, person):
        return (
            "You are here as a guest: you are heard in the talk, and what is counted are the members' voices. "
            "Yours was not counted."
        )
    if not await is_in(room.id, person):
        return "That is asked of the members of the circle, so yours was not counted."
    if terms_of(poll).passing is Passing.ADVICE:
        deciders = await Elector.filter(poll=poll.id).values_list("person", flat=True)
        whom = ", ".join(await names(poll.room, map(str, deciders)))
        return (
            f"Here the decision is with {whom}, and theirs are the voices that are counted. "
            "What you think helps them: write it in the thread."
        )
    return (
        "Those are asked who were in the circle when it was opened, so that the number they are measured by stays. "
        "Yours was not counted; what you write in the thread is read."
    )


def stage_words(call: Call, poll: Poll) -> str | None:
    """Why no voice at all is counted just now; None while it is open."""
    zone = tallyboard.zone_of(call, poll)
    match poll.stage:
        case Stage.AHEAD:
            opens = clock.short_words(poll.opens_at, zone)
            return f"It opens on **{opens}**. Until then nothing is counted, and this was not."
        case Stage.WITHDRAWN:
            return "It was taken back by whoever asked, so nothing is counted any more."
        case Stage.CLOSED:
            ended = clock.short_words(poll.ended_at or poll.closes_at, zone)
            return f"It was closed on **{ended}**, so this came too late to be counted. What came out stands."
        case Stage.OPEN:
            if call.at < poll.closes_at:
                return None
            return f"It was open until **{tallyboard.closes_words(call, poll)}**, so this came too late to be counted."


async def _refused(call: Call, poll: Poll, why: str, door: Door) -> list[Effect]:
    """Say it in the place where the voice was given: typed words are answered there, taps in private."""
    if door in (Door.REACTION, Door.FORM):
        text = f"{why}\n\n*{tallyboard.title(poll)}*"
        return await whispered(call, call.person, text, about=f"poll:{poll.id}")
    raise Refused(why)


# ------------------------------------------------------------------------------------------------ taking


async def take(
    call: Call,
    poll: Poll,
    marks: Marks,
    reason: str,
    *,
    door: Door,
    of: str | None = None,
    silent: bool = False,
) -> list[Effect]:
    """Count one voice of the sender, or say why not; `silent`: it is not said back that it counts.

    Raises NotUnderstood for a reason that is too long, through whatever door it came.
    """
    why = await why_not(call, poll)
    if why is not None:
        return await _refused(call, poll, why, door)
    terms = terms_of(poll)
    if terms.secret:
        return await _secretly(call, poll, marks)
    if len(reason.strip()) > forms.LONGEST_REASON:
        raise NotUnderstood(
            f"That is longer than {forms.LONGEST_REASON} characters, and it has not been counted. "
            "A shorter reason is read by more people; the rest can be told in the thread."
        )
    event = event_of(call)
    if not reason.strip() and form_of(poll).needs_reason(terms, marks):
        await booth.done(poll, call.person)
        await keep(
            call, poll, call.person, marks, "", door=door, event=event, of=of, voice=Voice.WAITS
        )
        # Where nobody sees what is said, nobody sees either that a reason is lacking.
        board = [] if tallyboard.seen_by_all(terms) else await tallyboard.anew(call, poll)
        word = form_of(poll).words(terms, marks)
        return [*board, *await booth.ask_reason(call, poll, call.person, word)]
    before = await has_spoken(poll, call.person)
    changed = await keep(
        call, poll, call.person, marks, reason.strip(), door=door, event=event, of=of
    )
    await booth.done(poll, call.person)
    effects: list[Effect] = []
    if (changed and tallyboard.seen_by_all(terms)) or not before:
        effects += await tallyboard.anew(call, poll)
    if silent:
        return effects
    return [*effects, *_acknowledged(call, poll, marks, reason, door)]


def event_of(call: Call) -> str:
    """The event that says a voice."""
    return str(call.content.get("event") or call.event_id or call.key)


def _acknowledged(call: Call, poll: Poll, marks: Marks, reason: str, door: Door) -> list[Effect]:
    """Taps are seen by themselves; a typed voice gets a sign; in private it is said back."""
    if door is Door.WORD:
        return [React(sign=COUNTED)] if call.event_id else []
    if door is not Door.PRIVATE:
        return []
    said = booth.voice_words(poll, wordings.marks_state(marks), reason.strip())
    after = (
        f" `poll {poll.id}` shows the results so far."
        if terms_of(poll).showing is Showing.AFTER_MINE
        else ""
    )
    return [
        Say(
            text=f"Noted: **{said}**. It counts until **{tallyboard.closes_words(call, poll)}** unless you say something else; "
            f"`vote {poll.id} nothing` takes it back.{after}"
        )
    ]


async def _secretly(call: Call, poll: Poll, marks: Marks) -> list[Effect]:
    """Put a voice where nobody finds it again, and take back the message that said it."""
    await put_in_secret(poll.id, call.person, wordings.marks_state(marks))
    await booth.done(poll, call.person)
    effects: list[Effect] = [*await tallyboard.anew(call, poll), Scrub()]
    gone = "You may delete what you wrote here, too."
    if may_redact(call.room, call.house.me):
        effects.append(Redact(target=event_of(call)))
        gone = "What you wrote here I have taken back."
    return [*effects, Say(text=f"Your voice is in, apart from your name. {gone}")]


async def take_nothing(
    call: Call, poll: Poll, *, door: Door, of: str | None = None, silent: bool = False
) -> list[Effect]:
    """Somebody takes no position any more: by a word, or by an answer to the form that is void.

    `silent`: it is not said back.
    """
    why = await why_not(call, poll)
    if why is not None:
        return await _refused(call, poll, why, door)
    if terms_of(poll).secret:
        raise Refused("You have not taken part in this, so there is nothing to take back.")
    changed = await keep(
        call, poll, call.person, {}, "", door=door, event=event_of(call), of=of, voice=Voice.VOID
    )
    await booth.done(poll, call.person)
    shown = changed or not tallyboard.seen_by_all(terms_of(poll))
    effects = await tallyboard.anew(call, poll) if shown else []
    if silent:
        return effects
    if door is Door.PRIVATE:
        return [*effects, Say(text="Taken back: you take no position in this now.")]
    return [*effects, *([React(sign=COUNTED)] if door is Door.WORD and call.event_id else [])]


# ------------------------------------------------------------------------------------------------- doors


async def _poll(subject: str) -> Poll | None:
    number = subject.partition(":")[0]
    return await Poll.get_or_none(id=int(number)) if number.isdecimal() else None


def _by_reaction(call: Call) -> bool:
    return call.content.get("door") == Came.REACTION


@tap(prefix="poll", threads=True)
async def on_board(call: Call, subject: str, said: str) -> Effects:
    """A tap under the board, a reply to it, or a word in its thread."""
    poll = await _poll(subject)
    if poll is None:
        return []
    if sign(said) == sign(matters.HAND_ON) or folded(said) in matters.NOT_OURS:
        return await matters.hand_on_poll(call, poll)
    if _by_reaction(call):
        return await _tapped(call, poll, said)
    return await _replied(call, poll, said)


async def _tapped(call: Call, poll: Poll, said: str) -> list[Effect]:
    terms = terms_of(poll)
    pencil = sign(said) == sign(tallyboard.PENCIL)
    if pencil or not tallyboard.seen_by_all(terms):
        if not pencil and poll.stage is not Stage.OPEN:
            return []
        why = await why_not(call, poll)
        if why is not None:
            return await _refused(call, poll, why, Door.REACTION)
        return await booth.ask(call, poll, call.person)
    if not tallyboard.by_tap(terms):
        return []
    marks = form_of(poll).read(terms, said)
    return await take(call, poll, marks, "", door=Door.REACTION)


async def _replied(call: Call, poll: Poll, said: str) -> list[Effect]:
    terms = terms_of(poll)
    if await _just_talks(call, poll):
        return []
    text = without_command(call, poll, said)
    if is_nothing(text) and not terms.secret:
        return await take_nothing(call, poll, door=Door.WORD)
    try:
        marks, reason = read(poll, text, loosely=False)
    except NotUnderstood:
        if call.thread is not None or len(text.split()) > SHORT or poll.stage is not Stage.OPEN:
            return []  # people talk about it
        raise
    if tallyboard.seen_by_all(terms):
        return await take(call, poll, marks, reason, door=Door.WORD)
    return await not_here(call, poll)


async def _just_talks(call: Call, poll: Poll) -> bool:
    """Whether somebody who has answered a question round goes on talking in its thread, where any words would be an answer."""
    if terms_of(poll).way is not Way.QUESTION or not call.content.get("in_thread"):
        return False
    return await has_spoken(poll, call.person)


async def not_here(call: Call, poll: Poll) -> list[Effect]:
    """A voice was typed where everybody reads it, in a poll whose voices are not for everybody: ask in private instead."""
    why = await why_not(call, poll)
    if why is not None:
        return await whispered(call, call.person, why, about=f"poll:{poll.id}")
    lead = (
        "In this one voices are given here, so that nobody leans on anybody else. What you wrote in the room was not "
        "counted."
    )
    effects: list[Effect] = []
    if terms_of(poll).secret:
        if may_redact(call.room, call.house.me):
            effects.append(Redact(target=event_of(call)))
            lead += " I have taken it back there."
        else:
            lead += " You can delete it there."
    return [*effects, *await booth.ask(call, poll, call.person, lead=lead)]


@tap(prefix="form")
async def in_form(call: Call, subject: str, said: str) -> Effects:
    """An answer in Element's own poll; one that is void takes no position."""
    poll = await _poll(subject)
    if poll is None or call.content.get("door") != Came.POLL:
        return []
    version = subject.partition(":")[2] or "1"
    if int(version) != poll.version:
        text = f"What is asked has been changed since, so that form counts no more. The newer one does: *{tallyboard.title(poll)}*"
        return await whispered(call, call.person, text, about=f"poll:{poll.id}")
    if not said.strip():
        return await take_nothing(call, poll, door=Door.FORM)
    return await take(call, poll, form_of(poll).read(terms_of(poll), said), "", door=Door.FORM)


@tap(prefix=booth.BALLOT)
async def in_booth(call: Call, subject: str, said: str) -> Effects:
    """A tap under the private question, or a reply to it."""
    poll = await _poll(subject)
    if poll is None or not call.is_private:
        return []
    return await privately(call, poll, said)


async def privately(call: Call, poll: Poll, said: str) -> list[Effect]:
    """A voice given in the private chat. Raises NotUnderstood, Refused."""
    text = without_command(call, poll, said)
    if is_nothing(text):
        return await take_nothing(call, poll, door=Door.PRIVATE)
    marks, reason = read(poll, text, loosely=True)
    return await take(call, poll, marks, reason, door=Door.PRIVATE)


async def _asked_about(question: Question) -> Poll:
    poll = await Poll.get_or_none(id=int(str(question.data.get("poll", 0))))
    if poll is None:
        await question.delete()
        raise Refused("What that was about is forgotten by now, so nothing was counted.")
    return poll


@inquiry(name=booth.BALLOT, takes_words=True)
async def answered(call: Call, question: Question, said: str) -> Effects:
    """What somebody writes in the private chat after they were asked."""
    return await privately(call, await _asked_about(question), said)


@inquiry(name=booth.REASON, takes_words=True)
async def reasoned(call: Call, question: Question, said: str) -> Effects:
    """The reason that a voice waits for."""
    poll = await _asked_about(question)
    await question.delete()
    if is_nothing(said) or says_again(call, poll, said):
        return await privately(call, poll, said)
    return await _reason(call, poll, said)


@tap(prefix=booth.REASON)
async def reasoned_later(call: Call, subject: str, said: str) -> Effects:
    """The reason comes as a reply, after the question is over."""
    poll = await _poll(subject)
    if poll is None or not call.is_private or _by_reaction(call):
        return []
    return await _reason(call, poll, said)


async def _reason(call: Call, poll: Poll, said: str) -> list[Effect]:
    waits = await booth.waiting(poll, call.person)
    if waits is None:
        raise Refused(
            "No voice of yours waits for a reason there: you have said something else since, or taken it back. "
            "Nothing was changed."
        )
    if waits.version != poll.version and await why_not(call, poll) is None:
        # Whoever blocks what was asked before may not block what is asked now.
        lead = "It asks in other words now, so what you wrote was not counted. Say anew what you think of it."
        return await booth.ask(call, poll, call.person, lead=lead)
    reason = re.sub(r"^because\s+", "", without_command(call, poll, said), flags=re.IGNORECASE)
    marks = wordings.marks(waits.marks)
    return await take(call, poll, marks, reason, door=Door.PRIVATE, of=waits.event)
