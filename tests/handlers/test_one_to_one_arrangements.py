"""One-to-ones are arranged, played: each reads times by their own clock, and the first that suits all is agreed on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from handlers.dyads import appointments, one_to_one_arrangements
from handlers.language import Ask, Call, Effect
from practices.dyads import Ended, Occasion, Stage
from storage.dyads import Dyad, OneToOne, met_count
from storage.outbox import Deed
from storage.people import Person
from storage.questions import Question
from tests.handlers.paired import DAY, HOUR, Two, begun, trio, words
from tests.handlers.played import PlayedHouse, person


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


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
    assert all("No time suits you both yet" in each for each in told)
    told = await two.house.passes(timedelta(days=9))
    assert all("No time was found" in each for each in told)
    assert len(told) == 2
    assert not await OneToOne.exists()


@pytest.mark.parametrize("said", ["1", "1 and 2", "all"])
async def test_an_hour_agreed_for_one_is_free_for_no_other_and_the_other_learns_nothing(
    two: Two, said: str
) -> None:
    """Ben was shown the same hours for Ana and for Cleo, and agrees with Ana on the first of them."""
    cleo = await two.house.private("cleo")
    await cleo.says("cleo", "dyad ben")
    await cleo.says("cleo", "yes")
    await two.ben.says("ben", "yes")
    shared = two.ben.asked("A one-to-one with Cleo")
    with_cleo = await OneToOne.get()
    with_ana = await trio(two, "ana", "ben")
    first = min(with_cleo.options)
    with_ana.suits = {person("ana"): [first]}
    await with_ana.save()
    await cleo.says("cleo", "all")
    await two.ben.says("ben", f"one-to-one 2 {spoken_hour(first)}")
    await with_ana.refresh_from_db()
    assert with_ana.at is not None, "agreed"

    since = len(two.house.owed)
    told = await two.ben.taps("ben", "1️⃣", on=shared) if said == "1" else []
    if said != "1":
        told = await two.ben.says("ben", said)
    await with_cleo.refresh_from_db()
    assert with_cleo.at != with_ana.at
    if said == "1":
        assert "You have agreed to another one-to-one at that time" in words(told)
        assert not [owed for owed in two.house.owed[since:] if owed.lane == cleo.id]
    else:
        assert with_cleo.at is not None, "another hour suits both"


async def test_what_suited_for_another_suits_no_more_once_that_hour_is_agreed(two: Two) -> None:
    first = await trio(two, "ana", "ben")
    second = await trio(two, "ben", "cleo")
    hour, other = second.options
    second.suits = {person("ben"): [hour, other], person("cleo"): [hour]}
    await second.save()
    first.suits = {person("ana"): [hour]}
    await first.save()
    await two.ben.says("ben", f"one-to-one 1 {spoken_hour(hour)}")

    await second.refresh_from_db()
    assert second.suits == {person("ben"): [other], person("cleo"): [hour]}
    assert second.at is None


async def test_no_list_offers_an_hour_that_one_of_them_has_agreed_elsewhere(two: Two) -> None:
    taken = await trio(two, "ben", "cleo")
    await two.dyad()
    offered = (await OneToOne.exclude(id=taken.id).get()).options
    await OneToOne.exclude(id=taken.id).delete()
    await Dyad.all().delete()
    taken.stage, taken.at = Stage.AGREED, datetime.fromisoformat(min(offered))
    await taken.save()
    await two.ben.says("ben", "dyad ana")
    await two.ben.says("ben", "yes")
    await two.ana.says("ana", "yes")

    [one] = await OneToOne.exclude(id=taken.id)
    assert one.options
    for each in map(datetime.fromisoformat, one.options):
        assert abs(each - taken.at) >= timedelta(hours=1)


@pytest.mark.parametrize(
    ("said", "days", "hours"),
    [
        ("thursdays after 7", {3}, range(19, 24)),
        ("sat morning", {5}, range(6, 12)),
        ("mon and wed evenings", {0, 2}, range(17, 24)),
    ],
)
async def test_when_somebody_could_is_laid_out_as_times_and_a_tap_agrees(
    two: Two, said: str, days: set[int], hours: range
) -> None:
    await two.dyad()
    told = await two.ana.says("ana", said)
    assert "Then there is:" in words(told)
    question = await Question.filter(person=person("ana"), inquiry="one-to-one-times").get()
    shown = question.data["shown"]
    assert isinstance(shown, list)
    assert shown
    for each in shown:
        local = datetime.fromisoformat(str(each)).astimezone(ZoneInfo("Europe/Rome"))
        assert local.weekday() in days
        assert local.hour in hours
    await two.ana.says("ana", "1")
    assert (await OneToOne.get()).suits == {person("ana"): [shown[0]]}


async def test_when_nothing_is_free_then_it_says_so_and_what_works(two: Two) -> None:
    await two.dyad()
    [told] = await two.ana.says("ana", "sunday before 7:00")
    assert "no half hour there in the next two weeks" in told
    assert "such as “thursday" in told


def spoken_hour(option: str) -> str:
    """An instant as somebody in Rome writes it."""
    local = datetime.fromisoformat(option).astimezone(ZoneInfo("Europe/Rome"))
    return f"{local:%-d %B %Y %H:%M}"


async def test_three_are_told_that_they_are_three_and_what_suits_all_of_them(two: Two) -> None:
    call = Call(key="rota", at=two.house.now, room=await two.crew.row(), house=two.house.house)
    effects = await one_to_one_arrangements.begin(
        call,
        [person(each) for each in ("ana", "ben", "cleo")],
        circle=two.crew.id,
        occasion=Occasion.PAIRING,
        subject="1",
    )
    texts = [each.text for each in effects if isinstance(each, Ask)]
    assert len(texts) == 3
    for text in texts:
        assert text.startswith("**A one-to-one of three, with ")
        assert "The first one that suits all of you is agreed" in text


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


async def test_a_daemon_that_was_off_while_it_was_silent_asks_before_it_rests(two: Two) -> None:
    await two.dyad()
    told = await two.house.wakes_at(two.house.now + timedelta(days=14))
    assert all("would still be nice" in each for each in told)
    assert all("24 November" not in each for each in told)
    await two.ana.says("ana", "1")
    assert "your one-to-one with Ana" in words(await two.ben.says("ben", "1"))


async def test_a_time_that_passed_while_somebody_thought_is_not_agreed(two: Two) -> None:
    await two.dyad()
    await two.ana.says("ana", "1")
    two.house.now = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    [told] = await two.ben.says("ben", "1")

    assert "has passed meanwhile" in told
    assert (await OneToOne.get()).at is None


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


async def test_a_trio_meets_when_a_time_suits_all_three_and_counts_as_three_pairs(two: Two) -> None:
    cleo = await two.house.private("cleo")
    await trio(two, "ana", "ben", "cleo")
    for room, who in ((two.ana, "ana"), (two.ben, "ben"), (cleo, "cleo")):
        told = await room.says(who, "one-to-one 1 wednesday 18:00")
    assert len([each for each in told if "**Wednesday 25 November, 18:00**" in each]) == 3
    assert "your one-to-one of three, with Ben and Cleo" in words(told)

    await two.house.passes(timedelta(days=4))
    await cleo.says("cleo", "yes")
    await two.house.passes(timedelta(days=3))
    assert await met_count(two.crew.id, date(2026, 11, 1)) == 3
    assert await met_count(two.crew.id, date(2026, 11, 1), date(2026, 11, 24)) == 0
    assert await met_count("!other:here", date(2026, 11, 1)) == 0


async def test_a_one_to_one_of_one_or_of_four_is_refused(two: Two) -> None:
    call = Call(key="rota", at=two.house.now, room=await two.crew.row(), house=two.house.house)
    for people in (["@ana:here"], [f"@{name}:here" for name in "abcd"]):
        with pytest.raises(ValueError, match="of two people"):
            await one_to_one_arrangements.begin(
                call, people, circle=two.crew.id, occasion=Occasion.ROTA, subject="1"
            )


async def test_what_a_feature_begins_is_told_with_its_reason_and_followed_to_its_end(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[tuple[str, list[str], Ended]] = []

    async def follow(_call: Call, one: OneToOne, ended: Ended) -> list[Effect]:
        ends.append((one.subject, one.people, ended))
        return []

    monkeypatch.setitem(appointments.FOLLOWS, Occasion.ROTA, follow)
    call = Call(key="rota", at=two.house.now, room=await two.crew.row(), house=two.house.house)
    effects = await one_to_one_arrangements.begin(
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
    assert ends == [], "of what nobody asked for a no is heard by nobody"
    await two.ben.says("ben", "one-to-one off 1")
    assert ends == [("cycle 3", [person("ana"), person("ben")], Ended.DECLINED)]
    assert not await OneToOne.exists()


async def test_what_is_said_to_be_kind_or_to_be_left_alone_is_no_time(two: Two) -> None:
    await two.dyad()
    assert await two.ben.says("ben", "thanks") == ["Gladly."]
    assert "call you by name nowhere" in words(await two.ben.says("ben", "leave me alone"))
    assert (await Person.get(id=person("ben"))).muted
    assert (await two.ben.says("ben", "1"))[0].startswith("Noted")
