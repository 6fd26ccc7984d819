"""Practices travel between congregations with their credit; each adopts, changes or leaves them out by its own consent."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import pytest_asyncio
from tortoise.models import Model

from practices.assembly.letters import Kind, Part, written
from practices.assembly.table import TABLE
from storage.assemblies import Assembly, AssemblyCard, AssemblyLetter, State, next_number
from storage.database import MODELS, transaction
from storage.inbox import Heard
from storage.outbox import Owed
from storage.questions import Question
from storage.rooms import Room
from storage.scripts import OwnScript
from tests.handlers.played import PlayedRoom
from tests.handlers.seated import Seated, an_assembly

ROUND = """\
name: Porridge talk
purpose: Begin a day well.
scales: [dyad, crew, congregation]
least: 2
most: 8
phases:
  - name: Arriving
    turns: silent
    minutes: 1
  - name: Round
    turns: each
    minutes each: 2
    prompt: What woke you?
"""
LONGER = ROUND.replace("minutes each: 2", "minutes each: 4")


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Two congregations."""
    async with an_assembly("Lakeside", "Harbour") as found:
        yield found


async def written_by(river: Seated, name: str, text: str = ROUND) -> PlayedRoom:
    """The people of a congregation take up a script of their own; the room in which they talk."""
    house = await river.them.at(name)
    there = await Room.exists(id="!lounge:here")
    lounge = PlayedRoom(house, "!lounge:here") if there else await river.lounge(name)
    chat = await river.private(name, "ana")
    await chat.sends("ana", "porridge.yaml", text)
    await chat.says("ana", name)
    await lounge.taps("p0", "✅")
    return lounge


async def own(river: Seated, name: str) -> list[OwnScript]:
    await river.them.at(name)
    return await OwnScript.all().order_by("key")


async def shared_by(river: Seated, name: str = "Lakeside", *words: str) -> PlayedRoom:
    lounge = await written_by(river, name)
    await river.sends(name, "assembly share Porridge talk" + "".join(words))
    return lounge


async def adopted_by(river: Seated, name: str = "Harbour") -> PlayedRoom:
    lounge = await river.lounge(name)
    await river.host(name, "assembly adopt Porridge talk")
    await lounge.taps("p0", "✅")
    return lounge


# --------------------------------------------------------------------------------------------- sharing


@pytest.mark.requirement("R137")
async def test_what_leaves_is_shown_whole_and_leaves_on_a_yes(river: Seated) -> None:
    await written_by(river, "Lakeside")

    told = await river.host("Lakeside", "assembly share Porridge talk")
    assert river.them.said_as("practice") == []
    sent = await river.host("Lakeside", "✅")
    await river.them.goes_round()

    assert told[0] == "📄 porridgetalk.yaml"
    for line in (
        "- **Name**: Porridge talk, edition 1",
        "- **Licence**: CC0\\-1\\.0",
        "- **Credit**: Lakeside",
        "- **For**: Begin a day well\\.",
        "- **Its text**: the file above, every word of it",
    ):
        assert line in told[-1]
    assert any(each.startswith("Shared: **Porridge talk**, edition 1.") for each in sent)
    [letter] = [each["letter"] for each in river.them.said_as("practice")]
    assert letter["body"] == {
        "name": "Porridge talk", "edition": 1, "text": ROUND, "licence": "CC0-1.0", "credit": "Lakeside",
        "summary": "Begin a day well.",
    }  # fmt: skip


async def test_licence_credit_and_what_is_new_are_said_in_words(river: Seated) -> None:
    await shared_by(river, "Lakeside", "; licence CC-BY-4.0; credit The Kitchen Crew; new a round")

    [letter] = [each["letter"] for each in river.them.said_as("practice")]
    assert letter["body"]["licence"] == "CC-BY-4.0"
    assert letter["body"]["credit"] == "The Kitchen Crew"
    assert letter["body"]["changes"] == "a round"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("assembly share", "Which script is shared its name says."),
        ("assembly share Soup", "Your congregation has no script of its own called “Soup”"),
        ("assembly share Porridge talk; colour blue", "is none of these"),
        ("assembly share Porridge talk; licence " + "x" * 65, "more than 64 letters"),
        ("assembly share Porridge talk; from Soup", "Nobody here has shared a practice"),
    ],
)
async def test_what_cannot_be_shared_says_so_and_what_would_work(
    river: Seated, words: str, why: str
) -> None:
    await written_by(river, "Lakeside")

    [told] = await river.host("Lakeside", words)

    assert why in told
    assert "Nothing was" in told
    assert river.them.said_as("practice") == []


