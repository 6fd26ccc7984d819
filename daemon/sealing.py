"""Seals a value under one key, and writes files that only their owner can read.

What is sealed is AES-256-GCM over JSON, as text; whoever changes a letter of it, or has another key, opens nothing.
"""

import base64
import json
import os
from pathlib import Path

from Crypto.Cipher import AES

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class WrongKey(ValueError):
    """What was sealed cannot be opened with this key."""


def sealed_with(key: bytes, content: object) -> str:
    """`content` (JSON) as text that only this key of 32 bytes opens."""
    nonce = os.urandom(NONCE_BYTES)
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce)
    sealed, tag = cipher.encrypt_and_digest(json.dumps(content).encode())
    return base64.b64encode(nonce + tag + sealed).decode()


def opened_with(key: bytes, sealed: str) -> object:
    """What was sealed. Raises ValueError when it was sealed with another key, or is nothing that was sealed."""
    raw = base64.b64decode(sealed, validate=True)
    nonce, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES : NONCE_BYTES + TAG_BYTES]
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce)
    return json.loads(cipher.decrypt_and_verify(raw[NONCE_BYTES + TAG_BYTES :], tag))


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def settle_folder(folder: Path) -> None:
    """Have the disk remember which files are in a folder, also through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
