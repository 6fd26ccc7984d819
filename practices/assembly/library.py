"""What the congregations of an assembly have shared with each other: practices, their editions, and whose work they are.

It promises that a practice stays readable after its congregation has left, that a fork carries the credit of all that it
was made from and keeps to their licences, and that nothing which cannot be run is offered for adoption. Nothing is taken
over by itself: an update is something to ask about (R137).
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from practices.assembly.difference import difference
from practices.assembly.hearing import Heard, heard
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind
from practices.assembly.licences import may_become, same_licence
from practices.assembly.roll import Seat
from practices.library import key, read
from practices.understanding import NotUnderstood, shown

__all__ = [
    "LONGEST_CHAIN",
    "Adopted",
    "Edition",
    "Shared",
    "Update",
    "difference",
    "edition_of",
    "find",
    "may_become",
    "shared",
    "updates",
]

LONGEST_CHAIN = 40
"""A practice that was forked more often than this is nobody's to give credit for any more."""

_DEFAULT_LICENCE = "CC0-1.0"
"""Of a script that names none (practices.reading)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a shared practice."""

    #: The id of the letter that shared it.
    letter: str
    #: The congregation that shared it.
    seat: Seat
    #: 1, 2, 3, …: as its congregation counts them.
    number: int
    name: str
    text: str
    licence: str
    #: Whose work it is: from those who wrote the first to those who changed it last, each once.
    credits: tuple[str, ...]
    summary: str = ""
    #: What is new in it, in its congregation's words.
    changes: str = ""
    #: The letter of the edition that it was made from.
    forked_from: str | None = None
    #: The congregation of that edition; None when it was made from none, or from one that is not here.
    origin: Seat | None = None
    #: Whether who shared it speaks for its congregation now.
    current: bool = True
    #: Why it may not be passed on as it is; empty when it may.
    barred: str = ""

    @property
    def refused(self) -> str:
        """Why it cannot be adopted, in words that may quote what was written; empty when it can.

        Read when it is asked for: an assembly has more texts than anybody opens.
        """
        return _unreadable(self.text, self.name, self.licence) or self.barred


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A practice that a congregation has shared."""

    seat: Seat
    #: As its newest edition is called.
    name: str
    #: Newest first; none when all were set aside.
    editions: tuple[Edition, ...]
    #: Editions that share their number with another one that says something else: nobody knows which is meant.
    set_aside: tuple[Edition, ...] = ()
    #: Whether its congregation has a seat now.
    here: bool = True

    @property
    def newest(self) -> Edition | None:
        """The newest edition that can be adopted."""
        return next((each for each in self.editions if not each.refused), None)


def shared(ledger: Ledger) -> list[Shared]:
    """Every practice, one for each congregation and name, in alphabetical order of names and then of congregations."""
    letters = heard(ledger, Kind.PRACTICE)
    by_id = {each.letter.id: each for each in letters}
    groups: defaultdict[tuple[str, str], list[Heard]] = defaultdict(list)
    for each in letters:
        groups[each.seat.id, key(each.letter.body["name"])].append(each)
    found = [_shared(group, by_id) for group in groups.values()]
    return sorted(
        found, key=lambda each: (each.name.casefold(), each.seat.name.casefold(), each.seat.id)
    )


def _shared(group: list[Heard], by_id: Mapping[str, Heard]) -> Shared:
    numbered: defaultdict[int, list[Heard]] = defaultdict(list)
    for each in group:
        numbered[each.letter.body["edition"]].append(each)
    editions, aside = list[Edition](), list[Edition]()
    for number in sorted(numbered, reverse=True):
        # What a former keeper has said under the same number yields to what the present one says.
        said = [each for each in numbered[number] if each.speaks] or numbered[number]
        if all(each.letter.body == said[0].letter.body for each in said):
            editions.append(_edition(min(said, key=lambda each: each.letter.id), by_id))
        else:
            aside += [_edition(each, by_id) for each in sorted(said, key=lambda e: e.letter.id)]
    return Shared(
        seat=group[0].seat,
        name=(editions or aside)[0].name,
        editions=tuple(editions),
        set_aside=tuple(aside),
        here=group[0].here,
    )


def _edition(each: Heard, by_id: Mapping[str, Heard]) -> Edition:
    body = each.letter.body
    chain, whole = _chain(each, by_id)
    return Edition(
        letter=each.letter.id,
        seat=each.seat,
        number=body["edition"],
        name=_line(body["name"]),
        text=body["text"],
        licence=_line(body["licence"]),
        credits=_credits(chain),
        summary=_line(body.get("summary", "")),
        changes=_line(body.get("changes", "")),
        forked_from=body.get("forked_from"),
        origin=chain[1].seat if len(chain) > 1 else None,
        current=each.speaks,
        barred=_not_allowed(chain, whole=whole),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _chain(each: Heard, by_id: Mapping[str, Heard]) -> tuple[list[Heard], bool]:
    """An edition and all that it was made from, newest first, and whether they are all here."""
    chain = [each]
    while (before := chain[-1].letter.body.get("forked_from")) is not None:
        if before not in by_id or len(chain) > LONGEST_CHAIN:
            return chain, False
        chain.append(by_id[before])
    return chain, True


def _credits(chain: list[Heard]) -> tuple[str, ...]:
    """Who is to be named, each once. It follows from the letters themselves, so that no fork can leave anybody out."""
    found: dict[str, str] = {}
    for each in reversed(chain):
        credit = _line(each.letter.body["credit"])
        found.setdefault(credit.casefold(), credit)
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _unreadable(text: str, name: str, licence: str) -> str:
    """Why a text cannot be run, or is not what its letter says; empty when nothing is the matter."""
    try:
        script = read(text, name=name)
    except NotUnderstood as mistake:
        return str(mistake)
    if key(script.name) != key(name):
        return f"It is shared as {shown(name)}, and its text calls it {shown(script.name)}."
    if script.licence != _DEFAULT_LICENCE and not same_licence(script.licence, licence):
        return (
            f"It is shared under {shown(licence)}, and its text says {shown(script.licence)}: "
            "those who shared it can say which of the two is meant."
        )
    return ""


def _not_allowed(chain: list[Heard], *, whole: bool) -> str:
    """Why it may not be passed on like this; empty when it may."""
    if not whole and len(chain) > LONGEST_CHAIN:
        return (
            f"It was made over more than {LONGEST_CHAIN} times, and I cannot say whose work it is."
        )
    if not whole:
        return "What it was made from has not been shared here, so I cannot say whose work it is."
    for made, origin in pairwise(chain):
        # A new edition of one's own work may come under any licence.
        if made.seat.id == origin.seat.id:
            continue
        before, after = origin.letter.body["licence"], made.letter.body["licence"]
        if not may_become(before, after):
            return (
                f"It was made from a practice of {_line(origin.seat.name)} under {shown(before)}, which does not "
                f"allow it to travel under {shown(after)}."
            )
    return ""


# ------------------------------------------------------------------------------------- finding, adopting


def find(name: str, among: Iterable[Shared]) -> tuple[Shared, ...]:
    """The practices of that name: one, or one of each congregation that has shared it.

    “case clinic of Harbour” finds that of one congregation. Raises NotUnderstood, with what is near.
    """
    each_by: defaultdict[str, dict[tuple[str, str], Shared]] = defaultdict(dict)
    for each in among:
        place = each.seat.id, key(each.name)
        for called in (each.name, f"{each.name} of {each.seat.name}"):
            each_by[key(called)][place] = each
    said = key(name)
    if said and said in each_by:
        return tuple(each_by[said].values())
    holding = [known for known in each_by if said and said in known]
    near = [*holding, *difflib.get_close_matches(said, each_by, 3, 0.6)]
    names = dict.fromkeys(each.name for known in near for each in each_by[known].values())
    if len(names) == 1 and holding:
        return tuple(each_by[key(next(iter(names)))].values())
    meant = " or ".join(shown(each) for each in list(names)[:3])
    hint = f"Did you mean {meant}?" if meant else "The list of what is shared has their names."
    raise NotUnderstood(f"Nobody here has shared a practice {shown(name)}. {hint}")


def edition_of(letter: str, among: Iterable[Shared]) -> tuple[Shared, Edition] | None:
    """The edition that a letter shared, set aside or not; None when there is none."""
    for each in among:
        for edition in (*each.editions, *each.set_aside):
            if edition.letter == letter:
                return each, edition
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What a congregation has adopted."""

    letter: str
    #: It stays with this edition, and hears of no other.
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A newer edition of what was adopted: something to ask about."""

    shared: Shared
    #: What was adopted.
    old: Edition
    new: Edition


def updates(adopted: Iterable[Adopted], among: Iterable[Shared]) -> tuple[Update, ...]:
    """What is newer than what was adopted and not pinned, each practice once, in the order of `adopted`.

    Only what the present keeper of its congregation shared is an update: whoever has got hold of an account that speaks
    for nobody any more offers nothing to those who trusted it once.
    """
    among = list(among)
    found: dict[str, Update] = {}
    for each in adopted:
        held = edition_of(each.letter, among)
        if held is None or each.pinned:
            continue
        practice, old = held
        new = next((e for e in practice.editions if e.current and not e.refused), None)
        if new is not None and new.number > old.number:
            found.setdefault(new.letter, Update(shared=practice, old=old, new=new))
    return tuple(found.values())
