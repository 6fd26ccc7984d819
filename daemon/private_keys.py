"""Keeps a key of its own for each owner, one small file each, in no database and no backup.

An owner is a person, or any text such as "reflection:17". What is sealed for them can be read as long as their file is
there: destroying it makes every copy of what was sealed unreadable, also those in backups that were made before. A key
is made with the first thing that is sealed for its owner, and is on the disk before anybody can store that. The files
are themselves sealed with the operator's secret, and their names tell nobody whose they are.

A key is destroyed in two steps, so that neither a failing unit of work nor a killed process tears anything: in the unit
it is condemned, which is stored there, and from then on nothing more is sealed with it; once that is committed, its file
goes. It goes in a thread: whatever is read meanwhile finds no key any more. Without a folder the keys last as long as the process.
"""

import base64
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from daemon.sealing import (
    KEY_BYTES,
    WrongKey,
    opened_with,
    sealed_with,
    settle_folder,
    write_private,
)
from handlers.language import KeyGone

PRIVATE_KEYS = "private-keys"

#: Ends the name of each key's file.
_ENDING = ".key"


class PrivateKeys:
    """The keys of all owners."""

    def __init__(self, folder: Path | None, *, names: bytes, lid: bytes) -> None:
        """`names` and `lid` are 32 secret bytes each: with which files are named, and with which they are sealed."""
        self._folder = folder
        self._names = names
        self._lid = lid
        #: Without a folder, and of those that were read: name to key.
        self._known: dict[str, bytes] = {}
        #: Nothing more is sealed with these.
        self._condemned: set[str] = set()
        #: The files of these are being destroyed, or could not be: nothing is opened with them either.
        self._going: set[str] = set()
        self._lock = threading.Lock()

    def of(self, owner: str) -> "OwnKey":
        """The key of one owner; it is made when something is sealed."""
        return OwnKey(self, owner)

    def current(self, owner: str) -> tuple[str, bytes]:
        """Name and bytes of the key with which something new is sealed for an owner."""
        for name in reversed(self.names(owner)):
            key = self.key(name)
            if name not in self._condemned and key is not None:
                return name, key
        return self._made(owner)

    def names(self, owner: str) -> list[str]:
        """The keys that an owner has: mostly one; more after a unit of work that came to nothing."""
        mark = self._mark(owner)
        with self._lock:
            known = {name for name in self._known if name.startswith(mark)}
        if self._folder is not None:
            known |= {file.stem for file in self._folder.glob(f"{mark}-*{_ENDING}")}
        return sorted(known)

    def key(self, name: str) -> bytes | None:
        """The bytes of a key; None when it was destroyed, or is not on this machine. Raises WrongKey."""
        with self._lock:
            return self._read(name)

    def _read(self, name: str) -> bytes | None:
        if name in self._going:
            return None
        if name in self._known or self._folder is None:
            return self._known.get(name)
        try:
            sealed = (self._folder / f"{name}{_ENDING}").read_text()
        except FileNotFoundError:
            return None
        try:
            self._known[name] = base64.b64decode(str(opened_with(self._lid, sealed)))
        except ValueError as error:
            raise WrongKey("the keys of persons were sealed with another secret") from error
        return self._known[name]

    def condemn(self, owner: str) -> list[str]:
        """The names of the keys that are to be destroyed; from now on nothing is sealed with them."""
        names = self.names(owner)
        self._condemned.update(names)
        return names

    def unused(self, mentioned: Iterable[str], *, before: datetime) -> list[str]:
        """The names of the keys that are older than `before` and not among those `mentioned`; nothing is sealed with them more."""
        if self._folder is None:
            return []
        used, names = set(mentioned), []
        for file in sorted(self._folder.glob(f"*{_ENDING}")):
            # One that is destroyed just now is as good as gone.
            with suppress(FileNotFoundError):
                if file.stem not in used and file.stat().st_mtime < before.timestamp():
                    names.append(file.stem)
        self._condemned.update(names)
        return names

    def destroy(self, names: Iterable[str]) -> None:
        """Write over keys and delete them; one that is gone already is as good. Raises OSError."""
        for name in names:
            self._condemned.add(name)
            with self._lock:
                self._going.add(name)
                self._known.pop(name, None)
            if self._folder is not None:
                _shred(self._folder / f"{name}{_ENDING}")
            with self._lock:
                self._condemned.discard(name)
                self._going.discard(name)

    def _mark(self, owner: str) -> str:
        return blake2b(owner.encode(), key=self._names, digest_size=16).hexdigest()

    def _made(self, owner: str) -> tuple[str, bytes]:
        name, key = f"{self._mark(owner)}-{os.urandom(8).hex()}", os.urandom(KEY_BYTES)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            sealed = sealed_with(self._lid, base64.b64encode(key).decode())
            write_private(self._folder / f"{name}{_ENDING}", sealed.encode())
            settle_folder(self._folder)
        with self._lock:
            self._known[name] = key
        return name, key


class OwnKey:
    """The key of one owner, as features use it."""

    def __init__(self, keys: PrivateKeys, owner: str) -> None:
        """`owner` is a person's id, or any text."""
        self._keys = keys
        self._owner = owner

    def seal(self, purpose: str, content: object) -> str:
        """`content` (JSON) as text that only this owner's key opens, for this purpose."""
        name, key = self._keys.current(self._owner)
        return f"{name}:{sealed_with(self._for(key, purpose), content)}"

    def open(self, purpose: str, sealed: str) -> object:
        """What was sealed. Raises KeyGone when its key is not here any more, WrongKey when it is not theirs."""
        name, _, box = sealed.partition(":")
        key = self._keys.key(name)
        if key is None:
            raise KeyGone(f"the key of this {purpose} is gone")
        try:
            return opened_with(self._for(key, purpose), box)
        except ValueError as error:
            raise WrongKey(f"this {purpose} was sealed for another purpose or owner") from error

    def _for(self, key: bytes, purpose: str) -> bytes:
        context = f"{self._owner}\n{purpose}".encode()
        derived = HKDF(key, KEY_BYTES, b"kinkeeper", SHA256, context=context)
        assert isinstance(derived, bytes)
        return derived


def _shred(file: Path) -> None:
    try:
        size = file.stat().st_size
        with file.open("r+b") as old:
            old.write(os.urandom(size))
            old.flush()
            os.fsync(old.fileno())
        file.unlink()
    except FileNotFoundError:
        return
    settle_folder(file.parent)
