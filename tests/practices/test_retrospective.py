"""Looking back: when counts are shown, what follows from them, and how one table becomes two."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.circles import Scale
from practices.retrospective import (
    Choice,
    Seating,
    Side,
    Wanted,
    counted,
    counts_words,
    may_show,
    read_change,
    seating,
    split_parts,
    split_refusal,
    too_many_changes,
    unanimous,
    ways,
)

CLAIM = settings(derandomize=True, deadline=None, max_examples=100)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CHOICES = st.lists(st.sampled_from(Choice), max_size=8)
WISHES = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(Side))


@pytest.mark.requirement("R57")
@pytest.mark.parametrize(
    ("waiting", "left", "shown"),
    [(0, 48, True), (1, 48, False), (1, 0, True), (3, -1, True), (3, 1, False)],
)
def test_counts_are_shown_when_all_have_answered_or_the_time_is_over(
    waiting: int, left: int, shown: bool
) -> None:
    assert may_show(waiting=waiting, closes_at=NOW + timedelta(hours=left), now=NOW) is shown


@CLAIM
@given(CHOICES)
def test_counts_name_only_ways_that_somebody_chose_and_lose_nobody(choices: list[Choice]) -> None:
    counts = counted(choices)

    assert sum(counts.values()) == len(choices)
    assert set(counts) == set(choices)
    assert counts_words(counts).count(":") == len(counts)


@CLAIM
@given(CHOICES)
def test_the_order_of_the_ways_never_follows_the_numbers(choices: list[Choice]) -> None:
    order = ways(counted(choices))

    assert sorted(order) == sorted(Choice)
    assert order == ways(counted(set(choices)))
    if Choice.CONTINUE in choices:
        assert order[0] is Choice.CONTINUE


@CLAIM
@given(CHOICES, st.integers(0, 8))
def test_nothing_but_the_same_wish_of_every_member_leaves_nothing_to_ask(
    choices: list[Choice], members: int
) -> None:
    everybody = members > 0 and choices == [Choice.CONTINUE] * members

    assert unanimous(counted(choices), members) is everybody


def test_counts_are_said_in_one_line() -> None:
    counts = counted([Choice.END, Choice.CONTINUE, Choice.CONTINUE])

    assert counts_words(counts) == "🔁 continue: 2 · 👋 end: 1"
    assert counts_words({}) == ""


@pytest.mark.requirement("R58")
def test_a_retrospective_has_room_for_two_changes() -> None:
    assert [too_many_changes(kept) for kept in range(4)] == [False, False, True, True]


@pytest.mark.requirement("R58")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "bring food in turns, Ben, by 1 february",
            Wanted("bring food in turns", "Ben", "1 february"),
        ),
        ("bring food, by 1 february, ben", Wanted("bring food", "ben", "1 february")),
        (
            "tea, cake, and fruit, Ben, until friday",
            Wanted("tea, cake, and fruit", "Ben", "friday"),
        ),
        ("bring food in turns, Ben", Wanted("bring food in turns", "Ben", None)),
        ("bring food in turns, by friday", Wanted("bring food in turns", None, "friday")),
        ("bring food, Lee", Wanted("bring food, Lee", None, None)),
        ("ben", Wanted("ben", None, None)),
        ("be there by noon", Wanted("be there by noon", None, None)),
        ("", Wanted("", None, None)),
    ],
)
def test_a_change_is_read_from_its_end(text: str, wanted: Wanted) -> None:
    assert read_change(text, {"ben"}) == wanted


@pytest.mark.requirement("R46")
@pytest.mark.parametrize(
    ("size", "parts"),
    [(2, None), (5, None), (6, (3, 3)), (7, (3, 4)), (8, (4, 4)), (9, (4, 5)), (14, (7, 7))],
)
def test_two_crews_need_three_people_each(size: int, parts: tuple[int, int] | None) -> None:
    assert split_parts(size) == parts


def test_fewer_than_six_hear_what_works_instead() -> None:
    assert "you are 5" in split_refusal(5)
    assert "calls a second crew" in split_refusal(5)


@pytest.mark.requirement("R46")
@CLAIM
@given(WISHES)
def test_nobody_is_moved_but_by_their_own_wish(wishes: dict[str, Side]) -> None:
    found = seating(wishes, "abcdefgh")

    assert set(found.going) == {who for who, side in wishes.items() if side is Side.GO}
    assert len(found.going) + found.staying == 8
    if found.ready:
        assert len(found.going) in Scale.CREW.sizes
        assert found.staying in Scale.CREW.sizes


def test_a_wish_of_somebody_who_is_not_there_counts_for_nothing() -> None:
    wishes = dict.fromkeys("xyz", Side.GO)

    assert seating(wishes, "abcdef") == Seating((), 6)


def test_it_is_known_which_table_lacks_people() -> None:
    assert Seating(("a", "b"), 6).new_lacks
    assert Seating(("a", "b", "c", "d"), 2).old_lacks
    assert Seating(("a", "b", "c"), 3).ready
