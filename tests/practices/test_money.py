"""The money note takes figures, ranges and any words, and leaves them as they were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from practices.money import LONGEST, QUESTIONS, Theme, as_said, theme
from practices.understanding import NotUnderstood


@pytest.mark.requirement("R28")
def test_there_are_seven_themes_with_a_question_each() -> None:
    assert list(QUESTIONS) == list(Theme)
    assert len(Theme) == 7


@pytest.mark.requirement("R28")
@pytest.mark.parametrize(
    "said",
    [
        "1400",
        "about 1400 a month",
        "1200-1600 a month",
        "1.200 – 1.600 EUR",
        "1600-1200",
        "under 900",
        "30k to 40k a year,\nbefore tax",
        "nothing yet",
        "-",
    ],
)
def test_a_figure_or_a_range_is_kept_as_it_was_written(said: str) -> None:
    assert as_said(f" {said} ") == said


@given(some.text(max_size=200))
@settings(max_examples=100)
def test_any_text_whatever_is_kept_as_it_is(text: str) -> None:
    assert as_said(text) == text.strip()


def test_more_than_a_page_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="1,500 characters"):
        as_said("x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Income", Theme.INCOME), ("trade-offs", Theme.TRADES), ("best  life", Theme.LIFE)],
)
def test_a_field_is_found_by_its_word(word: str, meant: Theme) -> None:
    assert theme(word) is meant


def test_another_word_is_refused_with_the_fields_there_are() -> None:
    with pytest.raises(NotUnderstood, match="income, sources, life, cost, more, trades, surplus"):
        theme("rent")
