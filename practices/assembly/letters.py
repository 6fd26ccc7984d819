"""Letters: what keepers of an assembly say to each other, each known by what it says.

A letter is read or refused on sight, by its sender and itself alone, so every reader refuses the same ones. Its id is
the hash of its content: whoever repeats it says nothing new, and nobody can say something else under the same id.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

__all__ = [
    "ACCOUNT",
    "DEEPEST",
    "LARGEST",
    "READERS",
    "VERSION",
    "Fault",
    "Kind",
    "Letter",
    "Part",
    "Unreadable",
    "edition",
    "fit",
    "identify",
    "read",
    "written",
]

VERSION = 1

LARGEST = 16_384
"""Bytes of canonical JSON."""

DEEPEST = 8
"""Objects and lists within each other, the letter itself included."""

_LARGEST_INTEGER = 2**53 - 1

_MOST_FAULTS = 20
"""Of so many the one that says most is named; a liar could make thousands."""


ACCOUNT = re.compile(r"@[^\s:@]{1,180}:[^\s@]{1,180}")
"""A whole Matrix id, as the schemas have it."""


_ID = re.compile(r"[A-Za-z0-9_-]{43}")


class Part(StrEnum):
    """The protocol rooms of an assembly."""

    CHARTER = "charter"
    DIRECTORY = "directory"
    PRACTICES = "practices"
    DECISIONS = "decisions"
    COMMONS = "commons"
    CARE = "care"


class Kind(StrEnum):
    """What a letter says. Which room each belongs in, and who may send it, says practices.assembly.table."""

    FOUND = "found"
    SEAT = "seat"
    LEAVE = "leave"
    HAND_OVER = "hand over"
    MATTER = "matter"
    POSITION = "position"
    SEAL = "seal"
    CONCERN = "concern"
    CLAIM = "claim"
    SPRINT = "sprint"
    OPT_IN = "opt in"
    PRACTICE = "practice"
    NEED = "need"
    OFFER = "offer"
    TAKEN = "taken"
    THANKS = "thanks"
    DONE = "done"
    LESSON = "lesson"
    SIBLING = "sibling"
    CIRCLE = "circle"
    MEDIATOR_WANTED = "mediator wanted"
    MEDIATOR_FOUND = "mediator found"
    AGAIN = "again"


class Fault(StrEnum):
    """Why a letter is refused; the words are for stewards."""

    SHAPE = "is not what the protocol describes"
    LARGE = "is larger than a letter may be"
    DEEP = "is nested deeper than a letter may be"
    NEWER = "is written in another version of the protocol"
    FOREIGN = "carries somebody else's name"
    FORGED = "has an id that does not belong to its content"
    PLACE = "is in a room where such letters do not belong"


class Unreadable(Exception):
    """A letter is refused; whoever sent it is at fault, and nothing follows from it."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        """`detail` is for logs: it names a field, and never repeats what was written."""
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter that could be read."""

    #: 43 characters: SHA-256 of the rest, in URL-safe base64 without padding.
    id: str
    kind: Kind
    #: The keeper's Matrix id, which the homeserver vouches for.
    sender: str
    #: 1, 2, 3, …: counts this sender's letters in this assembly.
    number: int
    #: The id of the letter with which the assembly was founded; None in that letter itself.
    assembly: str | None
    #: The letter that this one is about.
    answers: str | None
    #: For what bears on the roll: the newest changes of the roll that its sender knew.
    after: tuple[str, ...]
    body: Mapping[str, Any]


