"""Two people find each other and meet: on two homeservers, each in an encrypted chat that nobody else reads.

Nobody here sees more than their own chat and the rooms they are in; what they do not see is looked for in all of them.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import pytest

from deploy.event import Event
from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.person import Person
from tests.backups import inside
from tests.homeserver.conftest import Keep
from tests.homeserver.gate import Gate

ROME: Final = ZoneInfo("Europe/Rome")

#: A Monday morning.
BEGINNING: Final = datetime(2027, 3, 1, 11, tzinfo=ROME)


@dataclass(kw_only=True)
class Someone:
    """A person, and their private chat with the keeper."""

    name: str
    person: Person
    keeper: Keeper
    chat: str = ""

    async def opens_a_chat(self) -> None:
        """As Element's “Start chat” does."""
        self.chat = await self.person.create_room(
            direct=True, encrypted=True, invite=[self.keeper.user_id]
        )
        await self.hears("This is our private chat")

    async def says(self, text: str) -> str:
        return await self.person.say(self.chat, text)

    async def hears(self, *parts: str, since: int = 0) -> Event:
        """The first word of the keeper, from `since` on, that has all of `parts` in it."""
        heard = await self.person.hears(
            self.chat,
            lambda text: all(part in text for part in parts),
            from_=self.keeper.user_id,
            since=since,
        )
        assert heard.encrypted
        return heard

    async def answered(self, text: str, *parts: str) -> Event:
        """What the keeper says to a word, after it."""
        since = self.person.mark
        await self.says(text)
        return await self.hears(*parts, since=since)

    async def taps(self, event: Event, sign: str) -> None:
        await self.person.react(self.chat, event.id, sign)

    async def heard(self, since: int = 0) -> list[str]:
        """All that the keeper has said to them since then, in their chat or where they are."""
        await self.person.sync()
        said = self.person.heard[since:]
        return [each.text for each in said if each.sender == self.keeper.user_id and each.text]


class Come(Protocol):
    """Bring somebody with keys, by default into the keeper's own homeserver; gone when the test ends."""

    def __call__(
        self, name: str, keeper: Keeper, at: Homeserver | None = None
    ) -> Awaitable[Someone]:
        """Give a person of this name."""


@pytest.fixture
async def gate(homeserver: Homeserver) -> AsyncIterator[Gate]:
    """What stands between the daemon and its homeserver, open."""
    async with Gate(homeserver) as gate:
        yield gate


@pytest.fixture
async def come(names: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Come]:
    """People with keys: `ana = await come("Ana", keeper)`."""
    async with AsyncExitStack() as people:

        async def someone(name: str, keeper: Keeper, at: Homeserver | None = None) -> Someone:
            entered = await Person.enter(
                at or keeper.homeserver,
                names(name.lower()),
                display_name=name,
                encrypted_in=tmp_path / "devices",
            )
            person = await people.enter_async_context(entered)
            return Someone(name=name, person=person, keeper=keeper)

        yield someone


async def circle(
    host: Someone, others: Sequence[Someone], name: str, *, parent: str | None = None
) -> str:
    """A room, or without `parent` a space, into which the host asks the keeper and the others; all come."""
    room = await host.person.create_room(
        name,
        space=parent is None,
        parent=parent,
        invite=[host.keeper.user_id, *(each.person.user_id for each in others)],
    )

    async def comes(each: Someone) -> None:
        invited = await each.person.invitation(
            from_=host.person.user_id, which=lambda invitation: invitation.name == name
        )
        await each.person.join(invited.room, via=[host.person.homeserver.server_name])

    await asyncio.gather(*map(comes, others))
    return room


async def congregation(host: Someone, others: Sequence[Someone]) -> str:
    """Lakeside, which the keeper looks after from now on, and a private chat for each; its space."""
    await host.opens_a_chat()
    space = await circle(host, others, "Lakeside")
    await host.hears("You asked me into Lakeside")
    await host.answered("yes", "from now on")
    await asyncio.gather(*(each.opens_a_chat() for each in others))
    return space


def travel(keeper: Keeper, people: Iterable[Someone], to: datetime) -> None:
    """It is another time; nobody's client would use one key for as long."""
    keeper.travel(to - datetime.now(UTC))
    for each in people:
        each.person.renew_keys()


