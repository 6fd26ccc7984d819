"""What congregations need and offer each other, their thanks, siblings, guests, and the picture of them all."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from practices.assembly.letters import Kind, Part, written
from storage.assemblies import AssemblyCard
from storage.rooms import Room
from tests.handlers.seated import Seated, an_assembly

NEED = "assembly need A room for twenty: a weekend in March; until 20 December; languages English, Portuguese"


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Two congregations."""
    async with an_assembly("Lakeside", "Harbour") as found:
        yield found


async def test_a_need_is_read_before_it_leaves_and_stands_on_every_board(river: Seated) -> None:
    [asked] = await river.host("Lakeside", NEED)
    assert river.them.said_as("need") == []
    await river.host("Lakeside", "✅")
    await river.them.goes_round()

    assert "your congregation needs **A room for twenty**, until Sunday 20 December 2026" in asked
    [letter] = [each["letter"] for each in river.them.said_as("need")]
    assert letter["body"] == {
        "title": "A room for twenty", "words": "a weekend in March", "until": "2026-12-20", "languages": ["en", "pt"],
        "called": 1,
    }  # fmt: skip
    for name in ("Lakeside", "Harbour"):
        [board] = await river.host(name, "assembly board")
        assert "**Lakeside**\n\n- 1: needs **A room for twenty**, until Sunday 20 December" in board
        assert "speaks English, Portuguese" in board


async def test_an_empty_board_says_how_it_is_filled(river: Seated) -> None:
    [all_] = await river.host("Lakeside", "assembly board")
    [theirs] = await river.host("Lakeside", "assembly board Harbour")

    assert all_.startswith("There is nothing open just now.\n\nNext: `assembly need …`")
    assert theirs.startswith("**Harbour** has nothing open just now.")


async def test_hosts_hear_of_what_is_new_together_and_in_their_morning(river: Seated) -> None:
    house = await river.them.at("Harbour")
    house.now = house.now.replace(hour=22)
    (await river.them.at("Lakeside")).now = house.now
    heard = await river.sends("Lakeside", NEED)
    await river.sends("Lakeside", "assembly offer Two tents")

    assert heard.get("Harbour", []) == []
    assert await river.passes("Harbour", timedelta(hours=9)) == []
    told = await river.passes("Harbour", timedelta(hours=4))
    [one] = [each for each in told if "New in the commons" in each]
    assert "**Lakeside** needs **A room for twenty**" in one
    assert "**Lakeside** offers **Two tents**" in one
    assert await river.reached("Harbour", "New in the commons") == ["ana"]
    assert not [e for e in await river.passes("Harbour", timedelta(days=3)) if "New in" in e]


async def test_an_answer_brings_both_together_and_is_told_once(river: Seated) -> None:
    await river.sends("Lakeside", NEED)
    await river.host("Harbour", "assembly answer 1 We have a barn.")
    told = await river.host("Harbour", "✅")
    heard = await river.them.goes_round()
    again = await river.sends("Harbour", "assembly answer 1 Still.")

    assert any("Next: talk with **Lakeside**, in the room for people" in each for each in told)
    [asked] = heard["Lakeside"]
    assert asked.startswith(
        "**Harbour** can help with what you need: **A room for twenty**.\n\nWe have a barn\\."
    )
    assert again.get("Lakeside", []) == []
    [board] = await river.host("Lakeside", "assembly board")
    assert "Harbour answered" in board


async def test_what_is_settled_comes_off_the_board_everywhere_and_only_its_own_host_says_so(
    river: Seated,
) -> None:
    await river.sends("Lakeside", NEED)

    [foreign] = await river.host("Harbour", "assembly done 1")
    told = await river.host("Lakeside", "assembly done 1")
    await river.them.goes_round()
    [twice] = await river.host("Lakeside", "assembly done 1")
    [late] = await river.host("Harbour", "assembly answer 1")
    [board] = await river.host("Harbour", "assembly board")

    assert foreign == "**A room for twenty** is **Lakeside**'s to take down. Nothing was sent."
    assert told[-1] == "**A room for twenty** is off the board."
    assert twice == "**A room for twenty** is off the board already. Nothing was sent."
    assert "is not open any more. Nothing was sent" in late
    assert board.startswith("There is nothing open")


async def test_what_is_over_on_its_day_stands_there_no_more(river: Seated) -> None:
    await river.sends("Lakeside", "assembly need A van; until tomorrow")
    await river.passes("Harbour", timedelta(days=3))

    [board] = await river.host("Harbour", "assembly board")

    assert board.startswith("There is nothing open")


