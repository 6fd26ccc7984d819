"""Looking back together: private choices, counts without names, and a way that all take."""

import base64
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.language import Change
from practices.circles import Life, RoomKind
from practices.retrospective import Choice
from storage.charters import CharterLine
from storage.commitments import Commitment, CommitmentKind
from storage.cycles import Cycle
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.outbox import Deed, Owed
from storage.people import Person
from storage.questions import Question
from storage.retrospectives import Retrospective, Split
from storage.rooms import Room
from storage.shares import OpenForm
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, a_house, person

THREE = ("ana", "ben", "cleo")
SIX = ("ana", "ben", "cleo", "dan", "eve", "fay")
MOMENT = timedelta(seconds=1)


async def chats(house: PlayedHouse, people: tuple[str, ...] = THREE) -> dict[str, PlayedRoom]:
    return {who: await house.private(who) for who in people}


async def looking_back(
    house: PlayedHouse, people: tuple[str, ...] = THREE, **columns: Any
) -> tuple[PlayedRoom, dict[str, PlayedRoom]]:
    crew = await house.crew(people=people, **columns)
    private = await chats(house, people)
    await crew.says(people[0], "!retrospective")
    return crew, private


async def way_taken(
    house: PlayedHouse, way: str, people: tuple[str, ...] = THREE
) -> tuple[PlayedRoom, dict[str, PlayedRoom], list[str]]:
    """All answered differently, talked, and then took one way together."""
    crew, private = await looking_back(house, people)
    for who in people:
        await private[who].says(who, "end" if who == people[0] else "continue")
    await house.passes(MOMENT)
    question = crew.asked("Which way do you take together?")
    told: list[str] = []
    for who in people:
        told = await crew.taps(who, way, on=question)
    return crew, private, told


# -------------------------------------------------------------------------------------- in private


@pytest.mark.requirement("R57")
async def test_each_is_asked_privately_and_the_room_hears_nothing_until_all_have_answered(
    house: PlayedHouse,
) -> None:
    crew, private = await looking_back(house)

    told = [
        await private[who].says(who, said)
        for who, said in zip(THREE, ("end", "continue", "continue"), strict=True)
    ]
    counts = await house.passes(MOMENT)

    assert all(len(each) == 1 and each[0].startswith("Noted") for each in told)
    assert (
        "Of those who answered:\n\n🔁 continue: 2 · 👋 end: 1\n\nThis decides nothing. Talk first."
        in counts
    )
    said_in_room = [str(owed.content) for owed in house.owed if owed.lane == crew.id]
    assert not [text for text in said_in_room if "Ana" in text or "@ana" in text]


@pytest.mark.requirement("R57")
async def test_after_48_hours_the_counts_of_those_who_answered_are_shown(
    house: PlayedHouse,
) -> None:
    _crew, private = await looking_back(house)
    await private["ben"].says("ben", "pause")

    before = await house.passes(timedelta(hours=47, minutes=59))
    after = await house.passes(timedelta(minutes=2))

    assert not [text for text in before if "pause: 1" in text]
    assert [text for text in after if "⏸️ pause: 1" in text]
    assert not [text for text in after if "Ana" in text or "Cleo" in text]


@pytest.mark.requirement("R17")
async def test_a_crew_can_agree_on_another_time_to_think(house: PlayedHouse) -> None:
    settings = {
        "retrospective-hours": {"value": "4", "since": "2026-11-22", "review": "2027-11-22"}
    }
    await looking_back(house, settings=settings)

    assert [
        text for text in await house.passes(timedelta(hours=4)) if "Nobody has named a way" in text
    ]


@pytest.mark.requirement("R57")
async def test_what_one_person_chose_stands_nowhere_in_the_database(house: PlayedHouse) -> None:
    _crew, private = await looking_back(house)
    await private["ana"].says("ana", "pause")

    rows = await Retrospective.all().values()
    kept = [*rows, *await Question.all().values(), *await Heard.all().values("content", "key")]
    sealed = rows[0]["sealed"]

    assert "pause" not in str(kept)
    assert "@ana" not in str(rows)
    for who, way in (("ben", "continue"), ("cleo", "end")):
        await private[who].says(who, way)
    await house.passes(MOMENT)
    assert sealed
    assert (await Retrospective.get()).sealed is None
    assert await Question.filter(inquiry="retrospective").count() == 0


async def test_sealed_choices_are_as_long_whatever_was_chosen(house: PlayedHouse) -> None:
    _crew, private = await looking_back(house)

    lengths = set()
    for way in Choice:
        await private["ana"].says("ana", way.value)
        lengths.add(len((await Retrospective.get()).sealed or ""))

    assert len(lengths) == 1


