"""What of a circle's decisions holds today, and which of them are meant by a few words.

Nothing ends by itself: what is past its day of review goes on holding, and is to be looked at again. Words are found
whatever their case and accents, and by their beginnings; a search needs no more than the text and the words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

__all__ = ["Standing", "State", "folded", "found", "page", "pages", "state"]

_Value = TypeVar("_Value")

_WORD = re.compile(r"[^\W_]+")

#: Letters that differ from the plain one by more than a mark above or below.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe"}
)


class Standing(StrEnum):
    """What people have said of a decision."""

    HOLDS = "holds"
    REPLACED = "replaced"
    ENDED = "ended"


class State(StrEnum):
    """Where a decision stands on a day."""

    HOLDS = "holds"
    #: It goes on holding, and its day of review has come.
    DUE = "review due"
    REPLACED = "replaced"
    ENDED = "ended"


def state(standing: Standing, review_on: date | None, today: date) -> State:
    """Where a decision stands today, by the circle's own calendar."""
    if standing is Standing.HOLDS:
        return State.DUE if review_on is not None and review_on <= today else State.HOLDS
    return State.REPLACED if standing is Standing.REPLACED else State.ENDED


def folded(text: str) -> str:
    """A text as it is searched: without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(each for each in apart if unicodedata.category(each) != "Mn")
    return bare.casefold().translate(_PLAIN)


def found(query: str, *texts: str) -> bool:
    """Whether each word of a search begins a word of these texts; a search without words finds nothing."""
    wanted = _WORD.findall(folded(query))
    there = [word for text in texts for word in _WORD.findall(folded(text))]
    return bool(wanted) and all(any(word.startswith(each) for word in there) for each in wanted)


def pages(count: int, size: int) -> int:
    """On how many pages so many are listed; at least one."""
    return max(1, -(-count // size))


def page(every: Sequence[_Value], number: int, size: int) -> Sequence[_Value]:
    """One page of a list, counted from 1."""
    return every[(number - 1) * size : number * size]
