"""How much the courier has carried from one person to another today, and who wants no more of whom; under marks alone.

Which two people a mark stands for is nowhere in the database: only whoever holds the keys can tell, and that only by
trying everybody. Each row has an end, and is deleted in the night after it.
"""

from tortoise import fields
from tortoise.models import Model


class Carried(Model):
    """One mark: of two people and a day, or of two people of whom one wants no more words of the other."""

    mark = fields.CharField(max_length=64, primary_key=True)
    #: How many words, on that day.
    words = fields.SmallIntField(default=0)
    until = fields.DatetimeField()

    class Meta:
        table = "carried"
