"""What fails in something of somebody's own is told to those who look after the daemon without whose it was, or in what."""

import asyncio
import logging
from datetime import datetime
from importlib.util import find_spec

import pytest

from daemon.rooms import Rooms
from daemon.settle import OWN, TRIES, Outcome, Settler
from handlers.catalogue import CATALOGUE
from handlers.house import courier
from handlers.oneself import safety
from storage.inbox import Heard, Kind
from storage.questions import Question
from tests.handlers.played import PlayedHouse, a_house, person
from tests.handlers.test_safety import Lakeside, lakeside

STEWARD = "@steward:here"

KEY = "$at-the-door"


def _breaks(*_parts: object, **_named: object) -> None:
    raise IndexError("list index out of range")


class _Still:
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def happened(self, milliseconds: object) -> datetime:
        return self._now


async def failed(house: PlayedHouse, room: str, text: str) -> list[Outcome]:
    """What came of somebody's message at which the daemon fails as often as it tries."""
    outcomes: list[Outcome] = []
    row = Heard(
        key=KEY,
        kind=Kind.MESSAGE,
        room=room,
        sender=person("ana"),
        at=house.now,
        content={"text": text},
    )
    await row.save()
    async with asyncio.TaskGroup() as group:
        settler = Settler(
            house.house,
            _Still(house.now),
            Rooms(),
            group=group,
            on_outcome=outcomes.append,
            unsent=lambda _room, _person: 0,
        )
        done = [await settler._once(row) for _ in range(TRIES)]
    assert done == [False, False, True]
    return outcomes


def told(outcomes: list[Outcome], to: str) -> str:
    [text] = [
        str((owed.content or {})["text"])
        for outcome in outcomes
        for owed in outcome.owed
        if owed.lane == to
    ]
    return text


async def at_the_door(house: PlayedHouse) -> Lakeside:
    them = await lakeside(house, "tamsin", "zoe")
    await them.says("ana", "safety")
    return them


@pytest.mark.requirement("R20")
@pytest.mark.parametrize(
    "breaks", ["handlers.oneself.safety._meant", "handlers.conversation.open_question"]
)
async def test_a_failure_at_the_safety_door_tells_nobody_who_stood_there(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, breaks: str
) -> None:
    async with a_house(stewards=(STEWARD,)) as house:
        them = await at_the_door(house)
        monkeypatch.setattr(breaks, _breaks)

        outcomes = await failed(house, them.chats["ana"].id, "somebody frightens me")

        alarm = told(outcomes, STEWARD)
        assert alarm.startswith(f"I failed {TRIES} times at one thing and have set it aside.")
        for word in (KEY, "ana", "safety", "private"):
            assert word not in alarm
        assert "and not by whom or where" in told(outcomes, them.chats["ana"].id)
        for word in (KEY, "ana", "safety", "Traceback"):
            assert word not in caplog.text
        assert "settling one thing failed (try 3): IndexError" in caplog.text


async def test_a_failure_of_any_other_kind_is_told_with_what_finds_it_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_house(stewards=(STEWARD,)) as house:
        them = await at_the_door(house)
        await Question.all().delete()
        monkeypatch.setattr("handlers.conversation.open_question", _breaks)

        with caplog.at_level(logging.ERROR):
            outcomes = await failed(house, them.chats["ana"].id, "when")

        assert f"In the log it is `{KEY}` (IndexError)" in told(outcomes, STEWARD)
        assert KEY in caplog.text
        assert "Traceback" in caplog.text


def test_every_question_of_the_door_and_of_the_courier_is_somebodys_own() -> None:
    theirs = {
        name
        for name, inquiry in CATALOGUE.inquiries.items()
        if name.startswith(safety.SAFETY) and inquiry.answer.__module__ == safety.__name__
    }

    assert {"safety-whom", "safety-words", "safety-send"} <= theirs
    assert CATALOGUE.inquiries["word-answer"].answer.__module__ == courier.__name__
    assert {safety.__name__, courier.__name__} <= OWN
    assert all(find_spec(each) is not None for each in OWN)
