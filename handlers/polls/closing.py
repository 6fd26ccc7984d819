"""The end of a poll: the reminder before it, more time, an end before its time, taking it back, and what came out.

What came out is a sum and is said as one: it decides nothing, and what follows is asked of whoever asked (R129).
"""

from datetime import datetime, timedelta

from handlers.asking import nights, now_of
from handlers.language import (
    Call,
    CallOff,
    Effect,
    Effects,
    EndPoll,
    Picture,
    Refused,
    Ring,
    Say,
    Scrub,
    Whisper,
    ritual,
)
from handlers.names import name, people
from handlers.polls import booth, opening, outcomes, tallyboard
from handlers.polls.voices import Count, counted, room_of, terms_of
from handlers.power import moderates
from practices import clock
from practices.circles import Life, RoomKind
from practices.drafts import Draft
from practices.meetings import is_quiet, next_waking
from practices.polls import forms, seeing
from practices.polls.poll import Terms, Way
from practices.polls.twin import twin
from storage.database import row_of
from storage.inbox import Heard, Kind, Settled
from storage.polls import Ballot, Cast, Elector, Poll, SecretBallot, Stage, TookPart, Wording
from storage.rooms import Room

#: An end that is kept later than this owns up to it, and waits for voices that came in time and were not heard yet.
PUNCTUAL = timedelta(minutes=10)
GRACE = timedelta(minutes=5)

#: What people say in the last moment is on its way when the time is over, and where many speak at once some of it waits to
#: be counted: the end is kept so much later, and again so much as long as that is so.
LAST_WORDS = timedelta(seconds=3)
MOST_WAITS = 20

#: Where everybody knows everybody, any of them may look after what somebody asked who is gone.
CLOSE = frozenset({RoomKind.CREW, RoomKind.DYAD})


# ----------------------------------------------------------------------------------------------- reminding


@ritual(
    name="poll-reminds",
    help="a day before the end, privately reminds those who have not answered; once, and nobody at night",
)
async def reminds(call: Call) -> Effects:
    """Remind those without a voice who are awake; for the others an hour is written for their morning.

    All that the circle is asked and that is due within a day is said in one message, so that nobody gets one for each.
    """
    due, effects = await _due(call)
    if not due:
        return []
    now, here = now_of(call), set(await people(call.room, call.house.me))
    asked = call.content.get("people")
    silent: dict[str, list[Poll]] = {}
    for poll in due:
        count = await counted(call, poll)
        # Whom a proxy speaks for would learn that its holder has spoken, where that is hidden.
        through = count.through if tallyboard.seen_by_all(terms_of(poll)) else {}
        for person in count.entitled if not isinstance(asked, list) else map(str, asked):
            if person in here and person not in {*count.spoken, *through}:
                silent.setdefault(person, []).append(poll)
    asleep: dict[datetime, list[str]] = {}
    for person, (zone, quiet) in (await nights(call, call.room, list(silent))).items():
        if is_quiet(now, zone, quiet):
            asleep.setdefault(next_waking(now, zone, quiet), []).append(person)
        else:
            effects.append(await _reminder(call, silent[person], person))
    return [*effects, *(_in_the_morning(due, at, who) for at, who in sorted(asleep.items()))]


async def _due(call: Call) -> tuple[list[Poll], list[Effect]]:
    """What people are reminded of now, by its end, and the hours of its own that each needs no more."""
    asked, now = Poll.filter(stage=Stage.OPEN, closes_at__gt=now_of(call)), now_of(call)
    together = call.content.get("polls")
    if isinstance(together, list):  # for those who slept when it was due
        ids = [int(str(each)) for each in together]
        return await asked.filter(id__in=ids).order_by("closes_at", "id"), []
    poll = await asked.get_or_none(id=int(str(call.content["poll"])))
    if poll is None or poll.reminded:
        return [], []
    within = now + opening.REMIND + timedelta(days=1)
    due = await asked.filter(room=poll.room, reminded=False, closes_at__lt=within).order_by(
        "closes_at", "id"
    )
    # What is open for no longer than a day reminds nobody.
    due = [each for each in due if each.closes_at - opening.REMIND > each.opens_at]
    await Poll.filter(id__in=[each.id for each in due]).update(reminded=True)
    return due, [CallOff(about=f"poll:{each.id}", ritual="poll-reminds") for each in due]


async def _reminder(call: Call, due: list[Poll], person: str) -> Effect:
    if len(due) > 1:
        return await _reminder_of_all(call, due, person)
    [poll] = due
    text = await booth.words(call, poll, person, asked=False)
    return Whisper(
        person=person,
        text=f"{text}\n\nIf you would rather not, that is fine.",
        name=f"{booth.BALLOT}:{poll.id}",
        taps=tallyboard.private_taps(poll),
    )


