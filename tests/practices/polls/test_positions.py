"""Ways with positions of their own: what they mean, what they ask a reason for, and what they add up to."""

import itertools

import pytest

from practices.polls import gradients, proposal
from practices.polls.chart import Bars, Gradient
from practices.polls.forms import FORMS, form, positions, voice
from practices.polls.poll import Passing, Showing, Way
from practices.understanding import NotUnderstood
from tests.practices.polls.asked import asked, counted

WITH_POSITIONS = [way for way in Way if FORMS[way].positions]


@pytest.mark.requirement("R129")
def test_a_proposal_offers_agree_abstain_disagree_and_block() -> None:
    assert [each.word for each in form(Way.PROPOSAL).positions] == [
        "agree",
        "abstain",
        "disagree",
        "block",
    ]
    assert asked(Way.PROPOSAL).options == ("agree", "abstain", "disagree", "block")
    assert asked(Way.PROPOSAL).passing is Passing.STANDARD


@pytest.mark.requirement("R129")
@pytest.mark.parametrize(
    ("way", "needing"),
    [
        (Way.PROPOSAL, {"block"}),
        (Way.ADVICE, set()),
        (Way.CONSENT, {"objection"}),
        (Way.CONSENSUS, {"block"}),
        (Way.GRADIENTS, {"veto"}),
        (Way.SENSE, set()),
        (Way.COUNT, set()),
    ],
)
def test_objection_block_and_veto_need_a_reason_and_nothing_else_does(
    way: Way, needing: set[str]
) -> None:
    terms = asked(way)
    found = {
        each.word
        for each in form(way).positions
        if form(way).needs_reason(terms, voice(terms, each.word).marks)
    }

    assert found == needing


def test_a_secret_voice_is_asked_for_no_reason_since_words_tell_whose_they_are() -> None:
    terms = asked(Way.PROPOSAL, secret=True)

    assert not form(Way.PROPOSAL).needs_reason(terms, voice(terms, "block").marks)


@pytest.mark.parametrize("way", WITH_POSITIONS)
def test_positions_go_from_most_for_to_most_against_and_are_told_apart_without_colour(
    way: Way,
) -> None:
    own = positions(way)

    assert [each.lean for each in own] == sorted((each.lean for each in own), reverse=True)
    assert len({each.shape for each in own}) == len(own)
    assert len({each.sign for each in own}) == len(own)
    signs = [word for each in own for word in (each.sign, each.word, *each.also)]
    assert len(signs) == len(set(signs))


@pytest.mark.parametrize("way", WITH_POSITIONS)
def test_every_sign_word_and_number_of_a_position_is_read_as_it(way: Way) -> None:
    terms = asked(way)
    for place, each in enumerate(positions(way)):
        for said in (each.sign, each.word, *each.also, str(place + 1), each.word.upper()):
            assert dict(voice(terms, said).marks) == {place: 1}, said
        assert form(way).words(terms, {place: 1}) == each.word


@pytest.mark.requirement("R129")
def test_a_proposal_that_nearly_all_agree_with_is_not_called_decided() -> None:
    result = counted(asked(Way.PROPOSAL), *["agree"] * 29, "disagree")

    assert result.lines == (
        "👍 agree: 29 of 30 who voted",
        "🤷 abstain: 0 of 30 who voted",
        "👎 disagree: 1 of 30 who voted",
        "✋ block: 0 of 30 who voted",
        "Nobody of 30 who voted blocks.",
        "The terms of a standard proposal are met.",
        "30 of 30 entitled have taken part.",
    )
    assert isinstance(result.chart, Bars)
    assert [bar.words for bar in result.chart.bars] == ["29 of 30", "0 of 30", "1 of 30", "0 of 30"]


def test_where_nobody_has_spoken_that_is_all_that_is_said() -> None:
    assert counted(asked(Way.PROPOSAL)).lines == ("Nobody has taken part yet, of 30 entitled.",)


@pytest.mark.requirement("R130")
@pytest.mark.parametrize("way", [Way.PROPOSAL, Way.CONSENT, Way.CONSENSUS, Way.ADVICE])
def test_what_nobody_has_taken_a_position_on_has_not_passed(way: Way) -> None:
    assert counted(asked(way)).passes is not True


@pytest.mark.parametrize(
    ("voices", "passes"),
    [
        ((), False),
        (("consent", "consent"), True),
        (("consent", "concern"), True),
        (("concern",), True),
        (("consent",) * 9 + ("objection: too soon",), False),
    ],
)
def test_consent_is_there_without_objections_and_one_is_enough_to_go_on_working(
    voices: tuple[str, ...], passes: bool
) -> None:
    assert counted(asked(Way.CONSENT), *voices).passes is passes


def test_a_concern_is_noted_and_hinders_nobody() -> None:
    result = counted(asked(Way.CONSENT), "consent", "concern", "consent")

    assert "No objection of 3 who voted: safe enough to try, as far as they see." in result.lines
    assert "Concerns to be noted: 1 of 3 who voted." in result.lines


@pytest.mark.parametrize(
    ("voices", "passes"),
    [
        ((), False),
        (("abstain",), False),
        (("agree", "stand aside"), True),
        (("agree",) * 9 + ("disagree",), False),
        (("agree",) * 9 + ("block: no",), False),
    ],
)
def test_consensus_is_there_when_nobody_is_against_it(
    voices: tuple[str, ...], passes: bool
) -> None:
    assert counted(asked(Way.CONSENSUS), *voices).passes is passes


