"""Seats by the Scottish rules, against an official count, an independent count, and what the rules promise."""

from collections import Counter
from decimal import ROUND_DOWN, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.polls import stv
from practices.polls.chart import Table
from practices.polls.poll import Ballot, Way
from practices.polls.rankings import Profile
from practices.polls.stv import ONE, Act, decimals
from tests.practices.polls.asked import asked, counted, summed

COLDSIDE = Path(__file__).parent / "coldside-2022.blt"

#: Dundee City Council, local government election of 5 May 2022, ward 4 (Coldside): the council's own report of the
#: votes of each candidate at each stage, 5,589 valid papers for four seats with a quota of 1,118. Each stage: what was
#: done, who was elected by it, the votes in the order of the ballot paper, and those that could not be transferred,
#: among which the report counts what the rounding lost.
OFFICIAL = (
    (
        ("", ""),
        ("Heather ANDERSON",),
        "141.00000 444.00000 1737.00000 176.00000 751.00000 551.00000 960.00000 52.00000 777.00000 0.00000",
    ),
    (
        ("surplus", "Heather ANDERSON"),
        ("Mark FLYNN",),
        "150.26536 446.13816 1118.00000 179.20724 1275.20556 584.14148 970.33444 52.35636 785.90900 27.44240",
    ),
    (
        ("surplus", "Mark FLYNN"),
        (),
        "164.32454 448.54845 1118.00000 183.57015 1118.00000 636.89443 982.81800 56.15803 797.66412 83.02228",
    ),
    (
        ("exclusion", "Wayne SCOTT"),
        (),
        "165.65894 450.67172 1118.00000 185.57015 1118.00000 656.60716 987.98520 0.00000 812.20113 94.30570",
    ),
    (
        ("exclusion", "Scott AGNEW"),
        (),
        "0.00000 463.17332 1118.00000 195.99241 1118.00000 702.71671 1011.10993 0.00000 822.72469 157.28294",
    ),
    (
        ("exclusion", "Jenny BLAIN"),
        (),
        "0.00000 485.19848 1118.00000 0.00000 1118.00000 764.28566 1044.49678 0.00000 854.30070 204.71838",
    ),
    (
        ("exclusion", "Naveed ALI"),
        ("George MCIRVINE",),
        "0.00000 0.00000 1118.00000 0.00000 1118.00000 808.52195 1155.05083 0.00000 937.90360 451.52362",
    ),
    (
        ("surplus", "George MCIRVINE"),
        (),
        "0.00000 0.00000 1118.00000 0.00000 1118.00000 810.27243 1118.00000 0.00000 965.31343 459.41414",
    ),
    (
        ("exclusion", "Tanya JONES"),
        ("Helen WRIGHT",),
        "0.00000 0.00000 1118.00000 0.00000 1118.00000 0.00000 1118.00000 0.00000 1293.21457 941.78543",
    ),
)


