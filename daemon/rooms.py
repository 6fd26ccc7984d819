"""What the homeserver says about the rooms: taken from each sync, kept in the database, held at hand.

The database is the truth; the few facts that every message needs are mirrored in memory, so that a room full of
other people's talk costs no query.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from daemon.events import listed, mapping, text
from handlers.domains.copies import DOMAINS
from handlers.language import Change
from handlers.meetings.meetings import CIRCLE
from handlers.power import creators_rule
from practices.circles import Life, RoomKind
from practices.clock import is_zone
from practices.defaults import find, read
from practices.rhythm import as_state, from_state
from practices.understanding import NotUnderstood
from storage.members import Member
from storage.rooms import Room

SPACE = "m.space"


@dataclass(slots=True)
class Known:
    """What every message needs to know of its room."""

    joined: bool = False
    encrypted: bool = False
    private_with: str | None = None
    kind: RoomKind = RoomKind.NONE
    members_known: bool = False


class Rooms:
    """The rooms at hand."""

    def __init__(self) -> None:
        """Empty until `load`."""
        self._known: dict[str, Known] = {}

    async def load(self) -> None:
        """Take over what the database holds."""
        self._known = {room.id: _known(room) async for room in Room.all()}

    def __getitem__(self, room: str) -> Known:
        return self._known.get(room) or Known()

    def __contains__(self, room: str) -> bool:
        return room in self._known

    def forget(self, rooms: Iterable[str]) -> None:
        """Drop rows that were deleted."""
        for room in rooms:
            self._known.pop(room, None)

    def keep(self, room: Room) -> None:
        """Mirror a row that was written."""
        self._known[room.id] = _known(room)


def _known(room: Room) -> Known:
    return Known(
        joined=room.joined,
        encrypted=room.encrypted,
        private_with=room.private_with,
        kind=room.kind,
        members_known=room.members_known,
    )


def take_state(room: Room, event: Mapping[str, Any]) -> bool:
    """Write one state event into `room`, in memory; whether anything we keep has changed."""
    content = mapping(event.get("content"))
    match event.get("type"):
        case "m.room.create":
            room.version = (text(content.get("room_version")) or "1")[:32]
            room.is_space = content.get("type") == SPACE
            room.creators = _creators(room.version, content, event)
            room.predecessor = _room_id(mapping(content.get("predecessor")).get("room_id"))
        case "m.room.encryption":
            room.encrypted = True
        case "m.room.name":
            room.name = (text(content.get("name")) or "")[:255] or None
        case "m.room.power_levels":
            room.power = dict(content)
        case "m.room.tombstone":
            room.successor = _room_id(content.get("replacement_room"))
        case "m.space.child":
            _take_child(room, text(event.get("state_key")), content)
        case _:
            return False
    return True


def _room_id(value: Any) -> str | None:
    """A room id, if it can be one."""
    room = text(value)
    return room if room is not None and len(room) <= 255 else None  # noqa: PLR2004 - the specification's bound


def _take_child(space: Room, child: str | None, content: Mapping[str, Any]) -> None:
    """A space lists a room as long as it says by which servers it can be reached."""
    children = [room for room in space.children if room != child]
    if child and listed(content.get("via")):
        children.append(child)
    space.children = children


def recall_circle(room: Room, state: Iterable[Any], me: str) -> Mapping[str, Any] | None:
    """Write what our own state event says of a circle into `room`; the event, if there was a sound one.

    Only our own hand counts: the homeserver lets nobody else write a state keyed by our id.
    """
    for event in state:
        if not isinstance(event, Mapping) or event.get("type") != CIRCLE:
            continue
        content = mapping(event.get("content"))
        kinds = {kind.value: kind for kind in RoomKind}
        kind = kinds.get(str(content.get("kind")))
        if event.get("state_key") != me or event.get("sender") != me or kind is None:
            continue
        room.kind = kind
        room.congregation = text(content.get("congregation"))
        room.host = text(content.get("host"))
        room.caller = text(content.get("caller"))
        lives = {life.value: life for life in Life}
        life = lives.get(str(content.get("life")), Life.ACTIVE)
        room.life = life if kind is RoomKind.CREW else None
        room.settings = _sound_settings(content.get("settings"))
        zone = text(content.get("zone"))
        room.zone = zone if zone is not None and is_zone(zone) else None
        room.rhythm = _sound_rhythm(content.get("rhythm"))
        return event
    return None


def recall_domains(state: Iterable[Any], me: str) -> str | None:
    """The sealed copy of a circle's domains, if one stands in the room by our own hand."""
    for event in state:
        if not isinstance(event, Mapping) or event.get("type") != DOMAINS:
            continue
        if event.get("state_key") == me and event.get("sender") == me:
            return text(mapping(event.get("content")).get("sealed"))
    return None


def _sound_rhythm(raw: Any) -> dict[str, object] | None:
    try:
        return as_state(from_state(raw))
    except NotUnderstood:
        return None


def _sound_settings(raw: Any) -> dict[str, object]:
    """Those settings of a circle's state that can still be read."""
    kept: dict[str, object] = {}
    for name, entry in mapping(raw).items():
        try:
            read(find(str(name)), str(mapping(entry).get("value")))
        except NotUnderstood:
            continue
        kept[str(name)] = dict(mapping(entry))
    return kept


def _creators(version: str, content: Mapping[str, Any], event: Mapping[str, Any]) -> list[str]:
    creators = [text(event.get("sender")) or ""]
    if creators_rule(version):
        more = listed(content.get("additional_creators"))
        creators += [user for user in more if isinstance(user, str)]
    elif text(content.get("creator")):
        creators = [str(content["creator"])]
    return [user for user in creators if user]


async def set_members(room: str, members: Mapping[str, str | None]) -> None:
    """Replace who is in a room."""
    await Member.filter(room=room).delete()
    await Member.bulk_create(
        [Member(room=room, person=person, name=name) for person, name in members.items()]
    )


async def take_member(room: str, event: Mapping[str, Any]) -> Change | None:
    """Follow one membership event of a room whose members are known; None for a mere change of name."""
    person = text(event.get("state_key")) or ""
    content = mapping(event.get("content"))
    name = (text(content.get("displayname")) or "")[:255] or None
    if content.get("membership") == "join":
        if await Member.filter(room=room, person=person).update(name=name):
            return None
        await Member.create(room=room, person=person, name=name)
        return Change.JOINED
    return Change.LEFT if await Member.filter(room=room, person=person).delete() else None


def declined(event: Mapping[str, Any]) -> Change | None:
    """Whether somebody said no to an invitation, of their own accord."""
    before = mapping(mapping(event.get("unsigned")).get("prev_content")).get("membership")
    now = mapping(event.get("content")).get("membership")
    own = event.get("sender") == event.get("state_key")
    return Change.DECLINED if own and (before, now) == ("invite", "leave") else None
