"""`kinkeeper check` on a real homeserver, beside the daemon that it examines."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from deploy.homeserver import Homeserver, register
from deploy.keeper import PASSWORD, Keeper
from deploy.wire import Wire
from tests.homeserver.conftest import Enter, Keep


async def test_a_healthy_daemon_is_fine_and_goes_on_undisturbed(keep: Keep, enter: Enter) -> None:
    keeper = await keep()
    ana = await enter("ana")
    room = await ana.create_room("Kitchen Crew", invite=[keeper.user_id])
    await ana.hears(room, "adopt", from_=keeper.user_id)

    checked = await keeper.command("check")

    assert checked.code == 0, checked.text
    assert "has signed this device" in checked.said
    assert "every permission that it needs in the one room" in checked.said
    assert "Everything is fine." in checked.said
    assert PASSWORD not in checked.text
    await ana.say(room, "!ping still there")
    await ana.hears(room, "still there", from_=keeper.user_id)
    assert "WARNING" not in keeper.log


async def test_it_works_without_the_daemon_and_before_its_first_start(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> None:
    keeper = Keeper(homeserver, tmp_path, name=names("keeper"))
    missed = await keeper.command("check")
    assert missed.code == 1
    assert "→ kinkeeper register" in missed.said

    await keeper.register()
    checked = await keeper.command("check")

    assert checked.code == 0, checked.text
    assert not keeper.data.exists()
    reader = await register(homeserver, names("reader"), PASSWORD)
    async with Wire(homeserver.client_url, reader["access_token"]) as wire:
        query: dict[str, object] = {"device_keys": {keeper.user_id: []}}
        found = await wire.post("/_matrix/client/v3/keys/query", query)
        assert found["device_keys"].get(keeper.user_id, {}) == {}

    await keeper.start()
    await keeper.stop()
    assert (await keeper.command("check")).code == 0


async def test_a_room_that_lets_it_not_speak_is_named_with_what_was_refused(
    keep: Keep, enter: Enter
) -> None:
    keeper = await keep()
    ana = await enter("ana")
    room = await ana.create_room(
        "Notice Board", invite=[keeper.user_id], power_levels={"events_default": 50}
    )
    await keeper.logs("was refused")

    checked = await keeper.command("check")

    assert checked.code == 1
    assert "in “Notice Board” I may not send m.room.message" in checked.said
    assert "for “Notice Board”: refused with “403 M_FORBIDDEN" in checked.said
    assert "Roles & permissions → Send messages" in checked.said
    levels = {"users": {}, "events_default": 0}
    await ana.set_state(room, "m.room.power_levels", levels)
    await ana.hears(room, "adopt", from_=keeper.user_id)
    assert (await keeper.command("check")).code == 0


async def test_a_demonstrations_clock_is_told(keep: Keep, enter: Enter) -> None:
    keeper = await keep(movable_clock=True)
    ana = await enter("ana")
    room = await ana.create_room("Kitchen Crew", invite=[keeper.user_id])
    await ana.hears(room, "adopt", from_=keeper.user_id)

    keeper.travel(timedelta(days=3))
    checked = await keeper.command("check")

    assert "none waits" in checked.said
    assert "clock: agrees" in checked.said
    assert "the clock is a demonstration's" in checked.said


async def test_signing_keys_of_somebody_else_are_named_before_the_start_refuses_them(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> None:
    keeper = Keeper(homeserver, tmp_path, name=names("keeper"))
    async with keeper:
        pass
    (keeper.data / "device.sealed").rename(tmp_path / "device.sealed")
    (keeper.data / "encryption.db").unlink()
    async with Wire(homeserver.client_url) as wire:
        identifier = {"type": "m.id.user", "user": keeper.user_id}
        body = {"type": "m.login.password", "identifier": identifier, "password": PASSWORD}
        session = await wire.post("/_matrix/client/v3/login", body)
    keeper.environment["KINKEEPER_ACCESS_TOKEN"] = session["access_token"]
    keeper.environment["KINKEEPER_DEVICE_ID"] = session["device_id"]

    checked = await keeper.command("check")

    assert checked.code == 1
    assert "signing keys that are not kept here" in checked.said
    assert "kinkeeper restore FILE" in checked.said
    assert session["access_token"] not in checked.text


async def test_an_administrators_override_is_seen_by_an_account_that_may_look(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> None:
    name = names("keeper")
    account = await register(homeserver, name, PASSWORD, admin=True)
    async with Keeper(homeserver, tmp_path, name=name) as keeper:
        before = await keeper.command("check")
        assert (
            "10 things at once and then one every 5 s: 30 messages take about 2 min" in before.said
        )
        assert f"users/%40{name}%3A" in before.said
        where = f"/_synapse/admin/v1/users/{keeper.user_id}/override_ratelimit"
        async with Wire(homeserver.client_url, account["access_token"]) as wire:
            await wire.post(where, {"messages_per_second": 0, "burst_count": 0})

        after = await keeper.command("check")

    assert "has given this account no limit" in after.said
    assert "override_ratelimit" not in after.said
