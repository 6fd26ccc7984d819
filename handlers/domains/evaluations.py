"""The day on which a domain is looked at again: links are reminded, both circles asked, and it ends or goes on (DEC-5, R16).

A delegation ends on the day of its evaluation unless both circles have renewed it; they are asked three weeks before.
"""

from dataclasses import replace

from handlers.asking import whispered
from handlers.domains import delegations, returns
from handlers.domains.cards import card_of, holder_name, links, room_of, title
from handlers.domains.pending import about, questions
from handlers.language import Call, Edit, Effect, Effects, Say, ritual
from handlers.words import escaped
from practices import clock
from storage.database import row_of
from storage.domains import Deed, Domain, Side, Stage


async def _in_time(call: Call) -> Domain | None:
    """The domain of an hour, if it still holds until the day that the hour is about."""
    domain = await row_of(Domain, call.content["domain"])
    if domain is None or domain.stage is not Stage.ACTIVE:
        return None
    until = card_of(domain).until
    return domain if until is not None and until.isoformat() == call.content["until"] else None


@ritual(
    name="domain-soon",
    help="reminds those who link two circles, in private, that a domain is looked at again",
)
async def soon(call: Call) -> Effects:
    """Four weeks before the evaluation: both links; a circle without one is told itself."""
    domain = await _in_time(call)
    if domain is None:
        return []
    card, found = card_of(domain), await links(domain)
    day = clock.long_day(card.until) if card.until else ""
    measured = f" How you wanted to know: {escaped(card.measures)}." if card.measures else ""
    text = (
        f"{title(domain)}, the domain of {await holder_name(domain)}, is looked at again on **{day}**.{measured} In a week "
        "I ask both circles whether it goes on; it may be good to talk before."
    )
    effects: list[Effect] = []
    for side in Side:
        link, room = found.get(side), await room_of(domain, side)
        if link is not None and room is not None:
            ends = link.until == card.until
            term = (
                " On that day your own time as its voice there is over, too; your circle can choose you again."
                if ends
                else ""
            )
            there = replace(call, room=room)
            effects += await whispered(there, link.person, text + term, about=about(domain))
        elif room is not None:
            effects.append(Say(text=text, room=room.id, answers=False))
    return effects


@ritual(name="domain-evaluation", help="asks both circles of a domain whether it goes on")
async def evaluation(call: Call) -> Effects:
    """Three weeks before the day. What is asked about the domain already comes first."""
    domain = await _in_time(call)
    return (
        []
        if domain is None or domain.deed is not None
        else await delegations.ask_renewal(call, domain)
    )


@ritual(
    name="domain-ends",
    help="ends a domain on the day of its evaluation, unless both circles renewed it",
)
async def ends(call: Call) -> Effects:
    """The day has come. Of a congregation silence is consent where enough have said yes."""
    domain = await _in_time(call)
    if domain is None:
        return []
    if domain.deed is not Deed.RENEW:
        return await returns.ended(call, domain, "The day of its evaluation has come.")
    effects: list[Effect] = []
    for question in await questions(domain):
        side = Side(str(question.data["side"]))
        if side is Side.GIVER and await delegations.by_silence(call, domain, question):
            await question.delete()
            domain.giver_agreed = True
            text = f"{title(domain)}: you have agreed, since nobody has said no."
            effects.append(Edit(name=f"question:{question.id}", text=text, room=question.room))
    if domain.holder_agreed and domain.giver_agreed:
        return [*effects, *await delegations.settled(call, domain)]
    return [*effects, *await returns.ended(call, domain, "The day of its evaluation has come.")]
