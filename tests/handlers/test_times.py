"""Where people are on the clock, and when they want silence."""

from datetime import UTC, datetime

import pytest

from storage.people import Muted, Person
from tests.handlers.played import PlayedHouse


async def test_ones_own_zone_is_set_in_private_and_said_back(house: PlayedHouse) -> None:
    private = await house.private("ana")

    assert "**Europe/Rome**" in (await private.says("ana", "timezone"))[0]
    [told] = await private.says("ana", "timezone new york")
    assert told == (
        "I understood: **America/New\\_York**, where it is Sunday 22 November, 04:00. "
        "Your reminders and quiet hours go by it."
    )
    assert "**America/New\\_York**" in (await private.says("ana", "timezone"))[0]


async def test_the_clock_of_a_circle_is_moved_on_a_yes_and_its_meetings_with_it(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")

    [asked] = await crew.says("ben", "!timezone Lisbon")
    assert "those of **Europe/Lisbon**" in asked
    told = await crew.taps("ben", "✅")

    assert told[-1] == (
        "The clocks here are those of **Europe/Lisbon** now. The next meeting is **Thursday 17 December, 19:00**."
    )
    assert (await crew.row()).zone == "Europe/Lisbon"
    assert ("ask", datetime(2026, 12, 16, 19, 0, tzinfo=UTC)) in await house.hours()


async def test_a_skipped_meeting_stays_skipped_when_the_clock_moves(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅")
    await crew.says("ben", "!timezone Lisbon")
    await crew.taps("ben", "✅")

    assert "– skipped" in (await crew.says("ana", "!when"))[0].splitlines()[0]


async def test_a_no_leaves_the_clock_as_it_is(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ben", "!timezone Lisbon")

    assert await crew.taps("ben", "✋") == ["Nothing was changed."]
    assert "**Europe/Rome**" in (await crew.says("ben", "!timezone"))[0]


@pytest.mark.parametrize("said", ["CET", "Atlantis", "UTC+1", "**x**"])
async def test_a_place_without_a_clock_is_refused_with_one_that_has(
    house: PlayedHouse, said: str
) -> None:
    private = await house.private("ana")

    [told] = await private.says("ana", f"timezone {said}")

    assert any(word in told for word in ("Europe", "city", "Did you mean"))
    assert told.endswith("Nothing was changed.")


@pytest.mark.parametrize(
    "said",
    [
        "quiet 22:00-07:00",
        "quiet from 22:00 to 7:00",
        "Quiet From 10 pm until 7 am",
        "quiet 22:00 – 7:00",
    ],
)
@pytest.mark.requirement("R15")
async def test_quiet_hours_are_understood_the_way_people_write_them(
    house: PlayedHouse, said: str
) -> None:
    private = await house.private("ana")

    assert await private.says("ana", said) == [
        "I understood: quiet from **22:00** until **07:00**, every night."
    ]


@pytest.mark.parametrize("said", ["whenever", "22:00", "22:00-22:00", "08:00-07:30", "a-b"])
async def test_hours_that_make_no_night_are_refused(house: PlayedHouse, said: str) -> None:
    private = await house.private("ana")

    [told] = await private.says("ana", f"quiet {said}")

    assert "nothing was changed" in told.casefold()
    assert await Person.all().count() == 0


async def test_quiet_hours_are_nobodys_business(house: PlayedHouse) -> None:
    crew = await house.crew()

    told = await crew.says("ana", "!quiet 22:00-07:00")

    assert told == [
        "→ ana: I understood: quiet from **22:00** until **07:00**, every night.",
        "I have answered you in private.",
    ]


@pytest.mark.requirement("R13")
async def test_a_room_and_all_rooms_can_be_muted_and_heard_again(house: PlayedHouse) -> None:
    crew, private = await house.crew(), await house.private("ana")

    await crew.says("ana", "!quiet here")
    await private.says("ana", "quiet everywhere")
    assert await Muted.all().count() == 1
    assert "I call you by name nowhere." in (await private.says("ana", "quiet"))[0]
    [told] = await private.says("ana", "quiet off")

    assert told.startswith("Good: I may call you again.")
    assert await Muted.all().count() == 0
    assert not (await Person.get(id="@ana:here")).muted


async def test_whoever_said_nothing_sleeps_when_everybody_does(house: PlayedHouse) -> None:
    private = await house.private("ana")

    assert "21:00 until 08:00, as for everybody" in (await private.says("ana", "quiet"))[0]
