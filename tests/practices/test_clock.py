"""The wall clock and the instant it means, at every edge that a zone can have."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import clock
from practices.understanding import NotUnderstood

CLAIM = settings(derandomize=True, deadline=None, max_examples=200)
PLACES = (
    "Europe/Rome",
    "Africa/Cairo",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
zones = st.sampled_from(PLACES).map(ZoneInfo)
walls = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1))
instants = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("place", "wall", "instant"),
    [
        ("Europe/Rome", "2026-03-29 02:30", "2026-03-29 01:30"),  # the gap: 03:30 on the wall
        ("Europe/Rome", "2026-10-25 02:30", "2026-10-25 00:30"),  # twice: the first
        ("Africa/Cairo", "2026-04-24 00:30", "2026-04-23 22:30"),  # midnight itself is missing
        ("Africa/Cairo", "2026-10-29 23:30", "2026-10-29 20:30"),  # the last hour comes twice
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:30"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("Asia/Tokyo", "2026-03-29 02:30", "2026-03-28 17:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45"),  # a jump of half an hour
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
    ],
)
def test_a_wall_time_is_one_instant_even_where_the_clocks_change(
    place: str, wall: str, instant: str
) -> None:
    resolved = clock.resolve(datetime.fromisoformat(wall), ZoneInfo(place))

    assert resolved == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_a_missing_time_is_moved_forward_by_the_jump_and_no_more() -> None:
    rome, lord_howe = ZoneInfo("Europe/Rome"), ZoneInfo("Australia/Lord_Howe")

    assert clock.wall(clock.resolve(datetime(2026, 3, 29, 2, 30), rome), rome) == datetime(
        2026, 3, 29, 3, 30
    )
    assert clock.wall(
        clock.resolve(datetime(2026, 10, 4, 2, 15), lord_howe), lord_howe
    ) == datetime(2026, 10, 4, 2, 45)


@CLAIM
@given(walls, zones)
def test_the_wall_shows_the_time_asked_for_or_a_later_one_after_a_jump(
    wall: datetime, zone: ZoneInfo
) -> None:
    shown = clock.wall(clock.resolve(wall, zone), zone)

    assert timedelta(0) <= shown - wall <= timedelta(days=1)


@CLAIM
@given(instants, zones)
def test_every_instant_is_the_first_or_the_second_of_its_wall_time(
    at: datetime, zone: ZoneInfo
) -> None:
    first = clock.resolve(clock.wall(at, zone), zone)

    assert first == at or (first < at and clock.comes_again(at, zone))


@CLAIM
@given(instants, instants, zones)
def test_words_differ_where_minutes_do(one: datetime, other: datetime, zone: ZoneInfo) -> None:
    one, other = (each.replace(second=0, microsecond=0) for each in (one, other))

    assert (clock.words(one, zone) == clock.words(other, zone)) == (one == other)


def test_words_name_the_day_the_date_the_time_and_the_place() -> None:
    at, rome = datetime(2026, 11, 26, 18, tzinfo=UTC), ZoneInfo("Europe/Rome")

    assert clock.words(at, rome) == "Thursday 26 November 2026, 19:00, Europe/Rome"
    assert clock.short_words(at, rome) == "Thursday 26 November, 19:00"


def test_words_tell_the_second_of_two_equal_hours_from_the_first() -> None:
    rome = ZoneInfo("Europe/Rome")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert clock.short_words(first, rome) == "Sunday 25 October, 02:30"
    assert clock.short_words(first + timedelta(hours=1), rome) == (
        "Sunday 25 October, 02:30 (after the clocks go back)"
    )


def test_an_instant_without_a_zone_is_refused_and_so_is_a_wall_time_with_one() -> None:
    naive, rome = datetime(2026, 11, 26, 19), ZoneInfo("Europe/Rome")

    for refuse in (clock.aware, lambda at: clock.words(at, rome), lambda at: clock.wall(at, rome)):
        with pytest.raises(ValueError, match="zone"):
            refuse(naive)
    with pytest.raises(ValueError, match="naive"):
        clock.resolve(naive.replace(tzinfo=UTC), rome)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Europe/Rome", "Europe/Rome"),
        ("europe/rome", "Europe/Rome"),
        (" Rome. ", "Europe/Rome"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("Singapore", "Asia/Singapore"),
        ("Japan", "Asia/Tokyo"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
    ],
)
def test_a_place_is_known_however_it_is_written(said: str, meant: str) -> None:
    assert clock.zone(said).key == meant


@pytest.mark.parametrize(
    ("said", "helped"),
    [
        ("CET", "“Europe/Berlin”"),
        ("est", "“America/New_York”"),
        ("Romme", "“Europe/Rome”"),
        ("Euope/Rome", "“Europe/Rome”"),
        ("Istambul", "“Europe/Istanbul”"),
        ("UTC+1", "for example “Europe/Rome”"),
        ("", "for example “Europe/Rome”"),
        ("the moon", "for example “Europe/Rome”"),
    ],
)
def test_a_place_not_known_is_met_with_a_name_that_works(said: str, helped: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        clock.zone(said)

    assert helped in str(refused.value)


@CLAIM
@given(st.text(max_size=200))
def test_whatever_is_written_as_a_zone_is_known_or_kindly_refused(text: str) -> None:
    try:
        found = clock.zone(text)
    except NotUnderstood as refused:
        assert "“" in str(refused)
    else:
        assert clock.is_zone(found.key)


@pytest.mark.parametrize("place", ["Europe/Rome", "Asia/Kolkata", "America/Port-au-Prince"])
def test_the_exact_name_of_a_zone_is_a_zone_and_another_spelling_is_not(place: str) -> None:
    assert clock.is_zone(place)
    assert not clock.is_zone(place.lower())
    assert not clock.is_zone("../../etc/passwd")
