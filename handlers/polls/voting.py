"""One voice in a poll, through whichever door it comes: a tap, Element's own poll, a typed word, or the private chat.

All doors lead to one ballot a person, and the newest voice counts. A voice that cannot be counted is answered kindly,
privately where it is private, and changes nothing.
"""

import re

from handlers.asking import whispered
from handlers.domains import matters
from handlers.language import (
    CHANGE,
    NO,
    YES,
    Call,
    Effect,
    Effects,
    Option,
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
from handlers.polls import booth, tallyboard
from handlers.polls.voices import (
    asks_advice,
    can_be_told,
    form_of,
    has_spoken,
    keep,
    may_speak,
    room_of,
    terms_of,
)
from handlers.power import may_take_back
from handlers.words import after_prefix, first_word, folded, sign
from practices import clock
from practices import terms as wordings
from practices.answers import leaning
from practices.polls import forms
from practices.polls.poll import Marks, Passing, Showing, Way
from practices.understanding import NotUnderstood
from storage.database import row_of
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

#: "8 - 10 people" and "2: is that too long?" speak of numbers; "2 because it is near" chooses one.
_NUMBERS_AND_TALK = re.compile(
    r"\s*[#(]?\d[\d #().,;&+]*(?::\s(?!\d)|[^\S\n]-\s|[–—])[^\S\n]*(?!(?:because|since)\b|\Z)",
    re.IGNORECASE,
)

#: Joins a second answer to a first.
_AND = re.compile(r"[\s,;]*(?:(?:and|but|or|also|maybe|perhaps|then)\b[\s,]*)+", re.IGNORECASE)

#: Positions that are commands, too.
POSITIONS = ("agree", "abstain", "disagree", "block")


# ---------------------------------------------------------------------------------------------- reading


def read(poll: Poll, text: str, *, loosely: bool, among: bool = False) -> tuple[Marks, str]:
    """A voice and its reason, as typed. Raises NotUnderstood.

    Among people's talk only what is plainly an answer is one: neither a number that goes on with a dash or a colon but
    no “because”, nor an option that somebody asks about. `loosely` takes what follows a position for its reason. A
    number with words after it is then no position: "4 of us can't come" blocks nothing. `among` others, in a thread, not
    every warm word is said to us.
    """
    terms, form = terms_of(poll), form_of(poll)
    try:
        said = forms.voice(terms, text)
    except NotUnderstood:
        warm = _warm(poll, text)
        if warm is not None and (not among or _begins_plainly(poll, text)):
            return warm, ""
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
            reason = " ".join(words[count:])
            _check_one(poll, marks, reason)
            return marks, reason
        raise
    if not loosely and _is_talk(said.reason, text, named=not form.positions):
        raise NotUnderstood(
            "That could be an answer or talk, so nothing was counted. The number or the option alone is an answer, and so is "
            "one with its reason behind “because”."
        )
    _check_one(poll, said.marks, said.reason)
    return said.marks, said.reason


def _position(poll: Poll, word: str) -> Marks | None:
    """The position of that name; None where there is none, or where the asker named the options."""
    form = form_of(poll)
    if not form.positions:
        return None
    try:
        return form.read(terms_of(poll), word)
    except NotUnderstood:
        return None


def _warm(poll: Poll, text: str) -> Marks | None:
    """The position that a warm yes or no takes, as in “yes, gladly”; None for anything else."""
    yes = leaning(text)
    return None if yes is None else _position(poll, "yes" if yes else "no")


def _begins_plainly(poll: Poll, text: str) -> bool:
    """Whether a warm answer begins with a word for its position: in a thread “good” may be said to somebody else."""
    return _position(poll, folded(first_word(text)[0])) == _warm(poll, text)


def _check_one(poll: Poll, marks: Marks, reason: str) -> None:
    """Refuse what says two things, such as “agree and also no”. Raises NotUnderstood."""
    found = _AND.match(reason)
    more = reason[found.end() :] if found else reason
    other = _position(poll, more) if found else None
    yes = marks == _position(poll, "yes")
    if (other is not None and other != marks) or (yes and leaning(more) is False):
        own = form_of(poll).words(terms_of(poll), marks)
        raise NotUnderstood(
            f"I read “{own}” there, and something else with it. Which of them is it? One is enough; a reason follows “because”."
        )


def _is_talk(reason: str, text: str, *, named: bool) -> bool:
    """Whether what was read as an answer with a reason is rather talk; `named`: the asker has named the options."""
    if not reason:
        return False
    plain = re.search(r"\bbecause\b", text, re.IGNORECASE)
    asks = named and plain is None and reason.rstrip().endswith("?")
    return asks or _NUMBERS_AND_TALK.match(text) is not None


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
    if not await can_be_told(call, poll, door):
        return await _other_words(call, poll)
    if terms.secret:
        return await _said_back(call, poll, marks)
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
        # Where nobody sees what is said, it shows as one more who has taken part, and not that a reason is lacking.
        board = await tallyboard.anew(call, poll)
        if await booth.was_to_former_words(poll, call.person):
            return [*board, *await booth.ask_anew(call, poll, call.person)]
        word = form_of(poll).words(terms, marks)
        asked = await booth.ask_reason(call, poll, call.person, word)
        there = [Say(text=_REASON_WANTED)] if door is Door.WORD else []
        return [*board, *asked, *there]
    before = await has_spoken(poll, call.person)
    changed = await keep(
        call, poll, call.person, marks, reason.strip(), door=door, event=event, of=of
    )
    await booth.done(poll, call.person)
    effects: list[Effect] = []
    if (changed and tallyboard.seen_by_all(terms)) or not before:
        effects += await tallyboard.anew(call, poll)
    if await booth.was_to_former_words(poll, call.person):  # and was heard late
        return [*effects, *await booth.ask_anew(call, poll, call.person)]
    if silent:
        return effects
    return [*effects, *_acknowledged(call, poll, marks, reason, door)]


#: Said where somebody has typed a position that needs its reason.
_REASON_WANTED = (
    "That needs its reason, and counts when it comes: a reply to what is asked gives it here. I have asked for it in private, "
    "too."
)


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
            f"`vote {poll.id} nothing` takes it back. {tallyboard.who_sees(terms_of(poll))}{after}"
        )
    ]


