"""What of a poll is seen before it is over, and of a secret one at all."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.polls import seeing
from practices.polls.poll import Showing, Turnout, Way
from practices.polls.seeing import Place, fewest, results_visible, shown, voices_visible
from tests.practices.polls.asked import anything, asked, counted

#: showing, taken part, closed, place: seen. Whatever is not here is hidden.
SEEN = {
    *product([Showing.OPEN], [False, True], [False, True], Place),
    *product(Showing, [False, True], [True], Place),
    (Showing.AFTER_MINE, True, False, Place.PRIVATE),
}


@pytest.mark.parametrize(
    ("showing", "took_part", "closed", "place"),
    list(product(Showing, [False, True], [False, True], Place)),
)
def test_results_are_seen_where_the_poll_said_so_and_nowhere_else(
    showing: Showing, took_part: bool, closed: bool, place: Place
) -> None:
    terms = asked(Way.PROPOSAL, showing=showing)
    seen = results_visible(
        terms,
        viewer_took_part=took_part,
        closed=closed,
        place=place,
        turnout=Turnout(entitled=9, cast=4),
    )

    assert seen is ((showing, took_part, closed, place) in SEEN)


@pytest.mark.parametrize("showing", Showing)
@pytest.mark.parametrize("took_part", [False, True])
@pytest.mark.parametrize("place", Place)
def test_a_secret_result_is_hidden_until_the_end_whatever_was_asked_for(
    showing: Showing, took_part: bool, place: Place
) -> None:
    terms = asked(Way.PROPOSAL, showing=showing, secret=True)
    turnout = Turnout(entitled=9, cast=9)

    def seen(*, closed: bool) -> bool:
        return results_visible(
            terms, viewer_took_part=took_part, closed=closed, place=place, turnout=turnout
        )

    assert terms.showing is Showing.AT_CLOSE
    assert not seen(closed=False)
    assert seen(closed=True)
    assert not voices_visible(
        terms, viewer_took_part=took_part, closed=True, place=place, turnout=turnout
    )


@pytest.mark.parametrize(
    ("entitled", "quorum", "needed"),
    [
        (4, None, 3),
        (5, None, 3),
        (6, None, 3),
        (7, None, 4),
        (30, None, 15),
        (30, 20, 6),
        (30, 5, 3),
        (30, 80, 24),
    ],
)
def test_a_secret_result_needs_three_voices_and_the_quorum_or_half(
    entitled: int, quorum: int | None, needed: int
) -> None:
    terms = asked(Way.CHOICE, "Tea", "Soup", secret=True, quorum=quorum)
    assert fewest(terms, entitled) == needed

    for cast, seen in ((needed - 1, False), (needed, True)):
        turnout = Turnout(entitled=entitled, cast=cast)
        assert (
            results_visible(
                terms, viewer_took_part=True, closed=True, place=Place.ROOM, turnout=turnout
            )
            is seen
        )


def test_two_people_have_no_secret_from_each_other() -> None:
    assert not seeing.can_be_secret(2)
    assert seeing.can_be_secret(3)


def test_what_is_hidden_shows_how_many_took_part_and_when_there_is_more() -> None:
    terms = asked(Way.PROPOSAL, showing=Showing.AT_CLOSE, quorum=50)
    result = counted(terms, "agree", "block: no", entitled=9)
    hidden = shown(
        result,
        terms,
        viewer_took_part=True,
        closed=False,
        place=Place.PRIVATE,
        turnout=Turnout(entitled=9, cast=2),
    )

    assert hidden.lines[0] == "2 of 9 entitled have taken part."
    assert hidden.lines[-1] == "The result is shown when it is over."
    assert hidden.chart is None
    assert hidden.passes is None
    assert set(hidden.sums) == {"way", "entitled", "cast", "quorum"}


def test_a_secret_result_of_too_few_says_kindly_what_would_do() -> None:
    terms = asked(Way.CHOICE, "Tea", "Soup", secret=True)
    result = counted(terms, "tea", "tea", entitled=9)
    hidden = shown(
        result,
        terms,
        viewer_took_part=True,
        closed=True,
        place=Place.ROOM,
        turnout=Turnout(entitled=9, cast=2),
    )

    assert "Tea" not in " ".join(hidden.lines)
    assert "from 5 of 9 entitled on" in hidden.lines[-1]


SECRET_WAYS = [
    way for way in Way if way not in {Way.ADVICE, Way.CONSENT, Way.COUNT, Way.QUESTION, Way.TIMES}
]
VOICES = {
    Way.DOTS: ("1:3", "2:8"),
    Way.SCORE: ("1=3", "2=5"),
    Way.TIMES: ("yes 1", "none"),
    Way.QUESTION: ("warm", "cold"),
}


@settings(derandomize=True, max_examples=120, deadline=None)
@given(
    st.sampled_from(Way),
    st.sampled_from([Showing.AFTER_MINE, Showing.AT_CLOSE]),
    st.booleans(),
    st.lists(st.booleans(), max_size=9),
    st.data(),
)
def test_a_hidden_poll_says_the_same_whatever_was_said_in_it(
    way: Way, showing: Showing, secret: bool, said: list[bool], data: st.DataObject
) -> None:
    terms = anything(way, showing=showing, secret=secret and way in SECRET_WAYS)
    first, second = VOICES.get(way, ("1", "2"))
    one = [first if each else second for each in said]
    other = [first if each else second for each in data.draw(st.permutations(said))]
    flipped = [second if each else first for each in said]
    seen = {
        str(
            shown(
                counted(terms, *texts, entitled=9),
                terms,
                viewer_took_part=False,
                closed=False,
                place=Place.ROOM,
                turnout=Turnout(entitled=9, cast=len(texts)),
            )
        )
        for texts in (one, other, flipped)
    }

    assert len(seen) == 1
