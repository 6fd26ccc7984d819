"""What a circle has decided at its meetings."""

from tortoise import fields
from tortoise.models import Model


class Decision(Model):
    """One decision in the words in which it was written down."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    #: The meeting at which it was taken; None when it was written down before any.
    meeting = fields.BigIntField(null=True)
    what = fields.TextField()
    #: Who wrote it down, and may take it back.
    person = fields.CharField(max_length=255, db_index=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "decision"
