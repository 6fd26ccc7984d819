"""Conversations about when a circle meets."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.handlers.played import PlayedHouse


async def with_rhythm(house: PlayedHouse):
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    return crew


@pytest.mark.requirement("R62")
async def test_a_rhythm_is_said_back_before_it_is_kept(house: PlayedHouse):
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
async def test_a_month_is_announced_asked_and_reminded(house: PlayedHouse):
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


async def test_after_a_meeting_the_next_one_is_planned(house: PlayedHouse):
    crew = await with_rhythm(house)
    await house.passes(timedelta(days=40))

    assert "Thursday 21 January" in (await crew.says("ben", "!when"))[0]
    assert "ask" in [ritual for ritual, _at in await house.hours()]
