"""What is on its way stands sealed in the database: heard, owed, or asked; whoever has another secret reads nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tortoise import connections

from daemon.app import drop_unreadable
from daemon.keyring import Keyring
from handlers.language import Keys
from storage.database import close_database, open_database, sqlite_url
from storage.inbox import Heard, Kind
from storage.outbox import Deed, Owed
from storage.questions import Question
from storage.sealed import UNREADABLE, seal_with
from tests.handlers.played import START

TULIPS: dict[str, object] = {"text": "the tulips owe me three hundred", "thread": None}


@pytest.fixture
def sealing() -> Iterator[Keys]:
    """The daemon's secret, for the length of a test."""
    keys = Keyring(bytes(32))
    seal_with(keys)
    yield keys
    seal_with(None)


@pytest.fixture
async def rows(database: str) -> str:
    """The address of a database."""
    return database


async def on_its_way() -> None:
    await Heard.create(key="$1", kind=Kind.MESSAGE, room="!r", at=START, content=TULIPS)
    hour = Heard(key="later:1", kind=Kind.HOUR, room="!r", at=START, content=TULIPS)
    await Heard.bulk_create([hour])
    await Owed.bulk_create(
        [Owed(transaction="t", lane="!r", deed=Deed.SEND, content=TULIPS, made_at=START)]
    )
    await Question.create(room="!r", inquiry="missing", data=TULIPS, until=START)


async def raw() -> str:
    """The columns as they stand."""
    found = []
    for table, column in (("inbox", "content"), ("outbox", "content"), ("question", "data")):
        answer = await connections.get("default").execute_query_dict(
            f"SELECT {column} FROM {table}"
        )
        found.append(str(answer))
    return "".join(found)


async def test_what_is_heard_owed_and_asked_is_sealed_where_it_stands(
    rows: str, sealing: Keys
) -> None:
    await on_its_way()

    assert "tulips" not in await raw()
    assert {str(row.content) for row in await Heard.all()} == {str(TULIPS)}
    assert (await Owed.get()).content == TULIPS
    assert (await Question.get()).data == TULIPS


async def test_an_hour_with_nothing_but_numbers_needs_no_seal(rows: str, sealing: Keys) -> None:
    content: dict[str, object] = {"ritual": "remind", "reminder": 12, "last": None}
    await Heard.create(key="remind:1", kind=Kind.HOUR, room="!r", at=START, content=content)

    assert "remind" in await raw()
    assert (await Heard.get()).content == content


async def test_it_is_sealed_again_when_it_changes(rows: str, sealing: Keys) -> None:
    await on_its_way()

    row = await Owed.get()
    row.content = {"text": "no tulips"}
    await row.save()
    await Question.all().update(data={"given": "tulips"})

    assert "tulips" not in await raw()
    assert (await Owed.get()).content == {"text": "no tulips"}
    assert (await Question.get()).data == {"given": "tulips"}


async def test_rows_of_an_older_daemon_are_read_as_they_are(rows: str) -> None:
    await on_its_way()

    seal_with(Keyring(bytes(32)))
    try:
        assert (await Owed.get()).content == TULIPS
        await drop_unreadable()
        assert await Owed.all().count() == 1
    finally:
        seal_with(None)


async def test_under_another_secret_nothing_is_read_and_the_daemon_lets_it_go(
    rows: str, sealing: Keys
) -> None:
    await on_its_way()
    seal_with(Keyring(bytes([1] * 32)))

    assert (await Owed.get()).content == UNREADABLE
    await drop_unreadable()

    assert not await Owed.exists()
    assert not await Heard.exists()
    assert not await Question.exists()


async def test_the_file_and_its_log_hold_none_of_it(tmp_path: Path, sealing: Keys) -> None:
    file = tmp_path / "kinkeeper.db"
    await open_database(sqlite_url(file))
    try:
        await on_its_way()
        held = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    finally:
        await close_database()

    assert b"tulips" not in held
    with closing(sqlite3.connect(file)) as other:
        [(content,)] = other.execute("SELECT content FROM outbox").fetchall()
    assert "tulips" not in content


async def test_the_daemon_looks_through_the_rows_only_when_the_secret_is_another(
    rows: str, sealing: Keys
) -> None:
    await drop_unreadable()
    await on_its_way()
    await drop_unreadable()
    assert await Owed.all().count() == 1

    seal_with(Keyring(bytes([1] * 32)))
    await drop_unreadable()

    assert not await Owed.exists()