def coldside() -> tuple[Profile, list[str], int]:
    lines = [
        line
        for line in COLDSIDE.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    size, seats = map(int, lines[0].split())
    end = lines.index("0")
    papers: Counter[tuple[int, ...]] = Counter()
    for line in lines[1:end]:
        count, *ranking = map(int, line.split())
        papers[tuple(place - 1 for place in ranking[:-1])] += count
    names = [line.strip('"') for line in lines[end + 1 :]]
    assert len(names) == size
    return tuple(sorted(papers.items())), names, seats


def test_the_count_of_a_scottish_ward_is_the_official_one_at_every_stage() -> None:
    papers, names, seats = coldside()
    count = stv.count(papers, size=len(names), seats=seats)

    assert sum(number for _, number in papers) == 5589
    assert count.quota == 1118
    assert len(count.stages) == len(OFFICIAL)
    for stage, ((act, whose), elected, votes) in zip(count.stages, OFFICIAL, strict=True):
        assert (names[stage.whose] if stage.whose is not None else "") == whose
        assert stage.act == (act or "first preferences")
        assert tuple(names[at] for at in stage.elected) == elected
        found = [*map(decimals, stage.votes), decimals(stage.exhausted + stage.lost)]
        assert " ".join(found) == votes
        assert stage.tie is None
    assert [names[at] for at in count.elected] == [
        "Heather ANDERSON",
        "Mark FLYNN",
        "George MCIRVINE",
        "Helen WRIGHT",
    ]


def of(**counts: int) -> Profile:
    letters = sorted({letter for ranking in counts for letter in ranking})
    return tuple(
        sorted((tuple(map(letters.index, ranking)), count) for ranking, count in counts.items())
    )


def test_wikipedias_food_at_a_party_is_counted_as_there() -> None:
    """Wikipedia, "Single transferable vote", the example with 20 guests, three foods and a quota of six.

    O is oranges, P pears, C chocolate, S strawberries, B bonbons.
    """
    terms = asked(Way.SEATS, "Bonbons", "Chocolate", "Oranges", "Pears", "Strawberries", seats=3)
    voices = [
        *["Oranges"] * 4,
        *["Pears > Oranges"] * 2,
        *["Chocolate > Strawberries"] * 8,
        *["Chocolate > Bonbons"] * 4,
        "Strawberries",
        "Bonbons",
    ]
    result = counted(terms, *voices, entitled=20)
    stages = result.sums["stages"]

    assert result.sums["quota"] == 6
    assert [stage["whose"] for stage in stages] == [None, "Chocolate", "Pears", "Bonbons"]
    assert stages[1]["votes"]["Strawberries"] == "5.00000"
    assert stages[1]["votes"]["Bonbons"] == "3.00000"
    assert stages[2]["votes"]["Oranges"] == "6.00000"
    assert result.sums["elected"] == ["Chocolate", "Oranges", "Strawberries"]
    assert result.lines[0] == (
        "By this count the 3 seats go to Chocolate, Oranges and Strawberries, of 5 names."
    )


#: The mayoral election of Burlington, Vermont, 2009: the last three, as Wikipedia sums the ballots up. A is Kiss, B
#: Montroll, C Wright.
BURLINGTON = of(BAC=1332, BCA=767, B=455, ABC=2043, ACB=371, A=568, CBA=1513, CAB=495, C=1289)


def test_a_loser_who_stands_can_change_who_is_elected_as_in_burlington_2009() -> None:
    """Transfers are not independent of losers: without Wright, Montroll would have been elected and not Kiss."""
    count = stv.count(BURLINGTON, size=3, seats=1)
    kiss, montroll, wright = range(3)
    assert count.elected == (kiss,)
    assert count.stages[1].whose == montroll
    assert count.stages[1].votes[kiss] == 4314 * ONE
    assert count.stages[1].votes[wright] == 4064 * ONE

    without: Counter[tuple[int, ...]] = Counter()
    for ranking, papers in BURLINGTON:
        without[tuple(at for at in ranking if at != wright)] += papers
    assert stv.count(tuple(sorted(without.items())), size=2, seats=1).elected == (montroll,)


# ------------------------------------------------------------------------------------ an independent count


class Paper:
    """One ballot paper on the table, with the value that it has where it lies."""

    def __init__(self, ranking: tuple[int, ...]) -> None:
        self.ranking = ranking
        self.value = Decimal(1)


def by_hand(  # noqa: C901 - the rules as they stand in the Order, one after the other
    papers: Profile, size: int, seats: int
) -> tuple[list[int], list[list[Decimal]], list[Decimal]]:
    """Rules 45 to 52 of the Scottish Local Government Elections Order 2007, paper by paper and in decimals.

    Returns who is elected in their order, the votes at the end of each stage, and what was not transferable, with no
    regard to rounding. Lots (rules 49 (3) and 51 (2) (b)) fall by the order of the options.
    """
    table = [Paper(ranking) for ranking, number in papers for _ in range(number) if ranking]
    piles: dict[int, list[Paper]] = {at: [] for at in range(size)}
    for paper in table:  # 45
        piles[paper.ranking[0]].append(paper)
    quota = Decimal(len(table) // (seats + 1) + 1)  # 46
    votes = [Decimal(len(piles[at])) for at in range(size)]
    continuing, elected = list(range(size)), []
    history: list[list[Decimal]] = []
    wasted, waste = Decimal(0), []

    def go_on(paper: Paper, here: int) -> bool:
        for choice in paper.ranking[paper.ranking.index(here) + 1 :]:
            if choice in continuing:
                piles[choice].append(paper)
                votes[choice] += paper.value
                return True
        return False

    def lowest_or_highest(level: list[int], sign: int) -> int:
        for stage in reversed(history):
            most = max(sign * stage[at] for at in level)
            level = [at for at in level if sign * stage[at] == most]
        return level[0] if sign > 0 else level[-1]

    while True:
        for at in sorted(continuing, key=lambda at: (-votes[at], at)):  # 47
            if votes[at] >= quota:
                elected.append(at)
                continuing.remove(at)
        if len(continuing) <= seats - len(elected):  # 52
            elected += sorted(continuing, key=lambda at: (-votes[at], at))
            continuing = []
        history.append(list(votes))
        waste.append(wasted)
        if len(elected) >= seats or not continuing:
            return elected, history, waste
        above = [at for at in range(size) if at in elected and votes[at] > quota]
        if above:  # 48, 49
            top = max(votes[at] for at in above)
            here = lowest_or_highest([at for at in above if votes[at] == top], 1)
            surplus, total = votes[here] - quota, votes[here]
            for paper in piles.pop(here):
                worth = surplus * paper.value / total
                paper.value = worth.quantize(Decimal("0.00001"), rounding=ROUND_DOWN)
                if not go_on(paper, here):
                    wasted += paper.value
            votes[here] = quota
            piles[here] = []
        else:  # 50, 51
            few = min(votes[at] for at in continuing)
            here = lowest_or_highest([at for at in continuing if votes[at] == few], -1)
            continuing.remove(here)
            for paper in piles.pop(here):
                if not go_on(paper, here):
                    wasted += paper.value
            votes[here] = Decimal(0)
            piles[here] = []


@st.composite
def elections(draw: st.DrawFn) -> tuple[Profile, int, int]:
    size = draw(st.integers(2, 6))
    seats = draw(st.integers(1, size - 1))
    ranking = st.permutations(range(size)).flatmap(
        lambda places: st.integers(1, size).map(lambda end: tuple(places[:end]))
    )
    number = draw(st.sampled_from([st.integers(1, 2), st.integers(1, 30)]))
    papers = draw(st.dictionaries(ranking, number, min_size=1, max_size=12))
    return tuple(sorted(papers.items())), size, seats


@settings(derandomize=True, max_examples=300, deadline=None)
@given(elections())
def test_every_stage_is_that_of_a_count_paper_by_paper(
    election: tuple[Profile, int, int],
) -> None:
    papers, size, seats = election
    count = stv.count(papers, size=size, seats=seats)
    elected, history, waste = by_hand(papers, size, seats)

    assert list(count.elected) == elected
    assert [list(map(decimals, stage.votes)) for stage in count.stages] == [
        [f"{votes:.5f}" for votes in stage] for stage in history
    ]
    assert [decimals(stage.exhausted) for stage in count.stages] == [
        f"{each:.5f}" for each in waste
    ]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(elections())
def test_every_vote_is_with_somebody_exhausted_or_cut_off_by_less_than_a_paper_can_lose(
    election: tuple[Profile, int, int],
) -> None:
    papers, size, seats = election
    ballots = sum(number for _, number in papers)
    count = stv.count(papers, size=size, seats=seats)
    for number, stage in enumerate(count.stages):
        assert sum(stage.votes) + stage.exhausted + stage.lost == ballots * ONE
        # Each paper loses less than a hundred thousandth each time a surplus passes it on.
        assert 0 <= stage.lost <= ballots * number
        assert not stage.seated & stage.excluded
    assert len(count.elected) == len(set(count.elected)) == seats


@settings(derandomize=True, max_examples=100, deadline=None)
@given(elections(), st.integers(0, 5))
def test_for_one_seat_whom_more_than_half_put_first_is_elected_at_once(
    election: tuple[Profile, int, int], favourite: int
) -> None:
    papers, size, _ = election
    favourite %= size
    more = sum(number for _, number in papers) + 1
    count = stv.count((*papers, ((favourite,), more)), size=size, seats=1)

    assert count.elected == (favourite,)
    assert len(count.stages) == 1


@settings(derandomize=True, max_examples=100, deadline=None)
@given(elections(), st.data())
def test_a_group_of_so_many_quotas_that_stands_together_gets_so_many_seats(
    election: tuple[Profile, int, int], data: st.DataObject
) -> None:
    papers, size, seats = election
    others = sum(number for _, number in papers)
    group = data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=size - 1))
    orders = data.draw(st.lists(st.permutations(sorted(group)), min_size=1, max_size=3))
    each = data.draw(st.integers(1, 40))
    together = [(tuple(order), each) for order in orders]
    total = others + each * len(orders)
    quota = total // (seats + 1) + 1
    # A vote to spare for what the rounding takes.
    due = min(len(group), (each * len(orders) - 1) // quota)
    count = stv.count(tuple(sorted([*papers, *together])), size=size, seats=seats)

    assert len(group & set(count.elected)) >= due


# ------------------------------------------------------------------------------------ ties


def test_a_tie_is_parted_by_the_most_recent_stage_that_can() -> None:
    """B and C are level when one has to go; C had fewer before D's papers came, so C goes (rule 51 (2) (a))."""
    count = stv.count(of(A=9, B=5, C=4, DC=1), size=4, seats=1)
    level = next(stage for stage in count.stages if stage.tie is not None)

    assert count.stages[1].whose == 3
    assert level.act is Act.EXCLUSION
    assert level.tie == stv.Tie(level=(1, 2), chosen=2, by_stage=1)


def test_where_a_stage_parts_only_some_of_those_who_are_level_an_earlier_one_parts_the_rest() -> (
    None
):
    """B, C and E have five each in stage 3; in stage 2 B has five and C and E four, in stage 1 E has three and C four."""
    count = stv.count(of(A=14, B=5, C=4, E=3, DE=1, FC=1, FE=1), size=6, seats=1)
    tied = [stage for stage in count.stages if stage.tie is not None]

    assert [stage.whose for stage in count.stages[:3]] == [None, 3, 5]
    assert tied[0].tie == stv.Tie(level=(1, 2, 4), chosen=4, by_stage=1)


def test_a_tie_that_no_stage_parts_is_said_and_the_order_of_the_list_tells() -> None:
    terms = asked(Way.SEATS, "Ana", "Ben", "Cleo", seats=1)
    result = counted(terms, "Ana", "Ben", "Cleo", "Ana", "Ben", entitled=5)

    assert result.sums["elected"] == ["Ana"]
    assert (
        "In stage 3: Ana and Ben were level in every stage, so the order of the list had to tell: Ben stands later in it, "
        "and Ben went out. Lots could have fallen otherwise." in result.lines
    )
    assert result.sums["stages"][2]["tie"] == {
        "level": ["Ana", "Ben"],
        "chosen": "Ben",
        "parted by stage": None,
    }


def test_of_equal_surpluses_the_one_that_was_higher_before_passes_on_first() -> None:
    """Rule 49 (2): A and B have seven each in stage 2, with a quota of six; before it A had six and B seven."""
    count = stv.count(of(AC=6, BC=7, C=2, D=4, EA=1, F=3), size=6, seats=3)

    assert count.quota == 6
    surpluses = [stage for stage in count.stages if stage.act is Act.SURPLUS]
    assert surpluses[0].whose == 1

    level = stv.count(of(AC=7, BC=7, C=2, D=4), size=4, seats=3)
    assert level.stages[1].tie == stv.Tie(level=(0, 1), chosen=0, by_stage=None)


def test_without_a_ballot_nobody_is_elected() -> None:
    result = counted(asked(Way.SEATS, *"ABC", seats=2), entitled=7)

    assert result.sums["elected"] == []
    assert result.lines == ("Nobody has taken part yet, of 7 entitled.",)
    assert isinstance(result.chart, Table)
    assert result.chart.columns == ()


def test_with_no_more_names_than_seats_all_of_them_are_elected() -> None:
    assert stv.count(of(A=3, B=1), size=2, seats=3).elected == (0, 1)


def test_the_table_shows_each_stage_and_what_became_of_each_name() -> None:
    result = counted(
        asked(Way.SEATS, "Ana", "Ben", "Cleo", "Dan", seats=2),
        *["Ana > Ben"] * 3,
        "Ana > Cleo",
        *["Cleo"] * 2,
        "Dan",
    )
    chart = result.chart

    assert isinstance(chart, Table)
    assert chart.columns == (
        "1: first choices",
        "2: surplus of Ana",
        "3: without Ben",
        "4: without Dan",
    )
    rows = dict(chart.rows)
    assert [(cell.words, cell.mark) for cell in rows["Ana"]] == [
        ("4", "elected"),
        ("3", ""),
        ("3", ""),
        ("3", ""),
    ]
    assert [(cell.words, cell.mark) for cell in rows["Ben"]] == [
        ("0", ""),
        ("0.75", ""),
        ("out", "excluded"),
        ("", "out"),
    ]
    assert rows["Cleo"][-1].mark == "elected"
    assert chart.rows[-1][0] == "no further"


@pytest.mark.parametrize("votes", [0, 1, ONE, 103843216, 99999])
def test_votes_are_said_with_the_five_places_they_are_counted_in(votes: int) -> None:
    assert Decimal(decimals(votes)) * ONE == votes


def test_a_vote_says_only_the_order_of_the_names() -> None:
    terms = asked(Way.SEATS, *"ABC", seats=1)

    assert summed(terms, Ballot(marks={0: 1, 2: 2})) == summed(terms, Ballot(marks={2: 2, 0: 1}))
