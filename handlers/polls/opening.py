"""Asking everybody in a circle one thing: now, later, or again and again, and the hours that belong to it.

What was said is checked before anybody is asked: what could not be counted or kept is refused with the nearest that can.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.asking import now_of
from handlers.domains import matters
from handlers.language import (
    MOST_OPTIONS,
    Call,
    CallOff,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    ritual,
)
from handlers.language import Poll as Form
from handlers.meetings.meetings import RESTING, quiet_of
from handlers.names import names, people, room_name
from handlers.polls import tallyboard
from handlers.polls.voices import asks_advice, form_of, terms_of
from handlers.whom import whom
from handlers.words import verbatim
from practices import clauses, clock, rhythm
from practices import terms as wordings
from practices.circles import Life
from practices.drafts import Draft
from practices.meetings import last_waking, next_waking
from practices.polls import forms, passing, seeing, times
from practices.polls.poll import Passing, Terms, Way
from practices.rhythm import Rhythm
from storage.database import row_of
from storage.polls import Elector, Poll, Stage, Wording
from storage.rooms import Room

#: More than a circle can answer at once; enough to stop a runaway.
MOST_OPEN = 20

#: So many of them from one person, so that there is room for what the others want to ask.
MOST_EACH = 5

#: Nothing is asked for longer than this.
LONGEST = timedelta(days=366)

#: When what is asked closes, unless somebody says otherwise.
EVENING = time(18)

#: Those without a voice are reminded so long before the end.
REMIND = timedelta(hours=24)

#: An opening that is kept later than this puts off the end by as much.
PUNCTUAL = timedelta(hours=1)

#: Room for an answer before the first time that one could meet.
BEFORE_SLOT = timedelta(days=1)

#: Element shows so much of a question.
LONGEST_QUESTION = 300


async def ask(call: Call, room: Room, draft: Draft, *, request: str | None = None) -> list[Effect]:
    """Ask it, now or when it says; `request` is the message that began it. Raises NotUnderstood and Refused."""
    _poll, effects = await asked(call, room, draft, request=request)
    return effects


async def asked(
    call: Call, room: Room, draft: Draft, *, request: str | None = None
) -> tuple[Poll, list[Effect]]:
    """The same, with the poll that is asked; where it has a rhythm, that is the first. Raises NotUnderstood and Refused."""
    way = draft.way or Way.PROPOSAL
    zone = call.house.zone_of(room)
    terms = forms.form(way).settle(on_the_circles_clocks(draft, zone).terms())
    members = await people(room, call.house.me)
    await _check(call, room, terms, members)
    opens, again = _opens(call, draft, zone)
    closes = _closes(draft, terms, opens, zone, room)
    deciders = await _deciders(call, room, draft, terms)
    poll = await Poll.create(
        room=room.id,
        author=call.person,
        terms=wordings.as_state(terms),
        stage=Stage.AHEAD,
        zone=zone.key,
        asked_at=call.at,
        opens_at=opens,
        closes_at=closes,
        rhythm=None if again is None else rhythm.as_state(again),
        request=request or call.event_id,
        form=_with_form(draft, terms),
        frozen=is_frozen(terms),
    )
    if deciders:
        await Elector.bulk_create(Elector(poll=poll.id, person=person) for person in deciders)
    if opens <= call.at:
        coming = await _again(call, poll)
        effects = [*await open_now(call, poll, room), *coming]
    else:
        effects = await _later(call, poll)
    if call.room.id != room.id:
        effects.append(_told(call, poll, room))
    return poll, effects


def on_the_circles_clocks(draft: Draft, zone: ZoneInfo) -> Draft:
    """The times of a time poll as the circle's clocks show them, in whatever zone they were said."""
    if draft.way is not Way.TIMES:
        return draft
    instants = (datetime.fromisoformat(option).astimezone(zone) for option in draft.options)
    return replace(draft, options=tuple(at.isoformat(timespec="minutes") for at in instants))


def _told(call: Call, poll: Poll, room: Room) -> Effect:
    when = "is asked" if poll.stage is Stage.OPEN else "will be asked"
    where = room_name(room, "your circle")
    return Say(
        text=f"It {when} in **{where}**, as number {poll.id}. `poll {poll.id}` shows how it stands."
    )


