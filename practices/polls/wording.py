"""The words of a voice: what is an answer and what its reason, which option is meant, and how options are said back.

It promises that no voice is guessed: an option is meant by its number, by all of its words or by a beginning that only
it has, and whatever is neither is refused with what would do. Options that one may name are told apart by their words
without case, punctuation, variants of emoji or colours of hands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from itertools import islice

from practices.understanding import NotUnderstood, shown

__all__ = [
    "entries",
    "folded",
    "listed",
    "named",
    "number",
    "pairs",
    "parts",
    "place",
    "plural",
    "said",
    "splits",
    "tenths",
]

#: Marks that change how a sign looks and not what it says: emoji form, keycap, joiner, colours of skin, the two sexes.
_UNSEEN = dict.fromkeys(
    [
        *(0xFE0E, 0xFE0F, 0x20E3, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x2640, 0x2642, 0x00AD),
        *range(0x1F3FB, 0x1F400),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
#: A question mark stays: "agree?" asks something and is no voice.
_AROUND = " \t\r\n.,;:!…\"'“”‘’„«»()[]*_`~"
_SIMILAR = 0.6
#: One letter, or a word that says something by itself, is no beginning: "no" does not mean "not sure".
_FEWEST_LETTERS = 2
_ANSWERS = frozenset({"no", "yes", "ok", "okay", "hi", "oh"})
_LONGEST_WORDS = 100
_LONGEST_LIST = 5000
"""Characters: twenty options of two hundred letters, named whole, and their signs. What is longer is a story."""
_MOST_SPLITS = 12
_MOST_ANDS = 6
_GAP = re.compile(r"[^\S\n]{2,}")


def folded(text: str) -> str:
    """A text as it is compared. Signs keep their shape: 👍🏽 is 👍, and 2️⃣ is 2."""
    plain = unicodedata.normalize("NFKC", text).translate(_UNSEEN).replace("🔟", "10")
    words = " ".join(plain.casefold().split())
    # What consists of punctuation alone is compared as it is.
    return words.strip(_AROUND) or words


def plural(count: int, one: str, many: str = "") -> str:
    """As in `1 dot` and `3 dots`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """As in `tea, soup and bread`."""
    *first, final = [*words] or [""]
    return f"{', '.join(first)} {last} {final}" if first else final


def tenths(value: Fraction) -> str:
    """A number with one place behind the point, a half rounded up: `3.9`; a whole one as it is: `4`."""
    tenth = (value * 10 + Fraction(1, 2)).__floor__()
    whole, rest = divmod(abs(tenth), 10)
    return f"{'-' if tenth < 0 else ''}{whole}{f'.{rest}' if rest else ''}"


# ------------------------------------------------------------------------------------ answer and reason

_BECAUSE = re.compile(r"because\b[\s:,]*", re.IGNORECASE)
_SINCE = re.compile(r"since\b[\s:,]*", re.IGNORECASE)
_BOUNDARY = re.compile(
    r"\s*\n\s*"  # a new line
    r"|\s*:\s+"  # agree: it is cheap
    r"|\s*[–—]\s+|\s+-\s+"  # agree – it is cheap
    r"|\s*[,;.]?\s+(?=(?:because|since)\b)"  # agree because it is cheap
    r"|^(?=because\b)",
    re.IGNORECASE,
)


def said(text: str) -> tuple[str, str]:
    """The answer and its reason, split where a reason plainly begins; the reason is "" when there is none.

    A reason begins at "because" or "since", after a colon, a dash between spaces, or on a new line. A colon between
    numbers, as in `1: 3`, belongs to the answer.
    """
    return next((each for each in _splits(text) if each[0]), (text.strip(), ""))


def splits(text: str) -> Iterator[tuple[str, str]]:
    """Every way of splitting a text, the whole as an answer first, then the longest answer and so on.

    Whoever reads takes the first answer that can be read, so that an option with a colon or a dash of its own is named
    as it is written.
    """
    yield text.strip(), ""
    yield from sorted(_splits(text), key=lambda split: len(split[0]), reverse=True)


