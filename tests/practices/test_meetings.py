"""What is said before a meeting and when, who comes, and the peace of the night."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import clock, meetings
from practices.meetings import ANNOUNCE_DAYS, QUIET, Attendance, Errand, Planned, Quiet
from practices.rhythm import MEETING_CADENCES, Cadence

CLAIM = settings(derandomize=True, deadline=None, max_examples=300)
ROME = ZoneInfo("Europe/Rome")
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
nights = st.builds(
    Quiet,
    st.times(time(18), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.times(time(5), time(12)).map(lambda at: at.replace(second=0, microsecond=0)),
)


def rome(text: str) -> datetime:
    return clock.resolve(datetime.fromisoformat(text), ROME)


def told(planned: tuple[Planned, ...]) -> list[tuple[str, str]]:
    return [(each.errand.value, f"{clock.wall(each.at, ROME):%a %d %H:%M}") for each in planned]


@pytest.mark.requirement("R62")
def test_a_monthly_meeting_is_announced_a_week_ahead_asked_a_day_and_reminded_an_hour() -> None:
    planned = meetings.errands(rome("2026-12-17 19:00"), zone=ROME, now=rome("2026-11-22 11:00"))

    assert told(planned) == [
        ("announce", "Thu 10 19:00"),
        ("ask", "Wed 16 19:00"),
        ("remind", "Thu 17 18:00"),
    ]
    announce, ask, remind = planned
    assert announce.useful_until == ask.at
    assert ask.useful_until == remind.at
    assert remind.useful_until == rome("2026-12-17 19:00")


@pytest.mark.parametrize(
    ("cadence", "announced"),
    [
        (Cadence.WEEKLY, "Tue 15 19:00"),
        (Cadence.FORTNIGHTLY, "Mon 14 19:00"),
        (Cadence.MONTHLY, "Thu 10 19:00"),
        (Cadence.MOON, "Thu 10 19:00"),
    ],
)
@pytest.mark.requirement("R62")
def test_the_announcement_keeps_to_the_rhythm(cadence: Cadence, announced: str) -> None:
    planned = meetings.errands(
        rome("2026-12-17 19:00"), zone=ROME, now=rome("2026-11-22 11:00"), cadence=cadence
    )

    assert told(planned)[0] == ("announce", announced)
    assert set(ANNOUNCE_DAYS) == MEETING_CADENCES


def test_a_crew_can_choose_its_own_numbers_or_no_announcement() -> None:
    def planned(days: int) -> tuple[Planned, ...]:
        return meetings.errands(
            rome("2026-12-17 19:00"),
            zone=ROME,
            now=rome("2026-11-22 11:00"),
            announce_days=days,
            ask_hours=48,
            remind_hours=2,
        )

    assert told(planned(5)) == [
        ("announce", "Sat 12 19:00"),
        ("ask", "Tue 15 19:00"),
        ("remind", "Thu 17 17:00"),
    ]
    for days in (0, 1, 2):
        assert [each.errand for each in planned(days)] == [Errand.ASK, Errand.REMIND]


@pytest.mark.requirement("R15")
def test_what_would_be_said_at_night_is_said_the_evening_before() -> None:
    planned = meetings.errands(rome("2026-12-17 07:30"), zone=ROME, now=rome("2026-11-22 11:00"))

    assert told(planned) == [
        ("announce", "Wed 09 20:45"),
        ("ask", "Tue 15 20:45"),
        ("remind", "Thu 17 06:30"),
    ]


@pytest.mark.requirement("R15")
def test_at_night_a_reminder_comes_no_earlier_than_the_hour_that_is_allowed() -> None:
    planned = meetings.errands(
        rome("2026-12-17 09:30"), zone=ROME, now=rome("2026-12-01 11:00"), remind_hours=3
    )

    assert told(planned)[-1] == ("remind", "Thu 17 08:30")


@pytest.mark.parametrize(
    ("now", "planned"),
    [
        (
            "2026-12-14 11:00",  # the announcement's time is over: now
            [("announce", "Mon 14 11:00"), ("ask", "Wed 16 19:00"), ("remind", "Thu 17 18:00")],
        ),
        (
            "2026-12-14 23:00",  # ... but not in the night
            [("announce", "Tue 15 08:00"), ("ask", "Wed 16 19:00"), ("remind", "Thu 17 18:00")],
        ),
        ("2026-12-17 10:00", [("ask", "Thu 17 10:00"), ("remind", "Thu 17 18:00")]),
        ("2026-12-17 18:30", [("ask", "Thu 17 18:30")]),
        ("2026-12-17 19:00", []),
        ("2026-12-18 19:00", []),
    ],
)
@pytest.mark.requirement("R62")
def test_a_meeting_planned_late_is_made_known_at_once_by_what_is_still_useful(
    now: str, planned: list[tuple[str, str]]
) -> None:
    assert told(meetings.errands(rome("2026-12-17 19:00"), zone=ROME, now=rome(now))) == planned


@CLAIM
@given(
    meeting=instants,
    ahead=st.timedeltas(timedelta(0), timedelta(days=20)),
    zone=zones,
    quiet=nights,
    days=st.none() | st.integers(0, 28),
    ask=st.integers(2, 168),
    remind=st.integers(1, 12),
    cadence=st.sampled_from(Cadence),
)
@pytest.mark.requirement("R14")
@pytest.mark.requirement("R15")
def test_errands_are_few_ordered_awake_useful_and_before_the_meeting(
    meeting: datetime,
    ahead: timedelta,
    zone: ZoneInfo,
    quiet: Quiet,
    days: int | None,
    ask: int,
    remind: int,
    cadence: Cadence,
) -> None:
    now = meeting - ahead
    planned = meetings.errands(
        meeting,
        zone=zone,
        now=now,
        announce_days=days,
        ask_hours=ask,
        remind_hours=remind,
        quiet=quiet,
        cadence=cadence,
    )

    assert len(planned) <= 3
    assert len({each.errand for each in planned}) == len(planned)
    assert [each.at for each in planned] == sorted(each.at for each in planned)
    for each in planned:
        assert now <= each.at < each.useful_until <= meeting
        assert not meetings.is_quiet(each.at, zone, quiet) or (
            each.errand is Errand.REMIND and meeting - each.at <= timedelta(hours=1)
        )


@CLAIM
@given(instants, zones, nights)
@pytest.mark.requirement("R15")
def test_the_night_is_left_by_its_nearest_ends(at: datetime, zone: ZoneInfo, quiet: Quiet) -> None:
    before, after = meetings.last_waking(at, zone, quiet), meetings.next_waking(at, zone, quiet)

    assert before <= at <= after
    assert not meetings.is_quiet(before, zone, quiet)
    assert not meetings.is_quiet(after, zone, quiet)
    if meetings.is_quiet(at, zone, quiet):
        # Nothing but night lies between, save the quarter of an hour kept before it.
        minutes = int((after - before) / timedelta(minutes=1))
        awake = [
            n
            for n in range(minutes)
            if not meetings.is_quiet(before + timedelta(minutes=n), zone, quiet)
        ]
        assert len(awake) <= 15 or clock_changes(before, after, zone)
    else:
        assert before == at == after


def clock_changes(before: datetime, after: datetime, zone: ZoneInfo) -> bool:
    return before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [("20:59", False), ("21:00", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
@pytest.mark.requirement("R15")
def test_the_night_begins_at_nine_and_ends_at_eight(wall: str, quiet: bool) -> None:
    assert meetings.is_quiet(rome(f"2026-12-17 {wall}"), ROME, QUIET) is quiet


def test_a_night_may_lie_within_one_day_or_be_left_out() -> None:
    midday, never = Quiet(time(13), time(15)), Quiet(time(9), time(9))

    assert meetings.is_quiet(rome("2026-12-17 14:00"), ROME, midday)
    assert meetings.next_waking(rome("2026-12-17 14:00"), ROME, midday) == rome("2026-12-17 15:00")
    assert meetings.last_waking(rome("2026-12-17 14:00"), ROME, midday) == rome("2026-12-17 12:45")
    assert not any(
        meetings.is_quiet(rome(f"2026-12-17 {hour:02}:00"), ROME, never) for hour in range(24)
    )


def test_a_night_that_leaves_no_day_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="at least one hour"):
        Quiet(time(8, 30), time(8))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("coming", Attendance.COMING),
        ("Yes!", Attendance.COMING),
        ("I’ll be there", Attendance.COMING),
        ("✅", Attendance.COMING),
        ("✔️", Attendance.COMING),
        ("👍🏽", Attendance.COMING),
        ("coming quietly", Attendance.QUIETLY),
        ("Yes, quietly.", Attendance.QUIETLY),
        ("🤫", Attendance.QUIETLY),
        ("can't come", Attendance.NOT_COMING),
        ("I can’t make it", Attendance.NOT_COMING),
        ("no", Attendance.NOT_COMING),
        ("Not this time", Attendance.NOT_COMING),
        ("❌", Attendance.NOT_COMING),
        ("maybe", None),
        ("is Lee coming?", None),
        ("no idea what to bring", None),
        ("", None),
    ],
)
@pytest.mark.requirement("R62")
def test_an_answer_is_read_as_people_write_it(said: str, meant: Attendance | None) -> None:
    assert meetings.read_attendance(said) is meant


@CLAIM
@given(st.text())
def test_whatever_else_is_written_is_no_answer_and_no_fault(text: str) -> None:
    assert meetings.read_attendance(text) in {*Attendance, None}


def test_every_answer_has_one_sign_that_is_read_back() -> None:
    for answer, sign in meetings.ATTENDANCE_SIGNS.items():
        assert meetings.read_attendance(sign) is answer
        assert "\ufe0f" not in sign
    assert [answer for answer in Attendance if answer.present] == [
        Attendance.COMING,
        Attendance.QUIETLY,
    ]


@pytest.mark.requirement("R63")
def test_a_meeting_has_enough_when_as_many_come_as_the_charter_asks_for() -> None:
    assert meetings.enough(3, 3)
    assert not meetings.enough(2, 3)


def test_what_is_owed_is_useful_until_its_time_and_not_at_it() -> None:
    until = rome("2026-12-17 19:00")

    assert meetings.useful(until, until - timedelta(seconds=1))
    assert not meetings.useful(until, until)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("coming", Attendance.COMING),
        ("Coming, and I bring bread", Attendance.COMING),
        ("I'm coming – a bit late", Attendance.COMING),
        ("count me in", Attendance.COMING),
        ("I’ll be there!", Attendance.COMING),
        ("coming quietly", Attendance.QUIETLY),
        ("not coming", Attendance.NOT_COMING),
        ("Not coming, sorry", Attendance.NOT_COMING),
        ("I can't make it. Have a good evening", Attendance.NOT_COMING),
        ("not this time", Attendance.NOT_COMING),
    ],
)
def test_words_about_coming_count_when_they_stand_alone_or_first(
    said: str, meant: Attendance
) -> None:
    assert meetings.read_attendance_said_to_all(said) is meant
    assert meetings.read_attendance(said) is meant


@pytest.mark.parametrize(
    "said",
    [
        "yes", "no", "in", "out", "there", "sure", "listening", "👍", "✅", "coming?", "coming, or not?", "coming, or not",
        "coming or going", "who is coming", "are you coming", "we're coming to dinner", "Lee is coming", "coming soon",
        "coming, maybe", "coming, if it does not rain", "not coming out of this film the same", "", ",", "coming,coming?",
    ],
)  # fmt: skip
def test_talk_among_people_says_nothing_about_coming(said: str) -> None:
    assert meetings.read_attendance_said_to_all(said) is None


@CLAIM
@given(st.text(max_size=80))
def test_any_talk_can_be_heard(text: str) -> None:
    assert meetings.read_attendance_said_to_all(text) in {*Attendance, None}
