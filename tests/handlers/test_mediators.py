"""Somebody looks for a mediator in another congregation, and nobody but the mediator they write to learns who it is."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import pytest_asyncio
from tortoise.models import Model

from storage.assemblies import FORGOTTEN, AssemblyLetter
from storage.database import MODELS
from storage.inbox import Heard
from storage.outbox import Owed
from storage.questions import Question
from storage.searches import Search
from tests.handlers.seated import Seated, an_assembly


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Two congregations."""
    async with an_assembly("Lakeside", "Harbour") as found:
        yield found


async def searched(river: Seated, who: str = "p3") -> dict[str, list[str]]:
    """Somebody of Lakeside searches; what is heard elsewhere."""
    await river.says("Lakeside", who, "assembly mediator", "English and Portuguese", "✅")
    return await river.them.goes_round()


async def found(river: Seated, who: str = "p7") -> dict[str, list[str]]:
    """A host of Harbour names somebody, who accepts."""
    await river.host("Harbour", who)
    await river.says("Harbour", who, "✅")
    return await river.them.goes_round()


def letters(river: Seated) -> list[dict[str, Any]]:
    return [
        each["letter"]
        for kind in ("mediator wanted", "mediator found")
        for each in river.them.said_as(kind)
    ]


@pytest.mark.requirement("R138")
async def test_what_leaves_names_languages_and_a_day_and_nothing_else(river: Seated) -> None:
    [languages] = await river.says("Lakeside", "p3", "assembly mediator about my quarrel with Ben")
    [right] = await river.says("Lakeside", "p3", "English and Portuguese")
    [_letter, told] = await river.says("Lakeside", "p3", "✅")
    await river.them.goes_round()

    assert "I do not ask what it is about or who is involved" in languages
    assert "A mediator is wanted who speaks English, Portuguese, until Sunday 6 December" in right
    assert told.startswith("It is on its way.")
    [letter] = letters(river)
    assert letter["body"] == {"languages": ["en", "pt"], "until": "2026-12-06"}
    assert "p3" not in str(letter)
    assert "uarrel" not in str(letter)


@pytest.mark.requirement("R138")
async def test_nothing_leaves_before_a_yes_and_nothing_is_kept_after_a_no(river: Seated) -> None:
    await river.says("Lakeside", "p3", "assembly mediator", "English")
    assert letters(river) == []

    told = await river.says("Lakeside", "p3", "✋")

    assert told == ["Nothing was sent, and nobody heard of it."]
    assert letters(river) == []
    assert await Search.all().count() == 0


@pytest.mark.requirement("R138")
async def test_no_host_of_the_asking_congregation_hears_of_it(river: Seated) -> None:
    heard = await searched(river)
    await found(river)

    assert heard.get("Lakeside", []) == []
    assert await river.reached("Lakeside", "Somebody would mediate") == ["p3"]
    assert await river.reached("Lakeside", "p7") == ["p3"]
    status = await river.host("Lakeside", "assembly", "assembly searches")
    assert "p3" not in str(status)


@pytest.mark.requirement("R138")
async def test_hosts_elsewhere_are_asked_for_somebody_without_hearing_whose_search_it_is(
    river: Seated,
) -> None:
    heard = await searched(river)

    [asked] = [each for each in heard["Harbour"] if "mediator" in each]
    assert asked.startswith(
        "A congregation of **River** looks for a mediator who speaks **English, Portuguese**"
    )
    assert await river.reached("Harbour", "looks for a mediator") == ["ana"]
    assert "Lakeside" not in asked


