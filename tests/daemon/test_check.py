"""The doctor sees what is wrong, says what to type, touches nothing and tells no secret."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from daemon.check import examine, judged_clock, missing_in
from daemon.device import Device
from daemon.keyring import Keyring
from daemon.settings import Settings
from practices.circles import RoomKind
from storage.migrate import migrate
from storage.rooms import Room
from storage.tables import tables, writing

ME = "@kinkeeper:example.org"
NOON = datetime(2026, 12, 17, 12, tzinfo=UTC)

Serve = Callable[..., Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a homeserver that knows its versions and the daemon's account, and else what is told."""
    servers = []

    async def started(
        *,
        versions: tuple[str, ...] = ("r0.6.1", "v1.1", "v1.11"),
        date: str | None = None,
        **answers: Any,
    ) -> str:
        known = {
            "versions": {"versions": list(versions)},
            "login": {"flows": [{"type": "m.login.password"}]},
            ME: {"displayname": "Kinkeeper"},
            **answers,
        }

        async def answer(request: web.Request) -> web.Response:
            name = request.path.rpartition("/")[2]
            headers = {"Date": date} if date else None
            if name in known:
                body = known[name]
                return web.json_response(body, status=body.get("status", 200), headers=headers)
            missing = {"errcode": "M_NOT_FOUND", "error": "Not found"}
            return web.json_response(missing, status=404)

        app = web.Application()
        app.router.add_route("*", "/{any:.*}", answer)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return str(server.make_url("")).rstrip("/")

    yield started
    for server in servers:
        await server.close()


def settings(url: str, folder: Path, **more: Any) -> Settings:
    told: dict[str, Any] = {"user_id": ME, "password": "tulips", "data_dir": folder, **more}
    return Settings(homeserver_url=url, **told)


async def examined(of: Settings) -> tuple[bool, str]:
    said: list[str] = []
    fine = await examine(of, said.append)
    return fine, "\n".join(said)


async def seal_device(
    folder: Path, phrase: str | None = None, *, token: str = "syt_tulips"
) -> None:
    seeds = {usage: bytes(32) for usage in ("master", "self_signing", "user_signing")}
    device = Device(user=ME, id="DEVICE", token=token, seeds=seeds)
    await asyncio.to_thread(lambda: device.save(folder, Keyring.at(folder, phrase)))


# ---- before the first start ------------------------------------------------------------------------


async def test_before_the_first_start_all_is_fine_and_nothing_is_made(
    serve: Serve, tmp_path: Path
) -> None:
    folder = tmp_path / "data"

    fine, text = await examined(settings(await serve(), folder))

    assert fine, text
    assert "`kinkeeper run` makes it on its first start" in text
    assert not folder.exists()


async def test_an_account_that_is_not_there_is_to_be_registered(
    serve: Serve, tmp_path: Path
) -> None:
    gone = {"status": 404, "errcode": "M_NOT_FOUND", "error": "Profile was not found"}

    fine, text = await examined(settings(await serve(**{ME: gone}), tmp_path))

    assert not fine
    assert "→ kinkeeper register" in text


async def test_without_any_way_to_log_in_the_settings_that_make_one_are_named(
    serve: Serve, tmp_path: Path
) -> None:
    fine, text = await examined(settings(await serve(), tmp_path, password=None))

    assert not fine
    assert "KINKEEPER_ACCESS_TOKEN together with KINKEEPER_DEVICE_ID" in text


# ---- homeserver and clock ---------------------------------------------------------------------------


async def test_a_homeserver_that_is_away_is_named_once(tmp_path: Path) -> None:
    fine, text = await examined(settings("http://127.0.0.1:1", tmp_path))

    assert not fine
    assert "curl http://127.0.0.1:1/_matrix/client/versions" in text
    assert "One thing is wrong" in text


async def test_a_homeserver_of_another_age_is_refused(serve: Serve, tmp_path: Path) -> None:
    fine, text = await examined(settings(await serve(versions=("r0.5.0",)), tmp_path))

    assert not fine
    assert "needs v1.1" in text


async def test_a_clock_far_from_the_homeservers_is_wrong(serve: Serve, tmp_path: Path) -> None:
    url = await serve(date="Thu, 17 Dec 2020 12:00:00 GMT")

    fine, text = await examined(settings(url, tmp_path))

    assert not fine
    assert "timedatectl set-ntp true" in text


@pytest.mark.parametrize(
    ("ahead", "wrong"),
    [(-61, True), (-59, False), (0, False), (0.9, False), (60, False), (62, True), (7200, True)],
)
def test_a_clock_may_be_a_minute_off_and_no_more(ahead: float, wrong: bool) -> None:
    assert judged_clock(NOON + timedelta(seconds=ahead), NOON).wrong == wrong


# ---- keys at rest -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["secret.key", "device.sealed"])
async def test_a_key_that_others_may_read_is_wrong(serve: Serve, tmp_path: Path, name: str) -> None:
    tmp_path.chmod(0o700)
    await seal_device(tmp_path)
    (tmp_path / name).chmod(0o640)

    fine, text = await examined(settings(await serve(), tmp_path))

    assert not fine
    assert f"→ chmod 600 {tmp_path / name}" in text


