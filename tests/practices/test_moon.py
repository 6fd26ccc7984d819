"""New and full moons against published almanacs and against each other."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.moon import Moon, phases

CLAIM = settings(derandomize=True, deadline=None, max_examples=60)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
kinds = st.sampled_from(Moon)


@pytest.mark.parametrize(
    ("kind", "published"),
    [
        (Moon.FULL, ["2026-01-03 10:03", "2026-02-01 22:09", "2026-03-03 11:38"]),
        (Moon.FULL, ["2026-05-01 17:23", "2026-05-31 08:45"]),
        (Moon.NEW, ["2026-01-18 19:52", "2026-02-17 12:01", "2026-03-19 01:23"]),
        (Moon.NEW, ["2000-01-06 18:14"]),
    ],
)
@pytest.mark.requirement("R62")
def test_the_moon_is_where_the_almanac_says_to_the_minute(kind: Moon, published: list[str]) -> None:
    almanac = [datetime.fromisoformat(each).replace(tzinfo=UTC) for each in published]
    found = islice(phases(kind, almanac[0] - timedelta(days=2)), len(almanac))

    for ours, theirs in zip(found, almanac, strict=True):
        assert abs(ours - theirs) <= timedelta(minutes=1)


@CLAIM
@given(kinds, instants)
def test_phases_come_in_order_strictly_after_and_a_month_of_the_moon_apart(
    kind: Moon, after: datetime
) -> None:
    found = list(islice(phases(kind, after), 14))

    assert timedelta(0) < found[0] - after <= timedelta(days=30)
    for one, next_one in pairwise(found):
        assert timedelta(days=29, hours=6) < next_one - one < timedelta(days=29, hours=20)


@CLAIM
@given(kinds, instants, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_same_moon_is_found_from_wherever_the_search_begins(
    kind: Moon, after: datetime, earlier: timedelta
) -> None:
    from_here = next(phases(kind, after))
    from_before = next(each for each in phases(kind, after - earlier) if each > after)

    assert from_here == from_before


def test_after_a_phase_comes_the_next_one_and_not_the_same_again() -> None:
    first, second = islice(phases(Moon.FULL, datetime(2026, 1, 1, tzinfo=UTC)), 2)

    assert next(phases(Moon.FULL, first)) == second


def test_the_moons_end_with_the_calendar() -> None:
    assert list(phases(Moon.NEW, datetime(9999, 1, 1, tzinfo=UTC))) == []
