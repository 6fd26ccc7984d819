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
from rich.table import Table
from rich.text import Text

from practices import clock

_WIDTH: Final = 100
_NAME_WIDTH: Final = 10
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
        self._line(f"{clock.wall(at, zone):%H:%M}", name, Text(text))

    def tapped(self, room: str, at: datetime, zone: ZoneInfo, name: str, sign: str) -> None:
        """Print a reaction."""
        self._enter(room, at, zone)
        self._line("", name, Text(f"taps {sign}", style="dim"))

    def became(self, room: str, at: datetime, zone: ZoneInfo, name: str, text: str) -> None:
        """Print what an earlier message says now that it was edited."""
        self._enter(room, at, zone)
        self._line("edited", name, Text(text))

    def _enter(self, room: str, at: datetime, zone: ZoneInfo) -> None:
        """Name the room and the day where either is another than that of the line before."""
        day = clock.short_words(at, zone).rpartition(",")[0]
        if self._room != (room, day):
            self._room = (room, day)
            self._console.print(Text.assemble("\n", (room, "bold underline"), (f"  {day}", "dim")))

    def _line(self, left: str, name: str, text: Text) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=len("edited"), justify="right", style="dim")
        grid.add_column(width=_NAME_WIDTH, style=self._colour(name))
        grid.add_column(ratio=1)
        grid.add_row(left, Text(name), text)
        self._console.print(grid)

    def _colour(self, name: str) -> str:
        if name in self._keepers:
            return _KEEPER
        if name not in self._colours:
            self._colours[name] = next(self._fresh)
        return self._colours[name]
