"""Consent asked of everybody at once: good enough for now, and safe enough to try.

It promises that an objection is never outvoted: while one remains there is no consent. A concern is kept and hinders
nobody (DEC-3, step 9). The round with its questions and reactions is another thing; this is its short form.
"""

from __future__ import annotations

from practices.polls import positions
from practices.polls.chart import Shape
from practices.polls.poll import Terms, Turnout, Way
from practices.polls.positions import Judged, Position
from practices.polls.settlement import common

__all__ = ["FORM", "POSITIONS"]

POSITIONS = (
    Position(
        sign="👍",
        word="consent",
        also=("✅", "yes", "i consent", "no objection", "agree"),
        shape=Shape.CIRCLE,
        lean=1.0,
    ),
    Position(
        sign="👌",
        word="concern",
        also=("consent with a concern", "with a concern"),
        shape=Shape.DIAMOND,
        lean=0.3,
        wants=True,
    ),
    Position(
        sign="✋",
        word="objection",
        also=("object", "i object", "⛔", "block"),
        shape=Shape.CROSS,
        lean=-1.0,
        stops=True,
        wants=True,
    ),
)


def _settle(terms: Terms) -> Terms:
    return common(
        terms,
        open_because="an objection that nobody can ask about cannot be worked in. A sense check can be.",
    )


def _judge(terms: Terms, counts: tuple[int, ...], turnout: Turnout) -> Judged:
    consents, concerns, objections = counts
    given = consents + concerns
    met = not objections and given > 0
    if objections:
        verb = "objects" if objections == 1 else "object"
        line = f"{objections} of {turnout.cast} who voted {verb}: what would make it safe enough to try?"
    elif met:
        line = f"No objection of {turnout.cast} who voted: safe enough to try, as far as they see."
    else:
        line = "Nobody has consented or objected yet."
    noted = (f"Concerns to be noted: {concerns} of {turnout.cast} who voted.",) if concerns else ()
    return Judged(lines=(line, *noted), passes=met)


FORM = positions.form(
    Way.CONSENT,
    POSITIONS,
    purpose="is it good enough for now and safe enough to try? One objection is enough to go on working",
    days=7,
    judge=_judge,
    settle=_settle,
)
