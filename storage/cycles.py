"""The cycles of a crew, one after the other."""

from tortoise import fields
from tortoise.models import Model

from practices.cycles import Length


class Cycle(Model):
    """One cycle. Where its meetings and its looking back fall follows from the calendar and is not stored."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    #: Which cycle of the crew it is, from 1.
    number = fields.IntField()
    length = fields.CharEnumField(Length, max_length=16)
    #: The last day of a cycle that ends on a day, "2027-01-22"; such a one is a cycle of time.
    until = fields.CharField(max_length=10, null=True)
    #: When all had agreed on it; meetings after this instant are its own.
    begins = fields.DatetimeField()
    #: When another cycle took its place, or the crew ended it; None for the one that runs.
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "cycle"
        unique_together = (("room", "number"),)


async def running(room: str) -> Cycle | None:
    """The cycle that a crew is in, also when its last meeting is over and no other has begun."""
    return await Cycle.filter(room=room, ended_at=None).order_by("-number").first()
