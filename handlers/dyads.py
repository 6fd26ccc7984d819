"""Dyads: two people agree to meet one-to-one, keep to a rhythm, look at it again, and end it as easily (DYAD-1).

All of it is between each of them and the private chat. There is none until both have said yes (R31); a no, and a silence,
reach whoever asked as the same "not this time" (R13); either lets it rest or ends it alone, in one act, and the other
hears only that it is so (R11). Its day of review is there from the beginning (R16). It belongs to no circle, and goes on
when a crew ends.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from handlers import askings, meetings, one_to_ones
from handlers.asking import asked, now_of, whispered, zone_of
from handlers.language import (
    DECLINE,
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    MakeRoom,
    Option,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.names import called
from handlers.whom import named
from handlers.words import escaped, folded, sign
from practices import clock
from practices import dyads as pure
from practices.circles import RoomKind
from practices.dyads import Agreement, Ended, Kind, Occasion, Pace, State, Terms
from practices.understanding import NotUnderstood, shown
from storage.database import row_of
from storage.dyads import Dyad, OneToOne, met_of_two, of_person, of_two
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

#: So long whoever is asked may think about it.
OPEN = timedelta(days=14)

#: Whoever has not answered a review is asked once more after so long.
ONCE_MORE = timedelta(days=7)

#: So long whoever asked sees that it was not this time.
REMEMBERED = askings.DYAD.rests

#: After so many one-to-ones that came to nothing the dyad rests.
MOST_UNMET = 2

HOME = "🏠"
CLOSE = Option(
    sign="👋", word="close", also=("no", "n", "end", "stop", "close it", "✋", "❌", "👎")
)

_TEN = time(10)
_LATER = timedelta(days=1)
_KNOWN = (RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING, RoomKind.CONGREGATION)

CLOSING = frozenset({"close", "end", "leave", "over", "stop"})
RESTING = frozenset({"rest", "pause", "sleep"})
WAKING = frozenset({"wake", "resume", "again", "go on"})
MEETING = frozenset({"meet", "now", "talk", "next", "one-to-one"})
SIGNALLING = frozenset({"signal", "half time", "halftime"})
ROOMING = frozenset({"room", "a room"})
BACK = frozenset({"take back", "takeback", "cancel", "withdraw"})

_ACTS = (CLOSING, RESTING, WAKING, MEETING, SIGNALLING, ROOMING, BACK)
_PLAIN = "A yes or a no is enough: ✅ yes · ✋ not this time."


def about(dyad: Dyad) -> str:
    """What its hours belong to; the room in name in which they wait."""
    return f"dyad:{dyad.id}"


def _terms(dyad: Dyad) -> Terms:
    return Terms(dyad.pace, dyad.minutes, dyad.months)


def _agreement(dyad: Dyad) -> Agreement:
    return Agreement(dyad.people, dyad.review, dyad.state, frozenset(dyad.agreed))


def _put(dyad: Dyad, stands: Agreement) -> None:
    """Write down where it stands now."""
    dyad.state, dyad.review, dyad.agreed = stands.state, stands.review, sorted(stands.agreed)


async def _here(call: Call, dyad: Dyad) -> Call:
    """The same call in the place of a dyad: its clocks count, and what waits for a morning is kept apart from any circle."""
    return replace(call, room=await one_to_ones.place(about(dyad), dyad), thread=None)


async def _today(call: Call, dyad: Dyad) -> date:
    return clock.wall(now_of(call), (await _here(call, dyad)).circle_zone).date()


def _ring(dyad: Dyad, named_: str, at: datetime, **content: object) -> Ring:
    return Ring(
        ritual=named_,
        about=about(dyad),
        at=at,
        when=at.isoformat(),
        room=about(dyad),
        content={"dyad": dyad.id, **content},
    )


async def _tell(
    call: Call, dyad: Dyad, person: str, text: str, *, last: bool = False
) -> list[Effect]:
    """A private word about a dyad; a last one outlives it."""
    whose = "dyads" if last else about(dyad)
    return await whispered(await _here(call, dyad), person, text, about=whose)


async def _forget_questions(dyad: Dyad) -> None:
    for question in await Question.filter(person__in=dyad.people, inquiry__startswith="dyad-"):
        if question.data.get("dyad") == dyad.id:
            await question.delete()


# --------------------------------------------------------------------------------------- what is said


@command(
    name="dyad",
    aliases=("dyads", "partner", "partners"),
    help="ask somebody to meet with you regularly, two and two; see your dyads, let one rest, end it",
    example="dyad ben",
    kinds=frozenset({RoomKind.PRIVATE}),
    instead="In our private chat `dyad` and a name asks somebody, without anybody else hearing of it.",
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing to see yours; a name, with how often, how long and until when as you like: “ben weekly 45 minutes "
            "for 3 months”; or a name and “meet”, “signal”, “room”, “rest”, “wake”, “close”",
        ),
    ),
)
async def dyad(call: Call, what: str | None) -> Effects:
    """One's own dyads, or a new one."""
    if not what:
        return [Say(text=await _listed(call))]
    person, rest = await _meant(call, what)
    there = await of_two(call.person, person)
    if folded(rest) and any(folded(rest) in each for each in _ACTS):
        return await _act(call, there, person, folded(rest))
    if there is None or there.state in (State.DECLINED, State.CLOSED):
        return await _to_propose(call, there, person, pure.read_terms(rest))
    if there.state is State.PROPOSED:
        return await _of_proposal(call, there, person)
    if rest:
        return await _other_terms(call, there, pure.read_terms(rest, _terms(there)))
    return [Say(text=await _shown(call, there), name=about(there), taps=_taps(there))]


