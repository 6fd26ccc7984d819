"""A backup holds what must not be lost and nothing that must not be found; bringing it back is all or nothing."""

import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from daemon.backup import CannotBackUp, back_up, restore
from daemon.device import DEVICE_FILE, Device
from daemon.encryption import STORE_FILE, Encryption
from daemon.keyring import KEY_FILE, SALT_FILE, Keyring
from daemon.matrix import Homeserver
from daemon.settings import Settings
from storage.database import close_database, open_database
from storage.facts import recall, remember
from storage.people import Person
from storage.tables import reading, tables

ME = "@kinkeeper:example.org"
SEEDS = {
    usage: usage.encode().ljust(32, b".") for usage in ("master", "self_signing", "user_signing")
}


def settings(folder: Path, **more: Any) -> Settings:
    told: dict[str, Any] = {"user_id": ME, "password": "tulips", "data_dir": folder, **more}
    return Settings(homeserver_url="http://127.0.0.1:1", **told)


def keyring(of: Settings) -> Keyring:
    phrase = of.secret_key.get_secret_value() if of.secret_key else None
    return Keyring.of(of.data_dir, phrase)


def encryption(of: Settings, device: str) -> Encryption:
    return Encryption.open(
        Homeserver(of.homeserver_url), of.data_dir, ME, device, keyring(of).key("pickle")
    )


async def live(of: Settings) -> str:
    """Leave what a daemon leaves behind; returns the id of a room key that it had."""
    of.data_dir.mkdir(mode=0o700, exist_ok=True)
    await open_database(of.database)
    await Person.create(id="@ana:example.org", zone="Europe/Rome")
    await remember("cursor", "s1")
    await close_database()
    Device(user=ME, id="DEVICE", token="syt_tulips", seeds=SEEDS).save(of.data_dir, keyring(of))
    store = encryption(of, "DEVICE")
    store.machine.create_outbound_group_session("!r")
    [(session, _)] = [
        item
        for sessions in store.machine.inbound_group_store._entries["!r"].values()
        for item in sessions.items()
    ]
    store.close()
    return str(session)


def bring_key(source: Settings, target: Settings) -> None:
    """Do what the operator does: put the copy of the secret key into the new folder."""
    target.data_dir.mkdir(mode=0o700)
    key = source.data_dir / KEY_FILE
    if key.exists():
        (target.data_dir / KEY_FILE).write_bytes(key.read_bytes())


async def zone_of_ana(of: Settings) -> str | None:
    await open_database(of.database)
    try:
        ana = await Person.get_or_none(id="@ana:example.org")
        return ana.zone if ana else None
    finally:
        await close_database()


def left_behind(of: Settings) -> set[str]:
    return {path.name for path in of.data_dir.iterdir()} - {"lock", KEY_FILE, "kinkeeper.db"}


def rows_in(of: Settings) -> int:
    with reading(of.database) as source:
        return sum(1 for table in tables() for _ in source.rows(table))


@pytest.fixture
def one(tmp_path: Path) -> Settings:
    return settings(tmp_path / "one")


@pytest.fixture
def other(tmp_path: Path) -> Settings:
    return settings(tmp_path / "other")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept.tar.gz"


async def test_rows_and_signing_keys_come_back_and_the_device_does_not(
    one: Settings, other: Settings, file: Path
) -> None:
    session = await live(one)
    told = await back_up(one, file)
    assert f"keep {one.data_dir / KEY_FILE} elsewhere" in told
    bring_key(one, other)

    restored = await restore(other, file)

    assert "sign the old session DEVICE out" in restored
    assert await zone_of_ana(other) == "Europe/Rome"
    device = Device.load(other.data_dir, keyring(other))
    assert device == Device(user=ME, id="", token="", seeds=SEEDS)
    store = encryption(other, "NEW")
    assert store._session("!r", session) is not None
    store.close()


async def test_what_was_said_to_the_old_device_can_be_read_by_every_later_start(
    one: Settings, other: Settings, file: Path
) -> None:
    session = await live(one)
    await back_up(one, file)
    bring_key(one, other)
    await restore(other, file)
    encryption(other, "NEW").close()

    again = encryption(other, "NEW")

    assert again._session("!r", session) is not None
    again.close()


