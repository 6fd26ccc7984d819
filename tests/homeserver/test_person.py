"""A person misses nothing, finds what was said in its order, and tells what was heard instead."""

import re

import pytest

from deploy.homeserver import Homeserver
from deploy.person import NotHeard, Person
from tests.homeserver.conftest import Enter


async def test_a_long_absence_leaves_no_gap(enter: Enter) -> None:
    ana, bo = await enter("ana"), await enter("bo")
    room = await ana.create_room("Lakeside", invite=[bo.user_id])
    await bo.join(room)
    await bo.sync()
    said = [await ana.say(room, f"Message {number}") for number in range(120)]

    await bo.hears(room, re.compile("^Message 119$"))

    assert [event.id for event in bo.heard if event.text.startswith("Message")] == said
    assert [event.id for event in await bo.messages(room, 120)] == said


async def test_what_was_said_before_the_wait_is_heard_once_and_in_order(enter: Enter) -> None:
    ana, bo = await enter("ana"), await enter("bo")
    room = await ana.create_room("Lakeside", invite=[bo.user_id])
    await bo.join(room)
    first = await ana.say(room, "tea")
    second = await ana.say(room, "tea again")

    assert (await bo.hears(room, "tea")).id == first
    assert (await bo.hears(room, "tea")).id == second
    with pytest.raises(NotHeard):
        await bo.hears(room, "tea", timeout=0)
    assert (await bo.hears(room, "tea", since=0)).id == first


async def test_not_heard_tells_what_was_heard_instead(enter: Enter) -> None:
    ana, bo = await enter("ana"), await enter("bo")
    room = await ana.create_room("Lakeside", invite=[bo.user_id])
    await bo.join(room)
    await ana.say(room, "coffee")

    with pytest.raises(NotHeard, match="coffee"):
        await bo.hears(room, "tea", timeout=0.1)


async def test_edits_reactions_threads_and_replies_are_what_they_seem(enter: Enter) -> None:
    ana, bo = await enter("ana"), await enter("bo")
    room = await ana.create_room("Lakeside", invite=[bo.user_id])
    await bo.join(room)
    root = await ana.say(room, "Who brings the kettle?", mentions=[bo.user_id])

    assert (await bo.hears(room, "kettle")).mentions == {bo.user_id}
    await bo.react(room, root, "👍\ufe0f")
    reaction = await ana.until(lambda event: event.reacts_to == root)
    assert reaction.key == "👍"
    await bo.say(room, "I do", thread=root)
    assert (await ana.hears(room, "I do")).thread == root
    reply = await bo.say(room, "So do I", reply_to=root)
    assert (await ana.hears(room, "So do")).replies_to == root
    await bo.edit(room, reply, "Not I")
    assert (await ana.hears(room, "Not I")).edits == reply
    await bo.redact(room, reply)
    gone = await ana.until(lambda event: event.type == "m.room.redaction")
    assert gone.raw["redacts"] == reply


async def test_a_restricted_room_of_a_space_opens_to_the_members_of_the_space(enter: Enter) -> None:
    ana, bo = await enter("ana"), await enter("bo")
    space = await ana.create_space("Lakeside", public=True)
    crew = await ana.create_room("Kitchen Crew", parent=space, restricted_to=space)
    await bo.join(space)

    assert await bo.join(crew) == crew
    assert await ana.members(crew) == {ana.user_id, bo.user_id}
    assert [room["name"] for room in await bo.hierarchy(space)] == ["Lakeside", "Kitchen Crew"]


async def test_somebody_who_has_an_account_enters_it_again_on_another_device(
    homeserver: Homeserver, enter: Enter
) -> None:
    ana = await enter("ana")
    room = await ana.create_room("Lakeside")
    name = ana.user_id[1:].split(":")[0]

    async with await Person.enter(homeserver, name) as again:
        assert again.user_id == ana.user_id
        assert again.device_id != ana.device_id
        await again.sync()
        assert again.rooms == {room}


async def test_what_is_uploaded_can_be_downloaded(enter: Enter) -> None:
    ana = await enter("ana")

    address = await ana.upload(b"a small picture", "image/png", "picture.png")

    assert await ana.download(address) == b"a small picture"
