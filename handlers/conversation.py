"""Finds the declared thing that was meant, asks for what is missing, and lets it answer.

This is the only way from something that happened to the feature it concerns: permission, kind of room,
"did you mean" and the one-question-at-a-time rule are kept here, once, for every feature. People who talk
with each other are never answered: what is said near the daemon counts only where it asked for it.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from tortoise.transactions import in_transaction

from handlers import commanding, guided, power, taps, unanswered
from handlers.language import (
    CHANGE,
    EVERYWHERE,
    NO,
    YES,
    Argument,
    Ask,
    Call,
    Change,
    Command,
    Door,
    Effect,
    Effects,
    Inquiry,
    Option,
    Refused,
    Role,
    Say,
    Tap,
    Whisper,
)
from handlers.words import (
    SIMILAR_ENOUGH,
    after_prefix,
    escaped,
    first_word,
    folded,
    sign,
    similar,
    verbatim,
)
from practices.answers import LONGEST, bare, labels, leaning, spoken
from practices.circles import Life, RoomKind
from practices.sentences import heard
from practices.understanding import NotUnderstood, shown
from storage.database import row_of
from storage.outbox import Deed, Owed
from storage.questions import Question
from storage.rooms import Room
from storage.visitors import visits, waits

#: What people say to be kind. It is no command, and answers no question that has answers of its own.
THANKS = frozenset({
    "thanks", "thank you", "thx", "ty", "cheers", "ok thanks", "ok thank you", "thanks a lot", "many thanks",
    "thank you very much", "thank you so much", "thanks so much", "much appreciated", "well done", "cool", "great",
    "nice", "lovely", "perfect", "wonderful", "super", "brilliant", "awesome", "sounds good", "danke", "grazie",
    "merci", "gracias", "obrigado", "obrigada",
})  # fmt: skip
HEARTS = frozenset({"🙏", "❤", "💛", "💚", "💙", "😊", "🙂"})

#: Among people these, too, are said to nobody but whoever asks.
AS_GOOD = frozenset({"yes please", "no thanks", "no thank you"})

#: How long a question for a missing word stays open.
PATIENCE = timedelta(minutes=30)

#: The question for a word that a command lacks.
MISSING = unanswered.MISSING

STOP_WORDS = frozenset({"stop", "cancel", "never mind", "nevermind", "forget it"})

#: So much of what somebody says is read: the longest that is kept of one message fits, with its terms.
LONGEST_READ = 10_000

#: Under which an open question in a room keeps that its person has spoken of something else since.
TALKED = "talked"

#: The sign of a tap is no longer than this, and looked for under so many of our last messages.
_LONGEST_SIGN, _SIGNS_AMONG = 8, 30

#: What people say behind a time that suits them.
_SUITS = re.compile(
    r"[\s,]+(?:(?:works?|suits?|is (?:fine|good|ok|possible)|fits)(?: (?:me|for me))?(?: too| as well)?|too)[.!]*$",
    re.IGNORECASE,
)

#: What can be said back as a command that somebody may have meant.
_IN_A_HINT = re.compile(r"[\w ,;:.'’-]{1,80}")

#: So many words are no mistyped command, unless the first of them is this much like one.
A_SENTENCE = 4
ALIKE = 0.75

#: The number of something, and how an argument is read that may be any words.
_A_NUMBER = re.compile(r"#?\d{1,9}\b")
_AS_IT_IS = next(each.default for each in fields(Argument) if each.name == "read")

#: What a visiting helper may say in a crew's room beside what anybody may: take part, and decide nothing (CREW-21).
GUESTS_MAY = frozenset(
    {"calendar", "coming", "helper", "leave", "practice", "scripts", "start", "when"}
)

#: What of it somebody may say whom the room let in before the crew's members said yes to them (R49): what only shows.
NEWCOMERS_MAY = GUESTS_MAY - {"helper", "start"}

#: Where the people in a room may be members or guests.
WITH_GUESTS = frozenset({RoomKind.CREW, RoomKind.DYAD})

#: What can be said in the room of a crew that has ended.
AFTER_THE_END = frozenset({"leave", "retrospective", "wake"})


async def on_message(call: Call, *, target: str | None) -> Effects:
    """Answer a message. `target` names the message of ours that it replies to."""
    effects = list(await _on_message(call, unanswered.meant(target)))
    if call.is_private and call.sender is not None:
        await guided.follow(call, call.sender, effects)
    return effects


async def _on_message(call: Call, target: str | None) -> Effects:
    if "file" in call.content:
        return await _received(call)
    commanded = after_prefix(call.text, call.house.prefix)
    said = call.text if commanded is None else commanded
    if len(said) > LONGEST_READ and not _takes_all(call, said):
        return _unread(call, commanded)
    return await _heard(call, commanded, said, target)


async def _heard(call: Call, commanded: str | None, said: str, target: str | None) -> Effects:
    """Whether a message is a command, an answer, or talk; `commanded` is what follows the prefix, `said` the words."""
    if commanded is not None and folded(first_word(said)[0]) in call.house.catalogue.words:
        asked = await _asked_first(call, said)
        await _spoke_of_something_else(call)
        return await (answered(call, asked, said) if asked else _obey(call, said))
    question = await open_question(call)
    ended = await _on_stop(call, question, said, target) if question is not None else None
    if ended is not None:
        return ended
    if commanded is not None:
        asked = await _asked_by_word(call, question, said)
        return await (_answered_now(call, asked, said) if asked else _obey(call, said))
    meant = await _answer_to(call, question, said, target)
    if meant is not None:
        return meant
    await _spoke_of_something_else(call)
    if target is not None and not (call.is_private and _says_nothing(call, target)):
        return await _tapped(call, target, said, Door.REPLY)
    if call.content.get("overheard"):
        return []
    return await _obey(call, said)


async def _on_stop(call: Call, question: Question, said: str, target: str | None) -> Effects | None:
    """What follows where somebody wants to end something that is asked; None where they say anything else, or answer with it."""
    if not _stops(said, exactly=bool(call.content.get("overheard"))):
        return None
    stopped = await _stops_what(call, question, target)
    if stopped is None:
        return [unanswered.asked_back(question, call.house.catalogue.inquiries[question.inquiry])]
    if not _has_stop(call, stopped):
        return await _stopped(call, stopped)
    if target is None and stopped.id != question.id:
        return await answered(call, stopped, said)
    return None


async def _answer_to(
    call: Call, question: Question | None, said: str, target: str | None
) -> Effects | None:
    """What follows where a message answers something of ours that it does not reply to; None where it does not."""
    tapped = await _sign_typed(call, question, said) if target is None else None
    if tapped is not None or question is None or not await _answers(call, question):
        return tapped
    if target is None and (other := await _also_times(call, question, said)) is not None:
        return [_which_is_meant(call, question, other, said)]
    to_another = await _said_to_another(call, question, target)
    effects: Effects = []
    if to_another and target is not None and call.is_private:
        effects = list(await _tapped(call, target, said, Door.REPLY))
    if to_another and not effects and not call.is_private:
        return None
    if effects:
        return effects
    if target == f"question:{question.id}":
        return await answered(call, question, said)
    return _with_hint(await _answered_now(call, question, said), await _hint(call, question, said))


async def _sign_typed(call: Call, question: Question | None, said: str) -> Effects | None:
    """What follows where somebody types the sign of a tap in private: it is the tap on our last message that has it."""
    if not call.is_private or any(map(str.isalnum, sign(said))) or len(said) > _LONGEST_SIGN:
        return None
    if unanswered.is_bare(said):
        return None  # a yes or a no names nothing
    if question is not None and _offers(call, question, said):
        return None
    found = call.house.catalogue.words.get(sign(said))
    sent = Owed.filter(deed=Deed.SEND, lane__in=[call.room.id, call.person], name__not_isnull=True)
    for each in await sent.order_by("-id").limit(_SIGNS_AMONG):
        name = unanswered.meant(each.name) or ""
        prefix, _, subject = name.partition(":")
        if prefix == "question":
            asked = await row_of(Question, subject, until__gt=call.at)
            has = asked is not None and _offers(call, asked, said)
        else:
            meant = call.house.catalogue.taps.get(prefix)
            shown = {sign(one) for one in meant.labels.values()} if meant else set()
            has = sign(said) in shown
        if has and found is None:
            return await _tapped(call, name, sign(said), Door.REACTION)
    return None


async def _also_times(call: Call, question: Question, said: str) -> Question | None:
    """Another open question that words may answer which name times, while their person is asked for words of their own."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    own = inquiry is not None and inquiry.takes_words and guided.is_guided(call, question.inquiry)
    if not call.is_private or not own or _offers(call, question, said):
        return None
    return await _asked_for_times(call, said)


