"""The register: what a circle has decided, what of it goes on holding until when, and what took its place."""

from tortoise import fields
from tortoise.models import Model

from practices.agreements import Standing


class Decision(Model):
    """One decision in the words in which it was written down; with a day of review it is an agreement."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    #: The meeting at which it was taken; None when it was written down before any.
    meeting = fields.BigIntField(null=True)
    what = fields.TextField()
    #: Who wrote it down, and may take it back.
    person = fields.CharField(max_length=255, db_index=True)
    made_at = fields.DatetimeField()
    #: The day on which the circle looks at it again.
    review_on = fields.DateField(null=True)
    standing = fields.CharEnumField(Standing, max_length=16, default=Standing.HOLDS)
    #: When it was replaced or ended.
    ended_at = fields.DatetimeField(null=True)
    #: The decision that took its place.
    replaced_by = fields.BigIntField(null=True)
    #: The poll that asks whether it is changed.
    changing = fields.BigIntField(null=True)
    #: The mark by which a decision that was brought from elsewhere is known, so that it is brought once.
    mark = fields.CharField(max_length=64, null=True, db_index=True)
    #: What was brought with it: where it comes from and how it came about there, in words; never a voice. Or "gainsaid": one
    #: of the circle said within a day that it was not decided.
    story: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)

    class Meta:
        table = "decision"
