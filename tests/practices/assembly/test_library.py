"""What congregations have shared: editions, forks, credit, licences, differences and updates."""

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.assembly.letters import Kind
from practices.assembly.library import (
    LONGEST_CHAIN,
    Adopted,
    Shared,
    difference,
    edition_of,
    find,
    may_become,
    shared,
    updates,
)
from practices.library import library, read
from practices.understanding import NotUnderstood
from tests.practices.assembly.assembled import Assembled, keeper

CLINIC = """\
name: kitchen clinic
purpose: One question, and a table that listens.
scales: [crew]
least: 3
most: 6
focus: yes
phases:
  - name: Question
    turns: focus
    minutes: 5
    prompt: What is your question?
  - name: Ideas
    turns: others
    minutes each: 2
    without: advice
"""


def shares(assembly: Assembled, who: str, edition: int = 1, **body: Any) -> str:
    """A congregation shares a practice; the letter's id."""
    name = body.get("name", "kitchen clinic")
    usual = {
        "name": name,
        "edition": edition,
        "text": CLINIC.replace("kitchen clinic", name) + f"source: edition {edition}\n",
        "licence": "CC-BY-4.0",
        "credit": f"Friends of {who}",
    }
    return assembly.says(who, Kind.PRACTICE, usual | body)


def only(assembly: Assembled) -> Shared:
    (found,) = shared(assembly.ledger)
    return found


def of(assembly: Assembled, name: str) -> Shared:
    return next(each for each in shared(assembly.ledger) if each.seat.name == name)


# ------------------------------------------------------------------------------------------- editions


@pytest.mark.requirement("R137")
def test_a_practice_is_listed_once_with_its_editions_newest_first() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    shares(assembly, "Harbour", 1)
    shares(assembly, "Harbour", 2, name="Kitchen Clinic", changes="shorter\nand kinder")

    found = only(assembly)

    assert found.seat.name == "Harbour"
    assert found.name == "Kitchen Clinic"
    assert [each.number for each in found.editions] == [2, 1]
    assert found.newest == found.editions[0]
    assert found.editions[0].changes == "shorter and kinder"
    assert found.here
    assert all(each.current and not each.refused for each in found.editions)


def test_two_congregations_may_share_practices_of_one_name_and_neither_hides_the_other() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    for who in ("Lakeside", "Harbour"):
        shares(assembly, who)

    assert [each.seat.name for each in shared(assembly.ledger)] == ["Harbour", "Lakeside"]


def test_nothing_was_shared_and_nothing_is_listed() -> None:
    assert shared(Assembled("Lakeside").ledger) == []


def test_who_never_kept_a_seat_shares_nothing() -> None:
    assembly = Assembled("Lakeside")
    shares(assembly, "@stranger:elsewhere.example")

    assert shared(assembly.ledger) == []


def test_what_was_shared_stays_readable_after_its_congregation_left_and_is_marked() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    letter = shares(assembly, "Harbour")
    assembly.leaves("Harbour")

    found = only(assembly)

    assert not found.here
    assert found.newest is not None
    assert found.newest.letter == letter
    assert not found.newest.current
    assert found.seat.name == "Harbour"


def test_editions_of_one_number_that_say_different_things_are_both_set_aside() -> None:
    assembly = Assembled("Lakeside")
    shares(assembly, "Lakeside", 1)
    shares(assembly, "Lakeside", 2, summary="one thing")
    shares(assembly, "Lakeside", 2, summary="another thing")

    found = only(assembly)

    assert [each.number for each in found.editions] == [1]
    assert [each.number for each in found.set_aside] == [2, 2]
    assert found.newest is not None
    assert found.newest.number == 1


def test_when_all_are_set_aside_the_practice_is_listed_without_an_edition() -> None:
    assembly = Assembled("Lakeside")
    for words in ("one", "another"):
        shares(assembly, "Lakeside", summary=words)

    assert only(assembly).editions == ()
    assert only(assembly).newest is None
    assert only(assembly).name == "kitchen clinic"


def test_an_edition_that_was_sent_twice_in_the_same_words_is_one() -> None:
    assembly = Assembled("Lakeside")
    letters = {shares(assembly, "Lakeside"), shares(assembly, "Lakeside")}

    found = only(assembly)

    assert len(letters) == 2
    assert [each.letter for each in found.editions] == [min(letters)]
    assert found.set_aside == ()


