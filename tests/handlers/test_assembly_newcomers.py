"""What a newcomer to assemblies stumbles over: typed sums, words that were meant for us, a no, a wrong address, a card with one wrong line."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from handlers.assembly.assembly_positions import has_sums
from handlers.language import Change
from practices.assembly.letters import Part
from storage.assemblies import Assembly, AssemblyCard, State
from storage.rooms import Room
from storage.searches import Search
from tests.handlers.assembled import Neighbours, neighbours
from tests.handlers.played import PlayedRoom
from tests.handlers.seated import Seated, an_assembly
from tests.handlers.test_assemblies import founded
from tests.handlers.test_assembly_matters import NAMES, PUT, Rivers, a_poll, bare, seated

BY_BOTH = f"{PUT}; by double majority"


@pytest_asyncio.fixture
async def rivers() -> AsyncIterator[Rivers]:
    """Three congregations with their seats; two matters are over already."""
    async with seated(*NAMES) as found:
        yield found


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Two congregations with a seat each."""
    async with an_assembly("Lakeside", "Harbour") as found:
        yield found


@pytest_asyncio.fixture
async def them() -> AsyncIterator[Neighbours]:
    """Two houses, asleep."""
    async with neighbours("Lakeside", "Harbour") as found:
        yield found


# ----------------------------------------------------------------------------------------------- positions


@pytest.mark.parametrize(
    "words",
    [
        "consent 12 yes 6 no", "objection yes 3 no 20 because we are poor", "consent; yes 31; no 6", "consent 31/6",
        "consent because 12 people said yes and 3 voted no", "yes 12", "objection because yes: 3, no: 20",
    ],
)  # fmt: skip
@pytest.mark.requirement("R136")
async def test_sums_that_are_typed_are_no_reason_and_are_not_sent(
    rivers: Rivers, words: str
) -> None:
    await rivers.puts("Lakeside", BY_BOTH)
    before = len(rivers.letters("position"))
    [without] = await rivers.says("Harbour", f"assembly say 3 {words}")
    poll = await a_poll(rivers, "Harbour", 9, 9)
    [with_one] = await rivers.says("Harbour", f"assembly say 3 {words}")
    await rivers.them.goes_round()

    assert "a proposal in a room of your whole congregation begins such a poll" in without
    assert f"from poll {poll}" in with_one
    assert "Nothing was sent" in without
    assert "Nothing was sent" in with_one
    assert len(rivers.letters("position")) == before


@pytest.mark.parametrize(
    ("words", "sums"),
    [
        ("because we were 12 and had 3 days", False), ("because there is no 3rd bed", False), ("", False),
        ("because 12 said no", False), ("12 no", True), ("40 to 2", True),
    ],
)  # fmt: skip
def test_a_number_in_a_reason_is_no_sum(words: str, sums: bool) -> None:
    assert has_sums(words) is sums


async def test_where_people_are_not_asked_their_sums_stay_at_home(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)

    [refused] = await rivers.says("Harbour", "assembly say 3 consent 12 yes 6 no")

    assert "how people voted is not asked, so it stays with you. Nothing was sent" in refused
    assert "`assembly say 3 consent` says the position alone" in refused


