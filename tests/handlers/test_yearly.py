"""What somebody has said once holds for a year: then they are asked, once, and what nobody confirms rests (R16)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from daemon.updates import updated
from practices.circles import RoomKind
from storage import belongings
from storage.inbox import Heard
from storage.onboardings import Welcomer
from storage.pairings import OwnReview, Pairing, Partaking, Preference
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, person

YEAR = timedelta(days=366)

PEOPLE = ("ana", "ben", "dan")


async def lakeside(house: PlayedHouse) -> tuple[PlayedRoom, PlayedRoom]:
    """Ben's private chat and Dan's; Dan hosts."""
    space = await house.space("Lakeside", PEOPLE, ["dan"])
    await house.room("Commons", PEOPLE, kind=RoomKind.WORKING, congregation=space.id)
    return await house.private("ben"), await house.private("dan")


def asked(house: PlayedHouse, words: str) -> list[str]:
    """In which private chats these words were said."""
    return [owed.lane for owed in house.owed if words in str((owed.content or {}).get("text", ""))]


class TestWhoWouldBeBesideNewcomers:
    @pytest.mark.requirement("R16")
    async def test_is_asked_once_after_a_year_and_rests_without_a_yes(
        self, house: PlayedHouse
    ) -> None:
        ben, _dan = await lakeside(house)
        await ben.says("ben", "welcome willing 2")
        await house.passes(timedelta(days=364))
        assert await Welcomer.exists()
        await house.passes(timedelta(days=400))
        assert asked(house, "A year ago you said") == [ben.id]
        assert not await Welcomer.exists()

    @pytest.mark.requirement("R16")
    async def test_a_yes_holds_for_another_year(self, house: PlayedHouse) -> None:
        ben, _dan = await lakeside(house)
        await ben.says("ben", "welcome willing 2")
        await house.passes(YEAR)
        assert "another year" in "\n".join(await ben.says("ben", "yes"))
        assert (await Welcomer.get()).most == 2
        await house.passes(YEAR)
        assert len(asked(house, "A year ago you said")) == 2

    async def test_a_no_leaves_it_at_rest_and_who_took_it_back_is_not_asked(
        self, house: PlayedHouse
    ) -> None:
        ben, dan = await lakeside(house)
        await ben.says("ben", "welcome willing")
        await dan.says("dan", "welcome willing")
        await dan.says("dan", "welcome no longer")
        await house.passes(YEAR)
        assert asked(house, "A year ago you said") == [ben.id]
        assert "it rests" in "\n".join(await ben.says("ben", "no"))
        assert not await Welcomer.exists()


class TestAPairingRound:
    @pytest.mark.requirement("R16")
    async def test_ends_after_a_year_when_no_host_goes_on_with_it(self, house: PlayedHouse) -> None:
        ben, dan = await lakeside(house)
        for line in ("pairing begin", "yes"):
            await dan.says("dan", line)
        await ben.says("ben", "pairing in")
        await house.passes(YEAR)
        assert asked(house, "has gone on for a year") == [dan.id]
        assert await Pairing.exists()
        await house.passes(timedelta(days=20))
        assert not await Pairing.exists()
        assert not await Partaking.exists()
        assert not [name for name, _at in await house.hours() if name.startswith("pairing-")]

    @pytest.mark.requirement("R16")
    async def test_goes_on_for_another_when_one_says_so(self, house: PlayedHouse) -> None:
        ben, dan = await lakeside(house)
        for line in ("pairing begin", "yes"):
            await dan.says("dan", line)
        await ben.says("ben", "pairing in")
        await house.passes(YEAR)
        await dan.taps("dan", "✅", on=dan.asked("has gone on for a year"))
        await house.passes(timedelta(days=30))
        assert await Partaking.filter(person=person("ben")).exists()
        await house.passes(YEAR)
        assert len(asked(house, "has gone on for a year")) == 2

    async def test_after_a_yes_of_one_host_another_hears_that_a_no_changed_nothing(
        self, house: PlayedHouse
    ) -> None:
        space = await house.space("Lakeside", PEOPLE, ["ben", "dan"])
        await house.room("Commons", PEOPLE, kind=RoomKind.WORKING, congregation=space.id)
        ben, dan = await house.private("ben"), await house.private("dan")
        for line in ("pairing begin", "yes"):
            await dan.says("dan", line)
        await house.passes(YEAR)
        assert "another year" in "\n".join(
            await dan.taps("dan", "✅", on=dan.asked("has gone on for a year"))
        )
        told = "\n".join(await ben.says("ben", "no"))
        assert "decided by now" in told
        assert "It ends" not in told
        await house.passes(timedelta(days=30))
        assert await Pairing.exists()

    async def test_while_no_host_has_said_yes_a_no_leaves_it_to_the_others(
        self, house: PlayedHouse
    ) -> None:
        _ben, dan = await lakeside(house)
        for line in ("pairing begin", "yes"):
            await dan.says("dan", line)
        await house.passes(YEAR)
        told = "\n".join(await dan.taps("dan", "✋", on=dan.asked("has gone on for a year")))
        assert "It ends unless another host would go on" in told


# ------------------------------------------------------------------------------------------ one's own day


def about_pairing(house: PlayedHouse) -> list[str]:
    """In which private chats somebody was asked whether it still holds."""
    return asked(house, "Once a year I ask each person, alone")


async def with_a_round(house: PlayedHouse) -> tuple[PlayedRoom, PlayedRoom]:
    """Ben's private chat and Dan's; Dan hosts, and a pairing round has begun."""
    ben, dan = await lakeside(house)
    for line in ("pairing begin", "yes"):
        await dan.says("dan", line)
    return ben, dan


class TestOnesOwnPlace:
    @pytest.mark.requirement("R16")
    async def test_each_is_asked_alone_a_year_after_their_own_first_word(
        self, house: PlayedHouse
    ) -> None:
        ben, dan = await with_a_round(house)
        await ben.says("ben", "pairing not with ana")
        await house.passes(timedelta(days=20))
        await dan.says("dan", "pairing in")
        day = {row.person: row.day for row in await OwnReview.all()}
        assert day[person("dan")] - day[person("ben")] == timedelta(days=20)
        await house.passes(timedelta(days=344))
        assert about_pairing(house) == []
        await house.passes(timedelta(days=10))
        assert about_pairing(house) == [ben.id]
        await dan.taps("dan", "✅", on=dan.asked("has gone on for a year"))
        await house.passes(timedelta(days=20))
        assert about_pairing(house) == [ben.id, dan.id]

    @pytest.mark.requirement("R16")
    async def test_the_words_are_the_same_whatever_somebody_has_said(
        self, house: PlayedHouse
    ) -> None:
        ben, dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await ben.says("ben", "pairing not with ana")
        await dan.says("dan", "pairing in")
        told = await house.passes(YEAR)
        words = [each for each in told if "Once a year I ask each person" in each]
        assert len(words) == 2
        assert len({each.partition(": ")[2] for each in words}) == 1
        assert not any("Ana" in each for each in words)

    @pytest.mark.requirement("R16")
    async def test_without_an_answer_the_place_rests_and_what_protects_somebody_stays(
        self, house: PlayedHouse
    ) -> None:
        ben, dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await ben.says("ben", "pairing not with ana")
        await house.passes(YEAR)
        await dan.taps("dan", "✅", on=dan.asked("has gone on for a year"))
        assert await Partaking.filter(person=person("ben"), takes_part=True).exists()
        since = len(house.owed)
        await house.passes(timedelta(days=16))
        assert not await Partaking.filter(takes_part=True).exists()
        assert "Not with: Ana" in "\n".join(await ben.says("ben", "pairing"))
        assert not [each for each in house.owed[since:] if each.lane == ben.id][:-2]
        await house.passes(YEAR)
        assert len(about_pairing(house)) == 2, "what stands is asked about again"

    @pytest.mark.requirement("R16")
    async def test_keep_holds_for_another_year(self, house: PlayedHouse) -> None:
        ben, dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await house.passes(YEAR)
        await dan.taps("dan", "✅", on=dan.asked("has gone on for a year"))
        told = await ben.taps("ben", "✅", on=ben.asked("Once a year I ask"))
        assert "for another year" in "\n".join(told)
        await house.passes(timedelta(days=30))
        assert await Partaking.filter(person=person("ben"), takes_part=True).exists()
        await house.passes(YEAR)
        assert about_pairing(house) == [ben.id] * 2

    async def test_change_says_how_and_what_is_not_changed_holds(self, house: PlayedHouse) -> None:
        ben, dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await house.passes(YEAR)
        await dan.taps("dan", "✅", on=dan.asked("has gone on for a year"))
        assert "how to say it otherwise" in "\n".join(await ben.says("ben", "change"))
        await house.passes(timedelta(days=30))
        assert await Partaking.filter(person=person("ben"), takes_part=True).exists()

    async def test_leave_takes_no_part_and_keeps_what_protects(self, house: PlayedHouse) -> None:
        ben, _dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await ben.says("ben", "pairing not with ana")
        await house.passes(YEAR)
        assert "stays with me alone" in "\n".join(await ben.says("ben", "leave"))
        assert not await Partaking.filter(takes_part=True).exists()
        assert await Preference.filter(person=person("ben")).exists()
        assert await OwnReview.filter(person=person("ben")).exists()

    async def test_words_that_mean_none_of_the_three_change_nothing(
        self, house: PlayedHouse
    ) -> None:
        ben, _dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await house.passes(YEAR)
        ask = ben.asked("Once a year I ask")
        assert "A word is enough" in "\n".join(await ben.says("ben", "perhaps", on=ask))
        assert await Partaking.filter(takes_part=True).exists()

    @pytest.mark.parametrize("line", ["pairing out", "forget me"])
    async def test_who_has_nothing_standing_any_more_is_asked_nothing(
        self, house: PlayedHouse, line: str
    ) -> None:
        ben, _dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await ben.says("ben", line)
        if line == "forget me":
            await ben.says("ben", "yes")
        assert not await OwnReview.exists()
        assert "own-review" not in {name for name, _at in await house.hours()}
        await house.passes(YEAR)
        assert about_pairing(house) == []

    async def test_the_end_of_the_round_forgets_the_day_as_well(self, house: PlayedHouse) -> None:
        ben, dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await dan.says("dan", "pairing not with ana")
        await dan.says("dan", "pairing end")
        assert [row.person for row in await OwnReview.all()] == [person("dan")]

    async def test_who_leaves_the_congregation_is_asked_nothing(self, house: PlayedHouse) -> None:
        ben, _dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await PlayedRoom(house, "!lakeside:here").leaves("ben")
        assert not await OwnReview.exists()

    async def test_nobody_is_asked_in_their_night(self, house: PlayedHouse) -> None:
        ben, _dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await ben.says("ben", "quiet 21:00-10:30")
        row = await OwnReview.get()
        morning = datetime.combine(row.day, time(8), ZoneInfo("Europe/Rome"))
        await house.passes(until=morning + timedelta(hours=1))
        assert about_pairing(house) == []
        await house.passes(timedelta(hours=2))
        assert about_pairing(house) == [ben.id]

    @pytest.mark.requirement("R14")
    async def test_after_three_years_away_somebody_is_asked_once_and_again_in_a_year(
        self, house: PlayedHouse
    ) -> None:
        ben, _dan = await lakeside(house)
        await ben.says("ben", "pairing not with ana")
        await house.wakes_at(house.now + timedelta(days=3 * 366))
        await house.passes(timedelta(days=1))
        assert about_pairing(house) == [ben.id]
        names = [name for name, _at in await house.hours()]
        assert sorted(names) == ["own-review", "own-review-over"]
        await house.passes(YEAR)
        assert about_pairing(house) == [ben.id] * 2

    async def test_the_day_tells_the_calendar_nothing_of_who_it_is(
        self, house: PlayedHouse
    ) -> None:
        ben, _dan = await with_a_round(house)
        await ben.says("ben", "pairing not with ana")
        [hour] = [row for row in await Heard.all() if row.key.startswith("own-review")]
        assert person("ben") not in f"{hour.key} {hour.about} {hour.content}"


class TestWhatAnOlderVersionLetStand:
    """Rows without any hour of review, as they were made before there was one."""

    async def stand(self, house: PlayedHouse) -> tuple[PlayedRoom, PlayedRoom]:
        ben, dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await dan.says("dan", "pairing in")
        await ben.says("ben", "pairing not with ana")
        await ben.says("ben", "welcome willing 2")
        await OwnReview.all().delete()
        for name in ("pairing-review", "still-willing", "own-review"):
            await Heard.filter(key__startswith=f"{name}:").delete()
        return ben, dan

    async def starts(self, house: PlayedHouse) -> list[str]:
        """The daemon starts; what it says then."""
        told: list[str] = []
        for row in await updated(ME, house.now):
            told += await house.settled(row)
        return told

    @pytest.mark.requirement("R16")
    async def test_gets_its_hours_when_the_daemon_starts_and_nobody_hears_of_it(
        self, house: PlayedHouse
    ) -> None:
        ben, dan = await self.stand(house)
        assert await self.starts(house) == []
        names = [name for name, _at in await house.hours()]
        assert names.count("pairing-review") == names.count("still-willing") == 1
        assert names.count("own-review") == 2
        assert len({row.day for row in await OwnReview.all()}) == 2, "each has another day"
        await house.passes(YEAR)
        assert asked(house, "has gone on for a year") == [dan.id]
        assert asked(house, "A year ago you said") == [ben.id]
        assert sorted(about_pairing(house)) == sorted([ben.id, dan.id])

    async def test_what_has_its_hours_is_left_alone_however_often_the_daemon_starts(
        self, house: PlayedHouse
    ) -> None:
        await self.stand(house)
        await self.starts(house)
        hours = await house.hours()
        house.now += timedelta(days=1)
        assert await updated(ME, house.now) == []
        assert await house.hours() == hours

    async def test_a_round_that_waits_for_its_hosts_word_is_not_given_another_day(
        self, house: PlayedHouse
    ) -> None:
        await with_a_round(house)
        await house.passes(YEAR)
        assert "pairing-over" in {name for name, _at in await house.hours()}
        assert await updated(ME, house.now) == []

    async def test_an_hour_that_was_lost_with_a_room_comes_again_on_the_same_day(
        self, house: PlayedHouse
    ) -> None:
        ben, _dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        day = (await OwnReview.get()).day
        await Heard.filter(key__startswith="own-review:").delete()
        await self.starts(house)
        assert (await OwnReview.get()).day == day
        assert "own-review" in {name for name, _at in await house.hours()}

    async def test_the_day_goes_when_all_that_stood_was_let_go_with_its_congregation(
        self, house: PlayedHouse
    ) -> None:
        ben, _dan = await with_a_round(house)
        await ben.says("ben", "pairing in")
        await belongings.forget("!lakeside:here")
        assert await updated(ME, house.now) == []
        assert not await OwnReview.exists()
