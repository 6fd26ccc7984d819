"""A stewardship is proposed, played: nothing begins before both have said yes."""

from datetime import date, timedelta

import pytest
import pytest_asyncio

from storage.pairings import Stewardship, Tended
from tests.handlers.played import PlayedHouse, person
from tests.handlers.stewarded import Circle, lakeside


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> Circle:
    """A congregation of six in one room; Dan hosts."""
    return await lakeside(house)


class TestTheYesOfBoth:
    @pytest.mark.requirement("R37")
    async def test_nothing_begins_before_both_have_said_yes(self, circle: Circle) -> None:
        await circle.round()
        row = await Stewardship.get(stewardee=person("ana"))
        steward = row.steward[1:].partition(":")[0]
        # Ana is asked twice: to have one, and to be one.
        first = await circle.says("ana", "yes")
        await circle.says_to_both("ana", "yes")
        assert await Stewardship.filter(id=row.id, state=Tended.PROPOSED).exists()
        assert "on both sides" in first
        assert "Nobody has a steward" in await circle.says("ana", "steward list")
        await circle.says_to_both(steward, "yes")
        await row.refresh_from_db()
        assert row.state is Tended.ACTIVE
        assert row.review == date(2027, 11, 22)

    async def test_a_no_tells_the_other_only_that_it_does_not_come_about(
        self, circle: Circle
    ) -> None:
        await circle.says("ben", "help")
        await circle.says("ana", "steward ask ben")
        since = len(circle.house.owed)
        assert "needs no reason" in await circle.says("ben", "no")
        assert circle.heard("does not come about", since) == ["ana"]
        no = next(
            str(o.content) for o in circle.house.owed[since:] if "come about" in str(o.content)
        )
        assert not await Stewardship.exists()

        await circle.house.passes(timedelta(days=91))
        await circle.says("ana", "steward ask ben")
        since = len(circle.house.owed)
        await circle.house.passes(timedelta(days=16))
        silent = next(
            str(o.content) for o in circle.house.owed[since:] if "come about" in str(o.content)
        )
        assert silent == no, "silence and a no are told alike"

    async def test_the_congregation_sees_who_is_whose(self, circle: Circle) -> None:
        await circle.agreed()
        listed = "\n".join(await circle.table.says("finn", "!steward"))
        assert "**Ana**: Ben" in listed
        assert "Ben" in await circle.says("ana", "steward")

    async def test_somebody_from_elsewhere_in_the_room_does_not(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.table.joins("zoe")
        assert "Ana" not in "\n".join(await circle.table.says("zoe", "!steward list"))

    async def test_no_two_have_each_other(self, circle: Circle) -> None:
        await circle.agreed()
        assert "no two have each other" in await circle.says("ben", "steward ask ana")
        assert await Stewardship.all().count() == 1

    @pytest.mark.requirement("R13")
    @pytest.mark.parametrize("said", ["pairing not with ben", "help"])
    async def test_what_is_only_proposed_tells_whoever_asks_in_turn_nothing(
        self, circle: Circle, said: str
    ) -> None:
        await circle.says("ana", said)
        await circle.says("ben", "steward ask ana")
        told = await circle.says("ana", "steward ask ben")
        assert told.startswith("I ask Ben")
        assert "no two" not in told

        # Should both have been put and both say yes, one of them stands.
        if said == "help":
            await circle.says_to_both("ana", "yes")
            await circle.says_to_both("ben", "yes")
            assert [row.state for row in await Stewardship.all()] == [Tended.ACTIVE]

    async def test_a_new_steward_takes_the_place_of_the_former(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.agreed("ana", "cleo")
        assert [row.steward for row in await Stewardship.all()] == [person("cleo")]
