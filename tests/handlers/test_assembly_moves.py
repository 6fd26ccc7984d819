"""A protocol room is closed or lost: hosts hear of it, all agree on another, and nothing that was written is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from handlers.language import Call, Change, Effects
from handlers.letterbox import post
from handlers.prospects import MOST_LOOKED_AT
from practices.assembly.letters import Kind, Part
from practices.circles import RoomKind
from storage.assemblies import Assembly, ledger
from storage.database import transaction
from storage.outbox import Deed
from storage.rooms import Room
from tests.handlers.assembled import Made, Neighbour, agree
from tests.handlers.played import PlayedRoom
from tests.handlers.seated import Seated, an_assembly

NAMES = ("Lakeside", "Harbour", "Millbrook")
NEED = "assembly need Chairs: Forty chairs for a gathering; until 20 December"
DAY = timedelta(days=1)


def bare(told: list[str]) -> str:
    return "\n".join(told).replace("\\", "")


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Three congregations with a seat each."""
    async with an_assembly(*NAMES) as found:
        yield found


async def room_of(river: Seated, name: str, part: Part) -> str:
    return (await river.them.assembly(name)).rooms[part]


async def puts_move(river: Seated, name: str, words: str) -> dict[str, list[str]]:
    """A host has the congregations asked; what is heard in each house."""
    await river.host(name, f"assembly move {words}", "✅")
    return await river.them.goes_round()


async def consents(river: Seated, number: int, *names: str) -> str:
    """These hosts consent to a matter; all that is heard."""
    heard = []
    for name in names:
        heard += await river.host(name, f"assembly say {number} consent")
        for told in (await river.them.goes_round()).values():
            heard += told
    return bare(heard)


async def passes(river: Seated, time: timedelta) -> str:
    heard = []
    for name in river.them.houses:
        heard += await river.passes(name, time)
    for told in (await river.them.goes_round()).values():
        heard += told
    return bare(heard)


async def is_closed(
    river: Seated, name: str, part: Part, by: str, successor: str | None = None
) -> str:
    """One house sees that a room was closed; what it says."""
    room = await room_of(river, name, part)
    house = await river.them.at(name)
    await Room.filter(id=room).update(successor=successor)
    return bare(await PlayedRoom(house, room).reports(Change.UPGRADED, by))


async def moved_by_hand(
    river: Seated, name: str, to: str, part: Part = Part.COMMONS, **more: Any
) -> None:
    """A keeper of other software puts a move, whatever the room is."""
    house = await river.them.at(name)

    async def puts(call: Call) -> Effects:
        [assembly] = await Assembly.all()
        body = {
            "about": "move", "title": "Another room", "passing": {}, "until": "2026-12-14T18:00:00Z",
            "part": part.value, "to": to, **more,
        }  # fmt: skip
        _letter, said = await post(call, assembly, Kind.MATTER, body, "…", part=Part.CHARTER)
        return [said]

    await house.does(puts)
    await river.them.goes_round()


async def invited_by_hand(river: Seated, name: str, by: str, room: str) -> list[str]:
    """A keeper of other software lets that of a house into a room."""
    house, made = await river.them.at(name), river.them.made[room]
    await Room.update_or_create(
        {
            "name": made.name, "creators": [made.by], "invited_by": by, "version": "11",
            "power": made.power, "encrypted": made.encrypted,
        },
        id=room,
    )  # fmt: skip
    told = await PlayedRoom(house, room).reports(
        Change.INVITED, by, assembly=dict(made.about), topic=""
    )
    for said in (await river.them.goes_round()).values():
        told += said
    return told


async def a_made_room(river: Seated, room: str, part: Part = Part.COMMONS, **bent: Any) -> Made:
    """A room that other software made for a part: fit, but for what is bent."""
    assembly = await river.them.assembly("Lakeside")
    about = {
        "version": 1, "part": part.value, "space": assembly.space, "assembly": assembly.found,
        "former": [assembly.rooms[part]], **bent.pop("about", {}),
    }  # fmt: skip
    made = Made("Commons anew", "", "@kinkeeper:harbour", about, **bent)
    river.them.made[room] = made
    return made


# ------------------------------------------------------------------------------------------- what is heard


