"""Whom people mean by a name: somebody in the same room, and nobody else."""

from collections.abc import Callable, Iterable

from handlers.language import Call, Refused
from handlers.names import names
from handlers.words import escaped, folded
from practices.understanding import shown
from storage.members import Member
from storage.rooms import Room

ME = frozenset({"me", "i", "myself"})


async def whom(call: Call, room: Room, said: str) -> str:
    """The member meant by a display name, its first word, an id or its local part; "me" is the speaker.

    Raises Refused when nobody or more than one of them could be meant.
    """
    word = folded(said).removeprefix("@")
    if word in ME:
        return call.person
    members = await Member.filter(room=room.id).exclude(person=call.house.me).order_by("person")
    found = _first_found(members, word, _ids, _whole_name, _first_name)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(
            f"More than one of you is called {escaped(shown(said))}. Nothing was changed; "
            "the whole name, or an id such as @ben:example.org, says who is meant."
        )
    known = ", ".join(await names(room.id, [each.person for each in members]))
    raise Refused(
        f"I know nobody here by the name {escaped(shown(said))}, so nothing was changed. There are: {known}."
    )


def named(members: Iterable[Member], word: str) -> list[str]:
    """Those of several rooms who go by a folded name: by all of it, else its first word, else the local part of an id."""
    return _first_found(members, word, _whole_name, _first_name, _local)


def _first_found(
    members: Iterable[Member], word: str, *ways: Callable[[Member], set[str]]
) -> list[str]:
    """The people whom the first of these ways finds, each once."""
    for called in ways:
        found = sorted({each.person for each in members if word and word in called(each)})
        if found:
            return found
    return []


def _local(member: Member) -> set[str]:
    return {folded(member.person[1:].partition(":")[0])}


def _ids(member: Member) -> set[str]:
    whole = folded(member.person).removeprefix("@")
    return {whole, whole.partition(":")[0]}


def _whole_name(member: Member) -> set[str]:
    return {folded(member.name or "")}


def _first_name(member: Member) -> set[str]:
    return set(folded(member.name or "").split()[:1])
