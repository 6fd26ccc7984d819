"""The one way in which reading a person's words can fail.

It promises that whatever somebody writes, a reader either answers with a value or raises
`NotUnderstood`, whose message may be shown to that person as it stands.
"""

from __future__ import annotations

__all__ = ["NotUnderstood", "shown"]

_LONGEST_SHOWN = 40


class NotUnderstood(Exception):
    """Words that could not be read. The message says what, and gives an example that works.

    The message is plain text, not Markdown, and may quote what was written: escape it like any
    other words of a person.
    """


def shown(text: str) -> str:
    """What somebody wrote, in quotation marks, on one line and short enough to say back."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) > _LONGEST_SHOWN:
        line = line[: _LONGEST_SHOWN - 1].rstrip() + "…"
    return f"“{line}”"
