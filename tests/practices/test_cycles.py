"""Cycles: agreed on with their end in mind, counted by what was held, looked back on in time."""

from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.cycles import (
    Course,
    Length,
    Looking,
    last_day,
    length_words,
    ordinal_words,
    read_length,
)
from practices.understanding import NotUnderstood

ROME = ZoneInfo("Europe/Rome")
BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)


def weekly(since: datetime = BEGIN, days: int = 7):
    return (since + timedelta(days=days * n) for n in count(1))


def course(length: Length, *, standing=(), coming=(), begins: datetime = BEGIN) -> Course:
    return Course.of(length, begins, ROME, standing=standing, coming=coming)


@pytest.mark.requirement("R53")
def test_five_six_or_ten_meetings_or_two_months_are_all_there_is() -> None:
    assert [length_words(each) for each in Length] == [
        "five meetings", "six meetings", "ten meetings", "two months",
    ]  # fmt: skip


@pytest.mark.requirement("R53")
@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("5", Length.FIVE),
        ("six meetings", Length.SIX),
        (" Ten ", Length.TEN),
        ("10 times.", Length.TEN),
        ("2 months", Length.TWO_MONTHS),
        ("Two Months", Length.TWO_MONTHS),
    ],
)
def test_a_length_is_read_in_digits_and_words(said: str, length: Length) -> None:
    assert read_length(said) is length


@pytest.mark.parametrize("said", ["", "7", "for ever", "2", "2 years", "11 meetings"])
def test_what_is_no_length_is_refused_with_those_that_are(said: str) -> None:
    with pytest.raises(NotUnderstood, match="5, 6 or 10 meetings, or 2 months"):
        read_length(said)


@pytest.mark.requirement("R54")
@pytest.mark.parametrize("length", [Length.FIVE, Length.SIX, Length.TEN])
def test_the_last_meeting_of_a_cycle_is_its_retrospective(length: Length) -> None:
    way = course(length, coming=weekly())

    assert length.meetings is not None
    assert way.last == BEGIN + timedelta(days=7 * length.meetings)
    assert way.looks_back(Looking.BY_LENGTH) == (way.last,)
    assert len(way.meetings) == length.meetings


@pytest.mark.requirement("R54")
def test_two_months_end_with_the_last_meeting_that_falls_into_them() -> None:
    way = course(Length.TWO_MONTHS, coming=weekly())

    assert way.last == datetime(2027, 1, 17, 9, tzinfo=UTC)
    assert way.ends == datetime(2027, 1, 22, 9, tzinfo=UTC)
    assert way.looks_back(Looking.BY_LENGTH) == (way.last,)


@pytest.mark.requirement("R54")
def test_two_months_without_a_meeting_are_looked_back_on_when_they_are_over() -> None:
    way = course(Length.TWO_MONTHS)

    assert way.last is None
    assert way.looks_back(Looking.MONTHLY) == (datetime(2027, 1, 22, 9, tzinfo=UTC),)
    assert not way.is_over(datetime(2027, 1, 22, 8, tzinfo=UTC))
    assert way.is_over(datetime(2027, 1, 22, 9, tzinfo=UTC))


def test_without_a_rhythm_the_end_of_counted_meetings_is_not_known() -> None:
    way = course(Length.FIVE, standing=[BEGIN + timedelta(days=3)])

    assert way.last is None
    assert way.looks_back(Looking.BY_LENGTH) == ()
    assert not way.is_over(BEGIN + timedelta(days=900))


@pytest.mark.requirement("R54")
def test_a_cycle_beyond_three_months_is_looked_back_on_monthly_as_well() -> None:
    way = course(Length.TEN, coming=weekly(days=14))

    looks = way.looks_back(Looking.BY_LENGTH)

    assert looks[-1] == way.last
    assert looks == tuple(BEGIN + timedelta(days=days) for days in (28, 56, 84, 112, 140))


MONTHLY = [BEGIN + relativedelta(months=months) for months in range(1, 13)]


@pytest.mark.requirement("R54")
def test_a_crew_that_meets_monthly_has_a_meeting_between_two_looks_back() -> None:
    five = course(Length.FIVE, coming=MONTHLY).looks_back(Looking.BY_LENGTH)
    ten = course(Length.TEN, coming=MONTHLY).looks_back(Looking.BY_LENGTH)

    assert five == (MONTHLY[1], MONTHLY[4])
    assert ten == tuple(MONTHLY[place] for place in (1, 3, 5, 7, 9))


@pytest.mark.requirement("R54")
def test_whoever_agrees_on_monthly_looks_back_at_every_monthly_meeting() -> None:
    way = course(Length.FIVE, coming=MONTHLY)

    assert way.looks_back(Looking.MONTHLY) == tuple(MONTHLY[:5])


