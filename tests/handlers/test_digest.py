"""Of new cards and practices hosts hear once a month at most, when there are any, and whenever they ask."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from handlers.assembly import digest
from handlers.language import Change
from practices.assembly.letters import Part
from storage.assemblies import AssemblyCard
from tests.handlers.played import PlayedRoom
from tests.handlers.seated import Seated, an_assembly
from tests.handlers.test_shared_practices import LONGER, adopted_by, shared_by, written_by

CARD: dict[str, Any] = {
    "version": 1, "name": "Lakeside", "place": "The *upper* lake", "languages": ["en"],
    "purpose": "x", "people": "20–40 people", "crews": "no crews yet", "entry": "open",
    "contacts": [], "practices": [], "renewal": "2030-01-01",
}  # fmt: skip

KEEPERS = {"Lakeside": "@kinkeeper:lakeside", "Harbour": "@kinkeeper:harbour"}

NEW = "New in **River** in the last month:"


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Two congregations, a day after the second one took its seat."""
    async with an_assembly("Lakeside", "Harbour") as found:
        await a_day(found)
        yield found


async def a_day(river: Seated, days: int = 1) -> list[str]:
    """Days go by everywhere; what is said in Harbour."""
    await river.passes("Lakeside", timedelta(days=days))
    return await river.passes("Harbour", timedelta(days=days))


async def card(river: Seated, number: int, *, by: str = "Lakeside", **more: Any) -> list[str]:
    """Harbour reads the card of a congregation."""
    seat = (await river.them.assembly("Lakeside")).seat
    assembly = await river.them.assembly("Harbour")
    room = PlayedRoom(river.them.houses["Harbour"], assembly.rooms[Part.DIRECTORY])
    content = {**CARD, "seat": seat, "number": number, **more}
    return await room.reports(Change.CARD, KEEPERS.get(by, by), card=content)


def digests(told: list[str]) -> list[str]:
    return [each for each in told if NEW in each]


async def test_what_is_new_is_told_to_hosts_in_one_word_on_the_first_of_the_month(
    river: Seated,
) -> None:
    at_once = await card(river, 1)
    await card(river, 2, place="The *upper* lake, again")
    await shared_by(river)
    early = await a_day(river, 7)

    [told] = digests(await a_day(river))

    assert at_once == []
    assert digests(early) == []
    assert "- **Lakeside**: The \\*upper\\* lake, again" in told
    assert "- **Porridge talk** of **Lakeside**: Begin a day well\\." in told
    assert "Nothing needs to be done. `assembly news` tells it" in told
    assert await river.reached("Harbour", NEW) == ["ana"]
    assert await river.reached("Lakeside", NEW) == []


async def test_a_month_in_which_nothing_came_says_nothing(river: Seated) -> None:
    await card(river, 1)
    await a_day(river, 10)

    told = await a_day(river, 60)
    await card(river, 1)
    again = await a_day(river, 40)

    assert digests(told) == []
    assert digests(again) == []


async def test_each_month_tells_of_what_came_in_it_alone(river: Seated) -> None:
    await card(river, 1)
    [first] = digests(await a_day(river, 10))
    await shared_by(river)

    [second] = digests(await a_day(river, 31))

    assert "Cards that congregations" in first
    assert "Practices" not in first
    assert "Cards that congregations" not in second
    assert "**Porridge talk** of **Lakeside**" in second


async def test_whoever_wants_no_calls_hears_nothing_and_reads_it_when_asking(
    river: Seated,
) -> None:
    await river.host("Harbour", "quiet everywhere")
    await card(river, 1)
    told = await a_day(river, 9)

    [asked] = await river.host("Harbour", "assembly news")

    assert digests(told) == []
    assert "No lessons were given in **River**" in asked
    assert "- **Lakeside**: The \\*upper\\* lake" in asked


async def test_news_on_demand_tell_lessons_cards_and_practices_together(river: Seated) -> None:
    [nothing] = await river.host("Harbour", "assembly news")
    await river.sends("Lakeside", "assembly lesson Smaller tables: Everybody speaks.")
    await card(river, 1)
    await shared_by(river)

    [asked] = await river.host("Harbour", "assembly news")
    [own] = await river.host("Lakeside", "assembly news")

    assert "Next: `assembly lesson" in nothing
    for words in ("**Smaller tables** (Lakeside)", "- **Lakeside**: The", "**Porridge talk** of"):
        assert words in asked
    assert "Practices that they share" not in own


async def test_what_was_there_before_is_no_news_to_who_enters_or_comes_back(
    river: Seated,
) -> None:
    await shared_by(river)
    assembly = await river.them.assembly("Harbour")
    river.them.cards[assembly.rooms[Part.DIRECTORY]].append(
        {"sender": KEEPERS["Lakeside"], "card": {**CARD, "number": 1, "seat": assembly.found}}
    )

    await river.them.loses("Harbour")
    kept = await AssemblyCard.filter(keeper=KEEPERS["Lakeside"]).count()
    [asked] = await river.host("Harbour", "assembly news")
    told = await a_day(river, 9)

    assert kept == 1
    assert "Lakeside**: " not in asked
    assert "Porridge talk" not in asked
    assert digests(told) == []


async def test_of_what_is_adopted_hosts_are_asked_and_not_told_twice(river: Seated) -> None:
    await shared_by(river)
    await adopted_by(river)
    await a_day(river, 10)
    await written_by(river, "Lakeside", LONGER)
    await river.sends("Lakeside", "assembly share Porridge talk")

    told = await a_day(river, 31)

    assert sum("has shared edition 2 of **Porridge talk**" in each for each in told) == 1
    assert digests(told) == []


async def test_cards_of_accounts_without_a_seat_are_no_news(river: Seated) -> None:
    await card(river, 1, by="@stranger:far")

    assert digests(await a_day(river, 9)) == []
    assert "Lakeside**: " not in (await river.host("Harbour", "assembly news"))[0]


async def test_only_some_of_very_many_are_named(
    river: Seated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "MOST_NAMED", 0)
    await card(river, 1)

    [asked] = await river.host("Harbour", "assembly news")

    assert "- and 1 more" in asked
    assert "upper" not in asked
