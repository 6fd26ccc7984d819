"""The daemon that the tests start behaves as one that an operator starts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.homeserver import Homeserver
from deploy.keeper import Keeper, KeeperFailed
from tests.homeserver.conftest import Enter


async def test_a_keeper_answers_and_goes_on_after_it_was_killed(
    homeserver: Homeserver, enter: Enter, names: Callable[[str], str], tmp_path: Path
) -> None:
    ana = await enter("ana")
    async with Keeper(homeserver, tmp_path, name=names("keeper")) as keeper:
        chat = await ana.create_room(direct=True, invite=[keeper.user_id])
        await ana.hears(chat, from_=keeper.user_id)
        keeper.kill()
        assert not keeper.running

        await ana.say(chat, "!ping are you there")
        await keeper.start()

        await ana.hears(chat, "pong", from_=keeper.user_id)
        assert await keeper.stop() == 0


async def test_a_keeper_that_cannot_start_says_why(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> None:
    keeper = Keeper(homeserver, tmp_path, name=names("keeper"))

    with pytest.raises(KeeperFailed, match="M_FORBIDDEN"):
        await keeper.start()

    assert not keeper.running
