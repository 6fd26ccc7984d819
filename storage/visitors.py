"""Visiting helpers: people who sit with a crew for a few meetings and are no members of it (R144)."""

from tortoise import fields
from tortoise.models import Model

from storage.statements import holds


class Visitor(Model):
    """One person who visits one crew."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    #: For how many meetings they were asked.
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
    """Whether a person is in a room, or asked there, as a visiting helper."""
    return await holds("SELECT 1 FROM visitor WHERE room = ? AND person = ?", room, person)
