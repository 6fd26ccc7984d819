"""Weekly reports: begun by all, written by whoever likes, opened at one moment to those who wrote."""

from datetime import UTC, datetime, timedelta

import pytest

from practices.circles import Life
from storage.outbox import Deed
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom

PEOPLE = ("ana", "ben", "cleo", "dora")
OPENS = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)
LINES = ("dug the garden", "called nobody", "light", "rest helps", "the roof")


async def begun(house: PlayedHouse, people: tuple[str, ...] = PEOPLE) -> PlayedRoom:
    crew = await house.crew(people=people)
    await crew.says(people[0], "!reports sunday 18:00")
    for who in people:
        await crew.taps(who, "✅")
    return crew


async def chats(house: PlayedHouse) -> dict[str, PlayedRoom]:
    return {who: await house.private(who) for who in PEOPLE}


def texts(house: PlayedHouse, room: PlayedRoom) -> list[str]:
    return [
        str((owed.content or {})["text"]).replace("\\", "")
        for owed in house.owed
        if owed.lane == room.id and owed.deed is Deed.SEND
    ]


async def test_reports_begin_when_everybody_has_agreed_and_not_before(house: PlayedHouse) -> None:
    crew = await house.crew(people=PEOPLE)

    [asked] = await crew.says("ana", "!reports sunday 18:00")
    assert "did, did not, felt, learned, next" in asked
    for who in PEOPLE[:3]:
        await crew.taps(who, "✅")
    assert await house.hours() == []
    told = await crew.taps("dora", "✅")

    assert "The first reports open **Sunday 29 November, 18:00**" in told[-1]
    assert [name for name, _at in await house.hours()] == ["reports"]


async def test_one_no_and_they_do_not_begin(house: PlayedHouse) -> None:
    crew = await house.crew(people=PEOPLE)
    await crew.says("ana", "!reports sunday 18:00")

    [told] = await crew.taps("cleo", "✋")

    assert "not everybody wishes them now, and that needs no reason" in told
    assert "Cleo" not in told
    assert await house.hours() == []


@pytest.mark.requirement("R75")
async def test_reports_open_at_one_moment_to_those_who_wrote_and_to_nobody_else(
    house: PlayedHouse,
) -> None:
    crew, private = await begun(house), await chats(house)
    before = len(texts(house, crew))
    await house.passes(until=OPENS - timedelta(hours=47))
    for who in ("ana", "cleo"):
        for line in LINES:
            await private[who].says(who, f"{who} {line}")
    await private["dora"].taps("dora", "✋")
    await house.passes(until=OPENS - timedelta(minutes=1))
    assert not [who for who in PEOPLE if "ana dug" in "".join(texts(house, private[who]))]

    await house.passes(until=OPENS)

    readers = [who for who in PEOPLE if "ana dug the garden" in "".join(texts(house, private[who]))]
    assert readers == ["ana", "cleo"]
    [shown] = [text for text in texts(house, private["ana"]) if "cleo dug the garden" in text]
    assert "**Ana**" in shown
    assert "Ben" not in shown
    assert len(texts(house, crew)) == before


@pytest.mark.requirement("R75")
async def test_only_those_who_have_not_written_are_reminded_and_once(house: PlayedHouse) -> None:
    _crew, private = await begun(house), await chats(house)
    await house.passes(until=OPENS - timedelta(hours=47))
    for line in LINES:
        await private["ana"].says("ana", line)
    await private["ben"].taps("ben", "✋")

    await house.passes(until=OPENS)

    counts = {
        who: sum("is still there" in text for text in texts(house, private[who])) for who in PEOPLE
    }
    assert counts == {"ana": 0, "ben": 0, "cleo": 1, "dora": 1}


@pytest.mark.requirement("R75")
async def test_every_week_is_asked_anew_until_somebody_ends_it(house: PlayedHouse) -> None:
    crew, private = await begun(house), await chats(house)

    def asked() -> int:
        return sum("1 of 5" in text for text in texts(house, private["ben"]))

    await house.passes(until=OPENS)
    first = asked()
    await house.passes(timedelta(days=7))
    second = asked()
    await house.passes(timedelta(days=7))
    third = asked()
    told = await crew.says("cleo", "!reports off")
    await house.passes(timedelta(days=14))

    assert (first, second, third, asked()) == (1, 2, 3, 3)
    assert told[-1].startswith("Done: I ask for no more weekly reports.")
    assert await crew.says("cleo", "!reports off") == [
        "You write no weekly reports, so nothing was changed."
    ]


async def test_a_crew_that_pauses_is_not_asked_and_goes_on_afterwards(house: PlayedHouse) -> None:
    crew, private = await begun(house), await chats(house)
    await Room.filter(id=crew.id).update(life=Life.PAUSED)
    await house.passes(until=OPENS)
    paused = texts(house, private["ana"])
    await Room.filter(id=crew.id).update(life=Life.ACTIVE)

    await house.passes(timedelta(days=7))

    assert paused == []
    assert "1 of 5" in texts(house, private["ana"])[0]


async def test_after_an_absence_the_next_week_comes_in_time(house: PlayedHouse) -> None:
    _crew, private = await begun(house), await chats(house)

    await house.wakes_at(OPENS + timedelta(hours=2))
    missed = texts(house, private["ana"])
    await house.passes(until=OPENS + timedelta(days=7))

    assert missed == []
    assert "1 of 5" in texts(house, private["ana"])[0]


async def test_what_there_is_can_be_asked_and_another_moment_proposed(house: PlayedHouse) -> None:
    crew = await house.crew(people=PEOPLE)
    [none] = await crew.says("ana", "!reports")
    assert none.startswith("You write no weekly reports.")
    await crew.says("ana", "!reports sunday 18:00")
    for who in PEOPLE:
        await crew.taps(who, "✅")

    [told] = await crew.says("ana", "!reports")
    await crew.says("ana", "!reports monday 9:00")
    for who in PEOPLE:
        await crew.taps(who, "✅")

    assert "the next that I ask for open Sunday 29 November, 18:00" in told
    [(_name, at)] = await house.hours()
    assert at == datetime(2026, 11, 28, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "why"),
    [("third sunday 18:00", "Reports open once a week"), ("quite often", "Nothing was changed")],
)
async def test_what_is_no_weekly_moment_is_refused(house: PlayedHouse, said: str, why: str) -> None:
    crew = await house.crew(people=PEOPLE)

    [told] = await crew.says("ana", f"!reports {said}")

    assert why in told


@pytest.mark.requirement("R75")
@pytest.mark.parametrize("size", [2, 5])
async def test_they_are_for_three_or_four(house: PlayedHouse, size: int) -> None:
    crew = await house.crew(people=(*PEOPLE, "emil")[:size])

    [told] = await crew.says("ana", "!reports sunday 18:00")

    assert f"three or four people who share all of their lives; you are {size}" in told


@pytest.mark.requirement("R75")
async def test_a_crew_that_has_grown_hears_once_that_they_end(house: PlayedHouse) -> None:
    crew = await begun(house)
    await crew.joins("emil")

    told = await house.passes(until=OPENS)

    assert [text for text in told if "you are 5 now, so they end here" in text]
    assert [name for name, _at in await house.hours()] == []
