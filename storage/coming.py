"""Who said that they come to which meeting."""

from tortoise import fields
from tortoise.models import Model

from practices.meetings import Attendance


class Coming(Model):
    """One person's answer for one meeting; the newest counts."""

    id = fields.BigIntField(primary_key=True)
    meeting = fields.BigIntField(db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    answer = fields.CharEnumField(Attendance, max_length=16)
    #: When this answer was first given: an absence announced in time is another than one that was not (Q5).
    said_at = fields.DatetimeField(null=True)

    class Meta:
        table = "coming"
        unique_together = (("meeting", "person"),)
