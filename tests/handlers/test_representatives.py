"""The double link: chosen by consent with one's own yes first, for a term, and left at any time."""

from datetime import UTC, datetime, timedelta

import pytest

from practices.circles import RoomKind
from storage.domains import Domain, Link, Side, Stage
from storage.questions import Question
from tests.handlers.lakeside import Lakeside, a_lakeside, about
from tests.handlers.played import PlayedHouse, PlayedRoom, person


@pytest.fixture
async def lakeside(house: PlayedHouse) -> Lakeside:
    lake = await a_lakeside(house)
    await lake.given()
    return lake


@pytest.mark.requirement("R132")
async def test_whoever_is_named_is_asked_first_and_then_all_of_the_circle(
    lakeside: Lakeside,
) -> None:
    ben = await lakeside.house.private("ben")
    asked = await lakeside.crew.says("ana", "!representative kitchen ben")
    told = await ben.says("ben", "gladly")
    await lakeside.crew.taps("ana", "✅")
    chosen = await lakeside.crew.taps("cleo", "✅")

    assert "**Ana** of **Kitchen Crew** would like you to speak for it in **Commons**" in asked[0]
    assert "until Saturday 22 May 2027" in asked[0]
    assert "Shall **Ben** speak for you" in told[0]
    assert "1 of 3 has said yes." in told[0]
    assert len(about(chosen, "**Ben** speaks for **Kitchen Crew** in **Commons**")) == 2
    assert "⇄ invite ben" in chosen
    link = await Link.get()
    assert (link.side, link.person, str(link.until)) == (Side.HOLDER, person("ben"), "2027-05-22")
    [shown] = await lakeside.table.says("dan", "!domain kitchen")
    assert "For **Kitchen Crew** in **Lakeside**: Ben, until Saturday 22 May 2027" in shown


async def test_a_no_is_told_to_nobody_but_whoever_named_them(lakeside: Lakeside) -> None:
    ben = await lakeside.house.private("ben")
    await lakeside.crew.says("ana", "!representative ben")

    told = await ben.says("ben", "not this time")

    assert told == [
        "Not this time, for **Kitchen**. Naming somebody else is as easy.",
        "Good, and it needs no reason.",
    ]
    assert await Question.all().count() == 0


async def test_at_night_whoever_is_named_is_asked_in_the_morning(lakeside: Lakeside) -> None:
    await lakeside.house.passes(until=datetime(2026, 12, 10, 22, tzinfo=UTC))

    told = await lakeside.crew.says("ana", "!representative ben")
    morning = await lakeside.house.passes(timedelta(hours=12))

    assert not about(told, "would like you to speak")
    assert len(about(morning, "would like you to speak")) == 1


