"""Congregations on homeservers of their own act together, though daemons die, servers go away and somebody lies.

Nothing here is played: each congregation has a homeserver, a daemon and a host with a client, and all that one knows of
another came over federation with verified TLS.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.event import Event
from deploy.homeserver import Authority, Homeserver
from deploy.keeper import Keeper
from deploy.person import Denied, Person
from practices.assembly import letters
from practices.assembly.events import ASSEMBLY, CARD, LETTER
from practices.assembly.letters import Kind, Part
from practices.assembly.matters import GRACE
from tests.homeserver.conftest import Enter, Keep

#: A Monday morning wherever the congregations are, so that nobody's night is waited for.
MORNING: Final = datetime(2027, 3, 1, 10, tzinfo=UTC)

#: Seconds until somebody who asks again and again is told what is to be expected.
LONGEST: Final = 60

CHARTER: Final = "Congregations along the river, each for itself."

PRACTICE: Final = """\
name: Porridge talk
purpose: Begin a day well.
scales: [dyad, crew, congregation]
least: 2
most: 8
phases:
  - name: Round
    turns: each
    minutes each: 2
    prompt: What woke you?
"""


@pytest.fixture
async def two_more(
    tmp_path: Path, authority: Authority
) -> AsyncIterator[tuple[Homeserver, Homeserver]]:
    """Two homeservers that federate with all others, of which a test may stop one."""
    valley = Homeserver(tmp_path / "valley", "valley", authority=authority)
    forest = Homeserver(tmp_path / "forest", "forest", authority=authority)
    async with AsyncExitStack() as started:
        for each in (valley, forest):
            started.push_async_callback(each.stop)
        await asyncio.gather(valley.start(), forest.start())
        yield valley, forest


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
    name: str, keeper: Keeper, host: Person, *, space: str | None = None
) -> Congregation:
    """A host takes a keeper into the congregation's space; it is the same morning everywhere."""
    keeper.travel(MORNING - datetime.now(UTC))
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
        f"I have introduced {newcomer.name}",
    )
    await consented(f"Shall {newcomer.name} be asked in?", seated)
    await newcomer.hears("is invited to take a seat in the assembly River", CHARTER)
    await newcomer.answered("yes", "has a seat in River now")
    await seated[0].hears(
        f"{newcomer.name}, which your congregation introduced, has taken its seat"
    )


async def published(congregation: Congregation, place: str) -> None:
    """Their card, question by question."""
    await congregation.answered("assembly card", "Where are you?")
    await congregation.answered(place, "Which languages?")
    await congregation.answered("en", "What are you for")
    await congregation.answered("We look after the river.", "How does one get in?")
    await congregation.answered("open", "Are guests from other congregations welcome?")
    await congregation.answered("welcome", "Who may be written to?")
    await congregation.answered("nobody", "I understood")
    await congregation.answered("yes", "Published")


@pytest.mark.requirement("R136", "R137")
async def test_congregations_decide_together_though_servers_fail_daemons_die_keepers_change_and_one_lies(
    keep: Keep,
    enter: Enter,
    homeserver: Homeserver,
    other_homeserver: Homeserver,
    two_more: tuple[Homeserver, Homeserver],
) -> None:
    names = ("Lakeside", "Harbour", "Valley", "Forest")
    servers = (homeserver, other_homeserver, *two_more)

    async def begins(name: str, at: Homeserver) -> Congregation:
        host = await enter("host", at)
        keeper = await keep(at, movable_clock=True, stewards=host.user_id)
        return await begun(name, keeper, host)

    all_four = await asyncio.gather(*(begins(*each) for each in zip(names, servers, strict=True)))
    lakeside, harbour, valley, forest = all_four

    await founded(lakeside)
    await joins(harbour, [lakeside])
    await joins(valley, [lakeside, harbour])
    await joins(forest, [lakeside, harbour, valley])
    await asyncio.gather(*(published(each, f"by {each.name}") for each in (lakeside, forest)))

    await practice_travels(harbour, forest)
    await decided_with_one_away(lakeside, harbour, valley, forest)
    new = await keep(two_more[0], movable_clock=True, stewards=valley.host.user_id)
    valley = await handed_over(valley, new)
    congregations = [lakeside, harbour, valley, forest]

    liar = await liar_joins(congregations, await enter("liar", other_homeserver))
    await lies(liar, lakeside)
    await decided_around(liar, congregations)
    await know_the_same(congregations)
    assert not any("lie to us" in each.text for each in lakeside.host.heard)


