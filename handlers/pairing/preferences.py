"""Whom somebody would rather meet, whom not, and in which languages: for pairing rounds and stewardship alike.

It is sealed with their own key, at one length for all, and opened only in the moment in which people are brought
together. What one person has said of another is told to nobody, and nothing that anybody is answered depends on it. It
stays when the other one asks to be forgotten: it is the word of whoever said it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from handlers.language import Call, Refused
from handlers.whom import named
from handlers.words import escaped, folded
from practices.understanding import shown
from storage.members import Member
from storage.pairings import Preference
from storage.rooms import Room

#: More than these are rather a matter for the safety contact, or for another circle.
MOST_NOT_WITH = 12
MOST_WISHES = 5

_PURPOSE = "preference"

#: Longer than the longest that can be said, so that its length tells nothing.
_LENGTH = 5120

#: An id that Matrix allows is no longer.
_LONGEST_ID = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferred:
    """What somebody has said, for their own eyes and for bringing people together."""

    not_with: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    #: As codes; none named: any will do.
    languages: tuple[str, ...] = ()


async def preferred(call: Call, person: str) -> Preferred:
    """What somebody has said. Raises ValueError when it cannot be read any more."""
    row = await Preference.get_or_none(person=person)
    return Preferred() if row is None else _opened(call, row)


async def of_all(call: Call, people: Iterable[str]) -> tuple[dict[str, Preferred], list[str]]:
    """What each of these people has said, and those of whom it cannot be read any more."""
    wanted = sorted(set(people))
    found, lost = {each: Preferred() for each in wanted}, []
    for row in await Preference.filter(person__in=wanted):
        try:
            found[row.person] = _opened(call, row)
        except ValueError:
            lost.append(row.person)
    return found, lost


def _opened(call: Call, row: Preference) -> Preferred:
    raw = json.loads(b64decode(str(call.house.keys.of(row.person).open(_PURPOSE, row.sealed))))
    return Preferred(
        not_with=frozenset(map(str, raw["not_with"])),
        wishes=frozenset(map(str, raw["wishes"])),
        languages=tuple(map(str, raw["languages"])),
    )


async def keep(call: Call, said: Preferred) -> None:
    """Seal what the sender has said, over what it was before; nothing at all is kept as nothing."""
    await Preference.filter(person=call.person).delete()
    if said == Preferred():
        return
    plain = json.dumps(
        {
            "not_with": sorted(said.not_with),
            "wishes": sorted(said.wishes),
            "languages": list(said.languages),
        }
    )
    # No sign of it takes more room than another, so that the length stays the same.
    even = b64encode(plain.ljust(_LENGTH).encode()).decode()
    sealed = call.house.keys.of(call.person).seal(_PURPOSE, even)
    await Preference.create(person=call.person, sealed=sealed)


async def somebody(call: Call, said: str, spaces: Iterable[Room]) -> str:
    """Whom the sender means: a whole id, or a name in their congregations. Raises Refused.

    An id is taken as it stands, whoever it may be: the answer tells nothing of who is where.
    """
    typed, word = said.strip(), folded(said).strip()
    if word.startswith("@") and ":" in word and len(word) <= _LONGEST_ID and " " not in word:
        return await _id_of(typed, word)
    rooms = [space.id for space in spaces]
    members = await Member.filter(room__in=rooms).exclude(person__in=[call.house.me, call.person])
    found = named(members, word.removeprefix("@"))
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(
            f"More than one person in your congregations is called {escaped(shown(said))}. Nothing was changed; an id such "
            "as @ben:example.org says who is meant."
        )
    raise Refused(
        f"I know nobody in your congregations by the name {escaped(shown(said))}, so nothing was changed. An id such as "
        "@ben:example.org always works."
    )


async def _id_of(typed: str, word: str) -> str:
    """An id as it was typed, or as the one member has it whose id differs from it in capitals alone."""
    known = {each.person for each in await Member.filter(person__iexact=word)}
    if typed in known or len(known) != 1:
        return typed
    return known.pop()


async def kept_of(call: Call) -> dict[str, object]:
    """What the sender has said, as values that JSON can hold."""
    try:
        said = await preferred(call, call.person)
    except ValueError:
        return {"unreadable": True}
    return {
        "not_with": sorted(said.not_with),
        "wishes": sorted(said.wishes),
        "languages": list(said.languages),
    }
