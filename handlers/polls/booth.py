"""The private chat as a polling booth: asks one person for their voice, and for the reason of one that needs it.

What is said here is between the person and the count; the room learns at most that one more has taken part.
"""

from datetime import datetime, timedelta
from hashlib import blake2b

from handlers import conversation
from handlers.asking import heard_at, now_of, zone_of
from handlers.language import Ask, Call, Edit, Effect, Redact, Ring, Whisper
from handlers.polls import tallyboard
from handlers.polls.voices import NEWEST_FIRST, form_of, room_of, terms_of
from handlers.words import escaped, sign, verbatim
from practices import terms as wordings
from practices.polls.poll import Marks, Way
from storage.polls import Ballot, Cast, Poll, Voice
from storage.questions import Question, forget_about

#: What somebody writes in the private chat answers so long; later, replying to the question or its command does.
PATIENCE = timedelta(hours=1)

BALLOT, REASON = "ballot", "reason"

#: Under which a secret voice is said back before it is cast.
CAST = "cast"
_ASKED = (BALLOT, REASON, CAST)

#: Tapped by whoever stands by what they said before the words were changed.
STANDS = "✅"


async def ask(call: Call, poll: Poll, person: str, *, lead: str = "") -> list[Effect]:
    """Ask for a voice, now; what is written next in the private chat answers it."""
    await _end(person, poll.id, BALLOT)
    effects, left = await _leave_others(call, poll, person)
    await Question.create(
        room=person,
        person=person,
        inquiry=BALLOT,
        data={"poll": poll.id, "room": poll.room},
        until=call.at + PATIENCE,
    )
    text = await words(call, poll, person)
    if lead:
        text = f"{lead}\n\n{text}"
    return [
        *effects,
        Whisper(
            person=person,
            text=f"{text}{left}",
            name=f"{BALLOT}:{poll.id}",
            taps=tallyboard.private_taps(poll),
        ),
    ]


async def _leave_others(call: Call, poll: Poll, person: str) -> tuple[list[Effect], str]:
    """One thing is asked at a time: end what was asked of somebody about other polls, and word that.

    Otherwise, when the newest is answered, their next words would be taken for one they have forgotten.
    """
    effects: list[Effect] = []
    others: set[int] = set()
    for question in await Question.filter(person=person, inquiry__in=_ASKED):
        other = int(str(question.data.get("poll", 0)))
        if other != poll.id:
            others.add(other)
            effects += await _ended(question)
    begun = await conversation.left(call, private=True) if person == call.sender else ""
    if not others:
        return [], begun
    wait = ", ".join(f"`vote {other}`" for other in sorted(others))
    return effects, f"\n\n*What I asked you before waits: {wait} asks it again.*{begun}"


async def _ended(question: Question) -> list[Effect]:
    """End one question; a secret voice that was said back does not stay in the chat."""
    await question.delete()
    if question.inquiry != CAST:
        return []
    return [Redact(target=f"question:{question.id}", room=question.room)]


async def say_back(call: Call, poll: Poll, person: str, marks: Marks) -> list[Effect]:
    """Show a secret voice to whoever gives it before it is cast, since afterwards nobody finds it again.

    Until then it is kept sealed, and nowhere else; when it is cast, changed or left, the message that shows it is taken back.
    """
    effects: list[Effect] = []
    for question in await Question.filter(person=person, inquiry__in=_ASKED):
        if question.data.get("poll") == poll.id:
            effects += await _ended(question)
    others, left = await _leave_others(call, poll, person)
    state = wordings.marks_state(marks)
    sealed = call.house.keys.seal(f"{CAST}:{poll.id}", {"marks": state, "version": poll.version})
    ask = Ask(
        inquiry=CAST,
        text=f"You say: **{voice_words(poll, state, '')}**, to: {tallyboard.title(poll)}\n\n"
        "✅ cast it · ✏️ change it · ✋ leave it\n\n"
        "*It is not cast yet. Once it is, nobody can find it again, so it can't be changed or taken back, and I take this "
        f"message back.*{left}",
        until=min(call.at + PATIENCE, poll.closes_at),
        data={"poll": poll.id, "room": poll.room, "sealed": sealed},
        person=person,
        private=not call.is_private,
    )
    return [*effects, *others, ask]