async def _asked_for_times(call: Call, said: str) -> Question | None:
    plain = _SUITS.sub("", said.strip())
    for each in await unanswered.all_open(call):
        other = call.house.catalogue.inquiries.get(each.inquiry)
        if other is None or other.claims is None or other.takes_words or not other.options:
            continue
        if await other.claims(call, each, plain):
            return each
    return None


def _which_is_meant(call: Call, question: Question, other: Question, said: str) -> Ask:
    return Ask(
        inquiry=unanswered.WHICH,
        text="Is that your answer here, or does it name times for what you were asked before? Nothing was changed yet."
        "\n\n✏️ my answer here · 🗓️ the times · ✋ stop",
        until=min(question.until, other.until, call.at + PATIENCE),
        data={
            unanswered.HERE: question.id,
            unanswered.OTHER: other.id,
            "said": said,
            "times": _SUITS.sub("", said.strip()),
        },
        person=call.person,
    )


async def _hint(call: Call, question: Question, said: str) -> str:
    """One line for whoever may have meant something else than to answer; "" for nothing."""
    if not call.is_private or not guided.is_guided(call, question.inquiry):
        return ""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    if inquiry is None or _offers(call, question, said):
        return ""
    if not inquiry.takes_words:
        if not said.strip().isdecimal() or await _asked_for_times(call, said) is None:
            return ""
        return "*Taken as your answer here. If you meant times that you were asked for, reply to that message.*"
    plain = " ".join(said.split())
    if _IN_A_HINT.fullmatch(plain) and await commanding.how(call, said) is commanding.How.PERHAPS:
        return f"*Taken as your answer; `{call.house.prefix}{plain}` would be the command.*"
    return ""


