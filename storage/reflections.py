"""Partnership reflections: what two people say, each alone and sealed, until both open it or it is deleted (R39, R40).

Nothing that was said or chosen can be read without keys that are in no database and no backup, and that are destroyed when
it is over. Whose a side is stands sealed with the operator's secret: without it these tables tell that two people look at a
partnership, and of nobody that they do, or with whom. (What the traces of the last days tell, docs/operating.md says.)
"""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from storage.sealed import UNREADABLE, SealedField


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
    #: Whose it is, as {"person": id}.
    whose: fields.Field[dict[str, object]] = SealedField()
    #: Whether this one asked the other.
    asks = fields.BooleanField(default=False)
    #: Who the other is, and what they are called, sealed with the key of the two.
    other = fields.TextField()
    #: What they said and chose, sealed with a key of their own for it; "" for nothing.
    said = fields.TextField(default="")

    class Meta:
        table = "reflection_side"

    @property
    def person(self) -> str:
        """Whose it is; "" where that was sealed with another secret."""
        return str(self.whose.get("person", ""))


async def sides(reflection: int) -> list[ReflectionSide]:
    """Both sides, or those that there are: whoever asked comes first."""
    return await ReflectionSide.filter(reflection=reflection).order_by("-asks", "id")


async def sides_of(person: str) -> list[ReflectionSide]:
    """Those of one person, the oldest first: nobody's can be looked for in the table, so every one is opened."""
    every = await ReflectionSide.all().order_by("id")
    return [side for side in every if side.person == person]


async def seal_older() -> int:
    """Seal whose each side is, where that is older than the seal; delete what another secret has sealed, and count it.

    A reflection of which one side cannot be read is nobody's any more: nobody finds it, and no hour of it can be kept.
    """
    lost = set()
    for side in await ReflectionSide.all():
        if side.whose == UNREADABLE:
            lost.add(side.reflection)
        else:
            await side.save(update_fields=["whose"])
    for number in lost:
        await ReflectionSide.filter(reflection=number).delete()
        await Reflection.filter(id=number).delete()
    return len(lost)


async def forget(reflection: Reflection) -> None:
    """Delete it with both sides."""
    await ReflectionSide.filter(reflection=reflection.id).delete()
    await reflection.delete()
