"""Carries somebody's words to one other person's private chat, and the answer back; nothing of it is kept.

Who wrote is in no row: the message that carries it is named by a mark from which only whoever holds the keys can tell the
sender, and that only by trying everybody. It goes at once, also at night and then without a ring: what waits for a morning would
have to be kept. Should it never arrive, its sender hears so at once. From one person to another a few words a day are
carried, an answer is taken for a month, and whoever wants no more of somebody says so with a tap.
"""

from datetime import timedelta
from hashlib import blake2b

from handlers.language import (
    Ask,
    Call,
    Door,
    Effect,
    Effects,
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


async def takes(call: Call, person: str) -> bool:
    """Whether a word of the sender reaches somebody who has not asked for no more of them."""
    hushed = await Carried.exists(mark=_hush(call, call.person, person), until__gt=call.at)
    return not hushed and await reaches(person)


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
) -> Whisper:
    """A word of the sender to one person, which can be answered; `text` is Markdown that holds it. It is counted."""
    row = await Carried.get_or_none(mark=_today(call, person))
    until = call.at + timedelta(days=1)
    if row is None:
        row = await Carried.create(mark=_today(call, person), until=until)
    row.words += 1
    await row.save(update_fields=["words"])
    salt = _mark(call, call.key, person)[:16]
    day = call.at.date().toordinal()
    return Whisper(
        person=person,
        text=f"{text}\n\n{ANSWER} answer · {HUSH} no more from them\n\n*A tap, or a reply to this message; I carry it back, and keep "
        "none of it.*",
        name=f"{WORD}:{salt}.{_mark(call, salt, call.person, person)}.{way}.{day}",
        taps=(ANSWER, HUSH),
        unreached=unreached,
    )


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


@tap(
    prefix=WORD,
    labels={"answer": ANSWER, "no more from them": HUSH, "no more": HUSH},
)
async def answered(call: Call, subject: str, said: str) -> Effects:
    """Take the answer to a word that was carried: what is replied, or after a tap what is written next; or want no more."""
    if sign(said) == sign(HUSH):
        return await _hushed(call, subject)
    if sign(said) == sign(ANSWER):
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
    if call.content.get("door") != Door.REPLY:
        return []
    return await _back(call, subject, said)


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
    if not await takes(call, person):
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
        await carried(call, person, text, unreached=unreached, way=back),
        Say(text=f"Carried to {theirs}, and not kept."),
        Scrub(),
    ]


def _yourself(person: str, way: str) -> str:
    if way == UNNAMED:
        return " They can write to you again, and will find you here."
    return f" You can {address(person, 'write to them yourself')}."
