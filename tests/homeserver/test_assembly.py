"""Congregations on homeservers of their own act together, though daemons die, servers go away and somebody lies.

Nothing here is played: each congregation has a homeserver, a daemon and a host with a client, and all that one knows of
another came over federation with verified TLS.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.homeserver import Authority, Homeserver
from deploy.keeper import PASSWORD, Keeper
from deploy.person import Denied, Person
from practices.assembly import letters
from practices.assembly.events import ASSEMBLY, CARD, LETTER
from practices.assembly.letters import Kind, Part
from practices.assembly.matters import GRACE
from tests.homeserver.conftest import Enter, Keep
from tests.homeserver.congregations import (
    Congregation,
    asks_until,
    begun,
    consented,
    founded,
    joins,
    number,
    published,
)

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

    *all_four, new = await asyncio.gather(
        *(begins(*each) for each in zip(names, servers, strict=True)),
        keep(two_more[0], movable_clock=True),
    )
    assert isinstance(new, Keeper)
    lakeside, harbour, valley, forest = (
        each for each in all_four if isinstance(each, Congregation)
    )

    await founded(lakeside)
    await joins(harbour, [lakeside])
    # Whoever has a seat may introduce. Not both at once: homeservers that join at one moment, each by another's hand, may
    # not know of each other until somebody writes in that room again.
    await joins(valley, [harbour, lakeside])
    await joins(forest, [lakeside, harbour, valley])
    await asyncio.gather(
        published(lakeside, "by Lakeside"),
        published(valley, "by Valley", valley.host.user_id),
        practice_travels(harbour, forest),
    )
    await valley.hears("May other congregations of", "write to you about")
    await valley.answered("yes", "the card names you now")

    await decided_with_one_away(lakeside, harbour, valley, forest)
    thief = await account_taken(valley)
    others = [lakeside, harbour, forest]
    async with thief.person:
        await lies(thief, lakeside)
        over = await decided_around(thief, others)
        valley = await replaced(valley, new, others, at=over)
        await speaks_again(valley, others, thief)
    await know_the_same([valley, *others])
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
    await consented("One glossary", [lakeside])
    since = harbour.host.mark
    await asyncio.gather(harbour.keeper.start(), forest.host.homeserver.start())
    await harbour.hears("Said: Harbour consents", since=since)
    await consented("One glossary", [valley])
    ours = await number(lakeside, "One glossary")
    await asks_until(
        lakeside,
        f"assembly matter {ours}",
        "Harbour consents",
        "Valley consents",
        "open until",
        "3 of 4 congregations consent",
    )

    await consented("One glossary", [forest])
    await asyncio.gather(
        *(each.hears("is accepted: One glossary") for each in (lakeside, harbour, valley, forest))
    )


async def replaced(
    valley: Congregation, keeper: Keeper, others: list[Congregation], *, at: datetime
) -> Congregation:
    """Valley's host takes in another account; let in by Lakeside it says so itself, and the others consent."""
    lakeside, *_ = others
    successor = await begun(valley.name, keeper, valley.host, space=valley.space, at=at)
    await lakeside.answered(f"assembly invite {keeper.user_id}", "would have no seat")
    await lakeside.answered("yes", "is invited. Its host says yes there")
    await successor.hears("is invited to take a seat in the assembly River")
    await successor.answered("yes", "I enter the rooms of")
    claim = "assembly claim Valley because somebody else writes with our account"
    await asks_until(successor, claim, "that I keep Valley now")
    await successor.answered("yes", "Sent. The others ask the contacts")
    told = await asyncio.gather(*(each.hears("says that it keeps Valley") for each in others))
    assert all(valley.host.user_id in each.text for each in told)
    await lakeside.answered(
        f"assembly keeper Valley {keeper.user_id}", "All congregations of River but Valley"
    )
    await lakeside.answered("yes", "The others find their positions now")
    await consented("would speak for Valley from now on", others)
    await successor.hears("I speak for Valley in River now")
    return successor


async def speaks_again(valley: Congregation, others: list[Congregation], thief: "Thief") -> None:
    """Valley puts a matter by its new account, and the old one's objection is nobody's."""
    await valley.answered("assembly put A feast: We eat together in May.", "I understood")
    await valley.answered("yes", "The matter is with the congregations now")
    matter = await thief.hears_of("A feast")
    no = thief.written(Kind.POSITION, {"stand": "objection", "reason": "No."}, answers=matter["id"])
    await thief.sends(Part.DECISIONS, no)
    everybody = [valley, *others]
    await consented("A feast", everybody)
    outcomes = await asyncio.gather(*(each.hears("is accepted: A feast") for each in everybody))
    # Whose position comes after the others' seals, that differs; the thief's objection is in none.
    assert not any("objects" in each.text for each in outcomes)


# ------------------------------------------------------------------------------------------------ a liar


