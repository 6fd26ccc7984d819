"""What people call a letter: a short number that its sender gave it, and letters of its id where two were given the same.

It promises that a name follows from the letters alone, so that all who have seen the same call it the same, also after
everything was read anew; that what somebody types never comes to mean another letter, but is asked back at most; and that
whoever calls many letters the same makes nobody compare each of them with each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from heapq import nsmallest
from itertools import count, pairwise
from weakref import WeakKeyDictionary

from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter
from practices.assembly.roll import Roll
from practices.assembly.table import MANY

__all__ = [
    "HIGHEST",
    "NUMBERED",
    "called",
    "free_number",
    "meant",
    "name_of",
    "names",
    "put_by_seats",
]

HIGHEST = 999_999
"""The highest number that a letter may be called by."""

NUMBERED: Mapping[Kind, frozenset[Kind]] = {
    Kind.MATTER: frozenset({Kind.MATTER}),
    Kind.NEED: frozenset({Kind.NEED, Kind.OFFER}),
    Kind.OFFER: frozenset({Kind.NEED, Kind.OFFER}),
}
"""The kinds that people call by a number, each with those that it shares its numbers with."""

_LEAST = 2
"""With fewer letters beside a number two of them are soon the same."""

_SAID = re.compile(r"([0-9]{1,6})([a-z]*)")


def put_by_seats(known: Ledger, kinds: Iterable[Kind]) -> list[Letter]:
    """The letters of these kinds by accounts that keep a seat or kept one: what others write takes nobody's number."""
    seated = known.roll.ever
    return [e for kind in sorted(kinds) for e in known.of_kind(kind).values() if e.sender in seated]


_at_hand: WeakKeyDictionary[
    Ledger, dict[frozenset[Kind], tuple[Roll, tuple[int, ...], Mapping[str, str]]]
] = WeakKeyDictionary()
"""The names in each ledger, with the roll and the counts of letters that they follow from."""


def called(known: Ledger, kind: Kind) -> Mapping[str, str]:
    """By id what people call the letters of a kind, and of those that it shares its numbers with.

    Named are the first MANY of each account and kind, by number; what is past them has `name_of`.
    """
    kinds, at_hand = NUMBERED[kind], _at_hand.setdefault(known, {})
    roll, counts = known.roll, tuple(len(known.of_kind(each)) for each in sorted(kinds))
    found = at_hand.get(kinds)
    if found is None or found[0] is not roll or found[1] != counts:
        found = at_hand[kinds] = roll, counts, names(_first(put_by_seats(known, kinds)))
    return found[2]


def _first(letters: Iterable[Letter]) -> list[Letter]:
    """Of each account and kind the first MANY, by number."""
    sent: dict[tuple[str, Kind], list[Letter]] = defaultdict(list)
    for each in letters:
        sent[each.sender, each.kind].append(each)
    return [
        letter
        for every in sent.values()
        for letter in nsmallest(MANY, every, key=lambda each: (each.number, each.id))
    ]


def names(letters: Iterable[Letter]) -> dict[str, str]:
    """By id what each of these letters is called: "4", or where more are called 4, "4ka" and "4wo"."""
    same: dict[int, list[str]] = defaultdict(list)
    for each in letters:
        same[_number(each)].append(each.id)
    found: dict[str, str] = {}
    for number, ids in same.items():
        tails = _apart(ids) if len(ids) > 1 else dict.fromkeys(ids, "")
        found |= {id_: f"{number}{tail}" for id_, tail in tails.items()}
    return found


def name_of(letter: Letter) -> str:
    """What a letter is called that is none of those which `names` was given: its number, always with letters."""
    return f"{_number(letter)}{_word(letter.id)[:_LEAST]}"


def meant(said: str, letters: Iterable[Letter]) -> list[Letter]:
    """The letters that somebody may mean by a number, with letters behind it or without; by id."""
    read = _SAID.fullmatch(said.casefold())
    if read is None:
        return []
    number, begins = int(read[1]), read[2]
    found = (e for e in letters if _number(e) == number and _word(e.id).startswith(begins))
    return sorted(found, key=lambda each: each.id)


def free_number(letters: Collection[Letter]) -> int | None:
    """The number that a new letter is given beside these: how many there are and one, or the next that is free.

    None when no number is left; then it is called by its own place among its sender's letters.
    """
    taken, first = set(map(_number, letters)), len(letters) + 1
    found = next(number for number in count(first) if number not in taken)
    return found if found <= HIGHEST else None


def _number(letter: Letter) -> int:
    return int(letter.body.get("called", letter.number))


def _apart(ids: Iterable[str]) -> dict[str, str]:
    """Of each id as many letters as tell it from the others; in their order only its neighbours can be so like it."""
    words = sorted((_word(each), each) for each in ids)
    shared = [0, *(_alike(one, other) for (one, _), (other, _) in pairwise(words)), 0]
    return {
        id_: word[: max(_LEAST, 1 + max(before, behind))]
        for (word, id_), before, behind in zip(words, shared, shared[1:], strict=False)
    }


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _word(id_: str) -> str:
    """The letters of an id, without its digits and signs."""
    return "".join(each for each in id_.lower() if "a" <= each <= "z")
