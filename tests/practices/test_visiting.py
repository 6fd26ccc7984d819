"""A visit: how it is asked for, and that it always has an end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.understanding import NotUnderstood
from practices.visiting import (
    MOST_MEETINGS,
    Visit,
    ends_by,
    meetings_left,
    meetings_words,
    read_meetings,
    read_visit,
)

CLAIM = settings(derandomize=True, deadline=None, max_examples=100)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "visit"),
    [
        ("@lee:here for 2 meetings", Visit("@lee:here", 2)),
        ("Lee  for two meetings.", Visit("Lee", 2)),
        ("Lee for a meeting", Visit("Lee", 1)),
        ("Lee for 3", Visit("Lee", 3)),
        ("Lee", Visit("Lee", None)),
        ("for 2 meetings", Visit("for 2 meetings", None)),
    ],
)
def test_a_visit_is_read_as_people_say_it(text: str, visit: Visit) -> None:
    assert read_visit(text) == visit


@pytest.mark.requirement("R144")
@pytest.mark.parametrize("count", ["0", "4", "12", "many", "²"])
def test_a_visit_is_for_one_to_three_meetings(count: str) -> None:
    with pytest.raises(NotUnderstood, match="one"):
        read_visit(f"Lee for {count} meetings")


@pytest.mark.parametrize("count", range(1, MOST_MEETINGS + 1))
def test_what_is_said_of_a_number_of_meetings_can_be_read(count: int) -> None:
    assert read_meetings(meetings_words(count)) == count


@pytest.mark.requirement("R144")
@CLAIM
@given(st.integers(1, 3), st.lists(st.integers(-500, 500), max_size=6))
def test_meetings_count_once_they_are_over_and_only_after_the_guest_came(
    agreed: int, hours: list[int]
) -> None:
    ends = [NOW + timedelta(hours=each) for each in hours]
    came = NOW - timedelta(hours=100)
    counting = [each for each in hours if -100 < each <= 0]

    left = meetings_left(agreed, ends, came_at=came, now=NOW)

    assert left == max(agreed - len(counting), 0)


@pytest.mark.requirement("R16")
def test_a_visit_has_a_last_day_however_few_meetings_are_held() -> None:
    assert [ends_by(NOW, count) - NOW for count in (1, 3)] == [
        timedelta(days=35),
        timedelta(days=105),
    ]
