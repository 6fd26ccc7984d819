"""Reads a script that somebody wrote in YAML, and tells every mistake in it at once, with line and column.

It promises that what it returns can be run, and that a text which cannot is never half taken: the format is that of
docs/scripts.md, from which a member writes one.
"""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from practices.circles import Scale
from practices.outline import Block, Items, Mistake, Node, ScriptMistake, Words, outline
from practices.script import (
    LONGEST,
    Field,
    Form,
    Opens,
    Outcome,
    Phase,
    Role,
    Script,
    Shows,
    Sitting,
    Turns,
)
from practices.understanding import shown

__all__ = ["read"]

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

#: How long texts may be, in characters, and how many of a kind there may be.
LONGEST_NAME = 60
LONGEST_LINE = 200
LONGEST_PROMPT = 400
MOST_PHASES = 40
MOST_SITTINGS = 24
MOST_FIELDS = 30
MOST_CHOICES = 12
MOST_ROLES = 8
MOST_KEEPS = 8
MOST_FORMS = 6
MOST_ROUNDS = 10
LONGEST_RHYTHM = 366
HIGHEST = 100

SCRIPT_KEYS = (
    "name", "purpose", "source", "scales", "least", "most", "phases", "sittings", "before", "booked", "every days",
    "roles", "focus", "forms", "outcome", "keeps", "link", "credit", "licence",
)  # fmt: skip
SITTING_KEYS = ("name", "before", "every days", "phases")
PHASE_KEYS = (
    "name", "turns", "minutes", "minutes each", "up to", "rounds", "prompt", "without", "optional", "form",
    "may mark", "next step", "for each",
)  # fmt: skip
FORM_KEYS = ("fields", "choices", "scale", "opens", "hours", "shows", "only to writers", "least")
FIELD_KEYS = ("name", "text", "sensitive")
ROLE_KEYS = ("name", "holds")

#: Words with which somebody might send a phase elsewhere: forward is where it goes anyway, and back has no end.
_JUMPS = frozenset({"then", "goto", "go to", "next", "back", "back to", "repeat", "jump", "until"})

_YES = frozenset({"yes", "true", "on"})
_NO = frozenset({"no", "false", "off"})
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")
_WHOLE = re.compile(r"[+-]?\d{1,9}")
_RANGE = re.compile(r"(?P<low>-?\d{1,4}) *(?:-|–|to|\.\.) *(?P<high>-?\d{1,4})")
_LINK = re.compile(r"https://[^\s<>\"'`|\\]+\.[^\s<>\"'`|\\]+")


def read(text: str, *, name: str = "") -> Script:
    """The script that a text says; `name` is what the text is called, for its mistakes. Raises ScriptMistake."""
    return _read(text, name)


@functools.lru_cache(maxsize=256)
def _read(text: str, name: str) -> Script:
    mistakes: list[Mistake] = []
    entries = _Entries(outline(text, name=name), "a script", SCRIPT_KEYS, mistakes)
    script = _script(entries)
    if mistakes or script is None:
        raise ScriptMistake(mistakes, name=name)
    return script


