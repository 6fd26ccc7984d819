"""Who is in a room, as the homeserver says."""

from tortoise import fields
from tortoise.models import Model

from practices.circles import RoomKind
from storage.statements import holds


class Member(Model):
    """One person in one room."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    name = fields.CharField(max_length=255, null=True)

    class Meta:
        table = "member"
        unique_together = (("room", "person"),)


async def is_in(room: str, person: str) -> bool:
    """Whether a person is in a room."""
    return await holds("SELECT 1 FROM member WHERE room = ? AND person = ?", room, person)


async def is_of(congregation: str, person: str) -> bool:
    """Whether a person is of a congregation: in its space, or in a crew, a dyad or a working room of it."""
    kinds = (RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING)
    return await holds(
        "SELECT 1 FROM member m JOIN room r ON r.id = m.room WHERE m.person = ? AND (r.id = ? OR "
        "(r.congregation = ? AND r.kind IN (?, ?, ?)))",
        person,
        congregation,
        congregation,
        *kinds,
    )
