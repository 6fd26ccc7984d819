"""The daemon's one device: logged in once, signed by its own cross-signing keys, the same for life.

Element leaves out devices whose owner has not signed them. So the first start makes the account's three signing
keys and signs the device; every start proves it from the homeserver's own answer. Keys are never replaced unasked.
"""

import base64
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vodozemac
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from daemon.encryption import STORE_FILE, Machine
from daemon.keyring import Keyring, write_private
from daemon.matrix import Homeserver, Json, Refusal, Revoked, path

log = logging.getLogger(__name__)

DEVICE_FILE = "device.sealed"
PURPOSE = "device"

USAGES = ("master", "self_signing", "user_signing")
UNAUTHORIZED = 401


class DeviceTrouble(Exception):
    """The device cannot be used as it is; the message says what happened and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Who the daemon is at its homeserver."""

    user: str
    id: str
    token: str
    #: Seeds of the cross-signing keys, by usage; empty before the first start has made them.
    seeds: Mapping[str, bytes]

    def save(self, folder: Path, keyring: Keyring) -> None:
        """Keep it, sealed, in `folder`."""
        content = {
            "user": self.user,
            "id": self.id,
            "token": self.token,
            "seeds": {usage: seed.hex() for usage, seed in self.seeds.items()},
        }
        write_private(folder / DEVICE_FILE, keyring.seal(PURPOSE, content).encode())

    @classmethod
    def load(cls, folder: Path, keyring: Keyring) -> "Device | None":
        """The device kept in `folder`, if any. Raises WrongKey."""
        file = folder / DEVICE_FILE
        if not file.exists():
            return None
        content = keyring.open(PURPOSE, file.read_text())
        assert isinstance(content, dict)
        seeds = {usage: bytes.fromhex(seed) for usage, seed in content["seeds"].items()}
        return cls(user=content["user"], id=content["id"], token=content["token"], seeds=seeds)


class SigningKey:
    """An Ed25519 key made from 32 bytes; vodozemac offers none whose seed can be kept."""

    def __init__(self, seed: bytes) -> None:
        """`seed` is 32 random bytes."""
        self._key = ECC.construct(curve="Ed25519", seed=seed)
        self.public = unpadded(self._key.public_key().export_key(format="raw"))

    def sign(self, message: bytes) -> str:
        """The signature, in unpadded base64."""
        return unpadded(eddsa.new(self._key, "rfc8032").sign(message))


def unpadded(raw: bytes) -> str:
    """Base64 as Matrix writes it."""
    return base64.b64encode(raw).decode().rstrip("=")


def canonical(signed: Mapping[str, Any]) -> bytes:
    """The bytes that are signed of a JSON object (specification, "Signing JSON")."""
    kept = {key: value for key, value in signed.items() if key not in ("signatures", "unsigned")}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _sign(signed: Json, user: str, key_id: str, signature: str) -> None:
    signed.setdefault("signatures", {}).setdefault(user, {})[f"ed25519:{key_id}"] = signature


def verified(signed: Any, user: str, public: str, key_id: str | None = None) -> bool:
    """Whether `signed` carries a good signature of `user` by the key `public`."""
    try:
        signature = signed["signatures"][user][f"ed25519:{key_id or public}"]
        vodozemac.Ed25519PublicKey.from_base64(public).verify_signature(
            canonical(signed), vodozemac.Ed25519Signature.from_base64(signature)
        )
    except (KeyError, TypeError, ValueError, vodozemac.SignatureException, vodozemac.KeyException):
        return False
    return True


# --------------------------------------------------------------------------------------------- login


