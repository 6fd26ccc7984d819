"""After an amendment: whose voice stands, and who is asked again."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.polls.amending import carried, changed_words, touched
from practices.polls.forms import form, voice
from practices.polls.poll import Ballot, Terms, Way
from tests.practices.polls.asked import asked

KETTLE = "Let us buy a red kettle for the kitchen, for 40 euros"


def voices(terms: Terms, **said: str) -> dict[str, Ballot]:
    return {person: voice(terms, text) for person, text in said.items()}


def amended(terms: Terms, topic: str) -> Terms:
    return form(terms.way).settle(replace(terms, topic=topic))


def test_when_it_reads_otherwise_all_who_took_a_position_on_it_are_asked_again() -> None:
    terms = asked(Way.PROPOSAL, topic=KETTLE)
    said = voices(
        terms,
        ana="agree",
        ben="abstain",
        cleo="disagree",
        dan="block because it is made far away",
        eve="agree because we need one",
    )
    new = amended(terms, KETTLE.replace("red", "blue"))

    assert touched(terms, new, said) == {"ana", "cleo", "dan", "eve"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We do share the cost", "We do not share the cost"),
        ("Ben has to leave the crew", "Dan has to leave the crew"),
        ("We meet at 7 in the hall", "We meet at 8 in the hall"),
    ],
)
def test_an_agreement_does_not_outlive_its_words_however_short_the_word_that_changed(
    old: str, new: str
) -> None:
    terms = asked(Way.PROPOSAL, topic=old)
    said = voices(terms, ana="agree", ben="abstain")

    assert touched(terms, amended(terms, new), said) == {"ana"}


def test_an_answer_to_a_question_is_none_to_another() -> None:
    old = asked(Way.CHOICE, "Yes", "No", topic="Shall Ben leave?")
    new = form(Way.CHOICE).settle(replace(old, topic="Shall Dan leave?"))

    assert touched(old, new, voices(old, ana="yes")) == {"ana"}


def test_whoever_gave_a_reason_with_a_word_of_an_option_that_went_is_asked_again() -> None:
    old = asked(Way.DOTS, "Tea", "Warm soup", "Bread")
    new = form(Way.DOTS).settle(replace(old, options=("Tea", "Bread")))
    said = voices(old, ana="1:3 because soup is too much", ben="1:3 because I like it")

    assert touched(old, new, said) == {"ana"}


@pytest.mark.parametrize(
    ("way", "wanting"),
    [
        (Way.CONSENT, {"concern", "objection"}),
        (Way.CONSENSUS, {"disagree", "block"}),
        (Way.ADVICE, {"advise otherwise"}),
        (
            Way.GRADIENTS,
            {"more discussion", "dislike but support", "serious disagreement", "veto"},
        ),
        (Way.SENSE, {"not sure", "concerned"}),
        (Way.COUNT, set()),
    ],
)
def test_in_each_way_a_changed_word_asks_all_but_who_abstained_and_a_changed_case_who_wanted_more(
    way: Way, wanting: set[str]
) -> None:
    terms = asked(way, topic=KETTLE)
    said = {each.word: voice(terms, each.word) for each in form(way).positions}

    assert touched(terms, amended(terms, KETTLE + " or so"), said) == said.keys() - {"abstain"}
    assert touched(terms, amended(terms, KETTLE.upper()), said) == wanting


def test_whoever_named_an_option_that_changed_is_asked_again_and_the_others_are_carried_along() -> (
    None
):
    old = asked(Way.DOTS, "Tea", "Soup", "Bread")
    new = form(Way.DOTS).settle(replace(old, options=("Cake", "bread!", "Tea", "Warm soup")))
    said = voices(old, ana="1:3 3:2", ben="2:8", cleo="1:1 2:1")

    assert touched(old, new, said) == {"ben", "cleo"}
    assert dict(carried(old, new, said["ana"]).marks) == {1: 2, 2: 3}
    assert dict(carried(old, new, said["cleo"]).marks) == {2: 1}


def test_a_new_option_touches_nobody_even_where_it_makes_rankings_longer() -> None:
    old = asked(Way.RANKED, "Tea", "Soup")
    new = form(Way.RANKED).settle(replace(old, options=("Tea", "Soup", "Bread")))
    said = voices(old, ana="tea > soup because bread is dry")

    assert touched(old, new, said) == frozenset()
    assert carried(old, new, said["ana"]) == said["ana"]


@pytest.mark.parametrize(
    "change", [{"dots": 5}, {"secret": True}, {"topic": "Who cleans on Monday morning?"}]
)
def test_everybody_is_asked_again_when_it_is_counted_otherwise_or_is_another_question(
    change: dict[str, object],
) -> None:
    old = asked(Way.DOTS, "Tea", "Soup", topic="What shall we cook on Friday?")
    new = form(Way.DOTS).settle(replace(old, **change))  # type: ignore[arg-type]
    said = voices(old, ana="1:3", ben="2:5")

    assert touched(old, new, said) == {"ana", "ben"}


def test_case_and_short_words_are_no_change_and_numbers_are() -> None:
    assert changed_words("We buy it for 4", "we BUY it at 4!") == frozenset()
    assert changed_words("We buy it for 4", "We rent it for 5") == {"rent", "4", "5"}


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["agree", "abstain", "disagree", "block: no"]), max_size=8))
def test_an_amendment_that_changes_nothing_asks_only_those_who_wanted_a_change(
    said: list[str],
) -> None:
    terms = asked(Way.PROPOSAL, topic=KETTLE)
    ballots = {f"person {at}": voice(terms, text) for at, text in enumerate(said)}

    assert touched(terms, terms, ballots) == {
        f"person {at}" for at, text in enumerate(said) if text[0] in "db"
    }
    for ballot in ballots.values():
        assert carried(terms, terms, ballot) == ballot
