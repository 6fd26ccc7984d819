"""Joins everything into the running daemon: the one place where the parts meet."""

import asyncio
import logging
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from daemon import web
from daemon.calendar import Calendar
from daemon.clock import Clock, DemoClock, SystemClock
from daemon.device import Device, log_in, make_trusted
from daemon.direct import publish_direct
from daemon.encryption import Encryption
from daemon.events import listed
from daemon.gather import Gathered, Gatherer
from daemon.hear import Listener
from daemon.history import History, Page
from daemon.inbox import Inbox
from daemon.keyring import Keyring
from daemon.lost_keys import condemn_lost
from daemon.matrix import Homeserver, Limited, Refusal, Revoked, Unreachable, path
from daemon.news import Reader, changed
from daemon.only_one import only_one
from daemon.rooms import Rooms
from daemon.settings import Settings
from daemon.settle import Outcome, Settler, destroy_condemned, due_hours, transaction_id
from daemon.speak import LEFT_US, Speaker
from daemon.updates import updated
from handlers.catalogue import CATALOGUE
from handlers.language import Catalogue, Change, House
from handlers.meetings.meetings import RESTING
from handlers.oneself.safety import SAFETY
from handlers.words import escaped
from practices.assembly.events import DELEGATES, PEOPLE, SPACE
from practices.circles import RoomKind
from practices.polls.chart import Chart
from storage import askings, bookings, reflections, shared_names
from storage.carried import Carried
from storage.coming import Coming
from storage.database import close_database, open_database, scrub, transaction
from storage.dyads import forget_long_met
from storage.energy import Energy
from storage.facts import recall, remember
from storage.hosting import Hosting
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.members import Member
from storage.outbox import Deed, Delivery, Owed, arrived
from storage.presence import Presence, to_totals
from storage.questions import Question
from storage.rooms import Room
from storage.sealed import UNREADABLE, opens, seal_with, sealed_mark
from storage.shares import forget_overdue

if TYPE_CHECKING:
    from daemon.picture import Drawing

log = logging.getLogger(__name__)

#: Settled rows are kept this long, so that nothing the homeserver tells twice is done twice.
MEMORY = timedelta(days=14)

#: After a start, hours wait until what was heard is settled, but not longer than so many seconds.
LONGEST_CATCH_UP = 60.0

#: Who came is kept a year (privacy class A), and so are the names of our own messages.
A_YEAR = timedelta(days=366)

#: So many seconds later the files are scrubbed when a backup was just reading them.
SCRUB_PAUSE = 60.0

#: Something sealed like all that is on its way: whether it opens tells whether that does.
POST_MARK = "post_mark"

#: systemd is told that all is well this often, and only while the homeserver is heard.
WATCHDOG = 20.0


def house_of(settings: Settings, keys: Keyring, catalogue: Catalogue = CATALOGUE) -> House:
    """What features may know of these settings."""
    return House(
        me=settings.user_id,
        catalogue=catalogue,
        keys=keys,
        prefix=settings.command_prefix,
        zone=settings.timezone,
        stewards=settings.stewards,
        safety_contacts=settings.safety_contacts,
        welcomes=settings.welcomes,
        version=version("kinkeeper"),
    )


def clock_of(settings: Settings) -> Clock:
    """The clock to live by."""
    return DemoClock(settings.demo_clock) if settings.demo_clock else SystemClock()


async def first_answer(homeserver: Homeserver) -> None:
    """Wait until the homeserver answers: after a power cut, everything starts at once."""
    wait = 1.0
    while True:
        try:
            await homeserver.request("GET", "/_matrix/client/versions", timeout=10)
        except (Unreachable, Refusal) as error:
            log.warning(
                "the homeserver does not answer yet, trying again in %.0f s: %s", wait, error
            )
            await asyncio.sleep(wait)
            wait = min(wait * 2, 30.0)
        else:
            return


def keyring_of(settings: Settings) -> Keyring:
    """The keys at rest. Raises WrongKey."""
    phrase = settings.secret_key.get_secret_value() if settings.secret_key else None
    return Keyring.at(settings.data_dir, phrase)


