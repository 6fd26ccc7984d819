"""Two hundred people vote within seconds, the daemon is killed twice meanwhile, and everybody is counted once."""

import asyncio
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.person import Person
from tests.crowd import Asked, Voter, announced, crowd, joins, plan, recount

PEOPLE = 200
CHANGING = 60
TAKING_BACK = 10
REWORDING = 6
SECONDS = 9.0

#: When the daemon dies, in seconds.
DEATHS = (3.0, 6.5)

PATIENCE = 60


async def asks(ana: Person, keeper: Keeper, room: str) -> Asked:
    """A proposal in a working room, with Element's form."""
    await ana.invite(room, keeper.user_id)
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    await ana.say(room, "!adopt working")
    await ana.hears(room, "I look after this", from_=keeper.user_id)
    await ana.say(room, "!propose We meet on Tuesdays; form")
    board = await ana.hears(room, "proposal 1", from_=keeper.user_id)
    form = await ana.until(lambda event: event.type == "org.matrix.msc3381.poll.start", room)
    return Asked(room=room, number=1, board=board.id, form=form.id)


async def dies_twice(keeper: Keeper) -> None:
    """Kill the daemon twice while people vote; each time it is started again at once."""
    before = 0.0
    for at in DEATHS:
        await asyncio.sleep(at - before)
        keeper.kill()
        await keeper.start(listening=False)
        before = at


async def until_all_is_heard(ana: Person, keeper: Keeper, room: str, shown: str) -> None:
    """What was said before this question is settled before it, and then the board shows it."""
    await ana.say(room, "!ping everybody")
    await ana.hears(room, "pong everybody", from_=keeper.user_id, timeout=PATIENCE)
    await ana.until(
        lambda event: event.sender == keeper.user_id and bool(event.edits) and shown in event.text,
        room,
        since=0,
        timeout=PATIENCE,
    )


async def closing(ana: Person, keeper: Keeper, room: str) -> str:
    """The time is over; what is announced."""
    with sqlite3.connect(keeper.data / "kinkeeper.db") as database:
        [(closes,)] = database.execute("SELECT closes_at FROM poll")
    end = datetime.fromisoformat(closes)
    end = end if end.tzinfo else end.replace(tzinfo=UTC)
    keeper.travel(end - datetime.now(UTC) + timedelta(seconds=20))
    result = await ana.hears(room, "Closed (proposal 1)", from_=keeper.user_id, timeout=PATIENCE)
    return result.text


@pytest.mark.requirement("R129")
async def test_two_hundred_people_are_each_counted_once_though_the_daemon_dies_twice(
    keeper: Keeper, homeserver: Homeserver
) -> None:
    random = Random(4)
    async with crowd(homeserver, PEOPLE) as people:
        ana = people[0]
        room = await ana.create_room("Square", public=True)
        await joins(people[1:], room)
        asked = await asks(ana, keeper, room)
        voters = plan(
            people,
            random,
            seconds=SECONDS,
            changing=CHANGING,
            taking_back=TAKING_BACK,
            rewording=REWORDING,
        )

        await asyncio.gather(
            *(voter.votes(asked, Random(number)) for number, voter in enumerate(voters)),
            dies_twice(keeper),
        )
        counted = recount(await ana.messages(room), asked, keeper=keeper.user_id)
        tally = Counter(counted.values())
        voted = sum(tally.values())
        await until_all_is_heard(
            ana, keeper, room, f"{voted} of {PEOPLE} entitled have taken part."
        )
        result = await closing(ana, keeper, room)
        await ana.say(room, "!vote 1 block because I was late")
        late = await ana.hears(room, "came too late", from_=keeper.user_id)
        history = await ana.messages(room)

    # Half of those who took a voice back had given another before.
    assert voted == PEOPLE - TAKING_BACK // 2
    assert announced(result) == (tally, voted, PEOPLE)
    assert "What came out stands." in late.text
    await keeper.stop()
    check_the_books(keeper, voters, counted)
    said = {event.id for event in history if event.content}
    acknowledged = Counter(
        event.reacts_to
        for event in history
        if event.sender == keeper.user_id and event.reacts_to in said and event.key == "✔"
    )
    assert set(acknowledged.values()) == {1}
    assert sum("Closed (proposal 1)" in event.text for event in history) == 1


def check_the_books(keeper: Keeper, voters: list[Voter], counted: dict[str, str]) -> None:
    """One ballot a person, equal to the recount; one line for each voice, but for those gone before they were heard."""
    words = ("agree", "abstain", "disagree", "block")
    with sqlite3.connect(keeper.data / "kinkeeper.db") as database:
        ballots = database.execute("SELECT person, marks FROM ballot").fetchall()
        lines = database.execute('SELECT event, voice FROM "cast"').fetchall()
    said = [event for voter in voters for event in voter.said]
    gone = {voter.taken_back for voter in voters if voter.taken_back}
    marks = {f'{{"{place}": 1}}': word for place, word in enumerate(words)}
    # A database writes JSON with or without spaces.
    found = {person: marks[text.replace(":1", ": 1")] for person, text in ballots}

    assert len(ballots) == len(found)
    assert found == counted
    assert len(said) == PEOPLE + CHANGING + REWORDING
    assert len(lines) == len({event for event, _voice in lines})
    assert set(said) - {event for event, _voice in lines} <= gone
    assert {event for event, _voice in lines} <= set(said)
    assert {event for event, voice in lines if voice == "taken back"} <= gone
