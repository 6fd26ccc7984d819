"""A person's own key opens what it sealed until it is destroyed, and then nothing does: no copy, no backup."""

import stat
from pathlib import Path
from typing import Any

import pytest

from daemon import private_keys
from daemon.app import house_of
from daemon.backup import back_up, restore
from daemon.keyring import KEY_FILE, Keyring, WrongKey
from daemon.private_keys import PRIVATE_KEYS
from daemon.settings import Settings
from daemon.settle import destroy_condemned, settle
from handlers.language import (
    Call,
    Catalogue,
    Command,
    DestroyKey,
    Effects,
    House,
    KeyGone,
    Refused,
    command,
)
from practices.circles import RoomKind
from storage.database import close_database, open_database
from storage.inbox import Heard, Kind
from storage.people import Person
from storage.private_keys import CondemnedKey
from storage.rooms import Room
from tests.backups import parts
from tests.handlers.played import START

ANA, BEN = "@ana:here", "@ben:here"
NOTE = {"income": "tulips, three hundred a month"}


def files(folder: Path) -> list[Path]:
    return sorted((folder / PRIVATE_KEYS).glob("*"))


def settings(folder: Path, database: str | None = None) -> Settings:
    told: dict[str, Any] = {"user_id": "@kinkeeper:here", "data_dir": folder}
    if database is not None:
        told["database_url"] = database
    return Settings(homeserver_url="http://127.0.0.1:1", **told)


def test_what_is_sealed_for_somebody_opens_after_a_restart(tmp_path: Path) -> None:
    sealed = Keyring.at(tmp_path, None).of(ANA).seal("money note", NOTE)

    assert Keyring.at(tmp_path, None).of(ANA).open("money note", sealed) == NOTE
    assert "tulips" not in sealed


def test_a_key_is_a_small_file_for_its_owners_eyes_that_names_nobody(tmp_path: Path) -> None:
    keys = Keyring.at(tmp_path, None)

    keys.of(ANA).seal("money note", NOTE)
    keys.of(ANA).seal("pathway", NOTE)
    keys.of(BEN).seal("money note", NOTE)

    made = files(tmp_path)
    assert len(made) == 2, "one for each owner"
    assert {stat.S_IMODE(file.stat().st_mode) for file in made} == {0o600}
    assert stat.S_IMODE((tmp_path / PRIVATE_KEYS).stat().st_mode) == 0o700
    for file in made:
        assert "ana" not in file.name
        assert b"ana" not in file.read_bytes()


def test_reading_makes_no_key(tmp_path: Path) -> None:
    keys = Keyring.at(tmp_path, None)

    with pytest.raises(KeyGone):
        keys.of(ANA).open("money note", "0123-4567:nothing")

    assert files(tmp_path) == []


def test_nobody_opens_what_was_sealed_for_another_or_for_something_else(tmp_path: Path) -> None:
    keys = Keyring.at(tmp_path, None)
    sealed = keys.of(ANA).seal("money note", NOTE)

    for owner, purpose in ((BEN, "money note"), (ANA, "pathway")):
        with pytest.raises(WrongKey):
            keys.of(owner).open(purpose, sealed)


def test_a_key_of_another_operators_secret_opens_nothing(tmp_path: Path) -> None:
    sealed = Keyring.at(tmp_path, "tulips and mustard").of(ANA).seal("money note", NOTE)

    with pytest.raises(WrongKey):
        Keyring.at(tmp_path, "tulips and custard").of(ANA).open("money note", sealed)


def test_a_destroyed_key_is_gone_with_all_that_it_sealed_and_a_new_one_begins(
    tmp_path: Path,
) -> None:
    keys = Keyring.at(tmp_path, None)
    sealed, of_ben = keys.of(ANA).seal("note", NOTE), keys.of(BEN).seal("note", NOTE)
    [inode] = {file.read_bytes() for file in files(tmp_path)} - {
        file.read_bytes() for file in files(tmp_path) if file.stem == of_ben.partition(":")[0]
    }

    keys.destroy(keys.condemn(ANA))

    with pytest.raises(KeyGone):
        keys.of(ANA).open("note", sealed)
    with pytest.raises(KeyGone):
        Keyring.at(tmp_path, None).of(ANA).open("note", sealed)
    assert inode not in [file.read_bytes() for file in files(tmp_path)]
    assert keys.of(BEN).open("note", of_ben) == NOTE
    anew = keys.of(ANA).seal("note", "more")
    assert keys.of(ANA).open("note", anew) == "more"