def _with_hint(effects: Effects, hint: str) -> Effects:
    """The same, with a line at the end of the first thing that is said here."""
    found = list(effects)
    for at, each in enumerate(found) if hint else ():
        if isinstance(each, Say) and each.room is None:
            found[at] = replace(each, text=f"{each.text}\n\n{hint}")
            return found
    return [Say(text=hint), *found] if hint and found else found


def _takes_all(call: Call, said: str) -> bool:
    """Whether somebody says a command that a whole script belongs to."""
    found = call.house.catalogue.words.get(folded(first_word(said)[0]))
    return found is not None and found.long


def _unread(call: Call, commanded: str | None) -> Effects:
    """Answer a text that is longer than any that is kept, before anything reads it: one message holds up nobody."""
    if commanded is None and not call.is_private:
        return []  # people talk
    raise Refused(
        f"That is longer than {LONGEST_READ:,} characters, so I have read none of it and changed nothing. "
        "Fewer words are read by more people; a link can hold the rest."
    )


async def _received(call: Call) -> Effects:
    """Take a file that was sent to the private chat."""
    filename, content = str(call.content["file"]), call.content.get("content")
    for suffix, meant in call.house.catalogue.files.items():
        if filename.casefold().endswith(suffix):
            received: Effects = await meant.answer(
                call, filename, None if content is None else str(content)
            )
            return received
    wanted = ", ".join(sorted(call.house.catalogue.files))
    raise Refused(
        f"I can make nothing of {escaped(shown(filename))}, and have not kept it. "
        f"What I can read here ends in {wanted}."
    )


async def on_reaction(call: Call, *, target: str) -> Effects:
    """Answer a tap under the message of ours that is named `target`, or an answer in the poll of that name."""
    door = Door(call.content.get("door", Door.REACTION))
    effects = list(await _tapped(call, target, sign(call.text), door))
    if call.is_private and call.sender is not None:
        await guided.follow(call, call.sender, effects)
    return effects


async def on_hour(call: Call, name: str, *, late: bool) -> Effects:
    """Keep the ritual whose hour has struck, or note that it came too late to be of use."""
    kept = call.house.catalogue.rituals[name]
    if late:
        return await kept.late(call) if kept.late else []
    return await kept.answer(call)


async def on_change(call: Call, kind: Change) -> Effects:
    """Tell every feature that watches for this kind of change."""
    effects: list[Effect] = []
    for watch in call.house.catalogue.watches.get(kind, ()):
        effects.extend(await watch.answer(call))
    return effects


# ------------------------------------------------------------------------------------------- commands


async def _obey(call: Call, text: str) -> Effects:
    meant = sentence(call, text)
    if meant is not None:
        return await _run_here(call, *meant)
    below = await _said_below(call, text)
    if below is not None:
        return below
    word, rest = first_word(text)
    found = call.house.catalogue.words.get(folded(word))
    if found is not None:
        return await _run_here(call, found, _given(found, rest))
    if _is_thanks(text):
        # In a room people are among themselves.
        asked = await open_question(call)
        gladly = [Say(text="Gladly.")] if call.is_private else []
        last = asked is not None and await unanswered.was_said_last(call, asked)
        return unanswered.said_again(asked, gladly) if asked is not None and last else gladly
    if _stops(text):
        return [Say(text="There is nothing to stop: no question of mine is open.")]
    if any(chosen(each, text) for each in call.house.catalogue.inquiries.values()):
        raise Refused(
            "No question of mine that this would answer is open here. Nothing was changed."
        )
    raise Refused(_unknown(call, word, text))


async def _run_here(call: Call, command: Command, given: Mapping[str, str]) -> Effects:
    """Answer a command where it was said; in a room of many not what is nobody's but its speaker's."""
    if call.is_private or not command.unseen:
        return await run(call, command, given)
    try:
        async with in_transaction():
            effects = await run(call, command, given)
    except Refused as refused:
        effects = [Say(text=str(refused))]
    return taps.apart(call, effects)


async def _said_below(call: Call, text: str) -> Effects | None:
    """What follows where somebody writes plainly, in private, below a message of ours that may be answered so; None elsewhere."""
    if not call.is_private or after_prefix(call.text, call.house.prefix) is not None:
        return None
    word, rest = first_word(text)
    command = call.house.catalogue.words.get(folded(word))
    many = len(spoken(text).split()) >= A_SENTENCE
    if _is_thanks(text) or _stops(text) or (command is not None and not (rest and many)):
        return None
    sort, subjects = await unanswered.said_below(call)
    meant = call.house.catalogue.taps.get(sort)
    if meant is None or meant.plainly is None:
        return None
    if command is not None and (command.always or await _is_surely_a_command(call)):
        return None
    return await meant.plainly(call, subjects, text)