async def _check(call: Call, room: Room, terms: Terms, members: list[str]) -> None:
    if call.person not in members:
        raise Refused("What a circle is asked comes from its members, so nothing was asked.")
    if room.life in RESTING:
        raise Refused(
            f"The crew rests, so nothing was asked. `{call.house.prefix}wake` asks all of you to take it up again."
        )
    if terms.secret and not seeing.can_be_secret(len(members)):
        raise Refused(
            f"A secret needs at least {seeing.FEWEST} of you, and you are {len(members)}: a result could never be shown. "
            "Nothing was asked; without “secret” it works."
        )
    if await Poll.filter(room=room.id, stage__in=[Stage.OPEN, Stage.AHEAD]).count() >= MOST_OPEN:
        raise Refused(
            f"{MOST_OPEN} things are asked here already, so this was not. When one of them is over, there is room."
        )
    own = Poll.filter(room=room.id, author=call.person, stage__in=[Stage.OPEN, Stage.AHEAD])
    open_ = await own.order_by("id")
    if len(open_) >= MOST_EACH:
        first = open_[0]
        raise Refused(
            f"{MOST_EACH} things that you asked are open here or will be, so this was not asked. When one of them is over "
            f"there is room; `polls` lists them, and `poll {first.id} withdraw` takes back the oldest of yours, number {first.id}: "
            f"{tallyboard.title(first)}"
        )


def is_frozen(terms: Terms) -> bool:
    """Whether it is written down at the opening who may speak: what is measured by all of them needs a number that stays."""
    measured = terms.passing in (Passing.QUORUM, Passing.ADVICE)
    return terms.secret or terms.quorum is not None or measured


async def _deciders(call: Call, room: Room, draft: Draft, terms: Terms) -> list[str]:
    """Whose decision an advice proposal is: those who were named, or whoever asks."""
    if terms.passing is not Passing.ADVICE:
        if draft.deciders:
            raise Refused(
                "Who decides is named for an advice proposal: `propose advice …; deciders Ana, Ben`. Nothing was asked."
            )
        return []
    found = [await whom(call, room, each) for each in draft.deciders if each.strip()]
    members = await people(room, call.house.me)
    guests = [person for person in dict.fromkeys(found) if person not in members]
    if guests:
        who = ", ".join(await names(room.id, guests))
        raise Refused(
            f"Here as a guest: {who}. A decision of the circle is with its members, so nothing was asked. Name members; "
            "what a guest knows is heard in the thread."
        )
    return list(dict.fromkeys(found)) or [call.person]


def _with_form(draft: Draft, terms: Terms) -> bool:
    """Whether Element's own poll is said, too. Raises Refused where it is wished and would show what is hidden."""
    fits = (
        forms.form(terms.way).single
        and terms.most == 1
        and len(terms.options) <= MOST_OPTIONS
        and tallyboard.seen_by_all(terms)
    )
    if draft.form and not fits:
        raise Refused(
            "Element's own form takes one answer each, and everybody can see who gave which. What you ask needs something "
            "else, so nothing was asked; without “form” it works."
        )
    return fits and (draft.form or (draft.form is None and terms.way is Way.CHOICE))


# --------------------------------------------------------------------------------------------------- times


def _opens(call: Call, draft: Draft, zone: ZoneInfo) -> tuple[datetime, Rhythm | None]:
    """When it is asked first, and by which rhythm again."""
    again = draft.rhythm
    opens = draft.opens or call.at
    if again is not None and draft.opens is None:
        first = next(rhythm.occurrences(again, call.at), None)
        if first is None:
            raise Refused("That day never comes, so nothing was asked.")
        opens = first.at
    if draft.again is not None:
        again = clauses.every(draft.again, opens, zone)
    if again is not None and draft.way is Way.TIMES:
        raise Refused(
            "The times of a time poll pass, so it can't be asked again by itself. Nothing was asked; "
            "without the rhythm it works."
        )
    return opens, again


def _closes(draft: Draft, terms: Terms, opens: datetime, zone: ZoneInfo, room: Room) -> datetime:
    """Until when it is open. Raises Refused for an end that is too soon or too far."""
    if draft.closes is not None:
        closes = draft.closes
    elif draft.length is not None:
        closes = clock.resolve(clock.wall(opens, zone) + draft.length, zone)
    else:
        return _by_default(terms, opens, zone, room)
    if closes <= opens:
        raise Refused("It would close before it opens, so nothing was asked.")
    if closes > opens + LONGEST:
        raise Refused("Nothing is asked for longer than a year, so this was not.")
    least = least_end(terms, opens, zone)
    if least is not None and closes < least:
        days = passing.opening(terms.passing or Passing.STANDARD).least
        raise Refused(
            f"{_a(terms.passing)} proposal is open for at least {days} working days, so that everybody can think: until "
            f"**{clock.short_words(least, zone)}** at the earliest. Nothing was asked."
        )
    first = first_slot(terms)
    if first is not None and closes > first:
        raise Refused(
            f"The first of those times, {times.label(terms.options[0])}, comes before the end. Nothing was asked; "
            "an earlier end, or later times, would do."
        )
    return closes


