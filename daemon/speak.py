"""Speaks: delivers what is owed, each room in order and rooms side by side, once. `daemon/lanes.py` knows the order.

The transaction id of a row never changes, so a message tried twice is said once. The homeserver forgets ids after a
day: an older row is looked for among our own messages first. A refusal wedges that one message; the room goes on.
"""

import asyncio
import base64
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Any

from nio.crypto.attachments import encrypt_attachment
from tortoise.expressions import Q

from daemon import text
from daemon.clock import Clock
from daemon.encryption import Encryption
from daemon.events import is_event, listed, mapping
from daemon.lanes import AT_ONCE, SPOKEN, TIDYING, Lane, Urgency, urgency
from daemon.matrix import Homeserver, Json, Limited, Refusal, Revoked, Unreachable, path
from daemon.rooms import SPACE as SPACE_TYPE
from daemon.rooms import Rooms
from handlers.meetings.meetings import CIRCLE
from handlers.words import verbatim
from practices.assembly.events import ASSEMBLY, CARD, DELEGATES, LETTER, PEOPLE, SPACE
from practices.circles import RoomKind
from practices.polls.chart import Chart, from_json
from storage.database import transaction
from storage.outbox import Deed, Delivery, Owed, arrived
from storage.rooms import Room

if TYPE_CHECKING:
    from daemon.picture import Drawing

log = logging.getLogger(__name__)

#: Synapse remembers a transaction id for 24 hours.
REMEMBERED = timedelta(hours=23)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0

#: What was refused is tried again within this time; later nobody waits for it.
STILL_WANTED = timedelta(days=1)

#: A refused join is tried again after each of these pauses, in seconds, before the refusal is believed.
JOIN_PAUSES = (0.5, 1, 2, 4, 8, 16)

#: What everybody may do in a room of our making: call it what they like, and speak with each other aloud.
EVERYBODY_MAY = (
    "m.room.name",
    "m.room.topic",
    "m.room.avatar",
    "m.room.pinned_events",
    "m.call.member",
    "org.matrix.msc3401.call",
    "org.matrix.msc3401.call.member",
    "im.vector.modular.widgets",
)

#: What stands in a room's timeline, with our mark, once it was said.
MESSAGES = frozenset({Deed.SEND, Deed.FILE, Deed.EDIT, Deed.PICTURE, Deed.POLL, Deed.END})

PNG = "image/png"

#: Rows held in memory per room; the others wait in the database. Of what tidies more are at hand: a change of a message is
#: left out only for a newer one that is known, and two hundred voices change one board two hundred times.
AT_HAND, TIDYING_AT_HAND = 50, 400

DUPLICATE = "M_DUPLICATE_ANNOTATION"
IN_USE = "M_ROOM_IN_USE"
LEFT_US = "KINKEEPER_LEFT_PRIVATE_CHAT"


