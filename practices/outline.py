"""Reads YAML as people write it into an outline of words, lists and blocks that know their line and column.

It promises that a text from anybody is read in time that its length bounds, or refused with the place where the
reading ended: no aliases, tags or merge keys, no second document, no depth without end, no signs that cannot be seen.
Nothing is guessed from how a word looks: a `no` is the word “no” until whoever asks for a yes or a no reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from textwrap import dedent
from typing import NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from practices.understanding import NotUnderstood, shown

__all__ = [
    "LONGEST_TEXT",
    "MOST_MISTAKES",
    "Block",
    "Items",
    "Mistake",
    "Node",
    "ScriptMistake",
    "Words",
    "outline",
    "unfenced",
]

LONGEST_TEXT = 64 * 1024
"""In bytes of UTF-8; a longer text is refused before it is read."""

MOST_MISTAKES = 20
"""As many mistakes are told at once; of the others, only how many there are."""

_DEEPEST = 8


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that cannot stay as it is; `line` and `column` count from 1."""

    line: int
    column: int
    text: str

    def __str__(self) -> str:
        """As it is told."""
        return f"line {self.line}, column {self.column}: {self.text}"


class ScriptMistake(NotUnderstood):
    """A script cannot be read; the message names every mistake with its place."""

    def __init__(self, mistakes: list[Mistake], *, name: str = "") -> None:
        """`name` is what the text is called, such as the name of its file."""
        self.mistakes = tuple(sorted(set(mistakes)))
        told = [str(mistake) for mistake in self.mistakes[:MOST_MISTAKES]]
        more = len(self.mistakes) - len(told)
        if more:
            told.append(f"and {more} more, which I tell once these are mended.")
        what = shown(name) if name else "this script"
        super().__init__("\n".join([f"I could not read {what} yet:", *told]))


@dataclass(frozen=True, slots=True)
class Words:
    """A word, a number or a text."""

    line: int
    column: int
    value: str
    #: Without quotation marks, so that a `~` or nothing at all is nothing.
    bare: bool

    @property
    def empty(self) -> bool:
        """Whether nothing stands there."""
        return not self.value.strip() or (self.bare and self.value in ("~", "null"))


@dataclass(slots=True)
class Items:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """Lines of the form `key: value`; no two of them have the same key."""

    line: int
    column: int
    #: By the key as `named` writes it, with where the key itself stands.
    entries: dict[str, tuple[Words, Node]] = field(default_factory=dict)


Node = Words | Items | Block


def named(key: str) -> str:
    """A key as keys are compared: `Minutes_each` is `minutes each`."""
    return " ".join(key.replace("_", " ").replace("-", " ").casefold().split())


