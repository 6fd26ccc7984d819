"""Who is named to somebody who looks for help, and for how long anybody is (R16, R19).

It promises that nobody is sent to somebody of their own crews, nor to themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from dateutil.relativedelta import relativedelta

__all__ = ["AHEAD_DAYS", "FEWEST", "LONGEST_MONTHS", "MONTHS", "longest_term", "outside", "term"]

FEWEST = 2
"""So many contacts everybody is to find outside their own crews (R19)."""

MONTHS = 12
"""How long a contact is named where nothing else is said."""

LONGEST_MONTHS = 24
"""The longest term that can be named."""

AHEAD_DAYS = 14
"""So long before the end of their term a contact is asked whether to go on."""


def outside(
    person: str, named: Iterable[str], everywhere: Iterable[str], mates: Collection[str]
) -> list[str]:
    """Whom `person` is shown: those of their congregations, then those for everybody, each once.

    `mates` are the people of the circles in which the person is themselves.
    """
    found = dict.fromkeys([*named, *everywhere])
    return [each for each in found if each != person and each not in mates]


def term(today: date) -> date:
    """The last day of a term that begins today."""
    return today + relativedelta(months=MONTHS)


def longest_term(today: date) -> date:
    """The last day that a term which begins today may have."""
    return today + relativedelta(months=LONGEST_MONTHS)
