"""What needs me: one's own and nobody else's, from all circles, in the private chat alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from practices import cards
from storage.decisions import Decision
from storage.domains import Domain, Link, Side
from storage.polls import Poll as Asked
from storage.polls import Stage
from tests.handlers.played import PlayedHouse, PlayedRoom, person

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo")


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of three on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


@pytest.mark.parametrize(
    "asked", ["what needs me", "!what needs me", "What needs me?", "waiting", "needs me"]
)
async def test_when_nothing_waits_that_is_said_kindly(
    house: PlayedHouse, crew: PlayedRoom, asked: str
) -> None:
    ben = await house.private("ben")
    [told] = await ben.says("ben", asked)
    assert told == "Nothing waits for you just now. I will write when something does."


async def test_in_a_room_it_is_not_told(crew: PlayedRoom) -> None:
    [told] = await crew.says("ben", "!what needs me")
    assert "write it in our private chat" in told


async def test_everything_that_waits_stands_there_until_it_is_done(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ben", "!poll Which? A, B; until tomorrow 9:00")
    await crew.taps("cleo", "1️⃣", on="poll:2")
    await crew.says("ana", "!decided the gate stays open")
    await Decision.all().update(review_on=date(2026, 11, 23))
    await crew.says("ben", "!commit bring the list by friday")
    await crew.taps("ben", "✅")
    await crew.says("ben", "!commit paint the door by 1 june")
    await crew.taps("ben", "✅")
    await house.passes(timedelta(days=1))

    [told] = await ben.says("ben", "what needs me")
    shown = bare(told)

    assert (
        "- We meet on Tuesdays – in Kitchen Crew, until Monday 30 November, 18:00; `vote 1` answers"
        in shown
    )
    assert "- Which? – in Kitchen Crew; `outcome 2 …` says it" in shown
    assert "- bring the list, by Friday 27 November – Kitchen Crew; `commit done 1`" in shown
    assert "paint the door" not in shown
    assert "- the gate stays open – Kitchen Crew; `agreement 1` shows it" in shown

    await ben.says("ben", "vote 1 agree")
    await ben.says("ben", "commit done 1")
    await ben.says("ben", "outcome 2 we take A; review in 6 months")
    await Decision.filter(id=1).update(review_on=None)
    [after] = await ben.says("ben", "what needs me")
    assert after.startswith("Nothing waits for you")


async def test_what_waits_for_somebody_else_is_not_told(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    other = await house.crew("Garden Crew", people=("dan", "eve", "finn"))
    cleo = await house.private("cleo")
    await other.says("dan", "!propose We plant a tree")
    await crew.says("ana", "!poll Which? A, B; until tomorrow 9:00")
    await crew.taps("ben", "1️⃣", on="poll:2")
    await crew.says("ben", "!commit bring the list by friday")
    await crew.taps("ben", "✅")
    await house.passes(timedelta(days=1))

    [told] = await cleo.says("cleo", "what needs me")

    assert told.startswith("Nothing waits for you")


async def test_after_a_week_anybody_may_say_what_follows(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    cleo = await house.private("cleo")
    await crew.says("ana", "!poll Which? A, B; until tomorrow 9:00")
    await crew.taps("ben", "1️⃣", on="poll:1")
    await house.passes(timedelta(days=9))

    [told] = await cleo.says("cleo", "what needs me")

    assert (await Asked.get()).stage is Stage.CLOSED
    assert "`outcome 1 …` says it" in told


async def test_a_question_to_everybody_waits_for_those_who_have_not_answered(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ana, ben = await house.private("ana"), await house.private("ben")
    await crew.says("ana", "!settings ask-hours 48")

    [asked] = await ben.says("ben", "what needs me")
    [asker] = await ana.says("ana", "what needs me")

    assert "Open questions:" in asked
    assert "Kitchen Crew" in asked
    assert asker.startswith("Nothing waits")


async def test_a_consent_round_waits_for_whom_it_asks(house: PlayedHouse, crew: PlayedRoom) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!consent We meet on Tuesdays; facilitator Ana")
    [before] = await ben.says("ben", "what needs me")
    await crew.taps("ana", "▶️", on="round:1:1")

    [told] = await ben.says("ben", "what needs me")

    assert "Rounds wait for you:" in told
    assert "`consent 1` shows it" in told
    assert before.startswith("Nothing waits for you")
    assert person("ben") not in told


async def test_a_term_in_another_circle_is_spoken_of_when_its_end_is_near(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    space = await house.space("Lakeside", PEOPLE, ["ana"])
    ben = await house.private("ben")
    card = cards.as_state(cards.Card(name="Kitchen", purpose="food", scope=("menus",)))
    held = await Domain.create(room=crew.id, giver=space.id, card=card, made_at=MONDAY)
    await Link.create(
        room=crew.id,
        domain=held.id,
        side=Side.HOLDER,
        person=person("ben"),
        chosen_at=MONDAY,
        until=date(2026, 12, 20),
    )

    [near] = await ben.says("ben", "what needs me")
    await Link.all().update(until=date(2027, 3, 1))
    [far] = await ben.says("ben", "what needs me")

    assert "- Sunday 20 December 2026 – for Kitchen Crew, in **Kitchen**" in bare(near)
    assert far.startswith("Nothing waits for you")
