"""Two congregations on two homeservers of their own, with a keeper each and one clock for all.

Everything is real, embedded and on loopback: two Synapses that federate over verified TLS, two
daemons on SQLite, and people with ordinary clients. All of it lives in one folder and ends with the
process that started it. The stage hears everything the keepers say and lets nothing pass unexpected.
"""

import asyncio
import time
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from deploy.event import Event
from deploy.homeserver import Authority, Homeserver
from deploy.keeper import Keeper
from deploy.person import Invitation, NotHeard, Person
from deploy.transcript import Transcript
from handlers.meetings.meetings import CIRCLE
from practices.circles import RoomKind

#: Of every person on the stage; it guards nothing.
PASSWORD: Final = "sit at our table"  # noqa: S105 - and everybody may know it

#: What a keeper is called in its own congregation's rooms.
KEEPER: Final = "Kinkeeper"

#: A fixed day, so that the story is the same whenever it is told: a Monday in March, before
#: Europe's clocks change. 17:00 UTC is 18:00 in Rome.
START: Final = datetime(2027, 3, 1, 17, tzinfo=UTC)

#: What every file of a picture begins with.
_PNG: Final = b"\x89PNG\r\n\x1a\n"

_MODERATOR: Final = 50
_PATIENCE_SECONDS: Final = 20.0
#: How long each of several people listens at a time when only one of them will hear something.
_GLANCE_MS: Final = 200
#: How far after an hour the clock is set that lets it strike.
_AFTER: Final = timedelta(seconds=1)


class StoryBroken(Exception):
    """What should have happened did not; says what was expected and what was heard."""


@dataclass(slots=True, kw_only=True)
class Congregation:
    """One congregation: its people, its homeserver and its keeper."""

    name: str
    zone: ZoneInfo
    homeserver: Homeserver
    keeper: Keeper
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        """A person by the name that people call them."""
        return self.people[name]


@dataclass(slots=True, kw_only=True)
class Place:
    """A room as one of its people sees it: all that is checked about the room is what they hear."""

    id: str
    name: str
    #: By whose clocks its transcript is kept.
    zone: ZoneInfo
    listener: Person
    people: Mapping[str, Person]
    #: The keepers in it, by user id, and how the transcript calls each.
    keepers: Mapping[str, str]
    #: How much of what the listener heard has been told.
    told: int = 0


