"""A second crew that grows out of a first: its room, its people's places, and the first crew's charter as a proposal.

It forms like every crew: nobody is bound by what was agreed at the other table until they accept it at this one.
"""

from collections.abc import Iterable

from handlers.language import Call, Effect, Ring, SetState
from handlers.meetings import meetings
from handlers.power import may
from practices import calling, charter
from practices.charter import Key
from practices.circles import Life, RoomKind
from practices.defaults import PATIENCE
from storage.callings import Place
from storage.charters import CharterLine
from storage.rooms import Room

CHILD = "m.space.child"

#: What a new table finds for itself: when it meets, and for how long.
ITS_OWN = frozenset({Key.RHYTHM, Key.CYCLE})


async def second_table(call: Call, old: Room | None, going: Iterable[str]) -> list[Effect]:
    """Begin a crew in `call.room`, which was made for those who go; `old` is the room they come from."""
    room = call.room
    room.kind, room.life, room.adopted_at = RoomKind.CREW, Life.FORMING, call.at
    room.zone = (old and old.zone) or call.house.zone
    room.congregation = old.congregation if old else None
    room.settings = dict(old.settings) if old else {}
    await room.save()
    await _charter(call, old)
    for person in going:
        await Place.get_or_create(room=room.id, person=person)
    return [
        meetings.circle_state(room),
        *await listed(call),
        Ring(
            ritual="places-close",
            about=f"forming:{room.id}"[:64],
            at=call.at + PATIENCE,
            when="places",
            room=room.id,
        ),
    ]


async def _charter(call: Call, old: Room | None) -> None:
    """The first crew's lines, none of them holding yet; what it has not written stands as every crew begins."""
    before = (
        await CharterLine.filter(room=old.id, holds=True).order_by("place", "id") if old else []
    )
    copied: dict[Key, CharterLine] = {
        line.key: line for line in before if line.key not in ITS_OWN and line.key is not Key.OWN
    }
    rows: list[CharterLine] = []
    for line in charter.beginning(calling.plain_call(call.at, call.circle_zone)):
        found = copied.pop(line.key, None)
        rows.append(
            CharterLine(
                key=line.key,
                text=found.text if found else line.text,
                least=found.least if found else line.least,
                until=line.until.isoformat() if line.until else None,
            )
        )
    rows += [
        CharterLine(key=each.key, text=each.text, least=each.least) for each in copied.values()
    ]
    rows += [CharterLine(key=Key.OWN, text=each.text) for each in before if each.key is Key.OWN]
    for place, row in enumerate(rows, start=1):
        row.room, row.place = call.room.id, place
        await row.save()


async def listed(call: Call) -> list[Effect]:
    """The room among those of its congregation's space, where the space lets us write that."""
    room = call.room
    space = await Room.get_or_none(id=room.congregation) if room.congregation else None
    if space is None or not space.joined or not may(space, call.house.me, CHILD, state=True):
        return []
    if room.id not in space.children:
        # Nobody tells us what we write ourselves: a room that is adopted anew is looked for in this list.
        space.children = [*space.children, room.id]
        await space.save(update_fields=["children"])
    via = call.house.me.partition(":")[2]
    return [SetState(type=CHILD, key=room.id, content={"via": [via]}, room=space.id)]