async def _meant(call: Call, what: str) -> tuple[str, str]:
    """Who is meant by the words at the beginning, and what else was said. Raises Refused."""
    words = what.split()
    known = await _known(call)
    for many in range(len(words), 0, -1):
        found = named(known, folded(" ".join(words[:many])).removeprefix("@"))
        if not found and many == 1:
            found = sorted({each.person for each in known if each.person == words[0]})
        if len(found) > 1:
            raise Refused(
                f"More than one person you know is called {escaped(shown(' '.join(words[:many])))}. Nobody was asked; the whole "
                "name, or an id such as @ben:example.org, says who is meant."
            )
        if found:
            return found[0], " ".join(words[many:])
    raise Refused(
        f"I know nobody by the name {escaped(shown(what))} in a circle that you are both in, so nobody was asked. A dyad begins "
        "between people who share a crew, a congregation or another room that I look after."
    )


async def _known(call: Call) -> list[Member]:
    """The people with whom the sender shares a circle, and those with whom they have a dyad already."""
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    rooms = await Room.filter(id__in=list(mine), joined=True, kind__in=list(_KNOWN))
    partners = [each.other(call.person) for each in await of_person(call.person)]
    found = await Member.filter(room__in=[room.id for room in rooms])
    found += await Member.filter(person__in=partners)
    # Also whoever is in no room of ours any more: a dyad can be ended whoever the other is (R11).
    found += [Member(room="", person=each) for each in partners]
    return [each for each in found if each.person not in (call.person, call.house.me)]


async def _act(call: Call, there: Dyad | None, person: str, said: str) -> list[Effect]:
    """A word about a dyad that there is."""
    mine = there is not None and there.state is State.PROPOSED and there.proposer == call.person
    if there is not None and mine and said in BACK | CLOSING:
        return await _taken_back(call, there)
    if there is None or there.state in (State.PROPOSED, State.DECLINED, State.CLOSED):
        raise Refused(
            f"You have no dyad with {await called(person, call.person)}, so nothing was changed. "
            "`dyad` and the name alone asks them."
        )
    if said in CLOSING:
        return await close(call, there)
    if said in RESTING:
        return await _to_rest(call, there)
    if said in WAKING:
        return await _to_wake(call, there)
    if said in SIGNALLING:
        return await _signal(call, there)
    if said in ROOMING:
        return await _room(call, there)
    if said in MEETING:
        return await _meet(call, there)
    raise Refused(
        "That has begun already, so there is nothing to take back. `dyad` shows what works."
    )


async def _listed(call: Call) -> str:
    mine = [each for each in await of_person(call.person) if each.state is not State.CLOSED]
    # What others have asked is listed until it is declined, but for what was not put to the sender at all.
    mine = [
        each
        for each in mine
        if each.proposer == call.person
        or each.state not in (State.DECLINED, State.PROPOSED)
        or (
            each.state is State.PROPOSED
            and not await askings.excludes(call, call.person, each.proposer)
        )
    ]
    if not mine:
        return (
            "You have no dyad yet. It is two people who meet one-to-one, usually once a month, and look at it again after half "
            "a year.\n\nNext: `dyad ben` asks Ben, if you share a circle; only Ben hears of it."
        )
    lines = [
        f"- **{await called(each.other(call.person), call.person)}**: {await _stands(call, each)}"
        for each in mine
    ]
    return "\n".join(lines) + "\n\n`dyad` and a name shows more, and what you can do."


async def _stands(call: Call, there: Dyad) -> str:
    """Where one dyad stands, for one of the two."""
    match there.state:
        case State.PROPOSED if there.proposer == call.person:
            return "asked; the answer is theirs"
        case State.PROPOSED:
            return "asks you"
        case State.DECLINED:
            return "not this time"
        case State.RESTING:
            return "rests"
        case State.REVIEW:
            return "at its review: does it go on?"
        case _:
            kind = "" if there.kind is Kind.PARTNERS else f"{there.kind.value}, "
            return f"{kind}{pure.words(_terms(there))}; until {clock.long_day(there.review)}"


