"""What a house keeps of accounts without a seat is bounded in bytes, and every count that differs is told, in true numbers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from handlers.assembly.seals import MOST_DISPUTES
from practices.assembly.keeping import BYTES_OF_STRANGERS, MOST_OF_STRANGERS, size
from practices.assembly.letters import LARGEST, Kind, written
from storage.assemblies import AssemblyLetter, ledger
from storage.database import transaction
from tests.handlers.test_assembly_matters import NAMES, PUT, Rivers, seated

STRANGER = "@nobody:far"
MILLBROOK, HARBOUR = "@kinkeeper:millbrook", "@kinkeeper:harbour"


@pytest_asyncio.fixture
async def rivers() -> AsyncIterator[Rivers]:
    """Three congregations with a seat each."""
    async with seated(*NAMES) as found:
        yield found


async def kept(sender: str) -> list[tuple[int, int]]:
    """The letters of an account that are kept: number and bytes."""
    rows = await AssemblyLetter.filter(sender=sender).order_by("number")
    return [(row.number, size(row.content)) for row in rows]


async def a_claim(rivers: Rivers, number: int, *, wide: int, sender: str = STRANGER) -> None:
    """Harbour hears a claim of an account that has no seat, `wide` bytes of it nobody's."""
    seat = (await rivers.them.assembly("Lakeside")).seat
    assert seat is not None
    await rivers.letter(
        "Harbour", Kind.CLAIM, {"congregation": "Lakeside", "pad": "é" * (wide // 2)},
        sender=sender, number=number, answers=seat,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------- strangers


async def test_of_an_account_without_a_seat_a_house_keeps_no_more_than_so_many_bytes(
    rivers: Rivers,
) -> None:
    for number in range(1, 20):
        await a_claim(rivers, number, wide=15_000)
    theirs = await kept(STRANGER)
    await a_claim(rivers, 20, wide=20)
    small = await kept(STRANGER)
    await a_claim(rivers, 1, wide=15_000, sender="@another:far")

    assert [number for number, _ in theirs] == [1, 2, 3, 4]
    assert sum(each for _, each in theirs) <= BYTES_OF_STRANGERS
    assert sum(each for _, each in theirs) > BYTES_OF_STRANGERS - LARGEST
    assert [number for number, _ in small] == [1, 2, 3, 4, 20]
    assert [number for number, _ in await kept("@another:far")] == [1]


async def test_whoever_keeps_a_seat_is_kept_whole(rivers: Rivers) -> None:
    before = len(await whole(rivers, MILLBROOK))
    for number in range(500, 508):
        await a_claim(rivers, number, wide=15_000, sender=MILLBROOK)

    assert len(await whole(rivers, MILLBROOK)) == before + 8


async def whole(rivers: Rivers, sender: str) -> list[tuple[int, int]]:
    await rivers.them.at("Harbour")
    return await kept(sender)


async def test_what_was_not_kept_of_a_stranger_is_asked_for_once_it_has_a_seat(
    rivers: Rivers,
) -> None:
    for number in range(1, 7):
        await a_claim(rivers, number, wide=15_000)
    assembly = await rivers.them.assembly("Harbour")

    async def missing() -> list[int]:
        return (await ledger(assembly)).missing(STRANGER)

    before = await transaction(missing)
    await a_claim(rivers, 7, wide=2)

    assert before == []
    assert await transaction(missing) == [5, 6]


async def test_a_past_full_of_a_strangers_letters_is_read_and_as_little_of_it_kept(
    rivers: Rivers,
) -> None:
    assembly = await rivers.them.assembly("Lakeside")
    seat, charter = str(assembly.seat), rivers.them.said[assembly.rooms["charter"]]

    def said(kind: Kind, number: int, body: dict[str, Any], **more: Any) -> None:
        letter = written(
            kind, sender=STRANGER, number=number, assembly=assembly.found, body=body, **more
        )
        charter.append({"sender": STRANGER, "letter": letter, "event": "$x", "fault": None})

    for number in range(1, 12):
        pad = {"congregation": "Lakeside", "pad": "y" * 15_000}
        said(Kind.CLAIM, number, pad, answers=seat)
    said(Kind.AGAIN, 30, {"of": HARBOUR, "numbers": [1]})
    said(Kind.CLAIM, MOST_OF_STRANGERS + 1, {"congregation": "Lakeside"}, answers=seat)
    said(Kind.CLAIM, 40, {"congregation": "Lakeside"}, answers=seat)
    honest = len(await whole(rivers, MILLBROOK))

    await rivers.them.loses("Harbour")

    assert [number for number, _ in await whole(rivers, STRANGER)] == [1, 2, 3, 4, 40]
    assert len(await whole(rivers, MILLBROOK)) == honest
    assert "3 congregations" in (await rivers.says("Harbour", "assembly directory"))[0]


# --------------------------------------------------------------------------------------------------- disputes


LIE = {"word": "refused", "consents": 0, "objections": 3, "asides": 0}


async def lies(rivers: Rivers, sender: str, number: int) -> str:
    """A keeper seals the newest matter as it was not; what Lakeside's hosts hear."""
    matter = rivers.them.said_as("matter")[-1]["letter"]["id"]
    await rivers.letter("Lakeside", Kind.SEAL, LIE, sender=sender, number=number, answers=matter)
    return rivers.heard("Lakeside")


async def counted(rivers: Rivers) -> None:
    """Lakeside has counted a matter, with the positions of all; the others' counts reach nobody."""
    await rivers.puts("Lakeside", PUT)
    matter = rivers.them.said_as("matter")[-1]["letter"]["id"]
    rivers.them.away = set(NAMES)
    await rivers.says("Lakeside", "assembly say 3 consent")
    for keeper in (MILLBROOK, HARBOUR):
        await rivers.letter(
            "Lakeside", Kind.POSITION, {"stand": "consent"}, sender=keeper, number=60,
            answers=matter,
        )  # fmt: skip


async def test_each_congregation_whose_count_differs_is_told_of_once(rivers: Rivers) -> None:
    await counted(rivers)

    first = await lies(rivers, MILLBROOK, 61)
    again = await lies(rivers, MILLBROOK, 62)
    second = await lies(rivers, HARBOUR, 61)
    after = await lies(rivers, HARBOUR, 62)

    assert "Millbrook sealed “A shared glossary” as refused" in first
    assert "Counts differ" not in again
    assert "Counts differ in **River**, matter 3." in second
    assert "Harbour sealed “A shared glossary” as refused" in second
    assert "Millbrook sealed" not in second
    assert "Counts differ" not in after


async def test_of_many_counts_that_differ_a_few_are_told_and_then_no_more(
    rivers: Rivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_DISPUTES > 1
    monkeypatch.setattr("handlers.assembly.seals.MOST_DISPUTES", 1)
    await counted(rivers)

    first = await lies(rivers, MILLBROOK, 61)
    second = await lies(rivers, HARBOUR, 61)

    assert "Of further counts to this matter I tell you no more" in first
    assert "Counts differ" not in second


async def test_a_final_word_says_what_was_counted_though_a_position_is_on_its_way_yet(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", PUT)
    matter = rivers.them.said_as("matter")[-1]["letter"]["id"]
    rivers.them.away = set(NAMES)
    seal = {"word": "accepted", "consents": 2, "objections": 0, "asides": 1}
    await rivers.letter(
        "Lakeside", Kind.POSITION, {"stand": "aside"}, sender=HARBOUR, number=60, answers=matter
    )
    for keeper in (HARBOUR, MILLBROOK):
        await rivers.letter("Lakeside", Kind.SEAL, seal, sender=keeper, number=62, answers=matter)
    before = rivers.heard("Lakeside")
    await rivers.letter(
        "Lakeside", Kind.SEAL, seal, sender="@kinkeeper:lakeside", number=62, answers=matter
    )
    told = rivers.heard("Lakeside")
    await rivers.letter(
        "Lakeside", Kind.POSITION, {"stand": "consent"}, sender=MILLBROOK, number=61, answers=matter
    )
    await rivers.letter(
        "Lakeside", Kind.POSITION, {"stand": "consent"}, sender="@kinkeeper:lakeside", number=61,
        answers=matter,
    )  # fmt: skip
    [shown] = await rivers.says("Lakeside", "assembly matter 3")

    assert "is **accepted**" not in before
    assert "is **accepted**" in told
    assert (
        "2 of 3 congregations consent, 1 stands aside (2 of these positions are on the way here yet)"
        in told
    )
    assert "said nothing" not in told
    assert "2 of 3 congregations consent, 1 stands aside" in shown
    assert "on the way" not in shown


async def test_what_few_of_many_sealed_is_not_taken_for_the_count(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    matter = rivers.them.said_as("matter")[-1]["letter"]["id"]
    rivers.them.away = set(NAMES)
    sums = {"@kinkeeper:lakeside": (1, 1), HARBOUR: (2, 0), MILLBROOK: (3, 0)}
    for keeper, (consents, asides) in sums.items():
        body = {"word": "accepted", "consents": consents, "objections": 0, "asides": asides}
        await rivers.letter("Lakeside", Kind.SEAL, body, sender=keeper, number=62, answers=matter)

    assert "is **accepted**" in rivers.heard("Lakeside")
    assert "0 of 3 congregations consent, 3 said nothing" in rivers.heard("Lakeside")