def test_a_new_keeper_goes_on_with_the_editions_of_its_congregation() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    shares(assembly, "Harbour", 1)
    assembly.hands_over("Harbour", "@new:harbour.example")
    newer = shares(assembly, "@new:harbour.example", 2)
    shares(assembly, "Harbour", 2, summary="by an account that speaks for nobody")

    found = only(assembly)

    assert [(each.number, each.current) for each in found.editions] == [(2, True), (1, False)]
    assert found.editions[0].letter == newer
    assert found.here


# ---------------------------------------------------------------------------------- what is refused


def test_a_text_that_cannot_be_run_is_listed_with_its_reason_and_cannot_be_adopted() -> None:
    assembly = Assembled("Lakeside")
    shares(assembly, "Lakeside", 1)
    shares(assembly, "Lakeside", 2, text="name: kitchen clinic\nphases: [")

    found = only(assembly)

    assert "I could not read" in found.editions[0].refused
    assert found.newest == found.editions[1]


def test_a_letter_and_its_text_call_a_practice_the_same() -> None:
    assembly = Assembled("Lakeside")
    shares(assembly, "Lakeside", name="case clinic", text=CLINIC)

    assert only(assembly).editions[0].refused == (
        "It is shared as “case clinic”, and its text calls it “kitchen clinic”."
    )


def test_a_letter_and_its_text_name_one_licence() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    shares(assembly, "Lakeside", text=f"{CLINIC}licence: cc by 4.0\n")
    shares(assembly, "Harbour", text=f"{CLINIC}licence: CC-BY-SA-4.0\n")

    assert of(assembly, "Lakeside").editions[0].refused == ""
    assert "“CC-BY-SA-4.0”" in of(assembly, "Harbour").editions[0].refused


@given(st.text(min_size=1, max_size=300).filter(str.strip))
@settings(max_examples=40, deadline=None)
def test_whatever_text_is_shared_the_list_can_be_made(text: str) -> None:
    assembly = Assembled("Lakeside")
    shares(assembly, "Lakeside", text=text)

    found = only(assembly)

    assert found.editions[0].refused
    assert found.newest is None


# ---------------------------------------------------------------------------- forks, credit, licences


def test_a_fork_says_what_it_was_made_from_and_carries_the_credit_of_all_before_it() -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    first = shares(assembly, "Lakeside")
    second = shares(assembly, "Harbour", forked_from=first)
    shares(assembly, "Meadow", forked_from=second, credit="friends of lakeside")

    fork, fork_of_fork = of(assembly, "Harbour").editions[0], of(assembly, "Meadow").editions[0]

    assert fork.origin is not None
    assert fork.origin.name == "Lakeside"
    assert fork.credits == ("Friends of Lakeside", "Friends of Harbour")
    assert fork.refused == ""
    assert fork_of_fork.origin is not None
    assert fork_of_fork.origin.name == "Harbour"
    # Each is named once, and nobody can be left out.
    assert fork_of_fork.credits == ("Friends of Lakeside", "Friends of Harbour")


def test_a_fork_keeps_to_the_licences_of_all_that_it_was_made_from() -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    first = shares(assembly, "Lakeside", licence="CC-BY-SA-4.0")
    second = shares(assembly, "Harbour", forked_from=first, licence="CC0-1.0")
    shares(assembly, "Meadow", forked_from=second, licence="CC0-1.0")

    for name in ("Harbour", "Meadow"):
        refused = of(assembly, name).editions[0].refused
        assert "made from a practice of Lakeside under “CC-BY-SA-4.0”" in refused
        assert of(assembly, name).newest is None


def test_whose_work_it_is_its_licence_is_theirs_to_change() -> None:
    assembly = Assembled("Lakeside")
    first = shares(assembly, "Lakeside", 1, licence="CC-BY-SA-4.0")
    shares(assembly, "Lakeside", 2, licence="CC0-1.0", forked_from=first)

    assert only(assembly).editions[0].refused == ""


def test_a_fork_of_what_was_never_shared_here_cannot_be_adopted() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    foreign = shares(assembly, "@stranger:elsewhere.example")
    shares(assembly, "Lakeside", forked_from="A" * 43)
    shares(assembly, "Harbour", forked_from=foreign)

    for name in ("Lakeside", "Harbour"):
        edition = of(assembly, name).editions[0]
        assert "has not been shared here" in edition.refused
        assert edition.origin is None


def test_a_fork_of_what_has_left_still_knows_whose_work_it_is() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    first = shares(assembly, "Harbour")
    shares(assembly, "Lakeside", forked_from=first)
    assembly.leaves("Harbour")

    fork = of(assembly, "Lakeside").editions[0]

    assert fork.credits[0] == "Friends of Harbour"
    assert fork.refused == ""


