"""The names of messages that stand in the private chats of two people, and would tell of them that they belong together.

A name is there so that a tap or a later word finds its message. It goes as soon as nothing finds it any more: when what
it is about is over, when the days for tapping are, and when one of the people asks to be forgotten.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.models import Model

from storage.callings import Interest
from storage.dyads import Dyad, OneToOne
from storage.onboardings import Onboarding
from storage.outbox import Delivery, Owed
from storage.rooms import Room

#: Names that begin so carry the number of a row, which is deleted when it is over.
WHILE_THERE: dict[str, type[Model]] = {
    "dyad": Dyad,
    "one-to-one": OneToOne,
    "onboarding": Onboarding,
    # Of a call: what somebody curious was told, and what the caller was asked.
    "interest": Interest,
    "asked": Interest,
}

#: Names that begin so carry a mark, and can be tapped for some days.
FOR_DAYS = ("opened", "reflected")

#: As long as a partnership reflection runs, with a night at each end.
DAYS = timedelta(days=16)


async def forget_over(now: datetime) -> None:
    """Forget the names of what is over, wherever they stand."""
    for begins, table in WHILE_THERE.items():
        there = {int(str(number)) for number in await table.all().values_list("id", flat=True)}
        named = Owed.filter(name__startswith=f"{begins}:").distinct()
        names = [str(name) for name in await named.values_list("name", flat=True)]
        await _forget([name for name in names if _number(name) not in {None, *there}])
    for begins in FOR_DAYS:
        old = Owed.filter(name__startswith=f"{begins}:", made_at__lt=now - DAYS)
        await _forget([str(name) for name in await old.values_list("name", flat=True)])


async def forget_person(person: str) -> None:
    """Forget every name in the private chats with a person, and in those of others each that stands there as well."""
    chats = [person, *await Room.filter(private_with=person).values_list("id", flat=True)]
    theirs = Q(lane__in=chats) | Q(room__in=chats)
    named = Owed.filter(theirs, name__not_isnull=True)
    names = {str(name) for name in await named.values_list("name", flat=True)}
    await _forget([name for name in names if _is_shared(name)])
    said = Owed.filter(theirs, state=Delivery.SENT)
    await said.filter(name__not_isnull=True).update(name=None)
    await said.filter(target__not_isnull=True).update(target=None)


def _is_shared(name: str) -> bool:
    return name.partition(":")[0] in (*WHILE_THERE, *FOR_DAYS)


def _number(name: str) -> int | None:
    number = name.split(":")[1]
    return int(number) if number.isascii() and number.isdecimal() else None


async def _forget(names: Iterable[str]) -> None:
    """Forget these names in what was said, and in what was done to it; what is not said yet keeps its own until then."""
    known = sorted(set(names))
    for start in range(0, len(known), 500):
        some = known[start : start + 500]
        await Owed.filter(name__in=some, state=Delivery.SENT).update(name=None)
        await Owed.filter(target__in=some, state=Delivery.SENT).update(target=None)
