"""The Reciprocity Game of a crew or a dyad: off until all consent, off again at one wish, and nobody's business but one's own.

Everybody hears of their own points in private; a crew has one sum, and what goes into that is told in `practices.game`.
It is on only while everybody in the room has agreed. Somebody new is asked in private, and until they say yes nothing is
booked for anybody (R81, read strictly): nobody is told of it, so that a no and a silence are the same to see. What was
held while it rested is not booked later.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.asking import waking_of, whispered, zone_of
from handlers.consent import Voice, hear_voice, put_to_all, standing_words
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.names import fallback, people, room_name
from handlers.reciprocity.bookings import (
    HARMLESS,
    PLAYING,
    all_agreed,
    book,
    cause_of,
    circles_of,
    game_on,
    game_played,
    line_of,
    look_back,
    plainly,
    players,
    total_of,
)
from handlers.reciprocity.claims import ask_respect
from handlers.words import first_word, folded
from practices import clock
from practices import game as rules
from practices.circles import Life, RoomKind
from practices.defaults import PATIENCE
from practices.game import Booked, Case, Circle, Dispute, Event, Exchange, Held, Level
from practices.understanding import NotUnderstood, shown
from storage.bookings import Booking, Claim, Game, Player, digest
from storage.meetings import Meeting, Standing
from storage.members import is_in
from storage.questions import Question
from storage.rooms import Room

OFF = frozenset({"off", "stop", "end", "rest"})


ON = frozenset({"", "on", "start", "play"})


EXPLAINED = (
    "**The Reciprocity Game** is a mirror for how trust grows, and a joke with a serious core.\n\n"
    "- **1 listening**: +1 each when everybody was listened to\n"
    "- **2 money**: +5 for an offer, +5 for an ask, and +1 for both when it was held with respect\n"
    "- **3 steadiness**: +1, +3, then +5 for coming; \N{MINUS SIGN}5 for missing a meeting\n"
    "- **4 repair**: +10 each when a hurt is repaired, \N{MINUS SIGN}20 each when it cannot be\n"
    "- **5 co-owning**: +100 each for something you own together\n\n"
    "Each of you hears your own points and nobody else's. They buy nothing, decide nothing and rank nobody, they stay in "
    "this room, and every level is open at any time."
)


@command(
    name="game",
    help="the Reciprocity Game: what it is, and whether you all want to play; “off” ends it at once",
    example="game",
    kinds=PLAYING | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="off ends it, no reason asked; announced proposes that an absence announced a day ahead books nothing",
        ),
    ),
)
async def game(call: Call, what: str | None) -> Effects:
    """Explain it and ask everybody, or end it."""
    word, rest = first_word(what or "")
    if call.is_private:
        return await _in_private(call, folded(word), rest)
    if folded(word) in OFF:
        return await _off(call, call.room)
    if folded(word) == "announced":
        return await _propose_rule(call)
    if folded(word) not in ON:
        raise NotUnderstood(
            f"I did not understand {shown(word)}. Say game, game off, or game announced."
        )
    if await game_on(call, call.room) is not None:
        return [Say(text=await _standing(call))]
    return await _ask_all(call)


async def _ask_all(call: Call) -> list[Effect]:
    present = await people(call.room, call.house.me)
    if call.room.life is Life.CLOSED:
        raise Refused("This crew has ended, and so has its game. Nothing was changed.")
    if len(present) < 2:  # noqa: PLR2004 - alone there is nothing to give back
        raise Refused(
            "It takes two to play. Nothing was changed; it can begin when somebody else is here."
        )
    return [
        *await _questions_gone(call.room, "Asked again below."),
        await put_to_all(call, "game", _request(call), until=call.at + PATIENCE),
    ]


def _request(call: Call) -> str:
    return (
        f"{EXPLAINED}\n\nIt begins when each of you has said yes; one no, and it stays off. Later any one of you ends it "
        f"with `{call.house.prefix}game off`, and no reason is asked.\n\n✅ yes · ✋ no"
    )


@inquiry(name="game", options=(YES, NO), matter="whether you play the game")
async def agreeing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; begin when all have agreed."""
    message = f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            await _begin(call)
            text = (
                f"All {standing.of} of you have said yes: the game is on. `{call.house.prefix}points` answers you in "
                f"private, and `{call.house.prefix}game off` ends it."
            )
        case Voice.ENDED:
            text = (
                "The game stays off: not everybody wishes it now, and that needs no reason. "
                f"`{call.house.prefix}game` asks again whenever you like."
            )
        case Voice.WAITING:
            text = standing_words(call, call.room, _request(call), standing)
        case Voice.NOTHING:
            return []
    return [Edit(name=message, text=text)]


