"""What people are shown: plain twin, sanitised HTML, nothing that rings a room."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.text import edited, html, message, plain
from handlers.words import escaped, verbatim

texts = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("*_[]()<>`@!#&\n"),
    max_size=60,
)


@settings(derandomize=True, max_examples=300)
@given(texts)
def test_verbatim_text_is_shown_as_it_is(text) -> None:
    shown = plain(verbatim(text))

    expected = "\n".join(line.strip() for line in text.splitlines())
    assert (
        re.sub(r"\s+", " ", shown).strip()
        == re.sub(r"(?i)@(?=room)", "@\u200b", re.sub(r"\s+", " ", expected)).strip()
    )


@settings(derandomize=True, max_examples=300)
@given(texts)
def test_no_name_brings_a_link_a_tag_or_an_alarm_into_a_message(name) -> None:
    shown = html(f"**{escaped(name)}** is here")

    assert not re.search(r"<(?!/?(p|strong|br|em)\b)", shown)
    assert "@room" not in shown


@pytest.mark.parametrize("alarm", ["@room", "@Room", "@ROOM", "@rOoM"])
def test_no_room_is_rung_in_any_case(alarm) -> None:
    for shown in (plain(f"{alarm} come"), html(f"{alarm} come"), html(escaped(alarm))):
        assert "@room" not in shown.casefold()
        assert "room" in shown.casefold()
    assert "@room" not in escaped(alarm).casefold()


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://tracker.example/pixel.png)",
        '<a href="https://x" onclick="y">x</a>',
    ],
)
def test_nothing_runs_and_nothing_is_loaded(attack) -> None:
    shown = html(attack)

    for bad in ("<script", "<img", 'href="javascript', "<a onclick"):
        assert bad not in shown


def test_a_message_is_quiet_unless_somebody_is_mentioned() -> None:
    quiet, loud = message("hello"), message("hello", mention=("@ana:here",))

    assert (quiet["msgtype"], quiet["m.mentions"]) == ("m.notice", {})
    assert (loud["msgtype"], loud["m.mentions"]) == ("m.text", {"user_ids": ["@ana:here"]})


def test_the_plain_twin_says_the_same() -> None:
    text = "**Tomorrow** we meet.\n\n- one\n- two\n\n1. first\n2. second\n\n`!help` [more](https://example.org)"

    assert plain(text) == (
        "Tomorrow we meet.\n\n- one\n- two\n\n1. first\n2. second\n\n!help more (https://example.org)"
    )


def test_an_edit_never_rings_and_keeps_its_thread_where_it_was() -> None:
    content = edited(message("new", mention=("@ana:here",), thread="$root"), "$old")

    assert content["m.mentions"] == {}
    assert content["m.new_content"]["m.mentions"] == {}
    assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$old"}
