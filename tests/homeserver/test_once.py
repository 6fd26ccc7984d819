"""Nothing is lost and nothing is said twice, whoever was away."""

from contextlib import suppress

from deploy.homeserver import Homeserver
from deploy.person import Person
from deploy.wire import Denied
from tests.homeserver.conftest import Enter, Keep


async def introduced(ana: Person, keeper_id: str, name: str = "Hall") -> str:
    """A room that the daemon has come to."""
    room = await ana.create_room(name, invite=[keeper_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper_id)
    return room


async def answers(ana: Person, room: str, keeper_id: str) -> list[str]:
    """Every pong that stands in the room, oldest first."""
    return [
        event.text.removeprefix("pong ")
        for event in await ana.messages(room)
        if event.sender == keeper_id and event.text.startswith("pong ")
    ]


async def test_commands_typed_while_it_was_away_are_all_answered_in_order(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await introduced(ana, keeper.user_id)
    keeper.kill()
    # More than one sync brings: the timeline is cut, and the rest is fetched from history.
    said = [str(number) for number in range(130)]
    for number in said:
        await ana.say(room, f"!ping {number}")

    await keeper.start()
    await ana.hears(room, "pong 129", from_=keeper.user_id)

    assert await answers(ana, room, keeper.user_id) == said


async def test_what_was_said_before_it_came_is_not_for_it(keep: Keep, enter: Enter) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await ana.create_room("Hall")
    for number in range(5):
        await ana.say(room, f"!ping before {number}")

    await ana.invite(room, keeper.user_id)
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    await ana.say(room, "!ping after")
    await ana.hears(room, "pong after", from_=keeper.user_id)

    assert await answers(ana, room, keeper.user_id) == ["after"]


async def test_a_first_start_with_an_old_account_answers_nothing_old(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await introduced(ana, keeper.user_id)
    await ana.say(room, "!ping one")
    await ana.hears(room, "pong one", from_=keeper.user_id)
    await keeper.stop()
    for leftover in keeper.data.glob("kinkeeper.db*"):
        leftover.unlink()

    await ana.say(room, "!ping while there is no memory")
    await keeper.start()
    await ana.say(room, "!ping two")
    await ana.hears(room, "pong two", from_=keeper.user_id)

    assert await answers(ana, room, keeper.user_id) == ["one", "two"]


async def test_an_edit_is_no_new_command_and_a_notice_is_never_obeyed(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await introduced(ana, keeper.user_id)

    first = await ana.say(room, "!ping first")
    await ana.edit(room, first, "!ping edited")
    await ana.say(room, "!ping notice", msgtype="m.notice")
    await ana.say(room, "!ping last")
    await ana.hears(room, "pong last", from_=keeper.user_id)

    assert await answers(ana, room, keeper.user_id) == ["first", "last"]


async def test_answers_stay_in_the_thread_they_were_asked_in(keep: Keep, enter: Enter) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await introduced(ana, keeper.user_id)
    root = await ana.say(room, "let us talk")

    await ana.say(room, "!ping in thread", thread=root)
    answer = await ana.hears(room, "pong in thread", from_=keeper.user_id)

    assert answer.thread == root


async def test_a_flooding_person_does_not_hold_up_another(keep: Keep, enter: Enter) -> None:
    keeper, ana, ben = await keep(), await enter("ana"), await enter("ben")
    room = await introduced(ana, keeper.user_id)
    await ana.invite(room, ben.user_id)
    await ben.join(room)
    keeper.kill()
    for number in range(100):
        await ana.say(room, f"!ping flood {number}")
    await ben.say(room, "!ping ben")

    await keeper.start()
    await ana.hears(room, "pong flood 99", from_=keeper.user_id)

    heard = await answers(ana, room, keeper.user_id)
    assert [one for one in heard if one != "ben"] == [f"flood {number}" for number in range(100)]
    assert heard.index("ben") <= 20


async def test_malformed_events_of_every_kind_do_no_harm(keep: Keep, enter: Enter) -> None:
    keeper, ana = await keep(), await enter("ana")
    room = await introduced(ana, keeper.user_id)
    nonsense: list[tuple[str, dict[str, object]]] = [
        ("m.room.message", {}),
        ("m.room.message", {"msgtype": "m.text", "body": 7}),
        ("m.room.message", {"msgtype": "m.text", "body": "!ping \u0000 nul"}),
        ("m.room.message", {"msgtype": ["m.text"], "body": "!ping"}),
        ("m.room.message", {"msgtype": "m.text", "body": "!ping x", "m.relates_to": "odd"}),
        ("m.room.message", {"msgtype": "m.text", "body": "!ping y", "m.mentions": [1]}),
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": 5, "key": {}}}),
        ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"}),
        ("m.room.encrypted", {"session_id": {"a": 1}, "ciphertext": 5}),
        ("m.room.encrypted", {"session_id": "x" * 65, "ciphertext": "y"}),
        ("m.room.encrypted", {"session_id": "nul \u0000", "ciphertext": "y \u0000"}),
        ("m.room.tombstone", {"body": "", "replacement_room": "!" + "x" * 300}),
        ("org.example.unknown", {"a": [None, {"b": "c"}]}),
        ("m.poll.start", {"x": 1}),
    ]
    for event_type, content in nonsense:
        with suppress(Denied):  # what the homeserver refuses never reaches anybody
            await ana.send(room, event_type, content)
        with suppress(Denied):
            await ana.set_state(room, event_type, content)

    await ana.say(room, "!ping still here")
    await ana.hears(room, "pong still here", from_=keeper.user_id)

    assert "Traceback" not in keeper.log


async def test_it_rides_out_a_homeserver_that_restarts(tmp_path, names, keep: Keep) -> None:
    async with Homeserver(tmp_path / "own", "own") as homeserver:
        keeper = await keep(homeserver)
        async with await Person.enter(homeserver, names("ana"), retry_for=30) as ana:
            room = await introduced(ana, keeper.user_id)
            homeserver.kill()
            await homeserver.start()
            await ana.say(room, "!ping back again")
            await ana.hears(room, "pong back again", from_=keeper.user_id, timeout=40)


async def test_a_revoked_session_ends_the_process_with_a_clear_word(
    keep: Keep, enter: Enter
) -> None:
    keeper, ana = await keep(), await enter("ana")
    await introduced(ana, keeper.user_id)
    name = f"admin-of-{keeper.name}"
    async with await Person.enter(keeper.homeserver, name, admin=True) as admin:
        await admin.api("POST", f"/_synapse/admin/v1/deactivate/{keeper.user_id}", {"erase": False})

    code = await keeper.ended()

    assert code == 1
    assert "Log in again" in keeper.log
