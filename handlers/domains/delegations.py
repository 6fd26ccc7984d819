"""How a domain is given and accepted, changed, renewed and returned: by the consent of both its circles (DEC-5, R132).

The circle in which something is proposed is asked first, then the other; one no in either, and all stays as it is. Only a
return needs no more than one of them. A congregation has agreed when all have, or on a day that is said beforehand, if enough
wished it and nobody said no.
"""

from dataclasses import replace
from datetime import date, timedelta

from handlers.asking import now_of
from handlers.consent import (
    SECONDERS,
    Standing,
    Voice,
    hear_voice,
    is_whole,
    nowhere_to_ask,
    standing_words,
    ten_o_clock,
)
from handlers.domains import notices, returns
from handlers.domains.cards import (
    called,
    card_of,
    giver_name,
    giver_of,
    holder_name,
    links,
    morning,
    room_of,
    title,
    wanted_of,
    zone_of,
)
from handlers.domains.copies import copied, read_back
from handlers.domains.pending import (
    INQUIRIES,
    OFFER,
    RENEWAL,
    about,
    about_offer,
    asked_about,
    asked_no_more,
    data,
    no_words,
    questions,
    questions_closed,
    wants,
    words,
)
from handlers.language import (
    CHANGE,
    NO,
    YES,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import people
from practices import cards, clock
from practices.cards import Card
from storage.database import row_of
from storage.domains import Deed, Domain, Matter, Side, Stage
from storage.questions import Question
from storage.rooms import Room

#: Before the evaluation: when both links are reminded, and when both circles are asked.
REMIND = timedelta(days=28)
ASK = timedelta(days=21)

#: After a lost database, so long it may take until all rooms are found again.
FOUND_AGAIN = timedelta(hours=1)

NOT_AS_IT_IS = Option(sign="✋", word="not as it is", also=("no", "n", "not now", "❌", "👎"))
RENEWAL_SIGNS = (YES.sign, CHANGE.sign, NOT_AS_IT_IS.sign)


async def put(call: Call, domain: Domain, deed: Deed, card: Card, side: Side) -> list[Effect]:
    """Ask the circle of the sender; the other follows when it has agreed. A newer question takes the place of an older.

    Raises Refused where a circle has no room to be asked in.
    """
    for each in (side, side.other):
        if await room_of(domain, each) is None:
            raise await _nowhere(call, domain, each)
    effects = await questions_closed(domain, "Asked again below.")
    await wants(domain, deed, card, by=call.person)
    return [CallOff(about=about_offer(domain)), *effects, *await _ask(call, domain, side)]


async def _nowhere(call: Call, domain: Domain, side: Side) -> Refused:
    giver = await giver_of(domain)
    if side is Side.HOLDER or giver is None:
        return Refused("I look after only one of the two circles any more, so nothing was asked.")
    return Refused(nowhere_to_ask(call, giver))


async def _ask(call: Call, domain: Domain, side: Side) -> list[Effect]:
    """Put it to one circle; whoever proposes it and is there has said yes by that."""
    room = await room_of(domain, side)
    if room is None:
        over = await _over(call, domain)
        return [*over, Say(text=str(await _nowhere(call, domain, side)))]
    present = await people(room, call.house.me)
    if present == [domain.asked_by]:
        return await _said_yes(call, domain, side)
    days = timedelta(days=int(meetings.setting(room, "invitation-days")))
    until = ten_o_clock(now_of(call) + days, zone_of(call, room))
    own = {domain.asked_by: YES.word} if domain.asked_by in present else {}
    standing = Standing(Voice.WAITING, len(own), len(present))
    question = await Question.create(
        room=room.id,
        inquiry=OFFER,
        data=data(domain, side, clock.wall(until, zone_of(call, room)).date()),
        answers=own,
        # It outlives its day, so that a late hour still finds it.
        until=until + days,
    )
    asking = Say(
        text=standing_words(
            call, room, await words(call, domain, side, question), standing, proposing=bool(own)
        ),
        room=room.id,
        name=f"question:{question.id}",
        taps=(YES.sign, NO.sign),
        answers=False,
    )
    day = Ring(
        ritual="domain-day",
        about=about_offer(domain),
        at=until,
        when=str(question.id),
        room=domain.room,
        content={"domain": domain.id, "question": question.id, "side": side.value},
    )
    told: list[Effect] = []
    if call.room.id != room.id:
        told = [Say(text=f"I have put it to {called(room)}, where they are asked now.")]
    return [asking, day, *told]


@inquiry(name=OFFER, options=(YES, NO), matter="what is asked about a domain")
async def agreeing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices of one circle."""
    domain = await asked_about(question)
    if domain is None:
        return await _gone(question)
    return await _heard(call, domain, question, said)


@inquiry(
    name=RENEWAL, options=(YES, CHANGE, NOT_AS_IT_IS), matter="whether a domain goes on as it is"
)
async def renewing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices of one circle about whether a domain goes on as it is."""
    domain = await asked_about(question)
    if domain is None:
        return await _gone(question)
    if said == CHANGE.word:
        prefix, called_ = call.house.prefix, card_of(domain).name
        return [
            Say(
                text=f"In other words it can go on, too: `{prefix}domain {called_} change limits: …; until …` asks both "
                "circles about your words instead."
            )
        ]
    return await _heard(call, domain, question, NO.word if said == NOT_AS_IT_IS.word else said)


async def _gone(question: Question) -> Effects:
    await question.delete()
    text = "Nothing is asked about that any more; all is as it was."
    return [Edit(name=f"question:{question.id}", text=text, room=question.room)]


async def _heard(call: Call, domain: Domain, question: Question, said: str) -> list[Effect]:
    side, message = Side(str(question.data["side"])), f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            text = f"{title(domain)}: all {standing.of} of you have said yes."
            return [Edit(name=message, text=text), *await _said_yes(call, domain, side)]
        case Voice.ENDED:
            return [Edit(name=message, text=await no_words(domain)), *await _said_no(call, domain)]
        case Voice.WAITING:
            text = await words(call, domain, side, question)
            return [Edit(name=message, text=standing_words(call, call.room, text, standing))]
        case Voice.NOTHING:
            return []


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever was waited for has left: it is for those who stay, and they may all have agreed."""
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry__in=list(INQUIRIES)):
        domain = await asked_about(question)
        size = await is_whole(call, question)
        if domain is None or not size:
            continue
        await question.delete()
        text = f"{title(domain)}: all {size} of you have said yes."
        effects.append(Edit(name=f"question:{question.id}", text=text, room=question.room))
        effects += await _said_yes(call, domain, Side(str(question.data["side"])))
    return effects


@watch(kind=Change.ARRIVED)
async def moved(call: Call) -> Effects:
    """A circle has moved to another room: what named the old one names the new one, and what is asked is said there again."""
    old, effects = call.room.predecessor, list[Effect]()
    if old is None:
        return []
    given = await Domain.filter(giver=old).values_list("room", flat=True)
    await Domain.filter(giver=old).update(giver=call.room.id)
    await Matter.filter(came_from=old).update(came_from=call.room.id)
    own = [call.room.id] if await Domain.exists(room=call.room.id) else []
    for holder in dict.fromkeys([*own, *map(str, given)]):
        effects += await copied(call, holder)
    here = await people(call.room, call.house.me)
    for question in await Question.filter(room=call.room.id, inquiry__in=list(INQUIRIES)):
        domain = await asked_about(question)
        if domain is None:
            continue
        agreed = sum(person in question.answers for person in here)
        standing = Standing(Voice.WAITING, agreed, len(here))
        text = await words(call, domain, Side(str(question.data["side"])), question)
        signs = (YES.sign, NO.sign) if question.inquiry == OFFER else RENEWAL_SIGNS
        effects.append(
            Say(
                text=standing_words(call, call.room, text, standing),
                name=f"question:{question.id}",
                taps=signs,
                answers=False,
            )
        )
    return effects


@watch(kind=Change.REBUILT)
async def rebuilt(call: Call) -> Effects:
    """The database was lost, and the room itself kept a copy of what its circle holds: it holds again, until its day.

    What was asked about it is lost; on a day that has passed meanwhile it is asked, or ends, once both circles are found again.
    """
    effects: list[Effect] = []
    for domain in await read_back(call):
        if domain.stage is Stage.ACTIVE:
            effects += [*await hours(call, domain), *await _missed(call, domain)]
    return effects


async def _missed(call: Call, domain: Domain) -> list[Effect]:
    """The hour that a domain missed, a little later."""
    day, holder, now = card_of(domain).until, await room_of(domain, Side.HOLDER), now_of(call)
    if day is None or morning(call, holder, day - ASK) > now:
        return []
    name = "domain-ends" if morning(call, holder, day) <= now else "domain-evaluation"
    return [
        Ring(
            ritual=name,
            about=about(domain),
            at=now + FOUND_AGAIN,
            when=f"{day.isoformat()} again",
            room=domain.room,
            content={"domain": domain.id, "until": day.isoformat()},
        )
    ]


@ritual(
    name="domain-day",
    help="ends the days in which a circle is asked about a domain; a congregation has agreed if somebody wished it and "
    "nobody said no",
)
async def day(call: Call) -> Effects:
    """The day of what is asked about a domain has come."""
    domain = await row_of(Domain, call.content["domain"])
    question = await row_of(Question, call.content["question"])
    if domain is None or domain.deed is None:
        return []
    side = Side(str(call.content["side"]))
    if question is None:
        # Its room was lost, and with it the question.
        return [] if domain.agreed(side) else await _said_no(call, domain)
    await question.delete()
    message = f"question:{question.id}"
    if side is Side.GIVER and await by_silence(call, domain, question):
        text = f"{title(domain)}: you have agreed, since nobody has said no."
        agreed = await _said_yes(call, domain, side)
        return [Edit(name=message, text=text, room=question.room), *agreed]
    text = f"{title(domain)}: all stays as it is. Whoever likes it can propose it again."
    return [
        Edit(name=message, text=text, room=question.room),
        *await _said_no(call, domain),
    ]


async def by_silence(call: Call, domain: Domain, question: Question) -> bool:
    """Whether enough of a congregation wish something that nobody disagreed with."""
    room = await Room.get_or_none(id=question.room)
    present = await people(room, call.house.me) if room else []
    yes = [one for one in present if one in question.answers and one != domain.asked_by]
    return len(yes) >= SECONDERS + (not domain.asked_by)


async def _said_yes(call: Call, domain: Domain, side: Side) -> list[Effect]:
    """One circle has agreed: the other is asked, or both have and it holds."""
    if side is Side.HOLDER:
        domain.holder_agreed = True
    else:
        domain.giver_agreed = True
    await domain.save()
    over = CallOff(about=about_offer(domain))
    if domain.deed is Deed.RETURN:
        return [over, *await returns.ended(call, domain, "")]
    if domain.agreed(side.other):
        return [over, *await settled(call, domain)]
    if await questions(domain):
        return []
    return [over, *await _ask(call, domain, side.other)]


async def _said_no(call: Call, domain: Domain) -> list[Effect]:
    """One circle does not wish it now: it is over in both, and a circle that had agreed is told."""
    text = await no_words(domain)
    effects: list[Effect] = [CallOff(about=about_offer(domain))]
    for side in Side:
        room = await room_of(domain, side) if domain.agreed(side) else None
        if room is not None:
            effects.append(Say(text=text, room=room.id, answers=False))
    return [*effects, *await questions_closed(domain, text), *await _over(call, domain)]


async def _over(call: Call, domain: Domain) -> list[Effect]:
    """Nothing is asked any more. A domain that never held is gone; one whose day is near is asked about as it is."""
    deed = domain.deed
    if domain.stage is Stage.PROPOSED:
        await domain.delete()
        return []
    await asked_no_more(domain)
    near = card_of(domain).until
    if deed in (Deed.CHANGE, Deed.RETURN) and domain.stage is Stage.ACTIVE and near is not None:
        holder = await room_of(domain, Side.HOLDER)
        if morning(call, holder, near) - ASK <= now_of(call):
            return await ask_renewal(call, domain)
    return []


async def ask_renewal(call: Call, domain: Domain) -> list[Effect]:
    """Ask both circles at once whether a domain goes on as it is."""
    card = card_of(domain)
    assert card.until is not None
    holder = await room_of(domain, Side.HOLDER)
    end = morning(call, holder, card.until)
    await wants(
        domain,
        Deed.RENEW,
        replace_day(card, cards.default_day(card.until)),
        by="",
    )
    effects: list[Effect] = []
    for side in Side:
        room = await room_of(domain, side)
        if room is None:
            continue
        nobody = Standing(Voice.WAITING, 0, len(await people(room, call.house.me)))
        question = await Question.create(
            room=room.id,
            inquiry=RENEWAL,
            data=data(domain, side, card.until),
            until=end + timedelta(days=1),
        )
        effects.append(
            Say(
                text=standing_words(call, room, await words(call, domain, side, question), nobody),
                room=room.id,
                name=f"question:{question.id}",
                taps=RENEWAL_SIGNS,
                answers=False,
            )
        )
    return effects


async def settled(call: Call, domain: Domain) -> list[Effect]:
    """Both circles have agreed."""
    now, deed, card = now_of(call), domain.deed, wanted_of(domain)
    today = clock.wall(now, zone_of(call, await room_of(domain, Side.HOLDER))).date()
    if card.until is None or card.until <= today:
        card = replace_day(card, cards.default_day(today))  # so long it was talked about
    if domain.stage is not Stage.ACTIVE:
        domain.began_at = now
    domain.card, domain.stage, domain.ended_at = cards.as_state(card), Stage.ACTIVE, None
    await asked_no_more(domain)
    effects = [CallOff(about=about(domain)), *await hours(call, domain)]
    for side in Side:
        room = await room_of(domain, side)
        if room is not None:
            text = await _settled_words(call, domain, deed, side)
            effects.append(Say(text=text, room=room.id, answers=False))
    return [*effects, *await copied(call, domain.room)]


async def _settled_words(call: Call, domain: Domain, deed: Deed | None, side: Side) -> str:
    holder, card = await holder_name(domain), card_of(domain)
    day = clock.long_day(card.until) if card.until else ""
    show = f"`{call.house.prefix}domain {card.name}` shows its card."
    if deed is Deed.CHANGE:
        return f"The card of {title(domain)} has changed, with the yes of both circles. {show}"
    again = "again " if deed is Deed.RENEW else ""
    said = f"{title(domain)} is {again}a domain of {holder}, with the yes of both circles, until {day}. {show}"
    if side in await links(domain):
        return said
    across = await giver_name(domain) if side is Side.HOLDER else holder
    return (
        f"{said}\n\nNext: who speaks for you in {across}? `{call.house.prefix}representative {card.name}` and a name asks "
        "them first, and then all of you."
    )


async def hours(call: Call, domain: Domain) -> list[Effect]:
    """The hours of a domain that holds: its links are reminded, both circles asked, and on the day it ends or goes on."""
    day = card_of(domain).until
    holder = await room_of(domain, Side.HOLDER)
    if day is None:
        return []
    rings = {
        "domain-soon": morning(call, holder, day - REMIND),
        "domain-evaluation": morning(call, holder, day - ASK),
        "domain-ends": morning(call, holder, day),
    }
    ahead: list[Effect] = [
        Ring(
            ritual=kept,
            about=about(domain),
            at=at,
            when=day.isoformat(),
            room=domain.room,
            content={"domain": domain.id, "until": day.isoformat()},
        )
        for kept, at in rings.items()
        if at > now_of(call)
    ]
    return [*ahead, notices.monthly(call, domain, zone_of(call, holder))]


def replace_day(card: Card, day: date) -> Card:
    """The same card with another day of evaluation."""
    return replace(card, until=day)
