"""Retrospectives of crews, and the wishes of a crew that becomes two; what one person chose is never readable."""

from tortoise import fields
from tortoise.models import Model

from practices.retrospective import Choice


class Retrospective(Model):
    """One retrospective. Choices are sealed until they are counted, and gone from then on."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    #: The cycle at whose end it is held, if at one.
    cycle = fields.BigIntField(null=True)
    opened_at = fields.DatetimeField()
    #: When the counts are shown at the latest (R57).
    closes_at = fields.DatetimeField()
    #: What the choices are sealed for; the room it names may have a successor by now.
    purpose = fields.CharField(max_length=300)
    #: Person to choice, sealed; None before the first and as soon as the counts are shown.
    sealed: fields.Field[str | None] = fields.TextField(null=True)  # type: ignore[assignment]
    shown_at = fields.DatetimeField(null=True)
    #: The way that all members took.
    way = fields.CharEnumField(Choice, max_length=16, null=True)

    class Meta:
        table = "retrospective"
        indexes = (("room", "opened_at"),)


class Split(Model):
    """A crew that wants to become two: its members' wishes where to sit, until both tables have three."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    opened_at = fields.DatetimeField()
    #: When wishes are looked at even if not everybody has said one.
    looks_at = fields.DatetimeField()
    #: When it lapses.
    closes_at = fields.DatetimeField()
    purpose = fields.CharField(max_length=300)
    #: Person to side, sealed; None before the first and as soon as it has ended.
    sealed: fields.Field[str | None] = fields.TextField(null=True)  # type: ignore[assignment]
    #: When the second room was asked for, or the wishes lapsed.
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "split"
        indexes = (("room", "opened_at"),)
