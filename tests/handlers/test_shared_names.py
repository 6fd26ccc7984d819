"""What is between two people leaves no name in both their private chats once it is over, or one of them is forgotten."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.app import _forget
from daemon.keyring import Keyring
from storage.callings import Interest
from storage.dyads import Dyad, OneToOne
from storage.onboardings import Onboarding
from storage.outbox import Owed
from storage.rooms import Room
from storage.sealed import seal_with
from storage.shared_names import FOR_DAYS, WHILE_THERE
from storage.statements import select
from tests.handlers.paired import DAY, Two, begun
from tests.handlers.played import PlayedHouse, a_house, person

KINDS = {*WHILE_THERE, *FOR_DAYS}


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with a_house() as house:
        house.house = replace(house.house, keys=Keyring(bytes(32), tmp_path))
        seal_with(house.house.keys)
        try:
            yield await begun(house)
        finally:
            seal_with(None)


async def looked(two: Two) -> None:
    """Both have said yes to a partnership reflection."""
    for line in ("partnership with ben", "yes"):
        await two.ana.says("ana", line)
    await two.ben.says("ben", "yes")


async def opened(two: Two) -> None:
    """They have opened it, each in their own chat."""
    await looked(two)
    for chat, who, other in ((two.ana, "ana", "ben"), (two.ben, "ben", "ana")):
        for line in ("begin", "60", "pass", "pass", "pass", "seal", "open"):
            await chat.says(who, f"partnership {other} {line}" if line in _DEEDS else line)


_DEEDS = ("begin", "seal", "open")


async def names(chat: str) -> set[str]:
    """The names under which something stands in a private chat, of those that tell of two."""
    found = await Owed.filter(lane=chat).exclude(name=None).values_list("name", flat=True)
    return {str(name) for name in found if str(name).partition(":")[0] in KINDS}


async def kinds(chat: str) -> set[str]:
    return {name.partition(":")[0] for name in await names(chat)}


async def a_night(two: Two, after: timedelta = timedelta()) -> None:
    if after:
        await two.house.passes(after)
    await _forget(two.house.now)


async def test_while_a_dyad_lives_its_names_stay_so_that_it_can_be_tapped(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    await a_night(two)

    assert {"dyad", "one-to-one"} <= await kinds(two.ana.id) | await kinds(two.ben.id)
    assert await kinds(two.ben.id) >= {"one-to-one"}


@pytest.mark.requirement("R33")
async def test_the_night_after_a_dyad_ends_no_name_says_who_was_in_it(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    await two.ana.says("ana", "dyad ben close")
    await a_night(two)

    assert not await Dyad.exists()
    assert not await OneToOne.exists()
    assert await names(two.ana.id) | await names(two.ben.id) == set()


@pytest.mark.requirement("R33")
async def test_a_one_to_one_that_is_over_leaves_no_name_while_the_dyad_goes_on(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    await two.ana.says("ana", "one-to-one off")
    await a_night(two)

    assert await Dyad.exists()
    assert "one-to-one" not in await kinds(two.ana.id) | await kinds(two.ben.id)


@pytest.mark.requirement("R39")
async def test_what_two_have_opened_stands_under_no_name_that_both_chats_share(two: Two) -> None:
    await opened(two)

    mine, theirs = await names(two.ana.id), await names(two.ben.id)
    assert {name.partition(":")[0] for name in mine} == {"opened", "reflected"}
    assert {name.partition(":")[0] for name in theirs} == {"opened", "reflected"}
    assert {name.split(":")[1] for name in mine}.isdisjoint(name.split(":")[1] for name in theirs)


@pytest.mark.requirement("R39")
async def test_after_the_days_for_taking_it_back_it_has_no_name_at_all(two: Two) -> None:
    await opened(two)
    await a_night(two, 10 * DAY)
    still = await kinds(two.ana.id)
    await a_night(two, 7 * DAY)

    assert "opened" in still
    assert await names(two.ana.id) | await names(two.ben.id) == set()


async def test_a_newcomers_card_loses_its_name_with_its_row(two: Two) -> None:
    day = two.house.now.date()
    row = await Onboarding.create(room="!s", newcomer=person("ana"), review=day)
    await loses_its_name(two, row, "onboarding", "onboarding")


async def test_curiosity_about_a_call_loses_its_names_with_its_row(two: Two) -> None:
    row = await Interest.create(calling=1, person=person("ana"))
    await loses_its_name(two, row, "interest", "asked")


async def loses_its_name(two: Two, row: Onboarding | Interest, mine: str, theirs: str) -> None:
    """What stands in both chats keeps its names while the row is there, and no night longer."""
    await a_message(two.ana.id, f"{mine}:{row.id}", two)
    await a_message(two.ben.id, f"{theirs}:{row.id}", two)
    await a_message(two.ben.id, "asked:5f3a", two)
    await a_night(two)
    assert (await kinds(two.ana.id), await kinds(two.ben.id)) == ({mine}, {theirs, "asked"})

    await row.delete()
    await a_night(two)

    assert await names(two.ana.id) == set()
    assert await names(two.ben.id) == {"asked:5f3a"}


async def a_message(chat: str, name: str, two: Two) -> None:
    """One that was said in a private chat under a name."""
    await Owed.create(
        transaction=f"{chat} {name}",
        lane=chat,
        room=chat,
        deed="send",
        state="sent",
        name=name,
        made_at=two.house.now,
    )


@pytest.mark.requirement("R8")
async def test_forget_me_leaves_no_name_in_ones_own_chat_and_none_of_two_in_another(
    two: Two,
) -> None:
    await two.dyad()
    await two.agreed()
    await opened(two)
    await a_message(two.ana.id, "onboarding:7", two)
    await a_message(two.ben.id, "onboarding:7", two)
    before = await names(two.ana.id)
    assert {name.partition(":")[0] for name in before} >= {"one-to-one", "opened", "onboarding"}

    for line in ("forget me", "yes"):
        await two.ana.says("ana", line)
    await two.house.passes(2 * timedelta(hours=1))

    assert not await Owed.filter(lane=two.ana.id).exclude(name=None)
    assert not await Owed.filter(lane=two.ana.id, target__in=list(before))
    assert before.isdisjoint(await names(two.ben.id))


@pytest.mark.requirement("R39")
async def test_without_the_secret_no_row_says_who_looks_at_a_partnership_with_whom(
    two: Two,
) -> None:
    for line in ("partnership with ben", "yes"):
        await two.ana.says("ana", line)
    asked = await _questions()
    await two.ben.says("ben", "yes")
    accepted = await _questions()
    await two.ana.says("ana", "25")

    sides = await select("SELECT * FROM reflection_side")
    outbox = await select("SELECT lane, asker FROM outbox WHERE asker IS NOT NULL")
    assert (len(sides), len(asked), len(accepted)) == (2, 1, 2)
    assert not [row for row in sides if "@" in str(row)]
    assert all("sealed" in row and "side" not in row for row in [*asked, *accepted])
    assert not [row for row in outbox if row in others_chats(two)]


async def _questions() -> list[str]:
    """What stands in the table of what is asked of either, as a thief reads it."""
    rows = await select("SELECT data FROM question WHERE inquiry LIKE 'partnership-%'")
    return [str(row) for row in rows]


def others_chats(two: Two) -> set[tuple[str, str]]:
    return {(two.ana.id, person("ben")), (two.ben.id, person("ana"))}


async def test_who_made_us_say_something_to_another_is_forgotten_once_it_is_said(
    house: PlayedHouse,
) -> None:
    two = await begun(house)
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")

    said = await Owed.filter(lane=two.ben.id).values_list("asker", flat=True)
    assert said
    assert set(said) == {None}
    assert await Owed.exists(lane=two.ana.id, asker=person("ana"))
    assert (await Room.get(id=two.ben.id)).private_with == person("ben")
