"""Dyads and one-to-ones, played: nobody is in one unasked, and what two people say to each other is nowhere."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import one_to_ones
from handlers.language import Ask, Call, Change, Effect
from practices.circles import RoomKind
from practices.dyads import Ended, Occasion, Pace, State
from storage import dyads
from storage.dyads import Dyad, Met, OneToOne, met_count
from storage.members import Member
from storage.outbox import Deed
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Two:
    """Ana and Ben of one crew, each in their private chat, and Cleo, who hears of nothing."""

    def __init__(
        self, house: PlayedHouse, crew: PlayedRoom, ana: PlayedRoom, ben: PlayedRoom
    ) -> None:
        self.house, self.crew, self.ana, self.ben = house, crew, ana, ben

    async def dyad(self, words: str = "dyad ben") -> list[str]:
        """Both have said yes; what was said then."""
        await self.ana.says("ana", words)
        await self.ana.says("ana", "yes")
        return await self.ben.says("ben", "yes")

    async def agreed(self) -> datetime:
        """A time suits both."""
        await self.ana.says("ana", "1 and 2")
        await self.ben.says("ben", "2")
        one = await OneToOne.get()
        assert one.at is not None
        return one.at

    def heard(self, who: PlayedRoom) -> list[str]:
        """Every message in somebody's private chat so far."""
        return [
            str(owed.content["text"])
            for owed in self.house.owed
            if owed.deed is Deed.SEND and owed.lane == who.id and owed.content
        ]


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    async with a_house() as house:
        yield await begun(house)


async def begun(house: PlayedHouse) -> Two:
    crew = await house.crew(people=("ana", "ben", "cleo"))
    return Two(house, crew, await house.private("ana"), await house.private("ben"))


def words(told: list[str]) -> str:
    return "\n".join(told)


# ------------------------------------------------------------------------------------------ proposing


@pytest.mark.requirement("R31")
async def test_there_is_no_dyad_before_both_have_said_yes(two: Two) -> None:
    [read_back] = await two.ana.says("ana", "dyad ben")
    assert "I would ask **Ben**" in read_back
    assert "once a month" in read_back
    assert "Saturday 22 May 2027" in read_back
    assert not await Dyad.exists()

    told = await two.ana.says("ana", "yes")
    assert [each for each in told if each.startswith("→") or "**Ana** asks" in each]
    assert (await Dyad.get()).state is State.PROPOSED
    assert not await OneToOne.exists()

    await two.ben.says("ben", "yes")
    assert (await Dyad.get()).state is State.ACTIVE
    assert await OneToOne.exists()


