"""Times of writing for oneself that are running, and when somebody wants to be asked; never a word of what is written.

A time of writing is here from its first word until it is over. With "keep nothing" all that the inbox and the outbox
know of it, which is ids and never words, goes with it (R24): that somebody wrote is not kept either.
"""

from collections.abc import Collection
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

#: Begins the key of an edit, after the end, of what was written before it; the event's id follows.
EDITED = "edited:"


class Way(StrEnum):
    """What somebody does for themselves."""

    JOURNAL = "journal"
    PARTS = "parts"


class Phase(StrEnum):
    """How far a time of writing has come."""

    #: Asked whether anything shall stay, and how long.
    CHOOSING = "choosing"
    #: Nothing is read but the words that end it or go on.
    SILENT = "silent"
    #: The bell has rung; what comes a moment late still belongs to it.
    OVER = "over"


class Writing(Model):
    """One time of writing, in a private chat."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    way = fields.CharEnumField(Way, max_length=16)
    phase = fields.CharEnumField(Phase, max_length=16, default=Phase.CHOOSING)
    #: Whether what is written stays in the chat; None: not chosen yet.
    keeps: fields.Field[bool | None] = fields.BooleanField(null=True)
    #: What it is about, such as "needs"; or the number of a step.
    prompt = fields.CharField(max_length=32, default="")
    step = fields.SmallIntField(default=0)
    began = fields.DatetimeField()
    #: When the bell rings; when it is over that moment.
    ends = fields.DatetimeField(null=True)
    #: The rows that it began after: what was heard from its person later, and answered to them, is part of it.
    heard_after = fields.BigIntField(default=0)
    owed_after = fields.BigIntField(default=0)

    class Meta:
        table = "writing"


class OwnPrompt(Model):
    """When somebody wants to be asked to reflect; there is no row for whoever does not."""

    id = fields.BigIntField(primary_key=True)
    person = fields.CharField(max_length=255, unique=True)
    #: On their clock, "19:30".
    at = fields.CharField(max_length=5, null=True)
    #: The days of the week, Monday is 0.
    days: fields.Field[list[int]] = fields.JSONField(default=list)
    zone = fields.CharField(max_length=64, null=True)
    #: Whether it is also offered before a monthly meeting.
    before_meetings = fields.BooleanField(default=False)

    class Meta:
        table = "own_prompt"


async def silences(rooms: Collection[str]) -> dict[str, Writing]:
    """By room: where somebody writes for themselves, or did so until just now."""
    newest: dict[str, Writing] = {}
    for writing in await Writing.filter(room__in=list(rooms)).order_by("id"):
        newest[writing.room] = writing
    return {
        room: writing for room, writing in newest.items() if writing.phase is not Phase.CHOOSING
    }


async def forget_prompt(person: str) -> int | None:
    """Delete when somebody wants to be asked; the number of what is deleted, None if there was nothing."""
    found = await OwnPrompt.get_or_none(person=person)
    if found is None:
        return None
    number: int = found.id
    await found.delete()
    return number


async def kept_of(person: str) -> dict[str, list[dict[str, object]]]:
    """What is kept of a person, for them alone."""
    return {
        "your_times_for_reflection": [
            {
                "at": each.at,
                "days": each.days,
                "timezone": each.zone,
                "before_monthly_meetings": each.before_meetings,
            }
            for each in await OwnPrompt.filter(person=person)
        ],
        "you_are_writing_for_yourself_now": [
            {"since": each.began, "way": each.way.value, "stays_in_our_chat": each.keeps}
            for each in await Writing.filter(person=person)
        ],
    }