def least_end(terms: Terms, opens: datetime, zone: ZoneInfo) -> datetime | None:
    """The earliest end that the type of a proposal allows (DEC-2); None where there is none."""
    if terms.passing is None:
        return None
    return passing.closes_at(opens, passing.opening(terms.passing).least, zone)


def _a(kind: Passing | None) -> str:
    word = str(kind or Passing.STANDARD)
    return f"{'An' if word[0] in 'aeiou' else 'A'} {word}"


def _by_default(terms: Terms, opens: datetime, zone: ZoneInfo, room: Room) -> datetime:
    """As long as the type advises, or the way is open; in the evening of its last day."""
    if terms.passing is not None:
        last = passing.closes_at(opens, passing.opening(terms.passing).advised, zone)
    else:
        last = clock.resolve(
            clock.wall(opens, zone) + timedelta(days=forms.form(terms.way).days), zone
        )
    evening = clock.resolve(datetime.combine(clock.wall(last, zone), EVENING), zone)
    least = least_end(terms, opens, zone)
    if least is not None and evening < least:
        evening = next_waking(least, zone, quiet_of(room))
    first = first_slot(terms)
    if first is None or evening < first:
        return evening
    if first <= opens:
        raise Refused(
            f"{times.label(terms.options[0])} is over before it opens, so nothing was asked. Later times would do."
        )
    before = last_waking(first - BEFORE_SLOT, zone, quiet_of(room))
    return before if before > opens else opens + (first - opens) / 2


def first_slot(terms: Terms) -> datetime | None:
    """The first moment of a time poll: it is over before it comes."""
    if terms.way is not Way.TIMES:
        return None
    return min(datetime.fromisoformat(option) for option in terms.options)


# ------------------------------------------------------------------------------------------------- opening


async def _later(call: Call, poll: Poll) -> list[Effect]:
    """It is written down, and the hour at which it opens."""
    return [
        _opening_hour(poll),
        Say(
            text=await tallyboard.board(call, poll),
            name=f"poll:{poll.id}",
            room=poll.room,
            answers=False,
        ),
    ]


def _opening_hour(poll: Poll) -> Ring:
    return Ring(
        ritual="poll-opens",
        about=f"poll:{poll.id}",
        at=poll.opens_at,
        when=poll.opens_at.isoformat(),
        room=poll.room,
        content={"poll": poll.id},
    )


async def open_now(call: Call, poll: Poll, room: Room) -> list[Effect]:
    """Ask it: from now on it is open."""
    now, late = now_of(call), list[Effect]()
    if now > poll.opens_at + PUNCTUAL:
        least = least_end(terms_of(poll), now, ZoneInfo(poll.zone))
        told = tallyboard.closes_words(call, poll)
        later = poll.closes_at + (now - poll.opens_at)
        poll.closes_at = later if least is None else max(later, least)
        late.append(_late_words(call, poll, told))
    poll.stage, poll.opens_at = Stage.OPEN, now
    await poll.save()
    await Wording.create(poll=poll.id, version=poll.version, terms=poll.terms, at=now)
    if poll.frozen and not await Elector.exists(poll=poll.id):
        here = await people(room, call.house.me)
        await Elector.bulk_create(
            Elector(poll=poll.id, person=person) for person in here if not asks_advice(poll, person)
        )
    topic, origin = terms_of(poll).topic, f"poll:{poll.id}"
    remark = await matters.remark(call, room, topic, author=poll.author, origin=origin)
    return [*await announced(call, poll), *late, *remark, *hours(poll)]


def _late_words(call: Call, poll: Poll, told: str) -> Effect:
    """The end that people were told is not the end any more: it opens late, and there is to be as much time."""
    text = (
        f"*Number {poll.id} opens later than it was to, since I was away. So that there is as much time, it is open until "
        f"**{tallyboard.closes_words(call, poll)}**, and not until {told} as you were told.*"
    )
    return Say(text=text, room=poll.room, answers=False)


async def before_its_time(call: Call, poll: Poll, room: Room) -> list[Effect]:
    """Open what was to open later."""
    coming = await _again(call, poll)
    asked = await open_now(call, poll, room)
    return [CallOff(about=f"poll:{poll.id}", ritual="poll-opens"), *asked, *coming]


