"""Somebody writes for themselves in an encrypted chat and keeps nothing: afterwards nobody finds it, anywhere."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.person import Person
from tests.backups import inside
from tests.homeserver.conftest import Keep

LINES = ("The tulips frighten me", "and the mustard, too")


@pytest.fixture
async def ana(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Person]:
    """A person with a device."""
    async with AsyncExitStack() as people:
        entered: Awaitable[Person] = Person.enter(
            homeserver, names("ana"), display_name="Ana", encrypted_in=tmp_path / "devices"
        )
        yield await people.enter_async_context(await entered)


def stored(keeper: Keeper) -> bytes:
    """Every byte of the database, its log and the daemon's own log."""
    files = [*keeper.data.glob("kinkeeper.db*"), keeper.log_file]
    return b"".join(file.read_bytes() for file in files)


async def backed_up(keeper: Keeper, name: str) -> bytes:
    file = keeper.folder / name
    finished = await keeper.command("backup", str(file))
    assert finished.code == 0, finished.text
    return inside(file, keeper.data)


@pytest.mark.requirement("R23")
@pytest.mark.requirement("R24")
async def test_what_was_written_and_not_kept_is_gone_from_the_chat_the_database_and_a_backup(
    keep: Keep, ana: Person
) -> None:
    keeper = await keep(movable_clock=True)
    # A chat that the person made, and in which they alone may take back what they write.
    own = await ana.create_room(
        encrypted=True, direct=True, preset="private_chat", invite=[keeper.user_id]
    )
    await ana.until(lambda event: event.sender == keeper.user_id, own)
    await ana.say(own, "reflect")
    await ana.hears(own, "Shall anything of it stay?", from_=keeper.user_id)
    await ana.say(own, "keep nothing")
    await ana.hears(own, "don't let me take back", from_=keeper.user_id)
    await ana.say(own, "fresh chat")
    chat = await ana.invited(from_=keeper.user_id)
    await ana.join(chat)
    await ana.hears(chat, "take back what both of us write", from_=keeper.user_id)

    await ana.say(chat, "reflect needs")
    await ana.hears(chat, "Shall anything of it stay?", from_=keeper.user_id)
    await ana.say(chat, "keep nothing")
    await ana.hears(chat, "How many minutes?", from_=keeper.user_id)
    await ana.say(chat, "3")
    prompt = await ana.hears(chat, "What do I need right now?", from_=keeper.user_id)
    written = [await ana.say(chat, line) for line in LINES]
    written.append(await ana.edit(chat, written[0], "The tulips do not frighten me"))
    written.append(await ana.react(chat, prompt.id, "🌷"))
    # In the middle of it: a copy of all that is known then.
    await ana.say(chat, "another")
    another = await ana.hears(chat, "What have I energy for", from_=keeper.user_id)
    midway = await backed_up(keeper, "midway.backup") + stored(keeper)

    keeper.travel(timedelta(minutes=4))
    bell = await ana.hears(chat, "The time is over", from_=keeper.user_id)
    gone = {*written, prompt.id, another.id}
    await ana.until(lambda event: _redacts(event.raw, gone), chat, timeout=60)
    # When the homeserver has forgotten all of it, so does the daemon, a few minutes later.
    for minutes in range(8, 60, 4):
        keeper.travel(timedelta(minutes=minutes))
        begun = ana.mark
        await ana.say(own, "ping still here")
        await ana.hears(own, "pong still here", from_=keeper.user_id, since=begun)
        if written[0].encode() not in stored(keeper):
            break

    seen = {event.id: event for event in await ana.messages(chat)}
    said = [event.text for event in seen.values() if event.text]
    assert not [text for text in said if "tulip" in text or "mustard" in text]
    assert not [text for text in said if "What do I need" in text or "Shall anything" in text]
    assert bell.id in seen
    for event in written:
        assert "redacted_because" in seen[event].raw.get("unsigned", {})

    after = stored(keeper) + await backed_up(keeper, "after.backup")
    for held in (midway, after):
        for word in (b"tulips", b"mustard", b"need right now", b"energy for"):
            assert word not in held
    for event in (*written, prompt.id):
        assert event.encode() not in after


def _redacts(raw: object, wanted: set[str]) -> bool:
    """Whether the last of those that are waited for is redacted now."""
    if isinstance(raw, dict) and raw.get("type") == "m.room.redaction":
        content = raw.get("content")
        target = raw.get("redacts") or (content.get("redacts") if isinstance(content, dict) else "")
        wanted.discard(str(target))
    return not wanted
