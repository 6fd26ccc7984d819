"""The words of a picture: everything that it shows, in plain lines."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices.polls.chart import (
    MOST_NAMED,
    MOST_NUMBERED,
    Bar,
    Bars,
    Cell,
    Chart,
    Cluster,
    Gradient,
    Heat,
    Nest,
    Shape,
    Slot,
    Spot,
    Table,
    as_json,
    from_json,
)
from practices.polls.twin import LONG, twin


def slots(count: int, *, best: int = -1, voters: int = 10) -> tuple[Slot, ...]:
    return tuple(
        Slot(
            label=f"Thursday {1 + at // 4} November {10 + at % 4}:00",
            yes=at % voters,
            if_need_be=1,
            no=voters - 1,
            best=at == best,
        )
        for at in range(count)
    )


def test_positions_are_said_with_their_words_and_their_turnout_below() -> None:
    chart = Bars(
        title="A door",
        bars=(
            Bar(label="agree", value=9, words="9 of 12", shape=Shape.CIRCLE, lean=1.0),
            Bar(label="block", value=0, words="0 of 12", shape=Shape.CROSS, lean=-1.0),
        ),
        of=12,
        foot="12 of 30 entitled have taken part.",
    )

    assert twin(chart).split("\n") == [
        "A door",
        "agree: 9 of 12",
        "block: 0 of 12",
        "12 of 30 entitled have taken part.",
    ]


def test_options_have_the_numbers_that_the_picture_shows_and_what_stands_out_its_star() -> None:
    chart = Bars(
        title="Tea?",
        bars=(
            Bar(label="green", value=1, words="1 of 3"),
            Bar(label="black", value=2, words="2 of 3", marked=True),
        ),
        of=3,
    )

    assert twin(chart).split("\n") == ["Tea?", "1. green: 1 of 3", "2. black: 2 of 3 (with a star)"]


def test_a_gradient_says_its_direction_and_whether_it_is_empty() -> None:
    full = Gradient(
        title="Well?",
        bars=(
            Bar(label="endorse", value=2, words="2 of 2", lean=1.0),
            Bar(label="veto", value=0, words="0 of 2", lean=-1.0),
        ),
    )
    empty = Gradient(title="Well?", bars=(Bar(label="endorse", value=0, words="0 of 0", lean=1.0),))

    assert twin(full).split("\n") == [
        "Well?",
        "From most for to most against:",
        "endorse: 2 of 2",
        "veto: 0 of 2",
    ]
    assert "No voices yet." in twin(empty).split("\n")


def test_rounds_are_said_with_what_happened_in_them() -> None:
    chart = Table(
        title="Two seats",
        columns=("1: first choices", "2: surplus of Ada", "3: without Ben"),
        rows=(
            ("Ada", (Cell(words="12", mark="elected"), Cell(words="8"), Cell(words="8"))),
            (
                "Ben",
                (Cell(words="2"), Cell(words="out", mark="excluded"), Cell(words="", mark="out")),
            ),
            ("Chiara", (Cell(words="3"), Cell(words="4.5"), Cell(words="8.5", mark="elected"))),
        ),
        foot="A seat needs 8.",
    )

    assert twin(chart).split("\n") == [
        "Two seats",
        "Rounds: 1 first choices; 2 surplus of Ada; 3 without Ben.",
        "Ada: 12 elected, 8, 8",
        "Ben: 2, out",
        "Chiara: 3, 4.5, 8.5 elected",
        "A seat needs 8.",
    ]


def test_the_first_of_a_ranking_is_not_called_elected() -> None:
    chart = Table(
        title="Which first?",
        columns=("before 1", "before 2", "place"),
        rows=(
            ("1 tea", (Cell(words="–"), Cell(words="3"), Cell(words="1", mark="elected"))),
            ("2 soup", (Cell(words="1"), Cell(words="–"), Cell(words="2"))),
        ),
    )

    assert twin(chart).split("\n") == [
        "Which first?",
        "Columns: before 1, before 2, place.",
        "1 tea: –, 3, 1",
        "2 soup: 1, –, 2",
    ]


def test_an_election_without_a_vote_names_whom_one_can_vote_for() -> None:
    chart = Table(title="Two seats", columns=(), rows=(("Ada", ()), ("Ben", ())))

    assert twin(chart).split("\n") == ["Two seats", "No votes yet.", "Ada", "Ben"]


def test_times_are_said_with_all_three_counts_and_the_best_of_them() -> None:
    chart = Heat(title="When?", slots=slots(2, best=1), of=10, foot="10 of 12.")

    assert twin(chart).split("\n") == [
        "When?",
        "Of 10 who answered:",
        "Thursday 1 November 10:00: 0 yes, 1 if need be, 9 no",
        "Thursday 1 November 11:00: 1 yes, 1 if need be, 9 no; suits most",
        "10 of 12.",
    ]


def test_many_times_are_grouped_by_their_days_and_keep_all_their_numbers() -> None:
    chart = Heat(title="When?", slots=slots(40, best=5, voters=200), of=200)

    said = twin(chart)

    assert len(said) <= LONG
    assert "yes/if need be/no; * suits most" in said
    assert "Thursday 2 November: 10:00 4/1/199, 11:00 5/1/199*, 12:00 6/1/199" in said
    assert all(f" {at}/1/199" in said for at in range(40))


def test_many_times_in_words_of_their_own_are_said_too() -> None:
    odd = tuple(
        Slot(label=f"sometime {'x' * 30} {at}", yes=at, if_need_be=0, no=1) for at in range(40)
    )

    said = twin(Heat(title="When?", slots=odd, of=40))

    assert all(f": {at}/0/1" in said for at in range(40))


def test_the_same_day_twice_with_another_between_is_said_in_its_order() -> None:
    label = "Thursday 1 November {}:00".format
    mixed = (
        Slot(label=label(10), yes=1, if_need_be=0, no=0),
        Slot(label="Friday 2 November 10:00", yes=2, if_need_be=0, no=0),
        Slot(label=label(12), yes=3, if_need_be=0, no=0),
    )
    said = twin(Heat(title="x" * 1600, slots=mixed, of=3)).split("\n")[2:]

    assert [line.rpartition(" ")[2] for line in said] == ["1/0/0", "2/0/0", "3/0/0"]


def test_long_names_are_cut_before_the_words_grow_too_long_and_short_ones_are_not() -> None:
    def chart(length: int) -> Chart:
        bars = tuple(
            Bar(label=f"{at} {'long ' * length}", value=at, words=f"{at} of 200")
            for at in range(20)
        )
        return Bars(title="Which?", bars=bars, of=200, foot="200 of 200.")

    assert "…" not in twin(chart(3))
    assert "…" in twin(chart(40))
    assert len(twin(chart(40))) <= LONG
    assert all(f": {at} of 200" in twin(chart(40)) for at in range(20))


@pytest.mark.parametrize("title", ["two\nlines", "  many   gaps "])
def test_every_part_is_one_line(title: str) -> None:
    chart = Bars(
        title=title, bars=(Bar(label="a\nb", value=1, words="1\nof 1"),), of=1, foot="x\ny"
    )

    assert twin(chart).split("\n") == [" ".join(title.split()), "1. a b: 1 of 1", "x y"]


names = st.text("abcdefgh ", max_size=300)


@given(st.lists(st.tuples(names, st.lists(st.integers(0, 9999), max_size=20)), max_size=25), names)
def test_no_number_of_a_table_is_lost_however_long_it_is(
    rows: list[tuple[str, list[int]]], title: str
) -> None:
    across = max((len(numbers) for _, numbers in rows), default=0)
    chart = Table(
        title=title,
        columns=tuple(f"{at + 1}: without somebody" for at in range(across)),
        rows=tuple(
            (name, tuple(Cell(words=str(each)) for each in numbers)) for name, numbers in rows
        ),
    )

    said = re.findall(r"\d+", twin(chart))

    rounds = [str(at + 1) for at in range(across)]
    assert said == [*rounds, *(str(each) for _, numbers in rows for each in numbers)]


# ------------------------------------------------------------------------------------------------ nest


def spots(count: int) -> tuple[Spot, ...]:
    return tuple(
        Spot(label=f"Town {at}", people="20–40 people", crews="4–9 crews", size=3, dots=6)
        for at in range(count)
    )


def test_congregations_are_said_by_their_numbers_with_their_bands() -> None:
    chart = Nest(
        title="Rivers",
        clusters=(
            Cluster(
                label="",
                spots=(
                    Spot(label="Harbour", people="20–40 people", crews="4–9 crews", size=3),
                    Spot(label="Lakeside", marked=True),
                ),
            ),
        ),
        scales=(("Self", "one person"),),
        foot="2 congregations.",
    )

    assert twin(chart).split("\n") == [
        "Rivers",
        "1. Harbour: 20–40 people, 4–9 crews",
        "2. Lakeside: no card yet (with a star)",
        "Self: one person",
        "2 congregations.",
    ]


def test_many_congregations_are_said_circle_by_circle_and_size_by_size() -> None:
    own = Spot(label="Lakeside", marked=True)
    chart = Nest(
        title="Rivers",
        clusters=(
            Cluster(label="Fern circle", spots=spots(MOST_NUMBERED)),
            Cluster(label="Wren circle", spots=(own,)),
        ),
    )
    few, fern, wren, sizes = twin(chart).split("\n")

    assert few == "Rivers"
    assert fern.startswith("Fern circle, 20 congregations: Town 0, Town 1, ")
    assert wren == "Wren circle, 1 congregation: Lakeside (with a star)"
    assert sizes == "How many congregations are how large: 20–40 people: 20; no card yet: 1."


def test_more_congregations_than_anybody_reads_are_not_named_one_by_one() -> None:
    own = Spot(label="Lakeside", marked=True)
    chart = Nest(
        title="Rivers",
        clusters=(
            Cluster(label="Fern circle", spots=spots(MOST_NAMED)),
            Cluster(label="Wren circle", spots=(own,)),
        ),
    )
    said = twin(chart)

    assert "Fern circle, 40 congregations\n" in said
    assert "Wren circle, 1 congregation, with a star in it\n" in said
    assert "Town" not in said


def test_circles_within_circles_are_kept_and_read_again_as_they_are() -> None:
    chart = Nest(
        title="Rivers",
        clusters=(Cluster(label="Fern circle", spots=spots(2)),),
        scales=(("Self", "one person"),),
    )

    assert from_json(json.loads(json.dumps(as_json(chart)))) == chart
