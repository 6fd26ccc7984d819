"""The lines of a crew's charter, and who has accepted each of them."""

from tortoise import fields
from tortoise.models import Model

from practices.charter import Key


class CharterLine(Model):
    """One line. New words for a line that holds stand beside it until everybody has accepted them."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    key = fields.CharEnumField(Key, max_length=32)
    #: Its place in the charter, from 1.
    place = fields.SmallIntField()
    text = fields.TextField()
    #: The minimum presence that follows from it.
    least = fields.SmallIntField(null=True)
    rule: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    #: The last day of the cycle, "2027-01-22".
    until = fields.CharField(max_length=10, null=True)
    #: Whether it holds: everybody who was here has accepted it in these words.
    holds = fields.BooleanField(default=False)
    #: The line that these words would replace.
    instead_of = fields.BigIntField(null=True)
    #: When words that nobody has to accept fall away.
    lapses_at = fields.DatetimeField(null=True)

    class Meta:
        table = "charter_line"


class Assent(Model):
    """That one person accepted one line in its very words."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    line = fields.BigIntField()
    person = fields.CharField(max_length=255, db_index=True)

    class Meta:
        table = "assent"
        unique_together = (("line", "person"),)
