"""The homeservers that all else is tried against are real, verified, and leave nothing behind."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import ports
from deploy.homeserver import Authority, Homeserver, HomeserverFailed, NameTaken, register
from deploy.person import Denied, Person
from tests.homeserver.conftest import Enter

ROOT = Path(__file__).resolve().parents[2]

STARTER = """
import sys
from pathlib import Path
from deploy.homeserver import Homeserver
homeserver = Homeserver(Path(sys.argv[1]), "orphan")
homeserver.launch()
print(homeserver.pid, flush=True)
sys.stdin.read()
"""


async def test_people_of_two_homeservers_hear_each_other_over_verified_tls(
    enter: Enter, other_homeserver: Homeserver
) -> None:
    ana = await enter("ana")
    bo = await enter("bo", other_homeserver)
    room = await ana.create_room("Lakeside", invite=[bo.user_id])

    assert await bo.invited(from_=ana.user_id) == room
    await bo.join(room)
    await bo.say(room, "Hello from afar")
    await ana.hears(room, "from afar", from_=bo.user_id)
    await ana.say(room, "Hello from here")
    await bo.hears(room, "from here", from_=ana.user_id)


async def test_a_homeserver_certified_by_a_stranger_is_not_trusted(
    tmp_path: Path, enter: Enter, homeserver: Homeserver
) -> None:
    ana = await enter("ana")
    room = await ana.create_room("Lakeside", public=True)
    strangers = Authority(tmp_path / "authority")

    async with (
        Homeserver(tmp_path / "stranger", "stranger", authority=strangers) as stranger,
        await Person.enter(stranger, "eve") as eve,
    ):
        with pytest.raises(Denied):
            await eve.join(room, via=[homeserver.server_name])

    assert "certificate verify failed" in stranger.log.read_text(encoding="utf-8")


async def test_a_homeserver_killed_at_once_keeps_what_it_had_accepted(tmp_path: Path) -> None:
    homeserver = Homeserver(tmp_path, "killed")
    await homeserver.start()
    async with await Person.enter(homeserver, "ana", retry_for=30) as ana:
        room = await ana.create_room("Lakeside")
        said = await ana.say(room, "Do not forget this")

        homeserver.kill()
        assert not homeserver.running
        await homeserver.start()

        again = await ana.say(room, "And this")
        kept = [event.id for event in await ana.messages(room, 2)]
        assert kept == [said, again]
    await homeserver.stop()


async def test_another_object_on_the_same_folder_continues_the_same_homeserver(
    tmp_path: Path,
) -> None:
    async with Homeserver(tmp_path, "first") as first:
        await register(first, "ana", "a password")

    async with Homeserver(tmp_path, "second") as second:
        assert second.server_name == first.server_name
        with pytest.raises(NameTaken):
            await register(second, "ana", "a password")


async def test_default_limits_answer_429_and_say_how_long_to_wait(
    enter: Enter, default_limits_homeserver: Homeserver
) -> None:
    ana = await enter("ana", default_limits_homeserver, patient=False)
    room = await ana.create_room("Lakeside")

    async def say_twenty_things() -> None:
        for number in range(20):
            await ana.say(room, f"Message {number}")

    with pytest.raises(Denied) as denied:
        await say_twenty_things()

    assert denied.value.status == 429
    assert denied.value.code == "M_LIMIT_EXCEEDED"
    assert 0 < denied.value.answer["retry_after_ms"] <= 5_000


async def test_generous_limits_let_a_hundred_messages_through(enter: Enter) -> None:
    ana = await enter("ana", patient=False)
    room = await ana.create_room("Lakeside")

    for number in range(100):
        await ana.say(room, f"Message {number}")


async def test_a_homeserver_that_cannot_start_says_why(tmp_path: Path) -> None:
    homeserver = Homeserver(tmp_path, "misled", room_version="no such version")

    with pytest.raises(HomeserverFailed, match="no such version"):
        await homeserver.start()


def test_a_homeserver_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with starter:
        assert starter.stdout is not None
        process = os.pidfd_open(int(starter.stdout.readline()))
        starter.kill()

    ended, _, _ = select.select([process], [], [], 10)
    os.close(process)
    assert ended


async def test_proxies_of_the_environment_do_not_stand_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async with (
        Homeserver(tmp_path, "proxied") as homeserver,
        await Person.enter(homeserver, "ana") as ana,
    ):
        assert await ana.create_room("Lakeside")


def test_a_leased_port_is_nobody_elses_until_it_is_released() -> None:
    port = ports.lease()
    with pytest.raises(ports.PortTaken):
        ports.lease(port.number)

    port.release()
    ports.lease(port.number).release()
