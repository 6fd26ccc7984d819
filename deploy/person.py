"""An ordinary person in Matrix rooms, for the demo, the tests and the benchmark.

It speaks the client-server protocol itself and shares no code with the daemon, so a mistake of the
daemon cannot hide behind the same mistake here. It does not encrypt, unless it is given a device:
deploy/device.py says what that borrows. Nothing runs in the background: a person listens when asked
to wait for something, or before saying something encrypted, and remembers in order all that was
ever heard.
"""

import asyncio
import itertools
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

from deploy.device import Device, open_file
from deploy.event import ENCRYPTED, Event
from deploy.homeserver import Homeserver, NameTaken, register
from deploy.wire import Denied, Json, Wire, json_object

__all__ = ["Denied", "Event", "Invitation", "NotHeard", "Person"]

_CLIENT: Final = "/_matrix/client/v3"
_PASSWORD: Final = "a password for loopback"  # noqa: S105 - it guards nothing
_POLL_MS: Final = 10_000
_PAGE: Final = 100
_SHOWN: Final = 30
_FILTER: Final = json.dumps(
    {
        "room": {
            "timeline": {"limit": _PAGE},
            "ephemeral": {"types": []},
            "account_data": {"types": []},
        },
        "presence": {"types": []},
        "account_data": {"types": []},
    }
)


class NotHeard(AssertionError):
    """What was waited for did not come in time; tells what came instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation to a room, with the little that the invited may see of it."""

    room: str
    sender: str
    name: str
    space: bool
    direct: bool


