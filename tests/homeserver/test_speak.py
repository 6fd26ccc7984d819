"""Speaking: each message once, in order, whatever the homeserver says."""

from datetime import timedelta

import pytest
from tortoise import connections

from deploy.keeper import Keeper
from deploy.person import Person
from storage.database import close_database, open_database, sqlite_url
from storage.outbox import Delivery, Owed
from tests.homeserver.conftest import Enter, Keep


async def hall(ana: Person, keeper: Keeper) -> str:
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    return room


async def texts(ana: Person, room: str, keeper: Keeper) -> list[str]:
    return [
        event.text
        for event in await ana.messages(room)
        if event.sender == keeper.user_id and event.text
    ]


async def test_a_message_older_than_the_servers_memory_is_looked_for_before_it_is_said(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await hall(ana, keeper)
    await ana.say(room, "!ping said long ago")
    await ana.hears(room, "pong said long ago", from_=keeper.user_id)
    await keeper.stop()
    # As after two days away, a death between the saying and its note, and a server that forgot the id.
    await open_database(sqlite_url(keeper.data / "kinkeeper.db"))
    row = await Owed.filter(lane=room, deed="send").order_by("-id").first()
    assert row is not None
    content: dict[str, object] = {"text": "pong said long ago", "mention": [], "thread": None}
    await Owed.filter(id=row.id).update(
        state=Delivery.OWED, content=content, made_at=row.made_at - timedelta(days=2)
    )
    await connections.get("default").execute_query("SELECT 1")
    await close_database()

    await keeper.start()
    await ana.say(room, "!ping after")
    await ana.hears(room, "pong after", from_=keeper.user_id)

    assert (await texts(ana, room, keeper)).count("pong said long ago") == 1


async def test_what_a_room_forbids_waits_until_it_allows_it_and_others_go_on(
    keep: Keep, enter: Enter
) -> None:
    steward = await enter("steward")
    keeper, ana = await keep(stewards=steward.user_id), await enter("ana")
    chat = await steward.create_room(direct=True, invite=[keeper.user_id])
    await steward.hears(chat, "our private chat", from_=keeper.user_id)
    silent, other = await hall(ana, keeper), await hall(ana, keeper)
    levels = await ana.state(silent, "m.room.power_levels")
    await ana.set_state(silent, "m.room.power_levels", {**levels, "events_default": 50})

    await ana.say(silent, "!ping forbidden")
    told = await steward.hears(chat, "did not let me speak", from_=keeper.user_id)
    await ana.say(other, "!ping elsewhere")
    await ana.hears(other, "pong elsewhere", from_=keeper.user_id)
    await ana.set_state(silent, "m.room.power_levels", levels)
    await ana.hears(silent, "pong forbidden", from_=keeper.user_id)

    assert "pong" not in told.text
    assert "Hall" in told.text


async def test_a_tap_that_stands_already_is_no_trouble(keep: Keep, enter: Enter) -> None:
    keeper, ana = await keep(), await enter("ana")
    people = [ana, await enter("ben"), await enter("cleo")]
    room = await ana.create_room(
        "Crew", invite=[keeper.user_id, *(each.user_id for each in people[1:])]
    )
    for each in people[1:]:
        await each.join(room)
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)

    await ana.say(room, "!adopt")
    asked = await ana.hears(room, "May I look after", from_=keeper.user_id)
    signs = [
        await ana.until(
            lambda event: event.reacts_to == asked.id and event.sender == keeper.user_id, room
        )
        for _ in range(2)
    ]

    assert {event.key for event in signs} == {"✅", "✋"}


async def test_a_private_word_opens_a_chat_once_even_when_it_dies_in_between(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await hall(ana, keeper)

    await ana.say(room, "!quiet")
    await ana.hears(room, "in private", from_=keeper.user_id)
    chat = await ana.invited(from_=keeper.user_id)
    await keeper.stop()
    await open_database(sqlite_url(keeper.data / "kinkeeper.db"))
    await connections.get("default").execute_query(
        "DELETE FROM room WHERE private_with IS NOT NULL"
    )
    await Owed.filter(lane=ana.user_id).update(
        state=Delivery.OWED, content={"text": "x", "mention": [], "thread": None}
    )
    await close_database()
    await keeper.start()
    await ana.say(room, "!quiet")
    await ana.hears(room, "in private", from_=keeper.user_id)

    await ana.sync()
    assert [each for each in await ana.joined_rooms() if each not in (room, chat)] == []
    with pytest.raises(AssertionError):
        await ana.invited(from_=keeper.user_id, timeout=0)


async def test_nothing_is_said_in_clear_in_a_private_chat_that_it_made(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await hall(ana, keeper)
    for _ in range(3):
        await ana.say(room, "!quiet")
        await ana.hears(room, "in private", from_=keeper.user_id)

    chat = await ana.invited(from_=keeper.user_id)
    await ana.join(chat)
    for _ in range(3):
        await ana.until(lambda event: event.type == "m.room.encrypted", chat)

    types = {event.type for event in await ana.messages(chat) if event.sender == keeper.user_id}
    assert "m.room.encrypted" in types
    assert "m.room.message" not in types
