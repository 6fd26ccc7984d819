"""Polls, dots and scores: what is counted, and of how many."""

from typing import Any

import pytest

from practices.polls.chart import Bars
from practices.polls.forms import form
from practices.polls.poll import Way
from practices.polls.settlement import LONGEST_OPTION, MOST_OPTIONS
from practices.understanding import NotUnderstood
from tests.practices.polls.asked import asked, counted


def test_a_poll_counts_people_and_says_of_how_many() -> None:
    result = counted(asked(Way.CHOICE, "Tea", "Soup", most=2), "1, 2", "1", "soup")

    assert result.lines == (
        "Tea: 2 of 3 who voted",
        "Soup: 2 of 3 who voted",
        "Each could name up to 2.",
        "3 of 30 entitled have taken part.",
    )
    assert result.sums["options"] == {"Tea": 2, "Soup": 2}
    assert isinstance(result.chart, Bars)
    assert (result.chart.of, [bar.value for bar in result.chart.bars]) == (3, [2, 2])


def test_dots_are_said_of_all_that_were_put_and_of_all_that_could_be() -> None:
    result = counted(asked(Way.DOTS, "Tea", "Soup", "Bread"), "1:2 2:5", "1:7", "2:1")

    assert result.lines == (
        "Tea: 9 of 15 dots that were put, a mean of 3 from 3 who voted",
        "Soup: 6 of 15 dots that were put, a mean of 2 from 3 who voted",
        "Bread: 0 of 15 dots that were put, a mean of 0 from 3 who voted",
        "15 of 24 dots were put, 8 for each who voted.",
        "3 of 30 entitled have taken part.",
    )
    assert result.sums["put"] == 15


def test_whoever_leaves_an_option_out_lowers_nothing() -> None:
    result = counted(asked(Way.SCORE, "Tea", "Soup", "Bread"), "1=2 2=5", "1=5")

    assert result.lines[:3] == (
        "Tea: mean 3.5 on 0 to 5, 7 points, from 2 of 2 who voted",
        "Soup: mean 5 on 0 to 5, 5 points, from 1 of 2 who voted",
        "Bread: no score from 2 who voted",
    )
    assert result.sums["options"]["Bread"] == {"points": 0, "scored by": 0, "mean": None}


def test_a_bar_of_a_score_begins_at_the_lowest_of_the_scale() -> None:
    result = counted(asked(Way.SCORE, "Tea", lowest=-2, highest=2), "-2", "1")

    assert isinstance(result.chart, Bars)
    assert (result.chart.of, result.chart.bars[0].value) == (4, 1.5)
    assert "mean -0.5" in result.chart.bars[0].words


@pytest.mark.parametrize(
    ("way", "options", "terms", "says"),
    [
        (Way.CHOICE, [], {}, "There are 0 to choose from"),
        (Way.CHOICE, ["Tea"], {}, "There is 1 to choose from"),
        (Way.CHOICE, ["Tea", "tea!"], {}, "read alike"),
        (Way.CHOICE, ["Tea", "x" * (LONGEST_OPTION + 1)], {}, "longer than"),
        (Way.CHOICE, [f"Plan {n}" for n in range(MOST_OPTIONS + 1)], {}, "20 are the most"),
        (Way.CHOICE, ["2", "3", "4"], {}, "“3 people”"),
        (Way.CHOICE, ["Tea", "Soup"], {"most": 3}, "from 1 to 2"),
        (Way.CHOICE, ["Tea", "Soup"], {"least": 2, "most": 1}, "from 1 to 1"),
        (Way.DOTS, ["Tea", "Soup"], {"dots": 0}, "from 1 to 100"),
        (Way.SCORE, ["Tea", "Soup"], {"lowest": 5, "highest": 5}, "from 6 to 100"),
        (Way.RANKED, ["Tea", "Soup"], {"least": 3}, "from 1 to 2"),
        (Way.SEATS, ["Ana", "Ben"], {"seats": 2}, "nothing to choose"),
        (Way.SEATS, ["Ana", "Ben"], {"seats": 0}, "At least one seat"),
    ],
)
def test_options_that_cannot_be_counted_are_refused_with_what_would_do(
    way: Way, options: list[str], terms: dict[str, Any], says: str
) -> None:
    with pytest.raises(NotUnderstood) as caught:
        asked(way, *options, **terms)
    assert says in str(caught.value)


def test_options_are_put_on_one_line_and_empty_ones_fall_away() -> None:
    assert asked(Way.CHOICE, " Tea \n and cake", " ", "Soup").options == ("Tea and cake", "Soup")


def test_options_may_be_the_numbers_of_their_places() -> None:
    terms = asked(Way.CHOICE, "1", "2", "3")

    assert dict(form(Way.CHOICE).read(terms, "2")) == {1: 1}
