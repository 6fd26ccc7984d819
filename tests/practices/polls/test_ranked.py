"""Rankings by the Schulze method, against published examples, every path, and what the method promises."""

from itertools import pairwise as pairwise_of
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.polls.chart import Table
from practices.polls.poll import Ballot, Way
from practices.polls.rankings import Profile, profile
from practices.polls.schulze import pairwise, strongest, tiers
from tests.practices.polls.asked import asked, counted, summed


def of(**counts: int) -> Profile:
    """Rankings as words: `ACBED=5`."""
    letters = sorted({letter for ranking in counts for letter in ranking})
    return tuple(
        sorted((tuple(map(letters.index, ranking)), count) for ranking, count in counts.items())
    )


def order(rankings: Profile, size: int) -> list[str]:
    found = tiers(strongest(pairwise(rankings, size)))
    return ["".join("ABCDEFG"[at] for at in tier) for tier in found]


#: Wikipedia, "Schulze method", the example with 45 voters and five candidates.
WIKIPEDIA = of(ACBED=5, ADECB=5, BEDAC=8, CABED=3, CAEBD=7, CBADE=2, DCEBA=7, EBADC=8)

#: Markus Schulze, "A New Monotonic, Clone-Independent, Reversal Symmetric, and Condorcet-Consistent Single-Winner
#: Election Method", Social Choice and Welfare 36 (2011), section 3.1, example 1, with 21 voters.
PAPER = of(ACDB=8, BADC=2, CDBA=4, DBAC=4, DCBA=3)


def test_wikipedias_example_with_45_voters_has_its_pairs_paths_and_order() -> None:
    preferred = pairwise(WIKIPEDIA, 5)
    assert preferred == (
        (0, 20, 26, 30, 22),
        (25, 0, 16, 33, 18),
        (19, 29, 0, 17, 24),
        (15, 12, 28, 0, 14),
        (23, 27, 21, 31, 0),
    )
    assert strongest(preferred) == (
        (0, 28, 28, 30, 24),
        (25, 0, 28, 33, 24),
        (25, 29, 0, 29, 24),
        (25, 28, 28, 0, 24),
        (25, 28, 28, 31, 0),
    )
    assert order(WIKIPEDIA, 5) == ["E", "A", "C", "B", "D"]


def test_the_first_example_of_schulzes_paper_has_its_pairs_paths_and_order() -> None:
    preferred = pairwise(PAPER, 4)
    assert preferred == ((0, 8, 14, 10), (13, 0, 6, 2), (7, 15, 0, 12), (11, 19, 9, 0))
    assert strongest(preferred) == (
        (0, 14, 14, 12),
        (13, 0, 13, 12),
        (13, 15, 0, 12),
        (13, 19, 13, 0),
    )
    assert order(PAPER, 4) == ["D", "A", "C", "B"]


def test_burlington_2009_would_have_had_the_one_whom_most_prefer_to_each_other() -> None:
    """The mayoral election of Burlington, Vermont, 2009: the last three, as Wikipedia sums the ballots up.

    M is Montroll, K Kiss, W Wright; the count there, by transfers, elected Kiss (see test_seats.py).
    """
    burlington = of(BAC=1332, BCA=767, B=455, ABC=2043, ACB=371, A=568, CBA=1513, CAB=495, C=1289)
    preferred = pairwise(burlington, 3)  # A Kiss, B Montroll, C Wright

    assert (preferred[1][0], preferred[0][1]) == (4067, 3477)
    assert order(burlington, 3)[0] == "B"