def _said(words: Words) -> str:
    """What stands there, as it is said back: a number as it is, other words in quotation marks."""
    value = words.value.strip()
    return value if _NUMBER.fullmatch(value) else shown(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    return "\n".join(filter(None, map(_one_line, text.splitlines())))


class _Entries:
    """The entries of one block. What cannot be read is noted, and stands for nothing from there on."""

    def __init__(
        self, block: Block, about: str, known: tuple[str, ...], mistakes: list[Mistake]
    ) -> None:
        self.block = block
        self.about = about
        self.mistakes = mistakes
        for key, (words, _node) in block.entries.items():
            if key not in known:
                self.wrong(words, _unknown(words, key, about, known))

    def wrong(self, at: Node, text: str) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(at.line, at.column, text))

    def has(self, key: str) -> bool:
        """Whether something stands there."""
        return self.node(key) is not None

    def node(self, key: str) -> Node | None:
        """What stands there; None when nothing does."""
        found = self.block.entries.get(key)
        if found is None or (isinstance(found[1], Words) and found[1].empty):
            return None
        return found[1]

    def at(self, key: str) -> Node:
        """Where to point for a key: its value, the empty key, or the block."""
        found = self.block.entries.get(key)
        if found is None:
            return self.block
        return self.node(key) or found[0]

    def missing(self, key: str, example: str) -> None:
        """Note that something is not there which must be."""
        what = (
            f"{key} says nothing" if key in self.block.entries else f"{self.about} needs its {key}"
        )
        self.wrong(self.at(key), f"{what}, such as “{key}: {example}”")

    def words(self, key: str) -> Words | None:
        """A word or a text; None when there is none, or when it is a list or a block."""
        return self.as_words(self.node(key), key)

    def as_words(self, node: Node | None, what: str) -> Words | None:
        if node is None or isinstance(node, Words):
            return node
        self.wrong(node, f"{what} is words, and here stands a {_kind(node)}")
        return None

    def text(
        self, key: str, *, longest: int = LONGEST_LINE, lines: bool = False, example: str = ""
    ) -> str:
        """A text. With an `example` it must be there."""
        node = self.node(key)
        if node is None:
            if example:
                self.missing(key, example)
            return ""
        return self.as_text(node, key, longest=longest, lines=lines)

    def as_text(self, node: Node, what: str, *, longest: int, lines: bool = False) -> str:
        words = self.as_words(node, what)
        if words is None:
            return ""
        text = (_lines if lines else _one_line)(words.value)
        if not text:
            self.wrong(node, f"{what} says nothing")
        elif len(text) > longest:
            self.wrong(node, f"{what} takes at most {longest} letters; these are {len(text)}")
        return text

    def yes(self, key: str) -> bool:
        """A yes or a no; no when it is not there."""
        words = self.words(key)
        if words is None:
            return False
        said = words.value.strip().casefold()
        if said not in _YES | _NO:
            self.wrong(words, f"{key} is yes or no; it says {_said(words)}")
        return said in _YES

    def one_of(self, key: str, kind: type[E], otherwise: E) -> E:
        """One of the words there are."""
        words = self.words(key)
        return otherwise if words is None else self.as_one_of(words, key, kind) or otherwise

    def as_one_of(self, words: Words, what: str, kind: type[E]) -> E | None:
        said = _one_line(words.value).casefold()
        if said in list(kind):
            return kind(said)
        near = difflib.get_close_matches(said[:LONGEST_NAME], list(kind), 1, 0.6)
        meant = f"; did you mean {near[0]}?" if near else ""
        self.wrong(words, f"{what} is one of {', '.join(kind)}; it says {_said(words)}{meant}")
        return None

    def minutes(self, key: str) -> float | None:
        """Minutes above nothing and up to a week."""
        words = self.words(key)
        return None if words is None else self.as_minutes(words, key)

    def as_minutes(self, words: Words, what: str, highest: float = LONGEST) -> float | None:
        said = words.value.strip()
        if not _NUMBER.fullmatch(said):
            self.wrong(words, f"{what} is a number such as 3 or 2.5; it says {_said(words)}")
            return None
        value = float(said)
        if not (math.isfinite(value) and value > 0):
            self.wrong(words, f"{what} needs to be more than 0; it says {said}")
            return None
        if value > highest:
            limit = f"at most {highest:g}, which is a week"
            self.wrong(words, f"{what} needs to be {limit}; it says {said}")
            return None
        return value

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number within its bounds."""
        words = self.words(key)
        if words is None:
            return None
        said = words.value.strip()
        if not _WHOLE.fullmatch(said):
            self.wrong(
                words, f"{key} is a whole number from {low} to {high}; it says {_said(words)}"
            )
            return None
        if not low <= int(said) <= high:
            self.wrong(words, f"{key} goes from {low} to {high}; it says {said}")
            return None
        return int(said)

    def items(self, key: str, most: int, example: str = "") -> list[Node]:
        """A list; a single word stands for a list of one. With an `example` it must be there."""
        node = self.node(key)
        if node is None or (isinstance(node, Items) and not node.items):
            if example or node is not None:
                self.missing(key, example or "…")
            return []
        if isinstance(node, Block):
            self.wrong(node, f"{key} is a list, each line of it with a “-” in front")
            return []
        found: list[Node] = list(node.items) if isinstance(node, Items) else [node]
        if len(found) > most:
            self.wrong(found[most], f"{key} takes at most {most}; here stand {len(found)}")
        return found[:most]

    def texts(self, key: str, *, most: int, longest: int) -> tuple[str, ...]:
        """A list of texts, no two alike."""
        found: dict[str, None] = {}
        for node in self.items(key, most):
            text = self.as_text(node, key, longest=longest)
            if text in found:
                self.wrong(node, f"{key} says {shown(text)} a second time")
            found[text] = None
        return tuple(found)

    def blocks(self, key: str, about: str, known: tuple[str, ...], most: int) -> list[_Entries]:
        """A list of blocks."""
        found = []
        for node in self.items(key, most):
            if isinstance(node, Block):
                found.append(_Entries(node, about, known, self.mistakes))
            else:
                self.wrong(node, f"{about} is made of lines such as “{known[0]}: …”")
        return found

    def built(self, build: Callable[[], T], before: int) -> T | None:
        """What `build` makes, if no mistake was noted since there were `before`."""
        return build() if len(self.mistakes) == before else None


def _unknown(words: Words, key: str, about: str, known: tuple[str, ...]) -> str:
    if key in _JUMPS:
        return (
            f"{shown(words.value)} has no place here: phases run in the order in which they stand, each once; "
            "“rounds: 2” gives everybody two turns"
        )
    near = difflib.get_close_matches(key[:LONGEST_NAME], known, 1, 0.6)
    meant = f"did you mean {near[0]}?" if near else f"it knows {', '.join(known)}"
    return f"{about} knows no {shown(words.value)}; {meant}"


def _kind(node: Node) -> str:
    return "list" if isinstance(node, Items) else "block of lines"


# ----------------------------------------------------------------------------------------- the script


def _script(entries: _Entries) -> Script | None:
    before = len(entries.mistakes)
    scales = _scales(entries)
    least, most = _size(entries, scales)
    focus = entries.yes("focus")
    given: dict[str, Any] = {
        "name": _name(entries),
        "purpose": entries.text("purpose", example="so that everybody has been heard once"),
        "source": entries.text("source") or "their own",
        "scales": scales,
        "least": least,
        "most": most,
        "sittings": _sittings(entries, focus=focus, most=most),
        "booked": entries.whole("booked", 1, LONGEST),
        "every_days": entries.whole("every days", 1, LONGEST_RHYTHM),
        "roles": _roles(entries),
        "focus": focus,
        "forms": _forms(entries),
        "outcome": _outcome(entries),
        "keeps": entries.texts("keeps", most=MOST_KEEPS, longest=LONGEST_LINE),
        "link": _link(entries),
        "credit": entries.text("credit"),
        "licence": entries.text("licence", longest=LONGEST_NAME) or "CC0-1.0",
    }
    return entries.built(lambda: Script(**given), before)


def _name(entries: _Entries) -> str:
    name = entries.text("name", longest=LONGEST_NAME, example="check-in round")
    if name and not any(letter.isalnum() for letter in name):
        entries.wrong(entries.at("name"), "name needs a letter or a number in it")
    return name


def _scales(entries: _Entries) -> tuple[Scale, ...]:
    found: dict[Scale, None] = {}
    for node in entries.items("scales", len(Scale), example="[dyad, crew]"):
        words = entries.as_words(node, "each of the scales")
        scale = entries.as_one_of(words, "each of the scales", Scale) if words else None
        if scale is not None:
            found[scale] = None
    return tuple(found)


def _size(entries: _Entries, scales: tuple[Scale, ...]) -> tuple[int, int]:
    """How many people it takes; what is left out is what its scales allow."""
    smallest = min((min(scale.sizes) for scale in scales), default=1)
    largest = max((max(scale.sizes) for scale in scales), default=max(Scale.CONGREGATION.sizes))
    mistaken = len(entries.mistakes)
    least, most = entries.whole("least", 1, HIGHEST * 2), entries.whole("most", 1, HIGHEST * 2)
    low, high = least or smallest, most or largest
    if len(entries.mistakes) > mistaken or not scales:
        return 1, largest
    holds = " and ".join(_holds(scale) for scale in scales)
    for key, value in (("least", least), ("most", most)):
        if value is not None and not smallest <= value <= largest:
            entries.wrong(entries.at(key), f"{key} is {value}, and {holds}")
    if len(entries.mistakes) > mistaken:
        return 1, largest
    if low > high:
        entries.wrong(entries.at("least"), f"least is {low}, more than most, which is {high}")
        return 1, largest
    for scale in scales:
        if max(low, min(scale.sizes)) > min(high, max(scale.sizes)):
            text = f"from {low} to {high} people it never fits a {scale}: {_holds(scale)}"
            entries.wrong(entries.at("scales"), text)
    return low, high


def _holds(scale: Scale) -> str:
    low, high = min(scale.sizes), max(scale.sizes)
    return f"a {scale} holds {low}" if low == high else f"a {scale} holds {low} to {high}"


def _roles(entries: _Entries) -> tuple[Role, ...]:
    roles = []
    for role in entries.blocks("roles", "a role", ROLE_KEYS, MOST_ROLES):
        name = role.text("name", longest=LONGEST_NAME, example="timekeeper")
        holds = role.text("holds", example="says when half of the time is over")
        roles.append(Role(name=name, holds=holds))
    return tuple(roles)


def _outcome(entries: _Entries) -> Outcome | None:
    words = entries.words("outcome")
    return None if words is None else entries.as_one_of(words, "outcome", Outcome)


def _link(entries: _Entries) -> str | None:
    link = entries.text("link", longest=LONGEST_LINE)
    if link and not _LINK.fullmatch(link):
        entries.wrong(entries.at("link"), f"link begins with https://; it says {shown(link)}")
    return link or None


def _forms(entries: _Entries) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Other forms of the script: for each name, the minutes of every phase."""
    node = entries.node("forms")
    if node is None:
        return ()
    if not isinstance(node, Block):
        entries.wrong(node, "forms are made of lines such as “short: [5, 10, 5]”")
        return ()
    phases = entries.node("phases")
    if entries.has("sittings") or not isinstance(phases, Items):
        entries.wrong(node, "only a script of one sitting, with its phases, has other forms")
        return ()
    if len(node.entries) > MOST_FORMS:
        entries.wrong(node, f"a script has at most {MOST_FORMS} other forms")
    return tuple(
        (
            entries.as_text(key, "the name of a form", longest=LONGEST_NAME),
            _times(entries, times, len(phases.items)),
        )
        for key, times in node.entries.values()
    )