async def test_a_backup_of_a_backup_still_holds_the_room_keys(
    one: Settings, other: Settings, file: Path, tmp_path: Path
) -> None:
    session = await live(one)
    await back_up(one, file)
    bring_key(one, other)
    await restore(other, file)
    encryption(other, "NEW").close()
    second = settings(tmp_path / "second")
    bring_key(one, second)

    await back_up(other, tmp_path / "again.tar.gz")
    await restore(second, tmp_path / "again.tar.gz")

    store = encryption(second, "NEWEST")
    assert store._session("!r", session) is not None
    store.close()


async def test_the_file_holds_neither_secret_nor_token_nor_ratchets(
    one: Settings, file: Path
) -> None:
    await live(one)

    await back_up(one, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archive:
        names = archive.getnames()
        sealed = archive.extractfile(DEVICE_FILE)
        assert sealed is not None
        content = keyring(one).open("device", sealed.read().decode())
        archive.extract(STORE_FILE, one.data_dir / "look", filter="data")
    assert KEY_FILE not in names
    assert isinstance(content, dict)
    assert content["token"] == content["id"] == ""
    with closing(sqlite3.connect(one.data_dir / "look" / STORE_FILE)) as store:
        assert store.execute("SELECT device_id, account FROM accounts").fetchall() == [("", b"")]
        assert store.execute("SELECT count(*) FROM olmsessions").fetchone() == (0,)


async def test_a_phrase_opens_the_backup_with_the_salt_that_is_in_it(
    tmp_path: Path, file: Path
) -> None:
    one = settings(tmp_path / "one", secret_key="tulips and mustard")
    other = settings(tmp_path / "other", secret_key="tulips and mustard")
    await live(one)
    told = await back_up(one, file)
    assert "the phrase in KINKEEPER_SECRET_KEY" in told

    await restore(other, file)

    device = Device.load(other.data_dir, keyring(other))
    assert device is not None
    assert device.seeds == SEEDS


async def test_a_keeper_that_never_started_has_rows_alone(
    one: Settings, other: Settings, file: Path
) -> None:
    one.data_dir.mkdir(mode=0o700)
    await open_database(one.database)
    await remember("cursor", "s1")
    await close_database()

    await back_up(one, file)
    await restore(other, file)

    assert left_behind(other) == set()
    await open_database(other.database)
    assert await recall("cursor") == "s1"
    await close_database()


# ---- backing up is refused --------------------------------------------------------------------------


async def test_a_file_that_is_there_is_not_written_over(one: Settings, file: Path) -> None:
    await live(one)
    file.write_text("tulips")

    with pytest.raises(CannotBackUp, match="already"):
        await back_up(one, file)

    assert file.read_text() == "tulips"


async def test_where_there_is_nothing_there_is_no_backup(one: Settings, file: Path) -> None:
    with pytest.raises(CannotBackUp, match="nothing to back up"):
        await back_up(one, file)

    assert not file.exists()


async def test_keys_that_cannot_be_opened_are_noticed_when_there_is_still_time(
    one: Settings, file: Path
) -> None:
    await live(one)
    (one.data_dir / KEY_FILE).unlink()

    with pytest.raises(CannotBackUp, match="is gone"):
        await back_up(one, file)

    assert list(file.parent.glob("kept*")) == []
    assert not (one.data_dir / KEY_FILE).exists()


async def test_a_database_of_another_version_is_not_backed_up_half_understood(
    one: Settings, file: Path
) -> None:
    await live(one)
    with closing(sqlite3.connect(one.data_dir / "kinkeeper.db")) as database:
        database.execute("PRAGMA user_version=99")

    with pytest.raises(CannotBackUp, match="schema 99"):
        await back_up(one, file)

    assert list(file.parent.glob("kept*")) == []


# ---- restoring is refused ---------------------------------------------------------------------------


async def test_a_database_with_rows_is_left_alone(
    one: Settings, other: Settings, file: Path
) -> None:
    await live(one)
    await back_up(one, file)
    bring_key(one, other)
    await open_database(other.database)
    await remember("cursor", "theirs")
    await close_database()

    with pytest.raises(CannotBackUp, match="holds rows already"):
        await restore(other, file)

    assert rows_in(other) == 1
    assert left_behind(other) == set()


async def test_a_folder_with_a_device_is_left_alone(one: Settings, file: Path) -> None:
    await live(one)
    await back_up(one, file)
    before = (one.data_dir / DEVICE_FILE).read_bytes()

    with pytest.raises(CannotBackUp, match="has a device already"):
        await restore(one, file)

    assert (one.data_dir / DEVICE_FILE).read_bytes() == before


async def test_the_backup_of_another_account_is_refused(
    one: Settings, tmp_path: Path, file: Path
) -> None:
    await live(one)
    await back_up(one, file)
    other = settings(tmp_path / "other", user_id="@other:example.org")
    bring_key(one, other)

    with pytest.raises(CannotBackUp, match=f"is of {ME}"):
        await restore(other, file)

    assert left_behind(other) == set()


Change = Callable[[dict[str, Any]], object]


def rewritten(file: Path, change: Change) -> None:
    """Change what a backup says about itself."""
    with tarfile.open(file) as archive:
        parts = [(part, archive.extractfile(part)) for part in archive.getmembers()]
        contents = [(part, opened.read()) for part, opened in parts if opened is not None]
    with tarfile.open(file, "w:gz") as archive:
        for part, data in contents:
            text = data
            if part.name == "manifest.json":
                manifest = json.loads(data)
                change(manifest)
                text = json.dumps(manifest).encode()
            part.size = len(text)
            archive.addfile(part, io.BytesIO(text))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda told: told.update(schema=99), "newer Kinkeeper"),
        (lambda told: told.update(form=99), "newer Kinkeeper"),
        (lambda told: told.pop("tables"), "no backup of Kinkeeper"),
        (lambda told: told["tables"][0].update(name="a; drop"), "no backup of Kinkeeper"),
        (lambda told: told["tables"][1].update(rows=99), "instead of 99"),
        (lambda told: told["tables"][0].update(name="unknown"), "Nothing was changed"),
    ],
    ids=["schema", "form", "no tables", "odd name", "rows lost", "unknown table"],
)
async def test_a_backup_that_does_not_fit_changes_nothing(
    one: Settings, other: Settings, file: Path, change: Change, why: str
) -> None:
    await live(one)
    await back_up(one, file)
    rewritten(file, change)
    bring_key(one, other)

    with pytest.raises(CannotBackUp, match=why) as refused:
        await restore(other, file)

    assert "Nothing was changed" in str(refused.value)
    assert left_behind(other) == set()
    assert not (other.data_dir / "kinkeeper.db").exists() or rows_in(other) == 0


