"""Whole sentences are compared word by word: one word more or less, and they are another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices.sentences import heard


@pytest.mark.parametrize(
    "said",
    [
        "who are you",
        "Who are you?",
        "Kinkeeper, who are you?",
        "hi, who are you please",
        "WHAT ARE YOU",
    ],
)
def test_case_courtesy_and_marks_say_nothing(said: str) -> None:
    assert heard("who|what are you", said) == ""


@pytest.mark.parametrize("said", ["who are you to say that", "who", "are you who", "", "whoareyou"])
def test_another_sentence_is_none_of_ours(said: str) -> None:
    assert heard("who|what are you", said) is None


def test_a_word_in_brackets_may_be_missing() -> None:
    assert heard("when do we meet [next|again]", "When do we meet?") == ""
    assert heard("when do we meet [next|again]", "when do we meet again") == ""
    assert heard("when do we meet [next|again]", "when do we meet them") is None


@pytest.mark.parametrize(
    ("said", "given_back"),
    [
        ("I’d like to start a “slow reading” group", "a “slow reading” group"),
        ("i want to start our Knitting-Circle, on Tuesdays", "our Knitting-Circle, on Tuesdays"),
        ("I would like to start", None),
        ("I would like to start the meeting", None),
    ],
)
def test_what_is_given_back_is_as_it_was_written(said: str, given_back: str | None) -> None:
    pattern = "i|id [would] [like|want] [to] start < [a|our] … group|circle […] >"

    assert heard(pattern, said) == given_back


def test_words_in_one_bracket_are_missing_together() -> None:
    assert heard("a crew [of mine|ours]", "a crew of ours") == ""
    assert heard("a crew [of mine|ours]", "a crew") == ""
    assert heard("a crew [of mine|ours]", "a crew of") is None
    assert heard("hand it on [to …]", "hand it on to those by the lake") == ""
    assert heard("hand it on [to …]", "hand it on now") is None


@given(st.text(max_size=400))
def test_any_text_whatever_can_be_compared(text: str) -> None:
    found = heard("i [would] [like] [to] start < … group […] >", text)

    assert found is None or found in text
