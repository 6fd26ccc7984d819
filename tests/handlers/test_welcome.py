"""One word for all of it, played: where one stands in every state, and what is next."""

from collections.abc import AsyncIterator

import pytest_asyncio

from practices.circles import RoomKind
from storage.onboardings import Onboarding
from storage.questions import Question
from tests.handlers.played import PlayedHouse, person
from tests.handlers.welcomed import MEMBERS, Lake


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


async def test_with_two_newcomers_the_name_says_who_is_meant(lake: Lake) -> None:
    await lake.says("ben", "welcome willing 2")
    for who in ("nia", "omar"):
        await lake.says(who, "help")
        await lake.comes(who)
        await lake.says(who, "yes", "pass")
        await lake.says("ben", "yes")
        await lake.says(who, "yes")
        await Question.all().delete()
    assert "I am not sure who" in await lake.says("ben", "welcome commit")
    assert "more than one" in await lake.says("ben", "welcome end")
    assert "for Omar" in await lake.says("ben", "welcome commit omar")
    await lake.says("ben", "stop")
    assert "with Nia is over" in await lake.says("ben", "welcome end nia")
    assert (await Onboarding.get()).newcomer == person("omar")


async def test_every_state_answers_where_one_stands_and_what_is_next(lake: Lake) -> None:
    await lake.says("nia", "help")
    assert "in no congregation" in await lake.says("nia", "welcome")
    assert "`welcome me`" in await lake.says("ana", "welcome")
    await lake.says("ben", "welcome willing")
    assert "1 at once" in await lake.says("ben", "welcome")
    await lake.comes("nia")
    assert "Would you like somebody beside you" in await lake.says("nia", "welcome")
    await lake.says("nia", "yes")
    assert "Who invited you" in await lake.says("nia", "welcome")
    await lake.says("nia", "pass")
    assert "I look for somebody" in await lake.says("nia", "welcome")
    assert "Would that be you?" in await lake.says("ben", "welcome")
    await lake.says("ben", "yes")
    assert "they are asked" in await lake.says("ben", "welcome")
    assert "**Ben** would be beside you" in await lake.says("nia", "welcome")
    await lake.says("nia", "yes")
    assert "`welcome commit`" in await lake.says("nia", "welcome")
    assert "You are beside **Nia**" in await lake.says("ben", "welcome")


async def test_in_a_room_of_many_nothing_of_it_is_said(lake: Lake) -> None:
    await lake.active()
    room = await lake.house.room("Commons", [*MEMBERS, "nia"], kind=RoomKind.WORKING)
    told = await room.says("nia", "!welcome")
    assert len(told) == 2
    assert told[0].startswith("⌫")
    assert "In our private chat" in told[1]
    lanes = {owed.lane for owed in lake.house.owed if owed.lane == room.id and owed.content}
    assert not lanes, "it is answered in private alone"
    assert not [owed for owed in lake.house.owed if owed.lane == lake.space.id and owed.content]


async def test_a_word_that_is_nobodys_name_is_refused_with_what_works(lake: Lake) -> None:
    assert "I know nobody here" in await lake.says("ana", "welcome Zacharias")
    assert "no onboarding pair" in await lake.says("ana", "welcome commit")
    assert "nothing of yours to end" in await lake.says("ana", "welcome end")
