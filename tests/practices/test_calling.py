"""Calls to crew: read, said back, and turned into a group in which everybody accepts everybody."""

import json
from datetime import UTC, date, datetime, time
from itertools import combinations, permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.calling import (
    Calling,
    as_state,
    board_line,
    changed,
    common_hours,
    common_words,
    crew_name,
    elsewhere_words,
    from_state,
    mutual,
    plain_call,
    read_line,
    read_part,
    words,
)
from practices.rhythm import Cadence, Rhythm
from practices.understanding import NotUnderstood

CLAIM = settings(derandomize=True, deadline=None, max_examples=150)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
LINE = "dinner and honesty, every other tuesday 19:00, 75 min, 6 people, until march"


def read(text: str) -> Calling:
    return read_line(text, now=NOW, zone=ROME)


# ------------------------------------------------------------------------------------------- reading


@pytest.mark.requirement("R48")
def test_one_line_says_all_that_a_call_contains() -> None:
    wanted = read(LINE)

    assert wanted.intention == "dinner and honesty"
    assert isinstance(wanted.rhythm, Rhythm)
    assert (wanted.rhythm.cadence, wanted.rhythm.weekday) == (Cadence.FORTNIGHTLY, 1)
    assert (wanted.minutes, wanted.size, wanted.zone) == (75, 6, "Europe/Rome")
    assert wanted.until == date(2027, 3, 31)


@pytest.mark.requirement("R48")
@pytest.mark.requirement("R16")
def test_what_is_left_out_has_a_default_and_the_end_is_never_left_out() -> None:
    assert read("a book") == Calling(
        zone="Europe/Rome",
        until=date(2027, 1, 22),
        intention="a book",
        rhythm=None,
        minutes=90,
        size=5,
    )


@pytest.mark.requirement("R48")
def test_the_intention_may_stay_open() -> None:
    assert read("open, weekly").intention is None
    assert board_line(read("open, weekly")).startswith("the intention is open – weekly;")


@pytest.mark.parametrize("parts", list(permutations(LINE.split(", ")))[::17])
def test_the_parts_stand_in_any_order(parts: tuple[str, ...]) -> None:
    assert read(", ".join(parts)) == read(LINE)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("dinner, 9 people", "at most eight people, as many as share one table"),
        ("dinner, 2 people", "begins with three people"),
        ("dinner, until 30 february", "There is no such day. For example “until 22 January”"),
        ("dinner, until 1 november 2026", "Sunday 1 November 2026 has passed already."),
        ("dinner, until 22 november", "is no day to come"),
        ("dinner, until 2029-01-01", "more than a year away"),
        ("dinner, until yesterday", "I could not read “yesterday”"),
        ("dinner, 2 hours", "60 to 90 minutes"),
        ("dinner, 3 people, 4 people", "two answers for the size"),
        ("every second tuesday 19:00", "Every two weeks, or once a month?"),
        ("every tuesday 25:00", "could not read “every tuesday 25:00”"),
        ("dinner, zone Atlantis", "I don't know a time zone “Atlantis”"),
        (" , ; ", "What would you like to begin?"),
        ("x" * 301, "more than 300 letters"),
    ],
)
def test_what_cannot_be_is_refused_with_what_works(said: str, why: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        read(said)

    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("until december", date(2026, 12, 31)),
        ("until november", date(2026, 11, 30)),
        ("until end of march 2027", date(2027, 3, 31)),
        ("for two months", date(2027, 1, 22)),
        ("for 6 weeks", date(2027, 1, 3)),
        ("till 5 january", date(2027, 1, 5)),
    ],
)
def test_an_end_is_said_in_many_ways(said: str, until: date) -> None:
    assert read(f"dinner, {said}").until == until


@pytest.mark.parametrize(
    ("said", "rhythm"),
    [
        ("weekly, in the evening", "weekly, in the evening"),
        ("every other tuesday", "every other tuesday"),
        ("mondays", "mondays"),
    ],
)
def test_a_rhythm_without_an_hour_stays_words(said: str, rhythm: str) -> None:
    assert read(f"dinner, {said}, 5 people").rhythm == rhythm


