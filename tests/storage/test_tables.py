"""Rows travel between the databases whole and unchanged, and reading them disturbs nobody."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from practices.circles import RoomKind
from storage.database import close_database, open_database
from storage.inbox import Heard, Kind
from storage.migrate import libpq, migrate
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room
from storage.tables import Row, Table, reading, tables, writing

NOON = datetime(2026, 12, 17, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite://{tmp_path / 'one.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def other_database(
    request: pytest.FixtureRequest, tmp_path: Path, names: Callable[[str], str]
) -> Any:
    """Another one, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path / 'other.db'}"
        return
    postgres = request.getfixturevalue("postgres")
    name = names("other").replace("-", "_")
    yield postgres.create_database(name)
    postgres.drop_database(name)


async def opened(url: str) -> None:
    # The ORM keeps its statements by model, whichever database they were written for.
    EXECUTOR_CACHE.clear()
    await open_database(url)


async def filled(url: str) -> None:
    await opened(url)
    try:
        await Room.create(
            id="!r", kind=RoomKind.CREW, power={"users": {"@ana:a": 100}}, joined=True
        )
        await Person.create(id="@ana:a", zone="Europe/Rome")
        in_tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
        await Heard.create(
            key="$1", kind=Kind.MESSAGE, room="!r", at=NOON, useful_until=in_tokyo,
            content={"text": "“Grüße” 🌷\n", "thread": None, "deep": [1, 2.5, True, {}]},
        )  # fmt: skip
        hours = (
            Heard(key=f"h{number}", kind=Kind.HOUR, room="!r", at=NOON) for number in range(1200)
        )
        await Heard.bulk_create(hours)
        for _ in range(3):
            question = await Question.create(room="!r", inquiry="adopt", until=NOON)
        await question.delete()
    finally:
        await close_database()


def dumped(url: str) -> dict[str, tuple[list[Row], int]]:
    with reading(url) as source:
        return {
            table.name: (
                json.loads(json.dumps(list(source.rows(table)))),
                source.last(table) if table.numbered else 0,
            )
            for table in tables()
        }


async def test_rows_arrive_unchanged_in_either_database(database: str, other_database: str) -> None:
    await filled(database)
    before = dumped(database)
    await migrate(other_database)

    with writing(other_database) as target:
        for table in tables():
            rows, last = before[table.name]
            assert target.insert(table, rows) == len(rows)
            if table.numbered:
                target.go_on_after(table, last)

    assert dumped(other_database) == before
    await opened(other_database)
    try:
        heard = await Heard.get(key="$1")
        assert heard.at == heard.useful_until == NOON
        assert heard.content == {
            "text": "“Grüße” 🌷\n", "thread": None, "deep": [1, 2.5, True, {}],
        }  # fmt: skip
        assert await Heard.filter(at__lte=NOON).count() == 1201
        assert (await Room.get(id="!r")).joined is True
        # A number is never given twice, though its row is gone: old messages may still name it.
        assert (await Question.create(room="!r", inquiry="adopt", until=NOON)).id == 4
    finally:
        await close_database()


async def test_what_fails_half_way_leaves_no_row(database: str) -> None:
    await migrate(database)
    facts = next(table for table in tables() if table.name == "fact")

    with (
        pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)),
        writing(database) as target,
    ):
        target.insert(facts, [{"name": "cursor", "value": "1"}, {"name": "cursor", "value": "2"}])

    with writing(database) as target:
        assert target.is_empty(facts)


async def test_reading_sees_one_instant_while_others_write(database: str) -> None:
    await migrate(database)
    facts = next(table for table in tables() if table.name == "fact")
    with writing(database) as target:
        target.insert(facts, [{"name": "cursor", "value": "1"}])

    with reading(database) as source:
        before = list(source.rows(facts))
        with writing(database) as target:
            target.insert(facts, [{"name": "later", "value": "1"}])
        assert list(source.rows(facts)) == before


async def test_every_table_and_column_of_the_database_is_known(database: str) -> None:
    await migrate(database)
    known = {table.name: set(table.columns) for table in tables()}

    if database.startswith("sqlite"):
        with sqlite3.connect(database.removeprefix("sqlite://")) as file:
            query = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
            there = file.execute(query).fetchall()
        file.close()
    else:
        with psycopg.connect(libpq(database)) as connection:
            query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            there = connection.execute(query).fetchall()

    columns: dict[str, set[str]] = {}
    for table, column in there:
        columns.setdefault(table, set()).add(column)
    assert known == {
        name: there
        for name, there in columns.items()
        if name not in ("schema_version", "sqlite_sequence")
    }


async def test_text_that_postgresql_cannot_hold_is_stored_with_a_sign_in_its_place(
    postgres_url: str,
) -> None:
    await migrate(postgres_url)
    facts = next(table for table in tables() if table.name == "fact")

    with writing(postgres_url) as target:
        target.insert(facts, [{"name": "odd", "value": "a\0b"}])

    with reading(postgres_url) as source:
        assert [row["value"] for row in source.rows(facts)] == ["a\N{REPLACEMENT CHARACTER}b"]


@pytest.mark.parametrize("name", ["person; drop", 'a"b', "", "Person"])
def test_a_name_that_is_not_plain_becomes_part_of_no_statement(name: str) -> None:
    with pytest.raises(ValueError, match="names no table"):
        Table(name=name, columns={}, numbered=False)
