"""A house without Matrix: real features, a real database, and a clock that only the test moves.

`says` and `taps` settle one row as the daemon would and return what it owes then; `passes` strikes the hours. What is
said comes back as text: "→ ana: …" for a private message, "✎ …" for an edit, "☐ …" for a poll that Element draws and
"☑ …" for its end, "▨ …" for a picture, the bare words for the rest.
Whatever is said is checked on the way: it alarms nobody, and it can be sent.
"""

import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from tortoise import connections

from daemon.keyring import Keyring
from daemon.settle import Outcome, due_hours, settle, strike
from daemon.text import message
from handlers.catalogue import CATALOGUE
from handlers.conversation import chosen, labelled
from handlers.language import Change, Door, House, Tap
from handlers.words import sign
from practices.answers import labels
from practices.circles import RoomKind
from storage.database import close_database, open_database, sqlite_url
from storage.inbox import Heard, Kind, Settled
from storage.members import Member
from storage.outbox import ARRIVED, Deed, Delivery, Owed
from storage.rooms import Room
from tests.fresh import fresh_file

ME = "@kinkeeper:here"

#: A Sunday morning.
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def person(name: str) -> str:
    """The Matrix id of somebody in these tests."""
    return name if name.startswith("@") else f"@{name}:here"


@asynccontextmanager
async def a_house(**house: Any) -> AsyncIterator["PlayedHouse"]:
    """A house with a database of its own, for tests that need many."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kinkeeper.db"
        file.write_bytes(fresh_file())
        await open_database(sqlite_url(file))
        try:
            yield PlayedHouse(**house)
        finally:
            await close_database()


class PlayedHouse:
    """The daemon's mind, without its ears and mouth."""

    def __init__(self, **house: Any) -> None:
        settings = {"zone": "Europe/Rome", "version": "test", **house}
        self.house = House(me=ME, catalogue=CATALOGUE, keys=Keyring(bytes(32)), **settings)
        self.now = START
        self._number = count(1)
        #: Every message delivered so far, in order.
        self.owed: list[Owed] = []
        #: The taps of people that were taken back.
        self.out_of_sight: list[str] = []

    async def room(
        self,
        name: str,
        people: Iterable[str],
        *,
        kind: RoomKind = RoomKind.NONE,
        moderators: Iterable[str] = (),
        **columns: Any,
    ) -> "PlayedRoom":
        """A room that these people and the daemon are in."""
        people = [person(each) for each in people]
        levels = {person(each): 50 for each in moderators}
        room = await Room.create(
            id=f"!{name.lower().replace(' ', '-')}:here",
            name=name,
            joined=True,
            members_known=True,
            version="10",
            power={"users": {ME: 50, **levels}},
            kind=kind,
            zone=columns.pop("zone", None if kind is RoomKind.NONE else "Europe/Rome"),
            **columns,
        )
        await Member.bulk_create(
            Member(room=room.id, person=each, name=each[1:].partition(":")[0].capitalize())
            for each in [*people, ME]
        )
        return PlayedRoom(self, room.id)

    async def crew(
        self,
        name: str = "Kitchen Crew",
        people: Iterable[str] = ("ana", "ben", "cleo"),
        **columns: Any,
    ) -> "PlayedRoom":
        """A room that is looked after as a crew."""
        return await self.room(name, people, kind=RoomKind.CREW, **columns)

    async def private(self, who: str) -> "PlayedRoom":
        """The private chat with one person."""
        return await self.room(
            f"private {who}", [who], kind=RoomKind.PRIVATE, private_with=person(who), zone=None
        )

    async def space(
        self, name: str, people: Iterable[str], moderators: Iterable[str], **columns: Any
    ) -> "PlayedRoom":
        """A congregation's space."""
        kind = columns.pop("kind", RoomKind.CONGREGATION)
        return await self.room(
            name, people, kind=kind, moderators=moderators, is_space=True, **columns
        )

    async def settled(self, row: Heard) -> list[str]:
        """Store and settle one row; what is owed then, as text."""
        await row.save()
        return await self._told(await settle(row, self.house, self.now))

    async def _told(self, outcome: Outcome) -> list[str]:
        told = []
        for owed in outcome.owed:
            owed.event_id = f"${next(self._number)}"
            self.owed.append(owed)
            _check(owed)
        if outcome.owed:
            # In one go: the ORM would word each of some hundred thousand updates anew.
            await connections.get("default").execute_many(
                ARRIVED,
                [
                    [Delivery.SENT.value, owed.lane, owed.event_id, owed.lane, owed.id]
                    for owed in outcome.owed
                ],
            )
        _check_labels(outcome.owed)
        for owed in outcome.owed:
            text = _text(owed)
            if text is not None:
                told.append(text)
        return told

    async def makes(
        self, name: str, *, already: Iterable[str] = ()
    ) -> tuple["PlayedRoom", list[str]]:
        """The homeserver makes the newest room asked for; of those invited, `already` came before we knew of it."""
        wanted = next(
            owed
            for owed in reversed(self.owed)
            if owed.deed is Deed.MAKE and str((owed.content or {})["name"]) == name
        )
        content = dict(wanted.content or {})
        made = await self.room(name, already, kind=RoomKind(str(content["kind"])))
        given = content["content"]
        assert isinstance(given, dict)
        told = await made.reports(Change.MADE, about=wanted.target, **given)
        for who in already:
            told += await made.reports(Change.JOINED, who)
        return made, told

    async def refuses(self, name: str, reason: str) -> list[str]:
        """The homeserver refuses to make the newest room asked for."""
        wanted = next(
            owed
            for owed in reversed(self.owed)
            if owed.deed is Deed.MAKE and str((owed.content or {})["name"]) == name
        )
        content = dict(wanted.content or {})
        given = content["content"]
        assert isinstance(given, dict)
        asked = PlayedRoom(self, str(content["asked_in"]))
        return await asked.reports(Change.NOT_MADE, about=wanted.target, reason=reason, **given)

    async def passes(
        self, time: timedelta | None = None, *, until: datetime | None = None
    ) -> list[str]:
        """Move the clock, keeping each hour at its own time; what was said, in order."""
        end = until or self.now + (time or timedelta())
        told: list[str] = []
        while True:
            ahead = Heard.filter(state=Settled.WAITING, kind=Kind.HOUR, at__lte=end)
            row = await ahead.order_by("at", "id").first()
            if row is None:
                break
            self.now = max(self.now, row.at)
            outcome = await strike(self.house, self.now)
            assert outcome is not None
            told += await self._told(outcome)
        self.now = end
        return told

    async def wakes_at(self, at: datetime) -> list[str]:
        """The daemon was away until `at`: everything due is kept at once, or noted as late."""
        self.now = at
        told: list[str] = []
        while await due_hours(at):
            outcome = await strike(self.house, at)
            assert outcome is not None
            told += await self._told(outcome)
        return told

    async def hours(self) -> list[tuple[str, datetime]]:
        """What the calendar holds: (ritual, when)."""
        ahead = Heard.filter(state=Settled.WAITING, kind=Kind.HOUR).order_by("at", "id")
        return [(str((row.content or {})["ritual"]), row.at) async for row in ahead]

    def key(self) -> str:
        """A new event id."""
        return f"$heard{next(self._number)}"


