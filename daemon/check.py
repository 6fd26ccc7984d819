"""The doctor: examines all that the daemon needs, and says what is fine, what is wrong and what to type next.

It changes nothing, logs in nowhere, prints no secret and no message, and works beside a running daemon as well as
before the first start: what that start will make by itself is not missed.
"""

import asyncio
import sqlite3
import stat
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import aiohttp
import psycopg

from daemon.clock import Clock, DemoClock, SystemClock
from daemon.device import DEVICE_FILE, Device, prove
from daemon.encryption import STORE_FILE
from daemon.keyring import KEY_FILE, SALT_FILE, Keyring, WrongKey
from daemon.matrix import Homeserver, Json, Refusal, Revoked, Unreachable, path
from daemon.settings import Settings
from daemon.speak import LEFT_US
from handlers import power
from handlers.meetings.meetings import CIRCLE
from practices.assembly.events import CARD
from practices.circles import RoomKind
from storage.database import close_database, connect, sqlite_path
from storage.inbox import Heard, Settled
from storage.migrate import libpq, steps
from storage.outbox import Delivery, Owed
from storage.rooms import Room

#: A clock that is further off than this rings at the wrong minute.
LARGEST_DRIFT = timedelta(minutes=1)

#: What is owed goes out within seconds; what waits longer than this is stuck.
PATIENCE = timedelta(minutes=10)

#: What Synapse lets an account say unless its administrator has decided otherwise.
BURST, SECONDS_EACH = 10, 5

#: How many people the expected time is told for: a congregation that is at ease.
MANY = 30

#: An answer that does not come in this many seconds does not come.
SOON = 15.0

NOT_FOUND = 404

