"""Sees to it that only one daemon works on a data folder and a database; a second one waits as a standby."""

import asyncio
import fcntl
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TextIO

import psycopg

from storage.migrate import LOCK, libpq

log = logging.getLogger(__name__)

#: How often a standby looks whether its turn has come.
STANDBY = 2.0


class AlreadyRunning(Exception):
    """Another daemon works on this data folder."""


@asynccontextmanager
async def only_one(folder: Path, database: str) -> AsyncIterator[None]:
    """Hold the folder and, on PostgreSQL, the database. Raises AlreadyRunning for the folder."""
    async with AsyncExitStack() as stack:
        stack.enter_context(_folder_lock(folder))
        if not database.startswith("sqlite://"):
            await stack.enter_async_context(_database_lock(libpq(database)))
        yield


def _folder_lock(folder: Path) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise AlreadyRunning(
            f"Another kinkeeper works on {folder}. Nothing was started. Stop it first, or give this one "
            "a KINKEEPER_DATA_DIR of its own."
        ) from error
    return file


@asynccontextmanager
async def _database_lock(conninfo: str) -> AsyncIterator[None]:
    connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
    try:
        told = False
        while not await _try(connection):
            if not told:
                log.info("another kinkeeper works on this database; standing by")
                told = True
            await asyncio.sleep(STANDBY)
        yield
    finally:
        await connection.close()


async def _try(connection: psycopg.AsyncConnection[tuple[bool]]) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK + 1,))
    row = await cursor.fetchone()
    return bool(row and row[0])
