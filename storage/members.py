"""Who is in a room, as the homeserver says."""

from tortoise import fields
from tortoise.models import Model

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
