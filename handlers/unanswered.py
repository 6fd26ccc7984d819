"""What somebody is asked and has not answered: the few words that name it, whether it was said last, and what takes its place.

It promises that a bare yes or no is never taken for an answer to what lies behind: it counts for what was said last, and
else the question is put once more. Whoever asks for the same thing anew leaves what they were asked about it before.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile

from tortoise.expressions import Q

from handlers.language import CHANGE, NO, YES, Ask, Call, Effect, Inquiry, Option, Say, Whisper
from handlers.words import escaped, folded, sign
from practices.answers import leaning
from storage.outbox import Deed, Owed
from storage.questions import Question
from storage.rooms import Room

#: Under which an open question keeps the labels that it showed.
LABELS = "labels"

#: Under which an open question keeps the few words that name it.
GIST = "gist"

#: Under which it keeps how many messages were said behind it in the same breath, such as where to read on.
AFTER = "after"

#: The question for a word that a command lacks.
MISSING = "missing"

#: The question which of two was answered; under which it keeps those, what is done here and the other.
WHICH = "which-meant"
HERE, OTHER = "here", "other"

#: A question is named by so many letters of its own, at least and at most.
_ENOUGH, _LONGEST = 80, 140

#: Later than this a yes may be meant for something else, though nothing was said since.
A_WHILE = timedelta(days=3)

#: Whatever comes of itself so soon after a question may be read only after that is answered.
_IN_BETWEEN = timedelta(minutes=10)

#: So many of the messages said last are looked at for what somebody means who writes plainly.
_BELOW = 5

#: Begins the name of what is said about an open question, which its own name follows.
ABOUT = "about"

#: What names a step of something that is begun: its words may quote what is sealed with a key of its person's own.
_BEGUN = "what you have begun"

_BARE = frozenset({*YES.also, YES.word, *NO.also, NO.word, CHANGE.word})
_MARK = re.compile(r"(?<!\\)[*`]")


# --------------------------------------------------------------------------------------------- its name


def named(ask: Ask, inquiry: Inquiry | None) -> dict[str, object]:
    """What an open question keeps, beside its data, to be named by: only where it is asked of one person."""
    if ask.person is None:
        return {}
    if inquiry is not None and inquiry.gist:
        return {GIST: inquiry.gist}
    if inquiry is not None and inquiry.begun:
        return {GIST: _BEGUN}
    return {GIST: f"“{_first_words(ask.text, inquiry.options if inquiry else ())}”"}


def _first_words(text: str, options: Iterable[Option]) -> str:
    """The beginning of a question up to its signs, on one line and without its marks; still Markdown."""
    signs = tuple(option.sign for option in options)
    words = ""
    for line in text.splitlines():
        plain = _MARK.sub("", line).strip().removeprefix("> ").removeprefix("- ").strip()
        if signs and plain.startswith(signs):
            break
        words = f"{words} {plain}".strip()
        if len(words) >= _ENOUGH and not words.endswith(":"):
            break
    if len(words) <= _LONGEST:
        return words
    cut = words[:_LONGEST]
    return (cut.rpartition(" ")[0] or cut).rstrip("\\ ") + "…"


def gist(question: Question) -> str:
    """The few words that name an open question, as Markdown."""
    return str(question.data.get(GIST) or "what I asked you before")


def ways(question: Question, inquiry: Inquiry) -> str:
    """The answers with their signs, in the words that were shown beside them."""
    kept = question.data.get(LABELS)
    shown_as = (
        {str(word): label for label, word in reversed(kept.items())}
        if isinstance(kept, dict)
        else {}
    )
    return " · ".join(
        f"{option.sign} {escaped(shown_as.get(option.word, option.word))}"
        for option in inquiry.options
    )


async def all_open(call: Call) -> list[Question]:
    """What this person may still answer here by an ordinary message, the newest first."""
    rooms = [call.room.id, call.person] if call.is_private else [call.room.id]
    asked = Question.filter(room__in=rooms, person=call.person, until__gt=call.at)
    return await asked.order_by("-id")


def also_open(questions: Iterable[Question]) -> str:
    """Questions that are open as well, as a sentence; "" for none."""
    found = list(dict.fromkeys(gist(each) for each in questions))
    if not found:
        return ""
    return f"Still open: {' · '.join(found)}. A reply to it answers it; `stop` again ends it."


# ------------------------------------------------------------------------------------- whether it is meant


def is_bare(said: str) -> bool:
    """Whether somebody says no more than yes or no, which names nothing."""
    return leaning(said) is not None or folded(said) in _BARE or sign(said) in (YES.sign, NO.sign)


async def was_said_last(call: Call, question: Question) -> bool:
    """Whether a question is the last thing that was said to its person here, in private within a while.

    It is not, either, where something that they did not ask for came between a question of theirs and their answer.
    """
    names = [f"question:{question.id}", f"{ABOUT}:{question.id}"]
    sent = Owed.filter(deed=Deed.SEND)
    if call.is_private:
        sent = sent.filter(lane__in=[call.room.id, call.person])
    else:
        sent = sent.filter(Q(name__in=names) | Q(asker=call.person), lane=call.room.id)
    if not await Owed.exists(deed=Deed.SEND, name=names[0]):
        return True
    after = int(str(question.data.get(AFTER, 0)))
    said = await sent.order_by("-id").limit(after + 2)
    at = next((at for at, each in enumerate(said[: after + 1]) if each.name in names), None)
    if at is None:
        return False
    asked = said[at]
    if call.is_private and call.at - asked.made_at > A_WHILE:
        return False
    between = [each for each in said[at + 1 :] if call.at - each.made_at <= _IN_BETWEEN]
    return asked.asker == call.person or not await _asked_for(call, between)


async def said_below(call: Call) -> tuple[str, list[str]]:
    """Below what somebody writes in private: the sort of message of ours that was said last, and the subjects of those, newest first.

    As many as were said one after the other; "" and none where the last of all has no name.
    """
    sent = Owed.filter(deed=Deed.SEND, lane__in=[call.room.id, call.person])
    names = [(each.name or "").partition(":") for each in await sent.order_by("-id").limit(_BELOW)]
    sort = names[0][0] if names else ""
    return sort, [subject for _, _, subject in takewhile(lambda each: each[0] == sort, names)]


async def _asked_for(call: Call, said: Iterable[Owed]) -> bool:
    """Whether this is an open question that its person has brought about themselves."""
    names = [each.name for each in said if each.name and each.asker == call.person]
    asked = [name.partition(":")[2] for name in names if name.startswith("question:")]
    return bool(asked) and await Question.exists(
        id__in=[int(each) for each in asked], person=call.person, until__gt=call.at
    )


def asked_back(question: Question, inquiry: Inquiry) -> Say:
    """A question that lay behind, put once more: from now on it was said last."""
    return Say(
        text=f"Do you mean: {gist(question)}? Other things were said since, so I ask before anything follows.\n\n"
        f"{ways(question, inquiry)}\n\n*A tap, or the same word once more; `stop` lets it go.*",
        name=f"question:{question.id}",
        taps=tuple(option.sign for option in inquiry.options),
    )


def said_again(question: Question, effects: Iterable[Effect]) -> list[Effect]:
    """What is answered while a question stays open is about it: the last of it does not come between it and its answer."""
    found = list(effects)
    for at in reversed(range(len(found))):
        say = found[at]
        if isinstance(say, Say) and say.room is None:
            if say.name is None:
                found[at] = replace(say, name=f"{ABOUT}:{question.id}")
            break
    return found


def meant(target: str | None) -> str | None:
    """The name of what is replied to: what was said about an open question stands for it."""
    if target is not None and target.startswith(f"{ABOUT}:"):
        return f"question:{target.partition(':')[2]}"
    return target


# --------------------------------------------------------------------------------------- what takes its place


async def asked_anew(call: Call, effects: Iterable[Effect]) -> list[Effect]:
    """Effects as they are carried out: what somebody asks for anew ends what they were asked about it before, and says so."""
    found = list(effects)
    for at, each in enumerate(found):
        if isinstance(each, Ask) and each.person is not None:
            behind = sum(_same_place(call, each, one) for one in found[at + 1 :])
            if behind:
                found[at] = replace(each, data={**each.data, AFTER: behind})
    own = [each for each in found if isinstance(each, Ask) and _is_own(call, each)]
    if not own:
        return found
    left = {each.inquiry: await _former(call, each) for each in own}
    for former in left.values():
        for question in former:
            await question.delete()
    return [
        replace(each, text=each.text + _instead(left.pop(each.inquiry)))
        if isinstance(each, Ask) and _is_own(call, each) and left.get(each.inquiry)
        else each
        for each in found
    ]


def _same_place(call: Call, ask: Ask, effect: Effect) -> bool:
    """Whether something is said where a question is put."""
    if ask.private or call.is_private:
        own = isinstance(effect, Whisper) and effect.person == ask.person
        here = isinstance(effect, Say) and effect.room is None
        return own or (here and call.room.private_with == ask.person)
    return isinstance(effect, Say) and effect.room is None


def _is_own(call: Call, ask: Ask) -> bool:
    return ask.person is not None and ask.person == call.sender and ask.inquiry != MISSING


async def _former(call: Call, ask: Ask) -> list[Question]:
    """What its person was asked before by the same question, in the same place and by their own word."""
    rooms = [call.room.id]
    if ask.private or call.is_private:
        chats = await Room.filter(private_with=call.person).values_list("id", flat=True)
        rooms = [call.person, *map(str, chats)]
    same = Question.filter(room__in=rooms, person=ask.person, inquiry=ask.inquiry)
    return [
        each
        for each in await same.filter(until__gt=call.at).order_by("id")
        if await Owed.exists(name=f"question:{each.id}", deed=Deed.SEND, asker=call.person)
    ]


def _instead(former: Iterable[Question]) -> str:
    words = " · ".join(dict.fromkeys(gist(each) for each in former))
    return f"\n\n*It takes the place of what I asked before: {words}. Nothing came of that.*"
