"""A backup holds what must not be lost and nothing that must not be found; bringing it back is all or nothing."""

import json
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from daemon.backup import CannotBackUp, back_up, restore
from daemon.device import DEVICE_FILE, Device
from daemon.encryption import STORE_FILE, Encryption
from daemon.keyring import KEY_FILE, SALT_FILE, Keyring
from daemon.matrix import Homeserver
from daemon.pieces import PIECE
from daemon.sealing import TAG_BYTES
from daemon.settings import Settings
from storage.database import close_database, open_database
from storage.facts import recall, remember
from storage.people import Person
from storage.reminders import Reminder
from storage.rooms import Room
from storage.tables import reading, tables
from tests.backups import Parts, inside, packed, parts, rewritten, sealed

ME = "@kinkeeper:example.org"
NOON = datetime(2026, 12, 17, 12, 0, tzinfo=UTC)
SEEDS = {
    usage: usage.encode().ljust(32, b".") for usage in ("master", "self_signing", "user_signing")
}


def settings(folder: Path, **more: Any) -> Settings:
    told: dict[str, Any] = {"user_id": ME, "password": "tulips", "data_dir": folder, **more}
    return Settings(homeserver_url="http://127.0.0.1:1", **told)


def keyring(of: Settings) -> Keyring:
    phrase = of.secret_key.get_secret_value() if of.secret_key else None
    return Keyring.at(of.data_dir, phrase)


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
    return tmp_path / "kept.backup"


async def test_rows_and_signing_keys_come_back_and_the_device_does_not(
    one: Settings, other: Settings, file: Path
) -> None:
    session = await live(one)
    told = await back_up(one, file)
    assert f"keep {one.data_dir / KEY_FILE} elsewhere" in told
    bring_key(one, other)

    restored = await restore(other, file)

    assert "sign the old session DEVICE out" in restored
    assert "private-keys" in restored, "what stays shut without it is said"
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

    await back_up(other, tmp_path / "again.backup")
    await restore(second, tmp_path / "again.backup")

    store = encryption(second, "NEWEST")
    assert store._session("!r", session) is not None
    store.close()


