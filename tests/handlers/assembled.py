"""Several houses, each with a keeper and a database of its own, and the post between them.

One house is awake at a time. What a keeper does in a room of an assembly reaches the keepers that are in it when the post
goes round: letters, cards, invitations, and the whole past for whoever enters.
"""

import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from daemon.inbox import Inbox
from daemon.matrix import Refusal
from daemon.news import Reader
from daemon.rooms import Rooms
from daemon.settle import Outcome, _collect, _write, settle
from handlers.assembly import doors
from handlers.assembly.letterbox import post
from handlers.language import Call, Change, Effects
from handlers.meetings.meetings import CIRCLE
from practices.assembly.events import ASSEMBLY, CARD, DELEGATES, PEOPLE, SPACE
from practices.assembly.letters import Kind, Part
from storage.assemblies import Assembly
from storage.database import close_database, open_database, sqlite_url, transaction
from storage.members import Member
from storage.outbox import Deed, Owed
from storage.rooms import Room
from tests.fresh import fresh_file
from tests.handlers.played import ME, PlayedHouse, PlayedRoom

#: Letters told in one page of the past: small, so that there are several.
PAGE = 3


class Neighbour(PlayedHouse):
    """A house whose keeper has an address of its own."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.house = replace(self.house, me=f"@kinkeeper:{name.lower()}")
        #: How much of what it owes the post has taken.
        self.posted = 0

    async def room(self, name: str, people: Any, **columns: Any) -> PlayedRoom:
        """As in any house, but with its own keeper."""
        room = await super().room(name, people, **columns)
        await Member.filter(room=room.id, person=ME).update(person=self.house.me)
        row = await room.row()
        users = {self.house.me if each == ME else each: level for each, level in _users(row)}
        row.power = {"users": users}
        await row.save()
        return room

    async def does(self, work: Callable[[Call], Awaitable[Effects]]) -> list[str]:
        """What a feature would do of itself, in one unit of work; what is owed then, as text."""

        async def whole() -> Outcome:
            outcome = Outcome()
            call = Call(
                key=self.key(), at=self.now, room=Room(id="!nowhere:here"), house=self.house
            )
            await _collect(call, await work(call), outcome)
            await _write(outcome)
            return outcome

        return await self._told(await transaction(whole))


def _users(row: Room) -> list[tuple[str, int]]:
    users = row.power["users"]
    assert isinstance(users, Mapping)
    return list(users.items())


@dataclass(frozen=True)
class Made:
    """A room of an assembly, as its homeserver knows it."""

    name: str
    topic: str
    by: str
    #: As the room's creation says it.
    about: Mapping[str, object]
    #: Who sees its past, and who may enter.
    state: Mapping[str, str] = field(
        default_factory=lambda: {"history": "shared", "join": "invite"}
    )
    #: What its power levels say beside its maker's.
    levels: Mapping[str, Any] = field(default_factory=dict)
    encrypted: bool = False

    @property
    def power(self) -> dict[str, object]:
        """As the daemon makes such a room (daemon.speak), and as a test has bent it."""
        closed = {"state_default": 100, "kick": 100, "ban": 100, "redact": 100, "invite": 0}
        events = {CARD: 0, "m.room.redaction": 100}
        return {**closed, "events": events, "users": {self.by: 100}, **self.levels}


class _Homeserver:
    """What a homeserver tells a keeper that has lost its database: when it is, and who is in its rooms."""

    def __init__(self, house: Neighbour) -> None:
        self._house = house

    def now(self) -> Any:
        """By the clock of the house."""
        return self._house.now

    def members_changed(self, _room: str) -> None:
        """No key is shared here."""

    async def request(self, _method: str, where: str) -> dict[str, Any]:
        """The keeper is in each of its rooms; it keeps no list of private chats."""
        if not where.endswith("/joined_members"):
            raise Refusal(404, "M_NOT_FOUND", "there is no such data")
        return {"joined": {self._house.house.me: {}}}


class Neighbours:
    """Houses that write to each other."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._folder = folder
        self.houses = {name: Neighbour(name) for name in names}
        self._awake: str | None = None
        self.made: dict[str, Made] = {}
        #: By room: what was said there, oldest first.
        self.said: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.cards: dict[str, list[dict[str, Any]]] = defaultdict(list)
        #: By room: the houses whose keepers are in it.
        self.within: dict[str, set[str]] = defaultdict(set)
        #: By room and house: what its keeper's own state there says the room is to it.
        self.circles: dict[tuple[str, str], dict[str, Any]] = {}
        #: By house: the host of its congregation, and how many people it has.
        self.homes: dict[str, tuple[str, int]] = {}
        #: By house: what was said there while the post went round.
        self.told: dict[str, list[str]] = defaultdict(list)
        #: Houses that no post reaches.
        self.away: set[str] = set()
        #: Rooms whose homeservers let nobody in.
        self.shut: set[str] = set()

    async def at(self, name: str) -> Neighbour:
        """Wake one house; the one that was awake sleeps."""
        if self._awake != name:
            if self._awake is not None:
                await close_database()
            await open_database(sqlite_url(self._folder / f"{name}.db"))
            self._awake = name
        return self.houses[name]

    async def sleeps(self) -> None:
        """No house is awake any more."""
        if self._awake is not None:
            await close_database()
            self._awake = None

    async def congregation(self, name: str, host: str, size: int = 30) -> PlayedRoom:
        """A congregation of that name in the house of that name; its host's private chat."""
        self.homes[name] = (host, size)
        house = await self.at(name)
        await house.space(name, [host, *(f"p{each}" for each in range(size - 1))], [host])
        return await house.private(host)

    async def loses(self, name: str, *, backwards: bool = False) -> list[str]:
        """A house loses its whole database and starts with an empty one, and with what its homeserver tells it.

        Its congregation and the chat with its host are there as ever. The rooms of its assemblies are in the first sync, in
        the order in which they were made or `backwards`. Returns what it says; then the post goes round.
        """
        await self.sleeps()
        (self._folder / f"{name}.db").write_bytes(fresh_file())
        host, size = self.homes[name]
        await self.congregation(name, host, size)
        house, rooms = self.houses[name], Rooms()
        homeserver: Any = _Homeserver(house)
        reader = Reader(
            homeserver, homeserver, rooms, me=house.house.me, prefix="!", encryption=homeserver
        )
        inbox = Inbox(
            homeserver, rooms, me=house.house.me, device="DEVICE", threads=lambda _name: False
        )
        there = [room for room in self.made if name in self.within[room]]
        sections = {
            room: {"state": {"events": self._state(room, name)}, "timeline": {"events": []}}
            for room in (there[::-1] if backwards else there)
        }
        news = await reader.read({"rooms": {"join": sections}}, None, ())
        told: list[str] = []
        for row in await inbox.store(news, "cursor", first=True):
            told += await house._told(await settle(row, house.house, house.now))
        for said in (await self.goes_round()).values():
            told += said
        return told

    def _state(self, room: str, name: str) -> list[dict[str, Any]]:
        """The state of a room as the house's homeserver has it."""
        made, me = self.made[room], self.houses[name].house.me
        kind = {"type": "m.space"} if made.about["part"] == SPACE else {}
        creation = {"room_version": "11", ASSEMBLY: dict(made.about), **kind}
        state = [
            ("m.room.create", made.by, "", creation),
            ("m.room.name", made.by, "", {"name": made.name}),
            (
                "m.room.history_visibility",
                made.by,
                "",
                {"history_visibility": made.state["history"]},
            ),
            ("m.room.join_rules", made.by, "", {"join_rule": made.state["join"]}),
            ("m.room.power_levels", made.by, "", made.power),
        ]
        if made.encrypted or made.about["part"] in (PEOPLE, DELEGATES):
            state.append(("m.room.encryption", made.by, "", {"algorithm": "m.megolm.v1.aes-sha2"}))
        if (room, name) in self.circles:
            state.append((CIRCLE, me, me, self.circles[room, name]))
        return [
            {
                "type": type_, "event_id": f"${type_} {room}", "sender": by, "state_key": key,
                "content": content,
            }
            for type_, by, key, content in state
        ]  # fmt: skip

    async def assembly(self, name: str) -> Assembly:
        """The newest assembly that a house knows."""
        await self.at(name)
        found = await Assembly.all().order_by("-id").first()
        assert found is not None
        return found

    async def goes_round(self) -> dict[str, list[str]]:
        """Hand on everything until nothing is left; what each house said then, by name."""
        self.told.clear()
        busy = True
        while busy:
            busy = False
            for name, house in self.houses.items():
                new, house.posted = house.owed[house.posted :], len(house.owed)
                for owed in new:
                    busy = True
                    await self._hand_on(name, owed)
        return dict(self.told)

    async def hears(self, name: str, room: str, sender: str, letter: Any, **more: Any) -> list[str]:
        """One house hears a letter, whoever wrote it."""
        house = await self.at(name)
        content = {"letter": letter, "fault": None, "event": house.key(), **more}
        return await PlayedRoom(house, room).reports(Change.LETTER, sender, **content)

    def said_as(self, kind: str) -> list[dict[str, Any]]:
        """Every letter of a kind that was said anywhere, oldest first."""
        return [
            each for said in self.said.values() for each in said if each["letter"]["type"] == kind
        ]

    async def _hand_on(self, name: str, owed: Owed) -> None:
        content, me = dict(owed.content or {}), self.houses[name].house.me
        match owed.deed:
            case Deed.MAKE if content.get("part"):
                await self._make(name, owed, content)
            case Deed.SEND if content.get("letter"):
                said = {
                    "sender": me,
                    "letter": content["letter"],
                    "event": owed.event_id,
                    "fault": None,
                }
                self.said[owed.lane].append(said)
                await self._to_others(name, owed.lane, Change.LETTER, said)
            case Deed.STATE if owed.type == CIRCLE:
                self.circles[owed.lane, name] = content
            case Deed.STATE if owed.type == CARD:
                self.cards[owed.lane].append({"sender": me, "card": content})
                await self._to_others(name, owed.lane, Change.CARD, {"sender": me, "card": content})
            case Deed.INVITE:
                await self._invite(name, owed)
            case Deed.JOIN if owed.lane not in self.shut:
                self.within[owed.lane].add(name)
                house = await self.at(name)
                await Room.filter(id=owed.lane).update(joined=True)
                made = self.made.get(owed.lane)
                told = {"assembly": dict(made.about), **made.state} if made else {}
                self.told[name] += await PlayedRoom(house, owed.lane).reports(
                    Change.ARRIVED, me, **told
                )
            case Deed.LEAVE:
                self.within[owed.lane].discard(name)
            case Deed.READ_BACK:
                await self._read_back(name, owed.lane)
            case _:
                pass

    async def _make(self, name: str, owed: Owed, content: Mapping[str, Any]) -> None:
        house = await self.at(name)
        made, told = await house.makes(content["name"])
        await Room.filter(id=made.id).update(creators=[house.house.me])
        about = {"version": 1, "part": content["part"]}
        about |= {"space": content["space"]} if content["space"] else {}
        about |= content.get("creation", {})
        self.made[made.id] = Made(content["name"], content["topic"], house.house.me, about)
        await Room.filter(id=made.id).update(power=self.made[made.id].power)
        self.within[made.id].add(name)
        self.told[name] += told

    async def _to_others(
        self, name: str, room: str, change: Change, what: Mapping[str, Any]
    ) -> None:
        content = {key: value for key, value in what.items() if key != "sender"}
        for other in sorted(self.within[room] - {name} - self.away):
            house = await self.at(other)
            self.told[other] += await PlayedRoom(house, room).reports(
                change, what["sender"], **content
            )

    async def _invite(self, name: str, owed: Owed) -> None:
        keeper, made = str(owed.target), self.made[owed.lane]
        other = next((each for each in self.houses.values() if each.house.me == keeper), None)
        if other is None:
            return
        await self.at(other.name)
        await Room.update_or_create(
            {
                "name": made.name, "is_space": made.about["part"] == SPACE, "creators": [made.by],
                "invited_by": self.houses[name].house.me, "version": "11", "power": made.power,
                "encrypted": made.encrypted,
            },
            id=owed.lane,
        )  # fmt: skip
        self.told[other.name] += await PlayedRoom(other, owed.lane).reports(
            Change.INVITED,
            self.houses[name].house.me,
            assembly=dict(made.about),
            topic=made.topic,
            reason=str((owed.content or {}).get("reason") or ""),
        )

    async def _read_back(self, name: str, room: str) -> None:
        house = await self.at(name)
        newest_first = self.said[room][::-1]
        pages = [newest_first[at : at + PAGE] for at in range(0, len(newest_first), PAGE)] or [[]]
        for number, page in enumerate(pages):
            self.told[name] += await PlayedRoom(house, room).reports(
                Change.READ_BACK,
                letters=page,
                cards=self.cards[room][::-1] if number == 0 else [],
                last=number == len(pages) - 1,
                complete=True,
            )


