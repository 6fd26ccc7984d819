"""Finds the declared thing that was meant, asks for what is missing, and lets it answer.

This is the only way from something that happened to the feature it concerns: permission, kind of room,
"did you mean" and the one-question-at-a-time rule are kept here, once, for every feature. People who talk
with each other are never answered: what is said near the daemon counts only where it asked for it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tortoise.transactions import in_transaction

from handlers import power
from handlers.language import (
    EVERYWHERE,
    Argument,
    Ask,
    Call,
    Change,
    Command,
    Effect,
    Effects,
    Inquiry,
    Option,
    Refused,
    Role,
    Say,
    Whisper,
)
from handlers.words import after_prefix, escaped, first_word, folded, sign, similar, verbatim
from practices.circles import Life, RoomKind
from practices.understanding import NotUnderstood, shown
from storage.questions import Question
from storage.visitors import visits

#: How long a question for a missing word stays open.
PATIENCE = timedelta(minutes=30)

STOP_WORDS = frozenset({"stop", "cancel", "never mind", "nevermind", "forget it"})

MISSING = "missing"

#: What a visiting helper may say in a crew's room beside what anybody may: take part, and decide nothing (CREW-21).
GUESTS_MAY = frozenset(
    {"calendar", "coming", "helper", "leave", "practice", "scripts", "start", "when"}
)

#: What can be said in the room of a crew that has ended.
AFTER_THE_END = frozenset({"leave", "retrospective", "wake"})


async def on_message(call: Call, *, target: str | None) -> Effects:
    """Answer a message. `target` names the message of ours that it replies to."""
    if "file" in call.content:
        return await _received(call)
    commanded = after_prefix(call.text, call.house.prefix)
    said = call.text if commanded is None else commanded
    if commanded is not None and folded(first_word(said)[0]) in call.house.catalogue.words:
        asked = await _asked_first(call, said)
        return await (answered(call, asked, said) if asked else _obey(call, said))
    question = await open_question(call)
    if question is not None and folded(said) in STOP_WORDS and not _has_stop(call, question):
        await question.delete()
        return [Say(text="Stopped. Nothing was changed.")]
    if commanded is not None:
        asked = await _asked_by_word(call, question, said)
        return await (answered(call, asked, said) if asked else _obey(call, said))
    if question is not None and _answers(call, question):
        return await answered(call, question, said)
    if target is not None:
        return await _tapped(call, target, said)
    if call.content.get("overheard"):
        return []
    return await _obey(call, said)


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
    """Answer a tap under the message of ours that is named `target`."""
    return await _tapped(call, target, sign(call.text), reaction=True)


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
    word, rest = first_word(text)
    found = call.house.catalogue.words.get(folded(word))
    if found is not None:
        return await run(call, found, _given(found, rest))
    if folded(text) in STOP_WORDS:
        return [Say(text="There is nothing to stop: no question of mine is open.")]
    if any(chosen(each, text) for each in call.house.catalogue.inquiries.values()):
        raise Refused(
            "No question of mine that this would answer is open here. Nothing was changed."
        )
    raise Refused(_unknown(call, word))


def _unknown(call: Call, word: str) -> str:
    prefix = "" if call.is_private else call.house.prefix
    fitting = [
        known
        for known, found in call.house.catalogue.words.items()
        if call.room.kind in found.kinds
    ]
    meant = similar(word, fitting)
    hint = f" Did you mean **{prefix}{meant}**?" if meant else ""
    return (
        f"I don't know {escaped(shown(word))}.{hint}\n\n"
        f"`{prefix}help` lists what fits {'here' if call.is_private else 'this room'}."
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
            return _ask_for(call, command, argument, given, argument.question)
        try:
            values[argument.name] = None if text is None else argument.read(text, call)
        except NotUnderstood as misunderstanding:
            raise Refused(not_understood(misunderstanding)) from misunderstanding
    try:
        return await command.answer(call, **values)
    except NotUnderstood as misunderstanding:
        raise Refused(not_understood(misunderstanding)) from misunderstanding


def not_understood(misunderstanding: NotUnderstood) -> str:
    """A misunderstanding as Markdown: it may quote what somebody wrote."""
    return f"{verbatim(str(misunderstanding))}\n\nNothing was changed."


def _check_place(call: Call, command: Command) -> None:
    if call.room.kind in command.kinds:
        return
    if command.kinds == {RoomKind.PRIVATE}:
        raise Refused(
            f"**{command.name}** is something between you and me: write it in our private chat. "
            "Nothing was done here."
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
    raise Refused(f"**{command.name}** does not fit a {call.room.kind} room. Nothing was done.")


def _check_permission(call: Call, command: Command) -> None:
    if command.permission is Role.MODERATOR and not power.moderates(call.room, call.person):
        raise Refused(
            f"**{command.name}** is for those who moderate this room, and the room does not name you "
            "as one. Nothing was changed; somebody who moderates it can do it."
        )


async def _check_belonging(call: Call, command: Command) -> None:
    """What is a crew's own is for its members, and while it lives; what fits every room is for everybody."""
    if call.room.kind is not RoomKind.CREW or command.kinds == EVERYWHERE:
        return
    if call.room.life is Life.CLOSED and command.name not in AFTER_THE_END:
        raise Refused(
            f"This crew has ended, so **{command.name}** has nothing to work on. What it kept can still be taken "
            f"along with `export crew` in our private chat; `{call.house.prefix}wake` asks all of you to take it up again."
        )
    if command.name not in GUESTS_MAY and await visits(call.room.id, call.person):
        raise Refused(
            f"**{command.name}** is for the members of this crew. You are their guest: you take part in what they do, "
            "and nothing was changed; one of them can say it."
        )