async def test_a_congregation_without_scripts_hears_how_one_becomes_its_own(river: Seated) -> None:
    [told] = await river.host("Lakeside", "assembly share Porridge talk")

    assert told.startswith("Your congregation has no script of its own yet")


async def test_the_same_text_is_not_shared_twice(river: Seated) -> None:
    await shared_by(river)

    [told] = await river.host("Lakeside", "assembly share Porridge talk")

    assert told == "**Porridge talk** is shared as it is: edition 1. Nothing was sent."


# ------------------------------------------------------------------------------------- finding, reading


async def test_the_list_says_whose_it_is_and_what_it_is_for(river: Seated) -> None:
    [empty] = await river.host("Harbour", "assembly practices")
    await shared_by(river)
    [told] = await river.host("Harbour", "assembly practices")
    [found] = await river.host("Harbour", "assembly practices day")
    [none] = await river.host("Harbour", "assembly practices soup")

    assert empty.startswith("Nobody in **River** has shared a practice yet.\n\nNext:")
    assert (
        "- **Porridge talk** of **Lakeside** · edition 1 · CC0\\-1\\.0\n  Begin a day well\\."
        in told
    )
    assert "Porridge talk" in found
    assert none.startswith("No shared practice speaks of that. Nothing was changed")


async def test_how_it_would_run_is_shown_without_changing_anything(river: Seated) -> None:
    await shared_by(river)

    [told] = await river.host("Harbour", "assembly practice porridge talk")
    [unknown] = await river.host("Harbour", "assembly practice soup")

    assert "What woke you?" in told.replace("\\", "")
    assert "*Edition 1 of **Lakeside** · credit: Lakeside · licence: CC0\\-1\\.0*" in told
    assert "`assembly adopt Porridge talk of Lakeside`" in told
    assert "Nothing was changed" in unknown
    assert await own(river, "Harbour") == []


# ------------------------------------------------------------------------------------ adopting, pinning


@pytest.mark.requirement("R137")
async def test_it_is_adopted_by_the_consent_of_those_whose_it_becomes(river: Seated) -> None:
    await shared_by(river)
    lounge = await river.lounge("Harbour")

    told = await river.host("Harbour", "assembly adopt Porridge talk")
    assert await own(river, "Harbour") == []
    await lounge.taps("p0", "✅")

    assert any("*Shared by **Lakeside**, edition 1 · credit: Lakeside" in each for each in told)
    [row] = await own(river, "Harbour")
    [letter] = [each["letter"] for each in river.them.said_as("practice")]
    assert (row.origin, row.edition, row.credit, row.licence) == (
        letter["id"],
        1,
        "Lakeside",
        "CC0-1.0",
    )
    assert row.text == ROUND
    [listed] = await river.host("Harbour", "assembly practices")
    assert "you have edition 1" in listed


@pytest.mark.requirement("R137")
async def test_one_no_leaves_it_out(river: Seated) -> None:
    await shared_by(river)
    lounge = await river.lounge("Harbour")
    await river.host("Harbour", "assembly adopt Porridge talk")

    await lounge.taps("p0", "✋")

    assert await own(river, "Harbour") == []


async def test_without_a_room_to_ask_in_nothing_is_asked(river: Seated) -> None:
    await shared_by(river)

    [told] = await river.host("Harbour", "assembly adopt Porridge talk")
    [mine] = await river.host("Lakeside", "assembly adopt Porridge talk")

    assert "nothing was asked" in told
    assert mine == "That is your own, and yours already. Nothing was changed."


async def second_edition(river: Seated) -> None:
    await written_by(river, "Lakeside", LONGER)
    await river.sends("Lakeside", "assembly share Porridge talk; new More time for each")