async def test_the_file_holds_neither_secret_nor_token_nor_ratchets(
    one: Settings, file: Path
) -> None:
    await live(one)

    await back_up(one, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = parts(file, one.data_dir)
    content = keyring(one).open("device", kept[DEVICE_FILE].decode())
    look = one.data_dir / "look"
    look.write_bytes(kept[STORE_FILE])
    assert KEY_FILE not in kept
    assert isinstance(content, dict)
    assert content["token"] == content["id"] == ""
    with closing(sqlite3.connect(look)) as store:
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

    told = await back_up(one, file)
    bring_key(one, other)
    await restore(other, file)

    assert f"keep {one.data_dir / KEY_FILE} elsewhere" in told
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


def retold(file: Path, of: Settings, change: Change) -> None:
    """Change what a backup says about itself, inside."""

    def manifest(kept: Parts) -> None:
        told = json.loads(kept["manifest.json"])
        change(told)
        kept["manifest.json"] = json.dumps(told).encode()

    rewritten(file, of.data_dir, ME, manifest)


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
    retold(file, one, change)
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

    kept = parts(file, one.data_dir)
    manifest = json.loads(kept["manifest.json"])

    assert next(iter(kept)) == "manifest.json"
    assert datetime.fromisoformat(manifest["made_at"]).tzinfo == UTC
    assert manifest["device"] == "DEVICE"
    assert (one.data_dir / SALT_FILE).exists() is False


# ---- sealed as a whole -------------------------------------------------------------------------------


async def lived(of: Settings) -> set[bytes]:
    """Rows in many tables; returns every text that stands in one, as bytes."""
    await live(of)
    await open_database(of.database)
    await Room.create(id="!vermilion:example.org", name="Ultramarine Crew", zone="Europe/Lisbon")
    await Reminder.create(
        room="!vermilion:example.org", person="@ana:example.org", number=1, what="water orchids",
        zone="Europe/Lisbon", rhythm=None, at=NOON, request="$asked",
    )  # fmt: skip
    await close_database()
    with reading(of.database) as source:
        rows = [row for table in tables() for row in source.rows(table)]
    told = {str(value) for row in rows for value in row.values() if isinstance(value, str)}
    return {each.encode() for each in told if len(each) > 3}


@pytest.mark.requirement("R9")
async def test_of_no_row_a_word_can_be_read_in_the_file(one: Settings, file: Path) -> None:
    words = await lived(one)

    await back_up(one, file)

    held, whole = file.read_bytes(), inside(file, one.data_dir)
    assert {b"water orchids", b"Ultramarine Crew", b"Europe/Lisbon"} <= words
    assert [word for word in words if word not in whole] == []
    assert [word for word in words if word in held] == []
    # Of the names of tables and columns, and of when it was made, nothing shows either.
    assert b"reminder" not in held
    assert b"made_at" not in held
    assert b"\x1f\x8b" not in held[:400]


async def test_the_cover_says_whose_secret_opens_it_and_nothing_else(
    one: Settings, file: Path
) -> None:
    await lived(one)

    await back_up(one, file)

    magic, told, mark, _rest = file.read_bytes().split(b"\n", 3)
    assert magic == b"kinkeeper backup"
    assert {name: type(told) for name, told in json.loads(told).items()} == {
        "form": int, "of": str, "salt": str, "id": str,
    }  # fmt: skip
    assert json.loads(told)["of"] == ME
    assert len(bytes.fromhex(mark.decode())) == 32


async def test_while_a_backup_is_made_no_row_waits_readable_on_the_disk(
    one: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = await lived(one)
    seen: list[bytes] = []

    def look(*_: Any) -> Any:
        [waiting] = one.data_dir.glob("backup-*")
        seen.extend(each.read_bytes() for each in waiting.iterdir() if each.suffix == ".jsonl")
        raise OSError("the disk is full")

    monkeypatch.setattr("daemon.backup._write", look)
    with pytest.raises(CannotBackUp, match="the disk is full"):
        await back_up(one, file)

    assert len(seen) == len(tables())
    assert [word for word in words if any(word in each for each in seen)] == []
    assert list(one.data_dir.glob("backup-*")) == []


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("another", "not the one that the backup was made with"),
        ("none", f"needs the secret of {ME}, and the secret key is not here"),
        ("a phrase", "was a key file and no phrase"),
    ],
)
async def test_without_the_right_secret_nothing_is_restored_and_it_says_which_is_needed(
    one: Settings, tmp_path: Path, file: Path, secret: str, words: str
) -> None:
    await live(one)
    await back_up(one, file)
    more = {"secret_key": "tulips and mustard"} if secret == "a phrase" else {}
    other = settings(tmp_path / "other", **more)
    other.data_dir.mkdir(mode=0o700)
    if secret == "another":
        Keyring.at(other.data_dir, None)

    with pytest.raises(CannotBackUp, match=words) as refused:
        await restore(other, file)

    assert "Nothing was changed" in str(refused.value)
    assert left_behind(other) == set()
    assert not (other.data_dir / "kinkeeper.db").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [({}, "was a phrase"), ({"secret_key": "tulips and custard"}, "is not the one")],
    ids=["no phrase", "another phrase"],
)
async def test_a_backup_under_a_phrase_asks_for_that_phrase(
    tmp_path: Path, file: Path, more: dict[str, Any], words: str
) -> None:
    one = settings(tmp_path / "one", secret_key="tulips and mustard")
    await live(one)
    await back_up(one, file)
    other = settings(tmp_path / "other", **more)

    with pytest.raises(CannotBackUp, match=words):
        await restore(other, file)

    assert not other.data_dir.exists() or left_behind(other) == set()


def pieces_of(file: Path) -> tuple[bytes, list[bytes]]:
    """The cover of a backup, and its sealed pieces."""
    magic, told, mark, rest = file.read_bytes().split(b"\n", 3)
    size = PIECE + TAG_BYTES
    cut = [rest[at : at + size] for at in range(0, len(rest), size)]
    return b"\n".join((magic, told, mark, b"")), cut


