"""Reads the voices of an open poll again from what its room itself still says, by the same rules as when they came.

Only what everybody can see is read, and nothing of it is kept. A voice is read under the wording of its time, and what it
says now follows from the changes since, as it does for the ballots.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.language import Call, Door
from handlers.polls import opening, tallyboard, voting
from handlers.polls.voices import electors, says_now
from handlers.words import sign
from practices import terms as wordings
from practices.polls import forms
from practices.polls.poll import Marks, Terms
from practices.recounts import Counted, Heard
from practices.understanding import NotUnderstood
from storage import polls as stored
from storage.polls import FORGOTTEN, Ballot, Cast, Poll, Voice, Wording

_Said = Mapping[str, Any]


def names(poll: Poll) -> tuple[str, ...]:
    """The names of all messages under which a poll was asked: its board, and each of Element's forms."""
    forms_ = {opening.form_name(_at(poll, version)) for version in range(1, poll.version + 1)}
    return (f"poll:{poll.id}", *sorted(forms_)) if poll.form else (f"poll:{poll.id}",)


def _at(poll: Poll, version: int, terms: dict[str, object] | None = None) -> Poll:
    """A poll as it was in one of its versions; never to be saved."""
    return Poll(
        id=poll.id,
        room=poll.room,
        terms=poll.terms if terms is None else terms,
        version=version,
        form=poll.form,
    )


async def heard(call: Call, poll: Poll, said: Iterable[_Said]) -> list[Heard]:
    """The voices of those entitled among what was said to a poll, oldest first: those that came in time and say something."""
    entitled = set(await electors(call, poll))
    casts = await Cast.filter(poll=poll.id).order_by("id")
    known = {str(cast.event): cast.version for cast in casts if cast.event}
    reasoned = {cast.of for cast in casts if cast.voice is Voice.GIVEN}
    versions = await Wording.filter(poll=poll.id).order_by("version")
    found: list[tuple[Heard, str | None]] = []
    for each in said:
        event, person = str(each["event"]), str(each["person"])
        rewords = str(each["rewords"]) if each.get("rewords") else None
        at = datetime.fromtimestamp(int(each["at"]) / 1000, tz=UTC)
        if event not in known and at >= _over(poll):
            continue
        if rewords is not None:  # whatever is said now, the former words are not said any more
            found = [one for one in found if rewords not in (one[0].event, one[1])]
        if person not in entitled:
            continue
        then = _version(poll, versions, each, known.get(event), at)
        if then is None:
            continue
        read = _read(call, then, each, rewords is not None)
        if read is None:
            continue
        marks, reason = read
        if marks is not None and not reason and event not in reasoned and _needs(then, marks):
            continue  # it waits for its reason, and does not count before
        now = await _now(poll, then.version, marks, reason)
        found.append((Heard(person=person, event=event, marks=now), rewords))
    return [one for one, _rewords in found]


def _over(poll: Poll) -> datetime:
    return min(poll.closes_at, poll.ended_at) if poll.ended_at else poll.closes_at


def _version(
    poll: Poll, versions: list[Wording], said: _Said, heard_in: int | None, at: datetime
) -> Poll | None:
    """The poll as it was asked when somebody spoke; None for an answer to a form that counted no more.

    A voice that was heard is of the version in which it was, any other of that of its time.
    """
    current = [each for each in versions if each.version == heard_in]
    current = current or [each for each in versions if each.at <= at] or versions[:1]
    if not current:
        return poll
    then = _at(poll, current[-1].version, current[-1].terms)
    if said["door"] != Door.POLL:
        return then
    return then if str(said["target"]) == opening.form_name(then) else None


def _read(call: Call, then: Poll, said: _Said, reworded: bool) -> tuple[Marks | None, str] | None:
    """What a voice says, and its reason; no marks for no position, None when it says nothing about this."""
    text, terms = str(said["text"]), wordings.from_state(then.terms)
    try:
        if said["door"] == Door.POLL:
            return (forms.form(terms.way).read(terms, text) if text.strip() else None), ""
        if said["door"] == Door.REACTION:
            if str(said["target"]).partition(":")[0] != "poll" or not _tappable(terms, text):
                return None
            return forms.form(terms.way).read(terms, text), ""
        answer = voting.without_command(call, then, text)
        if voting.is_nothing(answer):
            return None, ""
        return voting.read(then, answer, loosely=reworded)
    except NotUnderstood:
        return None


def _tappable(terms: Terms, text: str) -> bool:
    return tallyboard.by_tap(terms) and sign(text) != sign(tallyboard.PENCIL)


def _needs(then: Poll, marks: Marks) -> bool:
    terms = wordings.from_state(then.terms)
    return forms.form(terms.way).needs_reason(terms, marks)


async def _now(poll: Poll, version: int, marks: Marks | None, reason: str) -> Marks | None:
    """What a voice of some version says under the present wording."""
    if marks is None:
        return None
    voice = Cast(
        poll=poll.id,
        person="",
        marks=wordings.marks_state(marks),
        reason=reason,
        version=version,
    )
    said = await says_now(poll, voice)
    return None if said is None else said.marks


async def counted(poll: Poll) -> tuple[list[Counted], dict[str, int]]:
    """What counts for each person by what is stored, and the place of each event by when it was said."""
    casts = await Cast.filter(poll=poll.id).order_by("at", "id")
    ballots = {row.person: row async for row in Ballot.filter(poll=poll.id)}
    newest = {cast.person: cast for cast in casts if cast.voice in (Voice.GIVEN, Voice.VOID)}
    found = []
    for person, cast in newest.items():
        ballot = ballots.get(person)
        found.append(
            Counted(
                person=person,
                marks=None if ballot is None else wordings.marks(ballot.marks),
                event=cast.event,
                of=cast.of,
                private=cast.door is stored.Door.PRIVATE,
                typed=cast.door is stored.Door.WORD,
            )
        )
    return found, {str(cast.event): place for place, cast in enumerate(casts) if cast.event}


def nameless(found: Iterable[Counted]) -> set[str]:
    """Those of them who asked to be forgotten."""
    return {one.person for one in found if one.person.startswith(FORGOTTEN)}
