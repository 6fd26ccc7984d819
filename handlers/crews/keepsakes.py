"""What a crew kept, in one file for each of its members: its charter, what it decided and took on, its meetings (R60).

It holds what the crew saw together and what is the reader's own: never what another member answered, chose or wished.
"""

import json
from typing import Any

from handlers.language import Call, Effects, Post, Refused, Say
from handlers.names import names, people, room_name
from handlers.register import register
from handlers.words import escaped, folded
from practices.circles import Life, RoomKind
from practices.understanding import shown
from storage.charters import CharterLine
from storage.coming import Coming
from storage.commitments import Commitment
from storage.cycles import Cycle
from storage.decisions import Decision
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.members import Member
from storage.offers import Offer
from storage.presence import Presence
from storage.retrospectives import Retrospective
from storage.rooms import Room
from storage.scripts import OwnScript


async def crew_file(call: Call, which: str) -> Effects:
    """The file of one crew of the sender's; `which` is its name, or "" when there is only one. Raises Refused."""
    room = await _crew(call, which)
    data = json.dumps(
        await _kept(room, call.person), ensure_ascii=False, indent=2, default=str
    ).encode()
    return [
        Post(filename="kinkeeper-about-your-crew.json", mime="application/json", data=data),
        Say(
            text=f"This is what **{room_name(room, 'your crew')}** kept together, and what in it is yours."
        ),
    ]


async def _crew(call: Call, which: str) -> Room:
    mine = []
    near = {member.room for member in await Member.filter(person=call.person)}
    ended = await _ended_with(call.person)
    found_ = Room.filter(id__in=list(near | ended), kind=RoomKind.CREW)
    for room in await found_.order_by("name", "id"):
        member = room.id in near and call.person in await people(room, call.house.me)
        if member or (room.id in ended and room.life is Life.CLOSED):
            mine.append(room)
    found = [room for room in mine if not which or folded(room.name or "") == folded(which)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(room_name(room, "a crew without a name") for room in mine) or "none"
    said = f" called {escaped(shown(which))}" if which else ""
    raise Refused(
        f"I could not tell which crew of yours is meant{said}. There are: {known}. Nothing was sent; "
        "`export crew` with its name works, and what has been deleted after a crew's end does not come back."
    )


async def _ended_with(person: str) -> set[str]:
    """The crews that have ended with this person in them, as long as what they kept is there."""
    hours = Heard.filter(key__startswith="forget-crew:", kind=Kind.HOUR, state=Settled.WAITING)
    return {
        hour.room
        for hour in await hours
        if isinstance(people_ := (hour.content or {}).get("people"), list) and person in people_
    }


async def _kept(room: Room, person: str) -> dict[str, Any]:
    return {
        "crew": room.name,
        "life": room.life,
        "timezone": room.zone,
        "rhythm": room.rhythm,
        "settings": room.settings,
        "charter": await _charter(room),
        "cycles": [
            {
                "number": each.number,
                "length": each.length,
                "until": each.until,
                "began": each.begins,
                "ended": each.ended_at,
            }
            for each in await Cycle.filter(room=room.id).order_by("number")
        ],
        "retrospectives": [
            {"opened": each.opened_at, "way_taken_together": each.way}
            for each in await Retrospective.filter(room=room.id).order_by("id")
        ],
        "decisions": [
            {
                "decided": each.what,
                "at": each.made_at,
                "review": each.review_on,
                "standing": each.standing,
                "against_its_terms": await register.against(each),
            }
            for each in await Decision.filter(room=room.id).order_by("id")
        ],
        "commitments": [
            {
                "what": each.what,
                "who": (await names(room.id, [each.owner]))[0],
                "due": each.due,
                "done": each.done_at,
                "kind": each.kind,
            }
            for each in await Commitment.filter(room=room.id).order_by("id")
        ],
        "offers_and_asks": [
            {
                "what": each.title,
                "kind": each.kind,
                "who": (await names(room.id, [each.owner]))[0],
                "standing": each.standing,
            }
            for each in await Offer.filter(room=room.id).order_by("id")
        ],
        "meetings": await _meetings(room, person),
        "practices_added": [
            {"name": each.name, "text": each.text}
            for each in await OwnScript.filter(room=room.id).order_by("id")
        ],
    }


async def _charter(room: Room) -> list[dict[str, Any]]:
    lines = await CharterLine.filter(room=room.id, holds=True).order_by("place", "id")
    return [{"about": each.key, "text": each.text} for each in lines]


async def _meetings(room: Room, person: str) -> list[dict[str, Any]]:
    """Each meeting, one's own answer to it, and who was there where one was there oneself."""
    found = []
    for meeting in await Meeting.filter(room=room.id).order_by("at"):
        answer = await Coming.get_or_none(meeting=meeting.id, person=person)
        there = [each.person for each in await Presence.filter(meeting=meeting.id, came=True)]
        found.append(
            {
                "at": meeting.at,
                "timezone": meeting.zone,
                "standing": meeting.standing,
                "held": meeting.held,
                "your_answer": answer.answer if answer else None,
                "there": await names(room.id, there) if person in there else None,
            }
        )
    return found
