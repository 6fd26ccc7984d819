"""What the two circles of a domain are asked about it just now: the rows behind the question, and its words (DEC-5).

One thing is asked about a domain at a time. Whoever is asked reads the whole of it, what other card speaks of the same, and
when their circle has agreed; nobody is named for what they said.
"""

from datetime import date

from handlers.domains.cards import (
    active,
    card_lines,
    card_of,
    giver_name,
    giver_of,
    held,
    holder_name,
    title,
    wanted_of,
)
from handlers.language import Call, Edit, Effect
from handlers.names import name
from handlers.words import escaped
from practices import cards, clock, domains
from practices.cards import Card
from storage.database import row_of
from storage.domains import Deed, Domain, Side, Stage
from storage.questions import Question

#: A question about anything but a renewal that the day brings, and that one.
OFFER, RENEWAL = "domain", "domain-renewal"
INQUIRIES = (OFFER, RENEWAL)

#: So many words are named that another card has, too.
MOST_SHARED = 5


def about(domain: Domain) -> str:
    """What the hours of a domain that holds belong to."""
    return f"domain:{domain.id}"


def about_offer(domain: Domain) -> str:
    """What the day belongs to on which something that is asked about a domain is decided."""
    return f"domain-offer:{domain.id}"


async def wants(domain: Domain, deed: Deed, card: Card, *, by: str) -> None:
    """From now on this is asked about a domain; neither circle has said yes yet. `by` is "" where the day asks."""
    domain.deed, domain.wanted, domain.asked_by = deed, cards.as_state(card), by
    domain.holder_agreed = domain.giver_agreed = False
    await domain.save()


async def asked_no_more(domain: Domain) -> None:
    """Nothing is asked about a domain any more."""
    domain.deed, domain.wanted, domain.asked_by = None, None, ""
    domain.holder_agreed = domain.giver_agreed = False
    await domain.save()


async def questions(domain: Domain) -> list[Question]:
    """What is asked about a domain just now."""
    asked = await Question.filter(inquiry__in=list(INQUIRIES))
    return [each for each in asked if each.data.get("domain") == domain.id]


async def questions_closed(domain: Domain, why: str) -> list[Effect]:
    """Every question about a domain is over, and says why."""
    effects: list[Effect] = []
    for question in await questions(domain):
        await question.delete()
        effects.append(Edit(name=f"question:{question.id}", text=why, room=question.room))
    return effects


async def asked_about(question: Question) -> Domain | None:
    """The domain that a question is about; None when nothing is asked about it any more."""
    domain = await row_of(Domain, question.data.get("domain"))
    return domain if domain is not None and domain.deed is not None else None


def data(domain: Domain, side: Side, day: date) -> dict[str, object]:
    """What a question about a domain needs to go on: never a person, who may ask to be forgotten."""
    return {"domain": domain.id, "side": side.value, "day": day.isoformat()}


# ------------------------------------------------------------------------------------------- in words


async def _proposal(call: Call, domain: Domain, side: Side, question: Question) -> str:
    """The question as its room sees it."""
    parts = [await _head(call, domain, side, question.room), await _matter(domain)]
    if domain.deed in (Deed.GIVE, Deed.CHANGE):
        parts += await _overlap_words(domain)
    parts += [await _meaning(domain), _rule(question, side)]
    return "\n\n".join([*(part for part in parts if part), "✅ yes · ✋ no"])


async def _head(call: Call, domain: Domain, side: Side, room: str) -> str:
    holder, giver, what = await holder_name(domain), await giver_name(domain), title(domain)
    across = giver if side is Side.HOLDER else holder
    who = await name(room, domain.asked_by) if domain.asked_by else "Somebody"
    second = domain.agreed(side.other)
    match domain.deed:
        case Deed.GIVE if side is Side.HOLDER:
            asks = f"{giver} offers you" if second else f"{who} proposes that you ask {giver} for"
            return f"{asks} a domain, {what}:"
        case Deed.GIVE:
            asks = f"{holder} asks you for" if second else f"{who} proposes that you give {holder}"
            return f"{asks} a domain, {what}:"
        case Deed.CHANGE:
            asks = f"{across} proposes" if second else f"{who} proposes"
            return f"{asks} other words for the domain {what}, which {holder} holds:"
        case Deed.RENEW:
            asks = f"{across} proposes" if second else f"{who} proposes"
            return f"{asks} that {holder} takes up the domain {what} again, as it was:"
        case _:
            return (
                f"{who} proposes that the domain {what} ends, so that what it covers is with {giver} "
                "again."
            )


