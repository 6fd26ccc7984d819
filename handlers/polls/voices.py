"""Who may speak in a poll, what each says now, and what comes of it: the ballots of a poll and their count.

Everything that is shown of a poll is counted here, from the stored ballots alone: the newest voice of each person that
was given and not taken back, read under the present wording. Of a secret poll nobody, and nothing here, can tell whose
a ballot is.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.asking import now_of
from handlers.language import Call
from handlers.names import people
from practices import terms as wordings
from practices.polls import amending, forms
from practices.polls.poll import Ballot as Said
from practices.polls.poll import Form, Marks, Result, Showing, Terms, Turnout, Way
from practices.polls.proxies import Proxy as Given
from practices.polls.proxies import spoken_for
from storage.members import Member
from storage.polls import (
    Ballot,
    Cast,
    Door,
    Elector,
    Poll,
    Proxy,
    SecretBallot,
    Stage,
    TookPart,
    Voice,
    Wording,
)
from storage.rooms import Room

#: One person's voices, by when they were said: what waited for its key is heard after what was said later.
NEWEST_FIRST = ("-at", "-id")


def terms_of(poll: Poll) -> Terms:
    """The terms of a poll as they stand."""
    return wordings.from_state(poll.terms)


def form_of(poll: Poll) -> Form:
    """The form of its way."""
    return forms.form(terms_of(poll).way)


async def room_of(call: Call, poll: Poll) -> Room:
    """The circle that a poll is of, wherever it is spoken about."""
    return call.room if call.room.id == poll.room else await Room.get(id=poll.room)


# ------------------------------------------------------------------------------------------ who may speak


async def electors(call: Call, poll: Poll) -> list[str]:
    """Those entitled: as they were written down, else the members of the circle as it is now."""
    if poll.frozen or poll.stage is Stage.CLOSED:
        rows = await Elector.filter(poll=poll.id).order_by("person")
        return [row.person for row in rows]
    here = await people(await room_of(call, poll), call.house.me)
    return [person for person in here if not asks_advice(poll, person)]


def asks_advice(poll: Poll, person: str) -> bool:
    """Whether somebody asks for advice here: they hear it from others, and their own word is no advice (DEC-4)."""
    return terms_of(poll).way is Way.ADVICE and person == poll.author


async def may_speak(call: Call, poll: Poll, person: str) -> bool:
    """Whether somebody may speak in a poll that is open: a member who is here, and was when it was written down who may.

    Whoever speaks in the room is in it, or was until a moment ago: where it is written down who may speak, that is enough,
    as it is for those who leave after they were heard.
    """
    if asks_advice(poll, person):
        return False
    if poll.frozen and not await Elector.exists(poll=poll.id, person=person):
        return False
    if poll.frozen and person == call.sender and call.room.id == poll.room:
        return True
    return person in await people(await room_of(call, poll), call.house.me)


async def proxies(room: str, people_: Iterable[str]) -> list[Given]:
    """What some people of a circle have given to whom, whether it still holds or not."""
    wanted = set(people_)
    return [
        Given(person=row.person, holder=row.holder, given_at=row.given_at, until=row.until)
        for row in await Proxy.filter(room=room)
        if row.person in wanted
    ]


# -------------------------------------------------------------------------------------------- what they say


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What the ballots of a poll say, and whose voices they are where that is no secret."""

    result: Result
    turnout: Turnout
    entitled: tuple[str, ...]
    #: Those who have spoken themselves.
    spoken: frozenset[str]
    #: Person to whoever spoke for them.
    through: Mapping[str, str]
    #: Person to what they said themselves; empty for a secret poll.
    ballots: Mapping[str, Said]
    #: Those whose newest voice waits for its reason.
    waiting: frozenset[str] = frozenset()