class Speaker:
    """Delivers the outbox."""

    def __init__(
        self,
        homeserver: Homeserver,
        clock: Clock,
        rooms: Rooms,
        *,
        me: str,
        encryption: Encryption | None,
        group: asyncio.TaskGroup,
        may_speak: asyncio.Event,
        on_sent: Callable[[str], None],
        on_wedged: Callable[[Owed], Awaitable[None]],
        on_made: Callable[[Owed, str], Awaitable[None]],
        on_removed: Callable[[Owed, str], Awaitable[None]],
        on_gather: Callable[[Owed, str], Awaitable[None]],
        draw: Callable[[Chart], "Drawing"],
        on_private: Callable[[str], None],
    ) -> None:
        """`may_speak` is set once the daemon has listened; `on_sent` gets the lane that moved on.

        `on_wedged` notes that a row was refused, `on_made` that a room asked for is there,
        `on_removed` that somebody is out of a room; `on_private` gets the person with whom there is a private chat now.
        `on_gather` reads a room's history, again or to its beginning, and notes what it found; `draw` makes a picture, in a thread of its own.
        """
        self._homeserver = homeserver
        self._clock = clock
        self._rooms = rooms
        self._me = me
        self._encryption = encryption
        self._group = group
        self._may_speak = may_speak
        self._on_sent = on_sent
        self._on_wedged = on_wedged
        self._on_made = on_made
        self._on_removed = on_removed
        self._on_gather = on_gather
        self._draw = draw
        self._on_private = on_private
        #: By the room or person, and whether it tidies.
        self._lanes: dict[tuple[str, bool], Lane] = {}
        #: What is less urgent leaves the homeserver room for what is more.
        self._doors = {how: asyncio.Semaphore(most) for how, most in AT_ONCE.items()}
        #: Not set while many hours strike at once: then what nobody asked for stays, but for signals.
        self.calm = asyncio.Event()
        self.calm.set()
        self._unsent: Counter[tuple[str, str | None]] = Counter()
        #: Transactions that are being tried, and those of them whose arrival the echo has told.
        self._trying: set[str] = set()
        self._arrived: set[str] = set()
        self.tally: Counter[str] = Counter()

    def unsent(self, lane: str, person: str | None) -> int:
        """How many answers to a person are still on their way to a room."""
        return self._unsent[lane, person]

    async def resume(self) -> None:
        """Take up what a former life owed."""
        names = await Owed.filter(state=Delivery.OWED).distinct().values_list("lane", flat=True)
        for name in names:
            self._reload(str(name))

    def put(self, rows: Iterable[Owed]) -> None:
        """Queue rows that are stored already."""
        for row in rows:
            self._unsent[row.lane, row.asker] += 1
            self._trying.add(row.transaction)
            lane = self._lane(row.lane, tidies=row.deed in TIDYING)
            if lane.more or len(lane.rows) >= _at_hand(lane):
                lane.more = lane.grew = True
            else:
                lane.rows.append(row)
            self._start(lane)

    def arrived(self, transactions: Iterable[str]) -> None:
        """The homeserver has shown us our own messages."""
        self._arrived.update(self._trying.intersection(transactions))

    def _lane(self, name: str, *, tidies: bool) -> Lane:
        return self._lanes.setdefault((name, tidies), Lane(name, tidies=tidies))

    def _reload(self, name: str) -> None:
        """The database holds rows for a room or person that are not at hand."""
        lanes = [self._lane(name, tidies=tidies) for tidies in (False, True)]
        for lane in lanes:
            lane.more = True
            self._start(lane)

    def _start(self, lane: Lane) -> None:
        if lane.task is None:
            lane.task = self._group.create_task(self._run(lane))

    async def _run(self, lane: Lane) -> None:
        await self._may_speak.wait()
        while True:
            while not lane.rows and lane.more:
                await self._load(lane)
            if not lane.rows:
                break
            row = self._next(lane)
            await self._turn(row)
            needless = await self._needless(row, lane)
            if needless:
                await self._sent(row, lane.name, None)
            else:
                await self._deliver_surely(row)
            lane.left(row, needless=needless)
            self._done(row)
        lane.task = None
        lane.moved.set()
        del self._lanes[lane.name, lane.tidies]

    def _next(self, lane: Lane) -> Owed:
        """The row that leaves next: the oldest, or a change that many signs hold up and nothing else."""
        change = lane.held_up()
        return lane.rows[0] if change is None or self._before(change) is not None else change

    def _before(self, row: Owed) -> Lane | None:
        """The other lane of a row's room, if anything older is left in it."""
        other = self._lanes.get((row.lane, row.deed not in TIDYING))
        return other if other is not None and other.owes_before(row) else None

    async def _load(self, lane: Lane) -> None:
        lane.grew = False
        owed = Owed.filter(lane=lane.name, state=Delivery.OWED)
        owed = owed.filter(deed__in=TIDYING) if lane.tidies else owed.exclude(deed__in=TIDYING)
        most = _at_hand(lane)
        rows = await owed.order_by("id").limit(most + 1)
        lane.more = len(rows) > most or lane.grew
        lane.rows.extend(rows[:most])
        lane.moved.set()
        self._trying.update(row.transaction for row in lane.rows)

    async def _turn(self, row: Owed) -> None:
        """Wait until nothing that it may not overtake is left in the other lane of its room."""
        if row.deed in SPOKEN:
            return
        while (other := self._before(row)) is not None:
            other.moved.clear()
            await other.moved.wait()

    def _done(self, row: Owed) -> None:
        key = (row.lane, row.asker)
        self._unsent[key] -= 1
        if self._unsent[key] <= 0:
            del self._unsent[key]
        self._trying.discard(row.transaction)
        self._arrived.discard(row.transaction)
        self._on_sent(row.lane)

    async def _needless(self, row: Owed, lane: Lane) -> bool:
        """Whether what waits behind it changes or takes back the same message: then only that is done."""
        later = lane.undoes(row)
        if later is None:
            return False
        # What was said between the two under the same name is another message.
        between = Owed.filter(lane=row.lane, name=row.target, id__gt=row.id, id__lt=later.id)
        return not await between.exists()

    # ---------------------------------------------------------------------------------- one delivery

    async def _deliver_surely(self, row: Owed) -> None:
        """Try until it is delivered, was delivered before, or is refused."""
        wait = FIRST_PAUSE
        while True:
            try:
                return await self._let_out(row)
            except Revoked:
                raise
            except Limited as limited:
                self.tally["limited"] += 1
                # Whoever spoke much lets the others go first when the server's pause ends.
                await asyncio.sleep(
                    limited.pause + 0.05 * min(self._unsent[row.lane, row.asker], 10)
                )
            except Unreachable as error:
                log.warning("delivery waits %.1f s: %s", wait, error)
                await asyncio.sleep(wait * random.uniform(0.7, 1.3))
                wait = min(wait * 2, LONGEST_PAUSE)
            except Refusal as refusal:
                await self._wedge(row, refusal)
                return None

    async def _let_out(self, row: Owed) -> None:
        """Deliver it when its urgency lets it leave."""
        how = urgency(row)
        if row.asker is None and how is not Urgency.SIGNAL:
            await self.calm.wait()
        async with self._doors.get(how, nullcontext()):
            await self._deliver(row)

    async def _deliver(self, row: Owed) -> None:
        room = await self._room_of(row)
        if row.transaction in self._arrived or await self._said_long_ago(row, room):
            await self._sent(row, room, None)
            return
        match row.deed:
            case Deed.JOIN | Deed.LEAVE:
                await self._move(row, room)
            case Deed.STATE:
                key = self._me if row.target is None else row.target
                where = path("rooms", room, "state", row.type, key)
                answer = await self._homeserver.request("PUT", where, row.content or {})
                await self._sent(row, room, answer.get("event_id"))
            case Deed.MAKE:
                await self._on_made(row, await self._make(row))
            case Deed.INVITE | Deed.REMOVE:
                await self._escort(row, room)
            case Deed.REDACT:
                await self._redact(row, room)
            case Deed.GATHER | Deed.READ_BACK:
                await self._on_gather(row, room)
            case _:
                await self._send(row, room)

    async def _send(self, row: Owed, room: str) -> None:
        prepared = await self._prepared(row, room)
        if prepared is None:  # what it would change was never said
            await self._sent(row, room, None)
            return
        event_type, content = prepared
        if event_type != "m.reaction":
            content[text.TRANSACTION] = row.transaction
            if await self._is_encrypted(room):
                assert self._encryption is not None
                person = self._rooms[room].private_with
                among = frozenset({self._me, person}) if person else None
                content = await self._encryption.seal(room, event_type, content, among=among)
                content[text.TRANSACTION] = row.transaction
                event_type = "m.room.encrypted"
        where = path("rooms", room, "send", event_type, row.transaction)
        try:
            answer = await self._homeserver.request("PUT", where, content)
        except Refusal as refusal:
            if refusal.errcode != DUPLICATE:  # the reaction stands already: that was the aim
                raise
            answer = {}
        await self._sent(row, room, answer.get("event_id"))

    async def _prepared(self, row: Owed, room: str) -> tuple[str, Json] | None:
        """Type and content of the event to send; None when there is nothing left to change."""
        content = dict(row.content or {})
        match row.deed:
            case Deed.SEND:
                return row.type, _message(content)
            case Deed.FILE:
                return row.type, await self._file(content, room)
            case Deed.PICTURE:
                return row.type, await self._picture(content, room)
            case Deed.POLL:
                return row.type, _poll(content)
            case Deed.END:
                poll = await self._target(row, room)
                return (row.type, text.poll_end(poll, str(content["text"]))) if poll else None
            case Deed.EDIT | Deed.REACT:
                target = await self._target(row, room)
                if target is None:
                    return None
                if row.deed is Deed.REACT:
                    return "m.reaction", text.reaction(target, str(content["sign"]))
                return row.type, text.edited(_message(content), target)
            case _:
                raise TypeError(row.deed)

    async def _target(self, row: Owed, room: str) -> str | None:
        """The event that a row is about: of messages with one name, the newest that was owed before it."""
        target = row.target
        if target is None or target.startswith("$"):
            return target
        before = Owed.filter(name=target, room=room, id__lt=row.id)
        named = before.filter(state=Delivery.SENT, event_id__not_isnull=True)
        found = await named.order_by("-id").first()
        return found.event_id if found else None

    async def _file(self, content: Json, room: str) -> Json:
        data = base64.b64decode(str(content["data"]))
        filename, mime = str(content["filename"]), str(content["mime"])
        message: Json = {
            "msgtype": "m.file",
            "body": filename,
            "filename": filename,
            "info": {"mimetype": mime, "size": len(data)},
            "m.mentions": {},
        }
        message |= await self._uploaded(data, mime, room)
        return text.threaded(message, content.get("thread"))

    async def _picture(self, content: Json, room: str) -> Json:
        """The message with a picture; one that cannot be drawn or stored is told in words instead."""
        alt, thread = str(content["alt"]), content.get("thread")
        try:
            drawn = await asyncio.to_thread(self._draw, from_json(mapping(content["chart"])))
            message = text.picture(alt, PNG, len(drawn.png), drawn.width, drawn.height)
            message |= await self._uploaded(drawn.png, PNG, room)
        except (Limited, Revoked, Unreachable):
            raise
        except Exception:
            log.exception("a picture was not made; what it shows is said in words")
            return text.message(verbatim(alt), thread=thread)
        return text.threaded(message, thread)

    async def _uploaded(self, data: bytes, mime: str, room: str) -> Json:
        """Where a file is, as its message says it; in an encrypted room with what opens it."""
        if not await self._is_encrypted(room):
            return {"url": await self._homeserver.upload(data, mime)}
        sealed, keys = encrypt_attachment(data)
        address = await self._homeserver.upload(sealed, "application/octet-stream")
        return {"file": {**keys, "url": address}}

    async def _is_encrypted(self, room: str) -> bool:
        """Whether a room is encrypted; one that we have not heard of yet is asked, never assumed."""
        if room in self._rooms and self._rooms[room].joined:
            return self._rooms[room].encrypted
        try:
            await self._homeserver.request(
                "GET", path("rooms", room, "state", "m.room.encryption", "")
            )
        except Refusal as refusal:
            if refusal.errcode == "M_NOT_FOUND":
                return False
            raise
        return True

    async def _move(self, row: Owed, room: str) -> None:
        if row.deed is Deed.LEAVE:
            try:
                await self._homeserver.request("POST", path("rooms", room, "leave"), {})
            except Refusal as refusal:
                log.info("leaving was not needed: %s", refusal)
        else:
            via = listed((row.content or {}).get("via"))
            where = path("join", room)
            if via:
                where += "?" + "&".join(f"via={server}" for server in via)
            await self._join(where)
        await self._sent(row, room, None)

    async def _join(self, where: str) -> None:
        """Join; a homeserver that just learns of a room elsewhere may not know the way yet, so it is asked again."""
        for pause in JOIN_PAUSES:
            try:
                await self._homeserver.request("POST", where, {})
            except (Limited, Revoked):
                raise
            except Refusal as refusal:
                log.info("joining waits %.1f s: %s", pause, refusal)
                await asyncio.sleep(pause)
            else:
                return
        await self._homeserver.request("POST", where, {})

    async def _sent(self, row: Owed, room: str, event_id: Any) -> None:
        self.tally["sent"] += 1
        await arrived(row.id, room, str(event_id) if event_id else None)

    async def _wedge(self, row: Owed, refusal: Refusal) -> None:
        log.warning("row %d was refused: %s", row.id, refusal)
        self.tally["wedged"] += 1
        row.state, row.refusal = Delivery.WEDGED, str(refusal)[:255]
        await self._on_wedged(row)

    async def _said_long_ago(self, row: Owed, room: str) -> bool:
        """Whether a row that the homeserver may have forgotten stands in the room already."""
        if row.deed not in MESSAGES:
            return False
        if self._clock.now() - row.made_at < REMEMBERED:
            return False
        since = row.made_at.timestamp() * 1000
        at: str | None = None
        while True:
            query = {"dir": "b", "limit": "100", "filter": f'{{"senders":["{self._me}"]}}'}
            if at is not None:
                query["from"] = at
            answer = await self._homeserver.request(
                "GET", path("rooms", room, "messages"), query=query
            )
            chunk = [event for event in listed(answer.get("chunk")) if is_event(event)]
            for event in chunk:
                if mapping(event["content"]).get(text.TRANSACTION) == row.transaction:
                    return True
            at = answer.get("end")
            if not at or not chunk or chunk[-1].get("origin_server_ts", 0) < since:
                return False

    # ------------------------------------------------------------------------------------------- rooms

    async def _make(self, row: Owed) -> str:
        """The room that was asked for; one that a former life made and could not note is found again."""
        digest = blake2b(f"{self._me}\n{row.transaction}".encode(), digest_size=10).hexdigest()
        alias, server = f"kinkeeper-{digest}", self._me.partition(":")[2]
        body = _new_room(row.content or {}, alias, server)
        try:
            answer = await self._homeserver.request("POST", path("createRoom"), body)
        except Refusal as refusal:
            if refusal.errcode != IN_USE:
                raise
            answer = await self._homeserver.request(
                "GET", path("directory", "room", f"#{alias}:{server}")
            )
            await self._check_ours(str(answer["room_id"]))
        return str(answer["room_id"])

    async def _check_ours(self, room: str) -> None:
        """Raises Refusal when somebody else made a room under a name of ours."""
        where = path("rooms", room, "state", "m.room.create", "")
        create = await self._homeserver.request("GET", where, query={"format": "event"})
        if create.get("sender") != self._me:
            raise Refusal(409, IN_USE, "somebody else has a room of that name")

    async def _escort(self, row: Owed, room: str) -> None:
        """Invite or remove somebody; to find it done already is as good."""
        deed = "invite" if row.deed is Deed.INVITE else "kick"
        try:
            await self._homeserver.request(
                "POST", path("rooms", room, deed), {"user_id": row.target, **(row.content or {})}
            )
        except (Limited, Revoked):
            raise
        except Refusal:
            there = await self._membership(room, str(row.target))
            done = ("join", "invite") if row.deed is Deed.INVITE else ("leave", "ban", None)
            if there not in done:
                raise
        if row.deed is Deed.REMOVE:
            await self._on_removed(row, room)
        await self._sent(row, room, None)

    async def _membership(self, room: str, person: str) -> str | None:
        where = path("rooms", room, "state", "m.room.member", person)
        try:
            answer = await self._homeserver.request("GET", where)
        except (Limited, Revoked):
            raise
        except Refusal:
            return None
        return str(answer.get("membership"))

    async def _redact(self, row: Owed, room: str) -> None:
        event = await self._target(row, room)
        if event is not None:
            where = path("rooms", room, "redact", event, row.transaction)
            await self._homeserver.request("PUT", where, {})
        await self._sent(row, room, None)

    # --------------------------------------------------------------------------------- private chats

    async def _room_of(self, row: Owed) -> str:
        """The room of a lane; the private chat with a person is made when there is none."""
        if not row.lane.startswith("@"):
            return row.lane
        rooms = await Room.filter(private_with=row.lane).order_by("-joined", "id")
        for room in rooms:
            if room.joined:
                return room.id
        if rooms:
            raise Refusal(403, LEFT_US, "they left our private chat")
        return await self._make_private(row.lane)

    async def _make_private(self, person: str) -> str:
        """The private chat with a person; one that a former life made and could not note is found again."""
        digest = blake2b(f"{self._me}\n{person}".encode(), digest_size=10).hexdigest()
        room_id = None
        numbers = count()
        while room_id is None:
            number = next(numbers)
            alias = f"kinkeeper-{digest}" + (f"-{number}" if number else "")
            room_id = await self._created(alias, person) or await self._found(alias, person)
        await transaction(partial(self._keep_private, room_id, person))
        self._on_private(person)
        return room_id

    async def _created(self, alias: str, person: str) -> str | None:
        """A new room of that name; None when there is one already."""
        body: Json = {
            "preset": "private_chat",
            "is_direct": True,
            "invite": [person],
            "room_alias_name": alias,
        }
        if self._encryption is not None:
            algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
            body["initial_state"] = [
                {"type": "m.room.encryption", "state_key": "", "content": algorithm}
            ]
        try:
            answer = await self._homeserver.request("POST", path("createRoom"), body)
        except Refusal as refusal:
            if refusal.errcode != IN_USE:
                raise
            return None
        return str(answer["room_id"])

    async def _found(self, alias: str, person: str) -> str | None:
        """The room of that name, if it is still between the two of us."""
        server = self._me.partition(":")[2]
        try:
            answer = await self._homeserver.request(
                "GET", path("directory", "room", f"#{alias}:{server}")
            )
            room_id = str(answer["room_id"])
            members = await self._homeserver.request(
                "GET", path("rooms", room_id, "joined_members")
            )
        except Refusal as refusal:
            log.info("a former private chat is not ours any more: %s", refusal)
            return None
        joined = set(mapping(members.get("joined")))
        return room_id if self._me in joined and joined <= {self._me, person} else None

    async def _keep_private(self, room_id: str, person: str) -> None:
        room = await Room.get_or_none(id=room_id) or Room(id=room_id)
        room.private_with, room.kind, room.joined = person, RoomKind.PRIVATE, True
        # We made it so; a sync in the middle of its making may have shown it without.
        room.encrypted = room.encrypted or self._encryption is not None
        await room.save(force_create=not room._saved_in_db)
        # Before the next sync is stored, which may know the room already.
        self._rooms.keep(room)

    async def unwedge(self, lane: str) -> None:
        """Try again what was refused in a room whose rules have changed, or to a person who is back."""
        recent = Q(made_at__gte=self._clock.now() - STILL_WANTED) | Q(deed=Deed.STATE)
        again = Owed.filter(recent, lane=lane, state=Delivery.WEDGED)
        if await again.update(state=Delivery.OWED, refusal=None):
            self._reload(lane)


