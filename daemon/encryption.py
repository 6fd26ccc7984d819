"""End-to-end encryption: matrix-nio's Olm machine as the engine, with our own transport around it.

It promises that private key halves are on disk before their public halves leave, that a message obeyed was
encrypted by a device the sender's homeserver and the device itself vouch for, and that a room key reaches every
device of every joined member before the first message that needs it.
"""

import asyncio
import json
import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nio import KeysClaimResponse, KeysQueryResponse, KeysUploadResponse, ToDeviceResponse
from nio.crypto import Olm
from nio.crypto.device import OlmDevice
from nio.event_builders import ToDeviceMessage
from nio.events import Event, MegolmEvent, RoomKeyEvent, ToDeviceEvent
from nio.exceptions import EncryptionError
from nio.store import SqliteStore
from peewee import SqliteDatabase

from daemon.matrix import Homeserver, Json, Refusal, path

log = logging.getLogger(__name__)

STORE_FILE = "encryption.db"

#: Inbound sessions older than this are forgotten: the daemon reads no history.
#: A session id is 43 characters of base64; a longer one is somebody's joke.
LONGEST_SESSION = 64

SESSION_LIFE = 30 * 24 * 3600.0

FORGET_SESSION = (
    "DELETE FROM megolminboundsessions WHERE session_id = ?",
    "DELETE FROM session_seen WHERE session_id = ?",
)

FALLBACK = "signed_curve25519"


class Store(SqliteStore):  # type: ignore[misc]  # nio ships no types for it
    """nio's key store, in WAL mode: a key share to 500 devices blocks for 0.3 s instead of 14."""

    def _create_database(self) -> SqliteDatabase:
        return SqliteDatabase(
            self.database_path,
            pragmas={
                "foreign_keys": 1,
                "secure_delete": 1,
                "journal_mode": "wal",
                "synchronous": "normal",
                "busy_timeout": 5000,
            },
        )