class Person:
    """Somebody with an account, logged in on one device."""

    def __init__(
        self,
        homeserver: Homeserver,
        wire: Wire,
        account: Mapping[str, str],
        device: Device | None = None,
    ) -> None:
        """Take over a login; `Person.enter` is the usual way."""
        self.homeserver = homeserver
        self.user_id = account["user_id"]
        self.device_id = account["device_id"]
        #: What encrypts and decrypts; without it an encrypted event is heard as it came.
        self.device = device
        #: Every timeline event ever heard, oldest first, own ones too. With a device, what cannot
        #: be read is heard once it can, and until then it is in `device.unread`.
        self.heard: list[Event] = []
        #: Every room joined, as far as heard.
        self.rooms: set[str] = set()
        self._wire = wire
        self._since = ""
        self._listening = asyncio.Lock()
        self._seen: set[str] = set()
        self._marks: dict[str, int] = {}
        self._invitations: dict[str, Invitation] = {}
        self._transactions = (f"{secrets.token_hex(4)}-{n}" for n in itertools.count())

    @classmethod
    async def enter(
        cls,
        homeserver: Homeserver,
        name: str,
        password: str = _PASSWORD,
        *,
        display_name: str | None = None,
        admin: bool = False,
        patient: bool = True,
        retry_for: float = 0,
        encrypted_in: Path | None = None,
    ) -> Self:
        """Register `name` and log in; log in if the account is there already.

        `patient`: wait when the homeserver limits the rate, else `Denied` with status 429.
        `retry_for`: seconds to ride out a homeserver that is away. `encrypted_in`: a folder for the
        keys of all who take part in encrypted rooms; without it this person does not.
        """
        try:
            account = await register(
                homeserver,
                name,
                password,
                admin=admin,
                display_name=display_name,
                retry_for=retry_for,
            )
        except NameTaken:
            account = await _log_in(homeserver, name, password, retry_for)
        url, token = homeserver.client_url, account["access_token"]
        wire = Wire(url, token, patient=patient, retry_for=retry_for)
        if encrypted_in is None:
            return cls(homeserver, wire, account)
        device = Device(wire, account, encrypted_in)
        person = cls(homeserver, wire, account, device)
        try:
            await device.publish()
        except BaseException:
            await person.close()
            raise
        return person

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"<Person {self.user_id}>"

    async def __aenter__(self) -> Self:
        """Do nothing; see `__aexit__`."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Close the connections; the account and its device remain, but without its keys."""
        if self.device is not None:
            self.device.close()
        await self._wire.close()

    @property
    def access_token(self) -> str:
        """The token of this login."""
        return self._wire.token

    @property
    def mark(self) -> int:
        """The place in `heard` after the last event; give it as `since` to wait for later ones."""
        return len(self.heard)

    def renew_keys(self) -> None:
        """Encrypt with new keys from now on, as a client does once a week; `Device.renew` says why."""
        if self.device is not None:
            self.device.renew()

    # Rooms

    async def create_room(
        self,
        name: str | None = None,
        *,
        space: bool = False,
        invite: Sequence[str] = (),
        encrypted: bool = False,
        public: bool = False,
        direct: bool = False,
        topic: str | None = None,
        alias: str | None = None,
        room_version: str | None = None,
        parent: str | None = None,
        restricted_to: str | None = None,
        power_levels: Mapping[str, Any] | None = None,
        preset: str | None = None,
        state: Sequence[Mapping[str, Any]] = (),
    ) -> str:
        """Create a room and give its id.

        `parent`: a space to hang it in. `restricted_to`: a room or space whose members may join.
        `power_levels`: changes to the room's first power levels. `direct`: as Element's "Start
        chat" does, which makes those invited creators too in room version 12. `alias`: its
        localpart.
        """
        states = [dict(event) for event in state]
        if encrypted:
            states.append(_state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}))
        if parent is not None:
            states.append(_state("m.space.parent", self._via(canonical=True), parent))
        if restricted_to is not None:
            allowed = {"type": "m.room_membership", "room_id": restricted_to}
            rules = {"join_rule": "restricted", "allow": [allowed]}
            states.append(_state("m.room.join_rules", rules))
        wish: dict[str, Any] = {
            "preset": preset or _preset(public=public, direct=direct),
            "visibility": "public" if public else "private",
            "invite": list(invite),
            "is_direct": direct,
            "initial_state": states,
            "name": name,
            "topic": topic,
            "room_alias_name": alias,
            "room_version": room_version,
            "power_level_content_override": power_levels,
            "creation_content": {"type": "m.space"} if space else None,
        }
        wish = {key: value for key, value in wish.items() if value is not None}
        room = str((await self._wire.post(f"{_CLIENT}/createRoom", wish))["room_id"])
        if parent is not None:
            await self.set_state(parent, "m.space.child", self._via(), room)
        return room

    async def create_space(
        self, name: str, *, invite: Sequence[str] = (), public: bool = False
    ) -> str:
        """Create a space and give its id."""
        return await self.create_room(name, space=True, invite=invite, public=public)

    async def add_child(self, space: str, room: str, *, suggested: bool = False) -> None:
        """Hang `room` in `space`, with the pointers both ways."""
        child = {**self._via(), "suggested": suggested}
        await self.set_state(space, "m.space.child", child, room)
        await self.set_state(room, "m.space.parent", self._via(canonical=True), space)

    async def invite(self, room: str, user_id: str) -> None:
        """Invite somebody."""
        await self._member(room, "invite", user_id)

    async def join(self, room_or_alias: str, via: Iterable[str] = ()) -> str:
        """Join, and give the room's id; `via` are homeservers that know the room."""
        query = urlencode([("via", name) for name in via])
        path = f"{_CLIENT}/join/{_part(room_or_alias)}" + (f"?{query}" if query else "")
        room = str((await self._wire.post(path))["room_id"])
        self._invitations.pop(room, None)
        return room

    async def knock(self, room: str, reason: str = "", via: Iterable[str] = ()) -> None:
        """Ask to be let in."""
        query = urlencode([("via", name) for name in via])
        path = f"{_CLIENT}/knock/{_part(room)}" + (f"?{query}" if query else "")
        await self._wire.post(path, {"reason": reason})

    async def leave(self, room: str) -> None:
        """Leave, or decline an invitation."""
        await self._wire.post(f"{_room(room)}/leave")

    async def kick(self, room: str, user_id: str, reason: str = "") -> None:
        """Put somebody out, or take an invitation back."""
        await self._member(room, "kick", user_id, reason)

    async def ban(self, room: str, user_id: str, reason: str = "") -> None:
        """Put somebody out for good."""
        await self._member(room, "ban", user_id, reason)

    async def unban(self, room: str, user_id: str) -> None:
        """Lift a ban."""
        await self._member(room, "unban", user_id)

    async def upgrade(self, room: str, version: str) -> str:
        """Replace the room by one of another version, and give its id."""
        answer = await self._wire.post(f"{_room(room)}/upgrade", {"new_version": version})
        return str(answer["replacement_room"])

    async def members(self, room: str, membership: str = "join") -> frozenset[str]:
        """Give the user ids that have this membership."""
        answer = await self._wire.get(f"{_room(room)}/members", {"membership": membership})
        return frozenset(event["state_key"] for event in answer["chunk"])

    async def joined_rooms(self) -> frozenset[str]:
        """Give the ids of all rooms joined."""
        answer = await self._wire.get(f"{_CLIENT}/joined_rooms")
        return frozenset(answer["joined_rooms"])

    async def hierarchy(self, space: str) -> list[Json]:
        """Give the rooms of a space as the homeserver lists them, the space first."""
        rooms: list[Json] = []
        query: dict[str, str | int] = {"limit": 50}
        path = f"/_matrix/client/v1/rooms/{_part(space)}/hierarchy"
        while True:
            answer = await self._wire.get(path, query)
            rooms += answer["rooms"]
            if "next_batch" not in answer:
                return rooms
            query["from"] = answer["next_batch"]

    # Speaking

    async def say(
        self,
        room: str,
        text: str,
        *,
        reply_to: str | None = None,
        thread: str | None = None,
        mentions: Iterable[str] = (),
        html: str | None = None,
        msgtype: str = "m.text",
        txn: str | None = None,
    ) -> str:
        """Say something and give the event's id; `thread` is the id of the event that began it."""
        content = _message(text, html=html, msgtype=msgtype)
        content["m.mentions"] = {"user_ids": sorted(mentions)} if mentions else {}
        relation: dict[str, Any] = {}
        if thread is not None:
            relation |= {"rel_type": "m.thread", "event_id": thread}
        if reply_to is not None or thread is not None:
            relation["m.in_reply_to"] = {"event_id": reply_to or thread}
            relation |= {"is_falling_back": True} if reply_to is None else {}
        if relation:
            content["m.relates_to"] = relation
        return await self.send(room, "m.room.message", content, txn)

    async def edit(self, room: str, event_id: str, text: str) -> str:
        """Replace the text of one's own message."""
        content = _message(f"* {text}")
        content["m.new_content"] = _message(text)
        content["m.relates_to"] = {"rel_type": "m.replace", "event_id": event_id}
        return await self.send(room, "m.room.message", content)

    async def react(self, room: str, event_id: str, key: str) -> str:
        """React with an emoji."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def vote(self, room: str, poll: str, *answers: str) -> str:
        """Vote in a poll as Element does; `answers` are the ids of the chosen ones, none takes the vote back."""
        content = {
            "m.relates_to": {"rel_type": "m.reference", "event_id": poll},
            "org.matrix.msc3381.poll.response": {"answers": list(answers)},
        }
        return await self.send(room, "org.matrix.msc3381.poll.response", content)

    async def end_poll(self, room: str, poll: str, text: str = "") -> str:
        """End a poll as Element does; it counts if the poll is one's own, or if one may redact it."""
        content = {
            "m.relates_to": {"rel_type": "m.reference", "event_id": poll},
            "org.matrix.msc3381.poll.end": {},
            "org.matrix.msc1767.text": text,
        }
        return await self.send(room, "org.matrix.msc3381.poll.end", content)

    async def redact(self, room: str, event_id: str, reason: str = "") -> str:
        """Take a message or reaction back."""
        path = f"{_room(room)}/redact/{_part(event_id)}/{next(self._transactions)}"
        return str((await self._wire.put(path, {"reason": reason}))["event_id"])

    async def send(
        self, room: str, type: str, content: Mapping[str, Any], txn: str | None = None
    ) -> str:
        """Send any event and give its id; the same `txn` twice sends once.

        With a device it is encrypted where the room is, for those who are there now or invited.
        """
        sent_as = type
        if self.device is not None and await self.device.encrypts(room, type):
            # Else the last to come would be left out. While another task of this person listens,
            # that one hears of them.
            if not self._listening.locked():
                await self.sync()
            content = await self.device.seal(room, type, content)
            sent_as = ENCRYPTED
        path = f"{_room(room)}/send/{_part(sent_as)}/{_part(txn or next(self._transactions))}"
        return str((await self._wire.put(path, content))["event_id"])

    # State and profile

    async def set_state(
        self, room: str, type: str, content: Mapping[str, Any], state_key: str = ""
    ) -> str:
        """Set a piece of the room's state."""
        path = f"{_room(room)}/state/{_part(type)}/{_part(state_key)}"
        return str((await self._wire.put(path, content))["event_id"])

    async def state(self, room: str, type: str, state_key: str = "") -> Json:
        """Give the content of a piece of the room's state. Raises `Denied`, code M_NOT_FOUND."""
        return await self._wire.get(f"{_room(room)}/state/{_part(type)}/{_part(state_key)}")

    async def set_power(self, room: str, user_id: str, level: int) -> None:
        """Give somebody a power level."""
        levels = await self.state(room, "m.room.power_levels")
        levels["users"] = {**levels.get("users", {}), user_id: level}
        await self.set_state(room, "m.room.power_levels", levels)

    async def set_name(self, display_name: str) -> None:
        """Change one's display name."""
        path = f"{_CLIENT}/profile/{_part(self.user_id)}/displayname"
        await self._wire.put(path, {"displayname": display_name})

    async def upload(
        self, data: bytes, content_type: str = "application/octet-stream", filename: str = "file"
    ) -> str:
        """Upload a file and give its mxc:// address."""
        answer = await self._wire.call(
            "POST",
            "/_matrix/media/v3/upload",
            query={"filename": filename},
            body=data,
            content_type=content_type,
        )
        return str(json_object(answer)["content_uri"])

    async def download(self, mxc: str) -> bytes:
        """Give the bytes behind an mxc:// address."""
        path = mxc.removeprefix("mxc://")
        return await self._wire.call("GET", f"/_matrix/client/v1/media/download/{path}")

    async def file(self, event: Event) -> bytes:
        """Give the bytes of a file that somebody sent, decrypted if they are encrypted."""
        sealed = event.content.get("file")
        if sealed is None:
            return await self.download(event.content["url"])
        return open_file(await self.download(sealed["url"]), sealed)

    async def api(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Call anything else of the homeserver, with this person's token. Raises `Denied`."""
        return json_object(await self._wire.call(method, path, body=body))

    # Listening

    async def messages(self, room: str, limit: int | None = None) -> list[Event]:
        """Give the room's timeline from the homeserver, oldest first; the last `limit` events."""
        found: list[Event] = []
        query: dict[str, str | int] = {"dir": "b", "limit": min(limit or _PAGE, _PAGE)}
        while limit is None or len(found) < limit:
            answer = await self._wire.get(f"{_room(room)}/messages", query)
            found += [await self._read(room, raw) for raw in answer["chunk"]]
            if "end" not in answer:
                break
            query["from"] = answer["end"]
        return found[:limit][::-1]

    async def sync(self, wait_ms: int = 0) -> list[Event]:
        """Listen once, `wait_ms` at most, and give what is new."""
        async with self._listening:
            before = len(self.heard)
            query: dict[str, str | int] = {"timeout": wait_ms, "filter": _FILTER}
            if self._since:
                query["since"] = self._since
            answer = await self._wire.get(f"{_CLIENT}/sync", query)
            if self.device is not None:
                self.heard += await self.device.absorb(answer)
            await self._take_in(answer.get("rooms", {}))
            self._since = answer["next_batch"]
            return self.heard[before:]

    async def until(
        self,
        predicate: Callable[[Event], bool],
        room: str | None = None,
        *,
        since: int | None = None,
        timeout: float = 60,
    ) -> Event:
        """Wait for an event and give it; raises `NotHeard` after `timeout` seconds.

        The homeserver is asked once at least, so a `timeout` of 0 tells what there is by now.
        What comes before its key counts as said when the key comes.
        Each room is listened to from where the last successful wait in it ended, or from `since`, a
        former `mark`. So waits for several things said in one room find them in the order in which
        they were said, and what was said before the wait began is not missed.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        looked, listened = 0, False
        while True:
            for place in range(looked, len(self.heard)):
                event = self.heard[place]
                if self._is_waited_for(event, place, room, since) and predicate(event):
                    self._marks[event.room] = max(place + 1, self._marks.get(event.room, 0))
                    return event
            looked = len(self.heard)
            left = deadline - loop.time()
            if left <= 0 and listened:
                raise NotHeard(self._report(room, since, timeout))
            await self._listen(looked, max(left, 0))
            listened = True

    async def hears(
        self,
        room: str | None,
        what: str | re.Pattern[str] | Callable[[str], bool] = "",
        *,
        from_: str | None = None,
        since: int | None = None,
        timeout: float = 60,
    ) -> Event:
        """Wait until somebody says `what`, and give that event; raises `NotHeard`.

        `what` is a part of the text, a pattern found in it, or a test of it. An edit counts with
        its new text, a poll with its question and answers. One's own words count only if `from_`
        is oneself.
        """
        matches = _text_test(what)

        def said(event: Event) -> bool:
            by_right_one = event.sender == from_ if from_ else event.sender != self.user_id
            return by_right_one and bool(event.text) and matches(event.text)

        return await self.until(said, room, since=since, timeout=timeout)

    async def invited(self, *, from_: str | None = None, timeout: float = 60) -> str:
        """Wait for an invitation not yet given here, and give its room's id; raises `NotHeard`."""
        return (await self.invitation(from_=from_, timeout=timeout)).room

    async def invitation(
        self,
        *,
        from_: str | None = None,
        which: Callable[[Invitation], bool] = lambda _: True,
        timeout: float = 60,
    ) -> Invitation:
        """Wait for an invitation as `invited` does, and give all of it; others are left for later."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        listened = False
        while True:
            for invitation in self._invitations.values():
                if from_ in (None, invitation.sender) and which(invitation):
                    return self._invitations.pop(invitation.room)
            left = deadline - loop.time()
            if left <= 0 and listened:
                raise NotHeard(f"{self.user_id} was not invited within {timeout:g} s.")
            await self._listen(len(self.heard), max(left, 0))
            listened = True

    async def _listen(self, known: int, seconds: float) -> None:
        """Sync once, unless another task of this person did so meanwhile and heard something."""
        if self._listening.locked():
            async with self._listening:
                pass
            if len(self.heard) > known:
                return
        await self.sync(min(_POLL_MS, int(seconds * 1000)))

    async def _take_in(self, rooms: Mapping[str, Any]) -> None:
        for room, change in rooms.get("invite", {}).items():
            self._invitations[room] = _invitation(room, self.user_id, change)
        for room in rooms.get("join", {}):
            self._invitations.pop(room, None)
            self.rooms.add(room)
        for room in rooms.get("leave", {}):
            self._invitations.pop(room, None)
            self.rooms.discard(room)
        for section in ("join", "leave"):
            for room, change in rooms.get(section, {}).items():
                await self._take_in_timeline(room, change.get("timeline", {}))

    async def _take_in_timeline(self, room: str, timeline: Mapping[str, Any]) -> None:
        raws: list[Json] = list(timeline.get("events", ()))
        if timeline.get("limited"):
            raws = await self._gap(room, timeline.get("prev_batch")) + raws
        for raw in raws:
            if raw["event_id"] not in self._seen:
                self._seen.add(raw["event_id"])
                event = await self._hear(room, raw)
                self.heard += [] if event is None else [event]

    async def _hear(self, room: str, raw: Json) -> Event | None:
        return Event.read(room, raw) if self.device is None else await self.device.hear(room, raw)

    async def _read(self, room: str, raw: Json) -> Event:
        return Event.read(room, raw) if self.device is None else await self.device.read(room, raw)

    async def _gap(self, room: str, start: str | None) -> list[Json]:
        """Fetch what a limited timeline left out, back to what was heard or to the beginning."""
        missed: list[Json] = []
        while start is not None:
            query: dict[str, str | int] = {"dir": "b", "limit": _PAGE, "from": start}
            answer = await self._wire.get(f"{_room(room)}/messages", query)
            fresh = [raw for raw in answer["chunk"] if raw["event_id"] not in self._seen]
            missed += fresh
            reached = len(fresh) < len(answer["chunk"])
            start = None if reached else answer.get("end")
        return missed[::-1]

    def _is_waited_for(self, event: Event, place: int, room: str | None, since: int | None) -> bool:
        if room is not None and event.room != room:
            return False
        return place >= (self._marks.get(event.room, 0) if since is None else since)

    def _report(self, room: str | None, since: int | None, timeout: float) -> str:
        fresh = [
            event
            for place, event in enumerate(self.heard)
            if self._is_waited_for(event, place, room, since)
        ]
        where = "any room" if room is None else room
        head = f"{self.user_id} waited {timeout:g} s in {where} and heard "
        unread = self._unread(room)
        if not fresh:
            return f"{head}nothing.{unread}"
        lines = "".join(f"\n  {event}" for event in fresh[-_SHOWN:])
        left_out = len(fresh) - min(len(fresh), _SHOWN)
        omitted = f"({left_out} earlier events left out)" if left_out else "only"
        return head + omitted + lines + unread

    def _unread(self, room: str | None) -> str:
        """What is waiting for its key, a line each."""
        waiting = self.device.unread if self.device is not None else []
        there = [each for each in waiting if room in (None, each.event.room)]
        return "".join(f"\n  {each}" for each in there[-_SHOWN:])

    # Parts of requests

    def _via(self, **more: object) -> dict[str, object]:
        return {"via": [self.homeserver.server_name], **more}

    async def _member(self, room: str, action: str, user_id: str, reason: str = "") -> None:
        body = {"user_id": user_id} | ({"reason": reason} if reason else {})
        await self._wire.post(f"{_room(room)}/{action}", body)


async def _log_in(homeserver: Homeserver, name: str, password: str, retry_for: float) -> Json:
    who = {"type": "m.id.user", "user": name}
    body = {"type": "m.login.password", "identifier": who, "password": password}
    async with Wire(homeserver.client_url, retry_for=retry_for) as wire:
        return await wire.post(f"{_CLIENT}/login", body)


def _preset(*, public: bool, direct: bool) -> str:
    if public:
        return "public_chat"
    return "trusted_private_chat" if direct else "private_chat"


def _state(type: str, content: Mapping[str, object], state_key: str = "") -> dict[str, Any]:
    return {"type": type, "state_key": state_key, "content": content}


def _message(text: str, *, html: str | None = None, msgtype: str = "m.text") -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": msgtype, "body": text}
    if html is not None:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    return content


def _text_test(what: str | re.Pattern[str] | Callable[[str], bool]) -> Callable[[str], bool]:
    if isinstance(what, str):
        return lambda text: what in text
    if isinstance(what, re.Pattern):
        return lambda text: what.search(text) is not None
    return what


def _invitation(room: str, invited: str, change: Mapping[str, Any]) -> Invitation:
    state = {
        (event["type"], event.get("state_key")): event
        for event in change.get("invite_state", {}).get("events", ())
    }
    member = state.get(("m.room.member", invited), {})
    name = state.get(("m.room.name", ""), {}).get("content", {}).get("name", "")
    create = state.get(("m.room.create", ""), {}).get("content", {})
    return Invitation(
        room=room,
        sender=member.get("sender", ""),
        name=name,
        space=create.get("type") == "m.space",
        direct=bool(member.get("content", {}).get("is_direct", False)),
    )


def _room(room: str) -> str:
    return f"{_CLIENT}/rooms/{_part(room)}"


def _part(text: str) -> str:
    return quote(text, safe="")
