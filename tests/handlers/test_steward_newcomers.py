"""Somebody new, played: who invited them is asked to be their first steward."""

import pytest
import pytest_asyncio

from storage.pairings import Stewardship, Tended
from tests.handlers.played import PlayedHouse, person
from tests.handlers.stewarded import Circle, lakeside


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> Circle:
    """A congregation of six in one room; Dan hosts."""
    return await lakeside(house)


class TestANewcomer:
    @pytest.mark.requirement("R38")
    async def test_is_asked_who_invited_them_and_that_person_is_proposed(
        self, circle: Circle
    ) -> None:
        await circle.agreed()
        await circle.says("eva", "help")
        await circle.space.joins("zoe")
        assert circle.heard("Who invited you?") == ["zoe"]
        assert "I ask Eva" in await circle.says("zoe", "Eva")
        row = await Stewardship.get(stewardee=person("zoe"))
        assert (row.steward, row.state) == (person("eva"), Tended.PROPOSED)
        await circle.says("eva", "yes")
        await row.refresh_from_db()
        assert row.state is Tended.ACTIVE

    async def test_is_asked_nothing_where_nobody_has_a_steward(self, circle: Circle) -> None:
        await circle.space.joins("zoe")
        assert circle.heard("Who invited you?") == []

    async def test_may_let_it_be_or_name_somebody_who_is_not_there(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.space.joins("zoe")
        assert "I know nobody here" in await circle.says("zoe", "Quentin")
        assert "always open" in await circle.says("zoe", "no")
        assert not await Stewardship.exists(stewardee=person("zoe"))
