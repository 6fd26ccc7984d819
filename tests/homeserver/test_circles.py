"""Spaces are congregations and rooms are crews, on a real homeserver."""

from collections.abc import Sequence

import pytest

from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.person import Person
from tests.homeserver.conftest import Enter, Keep


async def crew_of(people: Sequence[Person], keeper: Keeper, *, version: str | None = None) -> str:
    """A room of these people that the daemon looks after as a crew."""
    first = people[0]
    room = await first.create_room(
        "Kitchen Crew",
        room_version=version,
        invite=[keeper.user_id, *(each.user_id for each in people[1:])],
    )
    for each in people[1:]:
        await each.join(room)
    await first.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    await first.set_power(room, keeper.user_id, 50)
    await first.say(room, "!adopt")
    asked = await first.hears(room, "May I look after", from_=keeper.user_id)
    for each in people:
        await each.react(room, asked.id, "✅")
    await first.hears(room, "I look after this", from_=keeper.user_id)
    return room


async def congregation_of(host: Person, keeper: Keeper, name: str) -> str:
    """A space that the daemon looks after as a congregation."""
    space = await host.create_room(name, space=True, invite=[keeper.user_id])
    chat = await host.invited(from_=keeper.user_id)
    await host.join(chat)
    return space


@pytest.mark.requirement("R1")
async def test_a_space_becomes_a_congregation_by_a_word_in_private(
    keep: Keep, enter: Enter
) -> None:
    keeper = await keep()
    mara = await enter("mara")
    # In the clear, so that an ordinary client can read it: she opens the chat herself.
    chat = await mara.create_room(direct=True, invite=[keeper.user_id])
    await mara.hears(chat, "our private chat", from_=keeper.user_id)

    space = await mara.create_room("Lakeside", space=True, invite=[keeper.user_id])
    asked = await mara.hears(chat, "You asked me into Lakeside", from_=keeper.user_id)
    await mara.set_power(space, keeper.user_id, 50)
    await mara.say(chat, "yes")
    await mara.hears(chat, "I look after Lakeside from now on", from_=keeper.user_id)
    state = await mara.until(
        lambda event: event.type == "org.kinkeeper.circle" and event.content != {}, space, since=0
    )

    assert "never" in asked.text
    assert state.content["kind"] == "congregation"
    assert state.state_key == keeper.user_id


async def test_a_no_makes_it_leave_the_space(keep: Keep, enter: Enter) -> None:
    keeper, mara = await keep(), await enter("mara")
    chat = await mara.create_room(direct=True, invite=[keeper.user_id])
    await mara.hears(chat, "our private chat", from_=keeper.user_id)

    space = await mara.create_room("Lakeside", space=True, invite=[keeper.user_id])
    await mara.hears(chat, "You asked me into Lakeside", from_=keeper.user_id)
    await mara.say(chat, "not now")
    left = await mara.until(
        lambda event: (
            event.type == "m.room.member"
            and event.state_key == keeper.user_id
            and event.content["membership"] == "leave"
        ),
        space,
    )

    assert left.sender == keeper.user_id


@pytest.mark.requirement("R45")
@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_a_crew_of_three_is_adopted_in_every_room_version(
    keep: Keep, enter: Enter, version: str
) -> None:
    keeper = await keep()
    people = [await enter(name) for name in ("ana", "ben", "cleo")]

    room = await crew_of(people, keeper, version=version)
    state = await people[0].until(
        lambda event: event.type == "org.kinkeeper.circle" and event.content != {}, room, since=0
    )

    assert state.content["kind"] == "crew"


