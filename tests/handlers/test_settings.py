"""Defaults that a circle changes by consent, and looks at again in time."""

from datetime import UTC, datetime

import pytest

from tests.handlers.played import PlayedHouse, PlayedRoom


async def agreed(crew: PlayedRoom, change: str) -> list[str]:
    await crew.says("ana", f"!settings {change}")
    told: list[str] = []
    for who in ("ana", "ben", "cleo"):
        told = await crew.taps(who, "✅")
    return told


async def test_the_table_shows_what_a_crew_may_change(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!settings")

    assert "**ask-hours** 24:" in told
    assert "crews-per-person" not in told
    assert "it holds when all of you agree" in told


@pytest.mark.requirement("R17")
async def test_a_change_is_kept_with_the_day_on_which_it_is_looked_at_again(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    told = await agreed(crew, "ask-hours 48")

    assert (
        "**ask-hours** is 48 from now on. We look at it again on Monday 22 November 2027." in told
    )
    assert (await crew.row()).settings == {
        "ask-hours": {"value": "48", "since": "2026-11-22", "review": "2027-11-22"}
    }
    [shown] = await crew.says("ben", "!settings ask-hours")
    assert "on Sunday 22 November 2026, to look at it again on Monday 22 November 2027." in shown


@pytest.mark.requirement("R17")
async def test_the_day_of_the_review_comes_once(house: PlayedHouse) -> None:
    crew = await house.crew()
    await agreed(crew, "ask-hours 48")

    told = await house.passes(until=datetime(2027, 11, 23, tzinfo=UTC))

    assert [text for text in told if "You wanted to look at" in text] == [
        (
            "You wanted to look at **ask-hours** again: it is 48. If it is still good, nothing needs to be done; "
            "`!settings ask-hours default` proposes to undo it."
        )
    ]


async def test_back_to_the_default_needs_no_review(house: PlayedHouse) -> None:
    crew = await house.crew()
    await agreed(crew, "ask-hours 48")

    told = await agreed(crew, "ask-hours Default")

    assert "**ask-hours** is 24 from now on." in told
    assert (await crew.row()).settings == {}
    assert await house.hours() == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ask-hours many", "could not read “many” as a number"),
        ("ask-hours 1000", "goes from 2 to 168"),
        ("ask-hurs 48", "Did you mean “ask\\-hours”"),
        ("crews-per-person 4", "does not concern a crew"),
        ("quiet-from 3:00", "goes from 18:00 to 23:59"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_changes(
    house: PlayedHouse, text: str, why: str
) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", f"!settings {text}")

    assert why in told.replace("\\", "") or why in told
    assert "Nothing was changed." in told


async def test_what_is_so_already_is_not_asked_again(house: PlayedHouse) -> None:
    crew = await house.crew()
    await agreed(crew, "ask-hours 48")

    assert await crew.says("ana", "!settings ask-hours 48") == ["**ask-hours** is 48 already."]


async def test_a_change_asks_nobody_twice_and_keeps_their_answers(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 16, 18, 30, tzinfo=UTC))
    await crew.taps("ben", "✅", on="meeting:1")
    await agreed(crew, "meeting-minutes 60")

    told = await house.passes(until=datetime(2026, 12, 17, 19, 0, tzinfo=UTC))

    assert not [text for text in told if "coming quietly" in text]
    assert [text for text in told if "see you there" in text]
    assert crew.mentions() == ["ben"]


async def test_another_hour_of_asking_is_heeded_by_the_next_meeting(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await agreed(crew, "ask-hours 48")

    assert ("ask", datetime(2026, 12, 15, 18, 0, tzinfo=UTC)) in await house.hours()


async def test_whoever_is_alone_agrees_alone(house: PlayedHouse) -> None:
    crew = await house.crew(people=["ana"])

    told = await crew.says("ana", "!settings ask-hours 48")

    assert told[-1].startswith("**ask-hours** is 48 from now on.")
