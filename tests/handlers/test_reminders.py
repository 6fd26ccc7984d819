"""Reminders: set in words, said on time, changed, called off, and nobody else's business."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Change
from storage.members import Member
from storage.people import Person
from storage.reminders import Reminder
from tests.handlers.played import PlayedHouse, person


async def test_a_reminder_is_said_back_and_then_said_once(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [understood] = await private.says("ana", "remind tomorrow 9:00 call Lee")
    told = await house.passes(timedelta(days=3))

    assert understood.startswith(
        "I understood: **Monday 23 November 2026, 09:00, Europe/Rome**. Then I say: call Lee"
    )
    assert told == ["⏰ call Lee"]
    assert private.mentions() == ["ana"]
    assert await Reminder.all().count() == 0


async def test_a_recurring_reminder_comes_again_and_is_listed_with_its_next_time(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    [understood] = await private.says("ana", "remind every monday 9:00 water the plants")

    told = await house.passes(timedelta(days=15))
    [listed] = await private.says("ana", "reminders")
    [status] = await private.says("ana", "status")

    assert (
        "**every Monday, 09:00**, Europe/Rome; the first is Monday 23 November 2026, 09:00"
        in understood
    )
    assert told == ["⏰ water the plants"] * 3
    assert "1. every Monday, 09:00, next Monday 14 December, 09:00: water the plants" in listed
    assert "You have 1 reminder in this chat" in status


async def test_without_reminders_the_list_says_how_to_set_one(house: PlayedHouse) -> None:
    private, crew = await house.private("ana"), await house.crew()

    assert await private.says("ana", "reminders") == [
        "You have no reminder here. `remind tomorrow 9:00 call Lee` sets one."
    ]
    assert "`!remind tomorrow" in (await crew.says("ana", "!remind list"))[0]


async def test_a_reminder_is_moved_and_called_off_by_its_number(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind tomorrow 9:00 call Lee")
    await private.says("ana", "remind tomorrow 10:00 call Kim")

    [moved] = await private.says("ana", "remind change 1 tuesday 8:30")
    [reworded] = await private.says("ana", "remind change 1 wednesday 8:30 write to Lee")
    [again] = await private.says("ana", "remind change 1 every friday 8:30")
    [off] = await private.says("ana", "remind cancel #2")
    [missing] = await private.says("ana", "remind cancel 7")
    told = await house.passes(timedelta(days=6))

    assert "**Tuesday 24 November 2026, 08:30" in moved
    assert reworded.partition("Then")[2].startswith(" I say: write to Lee")
    assert "every Friday, 08:30" in again
    assert off == "Called off: call Kim"
    assert missing.startswith("You have no reminder 7 here, so nothing was changed.")
    assert told == ["⏰ write to Lee"]


@pytest.mark.parametrize(
    ("change", "understood"),
    [
        ("friday", "**Friday 27 November 2026, 07:30, Europe/Rome**. Then I say: call Lee"),
        (
            "friday write to Lee",
            "**Friday 27 November 2026, 07:30, Europe/Rome**. Then I say: write",
        ),
        ("every friday", "**every Friday, 07:30**, Europe/Rome; the first is Friday 27 November"),
        ("friday 8:00", "**Friday 27 November 2026, 08:00, Europe/Rome**. Then I say: call Lee"),
        ("18:00", "**Sunday 22 November 2026, 18:00, Europe/Rome**. Then I say: call Lee"),
    ],
)
async def test_a_reminder_moved_to_another_day_keeps_its_hour(
    house: PlayedHouse, change: str, understood: str
) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind tomorrow 7:30 call Lee")

    [told] = await private.says("ana", f"remind change 1 {change}")

    assert understood in told


async def test_one_that_comes_round_keeps_its_hour_too(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind every monday 7:30 water the plants")

    [told] = await private.says("ana", "remind change 1 thursday")

    assert "**Thursday 26 November 2026, 07:30, Europe/Rome**. Then I say: water the plants" in told


async def test_an_hour_that_no_clock_shows_is_named_and_nothing_is_set_or_changed(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")

    [unset] = await private.says("ana", "remind tomorrow 25:00 call Lee")
    await private.says("ana", "remind tomorrow 7:30 call Lee")
    [unmoved] = await private.says("ana", "remind change 1 friday 25:00")

    for told in (unset, unmoved):
        assert told.replace("\\", "").startswith(
            "There is no 25:00: a day goes from 0:00 to 23:59."
        )
        assert told.endswith("No reminder was set or changed.")
    assert [each.what for each in await Reminder.all()] == ["call Lee"]
    assert "Monday 23 November, 07:30" in (await private.says("ana", "reminders"))[0]


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "one"])
async def test_a_strange_number_is_no_reason_to_stumble(house: PlayedHouse, number: str) -> None:
    private = await house.private("ana")

    assert await private.says("ana", f"remind cancel {number}")


async def test_deleting_the_message_that_asked_calls_its_reminder_off(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!remind tomorrow 9:00 call Lee", key="$asked")

    assert await crew.reports(Change.TAKEN_BACK, "ben", target="$asked") == []
    assert await crew.reports(Change.TAKEN_BACK, "ana", target="$asked") == [
        "You took that message back, so its reminder is called off."
    ]
    assert await house.passes(timedelta(days=2)) == []


async def test_anothers_reminder_is_neither_listed_nor_touched(house: PlayedHouse) -> None:
    crew = await house.crew(moderators=["cleo"])
    await crew.says("ana", "!remind tomorrow 9:00 call Lee")

    assert "no reminder here" in (await crew.says("ben", "!reminders"))[0]
    assert "You have no reminder 1 here" in (await crew.says("ben", "!remind cancel 1"))[0]
    assert await crew.says("cleo", "!remind cancel 1") == ["Called off: call Lee"]


@pytest.mark.requirement("R15")
async def test_a_reminder_for_all_calls_those_who_are_awake(house: PlayedHouse) -> None:
    crew = await house.crew()
    await Person.create(id=person("ben"), zone="Pacific/Auckland")
    await crew.says("ana", "!remind us tomorrow 12:00 bring chairs")

    told = await house.passes(timedelta(days=2))

    assert told == ["⏰ bring chairs"]
    assert crew.mentions() == ["ana", "cleo"]


async def test_a_reminder_goes_by_the_clock_of_the_place_it_was_set_in(house: PlayedHouse) -> None:
    private, crew = await house.private("ana"), await house.crew()
    await private.says("ana", "timezone Lisbon")

    [mine] = await private.says("ana", "remind tomorrow 9:00 call Lee")
    [ours] = await crew.says("ana", "!remind tomorrow 9:00 call Lee")

    assert "Europe/Lisbon" in mine
    assert "Europe/Rome" in ours


@pytest.mark.parametrize(
    ("began", "utc"),
    [
        (datetime(2027, 3, 25, 20, tzinfo=UTC), [8, 8, 7, 7]),
        (datetime(2027, 10, 28, 20, tzinfo=UTC), [7, 7, 8, 8]),
    ],
)
async def test_a_daily_reminder_stays_at_its_hour_when_the_clocks_change(
    house: PlayedHouse, began: datetime, utc: list[int]
) -> None:
    house.now = began
    private = await house.private("ana")
    await private.says("ana", "remind every day 9:00 stretch")
    said = []
    for _ in range(4):
        [(_ritual, at)] = await house.hours()
        said.append(at.astimezone(UTC).hour)
        await house.passes(until=at)

    assert said == utc


async def test_a_late_one_off_reminder_is_said_and_owns_up(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind tomorrow 9:00 call Lee")

    told = await house.wakes_at(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))

    assert told == ["⏰ call Lee\n\n*This was for Monday 23 November, 09:00; I was away.*"]


async def test_a_recurring_reminder_missed_by_far_is_left_out_and_goes_on(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind every day 9:00 stretch")

    assert await house.wakes_at(datetime(2026, 11, 26, 6, 0, tzinfo=UTC)) == []
    assert await house.passes(timedelta(days=1)) == ["⏰ stretch"]


async def test_what_a_reminder_says_is_shown_as_it_was_written(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind tomorrow 9:00 **bold** @room <b>x</b>")

    [told] = await house.passes(timedelta(days=2))

    assert told == "⏰ \\*\\*bold\\*\\* \\@room \\<b\\>x\\<\\/b\\>"


async def test_a_hundred_reminders_are_enough(house: PlayedHouse) -> None:
    private = await house.private("ana")
    for _ in range(100):
        await private.says("ana", "remind tomorrow 9:00 x")

    [told] = await private.says("ana", "remind tomorrow 9:00 x")

    assert told.startswith("You have 100 reminders here already")


async def test_after_somebody_left_unseen_nothing_of_theirs_is_said(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben"])
    await hall.says("ana", "!remind every day 9:00 call the doctor")
    await Member.filter(person=person("ana")).delete()

    assert await house.passes(timedelta(days=3)) == []
    assert await Reminder.all().count() == 0


async def test_in_a_large_room_only_those_who_moderate_have_everybody_reminded(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Hall", ["ana", "ben"], moderators=["ana"])

    [refused] = await hall.says("ben", "!remind us tomorrow 12:00 bring chairs")
    [turned] = await hall.says("ben", "!remind tomorrow 12:00 us bring chairs")
    [own] = await hall.says("ben", "!remind tomorrow 12:00 bring chairs")
    [changed] = await hall.says("ben", "!remind change 1 us tomorrow 13:00 bring chairs")
    [allowed] = await hall.says("ana", "!remind us tomorrow 12:00 bring chairs")

    why = "In a room like this one only those who moderate it have everybody reminded"
    assert refused.startswith(why)
    assert turned.startswith(why)
    assert changed.startswith(why)
    assert "Then I say: bring chairs" in own
    assert "Then I say to all of you: bring chairs" in allowed
    assert sorted([each.what for each in await Reminder.all()]) == [
        "bring chairs",
        "us bring chairs",
    ]


async def test_a_room_has_at_most_five_reminders_to_all(house: PlayedHouse) -> None:
    crew = await house.crew()
    for _ in range(5):
        await crew.says("ana", "!remind us tomorrow 12:00 bring chairs")

    [sixth] = await crew.says("ben", "!remind everybody friday 12:00 sing")
    [own] = await crew.says("ben", "!remind friday 12:00 sing")
    [moved] = await crew.says("ana", "!remind change 1 friday 9:00")
    await crew.says("ana", "!remind cancel 2")
    [again] = await crew.says("ben", "!remind everybody friday 12:00 sing")

    assert sixth.startswith("5 reminders to all of you are set here already")
    assert "Then I say: sing" in own
    assert "I understood" in moved
    assert "Then I say to all of you: sing" in again
