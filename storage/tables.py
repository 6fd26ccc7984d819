"""Every table row by row, the same from SQLite and PostgreSQL, for backups that can move between the two.

Reading sees one instant of the database, however long it takes, and holds up nobody. Writing is one transaction:
all rows are there afterwards, or none. Rows travel as JSON values, with instants in ISO 8601, UTC.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module
from itertools import islice
from typing import Any, Protocol
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from tortoise import fields
from tortoise.models import Model

from storage.database import MODELS, sqlite_path
from storage.migrate import libpq

#: Rows fetched and written at a time.
PAGE = 500

#: How long a database may be busy before we give up, in seconds.
PATIENCE = 15

NAME = re.compile(r"[a-z_]+")

Row = dict[str, Any]


class Kind(StrEnum):
    """How a column's values differ between the databases."""

    PLAIN = "plain"
    TRUTH = "truth"
    INSTANT = "instant"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, by its columns."""

    name: str
    columns: Mapping[str, Kind]
    #: Whether the database numbers its rows in the column "id".
    numbered: bool

    def __post_init__(self) -> None:
        """Names become part of statements. Raises ValueError for one that is not plain."""
        for name in (self.name, *self.columns):
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r} names no table or column of ours")


def tables() -> list[Table]:
    """Every table of the newest schema, by name."""
    found = [_table(model) for module in MODELS for model in _models(module)]
    return sorted(found, key=lambda table: table.name)


def _models(module: str) -> Iterator[type[Model]]:
    for value in vars(import_module(module)).values():
        if isinstance(value, type) and issubclass(value, Model) and value.__module__ == module:
            yield value


def _table(model: type[Model]) -> Table:
    described = model._meta.fields_map
    columns = {field.source_field or name: _kind(field) for name, field in described.items()}
    return Table(
        name=model._meta.db_table,
        columns=columns,
        numbered=bool(described["id"].generated) if "id" in described else False,
    )


def _kind(field: fields.Field[Any]) -> Kind:
    match field:
        case fields.JSONField():
            return Kind.JSON
        case fields.DatetimeField():
            return Kind.INSTANT
        case fields.BooleanField():
            return Kind.TRUTH
        case _:
            return Kind.PLAIN


# --------------------------------------------------------------------------------------------- dialects


class Source(Protocol):
    """A database as it was at one instant."""

    def version(self) -> int:
        """The number of its newest migration; 0 when there is none."""
        ...

    def rows(self, table: Table) -> Iterator[Row]:
        """Every row by its key, as JSON values."""
        ...

    def last(self, table: Table) -> int:
        """The last number given to a row of this table; 0 when none was."""
        ...


class Target(Protocol):
    """A database that is being filled, in one transaction."""

    def is_empty(self, table: Table) -> bool:
        """Whether there are no rows."""
        ...

    def insert(self, table: Table, rows: Iterable[Row]) -> int:
        """Write rows; returns how many."""
        ...

    def go_on_after(self, table: Table, last: int) -> None:
        """Give new rows numbers above `last`."""
        ...


@contextmanager
def reading(url: str) -> Iterator[Source]:
    """The database at `url` at one instant. Raises sqlite3.Error or psycopg.Error."""
    path = sqlite_path(url)
    if path is None:
        with psycopg.connect(libpq(url), connect_timeout=PATIENCE) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield _Postgres(connection)
        return
    with closing(_connected(path)) as file:
        file.execute("BEGIN")
        yield _Sqlite(file)
        file.execute("ROLLBACK")


@contextmanager
def writing(url: str) -> Iterator[Target]:
    """One transaction on the database at `url`, undone when the block raises."""
    path = sqlite_path(url)
    if path is None:
        with psycopg.connect(libpq(url), connect_timeout=PATIENCE) as connection:
            yield _Postgres(connection)
        return
    with closing(_connected(path)) as file:
        file.execute("BEGIN IMMEDIATE")
        yield _Sqlite(file)  # what raises here closes the file, which undoes everything
        file.execute("COMMIT")


def _connected(path: Any) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?mode=rw"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE)


class _Sqlite:
    """Instants and JSON are text there, truth is 0 or 1."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def rows(self, table: Table) -> Iterator[Row]:
        columns = ", ".join(f'"{name}"' for name in table.columns)
        query = f'SELECT {columns} FROM "{table.name}" ORDER BY 1'  # noqa: S608 - Table checks its names
        for values in self._connection.execute(query):
            yield {
                name: _from_sqlite(kind, value)
                for (name, kind), value in zip(table.columns.items(), values, strict=True)
            }

    def last(self, table: Table) -> int:
        query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        found = self._connection.execute(query, (table.name,)).fetchone()
        return int(found[0]) if found else 0

    def is_empty(self, table: Table) -> bool:
        query = f'SELECT 1 FROM "{table.name}" LIMIT 1'  # noqa: S608 - Table checks its names
        return self._connection.execute(query).fetchone() is None

    def insert(self, table: Table, rows: Iterable[Row]) -> int:
        columns = ", ".join(f'"{name}"' for name in table.columns)
        places = ", ".join("?" for _ in table.columns)
        statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'  # noqa: S608 - Table checks its names
        count = 0
        for page in _pages(rows):
            self._connection.executemany(
                statement, (_values(table, row, _to_sqlite) for row in page)
            )
            count += len(page)
        return count

    def go_on_after(self, table: Table, last: int) -> None:
        self._connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        statement = "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)"
        self._connection.execute(statement, (table.name, last))


