"""The money note: its seven themes, and what is kept of an answer (SELF-4, R28).

It promises that no theme is needed for another, that a figure is nowhere asked for exactly, and that whatever is
answered stays in the words in which it was written.
"""

from __future__ import annotations

from enum import StrEnum

from practices.understanding import NotUnderstood, shown

__all__ = ["LONGEST", "QUESTIONS", "Theme", "as_said", "theme"]

LONGEST = 1500
"""Characters that one field holds."""


class Theme(StrEnum):
    """One field of the note, by the word that people say for it."""

    INCOME = "income"
    SOURCES = "sources"
    LIFE = "life"
    COST = "cost"
    MORE = "more"
    TRADES = "trades"
    SURPLUS = "surplus"


QUESTIONS = {
    Theme.INCOME: "**What comes in**, in a month or a year? A range is as good as a figure, such as 1200–1600 a month.",
    Theme.SOURCES: "**Where does it come from**, and which of it do you like to earn?",
    Theme.LIFE: "**Which life would let you be at your best?**",
    Theme.COST: "**What would that life cost?** A range does, such as 1800–2200 a month.",
    Theme.MORE: "**If you need more than comes in:** what could you try?",
    Theme.TRADES: "**If it is enough:** how could the same money cost you less time, or less of what you value, or do more good?",
    Theme.SURPLUS: "**If there is more than you need:** what would have to be true for you to share some of it?",
}
"""What is asked, in Markdown of our own."""

_ALSO = {
    "in": Theme.INCOME,
    "earnings": Theme.INCOME,
    "source": Theme.SOURCES,
    "best life": Theme.LIFE,
    "costs": Theme.COST,
    "earn more": Theme.MORE,
    "trade-offs": Theme.TRADES,
    "tradeoffs": Theme.TRADES,
    "trade": Theme.TRADES,
    "sharing": Theme.SURPLUS,
}


def theme(word: str) -> Theme:
    """The field that a word means, in any case. Raises NotUnderstood."""
    said = " ".join(word.split()).casefold()
    for each in Theme:
        if said == each.value:
            return each
    if said in _ALSO:
        return _ALSO[said]
    raise NotUnderstood(
        f"Your money note has no field {shown(word)}. Its fields are {', '.join(Theme)}."
    )


def as_said(text: str) -> str:
    """What is kept of an answer: the words themselves, as they were written, a range like a figure.

    Raises NotUnderstood for a text longer than `LONGEST`.
    """
    said = text.strip()
    if len(said) > LONGEST:
        raise NotUnderstood(
            f"That is longer than {LONGEST:,} characters. A few lines are enough to speak from."
        )
    return said