@pytest.mark.requirement("R138")
async def test_a_mediator_is_named_only_after_they_have_accepted_confidentiality_themselves(
    river: Seated,
) -> None:
    await searched(river)
    named = await river.host("Harbour", "p7")
    before = await river.them.goes_round()

    assert any("→ p7: Somebody in another congregation" in each for each in named)
    assert any("no name and no matter, to nobody" in each for each in named)
    assert before == {}
    assert len(letters(river)) == 1

    await river.says("Harbour", "p7", "I accept")
    heard = await river.them.goes_round()

    assert letters(river)[-1]["body"] == {"mediator": "@p7:here"}
    [told] = heard["Lakeside"]
    assert told.startswith("Somebody would mediate")
    assert await river.reached("Lakeside", "Somebody would mediate") == ["p3"]
    assert "**p7** of **Harbour**, @p7:here" in told
    assert "To open a room for the talk" in told
    assert "nobody but you" in told


@pytest.mark.requirement("R138")
async def test_who_declines_is_silent_to_all(river: Seated) -> None:
    await searched(river)
    await river.host("Harbour", "p7")

    told = await river.says("Harbour", "p7", "✋")

    assert told == ["Good. Nobody hears that you were asked."]
    assert await river.them.goes_round() == {}
    assert len(letters(river)) == 1


async def test_a_host_can_let_it_rest_or_mistake_a_name(river: Seated) -> None:
    await searched(river)

    [unknown] = await river.host("Harbour", "Zebedee")
    told = await river.host("Harbour", "✋")
    again = await river.host("Harbour", "assembly searches")

    assert "I know no single person of **Harbour** by the name “Zebedee”" in unknown
    assert "✋ lets it rest" in unknown
    assert told == ["Good, I ask nobody. `assembly searches` shows what is open."]
    assert "looks for a mediator who speaks **English, Portuguese**" in again[0]


async def test_a_hosts_own_words_to_me_go_on_while_a_search_waits(river: Seated) -> None:
    await searched(river)

    [told] = await river.host("Harbour", "assembly board")

    assert told.startswith("There is nothing open just now")
    assert await Question.filter(inquiry="mediator-host").count() == 1


@pytest.mark.requirement("R138")
async def test_who_asked_stands_nowhere_in_clear_once_the_search_is_out(river: Seated) -> None:
    await searched(river)
    await found(river)

    await river.them.at("Lakeside")
    mentions = []
    for module in MODELS:
        for model in vars(import_module(module)).values():
            if isinstance(model, type) and issubclass(model, Model) and model is not Model:
                mentions += [
                    (model.__name__, column)
                    for row in await model.all().values()
                    for column, value in row.items()
                    if "@p3:here" in str(value)
                ]
    # The room's own members, their private chat, and the post that carried what they said and heard themselves.
    assert {name for name, _ in mentions} <= {"Member", "Room", "Heard", "Owed"}
    await river.them.at("Harbour")
    assert not any("@p3:here" in str(row) for row in await Heard.all().values())
    assert not any("@p3:here" in str(row) for row in await Owed.all().values())


async def test_all_sealed_names_are_of_one_length(river: Seated) -> None:
    await searched(river, "p3")
    await searched(river, "p28")

    sealed = [row.sealed for row in await river_searches(river)]

    assert len({len(each) for each in sealed}) == 1
    assert len(set(sealed)) == 2


async def river_searches(river: Seated) -> list[Search]:
    await river.them.at("Lakeside")
    return await Search.all()


async def test_at_night_the_mediators_name_waits_for_the_morning_of_whoever_asked(
    river: Seated,
) -> None:
    await searched(river)
    house = await river.them.at("Lakeside")
    house.now = house.now.replace(hour=23)
    other = await river.them.at("Harbour")
    await river.host("Harbour", "p7")
    other.now = house.now
    await river.says("Harbour", "p7", "✅")
    heard = await river.them.goes_round()

    assert heard.get("Lakeside", []) == []
    assert not [row for row in await Heard.filter(kind="hour") if "@p3:here" in str(row.content)]
    told = await river.passes("Lakeside", timedelta(hours=12))
    assert [each for each in told if each.startswith("Somebody would mediate")]


