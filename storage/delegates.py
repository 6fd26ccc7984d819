"""Delegates whom our congregations send into circles of an assembly, and the rooms in which those circles talk (ASM-5).

Only our own people stand here: whom others send is seen in a circle's room, and kept by nobody but them.
"""

from tortoise import fields
from tortoise.models import Model

from practices.assembly.delegates import Role
from storage.assemblies import Assembly, State


class Delegate(Model):
    """Somebody whom a congregation has named, by consent and until a day."""

    id = fields.BigIntField(primary_key=True)
    #: The space of the congregation.
    room = fields.CharField(max_length=255, db_index=True)
    assembly = fields.BigIntField()
    role = fields.CharEnumField(Role, max_length=16)
    person = fields.CharField(max_length=255, db_index=True)
    chosen_at = fields.DatetimeField()
    #: Their last day.
    until = fields.DateField()
    #: The rooms of circles into which they were asked.
    asked: fields.Field[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "delegate"
        unique_together = (("assembly", "role"),)


class DelegateCircle(Model):
    """Where our congregation sits: in its own circle, and in those above that it carries."""

    id = fields.BigIntField(primary_key=True)
    #: The space of the congregation.
    room = fields.CharField(max_length=255, db_index=True)
    assembly = fields.BigIntField()
    #: 0: the circle of congregations; 1, 2, …: circles of circles.
    level = fields.IntField()
    #: The room in which that circle talks; None: we are in none yet.
    place = fields.CharField(max_length=255, null=True)
    #: Whether that room is being made.
    making = fields.BooleanField(default=False)
    #: Since when it is another one, or none; None: all is as it should be.
    since = fields.DatetimeField(null=True)
    #: The keepers whom we have asked into it.
    asked: fields.Field[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "delegate_circle"
        unique_together = (("assembly", "level"),)


async def kept_of(person: str) -> dict[str, list[dict[str, object]]]:
    """What is kept of a person as a delegate: values that JSON can hold, but instants and days."""
    rows = await Delegate.filter(person=person).order_by("id")
    names = dict(
        await Assembly.filter(id__in=[row.assembly for row in rows]).values_list("id", "name")
    )
    return {
        "you_are_a_delegate": [
            {
                "assembly": names.get(row.assembly),
                "as": row.role.value,
                "since": row.chosen_at,
                "until": row.until,
            }
            for row in rows
        ]
    }


async def forget_person(person: str) -> None:
    """Let nobody be a delegate who asks to be forgotten; their place is free."""
    await Delegate.filter(person=person).delete()


async def is_something(room: str) -> bool:
    """Whether a room is one of an assembly of ours: its space, the room for people, a part now or before, or a circle's."""
    for known in await Assembly.exclude(state=State.LEFT):
        if room in (known.space, *known.everywhere):
            return True
    return await DelegateCircle.exists(place=room)


async def ended(assembly: int) -> list[str]:
    """Our congregation sits in no circle of an assembly any more; returns the rooms in which those talk."""
    places = await DelegateCircle.filter(assembly=assembly).values_list("place", flat=True)
    await DelegateCircle.filter(assembly=assembly).delete()
    await Delegate.filter(assembly=assembly).delete()
    return [str(each) for each in places if each is not None]