@asynccontextmanager
async def neighbours(*names: str) -> AsyncIterator[Neighbours]:
    """Houses of these names, all asleep."""
    with tempfile.TemporaryDirectory() as folder:
        found = Neighbours(Path(folder), names)
        try:
            yield found
        finally:
            await found.sleeps()


async def founds(them: Neighbours, name: str, host: PlayedRoom, called: str = "River") -> None:
    """The host of a house founds an assembly, and the post goes round."""
    await them.at(name)
    await host.says("ana", f"assembly found {called}")
    await host.says("ana", "Congregations along the river, each for itself.")
    await host.says("ana", "consent; plain words")
    await host.taps("ana", "✅")
    await them.goes_round()


async def agree(them: Neighbours, *names: str) -> str:
    """Every house that has a seat consents to the newest matter and seals it; the id of the matter."""
    houses = [await them.at(name) for name in names]
    [*_, matter] = [each["letter"]["id"] for each in them.said_as("matter")]
    for kind, body in (
        (Kind.POSITION, {"stand": "consent"}),
        (Kind.SEAL, {"word": "accepted", "consents": len(houses), "objections": 0, "asides": 0}),
    ):
        for house in houses:
            await them.at(house.name)

            async def says(call: Call, kind: Kind = kind, body: Any = body) -> Effects:
                found = await Assembly.all().order_by("-id").first()
                assert found is not None
                letter, said = await post(
                    call, found, kind, body, "…", part=Part.CHARTER, answers=matter
                )
                return [said, *await doors.invitations(call, found, letter)]

            them.told[house.name] += await house.does(says)
        told = {name: [*said] for name, said in them.told.items()}
        for name, said in (await them.goes_round()).items():
            told[name] = [*told.get(name, []), *said]
        them.told = defaultdict(list, told)
    return str(matter)
