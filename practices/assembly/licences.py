"""Licences of what is shared: whether one is another, and under which a fork may travel.

It promises to allow only what it knows to be allowed: a licence that it does not know is kept as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["may_become", "same_licence"]

_COMMONS = re.compile(
    r"(?:cc|creativecommons)?(?P<terms>0|zero|by(?:sa|nc|nd)*)(?P<version>\d(?:\d)?)?"
)
_NO_TERMS = frozenset({"publicdomain", "cc0", "cczero"})
_LATEST = 99


@dataclass(frozen=True, slots=True)
class _Commons:
    """A licence of Creative Commons."""

    #: Of by, sa, nc and nd; none for CC0.
    terms: frozenset[str]
    #: 40 for 4.0; the latest where none is said.
    version: int


def same_licence(one: str, other: str) -> bool:
    """Whether two names mean one licence: “CC BY-SA 4.0” is “cc-by-sa-4.0”."""
    return _folded(one) == _folded(other)


def may_become(licence: str, other: str) -> bool:
    """Whether what was made from a work under one licence may travel under another.

    What is free of terms may become anything. What asks for credit alone may get the terms of “share alike” or “not for
    money” beside it. All else stays under its own licence, “share alike” in a later version too; what may not be changed
    cannot be forked at all.
    """
    known, into = _commons(licence), _commons(other)
    if known is None:
        return same_licence(licence, other)
    if not known.terms:
        return True
    if "nd" in known.terms or into is None:
        return False
    if known.terms == {"by"}:
        return "by" in into.terms and "nd" not in into.terms
    return known.terms == into.terms and known.version <= into.version


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _commons(name: str) -> _Commons | None:
    folded = _folded(name)
    if folded in _NO_TERMS:
        return _Commons(frozenset(), _LATEST)
    found = _COMMONS.fullmatch(folded)
    if found is None or not folded.startswith(("cc", "creativecommons")):
        return None
    terms = found["terms"]
    free = terms in ("0", "zero")
    parts = frozenset() if free else frozenset(re.findall("by|sa|nc|nd", terms))
    return _Commons(parts, int(found["version"] or _LATEST))
