"""Housekeeping: what has served is forgotten, and what a failure left unplanned is planned."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.app import _forget
from practices.circles import Life, RoomKind
from storage.coming import Coming
from storage.dyads import Met
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.outbox import Deed, Delivery, Owed
from storage.pairings import Encounter
from storage.rooms import Room

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


async def test_old_rows_go_and_young_ones_stay(database: str) -> None:
    for age, key in ((1, "young"), (20, "old")):
        at = NOW - timedelta(days=age)
        await Heard.create(
            key=key, kind=Kind.MESSAGE, room="!r", at=at, state=Settled.SETTLED, settled_at=at
        )
        for state in (Delivery.SENT, Delivery.WEDGED, Delivery.OWED):
            transaction = f"{key} {state}"
            await Owed.create(
                transaction=transaction, lane="!r", deed=Deed.SEND, made_at=at, state=state
            )

    await _forget(NOW)

    assert [row.key for row in await Heard.all()] == ["young"]
    assert {row.transaction for row in await Owed.all()} == {
        "young sent",
        "young wedged",
        "young owed",
        "old owed",
    }


async def test_who_came_is_forgotten_after_a_year(database: str) -> None:
    for age in (300, 400):
        at = NOW - timedelta(days=age)
        meeting = await Meeting.create(
            room="!r", occurrence=f"{at:%Y-%m-%dT%H:%M}", local="", zone="UTC", at=at
        )
        await Coming.create(meeting=meeting.id, person="@ana:here", answer="coming")

    await _forget(NOW)

    assert await Meeting.all().count() == 1
    assert await Coming.all().count() == 1


@pytest.mark.requirement("R33")
async def test_that_two_have_met_is_forgotten_after_a_year_though_nobody_meets_any_more(
    database: str,
) -> None:
    for age in (300, 366, 367, 800):
        day = (NOW - timedelta(days=age)).date()
        await Met.create(room="!r", one="@ana:here", other="@ben:here", day=day)
    await Encounter.create(room="!r", one="@ana:here", other="@ben:here", times=4)

    await _forget(NOW)

    days = [(NOW.date() - each.day).days for each in await Met.all()]
    assert sorted(days) == [300, 366]
    assert (await Encounter.get()).times == 4


async def test_a_room_that_was_left_is_forgotten_and_named(database: str) -> None:
    await Room.create(id="!left", joined=False)
    await Room.create(id="!invited", joined=False, invited_by="@ana:here")
    await Room.create(id="!here", joined=True)

    assert await _forget(NOW) == ["!left"]
    assert {room.id for room in await Room.all()} == {"!invited", "!here"}


RHYTHM = {
    "cadence": "weekly",
    "time": "19:00",
    "zone": "UTC",
    "start": "2026-11-01",
    "weekday": 3,
}


@pytest.mark.parametrize("life", [Life.PAUSED, Life.CLOSED])
async def test_nothing_is_planned_for_a_crew_that_rests(database: str, life: Life) -> None:
    await Room.create(id="!r", joined=True, kind=RoomKind.CREW, rhythm=RHYTHM, life=life)

    await _forget(NOW)

    assert not await Heard.filter(kind=Kind.HOUR).exists()


async def test_a_rhythm_whose_planning_failed_is_planned_again(database: str) -> None:
    await Room.create(id="!r", joined=True, kind=RoomKind.CREW, rhythm=RHYTHM)

    await _forget(NOW)
    await _forget(NOW)

    [hour] = await Heard.filter(kind=Kind.HOUR)
    assert hour.content == {"ritual": "plan"}
    assert hour.state is Settled.WAITING
