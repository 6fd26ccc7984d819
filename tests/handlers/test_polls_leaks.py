"""Nothing that anybody else can see tells what was said before it may be seen, whatever is done with a poll.

Two histories with the same people taking part in the same way, but saying different things, are played side by side: up
to the close everybody else sees exactly the same, in texts, edits, pictures, reactions and files.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.catalogue import CATALOGUE
from handlers.language import Change
from practices.polls.poll import Way
from storage.inbox import Heard
from storage.outbox import Owed
from storage.polls import Cast, SecretBallot, TookPart
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house

PEOPLE = ("ana", "ben", "cleo", "dan", "eve", "finn")
VOTERS = ("ben", "cleo", "dan", "eve")

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

#: How a poll of each way is asked, and two answers that differ in every way that the result could show.
WAYS: dict[Way, tuple[str, tuple[str, str]]] = {
    Way.PROPOSAL: (
        "!propose {terms}We meet on Tuesdays{more}",
        ("agree", "block because of choir"),
    ),
    Way.CONSENSUS: ("!poll consensus {terms}We meet{more}", ("agree", "disagree because of choir")),
    Way.GRADIENTS: ("!poll gradients {terms}We meet{more}", ("1", "8 because of choir")),
    Way.SENSE: ("!poll sense check {terms}How is it?{more}", ("looks good", "concerned")),
    Way.CHOICE: ("!poll {terms}Which day? Monday, Tuesday, Friday{more}", ("1", "3")),
    Way.DOTS: ("!poll dots {terms}Where to? Rome, Paris{more}", ("1:8", "2:3")),
    Way.SCORE: ("!poll score {terms}How good? Rome, Paris{more}", ("1:5 2:5", "1:0 2:1")),
    Way.RANKED: ("!poll ranking {terms}Where to? Rome, Paris, Oslo{more}", ("1 > 2 > 3", "3 > 2")),
    Way.SEATS: ("!poll seats {terms}Who? Lee, Max, Noa{more}", ("1 > 2", "3 > 1")),
}
HIDDEN_ONLY: dict[Way, tuple[str, tuple[str, str]]] = {
    Way.ADVICE: ("!poll advice {terms}I paint the door{more}", ("agree", "advise otherwise")),
    Way.CONSENT: ("!poll consent {terms}We meet{more}", ("consent", "objection because of choir")),
    Way.COUNT: ("!poll count {terms}The walk{more}", ("in", "not this time")),
    Way.TIMES: ("!times {terms}When? 15 december 18:00, 16 december 10:00{more}", ("1", "maybe 2")),
    Way.QUESTION: (
        "!poll question {terms}What now?{more}",
        ("I would rest", "Let us go on walking"),
    ),
}


async def observed(house: PlayedHouse, voters: dict[str, str]) -> list[tuple[Any, ...]]:
    """Everything that was made for anybody's eyes but those of whoever had just spoken."""
    seen = []
    for owed in house.owed:
        lane = owed.lane
        if lane in voters or lane in {f"@{who}:here" for who in voters.values()}:
            continue
        seen.append((lane, owed.deed, owed.type, owed.name, owed.target, str(owed.content)))
    return seen


class Played:
    """One history: a poll asked of six, some of whom say something in private."""

    def __init__(self, house: PlayedHouse) -> None:
        self.house = house
        self.spoke: dict[str, str] = {}
        self.others_came = False

    async def begin(self, ask: str) -> None:
        self.house.now = MONDAY
        self.crew = await self.house.crew(people=PEOPLE)
        self.private = {who: await self.house.private(who) for who in PEOPLE}
        await self.crew.says("ana", ask)

    async def vote(self, who: str, said: str) -> None:
        self.spoke[self.private[who].id] = who
        await self.crew.taps(who, "✍️", on="poll:1")
        told = await self.private[who].says(who, f"vote 1 {said}")
        if any("✅ cast it" in text for text in told):
            await self.private[who].says(who, "yes")

    async def look(self) -> None:
        """Everybody who has not spoken tries everything there is to see."""
        for said in (
            "!poll 1",
            "!polls",
            "!poll 1 results",
            "!vote 1",
            "!proxy",
            "!outcome 1 it is clear",
            "!recount 1",
            "!decisions",
        ):
            await self.crew.says("finn", said)
        for said in ("poll 1", "polls", "recount 1", "vote 1", "stop", "export"):
            await self.private["finn"].says("finn", said)
        for sign in ("👍", "1️⃣", "❤️"):
            await self.crew.taps("finn", sign, on="poll:1")
        await self.private["finn"].says("finn", "stop")
        await self.crew.says("ana", "!poll 1 close")

    async def others(self) -> None:
        """Things that happen meanwhile, once."""
        if self.others_came:
            return
        self.others_came = True
        await self.crew.says("ana", "!poll 1 amend We meet on Tuesdays and Fridays")
        await self.crew.says("ana", "!poll 1 extend until 10 december 18:00")
        await self.crew.leaves("eve")
        await self.crew.joins("gil")
        await self.crew.says("finn", "!proxy Ben until 1 june")