FIRST_START = "`kinkeeper run` makes it on its first start."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one thing."""

    about: str
    text: str
    wrong: bool = False
    #: What to type, or to do, next.
    next: str | None = None

    def lines(self) -> Iterator[str]:
        """The finding as it is printed."""
        yield f"{'WRONG' if self.wrong else 'fine ':5}  {self.about}: {self.text}"
        if self.next:
            for line in self.next.splitlines():
                yield f"       → {line}"


Findings = AsyncIterator[Finding]


async def examine(settings: Settings, say: Callable[[str], None]) -> bool:
    """Examine everything, print each finding with `say`; whether all is fine."""
    wrong = 0
    async for finding in _findings(settings):
        wrong += finding.wrong
        for line in finding.lines():
            say(line)
    if wrong == 1:
        say("\nOne thing is wrong. What to do about it stands beside it.")
    elif wrong:
        say(f"\n{wrong} things are wrong. What to do about each stands beside it.")
    else:
        say("\nEverything is fine.")
    return not wrong


async def _findings(settings: Settings) -> Findings:
    for finding in _settings(settings):
        yield finding
    keys = _Keys(settings)
    for finding in keys.findings():
        yield finding
    database = await asyncio.to_thread(_database, settings)
    yield database.finding
    async for finding in _matrix(settings, keys):
        yield finding
    if not database.readable:
        return
    async with _opened(settings.database):
        async for finding in _rooms(settings.user_id):
            yield finding
        async for finding in _undelivered(_clock_of(settings)):
            yield finding


def _clock_of(settings: Settings) -> Clock:
    return DemoClock(settings.demo_clock) if settings.demo_clock else SystemClock()


# ------------------------------------------------------------------------------------------- settings


def _settings(settings: Settings) -> Iterator[Finding]:
    address = urlsplit(settings.homeserver_url)
    remarks = []
    if address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        remarks.append("the homeserver is reached without TLS, which is for private networks only")
    if not settings.stewards:
        remarks.append(
            "nobody is told when something needs a person: KINKEEPER_STEWARDS names them"
        )
    if settings.registration_secret is not None:
        remarks.append(
            "KINKEEPER_REGISTRATION_SECRET is for `kinkeeper register` only: take it out"
        )
    if settings.demo_clock is not None:
        remarks.append("the clock is a demonstration's")
    yield Finding(
        about="settings",
        text=f"all names known, {settings.user_id} at {settings.homeserver_url}"
        + "".join(f"; {remark}" for remark in remarks),
    )


# ---------------------------------------------------------------------------------------- keys at rest


class _Keys:
    """The data folder: who can read it, and whether what is sealed in it opens."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data_dir
        self._phrase = settings.secret_key.get_secret_value() if settings.secret_key else None
        #: None before the first start, and when it cannot be opened.
        self.device: Device | None = None
        #: Whether there is something sealed that did not open.
        self.shut = False

    def findings(self) -> Iterator[Finding]:
        """Everything about the folder; afterwards `device` is known."""
        about = "keys at rest"
        if not self._folder.exists():
            yield Finding(about=about, text=f"there is no {self._folder} yet. {FIRST_START}")
            return
        open_to_others = list(self._open_to_others())
        yield from open_to_others
        try:
            text = self._open()
        except (WrongKey, OSError) as error:
            self.shut = True
            yield Finding(about=about, text=str(error), wrong=True, next=self._how_to_open(error))
            return
        if not open_to_others:
            text = f"{text}; for their owner's eyes only"
        yield Finding(about=about, text=text)

    def _open_to_others(self) -> Iterator[Finding]:
        names = (KEY_FILE, SALT_FILE, DEVICE_FILE, STORE_FILE)
        files = [self._folder / name for name in names]
        database = sqlite_path(self._settings.database)
        for file in (*files, *([database] if database else [])):
            if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
                yield _open_to_others(file, "600")
        if stat.S_IMODE(self._folder.stat().st_mode) & 0o077:
            yield _open_to_others(self._folder, "700")

    def _open(self) -> str:
        """Open the device's file; what to say about it. Raises WrongKey or OSError."""
        sealed = self._folder / DEVICE_FILE
        secret = self._folder / (SALT_FILE if self._phrase else KEY_FILE)
        if not secret.exists():
            if sealed.exists():
                raise WrongKey(f"{sealed} is there, and {secret}, which it is sealed with, is gone")
            return f"{self._folder} is empty yet. {FIRST_START}"
        keyring = Keyring.at(self._folder, self._phrase)
        self.device = Device.load(self._folder, keyring)
        if self.device is None:
            return f"the secret is there, and nothing is sealed with it yet. {FIRST_START}"
        if self.device.id and self.device.seeds and not (self._folder / STORE_FILE).exists():
            raise WrongKey(
                f"{self._folder / STORE_FILE} is gone: the device cannot read or write any more"
            )
        beside = (
            "" if self._phrase else f"; keep a copy of {KEY_FILE} elsewhere, no backup holds it"
        )
        return f"sealed, and they open with this secret{beside}"

    def _how_to_open(self, error: Exception) -> str:
        if isinstance(error, PermissionError):
            return "Run `kinkeeper check` as the user that the daemon runs as."
        if STORE_FILE in str(error):
            return f"Move {self._folder / DEVICE_FILE} away, then `kinkeeper restore FILE` into an empty folder."
        if self._phrase:
            return "Set KINKEEPER_SECRET_KEY to the phrase of the first start; unset it if there was none."
        return f"Put {KEY_FILE} back from where you keep its copy, or set KINKEEPER_SECRET_KEY if a phrase was used."


def _open_to_others(file: Path, mode: str) -> Finding:
    return Finding(
        about="keys at rest",
        text=f"others on this machine may read {file}",
        wrong=True,
        next=f"chmod {mode} {file}",
    )


# -------------------------------------------------------------------------------------------- database


@dataclass(frozen=True, slots=True)
class _Database:
    finding: Finding
    #: Whether our models fit what is in it.
    readable: bool = False


def _database(settings: Settings) -> _Database:
    file = sqlite_path(settings.database)
    try:
        if file is None:
            return _postgres(settings.database)
        return _sqlite(file)
    except sqlite3.Error as error:
        owner = "Is the disk full, or the file another user's? Run this as the daemon's user."
        return _bad_database(f"{file}: {error}", owner)
    except psycopg.Error as error:
        where = _address(settings.database)
        text = f"{where}: {_without_password(error, settings.database)}"
        return _bad_database(text, "Mend KINKEEPER_DATABASE_URL, or start the database.")


def _bad_database(text: str, what_next: str) -> _Database:
    return _Database(Finding(about="database", text=text, wrong=True, next=what_next))


def _sqlite(file: Path) -> _Database:
    if not file.exists():
        return _Database(Finding(about="database", text=f"there is no {file} yet. {FIRST_START}"))
    address = f"file:{quote(str(file))}?mode=rw"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=SOON)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version:
            # Writes, and takes it back: a full disk or a read-only one shows.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO fact (name, value) VALUES ('check', '')")
            connection.execute("ROLLBACK")
        else:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    finally:
        connection.close()
    return _judged(f"SQLite in {file}", version, steps("sqlite")[-1].number)


