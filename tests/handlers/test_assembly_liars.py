"""Whatever an account writes into an assembly, a house keeps little of it, tells little of it, and names nobody by it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from handlers.assembly import directory
from handlers.assembly.assembly_matters import MOST_AT_ONCE
from handlers.language import Change
from practices.assembly.keeping import MOST_OF_STRANGERS
from practices.assembly.ledger import MOST_OPEN, Taken
from practices.assembly.letters import Kind, Part, read, written
from practices.circles import RoomKind
from storage import assemblies
from storage.assemblies import (
    Assembly,
    AssemblyCard,
    AssemblyLetter,
    State,
    forget_person,
    kept_of,
    ledger,
    store_letter,
)
from storage.database import transaction
from storage.members import Member
from storage.rooms import Room
from tests.handlers.played import PlayedRoom
from tests.handlers.test_assembly_matters import (
    NAMES,
    PUT,
    Rivers,
    a_poll,
    seated,
)

STRANGER = "@nobody:far"
#: A card of nobody's, as any account may write one.
CARD: dict[str, Any] = {
    "version": 1, "seat": "s" * 43, "number": 1, "name": "Far", "place": "Far", "languages": ["en"],
    "purpose": "x", "people": "20–40 people", "crews": "no crews yet", "entry": "open",
    "contacts": [], "practices": [], "renewal": "2030-01-01",
}  # fmt: skip


@pytest_asyncio.fixture
async def rivers() -> AsyncIterator[Rivers]:
    """Three congregations with a seat each."""
    async with seated(*NAMES) as found:
        yield found


async def seat_of(rivers: Rivers, name: str) -> str:
    seat = (await rivers.them.assembly(name)).seat
    assert seat is not None
    return seat


async def kept_by(sender: str) -> int:
    return await AssemblyLetter.filter(sender=sender).count()


# ------------------------------------------------------------------------------------------------ strangers


@pytest.mark.requirement("R136")
async def test_of_an_account_without_a_seat_a_house_keeps_a_little_and_no_requests(
    rivers: Rivers,
) -> None:
    seat = await seat_of(rivers, "Lakeside")
    for number in (1, MOST_OF_STRANGERS, MOST_OF_STRANGERS + 1):
        await rivers.letter(
            "Harbour", Kind.CLAIM, {"congregation": "Lakeside"}, sender=STRANGER, number=number, answers=seat,
        )  # fmt: skip
    body = {"of": "@kinkeeper:harbour", "numbers": [1], "pad": "y" * 15_000}
    for number in range(2, 6):
        await rivers.letter("Harbour", Kind.AGAIN, body, sender=STRANGER, number=number)
    theirs = await kept_by(STRANGER)
    await rivers.letter("Harbour", Kind.AGAIN, body, sender="@kinkeeper:millbrook", number=900)

    assert theirs == 2
    assert await AssemblyLetter.filter(sender="@kinkeeper:millbrook", number=900).exists()


async def test_before_the_charter_is_read_nobody_fills_a_house_either(
    rivers: Rivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemblies, "MOST_NUMBER", 5)
    monkeypatch.setattr(assemblies, "MOST_FORKS", 2)
    house = await rivers.them.at("Harbour")
    unread = await Assembly.create(name="Far", state=State.ENTERING, made_at=house.now)

    async def hear() -> list[str]:
        taken: list[Taken] = []
        for number in (1, 2, 3, 4, 5, 6, *([5] * 4)):
            content = written(
                Kind.CLAIM, sender=STRANGER, number=number, assembly="a" * 43, answers="b" * 43,
                body={"congregation": "Far", "words": f"{len(taken)}"},
            )  # fmt: skip
            letter = read(STRANGER, content)
            taken.append(
                await store_letter(unread, letter, Part.CHARTER, content, event=None, at=house.now)
            )
        return [each.value for each in taken]

    assert await transaction(hear) == [*["new"] * 5, "flood", "new", "new", "flood", "flood"]
    assert await AssemblyLetter.filter(assembly=unread.id).count() == 7


async def test_cards_of_accounts_without_a_seat_crowd_nobody_out(
    rivers: Rivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "MOST_CARDS", 3)
    house = await rivers.them.at("Harbour")
    assembly = await rivers.them.assembly("Harbour")
    room = PlayedRoom(house, assembly.rooms["directory"])

    for number in range(5):
        await room.reports(Change.CARD, f"@sock{number}:far", card=CARD)
    await room.reports(Change.CARD, "@kinkeeper:lakeside", card=CARD)

    keepers = {row.keeper for row in await AssemblyCard.all()}
    assert keepers == {"@sock0:far", "@sock1:far", "@sock2:far", "@kinkeeper:lakeside"}


# ------------------------------------------------------------------------------------------------ matters


async def test_a_flood_of_matters_by_one_seat_tells_hosts_of_five_and_once_of_more(
    rivers: Rivers,
) -> None:
    house = await rivers.them.at("Harbour")
    assembly = await rivers.them.assembly("Harbour")

    async def heads() -> tuple[str, ...]:
        return (await ledger(assembly)).heads()

    after, told = await transaction(heads), []
    body = {
        "about": "decide", "text": "x", "until": f"{house.now:%Y-%m-}28T18:00:00Z", "passing": {},
    }  # fmt: skip
    for number in range(MOST_OPEN + 5):
        await rivers.letter(
            "Harbour", Kind.MATTER, {**body, "title": f"Number {number}"},
            sender="@kinkeeper:millbrook", number=300 + number, after=after,
        )  # fmt: skip
        told.append(rivers.heard("Harbour"))

    heard = [number for number, each in enumerate(told) if "asks the congregations" in each]
    assert heard == list(range(MOST_AT_ONCE))
    assert [number for number, each in enumerate(told) if "no more of them until" in each] == [
        MOST_AT_ONCE
    ]


# ------------------------------------------------------------------------------------------------ people's sums


@pytest.mark.requirement("R137")
async def test_how_a_crew_voted_is_neither_shown_to_a_host_nor_sent(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations and people")
    house = await rivers.them.at("Harbour")
    space = await Room.get(kind=RoomKind.CONGREGATION)
    crew = await house.room("Tea", ["bo", "cy", "ana"])
    await Room.filter(id=crew.id).update(kind=RoomKind.CREW, congregation=space.id)
    poll = await a_poll(rivers, "Harbour", 9, 9, room=crew.id)

    [refused] = await rivers.says("Harbour", f"assembly say 3 consent from poll {poll}")

    assert "a crew's poll speaks for that crew" in refused
    assert "Nothing was sent" in refused
    assert "9" not in refused


async def test_a_poll_of_a_room_of_all_counts_for_hosts_who_are_in_it(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations and people")
    house = await rivers.them.at("Harbour")
    space = await Room.get(kind=RoomKind.CONGREGATION)
    hall = await house.room("Hall", ["bo", "ana"])
    await Room.filter(id=hall.id).update(kind=RoomKind.WORKING, congregation=space.id)
    poll = await a_poll(rivers, "Harbour", 9, 8, room=hall.id)

    [shown] = await rivers.says("Harbour", f"assembly say 3 consent from poll {poll}")
    await rivers.them.at("Harbour")
    await Member.filter(room=hall.id, person="@ana:here").delete()
    [refused] = await rivers.says("Harbour", f"assembly say 3 consent from poll {poll}")

    assert "**9 yes, 8 no**" in shown
    assert "or you are not in it" in refused


# ------------------------------------------------------------------------------------------------ names


@pytest.mark.requirement("R136")
async def test_a_contact_who_leaves_the_congregation_goes_from_its_card(rivers: Rivers) -> None:
    house = await rivers.them.at("Harbour")
    private = await house.private("p1")
    for words in ("assembly card", "Lisbon", "en", "We meet", "open", "welcome", "p1"):
        await rivers.says("Harbour", words)
    await rivers.taps("Harbour", "✅")
    await rivers.them.at("Harbour")
    await private.taps("p1", "✅")
    await rivers.them.goes_round()
    await rivers.them.at("Lakeside")
    before = (await AssemblyCard.get(keeper="@kinkeeper:harbour")).card

    await rivers.them.at("Harbour")
    space = await Room.get(kind=RoomKind.CONGREGATION)
    await PlayedRoom(house, space.id).leaves("p2")
    unmoved = (await AssemblyCard.get(keeper="@kinkeeper:harbour")).highest
    await PlayedRoom(house, space.id).leaves("p1")
    await rivers.them.goes_round()
    await rivers.them.at("Lakeside")
    after = (await AssemblyCard.get(keeper="@kinkeeper:harbour")).card

    assert before["contacts"] == ["@p1:here"]
    assert unmoved == before["number"]
    assert after["contacts"] == []
    assert after["renewal"] == before["renewal"]


@pytest.mark.requirement("R12")
async def test_a_claim_of_other_software_names_nobody_who_wants_to_be_forgotten(
    rivers: Rivers,
) -> None:
    seat = await seat_of(rivers, "Lakeside")
    body = {"congregation": "Lakeside", "contacts": ["@tam:here", "@rui:here"]}
    claim = await rivers.letter(
        "Harbour", Kind.CLAIM, body, sender=STRANGER, number=1, answers=seat
    )
    [known] = (await kept_of("@tam:here"))["letters_that_say_you_could_confirm_a_claim"]

    await forget_person("@tam:here", "@kinkeeper:harbour")

    row = await AssemblyLetter.get(letter=claim)
    assert known["by"] == STRANGER
    assert row.content["body"] == {"congregation": "Lakeside", "contacts": ["@rui:here"]}
    assert (await kept_of("@tam:here"))["letters_that_say_you_could_confirm_a_claim"] == []
