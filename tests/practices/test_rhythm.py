"""Rhythms against a day-by-day count, at the edges of the clock, in words and as state."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import ephem  # type: ignore[import-untyped]  # it ships no annotations
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import clock, rhythm
from practices.moon import Moon
from practices.rhythm import Cadence, Occurrence, Rhythm, occurrences
from practices.understanding import NotUnderstood

CLAIM = settings(derandomize=True, deadline=None, max_examples=150)
LONG_CLAIM = settings(derandomize=True, deadline=None, max_examples=60)
PLACES = (
    "Europe/Rome",
    "Africa/Cairo",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
THURSDAY = 3


def a_rhythm(cadence: Cadence, **fields: object) -> Rhythm:
    whole = {"time": time(19), "zone": "Europe/Rome", "start": date(2026, 1, 1), **fields}
    return Rhythm(cadence=cadence, **whole)  # type: ignore[arg-type]  # a shorthand of tests


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    cadence = draw(st.sampled_from(Cadence))
    weekday, fields = draw(st.integers(0, 6)), {}
    if cadence in {Cadence.WEEKLY, Cadence.FORTNIGHTLY}:
        fields = {"weekday": weekday}
    elif cadence is Cadence.MONTHLY and draw(st.booleans()):
        fields = {"weekday": weekday, "nth": draw(st.sampled_from([1, 2, 3, 4, 5, -1]))}
    elif cadence is Cadence.MONTHLY:
        fields = {"monthday": draw(st.integers(1, 31))}
    elif cadence is Cadence.YEARLY:
        day = draw(st.dates(date(2000, 1, 1), date(2000, 12, 31)))
        fields = {"month": day.month, "monthday": day.day}
    elif cadence is Cadence.MOON:
        fields = {"moon": draw(st.sampled_from(Moon))}
    # Mostly the hours around which clocks change.
    hour = draw(st.one_of(st.sampled_from([0, 1, 2, 3, 23]), st.integers(0, 23)))
    return a_rhythm(
        cadence,
        time=time(hour, draw(st.integers(0, 59))),
        zone=draw(st.sampled_from(PLACES)),
        start=draw(st.dates(date(2015, 1, 1), date(2035, 1, 1))),
        **fields,
    )


def counted(rule: Rhythm, since: date, days: int) -> Iterator[datetime]:
    """The same wall times by looking at every single day, without any library of recurrence."""
    first_weekday = None
    for day in (rule.start + timedelta(days=n) for n in range(7)):
        if day.weekday() == rule.weekday:
            first_weekday = day
    for day in (since + timedelta(days=n) for n in range(days)):
        if day >= rule.start and falls_on(rule, day, first_weekday):
            yield datetime.combine(day, rule.time)


def falls_on(rule: Rhythm, day: date, first_weekday: date | None) -> bool:
    match rule.cadence:
        case Cadence.DAILY:
            return True
        case Cadence.WEEKDAYS:
            return day.weekday() < 5
        case Cadence.WEEKLY:
            return day.weekday() == rule.weekday
        case Cadence.FORTNIGHTLY:
            assert first_weekday is not None
            return (day - first_weekday).days % 14 == 0
        case Cadence.YEARLY:
            return (day.month, day.day) == (rule.month, rule.monthday)
        case Cadence.MOON:
            assert rule.moon is not None
            return moon_within(rule.moon, day, ZoneInfo(rule.zone))
    if rule.monthday is not None:
        return day.day == rule.monthday
    if rule.nth == -1:
        return day.weekday() == rule.weekday and (day + timedelta(days=7)).month != day.month
    return day.weekday() == rule.weekday and (day.day - 1) // 7 + 1 == rule.nth


def moon_within(moon: Moon, day: date, zone: ZoneInfo) -> bool:
    """Whether the moon passes the angle of its phase between a day's two midnights.

    Reckoned from where moon and sun stand, not from any search for phases.
    """
    begin, end = (
        clock.resolve(datetime.combine(each, time()), zone)
        for each in (day, day + timedelta(days=1))
    )
    target = 0.0 if moon is Moon.NEW else ephem.pi
    before, after = ((elongation(at) - target) % ephem.twopi for at in (begin, end))
    return bool(before > after)


def elongation(at: datetime) -> float:
    when = ephem.Date(at.replace(tzinfo=None))
    moon, sun = (
        ephem.Ecliptic(body, epoch=when).lon for body in (ephem.Moon(when), ephem.Sun(when))
    )
    return float(moon - sun)


def settled(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time, found by trying each offset the zone has around it."""
    around = [wall.replace(tzinfo=UTC) + timedelta(days=days) for days in (-2, 2)]
    offsets = [at.astimezone(zone).utcoffset() or timedelta() for at in around]
    shown = sorted(wall.replace(tzinfo=UTC) - offset for offset in offsets)
    right = [at for at in shown if at.astimezone(zone).replace(tzinfo=None) == wall]
    return right[0] if right else wall.replace(tzinfo=UTC) - offsets[0]


