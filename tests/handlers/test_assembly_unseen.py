"""What one house has not seen and others build upon: it is read again or asked for, and hosts hear of what still waits."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from handlers.language import FLOOD, Change
from practices.assembly.keeping import AGAIN_EVERY
from practices.assembly.letters import Kind, Part, written
from storage.assemblies import AssemblyCard, ledger
from storage.database import transaction
from tests.handlers.assembled import agree
from tests.handlers.played import PlayedRoom
from tests.handlers.seated import Seated, an_assembly

NEW, HARBOUR = "@keeper:orchard", "@kinkeeper:harbour"
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Three congregations with a seat each."""
    async with an_assembly("Lakeside", "Harbour", "Millbrook") as found:
        yield found


async def comes(river: Seated, name: str, sender: str, raw: Any, part: Part = Part.CHARTER) -> None:
    """A letter is said in a room, and one house hears it."""
    room = (await river.them.assembly(name)).rooms[part]
    event = f"${raw['id']}"
    if event not in [each.get("event") for each in river.them.said[room]]:
        said = {"sender": sender, "letter": raw, "event": event, "fault": None}
        river.them.said[room].append(said)
    await river.them.hears(name, room, sender, raw)


async def seats(river: Seated, name: str) -> set[str]:
    assembly = await river.them.assembly(name)
    known = await transaction(lambda: ledger(assembly))
    return {each.name for each in known.roll.seats.values()}


@pytest.mark.requirement("R138")
@pytest.mark.parametrize("number", [1, 101])
async def test_a_seat_that_comes_before_the_last_seal_is_there_as_soon_as_that_is(
    number: int,
) -> None:
    async with an_assembly("Lakeside", "Harbour", "Millbrook", "Quarry") as river:
        them = river.them
        await river.sends("Lakeside", f"assembly introduce {NEW} Orchard because we met")
        them.away = {"Quarry"}
        matter = await agree(them, "Lakeside", "Harbour", "Millbrook")
        them.away = set()
        assembly = await them.assembly("Lakeside")
        seat = written(
            Kind.SEAT, sender=NEW, number=number, assembly=assembly.found, body={}, answers=matter, after=(matter,)
        )  # fmt: skip
        for name in ("Lakeside", "Quarry"):
            await comes(river, name, NEW, seat)
        room = (await them.assembly("Quarry")).rooms[Part.CHARTER]
        for said in list(them.said[room]):
            if said["sender"] != NEW:
                await them.hears("Quarry", room, said["sender"], said["letter"])
        await them.goes_round()

        assert await seats(river, "Quarry") == await seats(river, "Lakeside")
        assert "Orchard" in await seats(river, "Quarry")


async def matter_on(
    river: Seated, after: str, until: timedelta = timedelta(days=10)
) -> dict[str, Any]:
    """Harbour puts a matter that stands on a letter."""
    house = await river.them.at("Lakeside")
    assembly = await river.them.assembly("Lakeside")
    number = max((await transaction(lambda: ledger(assembly))).numbers[HARBOUR]) + 1
    return written(
        Kind.MATTER, sender=HARBOUR, number=number, assembly=assembly.found, after=(after,),
        body={"about": "decide", "title": "Tea", "text": "More tea.", "passing": {},
              "until": f"{house.now + until:%Y-%m-%dT%H:%M:%SZ}"},
    )  # fmt: skip


