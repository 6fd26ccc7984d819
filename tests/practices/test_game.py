"""The numbers of the Reciprocity Game, and what one member can learn from them about another: nothing."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import game
from practices.game import (
    Booked,
    Case,
    Circle,
    Dispute,
    Event,
    Exchange,
    Fact,
    Followed,
    Held,
    Incorporation,
    Level,
    Respect,
    Settled,
)

CLAIM = settings(derandomize=True, deadline=None, max_examples=200)
START = datetime(2026, 11, 22, 9, tzinfo=UTC)
CREW = frozenset({"ana", "ben", "cleo"})
PAIR = frozenset({"ana", "ben"})


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def meetings(*absent: str) -> list[Fact]:
    """One meeting a week; the names of those absent from each, in order."""
    return [
        Held(
            cause=f"meeting:{week}",
            at=day(7 * week),
            came=CREW - set(away.split()),
            absent=frozenset(away.split()),
        )
        for week, away in enumerate(absent)
    ]


def points(bookings: list[Booked], who: str) -> list[int]:
    return [booked.points for booked in bookings if booked.person == who]


# ------------------------------------------------------------------------------------------ level 3


@pytest.mark.requirement("R84", "R85")
def test_twelve_of_twelve_make_54_and_missing_only_the_fourth_makes_44() -> None:
    bookings = game.played(meetings("", "", "", "ben", *[""] * 8))

    assert game.total(bookings, "ana") == 54
    assert game.total(bookings, "ben") == 44
    assert points(bookings, "ben") == [1, 3, 5, -5, 5, 5, 5, 5, 5, 5, 5, 5]


@pytest.mark.requirement("R84")
def test_the_crews_counter_goes_on_for_whoever_missed_the_first_meeting() -> None:
    assert points(game.played(meetings("ben", "", "")), "ben") == [-5, 3, 5]


@pytest.mark.requirement("R84")
def test_whoever_joins_late_begins_at_their_own_first_meeting() -> None:
    history = meetings("", "", "")
    history.append(Held(cause="meeting:9", at=day(90), came=CREW | {"dan"}))
    history.append(Held(cause="meeting:10", at=day(97), came=CREW | {"dan"}))

    bookings = game.played(history)

    assert points(bookings, "dan") == [1, 3]
    assert points(bookings, "ana") == [1, 3, 5, 5, 5]


@pytest.mark.requirement("R84")
def test_an_announced_absence_books_nothing_only_where_the_crew_agreed_on_it() -> None:
    told = Held(cause="meeting:1", at=START, came=PAIR, absent=frozenset({"cleo", "dan"}), announced=frozenset({"cleo"}))  # fmt: skip

    literal, kinder = game.played([told]), game.played([told], announced_free=True)

    assert points(literal, "cleo") == points(literal, "dan") == [-5]
    assert (points(kinder, "cleo"), points(kinder, "dan")) == ([0], [-5])


def test_a_corrected_record_takes_the_place_of_the_former() -> None:
    [first] = meetings("ben")
    [again] = meetings("")

    assert game.played([first, again]) == game.played([again])


@pytest.mark.requirement("R90")
def test_a_meeting_that_was_not_held_books_nothing() -> None:
    assert game.played([]) == []
    assert game.held(Held(cause="meeting:1", at=START, came=frozenset()), {}, announced_free=False) == []  # fmt: skip


# ------------------------------------------------------------------------------------------ levels 1 and 2


@pytest.mark.requirement("R82")
def test_listening_books_one_for_each_when_all_say_yes_and_nothing_otherwise() -> None:
    circle = Circle(cause="meeting:1", at=START, present=CREW, confirmed=CREW)
    but_one = Circle(cause="meeting:1", at=START, present=CREW, confirmed=PAIR)

    assert [booked.points for booked in game.listened(circle)] == [1, 1, 1]
    assert game.listened(but_one) == []


@pytest.mark.requirement("R82")
def test_two_circles_in_one_meeting_book_once() -> None:
    circles: list[Fact] = [
        Circle(cause="meeting:1", at=day(hour), present=CREW, confirmed=CREW) for hour in (0, 1)
    ]

    assert points(game.played(circles), "ana") == [1]


@pytest.mark.requirement("R83")
def test_offering_and_asking_book_five_each_and_once_a_meeting() -> None:
    both = Exchange(cause="meeting:1", at=START, offered=PAIR, asked=frozenset({"ana"}))
    again = Exchange(cause="meeting:1", at=day(1), offered=PAIR, asked=PAIR)

    bookings = game.played([both, again])

    assert points(bookings, "ana") == [5, 5]
    assert sorted(points(bookings, "ben")) == [5, 5]


@pytest.mark.requirement("R83")
def test_respect_books_one_for_both_when_both_say_so_and_once_for_a_pair_a_meeting() -> None:
    yes = Respect(cause="meeting:1", at=START, pair=PAIR, confirmed=PAIR)
    half = Respect(cause="meeting:2", at=START, pair=PAIR, confirmed=frozenset({"ana"}))
    other = Respect(cause="meeting:1", at=START, pair=CREW - {"ben"}, confirmed=CREW)

    bookings = game.played([yes, yes, half, other])

    assert (points(bookings, "ana"), points(bookings, "ben")) == ([1, 1], [1])


# ------------------------------------------------------------------------------------------ levels 4 and 5


def agreed(**changes: object) -> Case:
    case = {"key": "case:1", "parties": PAIR, "agreed_at": START, "confirmed": PAIR}
    return Case(**{**case, **changes})  # type: ignore[arg-type]


@pytest.mark.requirement("R86")
def test_repair_books_ten_for_each_party_after_the_follow_up() -> None:
    assert [each.points for each in game.repaired(agreed(), day(14), [])] == [10, 10]
    assert game.repaired(agreed(), day(14) - timedelta(seconds=1), []) == []
    assert game.repaired(agreed(confirmed=frozenset({"ana"})), day(20), []) == []
    assert game.repaired(agreed(agreed_at=None), day(20), []) == []


@pytest.mark.requirement("R86")
def test_nothing_is_booked_in_a_safety_case() -> None:
    assert game.repaired(agreed(safety=True), day(20), []) == []
    assert game.unresolved(stuck(safety=True), day(80), []) == []


def stuck(**changes: object) -> Case:
    case = {
        "key": "case:2",
        "parties": PAIR,
        "accepted_at": START,
        "not_on_its_way": PAIR,
        "forewarned": PAIR,
    }
    return Case(**{**case, **changes})  # type: ignore[arg-type]


@pytest.mark.requirement("R86")
@pytest.mark.parametrize(
    ("case", "days", "booked"),
    [
        (stuck(), 60, True),
        (stuck(), 59, False),
        (stuck(not_on_its_way=frozenset({"ana"})), 90, False),
        (stuck(forewarned=frozenset({"ana"})), 90, False),
        (stuck(accepted_at=None), 90, False),
        (stuck(accepted_at=None, declared=frozenset({"ben"}), mediation_offered=True), 1, True),
        (stuck(accepted_at=None, declared=frozenset({"ben"})), 1, False),
        (stuck(accepted_at=None, declared=frozenset({"zoe"}), mediation_offered=True), 1, False),
    ],
)
def test_unresolved_is_declared_after_mediation_or_said_by_both_after_sixty_days(
    case: Case, days: int, booked: bool
) -> None:
    found = game.unresolved(case, day(days), [])

    assert [each.points for each in found] == ([-20, -20] if booked else [])


@pytest.mark.requirement("R86")
def test_one_pair_has_one_booking_in_ninety_days() -> None:
    first = game.repaired(agreed(), day(14), [])

    assert game.repaired(agreed(key="case:3"), day(14 + 89), first) == []
    assert len(game.repaired(agreed(key="case:3"), day(14 + 90), first)) == 2


@pytest.mark.requirement("R86", "R88")
def test_among_three_nobody_learns_from_their_own_points_that_the_others_had_a_case_before() -> (
    None
):
    former = game.repaired(agreed(), day(14), [])
    case = agreed(key="case:3", parties=CREW, confirmed=CREW)

    with_past = {each.person: each for each in game.repaired(case, day(20), former)}
    without = {each.person: each for each in game.repaired(case, day(20), [])}

    assert with_past["cleo"] == without["cleo"]
    assert set(with_past) == CREW
    assert with_past["ana"].others == ("cleo",)


@pytest.mark.requirement("R87")
def test_co_owning_books_a_hundred_for_each_once_and_only_when_all_confirm() -> None:
    def owned(confirmed: frozenset[str], when: datetime, owners: frozenset[str] = PAIR) -> Fact:
        return Incorporation(entity="bakery", at=when, owners=owners, confirmed=confirmed)

    assert game.played([owned(frozenset({"ana"}), START)]) == []
    assert game.played([owned(CREW, START, frozenset({"ana"}))]) == []
    bookings = game.played([owned(PAIR, START), owned(PAIR, day(400)), owned(CREW, day(401), CREW)])
    assert {who: points(bookings, who) for who in CREW} == {who: [100] for who in CREW}


# ------------------------------------------------------------------------------------------ the rest of the rules


@pytest.mark.requirement("R91")
def test_a_booking_is_taken_back_until_the_crew_has_talked() -> None:
    taken_back = game.against(Dispute.NONE)

    assert not game.counts(taken_back)
    assert game.against(taken_back) is taken_back
    assert game.counts(Dispute.STANDS)
    assert not game.counts(Dispute.GONE)
    for talked in (Dispute.STANDS, Dispute.GONE):
        with pytest.raises(Settled):
            game.against(talked)


@pytest.mark.requirement("R89")
def test_the_next_level_is_suggested_after_two_uses_and_the_fifth_never() -> None:
    assert game.suggestion({}) is None
    assert game.suggestion({Level.LISTENING: 1, Level.CONSISTENCY: 1}) is None
    assert game.suggestion({Level.LISTENING: 2}) is Level.MONEY
    assert game.suggestion({Level.MONEY: 2}) is Level.CONSISTENCY
    assert game.suggestion({Level.LISTENING: 2, Level.MONEY: 1, Level.CONSISTENCY: 2}) is Level.CONFLICT  # fmt: skip
    assert game.suggestion({Level.CONFLICT: 9}) is None


@CLAIM
@given(st.dictionaries(st.sampled_from(list(Level)), st.integers(0, 4)), st.integers(0, 9))
@pytest.mark.requirement("R88", "R89")
def test_no_suggestion_tells_that_level_four_was_used(
    used: dict[Level, int], quarrels: int
) -> None:
    following = game.suggestion(used)

    assert game.suggestion({**used, Level.CONFLICT: quarrels}) is following
    if following is not None:
        assert used[Level(following - 1)] >= 2


def test_points_are_said_with_a_sign() -> None:
    assert [game.signed(each) for each in (5, 0, -5)] == ["+5", "0", "\N{MINUS SIGN}5"]


# ------------------------------------------------------------------------------------------ over any history

PEOPLE = ("ana", "ben", "cleo", "dan")
groups = st.frozensets(st.sampled_from(PEOPLE))
pairs = st.sampled_from([frozenset({a, b}) for a, b in permutations(PEOPLE, 2)])
causes = st.integers(1, 6)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """Anything that can happen in a crew of four over some months."""
    number, some = draw(causes), draw(groups)
    cause, at = f"meeting:{number}", day(7 * number)
    match draw(st.integers(0, 5)):
        case 0:
            came = draw(groups)
            return Held(
                cause=cause, at=at, came=came, absent=frozenset(PEOPLE) - came, announced=some
            )
        case 1:
            return Circle(cause=cause, at=at, present=draw(groups), confirmed=some)
        case 2:
            return Exchange(cause=cause, at=at, offered=draw(groups), asked=some)
        case 3:
            return Respect(cause=cause, at=at, pair=draw(pairs), confirmed=some)
        case 4:
            case = agreed(key=f"case:{number}", parties=draw(pairs), confirmed=some)
            return Followed(case=case, at=at)
        case _:
            return Incorporation(
                entity=f"thing {number}", at=at, owners=draw(groups), confirmed=some
            )


histories = st.lists(facts(), max_size=25)
PRIVATE = (Respect, Followed)


@CLAIM
@given(histories, st.randoms(use_true_random=False), st.booleans())
def test_the_order_in_which_a_history_is_told_changes_nothing(
    history: list[Fact], chance: object, free: bool
) -> None:
    told = {fact.cause: fact for fact in history if isinstance(fact, Held)}
    facts_ = [fact for fact in history if not isinstance(fact, Held)] + list(told.values())
    mixed = list(facts_)
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    assert game.played(facts_, announced_free=free) == game.played(mixed, announced_free=free)


@CLAIM
@given(histories, st.booleans())
def test_telling_everything_twice_books_nothing_twice(history: list[Fact], free: bool) -> None:
    once = game.played(history, announced_free=free)

    assert game.played([*history, *history], announced_free=free) == once
    assert len({booked.key for booked in once}) == len(once)


@CLAIM
@given(histories)
@pytest.mark.requirement("R5")
def test_no_points_pass_from_one_person_to_another(history: list[Fact]) -> None:
    bookings = game.played(history)
    allowed = {1, 3, 5, -5, 10, -20, 100}

    assert {booked.points for booked in bookings} <= allowed
    for who in PEOPLE:
        mine = [booked for booked in bookings if booked.person == who]
        level = [game.consistency([b.event for b in mine if b.level is Level.CONSISTENCY])]
        assert level == [[b.points for b in mine if b.level is Level.CONSISTENCY]]


@CLAIM
@given(histories, histories)
@pytest.mark.requirement("R88")
def test_the_crews_sum_tells_nothing_private_whatever_happens_between_people(
    history: list[Fact], more: list[Fact]
) -> None:
    """The strongest claim about the sum: private things move it by nothing at all, so nobody can work them out."""
    private = [fact for fact in more if isinstance(fact, PRIVATE)]

    for free in (False, True):
        without = game.played(history, announced_free=free)
        with_them = game.played([*history, *private], announced_free=free)
        assert game.crew_sum(without) == game.crew_sum(with_them)


@CLAIM
@given(histories, groups)
@pytest.mark.requirement("R88")
def test_where_announced_absences_are_free_the_sum_does_not_tell_who_announced_theirs(
    history: list[Fact], announced: frozenset[str]
) -> None:
    otherwise: list[Fact] = [
        Held(cause=f.cause, at=f.at, came=f.came, absent=f.absent, announced=announced)
        if isinstance(f, Held)
        else f
        for f in history
    ]

    first = game.crew_sum(game.played(history, announced_free=True))
    assert game.crew_sum(game.played(otherwise, announced_free=True)) == first


@CLAIM
@given(histories)
@pytest.mark.requirement("R88")
def test_the_sum_is_made_of_what_each_member_could_add_up_alone(history: list[Fact]) -> None:
    """Whoever knows who came, what was said aloud and what is owned gets the same number."""
    expected = 0
    for booked in game.played(history):
        match booked.event:
            case (
                Event.CAME
                | Event.MISSED
                | Event.LISTENED
                | Event.OFFERED
                | Event.ASKED
                | Event.CO_OWNS
            ):
                expected += booked.points
            case Event.RESPECTED | Event.REPAIRED | Event.UNRESOLVED:
                pass
            case other:
                pytest.fail(f"{other} cannot come of these rules")
    assert game.crew_sum(game.played(history)) == expected


@CLAIM
@given(histories, histories)
@pytest.mark.requirement("R88")
def test_what_concerns_others_alone_changes_nothing_of_ones_own(
    history: list[Fact], more: list[Fact]
) -> None:
    def concerns_ana(fact: Fact) -> bool:
        match fact:
            case Followed(case=case):
                return "ana" in case.parties
            case Respect(pair=pair):
                return "ana" in pair
            case _:
                return True

    def own(told: list[Fact]) -> list[Booked]:
        return [booked for booked in game.played(told) if booked.person == "ana"]

    others = [fact for fact in more if not concerns_ana(fact)]
    assert own([*history, *others]) == own(history)
