"""The room of a dyad, played: made when both would like one, and the practices of two in it."""

from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.language import Change
from practices.circles import RoomKind
from practices.dyads import State
from storage.dyads import Dyad
from storage.members import Member
from storage.outbox import Deed
from storage.rooms import Room
from tests.handlers.paired import HOUR, Two, begun, words
from tests.handlers.played import PlayedHouse, PlayedRoom, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


async def test_a_room_of_their_own_is_made_when_both_would_like_one(two: Two) -> None:
    await two.dyad()
    [noted] = await two.ana.taps("ana", "🏠", on="dyad:1")
    assert "as soon as Ben would like one, too" in noted
    assert not [owed for owed in two.house.owed if owed.deed is Deed.MAKE]

    told = await two.ben.says("ben", "dyad ana room")
    assert "⌂ Ana and Ben" in told
    wanted = next(owed for owed in two.house.owed if owed.deed is Deed.MAKE)
    assert wanted.content is not None
    assert wanted.content["kind"] == RoomKind.DYAD.value
    assert wanted.content["invite"] == [person("ana"), person("ben")]

    room, told = await two.house.makes("Ana and Ben")
    assert "This room is yours" not in words(told), "nobody is there yet who could read it"
    assert (await Dyad.get()).home == room.id
    assert await room.joins("ben") == []
    assert "This room is yours" in words(await room.joins("ana"))
    row = await Room.get(id=room.id)
    assert (row.kind, row.zone) == (RoomKind.DYAD, "Europe/Rome")
    [refused] = await two.ana.says("ana", "dyad ben room")
    assert "have a room of your own already" in refused


async def test_the_two_are_welcomed_once_and_only_a_third_makes_them_more(two: Two) -> None:
    room = await room_of_two(two)
    said = [owed for owed in two.house.owed if owed.lane == room.id and owed.deed is Deed.SEND]
    assert len(said) == 1
    assert "This room is yours" in str(said[0].content)

    await room.leaves("ben")
    assert await room.joins("ben") == []
    [told] = await room.joins("cleo")
    assert "you are more now" in told


async def test_two_who_came_before_we_knew_the_room_are_welcomed_all_the_same(two: Two) -> None:
    await two.dyad("dyad ben no rhythm")
    await two.ana.says("ana", "dyad ben room")
    await two.ben.says("ben", "dyad ana room")
    room, told = await two.house.makes("Ana and Ben", already=["ana", "ben"])

    [_state, welcome] = told
    assert "This room is yours" in welcome
    assert (await Dyad.get()).home == room.id


async def test_a_room_that_was_refused_leaves_the_dyad_as_it_is_and_can_be_asked_for_again(
    two: Two,
) -> None:
    await two.dyad()
    await two.ana.says("ana", "dyad ben room")
    await two.ben.says("ben", "dyad ana room")
    told = await two.house.refuses("Ana and Ben", "limit")

    assert len([each for each in told if "could not make the room" in each]) == 2
    assert (await Dyad.get()).state is State.ACTIVE
    assert (await Dyad.get()).rooming == []


async def room_of_two(two: Two) -> PlayedRoom:
    """The room that Kinkeeper made for the two of a dyad."""
    await two.dyad("dyad ben no rhythm")
    await two.ana.says("ana", "dyad ben room")
    await two.ben.says("ben", "dyad ana room")
    room, _told = await two.house.makes("Ana and Ben")
    for who in ("ana", "ben"):
        await room.joins(who)
    return room


async def begun_in(room: PlayedRoom, said: str, *, written: bool) -> None:
    """Both are in, and it begins."""
    await room.says("ana", f"!start {said}{' written' if written else ''}")
    if written:
        await room.taps("ben", "🙋")
    await room.taps("ana", "▶️")


def whose(told: list[str]) -> str | None:
    """Who has been given the turn by what was said."""
    given = [each for each in told if ", the turn is yours" in each]
    return given[-1].removeprefix("**").partition("**")[0].casefold() if given else None


@pytest.mark.requirement("R34")
@pytest.mark.parametrize("written", [False, True])
async def test_two_listen_and_loop_by_voice_and_in_writing_and_change_when_the_speaker_is_heard(
    two: Two, written: bool
) -> None:
    room = await room_of_two(two)
    await begun_in(room, "listen and loop", written=written)
    first = whose(await two.house.passes(timedelta(minutes=1, seconds=1)))
    assert first is not None
    other = "ben" if first == "ana" else "ana"

    late = await two.house.passes(timedelta(minutes=30))
    assert whose(late) is None
    for word in ("!next", "!done", "!pass"):
        assert whose(await room.says(other, word)) is None
    assert whose(await room.says(first, "!done")) == other
    await two.house.passes(timedelta(minutes=30))
    assert "**Closing**" not in words(await room.says(first, "!next"))
    assert "**Closing**" in words(await room.says(other, "!done"))
    assert "Thank you for being here" in words(await two.house.passes(timedelta(minutes=3)))


@pytest.mark.requirement("R35")
@pytest.mark.parametrize("written", [False, True])
async def test_the_clock_of_peer_coaching_announces_each_change_to_two_in_their_room(
    two: Two, written: bool
) -> None:
    room = await room_of_two(two)
    await room.says("ana", f"!start peer coaching{' written' if written else ''}")
    if written:
        await room.taps("ben", "🙋", on="sitting:1:0")
    brought = next(
        owed for owed in reversed(two.house.owed) if "brings something" in str(owed.content)
    )
    who = "ben" if "**Ben**" in str(brought.content) else "ana"
    told = await room.taps(who, "✅", on=brought.name)
    if "**Story**" not in words(told):
        told += await room.taps("ana", "▶️", on="sitting:1:0")
    assert "**Story**" in words(told)
    start = two.house.now
    assert whose(told) == who
    assert f"until about {start + HOUR + timedelta(minutes=10):%H:%M}" in words(told)

    told = await room.says(who, "!done")
    assert "**Stillness**" in words(told)
    assert f"until {two.house.now + HOUR + timedelta(minutes=3):%H:%M}" in words(told)
    told = await two.house.passes(timedelta(minutes=3))
    assert "**Mirroring**" in words(told)
    listener = whose(told)
    assert listener not in (None, who)
    assert f"until about {two.house.now + HOUR + timedelta(minutes=5):%H:%M}" in words(told)
    told = await room.says(str(listener), "!done")
    assert "**Talking together**" in words(told)
    assert f"until {two.house.now + HOUR + timedelta(minutes=10):%H:%M}" in words(told)
    told = await two.house.passes(timedelta(minutes=20))
    assert "**Appreciation**" in words(told)


async def test_either_can_leave_the_room_of_two_and_the_dyad_goes_on(two: Two) -> None:
    room = await room_of_two(two)
    told = await room.leaves("ben")

    assert told == []
    assert (await Dyad.get()).state is State.ACTIVE


async def test_another_room_is_made_when_the_first_is_gone(two: Two) -> None:
    room = await room_of_two(two)
    await room.reports(Change.REMOVED)
    await Room.filter(id=room.id).update(joined=False)
    await two.ana.says("ana", "dyad ben room")
    await two.ben.says("ben", "dyad ana room")

    made = [owed.target for owed in two.house.owed if owed.deed is Deed.MAKE]
    assert len(set(made)) == 2
    await Room.filter(id=room.id).delete()
    await Member.filter(room=room.id).delete()
    another, _told = await two.house.makes("Ana and Ben")
    assert (await Dyad.get()).home == another.id
