"""Every default that can be changed: its bounds, its words and where it comes from."""

import re
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import defaults
from practices.circles import RoomKind
from practices.defaults import SETTINGS, Kind, Setting, Value
from practices.meetings import ASK_HOURS, QUIET, REMIND_HOURS
from practices.understanding import NotUnderstood

CLAIM = settings(derandomize=True, deadline=None, max_examples=200)
MADE_UP = (
    Setting(
        name="sing",
        kind=Kind.YES_NO,
        default=True,
        help="",
        source="",
        kinds=frozenset({RoomKind.CREW}),
    ),
    Setting(
        name="pause",
        kind=Kind.DURATION,
        default=timedelta(minutes=10),
        low=timedelta(minutes=1),
        high=timedelta(hours=2),
        help="",
        source="",
        kinds=frozenset({RoomKind.CREW}),
    ),
)


@pytest.mark.requirement("R17")
def test_every_setting_is_a_default_tagged_as_changeable_with_its_rule() -> None:
    for setting in SETTINGS:
        assert re.search(r"\b(R\d+|[A-Z]+-\d+) \[[pd]\]", setting.source), setting.name
        assert setting.kinds
        assert setting.help
    names = [setting.name for setting in SETTINGS]
    assert names == sorted(set(names))


@pytest.mark.requirement("R17")
def test_every_default_is_a_value_that_could_have_been_chosen() -> None:
    for setting in (*SETTINGS, *MADE_UP):
        for value in (setting.default, setting.low, setting.high, *setting.choices):
            if value is not None:
                assert defaults.read(setting, defaults.words(value)) == value


def test_the_defaults_agree_with_what_the_practices_do_by_themselves() -> None:
    stands = {setting.name: setting.default for setting in SETTINGS}

    assert (stands["ask-hours"], stands["remind-hours"]) == (ASK_HOURS, REMIND_HOURS)
    assert (stands["quiet-from"], stands["quiet-until"]) == (QUIET.start, QUIET.end)
    assert stands["announce-days"] is None


@pytest.mark.requirement("R3")
def test_a_person_may_be_in_three_crews_unless_the_congregation_agrees_on_another_number() -> None:
    setting = defaults.find("crews-per-person")

    assert setting.default == 3
    assert setting.kinds == {RoomKind.CONGREGATION}
    assert defaults.read(setting, "5") == 5


@pytest.mark.requirement("R2")
def test_no_congregation_can_ask_anyone_to_be_in_fewer_than_three_crews() -> None:
    with pytest.raises(NotUnderstood, match="from 3 to"):
        defaults.read(defaults.find("crews-per-person"), "2")


def test_a_room_sees_the_settings_it_may_change() -> None:
    crew = {setting.name for setting in defaults.settings_for(RoomKind.CREW)}

    assert "minimum-presence" in crew
    assert "crews-per-person" not in crew
    assert defaults.settings_for(RoomKind.NONE) == ()


@pytest.mark.parametrize("said", ["ask-hours", "Ask Hours", "ask_hours", " ASK-HOURS "])
def test_a_setting_is_found_however_its_name_is_written(said: str) -> None:
    assert defaults.find(said).name == "ask-hours"


def test_a_name_nearly_right_is_answered_with_the_right_one() -> None:
    with pytest.raises(NotUnderstood, match="Did you mean “ask-hours”"):
        defaults.find("askhour")
    with pytest.raises(NotUnderstood, match="There are: announce-days"):
        defaults.find("zzz")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ask-hours", " 48 ", 48),
        ("quiet-from", "10 pm", time(22)),
        ("quiet-until", "7:30", time(7, 30)),
        ("retrospective", "Cycle  End", "cycle end"),
    ],
)
@pytest.mark.requirement("R17")
def test_a_value_is_read_as_people_write_it(name: str, text: str, value: Value) -> None:
    assert defaults.read(defaults.find(name), text) == value