async def _other_words(call: Call, poll: Poll) -> list[Effect]:
    """A voice was to other options, or in secret to other words, and heard late: it is asked for anew."""
    lead = "It asks in other words since you said that, so it was not counted."
    secret = terms_of(poll).secret and may_take_back(call.room, call.house.me)
    gone = [Redact(target=event_of(call))] if secret else []
    return [*gone, *await booth.ask(call, poll, call.person, lead=lead)]


async def _said_back(call: Call, poll: Poll, marks: Marks) -> list[Effect]:
    """Show a secret voice before it is cast, and take back the message that said it."""
    effects: list[Effect] = []
    if may_take_back(call.room, call.house.me):
        effects.append(Redact(target=event_of(call)))
    return [*effects, *await booth.say_back(call, poll, call.person, marks)]


async def _secretly(call: Call, poll: Poll, marks: Marks) -> list[Effect]:
    """Put a voice where nobody finds it again; what showed it is taken back already."""
    await put_in_secret(poll.id, call.person, wordings.marks_state(marks))
    await booth.done(poll, call.person)
    effects: list[Effect] = [*await tallyboard.anew(call, poll), Scrub()]
    gone = "What I showed you I have taken back; you may delete what you wrote here, too."
    if may_take_back(call.room, call.house.me):
        gone = "What you wrote here I have taken back, and what I showed you."
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
        # What was asked stays open: the next words are no answer to something older.
        raise NotUnderstood("You have not taken part in this, so there is nothing to take back.")
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
    return await row_of(Poll, subject.partition(":")[0])


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
        marks, reason = read(poll, text, loosely=False, among=call.thread is not None)
    except NotUnderstood:
        if await _gives_reason(call, poll):
            return await _reason(call, poll, text, door=Door.WORD)
        talks = len(text.split()) > SHORT and _NUMBERS_AND_TALK.match(text) is None
        if call.thread is not None or talks or poll.stage is not Stage.OPEN:
            return []  # people talk about it
        raise
    if tallyboard.seen_by_all(terms):
        return await take(call, poll, marks, reason, door=Door.WORD)
    return await not_here(call, poll)