@LONG_CLAIM
@given(rhythms(), st.dates(date(2016, 1, 1), date(2030, 1, 1)))
@pytest.mark.requirement("R62")
def test_ten_years_of_a_rhythm_are_what_counting_the_days_one_by_one_gives(
    rule: Rhythm, since: date
) -> None:
    zone = ZoneInfo(rule.zone)
    days = 3653
    after = clock.resolve(datetime.combine(since, time()), zone) - timedelta(microseconds=1)
    until = clock.resolve(datetime.combine(since + timedelta(days=days), time()), zone)

    ours = []
    for each in occurrences(rule, after):
        if each.at >= until:
            break
        ours.append(each)

    by_hand = [Occurrence(wall, settled(wall, zone)) for wall in counted(rule, since, days)]
    assert ours == [each for each in by_hand if after < each.at < until]


@pytest.mark.parametrize("moon", Moon)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.requirement("R62")
def test_a_circle_of_the_moon_meets_on_the_local_date_of_the_phase(moon: Moon, place: str) -> None:
    rule = a_rhythm(Cadence.MOON, moon=moon, zone=place, time=time(20))
    zone = ZoneInfo(place)
    start = datetime(2026, 1, 1, tzinfo=UTC)

    for each in islice(occurrences(rule, start), 40):
        assert moon_within(moon, each.local.date(), zone)
        assert each.local.time() == time(20)


@CLAIM
@given(rhythms(), st.datetimes(datetime(2016, 1, 1), datetime(2040, 1, 1)))
def test_occurrences_rise_strictly_after_and_continue_where_one_left_off(
    rule: Rhythm, naive: datetime
) -> None:
    after = naive.replace(tzinfo=UTC)
    found = list(islice(occurrences(rule, after), 6))

    assert all(each.at > after and each.local.date() >= rule.start for each in found)
    assert all(one.at < other.at and one.key < other.key for one, other in pairwise(found))
    assert list(islice(occurrences(rule, found[2].at), 3)) == found[3:]


@pytest.mark.parametrize(
    ("place", "wall", "day", "instant"),
    [
        ("Europe/Rome", time(2, 30), date(2026, 3, 29), "2026-03-29 01:30"),
        ("Europe/Rome", time(2, 30), date(2026, 10, 25), "2026-10-25 00:30"),
        ("Africa/Cairo", time(0, 30), date(2026, 4, 24), "2026-04-23 22:30"),
        ("Africa/Cairo", time(23, 30), date(2026, 10, 29), "2026-10-29 20:30"),
        ("America/New_York", time(1, 30), date(2026, 11, 1), "2026-11-01 05:30"),
        ("Asia/Tokyo", time(2, 30), date(2026, 3, 29), "2026-03-28 17:30"),
        ("Australia/Lord_Howe", time(1, 45), date(2026, 4, 5), "2026-04-04 14:45"),
    ],
)
def test_the_day_of_a_clock_change_has_its_occurrence_exactly_once(
    place: str, wall: time, day: date, instant: str
) -> None:
    rule = a_rhythm(Cadence.DAILY, zone=place, time=wall, start=day - timedelta(days=3))
    days = [
        each
        for each in islice(occurrences(rule, datetime(2026, 1, 1, tzinfo=UTC)), 7)
        if each.local.date() == day
    ]

    assert [(each.key, each.at) for each in days] == [
        (
            f"{day.isoformat()}T{wall:%H:%M}",
            datetime.fromisoformat(instant).replace(tzinfo=UTC),
        )
    ]


