"""The money note: its seven themes, and how a range of figures is read and said back (SELF-4, R28).

It promises that no theme is needed for another, that a figure is nowhere asked for exactly, and that whatever is no
range stays in the words in which it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from practices.understanding import NotUnderstood, shown

__all__ = ["FIGURES", "LONGEST", "QUESTIONS", "Theme", "as_said", "theme"]

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

FIGURES = frozenset({Theme.INCOME, Theme.COST, Theme.SURPLUS})
"""Where a range is read."""

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


# ------------------------------------------------------------------------------------------------ ranges

_NUMBER = r"(?:\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d))"
_UNIT = r"(?:[€$£¥₹]|[A-Z]{3}\b)"


def _written(place: int) -> str:
    """How one figure is written, as part of an expression."""
    return (
        rf"(?P<before{place}>{_UNIT})? ?(?P<number{place}>{_NUMBER}) ?"
        rf"(?P<k{place}>k\b)? ?(?P<after{place}>{_UNIT})?"
    )


_REST = r"(?P<rest>(?: ?/ ?| )[^\d\s–—-][^\d]*)?"
_BETWEEN = re.compile(
    rf"(?:between |from )?{_written(1)} ?(?:-|–|—|\.\.|to|and) ?{_written(2)}{_REST}"
)
_ONE = re.compile(rf"(?P<how>[a-z ]+?|~|[<>])? ?{_written(1)}{_REST}")

_HOW = {
    "about": "about", "around": "about", "roughly": "about", "some": "about", "circa": "about", "ca": "about",
    "~": "about", "under": "less than", "up to": "up to", "at most": "up to", "less than": "less than", "<": "less than",
    "below": "less than", "over": "more than", "more than": "more than", ">": "more than", "above": "more than",
    "at least": "at least", "from": "at least",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Figure:
    """One amount, and what it is counted in."""

    amount: Decimal
    before: str
    after: str

    @property
    def words(self) -> str:
        whole = self.amount == self.amount.to_integral_value()
        number = f"{self.amount:,.0f}" if whole else f"{self.amount:,.2f}"
        gap = " " if self.before.isalpha() else ""
        return f"{self.before}{gap}{number}" + (f" {self.after}" if self.after else "")


def as_said(about: Theme, text: str) -> str:
    """What is kept of an answer: a range in words, as in `between 1,200 and 1,600 a month`; else the text itself.

    Raises NotUnderstood for a text longer than `LONGEST`.
    """
    said = text.strip()
    if len(said) > LONGEST:
        raise NotUnderstood(
            f"That is longer than {LONGEST:,} characters. A few lines are enough to speak from."
        )
    if about not in FIGURES:
        return said
    return _range(" ".join(said.split())) or said


def _range(line: str) -> str:
    """A line that is nothing but one or two figures, in words; "" for anything else."""
    two = _BETWEEN.fullmatch(line)
    if two is not None:
        return _between(two)
    one = _ONE.fullmatch(line)
    how = _HOW.get((one["how"] or "").strip()) if one is not None else None
    if one is None or how is None:
        return ""
    return f"{how} {_figure(one, 1).words}{one['rest'] or ''}"


def _between(two: re.Match[str]) -> str:
    low, high = _figure(two, 1), _figure(two, 2)
    if two["k2"] and not two["k1"] and low.amount < high.amount / 1000:
        low = _Figure(low.amount * 1000, low.before, low.after)
    before, after = low.before or high.before, high.after or low.after
    low, high = (_Figure(each.amount, before, "") for each in (low, high))
    if low.amount > high.amount:
        low, high = high, low
    unit = f" {after}" if after else ""
    return f"between {low.words} and {high.words}{unit}{two['rest'] or ''}"


def _figure(found: re.Match[str], place: int) -> _Figure:
    digits = found[f"number{place}"]
    grouped = re.fullmatch(r"\d{1,3}(?:\D\d{3})+", digits)
    plain = re.sub(r"\D", "", digits) if grouped else digits.replace(",", ".")
    amount = Decimal(plain) * (1000 if found[f"k{place}"] else 1)
    return _Figure(amount, found[f"before{place}"] or "", found[f"after{place}"] or "")
