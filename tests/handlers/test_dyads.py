"""Dyads, played: between two people only, ended by one word, and what they say to each other is nowhere."""

from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.language import Change
from practices.circles import RoomKind
from practices.dyads import State
from storage import dyads
from storage.dyads import Dyad, Met, OneToOne
from storage.members import Member
from storage.questions import Question
from tests.handlers.paired import DAY, Two, begun, words
from tests.handlers.played import PlayedHouse, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


async def test_nothing_of_it_is_said_in_the_crews_room(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    await two.house.passes(timedelta(days=40))
    await two.ana.says("ana", "dyad ben close")

    assert not [owed for owed in two.house.owed if owed.lane == two.crew.id]
    assert not [owed for owed in two.house.owed if owed.lane == person("cleo")]


async def test_only_people_of_a_shared_circle_can_be_asked(two: Two) -> None:
    await two.house.room("Elsewhere", ["zoe"], kind=RoomKind.CREW)

    [refused] = await two.ana.says("ana", "dyad zoe")
    assert "nobody was asked" in refused
    [refused] = await two.ana.says("ana", "dyad ana")
    assert "nobody was asked" in refused


async def test_two_of_one_name_are_asked_apart(two: Two) -> None:
    await Member.create(room=two.crew.id, person="@ben:elsewhere", name="Ben")

    [refused] = await two.ana.says("ana", "dyad ben")
    assert "More than one" in refused
    [asked] = await two.ana.says("ana", "dyad @ben:elsewhere weekly")
    assert "every week" in asked


@pytest.mark.requirement("R11")
async def test_either_ends_it_in_one_act_and_the_other_hears_only_that_it_is_over(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    told = await two.ben.says("ben", "dyad ana close")

    assert told == ["Done: your dyad with Ana is over.", "Your dyad with **Ben** is over."]
    assert not await Dyad.exists()
    assert not await OneToOne.exists()
    assert await two.house.hours() == []
    assert not await Question.exists()


async def test_the_dyad_holds_when_one_leaves_the_crew_and_when_the_crew_ends(two: Two) -> None:
    await two.dyad()
    await two.crew.leaves("ben")
    await two.crew.reports(Change.REMOVED)
    assert (await Dyad.get()).state is State.ACTIVE

    at = await two.agreed()
    told = await two.house.passes(until=at + DAY)
    assert "Did you meet, Ben and you?" in words(told) or "Did you meet, ben and you?" in words(
        told
    )


async def test_forget_me_ends_it_for_the_other_and_leaves_no_trace(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "yes")
    await two.house.passes(timedelta(days=32))
    assert await OneToOne.exists()
    await two.ana.says("ana", "forget me")
    told = await two.ana.says("ana", "yes")

    assert "Your dyad with **Ana** is over." in words(told)
    assert not await Dyad.exists()
    assert not await OneToOne.exists()
    assert not await Met.exists()


async def test_whoever_is_asked_and_forgotten_is_not_told_apart_from_a_no(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    await two.ben.says("ben", "forget me")
    told = await two.ben.says("ben", "yes")

    assert "**Ben** and a dyad: not this time." in told
    assert not await Dyad.exists()


@pytest.mark.requirement("R12")
async def test_an_export_holds_ones_own_and_not_what_suits_the_other(two: Two) -> None:
    await two.dyad()
    await two.ben.says("ben", "2")
    await two.ana.says("ana", "export")
    found = await dyads.kept_of(person("ana"))
    assert found["dyads"][0]["with"] == person("ben")
    assert found["one_to_ones"][0]["times_that_suit_you"] == []
    assert (await dyads.kept_of(person("cleo"))) == {
        "dyads": [],
        "one_to_ones": [],
        "met_one_to_one": [],
    }


async def test_in_a_room_of_many_it_is_said_where_a_dyad_begins(two: Two) -> None:
    _taken_back, refused = await two.crew.says("ana", "!dyad ben")

    assert "In our private chat" in refused
    assert not await Question.exists()


@pytest.mark.requirement("R11")
async def test_a_dyad_can_be_ended_whose_other_is_in_no_room_any_more(two: Two) -> None:
    await two.dyad()
    await Member.filter(person=person("ben")).delete()

    assert (await two.ana.says("ana", "dyad ben close"))[0].startswith("Done")
    assert not await Dyad.exists()
