"""A keeper that was lost comes back from its backup on a real homeserver, and nobody notices."""

import re
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.event import Event
from deploy.keeper import Keeper
from tests.element.strict import Heard
from tests.homeserver.conftest import Enter, EnterStrictly, Keep


async def lose_all_but_the_key(keeper: Keeper) -> None:
    """Stop the daemon and delete its folder; what the operator keeps elsewhere stays."""
    assert await keeper.stop() == 0
    key = (keeper.data / "secret.key").read_bytes()
    shutil.rmtree(keeper.data)
    keeper.data.mkdir(mode=0o700)
    (keeper.data / "secret.key").write_bytes(key)
    (keeper.data / "secret.key").chmod(0o600)


async def back_up(keeper: Keeper) -> Path:
    file = keeper.folder / "kept.backup"
    backed_up = await keeper.command("backup", str(file))
    assert backed_up.code == 0, backed_up.text
    return file


async def bring_back(keeper: Keeper, file: Path) -> None:
    await lose_all_but_the_key(keeper)
    restored = await keeper.command("restore", str(file))
    assert restored.code == 0, restored.text
    await keeper.start()


def is_new(event: Event, keeper: Keeper) -> bool:
    """Whether the keeper has said something, and not only changed what it had said."""
    by_it = event.sender == keeper.user_id
    return by_it and event.type == "m.room.message" and event.edits is None


def said(heard: Sequence[Event], keeper: Keeper, what: str) -> int:
    """How often the keeper has said something with `what` in it."""
    return sum(what in event.text for event in heard if event.sender == keeper.user_id)


async def test_a_restored_keeper_says_nothing_twice_and_forgets_no_promise(
    keep: Keep, enter: Enter
) -> None:
    keeper = await keep(movable_clock=True)
    ana = await enter("ana")
    room = await ana.create_room("Kitchen Crew", invite=[keeper.user_id])
    await ana.hears(room, "adopt", from_=keeper.user_id)
    await ana.say(room, "!remind in 2 hours water the beans")
    await ana.hears(room, "I understood", from_=keeper.user_id)

    file = await back_up(keeper)
    await ana.say(room, "!ping one")
    await ana.hears(room, "pong", from_=keeper.user_id)
    await ana.say(room, "!remind in 3 hours fetch the bread")
    await ana.hears(room, "I understood", from_=keeper.user_id)
    await bring_back(keeper, file)
    await ana.say(room, "!ping two")
    await ana.hears(room, "two", from_=keeper.user_id)

    assert said(ana.heard, keeper, "one") == 1
    assert said(ana.heard, keeper, "I understood") == 2
    keeper.travel(timedelta(hours=4))
    await ana.hears(room, re.compile("^⏰ water the beans"), from_=keeper.user_id)
    await ana.hears(room, re.compile("^⏰ fetch the bread"), from_=keeper.user_id)
    await ana.say(room, "!ping three")
    await ana.hears(room, "three", from_=keeper.user_id)
    assert said(ana.heard, keeper, "⏰") == 2
    assert said(ana.heard, keeper, "adopt") == 1


async def test_what_people_tapped_and_answered_since_the_backup_still_holds(
    keep: Keep, enter: Enter
) -> None:
    keeper = await keep()
    ana, ben, cleo = await enter("ana"), await enter("ben"), await enter("cleo")
    people = [ana, ben, cleo]
    everybody = [keeper.user_id, ben.user_id, cleo.user_id]
    # Where the keeper may take taps back it does, and what is gone cannot be heard again.
    levels = {"users": {keeper.user_id: 50}, "redact": 100}
    room = await ana.create_room("Kitchen Crew", invite=everybody, power_levels=levels)
    for person in people[1:]:
        await person.join(room)
    await ana.hears(room, "adopt", from_=keeper.user_id)

    file = await back_up(keeper)
    await ana.say(room, "!adopt")
    question = await ana.hears(room, "May I", from_=keeper.user_id)
    for person in people:
        await person.react(room, question.id, "✅")
    await ana.hears(room, "Next: when", from_=keeper.user_id)
    await ana.say(room, "!rhythm third thursday 19:00")
    await ana.hears(room, "I understood", from_=keeper.user_id)
    await ben.say(room, "yes, and who brings the bread?")
    await ana.say(room, "yes")
    await ana.hears(room, "Kept", from_=keeper.user_id)
    before = [event.text for event in ana.heard if event.edits == question.id]
    await bring_back(keeper, file)

    since = ana.mark
    await ana.say(room, "!when")
    answer = await ana.until(lambda event: is_new(event, keeper), room)
    assert "Thursday" in answer.text
    await ana.say(room, "!ping last")
    await ana.hears(room, "last", from_=keeper.user_id)
    assert sum(is_new(event, keeper) for event in ana.heard[since:]) == 2
    boards = [event.text for event in ana.heard if event.edits == question.id]
    assert boards[-1] == before[-1]


