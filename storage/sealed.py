"""A column whose content is sealed where it stands: what is on its way is not readable in the database or in a backup.

The daemon says once, at its start, what seals; rows that are older, or written without that, are read as they are. What
was sealed with another secret is read as `UNREADABLE`, and such rows are to be deleted before anybody works on them.
"""

import json
from typing import Any, Protocol

from tortoise.fields import JSONField

#: What a column of another secret says.
UNREADABLE = {"unreadable": True}

_SEALED = "sealed post"
_PURPOSE = "post"


class Seals(Protocol):
    """Seals and opens, as handlers.language.Keys does."""

    def seal(self, purpose: str, content: object) -> str:
        """`content` as text that only these keys open."""

    def open(self, purpose: str, sealed: str) -> object:
        """What was sealed. Raises ValueError."""


_seals: list[Seals] = []


def seal_with(seals: Seals | None) -> None:
    """Seal what is written from now on, and open what is read; None: neither."""
    _seals[:] = [] if seals is None else [seals]


def sealed_mark() -> str:
    """Something sealed, to see later by `opens` whether the secret is the same; "" where nothing is sealed."""
    return _seals[0].seal(_PURPOSE, "mark") if _seals else ""


def opens(mark: str) -> bool:
    """Whether a mark was sealed with what opens now."""
    if not _seals:
        return not mark
    try:
        return _seals[0].open(_PURPOSE, mark) == "mark"
    except ValueError:
        return False


def _is_wordless(value: object) -> bool:
    """Whether there is nothing in it but numbers, and which ritual it is for: such hours come by the ten thousand."""
    return isinstance(value, dict) and all(
        name == "ritual" or isinstance(held, int | None) for name, held in value.items()
    )


class SealedField(JSONField[Any]):
    """JSON that stands sealed in its column."""

    def to_db_value(self, value: Any, instance: Any) -> str | None:
        """Seal what is to be stored."""
        plain = super().to_db_value(value, instance)
        if plain is None or not _seals or _is_wordless(value):
            return plain
        return json.dumps({_SEALED: _seals[0].seal(_PURPOSE, plain)})

    def to_python_value(self, value: Any) -> Any:
        """Open what was stored."""
        read = super().to_python_value(value)
        if not isinstance(read, dict) or set(read) != {_SEALED}:
            return read
        try:
            if not _seals:
                return dict(UNREADABLE)
            return json.loads(str(_seals[0].open(_PURPOSE, str(read[_SEALED]))))
        except ValueError:
            return dict(UNREADABLE)
