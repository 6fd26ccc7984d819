"""Databases with the newest schema and no rows: migrated once and then copied, as thousands of tests want one."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from storage.database import sqlite_url
from storage.migrate import migrate


@cache
def fresh_file() -> bytes:
    """What is in the file of such a database on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kinkeeper.db"
        migrated(sqlite_url(file))
        return file.read_bytes()


def migrated(url: str) -> None:
    """Bring the database at `url` to the newest schema, whether or not an event loop is running here."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, migrate(url)).result()
