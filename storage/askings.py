"""That somebody has asked somebody, as a mark that names nobody, and until when it counts.

A mark is a keyed hash (handlers.askings), so that a table of them tells neither who asked nor who was asked, nor what. It has
no room and no person, and stays when either is forgotten: what it keeps off is being asked again and again.
"""

from collections.abc import Collection
from datetime import datetime

from tortoise import fields
from tortoise.models import Model


class Asking(Model):
    """One mark, until its end."""

    mark = fields.CharField(max_length=64, primary_key=True)
    until = fields.DatetimeField()

    class Meta:
        table = "asking"


async def standing(marks: Collection[str], now: datetime) -> set[str]:
    """Those of these marks that still count."""
    kept = Asking.filter(mark__in=list(marks), until__gt=now)
    return {str(mark) for mark in await kept.values_list("mark", flat=True)}


async def keep(marks: Collection[str], until: datetime) -> None:
    """Let marks count until a time, and no longer."""
    await Asking.filter(mark__in=list(marks)).delete()
    await Asking.bulk_create([Asking(mark=mark, until=until) for mark in sorted(set(marks))])


async def lift(marks: Collection[str]) -> None:
    """Let marks count no more."""
    await Asking.filter(mark__in=list(marks)).delete()


async def tidy(now: datetime) -> None:
    """Delete every mark whose time is over."""
    await Asking.filter(until__lte=now).delete()