async def _reminder_of_all(call: Call, due: list[Poll], person: str) -> Effect:
    where = await tallyboard.room_title(call, due[0])
    rows = "\n".join(
        f"- {tallyboard.title(each)}, until **{tallyboard.closes_words(call, each)}**; `vote {each.id}` answers"
        for each in due
    )
    text = f"**{where}** asks:\n\n{rows}\n\nIf you would rather not, that is fine."
    return Whisper(person=person, text=text, name=f"reminds:{due[0].id}")


def _in_the_morning(due: list[Poll], at: datetime, who: list[str]) -> Effect:
    last = due[-1]
    return Ring(
        ritual="poll-reminds",
        about=f"poll:{last.id}",
        at=at,
        when=f"{last.closes_at.isoformat()} {at.isoformat()}",
        useful_until=last.closes_at,
        room=last.room,
        content={"poll": last.id, "people": who, "polls": [each.id for each in due]},
    )


# ------------------------------------------------------------------------------------------------- closing


@ritual(
    name="poll-closes",
    help="closes what was asked until this time, and says what came out",
    hears_first=True,
)
async def closes(call: Call) -> Effects:
    """The time is over. Voices that came in time are heard first: for a moment, and after an absence for minutes.

    While the homeserver is away it stays open, and no voice is lost; but the end stands that people were told, so what is
    said after it comes too late, whoever was away. That is owned up to, and whoever asked can ask anew.
    """
    poll = await row_of(Poll, call.content["poll"])
    if poll is None or poll.stage is not Stage.OPEN:
        return []
    now = now_of(call)
    if now - poll.closes_at > PUNCTUAL and not call.content.get("waited"):
        return [
            Ring(
                ritual="poll-closes",
                about=f"poll:{poll.id}",
                at=now + GRACE,
                when=f"{poll.closes_at.isoformat()} waited",
                room=poll.room,
                content={"poll": poll.id, "waited": True},
            )
        ]
    waits = int(str(call.content.get("waits", 0)))
    if waits < MOST_WAITS and (_no_wait_yet(call) or await _unheard(poll)):
        return [
            Ring(
                ritual="poll-closes",
                about=f"poll:{poll.id}",
                at=now + LAST_WORDS,
                when=f"{poll.closes_at.isoformat()} {waits + 1}",
                room=poll.room,
                content={**call.content, "poll": poll.id, "waits": waits + 1},
            )
        ]
    late = now - poll.closes_at > PUNCTUAL + GRACE
    return await close(call, poll, note=_away_words(call, poll) if late else "")


def _away_words(call: Call, poll: Poll) -> str:
    """Owns up to an end that comes late: we were away, or the homeserver was, and then people could not answer either."""
    return (
        f"*It was to close on {tallyboard.closes_words(call, poll)}, when I could not hear you. What was said before that "
        "is counted; if somebody could not answer then, it can be asked anew.*"
    )


def _no_wait_yet(call: Call) -> bool:
    """Whether this is the first hour at which it could be closed."""
    return not call.content.get("waited") and not call.content.get("waits")


async def _unheard(poll: Poll) -> bool:
    """Whether something said while it was open, perhaps a voice, is here and was not listened to or understood yet.

    It is said in the circle's room or in a private chat; what other rooms say is waited for by nobody.
    """
    private = Room.filter(kind=RoomKind.PRIVATE).values_list("id", flat=True)
    said = Heard.filter(
        state__in=[Settled.WAITING, Settled.SEALED],
        at__gte=poll.opens_at,
        at__lt=poll.closes_at,
        room__in=[poll.room, *map(str, await private)],
    )
    return await said.exclude(kind=Kind.HOUR).exists()


async def close(call: Call, poll: Poll, *, note: str = "") -> list[Effect]:
    """Write down who was entitled and what came out, say it, and ask what follows."""
    room = await room_of(call, poll)
    count = await counted(call, poll)
    if not poll.frozen:
        await Elector.bulk_create(
            Elector(poll=poll.id, person=person, holder=count.through.get(person))
            for person in count.entitled
        )
    else:
        for person, holder in count.through.items():
            await Elector.filter(poll=poll.id, person=person).update(holder=holder)
    poll.stage, poll.ended_at = Stage.CLOSED, now_of(call)
    poll.result = await _kept(poll, count)
    await poll.save(update_fields=["stage", "ended_at", "result"])
    over = f"*{tallyboard.title(poll)}* is closed; what came out is in **{await tallyboard.room_title(call, poll)}**."
    effects = [CallOff(about=f"poll:{poll.id}"), *await booth.close(poll, over)]
    if room.life is Life.CLOSED:
        return effects
    effects += await tallyboard.anew(call, poll)
    effects += await _said(call, poll, count, note)
    return [*effects, *await outcomes.ask_first(call, poll, room)]


