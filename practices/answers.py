"""The short answers that people give to a question: the label beside a sign, a warm yes, a warm no.

It promises that every label a message shows can be said as it stands, and that a yes or a no is read only where every
word of the answer belongs to it: whoever says both, asks back, or adds a condition has given neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["LONGEST", "bare", "is_written", "labels", "leaning", "spoken"]

LONGEST = 200
"""Whatever has more letters than this is no short answer."""

#: A longer text beside a sign tells a story; nobody says it back word by word.
_LONGEST_LABEL = 80

_APOSTROPHES = re.compile(r"(?<=\w)['’‘ʼ`](?=\w)")
_WORD = re.compile(r"[^\W_]+")


def spoken(text: str) -> str:
    """The words of a text as they are compared: without case, marks, signs and apostrophes, one space between."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\\", "")
    return " ".join(_WORD.findall(_APOSTROPHES.sub("", plain)))


# Labels.

_EMOJI_FORM = "\ufe0f"
_HINT = re.compile(r"\s\*\(|\s\*[^*]|\.\s|\.$")
_SHORTER = re.compile(r"[:,;(]| – ")


def labels(text: str, signs: Iterable[str]) -> dict[str, str]:
    """What stands beside each of these signs in a message of ours: the label as `spoken`, to its sign.

    A label ends with its line, before the next “·” and with its sentence. What stands before a colon, a comma or a
    bracket in it is a label, too. One that stands beside two signs is none.
    """
    found: dict[str, set[str]] = {}
    for sign in signs:
        for label in _beside(text.replace(_EMOJI_FORM, ""), sign.replace(_EMOJI_FORM, "")):
            found.setdefault(label, set()).add(sign)
    return {label: next(iter(meant)) for label, meant in found.items() if len(meant) == 1}


def _beside(text: str, sign: str) -> Iterable[str]:
    """Every way to say what stands beside one sign."""
    begins = re.compile(rf"(?:^[\s>*-]*|[?:.] ){re.escape(sign)}\s+(\S.*)")
    for line in text.splitlines():
        for piece in line.split(" · "):
            beside = begins.search(piece)
            if beside is None:
                continue
            label = _HINT.split(beside[1], maxsplit=1)[0]
            for said in (spoken(label), spoken(_SHORTER.split(label, maxsplit=1)[0])):
                if said and len(said) <= _LONGEST_LABEL:
                    yield said


# Courtesy around an answer.

_BEFORE = (
    "please", "just", "well", "oh", "kinkeeper", "lets", "let us", "let me", "i", "ill", "i will", "id like to",
    "i would like to", "i want to", "i wish to", "we want to", "we will", "we would like to",
)  # fmt: skip
_AFTER = (
    "please", "thanks", "thank you", "then", "it", "for now", "for me", "i think", "i guess", "kinkeeper",
)  # fmt: skip


def bare(text: str) -> str:
    """The words of an answer without the courtesy around it: “i would like to pass, please” is “pass”."""
    said = spoken(text)
    while len(text) <= LONGEST:
        shorter = _without(said)
        if shorter == said:
            break
        said = shorter
    return said


def _without(said: str) -> str:
    for words in sorted(_BEFORE, key=len, reverse=True):
        if said.startswith(f"{words} "):
            return said.removeprefix(f"{words} ")
    for words in sorted(_AFTER, key=len, reverse=True):
        if said.endswith(f" {words}"):
            return said.removesuffix(f" {words}")
    return said


#: So many words are more than a short answer that was not understood.
_WRITTEN = 4


def is_written(text: str) -> bool:
    """Whether somebody who is asked whether they would like to write has begun to: words of some length, and no question."""
    return len(spoken(text).split()) >= _WRITTEN and not text.rstrip().endswith("?")


# Yes and no.

_YES = """
    yes / yeah / yep / yup / yea / aye / y / ja / si / oui / ok / okay / okey / sure / sure thing / for sure / surely
    of course / certainly / absolutely / definitely / indeed / by all means / naturally / why not
    gladly / with pleasure / with joy / happily / happy to / im happy to / i am happy to / id be happy to
    i would be happy to / glad to / id be glad to / i would be glad to / id love to / i would love to / love to
    id love that / i would love that / id like to / i would like to / id like that / i would like that / i want to
    i do / i will / i am in / im in / count me in / i think so / i agree / agreed / agree / we agree
    fine / thats fine / that is fine / its fine / it is fine / fine with me / fine by me / fine for me
    good / good with me / works / works for me / that works / that works for me / suits me / it suits me
    all right / alright / right / thats right / that is right / its right / it is right / looks right
    correct / thats correct / that is correct / its correct / exactly / thats it / that is it / true
    go ahead / please do / do it / do that / do so / go for it / lets do it / lets do that / lets go / lets
"""
_NO = """
    no / nope / nah / n / nein / non / never / no way
    not now / not right now / not yet / not today / not this time / not at the moment / not at all
    not really / not for me / not me / not interested / im not interested / i am not interested
    rather not / id rather not / i would rather not / i rather not / better not / prefer not to / prefer not
    i prefer not to / id prefer not to / i would prefer not to / i dont think so / i think not
    dont / do not / please dont / please do not / dont do it / do not do it / i dont / i do not
    i dont want to / i do not want to / i dont want that / i do not want that / i wont / i will not
    wrong / thats wrong / that is wrong / its wrong / it is wrong / not right / thats not right / that is not right
    its not right / it is not right / not correct / thats not correct / that is not correct / not quite / not quite right
    maybe later / perhaps later / another time / some other time / maybe another time / perhaps another time
    leave it / forget it / let it be
"""
_NEITHER = """
    please / thanks / thank you / thanks a lot / thank you very much / many thanks / very much / so much / a lot
    then / well / oh / kinkeeper / sorry / im sorry / i am sorry / very / very gladly / with me / for me / from me / that
    im afraid / i am afraid
"""


def _read(words: str) -> set[str]:
    return {" ".join(each.split()) for line in words.splitlines() for each in line.split("/")} - {
        ""
    }


_LEANS: dict[str, bool | None] = {
    **dict.fromkeys(_read(_NEITHER)),
    **dict.fromkeys(_read(_YES), True),
    **dict.fromkeys(_read(_NO), False),
}
_MOST_WORDS = max(len(each.split()) for each in _LEANS)


def leaning(text: str) -> bool | None:
    """Whether an answer is a yes or a no; None for both, for a question back, and where anything else is said with it."""
    words = spoken(text).split() if len(text) <= LONGEST else []
    if "?" in text or not words:
        return None
    found: set[bool | None] = set()
    while words:
        length = next(
            (
                many
                for many in range(min(_MOST_WORDS, len(words)), 0, -1)
                if " ".join(words[:many]) in _LEANS
            ),
            0,
        )
        if not length:
            return None
        found.add(_LEANS[" ".join(words[:length])])
        words = words[length:]
    found.discard(None)
    return found.pop() if len(found) == 1 else None
