"""A protocol room is closed or lost: hosts hear of it, all agree on another, and nothing that was written is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from handlers.assembly.entering import SPACE_COMES
from handlers.assembly.letterbox import post
from handlers.assembly.prospects import MOST_LOOKED_AT
from handlers.language import Call, Change, Effects
from practices.assembly.letters import Kind, Part
from practices.circles import RoomKind
from storage.assemblies import Assembly, State, ledger
from storage.database import transaction
from storage.delegates import DelegateCircle
from storage.outbox import Deed, Owed
from storage.rooms import Room
from tests.handlers.assembled import Made, Neighbour, Neighbours, agree
from tests.handlers.played import PlayedRoom
from tests.handlers.seated import Seated, an_assembly
from tests.handlers.test_delegate_circles import TOWNS, lakeside

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


async def named_and_invited(river: Seated, name: str, room: str = "!next:far") -> None:
    """A house is invited into the room that the old one names, as a client makes it."""
    house = await river.them.at(name)
    await Room.create(id=room, invited_by="@kinkeeper:lakeside", version="11")
    await PlayedRoom(house, room).reports(Change.INVITED, "@kinkeeper:lakeside")


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
    await river.host("Lakeside", "assembly say 3 objection because the old one is well", "✅")
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


async def test_who_looks_at_the_room_that_was_named_stays_there_while_it_is_asked_about(
    river: Seated,
) -> None:
    await a_made_room(river, "!next:far")
    await is_closed(river, "Harbour", Part.COMMONS, "@kinkeeper:lakeside", "!next:far")
    await invited_by_hand(river, "Harbour", "@kinkeeper:lakeside", "!next:far")
    await puts_move(river, "Harbour", "commons")

    assert "Harbour" in river.them.within["!next:far"]


@pytest.mark.requirement("R136")
async def test_who_closes_a_room_and_asks_all_into_another_takes_nobody_along(
    river: Seated,
) -> None:
    old = await room_of(river, "Harbour", Part.COMMONS)
    await is_closed(river, "Harbour", Part.COMMONS, "@kinkeeper:lakeside", "!next:far")
    house = await river.them.at("Harbour")
    await Room.create(id="!next:far", invited_by="@kinkeeper:lakeside", predecessor=old)
    # As a client replaces a room: its creation says nothing of the assembly.
    told = await PlayedRoom(house, "!next:far").reports(Change.INVITED, "@kinkeeper:lakeside")
    await Room.filter(id="!next:far").update(joined=True)
    arrived = await PlayedRoom(house, "!next:far").reports(Change.ARRIVED, house.house.me)

    assert told == []
    assert f"⇄ leave {old}" not in arrived
    assert (await Room.get(id=old)).kind is RoomKind.PROTOCOL
    assert (await Room.get(id="!next:far")).kind is RoomKind.NONE


async def test_a_room_that_does_not_let_us_in_is_given_up_after_a_day_and_a_new_one_can_be_asked_for(
    river: Seated,
) -> None:
    await is_closed(river, "Harbour", Part.COMMONS, "@kinkeeper:lakeside", "!next:far")
    await named_and_invited(river, "Harbour")
    await river.host("Harbour", "assembly move commons", "✅")  # and nobody arrives
    waits = bare(await river.host("Harbour", "assembly move commons new"))
    told = bare(await river.passes("Harbour", DAY + timedelta(hours=12)))
    assembly = await river.them.assembly("Harbour")
    room = await Room.get(id="!next:far")
    again = bare(await river.host("Harbour", "assembly move commons new"))

    assert "I am looking at a room for “commons” already" in waits
    assert "has not let me in for a day" in told
    assert "`assembly move commons new` has me make one" in told
    assert "⇄ leave !next:far" in told
    assert (assembly.looked_at, room.kind, room.invited_by) == ({}, RoomKind.NONE, None)
    assert "Ask them?" in again


async def test_who_was_not_let_in_for_a_day_looks_again_once_somebody_invites_it_anew(
    river: Seated,
) -> None:
    await a_made_room(river, "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far")
    river.them.shut.add("!next:far")
    await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far")
    await river.passes("Millbrook", 2 * DAY)
    before = await river.them.assembly("Millbrook")
    river.them.shut.clear()
    told = bare(await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far"))

    assert before.looked_at == {}
    assert "I have looked at that room" in told


async def test_who_is_let_in_after_it_gave_up_leaves_without_a_word(river: Seated) -> None:
    made = await a_made_room(river, "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far")
    river.them.shut.add("!next:far")
    await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far")
    await river.passes("Millbrook", 2 * DAY)
    house = await river.them.at("Millbrook")
    await Room.filter(id="!next:far").update(joined=True)
    told = await PlayedRoom(house, "!next:far").reports(
        Change.ARRIVED, house.house.me, assembly=dict(made.about), **made.state
    )

    assert told == ["⇄ leave !next:far"]


@pytest.mark.requirement("R137")
async def test_a_named_room_that_has_become_a_circle_of_ours_before_the_yes_stays_one(
    river: Seated,
) -> None:
    await is_closed(river, "Harbour", Part.COMMONS, "@kinkeeper:lakeside", "!next:far")
    await named_and_invited(river, "Harbour")
    await river.host("Harbour", "assembly move commons")
    await Room.filter(id="!next:far").update(kind=RoomKind.CREW, joined=True)
    told = bare(await river.host("Harbour", "✅"))

    assert "Nothing was sent" in told
    assert (await Room.get(id="!next:far")).kind is RoomKind.CREW
    assert (await river.them.assembly("Harbour")).looked_at == {}


async def test_a_second_yes_before_the_room_stands_makes_no_second_room(river: Seated) -> None:
    await river.host("Harbour", "assembly move commons new", "✅")
    second = bare(await river.host("Harbour", "assembly move commons new"))
    await river.them.goes_round()
    moves = [m for m in river.them.said_as("matter") if m["letter"]["body"]["about"] == "move"]

    assert "I am making a room for “commons” already" in second
    assert len(moves) == 1
    assert "Matter 3 asks already" in bare(await river.host("Harbour", "assembly move commons new"))


async def test_a_homeserver_that_is_silent_for_a_day_can_be_asked_for_a_room_again(
    river: Seated,
) -> None:
    await river.host("Harbour", "assembly move commons new", "✅")
    await river.passes("Harbour", DAY + timedelta(minutes=1))

    assert "Ask them?" in bare(await river.host("Harbour", "assembly move commons new"))


async def test_a_room_that_stands_only_after_another_congregation_asked_is_left(
    river: Seated,
) -> None:
    await river.host("Harbour", "assembly move commons new", "✅")
    owed = river.them.houses["Harbour"]
    owed.posted = len(owed.owed)  # its homeserver is slow
    await moved_by_hand(river, "Lakeside", "!other:far")
    house = await river.them.at("Harbour")
    made, told = await house.makes("River: commons 2")
    moves = [m for m in river.them.said_as("matter") if m["letter"]["body"]["about"] == "move"]

    assert "Meanwhile matter 3" in bare(told)
    assert f"⇄ leave {made.id}" in told
    assert len(moves) == 1
    assert (await Room.get(id=made.id)).kind is RoomKind.NONE


# ----------------------------------------------------------------------------------------------- the space


async def space_is_replaced(river: Seated, name: str) -> None:
    """One house goes where the space went: somebody closed it and named another that names it back."""
    house = await river.them.at(name)
    old = (await Assembly.get()).listed
    await Room.filter(id=old).update(successor="!space2:far")
    await Room.create(
        id="!space2:far", name="River", is_space=True, predecessor=old, joined=True, power={}
    )
    await PlayedRoom(house, "!space2:far").reports(Change.ARRIVED, house.house.me)


@pytest.mark.requirement("R136")
async def test_a_space_that_was_replaced_splits_nobody_from_the_others(river: Seated) -> None:
    before = (await river.them.assembly("Millbrook")).space
    await space_is_replaced(river, "Millbrook")  # and the others do not see it yet
    await puts_move(river, "Lakeside", "commons new")
    assembly = await river.them.assembly("Millbrook")
    consented = await consents(river, 3, *NAMES)

    assert (assembly.space, assembly.listed) == (before, "!space2:far")
    assert await Assembly.all().count() == 1
    assert "“commons” goes on in the other room" in consented
    assert len({await room_of(river, name, Part.COMMONS) for name in NAMES}) == 1


async def test_who_followed_a_space_puts_moves_that_the_others_find_fit(river: Seated) -> None:
    await space_is_replaced(river, "Millbrook")
    await puts_move(river, "Millbrook", "commons new")
    fit = [(await river.them.assembly(name)).fit for name in NAMES]

    assert all(list(each.values()) == [True] for each in fit)


async def test_who_is_asked_in_after_the_space_was_replaced_is_asked_and_takes_its_seat() -> None:
    async with an_assembly("Lakeside", "Harbour") as river:
        them = river.them
        for name in ("Lakeside", "Harbour"):
            await space_is_replaced(river, name)
        # As a client makes it: nothing in its creation says what it is, so who is asked in declines it.
        them.made["!space2:far"] = Made("River", "", "@kinkeeper:lakeside", {"part": "nothing"})
        them.houses["Haven"] = Neighbour("Haven")
        haven = await them.congregation("Haven", "ana")
        await river.host(
            "Lakeside", "assembly introduce @kinkeeper:haven Haven because we met", "✅"
        )
        await them.goes_round()
        await agree(them, "Lakeside", "Harbour")
        before = bare(them.told["Haven"])
        asked = bare(await river.passes("Haven", SPACE_COMES))
        await haven.taps("ana", "✅")
        heard = bare((await them.goes_round())["Haven"])
        assert "take a seat" not in before
        assert "The charter of **River** says something else than its invitation did" in heard
        assert "Congregations along the river" in heard
        await them.at("Haven")
        heard = bare(await haven.taps("ana", "✅"))

        assert "seat in the assembly **River**" in asked
        assert "The invitation does not say what it is for." in asked
        assert "has a seat in **River** now" in heard


async def test_a_space_whose_invitation_comes_after_those_into_the_parts_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Other homeservers bring invitations in whatever order."""
    late, hands_on = list[tuple[str, Owed]](), Neighbours._invite

    async def slowly(self: Neighbours, name: str, owed: Owed) -> None:
        if self.made[owed.lane].about.get("part") == "space":
            late.append((name, owed))
        else:
            await hands_on(self, name, owed)

    async with an_assembly("Lakeside", "Harbour") as river:
        them = river.them
        monkeypatch.setattr(Neighbours, "_invite", slowly)
        them.houses["Haven"] = Neighbour("Haven")
        await them.congregation("Haven", "ana")
        await river.host(
            "Lakeside", "assembly introduce @kinkeeper:haven Haven because we met", "✅"
        )
        await them.goes_round()
        await agree(them, "Lakeside", "Harbour")
        before = bare(them.told["Haven"])
        [(name, owed)] = late
        await hands_on(them, name, owed)
        asked = bare(them.told["Haven"])
        later = bare(await river.passes("Haven", SPACE_COMES))

        assert "take a seat" not in before + later
        assert "take a seat in the assembly **River**" in asked
        assert "does not say what it is for" not in asked


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
        await river.host(
            "Lakeside", "assembly introduce @kinkeeper:haven Haven because we met", "✅"
        )
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

    assert "I look at that room as soon as it lets me in" in waits
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


