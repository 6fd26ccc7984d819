"""What an operator relies on: health, metrics, systemd, PostgreSQL, a standby, and that no log tells a secret."""

import asyncio
import json
import socket
from collections.abc import Callable
from pathlib import Path

import aiohttp

from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.ports import lease
from tests.homeserver.conftest import Enter, Keep


async def test_health_readiness_and_metrics_are_served(keep: Keep, enter: Enter):
    leased = lease()
    keeper, ana = await keep(http_port=str(leased.number)), await enter("ana")
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    await ana.say(room, "!ping a secret word")
    await ana.hears(room, "pong", from_=keeper.user_id)

    async with aiohttp.ClientSession(f"http://127.0.0.1:{leased.number}") as pages:
        health = await (await pages.get("/healthz")).json()
        ready = await pages.get("/readyz")
        metrics = await (await pages.get("/metrics")).text()

    assert health == {"status": "alive"}
    assert ready.status == 200
    for name in (
        "inbox_oldest_seconds",
        "outbox_oldest_seconds",
        "sync_lag_seconds",
        "outbox_wedged",
        "inbox_sealed",
    ):
        assert f"kinkeeper_{name} 0.0" in metrics or f"kinkeeper_{name} " in metrics
    assert "kinkeeper_sent_since_start" in metrics
    assert "secret" not in metrics
    assert ana.user_id not in metrics


async def test_systemd_is_told_when_it_listens_and_that_it_lives(
    homeserver: Homeserver, tmp_path: Path, names: Callable[[str], str]
) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.setblocking(False)
        keeper = Keeper(
            homeserver, tmp_path / "k", name=names("k"), environment={"NOTIFY_SOCKET": str(address)}
        )
        await keeper.register()
        await keeper.start()
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(10):
            first = await loop.sock_recv(manager, 100)
            second = await loop.sock_recv(manager, 100)
        code = await keeper.stop()
        async with asyncio.timeout(10):
            last = await loop.sock_recv(manager, 100)

    assert (first, second, last) == (b"READY=1", b"WATCHDOG=1", b"STOPPING=1")
    assert code == 0


async def test_logs_are_json_when_asked_and_never_hold_what_people_say(keep: Keep, enter: Enter):
    keeper, ana = await keep(log_format="json", log_level="debug"), await enter("ana")
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    await ana.say(room, "!ping my deepest secret")
    await ana.hears(room, "pong my deepest secret", from_=keeper.user_id)
    await ana.say(room, "an ordinary secret among friends")
    await ana.say(room, "!remind tomorrow 9:00 another secret")
    await ana.hears(room, "I understood", from_=keeper.user_id)
    await keeper.stop()

    for line in keeper.log.splitlines():
        assert {"level", "message"} <= set(json.loads(line))
    assert "secret" not in keeper.log
    database = b"".join(file.read_bytes() for file in keeper.data.glob("kinkeeper.db*"))
    assert b"ordinary secret" not in database
    assert b"deepest secret" not in database


async def test_everything_works_on_postgres_too(keep: Keep, enter: Enter, postgres_url: str):
    keeper, ana = await keep(database_url=postgres_url), await enter("ana")
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    keeper.kill()
    for number in range(60):
        await ana.say(room, f"!ping {number}")
    await keeper.start()
    await ana.hears(room, "pong 59", from_=keeper.user_id)
    await keeper.stop()

    answers = [event.text for event in await ana.messages(room) if event.text.startswith("pong ")]
    assert answers == [f"pong {number}" for number in range(60)]


async def test_a_standby_takes_over_when_the_first_dies(
    keep: Keep, enter: Enter, postgres_url: str, tmp_path: Path
):
    first, ana = await keep(database_url=postgres_url), await enter("ana")
    room = await ana.create_room("Hall", invite=[first.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=first.user_id)
    second = Keeper(
        first.homeserver,
        tmp_path / "standby",
        name=first.name,
        environment={"KINKEEPER_DATABASE_URL": postgres_url},
    )
    # A standby shares the device: its data folder is a copy.
    second.data.mkdir(parents=True)
    for file in first.data.iterdir():
        (second.data / file.name).write_bytes(file.read_bytes())
    await second.start(listening=False)
    try:
        await second.logs("standing by")
        first.kill()
        await second.logs("listening")
        await ana.say(room, "!ping who is there")
        await ana.hears(room, "pong who is there", from_=first.user_id)
    finally:
        await second.stop()

    answers = [event.text for event in await ana.messages(room) if event.text.startswith("pong ")]
    assert answers == ["pong who is there"]


async def test_a_second_daemon_on_the_same_folder_is_refused(keep: Keep):
    keeper = await keep()

    refused = await keeper.command("run")

    assert refused.code == 1
    assert "Another kinkeeper works on" in refused.text
