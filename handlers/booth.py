"""The private chat as a polling booth: asks one person for their voice, and for the reason of one that needs it.

What is said here is between the person and the count; the room learns at most that one more has taken part.
"""

from datetime import timedelta

from handlers import tallyboard
from handlers.language import Call, Edit, Effect, Whisper
from handlers.voices import NEWEST_FIRST, form_of, terms_of
from handlers.words import escaped, verbatim
from practices import terms as wordings
from practices.polls.poll import Showing, Way
from storage.polls import Ballot, Cast, Poll, Voice
from storage.questions import Question

#: What somebody writes in the private chat answers so long; later, replying to the question or its command does.
PATIENCE = timedelta(hours=1)

BALLOT, REASON = "ballot", "reason"


async def ask(call: Call, poll: Poll, person: str, *, lead: str = "") -> list[Effect]:
    """Ask for a voice, now; what is written next in the private chat answers it."""
    await _end(person, poll.id, BALLOT)
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
        Whisper(
            person=person,
            text=text,
            name=f"{BALLOT}:{poll.id}",
            taps=tallyboard.private_taps(poll),
        )
    ]


async def words(call: Call, poll: Poll, person: str, *, asked: bool = True) -> str:
    """What somebody is asked in private; `asked`: what they write next is taken for the answer."""
    terms = terms_of(poll)
    parts = [f"**{await tallyboard.room_title(call, poll)}** asks: {verbatim(terms.topic)}"]
    listed = tallyboard.choices(poll)
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
            f"{way}, until **{until}**. *What you say is cast at once, and as nobody can find it again it can't be changed "
            f"or taken back.{later}*"
        )
    shows = "" if terms.showing is Showing.OPEN else " The room sees only how many have taken part."
    return f"{way}, until **{until}**. Your newest counts.{shows}"


async def ask_reason(call: Call, poll: Poll, person: str, word: str) -> list[Effect]:
    """Ask for the reason without which a voice says nothing yet (R129)."""
    await _end(person, poll.id, REASON)
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
    title = tallyboard.title(poll)
    return [
        Whisper(
            person=person,
            text=f"{lead}\n\n*{title}*\n\nYour next message here gives it. Until it comes this is not counted, and what "
            "you said before stands.",
            name=f"{REASON}:{poll.id}",
        )
    ]


async def waiting(poll: Poll, person: str) -> Cast | None:
    """The voice of a person that waits for its reason, if nothing was said after it."""
    said = Cast.filter(poll=poll.id, person=person).exclude(voice=Voice.TAKEN_BACK)
    newest = await said.order_by(*NEWEST_FIRST).first()
    return newest if newest is not None and newest.voice is Voice.WAITS else None


async def done(poll: Poll, person: str) -> None:
    """Nothing is asked of them any more: they have spoken, or taken it back."""
    await _end(person, poll.id, BALLOT)
    await _end(person, poll.id, REASON)


async def _end(person: str, poll: int, inquiry: str) -> None:
    for question in await Question.filter(person=person, inquiry=inquiry):
        if question.data.get("poll") == poll:
            await question.delete()


async def close(poll: Poll, why: str) -> list[Effect]:
    """Every private question of a poll is over, and says so."""
    effects: list[Effect] = []
    for question in await Question.filter(inquiry__in=[BALLOT, REASON]):
        if question.data.get("poll") == poll.id:
            await question.delete()
            name = f"{question.inquiry}:{poll.id}"
            effects.append(Edit(name=name, text=why, room=question.person))
    return effects
