"""The year of a stewardship, played: the months are the steward's alone, and it goes on when both say so."""

from datetime import date, timedelta

import pytest
import pytest_asyncio

from practices.stewardship import THEMES
from storage.dyads import OneToOne
from storage.pairings import Stewardship, Tended
from tests.handlers.played import PlayedHouse, person
from tests.handlers.stewarded import Circle, lakeside


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> Circle:
    """A congregation of six in one room; Dan hosts."""
    return await lakeside(house)


class TestTheMonths:
    @pytest.mark.requirement("R37")
    async def test_the_steward_alone_is_nudged_each_month_with_a_theme(
        self, circle: Circle
    ) -> None:
        await circle.agreed()
        since = len(circle.house.owed)
        await circle.house.passes(timedelta(days=95))
        assert circle.heard("A month has gone by", since) == ["ben"] * 3
        assert circle.heard("gone by", since) == ["ben"] * 3
        assert circle.heard(THEMES[0], since) == ["ben"]
        assert circle.heard(THEMES[1], since) == ["ben"]

    async def test_a_yes_looks_for_a_time_of_both(self, circle: Circle) -> None:
        row = await circle.agreed()
        await circle.house.passes(timedelta(days=31))
        await circle.says("ben", "yes")
        one = await OneToOne.get()
        assert (sorted(one.people), one.subject) == (
            [person("ana"), person("ben")],
            f"stewardship:{row.id}",
        )

    async def test_while_it_rests_no_month_is_spoken_of(self, circle: Circle) -> None:
        await circle.agreed()
        assert "it rests" in await circle.says("ana", "steward rest")
        since = len(circle.house.owed)
        await circle.house.passes(timedelta(days=65))
        assert circle.heard("A month has gone by", since) == []
        await circle.says("ben", "steward go on")
        await circle.house.passes(timedelta(days=31))
        assert circle.heard("A month has gone by", since) == ["ben"]

    @pytest.mark.requirement("R37")
    async def test_after_a_year_it_goes_on_when_both_say_so(self, circle: Circle) -> None:
        row = await circle.agreed()
        await circle.house.passes(timedelta(days=366))
        assert circle.heard("A year has gone by") == ["ana", "ben"]
        await circle.says("ana", "yes")
        await circle.says("ben", "yes")
        await row.refresh_from_db()
        assert (row.state, row.review) == (Tended.ACTIVE, date(2028, 11, 22))
        await circle.house.passes(timedelta(days=40))
        assert await Stewardship.exists()

    @pytest.mark.requirement("R37")
    async def test_after_a_year_it_is_over_when_one_is_silent(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.house.passes(timedelta(days=366))
        await circle.says("ana", "yes")
        await circle.house.passes(timedelta(days=20))
        assert not await Stewardship.exists()
        assert circle.heard("is over, with thanks") == ["ana", "ben"]
