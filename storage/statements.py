"""Runs the few statements of every message as plain SQL: the ORM builds each query anew, which costs more than running it."""

from datetime import datetime
from enum import Enum
from typing import Any

from tortoise import connections


def _plain(value: Any, *, text_instants: bool) -> Any:
    if isinstance(value, Enum):
        return value.value
    if text_instants and isinstance(value, datetime):
        return str(value)  # as the ORM writes instants to SQLite
    return value


async def _run(sql: str, values: tuple[Any, ...]) -> tuple[int, Any]:
    connection = connections.get("default")
    on_sqlite = connection.capabilities.dialect == "sqlite"
    plain = [_plain(value, text_instants=on_sqlite) for value in values]
    changed, rows = await connection.execute_query(
        sql if on_sqlite else sql.replace("?", "%s"), plain
    )
    return int(changed), rows


async def change(sql: str, *values: Any) -> int:
    """Run one UPDATE or DELETE with `?` for each value; returns how many rows it changed."""
    changed, _rows = await _run(sql, values)
    return changed


async def select(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that a SELECT with `?` for each value finds, each with its columns in the order in which they are asked for."""
    _count, rows = await _run(sql, values)
    return [tuple(dict(row).values()) for row in rows]


async def holds(sql: str, *values: Any) -> bool:
    """Whether a SELECT with `?` for each value finds a row."""
    _count, rows = await _run(sql, values)
    return bool(rows)
