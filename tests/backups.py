"""Looks into a backup with the secret it needs, and seals a changed one again, as only whoever has that secret could."""

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from daemon.envelope import begun, cover_of, unsealed
from daemon.keyring import Keyring

Parts = dict[str, bytes]


def inside(file: Path, folder: Path, phrase: str | None = None) -> bytes:
    """What is sealed in a backup, unpacked: an archive of all its parts. The secret lies in `folder` or is the phrase."""
    with file.open("rb") as raw:
        held = unsealed(raw, cover_of(raw), folder, phrase)
        return gzip.decompress(held.read())


def parts(file: Path, folder: Path, phrase: str | None = None) -> Parts:
    """The parts of a backup, by name, in their order."""
    with tarfile.open(fileobj=io.BytesIO(inside(file, folder, phrase))) as archive:
        opened = {part.name: archive.extractfile(part) for part in archive.getmembers()}
        return {name: held.read() for name, held in opened.items() if held is not None}


def packed(kept: Parts) -> bytes:
    """Parts as they stand in a backup before it is sealed, and in one of the former form altogether."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, data in kept.items():
            part = tarfile.TarInfo(name)
            part.size = len(data)
            archive.addfile(part, io.BytesIO(data))
    return whole.getvalue()


def sealed(file: Path, folder: Path, user: str, content: bytes) -> None:
    """Write a backup that holds `content`."""
    with file.open("wb") as raw:
        writer = begun(raw, Keyring.at(folder, None), user, None)
        writer.write(content)
        writer.finish()


def rewritten(file: Path, folder: Path, user: str, change: Callable[[Parts], object]) -> None:
    """Change the parts of a backup."""
    kept = parts(file, folder)
    change(kept)
    sealed(file, folder, user, packed(kept))
