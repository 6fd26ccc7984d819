"""Finds the keys of persons that nothing mentions any more, and condemns them.

Each feature destroys a key with what it sealed; this is for whatever has taken the rows and left the key, such as a table
that went with its room, or a unit of work that came to nothing. Nothing is sealed while it looks, as units run one at a
time, and a key younger than a day is let be. The names of what it found are destroyed like any other that is condemned.
"""

from datetime import datetime, timedelta

from tortoise.models import Model

from handlers.language import House
from storage.database import transaction
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

#: Younger keys are let be.
YOUNG = timedelta(days=1)


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
    """Condemn every key that nothing mentions; `destroy_condemned` of daemon/settle.py destroys them."""

    async def whole() -> None:
        lost = house.keys.unused(await mentioned(), before=now - YOUNG)
        rows = [CondemnedKey(name=name) for name in lost]
        await CondemnedKey.bulk_create(rows, ignore_conflicts=True)

    await transaction(whole)
