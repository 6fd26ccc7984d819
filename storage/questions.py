"""Questions that the daemon has asked and that may still be answered."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from storage.sealed import SealedField


class Question(Model):
    """One open question, answered by a tap, by a word, or by time."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    #: Who may answer; None means every member of the room.
    person = fields.CharField(max_length=255, null=True)
    #: Which declared inquiry it belongs to.
    inquiry = fields.CharField(max_length=64)
    #: What the inquiry needs to go on; "request" is the message with which its person began what is asked step by step.
    data: fields.Field[dict[str, object]] = SealedField(default=dict)
    #: Answers so far, person to sign, where everybody is asked.
    answers: fields.Field[dict[str, str]] = fields.JSONField(default=dict)
    until = fields.DatetimeField()

    class Meta:
        table = "question"
        indexes = (("room", "person"),)


async def begun_by(
    people: Collection[str], event_ids: Collection[str], now: datetime
) -> dict[str, str]:
    """Of these events, those with which one of these people began what is still being asked of them: event to person."""
    open_ = await Question.filter(person__in=list(people), until__gt=now)
    begun = {str(each.data.get("request")): str(each.person) for each in open_}
    return {event: person for event, person in begun.items() if event in event_ids}


async def open_about(what: str, row: int | str, **of: Any) -> list[Question]:
    """The questions whose data names a row, as in ("dyad", 12); `of` are the filters by which they are looked for."""
    return [each for each in await Question.filter(**of) if each.data.get(what) == row]


async def forget_about(what: str, row: int | str, **of: Any) -> None:
    """Ask no more what `open_about` finds."""
    for question in await open_about(what, row, **of):
        await question.delete()