class PlayedRoom:
    """One room of a played house."""

    def __init__(self, played: PlayedHouse, room_id: str) -> None:
        self.played = played
        self.id = room_id

    async def row(self) -> Room:
        """The room as it stands in the database."""
        return await Room.get(id=self.id)

    async def says(
        self,
        who: str,
        text: str,
        *,
        on: str | None = None,
        thread: str | None = None,
        key: str | None = None,
        overheard: bool = False,
    ) -> list[str]:
        """Somebody types; `on` names the message of ours that it replies to.

        `overheard` talk was not addressed to the daemon, which listens because it waits for an answer.
        """
        content: dict[str, object] = {"text": text, "thread": thread, "target": on}
        if overheard:
            content["overheard"] = True
        row = self._row(Kind.MESSAGE, who, content)
        row.key = key or row.key
        return await self.played.settled(row)

    async def sends(self, who: str, filename: str, content: str | None) -> list[str]:
        """Somebody sends a file; `content` is None for one that is too large or no text."""
        told: dict[str, object] = {"text": "", "file": filename, "content": content}
        return await self.played.settled(self._row(Kind.MESSAGE, who, told))

    async def taps(self, who: str, sign: str, *, on: str | None = None) -> list[str]:
        """Somebody reacts to the newest message here that can be tapped, or to that named `on`."""
        target = on or self.tappable()
        content: dict[str, object] = {"text": sign, "target": target}
        row = self._row(Kind.REACTION, who, content)
        told = await self.played.settled(row)
        gone = f"⌫ {row.key}"
        if gone in told and not target.startswith("sitting:"):
            # Everywhere but in a sitting, which watches every event, that is told apart from what is said.
            self.played.out_of_sight.append(row.key)
            told.remove(gone)
        return told

    async def votes(self, who: str, said: str, *, on: str) -> list[str]:
        """Somebody answers in Element's poll named `on`: the numbers of options, "2" or "1,3"; "" is void."""
        content: dict[str, object] = {"text": said, "target": on, "door": Door.POLL.value}
        return await self.played.settled(self._row(Kind.REACTION, who, content))

    async def reports(self, change: Change, who: str = ME, **content: Any) -> list[str]:
        """The homeserver reports a change."""
        row = self._row(Kind.CHANGE, who, {"change": change, **content})
        return await self.played.settled(row)

    async def joins(self, who: str) -> list[str]:
        """Somebody joins."""
        await Member.create(room=self.id, person=person(who), name=who.capitalize())
        return await self.reports(Change.JOINED, who)

    async def leaves(self, who: str) -> list[str]:
        """Somebody leaves."""
        await Member.filter(room=self.id, person=person(who)).delete()
        return await self.reports(Change.LEFT, who)

    async def hears_letter(self, keeper: str, letter: Any) -> list[str]:
        """Another congregation's keeper writes."""
        return await self.reports(Change.LETTER, keeper, letter=letter)

    def asked(self, inquiry: str) -> str:
        """The name of the newest message whose text has these words and that can be tapped."""
        tapped = {owed.target for owed in self.played.owed if owed.deed is Deed.REACT}
        for owed in reversed(self.played.owed):
            text = str((owed.content or {}).get("text", ""))
            if owed.deed is Deed.SEND and owed.name in tapped and inquiry in text:
                assert owed.name is not None
                return owed.name
        raise AssertionError(f"nothing was asked about {inquiry}")

    def tappable(self) -> str:
        """The name of the newest message here with signs under it."""
        for owed in reversed(self.played.owed):
            if owed.deed is Deed.REACT and owed.lane == self.id and owed.target:
                return owed.target
        raise AssertionError("there is nothing to tap here")

    def mentions(self) -> list[str]:
        """Whom the newest message here calls by name."""
        for owed in reversed(self.played.owed):
            if owed.deed is Deed.SEND and owed.lane == self.id:
                mention = (owed.content or {}).get("mention")
                assert isinstance(mention, list)
                return [one[1:].partition(":")[0] for one in mention]
        raise AssertionError("nothing was said here")

    def _row(self, kind: Kind, who: str, content: dict[str, object]) -> Heard:
        return Heard(
            key=self.played.key(),
            kind=kind,
            room=self.id,
            sender=person(who),
            at=self.played.now,
            content=content,
        )


