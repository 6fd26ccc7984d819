"""The daemon in encrypted rooms, beside Element's own crypto in its strictest mode."""

import pytest

from tests.element.strict import Heard
from tests.homeserver.conftest import Enter, EnterStrictly, Keep


async def test_a_strict_client_and_the_daemon_read_each_other_with_no_shield(
    keep: Keep, enter_strictly: EnterStrictly
) -> None:
    keeper = await keep()
    ana = await enter_strictly("ana")
    room = await ana.create_room("Kitchen", invite=[keeper.user_id])
    hello = await ana.hears(room, "Kinkeeper", from_=keeper.user_id)

    await ana.say(room, "!ping over here")
    answer = await ana.hears(room, "pong over here", from_=keeper.user_id)

    assert hello.trusted
    assert answer.trusted
    assert await ana.devices(keeper.user_id) == dict.fromkeys(
        await ana.devices(keeper.user_id), True
    )


async def test_after_a_restart_the_daemon_is_the_same_trusted_device(
    keep: Keep, enter_strictly: EnterStrictly
) -> None:
    keeper = await keep()
    ana = await enter_strictly("ana")
    room = await ana.create_room("Kitchen", invite=[keeper.user_id])
    await ana.hears(room, "Kinkeeper", from_=keeper.user_id)
    before = await ana.devices(keeper.user_id)

    keeper.kill()
    await ana.say(room, "!ping while you were away")
    await keeper.start()
    answer = await ana.hears(room, "pong while you were away", from_=keeper.user_id)
    await ana.say(room, "!ping again")
    again = await ana.hears(room, "pong again", from_=keeper.user_id)

    assert answer.trusted
    assert again.trusted
    assert await ana.devices(keeper.user_id) == before


async def test_a_private_chat_that_the_daemon_opens_can_be_read_by_whoever_comes_later(
    keep: Keep, enter_strictly: EnterStrictly
) -> None:
    keeper = await keep()
    ana = await enter_strictly("ana")
    room = await ana.create_room("Kitchen", invite=[keeper.user_id])
    await ana.hears(room, "Kinkeeper", from_=keeper.user_id)

    await ana.say(room, "!quiet")
    await ana.hears(room, "in private", from_=keeper.user_id)
    chat = await ana.invited()
    await ana.join(chat)
    told = await ana.hears(chat, "quiet hours", from_=keeper.user_id)

    assert told.trusted


async def test_someone_who_joins_later_can_read_what_is_said_then(
    keep: Keep, enter_strictly: EnterStrictly
) -> None:
    keeper = await keep()
    ana, ben = await enter_strictly("ana"), await enter_strictly("ben")
    room = await ana.create_room("Kitchen", invite=[keeper.user_id])
    await ana.hears(room, "Kinkeeper", from_=keeper.user_id)
    await ana.say(room, "!ping one")
    await ana.hears(room, "pong one", from_=keeper.user_id)

    await ana.invite(room, ben.user_id)
    await ben.join(room)
    await ana.say(room, "!ping two")
    heard = await ben.hears(room, "pong two", from_=keeper.user_id)

    assert heard.trusted


async def test_a_command_in_clear_in_an_encrypted_room_is_not_obeyed(
    keep: Keep, enter: Enter
) -> None:
    keeper = await keep()
    ana = await enter("ana")
    room = await ana.create_room("Kitchen", encrypted=True, invite=[keeper.user_id])
    open_room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(open_room, "Kinkeeper", from_=keeper.user_id)
    # The daemon is in both rooms before anything is said.
    await ana.until(lambda event: event.type == "m.room.encrypted", room)

    await ana.say(room, "!ping in clear")
    await ana.say(open_room, "!ping after it")
    await ana.hears(open_room, "pong after it", from_=keeper.user_id)

    assert not [
        event
        for event in await ana.messages(room)
        if event.sender == keeper.user_id and event.type == "m.room.message"
    ]
    assert "was not obeyed" in keeper.log


@pytest.mark.parametrize("count", [120])
async def test_key_rotation_loses_nothing(
    keep: Keep, enter_strictly: EnterStrictly, count: int
) -> None:
    keeper = await keep()
    ana = await enter_strictly("ana")
    room = await ana.create_room("Kitchen", invite=[keeper.user_id])
    await ana.hears(room, "Kinkeeper", from_=keeper.user_id)

    for number in range(count):
        await ana.say(room, f"!ping {number}")
    # Where a key came late, her client shows what it seals after what came later.
    missing, answers = {f"pong {number}" for number in range(count)}, list[Heard]()
    while missing:
        answers.append(await ana.until(lambda heard: heard.event.text in missing, room))
        missing.remove(answers[-1].event.text)

    assert all(answer.trusted for answer in answers)