def _times(entries: _Entries, node: Node, phases: int) -> tuple[float, ...]:
    if not isinstance(node, Items):
        entries.wrong(node, "a form is a list of minutes, one for each phase, such as [5, 10, 5]")
        return ()
    if len(node.items) != phases:
        text = f"this form has {len(node.items)} times, and the script has {phases} phases"
        entries.wrong(node, text)
    times = []
    for item in node.items:
        words = entries.as_words(item, "minutes")
        value = entries.as_minutes(words, "minutes") if words else None
        times.append(value or 1.0)
    return tuple(times)


# ---------------------------------------------------------------------------------------- its sittings


def _sittings(entries: _Entries, *, focus: bool, most: int) -> tuple[Sitting, ...]:
    if not entries.has("sittings"):
        return _only_sitting(entries, focus=focus, most=most)
    for key in ("phases", "before"):
        if key in entries.block.entries:
            key_words = entries.block.entries[key][0]
            entries.wrong(key_words, f"a script with sittings has its {key} inside each of them")
    sittings = []
    for sitting in entries.blocks("sittings", "a sitting", SITTING_KEYS, MOST_SITTINGS):
        before = len(entries.mistakes)
        given: dict[str, Any] = {
            "name": sitting.text("name", longest=LONGEST_NAME, example="first meeting"),
            "before": sitting.text("before", longest=LONGEST_PROMPT, lines=True),
            "every_days": sitting.whole("every days", 1, LONGEST_RHYTHM),
            "phases": _phases(sitting, focus=focus, most=most),
        }
        built = sitting.built(partial(Sitting, **given), before)
        if built is not None:
            sittings.append(built)
    return tuple(sittings)


