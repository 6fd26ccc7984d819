"""The scripts that come with Kinkeeper, and how a script is found by the name people give it.

It promises that each of them can be read and run, and that a name a little off still finds what was meant or is
answered with what was nearest.
"""

from __future__ import annotations

import difflib
import functools
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType

from practices.outline import Mistake, ScriptMistake
from practices.reading import read
from practices.script import Script
from practices.understanding import NotUnderstood, shown

__all__ = ["LONGEST_KEY", "Mistake", "ScriptMistake", "find", "key", "library", "read"]

LONGEST_KEY = 64
"""In characters; names are shorter (practices.reading)."""


def key(name: str) -> str:
    """A name as names are compared: neither case, accents, hyphens, apostrophes nor spaces tell two apart."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())[:LONGEST_KEY]


@functools.cache
def library() -> Mapping[str, Script]:
    """Every script of practices/scripts/ by `key` of its name, in alphabetical order of names."""
    found = [
        read(file.read_text(encoding="utf-8"), name=file.name)
        for file in files("practices").joinpath("scripts").iterdir()
        if file.name.endswith(".yaml")
    ]
    found.sort(key=lambda script: script.name.casefold())
    by_key = {key(script.name): script for script in found}
    if len(by_key) != len(found):
        raise ValueError("two scripts of the library have one name")
    return MappingProxyType(by_key)


def find(name: str, among: Iterable[Script] | None = None) -> Script:
    """The script of that name, of the library unless others are given. Raises NotUnderstood with what is near."""
    scripts = {key(each.name): each for each in (library().values() if among is None else among)}
    said = key(name[: LONGEST_KEY * 2])
    if said in scripts:
        return scripts[said]
    holding = [each.name for known, each in scripts.items() if said and said in known]
    near = [scripts[known].name for known in difflib.get_close_matches(said, scripts, 3, 0.6)]
    if len(holding) == 1:
        return scripts[key(holding[0])]
    meant = " or ".join(f"“{each}”" for each in dict.fromkeys([*holding[:3], *near][:3]))
    hint = f"Did you mean {meant}?" if meant else "“scripts” lists what there is."
    raise NotUnderstood(f"I don't know a script {shown(name)}. {hint}")
