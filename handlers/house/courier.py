"""Carries somebody's words to one other person's private chat, and the answer back; nothing of it is kept.

Who wrote is in no row: the message that carries it is named by a mark from which only whoever holds the keys can tell the
sender, and that only by trying everybody. It goes at once, also at night and then without a ring: what waits for a morning would
have to be kept. Should it never arrive, its sender hears so at once. From one person to another a few words a day are
carried, an answer is taken for a month, and whoever wants no more of somebody says so with a tap: nothing that the other
one reads depends on it, so that nobody can tell. Whoever writes plainly under a word is asked whether that is an answer.
"""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import blake2b
from typing import NamedTuple

from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    Door,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    Scrub,
    Whisper,
    inquiry,
    tap,
)
from handlers.names import called
from handlers.words import sign, verbatim
from storage.carried import Carried
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

WORD = "word"

ANSWER, HUSH = "✏️", "🔕"

#: Characters that are carried at once.
LONGEST = 3000

#: So long somebody who has tapped can write their answer.
PATIENCE = timedelta(hours=1)

#: So many words are carried from one person to another in a day.
DAILY = 5

#: So long a word can be answered.
ANSWERED_FOR = timedelta(days=30)

#: So long nothing is carried to whoever wants no more.
HUSHED = timedelta(days=180)

#: Whether one of the two stays unnamed: nobody, whoever wrote, or whoever reads.
OPEN, UNNAMED, ANSWERS_UNNAMED = "o", "u", "a"

#: What every sender reads, true also where a word is not carried on: nobody can tell who wants no more of whom.
UNLESS = "unless they take no words from you just now"

GONE = (
    "Whoever wrote this shares no room with me any more, so nothing was sent. If you know who it was, you can write to them "
    "yourself."
)


OVER = (
    f"That was written more than {ANSWERED_FOR.days} days ago, so nothing was sent. If you know who it was, you can write to them "
    "yourself."
)


def address(person: str, words: str) -> str:
    """A link by which somebody is written to without us; `words` are Markdown."""
    return f"[{words}](https://matrix.to/#/{person})"


async def reaches(person: str) -> bool:
    """Whether somebody is in their private chat with us, as far as the homeserver has told."""
    chats = await Room.filter(private_with=person, joined=True).values_list("id", flat=True)
    return await Member.exists(room__in=list(chats), person=person)


async def _is_hushed(call: Call, person: str) -> bool:
    """Whether somebody wants no more words of the sender, who is to read the same as anybody else."""
    return await Carried.exists(mark=_hush(call, call.person, person), until__gt=call.at)


async def tires(call: Call, person: str) -> bool:
    """Whether the sender has had as many words carried to somebody today as we carry."""
    return await Carried.exists(mark=_today(call, person), words__gte=DAILY)


def quoted(words: str) -> str:
    """What somebody wrote, as they wrote it."""
    return "\n".join(f"> {line}" for line in verbatim(words).splitlines() or [""])


def too_long(words: str) -> str:
    """A sentence about words that are too many to carry; "" when they are not."""
    if len(words) <= LONGEST:
        return ""
    return f"That is longer than {LONGEST:,} characters, so nothing was sent. Say the beginning of it; more can follow."


async def carried(
    call: Call, person: str, text: str, *, unreached: str, way: str = OPEN
) -> list[Effect]:
    """A word of the sender to one person, which can be answered; `text` is Markdown that holds it. It is counted.

    Nothing where that person wants no more of the sender, whose words are counted all the same.
    """
    row = await Carried.get_or_none(mark=_today(call, person))
    until = call.at + timedelta(days=1)
    if row is None:
        row = await Carried.create(mark=_today(call, person), until=until)
    row.words += 1
    await row.save(update_fields=["words"])
    if await _is_hushed(call, person):
        return []
    salt = _mark(call, call.key, person)[:16]
    day = call.at.date().toordinal()
    word = Whisper(
        person=person,
        text=f"{text}\n\n{ANSWER} answer · {HUSH} no more from them\n\n*A tap, or a reply to this message; I carry it back, and keep "
        "none of it.*",
        name=f"{WORD}:{salt}.{_mark(call, salt, call.person, person)}.{way}.{day}",
        taps=(ANSWER, HUSH),
        unreached=unreached,
    )
    return [word]


def _mark(call: Call, *parts: str) -> str:
    key = call.house.keys.key(WORD)
    return blake2b("\n".join(parts).encode(), key=key, digest_size=16).hexdigest()


def _today(call: Call, person: str) -> str:
    """Stands for the sender, somebody they write to, and a day: of two days nobody can tell that they were the same two."""
    return _mark(call, "today", call.at.date().isoformat(), call.person, person)


