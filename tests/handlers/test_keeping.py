"""The list of what is kept is one, and it is true: it names every table that there is, and all that an export gives."""

import base64
import json
from datetime import timedelta

import pytest
from tortoise import Tortoise

from handlers.house import keeping
from handlers.language import Change
from storage.belongings import table
from storage.offers import Offer
from tests.handlers.played import PlayedHouse


@pytest.mark.requirement("R12")
async def test_every_table_is_named_once_in_the_list_of_what_is_kept(house: PlayedHouse) -> None:
    there = {table(model) for model in Tortoise.apps["kinkeeper"].values()}
    named = [each for kept in keeping.EVERYTHING for each in kept.tables]

    assert sorted(named) == sorted(set(named))
    assert set(named) | keeping.OWN == there
    assert not set(named) & keeping.OWN


@pytest.mark.requirement("R12")
async def test_all_that_an_export_gives_is_in_the_list_of_what_is_kept(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "export")
    content = next(owed for owed in reversed(house.owed) if owed.deed == "file").content
    given = json.loads(base64.b64decode(str((content or {})["data"])))

    named = [each for kept in keeping.EVERYTHING for each in kept.exported]

    assert sorted(named) == sorted(set(given) - {"person"})


async def test_about_adoption_and_a_congregation_tell_the_same_list(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    space = await house.space(
        "Lakeside", ["ana"], moderators=["ana"], kind="none", invited_by="@ana:here"
    )

    [hi], [asked] = await hall.says("ana", "!hi"), await hall.says("ana", "!adopt")
    entrusted = await space.reports(Change.ARRIVED)

    for text in (hi, asked, entrusted[0]):
        assert f"Of what you do with me I keep: {keeping.everything()}." in text


async def test_status_names_what_there_is_of_a_circle_and_nothing_more(house: PlayedHouse) -> None:
    crew = await house.crew()
    [before] = await crew.says("ana", "!status")
    await Offer.create(
        room=crew.id, number=1, kind="offer", owner="@ana:here", title="soup", said_at=house.now,
        standing="said",
    )  # fmt: skip
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(timedelta(days=8))

    [after] = await crew.says("ana", "!status")

    assert before.endswith(
        "Of it I keep now: who is in it, its clock, host and settings. Nothing else but what one of you "
        "may have told me alone, which I tell nobody."
    )
    assert "its meetings, who hosts, who comes and who was there; " in after
    assert "offers and asks" in after
    assert "charter" not in after
