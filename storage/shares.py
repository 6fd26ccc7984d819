"""What people write during a practice, sealed, and what is to be taken back of it; no row outlives its purpose by a day.

Who passed is nowhere: a person still asked is in `OpenForm.waiting`, and that list is gone as the form opens (R10).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

#: Rows that an hour failed to delete are deleted this long after their moment all the same (R8).
LONGEST = timedelta(hours=24)


class Seal(StrEnum):
    """Whether a form is still shut."""

    SHUT = "shut"
    OPENED = "opened"


class OpenForm(Model):
    """Questions that people are asked, each privately, until the one moment at which their answers open."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    #: Names the key of its answers: the room as it was called when people were asked, whatever replaced it since.
    sealed_for = fields.CharField(max_length=255)
    #: The sitting that it belongs to, and the phase of that sitting; None for a form of its own.
    session = fields.BigIntField(null=True, db_index=True)
    phase = fields.IntField(null=True)
    #: What a form of its own is for.
    about = fields.CharField(max_length=64, null=True)
    title = fields.CharField(max_length=128)
    #: The questions, as `practices.forms.as_state` writes them.
    asks: fields.Field[dict[str, object]] = fields.JSONField(default=dict)
    #: Everybody who was asked, and those who have neither answered nor passed; both empty once it is open.
    people: fields.Field[list[str]] = fields.JSONField(default=list)
    waiting: fields.Field[list[str]] = fields.JSONField(default=list)
    #: When it opens at the latest; people were told so.
    opens_at = fields.DatetimeField()
    seal = fields.CharEnumField(Seal, max_length=16, default=Seal.SHUT)

    class Meta:
        table = "form"


class Share(Model):
    """One answer, sealed; deleted in the transaction that opens it."""

    id = fields.BigIntField(primary_key=True)
    form = fields.BigIntField()
    room = fields.CharField(max_length=255, db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    #: The name of the question.
    field = fields.CharField(max_length=255)
    sealed = fields.TextField()

    class Meta:
        table = "share"
        unique_together = (("form", "person", "field"),)


class Said(Model):
    """One message that the homeserver shall forget, by its id or by the name under which we said it; never its text."""

    id = fields.BigIntField(primary_key=True)
    form = fields.BigIntField(null=True, db_index=True)
    session = fields.BigIntField(null=True, db_index=True)
    #: Where it stands, whatever replaces that room: a room's id, or a person's for the private chat with them.
    place = fields.CharField(max_length=255)
    target = fields.CharField(max_length=255)

    class Meta:
        table = "said"
        unique_together = (("place", "target"),)


async def note(
    place: str, target: str, *, form: int | None = None, session: int | None = None
) -> None:
    """Note a message that is to be taken back; noting it twice is noting it once."""
    await Said.get_or_create({"form": form, "session": session}, place=place, target=target)


async def forget_form(form: int) -> None:
    """Delete a form and all that was written for it; what was noted is kept until it is taken back."""
    await Share.filter(form=form).delete()
    await OpenForm.filter(id=form).delete()


async def forget_person(person: str, *, rooms: Collection[str] | None = None) -> None:
    """Delete what a person wrote that has not opened, in all rooms or in some; they are asked no more."""
    shut = OpenForm.filter(seal=Seal.SHUT)
    if rooms is not None:
        shut = shut.filter(room__in=list(rooms))
    for form in await shut:
        await Share.filter(form=form.id, person=person).delete()
        if person in form.people:
            form.people = [each for each in form.people if each != person]
            form.waiting = [each for each in form.waiting if each != person]
            await form.save(update_fields=["people", "waiting"])


async def forget_overdue(now: datetime) -> list[int]:
    """Delete the forms whose moment passed more than a day ago, though an hour failed; returns their ids (R8)."""
    late = OpenForm.filter(opens_at__lt=now - LONGEST)
    ids = [form.id for form in await late]
    for form in ids:
        await forget_form(form)
    living = await OpenForm.all().values_list("id", flat=True)
    await Share.filter(~Q(form__in=list(living))).delete()
    return ids
