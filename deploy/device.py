"""The keys of one login, with which a person takes part in encrypted rooms.

The engine is the daemon's own, `daemon.encryption`, on the person's wire: a client of nio would
listen by itself beside the person, and would need most of that module's care again. So a mistake
of the engine may hide here behind itself, and whether the daemon encrypts as others do is judged
elsewhere, by Element's own client. Here it counts what is said in those rooms.

It asks nobody for a key that is missing: what can be read was shared unasked. It shares its own
keys with every device of everybody in the room or invited; nobody has signed it, so clients that
leave out insecure devices leave it out. The keys end with the login.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nio.crypto.attachments import decrypt_attachment

from daemon.encryption import Distrusted, Encryption, Opened
from daemon.matrix import PATIENCE, Homeserver, path
from deploy.event import ENCRYPTED, Event
from deploy.wire import Denied, Json, Wire, json_object

__all__ = ["Device", "Unread", "open_file"]

#: What Element sends in clear in encrypted rooms, too; what is encrypted already stays as it is.
_IN_CLEAR: Final = frozenset({"m.reaction", ENCRYPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An event that was heard and cannot be read, and why."""

    event: Event
    why: str

    def __str__(self) -> str:
        """One line, for the reader of a failed test."""
        return f"{self.event.sender} said what cannot be read: {self.why}"


class Device:
    """What encrypts and decrypts for one person."""

    def __init__(self, wire: Wire, account: Mapping[str, str], folder: Path) -> None:
        """Make the keys and keep them in `folder`, under the device's id; see `publish`."""
        own = folder / account["device_id"]
        own.mkdir(parents=True)
        user, device = account["user_id"], account["device_id"]
        # No later process opens it again, so nobody needs to know the key.
        key = secrets.token_bytes(32)
        self._wire = wire
        self._encryption = _Engine.open(_Way(wire), own, user, device, key)
        self._encrypted: set[str] = set()
        #: What was heard and cannot be read yet, oldest first.
        self.unread: list[Unread] = []

    def close(self) -> None:
        """Close the key store."""
        self._encryption.close()

    async def publish(self) -> None:
        """Upload the keys, so that others can share theirs. Raises `Denied`."""
        await self._encryption.upload_keys()

    def renew(self) -> None:
        """Use a new key in each room from the next message on, as clients do once a week.

        Whoever moves a daemon's clock by weeks owes it this: it forgets old keys.
        """
        for room in list(self._encryption.machine.outbound_group_sessions):
            self._encryption.members_changed(room)

    # Hearing

    async def absorb(self, answer: Json) -> list[Event]:
        """Take in what a sync says about keys and members, and give what can be read only now."""
        came = self._encryption.absorb(answer)
        for room, change in answer.get("rooms", {}).get("join", {}).items():
            if any(event["type"] == "m.room.member" for event in _events(change)):
                self._encryption.members_changed(room)
        await self._encryption.upkeep()
        before, self.unread = self.unread, []
        opened = []
        for each in before:
            if each.event.content["session_id"] not in came:
                self.unread.append(each)
            elif event := await self.hear(each.event.room, each.event.raw):
                opened.append(event)
        return opened

    async def hear(self, room: str, raw: Mapping[str, Any]) -> Event | None:
        """Give an event as its reader sees it; None if it cannot be read, and then keep it."""
        event, why = await self._open(room, raw)
        if why:
            self.unread.append(Unread(event=event, why=why))
            return None
        return event

    async def read(self, room: str, raw: Mapping[str, Any]) -> Event:
        """Give an event as its reader sees it, or as it came if it cannot be read."""
        event, _why = await self._open(room, raw)
        return event

    async def _open(self, room: str, raw: Mapping[str, Any]) -> tuple[Event, str]:
        """The event, and why it cannot be read; "" if it can."""
        sealed = Event.read(room, raw)
        # One that was taken back has no content left to open.
        if not sealed.encrypted or "session_id" not in sealed.content:
            return sealed, ""
        try:
            read = await self._encryption.read(room, dict(raw))
        except Distrusted as why:
            return sealed, str(why)
        if isinstance(read, Opened):
            return Event.read(room, raw, clear=read.event), ""
        return sealed, "its key has not come"

    # Speaking

    async def encrypts(self, room: str, type: str) -> bool:
        """Whether an event of this type is encrypted there; asks the homeserver. Raises `Denied`."""
        if type in _IN_CLEAR:
            return False
        if room not in self._encrypted and await self._is_encrypted(room):
            self._encrypted.add(room)
        return room in self._encrypted

    async def _is_encrypted(self, room: str) -> bool:
        try:
            await self._wire.get(path("rooms", room, "state", "m.room.encryption", ""))
        except Denied as denied:
            if denied.code != "M_NOT_FOUND":
                raise
            return False
        return True

    async def seal(self, room: str, type: str, content: Mapping[str, Any]) -> Json:
        """Give the content of an `m.room.encrypted` event that all in the room can read.

        It knows those as of the last sync that was absorbed.
        """
        return await self._encryption.seal(room, type, content)


def open_file(data: bytes, sealed: Mapping[str, Any]) -> bytes:
    """Decrypt an attachment; `sealed` is what its message has under "file"."""
    clear: bytes = decrypt_attachment(
        data, sealed["key"]["k"], sealed["hashes"]["sha256"], sealed["iv"]
    )
    return clear


class _Way(Homeserver):
    """The engine's way to the homeserver: the person's own wire, with its patience."""

    def __init__(self, wire: Wire) -> None:
        super().__init__("")
        self._wire = wire

    async def request(
        self,
        method: str,
        where: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout: float = PATIENCE,  # noqa: ARG002 - the wire has one of its own
    ) -> Json:
        """The answer's JSON object. Raises `Denied`."""
        return json_object(await self._wire.call(method, where, query=query, body=body))


class _Engine(Encryption):
    """The daemon's engine, but it asks nobody for a key."""

    def _ask_after(self, room: str, raw: Json) -> None:
        """Ask nobody."""


def _events(change: Mapping[str, Any]) -> list[Json]:
    """The state of a room and what happened in it, as a sync tells of them."""
    sections = (change.get(name, {}) for name in ("state", "timeline"))
    return [event for section in sections for event in section.get("events", ())]
