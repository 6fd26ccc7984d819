"""Letters of pictures: which of them can be drawn, how wide words are, and where their lines break.

It promises the same letters on every machine, because the typeface comes with us and is laid out by FreeType alone, and
that no empty box stands for a letter: signs are left out where words remain, else they are said by their names, and
writing that the typeface has not is shown as left out.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import ImageFont

__all__ = ["GAP", "Weight", "base", "cut", "font", "plain", "readable", "tall", "width", "wrapped"]

GAP = "[…]"
"""Stands for writing that is not drawn."""

_ELLIPSIS = "…"
_NOWHERE = "\U0010ffff"
_TRIED_AT = 24
_LINE, _BASE = 1.28, 1.02
_LONGEST = 1000
"""Characters that are looked at; no picture has room for more."""

#: Written from right to left, or by digits that are: joined and turned by rules that a picture does without.
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Me"})
_SKIN = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)


class Weight(StrEnum):
    """A cut of the typeface, by its file."""

    REGULAR = "Inter-Regular.otf"
    BOLD = "Inter-SemiBold.otf"


@lru_cache
def font(size: int, weight: Weight) -> ImageFont.FreeTypeFont:
    """The typeface in one size, in pixels."""
    # Not Raqm, which is not on every machine and would set the same words otherwise.
    return ImageFont.truetype(BytesIO(_file(weight)), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache
def _file(weight: Weight) -> bytes:
    return files("daemon.picture").joinpath("fonts", weight).read_bytes()


def tall(size: int) -> int:
    """The height of a line, in pixels."""
    return round(size * _LINE)


def base(size: int) -> int:
    """Where letters stand in their line, in pixels from its top: accents have room above."""
    return round(size * _BASE)


@lru_cache(maxsize=4096)
def width(words: str, size: int, weight: Weight = Weight.REGULAR) -> int:
    """How wide a line is, in pixels."""
    return -int(-font(size, weight).getlength(words) // 1)


# ------------------------------------------------------------------------------------ what can be drawn


def plain(words: str) -> str:
    """One text as it can be drawn, in one line: signs are left out where words remain."""
    return readable((words,))[0]


def readable(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels as they can be drawn. Two that only their signs would tell apart say them by name."""
    without = [_drawn(each, named=False) for each in labels]
    often = Counter(without)
    return tuple(
        short
        if short and often[short] == 1
        else _drawn(label, named=True) or (GAP if label.strip() else "")
        for short, label in zip(without, labels, strict=True)
    )


def _drawn(text: str, *, named: bool) -> str:
    pieces: list[str] = []
    for letter in unicodedata.normalize("NFC", text[:_LONGEST]):
        piece = _piece(letter, named=named)
        # One gap stands for a whole passage, with the spaces in it.
        if piece == GAP and GAP in pieces[-1:]:
            continue
        if piece == GAP and pieces[-2:-1] == [GAP] and pieces[-1] == " ":
            pieces.pop()
            continue
        pieces.append(piece)
    return " ".join("".join(pieces).split())


@lru_cache(maxsize=4096)
def _piece(letter: str, *, named: bool) -> str:
    """What is drawn for one letter."""
    kind = unicodedata.category(letter)
    if letter.isspace():
        return " "
    if kind in _UNSEEN or ord(letter) in _SKIN or "\ufe00" <= letter <= "\ufe0f":
        return ""
    if unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT:
        return GAP
    if _has(letter):
        return letter
    if ord(letter) in _FLAGS:
        return chr(ord("A") + ord(letter) - _FLAGS.start) if named else ""
    same = unicodedata.normalize("NFKC", letter)
    if same != letter and all(map(_has, same)):
        return same
    if kind.startswith("S"):
        return f" {unicodedata.name(letter, '').lower()} " if named else " "
    return "" if kind.startswith("M") else GAP


@lru_cache(maxsize=4096)
def _has(letter: str) -> bool:
    face = font(_TRIED_AT, Weight.REGULAR)
    return bytes(face.getmask(letter)) != _missing()


@lru_cache
def _missing() -> bytes:
    """The box that stands for every letter a typeface has not."""
    return bytes(font(_TRIED_AT, Weight.REGULAR).getmask(_NOWHERE))


# ------------------------------------------------------------------------------------------- lines


def wrapped(
    words: str, size: int, weight: Weight = Weight.REGULAR, *, within: int, most: int
) -> tuple[str, ...]:
    """The lines that words take within a width, in pixels; what goes beyond the `most` lines is cut with an ellipsis."""
    lines: list[str] = []
    line = ""
    # Not at every white space: what is held together by a hard one stays together.
    for word in _fitting(words.split(" "), size, weight, within):
        longer = f"{line} {word}" if line else word
        if width(longer, size, weight) <= within:
            line = longer
        else:
            if line:
                lines.append(line)
            line = word
    if line or not lines:
        lines.append(line)
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        lines = [*lines[: most - 1], cut(rest, size, weight, within=within)]
    return tuple(lines)


def _fitting(words: Sequence[str], size: int, weight: Weight, within: int) -> list[str]:
    """The words, those that are longer than a line in parts."""
    parts: list[str] = []
    for word in words:
        rest = word
        while width(rest, size, weight) > within:
            at = max(1, _most(rest, size, weight, within))
            parts.append(rest[:at])
            rest = rest[at:]
        parts.append(rest)
    return [part for part in parts if part]


def cut(words: str, size: int, weight: Weight = Weight.REGULAR, *, within: int) -> str:
    """As many of the words as fit a width in one line, with an ellipsis where some are left out."""
    if width(words, size, weight) <= within:
        return words
    at = _most(words, size, weight, within - width(_ELLIPSIS, size, weight))
    return f"{words[:at].rstrip(' ,;.')}{_ELLIPSIS}"


def _most(words: str, size: int, weight: Weight, within: int) -> int:
    """How many letters fit."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if width(words[:middle], size, weight) <= within:
            low = middle
        else:
            high = middle - 1
    return low
