"""The five types of DEC-2 at their exact thresholds, and how long each is open."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.polls import passing
from practices.polls.passing import Positions, holds
from practices.polls.poll import Passing, Way
from tests.practices.polls.asked import asked, counted

ROME = ZoneInfo("Europe/Rome")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.requirement("R130")
@pytest.mark.parametrize(
    ("kind", "positions", "entitled", "met"),
    [
        # Standard: no block, whatever else.
        (Passing.STANDARD, Positions(agree=1, disagree=9), 20, True),
        (Passing.STANDARD, Positions(agree=19, block=1), 20, False),
        # Significant: more than 50 % of those with a position, abstaining among them, and no block.
        (Passing.SIGNIFICANT, Positions(agree=5, disagree=5), 20, False),
        (Passing.SIGNIFICANT, Positions(agree=5, abstain=5), 20, False),
        (Passing.SIGNIFICANT, Positions(agree=6, disagree=5), 20, True),
        (Passing.SIGNIFICANT, Positions(agree=5, disagree=4), 20, True),
        (Passing.SIGNIFICANT, Positions(agree=9, block=1), 20, False),
        (Passing.SIGNIFICANT, Positions(), 20, False),
        # Quorum: at least 75 % of those entitled agree or abstain, and no block.
        (Passing.QUORUM, Positions(agree=15), 20, True),
        (Passing.QUORUM, Positions(agree=10, abstain=5), 20, True),
        (Passing.QUORUM, Positions(agree=10, abstain=5, disagree=5), 20, True),
        (Passing.QUORUM, Positions(agree=14, disagree=6), 20, False),
        (Passing.QUORUM, Positions(agree=19, block=1), 20, False),
        (Passing.QUORUM, Positions(agree=7), 10, False),
        (Passing.QUORUM, Positions(agree=8), 10, True),
        # Emergency: 75 % of those with a position agree, despite blocks.
        (Passing.EMERGENCY, Positions(agree=3, block=1), 20, True),
        (Passing.EMERGENCY, Positions(agree=6, abstain=2), 20, True),
        (Passing.EMERGENCY, Positions(agree=5, abstain=2), 20, False),
        (Passing.EMERGENCY, Positions(agree=74, block=26), 200, False),
        (Passing.EMERGENCY, Positions(agree=75, block=25), 200, True),
        (Passing.EMERGENCY, Positions(), 20, False),
        # Advice: as Quorum, among the named decision makers.
        (Passing.ADVICE, Positions(agree=2, abstain=1), 4, True),
        (Passing.ADVICE, Positions(agree=2), 4, False),
        (Passing.ADVICE, Positions(agree=3, block=1), 4, False),
        (Passing.ADVICE, Positions(), 0, False),
    ],
)
def test_a_type_is_met_exactly_by_its_table(
    kind: Passing, positions: Positions, entitled: int, met: bool
) -> None:
    assert holds(kind, positions, entitled=entitled) is met


@pytest.mark.requirement("R130")
@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.tuples(*[st.integers(0, 60)] * 4), st.integers(0, 60))
def test_thresholds_are_never_rounded(counts: tuple[int, int, int, int], others: int) -> None:
    agree, abstain, disagree, block = counts
    positions = Positions(agree=agree, abstain=abstain, disagree=disagree, block=block)
    taken, entitled = sum(counts), sum(counts) + others

    def met(kind: Passing) -> bool:
        return holds(kind, positions, entitled=entitled)

    assert met(Passing.STANDARD) is (block == 0)
    assert met(Passing.SIGNIFICANT) is (block == 0 and agree > taken - agree)
    assert met(Passing.EMERGENCY) is (taken > 0 and agree >= 3 * (taken - agree))
    willing, rest = agree + abstain, entitled - agree - abstain
    assert met(Passing.QUORUM) is (entitled > 0 and block == 0 and willing >= 3 * rest)


@pytest.mark.requirement("R130")
def test_the_count_says_what_is_asked_for_with_its_denominators() -> None:
    voices = ["agree"] * 9 + ["abstain", "disagree", "disagree"]
    significant = counted(asked(Way.PROPOSAL, passing=Passing.SIGNIFICANT), *voices)

    assert "Nobody of 12 who voted blocks." in significant.lines
    assert any(
        line.startswith("9 of 12 who voted, of 30 entitled, agree;") for line in significant.lines
    )
    assert any("that is 7 of 12" in line for line in significant.lines)
    assert "The terms of a significant proposal are met." in significant.lines

    quorum = counted(asked(Way.PROPOSAL, passing=Passing.QUORUM), *voices)
    assert any("10 of 30 entitled agree or abstain; 75 %" in line for line in quorum.lines)
    assert any("that is 23 of 30" in line for line in quorum.lines)
    assert "The terms of a quorum proposal are not met." in quorum.lines

    emergency = counted(asked(Way.PROPOSAL, passing=Passing.EMERGENCY), *voices[:9], "block: no")
    assert any(
        "that is 8 of 10, whether somebody blocks or not" in line for line in emergency.lines
    )
    assert emergency.passes is True


@pytest.mark.requirement("R130")
@pytest.mark.parametrize("kind", Passing)
def test_the_words_and_the_verdict_agree_for_every_type(kind: Passing) -> None:
    for voices in (["agree"] * 8, ["agree"] * 5 + ["disagree"] * 5, ["agree"] * 9 + ["block: no"]):
        result = counted(asked(Way.PROPOSAL, passing=kind), *voices, entitled=10)
        said = next(line for line in result.lines if line.startswith("The terms of"))
        assert said.endswith("are met.") is result.passes
        assert said.endswith("not met.") is not result.passes


def test_a_type_that_is_met_waits_for_a_quorum_all_the_same() -> None:
    terms = asked(Way.PROPOSAL, quorum=60)

    assert counted(terms, *["agree"] * 5, entitled=10).passes is False
    assert counted(terms, *["agree"] * 6, entitled=10).passes is True


@pytest.mark.requirement("R130")
@pytest.mark.parametrize(
    ("kind", "least", "advised"),
    [
        (Passing.STANDARD, 3, 5),
        (Passing.SIGNIFICANT, 5, 10),
        (Passing.QUORUM, 5, 10),
        (Passing.EMERGENCY, 10, 10),
        (Passing.ADVICE, 5, 10),
    ],
)
def test_each_type_is_open_for_its_working_days(kind: Passing, least: int, advised: int) -> None:
    opening = passing.opening(kind)
    assert (opening.least, opening.advised) == (least, advised)

    opens_at = at("2026-11-23T10:00+01:00")  # a Monday
    closing = passing.closes_at(opens_at, least, ROME)
    assert closing == opens_at + timedelta(days=7 * (least // 5) + least % 5)


@pytest.mark.parametrize(
    ("opens", "days", "closes"),
    [
        ("2026-11-23T10:00+01:00", 3, "2026-11-26T10:00+01:00"),  # Monday to Thursday
        (
            "2026-11-26T10:00+01:00",
            3,
            "2026-12-01T10:00+01:00",
        ),  # Thursday over a weekend to Tuesday
        ("2026-11-27T23:30+01:00", 1, "2026-11-30T23:30+01:00"),  # Friday night to Monday night
        ("2026-11-28T10:00+01:00", 3, "2026-12-03T00:00+01:00"),  # Saturday: as if Monday began
        ("2026-11-29T23:59+01:00", 1, "2026-12-01T00:00+01:00"),  # Sunday night likewise
        ("2026-10-23T10:00+02:00", 1, "2026-10-26T10:00+01:00"),  # the clocks go back in between
        ("2026-11-23T10:00+01:00", 10, "2026-12-07T10:00+01:00"),
    ],
)
def test_working_days_are_counted_on_the_clocks_of_the_zone(
    opens: str, days: int, closes: str
) -> None:
    assert passing.closes_at(at(opens), days, ROME) == at(closes)


def test_a_weekend_begins_where_people_live() -> None:
    friday_in_rome = at("2026-11-27T20:00+01:00")  # Saturday in Auckland

    assert passing.closes_at(friday_in_rome, 1, ROME) == at("2026-11-30T20:00+01:00")
    auckland = ZoneInfo("Pacific/Auckland")
    assert passing.closes_at(friday_in_rome, 1, auckland) == at("2026-12-01T00:00+13:00")
