"""Rooms in which a part of an assembly goes on: made fit for it, told as they are, and told of again after an update."""

from datetime import UTC, datetime
from typing import Any

import pytest

from daemon import news, speak
from daemon.updates import updated
from handlers.language import Change
from practices.assembly import letters, rooms
from practices.assembly.events import ASSEMBLY
from practices.assembly.letters import Part
from practices.assembly.rooms import Setting, unfit
from storage.assemblies import Assembly, NewerLetter, State
from storage.database import transaction
from storage.inbox import Heard

SPACE, FOUND, OLD = "!space:here", "f" * 43, "!old:here"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def made(part: Part) -> dict[str, Any]:
    """A room as our daemon has the homeserver make it."""
    creation = rooms.about(part, SPACE, FOUND, (OLD,))
    return speak._new_room(
        {"name": "River", "topic": "", "invite": [], "space": SPACE, "part": part, "creation": creation},
        "alias",
        "here",
    )  # fmt: skip


def state(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """The state that a homeserver gives to such a room."""
    creation = {"type": "m.room.create", "content": wanted["creation_content"]}
    entry = {"type": "m.room.join_rules", "content": {"join_rule": "invite"}}
    return [creation, entry, *wanted["initial_state"]]


@pytest.mark.requirement("R136")
@pytest.mark.parametrize("part", list(Part))
def test_the_room_that_we_make_for_a_part_is_one_that_we_would_say_yes_to(part: Part) -> None:
    wanted = made(part)
    told = news._as_it_is(state(wanted))
    setting = Setting(
        about=told["assembly"],
        is_space="type" in wanted["creation_content"],
        encrypted="m.room.encryption" in [each["type"] for each in wanted["initial_state"]],
        history=told["history"],
        join=told["join"],
        power=wanted["power_level_content_override"],
        me="@kinkeeper:far",
    )

    assert unfit(setting, part, SPACE, FOUND, (OLD,)) is None
    assert wanted["creation_content"][ASSEMBLY]["former"] == [OLD]


def test_of_any_other_room_nothing_is_told_on_entering() -> None:
    other = [{"type": "m.room.create", "content": {}}, {"type": "m.room.join_rules", "content": {}}]

    assert news._as_it_is(other) == {}


async def waiting(state_: State = State.SEATED) -> Assembly:
    assembly = await Assembly.create(
        name="River", room="!lakeside:here", state=state_, found=FOUND, made_at=NOW
    )
    await NewerLetter.create(
        assembly=assembly.id, part=Part.COMMONS, sender="@k:far", version=2, number=1,
        content={"version": 2}, event="$1", seen_at=NOW,
    )  # fmt: skip
    return assembly


@pytest.mark.requirement("R136")
async def test_an_update_is_noted_once_however_often_it_starts(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly = await waiting()
    await waiting(State.LEFT)

    async def note() -> list[Heard]:
        return await transaction(lambda: updated("@kinkeeper:here", NOW))

    before, again = await note(), await note()
    monkeypatch.setitem(letters.READERS, 2, letters.READERS[1])
    after, later = await note(), await note()

    assert [len(rows) for rows in (before, again, after, later)] == [0, 0, 1, 0]
    [row] = after
    assert row.room == "!lakeside:here"
    assert row.content == {"change": Change.UPDATED, "assembly": assembly.id}