def test_forks_without_end_are_refused_where_nobody_can_be_thanked_any_more() -> None:
    assembly = Assembled("Lakeside")
    letter = None
    for edition in range(1, LONGEST_CHAIN + 4):
        more: dict[str, Any] = {"forked_from": letter} if letter else {}
        letter = shares(assembly, "Lakeside", edition, **more)

    editions = {each.number: each for each in only(assembly).editions}

    assert editions[LONGEST_CHAIN + 1].refused == ""
    assert f"more than {LONGEST_CHAIN} times" in editions[LONGEST_CHAIN + 2].refused


@pytest.mark.parametrize(
    ("licence", "other", "may"),
    [
        ("CC0-1.0", "CC-BY-SA-4.0", True),
        ("public domain", "whatever they like", True),
        ("CC-BY-4.0", "CC BY-SA 4.0", True),
        ("CC-BY-4.0", "CC-BY-NC-4.0", True),
        ("CC-BY-4.0", "CC0-1.0", False),
        ("CC-BY-4.0", "CC-BY-ND-4.0", False),
        ("CC-BY-4.0", "their own", False),
        ("CC-BY-SA-3.0", "cc by-sa 4.0", True),
        ("CC-BY-SA-4.0", "CC-BY-SA-3.0", False),
        ("CC-BY-SA-4.0", "CC-BY-4.0", False),
        ("CC-BY-NC-4.0", "CC-BY-4.0", False),
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", False),
        ("Peer Production Licence", "peer production licence", True),
        ("Peer Production Licence", "CC-BY-4.0", False),
        ("MIT", "CC0-1.0", False),
    ],
)
def test_only_what_a_licence_is_known_to_allow_is_allowed(
    licence: str, other: str, may: bool
) -> None:
    assert may_become(licence, other) is may


# -------------------------------------------------------------------------------------------- finding


def test_a_practice_is_found_by_its_name_and_that_of_one_congregation_by_both() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    for who in ("Lakeside", "Harbour"):
        shares(assembly, who)
    shares(assembly, "Harbour", name="silent walk")
    among = shared(assembly.ledger)

    def found(name: str) -> list[tuple[str, str]]:
        return [(each.name, each.seat.name) for each in find(name, among)]

    both = [("kitchen clinic", "Harbour"), ("kitchen clinic", "Lakeside")]
    assert found("Kitchen-Clinic") == both
    assert found("kitchen clinic of lakeside") == both[1:]
    assert found("silent") == [("silent walk", "Harbour")]
    with pytest.raises(NotUnderstood, match="Did you mean “silent walk”"):
        find("sylent wolk", among)
    with pytest.raises(NotUnderstood, match="The list of what is shared"):
        find("✨", among)


# -------------------------------------------------------------------------------------------- updates


@pytest.mark.requirement("R137")
def test_an_update_is_something_to_ask_about_and_a_pinned_practice_hears_of_none() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    first = shares(assembly, "Harbour", 1)
    second = shares(assembly, "Harbour", 2)
    third = shares(assembly, "Harbour", 3)
    among = shared(assembly.ledger)

    (update,) = updates([Adopted(letter=first), Adopted(letter=second)], among)

    assert (update.old.letter, update.new.letter) == (first, third)
    assert update.shared.seat.name == "Harbour"
    assert updates([Adopted(letter=first, pinned=True)], among) == ()
    assert updates([Adopted(letter=third), Adopted(letter="B" * 43)], among) == ()


def test_no_update_comes_from_an_account_that_speaks_for_nobody_any_more() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    first = shares(assembly, "Harbour", 1)
    shares(assembly, "Harbour", 2)
    assembly.hands_over("Harbour", "@new:harbour.example")

    assert updates([Adopted(letter=first)], shared(assembly.ledger)) == ()

    newest = shares(assembly, "@new:harbour.example", 3)
    (update,) = updates([Adopted(letter=first)], shared(assembly.ledger))
    assert update.new.letter == newest


def test_what_cannot_be_run_or_was_set_aside_is_no_update_and_can_be_left_for_one() -> None:
    assembly = Assembled("Lakeside")
    first = shares(assembly, "Lakeside", 1)
    shares(assembly, "Lakeside", 2, text="nothing that runs")
    aside = shares(assembly, "Lakeside", 3, summary="one")
    shares(assembly, "Lakeside", 3, summary="another")
    among = shared(assembly.ledger)

    assert updates([Adopted(letter=first)], among) == ()
    found = edition_of(aside, among)
    assert found is not None
    assert found[1].number == 3

    fourth = shares(assembly, "Lakeside", 4)
    (update,) = updates([Adopted(letter=aside)], shared(assembly.ledger))
    assert update.new.letter == fourth


