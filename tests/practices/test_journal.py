"""Writing for oneself: what is heard in the silence, which prompt comes, and when somebody is asked."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import journal
from practices.journal import Theme
from practices.understanding import NotUnderstood

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    "said", ["stop", "Stop.", "PASS", "another one", "!when", "! no", "safety", "stop here"]
)
def test_the_few_words_that_go_on_or_end_are_heard_in_the_silence(said: str) -> None:
    assert journal.is_for_us(said, "!") == (said != "! no")


@pytest.mark.parametrize(
    "said",
    [
        "I want to stop promising things",
        "passing by",
        "leave my job",
        "when",
        "yes",
        "!",
        "",
        "help me",
        "call mother",
    ],
)
def test_everything_else_in_the_silence_is_theirs(said: str) -> None:
    assert not journal.is_for_us(said, "!")


def test_it_is_theirs_until_the_bell_has_rung_though_that_is_late_and_not_a_moment_longer() -> None:
    assert journal.theirs_until(NOW, over=True) == NOW
    assert journal.theirs_until(NOW, over=False) == NOW + journal.TAIL


MINUTES_ON = [NOW + timedelta(minutes=each) for each in range(9)]


@pytest.mark.parametrize(
    "last", ["stop", "Stop.", "!stop", "cancel", "✋", "✋\ufe0f", "done", "safety"]
)
def test_what_is_said_after_the_last_word_is_said_to_us(last: str) -> None:
    words = [(MINUTES_ON[2], last), (MINUTES_ON[1], "pass"), (MINUTES_ON[3], "I stop here often")]

    assert journal.last_words(words, "!", steps=None) == [MINUTES_ON[2]]


def test_the_word_that_goes_on_from_the_last_step_of_a_check_in_is_its_last() -> None:
    words = [(at, "next") for at in MINUTES_ON[:3]]

    assert journal.last_words(words, "!", steps=journal.steps_left(2)) == [MINUTES_ON[2]]
    assert journal.last_words(words, "!", steps=journal.steps_left(0)) == []
    assert journal.last_words(words, "!", steps=None) == []


@pytest.mark.requirement("R22")
@given(st.text())
def test_whoever_names_no_theme_gets_one_of_the_four(seed: str) -> None:
    theme = journal.some_theme(seed)

    assert theme in (Theme.NEEDS, Theme.CAPACITIES, Theme.TRIGGERS, Theme.COMMITMENTS)
    assert theme is journal.some_theme(seed)


def test_on_request_each_theme_comes_before_any_comes_again_in_other_words() -> None:
    theme, number = Theme.TRIGGERS, 0
    seen = []
    for _ in range(8):
        seen.append(journal.prompt(theme, number))
        theme, number = journal.after(theme, number)

    assert len(set(seen)) == 8


@pytest.mark.parametrize("theme", [Theme.AFTER, Theme.BEFORE])
def test_what_belongs_to_a_meeting_stays_with_it(theme: Theme) -> None:
    assert journal.after(theme, 0) == (theme, 1)
    assert journal.prompt(theme, 0) != journal.prompt(theme, 1)


def test_a_parts_check_in_has_five_steps() -> None:
    assert len(journal.STEPS) == 5


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("19:30", (time(19, 30), frozenset(range(7)), None)),
        ("19:30 every day", (time(19, 30), frozenset(range(7)), None)),
        ("7 pm on mon, thu", (time(19), frozenset({0, 3}), None)),
        ("19:30 on monday and thursday in rome", (time(19, 30), frozenset({0, 3}), ROME)),
        ("8:00 on sundays", (time(8), frozenset({6}), None)),
        ("8:00 on weekdays", (time(8), frozenset(range(5)), None)),
    ],
)
def test_times_are_read_as_people_say_them(said: str, wanted: object) -> None:
    assert journal.read_times(said) == wanted


@pytest.mark.parametrize(
    "said",
    ["", "soon", "19:30 on t", "19:30 on someday", "19:30 on mon in nowhere at all", "25:00"],
)
def test_what_is_no_time_day_or_zone_is_not_guessed(said: str) -> None:
    with pytest.raises(NotUnderstood):
        journal.read_times(said)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("every evening", "20:00 every day"),
        ("Mornings", "9:00 every day"),
        ("daily at 19:30", "19:30 every day"),
        ("every monday at 7 pm", "7 pm on monday"),
        ("every monday evening", "20:00 on monday"),
        ("on mon and thu at 19:30 in rome", "19:30 on mon and thu in rome"),
        ("every day", None),
        ("every monday", None),
        ("needs", None),
        ("never", None),
    ],
)
def test_whoever_begins_with_the_days_is_understood(said: str, means: str | None) -> None:
    assert journal.as_times(said) == means


def test_days_are_said_as_people_say_them() -> None:
    assert journal.days_words({3, 0}) == "on Monday and Thursday"
    assert journal.days_words({6}) == "on Sunday"
    assert journal.days_words(range(7)) == "every day"


ZONES = st.sampled_from(
    ["Europe/Rome", "Pacific/Auckland", "America/New_York", "Asia/Kolkata", "UTC"]
)


@settings(max_examples=100)
@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)),
    ZONES,
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
)
def test_the_next_time_is_on_one_of_the_days_within_eight_of_them(
    days: set[int], at: time, name: str, naive: datetime
) -> None:
    now, zone = naive.replace(tzinfo=UTC), ZoneInfo(name)

    found = journal.next_time(days, at, zone, now)

    assert now < found <= now + timedelta(days=8)
    local = found.astimezone(zone)
    jumped = abs(datetime.combine(local.date(), at) - local.replace(tzinfo=None))
    assert jumped <= timedelta(hours=1), "the same hour, but where the clock leaps over it"
    if not jumped:
        assert local.weekday() in days


def test_without_a_day_there_is_no_next_time() -> None:
    with pytest.raises(ValueError, match="one day"):
        journal.next_time([], time(8), ROME, NOW)
