"""Onboarding pairs, played from beginning to end: somebody new is asked, and either ends it with one word."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from handlers.language import Change
from practices.onboarding import Standing
from storage.dyads import OneToOne
from storage.onboardings import Onboarding, Welcomer
from storage.questions import Question
from tests.handlers.played import PlayedHouse, person
from tests.handlers.test_own_data import exported, mentions_of
from tests.handlers.welcomed import MEMBERS, Lake


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


async def test_where_nobody_would_be_beside_newcomers_nobody_is_asked(lake: Lake) -> None:
    assert await lake.comes("nia") == ""
    assert not await Onboarding.exists()


async def test_a_newcomer_is_asked_kindly_and_told_who_speaks(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    told = await lake.comes("nia")
    assert told.startswith("→ nia: Hello. I am Kinkeeper")
    assert "somebody beside you" in told
    assert not lake.told("ben", "Nia")


async def test_who_follows_the_congregation_into_its_new_room_is_not_taken_for_new(
    lake: Lake,
) -> None:
    successor = await lake.house.space(
        "Lakeside two", ["dan", "ben"], ["dan"], predecessor=lake.space.id
    )
    await lake.says("ben", "welcome willing in Lakeside two")
    assert await successor.joins("ana") == []
    assert await successor.joins("nia") != []


@pytest.mark.requirement("R13")
async def test_a_no_of_the_newcomer_is_told_to_nobody_and_others_do_not_have_them_asked_again(
    lake: Lake,
) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("nia", "help")
    await lake.comes("nia")
    before = len(lake.house.owed)
    assert "not this time" in await lake.says("nia", "no")
    assert not lake.heard("ben", before)
    assert not lake.heard("dan", before)

    answer = await lake.says("ana", "welcome nia", "2")
    assert "Nia’s to say" in answer
    assert not lake.told("nia", "beside you", before + 1)

    await lake.says("nia", "welcome me", "pass")
    assert (await Onboarding.get()).state is Standing.ASKED


async def test_silence_of_the_newcomer_is_let_be_and_forgotten_after_half_a_year(
    lake: Lake,
) -> None:
    await lake.says("ben", "welcome willing")
    await lake.comes("nia")
    before = len(lake.house.owed)
    await lake.house.passes(timedelta(days=15))
    assert (await Onboarding.get()).state is Standing.DECLINED
    assert not lake.heard("nia", before)
    await lake.house.passes(timedelta(days=200))
    assert not await Onboarding.exists()


async def test_a_name_that_is_nobodys_leaves_the_question_open(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("nia", "help")
    await lake.comes("nia")
    await lake.says("nia", "yes")
    assert "I know nobody here" in await lake.says("nia", "Zacharias")
    assert "I ask whether somebody" in await lake.says("nia", "pass")


async def test_who_never_says_who_invited_them_is_not_left_waiting(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("nia", "help")
    await lake.comes("nia")
    await lake.says("nia", "yes")
    await lake.house.passes(timedelta(days=3))
    assert (await Onboarding.get()).state is Standing.ASKED
    assert lake.told("ben", "Would that be you?")


# ------------------------------------------------------------------------------------------ a name alone


@pytest.mark.requirement("R31")
async def test_whoever_is_new_and_says_a_name_would_like_that_person_beside_them(
    lake: Lake,
) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("cleo", "help")
    await lake.says("nia", "help")
    await lake.comes("nia")
    assert "Who invited you" in await lake.says("nia", "yes")
    before = len(lake.house.owed)

    answer = await lake.says("nia", "welcome cleo")

    assert "Nothing begins before you have said yes to them yourself" in answer
    assert not lake.told("cleo", "Would you like somebody beside you", before)
    assert lake.told("cleo", "**Nia** is new in **Lakeside**", before)
    assert not await Question.filter(inquiry="welcome-inviter").exists()
    assert (await Onboarding.get()).newcomer == person("nia")


@pytest.mark.parametrize(("who", "name"), [("ben", "nia"), ("dan", "nia")])
async def test_who_welcomes_or_hosts_and_says_a_name_means_somebody_new(
    lake: Lake, who: str, name: str
) -> None:
    await lake.says("ben", "welcome willing")
    await lake.space.joins(name)
    await Onboarding.all().delete()

    assert "Nia’s to say" in await lake.says(who, f"welcome {name}")
    assert (await Onboarding.get()).newcomer == person(name)


async def test_where_it_cannot_be_told_who_is_new_it_is_asked_and_nobody_else_hears(
    lake: Lake,
) -> None:
    await lake.says("cleo", "help")
    before = len(lake.house.owed)

    asked = await lake.says("ana", "welcome cleo")
    unread = await lake.says("ana", "perhaps the first of the two")
    quiet = not lake.heard("cleo", before)
    gone = await lake.says("ana", "neither")
    await lake.says("ana", "welcome cleo", "1")

    assert asked.startswith(
        "Which do you mean?\n\n1️⃣ I would like **Cleo** beside me, as I am new\n2️⃣"
    )
    assert unread.startswith("Nobody was asked yet")
    assert quiet
    assert gone.startswith("Good: nobody was asked.")
    assert lake.told("cleo", "**Ana** is new in **Lakeside**")


async def test_what_a_name_means_tells_nothing_of_what_its_owner_has_said(lake: Lake) -> None:
    before = await lake.says("ana", "welcome cleo")
    await lake.says("ana", "no")
    await lake.says("cleo", "welcome willing")
    after = await lake.says("ana", "welcome cleo")

    assert before == after


# --------------------------------------------------------------------------------------------- the end


@pytest.mark.requirement("R11")
@pytest.mark.parametrize(("who", "other"), [("nia", "ben"), ("ben", "nia")])
async def test_either_ends_it_with_one_word_and_the_other_hears_only_that(
    lake: Lake, who: str, other: str
) -> None:
    sealed = (await lake.active()).sealed
    before = len(lake.house.owed)
    assert "no reason" in await lake.says(who, "welcome end")
    heard = lake.heard(other, before)
    assert len(heard) == 1
    assert "is over, with thanks" in heard[0]
    assert not await Onboarding.exists()
    assert not await OneToOne.exists()
    assert not [each for each, _at in await lake.house.hours() if each.startswith("welcome-")]
    assert lake.unreadable(sealed)


@pytest.mark.requirement("R11")
async def test_whoever_leaves_the_congregation_ends_it_and_the_next_words_are_few(
    lake: Lake,
) -> None:
    await lake.active()
    before = len(lake.house.owed)
    await lake.space.leaves("ben")
    assert [each for each in lake.heard("nia", before) if "is over, with thanks" in each]
    assert len(lake.heard("nia", before)) == 1
    assert not lake.heard("ben", before)
    assert not await Onboarding.exists()
    assert not await Welcomer.exists()


async def test_a_volunteer_who_leaves_after_their_yes_is_followed_by_somebody_else(
    lake: Lake,
) -> None:
    await lake.looking("ben", "cleo")
    first = ((await Onboarding.get()).member or "")[1:].partition(":")[0]
    await lake.says(first, "yes")
    await lake.space.leaves(first)
    row = await Onboarding.get()
    assert row.state is Standing.ASKED
    assert row.member != person(first)
    assert lake.told("nia", "does not come about")


async def test_a_newcomer_takes_their_wish_back(lake: Lake) -> None:
    await lake.looking("ben")
    assert "Taken back" in await lake.says("nia", "welcome end")
    assert not await Onboarding.exists()
    assert "Nothing was changed" in await lake.says("ben", "yes")


@pytest.mark.requirement("R12")
async def test_forget_me_ends_it_and_leaves_nothing(lake: Lake) -> None:
    await lake.active("cleo")
    await lake.says("ben", "welcome willing")
    await lake.says("omar", "help")
    await lake.comes("omar")
    await Onboarding.filter(newcomer=person("omar")).update(
        tried=[person("cleo")], inviter=person("cleo")
    )
    await lake.says("cleo", "forget me", "yes")
    await lake.house.passes(timedelta(hours=2))
    assert lake.told("nia", "onboarding pair with **Cleo** is over")
    assert await mentions_of("cleo") == []


@pytest.mark.requirement("R12")
async def test_an_export_holds_ones_own_side_and_not_the_others(lake: Lake) -> None:
    await lake.active()
    await lake.says("nia", "welcome met")
    found, text = await exported(lake.house, await lake.chat("nia"), "nia")
    [row] = found["onboarding"]
    assert row["you_commit_to"] == ["I ask when I am lost"]
    assert row["tour"] == {"met": 1, "visited": False}
    assert "two days" not in text
    found, text = await exported(lake.house, await lake.chat("ben"), "ben")
    assert found["would_be_beside_newcomers"][0]["at_once"] == 1
    assert "lost" not in text
    assert "tour" not in found["onboarding"][0]


async def test_an_export_does_not_tell_a_newcomer_who_was_asked(lake: Lake) -> None:
    await lake.looking("ben")
    _found, text = await exported(lake.house, await lake.chat("nia"), "nia")
    assert "ben" not in text


async def test_nobody_is_written_to_at_night(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("nia", "help")
    lake.house.now = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    await lake.comes("nia")
    assert not lake.told("nia", "Would you like somebody")
    await lake.house.passes(until=datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert lake.told("nia", "Would you like somebody")


# -------------------------------------------------------------------------- the congregation is let go


async def released(lake: Lake, how: str) -> None:
    """The congregation is looked after no more."""
    if how == "removed":
        await lake.space.reports(Change.REMOVED)
    else:
        await lake.says("dan", "leave Lakeside")


@pytest.mark.requirement("R12")
@pytest.mark.parametrize("how", ["removed", "released"])
async def test_when_the_congregation_is_let_go_the_pair_hears_so_and_its_key_is_destroyed(
    lake: Lake, how: str
) -> None:
    row = await lake.active()
    before = len(lake.house.owed)

    await released(lake, how)

    assert not await Onboarding.exists()
    assert lake.unreadable(row.sealed)
    words = "I look after **Lakeside** no more, so I am no part of your onboarding pair with"
    assert lake.told("nia", f"{words} **Ben** any more", before)
    assert lake.told("ben", f"{words} **Nia** any more", before)


async def test_when_the_congregation_is_let_go_whoever_waits_for_somebody_hears_so(
    lake: Lake,
) -> None:
    await lake.looking("ben")
    before = len(lake.house.owed)

    await released(lake, "removed")

    assert lake.told("nia", "I look for nobody to be beside you any more", before)
    assert not lake.told("ben", "Lakeside", before), "a question that was open is simply gone"
    assert not await Question.filter(inquiry__startswith="welcome-").exists()
