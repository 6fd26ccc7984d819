"""A keeper that speaks a newer version: its letters are kept aside, told of once, and read when an update knows them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from daemon.settle import settle
from daemon.updates import updated
from practices.assembly import letters
from practices.assembly.keeping import AGAIN_EVERY
from practices.assembly.letters import Kind, Letter, Part, identify, read, written
from storage import assemblies
from storage.assemblies import AssemblyLetter, NewerLetter, forget_person, kept_of, ledger
from storage.database import transaction
from tests.handlers.seated import Seated, an_assembly

LAKESIDE, HARBOUR, STRANGER = "@kinkeeper:lakeside", "@kinkeeper:harbour", "@nobody:far"


def bare(told: list[str]) -> str:
    return "\n".join(told).replace("\\", "")


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Two congregations with a seat each."""
    async with an_assembly("Lakeside", "Harbour") as found:
        yield found


async def a_newer(river: Seated, *, number: int, sender: str = HARBOUR, **bent: Any) -> Any:
    """A letter of version 2, which says what one of version 1 would."""
    assembly = await river.them.assembly("Lakeside")
    raw = written(
        Kind.LESSON, sender=sender, number=number, assembly=assembly.found,
        body={"title": "Bread", "text": "Bake it together."},
    )  # fmt: skip
    raw = {**raw, "version": 2, **bent}
    return {**raw, "id": identify(raw)}


async def hears(river: Seated, raw: Any, sender: str = HARBOUR) -> str:
    """Lakeside hears a letter in the commons."""
    room = (await river.them.assembly("Lakeside")).rooms[Part.COMMONS]
    return bare(await river.them.hears("Lakeside", room, sender, raw))


def reads_second(sender: str, raw: Mapping[str, Any]) -> Letter:
    """As an update reads version 2: like version 1."""
    first = {**raw, "version": 1}
    return read(sender, {**first, "id": identify(first)})


async def starts(river: Seated) -> list[str]:
    """Lakeside's daemon starts; what it says of what was kept aside."""
    house, told = await river.them.at("Lakeside"), []
    for row in await transaction(lambda: updated(house.house.me, house.now)):
        told += await house._told(await settle(row, house.house, house.now))
    for said in (await river.them.goes_round()).values():
        told += said
    return told


@pytest.mark.requirement("R136")
async def test_a_newer_version_is_kept_aside_and_told_to_the_hosts_once(river: Seated) -> None:
    first = await hears(river, await a_newer(river, number=7))
    second = await hears(river, await a_newer(river, number=8))

    assert (
        "**Harbour**'s keeper speaks a newer version of the protocol (2) than I know (1)" in first
    )
    assert "whoever runs me can update me" in first
    assert second == ""
    assert await river.reached("Lakeside", "speaks a newer version") == ["ana"]
    assert await NewerLetter.all().values_list("sender", "version", "number") == [
        (HARBOUR, 2, 7),
        (HARBOUR, 2, 8),
    ]
    assert not await AssemblyLetter.filter(number__gte=7).exists()


async def test_a_kind_that_is_not_known_is_kept_aside_as_well(river: Seated) -> None:
    told = await hears(river, await a_newer(river, number=7, version=1, type="blessing"))

    assert "speaks of something that I do not know yet (“blessing”)" in told
    assert await NewerLetter.all().count() == 1