def _at_hand(lane: Lane) -> int:
    """How many rows of a lane are held in memory."""
    return TIDYING_AT_HAND if lane.tidies else AT_HAND


def _new_room(wanted: Json, alias: str, server: str) -> Json:
    """A room of ours: a circle's, or one of an assembly."""
    part = wanted.get("part")
    if wanted.get("kind") == RoomKind.PRIVATE:
        return _for_one_person(wanted, alias)
    if part is None:
        return _for_a_circle(wanted, alias, server)
    in_it = {**mapping(wanted.get("creation")), "version": 1, "part": part}
    if wanted.get("space"):
        in_it["space"] = wanted["space"]
    if part in (PEOPLE, DELEGATES):
        made = _for_a_circle(wanted, alias, server)
        made["power_level_content_override"]["invite"] = 0
        # Each keeper notes for itself what the room is; the key is its own id.
        made["power_level_content_override"]["events"][CIRCLE] = 0
    else:
        made = _of_the_protocol(wanted, alias, server)
    kind = {"type": SPACE_TYPE} if part == SPACE else {}
    return {**made, "creation_content": {**kind, ASSEMBLY: in_it}}


def _for_one_person(wanted: Json, alias: str) -> Json:
    """A private chat of ours beside that which a person made: in it we may take back what both write."""
    encryption = {
        "type": "m.room.encryption",
        "state_key": "",
        "content": {"algorithm": "m.megolm.v1.aes-sha2"},
    }
    return {
        "preset": "private_chat",
        "is_direct": True,
        "name": wanted["name"],
        "invite": wanted.get("invite") or [],
        "room_alias_name": alias,
        "initial_state": [encryption],
    }