def outline(text: str, *, name: str = "") -> Block:
    """What a text says, as a block. Raises ScriptMistake where it is no such text."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _check_length(text, name)
    _check_signs(text, name)
    reading = _Reading(name)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            reading.hear(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = f"{error.context} {error.problem}"
        reading.mistakes.append(Mistake(line, column, _plainly(problem)))
        raise ScriptMistake(reading.mistakes, name=name) from error
    except yaml.YAMLError as error:
        raise ScriptMistake([Mistake(1, 1, _plainly(str(error)))], name=name) from error
    root = reading.root
    if not isinstance(root, Block):
        at = root or Words(1, 1, "", bare=True)
        text = "a script is made of lines such as “name: check-in”"
        raise ScriptMistake([Mistake(at.line, at.column, text)], name=name)
    if reading.mistakes:
        raise ScriptMistake(reading.mistakes, name=name)
    return root


_FENCE = re.compile(r"\A\s*(`{3,}|~{3,})[^\n`]*\n(?P<inside>.*?)\n?[ \t]*\1\s*\Z", re.DOTALL)


def unfenced(text: str) -> str:
    """What somebody pasted, without the code fence around it and the space that all its lines begin with."""
    found = _FENCE.match(text)
    if found:
        return dedent(found["inside"])
    first, line_end, others = text.partition("\n")
    # Whoever pastes behind a word loses the space before the first line, and no other.
    return first.lstrip() + line_end + dedent(others) if _belongs_left(first, others) else text


def _belongs_left(first: str, others: str) -> bool:
    lines = [line for line in others.splitlines() if line.strip()]
    opens = first.rstrip().endswith(":")
    return bool(lines) and not opens and all(line[0] == " " for line in lines)


def _check_length(text: str, name: str) -> None:
    # Each letter is one byte at least, so that a long text needs no measuring.
    head = text[: LONGEST_TEXT + 1].encode(errors="replace")[: LONGEST_TEXT + 1]
    if len(head) <= LONGEST_TEXT:
        return
    line, column = _place(head[:LONGEST_TEXT].decode(errors="ignore"))
    mistake = Mistake(line, column, "here a script is longer than 64 KiB, so I read none of it")
    raise ScriptMistake([mistake], name=name)


#: What nobody sees: controls, halves of signs, foreign line ends, and marks that turn the direction of writing.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def _check_signs(text: str, name: str) -> None:
    mistakes = [
        Mistake(*_place(text[: found.start()]), _unseen(found.group()))
        for found, _ in zip(_UNSEEN.finditer(text), range(MOST_MISTAKES), strict=False)
    ]
    if mistakes:
        raise ScriptMistake(mistakes, name=name)


def _unseen(sign: str) -> str:
    return f"a sign that nobody can see (number {ord(sign):04X}) stands here; take it out"


def _place(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what comes after `before`."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


#: What the library says, and what it means for whoever wrote the text.
_MEANINGS = (
    ("'\\t'", "a tab stands here; indent with spaces"),
    ("mapping values are not allowed", "a colon too many, or the line does not line up with those above it; a text with a colon in it stands in quotation marks"),
    ("could not find expected ':'", "a colon is missing on this line or the one before it"),
    ("while scanning a quoted scalar", "a quotation mark that opens is never closed"),
    ("unknown escape", "this backslash means nothing; single quotation marks take it as it is"),
    ("expected <block end>", "this line does not line up with those above it"),
    ("expected the node content", "a bracket or a text that opens here is never closed"),
    ("expected ',' or", "a bracket that opens is never closed, or a comma is missing"),
    ("cannot start any token", "this sign cannot begin a text; put the text in quotation marks"),
    ("simple key", "this text with a colon is too long or has two lines; put it in quotation marks"),
)  # fmt: skip


def _plainly(problem: str) -> str:
    for said, meant in _MEANINGS:
        if said in problem:
            return meant
    return "here I cannot follow how it is written; the lines above it may say why"


class _Reading:
    """Builds the outline event by event, without recursion, and stops where depth has no end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []
        self.root: Node | None = None
        self._open: list[Items | Block] = []
        #: The key that waits for its value, for each block that is open.
        self._keys: list[Words | None] = []
        self._documents = 0

    def hear(self, event: Event) -> None:
        """Take one event."""
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        match event:
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop(line, column, "one text holds one script; here a second one begins")
            case AliasEvent():
                self._stop(line, column, "a script refers to nothing by *name; write it out")
            case NodeEvent():
                self._check_plain(event, line, column)
                self._begin(event, line, column)
            case SequenceEndEvent() | yaml.MappingEndEvent():
                self._open.pop()
                self._keys.pop()
            case StreamEndEvent() if self._documents == 0:
                self._stop(
                    1, 1, "there is nothing in it; it begins with a line such as “name: check-in”"
                )
            case _:
                pass

    def _check_plain(self, event: NodeEvent, line: int, column: int) -> None:
        if event.anchor is not None:
            self._stop(line, column, "a script names no part of itself by &name; write it out")
        tag = event.tag if isinstance(event, ScalarEvent | CollectionStartEvent) else None
        if tag is not None:
            self._stop(
                line,
                column,
                "a script takes no tags such as !this; put the text in quotation marks",
            )

    def _begin(self, event: NodeEvent, line: int, column: int) -> None:
        node: Node
        match event:
            case ScalarEvent():
                node = Words(line, column, event.value, bare=event.style is None)
                hidden = _UNSEEN.search(event.value)
                if hidden:
                    self.mistakes.append(Mistake(line, column, _unseen(hidden.group())))
            case SequenceStartEvent():
                node = Items(line, column)
            case MappingStartEvent():
                node = Block(line, column)
            case _:
                return
        self._put(node)
        if not isinstance(node, Words):
            self._open.append(node)
            self._keys.append(None)
            if len(self._open) > _DEEPEST:
                self._stop(line, column, f"nothing in a script is {_DEEPEST + 1} steps deep")

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        holder = self._open[-1]
        if isinstance(holder, Items):
            holder.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = self._key(node)
            return
        self._keys[-1] = None
        known = named(key.value)
        if known in holder.entries:
            first = holder.entries[known][0]
            text = (
                f"{shown(key.value)} stands here a second time; the first is on line {first.line}"
            )
            self.mistakes.append(Mistake(key.line, key.column, text))
        else:
            holder.entries[known] = (key, node)

    def _key(self, node: Node) -> Words:
        if not isinstance(node, Words):
            self._stop(node.line, node.column, "before a colon stand words, and no list or block")
        if node.bare and node.value == "<<":
            self._stop(node.line, node.column, "a script takes nothing over by <<; write it out")
        return node

    def _stop(self, line: int, column: int, text: str) -> NoReturn:
        self.mistakes.append(Mistake(line, column, text))
        raise ScriptMistake(self.mistakes, name=self.name)
