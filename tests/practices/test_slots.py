"""Times that a rhythm suggests: ahead, at the usual hour on the wall whatever the clocks do, and in nobody's night."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import clock, rhythm, slots
from practices.meetings import QUIET, Quiet, is_quiet
from practices.rhythm import Cadence, Rhythm

CLAIM = settings(derandomize=True, deadline=None, max_examples=200)
ROME = ZoneInfo("Europe/Rome")
NEW_YORK = ZoneInfo("America/New_York")
TOKYO = ZoneInfo("Asia/Tokyo")
DAY = timedelta(days=1)
PLACES = (
    "Europe/Rome",
    "Africa/Cairo",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
)
zones = st.sampled_from(PLACES).map(ZoneInfo)
# Around the days on which clocks change, and in between.
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
# Mostly the hours around which clocks change, and those at which people meet.
hours = st.builds(time, st.sampled_from([0, 1, 2, 3, 10, 18, 19, 20, 23]), st.integers(0, 59))
nights = st.frozensets(
    st.tuples(zones, st.sampled_from([QUIET, Quiet(time(23), time(6)), Quiet(time(12), time(12))])),
    max_size=3,
)


@st.composite
def kept(draw: st.DrawFn) -> Rhythm:
    """Whatever a circle may have agreed on."""
    cadence = draw(st.sampled_from([Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY]))
    monthly = cadence is Cadence.MONTHLY
    return Rhythm(
        cadence=cadence,
        time=draw(hours),
        zone=draw(st.sampled_from(PLACES)),
        start=date(2025, 1, 1),
        weekday=draw(st.integers(0, 6)),
        nth=draw(st.sampled_from([1, 3, 5, -1])) if monthly else None,
    )


def thursdays(
    cadence: Cadence = Cadence.WEEKLY,
    at: time = time(19),
    *,
    weekday: int = 3,
    nth: int | None = None,
) -> Rhythm:
    return Rhythm(
        cadence=cadence,
        time=at,
        zone="Europe/Rome",
        start=date(2026, 1, 1),
        weekday=weekday,
        nth=nth,
    )


def rome(text: str) -> datetime:
    return clock.resolve(datetime.fromisoformat(text), ROME)


def on_the_wall(found: tuple[datetime, ...], zone: ZoneInfo = ROME) -> list[str]:
    return [f"{clock.wall(at, zone):%a %d %b %H:%M}" for at in found]


def asked(rule: Rhythm, now: str, **given: object) -> tuple[datetime, ...]:
    at = rome(now)
    return slots.suggested(rule, **{"after": at + slots.AHEAD, "now": at, **given})  # type: ignore[arg-type]  # a shorthand of tests


# ------------------------------------------------------------------------------------- what is suggested


def test_a_weekly_circle_is_shown_its_day_and_its_neighbours_for_three_weeks() -> None:
    assert on_the_wall(asked(thursdays(), "2026-11-23 11:00")) == [
        "Wed 25 Nov 19:00",
        "Thu 26 Nov 19:00",
        "Fri 27 Nov 19:00",
        "Wed 02 Dec 19:00",
        "Thu 03 Dec 19:00",
        "Fri 04 Dec 19:00",
        "Wed 09 Dec 19:00",
        "Thu 10 Dec 19:00",
        "Fri 11 Dec 19:00",
    ]


def test_a_monthly_circle_is_shown_the_weeks_around_its_next_meeting() -> None:
    found = on_the_wall(asked(thursdays(Cadence.MONTHLY, nth=3), "2026-11-30 11:00"))

    assert found[0] == "Wed 09 Dec 19:00"
    assert found[4] == "Thu 17 Dec 19:00"
    assert found[-1] == "Fri 25 Dec 19:00"
    assert len(found) == 9


def test_the_day_before_a_monthly_meeting_the_weeks_after_it_are_shown_and_not_those_of_next_month() -> (
    None
):
    found = on_the_wall(asked(thursdays(Cadence.MONTHLY, nth=3), "2026-12-16 11:00"))

    assert found[:4] == [
        "Fri 18 Dec 19:00",
        "Wed 23 Dec 19:00",
        "Thu 24 Dec 19:00",
        "Fri 25 Dec 19:00",
    ]
    assert found[-1] == "Fri 01 Jan 19:00"


def test_when_the_clocks_change_the_hour_on_the_wall_stays() -> None:
    spring = asked(thursdays(), "2027-03-22 11:00")

    assert {f"{clock.wall(at, ROME):%H:%M}" for at in spring} == {"19:00"}
    # 28 March 2027 is the night in which an hour is left out.
    assert [at.hour for at in spring[:4]] == [18, 18, 18, 17]


def test_an_hour_that_the_clocks_leave_out_is_not_suggested() -> None:
    sundays = thursdays(at=time(2, 30), weekday=6)

    found = on_the_wall(asked(sundays, "2027-03-22 11:00"))

    assert "Sun 28 Mar 02:30" not in found
    assert found[:2] == ["Sat 27 Mar 02:30", "Mon 29 Mar 02:30"]


def test_nothing_lies_in_anybodys_night() -> None:
    ours = frozenset({(ROME, QUIET)})

    assert asked(thursdays(), "2026-11-23 11:00", nights=ours | {(TOKYO, QUIET)}) == ()
    assert asked(thursdays(at=time(21)), "2026-11-23 11:00", nights=ours) == ()
    assert len(asked(thursdays(), "2026-11-23 11:00", nights=ours | {(NEW_YORK, QUIET)})) == 9


def test_a_night_is_that_of_its_own_clocks_also_while_only_they_have_changed() -> None:
    """From 14 to 28 March 2027 New York is five hours behind Rome, and six before and after."""
    late = frozenset({(NEW_YORK, Quiet(time(14, 30), time(8)))})

    # At 20:00 in Rome it is 15:00 there in those two weeks, and 14:00 else.
    found = asked(thursdays(at=time(20)), "2027-03-01 11:00", nights=late)

    assert on_the_wall(found, NEW_YORK)[:3] == [
        "Wed 03 Mar 14:00",
        "Thu 04 Mar 14:00",
        "Fri 05 Mar 14:00",
    ]
    assert not [at for at in found if rome("2027-03-14 09:00") < at < rome("2027-03-28 03:00")]
    assert len(found) == 9


def test_what_lies_before_the_end_of_the_poll_is_not_suggested() -> None:
    found = asked(thursdays(), "2026-11-23 11:00", after=rome("2026-12-24 18:00"))

    assert on_the_wall(found)[0] == "Thu 24 Dec 19:00"


@CLAIM
@given(kept(), instants, st.timedeltas(timedelta(), timedelta(days=40)), nights)
def test_each_lies_ahead_once_in_order_at_the_usual_hour_and_in_nobodys_night(
    rule: Rhythm,
    now: datetime,
    wait: timedelta,
    asleep: frozenset[tuple[ZoneInfo, Quiet]],
) -> None:
    found = slots.suggested(rule, after=now + wait, now=now, nights=asleep)
    zone = ZoneInfo(rule.zone)
    assert rule.weekday is not None

    assert all(at > now + wait for at in found)
    assert all(before < after for before, after in pairwise(found))
    assert all(clock.wall(at, zone).time() == rule.time for at in found)
    assert all((clock.wall(at, zone).weekday() - rule.weekday) % 7 in (6, 0, 1) for at in found)
    assert not any(is_quiet(at, *night) for at in found for night in asleep)
    assert len(found) != 1
    assert len(found) <= slots.MOST


@CLAIM
@given(kept(), instants)
def test_where_everybody_is_always_awake_there_is_always_a_choice_near_the_next_meeting(
    rule: Rhythm, now: datetime
) -> None:
    found = slots.suggested(rule, after=now, now=now)
    meeting = next(rhythm.occurrences(rule, now)).at

    assert len(found) >= 6
    assert any(abs(at - meeting) < 2 * DAY for at in found)


# ------------------------------------------------------------------------------------ what is taken of it


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1", (0,)),
        ("1 3 4", (0, 2, 3)),
        ("4, 1 and 3", (0, 2, 3)),
        ("only 2 & 2", (1,)),
        ("yes, #1; #2.", (0, 1)),
        ("5", None),
        ("0", None),
        ("1 5", None),
        ("19:00", None),
        ("friday 1", None),
        ("friday 18:00", None),
        ("", None),
    ],
)
def test_some_of_them_are_named_by_their_numbers(text: str, places: tuple[int, ...] | None) -> None:
    assert slots.chosen(text, 4) == places
