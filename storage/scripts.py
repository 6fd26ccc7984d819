"""The facilitation scripts that circles and congregations have added to those everybody has, and where they come from."""

from tortoise import fields
from tortoise.models import Model


class OwnScript(Model):
    """One script of a circle, or of a congregation for all its circles."""

    id = fields.BigIntField(primary_key=True)
    #: The circle's room, or the congregation's space.
    room = fields.CharField(max_length=255)
    #: Its name as `practices.library.key` compares names: one of a kind in each room.
    key = fields.CharField(max_length=64)
    name = fields.CharField(max_length=64)
    #: As it was offered, in YAML.
    text = fields.TextField()
    #: Who offered it; None once they asked to be forgotten.
    offered_by = fields.CharField(max_length=255, null=True, db_index=True)
    adopted_at = fields.DatetimeField()
    #: When those who adopted it look at it again (R16).
    review_at = fields.DatetimeField()
    #: The letter by which another congregation shared what this was adopted from; None: it is their own work.
    origin = fields.CharField(max_length=43, null=True)
    #: The seat of that congregation.
    seat = fields.CharField(max_length=43, null=True)
    edition = fields.IntField(null=True)
    #: It stays as it is, and its hosts hear of no newer edition.
    pinned = fields.BooleanField(default=False)
    #: Whose work it is, and under which licence it travels, as it was shared; stays when the assembly is left.
    credit = fields.TextField(default="")
    licence = fields.CharField(max_length=64, default="")

    class Meta:
        table = "own_script"
        unique_together = (("room", "key"),)
