"""How congregations introduce themselves to each other: a card, and a letter that carries it.

Pure, and does not know which side it is on. A card holds a name, a size band and at most two contacts; no list of
people ever leaves a congregation (R136, ASM-1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["LETTER", "VERSION", "Card", "Greeting", "Unreadable", "as_letter", "read_letter"]

#: The field of a message that makes it a letter (docs/protocol.md).
LETTER = "org.kinkeeper.letter"

VERSION = 1

_GREETING = "greeting"
_LONGEST_NAME = 80
_LONGEST_ID = 128
_MOST_CONTACTS = 2


class Unreadable(Exception):
    """A letter is not what the protocol says; whoever sent it is at fault, and nothing follows from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a congregation says of itself."""

    #: 1 to 80 characters.
    name: str
    #: "about 40–60 people": never the number itself.
    size_band: str
    #: IANA zone: roughly where its people are.
    zone: str
    #: Matrix ids of at most two people who answer for it, by their own consent.
    contacts: tuple[str, ...] = ()

    def as_content(self) -> dict[str, object]:
        """The card as the content of a state event."""
        return {
            "version": VERSION,
            "name": self.name,
            "size_band": self.size_band,
            "zone": self.zone,
            "contacts": list(self.contacts),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """A letter in which a congregation introduces itself."""

    #: Unique for its sender; a repeat says nothing new.
    id: str
    card: Card
    #: The id of the greeting it answers; None when it opens.
    answers: str | None = None


def as_letter(greeting: Greeting) -> dict[str, object]:
    """A greeting as the letter field of a message."""
    letter: dict[str, object] = {
        "version": VERSION,
        "type": _GREETING,
        "id": greeting.id,
        "card": greeting.card.as_content(),
    }
    if greeting.answers is not None:
        letter["answers"] = greeting.answers
    return letter


def read_letter(raw: Any) -> Greeting:
    """The greeting in a letter field. Raises Unreadable for anything else, whatever its shape."""
    if not isinstance(raw, Mapping):
        raise Unreadable("a letter is an object")
    if raw.get("version") != VERSION:
        raise Unreadable("a letter of another version")
    if raw.get("type") != _GREETING:
        raise Unreadable("a letter of an unknown type")
    answers = raw.get("answers")
    return Greeting(
        id=_text(raw.get("id"), _LONGEST_ID),
        card=_card(raw.get("card")),
        answers=None if answers is None else _text(answers, _LONGEST_ID),
    )


def _card(raw: Any) -> Card:
    if not isinstance(raw, Mapping):
        raise Unreadable("a card is an object")
    contacts = raw.get("contacts", [])
    if not isinstance(contacts, list) or len(contacts) > _MOST_CONTACTS:
        raise Unreadable("a card names at most two contacts")
    return Card(
        name=_text(raw.get("name"), _LONGEST_NAME),
        size_band=_text(raw.get("size_band"), _LONGEST_NAME),
        zone=_text(raw.get("zone"), _LONGEST_NAME),
        contacts=tuple(_text(contact, _LONGEST_ID) for contact in contacts),
    )


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise Unreadable(f"a text of 1 to {longest} characters is missing")
    return value