async def announced(call: Call, poll: Poll) -> list[Effect]:
    """What the room sees: the board, and Element's own form where it helps."""
    effects: list[Effect] = []
    terms = terms_of(poll)
    if len(terms.topic) > tallyboard.LONGEST:
        effects.append(
            Say(text=f"**{poll.id}:** {verbatim(terms.topic)}", room=poll.room, answers=False)
        )
    effects.append(
        Say(
            text=await tallyboard.board(call, poll),
            name=f"poll:{poll.id}",
            taps=tallyboard.taps(poll),
            room=poll.room,
            answers=False,
        )
    )
    return effects + form(poll)


def form(poll: Poll) -> list[Effect]:
    """Element's own form of a poll; one for each version, so that nobody answers what has changed."""
    if not poll.form:
        return []
    terms = terms_of(poll)
    question = " ".join(terms.topic.split())
    if len(question) > LONGEST_QUESTION:
        question = f"{question[: LONGEST_QUESTION - 1].rstrip()}…"
    signs = {each.word: each.sign for each in form_of(poll).positions}
    options = tuple(f"{signs[each]} {each}" if each in signs else each for each in terms.options)
    return [Form(name=form_name(poll), question=question, options=options, room=poll.room)]


def form_name(poll: Poll) -> str:
    """Under which name the present form is said."""
    return f"form:{poll.id}" if poll.version == 1 else f"form:{poll.id}:{poll.version}"


def hours(poll: Poll) -> list[Effect]:
    """The hours of an open poll: its reminder, if there is time for one, and its end."""
    rings: list[tuple[str, datetime]] = [("poll-closes", poll.closes_at)]
    remind = poll.closes_at - REMIND
    if remind > poll.opens_at and not poll.reminded:
        rings.append(("poll-reminds", remind))
    return [
        Ring(
            ritual=name,
            about=f"poll:{poll.id}",
            at=at,
            when=at.isoformat(),
            useful_until=poll.closes_at if name == "poll-reminds" else None,
            room=poll.room,
            content={"poll": poll.id},
        )
        for name, at in rings
    ]


@ritual(
    name="poll-opens",
    help="asks what was to be asked at this time, and plans when it is asked again",
)
async def opens(call: Call) -> Effects:
    """Its time has come; in a crew that rests, or when whoever wanted to ask has left, nothing is asked."""
    poll = await row_of(Poll, call.content["poll"])
    if poll is None or poll.stage is not Stage.AHEAD:
        return []
    gone = bool(poll.author) and poll.author not in await people(call.room, call.house.me)
    if gone or call.room.life in RESTING:
        coming = [] if gone or call.room.life is Life.CLOSED else await _again(call, poll)
        poll.stage = Stage.WITHDRAWN
        await poll.save(update_fields=["stage"])
        return [*coming, *await tallyboard.anew(call, poll)]
    coming = await _again(call, poll)
    return [
        *await open_now(call, poll, call.room),
        *(each for each in coming if isinstance(each, Ring)),
    ]


async def _again(call: Call, poll: Poll) -> list[Effect]:
    """The next time that it is asked, as a row of its own, which carries the rhythm on: taking that back ends it."""
    if poll.rhythm is None:
        return []
    kept = rhythm.from_state(poll.rhythm)
    following = next(rhythm.occurrences(kept, max(now_of(call), poll.opens_at)), None)
    if following is None:
        return []
    zone = ZoneInfo(poll.zone)
    length = clock.wall(poll.closes_at, zone) - clock.wall(poll.opens_at, zone)
    closes = clock.resolve(following.local + length, zone)
    # The same length may hold fewer working days another time.
    least = least_end(terms_of(poll), following.at, zone)
    coming = await Poll.create(
        room=poll.room,
        author=poll.author,
        terms=poll.terms,
        stage=Stage.AHEAD,
        zone=poll.zone,
        asked_at=now_of(call),
        opens_at=following.at,
        closes_at=closes if least is None else max(closes, least),
        rhythm=poll.rhythm,
        # Whoever takes back the message that asked for all of them ends that, too.
        request=poll.request,
        form=poll.form,
        frozen=poll.frozen,
    )
    if terms_of(poll).passing is Passing.ADVICE:
        deciders = await Elector.filter(poll=poll.id)
        await Elector.bulk_create(Elector(poll=coming.id, person=each.person) for each in deciders)
    poll.rhythm = None
    await poll.save(update_fields=["rhythm"])
    when = clock.short_words(coming.opens_at, zone)
    text = (
        f"It is asked again {rhythm.words(kept)}: next on **{when}**, as number {coming.id}. "
        f"`{call.house.prefix}poll {coming.id} withdraw` ends that."
    )
    return [_opening_hour(coming), Say(text=text, room=poll.room, answers=False)]
