"""Conversations about when a circle meets."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from storage.coming import Coming
from storage.meetings import Meeting, Standing
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom


async def with_rhythm(
    house: PlayedHouse, text: str = "third thursday 19:00", **columns: Any
) -> PlayedRoom:
    crew = await house.crew(**columns)
    await crew.says("ana", f"!rhythm {text}")
    await crew.taps("ana", "✅")
    return crew


@pytest.mark.requirement("R62")
async def test_a_rhythm_is_said_back_before_it_is_kept(house: PlayedHouse) -> None:
    crew = await house.crew()

    [asked] = await crew.says("ana", "!rhythm third thursday 19:00")

    assert asked.startswith(
        "I understood: **every third Thursday of the month, 19:00, Europe/Rome**."
    )
    assert (
        "Thursday 17 December, 19:00; Thursday 21 January, 19:00; Thursday 18 February, 19:00"
        in asked
    )
    assert (await crew.row()).rhythm is None


@pytest.mark.requirement("R62")
async def test_a_month_is_announced_asked_and_reminded(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)

    announced = await house.passes(until=datetime(2026, 12, 15, 12, 0, tzinfo=UTC))
    asked = await house.passes(until=datetime(2026, 12, 16, 19, 0, tzinfo=UTC))
    called = crew.mentions()
    await crew.taps("ana", "✅", on=crew.tappable())
    await crew.taps("ben", "🤫", on=crew.tappable())
    reminded = await house.passes(until=datetime(2026, 12, 17, 17, 30, tzinfo=UTC))

    assert [text.splitlines()[0] for text in announced] == [
        "**Thursday 17 December, 19:00** – the Kitchen Crew meets. I ask before it who comes."
    ]
    assert asked[0].startswith("**Tomorrow, Thursday 17 December, 19:00**")
    assert called == ["ana", "ben", "cleo"]
    assert [text for text in reminded if "see you" in text] == [
        "**Today, Thursday 17 December, 19:00** – see you there."
    ]
    assert crew.mentions() == ["ana", "ben"]


@pytest.mark.requirement("R62")
@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("every thursday 7pm", "every Thursday, 19:00"),
        ("every other monday 18:30", "every second Monday (fortnightly), 18:30"),
        ("last friday 20:00", "every last Friday of the month, 20:00"),
        ("full moon 20:00", "every full moon, 20:00"),
        ("“every thursday 19:00”", "every Thursday, 19:00"),
    ],
)
async def test_weekly_fortnightly_monthly_and_the_moon_are_understood(
    house: PlayedHouse, said: str, understood: str
) -> None:
    crew = await house.crew()

    [asked] = await crew.says("ana", f"!rhythm {said}")

    assert asked.startswith(f"I understood: **{understood}")


@pytest.mark.parametrize(
    "said",
    [
        "sometimes",
        "every second thursday 19:00",
        "tomorrow 19:00",
        "every day 9:00",
        "every thursday",
    ],
)
async def test_what_is_no_rhythm_is_refused_with_one_that_works(
    house: PlayedHouse, said: str
) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", f"!rhythm {said}")

    assert "every" in told
    assert told.endswith("Nothing was changed.")
    assert (await crew.row()).rhythm is None


async def test_after_a_meeting_the_next_one_is_planned(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await house.passes(timedelta(days=40))

    assert "Thursday 21 January" in (await crew.says("ben", "!when"))[0]
    assert "ask" in [ritual for ritual, _at in await house.hours()]


async def test_without_a_rhythm_everything_says_how_to_get_one(house: PlayedHouse) -> None:
    crew = await house.crew()

    for command in ("rhythm", "when", "calendar", "skip", "status"):
        [told] = await crew.says("ana", f"!{command}")
        assert "`!rhythm third thursday 19:00`" in told, command
    [refused] = await crew.says("ana", "!hold")
    assert refused.startswith("No meeting ahead was skipped or moved")


@pytest.mark.parametrize(
    ("began", "hours"),
    [((2027, 3, 20), [18, 18, 17]), ((2027, 10, 23), [17, 17, 18])],
    ids=["spring", "autumn"],
)
@pytest.mark.requirement("R62")
async def test_a_meeting_stays_at_its_hour_on_the_wall_when_the_clocks_change(
    house: PlayedHouse, began: tuple[int, int, int], hours: list[int]
) -> None:
    house.now = datetime(*began, 9, tzinfo=UTC)
    crew = await with_rhythm(house, "every saturday 19:00")
    told = await house.passes(timedelta(days=10))

    held = await Meeting.filter(room=crew.id).order_by("at").limit(3)
    assert [meeting.at.astimezone(UTC).hour for meeting in held] == hours
    assert {meeting.local[-5:] for meeting in held} == {"19:00"}
    assert len([text for text in told if "Tomorrow, Saturday" in text]) == 1


@pytest.mark.parametrize(
    ("began", "says", "at"),
    [
        (datetime(2027, 3, 22, 9, tzinfo=UTC), "every sunday 2:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime(2027, 10, 25, 9, tzinfo=UTC), "every sunday 2:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
    ids=["the hour that spring leaves out", "the hour that autumn repeats"],
)  # fmt: skip
async def test_an_hour_that_is_missing_or_comes_twice_makes_one_meeting(
    house: PlayedHouse, began: datetime, says: str, at: datetime
) -> None:
    house.now = began
    crew = await with_rhythm(house, says)
    await house.passes(timedelta(days=5, hours=20))

    assert [
        meeting.at for meeting in await Meeting.filter(room=crew.id, at__lt=at + timedelta(days=1))
    ] == [at]


async def test_when_shows_each_reader_their_own_clock(house: PlayedHouse) -> None:
    crew, private = await with_rhythm(house), await house.private("ben")
    await private.says("ben", "timezone Lisbon")

    [for_ana] = await crew.says("ana", "!when")
    [for_ben] = await crew.says("ben", "!when")

    assert "for you" not in for_ana
    assert "- **Thursday 17 December, 19:00** (Thursday 17 December, 18:00 for you)" in for_ben


async def test_a_meeting_is_skipped_only_on_a_yes_and_brought_back(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)

    [asked] = await crew.says("ana", "!skip")
    [kept] = await crew.taps("ana", "✋")
    await crew.says("ana", "!skip")
    skipped = await crew.taps("ana", "✅")
    shown = await crew.says("ben", "!when")
    held = await crew.says("ben", "!hold")

    assert asked.startswith(
        "I understood: the meeting of **Thursday 17 December, 19:00** is left out."
    )
    assert kept == "Nothing was changed: the meeting stands."
    assert "`!hold` brings it back." in skipped[-1]
    assert "- **Thursday 17 December, 19:00** – skipped" in shown[0]
    assert held[-1] == "The meeting of **Thursday 17 December, 19:00** stands again."


async def test_a_skipped_meeting_is_neither_asked_about_nor_reminded_of(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await house.passes(until=datetime(2026, 12, 16, 18, 30, tzinfo=UTC))
    await crew.taps("ben", "✅")
    await crew.says("ana", "!skip")
    told = await crew.taps("ana", "✅")
    after = await house.passes(until=datetime(2026, 12, 17, 20, tzinfo=UTC))

    assert crew.mentions() == ["ben"]
    assert "✎ ~~Thursday 17 December, 19:00~~ is left out." in told
    assert after == []


async def test_a_skip_that_was_taken_back_leaves_everything_as_it_was(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await house.passes(until=datetime(2026, 12, 16, 18, 30, tzinfo=UTC))
    await crew.taps("ben", "✅")
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅", on=crew.asked("is left out"))
    await crew.says("ana", "!hold")

    told = await house.passes(until=datetime(2026, 12, 17, 18, tzinfo=UTC))

    assert [text for text in told if "see you there" in text]
    assert crew.mentions() == ["ben"]


async def test_a_meeting_that_is_left_out_already_is_not_left_out_again(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await crew.says("ana", "!skip")
    await crew.says("ben", "!skip")
    first, second = (f"question:{each.id}" for each in await Question.all().order_by("id"))
    await crew.taps("ana", "✅", on=first)

    told = await crew.taps("ben", "✅", on=second)

    assert told == [
        (
            "The meeting of **Thursday 17 December, 19:00** is left out already; `!hold` brings it back. "
            "Nothing more was changed."
        )
    ]
    assert await Meeting.filter(standing=Standing.SKIPPED).count() == 1


async def test_skipping_once_more_is_about_the_meeting_after_it_and_asked_first(
    house: PlayedHouse,
) -> None:
    crew = await with_rhythm(house)
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅")

    [asked] = await crew.says("ben", "!skip")
    [kept] = await crew.taps("ben", "✋")
    await crew.says("ben", "!skip")
    told = await crew.taps("ben", "✅")
    [shown] = await crew.says("ana", "!when")

    assert asked == (
        "The meeting of **Thursday 17 December, 19:00** is left out already; `!hold` brings it back.\n\n"
        "Shall the one after it be left out, too: **Thursday 21 January, 19:00**?\n\n✅ yes · ✋ no"
    )
    assert kept == "Nothing was changed: the meeting stands."
    assert told[-1].startswith("The meeting of **Thursday 21 January, 19:00** is left out.")
    assert shown.splitlines() == [
        "- **Thursday 17 December, 19:00** – skipped",
        "- **Thursday 21 January, 19:00** – skipped",
        "- **Thursday 18 February, 19:00**",
    ]


async def test_after_two_that_are_left_out_the_third_is_announced_asked_and_reminded(
    house: PlayedHouse,
) -> None:
    crew = await with_rhythm(house)
    for _time in range(2):
        await crew.says("ana", "!skip")
        await crew.taps("ana", "✅")

    quiet = await house.passes(until=datetime(2027, 2, 1, tzinfo=UTC))
    told = await house.passes(until=datetime(2027, 2, 17, 20, tzinfo=UTC))

    assert quiet == []
    assert [text for text in told if text.startswith("**Tomorrow, Thursday 18 February, 19:00**")]


async def test_a_meeting_after_one_that_is_left_out_is_held_as_ever_when_it_is_not_skipped(
    house: PlayedHouse,
) -> None:
    crew = await with_rhythm(house)
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅")
    await crew.says("ben", "!skip")
    await crew.taps("ben", "✋")

    told = await house.passes(until=datetime(2027, 1, 20, 20, tzinfo=UTC))

    questions = [
        each for each in told if each.startswith("**Tomorrow, Thursday 21 January, 19:00**")
    ]
    assert len(questions) == 1


async def test_a_meeting_set_by_hand_has_none_after_it_to_skip(house: PlayedHouse) -> None:
    crew = await house.crew()
    at = datetime(2026, 12, 17, 18, tzinfo=UTC)
    await Meeting.create(
        room=crew.id, occurrence="2026-12-17T19:00", local="2026-12-17T19:00", zone="Europe/Rome", at=at
    )  # fmt: skip
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅")

    [told] = await crew.says("ana", "!skip")

    assert told.endswith("`!hold` brings it back. Nothing more was changed.")


async def test_a_meeting_that_was_moved_and_then_skipped_is_held_as_it_was_moved_first(
    house: PlayedHouse,
) -> None:
    crew = await with_rhythm(house)
    await crew.says("ana", "!move saturday 19 december 20:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 18, 19, 30, tzinfo=UTC))
    await crew.taps("ben", "✅", on="meeting:1")
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅", on=crew.asked("is left out"))

    held = await crew.says("ana", "!hold")
    told = await house.passes(until=datetime(2026, 12, 19, 19, 30, tzinfo=UTC))

    assert held[-1] == (
        "The meeting of **Saturday 19 December, 20:00** stands again, at the time it was moved to."
    )
    assert [text for text in told if "see you there" in text]
    assert crew.mentions() == ["ben"]
    assert not [text for text in told if "❌ not this time" in text], "nobody is asked twice"


async def test_held_once_more_a_moved_meeting_is_back_at_its_first_time(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await crew.says("ana", "!move friday 18 december 20:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅")

    once = await crew.says("ana", "!hold")
    twice = await crew.says("ana", "!hold")
    [none] = await crew.says("ana", "!hold")

    assert once[-1].endswith("`!hold` once more brings back Thursday 17 December, 19:00.")
    assert twice[-1] == "The meeting of **Thursday 17 December, 19:00** stands again."
    assert none.startswith("No meeting ahead was skipped or moved")
    assert (await Meeting.get()).standing is Standing.PLANNED


async def test_answers_for_a_time_it_was_moved_to_do_not_count_for_the_first_time(
    house: PlayedHouse,
) -> None:
    crew = await with_rhythm(house)
    await crew.says("ana", "!move wednesday 16 december 20:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 15, 19, 30, tzinfo=UTC))
    await crew.taps("ben", "✅", on="meeting:1")
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅", on=crew.asked("is left out"))
    await house.passes(until=datetime(2026, 12, 16, 20, 0, tzinfo=UTC))

    held = await crew.says("ana", "!hold")
    told = await house.passes(until=datetime(2026, 12, 17, 10, tzinfo=UTC))

    assert held[-1] == "The meeting of **Thursday 17 December, 19:00** stands again."
    assert await Coming.all().count() == 0
    assert [text for text in told if "the Kitchen Crew meets" in text]


async def test_another_zone_leaves_a_meeting_that_was_moved_and_skipped_where_it_was_moved_to(
    house: PlayedHouse,
) -> None:
    crew = await with_rhythm(house)
    await crew.says("ana", "!move saturday 20:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅")
    before = await Meeting.get()

    await crew.says("ana", "!settings ask-hours 48")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")

    after = await Meeting.get(id=before.id)
    assert (after.at, after.local) == (before.at, before.local)


async def test_a_moved_meeting_is_asked_about_anew(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await house.passes(until=datetime(2026, 12, 16, 18, 30, tzinfo=UTC))
    await crew.taps("ben", "✅")
    [understood] = await crew.says("ana", "!move saturday 20:00")
    told = await crew.taps("ana", "✅", on=crew.asked("instead"))
    later = await house.passes(until=datetime(2026, 12, 19, 18, 30, tzinfo=UTC))

    assert "is held on **Saturday 19 December 2026, 20:00, Europe/Rome** instead" in understood
    assert "✎ ~~Thursday 17 December, 19:00~~ is moved." in told
    assert crew.mentions() == ["ana", "ben", "cleo"]
    assert [text for text in later if text.startswith("**Tomorrow, Saturday 19 December, 20:00**")]
    assert await Coming.all().count() == 0


async def test_only_the_day_may_be_said_when_a_meeting_moves(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)

    [understood] = await crew.says("ana", "!move 18 december")

    assert "**Friday 18 December 2026, 19:00, Europe/Rome**" in understood


async def test_a_moved_meeting_that_is_held_as_planned_is_asked_about_again(
    house: PlayedHouse,
) -> None:
    crew = await with_rhythm(house)
    await house.passes(until=datetime(2026, 12, 16, 18, 30, tzinfo=UTC))
    await crew.says("ana", "!move saturday 20:00")
    await crew.taps("ana", "✅", on=crew.asked("instead"))
    await crew.says("ana", "!hold")

    told = await house.passes(until=datetime(2026, 12, 17, 10, tzinfo=UTC))

    assert [text for text in told if "the Kitchen Crew meets" in text]
    assert crew.mentions() == ["ana", "ben", "cleo"]


async def test_a_move_can_be_said_in_other_words_before_it_is_kept(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await crew.says("ana", "!move friday 20:00")

    [asked] = await crew.taps("ana", "✏️")
    [understood] = await crew.says("ana", "18 december 21:00", overheard=True)

    assert asked.startswith("To when? For example: friday 20:00.")
    assert "**Friday 18 December 2026, 21:00" in understood


async def test_another_rhythm_calls_off_the_meetings_of_the_old_one(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await house.passes(until=datetime(2026, 12, 16, 18, 30, tzinfo=UTC))
    await crew.taps("ben", "✅")
    await crew.says("ana", "!rhythm every monday 18:30")
    told = await crew.taps("ana", "✅", on=crew.asked("every Monday"))

    assert "✎ ~~Thursday 17 December, 19:00~~ is called off: you meet at another time now." in told
    assert "Monday 21 December, 18:30" in (await crew.says("ana", "!when"))[0]
    assert await Coming.all().count() == 0


async def test_a_rhythm_ends_and_nothing_is_said_any_more(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    await crew.says("ben", "!rhythm off")
    [*_, told] = await crew.taps("ben", "✅")

    assert told == "The rhythm has ended, and no meeting is planned."
    assert await house.passes(timedelta(days=90)) == []
    assert await Meeting.all().count() == 0


async def test_the_calendar_file_holds_the_next_meetings_in_their_zone(house: PlayedHouse) -> None:
    crew = await with_rhythm(house)
    told = await crew.says("ana", "!calendar")

    data = next(owed for owed in house.owed if owed.deed == "file").content
    assert data is not None
    assert told[0] == "📄 meetings.ics"
    events = Calendar.from_ical(base64.b64decode(str(data["data"]))).events
    assert [event.DTSTART.isoformat() for event in events] == [
        "2026-12-17T19:00:00+01:00",
        "2027-01-21T19:00:00+01:00",
        "2027-02-18T19:00:00+01:00",
    ]
    assert not any("@" in str(event.get("attendee", "")) for event in events)


async def test_what_came_too_late_to_be_of_use_is_not_said(house: PlayedHouse) -> None:
    await with_rhythm(house)

    told = await house.wakes_at(datetime(2026, 12, 17, 19, 30, tzinfo=UTC))

    assert not [text for text in told if "17 December" in text]


async def test_a_question_that_came_late_is_still_asked_while_it_is_of_use(
    house: PlayedHouse,
) -> None:
    crew = await with_rhythm(house)

    told = await house.wakes_at(datetime(2026, 12, 17, 10, 0, tzinfo=UTC))

    assert [text for text in told if text.startswith("**Today, Thursday 17 December, 19:00**")]
    assert crew.mentions() == ["ana", "ben", "cleo"]