def written(
    kind: Kind,
    *,
    sender: str,
    number: int,
    assembly: str | None,
    body: Mapping[str, Any],
    answers: str | None = None,
    after: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A letter as it is sent. Raises Unreadable if nobody would read it."""
    content: dict[str, Any] = {
        "version": VERSION,
        "type": kind.value,
        "from": sender,
        "number": number,
        "body": dict(body),
    }
    if assembly is not None:
        content["assembly"] = assembly
    if answers is not None:
        content["answers"] = answers
    if after:
        content["after"] = sorted(after)
    content["id"] = identify(content)
    read(sender, content)
    return content


def read(sender: str, raw: Any) -> Letter:
    """The letter in `raw`, sent by `sender`. Raises Unreadable for anything else, whatever its shape or size."""
    _bound(raw, 1)
    if not isinstance(raw, Mapping):
        raise Unreadable(Fault.SHAPE, "a letter is an object")
    version = raw.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < min(READERS):
        raise Unreadable(Fault.SHAPE, "version")
    _sized(raw)
    if version not in READERS:
        _addressed(sender, raw)
        raise Unreadable(Fault.NEWER, "version")
    return READERS[version](sender, raw)


def edition() -> str:
    """Stands for all that can be read: another one where more versions or kinds of letters are known, or fewer."""
    words = " ".join([*map(str, sorted(READERS)), *sorted(Kind)])
    return sha256(words.encode()).hexdigest()[:16]


def _addressed(sender: str, raw: Mapping[str, Any]) -> None:
    """Refuse what is no letter in any version: each says by whom it is, in which assembly, and under which number."""
    if raw.get("from") != sender:
        raise Unreadable(Fault.FOREIGN)
    number, assembly = raw.get("number"), raw.get("assembly")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise Unreadable(Fault.SHAPE, "number")
    if not isinstance(assembly, str) or not _ID.fullmatch(assembly):
        raise Unreadable(Fault.SHAPE, "assembly")


def _read_first(sender: str, raw: Mapping[str, Any]) -> Letter:
    """A letter of version 1."""
    _fit("letter", raw)
    if raw["type"] not in set(Kind):
        _addressed(sender, raw)
        raise Unreadable(Fault.NEWER, "type")
    kind = Kind(raw["type"])
    _fit(kind.value.replace(" ", "-"), raw)
    if kind is Kind.MATTER:
        _day(raw["body"]["until"])
    if raw["from"] != sender:
        raise Unreadable(Fault.FOREIGN)
    if raw["id"] != identify(raw):
        raise Unreadable(Fault.FORGED)
    return Letter(
        id=raw["id"],
        kind=kind,
        sender=sender,
        number=raw["number"],
        assembly=raw.get("assembly"),
        answers=raw.get("answers"),
        after=tuple(raw.get("after", ())),
        body=raw["body"],
    )


READERS: dict[int, Callable[[str, Mapping[str, Any]], Letter]] = {VERSION: _read_first}
"""Each version of the protocol that is known, and how a letter of it is read: `reads(sender, raw)`, which raises
Unreadable. It is within the bounds of every version already."""


def identify(content: Mapping[str, Any]) -> str:
    """The id that belongs to a letter's content: the hash of its canonical JSON without `id`."""
    rest = {key: value for key, value in content.items() if key != "id"}
    return urlsafe_b64encode(sha256(_canonical(rest)).digest()).rstrip(b"=").decode()


def fit(schema: str, raw: Any) -> None:
    """Refuse what does not fit the schema of that name, or is larger or deeper than a letter. Raises Unreadable."""
    _bound(raw, 1)
    _sized(raw)
    _fit(schema, raw)


def _sized(raw: Any) -> None:
    """Refuse what is larger than a letter of any version."""
    try:
        size = len(_canonical(raw))
    except (TypeError, ValueError, UnicodeEncodeError, RecursionError) as error:
        raise Unreadable(Fault.SHAPE, "not written as letters are") from error
    if size > LARGEST:
        raise Unreadable(Fault.LARGE)


def _canonical(content: Any) -> bytes:
    """Canonical JSON of the Matrix specification: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _bound(value: Any, depth: int) -> None:
    """Refuse what is nested too deep, and numbers that not every reader reads alike."""
    if depth > DEEPEST and isinstance(value, Mapping | list | tuple):
        raise Unreadable(Fault.DEEP)
    match value:
        case Mapping():
            if not all(isinstance(key, str) for key in value):
                raise Unreadable(Fault.SHAPE, "a name that is no text")
            for each in value.values():
                _bound(each, depth + 1)
        case list() | tuple():
            for each in value:
                _bound(each, depth + 1)
        case bool() | None | str():
            return
        case int():
            if abs(value) > _LARGEST_INTEGER:
                raise Unreadable(Fault.SHAPE, "a number that is too large")
        case _:
            raise Unreadable(Fault.SHAPE, "a value that is neither text, whole number nor truth")


def _day(text: str) -> None:
    """Refuse a moment that is in no calendar, such as 31 February."""
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(Fault.SHAPE, "body/until") from error


def _fit(schema: str, raw: Any) -> None:
    error = best_match(islice(_validator(schema).iter_errors(raw), _MOST_FAULTS))
    if error is not None:
        raise Unreadable(Fault.SHAPE, "/".join(map(str, error.absolute_schema_path))[:200])


@cache
def _validator(schema: str) -> Draft202012Validator:
    """The schema of that name in practices/assembly/schemas."""
    text = files("practices.assembly").joinpath("schemas", f"{schema}.json").read_text("utf-8")
    return _STRICT(json.loads(text))


def _matches(_: Any, pattern: str, text: Any, __: Any) -> Iterator[ValidationError]:
    """Patterns as JSON Schema means them: here `$` also stands before a last line's end, elsewhere it does not."""
    if isinstance(text, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), text):
        yield ValidationError("does not fit its pattern")


def _unique(
    _: Any, wanted: Any, items: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """No item twice, each looked at once: the library compares each with each, and a liar could make lists for that.

    A list that is too long is refused by its length.
    """
    if wanted is not True or not isinstance(items, list):
        return
    if len(items) <= schema["maxItems"] and len(set(map(_canonical, items))) < len(items):
        yield ValidationError("has an item twice")


_STRICT: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call] # the library has no types there
    Draft202012Validator, {"pattern": _matches, "uniqueItems": _unique}
)
