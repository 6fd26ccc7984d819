"""All ways of asking, by their names, and how one voice is read in any of them.

It promises that every way has exactly one form, and that a text is read as a voice in the same manner through whatever
door it came: the answer by its way, the rest as its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from practices.polls import (
    advice,
    choice,
    consensus,
    consent,
    count,
    dots,
    gradients,
    proposal,
    question,
    ranked,
    score,
    seats,
    sense,
    times,
)
from practices.polls.poll import Ballot, Form, Terms, Way
from practices.polls.positions import Position
from practices.polls.wording import said, splits
from practices.understanding import NotUnderstood

__all__ = ["FORMS", "LONGEST_REASON", "form", "positions", "voice"]

FORMS: Mapping[Way, Form] = MappingProxyType(
    {
        each.FORM.way: each.FORM
        for each in (
            proposal,
            advice,
            consent,
            consensus,
            gradients,
            sense,
            count,
            question,
            choice,
            dots,
            score,
            ranked,
            seats,
            times,
        )
    }
)

_POSITIONS: Mapping[Way, tuple[Position, ...]] = MappingProxyType(
    {
        Way.PROPOSAL: proposal.POSITIONS,
        Way.ADVICE: advice.POSITIONS,
        Way.CONSENT: consent.POSITIONS,
        Way.CONSENSUS: consensus.POSITIONS,
        Way.GRADIENTS: gradients.POSITIONS,
        Way.SENSE: sense.POSITIONS,
        Way.COUNT: count.POSITIONS,
    }
)

LONGEST_REASON = 2000
"""Characters: a reason is read by everybody, and half a page is enough for it."""


def form(way: Way) -> Form:
    """How a way works."""
    return FORMS[way]


def positions(way: Way) -> tuple[Position, ...]:
    """The positions that a way brings itself, with what each of them means; none where the asker names the options."""
    return _POSITIONS.get(way, ())


def voice(terms: Terms, text: str) -> Ballot:
    """What somebody typed or tapped, as one voice with its reason: `agree because it is cheap`, `2`, `1:3 2:5`.

    The longest answer that can be read is taken, so that an option with a colon of its own is named as it is written.
    Of a question round the whole text is the reason. Raises NotUnderstood. Whether a reason is needed that is not there
    is asked of `Form.needs_reason`.
    """
    way = form(terms.way)
    if terms.way is Way.QUESTION:
        return _ballot(Ballot(marks=way.read(terms, text), reason=text.strip()))
    for answer, reason in splits(text):
        try:
            marks = way.read(terms, answer)
        except NotUnderstood:
            continue
        return _ballot(Ballot(marks=marks, reason=reason))
    # What is wrong is said of the plainest answer, not of a whole story.
    answer, reason = said(text)
    return _ballot(Ballot(marks=way.read(terms, answer), reason=reason))


def _ballot(ballot: Ballot) -> Ballot:
    if len(ballot.reason) > LONGEST_REASON:
        raise NotUnderstood(
            f"That is longer than {LONGEST_REASON} characters, and it has not been counted. "
            "A shorter reason is read by more people; the rest can be told in the thread."
        )
    return ballot
