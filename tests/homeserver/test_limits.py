"""Under the rate limits of an operator who never thought of them."""

import asyncio

from deploy.homeserver import Homeserver
from deploy.person import Person
from tests.homeserver.conftest import Keep


async def test_thirty_commands_in_ten_rooms_are_all_answered_once(
    keep: Keep, default_limits_homeserver: Homeserver, names
) -> None:
    keeper = await keep(default_limits_homeserver)
    admin = await Person.enter(default_limits_homeserver, names("admin"), admin=True)
    override = f"/_synapse/admin/v1/users/{keeper.user_id}/override_ratelimit"
    await admin.api("POST", override, {"messages_per_second": 0, "burst_count": 0})
    people = [
        await Person.enter(default_limits_homeserver, names("ana"), display_name="Ana")
        for _ in range(5)
    ]
    try:
        # Several people, since the limits are theirs as well; each with two rooms.
        rooms = []
        for person in people:
            for _ in range(2):
                room = await person.create_room("Hall", invite=[keeper.user_id])
                rooms.append((person, room))
        for person, room in rooms:
            await person.hears(room, "I am Kinkeeper", from_=keeper.user_id, timeout=120)
        # It has introduced itself without a limit; now it has what every account has.
        await admin.api("DELETE", override)
        for number in range(3):
            await asyncio.gather(*(who.say(room, f"!ping {number}") for who, room in rooms))
        for person, room in rooms:
            await person.hears(room, "pong 2", from_=keeper.user_id, timeout=240)

        for person, room in rooms:
            answers = [
                event.text
                for event in await person.messages(room)
                if event.sender == keeper.user_id and event.text.startswith("pong")
            ]
            assert answers == ["pong 0", "pong 1", "pong 2"]
    finally:
        for person in (*people, admin):
            await person.close()
