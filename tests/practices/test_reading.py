"""Scripts as people write them: read whole, or refused with the line and column of every mistake."""

import math
import re
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.circles import Scale
from practices.library import ScriptMistake, library, read
from practices.outline import LONGEST_TEXT, MOST_MISTAKES, unfenced
from practices.script import (
    Field,
    Form,
    Opens,
    Outcome,
    Phase,
    Role,
    Script,
    Shows,
    Sitting,
    Turns,
)
from practices.understanding import NotUnderstood

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scripts.md"
EXAMPLES = re.findall(
    r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)

WHOLE = """\
name: Porridge talk
purpose: Begin a day well.
scales: [dyad, crew]
least: 2
most: 6
focus: yes
phases:
  - name: Arriving
    turns: silent
    minutes: 1
  - name: Round
    turns: each
    minutes each: 2.5
    prompt: What woke you?
  - name: Story
    turns: focus
    minutes: 5
"""


def mistakes(text: str) -> list[str]:
    """What is told of a text that cannot be read."""
    with pytest.raises(ScriptMistake) as found:
        read(text)
    return [str(mistake) for mistake in found.value.mistakes]


def with_line(number: int, line: str) -> str:
    """The whole script with another line, or more, at `number`."""
    lines = WHOLE.splitlines()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


def test_everything_that_can_be_written_becomes_what_it_says() -> None:
    text = """\
Name: Everything
purpose: >-
  All of it,
  once.
source: R64
scales: [crew, congregation]
least: 4
most: 12
booked: 120
every_days: 7
before: |
  First line.
  Second line.
focus: yes
roles:
  - name: Cook
    holds: the spoon
outcome: Respect
keeps: what was decided
link: https://example.org/guides
credit: nobody
licence: CC-BY-4.0
phases:
  - name: One
    turns: OTHERS
    minutes: 5
    up to: 7.5
    rounds: 2
    prompt: "Say: yes"
    without: advice
    optional: true
    may-mark: on
    next step: yes
    form:
      fields:
        - Simple
        - name: deep
          text: How deep?
          sensitive: yes
      scale: [1, 5]
      opens: hours
      hours: 1.5
      shows: average
      only to writers: yes
      least: 3
  - name: Two
    minutes: 1
forms:
  short: [1, 0.5]
"""
    assert read(text) == Script(
        name="Everything",
        purpose="All of it, once.",
        source="R64",
        scales=(Scale.CREW, Scale.CONGREGATION),
        least=4,
        most=12,
        booked=120,
        every_days=7,
        focus=True,
        roles=(Role(name="Cook", holds="the spoon"),),
        outcome=Outcome.RESPECT,
        keeps=("what was decided",),
        link="https://example.org/guides",
        credit="nobody",
        licence="CC-BY-4.0",
        forms=(("short", (1.0, 0.5)),),
        sittings=(
            Sitting(
                name="Everything",
                before="First line.\nSecond line.",
                phases=(
                    Phase(
                        name="One",
                        turns=Turns.OTHERS,
                        minutes=5,
                        up_to=7.5,
                        rounds=2,
                        prompt="Say: yes",
                        without="advice",
                        optional=True,
                        may_mark=True,
                        next_step=True,
                        form=Form(
                            fields=(
                                Field(name="Simple", text="Simple"),
                                Field(name="deep", text="How deep?", sensitive=True),
                            ),
                            scale=(1, 5),
                            opens=Opens.HOURS,
                            hours=1.5,
                            shows=Shows.AVERAGE,
                            only_to_writers=True,
                            least=3,
                        ),
                    ),
                    Phase(name="Two", turns=Turns.TOGETHER, minutes=1),
                ),
            ),
        ),
    )


def test_what_is_left_out_is_what_is_usual() -> None:
    script = read("name: x\npurpose: y\nscales: crew\nphases: [{name: a, minutes: 1}]")

    assert (script.least, script.most, script.licence) == (3, 8, "CC0-1.0")
    assert script.phases[0].turns is Turns.TOGETHER
    assert not script.focus


def test_the_whole_example_of_these_tests_is_read() -> None:
    assert read(WHOLE).minutes_for(4) == 1 + 4 * 2.5 + 5


# ------------------------------------------------------------------------------- mistakes, each with its place

FORM = "    minutes: 1\n    form:\n      fields: [a]\n"

