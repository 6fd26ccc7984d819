"""A destroyed key takes what it sealed out of every older backup, feature by feature, also when the daemon is killed at it."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from daemon.backup import back_up, restore
from daemon.keyring import KEY_FILE, Keyring
from daemon.private_keys import PRIVATE_KEYS
from daemon.settings import Settings
from storage.database import close_database, open_database
from storage.private_keys import CondemnedKey
from storage.rooms import Room
from storage.sealed import seal_with
from storage.tables import Row, reading, tables
from tests.backups import inside
from tests.handlers.played import ME, PlayedHouse, PlayedRoom

MARK = "vermilionelephant"

ROOT = Path(__file__).resolve().parents[2]


def settings(folder: Path) -> Settings:
    told: dict[str, Any] = {"user_id": ME, "data_dir": folder}
    return Settings(homeserver_url="http://127.0.0.1:1", **told)


_lives = count(1)


class Lived:
    """A played house whose database and keys lie in one folder, as a daemon's do."""

    def __init__(self, kept: Settings) -> None:
        self.house = PlayedHouse()
        # No event of another life has the same id.
        self.house._number = count(next(_lives) * 10_000)
        self.house.house = replace(self.house.house, keys=Keyring.at(kept.data_dir, None))

    async def says(self, who: str, *lines: str) -> str:
        """Somebody writes in their private chat; all that was told since, as text."""
        chat = PlayedRoom(self.house, f"!private-{who}:here")
        told: list[str] = []
        for line in lines:
            told += await chat.says(who, line)
        return "\n".join(told)


@asynccontextmanager
async def living(kept: Settings) -> AsyncIterator[Lived]:
    """One life on the database of a folder."""
    kept.data_dir.mkdir(mode=0o700, exist_ok=True)
    await open_database(kept.database)
    lived = Lived(kept)
    seal_with(lived.house.house.keys)
    try:
        if not await Room.exists():
            await lived.house.crew("Kitchen Crew", ("ana", "ben", "cleo"))
            for who in ("ana", "ben"):
                await lived.house.private(who)
        yield lived
    finally:
        seal_with(None)
        await close_database()


async def money(lived: Lived) -> None:
    await lived.says("ana", f"money life {MARK}")


async def opened_money(lived: Lived) -> None:
    crew = PlayedRoom(lived.house, "!kitchen-crew:here")
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    await lived.says("ana", f"money life {MARK}", "money open life", "yes")


async def pathway(lived: Lived) -> None:
    await lived.says("ana", f"pathway choose {MARK}")


async def reflection(lived: Lived) -> None:
    await lived.says("ana", "partnership with ben", "yes")
    await lived.says("ben", "yes")
    await lived.says("ana", "begin", "25", MARK, "pass", "pass", "seal")


def sealed_in(of: Settings) -> list[str]:
    """Every text in the database of a folder that was sealed with somebody's own key."""
    with reading(of.database) as source:
        rows = [row for table in tables() for row in source.rows(table)]
    texts = [str(value) for row in rows for value in row.values() if isinstance(value, str)]
    return [text for text in texts if _is_own(text)]


def _is_own(text: str) -> bool:
    name, _, box = text.partition(":")
    return len(name) == 49 and name[32] == "-" and len(box) > 40


def opens(sealed: Iterable[str], folder: Path) -> list[str]:
    """The texts whose key is in a folder."""
    keys = Keyring.at(folder, None)
    return [text for text in sealed if keys._private.key(text.partition(":")[0]) is not None]


@pytest.mark.requirement("R12")
@pytest.mark.parametrize(
    ("write", "asked"),
    [
        (money, "money note"),
        (opened_money, "money note"),
        (pathway, "pathway"),
        (reflection, "partnership"),
    ],
)
async def test_what_was_forgotten_is_unreadable_in_every_backup_made_before(
    tmp_path: Path, write: Callable[[Lived], Any], asked: str
) -> None:
    kept, file = settings(tmp_path / "kept"), tmp_path / "before.backup"
    async with living(kept) as lived:
        await write(lived)
    sealed = sealed_in(kept)
    assert sealed
    assert opens(sealed, kept.data_dir) == sealed
    await back_up(kept, file)
    assert MARK.encode() not in inside(file, kept.data_dir)

    async with living(kept) as lived:
        assert "I keep nothing about you" in await lived.says("ana", "forget me", "yes")
        assert not await CondemnedKey.exists()

    # On a new machine with the same secret, and with what is left of the old one's keys.
    fresh = settings(tmp_path / "fresh")
    fresh.data_dir.mkdir(mode=0o700)
    (fresh.data_dir / KEY_FILE).write_bytes((kept.data_dir / KEY_FILE).read_bytes())
    await restore(fresh, file)
    if (kept.data_dir / PRIVATE_KEYS).exists():
        (kept.data_dir / PRIVATE_KEYS).rename(fresh.data_dir / PRIVATE_KEYS)
    async with living(fresh) as lived:
        assert MARK not in await lived.says("ana", asked, "export")
    brought = sealed_in(fresh)
    assert set(sealed) <= set(brought) | {""}
    assert [text for text in opens(sealed, fresh.data_dir) if not _is_of_two(text, fresh)] == []


