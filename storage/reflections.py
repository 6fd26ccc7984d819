"""Partnership reflections: what two people say, each alone and sealed, until both open it or it is deleted (R39, R40).

Nothing in these tables can be read without keys that are in no database and no backup, and that are destroyed when it is
over: not what was said, not what was chosen, and not who the other is.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model


class Stage(StrEnum):
    """How far it has come; when it is over there is none."""

    #: One has asked the other.
    ASKED = "asked"
    #: Both have accepted.
    OPEN = "open"
    #: Not this time: kept for a while, so that the same person does not ask again at once.
    RESTS = "rests"


class Reflection(Model):
    """One partnership reflection of two people."""

    id = fields.BigIntField(primary_key=True)
    stage = fields.CharEnumField(Stage, max_length=16, default=Stage.ASKED)
    #: The end of its stage; once it is open it never changes.
    ends = fields.DatetimeField()
    #: The clock of the circle in which they know each other, for whoever has named none.
    zone = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "reflection"


class ReflectionSide(Model):
    """One of the two, with what is theirs. Whoever is forgotten has none; the other's stays as it is."""

    id = fields.BigIntField(primary_key=True)
    reflection = fields.BigIntField(db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    #: Whether this one asked the other.
    asks = fields.BooleanField(default=False)
    #: Who the other is, and what they are called, sealed with the key of the two.
    other = fields.TextField()
    #: What they said and chose, sealed with a key of their own for it; "" for nothing.
    said = fields.TextField(default="")

    class Meta:
        table = "reflection_side"


async def sides(reflection: int) -> list[ReflectionSide]:
    """Both sides, or those that there are: whoever asked comes first."""
    return await ReflectionSide.filter(reflection=reflection).order_by("-asks", "id")


async def forget(reflection: Reflection) -> None:
    """Delete it with both sides."""
    await ReflectionSide.filter(reflection=reflection.id).delete()
    await reflection.delete()
