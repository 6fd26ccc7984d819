"""The table of the protocol: where each kind of letter belongs, who may send it, and what it may answer.

It does not know which side it is on: a sender looks here before writing, a reader after reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from practices.assembly.letters import Kind, Part

__all__ = ["MANY", "TABLE", "Rule", "Speaker"]


class Speaker(StrEnum):
    """Who may send a letter of a kind."""

    #: Whoever made the charter's room.
    FOUNDER = "the founder"
    #: A keeper whom an accepted matter named.
    NAMED = "who was asked in"
    #: The keeper of a seat.
    SEAT = "a congregation"
    #: Any account in the room: the letter itself says what it claims.
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one kind of letter."""

    parts: frozenset[Part]
    speaker: Speaker
    #: The kinds that it must answer one of; empty: it answers nothing.
    answers: frozenset[Kind] = frozenset()
    #: Whether it may also be sent without answering.
    opens: bool = False
    #: So many letters of this kind by one account practices.assembly.hearing hears, and later ones, by number, not; where
    #: it looks at what answers one letter, so many of those. None: the roll and its matters, claims and requests, where
    #: every letter that the ledger takes counts as it is.
    most: int | None = None


def _rule(
    *parts: Part, by: Speaker = Speaker.SEAT, to: tuple[Kind, ...] = (), most: int | None = None
) -> Rule:
    return Rule(frozenset(parts), by, frozenset(to), opens=not to, most=most)


MANY = 1000
"""Letters of one kind that are heard of one account, where nothing else is said."""


TABLE: Mapping[Kind, Rule] = MappingProxyType(
    {
        Kind.FOUND: _rule(Part.CHARTER, by=Speaker.FOUNDER),
        Kind.SEAT: _rule(Part.CHARTER, by=Speaker.NAMED, to=(Kind.MATTER,)),
        Kind.LEAVE: _rule(Part.CHARTER, to=(Kind.SEAT, Kind.FOUND)),
        Kind.HAND_OVER: _rule(Part.CHARTER, to=(Kind.SEAT, Kind.FOUND)),
        Kind.CLAIM: _rule(Part.CHARTER, by=Speaker.ANYBODY, to=(Kind.SEAT, Kind.FOUND)),
        Kind.CONCERN: _rule(Part.CHARTER, to=(Kind.SEAT, Kind.FOUND), most=50),
        Kind.MATTER: _rule(Part.CHARTER, Part.DECISIONS),
        Kind.POSITION: _rule(Part.CHARTER, Part.DECISIONS, to=(Kind.MATTER,)),
        Kind.SEAL: _rule(Part.CHARTER, Part.DECISIONS, to=(Kind.MATTER,)),
        Kind.SPRINT: _rule(Part.DECISIONS, most=100),
        Kind.OPT_IN: _rule(Part.DECISIONS, to=(Kind.SPRINT,), most=MANY),
        Kind.PRACTICE: _rule(Part.PRACTICES, most=MANY),
        Kind.NEED: _rule(Part.COMMONS, most=MANY),
        Kind.OFFER: _rule(Part.COMMONS, most=MANY),
        Kind.TAKEN: _rule(Part.COMMONS, to=(Kind.NEED, Kind.OFFER), most=MANY),
        Kind.THANKS: _rule(Part.COMMONS, to=(Kind.TAKEN, Kind.NEED, Kind.OFFER), most=MANY),
        Kind.DONE: _rule(
            Part.COMMONS, Part.CARE, to=(Kind.NEED, Kind.OFFER, Kind.MEDIATOR_WANTED), most=MANY
        ),
        Kind.LESSON: _rule(Part.COMMONS, most=MANY),
        Kind.SIBLING: _rule(Part.DIRECTORY, to=(Kind.SEAT, Kind.FOUND), most=100),
        Kind.CIRCLE: _rule(Part.DIRECTORY, most=MANY),
        Kind.MEDIATOR_WANTED: _rule(Part.CARE, most=MANY),
        Kind.MEDIATOR_FOUND: _rule(Part.CARE, to=(Kind.MEDIATOR_WANTED,), most=MANY),
        Kind.AGAIN: _rule(*Part, by=Speaker.ANYBODY),
    }
)
"""Every kind of letter, once."""
