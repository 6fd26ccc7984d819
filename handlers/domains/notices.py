"""Tells the circle that gave a domain what was decided within it, in a line each, when its crew says so (DEC-5, R132).

That a decision lies within a domain people say, and the card only suggests it: nothing that a crew decided leaves its room
before one of it has said yes to that very line. A few are told at once; where there are many, once a month together.
"""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from handlers.asking import asked, now_of
from handlers.consent import ten_o_clock
from handlers.domains.cards import active, congregation_of, holder_name, links, room_of, title
from handlers.domains.judging import judged
from handlers.domains.pending import about
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    Edit,
    Effect,
    Effects,
    Ring,
    Say,
    inquiry,
    ritual,
)
from handlers.names import people
from handlers.words import verbatim
from practices import clock
from practices.domains import Inside
from storage.database import row_of
from storage.decisions import Decision
from storage.domains import Domain, Notice, Side, Stage
from storage.questions import Question
from storage.rooms import Room

#: So many are told at once within a month; the rest waits to be told together.
AT_ONCE = 3
MONTH = timedelta(days=30)

#: How long whoever is asked may think.
PATIENCE = timedelta(days=7)

#: More lines than these nobody reads; the others wait for the next time.
MOST = 15


async def within(room: Room, decision: Decision) -> Domain | None:
    """The domain of a crew that, by its card, a decision of it lies within."""
    space = await congregation_of(room)
    own = [each for each in await active(space) if each.room == room.id] if space else []
    judgement, rows = judged(decision.what, own)
    return rows[judgement.hit.held.id] if isinstance(judgement, Inside) else None


async def decided(call: Call, room: Room, decision: Decision) -> list[Effect]:
    """Ask whoever has just written a decision down whether the wider circle is told. To be called by whatever keeps one."""
    domain = await within(room, decision)
    if domain is None or await Notice.exists(domain=domain.id, decision=decision.id):
        return []
    await Notice.create(domain=domain.id, decision=decision.id)
    table = await room_of(domain, Side.GIVER)
    if table is None:
        return []
    return [
        Ask(
            inquiry="domain-told",
            person=call.person,
            until=call.at + PATIENCE,
            data={"domain": domain.id, "decisions": [decision.id], "room": room.id},
            text=f"By its card that lies within {title(domain)}, so no wider vote is needed. Shall I tell the circle that gave "
            f"it, in one line?\n\n{_lines([decision])}\n\n✅ yes · ✋ no",
        )
    ]


def _lines(found: Iterable[Decision]) -> str:
    return "\n".join(f"- {verbatim(' '.join(each.what.split()))}" for each in found)


@inquiry(name="domain-told", options=(YES, NO))
async def told(call: Call, question: Question, said: str) -> Effects:
    """Tell what was decided, or let it be."""
    if said not in (YES.word, NO.word):
        return []
    ids = question.data["decisions"]
    assert isinstance(ids, list)
    domain = await row_of(Domain, question.data["domain"], stage=Stage.ACTIVE)
    await question.delete()
    holder = await room_of(domain, Side.HOLDER) if domain else None
    message = f"question:{question.id}"
    if domain is None or holder is None or call.person not in await people(holder, call.house.me):
        return [Edit(name=message, text="That is not asked any more; nothing was told.")]
    for each in ids:
        await Notice.update_or_create(
            {"wanted": said == YES.word}, domain=domain.id, decision=int(str(each))
        )
    if said == NO.word:
        return [Edit(name=message, text="Good: it stays here.")]
    since = now_of(call) - MONTH
    lately = await Notice.filter(domain=domain.id, told_at__gt=since).count()
    if len(ids) == 1 and lately >= AT_ONCE:
        return [Edit(name=message, text="Good: it is told with the others, once a month.")]
    return [Edit(name=message, text="Good, I tell them."), *await _tell(call, domain)]


async def _tell(call: Call, domain: Domain) -> list[Effect]:
    """Tell everything that is to be told of a domain, together."""
    table = await room_of(domain, Side.GIVER)
    waiting = Notice.filter(domain=domain.id, wanted=True, told_at=None)
    ids = [each.decision for each in await waiting.order_by("id")]
    found = await Decision.filter(id__in=ids).order_by("id")
    if table is None or not found:
        return []
    await waiting.update(told_at=now_of(call))
    head = f"{await holder_name(domain)} has decided, within {title(domain)}:"
    text = f"{head}\n\n{_lines(found)}"
    return [Say(text=text, room=table.id, answers=False)]


# ------------------------------------------------------------------------------------------ once a month


def monthly(call: Call, domain: Domain, zone: ZoneInfo) -> Ring:
    """The hour at which what was decided within a domain is looked through, a month from now."""
    local = clock.wall(now_of(call), zone) + relativedelta(months=1)
    at = ten_o_clock(clock.resolve(local, zone), zone)
    return Ring(
        ritual="domain-month",
        about=about(domain),
        at=at,
        when=at.isoformat(),
        room=domain.room,
        content={"domain": domain.id},
    )


@ritual(
    name="domain-month",
    help="asks whoever speaks for a crew which decisions within its domain the wider circle is told of, and tells those that "
    "wait",
)
async def month(call: Call) -> Effects:
    """A month is over. Where nobody speaks for the crew, what it has said yes to is told all the same."""
    domain = await row_of(Domain, call.content["domain"], stage=Stage.ACTIVE)
    if domain is None:
        return []
    zone = call.house.zone_of(call.room)
    effects = [*await _tell(call, domain), monthly(call, domain, zone)]
    link = (await links(domain)).get(Side.HOLDER)
    found = await _unasked(call, domain)
    if link is None or not found or await room_of(domain, Side.GIVER) is None:
        return effects
    for decision in found:
        await Notice.create(domain=domain.id, decision=decision.id)
    text = (
        f"By the card of {title(domain)}, this was decided within it lately. Shall I tell the circle that gave it, in a line "
        f"each?\n\n{_lines(found)}\n\n✅ yes, all · ✋ no"
    )
    return [
        *effects,
        *await asked(
            call,
            link.person,
            text,
            about=about(domain),
            inquiry="domain-told",
            until=now_of(call) + PATIENCE,
            data={
                "domain": domain.id,
                "decisions": [decision.id for decision in found],
                "room": domain.room,
            },
        ),
    ]


async def _unasked(call: Call, domain: Domain) -> list[Decision]:
    """What the crew has decided since it holds the domain, lies within it by its card, and nobody was asked about."""
    known = await Notice.filter(domain=domain.id).values_list("decision", flat=True)
    ahead = Decision.filter(room=domain.room, made_at__gte=domain.began_at)
    found = []
    for decision in await ahead.exclude(id__in=list(known)).order_by("id"):
        inside = await within(call.room, decision)
        if inside is not None and inside.id == domain.id:
            found.append(decision)
    return found[:MOST]
