"""Private words that wait for the morning: none is lost, none is said twice, and what can be spared is not forced on anybody."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.asking import asked, heard_at, whispered
from handlers.language import Ask, Call, Ring, Whisper
from storage.people import Person
from tests.handlers.played import PlayedHouse, person

MIDNIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


async def a_call(house: PlayedHouse, at: datetime) -> Call:
    crew = await house.crew()
    house.now = at
    return Call(key="$some", at=at, room=await crew.row(), house=house.house)


@pytest.mark.requirement("R15")
async def test_two_private_words_of_one_night_are_both_said_in_the_morning(
    house: PlayedHouse,
) -> None:
    call = await a_call(house, MIDNIGHT)
    words = ["The first.", "The second.", "The second."]
    told = [await whispered(call, person("ben"), text, about="word") for text in words]
    hours = [each for effects in told for each in effects if isinstance(each, Ring)]

    assert [each.at for each in hours] == [MORNING] * 3
    assert len({(each.about, each.when) for each in hours}) == 2
    assert not [each for each in hours if person("ben") in f"{each.about} {each.when}"]


@pytest.mark.requirement("R15")
async def test_a_word_reaches_a_person_when_their_night_is_over(house: PlayedHouse) -> None:
    call = await a_call(house, MIDNIGHT)
    await Person.create(id=person("ben"), zone="Pacific/Auckland")

    assert await heard_at(call, person("ben")) == MIDNIGHT
    assert await heard_at(call, person("cleo")) == MORNING


@pytest.mark.requirement("R13", "R15")
async def test_what_can_be_spared_is_not_said_to_whoever_wants_no_calls_and_the_rest_is_by_day_and_by_night(
    house: PlayedHouse,
) -> None:
    noon = MIDNIGHT + timedelta(hours=12)
    call = await a_call(house, noon)
    await Person.create(id=person("ben"), muted=True)

    spared = await whispered(call, person("ben"), "By the way.", about="word", dispensable=True)
    needed = await whispered(call, person("ben"), "Your visit is over.", about="word")
    question = await asked(
        call, person("ben"), "Yes?", about="word", inquiry="listened", until=noon, data={}
    )

    assert spared == []
    assert [type(each) for each in (*needed, *question)] == [Whisper, Ask]


@pytest.mark.requirement("R13", "R15")
async def test_whoever_wants_no_calls_any_more_in_the_morning_is_spared_then(
    house: PlayedHouse,
) -> None:
    call = await a_call(house, MIDNIGHT)
    (hour,) = await whispered(call, person("ben"), "By the way.", about="word", dispensable=True)
    assert isinstance(hour, Ring)
    later = house.house.catalogue.rituals["later"]
    struck = Call(key="h", at=hour.at, room=call.room, house=house.house, content=hour.content)

    said = list(await later.answer(struck))
    await Person.create(id=person("ben"), muted=True)
    spared = list(await later.answer(struck))

    assert [type(each) for each in said] == [Whisper]
    assert spared == []