async def _shown(call: Call, there: Dyad) -> str:
    other = there.other(call.person)
    name = await called(other, call.person)
    since = there.review - timedelta(days=31 * there.months)
    days = [day for day in await met_of_two(call.person, other) if day >= since]
    met = (
        "You have not met yet."
        if not days
        else f"You met {_times(len(days))}, last on {clock.long_day(days[0])}."
    )
    lines = [f"**{name}** – {await _stands(call, there)}. {met}"]
    ahead = await OneToOne.filter(room=about(there)).first()
    if ahead is not None and ahead.at is not None:
        zone = await zone_of(call, call.person, (await _here(call, there)).room)
        lines.append(
            f"Your next one-to-one: **{clock.short_words(ahead.at, zone)}**. `one-to-one` changes it."
        )
    word = _word(name)
    if there.state is State.RESTING:
        acts = f"`dyad {word} wake` asks whether you go on; `dyad {word} close` ends it."
    else:
        acts = (
            f"`dyad {word} meet` looks for a time now, `dyad {word} weekly` proposes another rhythm, `dyad {word} signal` is for half "
            f"time, `dyad {word} rest` lets it rest, `dyad {word} close` ends it."
        )
    if _taps(there):
        lines.append(f"{HOME} a room of your own")
    return "\n\n".join([*lines, acts])


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _word(name: str) -> str:
    """A name as it can be typed behind a command; one that needs marks is left out."""
    first = name.split(maxsplit=1)[0] if name.split() else ""
    return first.casefold() if first.isalnum() else "…"


def _taps(there: Dyad) -> tuple[str, ...]:
    offers = there.home is None and there.state is State.ACTIVE and there.kind is Kind.PARTNERS
    return (HOME,) if offers else ()


# ------------------------------------------------------------------------------------------- proposing


async def _to_propose(call: Call, former: Dyad | None, person: str, terms: Terms) -> list[Effect]:
    """Say back what would be asked; only a yes asks it."""
    name = await called(person, call.person)
    if former is not None and former.state is State.DECLINED and former.proposer == call.person:
        raise Refused(
            f"{name} was asked already: not this time. They were not asked again; whenever they say `dyad` and your name, I ask you."
        )
    await askings.check(call, [person], askings.DYAD)
    return [_right(call, person, terms, name)]


def _right(call: Call, person: str, terms: Terms, name: str) -> Ask:
    day = clock.long_day(pure.review_day(call.at.date(), terms.months))
    return Ask(
        inquiry="dyad-right",
        text=f"I would ask **{name}**: a dyad with you, {pure.words(terms)}, until you both look at it again on **{day}**. "
        f"Nobody else hears of it.\n\n✅ ask {name} · ✋ leave it\n\n*Other words change it, such as “weekly”, “45 minutes” or "
        "“for 3 months”.*",
        until=call.at + _LATER,
        data={
            "with": person,
            "pace": terms.pace.value,
            "minutes": terms.minutes,
            "months": terms.months,
        },
        person=call.person,
        private=True,
    )


@inquiry(name="dyad-right", options=(YES, NO), takes_words=True, begun=True)
async def right(call: Call, question: Question, said: str) -> Effects:
    """A yes asks; other words change what is asked."""
    person = str(question.data["with"])
    terms = Terms(
        Pace(str(question.data["pace"])),
        int(str(question.data["minutes"])),
        int(str(question.data["months"])),
    )
    if said == NO.word:
        await question.delete()
        return [Say(text="Nobody was asked.")]
    name = await called(person, call.person)
    if said != YES.word:
        changed = pure.read_terms(said, terms)
        await question.delete()
        return [_right(call, person, changed, name)]
    await question.delete()
    there = await of_two(call.person, person)
    if there is not None and there.state is State.PROPOSED and there.asked == call.person:
        return await _accepted(call, there)
    if there is not None and there.state is not State.DECLINED:
        return [Say(text="That was asked, or agreed on, meanwhile. Nothing was changed.")]
    return await _asks(call, there, person, terms)


async def _asks(call: Call, former: Dyad | None, person: str, terms: Terms) -> list[Effect]:
    """Put the question to the other; what they once declined is forgotten, now that they are the one who asks."""
    effects: list[Effect] = []
    put = await askings.may_ask(call, person, askings.DYAD)
    if former is not None:
        effects.append(CallOff(about=about(former)))
        await former.delete()
    stands = pure.proposed(call.person, person, today=call.at.date(), months=terms.months)
    there = await Dyad.create(
        proposer=call.person,
        asked=person,
        circle=await _shared(call.person, person),
        review=stands.review,
        agreed=sorted(stands.agreed),
        months=terms.months,
        pace=terms.pace,
        minutes=terms.minutes,
        until=call.at + OPEN,
    )
    if put:
        effects += await asked(
            await _here(call, there),
            person,
            await _proposal(there),
            about=about(there),
            inquiry="dyad-asked",
            until=call.at + OPEN,
            data={"dyad": there.id},
        )
    name = await called(person, call.person)
    return [
        *effects,
        _ring(there, "dyad-over", call.at + OPEN),
        Say(
            text=f"{name} is asked, and has two weeks; no answer is needed. You hear of a yes here. `dyad {_word(name)} take back` "
            "takes it back."
        ),
    ]


async def _shared(one: str, other: str) -> str | None:
    """The smallest circle in which two people are, whose clocks are theirs until each has named a zone."""
    both = set(await Member.filter(person=one).values_list("room", flat=True))
    both &= set(await Member.filter(person=other).values_list("room", flat=True))
    rooms = await Room.filter(id__in=list(both), joined=True, kind__in=list(_KNOWN))
    ordered = sorted(rooms, key=lambda room: (_KNOWN.index(room.kind), room.id))
    return ordered[0].id if ordered else None


