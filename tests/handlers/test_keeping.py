"""The list of what is kept is one, and it is true: it names every table that there is, and all that an export gives."""

import base64
import json
from datetime import timedelta

import pytest
from tortoise import Tortoise

from deploy import handbook
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


#: On a phone so many words are a screen.
A_SCREEN = 150


@pytest.mark.requirement("R12")
async def test_whoever_is_asked_reads_one_sentence_and_has_the_whole_list_before_the_yes(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    ana, ben = await house.private("ana"), await house.private("ben")

    [asked] = await hall.says("ana", "!adopt")
    [listed] = await hall.taps("ben", "📄")
    to_ben = house.owed[-1].lane if house.owed[-1].deed == "send" else house.owed[-2].lane
    [again] = await hall.taps("ben", "✅")
    [own] = await ana.says("ana", "about all")
    *_, typed, said = await hall.says("ana", "!what do you keep?")

    assert len(keeping.IN_SHORT.split()) <= 40
    for text in (asked, again):
        assert keeping.IN_SHORT in text
        assert len(text.split()) < A_SCREEN
    assert "1 of 3 has said yes" in asked
    assert "2 of 3 have said yes" in again
    assert to_ben == ben.id
    for text in (listed, own, typed):
        assert text.startswith(keeping.everything())
        assert keeping.NEVER in text
    assert said == "I have answered you in private."


@pytest.mark.requirement("R12")
async def test_a_congregation_reads_the_list_before_its_yes_and_is_asked_again(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    space = await house.space(
        "Lakeside", ["ana"], moderators=["ana"], kind="none", invited_by="@ana:here"
    )

    [asked] = await space.reports(Change.ARRIVED)
    [listed] = await private.taps("ana", "📄")
    begun = await private.says("ana", "yes")

    assert keeping.IN_SHORT in asked
    assert len(asked.split()) < A_SCREEN
    assert keeping.everything() in listed
    assert listed.endswith("Shall I begin? ✅ yes · ✋ not now")
    assert "I look after **Lakeside** from now on." in begun[1]


@pytest.mark.requirement("R12")
def test_the_handbook_says_of_everything_that_is_kept_what_it_is_for_and_how_long() -> None:
    rows = list(keeping.rows())

    assert len(rows) == len(keeping.EVERYTHING)
    assert all(each for row in rows for each in row)
    for what, why, until in rows:
        assert f"| {what} | {why} | {until} |" in handbook.handbook()


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
