"""People coming and going: what is said about it, to whom, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

from practices.circles import Life, RoomKind
from storage.coming import Coming
from storage.members import Member
from storage.questions import Question
from storage.reminders import Reminder
from tests.handlers.played import PlayedHouse, PlayedRoom, person

MANY = [f"person{number}" for number in range(300)]


@pytest.mark.requirement("R47")
async def test_a_crew_of_seven_and_eight_gets_one_hint(house: PlayedHouse) -> None:
    crew = await house.crew(people=["ana", "ben", "cleo", "dan", "eve"])

    said = [await crew.joins(who) for who in ("fay", "gus", "hal")]
    await crew.leaves("hal")
    await crew.leaves("gus")
    said.append(await crew.joins("ivo"))

    assert [len(texts) for texts in said] == [0, 1, 0, 0]
    assert said[1][0].startswith("You are seven now. Three to six people keep to one conversation")


@pytest.mark.requirement("R46")
async def test_a_ninth_person_is_answered_with_two_crews_of_four_and_five(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=[*"abcdefgh"])

    [told] = await crew.joins("lee")

    assert "so Lee is not added" in told
    assert "four and five" in told
    assert "begins in a room of its own" in told
    assert "?" not in told


@pytest.mark.requirement("R123")
async def test_a_congregation_hears_of_its_size_at_101_150_and_201_and_only_then(
    house: PlayedHouse,
) -> None:
    space = await house.space("Lakeside", ["ana", "ben"], ["ana"])
    working = await house.room("Kitchen", ["ana"], kind=RoomKind.WORKING, congregation=space.id)
    told: dict[int, list[str]] = {}

    for size, who in enumerate(MANY[:203], start=3):
        said = await space.joins(who)
        if said:
            told[size] = said

    assert list(told) == [101, 150, 201]
    assert told[101][0].startswith("→ ana: There are more than a hundred of you now.")
    assert told[150][0].startswith("There are 150 of you now")
    assert told[201][0].startswith("→ ana: A congregation holds at most 200 people")
    assert {owed.lane for owed in house.owed} == {person("ana"), working.id}


@pytest.mark.requirement("R15")
async def test_a_notice_about_size_waits_for_the_morning(house: PlayedHouse) -> None:
    space = await house.space("Lakeside", ["ana", *MANY[:99]], ["ana"])
    house.now = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)

    assert await space.joins("zoe") == []
    assert await house.passes(until=datetime(2026, 11, 23, 6, 59, tzinfo=UTC)) == []
    [told] = await house.passes(until=datetime(2026, 11, 23, 7, 1, tzinfo=UTC))
    assert told.startswith("→ ana: There are more than a hundred")


@pytest.mark.requirement("R13")
async def test_whoever_wants_to_be_called_nowhere_hears_no_notice(house: PlayedHouse) -> None:
    space = await house.space("Lakeside", ["ana", *MANY[:99]], ["ana"])
    private = await house.private("ana")
    await private.says("ana", "quiet everywhere")

    assert await space.joins("zoe") == []


@pytest.mark.requirement("R123")
async def test_without_any_other_room_the_talk_at_150_reaches_those_who_moderate(
    house: PlayedHouse,
) -> None:
    space = await house.space("Lakeside", ["ana", *MANY[:148]], ["ana"], noticed_size=149)

    [told] = await space.joins("zoe")

    assert told.startswith("→ ana: There are 150 of you now")


async def test_a_third_person_in_a_dyad_is_told_what_can_be_done(house: PlayedHouse) -> None:
    dyad = await house.room("Us", ["ana", "ben"], kind=RoomKind.DYAD)

    [told] = await dyad.joins("cleo")

    assert "`!release` and then `!adopt`" in told


async def test_two_who_come_into_their_dyad_room_are_no_more_than_two(house: PlayedHouse) -> None:
    dyad = await house.room("Us", [], kind=RoomKind.DYAD)

    assert await dyad.joins("ana") == []
    assert await dyad.joins("ben") == []


async def test_a_third_person_ends_a_private_chat(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind tomorrow 9:00 call the doctor")
    await private.says("ana", "forget me")

    told = await private.joins("ben")

    assert [text for text in told if "no private chat any more" in text]
    assert [text for text in told if text.startswith("→ ana:") and "call the doctor" in text]
    assert not [text for text in told if not text.startswith("→") and "doctor" in text]
    assert (await private.row()).private_with is None
    assert await Question.all().count() == 0
    assert await house.passes(timedelta(days=2)) == []
    [refused] = await private.says("ana", "!export")
    assert "write it in our private chat" in refused


async def with_an_answer(house: PlayedHouse) -> PlayedRoom:
    crew = await house.crew(people=["ana", "ben", "cleo", "dan"])
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 16, 18, 30, tzinfo=UTC))
    await crew.taps("dan", "✅")
    return crew


@pytest.mark.requirement("R11")
async def test_whoever_leaves_is_listed_no_more_and_nothing_is_said_about_it(
    house: PlayedHouse,
) -> None:
    crew = await with_an_answer(house)
    await crew.says("dan", "!remind friday 9:00 bring chairs")

    told = await crew.leaves("dan")
    later = await house.passes(timedelta(days=3))

    assert len(told) == 1
    assert told[0].startswith("✎ **Tomorrow")
    assert "Dan" not in told[0]
    assert not [text for text in later if "Dan" in text or "chairs" in text]
    assert await Coming.all().count() == 0
    assert await Reminder.all().count() == 0


@pytest.mark.requirement("R11")
async def test_a_host_who_left_is_named_in_the_room_no_more(house: PlayedHouse) -> None:
    crew = await with_an_answer(house)

    await crew.leaves("ana")

    assert (await crew.row()).host is None
    state = next(owed for owed in reversed(house.owed) if owed.deed == "state")
    assert "@ana" not in str(state.content)


@pytest.mark.requirement("R59")
async def test_two_who_stayed_are_offered_three_ways_at_once(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.leaves("cleo")

    assert told.startswith("You are two now, and a crew is three or more.")
    assert "👥 go on as a dyad · 🔎 look for others · 👋 close" in told
    assert "Cleo" not in told


@pytest.mark.requirement("R59")
@pytest.mark.parametrize(
    ("sign", "kind", "life"),
    [
        ("👥", RoomKind.DYAD, None),
        ("🔎", RoomKind.CREW, Life.ACTIVE),
        ("👋", RoomKind.CREW, Life.CLOSED),
    ],
)
async def test_what_both_choose_is_what_happens(
    house: PlayedHouse, sign: str, kind: RoomKind, life: Life | None
) -> None:
    crew = await house.crew(life=Life.ACTIVE)
    await crew.leaves("cleo")

    assert await crew.taps("ana", sign) == []
    assert (await crew.row()).life is Life.ACTIVE
    assert await crew.taps("ben", sign)
    row = await crew.row()
    assert (row.kind, row.life) == (kind, life)
    assert await Question.all().count() == 0


@pytest.mark.requirement("R59")
async def test_a_crew_that_still_forms_is_offered_them_too_once_it_was_three(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(life=Life.FORMING, noticed_size=3)

    [told] = await crew.leaves("cleo")

    assert told.startswith("You are two now")


@pytest.mark.requirement("R59")
async def test_a_room_in_which_there_never_were_three_is_offered_nothing(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=["ana", "ben"], life=Life.FORMING, noticed_size=2)

    assert await crew.leaves("ben") == []


@pytest.mark.requirement("R59")
async def test_a_crew_that_has_ended_is_asked_nothing_when_its_people_go(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(life=Life.CLOSED)

    assert await crew.leaves("cleo") == []


@pytest.mark.requirement("R59")
async def test_as_long_as_they_choose_differently_nothing_happens(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.leaves("cleo")

    assert await crew.taps("ana", "👥") == []
    assert await crew.taps("ben", "👋") == []
    assert await crew.taps("zoe", "👥") == []
    assert (await crew.row()).kind is RoomKind.CREW
    assert await crew.taps("ben", "👥")


async def test_whoever_is_alone_cannot_be_a_dyad(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.leaves("cleo")
    [told] = await crew.leaves("ben")

    assert told.startswith("You are alone here now")
    assert "dyad" not in told
    assert await crew.taps("ana", "👥") == []


async def test_whoever_leaves_the_private_chat_takes_its_reminders_along(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind every day 9:00 stretch")

    told = await private.leaves("ana")

    assert told == [f"⇄ leave {private.id}"]
    assert await house.passes(timedelta(days=3)) == []
    assert await Reminder.all().count() == 0
    assert await Member.all().count() == 0