async def _proposal(there: Dyad) -> str:
    name = await called(there.proposer, there.asked)
    hello = (
        ""
        if await Room.exists(private_with=there.asked)
        else "Hello. I am Kinkeeper, a program that helps people in your circles to keep in touch.\n\n"
    )
    return (
        f"{hello}**{name}** asks whether you would like to be a dyad: the two of you meet one-to-one, {pure.words(_terms(there))}, and look "
        f"at it again on {clock.long_day(there.review)}. Either of you can end it at any time with one word. What you say to each "
        f"other is not kept.\n\n✅ yes · ✋ not this time\n\n*Not this time needs no reason, and {name} hears no more than that.*"
    )


@inquiry(
    name="dyad-asked",
    options=(
        YES,
        DECLINE,
    ),
    late="That was asked a while ago, and is over. `dyad` and a name asks anew.",
)
async def proposal_answered(call: Call, question: Question, said: str) -> Effects:
    """Both have said yes, or it is not this time."""
    there = await row_of(Dyad, question.data.get("dyad"))
    if said not in (YES.word, NO.word):
        return [Say(text=_PLAIN)]
    await question.delete()
    if there is None or there.state is not State.PROPOSED or there.asked != call.person:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    if said == YES.word:
        return await _accepted(call, there)
    return [
        *await _not_this_time(call, there),
        Say(text="Good: not this time, and that needs no reason."),
    ]


async def _of_proposal(call: Call, there: Dyad, person: str) -> list[Effect]:
    """One of the two names the other while a proposal is open: theirs is said again, the other's is asked here."""
    if there.proposer == call.person:
        name = await called(person, call.person)
        return [
            Say(
                text=f"{name} is asked already, and may think about it. `dyad {_word(name)} take back` takes it back."
            )
        ]
    assert there.until is not None
    await _forget_questions(there)
    return await asked(
        await _here(call, there),
        call.person,
        await _proposal(there),
        about=about(there),
        inquiry="dyad-asked",
        until=there.until,
        data={"dyad": there.id},
    )


async def _not_this_time(call: Call, there: Dyad) -> list[Effect]:
    """A no and a silence reach whoever asked in the same words (R13), and are remembered so that they do not ask again."""
    _put(there, pure.declined(_agreement(there), there.asked))
    there.until = now_of(call) + REMEMBERED
    await there.save()
    await _forget_questions(there)
    name = await called(there.asked, there.proposer)
    told = await _tell(
        call, there, there.proposer, f"**{name}** and a dyad: not this time.", last=True
    )
    return [CallOff(about=about(there)), _ring(there, "dyad-over", there.until), *told]


async def _taken_back(call: Call, there: Dyad) -> list[Effect]:
    await _forget_questions(there)
    await there.delete()
    return [
        CallOff(about=about(there)),
        Say(text="Taken back: nothing is asked any more."),
    ]


@ritual(
    name="dyad-over",
    help="ends what one person asked another when its time is over, and forgets what was declined long ago",
)
async def asked_in_vain(call: Call) -> Effects:
    """The time to think is over; or the time in which the same is not asked again."""
    there = await row_of(Dyad, call.content.get("dyad"))
    if there is None or there.until is None or there.until > now_of(call):
        return []
    if there.state is State.PROPOSED:
        return await _not_this_time(call, there)
    if there.state is State.DECLINED:
        await there.delete()
    return []


async def _accepted(call: Call, there: Dyad) -> list[Effect]:
    """The second yes: there is a dyad now, and its first one-to-one is looked for."""
    today = await _today(call, there)
    stands = pure.accepted(_agreement(there), call.person, today=today, months=there.months)
    _put(there, stands)
    there.until = None
    await there.save()
    await askings.lift(call, there.proposer, there.asked, askings.DYAD)
    await _forget_questions(there)
    effects: list[Effect] = [CallOff(about=about(there))]
    for person in there.people:
        name = await called(there.other(person), person)
        effects += await whispered(
            await _here(call, there),
            person,
            f"You and **{name}** are a dyad: {pure.words(_terms(there))}, until {clock.long_day(there.review)}. `dyad {_word(name)} "
            f"close` ends it at any time.\n\n{HOME} a room of your own, encrypted, with me in it for practices such as listen and "
            "loop; I make it when you both would like one, and you can go without.",
            about=about(there),
            name=about(there),
            taps=(HOME,),
        )
    effects.append(await _review_hour(call, there))
    if there.pace is not Pace.NONE:
        effects += await _begin(call, there)
    return effects


async def begun(call: Call, other: str) -> list[Effect]:
    """The sender and another have both said yes elsewhere (R31): they are a dyad with the usual terms, unless they are one."""
    former = await of_two(call.person, other)
    if former is not None and former.state in (State.ACTIVE, State.RESTING, State.REVIEW):
        effects: list[Effect] = []
        for person in former.people:
            name = await called(former.other(person), person)
            text = f"You and **{name}** are a dyad already, and it goes on as it is. `dyad {_word(name)}` shows it."
            effects += await _tell(call, former, person, text)
        return effects
    effects = []
    if former is not None:
        await _forget_questions(former)
        await former.delete()
        effects.append(CallOff(about=about(former)))
    today = clock.wall(now_of(call), call.circle_zone).date()
    stands = pure.proposed(other, call.person, today=today, months=pure.TERMS.months)
    there = await Dyad.create(
        proposer=other,
        asked=call.person,
        circle=await _shared(other, call.person),
        review=stands.review,
        agreed=sorted(stands.agreed),
        months=pure.TERMS.months,
        pace=pure.TERMS.pace,
        minutes=pure.TERMS.minutes,
    )
    return [*effects, *await _accepted(call, there)]