def by_every_path(preferred: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """The strongest paths found by walking each path there is."""
    size = len(preferred)

    def strength(path: tuple[int, ...]) -> int:
        links = [
            preferred[a][b] if preferred[a][b] > preferred[b][a] else 0
            for a, b in pairwise_of(path)
        ]
        return min(links)

    found = [[0] * size for _ in range(size)]
    for length in range(2, size + 1):
        for path in permutations(range(size), length):
            a, b = path[0], path[-1]
            found[a][b] = max(found[a][b], strength(path))
    return tuple(tuple(row) for row in found)


@st.composite
def rankings(draw: st.DrawFn, *, most: int = 5) -> tuple[Profile, int]:
    size = draw(st.integers(2, most))
    ranking = st.permutations(range(size)).flatmap(
        lambda places: st.integers(1, size).map(lambda end: tuple(places[:end]))
    )
    return tuple(
        sorted(draw(st.dictionaries(ranking, st.integers(1, 9), max_size=8)).items())
    ), size


@settings(derandomize=True, max_examples=150, deadline=None)
@given(rankings())
def test_the_strongest_paths_are_those_that_every_path_gives(given_: tuple[Profile, int]) -> None:
    preferred = pairwise(*given_)
    paths = strongest(preferred)
    assert paths == by_every_path(preferred)

    # Nobody is before somebody with a stronger path to them, and equal ones have none either way.
    found = tiers(paths)
    place = {at: number for number, tier in enumerate(found) for at in tier}
    assert sorted(place) == list(range(given_[1]))
    for (a, above), (b, below) in permutations(place.items(), 2):
        if above < below:
            assert paths[a][b] >= paths[b][a]
        if above == below:
            assert paths[a][b] == paths[b][a]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(rankings(most=4), st.integers(0, 3))
def test_whom_more_than_half_put_first_comes_first_alone(
    given_: tuple[Profile, int], favourite: int
) -> None:
    found, size = given_
    favourite %= size
    more = sum(count for _, count in found) + 1
    assert tiers(strongest(pairwise((*found, ((favourite,), more)), size)))[0] == (favourite,)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(rankings(most=4))
def test_another_option_that_beats_nobody_changes_the_order_of_nobody(
    given_: tuple[Profile, int],
) -> None:
    found, size = given_
    with_loser = tuple(
        (ranking if len(ranking) < size else (*ranking, size), count) for ranking, count in found
    )
    before = tiers(strongest(pairwise(found, size)))
    after = tiers(strongest(pairwise(with_loser, size + 1)))

    assert [tuple(at for at in tier if at != size) for tier in after if tier != (size,)] == list(
        before
    )


@settings(derandomize=True, max_examples=100, deadline=None)
@given(rankings(most=4))
def test_whoever_beats_each_other_comes_first(given_: tuple[Profile, int]) -> None:
    preferred = pairwise(*given_)
    size = given_[1]
    for a in range(size):
        if all(preferred[a][b] > preferred[b][a] for b in range(size) if b != a):
            assert tiers(strongest(preferred))[0] == (a,)


def test_points_are_shown_beside_the_order_and_said_where_they_would_begin_otherwise() -> None:
    """The example with 45 voters, in which points alone would begin with another than E."""
    terms = asked(Way.RANKED, *"ABCDE")
    ballots = [
        Ballot(marks={at: rank for rank, at in enumerate(ranking, start=1)})
        for ranking, count in WIKIPEDIA
        for _ in range(count)
    ]
    result = summed(terms, *ballots, entitled=45)

    assert result.lines[0] == "Compared two at a time: 1. E; 2. A; 3. C; 4. B; 5. D."
    assert result.lines[1].startswith("No option is put before each other one;")
    points = result.sums["points"]
    # First place five points, last one: what each is put before, and one more for each ballot.
    assert points == {
        letter: 45 + sum(result.sums["preferred"][letter].values()) for letter in "ABCDE"
    }
    best = max(points, key=lambda letter: points[letter])
    assert best == "E"
    assert not any(line.startswith("By points alone") for line in result.lines)
    assert isinstance(result.chart, Table)
    assert result.chart.columns[-2:] == ("points", "place")
    assert [cells[-1].words for _, cells in result.chart.rows] == ["2", "4", "3", "5", "1"]
    assert [cells[-1].mark for _, cells in result.chart.rows] == ["", "", "", "", "elected"]


def test_where_points_would_begin_with_another_that_is_said() -> None:
    result = counted(asked(Way.RANKED, *"ABC"), *["A > B > C"] * 3, *["B > C > A"] * 2, entitled=5)

    assert result.lines[0] == "Compared two at a time: 1. A; 2. B; 3. C."
    assert (
        "A is put before each other option by more people than the other way round." in result.lines
    )
    assert "By points alone B would come first." in result.lines


def test_what_cannot_be_parted_stays_equal_and_nobody_throws_a_coin() -> None:
    result = counted(asked(Way.RANKED, *"ABC"), "A > B", "B > A")

    assert result.lines[0] == "Compared two at a time: 1. A and B (equal); 3. C."
    assert "A and B cannot be parted by these rankings." in result.lines
    assert result.sums["order"] == [["A", "B"], ["C"]]


def test_equal_rankings_are_counted_together_whoever_came_first() -> None:
    ballots = [Ballot(marks={0: 1, 1: 2}), Ballot(marks={1: 1}), Ballot(marks={1: 2, 0: 1})]

    assert profile(ballots) == (((0, 1), 2), ((1,), 1))


@pytest.mark.parametrize("entitled", [0, 9])
def test_without_a_ballot_there_is_no_order(entitled: int) -> None:
    result = counted(asked(Way.RANKED, *"ABC"), entitled=entitled)

    assert result.sums["order"] == []
    assert result.lines == (f"Nobody has taken part yet, of {entitled} entitled.",)
