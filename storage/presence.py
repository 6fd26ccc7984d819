"""Who was at which meeting: yes or no, seen by the own circle, and after a year only how many (Q18)."""

from datetime import datetime

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from storage.meetings import Meeting


class Presence(Model):
    """Whether one member was at one meeting. No lateness, no durations, no order."""

    id = fields.BigIntField(primary_key=True)
    meeting = fields.BigIntField(db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    came = fields.BooleanField()

    class Meta:
        table = "presence"
        unique_together = (("meeting", "person"),)


async def to_totals(before: datetime) -> None:
    """Of the meetings that took place before an instant keep only how many were there."""
    for meeting in await Meeting.filter(at__lt=before, held=True):
        rows = Presence.filter(meeting=meeting.id)
        if await rows.exists():
            meeting.came = await rows.filter(came=True).count()
            meeting.host = None
            await meeting.save(update_fields=["came", "host"])
            await rows.delete()
    unheld = Q(held=False) | Q(held__isnull=True)
    gone = await Meeting.filter(unheld, at__lt=before).values_list("id", flat=True)
    await Presence.filter(meeting__in=list(gone)).delete()