async def test_one_no_of_the_circle_chooses_nobody_and_names_nobody(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ben", "!representative kitchen me until 1 march")

    told = await lakeside.crew.taps("ana", "✋")

    assert about(told, "nobody new is chosen now, and that needs no reason")
    assert not about(told, "Ana")
    assert await Link.all().count() == 0


@pytest.mark.requirement("R132")
async def test_the_circle_that_contains_it_sends_somebody_back_by_silence(
    lakeside: Lakeside,
) -> None:
    await lakeside.table.says("dan", "!representative kitchen me")
    await lakeside.table.taps("eva", "✅")

    told = await lakeside.house.passes(timedelta(days=14))

    assert len(about(told, "**Dan** speaks for **Commons** in **Kitchen Crew**")) == 2
    assert about(told, "`!helper` and their address asks them to a meeting of yours")
    assert not about(told, "⇄ invite")
    assert (await Link.get()).side is Side.GIVER


async def test_without_anybody_else_who_wishes_it_silence_chooses_nobody(
    lakeside: Lakeside,
) -> None:
    await lakeside.table.says("dan", "!representative kitchen me")

    told = await lakeside.house.passes(timedelta(days=14))

    assert about(told, "nobody new is chosen now")
    assert await Link.all().count() == 0


async def test_a_double_link_is_two_people(lakeside: Lakeside) -> None:
    await lakeside.linked("ana")

    [told] = await lakeside.table.says("dan", "!representative kitchen ana")

    assert "a double link is two people" in told


async def test_one_person_can_speak_for_a_crew_in_two_domains(lakeside: Lakeside) -> None:
    await lakeside.linked("ben")
    await lakeside.given("!domain Cellar; purpose: wine; scope: wine; limits: none")
    await lakeside.crew.says("ben", "!representative cellar me")
    for who in ("ana", "cleo"):
        await lakeside.crew.taps(who, "✅")
    ben = await lakeside.house.private("ben")

    [which] = await ben.says("ben", "representative step down")
    told = await ben.says("ben", "representative cellar step down")

    assert "You carry more than one: Cellar, Kitchen." in which
    assert about(told, "Ben steps down, and that needs no reason.")
    assert await Link.filter(person=person("ben")).count() == 1


async def test_whoever_speaks_for_a_circle_steps_down_at_any_time(lakeside: Lakeside) -> None:
    await lakeside.linked("ben")

    told = await lakeside.crew.says("ben", "!representative step down")

    assert about(told, "Nobody speaks for you for **Kitchen** now")
    assert await Link.all().count() == 0
    assert not [hour for hour, _at in await lakeside.house.hours() if hour.startswith("link")]


async def test_whoever_leaves_the_crew_speaks_for_it_no_more(lakeside: Lakeside) -> None:
    await lakeside.linked("ben")

    told = await lakeside.crew.leaves("ben")

    assert about(
        told, "Whoever spoke for you is no longer in. Nobody speaks for you for **Kitchen** now"
    )
    assert await Link.all().count() == 0


async def test_whoever_was_to_be_chosen_leaves_and_is_not_chosen(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ben", "!representative me")

    await lakeside.crew.leaves("ben")

    assert await Question.filter(inquiry="link").count() == 0
    assert await Link.all().count() == 0


async def test_a_term_is_at_most_a_year(lakeside: Lakeside) -> None:
    [told] = await lakeside.crew.says("ben", "!representative me until in 2 years")

    assert "more than a year away" in told.replace("\\", "")


async def test_a_shorter_term_is_reminded_of_and_ends_with_thanks(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ben", "!representative me until 1 april")
    for who in ("ana", "cleo"):
        await lakeside.crew.taps(who, "✅")

    soon = await lakeside.house.passes(until=datetime(2027, 3, 5, tzinfo=UTC))
    over = await lakeside.house.passes(until=datetime(2027, 4, 2, tzinfo=UTC))

    assert len(about(soon, "Until **Thursday 1 April 2027** you speak for **Kitchen Crew**")) == 1
    assert (
        len(about(over, "has spoken for you for **Kitchen** as long as you had agreed; thank you"))
        == 1
    )
    assert await Link.all().count() == 0


async def test_chosen_again_the_same_person_goes_on(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ben", "!representative me until 1 april")
    for who in ("ana", "cleo"):
        await lakeside.crew.taps(who, "✅")
    await lakeside.crew.says("ben", "!representative me until 1 may")
    for who in ("ana", "cleo"):
        await lakeside.crew.taps(who, "✅")

    told = await lakeside.house.passes(until=datetime(2027, 4, 20, tzinfo=UTC))

    assert not about(told, "as long as you had agreed")
    assert str((await Link.get()).until) == "2027-05-01"


async def test_who_speaks_for_whom_is_listed(lakeside: Lakeside) -> None:
    await lakeside.linked("ben")

    [told] = await lakeside.crew.says("cleo", "!representative")
    [private] = await lakeside.ana.says("ana", "representative")
    [refused] = await lakeside.ana.says("ana", "representative kitchen ben")

    assert "Ben, until Saturday 22 May 2027" in told
    assert private == told
    assert "chosen in its own room" in refused


async def test_a_room_that_is_neither_of_the_two_chooses_nobody(lakeside: Lakeside) -> None:
    boats = await lakeside.house.crew("Boats", ["gil"], congregation=lakeside.space.id)

    [told] = await boats.says("gil", "!representative kitchen gil")
    [unknown] = await boats.says("gil", "!representative oars gil")

    assert "neither of the two circles" in told
    assert "I know of no domain here" in unknown


async def test_a_domain_that_ends_while_somebody_is_asked_chooses_nobody(
    lakeside: Lakeside,
) -> None:
    ben = await lakeside.house.private("ben")
    await lakeside.crew.says("ana", "!representative ben")
    await Domain.all().update(stage="returned")

    [told] = await ben.says("ben", "gladly")

    assert told == "That is not asked any more, so nothing was changed."


async def test_a_working_group_of_two_can_hold_a_domain_too(house: PlayedHouse) -> None:
    space = await house.space("Lakeside", ["ana", "ben"], ["ana"])
    await house.room(
        "Commons", ["ana", "ben", "cleo"], kind=RoomKind.WORKING, congregation=space.id
    )
    pair = await house.room("Roof", ["ana", "ben"], kind=RoomKind.WORKING, congregation=space.id)
    ana = await house.private("ana")

    await pair.says("ana", "!domain Roof; purpose: dry; scope: tiles; limits: none")
    [asked, _] = await ana.says("ana", "yes")
    await pair.taps("ben", "✅")
    table = PlayedRoom(house, "!commons:here")
    for who in ("ben", "cleo"):
        await table.taps(who, "✅")
    await table.says("cleo", "!representative roof me")
    await table.taps("ana", "✅")
    chosen = await table.taps("ben", "✅")

    assert "Ana proposes that you ask **Lakeside** for a domain, **Roof**" in asked
    assert (await Domain.get()).stage is Stage.ACTIVE
    assert "⇄ invite cleo" in chosen
