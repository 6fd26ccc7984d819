"""What belongs to a room: every row of every table that names one, so that no table is ever forgotten.

A new table with a `room` is part of this from its first day, and so is one whose rows belong to such a row and say so by
the name of its table: `meeting`, or `line` for a `charter_line`. Beside them stand the tables of what happened and what
is owed, of who is where, and the room itself: those follow the homeserver, not what people decide.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tortoise import Tortoise, fields
from tortoise.expressions import Q
from tortoise.models import Model

from storage.inbox import Heard, Kind, Settled
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

#: Follow the homeserver and the post, whatever becomes of a circle.
NOT_THE_CIRCLES = frozenset({"inbox", "outbox", "member", "room"})

#: A person's own, though it is about a room: stays when a room is let go and its people stay.
THE_PERSONS = frozenset({"reminder", "muted"})

#: How long the subject of an hour may be (storage/inbox.py).
_LONGEST = 64

#: So much of a room's id stands in every subject that names it, however much is cut off.
_SHORTEST = 24


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
    """Hand everything of a room on to its successor: its rows, its hours, and what its people are asked in private."""
    await _move_rows(old, new)
    await _move_hours(old, new)
    await _move_questions(old, new)


async def _move_rows(old: str, new: str) -> None:
    for model in belongings():
        if model._meta.pk_attr != "room":
            await model.filter(room=old).update(room=new)
            continue
        for row in await model.filter(room=old):
            await row.delete()
            row.pk = new
            row._saved_in_db = False
            await row.save(force_create=True)


async def _people(*rooms: str) -> list[str]:
    """Those who are in one of these rooms."""
    return [member.person for member in await Member.filter(room__in=rooms)]


async def _move_hours(old: str, new: str) -> None:
    """The hours of a room, and those that wait with its people, are those of its successor: it can call them off.

    What an hour belongs to may name its room, and be cut off at the length of the column.
    """
    privates = await Room.filter(private_with__in=await _people(old, new))
    theirs = Q(room__in=[old, *(room.id for room in privates)]) | Q(about__contains=_cut(old))
    async for hour in Heard.filter(theirs, kind=Kind.HOUR, state=Settled.WAITING):
        before = (hour.room, hour.key, hour.about, hour.content)
        about = hour.about or ""
        hour.about = _renamed(about, old, new) if about else hour.about
        key = hour.key.replace(about, hour.about or "", 1)[:255]
        if key != hour.key and not await Heard.exists(key=key):
            hour.key = key
        hour.room = new if hour.room == old else hour.room
        hour.content = _handed(hour.content, old, new)
        if before != (hour.room, hour.key, hour.about, hour.content):
            await hour.save()


def _cut(room: str) -> str:
    """As much of a room's id as is left of it in the longest subject of an hour."""
    return room[:_SHORTEST]


def _renamed(about: str, old: str, new: str) -> str:
    """The subject of an hour with the new room's id in it, cut off where the column ends."""
    if old in about:
        return about.replace(old, new)[:_LONGEST]
    start = about.find(_cut(old))
    if len(about) == _LONGEST and start >= 0 and old.startswith(about[start:]):
        return (about[:start] + new)[:_LONGEST]
    return about


def _handed(value: Any, old: str, new: str) -> Any:
    """What an hour or a question knows, with the new room in the place of the old."""
    if isinstance(value, Mapping):
        return {
            key: _renamed(held, old, new)
            if key == "about" and isinstance(held, str)
            else _handed(held, old, new)
            for key, held in value.items()
        }
    if isinstance(value, list):
        return [_handed(each, old, new) for each in value]
    return new if value == old else value


async def _move_questions(old: str, new: str) -> None:
    """Open questions know which room they are about, also those in private."""
    people = await _people(old, new)
    async for question in Question.filter(Q(room=new) | Q(person__in=people)):
        data = _handed(question.data, old, new)
        if data != question.data:
            question.data = data
            await question.save(update_fields=["data"])
