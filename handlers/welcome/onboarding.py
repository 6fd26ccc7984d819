"""Onboarding pairs from beginning to end: somebody who knows the place is beside a newcomer for three months (DYAD-6).

A newcomer is asked whether they would like that, and who invited them (R38). Silence is told to nobody as silence (R13), and
either of the two ends it at any time with one word (R11). When it is over, nothing of it is kept and its key is destroyed.
"""

from dataclasses import replace
from datetime import timedelta

from tortoise.expressions import Q

from handlers.asking import now_of, whispered
from handlers.house.adoption import LET_GO
from handlers.language import (
    DECLINE,
    NO,
    YES,
    Call,
    Change,
    Effect,
    Effects,
    KeyGone,
    Refused,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.names import called, name, room_name
from handlers.welcome import companions, onboardings, promises, staying
from handlers.welcome.onboardings import CLOSES, PASS, PLAIN
from handlers.whom import whom
from practices.circles import RoomKind
from practices.onboarding import Standing
from storage.database import row_of
from storage.members import is_in
from storage.onboardings import PAIRED, UNDER_WAY, Onboarding, Welcomer, onboarding_of, pods_of
from storage.pairings import stewardships_of
from storage.questions import Question
from storage.rooms import Room

#: So long is waited for who invited a newcomer.
_WHO_INVITED = timedelta(days=2)

#: So long a newcomer who would rather not is not asked again by others.
REMEMBERED = timedelta(days=180)

#: So long somebody is looked for.
LOOKED_FOR = timedelta(days=60)


# -------------------------------------------------------------------------------------------- the beginning


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Where people have said that they would be beside newcomers, a newcomer is asked whether they would like that."""
    space = call.room
    if space.kind is not RoomKind.CONGREGATION or call.person == call.house.me:
        return []
    if not await Welcomer.filter(room=space.id).exclude(person=call.person).exists():
        return []
    if space.predecessor and await is_in(space.predecessor, call.person):
        return []  # they follow their congregation into its new room
    return await offered(replace(call, sender=None), space, call.person, inviter=None)


async def offered(call: Call, space: Room, person: str, *, inviter: str | None) -> list[Effect]:
    """Ask somebody whether they would like a companion; not who was asked before, or has somebody already."""
    if await pods_of(person, space.id):
        return []
    there = await onboarding_of(space.id, person)
    if there is not None:
        return await _named(call, space, there, inviter)
    until = now_of(call) + CLOSES
    row = await Onboarding.create(
        room=space.id,
        newcomer=person,
        inviter=inviter,
        until=until,
        review=onboardings.today(call, space) + LOOKED_FOR,
    )
    return [*onboardings.turn_hour(call, row), *await ask_would(call, row)]


async def _named(call: Call, space: Room, row: Onboarding, inviter: str | None) -> list[Effect]:
    """A member names somebody who was asked before: that member comes first, whenever somebody is looked for."""
    before = (Standing.OFFERED, Standing.DECLINED, Standing.LOOKING, Standing.ASKED)
    if inviter is None or row.inviter is not None or row.state not in before:
        return []
    row.inviter = inviter
    await row.save(update_fields=["inviter"])
    return await companions.look_again(call, space) if row.state is Standing.LOOKING else []


async def ask_would(call: Call, row: Onboarding) -> list[Effect]:
    """Ask a newcomer whether they would like somebody beside them, until `row.until`."""
    assert row.until is not None
    where = room_name(await onboardings.space_of(row), "the congregation")
    text = (
        f"{await onboardings.hello(row.newcomer)}Welcome to **{where}**. Would you like somebody beside you for your first three months? You "
        "talk about once a month, each commits to something for the other, and you meet more people on the way. It is no "
        "teaching, and either of you ends it with a word.\n\n✅ yes · ✋ not this time"
    )
    return await onboardings.ask(call, row, row.newcomer, text, "welcome-would", until=row.until)


@inquiry(
    name="welcome-would",
    options=(YES, DECLINE),
    late="That was asked a while ago. Nothing was changed; `welcome me` asks for somebody at any time.",
)
async def would_said(call: Call, question: Question, said: str) -> Effects:
    """Somebody is looked for, or it is let be."""
    if said not in (YES.word, NO.word):
        return [Say(text=PLAIN)]
    row = await row_of(Onboarding, question.data.get("onboarding"))
    await question.delete()
    if row is None or row.state is not Standing.OFFERED:
        return [Say(text="That is not asked any more. `welcome` shows where you stand.")]
    if said == YES.word:
        return await would(call, row)
    stands = await onboardings.stand(call, row, Standing.DECLINED, now_of(call) + REMEMBERED)
    return [Say(text="Good: not this time. `welcome me` is always open."), *stands]


async def would(call: Call, row: Onboarding) -> list[Effect]:
    """They would: who invited them is asked first, if it is known (R38)."""
    known = row.inviter or await _steward_of(row)
    if known is None:
        stands = await onboardings.stand(call, row, Standing.LOOKING, now_of(call) + _WHO_INVITED)
        where = room_name(await onboardings.space_of(row), "the congregation")
        text = f"Gladly. **Who invited you to {where}?** I ask that person first; a name is enough, and ⏭️ pass is as good."
        return [
            *stands,
            *await onboardings.ask(
                call, row, row.newcomer, text, "welcome-inviter", until=now_of(call) + _WHO_INVITED
            ),
        ]
    row.inviter = known
    return [Say(text=I_ASK), *await companions.look(call, row)]


I_ASK = (
    "I ask whether somebody would be beside you. Nothing begins before you have said yes to them yourself; you hear of it "
    "here, and `welcome` shows where you stand."
)


async def _steward_of(row: Onboarding) -> str | None:
    """A newcomer's first steward is who invited them (R38)."""
    for each in await stewardships_of(row.newcomer, row.room):
        if each.stewardee == row.newcomer:
            return each.steward
    return None


@inquiry(name="welcome-inviter", options=(PASS,))
async def inviter_said(call: Call, question: Question, said: str) -> Effects:
    """The newcomer names who invited them, or passes."""
    row = await row_of(Onboarding, question.data.get("onboarding"))
    if row is None or row.state is not Standing.LOOKING:
        await question.delete()
        return [Say(text="That is not asked any more. `welcome` shows where you stand.")]
    if said != PASS.word:
        try:
            inviter = await whom(call, await onboardings.space_of(row), said)
        except Refused as refused:
            return [Say(text=f"{refused} ⏭️ pass leaves it open.")]
        row.inviter = inviter if inviter != call.person else None
    await question.delete()
    return [Say(text=I_ASK), *await companions.look(call, row)]


# ------------------------------------------------------------------------------------ time goes by; the end


@ritual(name="welcome-turn", help="goes on where nobody has answered in an onboarding")
async def turn(call: Call) -> Effects:
    """The time to answer is over; silence is told to nobody as silence."""
    row = await row_of(Onboarding, call.content.get("onboarding"))
    if row is None or row.until is None or row.until > now_of(call):
        return []
    match row.state:
        case Standing.OFFERED:
            return await onboardings.stand(call, row, Standing.DECLINED, now_of(call) + REMEMBERED)
        case Standing.DECLINED:
            return await onboardings.gone(call, row)
        case Standing.LOOKING if (
            onboardings.today(call, await onboardings.space_of(row)) >= row.review
        ):
            text = "I have found nobody to be beside you this time, and look no further. `welcome me` begins anew whenever you like."
            told = await onboardings.tell(call, row, row.newcomer, text, last=True)
            return [*await onboardings.gone(call, row), *told]
        case Standing.INTRODUCED:
            told = await companions.not_this_time(call, row)
            return [*await onboardings.gone(call, row), *told]
        case Standing.CLOSING:
            return await staying.closed(call, row, promises.read(call, row))
    # Nobody was asked yet, or the time of whoever was asked is over.
    return await companions.look(call, row, waited=row.state is Standing.ASKED)


async def end(call: Call, row: Onboarding) -> list[Effect]:
    """One of the two ends it in one act; the other hears only that it is over (R11)."""
    space = await onboardings.space_of(row)
    if row.state not in PAIRED:
        told = await _withdrawn(call, row, call.person)
        return [
            Say(text="Taken back, and that needs no reason. `welcome` shows what is always open."),
            *told,
        ]
    who = await name(row.room, row.other(call.person))
    told = await _over(call, row, call.person)
    return [
        Say(text=f"Done: your onboarding pair with {who} is over, and that needs no reason."),
        *told,
        *await companions.look_again(call, space),
    ]


async def _over(call: Call, row: Onboarding, person: str) -> list[Effect]:
    """One side of a pair is over: the other hears that it is, and nothing is kept."""
    other = row.other(person)
    text = f"Your onboarding pair with **{await name(row.room, person)}** is over, with thanks."
    if other == row.newcomer:
        text += " `welcome me` asks for somebody else to be beside you."
    told = await onboardings.tell(call, row, other, text, last=True)
    return [*await onboardings.gone(call, row), *told]


async def _withdrawn(call: Call, row: Onboarding, person: str) -> list[Effect]:
    """What was not begun is taken back by one of the two; whoever had said yes hears "not this time"."""
    introduced = row.state is Standing.INTRODUCED
    if row.newcomer == person:
        told = await companions.not_this_time(call, row) if introduced else []
        return [*await onboardings.gone(call, row), *told]
    told = []
    if introduced:
        who = await name(row.room, person)
        text = f"With **{who}** it does not come about this time. I ask whether somebody else would be beside you."
        told = await onboardings.tell(call, row, row.newcomer, text)
    return [*told, *await companions.look(call, row)]


async def without(call: Call, space: Room, *, as_newcomer: bool = False) -> list[Effect]:
    """Everything of the sender's in a congregation is over; `as_newcomer`: but for those whom they are beside."""
    effects: list[Effect] = []
    quiet, person = replace(call, sender=None), call.person
    for row in await Onboarding.filter(room=space.id).order_by("id"):
        if person != row.newcomer and (as_newcomer or person != row.member):
            continue
        if row.state in PAIRED:
            effects += await _over(quiet, row, person)
        else:
            effects += await _withdrawn(quiet, row, person)
    return effects


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a congregation is beside nobody there, and has nobody."""
    space = call.room
    if space.kind is not RoomKind.CONGREGATION:
        return []
    await Welcomer.filter(room=space.id, person=call.person).delete()
    gone = await without(call, space)
    for row in await Onboarding.filter(room=space.id, inviter=call.person):
        row.inviter = None
        await row.save(update_fields=["inviter"])
    return [*gone, *await companions.look_again(replace(call, sender=None), space)] if gone else []


# --------------------------------------------------------------------------------- what is kept, and let go


async def let_go(call: Call, space: Room) -> list[Effect]:
    """A congregation is looked after no more: the people of each pair hear so, and what they sealed is unreadable.

    To be called while its rows are still there.
    """
    effects: list[Effect] = []
    of = room_name(space, "your congregation")
    for row in await Onboarding.filter(room=space.id).order_by("id"):
        told: dict[str, str] = {}
        if row.state in PAIRED and row.member is not None:
            for person in (row.newcomer, row.member):
                who = await called(row.other(person), person, space.id)
                told[person] = (
                    f"I look after **{of}** no more, so I am no part of your onboarding pair with **{who}** any more: what you "
                    "wrote for each other is deleted. The two of you go on as you like."
                )
        elif row.state in UNDER_WAY:
            told[row.newcomer] = (
                f"I look after **{of}** no more, so I look for nobody to be beside you any more."
            )
        effects += await onboardings.gone(call, row)
        for person, text in told.items():
            effects += await whispered(
                replace(call, room=space, thread=None),
                person,
                text,
                about=onboardings.about_space(space),
            )
    return effects


LET_GO.append(let_go)


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: they would be beside nobody, and every pair of theirs is over for the other."""
    await Welcomer.filter(person=call.person).delete()
    effects: list[Effect] = []
    both = Q(newcomer=call.person) | Q(member=call.person)
    for room in sorted({row.room for row in await Onboarding.filter(both)}):
        space = await Room.get_or_none(id=room)
        if space is not None:
            effects += await without(call, space)
    return effects


async def kept_of(call: Call) -> dict[str, list[dict[str, object]]]:
    """What is kept of the sender's own: values that JSON can hold, without what another has written or was asked."""
    person = call.person
    rows = await Onboarding.filter(newcomer=person).order_by("id")
    rows += await Onboarding.filter(member=person).order_by("id")
    return {
        "would_be_beside_newcomers": [
            {"room": each.room, "at_once": each.most, "rests_until": each.rests_until}
            for each in await Welcomer.filter(person=person).order_by("id")
        ],
        "onboarding": [_exported(call, row) for row in rows],
    }


def _exported(call: Call, row: Onboarding) -> dict[str, object]:
    newcomer = row.newcomer == call.person
    waiting = row.state in (Standing.LOOKING, Standing.ASKED)
    found_: dict[str, object] = {
        "room": row.room,
        "you_are": "the newcomer" if newcomer else "beside the newcomer",
        # Whom else was asked, and who was not asked yet, is nobody's to read.
        "state": Standing.LOOKING.value if newcomer and waiting else row.state.value,
        "with": row.other(call.person)
        if row.member is not None and not (newcomer and waiting)
        else None,
        "since": row.began,
        "review": row.review,
    }
    if newcomer and row.inviter is not None:
        found_["invited_by"] = row.inviter
    try:
        said = promises.said_of(call, row)
    except KeyGone:
        return {**found_, "unreadable": True}
    found_["you_commit_to"] = list(said.commits.get(promises.side_of(row, call.person), ()))
    if newcomer:
        found_["tour"] = {"met": said.tour.met, "visited": said.tour.visited}
    if promises.side_of(row, call.person) in said.on:
        found_["you_would_continue_as_partners"] = said.on[promises.side_of(row, call.person)]
    return found_
