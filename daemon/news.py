"""Reads the answer of one sync into news: what happened that may concern us, and what became of the rooms.

A timeline that the homeserver cut short is filled from history first. What was said before the daemon came to a
room is not for it. Nothing is written here.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any

from nio.crypto.attachments import decrypt_attachment
from nio.exceptions import EncryptionError

from daemon.clock import Clock
from daemon.direct import recall_direct
from daemon.encryption import Distrusted, Encryption, Opened, Sealed
from daemon.events import (
    ENCRYPTABLE,
    NEVER_ENCRYPTED,
    Answered,
    Ended,
    Happening,
    InClear,
    Reworded,
    Said,
    Sent,
    TakenBack,
    Tapped,
    addressed,
    happening,
    is_event,
    listed,
    mapping,
    text,
)
from daemon.floods import Pace
from daemon.history import letter_in
from daemon.matrix import Homeserver, Json, Refusal, Unreachable, path
from daemon.rooms import Rooms, recall_circle, recall_domains, take_state
from daemon.text import TRANSACTION
from handlers.language import FLOOD, Change
from practices.assembly.events import ASSEMBLY, CARD, LETTER
from practices.circles import RoomKind
from storage.inbox import Heard, Kind, Settled
from storage.members import is_of
from storage.rooms import Room

log = logging.getLogger(__name__)

#: A gap larger than this is cut: nobody waits for the answer to the ten-thousandth command before last.
LARGEST_GAP = 10_000

#: What may be in a file is looked at only if its name ends so, and if it has no more bytes than this.
READABLE = frozenset({".yaml", ".yml", ".json"})
LARGEST_FILE = 65_536

#: The daemon and one person: a private chat.
PAIR = 2

#: No more of the topic of an assembly that invites us is shown.
LONGEST_TOPIC = 5_000

#: So much of what somebody wrote beside an invitation into one is shown.
LONGEST_REASON = 2_100


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

    #: Sealed rows whose key is here now: what was in them is among the candidates, and they themselves go.
    opened: list[Heard] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    #: That somebody spoke among themselves, without what they said; it matters where people share in writing.
    talk: list[Heard] = field(default_factory=list)
    #: What the one person of a private chat sent or changed there and we do not read, such as a picture; it matters while
    #: they write for themselves.
    unread: list[Heard] = field(default_factory=list)
    #: Our own messages come back: transaction to (room, event id).
    echoes: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Those of them that changed an earlier message.
    edits: set[str] = field(default_factory=set)
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


def changed(
    room: str, change: Change, key: str, *, by: str, at: datetime, **content: object
) -> Heard:
    """The row of a change in a room; `key` tells it from every other change of its kind."""
    return Heard(
        key=f"{change.value}:{key}"[:255],
        kind=Kind.CHANGE,
        room=room,
        sender=by[:255],
        at=at,
        content={"change": change, **content},
    )


class Reader:
    """Makes news of what the homeserver answers."""

    def __init__(
        self,
        homeserver: Homeserver,
        clock: Clock,
        rooms: Rooms,
        *,
        me: str,
        prefix: str,
        encryption: Encryption,
    ) -> None:
        """In rooms of many, what begins with `prefix` or with a name of `me` is for us."""
        self._homeserver = homeserver
        self._clock = clock
        self._rooms = rooms
        self._me = me
        self._prefix = prefix
        self._encryption = encryption
        self._local = me.partition(":")[0].removeprefix("@")
        self._names: tuple[str, ...] = (self._local,)
        self._pace = Pace()
        #: Letters and cards that were not read, as their sender writes too much.
        self.tally: Counter[str] = Counter()

    def called(self, name: str | None) -> None:
        """Answer to a display name, too."""
        self._names = tuple(dict.fromkeys(filter(None, (name, self._local))))

    def addressed(self, said: Said) -> str | None:
        """What is said to us in a room of many; None when it is said to others."""
        return addressed(said, me=self._me, names=self._names, prefix=self._prefix)

    async def read(self, answer: Json, since: str | None, came: Collection[str]) -> News:
        """The news in the answer to a sync from `since`, and in sealed rows whose sessions `came`.

        Raises Refusal or Unreachable when the homeserver does not tell what is missing.
        """
        news = News()
        # What waited for its key was said before what is said now.
        await self._open_sealed(news, came)
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
        return news

    async def _open_sealed(self, news: News, came: Collection[str]) -> None:
        """Sealed rows whose key is here now; what was in them joins the news."""
        if not came:
            return
        waiting = Heard.filter(state=Settled.SEALED, session__in=list(came))
        for row in await waiting.order_by("id"):
            try:
                read = await self._encryption.read(row.room, dict(row.content or {}))
            except Distrusted as why:
                log.info("an encrypted event was not believed: %s: %s", row.key, why)
                news.opened.append(row)
                continue
            if isinstance(read, Opened):
                news.opened.append(row)
                await self._take_opened(news, row.room, read.event)

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
        self._encryption.members_changed(room_id)
        for event in state:
            take_state(room, event)
        if arrival is None:
            await self._find_again(news, room, state)
            return
        await self._learn_members(news, room_id)
        before = mapping(mapping(arrival.get("unsigned")).get("prev_content")).get("membership")
        if room.creators[:1] == [self._me] and before != "invite":
            return  # a room that we are just making: nobody asked us in
        if room.invited_direct and room.invited_by and len(news.member_lists[room_id]) == PAIR:
            room.private_with, room.kind = room.invited_by, RoomKind.PRIVATE
            news.rules.add(room.invited_by)
        at, told = self._happened(arrival), _as_it_is(state)
        news.add(changed(room_id, Change.ARRIVED, arrival["event_id"], by=self._me, at=at, **told))

    async def _find_again(self, news: News, room: Room, state: list[Any]) -> None:
        """A room that the account was in before the database began: what is it to its people?"""
        if room.id in self._rooms:
            return
        if room.id in news.direct:
            room.kind, room.private_with = RoomKind.PRIVATE, news.direct[room.id]
            return
        creation = next((each for each in state if _of_assembly(each)), None)
        # The space of an assembly and its room for people say what they are only by how they were made.
        event = recall_circle(room, state, self._me) or creation
        if event is not None and is_event(event):
            await self._learn_members(news, room.id)
            now, domains = self._clock.now(), recall_domains(state, self._me)
            told = _as_it_is(state)
            news.add(
                changed(
                    room.id,
                    Change.REBUILT,
                    event["event_id"],
                    by=self._me,
                    at=now,
                    domains=domains,
                    **told,
                )
            )

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
            # What a sync gives beside its timeline may be older than the list we asked for on arriving.
            membership = mapping(event.get("content")).get("membership")
            if from_state and membership in ("invite", "knock"):
                if self._rooms[room_id].members_known and room_id not in news.member_lists:
                    await self._learn_members(news, room_id)
            elif not from_state or self._rooms[room_id].members_known:
                news.members.append((room_id, dict(event)))
            if self._rooms[room_id].encrypted and not from_state:
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
            former = room.children or ()
            take_state(room, event)
            self._note_listed(news, room, former, event)
            if kind == "m.room.power_levels":
                news.rules.add(room_id)
            if kind == "m.room.tombstone" and is_event(event):
                news.add(self._change(room_id, Change.UPGRADED, event))
        else:
            self._take_card(news, room_id, event)

    def _note_listed(
        self, news: News, space: Room, former: Collection[str], event: Mapping[str, Any]
    ) -> None:
        """A congregation lists a room that it did not list before."""
        if self._rooms[space.id].kind is RoomKind.CONGREGATION and is_event(event):
            for child in set(space.children or ()).difference(former):
                news.add(self._change(space.id, Change.LISTED, event, child=child))

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
            if LETTER in event["content"]:
                # After an old backup was restored we may not know what we said.
                self._take_letter(news, room_id, event)
            return
        event_type = event["type"]
        if event_type == "m.room.encrypted":
            await self._take_encrypted(news, room_id, event)
            return
        if self._rooms[room_id].encrypted and event_type in ENCRYPTABLE:
            # Anybody with the server's keys could have written it.
            log.info("a clear message in an encrypted room was not obeyed: %s", event["event_id"])
            self._note_clear(news, room_id, event_type, event)
            return
        await self._take_clear(news, room_id, event_type, event)

    def _note_clear(self, news: News, room_id: str, event_type: str, event: Json) -> None:
        """What would have answered us, had it been encrypted; of one person to one message it is noted once."""
        match happening(event_type, event):
            case (
                Answered(target=target)
                | Said(reply_to=str(target))
                | Said(reply_to=None, thread=str(target))
            ):
                key, by = f"{target}:{event['sender']}", event["sender"]
                at = self._happened(event)
                row = changed(room_id, Change.IN_CLEAR, key, by=by, at=at, target=target)
                news.add(row, InClear(target=target), certain=False)
            case _:
                pass

    def _take_echo(self, news: News, room_id: str, event: Json) -> None:
        sent = text(mapping(event.get("unsigned")).get("transaction_id"))
        marked = text(mapping(event["content"]).get(TRANSACTION))
        mine = marked or sent
        if mine:
            news.echoes[mine] = (room_id, event["event_id"])
            if mapping(event["content"].get("m.relates_to")).get("rel_type") == "m.replace":
                news.edits.add(mine)

    async def _take_encrypted(self, news: News, room_id: str, event: Json) -> None:
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
            await self._take_opened(news, room_id, read.event)

    async def _take_opened(self, news: News, room_id: str, event: Json) -> None:
        """Read what was in an encrypted event."""
        event_type = str(event["type"])
        if event_type in NEVER_ENCRYPTED:
            log.info("what only a homeserver may say was not believed: %s", event["event_id"])
            return
        await self._take_clear(news, room_id, event_type, event)

    async def _take_clear(self, news: News, room_id: str, event_type: str, event: Json) -> None:
        if event_type == "m.room.message" and mapping(event.get("content")).get(LETTER) is not None:
            self._take_letter(news, room_id, event)
            return
        await self._take_happening(news, room_id, event_type, event)

    async def _take_happening(self, news: News, room_id: str, event_type: str, event: Json) -> None:
        match happening(event_type, event):
            case Said() as said:
                await self._take_said(news, room_id, event, said)
            case Sent() as sent:
                await self._take_file(news, room_id, event, sent)
            case Tapped() as tapped:
                news.add(self._row(room_id, Kind.REACTION, event), tapped, certain=False)
            case TakenBack() as taken:
                row = self._change(room_id, Change.TAKEN_BACK, event, target=taken.target)
                news.add(row, taken, certain=False)
            case Reworded() as reworded:
                self._take_reworded(news, room_id, event, reworded)
            case Answered() as answered:
                news.add(self._row(room_id, Kind.REACTION, event), answered, certain=False)
            case Ended() as ended:
                row = self._change(room_id, Change.POLL_ENDED, event, target=ended.target)
                news.add(row, ended, certain=False)
            case None if event_type == "m.room.message":
                self._note_talk(news, room_id, event)
            case None:
                pass

    def _take_reworded(self, news: News, room_id: str, event: Json, reworded: Reworded) -> None:
        """An edit: talk, like what it edits, and new words for it if that was a voice."""
        self._note_talk(news, room_id, event)
        row = self._change(
            room_id,
            Change.REWORDED,
            event,
            target=reworded.target,
            text=reworded.text,
            event=str(event["event_id"]),
        )
        news.add(row, reworded, certain=False)

    def _note_talk(self, news: News, room_id: str, event: Json) -> None:
        if event["sender"] == self._rooms[room_id].private_with:
            news.unread.append(self._row(room_id, Kind.CHANGE, event))
        if self._rooms[room_id].kind.scale is not None:
            news.talk.append(
                self._change(room_id, Change.SHARED, event, event=str(event["event_id"]))
            )

    def _take_letter(self, news: News, room_id: str, event: Json) -> None:
        """A letter, also one of our own; outside protocol rooms, and beyond what one sender may send, it is nothing."""
        if self._rooms[room_id].kind is not RoomKind.PROTOCOL:
            return
        if not self._has_pace(news, room_id, event):
            return
        letter, fault = letter_in(event["content"])
        said = {"letter": letter, "fault": fault, "event": str(event["event_id"])}
        news.add(self._change(room_id, Change.LETTER, event, **said))

    def _take_card(self, news: News, room_id: str, event: Mapping[str, Any]) -> None:
        """What a congregation says of itself; the homeservers let nobody else write under its keeper's id."""
        if event.get("type") != CARD or not is_event(event):
            return
        if event["state_key"] != event["sender"]:
            return
        if self._rooms[room_id].kind is not RoomKind.PROTOCOL:
            return
        if self._has_pace(news, room_id, event):
            news.add(self._change(room_id, Change.CARD, event, card=dict(event["content"])))

    def _has_pace(self, news: News, room_id: str, event: Mapping[str, Any]) -> bool:
        """Whether what a sender writes in a protocol room is read; if not, that is told once an hour."""
        sender, now = str(event["sender"])[:255], self._clock.now()
        if sender == self._me or self._pace.allows(room_id, sender, now):
            return True
        self.tally["letters_unread"] += 1
        hour = f"{room_id}:{sender}:{now:%Y-%m-%dT%H}"
        row = changed(
            room_id, Change.LETTER, hour, by=sender, at=now, letter=None, fault=FLOOD, event=None
        )
        news.add(row)
        return False

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
        heard = self.addressed(said)
        if known.kind is RoomKind.PROTOCOL and not await self._is_ours(room_id, event, said):
            return
        if heard is not None and known.kind is RoomKind.ASSEMBLY:
            # Where people of several congregations talk, each is answered by their own keeper alone.
            heard = heard if await self._is_ours(room_id, event, said) else None
        if heard is None:
            self._note_talk(news, room_id, event)
            news.add(row, said, certain=False)
            return
        row.content["text"] = heard
        if not known.members_known and room_id not in news.member_lists:
            await self._learn_members(news, room_id)
        news.add(row, said)

    async def _take_file(self, news: News, room_id: str, event: Json, sent: Sent) -> None:
        """A file from the one person of a private chat, if it is small and text; nobody else's is looked at."""
        room = news.rooms.get(room_id)
        private_with = room.private_with if room else self._rooms[room_id].private_with
        if private_with is None or private_with != event["sender"]:
            return
        row = self._row(room_id, Kind.MESSAGE, event)
        content = None
        if PurePath(sent.filename.casefold()).suffix in READABLE:
            content = await self._read_file(sent)
        row.content = {"text": "", "file": sent.filename, "content": content}
        news.add(row)

    async def _read_file(self, sent: Sent) -> str | None:
        try:
            data = await self._homeserver.download(sent.address, LARGEST_FILE)
            if sent.sealed is not None:
                data = decrypt_attachment(data, *sent.sealed)
            return data.decode().replace("\x00", "")
        except (Refusal, Unreachable, EncryptionError, ValueError) as why:
            log.info("a file could not be read: %s", why)
            return None

    async def _is_ours(self, room_id: str, event: Json, said: Said) -> bool:
        """Whether words in a room of several keepers are for this one: of its own congregation's people, or with a mention."""
        if self._me in said.mentions:
            return True
        room = await Room.get_or_none(id=room_id)
        return room is not None and await is_of(room.congregation or "", str(event["sender"]))

    def _row(self, room_id: str, kind: Kind, event: Mapping[str, Any]) -> Heard:
        return Heard(
            key=str(event["event_id"]),
            kind=kind,
            room=room_id,
            sender=str(event["sender"])[:255],
            at=self._happened(event),
        )

    def _change(
        self, room_id: str, change: Change, event: Mapping[str, Any], /, **content: object
    ) -> Heard:
        """The change that an event makes."""
        at = self._happened(event)
        return changed(room_id, change, event["event_id"], by=event["sender"], at=at, **content)

    def _happened(self, event: Mapping[str, Any]) -> datetime:
        return self._clock.happened(event.get("origin_server_ts"))

    async def _read_invitation(
        self, news: News, room_id: str, section: Mapping[str, Any], batch: str | None
    ) -> None:
        room = await Room.get_or_none(id=room_id) or Room(id=room_id)
        inviter, direct = None, False
        of_assembly: dict[str, object] = {}
        for event in listed(mapping(section.get("invite_state")).get("events")):
            if not isinstance(event, Mapping):
                continue
            take_state(room, event)
            made = _of_assembly(event)
            if made:
                of_assembly["assembly"] = made
            if event.get("type") == "m.room.topic":
                topic = text(mapping(event.get("content")).get("topic")) or ""
                of_assembly["topic"] = topic[:LONGEST_TOPIC]
            if event.get("type") == "m.room.member" and event.get("state_key") == self._me:
                inviter = text(event.get("sender"))
                direct = mapping(event.get("content")).get("is_direct") is True
                reason = text(mapping(event.get("content")).get("reason")) or ""
                if reason:
                    of_assembly["reason"] = reason[:LONGEST_REASON]
        if inviter is None:
            return
        room.joined, room.invited_by, room.invited_direct = False, inviter[:255], direct
        news.rooms[room_id] = room
        now = self._clock.now()
        told = of_assembly if "assembly" in of_assembly else {}
        key = f"{room_id}:{batch}"
        news.add(changed(room_id, Change.INVITED, key, by=inviter, at=now, **told))

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
            news.add(self._change(room_id, Change.REMOVED, last))


def _of_assembly(event: Any) -> Json | None:
    """What a room's creation says of its place in an assembly; None for every other event and room."""
    if mapping(event).get("type") != "m.room.create":
        return None
    return dict(mapping(mapping(event.get("content")).get(ASSEMBLY))) or None


def _as_it_is(state: Iterable[Any]) -> Json:
    """What a room of an assembly, or one that goes on in the place of another, is to whoever enters.

    What its creation says, who sees its past, who may enter.
    """
    said: Json = {}
    goes_on = False
    for event in state:
        content = mapping(mapping(event).get("content"))
        match mapping(event).get("type"):
            case "m.room.create":
                goes_on = "predecessor" in content
                if made := _of_assembly(event):
                    said["assembly"] = made
            case "m.room.history_visibility":
                said["history"] = text(content.get("history_visibility"))
            case "m.room.join_rules":
                said["join"] = text(content.get("join_rule"))
            case _:
                pass
    return said if goes_on or "assembly" in said else {}


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