@pytest.mark.requirement("R52", "R54")
def test_a_cycle_until_a_day_ends_with_the_last_meeting_on_or_before_it() -> None:
    last = datetime(2027, 1, 17, 22, 30, tzinfo=UTC)  # half past eleven in the evening, in Rome
    way = Course.of(
        Length.TWO_MONTHS,
        BEGIN,
        ROME,
        standing=[BEGIN + timedelta(days=7), last],
        coming=[last + timedelta(hours=1)],
        until=date(2027, 1, 17),
    )

    assert (way.last, way.until) == (last, date(2027, 1, 17))
    assert way.ends == datetime(2027, 1, 17, 23, tzinfo=UTC)
    assert way.looks_back(Looking.BY_LENGTH) == (last,)


def test_two_months_from_a_day_have_a_last_day_and_counted_meetings_have_none() -> None:
    assert last_day(Length.TWO_MONTHS, BEGIN, ROME) == date(2027, 1, 22)
    assert last_day(Length.SIX, BEGIN, ROME) is None


@pytest.mark.requirement("R54")
def test_up_to_three_months_the_end_is_enough() -> None:
    end = BEGIN + relativedelta(months=3)
    four = [BEGIN + timedelta(days=days) for days in (10, 40, 60, 70)]

    assert course(Length.FIVE, standing=[*four, end]).looks_back(Looking.BY_LENGTH) == (end,)
    late = end + timedelta(days=1)
    assert len(course(Length.FIVE, standing=[*four, late]).looks_back(Looking.BY_LENGTH)) > 1


def test_the_crew_may_look_back_at_the_end_alone_or_monthly_in_any_case() -> None:
    long, short = course(Length.TEN, coming=weekly(days=14)), course(Length.TEN, coming=weekly())

    assert long.looks_back(Looking.CYCLE_END) == (long.last,)
    assert len(short.looks_back(Looking.MONTHLY)) == 3


def test_the_change_of_the_clocks_takes_no_look_back_away() -> None:
    begins = datetime(2027, 3, 1, 18, tzinfo=UTC)
    after = [datetime(2027, 3, 29, 17, tzinfo=UTC), datetime(2027, 4, 26, 17, tzinfo=UTC)]
    way = course(Length.FIVE, begins=begins, standing=after, coming=weekly(after[-1]))

    assert after[0] in way.looks_back(Looking.MONTHLY)


def test_a_meeting_before_the_agreement_or_at_that_moment_is_none_of_the_cycles() -> None:
    way = course(Length.FIVE, standing=[BEGIN - timedelta(days=1), BEGIN], coming=weekly())

    assert way.number(BEGIN) is None
    assert way.number(BEGIN + timedelta(days=7)) == 1


MEETINGS = st.lists(st.integers(min_value=1, max_value=400), min_size=12, max_size=20, unique=True)


@settings(max_examples=60, deadline=None)
@given(MEETINGS, st.sampled_from(Length), st.data())
def test_left_out_meetings_do_not_count_and_moved_ones_count_where_they_are(
    days: list[int], length: Length, data: st.DataObject
) -> None:
    planned = sorted(BEGIN + timedelta(days=day) for day in days)
    skipped = data.draw(st.sampled_from(planned))
    moved = data.draw(st.sampled_from([at for at in planned if at != skipped]))
    to = moved + timedelta(hours=5)
    standing = [to if at == moved else at for at in planned if at != skipped]

    way = course(length, standing=standing)

    assert skipped not in way.meetings
    assert moved not in way.meetings
    assert list(way.meetings) == sorted(standing)[: len(way.meetings)]
    if length.meetings is not None:
        assert len(way.meetings) == length.meetings
    else:
        assert way.ends is not None
        assert set(way.meetings) == {at for at in standing if at < way.ends}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([7, 14, 28, 30]), st.sampled_from(Length), st.sampled_from(Looking))
def test_every_cycle_has_its_end_in_the_calendar_from_the_first_day(
    days: int, length: Length, looking: Looking
) -> None:
    way = course(length, coming=weekly(days=days))
    looks = way.looks_back(looking)

    assert looks[-1] == way.last
    assert set(looks) <= set(way.meetings)
    assert list(looks) == sorted(set(looks))
    on_the_way = [BEGIN, *looks[:-1]]
    assert all(b - a >= timedelta(days=27) for a, b in pairwise(on_the_way))


def test_where_a_crew_stands_follows_from_the_day() -> None:
    way = course(Length.FIVE, coming=weekly())

    assert way.begun(BEGIN) == 0
    assert way.begun(BEGIN + timedelta(days=15)) == 2
    assert not way.is_over(BEGIN + timedelta(days=34))
    assert way.is_over(BEGIN + timedelta(days=35))


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "first"), (3, "third"), (10, "tenth"), (11, "11th"), (21, "21st"), (112, "112th")],
)
def test_a_place_in_the_order_has_a_word(number: int, word: str) -> None:
    assert ordinal_words(number) == word
