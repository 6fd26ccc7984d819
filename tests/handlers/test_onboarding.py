"""Onboarding pairs, played: nobody is assigned, both say yes, and what they commit to is read by the two alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.language import Change, KeyGone
from handlers.onboarding import THINKING
from practices.circles import Life, RoomKind
from practices.dyads import Kind, State
from practices.onboarding import Standing
from storage.callings import OpenDoor
from storage.dyads import Dyad, OneToOne
from storage.inbox import Heard
from storage.members import Member
from storage.onboardings import Onboarding, Welcomer
from storage.people import Person
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person
from tests.handlers.test_own_data import exported, mentions_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEMBERS = ("ana", "ben", "cleo", "dan")


class Lake:
    """A congregation of four that Dan hosts, and whoever is new."""

    def __init__(self, house: PlayedHouse, space: PlayedRoom) -> None:
        self.house, self.space = house, space
        self.chats: dict[str, PlayedRoom] = {}

    async def chat(self, who: str) -> PlayedRoom:
        if who not in self.chats:
            self.chats[who] = await self.house.private(who)
        return self.chats[who]

    async def says(self, who: str, *lines: str) -> str:
        """What follows from the last of these lines, for everybody."""
        told: list[str] = []
        for line in lines:
            told = await (await self.chat(who)).says(who, line)
        return "\n".join(told)

    async def comes(self, who: str) -> str:
        return "\n".join(await self.space.joins(who))

    def heard(self, who: str, since: int = 0) -> list[str]:
        """Every word in private to somebody."""
        lanes = {person(who), f"!private-{who}:here"}
        return [
            str((owed.content or {}).get("text", ""))
            for owed in self.house.owed[since:]
            if owed.lane in lanes and (owed.content or {}).get("text")
        ]

    def told(self, who: str, words: str, since: int = 0) -> bool:
        return any(words in each for each in self.heard(who, since))

    def unreadable(self, sealed: str | None) -> bool:
        """Whether what a pair had sealed can be opened by nobody any more."""
        assert sealed is not None
        try:
            self.house.house.keys.of("onboarding:1").open("onboarding", sealed)
        except KeyGone:
            return True
        return False

    async def looking(self, *willing: str) -> None:
        """Nia has come, would like somebody, and named nobody who invited her."""
        for who in willing:
            await self.says(who, "welcome willing")
        await self.says("nia", "help")
        await self.comes("nia")
        if not willing:
            await self.says("nia", "welcome me", "pass")
        else:
            await self.says("nia", "yes", "pass")

    async def paired(self, member: str = "ben") -> Onboarding:
        """Nia and a member have both said yes."""
        await self.looking(member)
        await self.says(member, "yes")
        await self.says("nia", "yes")
        # What they are asked about times is not what these tests are about.
        await Question.filter(inquiry="one-to-one-times").delete()
        return await Onboarding.get()

    async def active(self, member: str = "ben") -> Onboarding:
        """Both have written what they commit to."""
        await self.paired(member)
        await self.says("nia", "welcome commit", "I ask when I am lost")
        await self.says(member, "welcome commit", "I answer within two days\nI bring you along")
        return await Onboarding.get()

    async def closing(self, member: str = "ben") -> Onboarding:
        await self.active(member)
        await self.house.passes(until=datetime(2027, 2, 22, 10, tzinfo=UTC))
        row = await Onboarding.get()
        assert row.state is Standing.CLOSING
        return row


@pytest_asyncio.fixture
async def lake(house: PlayedHouse) -> AsyncIterator[Lake]:
    yield Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))


# --------------------------------------------------------------------------------- somebody is new


async def test_where_nobody_would_be_beside_newcomers_nobody_is_asked(lake: Lake) -> None:
    assert await lake.comes("nia") == ""
    assert not await Onboarding.exists()


async def test_a_newcomer_is_asked_kindly_and_told_who_speaks(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    told = await lake.comes("nia")
    assert told.startswith("→ nia: Hello. I am Kinkeeper")
    assert "somebody beside you" in told
    assert not lake.told("ben", "Nia")


async def test_who_follows_the_congregation_into_its_new_room_is_not_taken_for_new(
    lake: Lake,
) -> None:
    successor = await lake.house.space(
        "Lakeside two", ["dan", "ben"], ["dan"], predecessor=lake.space.id
    )
    await lake.says("ben", "welcome willing in Lakeside two")
    assert await successor.joins("ana") == []
    assert await successor.joins("nia") != []


@pytest.mark.requirement("R13")
async def test_a_no_of_the_newcomer_is_told_to_nobody_and_others_do_not_have_them_asked_again(
    lake: Lake,
) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("nia", "help")
    await lake.comes("nia")
    before = len(lake.house.owed)
    assert "not this time" in await lake.says("nia", "no")
    assert not lake.heard("ben", before)
    assert not lake.heard("dan", before)

    answer = await lake.says("ana", "welcome nia")
    assert "Nia’s to say" in answer
    assert not lake.told("nia", "beside you", before + 1)

    await lake.says("nia", "welcome me", "pass")
    assert (await Onboarding.get()).state is Standing.ASKED


async def test_silence_of_the_newcomer_is_let_be_and_forgotten_after_half_a_year(
    lake: Lake,
) -> None:
    await lake.says("ben", "welcome willing")
    await lake.comes("nia")
    before = len(lake.house.owed)
    await lake.house.passes(timedelta(days=15))
    assert (await Onboarding.get()).state is Standing.DECLINED
    assert not lake.heard("nia", before)
    await lake.house.passes(timedelta(days=200))
    assert not await Onboarding.exists()


@pytest.mark.requirement("R38")
async def test_whoever_invited_a_newcomer_is_the_first_who_is_asked(lake: Lake) -> None:
    for who in ("ben", "cleo"):
        await lake.says(who, "welcome willing")
    await lake.says("ana", "help")
    await lake.says("nia", "help")
    await lake.comes("nia")
    assert "Who invited you" in await lake.says("nia", "yes")
    await lake.says("nia", "Ana")
    assert lake.told("ana", "Would that be you?")
    assert not lake.told("ben", "Would that be you?")
    assert not lake.told("cleo", "Would that be you?")


@pytest.mark.requirement("R38")
async def test_a_member_who_names_a_newcomer_comes_first(lake: Lake) -> None:
    await lake.says("nia", "help")
    await lake.says("ben", "welcome willing")
    await lake.space.joins("omar")
    await lake.says("ana", "welcome omar")
    row = await Onboarding.get(newcomer=person("omar"))
    assert row.state is Standing.OFFERED
    await lake.says("omar", "help")
    await lake.comes("nia")
    await Onboarding.all().delete()
    await lake.says("ana", "welcome @nia")
    assert "Do you mean" in await lake.says("nia", "yes"), "she was asked twice, a moment apart"
    assert "I ask whether somebody" in await lake.says("nia", "yes")
    assert lake.told("ana", "**Nia** is new in **Lakeside**")


async def test_a_name_that_is_nobodys_leaves_the_question_open(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("nia", "help")
    await lake.comes("nia")
    await lake.says("nia", "yes")
    assert "I know nobody here" in await lake.says("nia", "Zacharias")
    assert "I ask whether somebody" in await lake.says("nia", "pass")


async def test_who_never_says_who_invited_them_is_not_left_waiting(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("nia", "help")
    await lake.comes("nia")
    await lake.says("nia", "yes")
    await lake.house.passes(timedelta(days=3))
    assert (await Onboarding.get()).state is Standing.ASKED
    assert lake.told("ben", "Would that be you?")


# --------------------------------------------------------------------------------------- both say yes


@pytest.mark.requirement("R31")
async def test_there_is_no_pair_before_both_have_said_yes(lake: Lake) -> None:
    await lake.looking("ben")
    assert (await Onboarding.get()).state is Standing.ASKED
    assert not lake.told("nia", "Ben")

    await lake.says("ben", "yes")
    assert (await Onboarding.get()).state is Standing.INTRODUCED
    assert lake.told("nia", "**Ben** would be beside you")
    assert not await OneToOne.exists()

    await lake.says("nia", "yes")
    row = await Onboarding.get()
    assert row.state is Standing.PROPOSED
    assert await OneToOne.exists()
    for who in ("nia", "ben"):
        assert lake.told(who, "are an onboarding pair")
        assert lake.told(who, "by Sunday 29 November 2026")


@pytest.mark.requirement("R16")
async def test_a_pair_has_its_closing_day_from_the_beginning(lake: Lake) -> None:
    row = await lake.paired()
    assert row.review == date(2027, 2, 22)
    assert "welcome-closing" in dict(await lake.house.hours())


@pytest.mark.requirement("R13")
async def test_a_volunteers_no_and_silence_are_told_to_nobody_and_the_next_follows(
    lake: Lake,
) -> None:
    await lake.looking("ben", "cleo", "ana")
    first = (await Onboarding.get()).member or ""
    before = len(lake.house.owed)
    await lake.says(first[1:].partition(":")[0], "not this time")
    second = (await Onboarding.get()).member or ""
    assert second not in ("", first)
    await lake.house.passes(timedelta(days=6))
    third = (await Onboarding.get()).member or ""
    assert third not in ("", first, second)
    assert not lake.heard("nia", before)
    assert not lake.heard("dan", before)


@pytest.mark.requirement("R13")
async def test_the_newcomers_no_reaches_whoever_had_said_yes_as_not_this_time(lake: Lake) -> None:
    await lake.looking("ben")
    await lake.says("ben", "yes")
    await lake.says("nia", "no")
    assert "Being beside **Nia**: not this time." in lake.heard("ben")[-1]
    assert not await Onboarding.exists()


async def test_somebody_else_is_as_good_an_answer(lake: Lake) -> None:
    await lake.looking("ben", "cleo")
    first = ((await Onboarding.get()).member or "")[1:].partition(":")[0]
    await lake.says(first, "yes")
    await lake.says("nia", "somebody else")
    row = await Onboarding.get()
    assert row.state is Standing.ASKED
    assert row.member != person(first)
    assert "not this time" in lake.heard(first)[-1]


async def test_the_newcomers_silence_sounds_the_same_as_their_no(lake: Lake) -> None:
    await lake.looking("ben")
    await lake.says("ben", "yes")
    await lake.house.passes(timedelta(days=6))
    assert "Being beside **Nia**: not this time." in lake.heard("ben")[-1]
    assert not await Onboarding.exists()


@pytest.mark.requirement("R13")
async def test_nobody_free_is_said_kindly_to_the_newcomer_and_as_a_number_to_hosts(
    lake: Lake,
) -> None:
    await lake.says("dan", "help")
    await lake.looking()
    assert not lake.told("nia", "says nothing about you")
    await lake.house.passes(THINKING + HOUR)
    assert lake.told("nia", "says nothing about you")
    [told] = [each for each in lake.heard("dan") if "nobody is free" in each]
    assert "1 newcomer" in told
    assert "Nia" not in told
    assert "1 newcomer" not in "\n".join(lake.heard("ana"))


async def test_whoever_becomes_willing_is_asked_about_who_waits(lake: Lake) -> None:
    await lake.looking()
    await lake.house.passes(THINKING + HOUR)
    told = await lake.says("ben", "welcome willing")
    assert "Would that be you?" in told
    assert (await Onboarding.get()).state is Standing.ASKED


@pytest.mark.requirement("R38")
async def test_whoever_names_somebody_who_waits_is_asked_themselves(lake: Lake) -> None:
    await lake.looking()
    await lake.house.passes(THINKING + HOUR)
    assert "Would that be you?" in await lake.says("cleo", "welcome nia")
    assert (await Onboarding.get()).member == person("cleo")


@pytest.mark.requirement("R13")
async def test_a_newcomer_cannot_find_out_who_is_asked_by_naming_people(lake: Lake) -> None:
    await lake.looking("ben")
    answers = [await lake.says("nia", f"welcome end {who}") for who in ("ben", "cleo")]
    assert answers[0] == answers[1]
    assert await Onboarding.exists()


async def test_a_search_that_finds_nobody_ends_kindly(lake: Lake) -> None:
    await lake.looking()
    await lake.house.passes(timedelta(days=62))
    assert not await Onboarding.exists()
    assert lake.told("nia", "look no further")


async def test_not_with_is_kept_and_tells_nobody_anything(lake: Lake) -> None:
    await lake.says("ben", "pairing not with @nia:here")
    await lake.looking("ben")
    await lake.house.passes(THINKING + HOUR)
    assert not lake.told("ben", "Would that be you?")
    assert lake.told("nia", "says nothing about you")


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("who", ["willing", "named"])
async def test_being_excluded_and_being_met_with_silence_are_the_same_to_a_newcomer(
    who: str,
) -> None:
    """Also where they end it at once and name another, and so on through the congregation."""
    lives = []
    for excluded in (True, False):
        async with a_house() as house:
            lake = Lake(house, await house.space("Lakeside", MEMBERS, moderators=["dan"]))
            for each in ("ben", "cleo"):
                if excluded:
                    await lake.says(each, "pairing not with @nia:here")
            if who == "willing":
                await lake.says("ben", "welcome willing")
            await lake.says("nia", "help")
            await Member.create(room=lake.space.id, person=person("nia"), name="Nia")
            for each in ("ben", "cleo", "ben"):
                await lake.says("nia", "welcome me", each, "welcome", "welcome end")
            for each in ("ana", "dan"):  # what is counted by day is the same as well
                await lake.says("nia", f"steward ask {each}")
            await lake.says("nia", "welcome me", "ben")
            await house.passes(30 * DAY)
            lives.append((lake.heard("nia"), lake.told("ben", "Would that be you?")))
    (first, asked_excluded), (second, asked_free) = lives
    assert first == second
    assert (asked_excluded, asked_free) == (False, True)


# -------------------------------------------------------------------------------------- those who would


async def test_so_many_at_once_and_no_more(lake: Lake) -> None:
    await lake.paired("ben")
    await lake.says("omar", "help")
    await lake.comes("omar")
    await lake.says("omar", "yes", "pass")
    await lake.house.passes(THINKING + HOUR)
    assert not lake.told("ben", "Omar")
    await lake.says("ben", "welcome willing 2")
    assert lake.told("ben", "**Omar** is new")


@pytest.mark.parametrize("said", ["7", "0", "many", "2 3"])
async def test_a_number_that_is_none_changes_nothing(lake: Lake, said: str) -> None:
    assert "nothing was changed" in await lake.says("ben", f"welcome willing {said}")
    assert not await Welcomer.exists()


async def test_who_rests_is_asked_from_their_day_on(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    assert "Until when?" in await lake.says("ben", "welcome rest")
    assert "10 December" in await lake.says("ben", "welcome rest until 10 december")
    assert "you rest until" in await lake.says("ben", "welcome")
    await lake.says("nia", "help")
    await lake.comes("nia")
    await lake.says("nia", "yes", "pass")
    assert not lake.told("ben", "Would that be you?")
    await lake.house.passes(until=datetime(2026, 12, 10, 12, tzinfo=UTC))
    assert lake.told("ben", "Would that be you?")


async def test_no_longer_takes_it_back_and_leaves_whom_they_are_beside(lake: Lake) -> None:
    await lake.paired()
    assert "nobody new" in await lake.says("ben", "welcome no longer")
    assert not await Welcomer.exists()
    assert (await Onboarding.get()).state is Standing.PROPOSED
    assert "nothing to change" in await lake.says("ben", "welcome no longer")


async def test_languages_are_those_of_the_pairing_round_and_count(lake: Lake) -> None:
    await lake.says("ben", "welcome languages Italian")
    await lake.says("nia", "help", "welcome languages Finnish")
    await lake.looking("ben")
    assert not lake.told("ben", "Would that be you?")
    assert "Italian" in await lake.says("ben", "welcome")


async def test_a_newcomer_is_not_made_a_host_of_newcomers(lake: Lake) -> None:
    await lake.paired()
    assert "new there yourself" in await lake.says("nia", "welcome willing")


# --------------------------------------------------------------------------------------- commitments


@pytest.mark.requirement("R42")
async def test_while_one_side_has_committed_it_stays_proposed_and_the_other_reads_nothing(
    lake: Lake,
) -> None:
    await lake.paired()
    told = await lake.says("nia", "welcome commit", "I ask when I am lost")
    assert "stays proposed until both" in told
    assert (await Onboarding.get()).state is Standing.PROPOSED
    assert not lake.told("ben", "lost")
    assert "Proposed" in await lake.says("nia", "welcome")
    assert "lost" not in await lake.says("ben", "welcome")


@pytest.mark.requirement("R42")
async def test_when_both_have_committed_both_see_both_and_it_is_active(lake: Lake) -> None:
    row = await lake.active()
    assert row.state is Standing.ACTIVE
    for who in ("nia", "ben"):
        both = next(each for each in lake.heard(who) if "Both of you have written" in each)
        assert "I ask when I am lost" in both
        assert "I bring you along" in both


@pytest.mark.requirement("R42")
@pytest.mark.parametrize("said", ["one\ntwo\nthree\nfour", ";"])
async def test_more_than_three_and_none_are_refused_and_the_question_stays(
    lake: Lake, said: str
) -> None:
    await lake.paired()
    await lake.says("nia", "welcome commit")
    assert "One to 3 commitments" in await lake.says("nia", said)
    assert "stays proposed" in await lake.says("nia", "only one")


async def test_both_can_change_theirs_and_the_other_is_told(lake: Lake) -> None:
    await lake.active()
    assert "I bring you along" in await lake.says("ben", "welcome commit")
    await lake.says("ben", "I answer the same day")
    assert lake.told("nia", "I answer the same day")
    shown = await lake.says("nia", "welcome")
    assert "the same day" in shown
    assert "I bring you along" not in shown
    assert "I ask when I am lost" in shown


async def test_stop_changes_nothing(lake: Lake) -> None:
    await lake.active()
    await lake.says("ben", "welcome commit", "stop")
    assert "I bring you along" in await lake.says("ben", "welcome")


@pytest.mark.requirement("R9")
async def test_what_they_commit_to_is_read_by_the_two_alone(lake: Lake) -> None:
    """Not by hosts, nor anybody who asks in any way, and not in the database or its queue."""
    await lake.paired()
    await lake.says("nia", "welcome commit", "zebra crossing at noon")
    await lake.says("ben", "welcome commit", "quince marmalade")
    await lake.says("dan", "help")
    start = len(lake.house.owed)
    for who in ("dan", "ana", "cleo"):
        for line in (
            "welcome",
            "welcome nia",
            "steward",
            "pairing",
            "export",
            "welcome commit nia",
        ):
            await lake.says(who, line)
    await lake.house.passes(timedelta(days=120))
    secret = ("zebra", "quince")
    for owed in lake.house.owed:
        text = str(owed.content)
        if any(word in text for word in secret):
            assert owed.lane in ("!private-nia:here", "!private-ben:here")
    for who in ("dan", "ana", "cleo"):
        assert not [each for each in lake.heard(who, start) if any(word in each for word in secret)]


_LINES = (
    "welcome", "welcome nia", "welcome ben", "welcome commit", "welcome commit nia", "welcome end", "welcome met", "welcome me",
    "welcome willing", "welcome pod nia, ben", "export", "yes", "no", "pass", "write", "stay", "continue as partners",
    "steward list", "pairing", "dyad nia", "status", "help welcome",
)  # fmt: skip


@pytest.mark.requirement("R9")
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("nia", "ben", "ana", "dan")),
            st.sampled_from(_LINES),
            st.sampled_from((0, 0, 1, 30)),
        ),
        max_size=12,
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_said_and_however_time_goes_by_nobody_else_reads_what_they_commit_to(
    acts: list[tuple[str, str, int]],
) -> None:
    async def played() -> None:
        async with a_house() as house:
            lake = Lake(house, await house.space("Lakeside", MEMBERS, ["dan"]))
            await lake.paired()
            await lake.says("nia", "welcome commit", "zebra crossing at noon")
            await lake.says("ben", "welcome commit", "quince marmalade")
            for who, line, days in acts:
                await lake.says(who, line)
                await house.passes(timedelta(days=days))
            for owed in house.owed:
                if "zebra" in str(owed.content) or "quince" in str(owed.content):
                    assert owed.lane in ("!private-nia:here", "!private-ben:here")

    asyncio.run(played())


@pytest.mark.requirement("R9")
async def test_the_database_holds_only_sealed_words_of_theirs(lake: Lake) -> None:
    row = await lake.active()
    assert row.sealed is not None
    assert "lost" not in row.sealed
    hours = [str(each.content) for each in await Heard.filter(kind="hour")]
    assert not [each for each in hours if "I ask when" in each or "bring you" in each]


# --------------------------------------------------------------------------------------- the weeks


@pytest.mark.requirement("R43")
async def test_both_are_prompted_in_weeks_one_four_eight_and_twelve(lake: Lake) -> None:
    await lake.active()
    await lake.house.passes(until=datetime(2027, 2, 21, 12, tzinfo=UTC))
    for who, other in (("nia", "Ben"), ("ben", "Nia")):
        weeks = [each for each in lake.heard(who) if each.startswith("**Week ")]
        heads = [each.partition(".")[0] for each in weeks]
        assert heads == [f"**Week {week} with {other}" for week in (1, 4, 8, 12)]
        assert all("I ask when I am lost" in each for each in weeks)


async def test_each_is_prompted_in_their_own_morning(lake: Lake) -> None:
    await Person.create(id=person("nia"), zone="Asia/Kolkata")
    await lake.paired()
    hours = {f"{at:%H:%M}" for each, at in await lake.house.hours() if each == "welcome-week"}
    assert hours == {"04:30", "09:00"}  # ten in the morning in Kolkata and in Rome


async def test_a_prompt_can_be_passed_and_can_look_for_a_time(lake: Lake) -> None:
    await lake.active()
    await OneToOne.all().delete()
    await lake.house.passes(until=datetime(2026, 11, 29, 12, tzinfo=UTC))
    assert "Good" in await lake.says("nia", "pass")
    assert not await OneToOne.exists()
    await lake.says("ben", "look for a time")
    assert (await OneToOne.get()).people == [person("ben"), person("nia")]
    assert "on its way already" in await lake.says("nia", "welcome meet")


async def test_a_week_that_went_by_while_the_daemon_was_away_is_left_out(lake: Lake) -> None:
    await lake.active()
    before = len(lake.house.owed)
    await lake.house.wakes_at(datetime(2027, 1, 10, 12, tzinfo=UTC))
    assert not [each for each in lake.heard("nia", before) if each.startswith("**Week")]
    await lake.house.passes(until=datetime(2027, 1, 17, 20, tzinfo=UTC))
    assert [
        each.partition(" with")[0] for each in lake.heard("nia", before) if "**Week" in each
    ] == ["**Week 8"]


async def test_after_they_met_both_are_offered_to_write(lake: Lake) -> None:
    await lake.looking("ben")
    await lake.says("ben", "yes")
    await lake.says("nia", "yes")
    await lake.says("nia", "1")
    await lake.says("ben", "1")
    one = await OneToOne.get()
    assert one.at is not None
    await lake.house.passes(until=one.at + timedelta(days=2))
    await (await lake.chat("nia")).taps("nia", "✅", on=lake.chats["nia"].asked("Did you"))
    assert lake.told("nia", "What would you like to commit to for **Ben**")
    assert lake.told("ben", "What would you like to commit to for **Nia**")
    assert "What do you commit to" in await lake.says("nia", "write")
    # Whoever is asked already is not asked again when the other has written.
    assert "stays proposed" in await lake.says("nia", "I ask when I am lost")
    offers = [each for each in lake.heard("ben") if "What would you like to commit to" in each]
    assert len(offers) == 1
    assert "What do you commit to" in await lake.says("ben", "write")


# -------------------------------------------------------------------------------------------- the tour


async def test_the_tour_is_ticked_in_private_and_seen_by_the_two_alone(lake: Lake) -> None:
    await lake.active()
    nia = await lake.chat("nia")
    await nia.says("nia", "welcome")
    before = len(lake.house.owed)
    told = await nia.taps("nia", "🤝")
    assert any("☑ ☐ ☐ people" in each for each in told)
    assert any(each.startswith("✎") for each in told)
    await lake.says("nia", "welcome met", "welcome visited")
    assert not [owed for owed in lake.house.owed[before:] if owed.lane != nia.id]
    assert "☑ ☑ ☐ people met one-to-one · ☑" in await lake.says("ben", "welcome")


async def test_a_tick_can_be_taken_back_and_is_the_newcomers_own(lake: Lake) -> None:
    await lake.active()
    await lake.says("nia", "welcome met", "welcome untick met")
    assert "☐ ☐ ☐ people" in await lake.says("nia", "welcome")
    assert "newcomer's own" in await lake.says("ben", "welcome met")


# -------------------------------------------------------------------------------- after three months


@pytest.mark.requirement("R43")
async def test_after_three_months_the_newcomer_is_asked_to_stay_and_shown_the_crews(
    lake: Lake,
) -> None:
    crew = await lake.house.crew(
        "Kitchen Crew", people=("ana", "cleo", "dan"), congregation=lake.space.id, life=Life.ACTIVE
    )
    await OpenDoor.create(room=crew.id, since=lake.house.now)
    await lake.closing()
    assert lake.told("nia", "Would you like to stay?")
    assert not lake.told("ben", "Would you like to stay?")
    told = await lake.says("nia", "stay")
    assert "Which crew would be yours?" in told
    assert "Kitchen Crew" in told
    assert "continue as partners" in told


@pytest.mark.requirement("R43")
async def test_both_continue_and_are_a_dyad_of_partners(lake: Lake) -> None:
    sealed = (await lake.closing()).sealed
    await lake.says("nia", "stay", "continue as partners")
    assert not await Dyad.exists()
    await lake.says("ben", "continue as partners")
    dyad = await Dyad.get()
    assert (dyad.kind, dyad.state) == (Kind.PARTNERS, State.ACTIVE)
    assert set(dyad.people) == {person("nia"), person("ben")}
    assert not await Onboarding.exists()
    assert lake.unreadable(sealed)


@pytest.mark.requirement("R43")
@pytest.mark.parametrize("ben", ["continue as partners", "thank and close", None])
async def test_otherwise_it_closes_with_the_same_thanks_for_both(
    lake: Lake, ben: str | None
) -> None:
    await lake.closing()
    await lake.says("nia", "stay", "thank and close")
    assert not lake.told("ben", "complete")
    if ben is not None:
        await lake.says("ben", ben)
    else:
        await lake.house.passes(timedelta(days=16))
    for who, other in (("nia", "Ben"), ("ben", "Nia")):
        last = [each for each in lake.heard(who) if "complete" in each]
        assert len(last) == 1
        assert f"**{other}** are complete, with thanks to both" in last[0]
    assert not await Onboarding.exists()
    assert not await Dyad.exists()


async def test_while_it_closes_one_is_asked_anew_where_one_stands(lake: Lake) -> None:
    await lake.closing()
    assert "Would you like to stay?" in await lake.says("nia", "welcome")
    assert "continue as partners" in await lake.says("nia", "not sure")
    assert "continue as partners" in await lake.says("nia", "welcome")
    await lake.says("nia", "thank and close")
    assert "you hear the rest here" in await lake.says("nia", "welcome")
    assert "nothing was asked" in await lake.says("ben", "welcome commit")


async def test_who_goes_hears_how_and_nobody_is_told(lake: Lake) -> None:
    await lake.closing()
    before = len(lake.house.owed)
    assert "I tell nobody" in await lake.says("nia", "go")
    assert not lake.heard("ben", before)
    assert not lake.heard("dan", before)


async def test_two_who_are_partners_already_go_on_as_they_are(lake: Lake) -> None:
    await lake.paired()
    await lake.says("nia", "dyad ben", "yes")
    await lake.says("ben", "yes")
    dyad = await Dyad.get()
    await Question.all().delete()
    await lake.house.passes(until=datetime(2027, 2, 22, 10, tzinfo=UTC))
    chat = await lake.chat("ben")
    await chat.taps("ben", "👥", on=chat.asked("Three months with **Nia**"))
    await lake.says("nia", "stay", "continue as partners")
    assert (await Dyad.get()).id == dyad.id
    assert not await Onboarding.exists()


# ------------------------------------------------------------------------------------------- the end


@pytest.mark.requirement("R11")
@pytest.mark.parametrize(("who", "other"), [("nia", "ben"), ("ben", "nia")])
async def test_either_ends_it_with_one_word_and_the_other_hears_only_that(
    lake: Lake, who: str, other: str
) -> None:
    sealed = (await lake.active()).sealed
    before = len(lake.house.owed)
    assert "no reason" in await lake.says(who, "welcome end")
    heard = lake.heard(other, before)
    assert len(heard) == 1
    assert "is over, with thanks" in heard[0]
    assert not await Onboarding.exists()
    assert not await OneToOne.exists()
    assert not [each for each, _at in await lake.house.hours() if each.startswith("welcome-")]
    assert lake.unreadable(sealed)


@pytest.mark.requirement("R11")
async def test_whoever_leaves_the_congregation_ends_it_and_the_next_words_are_few(
    lake: Lake,
) -> None:
    await lake.active()
    before = len(lake.house.owed)
    await lake.space.leaves("ben")
    assert [each for each in lake.heard("nia", before) if "is over, with thanks" in each]
    assert len(lake.heard("nia", before)) == 1
    assert not lake.heard("ben", before)
    assert not await Onboarding.exists()
    assert not await Welcomer.exists()


async def test_a_volunteer_who_leaves_after_their_yes_is_followed_by_somebody_else(
    lake: Lake,
) -> None:
    await lake.looking("ben", "cleo")
    first = ((await Onboarding.get()).member or "")[1:].partition(":")[0]
    await lake.says(first, "yes")
    await lake.space.leaves(first)
    row = await Onboarding.get()
    assert row.state is Standing.ASKED
    assert row.member != person(first)
    assert lake.told("nia", "does not come about")


async def test_a_newcomer_takes_their_wish_back(lake: Lake) -> None:
    await lake.looking("ben")
    assert "Taken back" in await lake.says("nia", "welcome end")
    assert not await Onboarding.exists()
    assert "Nothing was changed" in await lake.says("ben", "yes")


async def test_with_two_newcomers_the_name_says_who_is_meant(lake: Lake) -> None:
    await lake.says("ben", "welcome willing 2")
    for who in ("nia", "omar"):
        await lake.says(who, "help")
        await lake.comes(who)
        await lake.says(who, "yes", "pass")
        await lake.says("ben", "yes")
        await lake.says(who, "yes")
        await Question.all().delete()
    assert "I am not sure who" in await lake.says("ben", "welcome commit")
    assert "more than one" in await lake.says("ben", "welcome end")
    assert "for Omar" in await lake.says("ben", "welcome commit omar")
    await lake.says("ben", "stop")
    assert "with Nia is over" in await lake.says("ben", "welcome end nia")
    assert (await Onboarding.get()).newcomer == person("omar")


@pytest.mark.requirement("R12")
async def test_forget_me_ends_it_and_leaves_nothing(lake: Lake) -> None:
    await lake.active("cleo")
    await lake.says("ben", "welcome willing")
    await lake.says("omar", "help")
    await lake.comes("omar")
    await Onboarding.filter(newcomer=person("omar")).update(
        tried=[person("cleo")], inviter=person("cleo")
    )
    await lake.says("cleo", "forget me", "yes")
    await lake.house.passes(timedelta(hours=2))
    assert lake.told("nia", "onboarding pair with **Cleo** is over")
    assert await mentions_of("cleo") == []


@pytest.mark.requirement("R12")
async def test_an_export_holds_ones_own_side_and_not_the_others(lake: Lake) -> None:
    await lake.active()
    await lake.says("nia", "welcome met")
    found, text = await exported(lake.house, await lake.chat("nia"), "nia")
    [row] = found["onboarding"]
    assert row["you_commit_to"] == ["I ask when I am lost"]
    assert row["tour"] == {"met": 1, "visited": False}
    assert "two days" not in text
    found, text = await exported(lake.house, await lake.chat("ben"), "ben")
    assert found["would_be_beside_newcomers"][0]["at_once"] == 1
    assert "lost" not in text
    assert "tour" not in found["onboarding"][0]


async def test_an_export_does_not_tell_a_newcomer_who_was_asked(lake: Lake) -> None:
    await lake.looking("ben")
    _found, text = await exported(lake.house, await lake.chat("nia"), "nia")
    assert "ben" not in text


async def test_words_whose_key_is_gone_are_told_in_words_and_written_anew(lake: Lake) -> None:
    row = await lake.active()
    keys = lake.house.house.keys
    keys.destroy(keys.condemn(f"onboarding:{row.id}"))
    assert "cannot be read any more" in await lake.says("nia", "welcome")
    await lake.says("nia", "welcome commit", "I come on Thursday")
    assert (await Onboarding.get()).state is Standing.PROPOSED
    assert "Thursday" in await lake.says("nia", "welcome")


# ----------------------------------------------------------------------------------- where one stands


async def test_every_state_answers_where_one_stands_and_what_is_next(lake: Lake) -> None:
    await lake.says("nia", "help")
    assert "in no congregation" in await lake.says("nia", "welcome")
    assert "`welcome me`" in await lake.says("ana", "welcome")
    await lake.says("ben", "welcome willing")
    assert "1 at once" in await lake.says("ben", "welcome")
    await lake.comes("nia")
    assert "Would you like somebody beside you" in await lake.says("nia", "welcome")
    await lake.says("nia", "yes")
    assert "Who invited you" in await lake.says("nia", "welcome")
    await lake.says("nia", "pass")
    assert "I look for somebody" in await lake.says("nia", "welcome")
    assert "Would that be you?" in await lake.says("ben", "welcome")
    await lake.says("ben", "yes")
    assert "they are asked" in await lake.says("ben", "welcome")
    assert "**Ben** would be beside you" in await lake.says("nia", "welcome")
    await lake.says("nia", "yes")
    assert "`welcome commit`" in await lake.says("nia", "welcome")
    assert "You are beside **Nia**" in await lake.says("ben", "welcome")


async def test_in_a_room_of_many_nothing_of_it_is_said(lake: Lake) -> None:
    await lake.active()
    room = await lake.house.room("Commons", [*MEMBERS, "nia"], kind=RoomKind.WORKING)
    told = await room.says("nia", "!welcome")
    assert len(told) == 1
    assert "In our private chat" in told[0]
    assert not [owed for owed in lake.house.owed if owed.lane == lake.space.id and owed.content]


async def test_a_word_that_is_nobodys_name_is_refused_with_what_works(lake: Lake) -> None:
    assert "I know nobody here" in await lake.says("ana", "welcome Zacharias")
    assert "no onboarding pair" in await lake.says("ana", "welcome commit")
    assert "nothing of yours to end" in await lake.says("ana", "welcome end")


async def test_nobody_is_written_to_at_night(lake: Lake) -> None:
    await lake.says("ben", "welcome willing")
    await lake.says("nia", "help")
    lake.house.now = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    await lake.comes("nia")
    assert not lake.told("nia", "Would you like somebody")
    await lake.house.passes(until=datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert lake.told("nia", "Would you like somebody")


# ------------------------------------------------------------------------- the congregation is let go


async def released(lake: Lake, how: str) -> None:
    """The congregation is looked after no more."""
    if how == "removed":
        await lake.space.reports(Change.REMOVED)
    else:
        await lake.says("dan", "leave Lakeside")


@pytest.mark.requirement("R12")
@pytest.mark.parametrize("how", ["removed", "released"])
async def test_when_the_congregation_is_let_go_the_pair_hears_so_and_its_key_is_destroyed(
    lake: Lake, how: str
) -> None:
    row = await lake.active()
    before = len(lake.house.owed)

    await released(lake, how)

    assert not await Onboarding.exists()
    assert lake.unreadable(row.sealed)
    words = "I look after **Lakeside** no more, so I am no part of your onboarding pair with"
    assert lake.told("nia", f"{words} **Ben** any more", before)
    assert lake.told("ben", f"{words} **Nia** any more", before)


async def test_when_the_congregation_is_let_go_whoever_waits_for_somebody_hears_so(
    lake: Lake,
) -> None:
    await lake.looking("ben")
    before = len(lake.house.owed)

    await released(lake, "removed")

    assert lake.told("nia", "I look for nobody to be beside you any more", before)
    assert not lake.told("ben", "Lakeside", before), "a question that was open is simply gone"
    assert not await Question.filter(inquiry__startswith="welcome-").exists()