def _only_sitting(entries: _Entries, *, focus: bool, most: int) -> tuple[Sitting, ...]:
    before = len(entries.mistakes)
    given: dict[str, Any] = {
        "name": entries.text("name", longest=LONGEST_NAME),
        "before": entries.text("before", longest=LONGEST_PROMPT, lines=True),
        "phases": _phases(entries, focus=focus, most=most),
    }
    built = entries.built(lambda: Sitting(**given), before)
    return () if built is None else (built,)


def _phases(entries: _Entries, *, focus: bool, most: int) -> tuple[Phase, ...]:
    if not entries.has("phases"):
        entries.missing("phases", "…")
        return ()
    found = entries.blocks("phases", "a phase", PHASE_KEYS, MOST_PHASES)
    phases = [_phase(phase, focus=focus, most=most) for phase in found]
    return tuple(phase for phase in phases if phase is not None)


def _phase(entries: _Entries, *, focus: bool, most: int) -> Phase | None:
    before = len(entries.mistakes)
    form = _form(entries, most)
    given: dict[str, Any] = {
        "name": entries.text("name", longest=LONGEST_NAME, example="opening"),
        "turns": entries.one_of("turns", Turns, Turns.TOGETHER),
        "minutes": entries.minutes("minutes"),
        "minutes_each": entries.minutes("minutes each"),
        "up_to": entries.minutes("up to"),
        "rounds": entries.whole("rounds", 1, MOST_ROUNDS) or 1,
        "prompt": entries.text("prompt", longest=LONGEST_PROMPT, lines=True),
        "without": entries.text("without"),
        "optional": entries.yes("optional"),
        "form": form,
        "may_mark": entries.yes("may mark"),
        "next_step": entries.yes("next step"),
        "for_each": entries.yes("for each"),
    }
    if len(entries.mistakes) > before:
        return None
    if form is not None and form.hours is not None and given["minutes_each"] is None:
        given["minutes"] = given["minutes"] or form.hours * 60
    _check_time(entries, given["turns"])
    _check_focus(entries, given["turns"], focus=focus)
    return entries.built(lambda: Phase(**given), before)