class Stage:
    """Where the story is played."""

    def __init__(
        self, lakeside: Congregation, harbour: Congregation, transcript: Transcript
    ) -> None:
        """Take over what `stage` has built."""
        self.lakeside = lakeside
        self.harbour = harbour
        self.transcript = transcript
        self.places: list[Place] = []
        #: The private chats, by the name of the person.
        self.chats: dict[str, Place] = {}
        self._ahead = timedelta()
        self._scenes = 0

    @property
    def congregations(self) -> tuple[Congregation, Congregation]:
        """Both."""
        return self.lakeside, self.harbour

    @property
    def now(self) -> datetime:
        """The time on the stage."""
        return datetime.now(UTC) + self._ahead

    def scene(self, title: str) -> None:
        """Begin a scene."""
        self._scenes += 1
        self.transcript.scene(self._scenes, title)

    def travel(self, to: datetime) -> None:
        """Move every clock to just after an instant: what is due by then strikes now."""
        self._ahead = to + _AFTER - datetime.now(UTC)
        for congregation in self.congregations:
            congregation.keeper.travel(self._ahead)
            for person in congregation.people.values():
                # Nobody's client would use one key for as long as that.
                person.renew_keys()

    # What people do

    async def room(
        self,
        congregation: Congregation,
        name: str,
        people: Sequence[str],
        *,
        parent: str | None = None,
        space: bool = False,
        encrypted: bool = False,
    ) -> Place:
        """Have the first of `people` make a room and invite the others and the keeper; all come.

        The keeper gets level 50 with it, so that it can write the room's state.
        """
        host, *others = (congregation[each] for each in people)
        keeper = congregation.keeper.user_id
        room = await host.create_room(
            name,
            space=space,
            encrypted=encrypted,
            parent=parent,
            invite=[keeper, *(each.user_id for each in others)],
            power_levels={"users": {keeper: _MODERATOR}},
        )
        await asyncio.gather(*(each.join(room) for each in others))
        return self._in(congregation, room, name, host)

    async def private(self, congregation: Congregation, name: str) -> Place:
        """Have somebody open a private chat with their keeper; encrypted, as clients have it."""
        person, keeper = congregation[name], congregation.keeper.user_id
        room = await person.create_room(direct=True, encrypted=True, invite=[keeper])
        return self._chat(congregation, room, name)

    async def taken_aside(self, congregation: Congregation, name: str) -> Place:
        """Have somebody come into the private chat that their keeper opens with them.

        Raises StoryBroken when it opens none.
        """
        room = await self._accept(congregation, name, lambda invitation: invitation.direct)
        return self._chat(congregation, room, name)

    async def aside(self, congregation: Congregation, name: str) -> Place:
        """Have somebody go to their private chat with their keeper, and come into it if it is new."""
        return self.chats.get(name) or await self.taken_aside(congregation, name)

    async def gathered(self, congregation: Congregation, name: str, people: Sequence[str]) -> Place:
        """Have people come into the room of this name that their keeper makes for them.

        It is told as the first of them sees it. Raises StoryBroken when somebody is not invited.
        """
        rooms = [
            await self._accept(
                congregation,
                each,
                lambda invitation: invitation.name == name and not invitation.direct,
            )
            for each in people
        ]
        return self._in(congregation, rooms[0], name, congregation[people[0]])

    async def says(
        self, place: Place, name: str, text: str, *, reply_to: Event | None = None
    ) -> None:
        """Have somebody say something."""
        person = place.people[name]
        answered = reply_to.id if reply_to else None
        await person.say(place.id, text, reply_to=answered)
        self.transcript.said(place.name, self.now, place.zone, name, text)

    async def tap(self, place: Place, name: str, event: Event, sign: str) -> None:
        """Have somebody react to a message."""
        await place.people[name].react(place.id, event.id, sign)
        self.transcript.tapped(place.name, self.now, place.zone, name, sign)

    async def vote(self, place: Place, name: str, form: Event, word: str) -> None:
        """Have somebody choose the answer with this word in a poll, as Element draws it.

        Raises StoryBroken when the poll has no such answer.
        """
        number, answer = _answer(form, word)
        await place.people[name].vote(place.id, form.id, number)
        self.transcript.voted(place.name, self.now, place.zone, name, answer)

    async def all_tap(self, place: Place, names: Sequence[str], event: Event, sign: str) -> None:
        """Have several people react to a message at once, as a room does."""
        await asyncio.gather(
            *(place.people[name].react(place.id, event.id, sign) for name in names)
        )
        self.transcript.note(f"{_listed(names)} {_tap(names)} {sign}")

    async def each_taps(self, events: Mapping[str, Event], sign: str) -> None:
        """Have each of several people react to what was said to them in private, all at once."""
        chats = self.chats
        await asyncio.gather(
            *(
                chats[name].people[name].react(chats[name].id, event.id, sign)
                for name, event in events.items()
            )
        )
        names = list(events)
        self.transcript.note(f"{_listed(names)} {_tap(names)} {sign}, in private.")

    # What people hear

    async def hears(self, place: Place, *parts: str) -> Event:
        """Wait for the keeper's next message and tell it; it has each of `parts` in it.

        Raises StoryBroken when none comes, or another.
        """
        event = await self._expected(place, parts)
        self._tell(place, event)
        return event

    async def listens(self, place: Place, *parts: str) -> Event:
        """Wait for the keeper's next message and leave it untold; it has each of `parts` in it.

        Raises StoryBroken when none comes, or another.
        """
        return await self._expected(place, parts)

    async def sees(self, place: Place, *parts: str) -> Event:
        """Wait for the keeper's next message, a picture that loads, and tell the words that go with it.

        Raises StoryBroken when none comes, or another, or no picture.
        """
        event = await self.hears(place, *parts)
        if event.content.get("msgtype") != "m.image":
            raise StoryBroken(_difference(place, ["a picture"], event.text))
        if not (await place.listener.file(event)).startswith(_PNG):
            raise StoryBroken(_difference(place, ["a picture"], "something that is none"))
        wide, high = (event.content["info"][side] for side in ("w", "h"))
        self.transcript.note(
            f"This is a picture, {wide} by {high} pixels; its words are for whoever sees none."
        )
        return event

    async def each_hears(
        self, congregation: Congregation, names: Sequence[str], *parts: str
    ) -> dict[str, Event]:
        """Wait until each of these people hears this in private, and tell it once where it is the same.

        Gives what each heard, by name. Raises StoryBroken when somebody hears nothing, or something else.
        """
        chats = await asyncio.gather(*(self.aside(congregation, name) for name in names))
        heard = await asyncio.gather(*(self._expected(chat, parts) for chat in chats))
        events = dict(zip(names, heard, strict=True))
        for text in dict.fromkeys(event.text for event in heard):
            same = [name for name in names if events[name].text == text]
            self._tell_in(_room_of(same), self.chats[same[0]], events[same[0]])
        return events

    async def one_hears(
        self, congregation: Congregation, names: Sequence[str], *parts: str
    ) -> tuple[str, Event]:
        """Wait until one of these people, whoever it is, hears this in private, and tell it.

        Raises StoryBroken when nobody does, or whoever is spoken to first hears something else.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            for name in names:
                chat = self.chats.get(name)
                if chat is not None and self._unheard(chat):
                    return name, await self.hears(chat, *parts)
            if time.monotonic() > deadline:
                raise StoryBroken(f"None of {_listed(names)} heard in private: {parts}")
            await asyncio.gather(*(self._glance(congregation, name) for name in names))

    async def hears_in_any_order(self, place: Place, *parts: str) -> list[Event]:
        """Wait for as many messages as there are `parts`, each of which is in one of them."""
        events = []
        left = list(parts)
        while left:
            event = await self._next(place, left)
            found = [part for part in left if part in event.text]
            if not found:
                raise StoryBroken(_difference(place, left, event.text))
            left.remove(found[0])
            self._tell(place, event)
            events.append(event)
        return events

    async def shows(
        self, place: Place, event: Event, *parts: str, lacks: Sequence[str] = ()
    ) -> None:
        """Wait until a message was edited to have `parts` in it, and tell how it reads now."""

        def reads_so(heard: Event) -> bool:
            return heard.edits == event.id and all(part in heard.text for part in parts)

        edited = await self._until(place, reads_so, parts, since=0)
        for part in lacks:
            if part in edited.text:
                raise StoryBroken(f"{place.name}: expected no “{part}”, and read:\n{edited.text}")
        zone, name = place.zone, place.keepers[edited.sender]
        self.transcript.became(place.name, self._at(edited), zone, name, edited.text)

    async def stands(self, place: Place, kind: RoomKind) -> None:
        """See that the room's own state says what it is, so that a lost database can be rebuilt."""

        def says_so(heard: Event) -> bool:
            by_keeper = heard.sender in place.keepers and heard.state_key == heard.sender
            return by_keeper and heard.type == CIRCLE and heard.content.get("kind") == kind

        await self._until(place, says_so, [f"state {CIRCLE} with kind {kind}"], since=0)

    async def holds(self, place: Place, names: Sequence[str]) -> None:
        """See that these people and the keepers are in a room, and nobody else. Raises StoryBroken."""
        there = await place.listener.members(place.id)
        wanted = {*place.keepers, *(place.people[name].user_id for name in names)}
        if there != wanted:
            raise StoryBroken(_difference(place, sorted(wanted), f"{sorted(there)} are in it"))
        self.transcript.note(f"In {place.name} are now {_listed(names)}.")

    async def reaches(self, place: Place, name: str, event: Event) -> None:
        """See that a message comes to somebody else, too, wherever their homeserver is."""
        try:
            await place.people[name].until(
                lambda heard: heard.id == event.id, place.id, since=0, timeout=_PATIENCE_SECONDS
            )
        except NotHeard as missing:
            raise StoryBroken(_difference(place, [event.text], str(missing))) from missing

    async def reads(self, place: Place, text: str) -> None:
        """See that what somebody else has said comes to the listener, wherever their homeserver is."""
        try:
            await place.listener.hears(place.id, text, timeout=_PATIENCE_SECONDS)
        except NotHeard as missing:
            raise StoryBroken(_difference(place, [text], str(missing))) from missing

    async def forgets(self, place: Place, *parts: str) -> None:
        """See that what was said with these words is taken back, so that no homeserver shows it. Raises StoryBroken."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while left := await self._still_there(place, parts):
            if time.monotonic() > deadline:
                raise StoryBroken(f"{place.name}: expected to be taken back, and is there:\n{left}")
            await place.listener.sync(_GLANCE_MS)
        self.transcript.note("What was written, and what was asked for it, is taken back.")

    async def asks_until(self, place: Place, name: str, text: str, *parts: str) -> Event:
        """Have somebody ask until the answer has all of `parts` in it; only that time is told.

        For what comes from another homeserver without a word to anybody here. Raises StoryBroken.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            await place.people[name].say(place.id, text)
            answer = await self._next(place, parts)
            if all(part in answer.text for part in parts):
                break
            if time.monotonic() > deadline:
                raise StoryBroken(_difference(place, parts, answer.text))
        self.transcript.said(place.name, self.now, place.zone, name, text)
        self._tell(place, answer)
        return answer

    async def nothing_else_was_said(self) -> None:
        """See that the keepers have said nothing anywhere but what was told, and opened no other chat.

        Raises StoryBroken.
        """
        for place in self.places:
            await place.listener.sync()
            for event in self._unheard(place):
                raise StoryBroken(f"{place.name}: expected silence, and heard:\n{event.text}")
        for congregation in self.congregations:
            for name, person in congregation.people.items():
                with suppress(NotHeard):
                    invited = await person.invitation(from_=congregation.keeper.user_id, timeout=0)
                    raise StoryBroken(
                        f"{name} was invited into {invited.name or 'a chat'}, untold."
                    )

    def turns_to(self, names: Collection[str], *rooms: Place) -> None:
        """Follow these people and rooms from here on; what is said in any other is a story of its own."""
        self.chats = {name: chat for name, chat in self.chats.items() if name in names}
        self.places = [*rooms, *self.chats.values()]

    def expect_unnamed(self, place: Place, event: Event) -> None:
        """See that a message names nobody of the congregation. Raises StoryBroken."""
        named = [name for name in place.people if name in event.text]
        if named:
            raise StoryBroken(_difference(place, ["nobody’s name"], event.text))
        self.transcript.note("It names nobody.")

    def expect_mentions(self, place: Place, event: Event, names: Sequence[str]) -> None:
        """See that a message calls exactly these people by name. Raises StoryBroken."""
        people = place.people
        called = [name for name, person in people.items() if person.user_id in event.mentions]
        if sorted(called) != sorted(names):
            raise StoryBroken(_difference(place, [f"calls {sorted(names)}"], f"calls {called}"))
        self.transcript.note(f"It rings for {', '.join(sorted(called))}, and for nobody else.")

    # Parts

    async def _still_there(self, place: Place, parts: Sequence[str]) -> list[str]:
        """What can still be read in a room that has one of `parts` in it."""
        said = [event.text for event in await place.listener.messages(place.id)]
        return [text for text in said if any(part in text for part in parts)]

    async def _glance(self, congregation: Congregation, name: str) -> None:
        """Have somebody look for a moment whether their keeper has a word for them."""
        person = congregation[name]
        if name in self.chats:
            await person.sync(_GLANCE_MS)
            return
        with suppress(NotHeard):
            invitation = await person.invitation(
                from_=congregation.keeper.user_id, which=lambda each: each.direct, timeout=0
            )
            self._chat(congregation, await person.join(invitation.room), name)

    def _unheard(self, place: Place) -> list[Event]:
        """What the keeper has said there, and was not told yet."""
        return [each for each in place.listener.heard[place.told :] if _is_message(place, each)]

    async def _expected(self, place: Place, parts: Sequence[str]) -> Event:
        """The keeper's next message, which has each of `parts` in it."""
        event = await self._next(place, parts)
        self._expect(place, event.text, parts)
        return event

    async def _accept(
        self, congregation: Congregation, name: str, which: Callable[[Invitation], bool]
    ) -> str:
        """Have somebody accept an invitation of their keeper, and give the room's id."""
        person, keeper = congregation[name], congregation.keeper.user_id
        try:
            invitation = await person.invitation(
                from_=keeper, which=which, timeout=_PATIENCE_SECONDS
            )
        except NotHeard as missing:
            raise StoryBroken(f"{congregation.name}: {name} was not invited.") from missing
        return await person.join(invitation.room)

    def _chat(self, congregation: Congregation, room: str, name: str) -> Place:
        place = self._in(congregation, room, _room_of([name]), congregation[name])
        self.chats[name] = place
        return place

    def _in(self, congregation: Congregation, room: str, name: str, listener: Person) -> Place:
        return self._keep(
            Place(
                id=room,
                name=name,
                zone=congregation.zone,
                listener=listener,
                people=congregation.people,
                keepers={congregation.keeper.user_id: KEEPER},
            )
        )

    def _keep(self, place: Place) -> Place:
        self.places.append(place)
        return place

    async def _next(self, place: Place, parts: Sequence[str]) -> Event:
        event = await self._until(
            place, lambda heard: _is_message(place, heard), parts, since=place.told
        )
        heard = place.listener.heard
        place.told = next(n for n, each in enumerate(heard, 1) if each.id == event.id)
        return event

    async def _until(
        self,
        place: Place,
        predicate: Callable[[Event], bool],
        parts: Sequence[str],
        *,
        since: int,
    ) -> Event:
        try:
            return await place.listener.until(
                predicate, place.id, since=since, timeout=_PATIENCE_SECONDS
            )
        except NotHeard as missing:
            raise StoryBroken(_difference(place, parts, str(missing))) from missing

    def _expect(self, place: Place, text: str, parts: Sequence[str]) -> None:
        if not all(part in text for part in parts):
            raise StoryBroken(_difference(place, parts, text))

    def _tell(self, place: Place, event: Event) -> None:
        self._tell_in(place.name, place, event)

    def _tell_in(self, room: str, place: Place, event: Event) -> None:
        zone, name = place.zone, place.keepers[event.sender]
        self.transcript.said(room, self._at(event), zone, name, event.text)

    def _at(self, event: Event) -> datetime:
        return datetime.fromtimestamp(event.at / 1000, UTC) + self._ahead