async def counted(call: Call, poll: Poll) -> Count:
    """Count a poll as it stands: a function of what is stored, whoever asks and in whatever order voices came."""
    terms, entitled = terms_of(poll), tuple(await electors(call, poll))
    if terms.secret:
        return await _counted_secretly(poll, terms, entitled)
    here = set(entitled)
    rows = await Ballot.filter(poll=poll.id).values_list("person", "marks", "reason")
    ballots = {
        str(person): Said(marks=wordings.marks(marks), reason=str(reason))
        for person, marks, reason in rows
        if person in here
    }
    through = await _through(call, poll, entitled, ballots)
    # In the order of the ids: whatever depends on it is the same each time.
    voices = [ballots[person] for person in sorted(ballots)]
    voices += [ballots[through[person]] for person in sorted(through)]
    turnout = Turnout(entitled=len(entitled), cast=len(voices))
    return Count(
        result=forms.form(terms.way).tally(terms, tuple(voices), turnout),
        turnout=turnout,
        entitled=entitled,
        spoken=frozenset(ballots),
        through=through,
        ballots=ballots,
        waiting=await _waiting(poll) & here,
    )


async def _waiting(poll: Poll) -> frozenset[str]:
    """Those whose newest voice, under the present wording, waits for its reason."""
    said = Cast.filter(poll=poll.id).exclude(voice=Voice.TAKEN_BACK).order_by("at", "id")
    newest = {cast.person: cast for cast in await said}
    return frozenset(
        person
        for person, cast in newest.items()
        if cast.voice is Voice.WAITS and cast.version == poll.version
    )


async def _counted_secretly(poll: Poll, terms: Terms, entitled: tuple[str, ...]) -> Count:
    voices = tuple(
        Said(marks=wordings.marks(row.marks)) for row in await SecretBallot.filter(poll=poll.id)
    )
    turnout = Turnout(entitled=len(entitled), cast=len(voices))
    spoken = await TookPart.filter(poll=poll.id).values_list("person", flat=True)
    return Count(
        result=forms.form(terms.way).tally(terms, voices, turnout),
        turnout=turnout,
        entitled=entitled,
        spoken=frozenset(str(person) for person in spoken),
        through={},
        ballots={},
    )


async def _through(
    call: Call, poll: Poll, entitled: tuple[str, ...], ballots: Mapping[str, Said]
) -> dict[str, str]:
    """Who is spoken for by whom: as it was at the close, or as it is now; after the end as it was then."""
    if poll.stage is Stage.CLOSED:
        rows = await Elector.filter(poll=poll.id, holder__not_isnull=True)
        return {row.person: str(row.holder) for row in rows}
    if not form_of(poll).proxied:
        return {}
    given = await proxies(poll.room, entitled)
    return spoken_for(ballots, given, entitled=entitled, now=min(now_of(call), poll.closes_at))


async def has_spoken(poll: Poll, person: str) -> bool:
    """Whether somebody has taken a position themselves."""
    if terms_of(poll).secret:
        return await TookPart.exists(poll=poll.id, person=person)
    return await Ballot.exists(poll=poll.id, person=person)


async def anybody_has_spoken(poll: Poll) -> bool:
    """Whether the wording is frozen: somebody has answered it, though they wait for a reason or took it back."""
    if terms_of(poll).secret:
        return await TookPart.exists(poll=poll.id)
    return await Cast.exists(poll=poll.id)


# ------------------------------------------------------------------------------------------ one more voice


async def keep(
    call: Call,
    poll: Poll,
    person: str,
    marks: Marks,
    reason: str,
    *,
    door: Door,
    event: str | None,
    of: str | None = None,
    voice: Voice = Voice.GIVEN,
) -> bool:
    """Write down one voice of an open poll, and let the newest count; returns whether that changed anything.

    `of` names the event of an earlier voice that this one rewords or gives the reason of. It speaks of the words that stood
    when it was said, however late it is heard; an answer to Element's own form of those that the form was made for.
    """
    await Cast.create(
        poll=poll.id,
        person=person,
        door=door,
        event=event,
        of=of,
        at=call.at,
        marks=wordings.marks_state(marks),
        reason=reason,
        version=poll.version if door is Door.FORM else await worded_at(call, poll),
        voice=voice,
    )
    return await renew(poll, person)


