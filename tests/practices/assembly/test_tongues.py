"""Languages are read as people say them, and shown so that they can be read again."""

import pytest

from practices.assembly.tongues import MOST, read_languages, words
from practices.understanding import NotUnderstood


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("English", ("en",)),
        ("english, Portuguese and pt-BR", ("en", "pt", "pt-BR")),
        ("en / de.", ("en", "de")),
        ("German, de, german", ("de",)),
    ],
)
def test_names_and_codes_are_read_each_once(said: str, codes: tuple[str, ...]) -> None:
    assert read_languages(said) == codes


@pytest.mark.parametrize("said", ["", " , ", "Klingon please", "e", ",".join(["en-a"] * 1 + [f"x{a}" for a in "abcdefgh"])])  # fmt: skip
def test_what_is_no_language_or_too_many_is_said_so(said: str) -> None:
    with pytest.raises(NotUnderstood):
        read_languages(said)


def test_what_is_shown_can_be_read_again() -> None:
    codes = ("en", "pt", "tlh")

    assert read_languages(words(codes)) == codes
    assert len(codes) <= MOST
