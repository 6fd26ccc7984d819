"""Two people of one crew to play with: each in their private chat, a dyad when both have said yes, a time when it suits both."""

from datetime import datetime, timedelta

from practices.dyads import Occasion
from storage.dyads import OneToOne
from storage.outbox import Deed
from tests.handlers.played import PlayedHouse, PlayedRoom, person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Two:
    """Ana and Ben of one crew, each in their private chat, and Cleo, who hears of nothing."""

    def __init__(
        self, house: PlayedHouse, crew: PlayedRoom, ana: PlayedRoom, ben: PlayedRoom
    ) -> None:
        self.house, self.crew, self.ana, self.ben = house, crew, ana, ben

    async def dyad(self, words: str = "dyad ben") -> list[str]:
        """Both have said yes; what was said then."""
        await self.ana.says("ana", words)
        await self.ana.says("ana", "yes")
        return await self.ben.says("ben", "yes")

    async def agreed(self) -> datetime:
        """A time suits both."""
        await self.ana.says("ana", "1 and 2")
        await self.ben.says("ben", "2")
        one = await OneToOne.get()
        assert one.at is not None
        return one.at

    def heard(self, who: PlayedRoom) -> list[str]:
        """Every message in somebody's private chat so far."""
        return [
            str(owed.content["text"])
            for owed in self.house.owed
            if owed.deed is Deed.SEND and owed.lane == who.id and owed.content
        ]


async def begun(house: PlayedHouse) -> Two:
    crew = await house.crew(people=("ana", "ben", "cleo"))
    return Two(house, crew, await house.private("ana"), await house.private("ben"))


def words(told: list[str]) -> str:
    return "\n".join(told)


async def trio(two: Two, *people: str) -> OneToOne:
    """What a rota or a pairing round begins, as its own hour would."""
    return await OneToOne.create(
        room=two.crew.id,
        people=sorted(map(person, people)),
        occasion=Occasion.PAIRING,
        subject="7",
        minutes=60,
        options=["2026-11-24T18:00:00+00:00", "2026-11-25T18:00:00+00:00"],
    )
