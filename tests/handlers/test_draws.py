"""The draw of a pairing round: who takes part is brought together, and who waits learns nothing of others."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import count, pairwise
from threading import Event
from typing import Any

import pytest
import pytest_asyncio

from practices.pairing import Round, duos, with_lots
from storage import pairings
from storage.dyads import OneToOne
from storage.pairings import Encounter, Pairing, Partaking
from storage.people import Person
from tests.handlers.gathered import ELEVEN, Circle, lakeside
from tests.handlers.lakeside import about
from tests.handlers.played import PlayedHouse, person


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> AsyncIterator[Circle]:
    yield await lakeside(house)


class TestARound:
    async def test_eleven_with_two_exclusions_and_one_who_snoozes_are_five_pairs(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in()
        await circle.says("ana", "pairing not with ben")
        await circle.says("cleo", "pairing not with dan")
        await circle.says("kim", "pairing snooze until 1 january")
        row = await Pairing.get(room=circle.space.id)
        await circle.house.passes(until=row.next_at - timedelta(minutes=1))
        since = len(circle.house.owed)
        await circle.draws()
        pairs = await circle.together()
        assert sorted(each for some in pairs for each in some) == sorted(set(ELEVEN) - {"kim"})
        assert [len(some) for some in pairs] == [2] * 5
        assert ["ana", "ben"] not in pairs
        assert ["cleo", "dan"] not in pairs
        lanes = {owed.lane for owed in circle.house.owed[since:]}
        assert not lanes & {circle.space.id, circle.table.id}, "nothing is said in a room"

    async def test_an_odd_number_has_one_trio_and_nobody_waits(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in()
        told = await circle.draws()
        assert sorted(map(len, await circle.together())) == [2, 2, 2, 2, 3]
        assert about(told, "could not bring you together") == []

    async def test_over_many_rounds_nobody_repeats_while_there_is_somebody_new(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        ten = ELEVEN[:10]
        await circle.all_in(*ten)
        seen: set[tuple[str, str]] = set()
        for _ in range(5):
            await circle.draws()
            fresh = {two for some in await circle.together() for two in duos(some)}
            assert not fresh & seen
            seen |= fresh
            await OneToOne.all().delete()
            await Partaking.all().update(silent=0, takes_part=True)

    async def test_of_two_who_met_there_is_a_count_and_nothing_else(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:8])
        await circle.draws()
        assert await Encounter.all().count() == 4
        assert set(Encounter._meta.fields_map) == {"id", "room", "one", "other", "times"}

    async def test_with_too_few_all_hear_the_same_and_come_first_next_time(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in("ana", "ben", "cleo")
        told = await circle.draws()
        texts = {each.partition(": ")[2] for each in about(told, "could not bring you together")}
        assert len(texts) == 1
        assert len(about(told, "could not bring you together")) == 3
        assert await Partaking.filter(waited=1).count() == 3

    async def test_whoever_waits_reads_what_is_true_of_every_waiting_and_not_which_it_was(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        seven = ELEVEN[:7]
        await circle.all_in(*seven)
        for each in ("ana", "cleo"):
            await circle.says(each, "pairing not with ben")
        told = about(await circle.draws(), "could not bring you together")
        seated = {each for some in await circle.together() for each in some}
        assert 1 <= len(told) <= 2
        assert len(seated) + len(told) == 7
        for each in told:
            assert (
                "That happens by lot, when few take part, or when not everybody finds a place"
                in each
            )
            assert "which of these it was I tell nobody" in each
        assert len({each.partition(": ")[2] for each in told}) == 1

    async def test_the_seed_is_kept_so_that_a_round_can_be_replayed(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in()
        await circle.draws()
        row = await Pairing.get(room=circle.space.id)
        assert (row.drawn, len(row.seed)) == (1, 32)

    async def test_languages_bring_those_together_who_understand_each_other(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:8])
        for at, each in enumerate(ELEVEN[:8]):
            await circle.says(
                each, f"pairing languages {'Italian' if at % 2 else 'English, Basque'}"
            )
        await circle.draws()
        english = set(ELEVEN[:8:2])
        for some in await circle.together():
            assert len(english & set(some)) in (0, len(some))

    async def test_nobody_is_written_to_in_their_night(self, circle: Circle) -> None:
        await Person.create(id=person("ana"), zone="Pacific/Auckland")
        await circle.begins()
        await circle.all_in(*ELEVEN[:8])
        await circle.draws()
        assert "ana" not in circle.heard("A one-to-one with")
        await circle.house.passes(timedelta(hours=14))
        assert "ana" in circle.heard("A one-to-one with")

    async def test_a_round_missed_by_days_is_left_out_and_the_next_one_comes(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in()
        row = await Pairing.get(room=circle.space.id)
        told = await circle.house.wakes_at(row.next_at + timedelta(days=5))
        assert len(about(told, "it is left out")) == 1
        assert await circle.together() == []
        await row.refresh_from_db()
        assert row.next_at.date() == date(2027, 1, 4)


class TestFewPeople:
    async def rounds(self, circle: Circle, who: str, number: int) -> list[bool]:
        """So many rounds one after the other: whether somebody waits in each."""
        waited = []
        for _ in range(number):
            since = len(circle.house.owed)
            await circle.draws()
            waited.append(who in circle.heard("could not bring you together", since))
            await OneToOne.all().delete()
            await Partaking.all().update(silent=0, takes_part=True)
        return waited

    async def test_whom_three_try_out_waits_at_times_and_never_twice_running(
        self, circle: Circle
    ) -> None:
        """Ana and Cleo keep Dan from themselves; Ben has said nothing of him."""
        await circle.begins()
        await circle.all_in("ana", "ben", "cleo", "dan")
        for who in ("ana", "cleo"):
            await circle.says(who, "pairing not with dan")
        waited = await self.rounds(circle, "dan", 12)
        assert set(waited) == {True, False}, "with nobody but lots against it he waits at times"
        assert (True, True) not in set(pairwise(waited))

    async def test_who_waits_twice_running_is_one_whom_nobody_there_can_be_with(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in("ana", "ben", "cleo", "dan")
        for who in ("ana", "ben", "cleo"):
            await circle.says(who, "pairing not with dan")
        assert all(await self.rounds(circle, "dan", 4))

    async def test_of_that_somebody_waited_there_is_a_number_and_no_reason(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:5])
        await circle.draws()
        lots = await Partaking.filter(waited=1).count()
        assert lots in (1, 2)
        assert await Partaking.exclude(waited__in=(0, 1)).count() == 0
        await circle.draws()
        assert await Partaking.exclude(waited__in=(0, 1)).count() == 0, "nobody waited twice"

    async def test_the_log_has_no_number_of_people(
        self, circle: Circle, caplog: pytest.LogCaptureFixture
    ) -> None:
        await circle.begins()
        await circle.all_in("ana", "ben", "cleo")
        with caplog.at_level("DEBUG", logger="handlers"):
            await circle.draws()
        [said] = [each.getMessage() for each in caplog.records if "seed" in each.getMessage()]
        assert "people" not in said
        assert "3" not in said.partition(" with seed ")[0]


class TestBesideTheUnit:
    async def test_others_are_heard_while_a_round_is_drawn_and_what_they_say_counts(
        self, circle: Circle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Kim goes out in the seconds in which the round is worked out."""
        await circle.begins()
        await circle.all_in()
        began, heard, seeds = asyncio.Event(), Event(), set()
        loop = asyncio.get_running_loop()

        def slowly(*given: Any, **named: Any) -> Round:
            seeds.add(named["seed"])
            loop.call_soon_threadsafe(began.set)
            assert heard.wait(20)
            return with_lots(*given, **named)

        monkeypatch.setattr("handlers.pairing.draws.with_lots", slowly)
        row = await Pairing.get(room=circle.space.id)
        await circle.house.passes(until=row.next_at - timedelta(minutes=1))
        drawing = asyncio.create_task(circle.house.passes(timedelta(minutes=2)))
        await began.wait()
        try:
            said = await asyncio.wait_for(circle.says("kim", "pairing out"), 10)
        finally:
            heard.set()
            await drawing
        assert "needs no reason" in said
        assert len(seeds) == 2, "it is drawn anew when something has changed"
        assert sorted(each for some in await circle.together() for each in some) == sorted(
            ELEVEN[:10]
        )
        await row.refresh_from_db()
        assert row.drawn == 1

    async def test_whoever_goes_in_and_out_all_the_time_does_not_keep_a_round_from_being_drawn(
        self, circle: Circle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await circle.begins()
        await circle.all_in()
        works = pairings.met
        calls = count()

        async def another(room: str) -> dict[tuple[str, str], int]:
            return {**await works(room), ("x", "y"): next(calls)}

        monkeypatch.setattr("storage.pairings.met", another)
        await circle.draws()
        assert sum(map(len, await circle.together())) == 11
