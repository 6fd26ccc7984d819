"""What somebody wrote who wants to ask many people one thing: the question, the answers, the terms."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices import clauses
from practices.drafts import (
    Draft,
    as_state,
    from_state,
    joined,
    read,
    read_answers,
    read_clauses,
    slots,
)
from practices.polls.poll import Passing, Showing, Way
from practices.rhythm import Cadence, words
from practices.understanding import NotUnderstood

#: A Sunday morning.
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)


def asked(text: str, way: Way | None = None) -> Draft:
    return read(text, now=NOW, zone=ROME, way=way)


@pytest.mark.parametrize(
    ("text", "topic", "options"),
    [
        ("Which day? Monday, Tuesday, Wednesday", "Which day?", ("Monday", "Tuesday", "Wednesday")),
        (
            "Which day? Monday, Tuesday or Wednesday",
            "Which day?",
            ("Monday", "Tuesday", "Wednesday"),
        ),
        ("Which day? Monday, Tuesday, or Friday.", "Which day?", ("Monday", "Tuesday", "Friday")),
        ("Tea: black, green", "Tea", ("black", "green")),
        ("Which? A, with milk; B, black", "Which?", ("A, with milk", "B, black")),
        ("Which? Ann; Bob", "Which?", ("Ann", "Bob")),
        ("Which?\n- A, with milk\n- B", "Which?", ("A, with milk", "B")),
        ("Which\n1. Rome\n2) Paris", "Which", ("Rome", "Paris")),
        ("Where to?\nRome\nParis", "Where to?", ("Rome", "Paris")),
        ("Where to?", "Where to?", ()),
        ("At 18:00 or later? yes, no", "At 18:00 or later?", ("yes", "no")),
    ],
)
def test_the_question_ends_at_its_mark_and_then_come_the_answers(
    text: str, topic: str, options: tuple[str, ...]
) -> None:
    draft = asked(text, Way.CHOICE)

    assert (draft.topic, draft.options) == (topic, options)


def test_terms_stand_behind_the_answers_each_apart_from_the_other() -> None:
    draft = asked("Which? A, B; until friday 18:00; hidden; quorum 60 %; pick 1 to 2", Way.CHOICE)

    assert draft.options == ("A", "B")
    assert draft.closes == FRIDAY
    assert draft.showing is Showing.AT_CLOSE
    assert (draft.quorum, draft.least, draft.most) == (60, 1, 2)


@pytest.mark.parametrize(
    ("clause", "name", "value"),
    [
        ("secret", "secret", True),
        ("anonymous", "secret", True),
        ("after mine", "showing", Showing.AFTER_MINE),
        ("results open", "showing", Showing.OPEN),
        ("quorum 75", "quorum", 75),
        ("up to 3", "most", 3),
        ("10 dots", "dots", 10),
        ("3 seats", "seats", 3),
        ("8 wanted", "target", 8),
        ("for 90 minutes", "minutes", 90),
        ("significant", "passing", Passing.SIGNIFICANT),
        ("until friday", "closes", FRIDAY),
        ("every month", "again", Cadence.MONTHLY),
        ("form", "form", True),
        ("no form", "form", False),
        ("deciders Ana, Ben and Cleo", "deciders", ("Ana", "Ben", "Cleo")),
    ],
)
def test_a_term_is_read_wherever_it_stands_as_a_whole(
    clause: str, name: str, value: object
) -> None:
    assert getattr(asked(f"We meet; {clause}", Way.PROPOSAL), name) == value
    assert getattr(read_clauses(clause, now=NOW, zone=ROME), name) == value
    assert asked(f"We meet; {clause}", Way.PROPOSAL).topic == "We meet"


def test_a_scale_is_two_numbers() -> None:
    draft = asked("How good? A, B; scale 1 to 10", Way.SCORE)

    assert (draft.lowest, draft.highest) == (1, 10)


@pytest.mark.parametrize(
    "text",
    [
        "We close the kitchen until friday",
        "Secret ballots are fine",
        "Quorum should be half of us",
        "Open the door; then go",
        "We stay until we find another room",
        "Every month we look back",
        "until friday 18:00",
    ],
)
def test_a_sentence_that_only_speaks_of_terms_stays_a_sentence(text: str) -> None:
    draft = asked(text, Way.PROPOSAL)

    assert draft == Draft(way=Way.PROPOSAL, topic="\n".join(text.split("; ")))


@pytest.mark.parametrize(
    "text",
    [
        "We meet on Tuesdays until friday 18:00",
        "We meet on Tuesdays, until friday",
        "We meet on Tuesdays\nuntil friday",
    ],
)
def test_the_end_may_stand_at_the_end(text: str) -> None:
    draft = asked(text, Way.PROPOSAL)

    assert (draft.topic, draft.closes) == ("We meet on Tuesdays", FRIDAY)


def test_types_and_secrecy_may_stand_in_front() -> None:
    draft = asked("secret significant We meet", Way.PROPOSAL)

    assert (draft.secret, draft.passing, draft.topic) == (True, Passing.SIGNIFICANT, "We meet")


@pytest.mark.parametrize(
    ("text", "way", "topic"),
    [
        ("dots Where to? A, B", Way.DOTS, "Where to?"),
        ("dot vote: Where to? A, B", Way.DOTS, "Where to?"),
        ("sense check How is it?", Way.SENSE, "How is it?"),
        ("ranking Where to? A, B", Way.RANKED, "Where to?"),
        ("question round What now?", Way.QUESTION, "What now?"),
        ("Question of the day? A, B", None, "Question of the day? A, B"),
        ("Count me in?", None, "Count me in?"),
    ],
)
def test_the_way_may_stand_in_front_and_a_sentence_is_no_way(
    text: str, way: Way | None, topic: str
) -> None:
    draft = asked(text)

    assert (draft.way, draft.topic) == (way, topic)


# --------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("friday 18:00, saturday 10:00", ("2026-11-27T18:00+01:00", "2026-11-28T10:00+01:00")),
        (
            "Friday 27 November, 19:00, Saturday 10:00",
            ("2026-11-27T19:00+01:00", "2026-11-28T10:00+01:00"),
        ),
        ("friday 18:00, 20:00", ("2026-11-27T18:00+01:00", "2026-11-27T20:00+01:00")),
        (
            "saturday 10:00; friday 18:00; friday 18:00",
            ("2026-11-27T18:00+01:00", "2026-11-28T10:00+01:00"),
        ),
        ("- friday 18:00\n- saturday 10:00", ("2026-11-27T18:00+01:00", "2026-11-28T10:00+01:00")),
    ],
)
def test_times_are_moments_in_order_each_once(text: str, expected: tuple[str, ...]) -> None:
    assert slots(text, now=NOW, zone=ROME) == expected


def test_a_time_poll_needs_no_question() -> None:
    draft = asked("friday 18:00, saturday 10:00; for 2 hours", Way.TIMES)

    assert (draft.topic, len(draft.options), draft.minutes) == ("", 2, 120)
    assert asked("When shall we sing?", Way.TIMES) == Draft(
        way=Way.TIMES, topic="When shall we sing?"
    )
    with pytest.raises(NotUnderstood, match="At what time"):
        asked("When? friday, saturday", Way.TIMES)


def test_a_rhythm_of_its_own_begins_where_it_opens() -> None:
    draft = asked("How was the month?; every month", Way.QUESTION)
    assert draft.again is not None

    kept = clauses.every(draft.again, NOW, ROME)

    assert words(kept) == "the 22nd of every month, 10:00"


# ------------------------------------------------------------------------------------------------- drafts


def test_answers_alone_may_have_terms_behind_them() -> None:
    draft = read_answers("Rome, Paris; hidden", now=NOW, zone=ROME, way=Way.DOTS)

    assert (draft.options, draft.showing) == (("Rome", "Paris"), Showing.AT_CLOSE)


def test_what_is_said_later_counts_and_what_is_not_said_stays() -> None:
    first = asked("Where to?; hidden", Way.DOTS)
    more = read_answers("Rome, Paris; 5 dots", now=NOW, zone=ROME, way=Way.DOTS)

    draft = joined(first, more)

    assert (draft.topic, draft.options, draft.showing, draft.dots) == (
        "Where to?", ("Rome", "Paris"), Showing.AT_CLOSE, 5,
    )  # fmt: skip


def test_terms_alone_that_are_none_are_refused() -> None:
    with pytest.raises(NotUnderstood, match="until friday 18:00"):
        read_clauses("soonish", now=NOW, zone=ROME)
    with pytest.raises(NotUnderstood, match="could not read"):
        read_clauses("until soonish", now=NOW, zone=ROME)


@given(st.text(max_size=120), st.sampled_from([None, *Way]))
def test_whatever_is_written_is_read_or_refused_and_kept_as_it_was(
    text: str, way: Way | None
) -> None:
    try:
        draft = asked(text, way)
    except NotUnderstood:
        return

    assert from_state(as_state(draft)) == draft


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Who leads? Ann, Bob; secert; until friday", "secret"),
        ("Who leads? Ann; Bob; hiden", "hidden"),
        ("Who leads? Ann, Bob; untill friday 18:00", "until friday 18:00"),
        ("Who leads? Ann, Bob; qourum 60 %", "quorum 60 %"),
        ("Who leads? Ann, Bob; 2 seets", "2 seats"),
        ("Who leads? Ann, Bob; anonimous, until friday", "anonymous"),
        ("Who leads?\nAnn\nBob\nsecert", "secret"),
    ],
)
def test_what_is_nearly_a_term_is_no_answer_and_is_refused_with_the_term(
    text: str, meant: str
) -> None:
    with pytest.raises(NotUnderstood, match=f"Did you mean “{meant}”"):
        asked(text, Way.CHOICE)


def test_of_a_proposal_too_a_mistyped_term_is_refused_and_a_sentence_is_kept() -> None:
    with pytest.raises(NotUnderstood, match="secret"):
        asked("We ask Ann to leave; secert", Way.PROPOSAL)
    kept = asked("We meet; and we bring tea\n\nSecrets\n\nWe keep them", Way.PROPOSAL)
    assert kept.topic.startswith("We meet\nand we bring tea")
    assert kept.secret is False


def test_what_stands_behind_the_answers_and_is_no_term_is_no_answer() -> None:
    with pytest.raises(NotUnderstood, match="I don't know the term “bla bla”"):
        asked("Who leads? Ann, Bob; bla bla; hidden", Way.CHOICE)
    with pytest.raises(NotUnderstood, match="I don't know the term “bla”"):
        read_answers("Ann, Bob; bla", now=NOW, zone=ROME, way=Way.CHOICE)


@pytest.mark.parametrize("text", ["Who leads? Ann, Bob, secret", "Who leads? Ann, Bob, hiden"])
def test_a_term_among_the_answers_is_none_of_them(text: str) -> None:
    with pytest.raises(NotUnderstood, match="stands among the answers"):
        asked(text, Way.CHOICE)


def test_an_answer_that_reads_like_a_term_stands_on_a_line_of_a_list() -> None:
    draft = asked("How shall we vote?\n- secret\n- secert\n- open", Way.CHOICE)

    assert (draft.options, draft.secret) == (("secret", "secert", "open"), False)


def test_two_numbers_behind_things_to_score_are_their_scale() -> None:
    draft = asked("Food? Rice, Soup; 1 to 10", Way.SCORE)

    assert (draft.options, draft.lowest, draft.highest) == (("Rice", "Soup"), 1, 10)


def test_a_number_behind_the_question_who_joins_is_how_many_are_wanted() -> None:
    draft = asked("Who helps? 3", Way.COUNT)

    assert (draft.topic, draft.target) == ("Who helps?", 3)


@pytest.mark.parametrize("text", ["tuesday 18:00 in Tokyo, friday 18:00", "tuesday 25:00"])
def test_times_that_cannot_be_say_what_is_wrong_with_them(text: str) -> None:
    with pytest.raises(NotUnderstood, match="I could not read “tuesday"):
        asked(text, Way.TIMES)


@pytest.mark.parametrize("term", clauses.TERMS)
def test_every_term_that_help_lists_is_one(term: str) -> None:
    assert clauses.read_clause(term, now=NOW, zone=ROME)
