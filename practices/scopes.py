"""The words by which a matter is found on a domain's card: which word of it stands in which line.

It promises to be explainable: nothing is weighed but words that both texts have, each can be shown with the line that has
it, and the same texts give the same answer in whatever order they come. Words are compared without case, accents and the
commonest endings; a word that is written a little differently counts for less than the same word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Found", "alike", "found", "stem", "telling", "words"]

#: How much a word counts that is the same, and one that is only like it.
SAME, LIKE = 2, 1

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

#: Words by which no matter can be told from another: what holds sentences together, and what people do with everything.
_TELL_NOTHING = frozenset({
    "a", "about", "after", "again", "all", "also", "am", "an", "and", "another", "any", "anything", "are", "as",
    "ask", "at", "be", "because", "been", "before", "being", "best", "better", "between", "both", "but", "buy", "by",
    "call", "can", "could", "day", "decide", "decision", "did", "do", "does", "done", "each", "else", "every",
    "everybody", "everything", "few", "find", "first", "for", "from", "get", "give", "go", "good", "got", "had",
    "has", "have", "he", "help", "her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its",
    "just", "keep", "know", "last", "let", "like", "made", "make", "many", "may", "me", "might", "more", "most",
    "much", "must", "my", "need", "never", "new", "next", "no", "not", "nothing", "now", "of", "off", "old", "on",
    "once", "one", "only", "or", "other", "others", "our", "ours", "out", "over", "own", "people", "please",
    "proposal", "propose", "put", "really", "same", "say", "see", "shall", "she", "should", "since", "so", "some",
    "somebody", "something", "soon", "still", "such", "take", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "thing", "things", "think", "this", "those", "through", "to", "together", "too", "try", "under",
    "until", "up", "us", "use", "very", "want", "was", "way", "we", "well", "were", "what", "when", "where",
    "whether", "which", "who", "whom", "whose", "why", "will", "with", "without", "would", "yes", "yet", "you",
    "your", "yours", "call's",
})  # fmt: skip

#: A word is like another only when both are at least so long.
_LONG = 5

#: How much longer a word may be that begins with another: "kitchen" and "kitchenette".
_MORE = 4

_NEAR = 0.84


def _folded(word: str) -> str:
    split = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


#: Endings that change a word's place in a sentence and not what it means, with what stands there without them. The first
#: that fits is taken off, once.
_ENDINGS = (
    ("'s", ""),
    ("sses", "ss"),
    ("ies", "y"),
    ("xes", "x"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("ings", ""),
    ("ing", ""),
    ("ed", ""),
    ("s", ""),
)
_KEPT_S = ("ss", "us", "is")
_SHORTEST = 3


def stem(word: str) -> str:
    """A word as it is compared: "Fridges" and "fridge" are one, "cooking" and "cook" too."""
    plain = _folded(word)
    for ending, instead in _ENDINGS:
        if not plain.endswith(ending) or (ending == "s" and plain.endswith(_KEPT_S)):
            continue
        cut = plain.removesuffix(ending) + instead
        if len(cut) >= _SHORTEST:
            plain = cut
            if ending in ("ing", "ings", "ed") and plain[-1] == plain[-2]:
                plain = plain[:-1]  # planning, plan
            break
    return plain.removesuffix("e") if len(plain) > _SHORTEST else plain


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they were written, each once, in their order."""
    kept: dict[str, str] = {}
    for match in _WORD.finditer(text):
        kept.setdefault(stem(match[0]), match[0])
    return tuple(kept.values())


def telling(text: str) -> tuple[str, ...]:
    """Those words of a text that tell what it is about, which numbers do not; all of them where none does."""
    every = words(text)
    told = (word for word in every if not word.isdecimal() and _folded(word) not in _TELL_NOTHING)
    return tuple(told) or every


def alike(one: str, other: str) -> int:
    """How alike two words are: SAME, LIKE, or 0. It does not matter which comes first."""
    short, long = sorted((stem(one), stem(other)), key=lambda each: (len(each), each))
    if short == long:
        return SAME
    if len(short) < _LONG or not (short.isalpha() and long.isalpha()):
        return 0
    if long.startswith(short) and len(long) - len(short) <= _MORE:
        return LIKE
    return LIKE if SequenceMatcher(None, short, long).ratio() >= _NEAR else 0


@dataclass(frozen=True, slots=True)
class Found:
    """One word of a matter, and the line in which it stands."""

    word: str
    line: str
    #: SAME or LIKE.
    likeness: int


def found(matter: Iterable[str], lines: Iterable[str]) -> tuple[Found, ...]:
    """For each word of a matter the line that has it, or one most like it; the first such line where several do."""
    texts = [(line, words(line)) for line in lines]
    hits = []
    for word in matter:
        best = Found(word, "", 0)
        for line, known in texts:
            likeness = max((alike(word, each) for each in known), default=0)
            if likeness > best.likeness:
                best = Found(word, line, likeness)
        if best.likeness:
            hits.append(best)
    return tuple(hits)
