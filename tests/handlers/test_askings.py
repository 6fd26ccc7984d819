"""Nobody is asked again and again by one person, nor by somebody of whom they have said "not with", and nobody can tell."""

import ast
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from tortoise import Tortoise

import handlers
from handlers import askings
from handlers.askings import MATTERS
from handlers.house import kept
from handlers.language import Call
from practices.circles import RoomKind
from practices.dyads import Pace, State
from storage.askings import Asking
from storage.dyads import Dyad
from storage.pairings import Stewardship
from storage.rooms import Room
from tests.handlers.played import START, PlayedHouse, PlayedRoom, a_house, person

PEOPLE = ("ana", "ben", "cleo", "dan", "eva", "finn", "gil", "hana", "ivo")
DAY = timedelta(days=1)

#: Every question that is put to somebody at one person's word, by what it is about: how Ana asks Ben, some of Ben's words by
#: which to know the question, and how she undoes it.
WAYS = {
    "dyad": (("dyad ben", "yes"), "whether you would like to be a dyad", "dyad ben take back"),
    "terms": (("dyad ben weekly",), "proposes for your dyad", "help"),
    "wake": (("dyad ben wake",), "would take up your dyad again", "help"),
    "meet": (("dyad ben meet",), "**A one-to-one with Ana**", "one-to-one off"),
    "contact": (
        ("safety name ben",),
        "whether you would be a **safety contact**",
        "safety withdraw ben",
    ),
    "steward": (("steward ask ben",), "would you be **Ana**'s steward", "steward end"),
    "partnership": (
        ("partnership with ben", "yes"),
        "asks whether you would look together",
        "partnership ben take back",
    ),
    "again": (("partnership ben again on 1 march",), "suggests **Monday 1 March", "help"),
    "pathway": (("pathway ask ben", "ask"), "asks you, as somebody who knows them", "pathway done"),
    "pod": (("welcome pod ben, cleo",), "invites you into a welcome pod", "welcome end pod"),
    "offer": (("welcome ben", "2"), "Would you like somebody beside you", "help"),
    "inviter": (("welcome me", "ben"), "Would that be you?", "welcome end"),
}

#: The questions of features that ask before they put it (handlers.askings), by the matter.
ASKS = {
    "dyad-asked": "dyad",
    "dyad-terms": "terms",
    "dyad-wake": "wake",
    "one-to-one-times": "meet",
    "safety-accept": "contact",
    "mediator-accept": "mediator",
    "steward-yes": "steward",
    "partnership-asked": "partnership",
    "partnership-day": "again",
    "pathway-asked": "pathway",
    "pod-invited": "pod",
    "welcome-would": "offer",
    "welcome-member": "inviter",
}

#: Private questions to somebody else that need no such brake, and why. A new one has to be thought about here.
OTHERWISE = {
    "a member of the crew, in what the crew does together": """
        charter-line charter-extra few host swap outcome table moved with trial-coming form-now round-facilitate round-review
        come-in listened play claim next-step visit wish domain-told
    """,
    "a host or whoever holds an office, of that office": """
        congregation mediator-host practice-edition safety-again card-contact card-holds
    """,
    "the two agreed on it before, and it is a hour of theirs": """
        dyad-review welcome-still one-to-one-met steward-talk steward-again welcome-stay pairing-still
        pairing-again own-review
        partnership-again own-prompt
    """,
    "whoever called it together themselves": "call-again",
    "asked by nobody but the daemon, as somebody has come": "steward-inviter",
}
#: Those whose name is in a variable: (file, expression).
NAMED_ELSEWHERE = {
    ("asking.py", "inquiry"),
    ("booth.py", "CAST"),
    ("choices.py", "way.own"),
    ("entering.py", "ENTER"),
    ("forms.py", "_inquiry(form).name"),
    ("objections.py", "progress.BESIDE"),
    ("onboardings.py", "named"),
    ("partnership.py", "ask.inquiry"),
    ("progress.py", "CARE"),
    ("retrospective.py", "PRIVATELY"),
    ("seating.py", "ENTER"),
    ("stances.py", "STANCE"),
}


#: Those that name who asks, so that they can be asked no more.
NAMED = set(WAYS) - {"terms", "wake", "meet", "again", "offer", "inviter"}


