"""Sealed answers: read kindly, opened at one moment, and shown so that nobody is given away."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from practices.forms import (
    FEWEST_AVERAGED,
    LONGEST_ANSWER,
    Answer,
    Reveal,
    answers_words,
    as_state,
    complete,
    from_state,
    is_due,
    offered,
    opens_at,
    read_answer,
    reveal,
)
from practices.script import Field, Form, Opens, Shows
from practices.understanding import NotUnderstood

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WISH = ("none", "small", "large")
PEOPLE = ("@ana", "@ben", "@cleo", "@dorian", "@elspeth", "@finn", "@gita")


def fields(count: int, *, sensitive: frozenset[int] = frozenset()) -> tuple[Field, ...]:
    return tuple(
        Field(name=f"f{number}", text=f"Question {number}?", sensitive=number in sensitive)
        for number in range(count)
    )


WORDS = Form(fields=fields(2))
REPORT = Form(fields=fields(5), opens=Opens.HOURS, hours=72, only_to_writers=True)
CHOICES = Form(fields=fields(3, sensitive=frozenset({2})), choices=WISH, shows=Shows.OVERLAPS)
PULSE = Form(fields=fields(7), scale=(1, 7), shows=Shows.AVERAGE, least=5)


# ------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("large", "large"),
        ("  LARGE! ", "large"),
        ("larg", "large"),
        ("lrage", "large"),
        ("smal", "small"),
        ("n", "none"),
        ("3", "large"),
        ("2\ufe0f\u20e3", "small"),
        ("“none”", "none"),
    ],
)
def test_a_choice_is_understood_by_its_words_its_place_or_nearly(said: str, read: str) -> None:
    assert read_answer(CHOICES, said) == read


@pytest.mark.parametrize("said", ["", "huge", "4", "0", "not small", "none or large", "\x00"])
def test_what_is_no_choice_is_not_guessed_and_not_quoted(said: str) -> None:
    with pytest.raises(NotUnderstood) as puzzled:
        read_answer(CHOICES, said)

    assert str(puzzled.value) == "Say none, small or large."


def test_a_beginning_that_two_choices_share_is_neither() -> None:
    form = Form(fields=fields(1), choices=("continue", "consult", "end"))

    with pytest.raises(NotUnderstood):
        read_answer(form, "con")
    assert read_answer(form, "e") == "end"


@pytest.mark.parametrize(
    ("said", "read"), [("5", 5), ("５", 5), ("five", 5), ("5/7", 5), ("5 out of 7", 5), ("7.", 7)]
)
def test_a_number_is_read_as_people_write_it(said: str, read: int) -> None:
    assert read_answer(PULSE, said) == read


@pytest.mark.parametrize("said", ["0", "8", "-3", "4.5", "many", "", "5/10", "99999999999"])
def test_what_is_not_on_the_scale_is_asked_again(said: str) -> None:
    with pytest.raises(NotUnderstood, match="Say a whole number from 1 to 7"):
        read_answer(PULSE, said)


def test_a_scale_may_begin_at_nought() -> None:
    form = Form(fields=fields(1), scale=(0, 10))

    assert [read_answer(form, said) for said in ("0", "zero", "10")] == [0, 0, 10]
    assert offered(form) == tuple(range(11))


def test_words_stay_as_they_are() -> None:
    assert read_answer(WORDS, "  I was afraid.\n\n*Very.*  ") == "I was afraid.\n\n*Very.*"


@pytest.mark.parametrize("said", ["", " \n ", "x" * (LONGEST_ANSWER + 1)])
def test_nothing_and_too_much_are_answered_kindly_and_never_quoted(said: str) -> None:
    with pytest.raises(NotUnderstood) as puzzled:
        read_answer(WORDS, said)

    assert "xx" not in str(puzzled.value)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.sampled_from([WORDS, CHOICES, PULSE]), st.text(max_size=60))
def test_whatever_is_written_it_is_an_answer_there_is_or_not_understood(
    form: Form, said: str
) -> None:
    try:
        read = read_answer(form, said)
    except NotUnderstood as puzzled:
        assert len(said) < 8 or said not in str(puzzled)
    else:
        assert read in offered(form) or not offered(form)


def test_how_to_answer_is_said_in_words() -> None:
    assert answers_words(CHOICES) == "none, small or large"
    assert answers_words(PULSE) == "a number from 1 to 7"
    assert answers_words(WORDS) == ""
    assert answers_words(Form(fields=fields(1), choices=("yes",))) == "yes"


# ----------------------------------------------------------------------------------------- the moment

FORMS = st.sampled_from(
    [
        Form(fields=fields(1), opens=Opens.ALL),
        Form(fields=fields(1), opens=Opens.PHASE),
        Form(fields=fields(1), opens=Opens.HOURS, hours=48),
    ]
)


@pytest.mark.requirement("R75", "R78")
@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    FORMS,
    st.sets(st.sampled_from(PEOPLE)),
    st.integers(-10_000, 10_000),
    st.booleans(),
)
def test_nothing_opens_before_its_moment(
    form: Form, waiting: set[str], minutes: int, ended: bool
) -> None:
    now = NOW + timedelta(minutes=minutes)

    due = is_due(form, waiting=waiting, at=NOW, now=now, ended=ended)

    reasons = {
        Opens.ALL: ended or not waiting,
        Opens.PHASE: ended,
        Opens.HOURS: False,
    }
    assert due is (minutes >= 0 or reasons[form.opens])


def test_the_moment_is_after_the_forms_hours_or_the_latest_there_is() -> None:
    latest = NOW + timedelta(days=7)

    assert opens_at(REPORT, asked_at=NOW, latest=latest) == NOW + timedelta(hours=72)
    assert opens_at(WORDS, asked_at=NOW, latest=latest) == latest
    assert complete([])
    assert not complete(["@ana"])


# ---------------------------------------------------------------------------------------- what is shown

SHOWN = st.sampled_from(list(Shows))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Form, dict[str, dict[str, Answer]], list[str]]:
    """A form, answers to it (some left out), and who was asked."""
    shows = draw(SHOWN)
    kind = draw(st.sampled_from(["words", "choices", "scale"]))
    form = Form(
        fields=fields(3, sensitive=draw(st.sampled_from([frozenset(), frozenset({2})]))),
        choices=WISH if kind == "choices" else (),
        scale=(1, 7) if kind == "scale" or shows is Shows.AVERAGE else None,
        shows=shows,
        only_to_writers=draw(st.booleans()),
        least=draw(st.integers(1, 5)),
    ) if not (kind == "choices" and shows is Shows.AVERAGE) else PULSE  # fmt: skip
    values = st.sampled_from(offered(form) or ("kettle", "garden", "sea", "ash"))
    asked = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True))
    answers: dict[str, dict[str, Answer]] = {}
    for person in asked:
        said = {
            field.name: draw(values) for field in form.fields if draw(st.sampled_from([1, 1, 0]))
        }
        if said and draw(st.sampled_from([1, 1, 1, 0])):
            answers[person] = said
    return form, answers, asked


def said_of(shown: Reveal) -> list[str]:
    """Every person whose name is in what is shown."""
    named = {person for line in shown.lines for person, _answer in line.said if person}
    return sorted(named | set(shown.to or ()))


@pytest.mark.requirement("R78")
@settings(derandomize=True, deadline=None, max_examples=150)
@given(answered(), st.randoms(use_true_random=False))
def test_the_order_of_answering_leaves_no_trace(
    case: tuple[Form, dict[str, dict[str, Answer]], list[str]], chance: object
) -> None:
    form, answers, asked = case
    people = list(answers)
    chance.shuffle(people)  # type: ignore[attr-defined]
    later = {person: dict(reversed(answers[person].items())) for person in people}

    assert reveal(form, later, asked=reversed(asked)) == reveal(form, answers, asked=asked)  # type: ignore[arg-type]


@pytest.mark.requirement("R10")
@settings(derandomize=True, deadline=None, max_examples=150)
@given(answered(), st.sampled_from(PEOPLE))
def test_whoever_passed_is_named_nowhere_and_cannot_be_told_from_another(
    case: tuple[Form, dict[str, dict[str, Answer]], list[str]], other: str
) -> None:
    form, answers, asked = case
    passed = [person for person in asked if person not in answers]

    shown = reveal(form, answers, asked=asked)

    assert not set(passed) & set(said_of(shown))
    assume(passed and other not in answers)
    # Another in their place, or a pass on every question, one by one: all look the same.
    instead = [other if person == passed[0] else person for person in asked]
    assert reveal(form, answers, asked=instead) == shown
    assert reveal(form, {**answers, passed[0]: {}}, asked=asked) == shown


@pytest.mark.requirement("R79")
@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.integers(1, 7),
    st.integers(0, 6),
    st.data(),
)
def test_fewer_than_enough_answers_show_the_same_whatever_they_are(
    least: int, wrote: int, data: st.DataObject
) -> None:
    form = Form(fields=fields(2), scale=(1, 7), shows=Shows.AVERAGE, least=least)
    enough = max(least, FEWEST_AVERAGED)
    assume(0 < wrote < enough)
    numbers = st.lists(st.integers(1, 7), min_size=wrote, max_size=wrote)
    one, other = data.draw(numbers), data.draw(numbers)

    shown = [
        reveal(
            form,
            {who: {"f0": number} for who, number in zip(PEOPLE, given_, strict=False)},
            asked=PEOPLE,
        )
        for given_ in (one, other)
    ]

    assert shown[0] == shown[1] == Reveal(too_few=True)


@pytest.mark.requirement("R79")
def test_of_five_answers_there_is_one_average_for_each_statement_and_nothing_else() -> None:
    answers: dict[str, dict[str, Answer]] = {
        who: {f"f{number}": number % 7 + 1 for number in range(7)} for who in PEOPLE[:5]
    }
    answers["@ana"]["f0"] = 4
    del answers["@ben"]["f6"]

    shown = reveal(PULSE, answers, asked=PEOPLE)

    assert [line.field.name for line in shown.lines] == ["f0", "f1", "f2", "f3", "f4", "f5"]
    assert shown.lines[0].average == 1.6
    assert not any(line.said or line.counts for line in shown.lines)
    assert shown.to is None


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 7), min_size=5, max_size=5))
def test_an_average_does_not_tell_who_gave_which(numbers: list[int]) -> None:
    def shown(order: tuple[int, ...]) -> Reveal:
        answers = {who: {"f0": number} for who, number in zip(PEOPLE, order, strict=False)}
        return reveal(PULSE, answers, asked=PEOPLE)

    assert (
        len({shown(order) for order in itertools.islice(itertools.permutations(numbers), 24)}) == 1
    )


def test_texts_carry_names_and_unnamed_ones_are_sorted_by_what_they_say() -> None:
    answers: dict[str, dict[str, Answer]] = {
        "@cleo": {"f0": "a walk"},
        "@ana": {"f0": "the sea"},
        "@ben": {"f0": "bread"},
    }
    unnamed = Form(fields=fields(1), shows=Shows.UNNAMED)

    [named] = reveal(WORDS, answers, asked=PEOPLE).lines
    [nameless] = reveal(unnamed, answers, asked=PEOPLE).lines

    assert named.said == (("@ana", "the sea"), ("@ben", "bread"), ("@cleo", "a walk"))
    assert nameless.said == ((None, "a walk"), (None, "bread"), (None, "the sea"))


@pytest.mark.requirement("R78")
def test_overlaps_are_shown_only_where_each_who_took_part_opened_the_field() -> None:
    answers: dict[str, dict[str, Answer]] = {
        "@ana": {"f0": "large", "f1": "none", "f2": "small"},
        "@ben": {"f0": "small", "f2": "small"},
    }

    shown = reveal(CHOICES, answers, asked=["@ana", "@ben"])

    assert [(line.field.name, line.counts) for line in shown.lines] == [
        ("f0", (("small", 1), ("large", 1))),
        ("f2", (("small", 2),)),
    ]


@pytest.mark.requirement("R78")
def test_what_is_sensitive_stays_shut_unless_everybody_who_was_asked_opened_it() -> None:
    answers: dict[str, dict[str, Answer]] = {
        "@ana": {"f0": "large", "f2": "small"},
        "@ben": {"f0": "small", "f2": "small"},
    }

    for shows in (Shows.OVERLAPS, Shows.COUNTS, Shows.TEXTS, Shows.UNNAMED):
        form = Form(fields=CHOICES.fields, choices=WISH, shows=shows)
        shown = reveal(form, answers, asked=["@ana", "@ben", "@cleo"])
        assert [line.field.name for line in shown.lines] == ["f0"]


@pytest.mark.requirement("R75")
def test_reports_open_to_those_who_wrote_one_and_to_nobody_else() -> None:
    shown = reveal(REPORT, {"@ben": {"f0": "dug"}, "@ana": {"f2": "light"}}, asked=PEOPLE[:4])

    assert shown.to == ("@ana", "@ben")
    assert reveal(REPORT, {}, asked=PEOPLE[:4]).to == ()


def test_counts_are_in_the_forms_order_and_leave_out_what_nobody_said() -> None:
    form = Form(
        fields=fields(1), choices=("continue", "change", "split", "end"), shows=Shows.COUNTS
    )
    answers: dict[str, dict[str, Answer]] = {
        "@ana": {"f0": "end"},
        "@ben": {"f0": "continue"},
        "@cleo": {"f0": "continue"},
    }

    [line] = reveal(form, answers, asked=PEOPLE).lines

    assert line.counts == (("continue", 2), ("end", 1))


def test_what_is_for_its_writer_alone_is_never_shown() -> None:
    form = Form(fields=fields(1), shows=Shows.NOTHING)

    assert reveal(form, {"@ana": {"f0": "x"}}, asked=PEOPLE) == Reveal()


def test_answers_to_questions_that_a_form_does_not_ask_are_nothing() -> None:
    assert reveal(WORDS, {"@ana": {"other": "x"}}, asked=PEOPLE) == Reveal()


# -------------------------------------------------------------------------------------------- keeping


@settings(derandomize=True, deadline=None, max_examples=60)
@given(answered())
def test_a_form_comes_back_as_it_was_kept(
    case: tuple[Form, dict[str, dict[str, Answer]], list[str]],
) -> None:
    assert from_state(as_state(case[0])) == case[0]
    assert from_state(as_state(REPORT)) == REPORT
