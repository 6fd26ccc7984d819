"""`kinkeeper register` on a real Synapse makes an account that the daemon can live in."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from deploy.homeserver import Homeserver
from deploy.keeper import PASSWORD, Keeper
from deploy.wire import Denied, Wire


@pytest.fixture
async def newcomer(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Keeper]:
    """A daemon whose account is not made yet."""
    secret = {"KINKEEPER_REGISTRATION_SECRET": homeserver.registration_secret}
    keeper = Keeper(homeserver, tmp_path, name=names("newcomer"), environment=secret)
    yield keeper
    await keeper.stop()


async def log_in(keeper: Keeper, password: str) -> Wire:
    wire = Wire(keeper.homeserver.client_url)
    identifier = {"type": "m.id.user", "user": keeper.user_id}
    body = {"type": "m.login.password", "identifier": identifier, "password": password}
    try:
        wire.token = (await wire.post("/_matrix/client/v3/login", body))["access_token"]
    except Denied:
        await wire.close()
        raise
    return wire


async def test_the_account_is_made_without_a_session_and_the_daemon_starts(
    newcomer: Keeper,
) -> None:
    made = await newcomer.command("register", "--name", "Mara's keeper")
    assert made.code == 0, made.text
    assert newcomer.user_id in made.said
    assert PASSWORD not in made.text

    async with await log_in(newcomer, PASSWORD) as wire:
        assert len((await wire.get("/_matrix/client/v3/devices"))["devices"]) == 1
        profile = await wire.get(f"/_matrix/client/v3/profile/{newcomer.user_id}")
        assert profile["displayname"] == "Mara's keeper"
    await newcomer.start()


async def test_a_password_is_made_where_there_is_none_and_shown_once(newcomer: Keeper) -> None:
    del newcomer.environment["KINKEEPER_PASSWORD"]

    made = await newcomer.command("register")

    [password] = re.findall(r"^KINKEEPER_PASSWORD=(\S+)$", made.said, re.MULTILINE)
    assert len(password) >= 32
    await (await log_in(newcomer, password)).close()


async def test_an_account_that_is_there_is_left_as_it_is(newcomer: Keeper) -> None:
    await newcomer.register()
    newcomer.environment["KINKEEPER_PASSWORD"] = "another one"

    again = await newcomer.command("register")

    assert again.code == 0
    assert "exists already. Nothing was changed" in again.said
    await (await log_in(newcomer, PASSWORD)).close()


async def test_a_wrong_secret_makes_nothing(newcomer: Keeper) -> None:
    newcomer.environment["KINKEEPER_REGISTRATION_SECRET"] = "tulips"

    refused = await newcomer.command("register")

    assert refused.code == 1
    assert "secret is wrong" in refused.complained
    with pytest.raises(Denied):
        await log_in(newcomer, PASSWORD)
