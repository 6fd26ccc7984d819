"""A copy of a circle's domains in its own room, so that they outlive the database (DEC-5).

A card is in people's own words, and a room's state is never encrypted: so the copy is sealed with our own key, which opens
it again wherever the secret of the operator is still there. Who speaks for a circle in the other is not part of it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.domains.cards import card_of
from handlers.language import Call, Effect, SetState
from handlers.power import may
from practices import cards
from storage.domains import Domain, Stage
from storage.rooms import Room

#: The type of the state that holds the copy.
DOMAINS = "org.kinkeeper.domains"

SEAL = "domains"

#: Characters of JSON that are sealed at most: sealed, and with what is around them, a homeserver takes them.
MOST = 40_000


async def copied(call: Call, room_id: str) -> list[Effect]:
    """The copy in the room of a circle as it is now; where the room does not let us write it, nothing."""
    room = await Room.get_or_none(id=room_id, joined=True)
    if room is None or not may(room, call.house.me, DOMAINS, state=True):
        return []
    found = await Domain.filter(room=room_id, stage__in=[Stage.ACTIVE, Stage.RETURNED])
    kept = _fitting(sorted(found, key=lambda each: (each.stage is not Stage.ACTIVE, each.id)))
    sealed = call.house.keys.seal(SEAL, [room_id, kept]) if kept else None
    content = {"version": 1, "sealed": sealed} if sealed else {}
    return [SetState(type=DOMAINS, content=content, room=room_id)]


def _fitting(found: list[Domain]) -> list[dict[str, object]]:
    """As many as a homeserver takes in one event, those first that hold."""
    kept: list[dict[str, object]] = []
    room = MOST
    for domain in found:
        entry = _entry(domain)
        size = len(json.dumps(entry))
        if size <= room:
            kept.append(entry)
            room -= size
    return kept


def _entry(domain: Domain) -> dict[str, object]:
    return {
        "giver": domain.giver,
        "card": cards.as_state(card_of(domain)),
        "stage": domain.stage.value,
        "made": domain.made_at.isoformat(),
        "began": domain.began_at.isoformat() if domain.began_at else None,
        "ended": domain.ended_at.isoformat() if domain.ended_at else None,
    }


async def read_back(call: Call) -> list[Domain]:
    """Write down again what the copy in the room of the call says, and return it; nothing where no key of ours opens it.

    A copy that was sealed for another room is none.
    """
    sealed = call.content.get("domains")
    try:
        opened = call.house.keys.open(SEAL, str(sealed)) if sealed else None
    except ValueError:
        return []
    if not isinstance(opened, list) or opened[:1] != [call.room.id]:
        return []
    return [await _again(call.room, entry) for entry in opened[1]]


async def _again(room: Room, entry: Mapping[str, Any]) -> Domain:
    return await Domain.create(
        room=room.id,
        giver=str(entry["giver"]),
        card=cards.as_state(cards.from_state(entry["card"])),
        stage=Stage(str(entry["stage"])),
        made_at=datetime.fromisoformat(str(entry["made"])),
        began_at=_instant(entry["began"]),
        ended_at=_instant(entry["ended"]),
    )


def _instant(raw: object) -> datetime | None:
    return datetime.fromisoformat(str(raw)) if raw else None