def sentence(call: Call, text: str) -> tuple[Command, dict[str, str]] | None:
    """The command that a whole sentence means, and what it says for its last argument; None for any other text."""
    for command in call.house.catalogue.commands.values():
        for pattern, says in command.sentences.items():
            given = heard(pattern, text)
            if given is None:
                continue
            said = given if says == "…" else says
            return command, {command.arguments[-1].name: said} if said else {}
    return None


def _stops(text: str, *, exactly: bool = False) -> bool:
    """Whether somebody wants to end a question of ours; "oh, stop it" is said `exactly` to a friend."""
    return folded(text) in STOP_WORDS or (not exactly and bare(text) in STOP_WORDS)


def _is_thanks(text: str) -> bool:
    """Whether somebody is only being kind."""
    words = "".join(each if each.isalpha() else " " for each in folded(text)).split()
    return " ".join(words) in THANKS or sign(text) in HEARTS


def _unknown(call: Call, word: str, text: str) -> str:
    prefix = "" if call.is_private else call.house.prefix
    fitting = [
        known
        for known, found in call.house.catalogue.words.items()
        if call.room.kind in found.kinds
    ]
    whole = len(spoken(text).split()) >= A_SENTENCE
    # The first word of a sentence is rarely a word of ours, mistyped.
    meant = similar(word, fitting, ALIKE if whole else SIMILAR_ENOUGH)
    if meant is not None and not any(map(str.isalpha, word)):
        meant = None  # a number is an answer to something, and no other number
    if whole and meant is None:
        return _three_things(call)
    hint = f" Did you mean **{prefix}{meant}**?" if meant else ""
    return (
        f"I don't know {escaped(shown(word))}.{hint}\n\n"
        f"`{prefix}help` lists what fits {'here' if call.is_private else 'this room'}."
    )


def _three_things(call: Call) -> str:
    """What somebody hears whose sentence was not understood: three things that work where they are."""
    prefix = "" if call.is_private else call.house.prefix
    if call.is_private:
        first = "`call a reading circle` looks for people who would like that, too"
    else:
        first = f"`{prefix}about` says who I am and what I keep"
    lines = [
        first,
        f"`{prefix}when` tells {'when your circles meet' if call.is_private else 'the next meetings'}",
        f"`{prefix}help` shows what else I can do {'for you' if call.is_private else 'here'}",
    ]
    return "\n".join(
        ["I did not understand that; I read short, plain words.", ""]
        + [f"- {each}" for each in lines]
    )


def _given(command: Command, rest: str) -> dict[str, str]:
    """What the line says for each argument, by name."""
    given: dict[str, str] = {}
    for argument in command.arguments:
        if not rest:
            break
        if argument.rest:
            given[argument.name], rest = rest, ""
        else:
            given[argument.name], rest = first_word(rest)
    if rest:
        last = command.arguments[-1].name if command.arguments else None
        if last is None:
            return given
        given[last] = f"{given[last]} {rest}"
    return given


async def run(call: Call, command: Command, given: Mapping[str, str]) -> Effects:
    """Answer a command with what was given, or ask for the first thing that is missing."""
    _check_place(call, command)
    _check_permission(call, command)
    await _check_belonging(call, command)
    values: dict[str, Any] = {}
    for argument in command.arguments:
        text = given.get(argument.name)
        if text is None and argument.question is not None:
            asks = _ask_for(call, command, argument, given, argument.question)
            return await _only_one_begun(call, asks)
        try:
            values[argument.name] = None if text is None else argument.read(text, call)
        except NotUnderstood as misunderstanding:
            raise Refused(not_understood(misunderstanding)) from misunderstanding
    try:
        return await _only_one_begun(call, await command.answer(call, **values))
    except NotUnderstood as misunderstanding:
        raise Refused(not_understood(misunderstanding)) from misunderstanding


def not_understood(misunderstanding: NotUnderstood) -> str:
    """A misunderstanding as Markdown: it may quote what somebody wrote."""
    return f"{verbatim(str(misunderstanding))}\n\nNothing was changed."


def _check_place(call: Call, command: Command) -> None:
    if call.room.kind in command.kinds:
        return
    if command.kinds == {RoomKind.PRIVATE} and command.unseen:
        # It is read in the private chat (`_run_here`).
        raise Refused(
            f"**{command.name}** is something between you and me: write it here, in our private chat. "
            f"Nothing was done in the room.{f' {command.instead}' if command.instead else ''}"
        )
    if command.kinds == {RoomKind.PRIVATE}:
        raise Refused(
            f"**{command.name}** is something between you and me: write it in our private chat. "
            f"Nothing was done here.{f' {command.instead}' if command.instead else ''}"
        )
    if call.is_private:
        raise Refused(
            f"**{command.name}** belongs in the room it is about. "
            f"Type `{call.house.prefix}{command.name}` there; nothing was done here."
        )
    if call.room.kind is RoomKind.NONE:
        raise Refused(
            f"I do not look after this room yet, so **{command.name}** has nothing to work on. "
            f"`{call.house.prefix}adopt` asks the people here whether I should."
        )
    article = "an" if call.room.kind[0] in "aeiou" else "a"
    raise Refused(
        f"**{command.name}** does not fit {article} {call.room.kind} room. Nothing was done."
    )


