"""A pairing round in a congregation: who takes part is brought together, and what was said in private stays there."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import count
from threading import Event
from typing import Any

import pytest
import pytest_asyncio

from practices.circles import RoomKind
from practices.dyads import Stage
from practices.pairing import Round, drawn, duos
from storage import belongings, pairings
from storage.dyads import OneToOne
from storage.inbox import Heard
from storage.outbox import Owed
from storage.pairings import Encounter, Pairing, Partaking, Preference
from storage.people import Person
from tests.handlers.lakeside import about
from tests.handlers.played import PlayedHouse, PlayedRoom, person

ELEVEN = tuple("ana ben cleo dan eva finn gus hana ida jon kim".split())


class Circle:
    """A congregation of eleven that all talk in one room; Dan hosts."""

    def __init__(self, house: PlayedHouse, space: PlayedRoom, table: PlayedRoom) -> None:
        self.house, self.space, self.table = house, space, table
        self.chats: dict[str, PlayedRoom] = {}

    async def says(self, who: str, *lines: str) -> str:
        """Somebody writes in their private chat; what they are answered last."""
        if who not in self.chats:
            self.chats[who] = await self.house.private(who)
        told: list[str] = []
        for line in lines:
            told = await self.chats[who].says(who, line)
        return "\n".join(told)

    async def begins(self) -> None:
        await self.says("dan", "pairing begin", "yes")

    async def all_in(self, *who: str) -> None:
        for each in who or ELEVEN:
            await self.says(each, "pairing in")

    async def draws(self) -> list[str]:
        """The next round is drawn; what is said in that hour."""
        row = await Pairing.get(room=self.space.id)
        await self.house.passes(until=row.next_at - timedelta(minutes=1))
        return await self.house.passes(until=row.next_at + timedelta(minutes=1))

    def heard(self, words: str, since: int = 0) -> list[str]:
        """Who was told these words in private, by short names."""
        lanes = [
            owed.lane
            for owed in self.house.owed[since:]
            if words in str((owed.content or {}).get("text", ""))
        ]
        names = [lane.removeprefix("!private-")[: lane.index(":")] for lane in lanes]
        return sorted(each.lstrip("@").partition(":")[0] for each in names)

    async def together(self) -> list[list[str]]:
        """Who is about to meet, by short names."""
        return sorted(
            [each[1:].partition(":")[0] for each in one.people] for one in await OneToOne.all()
        )


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> AsyncIterator[Circle]:
    space = await house.space("Lakeside", ELEVEN, ["dan"])
    table = await house.room("Commons", ELEVEN, kind=RoomKind.WORKING, congregation=space.id)
    yield Circle(house, space, table)


class TestBeginning:
    async def test_a_host_begins_one_and_is_told_back_what_was_understood(
        self, circle: Circle
    ) -> None:
        asked = await circle.says("dan", "pairing begin")
        assert "I understood" in asked
        assert "every first Monday of the month, 10:00" in asked
        told = await circle.says("dan", "yes")
        assert "**A pairing round begins**" in told
        assert "Monday 7 December, 10:00" in told
        assert await Pairing.exists(room=circle.space.id)

    async def test_another_rhythm_is_said_in_ones_own_words(self, circle: Circle) -> None:
        await circle.says("dan", "pairing begin")
        asked = await circle.says("dan", "every second wednesday of the month 18:00")
        assert "every second Wednesday of the month, 18:00" in asked
        assert "Wednesday 9 December" in await circle.says("dan", "yes")

    async def test_every_week_would_be_too_much(self, circle: Circle) -> None:
        told = await circle.says("dan", "pairing every monday 10:00")
        assert "fortnightly" in told
        assert not await Pairing.exists()

    async def test_a_no_begins_nothing(self, circle: Circle) -> None:
        await circle.says("dan", "pairing begin", "no")
        assert not await Pairing.exists()

    async def test_who_does_not_host_cannot_begin_preview_or_end_one(self, circle: Circle) -> None:
        await circle.begins()
        for line in ("pairing begin", "pairing preview", "pairing end"):
            assert "moderate" in await circle.says("ana", line)
        assert await Pairing.exists()

    async def test_a_congregation_without_a_room_cannot_be_asked(self, house: PlayedHouse) -> None:
        await house.space("Hillside", ["ana", "ben"], ["ana"])
        chat = await house.private("ana")
        assert "no room yet" in "\n".join(await chat.says("ana", "pairing begin"))

    async def test_without_a_round_one_hears_what_works(self, circle: Circle) -> None:
        assert "No congregation of yours has a pairing round" in await circle.says(
            "ana", "pairing in"
        )

    async def test_a_word_not_known_changes_nothing(self, circle: Circle) -> None:
        await circle.begins()
        assert "I don't know what" in await circle.says("ana", "pairing purple")

    async def test_the_end_forgets_who_took_part(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in()
        told = await circle.says("dan", "pairing end")
        assert "The pairing round ends" in told
        assert not await Partaking.exists()
        assert await circle.house.passes(timedelta(days=40)) == []


class TestTakingPart:
    async def test_a_tap_takes_part_and_the_room_does_not_learn_it(self, circle: Circle) -> None:
        await circle.begins()
        told = await circle.table.taps("ana", "✅", on="pairing:join")
        assert all(each.startswith("→ ana: ") for each in told)
        assert "You take part" in told[0]
        assert await Partaking.filter(person=person("ana"), takes_part=True).exists()

    async def test_some_days_before_the_room_is_told_once_more_without_a_name(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        row = await Pairing.get(room=circle.space.id)
        told = await circle.house.passes(until=row.next_at - timedelta(days=2))
        assert len(told) == 1
        assert "the next pairing round is drawn" in told[0]
        assert not any(each in told[0].casefold() for each in ELEVEN)

    async def test_out_is_one_word_and_in_again_another(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in()
        assert "needs no reason" in await circle.says("ana", "pairing out")
        assert "you do not take part" in await circle.says("ana", "pairing")
        await circle.draws()
        assert not any("ana" in some for some in await circle.together())

    async def test_who_snoozes_is_left_out_until_that_day_and_then_in_again(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in()
        told = await circle.says("ana", "pairing snooze until 1 january")
        assert "Friday 1 January" in told
        assert "you rest until" in await circle.says("ana", "pairing")
        await circle.draws()
        assert not any("ana" in some for some in await circle.together())
        await OneToOne.all().delete()
        await circle.draws()
        assert any("ana" in some for some in await circle.together())

    async def test_a_day_that_is_none_or_a_rest_from_nothing_changes_nothing(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        assert "nothing to rest from" in await circle.says("ana", "pairing snooze until 1 march")
        assert "Until when?" in await circle.says("ana", "pairing snooze")

    async def test_who_has_left_meanwhile_is_brought_together_with_nobody(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in()
        await circle.space.leaves("kim")
        await circle.draws()
        assert not any("kim" in some for some in await circle.together())
        assert not await Partaking.filter(person=person("kim")).exists()


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


class TestWhatIsSaidInPrivate:
    async def test_not_with_is_sealed_at_one_length_and_names_nobody_in_the_database(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.says("ana", "pairing not with ben")
        await circle.says("cleo", "pairing wish dan", "pairing languages English, Italian")
        lengths = {len(row.sealed) for row in await Preference.all()}
        assert len(lengths) == 1
        assert not any("ben" in row.sealed for row in await Preference.all())

    async def test_what_the_other_is_answered_does_not_depend_on_it(self, circle: Circle) -> None:
        """Ben says everything that can be said, in, out and in again, before and after Ana's word."""
        await circle.begins()
        await circle.all_in()
        lines = (
            "pairing", "pairing out", "pairing in", "pairing wish ana", "pairing not with ana",
            "pairing with ana", "pairing wish nobody", "pairing",
        )  # fmt: skip
        before = [await circle.says("ben", line) for line in lines]
        seen = await circle.says("dan", "pairing preview")
        await circle.says("ana", "pairing not with ben")
        assert [await circle.says("ben", line) for line in lines] == before
        assert await circle.says("dan", "pairing preview") == seen

    async def test_whom_nobody_is_left_for_hears_what_all_hear_when_too_few_took_part(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        nine = ELEVEN[:9]
        await circle.all_in(*nine)
        for other in nine[1:]:
            await circle.says(other, "pairing not with ana")
        told = await circle.draws()
        [alone] = about(told, "could not bring you together")
        assert circle.heard("could not bring you together") == ["ana"]
        for each in nine[1:]:
            await circle.says(each, "pairing out")
        await OneToOne.all().delete()
        [few] = about(await circle.draws(), "could not bring you together")
        assert alone.replace("4 January", "1 February") == few

    async def test_an_id_is_taken_whoever_it_is_so_that_no_answer_tells_who_is_where(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        known = await circle.says("ana", "pairing not with @ben:here")
        nobody = await circle.says("cleo", "pairing not with @zoe:elsewhere")
        assert known.replace("Ben", "X") == nobody.replace("@zoe:elsewhere", "X")

    async def test_it_is_taken_back_by_a_word(self, circle: Circle) -> None:
        await circle.begins()
        await circle.says("ana", "pairing not with ben")
        assert "Not with: Ben" in await circle.says("ana", "pairing")
        await circle.says("ana", "pairing with ben")
        assert "Not with" not in await circle.says("ana", "pairing")
        assert not await Preference.exists()

    async def test_more_than_twelve_are_refused_and_the_twelve_stay(self, circle: Circle) -> None:
        await circle.begins()
        for number in range(12):
            await circle.says("ana", f"pairing not with @p{number}:here")
        assert "up to 12" in await circle.says("ana", "pairing not with ben")
        assert "Ben" not in await circle.says("ana", "pairing")

    async def test_no_word_of_it_stands_in_any_log_of_ours(
        self, circle: Circle, caplog: pytest.LogCaptureFixture
    ) -> None:
        await circle.begins()
        await circle.all_in()
        with caplog.at_level("DEBUG", logger="handlers"):
            await circle.says("ana", "pairing not with ben")
            await circle.draws()
        assert "seed" in caplog.text
        assert not any(person(each) in caplog.text for each in ELEVEN)

    async def test_when_the_key_is_gone_nobody_is_brought_together_against_what_they_had_said(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in()
        await circle.says("ana", "pairing not with ben")
        keys = circle.house.house.keys
        keys.destroy(keys.condemn(person("ana")))
        told = await circle.draws()
        assert len(about(told, "cannot be read any more")) == 1
        assert circle.heard("cannot be read any more") == ["ana"]
        assert not any("ana" in some for some in await circle.together())
        assert "Noted" in await circle.says("ana", "pairing not with ben")

    async def test_the_preview_is_of_numbers_and_small_ones_are_not_told(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:4])
        assert "fewer than 5" in await circle.says("dan", "pairing preview")
        await circle.all_in()
        await circle.says("kim", "pairing snooze until 1 january")
        assert "10 take part, which makes 5 pairs." in await circle.says("dan", "pairing preview")
        later = await circle.says("dan", "pairing preview 4 january")
        assert "11 take part, which makes 4 pairs and one trio." in later
        assert not any(each in later.casefold() for each in ELEVEN)

    async def test_ones_own_file_has_ones_own_words_and_nobody_elses(self, circle: Circle) -> None:
        await circle.begins()
        await circle.says("ana", "pairing not with ben")
        await circle.says("ben", "pairing in", "export")
        posted = [owed for owed in circle.house.owed if owed.type or owed.content]
        files = [owed for owed in posted if "filename" in (owed.content or {})]
        assert files
        assert person("ana") not in json.dumps(files[-1].content)

    async def test_who_is_forgotten_is_named_nowhere_and_the_word_of_others_holds(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in()
        await circle.says("cleo", "pairing not with ana")
        await circle.says("ana", "pairing not with ben")
        await circle.draws()
        await circle.says("ana", "forget me", "yes")
        for model in (Partaking, Preference):
            assert not await model.filter(person=person("ana")).exists()
        assert not await Encounter.filter(one=person("ana")).exists()
        assert "Not with" in await circle.says("cleo", "pairing")


class TestWhoIsSilent:
    async def test_after_three_silent_rounds_one_is_asked_once_and_rests(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:8])
        for _ in range(3):
            await circle.draws()
            await circle.house.passes(timedelta(days=20))
        assert circle.heard("went by without") == sorted(ELEVEN[:8])
        row = await Pairing.get(room=circle.space.id)
        since = len(circle.house.owed)
        await circle.house.passes(until=row.next_at + timedelta(days=40))
        said = [owed.lane for owed in circle.house.owed[since:]]
        assert set(said) <= {circle.table.id}, "who rests hears nothing more"
        assert not await Partaking.filter(takes_part=True).exists()

    async def test_a_yes_goes_on(self, circle: Circle) -> None:
        await circle.begins()
        await circle.says("ana", "pairing in")
        await circle.all_in(*ELEVEN[1:8])
        for _ in range(3):
            await circle.draws()
            await circle.house.passes(timedelta(days=20))
        assert "You take part" in await circle.says("ana", "yes", "yes")
        taking = await Partaking.filter(takes_part=True)
        assert [row.person for row in taking] == [person("ana")]

    async def test_who_answered_is_not_silent_though_the_other_was(self, circle: Circle) -> None:
        await circle.begins()
        await circle.all_in(*ELEVEN[:8])
        await circle.draws()
        assert await OneToOne.filter(stage=Stage.ARRANGING).count() == 4
        await circle.says("ana", "1")
        await circle.house.passes(timedelta(days=20))
        silent = dict(await Partaking.all().values_list("person", "silent"))
        assert silent == {person(each): int(each != "ana") for each in ELEVEN[:8]}


class TestFewPeople:
    async def test_a_waiting_proves_nothing_about_the_one_whom_three_try_out(
        self, circle: Circle
    ) -> None:
        """Ana and Cleo keep Dan from themselves; whether Ben does, too, no round is to say."""
        await circle.begins()
        await circle.all_in("ana", "ben", "cleo", "dan")
        for who in ("ana", "cleo"):
            await circle.says(who, "pairing not with dan")
        waited = []
        for _ in range(12):
            since = len(circle.house.owed)
            await circle.draws()
            waited.append("dan" in circle.heard("could not bring you together", since))
            await OneToOne.all().delete()
            await Partaking.all().update(silent=0, takes_part=True)
        assert set(waited) == {True, False}, "with nobody but lots against it he waits at times"

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
            return drawn(*given, **named)

        monkeypatch.setattr("handlers.pairing.drawn", slowly)
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


async def test_nothing_of_a_round_is_said_under_an_id_in_any_hour_of_the_calendar(
    circle: Circle,
) -> None:
    await circle.begins()
    await circle.all_in()
    await circle.says("ana", "pairing not with ben")
    hours = [row for row in await Heard.all() if "pairing" in str(row.about)]
    assert hours
    assert not any(person(each) in json.dumps(row.content) for row in hours for each in ELEVEN)
    assert not await Owed.filter(lane=circle.table.id, target=person("ana")).exists()


async def test_the_round_goes_with_its_congregation_to_another_room(circle: Circle) -> None:
    await circle.begins()
    await circle.all_in()
    await belongings.move(circle.space.id, "!new:here")
    assert await Pairing.filter(room="!new:here").exists()
    assert await Partaking.filter(room="!new:here").count() == 11
    hours = [row for row in await Heard.all() if "pairing" in str(row.about)]
    assert {row.room for row in hours} == {"!new:here"}
