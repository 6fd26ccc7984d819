"""One's own word in a pairing round: it is heard, and stays with whoever said it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from practices.dyads import Stage
from storage.dyads import OneToOne
from storage.pairings import Encounter, Pairing, Partaking, Preference
from tests.handlers.gathered import ELEVEN, Circle, lakeside
from tests.handlers.lakeside import about
from tests.handlers.played import PlayedHouse, person


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> AsyncIterator[Circle]:
    yield await lakeside(house)


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
        assert "the next pairing round is drawn, when eight or more take part" in told[0]
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


class TestWhatIsSaidInPrivate:
    async def test_not_with_is_sealed_at_one_length_and_names_nobody_in_the_database(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        await circle.says("ana", "pairing not with ben")
        await circle.says("cleo", "pairing wish dan", "pairing languages English, Italian")
        lengths = {len(row.sealed) for row in await Preference.all()}
        assert len(lengths) == 1
        assert not any(person("ben") in row.sealed for row in await Preference.all())

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

    async def test_whom_nobody_would_meet_hears_what_they_hear_for_whom_no_place_was_left(
        self, circle: Circle
    ) -> None:
        await circle.begins()
        nine = ELEVEN[:9]
        await circle.all_in(*nine)
        for other in nine[1:]:
            await circle.says(other, "pairing not with ana")
        [alone] = about(await circle.draws(), "could not bring you together")
        assert circle.heard("could not bring you together") == ["ana"]
        await OneToOne.all().delete()
        await circle.says("cleo", "pairing with ana")
        await circle.says("ana", "pairing not with ben")
        for other in nine[3:]:
            await circle.says(other, "pairing not with ben")
        since = len(circle.house.owed)
        [left] = about(await circle.draws(), "could not bring you together")
        assert circle.heard("could not bring you together", since) == ["ben"]
        assert alone.replace("4 January", "1 February") == left

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