class Machine(Olm):  # type: ignore[misc]  # nio ships no types for it
    """nio's Olm machine, with keys saved before they are published, and a fallback key."""

    fallback_wanted = False

    def share_keys(self) -> Json:
        """The body of /keys/upload.

        Without the early save, a kill between request and answer makes every later upload fail.
        """
        account = self.account._account
        if self.fallback_wanted and not account.fallback_key:
            # Only two are kept: one made anew at each try would drop what the homeserver hands out.
            account.generate_fallback_key()
        try:
            content: Json = super().share_keys()
        except ValueError:  # nothing but the fallback key is wanted
            content = {}
        if self.fallback_wanted:
            content["fallback_keys"] = self._signed_fallback_key(account)
        self.save_account()
        return content

    def _signed_fallback_key(self, account: Any) -> Json:
        signed = {}
        for key_id, key in account.fallback_key.items():
            body: Json = {"key": key.to_base64(), "fallback": True}
            signature = self.sign_json(dict(body))
            body["signatures"] = {self.user_id: {f"ed25519:{self.device_id}": signature}}
            signed[f"{FALLBACK}:{key_id}"] = body
        return signed


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted event, as plain JSON of type, content and the envelope's own fields."""

    event: Json


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event whose key has not come."""

    session: str


#: Seconds. A client that leaves out insecure devices asks for ours when it sees us come; a message that is faster than the
#: answer stays unreadable to it, as it does not try again.
ACQUAINTED = 0.5


class Distrusted(Exception):
    """An event that decrypts, but that no device of its sender has vouched for."""


class Encryption:
    """The daemon's device in encrypted rooms."""

    def __init__(self, homeserver: Homeserver, machine: Machine) -> None:
        """Use `open` to make one."""
        self._homeserver = homeserver
        self.machine = machine
        self._sharing = asyncio.Lock()
        self._members: dict[str, set[str]] = {}
        #: Rooms in which somebody came, went or changed devices while their key was being shared.
        self._stale: set[str] = set()
        #: People whose server did not answer; they are asked about again with the next share.
        self._unanswered: set[str] = set()
        self._number = 0

    @classmethod
    def open(
        cls, homeserver: Homeserver, folder: Path, user: str, device: str, key: bytes
    ) -> "Encryption":
        """Open or make the key store in `folder`, its private halves sealed with `key`."""
        store = Store(user, device, str(folder), pickle_key=key.hex(), database_name=STORE_FILE)
        (folder / STORE_FILE).chmod(0o600)
        machine = Machine(user, device, store)
        _take_over(machine)
        return cls(homeserver, machine)

    def close(self) -> None:
        """Close the key store."""
        self.machine.store.database.close()

    # ------------------------------------------------------------------------------------ listening

    def absorb(self, answer: Mapping[str, Any]) -> set[str]:
        """Take in what a sync says about keys; returns the sessions whose keys have come."""
        came = set()
        for raw in _events(answer.get("to_device")):
            session = self._absorb_one(raw)
            if session:
                came.add(session)
        counts = answer.get("device_one_time_keys_count")
        if isinstance(counts, Mapping):
            # Left out by some servers when it is nought.
            self.machine.uploaded_key_count = int(counts.get("signed_curve25519", 0))
        unused = answer.get("device_unused_fallback_key_types")
        self.machine.fallback_wanted = isinstance(unused, list) and FALLBACK not in unused
        lists = answer.get("device_lists")
        changed = lists.get("changed", []) if isinstance(lists, Mapping) else []
        self._devices_changed({user for user in changed if isinstance(user, str)})
        return came

    def _absorb_one(self, raw: Any) -> str | None:
        try:
            event = ToDeviceEvent.parse_event(raw)
            decrypted = self.machine.handle_to_device_event(event) if event else None
        except Exception:
            # Whatever a stranger sends to this device, the rest of the sync is read.
            log.exception("a to-device event of type %s could not be read", _type(raw))
            return None
        return decrypted.session_id if isinstance(decrypted, RoomKeyEvent) else None

    def _devices_changed(self, users: set[str]) -> None:
        known = {user for user in users if user in self.machine.tracked_users}
        known |= {user for user in users if self.machine.device_store._entries.get(user)}
        self.machine.add_changed_users(known)
        for room, session in list(self.machine.outbound_group_sessions.items()):
            readers = {user for user, _device in session.users_shared_with}
            if known & (readers | self._members.get(room, set())):
                self._stale.add(room)
                del self.machine.outbound_group_sessions[room]

    def members_changed(self, room: str) -> None:
        """Someone came or went: the next message there uses a new key, given to those present."""
        self._stale.add(room)
        self._members.pop(room, None)
        self.machine.outbound_group_sessions.pop(room, None)

    async def upkeep(self) -> None:
        """Upload, query and claim whatever keys are due. Raises Refusal or Unreachable."""
        self.machine.collect_key_requests()
        if self.machine.should_upload_keys or self.machine.fallback_wanted:
            await self.upload_keys()
        if self.machine.users_for_key_query:
            async with self._sharing:
                await self._query(self.machine.users_for_key_query)
        if self.machine.wedged_devices or self.machine.key_request_devices_no_session:
            async with self._sharing:
                await self._claim(self.machine.get_users_for_key_claiming())
        for message in list(self.machine.outgoing_to_device_messages):
            await self._to_device(message)

    async def upload_keys(self) -> None:
        """Publish device, one-time and fallback keys as far as they are due."""
        body = self.machine.share_keys()
        if not body:
            return
        answer = await self._homeserver.request("POST", path("keys", "upload"), body)
        counts = answer.get("one_time_key_counts", {})
        self.machine.handle_response(
            KeysUploadResponse(counts.get("curve25519", 0), counts.get("signed_curve25519", 0))
        )
        self.machine.fallback_wanted = False

    async def _query(self, users: Collection[str]) -> None:
        asked = sorted(users)
        answer = await self._homeserver.request(
            "POST", path("keys", "query"), {"device_keys": {user: [] for user in asked}}
        )
        keys = answer.get("device_keys")
        response = KeysQueryResponse(_sound_devices(keys), {})
        self.machine.handle_response(response)
        # A server that is down is asked again when its people speak, not at every sync.
        self.machine.users_for_key_query.difference_update(asked)
        self._unanswered |= set(asked) - set(response.device_keys)
        self._unanswered -= set(response.device_keys)

    async def _claim(self, wanted: Mapping[str, list[str]]) -> None:
        body = {user: dict.fromkeys(devices, FALLBACK) for user, devices in wanted.items()}
        answer = await self._homeserver.request(
            "POST", path("keys", "claim"), {"one_time_keys": body}
        )
        keys = answer.get("one_time_keys")
        self.machine.handle_response(KeysClaimResponse(keys if isinstance(keys, dict) else {}, {}))
        # A device without one-time keys is not asked for again at every sync.
        self.machine.wedged_devices.clear()
        self.machine.key_request_devices_no_session.clear()

    async def _to_device(self, message: ToDeviceMessage) -> None:
        await self._put_to_device(message.type, message.as_dict())
        self.machine.handle_response(ToDeviceResponse(message))

    async def _put_to_device(self, event_type: str, body: Json) -> None:
        self._number += 1
        transaction = f"{time.time_ns():x}-{self._number}"
        await self._homeserver.request("PUT", path("sendToDevice", event_type, transaction), body)

    # ------------------------------------------------------------------------------------- reading

    async def read(self, room: str, raw: Json) -> Opened | Sealed:
        """Decrypt one event of a room. Raises Distrusted when it must not be believed."""
        content = raw.get("content")
        session_id = content.get("session_id") if isinstance(content, dict) else None
        if not isinstance(content, dict) or not isinstance(session_id, str):
            raise Distrusted("not a Megolm event")
        if len(session_id) > LONGEST_SESSION:
            raise Distrusted("no session has such an id")
        session = self._session(room, session_id)
        if session is None:
            self._ask_after(room, raw)
            return Sealed(session_id)
        sender = str(raw.get("sender"))
        device = await self._device(sender, session.sender_key)
        if device is None or device.ed25519 != session.ed25519:
            raise Distrusted(f"no device of {sender} owns the key of this session")
        whole = {
            **raw,
            "content": {**content, "sender_key": session.sender_key, "device_id": device.id},
        }
        event = Event.parse_event(whole)
        if not isinstance(event, MegolmEvent):
            raise Distrusted("not a Megolm event")
        event.room_id = room
        try:
            return Opened(_decrypted(self.machine, event, session, whole))
        except EncryptionError as error:
            raise Distrusted(str(error)) from error

    def _session(self, room: str, session_id: str) -> Any:
        for sessions in self.machine.inbound_group_store._entries.get(room, {}).values():
            if session_id in sessions:
                return sessions[session_id]
        return None

    async def _device(self, user: str, sender_key: str) -> OlmDevice | None:
        """The device that owns a Curve25519 key; ours among them."""
        machine = self.machine
        if user == machine.user_id and sender_key == machine.account.identity_keys["curve25519"]:
            keys = machine.account.identity_keys
            return OlmDevice(user, machine.device_id, dict(keys))
        device = machine.device_store.device_from_sender_key(user, sender_key)
        if device is None:
            async with self._sharing:
                await self._query([user])
            device = machine.device_store.device_from_sender_key(user, sender_key)
        return device

    def _ask_after(self, room: str, raw: Json) -> None:
        """Let nio ask for a lost key where it thinks that the Olm session broke."""
        event = Event.parse_event(raw)
        if isinstance(event, MegolmEvent):
            event.room_id = room
            self.machine.check_if_wedged(event)

    # ------------------------------------------------------------------------------------- writing

    async def seal(
        self,
        room: str,
        event_type: str,
        content: Mapping[str, Any],
        *,
        among: frozenset[str] | None = None,
    ) -> Json:
        """The content of an m.room.encrypted event that everybody there can read, or only those in `among`."""
        first = False
        async with self._sharing:
            while self.machine.should_share_group_session(room):
                first |= await self._share(room, among)
            sealed: Json = self.machine.group_encrypt(
                room, {"type": event_type, "content": dict(content)}
            )
        if first:
            # Outside the lock: nobody else waits for it.
            await asyncio.sleep(ACQUAINTED)
        # Relations stay readable for the server, as the specification wants them.
        if "m.relates_to" in content:
            sealed["m.relates_to"] = content["m.relates_to"]
        return sealed

    async def _share(self, room: str, among: frozenset[str] | None) -> bool:
        """Give a new key of the room to its readers; not finished if they change meanwhile.

        Returns whether it is the first that we give to one of them.
        """
        if room in self._stale:
            self._members.pop(room, None)
            self._stale.discard(room)
        readers = await self._readers(room)
        if among is not None:
            readers = readers & among
        unknown = readers - self.machine.tracked_users
        stale = readers & (self.machine.users_for_key_query | self._unanswered)
        if unknown or stale:
            await self._query(unknown | stale)
        missing = self.machine.get_missing_sessions(sorted(readers))
        if missing:
            await self._claim(missing)
        self.machine.create_outbound_group_session(room)
        session = self.machine.outbound_group_sessions[room]
        for sharing_with, body in self.machine.share_group_session_parallel(
            room, sorted(readers), ignore_unverified_devices=True
        ):
            await self._put_to_device("m.room.encrypted", body)
            session.users_shared_with.update(sharing_with)
            if room in self._stale:
                return bool(unknown)
        if room not in self._stale:
            session.mark_as_shared()
        return bool(unknown)

    async def _readers(self, room: str) -> set[str]:
        """Everybody who is in a room or invited to it: who comes later reads what was said before."""
        if room not in self._members:
            members = await self._homeserver.request("GET", path("rooms", room, "members"))
            self._members[room] = {
                event["state_key"]
                for event in _chunk(members)
                if event.get("content", {}).get("membership") in {"join", "invite"}
            }
        return self._members.get(room, set())

    # -------------------------------------------------------------------------------- housekeeping

    def prune(self, now: float) -> int:
        """Forget inbound sessions first seen more than SESSION_LIFE seconds ago; returns how many."""
        database = self.machine.store.database
        with database.atomic():
            database.execute_sql(
                "CREATE TABLE IF NOT EXISTS session_seen (session_id TEXT PRIMARY KEY, seen REAL)"
            )
            database.execute_sql(
                "INSERT OR IGNORE INTO session_seen SELECT session_id, ? FROM megolminboundsessions",
                (now,),
            )
            old = [
                row[0]
                for row in database.execute_sql(
                    "SELECT session_id FROM session_seen WHERE seen < ?", (now - SESSION_LIFE,)
                )
            ]
            for session_id in old:
                for forget in FORGET_SESSION:
                    database.execute_sql(forget, (session_id,))
        gone = set(old)
        for room in self.machine.inbound_group_store._entries.values():
            for sessions in room.values():
                for session_id in gone & set(sessions):
                    del sessions[session_id]
        return len(old)