async def drop_unreadable() -> None:
    """Delete what was sealed with another secret: nobody can say or settle it any more.

    It is there only where a database outlived the data folder; then the device is a new one, too.
    """
    known = await recall(POST_MARK)
    if known is not None and opens(known):
        return
    lost = 0
    for row in await Heard.filter(state__in=(Settled.WAITING, Settled.SEALED)):
        if row.content == UNREADABLE:
            await row.delete()
            lost += 1
    for owed in await Owed.filter(state__in=(Delivery.OWED, Delivery.WEDGED)):
        if owed.content == UNREADABLE:
            await owed.delete()
            lost += 1
    for question in await Question.all():
        if question.data == UNREADABLE:
            await question.delete()
            lost += 1
    await remember(POST_MARK, sealed_mark())
    if lost:
        log.warning("%d rows were sealed with another secret and are gone", lost)


@asynccontextmanager
async def at_home(
    settings: Settings, keyring: Keyring
) -> AsyncIterator[tuple[Homeserver, Device, Encryption]]:
    """Log in with a trusted device. Raises DeviceTrouble, Refusal or WrongKey."""
    password = settings.password.get_secret_value() if settings.password else None
    token = settings.access_token.get_secret_value() if settings.access_token else None
    homeserver = Homeserver(settings.homeserver_url)
    encryption = None
    try:
        await first_answer(homeserver)
        device = await log_in(
            homeserver,
            settings.data_dir,
            keyring,
            user=settings.user_id,
            password=password,
            token=token,
            device_id=settings.device_id,
        )
        encryption = Encryption.open(
            homeserver, settings.data_dir, device.user, device.id, keyring.key("pickle")
        )
        if encryption.machine.should_upload_keys:
            await encryption.upload_keys()
        device = await make_trusted(
            homeserver, device, encryption.machine, settings.data_dir, keyring, password
        )
        yield homeserver, device, encryption
    finally:
        if encryption is not None:
            encryption.close()
        await homeserver.close()


def drawn(chart: Chart) -> "Drawing":
    """A picture of a chart; what draws is loaded with the first picture."""
    from daemon.picture import draw  # noqa: PLC0415 - see above

    return draw(chart)