def test_advice_stops_nobody_and_says_when_two_have_been_heard() -> None:
    one = counted(asked(Way.ADVICE), "advise otherwise: the floor is wet", entitled=5)
    two = counted(asked(Way.ADVICE), "advise otherwise", "agree", entitled=5)

    assert one.passes is None
    assert two.passes is None
    assert "1 of 5 who were asked gave advice; 1 voice more would make two." in one.lines
    assert any(line.startswith("2 of 5 who were asked gave advice.") for line in two.lines)


def test_gradients_are_the_eight_steps_of_kaner_in_his_order() -> None:
    """Sam Kaner, "Facilitator's Guide to Participatory Decision-Making", in the words that Loomio uses."""
    assert [each.word for each in gradients.POSITIONS] == [
        "endorse",
        "minor contention",
        "reservations",
        "abstain",
        "more discussion",
        "dislike but support",
        "serious disagreement",
        "veto",
    ]
    assert [each.lean for each in gradients.POSITIONS][:4] == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert gradients.POSITIONS[-1].lean == -1


@pytest.mark.parametrize(
    ("steps", "middle"),
    [
        ("1", "at endorse"),
        ("11233", "at minor contention"),
        ("1128", "between endorse and minor contention"),
        ("1188", "between endorse and veto"),
        ("4444", "at abstain"),
    ],
)
def test_a_gradient_says_where_the_middle_of_the_voices_is(steps: str, middle: str) -> None:
    result = counted(asked(Way.GRADIENTS), *steps)

    assert any(line.endswith(f"the middle is {middle}.") for line in result.lines)
    assert isinstance(result.chart, Gradient)
    assert [bar.value for bar in result.chart.bars] == [
        steps.count(str(step)) for step in range(1, 9)
    ]
    assert result.passes is None
    vetoes = [line for line in result.lines if line.startswith("Vetoes:")]
    assert bool(vetoes) is ("8" in steps)


def test_hands_are_counted_against_how_many_are_wanted() -> None:
    terms = asked(Way.COUNT, target=3)
    two = counted(terms, "in", "not this time", "me")
    three = counted(terms, "in", "✅", "yes")

    assert "2 of the 3 wanted are in, 66 %; there is room for 1 more." in two.lines
    assert "3 of the 3 wanted are in: that is enough." in three.lines
    assert (two.sums["enough"], three.sums["enough"]) == (False, True)
    assert isinstance(three.chart, Bars)
    assert three.chart.bars[0].marked
    assert isinstance(two.chart, Bars)
    assert (two.chart.of, two.chart.bars[0].marked) == (3, False)


def test_a_question_round_counts_only_who_answered() -> None:
    result = counted(asked(Way.QUESTION), "soup, since it is warm", "bread", entitled=7)

    assert result.lines == ("2 of 7 entitled have answered in their own words.",)
    assert result.chart is None
    assert result.sums["answered"] == 2
    assert counted(asked(Way.QUESTION), "x", entitled=7).lines[0].startswith("1 of 7 entitled has")


@pytest.mark.parametrize("way", [Way.ADVICE, Way.CONSENT, Way.COUNT, Way.QUESTION])
def test_ways_that_live_on_who_says_what_cannot_be_secret_and_say_what_can(way: Way) -> None:
    with pytest.raises(NotUnderstood, match="A sense check can be"):
        asked(way, secret=True)


@pytest.mark.parametrize("way", [Way.PROPOSAL, Way.CONSENSUS, Way.GRADIENTS, Way.SENSE])
def test_a_secret_poll_shows_its_result_at_the_end(way: Way) -> None:
    assert asked(way, secret=True, showing=Showing.OPEN).showing is Showing.AT_CLOSE


@pytest.mark.parametrize("way", [way for way in Way if way is not Way.PROPOSAL])
def test_only_a_proposal_has_a_type_of_passing(way: Way) -> None:
    with pytest.raises(NotUnderstood, match="Only a proposal"):
        asked(way, passing=Passing.SIGNIFICANT)


@pytest.mark.parametrize(
    ("way", "terms", "says"),
    [
        (Way.PROPOSAL, {"topic": "  "}, "no question yet"),
        (Way.PROPOSAL, {"topic": "x" * 4001}, "4000"),
        (Way.PROPOSAL, {"quorum": 0}, "from 1 to 100 %"),
        (Way.PROPOSAL, {"quorum": 101}, "from 1 to 100 %"),
        (Way.QUESTION, {"quorum": 50}, "no quorum"),
        (Way.COUNT, {"target": 0}, "from 1 to 1000"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(
    way: Way, terms: dict[str, object], says: str
) -> None:
    with pytest.raises(NotUnderstood) as caught:
        asked(way, **terms)  # type: ignore[arg-type]
    assert says in str(caught.value)


def test_the_positions_of_a_way_do_not_follow_what_the_asker_named() -> None:
    assert asked(Way.PROPOSAL, "tea", "soup").options == tuple(
        each.word for each in proposal.POSITIONS
    )
    assert asked(Way.QUESTION, "tea").options == ()


def test_every_mixture_of_three_voices_meets_consensus_only_within_consent() -> None:
    for voices in itertools.product(["agree", "abstain", "disagree", "block: no"], repeat=3):
        consensus = counted(asked(Way.CONSENSUS), *voices)
        standard = counted(asked(Way.PROPOSAL), *voices)
        assert standard.passes or not consensus.passes