@pytest.mark.requirement("R49")
async def test_whom_a_member_lets_in_is_a_guest_and_has_no_voice_in_what_the_members_decide(
    keep: Keep, enter: Enter
) -> None:
    keeper = await keep()
    people = [await enter(name) for name in ("ana", "ben", "cleo")]
    ana, dan = people[0], await enter("dan")
    room = await crew_of(people, keeper)

    await ana.invite(room, dan.user_id)
    await dan.join(room)
    welcome = await dan.hears(room, "Meanwhile you are a guest", from_=keeper.user_id)
    await dan.say(room, "!close")
    await dan.hears(room, "is for the members of this crew", from_=keeper.user_id)
    await ana.say(room, "!close")
    asked = await dan.hears(room, "It ends when each of you has said yes", from_=keeper.user_id)
    await dan.react(room, asked.id, "✋")
    for each in people:
        await each.react(room, asked.id, "✅")
    agreed = await dan.hears(room, "All of you have agreed", from_=keeper.user_id)

    assert "Each member of this crew is asked in private" in welcome.text
    assert agreed.sender == keeper.user_id


async def test_a_lost_database_is_rebuilt_from_the_rooms(keep: Keep, enter: Enter) -> None:
    keeper = await keep(timezone="Europe/Rome")
    people = [await enter(name) for name in ("ana", "ben", "cleo")]
    ana = people[0]
    chat = await ana.create_room(direct=True, invite=[keeper.user_id])
    await ana.hears(chat, "our private chat", from_=keeper.user_id)
    room = await crew_of(people, keeper)
    await ana.say(room, "!rhythm third thursday 19:00")
    asked = await ana.hears(room, "I understood", from_=keeper.user_id)
    await ana.react(room, asked.id, "✅")
    await ana.hears(room, "Kept", from_=keeper.user_id)
    # Words and state go on different lanes: either may come first.
    await ana.until(
        lambda event: event.type == "org.kinkeeper.circle" and "rhythm" in event.content,
        room,
        since=0,
    )
    await keeper.stop()
    for file in keeper.data.glob("kinkeeper.db*"):
        file.unlink()

    await keeper.start()
    await ana.say(room, "!status")
    status = await ana.hears(room, "This is a crew of 3", from_=keeper.user_id)
    await ana.say(room, "!when")
    when = await ana.hears(room, "Thursday", from_=keeper.user_id)
    await ana.say(chat, "status")
    private = await ana.hears(chat, "Your time zone", from_=keeper.user_id)

    assert "every third Thursday of the month, 19:00" in status.text
    assert when.text.count("Thursday") == 3
    assert "Kitchen Crew" in private.text


async def test_a_circle_moves_along_when_its_room_is_upgraded(keep: Keep, enter: Enter) -> None:
    keeper = await keep(timezone="Europe/Rome")
    people = [await enter(name) for name in ("ana", "ben", "cleo")]
    ana = people[0]
    room = await crew_of(people, keeper, version="11")
    await ana.say(room, "!rhythm every thursday 19:00")
    asked = await ana.hears(room, "I understood", from_=keeper.user_id)
    await ana.react(room, asked.id, "✅")
    await ana.hears(room, "Kept", from_=keeper.user_id)

    new = await ana.upgrade(room, "12")
    await ana.invite(new, keeper.user_id)
    moved = await ana.hears(new, "I have moved here with you", from_=keeper.user_id)
    await ana.say(new, "!rhythm")
    kept = await ana.hears(new, "You meet", from_=keeper.user_id)

    assert moved.room == new
    assert "every Thursday, 19:00" in kept.text


async def test_whoever_may_not_invite_is_declined(
    keep: Keep, enter: Enter, other_homeserver: Homeserver
) -> None:
    keeper = await keep()
    stranger = await enter("stranger", other_homeserver)

    room = await stranger.create_room("Elsewhere", invite=[keeper.user_id])
    declined = await stranger.until(
        lambda event: (
            event.type == "m.room.member"
            and event.state_key == keeper.user_id
            and event.content["membership"] == "leave"
        ),
        room,
    )

    assert declined.sender == keeper.user_id


async def test_one_who_is_shown_the_door_forgets_the_room(keep: Keep, enter: Enter) -> None:
    keeper = await keep()
    people = [await enter(name) for name in ("ana", "ben", "cleo")]
    ana = people[0]
    room = await crew_of(people, keeper)

    await ana.kick(room, keeper.user_id)
    await ana.invite(room, keeper.user_id)
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    await ana.say(room, "!status")
    status = await ana.hears(room, "I do not look after this room", from_=keeper.user_id)

    assert "nothing of it is kept" in status.text