@pytest.mark.requirement("R136")
async def test_hosts_hear_that_a_closed_room_is_not_followed_and_what_they_can_do(
    river: Seated,
) -> None:
    before = await room_of(river, "Harbour", Part.COMMONS)
    told = await is_closed(river, "Harbour", Part.COMMONS, "@kinkeeper:lakeside", "!trap:far")
    again = await is_closed(river, "Harbour", Part.COMMONS, "@kinkeeper:lakeside", "!trap:far")

    assert "**Lakeside** has closed the room “commons” of **River** and names another" in told
    assert "I do not follow by myself" in told
    assert "`assembly move commons` asks them" in told
    assert again == ""
    assert await room_of(river, "Harbour", Part.COMMONS) == before
    assert not await Room.filter(id="!trap:far", joined=True).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "charter, directory, practices, decisions, commons, care"),
        ("kitchen because …", "charter, directory, practices, decisions, commons, care"),
        (f"commons because {'x' * 2001}", "At most 2000 letters"),
    ],
)
async def test_a_move_that_cannot_be_understood_asks_nobody(
    river: Seated, words: str, said: str
) -> None:
    told = bare(await river.host("Harbour", f"assembly move {words}"))

    assert said in told
    assert "Nothing was sent" in told


async def test_a_no_makes_no_room(river: Seated) -> None:
    told = bare(await river.host("Harbour", "assembly move commons", "✋"))

    assert "Nobody was asked, and no room was made." in told
    assert not [e for e in river.them.houses["Harbour"].owed if e.deed is Deed.MAKE]


async def test_a_room_that_the_homeserver_refuses_is_told_of_and_nobody_is_asked(
    river: Seated,
) -> None:
    await river.host("Harbour", "assembly move commons", "✅")
    told = bare(
        await (await river.them.at("Harbour")).refuses("River: commons 2", "too many rooms")
    )

    assert "would not make a new room for “commons” of **River**: too many rooms" in told
    assert "`assembly move commons new` tries again" in told
    assert not [m for m in river.them.said_as("matter") if m["letter"]["body"]["about"] == "move"]


# ------------------------------------------------------------------------------------------------ agreed


@pytest.mark.requirement("R136")
async def test_all_go_on_in_a_new_room_once_they_agreed_and_what_was_written_before_counts(
    river: Seated,
) -> None:
    await river.sends("Lakeside", NEED)
    old = await room_of(river, "Lakeside", Part.COMMONS)
    await puts_move(river, "Harbour", "commons because the old room is lost")
    asked = bare(river.them.told["Millbrook"])
    waiting = await room_of(river, "Millbrook", Part.COMMONS)
    heard = await consents(river, 3, *NAMES)

    assert "The room “commons” would go on in another room" in asked
    assert "I have looked at that room: all can enter, read and write there." in asked
    assert "the old room is lost" in asked
    assert waiting == old
    assert "“commons” goes on in the other room" in heard
    rooms = {await room_of(river, name, Part.COMMONS) for name in NAMES}
    assert len(rooms) == 1
    assert rooms != {old}
    for name in NAMES:
        assembly = await river.them.assembly(name)
        assert assembly.former == {old: "commons"}
        assert assembly.looked_at == {}
        assert "Chairs" in bare(await river.host(name, "assembly board"))
    await river.sends("Millbrook", "assembly offer Songs: A book of songs; until 20 December")
    assert [each["letter"]["type"] for each in river.them.said[rooms.pop()]] == ["offer"]
    for name in NAMES:
        assert "Songs" in bare(await river.host(name, "assembly board"))


async def test_who_still_writes_in_the_old_room_is_heard_by_all(river: Seated) -> None:
    await puts_move(river, "Harbour", "commons")
    await consents(river, 3, *NAMES)
    old = next(iter((await river.them.assembly("Millbrook")).former))
    await river.them.at("Millbrook")
    await Assembly.all().update(rooms={**(await Assembly.get()).rooms, "commons": old})
    await river.sends("Millbrook", NEED)

    assert [each["letter"]["type"] for each in river.them.said[old]] == ["need"]
    assert "Chairs" in bare(await river.host("Lakeside", "assembly board"))