STEP = st.one_of(
    st.tuples(st.sampled_from(VOTERS), st.booleans(), st.booleans()),
    st.sampled_from(["look", "nothing", "pass", "others"]),
)


async def played(
    house: PlayedHouse, ask: str, answers: tuple[str, str], steps: list[Any], side: int
) -> list[Any]:
    """Play one side: of each voice the first or the second answer, as the step says for this side."""
    history = Played(house)
    await history.begin(ask)
    for step in steps:
        match step:
            case "look":
                await history.look()
            case "pass":
                await house.passes(timedelta(hours=30))
            case "others":
                await history.others()
            case "nothing":
                await history.private["ben"].says("ben", "vote 1 nothing")
                history.spoke[history.private["ben"].id] = "ben"
            case (who, one, other):
                await history.vote(who, answers[int((one, other)[side])])
    return await observed(house, history.spoke)


TERMS = [
    pytest.param("{}; hidden", WAYS | HIDDEN_ONLY, id="at the close"),
    pytest.param("{}; after mine", WAYS | HIDDEN_ONLY, id="after mine"),
    pytest.param("{}; secret", WAYS, id="secret"),
]


@pytest.mark.parametrize(("more", "ways"), TERMS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
async def test_two_histories_with_the_same_people_look_the_same_until_the_close(
    more: str, ways: dict[Way, tuple[str, tuple[str, str]]], data: st.DataObject
) -> None:
    ask, answers = ways[data.draw(st.sampled_from(sorted(ways)))]
    text = ask.format(terms="", more=more.format("") + "; until 9 december 18:00")
    steps = data.draw(st.lists(STEP, min_size=1, max_size=7))
    sides = []
    for side in (0, 1):
        async with a_house() as house:
            sides.append(await played(house, text, answers, steps, side))

    assert len(sides[0]) > 1
    assert sides[0] == sides[1]


@pytest.mark.parametrize("way", sorted(WAYS | HIDDEN_ONLY))
async def test_every_way_keeps_what_is_hidden_and_shows_it_at_the_close(way: Way) -> None:
    ask, answers = (WAYS | HIDDEN_ONLY)[way]
    text = ask.format(terms="", more="; hidden; until 9 december 18:00")
    steps = ["look", ("ben", False, True), ("cleo", False, True), "look", "others", "pass", "look"]
    seen, results = [], []
    for side in (0, 1):
        async with a_house() as house:
            seen.append(await played(house, text, answers, steps, side))
            # What was changed is asked again; then all is shown.
            for who in ("ben", "cleo"):
                await PlayedRoom(house, f"!private-{who}:here").says(who, f"vote 1 {answers[side]}")
            results.append(await house.passes(until=datetime(2026, 12, 11, tzinfo=UTC)))

    assert seen[0] == seen[1]
    closed = [[text for text in told if text.startswith("**Closed")] for told in results]
    assert len(closed[0]) == len(closed[1]) == 1
    assert closed[0] != closed[1]


#: What is more than a command and its number can show: words of whoever asked, and lists of their own.
MORE = (
    "poll 1 close",
    "poll 1 extend until 11 december 18:00",
    "decisions tuesdays",
    "outcome 1 it is clear",
    "what needs me",
)


async def walked(house: PlayedHouse, said: str, *, all_answer: bool) -> list[tuple[str, ...]]:
    """One side: Ben says something in private, and then everything is tried that there is to say, in both places."""
    history = Played(house)
    await history.begin("!propose We meet on Tuesdays; hidden; until 9 december 18:00")
    await house.passes(timedelta(days=10))
    await history.vote("ben", said)
    if all_answer:
        for who in ("ana", "cleo", "dan", "eve", "finn"):
            await history.private[who].says(who, "vote 1 agree")
    for name, command in sorted(CATALOGUE.commands.items()):
        text = f"!{name} 1" if command.arguments else f"!{name}"
        await history.crew.says("finn", text)
        await history.private["finn"].says("finn", text)
    for text in MORE:
        for who in ("finn", "ana"):
            await history.crew.says(who, f"!{text}")
            await history.private[who].says(who, text)
    # The number of a question in the database is shown to nobody, and Ben is asked one more when he lacks his reason.
    seen = await observed(house, history.spoke)
    return [
        tuple(re.sub(r"(question|about):\d+", r"\1", str(each)) for each in row) for row in seen
    ]


@pytest.mark.parametrize("all_answer", [False, True])
async def test_no_command_that_there_is_tells_that_a_voice_waits_for_its_reason(
    all_answer: bool,
) -> None:
    sides = []
    for said in ("agree", "block", "block because of choir"):
        async with a_house() as house:
            sides.append(await walked(house, said, all_answer=all_answer))

    assert len(sides[0]) > len(CATALOGUE.commands)
    assert sides[0] == sides[1] == sides[2]


async def test_the_board_of_a_hidden_poll_offers_no_answer_to_tap(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!poll Which day? Monday, Tuesday; hidden")

    taps = [owed for owed in house.owed if owed.deed == "react" and owed.target == "poll:1"]
    forms = [owed for owed in house.owed if owed.deed == "poll"]

    assert [(owed.content or {})["sign"] for owed in taps] == ["✍️"]
    assert forms == []


# ------------------------------------------------------------------------------------------------- secret


async def secretly(house: PlayedHouse, order: list[tuple[str, str]]) -> None:
    crew = await house.crew(people=PEOPLE)
    await crew.says("ana", "!poll secret Who? Lee, Max")
    for who, said in order:
        private = await house.private(who)
        await private.says(who, f"vote 1 {said}")
        await private.says(who, "yes")


async def test_of_a_secret_poll_the_database_does_not_know_whose_voice_is_whose() -> None:
    """Who said what can be exchanged, and in any order, without any row that tells of it being different."""
    seen = []
    for order in (
        [("ben", "1"), ("cleo", "2"), ("dan", "1")],
        [("ben", "2"), ("cleo", "1"), ("dan", "1")],
    ):
        async with a_house() as house:
            await secretly(house, order)
            ballots = [(row.id, row.marks) for row in await SecretBallot.all().order_by("id")]
            took_part = [(row.id, row.person) for row in await TookPart.all().order_by("id")]
            heard = [str(row.content) for row in await Heard.all().order_by("id")]
            owed = [
                (row.name, row.target, str(row.content)) for row in await Owed.all().order_by("id")
            ]
            seen.append((ballots, took_part, heard, owed))
            assert await Cast.all().count() == 0

    assert seen[0] == seen[1]


async def test_the_newest_secret_voice_stands_nowhere_in_particular(house: PlayedHouse) -> None:
    await secretly(house, [("ben", "2"), ("cleo", "2"), ("dan", "1"), ("eve", "2"), ("finn", "1")])

    rows = await SecretBallot.all().order_by("id")

    assert [row.marks for row in rows] == [{"0": 1}, {"0": 1}, {"1": 1}, {"1": 1}, {"1": 1}]


async def test_a_redacted_room_message_names_no_vote(house: PlayedHouse) -> None:
    crew = await house.crew(people=PEOPLE)
    await crew.says("ana", "!poll secret Who? Lee, Max")

    told = await crew.says("ben", "!vote 1 Max")

    assert told[0].startswith("⌫")
    assert not [text for text in told if "Max because" in text or "You say" in text]
    assert await SecretBallot.all().count() == 0
    await crew.reports(Change.TAKEN_BACK, "ben", target="$whatever")