async def what_ben_can_learn(house: PlayedHouse, way_of_ana: str) -> list[str]:
    """All that Ben sees, in every way there is to ask, after Ana has answered."""
    crew, private = await looking_back(house)
    await private["ana"].says("ana", way_of_ana)
    before = len(house.owed)
    seen = [
        *await crew.says("ben", "!retrospective"),
        *await private["ben"].says("ben", "export"),
        *await private["ben"].says("ben", "export crew"),
        *await private["ben"].says("ben", "retrospective"),
        *await crew.says("ben", "!status"),
        *await crew.says("ben", "!change"),
        *await private["ben"].taps("ben", "👋", on="question:1"),
    ]
    files = [dict(owed.content or {}) for owed in house.owed[before:] if owed.deed == "file"]
    return [*seen, *(base64.b64decode(str(file["data"])).decode() for file in files)]


@pytest.mark.requirement("R57")
async def test_somebody_who_tries_to_learn_who_wishes_to_end_sees_the_same_whatever_it_is() -> None:
    seen = []
    for way in ("end", "continue", "pass"):
        async with a_house() as house:
            seen.append(await what_ben_can_learn(house, way))

    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) > 8


@pytest.mark.requirement("R10")
async def test_a_pass_takes_one_tap_and_leaves_nothing(house: PlayedHouse) -> None:
    _crew, private = await looking_back(house)
    await private["ana"].says("ana", "end")
    await private["ana"].says("ana", "pass")

    assert (await Retrospective.get()).sealed is None
    assert await Question.filter(person=person("ana")).count() == 0
    await private["ben"].says("ben", "continue")
    await private["cleo"].says("cleo", "pass")
    assert [
        text
        for text in await house.passes(MOMENT)
        if "🔁 continue: 1" in text and "end" not in text
    ]


async def test_an_answer_can_be_changed_until_the_counts_are_shown(house: PlayedHouse) -> None:
    _crew, private = await looking_back(house)
    for said in ("end", "continue", "hmm?", "pause"):
        told = await private["ana"].says("ana", said)
        assert told
    for who in ("ben", "cleo"):
        await private[who].says(who, "continue")

    counts = await house.passes(MOMENT)

    assert [text for text in counts if "🔁 continue: 2 · ⏸️ pause: 1" in text]
    told = await private["ana"].says("ana", "end")
    assert "No question of mine that this would answer is open here." in told[0]


@pytest.mark.requirement("R15")
async def test_whoever_sleeps_is_asked_in_their_morning_and_waited_for(house: PlayedHouse) -> None:
    await Person.create(id=person("cleo"), zone="Asia/Tokyo")
    crew = await house.crew()
    private = await chats(house)
    house.now = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # two at night in Tokyo

    asked = await crew.says("ana", "!retrospective")
    for who in ("ana", "ben"):
        await private[who].says(who, "continue")
    night = await house.passes(timedelta(hours=5))
    morning = await house.passes(timedelta(hours=2))

    assert len([text for text in asked if text.startswith("Which way")]) == 2
    assert not [text for text in night if "continue:" in text or "Which way" in text]
    assert len([text for text in morning if text.startswith("Which way would you like")]) == 1
    await private["cleo"].says("cleo", "end")
    assert [text for text in await house.passes(MOMENT) if "🔁 continue: 2 · 👋 end: 1" in text]


async def test_whoever_lost_the_question_is_asked_again_in_private(house: PlayedHouse) -> None:
    _crew, private = await looking_back(house)
    await private["ana"].says("ana", "stop")

    [again] = await private["ana"].says("ana", "retrospective kitchen crew")
    [none] = await private["ana"].says("ana", "retrospective Garden Crew")

    assert again.startswith("Which way would you like for **Kitchen Crew**?")
    assert "No crew of yours is looking back" in none
    assert await Question.filter(person=person("ana")).count() == 1


@pytest.mark.requirement("R57")
async def test_whoever_left_is_neither_counted_nor_waited_for(house: PlayedHouse) -> None:
    crew, private = await looking_back(house, ("ana", "ben", "cleo", "dan"))
    await private["dan"].says("dan", "end")
    for who in THREE[:2]:
        await private[who].says(who, "continue")
    await crew.leaves("cleo")
    await crew.leaves("dan")

    counts = await house.passes(MOMENT)

    assert not [text for text in counts if "end: 1" in text]
    assert [text for text in counts if "Each of you would like to continue." in text]
    [nothing] = await private["dan"].says("dan", "retrospective")
    assert "No crew of yours is looking back" in nothing


async def test_a_stranger_cannot_answer_for_a_member(house: PlayedHouse) -> None:
    _crew, _private = await looking_back(house)
    zoe = await house.private("zoe")

    assert await zoe.taps("zoe", "👋", on="question:1") == []
    assert (await Retrospective.get()).sealed is None


# -------------------------------------------------------------------------------------- beginning


async def test_a_cycle_opens_the_retrospective_once_at_its_hour(house: PlayedHouse) -> None:
    crew = await house.crew()
    await Heard.create(
        key="retrospective:cycle:1:x", kind=Kind.HOUR, room=crew.id, at=house.now + timedelta(hours=1),
        about="cycle:1", content={"ritual": "retrospective", "cycle": 1, "last": True},
    )  # fmt: skip

    told = await house.passes(timedelta(hours=1))

    assert told[0].startswith("**Looking back.** For the Kitchen Crew")
    assert "**Tuesday 24 November, 11:00**" in told[0]
    assert (await Retrospective.get()).cycle == 1
    assert "already" in (await crew.says("ben", "!retro"))[0]