async def test_a_directory_that_moved_holds_the_cards_again(river: Seated) -> None:
    said = ("Upper Lake", "en", "Dinners", "by invitation", "ask first", "⏭️", "✅")
    await river.host("Lakeside", "assembly card", *said)
    await river.them.goes_round()
    await puts_move(river, "Harbour", "directory")
    await consents(river, 3, *NAMES)

    [card] = river.them.cards[await room_of(river, "Lakeside", Part.DIRECTORY)]
    assert card["sender"] == "@kinkeeper:lakeside"
    assert "Upper Lake" in bare(await river.host("Millbrook", "assembly directory"))


async def test_a_second_question_about_the_same_room_waits(river: Seated) -> None:
    await puts_move(river, "Harbour", "commons")
    told = bare(await river.host("Lakeside", "assembly move commons new"))

    assert "Matter 3 asks already whether “commons” goes on in another room" in told


async def test_what_is_refused_leaves_all_where_it_is_and_the_new_room_is_left(
    river: Seated,
) -> None:
    await puts_move(river, "Harbour", "commons")
    to = next(iter((await river.them.assembly("Lakeside")).looked_at))
    await river.host("Lakeside", "assembly say 3 objection because the old one is well")
    await river.them.goes_round()
    await consents(river, 3, "Harbour", "Millbrook")

    for name in NAMES:
        assembly = await river.them.assembly(name)
        assert (to in assembly.rooms.values(), assembly.looked_at) == (False, {})
        assert name not in river.them.within[to]
        assert (await Room.get(id=to)).kind is RoomKind.NONE


async def test_a_host_who_hosts_no_more_moves_nothing(river: Seated) -> None:
    await river.host("Harbour", "assembly move commons")
    space = await river.space("Harbour")
    row = await space.row()
    row.power = {"users": {}}
    await row.save()
    told = bare(await river.host("Harbour", "✅"))

    assert "you do not any more" in told
    assert not [e for e in river.them.houses["Harbour"].owed if e.deed is Deed.MAKE]


# --------------------------------------------------------------------------------------------- a successor


async def test_the_room_that_was_named_is_looked_at_and_then_put_to_all(river: Seated) -> None:
    await a_made_room(river, "!next:far")
    for name in NAMES:
        await is_closed(river, name, Part.COMMONS, "@kinkeeper:lakeside", "!next:far")
        await invited_by_hand(river, name, "@kinkeeper:lakeside", "!next:far")
    await puts_move(river, "Harbour", "commons because the old one is closed")
    await consents(river, 3, *NAMES)

    assert {await room_of(river, name, Part.COMMONS) for name in NAMES} == {"!next:far"}


async def test_a_named_room_that_does_not_fit_is_put_to_nobody(river: Seated) -> None:
    await a_made_room(river, "!next:far", state={"history": "joined", "join": "invite"})
    await is_closed(river, "Harbour", Part.COMMONS, "@kinkeeper:lakeside", "!next:far")
    await invited_by_hand(river, "Harbour", "@kinkeeper:lakeside", "!next:far")
    told = bare((await puts_move(river, "Harbour", "commons"))["Harbour"])

    assert "does not fit: who comes later could not read what was written in it" in told
    assert "`assembly move commons new`" in told
    assert "Harbour" not in river.them.within["!next:far"]
    assert not [m for m in river.them.said_as("matter") if m["letter"]["body"]["about"] == "move"]


async def test_a_named_room_that_lets_nobody_in_is_said_so(river: Seated) -> None:
    await is_closed(river, "Harbour", Part.COMMONS, "@kinkeeper:lakeside", "!next:far")
    told = bare(await river.host("Harbour", "assembly move commons"))

    assert "I was not let into that one" in told
    assert "`assembly move commons new` has me make one" in told


# ---------------------------------------------------------------------------------------------- the charter


async def test_the_charters_move_is_written_where_all_can_write_and_who_enters_later_finds_it(
    river: Seated,
) -> None:
    old = await room_of(river, "Lakeside", Part.CHARTER)
    await puts_move(river, "Harbour", "charter because the old one is closed")
    decisions = await room_of(river, "Lakeside", Part.DECISIONS)
    await consents(river, 3, *NAMES)

    kinds = [each["letter"]["type"] for each in river.them.said[decisions]]
    assert sorted(set(kinds)) == ["matter", "position", "seal"]
    assert {await room_of(river, name, Part.CHARTER) for name in NAMES} != {old}
    assert (await river.them.assembly("Lakeside")).former == {old: "charter"}


