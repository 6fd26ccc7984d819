"""Not this time, and leaving, played: the others hear no more than that."""

from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.dyads import appointments
from handlers.language import Call, Change
from practices.dyads import Ended, State
from storage.dyads import Dyad, OneToOne
from storage.pairings import Partaking
from tests.handlers.paired import Two, begun, trio, words
from tests.handlers.played import PlayedHouse, PlayedRoom, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


@pytest.mark.requirement("R13")
async def test_not_this_time_needs_no_reason_and_the_dyad_goes_on(two: Two) -> None:
    await two.dyad()
    told = await two.ben.says("ben", "not this time")

    assert told[-1] == "The one-to-one with Ben: not this time. `dyad` shows what is next."
    assert (await Dyad.get()).state is State.ACTIVE
    assert "dyad-next" in dict(await two.house.hours())


async def test_what_is_called_off_is_off_for_both(two: Two) -> None:
    await two.dyad()
    await two.agreed()
    told = await two.ana.taps("ana", "❌")

    assert "so Wednesday 25 November, 12:30 is free again" in words(told)
    assert not await OneToOne.exists()
    [late] = await two.ben.taps("ben", "⏳", on="one-to-one:1")
    assert "over" in late


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

    assert any("No time was found for a one-to-one with ben this once" in each for each in told)
    assert not await OneToOne.exists()


@pytest.mark.requirement("R11")
async def test_whoever_asks_to_be_forgotten_is_missed_in_the_words_of_one_that_rests(
    two: Two,
) -> None:
    await trio(two, "ana", "ben")
    told = await two.ben.says("ben", "forget me")
    told += await two.ben.says("ben", "yes")
    [for_ana] = [each for each in told if "one-to-one" in each]
    assert for_ana.startswith("No time was found for a one-to-one with Ben this once, so it rests.")
    assert not await OneToOne.exists()


async def in_a_rota(two: Two) -> tuple[OneToOne, dict[str, PlayedRoom], str, str]:
    """What a rota has begun: it, everybody's private chat, and who its two are."""
    chats = {"ana": two.ana, "ben": two.ben, "cleo": await two.house.private("cleo")}
    await two.crew.says("ana", "!rota monthly")
    for who in chats:
        await two.crew.taps(who, "✅")
    one = await OneToOne.get()
    first, second = (each[1:].partition(":")[0] for each in one.people)
    return one, chats, first, second


def to(two: Two, who: str, since: int) -> list[str]:
    """What somebody hears in private from then on."""
    lanes = {person(who), f"!private-{who}:here"}
    return [
        str((owed.content or {}).get("text", ""))
        for owed in two.house.owed[since:]
        if owed.lane in lanes
    ]


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("words_", ["not this time", "one-to-one off 1", "silence"])
async def test_where_a_rota_brought_two_together_a_no_is_heard_as_silence_is(
    two: Two, words_: str
) -> None:
    one, chats, first, second = await in_a_rota(two)
    since = len(two.house.owed)
    if words_ != "silence":
        told = await chats[first].says(first, words_)
        assert told == ["Good: not this time, and that needs no reason."]
        assert not to(two, second, since)
        listed = words(await chats[first].says(first, "one-to-one"))
        assert "No one-to-one of yours is ahead" in listed
    since = len(two.house.owed)
    await two.house.passes(timedelta(days=8))
    once_more, rests = (each for each in to(two, second, since) if "one-to-one" in each)
    assert once_more.startswith(f"A one-to-one with {first.title()} would still be nice")
    assert rests.startswith(f"No time was found for a one-to-one with {first.title()} this once")
    heard = any("one-to-one" in each for each in to(two, first, since))
    assert heard == (words_ == "silence")
    assert not await OneToOne.filter(id=one.id).exists()


async def test_when_both_would_rather_not_it_is_over_at_once(two: Two) -> None:
    one, chats, first, second = await in_a_rota(two)
    await chats[first].says(first, "not this time")
    since = len(two.house.owed)
    await chats[second].says(second, "not this time")
    assert not await OneToOne.filter(id=one.id).exists()
    assert not to(two, first, since)


async def test_who_would_rather_not_in_a_round_is_not_counted_as_silent(two: Two) -> None:
    one = await trio(two, "ana", "ben")
    for who in ("ana", "ben"):
        await Partaking.create(room=two.crew.id, person=person(who))
    await two.ben.says("ben", "one-to-one off 1")
    kept = await OneToOne.get(id=one.id)
    assert kept.suits == {person("ben"): []}
    call = Call(key="end", at=two.house.now, room=await two.crew.row(), house=two.house.house)
    await appointments.over(call, kept, Ended.RESTED)
    silent = {row.person: row.silent for row in await Partaking.all()}
    assert silent == {person("ana"): 1, person("ben"): 0}


@pytest.mark.requirement("R13")
async def test_where_one_has_asked_the_other_a_no_is_told_at_once(two: Two) -> None:
    await two.dyad()
    since = len(two.house.owed)
    await two.ben.says("ben", "not this time")
    assert to(two, "ana", since) == [
        "The one-to-one with Ben: not this time. `dyad` shows what is next."
    ]


async def test_what_was_arranged_for_a_circle_goes_with_it(two: Two) -> None:
    await trio(two, "ana", "ben")
    await two.crew.reports(Change.REMOVED)

    assert not await OneToOne.exists()