@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
async def test_a_backup_that_was_cut_short_changes_nothing(
    one: Settings, other: Settings, file: Path, share: float
) -> None:
    await live(one)
    await back_up(one, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    bring_key(one, other)

    with pytest.raises(CannotBackUp, match="Nothing was changed"):
        await restore(other, file)

    assert left_behind(other) == set()
    assert not (other.data_dir / "kinkeeper.db").exists() or rows_in(other) == 0


async def test_a_backup_with_one_wrong_bit_changes_nothing(
    one: Settings, other: Settings, file: Path
) -> None:
    await live(one)
    await back_up(one, file)
    damaged = bytearray(file.read_bytes())
    damaged[-9] ^= 1
    file.write_bytes(damaged)
    bring_key(one, other)

    with pytest.raises(CannotBackUp, match="Nothing was changed"):
        await restore(other, file)

    assert left_behind(other) == set()


async def test_what_failed_once_can_be_restored_afterwards(
    one: Settings, other: Settings, file: Path
) -> None:
    await live(one)
    await back_up(one, file)
    whole = file.read_bytes()
    file.write_bytes(whole[:-200])
    bring_key(one, other)
    with pytest.raises(CannotBackUp):
        await restore(other, file)
    file.write_bytes(whole)

    await restore(other, file)

    assert await zone_of_ana(other) == "Europe/Rome"


async def test_the_backup_says_when_it_was_made(one: Settings, file: Path) -> None:
    await live(one)
    await back_up(one, file)

    with tarfile.open(file) as archive:
        first = archive.next()
        assert first is not None
        opened = archive.extractfile(first)
        assert opened is not None
        manifest = json.loads(opened.read())

    assert first.name == "manifest.json"
    assert datetime.fromisoformat(manifest["made_at"]).tzinfo == UTC
    assert manifest["device"] == "DEVICE"
    assert (one.data_dir / SALT_FILE).exists() is False
