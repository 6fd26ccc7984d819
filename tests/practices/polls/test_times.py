"""When most can come: what suits whom, which time leaves out the fewest, and how times are said."""

from typing import Any

import pytest

from practices.polls.chart import Heat
from practices.polls.forms import form
from practices.polls.poll import Ballot, Turnout, Way
from practices.polls.times import label, labels
from practices.understanding import NotUnderstood
from tests.practices.polls.asked import TIMES, asked, counted, marks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("yes 1 3, maybe 2", [2, 1, 2]),
        ("yes 1, 3; if need be 2", [2, 1, 2]),
        ("1 3", [2, 0, 2]),
        ("1 and 3", [2, 0, 2]),
        ("1 3 yes, 2 maybe", [2, 1, 2]),
        ("✅ 1 2 🤔 3", [2, 2, 1]),
        ("all", [2, 2, 2]),
        ("yes all, no 2", [2, 0, 2]),
        ("maybe the rest, yes 1", [2, 1, 1]),
        ("none", [0, 0, 0]),
        ("no", [0, 0, 0]),
        ("yes 1; no 2 and 3", [2, 0, 0]),
        ("can't 1, can 2", [0, 2, 0]),
        ("friday", [0, 2, 0]),
        ("Thursday 26", [2, 0, 0]),
        ("yes: thursday 26 november 19:00, if need be: 3", [2, 0, 1]),
        ("2026-11-27T19:00+01:00", [0, 2, 0]),
        ("yes to 1 and 3 because I work late", [2, 0, 2]),
    ],
)
def test_times_are_answered_as_people_say_it(text: str, found: list[int]) -> None:
    assert marks(asked(Way.TIMES, *TIMES), text) == dict(enumerate(found))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no answer"),
        ("maybe", "which times"),
        ("thursday", "could be"),
        ("yes 1, maybe 1", "two answers"),
        ("yes 4", "no option “4”"),
        ("no 2", "which would suit you"),
        ("sometime", "“sometime”"),
    ],
)
def test_what_says_nothing_of_the_times_is_refused_with_what_would_do(text: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        marks(asked(Way.TIMES, *TIMES), text)
    assert says in str(caught.value)


def test_the_time_that_leaves_out_the_fewest_is_best_then_the_one_that_suits_most() -> None:
    result = counted(asked(Way.TIMES, *TIMES), "yes 1 2", "yes 1 maybe 2", "maybe 2 3", entitled=5)

    assert result.lines == (
        "Suits most: Friday 27 November 19:00, with 3 of 3 who answered.",
        "Thursday 26 November 19:00: 2 yes, 0 if need be, of 3 who answered",
        "Friday 27 November 19:00: 1 yes, 2 if need be, of 3 who answered",
        "Thursday 3 December 20:30: 0 yes, 1 if need be, of 3 who answered",
        "3 of 5 entitled have taken part.",
    )
    assert isinstance(result.chart, Heat)
    assert [(each.yes, each.if_need_be, each.no, each.best) for each in result.chart.slots] == [
        (2, 0, 1, False),
        (1, 2, 0, True),
        (0, 1, 2, False),
    ]
    assert result.sums["best"] == [TIMES[1]]


def test_equally_good_times_are_all_named_and_where_none_suits_none_is() -> None:
    both = counted(asked(Way.TIMES, *TIMES), "1 3")
    none = counted(asked(Way.TIMES, *TIMES), "none")

    assert both.sums["best"] == [TIMES[0], TIMES[2]]
    assert both.lines[0].startswith("Suits most: Thursday 26 November 19:00 or Thursday 3 December")
    assert none.sums["best"] == []
    assert isinstance(none.chart, Heat)
    assert not any(each.best for each in none.chart.slots)


def test_times_are_put_in_order_and_the_same_instant_is_one() -> None:
    terms = asked(Way.TIMES, TIMES[2], "2026-11-26T18:00+00:00", TIMES[0], TIMES[1])

    assert len(terms.options) == 3
    assert [label(each).split()[0] for each in terms.options] == ["Thursday", "Friday", "Thursday"]


def test_times_are_said_as_the_clocks_of_their_place_show_them() -> None:
    assert label("2026-11-26T19:00+01:00") == "Thursday 26 November 19:00"
    assert label("2026-11-27T07:00+13:00") == "Friday 27 November 07:00"


@pytest.mark.parametrize(
    ("options", "terms", "says"),
    [
        (["2026-11-26T19:00", TIMES[1]], {}, "zone"),
        (["soon", TIMES[1]], {}, "no time"),
        ([TIMES[0]], {}, "1 to choose from"),
        ([TIMES[0], "2026-11-26T18:00+00:00"], {}, "1 to choose from"),
        (TIMES, {"minutes": 0}, "from 5"),
        (TIMES, {"secret": True}, "A simple poll can be"),
    ],
)
def test_times_that_cannot_be_asked_for_are_refused(
    options: list[str], terms: dict[str, Any], says: str
) -> None:
    with pytest.raises(NotUnderstood) as caught:
        asked(Way.TIMES, *options, **terms)
    assert says in str(caught.value)


def test_an_answer_is_said_back_with_the_times_that_suit() -> None:
    terms = asked(Way.TIMES, *TIMES)

    assert form(Way.TIMES).words(terms, marks(terms, "yes 1 maybe 2 3")) == (
        "yes: Thursday 26 November 19:00; if need be: Friday 27 November 19:00 and Thursday 3 December 20:30"
    )
    assert form(Way.TIMES).words(terms, marks(terms, "none")) == "none of the times"


def test_a_time_that_came_later_is_no_no_of_those_who_were_never_asked() -> None:
    terms = asked(Way.TIMES, *TIMES)
    ballots = (
        Ballot(marks={0: 2, 1: 0}),
        Ballot(marks={0: 2, 1: 0}),
        Ballot(marks={0: 0, 1: 0, 2: 2}),
    )

    result = form(Way.TIMES).tally(terms, ballots, Turnout(entitled=4, cast=3))

    third = label(terms.options[2])
    assert f"{third}: 1 yes, 0 if need be, of 1 who answered; it came when 2 had answered" in (
        result.lines
    )
    assert isinstance(result.chart, Heat)
    assert [(each.yes, each.no) for each in result.chart.slots] == [(2, 1), (0, 3), (1, 0)]
    # Nobody knows whether the two could come to it: it does not suit most by their silence.
    assert result.sums["best"] == [terms.options[0]]


def test_the_two_hours_that_autumn_has_twice_have_two_names() -> None:
    twins = ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-26T02:30+01:00")
    terms = asked(Way.TIMES, *twins)

    assert labels(terms.options) == (
        "Sunday 25 October 02:30 (UTC+2)",
        "Sunday 25 October 02:30 (UTC+1)",
        "Monday 26 October 02:30",
    )
    assert marks(terms, "Sunday 25 October 02:30 (UTC+2)") == {0: 2, 1: 0, 2: 0}
    assert marks(terms, "Sunday 25 October 02:30 (UTC+1)") == {0: 0, 1: 2, 2: 0}
    assert form(Way.TIMES).words(terms, {0: 0, 1: 2}) == "yes: Sunday 25 October 02:30 (UTC+1)"
    with pytest.raises(NotUnderstood, match="could be"):
        marks(terms, "Sunday 25 October 02:30")