def test_words_that_only_look_like_a_part_belong_to_the_intention() -> None:
    wanted = read("every voice counts, poetry/music, a good time, in Lisbon")

    assert wanted.intention == "every voice counts, poetry/music, a good time, in Lisbon"
    assert wanted.rhythm is None
    assert wanted.zone == "Europe/Rome"


def test_the_rhythm_runs_on_the_clocks_that_the_call_names() -> None:
    for said in ("x, every tuesday 19:00, Lisbon time", "x, Europe/Lisbon, every tuesday 19:00"):
        wanted = read(said)
        assert isinstance(wanted.rhythm, Rhythm)
        assert (wanted.zone, wanted.rhythm.zone) == ("Europe/Lisbon", "Europe/Lisbon")


def test_other_words_change_only_what_they_say() -> None:
    before = read(LINE)

    after = changed(before, "8 people", now=NOW)

    assert after.size == 8
    assert changed(after, "6 people", now=NOW) == before


@pytest.mark.parametrize(
    ("part", "said", "value"),
    [
        ("size", "four of us", 4),
        ("size", "5", 5),
        ("minutes", "75", 75),
        ("minutes", "1 hour", 60),
        ("until", "until March", date(2027, 3, 31)),
        ("until", "two months", date(2027, 1, 22)),
        ("zone", "Lisbon", "Europe/Lisbon"),
        ("intention", "I don't know yet", None),
        ("rhythm", "when the moon calls", "when the moon calls"),
        ("rhythm", "open", None),
    ],
)
def test_one_part_is_read_by_itself_when_it_was_asked_for(
    part: str, said: str, value: object
) -> None:
    assert getattr(read_part(plain_call(NOW, ROME), part, said, now=NOW), part) == value


@CLAIM
@given(st.text(max_size=80) | st.lists(st.sampled_from(LINE.split()), max_size=9).map(" ".join))
def test_whatever_is_typed_is_read_or_refused_in_words(said: str) -> None:
    for part in (None, "intention", "rhythm", "minutes", "size", "zone", "until"):
        try:
            if part is None:
                wanted = read(said)
            else:
                wanted = read_part(plain_call(NOW, ROME), part, said, now=NOW)
        except NotUnderstood as refused:
            assert str(refused)
        else:
            assert wanted.until > date(2026, 11, 22)
            assert board_line(wanted)
            assert from_state(json.loads(json.dumps(as_state(wanted)))) == wanted


@pytest.mark.parametrize(
    "said", [LINE, "open, for 6 weeks", "books, weekly, in the evening, 4 people, Lisbon time"]
)
def test_what_is_said_back_is_read_again_as_the_same_call(said: str) -> None:
    wanted = read(said)
    back = ", ".join(f"until {text}" if name == "Until" else text for name, text in words(wanted))

    assert read(back) == wanted


@pytest.mark.parametrize(
    "broken", [{"size": 9}, {"size": 2}, {"minutes": 120}, {"zone": "Atlantis"}]
)
def test_a_call_beyond_its_bounds_cannot_be_made(broken: dict[str, object]) -> None:
    whole = {"zone": "Europe/Rome", "until": date(2027, 1, 22), **broken}
    with pytest.raises(ValueError, match=r"crew|zone"):
        Calling(**whole)  # type: ignore[arg-type]  # what is tried


def test_a_room_is_called_by_its_intention_or_by_its_caller() -> None:
    assert crew_name(read("dinner and honesty"), "Ana") == "Dinner and honesty crew"
    assert crew_name(read("open"), "Ana") == "Crew of Ana"
    assert crew_name(read("x" * 41), "Ana") == "Crew of Ana"


# ------------------------------------------------------------------------------------ who accepts whom

PEOPLE = ("ana", "ben", "cleo", "dan", "eve", "fay")
PAIRS = list(permutations(PEOPLE, 2))
YESES = st.sets(st.sampled_from(PAIRS))


def all_of(*people: str) -> set[tuple[str, str]]:
    return set(permutations(people, 2))


@pytest.mark.requirement("R45")
def test_two_are_no_crew_however_much_they_agree() -> None:
    assert mutual("ana", ["ben"], all_of("ana", "ben"), 5) == ()