def _ask_for(
    call: Call, command: Command, argument: Argument, given: Mapping[str, str], text: str
) -> Effects:
    ask = Ask(
        inquiry=MISSING,
        text=f"{text}\n\n*Your next message answers this; `stop` ends it.*",
        until=call.at + PATIENCE,
        data={"command": command.name, "argument": argument.name, "given": dict(given)},
        person=call.person,
        private=command.private and not call.is_private,
    )
    if ask.private:
        return [ask, Say(text="I have asked you in our private chat.")]
    return [ask]


# ------------------------------------------------------------------------------------------ questions


async def open_question(call: Call) -> Question | None:
    """The newest question that this person may still answer here by an ordinary message."""
    rooms = [call.room.id, call.person] if call.is_private else [call.room.id]
    return (
        await Question.filter(room__in=rooms, person=call.person, until__gt=call.at)
        .order_by("-id")
        .first()
    )


async def _asked_first(call: Call, said: str) -> Question | None:
    """The open question here whose words come before the commands of the same name."""
    inquiries = call.house.catalogue.inquiries
    meant = [each.name for each in inquiries.values() if each.first and chosen(each, said)]
    if not meant:
        return None
    asked = Question.filter(room=call.room.id, inquiry__in=meant, until__gt=call.at)
    return await asked.filter(person__isnull=True).first()


async def _asked_by_word(call: Call, own: Question | None, said: str) -> Question | None:
    """The question that `said` is an answer to, such as `!yes`: one's own, or the newest to everybody here."""
    inquiry = call.house.catalogue.inquiries.get(own.inquiry) if own else None
    if inquiry is not None and chosen(inquiry, said) is not None:
        return own
    if folded(first_word(said)[0]) in call.house.catalogue.words:
        return None
    questions = Question.filter(room=call.room.id, person=None, until__gt=call.at)
    for question in await questions.order_by("-id"):
        inquiry = call.house.catalogue.inquiries.get(question.inquiry)
        if inquiry is not None and chosen(inquiry, said) is not None:
            return question
    return None


def _has_stop(call: Call, question: Question) -> bool:
    """Whether a question knows by itself what it means to stop."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    return inquiry is not None and chosen(inquiry, "stop") is not None


def _answers(call: Call, question: Question) -> bool:
    """Whether the text is meant for the question rather than being a new command, or talk among people."""
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    if inquiry is not None and chosen(inquiry, call.text) is not None:
        return True
    if not call.is_private:
        return question.inquiry == MISSING or _reads(inquiry, call)
    word, rest = first_word(call.text)
    if inquiry is not None and inquiry.takes_words:
        return bool(rest) or folded(word) != "help"
    if call.house.catalogue.words.get(folded(word)) is None:
        return True
    # "help" asks for help even now; "skip a meeting" may well be what one wants to be reminded of.
    return bool(rest) and question.inquiry == MISSING


def _reads(inquiry: Inquiry | None, call: Call) -> bool:
    """Whether the text says the matter of a question in other words."""
    if inquiry is None or inquiry.reads is None:
        return False
    try:
        inquiry.reads(call.text, call)
    except NotUnderstood:
        return False
    return True


def chosen(inquiry: Inquiry, said: str) -> Option | None:
    """The option that a sign or a word stands for."""
    word, key = folded(said), sign(said)
    for option in inquiry.options:
        if key in (sign(option.sign), *option.also) or word in (option.word, *option.also):
            return option
    return None


async def answered(call: Call, question: Question, said: str) -> Effects:
    """Go on with an open question; a refusal ends it, so that it does not lie in wait for the next word."""
    try:
        async with in_transaction():
            return await _go_on(call, question, said)
    except NotUnderstood as misunderstanding:
        return [Say(text=not_understood(misunderstanding))]
    except Refused as refused:
        await Question.filter(id=question.id).delete()
        return [Say(text=str(refused))]


async def _go_on(call: Call, question: Question, said: str) -> Effects:
    found = call.house.catalogue.inquiries.get(question.inquiry)
    if found is not None:
        option = chosen(found, said)
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


async def _tapped(call: Call, target: str, said: str, *, reaction: bool = False) -> Effects:
    prefix, _, subject = target.partition(":")
    if prefix == "question":
        question = await Question.get_or_none(id=int(subject))
        if question is None or question.until <= call.at or not _is_here(call, question):
            return []
        if question.person not in (None, call.person):
            return []
        if reaction and not _offers(call, question, said):
            return []  # a heart is a heart
        return await answered(call, question, said)
    meant = call.house.catalogue.taps.get(prefix)
    if meant is None:
        return []
    try:
        effects: Effects = await meant.answer(call, subject, said)
    except NotUnderstood as misunderstanding:
        if reaction:
            return []
        raise Refused(not_understood(misunderstanding)) from misunderstanding
    return effects


def _is_here(call: Call, question: Question) -> bool:
    """Whether a question was put where it is answered: its people are those of this room, and of no other."""
    return question.room == call.room.id or (call.is_private and question.room == call.person)


def _offers(call: Call, question: Question, said: str) -> bool:
    inquiry = call.house.catalogue.inquiries.get(question.inquiry)
    return inquiry is not None and chosen(inquiry, said) is not None


def in_private(call: Call, text: str) -> Effects:
    """An answer for one pair of eyes, wherever the question was asked."""
    if call.is_private:
        return [Say(text=text)]
    return [Whisper(person=call.person, text=text), Say(text="I have answered you in private.")]
