"""A device whose every step a test decides: it may send a message before its key, or never publish itself."""

from pathlib import Path
from typing import Any, Self

from daemon.encryption import Encryption
from daemon.matrix import Homeserver as Wire
from daemon.matrix import path
from deploy.person import Person


class RawDevice:
    """The crypto of one person's device, taken apart. It uses the daemon's engine, and none of its care."""

    def __init__(self, person: Person, folder: Path, device: str) -> None:
        """`person` has logged in; `device` is the id under which the keys are kept."""
        folder.mkdir(parents=True, exist_ok=True)
        self.person = person
        self.wire = Wire(person.homeserver.client_url, person.access_token)
        self.encryption = Encryption.open(self.wire, folder, person.user_id, device, b"k" * 32)
        self._bodies: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.encryption.close()
        await self.wire.close()

    async def publish(self) -> None:
        """Upload device and one-time keys."""
        await self.encryption.upload_keys()

    async def begin(self, room: str, others: list[str]) -> None:
        """Make a key for a room and a session with everybody's devices; nothing is shared yet."""
        machine = self.encryption.machine
        await self.encryption._query(others)
        await self.encryption._claim(machine.get_missing_sessions(others))
        machine.create_outbound_group_session(room)
        # The key as it is before the first message: later it would open later messages only.
        shares = machine.share_group_session_parallel(room, others, ignore_unverified_devices=True)
        self._bodies = [body for _with, body in shares]
        machine.outbound_group_sessions[room].mark_as_shared()

    def seal(self, room: str, text: str) -> dict[str, Any]:
        """A message under the room's key."""
        content = {"msgtype": "m.text", "body": text}
        sealed: dict[str, Any] = self.encryption.machine.group_encrypt(
            room, {"type": "m.room.message", "content": content}
        )
        return sealed

    async def share(self) -> None:
        """Send the room's key to everybody's devices."""
        for number, body in enumerate(self._bodies):
            where = path("sendToDevice", "m.room.encrypted", f"raw{number}")
            await self.wire.request("PUT", where, body)