def test_asked_between_the_two_equal_hours_the_rhythm_waits_for_the_next_day() -> None:
    rule = a_rhythm(Cadence.DAILY, time=time(2, 30))
    between = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)

    assert next(occurrences(rule, between)).key == "2026-10-26T02:30"


def test_a_month_without_the_day_is_passed_over() -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC)
    on_the_31st = a_rhythm(Cadence.MONTHLY, monthday=31)
    on_leap_day = a_rhythm(Cadence.YEARLY, month=2, monthday=29)
    fifth = a_rhythm(Cadence.MONTHLY, weekday=THURSDAY, nth=5)

    assert [each.local.month for each in islice(occurrences(on_the_31st, after), 5)] == [
        1,
        3,
        5,
        7,
        8,
    ]
    assert [each.local.year for each in islice(occurrences(on_leap_day, after), 2)] == [2028, 2032]
    assert [each.key[:10] for each in islice(occurrences(fifth, after), 3)] == [
        "2026-01-29",
        "2026-04-30",
        "2026-07-30",
    ]


def test_fortnights_are_counted_from_the_first_such_weekday_on_or_after_the_start() -> None:
    friday = date(2026, 11, 20)
    rule = a_rhythm(Cadence.FORTNIGHTLY, weekday=THURSDAY, start=friday)

    found = islice(occurrences(rule, datetime(2020, 1, 1, tzinfo=UTC)), 3)

    assert [each.key[:10] for each in found] == ["2026-11-26", "2026-12-10", "2026-12-24"]


@CLAIM
@given(rhythms())
def test_a_calendar_program_given_the_first_occurrence_and_the_rule_finds_the_same(
    rule: Rhythm,
) -> None:
    first, *others = islice(occurrences(rule, datetime(2010, 1, 1, tzinfo=UTC)), 8)
    text = rhythm.rrule(rule)

    if text is None:
        assert rule.cadence is Cadence.MOON
    else:
        theirs = islice(rrulestr(f"RRULE:{text}", dtstart=first.local), 8)
        assert list(theirs) == [first.local, *(each.local for each in others)]


@pytest.mark.parametrize(
    ("rule", "said", "rfc"),
    [
        (
            a_rhythm(Cadence.MONTHLY, weekday=THURSDAY, nth=3),
            "every third Thursday of the month, 19:00",
            "FREQ=MONTHLY;BYDAY=3TH",
        ),
        (
            a_rhythm(Cadence.MONTHLY, weekday=THURSDAY, nth=-1),
            "every last Thursday of the month, 19:00",
            "FREQ=MONTHLY;BYDAY=-1TH",
        ),
        (
            a_rhythm(Cadence.MONTHLY, weekday=THURSDAY, nth=5),
            "every fifth Thursday of the month (when there is one), 19:00",
            "FREQ=MONTHLY;BYDAY=5TH",
        ),
        (
            a_rhythm(Cadence.FORTNIGHTLY, weekday=THURSDAY),
            "every second Thursday (fortnightly), 19:00",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
        ),
        (
            a_rhythm(Cadence.WEEKLY, weekday=THURSDAY),
            "every Thursday, 19:00",
            "FREQ=WEEKLY;BYDAY=TH",
        ),
        (
            a_rhythm(Cadence.MONTHLY, monthday=3),
            "the 3rd of every month, 19:00",
            "FREQ=MONTHLY;BYMONTHDAY=3",
        ),
        (
            a_rhythm(Cadence.MONTHLY, monthday=31),
            "the 31st of every month that has one, 19:00",
            "FREQ=MONTHLY;BYMONTHDAY=31",
        ),
        (a_rhythm(Cadence.MOON, moon=Moon.FULL), "every full moon, 19:00", None),
        (a_rhythm(Cadence.DAILY), "every day, 19:00", "FREQ=DAILY"),
        (
            a_rhythm(Cadence.WEEKDAYS),
            "Monday to Friday, 19:00",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        ),
        (
            a_rhythm(Cadence.YEARLY, month=5, monthday=3),
            "every year on 3 May, 19:00",
            "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=3",
        ),
        (
            a_rhythm(Cadence.YEARLY, month=2, monthday=29),
            "every year on 29 February (leap years only), 19:00",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        ),
    ],
)
def test_each_rhythm_has_words_that_mean_no_other_and_a_rule_for_calendars(
    rule: Rhythm, said: str, rfc: str | None
) -> None:
    assert (rhythm.words(rule), rhythm.rrule(rule)) == (said, rfc)


