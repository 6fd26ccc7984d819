"""No surface of the register tells what is hidden: two histories that differ in what was said look the same until they may not.

As in tests/handlers/test_polls_leaks.py the same people take part in both; here all that reads polls from outside is tried:
the register, an agreement, a recount, what needs somebody, and the files.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.language import Change
from storage.decisions import Decision
from storage.polls import Ballot, SecretBallot
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person

PEOPLE = ("ana", "ben", "cleo", "dan", "eve", "finn")
VOTERS = ("ben", "cleo", "dan")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ANSWERS = ("agree", "disagree")

#: Everything through which somebody who has not spoken may look, in the room and in private.
IN_THE_ROOM = (
    "!recount 1",
    "!decisions",
    "!decisions Tuesdays",
    "!agreement 1",
    "!review",
    "!review 1 end",
)
IN_PRIVATE = (
    "recount 1", "decisions", "agreement 1", "what needs me", "export decisions", "export", "review",
)  # fmt: skip


async def looked(crew: PlayedRoom, chat: PlayedRoom, who: str) -> None:
    """Somebody who has not spoken tries everything."""
    for said in IN_THE_ROOM:
        await crew.says(who, said)
    for said in IN_PRIVATE:
        await chat.says(who, said)
    await crew.reports(
        Change.GATHERED,
        about="recount:1",
        voices=[
            {
                "person": person("ben"), "door": "reply", "target": "poll:1", "text": "agree",
                "event": "$seen", "at": int(MONDAY.timestamp() * 1000),
            }
        ],
        taken_back=[],
        complete=True,
    )  # fmt: skip


async def history(house: PlayedHouse, ask: str, steps: list[Any], side: int) -> list[Any]:
    """One side of it: what anybody could see who has not spoken."""
    house.now = MONDAY
    crew = await house.crew(people=PEOPLE)
    chats = {who: await house.private(who) for who in PEOPLE}
    # A decision that stands already, and a poll about something else.
    await crew.says("ana", "!decided we meet")
    await crew.says("ana", ask)
    for step in steps:
        if step == "look":
            await looked(crew, chats["finn"], "finn")
            continue
        who, one, other = step
        await chats[who].says(who, f"vote 1 {ANSWERS[int((one, other)[side])]}")
    await looked(crew, chats["finn"], "finn")
    voters = {chats[who].id for who in VOTERS}
    return [
        (owed.lane, owed.deed, owed.name, owed.target, str(owed.content))
        for owed in house.owed
        if owed.lane not in voters and owed.lane not in {person(who) for who in VOTERS}
    ]


STEP = st.one_of(st.just("look"), st.tuples(st.sampled_from(VOTERS), st.booleans(), st.booleans()))


@pytest.mark.requirement("R129")
@pytest.mark.parametrize("terms", ["secret", "hidden", "after mine"])
@settings(max_examples=5, deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=6))
async def test_two_histories_look_the_same_through_the_register_until_the_close(
    terms: str, steps: list[Any]
) -> None:
    ask = f"!propose We meet on Tuesdays; {terms}; until 9 december 18:00"
    seen = []
    for side in (0, 1):
        async with a_house() as house:
            seen.append(await history(house, ask, steps, side))

    assert seen[0] == seen[1]
    assert any("Counted again" in text for _lane, _deed, _name, _target, text in seen[0])


async def test_the_same_histories_differ_where_results_are_open() -> None:
    """What the property above compares is able to differ."""
    ask = "!propose We meet on Tuesdays; until 9 december 18:00"
    seen = []
    for side in (0, 1):
        async with a_house() as house:
            seen.append(await history(house, ask, [("ben", False, True)], side))

    assert seen[0] != seen[1]


@pytest.mark.parametrize("terms", ["secret", "secret; quorum 100 %"])
async def test_a_secret_result_of_too_few_stays_unseen_for_ever(terms: str) -> None:
    seen = []
    for answers in (("agree", "disagree"), ("disagree", "disagree")):
        async with a_house() as house:
            house.now = MONDAY
            crew = await house.crew(people=PEOPLE)
            chats = {who: await house.private(who) for who in PEOPLE}
            await crew.says("ana", f"!propose We meet on Tuesdays; {terms}; until 9 december 18:00")
            for who, said in zip(("ben", "cleo"), answers, strict=True):
                await chats[who].says(who, f"vote 1 {said}")
                await chats[who].says(who, "yes")
            await house.passes(timedelta(days=30))
            await crew.says("ana", "!outcome 1 we talk again; review in 6 months")
            if "quorum" in terms:
                await crew.says("ana", "!yes")  # it was missed
            await looked(crew, chats["finn"], "finn")
            mine = {chats["ben"].id, chats["cleo"].id}
            seen.append(
                [(owed.deed, str(owed.content)) for owed in house.owed if owed.lane not in mine]
            )
            assert await Decision.all().count() == 1
            assert await SecretBallot.all().count() == 2
            assert await Ballot.all().count() == 0

    assert seen[0] == seen[1]


async def test_what_is_after_mine_is_recounted_for_whoever_has_spoken_in_private_alone() -> None:
    async with a_house() as house:
        house.now = MONDAY
        crew = await house.crew(people=PEOPLE)
        ben, finn = await house.private("ben"), await house.private("finn")
        await crew.says("ana", "!propose We meet on Tuesdays; after mine; until 9 december 18:00")
        await ben.says("ben", "vote 1 agree")

        [to_ben] = await ben.says("ben", "recount 1")
        [to_finn] = await finn.says("finn", "recount 1")
        [to_all] = await crew.says("ben", "!recount 1")

    assert "agree – Ben" in to_ben.replace("\\", "")
    assert "Ben" not in to_finn + to_all
    assert "1 of 1 who voted" not in (to_finn + to_all).replace("\\", "")