def _check_permission(call: Call, command: Command) -> None:
    if command.permission is Role.MODERATOR and not power.moderates(call.room, call.person):
        raise Refused(
            f"**{command.name}** is for those who moderate this room, and the room does not name you "
            "as one. Nothing was changed; somebody who moderates it can do it."
        )


async def _check_belonging(call: Call, command: Command) -> None:
    """What is a crew's own is for its members, and while it lives; what fits every room is for everybody."""
    if call.room.kind not in WITH_GUESTS or command.kinds == EVERYWHERE:
        return
    if call.room.life is Life.CLOSED and command.name not in AFTER_THE_END:
        raise Refused(
            f"This crew has ended, so **{command.name}** has nothing to work on. What it kept can still be taken "
            f"along with `export crew` in our private chat; `{call.house.prefix}wake` asks all of you to take it up again."
        )
    if command.name in NEWCOMERS_MAY or not await visits(call.room.id, call.person):
        return
    if await waits(call.room.id, call.person):
        raise Refused(
            f"**{command.name}** is for the members of this {call.room.kind}. You are their guest until each of them has "
            "said yes to you, so nothing was changed; one of them can say it."
        )
    if command.name not in GUESTS_MAY:
        raise Refused(
            f"**{command.name}** is for the members of this crew. You are their guest: you take part in what they do, "
            "and nothing was changed; one of them can say it."
        )


async def _only_listens(call: Call) -> bool:
    """Whether what is asked of everybody here is not asked of the sender: no member has agreed to them yet (R49)."""
    return call.room.kind in WITH_GUESTS and await waits(call.room.id, call.person)


def _ask_for(
    call: Call, command: Command, argument: Argument, given: Mapping[str, str], text: str
) -> Effects:
    ask = Ask(
        inquiry=MISSING,
        text=f"{text}\n\n{answered_by(in_room=not (call.is_private or command.private))}",
        until=call.at + PATIENCE,
        data={"command": command.name, "argument": argument.name, "given": dict(given)},
        person=call.person,
        private=command.private and not call.is_private,
    )
    if ask.private:
        return [ask, Say(text="I have asked you in our private chat.")]
    return [ask]


# ------------------------------------------------------------------------------------------ questions


def answered_by(*, in_room: bool) -> str:
    """How a question that takes any words is answered; in a room people go on talking with each other."""
    if in_room:
        return "*The very next thing you write here answers this, later a reply to it; `stop` ends it.*"
    return "*Your next message answers this; `stop` ends it.*"


def _is_begun(call: Call, inquiry: str) -> bool:
    """Whether a question is a step of what its person has begun themselves."""
    found = call.house.catalogue.inquiries.get(inquiry)
    return inquiry == MISSING or (found is not None and found.begun)


async def _stops_what(call: Call, newest: Question, target: str | None) -> Question | None:
    """The question that "stop" ends: what it replies to, or else what somebody does for themselves; None where that is not sure.

    It is nobody's no to somebody else, unless nothing else is open or that was said last.
    """
    if not call.is_private:
        return newest
    if target is not None and target.startswith("question:"):
        replied = await row_of(Question, target.partition(":")[2], until__gt=call.at)
        if replied is not None and replied.person == call.person and _is_here(call, replied):
            return replied
    own = await guided.steps(call, call.person, call.at)
    if own:
        return own[0]
    alone = len(await unanswered.all_open(call)) == 1
    if alone or not _has_stop(call, newest) or await unanswered.was_said_last(call, newest):
        return newest
    return None


async def _begun(call: Call, *, private: bool) -> list[Question]:
    """The open steps of what the sender has begun here, or in private."""
    rooms = [call.room.id]
    if private:
        chats = await Room.filter(private_with=call.person).values_list("id", flat=True)
        rooms = [call.person, *map(str, chats)]
    own = Question.filter(room__in=rooms, person=call.person, until__gt=call.at)
    return [each for each in await own if _is_begun(call, each.inquiry)]


async def _stopped(call: Call, question: Question) -> Effects:
    """End what is asked of somebody, and all that they have begun here: nothing of it lies in wait for their next words."""
    last = await unanswered.was_said_last(call, question)
    await question.delete()
    own = not call.is_private or guided.is_guided(call, question.inquiry)
    for each in await _begun(call, private=call.is_private) if own else []:
        await each.delete()
    what = "Stopped" if last else f"Stopped: {unanswered.gist(question)}"
    still = unanswered.also_open(await unanswered.all_open(call))
    return [Say(text="\n\n".join(filter(None, [f"{what}. Nothing was changed.", still])))]


async def _only_one_begun(call: Call, effects: Effects) -> list[Effect]:
    """What somebody begins anew ends what they had begun before in the same place, and says so."""
    return [
        await _begun_anew(call, each)
        if isinstance(each, Ask) and each.person is not None and each.person == call.sender
        else each
        for each in effects
    ]


