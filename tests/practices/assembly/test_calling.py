"""What people call a letter follows from the letters alone, and never comes to mean another one."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from practices.assembly import calling
from practices.assembly.calling import HIGHEST, called, free_number, meant, name_of, names
from practices.assembly.letters import Kind, Letter, read, written
from tests.practices.assembly.assembled import UNTIL, Assembled


def a_matter(sender: str, number: int, called: int | None = None) -> Letter:
    """A matter of a keeper, called by a number or by none."""
    body = {
        "about": "decide", "title": "Tea", "text": "x", "passing": {},
        "until": "2026-12-20T18:00:00Z", **({} if called is None else {"called": called}),
    }  # fmt: skip
    keeper = f"@kinkeeper:{sender}"
    content = written(
        Kind.MATTER, sender=keeper, number=number, assembly="a" * 43, body=body, after=("b" * 43,)
    )
    return read(keeper, content)


MATTERS = some.lists(
    some.builds(
        a_matter,
        some.sampled_from(["one", "two", "three"]),
        some.integers(1, 9),
        some.none() | some.integers(1, 4),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)


@given(MATTERS, some.integers(0, 99))
@settings(max_examples=60)
def test_the_names_are_the_same_whatever_came_first_and_tell_each_apart(
    matters: list[Letter], seed: int
) -> None:
    other = list(matters)
    Random(seed).shuffle(other)

    found = names(matters)

    assert found == names(other)
    assert len(set(found.values())) == len(matters)
    assert all([each.id for each in meant(found[e.id], matters)] == [e.id] for e in matters)


@given(MATTERS, MATTERS)
@settings(max_examples=60)
def test_a_name_that_was_learnt_means_the_same_letter_later_or_is_asked_back(
    early: list[Letter], late: list[Letter]
) -> None:
    known = names(early)
    everything = list({each.id: each for each in [*early, *late]}.values())

    for letter in early:
        now = [each.id for each in meant(known[letter.id], everything)]

        assert letter.id in now


@given(MATTERS)
@settings(max_examples=60)
def test_a_new_letter_takes_a_number_that_none_of_the_others_has(matters: list[Letter]) -> None:
    number = free_number(matters)

    assert number is not None
    assert number > len(matters)
    one_more = a_matter("four", 9, number)
    assert names([*matters, one_more])[one_more.id] == str(number)
    assert names([*matters, one_more]) == {**names(matters), one_more.id: str(number)}


def test_one_after_the_other_they_are_counted_from_one() -> None:
    matters: list[Letter] = []
    for number in range(1, 6):
        matters.append(a_matter("one", number + 10, free_number(matters)))

    assert list(names(matters).values()) == ["1", "2", "3", "4", "5"]


def test_when_no_number_is_left_a_letter_is_called_by_its_own() -> None:
    class Many(list[Letter]):
        def __len__(self) -> int:
            return HIGHEST

    assert free_number(Many()) is None
    unnumbered = a_matter("one", 7)
    assert names([unnumbered]) == {unnumbered.id: "7"}
    assert name_of(unnumbered).startswith("7")
    assert len(name_of(unnumbered)) > 1


@pytest.mark.parametrize("said", ["", "x", "3.5", "-3", "3 3", "³", "1234567"])
def test_what_is_no_name_means_nothing(said: str) -> None:
    assert meant(said, [a_matter("one", 3)]) == []


def test_letters_behind_a_number_are_read_in_upper_case_too() -> None:
    pair = [a_matter("one", 1, 3), a_matter("two", 1, 3)]
    [first, second] = names(pair).values()

    assert [each.id for each in meant(first.upper(), pair)] == [pair[0].id]
    assert first != second
    assert len(meant("3", pair)) == len(pair)


@pytest.mark.requirement("R136")
def test_whoever_calls_very_many_the_same_makes_nobody_compare_each_with_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[str] = []
    word = calling._word

    def looks(id_: str) -> str:
        looked_at.append(id_)
        return word(id_)

    monkeypatch.setattr(calling, "_word", looks)
    alike = [a_matter("one", number, 4) for number in range(1, 301)]

    found = names(alike)

    assert len(set(found.values())) == len(alike)
    assert len(looked_at) == len(alike)
    assert all([each.id for each in meant(found[e.id], alike)] == [e.id] for e in alike[:20])


def test_names_are_found_once_for_the_same_letters_and_of_one_account_so_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "MANY", 2)
    told = Assembled("Ash", "Beech")
    body = {"about": "decide", "title": "x", "text": "x", "until": UNTIL, "passing": {}}
    put = [
        told.says("Beech", Kind.MATTER, {**body, "called": each}, after=told.ledger.heads())
        for each in (50, 51, 52)
    ]

    first = called(told.ledger, Kind.MATTER)
    again = called(told.ledger, Kind.MATTER)
    another = told.says("Ash", Kind.MATTER, {**body, "called": 60}, after=told.ledger.heads())

    assert first is again
    assert {"50", "51"} <= set(first.values())
    assert put[2] not in first
    assert called(told.ledger, Kind.MATTER)[another] == "60"
