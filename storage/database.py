"""Opens the database and runs one unit of work at a time; a unit is whole or it never was.

Two databases serve alike: SQLite in one file (the default) and PostgreSQL.
Every change goes through `transaction`, which a cancelled task cannot tear.
"""

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from tortoise import connections
from tortoise.context import TortoiseContext, set_global_context
from tortoise.models import Model
from tortoise.transactions import in_transaction

from storage import migrate

MODELS = (
    "storage.askings",
    "storage.assemblies",
    "storage.bookings",
    "storage.callings",
    "storage.carried",
    "storage.charters",
    "storage.coming",
    "storage.commitments",
    "storage.cycles",
    "storage.decisions",
    "storage.delegates",
    "storage.domains",
    "storage.dyads",
    "storage.energy",
    "storage.facts",
    "storage.hosting",
    "storage.inbox",
    "storage.journals",
    "storage.lessons",
    "storage.meetings",
    "storage.members",
    "storage.notes",
    "storage.offers",
    "storage.onboardings",
    "storage.outbox",
    "storage.pairings",
    "storage.people",
    "storage.polls",
    "storage.presence",
    "storage.private_keys",
    "storage.questions",
    "storage.reflections",
    "storage.reminders",
    "storage.retrospectives",
    "storage.rooms",
    "storage.rounds",
    "storage.scripts",
    "storage.searches",
    "storage.sessions",
    "storage.shares",
    "storage.visitors",
)

T = TypeVar("T")
M = TypeVar("M", bound=Model)

#: Of a row's number: the largest that fits in 64 bits has nineteen.
_MOST_DIGITS = 18


def sqlite_url(path: Path) -> str:
    """The address of a database in one file."""
    return f"sqlite://{path}"


def sqlite_path(url: str) -> Path | None:
    """The file behind an SQLite address; None for any other database."""
    if not url.startswith("sqlite://"):
        return None
    return Path(url.removeprefix("sqlite://").partition("?")[0])


def configuration(url: str) -> dict[str, Any]:
    """What the ORM needs to know about `url`.

    SQLite runs with WAL and NORMAL: a killed process loses nothing, and what a power cut may take is
    always the newest transactions whole, which the homeserver then tells us again (docs/architecture.md).
    """
    path = sqlite_path(url)
    if path is not None:
        connection: dict[str, Any] = {
            "engine": "storage.inline",
            "credentials": {
                "file_path": str(path),
                "journal_mode": "WAL",
                "synchronous": "NORMAL",
                "busy_timeout": 10_000,
                "foreign_keys": "ON",
                # What is deleted is written over: people were promised that it is gone (R8).
                "secure_delete": "ON",
            },
        }
    else:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        connection = {
            "engine": "tortoise.backends.psycopg",
            "credentials": {
                "host": options.pop("host", None) or parts.hostname or "localhost",
                "port": parts.port or int(options.pop("port", 5432)),
                "user": unquote(parts.username or "postgres"),
                "password": unquote(parts.password or "") or None,
                "database": parts.path.lstrip("/"),
                "min_size": 2,
                "max_size": 8,
                **options,
            },
        }
    return {
        "connections": {"default": connection},
        "apps": {"kinkeeper": {"models": list(MODELS), "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


_openings = count(1)
_opened = 0


def opened() -> int:
    """Which database is open: another number after each opening, for what is kept at hand of one."""
    return _opened


#: What the ORM has made of the models for the database that is open.
_context: TortoiseContext | None = None


async def open_database(url: str) -> None:
    """Migrate the database at `url` to the newest schema and connect to it.

    Raises `migrate.NewerDatabase` when a newer Kinkeeper has been here.
    """
    await migrate.migrate(url)
    await connect(url)


async def connect(url: str) -> None:
    """Connect the models to the database at `url` as it stands; whichever was open is closed first."""
    global _opened, _context  # noqa: PLW0603 - there is one database at a time, as for the ORM
    await close_database()
    _opened = next(_openings)
    _context = await models_for(configuration(url))
    set_global_context(_context)


async def models_for(wanted: dict[str, Any]) -> TortoiseContext:
    """The ORM's models, to be used with the database of this configuration."""
    context = TortoiseContext()
    context.__enter__()
    await context.init(config=wanted)
    return context


async def close_database() -> None:
    """Close every connection."""
    if _context is not None:
        await _context.close_connections()


async def row_of(model: type[M], number: object, **also: object) -> M | None:
    """The row of that number, if it is as `also` says; None where there is none, or `number` is nothing that a database counts to.

    Numbers come out of what hours, questions and taps carry, and some of them out of what a person typed.
    """
    digits = str(number)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > _MOST_DIGITS:
        return None
    return await model.filter(id=int(digits), **also).first()


#: One unit at a time, on every database: no dead-lock, no lost update, and a unit takes about a millisecond.
_turn: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = (
    weakref.WeakKeyDictionary()
)


async def transaction(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` in one transaction, shielded: whoever waits for it may be cancelled, the work not.

    A task cancelled while it enters or leaves a transaction of the ORM would hold its lock for ever.
    """

    async def unit() -> T:
        async with _turn.setdefault(asyncio.get_running_loop(), asyncio.Lock()), in_transaction():
            return await work()

    return await _whole(unit())


async def scrub() -> bool:
    """Empty SQLite's log, which may still hold pages as they were before something was deleted.

    To be called after the transaction that deleted; returns whether it is done. While somebody else reads the file, as
    a backup does, it is not, and is to be tried again. On PostgreSQL there is nothing to do: it keeps its own log.
    """
    return await _whole(_scrub())


async def _scrub() -> bool:
    async with _turn.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        connection = connections.get("default")
        if connection.capabilities.dialect != "sqlite":
            return True
        # Nobody shall wait while a long reader holds the log.
        patience = (await connection.execute_query_dict("PRAGMA busy_timeout"))[0]["timeout"]
        await connection.execute_query("PRAGMA busy_timeout=0")
        try:
            answer = await connection.execute_query_dict("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            await connection.execute_query(f"PRAGMA busy_timeout={patience}")
        return not answer[0]["busy"]


async def _whole(unit: Coroutine[Any, Any, T]) -> T:
    task = asyncio.create_task(unit)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        # Leave only when the unit has ended, so that nobody closes the database under it.
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
        raise