def _take_over(machine: Machine) -> None:
    """Make the room keys that a backup has brought back ours; they came without a device."""
    database = machine.store.database
    if not database.execute_sql("SELECT 1 FROM accounts WHERE device_id = ''").fetchone():
        return
    with database.atomic():
        database.execute_sql(
            "UPDATE megolminboundsessions SET account_id = (SELECT id FROM accounts WHERE device_id = ?)",
            (machine.device_id,),
        )
        database.execute_sql("DELETE FROM accounts WHERE device_id = ''")
    machine.inbound_group_store = machine.store.load_inbound_group_sessions()


def _decrypted(machine: Machine, event: MegolmEvent, session: Any, raw: Json) -> Json:
    """The plain event; raises EncryptionError."""
    import vodozemac  # noqa: PLC0415 - only encrypted rooms need it here

    try:
        plaintext, index = session.decrypt(event.ciphertext)
        payload = json.loads(plaintext)
    except (vodozemac.MegolmDecryptionException, vodozemac.DecodeException, ValueError) as error:
        raise EncryptionError(str(error)) from error
    if not machine.message_index_ok(index, event):
        raise EncryptionError("this message was sent before: a replay")
    if not isinstance(payload, dict) or payload.get("room_id") != event.room_id:
        raise EncryptionError("this message was written for another room")
    content = payload.get("content")
    content = dict(content) if isinstance(content, dict) else {}
    if "m.relates_to" not in content and "m.relates_to" in raw["content"]:
        content["m.relates_to"] = raw["content"]["m.relates_to"]
    return {**raw, "type": payload.get("type"), "content": content}


def _events(section: Any) -> list[Any]:
    events = section.get("events") if isinstance(section, Mapping) else None
    return events if isinstance(events, list) else []


def _chunk(answer: Json) -> list[Json]:
    chunk = answer.get("chunk")
    return chunk if isinstance(chunk, list) else []


def _type(raw: Any) -> object:
    return raw.get("type") if isinstance(raw, Mapping) else None


def _sound_devices(keys: Any) -> Json:
    """Only those device entries that nio can read without falling over."""
    if not isinstance(keys, dict):
        return {}
    return {
        user: {
            device: entry
            for device, entry in devices.items()
            if isinstance(entry, dict)
            and isinstance(entry.get("keys"), dict)
            and {"user_id", "device_id", "signatures"} <= set(entry)
        }
        for user, devices in keys.items()
        if isinstance(devices, dict)
    }


__all__ = ["Distrusted", "Encryption", "Machine", "Opened", "Refusal", "Sealed", "Store"]
