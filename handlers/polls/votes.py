"""Voices by word: `!vote 4 …`, and the four positions as words of their own.

Which poll is meant may be left out where only one is open, or where the word stands in its thread.
"""

import re
from datetime import timedelta

from handlers.house.adoption import CIRCLES
from handlers.language import (
    Argument,
    Ask,
    Call,
    Command,
    Effects,
    Refused,
    command,
    inquiry,
)
from handlers.polls import booth, tallyboard, voting
from handlers.polls.voices import find, form_of, open_polls, terms_of
from practices.circles import RoomKind
from practices.understanding import NotUnderstood
from storage.polls import Door, Poll, Stage
from storage.questions import Question

#: How long somebody may think about which poll they mean.
PATIENCE = timedelta(minutes=30)

PLACES = CIRCLES | {RoomKind.PRIVATE}


async def _names_one(call: Call, rest: str) -> bool:
    """Whether a poll that the sender may know of is named in front: then that one is meant, whatever else is asked of them.

    `2 > 1` and `2, 3` are options, and a bare `2` is one where no poll of that number is open.
    """
    number, words = voting.numbered(rest)
    named = await find(call, number) if number is not None else None
    if named is None or re.match(r"#?\d+\s*[,>]", rest):
        return False
    return bool(words) or named.stage is Stage.OPEN


@command(
    name="vote",
    surely=_names_one,
    help="say what you think of something that is asked; the newest counts",
    example="vote 4 agree because it is simple",
    kinds=PLACES,
    arguments=(
        Argument(
            name="what",
            help="its number and your answer; the number may be left out where only one is open. “nothing” takes it back",
            rest=True,
        ),
    ),
)
async def vote(call: Call, what: str | None) -> Effects:
    """Count a voice, or ask for it in private."""
    number, words = voting.numbered(what or "")
    named = await find(call, number) if number is not None else None
    if named is None:
        if number is not None and voting.is_worded(words):
            raise _unknown(call, number)
        # "vote 2" may be the second option where only one poll is open.
        poll = await _meant(call, number, what or "")
        if isinstance(poll, Ask):
            return [poll]
        return await _spoken(call, poll, what or "")
    return await _spoken(call, named, words)


async def _meant(call: Call, number: int | None, words: str) -> Poll | Ask:
    """Which poll somebody means who did not name it. Raises Refused."""
    target = str(call.content.get("target") or "").split(":")
    if target[0] in ("poll", booth.BALLOT) and target[-1].isdecimal():
        named = await find(call, int(target[1]))
        if named is not None:
            return named
    open_ = await open_polls(call)
    if call.is_private:
        asked = (
            await Question.filter(person=call.person, inquiry=booth.BALLOT).order_by("-id").first()
        )
        open_ = [each for each in open_ if asked is None or each.id == asked.data.get("poll")]
    if len(open_) == 1:
        return open_[0]
    if number is not None:
        raise _unknown(call, number)
    if not open_:
        raise Refused("Nothing is asked here just now, so there is nothing to answer.")
    # No list of Markdown: that would number them anew.
    lines = [f"- {each.id}: {tallyboard.title(each)}" for each in open_]
    return Ask(
        inquiry="vote-which",
        text="\n".join(["Which do you mean?", "", *lines, "", "Its number is enough."]),
        until=call.at + PATIENCE,
        data={"words": words},
        person=call.person,
    )


def _unknown(call: Call, number: int) -> Refused:
    return Refused(
        f"I know of nothing here with the number {number}, so nothing was counted. `polls` lists what "
        "is asked."
    )


def _number(text: str, _call: Call) -> int:
    number, rest = voting.numbered(text)
    if number is None or rest:
        raise NotUnderstood("The number in front of it is enough.")
    return number


@inquiry(name="vote-which", reads=_number)
async def which(call: Call, question: Question, said: str) -> Effects:
    """Somebody says which poll they mean."""
    poll = await find(call, _number(said, call))
    await question.delete()
    if poll is None:
        raise Refused("I know of nothing here with that number, so nothing was counted.")
    return await _spoken(call, poll, str(question.data.get("words", "")))


async def _spoken(call: Call, poll: Poll, words: str) -> Effects:
    """A voice in words, in the room or in private; without words the private chat asks for it.

    What could not be read is not waited for: whoever corrects that message hears now that a new one is needed.
    """
    try:
        return await _heard(call, poll, words)
    except NotUnderstood as why:
        raise NotUnderstood(f"{why} Say it anew: a change of that message is not read.") from why


async def _heard(call: Call, poll: Poll, words: str) -> Effects:
    terms = terms_of(poll)
    if not words.strip():
        why = await voting.why_not(call, poll)
        if why is not None:
            raise Refused(why)
        return await booth.ask(call, poll, call.person)
    if call.is_private:
        return await voting.privately(call, poll, words)
    if not tallyboard.seen_by_all(terms):
        return await voting.not_here(call, poll)
    if voting.is_nothing(words):
        return await voting.take_nothing(call, poll, door=Door.WORD)
    marks, reason = voting.read(poll, words, loosely=True)
    return await voting.take(call, poll, marks, reason, door=Door.WORD)


# ---------------------------------------------------------------------------------------------- positions


def _position(word: str, help_: str) -> Command:
    """A position as a command."""

    async def answer(call: Call, what: str | None) -> Effects:
        number, reason = voting.numbered(what or "")
        poll = await find(call, number) if number is not None else None
        if poll is None:
            if number is not None:
                raise _unknown(call, number)
            found = await _meant(call, number, f"{word} {what or ''}")
            if isinstance(found, Ask):
                return [found]
            poll, reason = found, what or ""
        _check(poll, word)
        return await _spoken(call, poll, f"{word}\n{reason}".strip())

    return Command(
        answer=answer,
        name=word,
        help=help_,
        example=f"{word} 4 because …" if word == "block" else f"{word} 4",
        kinds=PLACES,
        surely=_names_one,
        arguments=(Argument(name="what", help="its number, and perhaps your reason", rest=True),),
    )


def _check(poll: Poll, word: str) -> None:
    """Refuse a position that is no answer to what is asked. Raises NotUnderstood with what would be."""
    form_of(poll).read(terms_of(poll), word)


agree = _position("agree", "agree to a proposal")
abstain = _position("abstain", "stand aside in a proposal")
disagree = _position("disagree", "say that you would prefer otherwise and can live with it")
block = _position("block", "hold a proposal up with a serious objection, and say why")