def test_destroying_writes_over_the_file_before_it_goes(tmp_path: Path) -> None:
    keys = Keyring.at(tmp_path, None)
    keys.of(ANA).seal("note", NOTE)
    [file] = files(tmp_path)
    other = tmp_path / "another name of the same file"
    other.hardlink_to(file)
    before = other.read_bytes()

    keys.destroy(keys.condemn(ANA))

    assert not file.exists()
    assert len(other.read_bytes()) == len(before)
    assert other.read_bytes() != before


def test_what_is_sealed_after_a_key_was_condemned_survives_it(tmp_path: Path) -> None:
    keys = Keyring.at(tmp_path, None)
    old = keys.of(ANA).seal("note", NOTE)
    condemned = keys.condemn(ANA)

    new = keys.of(ANA).seal("note", "new")

    assert keys.of(ANA).open("note", old) == NOTE, "the unit may still come to nothing"
    keys.destroy(condemned)
    assert keys.of(ANA).open("note", new) == "new"
    with pytest.raises(KeyGone):
        keys.of(ANA).open("note", old)


def test_a_key_that_is_read_while_it_is_destroyed_stays_destroyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Keyring.at(tmp_path, None)
    old = keys.of(ANA).seal("note", NOTE)
    names = keys.condemn(ANA)
    shred = private_keys._shred

    def meanwhile(file: Path) -> None:
        with pytest.raises(KeyGone):
            keys.of(ANA).open("note", old)
        shred(file)

    monkeypatch.setattr(private_keys, "_shred", meanwhile)
    keys.destroy(names)

    with pytest.raises(KeyGone):
        keys.of(ANA).open("note", old)
    new = keys.of(ANA).seal("note", "new")
    assert Keyring.at(tmp_path, None).of(ANA).open("note", new) == "new"


def test_a_key_whose_file_could_not_be_destroyed_opens_nothing_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Keyring.at(tmp_path, None)
    old = keys.of(ANA).seal("note", NOTE)
    names = keys.condemn(ANA)

    def stuck(_file: Path) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(private_keys, "_shred", stuck)
    with pytest.raises(OSError, match="read-only"):
        keys.destroy(names)

    with pytest.raises(KeyGone):
        keys.of(ANA).open("note", old)
    monkeypatch.undo()
    keys.destroy(names)
    assert files(tmp_path) == []


def test_destroying_twice_is_destroying_once(tmp_path: Path) -> None:
    keys = Keyring.at(tmp_path, None)
    keys.of(ANA).seal("note", NOTE)
    condemned = keys.condemn(ANA)

    keys.destroy(condemned)
    keys.destroy(condemned)

    assert files(tmp_path) == []


# ------------------------------------------------------------------------------ in a unit of work


@command(name="forget", help="forget it", example="forget")
async def forget(call: Call) -> Effects:
    """Delete and destroy."""
    await Person.filter(id=call.person).delete()
    return [DestroyKey(owner=call.person)]


@command(name="stumble", help="fail", example="stumble")
async def stumble(call: Call) -> Effects:
    """Refuse after something was condemned."""
    call.house.keys.condemn(call.person)
    raise Refused("Not today.")


def a_house(keys: Keyring) -> House:
    known: dict[str, Command] = {each.name: each for each in (forget, stumble)}
    return House(
        me="@kinkeeper:here", catalogue=Catalogue(commands=known, words=dict(known)), keys=keys
    )


async def heard(text: str) -> Heard:
    room = await Room.get_or_none(id="!chat") or await Room.create(
        id="!chat", kind=RoomKind.PRIVATE, private_with=ANA, joined=True
    )
    content: dict[str, object] = {"text": text, "thread": None, "target": None}
    return await Heard.create(
        key=f"${text}", kind=Kind.MESSAGE, room=room.id, sender=ANA, at=START, content=content
    )