@pytest.mark.requirement("R136")
async def test_the_first_start_of_a_daemon_that_knows_the_version_reads_what_waited(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = await a_newer(river, number=7)
    await hears(river, raw)
    await starts(river)
    still = await NewerLetter.all().count()
    monkeypatch.setitem(letters.READERS, 2, reads_second)
    await starts(river)
    left = await NewerLetter.all().count()
    assembly = await river.them.assembly("Lakeside")
    known = await transaction(lambda: ledger(assembly))
    again = await starts(river)

    assert (still, left) == (1, 0)
    assert 7 in known.numbers[HARBOUR]
    assert again == []
    assert "Bread" in bare(await river.host("Lakeside", "assembly news"))


async def test_a_letter_that_is_read_later_is_there_after_the_next_start_too(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hears(river, await a_newer(river, number=7))
    monkeypatch.setitem(letters.READERS, 2, reads_second)
    await starts(river)
    assembly = await river.them.assembly("Lakeside")
    assemblies._forget(assembly)
    known = await transaction(lambda: ledger(assembly))

    assert 7 in known.numbers[HARBOUR]


async def test_what_turns_out_to_be_no_letter_is_gone_after_the_update(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hears(river, await a_newer(river, number=7, body={}))
    monkeypatch.setitem(letters.READERS, 2, reads_second)
    await starts(river)

    assert await NewerLetter.all().count() == 0
    assert not await AssemblyLetter.filter(number=7).exists()


async def test_of_what_is_kept_aside_nothing_is_asked_for_again(river: Seated) -> None:
    mine = max([each.number for each in await AssemblyLetter.filter(sender=HARBOUR)])
    await hears(river, await a_newer(river, number=mine + 1))
    last = await a_newer(river, number=mine + 3, version=1)
    await hears(river, {**last, "id": identify(last)})
    await river.passes("Lakeside", 2 * AGAIN_EVERY)
    await river.them.goes_round()

    asked = [each["letter"]["body"] for each in river.them.said_as("again")]
    assert asked == [{"of": HARBOUR, "numbers": [mine + 2]}] * len(asked) != []


async def test_of_each_sender_a_bounded_number_is_kept_and_the_rest_is_read_from_the_rooms(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.assembly.newer.MOST_ASIDE", 2)
    monkeypatch.setattr("handlers.assembly.newer.MOST_ASIDE_OF_STRANGERS", 1)
    room = (await river.them.assembly("Lakeside")).rooms[Part.COMMONS]
    for number in range(7, 11):
        raw = await a_newer(river, number=number)
        river.them.said[room].append(
            {"sender": HARBOUR, "letter": raw, "event": f"$newer{number}", "fault": None}
        )
        await hears(river, raw)
        await hears(river, await a_newer(river, number=number, sender=STRANGER), STRANGER)
    kept = [await NewerLetter.filter(sender=sender).count() for sender in (HARBOUR, STRANGER)]
    monkeypatch.setitem(letters.READERS, 2, reads_second)
    await starts(river)
    assembly = await river.them.assembly("Lakeside")
    known = await transaction(lambda: ledger(assembly))

    assert kept == [2, 1]
    assert {7, 8, 9, 10} <= set(known.numbers[HARBOUR])


async def test_of_an_account_without_a_seat_the_hosts_hear_nothing(river: Seated) -> None:
    raw = await a_newer(river, number=1, sender=STRANGER)
    told = await hears(river, raw, STRANGER)

    assert "speaks a newer version" not in told
    assert await river.reached("Lakeside", "speaks a newer version") == []


async def test_leaving_forgets_what_was_kept_aside(river: Seated) -> None:
    await hears(river, await a_newer(river, number=7))
    await river.host("Lakeside", "assembly leave", "✅")

    assert await NewerLetter.all().count() == 0


async def test_whoever_asks_is_shown_and_forgotten_in_what_nobody_can_read_yet(
    river: Seated,
) -> None:
    body = {"title": "Bread", "who": [{"@cleo:far": 1}]}
    await hears(river, await a_newer(river, number=7, body=body))
    await hears(river, await a_newer(river, number=8))
    shown = (await kept_of("@cleo:far"))["letters_that_cannot_be_read_yet_and_name_you"]
    await transaction(lambda: forget_person("@cleo:far", LAKESIDE))

    assert [each["by"] for each in shown] == [HARBOUR]
    assert [each.number for each in await NewerLetter.all()] == [8]


async def test_a_newer_letter_of_the_past_is_kept_aside_and_told_of_when_the_seat_is_taken() -> (
    None
):
    async with an_assembly("Lakeside", "Harbour") as river:
        them = river.them
        room = (await them.assembly("Lakeside")).rooms[Part.COMMONS]
        raw = await a_newer(river, number=7)
        them.said[room].append({"sender": HARBOUR, "letter": raw, "event": "$newer", "fault": None})
        told = bare(await them.loses("Lakeside"))

        assert await NewerLetter.all().count() == 1
        assert "speaks a newer version" in told


@pytest.mark.requirement("R136")
async def test_updated_taken_back_and_updated_again_nothing_stays_aside(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hears(river, await a_newer(river, number=7))
    with monkeypatch.context() as update:
        update.setitem(letters.READERS, 2, reads_second)
        await starts(river)
    await hears(river, await a_newer(river, number=8))
    await starts(river)
    await river.them.at("Lakeside")
    between = await NewerLetter.all().count()
    monkeypatch.setitem(letters.READERS, 2, reads_second)
    await starts(river)
    await river.them.at("Lakeside")

    assert between == 1
    assert await NewerLetter.all().count() == 0
    assert await AssemblyLetter.filter(number__in=[7, 8], sender=HARBOUR).count() == 2


async def test_what_was_too_much_to_keep_is_read_after_each_update_that_knows_more(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.assembly.newer.MOST_ASIDE", 0)
    room = (await river.them.assembly("Lakeside")).rooms[Part.COMMONS]
    for number, knows in ((7, True), (8, False), (8, True)):
        raw = await a_newer(river, number=number)
        said = {"sender": HARBOUR, "letter": raw, "event": f"$n{number}{knows}", "fault": None}
        river.them.said[room].append(said)
        await hears(river, raw)
        with monkeypatch.context() as update:
            if knows:
                update.setitem(letters.READERS, 2, reads_second)
            await starts(river)
            await starts(river)

    await river.them.at("Lakeside")
    assert await AssemblyLetter.filter(number__in=[7, 8], sender=HARBOUR).count() == 2


@pytest.mark.requirement("R136")
async def test_hosts_are_not_told_again_by_an_update_that_does_not_know_it_either(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hears(river, await a_newer(river, number=7, version=3))
    monkeypatch.setitem(letters.READERS, 2, reads_second)

    assert await starts(river) == []
    await hears(river, await a_newer(river, number=8))
    assert await starts(river) == []


async def test_what_is_read_later_was_seen_when_it_came(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hears(river, await a_newer(river, number=7))
    came = river.them.houses["Lakeside"].now
    await river.passes("Lakeside", 20 * AGAIN_EVERY)
    monkeypatch.setitem(letters.READERS, 2, reads_second)
    await starts(river)
    await river.them.at("Lakeside")
    row = await AssemblyLetter.get(number=7, sender=HARBOUR)

    assert abs(row.seen_at - came) < AGAIN_EVERY


@pytest.mark.requirement("R136")
@pytest.mark.parametrize(
    "bent",
    [
        {"assembly": "z" * 43},
        {"from": "@other:x"},
        {"number": 0},
        {"number": "seven"},
        {"number": 50_001},
        {"assembly": None},
    ],
)
async def test_what_is_no_letter_of_this_assembly_and_sender_is_not_kept_aside(
    river: Seated, bent: dict[str, Any]
) -> None:
    told = await hears(river, {**await a_newer(river, number=7), **bent})
    await hears(river, {"version": 2})

    assert "newer version" not in told
    assert await NewerLetter.all().count() == 0
    assert "newer:" not in " ".join((await river.them.assembly("Lakeside")).told)


@pytest.mark.requirement("R136")
async def test_a_number_of_a_letter_that_waits_is_used_twice_before_the_update_as_after_it(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hears(river, await a_newer(river, number=7))
    one = await a_newer(river, number=7, version=1, body={"title": "Other", "text": "x"})
    await hears(river, {**one, "id": identify(one)})
    assembly = await river.them.assembly("Lakeside")
    before = (await transaction(lambda: ledger(assembly))).twice()
    monkeypatch.setitem(letters.READERS, 2, reads_second)
    await starts(river)
    after = (await transaction(lambda: ledger(assembly))).twice()

    assert before == after == {HARBOUR}


async def test_of_accounts_without_standing_little_stays_aside_once_the_seat_is_taken() -> None:
    async with an_assembly("Lakeside", "Harbour") as river:
        them = river.them
        room = (await them.assembly("Lakeside")).rooms[Part.COMMONS]
        for number in range(1, 26):
            for sender in (STRANGER, HARBOUR):
                raw = await a_newer(river, number=number, sender=sender)
                them.said[room].append(
                    {"sender": sender, "letter": raw, "event": f"${sender}{number}", "fault": None}
                )
        await them.loses("Lakeside")

        assert await NewerLetter.filter(sender=STRANGER).count() == 20
        assert "newer: more:" in " ".join((await them.assembly("Lakeside")).told)
