"""What two people agree on, and when they could meet: as values."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import clock, dyads
from practices.dyads import Agreement, Pace, State, Terms
from practices.meetings import QUIET, Quiet, is_quiet
from practices.understanding import NotUnderstood

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ANA, BEN, CLEO = "@ana:here", "@ben:here", "@cleo:here"

ACTS = st.sampled_from(["accept", "rest", "wake", "due", "lapse", "close"])
WHO = st.sampled_from([ANA, BEN, CLEO])


def after(dyad: Agreement, act: str, who: str, today: date) -> Agreement:
    match act:
        case "accept":
            return dyads.accepted(dyad, who, today=today, months=6)
        case "rest":
            return dyads.rested(dyad, who)
        case "wake":
            return dyads.woken(dyad, who)
        case "due":
            return dyads.due(dyad, today)
        case "lapse":
            return dyads.lapsed(dyad)
        case _:
            return dyads.closed(dyad, who)


@pytest.mark.requirement("R31")
@settings(max_examples=300)
@given(st.lists(st.tuples(ACTS, WHO, st.integers(0, 400)), max_size=25))
def test_no_sequence_of_acts_makes_a_dyad_active_without_a_yes_of_both(
    acts: list[tuple[str, str, int]],
) -> None:
    dyad, yes = dyads.proposed(ANA, BEN, today=TODAY, months=6), {ANA}
    for act, who, days in acts:
        former = dyad
        dyad = after(former, act, who, TODAY + timedelta(days=days))
        if former.state is not State.ACTIVE and act in ("accept", "wake"):
            yes |= {who}
        if dyad.state is State.ACTIVE and former.state is not State.ACTIVE:
            assert yes >= {ANA, BEN}
            assert act in ("accept", "wake")
            assert who in (ANA, BEN)
        if dyad.state is not former.state:
            yes = set(dyad.agreed)
        assert set(dyad.people) == {ANA, BEN}
        assert dyad.agreed <= {ANA, BEN}


@pytest.mark.requirement("R11")
@settings(max_examples=150)
@given(
    st.lists(st.tuples(ACTS, WHO, st.integers(0, 400)), max_size=15), st.sampled_from([ANA, BEN])
)
def test_either_of_the_two_ends_it_from_wherever_it_stands_in_one_act(
    acts: list[tuple[str, str, int]], who: str
) -> None:
    dyad = dyads.proposed(ANA, BEN, today=TODAY, months=6)
    for act, other, days in acts:
        dyad = after(dyad, act, other, TODAY + timedelta(days=days))

    assert dyads.closed(dyad, who).state is State.CLOSED
    assert dyads.closed(dyad, CLEO) == dyad


def test_nothing_brings_back_what_is_closed() -> None:
    dyad = dyads.proposed(ANA, BEN, today=TODAY, months=6)
    for over in (dyads.closed(dyad, ANA), dyads.closed(dyad, BEN)):
        for act in ("accept", "rest", "wake", "due", "lapse"):
            for who in (ANA, BEN):
                assert after(over, act, who, TODAY + timedelta(days=400)) == over


@pytest.mark.requirement("R31")
@pytest.mark.parametrize("people", [(ANA, ANA)])
def test_a_dyad_of_one_is_none(people: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="two people"):
        Agreement(people, TODAY)
    with pytest.raises(ValueError, match="two people"):
        dyads.proposed(*people, today=TODAY, months=6)


def test_a_third_person_can_agree_to_nothing() -> None:
    with pytest.raises(ValueError, match="only the two"):
        Agreement((ANA, BEN), TODAY, agreed=frozenset({CLEO}))


@pytest.mark.requirement("R16")
@pytest.mark.parametrize("months", [0, -1, 25])
def test_a_dyad_without_a_day_of_review_within_two_years_is_refused(months: int) -> None:
    with pytest.raises(ValueError, match="within two years"):
        dyads.proposed(ANA, BEN, today=TODAY, months=months)


@pytest.mark.requirement("R16")
def test_on_its_day_it_goes_on_only_when_both_say_so_and_then_has_another_day() -> None:
    dyad = dyads.proposed(ANA, BEN, today=TODAY, months=6)
    dyad = dyads.accepted(dyad, BEN, today=TODAY, months=6)
    assert (dyad.state, dyad.review) == (State.ACTIVE, date(2027, 5, 22))
    assert dyads.due(dyad, date(2027, 5, 21)) == dyad

    dyad = dyads.due(dyad, date(2027, 5, 22))
    once = dyads.accepted(dyad, ANA, today=date(2027, 5, 23), months=6)

    assert (once.state, dyads.lapsed(once).state) == (State.REVIEW, State.CLOSED)
    both = dyads.accepted(once, BEN, today=date(2027, 5, 24), months=6)
    assert (both.state, both.review) == (State.ACTIVE, date(2027, 11, 24))


# -------------------------------------------------------------------------------------------- terms


@pytest.mark.parametrize(
    ("said", "terms"),
    [
        ("", Terms()),
        ("weekly", Terms(pace=Pace.WEEKLY)),
        ("every two weeks, 45 minutes", Terms(pace=Pace.FORTNIGHTLY, minutes=45)),
        ("45 min and for 3 months", Terms(minutes=45, months=3)),
        ("Once a month for a year", Terms(months=12)),
        ("for half a year, quarterly, an hour", Terms(pace=Pace.QUARTERLY)),
        ("whenever we like", Terms(pace=Pace.NONE)),
        ("no rhythm for one month", Terms(pace=Pace.NONE, months=1)),
    ],
)
def test_terms_are_read_as_people_say_them(said: str, terms: Terms) -> None:
    assert dyads.read_terms(said) == terms


@pytest.mark.parametrize(
    "said",
    [
        "banana",
        "weekly banana",
        "for 30 months",
        "5 minutes",
        "900 minutes",
        "for 3 years",
        "0 months",
    ],
)
def test_other_words_are_no_terms_and_are_answered_with_an_example(said: str) -> None:
    with pytest.raises(NotUnderstood, match="For example"):
        dyads.read_terms(said)


@given(st.text(max_size=60))
def test_whatever_is_said_gives_possible_terms_or_is_not_understood(said: str) -> None:
    try:
        terms = dyads.read_terms(said)
    except NotUnderstood:
        return
    assert terms.months in dyads.MONTHS
    assert terms.minutes in dyads.LENGTHS


def test_the_next_day_follows_the_rhythm_and_never_drifts() -> None:
    assert dyads.following(Pace.MONTHLY, date(2027, 1, 31)) == date(2027, 2, 28)
    assert dyads.following(Pace.MONTHLY, date(2027, 1, 31), 2) == date(2027, 3, 31)
    assert dyads.following(Pace.FORTNIGHTLY, TODAY) == date(2026, 12, 6)
    assert dyads.following(Pace.NONE, TODAY) is None


# -------------------------------------------------------------------------------------------- times

ZONES = st.sampled_from(
    [ZoneInfo(name) for name in (
        "Europe/Rome", "America/Los_Angeles", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Auckland", "America/Sao_Paulo",
        "Australia/Lord_Howe", "UTC",
    )]
)  # fmt: skip
QUIETS = st.sampled_from(
    [QUIET, Quiet(time(22), time(7)), Quiet(time(0), time(0)), Quiet(time(17), time(9))]
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)


@pytest.mark.requirement("R15")
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(ZONES, QUIETS), min_size=2, max_size=3),
    MOMENTS,
    st.sampled_from([30, 60, 90]),
)
def test_no_proposed_time_touches_anybodys_night_over_summer_time_and_half_hour_zones(
    people: list[tuple[ZoneInfo, Quiet]], now: datetime, minutes: int
) -> None:
    nights = {str(place): night for place, night in enumerate(people)}

    found = dyads.proposals(nights, now=now, minutes=minutes)
    again = dyads.proposals(nights, now=now, minutes=minutes, seen=found)

    assert list(found) == sorted(set(found))
    assert len(found) <= dyads.PROPOSED_AT_ONCE
    assert not set(found) & set(again)
    for at in found:
        assert now + timedelta(days=2) <= at <= now + timedelta(days=16)
        assert at.minute in (0, 30)
        for zone, quiet in people:
            for minute in range(minutes):
                assert not is_quiet(at + timedelta(minutes=minute), zone, quiet)


def test_six_times_are_on_six_days_at_hours_that_differ() -> None:
    rome = ZoneInfo("Europe/Rome")
    found = dyads.proposals({ANA: (rome, QUIET), BEN: (rome, QUIET)}, now=NOW, minutes=60)

    walls = [clock.wall(at, rome) for at in found]
    assert len({each.date() for each in walls}) == 6
    assert len({each.time() for each in walls}) == 6


def test_where_two_days_have_nothing_in_common_nothing_is_proposed() -> None:
    nights = {
        ANA: (ZoneInfo("Europe/Rome"), Quiet(time(17), time(9))),
        BEN: (ZoneInfo("Pacific/Auckland"), Quiet(time(17), time(9))),
    }

    assert dyads.proposals(nights, now=NOW, minutes=60) == ()


def test_the_first_time_to_come_that_suits_all_is_the_one() -> None:
    past, first, second = (NOW + timedelta(hours=hours) for hours in (-1, 30, 20))
    suits = {
        ANA: [each.isoformat() for each in (past, first, second)],
        BEN: [each.isoformat() for each in (past, second, first)],
    }

    assert dyads.common(suits, (ANA, BEN), NOW) == second
    assert dyads.common(suits, (ANA, BEN, CLEO), NOW) is None
    assert dyads.common({}, (), NOW) is None


@pytest.mark.parametrize(
    ("said", "met"),
    [
        ("yep we met", True),
        ("We met!", True),
        ("yes", True),
        ("we had a good talk", True),
        ("oh we did", True),
        ("no he didnt show up", False),
        ("no", False),
        ("nope", False),
        ("not really", False),
        ("we didn’t", False),
        ("we did not", False),
        ("she wasn't there", False),
        ("I forgot", False),
        ("yes but he did not come", None),
        ("did we?", None),
        ("no idea", None),
        ("never mind", None),
        ("not sure", None),
        ("tomorrow 19:00", None),
        ("1 and 2", None),
        ("", None),
    ],
)
def test_whether_two_met_is_read_from_plain_words_and_never_guessed(said: str, met: bool) -> None:
    assert dyads.read_met(said) is met


@pytest.mark.requirement("R33")
@given(st.dictionaries(st.sampled_from([ANA, BEN, CLEO]), st.booleans()), st.booleans())
def test_nobody_has_met_who_said_no_and_nobody_where_no_one_said_yes(
    said: dict[str, bool], trio: bool
) -> None:
    people = [ANA, BEN, CLEO] if trio else [ANA, BEN]
    met = dyads.met_among(people, {who: yes for who, yes in said.items() if who in people})
    assert all(said.get(each, True) for each in met)
    assert len(met) != 1
    if met:
        assert any(said.get(each) for each in people)
