"""Who is in a room, as the homeserver says."""

from tortoise import fields
from tortoise.models import Model


class Member(Model):
    """One person in one room."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    name = fields.CharField(max_length=255, null=True)

    class Meta:
        table = "member"
        unique_together = (("room", "person"),)
