"""What a person has told the daemon about when and where to reach them."""

from tortoise import fields
from tortoise.models import Model


class Person(Model):
    """One person, by Matrix id."""

    id = fields.CharField(max_length=255, primary_key=True)
    #: IANA name; None means the circle's own zone.
    zone = fields.CharField(max_length=64, null=True)
    quiet_from = fields.CharField(max_length=5, null=True)
    quiet_until = fields.CharField(max_length=5, null=True)
    muted = fields.BooleanField(default=False)

    class Meta:
        table = "person"


class Muted(Model):
    """A room in which a person does not want to be called by name."""

    id = fields.BigIntField(primary_key=True)
    person = fields.CharField(max_length=255)
    room = fields.CharField(max_length=255)

    class Meta:
        table = "muted"
        unique_together = (("person", "room"),)
