"""What those who were asked to host a coming meeting have said, kept until that meeting is over."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model


class Said(StrEnum):
    """What somebody says about hosting."""

    #: Asked, and silent: silence leaves the proposal as it is.
    ASKED = "asked"
    GLADLY = "gladly"
    DECLINED = "declined"


class Hosting(Model):
    """One person's answer for one meeting. Nobody sees it but them; with the meeting it is forgotten."""

    id = fields.BigIntField(primary_key=True)
    meeting = fields.BigIntField(db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    said = fields.CharEnumField(Said, max_length=16, default=Said.ASKED)

    class Meta:
        table = "hosting"
        unique_together = (("meeting", "person"),)
