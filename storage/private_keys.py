"""The keys of persons that are to be destroyed: stored with what condemned them, gone when their files are."""

from tortoise import fields
from tortoise.models import Model


class CondemnedKey(Model):
    """One key, by the name of its file, which tells nobody whose it is."""

    name = fields.CharField(max_length=64, primary_key=True)

    class Meta:
        table = "condemned_key"
