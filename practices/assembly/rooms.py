"""Rooms: what a room has to be so that a part of the protocol can go on in it.

Whoever makes a room may have made it so that others cannot enter, write or read it, or so that what was written is gone
one day. A keeper looks at a room before it says yes to it. What it looks for nobody without power can change; whoever has
all power there can close the room later, as any other, and then the part goes on elsewhere once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from practices.assembly.events import CARD, CIRCLE
from practices.assembly.letters import Part

__all__ = [
    "LONGEST_ID",
    "MOST_FORMER",
    "Setting",
    "Unfit",
    "about",
    "former_of",
    "place_of",
    "unfit",
]

MOST_FORMER = 20
"""So many rooms that a part was in before, the newest, are named by a room in which it goes on, and read by whoever enters."""

FREE = frozenset({"m.room.message", CARD, CIRCLE})
"""What whoever has no power may send."""

LONGEST_ID = 255


class Unfit(StrEnum):
    """Why a part cannot go on in a room; the words follow “because”."""

    UNSAID = "its creation does not say that it is this part of this assembly, so nobody who is asked in later could tell"
    SEALED = "it is a space or encrypted, so who comes later could not read what was written"
    HIDDEN = "who comes later could not read what was written in it"
    OPEN = "people from outside could read or enter it"
    CLOSED = "not every congregation could let others in"
    MUTE = "not every congregation could write in it"
    BENT = "anybody could close it, encrypt it or change its rules"
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
    #: The account that has entered it to look.
    me: str


def about(part: Part, space: str, assembly: str, former: tuple[str, ...]) -> dict[str, Any]:
    """What the creation of a room says in which a part of an assembly goes on; `former` are its rooms so far, oldest first.

    Of more than `MOST_FORMER` it names the newest.
    """
    return {
        "version": 1,
        "part": part.value,
        "space": space,
        "assembly": assembly,
        "former": list(former[-MOST_FORMER:]),
    }


def place_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a room's creation says of its place in an assembly, as far as it makes sense: something small to be kept."""
    short = {each: said.get(each) for each in ("part", "space", "assembly")}
    sound = {k: v for k, v in short.items() if isinstance(v, str) and len(v) <= LONGEST_ID}
    return {**sound, "former": list(former_of(said))}


def former_of(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The rooms that a part was in before, as a room's creation says it; nothing of what makes no sense."""
    rooms = said.get("former")
    if not isinstance(rooms, list) or len(rooms) > MOST_FORMER:
        return ()
    sound = (each for each in rooms if isinstance(each, str) and 1 < len(each) <= LONGEST_ID)
    return tuple(dict.fromkeys(each for each in sound if each.startswith("!")))


def unfit(
    setting: Setting, part: Part, space: str, assembly: str, former: tuple[str, ...]
) -> Unfit | None:
    """What keeps a part of an assembly from going on in a room; None: nothing."""
    said = setting.about
    named = (said.get("part"), said.get("space"), said.get("assembly"))
    if named != (part.value, space, assembly) or former_of(said) != former[-MOST_FORMER:]:
        return Unfit.UNSAID
    if setting.is_space or setting.encrypted:
        return Unfit.SEALED
    if setting.history not in ("shared", "world_readable"):
        return Unfit.HIDDEN
    if setting.join != "invite" or setting.history != "shared":
        return Unfit.OPEN
    return _powers(setting.power, part, setting.me)


def _powers(power: Mapping[str, Any], part: Part, me: str) -> Unfit | None:
    """Whether whoever has no power there can do what a keeper does, and nobody without power what it must not.

    The room may hold down one account alone: each looks at its own power, too.
    """
    usual = _level(power.get("users_default"), 0)
    mine = min(usual, _level(_levels(power.get("users")).get(me), usual))
    events = _levels(power.get("events"))
    writing = _level(events.get("m.room.message"), _level(power.get("events_default"), 0))
    state = _level(power.get("state_default"), 50)
    if writing > mine or (part is Part.DIRECTORY and _level(events.get(CARD), state) > mine):
        return Unfit.MUTE
    if _level(power.get("invite"), 0) > mine:
        return Unfit.CLOSED
    if state <= usual or any(
        _level(level, 0) <= usual for each, level in events.items() if each not in FREE
    ):
        return Unfit.BENT
    redaction = _level(events.get("m.room.redaction"), _level(power.get("events_default"), 0))
    most = [_level(power.get(each), 50) for each in ("kick", "ban", "redact")]
    return Unfit.UNDONE if min(*most, redaction) <= usual else None


def _levels(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


def _level(said: Any, default: int) -> int:
    """A level as homeservers read it: rooms of old versions may carry it as text."""
    if isinstance(said, str):
        try:
            return int(said.strip())
        except ValueError:
            return default
    return said if isinstance(said, int) and not isinstance(said, bool) else default
