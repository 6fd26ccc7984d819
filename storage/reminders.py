"""What people asked to be reminded of."""

from tortoise import fields
from tortoise.models import Model

from storage.statements import change


class Reminder(Model):
    """One reminder, one-off or recurring."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    #: How people of this room call it: the smallest number that was free.
    number = fields.IntField()
    what = fields.TextField()
    zone = fields.CharField(max_length=64)
    #: None for a one-off reminder.
    rhythm: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    #: The next time it is due; None once it is done.
    at = fields.DatetimeField(null=True)
    #: The message that asked for it: taking that back calls the reminder off.
    request = fields.CharField(max_length=255, null=True, db_index=True)

    class Meta:
        table = "reminder"
        indexes = (("room", "at"),)


async def forget(reminder: int) -> None:
    """Delete a reminder that was said."""
    await change("DELETE FROM reminder WHERE id = ?", reminder)
