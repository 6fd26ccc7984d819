"""Coming into rooms, moving house with them, and being shown the door."""

from datetime import timedelta

import pytest

from handlers.language import Change
from practices.circles import Life, RoomKind
from storage import belongings
from storage.coming import Coming
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.people import Muted
from storage.questions import Question
from storage.reminders import Reminder
from storage.retrospectives import Retrospective
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person


async def test_whoever_the_operator_lets_invite_is_followed(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana"])

    assert await hall.reports(Change.INVITED, "ana") == [f"⇄ join {hall.id}"]


async def test_a_stranger_is_not_followed() -> None:
    async with a_house(welcomes=lambda who: who.endswith(":home")) as house:
        hall = await house.room("Hall", ["ana"])

        assert await hall.reports(Change.INVITED, "ana") == [f"⇄ leave {hall.id}"]


async def test_somebody_of_a_circle_may_open_a_private_chat_from_any_homeserver_and_no_other_room() -> (
    None
):
    async with a_house(welcomes=lambda who: who.startswith("@ana:")) as house:
        await house.crew(people=["ana", "ben", "cleo"])
        chat = await house.room("one", ["ben"], invited_by=person("ben"), invited_direct=True)
        hall = await house.room("Hall", ["ben"], invited_by=person("ben"))
        strange = await house.room("two", ["dan"], invited_by=person("dan"), invited_direct=True)

        assert await chat.reports(Change.INVITED, "ben") == [f"⇄ join {chat.id}"]
        assert await hall.reports(Change.INVITED, "ben") == [f"⇄ leave {hall.id}"]
        assert await strange.reports(Change.INVITED, "dan") == [f"⇄ leave {strange.id}"]
        # Called a private chat, and it is none.
        assert await chat.reports(Change.ARRIVED) == [f"⇄ leave {chat.id}"]


async def test_a_room_is_greeted_once_and_then_left_in_peace(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])

    [told] = await hall.reports(Change.ARRIVED)

    assert "✅ asks all of you whether I should, and so does `!adopt`" in told
    assert "Until then I keep nothing and stay quiet." in told
    assert await house.passes(timedelta(days=30)) == []
    assert await hall.joins("dan") == []