def _splits(text: str) -> Iterator[tuple[str, str]]:
    text = _GAP.sub(" ", text)
    for found in islice(_BOUNDARY.finditer(text), _MOST_SPLITS):
        answer, rest = text[: found.start()].strip(), text[found.end() :].strip()
        if ":" in found[0] and answer[-1:].isdigit() and rest[:1].isdigit():
            continue
        reason = _BECAUSE.sub("", rest, count=1) if _BECAUSE.match(rest) else rest
        # "agree: since Monday it works" speaks of Monday.
        if not found[0].strip(" ,;."):
            reason = _SINCE.sub("", reason, count=1) if _SINCE.match(reason) else reason
        if reason:
            yield answer, reason


# ------------------------------------------------------------------------------------ which option

_NUMBER = re.compile(r"(?:#|no\.? ?|number |option )?(\d{1,3})", re.ASCII)


def number(text: str) -> int | None:
    """The place from 0 that somebody means by `2`, `2️⃣`, `#2` or `option 2`; None for anything else."""
    found = _NUMBER.fullmatch(folded(text))
    return int(found[1]) - 1 if found else None


def place(
    options: Sequence[str], text: str, *, also: Mapping[int, Sequence[str]] | None = None
) -> int:
    """The place from 0 of the option that is meant: by its words, its number, or a beginning that only it has.

    `also` are further words of an option, by its place. Raises NotUnderstood with what would do; a word that is near
    an option is offered and never taken for it.
    """
    wanted = folded(text)
    if not wanted:
        raise NotUnderstood(f"There was no answer in that. {_would_do(options)}")
    known = {folded(words): at for at, words in enumerate(options)}
    every = {folded(word): at for at, words in (also or {}).items() for word in words} | known
    if wanted in every:
        return every[wanted]
    at = number(text)
    if at is not None:
        if 0 <= at < len(options):
            return at
        raise NotUnderstood(f"There is no option {shown(text)}. {_would_do(options)}")
    begun = {at for words, at in known.items() if _begins(words, wanted)}
    if len(begun) == 1:
        return begun.pop()
    if begun:
        could = listed((f"“{options[at]}”" for at in sorted(begun)[:3]), "or")
        raise NotUnderstood(
            f"{shown(text)} could be {could}. A word more, or the number, says which."
        )
    near = get_close_matches(wanted[:_LONGEST_WORDS], known, 1, _SIMILAR)
    meant = f"Did you mean “{options[known[near[0]]]}”? " if near else ""
    raise NotUnderstood(f"I don't know the answer {shown(text)}. {meant}{_would_do(options)}")


def _begins(words: str, wanted: str) -> bool:
    rest = words.removeprefix(wanted)
    if rest == words:
        return False
    long_enough = len(wanted) >= _FEWEST_LETTERS and wanted not in _ANSWERS
    return long_enough or not rest[:1].isalnum()


#: More options than this are not listed in a refusal: people see them above.
_LISTED = 8


def _would_do(options: Sequence[str]) -> str:
    if not options:
        return "There is nothing to choose from yet."
    if len(options) > _LISTED:
        return f"Say a number from 1 to {len(options)}, or the option's first words."
    numbered = (f"{at}: {words}" for at, words in enumerate(options, start=1))
    return f"Say the number or the words – {'; '.join(numbered)}."


def named(options: Sequence[str], text: str) -> tuple[int, ...]:
    """The places of one or several options in the order they are named: `2`, `1, 3`, `tea and soup`, `1 3`.

    Raises NotUnderstood when one of them is unknown or named twice.
    """
    if not folded(text) or _is_option(options, text):
        return (place(options, text),)
    return _once(options, [place(options, each) for each in parts(options, text)])


def _once(options: Sequence[str], places: Sequence[int]) -> tuple[int, ...]:
    for at in places:
        if places.count(at) > 1:
            raise NotUnderstood(f"You named “{options[at]}” twice. Once is enough.")
    return tuple(places)


_SEPARATORS = (
    re.compile(r"\s*>\s*|\s*→\s*"),
    re.compile(r"\s*[\n;]\s*"),
    re.compile(r"\s*,\s*(?:(?:and|then)\s+)?"),
)
_AND = re.compile(r"\s+(?:then|and)\s+|\s*[&+]\s*", re.IGNORECASE)


def entries(text: str, known: Callable[[str], bool]) -> list[str]:
    """A list as people write it, cut at the strongest sign there is: `>`, a new line, a comma, or else `and`.

    "soup, tea and bread" are three; "bread and butter" is one where that is `known`.
    """
    text = _GAP.sub(" ", text.strip())
    pieces = [text]
    if len(text) > _LONGEST_LIST:
        return pieces
    for separator in _SEPARATORS:
        if len(pieces) == 1:
            pieces = [each for each in separator.split(text) if folded(each)]
    return [part for piece in pieces for part in _by_and(piece, known)]


