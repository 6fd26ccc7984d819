"""A consent round as a machine: whatever people say, tap or leave out, in whatever order, its promises hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from practices import rounds
from practices import session as course
from practices.rounds import (
    Answer,
    Fate,
    Kind,
    NotNow,
    Objection,
    Round,
    Stage,
    Stand,
    Step,
    as_state,
    from_state,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
FOUR = ("ana", "ben", "cleo", "dan")
HOUR = timedelta(hours=1)

CONSENT = Answer(stand=Stand.CONSENT)


def concern(words: str = "the heating is extra") -> Answer:
    return Answer(stand=Stand.CONCERN, words=words)


def objection(words: str = "the cellar is wet") -> Answer:
    return Answer(stand=Stand.OBJECTION, words=words)


def asking(people: tuple[str, ...] = FOUR, *, live: bool = False) -> Round:
    """A round in which all are asked for objections."""
    round_ = rounds.proposed("We meet in the cellar", proposer="ana", people=people, now=NOW)
    round_ = rounds.begun(round_, "ana", NOW, live=False, people=people).round
    for _ in range(3):
        round_ = rounds.forward(round_, "ana", NOW).round
    return replace(round_, live=live)


def answering(round_: Round, answers: dict[str, Answer]) -> Step:
    for person in answers:
        round_ = rounds.answered(round_, person, NOW).round
    return rounds.opened(round_, answers, NOW)


def looked_at(answers: dict[str, Answer]) -> Round:
    """The first objection is looked at."""
    round_ = answering(asking(tuple(answers)), answers).round
    if round_.stage is Stage.SUPPORT:
        assert round_.objection is not None
        round_ = rounds.calm(round_, round_.objection.owner, NOW).round
    return round_


# --------------------------------------------------------------------------------------- single promises


def test_the_steps_come_in_the_order_of_dec_3() -> None:
    round_ = rounds.proposed("We meet", proposer="ana", people=FOUR, now=NOW)
    seen = [round_.stage]
    round_ = rounds.begun(round_, "ana", NOW, live=False, people=FOUR).round
    seen.append(round_.stage)
    for _ in range(3):
        round_ = rounds.forward(round_, "ana", NOW).round
        seen.append(round_.stage)

    assert seen == [Stage.READY, Stage.QUESTIONS, Stage.REACTIONS, Stage.AMENDING, Stage.OBJECTIONS]


@pytest.mark.requirement("R131")
def test_answers_cannot_be_opened_while_somebody_is_waited_for() -> None:
    round_ = rounds.answered(asking(), "ben", NOW).round

    with pytest.raises(ValueError, match="waited for"):
        rounds.opened(round_, {"ben": objection()}, NOW)
    with pytest.raises(NotNow, match="when all who are asked"):
        rounds.forward(round_, "ana", NOW)


@pytest.mark.requirement("R131")
def test_two_objections_are_looked_at_one_after_the_other() -> None:
    round_ = looked_at(
        {"ana": CONSENT, "ben": objection(), "cleo": objection("too far"), "dan": CONSENT}
    )

    first = round_.treated
    round_ = rounds.settled(round_, "ben", Fate.WITHDRAWN, NOW).round
    second = round_.treated
    round_ = rounds.settled(round_, "cleo", Fate.CARRIED, NOW).round

    assert (first, second) == (1, 2)
    assert [(each.owner, each.fate) for each in round_.objections] == [
        ("ben", Fate.WITHDRAWN), ("cleo", Fate.CARRIED)
    ]  # fmt: skip
    assert round_.stage is Stage.REVIEW


@pytest.mark.requirement("R131")
@pytest.mark.parametrize(
    "day", [TODAY, TODAY - timedelta(days=1), date(2029, 1, 1)], ids=["today", "past", "far"]
)
def test_only_a_day_ahead_and_within_two_years_ends_a_round(day: date) -> None:
    round_ = answering(asking(), dict.fromkeys(FOUR, CONSENT)).round

    with pytest.raises(NotNow):
        rounds.reviewed(round_, "ana", day, TODAY, NOW)
    with pytest.raises(NotNow, match="day on which"):
        rounds.forward(round_, "ana", NOW)
    ended = rounds.reviewed(round_, "ana", TODAY + timedelta(days=1), TODAY, NOW).round
    assert (ended.stage, ended.review) == (Stage.CONSENTED, TODAY + timedelta(days=1))


def test_nobody_but_its_owner_ends_an_objection() -> None:
    round_ = looked_at({"ana": CONSENT, "ben": objection(), "cleo": CONSENT})

    for person in ("ana", "cleo"):
        for fate in (Fate.WITHDRAWN, Fate.CARRIED):
            with pytest.raises(NotNow, match="nobody in their place"):
                rounds.settled(round_, person, fate, NOW)
    with pytest.raises(NotNow, match="whoever raised it"):
        rounds.forward(round_, "ana", NOW)


def test_a_change_needs_the_yes_of_the_objector_and_of_the_proposer() -> None:
    round_ = looked_at({"ana": CONSENT, "ben": objection(), "cleo": CONSENT})

    offered = rounds.amended(round_, "cleo", "We meet in the cellar, with a stove", NOW).round
    by_objector = rounds.agreed(offered, "ben", NOW, yes=True).round
    by_both = rounds.agreed(by_objector, "ana", NOW, yes=True).round

    assert (offered.version, by_objector.version, by_both.version) == (1, 1, 2)
    assert by_both.objections[0].fate is Fate.INTEGRATED
    with pytest.raises(NotNow, match="whoever raised the objection"):
        rounds.agreed(offered, "cleo", NOW, yes=True)


def test_after_a_change_all_but_whose_text_it_is_are_asked_again() -> None:
    words = "it has a good stove and windows already"
    answers = {
        "ana": CONSENT,
        "ben": objection(),
        "cleo": Answer(stand=Stand.CONSENT, words=words),
        "dan": concern("it is late"),
        "eve": Answer(stand=Stand.CONSENT, words="I live near"),
    }
    round_ = looked_at(answers)
    round_ = rounds.amended(round_, "ana", "We meet in the cellar, with a stove", NOW).round
    round_ = rounds.agreed(round_, "ben", NOW, yes=True).round

    assert round_.stage is Stage.OBJECTIONS
    # Nobody but ana has consented to these words.
    assert round_.waiting == ("ben", "cleo", "dan", "eve")


def test_consent_to_a_text_is_none_to_its_opposite_though_a_short_word_makes_it() -> None:
    round_ = looked_at({"ana": CONSENT, "ben": objection(), "cleo": CONSENT})
    round_ = rounds.amended(round_, "ben", "We do not meet in the cellar", NOW).round
    round_ = rounds.agreed(round_, "ana", NOW, yes=True).round

    assert round_.text == "We do not meet in the cellar"
    assert round_.waiting == ("ben", "cleo")


def test_when_little_of_the_text_is_left_everybody_is_asked_again() -> None:
    round_ = looked_at({"ana": CONSENT, "ben": objection(), "cleo": CONSENT})
    round_ = rounds.amended(round_, "ana", "Nobody moves until spring", NOW).round
    round_ = rounds.agreed(round_, "ben", NOW, yes=True).round

    assert round_.waiting == ("ana", "ben", "cleo")


def test_an_objector_may_find_that_an_earlier_change_takes_theirs_in() -> None:
    round_ = looked_at({"ana": CONSENT, "ben": objection(), "cleo": objection("too cold")})
    with pytest.raises(NotNow):
        rounds.agreed(round_, "ben", NOW, yes=True)
    round_ = rounds.amended(round_, "ana", "We meet in the cellar, with a stove", NOW).round
    round_ = rounds.agreed(round_, "ben", NOW, yes=True).round

    assert round_.treated == 2
    round_ = rounds.agreed(round_, "cleo", NOW, yes=True).round
    assert [each.fate for each in round_.objections] == [Fate.INTEGRATED, Fate.INTEGRATED]


def test_a_lone_objector_has_a_moment_first_and_once_a_round() -> None:
    step = answering(asking(("ana", "ben")), {"ana": CONSENT, "ben": objection()})
    assert step.round.stage is Stage.SUPPORT
    with pytest.raises(NotNow, match="moment"):
        rounds.forward(step.round, "ana", NOW)
    with pytest.raises(NotNow):
        rounds.calm(step.round, "ana", NOW)

    round_ = rounds.calm(step.round, "ben", NOW).round
    round_ = rounds.amended(round_, "ana", "We meet in the cellar, with a stove", NOW).round
    round_ = rounds.agreed(round_, "ben", NOW, yes=True).round
    again = answering(round_, {"ben": objection("the stove smokes")}).round

    assert (again.stage, again.treated) == (Stage.INTEGRATING, 2)


def test_silence_is_reminded_once_and_then_left_to_whoever_facilitates() -> None:
    round_ = rounds.answered(asking(), "ana", NOW).round
    round_ = rounds.answered(round_, "ben", NOW).round
    at = rounds.due(round_)
    assert at == NOW + timedelta(hours=24)

    reminded = rounds.tick(round_, at)
    late = rounds.tick(reminded.round, NOW + timedelta(hours=48))
    again = rounds.tick(late.round, NOW + timedelta(days=9))

    assert [(each.kind, each.people) for each in reminded.said] == [(Kind.REMIND, ("cleo", "dan"))]
    assert [each.kind for each in late.said] == [Kind.LATE]
    assert again.said == ()
    went = rounds.forward(late.round, "ana", NOW).round
    opened = rounds.opened(went, {"ana": CONSENT, "ben": CONSENT}, NOW).round
    assert opened.stage is Stage.REVIEW


def test_a_daemon_that_was_away_reminds_before_the_time_is_over() -> None:
    late = NOW + timedelta(days=20)
    step = rounds.tick(asking(), late)

    assert [each.kind for each in step.said] == [Kind.REMIND]
    assert step.round.until == late + timedelta(hours=24)


@pytest.mark.parametrize("answers", [{}, {"ana": CONSENT}], ids=["nobody", "the proposer alone"])
def test_nothing_is_consented_to_by_silence(answers: dict[str, Answer]) -> None:
    round_ = asking()
    for person in FOUR:
        round_ = rounds.answered(round_, person, NOW).round
    step = rounds.opened(round_, answers, NOW)

    assert step.round.stage is Stage.AMENDING
    assert Kind.NOBODY in {each.kind for each in step.said}


def test_whoever_leaves_has_their_open_objection_carried_in_their_words() -> None:
    round_ = looked_at({"ana": CONSENT, "ben": objection(), "cleo": CONSENT})
    step = rounds.left(round_, "ben", NOW)

    assert step.round.objections == (
        Objection(number=1, owner="ben", words="the cellar is wet", version=1, fate=Fate.CARRIED),
    )
    assert step.round.stage is Stage.REVIEW


def test_without_its_proposer_a_round_rests_until_it_is_taken_up() -> None:
    round_ = rounds.left(asking(), "ana", NOW).round
    assert (round_.proposer, round_.facilitator, round_.paused) == ("", "", NOW)
    with pytest.raises(NotNow):
        rounds.answered(round_, "ben", NOW)
    with pytest.raises(NotNow):
        rounds.resumed(round_, "ben", NOW)

    up = rounds.taken_up(round_, "cleo", NOW + HOUR).round
    gone = rounds.tick(round_, NOW + timedelta(days=7)).round

    assert (up.proposer, up.facilitator, up.paused) == ("cleo", "cleo", None)
    assert up.until == NOW + timedelta(hours=48) + HOUR
    assert gone.stage is Stage.WITHDRAWN


def test_without_its_facilitator_the_proposer_is_that_too() -> None:
    round_ = rounds.handed(asking(), "ben", NOW).round
    assert rounds.left(round_, "ben", NOW).round.facilitator == "ana"


def test_a_round_of_two_needs_the_word_of_the_other() -> None:
    round_ = asking(("ana", "ben"))
    for person in ("ana", "ben"):
        round_ = rounds.answered(round_, person, NOW).round

    assert rounds.opened(round_, {"ana": CONSENT}, NOW).round.stage is Stage.AMENDING
    assert rounds.opened(round_, {"ana": CONSENT, "ben": CONSENT}, NOW).round.stage is Stage.REVIEW


def test_more_than_twenty_are_too_many_and_one_is_too_few() -> None:
    for people in (("ana",), tuple(f"p{each}" for each in range(21))):
        with pytest.raises(NotNow):
            rounds.proposed("We meet", proposer="ana", people=people, now=NOW)


def test_an_objection_says_why() -> None:
    with pytest.raises(ValueError, match="reason"):
        Answer(stand=Stand.OBJECTION, words="  ")


def test_live_turns_go_in_order_with_a_signal_half_a_minute_before_their_end() -> None:
    round_ = rounds.proposed("We meet", proposer="ana", people=FOUR, now=NOW)
    step = rounds.begun(round_, "ana", NOW, live=True, people=FOUR)
    assert [each.turn.person for each in step.said if each.turn is not None] == ["ana"]
    at = rounds.due(step.round)
    assert at == NOW + timedelta(seconds=90)
    soon = rounds.tick(step.round, at)
    assert [each.turn.kind for each in soon.said if each.turn is not None] == [course.Kind.SOON]

    round_ = soon.round
    for person in FOUR:
        round_ = rounds.turned(round_, course.done, person, NOW + HOUR).round

    assert round_.stage is Stage.REACTIONS
    assert round_.turns is not None
    assert round_.turns.holder == "ana"


def test_a_live_round_that_everybody_walked_away_from_goes_on_over_days() -> None:
    round_ = rounds.proposed("We meet", proposer="ana", people=FOUR, now=NOW)
    round_ = rounds.begun(round_, "ana", NOW, live=True, people=FOUR).round
    for _ in range(5):
        at = rounds.due(round_)
        assert at is not None
        round_ = rounds.tick(round_, at).round
        if not round_.live:
            break

    assert (round_.stage, round_.live, round_.turns) == (Stage.QUESTIONS, False, None)
    assert round_.until is not None


def test_what_is_consented_to_keeps_concerns_and_no_list_of_who_consented() -> None:
    answers = {
        "ana": CONSENT,
        "ben": concern(),
        "cleo": replace(concern("it is loud"), nameless=True),
    }
    round_ = answering(asking(tuple(answers)), answers).round
    ended = rounds.reviewed(round_, "ana", TODAY + timedelta(days=90), TODAY, NOW).round

    assert [(each.person, each.words) for each in ended.voices] == [
        ("ben", "the heating is extra"), ("", "it is loud")
    ]  # fmt: skip


def test_whoever_is_forgotten_leaves_no_name_and_no_words() -> None:
    round_ = looked_at({"ana": CONSENT, "ben": objection(), "cleo": CONSENT})
    gone = rounds.forgotten(rounds.left(round_, "ben", NOW).round, "ben")

    assert "ben" not in str(as_state(gone))
    assert "wet" not in str(as_state(gone))
    assert gone.objections[0].fate is Fate.CARRIED


# ------------------------------------------------------------------------------------- any order at all

EVERYBODY = ("ana", "ben", "cleo", "dan", "eve")
WHO = st.sampled_from(EVERYBODY)
STANDS = st.sampled_from(tuple(Stand))


class AnyRound(RuleBasedStateMachine):
    """Words, taps, hours and departures in any order; what is sealed is held outside, as the daemon does."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.round = rounds.proposed("We meet in the cellar", proposer="ana", people=FOUR, now=NOW)
        self.sealed: dict[str, Answer] = {}
        #: Who ended each objection, by its number: its owner, or their leaving.
        self.ended_by: dict[int, str] = {}
        self.secrets = 0

    @initialize(
        live=st.booleans(), far=st.integers(0, 4), stands=st.lists(STANDS, min_size=4, max_size=4)
    )
    def begin(self, live: bool, far: int, stands: list[Stand]) -> None:
        """Anywhere on the way: most of what can happen happens late."""
        self.goes("ana", lambda: rounds.begun(self.round, "ana", self.now, live=live, people=FOUR))
        if far:
            self.round = asking(live=live)
        if far > 1:
            self.all_answer(stands)
        if far > 2:
            self.owner_goes_on("calm", 1)

    @rule(stands=st.lists(STANDS, min_size=5, max_size=5))
    def all_answer(self, stands: list[Stand]) -> None:
        for person, stand in zip(self.round.waiting, stands, strict=False):
            self.answer(person, stand, nameless=False)

    @rule(
        what=st.sampled_from(("calm", "offer", "yes", "withdraw", "carry")),
        number=st.integers(0, 9),
    )
    def owner_goes_on(self, what: str, number: int) -> None:
        if self.round.objection is None:
            return
        owner, proposer = self.round.objection.owner, self.round.proposer
        match what:
            case "calm":
                self.calm(owner)
            case "offer":
                self.amend(proposer, number)
            case "yes":
                self.amend(proposer, number)
                self.agree(proposer, yes=True)
                self.agree(owner, yes=True)
            case _:
                self.settle(owner, Fate.WITHDRAWN if what == "withdraw" else Fate.CARRIED)

    @rule()
    def facilitator_goes_on(self) -> None:
        self.goes("somebody", lambda: rounds.forward(self.round, self.round.facilitator, self.now))

    @precondition(lambda self: self.round.paused is not None)
    @rule(who=WHO)
    def wake(self, who: str) -> None:
        self.goes(who, lambda: rounds.taken_up(self.round, who, self.now))
        self.goes(who, lambda: rounds.resumed(self.round, self.round.people[0], self.now))

    @precondition(lambda self: self.round.stage is Stage.REVIEW)
    @rule()
    def facilitator_names_a_day(self) -> None:
        self.review(self.round.facilitator, 90)

    def goes(self, actor: str, way: Callable[[], Step]) -> None:
        """Take a step if it may be taken; open what is sealed when nobody is waited for."""
        before = self.round
        try:
            step = way()
        except NotNow as why:
            assert str(why).endswith((".", "!", "?"))  # a sentence for people
            return
        self.round = step.round
        if before.stage is Stage.OBJECTIONS and before.waiting and before.stage is self.round.stage:
            assert self.round.objections == before.objections
        if rounds.is_open_now(self.round):
            here = {who: each for who, each in self.sealed.items() if who in self.round.people}
            self.round = rounds.opened(self.round, here, self.now).round
            self.sealed = {}
        if self.round.stage is not Stage.OBJECTIONS:
            self.sealed = {}
        open_before = {each.number for each in before.open_objections}
        for each in self.round.objections:
            if each.number in open_before and each.fate is not None:
                self.ended_by[each.number] = actor

    @rule(who=WHO, stand=STANDS, nameless=st.booleans())
    def answer(self, who: str, stand: Stand, nameless: bool) -> None:
        try:
            rounds.answered(self.round, who, self.now)
        except NotNow:
            return
        self.secrets += 1
        self.sealed[who] = Answer(stand=stand, words=f"secret {self.secrets}", nameless=nameless)
        self.goes(who, lambda: rounds.answered(self.round, who, self.now))

    @rule(who=WHO)
    def passes(self, who: str) -> None:
        self.sealed.pop(who, None)
        self.goes(who, lambda: rounds.answered(self.round, who, self.now))

    @rule(who=WHO)
    def said_all(self, who: str) -> None:
        self.goes(who, lambda: rounds.said_all(self.round, who, self.now))

    @rule(who=WHO)
    def next(self, who: str) -> None:
        self.goes(who, lambda: rounds.forward(self.round, who, self.now))

    @rule(who=WHO, number=st.integers(0, 9))
    def amend(self, who: str, number: int) -> None:
        text = f"We meet in the cellar, version {number}"
        self.goes(who, lambda: rounds.amended(self.round, who, text, self.now))

    @rule(who=WHO, yes=st.booleans())
    def agree(self, who: str, yes: bool) -> None:
        owner = self.round.objection.owner if self.round.objection else ""
        had = self.round.offer is not None and owner in self.round.offer.agreed
        self.goes(owner if had else who, lambda: rounds.agreed(self.round, who, self.now, yes=yes))

    @rule(who=WHO, fate=st.sampled_from((Fate.WITHDRAWN, Fate.CARRIED)))
    def settle(self, who: str, fate: Fate) -> None:
        self.goes(who, lambda: rounds.settled(self.round, who, fate, self.now))

    @rule(who=WHO)
    def calm(self, who: str) -> None:
        self.goes(who, lambda: rounds.calm(self.round, who, self.now))

    @rule(who=WHO, days=st.integers(-1, 800))
    def review(self, who: str, days: int) -> None:
        today = self.now.date()
        day = today + timedelta(days=days)
        self.goes(who, lambda: rounds.reviewed(self.round, who, day, today, self.now))
        if self.round.stage is Stage.CONSENTED and self.round.at == self.now:
            assert self.round.review is not None
            assert self.round.review > today

    @precondition(lambda self: self.secrets > 8)
    @rule(who=WHO)
    def take_back(self, who: str) -> None:
        self.goes("the proposer", lambda: rounds.withdrawn(self.round, who, self.now))

    @rule(who=WHO, rests=st.booleans())
    def rest(self, who: str, rests: bool) -> None:
        way = rounds.rested if rests else rounds.resumed
        self.goes(who, lambda: way(self.round, who, self.now))

    @rule(who=WHO)
    def hand_over(self, who: str) -> None:
        self.goes(who, lambda: rounds.handed(self.round, who, self.now))

    @rule(who=WHO)
    def join(self, who: str) -> None:
        self.goes(who, lambda: rounds.joined(self.round, who, self.now))

    @rule(who=WHO)
    def leave(self, who: str) -> None:
        self.sealed.pop(who, None)
        self.goes(who, lambda: rounds.left(self.round, who, self.now))

    @rule(who=WHO)
    def take_up(self, who: str) -> None:
        self.goes(who, lambda: rounds.taken_up(self.round, who, self.now))

    @rule(who=WHO)
    def days(self, who: str) -> None:
        self.goes(who, lambda: rounds.over_days(self.round, who, self.now))

    @rule(who=WHO, way=st.sampled_from((course.done, course.passed, course.next_phase)))
    def turn(self, who: str, way: rounds.Turning) -> None:
        self.goes(who, lambda: rounds.turned(self.round, way, who, self.now))

    @rule(minutes=st.integers(1, 3000))
    def time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.goes("the clock", lambda: rounds.tick(self.round, self.now))

    @rule()
    def due(self) -> None:
        """A look at the time it asked for always moves it: it never stands still for ever."""
        at = rounds.due(self.round)
        assert (at is None) == self.round.is_over
        if at is not None:
            before, self.now = self.round, max(at, self.now)
            self.goes("the clock", lambda: rounds.tick(self.round, self.now))
            assert self.round != before

    # ----------------------------------------------------------------------------------------- promises

    @invariant()
    def what_is_sealed_is_nowhere_in_the_round(self) -> None:
        state = str(as_state(self.round))
        for answer in self.sealed.values():
            assert f"{answer.words}'" not in state

    @invariant()
    def at_most_one_objection_is_looked_at_and_it_is_open(self) -> None:
        looked = self.round.stage in rounds.TREATING
        assert looked == (self.round.treated is not None)
        if looked:
            assert self.round.objection in self.round.open_objections

    @invariant()
    def nobody_is_asked_while_an_objection_is_open(self) -> None:
        if self.round.open_objections:
            assert self.round.stage in rounds.TREATING

    @invariant()
    def consented_is_only_what_has_a_review_and_fates(self) -> None:
        if self.round.stage is Stage.CONSENTED:
            assert self.round.review is not None
            allowed = {Fate.INTEGRATED, Fate.WITHDRAWN, Fate.CARRIED}
            assert {each.fate for each in self.round.objections} <= allowed
        if self.round.is_over:
            assert not self.round.open_objections
            assert not self.round.waiting

    @invariant()
    def objections_are_ended_by_their_owners(self) -> None:
        for each in self.round.objections:
            by = self.ended_by.get(each.number)
            if each.fate in (Fate.WITHDRAWN, Fate.CARRIED):
                assert by == each.owner
            if each.fate is Fate.INTEGRATED:
                assert each.version < self.round.version

    @invariant()
    def those_waited_for_take_part(self) -> None:
        assert set(self.round.waiting) <= set(self.round.people)
        assert set(self.round.waiting) <= set(self.round.asked)
        assert len(set(self.round.people)) == len(self.round.people)

    @invariant()
    def it_can_be_written_down_and_read_again(self) -> None:
        assert from_state(as_state(self.round)) == self.round


AnyRound.TestCase.settings = settings(
    max_examples=200,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyRound = pytest.mark.requirement("R131")(AnyRound.TestCase)
