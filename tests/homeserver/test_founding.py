"""An assembly is founded on a real homeserver: its rooms are made as the protocol wants them."""

from datetime import UTC, datetime

import pytest

from deploy.homeserver import Homeserver
from practices.assembly.events import ASSEMBLY, CARD
from tests.homeserver.conftest import Enter, Keep
from tests.homeserver.congregations import MORNING


@pytest.mark.requirement("R136")
async def test_a_host_founds_an_assembly_in_a_few_words(keep: Keep, enter: Enter) -> None:
    keeper = await keep(movable_clock=True)
    keeper.travel(MORNING - datetime.now(UTC))
    mara = await enter("mara")
    chat = await mara.create_room(direct=True, invite=[keeper.user_id])
    await mara.hears(chat, "our private chat", from_=keeper.user_id)
    await mara.create_room("Lakeside", space=True, invite=[keeper.user_id])
    await mara.hears(chat, "You asked me into Lakeside", from_=keeper.user_id)
    await mara.say(chat, "yes")
    await mara.hears(chat, "from now on", from_=keeper.user_id)

    await mara.say(chat, "assembly found River")
    await mara.hears(chat, "What is it for?", from_=keeper.user_id)
    await mara.say(chat, "Congregations along the river, each for itself.")
    await mara.hears(chat, "What do you hold dear", from_=keeper.user_id)
    await mara.say(chat, "consent; plain words")
    await mara.hears(chat, "I would found River", from_=keeper.user_id)
    await mara.say(chat, "yes")
    space = await mara.invited(from_=keeper.user_id)
    await mara.join(space)
    await mara.hears(chat, "River is founded", from_=keeper.user_id)

    create = await mara.state(space, "m.room.create", "")
    assert create["type"] == "m.space"
    assert create[ASSEMBLY] == {"version": 1, "part": "space"}
    rules = await mara.state(space, "m.room.power_levels", "")
    assert rules["events"][CARD] == 0
    people = await mara.invited(from_=keeper.user_id)
    await mara.join(people)
    assert await mara.state(people, "m.room.encryption", "")
    assert (await mara.state(people, "m.room.create", ""))[ASSEMBLY]["space"] == space


async def test_over_federation_an_invitation_shows_what_the_assembly_is_for_before_it_is_entered(
    keep: Keep, enter: Enter, homeserver: Homeserver, other_homeserver: Homeserver
) -> None:
    harbour = await keep(other_homeserver, movable_clock=True)
    harbour.travel(MORNING - datetime.now(UTC))
    mara, tamsin = await enter("mara"), await enter("tamsin", other_homeserver)
    chat = await tamsin.create_room(direct=True, invite=[harbour.user_id])
    await tamsin.hears(chat, "our private chat", from_=harbour.user_id)
    await tamsin.create_room("Harbour", space=True, invite=[harbour.user_id])
    await tamsin.hears(chat, "You asked me into Harbour", from_=harbour.user_id)
    await tamsin.say(chat, "yes")
    await tamsin.hears(chat, "from now on", from_=harbour.user_id)

    made = await mara.api(
        "POST",
        "/_matrix/client/v3/createRoom",
        {
            "name": "River",
            "topic": "Congregations along the river.",
            "preset": "private_chat",
            "creation_content": {"type": "m.space", ASSEMBLY: {"version": 1, "part": "space"}},
            "invite": [harbour.user_id],
        },
    )
    asked = await tamsin.hears(chat, "invited to take a seat", from_=harbour.user_id)
    await tamsin.say(chat, "no")
    await tamsin.hears(chat, "Declined: nothing was entered", from_=harbour.user_id)

    assert "in the assembly River" in asked.text
    assert "Congregations along the river." in asked.text
    assert harbour.user_id not in await mara.members(str(made["room_id"]))