async def long(of: Settings, file: Path) -> None:
    """A backup of some pieces: what is long does not compress."""
    await live(of)
    await open_database(of.database)
    await Room.bulk_create(
        Room(id=f"!{number}", name=os.urandom(100).hex()) for number in range(3000)
    )
    await close_database()
    await back_up(of, file)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda cut: [cut[1], cut[0], *cut[2:]], "piece 1 of . was changed or moved"),
        (lambda cut: [*cut[:1], *cut[2:]], "piece 2 of . was changed or moved"),
        (lambda cut: [cut[0], cut[0], *cut[1:]], "piece 2 of . was changed or moved"),
        (lambda cut: cut[:-1], "its end is missing"),
        (lambda cut: [*cut[:-1], cut[-1][:-50]], "its end is missing or was changed"),
        (lambda cut: [*cut, cut[0]], "was changed or moved|end is missing"),
        (lambda cut: [*cut, b"more"], "was changed or moved|end is missing"),
        (lambda cut: [], "its end is missing"),
        (lambda cut: [cut[0], bytes([cut[1][0] ^ 1]) + cut[1][1:], *cut[2:]], "piece 2 of"),
    ],
    ids=["swapped", "left out", "doubled", "end cut off", "cut short", "one more", "bytes more", "nothing", "one bit"],
)  # fmt: skip
async def test_pieces_that_were_changed_moved_or_lost_are_refused_in_words(
    one: Settings,
    other: Settings,
    file: Path,
    harm: Callable[[list[bytes]], list[bytes]],
    words: str,
) -> None:
    await long(one, file)
    cover, cut = pieces_of(file)
    assert len(cut) > 2
    file.write_bytes(cover + b"".join(harm(cut)))
    bring_key(one, other)

    with pytest.raises(CannotBackUp, match=words) as refused:
        await restore(other, file)

    assert "Nothing was changed" in str(refused.value)
    assert left_behind(other) == set()
    assert not (other.data_dir / "kinkeeper.db").exists()


async def test_a_cover_that_was_changed_opens_nothing(
    one: Settings, tmp_path: Path, file: Path
) -> None:
    await live(one)
    await back_up(one, file)
    other = settings(tmp_path / "other", user_id="@mallory:example.org")
    bring_key(one, other)
    file.write_bytes(file.read_bytes().replace(ME.encode(), b"@mallory:example.org", 1))

    with pytest.raises(CannotBackUp, match="not the one"):
        await restore(other, file)


async def test_a_form_that_is_newer_asks_for_a_newer_kinkeeper(
    one: Settings, other: Settings, file: Path
) -> None:
    await live(one)
    await back_up(one, file)
    file.write_bytes(file.read_bytes().replace(b'"form": 2', b'"form": 3', 1))
    bring_key(one, other)

    with pytest.raises(CannotBackUp, match="newer Kinkeeper"):
        await restore(other, file)


@pytest.mark.parametrize(
    "held", [b"", b"kinkeeper", b"PK\x03\x04 tulips", b"kinkeeper backup\n{}\n\n"]
)
async def test_a_file_that_is_no_backup_is_called_that(
    other: Settings, file: Path, held: bytes
) -> None:
    file.write_bytes(held)

    with pytest.raises(CannotBackUp, match="no backup of Kinkeeper"):
        await restore(other, file)


async def test_a_backup_of_the_former_form_can_still_be_restored(
    one: Settings, other: Settings, file: Path
) -> None:
    session = await live(one)
    await back_up(one, file)
    kept = parts(file, one.data_dir)
    manifest = json.loads(kept["manifest.json"])
    kept["manifest.json"] = json.dumps({**manifest, "form": 1}).encode()
    file.write_bytes(packed(kept))
    bring_key(one, other)

    told = await restore(other, file)

    assert await zone_of_ana(other) == "Europe/Rome"
    store = encryption(other, "NEW")
    assert store._session("!r", session) is not None
    store.close()
    assert "is not sealed" in told


async def test_what_is_sealed_and_is_no_archive_is_refused(
    one: Settings, other: Settings, file: Path
) -> None:
    await live(one)
    sealed(file, one.data_dir, ME, b"tulips")
    bring_key(one, other)

    with pytest.raises(CannotBackUp, match="cannot be read"):
        await restore(other, file)

    assert left_behind(other) == set()


async def test_a_sealed_backup_goes_from_one_kind_of_database_to_the_other_and_back(
    one: Settings, tmp_path: Path, file: Path, postgres_url: str
) -> None:
    words = await lived(one)
    await back_up(one, file)
    there = settings(tmp_path / "there", database_url=postgres_url)
    bring_key(one, there)
    EXECUTOR_CACHE.clear()  # the ORM keeps its statements by model, whichever database they were for
    await restore(there, file)
    again = tmp_path / "again.backup"
    await back_up(there, again)
    back = settings(tmp_path / "back")
    bring_key(one, back)

    await restore(back, again)

    assert [word for word in words if word in again.read_bytes()] == []
    for before, after in zip(kept_rows(one), kept_rows(back), strict=True):
        assert before == after
    EXECUTOR_CACHE.clear()


def kept_rows(of: Settings) -> list[list[Any]]:
    with reading(of.database) as source:
        return [list(source.rows(table)) for table in tables()]
