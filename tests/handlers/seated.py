"""Congregations that have seats in one assembly, each in a house of its own, with a room in which its people talk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from practices.circles import RoomKind
from storage.outbox import Deed
from storage.rooms import Room
from tests.handlers.assembled import Neighbours, agree, founds, neighbours
from tests.handlers.played import PlayedRoom, person


class Seated:
    """Some congregations in one assembly, called River; "ana" hosts each of them."""

    def __init__(self, them: Neighbours, hosts: dict[str, PlayedRoom]) -> None:
        self.them = them
        self._hosts = hosts

    async def host(self, name: str, *words: str) -> list[str]:
        """What the host of a house hears to these words, said in private one after the other."""
        return await self.says(name, "ana", *words)

    async def says(self, name: str, who: str, *words: str) -> list[str]:
        """The same of anybody there."""
        told: list[str] = []
        for each in words:
            room = await self.private(name, who)
            if each in "✅✋⏭️":
                told = await room.taps(who, each, on=self._asked(name, room, who))
            else:
                told = await room.says(who, each)
        return told

    def _asked(self, name: str, room: PlayedRoom, who: str) -> str:
        """The newest message to somebody that can be tapped, also if their private chat was not there yet."""
        lanes = (room.id, person(who))
        for owed in reversed(self.them.houses[name].owed):
            if owed.deed is Deed.REACT and owed.lane in lanes and owed.target:
                return owed.target
        raise AssertionError(f"nothing was asked of {who}")

    async def reached(self, name: str, words: str) -> list[str]:
        """In whose private chats of a house a message with these words was said, each once; rooms by their id."""
        await self.them.at(name)
        rooms = await Room.filter(private_with__isnull=False).values_list("id", "private_with")
        known = {str(room): str(who) for room, who in rooms}
        lanes = {
            known.get(owed.lane, owed.lane)
            for owed in self.them.houses[name].owed
            if words in str((owed.content or {}).get("text", ""))
        }
        return sorted(lane.removeprefix("@").partition(":")[0] for lane in lanes)

    async def sends(self, name: str, *words: str) -> dict[str, list[str]]:
        """A host says these words and then yes to what would leave; what is heard elsewhere, by house."""
        await self.host(name, *words, "✅")
        return await self.them.goes_round()

    async def private(self, name: str, who: str) -> PlayedRoom:
        """The private chat with somebody in a house."""
        house = await self.them.at(name)
        there = await Room.get_or_none(private_with=person(who))
        return PlayedRoom(house, there.id) if there else await house.private(who)

    async def space(self, name: str) -> PlayedRoom:
        """The space of a congregation."""
        house = await self.them.at(name)
        return PlayedRoom(house, (await Room.get(name=name, kind=RoomKind.CONGREGATION)).id)

    async def lounge(self, name: str, *people: str) -> PlayedRoom:
        """The room in which a congregation talks."""
        space = await self.space(name)
        house = await self.them.at(name)
        return await house.room(
            "Lounge", people or ("ana", "p0"), kind=RoomKind.WORKING, congregation=space.id
        )

    async def crew(self, name: str, called: str, *people: str) -> PlayedRoom:
        """A crew of a congregation."""
        space = await self.space(name)
        house = await self.them.at(name)
        return await house.crew(called, people, congregation=space.id)

    async def passes(self, name: str, time: timedelta) -> list[str]:
        """Time passes in one house."""
        return await (await self.them.at(name)).passes(time)


@asynccontextmanager
async def an_assembly(*names: str) -> AsyncIterator[Seated]:
    """Congregations of these names, each with a seat; the first has founded River."""
    async with neighbours(*names) as them:
        hosts = {name: await them.congregation(name, "ana") for name in names}
        first, *others = names
        await founds(them, first, hosts[first])
        seated = [first]
        for name in others:
            await them.at(first)
            keeper = them.houses[name].house.me
            await hosts[first].says("ana", f"assembly introduce {keeper} {name} because we met")
            await hosts[first].taps("ana", "✅")
            await them.goes_round()
            await agree(them, *seated)
            await them.at(name)
            await hosts[name].taps("ana", "✅")
            await them.goes_round()
            seated.append(name)
        yield Seated(them, hosts)
