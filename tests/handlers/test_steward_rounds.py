"""A stewardship round, played: everybody who takes part is proposed one steward, and the room learns nothing."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from threading import Event

import pytest
import pytest_asyncio

from practices import stewardship as practice
from storage.inbox import Heard, Kind, Settled
from storage.pairings import StewardRound, Stewardship, Tended, Tending
from tests.handlers.played import PlayedHouse, person
from tests.handlers.stewarded import SIX, Circle, lakeside


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> Circle:
    """A congregation of six in one room; Dan hosts."""
    return await lakeside(house)


class TestARound:
    @pytest.mark.requirement("R36")
    async def test_everybody_is_proposed_one_steward_never_mutual_and_evenly(
        self, circle: Circle
    ) -> None:
        await circle.round()
        rows = await Stewardship.all()
        has = {row.stewardee: row.steward for row in rows}
        assert sorted(has) == [person(each) for each in SIX]
        assert len(rows) == 6
        assert set(Counter(has.values()).values()) == {1}
        assert not any(has[steward] == stewardee for stewardee, steward in has.items())

    async def test_the_room_does_not_learn_who_takes_part_or_how(self, circle: Circle) -> None:
        await circle.says("dan", "steward round")
        told = await circle.table.taps("ana", "🤲", on="steward:round")
        assert all(each.startswith("→ ana: ") for each in told)
        assert not (await Tending.get()).willing

    async def test_who_would_only_have_one_is_nobodys(self, circle: Circle) -> None:
        for who in SIX:
            await circle.says(who, "help")
        await circle.says("dan", "steward round")
        for who in SIX:
            await circle.table.taps(
                who, "🤲" if who in ("ana", "ben") else "✅", on="steward:round"
            )
        await circle.closes()
        stewards = Counter([row.steward for row in await Stewardship.all()])
        assert not set(stewards) & {person("ana"), person("ben")}
        assert sorted(stewards.values()) == [1, 1, 2, 2]

    async def test_wishes_are_kept_and_not_with_is_too(self, circle: Circle) -> None:
        await circle.says("ana", "pairing wish cleo", "pairing not with ben")
        await circle.round()
        assert (await Stewardship.get(stewardee=person("ana"))).steward == person("cleo")
        assert not await Stewardship.exists(steward=person("ana"), stewardee=person("ben"))

    async def test_it_closes_by_itself_after_its_days(self, circle: Circle) -> None:
        await circle.says("dan", "steward round")
        for who in SIX:
            await circle.table.taps(who, "✅", on="steward:round")
        await circle.house.passes(timedelta(days=15))
        assert await Stewardship.all().count() == 6
        assert not await StewardRound.exists()
        assert not await Tending.exists()

    async def test_two_are_too_few_and_the_hosts_hear_why_and_what_works(
        self, circle: Circle
    ) -> None:
        await circle.round("ana", "ben")
        assert circle.heard("found no arrangement in which everybody") == ["dan"]
        assert not await Stewardship.exists()

    async def test_what_cannot_be_fitted_is_told_in_words_that_tell_of_nobody(
        self, circle: Circle
    ) -> None:
        await circle.says("ana", "pairing not with ben")
        await circle.round("ana", "ben", "cleo")
        assert circle.heard("found no arrangement in which everybody") == ["dan"]
        said = [str((owed.content or {}).get("text", "")) for owed in circle.house.owed[-6:]]
        words = next(each for each in said if "found no arrangement" in each)
        assert not any(each.capitalize() in words for each in SIX)

    async def test_only_a_host_begins_one_and_only_one_is_open(self, circle: Circle) -> None:
        assert "moderate" in await circle.says("ana", "steward round")
        await circle.says("dan", "steward round")
        assert "none was begun" in await circle.says("dan", "steward round")
        assert "No round is open" not in await circle.says("dan", "steward round now")
        await circle.house.passes()
        assert "No round is open" in await circle.says("dan", "steward round now")


class TestSeveralProposals:
    """Of six, two of whom would only have a steward: some are asked for three stewardships."""

    async def three(self, circle: Circle) -> str:
        for who in SIX:
            await circle.says(who, "help")
        await circle.says("dan", "steward round")
        for who in SIX:
            await circle.table.taps(
                who, "🤲" if who in ("ana", "ben") else "✅", on="steward:round"
            )
        await circle.closes()
        [busy, *_] = Counter([row.steward for row in await Stewardship.all()]).most_common()
        return busy[0].removeprefix("@").partition(":")[0]

    async def test_reach_nobody_at_once_but_one_a_day(self, circle: Circle) -> None:
        who = await self.three(circle)
        for days in range(3):
            now = Counter(circle.heard("stands beside the other in a conflict"))
            assert now[who] == days + 1
            assert max(now.values()) == days + 1 or days > 1
            await circle.house.passes(timedelta(days=1))
        assert Counter(circle.heard("stands beside the other in a conflict"))[who] == 3

    async def test_come_one_after_the_other_to_whoever_answers(self, circle: Circle) -> None:
        who = await self.three(circle)
        for _ in range(2):
            assert "stands beside the other in a conflict" in await circle.says(who, "no")
        assert "stands beside" not in await circle.says(who, "no")
        await circle.house.passes(timedelta(days=6))
        assert Counter(circle.heard("stands beside the other in a conflict"))[who] == 3

    async def test_ask_nobody_any_more_who_asked_to_be_forgotten(self, circle: Circle) -> None:
        who = await self.three(circle)
        await circle.says(who, "forget me", "yes")
        hours = Heard.filter(kind=Kind.HOUR, state=Settled.WAITING, key__startswith="steward-ask:")
        assert not [row async for row in hours if person(who) in str(row.content)]


class TestANoInARound:
    @pytest.mark.requirement("R13")
    async def test_is_told_to_nobody_and_lapses_as_silence_does(self, circle: Circle) -> None:
        await circle.round()
        row = await Stewardship.get(stewardee=person("ana"))
        steward = row.steward[1:].partition(":")[0]
        await circle.says_to_both("ana", "yes")
        since = len(circle.house.owed)
        await circle.says_to_both(steward, "no")
        assert circle.heard("come about", since) == []
        await circle.house.passes(timedelta(days=16))
        assert "ana" in circle.heard("does not come about", since)
        words = {
            str((owed.content or {}).get("text"))
            for owed in circle.house.owed[since:]
            if owed.lane == "!private-ana:here"
        }
        assert all("does not come about" in each for each in words), "no other word than silence"
        assert not await Stewardship.exists()

    async def test_a_later_yes_of_the_other_begins_nothing(self, circle: Circle) -> None:
        await circle.round()
        row = await Stewardship.get(stewardee=person("ana"))
        steward = row.steward[1:].partition(":")[0]
        await circle.says_to_both(steward, "no")
        assert "on both sides" in await circle.says("ana", "yes")
        await circle.says_to_both("ana", "yes")
        assert not await Stewardship.exists(state=Tended.ACTIVE)

    @pytest.mark.requirement("R13")
    async def test_said_by_another_word_it_is_told_as_little(self, circle: Circle) -> None:
        await circle.round()
        row = await Stewardship.get(stewardee=person("ana"))
        steward = row.steward[1:].partition(":")[0]
        await circle.says_to_both("ana", "yes")
        since = len(circle.house.owed)
        await circle.says(steward, "steward can no longer")
        assert circle.heard("come about", since) == []
        assert await Stewardship.filter(id=row.id).exists()

    async def test_the_next_round_takes_the_place_of_what_the_last_proposed(
        self, circle: Circle
    ) -> None:
        await circle.round()
        await circle.round()
        assert await Stewardship.all().count() == 6


class TestBesideTheUnit:
    async def test_others_are_heard_while_stewards_are_found_and_what_they_say_counts(
        self, circle: Circle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Finn takes part no more in the moment in which it is worked out."""
        await circle.says("dan", "steward round")
        for who in SIX:
            await circle.table.taps(who, "✅", on="steward:round")
        began, heard, sizes = asyncio.Event(), Event(), []
        loop = asyncio.get_running_loop()

        def slowly(people: Sequence[practice.Tended], *, seed: str) -> object:
            sizes.append(len(people))
            loop.call_soon_threadsafe(began.set)
            assert heard.wait(20)
            return found(people, seed=seed)

        found = practice.arranged
        monkeypatch.setattr(practice, "arranged", slowly)
        closing = asyncio.create_task(circle.house.passes(timedelta(days=15)))
        await began.wait()
        try:
            said = await asyncio.wait_for(circle.says("finn", "steward end round"), 10)
        finally:
            heard.set()
            await closing
        assert "needs no reason" in said
        assert sizes == [6, 5]
        assert await Stewardship.all().count() == 5