@pytest.mark.parametrize("reachable", [True, False])
async def test_who_is_asked_in_after_the_charter_moved_takes_its_seat(reachable: bool) -> None:
    async with an_assembly("Lakeside", "Harbour") as river:
        them = river.them
        await puts_move(river, "Harbour", "charter")
        await consents(river, 2, "Lakeside", "Harbour")
        old = next(iter((await them.assembly("Lakeside")).former))
        if not reachable:
            for name in ("Lakeside", "Harbour"):
                await them.at(name)
                row = await Room.get(id=old)
                row.power = {**row.power, "invite": 100, "users": {}}
                await row.save()
        them.houses["Haven"] = Neighbour("Haven")
        haven = await them.congregation("Haven", "ana")
        await river.host("Lakeside", "assembly introduce @kinkeeper:haven Haven because we met")
        await them.goes_round()
        await agree(them, "Lakeside", "Harbour")
        await them.at("Haven")
        await haven.taps("ana", "✅")
        heard = bare((await them.goes_round())["Haven"])
        for _ in range(3):
            for name in them.houses:
                await river.passes(name, DAY)
            for said in (await them.goes_round()).values():
                heard += bare(said)

        assembly = await them.assembly("Haven")
        assert "**Haven** has a seat in **River** now" in heard
        assert ("nobody can show me any more" in heard) is not reachable
        assert ("Haven" in them.within[old]) is reachable
        assert assembly.rooms[Part.CHARTER] == await room_of(river, "Lakeside", Part.CHARTER)
        views = set()
        for name in ("Lakeside", "Harbour", "Haven"):
            there = await them.assembly(name)

            async def roll(there: Assembly = there) -> Any:
                found = (await ledger(there)).roll
                return tuple(sorted(each.name for each in found.seats.values())), tuple(
                    sorted(found.rooms.items())
                )

            views.add(await transaction(roll))
        assert len(views) == 1


# ------------------------------------------------------------------------------------------------- liars


async def test_a_liar_moves_nothing_by_its_word_alone(river: Seated) -> None:
    before = await room_of(river, "Millbrook", Part.COMMONS)
    await a_made_room(river, "!trap:far")
    await moved_by_hand(river, "Harbour", "!trap:far")
    for name in ("Lakeside", "Millbrook"):
        await invited_by_hand(river, name, "@kinkeeper:harbour", "!trap:far")
    await passes(river, timedelta(days=30))

    assert {await room_of(river, name, Part.COMMONS) for name in NAMES} == {before}
    assert river.them.within["!trap:far"] == set()


@pytest.mark.parametrize(
    ("bent", "why"),
    [
        ({"state": {"history": "invited", "join": "invite"}}, "who comes later could not read"),
        ({"levels": {"invite": 50}}, "not every congregation could let others in"),
        ({"about": {"assembly": "x" * 43}}, "its creation does not say"),
    ],
)
async def test_nobody_is_asked_about_a_room_that_would_not_hold_what_is_written(
    bent: dict[str, Any], why: str
) -> None:
    async with an_assembly("Lakeside", "Harbour") as river:
        await a_made_room(river, "!trap:far", **bent)
        await moved_by_hand(river, "Harbour", "!trap:far")
        told = bare(await invited_by_hand(river, "Lakeside", "@kinkeeper:harbour", "!trap:far"))
        refused = bare(await river.host("Lakeside", "assembly say 2 consent"))
        entered = "Lakeside" in river.them.within["!trap:far"]

        assert (why in told) is entered
        assert "I send no position to matter 2" in refused
        assert "!trap:far" not in (await river.them.assembly("Lakeside")).rooms.values()


async def test_a_room_that_nobody_can_enter_is_counted_as_refused(river: Seated) -> None:
    await moved_by_hand(river, "Harbour", "!closed:far")
    waits = bare(river.them.told["Millbrook"])
    no = bare(await river.host("Millbrook", "assembly say 3 consent"))
    told = await passes(river, timedelta(days=30))

    assert "I was not let into that room so far" in waits
    assert "because I was not let into the room that it names" in no
    assert "is **refused**" in told
    words = [e["letter"]["body"]["word"] for e in river.them.said_as("seal")]
    assert words[-3:] == ["refused"] * 3