@pytest.mark.parametrize(
    ("monthday", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (13, "13th"), (22, "22nd")],
)
def test_days_of_the_month_are_said_as_people_say_them(monthday: int, said: str) -> None:
    assert rhythm.ordinal(monthday) == said


@CLAIM
@given(rhythms())
def test_a_rhythm_survives_being_kept_as_the_state_of_a_room(rule: Rhythm) -> None:
    kept = json.loads(json.dumps(rhythm.as_state(rule)))

    assert rhythm.from_state(kept) == rule


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@CLAIM
@given(anything)
def test_any_other_state_is_refused_kindly(raw: object) -> None:
    with pytest.raises(NotUnderstood, match="could not be read"):
        rhythm.from_state(raw)


@CLAIM
@given(rhythms(), st.sampled_from(sorted({"cadence", "time", "zone", "start", "nth"})), anything)
def test_a_state_with_one_field_spoilt_is_a_rhythm_or_refused_and_nothing_else(
    rule: Rhythm, name: str, spoilt: object
) -> None:
    try:
        read = rhythm.from_state({**rhythm.as_state(rule), name: spoilt})
    except NotUnderstood:
        return
    assert isinstance(read, Rhythm)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"weekday": True},
        {"weekday": 7},
        {"weekday": 3.0},
        {"nth": 3},
        {"interval": 3},
        {"zone": "europe/rome"},
        {"zone": "../../etc/passwd"},
        {"time": "24:00"},
        {"time": "19:00:30"},
        {"start": "2026-02-30"},
        {"cadence": "hourly"},
        {"moon": "full"},
    ],
)
def test_a_state_that_means_something_else_is_not_taken_for_a_rhythm(
    spoilt: dict[str, object],
) -> None:
    state = rhythm.as_state(a_rhythm(Cadence.WEEKLY, weekday=THURSDAY))

    with pytest.raises(NotUnderstood):
        rhythm.from_state({**state, **spoilt})


@pytest.mark.parametrize(
    ("cadence", "fields"),
    [
        (Cadence.WEEKLY, {}),
        (Cadence.DAILY, {"weekday": 3}),
        (Cadence.MONTHLY, {"weekday": 3}),
        (Cadence.MONTHLY, {"weekday": 3, "nth": 6}),
        (Cadence.MONTHLY, {"monthday": 32}),
        (Cadence.YEARLY, {"month": 2, "monthday": 30}),
        (Cadence.YEARLY, {"month": 13, "monthday": 1}),
        (Cadence.MOON, {}),
        (Cadence.DAILY, {"time": time(9, 0, 1)}),
        (Cadence.DAILY, {"time": time(9, tzinfo=UTC)}),
        (Cadence.DAILY, {"zone": "Rome"}),
    ],
)
def test_a_rule_that_contradicts_itself_cannot_be_made(
    cadence: Cadence, fields: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"a |such a day"):
        a_rhythm(cadence, **fields)


@pytest.mark.parametrize("cadence", [Cadence.DAILY, Cadence.WEEKDAYS])
def test_a_rhythm_ends_with_the_calendar_and_without_a_fault(cadence: Cadence) -> None:
    late = datetime(9998, 12, 24, 12, tzinfo=UTC)

    assert list(occurrences(a_rhythm(cadence), late))[-1].local.year == 9998


def test_a_day_that_a_place_leaves_out_has_no_occurrence_and_doubles_no_other() -> None:
    rule = a_rhythm(Cadence.DAILY, zone="Pacific/Apia", start=date(2011, 12, 28))
    found = list(islice(occurrences(rule, datetime(2011, 12, 28, tzinfo=UTC)), 4))

    assert [each.key[8:10] for each in found] == ["28", "29", "31", "01"]
    assert len({each.at for each in found}) == len(found)
