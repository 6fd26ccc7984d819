"""A voice as people type it: what is the answer, what the reason, and which option is meant."""

from fractions import Fraction

import pytest

from practices.polls import wording
from practices.polls.forms import LONGEST_REASON, form, voice
from practices.polls.poll import Way
from practices.understanding import NotUnderstood
from tests.practices.polls.asked import asked, marks

MEALS = ("Pizza with olives", "Pasta", "Soup and bread")


@pytest.mark.parametrize(
    ("text", "answer", "reason"),
    [
        ("agree", "agree", ""),
        ("agree because it is cheap", "agree", "it is cheap"),
        ("agree, because: it is cheap", "agree", "it is cheap"),
        ("agree since it is cheap", "agree", "it is cheap"),
        ("agree: since Monday it works", "agree", "since Monday it works"),
        ("block: it hurts us", "block", "it hurts us"),
        ("block – it hurts us", "block", "it hurts us"),
        ("block - it hurts us", "block", "it hurts us"),
        ("block\nit hurts us\nall", "block", "it hurts us\nall"),
        ("1:3 2:5", "1:3 2:5", ""),
        ("1: 3, 2: 5 because of the oven", "1: 3, 2: 5", "of the oven"),
        ("well-known", "well-known", ""),
        ("agree because", "agree because", ""),
    ],
)
def test_a_reason_begins_where_people_begin_one(text: str, answer: str, reason: str) -> None:
    assert wording.said(text) == (answer, reason)


def test_an_option_with_a_colon_or_a_because_of_its_own_is_named_as_it_is_written() -> None:
    terms = asked(Way.CHOICE, "Move: north", "Move: south", "Stay because of the rent")

    assert marks(terms, "move: north") == {0: 1}
    assert voice(terms, "move: south because it is warm").reason == "it is warm"
    assert marks(terms, "Stay because of the rent") == {2: 1}
    assert voice(terms, "stay because of the rent: it is low").reason == "it is low"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("agree", 0),
        ("Agree!", 0),
        ("“agree”", 0),
        ("👍", 0),
        ("👍🏽", 0),
        ("👍\ufe0f", 0),
        ("yes", 0),
        ("1", 0),
        ("1️⃣", 0),
        ("#2", 1),
        ("option 2", 1),
        ("🤷", 1),
        ("🤷🏿‍♀️", 1),
        ("dis", 2),
        ("👎🏻", 2),
        ("bl", 3),
        ("✋", 3),
        ("4", 3),
    ],
)
def test_a_position_is_said_by_word_number_sign_or_beginning(text: str, place: int) -> None:
    assert marks(asked(Way.PROPOSAL), text) == {place: 1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no answer"),
        ("   ", "no answer"),
        ("agree?", "Did you mean “agree”?"),
        ("blokc", "Did you mean “block”?"),
        ("no", "I don't know the answer “no”"),
        ("a", "I don't know"),
        ("5", "There is no option “5”"),
        ("0", "There is no option “0”"),
        ("-1000", "I don't know"),
        ("Great idea", "1: agree; 2: abstain; 3: disagree; 4: block"),
    ],
)
def test_what_is_no_position_is_refused_with_what_would_do(text: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        voice(asked(Way.PROPOSAL), text)
    assert says in str(caught.value)


def test_a_beginning_that_two_options_have_is_asked_about() -> None:
    terms = asked(Way.CHOICE, "North wing", "North garden", "South")

    assert marks(terms, "north w") == {0: 1}
    with pytest.raises(NotUnderstood, match="could be “North wing” or “North garden”"):
        voice(terms, "north")


def test_a_word_that_says_something_by_itself_is_no_beginning_but_a_whole_word_is() -> None:
    with pytest.raises(NotUnderstood):
        voice(asked(Way.SENSE), "no")  # not "not sure"
    with pytest.raises(NotUnderstood):
        voice(asked(Way.CONSENT), "no")  # not "no objection"
    assert marks(asked(Way.CHOICE, "Yes please", "No thanks"), "no") == {1: 1}


def test_many_options_are_not_listed_in_a_refusal() -> None:
    terms = asked(Way.CHOICE, *(f"Plan {letter}" for letter in "abcdefghijkl"))

    with pytest.raises(NotUnderstood, match="a number from 1 to 12"):
        voice(terms, "zucchini")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,3", {0: 1, 2: 1}),
        ("1 3", {0: 1, 2: 1}),
        ("3 and 1", {0: 1, 2: 1}),
        ("pasta, soup and bread", {1: 1, 2: 1}),
        ("pasta and soup and bread", {1: 1, 2: 1}),
        ("soup and bread and pasta", {1: 1, 2: 1}),
        ("pizza & pasta", {0: 1, 1: 1}),
        ("pasta", {1: 1}),
    ],
)
def test_several_options_are_named_as_people_list_them(text: str, found: dict[int, int]) -> None:
    assert marks(asked(Way.CHOICE, *MEALS, most=2), text) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1, 1", "“Pizza with olives” twice"),
        ("1 2 3", "You named 3. Name from 1 to 2"),
        ("pasta and risotto", "“risotto”"),
    ],
)
def test_too_many_options_or_one_named_twice_are_refused(text: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        voice(asked(Way.CHOICE, *MEALS, most=2), text)
    assert says in str(caught.value)


def test_an_exact_number_of_options_can_be_asked_for() -> None:
    terms = asked(Way.CHOICE, *MEALS, least=2, most=2)

    with pytest.raises(NotUnderstood, match="Name 2"):
        voice(terms, "pasta")


@pytest.mark.parametrize(
    "text",
    [
        "1:3 2:5",
        "1: 3, 2: 5",
        "1=3;2=5",
        "2=5 1=3",
        "3 on pizza, 5 on pasta",
        "5 on pasta and 3 on pizza",
        "3 dots on pizza, 5 dots on pasta",
        "pizza 3, pasta 5",
        "pizza with olives: 3\npasta: 5",
        "3 pizza; 5 pasta",
        "1️⃣:3 2️⃣:5",
    ],
)
def test_dots_are_put_in_many_ways(text: str) -> None:
    assert marks(asked(Way.DOTS, *MEALS), text) == {0: 3, 1: 5}


def test_an_option_with_an_and_of_its_own_gets_its_number() -> None:
    terms = asked(Way.DOTS, *MEALS)

    assert marks(terms, "5 on soup and bread and 3 on pasta") == {1: 3, 2: 5}
    assert marks(terms, "soup and bread 2, pasta 3") == {1: 3, 2: 2}
    assert marks(asked(Way.DOTS, "Room 1", "Room 2"), "Room 2 3, Room 1: 4") == {0: 4, 1: 3}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1:9", "9 dots, and everybody has 8: 1 fewer"),
        ("1:5 2:4", "9 dots"),
        ("1:-1", "0 or more"),
        ("1:0", "No dot was put"),
        ("1:2 1:3", "twice"),
        ("7 on risotto", "“risotto”"),
        ("1 3", "which number"),
        ("pasta", "which number"),
        ("", "no answer"),
        ("1:2:3", "“1:2”"),
    ],
)
def test_dots_that_cannot_be_counted_are_refused(text: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        voice(asked(Way.DOTS, *MEALS), text)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1=5 2=3", {0: 5, 1: 3}),
        ("pasta: 0", {1: 0}),
        ("5 for pasta, 4 for soup and bread", {1: 5, 2: 4}),
    ],
)
def test_scores_are_given_on_the_scale(text: str, found: dict[int, int]) -> None:
    assert marks(asked(Way.SCORE, *MEALS), text) == found


