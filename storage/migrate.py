"""Brings a database to the newest schema by numbered SQL files, and never destroys what is in it.

The ORM's own migrations rebuild SQLite tables without their constraints and empty their children; so each step is
written by hand, once for each database, and an SQLite file is copied beside itself before anything is changed.
"""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import psycopg

NAME = re.compile(r"(?P<number>\d{4})_(?P<title>\w+)\.(?P<dialect>sqlite|postgres)\.sql")

#: Any number that no other program uses for its advisory locks.
LOCK = 0x6B696E6B


class NewerDatabase(Exception):
    """The database was written by a newer Kinkeeper than this one; nothing was changed."""


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One migration."""

    number: int
    title: str
    sql: str


@cache
def steps(dialect: str) -> tuple[Step, ...]:
    """Every migration for a dialect ("sqlite" or "postgres"), in order."""
    return tuple(sorted(_steps(dialect)))


def _steps(dialect: str) -> Iterator[Step]:
    for file in files("storage").joinpath("migrations").iterdir():
        match = NAME.fullmatch(file.name)
        if match and match["dialect"] == dialect:
            yield Step(int(match["number"]), match["title"], file.read_text())


async def migrate(url: str, *, until: int | None = None) -> list[Step]:
    """Apply what is missing, up to step `until`; returns the steps applied. Raises NewerDatabase."""
    if url.startswith("sqlite://"):
        path = Path(url.removeprefix("sqlite://").partition("?")[0])
        return await asyncio.to_thread(_migrate_sqlite, path, until)
    return await asyncio.to_thread(_migrate_postgres, libpq(url), until)


def libpq(url: str) -> str:
    """A PostgreSQL address as its own library reads it."""
    return re.sub(r"^(psycopg|asyncpg|postgres)://", "postgresql://", url)


def _missing(every: tuple[Step, ...], version: int, until: int | None) -> list[Step]:
    newest = every[-1].number
    if version > newest:
        raise NewerDatabase(
            f"The database has schema {version}; this Kinkeeper knows up to {newest}. Nothing was changed. "
            "Install the newer version again, or restore a backup made before it."
        )
    last = newest if until is None else until
    return [step for step in every if version < step.number <= last]


def _migrate_sqlite(path: Path, until: int | None) -> list[Step]:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode=WAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        missing = _missing(steps("sqlite"), version, until)
        if missing and version:
            _copy(connection, path, version)
        for step in missing:
            _apply_sqlite(connection, step)
    finally:
        connection.close()
    return missing


def _copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """A copy of the file as it was, beside it, for its owner alone."""
    copy = path.with_name(f"{path.name}.before-{version + 1:04d}")
    draft = copy.with_name(copy.name + ".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with sqlite3.connect(draft) as target:
        connection.backup(target)
    shutil.move(draft, copy)


def _apply_sqlite(connection: sqlite3.Connection, step: Step) -> None:
    # Foreign keys can only be switched outside a transaction; switched on, a rebuilt parent empties its children.
    connection.execute("PRAGMA foreign_keys=OFF")
    try:
        connection.executescript(f"BEGIN;\n{step.sql}\nPRAGMA user_version={step.number};")
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise sqlite3.IntegrityError(f"migration {step.number} breaks {len(broken)} references")
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys=ON")


def _migrate_postgres(conninfo: str, until: int | None) -> list[Step]:
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INT NOT NULL)")
        row = connection.execute("SELECT max(version) FROM schema_version").fetchone()
        missing = _missing(steps("postgres"), (row and row[0]) or 0, until)
        for step in missing:
            connection.execute(step.sql.encode())
            connection.execute("INSERT INTO schema_version VALUES (%s)", (step.number,))
    return missing
