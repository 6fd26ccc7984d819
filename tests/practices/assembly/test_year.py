"""An assembly of some congregations lives through a year: what the benchmark measures holds for few as for many."""

import pytest

from practices.assembly.keeping import SPACING, TOGETHER
from tests.bench.assembly import DECISIONS, USUAL, growth, simulate


@pytest.mark.requirement("R136")
def test_after_a_year_of_late_and_doubled_letters_all_see_the_same_and_all_is_decided() -> None:
    year = simulate(12)

    assert year.views == 1
    assert year.seats == 12
    assert year.final == year.put == DECISIONS + 1
    # Each letter came to each of the others at least once.
    assert year.deliveries >= year.letters * 11
    assert year.busiest_keeper / 3600 < USUAL.allowed


@pytest.mark.requirement("R136")
def test_a_year_takes_two_cards_of_each_and_then_every_directory_has_each_of_them() -> None:
    year = simulate(9)

    # One on entering, and one when it is renewed.
    assert year.cards == 2 * 9
    assert year.stale == 0
    assert year.views == 1


def test_the_year_is_the_same_when_it_is_played_again() -> None:
    once, again = simulate(5, seed=3), simulate(5, seed=3)

    assert (once.letters, once.deliveries) == (again.letters, again.deliveries)


def test_growth_is_the_exponent() -> None:
    assert growth([(25, 7.0), (50, 7.0), (100, 7.0)]) == pytest.approx(0)
    assert growth([(25, 50.0), (50, 100.0), (100, 200.0)]) == pytest.approx(1)
    assert growth([(2, 4.0), (4, 16.0), (8, 64.0)]) == pytest.approx(2)


def test_the_seals_of_two_hundred_take_two_hours_and_of_a_few_no_time() -> None:
    assert (SPACING * 200).total_seconds() == 2 * 3600
    assert TOGETHER < 25
