"""Print what happens in rooms as a transcript that people like to read.

Coloured on a terminal, plain text elsewhere and where NO_COLOR is set; the words are the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import cycle
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from practices import clock

_WIDTH: Final = 100
_TIME_WIDTH: Final = len("edited")
_NAME_WIDTH: Final = len("Kinkeeper")
_COLOURS: Final = ("cyan", "magenta", "yellow", "blue", "bright_red", "bright_cyan")
_KEEPER: Final = "bold green"


class Transcript:
    """A growing transcript; `keepers` are the names that are drawn as keepers are."""

    def __init__(self, console: Console, *, keepers: frozenset[str]) -> None:
        """Print on `console`; a pipe, which has no width of its own, gets a good one."""
        if not console.is_terminal:
            console.width = _WIDTH
        self._console = console
        self._keepers = keepers
        self._colours: dict[str, str] = {}
        self._fresh = cycle(_COLOURS)
        self._room: tuple[str, str] | None = None
        self.messages = 0

    def title(self, text: str, below: str) -> None:
        """Open."""
        self._console.print(Text(text, style="bold"))
        self._console.print(Text(below, style="dim"))

    def scene(self, number: int, title: str) -> None:
        """Begin a scene."""
        self._room = None
        self._console.print()
        self._console.print(Rule(Text(f"{number} · {title}", style="bold"), align="left"))

    def note(self, text: str) -> None:
        """Say something about what happens, rather than what is said."""
        self._console.print(Text(text, style="italic dim"))

    def done(self, text: str) -> None:
        """Note a step that has been taken."""
        self._console.print(Text.assemble(("✓ ", "green"), text))

    def failed(self, text: str) -> None:
        """Say what went wrong."""
        self._console.print(Text.assemble(("\n✗ ", "bold red"), text))

    def plain(self, text: str) -> None:
        """Print lines as they are, so that they can be copied."""
        self._console.print(Text(text), soft_wrap=True)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show, on a terminal, that something takes its time."""
        if not self._console.is_terminal:
            yield
            return
        with self._console.status(Text(text, style="dim")):
            yield

    def said(self, room: str, at: datetime, zone: ZoneInfo, name: str, text: str) -> None:
        """Print a message as people see it."""
        self.messages += 1
        self._enter(room, at, zone)
        self._line(f"{clock.wall(at, zone):%H:%M}", name, text)

    def tapped(self, room: str, at: datetime, zone: ZoneInfo, name: str, sign: str) -> None:
        """Print a reaction."""
        self._enter(room, at, zone)
        self._line("", name, f"taps {sign}", "dim")

    def voted(self, room: str, at: datetime, zone: ZoneInfo, name: str, answer: str) -> None:
        """Print an answer in a poll that the client draws itself."""
        self._enter(room, at, zone)
        self._line("", name, f"votes “{answer}” in Element’s own poll", "dim")

    def became(self, room: str, at: datetime, zone: ZoneInfo, name: str, text: str) -> None:
        """Print what an earlier message says now that it was edited."""
        self._enter(room, at, zone)
        self._line("edited", name, text)

    def _enter(self, room: str, at: datetime, zone: ZoneInfo) -> None:
        """Name the room and the day where either is another than that of the line before."""
        day = clock.short_words(at, zone).rpartition(",")[0]
        if self._room != (room, day):
            self._room = (room, day)
            self._console.print(Text.assemble("\n", (room, "bold underline"), (f"  {day}", "dim")))

    def _line(self, left: str, name: str, text: str, style: str = "") -> None:
        head = (f"{left:>{_TIME_WIDTH}}  ", "dim"), (f"{name:<{_NAME_WIDTH}}  ", self._colour(name))
        indent = " " * (_TIME_WIDTH + _NAME_WIDTH + 4)
        first = True
        for line in self._wrapped(text, self._console.width - len(indent)):
            begin = head if first else ((indent if line else "", ""),)
            self._console.print(Text.assemble(*begin, (line, style)), soft_wrap=True)
            first = False

    def _wrapped(self, text: str, width: int) -> Iterator[str]:
        for line in text.splitlines():
            for part in Text(line).wrap(self._console, width):
                yield part.plain.rstrip()

    def _colour(self, name: str) -> str:
        if name in self._keepers:
            return _KEEPER
        if name not in self._colours:
            self._colours[name] = next(self._fresh)
        return self._colours[name]
