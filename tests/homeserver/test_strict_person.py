"""The strict client trusts whom it should, and nobody else: so its verdict on Kinkeeper counts."""

from tests.homeserver.conftest import Enter, EnterStrictly


async def test_two_cross_signed_people_talk_without_a_shield(enter_strictly: EnterStrictly) -> None:
    ana, bo = await enter_strictly("ana"), await enter_strictly("bo")
    room = await ana.create_room("Kitchen Crew", invite=[bo.user_id])
    assert await bo.invited() == room
    await bo.join(room)

    said = await ana.say(room, "Shall we?")
    heard = await bo.hears(room, "Shall we?", from_=ana.user_id)
    assert heard.event.id == said
    assert heard.trusted
    await bo.say(room, "We shall")
    assert (await ana.hears(room, "We shall", from_=bo.user_id)).trusted
    await bo.react(room, said, "👍\ufe0f")
    assert (await ana.until(lambda heard: heard.event.reacts_to == said)).event.key == "👍"
    assert await ana.devices(bo.user_id) == {bo.device_id: True}


async def test_a_device_that_its_owner_has_not_signed_is_neither_read_nor_told(
    enter_strictly: EnterStrictly,
) -> None:
    ana = await enter_strictly("ana")
    eve = await enter_strictly("eve", cross_signed=False)
    room = await ana.create_room("Kitchen Crew", invite=[eve.user_id])
    await eve.join(await eve.invited())

    from_ana = await ana.say(room, "Not for unsigned devices")
    from_eve = await eve.say(room, "From an unsigned device")

    unread = await ana.until(lambda heard: heard.event.id == from_eve)
    assert unread.failure == "UNSIGNED_SENDER_DEVICE"
    withheld = await eve.until(lambda heard: heard.event.id == from_ana)
    assert withheld.failure is not None
    assert await ana.devices(eve.user_id) == {eve.device_id: False}


async def test_what_is_said_in_clear_in_an_encrypted_room_is_not_trusted(
    enter: Enter, enter_strictly: EnterStrictly
) -> None:
    ana, bo = await enter_strictly("ana"), await enter("bo")
    room = await ana.create_room("Kitchen Crew", invite=[bo.user_id])
    await bo.join(room)
    await bo.say(room, "Everybody may read this")

    heard = await ana.hears(room, "Everybody")

    assert not heard.encrypted
    assert not heard.trusted