async def practice_travels(author: Congregation, neighbour: Congregation) -> None:
    """A script of one congregation becomes one of another, by the other's own yes and with credit."""
    rooms = [await lounge(each) for each in (author, neighbour)]
    file = await author.host.upload(PRACTICE.encode(), "application/yaml", "porridge.yaml")
    content = {"msgtype": "m.file", "body": "porridge.yaml", "url": file}
    await author.host.send(author.chat, "m.room.message", content)
    await author.hears("For whom")
    await author.says(author.name)
    await author.host.hears(rooms[0], "Porridge talk is a script of Harbour from now on", since=0)
    await author.answered("assembly share Porridge talk; licence CC-BY-4.0", "Send it?")
    await author.answered("yes", "Shared: Porridge talk, edition 1")
    await asks_until(neighbour, "assembly practices", "Porridge talk of Harbour", "CC-BY-4.0")
    await neighbour.says("assembly adopt Porridge talk")
    await neighbour.host.hears(rooms[1], "Porridge talk is a script of Forest from now on", since=0)
    await neighbour.host.say(rooms[1], "!script Porridge talk")
    await neighbour.host.hears(rooms[1], "Credit: Harbour · licence: CC-BY-4.0")


async def lounge(congregation: Congregation) -> str:
    """The room in which the people of a congregation decide what is for all of them."""
    host, keeper = congregation.host, congregation.keeper.user_id
    room = await host.create_room("Lounge", parent=congregation.space, invite=[keeper])
    await host.hears(room, "I am Kinkeeper", from_=keeper)
    await host.say(room, "!adopt working")
    await host.hears(room, "I look after this", from_=keeper)
    return room


async def decided_with_one_away(
    lakeside: Congregation, harbour: Congregation, valley: Congregation, forest: Congregation
) -> None:
    """A matter that three speak to while the fourth homeserver is down, and while one daemon is dead."""
    forest.host.homeserver.kill()
    await lakeside.answered("assembly put One glossary: We use the same words.", "I understood")
    await lakeside.answered("yes", "The matter is with the congregations now")
    theirs = await number(harbour, "One glossary")
    harbour.keeper.kill()
    await harbour.says(f"assembly say {theirs} consent")
    await consented("One glossary", [lakeside, valley])
    since = harbour.host.mark
    await harbour.keeper.start()
    await harbour.hears("Said: Harbour consents", since=since)
    ours = await number(lakeside, "One glossary")
    await asks_until(
        lakeside,
        f"assembly matter {ours}",
        "Harbour consents",
        "Valley consents",
        "open until",
        "3 of 4 congregations consent",
    )

    await forest.host.homeserver.start()
    await consented("One glossary", [forest])
    await asyncio.gather(
        *(each.hears("is accepted: One glossary") for each in (lakeside, harbour, valley, forest))
    )


async def asks_until(congregation: Congregation, words: str, *parts: str) -> None:
    """Ask, as a host would, until the answer has all of `parts` in it: what others wrote takes its time to come."""
    async with asyncio.timeout(LONGEST):
        while True:
            told = await congregation.answered(words)
            if all(part in told.text for part in parts):
                return


async def handed_over(valley: Congregation, keeper: Keeper) -> Congregation:
    """Valley's host takes in another account, and the one that spoke so far makes way."""
    successor = await begun(valley.name, keeper, valley.host, space=valley.space)
    await valley.answered(
        f"assembly hand over {keeper.user_id}", "speaks for Valley in River, and I do not"
    )
    await valley.answered("yes", "Handed over.")
    await successor.hears("is invited to take a seat in the assembly River")
    await successor.answered("yes", "I speak for Valley in River now")
    await valley.answered(
        "assembly put Too late: I speak no more.", "Another account speaks for your congregation"
    )
    await valley.answered("assembly leave", "Leave?")
    await valley.answered("yes", "has left River")
    return successor


# ------------------------------------------------------------------------------------------------ a liar