async def _begin(call: Call) -> None:
    room = call.room
    await Game.update_or_create({"on_since": call.at}, room=room.id)
    await Player.filter(room=room.id).delete()
    present = await people(room, call.house.me)
    await Player.bulk_create(Player(room=room.id, person=person) for person in present)


async def _off(call: Call, room: Room) -> list[Effect]:
    """End it at the wish of one; the room hears that it rests, and nothing else."""
    found = await Game.get_or_none(room=room.id)
    asked = await _questions_gone(room, "The game rests.")
    if (found is None or found.on_since is None) and not asked:
        raise Refused("The game is off already. Nothing was changed.")
    if found is not None:
        found.on_since = None
        await found.save(update_fields=["on_since"])
    await Player.filter(room=room.id).delete()
    claims = await Claim.filter(room=room.id)
    await Claim.filter(room=room.id).delete()
    return [
        *asked,
        *(CallOff(about=f"claim:{claim.id}") for claim in claims),
        Say(text="The game rests.", room=room.id, answers=False),
    ]


async def _questions_gone(room: Room, text: str) -> list[Effect]:
    open_ones = await Question.filter(room=room.id, inquiry__in=["game", "game-rule"])
    await Question.filter(id__in=[each.id for each in open_ones]).delete()
    return [Edit(name=f"question:{each.id}", text=text, room=room.id) for each in open_ones]


async def _in_private(call: Call, word: str, rest: str) -> list[Effect]:
    """What it is, for one person; or end it without showing oneself."""
    if word not in OFF:
        return [
            Say(
                text=f"{EXPLAINED}\n\nA circle begins it in its own room with `{call.house.prefix}game`. `points` tells you "
                "yours; `game off` ends it here, and the room does not learn at whose wish."
            )
        ]
    mine = await circles_of(call)
    named = [room for room in mine if not rest or folded(room.name or "") == folded(rest)]
    if not named:
        raise Refused(
            "You play in no circle of that name. Nothing was changed; `points` lists those where you do."
        )
    if len(named) > 1:
        listed = ", ".join(f"`game off {room_name(room, 'circle')}`" for room in named)
        raise Refused(
            f"You play in more than one circle, so nothing was changed. Say which: {listed}."
        )
    return [
        *await _off(call, named[0]),
        Say(
            text=f"Done: the game rests in **{room_name(named[0], 'your circle')}**. Nobody learns who wished it."
        ),
    ]


async def _standing(call: Call) -> str:
    """What there is to know about a game that is on; nothing of it is anybody's own."""
    found = await game_played(call)
    prefix = call.house.prefix
    absence = "books nothing" if found.announced_free else "counts as any other"
    lines = [
        EXPLAINED,
        f"You play it. An absence announced a day ahead {absence}; `{prefix}game announced` proposes to change that.",
    ]
    following = rules.suggestion(await _used(call.room))
    if following is not None:
        lines.append(_SUGGESTED[following])
    lines.append(
        f"`{prefix}points` answers you in private; `{prefix}game off` ends it, no reason asked."
    )
    return "\n\n".join(lines)


_SUGGESTED = {
    Level.MONEY: "You have listened to each other more than once. A talk about money could be next, if you like.",
    Level.CONSISTENCY: "You have offered and asked more than once. Meeting steadily could be next, if you like.",
    Level.CONFLICT: "You meet steadily. Whenever something hurts between two of you, repairing it is a level, too.",
}


async def _used(room: Room) -> dict[Level, int]:
    """How often the crew used each level that the crew knows of, at the least."""
    used: dict[Level, set[str]] = {}
    longest: dict[Level, int] = {}
    async for each in Booking.filter(room=room.id).exclude(level=Level.CONFLICT):
        level = Level(each.level)
        if each.event is Event.EARLIER and level is not Level.MONEY:
            longest[level] = max(longest.get(level, 0), each.times)
        elif each.event in rules.KNOWN:
            used.setdefault(level, set()).add(each.cause)
    return {level: len(used.get(level, ())) + longest.get(level, 0) for level in Level}