MISTAKES = [
    (with_line(10, "    minutes: -3"), "line 10, column 14: minutes needs to be more than 0; it says -3"),
    (with_line(10, "    minutes: 0"), "line 10, column 14: minutes needs to be more than 0; it says 0"),
    (with_line(10, "    minutes: .nan"), "line 10, column 14: minutes is a number such as 3 or 2.5; it says “.nan”"),
    (with_line(10, "    minutes: NaN"), "line 10, column 14: minutes is a number such as 3 or 2.5; it says “NaN”"),
    (with_line(10, "    minutes: .inf"), "line 10, column 14: minutes is a number such as 3 or 2.5; it says “.inf”"),
    (with_line(10, "    minutes: 1e9"), "line 10, column 14: minutes is a number such as 3 or 2.5; it says “1e9”"),
    (with_line(10, "    minutes: 2,5"), "line 10, column 14: minutes is a number such as 3 or 2.5; it says “2,5”"),
    (with_line(10, "    minutes: 10081"), "line 10, column 14: minutes needs to be at most 10080, which is a week; it says 10081"),
    (with_line(10, "    minutes: 999999999999999999999"), "line 10, column 14: minutes is a number such as 3 or 2.5; it says “999999999999999999999”"),
    (with_line(10, "    minutes: [1]"), "line 10, column 14: minutes is words, and here stands a list"),
    (with_line(10, "    minutes:"), "line 8, column 5: a phase needs a time, such as “minutes: 5”, or “minutes each: 3” with turns"),
    (with_line(10, "    minutes: 1\n    minutes each: 1"), "line 11, column 19: a phase has minutes for the whole, or minutes each, not both"),
    (with_line(10, "    minutes each: 1"), "line 10, column 19: minutes each needs turns, such as “turns: each”; here it says silent"),
    (with_line(10, "    minutes: 1\n    rounds: 2"), "line 11, column 13: rounds needs turns, such as “turns: each”; here it says silent"),
    (with_line(17, "    minutes: 5\n    rounds: 2"), "line 18, column 13: one person alone has no rounds"),
    (with_line(13, "    minutes each: 2.5\n    rounds: 0"), "line 14, column 13: rounds goes from 1 to 10; it says 0"),
    (with_line(13, "    minutes each: 2.5\n    rounds: two"), "line 14, column 13: rounds is a whole number from 1 to 10; it says “two”"),
    (with_line(13, "    minutes each: 2.5\n    up to: 2"), "line 14, column 12: up to is 2, and the phase takes 2.5 minutes already"),
    (with_line(1, "name:"), "line 1, column 1: name says nothing, such as “name: check-in round”"),
    (with_line(1, "name: '  '"), "line 1, column 1: name says nothing, such as “name: check-in round”"),
    (with_line(1, "# nothing"), "line 2, column 1: a script needs its name, such as “name: check-in round”"),
    (with_line(1, "name: '?!'"), "line 1, column 7: name needs a letter or a number in it"),
    (with_line(1, "name: " + "x" * 61), "line 1, column 7: name takes at most 60 letters; these are 61"),
    (with_line(14, "    prompt: " + "x" * 401), "line 14, column 13: prompt takes at most 400 letters; these are 401"),
    (with_line(8, "  - name: ''"), "line 8, column 5: name says nothing, such as “name: opening”"),
    (with_line(4, "least: 7"), "line 4, column 8: least is 7, more than most, which is 6"),
    (with_line(4, "least: 0"), "line 4, column 8: least goes from 1 to 200; it says 0"),
    (with_line(5, "most: 12"), "line 5, column 7: most is 12, and a dyad holds 2 and a crew holds 3 to 8"),
    (with_line(4, "least: 1"), "line 4, column 8: least is 1, and a dyad holds 2 and a crew holds 3 to 8"),
    (with_line(4, "least: 3"), "line 3, column 9: from 3 to 6 people it never fits a dyad: a dyad holds 2"),
    (with_line(3, "scales: [crwe]"), "line 3, column 10: each of the scales is one of self, dyad, crew, congregation, assembly; it says “crwe”; did you mean crew?"),
    (with_line(3, "scales: []"), "line 3, column 9: scales says nothing, such as “scales: [dyad, crew]”"),
    (with_line(6, "focus: perhaps"), "line 6, column 8: focus is yes or no; it says “perhaps”"),
    (with_line(6, "focus: no"), "line 16, column 12: turns: focus needs a focus person; say “focus: yes” in the script or “for each: yes” here"),
    (with_line(17, "    minutes: 5\n    for each: yes"), "line 18, column 15: a script has one focus person (focus: yes), or each in turn (for each: yes), not both"),
    (with_line(6, "focus: no\nphases: [{name: a, minutes: 1, next step: yes}]\n# ") .split("# ")[0], "line 7, column 43: next step is asked of a focus person; say “focus: yes” in the script or “for each: yes” here"),
    (with_line(9, "    turns: echo"), "line 9, column 12: turns is one of together, each, others, focus, handed, silent; it says “echo”; did you mean each?"),
    (with_line(9, "    tuns: silent"), "line 9, column 5: a phase knows no “tuns”; did you mean turns?"),
    (with_line(2, "porpose: x"), "line 2, column 1: a script knows no “porpose”; did you mean purpose?"),
    (with_line(14, "    then: Arriving"), "line 14, column 5: “then” has no place here: phases run in the order in which they stand, each once; “rounds: 2” gives everybody two turns"),
    (with_line(14, "    goto: Arriving"), "line 14, column 5: “goto” has no place here: phases run in the order in which they stand, each once; “rounds: 2” gives everybody two turns"),
    (with_line(14, "    next: Arriving"), "line 14, column 5: “next” has no place here: phases run in the order in which they stand, each once; “rounds: 2” gives everybody two turns"),
    (with_line(2, "purpose: a\npurpose: b"), "line 3, column 1: “purpose” stands here a second time; the first is on line 2"),
    (with_line(13, "    minutes each: 2\n    minutes_each: 3"), "line 14, column 5: “minutes_each” stands here a second time; the first is on line 13"),
    (with_line(2, "purpose: &here x"), "line 2, column 10: a script names no part of itself by &name; write it out"),
    (with_line(2, "purpose: *here"), "line 2, column 10: a script refers to nothing by *name; write it out"),
    (with_line(2, "<<: {purpose: x}"), "line 2, column 1: a script takes nothing over by <<; write it out"),
    (with_line(2, "purpose: !!str x"), "line 2, column 10: a script takes no tags such as !this; put the text in quotation marks"),
    (with_line(2, "purpose: !!python/object/apply:os.system [ls]"), "line 2, column 10: a script takes no tags such as !this; put the text in quotation marks"),
    (with_line(2, "purpose: " + "[" * 9 + "]" * 9), "line 2, column 17: nothing in a script is 9 steps deep"),
    (with_line(2, "? [purpose]\n: x"), "line 2, column 3: before a colon stand words, and no list or block"),
    (with_line(2, "purpose: \x07x"), "line 2, column 10: a sign that nobody can see (number 0007) stands here; take it out"),
    (with_line(2, "purpose: a\u202eb"), "line 2, column 11: a sign that nobody can see (number 202E) stands here; take it out"),
    (with_line(2, 'purpose: "a\\u202eb"'), "line 2, column 10: a sign that nobody can see (number 202E) stands here; take it out"),
    (with_line(2, 'purpose: "a\\x00b"'), "line 2, column 10: a sign that nobody can see (number 0000) stands here; take it out"),
    (with_line(9, "\tturns: silent"), "line 9, column 1: a tab stands here; indent with spaces"),
    (with_line(2, "purpose: this: that"), "line 2, column 14: a colon too many, or the line does not line up with those above it; a text with a colon in it stands in quotation marks"),
    (with_line(17, "    minutes: 5\nforms:\n  short: [1, 2]"), "line 19, column 10: this form has 2 times, and the script has 3 phases"),
    (with_line(17, "    minutes: 5\nforms:\n  short: [1, 0, 3]"), "line 19, column 14: minutes needs to be more than 0; it says 0"),
    (with_line(17, "    minutes: 5\nforms: short"), "line 18, column 8: forms are made of lines such as “short: [5, 10, 5]”"),
    (with_line(17, "    minutes: 5\nforms:\n  short: 5"), "line 19, column 10: a form is a list of minutes, one for each phase, such as [5, 10, 5]"),
    (with_line(10, FORM + "      choices: [a, b]\n      scale: 1-7"), "line 14, column 14: a form has choices or a scale, not both"),
    (with_line(10, "    minutes: 1\n    form:\n      shows: texts"), "line 12, column 7: a form needs its fields, such as “fields: [what worked, what did not]”"),
    (with_line(10, "    minutes: 1\n    form:\n      fields: []"), "line 12, column 15: fields says nothing, such as “fields: [what worked, what did not]”"),
    (with_line(10, "    minutes: 1\n    form:"), "line 11, column 5: form says nothing, such as “form: …”"),
    (with_line(10, FORM + "      opens: hours"), "line 12, column 7: a form needs its hours, such as “hours: 48”"),
    (with_line(10, FORM + "      hours: 48"), "line 13, column 14: hours go with “opens: hours”"),
    (with_line(10, FORM + "      shows: average"), "line 13, column 14: an average needs numbers, such as “scale: 1-7”"),
    (with_line(10, FORM + "      shows: counts"), "line 13, column 14: counts needs choices, such as “choices: [none, small, large]”"),
    (with_line(10, FORM + "      scale: 7-1"), "line 13, column 14: scale goes up, from 0 at the lowest to 100 at the highest; it says 7 to 1"),
    (with_line(10, FORM + "      scale: some"), "line 13, column 14: scale is the lowest and the highest number, such as “scale: 1-7”"),
    (with_line(10, FORM + "      choices: [a]"), "line 13, column 16: choices are two at least"),
    (with_line(10, FORM + "      choices: [a, a]"), "line 13, column 20: choices says “a” a second time"),
    (with_line(10, "    minutes: 1\n    form:\n      fields: [a, a]"), "line 12, column 19: two fields are called “a”"),
    (with_line(10, FORM + "      least: 7"), "line 13, column 14: least is 7, and at most 6 people take part"),
    (with_line(7, "link: ftp://x\nphases:"), "line 7, column 7: link begins with https://; it says “ftp://x”"),
    (with_line(7, "sittings: []\nphases:"), "line 8, column 1: a script with sittings has its phases inside each of them"),
    (with_line(7, "outcome: joy\nphases:"), "line 7, column 10: outcome is one of listened, respect; it says “joy”"),
    (with_line(7, "roles: [cook]\nphases:"), "line 7, column 9: a role is made of lines such as “name: …”"),
    ("- a\n- b", "line 1, column 1: a script is made of lines such as “name: check-in”"),
    ("hello", "line 1, column 1: a script is made of lines such as “name: check-in”"),
    ("", "line 1, column 1: there is nothing in it; it begins with a line such as “name: check-in”"),
    ("# only a remark", "line 1, column 1: there is nothing in it; it begins with a line such as “name: check-in”"),
    (WHOLE + "---\nname: b\n", "line 18, column 1: one text holds one script; here a second one begins"),
    (WHOLE + "keeps: 'open\n", "line 19, column 1: a quotation mark that opens is never closed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_with_its_line_and_column(text: str, told: str) -> None:
    assert told in mistakes(text)


def test_all_mistakes_are_told_at_once_in_the_order_in_which_they_stand() -> None:
    text = with_line(10, "    minutes: -3").replace("name: Round", "nam: Round").replace("2.5", "x")

    assert mistakes(text) == [
        "line 10, column 14: minutes needs to be more than 0; it says -3",
        "line 11, column 5: a phase knows no “nam”; did you mean name?",
        "line 11, column 5: a phase needs its name, such as “name: opening”",
        "line 13, column 19: minutes each is a number such as 3 or 2.5; it says “x”",
    ]


def test_of_very_many_mistakes_the_first_are_told_and_the_others_counted() -> None:
    text = WHOLE + "".join(f"unknown{number}: 1\n" for number in range(50))

    with pytest.raises(ScriptMistake) as found:
        read(text, name="kitchen.yaml")

    head, *told = str(found.value).splitlines()
    assert head == "I could not read “kitchen.yaml” yet:"
    assert len(told) == MOST_MISTAKES + 1
    assert told[-1] == "and 30 more, which I tell once these are mended."


def test_a_script_that_is_too_long_is_refused_before_it_is_read() -> None:
    begun = time.perf_counter()
    text = "[" * 10_000_000

    [told] = mistakes(text)

    assert told == (
        f"line 1, column {LONGEST_TEXT + 1}: here a script is longer than 64 KiB, so I read none of it"
    )
    assert time.perf_counter() - begun < 1


def test_length_is_counted_in_bytes_and_the_place_in_lines() -> None:
    text = WHOLE + "#" + "\né" * (LONGEST_TEXT // 3)

    [told] = mistakes(text)

    assert re.fullmatch(r"line \d+, column [12]: here a script is longer than 64 KiB.*", told)
    assert read(WHOLE + "#" * (LONGEST_TEXT - len(WHOLE)))


@pytest.mark.parametrize("deep", ["[" * 30_000, "{a: " * 16_000, "- " * 30_000, "? " * 30_000])
def test_depth_without_end_is_refused_at_once(deep: str) -> None:
    begun = time.perf_counter()

    [told] = mistakes(f"name: x\npurpose:\n  {deep}")

    assert told.startswith("line 3, ")
    assert time.perf_counter() - begun < 5
    assert sys.getrecursionlimit() < 30_000


def test_foreign_line_ends_and_a_mark_at_the_beginning_are_read() -> None:
    assert read("\ufeff" + WHOLE.replace("\n", "\r\n")) == read(WHOLE)


# -------------------------------------------------------------------------------------------- as it is pasted


@pytest.mark.parametrize(
    "pasted",
    [
        f"```yaml\n{WHOLE}```",
        f"\n```\n{WHOLE}\n```\n",
        f"~~~ yml\n{WHOLE}~~~",
        "```\n" + "".join(f"    {line}\n" for line in WHOLE.splitlines()) + "    ```",
        "    ".join(["", *WHOLE.splitlines(keepends=True)]).lstrip(),
        WHOLE,
    ],
    ids=["fence", "bare fence", "tildes", "indented fence", "indented", "as it is"],
)
def test_a_pasted_script_is_read_as_it_was_meant(pasted: str) -> None:
    assert read(unfenced(pasted)) == read(WHOLE)


# --------------------------------------------------------------------------------------------- any text at all

LIBRARY = [
    file.read_text(encoding="utf-8")
    for file in sorted((PAGE.parents[1] / "practices" / "scripts").iterdir())
]
BITS = st.sampled_from(
    [
        ": ", "\n", "- ", "  ", "[", "]", "{", "}", "&a ", "*a", "!!x ", "<<: ", "\t", '"', "'", "|", ">", "%", "@",
        "#", "~", "-3", "0", ".inf", "yes", "then: x\n", "minutes: 0\n", "\x00", "\x85", "\u2028", "\ud800", "é", "🌷",
        "phases:\n", "form:\n", "    ", "---\n", "...\n", "?", ",", "\\u0000", "999999999999", "each", "\ufffe",
    ]
)  # fmt: skip


def told_or_read(text: str) -> None:
    try:
        script = read(text)
    except NotUnderstood as told:
        assert isinstance(told, ScriptMistake)
        assert told.mistakes
        lines = text.count("\n") + text.count("\r") + 2
        assert all(1 <= mistake.line <= lines and mistake.column >= 1 for mistake in told.mistakes)
        assert "line " in str(told)
    else:
        for size in range(script.least, min(script.most, 30) + 1):
            for sitting in script.sittings:
                assert 0 < sitting.minutes_for(size) <= sitting.minutes_for(size, longest=True)
                assert math.isfinite(sitting.minutes_for(size))


@given(data=st.data())
@settings(max_examples=250, deadline=None)
def test_a_script_changed_in_any_way_is_read_or_told_with_a_line(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(LIBRARY))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(BITS) + text[at + gone :]
    told_or_read(text)


@given(text=st.lists(BITS | st.text(max_size=8), max_size=40).map("".join))
@settings(max_examples=250, deadline=None)
def test_any_text_at_all_is_read_or_told_with_a_line(text: str) -> None:
    told_or_read(text)


@given(text=st.lists(BITS | st.text(max_size=8), max_size=20).map("".join))
@settings(max_examples=100, deadline=None)
def test_any_text_at_all_can_be_unfenced(text: str) -> None:
    assert len(unfenced(text)) <= len(text)


# ----------------------------------------------------------------------------------------- the page about it


def test_every_example_of_the_page_is_read_without_a_mistake() -> None:
    assert len(EXAMPLES) >= 2
    for example in EXAMPLES:
        assert read(example)


def test_the_page_says_how_long_its_example_takes() -> None:
    script = read(EXAMPLES[0])

    assert (script.minutes_for(3), script.minutes_for(6)) == (36, 42)


def test_the_page_names_every_key_and_every_word_there_is() -> None:
    from practices import reading  # noqa: PLC0415 - what it knows is what the page must say

    page = PAGE.read_text(encoding="utf-8")
    keys = (
        *reading.SCRIPT_KEYS,
        *reading.SITTING_KEYS,
        *reading.PHASE_KEYS,
        *reading.FORM_KEYS,
        *reading.FIELD_KEYS,
        *reading.ROLE_KEYS,
    )
    words = [*Turns, *Opens, *Shows, *Outcome, *Scale]

    assert [key for key in keys if f"`{key}" not in page] == []
    assert [word for word in words if f"`{word}`" not in page] == []


def test_every_script_of_the_library_is_read() -> None:
    assert len(library()) == len(LIBRARY)
