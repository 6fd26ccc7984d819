"""A sitting, step by step: one turn each, nobody cut off, and an end, whatever people do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from json import dumps, loads

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import library, session
from practices.circles import Scale
from practices.script import Outcome, Phase, Script, Sitting, Turns
from practices.session import Ending, Kind, Mode, Session, Step

START = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
NAMES = ("ana", "ben", "cleo", "dan", "eve")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def script(*phases: Phase, **columns: object) -> Script:
    values: dict[str, object] = {
        "name": "trial",
        "purpose": "to try",
        "source": "none",
        "scales": (Scale.CREW,),
        "least": 2,
        "most": 8,
        "sittings": (Sitting(name="only", phases=phases),),
        **columns,
    }
    return Script(**values)  # type: ignore[arg-type]


def each(name: str = "round", **columns: object) -> Phase:
    values: dict[str, object] = {"minutes_each": 3.0, **columns}
    return Phase(name=name, turns=Turns.EACH, **values)  # type: ignore[arg-type]


def together(name: str = "talk", length: float = 5, **columns: object) -> Phase:
    return Phase(name=name, turns=Turns.TOGETHER, minutes=length, **columns)  # type: ignore[arg-type]


def begun(of: Script, *people: str, focus: str | None = None, **columns: object) -> Session:
    step = session.begin(
        of,
        people=people or NAMES[:3],
        by="ana",
        now=START,
        focus=focus,
        **columns,  # type: ignore[arg-type]
    )
    return step.session


def kinds(step: Step) -> list[Kind]:
    return [said.kind for said in step.said]


def held(of: Script, state: Session) -> Phase:
    return session.phases(state, of)[state.phase]


# ------------------------------------------------------------------------------------------------ turns


@pytest.mark.requirement("R64")
def test_in_a_round_each_has_one_turn_in_order() -> None:
    of = script(each(), together())
    state, holders = begun(of), []

    while state.holder is not None:
        holders.append(state.holder)
        state = session.done(state, of, state.holder, state.at + minutes(2)).session

    assert holders == ["ana", "ben", "cleo"]
    assert held(of, state).name == "talk"


@pytest.mark.requirement("R67", "R10")
def test_whoever_passes_is_offered_one_more_turn_at_the_end_of_the_same_round() -> None:
    of = script(each(rounds=2), together())
    state = begun(of)

    state = session.passed(state, of, "ana", START).session
    state = session.done(state, of, "ben", START).session
    step = session.done(state, of, "cleo", START)

    assert step.said[-1].person == "ana"
    assert step.said[-1].again
    step = session.passed(step.session, of, "ana", START)
    assert (step.session.round, step.session.holder) == (1, "ana")
    assert not step.said[-1].again
    assert step.session.offered == ()


@pytest.mark.requirement("R10")
def test_after_the_round_nothing_tells_who_passed() -> None:
    of = script(each(), together())
    spoke = passed = begun(of, "ana", "ben")

    for person in ("ana", "ben"):
        spoke = session.done(spoke, of, person, START).session
    for person in ("ana", "ben", "ana"):
        passed = session.passed(passed, of, person, START).session
    passed = session.done(passed, of, "ben", START).session

    assert session.as_state(passed) == session.as_state(spoke)


@pytest.mark.requirement("R65")
def test_a_turn_is_signalled_half_a_minute_before_its_end_and_at_its_end_and_never_ended() -> None:
    of = script(each())
    state = begun(of)
    due = session.due(state, of)

    assert due == START + minutes(2.5)
    soon = session.tick(state, of, due)
    over = session.tick(soon.session, of, START + minutes(3))
    later = session.tick(over.session, of, START + minutes(30))

    assert (kinds(soon), kinds(over), kinds(later)) == ([Kind.SOON], [Kind.OVER], [])
    assert later.session.holder == "ana"


@pytest.mark.requirement("R65")
@pytest.mark.parametrize("length", [1, 5, 10])
def test_the_circle_sets_the_length_of_its_own_turns(length: int) -> None:
    of = script(each())

    state = begun(of, turn_minutes=float(length))

    assert state.until == START + minutes(length)


def test_turns_of_another_length_stay_as_they_are() -> None:
    of = script(each(minutes_each=8.0))

    assert begun(of, turn_minutes=1.0).until == START + minutes(8)


def test_a_time_for_the_whole_round_is_shared_out_evenly() -> None:
    of = script(Phase(name="mirroring", turns=Turns.OTHERS, minutes=10))

    state = begun(of, *NAMES, focus="cleo")

    assert state.until == START + minutes(2.5)
    assert (state.holder, *state.waiting) == ("ana", "ben", "dan", "eve")


def test_next_by_another_passes_the_turn_on_only_after_its_end_was_signalled() -> None:
    of = script(each())
    state = begun(of)

    assert session.next_phase(state, of, "ben", START + minutes(2)).session == state
    over = session.tick(state, of, START + minutes(3)).session
    assert session.next_phase(over, of, "ben", START + minutes(4)).session.holder == "ben"


def test_nobody_else_ends_a_turn() -> None:
    of = script(each())
    state = begun(of)

    for word in (session.done, session.passed):
        assert word(state, of, "ben", START) == session.tick(state, of, START)


@pytest.mark.requirement("R34")
def test_a_turn_that_is_handed_on_ends_only_when_its_speaker_was_heard() -> None:
    of = script(Phase(name="loop", turns=Turns.HANDED, minutes_each=3), together())
    state = begun(of, "ana", "ben")
    over = session.tick(state, of, START + minutes(3)).session

    assert session.next_phase(over, of, "ben", START + minutes(9)).session.holder == "ana"
    assert session.done(over, of, "ana", START + minutes(9)).session.holder == "ben"


def test_whoever_listens_speaks_next() -> None:
    of = script(Phase(name="loop", turns=Turns.HANDED, minutes_each=3, rounds=2), together())
    state, holders = begun(of, *NAMES[:4]), []

    for listener in ("cleo", "dan", "ben", "ana", "dan", "ben"):
        assert state.holder is not None
        holders.append(state.holder)
        state = session.listens(state, of, listener, START).session
        state = session.done(state, of, state.holder or "", START).session

    assert holders == ["ana", "cleo", "dan", "ben", "ana", "dan"]
    assert session.listens(state, of, "zoe", START).session == state


# ------------------------------------------------------------------------------------------- the group


@pytest.mark.requirement("R68")
@pytest.mark.parametrize(
    ("form", "wanted"), [(None, [3, 10, 2, 10, 20, 10]), ("short", [5, 4, 1, 5, 12, 5])]
)
def test_a_case_clinic_that_keeps_time_takes_its_minutes(
    form: str | None, wanted: list[int]
) -> None:
    of = library.find("case clinic")
    state = begun(of, *NAMES[:4], focus="ben", form=form)
    began, lengths, now = START, [], START

    while state.ended is None:
        phase = state.phase
        now = state.until
        if state.holder is not None:
            state = session.done(state, of, state.holder, now).session
        else:
            state = session.tick(state, of, now).session
        if state.phase != phase or state.ended:
            lengths.append((now - began) / minutes(1))
            began = now

    assert lengths == pytest.approx(wanted)
    assert state.ended is Ending.CLOSED


@pytest.mark.requirement("R73")
def test_in_a_clearness_committee_open_questions_begin_after_a_quarter_of_an_hour_at_the_latest() -> (
    None
):
    of = library.find("clearness committee")
    state, now = begun(of, *NAMES, focus="ana"), START

    while held(of, state).name != "Open questions only":
        due = session.due(state, of)
        assert due is not None
        now = due
        state = session.tick(state, of, now).session

    assert now - START <= minutes(15)
    assert state.holder is None


def test_what_a_listening_circle_does_together_has_a_minute_of_grace() -> None:
    of = script(together(length=3), each(), outcome=Outcome.LISTENED)
    state = begun(of)

    over = session.tick(state, of, START + minutes(3))
    going_on = session.tick(over.session, of, START + minutes(4))

    assert kinds(over) == [Kind.OVER]
    assert kinds(going_on) == [Kind.PHASE, Kind.TURN]


def test_phases_about_each_person_come_once_for_each_and_then_what_follows() -> None:
    of = library.find("troika")
    state = begun(of, *NAMES[:3])
    about: list[tuple[str | None, str]] = []

    while state.ended is None:
        if not about or about[-1] != (state.centre, held(of, state).name):
            about.append((state.centre, held(of, state).name))
        if state.holder is not None:
            assert (state.holder == state.centre) == (held(of, state).turns is Turns.FOCUS)
            state = session.done(state, of, state.holder, state.until).session
        else:
            at = session.due(state, of)
            assert at is not None
            state = session.tick(state, of, at).session

    names = [phase.name for phase in of.phases]
    assert about == [(person, name) for person in NAMES[:3] for name in names]
    assert state.at - START == minutes(30)


def test_what_is_optional_waits_for_more_than_half() -> None:
    of = script(together("extra", 5, optional=True), together())
    state = begun(of, *NAMES[:4])

    state = session.voted(state, of, "ana", START, yes=True).session
    state = session.voted(state, of, "ana", START, yes=True).session
    state = session.voted(state, of, "ben", START, yes=True).session

    assert state.deciding
    step = session.voted(state, of, "cleo", START, yes=True)
    assert kinds(step) == [Kind.PHASE]
    assert held(of, step.session).name == "extra"


@pytest.mark.parametrize("silent", [True, False])
def test_what_is_optional_is_left_out_when_half_do_not_want_it_or_nobody_answers(
    silent: bool,
) -> None:
    of = script(together("extra", 5, optional=True, next_step=True), together(), focus=True)
    state = begun(of, *NAMES[:4], focus="ana")

    if silent:
        step = session.tick(state, of, START + minutes(2))
    else:
        state = session.voted(state, of, "ana", START, yes=False).session
        step = session.voted(state, of, "ben", START, yes=False)

    assert held(of, step.session).name == "talk"
    assert Kind.NEXT_STEP not in kinds(step)


def test_after_its_phase_the_focus_person_is_to_be_asked_for_one_next_step() -> None:
    of = script(together(next_step=True), together(), focus=True)

    step = session.tick(begun(of, focus="ben"), of, START + minutes(5))

    assert step.said[0] == session.Announcement(kind=Kind.NEXT_STEP, person="ben")


@pytest.mark.requirement("R74")
def test_only_speakers_mark_their_shares_and_only_where_shares_are_marked() -> None:
    of = script(each("open"), each("kept", may_mark=True), together())
    state = begun(of, "ana", "ben")

    assert session.marks(state, of, "ana", START).session == state
    for person in ("ana", "ben"):
        state = session.done(state, of, person, START).session
    assert session.marks(state, of, "ben", START).session == state
    state = session.marks(state, of, "ana", START).session
    state = session.done(state, of, "ana", START).session
    state = session.done(state, of, "ben", START).session
    state = session.marks(state, of, "ben", START).session
    assert state.marked == ("ana", "ben")
    assert session.marks(state, of, "ana", START).session.marked == ("ben",)


# -------------------------------------------------------------------------------------- coming, going


def test_whoever_comes_late_has_a_turn_at_the_end_of_the_round() -> None:
    of = script(each(), together())
    state = begun(of, "ana", "ben")

    state = session.joined(state, of, "cleo", START).session
    state = session.passed(state, of, "ana", START).session
    holders = []
    while state.holder is not None:
        holders.append(state.holder)
        state = session.done(state, of, state.holder, START).session

    assert holders == ["ben", "cleo", "ana"]


@pytest.mark.requirement("R64")
def test_whoever_steps_out_and_in_again_has_no_second_turn() -> None:
    of = script(each(), together())
    state = session.done(begun(of), of, "ana", START).session

    state = session.left(state, of, "ana", START).session
    state = session.joined(state, of, "ana", START).session

    assert "ana" not in (state.holder, *state.waiting, *state.offered)


def test_the_turn_of_whoever_leaves_passes_on() -> None:
    of = script(each(), together())

    step = session.left(begun(of), of, "ana", START + minutes(1))

    assert kinds(step) == [Kind.TURN]
    assert step.session.holder == "ben"
    assert step.session.until == START + minutes(4)


def test_without_its_focus_a_sitting_rests_until_there_is_another() -> None:
    of = script(together(), Phase(name="case", turns=Turns.FOCUS, minutes=10), focus=True)
    state = session.tick(begun(of, focus="ana"), of, START + minutes(5)).session

    step = session.left(state, of, "ana", START + minutes(6))

    assert kinds(step) == [Kind.FOCUS_LEFT]
    assert session.resumed(step.session, of, "ben", START + minutes(7)).session == step.session
    anew = session.focused(step.session, of, "ben", START + minutes(8))
    assert (anew.session.phase, anew.session.focus) == (0, "ben")
    assert kinds(anew) == [Kind.PHASE]
    assert anew.session.until == START + minutes(13)


def test_in_phases_about_each_person_the_next_comes_when_one_leaves() -> None:
    of = library.find("troika")

    step = session.left(begun(of, *NAMES[:3]), of, "ana", START)

    assert (step.session.centre, step.session.to_centre) == ("ben", ("cleo",))


def test_one_alone_is_no_circle() -> None:
    of = script(each())
    state = session.left(begun(of), of, "ana", START).session

    assert session.left(state, of, "ben", START).session.ended is Ending.ALONE


# ---------------------------------------------------------------------------------- resting, stopping


def test_what_was_left_of_a_turn_is_kept_while_the_clock_rests() -> None:
    of = script(each())
    state = session.paused(begun(of), of, "ben", START + minutes(1)).session

    assert session.tick(state, of, START + minutes(50)).said == ()
    assert session.done(state, of, "ana", START + minutes(50)).session == state
    step = session.resumed(state, of, "cleo", START + minutes(60))

    assert step.session.until == START + minutes(62)
    assert (step.said[0].kind, step.said[0].person) == (Kind.RESUMED, "ana")


def test_a_sitting_that_rests_for_half_a_day_is_over() -> None:
    of = script(together())
    state = session.paused(begun(of), of, "ben", START).session

    assert session.tick(state, of, START + session.PAUSE).session.ended is Ending.FADED


@pytest.mark.requirement("R10")
def test_stop_by_two_or_twice_by_whoever_began_ends_it_and_by_one_only_their_own_turn() -> None:
    of = script(each())
    state = session.done(begun(of), of, "ana", START).session

    once = session.stopped(state, of, "ana", START).session
    assert once.ended is None
    assert session.stopped(once, of, "ana", START).session.ended is Ending.STOPPED
    wished = session.stopped(state, of, "ben", START)
    assert (wished.session.holder, wished.session.ended) == ("cleo", None)
    assert wished.session.offered == ()
    assert session.stopped(wished.session, of, "ben", START).session.ended is None
    assert session.stopped(wished.session, of, "cleo", START).session.ended is Ending.STOPPED
    assert session.stopped(wished.session, of, "ana", START).session.ended is Ending.STOPPED


@pytest.mark.requirement("R66")
def test_a_wish_to_stop_is_announced_only_where_nobody_is_speaking() -> None:
    of, turns = script(together()), script(each())

    assert kinds(session.stopped(begun(of), of, "ben", START)) == [Kind.WISH]
    assert kinds(session.stopped(begun(turns), turns, "ben", START)) == []
    resting = session.paused(begun(turns), turns, "ben", START).session
    assert kinds(session.stopped(resting, turns, "ben", START)) == [Kind.WISH]


def test_a_wish_to_stop_is_taken_back_by_going_on() -> None:
    of = script(together())
    wished = session.stopped(begun(of), of, "ben", START).session

    assert session.resumed(wished, of, "cleo", START).session == wished
    back = session.resumed(wished, of, "ben", START).session
    assert back == begun(of)
    assert session.stopped(back, of, "cleo", START).session.ended is None


def test_what_was_stopped_is_taken_up_where_it_was_with_the_time_that_was_left() -> None:
    of = script(each())
    state = session.stopped(begun(of), of, "ben", START + minutes(1)).session
    state = session.stopped(state, of, "cleo", START + minutes(1)).session

    assert session.taken_up(state, of, "zoe", START + minutes(50)).session == state
    step = session.taken_up(state, of, "cleo", START + minutes(50))

    assert kinds(step) == [Kind.PHASE, Kind.TURN]
    assert (step.session.holder, step.session.until) == ("ana", START + minutes(52))
    assert (step.session.ended, step.session.stopping) == (None, ())
    assert session.taken_up(step.session, of, "ben", START + minutes(51)).said == ()


def test_a_turn_that_is_taken_up_after_its_end_has_a_minute_left() -> None:
    of = script(each())
    state = session.tick(begun(of), of, START + minutes(3)).session
    for who in ("ben", "cleo"):
        state = session.stopped(state, of, who, START + minutes(9)).session

    step = session.taken_up(state, of, "ana", START + minutes(20))

    assert step.session.until == START + minutes(20) + session.LAST_WORDS
    assert not step.session.told_over


def test_what_nobody_brings_anything_to_is_over_and_not_taken_up() -> None:
    of = script(together(), focus=True)
    state = session.begin(of, people=NAMES[:3], by="ana", now=START, focus="ana").session
    state = session.called_off(session.left(state, of, "ana", START).session, of, START).session

    assert state.ended is Ending.STOPPED
    assert session.taken_up(state, of, "ben", START).session == state
    assert session.called_off(state, of, START).session == state


def test_the_wish_to_stop_of_whoever_leaves_goes_with_them() -> None:
    of = script(together())
    state = session.stopped(begun(of), of, "ben", START).session

    state = session.left(state, of, "ben", START).session

    assert session.stopped(state, of, "cleo", START).session.ended is None


@pytest.mark.parametrize(("mode", "hours"), [(Mode.SPOKEN, 2), (Mode.WRITTEN, 12)])
def test_a_turn_that_everybody_has_walked_away_from_ends_the_sitting(
    mode: Mode, hours: int
) -> None:
    of = script(each())
    state = session.tick(begun(of, mode=mode), of, START + minutes(3)).session

    end = START + minutes(3) + timedelta(hours=hours)
    assert session.tick(state, of, end - minutes(1)).session.ended is None
    assert session.tick(state, of, end).session.ended is Ending.FADED


def test_a_script_that_became_shorter_meanwhile_ends_the_sitting() -> None:
    long, short = script(together(), together(), together()), script(together())
    state = session.next_phase(begun(long), long, "ana", START).session

    assert session.tick(state, short, START).session.ended is Ending.CLOSED


@pytest.mark.parametrize(
    ("people", "focus"), [((), None), (("ana", "ana"), None), (("ana", "ben"), "zoe")]
)
def test_a_sitting_of_nobody_or_about_a_stranger_does_not_begin(
    people: tuple[str, ...], focus: str | None
) -> None:
    with pytest.raises(ValueError, match=r"person|people"):
        session.begin(script(each()), people=people, by="ana", now=START, focus=focus)


# ---------------------------------------------------------------------------------------- whatever happens

LENGTHS = st.sampled_from([0.5, 1.0, 3.0, 10.0])


@st.composite
def phases(draw: st.DrawFn) -> Phase:
    turns = draw(st.sampled_from(Turns))
    long, turned = draw(LENGTHS), turns in {Turns.EACH, Turns.OTHERS, Turns.HANDED}
    whole = not turned or draw(st.booleans())
    return Phase(
        name=draw(st.sampled_from(["one", "two", "three"])),
        turns=turns,
        minutes=long if whole else None,
        minutes_each=None if whole else long,
        rounds=draw(st.integers(1, 3)) if turned else 1,
        optional=draw(st.booleans()),
        may_mark=draw(st.booleans()),
        next_step=draw(st.booleans()),
        for_each=draw(st.booleans()),
        up_to=draw(st.sampled_from([None, long + 2])),
    )


SCRIPTS = st.builds(
    lambda parts, focus, outcome: script(*parts, focus=focus, outcome=outcome),
    st.lists(phases(), min_size=1, max_size=5),
    st.booleans(),
    st.sampled_from([None, Outcome.LISTENED]),
)
WORDS = st.sampled_from(
    ["tick", "tick", "tick", "done", "done", "holder", "holder", "holder", "pass", "holder passes",
     "next", "stop", "pause", "resume", "taken up", "joined", "left", "listens", "marks", "yes", "no", "focused"]
)  # fmt: skip
EVENTS = st.lists(
    st.tuples(WORDS, st.sampled_from(NAMES), st.integers(-60, 900)), min_size=1, max_size=60
)


def happens(of: Script, state: Session, word: str, who: str, now: datetime) -> Step:
    """One thing that somebody does, or the clock."""
    whose = state.holder or who
    match word:
        case "tick":
            return session.tick(state, of, now)
        case "done" | "holder":
            return session.done(state, of, whose if word == "holder" else who, now)
        case "pass" | "holder passes":
            return session.passed(state, of, whose if word == "holder passes" else who, now)
        case "yes" | "no":
            return session.voted(state, of, who, now, yes=word == "yes")
    ways = {
        "next": session.next_phase,
        "stop": session.stopped,
        "pause": session.paused,
        "resume": session.resumed,
        "taken up": session.taken_up,
        "joined": session.joined,
        "left": session.left,
        "listens": session.listens,
        "marks": session.marks,
        "focused": session.focused,
    }
    return ways[word](state, of, who, now)


def check_sound(of: Script, state: Session) -> None:
    """What holds at every moment."""
    queue = [each for each in (state.holder, *state.waiting, *state.offered) if each is not None]
    assert len(set(queue)) == len(queue)
    assert set(queue) <= set(state.people)
    assert not set(queue) & set(state.had)
    assert len(set(state.people)) == len(state.people)
    assert session.from_state(loads(dumps(session.as_state(state)))) == state
    due = session.due(state, of)
    assert (due is None) == (state.ended is not None)
    if state.ended is None and state.paused is None and not state.deciding:
        turned = held(of, state).turns not in {Turns.TOGETHER, Turns.SILENT}
        assert (state.holder is not None) == turned


@pytest.mark.requirement("R64", "R66")
@settings(derandomize=True, deadline=None, max_examples=150)
@given(SCRIPTS, st.integers(2, 5), EVENTS)
def test_whatever_people_do_one_has_the_turn_or_nobody_and_time_runs_forward(
    of: Script, size: int, events: list[tuple[str, str, int]]
) -> None:
    people = NAMES[:size]
    step = session.begin(of, people=people, by="ana", now=START, focus="ana" if of.focus else None)
    state, now = step.session, START
    check_sound(of, state)
    turns: dict[tuple[object, ...], list[str]] = {}
    came_or_went = bool({"left", "joined"} & {word for word, _, _ in events})
    for word, who, seconds in events:
        now += timedelta(seconds=seconds)
        before, step = state, happens(of, state, word, who, now)
        state = step.session
        check_sound(of, state)
        assert state.at >= before.at
        assert step.due == session.due(state, of)
        if state == before:
            assert step.said == ()
        else:
            assert before.ended is None or word == "taken up"
        if state.holder is not None and state.ended is None and Kind.TURN not in kinds(step):
            # While a round runs: nothing but clock and names.
            resting = {Kind.WISH} if state.paused is not None else set()
            clock = {Kind.SOON, Kind.OVER, Kind.PAUSED, Kind.RESUMED}
            assert set(kinds(step)) <= clock | resting
        if before.holder is not None and state.holder != before.holder:
            # A turn ends by its holder, by "next" after its end, or by a part that says how long it may take.
            mine = who == before.holder or word in {"holder", "holder passes"}
            overdue = before.told_over and word == "next"
            agreed = word == "stop" or (word == "left" and who in (before.centre, before.focus))
            alone = state.ended in (Ending.ALONE, Ending.FADED)
            goes_on = word == "tick" and held(of, before).up_to is not None
            assert mine or overdue or agreed or alone or goes_on, word
        for said in step.said:
            if said.kind is Kind.PHASE:
                turns.clear()
            if said.kind is Kind.TURN and not said.again:
                assert said.person is not None
                turn = turns.setdefault((state.phase, state.centre, state.round), [])
                assert said.person not in turn or came_or_went
                turn.append(said.person)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(SCRIPTS, st.integers(2, 5), EVENTS)
def test_every_sitting_ends_by_the_clock_alone_wherever_people_have_left_it(
    of: Script, size: int, events: list[tuple[str, str, int]]
) -> None:
    step = session.begin(of, people=NAMES[:size], by="ana", now=START)
    state, now = step.session, START
    for word, who, seconds in events:
        now += timedelta(seconds=seconds)
        state = happens(of, state, word, who, now).session
    for _ in range(4 * len(of.phases) * len(NAMES) + 4):
        due = session.due(state, of)
        if due is None:
            break
        state = session.tick(state, of, due).session

    assert state.ended is not None


@settings(derandomize=True, deadline=None, max_examples=100)
@given(SCRIPTS, EVENTS, st.integers(0, 3600))
def test_a_tick_that_comes_twice_or_too_early_says_nothing(
    of: Script, events: list[tuple[str, str, int]], late: int
) -> None:
    state, now = session.begin(of, people=NAMES[:4], by="ana", now=START).session, START
    for word, who, seconds in events:
        now += timedelta(seconds=seconds)
        state = happens(of, state, word, who, now).session
        due = session.due(state, of)
        if due is None:
            return
        at = max(due, state.at) + timedelta(seconds=late)
        early = min(due, state.at) - timedelta(seconds=1)
        if early >= state.at:
            assert session.tick(state, of, early).session == state
        once = session.tick(state, of, at)
        if once.due is not None and once.due > at:
            twice = session.tick(once.session, of, at)
            assert (twice.session, twice.said) == (once.session, ())


@settings(derandomize=True, deadline=None, max_examples=100)
@given(SCRIPTS, EVENTS, st.integers(0, 36_000))
def test_what_is_left_of_the_time_outlives_every_rest(
    of: Script, events: list[tuple[str, str, int]], rest: int
) -> None:
    state, now = session.begin(of, people=NAMES[:4], by="ana", now=START).session, START
    for word, who, seconds in events:
        now += timedelta(seconds=seconds)
        state = happens(of, state, word, who, now).session
        if state.ended is not None or state.paused is not None:
            continue
        resting = session.paused(
            state, of, "ana" if "ana" in state.people else state.people[0], now
        )
        stopped_at = resting.session.at
        left = session.remaining(resting.session, stopped_at)
        later = stopped_at + timedelta(seconds=rest)
        back = session.resumed(resting.session, of, state.people[0], later)
        assert session.remaining(back.session, back.session.at) == left
        # Whoever lets it go on wishes to stop no more.
        assert set(state.stopping) - set(back.session.stopping) <= {state.people[0]}
        stopping = state.stopping
        assert replace(back.session, at=state.at, until=state.until, stopping=stopping) == state
