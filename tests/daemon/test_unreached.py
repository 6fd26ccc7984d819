"""A word that somebody entrusted to us for another person, and that the homeserver refuses: the sender hears so at once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from daemon.app import _forget, unreached
from storage.outbox import Deed, Delivery, Owed
from storage.questions import Question
from tests.handlers.played import a_house

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest_asyncio.fixture(autouse=True)
async def database(tmp_path: Path) -> AsyncIterator[None]:
    """An empty database."""
    async with a_house():
        yield


async def refused(**content: object) -> Owed:
    return await Owed.create(
        transaction="t1",
        lane="!chat:here",
        deed=Deed.SEND,
        content={"text": "a report", "mention": [], "thread": None, **content},
        state=Delivery.WEDGED,
        made_at=NOW,
    )


@pytest.mark.requirement("R20")
async def test_the_sender_is_told_and_the_word_is_not_kept() -> None:
    row = await refused(unreached=["@ana:here", "It did not reach them."])

    assert await unreached(row, NOW)

    [told] = await Owed.all()
    assert (told.lane, told.state) == ("@ana:here", Delivery.OWED)
    assert told.content == {
        "text": "It did not reach them.",
        "mention": ["@ana:here"],
        "thread": None,
    }
    assert "report" not in str(vars(told))


async def test_anything_else_that_is_refused_stays_for_whoever_mends_the_reason() -> None:
    row = await refused()

    assert not await unreached(row, NOW)

    assert [each.content for each in await Owed.all()] == [row.content]


@pytest.mark.requirement("R20")
async def test_that_somebody_opened_the_safety_door_is_forgotten_the_next_night() -> None:
    for inquiry, until in (("safety-whom", -1), ("safety-words", 1), ("few", -1)):
        await Question.create(
            room="@ana:here",
            person="@ana:here",
            inquiry=inquiry,
            until=NOW + timedelta(hours=until),
        )

    await _forget(NOW)

    assert {each.inquiry for each in await Question.all()} == {"safety-words", "few"}
