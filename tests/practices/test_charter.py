"""Charters: seven lines to begin with, each accepted by each member, in their very words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.calling import plain_call, read_line
from practices.charter import (
    OPTIONAL,
    REQUIRED,
    Key,
    Line,
    Standing,
    beginning,
    ending,
    is_active,
    length_in,
    next_line,
    offered,
    own,
    reworded,
    standing,
)
from practices.cycles import Length
from practices.rhythm import Cadence
from practices.understanding import NotUnderstood

CLAIM = settings(derandomize=True, deadline=None, max_examples=100)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
CALL = read_line("dinner, every other tuesday 19:00, 75 min, until march", now=NOW, zone=ROME)
LINES = beginning(CALL)
BY_KEY = {line.key: line for line in LINES}
MEMBERS = ("ana", "ben", "cleo")


def anew(key: Key, text: str) -> Line:
    return reworded(BY_KEY[key], text, now=NOW, zone=ROME)


@pytest.mark.requirement("R52")
def test_a_charter_begins_with_the_seven_lines() -> None:
    assert [line.key for line in LINES] == list(REQUIRED)
    assert all(line.required and line.text.endswith(".") for line in LINES)
    assert BY_KEY[Key.PRESENCE].least == 3
    rule = BY_KEY[Key.RHYTHM].rule
    assert rule is not None
    assert rule.cadence is Cadence.FORTNIGHTLY


@pytest.mark.requirement("R16")
def test_a_charter_has_an_end_from_the_first_moment() -> None:
    assert BY_KEY[Key.CYCLE].until == date(2027, 3, 31)
    assert "until Wednesday 31 March 2027" in BY_KEY[Key.CYCLE].text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("weekly, in the evening", "We meet weekly, in the evening, for 90 minutes."),
        ("open", "We meet for 90 minutes, and fix the next time before we part."),
    ],
)
def test_a_rhythm_that_is_no_rule_yet_is_said_as_it_is(said: str, text: str) -> None:
    lines = beginning(read_line(said, now=NOW, zone=ROME))

    assert next(line for line in lines if line.key is Key.RHYTHM) == Line(key=Key.RHYTHM, text=text)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.key)
def test_the_same_words_mean_the_same_again(line: Line) -> None:
    assert reworded(line, line.text, now=NOW, zone=ROME) == line


@pytest.mark.requirement("R16")
def test_a_line_about_the_end_without_a_day_is_refused() -> None:
    assert anew(Key.CYCLE, "We stop on 3 march, then we party").until == date(2027, 3, 3)
    assert anew(Key.CYCLE, "for six months").until == date(2027, 5, 22)
    for said in ("We go on for ever", "until 30 february", "until 1 november 2026"):
        with pytest.raises(NotUnderstood, match="every crew has an end"):
            anew(Key.CYCLE, said)


@pytest.mark.requirement("R53")
@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("six meetings", Length.SIX),
        ("for 10 meetings", Length.TEN),
        ("We meet five times and then we look back", Length.FIVE),
    ],
)
def test_an_end_may_be_one_of_the_numbers_of_meetings_that_a_cycle_has(
    said: str, length: Length
) -> None:
    line = anew(Key.CYCLE, said)

    assert (line.length, line.until) == (length, None)
    assert length_in(line.text) is length
    with pytest.raises(NotUnderstood, match="5, 6 or 10 meetings, or 2 months"):
        anew(Key.CYCLE, "We do this for seven meetings")


def test_two_months_are_a_day_in_a_charter() -> None:
    line = anew(Key.CYCLE, "two months")

    assert (line.length, line.until) == (None, date(2027, 1, 22))
    assert line.text == ending(date(2027, 1, 22)).text
    with pytest.raises(ValueError, match="ends on a day"):
        ending(Length.TWO_MONTHS)


@pytest.mark.requirement("R16", "R52")
def test_a_charter_whose_end_is_a_number_of_meetings_is_whole() -> None:
    lines = [ending(Length.FIVE) if line.key is Key.CYCLE else line for line in LINES]
    accepted = {place: set(MEMBERS) for place in range(len(lines))}

    assert is_active(lines, accepted, MEMBERS)


def test_a_minimum_presence_names_one_number() -> None:
    assert anew(Key.PRESENCE, "We need four of us").least == 4
    for said in ("many", "nine of us", "three or four", "99999999999999999999"):
        with pytest.raises(NotUnderstood, match="says how many of you it takes"):
            anew(Key.PRESENCE, said)


def test_other_words_about_the_rhythm_are_a_rule_when_they_can_be() -> None:
    line = anew(Key.RHYTHM, "third thursday 20:00")

    assert line.text == "We meet every third Thursday of the month, 20:00 (Europe/Rome)."
    assert line.rule is not None
    assert anew(Key.RHYTHM, "We meet when the moon calls").rule is None


def test_every_other_line_is_free() -> None:
    line = anew(Key.PASSING, "  We   pass\n when we like ")

    assert line == Line(key=Key.PASSING, text="We pass when we like")
    for said in ("", "x" * 301):
        with pytest.raises(NotUnderstood):
            anew(Key.PASSING, said)


def test_a_line_of_ones_own_may_name_an_agreement_there_is() -> None:
    assert own("advice") == offered(Key.ADVICE)
    assert own("We put our phones away") == Line(key=Key.OWN, text="We put our phones away")
    assert all(offered(key).text and not offered(key).required for key in OPTIONAL)


@pytest.mark.requirement("R52")
def test_a_crew_is_active_when_every_member_has_accepted_every_line() -> None:
    accepted = {place: set(MEMBERS) for place in range(len(LINES))}

    assert is_active(LINES, accepted, MEMBERS)
    assert is_active(LINES, accepted, MEMBERS) is not is_active(LINES, accepted, (*MEMBERS, "dan"))


@pytest.mark.requirement("R45")
def test_two_make_no_crew_active() -> None:
    accepted = {place: {"ana", "ben"} for place in range(len(LINES))}

    assert not is_active(LINES, accepted, ("ana", "ben"))


@pytest.mark.requirement("R51")
@CLAIM
@given(st.dictionaries(st.integers(0, len(LINES) - 1), st.sets(st.sampled_from(MEMBERS))))
def test_each_line_needs_each_member_by_itself(accepted: dict[int, set[str]]) -> None:
    whole = all(accepted.get(place) == set(MEMBERS) for place in range(len(LINES)))

    assert is_active(LINES, accepted, MEMBERS) is whole


@pytest.mark.requirement("R52")
@pytest.mark.parametrize("key", REQUIRED)
def test_no_charter_is_whole_without_one_of_the_seven(key: Key) -> None:
    kept = [line for line in LINES if line.key is not key]
    accepted = {place: set(MEMBERS) for place in range(len(kept))}

    assert not is_active(kept, accepted, MEMBERS)


def test_a_line_of_ones_own_counts_like_the_others() -> None:
    lines = [*LINES, own("We put our phones away")]
    accepted = {place: set(MEMBERS) for place in range(len(lines))}

    assert is_active(lines, accepted, MEMBERS)
    assert not is_active(lines, {**accepted, len(LINES): {"ana"}}, MEMBERS)


def test_a_count_names_nobody_and_forgets_those_who_left() -> None:
    assert standing({"ana", "zoe"}, MEMBERS) == Standing(1, 3)
    assert standing(set(MEMBERS), MEMBERS).whole


def test_each_is_asked_for_the_first_line_not_accepted_yet() -> None:
    assert next_line([{"ana"}, {"ben"}, set()], "ana") == 1
    assert next_line([{"ana"}, {"ana"}], "ana") is None
    assert plain_call(NOW, ROME).until == date(2027, 1, 22)
