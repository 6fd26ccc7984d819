"""Congregations decide together, speak of what is difficult, and keep speaking when an account is lost, through real keepers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy, deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from handlers.assembly.letterbox import post
from handlers.language import FLOOD, Call, Change, Effects
from practices.assembly.letters import Kind, Part, Unreadable, written
from practices.assembly.table import TABLE
from practices.circles import RoomKind
from storage.assemblies import (
    Assembly,
    AssemblyCard,
    AssemblyLetter,
    State,
    forget_person,
    kept_of,
    ledger,
)
from storage.charters import CharterLine
from storage.database import transaction
from storage.inbox import Heard
from storage.outbox import Owed
from storage.polls import Poll, Stage
from storage.rooms import Room
from storage.scripts import OwnScript
from tests.handlers.assembled import Neighbours, founds, neighbours
from tests.handlers.played import PlayedRoom

NAMES = ("Lakeside", "Harbour", "Millbrook")

PUT = "assembly put A shared glossary: We use the words of the library; until 14 December 18:00"


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


class Rivers:
    """Three congregations with a seat each; every host is called Ana and writes to her own keeper."""

    def __init__(self, them: Neighbours) -> None:
        self.them = them
        self.hosts: dict[str, PlayedRoom] = {}

    async def begin(self) -> None:
        """Lakeside founds, and introduces the others; all by their hosts' own words."""
        for name in self.them.houses:
            self.hosts[name] = await self.them.congregation(name, "ana")
        await founds(self.them, "Lakeside", self.hosts["Lakeside"])
        for number, name in enumerate(NAMES[1:], 1):
            await self.puts("Lakeside", f"assembly introduce @kinkeeper:{name.lower()} {name}")
            for other in NAMES[:number]:
                await self.says(other, f"assembly say {number} consent")
            await self.taps(name, "✅")

    async def says(self, name: str, text: str) -> list[str]:
        """A host says something to her keeper, and the post goes round; what she hears at once."""
        await self.them.at(name)
        told = await self.hosts[name].says("ana", text)
        await self.them.goes_round()
        return [bare(each) for each in told]

    async def taps(self, name: str, sign: str) -> list[str]:
        """A host taps under the newest question, and the post goes round; what she hears at once."""
        await self.them.at(name)
        told = await self.hosts[name].taps("ana", sign)
        await self.them.goes_round()
        return [bare(each) for each in told]

    async def puts(self, name: str, text: str) -> list[str]:
        """A host sends a letter that is shown to her first; what she is shown."""
        shown = await self.says(name, text)
        await self.taps(name, "✅")
        return shown

    def heard(self, name: str) -> str:
        """All that was said in one house while the post last went round."""
        return bare("\n".join(self.them.told.get(name, [])))

    async def passes(self, time: timedelta) -> None:
        """Time passes in every house, and the post goes round."""
        told: dict[str, list[str]] = {}
        for name, house in self.them.houses.items():
            await self.them.at(name)
            told[name] = await house.passes(time)
        for name, said in (await self.them.goes_round()).items():
            told[name] += said
        self.them.told.clear()
        self.them.told.update(told)

    async def letter(
        self, name: str, kind: Kind, body: dict[str, Any], *, sender: str, number: int, **rest: Any
    ) -> str:
        """One house hears a letter that no house of ours wrote; its id."""
        assembly = await self.them.assembly(name)
        if kind is Kind.MATTER and "called" not in body:
            put = [e for e in await AssemblyLetter.all() if e.content["type"] == Kind.MATTER]
            body = {**body, "called": len(put) + 1}
        content = written(
            kind, sender=sender, number=number, assembly=assembly.found, body=body, **rest
        )
        part = min(TABLE[kind].parts, key=list(Part).index)
        told = await self.them.hears(name, assembly.rooms[part], sender, content)
        self.them.told[name] = told
        return str(content["id"])

    def letters(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of all letters of a kind, oldest first."""
        return [each["letter"]["body"] for each in self.them.said_as(kind)]


@dataclass(frozen=True)
class Begun:
    """Three congregations with their seats, as they stand in their databases and at the post."""

    files: dict[str, bytes]
    #: What the post knows: rooms, letters, cards, who is where.
    post: dict[str, Any]
    #: By house: what it has said, how much of that the post has taken, and the number of its next event.
    houses: dict[str, tuple[list[Owed], int, Any]]


_BEGUN: dict[tuple[str, ...], Begun] = {}

_POST = ("made", "said", "cards", "within", "circles", "homes")


@asynccontextmanager
async def seated(*names: str) -> AsyncIterator[Rivers]:
    """Houses of which the first three have their seats; they take them once, and every test goes on from there."""
    async with neighbours(*names) as them:
        rivers = Rivers(them)
        if names not in _BEGUN:
            await rivers.begin()
            await them.sleeps()
            _BEGUN[names] = Begun(
                files={name: (them._folder / f"{name}.db").read_bytes() for name in names},
                post={key: deepcopy(getattr(them, key)) for key in _POST},
                houses={
                    name: (list(house.owed), house.posted, copy(house._number))
                    for name, house in them.houses.items()
                },
            )
        begun = _BEGUN[names]
        for key in _POST:
            setattr(them, key, deepcopy(begun.post[key]))
        for name, house in them.houses.items():
            (them._folder / f"{name}.db").write_bytes(begun.files[name])
            owed, house.posted, number = begun.houses[name]
            house.owed, house._number = list(owed), copy(number)
            rivers.hosts[name] = PlayedRoom(house, "!private-ana:here")
        yield rivers


@pytest_asyncio.fixture
async def rivers() -> AsyncIterator[Rivers]:
    """Three congregations along the river; two matters are over already."""
    async with seated(*NAMES) as found:
        yield found


async def all_say(rivers: Rivers, number: int, what: str = "consent") -> None:
    """Every congregation says the same to a matter."""
    for name in NAMES:
        await rivers.says(name, f"assembly say {number} {what}")


# ------------------------------------------------------------------------------------------- a matter arrives


async def test_hosts_are_told_what_is_asked_until_when_of_whom_and_how_to_say_it(
    rivers: Rivers,
) -> None:
    shown = await rivers.puts("Lakeside", PUT)

    assert "**A shared glossary**" in shown[0]
    assert "Until **Monday 14 December 2026, 18:00, Europe/Rome**" in shown[0]
    told = rivers.heard("Harbour")
    assert told.startswith("**Lakeside** asks the congregations of **River** (matter 3)")
    assert "We use the words of the library" in told
    assert "3 congregations may speak. It passes by consent" in told
    assert "How your congregation decides is its own" in told
    for words in ("consent", "objection because …", "aside"):
        assert f"`assembly say 3 {words}`" in told
    assert "from poll" not in told


async def test_nobody_is_told_of_a_matter_at_night(rivers: Rivers) -> None:
    for house in rivers.them.houses.values():
        house.now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)

    await rivers.puts("Lakeside", PUT)
    at_night = rivers.heard("Harbour")
    await rivers.passes(timedelta(hours=10))

    assert at_night == ""
    assert "asks the congregations of **River** (matter 3)" in rivers.heard("Harbour")


async def test_a_matter_that_leaves_too_little_time_is_not_put_to_people_and_they_hear_why(
    rivers: Rivers,
) -> None:
    body = {
        "about": "decide", "title": "Now", "text": "Quickly.", "passing": {},
        "until": "2026-11-23T09:00:00Z",
    }  # fmt: skip
    assembly = await rivers.them.assembly("Harbour")

    async def heads() -> tuple[str, ...]:
        return (await ledger(assembly)).heads()

    await rivers.letter(
        "Harbour", Kind.MATTER, body, sender="@kinkeeper:millbrook", number=90,
        after=await transaction(heads),
    )  # fmt: skip

    assert "because it leaves less than three days to find a position" in rivers.heard("Harbour")
    [refused] = await rivers.says("Harbour", "assembly say 3 consent")
    assert "it leaves less than three days" in refused
    assert "Nothing was sent" in refused


async def test_hosts_are_told_of_five_open_matters_of_one_congregation_and_then_of_the_list(
    rivers: Rivers,
) -> None:
    said = []
    for number in range(7):
        await rivers.puts("Millbrook", f"assembly put Number {number}: We do it.")
        said.append(rivers.heard("Harbour"))

    assert all(f"**Number {number}**" in said[number] for number in range(5))
    assert "I tell you of no more of them until some are over" in said[5]
    assert said[6] == ""
    [listed] = await rivers.says("Harbour", "assembly matters")
    assert "9: **Number 6** · open until" in listed


# ------------------------------------------------------------------------------------------------ positions


async def test_all_consent_each_keeper_counts_once_and_hosts_hear_every_denominator(
    rivers: Rivers,
) -> None:
    before = len(rivers.letters("seal"))
    await rivers.puts("Lakeside", PUT)
    await all_say(rivers, 3)

    sealed = rivers.letters("seal")[before:]
    assert sealed == [{"word": "accepted", "consents": 3, "objections": 0, "asides": 0}] * 3
    told = rivers.heard("Lakeside")
    assert "Matter 3 of **River** is **accepted**: A shared glossary." in told
    assert "3 of 3 congregations consent; final: 3 of 3 have counted the same." in told


async def test_silence_objections_and_asides_are_all_counted_out_of_all(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations")
    await rivers.says("Lakeside", "assembly say 3 consent")
    await rivers.says("Harbour", "assembly say 3 aside")
    await rivers.passes(timedelta(days=25))

    for name in NAMES:
        assert "Matter 3 of **River** is **refused**" in rivers.heard(name)
        assert "1 of 3 congregations consents, 1 stands aside, 1 said nothing" in rivers.heard(name)


async def test_an_objection_needs_its_reason_and_the_others_read_it(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)

    [refused] = await rivers.says("Harbour", "assembly say 3 objection")
    await rivers.puts("Harbour", "assembly say 3 objection because *our* words are older")
    [shown] = await rivers.says("Millbrook", "assembly matter 3")

    assert "An objection is heard with its reason" in refused
    assert "**Harbour** objects: *our* words are older" in shown
    assert "1 objects, 2 said nothing" in shown


async def test_a_position_can_be_said_otherwise_until_all_is_counted(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.puts("Harbour", "assembly say 3 objection because we wait for our gathering")
    changed = await rivers.says("Harbour", "assembly say 3 consent")
    for name in ("Lakeside", "Millbrook"):
        await rivers.says(name, "assembly say 3 consent")
    [late] = await rivers.says("Harbour", "assembly say 3 aside")

    assert "**Harbour** consents now" in changed[1]
    assert rivers.letters("seal")[-1] == {
        "word": "accepted", "consents": 3, "objections": 0, "asides": 0,
    }  # fmt: skip
    assert "That matter is counted" in late
    assert "Nothing was sent" in late


async def test_every_other_host_hears_what_one_host_has_said(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    house = await rivers.them.at("Harbour")
    space = await Room.get(kind=RoomKind.CONGREGATION)
    space.power = {"users": {"@ana:here": 50, "@p1:here": 50}}
    await space.save()

    told = await house_says(rivers, "Harbour", "assembly say 3 aside")

    assert (
        "→ p1: **Ana** has said to matter 3 of **River** (A shared glossary) that **Harbour** stands aside."
        in told
    )
    assert house.owed


async def house_says(rivers: Rivers, name: str, text: str) -> list[str]:
    """What a host's words lead to in her own house."""
    await rivers.them.at(name)
    return [bare(each) for each in await rivers.hosts[name].says("ana", text)]


async def test_hosts_are_reminded_a_day_before_the_end_only_where_nothing_was_said(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.says("Harbour", "assembly say 3 consent")
    await rivers.passes(timedelta(days=22))

    reminded = "Tomorrow, **Monday 14 December 2026, 18:00, Europe/Rome**, matter 3"
    assert reminded in rivers.heard("Millbrook")
    assert "If it would rather say nothing, that is fine." in rivers.heard("Millbrook")
    assert reminded not in rivers.heard("Harbour")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("assembly say #", "Which matter is meant its number says"),
        ("assembly say 9 consent", "There is no matter 9 here"),
        ("assembly say 3 maybe", "consents, objects with a reason, or stands aside"),
        (
            "assembly say 3 consent from poll 12",
            "how people voted is not asked, so it stays with you",
        ),
        ("assembly say 1 consent", "That matter is counted"),
    ],
)
async def test_what_cannot_be_said_is_refused_and_sends_nothing(
    rivers: Rivers, words: str, answer: str
) -> None:
    await rivers.puts("Lakeside", PUT)
    before = len(rivers.letters("position"))

    [refused] = await rivers.says("Lakeside", words)

    assert answer in refused
    assert "Nothing was" in refused
    assert len(rivers.letters("position")) == before


