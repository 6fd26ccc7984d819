"""A fresh house with an empty database for each conversation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from storage.database import close_database, open_database, sqlite_url
from tests.handlers.played import PlayedHouse


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[PlayedHouse]:
    """The daemon's mind, with a database of its own."""
    await open_database(sqlite_url(tmp_path / "kinkeeper.db"))
    yield PlayedHouse()
    await close_database()