async def _propose_rule(call: Call) -> list[Effect]:
    found = await game_played(call)
    free = not found.announced_free
    return [
        *await _questions_gone(call.room, "Asked again below."),
        await put_to_all(
            call,
            "game-rule",
            _rule_request(free=free),
            until=call.at + PATIENCE,
            data={"free": free},
        ),
    ]


def _rule_request(*, free: bool) -> str:
    points = "book nothing instead of \N{MINUS SIGN}5" if free else "count as any other again"
    return (
        f"Shall an absence that was announced a day ahead {points}, from now on? It holds when each of you has said yes; "
        "one no, and it stays as it is.\n\n✅ yes · ✋ no"
    )


@inquiry(name="game-rule", options=(YES, NO), matter="how the game counts an absence")
async def agreeing_on_rule(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; change the rule when all have agreed."""
    free = bool(question.data["free"])
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            await Game.filter(room=call.room.id).update(announced_free=free)
            what = "books nothing" if free else "counts as any other"
            text = f"All {standing.of} of you have agreed: an absence announced a day ahead {what} from now on."
        case Voice.ENDED:
            text = "Absences count as before."
        case Voice.WAITING:
            text = standing_words(call, call.room, _rule_request(free=free), standing)
        case Voice.NOTHING:
            return []
    return [Edit(name=f"question:{question.id}", text=text)]


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Somebody came into a room that plays: they are asked in private, and the game rests until their yes."""
    return await _ask_newcomer(call, call.person)


@ritual(name="play", help="asks somebody new, in their morning, whether they want to play along")
async def play(call: Call) -> Effects:
    """The night of somebody new is over."""
    return await _ask_newcomer(call, str(call.content["person"]))


async def _ask_newcomer(call: Call, person: str) -> list[Effect]:
    room, now = call.room, call.kept_at or call.at
    found = await Game.get_or_none(room=room.id)
    if found is None or found.on_since is None or room.kind not in PLAYING:
        return []
    if await Player.exists(room=room.id, person=person):
        return []
    if person not in await people(room, call.house.me):
        return []
    waking = await waking_of(call, room, person)
    if waking > now:
        return [
            Ring(
                ritual="play",
                about=f"play:{digest(room.id, person)}",
                at=waking,
                when=waking.isoformat(),
                content={"person": person},
            )
        ]
    for asked in await Question.filter(person=person, inquiry="play"):
        if asked.data["room"] == room.id:
            await asked.delete()
    return [
        Ask(
            inquiry="play",
            private=True,
            person=person,
            until=now + PATIENCE,
            data={"room": room.id},
            text=f"**{room_name(room, 'Your circle')}** plays a game, and it rests until you have agreed to it, too. Nobody is "
            f"told what you answer.\n\n{EXPLAINED}\n\n✅ yes · ✋ no",
        )
    ]


@inquiry(name="play", options=(YES, NO))
async def joining_in(call: Call, question: Question, said: str) -> Effects:
    """Somebody new plays along, or not."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no. Until then the game rests.")]
    await question.delete()
    room = await Room.get_or_none(id=str(question.data["room"]))
    found = await Game.get_or_none(room=room.id) if room else None
    if (
        room is None
        or found is None
        or found.on_since is None
        or not await is_in(room.id, call.person)
    ):
        return [
            Say(
                text="That question has passed: the game is not played there now. Nothing was changed."
            )
        ]
    if said == NO.word:
        return [
            Say(
                text="Then it rests, and nobody is told why. "
                f"`{call.house.prefix}game` in the room asks everybody, whenever you like."
            )
        ]
    await Player.get_or_create(room=room.id, person=call.person)
    await _resumed(call, room, found)
    return [
        Say(
            text="Good: you play along, and your first meeting from here is your first. `points` tells you yours, and "
            "`game off` ends it, no reason asked."
        )
    ]


async def _resumed(call: Call, room: Room, found: Game) -> None:
    """Once everybody has agreed again it is on from this moment; what was held meanwhile is not booked."""
    if await all_agreed(room, await people(room, call.house.me)):
        found.on_since = call.at
        await found.save(update_fields=["on_since"])


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Somebody went: their consent goes with them, their own history stays theirs (Q11)."""
    room, person = call.room, call.person
    found = await Game.get_or_none(room=room.id)
    if found is None:
        return []
    played = await Player.filter(room=room.id, person=person).delete()
    await Claim.filter(room=room.id, person=person).delete()
    if found.on_since is not None and not played:
        await _resumed(call, room, found)
    return []


async def circle_listened(
    call: Call, room: Room, people: Collection[str], about: str
) -> list[Effect]:
    """Book level 1: everybody in `people` was in the circle and has said that everybody was listened to (R82).

    `about` names the sitting, such as "session:12". Several circles in one meeting book once (Q3).
    """
    found = await game_on(call, room)
    if found is None:
        return []
    present = await players(call, room, people)
    cause = await cause_of(room, call.at) or about
    await book(
        room,
        found,
        rules.listened(Circle(cause=cause, at=call.at, present=present, confirmed=present)),
    )
    return []


async def exchange(
    call: Call,
    room: Room,
    *,
    about: str,
    offered: Collection[str] = (),
    asked: Collection[str] = (),
    pairs: Collection[tuple[str, str]] = (),
) -> list[Effect]:
    """Book level 2 for those who offered or asked, and ask each of every pair, in private, about respect (R83, Q4).

    `about` names the sitting, such as "session:12"; within a day of a meeting's beginning that meeting counts instead.
    """
    found = await game_on(call, room)
    if found is None:
        return []
    cause = await cause_of(room, call.at) or about
    told = Exchange(
        cause=cause,
        at=call.at,
        offered=await players(call, room, offered),
        asked=await players(call, room, asked),
    )
    await book(room, found, rules.exchanged(told))
    effects: list[Effect] = []
    for pair in pairs:
        both = await players(call, room, pair)
        if len(both) == len({"the one", "the other"}):
            effects += await ask_respect(call, room, found, cause, sorted(both))
    return effects


async def meeting_held(
    call: Call,
    room: Room,
    meeting: Meeting,
    came: Collection[str],
    absent: Collection[str],
    announced_absent: Collection[str],
) -> list[Effect]:
    """Book level 3 for a meeting that took place, and tell each person their own change (R84, R90, CREW-6).

    Called again when a record is corrected: the bookings follow the newest record, and nobody is told twice for one
    meeting. What lies ahead, was skipped, or began before all had agreed to play books nothing.
    """
    found = await game_on(call, room)
    if found is None or found.on_since is None or meeting.standing is Standing.SKIPPED:
        return []
    if not found.on_since <= meeting.at <= (call.kept_at or call.at):
        return []
    record = Held(
        cause=f"meeting:{meeting.id}",
        at=meeting.at,
        came=await players(call, room, came),
        absent=await players(call, room, absent),
        announced=await players(call, room, announced_absent),
    )
    first = not await Booking.exists(room=room.id, cause=record.cause, level=Level.CONSISTENCY)
    await _recorded(room, found, record)
    if not first:
        return []
    took_part = record.came | record.absent | record.announced
    words = [
        effect
        for person in sorted(took_part)
        for effect in await _own_change(call, room, meeting, person)
    ]
    return words + await _summed(call, room, found, len(took_part))


async def _recorded(room: Room, found: Game, record: Held) -> None:
    """Make the bookings of one meeting follow its record, and those of later meetings follow them."""
    bookings = rules.held(record, {}, announced_free=found.announced_free)
    rows = {
        row.person: row
        async for row in Booking.filter(room=room.id, cause=record.cause, level=Level.CONSISTENCY)
    }
    concerned = {booked.person for booked in bookings} | set(rows)
    before = await _steady_sum(room, concerned)
    for person in set(rows) - {booked.person for booked in bookings}:
        await rows[person].delete()
    for booked in bookings:
        row = rows.get(booked.person)
        if row is not None and row.event is not booked.event:
            row.event, row.dispute = booked.event, Dispute.NONE
            await row.save(update_fields=["event", "dispute"])
    pending = found.pending
    await book(room, found, bookings)
    for person in concerned:
        await _recount(room, person)
    found.pending = pending + await _steady_sum(room, concerned) - before
    await found.save(update_fields=["pending"])


async def _recount(room: Room, person: str) -> None:
    """The first, the second and every later meeting of one person, in the order in which they were held."""
    rows = Booking.filter(room=room.id, person=person, level=Level.CONSISTENCY)
    earlier = await rows.filter(event=Event.EARLIER).first()
    live = await rows.exclude(event=Event.EARLIER).order_by("at", "id")
    counted = rules.consistency([row.event for row in live], earlier.times if earlier else 0)
    for row, worth in zip(live, counted, strict=True):
        if row.points != worth:
            row.points = worth
            await row.save(update_fields=["points"])


async def _steady_sum(room: Room, concerned: Iterable[str]) -> int:
    """What level 3 of some people is to the crew's sum."""
    rows = Booking.filter(room=room.id, person__in=list(concerned), level=Level.CONSISTENCY)
    return sum([row.points async for row in rows if rules.in_sum(row.event, row.dispute)])


async def _own_change(call: Call, room: Room, meeting: Meeting, person: str) -> list[Effect]:
    """One private word about what was booked for a person since the last one; nobody else's is in it."""
    rows = await Booking.filter(room=room.id, person=person).order_by("at", "number")
    fresh = [row for row in rows if not row.told]
    if not fresh:
        return []
    await Booking.filter(id__in=[row.id for row in fresh]).update(told=True)
    zone = await zone_of(call, person, room)
    when = clock.short_words(meeting.at, ZoneInfo(meeting.zone))
    head = (
        f"**{room_name(room, 'Your circle')}**, {when}: your change in the game is "
        f"**{rules.signed(total_of(fresh))}**, which makes {plainly(total_of(rows))}."
    )
    text = "\n".join(
        [
            head,
            "",
            *[f"- {await line_of(row, zone)}" for row in fresh],
            "",
            f"{HARMLESS} `dispute {fresh[-1].number}` takes one back, and no reason is asked.",
        ]
    )
    there, about = replace(call, room=room), f"game:{room.id}"[:64]
    return await whispered(there, person, text, about=about, dispensable=True)


async def _summed(call: Call, room: Room, found: Game, took_part: int) -> list[Effect]:
    """Move the crew's sum, if so many took part that it shows nobody's own; below nought, propose to look back (Q9)."""
    if took_part < rules.SUM_NEEDS or room.kind is not RoomKind.CREW:
        return []
    before = found.total or 0
    found.total, found.pending = before + found.pending, 0
    await found.save(update_fields=["total", "pending"])
    if found.total < 0 <= before:
        return [Say(text=look_back(call), room=room.id, answers=False)]
    return []


async def repaired(call: Call, room: Room, case: Case) -> list[Effect]:
    """Book level 4 for a case that all its parties confirm at the follow-up (R86, Q7); only they see it, and only if they look."""
    return await _conflict(call, room, case, rules.repaired)


async def unresolved(call: Call, room: Room, case: Case) -> list[Effect]:
    """Book level 4 for a case that is declared unresolved (R86, Q6); only its parties see it, and only if they look."""
    return await _conflict(call, room, case, rules.unresolved)


async def _conflict(
    call: Call,
    room: Room,
    case: Case,
    rule: Callable[[Case, datetime, Iterable[Booked]], list[Booked]],
) -> list[Effect]:
    found = await game_on(call, room)
    if found is None or await players(call, room, case.parties) != case.parties:
        return []
    rows = Booking.filter(room=room.id, level=Level.CONFLICT).exclude(event=Event.EARLIER)
    former = [
        Booked(
            person=row.person,
            event=row.event,
            points=row.points,
            cause=row.cause,
            at=row.at,
            others=tuple(row.others),
        )
        async for row in rows
    ]
    await book(room, found, rule(case, call.kept_at or call.at, former))
    return []


async def kept_of(person: str) -> dict[str, object]:
    """What the game holds about a person, for `export` (Q11): plain values that JSON can hold."""
    rooms = dict(await Room.all().values_list("id", "name"))
    return {
        "plays_in": [each.room for each in await Player.filter(person=person)],
        "bookings": [
            {
                "number": row.number or None,
                "room": rooms.get(row.room),
                "level": row.level,
                "what": row.event.value,
                "points": row.points,
                "when": row.at.isoformat(),
                "dispute": row.dispute.value,
                "with": [fallback(other) for other in row.others],
                "about": row.about,
                "stands_for": row.times,
            }
            for row in await Booking.filter(person=person).order_by("at", "id")
        ],
        "to_confirm": [
            {
                "what": claim.event.value,
                "room": rooms.get(claim.room),
                "about": claim.about,
                "you_confirmed": claim.agreed,
                "until": claim.until.isoformat(),
            }
            for claim in await Claim.filter(person=person)
        ],
    }
