"""A congregation by a lake, in which conversations about being new are played."""

from datetime import UTC, datetime, timedelta

from handlers.language import KeyGone
from practices.onboarding import Standing
from storage.onboardings import Onboarding
from storage.outbox import Deed
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEMBERS = ("ana", "ben", "cleo", "dan")
NEW = ("nia", "omar", "pia", "quim", "rui", "sol", "tam", "uma")
POD_OF = "Welcome pod of Lakeside"


class Lake:
    """A congregation of four that Dan hosts, and whoever is new."""

    def __init__(self, house: PlayedHouse, space: PlayedRoom) -> None:
        self.house, self.space = house, space
        self.chats: dict[str, PlayedRoom] = {}

    async def chat(self, who: str) -> PlayedRoom:
        if who not in self.chats:
            self.chats[who] = await self.house.private(who)
        return self.chats[who]

    async def says(self, who: str, *lines: str) -> str:
        """What follows from the last of these lines, for everybody."""
        told: list[str] = []
        for line in lines:
            told = await (await self.chat(who)).says(who, line)
        return "\n".join(told)

    async def comes(self, who: str) -> str:
        return "\n".join(await self.space.joins(who))

    def heard(self, who: str, since: int = 0) -> list[str]:
        """Every word in private to somebody."""
        lanes = {person(who), f"!private-{who}:here"}
        return [
            str((owed.content or {}).get("text", ""))
            for owed in self.house.owed[since:]
            if owed.lane in lanes and (owed.content or {}).get("text")
        ]

    def told(self, who: str, words: str, since: int = 0) -> bool:
        return any(words in each for each in self.heard(who, since))

    def unreadable(self, sealed: str | None) -> bool:
        """Whether what a pair had sealed can be opened by nobody any more."""
        assert sealed is not None
        try:
            self.house.house.keys.of("onboarding:1").open("onboarding", sealed)
        except KeyGone:
            return True
        return False

    async def looking(self, *willing: str) -> None:
        """Nia has come, would like somebody, and named nobody who invited her."""
        for who in willing:
            await self.says(who, "welcome willing")
        await self.says("nia", "help")
        await self.comes("nia")
        if not willing:
            await self.says("nia", "welcome me", "pass")
        else:
            await self.says("nia", "yes", "pass")

    async def paired(self, member: str = "ben") -> Onboarding:
        """Nia and a member have both said yes."""
        await self.looking(member)
        await self.says(member, "yes")
        await self.says("nia", "yes")
        # What they are asked about times is not what these tests are about.
        await Question.filter(inquiry="one-to-one-times").delete()
        return await Onboarding.get()

    async def active(self, member: str = "ben") -> Onboarding:
        """Both have written what they commit to."""
        await self.paired(member)
        await self.says("nia", "welcome commit", "I ask when I am lost")
        await self.says(member, "welcome commit", "I answer within two days\nI bring you along")
        return await Onboarding.get()

    async def closing(self, member: str = "ben") -> Onboarding:
        await self.active(member)
        await self.house.passes(until=datetime(2027, 2, 22, 10, tzinfo=UTC))
        row = await Onboarding.get()
        assert row.state is Standing.CLOSING
        return row


class Shore(Lake):
    """The same congregation, with eight who are new in it."""

    async def invited(self, *people: str) -> str:
        """Ana opens a pod for these."""
        for who in people:
            await self.says(who, "help")
        return await self.says("ana", f"welcome pod {', '.join(people)}")

    async def opened(self, *people: str) -> PlayedRoom:
        """All of these have come into the room."""
        await self.invited(*people)
        for who in people:
            await self.says(who, "yes")
        room, _told = await self.house.makes(POD_OF)
        for who in ("ana", *people):
            await room.joins(who)
        return room

    def said_in(self, room: PlayedRoom) -> list[str]:
        return [
            str((owed.content or {})["text"])
            for owed in self.house.owed
            if owed.lane == room.id and owed.deed is Deed.SEND
        ]