@pytest.mark.requirement("R137")
async def test_a_newer_edition_is_shown_as_a_difference_and_taken_only_on_a_yes(
    river: Seated,
) -> None:
    await shared_by(river)
    lounge = await adopted_by(river)
    await second_edition(river)

    told = await river.passes("Harbour", timedelta(days=2))
    [asked] = [each for each in told if "has shared edition 2" in each]
    assert "What is different from yours:" in asked
    assert "4 minutes" in asked
    assert "What is new, in their words: More time for each" in asked
    assert (await own(river, "Harbour"))[0].text == ROUND
    assert not [e for e in await river.passes("Harbour", timedelta(days=3)) if "edition 2" in e]

    put = await river.host("Harbour", "✅")
    assert any("What is new:" in each for each in put)
    assert (await own(river, "Harbour"))[0].text == ROUND
    await lounge.taps("p0", "✅")

    [row] = await own(river, "Harbour")
    assert (row.text, row.edition) == (LONGER, 2)


@pytest.mark.requirement("R137")
async def test_a_newer_edition_that_hosts_let_rest_changes_nothing(river: Seated) -> None:
    await shared_by(river)
    await adopted_by(river)
    await second_edition(river)
    await river.passes("Harbour", timedelta(days=2))

    told = await river.host("Harbour", "✋")

    assert told == ["All stays as it is; `assembly practices` has it whenever you like."]
    assert (await own(river, "Harbour"))[0].edition == 1


@pytest.mark.requirement("R137")
async def test_what_is_pinned_hears_of_no_other_edition_until_it_is_unpinned(river: Seated) -> None:
    await shared_by(river)
    await adopted_by(river)
    [pinned] = await river.host("Harbour", "assembly pin Porridge talk")
    [already] = await river.host("Harbour", "assembly pin Porridge talk")
    await second_edition(river)
    quiet = await river.passes("Harbour", timedelta(days=2))
    await river.host("Harbour", "assembly unpin Porridge talk")
    told = await river.passes("Harbour", timedelta(days=2))
    [unknown] = await river.host("Harbour", "assembly pin Soup")

    assert pinned.startswith("**Porridge talk** stays as it is")
    assert already.endswith("Nothing was changed.")
    assert not any("edition 2" in each for each in quiet)
    assert any("has shared edition 2" in each for each in told)
    assert unknown.startswith("Your congregation has adopted nothing called “Soup”")


async def test_nobody_hears_of_a_newer_edition_at_night(river: Seated) -> None:
    await shared_by(river)
    await adopted_by(river)
    harbour = await river.them.at("Harbour")
    harbour.now = harbour.now.replace(hour=23)
    (await river.them.at("Lakeside")).now = harbour.now
    await second_edition(river)

    assert await river.passes("Harbour", timedelta(hours=9)) == []
    assert any("edition 2" in e for e in await river.passes("Harbour", timedelta(days=2)))


# --------------------------------------------------------------------------------------------- forking


@pytest.mark.requirement("R137")
async def test_a_changed_one_is_shared_as_ones_own_with_the_credit_of_those_before(
    river: Seated,
) -> None:
    await shared_by(river, "Lakeside", "; licence CC-BY-4.0; credit The Kitchen Crew")
    file, how = await river.host("Harbour", "assembly fork Porridge talk")
    await river.lounge("Harbour")
    await written_by(river, "Harbour", LONGER.replace("Porridge talk", "Slow porridge"))
    [refused] = await river.host(
        "Harbour", "assembly share Slow porridge; from Porridge talk of Lakeside; licence CC0-1.0"
    )
    await river.sends("Harbour", "assembly share Slow porridge; from Porridge talk of Lakeside")

    assert file == "📄 porridgetalk.yaml"
    assert "`assembly share NEW NAME; from Porridge talk of Lakeside`" in how
    assert "which does not allow it to travel under CC0" in refused
    [told] = await river.host("Lakeside", "assembly practice Slow porridge")
    assert "credit: The Kitchen Crew, Harbour · licence: CC\\-BY\\-4\\.0" in told
    assert "*Made from a practice of **Lakeside**.*" in told


@pytest.mark.requirement("R137")
async def test_what_was_adopted_and_changed_keeps_its_credit_without_being_asked(
    river: Seated,
) -> None:
    await shared_by(river)
    await adopted_by(river)
    [same] = await river.host("Harbour", "assembly share Porridge talk")
    await written_by(river, "Harbour", LONGER)
    await river.sends("Harbour", "assembly share Porridge talk")
    [which] = await river.host("Lakeside", "assembly practice Porridge talk")
    [told] = await river.host("Lakeside", "assembly practice Porridge talk of Harbour")

    assert "is as **Lakeside** has shared it" in same
    assert which.startswith("More than one congregation has shared that")
    assert "credit: Lakeside, Harbour" in told


