"""Finds the keys of persons that nothing mentions any more, and condemns them.

Each feature destroys a key with what it sealed; this is for whatever has taken the rows and left the key, such as a table
that went with its room, or a unit of work that came to nothing. Nothing is sealed while it looks, as units run one at a
time, and a young key is let be. The names of what it found are destroyed like any other that is condemned.

A key is in no backup, so one destroyed by mistake is a loss for good. A database that was put back from a backup, or that
is the wrong one altogether, mentions none of the newer keys: so nothing is condemned before the same database has been
looked at for two weeks without a gap.
"""

from datetime import datetime, timedelta

from tortoise.models import Model

from handlers.language import House
from storage.database import transaction
from storage.facts import recall, remember
from storage.notes import MoneyNote, Opening, Pathway
from storage.onboardings import Onboarding
from storage.pairings import Preference
from storage.private_keys import CondemnedKey
from storage.reflections import ReflectionSide

#: Every column that is sealed with a key of its own: what begins with the name of a key, and a colon.
SEALED: tuple[tuple[type[Model], str], ...] = (
    (MoneyNote, "sealed"),
    (Onboarding, "sealed"),
    (Opening, "sealed"),
    (Pathway, "sealed"),
    (Preference, "sealed"),
    (ReflectionSide, "other"),
    (ReflectionSide, "said"),
)

#: Younger keys are let be: as old as a backup may be that looks like no gap.
YOUNG = timedelta(days=3)

#: A database is looked at every night; after a longer pause its two weeks begin anew.
GAP = timedelta(days=2)

#: So long it has been looked at, before what it does not mention is lost.
WATCHED = timedelta(days=14)

#: When the looking began, and when it was last done.
_BEGAN, _LAST = "lost keys: looking since", "lost keys: last looked"


async def mentioned() -> set[str]:
    """The names of the keys with which something is sealed that still stands in the database."""
    names: set[str] = set()
    for model, column in SEALED:
        for sealed in await model.all().values_list(column, flat=True):
            name, _, box = str(sealed or "").partition(":")
            if box:
                names.add(name)
    return names


async def condemn_lost(house: House, now: datetime) -> None:
    """Condemn every key that nothing has mentioned for long; `destroy_condemned` of daemon/settle.py destroys them."""

    async def whole() -> None:
        if await _watched(now) < WATCHED:
            return
        lost = house.keys.unused(await mentioned(), before=now - YOUNG)
        rows = [CondemnedKey(name=name) for name in lost]
        await CondemnedKey.bulk_create(rows, ignore_conflicts=True)

    await transaction(whole)


async def _watched(now: datetime) -> timedelta:
    """For how long this database has been looked at, this time included."""
    began, last = await recall(_BEGAN), await recall(_LAST)
    await remember(_LAST, now.isoformat())
    if (
        began is None
        or last is None
        or not timedelta() <= now - datetime.fromisoformat(last) <= GAP
    ):
        await remember(_BEGAN, now.isoformat())
        return timedelta()
    return now - datetime.fromisoformat(began)
