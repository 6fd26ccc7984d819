"""Promises, played: from one side only a pair stays proposed, and what they commit to is read by the two alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practices.onboarding import Standing
from storage.inbox import Heard
from storage.onboardings import Onboarding
from tests.handlers.played import PlayedHouse, a_house
from tests.handlers.welcomed import MEMBERS, Lake


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


@pytest.mark.requirement("R42")
async def test_while_one_side_has_committed_it_stays_proposed_and_the_other_reads_nothing(
    lake: Lake,
) -> None:
    await lake.paired()
    told = await lake.says("nia", "welcome commit", "I ask when I am lost")
    assert "stays proposed until both" in told
    assert (await Onboarding.get()).state is Standing.PROPOSED
    assert not lake.told("ben", "lost")
    assert "Proposed" in await lake.says("nia", "welcome")
    assert "lost" not in await lake.says("ben", "welcome")


@pytest.mark.requirement("R42")
async def test_when_both_have_committed_both_see_both_and_it_is_active(lake: Lake) -> None:
    row = await lake.active()
    assert row.state is Standing.ACTIVE
    for who in ("nia", "ben"):
        both = next(each for each in lake.heard(who) if "Both of you have written" in each)
        assert "I ask when I am lost" in both
        assert "I bring you along" in both


@pytest.mark.requirement("R42")
@pytest.mark.parametrize("said", ["one\ntwo\nthree\nfour", ";"])
async def test_more_than_three_and_none_are_refused_and_the_question_stays(
    lake: Lake, said: str
) -> None:
    await lake.paired()
    await lake.says("nia", "welcome commit")
    assert "One to 3 commitments" in await lake.says("nia", said)
    assert "stays proposed" in await lake.says("nia", "only one")


async def test_both_can_change_theirs_and_the_other_is_told(lake: Lake) -> None:
    await lake.active()
    assert "I bring you along" in await lake.says("ben", "welcome commit")
    await lake.says("ben", "I answer the same day")
    assert lake.told("nia", "I answer the same day")
    shown = await lake.says("nia", "welcome")
    assert "the same day" in shown
    assert "I bring you along" not in shown
    assert "I ask when I am lost" in shown


@pytest.mark.requirement("R42")
async def test_whoever_is_offered_to_write_and_writes_at_once_has_written(lake: Lake) -> None:
    await lake.paired()
    await lake.says("ben", "welcome commit", "I bring you along")
    assert lake.told("nia", "What would you like to commit to")

    told = await lake.says("nia", "I ask when I am lost")

    assert "Both of you have written" in told
    assert "I ask when I am lost" in told
    assert (await Onboarding.get()).state is Standing.ACTIVE


async def test_a_short_word_to_that_offer_writes_nothing(lake: Lake) -> None:
    await lake.paired()
    await lake.says("ben", "welcome commit", "I bring you along")

    assert "✏️ write" in await lake.says("nia", "hm")
    assert (await Onboarding.get()).state is Standing.PROPOSED


async def test_stop_changes_nothing(lake: Lake) -> None:
    await lake.active()
    await lake.says("ben", "welcome commit", "stop")
    assert "I bring you along" in await lake.says("ben", "welcome")


@pytest.mark.requirement("R9")
async def test_what_they_commit_to_is_read_by_the_two_alone(lake: Lake) -> None:
    """Not by hosts, nor anybody who asks in any way, and not in the database or its queue."""
    await lake.paired()
    await lake.says("nia", "welcome commit", "zebra crossing at noon")
    await lake.says("ben", "welcome commit", "quince marmalade")
    await lake.says("dan", "help")
    start = len(lake.house.owed)
    for who in ("dan", "ana", "cleo"):
        for line in (
            "welcome",
            "welcome nia",
            "2",
            "steward",
            "pairing",
            "export",
            "welcome commit nia",
        ):
            await lake.says(who, line)
    await lake.house.passes(timedelta(days=120))
    secret = ("zebra", "quince")
    for owed in lake.house.owed:
        text = str(owed.content)
        if any(word in text for word in secret):
            assert owed.lane in ("!private-nia:here", "!private-ben:here")
    for who in ("dan", "ana", "cleo"):
        assert not [each for each in lake.heard(who, start) if any(word in each for word in secret)]


_LINES = (
    "welcome", "welcome nia", "welcome ben", "welcome commit", "welcome commit nia", "welcome end", "welcome met", "welcome me",
    "welcome willing", "welcome pod nia, ben", "export", "yes", "no", "pass", "write", "stay", "continue as partners",
    "steward list", "pairing", "dyad nia", "status", "help welcome",
)  # fmt: skip


@pytest.mark.requirement("R9")
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("nia", "ben", "ana", "dan")),
            st.sampled_from(_LINES),
            st.sampled_from((0, 0, 1, 30)),
        ),
        max_size=12,
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_said_and_however_time_goes_by_nobody_else_reads_what_they_commit_to(
    acts: list[tuple[str, str, int]],
) -> None:
    async def played() -> None:
        async with a_house() as house:
            lake = Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))
            await lake.paired()
            await lake.says("nia", "welcome commit", "zebra crossing at noon")
            await lake.says("ben", "welcome commit", "quince marmalade")
            for who, line, days in acts:
                await lake.says(who, line)
                await house.passes(timedelta(days=days))
            for owed in house.owed:
                if "zebra" in str(owed.content) or "quince" in str(owed.content):
                    assert owed.lane in ("!private-nia:here", "!private-ben:here")

    asyncio.run(played())


@pytest.mark.requirement("R9")
async def test_the_database_holds_only_sealed_words_of_theirs(lake: Lake) -> None:
    row = await lake.active()
    assert row.sealed is not None
    assert "lost" not in row.sealed
    hours = [str(each.content) for each in await Heard.filter(kind="hour")]
    assert not [each for each in hours if "I ask when" in each or "bring you" in each]


async def test_words_whose_key_is_gone_are_told_in_words_and_written_anew(lake: Lake) -> None:
    row = await lake.active()
    keys = lake.house.house.keys
    keys.destroy(keys.condemn(f"onboarding:{row.id}"))
    assert "cannot be read any more" in await lake.says("nia", "welcome")
    await lake.says("nia", "welcome commit", "I come on Thursday")
    assert (await Onboarding.get()).state is Standing.PROPOSED
    assert "Thursday" in await lake.says("nia", "welcome")