@dataclass(kw_only=True)
class Thief:
    """Somebody who has taken a keeper's account: with an ordinary client they write its letters by hand."""

    person: Person
    #: The rooms of the assembly by part.
    rooms: dict[str, str]
    assembly: str
    #: Of its letters, what the newest was numbered.
    number: int

    def written(self, kind: Kind, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The next letter, as an honest keeper would write it."""
        self.number += 1
        return letters.written(
            kind,
            sender=self.person.user_id,
            number=self.number,
            assembly=self.assembly,
            body=body,
            **more,
        )

    async def sends(self, part: Part, letter: dict[str, Any]) -> None:
        content = {"msgtype": "m.notice", "body": "Trust me.", LETTER: letter}
        await self.person.send(self.rooms[part], "m.room.message", content)

    async def hears_of(self, title: str) -> dict[str, Any]:
        """The matter of this title."""
        put = await self.person.until(
            lambda event: event.content.get(LETTER, {}).get("body", {}).get("title") == title,
            self.rooms[Part.DECISIONS],
            since=0,
        )
        return dict(put.content[LETTER])


async def account_taken(valley: Congregation) -> Thief:
    """Valley's daemon is gone, and somebody else is logged in to its account."""
    valley.keeper.kill()
    person = await Person.enter(valley.host.homeserver, valley.keeper.name, PASSWORD)
    await person.sync()
    thief = Thief(person=person, rooms={}, assembly="", number=0)
    for room in person.rooms:
        made = await person.state(room, "m.room.create")
        thief.rooms[made.get(ASSEMBLY, {}).get("part", "")] = room
    for part in Part:
        said = await person.messages(thief.rooms[part])
        for letter in (each.content[LETTER] for each in said if LETTER in each.content):
            if letter["type"] == Kind.FOUND:
                thief.assembly = letter["id"]
            if letter["from"] == person.user_id:
                thief.number = max(thief.number, letter["number"])
    return thief


async def lies(thief: Thief, lakeside: Congregation) -> None:
    """Letters in another's name, letters that were changed, and another's card."""
    concern = thief.written(Kind.CONCERN, {"words": "They lie to us."}, answers=thief.assembly)
    foreign = {**concern, "from": lakeside.keeper.user_id}
    foreign["id"] = letters.identify(foreign)
    await thief.sends(Part.CHARTER, foreign)
    await thief.sends(Part.CHARTER, {**concern, "body": {"words": "Lakeside: they lie to us."}})
    told = await lakeside.hears(thief.person.user_id, "sends letters that I do not read")
    assert "carries somebody else's name" in told.text
    assert "everything else goes on" in told.text

    directory = thief.rooms[Part.DIRECTORY]
    card = await thief.person.state(directory, CARD, lakeside.keeper.user_id)
    moon = {**card, "place": "the moon"}
    with pytest.raises(Denied) as denied:
        await thief.person.set_state(directory, CARD, moon, lakeside.keeper.user_id)
    assert denied.value.status == HTTPStatus.FORBIDDEN


async def decided_around(thief: Thief, others: list[Congregation]) -> datetime:
    """A matter to which the thief says two things at once, which is nothing; the others decide. When it is over."""
    _, harbour, _ = others
    await harbour.answered("assembly put A meeting: We meet in June.", "I understood")
    await harbour.answered("yes", "The matter is with the congregations now")
    matter = await thief.hears_of("A meeting")
    consent = thief.written(Kind.POSITION, {"stand": "consent"}, answers=matter["id"])
    thief.number -= 1
    no = {"stand": "objection", "reason": "We would rather not."}
    objection = thief.written(Kind.POSITION, no, answers=matter["id"])
    for position in (consent, objection):
        await thief.sends(Part.DECISIONS, position)
    for each in others:
        await each.hears("Valley", "two different letters under one number")
    await consented("A meeting", others)
    # Each is to know what all have said before the time is over: then they count at different moments.
    for each in others:
        theirs = await number(each, "A meeting")
        await asks_until(each, f"assembly matter {theirs}", "3 of 4 congregations consent")
    over = datetime.fromisoformat(matter["body"]["until"]) + GRACE + timedelta(minutes=1)
    for each in others:
        each.keeper.travel(over - datetime.now(UTC))
    for each in others:
        await each.hears("is accepted: A meeting", "3 of 4 congregations consent", "1 said nothing")
    return over


async def know_the_same(congregations: list[Congregation]) -> None:
    """Each host reads the same directory: all four seats, and the cards of those who may say what they say."""
    read = await asyncio.gather(
        *(each.answered("assembly directory", "River: 4 congregations.") for each in congregations)
    )
    assert len({each.text for each in read}) == 1
    assert "the moon" not in read[0].text
    assert "Lakeside · by Lakeside · fewer than 10 people" in read[0].text