class _Postgres:
    """Instants carry a zone there, JSON comes parsed, and text cannot hold U+0000."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def version(self) -> int:
        there = self._one("SELECT to_regclass('schema_version') IS NOT NULL")
        return int(self._one("SELECT max(version) FROM schema_version") or 0) if there else 0

    def rows(self, table: Table) -> Iterator[Row]:
        query = sql.SQL("SELECT {} FROM {} ORDER BY 1").format(
            _listed(table), sql.Identifier(table.name)
        )
        with self._connection.cursor(name="rows") as cursor:
            cursor.itersize = PAGE
            for values in cursor.execute(query):
                yield {
                    name: _from_postgres(kind, value)
                    for (name, kind), value in zip(table.columns.items(), values, strict=True)
                }

    def last(self, table: Table) -> int:
        sequence = self._sequence(table)
        query = sql.SQL("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}")
        return int(self._one(query.format(sql.Identifier(*sequence.split(".")))))

    def is_empty(self, table: Table) -> bool:
        query = sql.SQL("SELECT NOT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(table.name))
        return bool(self._one(query))

    def insert(self, table: Table, rows: Iterable[Row]) -> int:
        places = sql.SQL(", ").join(sql.Placeholder() for _ in table.columns)
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table.name), _listed(table), places
        )
        count = 0
        with self._connection.cursor() as cursor:
            for page in _pages(rows):
                cursor.executemany(statement, [_values(table, row, _to_postgres) for row in page])
                count += len(page)
        return count

    def go_on_after(self, table: Table, last: int) -> None:
        if last:
            self._connection.execute("SELECT setval(%s, %s)", (self._sequence(table), last))

    def _sequence(self, table: Table) -> str:
        # Both names are plain, so neither needs quoting.
        return str(self._one("SELECT pg_get_serial_sequence(%s, 'id')", (table.name,)))

    def _one(self, query: Any, values: Sequence[Any] = ()) -> Any:
        found = self._connection.execute(query, values).fetchone()
        return found[0] if found else None


def _listed(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in table.columns)


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while page := list(islice(left, PAGE)):
        yield page


def _values(table: Table, row: Row, to_database: Any) -> list[Any]:
    return [to_database(kind, row[name]) for name, kind in table.columns.items()]


# ----------------------------------------------------------------------------------------------- values


def _instant(at: datetime) -> str:
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat()


def _from_sqlite(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case Kind.INSTANT:
            return _instant(datetime.fromisoformat(value))
        case Kind.TRUTH:
            return bool(value)
        case Kind.JSON:
            return json.loads(value)
        case Kind.PLAIN:
            return value


def _to_sqlite(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case Kind.INSTANT:
            # As the ORM writes them: they are compared as text.
            return datetime.fromisoformat(value).astimezone(UTC).isoformat(" ")
        case Kind.TRUTH:
            return int(value)
        case Kind.JSON:
            return json.dumps(value)
        case Kind.PLAIN:
            return value


def _from_postgres(kind: Kind, value: Any) -> Any:
    return _instant(value) if kind is Kind.INSTANT and value is not None else value


def _to_postgres(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case Kind.INSTANT:
            return datetime.fromisoformat(value)
        case Kind.JSON:
            return Jsonb(_storable(value))
        case Kind.TRUTH | Kind.PLAIN:
            return _storable(value)


def _storable(value: Any) -> Any:
    """The value as PostgreSQL can hold it."""
    match value:
        case str():
            return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        case list():
            return [_storable(each) for each in value]
        case dict():
            return {_storable(key): _storable(each) for key, each in value.items()}
        case _:
            return value
