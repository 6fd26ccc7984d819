"""Takes the news of one sync into the database in one transaction, losing and doubling nothing.

The cursor moves in the same transaction. Of the ordinary talk only what answers us is kept. What features have
decided about a room is never overwritten by what the homeserver says of it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from daemon.clock import Clock
from daemon.events import (
    Answered,
    Ended,
    InClear,
    Reworded,
    Said,
    TakenBack,
    Tapped,
    is_event,
    mapping,
)
from daemon.matrix import Json
from daemon.news import Candidate, News, changed
from daemon.rooms import Rooms, declined, set_members, take_member
from handlers import power
from handlers.language import Change
from handlers.oneself.writing import ASKED
from practices.circles import RoomKind
from practices.journal import is_for_us, last_words, steps_left, theirs_until
from practices.meetings import read_attendance_said_to_all
from storage.database import transaction
from storage.facts import recall, remember
from storage.inbox import Heard, Kind, Settled
from storage.journals import EDITED, Phase, Way, Writing, silences
from storage.meetings import who_comes
from storage.members import Member
from storage.outbox import Delivery, Owed
from storage.polls import Cast, voices
from storage.questions import Question, begun_by
from storage.reminders import Reminder
from storage.rooms import Room
from storage.rounds import requests
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


@dataclass(frozen=True, slots=True)
class _Theirs:
    """What is part of a time of writing that somebody has for themselves."""

    person: str
    #: The last instant at which it is.
    until: datetime
    #: What was written before that and is changed now, by its id.
    before: frozenset[str]


class Inbox:
    """Where all that is heard is kept, once."""

    def __init__(
        self,
        clock: Clock,
        rooms: Rooms,
        *,
        me: str,
        device: str,
        threads: Callable[[str], bool],
        prefix: str = "!",
    ) -> None:
        """`device` is the one that listens now; `threads` tells whether the thread of a named message answers it.

        What begins with `prefix` is a command also while somebody writes for themselves.
        """
        self._clock = clock
        self._rooms = rooms
        self._me = me
        self._device = device
        self._threads = threads
        self._prefix = prefix

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
            await self._store_list(news, room_id, members)
        for room_id, event in news.members:
            await self._store_member(news, room_id, event)
        forgotten = await self._store_echoes(news) if news.echoes else {}
        if news.opened:
            await Heard.filter(id__in=[row.id for row in news.opened]).delete()
        await self._leave_unread(news)
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

    async def _store_list(
        self, news: News, room_id: str, members: Mapping[str, str | None]
    ) -> None:
        """Replace who is in a room. Of a circle we were in before, who came and went is told as if it were seen."""
        before = await Member.filter(room=room_id).values_list("person", flat=True)
        await set_members(room_id, members)
        room = await Room.get_or_none(id=room_id)
        if room is None or not room.joined or room.kind.scale is None or not before:
            return
        at = self._clock.now()
        for change, people in (
            (Change.JOINED, set(members).difference(before)),
            (Change.LEFT, set(map(str, before)).difference(members)),
        ):
            for person in sorted(people - {self._me}):
                key = f"{room_id}:{person}:{at.isoformat()}"
                news.add(changed(room_id, change, key, by=person, at=at))

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
        """Of the ordinary talk, keep only what answers us: replies, taps, votes, open questions, and changes of those.

        While the question who comes stands in a room, the very words that answer it do so without replying to it.
        """
        # What we forgot gets its name back when its cause is settled; until then its id stands for it.
        names = {(room, event): event for event, room in forgotten.items()}
        names |= await self._names_of_targets(news)
        forgetful = set(forgotten.values())
        awaited = await self._awaited(news)
        spoken = await self._spoken(news)
        coming = await self._coming(news)
        rows = []
        for candidate in news.candidates:
            row, keep = candidate.row, candidate.certain
            match candidate.happening:
                case Said() as said:
                    assert row.content is not None
                    row.content |= self._answered(row.room, said, names)
                    if not candidate.certain and row.room in coming and _says_who_comes(said):
                        row.content["target"] = coming[row.room]
                    row.content["overheard"] = not candidate.certain
                    if row.content["target"] is None and (said.reply_to or said.mentions):
                        row.content["aside"] = True  # said to somebody else
                    keep = keep or bool(row.content["target"]) or (row.room, row.sender) in awaited
                    if not keep and row.room in forgetful:
                        row.content["perhaps"] = keep = True
                case TakenBack() | Reworded():
                    keep = _concerns(candidate, spoken)
                case None:
                    pass
                case _:
                    keep = await self._taps(candidate, names)
            if keep:
                spoken[row.key] = row.sender
                rows.append(row)
        return rows + await self._shared(news)

    async def _leave_unread(self, news: News) -> None:
        """What somebody writes for themselves is not ours to read: only that it is there is noted, by its id (R24)."""
        private = {
            row.room
            for row in (*(each.row for each in news.candidates), *news.unread)
            if row.sender is not None and self._rooms[row.room].private_with == row.sender
        }
        writings = await silences(private) if private else {}
        if not writings:
            return
        theirs = {room: await self._theirs(each, news) for room, each in writings.items()}
        news.candidates = [
            self._unread(each, theirs.get(each.row.room)) for each in news.candidates
        ]
        known = {each.row.key for each in news.candidates}
        for row in news.unread:
            own = theirs.get(row.room)
            if own is not None and row.at <= own.until and row.key not in known:
                row.content = {"change": Change.WROTE}
                news.add(row)

    async def _theirs(self, writing: Writing, news: News) -> _Theirs:
        """What of the news, and of what is changed in it, is part of a time of writing."""
        over = writing.phase is Phase.OVER
        until = theirs_until(writing.ends or self._clock.now(), over=over)
        if not over:
            # Its end may be heard and not settled yet: what was said after it is said to us.
            until = min([until, *await self._ends(writing, news)])
        until = max(until, writing.began)
        heard = Heard.filter(room=writing.room, sender=writing.person, id__gt=writing.heard_after)
        changed = {
            each.happening.target
            for each in news.candidates
            if isinstance(each.happening, Reworded)
        }
        before = await heard.filter(key__in=list(changed), at__lte=until) if changed else []
        return _Theirs(writing.person, until, frozenset(row.key for row in before))

    async def _ends(self, writing: Writing, news: News) -> list[datetime]:
        """When its person ended it, or turned to people, of what is not settled yet or what they are asked for that."""
        asked = Question.filter(person=writing.person, until__gt=self._clock.now())
        if await asked.filter(inquiry__startswith="safety-").exists():
            return [writing.began]
        steps = await asked.filter(room=writing.room, inquiry__in=list(ASKED))
        names = [f"question:{each.id}" for each in steps]
        said = Owed.filter(name__in=names, event_id__not_isnull=True)
        shown = {str(event) for event in await said.values_list("event_id", flat=True)}
        waiting = Heard.filter(room=writing.room, sender=writing.person, state=Settled.WAITING)
        kinds = (Kind.MESSAGE, Kind.REACTION)
        earlier = await waiting.filter(kind__in=kinds, id__gt=writing.heard_after).order_by("id")
        words = [(row.at, _word(row, {*names, *shown})) for row in earlier]
        for each in news.candidates:
            row, happened = each.row, each.happening
            if (row.room, row.sender) != (writing.room, writing.person):
                continue
            if isinstance(happened, Said):
                words.append((row.at, happened.text))
            elif isinstance(happened, Tapped) and happened.target in shown:
                words.append((row.at, happened.sign))
        left = steps_left(writing.step) if writing.way is Way.PARTS else None
        return last_words(words, self._prefix, steps=left)

    def _unread(self, candidate: Candidate, theirs: _Theirs | None) -> Candidate:
        """A candidate as it is, or only that there was something, if it is part of a time of writing."""
        row = candidate.row
        if theirs is None or row.sender != theirs.person or row.state is Settled.SEALED:
            return candidate
        late = row.at > theirs.until
        match candidate.happening:
            case Reworded(target=target) if target in theirs.before:
                pass  # its new words are as much theirs as those before
            case _ if late:
                return candidate
            case Said() as said:
                if is_for_us(said.text, self._prefix):
                    return candidate
            case Tapped() | TakenBack() | Answered() | Ended() | InClear():
                return candidate
            case None if row.kind is not Kind.MESSAGE:
                return candidate
            case _:
                pass
        key = row.key[row.key.index("$") :] if "$" in row.key else row.key
        heard = Heard(
            key=f"{EDITED}{key}"[:255] if late else key,
            kind=Kind.CHANGE,
            room=row.room,
            sender=row.sender,
            at=row.at,
            content={"change": Change.WROTE},
        )
        return Candidate(heard, None, certain=True)

    def _answered(
        self, room: str, said: Said, names: Mapping[tuple[str, str], str]
    ) -> dict[str, object]:
        """What a message replies to: what it names, or else what began the thread, where that is understood so."""
        if said.reply_to is not None or said.thread is None:
            return {"target": names.get((room, said.reply_to or ""))}
        name = names.get((room, said.thread))
        # Whether what was forgotten listens to its thread is known when its name is.
        listens = name is not None and (name.startswith("$") or self._threads(name))
        return {"target": name, "in_thread": True} if listens else {"target": None}

    async def _taps(self, candidate: Candidate, names: Mapping[tuple[str, str], str]) -> bool:
        """Whether a tap, or an answer in a poll or its end, is for something of ours; then with its content."""
        row = candidate.row
        match candidate.happening:
            case Tapped() as tapped:
                name = names.get((row.room, tapped.target))
                row.content = {"text": tapped.sign, "target": name}
                return name is not None
            case Answered() as answered:
                # How many options there are stands where the poll is: that is looked up when this is settled.
                answers = list(answered.answers)
                row.content = {"door": "poll", "target": answered.target, "answers": answers}
                return (row.room, answered.target) in names
            case Ended() as ended:
                return (row.room, ended.target) in names and await _may_end(row)
            case InClear() as unsure:
                return (row.room, unsure.target) in names
            case _:
                return False

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
                case (
                    Said(reply_to=str(target))
                    | Said(reply_to=None, thread=str(target))
                    | Tapped(target=target)
                    | Answered(target=target)
                    | Ended(target=target)
                    | InClear(target=target)
                ):
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

    async def _coming(self, news: News) -> dict[str, str]:
        """Where somebody says among people that they come or do not, and was asked: the room, and what asked."""
        rooms = {
            candidate.row.room
            for candidate in news.candidates
            if isinstance(candidate.happening, Said)
            and not candidate.certain
            and _says_who_comes(candidate.happening)
        }
        return await who_comes(rooms, self._clock.now()) if rooms else {}

    async def _spoken(self, news: News) -> dict[str, str | None]:
        """Of the events that are redacted or edited now, those that matter to us, and by whom they were, if that is known.

        They asked for something, were a voice in a poll, or wait to be settled and may become one.
        """
        undone = [
            (candidate.happening.target, str(candidate.row.sender))
            for candidate in news.candidates
            if isinstance(candidate.happening, TakenBack | Reworded)
        ]
        if not undone:
            return {}
        targets = [target for target, _by in undone]
        asked = await Reminder.filter(request__in=targets).values_list("request", flat=True)
        spoken: dict[str, str | None] = dict.fromkeys(map(str, asked))
        spoken |= dict.fromkeys(await voices(targets))
        spoken |= dict.fromkeys(await requests(targets))
        spoken |= await begun_by({by for _target, by in undone}, targets, self._clock.now())
        spoken |= dict(await Cast.filter(event__in=targets).values_list("event", "person"))
        waiting = Heard.filter(key__in=targets, state__in=(Settled.WAITING, Settled.SEALED))
        spoken |= {row.key: row.sender for row in await waiting}
        return spoken

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


def _word(row: Heard, steps: Collection[str]) -> str:
    """What a row that waits says to a time of writing; "" for a tap under something else."""
    content = row.content or {}
    if row.kind is Kind.REACTION and content.get("target") not in steps:
        return ""
    return str(content.get("text") or "")


def _says_who_comes(said: Said) -> bool:
    """Whether somebody speaks to all about coming, in answer to nobody else."""
    if said.reply_to is not None or said.thread is not None or said.mentions:
        return False
    return read_attendance_said_to_all(said.text) is not None


def _concerns(candidate: Candidate, spoken: Mapping[str, str | None]) -> bool:
    """Whether a redaction or an edit is of something that mattered; nobody edits what another has said."""
    match candidate.happening:
        case TakenBack(target=target):
            return target in spoken
        case Reworded(target=target):
            return target in spoken and spoken[target] in (None, candidate.row.sender)
        case _:
            return False


async def _may_end(row: Heard) -> bool:
    """Whether the room lets its sender end a poll that is not theirs: that is for those who may redact it."""
    room = await Room.get_or_none(id=row.room)
    return room is not None and power.may_redact(room, str(row.sender))


def _in_private(private_with: str, person: str, event: Mapping[str, Any]) -> Change | None:
    """What a membership means in a private chat: a third person came, or its one person went."""
    membership = mapping(event.get("content")).get("membership")
    if person != private_with:
        return Change.JOINED if membership == "join" else None
    return Change.LEFT if membership in ("leave", "ban") else None