class Daemon:
    """One kinkeeper, awake."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        homeserver: Homeserver,
        encryption: Encryption,
        keyring: Keyring,
        group: asyncio.TaskGroup,
        *,
        catalogue: Catalogue = CATALOGUE,
        draw: Callable[[Chart], "Drawing"] = drawn,
    ) -> None:
        """Joins the parts; `run` wakes them."""
        self.clock = clock
        self.house = house_of(settings, keyring, catalogue)
        self.rooms = Rooms()
        self.tally: Counter[str] = Counter()
        self._homeserver = homeserver
        self._encryption = encryption
        self._group = group
        self.reader = Reader(
            homeserver,
            clock,
            self.rooms,
            me=settings.user_id,
            prefix=settings.command_prefix,
            encryption=encryption,
        )
        self.gatherer = Gatherer(homeserver, self.rooms, self.house, self.reader, encryption)
        self.history = History(homeserver)
        device = encryption.machine.device_id
        self.listener = Listener(
            homeserver,
            clock,
            self.reader,
            Inbox(
                clock,
                self.rooms,
                me=settings.user_id,
                device=device,
                threads=self.house.catalogue.threads,
                prefix=settings.command_prefix,
            ),
            me=settings.user_id,
            encryption=encryption,
            on_heard=self._heard,
            on_echo=self._echoed,
            on_rules=self._rules_changed,
            on_hurried=self._heard_all,
        )
        self.speaker = Speaker(
            homeserver,
            clock,
            self.rooms,
            me=settings.user_id,
            encryption=encryption,
            group=group,
            may_speak=self.listener.caught_up,
            on_sent=self._left,
            on_wedged=self._wedged,
            on_made=self._made,
            on_removed=self._removed,
            on_gather=self._gather,
            draw=draw,
            on_private=lambda _person: self._later(self._publish_direct()),
        )
        self.settler = Settler(
            self.house,
            clock,
            self.rooms,
            group=group,
            on_outcome=self._settled,
            unsent=self.speaker.unsent,
        )
        self.calendar = Calendar(clock, self._strike)
        self.calendar.daily("tidy", self._tidy, hour=4)

    async def run(self) -> None:
        """Live until cancelled. Raises Revoked when the homeserver ends the session."""
        await self.rooms.load()
        self.reader.called(await self._display_name())
        await self.speaker.resume()
        await transaction(lambda: updated(self.house.me, self.clock.now()))
        await self.settler.resume()
        self._group.create_task(self._keep_calendar())
        await self.listener.run()

    async def _keep_calendar(self) -> None:
        # Listen and settle first: what people called off while we were away must not ring.
        await self.listener.caught_up.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_CATCH_UP):
                await self.settler.idle.wait()
        await self.calendar.run()

    async def _strike(self) -> bool:
        now = self.clock.now()
        struck = await self.settler.strike(self.listener.asked_at)
        if struck:
            self.speaker.calm.clear()
        else:
            self.speaker.calm.set()
            if await due_hours(now).exists():
                # They wait until what was said before them is heard; the calendar is rung when it is.
                self.listener.hurry()
        return struck

    async def _display_name(self) -> str | None:
        try:
            answer = await self._homeserver.request("GET", path("profile", self.house.me))
        except (Refusal, Unreachable):
            return None
        name = answer.get("displayname")
        return name if isinstance(name, str) else None

    def _heard(self, rows: list[Heard]) -> None:
        self.settler.put(rows)

    def _heard_all(self) -> None:
        self.calendar.ring()

    def _echoed(self, transactions: Iterable[str]) -> None:
        self.speaker.arrived(transactions)

    def _left(self, lane: str) -> None:
        self.settler.sent(lane)

    def _settled(self, outcome: Outcome) -> None:
        self.tally.update(outcome.tally)
        self.speaker.put(outcome.owed)
        if outcome.rang:
            self.calendar.ring()
        if outcome.scrub:
            self._later(self._scrub())

    async def _scrub(self) -> None:
        """Nothing that was deleted stays readable in the database's files; while another reads them, it waits."""
        while not await scrub():
            await asyncio.sleep(SCRUB_PAUSE)

    def _rules_changed(self, lanes: Iterable[str]) -> None:
        for lane in lanes:
            self._later(self.speaker.unwedge(lane))
            if lane.startswith("@"):
                self._later(self._publish_direct())

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        self._group.create_task(work)

    async def _publish_direct(self) -> None:
        try:
            await publish_direct(self._homeserver, self.house.me)
        except (Refusal, Unreachable) as error:
            # The list is a spare: it is written anew with the next private chat.
            log.warning("the list of private chats was not written: %s", error)

    async def _made(self, row: Owed, room_id: str) -> None:
        """A room that a feature asked for is there: it and the feature hear of it together."""
        self.settler.put(await transaction(lambda: self._store_made(row, room_id)))

    async def _store_made(self, row: Owed, room_id: str) -> list[Heard]:
        wanted, me = row.content or {}, self.house.me
        room = await Room.get_or_none(id=room_id) or Room(id=room_id, name=wanted["name"])
        part = wanted.get("part")
        room.joined, room.is_space = True, part == SPACE
        room.encrypted = room.encrypted or part in (None, PEOPLE, DELEGATES)
        room.kind = RoomKind(str(wanted["kind"]))
        if not room.members_known:
            # Whoever comes from now on is heard of; so far only we are here.
            await Member.get_or_create(room=room_id, person=me)
            room.members_known = True
        await room.save(force_create=not room._saved_in_db)
        # Before the next sync is stored, which may know the room already.
        self.rooms.keep(room)
        await arrived(row.id, room_id, None)
        heard = [await self._report(row, Change.MADE, room_id, {})]
        # Nobody could make anything of their coming before it was known what the room is.
        for member in await Member.filter(room=room_id).exclude(person=me).order_by("id"):
            key, at = f"{room_id}:{member.person}", self.clock.now()
            joined = changed(room_id, Change.JOINED, key, by=member.person, at=at)
            await joined.save()
            heard.append(joined)
        return heard

    async def _removed(self, row: Owed, room_id: str) -> None:
        """Somebody is out by our hand: the homeserver does not tell us what we do ourselves."""
        self._encryption.members_changed(room_id)
        self.settler.put(await transaction(lambda: self._store_removed(row, room_id)))

    async def _store_removed(self, row: Owed, room_id: str) -> list[Heard]:
        person = str(row.target)
        if not await Member.filter(room=room_id, person=person).delete():
            return []
        at = self.clock.now()
        left = changed(room_id, Change.LEFT, row.transaction, by=person, at=at)
        await left.save()
        return [left]

    async def _gather(self, row: Owed, room_id: str) -> None:
        """Read again what was said to some of our messages, or all that was, and tell the feature that wants to know."""
        if row.deed is Deed.READ_BACK:
            await self._read_back(row, room_id)
            return
        names = listed((row.content or {}).get("names"))
        try:
            found = await self.gatherer.gather(room_id, [str(name) for name in names])
        except (Limited, Revoked):
            raise
        except Refusal as refusal:
            log.warning("a room could not be read again: %s", refusal)
            found = Gathered(complete=False)
        self.settler.put(await transaction(lambda: self._store_gathered(row, room_id, found)))

    async def _store_gathered(self, row: Owed, room_id: str, found: Gathered) -> list[Heard]:
        await arrived(row.id, room_id, None)
        return [await self._report(row, Change.GATHERED, room_id, found.as_json())]

    async def _read_back(self, row: Owed, room_id: str) -> None:
        """Read a room back to its beginning; each page is stored together with where the next begins."""
        done = False
        while not done:
            held = row.content or {}
            number, before = held.get("number"), held.get("before")
            number = number if isinstance(number, int) else 0
            try:
                page = await self.history.page(room_id, str(before) if before else None, number)
            except (Limited, Revoked):
                raise
            except Refusal as refusal:
                log.warning("a protocol room could not be read back: %s", refusal)
                page = Page(letters=[], cards=[], before=None, complete=False)
            keep = partial(self._store_page, row, room_id, page, number)
            self.settler.put([await transaction(keep)])
            done = page.before is None

    async def _store_page(self, row: Owed, room_id: str, page: Page, number: int) -> Heard:
        last = page.before is None
        if last:
            await arrived(row.id, room_id, None)
        else:
            row.content = {"before": page.before, "number": number + 1}
            await Owed.filter(id=row.id).update(content=row.content)
        return await Heard.create(
            key=f"{Change.READ_BACK.value}:{row.transaction}:{number}",
            kind=Kind.CHANGE,
            room=room_id,
            sender=None,
            at=self.clock.now(),
            content={
                "change": Change.READ_BACK,
                "about": row.target,
                "letters": page.letters,
                "cards": page.cards,
                "last": last,
                "complete": page.complete,
            },
        )

    async def _report(
        self, row: Owed, change: Change, room_id: str, told: Mapping[str, object]
    ) -> Heard:
        """What became of something that a feature asked for, as something that happened."""
        wanted = row.content or {}
        given = wanted.get("content")
        content = {**(given if isinstance(given, dict) else {}), **told}
        return await Heard.create(
            key=f"{change.value}:{row.transaction}",
            kind=Kind.CHANGE,
            room=room_id,
            sender=None,
            at=self.clock.now(),
            content={**content, "change": change, "about": row.target},
        )

    async def _wedged(self, row: Owed) -> None:
        """Note a refusal, and tell whoever can mend it: the feature that asked for a room, or the stewards."""
        heard = await transaction(lambda: self._store_wedged(row))
        self.settler.put(heard)
        self.speaker.put(await Owed.filter(name=f"wedged:{row.id}", state=Delivery.OWED))

    async def _store_wedged(self, row: Owed) -> list[Heard]:
        await Owed.filter(id=row.id).update(state=row.state, refusal=row.refusal)
        if row.deed is Deed.EDIT:
            # The message stands in its old words: the same edit once more is no repetition.
            said = Owed.filter(name=row.target, lane=row.lane, deed=Deed.SEND)
            await said.update(target=None)
        if row.deed is not Deed.MAKE:
            if not await unreached(row, self.clock.now()):
                await self._store_alarm(row)
            return []
        told = {"reason": (row.refusal or "")[:120]}
        where = str((row.content or {})["asked_in"])
        return [await self._report(row, Change.NOT_MADE, where, told)]

    async def _store_alarm(self, row: Owed) -> None:
        if LEFT_US in (row.refusal or "") or not self.rooms[row.lane].joined:
            return
        if row.deed in (Deed.STATE, Deed.INVITE, Deed.REMOVE, Deed.REDACT):
            return  # the room itself was told that it would help; `kinkeeper check` says so, too
        room = await Room.get_or_none(id=row.lane)
        where = f"**{escaped(room.name)}**" if room and room.name else "one room"
        content = {
            "text": f"The homeserver did not let me speak in {where}. What I owed there is kept and will be "
            "said when the room's rules allow it.\n\n"
            f"It said: {escaped((row.refusal or '')[:120])}. `kinkeeper check` lists what I need and why.",
        }
        cause = f"wedged {row.lane} {(row.refusal or '').split(':')[0]}"
        await Owed.bulk_create(
            [
                Owed(
                    transaction=transaction_id(cause, steward),
                    lane=steward,
                    deed=Deed.SEND,
                    content={**content, "mention": [steward], "thread": None},
                    name=f"wedged:{row.id}",
                    made_at=self.clock.now(),
                )
                for steward in self.house.stewards
                if steward != row.lane
            ],
            ignore_conflicts=True,
        )

    async def _tidy(self) -> None:
        """Forget what is not needed any more, and plan what a failure left unplanned."""
        now = self.clock.now()
        left = await transaction(partial(_forget, now))
        self.rooms.forget(left)
        self.calendar.ring()
        await condemn_lost(self.house, now)
        await destroy_condemned(self.house)
        await self._scrub()
        forgotten = self._encryption.prune(now.timestamp())
        if forgotten:
            log.info("forgot %d old room keys", forgotten)

    def vitals(self) -> web.Vitals:
        """How it is doing."""
        return web.Vitals(
            heard_at=self.listener.heard_at,
            caught_up=self.listener.caught_up.is_set(),
            counts=dict(self.tally + self.speaker.tally + self.reader.tally),
        )