# ------------------------------------------------------------------------------------- its one-to-ones


async def _begin(call: Call, there: Dyad) -> list[Effect]:
    there.began = await _today(call, there)
    await there.save(update_fields=["began"])
    return await one_to_ones.begin(
        call,
        there.people,
        circle=about(there),
        occasion=Occasion.DYAD,
        subject=str(there.id),
        minutes=there.minutes,
        signals=there.signals,
    )


async def _morning(call: Call, there: Dyad, day: date) -> datetime:
    zone: ZoneInfo = (await _here(call, there)).circle_zone
    return clock.resolve(datetime.combine(day, _TEN), zone)


async def _next_hour(call: Call, there: Dyad) -> list[Effect]:
    """When the next one-to-one is begun: by the rhythm from the last one, but never before tomorrow."""
    today = await _today(call, there)
    last, times = there.began or today, 1
    day = pure.following(there.pace, last, times)
    while day is not None and day <= today:
        times += 1
        day = pure.following(there.pace, last, times)
    if day is None:
        return []
    return [
        CallOff(about=about(there), ritual="dyad-next"),
        _ring(there, "dyad-next", await _morning(call, there, day)),
    ]


@ritual(name="dyad-next", help="begins the next one-to-one of a dyad in its rhythm")
async def next_one(call: Call) -> Effects:
    """It is due; unless they rest, or meet already."""
    there = await row_of(Dyad, call.content.get("dyad"))
    if there is None or there.state is not State.ACTIVE:
        return []
    if await OneToOne.exists(room=about(there)):
        return []  # its end plans the next one
    return await _begin(call, there)