async def test_an_invitation_that_comes_before_its_matter_waits_and_one_of_a_stranger_does_not(
    river: Seated,
) -> None:
    await a_made_room(river, "!next:far")
    early = await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far")
    within = set(river.them.within["!next:far"])
    stranger = await invited_by_hand(river, "Lakeside", "@stranger:far", "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far")

    assert early == []
    assert within == set()
    assert stranger == ["⇄ leave !next:far"]
    assert "I have looked at that room" in bare(river.them.told["Millbrook"])


@pytest.mark.requirement("R137")
async def test_no_move_makes_a_circle_of_ours_a_room_of_theirs(river: Seated) -> None:
    house = await river.them.at("Millbrook")
    crew = await house.room("Kitchen", ["ana"], kind=RoomKind.CREW)
    await moved_by_hand(river, "Harbour", crew.id)
    no = bare(await river.host("Millbrook", "assembly say 3 consent"))
    await agree(river.them, *NAMES)  # whatever those who would agree to it have checked
    told = bare(river.them.told["Millbrook"])
    left = await river.host("Millbrook", "assembly leave", "✅")

    assert "I send no position" in no
    assert "I do not follow, and nothing of yours was changed" in told
    assert f"⇄ leave {crew.id}" not in left
    await river.them.at("Millbrook")
    assert (await Room.get(id=crew.id)).kind is RoomKind.CREW


async def test_of_two_moves_at_once_all_take_the_same_one_and_both_rooms_are_heard(
    river: Seated,
) -> None:
    them = river.them
    old = await room_of(river, "Lakeside", Part.COMMONS)
    await a_made_room(river, "!one:far")
    await a_made_room(river, "!two:far")
    them.away = set(NAMES)  # neither knows of the other's
    await moved_by_hand(river, "Harbour", "!one:far")
    await moved_by_hand(river, "Lakeside", "!two:far")
    them.away = set()
    for said in them.said_as("matter")[-2:]:
        for name in NAMES:
            charter = await room_of(river, name, Part.CHARTER)
            await them.hears(name, charter, said["sender"], said["letter"])
    for name in NAMES:
        for room in ("!one:far", "!two:far"):
            await invited_by_hand(river, name, "@kinkeeper:harbour", room)
    asked = bare(await river.host("Millbrook", "assembly matters"))
    number, other = sorted(
        each.split(":")[0].removeprefix("- ")
        for each in asked.split("\n")
        if "Another room" in each
    )
    shown = bare(await river.host("Millbrook", f"assembly matter {number}"))
    for name in NAMES:
        for each in (number, other):
            await river.host(name, f"assembly say {each} consent")
            await them.goes_round()

    assert f"Matter {other} asks the same of another room" in shown
    [room] = {await room_of(river, name, Part.COMMONS) for name in NAMES}
    assert room in ("!one:far", "!two:far")
    beaten = {"!one:far": "!two:far", "!two:far": "!one:far"}[room]
    for name in NAMES:
        former = (await them.assembly(name)).former
        assert old in former
        assert set(former) <= {old, beaten}


async def test_a_liar_that_moves_everything_sends_nobody_round(river: Seated) -> None:
    for number in range(MOST_LOOKED_AT + 3):
        await a_made_room(river, f"!trap{number}:far")
        await moved_by_hand(river, "Harbour", f"!trap{number}:far")
        await invited_by_hand(river, "Lakeside", "@kinkeeper:harbour", f"!trap{number}:far")

    entered = [
        room for room, names in river.them.within.items() if "trap" in room and "Lakeside" in names
    ]
    assert 0 < len(entered) <= MOST_LOOKED_AT


async def test_who_was_not_let_in_says_so_and_any_congregation_can_let_it_in(river: Seated) -> None:
    await a_made_room(river, "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far")
    for name in ("Lakeside", "Harbour"):
        await invited_by_hand(river, name, "@kinkeeper:harbour", "!next:far")
    await agree(river.them, *NAMES)
    told = bare(river.them.told["Millbrook"])
    before = await room_of(river, "Millbrook", Part.COMMONS)
    invited = bare(await river.host("Lakeside", "assembly invite @kinkeeper:millbrook"))
    await river.them.goes_round()

    assert "agreed that “commons” goes on in another room, and I was not let into it so far" in told
    assert before != "!next:far"
    assert "speaks for **Millbrook** here. I have invited it once more into every room" in invited
    assert await room_of(river, "Millbrook", Part.COMMONS) == "!next:far"
    assert "Millbrook" in river.them.within["!next:far"]
