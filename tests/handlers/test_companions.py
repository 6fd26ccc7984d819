"""Companions, played: nobody is assigned, whoever invited comes first, and both say yes."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.welcome.companions import THINKING
from practices.onboarding import Standing
from storage.dyads import OneToOne
from storage.members import Member
from storage.onboardings import Onboarding
from tests.handlers.played import PlayedHouse, a_house, person
from tests.handlers.welcomed import DAY, HOUR, MEMBERS, Lake


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


@pytest.mark.requirement("R38")
async def test_whoever_invited_a_newcomer_is_the_first_who_is_asked(lake: Lake) -> None:
    for who in ("ben", "cleo"):
        await lake.says(who, "welcome willing")
    await lake.says("ana", "help")
    await lake.says("nia", "help")
    await lake.comes("nia")
    assert "Who invited you" in await lake.says("nia", "yes")
    await lake.says("nia", "Ana")
    assert lake.told("ana", "Would that be you?")
    assert not lake.told("ben", "Would that be you?")
    assert not lake.told("cleo", "Would that be you?")


@pytest.mark.requirement("R38")
async def test_a_member_who_names_a_newcomer_comes_first(lake: Lake) -> None:
    await lake.says("nia", "help")
    await lake.says("ben", "welcome willing")
    await lake.space.joins("omar")
    await lake.says("ana", "welcome omar", "2")
    row = await Onboarding.get(newcomer=person("omar"))
    assert row.state is Standing.OFFERED
    await lake.says("omar", "help")
    await lake.comes("nia")
    await Onboarding.all().delete()
    await lake.says("ana", "welcome @nia", "they are new")
    assert "Do you mean" in await lake.says("nia", "yes"), "she was asked twice, a moment apart"
    assert "I ask whether somebody" in await lake.says("nia", "yes")
    assert lake.told("ana", "**Nia** is new in **Lakeside**")


@pytest.mark.requirement("R31")
async def test_there_is_no_pair_before_both_have_said_yes(lake: Lake) -> None:
    await lake.looking("ben")
    assert (await Onboarding.get()).state is Standing.ASKED
    assert not lake.told("nia", "Ben")

    await lake.says("ben", "yes")
    assert (await Onboarding.get()).state is Standing.INTRODUCED
    assert lake.told("nia", "**Ben** would be beside you")
    assert not await OneToOne.exists()

    await lake.says("nia", "yes")
    row = await Onboarding.get()
    assert row.state is Standing.PROPOSED
    assert await OneToOne.exists()
    for who in ("nia", "ben"):
        assert lake.told(who, "are an onboarding pair")
        assert lake.told(who, "by Sunday 29 November 2026")


@pytest.mark.requirement("R13")
async def test_a_volunteers_no_and_silence_are_told_to_nobody_and_the_next_follows(
    lake: Lake,
) -> None:
    await lake.looking("ben", "cleo", "ana")
    first = (await Onboarding.get()).member or ""
    before = len(lake.house.owed)
    await lake.says(first[1:].partition(":")[0], "not this time")
    second = (await Onboarding.get()).member or ""
    assert second not in ("", first)
    await lake.house.passes(timedelta(days=6))
    third = (await Onboarding.get()).member or ""
    assert third not in ("", first, second)
    assert not lake.heard("nia", before)
    assert not lake.heard("dan", before)


@pytest.mark.requirement("R13")
async def test_the_newcomers_no_reaches_whoever_had_said_yes_as_not_this_time(lake: Lake) -> None:
    await lake.looking("ben")
    await lake.says("ben", "yes")
    await lake.says("nia", "no")
    assert "Being beside **Nia**: not this time." in lake.heard("ben")[-1]
    assert not await Onboarding.exists()


async def test_somebody_else_is_as_good_an_answer(lake: Lake) -> None:
    await lake.looking("ben", "cleo")
    first = ((await Onboarding.get()).member or "")[1:].partition(":")[0]
    await lake.says(first, "yes")
    await lake.says("nia", "somebody else")
    row = await Onboarding.get()
    assert row.state is Standing.ASKED
    assert row.member != person(first)
    assert "not this time" in lake.heard(first)[-1]


async def test_the_newcomers_silence_sounds_the_same_as_their_no(lake: Lake) -> None:
    await lake.looking("ben")
    await lake.says("ben", "yes")
    await lake.house.passes(timedelta(days=6))
    assert "Being beside **Nia**: not this time." in lake.heard("ben")[-1]
    assert not await Onboarding.exists()


@pytest.mark.requirement("R13")
async def test_nobody_free_is_said_kindly_to_the_newcomer_and_as_a_number_to_hosts(
    lake: Lake,
) -> None:
    await lake.says("dan", "help")
    await lake.looking()
    assert not lake.told("nia", "says nothing about you")
    await lake.house.passes(THINKING + HOUR)
    assert lake.told("nia", "says nothing about you")
    [told] = [each for each in lake.heard("dan") if "nobody is free" in each]
    assert "1 newcomer" in told
    assert "Nia" not in told
    assert "1 newcomer" not in "\n".join(lake.heard("ana"))


async def test_whoever_becomes_willing_is_asked_about_who_waits(lake: Lake) -> None:
    await lake.looking()
    await lake.house.passes(THINKING + HOUR)
    told = await lake.says("ben", "welcome willing")
    assert "Would that be you?" in told
    assert (await Onboarding.get()).state is Standing.ASKED


@pytest.mark.requirement("R38")
async def test_whoever_names_somebody_who_waits_is_asked_themselves(lake: Lake) -> None:
    await lake.looking()
    await lake.house.passes(THINKING + HOUR)
    assert "Would that be you?" in await lake.says("cleo", "welcome nia", "2")
    assert (await Onboarding.get()).member == person("cleo")


@pytest.mark.requirement("R13")
async def test_a_newcomer_cannot_find_out_who_is_asked_by_naming_people(lake: Lake) -> None:
    await lake.looking("ben")
    answers = [await lake.says("nia", f"welcome end {who}") for who in ("ben", "cleo")]
    assert answers[0] == answers[1]
    assert await Onboarding.exists()


async def test_a_search_that_finds_nobody_ends_kindly(lake: Lake) -> None:
    await lake.looking()
    await lake.house.passes(timedelta(days=62))
    assert not await Onboarding.exists()
    assert lake.told("nia", "look no further")


async def test_not_with_is_kept_and_tells_nobody_anything(lake: Lake) -> None:
    await lake.says("ben", "pairing not with @nia:here")
    await lake.looking("ben")
    await lake.house.passes(THINKING + HOUR)
    assert not lake.told("ben", "Would that be you?")
    assert lake.told("nia", "says nothing about you")


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("who", ["willing", "named"])
async def test_being_excluded_and_being_met_with_silence_are_the_same_to_a_newcomer(
    who: str,
) -> None:
    """Also where they end it at once and name another, and so on through the congregation."""
    lives = []
    for excluded in (True, False):
        async with a_house() as house:
            lake = Lake(house, await house.space("Lakeside", MEMBERS, moderators=["dan"]))
            for each in ("ben", "cleo"):
                if excluded:
                    await lake.says(each, "pairing not with @nia:here")
            if who == "willing":
                await lake.says("ben", "welcome willing")
            await lake.says("nia", "help")
            await Member.create(room=lake.space.id, person=person("nia"), name="Nia")
            for each in ("ben", "cleo", "ben"):
                await lake.says("nia", "welcome me", each, "welcome", "welcome end")
            for each in ("ana", "dan"):  # what is counted by day is the same as well
                await lake.says("nia", f"steward ask {each}")
            await lake.says("nia", "welcome me", "ben")
            await house.passes(30 * DAY)
            lives.append((lake.heard("nia"), lake.told("ben", "Would that be you?")))
    (first, asked_excluded), (second, asked_free) = lives
    assert first == second
    assert (asked_excluded, asked_free) == (False, True)
