"""SQLite in the event loop's own thread, for an ORM that would send each statement to another.

A statement on a local file takes some twenty microseconds, and the way to a thread and back ten times that; a unit of
work has a dozen of them. What it costs: a checkpoint of the log (every few megabytes) holds the loop for some milliseconds.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)

#: As the ORM configures it: transactions are begun and ended by hand.
AUTOCOMMIT = None

Row = sqlite3.Row


class InlineConnection:
    """What the ORM uses of aiosqlite's connection, without its thread."""

    def __init__(self, filename: str) -> None:
        """Open the file."""
        self._conn = sqlite3.connect(filename, isolation_level=AUTOCOMMIT, check_same_thread=False)
        self._conn.row_factory = sqlite3.Row

    @property
    def total_changes(self) -> int:
        """How many rows have been changed since it was opened."""
        return self._conn.total_changes

    async def execute(self, query: str, values: Sequence[Any] | None = None) -> sqlite3.Cursor:
        """Run one statement."""
        return self._conn.execute(query, values or ())

    async def execute_insert(self, query: str, values: Sequence[Any]) -> tuple[int | None]:
        """Run an INSERT; gives the new row's id."""
        return (self._conn.execute(query, values).lastrowid,)

    async def execute_fetchall(
        self, query: str, values: Sequence[Any] | None = None
    ) -> list[sqlite3.Row]:
        """Run a query; gives every row."""
        return self._conn.execute(query, values or ()).fetchall()

    async def executemany(self, query: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each set of values."""
        self._conn.executemany(query, values)

    async def executescript(self, script: str) -> None:
        """Run several statements."""
        self._conn.executescript(script)

    async def commit(self) -> None:
        """End the transaction, if there is one."""
        self._conn.commit()

    async def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        self._conn.rollback()

    async def close(self) -> None:
        """Close the file."""
        self._conn.close()


class InlineTransaction(SqliteTransactionWrapper):
    """A transaction that takes the file for writing as it begins."""

    async def begin(self) -> None:
        """Begin; the ORM would commit once more before it."""
        await self._connection.execute("BEGIN IMMEDIATE")


class InlineClient(SqliteClient):
    """The ORM's SQLite client on an inline connection."""

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002 - the ORM's shape
        """Open the file, unless it is open."""
        if self._connection is None:
            connection: Any = InlineConnection(self.filename)
            for pragma, value in self.pragmas.items():
                await connection.execute(f"PRAGMA {pragma}={value}")
            self._connection = connection
            await self._post_connect()

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(InlineTransaction(self), self._lock)


client_class = InlineClient


def get_client_class(_db_info: dict[str, Any]) -> type[InlineClient]:
    """What the ORM asks an engine for."""
    return InlineClient
