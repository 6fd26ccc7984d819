"""Languages as people say them and as letters carry them: short codes (BCP 47), with a name for those many speak.

It promises to read its own words back, and to say what it could not read.
"""

from __future__ import annotations

import re

from practices.understanding import NotUnderstood, shown

__all__ = ["MOST", "read_languages", "words"]

MOST = 8
"""Languages that a letter names."""

_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")

_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

_CODES = {name.casefold(): code for code, name in _NAMES.items()}


def read_languages(text: str) -> tuple[str, ...]:
    """The languages that are named, between commas or “and”, as codes, each once. Raises NotUnderstood."""
    said = [part for part in re.split(r"[,;/]|\band\b|\bor\b", text) if part.strip()]
    found = dict.fromkeys(_code(part.strip().rstrip(".")) for part in said)
    if not 0 < len(found) <= MOST:
        raise NotUnderstood(
            f"I need one to {MOST} languages, such as “English, Portuguese” or “en, pt”."
        )
    return tuple(found)


def _code(said: str) -> str:
    known = _CODES.get(said.casefold())
    if known is not None:
        return known
    if _CODE.fullmatch(said):
        return said
    raise NotUnderstood(
        f"I don't know the language {shown(said)}. Its short code is enough, such as “en” or “pt-BR”."
    )


def words(codes: tuple[str, ...]) -> str:
    """Languages as they are shown: “English, Portuguese”; one without a name by its code, as it was written."""
    return ", ".join(_NAMES.get(code.casefold(), code) for code in codes)