def _check_time(entries: _Entries, turns: Turns) -> None:
    """A phase ends: it has minutes, and they are shared by those who have a turn."""
    waits = isinstance(form := entries.node("form"), Block) and "hours" in form.entries
    if entries.has("minutes") and entries.has("minutes each"):
        text = "a phase has minutes for the whole, or minutes each, not both"
        entries.wrong(entries.at("minutes each"), text)
    elif not (entries.has("minutes") or entries.has("minutes each") or waits):
        text = "a phase needs a time, such as “minutes: 5”, or “minutes each: 3” with turns"
        entries.wrong(entries.block, text)
    given = entries.minutes("minutes") or entries.minutes("minutes each")
    longest = entries.minutes("up to")
    if longest is not None and given is not None and longest < given:
        text = f"up to is {longest:g}, and the phase takes {given:g} minutes already"
        entries.wrong(entries.at("up to"), text)
    if turns in {Turns.TOGETHER, Turns.SILENT}:
        for key in ("minutes each", "rounds"):
            if entries.has(key):
                text = f"{key} needs turns, such as “turns: each”; here it says {turns}"
                entries.wrong(entries.at(key), text)
    elif turns is Turns.FOCUS and entries.has("rounds"):
        entries.wrong(entries.at("rounds"), "one person alone has no rounds")


def _check_focus(entries: _Entries, turns: Turns, *, focus: bool) -> None:
    """Whoever is spoken of as the focus person is there."""
    for_each = entries.yes("for each")
    if focus and for_each:
        text = (
            "a script has one focus person (focus: yes), or each in turn (for each: yes), not both"
        )
        entries.wrong(entries.at("for each"), text)
    if focus or for_each:
        return
    if turns in {Turns.FOCUS, Turns.OTHERS}:
        text = f"turns: {turns} needs a focus person; say “focus: yes” in the script or “for each: yes” here"
        entries.wrong(entries.at("turns"), text)
    if entries.yes("next step"):
        text = "next step is asked of a focus person; say “focus: yes” in the script or “for each: yes” here"
        entries.wrong(entries.at("next step"), text)


