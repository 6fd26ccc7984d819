"""The pair rota of a crew: everybody meets everybody once, and the crew sees how many have."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations

import pytest

from practices.circles import Life
from storage.dyads import OneToOne, have_met
from storage.pairings import Rota, RotaPair
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person

FIVE = ("ana", "ben", "cleo", "dan", "eva")


async def begun(
    house: PlayedHouse, people: Iterable[str] = FIVE, line: str = "!rota"
) -> PlayedRoom:
    """A crew in which all have agreed on a rota."""
    crew = await house.crew(people=people)
    await crew.says("ana", line)
    for who in people:
        if who != "ana":
            await crew.taps(who, "✅")
    return crew


async def pairs() -> list[tuple[str, str]]:
    return sorted((row.one, row.other) for row in await RotaPair.all())


def every(people: Iterable[str]) -> list[tuple[str, str]]:
    return list(combinations(sorted(map(person, people)), 2))


async def test_it_begins_when_all_have_agreed_and_each_pair_hears_in_private(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FIVE)
    [asked] = await crew.says("ana", "!rota")
    assert "10 pairs in 5 turns, a turn every two weeks" in asked
    for who in ("ben", "cleo", "dan"):
        await crew.taps(who, "✅")
    assert not await Rota.exists()
    told = await crew.taps("eva", "✅")
    assert any("the rota begins" in each for each in told)
    assert (
        len([each for each in told if "A one-to-one with" in each and each.startswith("→ ")]) == 4
    )
    assert await OneToOne.all().count() == 2


async def test_asked_again_it_shows_how_the_proposal_stands_and_begins_no_other(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FIVE)
    await crew.says("ben", "!rota weekly")
    for line in ("!rota", "!rota weekly"):
        [told] = await crew.says("ana", line)
        assert "asked already, a turn every week: 1 of 5 has said yes so far" in told
        assert "Ben" not in told
    for who in ("ana", "cleo", "dan", "eva"):
        await crew.says(who, "!yes")
    assert (await Rota.get()).weeks == 1


async def test_another_pace_is_asked_anew(house: PlayedHouse) -> None:
    crew = await house.crew(people=FIVE)
    await crew.says("ben", "!rota weekly")
    [told] = await crew.says("ana", "!rota monthly")
    assert "a turn every four weeks" in told


async def test_whoever_is_left_over_in_a_turn_hears_that_they_rest(house: PlayedHouse) -> None:
    crew = await house.crew(people=FIVE)
    await crew.says("ana", "!rota")
    for who in FIVE[1:-1]:
        await crew.taps(who, "✅")
    told = await crew.taps("eva", "✅")
    [rests] = [each for each in told if "you rest" in each]
    asked = {each.partition(":")[0] for each in told if "A one-to-one with" in each}
    assert "The next one is on **Sunday 6 December 2026**" in rests
    assert rests.partition(":")[0] not in asked
    assert len(asked) == 4


@pytest.mark.requirement("R32")
async def test_whom_somebody_would_not_meet_finds_their_turn_as_with_anybody_who_is_silent() -> (
    None
):
    """The same crew twice, in which Cleo answers nothing: once she has said that she would not meet Ben, once not."""
    heard: dict[bool, list[str]] = {}
    for said in (False, True):
        async with a_house() as each:
            await each.space("Lakeside", ["ana", "ben", "cleo"], ["ana"])
            chats = {who: await each.private(who) for who in ("ana", "ben", "cleo")}
            if said:
                [noted] = await chats["cleo"].says("cleo", "pairing not with ben")
                assert "In the pair rota of a crew that you are both in" in noted
            await begun(each, ("ana", "ben", "cleo"), "!rota weekly")
            await chats["ben"].says("ben", "1 and 2")
            await each.passes(timedelta(days=8))
            await chats["ben"].says("ben", "1 and 2")
            await each.passes(timedelta(days=32))
            told = {
                who: [str(owed.content) for owed in each.owed if owed.lane == chat.id]
                for who, chat in chats.items()
            }
            heard[said] = told["ben"]
            assert any("Ben" in text and "one-to-one" in text for text in told["cleo"]) is not said
            assert not await Rota.exists(), "every pair had its turn"
    assert heard[True] == heard[False]
    assert any("A one-to-one with Cleo" in each for each in heard[True])


async def test_one_no_is_enough_and_nobody_is_named(house: PlayedHouse) -> None:
    crew = await house.crew(people=FIVE)
    await crew.says("ana", "!rota weekly")
    told = "\n".join(await crew.taps("ben", "✋"))
    assert "needs no reason" in told
    assert "Ben" not in told
    assert not await Rota.exists()


@pytest.mark.requirement("R32")
@pytest.mark.parametrize(("size", "turns"), [(3, 3), (4, 3), (5, 5)])
async def test_in_a_cycle_every_pair_has_its_turn_once(
    house: PlayedHouse, size: int, turns: int
) -> None:
    people = FIVE[:size]
    await begun(house, people, "!rota weekly")
    seen = [*await pairs()]
    told: list[str] = []
    for _ in range(turns + 1):
        told = await house.passes(timedelta(days=7))
        if await Rota.exists():
            fresh = await pairs()
            assert len(fresh) == len(set(fresh))
            seen = fresh
    assert seen == every(people)
    assert not await Rota.exists(), "the cycle is over"
    assert not await RotaPair.exists()
    del told


async def test_the_room_sees_how_many_have_met_and_never_which(house: PlayedHouse) -> None:
    crew = await begun(house)
    one = await OneToOne.all().order_by("id").first()
    assert one is not None
    await have_met(crew.id, one.people, date(2026, 11, 23))
    [told] = await crew.says("ben", "!rota")
    assert "1 of 10 pairs have met so far" in told
    assert "8 of them have their turn still to come" in told
    assert not any(who.capitalize() in told for who in FIVE)


async def test_a_newcomer_in_mid_cycle_meets_everybody_and_nobody_meets_twice(
    house: PlayedHouse,
) -> None:
    crew = await begun(house, FIVE[:4], "!rota weekly")
    await house.passes(timedelta(days=7))
    await crew.joins("eva")
    seen: list[tuple[str, str]] = []
    for _ in range(9):
        await house.passes(timedelta(days=7))
        fresh = await pairs()
        assert len(fresh) == len(set(fresh))
        seen = fresh or seen
    assert seen == every(FIVE)


async def test_whoever_leaves_is_proposed_to_nobody_any_more(house: PlayedHouse) -> None:
    crew = await begun(house, FIVE, "!rota weekly")
    await crew.leaves("eva")
    for _ in range(8):
        await house.passes(timedelta(days=7))
        assert not any(person("eva") in two for two in await pairs())


async def test_any_of_them_stops_it_by_a_word_and_nothing_follows(house: PlayedHouse) -> None:
    crew = await begun(house)
    [told] = await crew.says("cleo", "!rota stop")
    assert "The rota has ended" in told
    assert not await Rota.exists()
    assert not any(name == "rota-turn" for name, _at in await house.hours())
    [again] = await crew.says("cleo", "!rota stop")
    assert "No rota runs here" in again


async def test_a_stop_while_it_is_asked_ends_the_question(house: PlayedHouse) -> None:
    crew = await house.crew(people=FIVE)
    await crew.says("ana", "!rota")
    told = "\n".join(await crew.says("ben", "!rota stop"))
    assert "There is no rota" in told


async def test_two_are_too_few_and_a_pace_not_known_is_said_so(house: PlayedHouse) -> None:
    crew = await house.crew(people=("ana", "ben"))
    assert "too few" in (await crew.says("ana", "!rota"))[0]
    assert "fortnightly" in (await crew.says("ana", "!rota hourly"))[0]


async def test_a_second_rota_does_not_begin_beside_the_first(house: PlayedHouse) -> None:
    crew = await begun(house)
    [told] = await crew.says("ben", "!rota weekly")
    assert "nothing was begun" in told
    assert (await Rota.get()).weeks == 2


async def test_a_crew_that_rests_has_no_turn_and_goes_on_once_it_wakes(house: PlayedHouse) -> None:
    crew = await begun(house, FIVE, "!rota weekly")
    before = await pairs()
    await Room.filter(id=crew.id).update(life=Life.PAUSED)
    await house.passes(timedelta(days=14))
    assert await pairs() == before
    await Room.filter(id=crew.id).update(life=Life.ACTIVE)
    await house.passes(timedelta(days=7))
    assert len(await pairs()) == len(before) + 2


async def test_a_turn_missed_by_weeks_begins_a_pace_later(house: PlayedHouse) -> None:
    await begun(house, FIVE, "!rota weekly")
    before = await pairs()
    await house.wakes_at(house.now + timedelta(days=20))
    assert await pairs() == before
    await house.passes(timedelta(days=8))
    assert len(await pairs()) == len(before) + 2


async def test_when_somebody_who_was_waited_for_leaves_those_who_stay_have_agreed(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FIVE)
    await crew.says("ana", "!rota")
    for who in ("ben", "cleo", "dan"):
        await crew.taps(who, "✅")
    told = await crew.leaves("eva")
    assert any("the rota begins" in each for each in told)
    assert await Rota.exists()
