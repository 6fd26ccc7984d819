"""Offers and asks: who may move them, what is read as one, and when whoever gives is reminded."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import offers
from practices.offers import Kind, Move, NotNow, NotTheirs, Standing, Who
from practices.understanding import NotUnderstood

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

#: The whole table of 12.2, with what takes back a slip: from, move, whose it is, to.
TABLE = {
    ("said", "take", "other"): "accepted",
    ("said", "rest", "owner"): "withdrawn",
    ("accepted", "finish", "owner"): "done",
    ("accepted", "finish", "taker"): "done",
    ("accepted", "rest", "owner"): "withdrawn",
    ("accepted", "rest", "taker"): "withdrawn",
    ("done", "again", "owner"): "accepted",
    ("done", "again", "taker"): "accepted",
    ("withdrawn", "again", "owner"): "said",
}


@pytest.mark.parametrize(("standing", "move", "by"), list(product(Standing, Move, Who)))
def test_only_the_two_people_move_it_and_only_where_the_table_says(
    standing: Standing, move: Move, by: Who
) -> None:
    following = TABLE.get((standing.value, move.value, by.value))
    if following is not None:
        assert offers.moved(standing, move, by) is Standing(following)
        return
    with pytest.raises((NotNow, NotTheirs)):
        offers.moved(standing, move, by)


def test_a_stranger_hears_that_it_is_not_theirs_and_the_owner_that_it_is_not_the_time() -> None:
    with pytest.raises(NotTheirs):
        offers.moved(Standing.ACCEPTED, Move.FINISH, Who.OTHER)
    with pytest.raises(NotNow):
        offers.moved(Standing.SAID, Move.FINISH, Who.OWNER)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Move), st.sampled_from(["ana", "ben", "cleo"]))))
def test_however_it_goes_it_is_accepted_by_another_and_ended_by_one_of_the_two(
    moves: list[tuple[Move, str]],
) -> None:
    standing, taken_by = Standing.SAID, None
    for move, person in moves:
        before = standing
        by = offers.who(person, owner="ana", taken_by=taken_by)
        try:
            standing = offers.moved(standing, move, by)
        except (NotNow, NotTheirs):
            assert standing is before
            continue
        if move is Move.TAKE:
            assert person != "ana"
            taken_by = person
        if standing in (Standing.DONE, Standing.WITHDRAWN):
            assert person in ("ana", taken_by)
        if standing is Standing.SAID:
            taken_by = None
        assert (standing is Standing.ACCEPTED) <= (taken_by is not None)


def test_whoever_offered_gives_and_so_does_whoever_took_up_an_ask() -> None:
    assert offers.giver(Kind.OFFER, owner="ana", taken_by="ben") == "ana"
    assert offers.giver(Kind.ASK, owner="ana", taken_by="ben") == "ben"
    assert offers.giver(Kind.ASK, owner="ana", taken_by=None) is None


@pytest.mark.requirement("R98")
def test_the_giver_is_reminded_once_after_seven_and_once_after_thirty_days() -> None:
    week, month = offers.recalls(NOW)

    assert (week.days, week.at) == (7, datetime(2026, 11, 29, 9, 0, tzinfo=UTC))
    assert (month.days, month.at) == (30, datetime(2026, 12, 22, 9, 0, tzinfo=UTC))


@pytest.mark.requirement("R98")
def test_a_reminder_that_comes_too_late_leaves_the_word_to_the_next_one() -> None:
    for earlier, later in pairwise(offers.recalls(NOW)):
        assert earlier.at < earlier.useful_until <= later.at < later.useful_until


def test_what_is_over_is_forgotten_after_thirty_days() -> None:
    assert offers.fades_at(NOW) - NOW == timedelta(days=30)


def test_each_line_is_one_of_them_without_bullets_and_empty_lines() -> None:
    assert offers.titles("  - a  lift\n\n• soup \n*\nan hour of help") == [
        "a lift",
        "soup",
        "an hour of help",
    ]


def test_what_is_said_twice_in_one_breath_is_one_thing() -> None:
    assert offers.titles("Soup\nsoup.\nbread") == ["Soup", "bread"]


@pytest.mark.parametrize("text", ["", " \n - \n*", "x" * 121, "\n".join("abcdefghi")])
def test_nothing_too_much_and_too_many_are_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstood):
        offers.titles(text)


@settings(derandomize=True, deadline=None)
@given(st.text(max_size=400))
def test_whatever_is_written_gives_short_lines_or_is_not_understood(text: str) -> None:
    try:
        found = offers.titles(text)
    except NotUnderstood:
        return
    assert 1 <= len(found) <= offers.MOST_AT_ONCE
    for title in found:
        assert title == " ".join(title.split())
        assert 1 <= len(title) <= offers.LONGEST_TITLE


@given(st.sets(st.integers(min_value=1, max_value=30)))
def test_a_new_number_is_the_smallest_that_is_free(taken: set[int]) -> None:
    number = offers.free_number(taken)

    assert number not in taken
    assert set(range(1, number)) <= taken