async def _kept(poll: Poll, count: Count) -> dict[str, object]:
    """What came out, as it is kept: only what may be seen now that it is over."""
    terms = terms_of(poll)
    result = seeing.shown(
        count.result,
        terms,
        viewer_took_part=False,
        closed=True,
        place=seeing.Place.ROOM,
        turnout=count.turnout,
    )
    return {
        "lines": list(result.lines),
        "sums": dict(result.sums),
        "passes": result.passes,
        "entitled": count.turnout.entitled,
        "cast": count.turnout.cast,
    }


async def _said(call: Call, poll: Poll, count: Count, note: str) -> list[Effect]:
    """What came out, in words and as a picture."""
    terms = terms_of(poll)
    text = await result_words(call, poll, count, note)
    effects: list[Effect] = [
        Say(text=text, name=f"result:{poll.id}", room=poll.room, answers=False)
    ]
    shown = seeing.results_visible(
        terms,
        viewer_took_part=False,
        closed=True,
        place=seeing.Place.ROOM,
        turnout=count.turnout,
    )
    chart = count.result.chart
    if shown and chart is not None and count.turnout.cast:
        effects.append(Picture(chart=chart, alt=twin(chart), room=poll.room, answers=False))
    return [*effects, *end_form(poll, tallyboard.lines(count, terms, closed=True))]


async def result_words(call: Call, poll: Poll, count: Count, note: str = "") -> str:
    """What came out: the counts, the reasons that matter most, and that nothing is decided by it."""
    terms = terms_of(poll)
    parts = [f"**Closed ({terms.way} {poll.id}):** {tallyboard.title(poll)}"]
    parts.append(tallyboard.lines(count, terms, closed=True))
    if not terms.secret and (
        terms.way is Way.QUESTION or any(b.reason for b in count.ballots.values())
    ):
        parts.append(await tallyboard.said_by(poll, count))
    if note:
        parts.append(note)
    return "\n\n".join(part for part in parts if part)


def end_form(poll: Poll, text: str) -> list[Effect]:
    """Element's form takes no more answers."""
    if not poll.form:
        return []
    return [EndPoll(name=opening.form_name(poll), text=text, room=poll.room)]


# ------------------------------------------------------------------------------------------- looking after


async def check_keeper(call: Call, poll: Poll) -> None:
    """Whether somebody may look after a poll: whoever asked; when they are gone, those who are left. Raises Refused."""
    room: Room = await room_of(call, poll)
    members = await people(room, call.house.me)
    if call.person == poll.author and call.person in members:
        return
    if poll.author in members:
        raise Refused(
            f"That is for {await name(poll.room, poll.author)} to do, who asked it. Nothing was changed."
        )
    if call.person not in members or (room.kind not in CLOSE and not moderates(room, call.person)):
        raise Refused(
            "Whoever asked it is not here any more. In a room like this one those who moderate it look after it then; "
            "nothing was changed."
        )


def check_open(call: Call, poll: Poll) -> None:
    """Refuse to change what is over, though it is not closed yet: what came out then stands."""
    if poll.stage in (Stage.CLOSED, Stage.WITHDRAWN):
        raise Refused("That is over, so nothing was changed. It can be asked anew.")
    if poll.stage is Stage.OPEN and call.at >= poll.closes_at:
        raise Refused(
            f"It was open until **{tallyboard.closes_words(call, poll)}**, so nothing was changed. In a few minutes the room "
            "hears what came out, and it can be asked anew."
        )


