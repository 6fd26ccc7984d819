"""The letters of an assembly: kept once, read in any order, and never remembered when what stored them was undone."""

from typing import Any

import pytest

from practices.assembly import letters
from practices.assembly.ledger import Taken
from practices.assembly.letters import Kind, Part
from storage.assemblies import (
    Assembly,
    AssemblyLetter,
    State,
    assembly_of,
    found_by,
    ledger,
    next_number,
    seen,
    store_letter,
)
from storage.database import transaction
from tests.handlers.played import START

FOUNDER, GUEST = "@kinkeeper:lakeside", "@kinkeeper:harbour"

ROOMS = {part.value: f"!{part}:lakeside" for part in Part}

FOUND = letters.written(
    Kind.FOUND,
    sender=FOUNDER,
    number=1,
    assembly=None,
    body={"name": "River", "congregation": "Lakeside", "purpose": "To meet.", "rooms": ROOMS},
)


def concern(number: int, text: str = "…", assembly: str = FOUND["id"]) -> dict[str, Any]:
    """A letter of another keeper."""
    return letters.written(
        Kind.CONCERN, sender=GUEST, number=number, assembly=assembly, body={"text": text}, answers=FOUND["id"]
    )  # fmt: skip


async def river(*, known: bool = True) -> Assembly:
    """An assembly whose founding letter is known, and kept, or neither."""
    assembly = await Assembly.create(
        name="River", state=State.SEATED, rooms=ROOMS, made_at=START,
        found=FOUND["id"] if known else None,
    )  # fmt: skip
    if known:
        await keep(assembly, FOUND)
    return assembly


async def keep(
    assembly: Assembly, content: dict[str, Any], part: Part = Part.CHARTER, *, undone: bool = False
) -> Taken:
    """Keep a letter in a unit of work of its own, which is undone at its end if so wished."""
    taken = []

    async def whole() -> None:
        letter = letters.read(content["from"], content)
        taken.append(await store_letter(assembly, letter, part, content, event="$1", at=START))
        if undone:
            raise LookupError

    try:
        await transaction(whole)
    except LookupError:
        assert undone
    return taken[0]


async def known_to(assembly: Assembly) -> set[str]:
    """The letters that the ledger of an assembly holds."""

    async def whole() -> set[str]:
        return set((await ledger(assembly)).letters)

    return await transaction(whole)


async def test_a_letter_is_kept_once_and_a_misplaced_one_not_at_all(database: str) -> None:
    assembly = await river()

    assert await keep(assembly, concern(1)) is Taken.NEW
    assert await keep(assembly, concern(1)) is Taken.REPEATED
    assert await keep(assembly, concern(1, "other words")) is Taken.TWICE
    assert await keep(assembly, concern(2), Part.CARE) is Taken.MISPLACED
    assert await keep(assembly, concern(3, assembly="x" * 43)) is Taken.MISPLACED

    assert await AssemblyLetter.all().count() == 3
    assert await transaction(lambda: next_number(assembly, GUEST)) == 2
    assert set(await transaction(lambda: seen(assembly))) == await known_to(assembly)


async def test_what_was_undone_was_never_read_and_can_be_kept_later(database: str) -> None:
    assembly = await river()
    await keep(assembly, concern(1), undone=True)

    assert await known_to(assembly) == {FOUND["id"]}
    assert await keep(assembly, concern(2)) is Taken.NEW
    assert await keep(assembly, concern(1)) is Taken.NEW
    assert await known_to(assembly) == {FOUND["id"], concern(1)["id"], concern(2)["id"]}


async def test_of_a_unit_that_was_undone_another_letter_in_the_same_row_takes_the_place(
    database: str,
) -> None:
    assembly = await river()
    for text in ("one", "two", "three"):
        await keep(assembly, concern(1, text), undone=True)
    await keep(assembly, concern(1, "four"))

    assert await known_to(assembly) == {FOUND["id"], concern(1, "four")["id"]}


async def test_a_part_of_a_unit_that_was_undone_is_forgotten_within_it(database: str) -> None:
    assembly = await river()

    async def whole() -> set[str]:
        letter = letters.read(GUEST, concern(1))
        await store_letter(assembly, letter, Part.CHARTER, concern(1), event=None, at=START)
        await AssemblyLetter.filter(letter=letter.id).delete()
        return set((await ledger(assembly)).letters)

    assert await transaction(whole) == {FOUND["id"]}


async def test_before_the_charter_is_read_everything_is_kept_and_then_sorted(
    database: str,
) -> None:
    assembly = await river(known=False)
    await keep(assembly, concern(1))
    await keep(assembly, concern(2, assembly="x" * 43))
    await keep(assembly, FOUND)
    assert await keep(assembly, FOUND) is Taken.REPEATED
    with pytest.raises(LookupError):
        await transaction(lambda: ledger(assembly))

    await transaction(lambda: found_by(assembly, FOUND["id"]))

    assert await known_to(assembly) == {FOUND["id"], concern(1)["id"]}
    assert await AssemblyLetter.all().count() == 2


async def test_a_room_is_known_by_its_assembly_until_that_is_left(database: str) -> None:
    assembly = await river()

    found = await assembly_of("!care:lakeside")
    assert found is not None
    assert found[1] is Part.CARE
    assert await assembly_of("!other:lakeside") is None
    assembly.state = State.LEFT
    await assembly.save()
    assert await assembly_of("!care:lakeside") is None
