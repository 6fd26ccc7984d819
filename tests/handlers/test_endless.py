"""What stands gets its end back at the next start when its hour was lost, and nobody hears of it before that day (R16)."""

from datetime import timedelta

import pytest

from daemon.updates import updated
from practices.dyads import State
from storage.dyads import Dyad, OneToOne
from storage.inbox import Heard, Settled
from storage.notes import SafetyContact
from storage.onboardings import Onboarding, Pod
from storage.pairings import Stewardship, Tended
from storage.rooms import Room
from tests.handlers.paired import begun
from tests.handlers.played import ME, PlayedHouse, person
from tests.handlers.stewarded import lakeside
from tests.handlers.welcomed import Lake, Shore

MANY_YEARS = timedelta(days=3 * 366)


async def starts(house: PlayedHouse) -> list[str]:
    """The daemon starts; what it says then."""
    told: list[str] = []
    for row in await updated(ME, house.now):
        told += await house.settled(row)
    return told + await house.passes()


async def loses(*names: str) -> int:
    """So many hours of these rituals were lost."""
    count = 0
    for name in names:
        count += await Heard.filter(
            key__startswith=f"{name}:", state=Settled.WAITING, about__not_isnull=True
        ).delete()
    return count


@pytest.mark.requirement("R16")
class TestADyad:
    async def test_whose_clocks_move_west_before_its_day_is_asked_on_it_all_the_same(
        self, house: PlayedHouse
    ) -> None:
        two = await begun(house)
        await Room.filter(id=two.crew.id).update(zone="Pacific/Auckland")
        house.now += timedelta(hours=13)
        await two.dyad()
        await two.ana.says("ana", "one-to-one off")
        await two.ana.says("ana", "dyad ben rest")
        day = (await Dyad.get()).review
        await Room.filter(id=two.crew.id).update(zone="America/Los_Angeles")
        while "dyad-lapse" not in dict(await house.hours()):
            await house.passes(timedelta(days=1))
            assert "dyad-review" in dict(await house.hours()), "it always has an hour"
        assert (await Dyad.get()).state is State.REVIEW
        assert abs((house.now.date() - day).days) <= 1
        await house.passes(timedelta(days=20))
        assert not await Dyad.exists()

    @pytest.mark.parametrize("lost", ["at once", "after its day"])
    async def test_that_rests_and_has_lost_its_hour_ends(
        self, house: PlayedHouse, lost: str
    ) -> None:
        two = await begun(house)
        await two.dyad()
        await two.ana.says("ana", "dyad ben rest")
        assert await loses("dyad-review") == 1
        if lost == "after its day":
            await house.passes(MANY_YEARS)
            assert await Dyad.exists()
        told = await starts(house)
        assert bool(told) == (lost == "after its day")
        await house.passes(timedelta(days=210))
        assert not await Dyad.exists()
        assert not await house.hours()

    async def test_that_was_proposed_ends_as_well(self, house: PlayedHouse) -> None:
        two = await begun(house)
        await two.ana.says("ana", "dyad ben")
        await two.ana.says("ana", "yes")
        assert await loses("dyad-over") == 1
        assert await starts(house) == []
        await house.passes(timedelta(days=15))
        assert not await Dyad.exists()

    async def test_that_is_asked_about_ends_as_well(self, house: PlayedHouse) -> None:
        two = await begun(house)
        await two.dyad()
        await two.ana.says("ana", "dyad ben rest")
        await house.passes(until=dict(await house.hours())["dyad-review"] + timedelta(hours=1))
        assert await loses("dyad-lapse") == 1
        await starts(house)
        await house.passes(timedelta(days=20))
        assert not await Dyad.exists()

    async def test_that_has_its_hour_is_left_alone(self, house: PlayedHouse) -> None:
        two = await begun(house)
        await two.dyad()
        before = await house.hours()
        assert await starts(house) == []
        house.now += timedelta(days=1)
        assert await starts(house) == []
        assert await house.hours() == before