async def test_thanks_reach_those_who_gave_and_are_sent_once(river: Seated) -> None:
    await river.sends("Lakeside", NEED)
    [early] = await river.host("Lakeside", "assembly thank 1 thanks")
    [stranger] = await river.host("Harbour", "assembly thank 1 thanks")
    await river.sends("Harbour", "assembly answer 1")
    heard = await river.sends("Lakeside", "assembly thank 1 Harbour It was a lovely day.")
    [twice] = await river.host("Lakeside", "assembly thank 1 again")

    assert early.startswith("Nobody has answered that yet")
    assert stranger.startswith("Thanks are between those who gave")
    [told] = heard["Harbour"]
    assert told == (
        "**Lakeside** thanks your congregation for **A room for twenty**.\n\nIt was a lovely day\\."
    )
    assert twice.startswith("You have thanked **Harbour** for that")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("assembly need : beds", "It has a title of at most 120 letters"),
        ("assembly need " + "x" * 121, "It has a title of at most 120 letters"),
        ("assembly need A van; until yesterday", "Nothing was sent. It looks like this"),
        ("assembly need A van; until 1 January 2029", "It stays open for a year at most."),
        ("assembly need A van; languages Klingon please", "know the language"),
        ("assembly answer", "Which one is meant its number says"),
        ("assembly answer 9", "Which one is meant its number says"),
        ("assembly thank 9 you", "Which one is meant its number says"),
        ("assembly done nine", "Which one is meant its number says"),
    ],
)
async def test_what_cannot_be_sent_says_so_and_what_would_work(
    river: Seated, words: str, why: str
) -> None:
    [told] = await river.host("Lakeside", words)

    assert why in told
    assert "Nothing was sent" in told
    assert river.them.said_as("need") == []


async def test_ones_own_need_is_not_answered(river: Seated) -> None:
    await river.sends("Lakeside", NEED)

    [told] = await river.host("Lakeside", "assembly answer 1")

    assert told == "**A room for twenty** is your own. Nothing was sent; the others answer it."


async def test_what_a_stranger_puts_stands_nowhere_and_tells_nobody(river: Seated) -> None:
    assembly = await river.them.assembly("Lakeside")
    letter = written(
        Kind.NEED, sender="@mallory:evil", number=1, assembly=assembly.found,
        body={"title": "All your money", "until": "2026-12-20"}, answers=None, after=(),
    )  # fmt: skip
    room = assembly.rooms[Part.COMMONS]

    await river.them.hears("Lakeside", room, "@mallory:evil", letter)
    told = await river.passes("Lakeside", timedelta(days=2))
    [board] = await river.host("Lakeside", "assembly board")
    [answered] = await river.host("Lakeside", "assembly answer 1")

    assert not any("money" in each for each in [*told, board])
    assert answered.startswith("Which one is meant its number says")


async def test_who_hosts_nothing_sends_nothing(river: Seated) -> None:
    for words in (NEED, "assembly board", "assembly sibling Harbour"):
        [told] = await river.says("Lakeside", "p1", words)
        assert told.startswith("For a congregation speak those who moderate its space")


# -------------------------------------------------------------------------------------------- siblings


async def test_two_are_siblings_once_each_has_said_so(river: Seated) -> None:
    [none] = await river.host("Lakeside", "assembly sibling")
    heard = await river.sends("Lakeside", "assembly sibling Harbour because we grew together")
    [one] = await river.host("Harbour", "assembly sibling")
    then = await river.sends("Harbour", "assembly sibling Lakeside")
    [both] = await river.host("Lakeside", "assembly sibling")
    [again] = await river.host("Lakeside", "assembly sibling Harbour")
    [self_] = await river.host("Lakeside", "assembly sibling Lakeside")

    assert none.startswith("No two congregations of **River** have said yet")
    [asked] = heard["Harbour"]
    assert "**Lakeside** of **River** sees you as a sibling.\n\nwe grew together" in asked
    assert "`assembly sibling Lakeside`" in asked
    assert "**Lakeside** has said so of you" in one
    assert "so you are siblings now" in then["Lakeside"][0]
    assert both == "Siblings in **River**:\n\n- **Harbour** and **Lakeside**"
    assert again == "You have said so of **Harbour**. Nothing was sent."
    assert self_.startswith("That is your own congregation. Nothing was sent")


# --------------------------------------------------------------------------------------- guests, picture


async def carded(river: Seated, name: str, guests: str = "welcome") -> None:
    """A congregation publishes its card."""
    await river.host(
        name, "assembly card", "Lisbon", "pt, en", "To belong.", "open", guests, "⏭️", "✅"
    )
    await river.them.goes_round()


async def test_guests_read_where_they_are_welcome_and_whom_to_write_to(river: Seated) -> None:
    [none] = await river.host("Lakeside", "assembly guests")
    await carded(river, "Harbour")
    [open_] = await river.host("Lakeside", "assembly guests")
    await river.them.at("Lakeside")
    row = await AssemblyCard.get(keeper="@kinkeeper:harbour")
    row.card = {**row.card, "contacts": ["@tam:harbour"]}
    await row.save()
    [named] = await river.host("Lakeside", "assembly guests Harbour")

    assert none.startswith("No card says just now that guests are welcome.")
    assert "- **Harbour** (Lisbon): guests are welcome; write in the room for people" in open_
    assert "write through @tam:harbour, or in the room for people of **River**" in named


async def test_who_has_no_room_for_guests_now_is_shown_only_when_asked_for(river: Seated) -> None:
    await carded(river, "Harbour", "not now")

    [all_] = await river.host("Lakeside", "assembly guests")
    [one] = await river.host("Lakeside", "assembly guests Harbour")

    assert all_.startswith("No card says just now")
    assert "**Harbour** (Lisbon): not now" in one


async def test_a_picture_shows_congregations_and_bands_and_says_the_same_in_words(
    river: Seated,
) -> None:
    await carded(river, "Harbour")

    [told] = await river.host("Lakeside", "assembly picture")

    assert told.startswith("▨ River: circles within circles")
    assert "Harbour" in told
    assert "20–40 people" in told
    await river.them.at("Lakeside")
    assert not any(f"p{each}" in told for each in range(29))
    assert await Room.filter(name="Lakeside").exists()