async def _begun_anew(call: Call, ask: Ask) -> Ask:
    if not _is_begun(call, ask.inquiry):
        return ask
    return replace(ask, text=ask.text + await left(call, private=ask.private or call.is_private))


async def left(call: Call, *, private: bool) -> str:
    """End what the sender has begun here, or in private, as something new is asked of them; the words for that, "" for nothing."""
    older = await _begun(call, private=private)
    for each in older:
        await each.delete()
    said = "\n\n*What you had begun here before is left, and nothing came of it.*"
    return said if older else ""


async def _spoke_of_something_else(call: Call) -> None:
    """Somebody who is asked for words in a room has said something else: from now on only a reply answers that."""
    if call.is_private or call.sender is None:
        return
    for each in await _begun(call, private=False):
        if not each.data.get(TALKED):
            each.data = {**each.data, TALKED: True}
            await each.save(update_fields=["data"])


async def _said_to_another(call: Call, question: Question, target: str | None) -> bool:
    """Whether a message replies to something else of ours that takes words, or to what other people said."""
    if target is None:
        return bool(call.content.get("aside"))
    prefix, _, subject = target.partition(":")
    if prefix != "question":
        return prefix in call.house.catalogue.taps
    if int(subject) == question.id:
        return False
    other = await row_of(Question, subject, until__gt=call.at)
    return other is not None and other.person in (None, call.person) and _is_here(call, other)


async def open_question(call: Call) -> Question | None:
    """The newest question that this person may still answer here by an ordinary message."""
    return next(iter(await unanswered.all_open(call)), None)


async def _asked_first(call: Call, said: str) -> Question | None:
    """The open question here whose words come before the commands of the same name."""
    inquiries = call.house.catalogue.inquiries
    meant = [
        each.name for each in inquiries.values() if each.first and chosen(each, said, exactly=True)
    ]
    if not meant:
        return None
    asked = Question.filter(room=call.room.id, inquiry__in=meant, until__gt=call.at)
    return await asked.filter(person__isnull=True).first()


async def _asked_by_word(call: Call, own: Question | None, said: str) -> Question | None:
    """The question that `said` is an answer to, such as `!yes`: one's own, or the newest to everybody here."""
    if own is not None and _offers(call, own, said):
        return own
    if folded(first_word(said)[0]) in call.house.catalogue.words:
        return None
    questions = Question.filter(room=call.room.id, person=None, until__gt=call.at)
    for question in await questions.order_by("-id"):
        if _offers(call, question, said):
            return question
    return None


def _has_stop(call: Call, question: Question) -> bool:
    """Whether a question knows by itself what it means to stop."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    return inquiry is not None and chosen(inquiry, "stop") is not None


async def _answers(call: Call, question: Question) -> bool:
    """Whether the text is meant for the question rather than being a new command, or talk among people."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    kind = inquiry is not None and inquiry.options and not inquiry.takes_words
    if kind and _is_thanks(call.text):
        return False  # "ok, thanks" is said to what was told last, and is nobody's consent
    if _offers(call, question, call.text, exactly=bool(call.content.get("overheard"))):
        return True
    if not call.is_private:
        if _is_begun(call, question.inquiry) and question.data.get(TALKED):
            return False
        return question.inquiry == MISSING or _reads(inquiry, call)
    if await _is_surely_a_command(call) or await _is_wholly_a_command(call, question):
        return False
    return await _answers_in_private(call, question)


async def _is_wholly_a_command(call: Call, question: Question) -> bool:
    """Whether somebody who is asked for words of their own says a command and nothing else."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    if inquiry is None or not inquiry.takes_words or (inquiry.claims and not inquiry.begun):
        return False
    return await commanding.how(call, call.text) is commanding.How.WHOLLY


async def _answers_in_private(call: Call, question: Question) -> bool:
    """Whether words that are none of its options, and not surely a command, answer a private question."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    word, rest = first_word(call.text)
    command = call.house.catalogue.words.get(folded(word))
    if command is not None and command.always and not rest:
        return False
    if inquiry is not None and inquiry.claims is not None:
        return command is None or await inquiry.claims(call, question, call.text)
    if inquiry is not None and inquiry.takes_words:
        return True
    if inquiry is not None and inquiry.options and _is_thanks(call.text):
        return False
    if sentence(call, call.text) is not None:
        # Whoever is asked for their own words may begin with "I would like to", but does not ask us something.
        return question.inquiry == MISSING and not call.text.rstrip().endswith("?")
    if command is None:
        return True
    # "skip a meeting" may well be what one wants to be reminded of.
    return bool(rest) and question.inquiry == MISSING