@pytest.mark.requirement("R16")
class TestAStewardship:
    @pytest.mark.parametrize("years", [0, 3])
    async def test_that_has_lost_its_review_is_asked_about_and_ends(
        self, house: PlayedHouse, years: int
    ) -> None:
        circle = await lakeside(house)
        await circle.agreed()
        assert await loses("steward-review") == 1
        await house.passes(timedelta(days=366 * years))
        assert await Stewardship.exists()
        await starts(house)
        await house.passes(timedelta(days=400))
        assert not await Stewardship.exists()

    async def test_that_is_proposed_or_asked_about_lapses(self, house: PlayedHouse) -> None:
        circle = await lakeside(house)
        await circle.says("ben", "help")
        await circle.says("ana", "steward ask ben")
        assert await loses("steward-lapse") == 1
        assert await starts(house) == []
        await house.passes(timedelta(days=20))
        assert not await Stewardship.exists()

        row = await circle.agreed("ana", "cleo")
        await house.passes(timedelta(days=366))
        await row.refresh_from_db()
        assert row.state is Tended.REVIEW
        assert await loses("steward-over") == 1
        assert await starts(house) == []
        await house.passes(timedelta(days=20))
        assert not await Stewardship.exists()

    async def test_whose_review_was_set_aside_gets_another(self, house: PlayedHouse) -> None:
        circle = await lakeside(house)
        await circle.agreed()
        await Heard.filter(key__startswith="steward-review:").update(state=Settled.FAILED)
        await starts(house)
        assert "steward-review" in dict(await house.hours())


@pytest.mark.requirement("R16")
class TestSomebodyNew:
    async def test_in_a_pair_that_has_lost_its_closing_day_is_asked_then(
        self, house: PlayedHouse
    ) -> None:
        lake = Lake(house, await house.space("Lakeside", ("ana", "ben", "cleo", "dan"), ["dan"]))
        row = await lake.paired()
        day = row.review
        assert await loses("welcome-closing") == 1
        assert await starts(house) == []
        assert dict(await house.hours())["welcome-closing"].date() == day
        await house.passes(timedelta(days=150))
        assert not await Onboarding.exists()

    async def test_who_was_asked_and_whose_turn_was_lost_is_not_asked_for_ever(
        self, house: PlayedHouse
    ) -> None:
        lake = Lake(house, await house.space("Lakeside", ("ana", "ben", "cleo", "dan"), ["dan"]))
        await lake.looking("ben")
        assert await loses("welcome-turn") == 1
        assert await starts(house) == []
        assert "welcome-turn" in dict(await house.hours())

    async def test_in_a_pod_that_has_lost_its_days_is_not_kept_in_it(
        self, house: PlayedHouse
    ) -> None:
        people = ("ana", "ben", "cleo", "dan", "nia", "omar")
        shore = Shore(house, await house.space("Lakeside", people, ["dan"]))
        await shore.invited("nia", "omar")
        assert await loses("pod-turn") == 1
        assert await starts(house) == []
        assert "pod-turn" in dict(await house.hours())
        await shore.says("nia", "yes")
        await shore.says("omar", "yes")
        house.now += timedelta(days=1)
        assert await loses("pod-closing") == 1
        assert await starts(house) == []
        await house.passes(timedelta(days=100))
        assert not await Pod.exists()


@pytest.mark.requirement("R16")
class TestASafetyContact:
    @pytest.mark.parametrize("years", [0, 3])
    async def test_whose_last_day_was_lost_is_named_no_longer_than_agreed(
        self, house: PlayedHouse, years: int
    ) -> None:
        circle = await lakeside(house)
        await circle.says("ben", "help")
        await circle.says("dan", "safety name ben")
        await circle.says("ben", "yes")
        assert await loses("safety-over") == 1
        await house.passes(timedelta(days=366 * years))
        await starts(house)
        await house.passes(timedelta(days=370))
        assert not await SafetyContact.exists()

    async def test_who_was_asked_is_not_asked_for_ever(self, house: PlayedHouse) -> None:
        circle = await lakeside(house)
        await circle.says("ben", "help")
        await circle.says("dan", "safety name ben")
        assert await loses("safety-lapse") == 1
        assert await starts(house) == []
        await house.passes(timedelta(days=20))
        assert not await SafetyContact.exists()

    async def test_whose_congregation_moves_west_on_the_last_day_ends_a_day_later(
        self, house: PlayedHouse
    ) -> None:
        circle = await lakeside(house)
        await Room.filter(id=circle.space.id).update(zone="Pacific/Auckland")
        await circle.says("ben", "help")
        await circle.says("dan", "safety name ben")
        await circle.says("ben", "yes")
        await Room.filter(id=circle.space.id).update(zone="America/Los_Angeles")
        await house.passes(timedelta(days=370))
        assert not await SafetyContact.filter(person=person("ben")).exists()


async def test_nothing_that_runs_is_touched_by_a_start(house: PlayedHouse) -> None:
    circle = await lakeside(house)
    await circle.agreed()
    await circle.says("cleo", "help")
    await circle.says("dan", "safety name cleo")
    await circle.says("cleo", "yes")
    before = await house.hours()
    assert await updated(ME, house.now) == []
    assert await house.hours() == before
    assert not await OneToOne.exists()