@pytest.mark.requirement("R138")
async def test_what_a_matter_stands_on_and_did_not_come_is_asked_for_by_its_id_and_heals(
    river: Seated,
) -> None:
    """Millbrook has something else of Lakeside under the number of a letter that it never saw."""
    assembly = await river.them.assembly("Lakeside")
    number = max((await transaction(lambda: ledger(assembly))).numbers["@kinkeeper:lakeside"]) + 1
    river.them.away = {"Millbrook"}
    await river.sends("Lakeside", "assembly put Soup: More soup; until 8 December")
    river.them.away = set()
    matter = river.them.said_as("matter")[-1]["letter"]
    other = written(
        Kind.LESSON, sender="@kinkeeper:lakeside", number=number, assembly=assembly.found,
        body={"title": "Bread", "text": "x"},
    )  # fmt: skip
    room = (await river.them.assembly("Millbrook")).rooms
    await river.them.hears("Millbrook", room[Part.COMMONS], "@kinkeeper:lakeside", other)
    found = await river.them.assembly("Harbour")
    last = max((await transaction(lambda: ledger(found))).numbers[HARBOUR])
    consent = written(
        Kind.POSITION, sender=HARBOUR, number=last + 1, assembly=assembly.found,
        body={"stand": "consent"}, answers=matter["id"],
    )  # fmt: skip
    await river.them.hears("Millbrook", room[Part.DECISIONS], HARBOUR, consent)
    await river.passes("Millbrook", 2 * HOUR)
    await river.them.goes_round()

    assert [each["letter"]["body"] for each in river.them.said_as("again")] == [
        {"ids": [matter["id"]]}
    ]
    mine = await river.them.assembly("Millbrook")
    assert matter["id"] in (await transaction(lambda: ledger(mine))).letters
    assert "Soup" in "\n".join(await river.host("Millbrook", "assembly matters"))


@pytest.mark.requirement("R138")
async def test_hosts_hear_once_of_a_matter_that_waits_for_what_nobody_sends(river: Seated) -> None:
    raw = await matter_on(river, "u" * 43)
    await comes(river, "Lakeside", HARBOUR, raw, Part.DECISIONS)
    early = await river.passes("Lakeside", 20 * HOUR)
    told = [line for _ in range(4) for line in await river.passes("Lakeside", AGAIN_EVERY)]

    waiting = [each for each in told if "stands on a letter that has not come here" in each]
    assert not any("has not come here" in each for each in early)
    assert len(waiting) == 1
    assert "“Tea”" in waiting[0]
    assert await river.reached("Lakeside", "has not come here") == ["ana"]


async def test_what_came_too_fast_is_read_again_when_somebody_builds_upon_it(river: Seated) -> None:
    them = river.them
    assembly = await them.assembly("Lakeside")
    lost = written(
        Kind.NEED, sender=HARBOUR, number=900, assembly=assembly.found,
        body={"title": "Chairs", "until": "2026-12-20"},
    )  # fmt: skip
    room = assembly.rooms[Part.COMMONS]
    them.said[room].append({"sender": HARBOUR, "letter": lost, "event": "$lost", "fault": None})
    await them.hears("Lakeside", room, HARBOUR, None, fault=FLOOD)
    assert not any(each.startswith("left out") for each in assembly.told)
    taken = written(
        Kind.TAKEN, sender="@kinkeeper:millbrook", number=950, assembly=assembly.found,
        body={}, answers=lost["id"],
    )  # fmt: skip
    await comes(river, "Lakeside", "@kinkeeper:millbrook", taken, Part.COMMONS)
    await them.goes_round()
    again = await them.assembly("Lakeside")

    assert lost["id"] in (await transaction(lambda: ledger(again))).letters


async def test_cards_that_are_read_again_are_no_news(river: Seated) -> None:
    assembly = await river.them.assembly("Lakeside")
    room = PlayedRoom(await river.them.at("Lakeside"), assembly.rooms[Part.DIRECTORY])
    seat = (await river.them.assembly("Harbour")).seat
    card = {
        "version": 1, "name": "Harbour", "place": "Quay", "languages": ["en"], "purpose": "x",
        "people": "20–40 people", "crews": "no crews yet", "entry": "open", "contacts": [],
        "practices": [], "renewal": "2030-01-01", "seat": seat, "number": 2,
    }  # fmt: skip
    await river.them.at("Lakeside")
    await room.reports(Change.CARD, HARBOUR, card=card)
    before = (await AssemblyCard.get(keeper=HARBOUR)).seen_at
    await river.passes("Lakeside", timedelta(days=90))
    for old in (card, {**card, "number": 1, "place": "Old"}):
        shown = [{"sender": HARBOUR, "card": old}]
        await room.reports(Change.READ_BACK, letters=[], cards=shown, last=True, complete=True)
    after = await AssemblyCard.get(keeper=HARBOUR)

    assert (after.seen_at, after.card["place"]) == (before, "Quay")
