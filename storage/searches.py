"""Searches for a mediator that people of ours have begun; who that is stands here sealed, and nowhere else (R138)."""

from tortoise import fields
from tortoise.models import Model


class Search(Model):
    """One search; it is deleted when its day is over, or when whoever asked ends it."""

    id = fields.BigIntField(primary_key=True)
    #: The space of the congregation.
    room = fields.CharField(max_length=255, db_index=True)
    assembly = fields.BigIntField()
    #: The letter that went out.
    letter = fields.CharField(max_length=43, unique=True)
    #: Who asked, sealed at one length for all.
    sealed = fields.TextField()
    #: The last day of the search is over everywhere.
    until = fields.DatetimeField()

    class Meta:
        table = "mediator_search"
