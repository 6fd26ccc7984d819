"""Somebody new to a congregation in which people have stewards is asked who invited them: that is their first (R38)."""

from dataclasses import replace

from handlers.asking import asked, now_of
from handlers.language import NO, Call, Change, Effects, Refused, Say, inquiry, watch
from handlers.names import people, room_name
from handlers.stewardship.steward_pairs import RUNNING, about_round
from handlers.stewardship.stewardship_proposals import ask_for
from handlers.whom import whom
from practices import stewardship as stewards
from practices.circles import RoomKind
from practices.defaults import PATIENCE
from storage.members import is_in
from storage.pairings import Stewardship
from storage.questions import Question
from storage.rooms import Room


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Where people have stewards a newcomer is asked who invited them: that person is their first (R38)."""
    space = call.room
    if space.kind is not RoomKind.CONGREGATION or not await Stewardship.exists(
        room=space.id, state__in=RUNNING
    ):
        return []
    if await Stewardship.exists(room=space.id, stewardee=call.person):
        return []
    return await asked(
        replace(call, sender=None),
        call.person,
        f"Welcome to **{room_name(space, 'the congregation')}**. People there have a steward: one named person to turn to. For a "
        "newcomer that is first who invited them. **Who invited you?** A name is enough, and I ask them; ✋ lets it be.",
        about=about_round(space),
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
    rows = await Stewardship.filter(room=space.id, state__in=RUNNING)
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
    return await ask_for(call, space, first)
