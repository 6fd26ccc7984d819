"""The cover of a backup: says which account's secret opens it, and nothing else; all that is in it is sealed.

The cover is part of what the key is made from, so nobody can put another one on. A backup of the former form has none:
what it holds is read as it is.
"""

import hmac
import io
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from daemon.keyring import KEY_FILE, SALT_FILE, Keyring, write_private
from daemon.pieces import PIECE, SealedReader, SealedWriter

#: Of the whole file; what stands inside says the same.
FORM = 2

_MAGIC = b"kinkeeper backup\n"
#: How a file of the former form begins: as every gzip does.
_FORMER = b"\x1f\x8b"
_LONGEST_LINE = 4096


class NoBackup(ValueError):
    """A file is not a backup."""


class Newer(ValueError):
    """A backup has a form that a newer Kinkeeper made."""


class Shut(ValueError):
    """The secret here does not open a backup; the message says which one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What anybody can read of a backup."""

    #: The account whose secret opens it.
    user: str
    #: With which the phrase was stretched; "" when the secret is a key file.
    salt: str
    #: The cover's own line, and what stands for the key that opens it.
    line: str
    mark: str

    def key(self, keyring: Keyring) -> bytes:
        """The key of what is in it. Raises Shut."""
        if not hmac.compare_digest(_mark(keyring, self.line).encode(), self.mark.encode()):
            raise Shut("The secret here is not the one that the backup was made with")
        return keyring.key(f"backup\n{self.line}")


def _mark(keyring: Keyring, line: str) -> str:
    return keyring.key(f"backup mark\n{line}").hex()


def begun(raw: BinaryIO, keyring: Keyring, user: str, salt: bytes | None) -> SealedWriter:
    """Write the cover; returns what seals the rest, and has to be finished."""
    told = {"form": FORM, "of": user, "salt": (salt or b"").decode(), "id": os.urandom(16).hex()}
    line = json.dumps(told)
    raw.write(_MAGIC + f"{line}\n{_mark(keyring, line)}\n".encode())
    return SealedWriter(raw, keyring.key(f"backup\n{line}"))


def cover_of(raw: BinaryIO) -> Cover | None:
    """Read the cover, up to what is sealed; None for the former form. Raises NoBackup or Newer."""
    begins = raw.read(len(_MAGIC))
    if begins.startswith(_FORMER):
        raw.seek(0)
        return None
    if begins != _MAGIC:
        raise NoBackup("This is no backup of Kinkeeper")
    try:
        line, mark = (raw.readline(_LONGEST_LINE).decode().removesuffix("\n") for _ in range(2))
        told: dict[str, Any] = json.loads(line)
        if int(told["form"]) > FORM:
            raise Newer("has a form")
        return Cover(user=str(told["of"]), salt=str(told["salt"]), line=line, mark=mark)
    except Newer:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise NoBackup("This is no backup of Kinkeeper") from error


def unsealed(raw: BinaryIO, cover: Cover | None, folder: Path, phrase: str | None) -> BinaryIO:
    """What is in a backup whose cover was read, opened with the secret in `folder` or the phrase. Raises Shut."""
    if cover is None:
        return raw
    reader = SealedReader(raw, cover.key(_keyring(cover, folder, phrase)))
    return io.BufferedReader(reader, PIECE)


def _keyring(cover: Cover, folder: Path, phrase: str | None) -> Keyring:
    """The keyring that a cover asks for. Raises Shut, or WrongKey for a broken key file."""
    needs = f"This backup needs the secret of {cover.user}"
    if cover.salt and phrase:
        with tempfile.TemporaryDirectory() as scratch:
            write_private(Path(scratch) / SALT_FILE, cover.salt.encode())
            return Keyring.at(Path(scratch), phrase)
    if cover.salt:
        raise Shut(f"{needs}, which was a phrase: set KINKEEPER_SECRET_KEY to it")
    if phrase:
        raise Shut(
            f"{needs}, which was a key file and no phrase: put your copy of {KEY_FILE} into {folder}, "
            "and take KINKEEPER_SECRET_KEY out of the settings"
        )
    if not (folder / KEY_FILE).exists():
        raise Shut(
            f"{needs}, and the secret key is not here: put your copy of {KEY_FILE} into {folder}"
        )
    return Keyring.at(folder, None)
