"""What holds for every way of asking: all voices count alike, in any order, under any names."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.polls import forms
from practices.polls.chart import as_json, from_json
from practices.polls.poll import Ballot, Marks, Terms, Turnout, Way
from practices.understanding import NotUnderstood
from tests.practices.polls.asked import anything, asked, counted, summed

WAYS = list(Way)
#: Words that would make a sum into a decision.
DECIDED = re.compile(
    r"\b(decided|majority|wins?|won|winner|passed|approved|accepted|rejected|adopted|outvoted)\b",
    re.IGNORECASE,
)


def marks_of(terms: Terms) -> st.SearchStrategy[Marks]:
    """Any voice that a way can have."""
    places = range(len(terms.options))
    if terms.way is Way.QUESTION:
        return st.just({})
    if terms.way in {Way.RANKED, Way.SEATS}:
        ranking = st.permutations(places).flatmap(
            lambda order: st.integers(1, len(order)).map(lambda end: order[:end])
        )
        return ranking.map(lambda order: {at: order.index(at) + 1 for at in sorted(order)})
    if terms.way is Way.DOTS:
        return st.dictionaries(st.sampled_from(places), st.integers(1, 2), min_size=1)
    if terms.way is Way.SCORE:
        return st.dictionaries(st.sampled_from(places), st.integers(0, 5), min_size=1)
    if terms.way is Way.TIMES:
        return st.tuples(*[st.integers(0, 2) for _ in places]).map(
            lambda each: dict(enumerate(each))
        )
    return st.sampled_from(places).map(lambda at: {at: 1})


@st.composite
def votes(draw: st.DrawFn) -> tuple[Terms, list[Ballot]]:
    terms = anything(draw(st.sampled_from(WAYS)), quorum=None)
    given_ = st.builds(
        lambda said, why: Ballot(marks=said, reason=why),
        marks_of(terms),
        st.sampled_from(["", "warm"]),
    )
    return terms, draw(st.lists(given_, max_size=9))


def test_every_way_has_one_form_under_its_name() -> None:
    assert list(forms.FORMS) == WAYS
    assert all(forms.form(way).way is way for way in Way)
    assert len({forms.form(way).purpose for way in Way}) == len(WAYS)


@pytest.mark.parametrize(
    ("way", "days"),
    [
        (Way.PROPOSAL, 7),
        (Way.CONSENT, 7),
        (Way.GRADIENTS, 5),
        (Way.SENSE, 3),
        (Way.COUNT, 3),
        (Way.QUESTION, 7),
        (Way.CHOICE, 3),
        (Way.DOTS, 3),
        (Way.SCORE, 3),
        (Way.RANKED, 3),
        (Way.TIMES, 3),
    ],
)
def test_a_way_is_open_for_its_usual_days(way: Way, days: int) -> None:
    assert forms.form(way).days == days


@settings(derandomize=True, max_examples=250, deadline=None)
@given(votes(), st.data())
def test_the_order_in_which_voices_came_changes_nothing(
    voted: tuple[Terms, list[Ballot]], data: st.DataObject
) -> None:
    terms, ballots = voted

    assert summed(terms, *data.draw(st.permutations(ballots))) == summed(terms, *ballots)


@pytest.mark.requirement("R129")
@settings(derandomize=True, max_examples=250, deadline=None)
@given(votes())
def test_no_sum_is_called_a_decision_and_each_goes_through_json(
    voted: tuple[Terms, list[Ballot]],
) -> None:
    terms, ballots = voted
    result = summed(terms, *ballots)

    assert not DECIDED.search("\n".join(result.lines))
    assert all(line and "\n" not in line for line in result.lines)
    assert json.loads(json.dumps(result.sums)) == result.sums
    assert result.sums["way"] == str(terms.way)
    assert (result.sums["entitled"], result.sums["cast"]) == (30, len(ballots))
    if result.chart is not None:
        assert from_json(json.loads(json.dumps(as_json(result.chart)))) == result.chart
        assert "30 entitled" in result.chart.foot


@settings(derandomize=True, max_examples=250, deadline=None)
@given(votes())
def test_a_voice_is_read_back_from_the_words_it_is_said_in(
    voted: tuple[Terms, list[Ballot]],
) -> None:
    terms, ballots = voted
    if terms.way is Way.QUESTION:
        return
    form = forms.form(terms.way)
    for ballot in ballots:
        assert dict(form.read(terms, form.words(terms, ballot.marks))) == dict(ballot.marks)


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


@settings(derandomize=True, max_examples=150, deadline=None)
@given(votes())
def test_other_names_for_the_options_change_the_names_and_nothing_else(
    voted: tuple[Terms, list[Ballot]],
) -> None:
    terms, ballots = voted
    if terms.way is Way.TIMES or forms.form(terms.way).positions or not terms.options:
        return
    names = dict(zip(terms.options, ("Zebra", "Ant", "Moth"), strict=True))
    other = asked(terms.way, *names.values())

    assert summed(other, *ballots).sums == renamed(summed(terms, *ballots).sums, names)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(votes())
def test_options_in_another_order_have_the_same_sums(voted: tuple[Terms, list[Ballot]]) -> None:
    terms, ballots = voted
    if terms.way not in {Way.CHOICE, Way.DOTS, Way.SCORE, Way.RANKED}:
        return
    other = asked(terms.way, *terms.options[::-1])
    last = len(terms.options) - 1
    turned = [
        Ballot(marks={last - at: mark for at, mark in each.marks.items()}) for each in ballots
    ]
    one, two = summed(terms, *ballots).sums, summed(other, *turned).sums

    if terms.way is Way.RANKED:
        # Equal ones are named in the order of the list.
        one, two = (
            {**each, "order": [sorted(tier) for tier in each["order"]]} for each in (one, two)
        )
    assert one == two


@pytest.mark.parametrize("way", WAYS)
def test_a_poll_without_a_voice_has_a_result_that_says_so(way: Way) -> None:
    result = counted(anything(way), entitled=12)

    assert len(result.lines) == 1
    assert result.lines[0].startswith("Nobody has")
    assert result.lines[0].endswith("of 12 entitled.")


@pytest.mark.parametrize("way", WAYS)
def test_terms_that_were_settled_are_settled(way: Way) -> None:
    terms = anything(way)

    assert forms.form(way).settle(terms) == terms


@pytest.mark.parametrize("way", WAYS)
@settings(derandomize=True, max_examples=60, deadline=None)
@given(text=st.one_of(st.text(max_size=40), st.text("123 :=>,;andyes-\n👍", max_size=20)))
def test_whatever_is_typed_is_a_voice_or_is_not_understood(way: Way, text: str) -> None:
    terms = anything(way)
    try:
        ballot = forms.voice(terms, text)
    except NotUnderstood as refused:
        assert len(str(refused)) > 20
    else:
        assert all(0 <= at < len(terms.options) for at in ballot.marks)
        summed(terms, ballot)


@pytest.mark.parametrize("way", WAYS)
def test_a_count_takes_the_turnout_it_is_told(way: Way) -> None:
    result = forms.form(way).tally(anything(way), (), Turnout(entitled=0, cast=0))

    assert result.sums["entitled"] == 0
