"""Gathers from a room's own history what was said to some messages of ours, as it was heard when it was said.

Nothing is written here and nothing is remembered: whoever asks twice reads twice. What cannot be read any more, and what
lies behind a limit, is not guessed at; then what was found is not complete, and says so.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from daemon.encryption import Distrusted, Encryption, Opened
from daemon.events import (
    ENCRYPTABLE,
    NEVER_ENCRYPTED,
    Answered,
    Reworded,
    Said,
    Tapped,
    happening,
    is_event,
    listed,
    mapping,
    text,
    voice,
)
from daemon.matrix import Homeserver, Json, Refusal, Unreachable, path
from daemon.news import Reader
from daemon.rooms import Rooms
from daemon.text import POLL_START
from handlers.language import Door, House
from handlers.words import after_prefix, sign
from storage.outbox import Deed, Owed

log = logging.getLogger(__name__)

#: No more events than these are read, newest first.
LARGEST = 10_000

#: No more than this is said in them, in characters.
LONGEST = 1_000_000

PAGE = 100

#: After so many events of one key that no device vouches for, the rest of them is not tried.
DOUBTS = 5

#: All that can answer a message of ours, and those messages themselves.
TYPES = sorted({"m.room.encrypted", "m.reaction", POLL_START, *ENCRYPTABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A message of ours that can be answered."""

    name: str
    #: Of a poll: how many options it has.
    options: int | None


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What was found."""

    #: Oldest first: "person", "door", "target" (a name), "text", "event" and "at" (milliseconds since 1970, by the
    #: homeserver's clock); of new words for an earlier voice "rewords", too, the event of that.
    voices: list[Json] = field(default_factory=list)
    #: Events that were redacted since; what they were cannot be told any more.
    taken_back: list[str] = field(default_factory=list)
    #: Whether everything that may have been a voice could be read.
    complete: bool = True

    def as_json(self) -> Json:
        """As a feature hears it."""
        return {"voices": self.voices, "taken_back": self.taken_back, "complete": self.complete}


class Gathering:
    """What was found so far."""

    def __init__(self, house: House, reader: Reader, targets: Mapping[str, Target]) -> None:
        """Nothing; `targets` are messages of ours by event."""
        self.voices: list[Json] = []
        self.taken_back: list[str] = []
        self.complete = True
        self._house = house
        self._reader = reader
        self._targets = targets
        #: Who said each voice, to what.
        self._said: dict[str, tuple[str, Target]] = {}
        self._letters = 0

    def take(self, event: Json | None) -> None:
        """Take in one event, older ones first; None for one that could not be read."""
        if event is None:
            self.complete = False
            return
        match happening(str(event.get("type")), event):
            case Said() as said if after_prefix(said.text, self._house.prefix) is None:
                self._add(event, Door.REPLY, self._replied(said), self._words(said))
            case Tapped(target=target, sign=key):
                self._add(event, Door.REACTION, self._targets.get(target), sign(key))
            case Answered(target=target, answers=answers):
                poll = self._targets.get(target)
                if poll is not None and poll.options is not None:
                    self._add(event, Door.POLL, poll, voice(answers, poll.options))
            case Reworded(target=target, text=words) if target in self._said:
                person, answered = self._said[target]
                if person == event["sender"]:
                    self._add(event, Door.REPLY, answered, words, rewords=target)
            case _:
                pass

    def _replied(self, said: Said) -> Target | None:
        if said.reply_to is not None or said.thread is None:
            return self._targets.get(said.reply_to or "")
        begun = self._targets.get(said.thread)
        return begun if begun is not None and self._house.catalogue.threads(begun.name) else None

    def _words(self, said: Said) -> str:
        return self._reader.addressed(said) or said.text

    def _add(self, event: Json, door: Door, target: Target | None, words: str, **more: str) -> None:
        if target is None:
            return
        self._letters += len(words)
        if self._letters > LONGEST:
            self.complete = False
            return
        at = event.get("origin_server_ts")
        self._said[event["event_id"]] = (event["sender"], target)
        self.voices.append(
            {
                "person": event["sender"],
                "door": door.value,
                "target": target.name,
                "text": words,
                "event": event["event_id"],
                "at": at if isinstance(at, int) else 0,
                **more,
            }
        )


class Gatherer:
    """Reads the history of rooms again."""

    def __init__(
        self,
        homeserver: Homeserver,
        rooms: Rooms,
        house: House,
        reader: Reader,
        encryption: Encryption,
    ) -> None:
        """`reader` knows by which names we are called."""
        self._homeserver = homeserver
        self._rooms = rooms
        self._house = house
        self._reader = reader
        self._encryption = encryption

    async def gather(self, room: str, names: Iterable[str]) -> Gathered:
        """Everything said to the messages of these names since the first of them.

        Raises Refusal when the homeserver does not show the room to us, Limited or Unreachable when it must be asked
        again.
        """
        targets = await _targets(room, names)
        events, complete = await self._history(room, set(targets))
        found = Gathering(self._house, self._reader, targets)
        doubts: Counter[str] = Counter()
        for event in events:
            if event["sender"] == self._house.me:
                continue
            if _is_redacted(event):
                found.taken_back.append(event["event_id"])
                continue
            try:
                found.take(await self._opened(room, event, doubts))
            except (Refusal, Unreachable):
                raise
            except Exception:
                log.exception("an event could not be read again: %s", event["event_id"])
                found.complete = False
        return Gathered(
            voices=found.voices,
            taken_back=found.taken_back,
            complete=complete and found.complete,
        )

    async def _history(self, room: str, wanted: set[str]) -> tuple[list[Json], bool]:
        """The events since the first of those wanted, oldest first, and whether all of those were found."""
        found: list[Json] = []
        missing = set(wanted)
        at: str | None = None
        read = 0
        while missing and read < LARGEST:
            query = {"dir": "b", "limit": str(PAGE), "filter": json.dumps({"types": TYPES})}
            if at is not None:
                query["from"] = at
            answer = await self._homeserver.request(
                "GET", path("rooms", room, "messages"), query=query
            )
            for event in listed(answer.get("chunk")):
                read += 1
                if missing and is_event(event):
                    found.append(event)
                    missing.discard(event["event_id"])
            before, at = at, text(answer.get("end"))
            if at is None or at == before or not listed(answer.get("chunk")):
                break
        if missing:
            log.info("the history of a room does not go back to all that was asked for")
        return found[::-1], bool(wanted) and not missing

    async def _opened(self, room: str, event: Json, doubts: Counter[str]) -> Json | None:
        """An event as it was meant; an empty one when it means nothing, None when it cannot be read any more."""
        if event["type"] != "m.room.encrypted":
            in_clear = self._rooms[room].encrypted and event["type"] in ENCRYPTABLE
            return {} if in_clear else event
        session = str(event["content"].get("session_id"))
        if doubts[session] >= DOUBTS:
            return None
        try:
            read = await self._encryption.read(room, event)
        except Distrusted as why:
            log.info("an encrypted event was not believed: %s: %s", event["event_id"], why)
            doubts[session] += 1
            return None
        if not isinstance(read, Opened):
            return None
        return {} if read.event["type"] in NEVER_ENCRYPTED else read.event


async def _targets(room: str, names: Iterable[str]) -> dict[str, Target]:
    """The messages of these names that were said in a room, by event."""
    said = Owed.filter(room=room, name__in=list(names), event_id__not_isnull=True)
    return {
        str(row.event_id): Target(
            name=str(row.name), options=int(row.target or 0) if row.deed is Deed.POLL else None
        )
        for row in await said
    }


def _is_redacted(event: Mapping[str, Any]) -> bool:
    return "redacted_because" in mapping(event.get("unsigned")) or not event["content"]
