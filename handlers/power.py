"""What a person may do in a room, computed from the room's own rules (room versions 1 to 12)."""

from collections.abc import Mapping
from typing import Any

from storage.rooms import Room

#: Creators of rooms of version 12 stand above every number.
ALL_POWER = 1_000_000
MODERATOR = 50

#: The first room version in which creators stand outside `m.room.power_levels`.
CREATORS_SINCE = 12


def _number(value: Any, default: int) -> int:
    """A level as the homeserver reads it: old rooms may carry it as text."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        try:
            return int(value.strip())
        except ValueError:
            return default
    return default


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def creators_rule(version: str) -> bool:
    """Whether creators are all-powerful in rooms of this version."""
    return version.isdecimal() and int(version[:4]) >= CREATORS_SINCE


def level(room: Room, person: str) -> int:
    """The power of a person in a room."""
    if creators_rule(room.version):
        if person in room.creators:
            return ALL_POWER
    elif not room.power and person in room.creators:
        return 100
    users = _mapping(room.power.get("users"))
    return _number(users.get(person), _number(room.power.get("users_default"), 0))


def needed(room: Room, event_type: str, *, state: bool = False) -> int:
    """The power needed to send an event of this type."""
    default = (
        _number(room.power.get("state_default"), 50 if room.power else 0)
        if state
        else _number(room.power.get("events_default"), 0)
    )
    return _number(_mapping(room.power.get("events")).get(event_type), default)


def may(room: Room, person: str, event_type: str, *, state: bool = False) -> bool:
    """Whether a person may send an event of this type."""
    return level(room, person) >= needed(room, event_type, state=state)


def moderates(room: Room, person: str) -> bool:
    """Whether the room gives a person the trust of a moderator."""
    return level(room, person) >= MODERATOR


def may_remove(room: Room, person: str, other: str) -> bool:
    """Whether a person may take another out of the room."""
    mine = level(room, person)
    return mine >= _number(room.power.get("kick"), MODERATOR) and mine > level(room, other)


def may_redact(room: Room, person: str) -> bool:
    """Whether a person may redact what others said, or end their polls."""
    return level(room, person) >= _number(room.power.get("redact"), MODERATOR)


def may_take_back(room: Room, person: str) -> bool:
    """Whether the room lets a person have the homeserver forget what others said or tapped."""
    return may_redact(room, person) and may(room, person, "m.room.redaction")


def may_invite(room: Room, person: str) -> bool:
    """Whether a person may invite others to the room."""
    return level(room, person) >= _number(room.power.get("invite"), 0)