async def said_back(
    call: Call, poll: Poll, question: Question
) -> tuple[Marks | None, list[Effect]]:
    """The voice that somebody was shown, None if it was to other words; and its message is taken back."""
    kept = call.house.keys.open(f"{CAST}:{poll.id}", str(question.data["sealed"]))
    assert isinstance(kept, dict)
    gone = await _ended(question)
    return (wordings.marks(kept["marks"]) if kept["version"] == poll.version else None), gone


async def words(call: Call, poll: Poll, person: str, *, asked: bool = True) -> str:
    """What somebody is asked in private; `asked`: what they write next is taken for the answer."""
    terms = terms_of(poll)
    parts = [f"**{await tallyboard.room_title(call, poll)}** asks: {verbatim(terms.topic)}"]
    listed = tallyboard.choices(poll, await zone_of(call, person, await room_of(call, poll)))
    if listed:
        parts.append(listed)
    said = await so_far(poll, person)
    if said:
        parts.append(said)
    parts.append(_how(call, poll, asked=asked))
    return "\n\n".join(parts)


async def so_far(poll: Poll, person: str) -> str:
    """What they have said themselves, for their eyes only."""
    row = await Ballot.get_or_none(poll=poll.id, person=person)
    return "" if row is None else f"So far you say: **{voice_words(poll, row.marks, row.reason)}**"


def voice_words(poll: Poll, marks: dict[str, int], reason: str) -> str:
    """A voice as it is said back, safe in Markdown."""
    terms = terms_of(poll)
    if terms.way is Way.QUESTION:
        return escaped(reason)
    said = escaped(form_of(poll).words(terms, wordings.marks(marks)))
    return f"{said}, because {escaped(reason)}" if reason else said


def _how(call: Call, poll: Poll, *, asked: bool) -> str:
    terms = terms_of(poll)
    command = f"`vote {poll.id} {tallyboard.example(terms)}`"
    word = f"write it, for example “{tallyboard.example(terms)}”" if asked else f"write {command}"
    way = f"Tap one, or {word}" if tallyboard.private_taps(poll) else word.capitalize()
    until = tallyboard.closes_words(call, poll)
    if terms.secret:
        later = " `stop` leaves it for now." if asked else ""
        return (
            f"{way}, until **{until}**. *I show you what you say before it is cast; once it is, nobody can find it again, so "
            f"it can't be changed or taken back.{later}*"
        )
    return f"{way}, until **{until}**. Your newest counts. {tallyboard.who_sees(terms)}"


async def ask_reason(call: Call, poll: Poll, person: str, word: str) -> list[Effect]:
    """Ask for the reason without which a voice says nothing yet (R129)."""
    await _end(person, poll.id, REASON)
    effects, left = await _leave_others(call, poll, person)
    await Question.create(
        room=person,
        person=person,
        inquiry=REASON,
        data={"poll": poll.id, "room": poll.room},
        until=call.at + PATIENCE,
    )
    if terms_of(poll).way is Way.QUESTION:
        lead = "What would you like to say?"
    else:
        lead = f"You say **{escaped(word)}**. What is your reason? It is what the others can work with."
    terms, title = terms_of(poll), tallyboard.title(poll)
    there = ", or a reply to what is asked in the room" if tallyboard.seen_by_all(terms) else ""
    return [
        *effects,
        Whisper(
            person=person,
            text=f"{lead}\n\n*{title}*\n\nYour next message here gives it{there}. Until it comes this is not counted, and "
            f"what you said before stands. {tallyboard.who_sees(terms)}{left}",
            name=f"{REASON}:{poll.id}",
        ),
    ]


