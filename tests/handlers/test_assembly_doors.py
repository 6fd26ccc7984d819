"""Invitations into assemblies have few places, and strangers cannot hold them; who hosts no more answers for nobody."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.assembly.entering import KEEPS_PLACE, MOST_INVITATIONS
from practices.circles import RoomKind
from storage.assemblies import Assembly, State
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.assembled import Neighbours, neighbours
from tests.handlers.played import PlayedHouse, PlayedRoom
from tests.handlers.test_assemblies import introduced, invites, seats
from tests.handlers.test_assembly_matters import NAMES, seated


@pytest_asyncio.fixture
async def them() -> AsyncIterator[Neighbours]:
    """Two houses, asleep."""
    async with neighbours("Lakeside", "Harbour") as found:
        yield found


async def strangers(house: PlayedHouse, *, asked: bool = True) -> list[list[str]]:
    """As many accounts as there are places ask us in; what is said to each."""
    part = "space" if asked else "care"
    return [
        await invites(house, f"!{part}{each}:far", f"@k{each}:far", part, f"!space{each}:far")
        for each in range(MOST_INVITATIONS)
    ]


async def waiting() -> list[str]:
    rows = await Assembly.filter(state=State.INVITED).order_by("id")
    return [row.invited_by for row in rows]


# ---------------------------------------------------------------------------------------------------- places


async def test_a_place_that_nobody_confirmed_for_a_week_is_given_to_who_comes_then(
    house: PlayedHouse,
) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")
    await strangers(house)

    house.now += KEEPS_PLACE - timedelta(minutes=1)
    early = await invites(house, "!space8:far", "@k8:far", "space", "!space8:far")
    house.now += timedelta(minutes=1)
    late = await invites(house, "!space9:far", "@k9:far", "space", "!space9:far")

    assert early == ["⇄ leave !space8:far"]
    assert any("invited to take a seat" in each for each in late)
    assert "⇄ leave !space0:far" in late
    assert any(each.startswith("✎ This invitation has waited long") for each in late)
    assert await waiting() == ["@k1:far", "@k2:far", "@k9:far"]
    assert await Question.filter(inquiry="assembly-enter").count() == MOST_INVITATIONS
    again = await invites(house, "!space0:far", "@k0:far", "space", "!space0:far")
    assert any("invited to take a seat" in each for each in again)
    assert await waiting() == ["@k2:far", "@k9:far", "@k0:far"]
    assert (await host.says("ana", "assembly"))[0].count("invites you") == MOST_INVITATIONS


async def test_an_invitation_that_never_asks_hosts_holds_its_place_for_an_hour(
    house: PlayedHouse,
) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    await strangers(house, asked=False)

    early = await invites(house, "!space8:far", "@k8:far", "space", "!space8:far")
    house.now += timedelta(hours=1)
    late = await invites(house, "!space9:far", "@k9:far", "space", "!space9:far")

    assert early == ["⇄ leave !space8:far"]
    assert any("invited to take a seat" in each for each in late)
    assert await waiting() == ["@k1:far", "@k2:far", "@k9:far"]


async def test_whom_we_know_from_an_assembly_has_a_place_before_strangers_and_keeps_it() -> None:
    async with seated(*NAMES) as rivers:
        house = await rivers.them.at("Millbrook")
        await strangers(house)

        told = await invites(house, "!v:far", "@kinkeeper:harbour", "space", "!v:far")
        house.now += KEEPS_PLACE * 2
        for each in range(4, 9):
            await invites(house, f"!s{each}:far", f"@k{each}:far", "space", f"!s{each}:far")

        assert any("invited to take a seat" in each for each in told)
        assert "⇄ leave !space0:far" in told
        assert "@kinkeeper:harbour" in await waiting()
        assert len(await waiting()) == MOST_INVITATIONS


async def test_a_host_lets_an_invitation_go_by_a_word_and_another_has_its_place(
    house: PlayedHouse,
) -> None:
    await house.space("Lakeside", ["ana", "ben"], ["ana", "ben"])
    ana = await house.private("ana")
    await strangers(house)
    await Assembly.filter(invited_by="@k1:far").update(name="Golden Path")

    [unclear] = await ana.says("ana", "assembly dismiss An assembly")
    [status] = await ana.says("ana", "assembly")
    told = await ana.says("ana", "assembly dismiss golden path")
    by_address = await ana.says("ana", "assembly dismiss @k2:far")
    new = await invites(house, "!space9:far", "@k9:far", "space", "!space9:far")
    same = await invites(house, "!space7:far", "@k1:far", "space", "!space7:far")

    assert "Nothing was changed. There is: " in unclear
    assert "**Golden Path** by @k1:far" in unclear
    assert "`assembly dismiss Golden Path` lets it go" in status
    assert told[-1].startswith("Let go: **Golden Path** was not entered")
    assert "⇄ leave !space1:far" in told
    assert by_address[-1].startswith("Let go")
    assert any("invited to take a seat" in each for each in new)
    assert same == ["⇄ leave !space7:far"]
    assert await waiting() == ["@k0:far", "@k9:far"]
    assert sorted({str(q.person) for q in await Question.all()}) == ["@ana:here", "@ben:here"]


async def test_dismissed_at_night_nobody_is_asked_in_the_morning(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana", "ben"], ["ana", "ben"])
    ana = await house.private("ana")
    house.now = house.now.replace(hour=22)
    await invites(house, "!space1:far", "@k1:far", "space", "!space1:far")

    await ana.says("ana", "assembly dismiss @k1:far")
    told = await house.passes(timedelta(hours=14))

    assert not any("invited to take a seat" in each for each in told)


async def test_one_congregation_dismisses_for_itself_alone(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    await house.space("Hill", ["ben"], ["ben"])
    ana, ben = await house.private("ana"), await house.private("ben")
    await invites(house, "!space1:far", "@k1:far", "space", "!space1:far")

    [*_, told] = await ana.says("ana", "assembly dismiss @k1:far")
    [again] = await ana.says("ana", "assembly dismiss @k1:far")
    await ben.taps("ben", "✅")

    assert "answers for itself" in told
    assert again.startswith("No invitation into an assembly waits for your congregation")
    assert (await Assembly.get()).state is State.ENTERING


async def test_who_hosts_nothing_dismisses_nothing(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana", "cleo"], ["ana"])
    cleo = await house.private("cleo")
    await invites(house, "!space1:far", "@k1:far", "space", "!space1:far")

    [told] = await cleo.says("cleo", "assembly dismiss @k1:far")

    assert "Nothing was changed" in told
    assert await waiting() == ["@k1:far"]


# ------------------------------------------------------------------------------------------------- who answers


async def gone(house: PlayedHouse, how: str) -> None:
    """Ana speaks for Lakeside no more: her power is taken, or she leaves and the room keeps it."""
    space = await Room.get(name="Lakeside", kind=RoomKind.CONGREGATION)
    if how == "power":
        await Room.filter(id=space.id).update(power={})
    else:
        await Member.filter(room=space.id, person="@ana:here").delete()


@pytest.mark.parametrize("how", ["power", "left"])
@pytest.mark.parametrize("step", ["purpose", "values", "right"])
async def test_each_step_of_a_founding_asks_whether_its_host_still_speaks(
    house: PlayedHouse, step: str, how: str
) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")
    await host.says("ana", "assembly found River")
    if step != "purpose":
        await host.says("ana", "Along the river.")
    if step == "right":
        await host.taps("ana", "⏭️")
    before = (await Assembly.get()).draft
    await gone(house, how)

    if step == "purpose":
        told = await host.says("ana", "Along the river.")
    else:
        told = await host.taps("ana", "✅" if step == "right" else "⏭️")

    assert "you do not any more. Nothing was changed" in told[-1]
    assert (await Assembly.get()).draft == before
    assert not any(each.startswith("⌂") for each in told)


@pytest.mark.parametrize("how", ["power", "left"])
async def test_whoever_hosts_no_more_enters_no_assembly(house: PlayedHouse, how: str) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")
    await invites(house, "!space1:far", "@k1:far", "space", "!space1:far")
    await gone(house, how)

    [told] = await host.taps("ana", "✅")

    assert "you do not any more. Nothing was changed" in told
    assert (await Assembly.get()).state is State.INVITED


async def test_a_letter_that_was_shown_does_not_leave_by_a_host_who_has_left() -> None:
    async with seated(*NAMES) as rivers:
        await rivers.says("Lakeside", "assembly need A hall: for June")
        await gone(await rivers.them.at("Lakeside"), "left")

        [told] = await rivers.taps("Lakeside", "✅")

        assert "you do not any more. Nothing was sent" in told
        assert not rivers.them.said_as("need")


async def test_a_founding_that_waited_longer_than_a_day_goes_on_with_nothing(
    house: PlayedHouse,
) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")
    await host.says("ana", "assembly found River")
    house.now += timedelta(days=1, minutes=1)

    await host.says("ana", "Along the river.")

    assert (await Assembly.get()).draft == {}


# ----------------------------------------------------------------------------------- a charter that differs


async def differs(them: Neighbours) -> tuple[PlayedRoom, PlayedRoom]:
    """Harbour's hosts have said yes to something else than the charter says, and are asked again."""
    ours, theirs = await introduced(them)
    await them.at("Harbour")
    await Assembly.all().update(draft={"shown": "Quite another purpose."})
    await theirs.taps("ana", "✅")
    await them.goes_round()
    await them.at("Harbour")
    return ours, theirs


