"""Writes letters to the other congregations of an assembly.

A letter is kept in the same unit of work in which it is owed, so that its number is never given twice, and what it
changes is known to us at once.
"""

from collections.abc import Mapping
from typing import Any

from handlers.asking import now_of
from handlers.language import Call, Say
from practices.assembly import letters
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
    bears on it. Raises practices.assembly.letters.Unreadable when nobody would read it, LookupError while the assembly's
    charter was not read.
    """
    where = part or _only_part(kind)
    content = letters.written(
        kind,
        sender=call.house.me,
        number=await next_number(assembly, call.house.me),
        assembly=assembly.found,
        body=body,
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