async def log_in(
    homeserver: Homeserver,
    folder: Path,
    keyring: Keyring,
    *,
    user: str,
    password: str | None,
    token: str | None = None,
    device_id: str | None = None,
) -> Device:
    """The daemon's device: the kept one, or a new one on the first start and after a restore.

    A restored one has signing keys and no id: the new device goes on with these keys.
    Raises DeviceTrouble, Refusal (Revoked when the token is no longer good), Unreachable or WrongKey.
    """
    kept = Device.load(folder, keyring)
    if kept is not None and kept.user != user:
        raise DeviceTrouble(
            f"The data folder belongs to {kept.user}, and the settings say {user}. Nothing was changed. "
            "Set KINKEEPER_USER_ID back, or use another KINKEEPER_DATA_DIR."
        )
    seeds = kept.seeds if kept is not None else {}
    if token and device_id and (kept is None or kept.token != token):
        named = Device(user=user, id=device_id, token=token, seeds=seeds)
        # A session that has ended does not take the place of the one that followed it.
        if kept is None or not kept.id or await _is_welcome(homeserver, named, kept.token):
            kept = named
            kept.save(folder, keyring)
    elif kept is not None and kept.id and not _has_its_keys(kept, folder, password):
        kept = None
    if kept is not None and kept.id and await _is_welcome(homeserver, kept, password):
        return kept
    if not password:
        raise DeviceTrouble(
            "There is no way to log in. Set KINKEEPER_PASSWORD, or KINKEEPER_ACCESS_TOKEN together with "
            "KINKEEPER_DEVICE_ID."
        )
    answer = await homeserver.request(
        "POST",
        path("login"),
        {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": password,
            "initial_device_display_name": "Kinkeeper",
        },
    )
    device = Device(user=user, id=answer["device_id"], token=answer["access_token"], seeds=seeds)
    device.save(folder, keyring)
    homeserver.token = device.token
    return device


def _has_its_keys(kept: Device, folder: Path, password: str | None) -> bool:
    """Whether the encryption keys of the kept device are there. Raises DeviceTrouble if nothing can replace it."""
    store = folder / STORE_FILE
    if not kept.seeds or store.exists():
        return True
    if not password:
        raise DeviceTrouble(
            f"The encryption keys of this device ({store}) are gone. Nothing was sent. Set KINKEEPER_PASSWORD "
            "and start again: it logs in as a new device of the same account and keeps its signing keys."
        )
    log.warning("%s is gone; going on as a new device with the same signing keys", store)
    return False


async def _is_welcome(homeserver: Homeserver, kept: Device, instead: str | None) -> bool:
    """Whether the homeserver still knows this session. Raises Revoked if not and there is no other way `instead`."""
    homeserver.token = kept.token
    try:
        await homeserver.request("GET", path("account", "whoami"))
    except Revoked:
        if not instead:
            raise
        log.warning("the session was ended; going on as a new device with the same signing keys")
        homeserver.token = None
        return False
    return True


# -------------------------------------------------------------------------------------- cross-signing


async def prove(homeserver: Homeserver, device: Device) -> list[str]:
    """What is missing from a device that strict clients trust, by the server's own answer; [] is good."""
    answer = await _own_keys(homeserver, device)
    master, self_signing, entry = _published(answer, device)
    if master is None:
        return ["The account has no cross-signing keys."]
    missing = []
    master_key = _only_key(master)
    if device.seeds and master_key != SigningKey(device.seeds["master"]).public:
        missing.append("The account's master key is not ours.")
    if self_signing is None or not verified(self_signing, device.user, master_key):
        missing.append("The self-signing key is not signed by the master key.")
    elif entry is None:
        missing.append("The device has published no keys.")
    elif not verified(entry, device.user, _only_key(self_signing)):
        missing.append("The device is not signed by the account.")
    return missing


async def make_trusted(
    homeserver: Homeserver,
    device: Device,
    machine: Machine,
    folder: Path,
    keyring: Keyring,
    password: str | None,
) -> Device:
    """Cross-sign the device, making the account's keys on the first start. Raises DeviceTrouble."""
    answer = await _own_keys(homeserver, device)
    master, _self_signing, entry = _published(answer, device)
    _check_identity(machine, device, entry)
    if device.seeds and (master is None or _is_ours(master, device)):
        if master is None:
            await _publish(homeserver, device, machine, password)
    elif master is not None:
        raise DeviceTrouble(
            f"{device.user} already has cross-signing keys that are not kept here. They were not "
            "touched, because replacing them would tell everybody that the identity was reset. Restore the "
            "data folder that made them (`kinkeeper restore`), or give the daemon an account of its own."
        )
    else:
        seeds = {usage: os.urandom(32) for usage in USAGES}
        device = Device(user=device.user, id=device.id, token=device.token, seeds=seeds)
        device.save(folder, keyring)  # before the first request: these must never be lost
        await _publish(homeserver, device, machine, password)
    await _sign_device(homeserver, device)
    missing = await prove(homeserver, device)
    if missing:
        raise DeviceTrouble("The device could not be signed: " + " ".join(missing))
    return device


