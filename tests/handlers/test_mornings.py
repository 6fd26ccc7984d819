"""Private words that wait for the morning: none is lost, and none is said twice."""

from datetime import UTC, datetime

import pytest

from handlers.language import Call, Ring
from handlers.mornings import word_to
from tests.handlers.played import PlayedHouse, person


@pytest.mark.requirement("R15")
async def test_two_private_words_of_one_night_are_both_said_in_the_morning(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    house.now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    call = Call(key="$night", at=house.now, room=await crew.row(), house=house.house)
    words = ["The first.", "The second.", "The second."]
    hours = [each for text in words for each in await word_to(call, [person("ben")], text)]

    keys = {each.about for each in hours if isinstance(each, Ring)}

    assert len(hours) == 3
    assert len(keys) == 2