def _postgres(url: str) -> _Database:
    with psycopg.connect(libpq(url), connect_timeout=int(SOON)) as connection:
        row = connection.execute("SELECT to_regclass('schema_version') IS NOT NULL").fetchone()
        version = 0
        if row and row[0]:
            newest = connection.execute("SELECT max(version) FROM schema_version").fetchone()
            version = (newest and newest[0]) or 0
        if version:
            connection.execute("INSERT INTO fact (name, value) VALUES ('check', '')")
        else:
            connection.execute("CREATE TABLE kinkeeper_check (number INT)")
        connection.rollback()
    return _judged(f"PostgreSQL, {_address(url)}", version, steps("postgres")[-1].number)


def _judged(where: str, version: int, newest: int) -> _Database:
    if version == newest:
        text = f"{where}: reachable, writable, schema {version} is the newest"
        return _Database(Finding(about="database", text=text), readable=True)
    if not version:
        text = f"{where}: reachable, writable, and empty yet. `kinkeeper run` fills it."
        return _Database(Finding(about="database", text=text))
    if version < newest:
        text = f"{where}: schema {version}, and this Kinkeeper works with {newest}"
        return _bad_database(text, "Stop the daemon, then: kinkeeper migrate")
    text = f"{where}: schema {version} was made by a newer Kinkeeper; this one knows up to {newest}"
    return _bad_database(text, "Install the newer version again.")


def _address(url: str) -> str:
    """A database's address, without who and with what password."""
    parts = urlsplit(url)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.path.lstrip('/') or 'the default database'} on {parts.hostname or 'this machine'}{port}"


def _without_password(error: psycopg.Error, url: str) -> str:
    if not isinstance(error, psycopg.OperationalError):
        # What libpq cannot read it repeats, and it may have taken the password for something else.
        if error.diag.message_primary is None:
            return "this address cannot be read; it looks like postgres://user:password@host/name"
        return error.diag.message_primary
    text = " ".join(str(error).split())
    password = urlsplit(url).password
    return text.replace(password, "…") if password else text


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[None]:
    """The models on a database that is there, without migrating it."""
    await connect(url)
    try:
        yield
    finally:
        await close_database()


# ---------------------------------------------------------------------------------- homeserver, login


async def _matrix(settings: Settings, keys: _Keys) -> Findings:
    homeserver = Homeserver(settings.homeserver_url)
    try:
        answer = await homeserver.request("GET", "/_matrix/client/versions", timeout=SOON)
    except (Refusal, Unreachable) as error:
        yield Finding(
            about="homeserver",
            text=f"{settings.homeserver_url} does not answer as a Matrix homeserver: {error}",
            wrong=True,
            next=f"curl {settings.homeserver_url}/_matrix/client/versions\n"
            "Mend KINKEEPER_HOMESERVER_URL, or start the homeserver. What depends on it was not looked at.",
        )
        return
    else:
        yield _versions(settings, answer)
        yield await _clock(settings)
        async for finding in _account(homeserver, settings, keys):
            yield finding
    finally:
        await homeserver.close()


def _versions(settings: Settings, answer: Json) -> Finding:
    versions = answer.get("versions")
    known = (
        [version for version in versions if isinstance(version, str)]
        if isinstance(versions, list)
        else []
    )
    if not any(version.startswith("v1.") for version in known):
        return Finding(
            about="homeserver",
            text=f"{settings.homeserver_url} speaks Matrix {known[-1] if known else 'of no known version'}, "
            "and Kinkeeper needs v1.1 or later",
            wrong=True,
            next="Update the homeserver.",
        )
    return Finding(about="homeserver", text=f"answers, and speaks Matrix up to {known[-1]}")


async def _clock(settings: Settings) -> Finding:
    """Compare with the Date of an answer; half the way there and back is allowed for."""
    clock = SystemClock()
    where = f"{settings.homeserver_url}/_matrix/client/versions"
    timeout = aiohttp.ClientTimeout(total=SOON)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            asked = clock.now()
            async with session.get(where) as response:
                answered = clock.now()
                date = response.headers.get("Date")
        theirs = parsedate_to_datetime(date).astimezone(UTC) if date else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return Finding(about="clock", text=f"could not be compared ({type(error).__name__})")
    if theirs is None:
        return Finding(
            about="clock", text="the homeserver does not tell its time, so it was not compared"
        )
    return judged_clock(asked + (answered - asked) / 2, theirs)


