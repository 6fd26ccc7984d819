"""Welcome pods, played: one who knows the place and up to seven newcomers, each by their own yes."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from handlers.language import Change
from practices.onboarding import Standing
from storage.onboardings import Onboarding, Pod, PodPlace, PodStage
from storage.outbox import Deed
from storage.questions import Question
from tests.handlers.played import PlayedHouse, person
from tests.handlers.test_own_data import exported, mentions_of
from tests.handlers.welcomed import NEW, POD_OF, Shore


@pytest_asyncio.fixture
async def shore(house: PlayedHouse) -> AsyncIterator[Shore]:
    yield Shore(house, await house.space("Lakeside", ("ana", "ben", "dan", *NEW), ["dan"]))


# --------------------------------------------------------------------------------------------- opening


@pytest.mark.requirement("R44")
async def test_seven_newcomers_and_one_member_are_a_pod_of_eight(shore: Shore) -> None:
    told = await shore.invited(*NEW[:7])
    assert "7 people are asked" in told
    for who in NEW[:7]:
        assert shore.told(who, "**Ana** invites you into a welcome pod")
        await shore.says(who, "yes")
    room, _told = await shore.house.makes(POD_OF)
    pod = await Pod.get()
    assert pod.home == room.id
    assert pod.review == date(2027, 2, 22)
    assert await PodPlace.filter(agreed=True).count() == 7


@pytest.mark.requirement("R44")
async def test_beyond_eight_nobody_is_asked_and_what_works_is_said(shore: Shore) -> None:
    told = await shore.invited(*NEW)
    assert "8 in all" in told
    assert "second pod" in told
    assert not await Pod.exists()
    assert not shore.told("nia", "invites")

    await shore.invited(*NEW[:7])
    assert "place again" in await shore.says("ana", "welcome pod invite uma")
    assert await PodPlace.filter(declined=False).count() == 7


@pytest.mark.requirement("R44")
async def test_when_one_would_rather_not_there_is_a_place_again(shore: Shore) -> None:
    await shore.invited(*NEW[:7])
    await shore.says("nia", "no")
    assert "nobody is asked twice" in await shore.says("ana", "welcome pod invite nia")
    assert "Asked in private: Uma" in await shore.says("ana", "welcome pod invite uma")


async def test_for_one_newcomer_a_pair_is_what_works(shore: Shore) -> None:
    assert "at least two newcomers" in await shore.says("ana", "welcome pod nia")
    assert "Whom would you like" in await shore.says("ana", "welcome pod")
    assert "I know nobody here" in await shore.says("ana", "welcome pod nia, Zacharias")
    assert not await Pod.exists()


async def test_names_are_read_with_and_without_commas(shore: Shore) -> None:
    for who in NEW[:3]:
        await shore.says(who, "help")
    assert "3 people" in await shore.says("ana", "welcome pod nia omar and pia")


async def test_a_newcomer_opens_none(shore: Shore) -> None:
    await shore.invited("nia", "omar")
    await shore.says("nia", "yes")
    assert "new there yourself" in await shore.says("nia", "welcome pod pia, quim")


@pytest.mark.requirement("R13")
async def test_a_no_reaches_whoever_invited_as_not_this_time_and_nobody_else(shore: Shore) -> None:
    await shore.invited("nia", "omar", "pia")
    before = len(shore.house.owed)
    assert "no reason" in await shore.says("nia", "no")
    assert shore.heard("ana", before) == ["**Nia** and your welcome pod: not this time."]
    assert not shore.heard("omar", before)
    assert not shore.heard("dan", before)


async def test_the_room_is_made_when_two_would_come_and_later_ones_are_let_in(
    shore: Shore,
) -> None:
    await shore.invited("nia", "omar", "pia")
    assert "⌂" not in await shore.says("nia", "yes")
    assert f"⌂ {POD_OF}" in await shore.says("omar", "yes")
    wanted = next(owed for owed in shore.house.owed if owed.deed is Deed.MAKE)
    assert wanted.content is not None
    assert set(wanted.content["invite"]) == {person(each) for each in ("ana", "nia", "omar")}  # type: ignore[call-overload]
    await shore.house.makes(POD_OF)
    assert "⇄ invite pia" in await shore.says("pia", "yes")


async def test_with_fewer_than_two_it_does_not_come_about_and_nobody_is_named(
    shore: Shore,
) -> None:
    await shore.invited("nia", "omar")
    await shore.says("nia", "yes")
    before = len(shore.house.owed)
    await shore.house.passes(timedelta(days=15))
    [to_nia], [to_ana] = shore.heard("nia", before), shore.heard("ana", before)
    assert "does not come about" in to_nia
    assert "does not come about" in to_ana
    assert "Omar" not in to_nia + to_ana
    assert not shore.heard("omar", before)
    assert not await Pod.exists()
    assert not await PodPlace.exists()


async def test_whoever_opened_it_takes_it_back(shore: Shore) -> None:
    await shore.invited("nia", "omar")
    await shore.says("nia", "yes")
    assert "over" in await shore.says("ana", "welcome end pod")
    assert shore.told("nia", "does not come about")
    assert "Nothing was changed" in await shore.says("omar", "yes")
    assert not await Question.filter(inquiry="pod-invited").exists()


async def test_a_room_that_was_refused_is_asked_for_again_and_then_given_up(shore: Shore) -> None:
    await shore.invited("nia", "omar")
    for who in ("nia", "omar"):
        await shore.says(who, "yes")
    for _day in range(3):
        await shore.house.refuses(POD_OF, "no")
        assert shore.heard("ana")[-1].endswith("I try again tomorrow.")
        assert f"⌂ {POD_OF}" in await shore.house.passes(timedelta(days=1, hours=1))
    await shore.house.refuses(POD_OF, "no")
    assert "I try no more" in shore.heard("ana")[-1]
    assert not await Pod.exists()


@pytest.mark.requirement("R16")
async def test_a_pod_whose_room_is_never_reported_does_not_stand_for_ever(shore: Shore) -> None:
    await shore.invited("nia", "omar")
    for who in ("nia", "omar"):
        await shore.says(who, "yes")
    assert (await Pod.get()).stage is PodStage.MAKING
    since = len(shore.house.owed)
    await shore.house.passes(timedelta(days=100))
    assert not await Pod.exists()
    assert not await PodPlace.exists()
    assert not await shore.house.hours()
    for who in ("nia", "omar", "ana"):
        assert shore.told(who, "does not come about this time", since)
    assert not shore.told("nia", "Three months have gone by", since)


@pytest.mark.requirement("R43")
async def test_a_room_that_comes_late_has_its_whole_three_months(shore: Shore) -> None:
    await shore.invited("nia", "omar")
    for who in ("nia", "omar"):
        await shore.says(who, "yes")
    await shore.house.passes(timedelta(days=20))
    await shore.house.makes(POD_OF)
    hours = [at for name, at in await shore.house.hours() if name == "pod-closing"]
    assert [at.date() for at in hours] == [(await Pod.get()).review]


# ------------------------------------------------------------------------------------ one, not in both


@pytest.mark.requirement("R44")
async def test_a_yes_to_a_pod_ends_the_pair_and_that_is_said_before(shore: Shore) -> None:
    await shore.says("ben", "welcome willing")
    await shore.says("nia", "help", "welcome me", "pass")
    await shore.says("ben", "yes")
    await shore.says("nia", "yes")
    await Question.all().delete()
    told = await shore.invited("nia", "omar")
    assert "pair" not in told.splitlines()[0]
    assert shore.told("nia", "a yes ends your onboarding pair")
    await shore.says("nia", "yes")
    assert not await Onboarding.exists()
    assert shore.told("ben", "onboarding pair with **Nia** is over")


async def test_a_pair_that_began_after_the_invitation_is_named_before_it_ends(
    shore: Shore,
) -> None:
    await shore.says("ben", "welcome willing")
    await shore.says("nia", "help", "welcome me", "pass")
    await shore.says("ben", "yes")
    await shore.invited("nia", "omar")
    row = await Onboarding.get()
    row.state = Standing.PROPOSED
    await row.save()
    assert "Another yes ends the pair" in await shore.says("nia", "yes")
    assert await Onboarding.exists()
    await shore.says("nia", "yes")
    assert not await Onboarding.exists()


async def test_who_is_in_a_pod_is_asked_for_no_pair(shore: Shore) -> None:
    await shore.opened("nia", "omar")
    assert "not in both" in await shore.says("nia", "welcome me")
    before = len(shore.house.owed)
    assert "Nia’s to say" in await shore.says("ben", "welcome nia", "2")
    assert not shore.heard("nia", before)


async def test_who_is_in_one_pod_is_not_in_another(shore: Shore) -> None:
    await shore.opened("nia", "omar")
    await shore.says("pia", "help")
    await shore.says("ben", "welcome pod nia, pia")
    assert "another welcome pod" in await shore.says("nia", "yes")
    await shore.says("nia", "welcome end pod")
    assert "Do you mean" in await shore.says("nia", "yes")
    assert "Good that you come" in await shore.says("nia", "yes")


# -------------------------------------------------------------------------------- its room, its months


@pytest.mark.requirement("R44")
async def test_the_room_hears_what_comes_and_is_offered_a_monthly_meeting(shore: Shore) -> None:
    room = await shore.opened("nia", "omar")
    first, rhythm = shore.said_in(room)[:2]
    assert "This is your welcome pod in **Lakeside**" in first
    assert "Monday 22 February 2027" in first
    assert "every first Tuesday" in rhythm
    await room.taps("ana", "✅", on=room.asked("When do you meet?"))
    assert (await room.row()).rhythm is not None


@pytest.mark.requirement("R43")
async def test_the_room_is_offered_a_thought_in_weeks_one_four_eight_and_twelve(
    shore: Shore,
) -> None:
    room = await shore.opened("nia", "omar")
    await shore.house.passes(until=datetime(2027, 2, 21, 12, tzinfo=UTC))
    weeks = [each.partition(".")[0] for each in shore.said_in(room) if each.startswith("**Week")]
    assert weeks == ["**Week 1", "**Week 4", "**Week 8", "**Week 12"]


@pytest.mark.requirement("R43")
async def test_after_three_months_each_newcomer_is_asked_alone_and_the_room_stays(
    shore: Shore,
) -> None:
    room = await shore.opened("nia", "omar")
    await shore.house.passes(until=datetime(2027, 2, 22, 12, tzinfo=UTC))
    assert "stays yours" in shore.said_in(room)[-1]
    for who in ("nia", "omar"):
        assert shore.told(who, "Would you like to stay?")
    assert not shore.told("ana", "Would you like to stay?")
    before = len(shore.house.owed)
    assert "Which crew would be yours?" in await shore.says("nia", "stay")
    assert "I tell nobody" in await shore.says("omar", "go")
    assert not shore.heard("ana", before)
    assert not await Pod.exists()
    assert not await PodPlace.exists()
    assert (await room.row()).joined
    assert not [each for each, _at in await shore.house.hours() if each.startswith("pod-")]


@pytest.mark.requirement("R11")
async def test_a_newcomer_leaves_with_one_word_and_the_room_hears_no_more(shore: Shore) -> None:
    room = await shore.opened("nia", "omar")
    before = len(shore.said_in(room))
    told = await shore.says("nia", "welcome end")
    assert "no reason" in told
    assert "⇄ remove nia" in told
    assert len(shore.said_in(room)) == before
    assert not await PodPlace.filter(person=person("nia")).exists()
    assert await Pod.exists()


@pytest.mark.requirement("R11")
async def test_whoever_leaves_the_room_or_the_congregation_is_out_of_the_pod(shore: Shore) -> None:
    room = await shore.opened("nia", "omar", "pia")
    await room.leaves("nia")
    await shore.space.leaves("omar")
    assert [each.person for each in await PodPlace.all()] == [person("pia")]


async def test_when_whoever_opened_it_goes_its_frame_ends_and_the_room_stays(shore: Shore) -> None:
    room = await shore.opened("nia", "omar")
    before = len(shore.house.owed)
    await shore.space.leaves("ana")
    assert "ends here as a pod" in shore.said_in(room)[-1]
    assert "Ana" not in shore.said_in(room)[-1]
    assert not shore.heard("ana", before)
    assert not await Pod.exists()
    assert (await room.row()).joined


async def test_where_one_stands_in_a_pod(shore: Shore) -> None:
    await shore.invited("nia", "omar")
    assert "nobody so far" in await shore.says("ana", "welcome")
    await shore.says("nia", "yes")
    assert "with Nia" in await shore.says("nia", "welcome")
    await shore.says("omar", "yes")
    assert (await Pod.get()).stage is PodStage.MAKING
    await shore.house.makes(POD_OF)
    assert "Your welcome pod" in await shore.says("ana", "welcome pod")
    assert "The welcome pod of **Ana**" in await shore.says("omar", "welcome")


@pytest.mark.requirement("R12")
@pytest.mark.parametrize("who", ["anastasia", "noor"])
async def test_forget_me_leaves_nothing_of_a_pod(house: PlayedHouse, who: str) -> None:
    lake = Shore(
        house, await house.space("Lakeside", ("anastasia", "noor", "omar", "dan"), ["dan"])
    )
    for each in ("noor", "omar"):
        await lake.says(each, "help")
    await lake.says("anastasia", "welcome pod noor, omar")
    for each in ("noor", "omar"):
        await lake.says(each, "yes")
    await house.makes(POD_OF)
    found, _text = await exported(house, await lake.chat(who), who)
    assert len(found["welcome_pods"]) == 1
    await lake.says(who, "forget me", "yes")
    await house.passes(timedelta(hours=2))
    assert await mentions_of(who) == []


async def test_when_the_congregation_is_let_go_a_pod_with_a_room_hears_so_there(
    shore: Shore,
) -> None:
    room = await shore.opened("nia", "omar")

    await shore.space.reports(Change.REMOVED)

    assert shore.said_in(room)[-1].startswith(
        "I look after **Lakeside** no more, so your welcome pod ends here as a pod. This room stays yours"
    )
    assert not await Pod.exists()
    assert not await PodPlace.exists()


async def test_when_the_congregation_is_let_go_a_pod_without_a_room_hears_so_in_private(
    shore: Shore,
) -> None:
    await shore.invited("nia", "omar", "pia")
    await shore.says("nia", "yes")
    before = len(shore.house.owed)

    await shore.space.reports(Change.REMOVED)

    for who in ("ana", "nia"):
        assert shore.told(who, "no more, so your welcome pod is over.", before)
    assert not shore.told("omar", "welcome pod", before), "whoever has not answered was in none"
    assert not await PodPlace.exists()
