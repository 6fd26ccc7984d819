"""What belongs to a room: every row of every table that names one, so that no table is ever forgotten.

A new table with a `room` is part of this from its first day, and so is one whose rows belong to such a row and say so by
the name of its table: `meeting`, or `line` for a `charter_line`. Beside them stand the tables of what happened and what
is owed, of who is where, and the room itself: those follow the homeserver, not what people decide.
"""

from collections.abc import Collection, Iterator

from tortoise import Tortoise, fields
from tortoise.models import Model

#: Follow the homeserver and the post, whatever becomes of a circle.
NOT_THE_CIRCLES = frozenset({"inbox", "outbox", "member", "room"})

#: A person's own, though it is about a room: stays when a room is let go and its people stay.
THE_PERSONS = frozenset({"reminder", "muted"})


def table(model: type[Model]) -> str:
    """The table of a model."""
    return model._meta.db_table


def _known() -> list[type[Model]]:
    return sorted(Tortoise.apps["kinkeeper"].values(), key=table) if Tortoise.apps else []


def belongings() -> list[type[Model]]:
    """The models whose rows name the room that they belong to."""
    return [
        model
        for model in _known()
        if "room" in model._meta.fields_map and table(model) not in NOT_THE_CIRCLES
    ]


def parts(whole: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """The models whose rows belong to rows of another and name no room, with the column that says so."""
    name = table(whole)
    for model in _known():
        if "room" in model._meta.fields_map:
            continue
        for column, field in model._meta.fields_map.items():
            if not isinstance(field, fields.BigIntField):
                continue
            if name == column or name.endswith(f"_{column}"):
                yield model, column


async def forget(room: str, *, but: Collection[str] = ()) -> None:
    """Delete what belongs to a room, parts first; `but` names tables that stay."""
    for model in belongings():
        if table(model) in but:
            continue
        for part, column in parts(model):
            ids = [row.pk for row in await model.filter(room=room)]
            await part.filter(**{f"{column}__in": ids}).delete()
        await model.filter(room=room).delete()


async def move(old: str, new: str) -> None:
    """Hand everything of a room on to its successor."""
    for model in belongings():
        if model._meta.pk_attr != "room":
            await model.filter(room=old).update(room=new)
            continue
        for row in await model.filter(room=old):
            await row.delete()
            row.pk = new
            row._saved_in_db = False
            await row.save(force_create=True)
