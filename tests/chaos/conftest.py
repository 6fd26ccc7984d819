"""Homeservers of one's own: these tests kill them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from deploy.homeserver import Homeserver
from deploy.keeper import Keeper

__all__ = ["Homeserver", "Keeper"]


@pytest.fixture
async def homeserver(tmp_path: Path) -> AsyncIterator[Homeserver]:
    """A homeserver that a test may kill."""
    async with Homeserver(tmp_path / "homeserver", "fire") as started:
        yield started


@pytest.fixture
async def keeper(
    homeserver: Homeserver, tmp_path: Path, names: Callable[[str], str]
) -> AsyncIterator[Keeper]:
    """A daemon that a test may kill; its clock can be moved."""
    async with Keeper(homeserver, tmp_path / "keeper", movable_clock=True) as started:
        yield started