def _is_of_two(text: str, of: Settings) -> bool:
    """Whether something only tells who the other one is: that key is of the two, and goes when it is over for both."""
    return any(text == row["other"] for row in rows_of(of, "reflection_side"))


@pytest.mark.requirement("R12")
@pytest.mark.parametrize(("write", "asked"), [(money, "money note"), (pathway, "pathway")])
async def test_with_the_folder_of_keys_it_opens_again_and_without_it_that_is_told(
    tmp_path: Path, write: Callable[[Lived], Any], asked: str
) -> None:
    kept, file = settings(tmp_path / "kept"), tmp_path / "kept.backup"
    async with living(kept) as lived:
        await write(lived)
    await back_up(kept, file)

    told = {}
    for name in ("with", "without"):
        fresh = settings(tmp_path / name)
        fresh.data_dir.mkdir(mode=0o700)
        (fresh.data_dir / KEY_FILE).write_bytes((kept.data_dir / KEY_FILE).read_bytes())
        await restore(fresh, file)
        if name == "with":
            (fresh.data_dir / PRIVATE_KEYS).mkdir(mode=0o700)
            for key in (kept.data_dir / PRIVATE_KEYS).iterdir():
                (fresh.data_dir / PRIVATE_KEYS / key.name).write_bytes(key.read_bytes())
        async with living(fresh) as lived:
            told[name] = await lived.says("ana", asked)

    assert MARK in told["with"]
    assert MARK not in told["without"]


# ------------------------------------------------------------------------------------------ a kill

#: A life that writes a note, asks to be forgotten, and is killed as the key is about to go.
DYING = """
import asyncio, os, signal, sys
from dataclasses import replace
from pathlib import Path
from daemon.keyring import Keyring
from tests.daemon.test_destroyed import living, settings

class Killed(Keyring):
    def destroy(self, names):
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    kept = settings(Path(sys.argv[1]))
    async with living(kept) as lived:
        await lived.says("ana", "money life vermilionelephant")
        lived.house.house = replace(lived.house.house, keys=Killed.at(kept.data_dir, None))
        await lived.says("ana", "forget me", "yes")

asyncio.run(main())
"""


def rows_of(of: Settings, name: str) -> list[Row]:
    """The rows of one table."""
    with reading(of.database) as source:
        [table] = [each for each in tables() if each.name == name]
        return list(source.rows(table))


def keys_in(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / PRIVATE_KEYS).iterdir())


@pytest.mark.requirement("R12")
def test_a_daemon_killed_before_a_key_went_destroys_it_at_its_next_start(
    tmp_path: Path,
) -> None:
    kept = settings(tmp_path / "kept")
    dying = subprocess.run(
        [sys.executable, "-c", DYING, str(kept.data_dir)], cwd=ROOT, check=False, timeout=120
    )
    assert dying.returncode == -signal.SIGKILL
    assert len(keys_in(kept.data_dir)) == 1
    assert [f"{row['name']}.key" for row in rows_of(kept, "condemned_key")] == keys_in(
        kept.data_dir
    )
    assert rows_of(kept, "money_note") == [], "it was committed"

    # The next start, while the homeserver is away: it has no need of it.
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KINKEEPER_")},
        "KINKEEPER_HOMESERVER_URL": "http://127.0.0.1:1",
        "KINKEEPER_USER_ID": ME,
        "KINKEEPER_PASSWORD": "tulips",
        "KINKEEPER_DATA_DIR": str(kept.data_dir),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "daemon", "run"],
        cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True,
    ) as started:  # fmt: skip
        try:
            assert started.stderr is not None
            said = next(line for line in started.stderr if "does not answer yet" in line)
        finally:
            started.kill()

    assert said
    assert keys_in(kept.data_dir) == []
    assert rows_of(kept, "condemned_key") == []
