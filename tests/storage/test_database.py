"""Units of work are whole, on SQLite and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from storage.database import (
    close_database,
    open_database,
    opened,
    sqlite_url,
    transaction,
)
from storage.facts import Fact, recall, remember
from storage.inbox import Heard, Kind
from storage.outbox import Deed, Owed

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


async def test_what_a_unit_wrote_is_gone_when_it_fails(database: str) -> None:
    async def failing() -> None:
        await remember("name", "value")
        raise LookupError

    with pytest.raises(LookupError):
        await transaction(failing)

    assert await recall("name") is None


async def test_units_that_are_cancelled_at_any_step_never_hold_the_database(database: str) -> None:
    async def work() -> None:
        await Fact.create(name=f"fact {len(await Fact.all())}", value="x")

    for steps in range(60):
        task = asyncio.create_task(transaction(work))
        for _ in range(steps % 12):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})

    async with asyncio.timeout(10):
        await transaction(work)
    assert await Fact.all().count() > 0


async def test_a_cancelled_unit_is_whole_or_never_was(database: str) -> None:
    async def both() -> None:
        await Fact.create(name="first", value="x")
        await Fact.create(name="second", value="x")

    task = asyncio.create_task(transaction(both))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})

    assert await Fact.all().count() in {0, 2}


async def test_units_side_by_side_lose_no_update(database: str) -> None:
    await remember("count", "0")

    async def increment() -> None:
        value = await recall("count")
        await asyncio.sleep(0)
        await remember("count", str(int(value or "0") + 1))

    await asyncio.gather(*(transaction(increment) for _ in range(50)))

    assert await recall("count") == "50"


async def test_the_same_thing_is_heard_once_and_owed_once(database: str) -> None:
    def heard() -> Heard:
        return Heard(key="$event", kind=Kind.MESSAGE, room="!room", at=NOW)

    def owed() -> Owed:
        return Owed(transaction="t", lane="!room", deed=Deed.SEND, made_at=NOW)

    for _ in range(2):
        await Heard.bulk_create([heard()], ignore_conflicts=True)
        await Owed.bulk_create([owed()], ignore_conflicts=True)

    assert await Heard.all().count() == 1
    assert await Owed.all().count() == 1


async def test_instants_come_back_as_they_went_in(database: str) -> None:
    await Heard.create(key="k", kind=Kind.HOUR, room="!r", at=NOW, content={"a": ["ü", 1, None]})

    [row] = await Heard.filter(at__lte=NOW)

    assert row.at == NOW
    assert row.at.utcoffset() is not None
    assert row.content == {"a": ["ü", 1, None]}


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "left open"])
async def test_a_database_opened_after_another_shows_its_own_rows_alone(
    tmp_path: Path, postgres_url: str, closed: bool
) -> None:
    """Also where it is another engine's, with which the same models speak in other words."""
    one, other = sqlite_url(tmp_path / "one.db"), sqlite_url(tmp_path / "other.db")
    there = [one, other, postgres_url]
    for url in there:
        await open_database(url)
        assert await recall("where") is None
        await remember("where", url)
        if closed:
            await close_database()

    for url in [*there, one, postgres_url, other]:
        await open_database(url)
        assert await recall("where") == url
        # PostgreSQL and SQLite compare without regard to case in different words.
        assert await Fact.filter(name__icontains="WHERE", value__endswith=url[-4:]).count() == 1
        async with asyncio.timeout(10):
            await transaction(partial(remember, f"again {opened()}", url))
        if closed:
            await close_database()
    await close_database()