async def _matter(domain: Domain) -> str:
    """The words that are asked about."""
    if domain.deed is Deed.RETURN:
        return ""
    card, wanted = card_of(domain), wanted_of(domain)
    if domain.deed is not Deed.CHANGE:
        return card_lines(wanted)
    said = []
    for line in cards.differences(card, wanted):
        texts = ["nothing any more"] if line.texts == ("",) else list(line.texts)
        items = "; ".join(escaped(text) for text in texts)
        said.append(f"- {line.label}: {items}")
    return "\n".join(said)


async def _overlap_words(domain: Domain) -> list[str]:
    """The other domains that speak of the same, named before anybody says yes."""
    giver = await giver_of(domain)
    if giver is None:
        return []
    others = [each for each in await active(giver) if each.id != domain.id]
    rows = {each.id: each for each in others}
    return [
        f"*{', '.join(escaped(word.word) for word in shared[:MOST_SHARED])}*: of that the domain {title(rows[each.id])} "
        f"of {await holder_name(rows[each.id])} speaks, too. Limits can say which is whose."
        for each, shared in domains.overlaps(wanted_of(domain), held(others))
    ]


async def _meaning(domain: Domain) -> str:
    if domain.deed is Deed.RETURN:
        return ""
    giver, day = await giver_name(domain), wanted_of(domain).until
    until = clock.long_day(day) if day else ""
    return (
        f"What lies inside, the crew decides, and no wider vote is needed; what lies outside goes to {giver}, which is told of "
        f"decisions in a line. Either may end it; on {until} it ends unless both renew it."
    )


def _rule(question: Question, side: Side) -> str:
    """When a circle has agreed: a crew when each does, a congregation also when nobody disagrees until the day (R17)."""
    day = clock.long_day(date.fromisoformat(str(question.data["day"])))
    renewal = question.inquiry == RENEWAL
    otherwise = "it ends that day" if renewal else "all stays as it is"
    if side is Side.HOLDER:
        return f"Your yes is given when each of you has said yes, until {day}; one no, and {otherwise}."
    enough = "two of you have" if renewal else "one more of you has"
    return (
        f"Your yes is given when each of you has said yes, or on {day} if {enough} said yes by then and nobody has said no; "
        f"one no, and {otherwise}."
    )


async def _renewal(call: Call, domain: Domain, side: Side, question: Question) -> str:
    card, wanted = card_of(domain), wanted_of(domain)
    holder, giver = await holder_name(domain), await giver_name(domain)
    ends = clock.long_day(card.until) if card.until else ""
    goes = clock.long_day(wanted.until) if wanted.until else ""
    measured = (
        f"\n\nHow you wanted to know whether it works: {escaped(card.measures)}."
        if card.measures
        else ""
    )
    return (
        f"**How is it with {escaped(card.name)}?** {holder} has held this domain of {giver}; on {ends} it ends unless "
        f"both circles renew it. Shall it go on as it is, until {goes}?{measured}\n\n{_rule(question, side)}\n\n"
        f"✅ go on · ✏️ in other words · ✋ not as it is *(`{call.house.prefix}domain {card.name}` shows its card)*"
    )


async def words(call: Call, domain: Domain, side: Side, question: Question) -> str:
    """A question as its room sees it, without how many have answered."""
    if question.inquiry == RENEWAL:
        return await _renewal(call, domain, side, question)
    return await _proposal(call, domain, side, question)


async def no_words(domain: Domain) -> str:
    """What is said when one circle does not wish it."""
    if domain.deed is Deed.RENEW and domain.stage is Stage.ACTIVE:
        return await _until_then(domain)
    return f"{title(domain)}: all stays as it is. Not everybody wishes it now, and that needs no reason."


async def _until_then(domain: Domain) -> str:
    """What becomes of a domain that is not renewed as it is."""
    day = card_of(domain).until
    until = f" until {clock.long_day(day)}" if day else ""
    return (
        f"{title(domain)} is not renewed as it is, and that needs no reason. It holds{until}, and then what it covers is "
        f"with {await giver_name(domain)} again, unless both circles agree on other words."
    )
