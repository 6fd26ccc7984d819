"""Stewardship: everybody who likes has one named person to turn to (DYAD-4).

A round asks a whole congregation once; from what people say it finds a steward for each, and asks both for their yes
before anything begins (R36, R37). Who is whose steward the congregation can see: that is the point of it. What was
wished for, and by whom, nobody sees. The months are spoken of to the steward alone.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from hashlib import blake2b

from dateutil.relativedelta import relativedelta

from handlers import askings, one_to_ones, preferences, taps
from handlers.asking import asked, now_of, whispered
from handlers.callings import spaces_of
from handlers.consent import nowhere_to_ask, table_of
from handlers.hosts import congregation_of, hosting, hosts_of
from handlers.language import (
    NO,
    YES,
    Argument,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    Whisper,
    command,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.names import name, people, room_name
from handlers.welcomers import split
from handlers.whom import named, whom
from handlers.words import escaped, first_word, folded, sign
from practices import clock
from practices import stewardship as stewards
from practices.circles import RoomKind
from practices.defaults import PATIENCE
from practices.dyads import Occasion
from practices.stewardship import Arrangement, Impossible
from practices.understanding import NotUnderstood, shown
from storage.database import row_of
from storage.members import Member, is_in
from storage.pairings import StewardRound, Stewardship, Tended, Tending, stewardships_of
from storage.questions import Question
from storage.rooms import Room

#: Under which a round stands in the room of a congregation.
ROUND = "steward:round"

BOTH, HAVE = "✅", "🤲"

_HOUR = time(10)

#: So often a round is worked out anew because something had changed meanwhile; then it is worked out as things stand.
_MOST_ANEW = 3

#: A nudge that is later than this is left out; the next month has its own.
_STILL_NUDGED = timedelta(days=7)

_KINDS = frozenset({RoomKind.PRIVATE, RoomKind.CONGREGATION, RoomKind.WORKING})

#: Smaller numbers are told to nobody.
_FEWEST_TOLD = 5

_RUNNING = (Tended.ACTIVE, Tended.RESTING, Tended.REVIEW)

_WAYS = (
    "`steward list` shows who is whose · `steward ask` and a name asks somebody · `steward rest` and `steward go on` · "
    "`steward can no longer` for a steward · `steward end` ends your own; with a name, or “in Lakeside”, each is for that one only"
)

_DEEDS = {
    "rest": "rest",
    "pause": "rest",
    "go on": "go on",
    "on": "go on",
    "resume": "go on",
    "can no longer": "can no longer",
    "i can no longer": "can no longer",
    "no longer": "can no longer",
    "cannot": "can no longer",
    "end": "end",
    "stop": "end",
    "leave": "end",
}


def _about(row: Stewardship) -> str:
    return f"stewardship:{row.id}"


def _about_round(space: Room) -> str:
    return f"steward:{space.id}"[:64]


# ------------------------------------------------------------------------------------------- the command


@command(
    name="steward",
    aliases=("stewards", "stewardship"),
    help="see who your steward is and whose you are; ask for one, rest, or end it; hosts begin a round for all",
    example="steward",
    kinds=_KINDS,
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing for your own; “list”, “ask Ana”, “rest”, “go on”, “can no longer”, “end”; for hosts “round” and "
            "“round now”",
        ),
    ),
    sentences={
        "who is my steward": "",
        "whose steward am i": "",
        "i can no longer be a steward": "can no longer",
    },
)
async def steward(call: Call, what: str | None) -> Effects:
    """What is visible to all is told anywhere; everything else in private."""
    said = folded(what or "")
    if said in ("list", "all", "everybody") or (not call.is_private and not said):
        return await _list(call)
    if not call.is_private:
        raise Refused(
            "That is something between you and me: write it in our private chat. Nothing was done here; "
            f"`{call.house.prefix}steward list` shows who is whose steward."
        )
    word, rest = first_word((what or "").strip())
    match folded(word):
        case "":
            return await _own(call)
        case "round":
            return await _round(call, rest)
        case "ask":
            return await _ask(call, rest)
    return await _of_ones_own(call, str(what))


async def _of_ones_own(call: Call, what: str) -> Effects:
    deed, which = _deed(what)
    match deed:
        case "rest":
            return await _rests(call, which, Tended.ACTIVE, Tended.RESTING)
        case "go on":
            return await _rests(call, which, Tended.RESTING, Tended.ACTIVE)
        case "can no longer":
            return await _can_no_longer(call, which)
        case "end":
            return await _ends(call, which)
    raise Refused(
        f"I don't know what {escaped(shown(what))} means for stewardship. Nothing was changed. There is: {_WAYS}."
    )


async def _space_of(call: Call) -> list[Room]:
    """The congregations that are meant: that of the room, or all of one's own."""
    if call.is_private:
        return await spaces_of(call.person)
    wanted = call.room.id if call.room.kind is RoomKind.CONGREGATION else call.room.congregation
    space = await Room.get_or_none(id=wanted, joined=True) if wanted else None
    # A room may be open to people who are not of the congregation.
    return [space] if space is not None and await is_in(space.id, call.person) else []


