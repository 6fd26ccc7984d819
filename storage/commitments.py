"""What members of a circle have taken on: at a meeting, or as a change that a retrospective agreed on."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model


class CommitmentKind(StrEnum):
    """Where a commitment comes from."""

    COMMITMENT = "commitment"
    #: One of the changes of a retrospective, at most two of them (R58).
    CHANGE = "change"


class Commitment(Model):
    """One thing that somebody will do. Seen by the circle, kept and taken back by its owner."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    #: The person who took it on.
    owner = fields.CharField(max_length=255, db_index=True)
    what = fields.TextField()
    #: The day until which it is meant to be done; None: none was named.
    due = fields.DateField(null=True)
    made_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    kind = fields.CharEnumField(CommitmentKind, max_length=16, default=CommitmentKind.COMMITMENT)
    #: The meeting at which it was made, if at one.
    meeting = fields.BigIntField(null=True)
    #: Whether its owner was reminded, which happens once.
    asked = fields.BooleanField(default=False)
    #: The decision that it follows from.
    decision = fields.BigIntField(null=True)

    class Meta:
        table = "commitment"
        indexes = (("room", "done_at"),)
