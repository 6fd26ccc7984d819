"""Listens: takes each sync of the homeserver into the database in one transaction, losing and doubling nothing.

The cursor moves in the same transaction that stores what was heard. A timeline that the homeserver cut short is
filled from history first. What was said before the daemon came to a room is not for it.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from daemon.clock import Clock
from daemon.direct import recall_direct
from daemon.encryption import Distrusted, Encryption, Opened, Sealed
from daemon.events import (
    Happening,
    Said,
    TakenBack,
    Tapped,
    addressed,
    happening,
    is_event,
    listed,
    mapping,
    text,
)
from daemon.matrix import Homeserver, Json, Limited, Refusal, Revoked, Unreachable, path
from daemon.rooms import Rooms, recall_circle, set_members, take_member, take_state
from daemon.text import TRANSACTION
from handlers.language import Change
from practices.circles import RoomKind
from practices.greeting import LETTER
from storage.database import transaction
from storage.facts import recall, remember
from storage.inbox import Heard, Kind, Settled
from storage.outbox import Delivery, Owed
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room

log = logging.getLogger(__name__)

CURSOR = "cursor"

#: Whose cursor it is: keys are sent to a device, and another one has not had those before the cursor.
CURSOR_DEVICE = "cursor_device"

#: How long the homeserver may hold a sync that has nothing to say.
LONG_POLL_MS = 30_000

#: A gap larger than this is cut: nobody waits for the answer to the ten-thousandth command before last.
LARGEST_GAP = 10_000

#: The daemon and one person: a private chat.
PAIR = 2

#: A letter between keepers is no larger, in bytes of JSON.
LARGEST_LETTER = 16_384

#: An event that cannot be decrypted gets a kind word after this long.
SEALED_PATIENCE = timedelta(minutes=5)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

#: What the homeserver decides about a room; the other columns belong to the features.
HEARD_COLUMNS = (
    "joined",
    "is_space",
    "version",
    "creators",
    "encrypted",
    "name",
    "invited_by",
    "invited_direct",
    "members_known",
    "successor",
    "predecessor",
    "power",
    "children",
)

_QUIET: Json = {"types": []}
_TIMELINE_NOT = ["m.room.avatar", "m.room.topic", "m.call.*", "m.space.parent"]


def sync_filter(limit: int, *, without: str | None = None, not_by: str | None = None) -> str:
    """The filter of a sync, as text: lazy members, no presence, no typing, no account data.

    `without` leaves out one room, `not_by` what one person says.
    """
    return json.dumps(
        {
            "room": {
                "not_rooms": [without] if without else [],
                "state": {"lazy_load_members": True, "not_types": _TIMELINE_NOT},
                "timeline": {
                    "limit": limit,
                    "not_senders": [not_by] if not_by else [],
                    "lazy_load_members": True,
                    "not_types": _TIMELINE_NOT,
                },
                "ephemeral": _QUIET,
                "account_data": _QUIET,
            },
            "presence": _QUIET,
            "account_data": _QUIET,
        },
        separators=(",", ":"),
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that happened, and that may concern us."""

    row: Heard
    happening: Happening | None
    #: False for talk that concerns us only if it answers something we said.
    certain: bool


@dataclass(slots=True)
class News:
    """What one sync brought, ready to be stored."""

    candidates: list[Candidate] = field(default_factory=list)
    #: Our own messages come back: transaction to (room, event id).
    echoes: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Those of them that changed an earlier message.
    edits: set[str] = field(default_factory=set)
    #: Those of them that we forgot having said, as after a restore: event id to room.
    forgotten: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    members: list[tuple[str, Json]] = field(default_factory=list)
    member_lists: dict[str, dict[str, str | None]] = field(default_factory=dict)
    #: On the very first sync: which rooms are private chats, and with whom.
    direct: dict[str, str] = field(default_factory=dict)
    #: Lanes in which something that was refused may be allowed now.
    rules: set[str] = field(default_factory=set)

    def add(self, row: Heard, happening: Happening | None = None, *, certain: bool = True) -> None:
        """Put what happened in its place in the order of hearing."""
        self.candidates.append(Candidate(row, happening, certain))