async def _is_surely_a_command(call: Call) -> bool:
    """Whether what is said in private can be nothing but a command: `vote 3 2`, `recount 3`, `timezone Europe/Rome`."""
    word, rest = first_word(call.text)
    command = call.house.catalogue.words.get(folded(word))
    if command is None or not rest or call.room.kind not in command.kinds:
        return False
    if command.surely is not None:
        return await command.surely(call, rest)
    if _A_NUMBER.fullmatch(rest):
        return _A_NUMBER.match(first_word(command.example)[1]) is not None
    given = _given(command, rest)
    own = [each for each in command.arguments if each.name in given or each.question is not None]
    if any(each.name not in given or each.read is _AS_IT_IS for each in own):
        return False
    try:
        for each in own:
            each.read(given[each.name], call)
    except NotUnderstood:
        return False
    return bool(own)


def _reads(inquiry: Inquiry | None, call: Call) -> bool:
    """Whether the text says the matter of a question in other words."""
    if inquiry is None or inquiry.reads is None:
        return False
    try:
        inquiry.reads(call.text, call)
    except NotUnderstood:
        return False
    return True


def chosen(
    inquiry: Inquiry,
    said: str,
    beside: Mapping[str, object] | None = None,
    *,
    exactly: bool = False,
) -> Option | None:
    """The option that a sign, a word or a label stands for, or a warm yes or no.

    `beside` are the labels that the question showed (practices.answers), each with the word of its option. What is
    overheard among people counts `exactly` as it stands: "yes, good" may be said to somebody else.
    """
    word, key = folded(said), sign(said)
    for option in inquiry.options:
        if key in (sign(option.sign), *option.also) or word in (option.word, *option.also):
            return option
    if len(said) > LONGEST:
        return None
    plain = spoken(said)
    for text in (plain, *(() if exactly and plain not in AS_GOOD else (bare(said),))):
        for option in inquiry.options:
            if text and (
                (beside or {}).get(text) == option.word
                or text in map(spoken, (option.word, *option.also))
            ):
                return option
    return None if exactly else _leaning_to(inquiry, leaning(said))


def _leaning_to(inquiry: Inquiry, yes: bool | None) -> Option | None:
    """The option that is a yes, or a no, to this question; where only a change is offered beside a yes, a no wants it."""
    if yes is None:
        return None
    agreeing = _with_word(inquiry, YES.word)
    if yes or agreeing is None:
        return agreeing if yes else _with_word(inquiry, NO.word)
    return _with_word(inquiry, NO.word) or _with_word(inquiry, CHANGE.word)


def _with_word(inquiry: Inquiry, word: str) -> Option | None:
    return next((each for each in inquiry.options if word in (each.word, *each.also)), None)


def with_labels(ask: Ask, inquiry: Inquiry | None) -> dict[str, object]:
    """What an open question keeps: what its feature needs, and what else was shown beside its signs."""
    kept = {name: value for name, value in ask.data.items() if name != unanswered.LABELS}
    if inquiry is None:
        return kept
    signs = {option.sign: option for option in inquiry.options}
    beside = {
        label: signs[found].word
        for label, found in labels(ask.text, signs).items()
        if chosen(inquiry, label) is not signs[found]
    }
    return {**kept, unanswered.LABELS: beside} if beside else kept


def _beside(question: Question) -> Mapping[str, object]:
    """The labels that a question showed, beyond the words that its options have anyway."""
    kept = question.data.get(unanswered.LABELS)
    return kept if isinstance(kept, dict) else {}


def _says_nothing(call: Call, target: str) -> bool:
    """Whether a reply to the message of that name means no more than the same words alone."""
    prefix = target.partition(":")[0]
    return prefix != "question" and prefix not in call.house.catalogue.taps