async def test_a_search_ends_on_its_day_and_nothing_of_it_is_kept(river: Seated) -> None:
    await searched(river)

    told = await river.passes("Lakeside", timedelta(days=16))

    [over] = [each for each in told if "nobody was found in its time" in each]
    assert "Nothing of it is kept. `assembly mediator` can ask once more" in over
    assert await river.reached("Lakeside", "nobody was found in its time") == ["p3"]
    assert await river_searches(river) == []


async def test_who_accepts_after_its_end_hears_so_and_nothing_leaves(river: Seated) -> None:
    await searched(river)
    await river.host("Harbour", "p7")
    [stopped] = (await river.says("Lakeside", "p3", "assembly mediator stop"))[-1:]
    await river.them.goes_round()

    told = await river.says("Harbour", "p7", "✅")

    assert stopped == "The search is over, and nothing of it is kept."
    assert told == ["Thank you. That search is over by now, so nothing was sent."]
    assert len(letters(river)) == 1
    assert await river_searches(river) == []


async def test_a_search_that_is_open_is_not_begun_twice(river: Seated) -> None:
    await searched(river)

    [told] = await river.says("Lakeside", "p3", "assembly mediator")
    [none] = await river.says("Lakeside", "p4", "assembly mediator stop")

    assert told.startswith("Your search in **River** is open until **Sunday 6 December")
    assert none.startswith("You have no search open, so nothing was changed.")


async def test_so_many_searches_of_one_congregation_are_heard_and_no_more(river: Seated) -> None:
    for who in ("p3", "p4", "p5"):
        await searched(river, who)

    [told] = await river.says("Lakeside", "p6", "assembly mediator")

    assert told.startswith("No further search can go out from here just now. Nothing was sent")


async def test_languages_that_cannot_be_read_are_asked_for_again(river: Seated) -> None:
    [told] = await river.says("Lakeside", "p3", "assembly mediator", "the one with the clicks")
    [right] = await river.says("Lakeside", "p3", "en")

    assert "know the language “the one with the clicks”" in told
    assert "who speaks English" in right


async def test_who_is_in_no_congregation_with_a_seat_hears_what_else_helps(river: Seated) -> None:
    [told] = await river.says("Lakeside", "zoe", "assembly mediator")

    assert told.startswith("No congregation of yours has a seat in an assembly")
    assert "Nothing was sent, and nobody heard of it" in told


@pytest.mark.requirement("R12")
async def test_who_is_forgotten_ends_their_search_and_stands_in_no_letter_as_a_mediator(
    river: Seated,
) -> None:
    await searched(river)
    await found(river)

    await river.says("Lakeside", "p3", "forget me", "yes")
    await river.says("Harbour", "p7", "forget me", "yes")

    assert await river_searches(river) == []
    await river.them.at("Harbour")
    [letter] = [
        row for row in await AssemblyLetter.all() if row.content["type"] == "mediator found"
    ]
    assert letter.content["body"] == {"mediator": FORGOTTEN}


@pytest.mark.requirement("R13")
async def test_a_host_asks_the_same_person_once_and_does_not_hear_whether_they_said_no() -> None:
    lives = []
    for said in ("✋", "pairing not with @ana:here", "help"):
        async with an_assembly("Lakeside", "Harbour") as river:
            await searched(river)
            if said.startswith("pairing"):
                await river.says("Harbour", "p7", said)
            first = await river.host("Harbour", "p7")
            if said == "✋":
                await river.says("Harbour", "p7", said)
            again = await river.host("Harbour", "assembly searches", "p7")
            lives.append(([each for each in first if "→ p7" not in each], again))
            wanted = [] if said.startswith("pairing") else ["p7"]
            assert await river.reached("Harbour", "A host of **Harbour** thought of you") == wanted
    assert lives[0] == lives[1] == lives[2]
    assert "within the last 14 days, so nobody was asked now" in lives[0][1][0]