def judged_clock(ours: datetime, theirs: datetime) -> Finding:
    """Whether this machine's clock agrees with the homeserver's, which tells whole seconds."""
    drift = ours - theirs
    if drift < timedelta():
        apart, way = -drift, "behind"
    else:
        apart, way = max(drift - timedelta(seconds=1), timedelta()), "ahead of"
    seconds = round(apart.total_seconds())
    if apart > LARGEST_DRIFT:
        return Finding(
            about="clock",
            text=f"this machine is {seconds} s {way} the homeserver: reminders would come at the wrong time",
            wrong=True,
            next="timedatectl set-ntp true   (on the machine whose clock is wrong)",
        )
    return Finding(about="clock", text=f"agrees with the homeserver's within {max(seconds, 1)} s")


async def _account(homeserver: Homeserver, settings: Settings, keys: _Keys) -> Findings:
    """Login, device, cross-signing, rate limits; nothing is looked at that needs what is missing."""
    if keys.shut:
        yield Finding(about="login", text="not looked at: the keys at rest come first")
        return
    device = _device_in_use(settings, keys.device)
    if device is None:
        yield await _before_first_login(homeserver, settings, restored=keys.device is not None)
        return
    homeserver.token = device.token
    try:
        who = await homeserver.request("GET", path("account", "whoami"), timeout=SOON)
        login = _login(who, device)
        yield login
        if login.wrong:
            return
        yield await _device(homeserver, device)
        yield await _cross_signing(homeserver, settings, device, started=device == keys.device)
        yield await _rate_limits(homeserver, settings)
    except Revoked:
        yield Finding(
            about="login",
            text="the homeserver has ended this session: its access token is not valid any more",
            wrong=True,
            next=_log_in_again(settings),
        )
    except (Refusal, Unreachable) as error:
        yield Finding(
            about="login",
            text=f"the homeserver answered: {error}",
            wrong=True,
            next="Try again in a minute; the homeserver's log may say more.",
        )


def _device_in_use(settings: Settings, kept: Device | None) -> Device | None:
    """The device that the daemon would use without logging in."""
    if settings.access_token is None or settings.device_id is None:
        return kept if kept is not None and kept.id else None
    same = kept is not None and kept.id in ("", settings.device_id)
    return Device(
        user=settings.user_id,
        id=settings.device_id,
        token=settings.access_token.get_secret_value(),
        seeds=kept.seeds if kept is not None and same else {},
    )


def _log_in_again(settings: Settings) -> str:
    if settings.access_token is not None:
        return "Set KINKEEPER_ACCESS_TOKEN and KINKEEPER_DEVICE_ID of a new session."
    return "Set KINKEEPER_PASSWORD, then: kinkeeper run (it becomes a new device, with the same signing keys)"


async def _before_first_login(
    homeserver: Homeserver, settings: Settings, *, restored: bool
) -> Finding:
    kind = "a restored one logs in anew" if restored else "the first start logs in"
    if not settings.password:
        return Finding(
            about="login",
            text="there is no session yet, and no way to make one",
            wrong=True,
            next="Set KINKEEPER_PASSWORD, or KINKEEPER_ACCESS_TOKEN together with KINKEEPER_DEVICE_ID.",
        )
    try:
        flows = (await homeserver.request("GET", path("login"), timeout=SOON)).get("flows")
        types = (
            [flow.get("type") for flow in flows if isinstance(flow, dict)]
            if isinstance(flows, list)
            else []
        )
        if "m.login.password" not in types:
            return Finding(
                about="login",
                text="this homeserver takes no passwords",
                wrong=True,
                next="Set KINKEEPER_ACCESS_TOKEN together with KINKEEPER_DEVICE_ID.",
            )
        await homeserver.request("GET", path("profile", settings.user_id), timeout=SOON)
    except Unreachable as error:
        return Finding(about="login", text=str(error), wrong=True, next="Try again in a minute.")
    except Refusal as refusal:
        if refusal.status == NOT_FOUND and refusal.errcode != "M_UNRECOGNIZED":
            return Finding(
                about="login",
                text=f"the homeserver knows no {settings.user_id}",
                wrong=True,
                next="kinkeeper register",
            )
    return Finding(about="login", text=f"there is no session yet; {kind}, with the password")