def _by_and(text: str, known: Callable[[str], bool]) -> list[str]:
    if known(text):
        return [text]
    pieces, found = [each for each in _AND.split(text) if folded(each)], []
    while pieces:
        end = min(len(pieces), _MOST_ANDS)
        while end > 1 and not known(" and ".join(pieces[:end])):
            end -= 1
        found.append(" and ".join(pieces[:end]))
        pieces = pieces[end:]
    return found


def parts(options: Sequence[str], text: str) -> list[str]:
    """The list of options that a text names, as words; by its spaces only where each word is an option itself."""
    own = {folded(each) for each in options}
    found = entries(text, lambda piece: folded(piece) in own)
    words = text.split()
    if (
        len(found) == 1
        and 1 < len(words) <= len(options)
        and all(_is_option(options, each) for each in words)
    ):
        return words
    return found


def _is_option(options: Sequence[str], text: str) -> bool:
    try:
        place(options, text)
    except NotUnderstood:
        return False
    return True


# ------------------------------------------------------------------------------------ options with numbers

_WITH_SIGNS = re.compile(  # 1:3 2:5
    r"[^\s:=,;]+\s*[:=×]\s*-?\d{1,6}(?:[\s,;]+[^\s:=,;]+\s*[:=×]\s*-?\d{1,6})+"  # noqa: RUF001
)
_SIGNED = re.compile(r"([^\s:=,;]+)\s*[:=×]\s*(-?\d{1,6})")  # noqa: RUF001
_NUMBER_FIRST = re.compile(
    r"(-?\d{1,6})\s*(?:dots?|points?|stars?)?\s+(on |for |to |at )?\s*([^:=×]+)",  # noqa: RUF001
    re.IGNORECASE,
)
_NUMBER_LAST = re.compile(
    r"(.+?)\s*(?:([:=×])|\s)\s*(-?\d{1,6})(?:\s*(?:dots?|points?|stars?))?",  # noqa: RUF001
    re.IGNORECASE,
)


def pairs(options: Sequence[str], text: str, *, example: str) -> dict[int, int]:
    """Numbers given to options: `1:3 2:5`, `3 on pizza, 5 on pasta`, `pizza 3; pasta 5`; by the option's place.

    Raises NotUnderstood, with the example, for what is no such list, an unknown option, or one named twice.
    """
    found: dict[int, int] = {}
    for words, given in _pairs(options, text, example):
        at = place(options, words)
        if at in found:
            raise NotUnderstood(f"You named “{options[at]}” twice. Once is enough: {example}.")
        found[at] = given
    if not found:
        raise NotUnderstood(f"There was no answer in that. For example: {example}.")
    return found


def _pairs(options: Sequence[str], text: str, example: str) -> Iterator[tuple[str, int]]:
    whole = unicodedata.normalize("NFKC", text).translate(_UNSEEN).strip(_AROUND)
    whole = _GAP.sub(" ", whole)[: _LONGEST_LIST + 1]
    if _WITH_SIGNS.fullmatch(whole):
        yield from ((words, int(given)) for words, given in _SIGNED.findall(whole))
        return
    for entry in entries(whole, lambda piece: _pair(options, piece) is not None) if whole else ():
        pair = _pair(options, entry)
        if pair is None:
            raise NotUnderstood(
                f"I can't tell which number {shown(entry)} gives to what. For example: {example}."
            )
        yield pair


def _pair(options: Sequence[str], entry: str) -> tuple[str, int] | None:
    """One option and its number; None when the entry is not just that."""
    if folded(entry) in {folded(each) for each in options}:
        return None
    first = _NUMBER_FIRST.fullmatch(entry)
    if first and _single(options, first[3]) and (first[2] or number(first[3]) is None):
        return first[3], int(first[1])
    last = _NUMBER_LAST.fullmatch(entry)
    # "1 3" may mean two options, or the first with three.
    if last and _single(options, last[1]) and (last[2] or number(last[1]) is None):
        return last[1], int(last[3])
    return None


def _single(options: Sequence[str], text: str) -> bool:
    own = {folded(each) for each in options}
    return len(entries(text, lambda piece: folded(piece) in own)) == 1 or _is_option(options, text)