class Lake:
    """A congregation of nine that Ana and Dan host."""

    def __init__(self, house: PlayedHouse) -> None:
        self.house = house
        self.chats: dict[str, PlayedRoom] = {}

    async def begins(self) -> "Lake":
        space = await self.house.space("Lakeside", PEOPLE, ["ana", "dan"])
        await self.house.room("Commons", PEOPLE, kind=RoomKind.WORKING, congregation=space.id)
        for who in PEOPLE:
            self.chats[who] = await self.house.private(who)
        return self

    async def ready(self, matter: str) -> None:
        """What has to be there before it can be asked."""
        if matter in ("terms", "wake", "meet"):
            for who, said in (("ana", "dyad ben"), ("ana", "yes"), ("ben", "yes")):
                await self.says(who, said)
            # Two who wait for times would answer those instead.
            await self.says("ana", "stop" if matter != "meet" else "one-to-one off")
            self.house.now += DAY
        if matter == "meet":
            # Nothing of its own rhythm is due.
            await Dyad.all().update(pace=Pace.NONE)
            await self.house.passes(60 * DAY)
        if matter == "wake":
            await Dyad.all().update(state=State.RESTING)
        if matter == "again":
            await askings.opened(_call(self.house), person("ana"), person("ben"))

    async def says(self, who: str, *lines: str) -> list[str]:
        told: list[str] = []
        for line in lines:
            since = len(self.house.owed)
            await self.chats[who].says(who, line)
            told += self.heard(who, since)
        return told

    def heard(self, who: str, since: int = 0) -> list[str]:
        """Every word in private to somebody."""
        lanes = (f"!private-{who}:here", person(who))
        return [
            str((owed.content or {})["text"])
            for owed in self.house.owed[since:]
            if owed.lane in lanes and (owed.content or {}).get("text")
        ]

    def asked(self, words: str, who: str = "ben", since: int = 0) -> int:
        return sum(words in each for each in self.heard(who, since))


def _call(house: PlayedHouse) -> Call:
    return Call(key="$opened", at=house.now, room=Room(id="!x:here"), house=house.house)


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield await Lake(house).begins()


