"""Writes letters to the other congregations of an assembly.

A letter is kept in the same unit of work in which it is owed, so that its number is never given twice, and what it
changes is known to us at once.
"""

from collections.abc import Mapping
from typing import Any

from handlers.asking import now_of
from handlers.language import Call, Refused, Say
from handlers.words import escaped
from practices.assembly import letters
from practices.assembly.calling import NUMBERED, free_number, put_by_seats
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.table import TABLE
from storage.assemblies import Assembly, ledger, next_number, store_letter


async def post(
    call: Call,
    assembly: Assembly,
    kind: Kind,
    body: Mapping[str, Any],
    text: str,
    *,
    part: Part | None = None,
    answers: str | None = None,
    after: tuple[str, ...] | None = None,
) -> tuple[Letter, Say]:
    """A letter of ours, kept, and the message that carries it; `text` (Markdown) is what people read in the room.

    `part` may be left out where the table knows only one. `after` is left to the newest changes of the roll for what
    bears on it, and what people call by a number is given one. Raises practices.assembly.letters.Unreadable when nobody
    would read it, LookupError while the assembly's charter was not read, Refused while anything of its past was not:
    among that may be letters of our own, and a number is given once.
    """
    if not assembly.is_read:
        raise Refused(
            f"I have not read all that was written in **{escaped(assembly.name)}** yet, and write nothing there before. Nothing was "
            "sent; `assembly` tells how far I am."
        )
    where = part or _only_part(kind)
    content = letters.written(
        kind,
        sender=call.house.me,
        number=await next_number(assembly, call.house.me),
        assembly=assembly.found,
        body={**body, **await _called(assembly, kind)},
        answers=answers,
        after=await _after(assembly, kind) if after is None else after,
    )
    return await sent(call, assembly, content, where, text)


async def sent(
    call: Call, assembly: Assembly, content: Mapping[str, Any], part: Part, text: str
) -> tuple[Letter, Say]:
    """A letter that is written already, kept, and the message that carries it; a repeat is carried once more."""
    letter = letters.read(call.house.me, content)
    await store_letter(assembly, letter, part, content, event=None, at=now_of(call))
    return letter, Say(
        text=text,
        room=assembly.rooms[part],
        name=f"letter:{letter.id}",
        answers=False,
        letter=content,
    )


def _only_part(kind: Kind) -> Part:
    parts = TABLE[kind].parts
    if len(parts) != 1:
        raise LookupError(f"a letter “{kind}” belongs in one of {sorted(parts)}")
    return next(iter(parts))


#: Kinds that stand on the roll as their sender knew it.
_ON_ROLL = frozenset({Kind.SEAT, Kind.LEAVE, Kind.HAND_OVER, Kind.MATTER})


async def _after(assembly: Assembly, kind: Kind) -> tuple[str, ...]:
    return (await ledger(assembly)).heads() if kind in _ON_ROLL else ()


async def _called(assembly: Assembly, kind: Kind) -> dict[str, int]:
    """The number by which people call a letter that we write now; nothing for what is called otherwise."""
    if kind not in NUMBERED:
        return {}
    known = await ledger(assembly)
    number = free_number(put_by_seats(known, NUMBERED[kind]))
    return {} if number is None else {"called": number}
