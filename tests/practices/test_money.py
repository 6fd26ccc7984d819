"""The money note takes ranges for figures, says them back in words, and leaves everything else as it was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from practices.money import FIGURES, LONGEST, QUESTIONS, Theme, as_said, theme
from practices.understanding import NotUnderstood


@pytest.mark.requirement("R28")
def test_there_are_seven_themes_with_a_question_each() -> None:
    assert list(QUESTIONS) == list(Theme)
    assert len(Theme) == 7


@pytest.mark.requirement("R28")
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("1200-1600 a month", "between 1,200 and 1,600 a month"),
        ("1,200 to 1,600 €", "between 1,200 and 1,600 €"),
        ("between €1200 and €1600", "between €1,200 and €1,600"),
        ("1'200–1'600", "between 1,200 and 1,600"),
        ("1.200 – 1.600 EUR", "between 1,200 and 1,600 EUR"),
        ("1600-1200", "between 1,200 and 1,600"),
        ("1.5-2k", "between 1,500 and 2,000"),
        ("30k to 40k a year, before tax", "between 30,000 and 40,000 a year, before tax"),
        ("12.50-15 an hour", "between 12.50 and 15 an hour"),
        ("about 1500", "about 1,500"),
        ("~900 €", "about 900 €"),
        ("up to 2000 EUR", "up to 2,000 EUR"),
        ("less than 900/month", "less than 900/month"),
        ("under 900", "less than 900"),
        ("at least 3000", "at least 3,000"),
    ],
)
def test_a_range_is_said_back_in_words(said: str, kept: str) -> None:
    assert as_said(Theme.INCOME, said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "2000",
        "12 or 13",
        "nothing yet",
        "2024-12-01",
        "enough",
        "1200-1600 in summer, 800 in winter",
        "-",
        "k",
        "5-",
    ],
)
def test_what_is_no_range_stays_as_it_was_written(said: str) -> None:
    assert as_said(Theme.INCOME, f" {said} ") == said


def test_a_range_is_read_only_where_a_figure_is_asked_for() -> None:
    for each in set(Theme) - FIGURES:
        assert as_said(each, "1200-1600") == "1200-1600"


@given(low=some.integers(0, 10**7), more=some.integers(0, 10**7))
@settings(max_examples=60)
def test_two_whole_figures_are_said_back_in_order(low: int, more: int) -> None:
    kept = as_said(Theme.COST, f"{low + more}-{low}")

    assert kept == f"between {low:,} and {low + more:,}"
    assert as_said(Theme.COST, kept) == kept


@given(some.text(max_size=200))
@settings(max_examples=100)
def test_any_text_whatever_is_kept_in_some_words(text: str) -> None:
    for each in Theme:
        assert bool(as_said(each, text)) == bool(text.strip())


def test_more_than_a_page_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="1,500 characters"):
        as_said(Theme.LIFE, "x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Income", Theme.INCOME), ("trade-offs", Theme.TRADES), ("best  life", Theme.LIFE)],
)
def test_a_field_is_found_by_its_word(word: str, meant: Theme) -> None:
    assert theme(word) is meant


def test_another_word_is_refused_with_the_fields_there_are() -> None:
    with pytest.raises(NotUnderstood, match="income, sources, life, cost, more, trades, surplus"):
        theme("rent")