def rows(keeper: Keeper, query: str) -> list[tuple[object, ...]]:
    """What stands in the daemon's database."""
    with closing(sqlite3.connect(f"file:{keeper.data}/kinkeeper.db?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


# -------------------------------------------------------------------------------------- a pairing round

ELEVEN: Final = ("Dan", "Ana", "Ben", "Cleo", "Eva", "Finn", "Gus", "Hana", "Ida", "Jon", "Kim")

#: Who is at home on the other homeserver.
AWAY: Final = ("Ben", "Cleo", "Gus", "Ida", "Kim")

#: Who said of whom that they would rather not meet, and who rests meanwhile.
APART: Final = {"Ana": "Ben", "Cleo": "Dan"}
RESTING: Final = "Kim"

ROUND: Final = datetime(2027, 4, 5, 10, 1, tzinfo=ROME)

Group = frozenset[str]


async def brought_together(people: Sequence[Someone], since: dict[str, int]) -> set[Group]:
    """Who meets whom, as each of these is told; all of a pair are told the same."""
    asked = await asyncio.gather(
        *(each.hears("A one-to-one with", since=since[each.name]) for each in people)
    )
    groups = set()
    for each, event in zip(people, asked, strict=True):
        found = re.search(r"A one-to-one with (.+?), from the pairing round", event.text)
        assert found is not None
        groups.add(frozenset({each.name, *found[1].split(" and ")}))
    return groups


def marks(people: Iterable[Someone]) -> dict[str, int]:
    return {each.name: each.person.mark for each in people}


@pytest.mark.requirement("R33")
async def test_eleven_people_of_two_homeservers_are_brought_together_and_nobody_with_whom_they_would_rather_not(
    keep: Keep, come: Come, other_homeserver: Homeserver
) -> None:
    keeper = await keep(movable_clock=True, timezone=ROME.key)
    travel(keeper, [], BEGINNING)
    everybody = await asyncio.gather(
        *(come(name, keeper, other_homeserver if name in AWAY else None) for name in ELEVEN)
    )
    by_name = {each.name: each for each in everybody}
    dan, *others = everybody
    space = await congregation(dan, others)
    commons = await circle(dan, others[:2], "Commons", parent=space)
    await dan.person.hears(commons, "I am Kinkeeper", from_=keeper.user_id)
    await dan.person.say(commons, "!adopt working")
    await dan.person.hears(commons, "I look after this", from_=keeper.user_id)

    await dan.answered("pairing begin", "I understood", "Monday 5 April, 10:00")
    await dan.answered("yes", "Begun")
    invitation = await dan.person.hears(commons, "A pairing round begins", from_=keeper.user_id)
    tapping = everybody[:3]
    for each in tapping:
        # On the other homeserver it is there a moment later.
        await each.person.hears(commons, "A pairing round begins", since=0)
        await each.person.react(commons, invitation.id, "✅")
    await asyncio.gather(
        *(each.hears("You take part in the pairing round") for each in tapping),
        *(each.answered("pairing in", "You take part") for each in everybody[3:]),
    )
    for who, whom in APART.items():
        await by_name[who].answered(f"pairing not with {whom}", "Noted", "nobody is told")
    await by_name[RESTING].answered("pairing snooze until 20 april", "Tuesday 20 April")
    await dan.answered("pairing preview", "10 take part, which makes 5 pairs")

    present = [each for each in everybody if each.name != RESTING]
    since = marks(everybody)
    travel(keeper, everybody, ROUND)
    groups = await brought_together(present, since)
    assert sorted(map(len, groups)) == [2, 2, 2, 2, 2]
    assert not groups & {frozenset(each) for each in APART.items()}
    await meet(keeper, present, groups, since)

    assert await by_name[RESTING].heard(since[RESTING]) == []
    for each in everybody:
        told = "\n".join(await each.heard())
        assert (each.name in APART) == ("I do not bring you together with" in told)
        assert (each.name == RESTING) == ("You rest until" in told)


async def meet(
    keeper: Keeper, people: Sequence[Someone], groups: set[Group], since: dict[str, int]
) -> None:
    """They agree on times, are reminded, and say whether they met; one pair has not, and lets it rest."""
    by_name = {each.name: each for each in people}

    async def takes_the_first_time(each: Someone) -> Event:
        asked = await each.hears("A one-to-one with", since=since[each.name])
        await each.taps(asked, "1️⃣")
        return await each.hears("your one-to-one with", "half time", since=since[each.name])

    told = await asyncio.gather(*map(takes_the_first_time, people))
    assert all("Wednesday 7 April, 19:00 – your one-to-one" in each.text for each in told)
    agreed = dict(zip(by_name, told, strict=True))
    signalled, unmet, *_ = sorted(groups, key=sorted)
    wants_signal = min(signalled)
    await by_name[wants_signal].taps(agreed[wants_signal], "⏳")
    await by_name[wants_signal].hears("after 30 minutes I signal half time")

    since = marks(people)
    travel(keeper, people, datetime(2027, 4, 6, 19, 1, tzinfo=ROME))
    await asyncio.gather(*(each.hears("7 April, 19:00", since=since[each.name]) for each in people))
    travel(keeper, people, datetime(2027, 4, 7, 19, 31, tzinfo=ROME))
    await by_name[wants_signal].hears("Half time. You can change places now.")
    travel(keeper, people, datetime(2027, 4, 8, 9, 1, tzinfo=ROME))
    asked = await asyncio.gather(*(each.hears("Did you meet,") for each in people))
    for each, event in zip(people, asked, strict=True):
        (group,) = (group for group in groups if each.name in group)
        if group == unmet and each.name != min(group):
            continue
        await each.taps(event, "⏳" if group == unmet else "✅")
        if group == unmet:
            then = await each.hears("Shall I look for another time?")
            await each.taps(then, "🌙")
            await each.hears("Good, it rests.")
        else:
            await each.hears("Good to hear.")
    signals = [each.name for each in people if "Half time. You" in "\n".join(await each.heard())]
    assert signals == [wants_signal]

    # What stays: that they met, and on which day (R33).
    ids = {each.person.user_id: each.name for each in people}
    met = rows(keeper, "SELECT one, other, day FROM met")
    assert {frozenset({ids[str(one)], ids[str(other)]}) for one, other, _day in met} == (
        groups - {unmet}
    )
    assert {day for _one, _other, day in met} == {"2027-04-07"}
    assert rows(keeper, "SELECT * FROM one_to_one") == []


# ------------------------------------------------------------------------------------ an onboarding pair


@pytest.mark.requirement("R38", "R42", "R43")
async def test_a_newcomer_from_another_homeserver_is_accompanied_for_three_months_by_who_invited_them(
    keep: Keep, come: Come, other_homeserver: Homeserver
) -> None:
    keeper = await keep(movable_clock=True, timezone=ROME.key)
    travel(keeper, [], BEGINNING)
    mara, ruth, noa = await asyncio.gather(
        come("Mara", keeper), come("Ruth", keeper), come("Noa", keeper, other_homeserver)
    )
    space = await congregation(mara, [ruth])
    await ruth.answered("welcome willing", "newcomer")
    since = mara.person.mark

    await ruth.person.invite(space, noa.person.user_id)
    await noa.person.invited(from_=ruth.person.user_id)
    await noa.person.join(space, via=[ruth.person.homeserver.server_name])
    noa.chat = await noa.person.invited(from_=keeper.user_id)
    await noa.person.join(noa.chat)
    pair = (ruth, noa)
    await noa.taps(await noa.hears("Would you like somebody beside you"), "✅")
    await noa.hears("Who invited you to Lakeside?")
    await noa.answered("Ruth", "I ask whether somebody would be beside you")
    await ruth.taps(await ruth.hears("Noa is new in Lakeside"), "✅")
    await noa.taps(await noa.hears("Ruth would be beside you"), "✅")
    await asyncio.gather(*(each.hears("are an onboarding pair, until") for each in pair))

    await talk(keeper, pair)
    await commit(keeper, pair)
    for week in (1, 4):
        travel(keeper, pair, datetime(2027, 3, 1, 10, 1, tzinfo=ROME) + timedelta(weeks=week))
        await asyncio.gather(*(each.hears(f"Week {week} with", "commits to:") for each in pair))

    travel(keeper, pair, datetime(2027, 6, 1, 10, 1, tzinfo=ROME))
    await noa.taps(await noa.hears("Three months in Lakeside.", "Would you like to stay?"), "✅")
    await noa.hears("Good that you stay. Which crew would be yours?")
    noa_asked = await noa.hears("Three months with Ruth have gone by", since=0)
    await noa.taps(noa_asked, "👥")
    await noa.hears("Noted. You hear here how it goes on")
    await ruth.taps(await ruth.hears("Three months with Noa have gone by"), "👥")
    await noa.hears("You and Ruth are a dyad", since=0)
    await ruth.hears("You and Noa are a dyad", since=0)

    assert rows(keeper, "SELECT * FROM onboarding") == []
    assert await mara.heard(since) == []


async def talk(keeper: Keeper, pair: Sequence[Someone]) -> None:
    """Their first talk, which they say has been."""
    for each in pair:
        await each.taps(await each.hears("for your onboarding pair in Lakeside"), "1️⃣")
    for each in pair:
        await each.hears("Wednesday 3 March, 19:00 – your one-to-one with")
    travel(keeper, pair, datetime(2027, 3, 4, 9, 1, tzinfo=ROME))
    for each in pair:
        await each.hears("Did you meet,")
    for each in pair:
        await each.answered("yes", "Good to hear.")


async def commit(keeper: Keeper, pair: Sequence[Someone]) -> None:
    """Each writes what they commit to; the first is shown to the other only when both have."""
    lines = ("I write on Sundays", "I ask before I guess")
    for each, line in zip(pair, lines, strict=True):
        await each.taps(
            await each.hears("What would you like to commit to for", "stays proposed"), "✏️"
        )
        await each.hears("What do you commit to for")
        if each is pair[0]:
            await each.answered(line, "Your pair stays proposed until both of you have written")
            assert rows(keeper, "SELECT state FROM onboarding") == [("proposed",)]
        else:
            assert lines[0] not in "\n".join(await each.heard())
            await each.says(line)
    for each in pair:
        await each.hears("Both of you have written.", *lines)
    assert rows(keeper, "SELECT state FROM onboarding") == [("active",)]
    for line in lines:
        assert line.encode() not in stored(keeper)


def stored(keeper: Keeper) -> bytes:
    """Every byte of the database, its log and the daemon's own log."""
    files = [*keeper.data.glob("kinkeeper.db*"), keeper.log_file]
    return b"".join(file.read_bytes() for file in files)


# --------------------------------------------------------------------------- a partnership reflection


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says of a partnership."""

    point: str
    why: str
    dictator: str
    partner: str


ANAS: Final = Said(
    point="62.5",
    why="You set the hour, I set the tone",
    dictator="The tulips, which I planted alone",
    partner="The soup that neither could cook",
)
BOS: Final = Said(
    point="30",
    why="I wait for your mood",
    dictator="The ferry, when I bought one ticket",
    partner="The map that we drew",
)


async def looks_alone(each: Someone, other: str, said: Said) -> None:
    """One side, up to the seal."""
    await each.answered("begin", f"Where do you and {other} stand")
    await each.answered(said.point, "Why there?")
    await each.answered(said.why, "in which you were the dictator")
    await each.answered(said.dictator, "in which you were the partner")
    await each.answered(said.partner, "Next: seal it")
    await each.answered("seal", "Would you open it with")


def own_keys(keeper: Keeper) -> dict[str, bytes]:
    """The keys that are in no database, by the names of their files."""
    return {file.name: file.read_bytes() for file in (keeper.data / "private-keys").glob("*")}


async def backed_up(keeper: Keeper, name: str) -> bytes:
    file = keeper.folder / name
    finished = await keeper.command("backup", str(file))
    assert finished.code == 0, finished.text
    return inside(file, keeper.data)


@pytest.mark.requirement("R39", "R41")
async def test_a_reflection_of_two_opens_for_both_though_the_daemon_is_killed_between_the_two_reveals(
    keep: Keep, come: Come, gate: Gate, other_homeserver: Homeserver
) -> None:
    keeper = await keep(movable_clock=True, timezone=ROME.key, homeserver_url=gate.url)
    travel(keeper, [], BEGINNING)
    ana, bo = await asyncio.gather(come("Ana", keeper), come("Bo", keeper, other_homeserver))
    await congregation(ana, [bo])
    before = own_keys(keeper)

    await ana.answered("partnership with bo", "I would ask Bo")
    await ana.answered("yes", "Bo is asked")
    await bo.taps(await bo.hears("Ana asks whether you would look together"), "✅")
    await asyncio.gather(*(each.hears("begin, whenever you like") for each in (ana, bo)))
    await looks_alone(ana, "Bo", ANAS)
    since = ana.person.mark
    await looks_alone(bo, "Ana", BOS)
    assert await ana.heard(since) == []
    sealed = [str(text).encode() for (text,) in rows(keeper, "SELECT said FROM reflection_side")]
    keys = {name: key for name, key in own_keys(keeper).items() if name not in before}
    midway = await backed_up(keeper, "midway.tar.gz")
    assert len(sealed) == 2
    assert len(keys) == 3
    await ana.answered("open", "you have chosen to open it")
    # Ana reads it, and at that moment the daemon is gone: Bo, who chose last, has nothing yet.
    gate.hold(bo.chat)
    since = bo.person.mark
    await bo.says("open")
    await gate.holds()
    await ana.hears("Opened, for you and")
    keeper.kill()
    gate.open()
    assert await bo.heard(since) == []
    await keeper.start()
    await bo.hears("Opened, for you and", since=since)
    for each, mine, theirs in ((ana, ANAS, BOS), (bo, BOS, ANAS)):
        await each.hears(
            theirs.why, theirs.dictator, theirs.partner, f"{theirs.point} of 100", since=0
        )
        await each.hears("You\n", mine.why, since=0)
        await each.hears("I have kept nothing of it")
        await each.hears("agree with", "a day to look again")
    for each in (ana, bo):
        assert len([text for text in await each.heard() if "Opened, for you and" in text]) == 1

    after = stored(keeper) + await backed_up(keeper, "after.tar.gz")
    assert (
        rows(keeper, "SELECT * FROM reflection")
        == rows(keeper, "SELECT * FROM reflection_side")
        == []
    )
    assert own_keys(keeper) == before
    for text in sealed:
        assert text in midway
        assert text not in after
    for name, key in keys.items():
        assert key not in midway + after
        assert f"private-keys/{name}".encode() not in midway + after
    for said in (ANAS, BOS):
        for word in (said.why, said.dictator, said.partner):
            assert word.encode() not in midway + after
