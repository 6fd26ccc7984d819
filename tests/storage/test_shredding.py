"""What people wrote is in no byte of the database once it was shredded, and before that only sealed (R8)."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from daemon.backup import back_up
from daemon.settings import Settings
from handlers.sessions import forms
from practices.script import Field, Form
from storage.database import close_database, open_database, scrub, transaction
from storage.facts import remember
from storage.inbox import Heard, Kind
from storage.outbox import Owed, arrived
from storage.shares import OpenForm, Said, Share
from tests.backups import inside
from tests.handlers.played import ME, PlayedHouse, person
from tests.handlers.written import Circle, played

#: Words found in no other row. A long answer fills pages of its own, which are freed as it goes.
ONE, OTHER = "vermilionelephant", "ultramarineheron"
LONG = " ".join([ONE] * 200)

FORM = Form(fields=(Field(name="word", text="What moved you?"),))


@pytest.fixture
def kept(tmp_path: Path) -> Settings:
    told: dict[str, Any] = {"user_id": ME, "password": "tulips", "data_dir": tmp_path / "kept"}
    return Settings(homeserver_url="http://127.0.0.1:1", **told)


@pytest_asyncio.fixture
async def house(kept: Settings) -> AsyncIterator[PlayedHouse]:
    kept.data_dir.mkdir()
    await open_database(kept.database)
    yield PlayedHouse()
    await close_database()


def raw(kept: Settings) -> bytes:
    """Every byte of the database: its file, its log, and whatever else lies beside them."""
    return b"".join(path.read_bytes() for path in kept.data_dir.iterdir() if path.is_file())


def holds(kept: Settings, *words: str) -> list[str]:
    return [word for word in words if word.encode() in raw(kept)]


async def written(house: PlayedHouse) -> None:
    """Two of three people have answered what they were asked."""
    circle = await Circle.of(house)
    people = [person(who) for who in circle.chats]
    await played(
        house,
        circle.room.id,
        lambda call: forms.ask_form(call, call.room, FORM, people, title="W", about="w"),
    )
    await circle.says("ana", LONG)
    await circle.says("ben", OTHER)


@pytest.mark.requirement("R8", "R9")
async def test_before_it_opens_the_file_holds_what_was_written_only_sealed(
    house: PlayedHouse, kept: Settings
) -> None:
    await written(house)
    assert await Share.all().count() == 2

    assert await scrub()

    assert holds(kept, ONE, OTHER) == []
    sealed = (await Share.all().first()).sealed  # type: ignore[union-attr]
    assert holds(kept, sealed[:40]) != []


@pytest.mark.requirement("R8")
async def test_once_opened_and_said_the_file_holds_neither_words_nor_what_they_were_sealed_in(
    house: PlayedHouse, kept: Settings
) -> None:
    await written(house)
    sealed = [share.sealed[:40] for share in await Share.all()]
    await house.passes(forms.LONGEST_OF_ITS_OWN)
    assert [owed for owed in house.owed if ONE in str(owed.content)]

    assert await scrub()

    assert holds(kept, ONE, OTHER, *sealed) == []


@pytest.mark.requirement("R8")
async def test_after_the_shredding_no_byte_of_file_log_or_backup_holds_anything(
    house: PlayedHouse, kept: Settings, tmp_path: Path
) -> None:
    await written(house)
    sealed = [share.sealed[:40] for share in await Share.all()]
    await house.passes(forms.LONGEST_OF_ITS_OWN + timedelta(hours=24))
    assert [await model.all().count() for model in (OpenForm, Share, Said)] == [0, 0, 0]

    assert await scrub()
    file = tmp_path / "kept.backup"
    await back_up(kept, file)

    assert holds(kept, ONE, OTHER, *sealed) == []
    held = inside(file, kept.data_dir)
    assert not [word for word in (ONE, OTHER, *sealed) if word.encode() in held]
    assert b'"name": "share"' in held


async def test_what_waits_to_be_said_and_what_was_heard_leave_no_byte_when_they_are_done(
    house: PlayedHouse, kept: Settings
) -> None:
    content: dict[str, object] = {"text": LONG}
    row = await Owed.create(
        transaction="t", lane="!r", deed="send", content=content, made_at=house.now
    )
    assert holds(kept, ONE) == [ONE]

    await arrived(row.id, "!r", "$e")
    await scrub()

    assert holds(kept, ONE) == []


async def test_deleted_rows_are_written_over(house: PlayedHouse, kept: Settings) -> None:
    for number in range(40):
        await Heard.create(
            key=f"{ONE}{number}",
            kind=Kind.MESSAGE,
            room="!r",
            at=datetime(2026, 11, 22, tzinfo=UTC),
            content={"text": OTHER * (1 + number * 20)},
        )
    await scrub()
    assert holds(kept, ONE, OTHER) == [ONE, OTHER]

    await Heard.all().delete()
    await scrub()

    assert holds(kept, ONE, OTHER) == []


async def test_the_log_is_empty_after_a_scrub_and_nothing_is_lost(
    house: PlayedHouse, kept: Settings
) -> None:
    await remember("kept", "yes")

    assert await scrub()

    assert (kept.data_dir / "kinkeeper.db-wal").stat().st_size == 0
    with closing(sqlite3.connect(kept.data_dir / "kinkeeper.db")) as file:
        assert file.execute("SELECT value FROM fact WHERE name = 'kept'").fetchone() == ("yes",)


async def test_while_somebody_reads_the_file_a_scrub_says_so_and_waits_for_nobody(
    house: PlayedHouse, kept: Settings
) -> None:
    with closing(sqlite3.connect(kept.data_dir / "kinkeeper.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM fact").fetchone()
        await remember("kept", "yes")
        async with asyncio.timeout(5):
            assert await scrub() is False
        reader.execute("ROLLBACK")

    assert await scrub() is True


async def test_a_scrub_waits_for_the_unit_that_is_running(house: PlayedHouse) -> None:
    order: list[str] = []

    async def work() -> None:
        await remember("first", "yes")
        await asyncio.sleep(0)
        order.append("unit")

    unit = asyncio.create_task(transaction(work))
    await asyncio.sleep(0)
    assert await scrub()
    order.append("scrub")
    await unit

    assert order == ["unit", "scrub"]


async def test_on_postgres_a_scrub_has_nothing_to_do(postgres_url: str) -> None:
    await open_database(postgres_url)
    try:
        await remember("kept", json.dumps("yes"))
        assert await scrub()
    finally:
        await close_database()
