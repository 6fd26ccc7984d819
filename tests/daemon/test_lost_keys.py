"""Every key of a person goes with what it sealed, also where whatever took the rows has not thought of it."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise.models import Model

from daemon.keyring import Keyring
from daemon.lost_keys import GAP, SEALED, WATCHED, YOUNG, condemn_lost, mentioned
from daemon.private_keys import PRIVATE_KEYS
from daemon.settle import destroy_condemned
from handlers.catalogue import CATALOGUE
from handlers.language import House, KeyGone
from practices.onboarding import Standing
from storage.notes import MoneyNote, Opening, Pathway
from storage.onboardings import Onboarding
from storage.pairings import Preference
from storage.reflections import ReflectionSide

ROOT = Path(__file__).resolve().parents[2]

ANA, OWNER = "@ana:here", "something:17"

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)

#: Which features seal with keys of their own, and what.
FEATURES: dict[str, type[Model]] = {
    "money": MoneyNote,
    "openings": Opening,
    "pathway": Pathway,
    "preferences": Preference,
    "promises": Onboarding,
    "reflecting": ReflectionSide,
}

#: What else a row of each needs.
NEEDED: dict[type[Model], dict[str, Any]] = {
    MoneyNote: {"person": ANA},
    Onboarding: {
        "room": "!s",
        "newcomer": ANA,
        "review": date(2027, 2, 22),
        "state": Standing.ACTIVE,
    },
    Opening: {"person": ANA, "place": "!r", "held": 1, "at": NOW, "ends_at": NOW, "sealed": ""},
    Pathway: {"person": ANA},
    Preference: {"person": ANA},
    ReflectionSide: {"reflection": 1, "whose": {"person": ANA}, "other": ""},
}


def a_house(folder: Path) -> House:
    return House(me="@kinkeeper:here", catalogue=CATALOGUE, keys=Keyring.at(folder, None))


def files(folder: Path) -> list[Path]:
    return sorted((folder / PRIVATE_KEYS).glob("*.key"))


def aged(folder: Path, age: timedelta) -> None:
    for file in files(folder):
        at = (NOW - age).timestamp()
        os.utime(file, (at, at))


async def looks(house: House, until: datetime = NOW) -> None:
    """The nights before `until`, one after the other."""
    for day in range(WATCHED.days, 0, -1):
        await condemn_lost(house, until - timedelta(days=day))


async def night(house: House) -> None:
    await condemn_lost(house, NOW)
    await destroy_condemned(house)


def test_every_feature_that_seals_with_a_key_of_its_own_is_known_here() -> None:
    sealing = {
        file.stem
        for file in (ROOT / "handlers").rglob("*.py")
        if re.search(r"keys\.of\(", file.read_text(encoding="utf-8"))
    }

    assert sealing == set(FEATURES)
    assert {model for model, _column in SEALED} == set(FEATURES.values())


@pytest.mark.parametrize(("model", "column"), SEALED)
async def test_a_key_outlives_no_row_that_it_sealed_and_none_that_still_stands_is_lost(
    database: str, tmp_path: Path, model: type[Model], column: str
) -> None:
    house = a_house(tmp_path)
    await looks(house)
    sealed = house.keys.of(OWNER).seal("what", "tulips")
    await model.create(**{**NEEDED[model], column: sealed})
    aged(tmp_path, YOUNG + timedelta(hours=1))

    await night(house)
    assert house.keys.of(OWNER).open("what", sealed) == "tulips"

    await model.all().delete()
    await night(house)
    assert files(tmp_path) == []
    with pytest.raises(KeyGone):
        house.keys.of(OWNER).open("what", sealed)


async def test_a_young_key_is_let_be(database: str, tmp_path: Path) -> None:
    house = a_house(tmp_path)
    await looks(house)
    house.keys.of(OWNER).seal("what", "tulips")
    aged(tmp_path, YOUNG - timedelta(hours=1))

    await night(house)

    assert len(files(tmp_path)) == 1


async def test_after_a_lost_key_was_condemned_a_new_one_seals(
    database: str, tmp_path: Path
) -> None:
    house = a_house(tmp_path)
    await looks(house)
    house.keys.of(OWNER).seal("what", "tulips")
    aged(tmp_path, YOUNG + timedelta(hours=1))

    await condemn_lost(house, NOW)
    new = house.keys.of(OWNER).seal("what", "mustard")
    await destroy_condemned(house)

    assert house.keys.of(OWNER).open("what", new) == "mustard"
    assert [file.stem for file in files(tmp_path)] == [new.partition(":")[0]]


async def test_a_database_put_back_by_mistake_costs_nobody_a_key_for_two_weeks(
    database: str, tmp_path: Path
) -> None:
    """Whoever restored the wrong backup has so long to put the right one in its place."""
    house = a_house(tmp_path)
    sealed = house.keys.of(OWNER).seal("what", "tulips")
    aged(tmp_path, timedelta(days=200))

    await looks(house)
    assert house.keys.of(OWNER).open("what", sealed) == "tulips"

    await night(house)
    assert files(tmp_path) == []


async def test_a_database_that_was_not_looked_at_for_days_is_a_new_one(
    database: str, tmp_path: Path
) -> None:
    """An old backup remembers the weeks before it was made."""
    house = a_house(tmp_path)
    await looks(house, until=NOW - GAP)
    house.keys.of(OWNER).seal("what", "tulips")
    aged(tmp_path, timedelta(days=200))

    await night(house)
    await condemn_lost(house, NOW + timedelta(days=1))
    await destroy_condemned(house)

    assert len(files(tmp_path)) == 1


async def test_what_is_not_sealed_mentions_no_key(database: str) -> None:
    await ReflectionSide.create(**NEEDED[ReflectionSide])

    assert await mentioned() == set()
