"""A partnership reflection as a pure matter: any point of a line, and nothing opens unless both want it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from practices import partnership as pure
from practices.meetings import Quiet
from practices.partnership import Fate, Half, Step
from practices.understanding import NotUnderstood

NIGHT = Quiet(time(21), time(8))
ROME, TOKYO, NEW_YORK = (
    ZoneInfo(name) for name in ("Europe/Rome", "Asia/Tokyo", "America/New_York")
)

DEEDS = (
    pure.begun, pure.passed, pure.willing, pure.kept_shut, pure.changing, lambda half: pure.marked(half, 40.0),
    lambda half: pure.written(half, "because"), lambda half: pure.changing(half, Step.POINT), lambda _half: pure.left(),
    lambda half: pure.sealed(half) if pure.says_something(half) else half,
)  # fmt: skip
HALVES = some.lists(some.sampled_from(DEEDS), max_size=14)


def lived(deeds: list[object]) -> Half:
    half = Half()
    for deed in deeds:
        half = deed(half)  # type: ignore[operator]
    return half


@pytest.mark.requirement("R41")
@given(tenths=some.integers(0, 1000))
def test_every_point_of_the_line_can_be_marked_and_is_shown_where_it_lies(tenths: int) -> None:
    point = tenths / 10
    before, _, after = pure.drawn(point).partition("●")

    assert pure.read_point(f"{point:g}") == point
    assert pure.read_point(f"{point:g}".replace(".", ",") + " %") == point
    assert before.startswith("one decides, one obeys ├")
    assert after.endswith("┤ two different people in exchange")
    assert abs(before.count("─") / (before.count("─") + after.count("─")) * 100 - point) <= 2.1
    assert min(abs(place.point - point) for place in pure.PLACES) <= 6.25


@pytest.mark.requirement("R41")
def test_nine_places_in_words_lie_evenly_from_one_end_to_the_other() -> None:
    assert [place.point for place in pure.PLACES] == [number * 12.5 for number in range(9)]
    assert (
        len({place.words for place in pure.PLACES})
        == len({place.sign for place in pure.PLACES})
        == 9
    )
    assert (pure.nearest(0), pure.nearest(100)) == (pure.DOMINATION, pure.PARTNERSHIP)
    assert pure.nearest(51) == "it changes from matter to matter"


@pytest.mark.parametrize("said", ["101", "-1", "much", "", "12.55", "1e2", "3 of 7", "９９９"])
def test_what_is_no_point_of_the_line_is_not_guessed(said: str) -> None:
    with pytest.raises(NotUnderstood, match="0 to 100"):
        pure.read_point(said)


@pytest.mark.requirement("R39")
@settings(max_examples=200)
@given(one=HALVES, other=HALVES, awake=some.booleans(), over=some.booleans())
def test_nothing_opens_unless_both_have_sealed_something_and_chosen_it(
    one: list[object], other: list[object], awake: bool, over: bool
) -> None:
    halves = lived(one), lived(other)
    fate = pure.fate(*halves, awake=awake, over=over)

    if fate is Fate.OPENS:
        assert all(
            half.opens and half.step is Step.SEALED and pure.says_something(half) for half in halves
        )
    both = halves[0].opens and halves[1].opens
    assert (fate is Fate.WAITS) is (not over and not (both and awake))
    assert (fate is Fate.DELETED) is (over and not both)


@pytest.mark.requirement("R40")
@given(deeds=HALVES, over=some.booleans())
def test_somebody_of_whom_nothing_is_kept_has_chosen_nothing(
    deeds: list[object], over: bool
) -> None:
    half = lived(deeds)
    expected = Fate.DELETED if over else Fate.WAITS

    assert pure.fate(half, None, awake=True, over=over) is expected
    assert pure.fate(None, half, awake=True, over=over) is expected


@given(deeds=HALVES)
def test_what_is_kept_is_read_as_it_was(deeds: list[object]) -> None:
    half = lived(deeds)

    assert pure.from_state(pure.state(half)) == half


@pytest.mark.requirement("R10")
def test_a_pass_leaves_no_trace_and_empties_what_was_there() -> None:
    half = pure.marked(pure.begun(Half()), 10)
    half = pure.written(pure.written(pure.written(half, "a"), "b"), "c")
    changed = pure.passed(pure.changing(half, Step.DICTATOR))

    assert changed.step is Step.REVIEW
    assert changed.words == {Step.WHY: "a", Step.PARTNER: "c"}
    assert pure.state(changed)["changes"] is False


def test_who_passed_everything_has_nothing_to_open() -> None:
    half = pure.begun(Half())
    for _ in range(4):
        half = pure.passed(half)

    assert half.step is Step.REVIEW
    with pytest.raises(NotUnderstood, match="nothing to seal"):
        pure.sealed(half)


def test_what_is_changed_is_open_for_nobody_meanwhile() -> None:
    half = Half(Step.SEALED, point=40, opens=True)

    assert not pure.changing(half).opens
    assert not pure.changing(half, Step.WHY).opens
    with pytest.raises(ValueError, match="sealed"):
        Half(Step.REVIEW, opens=True)


def test_an_answer_that_is_too_long_is_not_taken() -> None:
    with pytest.raises(NotUnderstood, match="1,001 letters"):
        pure.written(Half(Step.WHY), "x" * 1001)


@pytest.mark.requirement("R40")
@settings(max_examples=60)
@given(
    minutes=some.integers(0, 60 * 24 * 400),
    zones=some.tuples(
        some.sampled_from((ROME, TOKYO, NEW_YORK)), some.sampled_from((ROME, TOKYO, NEW_YORK))
    ),
)
def test_the_end_is_within_fourteen_days_in_nobodys_night(
    minutes: int, zones: tuple[ZoneInfo, ZoneInfo]
) -> None:
    accepted = datetime(2026, 11, 22, 9, tzinfo=UTC) + timedelta(minutes=minutes)
    nights = [(zone, NIGHT) for zone in zones]
    ends = pure.ends_at(accepted, nights)

    assert timedelta(days=13) <= ends - accepted <= timedelta(days=14)
    assert pure.all_awake(ends, nights) or set(zones) == {TOKYO, NEW_YORK}
    assert accepted <= pure.first_awake(accepted, ends, nights) <= ends


def test_where_two_days_have_nothing_in_common_it_ends_fourteen_days_later_to_the_minute() -> None:
    accepted = datetime(2026, 11, 22, 9, 7, tzinfo=UTC)
    nights = [(ROME, Quiet(time(8), time(20))), (ROME, Quiet(time(19), time(9)))]
    ends = pure.ends_at(accepted, nights)

    assert ends == accepted + timedelta(days=14)
    assert pure.first_awake(accepted, ends, nights) == ends
