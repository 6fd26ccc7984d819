"""Whole sentences that mean a command, such as “who are you?”, written as short patterns and compared word by word.

A sentence is read as a whole or not at all: one word more or less, and it means nothing here. In a pattern `a|b` is a
choice, `[for me]` may be missing, `…` stands for one word or more, and what stands between `<` and `>` is given back as
it was written. Words are compared without their apostrophes: what’s is `whats`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from practices.answers import spoken

__all__ = ["heard"]

_TOKEN = re.compile(r"[^\W_]+(?:['’‘ʼ`][^\W_]+)*")

#: Longer texts are no sentence that anybody says to a program.
_LONGEST = 300

_BEFORE = (
    "hi", "hello", "hey", "kinkeeper", "please", "well", "so", "and", "ok", "sorry",
)  # fmt: skip
_AFTER = ("please", "kinkeeper", "thanks", "then")


def heard(pattern: str, text: str) -> str | None:
    """What a sentence of this pattern gives back, "" for none; None when the text is another sentence."""
    if len(text) > _LONGEST:
        return None
    spans = [(spoken(each.group()), each.start(), each.end()) for each in _TOKEN.finditer(text)]
    spans = [each for each in spans if each[0]]
    while len(spans) > 1 and spans[0][0] in _BEFORE:
        spans = spans[1:]
    while len(spans) > 1 and spans[-1][0] in _AFTER:
        spans = spans[:-1]
    said = "".join(f" {word}" for word, _start, _end in spans)
    found = _compiled(pattern).fullmatch(said)
    if found is None:
        return None
    if not found.groupdict().get("given"):
        return ""
    first = said[: found.start("given")].count(" ")
    last = first + found["given"].count(" ") - 1
    return text[spans[first][1] : spans[last][2]]


_PART = re.compile(r"\[[^\]]*\]|\S+")


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as an expression over words with a space before each."""
    parts = []
    for part in _PART.findall(pattern):
        match part:
            case "<":
                parts.append("(?P<given>")
            case ">":
                parts.append(")")
            case _ if part.startswith("["):
                parts.append(f"(?:{''.join(map(_word, part.strip('[]').split()))})?")
            case _:
                parts.append(_word(part))
    return re.compile("".join(parts))


def _word(choice: str) -> str:
    return "(?: [^ ]+)+?" if choice == "…" else f" (?:{choice})"
