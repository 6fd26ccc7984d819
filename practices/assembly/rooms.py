"""Rooms: what a room has to be so that a part of the protocol can go on in it.

Whoever makes a room may have made it so that others cannot enter, write or read it, or so that what was written is gone
one day. A keeper looks at a room before it says yes to it; what it looks for no later letter can change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from practices.assembly.events import CARD
from practices.assembly.letters import Part

__all__ = ["MOST_FORMER", "Setting", "Unfit", "about", "former_of", "unfit"]

MOST_FORMER = 20
"""So many rooms that a part was in before are read by whoever enters."""


class Unfit(StrEnum):
    """Why a part cannot go on in a room; the words follow “because”."""

    UNSAID = "its creation does not say that it is this part of this assembly, so nobody who is asked in later could tell"
    SEALED = "it is a space or encrypted, so who comes later could not read what was written"
    HIDDEN = "who comes later could not read what was written in it"
    OPEN = "people from outside could read or enter it"
    CLOSED = "not every congregation could let others in"
    MUTE = "not every congregation could write in it"
    UNDONE = "others could be put out of it, or what was written could be taken back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A room as its own state has it."""

    #: What its creation says of its place in an assembly (practices.assembly.events.ASSEMBLY).
    about: Mapping[str, Any]
    is_space: bool
    encrypted: bool
    #: "shared", "invited" …: m.room.history_visibility.
    history: str
    #: "invite", "public" …: m.room.join_rules.
    join: str
    #: The content of m.room.power_levels.
    power: Mapping[str, Any]


def about(part: Part, space: str, assembly: str, former: tuple[str, ...]) -> dict[str, Any]:
    """What the creation of a room says in which a part of an assembly goes on; `former` are its rooms so far, oldest first."""
    return {
        "version": 1,
        "part": part.value,
        "space": space,
        "assembly": assembly,
        "former": list(former),
    }


def former_of(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The rooms that a part was in before, as a room's creation says it; nothing of what makes no sense."""
    rooms = said.get("former")
    if not isinstance(rooms, list) or len(rooms) > MOST_FORMER:
        return ()
    sound = (each for each in rooms if isinstance(each, str) and 1 < len(each) <= 255)  # noqa: PLR2004 - Matrix's bound
    return tuple(dict.fromkeys(each for each in sound if each.startswith("!")))


def unfit(
    setting: Setting, part: Part, space: str, assembly: str, former: tuple[str, ...]
) -> Unfit | None:
    """What keeps a part of an assembly from going on in a room; None: nothing."""
    said = setting.about
    named = (said.get("part"), said.get("space"), said.get("assembly"))
    if named != (part.value, space, assembly) or former_of(said) != former:
        return Unfit.UNSAID
    if setting.is_space or setting.encrypted:
        return Unfit.SEALED
    if setting.history not in ("shared", "world_readable"):
        return Unfit.HIDDEN
    if setting.join != "invite" or setting.history != "shared":
        return Unfit.OPEN
    return _powers(setting.power, part)


def _powers(power: Mapping[str, Any], part: Part) -> Unfit | None:
    """Whether whoever has no power there can do what a keeper does, and nobody without power what it must not."""
    usual = _level(power.get("users_default"), 0)
    events = power.get("events")
    events = events if isinstance(events, Mapping) else {}
    writing = _level(events.get("m.room.message"), _level(power.get("events_default"), 0))
    state = _level(power.get("state_default"), 50)
    if writing > usual or (part is Part.DIRECTORY and _level(events.get(CARD), state) > usual):
        return Unfit.MUTE
    if _level(power.get("invite"), 0) > usual:
        return Unfit.CLOSED
    redaction = _level(events.get("m.room.redaction"), _level(power.get("events_default"), 0))
    most = [_level(power.get(each), 50) for each in ("kick", "ban", "redact")]
    if min(*most, redaction, state) <= usual:
        return Unfit.UNDONE
    return None


def _level(said: Any, default: int) -> int:
    return said if isinstance(said, int) and not isinstance(said, bool) else default
