"""Everything that happens, one row each: heard in a room, or an hour that the calendar strikes.

A row is settled once. An hour is written ahead of time and becomes settleable when it is due.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from storage.sealed import SealedField
from storage.statements import change


class Kind(StrEnum):
    """What sort of thing happened."""

    MESSAGE = "message"
    REACTION = "reaction"
    #: The homeserver reports a change of a room; `content` says which.
    CHANGE = "change"
    HOUR = "hour"


class Settled(StrEnum):
    """How far a row has come."""

    WAITING = "waiting"
    #: Encrypted with a key that has not come yet.
    SEALED = "sealed"
    SETTLED = "settled"
    REFUSED = "refused"
    #: An hour that came back too late to be of use.
    LATE = "late"
    #: Set aside after three tries.
    FAILED = "failed"


class Heard(Model):
    """One thing that happened."""

    id = fields.BigIntField(primary_key=True)
    #: Names the occurrence: an event id, or what the hour is for with its local time.
    key = fields.CharField(max_length=255, unique=True)
    kind = fields.CharEnumField(Kind, max_length=16)
    room = fields.CharField(max_length=255)
    sender = fields.CharField(max_length=255, null=True)
    #: When it was said, or is due.
    at = fields.DatetimeField()
    #: An hour that strikes later than this is noted as late and not kept.
    useful_until = fields.DatetimeField(null=True)
    #: What an hour belongs to, such as "meeting:12", so that it can be called off.
    about = fields.CharField(max_length=64, null=True)
    #: What was said; emptied as soon as the row is settled.
    content: fields.Field[dict[str, object] | None] = SealedField(null=True)
    #: The Megolm session a sealed row waits for.
    session = fields.CharField(max_length=64, null=True)
    state = fields.CharEnumField(Settled, max_length=16, default=Settled.WAITING)
    tries = fields.SmallIntField(default=0)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "inbox"
        indexes = (("state", "at"), ("state", "session"), ("about", "state"))


async def take(row: int, state: Settled, now: datetime) -> bool:
    """Settle a waiting row and forget what it held; False when somebody has settled it already."""
    sql = (
        "UPDATE inbox SET state = ?, settled_at = ?, content = NULL, session = NULL "
        "WHERE id = ? AND state = ?"
    )
    return bool(await change(sql, state, now, row, Settled.WAITING))


async def rung_ahead(abouts: Iterable[str], *rituals: str) -> set[str]:
    """Of these subjects, those for which an hour of one of these rituals is still ahead."""
    rows = await Heard.filter(about__in=list(abouts), state=Settled.WAITING, kind=Kind.HOUR)
    return {str(row.about) for row in rows if row.key.partition(":")[0] in rituals}
