"""Settling: effects, messages owed and the row itself in one transaction, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.keyring import Keyring
from daemon.settle import TRIES, _name, due_hours, set_aside, settle, strike, transaction_id
from handlers.language import (
    Call,
    Catalogue,
    Command,
    Effects,
    House,
    Refused,
    Ring,
    Ritual,
    Say,
)
from practices.circles import RoomKind
from storage.facts import recall, remember
from storage.inbox import Heard, Kind, Settled
from storage.outbox import Delivery, Owed
from storage.rooms import Room

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


async def _write_and_say(call: Call) -> Effects:
    await remember("wrote", "yes")
    return [Say(text="done")]


async def _write_and_refuse(call: Call) -> Effects:
    await remember("wrote", "yes")
    raise Refused("Not today. Nothing was changed.")


async def _write_and_fail(call: Call) -> Effects:
    await remember("wrote", "yes")
    raise ZeroDivisionError


async def _strike(call: Call) -> Effects:
    if call.content.get("poison"):
        raise ZeroDivisionError
    return [Say(text=f"struck {call.content['name']}")]


async def _missed(call: Call) -> Effects:
    return [Ring(ritual="bell", about="next", at=call.at + timedelta(days=1))]


def catalogue() -> Catalogue:
    made = Catalogue()
    for name, answer in (
        ("do", _write_and_say),
        ("refuse", _write_and_refuse),
        ("fail", _write_and_fail),
    ):
        declared = Command(name=name, help=name, example=name, answer=answer)
        made.commands[name] = made.words[name] = declared
    made.rituals["bell"] = Ritual(name="bell", help="bell", answer=_strike, late=_missed)
    return made


@pytest.fixture
def house() -> House:
    return House(
        me="@kinkeeper:here",
        catalogue=catalogue(),
        keys=Keyring(bytes(32)),
        stewards=("@steward:here",),
    )


async def typed(text: str, key: str = "$event") -> Heard:
    await Room.get_or_create({"joined": True, "kind": RoomKind.CREW}, id="!room")
    return await Heard.create(
        key=key,
        kind=Kind.MESSAGE,
        room="!room",
        sender="@ana:here",
        at=NOW,
        content={"text": text},
    )


async def hour(name: str, *, at: datetime = NOW, useful_until: datetime | None = None) -> Heard:
    content = {"ritual": "bell", "name": name, **({"poison": True} if name == "poison" else {})}
    return await Heard.create(
        key=f"bell:{name}",
        kind=Kind.HOUR,
        room="!room",
        at=at,
        content=content,
        useful_until=useful_until,
    )


async def said() -> list[str]:
    return [str((row.content or {})["text"]) for row in await Owed.all().order_by("id")]


async def test_a_settled_row_owes_its_answer_and_forgets_what_was_typed(
    database: str, house: House
) -> None:
    row = await typed("!do")

    outcome = await settle(row, house, NOW)

    kept = await Heard.get(id=row.id)
    assert (kept.state, kept.content) == (Settled.SETTLED, None)
    assert [one.transaction for one in outcome.owed] == [transaction_id("$event", "0")]
    assert await recall("wrote") == "yes"


async def test_a_row_is_settled_once_however_often_it_is_tried(database: str, house: House) -> None:
    row = await typed("!do")

    await settle(row, house, NOW)
    again = await settle(row, house, NOW)

    assert again.owed == []
    assert await said() == ["done"]


async def test_a_refusal_undoes_what_was_written_and_is_still_said(
    database: str, house: House
) -> None:
    row = await typed("!refuse")

    await settle(row, house, NOW)

    assert await recall("wrote") is None
    assert await said() == ["Not today. Nothing was changed."]
    assert (await Heard.get(id=row.id)).state is Settled.REFUSED


async def test_a_failure_undoes_everything(database: str, house: House) -> None:
    row = await typed("!fail")

    with pytest.raises(ZeroDivisionError):
        await settle(row, house, NOW)

    assert await recall("wrote") is None
    assert await said() == []
    assert (await Heard.get(id=row.id)).state is Settled.WAITING


async def test_after_three_tries_a_row_is_set_aside_and_the_stewards_are_told_once(
    database: str, house: House
) -> None:
    row = await typed("!fail")
    for _ in range(TRIES):
        await set_aside(row, house, NOW, ZeroDivisionError())
    await set_aside(row, house, NOW, ZeroDivisionError())

    lanes = [owed.lane for owed in await Owed.all().order_by("id")]
    assert lanes == ["@steward:here", "!room"]
    assert (await Heard.get(id=row.id)).state is Settled.FAILED
    assert "ZeroDivisionError" in (await said())[0]
    assert "ZeroDivisionError" not in (await said())[1]


async def test_an_answer_that_an_echo_has_shown_already_is_not_owed_again(
    database: str, house: House
) -> None:
    await Owed.create(
        transaction=transaction_id("$event", "0"),
        lane="!room",
        deed="send",
        state=Delivery.SENT,
        event_id="$said",
        made_at=NOW,
    )

    outcome = await settle(await typed("!do"), house, NOW)

    assert outcome.owed == []
    assert await Owed.all().count() == 1


async def test_due_hours_are_kept_together_and_in_order(database: str, house: House) -> None:
    await hour("second", at=NOW - timedelta(minutes=1))
    await hour("first", at=NOW - timedelta(minutes=2))
    await hour("ahead", at=NOW + timedelta(minutes=1))

    outcome = await strike(house, NOW)

    assert outcome is not None
    assert await said() == ["struck first", "struck second"]
    assert await strike(house, NOW) is None


async def test_an_hour_that_comes_too_late_is_noted_and_not_said(
    database: str, house: House
) -> None:
    row = await hour("late", at=NOW - timedelta(days=2), useful_until=NOW - timedelta(days=1))

    await strike(house, NOW)

    assert (await Heard.get(id=row.id)).state is Settled.LATE
    assert await said() == []
    assert await Heard.exists(key="bell:next")


async def test_one_poisoned_hour_holds_up_no_other(database: str, house: House) -> None:
    await hour("good")
    await hour("poison")
    await hour("better")

    with pytest.raises(ZeroDivisionError):
        await strike(house, NOW)
    for row in await due_hours(NOW):
        try:
            await settle(row, house, NOW)
        except ZeroDivisionError as error:
            for _ in range(TRIES):
                await set_aside(row, house, NOW, error)

    assert [text for text in await said() if text.startswith("struck")] == [
        "struck good",
        "struck better",
    ]
    assert await strike(house, NOW) is None


def test_transaction_ids_differ_by_cause_and_position() -> None:
    ids = {transaction_id(cause, place) for cause in ("$a", "$b") for place in (0, 1, "0tap✅")}

    assert len(ids) == 6


async def test_a_reply_names_only_what_was_said_in_its_own_room(database: str) -> None:
    await Owed.create(
        transaction="t",
        lane="!here",
        room="!here",
        deed="send",
        state="sent",
        event_id="$asked",
        name="question:7",
        made_at=NOW,
    )

    assert await _name("$asked", "!here") == "question:7"
    assert await _name("$asked", "!elsewhere") is None
