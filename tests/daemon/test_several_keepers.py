"""Rooms in which several congregations talk, each with a keeper of its own: whoever speaks is answered by theirs alone."""

from collections.abc import Iterable
from typing import Any

import pytest

from daemon.inbox import Inbox
from daemon.matrix import Json, Refusal
from daemon.news import Reader
from daemon.rooms import Rooms
from handlers.language import Change
from practices.assembly.events import ASSEMBLY, DELEGATES
from practices.circles import RoomKind
from storage.inbox import Heard
from storage.members import Member
from storage.rooms import Room
from tests.daemon.test_inbox import ME, OpenBook, Standing

OURS, GUEST, NEIGHBOUR = "@ana:elsewhere", "@ben:elsewhere", "@rui:here"


async def heard(
    *events: Json, kind: RoomKind = RoomKind.ASSEMBLY, joined: bool = True, **section: Any
) -> list[Heard]:
    """What one sync of the room brings; ana is of our congregation, ben only of a crew of it, rui of another."""
    rooms = Rooms()
    for room in (
        Room(id="!space", joined=True, kind=RoomKind.CONGREGATION),
        Room(id="!crew", joined=True, kind=RoomKind.CREW, congregation="!space"),
        Room(id="!room", joined=joined, kind=kind, congregation="!space", members_known=True),
    ):
        await room.save(force_create=True)
        rooms.keep(room)
    people = (("!space", OURS), ("!crew", GUEST), *(("!room", p) for p in (OURS, GUEST, NEIGHBOUR)))
    await Member.bulk_create([Member(room=room, person=person) for room, person in people])
    keys: Any = _Keys()
    reader = Reader(_Homeserver(events), Standing(), rooms, me=ME, prefix="!", encryption=keys)  # type: ignore[arg-type]
    inbox = Inbox(Standing(), rooms, me=ME, device="DEVICE", threads=lambda _name: False)
    there = {"timeline": {"events": list(events)}, **section}
    news = await reader.read({"rooms": {"join": {"!room": there}}}, "since", ())
    return await inbox.store(news, "cursor", first=False)


class _Keys(OpenBook):
    """Nothing is encrypted, so no key is shared anew."""

    def members_changed(self, _room: str) -> None:
        """Somebody came."""


class _Homeserver:
    """It tells who is in a room, and what was said there since, newest first."""

    def __init__(self, events: Iterable[Json]) -> None:
        self._newest_first = list(events)[::-1]

    async def request(self, _method: str, where: str, **_query: Any) -> Json:
        if where.endswith("/joined_members"):
            return {"joined": {ME: {}}}
        if where.endswith("/messages"):
            return {"chunk": self._newest_first}
        raise Refusal(404, "M_NOT_FOUND", "there is no such data")


def says(sender: str, text: str, **more: Any) -> Json:
    content = {"msgtype": "m.text", "body": text, **more}
    return {"type": "m.room.message", "event_id": f"${sender} {text}", "sender": sender, "content": content}  # fmt: skip


@pytest.mark.parametrize("kind", [RoomKind.ASSEMBLY, RoomKind.PROTOCOL])
@pytest.mark.parametrize("text", ["!help", "kinkeeper: help"])
async def test_a_word_to_a_keeper_is_answered_by_that_of_the_speakers_congregation(
    database: str, text: str, kind: RoomKind
) -> None:
    rows = await heard(says(OURS, text), says(GUEST, text), says(NEIGHBOUR, text), kind=kind)

    assert [row.sender for row in rows] == [OURS, GUEST]


async def test_whoever_is_of_another_congregation_is_answered_when_they_mention_this_keeper(
    database: str,
) -> None:
    mention = {"m.mentions": {"user_ids": [ME]}}
    rows = await heard(says(NEIGHBOUR, "!help", **mention))

    assert [row.sender for row in rows] == [NEIGHBOUR]


async def test_in_a_circle_of_one_congregation_everybody_is_answered_as_ever(database: str) -> None:
    rows = await heard(says(NEIGHBOUR, "!help"), kind=RoomKind.WORKING)

    assert [row.sender for row in rows] == [NEIGHBOUR]


@pytest.mark.parametrize(
    ("creation", "told"),
    [
        ({"predecessor": {"room_id": "!old"}}, {"history": "joined", "join": "invite"}),
        (
            {ASSEMBLY: {"part": DELEGATES}},
            {"history": "joined", "join": "invite", "assembly": {"part": DELEGATES}},
        ),
        ({}, {}),
    ],
)
async def test_of_a_room_that_goes_on_in_anothers_place_it_is_told_who_can_look_into_it(
    database: str, creation: Json, told: Json
) -> None:
    state = [
        ("m.room.create", {"room_version": "11", **creation}),
        ("m.room.history_visibility", {"history_visibility": "joined"}),
        ("m.room.join_rules", {"join_rule": "invite"}),
    ]
    comes = {
        "type": "m.room.member", "event_id": "$came", "sender": ME, "state_key": ME, "content": {"membership": "join"},
        "unsigned": {"prev_content": {"membership": "invite"}},
    }  # fmt: skip
    events = [
        {"type": kind, "event_id": f"${kind}", "sender": "@rui:there", "state_key": "", "content": content}
        for kind, content in state
    ]  # fmt: skip
    rows = await heard(comes, joined=False, state={"events": events})

    [arrived] = [row for row in rows if (row.content or {}).get("change") == Change.ARRIVED]
    content = dict(arrived.content or {})
    assert content.pop("change") == Change.ARRIVED
    assert content == told
