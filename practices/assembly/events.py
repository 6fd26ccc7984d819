"""What the protocol's events are called in Matrix (docs/assembly-protocol.md)."""

from __future__ import annotations

__all__ = ["ASSEMBLY", "CARD", "CIRCLE", "DELEGATES", "LETTER", "PEOPLE", "SPACE"]

LETTER = "org.kinkeeper.letter"
"""The field of a message that makes it a letter."""

CARD = "org.kinkeeper.assembly.card"
"""The state in the directory that holds what a congregation says of itself, keyed by its keeper's id."""

CIRCLE = "org.kinkeeper.circle"
"""The state, keyed by a keeper's id, that tells that keeper what a room is, should it lose all that it knows."""

ASSEMBLY = "org.kinkeeper.assembly"
"""The field of m.room.create by which a room is known, before it is entered, as one of an assembly: its `part`, and the
`space` that it belongs to."""

SPACE = "space"
"""The part of the space itself."""

PEOPLE = "people"
"""The part of the room in which people talk; it is encrypted, and no part of the protocol."""

DELEGATES = "delegates"
"""The part of a room in which a circle of delegates talks; it is as the room for people is, and stands in no charter."""