async def test_a_reason_is_read_by_its_host_before_all_read_it(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    before = len(rivers.letters("position"))
    [shown] = await rivers.says("Harbour", "assembly say 3 objection because *our* words are older")
    unsent = len(rivers.letters("position"))
    told = await rivers.taps("Harbour", "✅")

    assert (
        "all congregations would read that **Harbour** objects.\n\n*our* words are older" in shown
    )
    assert unsent == before
    assert rivers.letters("position")[-1]["reason"] == "*our* words are older"
    assert "Sent. Until all is counted it can be said otherwise." in told[1]


async def test_a_matter_is_answered_by_a_tap_under_it_and_a_yes(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    before = len(rivers.letters("position"))
    [shown] = await rivers.taps("Harbour", "✅")
    unsent = len(rivers.letters("position"))
    await rivers.taps("Harbour", "✅")
    [aside] = await rivers.taps("Millbrook", "⏭️")
    heart = await rivers.taps("Lakeside", "💛")

    assert "would read that **Harbour** consents" in shown
    assert (unsent, len(rivers.letters("position"))) == (before, before + 1)
    assert "would read that **Millbrook** stands aside" in aside
    assert heart == []


@pytest.mark.parametrize("words", ["consent", "yes", "we consent"])
async def test_a_matter_is_answered_by_a_word_in_reply(rivers: Rivers, words: str) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.them.at("Harbour")
    host = rivers.hosts["Harbour"]
    [*_, told] = await host.says("ana", words, on=host.tappable())

    assert "**Harbour** consents" in told


async def test_yes_is_a_consent_and_a_matter_says_how_it_is_answered(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", PUT)
    [shown] = await rivers.says("Millbrook", "assembly matter 3")
    [_letter, said] = await rivers.says("Harbour", "assembly say 3 yes")
    [no] = await rivers.says("Millbrook", "assembly say 3 no")

    assert "`assembly say 3 objection because …`" in shown
    assert "✅ we consent" in shown
    assert "Said: **Harbour** consents" in said
    assert "An objection is heard with its reason" in no


async def test_who_speaks_last_is_told_that_it_is_counted_and_a_result_tells_the_reasons(
    rivers: Rivers,
) -> None:
    await rivers.puts("Lakeside", PUT)
    await rivers.says("Lakeside", "assembly say 3 consent")
    await rivers.puts("Harbour", "assembly say 3 objection because we wait")
    told = await rivers.says("Millbrook", "assembly say 3 consent")

    assert "All have spoken now, so it is counted." in told[1]
    assert "1 objects; final" in rivers.heard("Lakeside")
    assert "- **Harbour** objects: we wait\n\nNothing follows from it." in rivers.heard("Lakeside")


# ------------------------------------------------------------------------------------------- double majority


@pytest.mark.parametrize(
    ("clause", "passes"),
    [
        ("by double majority", "by double majority: more than half"),
        ("double majority", "by double majority: more than half"),
        ("By majority of congregations and of people", "by double majority: more than half"),
        ("majority of the congregations and the people", "by double majority: more than half"),
        ("congregations 60 people 55", "by double majority: more than 60 of a hundred"),
        ("by majority", "by majority: more than half"),
        ("a majority of congregations", "by majority: more than half"),
        ("by consent", "by consent"),
    ],
)
async def test_the_ways_in_which_people_ask_for_a_majority_are_understood(
    rivers: Rivers, clause: str, passes: str
) -> None:
    [shown] = await rivers.says("Lakeside", f"assembly put A fund: Each gives ten; {clause}")

    assert "Each gives ten\n\nUntil" in shown
    assert f"It passes {passes}" in shown


async def test_a_clause_that_means_nothing_is_asked_for_again_and_nothing_of_it_becomes_text(
    rivers: Rivers,
) -> None:
    [refused] = await rivers.says(
        "Lakeside", "assembly put A fund: Each gives ten; until 14 December 18:00; by the moon"
    )
    [noted] = await rivers.says(
        "Lakeside", "assembly put A fund: By double majority each gives ten"
    )
    [missing] = await rivers.says("Lakeside", "assembly put A fund")

    assert "I can make nothing of “by the moon” at the end. Nothing was sent" in refused
    assert "Your text speaks of a majority: `; by majority` or `; by double majority`" in noted
    assert "double majority" in missing or "What does it say?" in missing


async def test_a_double_majority_is_not_counted_while_sums_may_come(rivers: Rivers) -> None:
    await rivers.puts("Lakeside", BY_BOTH)
    for name in NAMES:
        await rivers.says(name, "assembly say 3 consent")
    early = rivers.letters("seal")[6:]
    for name in NAMES:
        poll = await a_poll(rivers, name, 20, 6)
        await rivers.puts(name, f"assembly say 3 consent from poll {poll}")

    assert early == []
    assert "60 of 78 people whose voices are shown say yes" in rivers.heard("Lakeside")
    assert "is **accepted**" in rivers.heard("Lakeside")


# ---------------------------------------------------------------------------------------------- introducing


async def test_an_introduction_is_read_first_and_names_no_person(rivers: Rivers) -> None:
    before = len(rivers.letters("matter"))
    [shown] = await rivers.says(
        "Harbour", "assembly introduce @kinkeeper:orchard Orchard because we met"
    )
    unsent = len(rivers.letters("matter"))
    await rivers.taps("Harbour", "✋")
    [person] = await rivers.says("Harbour", "assembly introduce @p1:here Orchard because we met")

    assert "has to be their Kinkeeper's, and no person's" in shown
    assert unsent == len(rivers.letters("matter")) == before
    assert "is a person whom I know, and no congregation's keeper" in person
    assert "Nothing was sent" in person


async def test_what_was_put_is_taken_back_by_its_name(rivers: Rivers) -> None:
    await rivers.puts("Harbour", "assembly introduce @kinkeeper:orchard Orchard because we met")
    [foreign] = await rivers.says("Lakeside", "assembly withdraw Orchard")
    [shown] = await rivers.says("Harbour", "assembly withdraw Orchard")
    await rivers.taps("Harbour", "✅")
    for name in ("Lakeside", "Millbrook"):
        await rivers.says(name, "assembly say 3 consent")

    assert "put by another congregation" in foreign or "Which matter is meant" in foreign
    assert "would be taken back" in shown
    assert rivers.letters("position")[-3]["reason"] == "We take this back."
    assert rivers.letters("seal")[-1]["word"] == "refused"


async def asked_in(rivers: Rivers) -> None:
    """Orchard, whose hosts have not been asked yet, is agreed on."""
    await rivers.puts("Harbour", "assembly introduce @kinkeeper:orchard Orchard because we met")
    for name in NAMES:
        await rivers.says(name, "assembly say 3 consent")


@pytest.mark.requirement("R13")
async def test_only_who_introduced_hears_that_somebody_does_not_come_and_asks_again(
    rivers: Rivers,
) -> None:
    await asked_in(rivers)
    matters = len(rivers.letters("matter"))
    told: dict[str, list[str]] = {}
    for name in NAMES:
        assembly = await rivers.them.assembly(name)
        room = PlayedRoom(rivers.them.houses[name], assembly.rooms[Part.CHARTER])
        told[name] = []
        for _ in range(2):
            heard = await room.reports(Change.DECLINED, "@kinkeeper:orchard")
            told[name] += [bare(each) for each in heard]
    again = await rivers.says("Harbour", "assembly introduce @kinkeeper:orchard Orchard")
    back = await rivers.says("Harbour", "assembly withdraw Orchard")

    assert told["Lakeside"] == told["Millbrook"] == []
    [once] = told["Harbour"]
    assert "does not come into **River** this time" in once
    assert "needs no new consent" in once
    assert len([each for each in again if "⇄ invite kinkeeper" in each]) == 8
    assert "have agreed on **Orchard** before" in again[-1]
    assert len(rivers.letters("matter")) == matters
    assert len([each for each in back if "⇄ remove kinkeeper" in each]) == 8


async def test_who_said_no_can_think_otherwise_and_is_asked_again_at_once(them: Neighbours) -> None:
    ours, theirs = await introduced_to(them)
    told = bare("\n".join(them.told["Harbour"]))
    await them.at("Harbour")
    await theirs.taps("ana", "✋")
    [other] = await theirs.says("ana", "assembly reconsider Elsewhere")
    await them.at("Lakeside")
    await ours.says("ana", "assembly introduce @kinkeeper:harbour Harbour")
    silent = bare("\n".join((await them.goes_round()).get("Harbour", [])))
    await them.at("Harbour")
    [again] = await theirs.says("ana", "assembly reconsider River")
    await them.at("Lakeside")
    await ours.says("ana", "assembly introduce @kinkeeper:harbour Harbour")
    asked = bare("\n".join((await them.goes_round())["Harbour"]))

    assert "asks you in, and writes: “Lakeside asks you in. we have met for years”" in told
    assert "there is: **River**" in other
    assert "is invited to take a seat" not in silent
    assert "I ask you at once" in again
    assert "**Harbour** is invited to take a seat" in asked


async def introduced_to(them: Neighbours) -> tuple[PlayedRoom, PlayedRoom]:
    """Lakeside alone has introduced Harbour, and its keeper is invited; the private chats of both hosts."""
    theirs = await them.congregation("Harbour", "ana")
    ours = await founded(them)
    await them.at("Lakeside")
    await ours.says(
        "ana", "assembly introduce @kinkeeper:harbour Harbour because we have met for years"
    )
    await ours.taps("ana", "✅")
    await them.goes_round()
    await them.at("Lakeside")
    await ours.says("ana", "assembly say 1 consent")
    await them.goes_round()
    return ours, theirs


async def test_who_left_can_be_introduced_again_the_same_day(them: Neighbours) -> None:
    ours, theirs = await introduced_to(them)
    await them.at("Harbour")
    await theirs.taps("ana", "✅")
    await them.goes_round()
    await them.at("Harbour")
    await theirs.says("ana", "assembly leave")
    await theirs.taps("ana", "✅")
    left = bare("\n".join((await them.goes_round())["Lakeside"]))
    await them.at("Lakeside")
    await ours.says("ana", "assembly introduce @kinkeeper:harbour Harbour because once more")
    await ours.taps("ana", "✅")
    await them.goes_round()
    await them.at("Lakeside")
    [status] = await ours.says("ana", "assembly matters")
    await ours.says("ana", "assembly say 2 consent")
    asked = bare("\n".join((await them.goes_round())["Harbour"]))

    assert "**Harbour** has left **River**; 1 congregation is there now" in left
    assert "0 of 1 congregation consents" in status
    assert "**Harbour** is invited to take a seat" in asked


# ---------------------------------------------------------------------------------------------- own words


async def test_a_question_or_a_word_of_ours_is_not_what_an_assembly_is_for(
    them: Neighbours,
) -> None:
    host = await them.congregation("Lakeside", "ana")
    await host.says("ana", "assembly found River")
    [asked] = await host.says("ana", "what now?")
    await host.says("ana", "To help each other last.")
    [command] = await host.says("ana", "assembly")
    await host.says("ana", "leave nobody out")
    draft = await Assembly.get()

    assert "I did not take it as your answer" in asked
    assert "not founded" in command
    assert draft.draft["purpose"] == "To help each other last."
    assert draft.draft["values"] == ["leave nobody out"]


async def test_what_an_assembly_is_for_is_said_to_stay(them: Neighbours) -> None:
    host = await them.congregation("Lakeside", "ana")
    await host.says("ana", "assembly found River")
    await host.says("ana", "To help each other last.")
    [shown] = await host.taps("ana", "⏭️")

    assert "stands in the letter that founds it and stays so" in shown


async def test_a_word_of_ours_is_no_language(river: Seated) -> None:
    [told] = await river.says("Lakeside", "p3", "assembly mediator", "assembly directory")

    assert "2 congregations" in told


async def carded(river: Seated) -> None:
    await river.host(
        "Lakeside", "assembly card", "Upper Lake", "Italian and English", "Dinners.", "open",
        "welcome", "⏭️", "✅",
    )  # fmt: skip
    await river.them.goes_round()
    await river.them.at("Lakeside")


async def test_one_line_of_a_card_is_mended_and_the_others_stay(river: Seated) -> None:
    await carded(river)
    before = (await AssemblyCard.get()).card
    [question] = await river.host("Lakeside", "assembly card languages")
    [shown] = await river.host("Lakeside", "Italian, English and German")
    [purpose] = await river.host("Lakeside", "change purpose")
    [again] = await river.host("Lakeside", "Dinners and boats.")
    await river.host("Lakeside", "✅")
    after = (await AssemblyCard.get()).card

    assert before["languages"] == ["it", "en"]
    assert "So far: Italian, English" in bare(question)
    assert "**Languages**: Italian, English, German" in bare(shown)
    assert "What are you for" in purpose
    assert "Dinners and boats" in bare(again)
    assert after["languages"] == ["it", "en", "de"]
    assert after["purpose"] == "Dinners and boats."
    assert [after[key] for key in ("place", "entry", "guests")] == ["Upper Lake", "open", "welcome"]


async def test_a_card_that_stands_is_made_anew_line_by_line_as_it_is(river: Seated) -> None:
    await carded(river)
    before = (await AssemblyCard.get()).card
    await river.host("Lakeside", "assembly card")
    await river.host("Lakeside", *["as it is"] * 6, "✅")
    after = (await AssemblyCard.get()).card

    assert {**after, "number": 1} == {**before, "number": 1}
    assert after["number"] == before["number"] + 1


async def test_a_line_that_never_stood_cannot_stay(river: Seated) -> None:
    [told] = await river.host("Lakeside", "assembly card", "as it is")
    [asked] = await river.host("Lakeside", "what is this?")

    assert "there is nothing yet that could stay" in told
    assert "I did not take it as your answer" in asked


# ------------------------------------------------------------------------------------------------ members


@pytest.mark.requirement("R136")
async def test_a_member_reads_how_things_stand_and_takes_their_name_off_again(
    river: Seated,
) -> None:
    await river.host(
        "Lakeside", "assembly card", "Upper Lake", "it", "Dinners.", "open", "welcome", "p1", "✅"
    )
    await river.them.goes_round()
    [about] = await river.says("Lakeside", "p1", "what is this about?")
    named = await river.says("Lakeside", "p1", "yes")
    [stands] = await river.says("Lakeside", "p1", "assembly")
    [directory] = await river.says("Lakeside", "p1", "assembly directory")
    [picture] = await river.says("Lakeside", "p1", "assembly picture")
    contacts = (await AssemblyCard.get()).card["contacts"]
    off = await river.says("Lakeside", "p1", "take my name off the card")
    [none] = await river.says("Lakeside", "p1", "assembly card without me")
    [no_host] = await river.says("Lakeside", "p1", "assembly card")

    assert "congregations that act together, each for itself" in about
    assert "May they write to you? ✅ yes · ✋ no" in about
    assert "`assembly card without me`" in named[-1]
    assert "is one of 2 congregations that act together" in stands
    assert "**River**: 2 congregations." in directory
    assert picture.startswith("▨ River")
    assert contacts == ["@p1:here"]
    assert (await AssemblyCard.get()).card["contacts"] == []
    assert "does not name you any more" in off[-1]
    assert none == "The card does not name you. Nothing was changed."
    assert no_host.startswith("For a congregation speak those who moderate its space")


async def test_who_belongs_to_no_assembly_hears_where_to_begin(them: Neighbours) -> None:
    await them.congregation("Lakeside", "ana")
    stranger = await them.houses["Lakeside"].private("zoe")

    [told] = await stranger.says("zoe", "assembly")

    assert "if I am not in its space yet, they invite me there first" in told


# --------------------------------------------------------------------------------------- mediators, siblings


@pytest.mark.requirement("R138")
async def test_a_search_of_a_congregation_without_a_seat_does_not_say_that_nobody_was_found(
    river: Seated,
) -> None:
    await river.says("Lakeside", "p3", "assembly mediator", "English", "✅")
    await river.them.goes_round()
    await river.them.at("Lakeside")
    await Assembly.all().update(state=State.LEFT)
    told = await river.passes("Lakeside", timedelta(days=16))

    [over] = [each for each in told if "Your search for a mediator is over" in each]
    assert "nobody was found" not in over
    assert "of whom I told you before, you can write to them" in over
    assert await Search.all().count() == 0


async def test_siblings_are_as_they_are_when_the_letter_leaves(river: Seated) -> None:
    await river.host("Lakeside", "assembly sibling Harbour")
    await river.sends("Harbour", "assembly sibling Lakeside")
    told = await river.host("Lakeside", "✅")

    assert "You are siblings now." in "\n".join(told)


# ------------------------------------------------------------------------------------- closed, coming, leaving


async def test_what_is_put_while_a_room_is_closed_is_said_to_wait(river: Seated) -> None:
    assembly = await river.them.assembly("Lakeside")
    await Room.filter(id=assembly.rooms[Part.COMMONS]).update(successor="!next:far")

    told = await river.host("Lakeside", "assembly need Chairs: forty; until 20 December", "✅")

    assert "It waits: the room “commons” of **River** is closed" in "\n".join(told)
    assert "`assembly move commons` asks them" in "\n".join(told)


async def test_all_hosts_hear_who_comes_and_that_their_own_leaves(rivers: Rivers) -> None:
    house = await rivers.them.at("Millbrook")
    space = await Room.get(name="Millbrook")
    await Room.filter(id=space.id).update(power={"users": {"@ana:here": 50, "@p1:here": 50}})
    await house_left(rivers)

    heard: dict[str, Any] = {name: rivers.heard(name) for name in NAMES}
    assert "**Millbrook** has left **River**; 2 congregations are there now" in heard["Harbour"]
    assert "**Millbrook** has left **River**" in heard["Lakeside"]
    assert house.owed


async def house_left(rivers: Rivers) -> None:
    [asked] = await rivers.says("Millbrook", "assembly leave")
    assert "The others go on." in asked
    assert "reads on, until they leave it themselves" in asked
    told = await rivers.taps("Millbrook", "✅")
    assert any(
        "**Ana** has said for **Millbrook** that it leaves **River**" in each for each in told
    )


async def test_who_leaves_last_is_told_that_the_assembly_ends(them: Neighbours) -> None:
    host = await founded(them)
    await them.at("Lakeside")

    [told] = await host.says("ana", "assembly leave")

    assert "that is the end of the assembly" in told
    assert "introduces you" not in told