# -------------------------------------------------------------------------------------------- double majority


async def a_poll(rivers: Rivers, name: str, yes: int, no: int, **columns: Any) -> int:
    """A proposal that is over in the room of a congregation; its number."""
    await rivers.them.at(name)
    space = await Room.get(kind=RoomKind.CONGREGATION)
    positions = {"agree": yes, "abstain": 1, "disagree": no, "block": 0}
    poll = await Poll.create(
        **{
            "room": space.id, "author": "@ana:here", "zone": "Europe/Rome", "stage": Stage.CLOSED,
            "asked_at": rivers.them.houses[name].now, "opens_at": rivers.them.houses[name].now,
            "closes_at": rivers.them.houses[name].now,
            "terms": {"way": "proposal", "topic": "The glossary", "options": list(positions)},
            "result": {"sums": {"way": "proposal", "positions": positions}},
            **columns,
        }
    )  # fmt: skip
    return int(poll.id)


async def test_a_double_majority_asks_congregations_and_people_and_the_host_sees_the_sums_first(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations and people")
    assert "from poll 12`: with how your people voted" in rivers.heard("Harbour")
    for name, yes, no in (("Lakeside", 20, 6), ("Harbour", 4, 12)):
        poll = await a_poll(rivers, name, yes, no)
        shown = await rivers.says(name, f"assembly say 3 consent from poll {poll}")
        sums = "**20 yes, 6 no**" if name == "Lakeside" else "**0 yes, 12 no**"
        assert sums in shown[0]
        assert (("fewer than 5, and is sent as 0") in shown[0]) == (name == "Harbour")
        assert len(rivers.letters("position")) == (3 if name == "Lakeside" else 4)
        await rivers.taps(name, "✅")
    said = await rivers.says("Millbrook", "assembly say 3 consent")

    assert "they do not count among the people yet; the matter stays open for that until" in said[1]
    assert "is **accepted**" not in rivers.heard("Lakeside")
    await rivers.passes(timedelta(days=25))
    people = [each.get("people") for each in rivers.letters("position")[-3:]]
    assert people == [{"yes": 20, "no": 6}, {"yes": 0, "no": 12}, None]
    told = rivers.heard("Lakeside")
    assert "is **accepted**" in told
    assert "20 of 38 people whose voices are shown say yes, from 2 of 3 congregations" in told


async def test_a_group_of_fewer_than_five_on_either_side_is_never_a_number(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations and people")
    poll = await a_poll(rivers, "Harbour", 4, 3)

    shown = await rivers.puts("Harbour", f"assembly say 3 consent from poll {poll}")

    assert "no number of people" in shown[0]
    assert rivers.letters("position")[-1] == {"stand": "consent"}


@pytest.mark.parametrize(
    ("columns", "answer"),
    [
        ({"stage": Stage.OPEN, "result": None}, "is not over"),
        ({"room": "!elsewhere:here"}, "No room of your congregation has a poll"),
        (
            {
                "terms": {"way": "ranking", "topic": "Which", "options": ["a", "b"]},
                "result": {"sums": {}},
            },
            "has no yes and no",
        ),
    ],
)
async def test_only_a_poll_of_ours_that_is_over_and_has_two_sides_gives_sums(
    rivers: Rivers, columns: dict[str, Any], answer: str
) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations and people")
    poll = await a_poll(rivers, "Harbour", 9, 9, **columns)

    [refused] = await rivers.says("Harbour", f"assembly say 3 consent from poll {poll}")

    assert answer in refused
    assert "Nothing was sent" in refused


async def test_an_objection_can_carry_its_people_beside_its_reason(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations and people")
    poll = await a_poll(rivers, "Harbour", 6, 19)

    shown = await rivers.puts("Harbour", f"assembly say 3 objection from poll {poll} because *no*")

    assert "**6 yes, 19 no**, and nothing else of it." in shown[0]
    assert "*no*" in shown[0]
    assert rivers.letters("position")[-1] == {
        "stand": "objection", "reason": "*no*", "people": {"yes": 6, "no": 19},
    }  # fmt: skip


async def test_what_was_shown_is_not_sent_once_all_is_counted(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.says("Harbour", "assembly say 3 consent because it is well")
    question = rivers.hosts["Harbour"].tappable()
    await all_say(rivers, 3)
    before = len(rivers.letters("position"))

    await rivers.them.at("Harbour")
    [late] = await rivers.hosts["Harbour"].taps("ana", "✅", on=question)
    await rivers.them.goes_round()

    assert "That matter is counted" in late
    assert len(rivers.letters("position")) == before


async def test_of_a_poll_with_two_answers_the_first_is_yes(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations and people")
    poll = await a_poll(
        rivers, "Harbour", 0, 0,
        terms={"way": "poll", "topic": "Shall we?", "options": ["For it", "Against it"]},
        result={"sums": {"options": {"For it": 8, "Against it": 5}}},
    )  # fmt: skip

    await rivers.puts("Harbour", f"assembly say 3 consent from poll {poll}")

    assert rivers.letters("position")[-1]["people"] == {"yes": 8, "no": 5}


# ------------------------------------------------------------------------------------ putting, amending, reading


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (f"assembly put {'x' * 200}: y", "a text after a colon"),
        ("assembly put : text", "A matter has a title"),
        ("assembly put Glossary: yes; until tomorrow 18:00", "at least four days from now"),
        ("assembly put Glossary: yes; until in 200 days", "at most a hundred days"),
        ("assembly put Glossary: yes; until whenever", "A day and a time can be read"),
        ("assembly put Glossary: yes; in the sprint", "Nobody has opted in to a sprint"),
        ("assembly amend 1: other words", "has no wording to change"),
        ("assembly put Glossary: " + "x" * 8001, "1 to 8000 letters"),
    ],
)
async def test_what_cannot_be_put_is_refused_and_sends_nothing(
    rivers: Rivers, words: str, answer: str
) -> None:
    before = len(rivers.letters("matter"))

    [refused] = await rivers.says("Lakeside", words)

    assert answer in refused
    assert "Nothing was sent" in refused
    assert len(rivers.letters("matter")) == before


async def test_a_matter_that_its_host_does_not_confirm_stays_unsent(rivers: Rivers) -> None:
    await rivers.says("Lakeside", PUT)
    told = await rivers.taps("Lakeside", "✋")

    assert told == ["Nothing was sent."]
    assert len(rivers.letters("matter")) == 2


async def test_who_is_host_no_more_sends_nothing(rivers: Rivers) -> None:
    await rivers.says("Lakeside", PUT)
    await rivers.them.at("Lakeside")
    space = await Room.get(kind=RoomKind.CONGREGATION)
    space.power = {"users": {"@p1:here": 50}}
    await space.save()

    [refused] = await rivers.taps("Lakeside", "✅")

    assert "you do not any more. Nothing was sent." in refused
    assert len(rivers.letters("matter")) == 2


async def test_an_amended_matter_is_a_new_one_and_the_earlier_stays(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.puts("Harbour", "assembly amend 3: We use our own words, and list both")
    await all_say(rivers, 4)
    [listed] = await rivers.says("Lakeside", "assembly matters")
    [earlier] = await rivers.says("Lakeside", "assembly matter 3")
    [decided] = await rivers.says("Lakeside", "assembly decisions")

    first, second = rivers.them.said_as("matter")[-2:]
    assert second["letter"]["body"]["amends"] == first["letter"]["id"]
    assert listed.index("3: **A shared glossary** · open until") < listed.index(
        "4: **A shared glossary** · accepted"
    )
    assert "We use the words of the library" in earlier
    assert decided.count("A shared glossary") == 1


@pytest.mark.requirement("R137")
async def test_an_accepted_decision_is_words_and_changes_nothing_in_any_congregation(
    rivers: Rivers,
) -> None:
    async def own_things() -> list[list[dict[str, Any]]]:
        found = []
        for name in NAMES:
            await rivers.them.at(name)
            found += [
                await table.all().order_by("id").values()
                for table in (OwnScript, CharterLine, Room)
            ]
        return found

    await rivers.puts(
        "Lakeside",
        "assembly put Everybody meets on Mondays: All crews meet on Mondays, and the charter says so",
    )
    before = await own_things()
    await all_say(rivers, 3)
    heard = rivers.heard("Harbour") + rivers.heard("Lakeside")
    [decided] = await rivers.says("Harbour", "assembly decisions")

    assert await own_things() == before
    assert "These are words: nothing in your congregation changes by them" in heard
    assert "3: **Everybody meets on Mondays**, Sunday 22 November 2026" in decided
    assert "These are words" in decided


@pytest.mark.requirement("R136")
async def test_no_letter_of_a_decision_names_a_person(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", f"{PUT}; majority of congregations and people")
    poll = await a_poll(rivers, "Harbour", 9, 9)
    await rivers.puts("Harbour", f"assembly say 3 consent from poll {poll}")
    await rivers.puts("Lakeside", "assembly concern Harbour because we heard of a quarrel")

    said = str([each for said in rivers.them.said.values() for each in said])
    assert "@ana" not in said
    assert "@p1" not in said


# -------------------------------------------------------------------------------------- counts, torn and disputed


async def test_a_count_waits_a_day_after_the_end_and_survives_a_restart(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    for name in ("Lakeside", "Harbour"):
        await rivers.says(name, "assembly say 3 consent")
    before = len(rivers.letters("seal"))
    await rivers.passes(timedelta(days=22, hours=10))
    assert len(rivers.letters("seal")) == before
    for name, house in rivers.them.houses.items():
        await rivers.them.at(name)
        await house.wakes_at(datetime(2026, 12, 20, 9, 0, tzinfo=UTC))
        await house.wakes_at(datetime(2026, 12, 20, 10, 0, tzinfo=UTC))
    await rivers.them.goes_round()

    assert len(rivers.letters("seal")) == before + 3
    [listed] = await rivers.says("Millbrook", "assembly matters")
    assert (
        "3: **A shared glossary** · accepted: 2 of 3 congregations consent, 1 said nothing"
        in listed
    )


async def test_a_count_that_differs_is_disputed_in_words_once(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    matter = rivers.them.said_as("matter")[-1]["letter"]["id"]
    for name in ("Lakeside", "Harbour"):
        await rivers.says(name, "assembly say 3 consent")
    rivers.them.away = {"Millbrook"}
    number = len([e for e in rivers.them.said_as("position") if "millbrook" in e["sender"]]) + 40
    await rivers.letter(
        "Lakeside", Kind.POSITION, {"stand": "aside"}, sender="@kinkeeper:millbrook",
        number=number, answers=matter,
    )  # fmt: skip
    lie = {"word": "refused", "consents": 0, "objections": 3, "asides": 0}
    await rivers.letter(
        "Lakeside", Kind.SEAL, lie, sender="@kinkeeper:millbrook", number=number + 1, answers=matter
    )
    told = rivers.heard("Lakeside")
    await rivers.letter(
        "Lakeside", Kind.SEAL, lie, sender="@kinkeeper:millbrook", number=number + 2, answers=matter
    )

    assert "Counts differ in **River**, matter 3." in told
    assert "Millbrook sealed “A shared glossary” as refused, and I count accepted." in told
    assert "Counts differ" not in rivers.heard("Lakeside")


async def test_a_torn_matter_is_said_to_be_torn(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.passes(timedelta(days=25))
    await rivers.puts("Lakeside", "assembly put Another: Something")
    matter = rivers.them.said_as("matter")[-1]["letter"]["id"]
    rivers.them.away = set(NAMES)
    await rivers.says("Lakeside", "assembly say 4 consent")
    heard, lie = list[str](), {"word": "refused", "consents": 0, "objections": 3, "asides": 0}
    for name in ("harbour", "millbrook"):
        keeper = f"@kinkeeper:{name}"
        await rivers.letter("Lakeside", Kind.SEAL, lie, sender=keeper, number=61, answers=matter)
        await rivers.letter(
            "Lakeside",
            Kind.POSITION,
            {"stand": "consent"},
            sender=keeper,
            number=60,
            answers=matter,
        )

        heard.append(rivers.heard("Lakeside"))

    assert "Matter 4 of **River** is torn: Another." in heard[1]


async def test_letters_that_are_missing_are_asked_for_and_sent_once_more(rivers: Rivers) -> None:
    rivers.them.away = {"Harbour"}
    await rivers.puts("Millbrook", PUT)
    rivers.them.away = set()
    await rivers.says("Millbrook", "assembly say 3 consent")
    harbour = await rivers.them.assembly("Harbour")
    before = await AssemblyLetter.filter(assembly=harbour.id).count()
    await rivers.passes(timedelta(hours=3))

    asked = [each for each in rivers.letters("again") if each.get("of") == "@kinkeeper:millbrook"]
    assert len(asked) == 1
    assert (
        len(
            [
                e
                for e in rivers.them.said_as("matter")
                if e["letter"]["body"]["title"] == "A shared glossary"
            ]
        )
        == 2
    )
    await rivers.them.at("Harbour")
    assert await AssemblyLetter.filter(assembly=harbour.id).count() > before
    assert "asks the congregations of **River** (matter 3)" in rivers.heard("Harbour")
    await rivers.passes(timedelta(days=2))
    assert len([each for each in rivers.letters("again") if "numbers" in each]) == 1


# ------------------------------------------------------------------------------------------ concern and parting


async def test_a_concern_reaches_the_hosts_of_the_congregation_it_is_about(rivers: Rivers) -> None:
    shown = await rivers.puts("Lakeside", "assembly concern Harbour because two of us were hurt")

    assert "To **Harbour**, readable to all congregations of **River**" in shown[0]
    assert "**Lakeside** asks your congregation for a talk" in rivers.heard("Harbour")
    assert "two of us were hurt" in rivers.heard("Harbour")
    assert rivers.heard("Millbrook") == ""


async def test_nobody_parts_without_two_weeks_of_talk(rivers: Rivers) -> None:
    [none] = await rivers.says("Lakeside", "assembly part Harbour because it goes on")
    await rivers.puts("Lakeside", "assembly concern Harbour because two of us were hurt")
    await rivers.passes(timedelta(days=10))
    [young] = await rivers.says("Lakeside", "assembly part Harbour because it goes on")

    assert "Nobody has asked **Harbour** for a talk yet" in none
    assert "younger than two weeks" in young
    assert "**Sunday 6 December 2026, " in young
    assert "Nothing was sent" in young


async def test_after_the_talk_the_others_part_by_consent_and_the_parted_keeps_what_it_adopted(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", "assembly concern Harbour because two of us were hurt")
    await rivers.passes(timedelta(days=15))
    await rivers.puts("Millbrook", "assembly part Harbour because it goes on")
    about = rivers.heard("Harbour")
    [voiceless] = await rivers.says("Harbour", "assembly say 3 objection because no")
    await rivers.says("Lakeside", "assembly say 3 consent")
    await rivers.says("Millbrook", "assembly say 3 consent")

    assert "whether to part from your congregation" in about
    assert "has no voice in it" in about
    assert "Your congregation has no voice in that matter" in voiceless
    assert "the others have parted from it" in rivers.heard("Harbour")
    assert (await rivers.them.assembly("Harbour")).state is State.LEFT
    [directory] = await rivers.says("Lakeside", "assembly directory")
    assert "2 congregations" in directory


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("assembly concern because of us", "says what it is about"),
        ("assembly concern Nowhere because x", "No congregation called “Nowhere” has a seat here"),
        ("assembly concern Lakeside because x", "That is your own congregation"),
        ("assembly concern Harbour because " + "x" * 501, "at most 500 letters"),
        ("assembly part", "From whom to part the name says"),
        ("assembly hand over Harbour", "the whole address of the new account"),
        ("assembly hand over @kinkeeper:harbour", "speaks for one congregation"),
        ("assembly keeper Harbour", "the whole address of the new account"),
        ("assembly keeper Harbour @new:x", "has not said that it keeps **Harbour**"),
        ("assembly claim Harbour", "A claim is sent from inside"),
        ("assembly invite Harbour", "the whole address of the new account"),
        ("assembly invite @kinkeeper:lakeside", "That is my own address"),
    ],
)
async def test_what_does_not_fit_is_refused_with_what_does(
    rivers: Rivers, words: str, answer: str
) -> None:
    [refused] = await rivers.says("Lakeside", words)

    assert answer in refused
    assert "Nothing was sent" in refused


# ------------------------------------------------------------------------------------------- who speaks


@pytest_asyncio.fixture
async def with_spare() -> AsyncIterator[Rivers]:
    """The same three, and a fourth house whose keeper may speak for one of them one day."""
    async with seated(*NAMES, "Haven") as found:
        yield found


async def test_a_seat_is_handed_over_after_one_more_question(with_spare: Rivers) -> None:
    rivers = with_spare
    shown = await rivers.says("Harbour", "assembly hand over @kinkeeper:haven")
    assert "Only that account can hand it back" in shown[0]
    assert rivers.letters("hand over") == []
    await rivers.taps("Harbour", "✅")
    await rivers.taps("Haven", "✅")
    now = rivers.heard("Haven")
    await rivers.puts("Lakeside", PUT)
    await rivers.says("Haven", "assembly say 3 consent")
    [refused] = await rivers.says("Harbour", "assembly say 3 aside")

    assert "I speak for **Haven** in **River** now" in now
    assert [e["sender"] for e in rivers.them.said_as("position")][-1] == "@kinkeeper:haven"
    assert "Another account speaks for your congregation there now" in refused


async def test_a_lost_account_is_replaced_by_claim_and_consent_and_the_contacts_are_named(
    with_spare: Rivers,
) -> None:
    rivers = with_spare
    for name in ("Lakeside", "Millbrook"):
        assembly = await rivers.them.assembly(name)
        await AssemblyCard.create(
            assembly=assembly.id, keeper="@kinkeeper:harbour", highest=1,
            card={"contacts": ["@rui:harbour"]}, seen_at=rivers.them.houses[name].now,
        )  # fmt: skip
    rivers.them.away = {"Harbour"}
    await rivers.puts("Lakeside", "assembly invite @kinkeeper:haven")
    await rivers.taps("Haven", "✅")
    await rivers.puts("Haven", "assembly claim Harbour because the server is gone")
    claimed = rivers.heard("Millbrook")
    shown = await rivers.puts("Millbrook", "assembly keeper Harbour @kinkeeper:haven")
    asked = rivers.heard("Lakeside")
    for name in ("Lakeside", "Millbrook"):
        await rivers.says(name, "assembly say 3 consent")

    assert "@kinkeeper:haven says that it keeps **Harbour** in **River** now" in claimed
    assert "Its last card names @rui:harbour as contacts" in claimed
    assert rivers.letters("claim") == [{"congregation": "Harbour", "words": "the server is gone"}]
    assert "@rui:harbour" in shown[0]
    assert "@rui:harbour" in asked
    assert "I speak for **Haven** in **River** now" in rivers.heard("Haven")
    assert (await rivers.them.assembly("Haven")).state is State.SEATED


async def test_an_account_that_is_let_in_can_be_left_out_again_by_a_no(rivers: Rivers) -> None:
    shown = await rivers.says("Lakeside", "assembly invite @kinkeeper:haven")
    told = await rivers.taps("Lakeside", "✋")

    assert "would have no seat" in shown[0]
    assert told == ["Nobody was invited."]


async def test_a_claim_on_a_living_account_is_told_to_those_it_speaks_for(
    with_spare: Rivers,
) -> None:
    rivers = with_spare
    await rivers.puts("Lakeside", "assembly invite @kinkeeper:haven")
    await rivers.taps("Haven", "✅")
    await rivers.puts("Haven", "assembly claim Harbour")

    assert "that it keeps your congregation now, as if my account were lost" in rivers.heard(
        "Harbour"
    )
    assert "Nothing was changed: I speak for you." in rivers.heard("Harbour")


# ------------------------------------------------------------------------------------------------- liars


async def test_stewards_are_told_once_of_two_letters_under_one_number(rivers: Rivers) -> None:
    house = await rivers.them.at("Lakeside")
    house.house = replace(house.house, stewards=("@kim:here",))
    keeper = "@kinkeeper:harbour"
    await rivers.letter("Lakeside", Kind.LESSON, LESSON, sender=keeper, number=50)
    await rivers.letter("Lakeside", Kind.LESSON, {**LESSON, "title": "B"}, sender=keeper, number=50)
    first = rivers.heard("Lakeside")
    await rivers.letter("Lakeside", Kind.LESSON, {**LESSON, "title": "C"}, sender=keeper, number=50)

    assert (
        "→ kim: In the assembly **River**, **Harbour** (@kinkeeper:harbour) has sent two different letters"
        in first
    )
    assert rivers.heard("Lakeside") == ""


async def test_stewards_are_told_once_of_letters_that_are_not_read(rivers: Rivers) -> None:
    house = await rivers.them.at("Lakeside")
    house.house = replace(house.house, stewards=("@kim:here",))
    assembly = await rivers.them.assembly("Lakeside")
    room = assembly.rooms[Part.CHARTER]

    nonsense = await rivers.them.hears("Lakeside", room, "@kinkeeper:harbour", {"version": 1})
    again = await rivers.them.hears("Lakeside", room, "@kinkeeper:harbour", {"version": 1})
    flood = await rivers.them.hears("Lakeside", room, "@kinkeeper:millbrook", None, fault=FLOOD)

    assert "one of them is not what the protocol describes" in bare(nonsense[0])
    assert again == []
    assert "more of them than anybody reads" in bare(flood[0])


LESSON = {"title": "A", "text": "We learned."}


# ------------------------------------------------------------------------------------------------ sprints


SPRINT = "assembly sprint Winter sprint: conflict, guests; from 10 January to 28 January"


async def test_a_sprint_is_announced_a_month_ahead_and_told_to_hosts(rivers: Rivers) -> None:
    shown = await rivers.puts("Lakeside", SPRINT)

    assert "from **Sunday 10 January 2027** to **Thursday 28 January 2027**" in shown[0]
    assert "**Lakeside** announces a sprint of **River**: **Winter sprint**" in rivers.heard(
        "Harbour"
    )
    assert rivers.letters("sprint") == [
        {"title": "Winter sprint", "topics": ["conflict", "guests"], "from": "2027-01-10", "to": "2027-01-28"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "answer"),
    [
        ("from 10 December to 28 December", "at least a month ahead"),
        ("from 10 January to 20 January", "two to four weeks long"),
        ("from 10 January to 20 February", "two to four weeks long"),
        ("in January", "When it is, its last words say"),
        ("from then to now", "It looks like this"),
    ],
)
async def test_a_sprint_too_soon_too_short_or_too_long_is_refused(
    rivers: Rivers, days: str, answer: str
) -> None:
    [refused] = await rivers.says("Lakeside", f"assembly sprint Winter: conflict; {days}")

    assert answer in refused
    assert "Nothing was sent" in refused
    assert rivers.letters("sprint") == []


async def test_matters_of_a_sprint_take_positions_of_those_who_opted_in_and_all_count(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", SPRINT)
    await rivers.says("Lakeside", "assembly join sprint")
    joined = await rivers.says("Harbour", "assembly join sprint winter sprint")
    [twice] = await rivers.says("Harbour", "assembly join sprint")
    await rivers.puts("Lakeside", f"{PUT}; in the sprint")
    told = rivers.heard("Millbrook")
    [outside] = await rivers.says("Millbrook", "assembly say 3 objection because no")
    for name in ("Lakeside", "Harbour"):
        await rivers.says(name, "assembly say 3 consent")

    assert "takes part in the sprint **Winter sprint**" in joined[0]
    assert "takes part in that sprint already" in twice
    assert "Yours did not opt in to that sprint" in told
    assert "positions are taken by the congregations that opted in" in outside
    [listed] = await rivers.says("Millbrook", "assembly matters")
    assert "accepted: 2 of 2 congregations consent; final: 3 of 3 have counted the same" in listed


async def test_who_takes_part_hears_when_a_sprint_begins_and_ends(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", SPRINT)
    await rivers.says("Harbour", "assembly join sprint")
    await rivers.passes(timedelta(days=50))
    begins = rivers.heard("Harbour")
    await rivers.passes(timedelta(days=20))

    assert "Today begins the sprint **Winter sprint** of **River**" in begins
    assert "Today ends the sprint **Winter sprint**" in rivers.heard("Harbour")
    assert "Today ends" not in rivers.heard("Lakeside")


async def test_no_hour_of_an_assembly_is_written_twice(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.says("Lakeside", "assembly say 3 consent")
    await rivers.them.at("Harbour")
    keys = [row.key async for row in Heard.filter(about__startswith="assembly:")]

    assert len(keys) == len(set(keys))
    assert any("assembly-counts" in each for each in keys)


# ------------------------------------------------------------------------------------------ once and never more


async def test_letters_that_come_twice_or_late_tell_hosts_nothing_new(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    await all_say(rivers, 3)
    harbour = await rivers.them.assembly("Harbour")
    said = [*rivers.them.said[harbour.rooms[Part.DECISIONS]]]

    for each in reversed(said):
        room = harbour.rooms[Part.DECISIONS]
        told = await rivers.them.hears("Harbour", room, each["sender"], each["letter"])
        assert told == []


async def test_a_house_that_was_away_hears_what_became_final_and_speaks_where_it_still_can(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.says("Harbour", "assembly say 3 consent")
    rivers.them.away = {"Harbour"}
    for name in ("Lakeside", "Millbrook"):
        await rivers.says(name, "assembly say 3 consent")
    await rivers.puts("Millbrook", "assembly put Another: Something")
    harbour = await rivers.them.assembly("Harbour")
    heard = []
    for room, letters in rivers.them.said.items():
        for each in letters:
            if each["sender"] != "@kinkeeper:harbour" and room in harbour.rooms.values():
                heard += await rivers.them.hears("Harbour", room, each["sender"], each["letter"])
    rivers.them.away = set()
    await rivers.them.goes_round()
    told = bare("\n".join(heard))

    assert "Matter 3 of **River** is **accepted**: A shared glossary." in told
    assert "Matter 3 of **River** is **accepted**: A shared glossary." in rivers.heard("Lakeside")
    assert "asks the congregations of **River** (matter 4): **Another**" in told
    assert "consents" in (await rivers.says("Harbour", "assembly say 4 consent"))[1]


async def test_a_steward_is_told_when_our_own_letters_contradict_each_other(rivers: Rivers) -> None:
    house = await rivers.them.at("Lakeside")
    house.house = replace(house.house, stewards=("@kim:here",))

    await rivers.letter("Lakeside", Kind.LESSON, LESSON, sender="@kinkeeper:lakeside", number=1)

    assert "started from an old copy of my database" in rivers.heard("Lakeside")


async def test_what_stewards_were_told_names_nobody_who_wants_to_be_forgotten(
    rivers: Rivers,
) -> None:
    house = await rivers.them.at("Lakeside")
    assembly = await rivers.them.assembly("Lakeside")
    await rivers.them.hears("Lakeside", assembly.rooms[Part.CARE], "@meddler:here", {"version": 1})
    assert "@meddler:here" in str((await rivers.them.assembly("Lakeside")).told)
    assert "somebody_was_told" in str(await kept_of("@meddler:here"))

    await forget_person("@meddler:here", house.house.me)

    assert "@meddler:here" not in str((await rivers.them.assembly("Lakeside")).told)


async def test_a_letter_too_large_for_anybody_to_read_is_refused_before_it_is_shown(
    rivers: Rivers,
) -> None:
    [refused] = await rivers.says("Lakeside", f"assembly put Long: {'語' * 6000}")

    assert "longer than a letter to other congregations may be, so nothing was sent" in refused


async def test_a_congregation_without_a_seat_is_told_how_to_come_by_one(
    with_spare: Rivers,
) -> None:
    [refused] = await with_spare.says("Haven", PUT)

    assert "Your congregation has no seat in an assembly" in refused


# ---------------------------------------------------------------------------------------- many, and several


async def test_where_many_are_entitled_each_keeper_counts_in_its_turn_and_once() -> None:
    async with neighbours("Lakeside") as them:
        rivers = Rivers(them)
        rivers.hosts["Lakeside"] = await them.congregation("Lakeside", "ana")
        await founds(them, "Lakeside", rivers.hosts["Lakeside"])
        keepers = [f"@kinkeeper:place{number}" for number in range(20)]
        matter = await asked_in(rivers, keepers)
        for keeper in keepers:
            await rivers.letter(
                "Lakeside", Kind.SEAT, {}, sender=keeper, number=1, answers=matter, after=(matter,)
            )
        await rivers.puts("Lakeside", PUT)
        [shown] = await rivers.says("Lakeside", "assembly matter 2")
        assert "0 of 21 congregations consent, 21 said nothing" in shown
        put = them.said_as("matter")[-1]["letter"]["id"]
        before = len(rivers.letters("seal"))
        for keeper in keepers:
            await rivers.letter(
                "Lakeside",
                Kind.POSITION,
                {"stand": "consent"},
                sender=keeper,
                number=2,
                answers=put,
            )
        await rivers.says("Lakeside", "assembly say 2 consent")
        assert len(rivers.letters("seal")) == before
        await rivers.passes(timedelta(hours=1))

        sealed = rivers.letters("seal")[before:]
        assert sealed == [{"word": "accepted", "consents": 21, "objections": 0, "asides": 0}]
        await rivers.passes(timedelta(days=30))
        assert len(rivers.letters("seal")) == before + 1


async def asked_in(rivers: Rivers, keepers: list[str]) -> str:
    """Lakeside, alone so far, asks all of these in; the id of the matter."""
    house = await rivers.them.at("Lakeside")

    async def puts(call: Call) -> Effects:
        [assembly] = await Assembly.all()
        body = {
            "about": "admit", "title": "All of them", "passing": {}, "until": "2026-12-06T18:00:00Z",
            "candidates": [{"keeper": each, "name": each[11:]} for each in keepers],
        }  # fmt: skip
        _letter, said = await post(call, assembly, Kind.MATTER, body, "…", part=Part.CHARTER)
        return [said]

    await house.does(puts)
    await rivers.says("Lakeside", "assembly say 1 consent")
    return str(rivers.them.said_as("matter")[0]["letter"]["id"])


async def test_of_several_assemblies_the_one_named_at_the_end_is_meant(rivers: Rivers) -> None:
    await founds(rivers.them, "Lakeside", rivers.hosts["Lakeside"], "Valley")

    [which] = await rivers.says("Lakeside", "assembly matters")
    [valley] = await rivers.says("Lakeside", "assembly matters in Valley")
    shown = await rivers.puts("Lakeside", f"{PUT} in valley")
    [listed] = await rivers.says("Lakeside", "assembly matters in Valley")

    assert "a seat in more than one: **River**, **Valley**" in which
    assert "No matter was put to the congregations of **Valley** yet" in valley
    assert "for all congregations of **Valley** to read" in shown[0]
    assert "1: **A shared glossary** · open until **Monday 14 December, 18:00**" in listed


# ------------------------------------------------------------------------------------- lost and moved rooms


async def test_after_a_lost_database_no_host_hears_once_more_what_came_out(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    await all_say(rivers, 3)
    await rivers.puts("Lakeside", PUT.replace("A shared", "Another"))
    house = await rivers.them.at("Millbrook")
    for model in (Assembly, AssemblyLetter, AssemblyCard):
        await model.all().delete()
    for room, made in rivers.them.made.items():
        await PlayedRoom(house, room).reports(Change.REBUILT, assembly=dict(made.about))
    await rivers.them.goes_round()
    heard = rivers.heard("Millbrook")

    assert "I speak for **Millbrook** in **River** now" in heard
    assert "is **accepted**" not in heard
    assert heard.count("asks the congregations of **River**") == 1
    assert "**Another glossary**" in heard
    [listed] = await rivers.says("Millbrook", "assembly matters")
    assert "accepted: 3 of 3 congregations consent" in listed


async def invites(rivers: Rivers, name: str, by: str, room: str, part: str) -> list[str]:
    """A keeper invites that of another congregation into a room that it calls a part of the assembly."""
    assembly = await rivers.them.assembly(name)
    await Room.update_or_create({"invited_by": by}, id=room)
    about = {"version": 1, "part": part, "space": assembly.space}
    told = await PlayedRoom(rivers.them.houses[name], room).reports(
        Change.INVITED, by, assembly=about
    )
    return [bare(each) for each in told]


@pytest.mark.parametrize(("part", "at_once"), [("charter", []), ("people", ["⇄ leave !trap:far"])])
async def test_no_single_keeper_puts_another_room_in_the_place_of_a_part(
    rivers: Rivers, part: str, at_once: list[str]
) -> None:
    before = await rivers.them.assembly("Harbour")
    told = await invites(rivers, "Harbour", "@kinkeeper:lakeside", "!trap:far", part)
    after = await rivers.them.assembly("Harbour")

    assert told == at_once  # what waits for a matter is not entered
    assert (after.rooms, after.human) == (before.rooms, before.human)


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
async def test_a_matter_at_the_end_of_all_days_is_read_by_nobody(until: str) -> None:
    body = {"about": "decide", "title": "Ever", "passing": {}, "until": until}

    with pytest.raises(Unreadable):
        written(
            Kind.MATTER, sender="@k:far", number=1, assembly="a" * 43, body=body, after=("a" * 43,)
        )


async def test_nothing_is_claimed_before_all_is_read(with_spare: Rivers) -> None:
    rivers = with_spare
    await rivers.puts("Lakeside", "assembly invite @kinkeeper:haven")
    await rivers.taps("Haven", "✅")
    await Assembly.all().update(read=["charter"])

    [refused] = await rivers.says("Haven", "assembly claim Harbour")

    assert "I have not read all of that assembly yet" in refused


async def test_hosts_hear_of_some_claims_and_not_of_ever_more(rivers: Rivers) -> None:
    assembly = await rivers.them.assembly("Harbour")
    seat = (await rivers.them.assembly("Lakeside")).seat
    assert seat is not None
    heard = []
    for number in range(12):
        await rivers.letter(
            "Harbour", Kind.CLAIM, {"congregation": "Lakeside", "contacts": ["@x:far"]},
            sender=f"@claims{number}:far", number=1, answers=seat,
        )  # fmt: skip
        heard.append("says that it keeps" in rivers.heard("Harbour"))

    assert assembly.state is State.SEATED
    assert heard == [True] * 10 + [False] * 2
