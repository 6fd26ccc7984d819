"""Congregations found an assembly, introduce each other, take seats, keep cards and leave, each through its own keeper."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from handlers.assembly.assemblies import WORDS
from handlers.assembly.assembly_words import ALSO, BY_WORD, SAYINGS, grouped
from handlers.language import FLOOD, Change
from practices.assembly.letters import Kind, Part, written
from practices.circles import RoomKind
from storage.assemblies import Assembly, AssemblyCard, AssemblyLetter, State, ledger
from storage.database import transaction
from storage.members import Member
from storage.outbox import Deed
from storage.questions import Question
from storage.rooms import Room
from storage.scripts import OwnScript
from tests.handlers.assembled import Neighbours, agree, founds, neighbours
from tests.handlers.played import PlayedHouse, PlayedRoom

LAKESIDE, HARBOUR = "@kinkeeper:lakeside", "@kinkeeper:harbour"

INTRODUCE = f"assembly introduce {HARBOUR} Harbour because we have met for years"


@pytest_asyncio.fixture
async def them() -> AsyncIterator[Neighbours]:
    """Two houses, asleep."""
    async with neighbours("Lakeside", "Harbour") as found:
        yield found


async def founded(them: Neighbours) -> PlayedRoom:
    """Lakeside has founded River; its host's private chat."""
    host = await them.congregation("Lakeside", "ana")
    await founds(them, "Lakeside", host)
    return host


async def introduced(them: Neighbours) -> tuple[PlayedRoom, PlayedRoom]:
    """All agree that Harbour is asked in, and its hosts are asked; the private chats of both hosts."""
    theirs = await them.congregation("Harbour", "ana")
    ours = await founded(them)
    await them.at("Lakeside")
    await ours.says("ana", INTRODUCE)
    await ours.taps("ana", "✅")
    await them.goes_round()
    await agree(them, "Lakeside")
    return ours, theirs


async def entered(them: Neighbours) -> tuple[PlayedRoom, PlayedRoom]:
    """Harbour has taken its seat."""
    ours, theirs = await introduced(them)
    await them.at("Harbour")
    await theirs.taps("ana", "✅")
    await them.goes_round()
    return ours, theirs


async def seats(them: Neighbours, name: str) -> list[str]:
    """The congregations that a house knows to have a seat."""
    assembly = await them.assembly(name)

    async def known() -> list[str]:
        return sorted(each.name for each in (await ledger(assembly)).roll.seats.values())

    return await transaction(known)


# ---------------------------------------------------------------------------------------------- founding


async def test_a_host_founds_an_assembly_and_has_its_first_seat(them: Neighbours) -> None:
    await founded(them)

    assembly = await them.assembly("Lakeside")
    assert assembly.state is State.SEATED
    assert assembly.seat == assembly.found
    assert set(assembly.rooms) == set(Part)
    assert await seats(them, "Lakeside") == ["Lakeside"]
    assert them.told["Lakeside"][-1].startswith("**River** is founded, and **Lakeside** has its")
    [found] = them.said_as("found")
    assert found["letter"]["body"]["values"] == ["consent", "plain words"]


async def test_nothing_is_made_before_a_yes_and_nothing_is_kept_after_a_no(
    them: Neighbours,
) -> None:
    host = await them.congregation("Lakeside", "ana")
    await host.says("ana", "assembly found River")
    await host.says("ana", "To meet.")
    asked = await host.taps("ana", "⏭️")
    told = await host.taps("ana", "✋")

    assert "I would found **River** with **Lakeside**" in asked[0]
    assert told == ["Nothing was made, and nothing of it is kept."]
    assert await Assembly.all().count() == 0