async def unreached(row: Owed, now: datetime) -> bool:
    """Tell whoever entrusted a word to us that it was refused; whether it was one. The word itself is kept no longer."""
    entrusted = listed((row.content or {}).get("unreached"))
    if not entrusted:
        return False
    person, told = map(str, entrusted)
    await Owed.filter(id=row.id).delete()
    await Owed.create(
        transaction=transaction_id(f"unreached {row.transaction}", person),
        lane=person,
        deed=Deed.SEND,
        content={"text": told, "mention": [person], "thread": None},
        name=f"wedged:{row.id}",
        made_at=now,
    )
    return True


async def _forget(now: datetime) -> list[str]:
    """Delete rows that have served; returns the rooms whose rows are gone."""
    long_ago, a_year_ago = now - MEMORY, now - A_YEAR
    done = (Settled.SETTLED, Settled.REFUSED, Settled.LATE)
    await Heard.filter(state__in=done, settled_at__lt=long_ago).delete()
    await Heard.filter(state=Settled.SEALED, at__lt=long_ago).delete()
    await Heard.filter(state=Settled.FAILED, settled_at__lt=a_year_ago).delete()
    await shared_names.forget_over(now)
    await Owed.filter(state=Delivery.SENT, made_at__lt=long_ago, name=None).delete()
    await Owed.filter(state=Delivery.SENT, made_at__lt=a_year_ago).delete()
    await Owed.filter(state=Delivery.WEDGED, made_at__lt=long_ago).delete()
    await Question.filter(until__lt=long_ago).delete()
    # That somebody has asked for a safety contact, and nobody waits for an answer any more, is nobody's to know.
    await Question.filter(inquiry__startswith=SAFETY, until__lt=now).delete()
    await Carried.filter(until__lt=now).delete()
    await askings.tidy(now)
    await forget_overdue(now)
    await bookings.tidy(now, a_year_ago)
    await to_totals(a_year_ago)
    await forget_long_met(now.date())
    old = Meeting.filter(at__lt=a_year_ago)
    await Coming.filter(meeting__in=[meeting.id for meeting in await old]).delete()
    # Of a meeting that was held its day and its number stay, so that a cycle can be counted.
    gone = [meeting.id for meeting in await old if not meeting.held]
    for of_it in (Presence, Hosting, Energy):
        await of_it.filter(meeting__in=gone).delete()
    await Meeting.filter(id__in=gone).delete()
    unused = Room.filter(joined=False, kind=RoomKind.NONE, private_with=None, invited_by=None)
    left = [room.id for room in await unused]
    await Room.filter(id__in=left).delete()
    await _plan_where_missing(now)
    return left