async def test_a_private_chat_is_greeted_with_what_comes_next(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [told] = await private.reports(Change.ARRIVED)

    assert told.startswith("Hello Ana. This is our private chat")
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


async def chosen_to_end(house: PlayedHouse) -> PlayedRoom:
    """A crew whose members have all chosen to end, and which closes after its last meeting."""
    crew = await lived_in(house)
    for who in ("ana", "ben", "cleo"):
        await house.private(who)
    kept = await Retrospective.create(
        room=crew.id,
        opened_at=house.now,
        closes_at=house.now,
        purpose="circle:x",
        shown_at=house.now,
    )
    await Question.create(
        room=crew.id,
        inquiry="way",
        data={"retrospective": kept.id},
        until=house.now + timedelta(days=1),
    )
    for who in ("ana", "ben", "cleo"):
        await crew.says(who, "!end")
    return crew


async def test_a_crew_that_moves_house_before_it_closes_can_still_be_kept_by_one_no(
    house: PlayedHouse,
) -> None:
    old = await chosen_to_end(house)
    asked = old.asked("the crew closes")
    new = await upgraded(house, old, names_back=True)
    await new.reports(Change.ARRIVED)

    [told] = await new.taps("ben", "✋", on=asked)
    later = await house.passes(timedelta(days=40))

    assert told.startswith("✎ The crew stays as it is")
    assert not [text for text in later if "has ended" in text]
    assert (await new.row()).life is not Life.CLOSED


async def test_hours_and_private_questions_that_name_the_old_room_name_the_new_one(
    house: PlayedHouse,
) -> None:
    old = await lived_in(house)
    private = await house.private("ben")
    waiting = Heard(
        key=f"later:place:{old.id}:x", kind=Kind.HOUR, room=private.id, about=f"place:{old.id}",
        at=house.now + timedelta(days=50),
        content={"ritual": "later", "about": f"place:{old.id}", "data": {"room": old.id, "n": [old.id]}},
    )  # fmt: skip
    other = Heard(
        key="later:place:!other:here:x", kind=Kind.HOUR, room=private.id, about="place:!other:here",
        at=house.now + timedelta(days=50), content={"ritual": "later", "data": {"room": "!other:here"}},
    )  # fmt: skip
    await Heard.bulk_create([waiting, other])
    until = house.now + timedelta(days=50)
    for room in (old.id, "!other:here"):
        await Question.create(
            room=person("ben"),
            person=person("ben"),
            inquiry="leave",
            data={"room": room},
            until=until,
        )
    new = await upgraded(house, old, names_back=True)

    await new.reports(Change.ARRIVED)

    moved = await Heard.get(key=f"later:place:{new.id}:x")
    assert (moved.about, moved.room) == (f"place:{new.id}", private.id)
    assert moved.content == {
        "ritual": "later",
        "about": f"place:{new.id}",
        "data": {"room": new.id, "n": [new.id]},
    }
    assert (await Heard.get(key=other.key)).content == other.content
    asked = await Question.filter(inquiry="leave").order_by("id")
    assert [each.data["room"] for each in asked] == [new.id, "!other:here"]


async def test_an_hour_whose_subject_was_cut_off_goes_along_and_others_stay(
    house: PlayedHouse,
) -> None:
    old, new, other = (f"!{letter * 70}:here" for letter in "abc")
    for room in (old, other):
        about = f"closing:{room}"[:64]
        await Heard.create(
            key=f"closing:{about}:x", kind=Kind.HOUR, room=room, about=about, at=house.now
        )

    await belongings.move(old, new)

    assert [
        (hour.room, hour.about, hour.key)
        async for hour in Heard.filter(kind=Kind.HOUR).order_by("id")
    ] == [
        (room, f"closing:{room}"[:64], f"closing:{f'closing:{room}'[:64]}:x")
        for room in (new, other)
    ]


async def test_a_meeting_that_was_set_by_hand_moves_house_though_there_is_no_rhythm(
    house: PlayedHouse,
) -> None:
    old = await house.crew()
    at = house.now + timedelta(days=5)
    await Meeting.create(
        room=old.id,
        occurrence="2026-11-27T10:00",
        local="2026-11-27T10:00",
        zone="Europe/Rome",
        at=at,
    )
    new = await upgraded(house, old, names_back=True)

    await new.reports(Change.ARRIVED)
    told = await house.passes(until=at)

    assert (await Meeting.get()).room == new.id
    assert [text for text in told if "the New Hall meets" in text]


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


@pytest.mark.requirement("R13")
async def test_a_yes_under_the_first_words_asks_everybody_as_the_command_does(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    await hall.reports(Change.ARRIVED)

    [asked] = await hall.taps("ben", "✅")

    assert asked.startswith("May I look after this room as a **crew** of 3?")
    assert "1 of 3 has said yes: proposing it is a yes." in asked


@pytest.mark.requirement("R13")
async def test_more_yeses_under_the_first_words_count_for_what_is_asked(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    await hall.reports(Change.ARRIVED)
    hello = hall.tappable()

    for who in ("ana", "ben"):
        await hall.taps(who, "✅", on=hello)
    told = await hall.taps("cleo", "✅", on=hello)
    late = await hall.taps("cleo", "✅", on=hello)

    assert told[0] == "✎ All 3 of you have said yes to a **crew**."
    assert (await hall.row()).kind is RoomKind.CREW
    assert late == []


async def test_a_heart_or_a_stranger_under_the_first_words_asks_nobody(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    await hall.reports(Change.ARRIVED)
    hello = hall.tappable()

    assert await hall.taps("ana", "🎉", on=hello) == []
    assert await hall.taps("zoe", "✅", on=hello) == []
    assert await hall.says("ana", "yes", on=hello) != []