def test_a_scale_may_reach_below_nought_and_one_option_needs_no_name() -> None:
    terms = asked(Way.SCORE, "The new time", lowest=-2, highest=2)

    assert marks(terms, "-2") == {0: -2}
    assert marks(terms, "+1 because of the light") == {0: 1}
    with pytest.raises(NotUnderstood, match="from -2 to 2"):
        voice(terms, "3")


@pytest.mark.parametrize("text", ["1=6", "1=-1", "1 5", "5"])
def test_scores_off_the_scale_or_of_nothing_are_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        voice(asked(Way.SCORE, *MEALS), text)


@pytest.mark.parametrize(
    "text",
    [
        "2 > 1 > 3",
        "2>1>3",
        "2 1 3",
        "2, 1, 3",
        "2 then 1 then 3",
        "pasta, pizza, soup",
        "pasta\npizza\nsoup and bread",
        "pasta > pizza with olives > soup and bread",
        "1=2 2=1 3=3",
        "pasta=1, pizza=2, soup=3",
        "Pasta 1; Pizza 2; Soup: 3",
    ],
)
@pytest.mark.parametrize("way", [Way.RANKED, Way.SEATS])
def test_an_order_is_written_in_many_ways(way: Way, text: str) -> None:
    assert marks(asked(way, *MEALS), text) == {0: 2, 1: 1, 2: 3}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2 2", "twice"),
        ("1=1 2=1", "both have rank 1"),
        ("1=2 2=3", "begin with 1"),
        ("1=0 2=1", "begin with 1"),
        ("2 > 7", "no option “7”"),
        ("", "no answer"),
        ("pasta > risotto", "“risotto”"),
    ],
)
def test_an_order_that_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        voice(asked(Way.RANKED, *MEALS), text)
    assert says in str(caught.value)


def test_an_order_may_be_begun_only_and_the_asker_may_want_more() -> None:
    assert marks(asked(Way.RANKED, *MEALS), "pasta") == {1: 1}
    with pytest.raises(NotUnderstood, match="at least 2"):
        voice(asked(Way.RANKED, *MEALS, least=2), "pasta")


def test_the_whole_text_is_the_answer_of_a_question_round() -> None:
    terms = asked(Way.QUESTION)
    ballot = voice(terms, "Soup: because it is warm ")

    assert dict(ballot.marks) == {}
    assert ballot.reason == "Soup: because it is warm"
    assert form(Way.QUESTION).needs_reason(terms, ballot.marks)
    with pytest.raises(NotUnderstood, match="your own words"):
        voice(terms, " \n ")


def test_a_reason_longer_than_people_read_is_refused_and_says_that_nothing_was_counted() -> None:
    with pytest.raises(NotUnderstood, match="not been counted"):
        voice(asked(Way.PROPOSAL), f"agree because {'x' * (LONGEST_REASON + 1)}")


def test_a_mistake_is_told_of_the_answer_and_not_of_the_whole_story() -> None:
    with pytest.raises(NotUnderstood) as caught:
        voice(asked(Way.PROPOSAL), "agere because my grandmother said so, long ago")
    assert "Did you mean “agree”?" in str(caught.value)
    assert "grandmother" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Fraction(39, 10), "3.9"),
        (Fraction(4), "4"),
        (Fraction(1, 20), "0.1"),
        (Fraction(-1, 4), "-0.2"),
        (Fraction(-3, 2), "-1.5"),
        (Fraction(2, 3), "0.7"),
        (Fraction(0), "0"),
    ],
)
def test_a_mean_is_said_in_tenths_with_a_half_rounded_up(value: Fraction, words: str) -> None:
    assert wording.tenths(value) == words