async def worded_at(call: Call, poll: Poll) -> int:
    """The version of a poll whose words stood when the call was said: a key may have come late, or the message itself."""
    then = Wording.filter(poll=poll.id, at__lte=call.at).order_by("-version")
    newest = await then.first()
    return poll.version if newest is None else newest.version


async def can_be_told(call: Call, poll: Poll, door: Door) -> bool:
    """Whether an answer that is read now says what it said: not one that was given to other options, and heard late.

    Nor one to other words in secret, which would be counted for what stands now, for good.
    """
    then = await worded_at(call, poll)
    if door is Door.FORM or then == poll.version:
        return True
    terms = terms_of(poll)
    former = wordings.from_state((await Wording.get(poll=poll.id, version=then)).terms)
    return not terms.secret and former.options == terms.options


async def renew(poll: Poll, person: str) -> bool:
    """Make somebody's ballot what their newest voice says; returns whether it changed."""
    former = await Ballot.get_or_none(poll=poll.id, person=person)
    counting = Cast.filter(poll=poll.id, person=person, voice__in=[Voice.GIVEN, Voice.VOID])
    newest = await counting.order_by(*NEWEST_FIRST).first()
    now = None if newest is None or newest.voice is Voice.VOID else await says_now(poll, newest)
    if newest is None or now is None:
        if former is not None:
            await former.delete()
        return former is not None
    columns = {
        "marks": wordings.marks_state(now.marks),
        "reason": now.reason,
        "version": poll.version,
        "cast": newest.id,
    }
    before = None if former is None else (former.marks, former.reason)
    if former is None:
        await Ballot.create(poll=poll.id, person=person, **columns)
    else:
        await Ballot.filter(id=former.id).update(**columns)
    return before != (columns["marks"], columns["reason"])


async def says_now(poll: Poll, cast: Cast) -> Said | None:
    """What a voice says under the present wording; None when it is to be said anew, since what it touches has changed."""
    said = Said(marks=wordings.marks(cast.marks), reason=cast.reason)
    if cast.version == poll.version:
        return said
    since = await Wording.filter(poll=poll.id, version__gte=cast.version).order_by("version")
    versions = [wordings.from_state(each.terms) for each in since]
    for old, new in itertools.pairwise(versions):
        # Who is asked again would tell what they said, so where that is hidden everybody is.
        hidden = new.showing is not Showing.OPEN
        if hidden or amending.touched(old, new, {cast.person: said}):
            return None
        said = amending.carried(old, new, said)
    # Changes too small to touch it one by one may together have left nothing of what was answered.
    first = Said(marks=wordings.marks(cast.marks), reason=cast.reason)
    if amending.touched(versions[0], versions[-1], {cast.person: first}):
        return None
    return said


# ---------------------------------------------------------------------------------------------- finding


async def find(call: Call, number: int) -> Poll | None:
    """The poll of that number that the sender may know of from here: of this room, or in private of a circle of theirs."""
    poll = await Poll.get_or_none(id=number)
    if poll is None or (poll.room != call.room.id and not call.is_private):
        return None
    if call.is_private and not await Member.exists(room=poll.room, person=call.person):
        return None
    return poll


async def open_polls(call: Call) -> list[Poll]:
    """The polls that are open here; in private, those of every circle of the sender."""
    rooms = [call.room.id]
    if call.is_private:
        rooms = [each.room for each in await Member.filter(person=call.person)]
    return await Poll.filter(room__in=rooms, stage=Stage.OPEN).order_by("closes_at", "id")


async def waiting_for(call: Call, person: str) -> list[Poll]:
    """The open polls in which somebody may speak and has not, those that close first in front."""
    rooms = [each.room for each in await Member.filter(person=person)]
    found = await Poll.filter(room__in=rooms, stage=Stage.OPEN).order_by("closes_at", "id")
    return [
        poll
        for poll in found
        if not await has_spoken(poll, person) and await may_speak(call, poll, person)
    ]
