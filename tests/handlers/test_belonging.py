"""A circle that was there before its congregation's space is asked whether it belongs to it."""

from datetime import timedelta

import pytest

from handlers.language import Change
from practices.circles import RoomKind
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, person

CREW = "!kitchen-crew:here"


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of three that belongs to nothing."""
    return await house.crew()


async def kept(house: PlayedHouse, children: list[str]) -> PlayedRoom:
    """A congregation's space that is looked after, with what it lists."""
    return await house.space("Commons", ["ana", "dan"], ["dan"], children=children)


async def lists(space: PlayedRoom, child: str) -> list[str]:
    """Somebody hangs a room into the space."""
    row = await space.row()
    row.children = [*row.children, child]
    await row.save()
    return await space.reports(Change.LISTED, "dan", child=child)


async def belongs(room: PlayedRoom) -> str | None:
    return (await room.row()).congregation


async def test_a_crew_is_asked_when_its_space_lists_it_and_belongs_when_all_say_yes(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    space = await kept(house, [])

    [asked] = await lists(space, CREW)
    for who in ("ana", "ben"):
        await crew.taps(who, "✅")
    so_far = await belongs(crew)
    told = await crew.taps("cleo", "✅")

    assert asked.startswith("**Commons** lists this room. Does this crew belong to it?")
    assert so_far is None
    assert "✎ This crew belongs to **Commons** from now on." in told
    assert await belongs(crew) == space.id
    [domains] = await crew.says("ben", "!domains")
    assert "No domain holds in **Commons** yet" in domains


async def test_a_space_that_begins_to_be_looked_after_asks_the_crews_that_it_lists(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    private = await house.private("dan")
    space = await house.room(
        "Commons", ["ana", "dan"], moderators=["dan"], is_space=True, children=[CREW]
    )
    await Room.filter(id=space.id).update(invited_by=person("dan"))
    await space.reports(Change.ARRIVED)

    told = await private.says("dan", "yes")

    assert any(text.startswith("**Commons** lists this room.") for text in told)
    assert (await space.row()).kind is RoomKind.CONGREGATION
    assert await belongs(crew) is None


async def test_one_no_leaves_a_crew_as_it_is_and_a_word_asks_again(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    space = await kept(house, [])
    await lists(space, CREW)

    told = await crew.taps("ben", "✋")
    [again] = await crew.says("ana", "!adopt")
    for who in ("ben", "cleo"):
        await crew.taps(who, "✅")

    assert (
        "✎ It stays as it is, and that needs no reason. `!adopt` asks again whenever you like."
        in told
    )
    assert "1 of 3 has said yes" in again
    assert await belongs(crew) == space.id


async def test_while_it_is_asked_and_once_it_belongs_nothing_is_asked_anew(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    space = await kept(house, [])
    await lists(space, CREW)

    assert await space.reports(Change.LISTED, "dan", child=CREW) == []
    [standing] = await crew.says("ana", "!adopt")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")
    [belonging] = await crew.says("ana", "!adopt")

    assert standing == "That is asked already; the question stands above."
    assert "it belongs to **Commons**" in belonging
    assert await space.reports(Change.LISTED, "dan", child=CREW) == []
    assert await Question.filter(inquiry="belonging").count() == 0


async def test_when_the_one_who_was_waited_for_leaves_the_others_have_agreed(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    space = await kept(house, [])
    await lists(space, CREW)
    for who in ("ana", "ben"):
        await crew.taps(who, "✅")

    await crew.leaves("cleo")

    assert await belongs(crew) == space.id


async def test_a_working_room_belongs_by_a_yes_of_somebody_who_moderates_it(
    house: PlayedHouse,
) -> None:
    room = await house.room("Garden", ["ana", "ben"], kind=RoomKind.WORKING, moderators=["ben"])
    space = await kept(house, [])
    await lists(space, room.id)

    told = await room.taps("ana", "✅")
    before = await belongs(room)
    await room.taps("ben", "✅")

    assert "→ ana: That is for somebody to say who moderates the room. Nothing was changed." in told
    assert before is None
    assert await belongs(room) == space.id


async def test_a_space_that_lists_the_room_no_more_gets_nobody(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    space = await kept(house, [])
    await lists(space, CREW)
    await Room.filter(id=space.id).update(children=[])

    for who in ("ana", "ben", "cleo"):
        told = await crew.taps(who, "✅")

    assert "✎ That space lists this room no more; nothing was changed." in told
    assert await belongs(crew) is None


async def test_what_nobody_answers_goes_by_and_without_a_space_there_is_nothing_to_ask(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    [refused] = await crew.says("ana", "!adopt")
    space = await kept(house, [])
    await lists(space, CREW)
    await house.passes(timedelta(days=30))
    await crew.taps("ana", "✅")

    assert "no space that I look after lists it" in refused
    assert await belongs(crew) is None


async def test_a_space_that_is_not_looked_after_asks_nobody(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    space = await house.room("Elsewhere", ["dan"], is_space=True, children=[CREW])

    assert await space.reports(Change.LISTED, "dan", child=CREW) == []
    assert await Question.all().count() == 0
