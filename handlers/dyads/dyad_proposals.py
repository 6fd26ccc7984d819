"""A dyad is proposed, answered and taken back: there is none until both have said yes (R31).

What would be asked is read back first. A no, and a silence, reach whoever asked as the same "not this time" (R13). Who
has said no to whom is kept nowhere: what was declined goes at once, and that the same is not asked again for a while is
the mark that was made when it was asked, which nobody can read (handlers/askings.py).
"""

from datetime import datetime, timedelta

from handlers import askings
from handlers.asking import asked, now_of, whispered
from handlers.dyads.dyad_agreements import (
    OPEN,
    PLAIN,
    about,
    agreement_of,
    forget_questions,
    in_place,
    ring_of,
    tell,
    tell_both,
    terms_of,
    today_of,
    write_down,
)
from handlers.dyads.dyad_rhythms import arrange
from handlers.dyads.dyad_rooms import HOME
from handlers.dyads.dyad_terms import review_hour
from handlers.language import (
    DECLINE,
    NO,
    YES,
    Ask,
    Call,
    CallOff,
    Effect,
    Effects,
    Refused,
    Say,
    inquiry,
    ritual,
)
from handlers.names import called, typed
from practices import clock
from practices import dyads as pure
from practices.circles import RoomKind
from practices.dyads import Pace, State, Terms
from storage.database import row_of
from storage.dyads import Dyad, of_two
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

_LATER = timedelta(days=1)

#: Rooms in which two people know each other; the smaller, the nearer.
KNOWN = (RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING, RoomKind.CONGREGATION)


