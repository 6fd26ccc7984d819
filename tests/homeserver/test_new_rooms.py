"""Rooms that the daemon makes for people: once, closed to everybody else, and equal for those inside."""

from datetime import UTC, datetime
from typing import Any

from deploy.keeper import Keeper
from storage.database import close_database, open_database, sqlite_url
from storage.outbox import Deed, Delivery, Owed
from tests.homeserver.conftest import Enter, Keep

ABOUT = "calling:1"


async def owe(keeper: Keeper, deed: Deed, lane: str, **columns: Any) -> None:
    """Have a daemon that is not running owe something."""
    await open_database(sqlite_url(keeper.data / "kinkeeper.db"))
    number = await Owed.all().count()
    await Owed.create(
        transaction=f"test{number}", lane=lane, deed=deed, made_at=datetime.now(UTC), **columns
    )
    await close_database()


def a_room(*people: str) -> dict[str, object]:
    return {
        "name": "Kitchen Crew",
        "topic": "Dinner",
        "kind": "crew",
        "invite": list(people),
        "space": None,
        "asked_in": "!nowhere:here",
        "content": {},
    }


async def again(keeper: Keeper, deed: Deed) -> None:
    """As after a death between the deed and its note."""
    await open_database(sqlite_url(keeper.data / "kinkeeper.db"))
    row = await Owed.get(deed=deed)
    content = a_room() if deed is Deed.MAKE else None
    await Owed.filter(id=row.id).update(state=Delivery.OWED, content=content)
    await close_database()


async def test_a_room_is_made_once_encrypted_and_without_a_past(keep: Keep, enter: Enter) -> None:
    keeper, ana, ben = await keep(), await enter("ana"), await enter("ben")
    await keeper.stop()
    people = a_room(ana.user_id, ben.user_id)
    await owe(keeper, Deed.MAKE, f"new:{ABOUT}", content=people, target=ABOUT)
    await keeper.start()
    room = await ana.invited(from_=keeper.user_id)
    await ana.join(room)
    await keeper.stop()
    await again(keeper, Deed.MAKE)

    await keeper.start()

    assert await ben.invited(from_=keeper.user_id) == room
    assert (await ana.state(room, "m.room.encryption"))["algorithm"] == "m.megolm.v1.aes-sha2"
    assert (await ana.state(room, "m.room.history_visibility"))["history_visibility"] == "joined"
    assert (await ana.state(room, "m.room.join_rules"))["join_rule"] == "invite"
    levels = await ana.state(room, "m.room.power_levels")
    assert set(levels["users"]) <= {keeper.user_id}
    assert levels["invite"] == 100
    assert levels["events"]["org.matrix.msc3401.call.member"] == 0


async def test_people_are_invited_and_taken_out_once_and_twice_is_no_trouble(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana, ben = await keep(), await enter("ana"), await enter("ben")
    await keeper.stop()
    await owe(keeper, Deed.MAKE, f"new:{ABOUT}", content=a_room(ana.user_id), target=ABOUT)
    await keeper.start()
    room = await ana.invited(from_=keeper.user_id)
    await ana.join(room)
    await keeper.stop()
    for _ in range(2):
        await owe(keeper, Deed.INVITE, room, target=ben.user_id)
    await keeper.start()
    assert await ben.invited(from_=keeper.user_id) == room
    await ben.join(room)
    await keeper.stop()
    for _ in range(2):
        await owe(keeper, Deed.REMOVE, room, target=ben.user_id)

    await keeper.start()

    gone = await ana.until(
        lambda event: (
            event.type == "m.room.member"
            and event.state_key == ben.user_id
            and event.content["membership"] == "leave"
        ),
        room,
    )
    assert gone.sender == keeper.user_id


async def test_what_somebody_wrote_is_redacted(keep: Keep, enter: Enter) -> None:
    keeper, ana = await keep(), await enter("ana")
    await keeper.stop()
    await owe(keeper, Deed.MAKE, f"new:{ABOUT}", content=a_room(ana.user_id), target=ABOUT)
    await keeper.start()
    room = await ana.invited(from_=keeper.user_id)
    await ana.join(room)
    event = await ana.send(room, "m.room.message", {"msgtype": "m.text", "body": "a secret"})
    await keeper.stop()
    await owe(keeper, Deed.REDACT, room, target=event)

    await keeper.start()

    await ana.until(lambda heard: heard.type == "m.room.redaction", room)
    assert [each.content for each in await ana.messages(room) if each.id == event] == [{}]
