"""Stewardship, played: whoever has a steward, or is one, rests it or ends it by a word."""

import pytest
import pytest_asyncio

from storage.pairings import Stewardship, Tended, Tending
from tests.handlers.lakeside import about
from tests.handlers.played import PlayedHouse, person
from tests.handlers.stewarded import Circle, lakeside


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> Circle:
    """A congregation of six in one room; Dan hosts."""
    return await lakeside(house)


class TestItsEnd:
    async def test_a_steward_who_can_no_longer_says_so_and_a_host_hears_a_number(
        self, circle: Circle
    ) -> None:
        await circle.agreed()
        told = await circle.says("ben", "steward can no longer")
        assert "Thank you for having been there" in told
        assert circle.heard("is over, with thanks") == ["ana"]
        assert circle.heard("Somebody looks for a new steward") == ["dan"]
        assert not await Stewardship.exists()
        assert not any(name.startswith("steward-") for name, _at in await circle.house.hours())

    async def test_the_stewardee_ends_it_by_one_word(self, circle: Circle) -> None:
        await circle.agreed()
        assert "needs no reason" in await circle.says("ana", "steward end")
        assert circle.heard("is over, with thanks") == ["ben"]

    async def test_whoever_leaves_the_congregation_is_nobodys(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.space.leaves("ben")
        assert not await Stewardship.exists()
        assert circle.heard("is over, with thanks") == ["ana"]

    async def test_whoever_is_forgotten_is_nobodys(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.says("ben", "forget me", "yes")
        assert not await Stewardship.exists()
        assert circle.heard("is over, with thanks") == ["ana"]

    async def test_without_one_each_word_says_what_works(self, circle: Circle) -> None:
        for line in (
            "steward end",
            "steward can no longer",
            "steward rest",
            "steward purple",
            "steward ask",
        ):
            told = await circle.says("ana", line)
            assert about([told], "othing") or "none of yours" in told


class TestOfSeveral:
    """Ana has Ben as her steward in Lakeside, and Eva in Hills (R2)."""

    async def two(self, circle: Circle) -> None:
        await circle.house.space("Hills", ["ana", "eva"], ["eva"])
        for who in ("ben", "eva"):
            await circle.says(who, "help")
        await circle.says("ana", "steward ask ben in Lakeside")
        await circle.says("ben", "yes")
        await circle.says("ana", "steward ask eva in Hills")
        await circle.says("eva", "yes")
        assert await Stewardship.filter(state=Tended.ACTIVE).count() == 2

    @pytest.mark.requirement("R2")
    @pytest.mark.parametrize("line", ["end", "rest"])
    async def test_a_word_alone_changes_nothing_and_says_which_there_are(
        self, circle: Circle, line: str
    ) -> None:
        await self.two(circle)
        told = await circle.says("ana", f"steward {line}")
        assert "nothing was changed" in told
        assert "**Ben** in **Lakeside**" in told
        assert "**Eva** in **Hills**" in told
        assert await Stewardship.filter(state=Tended.ACTIVE).count() == 2

    @pytest.mark.requirement("R2")
    @pytest.mark.parametrize("which", ["ben", "in Lakeside", "with Ben in Lakeside", "@ben:here"])
    async def test_the_one_that_is_named_ends_and_the_other_stays(
        self, circle: Circle, which: str
    ) -> None:
        await self.two(circle)
        assert "needs no reason" in await circle.says("ana", f"steward end {which}")
        assert [row.steward for row in await Stewardship.all()] == [person("eva")]

    @pytest.mark.requirement("R2")
    async def test_one_rests_and_goes_on_by_its_name(self, circle: Circle) -> None:
        await self.two(circle)
        assert "it rests" in await circle.says("ana", "steward rest in Hills")
        resting = await Stewardship.filter(state=Tended.RESTING)
        assert [row.steward for row in resting] == [person("eva")]
        assert "it goes on" in await circle.says("ana", "steward go on")
        assert "nothing was changed" in await circle.says("ana", "steward rest quentin")
        assert not await Stewardship.filter(state=Tended.RESTING).exists()

    @pytest.mark.requirement("R2")
    async def test_a_steward_in_two_congregations_says_in_which(self, circle: Circle) -> None:
        await circle.house.space("Hills", ["ben", "eva"], ["eva"])
        await circle.agreed()
        await circle.says("eva", "help", "steward ask ben in Hills")
        await circle.says("ben", "yes")
        assert "nothing was changed" in await circle.says("ben", "steward can no longer")
        assert await Stewardship.all().count() == 2
        assert "Thank you" in await circle.says("ben", "steward can no longer in Hills")
        assert [row.stewardee for row in await Stewardship.all()] == [person("ana")]

    async def test_out_of_a_round_one_keeps_the_steward_one_has(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.says("dan", "steward round")
        await circle.table.taps("ana", "✅", on="steward:round")
        assert "`steward end round`" in await circle.says("ana", "steward end")
        assert await Tending.all().count() == 1
        assert "needs no reason" in await circle.says("ana", "steward end round")
        assert not await Tending.exists()
        assert await Stewardship.filter(state=Tended.ACTIVE).count() == 1