def _login(who: Json, device: Device) -> Finding:
    user, session = who.get("user_id"), who.get("device_id")
    if user != device.user:
        return Finding(
            about="login",
            text=f"the session belongs to {user}, and the settings say {device.user}",
            wrong=True,
            next=f"Set KINKEEPER_USER_ID={user}, or use a session of {device.user}.",
        )
    if session != device.id:
        return Finding(
            about="login",
            text=f"the access token is for device {session}, and the settings say {device.id}",
            wrong=True,
            next=f"Set KINKEEPER_DEVICE_ID={session}.",
        )
    return Finding(about="login", text=f"logged in as {user}")


async def _device(homeserver: Homeserver, device: Device) -> Finding:
    answer = await homeserver.request("GET", path("devices"), timeout=SOON)
    devices = answer.get("devices")
    ids = {str(each.get("device_id")) for each in devices} if isinstance(devices, list) else set()
    others = sorted(ids - {device.id})
    text = device.id
    if others:
        text += (
            f"; the account has other sessions too ({', '.join(others)}): whichever you do not use, "
            "sign out in Element under Settings → Sessions"
        )
    return Finding(about="device", text=text)


async def _cross_signing(
    homeserver: Homeserver, settings: Settings, device: Device, *, started: bool
) -> Finding:
    """Whether people's clients trust the device; one that has never started is not signed yet."""
    about = "cross-signing"
    missing = await prove(homeserver, device)
    if not missing:
        text = "by the homeserver's own answer the account has signed this device"
        return Finding(about=about, text=text)
    text = " ".join(missing)
    if "not ours" in text or (not device.seeds and "no cross-signing" not in text):
        return Finding(
            about=about,
            text="The account has signing keys that are not kept here.",
            wrong=True,
            next="Bring back the data folder that made the keys (`kinkeeper restore FILE`), or give the daemon "
            "an account of its own. Do not reset the keys: people would be warned of a stranger.",
        )
    if not started:
        return Finding(about=about, text="this device is not signed yet: `kinkeeper run` does it")
    return Finding(
        about=about,
        text=f"{text} People's clients leave it out.",
        wrong=True,
        next="Restart the daemon: every start signs its device."
        + ("" if settings.password else " Set KINKEEPER_PASSWORD for that start."),
    )


async def _rate_limits(homeserver: Homeserver, settings: Settings) -> Finding:
    about = "rate limits"
    limited = await _times_limited(settings)
    user = quote(settings.user_id, safe="")
    where = f"/_synapse/admin/v1/users/{user}/override_ratelimit"
    try:
        override = await homeserver.request("GET", where, timeout=SOON)
    except (Refusal, Unreachable):
        override = None  # only administrators may ask, and only a Synapse
    if override and "messages_per_second" in override:
        rate = override["messages_per_second"]
        pace = f"{rate} messages a second" if rate else "no limit"
        return Finding(
            about=about, text=f"the homeserver's administrator has given this account {pace}"
        )
    minutes = (MANY - BURST) * SECONDS_EACH / 60
    text = (
        f"unless its administrator has lifted them, a Synapse lets this account say {BURST} things at once and "
        f"then one every {SECONDS_EACH} s: {MANY} messages take about {minutes:.0f} min. None is lost"
    )
    if limited:
        text += f". The daemon was asked to wait {limited} times since its start"
    return Finding(
        about=about,
        text=text,
        next="To lift them on a Synapse that you administer:\n"
        "curl -X POST -H 'Authorization: Bearer YOUR_ADMIN_TOKEN' "
        '-d \'{"messages_per_second": 0, "burst_count": 0}\' '
        f"'{settings.homeserver_url}{where}'",
    )


async def _times_limited(settings: Settings) -> int:
    """How often a running daemon was told to wait, by its own metrics; 0 where it shows none."""
    if not settings.http_port:
        return 0
    host = "127.0.0.1" if settings.http_host in ("0.0.0.0", "::") else settings.http_host  # noqa: S104 - compared
    timeout = aiohttp.ClientTimeout(total=SOON)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{host}:{settings.http_port}/metrics") as response,
        ):
            page = await response.text()
    except (aiohttp.ClientError, TimeoutError, OSError):
        return 0
    name = "kinkeeper_limited_since_start "
    found = [line.removeprefix(name) for line in page.splitlines() if line.startswith(name)]
    return int(float(found[0])) if found else 0


# ----------------------------------------------------------------------------------------------- rooms


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """A permission, and what it is needed for."""

    type: str
    why: str
    #: What to type in Element.
    next: str
    state: bool = False


