"""Seals a stream piece by piece under one key, so that a file of any size is written and read in little memory.

Each piece is AES-256-GCM under a number that holds its place and whether it is the last. So whoever has not the key reads
nothing, and a piece that was changed, left out, doubled or moved is noticed, as is an end that is missing or not the end.
A key seals one stream only.
"""

import io
from typing import TYPE_CHECKING, BinaryIO

from Crypto.Cipher import AES

from daemon.sealing import NONCE_BYTES, TAG_BYTES

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

#: Bytes of what is sealed in each piece but the last, which may have fewer.
PIECE = 1 << 16

_SEALED_PIECE = PIECE + TAG_BYTES


class Damaged(ValueError):
    """A stream is not what was sealed; the message says in which way."""


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([last])


class SealedWriter(io.RawIOBase):
    """Seals what is written; without `finish` the stream has no end, and nobody takes it for whole."""

    def __init__(self, raw: BinaryIO, key: bytes) -> None:
        """`raw` takes the sealed bytes from where it stands; `key` is 32 bytes and was used for nothing else."""
        super().__init__()
        self._raw = raw
        self._key = key
        self._waiting = bytearray()
        self._number = 0

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Take all of `data`; returns how many bytes that were."""
        taken = memoryview(data).cast("B")
        self._waiting += taken
        # The last piece is known only at the end, so the newest one waits.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(taken)

    def finish(self) -> None:
        """Seal the rest as the end."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=_nonce(self._number, last=last))
        sealed, tag = cipher.encrypt_and_digest(piece)
        self._raw.write(sealed + tag)
        self._number += 1


class SealedReader(io.RawIOBase):
    """What was sealed, from any place of it. Reading raises Damaged where it is not what was written."""

    def __init__(self, raw: BinaryIO, key: bytes) -> None:
        """`raw` can seek, and stands where the first piece begins; its end is that of the stream."""
        super().__init__()
        self._raw = raw
        self._key = key
        self._start = raw.tell()
        sealed = raw.seek(0, io.SEEK_END) - self._start
        self._pieces = max(1, -(-sealed // _SEALED_PIECE))
        #: Bytes in it.
        self.size = max(0, sealed - self._pieces * TAG_BYTES)
        self._place = 0
        self._open: tuple[int, bytes] | None = None

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go on from another place; returns it."""
        self._place = (
            offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        )
        return self._place

    def readinto(self, into: "WriteableBuffer", /) -> int:
        """Fill `into` with what comes next, at most to the end of a piece; 0 after the end."""
        target = memoryview(into).cast("B")
        # Also of an empty stream the end is looked at.
        number = min(self._place // PIECE, self._pieces - 1)
        piece = self._piece(number)[self._place - number * PIECE :][: len(target)]
        target[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def _piece(self, number: int) -> bytes:
        if self._open is None or self._open[0] != number:
            self._raw.seek(self._start + number * _SEALED_PIECE)
            self._open = number, self._opened(number, self._raw.read(_SEALED_PIECE))
        return self._open[1]

    def _opened(self, number: int, sealed: bytes) -> bytes:
        last = number == self._pieces - 1
        found = self._try(number, sealed, last=last)
        if found is not None:
            return found
        if not last:
            raise Damaged(f"piece {number + 1} of {self._pieces} was changed or moved")
        if self._try(number, sealed, last=False) is not None:
            raise Damaged("its end is missing")
        raise Damaged("its end is missing or was changed")

    def _try(self, number: int, sealed: bytes, *, last: bool) -> bytes | None:
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=_nonce(number, last=last))
        try:
            return cipher.decrypt_and_verify(sealed[:-TAG_BYTES], sealed[-TAG_BYTES:])
        except ValueError:
            return None
