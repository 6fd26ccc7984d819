"""The keys at rest: one secret of the operator's, stretched once, and a separate key for each purpose.

The secret is either a file of 32 random bytes, made on the first start with mode 0600, or a phrase of the
operator's own, which is stretched with scrypt and a salt before anything is sealed with it.
"""

import base64
import json
import os
from pathlib import Path

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF, scrypt

KEY_FILE = "secret.key"
SALT_FILE = "secret.salt"

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16

#: scrypt cost: about 0.1 s and 32 MiB, once a start.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**15, 8, 1


class WrongKey(ValueError):
    """What was sealed cannot be opened with this key."""


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


class Keyring:
    """Keys derived from the operator's secret."""

    def __init__(self, root: bytes) -> None:
        """`root` is 32 bytes that nobody can guess."""
        if len(root) != KEY_BYTES:
            raise ValueError("a root key has 32 bytes")
        self._root = root

    @classmethod
    def of(cls, folder: Path, phrase: str | None) -> "Keyring":
        """The keyring of a data folder; makes the key file or the salt on first use.

        Raises WrongKey when the key file is not what was written there.
        """
        if phrase:
            return cls(_stretched(phrase, _made_once(folder / SALT_FILE)))
        try:
            return cls(base64.b64decode(_made_once(folder / KEY_FILE), validate=True))
        except ValueError as error:
            raise WrongKey(f"{folder / KEY_FILE} does not hold a key") from error

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, independent of those for any other."""
        derived = HKDF(self._root, KEY_BYTES, b"kinkeeper", SHA256, context=purpose.encode())
        assert isinstance(derived, bytes)
        return derived

    def seal(self, purpose: str, content: object) -> str:
        """`content` (JSON) as text that only this keyring opens."""
        nonce = os.urandom(NONCE_BYTES)
        cipher = AES.new(self.key(purpose), AES.MODE_GCM, nonce=nonce)
        sealed, tag = cipher.encrypt_and_digest(json.dumps(content).encode())
        return base64.b64encode(nonce + tag + sealed).decode()

    def open(self, purpose: str, sealed: str) -> object:
        """What was sealed; raises WrongKey."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            nonce, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES : NONCE_BYTES + TAG_BYTES]
            cipher = AES.new(self.key(purpose), AES.MODE_GCM, nonce=nonce)
            return json.loads(cipher.decrypt_and_verify(raw[NONCE_BYTES + TAG_BYTES :], tag))
        except ValueError as error:
            raise WrongKey(f"the {purpose} was sealed with another secret") from error


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