async def _followed(call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
    """One is over: the next is planned; after two that came to nothing the dyad rests."""
    there = await row_of(Dyad, one.subject)
    if there is None or there.state is not State.ACTIVE:
        return []
    there.signals = [each for each in one.signals if each in there.people]
    there.unmet = there.unmet + 1 if ended is Ended.RESTED else 0
    if there.unmet < MOST_UNMET:
        await there.save()
        return await _next_hour(call, there)
    _put(there, pure.rested(_agreement(there), there.proposer))
    there.unmet = 0
    await there.save()
    effects: list[Effect] = []
    for person in there.people:
        name = await called(there.other(person), person)
        effects += await _tell(
            call,
            there,
            person,
            f"Your dyad with **{name}** rests for now, and I ask nothing. `dyad {_word(name)} wake` takes it up again.",
        )
    return effects


one_to_ones.FOLLOWS[Occasion.DYAD] = _followed


async def _meet(call: Call, there: Dyad) -> list[Effect]:
    """One of the two would like to meet now, whatever the rhythm says."""
    if there.state is not State.ACTIVE:
        raise Refused(
            "It does not run just now, so no time was looked for. `dyad` and the name with “wake” takes it up again."
        )
    if await OneToOne.exists(room=about(there)):
        raise Refused("Your next one-to-one is on its way already; `one-to-one` shows it.")
    return await _begin(call, there)


async def _signal(call: Call, there: Dyad) -> list[Effect]:
    """The signal at half time, for this one-to-one and those after it."""
    wants = call.person not in there.signals
    there.signals = sorted({*there.signals} ^ {call.person})
    await there.save(update_fields=["signals"])
    for one in await OneToOne.filter(room=about(there)):
        signals = {*one.signals} - {call.person}
        one.signals = sorted(signals | {call.person} if wants else signals)
        await one.save(update_fields=["signals"])
    if wants:
        return [Say(text=f"Good: after {there.minutes // 2} minutes I signal half time to you.")]
    return [Say(text="Good: no signal at half time.")]


# ------------------------------------------------------------------------------------- other terms


async def _other_terms(call: Call, there: Dyad, terms: Terms) -> list[Effect]:
    """What one of the two would like otherwise is asked of the other."""
    if there.state is not State.ACTIVE:
        raise Refused(
            "It does not run just now, so nothing was proposed. `dyad` and the name with “wake” takes it up again."
        )
    other = there.other(call.person)
    if terms == _terms(there):
        return [Say(text=f"That is how it is: {pure.words(terms)}. Nothing was changed.")]
    until = (
        f" for {terms.months} months from the day you agree" if terms.months != there.months else ""
    )
    mine = await called(call.person, other)
    put = await askings.may_ask(call, other, askings.TERMS)
    for question in await Question.filter(person=other, inquiry="dyad-terms"):
        if question.data.get("dyad") == there.id:
            await question.delete()
    effects = (
        []
        if not put
        else await asked(
            await _here(call, there),
            other,
            f"**{mine}** proposes for your dyad: {pure.words(terms)}{until}. Until now: {pure.words(_terms(there))}.\n\n"
            "✅ yes · ✋ not this time",
            about=about(there),
            inquiry="dyad-terms",
            until=call.at + OPEN,
            data={
                "dyad": there.id,
                "pace": terms.pace.value,
                "minutes": terms.minutes,
                "months": terms.months,
            },
        )
    )
    name = await called(other, call.person)
    return [
        *effects,
        Say(text=f"I ask {name}: {pure.words(terms)}{until}. Until then all stays as it is."),
    ]


@inquiry(
    name="dyad-terms",
    options=(
        YES,
        DECLINE,
    ),
    late="That was proposed a while ago. Nothing was changed; `dyad` shows how it is.",
)
async def terms_answered(call: Call, question: Question, said: str) -> Effects:
    """Both have agreed on other terms, or all stays."""
    there = await row_of(Dyad, question.data.get("dyad"))
    if said not in (YES.word, NO.word):
        return [Say(text=_PLAIN)]
    await question.delete()
    if there is None or there.state is not State.ACTIVE or call.person not in there.people:
        return [Say(text="That dyad does not run any more. Nothing was changed.")]
    other = there.other(call.person)
    name, mine = await called(other, call.person), await called(call.person, other)
    if said == NO.word:
        told = await _tell(
            call,
            there,
            other,
            f"Other terms for your dyad with **{mine}**: not this time. It goes on as it is.",
        )
        return [Say(text="Good: it goes on as it is."), *told]
    months = int(str(question.data["months"]))
    effects: list[Effect] = []
    await askings.lift(call, other, call.person, askings.TERMS)
    if months != there.months:
        there.months, there.review = months, pure.review_day(await _today(call, there), months)
        effects.append(CallOff(about=about(there), ritual="dyad-review"))
        effects.append(await _review_hour(call, there))
    there.pace, there.minutes = Pace(str(question.data["pace"])), int(str(question.data["minutes"]))
    await there.save()
    for one in await OneToOne.filter(room=about(there), at__isnull=True):
        one.minutes = there.minutes
        await one.save(update_fields=["minutes"])
    words = f"{pure.words(_terms(there))}, until {clock.long_day(there.review)}"
    effects += [
        CallOff(about=about(there), ritual="dyad-next"),
        Say(text=f"Agreed with {name}: {words}."),
        *await _tell(call, there, other, f"Agreed with **{mine}**: {words}."),
    ]
    if not await OneToOne.exists(room=about(there)):
        effects += await _next_hour(call, there)
    return effects


# -------------------------------------------------------------------------------------- rest and waking


async def _to_rest(call: Call, there: Dyad) -> list[Effect]:
    """Either lets it rest alone; what was being arranged is given up."""
    if there.state is not State.ACTIVE:
        raise Refused(
            "It does not run just now, so nothing was changed. `dyad` shows how it stands."
        )
    _put(there, pure.rested(_agreement(there), call.person))
    await there.save()
    await _forget_questions(there)
    other = there.other(call.person)
    mine = await called(call.person, other)
    return [
        CallOff(about=about(there), ritual="dyad-next"),
        *await one_to_ones.end_of(call, about(there)),
        Say(
            text="It rests, and I ask nothing until one of you wakes it: `dyad` and the name with “wake”."
        ),
        *await _tell(
            call,
            there,
            other,
            f"Your dyad with **{mine}** rests for now, with what was being arranged. `dyad {_word(mine)} wake` would take it up again.",
        ),
    ]


async def _to_wake(call: Call, there: Dyad) -> list[Effect]:
    """It goes on when both would: one yes is asked of the other."""
    if there.state is not State.RESTING:
        raise Refused("It does not rest, so nothing was changed. `dyad` shows how it stands.")
    stands = pure.woken(_agreement(there), call.person)
    other = there.other(call.person)
    name = await called(other, call.person)
    if call.person in there.agreed and await askings.lately(call, other, askings.WAKE):
        return [Say(text=f"{name} is asked already; as soon as they would, too, it goes on.")]
    put = stands.state is not State.ACTIVE and await askings.may_ask(call, other, askings.WAKE)
    _put(there, stands)
    await there.save()
    if stands.state is State.ACTIVE:
        return await _awake(call, there)
    mine = await called(call.person, other)
    asks: list[Effect] = (
        []
        if not put
        else await asked(
            await _here(call, there),
            other,
            f"**{mine}** would take up your dyad again: {pure.words(_terms(there))}.\n\n✅ yes · ✋ not this time",
            about=about(there),
            inquiry="dyad-wake",
            until=call.at + OPEN,
            data={"dyad": there.id},
        )
    )
    return [
        *asks,
        Say(text=f"I ask {name}; as soon as they would, too, it goes on."),
    ]


@inquiry(
    name="dyad-wake",
    options=(
        YES,
        DECLINE,
    ),
    late="That was asked a while ago. Nothing was changed; `dyad` and the name with “wake” asks anew.",
)
async def wake_answered(call: Call, question: Question, said: str) -> Effects:
    """Both would, or it rests on."""
    there = await row_of(Dyad, question.data.get("dyad"))
    if said not in (YES.word, NO.word):
        return [Say(text=_PLAIN)]
    await question.delete()
    if there is None or there.state is not State.RESTING or call.person not in there.people:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    other = there.other(call.person)
    if said == NO.word:
        there.agreed = []
        await there.save(update_fields=["agreed"])
        mine = await called(call.person, other)
        told = await _tell(
            call, there, other, f"Your dyad with **{mine}**: not this time. It rests on."
        )
        return [Say(text="Good: it rests on."), *told]
    stands = pure.woken(_agreement(there), call.person)
    _put(there, stands)
    await there.save()
    if stands.state is not State.ACTIVE:
        return [Say(text="Noted. It goes on as soon as you have both said so.")]
    return await _awake(call, there)


async def _awake(call: Call, there: Dyad) -> list[Effect]:
    """Both would: it goes on, and a one-to-one is looked for."""
    for one, other in (there.people, there.people[::-1]):
        await askings.lift(call, one, other, askings.WAKE)
    await _forget_questions(there)
    effects: list[Effect] = []
    for person in there.people:
        name = await called(there.other(person), person)
        effects += await _tell(
            call, there, person, f"Your dyad with **{name}** goes on: {pure.words(_terms(there))}."
        )
    if there.pace is not Pace.NONE and not await OneToOne.exists(room=about(there)):
        effects += await _begin(call, there)
    return effects


# ----------------------------------------------------------------------------------------- the review


async def _review_hour(call: Call, there: Dyad) -> Ring:
    return _ring(there, "dyad-review", await _morning(call, there, there.review))


@ritual(
    name="dyad-review",
    help="asks both of a dyad on its day of review whether it goes on, and once more a week later",
)
async def review(call: Call) -> Effects:
    """The day that was agreed on at its beginning (R16)."""
    there = await row_of(Dyad, call.content.get("dyad"))
    if there is None:
        return []
    again, now = bool(call.content.get("again")), now_of(call)
    if not again:
        stands = pure.due(_agreement(there), await _today(call, there))
        if stands.state is not State.REVIEW or there.state is State.REVIEW:
            return []
        await _forget_questions(there)
        _put(there, stands)
        there.until = now + OPEN
        await there.save()
    if there.state is not State.REVIEW or there.until is None:
        return []
    effects: list[Effect] = []
    for person in there.people:
        if person not in there.agreed:
            effects += await _ask_review(call, there, person)
    if again:
        return effects
    return [
        *effects,
        _ring(there, "dyad-review", now + ONCE_MORE, again=True),
        _ring(there, "dyad-lapse", there.until),
    ]


async def _ask_review(call: Call, there: Dyad, person: str) -> list[Effect]:
    assert there.until is not None
    for question in await Question.filter(person=person, inquiry="dyad-review"):
        if question.data.get("dyad") == there.id:
            await question.delete()
    name = await called(there.other(person), person)
    last = clock.wall(
        there.until, await zone_of(call, person, (await _here(call, there)).room)
    ).date()
    months = "month" if there.months == 1 else f"{there.months} months"
    return await asked(
        await _here(call, there),
        person,
        f"Your dyad with **{name}** has come to its day. Another {months}, {pure.words(_terms(there))}? It goes on when you both say "
        f"so by {clock.long_day(last)}, and is over otherwise; that needs no reason.\n\n✅ go on · 👋 close",
        about=about(there),
        inquiry="dyad-review",
        until=there.until,
        data={"dyad": there.id},
    )


@inquiry(
    name="dyad-review",
    options=(Option(sign=YES.sign, word=YES.word, also=(*YES.also, "go on", "renew")), CLOSE),
    late="That dyad is over. `dyad` and a name asks anew.",
)
async def review_answered(call: Call, question: Question, said: str) -> Effects:
    """It goes on when both say so; one word ends it."""
    there = await row_of(Dyad, question.data.get("dyad"))
    if said not in (YES.word, CLOSE.word):
        return [Say(text="A word is enough: ✅ go on · 👋 close.")]
    await question.delete()
    if there is None or there.state is not State.REVIEW or call.person not in there.people:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    if said == CLOSE.word:
        return await close(call, there)
    today = await _today(call, there)
    stands = pure.accepted(_agreement(there), call.person, today=today, months=there.months)
    _put(there, stands)
    await there.save()
    if stands.state is not State.ACTIVE:
        return [Say(text="Noted. It goes on as soon as you have both said so.")]
    there.until = None
    await there.save()
    effects: list[Effect] = [
        CallOff(about=about(there), ritual="dyad-review"),
        CallOff(about=about(there), ritual="dyad-lapse"),
        await _review_hour(call, there),
    ]
    for person in there.people:
        name = await called(there.other(person), person)
        effects += await _tell(
            call,
            there,
            person,
            f"Your dyad with **{name}** goes on until {clock.long_day(there.review)}.",
        )
    if not await OneToOne.exists(room=about(there)):
        effects += await _next_hour(call, there)
    return effects


@ritual(name="dyad-lapse", help="ends a dyad that was not renewed by both in its time")
async def lapse(call: Call) -> Effects:
    """Nobody learns who was silent: both hear the same."""
    there = await row_of(Dyad, call.content.get("dyad"))
    if there is None or there.state is not State.REVIEW:
        return []
    effects: list[Effect] = []
    for person in there.people:
        name = await called(there.other(person), person)
        text = f"Your dyad with **{name}** has reached its day and is over. `dyad {_word(name)}` would ask anew."
        effects += await _tell(call, there, person, text, last=True)
    return [*await _gone(call, there), *effects]


# -------------------------------------------------------------------------------------------- the end


async def close(call: Call, there: Dyad) -> list[Effect]:
    """Either ends it in one act; the other hears only that it is over (R11)."""
    other = there.other(call.person)
    mine = await called(call.person, other)
    told = await _tell(call, there, other, f"Your dyad with **{mine}** is over.", last=True)
    home = " Your room stays yours; in your app you can leave it." if there.home else ""
    return [
        *await _gone(call, there),
        Say(text=f"Done: your dyad with {await called(other, call.person)} is over.{home}"),
        *told,
    ]


async def _gone(call: Call, there: Dyad) -> list[Effect]:
    """Nothing is kept of the agreement."""
    await _forget_questions(there)
    await there.delete()
    return [CallOff(about=about(there)), *await one_to_ones.end_of(call, about(there))]


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: their dyads are over for the others, and what they asked is not asked any more."""
    effects: list[Effect] = []
    for there in await of_person(call.person):
        other = there.other(call.person)
        if there.state in (State.ACTIVE, State.RESTING, State.REVIEW):
            mine = await called(call.person, other)
            effects += await _tell(
                call, there, other, f"Your dyad with **{mine}** is over.", last=True
            )
        elif there.state is State.PROPOSED and there.asked == call.person:
            effects += await _not_this_time(call, there)
        effects += await _gone(call, there)
    return effects


# ------------------------------------------------------------------------------------ a room of their own


@tap(prefix="dyad", labels={"[make|have] [us] a room of our|your own": HOME, "[a] room": HOME})
async def tapped(call: Call, subject: str, said: str) -> Effects:
    """🏠 under a dyad."""
    if sign(said) != sign(HOME):
        raise NotUnderstood(f"Under that message {HOME} means a room of your own.")
    there = await row_of(Dyad, subject)
    if there is None or call.person not in there.people:
        return [Say(text="That dyad is over. Nothing was changed.")]
    return await _room(call, there)


async def _room(call: Call, there: Dyad) -> list[Effect]:
    """One of the two would like a room; it is made when both would."""
    if there.state is not State.ACTIVE:
        raise Refused("It does not run just now, so no room was made. `dyad` shows how it stands.")
    if there.home is not None:
        room = await Room.get_or_none(id=there.home)
        if room is not None and room.joined:
            raise Refused(
                "You have a room of your own already; it is among the rooms in your app. No other was made."
            )
    other = there.other(call.person)
    name = await called(other, call.person)
    there.rooming = sorted({*there.rooming, call.person})
    await there.save()
    if set(there.rooming) < set(there.people):
        return [
            Say(
                text=f"Noted: a room of your own. I make it as soon as {name} would like one, too; you can say so to each other. "
                "Without one your one-to-ones go on just the same."
            )
        ]
    names = sorted([await called(each, call.person) for each in there.people], key=str.casefold)
    return [
        MakeRoom(
            name=" and ".join(each.replace("\\", "") for each in names),
            about=_room_about(there),
            kind=RoomKind.DYAD,
            invite=there.people,
            content={"dyad": there.id},
        ),
        Say(
            text="You both would like a room of your own. I make it now; the invitation comes in your app."
        ),
    ]


def _room_about(there: Dyad) -> str:
    """What a room is made for: another one than the first, when that one is gone."""
    gone = there.home and blake2b(there.home.encode(), digest_size=8).hexdigest()
    return f"{about(there)}:{gone}" if gone else about(there)


async def _of_room(call: Call) -> Dyad | None:
    """The dyad whose room was made, or refused."""
    kind, _, number = str(call.content.get("about", "")).partition(":")
    return await row_of(Dyad, number.partition(":")[0]) if kind == "dyad" else None


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The room of a dyad is there."""
    there = await _of_room(call)
    if there is None:
        return []
    room = call.room
    room.zone = (await _here(call, there)).room.zone or call.house.zone
    room.adopted_at, room.noticed_size = call.at, len(there.people)
    await room.save()
    there.home, there.rooming = room.id, []
    await there.save()
    return [
        meetings.circle_state(room),
        Say(
            text=f"This room is yours: equal powers, and what you say here I do not keep. `{call.house.prefix}practice` shows what can "
            "be done by two, such as listen and loop; you can do it in a call or in writing. Each of you can leave at any time, and "
            f"`{call.house.prefix}release` sends me away."
        ),
    ]


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused: both hear what works instead."""
    there = await _of_room(call)
    if there is None:
        return []
    there.rooming = []
    await there.save(update_fields=["rooming"])
    effects: list[Effect] = []
    for person in there.people:
        name = await called(there.other(person), person)
        effects += await _tell(
            call,
            there,
            person,
            f"I could not make the room for you and {name}: the server did not let me. Nothing else was changed. `dyad {_word(name)} "
            f"room` tries again when you both say so; or make a room in your app, invite me, and say `{call.house.prefix}adopt` there.",
        )
    return effects
