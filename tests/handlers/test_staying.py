"""How it goes on after three months, played: the newcomer is asked alone, and both are heard before anything follows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from practices.circles import Life
from practices.dyads import Kind, State
from storage.callings import OpenDoor
from storage.dyads import Dyad
from storage.onboardings import Onboarding
from storage.questions import Question
from tests.handlers.played import PlayedHouse, person
from tests.handlers.welcomed import MEMBERS, Lake


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


@pytest.mark.requirement("R43")
async def test_after_three_months_the_newcomer_is_asked_to_stay_and_shown_the_crews(
    lake: Lake,
) -> None:
    crew = await lake.house.crew(
        "Kitchen Crew", people=("ana", "cleo", "dan"), congregation=lake.space.id, life=Life.ACTIVE
    )
    await OpenDoor.create(room=crew.id, since=lake.house.now)
    await lake.closing()
    assert lake.told("nia", "Would you like to stay?")
    assert not lake.told("ben", "Would you like to stay?")
    told = await lake.says("nia", "stay")
    assert "Which crew would be yours?" in told
    assert "Kitchen Crew" in told
    assert "continue as partners" in told


@pytest.mark.requirement("R43")
async def test_both_continue_and_are_a_dyad_of_partners(lake: Lake) -> None:
    sealed = (await lake.closing()).sealed
    await lake.says("nia", "stay", "continue as partners")
    assert not await Dyad.exists()
    await lake.says("ben", "continue as partners")
    dyad = await Dyad.get()
    assert (dyad.kind, dyad.state) == (Kind.PARTNERS, State.ACTIVE)
    assert set(dyad.people) == {person("nia"), person("ben")}
    assert not await Onboarding.exists()
    assert lake.unreadable(sealed)


@pytest.mark.requirement("R43")
@pytest.mark.parametrize("ben", ["continue as partners", "thank and close", None])
async def test_otherwise_it_closes_with_the_same_thanks_for_both(
    lake: Lake, ben: str | None
) -> None:
    await lake.closing()
    await lake.says("nia", "stay", "thank and close")
    assert not lake.told("ben", "complete")
    if ben is not None:
        await lake.says("ben", ben)
    else:
        await lake.house.passes(timedelta(days=16))
    for who, other in (("nia", "Ben"), ("ben", "Nia")):
        last = [each for each in lake.heard(who) if "complete" in each]
        assert len(last) == 1
        assert f"**{other}** are complete, with thanks to both" in last[0]
    assert not await Onboarding.exists()
    assert not await Dyad.exists()


async def test_while_it_closes_one_is_asked_anew_where_one_stands(lake: Lake) -> None:
    await lake.closing()
    assert "Would you like to stay?" in await lake.says("nia", "welcome")
    assert "continue as partners" in await lake.says("nia", "not sure")
    assert "continue as partners" in await lake.says("nia", "welcome")
    await lake.says("nia", "thank and close")
    assert "you hear the rest here" in await lake.says("nia", "welcome")
    assert "nothing was asked" in await lake.says("ben", "welcome commit")


async def test_who_goes_hears_how_and_nobody_is_told(lake: Lake) -> None:
    await lake.closing()
    before = len(lake.house.owed)
    assert "I tell nobody" in await lake.says("nia", "go")
    assert not lake.heard("ben", before)
    assert not lake.heard("dan", before)


async def test_two_who_are_partners_already_go_on_as_they_are(lake: Lake) -> None:
    await lake.paired()
    await lake.says("nia", "dyad ben", "yes")
    await lake.says("ben", "yes")
    dyad = await Dyad.get()
    await Question.all().delete()
    await lake.house.passes(until=datetime(2027, 2, 22, 10, tzinfo=UTC))
    chat = await lake.chat("ben")
    await chat.taps("ben", "👥", on=chat.asked("Three months with **Nia**"))
    await lake.says("nia", "stay", "continue as partners")
    assert (await Dyad.get()).id == dyad.id
    assert not await Onboarding.exists()
