"""Circles of delegates: their sizes, their links, and how few congregations move when one comes or goes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from statistics import mean
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from practices.assembly.circles import (
    GENERAL,
    LARGEST,
    SMALLEST,
    UNDIVIDED,
    Circles,
    circles,
)
from tests.practices.assembly.assembled import Assembled

Cards = Mapping[str, Mapping[str, Any]]

sizes = st.integers(UNDIVIDED + 1, 200)
seeds = st.integers(0, 10_000)


def roll(size: int, seed: int) -> list[str]:
    """The seats of an assembly."""
    random = Random(seed)
    return [f"{random.getrandbits(256):064x}" for _ in range(size)]


def cards(seats: Sequence[str], seed: int) -> Cards:
    """What congregations say of themselves; some say nothing."""
    random = Random(seed)
    return {
        seat: {
            "languages": [random.choice(["en", "en-GB", "en", "pt", "de", "el"]), "fr"],
            "place": random.choice(["Lisbon", " lisbon", "Bremen", "Naples", "Leeds", "Volos"]),
        }
        for seat in seats
        if random.random() < 0.9
    }


def moved(before: Circles, after: Circles) -> int:
    """How many congregations of both have to go to another circle than most of their own go to."""
    both = before.general.seats and set(before.general.seats) & set(after.general.seats)
    count = 0
    for circle in before.base:
        stay = set(circle.seats) & set(both)
        count += len(stay) - max((len(stay & set(each.seats)) for each in after.base), default=0)
    return count


@settings(max_examples=150, deadline=None)
@given(sizes, seeds, st.booleans())
@example(21, 0, False)
@example(200, 0, True)
def test_every_circle_holds_five_to_twelve_and_every_congregation_is_in_exactly_one(
    size: int, seed: int, known: bool
) -> None:
    seats = roll(size, seed)
    found = circles(seats, cards(seats, seed) if known else None)

    assert sorted(seat for each in found.base for seat in each.seats) == sorted(seats)
    assert all(SMALLEST <= len(each.seats) <= LARGEST for each in found.base)
    for circle in found.every[len(found.base) : -1]:
        assert SMALLEST <= len(circle.parts) <= LARGEST
    assert 2 <= len(found.general.parts) <= LARGEST
    assert all(found.of(seat) in found.base for seat in seats)


@pytest.mark.parametrize("size", range(UNDIVIDED + 1, 201))
def test_there_are_such_circles_for_every_size(size: int) -> None:
    assert {len(each.seats) for each in circles(roll(size, size)).base} <= set(range(5, 13))


@settings(max_examples=60, deadline=None)
@given(sizes, seeds)
def test_every_circle_but_the_general_one_is_linked_to_one_above_it(size: int, seed: int) -> None:
    found = circles(roll(size, seed))

    below = Counter(link.below.id for link in found.links)
    assert below == Counter(each.id for each in found.every[:-1])
    assert all(link.above.level == link.below.level + 1 for link in found.links)
    assert all(set(link.below.seats) <= set(link.above.seats) for link in found.links)
    assert sorted(found.general.seats) == sorted(roll(size, seed))
    assert found.general.level == max(each.level for each in found.every)


@settings(max_examples=60, deadline=None)
@given(sizes, seeds)
def test_everybody_finds_the_same_circles(size: int, seed: int) -> None:
    seats = roll(size, seed)
    known = cards(seats, seed)
    shuffled = Random(seed).sample(seats, len(seats))

    assert circles(shuffled, dict(reversed(list(known.items())))) == circles(seats, known)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("size", [22, 35, 60, 120, 200])
def test_few_congregations_move_when_one_comes_or_goes(size: int, known: bool) -> None:
    counts, renamed = [], []
    for seed in range(40):
        seats = roll(size, seed)
        said = cards(seats, seed) if known else {}
        fewer, more = circles(seats[:-1], said), circles(seats, said)
        for before, after in ((fewer, more), (more, fewer)):
            counts.append(moved(before, after))
            names = {each.id: each.name for each in after.base}
            renamed.append(sum(names.get(each.id, each.name) != each.name for each in before.base))

    # Of all the others, not one in most cases, and at the very most one circle.
    assert mean(counts) <= 1
    assert max(counts) <= LARGEST
    assert mean(renamed) <= 0.5


@settings(max_examples=60, deadline=None)
@given(sizes, seeds)
def test_names_tell_circles_apart_and_rank_nobody(size: int, seed: int) -> None:
    found = circles(roll(size, seed))
    names = [each.name for each in found.every]

    assert len(set(names)) == len(names)
    assert names[-1] == GENERAL
    assert not any(letter.isdigit() for name in names for letter in name)
    assert len({each.id for each in found.every}) == len(found.every)


def test_up_to_twenty_congregations_are_one_circle() -> None:
    for size in range(1, UNDIVIDED + 1):
        found = circles(roll(size, size))
        assert [each.name for each in found.every] == [GENERAL]
        assert found.base == (found.general,)
        assert len(found.general.seats) == size
        assert found.links == ()


def test_an_assembly_without_a_congregation_has_no_circles() -> None:
    with pytest.raises(ValueError, match="has a congregation"):
        circles([])


def test_somebody_without_a_seat_is_in_no_circle() -> None:
    with pytest.raises(KeyError):
        circles(roll(30, 1)).of("nobody")


def test_those_with_one_language_talk_with_each_other() -> None:
    seats = roll(60, 7)
    said: Cards = {
        seat: {"languages": [["pt", "en", "de"][at % 3]]} for at, seat in enumerate(seats)
    }

    for circle in circles(seats, said).base:
        assert len({said[seat]["languages"][0] for seat in circle.seats}) == 1


def test_those_of_one_place_talk_with_each_other_where_they_are_enough() -> None:
    seats = roll(40, 3)
    said: Cards = {
        seat: {"languages": ["en"], "place": ["Leeds", "York", "Hull", "Kent"][at % 4]}
        for at, seat in enumerate(seats)
    }

    for circle in circles(seats, said).base:
        assert len({said[seat]["place"] for seat in circle.seats}) == 1


def test_a_language_of_few_is_in_a_circle_with_another_rather_than_alone() -> None:
    seats = roll(30, 5)
    said: Cards = {seat: {"languages": ["el" if at < 2 else "en"]} for at, seat in enumerate(seats)}

    found = circles(seats, said)

    assert found.of(seats[0]) == found.of(seats[1])
    assert all(len(each.seats) >= SMALLEST for each in found.base)


def test_what_a_card_says_of_itself_cannot_break_the_circles() -> None:
    seats = roll(25, 9)
    odd: Cards = {
        seats[0]: {"languages": [], "place": ""},
        seats[1]: {"place": "\n \t"},
        seats[2]: {"languages": ["x" * 8]},
        "somebody without a seat": {"languages": ["en"]},
    }

    found = circles(seats, odd)

    assert sorted(found.general.seats) == sorted(seats)


def test_a_large_assembly_has_circles_of_circles() -> None:
    found = circles(roll(200, 2))

    assert {each.level for each in found.every} == {0, 1, 2}
    assert len(found.general.parts) <= LARGEST


def test_the_circles_follow_from_the_roll_of_letters() -> None:
    assembly = Assembled("Lakeside", *(f"Town {number}" for number in range(20)))
    one, other = assembly.ledger, assembly.read_otherwise(1)

    assert circles(one.roll.seats) == circles(other.roll.seats)
    assert len(circles(one.roll.seats).base) >= 2
    assembly.leaves("Town 3")
    assert len(circles(one.roll.seats).base) == 1
