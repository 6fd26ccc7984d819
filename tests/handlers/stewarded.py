"""A congregation of six in which people have stewards, to play with."""

from practices.circles import RoomKind
from storage.pairings import Stewardship
from tests.handlers.played import PlayedHouse, PlayedRoom, person

SIX = ("ana", "ben", "cleo", "dan", "eva", "finn")


class Circle:
    """A congregation of six in one room; Dan hosts."""

    def __init__(self, house: PlayedHouse, space: PlayedRoom, table: PlayedRoom) -> None:
        self.house, self.space, self.table = house, space, table
        self.chats: dict[str, PlayedRoom] = {}

    async def says(self, who: str, *lines: str) -> str:
        if who not in self.chats:
            self.chats[who] = await self.house.private(who)
        told: list[str] = []
        for line in lines:
            told = await self.chats[who].says(who, line)
        return "\n".join(told)

    async def says_to_both(self, who: str, word: str) -> None:
        """The same answer to be a steward, and to have one; the second is asked back, as other things were said since."""
        await self.says(who, word, word, word)

    def heard(self, words: str, since: int = 0) -> list[str]:
        """Who was told these words in private."""
        lanes = [
            owed.lane
            for owed in self.house.owed[since:]
            if words in str((owed.content or {}).get("text", ""))
        ]
        return sorted(
            each.removeprefix("!private-").lstrip("@").partition(":")[0] for each in lanes
        )

    async def round(self, *people: str) -> None:
        """A round in which these people take part, up to the proposals."""
        for who in SIX:
            await self.says(who, "help")
        await self.says("dan", "steward round")
        for who in people or SIX:
            await self.table.taps(who, "✅", on="steward:round")
        await self.closes()

    async def closes(self) -> None:
        await self.says("dan", "steward round now")
        await self.house.passes()

    async def agreed(self, ana: str = "ana", ben: str = "ben") -> Stewardship:
        """Ana has asked Ben, and he has said yes."""
        await self.says(ben, "help")
        await self.says(ana, f"steward ask {ben}")
        await self.says(ben, "yes")
        return await Stewardship.get(steward=person(ben), stewardee=person(ana))


async def lakeside(house: PlayedHouse) -> Circle:
    """Six people of Lakeside, who talk in one room; Dan hosts."""
    space = await house.space("Lakeside", SIX, ["dan"])
    table = await house.room("Commons", SIX, kind=RoomKind.WORKING, congregation=space.id)
    return Circle(house, space, table)