# ------------------------------------------------------------------------------------------- its forms


def _form(phase: _Entries, most: int) -> Form | None:
    node = phase.node("form")
    if node is None:
        if "form" in phase.block.entries:
            phase.missing("form", "…")
        return None
    if not isinstance(node, Block):
        phase.wrong(node, "a form is made of lines such as “fields: [what worked, what did not]”")
        return None
    before = len(phase.mistakes)
    entries = _Entries(node, "a form", FORM_KEYS, phase.mistakes)
    given: dict[str, Any] = {
        "fields": _fields(entries),
        "choices": entries.texts("choices", most=MOST_CHOICES, longest=LONGEST_NAME),
        "scale": _scale(entries),
        "opens": entries.one_of("opens", Opens, Opens.ALL),
        "hours": _hours(entries),
        "shows": entries.one_of("shows", Shows, Shows.TEXTS),
        "only_to_writers": entries.yes("only to writers"),
        "least": entries.whole("least", 1, HIGHEST * 2) or 1,
    }
    if len(phase.mistakes) > before:
        return None
    _check_form(entries, given, most)
    return entries.built(lambda: Form(**given), before)


def _check_form(entries: _Entries, given: dict[str, Any], most: int) -> None:
    opens, shows, scale, choices = (given[key] for key in ("opens", "shows", "scale", "choices"))
    if scale and choices:
        entries.wrong(entries.at("scale"), "a form has choices or a scale, not both")
    if len(choices) == 1:
        entries.wrong(entries.at("choices"), "choices are two at least")
    if opens is Opens.HOURS and given["hours"] is None:
        entries.missing("hours", "48")
    if opens is not Opens.HOURS and given["hours"] is not None:
        entries.wrong(entries.at("hours"), "hours go with “opens: hours”")
    if shows is Shows.AVERAGE and not scale:
        entries.wrong(entries.at("shows"), "an average needs numbers, such as “scale: 1-7”")
    if shows in {Shows.COUNTS, Shows.OVERLAPS} and not (choices or scale):
        text = f"{shows} needs choices, such as “choices: [none, small, large]”"
        entries.wrong(entries.at("shows"), text)
    if given["least"] > most:
        text = f"least is {given['least']}, and at most {most} people take part"
        entries.wrong(entries.at("least"), text)


def _fields(entries: _Entries) -> tuple[Field, ...]:
    fields: dict[str, Field] = {}
    for node in entries.items("fields", MOST_FIELDS, example="[what worked, what did not]"):
        field = _field(entries, node)
        if field.name in fields:
            entries.wrong(node, f"two fields are called {shown(field.name)}")
        fields[field.name] = field
    return tuple(fields.values())


def _field(form: _Entries, node: Node) -> Field:
    if not isinstance(node, Block):
        text = form.as_text(node, "a field", longest=LONGEST_LINE)
        return Field(name=text[:LONGEST_NAME], text=text)
    entries = _Entries(node, "a field", FIELD_KEYS, form.mistakes)
    name = entries.text("name", longest=LONGEST_NAME, example="learned")
    text = entries.text("text") or name
    return Field(name=name, text=text, sensitive=entries.yes("sensitive"))


def _scale(entries: _Entries) -> tuple[int, int] | None:
    node = entries.node("scale")
    if node is None:
        return None
    words = node.items if isinstance(node, Items) else [node]
    said = " to ".join(word.value.strip() for word in words if isinstance(word, Words))
    found = _RANGE.fullmatch(said)
    if not found:
        entries.wrong(node, "scale is the lowest and the highest number, such as “scale: 1-7”")
        return None
    low, high = int(found["low"]), int(found["high"])
    if not (0 <= low < high <= HIGHEST):
        text = f"scale goes up, from 0 at the lowest to {HIGHEST} at the highest; it says {low} to {high}"
        entries.wrong(node, text)
        return None
    return low, high


def _hours(entries: _Entries) -> float | None:
    words = entries.words("hours")
    return None if words is None else entries.as_minutes(words, "hours", highest=LONGEST / 60)
