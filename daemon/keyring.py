"""The keys at rest: one secret of the operator's, stretched once, and a separate key for each purpose.

The secret is either a file of 32 random bytes, made on the first start with mode 0600, or a phrase of the
operator's own, which is stretched with scrypt and a salt before anything is sealed with it. Beside it each person has a
key of their own (daemon/private_keys.py), which can be destroyed.
"""

import base64
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF, scrypt

from daemon.private_keys import PRIVATE_KEYS, OwnKey, PrivateKeys
from daemon.sealing import KEY_BYTES, WrongKey, opened_with, sealed_with, write_private

__all__ = ["KEY_FILE", "SALT_FILE", "Keyring", "WrongKey", "write_private"]

KEY_FILE = "secret.key"
SALT_FILE = "secret.salt"

#: The purposes whose key is kept at hand.
OFTEN = frozenset({"post", "said"})

#: scrypt cost: about 0.1 s and 32 MiB, once a start.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**15, 8, 1


class Keyring:
    """Keys derived from the operator's secret."""

    def __init__(self, root: bytes, folder: Path | None = None) -> None:
        """`root` is 32 bytes that nobody can guess; in `folder` the keys of persons lie, if they are to last."""
        if len(root) != KEY_BYTES:
            raise ValueError("a root key has 32 bytes")
        self._root = root
        #: Derived once each: what is on its way is sealed and opened by the thousand.
        self._derived: dict[str, bytes] = {}
        names, lid = self.key("private key names"), self.key("private keys")
        own = folder / PRIVATE_KEYS if folder is not None else None
        self._private = PrivateKeys(own, names=names, lid=lid)

    @classmethod
    def at(cls, folder: Path, phrase: str | None) -> "Keyring":
        """The keyring of a data folder; makes the key file or the salt on first use.

        Raises WrongKey when the key file is not what was written there.
        """
        if phrase:
            return cls(_stretched(phrase, _made_once(folder / SALT_FILE)), folder)
        try:
            return cls(base64.b64decode(_made_once(folder / KEY_FILE), validate=True), folder)
        except ValueError as error:
            raise WrongKey(f"{folder / KEY_FILE} does not hold a key") from error

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, independent of those for any other."""
        if purpose in OFTEN and purpose in self._derived:
            return self._derived[purpose]
        derived = HKDF(self._root, KEY_BYTES, b"kinkeeper", SHA256, context=purpose.encode())
        assert isinstance(derived, bytes)
        if purpose in OFTEN:
            self._derived[purpose] = derived
        return derived

    def seal(self, purpose: str, content: object) -> str:
        """`content` (JSON) as text that only this keyring opens."""
        return sealed_with(self.key(purpose), content)

    def open(self, purpose: str, sealed: str) -> object:
        """What was sealed; raises WrongKey."""
        try:
            return opened_with(self.key(purpose), sealed)
        except ValueError as error:
            raise WrongKey(f"the {purpose} was sealed with another secret") from error

    def of(self, owner: str) -> OwnKey:
        """The key of a person, or of whatever `owner` names; it is in no backup and can be destroyed."""
        return self._private.of(owner)

    def condemn(self, owner: str) -> list[str]:
        """The names of an owner's keys, which are to be destroyed; nothing more is sealed with them."""
        return self._private.condemn(owner)

    def unused(self, mentioned: Iterable[str], *, before: datetime) -> list[str]:
        """The names of the keys of persons older than `before` that nothing mentions; nothing more is sealed with them."""
        return self._private.unused(mentioned, before=before)

    def destroy(self, names: Iterable[str]) -> None:
        """Destroy condemned keys, once the unit of work that condemned them is committed. Raises OSError."""
        self._private.destroy(names)


def _stretched(phrase: str, salt: bytes) -> bytes:
    root = scrypt(phrase, salt.decode(), KEY_BYTES, SCRYPT_N, SCRYPT_R, SCRYPT_P)
    assert isinstance(root, bytes)
    return root


def _made_once(path: Path) -> bytes:
    """The content of `path`; 32 random bytes in base64 are written there if it does not exist."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, base64.b64encode(os.urandom(KEY_BYTES)))
    return path.read_bytes().strip()
