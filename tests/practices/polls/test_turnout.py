"""Who took part of those entitled, and the quorum."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.polls import turnout
from practices.polls.poll import Turnout, Way
from tests.practices.polls.asked import anything, counted


def test_a_quorum_of_sixty_percent_of_ten_is_reached_by_six_and_not_by_five() -> None:
    assert not turnout.reached(60, Turnout(entitled=10, cast=5))
    assert turnout.reached(60, Turnout(entitled=10, cast=6))


@pytest.mark.parametrize(
    ("percent", "entitled", "needed"),
    [
        (60, 10, 6),
        (60, 11, 7),
        (50, 5, 3),
        (1, 200, 2),
        (1, 3, 1),
        (100, 7, 7),
        (33, 3, 1),
        (34, 3, 2),
    ],
)
def test_a_quorum_is_counted_in_whole_people_rounded_up(
    percent: int, entitled: int, needed: int
) -> None:
    assert turnout.needed(percent, entitled) == needed


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.integers(1, 100), st.integers(0, 300), st.integers(0, 300))
def test_another_voice_never_takes_a_quorum_away_and_a_lower_one_is_reached_with_it(
    percent: int, entitled: int, cast: int
) -> None:
    reached = turnout.reached(percent, Turnout(entitled=entitled, cast=cast))
    assert turnout.reached(percent, Turnout(entitled=entitled, cast=cast + 1)) >= reached
    assert turnout.reached(max(1, percent - 1), Turnout(entitled=entitled, cast=cast)) >= reached
    assert reached is (100 * cast >= percent * entitled)


def test_numbers_are_said_with_what_they_are_part_of() -> None:
    assert turnout.of(9, Turnout(entitled=30, cast=12)) == "9 of 12 who voted, of 30 entitled"
    assert turnout.lines(Turnout(entitled=10, cast=5), 60) == (
        "5 of 10 entitled have taken part.",
        "The quorum of 60 % asks for 6 of 10 entitled: 1 voice more than there are.",
    )
    assert turnout.foot(Turnout(entitled=10, cast=6), 60) == (
        "6 of 10 entitled have taken part. The quorum of 60 % asks for 6 of 10 entitled: it is reached."
    )
    assert turnout.lines(Turnout(entitled=10, cast=1)) == ("1 of 10 entitled has taken part.",)
    assert turnout.lines(Turnout(entitled=10, cast=0)) == (
        "Nobody has taken part yet, of 10 entitled.",
    )
    assert turnout.over(
        ("Suits most: none", *turnout.lines(Turnout(entitled=10, cast=0), 60)),
        Turnout(entitled=10, cast=0),
        60,
    ) == (
        "Suits most: none",
        "Nobody took part, of 10 entitled.",
        "The quorum of 60 % asks for 6 of 10 entitled: 6 voices more than there are.",
    )


@pytest.mark.parametrize("way", [way for way in Way if way is not Way.QUESTION])
def test_every_way_says_its_quorum_and_exports_it(way: Way) -> None:
    result = counted(anything(way, quorum=60), entitled=10)

    assert result.lines[-1].startswith("The quorum of 60 % asks for 6 of 10 entitled")
    assert result.sums["quorum"] == {"percent": 60, "needed": 6, "reached": False}
