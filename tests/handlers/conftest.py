"""A fresh house with an empty database for each conversation."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.handlers.played import PlayedHouse, a_house


@pytest_asyncio.fixture
async def house() -> AsyncIterator[PlayedHouse]:
    """The daemon's mind, with a database of its own."""
    async with a_house() as played:
        yield played