def test_everybody_who_accepts_everybody_is_in() -> None:
    assert mutual("ana", ["ben", "cleo"], all_of("ana", "ben", "cleo"), 5) == ("ana", "ben", "cleo")


def test_one_missing_yes_between_two_others_keeps_one_of_them_out() -> None:
    yeses = all_of("ana", "ben", "cleo", "dan") - {("cleo", "dan")}

    assert mutual("ana", ["ben", "cleo", "dan"], yeses, 5) == ("ana", "ben", "cleo")
    assert mutual("ana", ["ben", "dan", "cleo"], yeses, 5) == ("ana", "ben", "dan")


def test_of_several_groups_the_largest_is_taken_whoever_came_first() -> None:
    yeses = all_of("ana", "ben", "cleo") | all_of("ana", "dan", "eve", "fay")

    assert mutual("ana", PEOPLE[1:], yeses, 8) == ("ana", "dan", "eve", "fay")
    assert mutual("ana", PEOPLE[1:], yeses, 3) == ("ana", "ben", "cleo")


@CLAIM
@given(YESES, st.permutations(PEOPLE[1:]), st.integers(3, 8))
def test_nobody_is_in_a_group_without_having_accepted_everyone_and_being_accepted(
    yeses: set[tuple[str, str]], candidates: list[str], size: int
) -> None:
    group = mutual("ana", candidates, yeses, size)

    assert not group or (group[0] == "ana" and 3 <= len(group) <= size)
    assert all((one, other) in yeses for one, other in permutations(group, 2))
    assert len(set(group)) == len(group)


@CLAIM
@given(YESES, st.permutations(PEOPLE[1:]), st.integers(3, 8))
def test_no_larger_group_was_possible(
    yeses: set[tuple[str, str]], candidates: list[str], size: int
) -> None:
    found = len(mutual("ana", candidates, yeses, size))

    for others in range(max(found, 2), size):
        for group in combinations(candidates, others):
            whole = ("ana", *group)
            assert not all((one, other) in yeses for one, other in permutations(whole, 2))


@pytest.mark.requirement("R50")
@CLAIM
@given(YESES, st.permutations(PEOPLE[1:]))
def test_a_yes_that_is_not_returned_leads_to_the_same_as_none(
    yeses: set[tuple[str, str]], candidates: list[str]
) -> None:
    returned = {(one, other) for one, other in yeses if (other, one) in yeses}

    assert mutual("ana", candidates, yeses, 5) == mutual("ana", candidates, returned, 5)


# ------------------------------------------------------------------------------------- when all awake


def test_the_hours_in_which_all_are_awake_are_told_on_the_readers_own_clock() -> None:
    zones = [ZoneInfo("America/New_York"), ZoneInfo("Europe/Lisbon")]

    assert common_hours(date(2026, 12, 1), ROME, zones) == [(time(14), time(21))]
    assert common_words(date(2026, 12, 1), ROME, zones) == (
        "All of you are awake from 14:00 to 21:00 (Europe/Rome)."
    )


