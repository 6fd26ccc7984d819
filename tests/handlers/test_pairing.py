"""A pairing round in a congregation: its hosts begin it, see numbers, and end it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from storage import belongings
from storage.inbox import Heard
from storage.outbox import Owed
from storage.pairings import Pairing, Partaking
from tests.handlers.gathered import ELEVEN, Circle, lakeside
from tests.handlers.played import PlayedHouse, person


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> AsyncIterator[Circle]:
    yield await lakeside(house)


class TestBeginning:
    async def test_a_host_begins_one_and_is_told_back_what_was_understood(
        self, circle: Circle
    ) -> None:
        asked = await circle.says("dan", "pairing begin")
        assert "I understood" in asked
        assert "every first Monday of the month, 10:00" in asked
        told = await circle.says("dan", "yes")
        assert "**A pairing round begins**" in told
        assert "Monday 7 December, 10:00" in told
        assert await Pairing.exists(room=circle.space.id)

    async def test_another_rhythm_is_said_in_ones_own_words(self, circle: Circle) -> None:
        await circle.says("dan", "pairing begin")
        asked = await circle.says("dan", "every second wednesday of the month 18:00")
        assert "every second Wednesday of the month, 18:00" in asked
        assert "Wednesday 9 December" in await circle.says("dan", "yes")

    async def test_every_week_would_be_too_much(self, circle: Circle) -> None:
        told = await circle.says("dan", "pairing every monday 10:00")
        assert "fortnightly" in told
        assert not await Pairing.exists()

    async def test_a_no_begins_nothing(self, circle: Circle) -> None:
        await circle.says("dan", "pairing begin", "no")
        assert not await Pairing.exists()

    async def test_who_does_not_host_cannot_begin_preview_or_end_one(self, circle: Circle) -> None:
        await circle.begins()
        for line in ("pairing begin", "pairing preview", "pairing end"):
            assert "moderate" in await circle.says("ana", line)
        assert await Pairing.exists()

    async def test_a_congregation_without_a_room_cannot_be_asked(self, house: PlayedHouse) -> None:
        await house.space("Hillside", ["ana", "ben"], ["ana"])
        chat = await house.private("ana")
        assert "no room yet" in "\n".join(await chat.says("ana", "pairing begin"))

    async def test_without_a_round_one_hears_what_works(self, circle: Circle) -> None:
        assert "No congregation of yours has a pairing round" in await circle.says(
            "ana", "pairing in"
        )

    async def test_a_word_not_known_changes_nothing(self, circle: Circle) -> None:
        await circle.begins()
        assert "I don't know what" in await circle.says("ana", "pairing purple")

    async def test_the_end_forgets_who_took_part(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in()
        told = await circle.says("dan", "pairing end")
        assert "The pairing round ends" in told
        assert not await Partaking.exists()
        assert await circle.house.passes(timedelta(days=40)) == []

    async def test_the_preview_is_of_numbers_and_small_ones_are_not_told(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:4])
        assert "fewer than 5" in await circle.says("dan", "pairing preview")
        await circle.all_in(*ELEVEN[:5])
        few = await circle.says("dan", "pairing preview")
        assert "5 take part. A round begins with eight" in few
        await circle.says("ana", "pairing not with ben", "pairing not with cleo")
        assert await circle.says("dan", "pairing preview") == few
        await circle.all_in()
        await circle.says("kim", "pairing snooze until 1 january")
        assert "10 take part, which makes 5 pairs when" in await circle.says(
            "dan", "pairing preview"
        )
        later = await circle.says("dan", "pairing preview 4 january")
        assert "11 take part, which makes 4 pairs and one trio when" in later
        assert not any(each in later.casefold() for each in ELEVEN)


async def test_nothing_of_a_round_is_said_under_an_id_in_any_hour_of_the_calendar(
    circle: Circle,
) -> None:
    await circle.begins()
    await circle.all_in()
    await circle.says("ana", "pairing not with ben")
    hours = [row for row in await Heard.all() if "pairing" in str(row.about)]
    assert hours
    assert not any(person(each) in json.dumps(row.content) for row in hours for each in ELEVEN)
    assert not await Owed.filter(lane=circle.table.id, target=person("ana")).exists()


async def test_the_round_goes_with_its_congregation_to_another_room(circle: Circle) -> None:
    await circle.begins()
    await circle.all_in()
    await belongings.move(circle.space.id, "!new:here")
    assert await Pairing.filter(room="!new:here").exists()
    assert await Partaking.filter(room="!new:here").count() == 11
    hours = [row for row in await Heard.all() if "pairing" in str(row.about)]
    assert {row.room for row in hours} == {"!new:here"}
