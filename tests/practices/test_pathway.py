"""People who are asked what somebody could learn are asked rarely."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from practices.pathway import AGAIN, asked_lately, still_known

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("days", "lately"), [(0, ["b"]), (89, ["b"]), (90, []), (400, [])])
def test_somebody_can_be_asked_again_after_a_season(days: int, lately: list[str]) -> None:
    assert asked_lately({"b": TODAY - timedelta(days=days)}, TODAY) == lately


@given(some.dictionaries(some.sampled_from("abcde"), some.integers(0, 400)))
@settings(max_examples=60)
def test_nothing_older_than_needed_is_remembered(ages: dict[str, int]) -> None:
    asked = {who: TODAY - timedelta(days=days) for who, days in ages.items()}

    known = still_known(asked, TODAY)

    assert sorted(known) == asked_lately(asked, TODAY)
    assert all(TODAY - day < AGAIN for day in known.values())