async def test_a_name_that_no_room_could_carry_founds_nothing(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")

    [told] = await host.says("ana", f"assembly found {'x' * 81}")

    assert "Nothing was made" in told
    assert await Assembly.all().count() == 0


async def test_too_many_values_are_asked_for_again(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")
    await host.says("ana", "assembly found River")
    await host.says("ana", "To meet.")

    [again] = await host.says("ana", ";".join("abcdefghijklmn"))
    [right] = await host.says("ana", "one; two")

    assert again.startswith("At most 12 values")
    assert "Values\\: one\\; two" in right


async def test_a_room_that_the_homeserver_refuses_is_told_and_made_later(
    house: PlayedHouse,
) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")
    await host.says("ana", "assembly found River")
    await host.says("ana", "To meet.")
    await host.taps("ana", "⏭️")
    await host.taps("ana", "✅")

    [refused] = await house.refuses("River", "no room left")
    again = await host.says("ana", "assembly found River")
    _space, rooms = await house.makes("River")

    assert (
        "would not make the space of **River**, so it is not founded yet: no room left" in refused
    )
    assert again[0] == "⌂ River"
    assert again[-1].startswith("I go on making the rooms of **River**")
    assert rooms[:2] == ["⌂ River: charter", "⌂ River: directory"]


async def test_a_founding_that_stuck_can_be_given_up(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")
    await host.says("ana", "assembly found River")
    await host.says("ana", "To meet.")
    await host.taps("ana", "⏭️")
    await host.taps("ana", "✅")
    space, _rooms = await house.makes("River")

    told = await host.says("ana", "assembly leave")

    assert told == [
        f"⇄ leave {space.id}",
        "**River** is not founded; the rooms that stood are left.",
    ]
    assert await Assembly.all().count() == 0


async def test_who_hosts_nothing_hears_who_can(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana", "ben"], ["ana"])
    private = await house.private("ben")

    for words in ("assembly", "assembly found River", "assembly card", "assembly leave", INTRODUCE):
        [told] = await private.says("ben", words)
        assert told.startswith("For a congregation speak those who moderate its space")


async def test_of_two_congregations_the_one_is_named(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    hill = await house.space("Hill", ["ana"], ["ana"])
    host = await house.private("ana")

    [unnamed] = await host.says("ana", "assembly found River")
    [unknown] = await host.says("ana", "assembly found River for Valley")
    await host.says("ana", "assembly found River for Hill")

    assert "You host more than one congregation: Hill, Lakeside" in unnamed
    assert "You host no congregation called “Valley”" in unknown
    assert [each.room for each in await Assembly.all()] == [hill.id]


async def test_an_unknown_word_names_those_that_there_are(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")

    [told] = await host.says("ana", "assembly dissolve")
    [empty] = await host.says("ana", "assembly")

    assert "**founding and entering**: `found` · `introduce`" in told
    assert empty.startswith("Your congregation takes part in no assembly")


# --------------------------------------------------------------------------------- introducing, entering


@pytest.mark.requirement("R136")
async def test_whom_all_agree_on_is_invited_and_shown_the_charter_before_anything_is_entered(
    them: Neighbours,
) -> None:
    await introduced(them)

    [asked] = [each for each in them.told["Harbour"] if "invited to take a seat" in each]
    assert "**Harbour** is invited to take a seat in the assembly **River**" in asked
    assert "Congregations along the river\\, each for itself\\." in asked
    assert "consent\\; plain words" in asked
    assert "No list of people leaves it" in asked
    assembly = await them.assembly("Harbour")
    assert assembly.state is State.INVITED
    assert not await Room.filter(id__in=assembly.rooms.values(), joined=True).exists()
    assert all("Harbour" not in within for within in them.within.values())


async def test_after_a_yes_the_whole_past_is_read_and_the_seat_taken(them: Neighbours) -> None:
    await entered(them)

    assert await seats(them, "Lakeside") == await seats(them, "Harbour") == ["Harbour", "Lakeside"]
    assert (await them.assembly("Harbour")).state is State.SEATED
    assert any("**Harbour** has a seat in **River** now" in each for each in them.told["Harbour"])
    assert not any(each.startswith("→ kinkeeper") for each in them.told["Harbour"])
    assert all("Harbour" in within for within in them.within.values())
    kept = {}
    for name in ("Lakeside", "Harbour"):
        await them.at(name)
        kept[name] = sorted(await AssemblyLetter.all().values_list("letter", flat=True))
    assert kept["Lakeside"] == kept["Harbour"]


async def test_whoever_introduced_a_congregation_hears_once_that_it_has_come(
    them: Neighbours,
) -> None:
    await entered(them)

    said = [each for each in them.told["Lakeside"] if "has taken its seat" in each]
    assert ["**Harbour**, which your congregation introduced" in each for each in said] == [True]
    [seat] = them.said_as("seat")
    assembly = await them.assembly("Lakeside")
    assert not await them.hears("Lakeside", assembly.rooms["charter"], HARBOUR, seat["letter"])


async def test_a_no_declines_every_invitation_and_sends_nothing(them: Neighbours) -> None:
    _ours, theirs = await introduced(them)
    await them.at("Harbour")
    letters = len(them.said_as("seat"))

    told = await theirs.taps("ana", "✋")

    assert len([each for each in told if each.startswith("⇄ leave")]) == 8
    assert told[-1].startswith(
        "Declined: nothing was entered or sent. Whoever asked you in hears that you do not come"
    )
    assert "for a month I ask you nothing about it" in told[-1]
    assert "`assembly reconsider River`" in told[-1]
    assert len(them.said_as("seat")) == letters
    assert await Room.filter(kind__in=["protocol", "assembly"]).count() == 0


async def test_who_said_no_is_not_asked_again_at_once(them: Neighbours) -> None:
    _ours, theirs = await introduced(them)
    await them.at("Harbour")
    assembly = await them.assembly("Harbour")
    await theirs.taps("ana", "✋")
    space = PlayedRoom(them.houses["Harbour"], str(assembly.space))

    told = await space.reports(Change.INVITED, LAKESIDE, assembly={"version": 1, "part": "space"})

    assert told == [f"⇄ leave {space.id}"]


async def test_only_so_many_invitations_wait_and_strange_rooms_are_declined(
    house: PlayedHouse,
) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    told = []
    for number in range(5):
        await Room.create(id=f"!{number}:far", name=f"Far {number}")
        room = PlayedRoom(house, f"!{number}:far")
        by = f"@k{number}:far"
        told.append(await room.reports(Change.INVITED, by, assembly={"part": "space"}))
    strange = PlayedRoom(house, "!0:far")

    assert [len(each) for each in told] == [1, 1, 1, 1, 1]
    assert [each[0].startswith("⇄ leave") for each in told] == [False] * 3 + [True] * 2
    assert await strange.reports(Change.INVITED, "@k:far", assembly={"part": "attic"}) == [
        "⇄ leave !0:far"
    ]


async def test_a_charter_that_says_something_else_is_shown_before_a_seat_is_taken(
    them: Neighbours,
) -> None:
    _ours, theirs = await introduced(them)
    await them.at("Harbour")
    await Assembly.all().update(draft={"shown": "Quite another purpose."})
    await theirs.taps("ana", "✅")
    told = (await them.goes_round())["Harbour"]
    assert not them.said_as("seat")

    assert "says something else than its invitation did" in told[-1]
    await them.at("Harbour")
    await theirs.taps("ana", "✅")
    await them.goes_round()
    assert await seats(them, "Harbour") == ["Harbour", "Lakeside"]


async def test_without_the_others_consent_no_seat_is_taken(them: Neighbours) -> None:
    _ours, theirs = await introduced(them)
    for said in them.said.values():
        said[:] = [each for each in said if each["letter"]["type"] != "seal"]
    await them.at("Harbour")
    await theirs.taps("ana", "✅")
    told = (await them.goes_round())["Harbour"]

    assert "the others' consent is not there yet" in told[-1]
    assert not them.said_as("seat")
    assert (await them.assembly("Harbour")).state is State.ENTERING


async def test_a_yes_of_somebody_who_hosts_no_more_enters_nothing(them: Neighbours) -> None:
    _ours, theirs = await introduced(them)
    await them.at("Harbour")
    space = await Room.get(name="Harbour")
    await Room.filter(id=space.id).update(power={})

    [told] = await theirs.taps("ana", "✅")

    assert "you do not any more. Nothing was changed" in told
    assert (await them.assembly("Harbour")).state is State.INVITED


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("assembly introduce Harbour because we know them", "I need its keeper's address"),
        (f"assembly introduce {HARBOUR} because of them", "I need its keeper's address"),
        (f"assembly introduce {LAKESIDE} Lakeside", "speaks for **Lakeside** here already"),
        (f"assembly introduce {HARBOUR} Harbour because {'x' * 2001}", "At most 2000 letters"),
    ],
)
async def test_an_introduction_that_cannot_be_is_explained(
    them: Neighbours, words: str, why: str
) -> None:
    host = await founded(them)
    await them.at("Lakeside")

    [told] = await host.says("ana", words)

    assert why in told
    assert "othing was sent" in told
    assert not them.said_as("matter")


async def test_the_same_congregation_is_introduced_once_at_a_time(them: Neighbours) -> None:
    host = await founded(them)
    await them.at("Lakeside")
    await host.says("ana", INTRODUCE)
    await host.taps("ana", "✅")

    [told] = await host.says("ana", INTRODUCE)

    assert "introduced already" in told


# ----------------------------------------------------------------------------------------------- letters


async def test_what_is_no_letter_of_this_assembly_changes_nothing(them: Neighbours) -> None:
    await entered(them)
    assembly = await them.assembly("Lakeside")
    charter = assembly.rooms["charter"]
    before = await AssemblyLetter.all().count()
    foreign = written(
        Kind.CONCERN, sender=HARBOUR, number=9, assembly="x" * 43, body={"text": "…"}, answers="y" * 43
    )  # fmt: skip
    bent: list[Any] = [
        None, [], "letter", {"version": 1}, {"version": 0}, foreign, {**foreign, "from": LAKESIDE}
    ]  # fmt: skip

    for letter in bent:
        assert await them.hears("Lakeside", charter, HARBOUR, letter) == []
    assert await them.hears("Lakeside", charter, HARBOUR, None, fault=FLOOD) == []

    await them.at("Lakeside")
    assert await AssemblyLetter.all().count() == before


async def test_a_letter_that_comes_again_says_nothing_new(them: Neighbours) -> None:
    await entered(them)
    assembly = await them.assembly("Lakeside")
    before = await AssemblyLetter.all().count()
    [seat] = them.said_as("seat")

    told = await them.hears("Lakeside", assembly.rooms["charter"], HARBOUR, seat["letter"])

    assert told == []
    assert await AssemblyLetter.all().count() == before


async def test_after_an_old_backup_our_own_letters_that_come_back_are_kept(
    them: Neighbours,
) -> None:
    await entered(them)
    assembly = await them.assembly("Harbour")
    [seat] = them.said_as("seat")
    await AssemblyLetter.filter(letter=seat["letter"]["id"]).delete()
    assert await seats(them, "Harbour") == ["Lakeside"]

    await them.hears("Harbour", assembly.rooms["charter"], HARBOUR, seat["letter"])

    assert await seats(them, "Harbour") == ["Harbour", "Lakeside"]


async def test_after_a_lost_database_the_seat_the_letters_and_the_card_are_found_again(
    them: Neighbours,
) -> None:
    ours, _theirs = await entered(them)
    await made_card(them, ours)
    await them.goes_round()
    before = await them.assembly("Lakeside")
    house = await them.at("Lakeside")
    for model in (Assembly, AssemblyLetter, AssemblyCard):
        await model.all().delete()

    for room, made in them.made.items():
        await PlayedRoom(house, room).reports(Change.REBUILT, assembly=dict(made.about))
    await them.goes_round()

    after = await them.assembly("Lakeside")
    assert (after.found, after.seat, after.name) == (before.found, before.seat, "River")
    assert (after.rooms, after.space, after.room) == (before.rooms, before.space, before.room)
    assert await seats(them, "Lakeside") == ["Harbour", "Lakeside"]
    assert (await AssemblyCard.get()).keeper == LAKESIDE
    assert len(them.said_as("seat")) == 1


async def test_a_protocol_room_is_not_followed_elsewhere_by_one_hand(them: Neighbours) -> None:
    await founded(them)
    assembly = await them.assembly("Lakeside")
    charter = PlayedRoom(them.houses["Lakeside"], assembly.rooms["charter"])
    await Room.filter(id=charter.id).update(successor="!trap:far")

    [told] = await charter.reports(Change.UPGRADED, HARBOUR)
    assert "I do not follow by myself" in told
    assert (await them.assembly("Lakeside")).rooms == assembly.rooms


# ------------------------------------------------------------------------------------ cards, the directory


async def made_card(them: Neighbours, host: PlayedRoom, contacts: str = "⏭️") -> list[str]:
    """Lakeside's host makes its card."""
    await them.at("Lakeside")
    await host.says("ana", "assembly card")
    for words in ("Upper Lake", "en, pt", "Dinners and honesty", "by invitation", "ask first"):
        await host.says("ana", words)
    if contacts == "⏭️":
        await host.taps("ana", "⏭️")
    else:
        await host.says("ana", contacts)
    return await host.taps("ana", "✅")


@pytest.mark.requirement("R136")
async def test_a_card_says_bands_and_never_how_many_or_who(them: Neighbours) -> None:
    ours, _theirs = await entered(them)

    told = await made_card(them, ours)
    await them.goes_round()

    assert "⚙ org.kinkeeper.assembly.card" in told
    await them.at("Harbour")
    [row] = await AssemblyCard.all()
    assert row.keeper == LAKESIDE
    assert (row.card["people"], row.card["crews"]) == ("20–40 people", "no crews yet")
    assert row.card["contacts"] == []
    assert "@p1" not in str(row.card)
    assert "@ana" not in str(row.card)
    assert "30" not in str({**row.card, "seat": "", "renewal": ""})


@pytest.mark.requirement("R136")
async def test_a_contact_stands_on_the_card_only_after_a_yes_of_their_own(them: Neighbours) -> None:
    ours, _theirs = await entered(them)
    private = await them.houses["Lakeside"].private("p1") if await them.at("Lakeside") else ours

    told = await made_card(them, ours, "ana, p1")
    await them.at("Lakeside")
    before = (await AssemblyCard.get()).card["contacts"]
    await private.taps("p1", "✅")
    after = (await AssemblyCard.get()).card["contacts"]
    await ours.taps("ana", "✋")

    assert any("May other congregations of **River** write to you" in each for each in told)
    assert (before, after) == ([], ["@p1:here"])
    assert (await AssemblyCard.get()).card["contacts"] == ["@p1:here"]


@pytest.mark.requirement("R12")
async def test_a_contact_who_wants_to_be_forgotten_goes_from_the_card(them: Neighbours) -> None:
    ours, _theirs = await entered(them)
    await them.at("Lakeside")
    private = await them.houses["Lakeside"].private("p1")
    await made_card(them, ours, "p1")
    await private.taps("p1", "✅")
    await them.goes_round()
    await them.at("Lakeside")

    await private.says("p1", "forget me")
    told = await private.says("p1", "yes")
    await them.goes_round()

    assert "⚙ org.kinkeeper.assembly.card" in told
    for name in ("Lakeside", "Harbour"):
        await them.at(name)
        assert (await AssemblyCard.get()).card["contacts"] == []


async def test_lines_that_cannot_be_read_are_asked_for_again(them: Neighbours) -> None:
    host = await founded(them)
    await them.at("Lakeside")
    await host.says("ana", "assembly card")
    await host.says("ana", "Upper Lake")

    [languages] = await host.says("ana", "Elvish & Portuguese")
    await host.says("ana", "Italian and English")
    [purpose] = await host.says("ana", "x" * 301)
    await host.says("ana", "Dinners")
    [entry] = await host.says("ana", "perhaps")
    await host.says("ana", "open")
    await host.says("ana", "welcome")
    [three] = await host.says("ana", "p1, p2, p3")
    [nobody] = await host.says("ana", "Zebedee")

    assert "know the language “Elvish" in languages
    assert purpose.startswith("At most 300 letters")
    assert entry.startswith("That was none of the answers below.")
    assert three.startswith("A card names at most 2 people.")
    assert nobody.startswith("I know nobody here by the name “Zebedee”")


async def test_the_directory_shows_every_seat_and_marks_what_is_old(them: Neighbours) -> None:
    ours, theirs = await entered(them)
    await them.at("Lakeside")
    [empty] = await ours.says("ana", "assembly directory")
    await made_card(them, ours)
    await them.goes_round()
    house = await them.at("Harbour")
    [fresh] = await theirs.says("ana", "assembly directory")
    house.now += timedelta(days=370)
    [old] = await theirs.says("ana", "assembly directory")

    assert empty.count("no card yet") == 2
    assert (
        "**Lakeside** · Upper Lake · 20–40 people, no crews yet · speaks English, Portuguese"
        in fresh
    )
    assert "**Harbour**: no card yet" in fresh
    assert "*old: its year ended on" not in fresh
    assert "*old: its year ended on Monday 22 November 2027" in old


async def test_a_card_that_nobody_could_read_or_that_is_older_is_not_believed(
    them: Neighbours,
) -> None:
    ours, _theirs = await entered(them)
    await made_card(them, ours)
    await made_card(them, ours)
    await them.goes_round()
    assembly = await them.assembly("Harbour")
    house = await them.at("Harbour")
    directory = PlayedRoom(house, assembly.rooms["directory"])
    [row] = await AssemblyCard.all()

    await directory.reports(Change.CARD, LAKESIDE, card={**row.card, "people": "31 people"})
    await directory.reports(Change.CARD, "@liar:far", card={**row.card, "place": "Nowhere"})
    await directory.reports(Change.CARD, LAKESIDE, card={**row.card, "number": 1})
    [told] = await (await house.private("zoe")).says("zoe", "assembly directory")
    [shown] = await PlayedRoom(house, "!private-ana:here").says("ana", "assembly directory")

    assert (await AssemblyCard.get(keeper=LAKESIDE)).highest == 2
    assert told.startswith("For a congregation speak those")
    assert "Nowhere" not in shown
    assert "*old:" not in shown
    assert (await AssemblyCard.get(keeper=LAKESIDE)).card["number"] == 2


async def test_hosts_are_asked_before_a_cards_year_is_over(them: Neighbours) -> None:
    host = await founded(them)
    await made_card(them, host)
    house = await them.at("Lakeside")

    told = await house.passes(timedelta(days=352))
    renewed = await host.taps("ana", "✅")
    again = await house.passes(timedelta(days=352))

    assert len([each for each in told if "Does it still hold?" in each]) == 1
    assert renewed[-1] == "Renewed for a year."
    assert (await AssemblyCard.get()).card["renewal"] == "2028-11-08"
    assert any("Does it still hold?" in each for each in again)


# ----------------------------------------------------------------------------------------------- leaving


async def test_leaving_is_asked_once_more_and_told_to_the_others(them: Neighbours) -> None:
    ours, _theirs = await entered(them)
    await made_card(them, ours)
    await them.goes_round()
    await them.at("Lakeside")

    [asked] = await ours.says("ana", "assembly leave")
    told = await ours.taps("ana", "✅")
    await them.goes_round()

    assert "What you adopted from others stays yours" in asked
    assert told[0] == "**Lakeside** leaves, with thanks."
    assert len([each for each in told if each.startswith("⇄ leave")]) == 8
    assert (await them.assembly("Lakeside")).state is State.LEFT
    assert await seats(them, "Harbour") == ["Harbour"]
    assert [row.card for row in await AssemblyCard.all()] == [{}]
    assert all("Lakeside" not in within for within in them.within.values())


async def test_a_no_keeps_the_seat(them: Neighbours) -> None:
    host = await founded(them)
    await them.at("Lakeside")
    await host.says("ana", "assembly leave")

    assert await host.taps("ana", "✋") == ["Your congregation keeps its seat."]
    assert (await them.assembly("Lakeside")).state is State.SEATED


@pytest.mark.requirement("R12")
async def test_forget_me_leaves_no_host_in_what_is_kept_of_an_assembly(them: Neighbours) -> None:
    _ours, theirs = await introduced(them)
    await them.at("Harbour")
    await theirs.taps("ana", "✅")
    assert (await them.assembly("Harbour")).asked_by == "@ana:here"

    await theirs.says("ana", "forget me")
    await theirs.says("ana", "yes")

    assert (await them.assembly("Harbour")).asked_by == ""
    assert await Question.filter(person="@ana:here").count() == 0


@pytest.mark.parametrize("how", ["left", "removed"])
async def test_with_its_congregation_the_seat_is_given_up_and_everything_let_go(
    them: Neighbours, how: str
) -> None:
    ours, _theirs = await entered(them)
    await them.at("Lakeside")

    if how == "left":
        told = await ours.says("ana", "leave Lakeside")
    else:
        space = PlayedRoom(them.houses["Lakeside"], "!lakeside:here")
        told = await space.reports(Change.REMOVED, "ana")
    await them.goes_round()

    assert "**Lakeside** leaves, with thanks." in told
    assert await seats(them, "Harbour") == ["Harbour"]
    await them.at("Lakeside")
    assert await Assembly.all().count() == await AssemblyLetter.all().count() == 0


async def test_a_protocol_room_is_not_released_alone(them: Neighbours) -> None:
    await founded(them)
    assembly = await them.assembly("Lakeside")
    charter = PlayedRoom(them.houses["Lakeside"], assembly.rooms["charter"])

    [told] = await charter.says("ana", "!release")

    assert told == "**release** does not fit a protocol room. Nothing was done."
    assert (await charter.row()).kind is RoomKind.PROTOCOL


# ------------------------------------------------------------------------------------ who tries it otherwise


async def invites(house: PlayedHouse, room: str, by: str, part: str, space: str) -> list[str]:
    """Somebody invites a keeper into a room that they call part of an assembly."""
    await Room.get_or_create(id=room)
    about = {"version": 1, "part": part, "space": space}
    return await PlayedRoom(house, room).reports(Change.INVITED, by, assembly=about)


async def test_a_stranger_who_is_faster_does_not_shut_out_whoever_really_asks(
    house: PlayedHouse,
) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    await invites(house, "!trap:far", "@stranger:far", "care", "!space:far")

    [asked] = await invites(house, "!space:far", "@k:far", "space", "!space:far")
    await invites(house, "!care:far", "@k:far", "care", "!space:far")

    assert "invited to take a seat" in asked
    assert (await Assembly.get(invited_by="@k:far")).rooms == {"care": "!care:far"}


async def test_hosts_are_asked_once_however_often_an_account_invites(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")

    first = await invites(house, "!space:far", "@k:far", "space", "!space:far")
    again = await invites(house, "!space:far", "@k:far", "space", "!space:far")
    beside = await invites(house, "!second:far", "@k:far", "space", "!second:far")
    await host.taps("ana", "✋")
    after = await invites(house, "!third:far", "@k:far", "space", "!third:far")

    assert len(first) == 1
    assert again == []
    assert (beside, after) == (["⇄ leave !second:far"], ["⇄ leave !third:far"])


async def test_of_two_congregations_one_hosts_no_is_not_the_others(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    hill = await house.space("Hill", ["ben"], ["ben"])
    ana, ben = await house.private("ana"), await house.private("ben")
    await invites(house, "!space:far", "@k:far", "space", "!space:far")

    [no] = await ana.taps("ana", "✋")
    waiting = await Assembly.get()
    await ben.taps("ben", "✅")

    assert no.startswith("**Lakeside** does not enter. Another congregation that I keep")
    assert waiting.state is State.INVITED
    assert (await Assembly.get()).room == hill.id


async def test_a_past_that_is_not_shown_whole_takes_no_seat_and_is_asked_for_again(
    them: Neighbours,
) -> None:
    _ours, theirs = await introduced(them)
    assembly = await them.assembly("Harbour")
    commons = assembly.rooms["commons"]
    house = await them.at("Harbour")
    await Assembly.filter(id=assembly.id).update(state=State.ENTERING, room=(await space_of()).id)

    told = await PlayedRoom(house, commons).reports(
        Change.READ_BACK, letters=[], cards=[], last=True, complete=False
    )
    await house.passes(timedelta(hours=7))
    again = [each.lane for each in house.owed if each.deed is Deed.READ_BACK]
    [*_, left] = await theirs.says("ana", "assembly leave")

    assert "I could not read everything that was written in **River** so far" in told[0]
    assert (await Assembly.get(id=assembly.id)).read == []
    assert set(again) == set(assembly.rooms.values())
    assert left.startswith("I leave the rooms of **River**")


async def space_of() -> Room:
    """The congregation of the house that is awake."""
    return await Room.get(kind=RoomKind.CONGREGATION)


async def test_a_charter_that_names_a_room_of_ours_takes_no_seat_and_touches_it_not(
    them: Neighbours,
) -> None:
    _ours, theirs = await introduced(them)
    house = await them.at("Harbour")
    crew = await house.room("Kitchen", ["ana"], kind=RoomKind.CREW)
    [row] = [each for each in them.made if them.made[each].about["part"] == "care"]
    assembly = await them.assembly("Harbour")
    # As if the founder's letter named the crew's room as the room of care.
    await Assembly.filter(id=assembly.id).update(rooms={**assembly.rooms, "care": "!else:far"})
    await theirs.taps("ana", "✅")
    told = (await them.goes_round())["Harbour"]

    assert row not in (await them.assembly("Harbour")).rooms.values()
    assert not them.said_as("seat")
    assert all("has a seat in" not in each for each in told)
    assert (await Room.get(id=crew.id)).kind is RoomKind.CREW


async def test_who_comes_late_reads_the_newest_card_and_a_card_taken_back_stays_so(
    them: Neighbours,
) -> None:
    ours, _theirs = await entered(them)
    await made_card(them, ours)
    await them.goes_round()
    assembly = await them.assembly("Harbour")
    house = await them.at("Harbour")
    directory = PlayedRoom(house, assembly.rooms["directory"])
    card = (await AssemblyCard.get()).card
    await AssemblyCard.all().delete()
    newest_first = [{**card, "number": 3, "place": "Now"}, {}, {**card, "number": 2}]

    shown = [{"sender": LAKESIDE, "card": each} for each in newest_first]
    await directory.reports(Change.READ_BACK, letters=[], cards=shown, last=False, complete=True)
    late = await AssemblyCard.get()
    await directory.reports(Change.CARD, LAKESIDE, card={})
    await directory.reports(Change.CARD, LAKESIDE, card={**card, "number": 2})
    back = await AssemblyCard.get()

    assert (late.card["place"], late.highest) == ("Now", 3)
    assert (back.card, back.highest) == ({}, 3)


async def test_who_hosts_no_more_publishes_no_card_and_leaves_nothing(them: Neighbours) -> None:
    ours, _theirs = await entered(them)
    await made_card(them, ours)
    await them.at("Lakeside")
    await ours.says("ana", "assembly card")
    await ours.says("ana", "stop")
    await ours.says("ana", "assembly leave")
    space = await Room.get(name="Lakeside")
    await Room.filter(id=space.id).update(power={}, name="Once Lakeside")
    hill = await them.houses["Lakeside"].space("Hill", ["ana"], ["ana"])
    await Room.filter(id=hill.id).update(name="Lakeside")

    [told] = await ours.taps("ana", "✅")

    assert "you do not any more. Nothing was changed" in told
    assert (await them.assembly("Lakeside")).state is State.SEATED


async def test_a_card_is_not_published_by_somebody_who_hosts_no_more(them: Neighbours) -> None:
    ours, _theirs = await entered(them)
    await them.at("Lakeside")
    await ours.says("ana", "assembly card")
    for words in ("Upper Lake", "en, pt", "Dinners and honesty", "by invitation", "ask first"):
        await ours.says("ana", words)
    await ours.taps("ana", "⏭️")
    await Room.filter(name="Lakeside").update(power={})

    [told] = await ours.taps("ana", "✅")

    assert "you do not any more. Nothing was changed" in told
    assert await AssemblyCard.all().count() == 0


async def test_nothing_is_founded_by_a_yes_of_somebody_who_hosts_no_more(
    house: PlayedHouse,
) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")
    await host.says("ana", "assembly found River")
    await host.says("ana", "Along the river.")
    await host.taps("ana", "⏭️")
    await Room.filter(name="Lakeside").update(power={})

    [told] = await host.taps("ana", "✅")

    assert "you do not any more. Nothing was changed" in told


async def test_a_card_names_nobody_who_has_left_and_no_practice_that_is_only_ours(
    them: Neighbours,
) -> None:
    ours, _theirs = await entered(them)
    house = await them.at("Lakeside")
    space = await Room.get(name="Lakeside")
    for number, (name, origin) in enumerate((("Anna's grief circle", None), ("Tea", "o" * 43))):
        await OwnScript.create(
            room=space.id, key=str(number), name=name, text="", origin=origin,
            adopted_at=house.now, review_at=house.now,
        )  # fmt: skip
    private = await house.private("p1")

    await made_card(them, ours, "p1")
    await them.at("Lakeside")
    card = (await AssemblyCard.get()).card
    await Member.filter(room=space.id, person="@p1:here").delete()
    [told] = await private.taps("p1", "✅")

    assert card["practices"] == ["Tea"]
    assert "you are not in it any more" in told
    assert (await AssemblyCard.get()).card["contacts"] == []


# ------------------------------------------------------------------------------------- what one may do next


def test_help_names_every_word_once_and_no_other() -> None:
    uses = [use for each in SAYINGS for use in each.uses]

    assert list(BY_WORD) == [each.word for each in SAYINGS]
    assert set(BY_WORD) == set(WORDS) == {each.split()[0] for each in uses}
    assert len(set(uses)) == len(uses)
    assert set(ALSO.values()) <= set(WORDS)
    assert not set(ALSO) & set(WORDS)


def test_a_list_of_words_says_none_of_them_twice() -> None:
    for line in grouped(SAYINGS, "- ", short=True).splitlines():
        words = line.partition(": ")[2].split(" · ")
        assert len(words) == len(set(words)), line


@pytest.mark.parametrize("word", sorted(BY_WORD))
async def test_help_about_one_word_is_about_that_word_alone(house: PlayedHouse, word: str) -> None:
    host = await house.private("ana")

    [told] = await host.says("ana", f"help assembly {word}")

    assert told.startswith(f"**assembly {word}** {BY_WORD[word].does}.")
    assert all(f"`assembly {use}`" in told for use in BY_WORD[word].uses)
    assert len(told) < 600


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("foud", "found"),
        ("directry", "directory"),
        ("desicions", "decisions"),
        ("newsleter", "news"),
    ],
)
async def test_a_word_that_is_nearly_one_is_asked_about(
    house: PlayedHouse, said: str, meant: str
) -> None:
    host = await house.private("ana")

    [told] = await host.says("ana", f"assembly {said}")

    assert f"Did you mean **assembly {meant}**? Nothing was changed." in told
    assert len(told) < 250


async def test_help_asks_about_a_word_that_is_nearly_one(house: PlayedHouse) -> None:
    host = await house.private("ana")

    [told] = await host.says("ana", "help assembly foud")

    assert "Did you mean **assembly found**?" in told


@pytest.mark.parametrize("said", ["assembly found", "found an assembly"])
async def test_a_name_that_is_missing_is_asked_for(house: PlayedHouse, said: str) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")

    [asked] = await host.says("ana", said)
    [purpose] = await host.says("ana", "Northern Shores")

    assert asked.startswith("**How shall it be called?**")
    assert "What is it for?" in purpose
    assert (await Assembly.get()).name == "Northern Shores"


async def test_what_is_missing_of_a_matter_is_asked_for_piece_by_piece(them: Neighbours) -> None:
    host = await founded(them)

    [title] = await host.says("ana", "assembly put")
    [text] = await host.says("ana", "A shared table")
    [asked] = await host.says("ana", "we eat together in June")

    assert title.startswith("**What is it called, and what does it say?**")
    assert text.startswith("**What does it say?**")
    assert "**A shared table**" in asked
    assert "we eat together in June" in asked


async def test_a_need_without_a_title_is_asked_for_it(them: Neighbours) -> None:
    host = await founded(them)

    [title] = await host.says("ana", "assembly need")
    [asked] = await host.says("ana", "Chairs: forty of them")

    assert title.startswith("**What, and for what?**")
    assert "needs **Chairs**" in asked


async def test_an_objection_without_a_reason_is_asked_for_it(them: Neighbours) -> None:
    host = await founded(them)

    [why] = await host.says("ana", "assembly say 5 objection")
    [then] = await host.says("ana", "assembly board")

    assert why.startswith("**Why?**")
    assert then.startswith("There is nothing open just now."), "a word of ours answers nothing"


async def test_who_speaks_for_no_congregation_is_asked_for_nothing(house: PlayedHouse) -> None:
    host = await house.private("ana")

    [told] = await host.says("ana", "assembly put")

    assert told.startswith("For a congregation speak those who moderate its space")
    assert "invite me there first" in told


async def test_help_of_a_host_shows_assemblies(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana", "ben"], ["ana"])
    host, guest = await house.private("ana"), await house.private("ben")

    [told] = await host.says("ana", "help")
    [other] = await guest.says("ben", "help")

    assert "`assembly`: " in told
    assert "`assembly`: " not in other


async def test_help_shows_the_words_in_groups_of_few_lines(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"])
    host = await house.private("ana")

    [told] = await host.says("ana", "help assembly")
    [unknown] = await host.says("ana", "assembly dissolve")

    assert "**deciding**: `put TITLE: text; until …` · `matters`" in told
    assert "- **leaving**: `leave` · `concern` · `part`" in unknown
    assert "`help assembly` shows how each is used" in unknown


async def test_in_every_state_the_next_useful_step_is_said(them: Neighbours) -> None:
    theirs = await them.congregation("Harbour", "ana")
    ours = await them.congregation("Lakeside", "ana")
    steps = []

    async def step(name: str, host: PlayedRoom) -> None:
        await them.at(name)
        [told] = await host.says("ana", "assembly")
        steps.append(told)

    await step("Lakeside", ours)
    await ours.says("ana", "assembly found River")
    await ours.says("ana", "stop")
    await step("Lakeside", ours)
    await ours.says("ana", "assembly found River")
    await ours.says("ana", "Along the river.")
    await ours.taps("ana", "⏭️")
    await ours.taps("ana", "✅")
    await step("Lakeside", ours)
    await them.goes_round()
    await step("Lakeside", ours)
    await made_card(them, ours)
    await step("Lakeside", ours)
    await ours.says("ana", INTRODUCE)
    await ours.taps("ana", "✅")
    await step("Lakeside", ours)
    await them.goes_round()
    await agree(them, "Lakeside")
    await step("Harbour", theirs)
    await Assembly.all().update(state=State.ENTERING, room=(await space_of()).id)
    await step("Harbour", theirs)
    await Assembly.all().update(read=sorted(Part))
    await step("Harbour", theirs)

    wanted = (
        "Next: `assembly found NAME` founds one", "Next: `assembly found NAME` begins anew",
        "Next: `assembly found` tries again", "Next: `assembly card` makes its card",
        "Next: `assembly introduce @keeper:server NAME because …`", "Next: `assembly matter 1` shows",
        "Next: my question in our private chat waits", "I have read 0 of its 6 rooms so far",
        "Next: wait until the others ask it in",
    )  # fmt: skip
    for told, expected in zip(steps, wanted, strict=True):
        assert expected in told
