"""The short answers people give: every label as it stands, and a yes or a no only where all of it is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices.answers import bare, labels, leaning, spoken

YESES = (
    "yes", "Yes!", "yes please", "yes, gladly", "gladly", "I would love to", "I’d love to", "fine with me", "yes ok",
    "sure", "of course", "happy to", "yes, that is right", "yes its right", "That's correct.", "count me in", "why not",
    "works for me", "yes 😊", "ok, go ahead", "Yes, thank you", "oh yes please, very gladly",
)  # fmt: skip
NOES = (
    "no", "no, thank you", "no thanks", "rather not", "I'd rather not", "no dont", "no, not now", "not this time",
    "I don't think so", "no, that's wrong", "not quite", "maybe later", "sorry, no", "I don't want to", "Nope.",
)  # fmt: skip
NEITHER = (
    "", "🙏", "yes, but six of us", "yes but later", "yes no", "no, yes", "ok no thanks", "maybe", "sure?", "is that right?",
    "not sure", "yes if Ana comes", "no problem", "yes and I bring bread", "I would not like to", "right after dinner",
    "that", "thank you", "a yes man", "only when it rains",
)  # fmt: skip


@pytest.mark.parametrize("said", YESES)
def test_a_warm_yes_is_a_yes(said: str) -> None:
    assert leaning(said) is True


@pytest.mark.parametrize("said", NOES)
def test_a_kind_no_is_a_no(said: str) -> None:
    assert leaning(said) is False


@pytest.mark.parametrize("said", NEITHER)
def test_what_says_both_asks_back_or_adds_something_is_neither(said: str) -> None:
    assert leaning(said) is None


@given(st.sampled_from(YESES), st.sampled_from(NOES))
def test_a_yes_and_a_no_together_are_never_guessed(yes: str, no: str) -> None:
    assert leaning(f"{yes} {no}") is None
    assert leaning(f"{no}, {yes}") is None


@given(
    st.sampled_from((*YESES, *NOES)),
    st.sampled_from(("but", "unless", "only if", "when", "tomorrow", "six")),
)
def test_a_condition_takes_a_yes_and_a_no_away(said: str, more: str) -> None:
    assert leaning(f"{said} {more}") is None


@given(st.text(max_size=80))
def test_any_text_whatever_can_be_read(text: str) -> None:
    assert leaning(text) in (True, False, None)
    assert bare(bare(text)) == bare(text)
    assert spoken(spoken(text)) == spoken(text)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("I pass", "pass"),
        ("I want to continue", "continue"),
        ("end it", "end"),
        ("five I think", "five"),
        ("let's pause, please", "pause"),
        ("please", "please"),
        ("it", "it"),
    ],
)
def test_courtesy_around_an_answer_says_nothing_more(said: str, meant: str) -> None:
    assert bare(said) == meant


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("It binds nobody.\n\n✅ I come · ✋ not this time", {"i come": "✅", "not this time": "✋"}),
        ("✅ yes · ✏️ change *(or write what is different: “size 6”)*", {"yes": "✅", "change": "✏️"}),
        (
            "🗓️ propose a time · ⏭️ no talk: ask us right away\n\n*In words: `trial thursday 19:00`*",
            {"propose a time": "🗓️", "no talk ask us right away": "⏭️", "no talk": "⏭️"},
        ),
        (
            "⏳ wait until **Thursday 3 March**, so that everybody has had their time · ✅ begin now",
            {
                "wait until thursday 3 march so that everybody has had their time": "⏳",
                "wait until thursday 3 march": "⏳",
                "begin now": "✅",
            },
        ),
        ("Shall it stand once more? ✅ yes · ✋ no\n\n*`call` makes another.*", {"yes": "✅", "no": "✋"}),
        ("1️⃣ **Commons**\n\n2️⃣ Kitchen Crew", {"commons": "1️⃣", "kitchen crew": "2️⃣"}),
        ("✅ here · ✋ here", {}),
        ("When all are there, ✅ under this message begins it.", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_what_stands_beside_a_sign_is_its_label(text: str, beside: dict[str, str]) -> None:
    signs = ("✅", "✋", "✏️", "🗓️", "⏭️", "⏳", "1️⃣", "2️⃣")

    assert labels(text, signs) == beside


@given(st.text(max_size=200), st.lists(st.sampled_from(("✅", "✋", "1️⃣")), max_size=3))
def test_labels_are_read_from_any_text(text: str, signs: list[str]) -> None:
    for label, sign in labels(text, signs).items():
        assert sign in signs
        assert label == spoken(label) != ""
