"""Settling: effects, messages owed and the row itself in one transaction, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from daemon.keyring import Keyring
from daemon.rooms import Rooms
from daemon.settle import (
    TRIES,
    Settler,
    _name,
    counting_after,
    due_hours,
    set_aside,
    settle,
    strike,
    transaction_id,
)
from handlers.language import (
    Argument,
    Call,
    Catalogue,
    Command,
    Edit,
    Effects,
    House,
    Redact,
    Refused,
    Ring,
    Ritual,
    Say,
)
from practices.circles import RoomKind
from storage.facts import recall, remember
from storage.inbox import Heard, Kind, Settled
from storage.outbox import Deed, Delivery, Owed
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


class Killed(BaseException):
    """The process ends in the middle, as when nothing answers the watchdog any more."""


async def _write_and_end(call: Call) -> Effects:
    await remember("wrote", "yes")
    raise Killed


async def _strike(call: Call) -> Effects:
    if call.content["name"] == "deadly":
        raise Killed
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
        ("end", _write_and_end),
    ):
        declared = Command(name=name, help=name, example=name, answer=answer)
        made.commands[name] = made.words[name] = declared
    made.rituals["bell"] = Ritual(name="bell", help="bell", answer=_strike, late=_missed)
    made.rituals["counts"] = Ritual(name="counts", help="", answer=_strike, hears_first=True)
    return made


@pytest.fixture
def house() -> House:
    return House(
        me="@kinkeeper:here",
        catalogue=catalogue(),
        keys=Keyring(bytes(32)),
        stewards=("@steward:here",),
    )


async def typed(text: str, key: str = "$event", room: str = "!room") -> Heard:
    await Room.get_or_create({"joined": True, "kind": RoomKind.CREW}, id=room)
    return await Heard.create(
        key=key,
        kind=Kind.MESSAGE,
        room=room,
        sender="@ana:here",
        at=NOW,
        content={"text": text},
    )


async def hour(
    name: str, *, at: datetime = NOW, useful_until: datetime | None = None, ritual: str = "bell"
) -> Heard:
    content = {"ritual": ritual, "name": name, **({"poison": True} if name == "poison" else {})}
    return await Heard.create(
        key=f"{ritual}:{name}",
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


# ------------------------------------------------------------------------------------ what ends the daemon


class Still:
    """A clock that does not move."""

    def now(self) -> datetime:
        return NOW

    def happened(self, milliseconds: object) -> datetime:
        return NOW


async def lives(house: House) -> bool:
    """One life of the daemon: all that waits and all hours due; whether it came to its end alive."""
    try:
        async with asyncio.TaskGroup() as group:
            settler = Settler(
                house,
                Still(),
                Rooms(),
                group=group,
                on_outcome=lambda _outcome: None,
                unsent=lambda _room, _person: 0,
            )
            await settler.resume()
            await settler.idle.wait()
            while await settler.strike():
                pass
    except BaseExceptionGroup as ended:
        assert ended.subgroup(Killed)
        return False
    return True


async def test_what_ends_the_daemon_again_and_again_is_set_aside_after_three_tries(
    database: str, house: House
) -> None:
    row = await typed("!end")
    await typed("!do", "$beside", room="!beside")
    await typed("!do", "$behind")

    alive = [await lives(house) for _ in range(TRIES + 1)]

    assert alive == [False, False, False, True]
    ended = await Heard.get(id=row.id)
    assert (ended.state, ended.tries) == (Settled.FAILED, TRIES)
    assert await Heard.filter(state=Settled.SETTLED).count() == 2
    assert [text for text in await said() if "In the log it is `$event` (Ended)" in text]


async def test_a_row_that_fails_after_a_restart_is_tried_three_times_like_any_other(
    database: str, house: House
) -> None:
    row = await typed("!fail")
    await set_aside(row, house, NOW, ZeroDivisionError())
    await set_aside(row, house, NOW, ZeroDivisionError())

    assert await lives(house)

    failed = await Heard.get(id=row.id)
    assert (failed.state, failed.tries) == (Settled.FAILED, TRIES)
    assert "ZeroDivisionError" in (await said())[0]


async def test_an_hour_that_ends_the_daemon_is_set_aside_and_the_others_are_kept(
    database: str, house: House
) -> None:
    await hour("good", at=NOW - timedelta(minutes=3))
    deadly = await hour("deadly", at=NOW - timedelta(minutes=2))
    await hour("better", at=NOW - timedelta(minutes=1))

    alive = [await lives(house) for _ in range(TRIES + 1)]

    assert alive == [False, False, False, True]
    assert (await Heard.get(id=deadly.id)).state is Settled.FAILED
    assert [text for text in await said() if text.startswith("struck")] == [
        "struck good",
        "struck better",
    ]


async def test_a_row_of_this_life_is_settled_without_writing_its_try_down(
    database: str, house: House
) -> None:
    async with asyncio.TaskGroup() as group:
        settler = Settler(
            house,
            Still(),
            Rooms(),
            group=group,
            on_outcome=lambda _outcome: None,
            unsent=lambda _room, _person: 0,
        )
        await settler.resume()
        settler.put([await typed("!do")])
        await settler.idle.wait()

    row = await Heard.get(key="$event")
    assert (row.state, row.tries) == (Settled.SETTLED, 0)


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


@pytest.mark.requirement("R129")
async def test_an_hour_that_counts_voices_waits_until_all_that_was_said_before_it_is_heard(
    database: str, house: House
) -> None:
    end = NOW - timedelta(hours=3)
    await hour("voices", at=end, ritual="counts")
    await hour("something")

    await strike(house, NOW, end - timedelta(seconds=1))
    deaf = await said()
    held = await strike(house, NOW, end - timedelta(seconds=1))
    await strike(house, NOW, end)

    assert deaf == ["struck something"]
    assert held is None
    assert await said() == ["struck something", "struck voices"]


async def test_an_hour_that_counts_voices_waits_also_when_each_is_tried_alone(
    database: str, house: House
) -> None:
    await hour("voices", ritual="counts")
    row = await hour("poison")
    deaf = counting_after(house, NOW - timedelta(minutes=1))

    assert await due_hours(NOW, deaf) == [row]
    assert counting_after(house, None) is None


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


@pytest.fixture
def editing() -> House:
    """A house whose command says a message and whose next ones edit it."""
    made = Catalogue()

    async def say(call: Call) -> Effects:
        return [Say(text="0 of 7", name="count:1")]

    async def count(call: Call, text: str) -> Effects:
        return [Edit(name="count:1", text=text)]

    async def both(call: Call) -> Effects:
        return [Say(text="1 of 2", name="pair:1"), Edit(name="pair:1", text="1 of 2")]

    async def redact(call: Call) -> Effects:
        return [Redact(target="count:1")]

    said = Argument(name="text", help="text", rest=True)
    for declared in (
        Command(name="say", help="say", example="say", answer=say),
        Command(name="both", help="both", example="both", answer=both),
        Command(name="redact", help="redact", example="redact", answer=redact),
        Command(name="count", help="count", example="count", answer=count, arguments=(said,)),
    ):
        made.commands[declared.name] = made.words[declared.name] = declared
    return House(me="@kinkeeper:here", catalogue=made, keys=Keyring(bytes(32)))


async def edits(house: House, *texts: str) -> list[str]:
    """Settle commands; the texts of the edits that are owed."""
    for number, text in enumerate(texts):
        await settle(await typed(text, key=f"$e{number}"), house, NOW)
    rows = await Owed.filter(deed=Deed.EDIT).order_by("id")
    return [str((row.content or {})["text"]) for row in rows]


@pytest.mark.requirement("R8")
async def test_an_edit_that_changes_nothing_is_not_made(database: str, editing: House) -> None:
    owed = await edits(
        editing, "!say", "!count 0 of 7", "!count 1 of 7", "!count 1 of 7", "!count 0 of 7"
    )

    assert owed == ["1 of 7", "0 of 7"]


async def test_an_edit_of_what_is_said_beside_it_is_compared_too(
    database: str, editing: House
) -> None:
    assert await edits(editing, "!both") == []


async def test_a_message_that_was_forgotten_is_edited_in_any_case(
    database: str, editing: House
) -> None:
    assert await edits(editing, "!count 0 of 7") == ["0 of 7"]
    await Owed.create(
        transaction="echo", lane="!room", deed="send", name="count:1", state="sent", made_at=NOW
    )
    again = await edits(editing)
    await settle(await typed("!count 0 of 7", key="$later"), editing, NOW)

    assert again == ["0 of 7"]
    assert await Owed.filter(deed=Deed.EDIT).count() == 2


async def test_after_an_old_copy_was_restored_edits_are_made_as_they_were(
    database: str, editing: House
) -> None:
    await settle(await typed("!say", key="$say"), editing, NOW)
    stood = (await Owed.get(name="count:1")).target
    for number, text in enumerate(("1 of 7", "0 of 7")):
        await settle(await typed(f"!count {text}", key=f"$c{number}"), editing, NOW)
    await Owed.filter(deed=Deed.EDIT).delete()
    await Heard.filter(key__startswith="$c").delete()
    await Owed.filter(name="count:1").update(target=stood)

    for number, text in enumerate(("1 of 7", "0 of 7")):
        await settle(await typed(f"!count {text}", key=f"$c{number}"), editing, NOW)

    rows = await Owed.filter(deed=Deed.EDIT).order_by("id")
    assert [str((row.content or {})["text"]) for row in rows] == ["1 of 7", "0 of 7"]


@pytest.mark.requirement("R8")
async def test_what_a_message_says_now_is_kept_only_in_a_form_that_needs_our_key(
    database: str, editing: House
) -> None:
    await settle(await typed("!say", key="$say"), editing, NOW)
    ours = (await Owed.get(name="count:1")).target or ""
    other = House(me="@kinkeeper:here", catalogue=editing.catalogue, keys=Keyring(bytes([1] * 32)))
    await Owed.all().delete()
    await settle(await typed("!say", key="$other"), other, NOW)

    assert len(ours) == 32
    assert "0 of 7" not in ours
    assert (await Owed.get(name="count:1")).target != ours


@pytest.mark.requirement("R8")
async def test_a_message_that_is_taken_back_leaves_nothing_to_compare_with(
    database: str, editing: House
) -> None:
    await settle(await typed("!say", key="$say"), editing, NOW)
    await settle(await typed("!redact", key="$redact"), editing, NOW)

    assert (await Owed.get(name="count:1", deed=Deed.SEND)).target is None