async def test_a_no_to_a_charter_that_differs_takes_no_seat_and_leaves(them: Neighbours) -> None:
    _ours, theirs = await differs(them)

    told = await theirs.taps("ana", "✋")
    await them.goes_round()

    assert told[-1] == "Declined: nothing was entered or sent."
    assert len([each for each in told if each.startswith("⇄ leave")]) == 8
    assert not them.said_as("seat")
    assert (await them.assembly("Harbour")).state is State.LEFT


async def test_a_yes_is_for_the_charter_that_was_shown_and_for_no_other(them: Neighbours) -> None:
    _ours, theirs = await differs(them)
    question = await Question.get(inquiry="assembly-enter")
    question.data = {**question.data, "agreed": "x" * 43}
    await question.save()
    await Assembly.all().update(told=[])

    told = await theirs.taps("ana", "✅")

    assert not them.said_as("seat")
    assert any("says something else than its invitation did" in each for each in told)
    assert (await them.assembly("Harbour")).state is State.ENTERING


async def test_a_seat_that_came_otherwise_is_not_given_up_by_a_late_no(them: Neighbours) -> None:
    _ours, theirs = await differs(them)
    lane = theirs.tappable()
    # Meanwhile the seat comes by another way: the question is closed, and a late no finds nothing to answer.
    held = await Question.get(inquiry="assembly-enter")
    await Assembly.all().update(state=State.SEATED, seat="s" * 43)

    told = await theirs.taps("ana", "✋", on=lane)

    assert told[0] == "That invitation is answered already. Nothing was changed."
    assert (await them.assembly("Harbour")).state is State.SEATED
    assert not await Question.filter(id=held.id).exists()


async def test_a_seat_that_is_handed_over_closes_the_question_about_the_charter(
    them: Neighbours,
) -> None:
    ours, theirs = await differs(them)
    lane = theirs.tappable()
    await them.at("Lakeside")
    await ours.says("ana", "assembly hand over @kinkeeper:harbour")
    await ours.taps("ana", "✅")
    told = (await them.goes_round())["Harbour"]

    assert (await them.assembly("Harbour")).state is State.SEATED
    assert not await Question.filter(inquiry="assembly-enter").exists()
    assert any("This is answered" in each for each in told)
    assert not any(each.startswith("⇄ leave") for each in await theirs.taps("ana", "✋", on=lane))
    assert await seats(them, "Harbour") == ["Lakeside"]
    assert (await them.assembly("Harbour")).state is State.SEATED
