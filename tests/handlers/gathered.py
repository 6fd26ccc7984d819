"""A congregation of eleven that all talk in one room, for whatever is played of its pairing rounds."""

from datetime import timedelta

from practices.circles import RoomKind
from storage.dyads import OneToOne
from storage.pairings import Pairing
from tests.handlers.played import PlayedHouse, PlayedRoom

ELEVEN = tuple("ana ben cleo dan eva finn gus hana ida jon kim".split())


class Circle:
    """A congregation of eleven that all talk in one room; Dan hosts."""

    def __init__(self, house: PlayedHouse, space: PlayedRoom, table: PlayedRoom) -> None:
        self.house, self.space, self.table = house, space, table
        self.chats: dict[str, PlayedRoom] = {}

    async def says(self, who: str, *lines: str) -> str:
        """Somebody writes in their private chat; what they are answered last."""
        if who not in self.chats:
            self.chats[who] = await self.house.private(who)
        told: list[str] = []
        for line in lines:
            told = await self.chats[who].says(who, line)
        return "\n".join(told)

    async def begins(self) -> None:
        await self.says("dan", "pairing begin", "yes")

    async def all_in(self, *who: str) -> None:
        for each in who or ELEVEN:
            await self.says(each, "pairing in")

    async def draws(self) -> list[str]:
        """The next round is drawn; what is said in that hour."""
        row = await Pairing.get(room=self.space.id)
        await self.house.passes(until=row.next_at - timedelta(minutes=1))
        return await self.house.passes(until=row.next_at + timedelta(minutes=1))

    def heard(self, words: str, since: int = 0) -> list[str]:
        """Who was told these words in private, by short names."""
        lanes = [
            owed.lane
            for owed in self.house.owed[since:]
            if words in str((owed.content or {}).get("text", ""))
        ]
        names = [lane.removeprefix("!private-")[: lane.index(":")] for lane in lanes]
        return sorted(each.lstrip("@").partition(":")[0] for each in names)

    async def together(self) -> list[list[str]]:
        """Who is about to meet, by short names."""
        return sorted(
            [each[1:].partition(":")[0] for each in one.people] for one in await OneToOne.all()
        )


async def lakeside(house: PlayedHouse) -> Circle:
    """Lakeside, with its room Commons."""
    space = await house.space("Lakeside", ELEVEN, ["dan"])
    table = await house.room("Commons", ELEVEN, kind=RoomKind.WORKING, congregation=space.id)
    return Circle(house, space, table)
