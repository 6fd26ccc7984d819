"""Writes all that a keeper must not lose into one file, beside a running daemon, and brings it back.

The file holds every row, and the account's signing keys and the room keys, all of it sealed with the operator's secret
(daemon/envelope.py): whoever finds it reads whose it is, and nothing else. It holds neither that secret nor the device: the ratchets of an old copy must not be used again, and its token is not
worth stealing from a backup. Nor does it hold the keys of persons: what those have sealed can be destroyed with them,
in every copy. So a restored keeper logs in anew, and signs its new device with the same keys.

A backup can go back into another kind of database than it came from, and into a newer Kinkeeper. One that was made
before backups were sealed can still be restored.
"""

import asyncio
import gzip
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import psycopg

from daemon.clock import SystemClock
from daemon.device import DEVICE_FILE, Device
from daemon.encryption import STORE_FILE
from daemon.envelope import FORM, Newer, NoBackup, Shut, begun, cover_of, unsealed
from daemon.keyring import KEY_FILE, SALT_FILE, Keyring, WrongKey, write_private
from daemon.only_one import AlreadyRunning, only_one
from daemon.pieces import SealedReader, SealedWriter
from daemon.private_keys import PRIVATE_KEYS
from daemon.sealing import KEY_BYTES
from daemon.settings import Settings
from storage.database import sqlite_path
from storage.migrate import NewerDatabase, migrate, steps
from storage.tables import Kind, Row, Table, Target, reading, tables, writing

MANIFEST = "manifest.json"

#: How long a daemon on the same database may take to go.
PATIENCE = 5.0

#: What is written in a practice is gone within a day, and no copy of it outlives that (R8).
NOT_KEPT = frozenset({"share"})

#: What is kept of the encryption store: the keys with which people's messages are read.
READING_KEYS = (
    "storeversion",
    "accounts",
    "megolminboundsessions",
    "forwardedchains",
    "session_seen",
)