@pytest.mark.parametrize("seed", range(5))
def test_everybody_lists_the_same_whatever_came_first(seed: int) -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    first = shares(assembly, "Harbour", 1)
    shares(assembly, "Harbour", 2, summary="one")
    shares(assembly, "Harbour", 2, summary="another")
    shares(assembly, "Meadow", forked_from=first)
    assembly.hands_over("Harbour", "@new:harbour.example")
    shares(assembly, "@new:harbour.example", 2)
    assembly.leaves("Meadow")

    other = assembly.read_otherwise(seed)

    assert shared(other) == shared(assembly.ledger)
    assert other.roll.ever == assembly.ledger.roll.ever
    assert {keeper("Harbour"), keeper("Meadow")} <= other.roll.ever.keys()


# ----------------------------------------------------------------------------------------- differences


def test_a_difference_is_told_phase_by_phase_in_words() -> None:
    new = (
        CLINIC.replace("minutes: 5", "minutes: 90")
        .replace("most: 6", "most: 8")
        .replace("    without: advice\n", "")
        + "  - name: Thanks\n    turns: each\n    minutes each: 0.5\n    prompt: What helped?\n"
    )

    assert difference(CLINIC, new).splitlines() == [
        "It takes so many people: 3 to 8 (before: 3 to 6).",
        "“Question” takes 1 hour 30 minutes (before: 5 minutes).",
        "“Ideas” leaves out nothing (before: “advice”).",
        "New: “Thanks”, after “Ideas”: 0.5 minutes each, each in turn: “What helped?”",
    ]


def test_phases_that_went_or_moved_are_named() -> None:
    head, question, ideas = (
        CLINIC.partition("  - name: Question")[0],
        *(f"  - name: {part}" for part in CLINIC.split("  - name: ")[1:]),
    )

    assert difference(CLINIC, head + question) == "Gone: “Ideas”."
    assert difference(CLINIC, head + ideas + question) in (
        "Moved: “Ideas” now comes at the beginning.",
        "Moved: “Question” now comes after “Ideas”.",
    )


def test_what_is_asked_in_private_and_who_sees_it_is_part_of_the_difference() -> None:
    form = "    form:\n      fields: [How safe was it]\n      scale: 1-7\n      shows: average\n"

    told = difference(CLINIC, CLINIC + form)

    assert "“Ideas” asks in private: “How safe was it” (new)." in told
    assert "“Ideas” shows of the answers: average (new)." in told


def test_a_long_text_is_shown_from_where_it_is_another() -> None:
    long = "One thing after another, and everybody listens until it is said to its end, and then "
    old, new = (
        CLINIC.replace("What is your question?", long * 3 + end) for end in ("rest.", "walk.")
    )

    (line,) = difference(old, new).splitlines()

    assert "walk.”" in line
    assert "rest.”" in line
    assert len(line) < 200


def test_nothing_is_different_between_a_text_and_itself_written_otherwise() -> None:
    assert difference(CLINIC, CLINIC) == ""
    assert difference(CLINIC, CLINIC.replace("[crew]", "\n  - crew")) == ""


def test_a_text_that_cannot_be_read_is_compared_line_by_line() -> None:
    told = difference(CLINIC, CLINIC.replace("least: 3", "least: many"))

    assert told.splitlines() == ["Gone: “least: 3”", "New: “least: many”"]


@pytest.mark.parametrize("name", sorted(library()))
def test_each_field_of_a_script_shows_when_it_is_different(name: str) -> None:
    """Between any two scripts of the library there is something to tell, and not without end."""
    texts = {
        read(file.read_text("utf-8")).name: file.read_text("utf-8")
        for file in files("practices").joinpath("scripts").iterdir()
    }
    script = library()[name]
    other = next(text for called, text in sorted(texts.items()) if called != script.name)

    told = difference(texts[script.name], other)

    assert "It is called" in told
    assert len(told.splitlines()) <= 31
    assert len(told) < 20_000
    assert difference(texts[script.name], texts[script.name]) == ""


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_two_texts_can_be_compared(old: str, new: str) -> None:
    told = difference(old, new)

    assert len(told.splitlines()) <= 31
    if old == new:
        assert told == ""
