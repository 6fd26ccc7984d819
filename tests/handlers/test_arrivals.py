"""Coming into rooms, moving house with them, and being shown the door."""

from datetime import timedelta

import pytest

from handlers.language import Change
from practices.circles import RoomKind
from storage.coming import Coming
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.people import Muted
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person


async def test_whoever_the_operator_lets_invite_is_followed(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana"])

    assert await hall.reports(Change.INVITED, "ana") == [f"⇄ join {hall.id}"]


async def test_a_stranger_is_not_followed() -> None:
    async with a_house(welcomes=lambda who: who.endswith(":home")) as house:
        hall = await house.room("Hall", ["ana"])

        assert await hall.reports(Change.INVITED, "ana") == [f"⇄ leave {hall.id}"]


async def test_a_room_is_greeted_once_and_then_left_in_peace(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])

    [told] = await hall.reports(Change.ARRIVED)

    assert "`!adopt` asks all of you whether I should" in told
    assert "Until then I keep nothing and stay quiet." in told
    assert await house.passes(timedelta(days=30)) == []
    assert await hall.joins("dan") == []


async def test_a_private_chat_is_greeted_with_what_comes_next(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [told] = await private.reports(Change.ARRIVED)

    assert told.startswith("Hello ana. This is our private chat")
    assert "Next: `help` lists what you can say" in told


async def test_a_space_is_asked_about_in_private_and_the_space_hears_nothing(
    house: PlayedHouse,
) -> None:
    space = await house.space(
        "Lakeside", ["ana"], ["ana"], kind=RoomKind.NONE, invited_by=person("ana")
    )

    [told] = await space.reports(Change.ARRIVED)

    assert told.startswith("→ ana: Hello. You asked me into **Lakeside**.")
    assert "Shall I begin? ✅ yes · ✋ not now" in told


# --------------------------------------------------------------------------------------- moving house


async def lived_in(house: PlayedHouse) -> PlayedRoom:
    crew = await house.crew()
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ben", "!remind friday 9:00 call Lee")
    await crew.says("cleo", "!quiet here")
    await crew.says("ben", "!settings ask-hours 48")
    await house.passes(timedelta(days=3, hours=10))
    await crew.taps("ben", "✅", on="meeting:1")
    return crew


async def upgraded(house: PlayedHouse, old: PlayedRoom, *, names_back: bool) -> PlayedRoom:
    await Room.filter(id=old.id).update(successor="!new-hall:here")
    assert await old.reports(Change.UPGRADED, "ana") == ["⇄ join !new-hall:here"]
    return await house.room(
        "New Hall",
        ["ana", "ben", "cleo"],
        predecessor=old.id if names_back else "!other:here",
        zone=None,
    )


async def test_a_circle_moves_house_with_all_that_belongs_to_it(house: PlayedHouse) -> None:
    old = await lived_in(house)
    new = await upgraded(house, old, names_back=True)

    told = await new.reports(Change.ARRIVED)
    later = await house.passes(timedelta(days=2))

    assert "I have moved here with you; rhythm, meetings and settings are as before." in told
    assert f"⇄ leave {old.id}" in told
    row = await new.row()
    assert (row.kind, row.zone, row.host) == (RoomKind.CREW, "Europe/Rome", person("ana"))
    assert (await old.row()).kind is RoomKind.NONE
    assert {meeting.room for meeting in await Meeting.all()} == {new.id}
    assert {muted.room for muted in await Muted.all()} == {new.id}
    assert [text for text in later if "see you there" in text]
    assert "⏰ call Lee" in later
    assert {o.lane for o in house.owed if "see you there" in str(o.content)} == {new.id}
    assert await Coming.all().count() == 1
    assert not await Heard.filter(room=old.id, kind=Kind.HOUR, state=Settled.WAITING).exists()
    assert not await Question.filter(room=old.id).exists()


async def test_a_room_that_does_not_name_the_old_one_is_left_again(house: PlayedHouse) -> None:
    old = await lived_in(house)
    new = await upgraded(house, old, names_back=False)

    assert await new.reports(Change.ARRIVED) == [f"⇄ leave {new.id}"]
    assert (await old.row()).kind is RoomKind.CREW
    assert (await new.row()).kind is RoomKind.NONE


async def test_a_room_that_claims_to_follow_ours_without_being_named_gets_nothing(
    house: PlayedHouse,
) -> None:
    old = await lived_in(house)
    thief = await house.room("Thief", ["mal"], predecessor=old.id)

    await thief.reports(Change.ARRIVED)

    assert (await thief.row()).kind is RoomKind.NONE
    assert (await old.row()).kind is RoomKind.CREW


async def test_a_room_that_is_no_circle_is_not_followed(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana"], successor="!new:here")

    assert await hall.reports(Change.UPGRADED, "ana") == []


# ------------------------------------------------------------------------------------- shown the door


@pytest.mark.requirement("R11")
async def test_shown_the_door_the_daemon_forgets_what_it_kept_for_the_room(
    house: PlayedHouse,
) -> None:
    crew = await lived_in(house)
    await Room.filter(id=crew.id).update(joined=False)

    told = await crew.reports(Change.REMOVED, "ana")

    assert told == []
    row = await crew.row()
    assert (row.kind, row.rhythm, row.settings, row.host) == (RoomKind.NONE, None, {}, None)
    for model in (Meeting, Coming, Reminder, Muted):
        assert await model.all().count() == 0, model
    assert not await Question.filter(room=crew.id).exists()
    assert await house.passes(timedelta(days=30)) == []


async def test_removed_from_a_private_chat_it_says_nothing_there_any_more(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind every day 9:00 stretch")
    await Room.filter(id=private.id).update(joined=False)

    await private.reports(Change.REMOVED, "ana")

    assert await house.passes(timedelta(days=3)) == []
    assert (await private.row()).private_with is None


async def test_a_circle_found_again_after_the_database_was_lost_is_planned_anew(
    house: PlayedHouse,
) -> None:
    crew = await lived_in(house)
    await Meeting.all().delete()
    await Heard.filter(kind=Kind.HOUR).delete()

    await crew.reports(Change.REBUILT)

    assert [text for text in await house.passes(timedelta(days=8)) if "Kitchen Crew meets" in text]
    assert (await crew.row()).noticed_size == 3


async def test_an_unreadable_message_is_mentioned_once_and_kindly(house: PlayedHouse) -> None:
    crew = await house.crew()
    await Heard.create(
        key="$sealed", kind=Kind.MESSAGE, room=crew.id, sender=person("ana"), at=house.now,
        session="s1", state=Settled.SEALED,
    )  # fmt: skip
    for session in ("s1", "opened-meanwhile"):
        await Heard.create(
            key=f"unreadable:{session}", kind=Kind.HOUR, room=crew.id, at=house.now + timedelta(minutes=5),
            about=f"session:{session}", content={"ritual": "unreadable", "session": session},
        )  # fmt: skip

    [told] = await house.passes(timedelta(minutes=6))

    assert "its key has not reached me" in told
    assert "please write it again" in told
