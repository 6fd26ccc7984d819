"""Single facts that the daemon remembers about itself, such as how far it has listened."""

from tortoise import fields
from tortoise.models import Model

from storage.statements import change


class Fact(Model):
    """One named fact."""

    name = fields.CharField(max_length=64, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "fact"


async def recall(name: str) -> str | None:
    """The value of the fact `name`, or None when it was never stored."""
    fact = await Fact.get_or_none(name=name)
    return fact.value if fact else None


async def remember(name: str, value: str) -> None:
    """Store the fact `name`, over what it was before."""
    if not await change("UPDATE fact SET value = ? WHERE name = ?", value, name):
        await Fact.create(name=name, value=value)