class Listener:
    """Hears everything, once."""

    def __init__(
        self,
        homeserver: Homeserver,
        clock: Clock,
        rooms: Rooms,
        *,
        me: str,
        device: str,
        prefix: str,
        encryption: Encryption | None,
        on_heard: Callable[[list[Heard]], None],
        on_echo: Callable[[Iterable[str]], None],
        on_rules: Callable[[Iterable[str]], None],
    ) -> None:
        """After each sync is stored, those concerned are called.

        `on_heard` gets the new rows, `on_echo` the transactions that arrived, `on_rules` the rooms whose
        power levels changed and the people with whom there is a private chat now.
        """
        self._homeserver = homeserver
        self._clock = clock
        self._rooms = rooms
        self._me = me
        self._device = device
        self._prefix = prefix
        self._encryption = encryption
        self._on_heard = on_heard
        self._on_echo = on_echo
        self._on_rules = on_rules
        self._names: tuple[str, ...] = (me.partition(":")[0].removeprefix("@"),)
        #: Sessions whose keys have come since the last sync was stored.
        self._came: set[str] = set()
        #: When the last sync was stored; the metrics and the watchdog look at it.
        self.heard_at: datetime | None = None
        #: Set once the first sync after the start is stored: then it is safe to speak.
        self.caught_up = asyncio.Event()

    def called(self, name: str | None) -> None:
        """Answer to a display name, too."""
        local = self._me.partition(":")[0].removeprefix("@")
        self._names = tuple(dict.fromkeys(filter(None, (name, local))))

    async def run(self) -> None:
        """Listen until cancelled. Raises Revoked."""
        since = await recall(CURSOR)
        fresh = since is not None and await recall(CURSOR_DEVICE) != self._device
        sealed = await Heard.filter(state=Settled.SEALED)
        # A key may have come just before we died.
        self._came = {row.session for row in sealed if row.session}
        wait = FIRST_PAUSE
        while True:
            try:
                if fresh:
                    await self._fetch_keys()
                    fresh = False
                since = await self.once(since)
                wait = FIRST_PAUSE
            except Revoked:
                raise
            except Limited as limited:
                await asyncio.sleep(limited.pause)
            except (Refusal, Unreachable) as error:
                log.warning("listening failed, trying again in %.0f s: %s", wait, error)
                await asyncio.sleep(wait * random.uniform(0.7, 1.3))
                wait = min(wait * 2, LONGEST_PAUSE)

    async def _fetch_keys(self) -> None:
        """Take in every key that was sent to this device while another one listened."""
        if self._encryption is not None:
            nothing = json.dumps(
                {"room": {"rooms": []}, "presence": _QUIET, "account_data": _QUIET}
            )
            answer = await self._homeserver.request("GET", path("sync"), query={"filter": nothing})
            self._came |= self._encryption.absorb(answer)
            await self._encryption.upkeep()

    async def once(self, since: str | None) -> str:
        """One sync: ask, fill gaps, decrypt, store; returns the new cursor."""
        # Synapse keeps a first sync for minutes and would hand it out again; what has happened since would then look
        # new. Leaving out a room that does not exist makes this one its own.
        fresh = None if since else f"!{time.time_ns():x}:nowhere"
        # The echo of what we say is of use once, after a start: it tells what was sent before we died.
        not_by = self._me if self.caught_up.is_set() else None
        query = {"filter": sync_filter(50 if since else 1, without=fresh, not_by=not_by)}
        if since:
            # The first sync after a start returns at once, so that the outbox is not held up.
            query |= {
                "since": since,
                "timeout": str(LONG_POLL_MS if self.caught_up.is_set() else 0),
            }
        answer = await self._homeserver.request(
            "GET", path("sync"), query=query, timeout=LONG_POLL_MS / 1000 + 60 if since else 600
        )
        if self._encryption is not None:
            self._came |= self._encryption.absorb(answer)
            await self._encryption.upkeep()
        news = News()
        # What waited for its key was said before what is said now.
        opened = await self._open_sealed(news)
        await self._read(news, answer, since)
        cursor = text(answer.get("next_batch")) or since or ""
        await self._keep(news, opened, cursor)
        return cursor

    # ------------------------------------------------------------------------------------- reading

    async def _read(self, news: News, answer: Json, since: str | None) -> None:
        if since is None:
            news.direct = await recall_direct(self._homeserver, self._me)
        sections = mapping(answer.get("rooms"))
        for room_id, section in mapping(sections.get("join")).items():
            await self._read_joined(news, room_id, mapping(section), since)
        for room_id, section in mapping(sections.get("invite")).items():
            await self._read_invitation(
                news, room_id, mapping(section), text(answer.get("next_batch"))
            )
        for room_id, section in mapping(sections.get("leave")).items():
            await self._read_left(news, room_id, mapping(section))

    async def _read_joined(
        self, news: News, room_id: str, section: Mapping[str, Any], since: str | None
    ) -> None:
        timeline = mapping(section.get("timeline"))
        told = [event for event in listed(timeline.get("events")) if is_event(event)]
        events = told
        state = [
            event
            for event in listed(mapping(section.get("state")).get("events"))
            if isinstance(event, Mapping)
        ]
        newcomer = not self._rooms[room_id].joined
        if newcomer:
            room = await self._room(news, room_id)
            room.joined = True
        before_gap = text(timeline.get("prev_batch"))
        if newcomer and since:
            events = await self._fill(room_id, since, None, newcomer)
        elif timeline.get("limited") and since and before_gap:
            events = await self._fill(room_id, since, before_gap, newcomer) + events
        if newcomer:
            arrival = _arrival(events, self._me) if since else None
            # What was said before we came is not for us, nor is anything on the very first sync.
            known = [event for event in (*state, *told, *events) if "state_key" in event]
            events = events[events.index(arrival) + 1 :] if arrival else []
            await self._arrive(news, room_id, known, arrival)
        else:
            for event in [*state, *events]:
                await self._take_state(news, room_id, event, from_state=event in state)
        for event in events:
            try:
                await self._take(news, room_id, event)
            except (Refusal, Unreachable):
                raise
            except Exception:
                # Whatever it was, the rest is heard.
                log.exception("an event could not be read: %s", event["event_id"])

    async def _arrive(
        self, news: News, room_id: str, state: list[Any], arrival: Json | None
    ) -> None:
        room = news.rooms[room_id]
        room.members_known = False
        if self._encryption is not None:
            self._encryption.members_changed(room_id)
        for event in state:
            take_state(room, event)
        if arrival is None:
            await self._find_again(news, room, state)
            return
        if room.creators[:1] == [self._me]:
            return  # a private chat that we are just making: nobody asked us in
        await self._learn_members(news, room_id)
        if room.invited_direct and room.invited_by and len(news.member_lists[room_id]) == PAIR:
            room.private_with, room.kind = room.invited_by, RoomKind.PRIVATE
            news.rules.add(room.invited_by)
        news.add(self._change(room_id, Change.ARRIVED, str(arrival["event_id"]), arrival, self._me))

    async def _find_again(self, news: News, room: Room, state: list[Any]) -> None:
        """A room that the account was in before the database began: what is it to its people?"""
        if room.id in self._rooms:
            return
        if room.id in news.direct:
            room.kind, room.private_with = RoomKind.PRIVATE, news.direct[room.id]
            return
        event = recall_circle(room, state, self._me)
        if event is not None and is_event(event):
            await self._learn_members(news, room.id)
            news.add(self._change(room.id, Change.REBUILT, event["event_id"], {}, self._me))

    async def _learn_members(self, news: News, room_id: str) -> None:
        answer = await self._homeserver.request("GET", path("rooms", room_id, "joined_members"))
        news.member_lists[room_id] = {
            person: (text(mapping(profile).get("display_name")) or "")[:255] or None
            for person, profile in mapping(answer.get("joined")).items()
        }
        room = await self._room(news, room_id)
        room.members_known = True

    async def _room(self, news: News, room_id: str) -> Room:
        if room_id not in news.rooms:
            known = await Room.get_or_none(id=room_id) if room_id in self._rooms else None
            news.rooms[room_id] = known or Room(id=room_id)
        return news.rooms[room_id]

    async def _take_state(
        self, news: News, room_id: str, event: Mapping[str, Any], *, from_state: bool
    ) -> None:
        """Follow the state of a room we are in."""
        if "state_key" not in event:
            return
        kind = event.get("type")
        if kind == "m.room.member":
            if not from_state or self._rooms[room_id].members_known:
                news.members.append((room_id, dict(event)))
            if self._encryption is not None and self._rooms[room_id].encrypted and not from_state:
                self._encryption.members_changed(room_id)
        elif kind in (
            "m.room.create",
            "m.room.encryption",
            "m.room.name",
            "m.room.power_levels",
            "m.room.tombstone",
            "m.space.child",
        ):
            room = await self._room(news, room_id)
            take_state(room, event)
            if kind == "m.room.power_levels":
                news.rules.add(room_id)
            if kind == "m.room.tombstone" and is_event(event):
                news.add(
                    self._change(
                        room_id, Change.UPGRADED, event["event_id"], event, event["sender"]
                    )
                )

    async def _fill(
        self, room_id: str, since: str, before: str | None, newcomer: bool
    ) -> list[Json]:
        """The events between the cursor and a cut timeline, or all since we came; oldest first."""
        found: list[Json] = []
        at: str | None = before
        while len(found) < LARGEST_GAP:
            query = {"dir": "b", "limit": "100", "filter": '{"lazy_load_members":true}'}
            if at is not None:
                query["from"] = at
            if not newcomer:
                query["to"] = since
            answer = await self._homeserver.request(
                "GET", path("rooms", room_id, "messages"), query=query
            )
            chunk = [event for event in listed(answer.get("chunk")) if is_event(event)]
            found += chunk
            at = text(answer.get("end")) if listed(answer.get("chunk")) else None
            if at is None or (newcomer and _arrival(chunk, self._me)):
                break
        if len(found) >= LARGEST_GAP:
            log.warning("a gap of more than %d events was cut in one room", LARGEST_GAP)
        return found[::-1]

    async def _take(self, news: News, room_id: str, event: Json) -> None:
        """Read one event of a room's timeline."""
        if event["sender"] == self._me:
            self._take_echo(news, room_id, event)
            return
        event_type = event["type"]
        if event_type == "m.room.encrypted":
            await self._take_encrypted(news, room_id, event)
            return
        if self._rooms[room_id].encrypted and event_type == "m.room.message":
            # Anybody with the server's keys could have written it.
            log.info("a clear message in an encrypted room was not obeyed: %s", event["event_id"])
            return
        await self._take_clear(news, room_id, event_type, event)

    def _take_echo(self, news: News, room_id: str, event: Json) -> None:
        sent = text(mapping(event.get("unsigned")).get("transaction_id"))
        marked = text(mapping(event["content"]).get(TRANSACTION))
        mine = marked or sent
        if mine:
            news.echoes[mine] = (room_id, event["event_id"])
            if mapping(event["content"].get("m.relates_to")).get("rel_type") == "m.replace":
                news.edits.add(mine)

    async def _take_encrypted(self, news: News, room_id: str, event: Json) -> None:
        if self._encryption is None:
            return
        try:
            read = await self._encryption.read(room_id, event)
        except Distrusted as why:
            log.info("an encrypted event was not believed: %s: %s", event["event_id"], why)
            return
        if isinstance(read, Sealed):
            row = self._row(room_id, Kind.MESSAGE, event)
            row.state, row.session, row.content = Settled.SEALED, read.session, dict(event)
            news.add(row)
        else:
            await self._take_clear(news, room_id, str(read.event["type"]), read.event)

    async def _take_clear(self, news: News, room_id: str, event_type: str, event: Json) -> None:
        letter = mapping(event.get("content")).get(LETTER)
        if letter is not None and event_type == "m.room.message":
            self._take_letter(news, room_id, event, letter)
            return
        match happening(event_type, event):
            case Said() as said:
                await self._take_said(news, room_id, event, said)
            case Tapped() as tapped:
                news.add(self._row(room_id, Kind.REACTION, event), tapped, certain=False)
            case TakenBack() as taken:
                row = self._change(
                    room_id, Change.TAKEN_BACK, event["event_id"], event, event["sender"]
                )
                row.content = {"change": Change.TAKEN_BACK, "target": taken.target}
                news.add(row, taken, certain=False)
            case None:
                pass

    def _take_letter(self, news: News, room_id: str, event: Json, letter: Any) -> None:
        """Another keeper's letter; outside protocol rooms, and of any size, it is nothing."""
        if self._rooms[room_id].kind is not RoomKind.PROTOCOL:
            return
        if len(json.dumps(letter)) > LARGEST_LETTER:
            log.info("a letter was too large to read: %s", event["event_id"])
            return
        row = self._change(room_id, Change.LETTER, event["event_id"], event, event["sender"])
        row.content = {"change": Change.LETTER, "letter": letter}
        news.add(row)

    async def _take_said(self, news: News, room_id: str, event: Json, said: Said) -> None:
        known = self._rooms[room_id]
        private_with = known.private_with
        if room_id in news.rooms:
            private_with = news.rooms[room_id].private_with
        row = self._row(room_id, Kind.MESSAGE, event)
        row.content = {"text": said.text, "thread": said.thread}
        if private_with is not None:
            if private_with != event["sender"]:
                return
            news.add(row, said)
            return
        heard = addressed(said, me=self._me, names=self._names, prefix=self._prefix)
        if known.kind is RoomKind.PROTOCOL and not self._is_ours(event["sender"], said):
            return
        if heard is None:
            news.add(row, said, certain=False)
            return
        row.content["text"] = heard
        if not known.members_known and room_id not in news.member_lists:
            await self._learn_members(news, room_id)
        news.add(row, said)

    def _is_ours(self, sender: str, said: Said) -> bool:
        """Whether words in a room of several keepers are for this one: its own server's people, or a mention."""
        return sender.partition(":")[2] == self._me.partition(":")[2] or self._me in said.mentions

    def _row(self, room_id: str, kind: Kind, event: Mapping[str, Any]) -> Heard:
        return Heard(
            key=str(event["event_id"]),
            kind=kind,
            room=room_id,
            sender=str(event["sender"])[:255],
            at=self._clock.happened(event.get("origin_server_ts")),
        )

    def _change(
        self, room_id: str, change: Change, key: str, event: Mapping[str, Any], who: str
    ) -> Heard:
        return Heard(
            key=f"{change.value}:{key}"[:255],
            kind=Kind.CHANGE,
            room=room_id,
            sender=who[:255],
            at=self._clock.happened(event.get("origin_server_ts")),
            content={"change": change},
        )

    async def _read_invitation(
        self, news: News, room_id: str, section: Mapping[str, Any], batch: str | None
    ) -> None:
        room = await Room.get_or_none(id=room_id) or Room(id=room_id)
        inviter, direct = None, False
        for event in listed(mapping(section.get("invite_state")).get("events")):
            if not isinstance(event, Mapping):
                continue
            take_state(room, event)
            if event.get("type") == "m.room.member" and event.get("state_key") == self._me:
                inviter = text(event.get("sender"))
                direct = mapping(event.get("content")).get("is_direct") is True
        if inviter is None:
            return
        room.joined, room.invited_by, room.invited_direct = False, inviter[:255], direct
        news.rooms[room_id] = room
        news.add(self._change(room_id, Change.INVITED, f"{room_id}:{batch}", {}, inviter))

    async def _read_left(self, news: News, room_id: str, section: Mapping[str, Any]) -> None:
        room = await Room.get_or_none(id=room_id)
        if room is None:
            return
        was_joined, room.joined = room.joined, False
        room.invited_by, room.invited_direct = None, False
        room.members_known = False
        news.rooms[room_id] = room
        news.member_lists[room_id] = {}
        events = [
            event
            for part in ("state", "timeline")
            for event in listed(mapping(section.get(part)).get("events"))
            if is_event(event) and event["type"] == "m.room.member"
        ]
        last = next(
            (event for event in reversed(events) if event.get("state_key") == self._me), None
        )
        if was_joined and last is not None and last["sender"] != self._me:
            news.add(self._change(room_id, Change.REMOVED, last["event_id"], last, last["sender"]))

    # ------------------------------------------------------------------------------------- storing

    async def _keep(self, news: News, opened: list[Heard], cursor: str) -> None:
        new = await transaction(lambda: self._store(news, opened, cursor))
        if news.rooms:
            for room in await Room.filter(id__in=list(news.rooms)):
                self._rooms.keep(room)
        self._came.clear()
        self.heard_at = self._clock.now()
        self.caught_up.set()
        if news.echoes:
            self._on_echo(news.echoes)
        if new:
            self._on_heard(new)
        if news.rules:
            self._on_rules(news.rules)

    async def _open_sealed(self, news: News) -> list[Heard]:
        """Sealed rows whose key is here now; what was in them joins the news."""
        if not self._came or self._encryption is None:
            return []
        opened = []
        waiting = Heard.filter(state=Settled.SEALED, session__in=list(self._came))
        for row in await waiting.order_by("id"):
            try:
                read = await self._encryption.read(row.room, dict(row.content or {}))
            except Distrusted as why:
                log.info("an encrypted event was not believed: %s: %s", row.key, why)
                opened.append(row)
                continue
            if isinstance(read, Opened):
                opened.append(row)
                await self._take_clear(news, row.room, str(read.event["type"]), read.event)
        return opened

    async def _store(self, news: News, opened: list[Heard], cursor: str) -> list[Heard]:
        await self._store_rooms(news)
        for room_id, members in news.member_lists.items():
            await set_members(room_id, members)
        for room_id, event in news.members:
            await self._store_member(news, room_id, event)
        if news.echoes:
            news.forgotten = await self._store_echoes(news)
        if opened:
            await Heard.filter(id__in=[row.id for row in opened]).delete()
        new = await self._store_rows(await self._choose(news))
        await remember(CURSOR, cursor)
        if not self.caught_up.is_set():
            await remember(CURSOR_DEVICE, self._device)
        return new

    async def _store_rooms(self, news: News) -> None:
        """Write what the homeserver said of rooms, and nothing that features decide about them."""
        new = []
        for room in news.rooms.values():
            columns = set(HEARD_COLUMNS) | (
                {"kind", "private_with"} if room.private_with else set()
            )
            if not room.encrypted:
                columns.discard("encrypted")  # what was encrypted once stays so
            values = {column: getattr(room, column) for column in sorted(columns)}
            if not await self._update_room(room.id, values):
                new.append(room)
        if new:
            await Room.bulk_create(new)

    async def _update_room(self, room_id: str, values: dict[str, Any]) -> int:
        if room_id not in self._rooms:
            return 0
        return int(await Room.filter(id=room_id).update(**values))

    async def _store_member(self, news: News, room_id: str, event: Json) -> None:
        """Follow who is in a room, and tell the features of those in which it matters."""
        room = await Room.get_or_none(id=room_id)
        person = str(event.get("state_key"))
        if room is None or person == self._me:
            return
        change = None
        if room.members_known:
            change = await take_member(room_id, event)
        if room.private_with is not None:
            change = _in_private(room.private_with, person, event)
        if change is None or not is_event(event) or room.kind is RoomKind.NONE:
            return
        news.add(
            self._change(
                room_id,
                Change.JOINED if change == "joined" else Change.LEFT,
                event["event_id"],
                event,
                person,
            )
        )

    async def _store_echoes(self, news: News) -> dict[str, str]:
        """Our own messages have arrived: remember where; returns those we forgot having sent.

        A forgotten edit is made once more: of several, some were never sent, and the last must stand last.
        """
        echoes = news.echoes
        known = {owed.transaction: owed for owed in await Owed.filter(transaction__in=list(echoes))}
        forgotten = []
        for sent, (room_id, event_id) in echoes.items():
            owed = known.get(sent)
            if owed is None and sent in news.edits:
                continue
            if owed is None:
                forgotten.append(
                    Owed(
                        transaction=sent[:64],
                        lane=room_id,
                        room=room_id,
                        deed="send",
                        state=Delivery.SENT,
                        event_id=event_id,
                        made_at=self._clock.now(),
                    )
                )
            elif owed.state is not Delivery.SENT:
                await Owed.filter(id=owed.id).update(
                    state=Delivery.SENT, event_id=event_id, room=room_id, content=None
                )
        if forgotten:
            await Owed.bulk_create(forgotten, ignore_conflicts=True)
        return {str(owed.event_id): str(owed.room) for owed in forgotten}

    async def _choose(self, news: News) -> list[Heard]:
        """Of the ordinary talk, keep only what answers us: replies, taps, open questions, take-backs."""
        # What we forgot gets its name back when its cause is settled; until then its id stands for it.
        names = {event: event for event in news.forgotten} | await self._names_of_targets(news)
        forgetful = set(news.forgotten.values())
        awaited = await self._awaited(news)
        requests = await self._requests_taken_back(news)
        rows = []
        for candidate in news.candidates:
            row, keep = candidate.row, candidate.certain
            match candidate.happening:
                case Said() as said:
                    assert row.content is not None
                    row.content["target"] = names.get(said.reply_to or "")
                    row.content["overheard"] = not candidate.certain
                    keep = keep or bool(row.content["target"]) or (row.room, row.sender) in awaited
                    if not keep and row.room in forgetful:
                        row.content["perhaps"] = keep = True
                case Tapped() as tapped:
                    row.content = {"text": tapped.sign, "target": names.get(tapped.target)}
                    keep = tapped.target in names
                case TakenBack() as taken:
                    keep = taken.target in requests
                case None:
                    pass
            if keep:
                rows.append(row)
        return rows

    async def _names_of_targets(self, news: News) -> dict[str, str]:
        """The names of those messages of ours that are replied or reacted to, by event id."""
        targets = set()
        for candidate in news.candidates:
            match candidate.happening:
                case Said(reply_to=str(target)) | Tapped(target=target):
                    targets.add(target)
                case _:
                    pass
        if not targets:
            return {}
        named = Owed.filter(event_id__in=list(targets), name__not_isnull=True)
        return dict(await named.values_list("event_id", "name"))

    async def _awaited(self, news: News) -> set[tuple[str, str]]:
        """(room, person) of whom a question of ours still waits."""
        senders = {
            candidate.row.sender
            for candidate in news.candidates
            if isinstance(candidate.happening, Said) and not candidate.certain
        }
        if not senders:
            return set()
        waiting = Question.filter(person__in=list(senders), until__gt=self._clock.now())
        return set(await waiting.values_list("room", "person"))

    async def _requests_taken_back(self, news: News) -> set[str]:
        """Those of the redacted events that asked for a reminder."""
        asked = [
            candidate.happening.target
            for candidate in news.candidates
            if isinstance(candidate.happening, TakenBack)
        ]
        if not asked:
            return set()
        return {str(each.request) for each in await Reminder.filter(request__in=asked)}

    async def _store_rows(self, rows: list[Heard]) -> list[Heard]:
        """Insert what is new; returns the new rows that wait to be settled, in order."""
        if not rows:
            return []
        keys = [row.key for row in rows]
        old = {row.key for row in await Heard.filter(key__in=keys).only("id", "key")}
        fresh: dict[str, Heard] = {}
        for row in rows:
            if row.key not in old:
                fresh.setdefault(row.key, row)
        if not fresh:
            return []
        for row in [row for row in fresh.values() if row.state is Settled.SEALED]:
            hour = self._sealed_hour(row)
            if hour.key not in fresh and not await Heard.exists(key=hour.key):
                fresh[hour.key] = hour
        await Heard.bulk_create(list(fresh.values()))
        stored = await Heard.filter(key__in=list(fresh)).order_by("id")
        return [row for row in stored if row.state is Settled.WAITING and row.kind is not Kind.HOUR]

    def _sealed_hour(self, row: Heard) -> Heard:
        """The hour at which a kind word is said about a key that has not come."""
        return Heard(
            # Once a day in one room: whoever sends nonsense shall not make us talk.
            key=f"unreadable:{self._clock.now().date()}:{row.room}"[:255],
            kind=Kind.HOUR,
            room=row.room,
            at=self._clock.now() + SEALED_PATIENCE,
            about=f"session:{row.session}"[:64],
            content={"ritual": "unreadable", "session": row.session, "sender": row.sender},
        )


def _in_private(private_with: str, person: str, event: Mapping[str, Any]) -> str | None:
    """What a membership means in a private chat: a third person came, or its one person went."""
    membership = mapping(event.get("content")).get("membership")
    if person != private_with:
        return "joined" if membership == "join" else None
    return "left" if membership in ("leave", "ban") else None


def _arrival(events: Iterable[Json], me: str) -> Json | None:
    """The newest event by which we came into the room."""
    found = None
    for event in events:
        if event.get("type") == "m.room.member" and event.get("state_key") == me:
            content = mapping(event.get("content"))
            before = mapping(mapping(event.get("unsigned")).get("prev_content"))
            if content.get("membership") == "join" and before.get("membership") != "join":
                found = event
    return found
