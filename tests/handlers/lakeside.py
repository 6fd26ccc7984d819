"""A congregation to play with: a room in which all of it talk, a crew of it, and what leads to a domain."""

from dataclasses import dataclass

from handlers.domains.cards import active, card_of
from practices.circles import RoomKind
from storage.domains import Domain, Link
from tests.handlers.played import PlayedHouse, PlayedRoom, person

KITCHEN = (
    "!domain Kitchen; purpose: everybody eats well; scope: stove and fridge, shopping; "
    "limits: nothing above 200 euros; measures: nobody goes hungry"
)


@dataclass
class Lakeside:
    """A congregation with a room in which all of it talk, a crew, and the private chat of one of that."""

    house: PlayedHouse
    space: PlayedRoom
    table: PlayedRoom
    crew: PlayedRoom
    ana: PlayedRoom

    async def asked(self, line: str = KITCHEN) -> list[str]:
        """Ana draws a card up in the crew's room and puts it to her crew."""
        await self.crew.says("ana", line)
        return await self.ana.says("ana", "yes")

    async def given(self, line: str = KITCHEN) -> Domain:
        """Both circles agree on it."""
        await self.asked(line)
        for who in ("ben", "cleo"):
            await self.crew.taps(who, "✅")
        for who in ("dan", "eva", "finn"):
            await self.table.taps(who, "✅")
        newest = await Domain.all().order_by("-id").first()
        assert newest is not None
        return newest

    async def linked(self, who: str = "ben") -> Link:
        """Somebody speaks for the crew."""
        await self.crew.says(who, "!representative kitchen me")
        for other in {"ana", "ben", "cleo"} - {who}:
            await self.crew.taps(other, "✅")
        return await Link.get(person=person(who))


async def a_lakeside(house: PlayedHouse) -> Lakeside:
    """A congregation of six; three of them are the Kitchen Crew, and one of those is in the room of all, too."""
    everybody = ("ana", "ben", "cleo", "dan", "eva", "finn")
    space = await house.space("Lakeside", everybody, ["dan"])
    await house.room("Small", ["eva", "finn"], kind=RoomKind.WORKING, congregation=space.id)
    table = await house.room(
        "Commons", ["ana", "dan", "eva", "finn"], kind=RoomKind.WORKING, congregation=space.id
    )
    crew = await house.crew(congregation=space.id)
    return Lakeside(house, space, table, crew, await house.private("ana"))


async def holds(lake: Lakeside) -> list[str]:
    """The names of the domains that hold."""
    return [card_of(each).name for each in await active(await lake.space.row())]


def about(told: list[str], words: str) -> list[str]:
    """What was said with these words in it."""
    return [text for text in told if words in text]
