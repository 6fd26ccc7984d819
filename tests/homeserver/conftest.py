"""Real homeservers on loopback, and people on them.

A homeserver is started when a test first asks for it and serves all later ones, so no test here
may stop one or count on being alone on it: take fresh names from `names`, or people from `enter`.
"""

import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest

from deploy.homeserver import Authority, Homeserver, Limits
from deploy.keeper import Keeper
from deploy.person import Person
from tests.element import strict
from tests.element.strict import StrictPerson

LOG_LINES = 80


class Enter(Protocol):
    """Bring somebody into a homeserver, by default `homeserver`; gone when the test ends."""

    def __call__(
        self, name: str, at: Homeserver | None = None, *, patient: bool = True
    ) -> Awaitable[Person]:
        """Give a person whose name begins with `name`."""


class EnterStrictly(Protocol):
    """Bring somebody with the strict client into `homeserver`; gone when the test ends."""

    def __call__(
        self, name: str, at: Homeserver | None = None, *, cross_signed: bool = True
    ) -> Awaitable[StrictPerson]:
        """Give a person whose name begins with `name`."""


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that all homeservers of this run trust."""
    if importlib.util.find_spec("synapse") is None:
        pytest.fail("Synapse is not installed; run: pip install -e '.[homeserver]'")
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def homeserver(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> Iterator[Homeserver]:
    """The homeserver of most tests."""
    yield from _running(
        Homeserver(tmp_path_factory.mktemp("homeserver"), "homeserver", authority=authority)
    )


@pytest.fixture(scope="session")
def other_homeserver(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> Iterator[Homeserver]:
    """A homeserver that federates with the first."""
    yield from _running(Homeserver(tmp_path_factory.mktemp("other"), "other", authority=authority))


@pytest.fixture(scope="session")
def default_limits_homeserver(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> Iterator[Homeserver]:
    """A homeserver with the rate limits of an operator who never thought of them."""
    folder = tmp_path_factory.mktemp("limits")
    yield from _running(
        Homeserver(folder, "default limits", authority=authority, limits=Limits.DEFAULT)
    )


@pytest.fixture
async def enter(homeserver: Homeserver, names: Callable[[str], str]) -> AsyncIterator[Enter]:
    """Bring people in: `ana = await enter("ana")`, `bo = await enter("bo", other_homeserver)`."""
    async with AsyncExitStack() as people:

        async def person(
            name: str, at: Homeserver | None = None, *, patient: bool = True
        ) -> Person:
            entered = await Person.enter(
                at or homeserver, names(name), display_name=name.title(), patient=patient
            )
            return await people.enter_async_context(entered)

        yield person


@pytest.fixture
async def enter_strictly(
    homeserver: Homeserver, names: Callable[[str], str]
) -> AsyncIterator[EnterStrictly]:
    """Bring people in whose client is Element's SDK, excluding insecure devices."""
    if not strict.installed():
        pytest.fail(f"The strict client is not installed; run: {strict.INSTALL}")
    async with AsyncExitStack() as people:

        async def person(
            name: str, at: Homeserver | None = None, *, cross_signed: bool = True
        ) -> StrictPerson:
            started = await StrictPerson.start(
                at or homeserver, names(name), cross_signed=cross_signed
            )
            return await people.enter_async_context(started)

        yield person


def _running(homeserver: Homeserver) -> Iterator[Homeserver]:
    homeserver.launch()
    try:
        yield homeserver
    finally:
        homeserver.halt()


class Keep(Protocol):
    """Start a daemon with an account of its own; stopped when the test ends."""

    def __call__(
        self, at: Homeserver | None = None, *, movable_clock: bool = False, **settings: str
    ) -> Awaitable[Keeper]:
        """Give a daemon that listens; `settings` are named without their prefix, in any case."""


#: The daemons of a test, whose logs are shown when it fails.
KEEPERS = pytest.StashKey[list[Keeper]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what its daemons logged."""
    report = yield
    if report.failed:
        for keeper in item.stash.get(KEEPERS, []):
            lines = keeper.log.splitlines()[-LOG_LINES:]
            report.sections.append((f"log of {keeper.name}", "\n".join(lines)))
    return report


@pytest.fixture
async def keep(
    request: pytest.FixtureRequest,
    homeserver: Homeserver,
    names: Callable[[str], str],
    tmp_path: Path,
) -> AsyncIterator[Keep]:
    """Run daemons: `keeper = await keep()`, `await keep(other_homeserver, timezone="Asia/Tokyo")`."""
    async with AsyncExitStack() as keepers:

        async def keeper(
            at: Homeserver | None = None, *, movable_clock: bool = False, **settings: str
        ) -> Keeper:
            name = names("keeper")
            started = Keeper(
                at or homeserver,
                tmp_path / name,
                name=name,
                environment={f"KINKEEPER_{key.upper()}": text for key, text in settings.items()},
                movable_clock=movable_clock,
            )
            request.node.stash.setdefault(KEEPERS, []).append(started)
            return await keepers.enter_async_context(started)

        yield keeper