async def _list(call: Call) -> list[Effect]:
    """Who is whose steward: for everybody of the congregation (DYAD-4)."""
    parts = []
    for space in await _space_of(call):
        rows = await Stewardship.filter(room=space.id, state__in=_RUNNING)
        lines = sorted(
            [
                f"- **{await name(space.id, row.stewardee)}**: {await name(space.id, row.steward)}"
                for row in rows
            ],
            key=str.casefold,
        )
        if lines:
            head = f"**{room_name(space, 'Your congregation')}**: whom each can turn to as their steward"
            parts.append("\n".join([head, "", *lines]))
    if not parts:
        raise Refused(
            "Nobody has a steward there yet, or it is not a congregation of yours. A host begins a round for all with `steward "
            "round` in our private chat; `steward ask` and a name, there, asks somebody yourself."
        )
    return [Say(text="\n\n".join(parts))]


async def _own(call: Call) -> list[Effect]:
    """One's own steward, and those whose steward one is."""
    lines = []
    for row in await stewardships_of(call.person):
        space = await Room.get_or_none(id=row.room)
        if space is None or row.state is Tended.PROPOSED:
            continue
        other = await name(row.room, row.other(call.person))
        what = "is your steward" if row.stewardee == call.person else "has you as their steward"
        rests = ", and it rests just now" if row.state is Tended.RESTING else ""
        lines.append(
            f"**{other}** {what} in **{room_name(space, 'your congregation')}**, until you look at it again on "
            f"**{clock.long_day(row.review)}**{rests}."
        )
    lines = lines or ["You have no steward, and are nobody's."]
    return [Say(text="\n\n".join([*lines, _WAYS]))]


# --------------------------------------------------------------------------------------------- the round


async def _round(call: Call, rest: str) -> list[Effect]:
    """A host asks the whole congregation, or closes the round that is open."""
    now, _, named = rest.partition(" in ")
    if folded(now) not in ("", "now", "close"):
        raise Refused(
            f"I don't know what {escaped(shown(rest))} means for a round. Nothing was changed. `steward round` asks everybody, "
            "`steward round now` finds the stewards from what was said so far."
        )
    space = await congregation_of(call, named)
    await hosting(call, space)
    table = await table_of(space)
    if table is None:
        raise Refused(nowhere_to_ask(call, space))
    row = await StewardRound.get_or_none(room=space.id)
    if folded(now):
        if row is None:
            raise Refused("No round is open, so nothing was closed. `steward round` begins one.")
        return [Say(text="The round closes now."), _closing(space, row, call.at, "now")]
    if row is not None:
        raise Refused(
            f"A round is open until **{clock.short_words(row.closes_at, call.house.zone_of(space))}**, so none was begun. "
            "`steward round now` closes it sooner."
        )
    return await _opened(call, space, table)


async def _opened(call: Call, space: Room, table: Room) -> list[Effect]:
    zone = call.house.zone_of(space)
    day = clock.wall(call.at + PATIENCE, zone).date()
    closes = clock.resolve(datetime.combine(day, _HOUR), zone)
    row = await StewardRound.create(
        room=space.id, closes_at=closes, number=call.at.isoformat()[:32]
    )
    text = (
        "**A stewardship round.** A steward is one named person to turn to: they ask each month how it goes, stand beside you "
        "in a conflict, and manage nothing. Whoever takes part has one, and two are never each other's.\n\n"
        f"Until **{clock.short_words(closes, zone)}**: then I propose who could be whose, and nothing begins before both "
        "have said yes.\n\n✅ have one, and be one · 🤲 have one only"
    )
    seen = taps.seen_words(table, call.house.me, "`steward ask` and a name")
    return [
        Say(text=f"{text}\n\n{seen}", room=table.id, name=ROUND, taps=(BOTH, HAVE), answers=False),
        _closing(space, row, closes),
        Say(
            text=f"Asked in **{room_name(table, 'your room')}**, until **{clock.short_words(closes, zone)}**. `steward round "
            "now` closes it sooner."
        ),
    ]