@pytest.mark.requirement("R136")
@pytest.mark.parametrize("later_first", [False, True])
async def test_of_two_moves_at_once_all_take_the_same_one_and_both_rooms_are_heard(
    river: Seated, later_first: bool
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
    numbers = sorted(
        each.split(":")[0].removeprefix("- ")
        for each in asked.split("\n")
        if "Another room" in each
    )
    [number, other] = numbers[::-1] if later_first else numbers
    shown = bare(await river.host("Millbrook", f"assembly matter {number}"))
    for each in (number, other):
        for name in NAMES:
            await river.host(name, f"assembly say {each} consent")
            await them.goes_round()

    assert f"Matter {other} asks the same of another room" in shown
    [room] = {await room_of(river, name, Part.COMMONS) for name in NAMES}
    beaten = {"!one:far": "!two:far", "!two:far": "!one:far"}[room]
    for name in NAMES:
        assembly = await them.assembly(name)
        assert set(assembly.former) == {old, beaten}
        assert assembly.is_read
        assert name in them.within[beaten]
    await them.at("Millbrook")  # who has seen the other one first writes there
    await Assembly.all().update(rooms={**(await Assembly.get()).rooms, "commons": beaten})
    await river.sends("Millbrook", NEED)
    assert [each["letter"]["type"] for each in them.said[beaten]] == ["need"]
    assert "Chairs" in bare(await river.host("Lakeside", "assembly board"))


@pytest.mark.requirement("R136")
@pytest.mark.parametrize("liar_first", [True, False])
async def test_who_names_a_room_for_another_part_neither_hinders_nor_vouches_for_it(
    river: Seated, liar_first: bool
) -> None:
    await a_made_room(river, "!next:far")
    moves = [("Lakeside", Part.CARE), ("Harbour", Part.COMMONS)]
    for name, part in moves if liar_first else moves[::-1]:
        await moved_by_hand(river, name, "!next:far", part)
    await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far")
    assembly = await river.them.assembly("Millbrook")
    lie, honest = (3, 4) if liar_first else (4, 3)
    no = bare(await river.host("Millbrook", f"assembly say {lie} consent"))
    yes = bare(await river.host("Millbrook", f"assembly say {honest} consent"))

    assert assembly.fit == {("!next:far", "commons"): True, ("!next:far", "care"): False}
    assert "does not fit the protocol" in no
    assert "consents" in yes


async def test_a_room_that_was_looked_at_is_judged_anew_for_each_part_it_is_named_for_later(
    river: Seated,
) -> None:
    await a_made_room(river, "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far")
    await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far", Part.CARE)
    told = bare(await river.host("Millbrook", "assembly say 4 consent"))

    assert "does not fit the protocol" in told
    assert "!next:far" in (await river.them.assembly("Millbrook")).looked_at


@pytest.mark.requirement("R136")
async def test_who_loses_its_database_while_it_looks_at_a_room_can_still_say_yes(
    river: Seated,
) -> None:
    await a_made_room(river, "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far")
    await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far")
    await river.them.loses("Millbrook")
    assembly = await river.them.assembly("Millbrook")
    told = bare(await river.host("Millbrook", "assembly say 3 consent"))

    assert assembly.state is State.SEATED
    assert assembly.fit == {("!next:far", "commons"): True}
    assert "consents" in told


async def test_who_loses_its_database_leaves_a_room_that_nobody_asks_about_any_more(
    river: Seated,
) -> None:
    await a_made_room(river, "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far")
    await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far")
    await river.them.at("Millbrook")
    await Assembly.all().update(looked_at={})  # and the room was forgotten
    for name in ("Lakeside", "Harbour"):
        await river.host(name, "assembly say 3 objection because the old one is well", "✅")
        await river.them.goes_round()
    await river.them.loses("Millbrook")
    told = await passes(river, timedelta(days=30))

    assert "is **refused**" in told
    assert "Millbrook" not in river.them.within["!next:far"]
    await river.them.at("Millbrook")
    assert (await Room.get(id="!next:far")).kind is RoomKind.NONE


async def test_a_room_named_for_a_move_that_is_asked_into_as_one_of_delegates_is_not_looked_at() -> (
    None
):
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        [first, *_] = await crowd.mine()
        [liar, *_] = [name for name in TOWNS if name not in await crowd.mine()]
        await crowd.invites(first, "!alder:there")
        body = {
            "about": "move", "title": "Another room", "passing": {}, "until": "2026-12-14T18:00:00Z",
            "part": "commons", "to": "!alder:there",
        }  # fmt: skip
        await crowd.letter(liar, Kind.MATTER, body, Part.CHARTER, after=await crowd.heads())
        await crowd.sits(first, "!alder:there")
        await crowd.enters("!alder:there")

        assert (await Room.get(id="!alder:there")).kind is RoomKind.ASSEMBLY
        assert (await DelegateCircle.get(level=0)).place == "!alder:there"


@pytest.mark.requirement("R137")
@pytest.mark.parametrize("what", ["invitation", "circle"])
async def test_no_move_takes_a_room_of_another_assembly_or_of_delegates(
    river: Seated, what: str
) -> None:
    await a_made_room(river, "!next:far")
    await moved_by_hand(river, "Harbour", "!next:far")
    await agree(river.them, *NAMES)  # whatever those who agree to it have checked
    house = await river.them.at("Millbrook")
    if what == "invitation":  # of an assembly that waits for a yes
        await Assembly.create(
            name="Hills", space="!hills:far", state=State.INVITED, made_at=house.now,
            rooms={"commons": "!next:far"}, invited_by="@kinkeeper:hill",
        )  # fmt: skip
    else:
        await DelegateCircle.create(
            room="!millbrook:here", assembly=1, level=0, place="!next:far", since=house.now
        )
    await invited_by_hand(river, "Millbrook", "@kinkeeper:harbour", "!next:far")

    await river.them.at("Millbrook")
    assert (await Room.get(id="!next:far")).kind is RoomKind.NONE
    assert "!next:far" not in (await Assembly.get(name="River")).looked_at


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
