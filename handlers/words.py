"""Splits what people type into words, without the traps of a shell.

An apostrophe is a letter, curly quotes are quotes, a newline is a space, invisible direction marks are nothing,
and every text whatever can be split.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

#: An opening quote and what closes it. The straight apostrophe is not among them: "don't" is a word.
QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»"}

#: Marks that change the direction of writing, the joiners that some keyboards leave behind, and letters without a shape.
INVISIBLE = dict.fromkeys(
    [
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *(0xFEFF, 0x061C, 0x00AD, 0x034F, 0x180E, 0x2800),
        *(0x115F, 0x1160, 0x3164, 0xFFA0),
    ]
)

#: Asks a client for the emoji form of a sign; people's clients differ in whether they add it.
EMOJI_FORM = "\ufe0f"

SIMILAR_ENOUGH = 0.6

#: Rings a whole room where it is written, in any case.
_ALARM = re.compile(r"@(?=room)", re.IGNORECASE)

_SKIN = dict.fromkeys(range(0x1F3FB, 0x1F400))


def first_word(text: str) -> tuple[str, str]:
    """The first word of `text`, and all that follows it, unchanged but for the space around it.

    A word that opens with a quote ends with its closing quote; a quote that never closes is a letter.
    """
    text = text.strip()
    if not text:
        return "", ""
    closing = QUOTES.get(text[0])
    if closing:
        ends = [end for end in (text.find(mark, 1) for mark in closing) if end > 0]
        if ends:
            return text[1 : min(ends)].strip(), text[min(ends) + 1 :].strip()
    parts = text.split(maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def plain(text: str) -> str:
    """`text` without invisible marks, for comparing; never for saying back."""
    return unicodedata.normalize("NFKC", text.translate(INVISIBLE)).strip()


def folded(word: str) -> str:
    """`word` as it is compared: no case, no invisible marks, no full stop at its end."""
    return plain(word).casefold().rstrip(".!,;:?…")


def sign(key: str) -> str:
    """A reaction as it is compared: the colour of a hand says nothing."""
    return key.replace(EMOJI_FORM, "").translate(_SKIN).strip()


def after_prefix(text: str, prefix: str) -> str | None:
    """What follows the command prefix; None when `text` is no command.

    "!" alone, "!!!" and "! well" are people being people.
    """
    shown = text.lstrip().translate(INVISIBLE).lstrip()
    if not shown.startswith(prefix):
        return None
    rest = shown[len(prefix) :]
    return rest if rest[:1].isalnum() else None


def similar(word: str, known: Iterable[str], enough: float = SIMILAR_ENOUGH) -> str | None:
    """The known word that somebody may have meant; `enough` is how like it has to be, up to 1."""
    found = get_close_matches(folded(word), sorted(known), n=1, cutoff=enough)
    return found[0] if found else None


_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"})


def verbatim(text: str) -> str:
    """`text` as Markdown that shows exactly these words, line by line."""
    return "\n".join(line.strip().translate(_MARKS) for line in text.splitlines())


def escaped(name: str) -> str:
    """A person's or a room's own name, safe inside Markdown, and never an alarm for the whole room."""
    shown = " ".join(name.translate(INVISIBLE).split())
    quiet = "".join(f"\\{mark}" if mark in "\\`*_{}[]<>()#+-.!|~&" else mark for mark in shown)
    return _ALARM.sub("@\u200b", quiet)
