"""Congregations as their hosts see them: each writes to its own keeper, in words, and hears what the keepers do.

Each has a homeserver and a daemon; what a congregation knows of another came over federation.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from deploy.event import Event
from deploy.keeper import Keeper
from deploy.person import Person

#: A Monday morning wherever the congregations are, so that nobody's night is waited for.
MORNING: Final = datetime(2027, 3, 1, 10, tzinfo=UTC)

#: Seconds until somebody who asks again and again is told what is to be expected.
LONGEST: Final = 60

CHARTER: Final = "Congregations along the river, each for itself."


@dataclass(kw_only=True)
class Congregation:
    """A congregation as its host sees it: a keeper, and a private chat with it."""

    name: str
    keeper: Keeper
    host: Person
    chat: str
    space: str

    async def says(self, text: str) -> None:
        await self.host.say(self.chat, text)

    async def hears(self, *parts: str, since: int = 0) -> Event:
        """The first word of the keeper, from `since` on, that has all of `parts` in it; words may overtake each other."""
        return await self.host.hears(
            self.chat,
            lambda text: all(part in text for part in parts),
            from_=self.keeper.user_id,
            since=since,
        )

    async def answered(self, text: str, *parts: str) -> Event:
        """What the keeper says to a word, after it."""
        since = self.host.mark
        await self.says(text)
        return await self.hears(*parts, since=since)


async def begun(
    name: str, keeper: Keeper, host: Person, *, space: str | None = None, at: datetime = MORNING
) -> Congregation:
    """A host takes a keeper into the congregation's space; it is the same time everywhere."""
    keeper.travel(at - datetime.now(UTC))
    chat = await host.create_room(direct=True, invite=[keeper.user_id])
    if space is None:
        space = await host.create_room(name, space=True, invite=[keeper.user_id])
    else:
        await host.invite(space, keeper.user_id)
    found = Congregation(name=name, keeper=keeper, host=host, chat=chat, space=space)
    await found.hears(f"You asked me into {name}")
    await found.answered("yes", "from now on")
    return found


async def founded(founder: Congregation) -> None:
    await founder.answered("assembly found River", "What is it for?")
    await founder.answered(CHARTER, "What do you hold dear")
    await founder.answered("consent; plain words", "I would found River")
    await founder.answered("yes", "River is founded")


async def consented(number_in: str, congregations: list[Congregation]) -> None:
    """All of these say yes to the matter that has this in its words."""

    async def consents(each: Congregation) -> None:
        await each.answered(f"assembly say {await number(each, number_in)} consent", "Said: ")

    await asyncio.gather(*(consents(each) for each in congregations))


async def number(congregation: Congregation, words: str) -> str:
    """The number that a matter has here."""
    asked = await congregation.hears("asks the congregations of River", words)
    found = re.search(r"\(matter (\d+)\)", asked.text)
    assert found is not None
    return found[1]


async def joins(newcomer: Congregation, seated: list[Congregation]) -> None:
    """The first of those with a seat introduces another, all consent, and its host takes the seat."""
    await seated[0].answered(
        f"assembly introduce {newcomer.keeper.user_id} {newcomer.name} because we have met",
        f"I would introduce {newcomer.name}",
    )
    await seated[0].answered("yes", f"I have introduced {newcomer.name}")
    await consented(f"Shall {newcomer.name} be asked in?", seated)
    await newcomer.hears("is invited to take a seat in the assembly River", CHARTER)
    await newcomer.answered("yes", "has a seat in River now")
    await seated[0].hears(
        f"{newcomer.name}, which your congregation introduced, has taken its seat"
    )


async def published(congregation: Congregation, place: str, contact: str = "nobody") -> None:
    """Their card, question by question."""
    await congregation.answered("assembly card", "Where are you?")
    await congregation.answered(place, "Which languages?")
    await congregation.answered("en", "What are you for")
    await congregation.answered("We look after the river.", "How does one get in?")
    await congregation.answered("open", "Are guests from other congregations welcome?")
    await congregation.answered("welcome", "Who may be written to?")
    await congregation.answered(contact, "I understood")
    await congregation.answered("yes", "Published")


async def asks_until(congregation: Congregation, words: str, *parts: str) -> None:
    """Ask, as a host would, until the answer has all of `parts` in it: what others wrote takes its time to come."""
    async with asyncio.timeout(LONGEST):
        while True:
            told = await congregation.answered(words)
            if all(part in told.text for part in parts):
                return