@dataclass(kw_only=True)
class Liar:
    """A congregation without a daemon: somebody with an ordinary client writes its letters by hand."""

    person: Person
    #: The rooms of the assembly by part.
    rooms: dict[str, str]
    #: The letters that were in the charter when it came.
    charter: list[dict[str, Any]]

    @property
    def assembly(self) -> str:
        return next(str(each["id"]) for each in self.charter if each["type"] == Kind.FOUND)

    def matter(self, about: str) -> str:
        """The newest matter that has this in its title."""
        *_, found = (each for each in self.charter if about in each["body"].get("title", ""))
        return str(found["id"])

    def written(self, kind: Kind, number: int, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A letter as an honest keeper would write it."""
        me = self.person.user_id
        return letters.written(
            kind, sender=me, number=number, assembly=self.assembly, body=body, **more
        )

    async def sends(self, part: Part, letter: dict[str, Any]) -> None:
        content = {"msgtype": "m.notice", "body": "Trust me.", LETTER: letter}
        await self.person.send(self.rooms[part], "m.room.message", content)


async def liar_joins(congregations: list[Congregation], person: Person) -> Liar:
    """All ask in an account that nobody's daemon speaks through, and it takes its seat."""
    lakeside = congregations[0]
    await lakeside.answered(
        f"assembly introduce {person.user_id} Marsh because they asked", "I have introduced Marsh"
    )
    await consented("Shall Marsh be asked in?", congregations)
    liar = Liar(person=person, rooms={}, charter=[])
    while not set(Part) <= set(liar.rooms):
        room = await person.join(await person.invited(from_=lakeside.keeper.user_id))
        made = await person.state(room, "m.room.create")
        liar.rooms[made[ASSEMBLY]["part"]] = room
    said = await person.messages(liar.rooms[Part.CHARTER])
    liar.charter = [each.content[LETTER] for each in said if LETTER in each.content]
    matter = liar.matter("Shall Marsh be asked in?")
    await liar.sends(Part.CHARTER, liar.written(Kind.SEAT, 1, {}, answers=matter, after=(matter,)))
    await lakeside.hears("Marsh, which your congregation introduced, has taken its seat")
    return liar


async def lies(liar: Liar, lakeside: Congregation) -> None:
    """Letters in another's name, letters that were changed, and another's card."""
    me = liar.person.user_id
    concern = liar.written(Kind.CONCERN, 2, {"words": "They lie to us."}, answers=liar.assembly)
    foreign = {**concern, "from": lakeside.keeper.user_id}
    foreign["id"] = letters.identify(foreign)
    await liar.sends(Part.CHARTER, foreign)
    await liar.sends(Part.CHARTER, {**concern, "body": {"words": "Lakeside: they lie to us."}})
    told = await lakeside.hears(me, "sends letters that I do not read")
    assert "carries somebody else's name" in told.text
    assert "everything else goes on" in told.text

    card = await liar.person.state(liar.rooms[Part.DIRECTORY], CARD, lakeside.keeper.user_id)
    with pytest.raises(Denied) as denied:
        await liar.person.set_state(
            liar.rooms[Part.DIRECTORY], CARD, {**card, "place": "the moon"}, lakeside.keeper.user_id
        )
    assert denied.value.status == HTTPStatus.FORBIDDEN
    await liar.person.set_state(liar.rooms[Part.DIRECTORY], CARD, {**card, "place": "the moon"}, me)


async def decided_around(liar: Liar, congregations: list[Congregation]) -> None:
    """The new keeper puts a matter; the liar says two things at once, which is nothing; the others decide."""
    *_, valley, _forest = congregations
    await valley.answered("assembly put A meeting: We meet in June.", "I understood")
    await valley.answered("yes", "The matter is with the congregations now")
    put = await liar.person.until(
        lambda event: event.content.get(LETTER, {}).get("type") == Kind.MATTER,
        liar.rooms[Part.DECISIONS],
        since=0,
    )
    matter = put.content[LETTER]
    for stand in ({"stand": "consent"}, {"stand": "objection", "reason": "We would rather not."}):
        position = liar.written(Kind.POSITION, 2, stand, answers=matter["id"])
        await liar.sends(Part.DECISIONS, position)
    for each in congregations:
        await each.hears("Marsh", "two different letters under one number")
    await consented("A meeting", congregations)
    # Each is to know what all have said before the time is over: then they count at different moments.
    for each in congregations:
        theirs = await number(each, "A meeting")
        await asks_until(each, f"assembly matter {theirs}", "4 of 5 congregations consent")
    over = datetime.fromisoformat(matter["body"]["until"]) + GRACE + timedelta(minutes=1)
    for each in congregations:
        each.keeper.travel(over - datetime.now(UTC))
    for each in congregations:
        await each.hears("is accepted: A meeting", "4 of 5 congregations consent", "1 said nothing")


async def know_the_same(congregations: list[Congregation]) -> None:
    """Each host reads the same directory: all five seats, and the cards of those who may say what they say."""
    read = await asyncio.gather(
        *(each.answered("assembly directory", "River: 5 congregations.") for each in congregations)
    )
    assert len({each.text for each in read}) == 1
    assert "Marsh: no card yet" in read[0].text
    assert "the moon" not in read[0].text
    assert "Lakeside · by Lakeside · fewer than 10 people" in read[0].text
