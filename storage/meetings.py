"""Meetings of a circle: when they are, and whether they stand."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from storage.outbox import Delivery, Owed


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
    #: Who hosts it, or is proposed to; None while nobody does.
    host = fields.CharField(max_length=255, null=True)
    #: When the room was asked openly for a host, which happens once.
    host_sought_at = fields.DatetimeField(null=True)
    #: Whether it took place; None before it is over.
    held = fields.BooleanField(null=True)
    #: How many were there, once it is no longer kept who.
    came = fields.IntField(null=True)
    #: From when on its record is not corrected any more.
    final_at = fields.DatetimeField(null=True)

    class Meta:
        table = "meeting"
        unique_together = (("room", "occurrence"),)
        indexes = (("room", "at"),)


async def who_comes(rooms: Iterable[str], now: datetime) -> dict[str, str]:
    """The rooms in which the question who comes to a meeting ahead was asked, with the name of the first of them."""
    found: dict[str, str] = {}
    ahead = Meeting.filter(room__in=list(rooms), at__gt=now).exclude(standing=Standing.SKIPPED)
    for meeting in await ahead.order_by("at", "id"):
        name = f"meeting:{meeting.id}"
        if meeting.room in found:
            continue
        if await Owed.exists(name=name, room=meeting.room, state=Delivery.SENT):
            found[meeting.room] = name
    return found
