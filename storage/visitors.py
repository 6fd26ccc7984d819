"""The guests of crews: people who are in a crew's room and are no members of it.

Visiting helpers were asked in by all its members, for a few meetings (R144). Newcomers were let in by the room itself,
and stay guests until each of the members has said yes to them (R49).
"""

from tortoise import fields
from tortoise.models import Model

from storage.statements import holds


class Visitor(Model):
    """One person who visits one crew."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    #: Whether the members agreed to the visit; not so for a newcomer, whose other columns say only when they came.
    agreed = fields.BooleanField(default=True)
    #: For how many meetings they were asked; none for a newcomer.
    meetings = fields.SmallIntField()
    asked_at = fields.DatetimeField()
    #: When the visit ends at the latest.
    ends_at = fields.DatetimeField()
    #: None until they are in the room.
    came_at = fields.DatetimeField(null=True)
    #: When the visit was over; the row goes as soon as they are out of the room.
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "visitor"
        unique_together = (("room", "person"),)


async def visits(room: str, person: str) -> bool:
    """Whether a person is in a room as a guest, or asked there as a visiting helper."""
    return await holds("SELECT 1 FROM visitor WHERE room = ? AND person = ?", room, person)


async def waits(room: str, person: str) -> bool:
    """Whether a person is in a crew's room without its members having agreed to them (R49)."""
    statement = "SELECT 1 FROM visitor WHERE room = ? AND person = ? AND NOT agreed"
    return await holds(statement, room, person)
