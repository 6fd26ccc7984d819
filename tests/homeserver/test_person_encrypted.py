"""People with ordinary clients take part in encrypted rooms, and read there what is said to them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from deploy.event import Event
from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.person import NotHeard, Person
from deploy.stage import Congregation, Stage
from deploy.transcript import Transcript
from storage.outbox import Deed
from tests.homeserver.conftest import Enter, Keep
from tests.homeserver.raw_device import RawDevice
from tests.homeserver.test_new_rooms import ABOUT, a_room, owe

MONTH = timedelta(days=31)


class EnterWithKeys(Protocol):
    """Bring somebody with a device into a homeserver; gone when the test ends."""

    def __call__(self, name: str, at: Homeserver | None = None) -> Awaitable[Person]:
        """Give a person whose name begins with `name`."""


@pytest.fixture
async def enter_with_keys(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[EnterWithKeys]:
    """Bring people in who encrypt: `ana = await enter_with_keys("ana")`."""
    async with AsyncExitStack() as people:

        async def person(name: str, at: Homeserver | None = None) -> Person:
            entered = await Person.enter(
                at or homeserver,
                names(name),
                display_name=name.title(),
                encrypted_in=tmp_path / "devices",
            )
            return await people.enter_async_context(entered)

        yield person


async def kitchen(keeper: Keeper | None, host: Person, *others: Person) -> str:
    """An encrypted room in which all are."""
    people = [other.user_id for other in others]
    if keeper is not None:
        people.append(keeper.user_id)
    room = await host.create_room("Kitchen", encrypted=True, invite=people)
    for other in others:
        await other.join(room)
    if keeper is not None:
        for each in (host, *others):
            await each.hears(room, "I am Kinkeeper", from_=keeper.user_id)
    return room


async def came(person: Person, room: str) -> Sequence[str]:
    """The types of all that was said there, as the homeserver knows them."""
    return [
        str(event.raw["type"])
        for event in await person.messages(room)
        if event.state_key is None and event.type != "m.reaction"
    ]


def unread(person: Person) -> Sequence[Event]:
    assert person.device is not None
    return [each.event for each in person.device.unread]


async def test_a_command_is_answered_and_all_in_the_room_read_the_answer(
    keep: Keep, enter_with_keys: EnterWithKeys
) -> None:
    keeper, ana, ben = await keep(), await enter_with_keys("ana"), await enter_with_keys("ben")
    room = await kitchen(keeper, ana, ben)

    await ana.say(room, "!ping over here")
    answer = await ana.hears(room, "pong over here", from_=keeper.user_id)

    assert answer.encrypted
    assert answer.type == "m.room.message"
    assert (await ben.hears(room, "pong over here", from_=keeper.user_id)).id == answer.id
    assert (await ben.hears(room, "!ping", since=0)).sender == ana.user_id
    assert set(await came(ana, room)) == {"m.room.encrypted"}
    assert unread(ana) == unread(ben) == []


async def test_a_private_chat_that_the_keeper_opens_is_read_and_answered(
    keep: Keep, enter_with_keys: EnterWithKeys
) -> None:
    keeper, ana = await keep(), await enter_with_keys("ana")
    room = await kitchen(keeper, ana)

    await ana.say(room, "!quiet")
    await ana.hears(room, "in private", from_=keeper.user_id)
    chat = await ana.invited(from_=keeper.user_id)
    await ana.join(chat)
    told = await ana.hears(chat, "quiet hours", from_=keeper.user_id)
    await ana.say(chat, "ping among us")
    answer = await ana.hears(chat, "pong among us", from_=keeper.user_id)

    assert told.encrypted
    assert answer.encrypted
    assert set(await came(ana, chat)) == {"m.room.encrypted"}


async def test_a_tap_under_an_encrypted_question_counts(
    keep: Keep, enter_with_keys: EnterWithKeys
) -> None:
    keeper = await keep()
    people = [await enter_with_keys(name) for name in ("ana", "ben", "cleo")]
    ana = people[0]
    room = await kitchen(keeper, *people)

    await ana.say(room, "!adopt")
    question = await ana.hears(room, "May I look after this room", from_=keeper.user_id)
    for each in people:
        await each.react(room, question.id, "✅")
    edit = await ana.until(lambda event: event.edits == question.id and "All 3" in event.text, room)
    begun = await ana.hears(room, "I look after this crew", from_=keeper.user_id)

    assert question.encrypted
    assert edit.encrypted
    assert begun.encrypted
    taps = [event for event in await ana.messages(room) if event.reacts_to == question.id]
    assert {each.user_id for each in people} < {event.sender for event in taps}
    assert not any(event.encrypted for event in taps)


async def test_what_comes_before_its_key_is_heard_when_the_key_comes(
    enter: Enter, enter_with_keys: EnterWithKeys, tmp_path: Path
) -> None:
    ana, ben = await enter_with_keys("ana"), await enter("ben")
    room = await kitchen(None, ana, ben)
    async with RawDevice(ben, tmp_path / "raw", ben.device_id) as device:
        await device.publish()
        await device.begin(room, [ana.user_id])

        early = await ben.send(room, "m.room.encrypted", device.seal(room, "before its key"))
        await ben.say(room, "in clear, and later")
        later = await ana.hears(room, "in clear, and later")
        with pytest.raises(NotHeard, match="its key has not come"):
            await ana.hears(room, "before its key", timeout=0)
        assert [event.id for event in unread(ana)] == [early]
        await device.share()
        heard = await ana.hears(room, "before its key")

    assert heard.id == early
    assert heard.encrypted
    assert not later.encrypted
    assert unread(ana) == []


async def test_who_comes_later_reads_what_is_said_from_then_on(
    keep: Keep, enter_with_keys: EnterWithKeys
) -> None:
    keeper, ana = await keep(), await enter_with_keys("ana")
    room = await kitchen(keeper, ana)
    await ana.say(room, "!ping one")
    await ana.hears(room, "pong one", from_=keeper.user_id)

    ben = await enter_with_keys("ben")
    await ana.invite(room, ben.user_id)
    await ben.join(room)
    await ana.say(room, "!ping two")
    await ben.hears(room, "!ping two", from_=ana.user_id)
    await ben.hears(room, "pong two", from_=keeper.user_id)
    await ben.say(room, "!ping three")
    await ana.hears(room, "!ping three", from_=ben.user_id)
    await ana.hears(room, "pong three", from_=keeper.user_id)

    past = ["!ping one", "pong one"]
    said = [event for event in await ana.messages(room) if event.text in past]
    shown = {event.id: event.type for event in await ben.messages(room)}
    assert [event.text for event in said] == past
    assert [shown[event.id] for event in said] == ["m.room.encrypted"] * 2


async def test_who_was_put_out_gets_no_more_keys(enter_with_keys: EnterWithKeys) -> None:
    ana, ben, cleo = [await enter_with_keys(name) for name in ("ana", "ben", "cleo")]
    room = await kitchen(None, ana, ben, cleo)
    first = await ana.say(room, "all three")
    await cleo.hears(room, "all three")

    await ana.kick(room, cleo.user_id)
    second = await ana.say(room, "two of us")
    await ben.hears(room, "two of us")

    sessions = {
        event.id: event.raw["content"]["session_id"]
        for event in await ana.messages(room)
        if event.encrypted
    }
    assert sessions[first] != sessions[second]


async def test_a_keeper_that_restarts_is_read_before_and_after(
    keep: Keep, enter_with_keys: EnterWithKeys
) -> None:
    keeper, ana = await keep(), await enter_with_keys("ana")
    room = await kitchen(keeper, ana)
    await ana.say(room, "!ping before")
    await ana.hears(room, "pong before", from_=keeper.user_id)

    keeper.kill()
    await ana.say(room, "!ping while you were away")
    await keeper.start()
    away = await ana.hears(room, "pong while you were away", from_=keeper.user_id)
    await ana.say(room, "!ping after")
    after = await ana.hears(room, "pong after", from_=keeper.user_id)

    assert away.encrypted
    assert after.encrypted
    assert unread(ana) == []


async def test_a_keeper_whose_clock_was_moved_by_months_reads_a_renewed_key(
    keep: Keep, enter_with_keys: EnterWithKeys
) -> None:
    keeper, ana = await keep(movable_clock=True), await enter_with_keys("ana")
    room = await kitchen(keeper, ana)
    await ana.say(room, "!ping now")
    await ana.hears(room, "pong now", from_=keeper.user_id)

    for months in (1, 2, 3):
        keeper.travel(months * MONTH)
        ana.renew_keys()
        await ana.say(room, f"!ping in {months}")
        await ana.hears(room, f"pong in {months}", from_=keeper.user_id)

    said = [event for event in await ana.messages(room) if event.sender == ana.user_id]
    keys = {event.raw["content"]["session_id"] for event in said if event.encrypted}
    assert len(keys) == 4


async def test_edits_replies_and_mentions_are_what_they_seem(
    enter_with_keys: EnterWithKeys,
) -> None:
    ana, ben = await enter_with_keys("ana"), await enter_with_keys("ben")
    room = await kitchen(None, ana, ben)
    root = await ana.say(room, "Who brings the kettle?", mentions=[ben.user_id])

    assert (await ben.hears(room, "kettle")).mentions == {ben.user_id}
    reply = await ben.say(room, "So do I", reply_to=root)
    assert (await ana.hears(room, "So do")).replies_to == root
    await ben.edit(room, reply, "Not I")
    edit = await ana.hears(room, "Not I")
    assert edit.edits == reply
    assert edit.encrypted
    await ben.redact(room, reply)
    await ana.until(lambda event: event.type == "m.room.redaction", room)
    gone = next(event for event in await ana.messages(room) if event.id == reply)
    assert gone.content == {}


async def test_the_same_transaction_twice_is_said_once(enter_with_keys: EnterWithKeys) -> None:
    ana = await enter_with_keys("ana")
    room = await kitchen(None, ana)

    said = [await ana.say(room, "tea", txn="one") for _ in range(2)]

    assert said[0] == said[1]
    assert len([event for event in await ana.messages(room) if event.text == "tea"]) == 1


async def test_who_has_no_device_hears_that_something_was_said_and_not_what(
    enter: Enter, enter_with_keys: EnterWithKeys
) -> None:
    ana, ben = await enter_with_keys("ana"), await enter("ben")
    room = await kitchen(None, ana, ben)

    said = await ana.say(room, "tea")
    heard = await ben.until(lambda event: event.encrypted, room)

    assert heard.id == said
    assert heard.type == "m.room.encrypted"
    assert heard.text == ""


async def test_who_has_a_device_speaks_in_clear_where_the_room_is_in_clear(
    keep: Keep, enter_with_keys: EnterWithKeys
) -> None:
    keeper, ana = await keep(), await enter_with_keys("ana")
    room = await ana.create_room("Hall", invite=[keeper.user_id])
    await ana.hears(room, "I am Kinkeeper", from_=keeper.user_id)

    await ana.say(room, "!ping in the hall")
    answer = await ana.hears(room, "pong in the hall", from_=keeper.user_id)

    assert not answer.encrypted
    assert "m.room.encrypted" not in await came(ana, room)


async def test_people_and_a_keeper_of_two_homeservers_read_each_other(
    keep: Keep, enter_with_keys: EnterWithKeys, other_homeserver: Homeserver
) -> None:
    keeper, ana = await keep(), await enter_with_keys("ana")
    tamsin = await enter_with_keys("tamsin", other_homeserver)
    room = await kitchen(keeper, ana)
    await ana.invite(room, tamsin.user_id)
    await tamsin.join(await tamsin.invited(from_=ana.user_id))
    await tamsin.members(room)

    await tamsin.say(room, "!ping from afar")
    answer = await tamsin.hears(room, "pong from afar", from_=keeper.user_id)

    assert answer.encrypted
    assert (await ana.hears(room, "!ping from afar", from_=tamsin.user_id)).encrypted


async def test_people_on_the_stage_come_into_the_rooms_and_chats_that_their_keeper_makes(
    keep: Keep, enter_with_keys: EnterWithKeys, homeserver: Homeserver
) -> None:
    keeper, ana, ben = await keep(), await enter_with_keys("ana"), await enter_with_keys("ben")
    lakeside = Congregation(
        name="Lakeside",
        zone=ZoneInfo("Europe/Rome"),
        homeserver=homeserver,
        keeper=keeper,
        people={"Ana": ana, "Ben": ben},
    )
    stage = Stage(lakeside, lakeside, Transcript(Console(quiet=True), keepers=frozenset()))
    await keeper.stop()
    people = a_room(ana.user_id, ben.user_id)
    await owe(keeper, Deed.MAKE, f"new:{ABOUT}", content=people, target=ABOUT)
    await keeper.start()

    crew = await stage.gathered(lakeside, "Kitchen Crew", ["Ana", "Ben"])
    await stage.says(crew, "Ben", "!quiet")
    await stage.hears(crew, "in private")
    chat = await stage.taken_aside(lakeside, "Ben")
    told = await stage.hears(chat, "quiet hours")
    await stage.says(chat, "Ben", "ping among us")
    answer = await stage.hears(chat, "pong among us")

    assert told.encrypted
    assert answer.encrypted
    assert stage.chats == {"Ben": chat}
    await stage.nothing_else_was_said()