def _check_identity(machine: Machine, device: Device, entry: Json | None) -> None:
    if entry is None:
        return
    published = entry.get("keys", {}).get(f"ed25519:{device.id}")
    if published != machine.account.identity_keys["ed25519"]:
        raise DeviceTrouble(
            f"The homeserver knows device {device.id} with other keys than those kept here: the encryption "
            "store was lost or replaced. Nothing was sent. Sign that session out at the homeserver, and start "
            "again with KINKEEPER_PASSWORD set: it goes on as a new device and keeps its signing keys."
        )


async def _publish(
    homeserver: Homeserver, device: Device, machine: Machine, password: str | None
) -> None:
    keys = {usage: SigningKey(device.seeds[usage]) for usage in USAGES}
    master = keys["master"]
    body: Json = {
        f"{usage}_key": {
            "user_id": device.user,
            "usage": [usage],
            "keys": {f"ed25519:{key.public}": key.public},
        }
        for usage, key in keys.items()
    }
    for usage in USAGES[1:]:
        part = body[f"{usage}_key"]
        _sign(part, device.user, master.public, master.sign(canonical(part)))
    part = body["master_key"]
    _sign(part, device.user, device.id, machine.account.sign(canonical(part).decode()))
    where = path("keys", "device_signing", "upload")
    try:
        await homeserver.request("POST", where, body)
    except Refusal as refusal:
        if refusal.status != UNAUTHORIZED or not refusal.body.get("session"):
            raise
        if not password:
            raise DeviceTrouble(
                "The homeserver wants the password once, to publish the account's signing keys. "
                "Set KINKEEPER_PASSWORD for this start."
            ) from refusal
        body["auth"] = {
            "type": "m.login.password",
            "session": refusal.body["session"],
            "password": password,
            "identifier": {"type": "m.id.user", "user": device.user},
        }
        await homeserver.request("POST", where, body)


async def _sign_device(homeserver: Homeserver, device: Device) -> None:
    _master, _self_signing, entry = _published(await _own_keys(homeserver, device), device)
    if entry is None:
        raise DeviceTrouble("The homeserver does not know the keys of this device.")
    key = SigningKey(device.seeds["self_signing"])
    if verified(entry, device.user, key.public):
        return
    signed = {part: entry[part] for part in entry if part not in ("unsigned", "signatures")}
    _sign(signed, device.user, key.public, key.sign(canonical(signed)))
    answer = await homeserver.request(
        "POST", path("keys", "signatures", "upload"), {device.user: {device.id: signed}}
    )
    if answer.get("failures"):
        raise DeviceTrouble(f"The homeserver refused the device's signature: {answer['failures']}")


async def _own_keys(homeserver: Homeserver, device: Device) -> Json:
    return await homeserver.request(
        "POST", path("keys", "query"), {"device_keys": {device.user: [device.id]}}
    )


def _published(answer: Json, device: Device) -> tuple[Json | None, Json | None, Json | None]:
    """Master key, self-signing key and device entry, as the server shows them to us."""
    return (
        answer.get("master_keys", {}).get(device.user),
        answer.get("self_signing_keys", {}).get(device.user),
        answer.get("device_keys", {}).get(device.user, {}).get(device.id),
    )


def _only_key(signed: Json) -> str:
    return str(next(iter(signed.get("keys", {}).values()), ""))


def _is_ours(master: Json, device: Device) -> bool:
    return _only_key(master) == SigningKey(device.seeds["master"]).public