class CannotBackUp(Exception):
    """Nothing was written or changed; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One table of a backup."""

    table: Table
    rows: int
    #: The last number that a row of it was given.
    last: int

    def as_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {
            "name": self.table.name,
            "columns": dict(self.table.columns),
            "numbered": self.table.numbered,
            "rows": self.rows,
            "last": self.last,
        }

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Kept":
        """As a manifest tells it. Raises KeyError, TypeError or ValueError."""
        columns = {str(name): Kind(kind) for name, kind in told["columns"].items()}
        table = Table(name=told["name"], columns=columns, numbered=bool(told["numbered"]))
        return cls(table=table, rows=int(told["rows"]), last=int(told["last"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says about itself; it comes first in the file."""

    schema: int
    user: str
    #: The device that was in use, to be signed out once the backup is back.
    device: str
    made_at: datetime
    tables: list[Kept]
    #: Of the file; one of the former form is not sealed as a whole.
    form: int = FORM

    def as_json(self) -> bytes:
        """As it stands in the file."""
        told = {
            "form": self.form,
            "schema": self.schema,
            "user": self.user,
            "device": self.device,
            "made_at": self.made_at.isoformat(),
            "tables": [kept.as_json() for kept in self.tables],
        }
        return json.dumps(told, indent=1).encode()

    @classmethod
    def read(cls, raw: bytes) -> "Manifest":
        """What a file says about itself. Raises CannotBackUp."""
        try:
            told = json.loads(raw)
            if told["form"] > FORM:
                raise CannotBackUp(_newer("has a form"))
            return cls(
                schema=int(told["schema"]),
                user=str(told["user"]),
                device=str(told["device"]),
                made_at=datetime.fromisoformat(told["made_at"]),
                tables=[Kept.of(each) for each in told["tables"]],
                form=int(told["form"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CannotBackUp("This is no backup of Kinkeeper. Nothing was changed.") from error


def _newer(what: str) -> str:
    return (
        f"The backup {what} that a newer Kinkeeper made. Nothing was changed. "
        "Install that version, then restore."
    )


def _newest() -> int:
    return steps("sqlite")[-1].number


def _phrase(settings: Settings) -> str | None:
    return settings.secret_key.get_secret_value() if settings.secret_key else None


# --------------------------------------------------------------------------------------------- backing up


async def back_up(settings: Settings, file: Path) -> str:
    """Write a backup to `file`; returns what to tell the operator. Raises CannotBackUp.

    The daemon may be running. `file` must not be there yet; it is written whole or not at all.
    """
    return await asyncio.to_thread(_back_up, settings, file)


def _back_up(settings: Settings, file: Path) -> str:
    if file.exists():
        raise CannotBackUp(f"There is a {file} already. Nothing was written; give another name.")
    if not file.parent.is_dir():
        raise CannotBackUp(f"There is no folder {file.parent}. Nothing was written.")
    database = sqlite_path(settings.database)
    if database is not None and not database.exists():
        raise CannotBackUp(f"There is no {database} yet, so there is nothing to back up.")
    try:
        device = _device(settings)
        keyring = Keyring.at(settings.data_dir, _phrase(settings))
        # Rows are on the disk in no other place than the database: those that wait here are sealed as well.
        veil = os.urandom(KEY_BYTES)
        with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.data_dir) as folder:
            manifest = _gather(settings, device, keyring, Path(folder), veil)
            _write(file, manifest, keyring, Path(folder), veil)
    except (sqlite3.Error, psycopg.Error) as error:
        raise CannotBackUp(
            f"The database could not be read ({type(error).__name__}). Nothing was written. "
            "`kinkeeper check` looks closer."
        ) from error
    except (WrongKey, OSError) as error:
        raise CannotBackUp(
            f"{error}. Nothing was written. `kinkeeper check` looks closer."
        ) from error
    rows = sum(kept.rows for kept in manifest.tables)
    secret = (
        "the phrase in KINKEEPER_SECRET_KEY"
        if _phrase(settings)
        else str(settings.data_dir / KEY_FILE)
    )
    return (
        f"Backed up {rows} rows{f' and the keys of {device.user}' if device else ''} to {file}, "
        "readable for you alone.\n"
        f"The secret key is not in it: keep {secret} elsewhere. Without it, the backup stays shut."
    )


def _device(settings: Settings) -> Device | None:
    """The device in use; None before the first start. Raises WrongKey."""
    if not (settings.data_dir / DEVICE_FILE).exists():
        return None
    if not (settings.data_dir / (SALT_FILE if _phrase(settings) else KEY_FILE)).exists():
        raise WrongKey(f"the secret that {settings.data_dir / DEVICE_FILE} was sealed with is gone")
    return Device.load(settings.data_dir, Keyring.at(settings.data_dir, _phrase(settings)))


def _gather(
    settings: Settings, device: Device | None, keyring: Keyring, folder: Path, veil: bytes
) -> Manifest:
    """Put everything that belongs into the backup in `folder`; rows are sealed with `veil` there."""
    with reading(settings.database) as source:
        made_at = SystemClock().now()
        schema = source.version()
        if schema != _newest():
            raise CannotBackUp(
                f"The database has schema {schema}, and this Kinkeeper works with {_newest()}. Nothing was "
                "written. Use the version that made it, or bring it up to date first: kinkeeper migrate"
            )
        kept = [
            Kept(
                table=table,
                rows=_spool(
                    source.rows(table) if table.name not in NOT_KEPT else iter(()),
                    folder / f"{table.name}.jsonl",
                    _veil_of(veil, f"{table.name}.jsonl"),
                ),
                last=source.last(table) if table.numbered else 0,
            )
            for table in tables()
        ]
    if device is not None:
        replace(device, id="", token="").save(folder, keyring)
    store, salt = settings.data_dir / STORE_FILE, settings.data_dir / SALT_FILE
    if store.exists():
        _copy_reading_keys(store, folder / STORE_FILE)
    if salt.exists():
        write_private(folder / SALT_FILE, salt.read_bytes())
    return Manifest(
        schema=schema,
        user=settings.user_id,
        device=device.id if device else "",
        made_at=made_at,
        tables=kept,
    )


def _veil_of(veil: bytes, name: str) -> bytes:
    """The key of one file that waits: none seals two."""
    return blake2b(name.encode(), key=veil, digest_size=KEY_BYTES).digest()


def _spool(rows: Iterator[Row], file: Path, veil: bytes) -> int:
    count = 0
    with file.open("wb") as raw:
        lines = SealedWriter(raw, veil)
        for row in rows:
            lines.write(f"{json.dumps(row)}\n".encode("ascii"))
            count += 1
        lines.finish()
    return count


def _copy_reading_keys(store: Path, copy: Path) -> None:
    """A consistent copy of the encryption store, without anything that a second device must not have."""
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        with closing(sqlite3.connect(f"file:{quote(str(store))}?mode=rw", uri=True)) as source:
            source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("PRAGMA secure_delete=ON")
        names = target.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            if name not in READING_KEYS and not name.startswith("sqlite_"):
                target.execute(f'DELETE FROM "{name}"')  # noqa: S608 - the store's own names
        # `Encryption.open` gives these keys to the device that opens the store next.
        target.execute("UPDATE accounts SET device_id = '', account = x''")
        target.execute("VACUUM")


def _write(file: Path, manifest: Manifest, keyring: Keyring, folder: Path, veil: bytes) -> None:
    salt = folder / SALT_FILE
    draft = file.with_name(f"{file.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            os.fchmod(descriptor, 0o600)
            sealed = begun(
                raw, keyring, manifest.user, salt.read_bytes() if salt.exists() else None
            )
            with tarfile.open(fileobj=sealed, mode="w:gz") as archive:
                text = manifest.as_json()
                archive.addfile(_part_of(MANIFEST, len(text), manifest), io.BytesIO(text))
                for part in sorted(folder.iterdir()):
                    with part.open("rb") as held:
                        _add(archive, part.name, held, manifest, veil)
            sealed.finish()
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _add(
    archive: tarfile.TarFile, name: str, held: BinaryIO, manifest: Manifest, veil: bytes
) -> None:
    if not name.endswith(".jsonl"):
        archive.addfile(_part_of(name, os.fstat(held.fileno()).st_size, manifest), held)
        return
    lines = SealedReader(held, _veil_of(veil, name))
    archive.addfile(_part_of(name, lines.size, manifest), io.BufferedReader(lines))


def _part_of(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    part = tarfile.TarInfo(name)
    part.size, part.mode = size, 0o600
    part.mtime = int(manifest.made_at.timestamp())
    return part


# --------------------------------------------------------------------------------------------- restoring


async def restore(settings: Settings, file: Path) -> str:
    """Bring back a backup; returns what to tell the operator. Raises CannotBackUp.

    The database and the data folder must be empty, but for the secret key; otherwise nothing is changed.
    """
    _refuse_unfit(settings, file)
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(PATIENCE):
                await stack.enter_async_context(only_one(settings.data_dir, settings.database))
            manifest, files = await asyncio.to_thread(_look_into, settings, file)
            await _prepare(settings, manifest)
            await asyncio.to_thread(_bring_back, settings, file, manifest, files)
            await migrate(settings.database)
        except TimeoutError as error:
            raise CannotBackUp(
                "A daemon works on this database. Nothing was changed; stop it first."
            ) from error
        except (AlreadyRunning, NewerDatabase) as reason:
            raise CannotBackUp(str(reason)) from reason
        except (sqlite3.Error, psycopg.Error) as error:
            raise CannotBackUp(
                f"The database does not take the rows ({type(error).__name__}). Nothing was changed. "
                "`kinkeeper check` looks closer."
            ) from error
        except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, KeyError) as error:
            raise CannotBackUp(f"{file} cannot be read: {error}. Nothing was changed.") from error
    return _restored(settings, manifest)


def _refuse_unfit(settings: Settings, file: Path) -> None:
    if not file.exists():
        raise CannotBackUp(f"There is no {file}. Nothing was changed.")
    for name in (DEVICE_FILE, STORE_FILE):
        if (settings.data_dir / name).exists():
            raise CannotBackUp(
                f"{settings.data_dir} has a device already ({name}). Nothing was changed. "
                "Restore into a folder that holds the secret key and nothing else."
            )


def _look_into(settings: Settings, file: Path) -> tuple[Manifest, dict[str, bytes]]:
    """What a backup says about itself and the files in it. Raises CannotBackUp if it does not fit."""
    with _inside(settings, file) as held, gzip.open(held) as whole:
        while whole.read(1 << 20):
            pass  # to its end, where it shows whether all of it is there
    with _inside(settings, file) as held, tarfile.open(fileobj=held, mode="r:gz") as archive:
        manifest = Manifest.read(_part(archive, MANIFEST) or b"")
        if manifest.schema > _newest():
            raise CannotBackUp(_newer("has a schema"))
        _check_user(settings, manifest.user)
        return manifest, _files(settings, archive)


@contextmanager
def _inside(settings: Settings, file: Path) -> Iterator[BinaryIO]:
    """What is in a backup, as it was before it was sealed. Raises CannotBackUp; reading it raises Damaged."""
    with file.open("rb") as raw:
        try:
            cover = cover_of(raw)
            if cover is not None:
                _check_user(settings, cover.user)
                _check_salt(settings, cover.salt.encode())
            held = unsealed(raw, cover, settings.data_dir, _phrase(settings))
        except Newer as newer:
            raise CannotBackUp(_newer(str(newer))) from newer
        except (NoBackup, Shut, WrongKey) as why:
            raise CannotBackUp(f"{why}. Nothing was changed.") from why
        yield held


def _check_user(settings: Settings, user: str) -> None:
    if user != settings.user_id:
        raise CannotBackUp(
            f"The backup is of {user}, and the settings say {settings.user_id}. Nothing was changed."
        )


def _check_salt(settings: Settings, salt: bytes | None) -> None:
    here = settings.data_dir / SALT_FILE
    if salt and here.exists() and salt != here.read_bytes():
        raise CannotBackUp(
            f"{here} belongs to another keeper. Nothing was changed; move it away first."
        )


def _bring_back(
    settings: Settings, file: Path, manifest: Manifest, files: dict[str, bytes]
) -> None:
    """Fill the database and the folder, or neither."""
    new = {settings.data_dir / name: data for name, data in files.items()}
    new = {path: data for path, data in new.items() if not path.exists()}
    try:
        with (
            _inside(settings, file) as held,
            tarfile.open(fileobj=held, mode="r:gz") as archive,
            writing(settings.database) as target,
        ):
            for kept in manifest.tables:
                _fill(target, archive, kept)
            # Before the rows are committed: what a power cut leaves in between has a device file,
            # and so is not taken for a keeper that never had one.
            for path, data in new.items():
                write_private(path, data)
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        raise


def _part(archive: tarfile.TarFile, name: str) -> bytes | None:
    try:
        opened = archive.extractfile(name)
    except KeyError:
        return None
    return opened.read() if opened is not None else None


def _files(settings: Settings, archive: tarfile.TarFile) -> dict[str, bytes]:
    """The files to bring back, after a look whether the secret here opens them. Raises CannotBackUp."""
    found = {name: _part(archive, name) for name in (SALT_FILE, STORE_FILE, DEVICE_FILE)}
    files = {name: data for name, data in found.items() if data is not None}
    phrase = _phrase(settings)
    _check_salt(settings, files.get(SALT_FILE))
    if DEVICE_FILE not in files:
        return files
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if phrase is None:
            secret = settings.data_dir / KEY_FILE
            if not secret.exists():
                raise CannotBackUp(
                    f"The secret key is not here. Nothing was changed. Put your copy of {KEY_FILE} into "
                    f"{settings.data_dir}, or set KINKEEPER_SECRET_KEY if a phrase was used."
                )
            write_private(folder / KEY_FILE, secret.read_bytes())
        for name, data in files.items():
            write_private(folder / name, data)
        try:
            Device.load(folder, Keyring.at(folder, phrase))
        except WrongKey as error:
            raise CannotBackUp(
                "The secret here is not the one that the backup was made with. Nothing was changed."
            ) from error
    return files


async def _prepare(settings: Settings, manifest: Manifest) -> None:
    """Bring an empty database to the backup's schema. Raises CannotBackUp or NewerDatabase."""
    version = await asyncio.to_thread(_version, settings)
    if version > manifest.schema:
        raise CannotBackUp(
            f"The database was prepared by a newer Kinkeeper than the backup (schema {version}, and "
            f"{manifest.schema}). Nothing was changed. Restore into a new, empty database."
        )
    await migrate(settings.database, until=manifest.schema)


def _version(settings: Settings) -> int:
    path = sqlite_path(settings.database)
    if path is not None and not path.exists():
        return 0
    with reading(settings.database) as source:
        return source.version()


def _fill(target: Target, archive: tarfile.TarFile, kept: Kept) -> None:
    """Write one table's rows."""
    if not target.is_empty(kept.table):
        raise CannotBackUp(
            "The database holds rows already. Nothing was changed. Restore into an empty one: another "
            "KINKEEPER_DATABASE_URL, or another KINKEEPER_DATA_DIR."
        )
    lines = archive.extractfile(f"{kept.table.name}.jsonl")
    if lines is None:
        raise ValueError(f"{kept.table.name} is missing")
    with lines:
        written = target.insert(kept.table, (json.loads(line) for line in lines))
    if written != kept.rows:
        raise ValueError(f"{kept.table.name} has {written} rows instead of {kept.rows}")
    if kept.table.numbered:
        target.go_on_after(kept.table, kept.last)


def _restored(settings: Settings, manifest: Manifest) -> str:
    rows = sum(kept.rows for kept in manifest.tables)
    lines = [f"Restored {rows} rows, as they were on {manifest.made_at:%Y-%m-%d %H:%M} UTC."]
    if manifest.form < FORM:
        lines.append(
            "This backup is of a former form, which is not sealed as a whole: whoever has the file can read most of it. "
            "Make a new one with `kinkeeper backup`, then delete it wherever it lies."
        )
    if not manifest.device:
        return "\n".join([*lines, "Next: `kinkeeper run`."])
    if settings.access_token is not None:
        lines.append(
            "The old device cannot be used again: put the token and id of a new session into "
            "KINKEEPER_ACCESS_TOKEN and KINKEEPER_DEVICE_ID first."
        )
    elif settings.password is None:
        lines.append("Set KINKEEPER_PASSWORD: the keeper logs in anew.")
    lines.append(
        "Next: `kinkeeper run`. It uses a new device, signed by the same keys, so nobody is warned. What was "
        "said since then is heard again, and nothing is answered twice."
    )
    lines.append(
        f"What people keep under keys of their own opens only with the folder {PRIVATE_KEYS} of the old machine, "
        "which is in no backup: if you still have that folder, move it here before the start. Otherwise that stays "
        "shut for good, and whoever asks for theirs is told so."
    )
    lines.append(
        f"Once it runs, sign the old session {manifest.device} out in Element (Settings → Sessions)."
    )
    return "\n".join(lines)


__all__ = ["CannotBackUp", "back_up", "restore"]