async def test_nothing_of_it_is_said_in_the_crews_room(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    await two.house.passes(timedelta(days=40))
    await two.ana.says("ana", "dyad ben close")

    assert not [owed for owed in two.house.owed if owed.lane == two.crew.id]
    assert not [owed for owed in two.house.owed if owed.lane == person("cleo")]


async def test_what_is_read_back_can_be_changed_before_it_is_asked(two: Two) -> None:
    await two.ana.says("ana", "dyad ben weekly")
    [again] = await two.ana.says("ana", "45 minutes, for 3 months")
    assert "every week, about 45 minutes" in again
    assert "Monday 22 February 2027" in again

    await two.ana.says("ana", "yes")
    dyad = await Dyad.get()
    assert (dyad.pace, dyad.minutes, dyad.review) == (Pace.WEEKLY, 45, date(2027, 2, 22))


async def test_a_change_that_is_not_understood_asks_nobody_and_leaves_the_question_open(
    two: Two,
) -> None:
    await two.ana.says("ana", "dyad ben")
    [refused] = await two.ana.says("ana", "with a lot of cake")
    assert "For example" in refused
    assert not await Dyad.exists()

    await two.ana.says("ana", "yes")
    assert await Dyad.exists()


@pytest.mark.requirement("R16")
async def test_a_dyad_has_a_day_of_review_from_its_beginning_and_none_without_is_made(
    two: Two,
) -> None:
    [refused] = await two.ana.says("ana", "dyad ben for 40 months")
    assert "within two years" in refused
    assert not await Question.exists()

    await two.dyad()
    assert (await Dyad.get()).review == date(2027, 5, 22)
    assert "dyad-review" in dict(await two.house.hours())


@pytest.mark.requirement("R13")
async def test_a_no_and_a_silence_reach_whoever_asked_in_the_same_words(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    told = await two.ben.says("ben", "no")
    after_no = next(each for each in told if "a dyad: not this time" in each)
    assert not await OneToOne.exists()

    await two.house.passes(timedelta(days=181))
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    told = await two.house.passes(timedelta(days=15))
    assert [each for each in told if "not this time" in each] == [after_no]
    assert after_no == "**Ben** and a dyad: not this time."


async def test_who_was_declined_does_not_ask_again_but_can_be_asked(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    await two.ben.says("ben", "not this time")

    [refused] = await two.ana.says("ana", "dyad ben")
    assert "They were not asked again" in refused

    await two.ben.says("ben", "dyad ana")
    await two.ben.says("ben", "yes")
    await two.ana.says("ana", "yes")
    assert (await Dyad.get()).state is State.ACTIVE


async def test_what_was_declined_is_forgotten_after_half_a_year(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    await two.ben.says("ben", "no")
    await two.house.passes(timedelta(days=181))

    assert not await Dyad.exists()


async def test_two_who_ask_each_other_have_both_said_yes(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ben.says("ben", "dyad ana")
    await two.ana.says("ana", "yes")
    told = await two.ben.taps("ben", "✅", on=two.ben.asked("I would ask **Ana**"))

    assert "are a dyad" in words(told)
    assert (await Dyad.get()).state is State.ACTIVE


async def test_a_proposal_can_be_taken_back(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    assert await two.ana.says("ana", "dyad ben take back") == [
        "Taken back: nothing is asked any more."
    ]

    [told] = await two.ben.taps("ben", "✅")
    assert "closed" in told
    assert not await Dyad.exists()
    assert await two.house.hours() == []


async def test_only_people_of_a_shared_circle_can_be_asked(two: Two) -> None:
    await two.house.room("Elsewhere", ["zoe"], kind=RoomKind.CREW)

    [refused] = await two.ana.says("ana", "dyad zoe")
    assert "nobody was asked" in refused
    [refused] = await two.ana.says("ana", "dyad ana")
    assert "nobody was asked" in refused


async def test_two_of_one_name_are_asked_apart(two: Two) -> None:
    await Member.create(room=two.crew.id, person="@ben:elsewhere", name="Ben")

    [refused] = await two.ana.says("ana", "dyad ben")
    assert "More than one" in refused
    [asked] = await two.ana.says("ana", "dyad @ben:elsewhere weekly")
    assert "every week" in asked


async def test_nobody_runs_a_campaign(two: Two) -> None:
    many = [f"friend{number}" for number in range(6)]
    await two.house.crew("Many", ["ana", *many])
    for who in many[:3]:
        await two.ana.says("ana", f"dyad {who}")
        await two.ana.says("ana", "yes")

    [refused] = await two.ana.says("ana", f"dyad {many[5]}")
    assert "more than 3 people whom you ask within a day, so nobody was asked" in refused


async def test_whoever_never_spoke_with_kinkeeper_hears_who_asks(two: Two) -> None:
    await two.ana.says("ana", "dyad cleo")
    told = await two.ana.says("ana", "yes")

    assert told[0].startswith("→ cleo: Hello. I am Kinkeeper")


@pytest.mark.requirement("R15")
async def test_a_proposal_of_the_night_waits_for_the_others_morning(two: Two) -> None:
    await two.house.passes(until=datetime(2026, 11, 22, 22, 0, tzinfo=UTC))
    await two.ana.says("ana", "dyad ben")
    told = await two.ana.says("ana", "yes")
    assert len(told) == 1

    told = await two.house.passes(until=datetime(2026, 11, 23, 7, 1, tzinfo=UTC))
    assert "**Ana** asks" in words(told)


# -------------------------------------------------------------------------------------- finding a time


async def test_each_reads_the_times_on_their_own_clock(two: Two) -> None:
    await Person.create(id=person("ben"), zone="America/New_York")
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    await two.house.passes(6 * HOUR)
    told = await two.ben.says("ben", "yes")

    [ana] = [each for each in told if "A one-to-one with Ben" in each]
    [ben] = [each for each in told if "A one-to-one with Ana" in each]
    assert "clocks of Europe/Rome" in ana
    assert "clocks of America/New\\_York" in ben
    one = await OneToOne.get()
    for option in one.options:
        assert 13 <= datetime.fromisoformat(option).hour <= 19  # Ben's 8:00 and Ana's 20:00


async def test_the_first_time_that_suits_both_is_agreed_and_both_hear_it(two: Two) -> None:
    await two.dyad()
    [noted] = await two.ana.says("ana", "1 and 2")
    assert noted.startswith("Noted: Tuesday 24 November, 19:00; Wednesday 25 November, 12:30")
    told = await two.ben.taps("ben", "2️⃣")

    assert len(told) == 2
    assert all(each.startswith("**Wednesday 25 November, 12:30**") for each in told)
    assert not await Question.filter(inquiry="one-to-one-times").exists()


async def test_a_time_of_ones_own_is_read_in_ones_own_zone_and_put_to_the_other(two: Two) -> None:
    await Person.create(id=person("ana"), zone="Europe/Lisbon")
    await two.dyad()
    [noted] = await two.ana.says("ana", "friday 11:00")
    assert "Friday 27 November, 11:00" in noted
    await two.ben.says("ben", "1")

    told = await two.house.passes(2 * HOUR)
    ben = next(each for each in told if "suits Ana" in each and "Rome" in each)
    assert "Friday 27 November, 12:00 – suits Ana" in ben
    number = next(line for line in ben.splitlines() if "– suits Ana" in line)[0]
    told = await two.ben.says("ben", number)
    assert "**Friday 27 November, 12:00** – your one-to-one with Ana" in words(told)


async def test_others_are_proposed_that_were_not_there(two: Two) -> None:
    await two.dyad()
    before = set((await OneToOne.get()).options)
    [told] = await two.ana.says("ana", "others")

    after = set((await OneToOne.get()).options)
    assert len(after - before) == 6
    assert told.startswith("Others:")


@pytest.mark.parametrize("said", ["banana", "9", "yesterday 19:00", "in 200 days"])
async def test_what_is_no_time_leaves_the_question_open(two: Two, said: str) -> None:
    await two.dyad()
    [told] = await two.ana.says("ana", said)

    assert "Nothing was changed" in told
    assert (await OneToOne.get()).suits == {}
    assert (await two.ana.says("ana", "1"))[0].startswith("Noted")


async def test_where_no_half_hour_fits_both_nights_a_time_of_ones_own_still_works(two: Two) -> None:
    await Person.create(
        id=person("ana"), zone="Pacific/Auckland", quiet_from="17:00", quiet_until="09:00"
    )
    await Person.create(
        id=person("ben"), zone="Europe/Rome", quiet_from="17:00", quiet_until="09:00"
    )
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    await two.house.passes(DAY)
    told = await two.ben.says("ben", "yes")
    assert "no half hour in the next two weeks" in words(told)

    await two.ben.says("ben", "saturday 9:00")
    await two.house.passes(DAY)
    told = await two.ana.says("ana", "saturday 21:00")
    assert "your one-to-one with Ben" in words(told)


async def test_when_nothing_suits_both_each_sees_what_suits_the_other_once(two: Two) -> None:
    await two.dyad()
    await two.ana.says("ana", "1")
    await two.ben.says("ben", "2")

    told = await two.house.passes(2 * HOUR)
    assert len(told) == 2
    assert all("No time suits all of you yet" in each for each in told)
    told = await two.house.passes(timedelta(days=9))
    assert all("No time was found" in each for each in told)
    assert len(told) == 2
    assert not await OneToOne.exists()


async def test_a_silent_pair_is_asked_kindly_once_more_and_then_rests(two: Two) -> None:
    await two.dyad()
    once = await two.house.passes(timedelta(days=4))
    assert [each.split(" would ")[0] for each in once] == [
        "A one-to-one with Ben",
        "A one-to-one with Ana",
    ]

    told = await two.house.passes(timedelta(days=5))
    assert len(told) == 2
    assert all("No time was found" in each for each in told)
    assert not [each for each in told if "answer" in each]
    assert not await OneToOne.exists()
    assert not await Question.exists()


async def test_after_two_that_came_to_nothing_the_dyad_itself_rests(two: Two) -> None:
    await two.dyad("dyad ben weekly")
    told = await two.house.passes(timedelta(days=30))

    assert (await Dyad.get()).state is State.RESTING
    assert "rests for now, and I ask nothing" in words(told)
    assert await two.house.passes(timedelta(days=100)) == []


@pytest.mark.requirement("R13")
async def test_not_this_time_needs_no_reason_and_the_dyad_goes_on(two: Two) -> None:
    await two.dyad()
    told = await two.ben.says("ben", "not this time")

    assert told[-1] == "The one-to-one with Ben: not this time. `dyad` shows what is next."
    assert (await Dyad.get()).state is State.ACTIVE
    assert "dyad-next" in dict(await two.house.hours())


# -------------------------------------------------------------------------------- a time is agreed on


async def test_a_day_before_each_is_reminded_and_on_the_next_morning_asked(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()

    told = await two.house.passes(until=at - DAY + timedelta(minutes=1))
    assert len(told) == 2
    assert all("**Wednesday 25 November, 12:30**" in each for each in told)
    assert await two.house.passes(until=at + timedelta(hours=2)) == []
    told = await two.house.passes(until=at + DAY)
    assert [each.split("?")[0] for each in told] == [
        "Did you meet, Ben and you",
        "Did you meet, Ana and you",
    ]


@pytest.mark.requirement("R33")
async def test_of_a_one_to_one_met_and_its_date_stay_and_nothing_else(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    assert (await two.ana.says("ana", "yes"))[0] == "Good to hear."

    assert not await OneToOne.exists()
    assert [row async for row in Met.all().values("room", "one", "other", "day")] == [
        {"room": "dyad:1", "one": person("ana"), "other": person("ben"), "day": date(2026, 11, 25)}
    ]
    assert "You met once, last on Wednesday 25 November 2026" in words(
        await two.ben.says("ben", "dyad ana")
    )
    [told] = await two.ben.taps("ben", "✅", on=two.ben.asked("Did you meet"))
    assert "closed" in told


@pytest.mark.requirement("R33")
async def test_not_yet_is_no_record_and_another_time_can_be_looked_for(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "not yet")
    told = await two.ana.says("ana", "another time")

    assert "The time that stood is given up." in words(told)
    assert not await Met.exists()
    assert (await OneToOne.get()).at is None


async def test_not_yet_can_rest(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "not yet")
    assert (await two.ana.says("ana", "let it rest"))[0].startswith("Good, it rests.")

    assert not await OneToOne.exists()
    assert not await Met.exists()


@pytest.mark.requirement("R33")
async def test_a_silence_about_having_met_is_asked_about_once_more_and_is_no_meeting(
    two: Two,
) -> None:
    await two.dyad()
    at = await two.agreed()
    told = await two.house.passes(until=at + timedelta(days=12))

    assert sum("Did you meet" in each for each in told) <= 4
    assert not await OneToOne.exists()
    assert not await Met.exists()


@pytest.mark.requirement("R14")
@pytest.mark.parametrize("slow", [False, True])
async def test_nobody_is_written_to_more_than_four_times_for_one_meeting(
    two: Two, slow: bool
) -> None:
    await two.dyad("dyad ben no rhythm")
    before = len(two.house.owed)
    await two.ana.says("ana", "dyad ben meet")
    if slow:
        await two.house.passes(timedelta(days=3, hours=1))
    await two.ana.says("ana", "1")
    await two.ben.says("ben", "2")
    await two.house.passes(2 * HOUR)
    await two.ana.says("ana", "friday 18:00")
    await two.ben.says("ben", "friday 18:00")
    assert (await OneToOne.get()).at is not None
    await two.house.passes(timedelta(days=30))

    for room, who in ((two.ana, "ana"), (two.ben, "ben")):
        unasked = [
            owed
            for owed in two.house.owed[before:]
            if owed.deed is Deed.SEND and owed.lane == room.id and owed.asker != person(who)
        ]
        assert 2 <= len(unasked) <= 4


async def test_half_time_is_signalled_to_whoever_asked_and_to_nobody_else(two: Two) -> None:
    await two.dyad("dyad ben 40 minutes")
    at = await two.agreed()
    [told] = await two.ben.taps("ben", "⏳")
    assert told == "Good: after 20 minutes I signal half time to you."
    await two.house.passes(until=at + timedelta(minutes=19))

    assert await two.house.passes(until=at + timedelta(minutes=21)) == [
        "Half time. You can change places now."
    ]
    assert two.house.owed[-1].lane == two.ben.id


async def test_who_wants_the_signal_has_it_at_the_next_as_well(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.ben.says("ben", "dyad ana signal")
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "yes")
    await two.house.passes(timedelta(days=32))

    assert (await OneToOne.get()).signals == [person("ben")]


async def test_a_time_can_be_moved_and_its_old_hours_are_gone(two: Two) -> None:
    await two.dyad()
    former = await two.agreed()
    told = await two.ben.taps("ben", "🔁")
    assert "Ben would like another time" in words(told)
    assert "The time that stood is given up." in words(told)
    await two.ana.says("ana", "4")
    told = await two.ben.says("ben", "4")
    one = await OneToOne.get()

    assert one.at is not None
    assert one.at > former
    assert not [
        name for name, at in await two.house.hours() if name == "one-to-one-remind" and at < former
    ]


async def test_what_is_called_off_is_off_for_both(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    told = await two.ana.taps("ana", "❌")

    assert "so Wednesday 25 November, 12:30 is free again" in words(told)
    assert not await OneToOne.exists()
    [late] = await two.ben.taps("ben", "⏳", on="one-to-one:1")
    assert "over" in late


async def test_one_to_ones_are_listed_moved_and_timed_by_words(two: Two) -> None:
    [refused] = await two.ana.says("ana", "one-to-one")
    assert "No one-to-one of yours is ahead" in refused
    await two.dyad()
    assert "1. Ben: a time is being looked for" in words(await two.ana.says("ana", "one-to-one"))
    assert words(await two.ana.says("ana", "one-to-one 1 friday 18:00")).startswith("Noted")
    await two.ben.says("ben", "friday 18:00")
    assert "1. Ben: Friday 27 November, 18:00" in words(await two.ana.says("ana", "one-to-one"))
    [refused] = await two.ana.says("ana", "one-to-one 1 saturday 18:00")
    assert "was not written down" in refused
    assert "half time" in words(await two.ana.says("ana", "one-to-one signal 1"))
    [refused] = await two.ana.says("ana", "one-to-one off 7")
    assert "nothing was changed" in refused
    assert "given up" in words(await two.ana.says("ana", "one-to-one move 1"))
    assert "not this time" in words(await two.ana.says("ana", "one-to-one off 1"))


@pytest.mark.requirement("R15")
async def test_over_the_change_of_the_clocks_the_reminder_comes_by_day_on_each_clock() -> None:
    async with a_house() as house:
        house.now = datetime(2027, 3, 26, 9, 0, tzinfo=UTC)
        two = await begun(house)
        await Person.create(id=person("ben"), zone="America/New_York")
        await two.ana.says("ana", "dyad ben")
        await two.ana.says("ana", "yes")
        await house.passes(until=datetime(2027, 3, 26, 14, 0, tzinfo=UTC))
        await two.ben.says("ben", "yes")
        await two.ana.says("ana", "monday 15:30")  # 9:30 in New York, as Rome has moved by then
        await two.ben.says("ben", "monday 9:30")
        one = await OneToOne.get()
        assert one.at == datetime(2027, 3, 29, 13, 30, tzinfo=UTC)

        hours = [at for name, at in await house.hours() if name == "one-to-one-remind"]
        assert sorted(hours) == [one.at - DAY, one.at - DAY]
        told = await house.passes(until=one.at - HOUR)
        assert "**Monday 29 March, 15:30**" in words(told)
        assert "**Monday 29 March, 09:30**" in words(told)


async def test_a_daemon_that_was_off_for_a_week_reminds_nobody_late_and_asks_whether_they_met(
    two: Two,
) -> None:
    await two.dyad()
    at = await two.agreed()
    told = await two.house.wakes_at(at + timedelta(days=7))

    assert [each.split(",")[0] for each in told] == ["Did you meet", "Did you meet"]
    await two.ana.says("ana", "yes")
    assert (await Met.get()).day == date(2026, 11, 25)


async def test_a_daemon_that_was_off_while_it_was_silent_asks_before_it_rests(two: Two) -> None:
    await two.dyad()
    told = await two.house.wakes_at(two.house.now + timedelta(days=14))
    assert all("would still be nice" in each for each in told)
    assert all("24 November" not in each for each in told)
    await two.ana.says("ana", "1")
    assert "your one-to-one with Ana" in words(await two.ben.says("ben", "1"))


async def test_after_a_month_away_nobody_is_asked_about_what_is_long_over(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    told = await two.house.wakes_at(at + timedelta(days=40))

    assert not [each for each in told if "Did you meet" in each]
    assert not await OneToOne.filter(at__isnull=False).exists()


async def test_a_time_that_passed_while_somebody_thought_is_not_agreed(two: Two) -> None:
    await two.dyad()
    await two.ana.says("ana", "1")
    two.house.now = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    [told] = await two.ben.says("ben", "1")

    assert "has passed meanwhile" in told
    assert (await OneToOne.get()).at is None


# --------------------------------------------------------------------------------- its rhythm and terms


async def test_the_next_one_comes_in_its_rhythm(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "yes")

    told = await two.house.passes(until=datetime(2026, 12, 22, 12, 0, tzinfo=UTC))
    assert len([each for each in told if each.startswith("**A one-to-one with")]) == 2


async def test_without_a_rhythm_one_begins_when_one_of_them_asks(two: Two) -> None:
    told = await two.dyad("dyad ben no rhythm")
    assert not await OneToOne.exists()
    assert "whenever one of you asks" in words(told)
    assert await two.house.passes(timedelta(days=60)) == []

    await two.ben.says("ben", "dyad ana meet")
    assert await OneToOne.exists()
    [refused] = await two.ana.says("ana", "dyad ben meet")
    assert "on its way already" in refused


async def test_other_terms_are_asked_of_the_other_and_hold_when_both_agree(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    told = await two.ana.says("ana", "dyad ben every two weeks 30 minutes for 3 months")
    assert "**Ana** proposes for your dyad: every two weeks, about 30 minutes" in words(told)
    assert (await Dyad.get()).minutes == 60

    told = await two.ben.says("ben", "yes")
    dyad = await Dyad.get()
    assert (dyad.pace, dyad.minutes, dyad.review) == (Pace.FORTNIGHTLY, 30, date(2027, 2, 22))
    assert len([each for each in told if "Agreed with" in each]) == 2
    assert [at.date() for name, at in await two.house.hours() if name == "dyad-review"] == [
        date(2027, 2, 22)
    ]


@pytest.mark.requirement("R13")
async def test_other_terms_declined_leave_all_as_it_is(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    await two.ana.says("ana", "dyad ben weekly")
    told = await two.ben.says("ben", "not this time")

    assert "not this time. It goes on as it is." in words(told)
    assert (await Dyad.get()).pace is Pace.MONTHLY


# ---------------------------------------------------------------------------- rest, review and the end


@pytest.mark.requirement("R11")
async def test_either_ends_it_in_one_act_and_the_other_hears_only_that_it_is_over(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    told = await two.ben.says("ben", "dyad ana close")

    assert told == ["Done: your dyad with Ana is over.", "Your dyad with **Ben** is over."]
    assert not await Dyad.exists()
    assert not await OneToOne.exists()
    assert await two.house.hours() == []
    assert not await Question.exists()


async def test_it_rests_at_the_word_of_one_and_wakes_at_the_word_of_both(two: Two) -> None:
    await two.dyad()
    await two.ana.says("ana", "dyad ben rest")
    assert (await Dyad.get()).state is State.RESTING
    assert not await OneToOne.exists()
    assert await two.house.passes(timedelta(days=60)) == []

    await two.ana.says("ana", "dyad ben wake")
    assert (await Dyad.get()).state is State.RESTING
    told = await two.ben.says("ben", "no")
    assert "It rests on." in words(told)
    await two.ben.says("ben", "dyad ana wake")
    told = await two.ana.says("ana", "dyad ben wake")
    assert (await Dyad.get()).state is State.ACTIVE
    assert "goes on" in words(told)


@pytest.mark.requirement("R16")
async def test_on_its_day_both_are_asked_and_it_goes_on_when_both_say_so(two: Two) -> None:
    await two.dyad("dyad ben no rhythm for 1 month")
    told = await two.house.passes(timedelta(days=31))
    assert len([each for each in told if "has come to its day" in each]) == 2

    assert "as soon as you have both" in words(await two.ana.says("ana", "go on"))
    told = await two.ben.says("ben", "go on")
    assert all("goes on until Saturday 23 January 2027" in each for each in told)
    assert (await Dyad.get()).state is State.ACTIVE


@pytest.mark.requirement("R16")
async def test_a_review_that_not_both_answer_ends_it_and_nobody_learns_who_was_silent(
    two: Two,
) -> None:
    await two.dyad("dyad ben no rhythm for 1 month")
    await two.house.passes(timedelta(days=31))
    await two.ana.says("ana", "go on")
    once_more = await two.house.passes(timedelta(days=8))
    assert len(once_more) == 1

    told = await two.house.passes(timedelta(days=8))
    assert [each.replace("Ana", "Ben").replace("ana", "ben") for each in told] == [told[0]] * 2
    assert told[0].startswith("Your dyad with **Ben** has reached its day and is over.")
    assert not await Dyad.exists()
    assert await two.house.hours() == []


@pytest.mark.requirement("R11")
async def test_a_review_is_closed_by_one_word(two: Two) -> None:
    await two.dyad("dyad ben no rhythm for 1 month")
    await two.house.passes(timedelta(days=31))
    told = await two.ben.taps("ben", "👋")

    assert "Your dyad with **Ben** is over." in told
    assert not await Dyad.exists()


# ------------------------------------------------------------------------- circles, forgetting, and rooms


async def test_the_dyad_holds_when_one_leaves_the_crew_and_when_the_crew_ends(two: Two) -> None:
    await two.dyad()
    await two.crew.leaves("ben")
    await two.crew.reports(Change.REMOVED)
    assert (await Dyad.get()).state is State.ACTIVE

    at = await two.agreed()
    told = await two.house.passes(until=at + DAY)
    assert "Did you meet, Ben and you?" in words(told) or "Did you meet, ben and you?" in words(
        told
    )


async def test_forget_me_ends_it_for_the_other_and_leaves_no_trace(two: Two) -> None:
    await two.dyad()
    at = await two.agreed()
    await two.house.passes(until=at + DAY)
    await two.ana.says("ana", "yes")
    await two.house.passes(timedelta(days=32))
    assert await OneToOne.exists()
    await two.ana.says("ana", "forget me")
    told = await two.ana.says("ana", "yes")

    assert "Your dyad with **Ana** is over." in words(told)
    assert not await Dyad.exists()
    assert not await OneToOne.exists()
    assert not await Met.exists()


async def test_whoever_is_asked_and_forgotten_is_not_told_apart_from_a_no(two: Two) -> None:
    await two.ana.says("ana", "dyad ben")
    await two.ana.says("ana", "yes")
    await two.ben.says("ben", "forget me")
    told = await two.ben.says("ben", "yes")

    assert "**Ben** and a dyad: not this time." in told
    assert not await Dyad.exists()


@pytest.mark.requirement("R12")
async def test_an_export_holds_ones_own_and_not_what_suits_the_other(two: Two) -> None:
    await two.dyad()
    await two.ben.says("ben", "2")
    await two.ana.says("ana", "export")
    found = await dyads.kept_of(person("ana"))
    assert found["dyads"][0]["with"] == person("ben")
    assert found["one_to_ones"][0]["times_that_suit_you"] == []
    assert (await dyads.kept_of(person("cleo"))) == {
        "dyads": [],
        "one_to_ones": [],
        "met_one_to_one": [],
    }


async def test_who_wants_no_calls_is_asked_silently_and_not_bothered_with_what_is_no_news(
    two: Two,
) -> None:
    await two.dyad()
    await two.ben.says("ben", "quiet everywhere")
    told = await two.house.passes(timedelta(days=9))

    assert len([each for each in told if "No time was found" in each]) == 1
    for owed in two.house.owed:
        if owed.deed is Deed.SEND and owed.lane == two.ben.id and "nice" in str(owed.content):
            assert owed.content is not None
            assert owed.content["mention"] == []


async def test_a_room_of_their_own_is_made_when_both_would_like_one(two: Two) -> None:
    await two.dyad()
    [noted] = await two.ana.taps("ana", "🏠", on="dyad:1")
    assert "as soon as Ben would like one, too" in noted
    assert not [owed for owed in two.house.owed if owed.deed is Deed.MAKE]

    told = await two.ben.says("ben", "dyad ana room")
    assert "⌂ Ana and Ben" in told
    wanted = next(owed for owed in two.house.owed if owed.deed is Deed.MAKE)
    assert wanted.content is not None
    assert wanted.content["kind"] == RoomKind.DYAD.value
    assert wanted.content["invite"] == [person("ana"), person("ben")]

    room, told = await two.house.makes("Ana and Ben")
    assert "This room is yours" in words(told)
    assert (await Dyad.get()).home == room.id
    row = await Room.get(id=room.id)
    assert (row.kind, row.zone) == (RoomKind.DYAD, "Europe/Rome")
    [refused] = await two.ana.says("ana", "dyad ben room")
    assert "have a room of your own already" in refused


async def test_a_room_that_was_refused_leaves_the_dyad_as_it_is_and_can_be_asked_for_again(
    two: Two,
) -> None:
    await two.dyad()
    await two.ana.says("ana", "dyad ben room")
    await two.ben.says("ben", "dyad ana room")
    told = await two.house.refuses("Ana and Ben", "limit")

    assert len([each for each in told if "could not make the room" in each]) == 2
    assert (await Dyad.get()).state is State.ACTIVE
    assert (await Dyad.get()).rooming == []


# -------------------------------------------------------------------------------- what others build on


async def trio(two: Two, *people: str) -> OneToOne:
    """What a rota or a pairing round begins, as its own hour would."""
    return await OneToOne.create(
        room=two.crew.id,
        people=sorted(map(person, people)),
        occasion=Occasion.PAIRING,
        subject="7",
        minutes=60,
        options=["2026-11-24T18:00:00+00:00", "2026-11-25T18:00:00+00:00"],
    )


async def test_a_trio_meets_when_a_time_suits_all_three_and_counts_as_three_pairs(two: Two) -> None:
    cleo = await two.house.private("cleo")
    await trio(two, "ana", "ben", "cleo")
    for room, who in ((two.ana, "ana"), (two.ben, "ben"), (cleo, "cleo")):
        told = await room.says(who, "one-to-one 1 wednesday 18:00")
    assert len([each for each in told if "**Wednesday 25 November, 18:00**" in each]) == 3
    assert "your one-to-one with Ben and Cleo" in words(told)

    await two.house.passes(timedelta(days=4))
    await cleo.says("cleo", "yes")
    assert await met_count(two.crew.id, date(2026, 11, 1)) == 3
    assert await met_count(two.crew.id, date(2026, 11, 1), date(2026, 11, 24)) == 0
    assert await met_count("!other:here", date(2026, 11, 1)) == 0


async def test_of_a_trio_two_go_on_when_one_would_rather_not(two: Two) -> None:
    await two.house.private("cleo")
    await trio(two, "ana", "ben", "cleo")
    told = await two.ana.says("ana", "one-to-one off 1")

    assert sorted(each for each in told if "two this time" in each) == [
        "You are two this time: you and Ben.", "You are two this time: you and Cleo.",
    ]  # fmt: skip
    assert (await OneToOne.get()).people == [person("ben"), person("cleo")]


@pytest.mark.requirement("R11")
async def test_what_was_arranged_for_a_circle_is_over_when_one_leaves_it(two: Two) -> None:
    await trio(two, "ana", "ben")
    told = await two.crew.leaves("ben")

    assert [each for each in told if "does not take place" in each]
    assert not await OneToOne.exists()


async def test_what_was_arranged_for_a_circle_goes_with_it(two: Two) -> None:
    await trio(two, "ana", "ben")
    await two.crew.reports(Change.REMOVED)

    assert not await OneToOne.exists()


async def test_a_one_to_one_of_one_or_of_four_is_refused(two: Two) -> None:
    call = Call(key="rota", at=two.house.now, room=await two.crew.row(), house=two.house.house)
    for people in (["@ana:here"], [f"@{name}:here" for name in "abcd"]):
        with pytest.raises(ValueError, match="of two people"):
            await one_to_ones.begin(
                call, people, circle=two.crew.id, occasion=Occasion.ROTA, subject="1"
            )


async def test_what_a_feature_begins_is_told_with_its_reason_and_followed_to_its_end(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[tuple[str, list[str], Ended]] = []

    async def follow(_call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
        ends.append((one.subject, one.people, ended))
        return []

    monkeypatch.setitem(one_to_ones.FOLLOWS, Occasion.ROTA, follow)
    call = Call(key="rota", at=two.house.now, room=await two.crew.row(), house=two.house.house)
    effects = await one_to_ones.begin(
        call,
        [person("ben"), person("ana")],
        circle=two.crew.id,
        occasion=Occasion.ROTA,
        subject="cycle 3",
    )
    told = [effect for effect in effects if isinstance(effect, Ask)]
    assert [effect.person for effect in told] == [person("ana"), person("ben")]
    assert "**A one-to-one with Ben**, from the pair rota in **Kitchen Crew**" in told[0].text
    assert all(effect.private for effect in told)

    await two.ana.says("ana", "one-to-one off 1")
    assert ends == [("cycle 3", [person("ana"), person("ben")], Ended.DECLINED)]
    assert not await OneToOne.exists()


# ------------------------------------------------------------------------ practices of two, in their room


async def room_of_two(two: Two) -> PlayedRoom:
    """The room that Kinkeeper made for the two of a dyad."""
    await two.dyad("dyad ben no rhythm")
    await two.ana.says("ana", "dyad ben room")
    await two.ben.says("ben", "dyad ana room")
    room, _told = await two.house.makes("Ana and Ben")
    for who in ("ana", "ben"):
        await room.joins(who)
    return room


async def begun_in(room: PlayedRoom, said: str, *, written: bool) -> None:
    """Both are in, and it begins."""
    await room.says("ana", f"!start {said}{' written' if written else ''}")
    if written:
        await room.taps("ben", "🙋")
    await room.taps("ana", "▶️")


def whose(told: list[str]) -> str | None:
    """Who has been given the turn by what was said."""
    given = [each for each in told if ", the turn is yours" in each]
    return given[-1].removeprefix("**").partition("**")[0].casefold() if given else None


@pytest.mark.requirement("R34")
@pytest.mark.parametrize("written", [False, True])
async def test_two_listen_and_loop_by_voice_and_in_writing_and_change_when_the_speaker_is_heard(
    two: Two, written: bool
) -> None:
    room = await room_of_two(two)
    await begun_in(room, "listen and loop", written=written)
    first = whose(await two.house.passes(timedelta(minutes=1, seconds=1)))
    assert first is not None
    other = "ben" if first == "ana" else "ana"

    late = await two.house.passes(timedelta(minutes=30))
    assert whose(late) is None
    for word in ("!next", "!done", "!pass"):
        assert whose(await room.says(other, word)) is None
    assert whose(await room.says(first, "!done")) == other
    await two.house.passes(timedelta(minutes=30))
    assert "**Closing**" not in words(await room.says(first, "!next"))
    assert "**Closing**" in words(await room.says(other, "!done"))
    assert "Thank you for being here" in words(await two.house.passes(timedelta(minutes=3)))


@pytest.mark.requirement("R35")
@pytest.mark.parametrize("written", [False, True])
async def test_the_clock_of_peer_coaching_announces_each_change_to_two_in_their_room(
    two: Two, written: bool
) -> None:
    room = await room_of_two(two)
    await room.says("ana", f"!start peer coaching{' written' if written else ''}")
    if written:
        await room.taps("ben", "🙋", on="sitting:1:0")
    brought = next(
        owed for owed in reversed(two.house.owed) if "brings something" in str(owed.content)
    )
    who = "ben" if "**Ben**" in str(brought.content) else "ana"
    told = await room.taps(who, "✅", on=brought.name)
    if "**Story**" not in words(told):
        told += await room.taps("ana", "▶️", on="sitting:1:0")
    assert "**Story**" in words(told)
    start = two.house.now
    assert whose(told) == who
    assert f"until about {start + HOUR + timedelta(minutes=10):%H:%M}" in words(told)

    told = await room.says(who, "!done")
    assert "**Stillness**" in words(told)
    assert f"until {two.house.now + HOUR + timedelta(minutes=3):%H:%M}" in words(told)
    told = await two.house.passes(timedelta(minutes=3))
    assert "**Mirroring**" in words(told)
    listener = whose(told)
    assert listener not in (None, who)
    assert f"until about {two.house.now + HOUR + timedelta(minutes=5):%H:%M}" in words(told)
    told = await room.says(str(listener), "!done")
    assert "**Talking together**" in words(told)
    assert f"until {two.house.now + HOUR + timedelta(minutes=10):%H:%M}" in words(told)
    told = await two.house.passes(timedelta(minutes=20))
    assert "**Appreciation**" in words(told)


async def test_either_can_leave_the_room_of_two_and_the_dyad_goes_on(two: Two) -> None:
    room = await room_of_two(two)
    told = await room.leaves("ben")

    assert told == []
    assert (await Dyad.get()).state is State.ACTIVE


async def test_in_a_room_of_many_it_is_said_where_a_dyad_begins(two: Two) -> None:
    [refused] = await two.crew.says("ana", "!dyad ben")

    assert "In our private chat" in refused
    assert not await Question.exists()


async def test_another_room_is_made_when_the_first_is_gone(two: Two) -> None:
    room = await room_of_two(two)
    await room.reports(Change.REMOVED)
    await Room.filter(id=room.id).update(joined=False)
    await two.ana.says("ana", "dyad ben room")
    await two.ben.says("ben", "dyad ana room")

    made = [owed.target for owed in two.house.owed if owed.deed is Deed.MAKE]
    assert len(set(made)) == 2
    await Room.filter(id=room.id).delete()
    await Member.filter(room=room.id).delete()
    another, _told = await two.house.makes("Ana and Ben")
    assert (await Dyad.get()).home == another.id


@pytest.mark.requirement("R11")
async def test_a_dyad_can_be_ended_whose_other_is_in_no_room_any_more(two: Two) -> None:
    await two.dyad()
    await Member.filter(person=person("ben")).delete()

    assert (await two.ana.says("ana", "dyad ben close"))[0].startswith("Done")
    assert not await Dyad.exists()


async def test_what_is_said_to_be_kind_or_to_be_left_alone_is_no_time(two: Two) -> None:
    await two.dyad()
    assert await two.ben.says("ben", "thanks") == ["Gladly."]
    assert "call you by name nowhere" in words(await two.ben.says("ben", "leave me alone"))
    assert (await Person.get(id=person("ben"))).muted
    assert (await two.ben.says("ben", "1"))[0].startswith("Noted")


ACTS = st.sampled_from(
    ["1", "2", "1 and 3", "others", "friday 18:00", "saturday 9:30", "yes", "thanks"]
)


@pytest.mark.requirement("R14")
@pytest.mark.requirement("R15")
@settings(derandomize=True, deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(["ana", "ben"]), ACTS, st.sampled_from([1, 11, 30, 100])),
        max_size=8,
    )
)
async def test_whatever_two_say_and_when_none_hears_more_than_four_words_unasked_and_none_at_night(
    acts: list[tuple[str, str, int]],
) -> None:
    async with a_house() as house:
        two = await begun(house)
        await two.dyad("dyad ben no rhythm")
        before = len(house.owed)
        await two.ana.says("ana", "dyad ben meet")
        one = await OneToOne.get()
        for who, said, hours in acts:
            await (two.ana if who == "ana" else two.ben).says(who, said)
            await house.passes(hours * HOUR)
        await house.passes(timedelta(days=40))

        for room, who in ((two.ana, "ana"), (two.ben, "ben")):
            unasked = [
                owed
                for owed in house.owed[before:]
                if owed.deed is Deed.SEND and owed.lane == room.id and owed.asker != person(who)
            ]
            assert len(unasked) <= 4
            for owed in unasked:
                if owed.asker is None:
                    assert 8 <= owed.made_at.astimezone(ZoneInfo("Europe/Rome")).hour < 21
        assert not await OneToOne.filter(id=one.id).exists()
        assert await Met.all().count() <= 1