def _check(owed: Owed) -> None:
    """What holds for every message: it never rings a whole room, and a homeserver takes it."""
    content = owed.content or {}
    if owed.deed not in (Deed.SEND, Deed.EDIT):
        return
    _check_text(str(content["text"]))


@lru_cache(maxsize=5_000)
def _check_text(text: str) -> None:
    """Kept at hand, as most of what is said is said in many tests."""
    shown = message(text)
    assert "@room" not in shown["body"]
    assert "@room" not in shown["formatted_body"]
    assert len(shown["body"]) < 60_000


#: Replies under these are read as what somebody says to a poll or a round: by their own words, whatever is beside the signs.
HEARD_OUT = frozenset({"again", "ballot", "card", "poll", "round"})


def _check_labels(owed: Iterable[Owed]) -> None:
    """Whatever label a message shows beside its signs can be said in a reply to it; a number stands before a list."""
    said: dict[str, tuple[str, list[str]]] = {}
    for each in owed:
        content = each.content or {}
        if each.deed is Deed.SEND and each.name:
            said[each.name] = (str(content.get("text", "")), [])
        elif each.deed is Deed.REACT and each.target in said:
            said[each.target][1].append(str(content["sign"]))
    for name, (text, signs) in said.items():
        prefix = name.partition(":")[0]
        meant = CATALOGUE.taps.get(prefix)
        if meant is None or prefix in HEARD_OUT:
            continue
        shown = labels(text, [each for each in signs if "\u20e3" not in each])
        for one in set(shown.values()):
            beside = [label for label, of in shown.items() if of == one]
            assert any(_said_so(meant, label, one) for label in beside), (prefix, one, beside)


def _said_so(meant: Tap, label: str, shown: str) -> bool:
    """Whether a label under a message means its sign, to the tap itself or to the words of its feature."""
    if meant.prefix == "sitting" and chosen(CATALOGUE.inquiries["sitting"], label) is not None:
        return True
    return labelled(meant, label) == sign(shown)


def _text(owed: Owed) -> str | None:
    content = owed.content or {}
    match owed.deed:
        case Deed.SEND if owed.lane.startswith("@"):
            return f"→ {owed.lane[1:].partition(':')[0]}: {content['text']}"
        case Deed.SEND:
            return str(content["text"])
        case Deed.EDIT:
            return f"✎ {content['text']}"
        case Deed.FILE:
            return f"📄 {content['filename']}"
        case Deed.STATE:
            return f"⚙ {owed.type}"
        case Deed.JOIN | Deed.LEAVE:
            return f"⇄ {owed.deed.value} {owed.lane}"
        case Deed.INVITE | Deed.REMOVE:
            return f"⇄ {owed.deed.value} {(owed.target or '')[1:].partition(':')[0]}"
        case Deed.MAKE:
            return f"⌂ {content['name']}"
        case Deed.REDACT:
            return f"⌫ {owed.target}"
        case _:
            return _of_poll(owed, content)


def _of_poll(owed: Owed, content: Mapping[str, object]) -> str | None:
    match owed.deed:
        case Deed.POLL:
            options = content["options"]
            assert isinstance(options, list)
            return f"☐ {content['question']} {' / '.join(options)}"
        case Deed.END:
            return f"☑ {content['text']}"
        case Deed.PICTURE:
            return f"▨ {content['alt']}"
        case Deed.GATHER:
            return f"↺ {owed.target}"
        case _:
            return None
