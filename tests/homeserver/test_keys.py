"""Keys that are late, lost, or not their sender's; and what a kill between two steps leaves."""

from datetime import timedelta
from pathlib import Path

from daemon.encryption import Encryption
from daemon.matrix import Homeserver as Wire
from daemon.matrix import path
from tests.homeserver.conftest import Enter, Keep
from tests.homeserver.raw_device import RawDevice


async def test_a_message_that_comes_before_its_key_is_answered_when_the_key_comes(
    keep: Keep, enter: Enter, tmp_path: Path
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    async with RawDevice(ana, tmp_path / "raw", ana.device_id) as device:
        await device.publish()
        await device.begin(room, [keeper.user_id])

        await ana.send(room, "m.room.encrypted", device.seal(room, "!ping before its key"))
        await ana.say(room, "!ping in clear, and later")
        await ana.hears(room, "pong in clear, and later", from_=keeper.user_id)
        await device.share()
        answer = await ana.hears(room, "pong before its key", from_=keeper.user_id)

    assert answer.sender == keeper.user_id


async def test_after_five_minutes_without_a_key_a_kind_word_is_said_once(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(movable_clock=True), await enter("ana")
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    lost = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "session_id": "a session nobody knows",
        "ciphertext": "AwgAEn",
        "sender_key": "x",
        "device_id": "y",
    }

    for _ in range(3):
        await ana.send(room, "m.room.encrypted", lost)
    await ana.say(room, "!ping meanwhile")
    await ana.hears(room, "pong meanwhile", from_=keeper.user_id)
    keeper.travel(timedelta(minutes=6))
    await ana.hears(room, "I cannot read", from_=keeper.user_id)
    await ana.say(room, "!ping after")
    await ana.hears(room, "pong after", from_=keeper.user_id)

    told = [event for event in await ana.messages(room) if "cannot read" in event.text]
    assert len(told) == 1


async def test_a_command_by_a_device_that_nobody_published_is_not_obeyed(
    keep: Keep, enter: Enter, tmp_path: Path
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    async with RawDevice(ana, tmp_path / "raw", "UNPUBLISHED") as device:
        await device.begin(room, [keeper.user_id])
        await device.share()
        await ana.send(room, "m.room.encrypted", device.seal(room, "!ping as somebody else"))
    await ana.say(room, "!ping as myself")
    await ana.hears(room, "pong as myself", from_=keeper.user_id)

    assert not [event for event in await ana.messages(room) if "as somebody else" in event.text]
    assert "was not believed" in keeper.log


async def test_a_kill_between_a_key_upload_and_its_answer_breaks_nothing(
    enter: Enter, tmp_path: Path
) -> None:
    ana = await enter("ana")
    wire = Wire(ana.homeserver.client_url, ana.access_token)
    before = Encryption.open(wire, tmp_path, ana.user_id, ana.device_id, b"k" * 32)
    body = before.machine.share_keys()
    await wire.request("POST", path("keys", "upload"), body)
    before.close()  # and nothing is told of the answer

    after = Encryption.open(wire, tmp_path, ana.user_id, ana.device_id, b"k" * 32)
    await after.upload_keys()
    after.machine.uploaded_key_count = 0
    await after.upload_keys()

    assert after.machine.uploaded_key_count >= 50
    after.close()
    await wire.close()


async def test_new_devices_can_still_write_when_every_one_time_key_is_used_up(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    await keeper.stop()
    devices = await ana.api("POST", path("keys", "query"), {"device_keys": {keeper.user_id: []}})
    [device] = devices["device_keys"][keeper.user_id]

    claimed = []
    for _ in range(60):
        wanted = {keeper.user_id: {device: "signed_curve25519"}}
        answer = await ana.api("POST", path("keys", "claim"), {"one_time_keys": wanted})
        claimed.append(answer["one_time_keys"][keeper.user_id][device])

    assert all(claimed)
    assert next(iter(claimed[-1].values()))["fallback"] is True


async def test_old_room_keys_are_forgotten(enter: Enter, tmp_path: Path) -> None:
    ana = await enter("ana")
    async with RawDevice(ana, tmp_path, ana.device_id) as device:
        machine = device.encryption.machine
        machine.create_outbound_group_session("!room")
        now = 1_800_000_000.0

        assert device.encryption.prune(now) == 0
        assert device.encryption.prune(now + 29 * 86400) == 0
        assert device.encryption.prune(now + 31 * 86400) == 1
        assert not list(machine.inbound_group_store)
