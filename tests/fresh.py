"""Databases with the newest schema and no rows: migrated once and then copied, as thousands of tests want one.

What the ORM makes of the models is made once, too, for all databases of one kind: it takes as long as a dozen units of work.
"""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext

from storage.database import models_for, sqlite_url
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


#: What was made for the databases of one engine, by that engine.
_made: dict[str, TortoiseContext] = {}


async def models_made_once(wanted: dict[str, Any]) -> TortoiseContext:
    """Stands for `storage.database.models_for`: the same for every database of an engine, until one of another is opened."""
    engine = str(wanted["connections"]["default"]["engine"])
    if engine in _made:
        context = _made[engine]
        context.__enter__()
        # The ORM has no public way to use the same models with another database.
        await context.connections._init(wanted["connections"], create_db=False)
        return context
    _made.clear()
    # The ORM keeps its statements by table, in the words of the engine before.
    EXECUTOR_CACHE.clear()
    _made[engine] = await models_for(wanted)
    return _made[engine]