async def test_a_key_is_destroyed_when_the_unit_that_asked_for_it_is_committed(
    database: str, tmp_path: Path
) -> None:
    keys = Keyring.at(tmp_path, None)
    await Person.create(id=ANA, zone=keys.of(ANA).seal("zone", "x")[:64])

    await settle(await heard("forget"), a_house(keys), START)

    assert files(tmp_path) == []
    assert not await CondemnedKey.exists()


async def test_a_unit_that_comes_to_nothing_destroys_nothing(database: str, tmp_path: Path) -> None:
    keys = Keyring.at(tmp_path, None)
    sealed = keys.of(ANA).seal("note", NOTE)

    await settle(await heard("stumble"), a_house(keys), START)
    await destroy_condemned(a_house(keys))

    assert Keyring.at(tmp_path, None).of(ANA).open("note", sealed) == NOTE


async def test_a_daemon_killed_between_the_commit_and_the_file_destroys_it_at_its_next_start(
    database: str, tmp_path: Path
) -> None:
    keys = Keyring.at(tmp_path, None)
    sealed = keys.of(ANA).seal("note", NOTE)

    class Killed(Keyring):
        def destroy(self, names: object) -> None:
            raise KeyboardInterrupt

    dying = Killed.at(tmp_path, None)
    with pytest.raises(KeyboardInterrupt):
        await settle(await heard("forget"), a_house(dying), START)
    assert keys.of(ANA).open("note", sealed) == NOTE, "it was not destroyed yet"

    again = Keyring.at(tmp_path, None)
    await destroy_condemned(a_house(again))

    with pytest.raises(KeyGone):
        again.of(ANA).open("note", sealed)
    assert not await CondemnedKey.exists()


async def test_a_disk_that_takes_no_writing_leaves_the_key_for_the_next_night(
    database: str, tmp_path: Path
) -> None:
    keys = Keyring.at(tmp_path, None)
    keys.of(ANA).seal("note", NOTE)

    class Stuck(Keyring):
        def destroy(self, names: object) -> None:
            raise OSError("read-only file system")

    stuck = Stuck.at(tmp_path, None)
    await settle(await heard("forget"), a_house(stuck), START)
    assert await CondemnedKey.all().count() == 1

    await destroy_condemned(a_house(Keyring.at(tmp_path, None)))

    assert files(tmp_path) == []
    assert not await CondemnedKey.exists()


# ------------------------------------------------------------------------------------- and backups


@pytest.mark.requirement("R12")
async def test_a_backup_made_before_cannot_be_read_once_the_key_is_destroyed(
    database_url: str, tmp_path: Path
) -> None:
    kept = settings(tmp_path / "kept", database_url)
    kept.data_dir.mkdir()
    keys = Keyring.at(kept.data_dir, None)
    sealed = keys.of(ANA).seal("note", NOTE)
    await open_database(kept.database)
    await Room.create(id="!note", name=sealed[:255])
    await close_database()
    file = tmp_path / "backup.backup"
    await back_up(kept, file)
    keys.destroy(keys.condemn(ANA))

    fresh = settings(tmp_path / "fresh")
    fresh.data_dir.mkdir()
    (fresh.data_dir / KEY_FILE).write_bytes((kept.data_dir / KEY_FILE).read_bytes())
    await restore(fresh, file)
    await open_database(fresh.database)
    try:
        brought = str((await Room.get(id="!note")).name)
        for folder in (fresh.data_dir, kept.data_dir):
            with pytest.raises(KeyGone):
                Keyring.at(folder, None).of(ANA).open("note", brought)
    finally:
        await close_database()


async def test_a_backup_holds_no_key_of_anybody(tmp_path: Path) -> None:
    kept = settings(tmp_path / "kept")
    kept.data_dir.mkdir()
    Keyring.at(kept.data_dir, None).of(ANA).seal("note", NOTE)
    [key] = files(kept.data_dir)
    await open_database(kept.database)
    await close_database()
    file = tmp_path / "backup.backup"

    await back_up(kept, file)

    for name, held in parts(file, kept.data_dir).items():
        assert key.read_bytes() not in held
        assert key.stem not in name


def test_the_house_of_a_daemon_gives_features_the_keys_of_persons(tmp_path: Path) -> None:
    house = house_of(settings(tmp_path), Keyring.at(tmp_path, None))

    sealed = house.keys.of("reflection:17").seal("answers", ["one"])

    assert house.keys.of("reflection:17").open("answers", sealed) == ["one"]