async def _answered_now(call: Call, question: Question, said: str) -> Effects:
    """Go on with an open question, unless a bare yes or no may be meant for something else: then ask which."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    if (
        inquiry is None
        or question.person is None
        or not unanswered.is_bare(said)
        or not _offers(call, question, said)
        or await unanswered.was_said_last(call, question)
    ):
        return await answered(call, question, said)
    if call.content.get("overheard"):
        return []  # said to somebody else
    return [unanswered.asked_back(question, inquiry)]


async def answered(call: Call, question: Question, said: str) -> Effects:
    """Go on with an open question; a refusal ends it, so that it does not lie in wait for the next word."""
    effects = await _answered(call, question, said)
    if question.person is None:
        return effects
    stays = await Question.exists(id=question.id)
    return unanswered.said_again(question, effects) if stays else effects


async def _answered(call: Call, question: Question, said: str) -> Effects:
    try:
        async with in_transaction():
            return await _go_on(call, question, said)
    except NotUnderstood as misunderstanding:
        out = ""
        if question.person is not None and await Question.exists(id=question.id):
            out = " `stop` ends the question."
        return [Say(text=f"{not_understood(misunderstanding)}{out}")]
    except Refused as refused:
        await Question.filter(id=question.id).delete()
        return [Say(text=with_signs(call, str(refused)))]


async def _go_on(call: Call, question: Question, said: str) -> Effects:
    if question.person is None and await _only_listens(call):
        return []
    found = call.house.catalogue.inquiries.get(question.inquiry)
    if found is not None:
        option = chosen(found, said, _beside(question))
        return await found.answer(call, question, option.word if option else said)
    await question.delete()
    command = call.house.catalogue.commands[str(question.data["command"])]
    name, given = str(question.data["argument"]), question.data["given"]
    assert isinstance(given, dict)
    try:
        async with in_transaction():
            return await run(call, command, {**given, name: said})
    except Refused as refused:
        asked = next(argument for argument in command.arguments if argument.name == name)
        if not call.is_private or not isinstance(refused.__cause__, NotUnderstood):
            raise
        return _ask_for(call, command, asked, given, str(refused))


async def _tapped(call: Call, target: str, said: str, door: Door) -> Effects:
    prefix, _, subject = target.partition(":")
    typed = door is Door.REPLY
    if prefix == "question":
        question = await row_of(Question, subject)
        gone = _out_of_sight(call, question, said) if door is Door.REACTION else []
        if question is None:
            return [*await _too_late(call, target, said), *gone]
        if question.person not in (None, call.person) or not _is_here(call, question):
            return gone
        if question.until <= call.at:
            inquiry = call.house.catalogue.inquiries.get(question.inquiry)
            return [
                *await _too_late(call, target, said, inquiry.late if inquiry else None),
                *gone,
            ]
        if not typed and not _offers(call, question, said):
            return gone  # a heart is a heart
        return [*await answered(call, question, said), *gone]
    meant = call.house.catalogue.taps.get(prefix)
    if meant is not None and door is Door.REACTION and taps.unseen(meant, said):
        try:
            async with in_transaction():
                effects = await _meant(call, meant, subject, said, door)
        except Refused as refused:  # a tap of which nothing comes is taken back like the others
            effects = [Say(text=str(refused))]
        return [*effects, *taps.taken_back(call)]
    return await _meant(call, meant, subject, said, door)


def _out_of_sight(call: Call, question: Question | None, said: str) -> list[Effect]:
    """Take a tap back that answers a question to everybody, also one that came too late."""
    inquiries = call.house.catalogue.inquiries
    inquiry = None
    if question is not None:
        inquiry = inquiries.get(question.inquiry)
        if inquiry is None or question.person is not None:
            return []
    return taps.taken_back(call) if taps.promised(inquiries, inquiry, said) else []


async def _meant(call: Call, meant: Tap | None, subject: str, said: str, door: Door) -> Effects:
    """What follows from a tap, or from words to a message, of a feature."""
    typed = door is Door.REPLY
    if meant is None or await _only_listens(call):
        return []
    if typed:
        said = labelled(meant, said) or said
    call = replace(call, content={**call.content, "door": door.value, "event": call.key})
    try:
        effects: Effects = await meant.answer(call, subject, said)
    except NotUnderstood as misunderstanding:
        if not typed or call.content.get("in_thread"):
            return []  # a heart is a heart, and in a thread people speak with each other
        raise Refused(not_understood(misunderstanding)) from misunderstanding
    return effects


def labelled(meant: Tap, said: str) -> str | None:
    """The sign beside whose label stands what somebody says; None for anything else."""
    for label, sign_ in meant.labels.items():
        if any(heard(label, each) is not None for each in (said, bare(said)) if each):
            return sign(sign_)
    return None


def _is_here(call: Call, question: Question) -> bool:
    """Whether a question was put where it is answered: its people are those of this room, and of no other."""
    return question.room == call.room.id or (call.is_private and question.room == call.person)


def _offers(call: Call, question: Question, said: str, *, exactly: bool = False) -> bool:
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    if inquiry is None:
        return False
    return chosen(inquiry, said, _beside(question), exactly=exactly) is not None


async def _too_late(call: Call, target: str, said: str, text: str | None = None) -> list[Effect]:
    """A word about a question that is open no more; nothing among people, and a heart is a heart."""
    words = (
        text
        or "That question is closed: it was answered, or its time is over. Nothing was changed."
    )
    if text is None and not call.is_private:
        return []
    lanes = [call.room.id, call.person]
    if sign(said) in HEARTS or not await Owed.exists(
        deed=Deed.REACT, target=target, lane__in=lanes
    ):
        return []
    return [Say(text=words)] if call.is_private else [Whisper(person=call.person, text=words)]


_WORD_OF_OURS = re.compile(r"`(?P<word>[a-z-]+)(?P<rest>[^`]*)`(?! in (?:our|your|this|private))")


def with_signs(call: Call, text: str) -> str:
    """A text that may be read here and in private, with the sign in front of each word of ours that is said here."""
    if call.is_private:
        return text
    words = call.house.catalogue.words

    def signed(found: re.Match[str]) -> str:
        meant = words.get(found["word"])
        if meant is None or call.room.kind not in meant.kinds:
            return found[0]
        return f"`{call.house.prefix}{found['word']}{found['rest']}`"

    return _WORD_OF_OURS.sub(signed, text)


def in_private(call: Call, text: str) -> Effects:
    """An answer for one pair of eyes, wherever the question was asked."""
    if call.is_private:
        return [Say(text=text)]
    return [Whisper(person=call.person, text=text), Say(text="I have answered you in private.")]