async def early(call: Call, poll: Poll) -> list[Effect]:
    """Close before the time, when everybody has answered; a proposal not before the least time of its type (DEC-2)."""
    await check_keeper(call, poll)
    check_open(call, poll)
    if poll.stage is Stage.AHEAD:
        raise Refused(f"It has not opened yet. `poll {poll.id} withdraw` takes it back.")
    count = await counted(call, poll)
    if may_wait_unseen(terms_of(poll)):
        raise Refused(
            f"What people say here is hidden until **{tallyboard.closes_words(call, poll)}**, and then it closes, also when all "
            "have answered: somebody may be finding their reason still, and nobody is to be hurried or found out by that. "
            f"`poll {poll.id} withdraw` takes it back. Nothing was changed."
        )
    zone = tallyboard.zone_of(call, poll)
    asked = await Wording.get(poll=poll.id, version=poll.version)
    least = opening.least_end(terms_of(poll), max(asked.at, poll.opens_at), zone)
    if set(count.entitled) - count.spoken:
        soonest = ""
        if least is not None and call.at < least:
            soonest = f", from **{clock.short_words(least, zone)}** on"
        raise Refused(
            f"Not everybody has answered yet, and this was asked until **{tallyboard.closes_words(call, poll)}**. Before that "
            f"`poll {poll.id} close` closes it when all have{soonest}; `poll {poll.id} withdraw` takes it back. Nothing was "
            "changed."
        )
    if least is not None and call.at < least:
        raise Refused(
            "A proposal leaves time to think again, also when everybody has answered: it can be closed from "
            f"**{clock.short_words(least, zone)}** on. Until then `poll {poll.id} withdraw` takes it back. Nothing was changed."
        )
    effects = await close(call, poll)
    if call.room.id != poll.room:
        effects.append(Say(text="It is closed, and the room sees what came out."))
    return effects


def may_wait_unseen(terms: Terms) -> bool:
    """Whether a voice may wait for its reason where nobody sees it: an end before the time would tell, or lose it."""
    stops = any(each.stops for each in forms.positions(terms.way)) or terms.way is Way.QUESTION
    return stops and not terms.secret and not tallyboard.seen_by_all(terms)


async def extend(call: Call, poll: Poll, draft: Draft) -> list[Effect]:
    """Give it more time; never less."""
    await check_keeper(call, poll)
    check_open(call, poll)
    until = draft.closes
    if until is None and draft.length is not None:
        zone = tallyboard.zone_of(call, poll)
        until = clock.resolve(clock.wall(poll.closes_at, zone) + draft.length, zone)
    if until is None:
        raise Refused("That names no end, so nothing was changed. For example: until friday 18:00.")
    if until <= poll.closes_at:
        raise Refused(
            f"It is open until **{tallyboard.closes_words(call, poll)}** already, and what people were told stands: it can be "
            "given more time, not less. Nothing was changed."
        )
    if until > poll.opens_at + opening.LONGEST:
        raise Refused("Nothing is asked for longer than a year, so nothing was changed.")
    first = opening.first_slot(terms_of(poll))
    if first is not None and until > first:
        raise Refused(
            "The first of those times comes before that, so nothing was changed. An earlier end would do."
        )
    return [*await put_off(call, poll, until), await _more_time(call, poll)]


async def put_off(call: Call, poll: Poll, until: datetime) -> list[Effect]:
    """A later end, with its hours."""
    poll.closes_at = until
    await poll.save(update_fields=["closes_at"])
    if poll.stage is Stage.AHEAD:
        return await tallyboard.anew(call, poll)
    off = [
        CallOff(about=f"poll:{poll.id}", ritual=each) for each in ("poll-closes", "poll-reminds")
    ]
    return [*off, *opening.hours(poll), *await tallyboard.anew(call, poll)]


async def _more_time(call: Call, poll: Poll) -> Effect:
    text = f"There is more time, until **{tallyboard.closes_words(call, poll)}**: {tallyboard.title(poll)}"
    return Say(text=text, room=poll.room, answers=call.room.id == poll.room)


async def withdraw(call: Call, poll: Poll) -> list[Effect]:
    """Take back what was asked; nothing comes of it."""
    await check_keeper(call, poll)
    check_open(call, poll)
    effects = await taken_back(call, poll)
    text = "Taken back: nothing comes of it, and what was said about it is deleted."
    return [*effects, Say(text=text)]


async def taken_back(call: Call, poll: Poll) -> list[Effect]:
    """Nothing is asked any more, and what was said about it is deleted."""
    ends = (
        end_form(poll, "It was taken back, and nothing came of it.")
        if poll.stage is Stage.OPEN
        else []
    )
    over = await booth.close(poll, f"*{tallyboard.title(poll)}* was taken back.")
    poll.stage, poll.ended_at = Stage.WITHDRAWN, call.at
    await poll.save(update_fields=["stage", "ended_at"])
    await forget_voices(poll)
    told = [*await tallyboard.anew(call, poll), *ends, *over]
    return [CallOff(about=f"poll:{poll.id}"), *told, *([Scrub()] if terms_of(poll).secret else [])]


async def forget_voices(poll: Poll) -> None:
    """Delete every voice of a poll from which nothing comes; of a secret one the files are to be scrubbed after it."""
    for table in (Ballot, Cast, SecretBallot, TookPart):
        await table.filter(poll=poll.id).delete()