async def test_a_restored_keeper_is_trusted_in_encrypted_rooms_on_its_new_device(
    keep: Keep, enter_strictly: EnterStrictly
) -> None:
    keeper = await keep()
    bo = await enter_strictly("bo")
    room = await bo.create_room("Kitchen Crew", invite=[keeper.user_id])
    await bo.hears(room, "adopt", from_=keeper.user_id)
    await bo.say(room, "!ping before")
    assert (await bo.hears(room, "before", from_=keeper.user_id)).trusted

    file = await back_up(keeper)
    await bo.say(room, "!ping between")
    assert (await bo.hears(room, "between", from_=keeper.user_id)).trusted
    [old] = await bo.devices(keeper.user_id)
    await lose_all_but_the_key(keeper)
    await bo.say(room, "!ping meanwhile")
    assert (await keeper.command("restore", str(file))).code == 0
    await keeper.start()

    assert (await bo.hears(room, "meanwhile", from_=keeper.user_id)).trusted
    await bo.say(room, "!ping after")
    assert (await bo.hears(room, "after", from_=keeper.user_id)).trusted
    devices = await bo.devices(keeper.user_id)
    assert len(devices) == 2
    assert old in devices
    assert all(devices.values())
    answers = [heard for heard in bo.heard if answers_a_ping(heard, keeper)]
    assert [heard.event.text.split()[-1] for heard in answers] == [
        "before", "between", "meanwhile", "after",
    ]  # fmt: skip


def answers_a_ping(heard: Heard, keeper: Keeper) -> bool:
    return heard.event.sender == keeper.user_id and "pong" in heard.event.text


async def test_a_keeper_moves_from_one_kind_of_database_to_the_other(
    keep: Keep, enter: Enter, postgres_url: str
) -> None:
    keeper = await keep()
    ana = await enter("ana")
    chat = await ana.create_room(direct=True, invite=[keeper.user_id])
    await ana.hears(chat, from_=keeper.user_id)
    await ana.say(chat, "remind in 3 hours fetch the bread")
    await ana.hears(chat, "I understood", from_=keeper.user_id)

    file = await back_up(keeper)
    keeper.environment["KINKEEPER_DATABASE_URL"] = postgres_url
    await bring_back(keeper, file)
    await ana.say(chat, "reminders")
    assert "fetch the bread" in (await ana.hears(chat, "1. ", from_=keeper.user_id)).text
    await ana.say(chat, "remind in 4 hours eat it")
    await ana.hears(chat, "I understood", from_=keeper.user_id)

    back = keeper.folder / "back.backup"
    assert (await keeper.command("backup", str(back))).code == 0
    del keeper.environment["KINKEEPER_DATABASE_URL"]
    await bring_back(keeper, back)
    await ana.say(chat, "reminders")
    answer = await ana.hears(chat, "1. ", from_=keeper.user_id)
    assert "fetch the bread" in answer.text
    assert "eat it" in answer.text


async def test_a_folder_or_database_that_is_in_use_is_left_alone(
    keep: Keep, tmp_path: Path
) -> None:
    keeper = await keep()
    file = await back_up(keeper)

    refused = await keeper.command("restore", str(file))

    assert refused.code == 1
    assert "Nothing was changed" in refused.complained
    assert keeper.running


@pytest.mark.parametrize("secret", ["lost", "another"])
async def test_without_the_right_secret_nothing_is_restored(keep: Keep, secret: str) -> None:
    keeper = await keep()
    file = await back_up(keeper)
    await lose_all_but_the_key(keeper)
    key = keeper.data / "secret.key"
    if secret == "lost":
        key.unlink()
    else:
        key.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")

    refused = await keeper.command("restore", str(file))

    assert refused.code == 1
    assert "Nothing was changed" in refused.complained
    assert {path.name for path in keeper.data.iterdir()} <= {"secret.key", "lock"}
