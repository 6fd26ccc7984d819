"""How much energy somebody brings to a coming meeting: sealed, their own, gone when it ends (R27)."""

from tortoise import fields
from tortoise.models import Model


class Energy(Model):
    """One person's number from 1 to 5 for one meeting, readable with the daemon's keys only."""

    id = fields.BigIntField(primary_key=True)
    meeting = fields.BigIntField(db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    sealed = fields.TextField()

    class Meta:
        table = "energy"
        unique_together = (("meeting", "person"),)