@tap(
    prefix="steward",
    labels={"have one and be one": BOTH, "have one only": HAVE},
    unseen=(BOTH, HAVE),
)
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """Somebody takes part; the newest word counts, and the room does not learn it."""
    if sign(said) not in (sign(BOTH), sign(HAVE)):
        raise NotUnderstood(f"Under that message {BOTH} and {HAVE} mean something.")
    wanted = call.room.congregation
    row = await StewardRound.get_or_none(room=wanted) if wanted else None
    if row is None:
        return [
            Whisper(person=call.person, text="That stewardship round is over. Nothing was changed.")
        ]
    if not await is_in(row.room, call.person):
        text = "The stewardship round is for the people of the congregation. Nothing was changed."
        return [Whisper(person=call.person, text=text)]
    mine, _new = await Tending.get_or_create(room=row.room, person=call.person)
    mine.willing = sign(said) == sign(BOTH)
    await mine.save(update_fields=["willing"])
    text = (
        f"You take part: you will have a steward{', and may be one' if mine.willing else ''}. `pairing wish` and a name says "
        "whom you would like, `pairing not with` and a name whom not; I tell nobody. `steward end round` takes it back."
    )
    return [Whisper(person=call.person, text=text)]


def _closing(space: Room, row: StewardRound, at: datetime, why: str = "", anew: int = 0) -> Ring:
    return Ring(
        ritual="steward-close",
        about=_about_round(space),
        at=at,
        when=" ".join(filter(None, (row.number, why))),
        room=space.id,
        content={"number": row.number, "anew": anew},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """Who takes part in a round, and what each has said, as values."""

    people: tuple[stewards.Tended, ...]
    #: Of whom it cannot be read any more what they have said.
    lost: tuple[str, ...]


def _arranged(call: Call, row: StewardRound, taking: _Taking) -> Arrangement | Impossible:
    seed = blake2b(
        row.number.encode(), key=call.house.keys.key("steward lots"), digest_size=16
    ).hexdigest()
    return stewards.arranged(taking.people, seed=seed)


async def _ahead(call: Call) -> tuple[_Taking, Arrangement | Impossible] | None:
    """Find the stewards from values while everybody else is heard; nothing is stored here."""
    row = await StewardRound.get_or_none(room=call.room.id)
    if row is None or row.number != call.content["number"]:
        return None
    taking = await _taking(call)
    return taking, await asyncio.to_thread(_arranged, call, row, taking)


@ritual(
    name="steward-close",
    help="finds a steward for everybody who takes part in a stewardship round",
    ahead=_ahead,
)
async def closes(call: Call) -> Effects:
    """Its time is over; after an absence it is closed late rather than never."""
    row = await StewardRound.get_or_none(room=call.room.id)
    if row is None or row.number != call.content["number"]:
        return []
    taking, ahead = await _taking(call), call.ahead
    if isinstance(ahead, tuple) and ahead[0] == taking:
        return await _closed(call, row, taking, ahead[1])
    anew = int(str(call.content.get("anew", 0))) + 1
    if anew <= _MOST_ANEW:
        return [_closing(call.room, row, now_of(call), f"anew {anew}", anew)]
    return await _closed(call, row, taking, await asyncio.to_thread(_arranged, call, row, taking))


async def _taking(call: Call) -> _Taking:
    space = call.room
    here = set(await people(space, call.house.me))
    said = {
        each.person: each.willing
        for each in await Tending.filter(room=space.id).order_by("id")
        if each.person in here
    }
    wished, lost = await preferences.of_all(call, said)
    taking = tuple(
        stewards.Tended(
            id=person,
            willing=willing,
            wishes=wished[person].wishes,
            not_with=wished[person].not_with,
        )
        for person, willing in said.items()
        if person not in lost
    )
    return _Taking(people=taking, lost=tuple(lost))


async def _closed(
    call: Call, row: StewardRound, taking: _Taking, found: Arrangement | Impossible
) -> list[Effect]:
    """Propose an arrangement to all whom it concerns, or tell the hosts that there is none."""
    space = call.room
    await Tending.filter(room=space.id).delete()
    await row.delete()
    effects: list[Effect] = [CallOff(about=_about_round(space))]
    if isinstance(found, Impossible):
        text = _NOT_FITTED
    else:
        # A number so small would tell who took part.
        count = f"of {len(taking.people)} " if len(taking.people) >= _FEWEST_TOLD else ""
        text = f"The stewardship round found a steward for each {count}who took part. Each is asked, with theirs."
        effects += await _proposed_to_all(call, space, found)
    for host in await hosts_of(space, call.house.me):
        effects += await whispered(call, host, text, about=_about_round(space))
    for person in taking.lost:
        effects += await whispered(call, person, _LOST, about=_about_round(space))
    return effects


_LOST = (
    "What you had told me in private about whom you would like, and whom not, cannot be read any more, so I proposed no steward "
    "to you rather than a wrong one. `pairing not with` and a name says it again; `steward ask` and a name asks somebody yourself."
)

#: One text for whatever is in the way: of a few people, whether too few took part or two do not fit would tell who does not
#: want whom.
_NOT_FITTED = (
    "The stewardship round found no arrangement in which everybody has a steward, no two have each other, and all who are willing "
    "carry alike. Nothing was proposed. It needs at least three who would be stewards, and more of them make it easier: `steward "
    "round` asks anew, and `steward ask` and a name is open to everybody meanwhile."
)


async def _proposed_to_all(call: Call, space: Room, found: Arrangement) -> list[Effect]:
    effects: list[Effect] = []
    for former in await Stewardship.filter(room=space.id, state=Tended.PROPOSED, by_round=True):
        effects += await _gone(former)
        if found.steward_of.get(former.stewardee) != former.steward:
            for person in former.agreed:
                effects += await _not_about(call, space, former, person)
    for stewardee, by in sorted(found.steward_of.items()):
        same = await Stewardship.get_or_none(
            room=space.id, steward=by, stewardee=stewardee, state__in=_RUNNING
        )
        if same is None:
            effects += await _proposed(call, space, steward=by, stewardee=stewardee, agreed=())
    return effects


# ------------------------------------------------------------------------------------- the yes of both


async def _today(call: Call, space: Room) -> date:
    return clock.wall(now_of(call), call.house.zone_of(space)).date()


async def _proposed(
    call: Call,
    space: Room,
    *,
    steward: str,
    stewardee: str,
    agreed: tuple[str, ...],
    put: bool = True,
) -> list[Effect]:
    """Ask those of the two who have not said yes; nothing begins before both have (R37).

    What is not `put` to them is asked of nobody, and lapses as any silence does.
    """
    row = await Stewardship.create(
        room=space.id,
        steward=steward,
        stewardee=stewardee,
        agreed=sorted(agreed),
        by_round=not agreed,
        review=stewards.review_day(await _today(call, space)),
    )
    here = replace(call, room=space, thread=None)
    until = now_of(call) + PATIENCE
    effects: list[Effect] = []
    for person in sorted({steward, stewardee} - set(agreed)) if put else ():
        effects += await asked(
            here,
            person,
            await _question(space, row, person),
            about=_about(row),
            inquiry="steward-yes",
            until=until,
            data={"stewardship": row.id},
        )
    effects.append(_ring(row, "steward-lapse", until + timedelta(days=1), "lapse"))
    return effects


async def _question(space: Room, row: Stewardship, person: str) -> str:
    other = await name(space.id, row.other(person))
    where = room_name(space, "your congregation")
    scope = (
        "A steward asks each month how it goes, stands beside the other in a conflict, and manages nothing; for a year, then you "
        "both look at it again. Either of you can end it at any time. Both names are seen by the congregation.\n\n"
        "✅ yes · ✋ not this time"
    )
    if person == row.steward:
        return f"In **{where}**: would you be **{other}**'s steward? {scope}"
    return f"In **{where}**: would you like **{other}** as your steward? {scope}"


def _ring(
    row: Stewardship, ritual_: str, at: datetime, when: str, until: datetime | None = None
) -> Ring:
    return Ring(
        ritual=ritual_,
        about=_about(row),
        at=at,
        when=f"{when} {at.isoformat()}",
        useful_until=until,
        room=row.room,
        content={"stewardship": row.id},
    )


@inquiry(
    name="steward-yes",
    options=(YES, Option(sign="✋", word="no", also=(*NO.also, "not this time"))),
    late="That question has rested for a while. Nothing was changed; `steward ask` and a name asks anew.",
)
async def yes_said(call: Call, question: Question, said: str) -> Effects:
    """One yes waits for the other; after a no whoever asked hears no more than that it does not come about."""
    if said not in (YES.word, NO.word):
        return [Say(text="A word is enough: ✅ yes · ✋ not this time.")]
    await question.delete()
    row = await row_of(Stewardship, question.data.get("stewardship"))
    if row is None or row.state is not Tended.PROPOSED:
        return [Say(text="That does not come about any more. Nothing was changed.")]
    space = await Room.get(id=row.room)
    other = row.other(call.person)
    if said == NO.word:
        thanks = Say(text="Good: not this time, and that needs no reason.")
        return [thanks, *await _declined(call, space, row)]
    row.agreed = sorted({*row.agreed, call.person})
    await row.save(update_fields=["agreed"])
    if other not in row.agreed:
        return [Say(text="Thank you. As soon as it is agreed on both sides, you hear of it here.")]
    return await _begins(call, space, row)


async def _declined(call: Call, space: Room, row: Stewardship) -> list[Effect]:
    """A no of the sender to what is proposed: told to whoever asked, and in a round, where nobody has, to nobody (R13).

    There it stands as it stood until its time is over, and lapses then in the same words as a silence.
    """
    if row.by_round:
        row.agreed = sorted({*row.agreed} - {call.person})
        await row.save(update_fields=["agreed"])
        for question in await _open_to(row, call.person):
            await question.delete()
        return []
    other = row.other(call.person)
    effects = await _gone(row)
    if other in row.agreed:
        effects += await _not_about(call, space, row, other)
    return effects


async def _open_to(row: Stewardship, person: str) -> list[Question]:
    """What somebody is asked about a proposal."""
    asked_ = await Question.filter(inquiry="steward-yes", person=person)
    return [question for question in asked_ if question.data.get("stewardship") == row.id]


async def _not_about(call: Call, space: Room, row: Stewardship, person: str) -> list[Effect]:
    """The same words for a no, for silence and for somebody who left."""
    other = await name(space.id, row.other(person))
    text = f"The stewardship with {other} does not come about. `steward ask` and a name asks somebody else."
    return await whispered(replace(call, room=space), person, text, about=f"{_about(row)} over")


@ritual(name="steward-lapse", help="lets a stewardship rest that was not agreed on in time")
async def lapse(call: Call) -> Effects:
    """Two weeks without a yes of both."""
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is not Tended.PROPOSED:
        return []
    effects = await _gone(row)
    for person in row.agreed:
        effects += await _not_about(call, call.room, row, person)
    return effects


async def _begins(call: Call, space: Room, row: Stewardship) -> list[Effect]:
    """Both have said yes. Whoever was the stewardee's steward before is so no more, and no two have each other (R36)."""
    await askings.lift(call, row.stewardee, row.steward, askings.STEWARD)
    effects: list[Effect] = []
    for before in await Stewardship.filter(room=row.room, state__in=_RUNNING):
        mutual = before.steward == row.stewardee and before.stewardee == row.steward
        if before.stewardee == row.stewardee or mutual:
            effects += await _over(call, space, before, but=call.person)
    today = await _today(call, space)
    row.state, row.agreed, row.began, row.review = (
        Tended.ACTIVE,
        [],
        today,
        stewards.review_day(today),
    )
    await row.save()
    zone = call.house.zone_of(space)
    for person in (row.steward, row.stewardee):
        other = await name(space.id, row.other(person))
        what = (
            f"You are **{other}**'s steward"
            if person == row.steward
            else f"**{other}** is your steward"
        )
        text = f"{what} from now on, until you look at it again on **{clock.long_day(row.review)}**. The first talk can be soon: `steward` shows what you can say."
        effects += await whispered(
            replace(call, room=space), person, text, about=f"{_about(row)} begun"
        )
    review = clock.resolve(datetime.combine(row.review, _HOUR), zone)
    return [
        CallOff(about=_about(row), ritual="steward-lapse"),
        *effects,
        _nudge(call, space, row, 1),
        _ring(row, "steward-review", review, "review"),
    ]


# -------------------------------------------------------------------------------------------- the months


def _nudge(call: Call, space: Room, row: Stewardship, month: int) -> Ring:
    """The hour of so many months after it began: to the steward only (R37)."""
    assert row.began is not None
    zone = call.house.zone_of(space)
    at = clock.resolve(datetime.combine(row.began + relativedelta(months=month), _HOUR), zone)
    ring = _ring(row, "steward-nudge", at, f"month {month}", at + _STILL_NUDGED)
    return replace(ring, content={**ring.content, "month": month})


async def _next_nudge(call: Call) -> list[Effect]:
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is Tended.PROPOSED:
        return []
    return [_nudge(call, call.room, row, int(str(call.content["month"])) + 1)]


@ritual(
    name="steward-nudge",
    help="offers a steward, once a month and nobody else, a theme and a time",
    late=_next_nudge,
)
async def nudge(call: Call) -> Effects:
    """A theme that may help, and a tap that looks for a time."""
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is Tended.PROPOSED:
        return []
    month = int(str(call.content["month"]))
    effects: list[Effect] = [_nudge(call, call.room, row, month + 1)]
    if row.state is not Tended.ACTIVE or not await is_in(row.room, row.steward):
        return effects
    other = await name(row.room, row.stewardee)
    text = (
        f"A month has gone by with **{other}**, whose steward you are. If you like, a theme: *{stewards.theme(month - 1)}*\n\n"
        "✅ look for a time together · ✋ not this month"
    )
    return [
        *effects,
        *await asked(
            call,
            row.steward,
            text,
            about=_about(row),
            inquiry="steward-talk",
            until=now_of(call) + PATIENCE,
            data={"stewardship": row.id},
        ),
    ]


@inquiry(
    name="steward-talk",
    options=(YES, Option(sign="✋", word="no", also=(*NO.also, "not this month"))),
)
async def talk_said(call: Call, question: Question, said: str) -> Effects:
    """A time is looked for by both, or it is let be."""
    if said not in (YES.word, NO.word):
        return [Say(text="A word is enough: ✅ look for a time · ✋ not this month.")]
    await question.delete()
    row = await row_of(Stewardship, question.data.get("stewardship"))
    if row is None or row.state is Tended.PROPOSED or said == NO.word:
        return [Say(text="Good: not this month.")]
    return await one_to_ones.begin(
        call,
        (row.steward, row.stewardee),
        circle=row.room,
        occasion=Occasion.STEWARDSHIP,
        subject=_about(row),
        minutes=45,
    )


# --------------------------------------------------------------------------------------- looking at it again


@ritual(name="steward-review", help="asks steward and stewardee after a year whether it goes on")
async def review(call: Call) -> Effects:
    """Both are asked; without the yes of both it is over (R37)."""
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is Tended.PROPOSED:
        return []
    row.state, row.agreed = Tended.REVIEW, []
    await row.save(update_fields=["state", "agreed"])
    until = now_of(call) + PATIENCE
    effects: list[Effect] = [_ring(row, "steward-over", until + timedelta(days=1), "over")]
    for person in (row.steward, row.stewardee):
        other = await name(row.room, row.other(person))
        what = (
            f"**{other}**'s steward"
            if person == row.steward
            else f"with **{other}** as your steward"
        )
        effects += await asked(
            call,
            person,
            f"A year has gone by {'as ' if person == row.steward else ''}{what}. Shall it go on for another? It does when both of "
            "you say so; otherwise it ends here, with thanks.\n\n✅ yes · ✋ no",
            about=_about(row),
            inquiry="steward-again",
            until=until,
            data={"stewardship": row.id},
        )
    return effects


@inquiry(name="steward-again", options=(YES, NO))
async def again_said(call: Call, question: Question, said: str) -> Effects:
    """Another year, or the end of it."""
    if said not in (YES.word, NO.word):
        return [Say(text="A word is enough: ✅ yes · ✋ no.")]
    await question.delete()
    row = await row_of(Stewardship, question.data.get("stewardship"))
    if row is None or row.state is not Tended.REVIEW:
        return [Say(text="That is decided already. Nothing was changed.")]
    space = await Room.get(id=row.room)
    if said == NO.word:
        ended = await _over(call, space, row, but=call.person)
        return [Say(text="Good: it ends here, with thanks, and that needs no reason."), *ended]
    row.agreed = sorted({*row.agreed, call.person})
    if row.other(call.person) not in row.agreed:
        await row.save(update_fields=["agreed"])
        return [
            Say(text="Thank you. It goes on if it is agreed on both sides; you hear of it here.")
        ]
    row.state, row.agreed = Tended.ACTIVE, []
    row.review = stewards.review_day(row.review)
    await row.save()
    at = clock.resolve(datetime.combine(row.review, _HOUR), call.house.zone_of(space))
    effects: list[Effect] = [
        CallOff(about=_about(row), ritual="steward-over"),
        _ring(row, "steward-review", at, "review"),
    ]
    for person in (row.steward, row.stewardee):
        other = await name(row.room, row.other(person))
        text = f"Your stewardship with {other} goes on, until **{clock.long_day(row.review)}**."
        effects += await whispered(
            replace(call, room=space), person, text, about=f"{_about(row)} renewed"
        )
    return effects


@ritual(name="steward-over", help="ends a stewardship that was not renewed by both")
async def over(call: Call) -> Effects:
    """Two weeks after its day of review."""
    row = await row_of(Stewardship, call.content["stewardship"])
    if row is None or row.state is not Tended.REVIEW:
        return []
    return await _over(call, call.room, row)


async def _gone(row: Stewardship) -> list[Effect]:
    """Nothing is asked or waits for it any more."""
    inquiries = ("steward-yes", "steward-talk", "steward-again")
    for question in await Question.filter(inquiry__in=inquiries):
        if question.data.get("stewardship") == row.id:
            await question.delete()
    await row.delete()
    return [CallOff(about=_about(row))]


async def _over(
    call: Call, space: Room, row: Stewardship, *, but: str | None = None
) -> list[Effect]:
    """A stewardship is over: both hear so in the same words, whoever ended it and why (R11)."""
    effects = await _gone(row)
    for person in (row.steward, row.stewardee):
        if person == but or not await is_in(row.room, person):
            continue
        other = await name(row.room, row.other(person))
        text = f"The stewardship with {other} is over, with thanks."
        if person == row.stewardee:
            text += " `steward ask` and a name asks somebody else."
        effects += await whispered(
            replace(call, room=space), person, text, about=f"{_about(row)} over"
        )
    return effects


# ------------------------------------------------------------------------------------------- one's own word


async def _ask(call: Call, said: str) -> list[Effect]:
    """Somebody asks a member of a congregation of theirs to be their steward."""
    said, _, named = said.partition(" in ")
    spaces = await spaces_of(call.person)
    fitting = [each for each in spaces if not named or folded(each.name or "") == folded(named)]
    if not said or len(fitting) != 1:
        raise Refused(
            "Whom would you like as your steward, and in which congregation? For example `steward ask Ana`, or `steward ask Ana in "
            "Lakeside`. Nothing was asked."
        )
    space = fitting[0]
    other = await whom(call, space, said)
    return await _asked_for(call, space, other)


async def _asked_for(call: Call, space: Room, other: str) -> list[Effect]:
    if other == call.person:
        raise Refused("A steward is somebody else. Nothing was asked.")
    called = await name(space.id, other)
    rows = await Stewardship.filter(room=space.id)
    if any(row.steward == call.person and row.stewardee == other for row in rows):
        raise Refused(
            f"You are {called}'s steward, and no two have each other. Nothing was asked; somebody else can be asked."
        )
    if any(row.stewardee == call.person and row.steward == other for row in rows):
        raise Refused(f"{called} is your steward, or is asked already. Nothing was changed.")
    effects = await _proposed(
        call,
        space,
        steward=other,
        stewardee=call.person,
        agreed=(call.person,),
        put=await askings.may_ask(call, other, askings.STEWARD),
    )
    return [Say(text=f"I ask {called}. As soon as it is agreed, you hear of it here."), *effects]


def _deed(said: str) -> tuple[str, str]:
    """What is to be done, and which is meant: as in `can no longer`, `rest ben`, `end in Lakeside`."""
    words = said.split()
    for many in range(4, 0, -1):
        deed = _DEEDS.get(folded(" ".join(words[:many])))
        if deed is not None:
            which = words[many:]
            return deed, " ".join(which[folded(" ".join(which[:1])) in ("with", "for") :])
    return "", ""


async def _meant(call: Call, rows: list[Stewardship], which: str) -> list[Stewardship]:
    """Those with the person and in the congregation that are named, or all."""
    said, where = split(which)
    found = []
    for row in rows:
        if where and not await _is_named(row.room, where):
            continue
        others = await Member.filter(room=row.room, person=row.other(call.person))
        word = folded(said)
        if not said or word == row.other(call.person) or named(others, word.removeprefix("@")):
            found.append(row)
    return found


async def _is_named(room: str, said: str) -> bool:
    space = await Room.get_or_none(id=room)
    return space is not None and folded(space.name or "") == folded(said)


async def _mine(call: Call) -> list[Stewardship]:
    """The sender's own, and what is proposed to them while they have not said no."""
    return [
        row
        for row in await stewardships_of(call.person)
        if row.state is not Tended.PROPOSED
        or call.person in row.agreed
        or await _open_to(row, call.person)
    ]


async def _unclear(call: Call, deed: str, rows: list[Stewardship], *rounds: Tending) -> Refused:
    """More than one could be meant, or none of them is: nothing is changed."""
    lines = []
    for row in rows:
        where = room_name(await Room.get(id=row.room), "your congregation")
        lines.append(f"**{await name(row.room, row.other(call.person))}** in **{where}**")
    for each in rounds:
        where = room_name(await Room.get(id=each.room), "your congregation")
        lines.append(f"the round in **{where}**")
    return Refused(
        f"I am not sure which is meant, so nothing was changed. There is: {', '.join(lines)}. With the name at the end I know, as in "
        f"`steward {deed} ana`, `steward {deed} in Lakeside`{f' or `steward {deed} round`' if rounds else ''}."
    )


async def _rests(call: Call, which: str, before: Tended, after: Tended) -> list[Effect]:
    """Either of the two lets the months rest, or goes on: with one person, or in the one congregation that is named."""
    rows = [row for row in await stewardships_of(call.person) if row.state is before]
    if not rows:
        raise Refused(
            "No stewardship of yours rests just now."
            if after is Tended.ACTIVE
            else "There is none of yours that could rest."
        )
    meant = await _meant(call, rows, which)
    if not meant or (len(meant) > 1 and not split(which)[1]):
        raise await _unclear(call, "rest" if after is Tended.RESTING else "go on", rows)
    for row in meant:
        row.state = after
        await row.save(update_fields=["state"])
    if after is Tended.ACTIVE:
        return [Say(text="Good: it goes on, with a word to the steward each month.")]
    return [
        Say(text="Good: it rests; no month is spoken of until one of you says `steward go on`.")
    ]


async def _can_no_longer(call: Call, which: str) -> list[Effect]:
    """A steward cannot go on, in one congregation: the others hear it kindly, and a host hears that somebody is looked for."""
    all_ = [row for row in await _mine(call) if row.steward == call.person]
    rows = await _meant(call, all_, which)
    if not all_:
        raise Refused("You are nobody's steward just now, so nothing was changed.")
    if not rows or (len({row.room for row in rows}) > 1 and not split(which)[1]):
        raise await _unclear(call, "can no longer", all_)
    effects: list[Effect] = []
    running = [row for row in rows if row.state is not Tended.PROPOSED]
    for row in rows:
        space = await Room.get(id=row.room)
        if row.state is Tended.PROPOSED:
            effects += await _declined(call, space, row)
        else:
            effects += await _over(call, space, row, but=call.person)
    for room in sorted({row.room for row in running}):
        space = await Room.get(id=room)
        count = sum(row.room == room for row in running)
        some = "Somebody looks" if count == 1 else f"{count} people look"
        text = f"{some} for a new steward in **{room_name(space, 'your congregation')}**; `steward list` shows who is whose. `steward round` asks everybody."
        for host in await hosts_of(space, call.house.me):
            if host != call.person:
                effects += await whispered(
                    replace(call, room=space), host, text, about=_about_round(space)
                )
    return [
        Say(
            text="Thank you for having been there. It is over from now on; the others hear so kindly, and no reason is told."
        ),
        *effects,
    ]


async def _ends(call: Call, which: str) -> list[Effect]:
    """Somebody ends one thing of their own: their steward, or taking part in a round; or all in a congregation they name."""
    said, where = split(which)
    all_ = [row for row in await _mine(call) if row.stewardee == call.person]
    rounds_ = await Tending.filter(person=call.person).order_by("id")
    rows = [] if folded(said) == "round" else await _meant(call, all_, which)
    rounds = [each for each in rounds_ if folded(said) in ("", "round")]
    if where:
        rounds = [each for each in rounds if await _is_named(each.room, where)]
    if not all_ and not rounds_:
        raise Refused(
            "You have no steward, so nothing was changed. `steward can no longer` ends being one."
        )
    if not rows + rounds or (len(rows) + len(rounds) > 1 and not where):
        raise await _unclear(call, "end", all_, *rounds_)
    await Tending.filter(id__in=[each.id for each in rounds]).delete()
    effects: list[Effect] = [Say(text="It is over, and that needs no reason.")]
    for row in rows:
        space = await Room.get(id=row.room)
        if row.state is Tended.PROPOSED:
            effects += await _declined(call, space, row)
        else:
            effects += await _over(call, space, row, but=call.person)
    return effects


# -------------------------------------------------------------------------------------------- coming and going


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Where people have stewards a newcomer is asked who invited them: that person is their first (R38)."""
    space = call.room
    if space.kind is not RoomKind.CONGREGATION or not await Stewardship.exists(
        room=space.id, state__in=_RUNNING
    ):
        return []
    if await Stewardship.exists(room=space.id, stewardee=call.person):
        return []
    return await asked(
        replace(call, sender=None),
        call.person,
        f"Welcome to **{room_name(space, 'the congregation')}**. People there have a steward: one named person to turn to. For a "
        "newcomer that is first who invited them. **Who invited you?** A name is enough, and I ask them; ✋ lets it be.",
        about=_about_round(space),
        inquiry="steward-inviter",
        until=now_of(call) + PATIENCE,
        data={"space": space.id},
    )


@inquiry(name="steward-inviter", options=(NO,))
async def inviter_said(call: Call, question: Question, said: str) -> Effects:
    """The newcomer names who invited them; both are to agree, as ever."""
    space = await Room.get_or_none(id=str(question.data["space"]), joined=True)
    if space is None or said == NO.word or not await is_in(space.id, call.person):
        await question.delete()
        return [Say(text="Good. `steward ask` and a name is always open.")]
    try:
        said_of = await whom(call, space, said)
    except Refused as refused:
        return [Say(text=f"{refused} ✋ lets it be.")]
    await question.delete()
    rows = await Stewardship.filter(room=space.id, state__in=_RUNNING)
    first = stewards.first_steward(
        call.person,
        said_of,
        members=await people(space, call.house.me),
        stewards={row.stewardee: row.steward for row in rows},
    )
    if first is None:
        raise Refused(
            "That person cannot be your steward. Nothing was asked; `steward ask` and a name asks somebody else."
        )
    return await _asked_for(call, space, first)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a congregation is nobody's steward there, and has none."""
    return await _without(call, call.room)


async def _without(call: Call, space: Room) -> list[Effect]:
    """End all of the sender's in a congregation; the others hear that it is over."""
    effects: list[Effect] = []
    for row in await stewardships_of(call.person, space.id):
        other = row.other(call.person)
        if row.state is not Tended.PROPOSED:
            effects += await _over(replace(call, sender=None), space, row, but=call.person)
            continue
        effects += await _gone(row)
        if other in row.agreed:
            effects += await _not_about(replace(call, sender=None), space, row, other)
    return effects


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: every stewardship of theirs is over."""
    effects: list[Effect] = []
    for room in sorted({row.room for row in await stewardships_of(call.person)}):
        space = await Room.get_or_none(id=room)
        if space is not None:
            effects += await _without(call, space)
    return effects
