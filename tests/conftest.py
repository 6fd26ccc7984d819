"""Give every test names and databases that no other test uses.

Workers of a parallel run share nothing: each has its own PostgreSQL, as it has its own
homeservers, started when a test first asks. Servers start and stop without an event loop, so that
each test can have a loop of its own.
"""

import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from deploy.postgres import Postgres, start_postgres
from storage.database import close_database, open_database, sqlite_url
from tests.fresh import fresh_file, migrated, models_made_once

_numbers = itertools.count(1)

# Every run plays the same examples: a test that fails once fails again, and none because the machine is busy.
settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")

#: What takes minutes begins first, so that the workers end together; everything else follows as it stands.
LONGEST_FIRST = (
    "tests/chaos",
    "tests/homeserver/test_limits.py",
    "tests/test_demo.py",
    "tests/homeserver",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests in front."""

    def place(item: pytest.Item) -> int:
        for number, part in enumerate(LONGEST_FIRST):
            if item.nodeid.startswith(part):
                return number
        return len(LONGEST_FIRST)

    items.sort(key=place)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores, at most five: every third second a test waits for a homeserver."""
    return min(len(os.sched_getaffinity(0)), 4) + 1


@pytest.fixture(scope="session", autouse=True)
def quick_openings() -> Iterator[None]:
    """Thousands of databases are opened here; the daemon opens one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.database.models_for", models_made_once)
        yield


@pytest.fixture
def names() -> Callable[[str], str]:
    """Make a name unlike any other in this run: `names("ana")` is for example `ana-7`."""
    return lambda name: f"{name}-{next(_numbers)}"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server that does not wait for its disk: no test cuts the power."""
    with start_postgres(tmp_path_factory.mktemp("postgres") / "data") as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            for patience in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {patience} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server


@pytest.fixture(scope="session")
def fresh_postgres(postgres: Postgres) -> str:
    """The name of a database on PostgreSQL with the newest schema, to be copied."""
    migrated(postgres.create_database("fresh"))
    return "fresh"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database on PostgreSQL, dropped when the test ends."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the newest schema and no rows."""
    if request.param == "sqlite":
        file = tmp_path / "kinkeeper.db"
        file.write_bytes(fresh_file())
        yield sqlite_url(file)
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    yield server.create_database(name, like=request.getfixturevalue("fresh_postgres"))
    server.drop_database(name)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """An open database with the newest schema."""
    await open_database(database_url)
    yield database_url
    await close_database()