async def ask_anew(call: Call, poll: Poll, person: str) -> list[Effect]:
    """Ask somebody whose voice was to other words, in their morning if it is night; what they said is offered to them.

    What they read in the morning is made then: by that time there may be other words once more, and another end.
    """
    morning = await heard_at(call, person)
    if morning > now_of(call):
        return [_in_the_morning(poll, person, morning)]
    last = await last_of(poll, person)
    if last is None:
        return []
    words = voice_words(poll, last.marks, last.reason) if readable(poll) else ""
    said = f"You had said: **{words}**. {STANDS} it stands · or say" if words else "Say"
    circle, room = await tallyboard.room_title(call, poll), await room_of(call, poll)
    listed = tallyboard.choices(poll, await zone_of(call, person, room))
    text = (
        f"**{circle}** asks in other words now, and your answer touches what has changed: {tallyboard.title(poll)}\n\n"
        f"{listed}\n\n{said} `vote {poll.id} {tallyboard.example(terms_of(poll))}`, until "
        f"**{tallyboard.closes_words(call, poll)}**. Until then it is not counted."
    )
    taps = tallyboard.private_taps(poll)
    return [
        Whisper(
            person=person,
            text=text,
            name=f"again:{poll.id}:{poll.version}",
            taps=(*([STANDS] if words else []), *(each for each in taps if sign(each) != STANDS)),
        )
    ]


def _in_the_morning(poll: Poll, person: str, at: datetime) -> Effect:
    return Ring(
        ritual="poll-asks-again",
        about=f"poll:{poll.id}",
        at=at,
        when=blake2b(f"{person} {at.isoformat()}".encode(), digest_size=16).hexdigest(),
        room=poll.room,
        content={"poll": poll.id, "person": person},
    )


async def last_of(poll: Poll, person: str) -> Cast | None:
    """What somebody said last, though it waits for its reason."""
    said = Cast.filter(poll=poll.id, person=person, voice__in=[Voice.GIVEN, Voice.WAITS])
    return await said.order_by(*NEWEST_FIRST).first()


def readable(poll: Poll) -> bool:
    """Whether what was said can be said again as it was: its options are there."""
    return bool(form_of(poll).positions) or terms_of(poll).way is Way.QUESTION


async def waiting(poll: Poll, person: str) -> Cast | None:
    """The voice of a person that waits for its reason, if nothing was said after it."""
    said = Cast.filter(poll=poll.id, person=person).exclude(voice=Voice.TAKEN_BACK)
    newest = await said.order_by(*NEWEST_FIRST).first()
    return newest if newest is not None and newest.voice is Voice.WAITS else None


async def was_to_former_words(poll: Poll, person: str) -> bool:
    """Whether what somebody said last was said to words that stand no more, and does not stand under those that do."""
    said = Cast.filter(poll=poll.id, person=person).exclude(voice=Voice.TAKEN_BACK)
    newest = await said.order_by(*NEWEST_FIRST).first()
    if newest is None or newest.voice is Voice.VOID or newest.version == poll.version:
        return False
    return newest.voice is Voice.WAITS or not await Ballot.exists(poll=poll.id, person=person)


async def done(poll: Poll, person: str) -> None:
    """Nothing is asked of them any more: they have spoken, or taken it back."""
    for inquiry in _ASKED:
        await _end(person, poll.id, inquiry)


async def _end(person: str, poll: int, inquiry: str) -> None:
    await forget_about("poll", poll, person=person, inquiry=inquiry)


async def close(poll: Poll, why: str) -> list[Effect]:
    """Every private question of a poll is over, and says so."""
    effects: list[Effect] = []
    for question in await Question.filter(inquiry__in=_ASKED):
        if question.data.get("poll") == poll.id:
            effects += await _ended(question)
            if question.inquiry != CAST:
                name = f"{question.inquiry}:{poll.id}"
                effects.append(Edit(name=name, text=why, room=question.person))
    return effects
