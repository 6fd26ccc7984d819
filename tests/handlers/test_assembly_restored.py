"""After a lost database a keeper reads its assemblies from their rooms, and goes on as if nothing had been lost.

Every test empties the whole database, and gives the house nothing but what a homeserver tells at the first sync.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.assembly.assembly_matters import numbers_of
from handlers.assembly.letterbox import post
from handlers.language import Call, Change, Effects
from practices.assembly.letters import Kind, Part
from practices.circles import RoomKind
from storage.assemblies import Assembly, AssemblyCard, AssemblyLetter, State, ledger
from storage.database import transaction
from storage.inbox import Heard
from storage.rooms import Room
from tests.handlers.assembled import Made
from tests.handlers.test_assembly_matters import NAMES, PUT, Rivers, all_say, bare, seated


@pytest_asyncio.fixture
async def rivers() -> AsyncIterator[Rivers]:
    """Three congregations along the river; two matters are over already."""
    async with seated(*NAMES) as found:
        yield found


async def hours(rivers: Rivers, name: str) -> list[tuple[str, str]]:
    """What the calendar of a house holds of its assembly: ritual and moment."""
    house = await rivers.them.at(name)
    return sorted((ritual, at.isoformat()) for ritual, at in await house.hours())


async def numbers(rivers: Rivers, name: str) -> dict[str, str]:
    """By id the numbers by which a house calls the matters."""
    assembly = await rivers.them.assembly(name)

    async def read() -> dict[str, str]:
        return dict(numbers_of(await ledger(assembly)))

    return await transaction(read)


# ------------------------------------------------------------------------------------------------ the rooms


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", ["Lakeside", "Millbrook"])
async def test_every_room_is_found_again_also_that_of_the_people(
    rivers: Rivers, name: str, backwards: bool
) -> None:
    before = await rivers.them.assembly(name)

    await rivers.them.loses(name, backwards=backwards)

    after = await rivers.them.assembly(name)
    assert await Assembly.all().count() == 1
    assert after.state is State.SEATED
    assert (after.found, after.seat, after.name) == (before.found, before.seat, before.name)
    assert (after.space, after.human) == (before.space, before.human)
    assert after.human is not None
    assert (after.rooms, after.room, after.former) == (before.rooms, before.room, {})
    for room in (after.space, after.human):
        row = await Room.get(id=room)
        assert (row.kind, row.congregation) == (RoomKind.ASSEMBLY, after.room)


async def test_whoever_is_asked_in_later_is_let_into_the_room_for_people_too(
    rivers: Rivers,
) -> None:
    await rivers.them.loses("Lakeside")
    human = (await rivers.them.assembly("Lakeside")).human

    await rivers.says("Lakeside", "assembly invite @kinkeeper:new")
    house = await rivers.them.at("Lakeside")
    await rivers.taps("Lakeside", "✅")

    assert human is not None
    assert human in {owed.lane for owed in house.owed if owed.target == "@kinkeeper:new"}


async def test_leaving_after_a_loss_leaves_every_room(rivers: Rivers) -> None:
    await rivers.them.loses("Millbrook")
    await rivers.says("Millbrook", "assembly leave")

    told = await rivers.taps("Millbrook", "✅")

    assert len([each for each in told if each.startswith("⇄ leave")]) == 8


async def test_a_crew_that_calls_itself_the_room_for_people_is_none(rivers: Rivers) -> None:
    assembly = await rivers.them.assembly("Millbrook")
    house = await rivers.them.at("Millbrook")
    await Assembly.all().update(human=None)
    crew = await house.crew("Kitchen", ["ana"])

    about = {"version": 1, "part": "people", "space": assembly.space}
    await crew.reports(Change.REBUILT, assembly=about)

    assert (await Assembly.get()).human is None
    assert (await Room.get(id=crew.id)).kind is RoomKind.CREW


# ------------------------------------------------------------------------------------------------ the hours


async def card_made(rivers: Rivers, name: str) -> None:
    await rivers.says(name, "assembly card")
    for words in ("Upper Lake", "en", "Dinners", "open", "welcome"):
        await rivers.says(name, words)
    await rivers.taps(name, "⏭️")
    await rivers.taps(name, "✅")


async def test_the_card_is_looked_at_again_after_its_year_as_before_the_loss(
    rivers: Rivers,
) -> None:
    await card_made(rivers, "Millbrook")
    before = await hours(rivers, "Millbrook")

    await rivers.them.loses("Millbrook")
    after = await hours(rivers, "Millbrook")
    house = await rivers.them.at("Millbrook")
    told = await house.passes(timedelta(days=352))

    assert [each for each in before if each[0] == "card-renewal"]
    assert [e for e in after if e[0] == "card-renewal"] == [
        e for e in before if e[0] == "card-renewal"
    ]
    assert sum("Does it still hold?" in each for each in told) == 1
    assert (await AssemblyCard.get(keeper="@kinkeeper:millbrook")).card["place"] == "Upper Lake"


async def test_a_card_whose_renewal_was_slept_through_is_asked_about_at_once(
    rivers: Rivers,
) -> None:
    await card_made(rivers, "Millbrook")
    house = await rivers.them.at("Millbrook")
    house.now += timedelta(days=360)

    await rivers.them.loses("Millbrook")
    await rivers.them.at("Millbrook")
    told = await house.passes(timedelta(minutes=1))

    assert sum("Does it still hold?" in each for each in told) == 1


SPRINT = "assembly sprint Winter sprint: conflict, guests; from 10 January to 28 January"


async def test_a_sprint_that_was_joined_still_begins_and_ends_for_its_hosts(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", SPRINT)
    await rivers.says("Millbrook", "assembly join sprint")
    await rivers.them.loses("Millbrook")
    await rivers.them.loses("Harbour")

    joined = await hours(rivers, "Millbrook")
    not_joined = await hours(rivers, "Harbour")
    house = await rivers.them.at("Millbrook")
    told = await house.passes(timedelta(days=70))

    assert [ritual for ritual, _ in joined].count("assembly-sprint") == 2
    assert "assembly-sprint" not in [ritual for ritual, _ in not_joined]
    assert sum("Today begins the sprint **Winter sprint**" in each for each in told) == 1
    assert sum("Today ends the sprint **Winter sprint**" in each for each in told) == 1


async def test_a_matter_that_is_open_is_counted_and_reminded_of_as_before(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    before = [e for e in await hours(rivers, "Millbrook") if e[0].startswith("assembly-")]

    await rivers.them.loses("Millbrook")

    after = await hours(rivers, "Millbrook")
    assert {ritual for ritual, _ in before} == {"assembly-counts", "assembly-reminds"}
    assert [e for e in before if e in after] == before


# ---------------------------------------------------------------------------------------------- what was told


async def test_no_outcome_is_told_once_more(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    await all_say(rivers, 3)
    told = [bare(each) for each in await rivers.them.loses("Millbrook")]

    assert "I speak for **Millbrook** in **River** now" in "\n".join(told)
    assert not any("is **accepted**" in each or "is **refused**" in each for each in told)
    [one] = await rivers.says("Millbrook", "assembly matter 3")
    assert "3 of 3 congregations consent; final: 3 of 3" in one


async def test_nothing_is_sent_before_all_is_read_again(rivers: Rivers) -> None:
    house = await rivers.them.at("Millbrook")
    before = await AssemblyLetter.filter(sender=house.house.me).count()
    await rivers.them.at("Millbrook")
    await Assembly.all().update(read=[part for part in Part if part is not Part.COMMONS])

    await rivers.says("Millbrook", "assembly need A hall: for June")
    [told] = await rivers.taps("Millbrook", "✅")

    assert "I have not read all that was written in **River** yet" in told
    assert "Nothing was sent" in told
    await rivers.them.at("Millbrook")
    assert await AssemblyLetter.filter(sender=house.house.me).count() == before


# ------------------------------------------------------------------------------------------------- numbers


async def test_a_matter_has_one_number_in_every_house_and_keeps_it_after_a_loss(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", PUT)
    rivers.them.away = {"Millbrook"}
    await rivers.puts("Harbour", PUT.replace("A shared", "Another"))
    rivers.them.away = set()
    await rivers.puts("Lakeside", PUT.replace("A shared", "A third"))
    before = [await numbers(rivers, name) for name in ("Lakeside", "Harbour")]

    await rivers.them.loses("Millbrook", backwards=True)
    after = await numbers(rivers, "Millbrook")

    assert before[0] == before[1] == after
    assert sorted(after.values()) == ["1", "2", "3", "4", "5"]


async def test_two_matters_put_side_by_side_are_told_apart_and_never_mistaken(
    rivers: Rivers,
) -> None:
    rivers.them.away = {"Lakeside", "Harbour"}
    await rivers.puts("Lakeside", PUT)
    await rivers.puts("Harbour", PUT.replace("A shared", "Another"))
    rivers.them.away = set()
    await rivers.them.loses("Millbrook")
    known = await numbers(rivers, "Millbrook")
    [one, other] = [each for each in known.values() if each not in ("1", "2")]

    [asked_back] = await rivers.says("Millbrook", "assembly say 3 consent")
    [_letter, said, *_] = await rivers.says("Millbrook", f"assembly say {one} consent")

    assert one != other
    assert one[0] == other[0] == "3"
    assert "More than one matter was given the number 3: " in asked_back
    assert one in asked_back
    assert other in asked_back
    assert "Nothing was changed" in asked_back
    assert said.startswith("Said: **Millbrook** consents")
    by = [each["letter"] for each in rivers.them.said_as("position")]
    position = [each for each in by if each["from"] == "@kinkeeper:millbrook"][-1]
    assert known[position["answers"]] == one


async def test_a_need_keeps_its_number_too(rivers: Rivers) -> None:
    for title in ("A hall", "Two tents", "A cook"):
        await rivers.puts("Lakeside", f"assembly need {title}: for June")
    [before] = await rivers.says("Harbour", "assembly board")

    rivers.them.said[(await rivers.them.assembly("Harbour")).rooms["commons"]].reverse()
    await rivers.them.loses("Harbour")

    [after] = await rivers.says("Harbour", "assembly board")
    assert "- 3: needs **A cook**" in before
    assert after == before


# ------------------------------------------------------------------------------------------- a part that moved


async def test_a_part_that_was_moved_is_read_in_both_rooms_and_goes_on_in_the_new_one(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", "assembly need A hall: for June")
    old = (await rivers.them.assembly("Millbrook")).rooms["commons"]
    new = "!anew:lakeside"
    them = rivers.them
    them.made[new] = Made("River: commons", "", "@kinkeeper:lakeside", dict(them.made[old].about))
    them.within[new] = set(NAMES)
    for name in NAMES:
        house = await them.at(name)
        await house.room("anew", [], kind=RoomKind.NONE)
        them.circles[new, name] = dict(them.circles[old, name])

        async def moved(_call: Call) -> Effects:
            [assembly] = await Assembly.all()
            assembly.goes_on("commons", new)
            await assembly.save()
            await Room.update_or_create(
                {"kind": RoomKind.PROTOCOL, "congregation": assembly.room, "joined": True}, id=new
            )
            return []

        await house.does(moved)
    # All have agreed on it: the roll names the new room.
    await agreed_to_move(rivers, new)
    await rivers.puts("Harbour", "assembly need Two tents: for July")
    assert them.said[new]

    for backwards in (False, True):
        await them.loses("Millbrook", backwards=backwards)

        after = await them.assembly("Millbrook")
        [board] = await rivers.says("Millbrook", "assembly board")
        assert (after.state, after.rooms["commons"]) == (State.SEATED, new)
        assert after.former == {old: "commons"}
        assert "A hall" in board
        assert "Two tents" in board
    before = len(them.said[new])
    await rivers.puts("Millbrook", "assembly offer Chairs: forty")
    assert len(them.said[new]) == before + 1
    assert await Heard.all().exists()


CONSENTED: list[tuple[Kind, dict[str, object]]] = [
    (Kind.POSITION, {"stand": "consent"}),
    (Kind.SEAL, {"word": "accepted", "consents": 3, "objections": 0, "asides": 0}),
]


async def agreed_to_move(rivers: Rivers, new: str) -> None:
    """Every congregation consents that the commons go on in another room, and counts it."""
    matter = ""
    for name in NAMES:
        house = await rivers.them.at(name)

        async def says(call: Call) -> Effects:
            nonlocal matter
            [assembly] = await Assembly.all()
            effects = []
            if not matter:
                body = {
                    "about": "move", "title": "Another room", "passing": {}, "part": "commons",
                    "to": new, "until": "2026-12-14T18:00:00Z",
                }  # fmt: skip
                letter, said = await post(call, assembly, Kind.MATTER, body, "…", part=Part.CHARTER)
                matter, effects = letter.id, [said]
            for kind, what in CONSENTED:
                _letter, said = await post(
                    call, assembly, kind, what, "…", part=Part.CHARTER, answers=matter
                )
                effects.append(said)
            return effects

        await house.does(says)
    await rivers.them.goes_round()