async def _gives_reason(call: Call, poll: Poll) -> bool:
    """Whether words to an open poll are the reason that a voice of their sender waits for, where all may read it."""
    if poll.stage is not Stage.OPEN or not tallyboard.seen_by_all(terms_of(poll)):
        return False
    return await booth.waiting(poll, call.person) is not None


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
        if may_take_back(call.room, call.house.me):
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
    poll = await row_of(Poll, question.data.get("poll"))
    if poll is None:
        await question.delete()
        raise Refused("What that was about is forgotten by now, so nothing was counted.")
    return poll


async def _claims(call: Call, question: Question, said: str) -> bool:
    """Whether words that begin like a command say something to what is asked: a voice, or any words where those are one."""
    poll = await row_of(Poll, question.data.get("poll"))
    word, rest = first_word(said)
    if poll is None or folded(word) == "vote" or folded(word) in POSITIONS or is_nothing(said):
        return True
    if question.inquiry == booth.REASON or terms_of(poll).way is Way.QUESTION:
        return bool(rest) or folded(word) != "help"
    try:
        read(poll, said, loosely=True)
    except NotUnderstood:
        return False
    return True


@inquiry(name=booth.BALLOT, takes_words=True, claims=_claims)
async def answered(call: Call, question: Question, said: str) -> Effects:
    """What somebody writes in the private chat after they were asked."""
    return await privately(call, await _asked_about(question), said)


#: A secret voice is cast, said anew, or left.
CASTS = Option(sign=YES.sign, word=YES.word, also=(*YES.also, "cast", "cast it"))
LEAVES = Option(sign=NO.sign, word=NO.word, also=(*NO.also, "leave it", "stop", "cancel"))


@inquiry(
    name=booth.CAST,
    options=(CASTS, CHANGE, LEAVES),
    takes_words=True,
    claims=_claims,
    gist="the voice that I showed you",
)
async def shown_back(call: Call, question: Question, said: str) -> Effects:
    """Somebody has seen their secret voice, and casts it, or not; whatever else they say is another answer."""
    poll = await _asked_about(question)
    if said not in (CASTS.word, CHANGE.word, LEAVES.word):
        return await privately(call, poll, said)
    marks, gone = await booth.said_back(call, poll, question)
    why = await why_not(call, poll)
    if why is not None:
        return [*gone, Say(text=why)]
    if said == LEAVES.word:
        until = tallyboard.closes_words(call, poll)
        text = f"It is not cast, and I keep nothing of it. `vote {poll.id}` asks you again, until **{until}**."
        return [*gone, Say(text=text)]
    if said == CHANGE.word:
        return [*gone, *await booth.ask(call, poll, call.person)]
    if marks is None:
        lead = "It asks in other words since you wrote that, so it was not cast."
        return [*gone, *await booth.ask(call, poll, call.person, lead=lead)]
    return [*gone, *await _secretly(call, poll, marks)]


@inquiry(name=booth.REASON, takes_words=True, claims=_claims)
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


async def _reason(call: Call, poll: Poll, said: str, *, door: Door = Door.PRIVATE) -> list[Effect]:
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
    return await take(call, poll, marks, reason, door=door, of=waits.event)
