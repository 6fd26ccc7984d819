"""Terms and marks as JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st

from practices import terms
from practices.polls.poll import Passing, Showing, Terms, Way

TERMS = st.builds(
    Terms,
    way=st.sampled_from(Way),
    topic=st.text(),
    options=st.lists(st.text()).map(tuple),
    passing=st.none() | st.sampled_from(Passing),
    showing=st.sampled_from(Showing),
    secret=st.booleans(),
    quorum=st.none() | st.integers(1, 100),
    seats=st.integers(1, 9),
)


@given(TERMS)
def test_terms_are_read_back_as_they_were_written(asked: Terms) -> None:
    assert terms.from_state(json.loads(json.dumps(terms.as_state(asked)))) == asked


@given(st.dictionaries(st.integers(0, 40), st.integers(0, 99)))
def test_marks_are_read_back_and_stand_in_the_order_of_the_options(said: dict[int, int]) -> None:
    state = terms.marks_state(said)

    assert terms.marks(json.loads(json.dumps(state))) == said
    assert [int(place) for place in state] == sorted(said)
