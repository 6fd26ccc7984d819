"""What people type is split into words, whatever they type."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daemon.text import html, plain
from handlers import names, words
from storage.rooms import Room

CLAIM = settings(derandomize=True, deadline=None, max_examples=200)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("don't stop", "don't", "stop"),
        ("don’t stop", "don’t", "stop"),
        ("“every thursday” 19:00", "every thursday", "19:00"),
        ("„jeden Donnerstag“ 19:00", "jeden Donnerstag", "19:00"),
        ("«chaque jeudi» 19:00", "chaque jeudi", "19:00"),
        ('"never closed', '"never', "closed"),
        ("remind\ntomorrow 9:00\ncall Lee", "remind", "tomorrow 9:00\ncall Lee"),
        ("🎉🎉 party", "🎉🎉", "party"),
        ("  \t ", "", ""),
        ('""', "", ""),
        ("'tis the season", "'tis", "the season"),
    ],
)
def test_a_text_is_split_the_way_people_mean_it(text: str, first: str, rest: str) -> None:
    assert words.first_word(text) == (first, rest)


@CLAIM
@given(TEXT)
@example('"')
@example("“”")
@example("\u202e!when")
def test_any_text_can_be_split_and_loses_nothing_but_space_and_quotes(text: str) -> None:
    first, rest = words.first_word(text)

    assert set("".join((first + rest).split())) <= set(text)
    assert len(first) + len(rest) <= len(text)
    words.folded(first)
    words.sign(text)
    words.similar(first, ["rhythm", "remind"])
    words.after_prefix(text, "!")


@CLAIM
@given(TEXT)
def test_reading_word_by_word_comes_to_an_end(text: str) -> None:
    for _ in range(len(text) + 1):
        _first, text = words.first_word(text)

    assert text == ""


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u200f", "\u202a", "\u2066", "\ufeff"])
def test_an_invisible_mark_before_a_command_hides_nothing(mark: str) -> None:
    assert words.after_prefix(f"{mark}!when", "!") == "when"
    assert words.folded(f"when{mark}") == "when"


@pytest.mark.parametrize("text", ["!", "!!!", "! well", "!?", "wow!", "hello !when", "!🎉"])
def test_an_exclamation_is_no_command(text: str) -> None:
    assert words.after_prefix(text, "!") is None


def test_an_emoji_is_the_same_with_and_without_its_form_and_its_colour() -> None:
    assert words.sign("✏️") == words.sign("✏")
    assert words.sign("👍🏿") == words.sign("👍")


def test_a_misspelt_word_is_recognised_and_a_strange_one_is_not() -> None:
    assert words.similar("ryhthm", ["rhythm", "remind"]) == "rhythm"
    assert words.similar("Rhythm.", ["rhythm"]) == "rhythm"
    assert words.similar("xyzzy", ["rhythm", "remind"]) is None


@CLAIM
@given(TEXT)
@example("# not a heading")
@example("1. not a list")
@example("~~not~~ *struck* <b>not</b> @room")
def test_what_somebody_wrote_is_shown_exactly_as_words(text: str) -> None:
    shown = plain(words.verbatim(text)).replace("@\u200broom", "@room")

    assert shown.split() == "\n".join(text.splitlines()).replace("\0", "\ufffd").split()


@CLAIM
@given(TEXT)
@example("@room **Ana** <img src=x>")
def test_a_name_can_neither_format_nor_alarm(name: str) -> None:
    shown = html(f"Hello {words.escaped(name)}.")

    assert "@room" not in shown
    assert not any(tag in shown for tag in ("<strong", "<em", "<img", "<a ", "<h1", "<li", "<code"))
    assert "\n" not in words.escaped(name)


@pytest.mark.parametrize("letter", "\u3164\u2800\u2060\u115f\u1160\uffa0\u00ad\u200b")
def test_a_name_of_nothing_to_see_is_no_name(letter: str) -> None:
    nobody, room = f"@{letter}:here", Room(id="!x:here", name=letter * 3)

    assert words.escaped(letter * 3) == ""
    assert names.fallback(nobody) == "somebody"
    assert names.room_name(room, "the room") == "the room"
