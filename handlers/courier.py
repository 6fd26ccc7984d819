"""Carries somebody's words to one other person's private chat, and the answer back; nothing of it is kept.

Who wrote is in no row: the message that carries it is named by a mark from which only whoever holds the keys can tell the
sender, and that only by trying everybody. It goes at once, also at night and then without a ring: what waits for a morning would
have to be kept. Should it never arrive, its sender hears so at once.
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
from handlers.names import fallback
from handlers.words import escaped, sign, verbatim
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

WORD = "word"

ANSWER = "✏️"

#: Characters that are carried at once.
LONGEST = 3000

#: So long somebody who has tapped can write their answer.
PATIENCE = timedelta(hours=1)

#: Whether one of the two stays unnamed: nobody, whoever wrote, or whoever reads.
OPEN, UNNAMED, ANSWERS_UNNAMED = "o", "u", "a"

GONE = (
    "Whoever wrote this shares no room with me any more, so nothing was sent. If you know who it was, you can write to them "
    "yourself."
)


async def called(person: str) -> str:
    """How a person is called in front of others, safe in Markdown: by a name they gave themselves."""
    row = await Member.filter(person=person, name__not_isnull=True).order_by("room").first()
    return escaped((row and row.name) or "") or fallback(person)


def address(person: str, words: str) -> str:
    """A link by which somebody is written to without us; `words` are Markdown."""
    return f"[{words}](https://matrix.to/#/{person})"


async def reaches(person: str) -> bool:
    """Whether somebody is in their private chat with us, as far as the homeserver has told."""
    chats = await Room.filter(private_with=person, joined=True).values_list("id", flat=True)
    return await Member.exists(room__in=list(chats), person=person)


def quoted(words: str) -> str:
    """What somebody wrote, as they wrote it."""
    return "\n".join(f"> {line}" for line in verbatim(words).splitlines() or [""])


def too_long(words: str) -> str:
    """A sentence about words that are too many to carry; "" when they are not."""
    if len(words) <= LONGEST:
        return ""
    return f"That is longer than {LONGEST:,} characters, so nothing was sent. Say the beginning of it; more can follow."


def carried(call: Call, person: str, text: str, *, unreached: str, way: str = OPEN) -> Whisper:
    """A word of the sender to one person, which can be answered; `text` is Markdown that holds it."""
    salt = _mark(call, call.key, person)[:16]
    return Whisper(
        person=person,
        text=f"{text}\n\n{ANSWER} answer\n\n*A tap, or a reply to this message; I carry it back, and keep none of it.*",
        name=f"{WORD}:{salt}.{_mark(call, salt, call.person, person)}.{way}",
        taps=(ANSWER,),
        unreached=unreached,
    )


def _mark(call: Call, *parts: str) -> str:
    key = call.house.keys.key(WORD)
    return blake2b("\n".join(parts).encode(), key=key, digest_size=16).hexdigest()


async def _sender(call: Call, subject: str) -> tuple[str, str] | None:
    """Who wrote the message of that subject to the sender of this call, and which of the two is unnamed."""
    salt, mark, way = (*subject.split("."), "", "", "")[:3]
    for person in set(await Member.all().values_list("person", flat=True)):
        if _mark(call, salt, str(person), call.person) == mark:
            return str(person), way
    return None


@tap(prefix=WORD, labels={"answer": ANSWER})
async def answered(call: Call, subject: str, said: str) -> Effects:
    """Take the answer to a word that was carried: what is replied, or after a tap what is written next."""
    if sign(said) == sign(ANSWER):
        found = await _sender(call, subject)
        if found is None:
            raise Refused(GONE)
        whom = "them" if found[1] == UNNAMED else f"**{await called(found[0])}**"
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
    if too_long(said):
        raise Refused(too_long(said))
    theirs = "them" if way == UNNAMED else f"**{await called(person)}**"
    if not await reaches(person):
        raise Refused(
            f"I can't reach {theirs} just now, so nothing was sent.{_yourself(person, way)}"
        )
    mine = "Somebody" if way == ANSWERS_UNNAMED else f"**{await called(call.person)}**"
    unreached = f"What you just wrote to {theirs} did not reach them, and I have not kept it.{_yourself(person, way)}"
    back = {OPEN: OPEN, UNNAMED: ANSWERS_UNNAMED, ANSWERS_UNNAMED: UNNAMED}.get(way, OPEN)
    text = f"{mine} answers you:\n\n{quoted(said)}"
    return [
        carried(call, person, text, unreached=unreached, way=back),
        Say(text=f"Carried to {theirs}, and not kept."),
        Scrub(),
    ]


def _yourself(person: str, way: str) -> str:
    if way == UNNAMED:
        return " They can write to you again, and will find you here."
    return f" You can {address(person, 'write to them yourself')}."