def test_where_there_is_no_such_hour_it_is_said() -> None:
    far = [ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Tokyo")]

    assert common_words(date(2026, 12, 1), ROME, far).startswith("There is no hour at which all")


def test_a_day_of_twenty_five_hours_is_no_stumbling_block() -> None:
    assert common_hours(date(2026, 10, 25), ROME, []) == [(time(8), time(21))]


def test_the_same_moment_elsewhere_names_places_and_nobody() -> None:
    zones = [ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")]
    at = datetime(2026, 11, 26, 18, tzinfo=UTC)

    assert elsewhere_words(at, ROME, zones) == "13:00 in New York, 03:00 on Friday in Tokyo"
    assert elsewhere_words(at, ROME, [ZoneInfo("Europe/Berlin")]) == ""


# -------------------------------------------------------------------------- what is said back is changed


def corrected(text: str) -> Calling:
    return changed(read("reading, tuesdays 19:00, 5 people"), text, now=NOW)


@pytest.mark.parametrize(
    ("said", "part", "value"),
    [
        ("What: reading a book together", "intention", "reading a book together"),
        ("What: dinner, honesty, and wine", "intention", "dinner, honesty, and wine"),
        ("- **How many**: six people", "size", 6),
        ("how long: 75 minutes", "minutes", 75),
        ("By the clocks of: Lisbon", "zone", "Europe/Lisbon"),
        ("until: Friday 22 January 2027", "until", date(2027, 1, 22)),
        ("When: every other week, in the evening", "rhythm", "every other week, in the evening"),
        ("When: the rhythm is found together", "rhythm", None),
        ("What: open", "intention", None),
    ],
)
def test_a_label_names_the_line_that_it_corrects(said: str, part: str, value: object) -> None:
    assert getattr(corrected(said), part) == value


def test_every_line_that_is_said_back_can_be_said_with_its_label() -> None:
    call = read(LINE)

    for name, text in words(call):
        assert changed(call, f"{name}: {text}", now=NOW) == call
    whole = "\n".join(f"- {name}: {text}" for name, text in words(call))
    assert changed(read("something else"), whole, now=NOW) == call
    assert (
        changed(read("something else"), ", ".join(f"{n}: {t}" for n, t in words(call)), now=NOW)
        == call
    )


@pytest.mark.parametrize("said", ["What: one, What: two", "size 5, How many: six, how many: seven"])
def test_two_lines_of_one_label_are_asked_about(said: str) -> None:
    with pytest.raises(NotUnderstood, match="two answers"):
        corrected(said)


@pytest.mark.parametrize(
    "said",
    [
        "yes please",
        "gladly",
        "no",
        "no thanks",
        "yes, with dinner",
        "no, another thing",
        "ok dinner",
        "What: yes",
    ],
)
def test_a_yes_or_a_no_is_never_taken_for_what_people_want_to_do(said: str) -> None:
    with pytest.raises(NotUnderstood):
        corrected(said)


@pytest.mark.parametrize(
    "said", ["yes, but size 6", "yes but make it 6 people", "no, 6 people", "ok, six people"]
)
def test_a_yes_but_is_what_comes_after_it(said: str) -> None:
    assert (corrected(said).size, corrected(said).intention) == (6, "reading")


def test_a_wish_may_begin_with_no() -> None:
    assert corrected("no drama club").intention == "no drama club"


@pytest.mark.parametrize("part", ["intention", "rhythm"])
@pytest.mark.parametrize("said", ["yes please", "sure", "no"])
def test_a_question_is_asked_again_after_a_yes_or_a_no(part: str, said: str) -> None:
    with pytest.raises(NotUnderstood):
        read_part(read("reading"), part, said, now=NOW)


def test_a_mistyped_rhythm_is_asked_about_and_never_taken_as_free_words() -> None:
    meant = "Did you mean “every other tuesday at 7”"
    with pytest.raises(NotUnderstood, match=meant):
        read_part(read("reading"), "rhythm", "evry other tusday at 7", now=NOW)
    for said in ("evry other tusday at 7", "When: evry other tusday at 7"):
        with pytest.raises(NotUnderstood, match=meant):
            corrected(said)


def test_half_past_seven_is_asked_about() -> None:
    with pytest.raises(NotUnderstood, match="In the morning or in the evening"):
        read_part(read("reading"), "rhythm", "every tuesday half past seven", now=NOW)


def test_a_length_beyond_the_bounds_is_refused_with_one_that_works() -> None:
    for said, works in (
        ("two hours", "90 minutes"),
        ("14", "60 minutes"),
        ("as you like", "75 minutes"),
    ):
        with pytest.raises(NotUnderstood, match=works):
            read_part(read("reading"), "minutes", said, now=NOW)
    assert read_part(read("reading"), "minutes", "an hour and a half", now=NOW).minutes == 90


@pytest.mark.parametrize("said", ["4 or 5", "4-5", "four to five people"])
def test_of_two_numbers_the_larger_is_how_many_at_most(said: str) -> None:
    assert read_part(read("reading"), "size", said, now=NOW).size == 5


def test_a_call_may_last_until_christmas() -> None:
    assert read("reading, until xmas").until == date(2026, 12, 25)
    assert read_part(read("reading"), "until", "till the new year", now=NOW).until == date(
        2026, 12, 31
    )
