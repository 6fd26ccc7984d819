"""Nobody is sent to somebody of their own crews, and no contact is named without an end."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from practices.safety import longest_term, outside, term

PEOPLE = some.lists(some.sampled_from("abcdefgh"), max_size=6)


@pytest.mark.requirement("R19")
@given(named=PEOPLE, everywhere=PEOPLE, mates=some.sets(some.sampled_from("abcdefgh")))
@settings(max_examples=100)
def test_everybody_named_is_shown_once_but_oneself_and_ones_crews(
    named: list[str], everywhere: list[str], mates: set[str]
) -> None:
    shown = outside("a", named, everywhere, mates)

    assert sorted(shown) == sorted({*named, *everywhere} - mates - {"a"})


def test_those_of_ones_own_congregations_stand_first() -> None:
    assert outside("a", ["c", "b"], ["d", "c"], set()) == ["c", "b", "d"]


@pytest.mark.requirement("R16")
@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2028, 2, 29)])
def test_a_term_has_an_end(today: date) -> None:
    assert today < term(today) <= longest_term(today)