def _hush(call: Call, writer: str, reader: str) -> str:
    return _mark(call, "no more", writer, reader)


async def _sender(call: Call, subject: str) -> tuple[str, str] | None:
    """Who wrote the message of that subject to the sender of this call, and which of the two is unnamed."""
    salt, mark, way = (*subject.split("."), "", "", "")[:3]
    for person in set(await Member.all().values_list("person", flat=True)):
        if _mark(call, salt, str(person), call.person) == mark:
            return str(person), way
    return None


def _is_over(call: Call, subject: str) -> bool:
    day = (*subject.split("."), "", "", "", "")[3]
    return not day.isdecimal() or call.at.date().toordinal() - int(day) > ANSWERED_FOR.days


# ------------------------------------------------------------------------------- what is written plainly below


class _Below(NamedTuple):
    """A word that may be answered by what its reader wrote below it."""

    subject: str
    #: Its writer, as Markdown.
    theirs: str


#: So many words back it is looked whom somebody means who answers plainly.
_MOST_BELOW = 5

#: The first of them is named by no more than who wrote it.
_PLACES = ("the last one", "the one before", "the third from below", "the fourth", "the fifth")

_NUMBERS = tuple(
    Option(sign=f"{number}\ufe0f\u20e3", word=str(number)) for number in range(1, _MOST_BELOW + 1)
)


async def _below(call: Call, subjects: Iterable[str]) -> list[_Below]:
    """The words that can be answered still, the newest first; of one who is known by name only the newest.

    Those without a name stand each for itself: nobody learns from it that two of them are of one hand.
    """
    found: list[_Below] = []
    known: set[str] = set()
    for subject in list(subjects)[:_MOST_BELOW]:
        sender = await _sender(call, subject)
        if sender is None or _is_over(call, subject) or sender[0] in known:
            continue
        person, way = sender
        if way == UNNAMED:
            found.append(_Below(subject, "somebody without their name"))
            continue
        known.add(person)
        found.append(_Below(subject, f"**{await called(person, call.person)}**"))
    return found


async def plainly(call: Call, subjects: Iterable[str], said: str) -> Effects | None:
    """Somebody writes right below words that were carried to them: ask whether it is an answer. None where it can be none."""
    found = await _below(call, subjects)
    if not found:
        return None
    if sign(said) in (sign(HUSH), sign(ANSWER)):
        if len(found) == 1:
            return await _tapped(call, found[0].subject, said)
        return [Say(text=f"Under whose word? A tap on {said} there, or a reply to it, tells me.")]
    if too_long(said):
        return [Say(text=too_long(said))]
    return _asked_below(call, found, said)


def _asked_below(call: Call, found: list[_Below], words: str) -> list[Effect]:
    """Show what would go, and to whom; nothing goes unasked."""
    if len(found) == 1:
        [one] = found
        whom = "them" if one.theirs.startswith("somebody") else one.theirs
        head, ways = f"Shall I carry this to {whom}?", f"{YES.sign} yes · {NO.sign} no"
        without = [option.word for option in _NUMBERS]
    else:
        head = "To whom shall I carry this?"
        lines = [
            f"{option.sign} {each.theirs}, {place}"
            for option, each, place in zip(_NUMBERS, found, _PLACES, strict=False)
        ]
        ways = "\n".join([*lines, f"{NO.sign} to nobody"])
        without = [YES.word, *(option.word for option in _NUMBERS[len(found) :])]
    return [
        Ask(
            inquiry="safety-answer",
            text=f"{head}\n\n{quoted(words)}\n\n{ways}\n\n*Nothing is sent yet. If you meant it for me, {NO.sign} and say it again.*",
            until=call.at + PATIENCE,
            data={
                "words": words,
                "subjects": {str(at): one.subject for at, one in enumerate(found, 1)},
            },
            person=call.person,
            without=tuple(without),
        )
    ]


#: So many words are rather said to a person than to us.
A_SENTENCE = 4


async def _goes_on(call: Call, _question: Question, said: str) -> bool:
    """Whoever writes more to somebody may begin with a word of ours, as in "call me whenever you like"."""
    return len(said.split()) >= A_SENTENCE


