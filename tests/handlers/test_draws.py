"""The draw of a pairing round: who takes part is brought together, and who waits learns nothing of others."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import count
from threading import Event
from typing import Any

import pytest
import pytest_asyncio

from practices.pairing import Round, drawn, duos
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

    async def test_who_waited_comes_first_next_time(self, circle: Circle) -> None:
        """Of Ana and Ben each can be with Cleo alone."""
        await circle.begins()
        nine = ELEVEN[:9]
        await circle.all_in(*nine)
        for each in nine[3:]:
            await circle.says(each, "pairing not with ana", "pairing not with ben")
        await circle.says("ana", "pairing not with ben")
        waited = []
        for _ in range(4):
            since = len(circle.house.owed)
            await circle.draws()
            waited += circle.heard("could not bring you together", since)
            await OneToOne.all().delete()
            await Partaking.all().update(silent=0, takes_part=True)
        assert waited in (["ana", "ben"] * 2, ["ben", "ana"] * 2)
        assert [row.waited for row in await Partaking.filter(waited__gt=0)] == [1]

    async def test_whoever_waits_hears_that_they_come_first_and_not_why(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        nine = ELEVEN[:9]
        await circle.all_in(*nine)
        for each in nine[1:]:
            await circle.says(each, "pairing not with ana")
        [told] = about(await circle.draws(), "could not bring you together")
        assert circle.heard("could not bring you together") == ["ana"]
        assert "did not come out for everybody" in told
        assert "you come first" in told
        assert "not with" not in told

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
        await circle.all_in(*ELEVEN[:10])
        for at, each in enumerate(ELEVEN[:10]):
            await circle.says(
                each, f"pairing languages {'Italian' if at % 2 else 'English, Basque'}"
            )
        await circle.draws()
        english = set(ELEVEN[:10:2])
        groups = await circle.together()
        assert sorted(map(len, groups)) == [2, 2, 3, 3]
        for some in groups:
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


FEWER = "begins with eight who take part"
OWN_WORDS = "what you have said yourself leaves too few"


class TestFewerThanEight:
    async def test_nobody_is_brought_together_and_all_hear_the_same_with_what_they_can_do(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        seven = ELEVEN[:7]
        await circle.all_in(*seven)
        await circle.says("ana", *(f"pairing not with {each}" for each in seven[1:]))
        told = await circle.draws()
        assert await circle.together() == []
        assert not await Encounter.exists()
        assert circle.heard(FEWER) == sorted(seven)
        [text] = set(about(told, FEWER))
        for way in ("`pairing in`", "`!rota`", "`dyad` and a name", "Monday 4 January"):
            assert way in text
        row = await Pairing.get(room=circle.space.id)
        assert (row.drawn, row.seed) == (0, "")
        assert not await Partaking.filter(waited__gt=0).exists(), "nobody has waited"

    async def test_it_is_said_once_and_to_whoever_comes_in_later_once(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in("ana", "ben", "cleo")
        await circle.draws()
        since = len(circle.house.owed)
        await circle.draws()
        assert circle.heard(FEWER, since) == []
        await circle.all_in("ana", "eva")
        await circle.draws()
        assert circle.heard(FEWER, since) == ["eva"]
        await circle.draws()
        assert circle.heard(FEWER, since) == ["eva"]

    async def test_after_a_round_that_was_drawn_it_is_said_anew(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:7])
        await circle.draws()
        await circle.all_in(ELEVEN[7])
        await circle.draws()
        assert len(await circle.together()) == 4
        await circle.says("ana", "pairing out")
        since = len(circle.house.owed)
        await circle.draws()
        assert circle.heard(FEWER, since) == sorted(ELEVEN[1:8])

    async def test_a_round_missed_meanwhile_says_nothing_twice(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in("ana", "ben")
        await circle.draws()
        row = await Pairing.get(room=circle.space.id)
        since = len(circle.house.owed)
        await circle.house.wakes_at(row.next_at + timedelta(days=5))
        await circle.draws()
        assert circle.heard("it is left out", since) == ["dan"]
        assert circle.heard(FEWER, since) == []


class TestOnesOwnWords:
    async def test_who_leaves_fewer_than_four_is_told_so_as_long_as_it_is_so(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:9])
        await circle.says("ana", *(f"pairing not with {each}" for each in ELEVEN[1:6]))
        for _ in range(2):
            since = len(circle.house.owed)
            await circle.draws()
            assert circle.heard(OWN_WORDS, since) == ["ana"]
            assert circle.heard("could not bring you together") == []
            assert sorted(map(len, await circle.together())) == [2] * 4
            await OneToOne.all().delete()
            await Partaking.all().update(silent=0)
        assert not await Partaking.filter(waited__gt=0).exists()
        await circle.says("ana", "pairing with ben")
        since = len(circle.house.owed)
        await circle.draws()
        assert circle.heard(OWN_WORDS, since) == []
        assert any("ana" in some for some in await circle.together())

    async def test_it_is_the_same_whatever_others_have_said(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:8])
        await circle.says("ana", *(f"pairing not with {each}" for each in ELEVEN[1:6]))
        [before] = about(await circle.draws(), OWN_WORDS)
        await OneToOne.all().delete()
        for each in ELEVEN[6:8]:
            await circle.says(each, "pairing not with ana")
        [after] = about(await circle.draws(), OWN_WORDS)
        assert before.replace("4 January", "1 February") == after

    async def test_languages_count_as_they_were_named(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:8])
        await circle.says("ana", "pairing languages Basque")
        for each in ELEVEN[4:8]:
            await circle.says(each, "pairing languages Italian")
        [told] = about(await circle.draws(), OWN_WORDS)
        assert circle.heard(OWN_WORDS) == ["ana"]
        assert "`pairing languages any`" in told


class TestTheLog:
    @pytest.mark.parametrize("size", [3, 9])
    async def test_has_no_number_of_people(
        self, circle: Circle, caplog: pytest.LogCaptureFixture, size: int
    ) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:size])
        with caplog.at_level("DEBUG", logger="handlers"):
            await circle.draws()
        [said] = [each.getMessage() for each in caplog.records if "drawn" in each.getMessage()]
        assert str(size) not in said.partition(" with seed ")[0]


class TestBesideTheUnit:
    async def test_others_are_heard_while_a_round_is_drawn_and_what_they_say_counts(
        self, circle: Circle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Kim goes out in the seconds in which the round is worked out."""
        await circle.begins()
        await circle.all_in()
        began, heard, seeds = asyncio.Event(), Event(), set()
        loop = asyncio.get_running_loop()

        def slowly(*given: Any, **named: Any) -> Round | None:
            seeds.add(named["seed"])
            loop.call_soon_threadsafe(began.set)
            assert heard.wait(20)
            return drawn(*given, **named)

        monkeypatch.setattr("handlers.pairing.draws.drawn", slowly)
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
