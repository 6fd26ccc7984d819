"""Matters: what the positions of congregations come to, and when it is decided."""

from datetime import UTC, datetime, timedelta

import pytest

from practices.assembly.matters import (
    GRACE,
    SMALLEST_CELL,
    Cells,
    Outcome,
    Passing,
    Position,
    Stand,
    Word,
    awaited,
    cells,
    count,
    may_seal,
    quorum,
    read_position,
)

UNTIL = datetime(2026, 5, 1, 18, tzinfo=UTC)


def positions(
    consents: int, objections: int = 0, asides: int = 0, people: Cells | None = None
) -> dict[str, Position]:
    stands = [Stand.CONSENT] * consents + [Stand.OBJECTION] * objections + [Stand.ASIDE] * asides
    return {
        str(n): Position(stand=stand, people=people if n == 0 else None)
        for n, stand in enumerate(stands)
    }


@pytest.mark.parametrize("size", range(1, 201))
def test_two_final_words_share_more_than_a_third_and_honest_ones_suffice(size: int) -> None:
    needed = quorum(size)
    liars = -(-size // 3) - 1  # fewer than a third

    assert 3 * needed > 2 * size
    assert 1 <= needed <= size
    # Two words have at least so many seals of the same congregations: more than there are liars.
    assert 2 * needed - size > liars
    # The others alone can make a word final, and one fewer could be too few.
    assert size - liars >= needed
    assert 3 * (needed - 1) <= 2 * size


@pytest.mark.parametrize(
    ("consents", "objections", "asides", "entitled", "word"),
    [
        (1, 0, 0, 1, "accepted"),
        (0, 0, 0, 1, "refused"),
        (1, 0, 0, 2, "refused"),
        (2, 0, 0, 3, "accepted"),
        (5, 0, 5, 10, "refused"),
        (6, 0, 4, 10, "accepted"),
        (9, 1, 0, 10, "refused"),
        (100, 0, 0, 200, "refused"),
        (101, 0, 0, 200, "accepted"),
        (199, 1, 0, 200, "refused"),
    ],
)
def test_consent_is_that_nobody_objects_and_more_than_half_have_consented(
    consents: int, objections: int, asides: int, entitled: int, word: str
) -> None:
    found = count(Passing(), positions(consents, objections, asides), entitled)

    assert found.word == word
    assert (found.consents, found.objections, found.asides) == (consents, objections, asides)
    assert found.silent == entitled - consents - objections - asides


@pytest.mark.parametrize(
    ("share", "consents", "entitled", "word"),
    [
        (50, 5, 10, "refused"),
        (50, 6, 10, "accepted"),
        (66, 2, 3, "accepted"),
        (67, 2, 3, "refused"),
        (75, 3, 4, "refused"),
        (74, 3, 4, "accepted"),
        (99, 198, 200, "refused"),
        (99, 199, 200, "accepted"),
        (1, 2, 200, "refused"),
        (1, 3, 200, "accepted"),
    ],
)
def test_a_share_of_congregations_is_passed_and_not_reached(
    share: int, consents: int, entitled: int, word: str
) -> None:
    rest = entitled - consents
    found = count(Passing(congregations=share), positions(consents, rest), entitled)

    assert found.word == word


@pytest.mark.parametrize(
    ("yes", "no", "word"),
    [(50, 50, "refused"), (51, 50, "accepted"), (0, 0, "refused"), (5, 0, "accepted"),
     (5, 5, "refused"), (0, 5, "refused")],
)  # fmt: skip
def test_a_double_majority_asks_for_people_too(yes: int, no: int, word: str) -> None:
    passing = Passing(congregations=50, people=50)
    shown = Cells(yes=yes, no=no)

    assert count(passing, positions(3, people=shown), 4).word == word
    # And the people alone do not suffice.
    assert count(passing, positions(2, people=shown), 4).word is Word.REFUSED


def test_only_the_people_that_are_shown_are_counted_and_it_says_of_how_many() -> None:
    found = count(Passing(congregations=1, people=50), positions(3, people=Cells(yes=9, no=5)), 4)

    assert (found.yes, found.no, found.showing) == (9, 5, 1)


@pytest.mark.parametrize("yes", range(12))
@pytest.mark.parametrize("no", range(12))
def test_no_number_from_one_to_four_is_ever_shown(yes: int, no: int) -> None:
    shown = cells(yes, no)

    if shown is None:
        assert max(yes, no) < SMALLEST_CELL
    else:
        assert {shown.yes, shown.no}.isdisjoint({1, 2, 3, 4})
        assert shown.yes in (0, yes)
        assert shown.no in (0, no)
    # Nor of what others write.
    read = read_position({"stand": "consent", "people": {"yes": yes, "no": no}})
    assert read.people == shown


def test_a_keeper_counts_when_all_have_spoken_or_a_day_after_the_end() -> None:
    soon = timedelta(seconds=1)

    assert may_seal(UNTIL, UNTIL - timedelta(days=2), 4, 4)
    assert not may_seal(UNTIL, UNTIL - timedelta(days=2), 3, 4)
    assert not may_seal(UNTIL, UNTIL + GRACE - soon, 3, 4)
    assert may_seal(UNTIL, UNTIL + GRACE, 0, 4)


def test_a_matter_that_ends_with_the_calendar_stays_open() -> None:
    last = datetime.max.replace(tzinfo=UTC)

    assert not may_seal(last, UNTIL, 3, 4)


BY_BOTH = Passing(congregations=50, people=50)


def came(passing: Passing, given: dict[str, Position]) -> Outcome:
    return count(passing, given, 4)


def test_where_people_are_counted_something_is_awaited_until_all_have_shown_theirs() -> None:
    shown = {
        str(n): Position(stand=Stand.CONSENT, people=Cells(yes=9, no=0 if n else 6))
        for n in range(4)
    }

    assert awaited(BY_BOTH, came(BY_BOTH, positions(4))) == 4
    assert awaited(BY_BOTH, came(BY_BOTH, positions(4, people=Cells(yes=9, no=6)))) == 3
    assert awaited(BY_BOTH, came(BY_BOTH, shown)) == 0


@pytest.mark.parametrize("passing", [Passing(), Passing(congregations=50)])
def test_where_people_are_not_counted_nothing_is_awaited_of_who_has_spoken(
    passing: Passing,
) -> None:
    assert awaited(passing, came(passing, positions(2, 1))) == 1
    assert awaited(passing, came(passing, positions(2, 1, 1))) == 0
