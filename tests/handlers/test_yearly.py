"""What somebody has said once holds for a year: then they are asked, once, and what nobody confirms rests (R16)."""

from datetime import timedelta

import pytest

from practices.circles import RoomKind
from storage.onboardings import Welcomer
from storage.pairings import Pairing, Partaking
from tests.handlers.played import PlayedHouse, PlayedRoom, person

YEAR = timedelta(days=366)

PEOPLE = ("ana", "ben", "dan")


async def lakeside(house: PlayedHouse) -> tuple[PlayedRoom, PlayedRoom]:
    """Ben's private chat and Dan's; Dan hosts."""
    space = await house.space("Lakeside", PEOPLE, ["dan"])
    await house.room("Commons", PEOPLE, kind=RoomKind.WORKING, congregation=space.id)
    return await house.private("ben"), await house.private("dan")


def asked(house: PlayedHouse, words: str) -> list[str]:
    """In which private chats these words were said."""
    return [owed.lane for owed in house.owed if words in str((owed.content or {}).get("text", ""))]


class TestWhoWouldBeBesideNewcomers:
    @pytest.mark.requirement("R16")
    async def test_is_asked_once_after_a_year_and_rests_without_a_yes(
        self, house: PlayedHouse
    ) -> None:
        ben, _dan = await lakeside(house)
        await ben.says("ben", "welcome willing 2")
        await house.passes(timedelta(days=364))
        assert await Welcomer.exists()
        await house.passes(timedelta(days=400))
        assert asked(house, "A year ago you said") == [ben.id]
        assert not await Welcomer.exists()

    @pytest.mark.requirement("R16")
    async def test_a_yes_holds_for_another_year(self, house: PlayedHouse) -> None:
        ben, _dan = await lakeside(house)
        await ben.says("ben", "welcome willing 2")
        await house.passes(YEAR)
        assert "another year" in "\n".join(await ben.says("ben", "yes"))
        assert (await Welcomer.get()).most == 2
        await house.passes(YEAR)
        assert len(asked(house, "A year ago you said")) == 2

    async def test_a_no_leaves_it_at_rest_and_who_took_it_back_is_not_asked(
        self, house: PlayedHouse
    ) -> None:
        ben, dan = await lakeside(house)
        await ben.says("ben", "welcome willing")
        await dan.says("dan", "welcome willing")
        await dan.says("dan", "welcome no longer")
        await house.passes(YEAR)
        assert asked(house, "A year ago you said") == [ben.id]
        assert "it rests" in "\n".join(await ben.says("ben", "no"))
        assert not await Welcomer.exists()


class TestAPairingRound:
    @pytest.mark.requirement("R16")
    async def test_ends_after_a_year_when_no_host_goes_on_with_it(self, house: PlayedHouse) -> None:
        ben, dan = await lakeside(house)
        for line in ("pairing begin", "yes"):
            await dan.says("dan", line)
        await ben.says("ben", "pairing in")
        await house.passes(YEAR)
        assert asked(house, "has gone on for a year") == [dan.id]
        assert await Pairing.exists()
        await house.passes(timedelta(days=20))
        assert not await Pairing.exists()
        assert not await Partaking.exists()
        assert not [name for name, _at in await house.hours() if name.startswith("pairing-")]

    @pytest.mark.requirement("R16")
    async def test_goes_on_for_another_when_one_says_so(self, house: PlayedHouse) -> None:
        ben, dan = await lakeside(house)
        for line in ("pairing begin", "yes"):
            await dan.says("dan", line)
        await ben.says("ben", "pairing in")
        await house.passes(YEAR)
        await dan.taps("dan", "✅", on=dan.asked("has gone on for a year"))
        await house.passes(timedelta(days=30))
        assert await Partaking.filter(person=person("ben")).exists()
        await house.passes(YEAR)
        assert len(asked(house, "has gone on for a year")) == 2
