"""Migrations: numbered, applied once, and never at the price of what is there."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from tortoise import Tortoise, connections

from daemon.keyring import Keyring
from storage import migrate
from storage.database import close_database, connect, open_database, sqlite_url
from storage.migrate import NewerDatabase, Step, steps
from storage.reflections import Reflection, ReflectionSide, seal_older, sides, sides_of
from storage.sealed import seal_with
from storage.statements import select


def schema(path: Path) -> dict[str, object]:
    """Tables with their columns, and every index and constraint, without the names that a generator makes up."""
    with sqlite3.connect(path) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        found: dict[str, object] = {}
        for table in tables:
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            indexes = {
                (
                    bool(unique),
                    tuple(
                        column
                        for _seq, _cid, column in connection.execute(f"PRAGMA index_info('{name}')")
                    ),
                )
                for _seq, name, unique, _origin, _partial in connection.execute(
                    f"PRAGMA index_list({table})"
                )
            }
            found[table] = (
                {
                    (name, kind, bool(notnull), bool(key))
                    for _c, name, kind, notnull, _d, key in columns
                },
                indexes,
            )
    return found


async def test_a_migrated_database_and_a_fresh_one_have_the_same_schema(tmp_path: Path) -> None:
    migrated, fresh = tmp_path / "migrated.db", tmp_path / "fresh.db"
    await migrate.migrate(sqlite_url(migrated))
    await connect(sqlite_url(fresh))
    await Tortoise.generate_schemas(safe=False)
    await close_database()

    assert schema(migrated) == schema(fresh)


async def test_on_postgres_the_models_find_every_column(postgres_url: str) -> None:
    await open_database(postgres_url)
    for model in Tortoise.apps["kinkeeper"].values():
        assert await model.all().count() == 0
    _count, rows = await connections.get("default").execute_query(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    await close_database()

    there = {(row["table_name"], row["column_name"]) for row in rows} - {
        ("schema_version", "version")
    }
    wanted = (
        {
            (model._meta.db_table, column)
            for model in Tortoise.apps["kinkeeper"].values()
            for column in model._meta.fields_db_projection.values()
        }
        if Tortoise.apps
        else there
    )
    assert there == wanted


async def test_both_databases_have_the_same_steps() -> None:
    assert [(step.number, step.title) for step in steps("sqlite")] == [
        (step.number, step.title) for step in steps("postgres")
    ]
    assert [step.number for step in steps("sqlite")] == list(range(1, len(steps("sqlite")) + 1))


async def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "kinkeeper.db")

    assert await migrate.migrate(url) != []
    assert await migrate.migrate(url) == []


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kinkeeper.db"
    await migrate.migrate(sqlite_url(path))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9999")

    with pytest.raises(NewerDatabase, match="Nothing was changed"):
        await migrate.migrate(sqlite_url(path))


@pytest.fixture
def another_step(monkeypatch: pytest.MonkeyPatch):
    """Pretend that a release added a migration with this SQL."""
    real = migrate.steps

    def add(sql: str) -> None:
        def with_one_more(dialect: str) -> list[Step]:
            every = real(dialect)
            return [*every, Step(len(every) + 1, "another", sql)]

        monkeypatch.setattr(migrate, "steps", with_one_more)

    return add


async def test_an_sqlite_file_is_copied_before_it_is_changed(tmp_path: Path, another_step) -> None:
    path = tmp_path / "kinkeeper.db"
    await migrate.migrate(sqlite_url(path))
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO fact VALUES ('kept', 'yes')")
    another_step("ALTER TABLE fact ADD COLUMN more TEXT;")

    await migrate.migrate(sqlite_url(path))

    [copy] = tmp_path.glob("kinkeeper.db.before-*")
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT * FROM fact").fetchall() == [("kept", "yes")]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT * FROM fact").fetchall() == [("kept", "yes", None)]


async def test_a_step_that_fails_changes_nothing(tmp_path: Path, another_step) -> None:
    path = tmp_path / "kinkeeper.db"
    await migrate.migrate(sqlite_url(path))
    before = schema(path)
    another_step("CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);")

    with pytest.raises(sqlite3.Error):
        await migrate.migrate(sqlite_url(path))

    assert schema(path) == before
    shutil.rmtree(tmp_path / "nothing", ignore_errors=True)


async def test_rebuilding_a_table_keeps_what_refers_to_it(tmp_path: Path, another_step) -> None:
    path = tmp_path / "kinkeeper.db"
    await migrate.migrate(sqlite_url(path))
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
            "CREATE TABLE child (parent INTEGER REFERENCES parent(id) ON DELETE CASCADE);"
            "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);"
        )
    another_step(
        "CREATE TABLE new_parent (id INTEGER PRIMARY KEY, more TEXT);"
        "INSERT INTO new_parent SELECT id, NULL FROM parent;"
        "DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent;"
    )

    await migrate.migrate(sqlite_url(path))

    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT * FROM child").fetchall() == [(1,)]


async def test_reflections_that_run_are_carried_over_and_then_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, path = migrate.steps, tmp_path / "kinkeeper.db"
    [sealing] = [step for step in real("sqlite") if step.title == "sealed_sides"]
    monkeypatch.setattr(migrate, "steps", lambda dialect: real(dialect)[: sealing.number - 1])
    await migrate.migrate(sqlite_url(path))
    people = {1: "@ana:here", 2: '@b"e\\n:here'}
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO reflection VALUES (7, 'open', '2026-12-01', 'Europe/Rome')")
        for number, person in people.items():
            row = (number, person, number == 1)
            connection.execute("INSERT INTO reflection_side VALUES (?, 7, ?, ?, 'k:x', 'y')", row)
    monkeypatch.setattr(migrate, "steps", real)
    seal_with(Keyring(bytes(32)))
    try:
        await open_database(sqlite_url(path))
        carried = {side.id: side.person for side in await sides(7)}
        asks = [side.asks for side in await sides(7)]
        await seal_older()
        raw = await select("SELECT whose, other, said FROM reflection_side")
        again = {side.id: side.person for side in await sides(7)}
        mine = [side.id for side in await sides_of("@ana:here")]
        seal_with(Keyring(bytes([1] * 32)))
        lost = await seal_older()
        left = await ReflectionSide.all().count() + await Reflection.all().count()
        await close_database()
    finally:
        seal_with(None)

    assert carried == again == people
    assert (asks, mine) == ([True, False], [1])
    assert [row[1:] for row in raw] == [("k:x", "y")] * 2
    assert not [row for row in raw if ":here" in str(row)]
    assert (lost, left) == (1, 0)
