"""Meetings of a circle: when they are, and whether they stand."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model


class Standing(StrEnum):
    """Whether a meeting takes place."""

    PLANNED = "planned"
    MOVED = "moved"
    SKIPPED = "skipped"


class Meeting(Model):
    """One meeting. The local wall time names it, so that no restart and no double hour makes two."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    #: Wall time as planned by the rhythm, "2026-12-17T19:00".
    occurrence = fields.CharField(max_length=16)
    #: Wall time at which it is held, in `zone`; differs from `occurrence` once moved.
    local = fields.CharField(max_length=16)
    zone = fields.CharField(max_length=64)
    at = fields.DatetimeField()
    standing = fields.CharEnumField(Standing, max_length=16, default=Standing.PLANNED)

    class Meta:
        table = "meeting"
        unique_together = (("room", "occurrence"),)
        indexes = (("room", "at"),)