@pytest.mark.parametrize("life", [Life.PAUSED, Life.CLOSED])
async def test_a_crew_that_rests_does_not_look_back(house: PlayedHouse, life: Life) -> None:
    crew = await house.crew(life=life)
    await Heard.create(
        key="retrospective:cycle:1:x", kind=Kind.HOUR, room=crew.id, at=house.now, about="cycle:1",
        content={"ritual": "retrospective", "cycle": 1},
    )  # fmt: skip

    assert await house.passes(MOMENT) == []
    assert "`!wake`" in (await crew.says("ana", "!retrospective"))[0]
    assert await Retrospective.all().count() == 0


async def test_one_tap_starts_the_script_of_that_name(house: PlayedHouse) -> None:
    crew, _private = await looking_back(house)

    told = await crew.taps("ana", "▶️", on="retrospective:1")

    assert "How are you" in told[-2]
    assert "the turn is yours" in told[-1]
    assert await crew.taps("ben", "▶️", on="retrospective:1") == []
    assert await crew.taps("zoe", "▶️", on="retrospective:1") == []


@pytest.mark.requirement("R57")
async def test_the_script_held_by_itself_asks_everybody_the_private_question_and_once(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await chats(house)
    await crew.says("ana", "!start retrospective")

    begun = await crew.says("ben", "!start")
    told = await house.passes(MOMENT)
    for _phase in range(12):
        begun += await crew.says("ana", "!next")

    asked = [text for text in told if "Which way would you like for **Kitchen Crew**?" in text]
    assert len(asked) == 3
    assert not [text for text in told if "leads you through it" in text]
    assert await Question.filter(inquiry="retrospective").count() == 3
    assert not await OpenForm.filter(title__contains="Going on").exists()


@pytest.mark.requirement("R57")
async def test_the_script_that_leads_through_a_retrospective_asks_nobody_again(
    house: PlayedHouse,
) -> None:
    crew, _private = await looking_back(house)
    await crew.taps("ana", "▶️", on="retrospective:1")

    told = await house.passes(MOMENT)

    assert told == []
    assert await Retrospective.all().count() == 1
    assert await Question.filter(inquiry="retrospective").count() == 3


async def all_continue(house: PlayedHouse, private: dict[str, PlayedRoom]) -> list[str]:
    for who in THREE:
        await private[who].says(who, "continue")
    return await house.passes(MOMENT)


@pytest.mark.requirement("R14")
async def test_nobody_is_asked_twice_on_one_day_which_way_they_would_like(
    house: PlayedHouse,
) -> None:
    crew, private = await looking_back(house)
    await all_continue(house, private)

    [refused] = await crew.says("ben", "!retrospective")
    await house.passes(timedelta(days=1))
    following = await crew.says("ben", "!retrospective")

    assert refused.startswith("You have looked back together today")
    assert await Retrospective.all().count() == 2
    assert len([text for text in following if "Which way would you like" in text]) == 3


@pytest.mark.requirement("R14", "R54")
async def test_at_the_end_of_a_cycle_that_was_looked_back_on_this_day_the_crew_goes_on_unasked(
    house: PlayedHouse,
) -> None:
    crew, private = await looking_back(house)
    at = house.now + timedelta(hours=2)
    await Cycle.create(
        room=crew.id, number=1, length="2 months", begins=house.now, until="2026-11-21"
    )
    await Heard.create(
        key="retrospective:cycle:1:x", kind=Kind.HOUR, room=crew.id, at=at, about="cycle:1",
        content={"ritual": "retrospective", "cycle": 1, "last": True},
    )  # fmt: skip
    await all_continue(house, private)

    told = await house.passes(until=at)

    assert not [text for text in told if "Which way would you like" in text]
    assert [text for text in told if "How long do you like to meet" in text]
    assert await Retrospective.all().count() == 1


async def test_no_example_names_anybody(house: PlayedHouse) -> None:
    crew, _private = await looking_back(house)
    [asked] = await crew.says("ana", "!change")
    [harvest] = await crew.says("ana", "!harvest")
    opening = next(
        str((owed.content or {}).get("text"))
        for owed in house.owed
        if owed.name == "retrospective:1"
    )

    for text in (opening, asked, harvest):
        assert not [name for name in ("Ben", "Lee") if name in text]
    assert "`!change bring food in turns, me, by 1 february`" in opening


# ------------------------------------------------------------------------------- the way that all take


async def test_a_way_is_taken_only_when_every_member_takes_it(house: PlayedHouse) -> None:
    crew, private = await looking_back(house)
    for who in THREE:
        await private[who].says(who, "continue" if who != "cleo" else "end")
    await house.passes(MOMENT)
    question = crew.asked("Which way do you take together?")

    assert await crew.taps("ana", "🔁", on=question) == []
    assert await crew.taps("ben", "🔁", on=question) == []
    assert await crew.taps("zoe", "🔁", on=question) == []
    assert await crew.taps("cleo", "👋", on=question) == []
    assert (await Retrospective.get()).way is None
    told = await crew.taps("cleo", "🔁", on=question)

    assert told[0] == "✎ You take this way: 🔁 **continue**."
    assert (await Retrospective.get()).way is Choice.CONTINUE
    assert [text for text in told if "How long do you like to meet" in text]


async def test_when_all_wish_to_continue_nothing_is_left_to_ask(house: PlayedHouse) -> None:
    crew, private = await looking_back(house)
    for who in THREE:
        await private[who].says(who, "continue")

    told = await house.passes(MOMENT)

    assert "Each of you would like to continue." in told
    assert await Question.filter(inquiry="way").count() == 0
    assert "just looked back" not in (await crew.says("ana", "!retrospective"))[0]


async def test_in_the_middle_of_a_cycle_going_on_offers_no_other(house: PlayedHouse) -> None:
    crew = await house.crew()
    await Cycle.create(room=crew.id, number=1, length="10", begins=house.now)
    private = await chats(house)
    await crew.says("ana", "!retrospective")
    for who in THREE:
        await private[who].says(who, "continue")

    told = await house.passes(MOMENT)

    assert "You go on, and your cycle runs as you agreed." in told
    assert not [text for text in told if "How long do you like" in text]


async def test_whoever_held_up_a_way_and_left_holds_it_up_no_more(house: PlayedHouse) -> None:
    crew, private = await looking_back(house, SIX)
    for who in SIX:
        await private[who].says(who, "continue" if who != "ana" else "end")
    await house.passes(MOMENT)
    question = crew.asked("Which way do you take together?")
    for who in SIX[1:]:
        await crew.taps(who, "🔁", on=question)

    told = await crew.leaves("ana")

    assert [text for text in told if "You take this way: 🔁" in text]


async def test_no_second_retrospective_while_the_way_is_talked_about(house: PlayedHouse) -> None:
    crew, private = await looking_back(house)
    await private["ana"].says("ana", "end")
    await house.passes(timedelta(hours=48))

    assert "You have just looked back" in (await crew.says("ana", "!retrospective"))[0]


# -------------------------------------------------------------------------------------------- changes


@pytest.mark.requirement("R58")
async def test_two_changes_with_owner_and_day_are_kept_and_a_third_is_not(
    house: PlayedHouse,
) -> None:
    crew, _private = await looking_back(house)

    [asked] = await crew.says("ana", "!change bring food in turns, Ben, by 1 february")
    early = await crew.taps("ana", "✅", on=crew.asked("bring food"))
    [kept] = await crew.taps("ben", "✅", on=crew.asked("bring food"))
    await crew.says("ana", "!change meet at Lee's, me, by friday")
    await crew.taps("ana", "✅")
    [third] = await crew.says("cleo", "!change sing more, Cleo, by friday")

    assert (
        "I understood: **bring food in turns, Ben, by Monday 1 February 2027**. Ben, is that right?"
        in asked
    )
    assert early == []
    assert kept.startswith("✎ Kept: bring food in turns, Ben")
    assert (
        "more than two at once rarely come true, so “sing more, Cleo, by friday” was not kept"
        in third
    )
    assert "`!change drop 1`" in third
    rows = await Commitment.filter(kind=CommitmentKind.CHANGE).order_by("id")
    assert [(row.what, row.owner, row.due) for row in rows] == [
        ("bring food in turns", person("ben"), date(2027, 2, 1)),
        ("meet at Lee's", person("ana"), date(2026, 11, 27)),
    ]


@pytest.mark.requirement("R58")
async def test_two_that_wait_for_a_yes_do_not_become_three(house: PlayedHouse) -> None:
    crew, _private = await looking_back(house)
    for who, what in zip(THREE, ("one", "two", "three"), strict=True):
        await crew.says("ana", f"!change thing {what}, {who}, by friday")

    told = [
        await crew.taps(who, "✅", on=crew.asked(f"thing {what}"))
        for who, what in zip(THREE, ("one", "two", "three"), strict=True)
    ]

    assert "was not kept" in told[2][0]
    assert await Commitment.all().count() == 2


@pytest.mark.requirement("R58")
async def test_a_change_counts_among_what_one_person_has_open_and_waits_until_there_is_room(
    house: PlayedHouse,
) -> None:
    crew, private = await looking_back(house)
    for number in range(20):
        await Commitment.create(
            room=crew.id, owner=person("ben"), what=f"thing {number}", made_at=house.now
        )
    await crew.says("ana", "!change bring food in turns, Ben, by friday")
    question = crew.asked("bring food")

    [full] = await crew.taps("ben", "✅", on=question)
    await private["ben"].says("ben", "commit done 1")
    [kept] = await crew.taps("ben", "✅", on=question)

    assert full.startswith("You have as many things open as I keep for one person, 20")
    assert kept.startswith("✎ Kept: bring food in turns, Ben")
    assert await Commitment.filter(kind=CommitmentKind.CHANGE).count() == 1


@pytest.mark.requirement("R58")
async def test_a_crew_that_takes_the_way_of_change_names_it_by_a_tap(house: PlayedHouse) -> None:
    crew, _private, told = await way_taken(house, "✏️")
    [offered] = [text for text in told if text.startswith("What will you change?")]

    [asked] = await crew.taps("ben", "✏️", on=crew.asked("What will you change? One or two"))
    stranger = await crew.taps("zoe", "✏️", on=crew.asked("What will you change? One or two"))

    assert "✏️ a change · ✅ done: you go on" in offered
    assert asked.startswith("What will you change, who sees to it, and by when?")
    assert stranger == []


@pytest.mark.requirement("R58")
async def test_a_kept_change_is_shown_with_the_next_meeting(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!retrospective")
    await crew.says("ana", "!change bring food in turns, me, by 1 february")
    await crew.taps("ana", "✅", on=crew.asked("bring food"))

    told = await house.passes(timedelta(days=5))

    assert [text for text in told if "bring food in turns" in text and "Ana" in text]


async def test_what_is_missing_is_asked_one_thing_at_a_time(house: PlayedHouse) -> None:
    crew, _private = await looking_back(house)

    told = [
        await crew.says("ana", "!change"),
        await crew.says("ana", "bring food in turns", overheard=True),
        await crew.says("ana", "Ben", overheard=True),
        await crew.says("ana", "by 1 february", overheard=True),
    ]

    assert [each[0].partition("?")[0] for each in told[:3]] == [
        "What will you change, who sees to it, and by when",
        "Who sees to it",
        "By when",
    ]
    assert "bring food in turns, Ben, by Monday 1 February 2027" in told[3][0]


async def test_a_day_or_a_name_that_is_none_is_said_so_and_nothing_is_kept(
    house: PlayedHouse,
) -> None:
    crew, _private = await looking_back(house)
    await crew.says("ana", "!change bring food in turns, Ben")

    [day] = await crew.says("ana", "when the cows come home", overheard=True)
    await crew.says("ana", "!change bring food in turns")
    [name] = await crew.says("ana", "Zoe", overheard=True)

    assert "Nothing was changed" in day
    assert "nobody here by the name" in name
    assert await Commitment.all().count() == 0


async def test_nobody_is_given_a_task_against_their_word(house: PlayedHouse) -> None:
    crew, _private = await looking_back(house)
    await crew.says("ana", "!change bring food in turns, Ben, by friday")

    [told] = await crew.taps("ben", "✋", on=crew.asked("bring food"))

    assert told == "✎ Not kept: bring food in turns"
    assert await Commitment.all().count() == 0


async def test_a_change_can_be_taken_back(house: PlayedHouse) -> None:
    crew, _private = await looking_back(house)
    await crew.says("ana", "!change sing, me, by friday")
    await crew.taps("ana", "✅", on=crew.asked("sing"))

    assert await crew.says("ben", "!change drop 2") == [
        "There is no change 2 here, so nothing was taken back."
    ]
    assert await crew.says("ben", "!change drop 1") == ["Taken back: sing"]
    assert await Commitment.all().count() == 0


async def test_without_a_retrospective_there_is_nothing_to_change(house: PlayedHouse) -> None:
    crew = await house.crew()

    assert (
        "`!retrospective` begins that" in (await crew.says("ana", "!change sing, me, by friday"))[0]
    )
    await crew.says("ana", "!retrospective")
    house.now += timedelta(days=29)
    assert (
        "`!retrospective` begins that" in (await crew.says("ana", "!change sing, me, by friday"))[0]
    )


async def test_change_with_the_sign_in_front_still_answers_a_question(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm every thursday 19:00")

    [told] = await crew.says("ana", "!change")

    assert told.startswith("How would you say it?")


async def test_the_way_of_changes_collects_them_and_then_goes_on(house: PlayedHouse) -> None:
    crew, _private, told = await way_taken(house, "✏️")
    question = crew.asked("What will you change?")

    await crew.says("ana", "!change sing, me, by friday")
    await crew.taps("ana", "✅", on=crew.asked("sing"))
    stranger = await crew.taps("zoe", "✅", on=question)
    on = await crew.taps("ben", "✅", on=question)

    assert [text for text in told if text.startswith("What will you change?")]
    assert stranger == []
    assert [text for text in on if "How long do you like to meet" in text]


# ---------------------------------------------------------------------------------------- two tables


async def wishing(
    house: PlayedHouse, wishes: dict[str, str], people: tuple[str, ...] = SIX
) -> tuple[PlayedRoom, dict[str, PlayedRoom], list[str]]:
    crew, private, _told = await way_taken(house, "➗", people)
    for who, wish in wishes.items():
        await private[who].says(who, wish)
    return crew, private, await house.passes(MOMENT)


@pytest.mark.requirement("R46")
async def test_five_hear_that_they_are_one_table_and_what_works(house: PlayedHouse) -> None:
    _crew, _private, told = await way_taken(house, "➗", SIX[:5])

    assert [text for text in told if "Two crews need three people each, and you are 5" in text]
    assert await Split.all().count() == 0


@pytest.mark.requirement("R46")
async def test_nobody_learns_of_a_wish_and_the_room_is_made_when_both_tables_have_three(
    house: PlayedHouse,
) -> None:
    crew, private, early = await wishing(
        house, {"ana": "go", "ben": "go", "cleo": "stay", "dan": "either"}
    )
    sealed = str(await Split.all().values())

    for who, wish in (("eve", "go"), ("fay", "stay")):
        await private[who].says(who, wish)
    told = await house.passes(MOMENT)

    assert early == []
    assert "@ana" not in sealed
    assert "⌂ Kitchen Crew, second table" in told
    [made] = [owed for owed in house.owed if owed.deed == "make"]
    assert (made.content or {})["invite"] == [person(who) for who in ("ana", "ben", "eve")]
    assert (await Split.get()).sealed is None
    in_the_room = [
        str((owed.content or {}).get("text")) for owed in house.owed if owed.lane == crew.id
    ]
    since = next(at for at, text in enumerate(in_the_room) if text.startswith("**Two tables.**"))
    assert not [text for text in in_the_room[since:] if re.search("Ana|Ben|Cleo|Dan|Eve|Fay", text)]


async def a_second_table(
    house: PlayedHouse,
) -> tuple[PlayedRoom, PlayedRoom, dict[str, PlayedRoom], list[str]]:
    crew, private, _told = await wishing(
        house, dict(zip(SIX, ("go", "go", "go", "stay", "stay", "stay"), strict=True))
    )
    await CharterLine.create(
        room=crew.id,
        key="confidentiality",
        place=1,
        text="What is said at our table stays there.",
        holds=True,
    )
    await CharterLine.create(room=crew.id, key="own", place=2, text="Shoes off.", holds=True)
    made, told = await house.makes("Kitchen Crew, second table")
    return crew, made, private, told


@pytest.mark.requirement("R46")
async def test_the_second_crew_forms_with_the_first_ones_charter_as_a_proposal(
    house: PlayedHouse,
) -> None:
    crew, made, _private, told = await a_second_table(house)

    row = await made.row()
    lines = await CharterLine.filter(room=made.id).order_by("place")

    assert (row.life, row.zone) == (Life.FORMING, (await crew.row()).zone)
    assert lines[0].text == "What is said at our table stays there."
    assert lines[-1].text == "Shoes off."
    assert len(lines) == 8
    assert not any(line.holds for line in lines)
    assert [line.until for line in lines if line.key == "cycle end"] == ["2027-01-22"]
    assert len([text for text in told if "shall I take you out of **Kitchen Crew**?" in text]) == 3
    assert [text for text in told if text.startswith("The new table has its room now")]


async def test_a_new_room_is_called_by_its_name_before_the_name_was_heard_and_says_who_fixes_the_time(
    house: PlayedHouse,
) -> None:
    wishes = dict(zip(SIX, ("go", "go", "go", "stay", "stay", "stay"), strict=True))
    await wishing(house, wishes)
    wanted = next(owed for owed in house.owed if owed.deed is Deed.MAKE)
    made = await house.room("unheard", [], kind=RoomKind.CREW)
    await Room.filter(id=made.id).update(name=None)
    given = (wanted.content or {})["content"]
    assert isinstance(given, dict)

    told = await made.reports(Change.MADE, about=wanted.target, **given)
    for who in ("ana", "ben", "cleo"):
        there = await made.joins(who)

    asked = [text for text in told if "shall I take you out" in text]
    assert all("has its room, **Kitchen Crew, second table**" in text for text in asked)
    assert there[-1].startswith("Ana, when all of you have found a time, say it here")


async def test_whoever_goes_is_taken_out_of_the_old_room_at_their_own_wish_once_they_have_arrived(
    house: PlayedHouse,
) -> None:
    crew, made, private, _told = await a_second_table(house)

    early = await private["ana"].says("ana", "yes")
    for who in ("ana", "ben", "cleo"):
        await made.joins(who)
    told = await private["ana"].says("ana", "yes")
    both = await private["ben"].says("ben", "no")

    assert early == [
        "You are not in the new room yet: accept its invitation first, then say yes again."
    ]
    assert told[:2] == ["⇄ remove ana", "Ana is no longer in this crew."]
    assert [owed.lane for owed in house.owed if owed.deed == "remove"] == [crew.id]
    assert both[0].startswith("Good: you sit at both tables.")


@pytest.mark.requirement("R46")
async def test_those_who_would_sit_anywhere_are_asked_once_more_and_placed_by_nobody(
    house: PlayedHouse,
) -> None:
    wishes = dict(zip(SIX, ("go", "go", "either", "stay", "stay", "stay"), strict=True))
    crew, private, told = await wishing(house, wishes)

    assert len(told) == 1
    assert told[0].startswith(
        "The new table does not have three yet, and either would suit you. Nothing has to change."
    )
    assert [
        owed.lane for owed in house.owed if owed.name == crew.asked("does not have three yet")
    ] == [private["cleo"].id]
    await private["cleo"].says("cleo", "go")
    assert "⌂ Kitchen Crew, second table" in await house.passes(MOMENT)


@pytest.mark.requirement("R46")
async def test_tables_that_do_not_come_together_lapse_without_showing_a_wish(
    house: PlayedHouse,
) -> None:
    _crew, private, _told = await wishing(house, {"ana": "go"})

    told = await house.passes(timedelta(days=14))

    assert [text for text in told if text.startswith("Two tables did not come together this time")]
    assert not [text for text in told if "Ana" in text]
    assert (await Split.get()).sealed is None
    assert await Question.filter(inquiry="table").count() == 0
    told = await private["ana"].says("ana", "go")
    assert "No question of mine that this would answer is open here." in told[0]
    assert await Split.filter(ended_at=None).count() == 0


async def test_when_the_server_refuses_the_second_room_it_is_asked_again(
    house: PlayedHouse,
) -> None:
    _crew, _private, _told = await wishing(
        house, dict(zip(SIX, ("go", "go", "go", "stay", "stay", "stay"), strict=True))
    )

    [told] = await house.refuses("Kitchen Crew, second table", "no more rooms today")
    again = await house.passes(timedelta(hours=1))

    assert "Nothing is lost; I ask again in an hour." in told
    assert again == ["⌂ Kitchen Crew, second table"]


async def test_a_crew_that_shrinks_below_six_stays_one_table(house: PlayedHouse) -> None:
    crew, _private, _told = await wishing(house, {"ana": "go"})

    told = await crew.leaves("fay")

    assert [text for text in told if text.startswith("The two tables rest:")]
    assert await Question.filter(inquiry="table").count() == 0


async def test_a_room_that_somebody_else_asked_for_is_none_of_ours(house: PlayedHouse) -> None:
    crew = await house.crew()

    assert await crew.reports(Change.MADE, about="pairs:1") == []
    assert await crew.reports(Change.NOT_MADE, about="pairs:1", reason="no") == []


# ---------------------------------------------------------------------------------------------- pause


async def paused(house: PlayedHouse) -> PlayedRoom:
    crew = await house.crew(life=Life.ACTIVE)
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!pause until 1 march")
    for who in THREE:
        await crew.taps(who, "✅")
    return crew


@pytest.mark.requirement("R16")
async def test_a_pause_has_a_day_on_which_the_crew_is_asked(house: PlayedHouse) -> None:
    crew = await paused(house)

    quiet = await house.passes(until=datetime(2027, 3, 1, 8, 59, tzinfo=UTC))
    [asked] = await house.passes(until=datetime(2027, 3, 1, 9, 1, tzinfo=UTC))

    assert (await crew.row()).life is Life.PAUSED
    assert await Meeting.filter(room=crew.id).count() == 0
    assert quiet == []
    assert asked.startswith("You have rested. How do you go on?")
    for who in THREE[:2]:
        assert await crew.taps(who, "🔁") == []
    told = await crew.taps("cleo", "🔁")
    assert (await crew.row()).life is Life.ACTIVE
    assert [
        text
        for text in told
        if "Welcome back. The next meeting is **Thursday 4 March, 19:00**" in text
    ]


@pytest.mark.requirement("R16")
async def test_a_pause_without_a_day_is_asked_for_one(house: PlayedHouse) -> None:
    crew = await house.crew()

    [asked] = await crew.says("ana", "!pause")
    [proposed] = await crew.says("ana", "1 march", overheard=True)
    [beyond] = await crew.says("ana", "!pause until 1 march 2029")
    [none] = await crew.says("ana", "!pause until doomsday")

    assert asked.startswith("Until when shall the crew pause?")
    assert "pause until **Monday 1 March 2027, 10:00, Europe/Rome**" in proposed
    assert "A pause is a year at most" in beyond
    assert "Nothing was changed" in none


async def test_one_no_and_the_crew_goes_on(house: PlayedHouse) -> None:
    crew = await house.crew(life=Life.ACTIVE)
    await crew.says("ana", "!pause until 1 march")
    await crew.taps("ana", "✅")

    [told] = await crew.taps("ben", "✋")

    assert "You go on as you are" in told
    assert "Ben" not in told
    assert (await crew.row()).life is Life.ACTIVE


async def test_the_way_of_pausing_asks_for_a_day(house: PlayedHouse) -> None:
    _crew, _private, told = await way_taken(house, "⏸️")

    assert [text for text in told if "`!pause until 1 march`" in text]


async def test_pause_with_the_sign_in_front_answers_the_question_which_way(
    house: PlayedHouse,
) -> None:
    crew, private = await looking_back(house)
    for who, said in zip(THREE, ("pause", "pause", "end"), strict=True):
        await private[who].says(who, said)
    await house.passes(MOMENT)

    told = [await crew.says(who, "!pause") for who in THREE]

    assert told[:2] == [[], []]
    assert [text for text in told[2] if "You take this way: ⏸️ **pause**" in text]


async def test_a_crew_can_be_woken_sooner_or_rest_longer(house: PlayedHouse) -> None:
    crew = await paused(house)

    [asked] = await crew.says("ben", "!wake")
    for who in THREE:
        told = await crew.taps(who, "⏸️")
    assert asked.startswith("You have rested")
    assert [text for text in told if "`!pause until 1 march`" in text]
    assert (await crew.row()).life is Life.PAUSED
    assert "awake" in (await (await house.crew("Garden Crew")).says("ana", "!wake"))[0]


async def test_nothing_plans_a_meeting_while_the_crew_rests(house: PlayedHouse) -> None:
    crew = await paused(house)

    await crew.says("ana", "!rhythm every friday 19:00")
    await crew.taps("ana", "✅")

    assert await Meeting.filter(room=crew.id).count() == 0
    assert not [text for text in await house.passes(timedelta(days=20)) if "meets" in text]


async def test_a_paused_crew_whose_database_was_lost_is_asked_in_two_weeks(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(life=Life.PAUSED)

    await crew.reports(Change.REBUILT)

    assert [name for name, _at in await house.hours()] == ["wake"]
    assert [text for text in await house.passes(timedelta(days=14)) if "You have rested" in text]


async def test_a_retrospective_moves_house_with_its_crew(house: PlayedHouse) -> None:
    crew, private = await looking_back(house)
    await private["ana"].says("ana", "end")
    await Room.filter(id=crew.id).update(successor="!new:here")
    new = await house.room("new", THREE, predecessor=crew.id)
    await new.reports(Change.ARRIVED)

    for who in ("ben", "cleo"):
        await private[who].says(who, "continue")
    counts = await house.passes(MOMENT)

    assert [text for text in counts if "🔁 continue: 2 · 👋 end: 1" in text]
    assert await Owed.filter(lane=new.id).exists()
    assert await Heard.filter(state=Settled.FAILED).count() == 0
    assert ME not in str(await Retrospective.all().values())


# -------------------------------------------------------------------- what is offered is what there is


@pytest.mark.requirement("R16")
async def test_while_a_crew_rests_every_word_about_its_next_meeting_says_the_same(
    house: PlayedHouse,
) -> None:
    crew = await paused(house)

    [when], [status] = await crew.says("ana", "!when"), await crew.says("ana", "!status")
    [calendar], [rhythm] = await crew.says("ana", "!calendar"), await crew.says("ana", "!rhythm")

    assert when.startswith(
        "No meeting is planned. The crew rests. Its rhythm stays, **every Thursday, 19:00"
    )
    assert "No meeting is planned: the crew rests." in status
    assert calendar.startswith("No meeting is planned")
    for text in (when, status, calendar, rhythm):
        assert "November" not in text
        assert "December" not in text
    assert await Meeting.filter(room=crew.id, at__gt=house.now).count() == 0


@pytest.mark.requirement("R46")
async def test_two_tables_are_offered_from_six_on_and_not_before(house: PlayedHouse) -> None:
    for people, offered in ((THREE, False), (SIX, True)):
        async with a_house() as own:
            _crew, private = await looking_back(own, people)
            [question] = [
                owed.name for owed in own.owed
                if owed.lane == private["ana"].id and "Which way would you like" in str(owed.content)
            ]  # fmt: skip
            signs = [
                (owed.content or {})["sign"] for owed in own.owed
                if owed.deed is Deed.REACT and owed.target == question and owed.lane == private["ana"].id
            ]  # fmt: skip
            for who in people:
                await private[who].says(who, "end" if who == "ana" else "continue")
            await own.passes(MOMENT)
            together = next(
                str((owed.content or {})["text"]) for owed in own.owed
                if "Which way do you take together?" in str(owed.content)
            )  # fmt: skip
            assert ("➗" in signs) is offered
            assert ("➗" in together) is offered
            assert "🔁" in together


@pytest.mark.requirement("R46")
async def test_whoever_says_split_where_there_are_too_few_is_asked_to_choose_again(
    house: PlayedHouse,
) -> None:
    crew, private = await looking_back(house)

    [alone] = await private["ana"].says("ana", "split")
    for who in THREE:
        await private[who].says(who, "end" if who == "ana" else "continue")
    await house.passes(MOMENT)
    question = crew.asked("Which way do you take together?")
    [refused] = await crew.taps("ana", "➗", on=question)
    for who in THREE:
        told = await crew.taps(who, "🔁", on=question)

    assert alone.startswith("Two crews need three people each, and you are 3")
    assert "These there are: 🔁 continue" in alone
    assert refused.startswith("Two crews need three people each")
    assert "You take this way: 🔁" in told[0]


@pytest.mark.requirement("R46")
async def test_a_way_that_has_become_impossible_is_asked_about_again(house: PlayedHouse) -> None:
    crew, private = await looking_back(house, SIX)
    for who in SIX:
        await private[who].says(who, "end" if who == "ana" else "continue")
    await house.passes(MOMENT)
    question = crew.asked("Which way do you take together?")
    for who in SIX[:5]:
        await crew.taps(who, "➗", on=question)

    told = await crew.leaves("fay")
    anew = crew.asked("Which way do you take together?")
    for who in SIX[:5]:
        last = await crew.taps(who, "⏸️", on=anew)

    assert "✎ Asked again below." in told
    assert any(text.startswith("Two crews need three people each, and you are 5") for text in told)
    assert anew != question
    assert "You take this way: ⏸️ **pause**." in last[0]
    assert await Split.all().count() == 0