async def propose(call: Call, person: str, terms: Terms) -> list[Effect]:
    """Say back what would be asked; only a yes asks it. Raises Refused for whoever was asked lately (askings.DYAD)."""
    name = await called(person, call.person)
    if await askings.lately(call, person, askings.DYAD):
        raise Refused(
            f"{name} was asked already, within the last half year. They were not asked again; whenever they say `dyad` and your "
            "name, I ask you."
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
    if there is not None:
        return [Say(text="That was asked, or agreed on, meanwhile. Nothing was changed.")]
    return await _asks(call, person, terms)


async def _asks(call: Call, person: str, terms: Terms) -> list[Effect]:
    """Put the question to the other, unless they would have nothing asked by the sender; then it lapses as a silence does."""
    effects: list[Effect] = []
    put = await askings.may_ask(call, person, askings.DYAD)
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
        effects += await _put_to_them(call, there, call.at + OPEN)
    name = await called(person, call.person)
    return [
        *effects,
        ring_of(there, "dyad-over", call.at + OPEN),
        Say(
            text=f"{name} is asked, and has two weeks; no answer is needed. You hear of a yes here. `dyad {typed(name)} take back` "
            "takes it back."
        ),
    ]


async def _put_to_them(call: Call, there: Dyad, until: datetime) -> list[Effect]:
    """Ask whom it is put to, until then."""
    return await asked(
        await in_place(call, there),
        there.asked,
        await _proposal(there) + await askings.way_out(call, there.asked, asker=there.proposer),
        about=about(there),
        inquiry="dyad-asked",
        until=until,
        data={"dyad": there.id},
    )


async def _shared(one: str, other: str) -> str | None:
    """The smallest circle in which two people are, whose clocks are theirs until each has named a zone."""
    both = set(await Member.filter(person=one).values_list("room", flat=True))
    both &= set(await Member.filter(person=other).values_list("room", flat=True))
    rooms = await Room.filter(id__in=list(both), joined=True, kind__in=list(KNOWN))
    ordered = sorted(rooms, key=lambda room: (KNOWN.index(room.kind), room.id))
    return ordered[0].id if ordered else None


async def _proposal(there: Dyad) -> str:
    name = await called(there.proposer, there.asked)
    hello = (
        ""
        if await Room.exists(private_with=there.asked)
        else "Hello. I am Kinkeeper, a program that helps people in your circles to keep in touch.\n\n"
    )
    return (
        f"{hello}**{name}** asks whether you would like to be a dyad: the two of you meet one-to-one, {pure.words(terms_of(there))}, and look "
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
        return [Say(text=PLAIN)]
    await question.delete()
    if there is None or there.state is not State.PROPOSED or there.asked != call.person:
        return [Say(text="That is not asked any more. Nothing was changed.")]
    if said == YES.word:
        return await _accepted(call, there)
    return [
        *await not_this_time(call, there),
        Say(text="Good: not this time, and that needs no reason."),
    ]


async def say_again(call: Call, there: Dyad, person: str) -> list[Effect]:
    """One of the two names the other while a proposal is open: theirs is said again, the other's is asked here."""
    if there.proposer == call.person:
        name = await called(person, call.person)
        return [
            Say(
                text=f"{name} is asked already, and may think about it. `dyad {typed(name)} take back` takes it back."
            )
        ]
    assert there.until is not None
    await forget_questions(there)
    return await _put_to_them(call, there, there.until)


async def not_this_time(call: Call, there: Dyad) -> list[Effect]:
    """A no and a silence reach whoever asked in the same words (R13), and nothing is kept of either."""
    await forget_questions(there)
    await there.delete()
    name = await called(there.asked, there.proposer)
    told = await tell(
        call, there, there.proposer, f"**{name}** and a dyad: not this time.", last=True
    )
    return [CallOff(about=about(there)), *told]


async def take_back(call: Call, there: Dyad) -> list[Effect]:
    """Whoever asked takes it back: nothing is asked any more."""
    await forget_questions(there)
    await there.delete()
    return [
        CallOff(about=about(there)),
        Say(text="Taken back: nothing is asked any more."),
    ]


@ritual(
    name="dyad-over",
    help="ends what one person asked another when its time is over",
)
async def asked_in_vain(call: Call) -> Effects:
    """The time to think is over."""
    there = await row_of(Dyad, call.content.get("dyad"))
    if there is None or there.until is None or there.until > now_of(call):
        return []
    return await not_this_time(call, there) if there.state is State.PROPOSED else []


async def _accepted(call: Call, there: Dyad) -> list[Effect]:
    """The second yes: there is a dyad now, and its first one-to-one is looked for."""
    today = await today_of(call, there)
    stands = pure.accepted(agreement_of(there), call.person, today=today, months=there.months)
    write_down(there, stands)
    there.until = None
    await there.save()
    await askings.lift(call, there.proposer, there.asked, askings.DYAD)
    await forget_questions(there)
    effects: list[Effect] = [CallOff(about=about(there))]
    for person in there.people:
        name = await called(there.other(person), person)
        effects += await whispered(
            await in_place(call, there),
            person,
            f"You and **{name}** are a dyad: {pure.words(terms_of(there))}, until {clock.long_day(there.review)}. `dyad {typed(name)} "
            f"close` ends it at any time.\n\n{HOME} a room of your own, encrypted, with me in it for practices such as listen and "
            "loop; I make it when you both would like one, and you can go without.",
            about=about(there),
            name=about(there),
            taps=(HOME,),
        )
    effects.append(await review_hour(call, there))
    if there.pace is not Pace.NONE:
        effects += await arrange(call, there)
    return effects


async def begun(call: Call, other: str) -> list[Effect]:
    """The sender and another have both said yes elsewhere (R31): they are a dyad with the usual terms, unless they are one."""
    former = await of_two(call.person, other)
    if former is not None and former.state in (State.ACTIVE, State.RESTING, State.REVIEW):
        return await tell_both(
            call,
            former,
            lambda name: (
                f"You and **{name}** are a dyad already, and it goes on as it is. `dyad {typed(name)}` shows it."
            ),
        )
    effects: list[Effect] = []
    if former is not None:
        await forget_questions(former)
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
