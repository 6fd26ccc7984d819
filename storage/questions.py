"""Questions that the daemon has asked and that may still be answered."""

from tortoise import fields
from tortoise.models import Model


class Question(Model):
    """One open question, answered by a tap, by a word, or by time."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    #: Who may answer; None means every member of the room.
    person = fields.CharField(max_length=255, null=True)
    #: Which declared inquiry it belongs to.
    inquiry = fields.CharField(max_length=64)
    #: What the inquiry needs to go on.
    data: fields.Field[dict[str, object]] = fields.JSONField(default=dict)
    #: Answers so far, person to sign, where everybody is asked.
    answers: fields.Field[dict[str, str]] = fields.JSONField(default=dict)
    until = fields.DatetimeField()

    class Meta:
        table = "question"
        indexes = (("room", "person"),)