async def test_a_folder_that_others_may_enter_is_wrong(serve: Serve, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    fine, text = await examined(settings(await serve(), tmp_path))

    assert not fine
    assert f"→ chmod 700 {tmp_path}" in text


async def test_a_lost_secret_is_missed_and_not_made_anew(serve: Serve, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    await seal_device(tmp_path)
    (tmp_path / "secret.key").unlink()

    fine, text = await examined(settings(await serve(), tmp_path))

    assert not fine
    assert "→ Put secret.key back" in text
    assert not (tmp_path / "secret.key").exists()


async def test_a_wrong_phrase_is_noticed_and_not_repeated(serve: Serve, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    await seal_device(tmp_path, "tulips and mustard")

    fine, text = await examined(settings(await serve(), tmp_path, secret_key="tulips and custard"))

    assert not fine
    assert "KINKEEPER_SECRET_KEY" in text
    assert "custard" not in text


async def test_a_lost_encryption_store_is_noticed(serve: Serve, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    await seal_device(tmp_path)

    fine, text = await examined(settings(await serve(), tmp_path))

    assert not fine
    assert "encryption.db is gone" in text


async def test_a_session_that_was_ended_is_told_from_a_homeserver_that_is_away(
    serve: Serve, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    await seal_device(tmp_path)
    (tmp_path / "encryption.db").touch(mode=0o600)
    ended = {"status": 401, "errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token"}

    fine, text = await examined(settings(await serve(whoami=ended), tmp_path))

    assert not fine
    assert "ended this session" in text
    assert "syt_tulips" not in text


async def test_a_session_of_somebody_else_is_noticed(serve: Serve, tmp_path: Path) -> None:
    url = await serve(whoami={"user_id": "@other:example.org", "device_id": "ABC"})

    fine, text = await examined(settings(url, tmp_path, access_token="syt_tulips", device_id="ABC"))

    assert not fine
    assert "KINKEEPER_USER_ID=@other:example.org" in text
    assert "syt_tulips" not in text


# ---- database -----------------------------------------------------------------------------------------


async def test_a_database_that_fits_is_fine_and_stays_as_it_is(
    serve: Serve, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    of = settings(await serve(), tmp_path)
    await migrate(of.database)

    fine, text = await examined(of)

    assert fine, text
    assert "is the newest" in text
    with writing(of.database) as target:
        assert all(target.is_empty(table) for table in tables())


@pytest.mark.parametrize(
    ("version", "what_next"), [(99, "Install the newer version"), (-1, "kinkeeper migrate")]
)
async def test_a_database_of_another_version_is_wrong(
    serve: Serve, tmp_path: Path, version: int, what_next: str
) -> None:
    of = settings(await serve(), tmp_path)
    await migrate(of.database)
    with sqlite3.connect(tmp_path / "kinkeeper.db") as file:
        file.execute(f"PRAGMA user_version={version}")
    file.close()

    fine, text = await examined(of)

    assert not fine
    assert what_next in text


async def test_what_is_no_database_is_wrong(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "kinkeeper.db").write_text("tulips " * 1000)

    fine, text = await examined(settings(await serve(), tmp_path))

    assert not fine
    assert "not a database" in text


async def test_a_database_on_postgresql_is_examined_too(
    serve: Serve, tmp_path: Path, postgres_url: str
) -> None:
    tmp_path.chmod(0o700)
    of = settings(await serve(), tmp_path, database_url=postgres_url)
    fine, text = await examined(of)
    assert fine, text
    assert "empty yet" in text
    await migrate(of.database)

    fine, text = await examined(of)

    assert fine, text
    assert "schema" in text
    assert "is the newest" in text


@pytest.mark.parametrize(
    "url",
    [
        "postgres://keeper:hunter2@127.0.0.1:1/kinkeeper",
        "postgres://keeper:hunter2/x@127.0.0.1/kinkeeper",
        "postgres://keeper:hunter2@127.0.0.1:hunter2/kinkeeper",
    ],
)
async def test_a_databases_password_is_never_shown(serve: Serve, tmp_path: Path, url: str) -> None:
    fine, text = await examined(settings(await serve(), tmp_path, database_url=url))

    assert not fine
    assert "KINKEEPER_DATABASE_URL" in text
    assert "hunter2" not in text


# ---- rooms ------------------------------------------------------------------------------------------


def room(**told: Any) -> Room:
    return Room(id="!r", joined=True, version="11", name="Kitchen Crew", **told)


def test_a_circle_that_lets_nobody_write_its_state_is_named_with_the_reason() -> None:
    [finding] = missing_in(room(kind=RoomKind.CREW, power={"users": {"@ana:a": 100}}), ME)

    assert "“Kitchen Crew”" in finding.text
    assert "survives the loss of the database" in finding.text
    assert finding.next is not None
    assert "Moderator" in finding.next


def test_a_room_where_only_some_may_speak_is_named() -> None:
    findings = missing_in(room(power={"events_default": 50}), ME)

    assert ["m.room.message" in finding.text for finding in findings] == [True, False]
    assert ["m.reaction" in finding.text for finding in findings] == [False, True]


def test_in_an_encrypted_room_it_is_the_encrypted_event_that_counts() -> None:
    power = {"events": {"m.room.message": 50, "m.room.encrypted": 0, "m.reaction": 0}}

    assert missing_in(room(encrypted=True, power=power), ME) == []
    assert len(missing_in(room(encrypted=False, power=power), ME)) == 1


def test_a_moderator_lacks_nothing() -> None:
    power = {"users": {ME: 50}, "events_default": 50}

    assert missing_in(room(kind=RoomKind.CREW, power=power), ME) == []


def test_in_a_space_nobody_speaks() -> None:
    power = {"events_default": 100}

    assert missing_in(room(is_space=True, power=power), ME) == []
    assert len(missing_in(room(is_space=True, kind=RoomKind.CONGREGATION, power=power), ME)) == 1