def put_to_others() -> Iterator[tuple[str, str]]:
    """Every private question to somebody but the sender, as it is written in the features: its file and its name."""
    for file in sorted(Path(handlers.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = {word.arg: word.value for word in node.keywords}
            if "inquiry" not in given or not (
                node.func.id == "asked" or (node.func.id == "Ask" and "private" in given)
            ):
                continue
            to = given["person"] if "person" in given else node.args[1]
            if node.func.id == "asked" or ast.unparse(to) != "call.person":
                yield file.name, ast.unparse(given["inquiry"])


@pytest.mark.requirement("R13")
def test_every_private_question_to_somebody_else_asks_before_or_says_why_not() -> None:
    reasoned = {name for names in OTHERWISE.values() for name in names.split()}
    assert not reasoned & set(ASKS)
    names = set()
    for file, name in put_to_others():
        if (file, name) in NAMED_ELSEWHERE:
            continue
        for each in ast.walk(ast.parse(name, mode="eval")):
            if isinstance(each, ast.Constant):
                names.add(str(each.value))

    assert names - reasoned - set(ASKS) == set()
    # Every matter has a way to be asked, which is tried below; "beside" is of those who have said that they would be, and
    # of "mediator" test_mediators tells.
    assert set(ASKS.values()) == {each.name for each in MATTERS} - {"beside"}
    assert set(ASKS.values()) - {"mediator"} == set(WAYS)


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("between", ["", "take back", "no", "forget me"])
@pytest.mark.parametrize("matter", sorted(WAYS))
async def test_nobody_is_asked_again_by_the_same_person_whatever_is_taken_back_or_forgotten(
    lake: Lake, matter: str, between: str
) -> None:
    lines, words, undo = WAYS[matter]
    await lake.ready(matter)
    since = len(lake.house.owed)
    await lake.says("ana", *lines)
    assert lake.asked(words, since=since) == 1
    since = len(lake.house.owed)

    for _ in range(3):
        match between:
            case "take back":
                await lake.says("ana", undo)
            case "no":
                await lake.chats["ben"].says("ben", "not this time")
            case "forget me":
                await lake.says("ana", "forget me", "yes")
        await lake.says("ana", *lines)

    assert lake.asked(words, since=since) == 0


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("matter", sorted(WAYS))
async def test_whoever_is_excluded_reads_the_same_as_whoever_meets_silence_and_nobody_is_asked(
    matter: str,
) -> None:
    lines, words, undo = WAYS[matter]
    lives = []
    for excluded in (True, False):
        async with a_house() as house:
            lake = await Lake(house).begins()
            await lake.ready(matter)
            if excluded:
                await lake.says("ben", "pairing not with ana")
            else:
                await lake.says("ben", "pairing not with @somebody:else")
            since = len(house.owed)
            for _ in range(2):
                await lake.says("ana", *lines)
            await lake.says(
                "ana", "dyad", "steward", "partnership", "pathway", "welcome", undo, *lines
            )
            await house.passes(100 * DAY)
            await lake.says("ana", *lines)
            lives.append((lake.heard("ana", since), lake.asked(words, since=since)))
    (first, asked_excluded), (second, asked_free) = lives
    assert first == second
    assert asked_excluded == 0
    assert asked_free > 0


@pytest.mark.parametrize("matter", ["dyad", "partnership"])
async def test_what_was_not_put_to_somebody_is_not_in_their_list_either(
    lake: Lake, matter: str
) -> None:
    await lake.says("ben", "pairing not with ana")
    await lake.says("ana", *WAYS[matter][0])

    assert not any("Ana" in each for each in await lake.says("ben", matter))


async def test_few_different_people_are_asked_within_a_day_whatever_it_is_about(lake: Lake) -> None:
    since = len(lake.house.owed)
    await lake.says("ana", "dyad ben", "yes", "pathway ask dan", "ask")
    await lake.says("ana", "partnership with eva", "yes")
    refused = (await lake.says("ana", "steward ask finn"))[-1]
    assert "more than 3 people whom you ask within a day, so nobody was asked" in refused
    assert not lake.heard("finn", since)

    # Whoever is asked already is no other.
    await lake.says("ana", "steward ask ben")
    assert lake.asked("would you be **Ana**'s steward") == 1
    await lake.house.passes(DAY + timedelta(minutes=1))
    await lake.says("ana", "steward ask finn")
    assert lake.asked("would you be **Ana**'s steward", "finn") == 1


async def test_whoever_said_yes_or_asks_themselves_can_be_asked_again(lake: Lake) -> None:
    await lake.says("ana", "dyad ben", "yes")
    await lake.says("ben", "yes")
    await lake.says("ana", "dyad ben close", "dyad ben", "yes")
    assert lake.asked("whether you would like to be a dyad") == 2

    await lake.says("cleo", "steward ask dan")
    await lake.chats["dan"].says("dan", "not this time")
    await lake.says("dan", "steward ask cleo")
    await lake.chats["cleo"].says("cleo", "not this time")
    await lake.says("cleo", "steward ask dan")
    assert lake.asked("would you be **Cleo**'s steward", "dan") == 2


async def test_one_person_is_asked_twice_a_day_at_most_by_the_same_one_whatever_it_is_about(
    lake: Lake,
) -> None:
    since = len(lake.house.owed)
    await lake.says("ana", "dyad ben", "yes", "steward ask ben")
    for line in (
        "partnership with ben",
        "pathway ask ben",
        "safety name ben",
        "welcome pod ben, cleo",
    ):
        told = (await lake.says("ana", line))[-1]
        assert "You have asked **Ben** 2 things within a day already, so nobody was asked" in told
    assert len(lake.heard("ben", since)) == 2
    assert not lake.heard("cleo", since)

    await lake.house.passes(DAY + timedelta(minutes=1))
    since = len(lake.house.owed)
    await lake.says("ana", "pathway ask ben", "ask")
    assert lake.asked("asks you, as somebody who knows them", since=since) == 1


@pytest.mark.parametrize("matter", sorted(NAMED))
async def test_a_second_request_within_a_month_says_how_to_be_asked_no_more_and_it_works(
    lake: Lake, matter: str
) -> None:
    lines, words, _undo = WAYS[matter]
    first = "partnership" if matter == "steward" else "steward"
    await lake.says("ana", *WAYS[first][0])
    await lake.says("ana", *lines)
    firsts = [each for each in lake.heard("ben") if WAYS[first][1] in each]
    [second] = [each for each in lake.heard("ben") if words in each]

    assert not any("pairing not with" in each for each in firsts)
    assert "*`pairing not with ana`, said to me, and I put no request of theirs to you" in second

    # A request in the middle of another is answered by its own words; a command is one at any time.
    assert (await lake.says("ben", "!pairing not with ana"))[0].startswith("Noted")
    await lake.house.passes(DAY + timedelta(minutes=1))
    since = len(lake.house.owed)
    await lake.says("ana", "dyad ben weekly", "yes", *WAYS["pathway"][0])
    assert not any("Ana" in each for each in lake.heard("ben", since))


async def test_a_request_long_after_another_says_nothing_of_it(lake: Lake) -> None:
    await lake.says("ana", *WAYS["steward"][0])
    await lake.house.passes(31 * DAY)
    await lake.says("ana", *WAYS["partnership"][0])

    assert lake.asked(WAYS["partnership"][1]) == 1
    assert lake.asked("pairing not with") == 0


async def test_who_shares_no_congregation_is_named_by_an_id_that_always_works(
    house: PlayedHouse,
) -> None:
    await house.crew(people=("ana", "ben", "cleo"))
    ana, ben = await house.private("ana"), await house.private("ben")
    for said in ("partnership with ben", "yes", "dyad ben", "yes"):
        await ana.says("ana", said)
    asked = [str((each.content or {}).get("text")) for each in house.owed if each.lane == ben.id]
    asked = [each for each in asked if "whether you would like to be a dyad" in each]

    assert "`pairing not with @ana:here`" in asked[-1]
    assert (await ben.says("ben", "!pairing not with @ana:here"))[0].startswith("Noted")


async def test_whoever_meets_a_time_that_suits_both_can_ask_for_the_next_one(lake: Lake) -> None:
    await lake.ready("meet")
    await lake.says("ana", "dyad ben meet", "one-to-one off")
    refused = (await lake.says("ana", "dyad ben meet"))[-1]
    assert "within the last 7 days" in refused

    # Ben asks himself, and a time suits both.
    await lake.says("ben", "dyad ana meet")
    await lake.says("ana", "1")
    await lake.says("ben", "1", "one-to-one off")
    since = len(lake.house.owed)
    await lake.says("ana", "dyad ben meet")
    assert lake.asked("**A one-to-one with Ana**", since=since) == 1


@pytest.mark.requirement("R12")
async def test_the_export_tells_nothing_that_was_not_put_to_somebody(lake: Lake) -> None:
    await lake.says("ben", "pairing not with ana")
    await lake.says("ana", "dyad ben", "yes", "partnership with ben", "yes")
    await lake.house.passes(DAY + timedelta(minutes=1))
    await lake.says("ana", "steward ask ben", "safety name ben")
    assert await Stewardship.all().count() == await Dyad.all().count() == 1

    chat = await Room.get(id="!private-ben:here")
    call = Call(
        key="$x", at=lake.house.now, room=chat, house=lake.house.house, sender=person("ben")
    )
    found = await kept.about(call)

    for table in ("dyads", "stewardships", "partnership_reflections", "safety_contact_for"):
        assert found[table] == []
    assert found["whom_you_would_meet"]["not_with"] == [person("ana")]


async def test_a_day_to_look_again_is_for_two_who_have_opened_what_they_said(lake: Lake) -> None:
    since = len(lake.house.owed)
    [refused] = await lake.says("ana", "partnership ben again on 1 march")

    assert "so nobody was asked" in refused
    assert not lake.heard("ben", since)


@pytest.mark.requirement("R12")
async def test_the_marks_name_nobody_and_are_gone_when_their_time_is_over(lake: Lake) -> None:
    await lake.says("ana", "dyad ben", "yes", "steward ask cleo")
    rows = await Asking.all().values()

    assert len(rows) == 10
    assert all(set(row) == {"mark", "until"} for row in rows)
    assert all(len(row["mark"]) == 64 and int(row["mark"], 16) for row in rows)
    assert "asking" in {model._meta.db_table for model in Tortoise.apps["kinkeeper"].values()}

    lake.house.now = START + 181 * DAY
    await lake.says("ana", "steward ask dan")
    assert await Asking.filter(until__lte=lake.house.now).count() == 0
    assert await Asking.all().count() == 5
