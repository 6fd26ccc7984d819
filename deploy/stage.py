"""Two congregations on two homeservers of their own, with a keeper each and one clock for all.

Everything is real, embedded and on loopback: two Synapses that federate over verified TLS, two
daemons on SQLite, and people with ordinary clients. All of it lives in one folder and ends with the
process that started it. The stage hears everything the keepers say and lets nothing pass unexpected.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from deploy.event import Event
from deploy.homeserver import Authority, Homeserver
from deploy.keeper import Keeper
from deploy.person import NotHeard, Person
from deploy.transcript import Transcript
from handlers.meetings import CIRCLE
from practices.circles import RoomKind

#: Of every person on the stage; it guards nothing.
PASSWORD: Final = "sit at our table"  # noqa: S105 - and everybody may know it

#: What a keeper is called in its own congregation's rooms.
KEEPER: Final = "Kinkeeper"

#: A fixed day, so that the story is the same whenever it is told: a Monday in March, before
#: Europe's clocks change. 17:00 UTC is 18:00 in Rome.
START: Final = datetime(2027, 3, 1, 17, tzinfo=UTC)

_MODERATOR: Final = 50
_PATIENCE_SECONDS: Final = 20.0
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

    # What people do

    async def room(
        self,
        congregation: Congregation,
        name: str,
        people: Sequence[str],
        *,
        parent: str | None = None,
        space: bool = False,
    ) -> Place:
        """Have the first of `people` make a room and invite the others and the keeper; all come.

        The keeper gets level 50 with it, so that it can write the room's state.
        """
        host, *others = (congregation[each] for each in people)
        keeper = congregation.keeper.user_id
        room = await host.create_room(
            name,
            space=space,
            parent=parent,
            invite=[keeper, *(each.user_id for each in others)],
            power_levels={"users": {keeper: _MODERATOR}},
        )
        await asyncio.gather(*(each.join(room) for each in others))
        return self._in(congregation, room, name, host)

    async def private(self, congregation: Congregation, name: str) -> Place:
        """Have somebody open a private chat with their keeper.

        Without encryption, unlike a chat that the keeper opens: the people of the stage have none.
        """
        person, keeper = congregation[name], congregation.keeper.user_id
        room = await person.create_room(direct=True, invite=[keeper])
        place = self._in(congregation, room, f"{name}’s private chat", person)
        self.chats[name] = place
        return place

    async def shared_room(self, name: str, host: str, guest: str) -> Place:
        """Have a host of Lakeside make a room, and a guest of Harbour join; each brings a keeper.

        It is told as the host sees it.
        """
        ours, theirs = self.congregations
        inviting, invited = ours[host], theirs[guest]
        keepers = {each.keeper.user_id: each.name for each in self.congregations}
        room = await inviting.create_room(
            name,
            invite=[ours.keeper.user_id, invited.user_id],
            power_levels={"users": dict.fromkeys(keepers, _MODERATOR)},
        )
        await invited.join(await invited.invited(from_=inviting.user_id))
        # As a client does on opening a room; it comes back once the homeserver has all of the state.
        await invited.members(room)
        await invited.invite(room, theirs.keeper.user_id)
        return self._keep(
            Place(
                id=room,
                name=name,
                zone=ours.zone,
                listener=inviting,
                people={host: inviting, guest: invited},
                keepers=keepers,
            )
        )

    async def says(
        self, place: Place, name: str, text: str, *, reply_to: Event | None = None
    ) -> None:
        """Have somebody say something."""
        person = place.people[name]
        answered = reply_to.id if reply_to else None
        await person.say(place.id, text, reply_to=answered)
        self.transcript.said(place.name, self.now, place.zone, name, text)

    async def tells(self, place: Place, name: str, congregation: Congregation, text: str) -> None:
        """Have somebody address one keeper by mention, where there are several."""
        keeper = congregation.keeper.user_id
        addressed = f"{keeper} {text}"
        await place.people[name].say(place.id, addressed, mentions=[keeper])
        self.transcript.said(place.name, self.now, place.zone, name, addressed)

    async def tap(self, place: Place, name: str, event: Event, sign: str) -> None:
        """Have somebody react to a message."""
        await place.people[name].react(place.id, event.id, sign)
        self.transcript.tapped(place.name, self.now, place.zone, name, sign)

    # What people hear

    async def hears(self, place: Place, *parts: str) -> Event:
        """Wait for the keeper's next message and tell it; it has each of `parts` in it.

        Raises StoryBroken when none comes, or another.
        """
        event = await self._next(place, parts)
        self._expect(place, event.text, parts)
        self._tell(place, event)
        return event

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

    async def reaches(self, place: Place, name: str, event: Event) -> None:
        """See that a message comes to somebody else, too, wherever their homeserver is."""
        try:
            await place.people[name].until(
                lambda heard: heard.id == event.id, place.id, since=0, timeout=_PATIENCE_SECONDS
            )
        except NotHeard as missing:
            raise StoryBroken(_difference(place, [event.text], str(missing))) from missing

    async def nothing_else_was_said(self) -> None:
        """See that the keepers have said nothing anywhere but what was told. Raises StoryBroken."""
        for place in self.places:
            await place.listener.sync()
            for event in place.listener.heard[place.told :]:
                if _is_message(place, event):
                    raise StoryBroken(f"{place.name}: expected silence, and heard:\n{event.text}")

    def expect_mentions(self, place: Place, event: Event, names: Sequence[str]) -> None:
        """See that a message calls exactly these people by name. Raises StoryBroken."""
        people = place.people
        called = [name for name, person in people.items() if person.user_id in event.mentions]
        if sorted(called) != sorted(names):
            raise StoryBroken(_difference(place, [f"calls {sorted(names)}"], f"calls {called}"))
        self.transcript.note(f"It rings for {', '.join(sorted(called))}, and for nobody else.")

    # Parts

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
        zone, name = place.zone, place.keepers[event.sender]
        self.transcript.said(place.name, self._at(event), zone, name, event.text)

    def _at(self, event: Event) -> datetime:
        return datetime.fromtimestamp(event.at / 1000, UTC) + self._ahead


def _is_message(place: Place, event: Event) -> bool:
    by_keeper = event.sender in place.keepers
    return event.room == place.id and by_keeper and bool(event.text) and event.edits is None


def _difference(place: Place, parts: Sequence[str], heard: str) -> str:
    expected = "".join(f"\n  {part}" for part in parts)
    return f"{place.name}: expected{expected}\nand heard:\n  {heard}"


LAKESIDE: Final = ("Mara", "Jo", "Ana", "Ben", "Lee")
HARBOUR: Final = ("Tamsin", "Rui", "Inês")


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
        with _step(transcript, "Eight people, registered and logged in"):
            await asyncio.gather(_fill(stack, lakeside, LAKESIDE), _fill(stack, harbour, HARBOUR))
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


async def _fill(stack: AsyncExitStack, congregation: Congregation, names: Sequence[str]) -> None:
    for name in names:
        localpart = name.lower().replace("ê", "e")
        person = await Person.enter(congregation.homeserver, localpart, PASSWORD, display_name=name)
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