_ROLES = "In Element: Room settings → Roles & permissions → "
_MODERATOR = "In Element: the room's people → the daemon → Role → Moderator"


def _needs(room: Room) -> Iterator[_Need]:
    if not room.is_space:
        spoken = "m.room.encrypted" if room.encrypted else "m.room.message"
        yield _Need(
            type=spoken,
            why="without it nobody gets an answer or a reminder",
            next=f"{_ROLES}Send messages → Default, or {_MODERATOR[len('In Element: ') :]}",
        )
        yield _Need(
            type="m.reaction",
            why="it puts the signs to tap under its questions",
            next=f"{_ROLES}Send reactions → Default, or {_MODERATOR[len('In Element: ') :]}",
        )
    if room.kind not in (RoomKind.NONE, RoomKind.PRIVATE, RoomKind.ASSEMBLY):
        yield _Need(
            type=CIRCLE,
            state=True,
            why="it writes into the room what the room is, so that this survives the loss of the database",
            next=_MODERATOR,
        )
    if room.kind is RoomKind.PROTOCOL:
        yield _Need(
            type=CARD,
            state=True,
            why="it shows the congregation's card to the others",
            next=_MODERATOR,
        )


def missing_in(room: Room, me: str) -> list[Finding]:
    """What the rules of a room keep the daemon from, and why it needs that."""
    name = _name(room)
    return [
        Finding(
            about="rooms",
            text=f"in {name} I may not send {need.type} (my power is {power.level(room, me)}, it takes "
            f"{power.needed(room, need.type, state=need.state)}): {need.why}",
            wrong=True,
            next=need.next,
        )
        for need in _needs(room)
        if not power.may(room, me, need.type, state=need.state)
    ]


def _name(room: Room) -> str:
    if room.name:
        return f"“{room.name}”"
    return (
        f"a private chat ({room.id})" if room.private_with else f"a room without a name ({room.id})"
    )


async def _rooms(me: str) -> Findings:
    joined = 0
    wrong = 0
    async for room in Room.filter(joined=True, successor=None).order_by("name", "id"):
        joined += 1
        for finding in missing_in(room, me):
            wrong += 1
            yield finding
    if not joined:
        yield Finding(about="rooms", text="in none yet: invite the daemon in Element")
    elif not wrong:
        places = "the one room" if joined == 1 else f"all {joined} rooms"
        yield Finding(about="rooms", text=f"has every permission that it needs in {places}")


# --------------------------------------------------------------------------------------------- outbox


async def _undelivered(clock: Clock) -> Findings:
    about = "messages owed"
    reasons: Counter[tuple[str, str]] = Counter()
    wedged = Owed.filter(state=Delivery.WEDGED).values_list("lane", "refusal")
    async for lane, refusal in wedged:
        reasons[str(lane), str(refusal or "no reason given")] += 1
    names = {
        room.id: _name(room) async for room in Room.filter(id__in=[lane for lane, _ in reasons])
    }
    away = 0
    for (lane, reason), count in sorted(reasons.items()):
        if LEFT_US in reason:
            away += count
            continue
        place = "a private chat" if lane.startswith("@") else names.get(lane, lane)
        yield Finding(
            about=about,
            text=f"{count} for {place}: refused with “{reason}”. Kept, and tried again when the room's rules change",
            wrong=True,
            next="Give the daemon what it needs there (see rooms above); then it tries again by itself.",
        )
    stuck = await _stuck(clock.now())
    if stuck is not None:
        yield stuck
    elif len(reasons) == 0 or away == reasons.total():
        text = (
            "none waits"
            if not away
            else f"none waits but {away} for people who left the private chat"
        )
        yield Finding(about=about, text=text + await _set_aside())


async def _stuck(now: datetime) -> Finding | None:
    late = Owed.filter(state=Delivery.OWED, made_at__lt=now - PATIENCE)
    count = await late.count()
    if not count:
        return None
    return Finding(
        about="messages owed",
        text=f"{count} wait for more than {PATIENCE.seconds // 60} min",
        wrong=True,
        next="If the daemon is not running: kinkeeper run. If it is, its log says what it waits for.",
    )


async def _set_aside() -> str:
    failed = Heard.filter(state=Settled.FAILED)
    count = await failed.count()
    if not count:
        return ""
    keys = [str(key) for key in await failed.order_by("-id").limit(3).values_list("key", flat=True)]
    return (
        f". {count} things that happened could not be settled and were set aside; "
        f"the log tells of them, last {', '.join(keys)}"
    )