@pytest.mark.parametrize(
    ("name", "text", "helped"),
    [
        ("ask-hours", "often", "For example “ask-hours 24”"),
        ("ask-hours", "-1", "as a number"),
        ("ask-hours", "²", "as a number"),
        ("ask-hours", "9" * 5000, "as a number"),
        ("ask-hours", "1000", "from 2 to 168"),
        ("quiet-from", "3:00", "from 18:00 to 23:59"),
        ("quiet-from", "late", "as a time of day"),
        ("retrospective", "never", "one of by length, cycle end, monthly"),
        ("announce-days", "x", "“announce-days 28”"),
    ],
)
@pytest.mark.requirement("R17")
def test_a_value_not_understood_or_out_of_bounds_is_met_with_what_works(
    name: str, text: str, helped: str
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        defaults.read(defaults.find(name), text)

    assert helped in str(refused.value)


@CLAIM
@given(st.sampled_from((*SETTINGS, *MADE_UP)), st.text(max_size=60))
def test_whatever_is_written_is_a_value_within_bounds_or_refused(
    setting: Setting, text: str
) -> None:
    try:
        value = defaults.read(setting, text)
    except NotUnderstood as refused:
        assert "For example" in str(refused)
    else:
        assert defaults.read(setting, defaults.words(value)) == value


@CLAIM
@given(st.text(max_size=200))
def test_whatever_is_written_as_a_name_is_found_or_refused(text: str) -> None:
    try:
        assert defaults.find(text) in SETTINGS
    except NotUnderstood as refused:
        assert "“" in str(refused)


def test_yes_and_no_and_lengths_of_time_are_said_back_in_words() -> None:
    sing, pause = MADE_UP

    assert defaults.read(sing, "off") is False
    assert defaults.words(value=False) == "no"
    assert defaults.words(defaults.read(pause, "1 hour 30 minutes")) == "1 hour 30 minutes"
    assert defaults.words(None) == "by the rhythm"


@pytest.mark.requirement("R49")
def test_every_wish_stays_open_for_the_same_fourteen_days() -> None:
    assert defaults.PATIENCE.days == 14
    assert defaults.find("invitation-days").default == defaults.PATIENCE.days


@pytest.mark.parametrize(
    ("said", "name", "rest"),
    [
        ("crews per person 4", "crews-per-person", "4"),
        ("Crews-Per-Person 4", "crews-per-person", "4"),
        ("crews_per_person: 4", "crews-per-person", "4"),
        ("ask hours to 48", "ask-hours", "48"),
        ("ask-hours = 48", "ask-hours", "48"),
        ("retrospective by length", "retrospective", "by length"),
        ("retrospective hours 24", "retrospective-hours", "24"),
        ("quiet from", "quiet-from", ""),
    ],
)
def test_a_setting_is_found_at_the_beginning_of_what_is_said(
    said: str, name: str, rest: str
) -> None:
    found, value = defaults.begins_with(said)

    assert (found.name, value) == (name, rest)


@pytest.mark.parametrize("said", ["crews 4", "crew per person 4", "", "   ", "4"])
def test_what_begins_with_no_setting_is_refused_with_what_there_is(said: str) -> None:
    with pytest.raises(NotUnderstood, match="I don't know a setting"):
        defaults.begins_with(said)


def test_the_beginning_of_a_name_is_answered_with_the_names_that_begin_so() -> None:
    with pytest.raises(NotUnderstood, match="Did you mean “crews-per-person”"):
        defaults.begins_with("crews 4")
    with pytest.raises(NotUnderstood, match="Did you mean “quiet-from” or “quiet-until”"):
        defaults.find("quiet")


@CLAIM
@given(st.text(max_size=200))
def test_whatever_is_said_begins_with_a_setting_or_is_refused(said: str) -> None:
    try:
        found, rest = defaults.begins_with(said)
    except NotUnderstood as refused:
        assert "“" in str(refused)
    else:
        assert found in SETTINGS
        assert rest in " ".join(said.split())


def test_a_congregation_is_offered_no_setting_about_meetings_that_a_space_does_not_have() -> None:
    whole = {setting.name for setting in defaults.settings_for(RoomKind.CONGREGATION)}

    assert whole == {
        "crews-per-person",
        "invitation-days",
        "quiet-from",
        "quiet-until",
        "review-months",
    }