@inquiry(
    name="safety-answer",
    options=(YES, NO, *_NUMBERS),
    begun=True,
    claims=_goes_on,
    late="The hour for that is over, and I have not kept what you wrote. Nothing was sent; a reply to their word is carried at any "
    "time.",
)
async def below_said(call: Call, question: Question, said: str) -> Effects:
    """Carry it, or not; whatever else is written belongs to it, and is shown with it once more."""
    subjects, words = question.data["subjects"], str(question.data["words"])
    assert isinstance(subjects, dict)
    if said == NO.word:
        await question.delete()
        return [Say(text="Nothing was sent, and I have not kept it."), Scrub()]
    number = "1" if said == YES.word and len(subjects) == 1 else said
    if number in subjects:
        await question.delete()
        return await _back(call, str(subjects[number]), words)
    if said == YES.word or said in {option.word for option in _NUMBERS}:
        return [Say(text="Nothing was sent yet: a number from the list says to whom.")]
    whole = f"{words}\n{said}"
    if too_long(whole):
        return [Say(text=too_long(whole))]
    found = await _below(call, map(str, subjects.values()))
    await question.delete()
    return _asked_below(call, found, whole) if found else [Say(text=GONE), Scrub()]


# ------------------------------------------------------------------------------------------------- a tap


@tap(
    prefix=WORD,
    labels={"answer": ANSWER, "no more from them": HUSH, "no more": HUSH},
    plainly=plainly,
)
async def answered(call: Call, subject: str, said: str) -> Effects:
    """Take the answer to a word that was carried: what is replied, or after a tap what is written next; or want no more."""
    if sign(said) in (sign(HUSH), sign(ANSWER)):
        return await _tapped(call, subject, said)
    if call.content.get("door") != Door.REPLY:
        return []
    return await _back(call, subject, said)


async def _tapped(call: Call, subject: str, said: str) -> list[Effect]:
    """One of the two signs: an answer is asked for, or nothing more is wanted."""
    if sign(said) == sign(HUSH):
        return await _hushed(call, subject)
    found = await _sender(call, subject)
    if found is None:
        raise Refused(GONE)
    if _is_over(call, subject):
        raise Refused(OVER)
    whom = "them" if found[1] == UNNAMED else f"**{await called(found[0], call.person)}**"
    return [
        Ask(
            inquiry="word-answer",
            text=f"What shall I carry to {whom}? *Your next message is it, and nobody else reads it; `stop` ends it.*",
            until=call.at + PATIENCE,
            data={"subject": subject},
            person=call.person,
        )
    ]


async def _hushed(call: Call, subject: str) -> list[Effect]:
    """Nothing more comes from whoever wrote it; they are not told, and to answer them opens it again."""
    found = await _sender(call, subject)
    if found is None:
        raise Refused(GONE.replace("nothing was sent", "nothing was changed"))
    mark = _hush(call, found[0], call.person)
    await Carried.update_or_create({"until": call.at + HUSHED}, mark=mark)
    return [
        Say(
            text=f"Good: for {HUSHED.days} days I carry nothing more from them to you. They are not told. {ANSWER} under their word "
            "opens it again, with your answer."
        )
    ]


@inquiry(name="word-answer", takes_words=True, begun=True)
async def answer_said(call: Call, question: Question, said: str) -> Effects:
    """Carry back what was written after a tap."""
    await question.delete()
    return await _back(call, str(question.data["subject"]), said)


async def _back(call: Call, subject: str, said: str) -> list[Effect]:
    """The answer goes where the word came from, and whoever was unnamed stays so."""
    found = await _sender(call, subject)
    if found is None:
        raise Refused(GONE)
    person, way = found
    if _is_over(call, subject):
        raise Refused(OVER)
    if too_long(said):
        raise Refused(too_long(said))
    theirs = "them" if way == UNNAMED else f"**{await called(person, call.person)}**"
    if not await reaches(person):
        raise Refused(
            f"I can't reach {theirs} just now, so nothing was sent.{_yourself(person, way)}"
        )
    if await tires(call, person):
        raise Refused(
            f"I have carried {DAILY} words from you to {theirs} today, and no more in one day, so nothing was sent. Tomorrow I do "
            f"again.{_yourself(person, way)}"
        )
    await Carried.filter(mark=_hush(call, person, call.person)).delete()
    mine = "Somebody" if way == ANSWERS_UNNAMED else f"**{await called(call.person, person)}**"
    unreached = f"What you just wrote to {theirs} did not reach them, and I have not kept it.{_yourself(person, way)}"
    back = {OPEN: OPEN, UNNAMED: ANSWERS_UNNAMED, ANSWERS_UNNAMED: UNNAMED}.get(way, OPEN)
    text = f"{mine} answers you:\n\n{quoted(said)}"
    return [
        *await carried(call, person, text, unreached=unreached, way=back),
        Say(
            text=f"Taken for {theirs}: it is in their chat with me now, {UNLESS}. I have not kept it."
        ),
        Scrub(),
    ]


def _yourself(person: str, way: str) -> str:
    if way == UNNAMED:
        return " They can write to you again, and will find you here."
    return f" You can {address(person, 'write to them yourself')}."