def _of_the_protocol(wanted: Json, alias: str, server: str) -> Json:
    """A room of an assembly, in clear, that shows its past: each writes for itself, and nobody takes back or puts out."""
    # The key of such a state is its writer's own id, so the homeservers keep everybody to their own.
    events = {CARD: 0, CIRCLE: 0, "m.room.redaction": 100}
    levels = {"state_default": 100, "invite": 0, "events": events}
    return _closed(wanted, alias, server, past="shared", levels=levels)


def _for_a_circle(wanted: Json, alias: str, server: str) -> Json:
    """A room in which all are equal: only the daemon, which asks everybody first, lets people in and out."""
    encryption = {
        "type": "m.room.encryption",
        "state_key": "",
        "content": {"algorithm": "m.megolm.v1.aes-sha2"},
    }
    levels = {"state_default": 50, "invite": 100, "events": dict.fromkeys(EVERYBODY_MAY, 0)}
    made = _closed(wanted, alias, server, past="joined", levels=levels)
    return {**made, "initial_state": [encryption, *made["initial_state"]]}


def _closed(wanted: Json, alias: str, server: str, *, past: str, levels: Json) -> Json:
    """A room by invitation only, in which nobody puts anybody out; `past` says how much of it newcomers see."""
    state: list[Json] = [
        {
            "type": "m.room.history_visibility",
            "state_key": "",
            "content": {"history_visibility": past},
        },
        {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}},
    ]
    return {
        "name": wanted["name"],
        "topic": wanted.get("topic") or "",
        "preset": "private_chat",
        "room_alias_name": alias,
        "invite": wanted.get("invite") or [],
        "initial_state": [*state, *_parents(wanted, server)],
        "power_level_content_override": {
            "users_default": 0,
            "events_default": 0,
            "kick": 100,
            "ban": 100,
            "redact": 100,
            **levels,
        },
    }


def _parents(wanted: Json, server: str) -> list[Json]:
    if not wanted.get("space"):
        return []
    content = {"via": [server], "canonical": True}
    return [{"type": "m.space.parent", "state_key": wanted["space"], "content": content}]


def _poll(content: Json) -> Json:
    options = [str(option) for option in listed(content["options"])]
    return text.poll(str(content["question"]), options, disclosed=bool(content["disclosed"]))


def _message(content: Json) -> Json:
    message = text.message(
        str(content["text"]), mention=listed(content.get("mention")), thread=content.get("thread")
    )
    if content.get("letter") is not None:
        message[LETTER] = content["letter"]
    return message
