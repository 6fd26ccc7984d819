"""Defaults that a circle changes by consent, and looks at again in time."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.rooms import recall_circle
from handlers.crews.callings import full
from handlers.language import Change
from handlers.meetings.meetings import CIRCLE
from practices.circles import RoomKind
from storage.inbox import Heard, Kind
from storage.outbox import Deed
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.played import ME, START, PlayedHouse, PlayedRoom, person

EVERYONE = ("ana", "ben", "cleo", "dan", "eva")


async def agreed(crew: PlayedRoom, change: str) -> list[str]:
    await crew.says("ana", f"!settings {change}")
    told: list[str] = []
    for who in ("ana", "ben", "cleo"):
        told = await crew.taps(who, "✅")
    return told


async def test_the_table_shows_what_a_crew_may_change(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!settings")

    assert "**ask-hours** 24:" in told
    assert "crews-per-person" not in told
    assert "it holds when all of you agree" in told


@pytest.mark.requirement("R17")
async def test_a_change_is_kept_with_the_day_on_which_it_is_looked_at_again(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    told = await agreed(crew, "ask-hours 48")

    assert (
        "**ask-hours** is 48 from now on. We look at it again on Monday 22 November 2027." in told
    )
    assert (await crew.row()).settings == {
        "ask-hours": {"value": "48", "since": "2026-11-22", "review": "2027-11-22"}
    }
    [shown] = await crew.says("ben", "!settings ask-hours")
    assert "on Sunday 22 November 2026, to look at it again on Monday 22 November 2027." in shown


@pytest.mark.requirement("R17")
async def test_the_day_of_the_review_comes_once(house: PlayedHouse) -> None:
    crew = await house.crew()
    await agreed(crew, "ask-hours 48")

    told = await house.passes(until=datetime(2027, 11, 23, tzinfo=UTC))

    assert [text for text in told if "You wanted to look at" in text] == [
        (
            "You wanted to look at **ask-hours** again: it is 48. If it is still good, nothing needs to be done; "
            "`!settings ask-hours default` proposes to undo it."
        )
    ]


async def test_back_to_the_default_needs_no_review(house: PlayedHouse) -> None:
    crew = await house.crew()
    await agreed(crew, "ask-hours 48")

    told = await agreed(crew, "ask-hours Default")

    assert "**ask-hours** is 24 from now on." in told
    assert (await crew.row()).settings == {}
    assert await house.hours() == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ask-hours many", "could not read “many” as a number"),
        ("ask-hours 1000", "goes from 2 to 168"),
        ("ask-hurs 48", "Did you mean “ask\\-hours”"),
        ("crews-per-person 4", "does not concern a crew"),
        ("quiet-from 3:00", "goes from 18:00 to 23:59"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_changes(
    house: PlayedHouse, text: str, why: str
) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", f"!settings {text}")

    assert why in told.replace("\\", "") or why in told
    assert "Nothing was changed." in told


async def test_what_is_so_already_is_not_asked_again(house: PlayedHouse) -> None:
    crew = await house.crew()
    await agreed(crew, "ask-hours 48")

    assert await crew.says("ana", "!settings ask-hours 48") == ["**ask-hours** is 48 already."]


async def test_a_change_asks_nobody_twice_and_keeps_their_answers(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 16, 18, 30, tzinfo=UTC))
    await crew.taps("ben", "✅", on="meeting:1")
    await agreed(crew, "meeting-minutes 60")

    told = await house.passes(until=datetime(2026, 12, 17, 19, 0, tzinfo=UTC))

    assert not [text for text in told if "coming quietly" in text]
    assert [text for text in told if "see you there" in text]
    assert crew.mentions() == ["ben"]


async def test_another_hour_of_asking_is_heeded_by_the_next_meeting(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await agreed(crew, "ask-hours 48")

    assert ("ask", datetime(2026, 12, 15, 18, 0, tzinfo=UTC)) in await house.hours()


async def test_whoever_is_alone_agrees_alone(house: PlayedHouse) -> None:
    crew = await house.crew(people=["ana"])

    told = await crew.says("ana", "!settings ask-hours 48")

    assert told[-1].startswith("**ask-hours** is 48 from now on.")


async def test_a_newer_proposal_takes_the_place_of_one_that_waits(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!settings ask-hours 48")
    await crew.taps("ana", "✅")

    told = await crew.says("ben", "!settings ask hours to 36")
    [again] = await crew.says("cleo", "!settings ask-hours: 36")

    assert told[0] == "✎ Asked again below."
    assert told[1].startswith("Shall **ask-hours** be **36** instead of 24?")
    assert again.startswith(
        "Whether **ask-hours** shall be 36 is asked already; ✅ under that question is your yes."
    )
    assert [each.data["value"] for each in await Question.all()] == ["36"]


async def test_proposals_for_different_settings_stand_side_by_side(house: PlayedHouse) -> None:
    crew = await house.crew()
    names = (
        "ask-hours 36",
        "remind-hours 2",
        "meeting-minutes 60",
        "review-months 6",
        "export-days 7",
    )
    for change in names:
        await crew.says("ana", f"!settings {change}")

    [refused] = await crew.says("ana", "!settings prompt-hours 24")
    replaced = await crew.says("ana", "!settings ask-hours 48")

    assert refused.startswith(
        "5 proposals wait for an answer in **Kitchen Crew** already, so nothing was asked."
    )
    assert replaced[0] == "✎ Asked again below."
    assert await Question.all().count() == 5


async def test_when_whoever_was_waited_for_leaves_it_holds_for_those_who_stay(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=["ana", "ben", "cleo", "dan"])
    await crew.says("ana", "!settings ask-hours 48")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")

    told = await crew.leaves("dan")

    assert "✎ All 3 of you have agreed on **ask-hours**: 48." in told
    assert (await crew.row()).settings["ask-hours"]


async def test_somebody_who_leaves_decides_nothing_for_those_who_have_not_spoken(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=["ana", "ben", "cleo", "dan"])
    await crew.says("ana", "!settings ask-hours 48")
    await crew.taps("ana", "✅")

    await crew.leaves("ana")

    assert await Question.all().count() == 1
    assert (await crew.row()).settings == {}


# ------------------------------------------------------------------------------------- congregations


async def lakeside(
    house: PlayedHouse, people: tuple[str, ...] = EVERYONE
) -> tuple[PlayedRoom, PlayedRoom]:
    """A congregation, and the room in which most of it talks."""
    space = await house.space("Lakeside", people, ["ana"])
    await house.room("Small", ["ana", "ben"], kind=RoomKind.WORKING, congregation=space.id)
    square = await house.room("Square", people, kind=RoomKind.WORKING, congregation=space.id)
    return space, square


@pytest.mark.requirement("R17")
async def test_a_congregation_sees_what_it_may_change_beside_what_its_room_may(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)

    [in_square] = await square.says("ben", "!settings")
    [in_space] = await space.says("ben", "!settings")
    [by_word] = await square.says("ben", "!settings congregation")

    assert "- **ask-hours** 24: how many hours" in in_square
    assert "What all of **Lakeside** may change together:" in in_square
    assert (
        "- **crews-per-person** 3: how many crews one person can be in at the same time"
        in in_square
    )
    assert "I ask in **Square**" in in_space
    assert "or after 14 days" in in_space
    for told in (in_space, by_word):
        assert told.startswith("What all of **Lakeside** may change together:")
        assert "ask-hours" not in told, "a space has no meetings of its own"


@pytest.mark.requirement("R3")
@pytest.mark.requirement("R17")
async def test_a_congregation_changes_a_setting_where_most_of_it_talks_and_silence_is_consent(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)
    for number in range(3):
        await house.crew(f"Crew {number}", ["ben", "finn", "gil"], congregation=space.id)
    refused = await full(person("ben"), space.id)
    assert refused is not None
    assert refused.startswith("You are in 3 crews of **Lakeside** already")

    [asked] = await square.says("cleo", "!settings crews per person 4")
    assert asked.startswith("Shall **crews-per-person** be **4** instead of 3 in **Lakeside**?")
    assert "or on Sunday 6 December 2026 if one more of you has said yes by then" in asked
    [waiting] = await square.taps("dan", "✅")
    assert "\n\n2 of 5 have said yes.\n\n" in waiting
    assert await house.passes(timedelta(days=13)) == []
    edit, state, said = await house.passes(timedelta(days=2))

    assert edit == "✎ You have agreed on **crews-per-person**: 4. Nobody has said no."
    assert state == f"⚙ {CIRCLE}"
    assert said == (
        "**crews-per-person** is 4 from now on in **Lakeside**. We look at it again on Monday 6 December 2027."
    )
    assert (await space.row()).settings["crews-per-person"] == {
        "value": "4", "since": "2026-12-06", "review": "2027-12-06",
    }  # fmt: skip
    assert await full(person("ben"), space.id) is None
    assert (await square.row()).settings == {}


async def test_without_anybody_to_second_it_a_congregation_stays_as_it_is(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")

    told = await house.passes(timedelta(days=15))

    assert told == ["✎ **crews-per-person** stays as it is. Whoever likes it can propose it again."]
    assert (await space.row()).settings == {}
    assert await Question.all().count() == 0


async def test_one_no_of_a_congregation_ends_a_proposal_and_names_nobody(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")
    await square.taps("dan", "✅")

    told = await square.taps("eva", "✋")

    assert told == ["✎ **crews-per-person** stays as it is."]
    assert await house.passes(timedelta(days=15)) == []
    assert (await space.row()).settings == {}


async def test_all_of_a_congregation_need_not_wait_for_the_day(house: PlayedHouse) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")

    for who in ("ana", "ben", "dan", "eva"):
        told = await square.taps(who, "✅")

    assert told[0] == "✎ All 5 of you have agreed on **crews-per-person**: 4."
    assert [name for name, _at in await house.hours()] == ["review"]
    assert (await space.row()).settings["crews-per-person"]


async def test_a_late_day_still_finds_the_proposal(house: PlayedHouse) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")
    await square.taps("dan", "✅")

    await house.wakes_at(START + timedelta(days=20))

    changed = (await space.row()).settings["crews-per-person"]
    assert isinstance(changed, dict)
    assert changed["since"] == "2026-12-12"


async def test_whoever_proposed_it_may_leave_and_it_is_for_those_who_stay(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")
    await square.taps("dan", "✅")

    assert await square.leaves("cleo") == []
    await house.passes(timedelta(days=15))

    assert (await space.row()).settings["crews-per-person"]


async def test_of_a_congregation_too_a_newer_proposal_takes_the_place_of_an_older(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")
    await square.taps("dan", "✅")

    [again] = await space.says("ben", "!settings crews per person 4")
    told = await square.says("ben", "!settings crews per person 5")
    await square.taps("eva", "✅")
    await house.passes(timedelta(days=15))

    assert again.startswith(
        "Whether **crews-per-person** shall be 4 is asked already in **Square**;"
    )
    assert told[0] == "✎ Asked again below."
    changed = (await space.row()).settings["crews-per-person"]
    assert isinstance(changed, dict)
    assert changed["value"] == "5"
    [same] = await square.says("ben", "!settings crews-per-person 5")
    assert same == "**crews-per-person** is 5 already in **Lakeside**."


async def test_a_name_that_room_and_congregation_share_means_the_room_unless_it_is_said(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)

    [own] = await square.says("ana", "!settings review-months 6")
    [whole] = await square.says("ana", "!settings congregation review-months 6")
    [shown] = await square.says("ana", "!settings congregation review-months")

    assert own.startswith("Shall **review-months** be **6** instead of 12? ")
    assert whole.startswith("Shall **review-months** be **6** instead of 12 in **Lakeside**?")
    assert "`!settings congregation review-months …` proposes another value." in shown
    assert {(each.room, str(each.data["circle"])) for each in await Question.all()} == {
        (square.id, square.id),
        (square.id, space.id),
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("crews per person 2", "crews-per-person goes from 3 to 12"),
        ("crews per person 99", "crews-per-person goes from 3 to 12"),
        ("crews per person many", "could not read “many” as a number"),
        ("crews 4", "Did you mean “crews-per-person”"),
        ("congregation ask-hours 48", "“ask-hours” does not concern a congregation room"),
    ],
)
async def test_what_a_congregation_cannot_agree_on_is_refused_with_what_is_allowed(
    house: PlayedHouse, text: str, why: str
) -> None:
    _space, square = await lakeside(house)

    [told] = await square.says("ana", f"!settings {text}")

    assert why in told.replace("\\", "")
    assert "Nothing was changed." in told
    assert await Question.all().count() == 0


async def test_it_is_proposed_where_the_congregation_works_and_by_its_own_people(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)
    crew = await house.crew(congregation=space.id)
    other = await house.room("Tools", ["ben", "zoe"], kind=RoomKind.WORKING, congregation=space.id)

    [in_crew] = await crew.says("ana", "!settings crews-per-person 4")
    [shown] = await crew.says("ana", "!settings crews-per-person")
    [stranger] = await other.says("zoe", "!settings crews-per-person 4")
    asked, told = await other.says("ben", "!settings crews-per-person 4")

    assert in_crew == (
        "That belongs to all of **Lakeside**. Nothing was changed; propose it to them in **Square**."
    )
    assert shown.startswith("**crews-per-person** is 3 in **Lakeside**: how many crews")
    assert stranger == "That is for the people of **Lakeside** to decide. Nothing was changed."
    assert asked.startswith("Shall **crews-per-person** be **4**")
    assert told.startswith(
        "I have put it to **Square**. It holds when each of you has said yes, or on Sunday"
    )
    assert [each.room for each in await Question.all()] == [square.id]


async def test_a_congregation_without_a_room_to_talk_in_is_told_what_to_do(
    house: PlayedHouse,
) -> None:
    space = await house.space("Lakeside", ["ana", "ben"], ["ana"])

    [shown] = await space.says("ana", "!settings")
    [told] = await space.says("ana", "!settings crews-per-person 4")

    for text in (shown, told):
        assert "**Lakeside** has no room yet in which I could ask all of you" in text
    assert "- **crews-per-person** 3:" in shown


async def test_a_room_of_no_congregation_has_nothing_of_one(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!settings congregation crews-per-person 4")

    assert told == "This room belongs to no congregation, so nothing was changed."


async def test_whoever_is_alone_in_the_room_of_a_congregation_agrees_alone(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house, ("ana",))
    await Room.filter(id="!small:here").delete()

    told = await square.says("ana", "!settings crews-per-person 4")

    assert told[-1].startswith("**crews-per-person** is 4 from now on in **Lakeside**.")
    assert (await space.row()).settings["crews-per-person"]


async def test_a_congregation_looked_after_no_more_changes_nothing(house: PlayedHouse) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")
    await Room.filter(id=space.id).update(kind=RoomKind.NONE)

    told = await square.taps("dan", "✅")

    assert told == [
        "✎ **crews-per-person**: nothing was changed, because I do not look after that congregation any more."
    ]
    assert await house.passes(timedelta(days=15)) == []


async def test_a_space_that_moved_to_a_new_room_takes_the_proposal_along(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")
    new = await house.space("Lakeside 2", EVERYONE, ["ana"])
    await Room.filter(id=space.id).update(kind=RoomKind.NONE, successor=new.id)
    await Room.filter(congregation=space.id).update(congregation=new.id)
    await square.taps("dan", "✅")

    await house.passes(timedelta(days=15))

    assert (await new.row()).settings["crews-per-person"]


@pytest.mark.requirement("R17")
async def test_what_a_congregation_agreed_on_outlives_the_database_with_its_review(
    house: PlayedHouse,
) -> None:
    space, square = await lakeside(house)
    await square.says("cleo", "!settings crews per person 4")
    for who in ("ana", "ben", "dan", "eva"):
        await square.taps(who, "✅")
    [written] = [each for each in house.owed if each.deed is Deed.STATE and each.lane == space.id]
    event = {"type": CIRCLE, "state_key": ME, "sender": ME, "content": written.content}
    reborn = Room(id=space.id)
    assert recall_circle(reborn, [event], ME) is event
    await Room.filter(id=space.id).update(settings=reborn.settings)
    before = await house.hours()
    assert [name for name, _at in before] == ["review"]

    await Heard.filter(kind=Kind.HOUR).delete()
    await space.reports(Change.REBUILT)

    assert reborn.kind is RoomKind.CONGREGATION
    assert await house.hours() == before
    told = await house.passes(until=datetime(2027, 11, 23, tzinfo=UTC))
    assert told == [
        (
            "You wanted to look at **crews-per-person** again: it is 4 in **Lakeside**. If it is still good, nothing "
            "needs to be done; `!settings crews-per-person default` proposes to undo it."
        )
    ]


@pytest.mark.requirement("R17")
async def test_a_review_whose_day_is_over_or_unreadable_is_not_asked_for_anew(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(
        settings={
            "ask-hours": {"value": "48", "since": "2025-01-01", "review": "2026-01-01"},
            "remind-hours": {"value": "2", "since": "2026-01-01", "review": "some day"},
            "export-days": {"value": "7", "since": "2026-01-01", "review": "2027-01-01"},
        }
    )

    await crew.reports(Change.REBUILT)

    assert [name for name, _at in await house.hours()] == ["review"]