async def _plan_where_missing(now: datetime) -> None:
    """A circle whose planning was set aside after failures is planned again: its rhythm shall not end of that."""
    for room in await Room.filter(joined=True, rhythm__not_isnull=True):
        if room.life in RESTING:
            continue  # its rhythm is kept for its return
        about = f"rhythm:{room.id}"[:64]
        if not await Heard.exists(about=about, state=Settled.WAITING):
            hour = Heard(
                key=f"plan:{about}:again:{now.date()}"[:255],
                kind=Kind.HOUR,
                room=room.id,
                at=now,
                about=about,
                content={"ritual": "plan"},
            )
            await Heard.bulk_create([hour], ignore_conflicts=True)


# ------------------------------------------------------------------------------------------------ running


def notify(message: str) -> None:
    """Tell systemd, if it started us (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto(message.encode(), address)


async def _tell_systemd(daemon: Daemon) -> None:
    await daemon.listener.caught_up.wait()
    log.info("listening")
    notify("READY=1")
    while True:
        heard = daemon.listener.heard_at
        if heard is not None and daemon.clock.now() - heard < web.DEAF:
            notify("WATCHDOG=1")
        await asyncio.sleep(WATCHDOG)


async def live(settings: Settings) -> None:
    """Run the daemon until it is told to stop. Raises what makes it impossible to go on."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock, keyring = clock_of(settings), keyring_of(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(only_one(settings.data_dir, settings.database))
        # What is on its way, heard or owed, stands sealed in the database and in every backup.
        seal_with(keyring)
        stack.callback(seal_with, None)
        await open_database(settings.database)
        stack.push_async_callback(close_database)
        await transaction(drop_unreadable)
        await transaction(reflections.seal_older)
        # What a former life condemned and did not live to destroy; that does not wait for a homeserver.
        await destroy_condemned(house_of(settings, keyring))
        homeserver, device, encryption = await stack.enter_async_context(at_home(settings, keyring))
        log.info("here as %s on device %s", device.user, device.id)
        async with asyncio.TaskGroup() as group:
            daemon = Daemon(settings, clock, homeserver, encryption, keyring, group)
            _heed_signals(daemon, asyncio.current_task())
            if settings.http_port:
                pages = web.application(clock, daemon.vitals)
                close = await web.serve(pages, settings.http_host, settings.http_port)
                stack.push_async_callback(close)
            group.create_task(_tell_systemd(daemon))
            await daemon.run()


def _heed_signals(daemon: Daemon, main: "asyncio.Task[None] | None") -> None:
    loop = asyncio.get_running_loop()
    clock = daemon.clock

    def stop() -> None:
        log.info("told to stop")
        notify("STOPPING=1")
        if main is not None:
            main.cancel()

    def reread() -> None:
        assert isinstance(clock, DemoClock)
        clock.reread()
        daemon.calendar.ring()

    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGINT, stop)
    if isinstance(clock, DemoClock):
        loop.add_signal_handler(signal.SIGUSR1, reread)
