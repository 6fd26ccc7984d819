"""Takes the news of one sync into the database in one transaction, losing and doubling nothing.

The cursor moves in the same transaction. Of the ordinary talk only what answers us is kept. What features have
decided about a room is never overwritten by what the homeserver says of it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from daemon.clock import Clock
from daemon.events import Said, TakenBack, Tapped, is_event, mapping
from daemon.matrix import Json
from daemon.news import News, changed
from daemon.rooms import Rooms, declined, set_members, take_member
from handlers.language import Change
from practices.circles import RoomKind
from storage.database import transaction
from storage.facts import recall, remember
from storage.inbox import Heard, Kind, Settled
from storage.outbox import Delivery, Owed
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room
from storage.sessions import written

CURSOR = "cursor"

#: Whose cursor it is: keys are sent to a device, and another one has not had those before the cursor.
CURSOR_DEVICE = "cursor_device"

#: An event that cannot be decrypted gets a kind word after this long.
SEALED_PATIENCE = timedelta(minutes=5)

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


class Inbox:
    """Where all that is heard is kept, once."""

    def __init__(self, clock: Clock, rooms: Rooms, *, me: str, device: str) -> None:
        """`device` is the one that listens now."""
        self._clock = clock
        self._rooms = rooms
        self._me = me
        self._device = device

    async def cursor(self) -> str | None:
        """How far was listened; None before the first sync."""
        return await recall(CURSOR)

    async def cursor_is_of_this_device(self) -> bool:
        """Whether it was this device that listened so far."""
        return await recall(CURSOR_DEVICE) == self._device

    async def sealed_sessions(self) -> set[str]:
        """The sessions whose keys are waited for."""
        sealed = await Heard.filter(state=Settled.SEALED)
        return {row.session for row in sealed if row.session}

    async def store(self, news: News, cursor: str, *, first: bool) -> list[Heard]:
        """Store the news and how far was listened; returns the new rows that wait to be settled, in order.

        `first` is the first time since the start: from then on the cursor is this device's.
        """
        new = await transaction(lambda: self._store(news, cursor, first=first))
        if news.rooms:
            for room in await Room.filter(id__in=list(news.rooms)):
                self._rooms.keep(room)
        return new

    async def _store(self, news: News, cursor: str, *, first: bool) -> list[Heard]:
        await self._store_rooms(news)
        for room_id, members in news.member_lists.items():
            await set_members(room_id, members)
        for room_id, event in news.members:
            await self._store_member(news, room_id, event)
        forgotten = await self._store_echoes(news) if news.echoes else {}
        if news.opened:
            await Heard.filter(id__in=[row.id for row in news.opened]).delete()
        new = await self._store_rows(await self._choose(news, forgotten))
        await remember(CURSOR, cursor)
        if first:
            await remember(CURSOR_DEVICE, self._device)
        return new

    async def _store_rooms(self, news: News) -> None:
        """Write what the homeserver said of rooms, and nothing that features decide about them."""
        known = {room.id for room in await Room.filter(id__in=list(news.rooms)).only("id")}
        new = []
        for room in news.rooms.values():
            columns = set(HEARD_COLUMNS) | (
                {"kind", "private_with"} if room.private_with else set()
            )
            if not room.encrypted:
                columns.discard("encrypted")  # what was encrypted once stays so
            values = {column: getattr(room, column) for column in sorted(columns)}
            if room.id in known:
                await Room.filter(id=room.id).update(**values)
            else:
                new.append(room)
        if new:
            await Room.bulk_create(new)

    async def _store_member(self, news: News, room_id: str, event: Json) -> None:
        """Follow who is in a room, and tell the features of those in which it matters."""
        room = await Room.get_or_none(id=room_id)
        person = str(event.get("state_key"))
        if room is None or person == self._me:
            return
        change = None
        if room.members_known:
            change = await take_member(room_id, event) or declined(event)
        if room.private_with is not None:
            change = _in_private(room.private_with, person, event)
        if change is None or not is_event(event) or room.kind is RoomKind.NONE:
            return
        at = self._clock.happened(event.get("origin_server_ts"))
        news.add(changed(room_id, change, event["event_id"], by=person, at=at))

    async def _store_echoes(self, news: News) -> dict[str, str]:
        """Our own messages have arrived: remember where.

        Returns those that we forgot having sent, as after a restore: event id to room. A forgotten edit is made
        once more: of several, some were never sent, and the last must stand last.
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

    async def _choose(self, news: News, forgotten: Mapping[str, str]) -> list[Heard]:
        """Of the ordinary talk, keep only what answers us: replies, taps, open questions, take-backs."""
        # What we forgot gets its name back when its cause is settled; until then its id stands for it.
        names = {(room, event): event for event, room in forgotten.items()}
        names |= await self._names_of_targets(news)
        forgetful = set(forgotten.values())
        awaited = await self._awaited(news)
        requests = await self._requests_taken_back(news)
        rows = []
        for candidate in news.candidates:
            row, keep = candidate.row, candidate.certain
            match candidate.happening:
                case Said() as said:
                    assert row.content is not None
                    row.content["target"] = names.get((row.room, said.reply_to or ""))
                    row.content["overheard"] = not candidate.certain
                    keep = keep or bool(row.content["target"]) or (row.room, row.sender) in awaited
                    if not keep and row.room in forgetful:
                        row.content["perhaps"] = keep = True
                case Tapped() as tapped:
                    name = names.get((row.room, tapped.target))
                    row.content = {"text": tapped.sign, "target": name}
                    keep = name is not None
                case TakenBack() as taken:
                    keep = taken.target in requests
                case None:
                    pass
            if keep:
                rows.append(row)
        return rows + await self._shared(news)

    async def _shared(self, news: News) -> list[Heard]:
        """Of the talk, that in rooms whose people share in writing just now."""
        if not news.talk:
            return []
        sharing = await written([row.room for row in news.talk])
        return [row for row in news.talk if row.room in sharing]

    async def _names_of_targets(self, news: News) -> dict[tuple[str, str], str]:
        """The names of those messages of ours that are replied or reacted to, by room and event id.

        A reply can name an event of any room at all; it answers only what was said in its own.
        """
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
        found = await named.values_list("room", "event_id", "name")
        return {(str(room), str(event)): str(name) for room, event, name in found}

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


def _in_private(private_with: str, person: str, event: Mapping[str, Any]) -> Change | None:
    """What a membership means in a private chat: a third person came, or its one person went."""
    membership = mapping(event.get("content")).get("membership")
    if person != private_with:
        return Change.JOINED if membership == "join" else None
    return Change.LEFT if membership in ("leave", "ban") else None
