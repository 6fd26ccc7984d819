"""Domains outlive the database: a sealed copy stands in the room of the circle that holds them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from daemon.keyring import Keyring
from handlers.domains.cards import card_of
from handlers.domains.copies import DOMAINS, MOST
from handlers.language import Change
from storage.domains import Domain, Link, Notice, Stage
from storage.inbox import Heard, Kind
from storage.outbox import Deed
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.lakeside import Lakeside, a_lakeside, about, holds
from tests.handlers.played import ME, PlayedHouse, PlayedRoom

#: Three weeks before the evaluation, and the day itself.
ASKED = datetime(2027, 5, 1, 8, 5, tzinfo=UTC)
EVALUATED = datetime(2027, 5, 22, 8, 5, tzinfo=UTC)
HOUR = timedelta(hours=1, minutes=1)


@pytest.fixture
async def lakeside(house: PlayedHouse) -> Lakeside:
    return await a_lakeside(house)


def copies(house: PlayedHouse, room: PlayedRoom) -> list[dict[str, object]]:
    """What was written into a room's state, oldest first."""
    return [
        owed.content or {}
        for owed in house.owed
        if owed.deed is Deed.STATE and owed.type == DOMAINS and owed.lane == room.id
    ]


async def lose_the_database() -> None:
    """Of what was agreed on nothing is left but what stands in the rooms."""
    for table in (Domain, Link, Notice, Question):
        await table.all().delete()
    await Heard.filter(kind=Kind.HOUR).delete()


async def found_again(lake: Lakeside) -> list[str]:
    """The crew's room is read again."""
    sealed = copies(lake.house, lake.crew)[-1].get("sealed")
    await lose_the_database()
    return await lake.crew.reports(Change.REBUILT, domains=sealed)


async def test_what_stands_in_the_room_can_be_read_by_nobody_else(lakeside: Lakeside) -> None:
    await lakeside.given()

    [copy] = copies(lakeside.house, lakeside.crew)

    assert (copy["version"], set(copy)) == (1, {"version", "sealed"})
    assert not [word for word in ("Kitchen", "fridge", "eats") if word in json.dumps(copy)]
    assert lakeside.house.house.keys.open("domains", str(copy["sealed"]))


async def test_what_is_only_proposed_leaves_no_copy(lakeside: Lakeside) -> None:
    await lakeside.asked()

    assert copies(lakeside.house, lakeside.crew) == []


async def test_after_a_lost_database_a_domain_holds_again_with_the_same_card(
    lakeside: Lakeside,
) -> None:
    before = await lakeside.given()
    [shown] = await lakeside.table.says("dan", "!domain kitchen")

    silent = await found_again(lakeside)

    after = await Domain.get()
    assert silent == []
    assert card_of(after) == card_of(before)
    assert (after.room, after.giver, after.stage) == (before.room, before.giver, Stage.ACTIVE)
    assert (after.made_at, after.began_at) == (before.made_at, before.began_at)
    assert await holds(lakeside) == ["Kitchen"]
    assert await lakeside.table.says("dan", "!domain kitchen") == [shown]


async def test_its_day_comes_as_if_nothing_had_been_lost(lakeside: Lakeside) -> None:
    await lakeside.given()
    await found_again(lakeside)

    asked = await lakeside.house.passes(until=ASKED)
    over = await lakeside.house.passes(until=EVALUATED)

    assert len(about(asked, "**How is it with Kitchen?**")) == 2
    assert len(about(over, "The day of its evaluation has come.")) == 2
    assert await holds(lakeside) == []


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (ASKED + timedelta(days=2), "**How is it with Kitchen?**"),
        (EVALUATED + timedelta(days=2), "The day of its evaluation has come."),
    ],
)
async def test_a_day_that_was_missed_is_made_up_for_once_both_circles_are_found_again(
    lakeside: Lakeside, lost: datetime, said: str
) -> None:
    await lakeside.given()
    lakeside.house.now = lost

    await found_again(lakeside)
    told = await lakeside.house.passes(HOUR)

    assert len(about(told, said)) == 2


async def test_what_has_ended_can_be_taken_up_again_after_a_lost_database(
    lakeside: Lakeside,
) -> None:
    await lakeside.given()
    await lakeside.house.passes(until=EVALUATED)

    await found_again(lakeside)
    told = await lakeside.crew.says("ana", "!domain kitchen renew")

    assert (await Domain.get()).stage is Stage.RETURNED
    assert about(told, "Kitchen")
    assert not await Heard.exists(key__startswith="domain-ends:")


async def test_a_changed_card_is_the_one_that_is_read_back(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.crew.says("ana", "!domain kitchen change limits: nothing above 300 euros")
    for who in ("ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    for who in ("dan", "eva", "finn"):
        await lakeside.table.taps(who, "✅")

    await found_again(lakeside)

    assert "300" in str(card_of(await Domain.get()))


async def test_of_a_circle_that_is_let_go_no_copy_stays(lakeside: Lakeside) -> None:
    await lakeside.given()
    row = await lakeside.space.row()

    await lakeside.space.reports(Change.REMOVED)

    assert row.joined
    assert copies(lakeside.house, lakeside.crew)[-1] == {}


async def test_what_another_secret_or_another_room_has_sealed_is_no_copy(
    lakeside: Lakeside,
) -> None:
    await lakeside.given()
    sealed = str(copies(lakeside.house, lakeside.crew)[-1]["sealed"])
    opened = lakeside.house.house.keys.open("domains", sealed)
    await lose_the_database()

    for domains in (Keyring(bytes(range(32))).seal("domains", opened), "nonsense", "", None):
        await lakeside.crew.reports(Change.REBUILT, domains=domains)
    await lakeside.table.reports(Change.REBUILT, domains=sealed)

    assert await Domain.all().count() == 0


async def test_where_the_room_does_not_let_us_nothing_is_written(lakeside: Lakeside) -> None:
    await Room.filter(id=lakeside.crew.id).update(power={"users": {ME: 0}})

    await lakeside.given()

    assert copies(lakeside.house, lakeside.crew) == []


async def test_both_rooms_of_a_circle_that_moves_are_named_anew(lakeside: Lakeside) -> None:
    await lakeside.given()
    old = await lakeside.space.row()
    space = await lakeside.house.room(
        "Lakeside 2", ("ana", "dan"), predecessor=old.id, is_space=True
    )
    await Room.filter(id=old.id).update(successor=space.id)

    await space.reports(Change.ARRIVED)
    await found_again(lakeside)

    assert (await Domain.get()).giver == space.id


async def test_more_than_a_homeserver_takes_is_left_out_and_what_holds_comes_first(
    lakeside: Lakeside,
) -> None:
    first = await lakeside.given()
    long = {"name": "Words", "purpose": "x" * MOST}
    for stage in (Stage.RETURNED, Stage.ACTIVE):
        await Domain.create(
            room=first.room, giver=first.giver, card=long, stage=stage, made_at=first.made_at
        )
    await lakeside.given("!domain Cellar; purpose: storing; scope: wine; limits: none")

    copy = copies(lakeside.house, lakeside.crew)[-1]
    await found_again(lakeside)

    assert len(json.dumps(copy)) < 60_000
    assert await holds(lakeside) == ["Cellar", "Kitchen"]
    assert await Domain.all().count() == 2