# ------------------------------------------------------------------------------------- standing alone


@pytest.mark.requirement("R137")
async def test_what_was_adopted_stays_when_its_author_leaves_and_when_we_do(river: Seated) -> None:
    await shared_by(river)
    lounge = await adopted_by(river)
    before = await OwnScript.all().values()

    await river.host("Lakeside", "assembly leave", "✅")
    await river.them.goes_round()
    assert await _rows(river, "Harbour") == before
    await river.host("Harbour", "assembly leave", "✅")
    await river.them.goes_round()

    assert await _rows(river, "Harbour") == before
    assert (await river.them.assembly("Harbour")).state is State.LEFT
    told = await lounge.says("ana", "!script porridge talk")
    assert any("Credit: Lakeside" in each for each in told)


async def _rows(river: Seated, name: str) -> list[dict[str, Any]]:
    await river.them.at(name)
    return await OwnScript.all().values()


#: What an assembly may change: its own rows, what came in and is owed, and what people are asked.
ITS_OWN = {Assembly, AssemblyCard, AssemblyLetter, Heard, Owed, Question}


def _practice(edition: int, text: str) -> dict[str, Any]:
    return {
        "name": "Porridge talk",
        "edition": edition,
        "text": text,
        "licence": "CC0-1.0",
        "credit": "Lakeside",
    }


#: Letters of every kind that could be taken for an order.
_SENT: tuple[tuple[Kind, dict[str, Any]], ...] = (
    (Kind.PRACTICE, _practice(2, LONGER)),
    (Kind.PRACTICE, _practice(1, LONGER)),
    (Kind.PRACTICE, _practice(3, "nonsense")),
    (Kind.NEED, {"title": "A room", "until": "2026-12-20"}),
    (Kind.OFFER, {"title": "A tent", "until": "2026-12-20"}),
    (Kind.LESSON, {"title": "Rules", "text": "Everybody shall meet weekly from now on."}),
    (Kind.SIBLING, {}),
    (Kind.MEDIATOR_WANTED, {"languages": ["en"], "until": "2026-12-20"}),
    (Kind.CONCERN, {"words": "Change your charter."}),
    (
        Kind.SPRINT,
        {"title": "Winter", "topics": ["rules"], "from": "2027-01-10", "to": "2027-01-28"},
    ),
    (
        Kind.MATTER,
        {
            "about": "decide",
            "title": "All crews are six",
            "text": "Every congregation changes its crews.",
            "until": "2026-12-20T18:00:00Z",
            "passing": {},
        },
    ),
)


async def _inner(river: Seated) -> dict[str, list[dict[str, Any]]]:
    """Every row of a house that is not the assembly's own."""
    await river.them.at("Harbour")
    found = {}
    for module in MODELS:
        for model in vars(import_module(module)).values():
            if not (isinstance(model, type) and issubclass(model, Model) and model is not Model):
                continue
            if model not in ITS_OWN and not model._meta.abstract:
                found[model.__name__] = sorted(await model.all().values(), key=str)
    return found


@pytest.mark.requirement("R137")
async def test_no_letter_of_another_keeper_changes_what_a_congregation_stores(
    river: Seated,
) -> None:
    await shared_by(river)
    await adopted_by(river)
    before = await _inner(river)
    lakeside = await river.them.assembly("Lakeside")
    sender = river.them.houses["Lakeside"].house.me

    async def number() -> int:
        return await next_number(lakeside, sender)

    first = await transaction(number)
    own_seat = (await river.them.assembly("Harbour")).seat
    for at, (kind, body) in enumerate(_SENT, start=first):
        part = Part.DECISIONS if kind is Kind.MATTER else next(iter(TABLE[kind].parts))
        answers = own_seat if kind in (Kind.SIBLING, Kind.CONCERN) else None
        after = (str(lakeside.found),) if kind is Kind.MATTER else ()
        letter = written(
            kind, sender=sender, number=at, assembly=lakeside.found, body=body, answers=answers, after=after
        )  # fmt: skip
        await river.them.hears("Harbour", lakeside.rooms[part], sender, letter)
    await river.passes("Harbour", timedelta(days=30))

    kept = {str(each.content["type"]) for each in await AssemblyLetter.filter(sender=sender)}
    assert kept >= {str(kind) for kind, _ in _SENT}
    assert await _inner(river) == before