def _room_of(names: Sequence[str]) -> str:
    """What the transcript calls the private chats of these people."""
    if len(names) == 1:
        return f"{names[0]}’s private chat"
    return f"{_listed(names)}, each in a private chat"


def _listed(names: Sequence[str]) -> str:
    """As in `Ana, Ben and Lee`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _tap(names: Sequence[str]) -> str:
    return "taps" if len(names) == 1 else "tap"


def _answer(form: Event, word: str) -> tuple[str, str]:
    """The number and the words of the answer that has `word` in it. Raises StoryBroken."""
    shown = {
        each["id"]: each["org.matrix.msc1767.text"]
        for each in form.content.get("org.matrix.msc3381.poll.start", {}).get("answers", ())
    }
    for number, answer in shown.items():
        if word in answer.split():
            return number, answer
    raise StoryBroken(f"expected the answer “{word}” in a poll, and heard:\n  {form.text}")


def _is_message(place: Place, event: Event) -> bool:
    by_keeper = event.sender in place.keepers
    return event.room == place.id and by_keeper and bool(event.text) and event.edits is None


def _difference(place: Place, parts: Sequence[str], heard: str) -> str:
    expected = "".join(f"\n  {part}" for part in parts)
    return f"{place.name}: expected{expected}\nand heard:\n  {heard}"


LAKESIDE: Final = ("Mara", "Jo", "Ana", "Ben", "Lee")
HARBOUR: Final = ("Tamsin", "Rui", "Inês")
#: Lakeside's newer half, who come together in crews of their own in the later stories.
NEWER: Final = ("Kim", "Nia", "Sam", "Tom", "Ida", "Lou")
#: Others of Lakeside, with whom it is enough for a pairing round.
NEIGHBOURS: Final = ("Eva", "Gus", "Pia")


@asynccontextmanager
async def stage(folder: Path, transcript: Transcript) -> AsyncIterator[Stage]:
    """Build all of it in `folder`, and take it down again; what cannot start raises."""
    authority = Authority(folder / "authority")
    async with AsyncExitStack() as stack:
        lakeside = _congregation("Lakeside", "Europe/Rome", folder / "lakeside", authority)
        harbour = _congregation("Harbour", "Europe/Lisbon", folder / "harbour", authority)
        built = Stage(lakeside, harbour, transcript)
        with _step(transcript, "Two Synapse homeservers, federated over verified TLS"):
            for each in built.congregations:
                stack.push_async_callback(each.homeserver.stop)
            await asyncio.gather(*(each.homeserver.start() for each in built.congregations))
        with _step(transcript, "Seventeen people, registered and logged in"):
            keys = folder / "keys"
            await asyncio.gather(
                fill(stack, lakeside, (*LAKESIDE, *NEWER, *NEIGHBOURS), keys),
                fill(stack, harbour, HARBOUR, keys),
            )
        with _step(transcript, "Two keepers on SQLite, a daemon for each congregation"):
            built.travel(START)
            for each in built.congregations:
                stack.push_async_callback(each.keeper.stop)
            await asyncio.gather(*(_wake(each.keeper) for each in built.congregations))
        yield built


def _congregation(name: str, zone: str, folder: Path, authority: Authority) -> Congregation:
    homeserver = Homeserver(folder / "homeserver", name, authority=authority)
    keeper = Keeper(
        homeserver,
        folder / "keeper",
        environment={"KINKEEPER_TIMEZONE": zone},
        movable_clock=True,
    )
    return Congregation(name=name, zone=ZoneInfo(zone), homeserver=homeserver, keeper=keeper)


async def fill(
    stack: AsyncExitStack, congregation: Congregation, names: Sequence[str], keys: Path
) -> None:
    """Bring people into a congregation's homeserver, their keys under `keys`; `stack` closes their connections."""
    for name in names:
        person = await Person.enter(
            congregation.homeserver,
            name.lower().replace("ê", "e"),
            PASSWORD,
            display_name=name,
            encrypted_in=keys / congregation.name,
        )
        congregation.people[name] = await stack.enter_async_context(person)


async def _wake(keeper: Keeper) -> None:
    await keeper.register()
    await keeper.start()


@contextmanager
def _step(transcript: Transcript, text: str) -> Iterator[None]:
    """Tell of a step while it is taken, and how long it took."""
    begun = time.monotonic()
    with transcript.waiting(f"{text} …"):
        yield
    transcript.done(f"{text} ({time.monotonic() - begun:.1f} s)")
