"""After a lost database: what stands in a room by our own hand is read back, and what anybody else put there is not."""

from typing import Any

import pytest

from daemon.inbox import Inbox
from daemon.matrix import Json, Refusal
from daemon.news import Reader
from daemon.rooms import Rooms
from handlers.domains.copies import DOMAINS
from handlers.language import Change
from handlers.meetings.meetings import CIRCLE
from practices.circles import RoomKind
from storage.inbox import Heard
from storage.members import Member
from storage.rooms import Room
from tests.daemon.test_inbox import ANA, ME, OpenBook, Standing


class Remembers:
    """A homeserver that knows who is in the room, and of no private chats."""

    async def request(self, _method: str, where: str) -> Json:
        """Who has joined."""
        if not where.endswith("/joined_members"):
            raise Refusal(404, "M_NOT_FOUND", "there is no such data")
        return {"joined": {ME: {}, ANA: {"display_name": "Ana"}}}


class NoKeys(OpenBook):
    """Nothing is encrypted."""

    def members_changed(self, _room: str) -> None:
        """Nobody needs a key."""


def stands(event_type: str, content: Json, *, by: str = ME, key: str = ME) -> Json:
    return {
        "type": event_type,
        "event_id": f"${event_type} {by} {key}",
        "sender": by,
        "state_key": key,
        "content": content,
    }


CREW = stands(CIRCLE, {"version": 1, "kind": "crew"})


async def first_heard(*state: Json) -> list[Heard]:
    """The very first sync of a new database."""
    rooms = Rooms()
    homeserver: Any = Remembers()
    keys: Any = NoKeys()
    reader = Reader(homeserver, Standing(), rooms, me=ME, prefix="!", encryption=keys)
    inbox = Inbox(Standing(), rooms, me=ME, device="DEVICE", threads=lambda _name: False)
    section = {"state": {"events": list(state)}, "timeline": {"events": []}}
    news = await reader.read({"rooms": {"join": {"!crew": section}}}, None, ())
    return await inbox.store(news, "cursor", first=True)


async def test_a_circle_is_found_again_with_the_copy_of_its_domains(database: str) -> None:
    [row] = await first_heard(stands(DOMAINS, {"version": 1, "sealed": "abc"}), CREW)

    assert row.content == {"change": Change.REBUILT, "domains": "abc"}
    assert (await Room.get(id="!crew")).kind is RoomKind.CREW
    assert await Member.filter(room="!crew").count() == 2


@pytest.mark.parametrize(
    "state",
    [
        stands(DOMAINS, {"version": 1, "sealed": "abc"}, by=ANA),
        stands(DOMAINS, {"version": 1, "sealed": "abc"}, by=ANA, key=ANA),
        stands(DOMAINS, {"version": 1, "sealed": "abc"}, key=""),
        stands(DOMAINS, {}),
        stands(DOMAINS, {"sealed": ["abc"]}),
    ],
)
async def test_what_is_no_copy_of_ours_is_not_read(database: str, state: Json) -> None:
    [row] = await first_heard(CREW, state)

    assert row.content == {"change": Change.REBUILT, "domains": None}


async def test_a_copy_makes_no_circle_of_a_room_that_is_let_go(database: str) -> None:
    let_go = stands(CIRCLE, {})

    assert await first_heard(let_go, stands(DOMAINS, {"sealed": "abc"})) == []
    assert (await Room.get(id="!crew")).kind is RoomKind.NONE
